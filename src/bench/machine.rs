//! What the machine says of itself and of a process: processor, CPU time, memory.

use std::fs::read_to_string;

/// CPU time of this thread in nanoseconds, as the scheduler counts it.
pub fn cpu_nanos_of_this_thread() -> Option<u64> {
    let told = read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split_ascii_whitespace().next()?.parse().ok()
}

/// The most memory that a process has held, in KiB.
pub fn peak_memory_kib(process: &str) -> Option<u64> {
    field(
        &read_to_string(format!("/proc/{process}/status")).ok()?,
        "VmHWM:",
    )
}

/// CPU time of a process in clock ticks of 10 ms.
pub fn cpu_ticks(process: &str) -> Option<u64> {
    let told = read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name may hold spaces, so count from behind its bracket.
    let mut fields = told.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

/// The processor and how many of it there are.
pub fn describe() -> String {
    let told = read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = told
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("an unnamed processor", |(_, model)| model.trim());
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{count} × {model}")
}

fn field(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_ascii_whitespace().nth(1)?.parse().ok()
}
