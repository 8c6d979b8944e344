//! Fields: what the order lists, field by field, and what the schemas document of it.
//!
//! Law:   004 1_1 p.4, p.6, p.8; 1_2–1_5 p.3, p.4: each field of a list has its place in the form.
//! In:    the text of the order, which lies beside the repository; the documentation of the
//!        schemas, which begins with the numbers of the fields, in Kazakh and in Russian.
//! Start: `every_field_of_the_order_has_one_place_in_its_form`.

use std::fs;
use std::path::Path;

use kezek::xml::{Document, Element, Limits};

const XS: &str = "http://www.w3.org/2001/XMLSchema";
/// Schemas are longer than messages.
const SCHEMA_OCTETS_MAX: usize = 1 << 20;

/// One list of the order, and the form that carries it.
struct Row {
    annex: &'static str,
    point: u8,
    fields: usize,
    schema: &'static str,
    form: &'static str,
    /// The point that numbers without a mark belong to, where the form carries several lists.
    plain: u8,
    /// Elements that this list does not have.
    without: &'static [&'static str],
    /// A field of the order that the form takes apart.
    apart: &'static [u8],
}

const ROW: Row = Row {
    annex: "",
    point: 0,
    fields: 0,
    schema: "",
    form: "",
    plain: 0,
    without: &[],
    apart: &[],
};

/// A list that its form carries alone.
const fn row(
    annex: &'static str,
    point: u8,
    fields: usize,
    schema: &'static str,
    form: &'static str,
) -> Row {
    Row {
        annex,
        point,
        fields,
        schema,
        form,
        plain: point,
        ..ROW
    }
}

const REGISTRATION: Row = row("1_1", 4, 21, "queue-registration.xsd", "QueueRegistration");

const ROWS: &[Row] = &[
    REGISTRATION,
    Row {
        point: 6,
        fields: 23,
        ..REGISTRATION
    },
    Row {
        point: 8,
        fields: 21,
        without: &["benefit"],
        ..REGISTRATION
    },
    row("1_1", 10, 11, "document-check.xsd", "DocumentCheck"),
    row("1_2", 3, 7, "extension.xsd", "Extension"),
    row("1_2", 4, 12, "extension.xsd", "ExtensionAnswer"),
    Row {
        // Consent to processing and to publication are two things to say.
        apart: &[9],
        ..row("1_3", 3, 9, "update.xsd", "Update")
    },
    row("1_3", 4, 14, "update.xsd", "UpdateAnswer"),
    row("1_4", 3, 6, "rank-check.xsd", "RankCheck"),
    row("1_4", 4, 13, "rank-check.xsd", "Extract"),
    row("1_5", 3, 9, "seat-group.xsd", "SeatGroup"),
    row("1_5", 4, 6, "seat-group.xsd", "SeatsAnswer"),
];

#[test]
fn every_field_of_the_order_has_one_place_in_its_form() {
    for row in ROWS {
        let name = format!("{} p.{}", row.annex, row.point);
        let law = numbers_of_the_order(row);
        assert_eq!(law.len(), row.fields, "{name}: {law:?}");
        for language in ["kk", "ru"] {
            let mut form = numbers_of_the_form(row, row.form, language);
            form.sort_unstable();
            for twice in row.apart {
                let at = form.iter().position(|it| it == twice);
                form.remove(at.expect("a field that is taken apart"));
            }
            assert_eq!(form, law, "{name} in {} [{language}]", row.schema);
        }
    }
}

/// The numbers of the fields of a list. One that is not numbered is counted.
fn numbers_of_the_order(row: &Row) -> Vec<u8> {
    let law = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/law");
    let mut files = fs::read_dir(law).expect("the law lies beside the repository");
    let order = files.find_map(|file| {
        let path = file.expect("an entry").path();
        let name = path.file_name()?.to_str()?;
        name.starts_with("004_").then(|| path.clone())
    });
    let text = fs::read_to_string(order.expect("the order is there")).expect("readable");
    let lines = || text.lines();
    let annex = format!("Приложение {}", row.annex);
    let head = lines().position(|line| line.trim() == annex);
    let inside = lines().skip(head.expect("the annex") + 1);
    let of_annex = inside.take_while(|line| !line.trim_start().starts_with("Приложение "));
    let begins = |line: &&str, point: u8| line.starts_with(&format!("      {point}. "));
    let of_point: Vec<&str> = of_annex
        .skip_while(|line| !begins(line, row.point))
        .take_while(|line| !begins(line, row.point + 1))
        .collect();
    let numbered: Vec<u8> = of_point
        .iter()
        .filter_map(|line| line.trim().split_once(") ")?.0.parse().ok())
        .collect();
    if !numbered.is_empty() {
        return numbered;
    }
    // The last one of a list may end as a sentence does; it begins as no sentence does.
    let is_item = |item: &&str| {
        let (item, mut letters) = (item.trim(), item.trim().chars());
        let small = letters.next().is_some_and(char::is_lowercase);
        item.ends_with(';') || (small && item.ends_with('.'))
    };
    let paragraphs = of_point.join("\n");
    let items = paragraphs.split("\n      ").filter(is_item);
    (1..).zip(items).map(|(number, _)| number).collect()
}

