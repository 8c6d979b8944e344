//! The role that asks authorities, against the authority of the sandbox and everything that can go
//! wrong with it (attacks.md C5).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kezek::clock;
use kezek::http::{RefreshFault, Refresher, Round};
use kezek::sandbox::{self, Trouble};
use kezek::signature::revocation::{Answer, Policy, Question, Shelf, Told};
use kezek::signature::timestamp::StampQuestion;
use kezek::signature::{Certificate, Distrust, Environment, Store, pem_blocks};
use tokio::net::TcpListener;

use crate::authority::FOLDER;

/// A forged authority that serves, and the folders of a gateway that believes it.
struct Site {
    folder: PathBuf,
    address: String,
    refresher: Refresher,
}

impl Site {
    /// Asks the responder with this fault, and for the lists with that one.
    async fn open(name: &str, responder: &str, lists: &str) -> Self {
        let folder = FOLDER.join("sites").join(name);
        for part in ["keys", "trust/roots", "trust/intermediates", "revoked"] {
            copy_all(&FOLDER.join(part), &folder.join(part));
        }
        let authority = sandbox::Authority::load(&folder).expect("forged");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("bound"));
        tokio::spawn(authority.serve(listener));
        let text = format!(
            "environment = \"test\"\nresponders = [\"{address}{responder}/ocsp\"]\n\
             lists = [\"{address}{lists}/lists/root.crl\", \
             \"{address}{lists}/lists/authority.crl\", \
             \"{address}{lists}/lists/authority-delta.crl\"]\n"
        );
        std::fs::write(folder.join("trust/store.toml"), text).expect("written");
        let refresher = Refresher {
            environment: Environment::Test,
            trust: folder.join("trust"),
            folder: folder.join("shelf"),
            policy: Policy::default(),
        };
        std::fs::create_dir_all(&refresher.folder).expect("a folder of the test");
        Self {
            folder,
            address,
            refresher,
        }
    }

    fn certificate(&self, key: &str) -> Vec<u8> {
        let file = std::fs::read(self.folder.join(format!("keys/{key}.pem"))).expect("forged");
        pem_blocks(&file, "CERTIFICATE").expect("PEM").remove(0)
    }

    /// What a gateway says of a certificate, as the shelf is now; it leaves what it met.
    fn gateway(&self, key: &str) -> Result<&'static str, Distrust> {
        let store = Store::load(&self.refresher.trust, Environment::Test).expect("a store");
        let (folder, policy) = (&self.refresher.folder, self.refresher.policy);
        let shelf = Shelf::load(folder, policy, &Shelf::default()).expect("a shelf");
        assert!(shelf.faults().is_empty(), "nothing broken is ever placed");
        store.stand_by(Arc::new(shelf));
        let told = store.path(&self.certificate(key), clock::now());
        for der in store.take_met() {
            Shelf::leave(folder, &der).expect("left");
        }
        told.map(|verified| verified.standing()[0].by)
    }
}

fn copy_all(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder of the test");
    for entry in std::fs::read_dir(from).expect("it was forged") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a file");
        std::fs::copy(&path, to.join(name)).expect("copied");
    }
}

