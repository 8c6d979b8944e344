//! Tokens of SoftHSM, in a folder of the test.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The module, as Debian installs it.
pub const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
pub const PIN: &str = "7391-сынақ";

/// What stands for the devices of one machine.
pub struct SoftHsm {
    folder: PathBuf,
}

impl SoftHsm {
    /// Devices that are kept below a folder.
    pub fn new(folder: &Path) -> Self {
        let tokens = folder.join("tokens");
        std::fs::create_dir_all(&tokens).expect("a folder of the test");
        let settings = format!(
            "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
            tokens.display()
        );
        std::fs::write(folder.join("softhsm2.conf"), settings).expect("written");
        Self {
            folder: folder.to_owned(),
        }
    }

    /// What a process needs to find them.
    pub fn setting(&self) -> (&'static str, String) {
        let file = self.folder.join("softhsm2.conf");
        ("SOFTHSM2_CONF", file.display().to_string())
    }

    /// A fresh token.
    pub fn token(&self, label: &str) {
        self.tool(&["--init-token", "--free", "--so-pin", PIN, "--label", label]);
    }

    /// Takes a token out, with all that is in it.
    pub fn remove(&self, label: &str) {
        self.tool(&["--delete-token", "--token", label]);
    }

    /// Puts a key of PKCS#8 into a token.
    pub fn import(&self, token: &str, key: &Path, object: &str, id: &str) {
        let key = key.display().to_string();
        let place = ["--token", token, "--label", object, "--id", id];
        self.tool(&[&["--import", &key], &place[..]].concat());
    }

    fn tool(&self, arguments: &[&str]) -> Output {
        let (name, value) = self.setting();
        let mut command = Command::new("softhsm2-util");
        let done = command
            .args(arguments)
            .args(["--pin", PIN])
            .env(name, value)
            .output();
        let done = done.expect("softhsm2 is installed: compose/test does it");
        assert!(done.status.success(), "{arguments:?}: {done:?}");
        done
    }
}
