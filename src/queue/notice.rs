//! Notice: the facts that a family must be told (уведомление).
//!
//! Law:   004 pt.42, 1_8 (the list of notices).
//! Out:   facts; the words are `notify`'s, in Kazakh and in Russian. [`NoticeKind`] is the
//!        directory of all that are owed, [`Notice`] one with its facts, for those that have words.
//! Never: carries a name, a personal number or a phone.

mod kind;

pub use kind::{NoticeKind, Recipient, Sender, Timing};

use crate::queue::rank::Place;
use crate::terms::{Day, PreschoolId};

/// One notice of the list in 1_8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// 1_8 No. 1 «об успешной постановке на очередь».
    Enqueued(Enqueued),
    /// 1_8 No. 4 «об успешном продлении срока нахождения в очереди».
    Extended {
        /// Our number of the application.
        application: i64,
        /// The last day of validity now (D-101).
        valid_until: Day,
    },
    /// 1_3 st.9 «уведомление рассмотрения заявления», with «текущем номере очередности».
    Updated(Enqueued),
    /// 1_8 No. 3 «об успешном снятии заявления с очереди».
    Withdrawn {
        /// Our number of the application.
        application: i64,
    },
}

/// Where a child stands now: 1_1 p.5 «уведомление с указанием ДО и номера очередности».
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enqueued {
    /// Our number of the application.
    pub application: i64,
    /// Each chosen preschool with the place there, in the order of the choices.
    pub places: Vec<(PreschoolId, Place)>,
    /// Are documents still being checked, so that the places are those of the general tier (D-78)?
    pub provisional: bool,
    /// The last day of validity (D-100).
    pub valid_until: Day,
}

impl Notice {
    /// Which of the directory it is.
    pub fn kind(&self) -> NoticeKind {
        match self {
            Self::Enqueued(_) => NoticeKind::Enqueued,
            Self::Extended { .. } => NoticeKind::Extended,
            Self::Updated(_) => NoticeKind::Updated,
            Self::Withdrawn { .. } => NoticeKind::Withdrawn,
        }
    }

    /// Our number of the application that it is about.
    pub fn application(&self) -> i64 {
        match self {
            Self::Enqueued(enqueued) | Self::Updated(enqueued) => enqueued.application,
            Self::Extended { application, .. } | Self::Withdrawn { application } => *application,
        }
    }

    /// The code of the notice.
    pub fn code(&self) -> &'static str {
        self.kind().code()
    }

    /// The paragraph that asks for it.
    pub fn paragraph(&self) -> &'static str {
        self.kind().paragraph()
    }
}
