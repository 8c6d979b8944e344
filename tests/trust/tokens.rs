//! Keys in a token: what signs, and what is wrong with what does not. The program itself is run,
//! for a module has its settings of the whole process.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use kezek::sandbox::write_secret;

use crate::authority::FOLDER;
use crate::softhsm::{MODULE, PIN, SoftHsm};

/// A machine with a token that holds the keys of three kinds, and a PIN in its file.
struct Machine {
    folder: PathBuf,
    hsm: SoftHsm,
}

fn machine(name: &str) -> Machine {
    let folder = FOLDER.join("tokens").join(name);
    std::fs::create_dir_all(&folder).expect("a folder of the test");
    let hsm = SoftHsm::new(&folder);
    hsm.token("kezek one");
    for (object, id) in [("participant", "01"), ("participant-p256", "02")] {
        hsm.import("kezek one", &forged(object, "key"), object, id);
    }
    let (key, _) = p384(&folder);
    hsm.import("kezek one", &key, "p384", "03");
    write_secret(&folder.join("pin"), &format!("{PIN}\n")).expect("written");
    Machine { folder, hsm }
}

fn forged(name: &str, extension: &str) -> PathBuf {
    FOLDER.join(format!("keys/{name}.{extension}"))
}

/// A pair that the sandbox does not forge.
fn p384(folder: &Path) -> (PathBuf, PathBuf) {
    let (key, certificate) = (folder.join("p384.key"), folder.join("p384.pem"));
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-384",
        ])
        .args(["-nodes", "-subj", "/CN=invented", "-days", "30", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()
        .expect("openssl is installed");
    assert!(made.status.success(), "{made:?}");
    (key, certificate)
}

impl Machine {
    fn uri(&self, path: &str) -> String {
        let pin = self.folder.join("pin");
        format!(
            "pkcs11:{path}?module-path={MODULE}&pin-source=file:{}",
            pin.display()
        )
    }

    /// What `kezek check` says of the keys.
    fn check(&self, uri: &str, certificate: &Path) -> String {
        let settings = std::fs::read_to_string(FOLDER.join("kezek.env")).expect("forged");
        let settings = settings.lines().filter_map(|line| line.split_once('='));
        let (name, value) = self.hsm.setting();
        let done = Command::new(env!("CARGO_BIN_EXE_kezek"))
            .arg("check")
            .env_clear()
            .envs(settings)
            .env(name, value)
            .env("KEZEK_SIGNING_KEY", uri)
            .env("KEZEK_SIGNING_CERTIFICATE", certificate)
            .output()
            .expect("the program runs");
        let said = String::from_utf8(done.stdout).expect("UTF-8");
        assert!(!said.contains(PIN), "{said}");
        let errors = String::from_utf8_lossy(&done.stderr);
        assert!(!errors.contains(PIN), "{errors}");
        let line = said.lines().find(|line| line.contains("keys: "));
        line.unwrap_or_else(|| panic!("{said}{errors}")).to_owned()
    }
}

#[test]
fn each_kind_of_key_signs_from_a_token_and_is_found_by_its_certificate() {
    let machine = machine("kinds");
    let p384 = machine.folder.join("p384.pem");
    let rsa = forged("participant", "pem");
    let p256 = forged("participant-p256", "pem");
    for (path, certificate) in [
        // By what the token is alone: the certificate tells which key.
        ("token=kezek%20one", &rsa),
        ("token=kezek%20one", &p256),
        ("token=kezek%20one", &p384),
        ("", &rsa),
        ("token=kezek%20one;object=participant;type=private", &rsa),
        ("object=participant-p256;id=%02", &p256),
        ("manufacturer=SoftHSM%20project;model=SoftHSM%20v2", &p384),
    ] {
        let said = machine.check(&machine.uri(path), certificate);
        assert!(said.starts_with("ok "), "{path}: {said}");
        assert!(said.contains("answers signed until"), "{said}");
    }
}

#[test]
fn what_is_wrong_with_a_token_is_said_when_the_gateway_starts() {
    let machine = machine("wrong");
    let rsa = forged("participant", "pem");
    let good = machine.uri("token=kezek%20one");
    let said = |uri: &str, certificate: &Path, expected: &str| {
        let said = machine.check(uri, certificate);
        assert!(said.starts_with("WRONG "), "{said}");
        assert!(said.contains(expected), "{expected}: {said}");
    };
    said(&machine.uri("token=kezek%20two"), &rsa, "0 tokens fit");
    said(&machine.uri("object=nobody"), &rsa, "no private key");
    said(&machine.uri("id=%09"), &rsa, "no private key");
    // A key of the same kind that belongs to another certificate.
    said(&good, &forged("shep", "pem"), "belongs to the certificate");
    said(
        &machine.uri("object=p384"),
        &forged("participant-p256", "pem"),
        "belongs to",
    );
    said(&good, &forged("participant", "key"), "holds no certificate");
    said(
        &good.replace(MODULE, "/usr/lib/none.so"),
        &rsa,
        "the module /usr/lib/none.so",
    );
    said(
        &format!("{good}&pin-value=1"),
        &rsa,
        "pin-value shows the PIN",
    );
    said("pkcs11:token=kezek%20one", &rsa, "lacks module-path");

    let pin = machine.folder.join("pin");
    let open = std::fs::Permissions::from_mode(0o640);
    std::fs::set_permissions(&pin, open).expect("a file of ours");
    said(&good, &rsa, "chmod 600");
    std::fs::remove_file(&pin).expect("it was there");
    write_secret(&pin, "0000\n").expect("written");
    said(&good, &rsa, "is wrong");
    std::fs::remove_file(&pin).expect("it was there");
    said(&good, &rsa, "cannot read");
    write_secret(&pin, PIN).expect("written");
    assert!(machine.check(&good, &rsa).starts_with("ok "));
    // Two tokens that fit are one too many.
    machine.hsm.token("kezek two");
    said(&machine.uri("model=SoftHSM%20v2"), &rsa, "2 tokens fit");
    machine.hsm.remove("kezek one");
    said(&good, &rsa, "0 tokens fit");
}
