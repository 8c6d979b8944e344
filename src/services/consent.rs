//! S-28: a family changes its mind about a consent that it gave with its application.
//!
//! Law:   004 pt.12 (processing), pt.14, pt.35(3), 1_3 p.3(9) (publication); D-95. 1_10 does not
//!        list the service: a consent that cannot be taken back would be none.
//! In:    `k:consentChange`. Out: `k:consentChangeAnswer`, or a rejection.
//! Does:  publication is withdrawn with the commit, for whatever reads the register. Without
//!        processing nobody may keep a place in a queue, so the application leaves all its queues;
//!        the family must say that it knows.
//! Never: undone by a repeat: each change is a line of its own in the log of consents.
//! Start: [`read`], then `handle`.

use serde_json::json;

use super::finding::{Code, Findings};
use super::reading::{self, Sequence};
use super::subject::{Found, Subject};
use super::{Asked, Checked, Handling, NAMESPACE, Outcome, Told};
use crate::queue::application::change::{self, Withdrawn};
use crate::queue::rules;
use crate::registry::{ConsentChange, Leave, Transaction, Trouble};
use crate::terms::Moment;
use crate::xml::{Element, Writer};

/// The local name of the request.
pub const REQUEST: &str = "consentChange";
/// The local name of the answer.
pub const ANSWER: &str = "consentChangeAnswer";

/// What changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Consent to processing is withdrawn.
    ProcessingWithdrawn,
    /// Consent to publication is given.
    PublicationGiven,
    /// Consent to publication is withdrawn.
    PublicationWithdrawn,
}

impl Change {
    /// All of them.
    pub const ALL: [Self; 3] = [
        Self::ProcessingWithdrawn,
        Self::PublicationGiven,
        Self::PublicationWithdrawn,
    ];

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::ProcessingWithdrawn => "PROCESSING_WITHDRAWN",
            Self::PublicationGiven => "PUBLICATION_GIVEN",
            Self::PublicationWithdrawn => "PUBLICATION_WITHDRAWN",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|change| change.code() == code)
    }

    /// The paragraph by which the consent is asked for.
    fn paragraph(self) -> &'static str {
        match self {
            Self::ProcessingWithdrawn => "004 pt.12",
            Self::PublicationGiven | Self::PublicationWithdrawn => "004 pt.35(3)",
        }
    }
}

/// The request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Which application, and who asks.
    pub subject: Subject,
    /// What changes.
    pub change: Change,
}

/// What holds now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Our number of the application.
    pub number: i64,
    /// What was asked for.
    pub change: Change,
    /// Whether anything was otherwise before.
    pub changed: bool,
    /// Since when it counts; the moment of the answer, where nothing changed.
    pub at: Moment,
    /// Whether the application has left its queues.
    pub left_queues: bool,
}

/// Reads the request, or says everything that is wrong with it.
///
/// # Errors
/// [`Findings`], never empty.
pub fn read(payload: Element<'_>) -> Result<Request, Findings> {
    reading::whole(payload, REQUEST, |form| {
        let subject = Subject::read(form);
        let change = form.value("change", |text| reading::listed(Change::from_code(text)));
        leaving(form, change);
        Some(Request {
            subject: subject?,
            change: change?,
        })
    })
}

/// Whoever withdraws consent to processing must know that the place in the queue goes with it.
fn leaving(form: &mut Sequence<'_, '_>, change: Option<Change>) {
    let told = form.maybe("leavesQueues", reading::boolean);
    if change == Some(Change::ProcessingWithdrawn) && told != Some(true) {
        form.about("change", Code::LeavingNotConfirmed);
    }
}

/// What the door asks: is the payload in order, and which settlement is it about?
pub(super) fn check(payload: Element<'_>, _received: Moment) -> Result<Checked, Findings> {
    read(payload).map(|request| Checked::about(request.subject.settlement))
}

/// Changes the consent.
pub(super) fn handle<'a>(
    transaction: &'a Transaction,
    payload: Element<'a>,
    asked: &'a Asked,
) -> Handling<'a> {
    Box::pin(async move {
        match read(payload) {
            Ok(request) => change(transaction, &request, asked).await,
            Err(findings) => Ok(Outcome::with_findings(&findings)),
        }
    })
}

async fn change(
    transaction: &Transaction,
    request: &Request,
    asked: &Asked,
) -> Result<Outcome, Trouble> {
    let subject = &request.subject;
    let Found { filed, state } = match subject.find(transaction, REQUEST).await? {
        Ok(found) => found,
        Err(refused) => return Ok(refused),
    };
    let withdrawn = match request.change {
        Change::ProcessingWithdrawn => match change::withdraw(state, rules::current()) {
            Ok(withdrawn) => Some(withdrawn),
            Err(refusal) => return Ok(subject.refused(refusal, &[])),
        },
        Change::PublicationGiven | Change::PublicationWithdrawn => None,
    };
    let changed = transaction
        .change_consent(&ConsentChange {
            application: filed.number,
            what: request.change.code(),
            sender: &asked.sender,
            digest: &asked.digest,
        })
        .await?;
    if let Some(withdrawn) = withdrawn {
        leave(transaction, filed.number, withdrawn, asked).await?;
    }
    let answer = Answer {
        number: filed.number,
        change: request.change,
        changed,
        at: asked.now,
        left_queues: withdrawn.is_some(),
    };
    let decision = subject.decision(json!({
        "change": request.change.code(),
        "changed": changed,
        "paragraph": request.change.paragraph(),
    }));
    let told = withdrawn.map(|withdrawn| Told {
        notice: withdrawn.notice(filed.number),
        short_names: Vec::new(),
        phones: filed.phones,
    });
    Ok(Outcome {
        told: told.into_iter().collect(),
        ..Outcome::done(write(&answer), decision)
    })
}

async fn leave(
    transaction: &Transaction,
    application: i64,
    withdrawn: Withdrawn,
    asked: &Asked,
) -> Result<(), Trouble> {
    let leave = Leave {
        application,
        at: asked.now,
        because: withdrawn.state,
        why: "WITHDRAWN",
        law: withdrawn.law,
    };
    transaction.leave_queues(leave).await
}

/// Writes the answer's element.
pub fn write(answer: &Answer) -> String {
    let mut writer = Writer::new();
    writer
        .open("k:consentChangeAnswer", &[("xmlns:k", NAMESPACE)])
        .leaf("k:applicationNumber", &answer.number.to_string())
        .leaf("k:change", answer.change.code())
        .leaf("k:changed", &answer.changed.to_string())
        .leaf("k:at", &answer.at.to_string())
        .leaf("k:leftQueues", &answer.left_queues.to_string())
        .close();
    writer.finish()
}
