//! The door bell: verbs.
//!
//! Reads the configuration, opens connections and hands each room plain values. `anyhow` lives here
//! and nowhere else.

mod verbs;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};

/// Kezek: the message gateway and the public queue of Kazakhstan's preschools.
///
/// Settings are environment variables, KEZEK_…; the README lists them.
#[derive(Parser)]
#[command(name = "kezek", version, arg_required_else_help = true)]
struct Bell {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// The door: receive messages of ШЭП at /shep/sync and /shep/async
    Serve,
    /// A worker: apply the law to the registries and answer
    Work,
    /// The relay: publish what the outbox still holds
    Relay,
    /// The courier: take answers of the asynchronous channel to their peers
    Courier,
    /// List letters that wait, by peer, and those that could not be delivered
    Letters {
        /// Try the letter of this messageId again
        #[arg(long)]
        again: Option<uuid::Uuid>,
    },
    /// Ask authorities what is revoked, ahead of need, and keep it for all gateways
    Revocation {
        /// Fetch everything once and end, for a first start or a timer
        #[arg(long)]
        once: bool,
        /// Take out of the archive what has lain there for so many days, at least 30, and no
        /// verdict of the journal rests on
        #[arg(long, conflicts_with = "once")]
        #[arg(value_parser = clap::value_parser!(u64).range(30..=36_500))]
        forget_days: Option<u64>,
    },
    /// Put the journal, batch after batch, under time-stamps of an authority that is not ours
    Stamp {
        /// Stamp all that waits now and end
        #[arg(long)]
        once: bool,
    },
    /// Door, worker, relay and courier in one process, for small sites
    All,
    /// Bring the schema and the lanes up to what this program needs
    Migrate,
    /// Check configuration, servers, keys, clock and time zones
    Check,
    /// Check a folder of participants and print who may call what, for which regions
    Participants {
        /// The folder; that of KEZEK_PARTICIPANTS_DIR, if none is named
        folder: Option<PathBuf>,
    },
    /// Show one message's whole way: journal, inbox, outbox, lanes
    Trace {
        /// The messageId, as the sender gave it
        message_id: String,
    },
    /// Compute again, offline and as of its time, why a message of the journal was believed
    Verify {
        /// The number of the line in the journal, as `kezek trace` shows it
        journal_id: i64,
    },
    /// Load the registers that an administrator keeps
    #[command(subcommand)]
    Registry(RegistryVerb),
    /// Play the other side: for integrators and tests, never in production
    #[command(subcommand)]
    Sandbox(SandboxVerb),
    /// Measure
    #[command(subcommand)]
    Bench(verbs::bench::BenchVerb),
    /// Let an invented city live for years under a rule set, or under two
    Simulate(verbs::simulate::Simulation),
    /// Recompute a night from its protocol: does every offer follow from what was asked?
    Protocol {
        /// The text of the protocol
        file: PathBuf,
    },
}

#[derive(Subcommand)]
enum RegistryVerb {
    /// Load settlements, code lists and preschools, all or nothing; what they leave out is closed
    Load {
        /// A folder with the three files that fixtures/registry/start has
        folder: PathBuf,
        /// Say what would change, and keep nothing
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Subcommand)]
enum SandboxVerb {
    /// Make a test authority: roots, keys, certificates good and bad, participants, settings
    Forge {
        /// A folder that is empty or not there yet
        folder: PathBuf,
    },
    /// Be the authority that was forged: OCSP and lists over HTTP, with faults on request
    Authority {
        /// The folder that was forged
        folder: PathBuf,
        /// Where it listens
        #[arg(long, default_value = "127.0.0.1:8490")]
        listen: std::net::SocketAddr,
    },
    /// Be a peer that takes letters, ШЭП for example, in a good mood or a bad one
    Peer {
        /// The folder that was forged
        folder: PathBuf,
        /// Which key of it signs: shep, participant-p256 …
        #[arg(long, default_value = "shep")]
        key: String,
        /// Its mood: well, down, slow, silent, fault, garbage, unsigned, stranger, refusing
        #[arg(long, default_value = "well")]
        mood: String,
        /// Where it listens
        #[arg(long, default_value = "127.0.0.1:8491")]
        listen: std::net::SocketAddr,
    },
    /// Sign a fixture, post it, and show and verify the answer
    Send {
        /// A SOAP envelope without a signature, such as those in fixtures/services
        fixture: PathBuf,
        /// Where the door is
        #[arg(long, default_value = "http://127.0.0.1:8480/shep/sync")]
        endpoint: String,
        /// Which key of the sandbox signs: participant, participant-p256, shep, bank, expired …
        #[arg(long, default_value = "participant")]
        key: String,
        /// Send it as it is: neither new identifiers nor the present time
        #[arg(long)]
        as_is: bool,
        /// Write the signed message to this file as well
        #[arg(long)]
        save: Option<PathBuf>,
    },
    /// Register a fresh invented child and take the SMS, before your eyes
    Demo {
        /// Where the door is
        #[arg(long, default_value = "http://127.0.0.1:8480/shep/sync")]
        endpoint: String,
    },
    /// Try an endpoint: every service with every fixture, misused, repeated and left waiting
    Conformance {
        /// Where the door is
        #[arg(default_value = "http://127.0.0.1:8480/shep/sync")]
        endpoint: String,
        /// Which key of the sandbox signs
        #[arg(long, default_value = "participant")]
        key: String,
        /// Write the report to this file as a page
        #[arg(long)]
        html: Option<PathBuf>,
        /// Try the asynchronous channel (…/shep/async), and take its letters here
        #[arg(long)]
        letters: Option<std::net::SocketAddr>,
    },
    /// Print the fixtures as a project of SoapUI, with the outgoing WS-Security configuration
    Soapui,
    /// Hash a participant's password, read from standard input, for its file
    HashPassword,
}

