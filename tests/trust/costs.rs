//! What a hostile message may cost: processor time and memory in proportion to its size, and no
//! more.
//!
//! Time is that of the thread on a processor, never of a clock on the wall; the bounds are wide,
//! for a build without optimisation on a busy machine. They are there to find what grows as a
//! square: over 128 KiB that would be some ten thousand times the share of one octet.

use std::fs;
use std::hint::black_box;
use std::process::Command;

use crate::attack::{Attack, judge};
use crate::{bounds, fixtures, flood, forms, keys, octets, wrapping};

const NAME: &str = "costs::each_hostile_message_costs_in_proportion_to_its_size";
/// Of a message of no octets: signatures are checked, certificates read.
const NANOS: u64 = 60_000_000;
const NANOS_PER_OCTET: u64 = 2_000;
const MEMORY: u64 = 2 << 20;
const MEMORY_PER_OCTET: u64 = 16;
/// Fewer would say that the generators were not asked.
const ATTACKS_MIN: usize = 400;

/// What something took.
#[derive(Debug, Default, Clone, Copy)]
struct Cost {
    nanos: u64,
    /// Octets of memory at the highest, above those before.
    memory: u64,
}

/// Nanoseconds of this thread on a processor; some kernels count them by ticks of 4 ms.
fn nanos() -> u64 {
    let told = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux keeps it");
    let first = told.split(' ').next().expect("three numbers");
    first.parse().expect("a number")
}

/// Octets of this process in memory, by the name of the line.
fn resident(line: &str) -> u64 {
    let told = fs::read_to_string("/proc/self/status").expect("Linux keeps it");
    let found = told.lines().find_map(|told| told.strip_prefix(line));
    let kib = found.expect(line).trim_matches([':', ' ', '\t', 'k', 'B']);
    kib.parse::<u64>().expect("a number") << 10
}

fn cost_of(work: impl FnOnce()) -> Cost {
    // Forgets the highest so far (proc(5)).
    fs::write("/proc/self/clear_refs", "5").expect("of one's own process one may");
    let (before, begun) = (resident("VmRSS"), nanos());
    work();
    Cost {
        nanos: nanos() - begun,
        memory: resident("VmHWM").saturating_sub(before),
    }
}

#[test]
fn each_hostile_message_costs_in_proportion_to_its_size() {
    let command = fs::read_to_string("/proc/self/cmdline").expect("Linux keeps it");
    if command.split('\0').any(|word| word == NAME) {
        return measure();
    }
    // Memory is of a whole process, so it is measured in one that does nothing else and that gives
    // back at once what it does not need.
    let done = Command::new("/proc/self/exe")
        .args(["--exact", NAME, "--test-threads=1", "--nocapture"])
        .env("MALLOC_TRIM_THRESHOLD_", "0")
        .env("MALLOC_TOP_PAD_", "0")
        .env("MALLOC_MMAP_THRESHOLD_", "4096")
        .output()
        .expect("this program runs");
    let said = String::from_utf8_lossy(&done.stdout);
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(
        done.status.success() && said.contains("1 passed"),
        "{said}{errors}"
    );
    println!("{said}");
}

fn measure() {
    // What is not seen when it is there would not be seen in a message either.
    let hog = cost_of(|| drop(black_box(vec![1_u8; 32 << 20])));
    assert!(hog.memory > 30 << 20, "{hog:?}");
    let work = cost_of(|| {
        assert_ne!(
            black_box((0..100_000_000_u64).fold(1, |a, b| a ^ (a << 1) ^ b)),
            0
        )
    });
    assert!(work.nanos > 1_000_000, "{work:?}");

    let attacks: Vec<Attack> = [
        bounds::amplified(),
        fixtures::attacks(),
        flood::attacks(),
        forms::attacks(),
        keys::attacks(),
        octets::attacks(),
        wrapping::attacks(),
    ]
    .into_iter()
    .flatten()
    .collect();
    assert!(attacks.len() > ATTACKS_MIN, "{}", attacks.len());
    // What is read once, such as the trust store, is nobody's cost.
    judge(&attacks[0].octets).err();
    let mut worst = Cost::default();
    let mut told = Vec::new();
    for attack in &attacks {
        let cost = cost_of(|| drop(black_box(judge(&attack.octets))));
        let size = attack.octets.len() as u64;
        let (nanos, memory) = (
            NANOS + NANOS_PER_OCTET * size,
            MEMORY + MEMORY_PER_OCTET * size,
        );
        if cost.nanos > nanos || cost.memory > memory {
            told.push(format!("{}, {size} octets: {cost:?}", attack.name));
        }
        worst.nanos = worst.nanos.max(cost.nanos);
        worst.memory = worst.memory.max(cost.memory);
    }
    println!(
        "{} hostile messages; the dearest of each kind {worst:?}",
        attacks.len()
    );
    assert!(told.is_empty(), "{}", told.join("\n"));
}
