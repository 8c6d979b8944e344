//! Mutants: the schema, the rules and our reading must agree about documents that nobody would
//! write: one is accepted exactly when it fits the schema and breaks no rule of the law.
//!
//! Each mutant is an accepted fixture with one to three changes. The seed is fixed: a disagreement
//! is printed with its document and stays until it is understood.

mod values;

use std::collections::{BTreeMap, BTreeSet};

use kezek::services::finding::Finding;
use kezek::services::{CATALOGUE, Service};
use kezek::xml::Element;

use crate::fixture::{self, payload, received};
use crate::{rules, validator};
use values::values;

const SEED: u64 = 0x6b65_7a65_6b01;
/// Mutants of all services together, at least.
const MUTANTS: usize = 50_000;
const NAMESPACE: &str = "urn:kz:kezek:services:v1";

/// An element that can be changed.
#[derive(Clone)]
struct Tree {
    namespace: String,
    name: String,
    attributes: Vec<(&'static str, &'static str)>,
    /// Written before the first child.
    text: String,
    children: Vec<Self>,
}

impl Tree {
    fn of(element: Element<'_>) -> Self {
        let children: Vec<Self> = element.children().map(Self::of).collect();
        let leaf = children.is_empty();
        Self {
            namespace: element.namespace().to_owned(),
            name: element.local().to_owned(),
            attributes: Vec::new(),
            text: if leaf {
                element.text().into_owned()
            } else {
                String::new()
            },
            children,
        }
    }

    fn write(&self, out: &mut String) {
        out.push_str(&format!("<{} xmlns=\"{}\"", self.name, self.namespace));
        for (name, value) in &self.attributes {
            out.push_str(&format!(" {name}=\"{value}\""));
        }
        out.push('>');
        out.push_str(&self.text);
        self.children.iter().for_each(|child| child.write(out));
        out.push_str(&format!("</{}>", self.name));
    }

    fn count(&self) -> usize {
        1 + self.children.iter().map(Self::count).sum::<usize>()
    }

    /// The element at this place in document order.
    fn at(&mut self, mut index: usize) -> &mut Self {
        if index == 0 {
            return self;
        }
        index -= 1;
        for child in &mut self.children {
            let size = child.count();
            if index < size {
                return child.at(index);
            }
            index -= size;
        }
        unreachable!("the caller counted")
    }
}

/// SplitMix64: small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % sides as u64).expect("less than a usize")
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }
}

const NAMES: [&str; 14] = [
    "iin",
    "name",
    "kind",
    "child",
    "phone2",
    "patronymic",
    "preference",
    "choice",
    "only",
    "applicant",
    "surname",
    "unknown",
    "consentToProcessing",
    "nationality",
];
const ATTRIBUTES: [(&str, &str); 6] = [
    ("lang", "kk"),
    ("xml:lang", "kk"),
    ("id", "a"),
    (
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil",
        "true",
    ),
    (
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil",
        "false",
    ),
    (
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation",
        "urn:a b.xsd",
    ),
];

/// What fixtures have, accepted or refused, by its name: another one's part may stand in its place.
type Namesakes = BTreeMap<String, Vec<Tree>>;

fn gather(tree: &Tree, namesakes: &mut Namesakes) {
    let known = namesakes.entry(tree.name.clone()).or_default();
    known.push(tree.clone());
    tree.children.iter().for_each(|it| gather(it, namesakes));
}

