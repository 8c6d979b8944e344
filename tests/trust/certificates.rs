//! Which certificates and senders are believed.

use kezek::signature::{Distrust, Kind};

use crate::authority::{DIRECTORY, believe, distrust, send_message, signed_by, signer};

#[test]
fn certificate_that_a_configured_root_vouches_for_is_believed() {
    for key in ["participant", "participant-p256", "shep", "bank"] {
        let trusted = believe(&signed_by(key)).expect(key);
        assert_eq!(
            trusted.verified().path().count(),
            3,
            "{key}: itself, authority, root"
        );
    }
}

#[test]
fn each_bad_certificate_is_refused_by_its_own_name() {
    for (key, expected) in [
        ("expired", Distrust::CertificateExpired),
        ("not-yet-valid", Distrust::CertificateNotYetValid),
        ("signing-in", Distrust::CertificateUsage),
        ("untrusted", Distrust::CertificateUntrusted),
    ] {
        assert_eq!(distrust(&signed_by(key)), expected, "{key}");
    }
}

#[test]
fn speaker_is_decided_by_the_certificate() {
    for (key, sender, expected) in [
        ("participant", "egov-mobile", Ok(("egov-mobile", None))),
        ("shep", "egov-mobile", Ok(("egov-mobile", Some("shep")))),
        ("shep", "bank", Ok(("bank", Some("shep")))),
        ("bank", "egov-mobile", Err(Distrust::SenderMismatch)),
        ("nobody", "egov-mobile", Err(Distrust::SenderMismatch)),
        ("participant", "unheard-of", Err(Distrust::SenderUnknown)),
        // A gateway forwards; it asks nothing in its own name.
        ("shep", "shep", Err(Distrust::SenderUnknown)),
        // Two participants own this BIN, so silence does not say which.
        ("participant", "", Err(Distrust::SenderUnknown)),
        ("bank", "", Ok(("bank", None))),
    ] {
        let message = signer(key).sign(&send_message(sender), None);
        let trusted = believe(&message).expect("the certificate is good");
        let request = trusted.request().expect("a request");
        let speaker = DIRECTORY.speaker(trusted.verified().certificate(), &request);
        let told = speaker.map(|s| (s.participant.id.clone(), s.gateway.clone()));
        let expected = expected.map(|(id, gateway)| (id.to_owned(), gateway.map(str::to_owned)));
        assert_eq!(told, expected, "{key} for {sender:?}");
    }
}

#[test]
fn rights_are_per_service_and_region() {
    let speaker = |key: &str, sender: &str| {
        let trusted = believe(&signer(key).sign(&send_message(sender), None)).expect("believed");
        let request = trusted.request().expect("a request");
        DIRECTORY
            .speaker(trusted.verified().certificate(), &request)
            .expect("a speaker")
    };
    let reader = speaker("participant", "reader");
    assert_eq!(reader.regions("S-08"), Err(Distrust::ServiceNotAllowed));
    assert_eq!(reader.regions("S-12"), Ok(vec!["*".to_owned()]));
    let bank = speaker("bank", "bank");
    assert_eq!(bank.participant.kind, Kind::Participant);
    assert_eq!(bank.regions("S-08"), Ok(vec!["71".to_owned()]));
}
