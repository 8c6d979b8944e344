//! Does a request come out as an SMS? On a real PostgreSQL and a real RabbitMQ.
//!
//! `KEZEK_DATABASE_URL` and `KEZEK_AMQP_URL` say where; without them every test here fails. Each
//! test has a database and a prefix of lanes of its own, so they run at once; those that stop a
//! server wait until they are alone (`turn`) and need `KEZEK_SERVERS=private` and `KEZEK_VAR`;
//! `peers` needs `KEZEK_PEERS_PYTHON`, `KEZEK_PEERS_NODE` and `xmlsec1`, `bucket` the second of
//! them. `compose/test` provides all of it.
//!
//! Rooms: `registry`, `schema`, `bus`, `services`, `scenarios`, `reads`. The whole: `main_job`,
//! `bad_http`, `bad_input`, `scans`, `bucket`, `async_channel`, `letters`, `chains`, `outage`,
//! `kills` with its `campaign`, `peers`, `revocation`, `rights`, `limits`, `rotation`, `stamp`,
//! `token`. What they stand on: `ground`, `wire`, `roles`, `house`, `post`, `raw`.

mod async_channel;
mod bad_http;
mod bad_input;
mod bucket;
mod bus;
mod campaign;
mod chains;
mod checks;
mod conformance;
mod ground;
mod history;
mod house;
#[path = "../contract/json_schema.rs"]
mod json_schema;
mod kills;
mod kinds;
mod letters;
mod limits;
mod main_job;
mod notices;
mod outage;
mod peers;
mod post;
mod raw;
mod reads;
mod registers;
mod registry;
mod revocation;
mod rights;
mod roles;
mod rotation;
mod scans;
mod scenarios;
mod schema;
mod seats;
mod services;
#[path = "../trust/softhsm.rs"]
mod softhsm;
mod stamp;
mod token;
mod turn;
mod wire;
