//! Whose turn it is: tests that stop a server have it to themselves, all others share.

use std::sync::{Arc, LazyLock};

use tokio::sync::watch;

/// How many share the servers; -1 while one has them alone.
static USERS: LazyLock<watch::Sender<i32>> = LazyLock::new(|| watch::Sender::new(0));

/// The right to use the servers, until it is dropped.
pub struct Turn(i32);

impl Turn {
    /// With others. Who has a turn already never waits for another one, so it cannot wait for
    /// itself.
    pub async fn shared() -> Arc<Self> {
        Self::take(|users| users >= 0, 1).await
    }

    /// Alone, as soon as nobody else is at it.
    pub async fn alone() -> Arc<Self> {
        Self::take(|users| users == 0, -1).await
    }

    async fn take(free: impl Fn(i32) -> bool, count: i32) -> Arc<Self> {
        let mut seen = USERS.subscribe();
        loop {
            let taken = USERS.send_if_modified(|users| {
                let may = free(*users);
                *users += if may { count } else { 0 };
                may
            });
            if taken {
                return Arc::new(Self(count));
            }
            seen.changed().await.expect("the sender is never dropped");
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        USERS.send_modify(|users| *users -= self.0);
    }
}
