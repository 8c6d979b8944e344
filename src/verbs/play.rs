//! `kezek sandbox …`: the other side, for integrators and for the demonstration.

use std::io::Read as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use kezek::clock;
use kezek::config::Config;
use kezek::envelope::Envelope;
use kezek::sandbox::conformance::{Channel, Conformance, soapui_project};
use kezek::sandbox::{self, Answer, Client, Draft, Peer};
use kezek::signature::{Signer, Store, hash_password as hash, verify};

use super::sources::environment;
use super::{config, link, publisher};

const SMS_TIME_MAX: Duration = Duration::from_secs(20);

/// `kezek sandbox forge`
pub fn forge(folder: &Path) -> anyhow::Result<()> {
    println!("forging a test authority in {} …", folder.display());
    sandbox::forge(folder)?;
    println!(
        "done. It is for tests alone: its keys lie in plain files.\n\
         Use it with:  set -a; . {}; set +a",
        folder.join("kezek.env").display()
    );
    Ok(())
}

/// `kezek sandbox peer`
pub async fn peer(folder: &Path, key: &str, mood: &str, listen: SocketAddr) -> anyhow::Result<()> {
    let peer = Arc::new(Peer::load(folder, key)?);
    let named = sandbox::Mood::ALL
        .into_iter()
        .find(|(name, _)| *name == mood);
    let (_, mood) = named.with_context(|| format!("no mood {mood}; `--help` has them"))?;
    peer.be(mood);
    let listener = tokio::net::TcpListener::bind(listen).await;
    let listener = listener.with_context(|| format!("cannot listen at {listen}; use --listen"))?;
    println!(
        "a peer with the key {key} takes letters at http://{0}/; in a participant's file:\n\
         [mailbox]\n\
         address = \"http://{0}/\"",
        listener.local_addr()?
    );
    let showing = async {
        for shown in 0.. {
            peer.takes_more_than(shown).await;
            println!("{}", peer.taken()[shown]);
        }
    };
    tokio::select! {
        () = Arc::clone(&peer).serve(listener) => {}
        () = showing => {}
        stopped = tokio::signal::ctrl_c() => stopped?,
    }
    Ok(())
}

/// `kezek sandbox authority`
pub async fn authority(folder: &Path, listen: SocketAddr) -> anyhow::Result<()> {
    let authority = sandbox::Authority::load(folder)?;
    let listener = tokio::net::TcpListener::bind(listen).await;
    let listener = listener.with_context(|| format!("cannot listen at {listen}; use --listen"))?;
    let here = format!("http://{}", listener.local_addr()?);
    let troubles: Vec<&str> = sandbox::Trouble::ALL
        .iter()
        .map(|(name, _)| *name)
        .collect();
    println!(
        "the authority answers at {here}/ocsp, {here}/tsp and {here}/lists/<root|authority|authority-delta>.crl,\n\
         its family of GOST at {here}/tsp-gost and under names such as authority-gost.crl\n\
         a certificate is revoked while a copy of it lies in {}\n\
         a fault on request: {here}/<fault>/ocsp, with {}\n\
         for `kezek revocation`, in {}:\n\
         lists = [\"{here}/lists/root.crl\", \"{here}/lists/authority.crl\"]\n\
         responders = [\"{here}/ocsp\"]",
        folder.join("revoked").display(),
        troubles.join(", "),
        folder.join("trust/store.toml").display(),
    );
    tokio::select! {
        () = authority.serve(listener) => {}
        stopped = tokio::signal::ctrl_c() => stopped?,
    }
    Ok(())
}

/// `kezek sandbox hash-password`
pub fn hash_password() -> anyhow::Result<()> {
    let mut password = String::new();
    std::io::stdin().read_to_string(&mut password)?;
    let password = password.trim_end_matches(['\r', '\n']);
    ensure!(
        !password.is_empty(),
        "no password came in; pipe it to standard input"
    );
    println!("password_hash = \"{}\"", hash(password));
    Ok(())
}

