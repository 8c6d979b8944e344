//! Does a request come out as an SMS? Real servers: PostgreSQL and RabbitMQ.
//!
//! `KEZEK_DATABASE_URL` and `KEZEK_AMQP_URL` say where; without them every test here fails. Each
//! test has a database of its own and a prefix of its own on the broker, so they run at once; those
//! that stop a server wait until they are alone (`turn`).
//!
//! | question | module | needs besides |
//! |---|---|---|
//! | Do the registry, the bus, the services keep their promises? | `registry`, `schema`, `bus`, `services` | |
//! | Does the whole job get done, by the real processes? | `main_job` | |
//! | What does bad input get, and what evidence does it leave? | `bad_input` | |
//! | What does a sender lose by an outage? | `outage` | |
//! | Is anything lost or doubled when something is killed? | `kills`, `campaign` | `KEZEK_SERVERS=private` and `KEZEK_VAR` for the two that stop servers |
//! | Do clients that others wrote understand us? | `peers` | `KEZEK_PEERS_PYTHON`, `xmlsec1` |
//!
//! `compose/test` provides all of it. What they stand on: `ground` (database, broker), `wire` (a
//! connection that can fail in five ways), `roles` (processes), `house` (all of one test), `post` and
//! `raw` (senders).

mod bad_input;
mod bus;
mod campaign;
mod ground;
mod house;
#[path = "../contract/json_schema.rs"]
mod json_schema;
mod kills;
mod main_job;
mod outage;
mod peers;
mod post;
mod raw;
mod registry;
mod roles;
mod schema;
mod services;
mod turn;
mod wire;
