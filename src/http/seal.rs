//! Sealing: signing what goes out, by a key in memory at once, by one in a token apart from whoever
//! else is served.
//!
//! A token is slow, may hang and may be pulled out. It signs on threads of its own, so many at a
//! time and for so long: one that hangs holds those few threads and nobody else.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::signature::{KeyFault, KeyUri, Seal, Signer, TokenFault, TokenSigner};

/// Signatures that a token makes at one time, and how long one is waited for.
const PLACES: usize = 4;
const TIME_MAX: Duration = Duration::from_secs(5);

/// Where the key of our answers is.
#[derive(Debug, Clone)]
pub enum SigningKey {
    /// PKCS#8, and the certificate of that key.
    Pkcs8(PathBuf, PathBuf),
    /// PKCS#12, and a file with its password.
    Pkcs12(PathBuf, PathBuf),
    /// A key in a token, and its certificate.
    Token(Box<KeyUri>, PathBuf),
}

impl SigningKey {
    /// Loads it.
    ///
    /// # Errors
    /// [`KeyFault`].
    pub fn load(&self) -> Result<Seal, KeyFault> {
        let own = |signer| Seal::Own(Box::new(signer));
        match self {
            Self::Pkcs8(key, certificate) => Signer::load(key, certificate).map(own),
            Self::Pkcs12(file, password) => Signer::load_pkcs12(file, password).map(own),
            Self::Token(uri, certificate) => {
                let signer = TokenSigner::load(uri, certificate)?;
                Ok(Seal::Token(Arc::new(signer)))
            }
        }
    }

    pub(super) fn files(&self) -> Vec<PathBuf> {
        match self {
            Self::Pkcs8(one, other) | Self::Pkcs12(one, other) => vec![one.clone(), other.clone()],
            Self::Token(uri, certificate) => vec![uri.pin_file().to_owned(), certificate.clone()],
        }
    }
}

/// The threads that may wait for a token.
pub(super) struct Sealing(Arc<Semaphore>);

impl Default for Sealing {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(PLACES)))
    }
}

impl Sealing {
    /// A signed envelope around the content of a Body; nothing, and an alarm, where a token fails.
    pub(super) async fn sign(&self, seal: Arc<Seal>, content: &str) -> Option<String> {
        match &*seal {
            Seal::Own(signer) => Some(signer.sign(content, None)),
            Seal::Token(token) => {
                let content = content.to_owned();
                self.told_by_token(token, move |token| token.sign(&content))
                    .await
            }
        }
    }

    /// A notice of ours with a signature of its own; nothing, and an alarm, where a token fails.
    pub(super) async fn sign_notice(&self, seal: Arc<Seal>, notice: &str) -> Option<String> {
        match &*seal {
            Seal::Own(signer) => signer.sign_enveloped(notice).ok(),
            Seal::Token(token) => {
                let notice = notice.to_owned();
                let work = move |token: &TokenSigner| token.sign_enveloped(&notice);
                self.told_by_token(token, work).await
            }
        }
    }

    async fn told_by_token(
        &self,
        token: &Arc<TokenSigner>,
        work: impl FnOnce(&TokenSigner) -> Result<String, TokenFault> + Send + 'static,
    ) -> Option<String> {
        self.by_token(Arc::clone(token), work)
            .await
            .inspect_err(|fault| {
                metrics::counter!("kezek_door_signing_failures_total").increment(1);
                let error = fault as &(dyn std::error::Error + 'static);
                tracing::error!(error, "ALARM: the token does not sign");
            })
            .ok()
    }

    /// The same for whoever was not believed. A token makes a few signatures a second: it is asked
    /// only while no place is taken, so that strangers never keep it from those who were believed.
    pub(super) async fn sign_for_a_stranger(
        &self,
        seal: Arc<Seal>,
        content: &str,
    ) -> Option<String> {
        let busy = self.0.available_permits() < PLACES;
        match &*seal {
            Seal::Token(_) if busy => None,
            Seal::Token(_) | Seal::Own(_) => self.sign(seal, content).await,
        }
    }

    async fn by_token(
        &self,
        token: Arc<TokenSigner>,
        work: impl FnOnce(&TokenSigner) -> Result<String, TokenFault> + Send + 'static,
    ) -> Result<String, TokenFault> {
        let places = Arc::clone(&self.0);
        let signing = async move {
            let place = places.acquire_owned().await;
            let place = place.expect("the semaphore is never closed");
            let work = move || {
                let signed = work(&token);
                drop(place);
                signed
            };
            let done = tokio::task::spawn_blocking(work).await;
            done.expect("signing does not panic")
        };
        let signed = tokio::time::timeout(TIME_MAX, signing).await;
        signed.unwrap_or(Err(TokenFault::Slow))
    }
}
