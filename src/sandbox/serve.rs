//! The authority of the sandbox at work: answers of OCSP, time-stamps and lists over HTTP, and
//! whatever can go wrong with them, on request.
//!
//! In:    a folder that `forge` made. A certificate is revoked as soon as its file lies in
//! `revoked/`.
//! Out:   `POST /ocsp`, `POST /tsp`, `POST /tsp-gost`, `GET /lists/<list>.crl` for root, authority,
//! authority-delta, root-gost, authority-gost and authority-gost-delta; with a
//! fault as the first part of the path, such as `POST /try-later/ocsp`, the same with that fault.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};

use crate::clock;
use crate::signature::revocation::{Question, Reason};
use crate::signature::timestamp::StampQuestion;
use crate::signature::{Certificate, pem_blocks, sha256};
use crate::terms::Moment;

use super::der::Key;
use super::words::{self, AnswerDraft, ListDraft, Listed, StampDraft, Status};

const QUESTION_OCTETS_MAX: usize = 64 << 10;
/// How late a slow answer comes: later than anyone waits.
const SLOW: Duration = Duration::from_secs(120);
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;
/// The number of every complete list; the delta goes with it.
const NUMBER: u64 = 1;
/// The policy of the national authority's stamps.
const STAMP_POLICY: &str = "1.2.398.3.3.2.6.1";

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The connection is closed without an answer.
    Down,
    /// Half of the octets, each inverted.
    Malformed,
    /// Everything is as it should be.
    None,
    /// Nothing for two minutes.
    Slow,
    /// Made a day ago.
    Stale,
    /// OCSP: there is no answer now.
    TryLater,
    /// OCSP: the responder does not know any certificate.
    Unknown,
    /// OCSP: a nonce that nobody asked with.
    WrongNonce,
    /// Signed by a key that may not.
    WrongSigner,
}

impl Trouble {
    /// Each, by the first part of the path that asks for it.
    pub const ALL: [(&str, Self); 8] = [
        ("down", Self::Down),
        ("malformed", Self::Malformed),
        ("slow", Self::Slow),
        ("stale", Self::Stale),
        ("try-later", Self::TryLater),
        ("unknown", Self::Unknown),
        ("wrong-nonce", Self::WrongNonce),
        ("wrong-signer", Self::WrongSigner),
    ];
}

/// Why an authority cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeFault {
    /// A file that is not what it should be.
    #[error("{0} is missing or not as `kezek sandbox forge` makes it")]
    File(PathBuf),
}

struct Owner {
    key: Key,
    certificate: Certificate,
}

/// A root, the authority below it, and those that answer for it.
struct Family {
    /// Behind the names of its files.
    suffix: &'static str,
    root: Owner,
    issuer: Owner,
    responder: Owner,
    stamper: Owner,
}

/// The authority, loaded: a family of RSA, and one of GOST.
pub struct Authority {
    folder: PathBuf,
    families: [Family; 2],
    stranger: Owner,
}

