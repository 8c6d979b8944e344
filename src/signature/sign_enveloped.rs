//! Signing a document of ours inside itself: notices (004 1_2 p. 4, 1_3 p. 4), and what citizens
//! and officials sign in tests and in the sandbox.
//!
//! Spec:  the shape that [`verify_enveloped`](super::verify_enveloped) reads and that the national
//! tools write: inclusive C14N, URI="", the certificate in X509Data. Signatures that stand in the
//! document already are signed too.

use std::convert::Infallible;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::xml::canonical::{Form, Namespaces};
use crate::xml::{Document, Element, Fault, Writer};

use super::dsig::DS_NAMESPACE;
use super::enveloped::{ENVELOPED, INCLUSIVE_C14N, signatures};
use super::sign::{Identity, OWN_LIMITS, OWN_OCTETS_MAX, empty};
use super::{Signer, TokenFault, TokenSigner};

impl Signer {
    /// The document in its canonical form, without comments, with a signature as last child of its
    /// root.
    ///
    /// # Errors
    /// [`Fault`], where it is not well-formed or larger than what we send.
    pub fn sign_enveloped(&self, document: &str) -> Result<String, Fault> {
        let value = |octets: &[u8]| Ok::<_, Infallible>(self.value(octets));
        let signed = self.identity.sign_enveloped_by(document, value)?;
        Ok(signed.unwrap_or_else(|never| match never {}))
    }
}

impl TokenSigner {
    /// A document of ours with a signature of its own (004 1_2 p.4).
    ///
    /// # Errors
    /// As [`TokenSigner::sign`].
    pub fn sign_enveloped(&self, document: &str) -> Result<String, TokenFault> {
        let value = |octets: &[u8]| self.value(octets);
        let signed = self.identity.sign_enveloped_by(document, value);
        signed.expect("what our own writer wrote is well-formed and within our own limits")
    }
}

impl Identity {
    /// The same; `value` signs octets, or tells why it cannot.
    pub(super) fn sign_enveloped_by<F>(
        &self,
        document: &str,
        value: impl FnOnce(&[u8]) -> Result<Vec<u8>, F>,
    ) -> Result<Result<String, F>, Fault> {
        let parsed = Document::parse(document.as_bytes(), &OWN_LIMITS)?;
        let content = inclusive(parsed.root(), parsed.root());
        let digest = STANDARD.encode(self.algorithm.digest().of(&content));
        let content = String::from_utf8(content).expect("a canonical form is UTF-8");
        let info = self.write_enveloped_info(&digest);
        // SignedInfo is canonicalised where it stands, as its readers do: declarations of the root
        // belong to its form.
        let draft = with_last(&content, &self.write_enveloped(&info, "draft"));
        let draft = Document::parse(draft.as_bytes(), &OWN_LIMITS)?;
        let signature = signatures(draft.root()).into_iter().last();
        let signed_info = signature.and_then(|found| found.child(DS_NAMESPACE, "SignedInfo"));
        let signed_info = signed_info.expect("it was just written");
        let value = match value(&inclusive(signed_info, draft.root())) {
            Ok(value) => STANDARD.encode(value),
            Err(fault) => return Ok(Err(fault)),
        };
        let signature = self.write_enveloped(&info, &value);
        Ok(Ok(with_last(&content, &signature)))
    }

    fn write_enveloped_info(&self, digest: &str) -> String {
        let by = |uri| [("Algorithm", uri)];
        let mut writer = Writer::new();
        writer.open("ds:SignedInfo", &[]);
        empty(
            &mut writer,
            "ds:CanonicalizationMethod",
            &by(INCLUSIVE_C14N),
        );
        empty(&mut writer, "ds:SignatureMethod", &by(self.algorithm.uri()));
        writer
            .open("ds:Reference", &[("URI", "")])
            .open("ds:Transforms", &[]);
        empty(&mut writer, "ds:Transform", &by(ENVELOPED));
        empty(&mut writer, "ds:Transform", &by(INCLUSIVE_C14N));
        writer.close();
        empty(
            &mut writer,
            "ds:DigestMethod",
            &by(self.algorithm.digest().uri()),
        );
        writer.leaf("ds:DigestValue", digest).close().close();
        writer.finish()
    }

    fn write_enveloped(&self, info: &str, value: &str) -> String {
        let mut writer = Writer::new();
        writer
            .open("ds:Signature", &[("xmlns:ds", DS_NAMESPACE)])
            .fragment(info)
            .leaf("ds:SignatureValue", value)
            .open("ds:KeyInfo", &[])
            .open("ds:X509Data", &[])
            .leaf("ds:X509Certificate", &self.certificate_text)
            .close()
            .close()
            .close();
        writer.finish()
    }
}

fn inclusive(apex: Element<'_>, root: Element<'_>) -> Vec<u8> {
    let form = Form {
        namespaces: Namespaces::Inclusive(root),
        comments: false,
        around: true,
        omitted: &[],
    };
    form.write(apex, OWN_OCTETS_MAX)
        .expect("what we sign stays far below this size")
}

/// A canonical document has an end tag for its root, and nothing behind it.
fn with_last(content: &str, child: &str) -> String {
    let (before, end) = content.split_at(content.rfind("</").expect("the root ends"));
    [before, child, end].concat()
}