/// `kezek sandbox send`
pub async fn send(
    fixture: &Path,
    endpoint: &str,
    key: &str,
    as_is: bool,
    save: Option<&Path>,
) -> anyhow::Result<()> {
    let config = config()?;
    let octets =
        std::fs::read(fixture).with_context(|| format!("cannot read {}", fixture.display()))?;
    let mut draft = Draft::of_fixture(&octets)?;
    if !as_is {
        draft.freshen(clock::now());
    }
    let message = signer(&config, key)?.sign(draft.content(), None);
    if let Some(path) = save {
        std::fs::write(path, &message)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    let reply = Client::new(endpoint)?.post(message.into()).await?;
    println!("HTTP {}", reply.status.as_u16());
    println!("{}", String::from_utf8_lossy(&reply.body));
    match believed(&config, &reply.body) {
        Ok(()) => eprintln!("the answer is signed, and a configured root vouches for its signer"),
        Err(why) => eprintln!("the answer is not signed by anyone whom the roots vouch for: {why}"),
    }
    Ok(())
}

/// `kezek sandbox conformance`
pub async fn conformance(
    endpoint: String,
    key: &str,
    html: Option<&Path>,
    listen: Option<SocketAddr>,
) -> anyhow::Result<()> {
    let config = config()?;
    let hint = "the folder trust of the sandbox";
    let trust = Config::required(&config.trust_dir, "TRUST_DIR", hint)?;
    let trial = Conformance {
        endpoint,
        signer: signer(&config, key)?,
        store: Store::load(trust, environment(&config))?,
        channel: match listen {
            None => Channel::Sync,
            Some(listen) => Channel::Async(mailbox(&config, key, listen).await?),
        },
    };
    let mut count = 0;
    let report = trial.run(|line| {
        count += 1;
        let (service, name) = (line.service.number, line.trial.name());
        let mark = line.outcome.mark();
        eprintln!("{count:>4} {mark:<9} {service} {name}: {}", line.told);
    });
    let report = report.await?;
    println!("{report}");
    if let Some(path) = html {
        std::fs::write(path, report.html())
            .with_context(|| format!("cannot write {}", path.display()))?;
        println!("the page is {}", path.display());
    }
    let failed = report.counts().failed;
    ensure!(
        failed == 0,
        "{failed} trials did not end as the contract says"
    );
    Ok(())
}

/// `kezek sandbox soapui`
pub fn soapui() -> anyhow::Result<()> {
    print!("{}", soapui_project());
    Ok(())
}

/// A peer that takes the letters of a trial for as long as this program runs.
async fn mailbox(config: &Config, key: &str, listen: SocketAddr) -> anyhow::Result<Arc<Peer>> {
    let folder = sandbox_folder(config)?;
    let peer = Arc::new(Peer::load(folder, key)?);
    let listener = tokio::net::TcpListener::bind(listen).await;
    let listener = listener.with_context(|| format!("cannot listen at {listen}; use --letters"))?;
    eprintln!(
        "letters are taken at http://{0}/; the sender's file in the folder of participants says so:\n\
         [mailbox]\n\
         address = \"http://{0}/\"",
        listener.local_addr()?
    );
    tokio::spawn(Arc::clone(&peer).serve(listener));
    Ok(peer)
}

/// `kezek sandbox demo`
pub async fn demo(endpoint: &str) -> anyhow::Result<()> {
    let config = config()?;
    let signer = signer(&config, "participant")?;
    let now = clock::now();
    let serial = u64::from_le_bytes(uuid_octets());
    let mut draft = Draft::registration();
    draft.freshen(now).of_people(serial);
    println!("1. a registration of an invented child, signed just now, goes to {endpoint}");
    let reply = Client::new(endpoint)?
        .post(signer.sign(draft.content(), None).into())
        .await?;
    let answer = Answer::read(&reply.body).context("the answer is no XML")?;
    if !reply.status.is_success() {
        let code = answer.texts("errorCode").join(" ");
        bail!(
            "a fault came back: {code}: {}",
            answer.texts("errorMessage").join("; ")
        );
    }
    believed(&config, &reply.body).context("the answer's signature is not believed")?;
    println!("2. the answer came back, signed by the gateway, and its signature was verified:");
    let status = answer.text("code").unwrap_or_default();
    ensure!(
        status == "SCSS001",
        "the status is {status}, not SCSS001: {:?}",
        answer.texts("ru")
    );
    let application = answer
        .text("applicationNumber")
        .context("no number of the application")?;
    println!(
        "   status {status}, application No. {application}, as of {}",
        answer.text("asOf").unwrap_or_default()
    );
    let preschools = answer.texts("preschool");
    let (numbers, names) = (answer.texts("number"), answer.texts("ru"));
    ensure!(
        !numbers.is_empty() && numbers.len() == preschools.len(),
        "no number for each preschool"
    );
    for ((preschool, number), name) in preschools.iter().zip(&numbers).zip(&names) {
        println!("   No. {number:>4} in the queue of {preschool}, {name}");
    }
    println!("3. the SMS for the contact centre 1414, taken from its lane:");
    let link = link(&config, "kezek sandbox 1414")?;
    let wanted =
        move |message: &serde_json::Value| message["applicationNumber"] == application.as_str();
    let taken = sandbox::take_sms(
        link.clone(),
        publisher(&config, link),
        1,
        SMS_TIME_MAX,
        wanted,
    )
    .await;
    let sms = taken
        .first()
        .context("no SMS for this application within 20 s")?;
    for language in ["kk", "ru"] {
        let text = sms["texts"][language]["text"].as_str();
        let text = text.with_context(|| format!("the SMS has no text in {language}"))?;
        println!(
            "   [{language}, {} segment(s)] {text}",
            sms["texts"][language]["segments"]
        );
    }
    Ok(())
}

fn uuid_octets() -> [u8; 8] {
    let octets = uuid::Uuid::new_v4().into_bytes();
    octets[8..].try_into().expect("eight of sixteen octets")
}

fn sandbox_folder(config: &Config) -> anyhow::Result<&PathBuf> {
    let hint = "the folder that was forged";
    Ok(Config::required(&config.sandbox_dir, "SANDBOX_DIR", hint)?)
}

/// A key of the sandbox by its name.
pub fn signer(config: &Config, name: &str) -> anyhow::Result<Signer> {
    let folder = sandbox_folder(config)?;
    let file = |extension: &str| -> PathBuf { folder.join(format!("keys/{name}.{extension}")) };
    Ok(Signer::load(&file("key"), &file("pem"))?)
}

fn believed(config: &Config, octets: &[u8]) -> anyhow::Result<()> {
    let trust = Config::required(
        &config.trust_dir,
        "TRUST_DIR",
        "the folder trust of the sandbox",
    )?;
    let envelope = Envelope::read(octets)?;
    verify(
        envelope,
        &Store::load(trust, environment(config))?,
        clock::now(),
    )?;
    Ok(())
}
