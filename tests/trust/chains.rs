//! Paths of certificates: who may vouch for whom, and how far.

use std::path::PathBuf;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kezek::clock;
use kezek::envelope::Envelope;
use kezek::sandbox::der::{Key, Subject, Use, certificate, certificate_of, pem};
use kezek::signature::{
    Certificate, Distrust, Environment, Signer, Store, StoreFault, sha256, verify,
};
use kezek::terms::Moment;

use crate::author::{sign_again, stamped, with_inside};
use crate::authority::FOLDER;
use crate::keys;

const DAY_MS: i64 = 86_400_000;

/// An owner of a key and of the certificate that some issuer gave it.
struct Owner {
    name: &'static str,
    key: Key,
    der: Vec<u8>,
}

static ROOT: LazyLock<Owner> = LazyLock::new(|| itself("root", Use::Authority));

#[test]
fn path_of_so_many_authorities_is_taken_and_no_longer_one() {
    let mut chain = vec![below(&ROOT, "A1", Use::Authority)];
    for name in ["A2", "A3", "A4"] {
        let next = below(chain.last().expect("the one before"), name, Use::Authority);
        chain.push(next);
    }
    let store = store(&chain.iter().collect::<Vec<_>>());
    for (authority, length) in chain.iter().zip(3..) {
        let leaf = below(authority, "leaf", Use::Signing);
        let path = store.path(&leaf.der, clock::now());
        let told = path.map(|verified| verified.path().count());
        let expected = if length <= 5 {
            Ok(length)
        } else {
            Err(Distrust::CertificateUntrusted)
        };
        assert_eq!(told, expected, "below {}", authority.name);
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table, a row for each path")]
fn each_odd_path_is_refused_by_its_own_name() {
    let authority = below(&ROOT, "authority", Use::Authority);
    let narrow = below(&ROOT, "narrow", Use::AuthorityAbove(0));
    let too_far = below(&narrow, "too far", Use::Authority);
    let merchant = below(&authority, "merchant", Use::Signing);
    let false_root = itself("root", Use::Authority);
    let below_false = below(&false_root, "authority", Use::Authority);
    let expired = issued(&ROOT, "expired", Use::Authority, (-20, -10));
    let store = store(&[&authority, &narrow, &too_far, &merchant, &expired]);
    let own = itself("authority", Use::Signing);
    let small = small_key(&authority);
    let narrow_leaf = below(&narrow, "leaf", Use::Signing);
    assert!(
        store.path(&narrow_leaf.der, clock::now()).is_ok(),
        "just far enough"
    );
    for (name, der, expected) in [
        (
            "by an authority too far below",
            &below(&too_far, "leaf", Use::Signing).der,
            Distrust::CertificateUntrusted,
        ),
        (
            "by a participant",
            &below(&merchant, "leaf", Use::Signing).der,
            Distrust::CertificateUntrusted,
        ),
        (
            "by a root of the same name",
            &below(&false_root, "leaf", Use::Signing).der,
            Distrust::CertificateUntrusted,
        ),
        (
            "by an authority of the same name",
            &below(&below_false, "leaf", Use::Signing).der,
            Distrust::CertificateUntrusted,
        ),
        (
            "by itself under the authority's name",
            &own.der,
            Distrust::CertificateUntrusted,
        ),
        (
            "by an expired authority",
            &below(&expired, "leaf", Use::Signing).der,
            Distrust::CertificateUntrusted,
        ),
        (
            "an authority that signs",
            &below(&authority, "leaf", Use::AuthorityThatSigns).der,
            Distrust::CertificateUsage,
        ),
        ("an authority", &authority.der, Distrust::CertificateUsage),
        (
            "for signing in",
            &below(&authority, "leaf", Use::SigningIn).der,
            Distrust::CertificateUsage,
        ),
        (
            "for stamping times",
            &below(&authority, "leaf", Use::Stamping).der,
            Distrust::CertificateUsage,
        ),
        (
            "for answering about revocation",
            &below(&authority, "leaf", Use::Responding).der,
            Distrust::CertificateUsage,
        ),
        (
            "expired",
            &issued(&authority, "leaf", Use::Signing, (-20, -10)).der,
            Distrust::CertificateExpired,
        ),
        (
            "not yet valid",
            &issued(&authority, "leaf", Use::Signing, (10, 20)).der,
            Distrust::CertificateNotYetValid,
        ),
        (
            "with two algorithms",
            &two_algorithms(&authority),
            Distrust::CertificateMalformed,
        ),
        (
            "with bits left over",
            &bits_left_over(&authority),
            Distrust::CertificateMalformed,
        ),
    ] {
        assert_eq!(
            store.path(der, clock::now()).err(),
            Some(expected),
            "{name}"
        );
    }
    let path = store
        .path(&small, clock::now())
        .expect("its path is good, its key is not");
    assert_eq!(path.path().count(), 3, "the key is refused when it is used");
}

#[test]
fn authorities_that_vouch_for_one_another_lead_nowhere() {
    let (one, two) = (itself("one", Use::Authority), itself("two", Use::Authority));
    let cross = |subject: &Owner, issuer: &Owner| Owner {
        name: subject.name,
        key: Key::p256(),
        der: certificate(
            &named(subject.name),
            &subject.key,
            &named(issuer.name),
            &issuer.key,
            Use::Authority,
            days((-1, 100)),
        ),
    };
    let (one_by_two, two_by_one) = (cross(&one, &two), cross(&two, &one));
    let leaf = below(&one, "leaf", Use::Signing);
    let circle = store(&[&one, &two, &one_by_two, &two_by_one]);
    assert_eq!(
        circle.path(&leaf.der, clock::now()).err(),
        Some(Distrust::CertificateUntrusted)
    );
    // The same circle with a way out to the root.
    let two_by_root = cross(&two, &ROOT);
    let store = store(&[&one, &two, &one_by_two, &two_by_one, &two_by_root]);
    let path = store
        .path(&leaf.der, clock::now())
        .expect("there is a way out");
    assert_eq!(path.path().count(), 4, "leaf, one, two, root");
}

#[test]
fn authority_that_is_bound_by_names_is_none_whether_that_is_critical_or_not() {
    for critical in [true, false] {
        let bound = below(&ROOT, "bound", Use::AuthorityOfNames(critical));
        assert_eq!(
            Certificate::parse(&bound.der).err(),
            Some(Distrust::CertificateMalformed)
        );
        // As an authority it does not get into a store, so nobody below it is believed.
        let folder = folder(&format!("bound-{critical}"));
        let text = pem("CERTIFICATE", &bound.der);
        std::fs::write(folder.join("roots/root.pem"), pem("CERTIFICATE", &ROOT.der))
            .expect("written");
        std::fs::write(folder.join("intermediates/one.pem"), text).expect("written");
        let told = Store::load(&folder, Environment::Test);
        assert!(
            matches!(told, Err(StoreFault::Certificate(_))),
            "{critical}"
        );
        let leaf = below(&bound, "leaf", Use::Signing);
        let told = store(&[]).path(&leaf.der, clock::now());
        assert_eq!(told.err(), Some(Distrust::CertificateUntrusted));
    }
}

#[test]
fn path_is_kept_no_longer_than_it_is_valid() {
    let authority = issued(&ROOT, "short", Use::Authority, (-1, 10));
    let leaf = below(&authority, "leaf", Use::Signing);
    let store = store(&[&authority]);
    let now = clock::now();
    assert!(store.path(&leaf.der, now).is_ok());
    let later = now.plus_millis(11 * DAY_MS);
    assert_eq!(
        store.path(&leaf.der, later).err(),
        Some(Distrust::CertificateUntrusted)
    );
    assert!(store.path(&leaf.der, now).is_ok(), "as before");
}

#[test]
fn small_key_is_refused_though_its_path_is_good() {
    // Its private half is known to nobody: the key is refused before the value is looked at.
    let der = small_key(&ROOT);
    let identifier = keys::in_reference(&keys::identifier(&STANDARD.encode(&der)));
    let message = with_inside(&stamped("participant"), "KeyInfo", |_| identifier.clone());
    let message = sign_again(&message, "participant");
    let envelope = Envelope::read(message.as_bytes()).expect("an envelope");
    let told = verify(envelope, &store(&[]), clock::now());
    assert_eq!(told.err(), Some(Distrust::Algorithm));
    let folder = folder("small");
    let key = std::fs::read(FOLDER.join("keys/participant.key")).expect("forged");
    std::fs::write(folder.join("small.key"), key).expect("written");
    std::fs::write(folder.join("small.pem"), pem("CERTIFICATE", &der)).expect("written");
    let loaded = Signer::load(&folder.join("small.key"), &folder.join("small.pem"));
    assert!(loaded.is_err(), "nor do we sign with one");
}

#[test]
fn store_with_a_broken_file_or_no_root_is_not_loaded() {
    let empty = folder("empty");
    assert!(matches!(
        Store::load(&empty, Environment::Test),
        Err(StoreFault::NoRoot(_))
    ));
    let broken = folder("broken");
    std::fs::write(broken.join("roots/broken.pem"), "not a certificate").expect("written");
    assert!(matches!(
        Store::load(&broken, Environment::Test),
        Err(StoreFault::Certificate(_))
    ));
    assert!(matches!(
        Store::load(&broken.join("nowhere"), Environment::Test),
        Err(StoreFault::Read { .. })
    ));
}

fn store(intermediates: &[&Owner]) -> Store {
    let contents: Vec<u8> = intermediates
        .iter()
        .flat_map(|owner| owner.der.clone())
        .collect();
    let folder = folder(&format!("{:02x?}", &sha256(&contents)[..8]));
    let write = |place: String, der: &[u8]| {
        std::fs::write(folder.join(place), pem("CERTIFICATE", der)).expect("written");
    };
    write("roots/root.pem".into(), &ROOT.der);
    for (owner, n) in intermediates.iter().zip(0..) {
        write(format!("intermediates/{n}.pem"), &owner.der);
    }
    Store::load(&folder, Environment::Test).expect("certificates alone")
}

fn folder(name: &str) -> PathBuf {
    let folder = FOLDER.join("chains").join(name);
    for part in ["roots", "intermediates"] {
        std::fs::create_dir_all(folder.join(part)).expect("a folder of the test");
    }
    std::fs::write(folder.join("store.toml"), "environment = \"test\"\n").expect("written");
    folder
}

fn named(name: &'static str) -> Subject<'static> {
    Subject {
        common_name: name,
        organisation: None,
        bin: Some("190540000024"),
        iin: None,
    }
}

fn days((from, until): (i64, i64)) -> (Moment, Moment) {
    let now = clock::now();
    (
        now.plus_millis(from * DAY_MS),
        now.plus_millis(until * DAY_MS),
    )
}

fn itself(name: &'static str, usage: Use) -> Owner {
    let key = Key::p256();
    let der = certificate(
        &named(name),
        &key,
        &named(name),
        &key,
        usage,
        days((-1, 100)),
    );
    Owner { name, key, der }
}

fn below(issuer: &Owner, name: &'static str, usage: Use) -> Owner {
    issued(issuer, name, usage, (-1, 100))
}

fn issued(issuer: &Owner, name: &'static str, usage: Use, when: (i64, i64)) -> Owner {
    let key = Key::p256();
    let issuer_name = named(issuer.name);
    let der = certificate(
        &named(name),
        &key,
        &issuer_name,
        &issuer.key,
        usage,
        days(when),
    );
    Owner { name, key, der }
}

/// A certificate for an RSA key of 1024 bits.
fn small_key(issuer: &Owner) -> Vec<u8> {
    let head = [
        0x30, 0x81, 0x9F, 0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01,
        0x01, 0x05, 0x00, 0x03, 0x81, 0x8D, 0x00, 0x30, 0x81, 0x89, 0x02, 0x81, 0x81, 0x00,
    ];
    let exponent = [0x02, 0x03, 0x01, 0x00, 0x01];
    let public = [&head[..], &[0xC5; 128], &exponent].concat();
    let when = days((-1, 100));
    certificate_of(
        &named("small"),
        &public,
        &named(issuer.name),
        &issuer.key,
        Use::Signing,
        when,
    )
}

/// ecdsa-with-SHA256 inside, ecdsa-with-SHA384 outside.
fn two_algorithms(issuer: &Owner) -> Vec<u8> {
    let mut der = below(issuer, "leaf", Use::Signing).der;
    let oid = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02];
    let outer = der
        .windows(oid.len())
        .rposition(|part| part == oid)
        .expect("the outer one");
    der[outer + oid.len() - 1] = 0x03;
    der
}

/// The signature says that its last bit does not count.
fn bits_left_over(issuer: &Owner) -> Vec<u8> {
    loop {
        let mut der = below(issuer, "leaf", Use::Signing).der;
        let oid = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02];
        let outer = der
            .windows(oid.len())
            .rposition(|part| part == oid)
            .expect("the outer one");
        // OID, then BIT STRING: tag, length, unused bits.
        der[outer + oid.len() + 2] = 1;
        // DER wants unused bits to be zero; in a signature that ends so, only the count is odd.
        if der.last().is_some_and(|last| last & 1 == 0) {
            return der;
        }
    }
}
