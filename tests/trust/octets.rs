//! Hostile octets that are too large or too odd to lie in a file: sizes, counts, encodings.

use kezek::envelope::{Code, Envelope, OCTETS_MAX};
use kezek::signature::Distrust;

use crate::attack::{Attack, check, judge};
use crate::authority::believe;

#[test]
fn what_is_too_large_or_no_utf_8_is_refused_before_anything_else() {
    check(&attacks());
}

#[test]
fn byte_order_mark_of_utf_8_changes_nothing() {
    let marked = format!("\u{FEFF}{}", with_payload(""));
    let envelope = Envelope::read(marked.as_bytes()).expect("an envelope behind a mark");
    assert_eq!(envelope.document().source(), with_payload(""));
    assert_eq!(believe(&marked).err(), Some(Distrust::NotSigned));
}

#[test]
fn what_stays_within_the_limits_is_only_not_signed() {
    for (name, message) in [
        ("depth 48", nested(46)),
        ("8 000 nodes", siblings(7_997)),
        ("32 attributes", with_payload(&attributes(32))),
        ("256 declarations", with_payload(&declarations(255))),
        ("a name of 256", with_payload(&named(256))),
        ("a namespace of 512", with_payload(&in_namespace(512))),
        ("128 KiB", filled(OCTETS_MAX)),
    ] {
        let told = judge(message.as_bytes()).map_err(|(code, _)| code);
        assert_eq!(told.err(), Some(Code::NotSigned), "{name}");
    }
}

#[expect(clippy::too_many_lines, reason = "one list, an attack a row")]
pub fn attacks() -> Vec<Attack> {
    let plain = with_payload("<a>text</a>");
    let utf16 =
        |unit: fn(u16) -> [u8; 2]| -> Vec<u8> { plain.encode_utf16().flat_map(unit).collect() };
    let utf32 = |unit: fn(u32) -> [u8; 4]| -> Vec<u8> {
        plain.chars().flat_map(|c| unit(u32::from(c))).collect()
    };
    let marked = |mark: &[u8], rest: Vec<u8>| [mark, &rest].concat();
    // "<" of EBCDIC is 0x4C; the rest of its Latin letters lie above 0x80.
    let ebcdic = [0x4C, 0x6F, 0xA7, 0x94, 0x93, 0x40, 0xA5, 0x85, 0x99];
    let broken = |octets: &[u8]| {
        let (before, after) = plain.split_once("text").expect("the text is there");
        [before.as_bytes(), octets, after.as_bytes()].concat()
    };
    let large =
        |name, message: String, because| Attack::new(name, message, Code::TooLarge, because);
    let complex =
        |name, message: String, because| Attack::new(name, message, Code::TooComplex, because);
    let encoded = |name, octets: Vec<u8>| Attack::new(name, octets, Code::Encoding, "UTF-8");
    vec![
        Attack::new("nothing at all", "", Code::NotXml, "one root"),
        Attack::new(
            "a byte order mark alone",
            "\u{FEFF}",
            Code::NotXml,
            "one root",
        ),
        Attack::new(
            "two marks",
            format!("\u{FEFF}\u{FEFF}{plain}"),
            Code::NotXml,
            "one root",
        ),
        Attack::new("octets of NUL", vec![0; 4096], Code::NotXml, "not allow"),
        large("one octet too many", filled(OCTETS_MAX + 1), "octets"),
        large("a text of 4 MiB", filled(4 << 20), "octets"),
        complex("depth 49", nested(47), "deeply"),
        complex(
            "coercive parsing: 12 000 open tags",
            "<a>".repeat(12_000),
            "deeply",
        ),
        complex("8 001 nodes", siblings(7_998), "elements, texts"),
        complex(
            "a node for each reference",
            with_payload(&"&lt;".repeat(9_000)),
            "texts",
        ),
        complex(
            "a node for each comment",
            with_payload(&"<!---->".repeat(9_000)),
            "texts",
        ),
        complex("33 attributes", with_payload(&attributes(33)), "attributes"),
        complex(
            "2 001 attributes in all",
            with_payload(&format!("{}{}", attributes(32).repeat(62), attributes(17))),
            "attributes",
        ),
        complex(
            "257 declarations",
            with_payload(&declarations(256)),
            "declarations",
        ),
        complex("a name of 257", with_payload(&named(257)), "name"),
        complex("a name of 100 000", with_payload(&named(100_000)), "name"),
        complex(
            "a namespace of 513",
            with_payload(&in_namespace(513)),
            "name",
        ),
        complex(
            "a namespace of 100 000",
            with_payload(&in_namespace(100_000)),
            "name",
        ),
        encoded(
            "UTF-16, little end first",
            marked(&[0xFF, 0xFE], utf16(u16::to_le_bytes)),
        ),
        encoded(
            "UTF-16, big end first",
            marked(&[0xFE, 0xFF], utf16(u16::to_be_bytes)),
        ),
        encoded("UTF-16, little end first, no mark", utf16(u16::to_le_bytes)),
        encoded("UTF-16, big end first, no mark", utf16(u16::to_be_bytes)),
        encoded(
            "UTF-32, marked",
            marked(&[0xFF, 0xFE, 0, 0], utf32(u32::to_le_bytes)),
        ),
        encoded("UTF-32, little end first, no mark", utf32(u32::to_le_bytes)),
        Attack::new(
            "UTF-32, big end first, no mark",
            utf32(u32::to_be_bytes),
            Code::NotXml,
            "not allow",
        ),
        encoded("EBCDIC", ebcdic.to_vec()),
        encoded(
            "gzip",
            packed(
                &[0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3],
                &[0x86, 0xD2, 0x54, 0xAB, 0x00, 0x40, 0x00, 0x00],
            ),
        ),
        encoded("zlib", packed(&[0x78, 0x9C], &[0x40, 0x00, 0x00, 0x01])),
        encoded("overlong slash", broken(&[0xC0, 0xAF])),
        encoded("overlong less-than", broken(&[0xE0, 0x80, 0xBC])),
        encoded("overlong NUL", broken(&[0xC0, 0x80])),
        encoded("a surrogate as octets", broken(&[0xED, 0xA0, 0x80])),
        encoded("beyond Unicode", broken(&[0xF4, 0x90, 0x80, 0x80])),
        encoded("a character cut short", broken(&[0xD0])),
        encoded("Windows-1251", broken(&[0xD2, 0xE5, 0xEA, 0xF1, 0xF2])),
        Attack::new("a raw NUL", broken(&[0]), Code::NotXml, "not allow"),
    ]
}

