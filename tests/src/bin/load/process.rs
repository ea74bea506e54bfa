//! What the kernel says of a process: its CPU time and its memory. Not of its children.

use std::fs;

/// Clock ticks a second in `/proc/<pid>/stat`; Linux fixes it for every program.
const TICKS: f64 = 100.0;

/// User and system time of all its threads so far, seconds. 0 where the process is not to be watched.
pub(crate) fn cpu_seconds(pid: u32) -> f64 {
    if pid == 0 {
        return 0.0;
    }
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).expect("the process lives");
    // The name in brackets may hold spaces.
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / TICKS
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