fn mutate(tree: &mut Tree, values: &[String], namesakes: &Namesakes, dice: &mut Dice) {
    let count = tree.count();
    let index = dice.roll(count);
    let other = tree.at(dice.roll(count)).clone();
    let target = tree.at(index);
    let children = target.children.len();
    match dice.roll(24) {
        0 if children > 0 => drop(target.children.remove(dice.roll(children))),
        1 if children > 0 => {
            let at = dice.roll(children);
            target.children.insert(at, target.children[at].clone());
        }
        2 if children > 1 => target
            .children
            .swap(dice.roll(children), dice.roll(children)),
        3 => target.name = (*dice.pick(&NAMES)).to_owned(),
        4 => target.children.insert(dice.roll(children + 1), other),
        5 => target.attributes = vec![*dice.pick(&ATTRIBUTES)],
        6 => target.namespace = (*dice.pick(&["urn:other", ""])).to_owned(),
        7 => {
            let mut name = other;
            name.name = (*dice.pick(&NAMES)).to_owned();
            target.children.insert(dice.roll(children + 1), name);
        }
        8 => target.children.clear(),
        9 => target.text = format!(" \n{}\t ", target.text),
        // Nothing is more likely to break a rule and still to fit the schema.
        10..=18 => {
            if let Some(known) = namesakes.get(&target.name) {
                *target = dice.pick(known).clone();
            }
        }
        _ => {
            // Most of what can go wrong is a value.
            let leaf = (0..20)
                .map(|_| dice.roll(count))
                .find(|at| tree.at(*at).children.is_empty());
            let value = dice.pick(values).clone();
            tree.at(leaf.unwrap_or(index)).text = value;
        }
    }
}

/// Compares them about the service's part of the mutants, made of its accepted fixtures.
pub fn check(service: &Service, folder: &str) {
    let count = MUTANTS.div_ceil(CATALOGUE.len());
    let requests = fixture::requests(folder);
    let accepted: Vec<Tree> = requests
        .iter()
        .filter(|request| request.case.starts_with("accepted"))
        .map(|request| Tree::of(payload(&request.document)))
        .collect();
    let mut namesakes = Namesakes::new();
    for request in &requests {
        gather(&Tree::of(payload(&request.document)), &mut namesakes);
    }
    let (values, mut dice) = (values(), Dice(SEED));
    let mutants: Vec<String> = (0..count)
        .map(|_| {
            let mut tree = dice.pick(&accepted).clone();
            for _ in 0..=dice.roll(3) {
                mutate(&mut tree, &values, &namesakes, &mut dice);
            }
            let mut text = String::new();
            tree.write(&mut text);
            text
        })
        .collect();
    let verdicts = validator::validate(&validator::schema(service.schema), &mutants);
    let (mut valid, mut accepted, mut apart) = (0, 0, Vec::new());
    for (mutant, verdict) in mutants.iter().zip(verdicts) {
        let document = fixture::parse(mutant.as_bytes());
        let found = (service.check)(document.root(), received())
            .err()
            .unwrap_or_default();
        let of_form: Vec<&Finding> = found.iter().filter(|it| it.code.is_of_form()).collect();
        // libxml2 passes over characters that base64 does not have; XML Schema (Part 2 §3.2.16)
        // does not, nor do we.
        let of_base64 = |it: &&Finding| it.path.ends_with("/content");
        if verdict.valid && !of_form.is_empty() && of_form.iter().all(of_base64) {
            continue;
        }
        // White space is none the less for standing in a CDATA section (XML Infoset 2.6), but
        // libxml2 takes it for content there.
        let of_space = |line: &String| line.contains("Character content other than whitespace");
        if mutant.contains("<![CDATA[ ]]>") && verdict.said.iter().all(of_space) && !verdict.valid {
            continue;
        }
        // A root that the schema declares, but for another service, is wrong for us alone.
        let ours = document.root().is(NAMESPACE, service.request);
        let fits = verdict.valid && ours;
        let broken = if fits {
            rules::broken(&document)
        } else {
            BTreeSet::new()
        };
        let names: BTreeSet<&str> = found.iter().map(|it| it.code.name()).collect();
        valid += usize::from(verdict.valid);
        accepted += usize::from(names.is_empty());
        // What is read after a part that is wrong may be told with it or not at all.
        let by_rules = names.is_subset(&broken) && names.is_empty() == broken.is_empty();
        if of_form.is_empty() != fits || (fits && !by_rules) {
            apart.push(format!(
                "{mutant}\n  schema: {:?}\n  rules: {broken:?}\n  read: {found:?}",
                verdict.said
            ));
        }
    }
    assert!(
        apart.is_empty(),
        "{} disagreements, the first: {}",
        apart.len(),
        apart[0]
    );
    // The comparison would prove little if one answer were always the same.
    assert!(
        valid < count * 19 / 20 && accepted > count / 40,
        "{valid} of {count} fit the schema, {accepted} are accepted"
    );
}
