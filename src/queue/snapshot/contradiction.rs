//! The closed list of ways in which a snapshot contradicts itself.

use crate::terms::PreschoolId;

/// Two rows that cannot both be true, or one that cannot be. Numbers are those of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[non_exhaustive]
pub enum Contradiction {
    /// A band of ages ends before it begins.
    #[error("group {group}: its band of ages is reversed")]
    AgesReversed {
        /// The group.
        group: i64,
    },
    /// Two rows have one number.
    #[error("application {application}: two rows have this number")]
    ApplicationTwice {
        /// The number.
        application: i64,
    },
    /// An application was filed before the child was born (004 pt.22: an IIN exists).
    #[error("application {application}: filed before the child was born")]
    BornAfterFiling {
        /// The application.
        application: i64,
    },
    /// A group or an application is for something that its kind of queue does not know.
    #[error("application {application}: its care does not belong to its kind of queue")]
    CareOfAnotherKind {
        /// The application.
        application: i64,
    },
    /// One preschool is chosen twice.
    #[error("application {application}: preschool {preschool:?} is chosen twice")]
    ChoiceTwice {
        /// The application.
        application: i64,
        /// The preschool.
        preschool: PreschoolId,
    },
    /// A chosen preschool has other queues, or belongs to another settlement (004 pt.16, pt.20).
    #[error("application {application}: preschool {preschool:?} is of another kind or settlement")]
    ChoiceOfAnotherQueue {
        /// The application.
        application: i64,
        /// The preschool.
        preschool: PreschoolId,
    },
    /// A chosen preschool is not in the register.
    #[error("application {application}: preschool {preschool:?} is unknown")]
    ChoiceUnknown {
        /// The application.
        application: i64,
        /// The preschool.
        preschool: PreschoolId,
    },
    /// No preschool is chosen, or more than one application may name (004 1_1 p.4(20)).
    #[error("application {application}: too few or too many preschools")]
    ChoicesOutOfRange {
        /// The application.
        application: i64,
    },
    /// A claim names an application or a group that is not there, or of another settlement.
    #[error("claim of application {application} to group {group}: one of them does not fit")]
    ClaimUnknown {
        /// The application.
        application: i64,
        /// The group.
        group: i64,
    },
    /// A choice has a time of its own that is earlier than the application's; one that was added
    /// again can only be later (D-16).
    #[error("application {application}: a choice is older than the application")]
    ChoiceBeforeApplication {
        /// The application.
        application: i64,
    },
    /// A time of filing, or the beginning of free access, is later than the snapshot.
    #[error("row {row}: its time is later than the snapshot")]
    FromTheFuture {
        /// The application or the seat.
        row: i64,
    },
    /// A group is for something that its preschool's kind does not know.
    #[error("group {group}: its care does not belong to the kind of its preschool")]
    GroupOfAnotherKind {
        /// The group.
        group: i64,
    },
    /// A group belongs to a preschool that is not in the register.
    #[error("group {group}: its preschool is unknown")]
    GroupOfUnknownPreschool {
        /// The group.
        group: i64,
    },
    /// Two rows have one number.
    #[error("group {group}: two rows have this number")]
    GroupTwice {
        /// The number.
        group: i64,
    },
    /// Offers do not stand in the order in which they were made, or one is of the future.
    #[error("offer {offer}: made before the one that stands before it, or after the snapshot")]
    OfferOutOfOrder {
        /// The offer.
        offer: i64,
    },
    /// An offer waits for an application that is not there or cannot hold one.
    #[error("offer {offer}: pending, and its application cannot hold it")]
    OfferToNobody {
        /// The offer.
        offer: i64,
    },
    /// A child out of turn stands in more preschools than that allows (004 pt.21, D-18).
    #[error("application {application}: out of turn in more than one preschool")]
    OutOfTurnElsewhere {
        /// The application.
        application: i64,
    },
    /// A choice is parked, and no benefit out of turn serves another one (D-18).
    #[error("application {application}: a choice is parked, and it is not out of turn")]
    ParkedWithoutBenefit {
        /// The application.
        application: i64,
    },
    /// A family named an order of preference for some choices only, or one place twice (D-17).
    #[error("application {application}: its order of preference is not whole")]
    PreferencesBroken {
        /// The application.
        application: i64,
    },
    /// Two rows have one number.
    #[error("preschool {preschool:?}: two rows have this number")]
    PreschoolTwice {
        /// The number.
        preschool: PreschoolId,
    },
    /// A presence says that an offer is pending; only offers say that.
    #[error("application {application}: its presence speaks of an offer")]
    PresenceOfOffer {
        /// The application.
        application: i64,
    },
    /// A refusal names an application or a seat that is not there.
    #[error("refusal of seat {seat} by application {application}: one of them is unknown")]
    RefusalUnknown {
        /// The application.
        application: i64,
        /// The seat.
        seat: i64,
    },
    /// A seat is free and on offer at once.
    #[error("seat {seat}: free, and pending with an offer")]
    SeatFreeAndOffered {
        /// The seat.
        seat: i64,
    },
    /// A seat belongs to a group that is not there.
    #[error("seat {seat}: its group is unknown")]
    SeatOfUnknownGroup {
        /// The seat.
        seat: i64,
    },
    /// Two rows have one number.
    #[error("seat {seat}: two rows have this number")]
    SeatTwice {
        /// The number.
        seat: i64,
    },
    /// More children are enrolled, seats blocked and free than the group has (D-45 `CAP_SUM`).
    #[error("group {group}: more is enrolled, blocked and free than it has seats")]
    SeatsOverCapacity {
        /// The group.
        group: i64,
    },
    /// Two applications have one sequence, so that a tie could not be broken (D-35).
    #[error("application {application}: its sequence is another one's, too")]
    SequenceTwice {
        /// The later of the two rows.
        application: i64,
    },
    /// A child that has a place asks for another one for a time (004 pt.32, D-48).
    #[error("application {application}: the child has a place, and asks for one for a time")]
    TemporaryBesidesPlace {
        /// The application.
        application: i64,
    },
    /// A benefit counts in a queue that knows none (004 pt.18, pt.19).
    #[error("application {application}: a tier in a queue without benefits")]
    TierWithoutBenefit {
        /// The application.
        application: i64,
    },
    /// A child that has a place stands in another tier than children who change (D-21).
    #[error("application {application}: a child with a place stands in another tier than these do")]
    TransferTier {
        /// The application.
        application: i64,
    },
    /// A child has two applications of one kind (004 pt.20).
    #[error("application {application}: the child has another one of this kind")]
    TwoApplications {
        /// The later of the two rows.
        application: i64,
    },
    /// An application holds two offers at once (1_6 st.2).
    #[error("application {application}: two offers are pending")]
    TwoOffers {
        /// The application.
        application: i64,
    },
}
