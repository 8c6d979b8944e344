//! The postman: hands letters of ours to their peers, and believes what comes back.
//!
//! Spec:  AsyncChannel v10, `sendMessage`: of ШЭП for a peer that is a gateway, of its callback
//!        interface for a participant.
//! In:    a letter and its peer. Out: that the peer has it, or why not.
//! Never: believes an address. What is not signed by a certificate of the peer was not taken.
//! Start: [`Postman::carry`].

use std::path::PathBuf;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use hyper::StatusCode;
use tokio::sync::watch;

use crate::clock;
use crate::envelope::letter::{Errand, Reply, Untaken};
use crate::envelope::{Envelope, Operation};
use crate::services;
use crate::signature::revocation::Policy;
use crate::signature::{Directory, Environment, Kind, verify};

use super::beliefs::Beliefs;
use super::fetch::{FetchFault, Wanted, talk};
use super::gate::GateFault;
use super::notice;
use super::pen::Pen;
use super::seal::SigningKey;
use super::watched::{Fingerprint, LOOK_INTERVAL, Watched, fingerprint, now_in};

/// How long a peer may take over one letter.
const TIME_MAX: Duration = Duration::from_secs(10);
const REPLY_OCTETS_MAX: usize = 256 << 10;
const SOAP_TYPE: &str = "text/xml; charset=utf-8";

/// The files by which letters are signed, addressed and believed.
#[derive(Debug, Clone)]
pub struct Postbag {
    /// What the installation is for.
    pub environment: Environment,
    /// `store.toml`, `roots/`, `intermediates/` and `known/`.
    pub trust: PathBuf,
    /// What authorities said of revocation, and by which policy it counts.
    pub revocation: Option<(PathBuf, Policy)>,
    /// One TOML file for each participant.
    pub participants: PathBuf,
    /// The key by which letters are signed: that of our answers.
    pub signing: SigningKey,
}

/// Who carries letters.
pub struct Postman {
    pen: Arc<Pen>,
    beliefs: Beliefs,
    participants: PathBuf,
    directory: RwLock<Arc<Directory>>,
    /// How the files of participants looked before they were loaded.
    seen: Fingerprint,
}

impl Postman {
    /// Loads what it needs.
    ///
    /// # Errors
    /// [`GateFault`], naming the file.
    pub fn open(bag: Postbag) -> Result<Self, GateFault> {
        let seen = fingerprint(std::slice::from_ref(&bag.participants));
        let directory = Directory::load(&bag.participants, &services::numbers())?;
        Ok(Self {
            seen,
            pen: Arc::new(Pen::open(bag.signing)?),
            beliefs: Beliefs::open(bag.environment, bag.trust, bag.revocation)?,
            participants: bag.participants,
            directory: RwLock::new(Arc::new(directory)),
        })
    }

    /// Looks at keys, roots and participants until `stop` turns true.
    pub async fn watch(&self, stop: watch::Receiver<bool>) {
        self.pen.watch();
        tokio::join!(
            self.beliefs.watch(stop.clone()),
            self.watch_participants(stop)
        );
    }

    async fn watch_participants(&self, mut stop: watch::Receiver<bool>) {
        let services = services::numbers();
        let (places, seen) = (vec![self.participants.clone()], self.seen.clone());
        let mut watched = Watched::new("addresses", places, seen);
        loop {
            tokio::select! {
                () = super::stopped(&mut stop) => return,
                () = tokio::time::sleep(LOOK_INTERVAL) => {}
            }
            watched.look(&self.directory, || {
                Directory::load(&self.participants, &services)
            });
        }
    }

    /// The participants to whom letters may go.
    pub fn peers(&self) -> Vec<String> {
        let directory = now_in(&self.directory);
        directory.participants().map(|who| who.id.clone()).collect()
    }

    /// Hands a letter to its peer.
    ///
    /// # Errors
    /// [`Untaken`], where it is not known that the peer has it.
    pub async fn carry(&self, errand: &Errand) -> Result<(), Untaken> {
        let directory = now_in(&self.directory);
        let peer = directory.participant(&errand.peer);
        let mailbox = peer.and_then(|peer| Some((peer, peer.mailbox.as_ref()?)));
        let Some((peer, mailbox)) = mailbox else {
            return Err(Untaken::Away("no_address"));
        };
        let operation = match peer.kind {
            Kind::Gateway => Operation::SendMessage,
            Kind::Participant => Operation::CallbackMessage,
        };
        let content = errand.write(operation, mailbox.sender_id.as_deref());
        let signed = self.sign(errand, content).await;
        let message = signed.ok_or(Untaken::Away("not_signed"))?;
        let reply = self.post(&mailbox.address, message).await?;
        let envelope = Envelope::read(&reply).map_err(|_| unwell("no_envelope"))?;
        let trusted = verify(envelope, &self.beliefs.store(), clock::now());
        let trusted = trusted.map_err(|_| unwell("not_believed"))?;
        if !directory.owns(&errand.peer, trusted.verified().certificate()) {
            return Err(unwell("signed_by_another"));
        }
        match Reply::read(trusted.body(), operation) {
            Some(Reply::Taken(id)) if id == errand.message_id.to_string() => Ok(()),
            Some(Reply::Taken(_)) => Err(unwell("another_message")),
            Some(Reply::Fault(code)) => Err(Untaken::of_fault(code)),
            None => Err(unwell("another_answer")),
        }
    }

    /// The signed envelope, with a notice in it signed in its own right.
    async fn sign(&self, errand: &Errand, content: String) -> Option<String> {
        let content = match services::by_number(&errand.service) {
            Some(service) => notice::sealed(&self.pen, service, content).await?,
            None => content,
        };
        self.pen.sign(&content).await
    }

    /// Posts and reads what comes back, whatever its status: what counts is who signed it.
    async fn post(&self, address: &str, message: String) -> Result<Vec<u8>, Untaken> {
        let wanted = Wanted {
            address,
            posted: Some((SOAP_TYPE, message.into_bytes())),
            octets_max: REPLY_OCTETS_MAX,
            time_max: TIME_MAX,
        };
        match talk(wanted).await {
            Ok((StatusCode::OK | StatusCode::INTERNAL_SERVER_ERROR, reply)) => Ok(reply),
            Ok(_) => Err(Untaken::Away("http_status")),
            Err(FetchFault::Address(_)) => Err(Untaken::Away("no_address")),
            Err(FetchFault::Late(..)) => Err(Untaken::Away("late")),
            Err(FetchFault::Connection(..) | FetchFault::Status(..)) => {
                Err(Untaken::Away("no_connection"))
            }
        }
    }
}

fn unwell(why: &str) -> Untaken {
    Untaken::Unwell(why.to_owned())
}
