//! Registry: what is kept, and the only room with SQL.
//!
//! In:    facts that the services have decided, in the transaction that the worker opened.
//! Out:   rows as values; [`Trouble`] where the database could not do it.
//! Shape: one function, one statement, named by intent; what is independent is pipelined.
//! Law:   the tables say it a second time, by constraints with the paragraph in their comment.
//! Never: decides; publishes; waits for the bus while it holds a connection.
//! Start: [`Registry::receive`], then [`Transaction::conclude`]: the two ends of each message.

mod application;
mod code;
mod consent;
mod contract;
mod document_check;
mod enrolment;
mod extension;
mod fill;
mod history;
mod inbox;
mod journal;
mod letter;
mod load;
mod migrate;
mod need;
mod outbox;
mod place;
mod pool;
mod preschool;
mod probe;
mod referral;
mod registers;
mod scan;
mod seat;
mod settlement;
mod special_needs;
mod stamp;
mod stop_list;
mod trouble;

pub use application::{
    Active, Amendment, Enquiry, Entries, EntryRow, Filed, Ground, Leave, Lodged, Lodging,
    NewChoice, Prospect, Standing,
};
pub use code::{CodeList, KnownCode};
pub use consent::ConsentChange;
pub use contract::Contract;
pub use document_check::{DocumentCheck, FoundPaper};
pub use enrolment::Enrolment;
pub use extension::Extension;
pub use fill::Family;
pub use history::{Line, Logged, QueueLog};
pub use inbox::{Arrival, Claimed, Conclusion, InboxLine, StoredAnswer, Told};
pub use journal::{Certificate, Evidence, JournalLine, Kind, Record};
pub use letter::{
    Claim, Claimant, LaneLine, Letter, LetterLine, LetterState, Notice, Reported, Waiting,
    Whereabouts,
};
pub use load::Loaded;
pub use migrate::{Applied, Migration};
pub use need::{Asker, Located, QueueOffer};
pub use outbox::{Lease, OutboxLine, Parked};
pub use place::{Counted, Held, OfferMade, Part, Place, Tallies, Tally};
pub use pool::{Registry, Transaction};
pub use preschool::{NotAPreschoolRow, Preschool, PreschoolKind, PreschoolStatus, Requisites};
pub use referral::{PlaceGiven, Referral};
pub use registers::{FILES, NamedCode, NamedSettlement, Registers, Why, Wrong};
pub use scan::KeptScan;
pub use seat::{Blocking, Group, GroupNow, GroupSeats, SeatNow, SeatReport};
pub use settlement::KnownSettlement;
pub use special_needs::SpecialNeeds;
pub use stamp::{Horizon, JournalOctets, Stamped};
pub use stop_list::StopListed;
pub use trouble::{Said, Trouble};
