//! Services: the counters. One file per integration service, all of one shape.
//!
//! Law:   004 1_10 (the 23 services); each file names its annex.
//! In:    the payload element of a trusted message. Out: the answer's payload, the decision and
//!        what must be told, for the worker to keep in the same transaction.
//! Shape: `Request`, `Answer`, `read`, `handle`, `write`, in this sequence.
//! Never: publishes; knows an envelope; words an SMS.
//! Start: [`CATALOGUE`].

pub mod active_applications;
pub mod active_contracts;
pub mod active_enrolments;
pub mod active_referrals;
pub mod answer;
pub mod choices;
mod claim;
pub mod code_list;
pub mod consent;
pub mod document_check;
pub mod extension;
pub mod finding;
pub mod party;
pub mod place;
pub mod preschool_list;
pub mod preschool_map;
pub mod preschool_requisites;
pub mod queue_registration;
pub mod rank_check;
pub mod rank_history;
pub mod representative;
pub mod scan;
pub mod seat_group;
pub mod seat_recall;
pub mod settlement_list;
pub mod special_needs;
pub mod stop_list;
pub mod subject;
pub mod update;
pub mod withdrawal;

mod catalogue;
mod kept;
mod reading;
mod seats;

use std::future::Future;
use std::pin::Pin;

use serde_json::json;

use crate::queue::notice::Notice;
use crate::queue::refusal::Refusal;
use crate::registry::{Transaction, Trouble};
use crate::terms::{Moment, Phone, PreschoolId, Settlement};
use crate::xml::Element;
use finding::Findings;
use scan::Scan;

pub use catalogue::{CATALOGUE, PLANNED, by_number, numbers};

/// The namespace of every payload.
pub const NAMESPACE: &str = "urn:kz:kezek:services:v1";

/// Which lane a service's messages take, and so which workers serve it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// It changes nothing: an expired message may be dropped.
    Read,
    /// It changes the register: never dropped once begun.
    Write,
}

/// What the door learns about a payload that is in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// The settlement that the request is about: the sender must be entitled to it. None: it is
    /// about no place, and the right to the service is enough.
    pub settlement: Option<Settlement>,
    /// The scans in it, to be kept before the request travels.
    pub scans: Vec<Scan>,
}

impl Checked {
    /// A request about this settlement, without scans.
    pub fn about(settlement: Settlement) -> Self {
        Self {
            settlement: Some(settlement),
            scans: Vec::new(),
        }
    }
}

/// Where a sender may see and act: prefixes of КАТО codes, or the whole republic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Regions {
    /// Every settlement.
    All,
    /// The settlements whose codes begin with one of these digits.
    Of(Vec<String>),
}

impl Regions {
    /// Whether this settlement is one of them.
    pub fn hold(&self, settlement: Settlement) -> bool {
        match self {
            Self::All => true,
            Self::Of(prefixes) => prefixes
                .iter()
                .any(|prefix| settlement.as_str().starts_with(prefix)),
        }
    }
}

/// Who asks, and when.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The verified sender.
    pub sender: String,
    /// The settlements for which the sender may call the service. The door has compared them with
    /// the one that is named; an answer about a child keeps nothing back for them (004 1_4 st.4).
    pub regions: Regions,
    /// When the sender says that it was sent.
    pub sent_at: Moment,
    /// When the message reached us.
    pub received_at: Moment,
    /// The moment of the decision. Numbers are "as of" the instant of their counting instead.
    pub now: Moment,
    /// SHA-256 of what the message says (its content digest), kept with what follows from it.
    pub digest: [u8; 32],
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It was refused, or its payload was not in order.
    Rejected,
    /// It was done.
    Success,
}

/// What follows from a request.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// How it ended; the code and the message stand in [`answer`].
    pub status: Status,
    /// The XML of the answer's element.
    pub payload: String,
    /// Why it was decided so, for the journal: no name, phone or personal number.
    pub decision: serde_json::Value,
    /// What the family is told.
    pub told: Vec<Told>,
}

/// A notice and whom it reaches. The words are `notify`'s.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The facts.
    pub notice: Notice,
    /// How the preschools are called in a short message: identifier, Kazakh, Russian.
    pub short_names: Vec<(PreschoolId, String, String)>,
    /// The numbers: the first may decide, the others get copies (D-68).
    pub phones: Vec<Phone>,
}

/// The work on one request, to be awaited by a worker.
pub type Handling<'a> = Pin<Box<dyn Future<Output = Result<Outcome, Trouble>> + Send + 'a>>;

/// One integration service.
pub struct Service {
    /// The number on the wire, `serviceId`.
    pub number: &'static str,
    /// The name in Kazakh.
    pub name_kk: &'static str,
    /// The name in Russian.
    pub name_ru: &'static str,
    /// The local name of the request's element.
    pub request: &'static str,
    /// The local name of the answer's element.
    pub answer: &'static str,
    /// The schema that declares both.
    pub schema: &'static str,
    /// The class of its lane.
    pub lane: Lane,
    /// Is its answer a notice that the system signs in its own right (004 1_2 p.4(12))?
    pub notice: bool,
    /// Reads a payload without acting, at the door.
    pub check: fn(Element<'_>, Moment) -> Result<Checked, Findings>,
    /// Reads the payload and acts, in the worker's transaction.
    pub handle: for<'a> fn(&'a Transaction, Element<'a>, &'a Asked) -> Handling<'a>,
}

impl Service {
    /// Does it change the register?
    pub fn changes(&self) -> bool {
        self.lane == Lane::Write
    }
}

impl Outcome {
    /// A payload that was not in order.
    fn with_findings(findings: &Findings) -> Self {
        let codes: Vec<&str> = findings.iter().map(|finding| finding.code.name()).collect();
        Self {
            status: Status::Rejected,
            payload: answer::findings(findings),
            decision: json!({ "findings": codes }),
            told: Vec::new(),
        }
    }

    /// A payload that the door found not to be in order, and in what way.
    pub fn found(codes: &[String], payload: &str) -> Self {
        Self {
            status: Status::Rejected,
            payload: payload.to_owned(),
            decision: json!({ "findings": codes }),
            told: Vec::new(),
        }
    }

    /// A request that the law refuses.
    fn refused(refusal: Refusal, decision: serde_json::Value) -> Self {
        Self {
            status: Status::Rejected,
            payload: answer::refusal(refusal),
            decision,
            told: Vec::new(),
        }
    }

    /// A question about something that the register does not hold, named at this place of it.
    fn unknown(refusal: Refusal, path: &str) -> Self {
        let decision = json!({ "refusal": refusal.code(), "paragraph": refusal.paragraph() });
        Self::refused_at(refusal, &[path], decision)
    }

    /// A request that the law refuses because of what stands at these places of it.
    fn refused_at(
        refusal: Refusal,
        paths: &[impl AsRef<str>],
        decision: serde_json::Value,
    ) -> Self {
        Self {
            payload: answer::refusal_at(refusal, paths),
            ..Self::refused(refusal, decision)
        }
    }
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Service({})", self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn region_is_named_by_the_first_digits_of_a_settlement() {
        let astana = Settlement::parse("710000000").expect("nine digits");
        let almaty = Settlement::parse("750000000").expect("nine digits");
        let regions = Regions::Of(vec!["71".into()]);
        assert!(regions.hold(astana) && !regions.hold(almaty));
        assert!(Regions::All.hold(almaty) && !Regions::Of(Vec::new()).hold(almaty));
    }
}
