//! The closed list of ways in which a plan breaks the law.

use crate::terms::PreschoolId;

/// A breach. Numbers are those of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Breach {
    /// The plan is of another snapshot or rule set.
    #[error("the plan was made from another snapshot or by another rule set")]
    AnotherNight,
    /// Seats of free access were given past an earlier claim, unclaimed or too early (D-49).
    #[error("seat {seat}: given in free access against the order of claims")]
    ClaimOvertaken {
        /// The seat.
        seat: i64,
    },
    /// The plan does not speak of every entry.
    #[error("the plan does not speak of every entry")]
    EntriesMissing,
    /// The child is enrolled in the preschool that is offered (1_6 st.3).
    #[error("application {application}: offered the preschool in which the child is enrolled")]
    EnrolledThere {
        /// The application.
        application: i64,
    },
    /// A seat is empty although a family that it fits asked for it (004 pt.24, pt.25).
    #[error("preschool {preschool:?}: a seat stays empty though application {application} asked")]
    IdleSeat {
        /// The preschool.
        preschool: PreschoolId,
        /// Whom it fits.
        application: i64,
    },
    /// The group is for other years (004 pt.26(1), pt.27).
    #[error("application {application}: the seat is for children of another age")]
    MisfitAge {
        /// The application.
        application: i64,
    },
    /// The group is for another disorder or rehabilitation (004 pt.26(2), (3)).
    #[error("application {application}: the seat is for children with other needs")]
    MisfitCare {
        /// The application.
        application: i64,
    },
    /// The family wants another language only (D-13).
    #[error("application {application}: the seat is of another language than the only one wanted")]
    MisfitLanguage {
        /// The application.
        application: i64,
    },
    /// The last day in the queue has passed (004 pt.21).
    #[error("application {application}: no longer stands in the queue")]
    NoLongerStands {
        /// The application.
        application: i64,
    },
    /// The preschool is not among the chosen ones, or the entry is closed or parked (004 pt.16).
    #[error("application {application}: has no live entry in the preschool that is offered")]
    NotChosen {
        /// The application.
        application: i64,
    },
    /// The application is on check, in the stop-list, paused or has consented (D-37).
    #[error("application {application}: cannot be offered a seat now")]
    NotOfferable {
        /// The application.
        application: i64,
    },
    /// A seat that the family has not asked to take for a time (D-48).
    #[error("application {application}: did not ask for a temporarily free seat")]
    NotTemporary {
        /// The application.
        application: i64,
    },
    /// The number in the list of those who asked is wrong.
    #[error("seat {seat}: the number in the list of those who asked is {expected}")]
    NumberWrong {
        /// The seat.
        seat: i64,
        /// What it should be.
        expected: u32,
    },
    /// One application is offered two seats (1_6 st.2).
    #[error("application {application}: two offers in one night")]
    OfferedTwice {
        /// The application.
        application: i64,
    },
    /// The family is owed the next seat of the preschool and another one got it (D-47, D-91).
    #[error("application {application}: the next seat of {preschool:?} is owed to it")]
    OwedPassedOver {
        /// The application.
        application: i64,
        /// The preschool.
        preschool: PreschoolId,
    },
    /// Someone who asked stands before a family of its own tier that was served: justified envy
    /// (004 pt.17, pt.24).
    #[error("application {application}: passed over in {preschool:?}")]
    PassedOver {
        /// The application.
        application: i64,
        /// The preschool.
        preschool: PreschoolId,
    },
    /// The tiers were not interleaved as the phase asks (004 pt.17, D-32).
    #[error("preschool {preschool:?}: the ratio of tiers is broken at application {application}")]
    RatioBroken {
        /// The preschool.
        preschool: PreschoolId,
        /// Who should have been served.
        application: i64,
    },
    /// Who refused such a seat was served before who did not (D-40, D-62).
    #[error("application {application}: refused such a seat, yet stands before others")]
    RefuserFirst {
        /// The application.
        application: i64,
    },
    /// A family before others in the list of its class was given another preschool than the first
    /// one that it would have taken (D-00).
    #[error("application {application}: a seat of {preschool:?} was there when its turn came")]
    SeatNotAsked {
        /// The application.
        application: i64,
        /// The preschool whose seat it should have been offered.
        preschool: PreschoolId,
    },
    /// The family holds an offer, and this one is not better or does not say so (1_6 st.2, D-41).
    #[error("application {application}: holds an offer that this one does not better")]
    SecondOffer {
        /// The application.
        application: i64,
    },
    /// The seat is paid for by families, or its preschool is closed or suspended (004 pt.25).
    #[error("seat {seat}: not for distribution")]
    SeatNotForDistribution {
        /// The seat.
        seat: i64,
    },
    /// One seat is offered twice.
    #[error("seat {seat}: offered twice")]
    SeatTwice {
        /// The seat.
        seat: i64,
    },
    /// The snapshot knows no such seat or application.
    #[error("seat {seat}: the line names a seat or an application that is not there")]
    UnknownRow {
        /// The seat.
        seat: i64,
    },
    /// An entry without an offer has no reason, or a wrong one.
    #[error("application {application}: choice {choice} has a wrong reason")]
    WhyWrong {
        /// The application.
        application: i64,
        /// Position of the choice.
        choice: u8,
    },
    /// The line names another class than the seat's.
    #[error("seat {seat}: is of another class")]
    WrongClass {
        /// The seat.
        seat: i64,
    },
    /// The list of seats in free access is not that of the seats that nobody asked for (D-49).
    #[error("seat {seat}: wrongly in or out of free access")]
    WrongFreeAccess {
        /// The seat.
        seat: i64,
    },
    /// The line gives another reason than the law does.
    #[error("seat {seat}: the line gives a wrong reason")]
    WrongReason {
        /// The seat.
        seat: i64,
    },
    /// The line names another tier than the family's (004 pt.17).
    #[error("application {application}: stands in another tier")]
    WrongTier {
        /// The application.
        application: i64,
    },
    /// Twins that could be told together are not, or the other way round (D-28).
    #[error("application {application}: wrong word about its twin")]
    WrongTwins {
        /// The application.
        application: i64,
    },
}
