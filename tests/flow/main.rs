//! Does a request come out as an SMS? Real servers: PostgreSQL and RabbitMQ.
//!
//! `KEZEK_DATABASE_URL` and `KEZEK_AMQP_URL` say where; without them every test here fails. Each
//! test has a database of its own and a prefix of its own on the broker, so they run at once; those
//! that stop a server wait until they are alone. The table of modules is in `tests/README.md`.
//! Stands on: `ground` (database, broker), `wire` (a connection that can fail), `roles`
//! (processes), `house` (all that one test needs), `post` and `raw` (senders), `turn`.

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
