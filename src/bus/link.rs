//! Link: one connection that is always being kept.
//!
//! A task of its own connects, waits until the connection is lost, and connects again with a
//! back-off and jitter. The driver's own recovery is not used: it replays channels silently, and a
//! publisher could not tell a confirm of before from one of after.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use lapin::uri::AMQPUri;
use lapin::{Connection, ConnectionProperties};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::Trouble;

/// How long a connection may take to be made.
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// The first pause between two attempts, doubled up to [`BACK_OFF_MAX`].
const BACK_OFF_MIN: Duration = Duration::from_millis(100);
/// The longest pause between two attempts.
const BACK_OFF_MAX: Duration = Duration::from_secs(5);
/// Seconds between heartbeats: a broker that vanished is noticed within two of them.
const HEARTBEAT_SECONDS: u16 = 10;
/// How often the state is looked at, should an event of the driver get lost.
const LOOK_EVERY: Duration = Duration::from_millis(500);

type State = Option<Arc<Connection>>;

/// A connection to the broker, kept for as long as a clone of this lives.
#[derive(Clone)]
pub struct Link {
    state: watch::Receiver<State>,
    _keeper: Arc<Keeper>,
}

struct Keeper(tokio::task::JoinHandle<()>);

impl Drop for Keeper {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Link {
    /// Begins to keep a connection under this name; does not wait for it.
    pub fn open(url: &str, name: &str) -> Result<Self, Trouble> {
        let mut uri: AMQPUri = url.parse().map_err(Trouble::Url)?;
        uri.query.heartbeat.get_or_insert(HEARTBEAT_SECONDS);
        let name = name.to_owned();
        let (to, state) = watch::channel(None);
        let keeper = tokio::spawn(keep(uri, name, to));
        Ok(Self {
            state,
            _keeper: Arc::new(Keeper(keeper)),
        })
    }

    /// Is there a connection now, and is it not blocked?
    pub fn is_ready(&self) -> bool {
        self.state.borrow().as_ref().is_some_and(|connection| {
            connection.status().connected() && !connection.status().blocked()
        })
    }

    /// The connection, waited for up to this limit.
    pub(super) async fn connection(&self, limit: Duration) -> Result<Arc<Connection>, Trouble> {
        timeout(limit, self.connected())
            .await
            .map_err(|_| Trouble::Disconnected { source: None })
    }

    /// The connection, waited for without a limit.
    pub(super) async fn connected(&self) -> Arc<Connection> {
        let mut state = self.state.clone();
        loop {
            let now = state.borrow_and_update().clone();
            if let Some(connection) = now.filter(|connection| connection.status().connected()) {
                return connection;
            }
            if timeout(LOOK_EVERY, state.changed())
                .await
                .is_ok_and(|changed| changed.is_err())
            {
                // The keeper ends only when the last link does, or with the runtime.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Waits until this connection is lost.
    pub(super) async fn lost(&self, connection: &Arc<Connection>) {
        let mut state = self.state.clone();
        while connection.status().connected() {
            let same = |now: &State| now.as_ref().is_some_and(|now| Arc::ptr_eq(now, connection));
            if !same(&state.borrow_and_update()) {
                return;
            }
            let _ = timeout(LOOK_EVERY, state.changed()).await;
        }
    }
}

async fn keep(uri: AMQPUri, name: String, to: watch::Sender<State>) {
    let mut pause = BACK_OFF_MIN;
    loop {
        let properties = ConnectionProperties::default().with_connection_name(name.as_str().into());
        match timeout(
            CONNECT_MAX,
            Connection::connect_uri(uri.clone(), properties),
        )
        .await
        {
            Ok(Ok(connection)) => {
                tracing::info!(link = name, "connected to the broker");
                pause = BACK_OFF_MIN;
                let connection = Arc::new(connection);
                gauge(&name, 1.0);
                to.send_replace(Some(Arc::clone(&connection)));
                until_lost(&connection, &name).await;
                to.send_replace(None);
                gauge(&name, 0.0);
                tracing::warn!(link = name, "lost the broker");
            }
            Ok(Err(error)) => {
                tracing::warn!(
                    link = name,
                    error = &error as &dyn Error,
                    "the broker does not answer"
                );
            }
            Err(_) => tracing::warn!(link = name, "the broker does not answer in time"),
        }
        sleep(with_jitter(pause)).await;
        pause = (pause * 2).min(BACK_OFF_MAX);
    }
}

async fn until_lost(connection: &Connection, name: &str) {
    let mut events = connection.events_listener();
    let mut look = interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut blocked = false;
    while connection.status().connected() {
        tokio::select! {
            _ = look.tick() => {}
            event = events.next() => if event.is_none() { look.tick().await; },
        }
        let now = connection.status().blocked();
        if now != blocked {
            blocked = now;
            metrics::gauge!("kezek_bus_blocked", "link" => name.to_owned()).set(if now {
                1.0
            } else {
                0.0
            });
            tracing::warn!(link = name, blocked, "the broker changed the flow");
        }
    }
}

fn gauge(name: &str, value: f64) {
    metrics::gauge!("kezek_bus_connected", "link" => name.to_owned()).set(value);
}

/// Between half of the pause and the whole of it, so that a fleet does not come back as one.
fn with_jitter(pause: Duration) -> Duration {
    let chance = uuid::Uuid::new_v4().as_bytes()[0];
    pause / 2 + pause / 2 * u32::from(chance) / 255
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_stays_between_half_and_whole() {
        for _ in 0..100 {
            let pause = with_jitter(Duration::from_secs(2));
            assert!((Duration::from_secs(1)..=Duration::from_secs(2)).contains(&pause));
        }
    }

    #[tokio::test]
    async fn address_that_is_none_is_told_at_once() {
        assert!(matches!(
            Link::open("http://nowhere", "test"),
            Err(Trouble::Url(_))
        ));
    }
}
