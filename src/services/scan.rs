//! Scans in a payload: what paper it is, what it holds, where the octets are.
//!
//! Law:   004 1_1 p.4, p.6, p.8; 1_9 p.2, p.4, p.6 («прикладывается скан-копия»); pt.21 (ПМПК).
//! In:    `k:scans`. Out: [`Scan`]s, whose octets the door keeps before the message travels.
//! Never: believes a sender about what a file is: its first octets say so.

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::finding::Code;
use super::reading::{self, Sequence, leaf_value};
use crate::registry::KeptScan;
use crate::scans::{ContentId, Media, SCANS_MAX};
use crate::xml::{Beside, Element, MARK, Mark, xop};

/// Characters of the URL of a part, at most.
const URL_CHARS_MAX: usize = 300;

/// What a paper is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Paper {
    /// Свидетельство о рождении: of a child who is no citizen (1_1 p.4).
    BirthCertificate,
    /// Направление врача-фтизиатора (1_1 p.8).
    DoctorReferral,
    /// Документ, удостоверяющий личность, of who is not resident (1_9 p.2, p.4).
    IdentityDocument,
    /// Заключение ПМПК (pt.21).
    SpecialNeedsConclusion,
    /// Справка с места работы (1_9 p.6).
    WorkCertificate,
}

impl Paper {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::BirthCertificate,
        Self::DoctorReferral,
        Self::IdentityDocument,
        Self::SpecialNeedsConclusion,
        Self::WorkCertificate,
    ];

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::BirthCertificate => "BIRTH_CERTIFICATE",
            Self::DoctorReferral => "DOCTOR_REFERRAL",
            Self::IdentityDocument => "IDENTITY_DOCUMENT",
            Self::SpecialNeedsConclusion => "SPECIAL_NEEDS_CONCLUSION",
            Self::WorkCertificate => "WORK_CERTIFICATE",
        }
    }

    /// The one of this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|paper| paper.code() == code)
    }
}

/// A scan of one paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// What paper it is.
    pub paper: Paper,
    /// What its octets are.
    pub media: Media,
    /// The name of its content.
    pub content: ContentId,
    /// Where the octets are.
    pub found: Found,
}

impl Scan {
    /// As the register keeps it.
    pub(super) fn kept(&self) -> KeptScan<'_> {
        KeptScan {
            paper: self.paper.code(),
            media: self.media.name(),
            content: self.content.octets(),
        }
    }
}

/// Where the octets of a scan are, when its message is read.
#[derive(Clone, PartialEq, Eq)]
pub enum Found {
    /// In the message.
    Inside(Vec<u8>),
    /// Apart: they left the message while it arrived, or came beside it.
    Apart,
}

impl std::fmt::Debug for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Inside(octets) => write!(f, "Inside({} octets)", octets.len()),
            Self::Apart => f.write_str("Apart"),
        }
    }
}

/// `k:scans`, which may be absent.
pub(super) fn read(form: &mut Sequence<'_, '_>) -> Option<Vec<Scan>> {
    let Some(list) = form.optional("scans") else {
        return Some(Vec::new());
    };
    reading::inside(list, form.findings, |form| {
        let elements = form.many("scan", SCANS_MAX);
        let read = elements.iter();
        let read: Vec<Option<Scan>> = read
            .map(|element| reading::inside(*element, form.findings, one))
            .collect();
        read.into_iter().collect()
    })
}

/// `k:scan`.
fn one(form: &mut Sequence<'_, '_>) -> Option<Scan> {
    let paper = form.value("paper", |text| reading::listed(Paper::from_code(text)));
    let media = form.value("mediaType", |text| reading::listed(Media::from_name(text)));
    let digest = form.maybe("sha256", |text| {
        ContentId::parse(text).ok_or(Code::ValueWrongForm)
    });
    let octets = match form.optional("attachment") {
        Some(leaf) => attachment(leaf, digest, form),
        None => {
            let leaf = form.one("content")?;
            content(leaf, digest, form)
        }
    }?;
    if octets.sniffed.is_some_and(|sniffed| sniffed != media) {
        form.about("mediaType", Code::ScanMediaDiffers);
    }
    if digest.is_some_and(|said| said != octets.id) {
        form.about("sha256", Code::ScanDigestDiffers);
    }
    Some(Scan {
        paper: paper?,
        media: media?,
        content: octets.id,
        found: octets.found,
    })
}

