//! The rules that no schema can say, read from the law a second time and by another hand: which of
//! them does a document break that fits its schema?
//!
//! Law:   004 1_1 p.4, 1_2 p.3, 1_3 p.3, 1_4 p.3; pt.12, 16; 1_9 p.6; D-13, D-17; Act No. 223 of
//!        12.01.2007 (personal numbers).
//! Why:   `check` is compared with this over tens of thousands of mutants; each is written without
//!        the other's code, so that one misreading does not excuse itself.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kezek::scans::ContentId;
use kezek::xml::{Document, Element};

/// The date of reception of every mutant, as XML writes it.
const RECEIVED: &str = "2026-11-23";

/// The codes of the rules that a valid document of any service breaks.
pub fn broken(document: &Document) -> BTreeSet<&'static str> {
    let (payload, mut codes) = (document.root(), BTreeSet::new());
    for element in document.elements() {
        match element.local() {
            "iin" => codes.extend(number_fault(&text(element))),
            "ownerNumber" if !has_check_digit(&digits_of(&text(element))) => {
                codes.insert("owner_check_digit");
            }
            "child" => child(element, &mut codes),
            "benefit" => benefit(element, &mut codes),
            "preschools" => preschools(payload, element, &mut codes),
            "scan" => scan(element, &mut codes),
            "document" => found(element, &mut codes),
            "filedAt" | "from" | "until" => hour(element, &mut codes),
            _ => {}
        }
    }
    whole(payload, &mut codes);
    codes
}

/// What concerns several parts of a document.
fn whole(payload: Element<'_>, codes: &mut BTreeSet<&'static str>) {
    let of = |path: &[&str]| leaf(payload, path);
    // pt.12: without consent to processing nothing is processed.
    if of(&["consentToProcessing"]).is_some_and(|said| is_no(&said)) {
        codes.insert("consent_not_given");
    }
    // 1_1 p.4: the applicant is the child's representative, so another person.
    let (applicant, minor) = (of(&["applicant", "iin"]), of(&["child", "iin"]));
    if applicant.is_some() && applicant == minor {
        codes.insert("applicant_is_child");
    }
    // 1_4: a period ends when it began, or later.
    if let (Some(from), Some(until)) = (of(&["from"]), of(&["until"]))
        && let (Some(from), Some(until)) = (instant(&from), instant(&until))
        && until < from
    {
        codes.insert("period_reversed");
    }
    // A page goes on behind a preschool of the same settlement.
    if let (Some(after), Some(settlement)) = (of(&["after"]), of(&["settlement"]))
        && after.contains('-')
        && !after.starts_with(&format!("{settlement}-"))
    {
        codes.insert("preschool_elsewhere");
    }
    // pt.12: who withdraws consent to processing knows that the place in the queues goes with it.
    if of(&["change"]).as_deref() == Some("PROCESSING_WITHDRAWN")
        && of(&["leavesQueues"]).is_none_or(|said| is_no(&said))
    {
        codes.insert("leaving_not_confirmed");
    }
    // 1_3: an update changes the benefit or the preschools.
    if payload.local() == "update"
        && part(payload, "benefit").is_none()
        && part(payload, "preschools").is_none()
    {
        codes.insert("nothing_to_update");
    }
    match payload.local() {
        "queueRegistration" => kinds(payload, codes),
        "seatGroup" => seats(payload, codes),
        _ => {}
    }
    papers(payload, codes);
}

/// What one kind of queue asks for and the others do not: 1_1 p.4(14), p.6, p.8.
fn kinds(payload: Element<'_>, codes: &mut BTreeSet<&'static str>) {
    let kind = leaf(payload, &["kind"]).unwrap_or_default();
    let grounds = [("special", "SPECIAL"), ("sanatorium", "SANATORIUM")];
    let sent = grounds
        .iter()
        .find(|(name, _)| part(payload, name).is_some());
    match sent {
        None if kind != "GENERAL" => codes.insert("ground_missing"),
        Some((_, of)) if *of != kind => codes.insert("ground_of_another_kind"),
        None | Some(_) => false,
    };
    let child = part(payload, "child");
    match (child.and_then(|it| part(it, "benefit")), kind.as_str()) {
        (Some(_), "SANATORIUM") => codes.insert("benefit_not_asked"),
        (None, "GENERAL" | "SPECIAL") => codes.insert("benefit_not_said"),
        (Some(_) | None, _) => false,
    };
}

