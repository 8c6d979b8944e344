//! An authority of a test with everything around it: root, responder, signer, and its words.

use std::path::PathBuf;
use std::sync::Arc;

use kezek::clock;
use kezek::sandbox::der::{Key, Subject, Use, certificate, pem};
use kezek::sandbox::words::{self, AnswerDraft, ListDraft, Listed, Status};
use kezek::sandbox::write_secret;
use kezek::signature::revocation::{Policy, Shelf};
use kezek::signature::{Certificate, Distrust, Environment, Store};
use kezek::terms::Moment;

use crate::authority::FOLDER;

pub const MINUTE_MS: i64 = 60_000;
pub const HOUR_MS: i64 = 60 * MINUTE_MS;

/// A key with its certificate.
pub struct Owner {
    pub name: &'static str,
    pub key: Key,
    pub certificate: Certificate,
}

/// A root, an authority below it with a responder, and somebody who signs.
pub struct Country {
    pub root: Owner,
    pub authority: Owner,
    pub responder: Owner,
    pub signer: Owner,
    pub folder: PathBuf,
    pub now: Moment,
}

impl Country {
    pub fn new(name: &'static str) -> Self {
        let root = owner("root", None, Use::Authority);
        let authority = owner("authority", Some(&root), Use::Authority);
        let responder = owner("responder", Some(&authority), Use::Responding);
        let signer = owner("signer", Some(&authority), Use::Signing);
        let folder = FOLDER.join("standing").join(name);
        for (part, owner) in [("roots", &root), ("intermediates", &authority)] {
            std::fs::create_dir_all(folder.join(part)).expect("a folder of the test");
            let text = pem("CERTIFICATE", owner.certificate.der());
            std::fs::write(folder.join(part).join("one.pem"), text).expect("written");
        }
        std::fs::write(folder.join("store.toml"), "environment = \"test\"\n").expect("written");
        // In whole seconds, as words are.
        let now = Moment::from_millis(clock::now().millis() / 1000 * 1000).expect("a moment");
        Self {
            root,
            authority,
            responder,
            signer,
            folder,
            now,
        }
    }

    pub fn list(&self, of: &Owner, minutes: (i64, i64), listed: &[Listed<'_>]) -> Vec<u8> {
        words::list(&self.draft(of, minutes, listed), &of.key)
    }

    pub fn draft<'a>(
        &self,
        of: &'a Owner,
        (from, until): (i64, i64),
        listed: &'a [Listed<'a>],
    ) -> ListDraft<'a> {
        ListDraft {
            issuer: &of.certificate,
            number: 7,
            base: None,
            when: (self.at(from), self.at(until)),
            listed,
            odd: None,
        }
    }

    pub fn answer(&self, status: Status, minutes: i64) -> Vec<u8> {
        words::answer(&self.answer_draft(status, minutes), &self.responder.key)
    }

    pub fn answer_draft(&self, status: Status, minutes: i64) -> AnswerDraft<'_> {
        AnswerDraft {
            issuer: &self.authority.certificate,
            serial: self.signer.certificate.serial(),
            status,
            when: (self.at(minutes), None),
            nonce: None,
            responder: &self.responder.certificate,
        }
    }

    pub fn at(&self, minutes: i64) -> Moment {
        self.now.plus_millis(minutes * MINUTE_MS)
    }

    /// The BIN in everybody's certificates.
    pub fn bin(&self) -> &str {
        self.signer.certificate.bin().expect("everybody has one")
    }

    /// An owner's key and certificate as files.
    pub fn files(&self, owner: &Owner) -> (PathBuf, PathBuf) {
        let file = |extension: &str| self.folder.join(format!("{}.{extension}", owner.name));
        let (key, certificate) = (file("key"), file("pem"));
        let text = pem("PRIVATE KEY", &owner.key.pkcs8());
        write_secret(&key, &text).expect("written");
        let text = pem("CERTIFICATE", owner.certificate.der());
        std::fs::write(&certificate, text).expect("written");
        (key, certificate)
    }

    /// What the door says of the signer when these words lie on the shelf.
    pub fn door(&self, words: &[Vec<u8>]) -> Result<Vec<&'static str>, Distrust> {
        let store = Store::load(&self.folder, Environment::Test).expect("a store");
        store.stand_by(Arc::new(Shelf::of(words, Policy::default())));
        let verified = store.path(self.signer.certificate.der(), self.now)?;
        Ok(verified.standing().iter().map(|basis| basis.by).collect())
    }
}

pub fn owner(name: &'static str, by: Option<&Owner>, usage: Use) -> Owner {
    issued(name, by, usage, (-24 * 60, 365 * 24 * 60))
}

pub fn issued(
    name: &'static str,
    by: Option<&Owner>,
    usage: Use,
    (from, until): (i64, i64),
) -> Owner {
    let key = Key::p256();
    let named = |name: &'static str| Subject {
        common_name: name,
        bin: Some("190540000024"),
        ..Subject::default()
    };
    let issuer = by.map_or((name, &key), |issuer| (issuer.name, &issuer.key));
    let now = clock::now();
    let when = (
        now.plus_millis(from * HOUR_MS),
        now.plus_millis(until * HOUR_MS),
    );
    let der = certificate(&named(name), &key, &named(issuer.0), issuer.1, usage, when);
    let certificate = Certificate::parse(&der).expect("a certificate");
    Owner {
        name,
        key,
        certificate,
    }
}
