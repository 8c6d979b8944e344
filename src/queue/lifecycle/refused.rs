//! Refused: the closed list of reasons why an event changes nothing.
//!
//! Law:   each names its paragraph or decision.
//! Never: carries words; they stand in `services::answer` for those that a family can meet.

use crate::queue::coded::coded;

coded! {
    /// Why an event changes nothing.
    Refused {
        /// The first valid answer stands (D-67).
        AnsweredAlready = "answered_already",
        /// What it was about is over, and nothing that is over is undone (D-74).
        Ended = "ended",
        /// A seat is held by an offer, a referral or an enrolment: only a department recalls it,
        /// on a registered ground (D-47).
        Held = "held",
        /// The identity of the child is still being checked (D-25).
        IdentityOnCheck = "identity_on_check",
        /// It is in the stop-list, which is not left early.
        InStopList = "in_stop_list",
        /// No preschool is chosen, so that it stands in no queue (D-105).
        NoChoice = "no_choice",
        /// Nothing is on offer.
        NoOffer = "no_offer",
        /// There is no referral.
        NoReferral = "no_referral",
        /// There is no enrolment application.
        NoEnrolment = "no_enrolment",
        /// It was not filed yet.
        NotFiled = "not_filed",
        /// No document is being checked.
        NotOnCheck = "not_on_check",
        /// It does not stand in the stop-list.
        NotInStopList = "not_in_stop_list",
        /// It is so already; a repeated message changes nothing.
        AlreadySo = "already_so",
        /// It is paused after silence, and is offered nothing until the family answers (D-61).
        Paused = "paused",
        /// No term of this kind is running.
        NoSuchTerm = "no_such_term",
        /// An offer or a referral waits: what it rests on is not changed meanwhile (D-16).
        OfferWaits = "offer_waits",
        /// It was extended as often as the rules allow (D-66).
        ExtensionSpent = "extension_spent",
        /// The originals were not confirmed, and without them nobody is enrolled.
        OriginalsMissing = "originals_missing",
        /// There is no contract, and without it nobody is enrolled.
        ContractMissing = "contract_missing",
        /// The rules in force know no such step.
        NotInTheseRules = "not_in_these_rules",
        /// The owner of the contract has not agreed (D-111).
        OwnerNotAgreed = "owner_not_agreed",
        /// The seat is taken.
        Occupied = "occupied",
        /// The seat is free, so that nobody holds it.
        NobodyHolds = "nobody_holds",
        /// The applicant was lost: another legal representative takes the application over first
        /// (D-26, D-27).
        NobodyActs = "nobody_acts",
    }
}

impl Refused {
    /// The paragraph that says no, or from which it follows.
    pub fn paragraph(self) -> &'static str {
        match self {
            Self::AnsweredAlready | Self::NoOffer | Self::NoReferral | Self::Paused => "004 pt.28",
            // «Отмена успешно завершенной процедуры не предусматривается».
            Self::Ended | Self::AlreadySo => "004 1_1 p.10",
            // «блокирует освобожденные места на срок действия выданного направления».
            Self::Held | Self::NobodyHolds => "004 1_5 p.3",
            // «ждет результата рассмотрения заявления со стороны услугодателя».
            Self::IdentityOnCheck | Self::NotOnCheck => "004 pt.15",
            // «Досрочный выход заявления из стоп-листа не производится».
            Self::InStopList | Self::NotInStopList => "004 pt.34",
            // «в каждой из выбранной Услугополучателем ДО».
            Self::NoChoice => "004 pt.16",
            // «осуществляется от лица законного представителя ребенка, на которого …».
            Self::NobodyActs => "004 pt.30",
            Self::NoEnrolment | Self::ContractMissing | Self::OriginalsMissing => "004 pt.30",
            // «ЕО НОБД принимает заявление».
            Self::NotFiled => "004 pt.14",
            Self::NoSuchTerm => "004 pt.33",
            // «отсутствие действующего направления на зачисление, по заявлению».
            Self::OfferWaits => "004 1_6 st.2",
            Self::ExtensionSpent => "004 1_10 No. 19",
            Self::NotInTheseRules => "004 pt.26",
            Self::OwnerNotAgreed => "004 1_8 No. 17",
            // «не более, чем в одну ДО одновременно».
            Self::Occupied => "004 pt.32",
        }
    }
}
