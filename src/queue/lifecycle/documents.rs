//! Documents: the check of scans and of their originals (проверка документов).
//!
//! Law:   004 pt.15, 23, 29, 1_1 st.7–9, p.10, 1_3 st.7–9, 1_6 st.6, st.11, 1_9 p.6, p.10;
//!        decisions D-25, D-72, D-73, D-76 to D-79.
//! Never: lets a term run while the staff is late (D-72).
//! Start: [`step`].

use crate::queue::coded::coded;
use crate::queue::lifecycle::documents::Event::{
    ApplicationEnded, BenefitFits, BenefitUnfit, ClaimDropped, ForgeryDecided, IdentityFits,
    IdentityUnfit, NewerCertificate, OriginalsAsked, OriginalsFit, OriginalsUnfit, ReferralEnded,
    ScanSent, StaffLate, StaffReady, TermEnded,
};
use crate::queue::lifecycle::{
    Cause, Countdown, Refused as No, application, machine, referral, to,
};
use crate::queue::notice::NoticeKind as N;
use crate::queue::rules::RuleSet;

coded! {
    /// Where a check stands.
    State {
        /// Nothing is to be checked.
        None = "NONE",
        /// A scan was sent with an application or an update, and waits for an official.
        ScanWaits = "SCAN_WAITS",
        /// The originals behind a referral are awaited.
        OriginalsAwaited = "ORIGINALS_AWAITED",
        /// The family has come, and nobody could compare.
        StaffLate = "STAFF_LATE",
        /// What was claimed is true.
        Confirmed = "CONFIRMED",
        /// It is not.
        NotConfirmed = "NOT_CONFIRMED",
        /// The originals were not shown in time.
        NotShown = "NOT_SHOWN",
        /// The application ended.
        Ended = "ENDED",
    }
}

coded! {
    /// What can happen to a check.
    Event {
        /// A scan is sent (1_1 st.7).
        ScanSent = "SCAN_SENT",
        /// An update takes back what the scan was to show (1_3 p.3).
        ClaimDropped = "CLAIM_DROPPED",
        /// The benefit of the scan is true.
        BenefitFits = "BENEFIT_FITS",
        /// It is not, or the certificate is too old (1_9 p.6).
        BenefitUnfit = "BENEFIT_UNFIT",
        /// The child's identity is as the scan says.
        IdentityFits = "IDENTITY_FITS",
        /// It is not.
        IdentityUnfit = "IDENTITY_UNFIT",
        /// A referral was given by a benefit that a scan showed (1_6 st.6).
        OriginalsAsked = "ORIGINALS_ASKED",
        /// The originals agree.
        OriginalsFit = "ORIGINALS_FIT",
        /// They do not.
        OriginalsUnfit = "ORIGINALS_UNFIT",
        /// A newer certificate of the same benefit is shown (D-76).
        NewerCertificate = "NEWER_CERTIFICATE",
        /// The family has come, and nobody can compare.
        StaffLate = "STAFF_LATE",
        /// Somebody can.
        StaffReady = "STAFF_READY",
        /// The term of the originals has ended.
        TermEnded = "TERM_ENDED",
        /// A formal decision says that a document is forged (D-73).
        ForgeryDecided = "FORGERY_DECIDED",
        /// The referral ends otherwise; a scan that waits is not concerned.
        ReferralEnded = "REFERRAL_ENDED",
        /// The application ends.
        ApplicationEnded = "APPLICATION_ENDED",
    }
}

machine!("documents", None);

/// What follows from an event.
pub fn step(state: State, event: Event, rules: &RuleSet) -> Outcome {
    match state {
        State::None => none(event),
        State::ScanWaits => scan_waits(event),
        State::OriginalsAwaited => originals_awaited(event, rules),
        State::StaffLate => staff_late(event, rules),
        State::Confirmed | State::NotConfirmed | State::NotShown | State::Ended => Err(No::Ended),
    }
}

fn none(event: Event) -> Outcome {
    Ok(match event {
        ScanSent => to(State::ScanWaits, "004 1_1 st.7"),
        OriginalsAsked => to(State::OriginalsAwaited, "004 1_6 st.6"),
        ApplicationEnded => to(State::Ended, "004 pt.22"),
        BenefitFits | BenefitUnfit | IdentityFits | IdentityUnfit | OriginalsFit
        | OriginalsUnfit | NewerCertificate | StaffLate | StaffReady | ForgeryDecided
        | ClaimDropped | ReferralEnded => {
            return Err(No::NotOnCheck);
        }
        TermEnded => return Err(No::NoSuchTerm),
    })
}

