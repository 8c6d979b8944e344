//! The pool and the transaction: how a connection is taken, bounded and given back.
//!
//! Limits are set when a connection is opened, so no transaction pays a round trip for them. So is
//! how statements are planned: once, since all that is asked is known; a plan anew for each array
//! of numbers cost more than what it found. A page is near: in memory, or on a disk without a head.
//! A transaction that is dropped halfway takes its connection with it: the server rolls back, and
//! nobody is ever handed a connection in the middle of another one's work.

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Config, NoTls, Row, Statement};

use crate::terms::Moment;

use super::Trouble;
use super::journal::{Certificate, Seen};

/// What a statement may take before it is ended by the server.
const STATEMENT_TIMEOUT: &str = "10s";
/// What a statement may wait for another transaction.
const LOCK_TIMEOUT: &str = "5s";
/// How long a transaction may lie idle before the server ends it (a worker that hangs).
const IDLE_TIMEOUT: &str = "30s";
/// Beyond this nothing is waited for any more: the server has ended each statement by itself long
/// before, so it is not there, or another machine has taken its address and nobody told us.
const ANSWER_MAX: Duration = Duration::from_secs(20);
/// The kernel's part of the same: what was sent must be taken, and an idle peer must be alive.
const TAKEN_MAX: Duration = Duration::from_secs(10);
const ALIVE_INTERVAL: Duration = Duration::from_secs(5);
const ALIVE_RETRIES: u32 = 2;
/// How long a caller waits for a connection.
const WAIT_MAX: Duration = Duration::from_secs(5);

/// The register, through a pool of connections.
#[derive(Clone)]
pub struct Registry {
    pool: Pool,
    seen: Arc<Seen>,
}

impl Registry {
    /// A register at this address; connections are opened when they are needed.
    pub fn connect(url: &str, pool_size: usize) -> Result<Self, Trouble> {
        let mut config: Config = url.parse().map_err(Trouble::url)?;
        let limits = format!(
            "-c statement_timeout={STATEMENT_TIMEOUT} -c lock_timeout={LOCK_TIMEOUT} \
             -c idle_in_transaction_session_timeout={IDLE_TIMEOUT} \
             -c default_transaction_isolation=read\\ committed -c TimeZone=UTC -c jit=off \
             -c plan_cache_mode=force_generic_plan -c random_page_cost=1.1"
        );
        let options = match config.get_options() {
            Some(given) => format!("{limits} {given}"),
            None => limits,
        };
        config.options(options);
        config.connect_timeout(WAIT_MAX);
        config.tcp_user_timeout(TAKEN_MAX);
        config.keepalives_idle(ALIVE_INTERVAL);
        config.keepalives_interval(ALIVE_INTERVAL);
        config.keepalives_retries(ALIVE_RETRIES);
        if config.get_application_name().is_none() {
            config.application_name("kezek");
        }
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let manager = Manager::from_config(config, NoTls, recycling);
        let pool = Pool::builder(manager)
            .max_size(pool_size.max(1))
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(WAIT_MAX))
            .create_timeout(Some(WAIT_MAX))
            .recycle_timeout(Some(WAIT_MAX))
            .build()
            .map_err(Trouble::away)?;
        Ok(Self {
            pool,
            seen: Arc::default(),
        })
    }

    /// Begins a transaction (READ COMMITTED).
    pub async fn begin(&self) -> Result<Transaction, Trouble> {
        let transaction = self.open().await?;
        transaction.client().batch_execute("BEGIN").await?;
        Ok(transaction)
    }

    /// The time by the database's clock.
    pub async fn clock(&self) -> Result<Moment, Trouble> {
        let row = self
            .client()
            .await?
            .query_one("SELECT clock_timestamp() AS now", &[])
            .await?;
        Ok(Moment::from_utc(row.get("now")))
    }

    /// Asks whether Postgres answers. Who does not wait for it to end costs the pool this
    /// connection and no other, so that a dead one is not asked again.
    pub async fn ping(&self) -> Result<(), Trouble> {
        let mut asked = self.open().await?;
        asked.client().simple_query("SELECT 1").await?;
        asked.finish();
        Ok(())
    }

    /// Does something with the register, or finds it away when that takes longer than any statement
    /// can. Connections of before are given up then: what one of them waits for, all do.
    ///
    /// # Errors
    /// [`Trouble::Away`], and whatever `work` itself finds.
    pub async fn bounded<T>(
        &self,
        work: impl Future<Output = Result<T, Trouble>>,
    ) -> Result<T, Trouble> {
        match tokio::time::timeout(ANSWER_MAX, work).await {
            Ok(done) => done,
            Err(_) => {
                self.pool.retain(|_, _| false);
                Err(Trouble::Away { source: None })
            }
        }
    }

    /// A connection on which nothing has begun yet.
    pub(super) async fn client(&self) -> Result<Object, Trouble> {
        Ok(self.pool.get().await?)
    }

    /// A transaction whose BEGIN the caller sends together with its first statement.
    pub(super) async fn open(&self) -> Result<Transaction, Trouble> {
        Ok(Transaction {
            client: Some(self.client().await?),
            seen: Arc::clone(&self.seen),
        })
    }
}

/// An open transaction, with the connection that it runs on.
pub struct Transaction {
    client: Option<Object>,
    seen: Arc<Seen>,
}

impl Transaction {
    /// Makes everything since the beginning true.
    pub async fn commit(mut self) -> Result<(), Trouble> {
        self.client().batch_execute("COMMIT").await?;
        self.finish();
        Ok(())
    }

    /// Undoes everything since the beginning.
    pub async fn rollback(mut self) -> Result<(), Trouble> {
        self.client().batch_execute("ROLLBACK").await?;
        self.finish();
        Ok(())
    }

    /// Those of the chain that may have to be stored.
    pub(super) fn unseen<'a>(&self, chain: &'a [Certificate]) -> Vec<&'a [u8]> {
        self.seen.unseen(chain)
    }

    /// The chain is stored: this transaction was committed.
    pub(super) fn remember(&self, chain: &[Certificate]) {
        self.seen.remember(chain);
    }

    /// Gives the connection back: the server has ended the transaction.
    pub(super) fn finish(&mut self) {
        drop(self.client.take());
    }

    pub(super) fn client(&self) -> &Object {
        self.client
            .as_ref()
            .expect("only `finish` takes it, and every caller of it consumes self")
    }

    pub(super) async fn prepare(&self, sql: &str) -> Result<Statement, Trouble> {
        Ok(self.client().prepare_cached(sql).await?)
    }

    pub(super) async fn rows(
        &self,
        sql: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Trouble> {
        let statement = self.prepare(sql).await?;
        Ok(self.client().query(&statement, values).await?)
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            // Neither committed nor rolled back: out of the pool with it, and the server undoes.
            drop(Object::take(client));
        }
    }
}
