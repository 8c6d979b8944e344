//! Signing what we send, in the shape that Smart Bridge's own clients read.
//!
//! Spec:  `wsse:Security` as last block of the Header, `ds:Signature` directly inside, a Reference
//! to `soap:Body/@wsu:Id` under exclusive C14N, the certificate as a KeyIdentifier. Peers find the
//! elements by the literal prefixes `ds` and `wsse`, so those are written.

use std::convert::Infallible;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::envelope::{SOAP_NAMESPACE, WSSE_NAMESPACE, WSU_NAMESPACE};
use crate::terms::Moment;
use crate::xml::{Document, Element, Limits, Writer, canonical};

use super::algorithm::{self, Algorithm};
use super::dsig::DS_NAMESPACE;
use super::private_key::PrivateKey;
use super::{
    Certificate, Pkcs12Fault, SecretFault, TokenFault, TokenSigner, pem_blocks, pkcs12, secret_file,
};

const BASE64_BINARY: &str = "http://docs.oasis-open.org/wss/2004/01/\
                             oasis-200401-wss-soap-message-security-1.0#Base64Binary";
const X509_V3: &str = "http://docs.oasis-open.org/wss/2004/01/\
                       oasis-200401-wss-x509-token-profile-1.0#X509v3";
/// An answer is ours, so it may be larger than what we accept.
pub(super) const OWN_LIMITS: Limits = Limits {
    bytes_max: 64 << 20,
    nodes_max: 200_000,
    ..Limits::MESSAGE
};
pub(super) const OWN_OCTETS_MAX: usize = 128 << 20;
/// What a key signs to show whose it is.
pub(super) const PROBE: &[u8] = b"a key and its certificate belong together";