/// How long threads that block may take to end.
const END_TIME_MAX: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    verbs::keep_secrets();
    let bell = Bell::parse();
    match run(bell.verb) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The chain, once; never a backtrace, which tells an operator nothing.
            eprintln!("kezek: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(verb: Verb) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let told = runtime.block_on(async {
        match verb {
            Verb::Serve => verbs::roles::serve().await,
            Verb::Work => verbs::roles::work().await,
            Verb::Relay => verbs::roles::relay().await,
            Verb::Courier => verbs::courier::courier().await,
            Verb::Letters { again } => verbs::courier::letters(again).await,
            Verb::Revocation {
                forget_days: Some(days),
                ..
            } => verbs::revocation::forget(days).await,
            Verb::Revocation { once, .. } => verbs::revocation::revocation(once).await,
            Verb::Stamp { once } => verbs::stamp::stamp(once).await,
            Verb::All => verbs::roles::all().await,
            Verb::Migrate => verbs::upkeep::migrate().await,
            Verb::Check => verbs::upkeep::check().await,
            Verb::Participants { folder } => verbs::participants::participants(folder),
            Verb::Trace { message_id } => verbs::upkeep::trace(&message_id).await,
            Verb::Verify { journal_id } => verbs::revocation::verify(journal_id).await,
            Verb::Registry(RegistryVerb::Load { folder, dry_run }) => {
                verbs::upkeep::load(&folder, dry_run).await
            }
            Verb::Sandbox(SandboxVerb::Forge { folder }) => verbs::play::forge(&folder),
            Verb::Sandbox(SandboxVerb::Authority { folder, listen }) => {
                verbs::play::authority(&folder, listen).await
            }
            Verb::Sandbox(SandboxVerb::Peer {
                folder,
                key,
                mood,
                listen,
            }) => verbs::play::peer(&folder, &key, &mood, listen).await,
            Verb::Sandbox(SandboxVerb::Send {
                fixture,
                endpoint,
                key,
                as_is,
                save,
            }) => verbs::play::send(&fixture, &endpoint, &key, as_is, save.as_deref()).await,
            Verb::Sandbox(SandboxVerb::Demo { endpoint }) => verbs::play::demo(&endpoint).await,
            Verb::Sandbox(SandboxVerb::Conformance {
                endpoint,
                key,
                html,
                letters,
            }) => verbs::play::conformance(endpoint, &key, html.as_deref(), letters).await,
            Verb::Sandbox(SandboxVerb::Soapui) => verbs::play::soapui(),
            Verb::Sandbox(SandboxVerb::HashPassword) => verbs::play::hash_password(),
            Verb::Bench(verb) => verbs::bench::run(verb).await,
            Verb::Simulate(options) => {
                tokio::task::block_in_place(|| verbs::simulate::run(&options))
            }
            Verb::Protocol { file } => verbs::simulate::recompute(&file),
        }
    });
    // A thread that hangs in a token's module does not hold up the end.
    runtime.shutdown_timeout(END_TIME_MAX);
    told
}