/// 1_5 p.3: free seats are among the seats, paid ones among the free; whoever is away for a time
/// holds one of the others; pt.26: special and sanatorium groups are for something, others not.
fn seats(payload: Element<'_>, codes: &mut BTreeSet<&'static str>) {
    let number = |of: Element<'_>, name: &str| -> u64 {
        let said = leaf(of, &[name]).and_then(|said| said.parse().ok());
        said.unwrap_or(0)
    };
    let (all, free) = (number(payload, "seats"), number(payload, "freeSeats"));
    let away = payload.children();
    let away: Vec<Element<'_>> = away.filter(|it| it.local() == "temporarilyFree").collect();
    let taken: u64 = away.iter().map(|period| number(*period, "seats")).sum();
    if free + taken > all || number(payload, "paidSeats") > free {
        codes.insert("seats_do_not_add_up");
    }
    let over = |period: &Element<'_>| leaf(*period, &["until"]).is_some_and(|day| *day < *RECEIVED);
    if away.iter().any(over) {
        codes.insert("temporary_time_over");
    }
    let general = leaf(payload, &["groupType"]).as_deref() == Some("GENERAL");
    if general == part(payload, "purpose").is_some() {
        codes.insert("purpose_misplaced");
    }
}

/// 1_1 p.4 and 1_9 p.6: what no register can vouch for comes as a scan.
fn papers(payload: Element<'_>, codes: &mut BTreeSet<&'static str>) {
    let scans: Vec<String> = part(payload, "scans")
        .into_iter()
        .flat_map(Element::children)
        .filter_map(|scan| leaf(scan, &["paper"]))
        .collect();
    let lacks = |paper: &str| !scans.iter().any(|scan| scan == paper);
    let citizenship = leaf(payload, &["child", "citizenship"]);
    if citizenship.is_some_and(|of| of != "KAZ") && lacks("BIRTH_CERTIFICATE") {
        codes.insert("birth_certificate_missing");
    }
    let kind = leaf(payload, &["kind"]).filter(|_| payload.local() == "queueRegistration");
    // 1_1 p.8: the doctor's referral comes as a scan.
    if kind.as_deref() == Some("SANATORIUM") && lacks("DOCTOR_REFERRAL") {
        codes.insert("doctor_referral_missing");
    }
    // pt.18: benefits do not count in special and sanatorium queues, so nothing shows them there.
    if kind.is_some_and(|kind| kind != "GENERAL") {
        return;
    }
    let claimed = leaf(payload, &["child", "benefit", "kind"]);
    let claimed = claimed.or_else(|| leaf(payload, &["benefit", "kind"]));
    let out_of_turn = ["MILITARY_SERVICE", "SPECIAL_SERVICE"];
    if claimed.is_some_and(|kind| out_of_turn.contains(&&*kind)) && lacks("WORK_CERTIFICATE") {
        codes.insert("work_certificate_missing");
    }
}

/// What a personal number says of a child must be what is said of it (1_1 p.4(16), (17)).
fn child(element: Element<'_>, codes: &mut BTreeSet<&'static str>) {
    let Some(birth) = leaf(element, &["birthDate"]) else {
        return;
    };
    if birth.as_str() > RECEIVED {
        codes.insert("birth_date_after_filing");
    }
    let Some(number) = leaf(element, &["iin"]).filter(|number| number_fault(number).is_none())
    else {
        return;
    };
    let century = match number.as_bytes()[6] {
        b'0' => return,
        seventh => 18 + (seventh - b'1') / 2,
    };
    let (year, month, day) = (&number[..2], &number[2..4], &number[4..6]);
    if birth != format!("{century}{year}-{month}-{day}") {
        codes.insert("birth_date_not_of_iin");
    }
    let male = (number.as_bytes()[6] - b'0') % 2 == 1;
    if leaf(element, &["sex"]).is_some_and(|sex| (sex == "M") != male) {
        codes.insert("sex_not_of_iin");
    }
}

/// 1_1 p.4(14), (15): who claims a benefit names it, and who claims none does not.
fn benefit(element: Element<'_>, codes: &mut BTreeSet<&'static str>) {
    let held = leaf(element, &["held"]).is_some_and(|said| !is_no(&said));
    match (held, leaf(element, &["kind"])) {
        (true, None) => codes.insert("benefit_kind_missing"),
        (false, Some(_)) => codes.insert("benefit_kind_not_claimed"),
        (true, Some(_)) | (false, None) => false,
    };
}

/// pt.16 «одного населенного пункта»; D-17: wishes are 1 to n, each once, or none at all.
fn preschools(payload: Element<'_>, element: Element<'_>, codes: &mut BTreeSet<&'static str>) {
    let settlement = leaf(payload, &["settlement"]).unwrap_or_default();
    let chosen: Vec<(String, Option<u32>)> = element
        .children()
        .map(|choice| {
            let wish = leaf(choice, &["preference"]).and_then(|wish| wish.parse().ok());
            (leaf(choice, &["preschool"]).unwrap_or_default(), wish)
        })
        .collect();
    let ids: BTreeSet<&String> = chosen.iter().map(|(id, _)| id).collect();
    let wishes: Vec<u32> = chosen.iter().filter_map(|(_, wish)| *wish).collect();
    let distinct: BTreeSet<&u32> = wishes.iter().collect();
    let count = u32::try_from(chosen.len()).expect("few");
    for (breaks, code) in [
        (
            ids.iter()
                .any(|id| id.split('-').next() != Some(&*settlement)),
            "preschool_elsewhere",
        ),
        (ids.len() < chosen.len(), "preschool_repeated"),
        (
            !wishes.is_empty() && wishes.len() < chosen.len(),
            "preference_partial",
        ),
        (distinct.len() < wishes.len(), "preference_repeated"),
        (
            wishes.iter().any(|wish| *wish > count),
            "preference_beyond_choices",
        ),
    ] {
        if breaks {
            codes.insert(code);
        }
    }
}

