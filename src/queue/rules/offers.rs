//! Offers: how a free seat is offered, and what an answer, a refusal or silence does.
//!
//! Law:   004 pt.24–28, 32, 40, 1_5 p.3, 1_10 No. 15; decisions D-40 to D-43, D-47 to D-49, D-61,
//!        D-62.

use crate::queue::calendar::Term;

/// How seats are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offers {
    /// How long a family may think (004 pt.28 «в течение 3 (трех) рабочих дней»).
    pub answer: Term,
    /// How many offers a family holds at once (004 1_6 st.2, D-40).
    pub mode: OfferMode,
    /// Does a seat in a more preferred preschool replace a pending offer (D-41)?
    pub upgrade: bool,
    /// Is a referral written without asking (004 pt.26 «автоматически выписываются», D-42)?
    pub auto_issue: bool,
    /// When a seat that came back is offered again (004 1_5 p.3, D-43).
    pub reoffer: Reoffer,
    /// What silence to the end of the term does (D-61; 004 pt.33 is a closed list without it).
    pub silence: SilencePolicy,
    /// After how many silences in a row a family is asked whether it still waits (1_2, D-61).
    pub silences_to_interest_check: u32,
    /// What a refusal before consent does (D-62).
    pub refusal: RefusalPolicy,
    /// What becomes of a seat for which nobody of the queue is left (004 pt.40(6), (7), D-49).
    pub free_access: FreeAccess,
    /// What becomes of the seat of a child that is away for a treatment (004 pt.32, D-48).
    pub temp_seat: TempSeat,
    /// May a department recall a seat that is on offer, on a registered ground (1_10 No. 15, D-47)?
    pub forced_recall: bool,
}

/// How many seats are held for one family at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferMode {
    /// One: the best that it can have.
    BestOne,
    /// One of each queue whose head it is.
    ChooseAmong,
}

/// When a seat that came back is offered again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reoffer {
    /// In hourly rounds between these hours of Astana, each with a protocol of its own.
    Hourly {
        /// The hour of the first round.
        from: u32,
        /// The hour of the last one.
        until: u32,
    },
    /// With the protocol of the next 00:00.
    Nightly,
}

/// What silence to the end of the term does to an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SilencePolicy {
    /// It leaves the queues; `Validity::grace` says whether it may come back.
    Archive,
    /// It keeps its place and is offered nothing for this term, or until the family answers.
    Pause(Term),
    /// It keeps its place.
    Skip,
    /// It is barred for `StopList::silence`.
    StopList,
}

/// What a refusal before consent does to an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalPolicy {
    /// It leaves all its queues.
    ArchiveAll,
    /// It leaves the queue of that preschool.
    DropChoice,
    /// It keeps its place so many times within so many months; the next refusal closes the entry.
    Keep {
        /// How many refusals are free.
        times: u32,
        /// Within how many months they are counted.
        months: u32,
    },
    /// It is barred for `StopList::refusal`.
    StopList,
}

/// What becomes of a seat for which nobody of the queue is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FreeAccess {
    /// Requests are collected for so many hours and ordered by tier and time of filing.
    Collect {
        /// How many hours.
        hours: u32,
    },
    /// Whoever comes first has it.
    FirstCome,
    /// It waits for the queue.
    Off,
}

/// What becomes of the seat of a child that is away for a treatment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TempSeat {
    /// It is shown, and not distributed.
    Off,
    /// It is offered, as a temporary one, to families that asked for such seats; they keep their
    /// places in the queue.
    OptIn,
}