/// The octets of a scan, as far as they are known here.
struct Octets {
    id: ContentId,
    found: Found,
    /// What the first octets say, where they can be read here.
    sniffed: Option<Option<Media>>,
}

/// `k:content`: base64, or, where that left the message for a part of its own, what stands for it.
fn content(
    leaf: Element<'_>,
    digest: Option<ContentId>,
    form: &mut Sequence<'_, '_>,
) -> Option<Octets> {
    let mut inside = leaf.children();
    if let (Some(include), None, false) = (inside.next(), inside.next(), leaf.has_text())
        && let Some(name) = xop::content_id(include)
    {
        return beside(leaf, &name, digest, form);
    }
    let text = reading::bare_text(leaf, form.findings)?;
    let text = text.trim_matches([' ', '\t', '\n', '\r']);
    if text.contains(MARK) {
        // A text that left as a whole is one mark.
        let Some(mark) = Mark::read(text) else {
            form.findings.at(leaf, Code::ValueWrongForm);
            return None;
        };
        return Some(Octets {
            id: ContentId::new(mark.content),
            found: Found::Apart,
            sniffed: sniff(leaf, &mark.content),
        });
    }
    let compact: String = text.split_ascii_whitespace().collect();
    match STANDARD.decode(&compact) {
        Ok(octets) if !octets.is_empty() => Some(Octets {
            id: ContentId::of(&octets),
            sniffed: Some(Media::sniff(&octets)),
            found: Found::Inside(octets),
        }),
        Ok(_) | Err(_) => {
            form.findings.at(leaf, Code::ValueWrongForm);
            None
        }
    }
}

/// `k:attachment`: the URL of a part that came beside the message (SOAP with Attachments).
fn attachment(
    leaf: Element<'_>,
    digest: Option<ContentId>,
    form: &mut Sequence<'_, '_>,
) -> Option<Octets> {
    let name = leaf_value(leaf, form.findings, |text| {
        let short = text.chars().count() <= URL_CHARS_MAX;
        let name = xop::from_url(text).filter(|_| short);
        name.ok_or(Code::ValueWrongForm)
    })?;
    beside(leaf, &name, digest, form)
}

/// A part that came beside the message: nothing but its digest in the signed part vouches for it.
fn beside(
    leaf: Element<'_>,
    name: &str,
    digest: Option<ContentId>,
    form: &mut Sequence<'_, '_>,
) -> Option<Octets> {
    let Some(digest) = digest else {
        form.here(Code::ScanDigestMissing);
        return None;
    };
    let texts = leaf.document().texts();
    match texts.map_or(Beside::Absent, |texts| texts.beside(name)) {
        Beside::There(content, octets) if octets > 0 => Some(Octets {
            id: ContentId::new(content),
            found: Found::Apart,
            sniffed: sniff(leaf, &content),
        }),
        Beside::There(..) | Beside::Absent => {
            form.findings.at(leaf, Code::AttachmentAbsent);
            None
        }
        // The door found it under this digest, or the message would not be here.
        Beside::Unasked => Some(Octets {
            id: digest,
            found: Found::Apart,
            sniffed: None,
        }),
    }
}

/// The door has the octets at hand. Behind it they are not, and were looked at before.
fn sniff(leaf: Element<'_>, content: &[u8; 32]) -> Option<Option<Media>> {
    let source = leaf.document().texts()?.open(content).ok()?;
    let mut beginning = Vec::with_capacity(Media::SNIFF_OCTETS);
    source
        .take(Media::SNIFF_OCTETS as u64)
        .read_to_end(&mut beginning)
        .ok()?;
    Some(Media::sniff(&beginning))
}
