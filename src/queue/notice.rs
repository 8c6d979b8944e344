//! Notice: the facts that a family must be told (уведомление).
//!
//! Law:   004 pt.42, 1_8 (the list of notices).
//! Out:   facts; the words are `notify`'s, in Kazakh and in Russian. [`NoticeKind`] is the
//!        directory of all that are owed, [`Notice`] one with its facts, for those that have words.
//! Never: carries a name, a personal number or a phone.

mod kind;

pub use kind::{NoticeKind, Recipient, Sender, Timing};

use crate::queue::application::check::Ground;
use crate::queue::rank::Place;
use crate::terms::{Day, PreschoolId};

/// One notice: of the list in 1_8, or of those that the body of the order asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// 1_1 st.9: the scan of a benefit does not show it; it stands on general grounds (pt.23).
    BenefitRefused {
        /// Our number of the application.
        application: i64,
        /// Why: 1_1 p.10(11) «мотивированный отказ».
        ground: Ground,
    },
    /// 1_1 p.11: papers were confirmed; «уведомление с указанием ДО и номера очередности».
    Checked(Enqueued),
    /// 1_8 No. 1 «об успешной постановке на очередь».
    Enqueued(Enqueued),
    /// 1_8 No. 4 «об успешном продлении срока нахождения в очереди».
    Extended {
        /// Our number of the application.
        application: i64,
        /// The last day of validity now (D-101).
        valid_until: Day,
    },
    /// 1_8 No. 5: its identity or its ground is not confirmed, so that it stands in no queue.
    Rejected {
        /// Our number of the application.
        application: i64,
        /// Why.
        ground: Ground,
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
            Self::BenefitRefused { .. } | Self::Checked(_) => NoticeKind::Updated,
            Self::Enqueued(_) => NoticeKind::Enqueued,
            Self::Extended { .. } => NoticeKind::Extended,
            Self::Rejected { .. } => NoticeKind::Removed,
            Self::Updated(_) => NoticeKind::Updated,
            Self::Withdrawn { .. } => NoticeKind::Withdrawn,
        }
    }

    /// Our number of the application that it is about.
    pub fn application(&self) -> i64 {
        match self {
            Self::Checked(enqueued) | Self::Enqueued(enqueued) | Self::Updated(enqueued) => {
                enqueued.application
            }
            Self::BenefitRefused { application, .. }
            | Self::Extended { application, .. }
            | Self::Rejected { application, .. }
            | Self::Withdrawn { application } => *application,
        }
    }

    /// Why something was refused, if it tells of a refusal.
    pub fn ground(&self) -> Option<Ground> {
        match self {
            Self::BenefitRefused { ground, .. } | Self::Rejected { ground, .. } => Some(*ground),
            Self::Checked(_)
            | Self::Enqueued(_)
            | Self::Extended { .. }
            | Self::Updated(_)
            | Self::Withdrawn { .. } => None,
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