/// No term is set: the application stands in its place meanwhile (D-78).
fn scan_waits(event: Event) -> Outcome {
    const FORGED: &[Cause] = &[Cause::Application(application::Event::RequirementLost)];
    Ok(match event {
        BenefitFits => to(State::Confirmed, "004 1_1 p.10")
            .brings(&[Cause::Application(application::Event::BenefitConfirmed)]),
        BenefitUnfit => to(State::NotConfirmed, "004 pt.23; D-79")
            .brings(&[Cause::Application(application::Event::BenefitRefused)]),
        IdentityFits => to(State::Confirmed, "004 1_1 p.10; D-25")
            .brings(&[Cause::Application(application::Event::IdentityConfirmed)]),
        IdentityUnfit => to(State::NotConfirmed, "004 1_1 p.10; D-79")
            .brings(&[Cause::Application(application::Event::IdentityRefused)]),
        ForgeryDecided => to(State::NotConfirmed, "004 1_1 p.10; D-73").brings(FORGED),
        NewerCertificate => to(State::ScanWaits, "004 1_9 p.6; D-76"),
        ApplicationEnded => to(State::Ended, "004 pt.22"),
        ClaimDropped => to(State::None, "004 1_3 p.3; D-20"),
        // A further scan joins the one that waits.
        ScanSent => to(State::ScanWaits, "004 1_3 st.7"),
        ReferralEnded => to(State::ScanWaits, "004 1_1 st.7; D-78"),
        // The originals answer for the scan that waits, too.
        OriginalsAsked => to(State::OriginalsAwaited, "004 1_6 st.6"),
        OriginalsFit | OriginalsUnfit | StaffLate | StaffReady => {
            return Err(No::NoReferral);
        }
        TermEnded => return Err(No::NoSuchTerm),
    })
}

/// The terms run with the referral (pt.29, D-72).
fn originals_awaited(event: Event, rules: &RuleSet) -> Outcome {
    Ok(match event {
        OriginalsFit => to(State::Confirmed, "004 1_6 st.11")
            .brings(&[Cause::Referral(referral::Event::OriginalsConfirmed)]),
        OriginalsUnfit | ForgeryDecided => to(State::NotConfirmed, "004 pt.23; D-73")
            .brings(&[Cause::Referral(referral::Event::OriginalsRefused)]),
        NewerCertificate if rules.benefits.fresh_certificate => {
            to(State::OriginalsAwaited, "004 1_9 p.6; D-76")
        }
        NewerCertificate => return Err(No::NotInTheseRules),
        StaffLate if rules.referrals.staff_delay_pauses => to(State::StaffLate, "004 pt.29; D-72")
            .brings(&[Cause::Referral(referral::Event::StaffLate)]),
        StaffLate => return Err(No::NotInTheseRules),
        // Told by the referral, which ends by it.
        TermEnded => to(State::NotShown, "004 pt.29"),
        ReferralEnded => to(State::Ended, "004 pt.28"),
        ApplicationEnded => to(State::Ended, "004 pt.22"),
        ScanSent | OriginalsAsked => return Err(No::AlreadySo),
        ClaimDropped => return Err(No::OfferWaits),
        StaffReady => return Err(No::NoSuchTerm),
        BenefitFits | BenefitUnfit | IdentityFits | IdentityUnfit => {
            return Err(No::OriginalsMissing);
        }
    })
}

fn staff_late(event: Event, rules: &RuleSet) -> Outcome {
    Ok(match event {
        StaffReady => to(State::OriginalsAwaited, "004 pt.29; D-72")
            .tells(&[N::OriginalsOfReferral])
            .brings(&[Cause::Referral(referral::Event::StaffReady)]),
        OriginalsFit => to(State::Confirmed, "004 1_6 st.11; D-72")
            .brings(&[Cause::Referral(referral::Event::OriginalsConfirmed)]),
        OriginalsUnfit | ForgeryDecided => to(State::NotConfirmed, "004 pt.23; D-73")
            .brings(&[Cause::Referral(referral::Event::OriginalsRefused)]),
        NewerCertificate if rules.benefits.fresh_certificate => {
            to(State::StaffLate, "004 1_9 p.6; D-76")
        }
        NewerCertificate => return Err(No::NotInTheseRules),
        ReferralEnded => to(State::Ended, "004 pt.28"),
        ApplicationEnded => to(State::Ended, "004 pt.22"),
        ScanSent | OriginalsAsked | StaffLate => return Err(No::AlreadySo),
        ClaimDropped => return Err(No::OfferWaits),
        // The delay of the staff never harms (D-72).
        TermEnded => return Err(No::NoSuchTerm),
        BenefitFits | BenefitUnfit | IdentityFits | IdentityUnfit => {
            return Err(No::OriginalsMissing);
        }
    })
}

fn ended(state: State) -> bool {
    match state {
        State::None | State::ScanWaits | State::OriginalsAwaited | State::StaffLate => false,
        State::Confirmed | State::NotConfirmed | State::NotShown | State::Ended => true,
    }
}

/// The terms of the originals are those of the referral.
fn lapse(_ended: Countdown) -> Option<Event> {
    None
}
