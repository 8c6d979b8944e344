//! The life cycles as tables for a lawyer: every state with every event, and what waits when.

use std::fmt::Write as _;

use kezek::queue::lifecycle::{
    Cause, Countdown, Machine, Refused, Step, applicant, application, contract, dismissal,
    documents, enrolment, entry, offer, referral, seat, stop_list, temporary,
};
use kezek::queue::rules::current;

use crate::table::golden;

fn join<T>(items: &[T], text: impl Fn(&T) -> String) -> String {
    if items.is_empty() {
        return "-".to_owned();
    }
    items.iter().map(text).collect::<Vec<_>>().join(" ")
}

/// The terms that begin, then those that go on.
fn terms<M>(step: &Step<M>) -> String {
    let begun = step.countdowns.iter().map(|clock| clock.code().to_owned());
    let resumed = step.resumed.iter();
    let resumed = resumed.map(|clock| format!("{}↻", clock.code()));
    join(&begun.chain(resumed).collect::<Vec<_>>(), String::clone)
}

/// The whole machine under the rules in force: what changes, then what is refused, state by state.
fn print<M: Machine>() -> String {
    let rules = current();
    let mut text = format!(
        "# The life cycle `{}`, under `{}`. Each event: the next state, the terms\n\
         # that begin (`↻`: that go on with what was left), the notices, what happens to other\n\
         # things by it, and the law. Below them what changes nothing, and why. `=` is the same\n\
         # state; a reason code is `{}.EVENT`.\n",
        M::NAME,
        rules.id,
        M::NAME
    );
    let width = M::EVENTS
        .iter()
        .map(|e| M::event_code(*e).len())
        .max()
        .unwrap_or(0);
    for &state in M::STATES {
        let mark = match (state == M::START, state.ended()) {
            (true, _) => " (begins here)",
            (false, true) => " (ends here: every event is refused)",
            (false, false) => "",
        };
        writeln!(text, "\n{}{mark}", state.state_code()).expect("a string");
        if state.ended() {
            continue;
        }
        let mut refused: Vec<(Refused, Vec<&str>)> = Vec::new();
        for &event in M::EVENTS {
            let code = M::event_code(event);
            match state.step(event, rules) {
                Ok(step) => {
                    let next = if step.next == state {
                        "="
                    } else {
                        step.next.state_code()
                    };
                    writeln!(
                        text,
                        "  {code:width$} → {next}; countdowns {}; notices {}; brings {}; {}",
                        terms(&step),
                        join(step.notices, |notice| notice.code().to_owned()),
                        join(step.causes, |cause| cause.text()),
                        step.law
                    )
                    .expect("a string");
                }
                Err(why) => match refused.iter_mut().find(|(known, _)| *known == why) {
                    Some((_, events)) => events.push(code),
                    None => refused.push((why, vec![code])),
                },
            }
        }
        for (why, events) in refused {
            let (why, law) = (why.code(), why.paragraph());
            writeln!(text, "  refused, {why} ({law}): {}", events.join(" ")).expect("a string");
        }
    }
    text
}

// 2.12 of the decisions: the tables that a lawyer reads.
#[test]
fn each_machine_is_printed_whole() {
    golden("lifecycle/applicant.txt", &print::<applicant::State>());
    golden("lifecycle/application.txt", &print::<application::State>());
    golden("lifecycle/contract.txt", &print::<contract::State>());
    golden("lifecycle/dismissal.txt", &print::<dismissal::State>());
    golden("lifecycle/documents.txt", &print::<documents::State>());
    golden("lifecycle/enrolment.txt", &print::<enrolment::State>());
    golden("lifecycle/entry.txt", &print::<entry::State>());
    golden("lifecycle/offer.txt", &print::<offer::State>());
    golden("lifecycle/referral.txt", &print::<referral::State>());
    golden("lifecycle/seat.txt", &print::<seat::State>());
    golden("lifecycle/stop_list.txt", &print::<stop_list::State>());
    golden("lifecycle/temporary.txt", &print::<temporary::State>());
}

/// Events of one machine, as they come from outside.
fn causes<E: Copy>(events: &[E], cause: fn(E) -> Cause) -> Vec<Cause> {
    events.iter().map(|event| cause(*event)).collect()
}

// 004 pt.30, D-26: while nobody acts for the child.
#[test]
fn what_waits_for_an_applicant_is_printed() {
    let all = [
        causes(applicant::Event::ALL, Cause::Applicant),
        causes(application::Event::ALL, Cause::Application),
        causes(contract::Event::ALL, Cause::Contract),
        causes(dismissal::Event::ALL, Cause::Dismissal),
        causes(documents::Event::ALL, Cause::Documents),
        causes(enrolment::Event::ALL, Cause::Enrolment),
        causes(entry::Event::ALL, Cause::Entry),
        causes(offer::Event::ALL, Cause::Offer),
        causes(referral::Event::ALL, Cause::Referral),
        causes(seat::Event::ALL, Cause::Seat),
        causes(stop_list::Event::ALL, Cause::StopList),
        causes(temporary::Event::ALL, Cause::Temporary),
    ];
    let lost = applicant::State::Lost;
    let mut text = String::from(
        "# While nobody acts for the child (`applicant` is LOST): what waits until another legal\n\
         # representative takes the application over, and the terms that stand still (D-26).\n\n",
    );
    for cause in all.concat() {
        assert_eq!(applicant::State::Acting.allows(cause), Ok(()));
        if let Err(why) = lost.allows(cause) {
            assert_eq!(why, Refused::NobodyActs);
            writeln!(text, "{}", cause.text()).expect("a string");
        }
    }
    text.push('\n');
    for countdown in Countdown::ALL.iter().filter(|term| term.of_the_family()) {
        writeln!(text, "{} stands still", countdown.code()).expect("a string");
    }
    golden("lifecycle/nobody_acts.txt", &text);
}