/// Why a key or its certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    /// No X.509 certificate, or one whose key is not on the allow-list.
    #[error(
        "{0} holds no certificate with a key of RSA-2048 (or larger), P-256, P-384 or GOST R 34.10-2015"
    )]
    Certificate(PathBuf),
    /// No private key of PKCS#8.
    #[error(
        "{0} holds no unencrypted PKCS#8 private key of RSA, P-256, P-384 or GOST R 34.10-2015"
    )]
    Key(PathBuf),
    /// The certificate is of another key.
    #[error("{certificate} does not belong to the key in {key}")]
    Pair {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// A file that cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A PKCS#12 file that cannot be opened.
    #[error("{0}: {1}")]
    Pkcs12(PathBuf, Pkcs12Fault),
    /// The key's file cannot be read, or others can read it.
    #[error(transparent)]
    Secret(#[from] SecretFault),
    /// A token that cannot sign in our name.
    #[error("the token of KEZEK_SIGNING_KEY")]
    Token(#[from] TokenFault),
}

/// A certificate of ours, and what is written with it; the key may lie anywhere.
pub(super) struct Identity {
    pub(super) algorithm: Algorithm,
    pub(super) certificate: Certificate,
    pub(super) certificate_text: String,
}

impl Identity {
    /// Of a certificate whose key may sign.
    pub(super) fn of(certificate: Certificate) -> Option<Self> {
        Some(Self {
            algorithm: certificate.signs_by()?,
            certificate_text: STANDARD.encode(certificate.der()),
            certificate,
        })
    }

    /// The first certificate of a file, in PEM or DER.
    pub(super) fn load(file: &Path) -> Result<Self, KeyFault> {
        let read = std::fs::read(file).map_err(|source| KeyFault::Read {
            path: file.to_owned(),
            source,
        });
        let none = || KeyFault::Certificate(file.to_owned());
        let pem = pem_blocks(&read?, "CERTIFICATE").unwrap_or_default();
        let certificate = Certificate::parse(pem.first().ok_or_else(none)?).map_err(|_| none())?;
        Self::of(certificate).ok_or_else(none)
    }

    /// Whether a value over octets is one that its key made.
    pub(super) fn has_signed(&self, octets: &[u8], value: &[u8]) -> bool {
        let checked = self.certificate.check(self.algorithm, octets, value);
        checked.is_ok()
    }

    /// A signed envelope around the content of a Body; `value` signs octets.
    pub(super) fn sign_by<F>(
        &self,
        content: &str,
        timestamp: Option<(Moment, i64)>,
        value: impl FnOnce(&[u8]) -> Result<Vec<u8>, F>,
    ) -> Result<String, F> {
        let body_id = format!("id-{}", uuid::Uuid::new_v4());
        let body = write_body(content, Some(&body_id));
        let time = timestamp.map(|(created, millis)| {
            let id = format!("TS-{}", uuid::Uuid::new_v4());
            let written = write_timestamp(&id, created, created.plus_millis(millis));
            (id, written)
        });
        let time_markup = time.as_ref().map_or("", |(_, markup)| markup.as_str());
        // Digests are taken from the tree of what will be sent, by the code that verifies.
        let draft = write_envelope(time_markup, &body);
        let document = Document::parse(draft.as_bytes(), &OWN_LIMITS)
            .expect("what our own writer wrote is well-formed and within our own limits");
        let root = document.root();
        let body_element = root
            .child(SOAP_NAMESPACE, "Body")
            .expect("the Body was just written");
        let mut references = vec![(body_id.as_str(), self.digest_of(body_element))];
        if let Some((id, _)) = &time {
            let stamp = document
                .elements()
                .find(|e| e.is(WSU_NAMESPACE, "Timestamp"));
            let stamp = stamp.expect("the Timestamp was just written");
            references.push((id.as_str(), self.digest_of(stamp)));
        }
        let signed_info = self.write_signed_info(&references);
        let value = STANDARD.encode(value(signed_info.as_bytes())?);
        let signature = self.write_signature(&signed_info, &value);
        Ok(write_envelope(&format!("{time_markup}{signature}"), &body))
    }

    fn digest_of(&self, element: Element<'_>) -> String {
        let octets = canonical::exclusive(element, &[], OWN_OCTETS_MAX)
            .expect("our own answers stay far below this size");
        STANDARD.encode(self.algorithm.digest().of(&octets))
    }

    /// SignedInfo, written in its own canonical form.
    fn write_signed_info(&self, references: &[(&str, String)]) -> String {
        let by = |uri| [("Algorithm", uri)];
        let mut writer = Writer::new();
        writer.open("ds:SignedInfo", &[("xmlns:ds", DS_NAMESPACE)]);
        empty(
            &mut writer,
            "ds:CanonicalizationMethod",
            &by(algorithm::EXCLUSIVE_C14N),
        );
        empty(&mut writer, "ds:SignatureMethod", &by(self.algorithm.uri()));
        for (id, digest) in references {
            writer
                .open("ds:Reference", &[("URI", &format!("#{id}"))])
                .open("ds:Transforms", &[]);
            empty(&mut writer, "ds:Transform", &by(algorithm::EXCLUSIVE_C14N));
            writer.close();
            empty(
                &mut writer,
                "ds:DigestMethod",
                &by(self.algorithm.digest().uri()),
            );
            writer.leaf("ds:DigestValue", digest).close();
        }
        writer.close();
        writer.finish()
    }

    fn write_signature(&self, signed_info: &str, value: &str) -> String {
        let token = [("EncodingType", BASE64_BINARY), ("ValueType", X509_V3)];
        let mut writer = Writer::new();
        writer
            .open("ds:Signature", &[("xmlns:ds", DS_NAMESPACE)])
            .fragment(signed_info)
            .leaf("ds:SignatureValue", value)
            .open("ds:KeyInfo", &[])
            .open("wsse:SecurityTokenReference", &[])
            .open("wsse:KeyIdentifier", &token)
            .text(&self.certificate_text)
            .close()
            .close()
            .close()
            .close();
        writer.finish()
    }
}

/// A private key in memory, with its certificate.
pub struct Signer {
    key: PrivateKey,
    pub(super) identity: Identity,
}

impl Signer {
    /// Loads a PKCS#8 key, in a file that nobody else can read, and its certificate; PEM or DER
    /// each.
    ///
    /// # Errors
    /// [`KeyFault`], where a file does not hold what it should or the two do not belong together.
    pub fn load(key_file: &Path, certificate_file: &Path) -> Result<Self, KeyFault> {
        let identity = Identity::load(certificate_file)?;
        let no_key = || KeyFault::Key(key_file.to_owned());
        let pem = pem_blocks(&secret_file::read(key_file)?, "PRIVATE KEY").unwrap_or_default();
        let pem = Zeroizing::new(pem);
        let key = PrivateKey::from_pkcs8(pem.first().ok_or_else(no_key)?).ok_or_else(no_key)?;
        Self::of(key, identity).ok_or_else(|| KeyFault::Pair {
            certificate: certificate_file.to_owned(),
            key: key_file.to_owned(),
        })
    }

    /// Loads the one key of a PKCS#12 file and its certificate. The password is the first line of
    /// another file; others can read neither.
    ///
    /// # Errors
    /// [`KeyFault`].
    pub fn load_pkcs12(file: &Path, password_file: &Path) -> Result<Self, KeyFault> {
        let password = secret_file::read(password_file)?;
        let password = std::str::from_utf8(&password).unwrap_or_default();
        let password = password.lines().next().unwrap_or_default();
        let contents = pkcs12::open(&secret_file::read(file)?, password);
        let contents = contents.map_err(|fault| KeyFault::Pkcs12(file.to_owned(), fault))?;
        let no_key = || KeyFault::Key(file.to_owned());
        let [key] = &contents.keys[..] else {
            return Err(no_key());
        };
        let parsed = contents.certificates.iter();
        let parsed = parsed.filter_map(|der| Certificate::parse(der).ok());
        for certificate in parsed {
            // The file may hold the authorities as well.
            let key = PrivateKey::from_pkcs8(key).ok_or_else(no_key)?;
            let identity = Identity::of(certificate);
            if let Some(signer) = identity.and_then(|identity| Self::of(key, identity)) {
                return Ok(signer);
            }
        }
        Err(KeyFault::Certificate(file.to_owned()))
    }

    /// A key with its certificate, where they belong together.
    fn of(key: PrivateKey, identity: Identity) -> Option<Self> {
        let signer = Self { key, identity };
        let value = signer.value(PROBE);
        signer.has_signed(PROBE, &value).then_some(signer)
    }

    /// The certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.identity.certificate
    }

    /// A signed envelope around the content of a Body; with a Timestamp of so many milliseconds, if
    /// one is wanted (we send none, but accept one).
    pub fn sign(&self, content: &str, timestamp: Option<(Moment, i64)>) -> String {
        let value = |octets: &[u8]| Ok::<_, Infallible>(self.value(octets));
        let Ok(signed) = self.identity.sign_by(content, timestamp, value);
        signed
    }

    /// Whether a value over octets is one that it could have made.
    pub fn has_signed(&self, octets: &[u8], value: &[u8]) -> bool {
        self.identity.has_signed(octets, value)
    }

    /// A signature value over octets, as XML writes it.
    pub fn value(&self, octets: &[u8]) -> Vec<u8> {
        self.key.sign(self.identity.algorithm, octets)
    }
}

/// Where the key of our answers lies.
pub enum Seal {
    /// In memory: signing takes a fraction of a millisecond and cannot fail.
    Own(Box<Signer>),
    /// In a token: signing waits for the device, and may fail.
    Token(Arc<TokenSigner>),
}

impl Seal {
    /// The certificate.
    pub fn certificate(&self) -> &Certificate {
        match self {
            Self::Own(signer) => signer.certificate(),
            Self::Token(signer) => signer.certificate(),
        }
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({:?})", self.certificate())
    }
}

/// An envelope without a signature: for a fault to someone who was not believed, where signing
/// would let a stranger spend our time.
pub fn unsigned(content: &str) -> String {
    let mut writer = Writer::new();
    writer
        .open("soap:Envelope", &[("xmlns:soap", SOAP_NAMESPACE)])
        .fragment(&write_body(content, None))
        .close();
    writer.finish()
}

pub(super) fn empty(writer: &mut Writer, name: &'static str, attributes: &[(&str, &str)]) {
    writer.open(name, attributes).close();
}

fn write_body(content: &str, id: Option<&str>) -> String {
    let mut writer = Writer::new();
    match id {
        Some(id) => writer.open("soap:Body", &[("xmlns:wsu", WSU_NAMESPACE), ("wsu:Id", id)]),
        None => writer.open("soap:Body", &[]),
    };
    writer.fragment(content).close();
    writer.finish()
}

fn write_timestamp(id: &str, created: Moment, expires: Moment) -> String {
    let utc = |moment: Moment| moment.to_utc().format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    let mut writer = Writer::new();
    writer
        .open(
            "wsu:Timestamp",
            &[("xmlns:wsu", WSU_NAMESPACE), ("wsu:Id", id)],
        )
        .leaf("wsu:Created", &utc(created))
        .leaf("wsu:Expires", &utc(expires))
        .close();
    writer.finish()
}

fn write_envelope(security: &str, body: &str) -> String {
    let block = [("xmlns:wsse", WSSE_NAMESPACE), ("soap:mustUnderstand", "1")];
    let mut writer = Writer::new();
    writer
        .open("soap:Envelope", &[("xmlns:soap", SOAP_NAMESPACE)])
        .open("soap:Header", &[])
        .open("wsse:Security", &block)
        .fragment(security)
        .close()
        .close()
        .fragment(body)
        .close();
    writer.finish()
}
