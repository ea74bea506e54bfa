//! What the kernel says of a process: its CPU time, with its children's, and its memory, without.

use std::fs;

/// Clock ticks a second in `/proc/<pid>/stat`; Linux fixes it for every program.
const TICKS: f64 = 100.0;

/// User and system time so far of a process, all its threads and its children, those that ended included; seconds. 0
/// where the process is not to be watched.
pub(crate) fn cpu_seconds(pid: u32) -> f64 {
    if pid == 0 {
        return 0.0;
    }
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    // A child may end between the two reads; its time is in its parent's from then on.
    let children = children.split_whitespace().filter_map(|child| ticks(child, 11..13));
    (ticks(&pid.to_string(), 11..15).expect("the process lives") + children.sum::<f64>()) / TICKS
}

/// Sum of these fields of a process's statistics, counted from its state: user and system time, then those of its
/// children that ended.
fn ticks(pid: &str, fields: std::ops::Range<usize>) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in brackets may hold spaces.
    let times: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    times.get(fields)?.iter().map(|time| time.parse::<f64>().ok()).sum()
}

/// A line of `/proc/<pid>/smaps_rollup`, such as `Rss`, in KiB.
pub(crate) fn memory_kib(pid: u32, field: &str) -> f64 {
    if pid == 0 {
        return 0.0;
    }
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).expect("the process lives");
    let line = rollup.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':')).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