impl Authority {
    /// Loads what `forge` made.
    ///
    /// # Errors
    /// [`ServeFault`], naming the file.
    pub fn load(folder: &Path) -> Result<Self, ServeFault> {
        let owner = |key: &str, certificate: &str| {
            let (key, certificate) = (folder.join(key), folder.join(certificate));
            let pkcs8 = block(&key, "PRIVATE KEY");
            let pkcs8 = pkcs8.and_then(|pkcs8| Key::from_pkcs8(&pkcs8));
            let der = block(&certificate, "CERTIFICATE");
            let parsed = der.and_then(|der| Certificate::parse(&der).ok());
            Ok(Owner {
                key: pkcs8.ok_or(ServeFault::File(key))?,
                certificate: parsed.ok_or(ServeFault::File(certificate))?,
            })
        };
        let family = |suffix: &'static str| {
            let pair = |name: &str, place: &str| {
                let key = format!("keys/{name}{suffix}.key");
                owner(&key, &format!("{place}/{name}{suffix}.pem"))
            };
            Ok(Family {
                suffix,
                root: pair("root", "trust/roots")?,
                issuer: pair("authority", "trust/intermediates")?,
                responder: pair("responder", "keys")?,
                stamper: pair("stamper", "keys")?,
            })
        };
        Ok(Self {
            families: [family("")?, family("-gost")?],
            stranger: owner("keys/untrusted.key", "keys/untrusted.pem")?,
            folder: folder.to_owned(),
        })
    }

    /// The answer to a question of OCSP.
    pub fn answer(&self, question: &[u8], trouble: Trouble) -> Vec<u8> {
        let Some(asked) = Question::read(question) else {
            return words::no_answer(1);
        };
        if trouble == Trouble::TryLater {
            return words::no_answer(3);
        }
        let asked_of =
            |family: &&Family| asked.issuer_key == sha256(family.issuer.certificate.public_key());
        let known = self.families.iter().find(asked_of);
        let family = known.unwrap_or(&self.families[0]);
        let ours = &family.issuer.certificate;
        let status = if trouble == Trouble::Unknown || known.is_none() {
            Status::Unknown
        } else {
            self.status(ours, &asked.serial)
        };
        let (responder, age) = match trouble {
            Trouble::WrongSigner => (&self.stranger, 0),
            Trouble::Stale => (&family.responder, DAY_MS),
            Trouble::Down
            | Trouble::Malformed
            | Trouble::None
            | Trouble::Slow
            | Trouble::TryLater
            | Trouble::Unknown
            | Trouble::WrongNonce => (&family.responder, 0),
        };
        let nonce = if trouble == Trouble::WrongNonce {
            Some(&b"\x04\x08replayed"[..])
        } else {
            asked.nonce.as_deref()
        };
        let draft = AnswerDraft {
            issuer: ours,
            serial: &asked.serial,
            status,
            when: (clock::now().plus_millis(-age), None),
            nonce,
            responder: &responder.certificate,
        };
        words::answer(&draft, &responder.key)
    }

    /// The answer to a question for a time-stamp; nothing where it is none.
    pub fn stamp(&self, question: &[u8], gost: bool, trouble: Trouble) -> Option<Vec<u8>> {
        let (imprint, nonce) = StampQuestion::read(question)?;
        let family = &self.families[usize::from(gost)];
        let stamper = if trouble == Trouble::WrongSigner {
            &self.stranger
        } else {
            &family.stamper
        };
        let age = if trouble == Trouble::Stale { DAY_MS } else { 0 };
        let nonce = nonce.filter(|_| trouble != Trouble::WrongNonce);
        let draft = StampDraft {
            imprint: &imprint,
            nonce: nonce.as_deref(),
            policy: STAMP_POLICY,
            at: clock::now().plus_millis(-age),
            stamper: (&stamper.certificate, &family.issuer.certificate),
        };
        Some(words::stamp(&draft, &stamper.key))
    }

    /// A list by its name.
    pub fn list(&self, name: &str, trouble: Trouble) -> Option<Vec<u8>> {
        let (family, owner, base) = self.families.iter().find_map(|family| {
            let suffix = family.suffix;
            [
                (format!("root{suffix}.crl"), &family.root, None),
                (format!("authority{suffix}.crl"), &family.issuer, None),
                (
                    format!("authority{suffix}-delta.crl"),
                    &family.issuer,
                    Some(NUMBER),
                ),
            ]
            .into_iter()
            .find(|(known, _, _)| known == name)
            .map(|(_, owner, base)| (family, owner, base))
        })?;
        let revoked = if std::ptr::eq(owner, &family.root) {
            Vec::new()
        } else {
            self.revoked(&family.issuer.certificate)
        };
        let mine = revoked.iter();
        let listed: Vec<Listed<'_>> = mine
            .map(|(certificate, since)| (certificate.serial(), *since, Reason::KeyCompromise))
            .collect();
        let age = if trouble == Trouble::Stale {
            2 * DAY_MS
        } else {
            MINUTE_MS
        };
        let made = clock::now().plus_millis(-age);
        let key = if trouble == Trouble::WrongSigner {
            &self.stranger.key
        } else {
            &owner.key
        };
        let draft = ListDraft {
            issuer: &owner.certificate,
            number: NUMBER,
            base,
            when: (made, made.plus_millis(DAY_MS)),
            listed: &listed,
            odd: None,
        };
        Some(words::list(&draft, key))
    }

    /// What is said of one of our own: only what lies in `keys/` was ever issued.
    fn status(&self, issuer: &Certificate, serial: &[u8]) -> Status {
        let of = |(certificate, since): &(Certificate, Moment)| {
            (certificate.serial() == serial).then_some(*since)
        };
        if let Some(since) = self.revoked(issuer).iter().find_map(of) {
            return Status::Revoked(since, Reason::KeyCompromise);
        }
        let issued = certificates(&self.folder.join("keys"));
        if issued.iter().any(|(own, _)| own.serial() == serial) {
            Status::Good
        } else {
            Status::NeverIssued
        }
    }

    /// What an authority of ours revoked.
    fn revoked(&self, issuer: &Certificate) -> Vec<(Certificate, Moment)> {
        let mut revoked = certificates(&self.folder.join("revoked"));
        revoked.retain(|(certificate, _)| certificate.was_issued_by(issuer));
        revoked
    }

    /// Serves until the task is dropped.
    pub async fn serve(self, listener: TcpListener) {
        let authority = Arc::new(self);
        loop {
            // A connection that failed before it began is its client's loss.
            let Ok((stream, _)) = listener.accept().await else {
                continue;
            };
            tokio::spawn(connection(Arc::clone(&authority), stream));
        }
    }
}