/// The numbers that the elements of a form, and of the forms inside it, are documented with.
fn numbers_of_the_form(row: &Row, form: &str, language: &str) -> Vec<u8> {
    let schemas = [row.schema, "common.xsd"].map(schema);
    let of_form = |element: &Element<'_>| {
        element.is(XS, "complexType") && element.attribute("", "name") == Some(form)
    };
    let mut types = schemas.iter().flat_map(Document::elements);
    let declared = types.find(of_form).expect("the type is declared");
    let mut numbers = Vec::new();
    places(declared, &mut |place| {
        let name = place.attribute("", "name").unwrap_or_default();
        if row.without.contains(&name) {
            return;
        }
        let own = numbers_of(row, &documentation(place, language), language);
        match place
            .attribute("", "type")
            .and_then(|it| it.strip_prefix("k:"))
        {
            // More than a number and a name: the form inside says which is which.
            Some(inside) if own.len() > 2 => {
                let inner = numbers_of_the_form(row, inside, language);
                let mut sorted = inner.clone();
                sorted.sort_unstable();
                assert_eq!(sorted, own, "{inside} [{language}]");
                numbers.extend(inner);
            }
            _ => numbers.extend(own),
        }
    });
    numbers
}

/// The elements of a type, through its sequences and choices.
fn places(element: Element<'_>, see: &mut impl FnMut(Element<'_>)) {
    for child in element.children() {
        match child.local() {
            "element" | "any" => see(child),
            "sequence" | "choice" => places(child, see),
            _ => {}
        }
    }
}

fn documentation(place: Element<'_>, language: &str) -> String {
    let xml = "http://www.w3.org/XML/1998/namespace";
    let annotation = place.children().find(|it| it.is(XS, "annotation"));
    let texts = annotation.into_iter().flat_map(Element::children);
    let mut texts = texts.filter(|it| it.attribute(xml, "lang") == Some(language));
    let text = texts.next().map(|it| it.text().into_owned());
    text.unwrap_or_default()
}

/// The numbers of this list: those behind its mark (`п.6 `, `6-т. `), or those that stand first,
/// where no mark stands before them.
fn numbers_of(row: &Row, text: &str, language: &str) -> Vec<u8> {
    let mark = |point: u8| match language {
        "kk" => format!("{point}-т. "),
        _ => format!("п.{point} "),
    };
    let mark = mark(row.point);
    let marked = text.split(&mark).skip(1);
    let marked: Vec<u8> = marked.flat_map(leading).collect();
    if row.point != row.plain && !marked.is_empty() {
        marked
    } else {
        leading(text)
    }
}

/// `5)`, `3), 5)` or `5)–11)` at the beginning of a text.
fn leading(text: &str) -> Vec<u8> {
    let mut numbers: Vec<u8> = Vec::new();
    let mut rest = text;
    let mut range = false;
    while let Some((number, behind)) = rest.split_once(')')
        && let Ok(number) = number.parse::<u8>()
    {
        let from = if range {
            numbers.last().map_or(number, |it| it + 1)
        } else {
            number
        };
        numbers.extend(from..=number);
        range = behind.starts_with('–');
        rest = behind.trim_start_matches(['–', ',', ' ']);
    }
    numbers
}

fn schema(name: &str) -> Document {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("schemas")
        .join(name);
    let octets = fs::read(path).expect("a schema");
    let limits = Limits {
        bytes_max: SCHEMA_OCTETS_MAX,
        nodes_max: 100_000,
        attributes_max: 20_000,
        ..Limits::MESSAGE
    };
    Document::parse(&octets, &limits).expect("a schema is XML")
}