/// 16 KiB of zeros, deflated, between the start and the end of a format.
fn packed(start: &[u8], end: &[u8]) -> Vec<u8> {
    let mut deflated = vec![0; 33];
    deflated[..15].copy_from_slice(&[
        0xED, 0xC1, 0x31, 0x01, 0x00, 0x00, 0x00, 0xC2, 0xA0, 0xF5, 0x4F, 0x6D, 0x0C, 0x1F, 0xA0,
    ]);
    deflated[30..].copy_from_slice(&[0x80, 0xB7, 0x01]);
    [start, &deflated, end].concat()
}

fn with_payload(payload: &str) -> String {
    format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body>{payload}\
         </e:Body></e:Envelope>"
    )
}

fn nested(depth: usize) -> String {
    with_payload(&format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth)))
}

fn siblings(count: usize) -> String {
    with_payload(&format!("<a>{}</a>", "<b/>".repeat(count)))
}

fn attributes(count: usize) -> String {
    let attributes: String = (0..count).map(|n| format!(" a{n}=''")).collect();
    format!("<a{attributes}/>")
}

/// Besides the one that the envelope makes.
fn declarations(count: usize) -> String {
    (0..count)
        .map(|n| format!("<a xmlns:p{n}='urn:{n}'/>"))
        .collect()
}

fn named(octets: usize) -> String {
    format!("<{}/>", "a".repeat(octets))
}

fn in_namespace(octets: usize) -> String {
    format!("<a xmlns='urn:{}'/>", "a".repeat(octets - "urn:".len()))
}

fn filled(octets: usize) -> String {
    let empty = with_payload("").len();
    with_payload(&" ".repeat(octets - empty))
}
