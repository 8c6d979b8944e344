//! Every reason of a plan, with the code that is sent and the paragraph that gives it.

use std::fmt::Write as _;

use kezek::queue::allocation::{Because, Why};
use kezek::queue::rank::Presence;
use kezek::queue::seat::Misfit;
use kezek::queue::snapshot::OfferKind;

use crate::table::golden;

const PRESENCES: [Presence; 9] = [
    Presence::BenefitCheck,
    Presence::Consented,
    Presence::IdentityCheck,
    Presence::OfferedElsewhere,
    Presence::OfferedHere { turn: 1 },
    Presence::Parked,
    Presence::Paused,
    Presence::StopListed,
    Presence::Waiting,
];

fn whys() -> Vec<Why> {
    let outranked = Why::Outranked {
        number: 2,
        seats: 1,
    };
    let mut all = vec![
        Why::AlreadyThere,
        Why::ChoiceClosed,
        Why::HoldsAsGood,
        Why::NoLongerStands,
        Why::NoSeatTonight,
        Why::OfferedBetter,
        Why::Offered,
        outranked,
        Why::PreschoolClosed,
        Why::PreschoolSuspended,
    ];
    let misfits = [Misfit::Age, Misfit::Care, Misfit::Language];
    all.extend(misfits.map(Why::NoSeatFits));
    all.extend(PRESENCES.map(Why::NotOfferable));
    all
}

#[test]
fn each_reason_is_printed_with_its_code_and_its_paragraph() {
    let mut text = String::from("# Why an entry has no seat.\n");
    let mut line = |what: String, code: &str, paragraph: &str| {
        writeln!(text, "{what:<44}{code:<28}{paragraph}").expect("a string can be written to");
    };
    for why in whys() {
        line(format!("{why:?}"), why.code(), why.paragraph());
    }
    line("# Why a family is offered a seat.".to_owned(), "", "");
    for because in Because::ALL {
        line(format!("{because:?}"), because.code(), because.paragraph());
        assert_eq!(Because::from_code(because.code()), Some(because));
    }
    for kind in OfferKind::ALL {
        line(format!("{kind:?}"), kind.code(), "004 pt.39");
        assert_eq!(OfferKind::from_code(kind.code()), Some(kind));
    }
    let text: Vec<&str> = text.lines().map(str::trim_end).collect();
    golden("allocation/reasons.txt", &(text.join("\n") + "\n"));
}