/// 1_1 p.10(10), (11): a refusal has its reasons, and nothing else has.
fn found(element: Element<'_>, codes: &mut BTreeSet<&'static str>) {
    let refused = leaf(element, &["result"]).as_deref() == Some("REFUSED");
    match (refused, part(element, "refusal")) {
        (true, None) => codes.insert("refusal_without_ground"),
        (false, Some(_)) => codes.insert("refusal_without_refusing"),
        (true, Some(_)) | (false, None) => false,
    };
}

/// A scan is what it is said to be, whole, and of the digest that is said of it.
fn scan(element: Element<'_>, codes: &mut BTreeSet<&'static str>) {
    let digest = leaf(element, &["sha256"]);
    if part(element, "attachment").is_some() {
        // Nothing comes beside a mutant.
        codes.insert(match digest {
            Some(_) => "attachment_absent",
            None => "scan_digest_missing",
        });
        return;
    }
    let text: String = leaf(element, &["content"]).unwrap_or_default();
    let text: String = text.split_ascii_whitespace().collect();
    let octets = STANDARD.decode(text).unwrap_or_default();
    let is_pdf = octets.windows(5).take(1_020).any(|five| five == b"%PDF-");
    let media = match octets.as_slice() {
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => "image/png",
        _ if is_pdf => "application/pdf",
        _ => "",
    };
    if leaf(element, &["mediaType"]).is_some_and(|said| said != media) {
        codes.insert("scan_media_differs");
    }
    let found = ContentId::of(&octets).to_string();
    if digest.is_some_and(|said| !said.eq_ignore_ascii_case(&found)) {
        codes.insert("scan_digest_differs");
    }
}

/// An hour without an offset is Astana's; those of the spring gaps were on no clock.
fn hour(element: Element<'_>, codes: &mut BTreeSet<&'static str>) {
    // The only such hour among the values of the mutants.
    let said = text(element);
    let zoned = said.ends_with('Z') || said[10..].contains(['+', '-']);
    if said.starts_with("2004-03-28T02:30:00") && !zoned {
        codes.insert("hour_never_was");
    }
}

fn digits_of(number: &str) -> Vec<u32> {
    number.chars().filter_map(|it| it.to_digit(10)).collect()
}

/// The twelfth digit follows from the others by one of two rows of weights.
fn has_check_digit(digits: &[u32]) -> bool {
    let remainder = |first: u32| {
        let weight = |at: u32| (first - 1 + at) % 11 + 1;
        let sum: u32 = (0..11).map(|at| digits[at as usize] * weight(at)).sum();
        sum % 11
    };
    let control = match remainder(1) {
        10 => remainder(3),
        control => control,
    };
    control == digits[11]
}

/// A personal number: a date, a century, and a check digit.
fn number_fault(number: &str) -> Option<&'static str> {
    let digits = digits_of(number);
    if !has_check_digit(&digits) {
        return Some("iin_check_digit");
    }
    let two = |at: usize| digits[at] * 10 + digits[at + 1];
    let leap = match digits[6] {
        // Some century had this day.
        0 => two(0) % 4 == 0,
        seventh => {
            let year = 1800 + 100 * ((seventh - 1) / 2) + two(0);
            year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        }
    };
    let days = match two(2) {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => 0,
    };
    let dated = (1..=days).contains(&two(4)) && digits[6] <= 6;
    (!dated).then_some("iin_date")
}

/// Milliseconds of a stated time; what has no offset is Astana's five hours, in these years.
fn instant(text: &str) -> Option<i64> {
    let text = text.replace("T24:00:00", "T23:59:59.999");
    let date_time = chrono::DateTime::parse_from_rfc3339(&text)
        .or_else(|_| chrono::DateTime::parse_from_rfc3339(&format!("{text}+05:00")));
    date_time.ok().map(|it| it.timestamp_millis())
}

fn is_no(said: &str) -> bool {
    said == "false" || said == "0"
}

fn part<'d>(of: Element<'d>, name: &str) -> Option<Element<'d>> {
    of.children().find(|child| child.local() == name)
}

fn leaf(of: Element<'_>, path: &[&str]) -> Option<String> {
    let found = path.iter().try_fold(of, |of, name| part(of, name));
    found.map(text)
}

/// The text as XML Schema has it after white space is collapsed.
fn text(element: Element<'_>) -> String {
    let text = element.text();
    let words = text
        .split([' ', '\t', '\n', '\r'])
        .filter(|it| !it.is_empty());
    words.collect::<Vec<_>>().join(" ")
}