async fn connection(authority: Arc<Authority>, stream: TcpStream) {
    let service = service_fn(|request| respond(&authority, request));
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    // A fault that was asked for ends the connection; there is nobody to tell.
    served.await.ok();
}

/// An error where the connection is to be closed.
async fn respond(
    authority: &Authority,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, std::io::Error> {
    let path = request.uri().path().trim_start_matches('/').to_owned();
    let first = path.split('/').next().unwrap_or_default();
    let asked = Trouble::ALL.into_iter().find(|(name, _)| *name == first);
    let (trouble, rest) = match asked {
        Some((name, trouble)) => (trouble, path[name.len()..].trim_start_matches('/')),
        None => (Trouble::None, path.as_str()),
    };
    match trouble {
        Trouble::Down => return Err(std::io::Error::other("down, as asked")),
        Trouble::Slow => tokio::time::sleep(SLOW).await,
        Trouble::Malformed
        | Trouble::None
        | Trouble::Stale
        | Trouble::TryLater
        | Trouble::Unknown
        | Trouble::WrongNonce
        | Trouble::WrongSigner => {}
    }
    let told = if rest == "tsp" || rest == "tsp-gost" {
        let body = Limited::new(request.into_body(), QUESTION_OCTETS_MAX);
        let question = body.collect().await.map_err(std::io::Error::other)?;
        let stamp = authority.stamp(&question.to_bytes(), rest == "tsp-gost", trouble);
        stamp.map(|stamp| ("application/timestamp-reply", stamp))
    } else if rest == "ocsp" {
        let body = Limited::new(request.into_body(), QUESTION_OCTETS_MAX);
        let question = body.collect().await.map_err(std::io::Error::other)?;
        let answer = authority.answer(&question.to_bytes(), trouble);
        Some(("application/ocsp-response", answer))
    } else {
        let list = rest.strip_prefix("lists/");
        let list = list.and_then(|name| authority.list(name, trouble));
        list.map(|list| ("application/pkix-crl", list))
    };
    let mut response = Response::new(Full::new(Bytes::new()));
    let Some((content_type, mut octets)) = told else {
        *response.status_mut() = StatusCode::NOT_FOUND;
        return Ok(response);
    };
    if trouble == Trouble::Malformed {
        octets.truncate(octets.len() / 2);
        octets.iter_mut().for_each(|octet| *octet = !*octet);
    }
    *response.body_mut() = Full::new(Bytes::from(octets));
    let content_type = hyper::header::HeaderValue::from_static(content_type);
    response.headers_mut().insert("content-type", content_type);
    Ok(response)
}

fn block(path: &Path, label: &str) -> Option<Vec<u8>> {
    let file = std::fs::read(path).ok()?;
    pem_blocks(&file, label).ok()?.into_iter().next()
}

/// The certificates in a folder, with the times of their files; none where it is not there.
fn certificates(folder: &Path) -> Vec<(Certificate, Moment)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.path().extension().is_some_and(|e| e == "pem"));
    let read = |entry: std::fs::DirEntry| {
        let changed = entry.metadata().ok()?.modified().ok()?;
        let since = changed.duration_since(std::time::UNIX_EPOCH).ok()?;
        let since = Moment::from_millis(i64::try_from(since.as_millis()).ok()?)?;
        let der = block(&entry.path(), "CERTIFICATE")?;
        Some((Certificate::parse(&der).ok()?, since))
    };
    files.filter_map(read).collect()
}