fn faults(round: &Round) -> Vec<String> {
    let told = |fault: &RefreshFault| match fault {
        RefreshFault::Untold(_, untold) => format!("{untold:?}"),
        RefreshFault::Fetch(_) => "Fetch".to_owned(),
        other @ (RefreshFault::NoResponder | RefreshFault::Shelf(_) | RefreshFault::Store(_)) => {
            other.to_string()
        }
    };
    round.failed.iter().map(|(_, fault)| told(fault)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn gateway_learns_of_a_revocation_without_asking() {
    let site = Site::open("whole", "", "").await;
    assert_eq!(
        site.gateway("participant"),
        Err(Distrust::RevocationUnknown),
        "nothing fetched yet"
    );
    let round = site.refresher.once().await;
    assert_eq!(
        (round.placed, faults(&round)),
        (4, vec![]),
        "three lists, one answer"
    );
    assert_eq!(site.gateway("participant"), Ok("ocsp"));
    assert_eq!(site.gateway("revoked"), Err(Distrust::CertificateRevoked));
    assert_eq!(
        site.gateway("bank"),
        Ok("crl and delta"),
        "not yet asked about"
    );
    let copy = site.folder.join("revoked/participant.pem");
    std::fs::copy(site.folder.join("keys/participant.pem"), copy).expect("copied");
    assert_eq!(
        site.gateway("participant"),
        Ok("ocsp"),
        "nobody was told yet"
    );
    let round = site.refresher.once().await;
    assert_eq!(
        (round.placed, faults(&round)),
        (6, vec![]),
        "three lists, three answers"
    );
    assert_eq!(
        site.gateway("participant"),
        Err(Distrust::CertificateRevoked)
    );
    assert_eq!(site.gateway("bank"), Ok("ocsp"));
}

#[tokio::test(flavor = "multi_thread")]
async fn responder_that_fails_leaves_the_lists_to_speak() {
    for (trouble, expected) in [
        ("down", "Fetch"),
        ("malformed", "Malformed"),
        ("stale", "Stale"),
        ("try-later", "Unanswered(\"tryLater\")"),
        ("unknown", "OtherCertificate"),
        ("wrong-nonce", "Nonce"),
        ("wrong-signer", "Responder"),
    ] {
        assert!(Trouble::ALL.iter().any(|(name, _)| *name == trouble));
        let site = Site::open(trouble, &format!("/{trouble}"), "").await;
        site.gateway("participant")
            .expect_err("nothing fetched yet");
        let round = site.refresher.once().await;
        assert_eq!(
            (round.placed, faults(&round)),
            (3, vec![expected.to_owned()]),
            "{trouble}"
        );
        assert_eq!(
            site.gateway("participant"),
            Ok("crl and delta"),
            "{trouble}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_that_fail_leave_nobody_believed() {
    for (trouble, expected) in [
        ("down", "Fetch"),
        ("malformed", "Malformed"),
        ("nowhere", "Fetch"),
        ("wrong-signer", "Issuer"),
    ] {
        let site = Site::open(&format!("lists-{trouble}"), "", &format!("/{trouble}")).await;
        site.gateway("participant")
            .expect_err("nothing fetched yet");
        let round = site.refresher.once().await;
        let three = vec![expected.to_owned(); 3];
        assert_eq!((round.placed, faults(&round)), (1, three), "{trouble}");
        // The responder speaks for its own issuer; of that nobody speaks.
        let told = site.gateway("participant");
        assert_eq!(told, Err(Distrust::RevocationUnknown), "{trouble}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn older_list_does_not_replace_a_newer_one() {
    let site = Site::open("rollback", "", "").await;
    assert_eq!(site.refresher.once().await.placed, 3);
    let store = site.folder.join("trust/store.toml");
    let text = std::fs::read_to_string(&store).expect("written before");
    let text = text.replace("/lists/", "/stale/lists/");
    std::fs::write(&store, text).expect("written");
    let round = site.refresher.once().await;
    assert_eq!(
        (round.placed, faults(&round)),
        (0, vec!["Stale".to_owned(); 3])
    );
    assert_eq!(
        site.gateway("participant"),
        Ok("crl and delta"),
        "{}",
        site.address
    );
}

#[test]
fn family_of_gost_answers_as_that_of_rsa_does() {
    let authority = sandbox::Authority::load(&FOLDER).expect("forged");
    let store = Store::load(&FOLDER.join("trust"), Environment::Test).expect("forged");
    let (policy, before) = (Policy::default(), Shelf::default());
    let shelf = Shelf::load(&FOLDER.join("revocation"), policy, &before).expect("forged");
    assert_eq!(shelf.size(), (4, 0), "a list of each root and authority");
    store.stand_by(Arc::new(shelf));
    let read = |key: &str| {
        let file = std::fs::read(FOLDER.join(format!("keys/{key}.pem"))).expect("forged");
        let der = pem_blocks(&file, "CERTIFICATE").expect("PEM").remove(0);
        Certificate::parse(&der).expect("a certificate")
    };
    let issuer = std::fs::read(FOLDER.join("trust/intermediates/authority-gost.pem"));
    let issuer = pem_blocks(&issuer.expect("forged"), "CERTIFICATE")
        .expect("PEM")
        .remove(0);
    let issuer = Certificate::parse(&issuer).expect("a certificate");
    let good = Some(Told::Good);
    for (key, path, told) in [
        ("participant-gost", Ok(3), good),
        ("citizen-gost", Ok(3), good),
        ("revoked-gost", Err(Distrust::CertificateRevoked), None),
        ("expired-gost", Err(Distrust::CertificateExpired), good),
    ] {
        let certificate = read(key);
        let found = store.path(certificate.der(), clock::now());
        assert_eq!(found.map(|verified| verified.path().count()), path, "{key}");
        let question = Question::about(certificate.serial(), &issuer);
        let answer = Answer::parse(&authority.answer(question.der(), Trouble::None));
        let answer = answer.expect("an answer");
        answer.answers(&question).expect("its nonce");
        let (status, responder) = answer.about(certificate.serial(), &issuer).expect("signed");
        assert!(responder.is_some(), "{key}: by the responder of GOST");
        match told {
            Some(told) => assert_eq!(status, told, "{key}"),
            None => assert!(matches!(status, Told::Revoked(..)), "{key}"),
        }
    }
    let question = StampQuestion::about(b"octets");
    let response = authority.stamp(question.der(), true, Trouble::None);
    let token = question
        .accept(&response.expect("a stamp"), clock::now())
        .expect("fresh");
    let stamp = token.verify(&store, &[]).expect("verified");
    assert_eq!((stamp.covers(b"octets"), stamp.path.len()), (Ok(()), 3));
}
