//! Roles: the program itself, as processes that can be killed and started again.

use std::fs::{File, OpenOptions};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::ground::until_within;

/// The program under test.
pub const KEZEK: &str = env!("CARGO_BIN_EXE_kezek");

/// How long a role may take to be ready: servers may just have been started again.
const READY_MAX: Duration = Duration::from_secs(60);
/// How long a role may take to finish what it began.
const STOP_MAX: Duration = Duration::from_secs(40);
/// Lines of a log that are shown when a test fails.
const LINES_SHOWN: usize = 60;

/// Ports below those that the kernel gives to outgoing connections, so that a role which was killed
/// finds its own again.
static NEXT_PORT: AtomicU16 = AtomicU16::new(0);
const PORT_FIRST: u16 = 20_000;
const PORTS: u16 = 12_000;

/// One process.
pub struct Role {
    verb: &'static str,
    port: u16,
    env: Vec<(String, String)>,
    log: PathBuf,
    child: Child,
}

impl Role {
    /// Starts it; does not wait until it is ready.
    pub fn start(verb: &'static str, env: &[(String, String)], folder: &Path) -> Self {
        let port = free_port();
        let address = format!("127.0.0.1:{port}");
        // What a test sets counts more.
        let mut all = vec![
            ("KEZEK_LISTEN".to_owned(), address.clone()),
            ("KEZEK_HEALTH_LISTEN".to_owned(), address),
        ];
        all.extend_from_slice(env);
        let env = all;
        let log = folder.join(format!("{verb}-{port}.log"));
        let child = spawn(verb, &env, &log);
        Self {
            verb,
            port,
            env,
            log,
            child,
        }
    }

    /// Where messages are posted, if it is a door.
    pub fn door(&self) -> String {
        format!("http://{}/shep/sync", self.address())
    }

    /// The same, by the asynchronous channel.
    pub fn async_door(&self) -> String {
        format!("http://{}/shep/async", self.address())
    }

    /// `host:port`.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Waits until it says that it is ready.
    pub async fn ready(mut self) -> Self {
        self.wait_until_ready().await;
        self
    }

    /// The same, for one that was started again.
    pub async fn wait_until_ready(&mut self) {
        let what = format!("{} is ready", self.verb);
        let address = self.address();
        let gone = std::cell::Cell::new(None);
        until_within(READY_MAX, &what, || {
            gone.set(self.child.try_wait().expect("a child of ours"));
            let address = address.clone();
            let gone = &gone;
            async move {
                gone.get().is_some()
                    || get(&address, "/health/ready")
                        .await
                        .is_some_and(|(status, _)| status == 200)
            }
        })
        .await;
        let gone: Option<ExitStatus> = gone.get();
        assert!(gone.is_none(), "{} ended with {gone:?}", self.verb);
    }

    /// Whether it is ready now.
    pub async fn is_ready(&self) -> bool {
        get(&self.address(), "/health/ready")
            .await
            .is_some_and(|(status, _)| status == 200)
    }

    /// SIGKILL: nothing is finished, nothing is told.
    pub fn kill(&mut self) {
        self.child.kill().expect("a child of ours can be killed");
        self.child.wait().expect("a child of ours");
    }

    /// Starts it again after it ended, at the same port.
    pub fn start_again(&mut self) {
        self.child = spawn(self.verb, &self.env, &self.log);
    }

    /// SIGTERM, and waits until it has finished what it began.
    pub async fn stop(mut self) {
        let pid = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(told.expect("kill runs").success());
        let what = format!("{} stops", self.verb);
        until_within(STOP_MAX, &what, || {
            let ended = self.child.try_wait().expect("a child of ours").is_some();
            std::future::ready(ended)
        })
        .await;
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its log, as it is now.
    pub fn log_text(&self) -> String {
        std::fs::read_to_string(&self.log).expect("its log")
    }

    /// What it logged, over all its lives.
    pub fn logged(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.log).expect("a role has a log");
        let lines = text.lines();
        lines
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        if std::thread::panicking() {
            let text = std::fs::read_to_string(&self.log).unwrap_or_default();
            let lines: Vec<&str> = text.lines().collect();
            let from = lines.len().saturating_sub(LINES_SHOWN);
            eprintln!("— the last lines of {} at {}:", self.verb, self.port);
            for line in &lines[from..] {
                eprintln!("{line}");
            }
        }
    }
}

fn spawn(verb: &str, env: &[(String, String)], log: &Path) -> Child {
    let log: File = OpenOptions::new()
        .create(true)
        .append(true)
        .open(log)
        .expect("the log can be written");
    Command::new(KEZEK)
        .arg(verb)
        .env_clear()
        .envs(env.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("a second handle"))
        .stderr(log)
        .spawn()
        .expect("the program starts")
}

pub fn free_port() -> u16 {
    let begin = u16::try_from(std::process::id() % u32::from(PORTS)).unwrap_or(0);
    loop {
        let step = NEXT_PORT.fetch_add(1, Ordering::Relaxed);
        assert!(step < PORTS, "no port is free");
        let port = PORT_FIRST + (begin + step) % PORTS;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A plain GET: status and body; nothing where nobody answers.
pub async fn get(address: &str, path: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut octets = Vec::new();
    stream.read_to_end(&mut octets).await.ok()?;
    let text = String::from_utf8(octets).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, body.to_owned()))
}
