//! The machine: what it is, how busy it is, which core a program runs on. And medians.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use boardroom_tests::program;
use serde_json::{Value, json};

/// Files a server or a load client of 5,000 connections may have open.
const FILES: u32 = 16_000;
/// Part of both cores that others may use while a round is taken.
const QUIET: f64 = 0.25;
/// How long a round waits for that.
const PATIENCE: Duration = Duration::from_secs(2);

/// CPU, cores, system and build.
pub(crate) fn describe() -> Value {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name\t: ")).unwrap_or("unknown");
    let cores = thread::available_parallelism().map_or(0, usize::from);
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let system = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME=")).unwrap_or("unknown");
    let build = if cfg!(debug_assertions) { "dev" } else { "release" };
    json!({ "cpu": model, "cores": cores, "os": system.trim_matches('"'), "build": build })
}

/// Load average of the last minute.
pub(crate) fn load() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or(0.0)
}

/// Waits until the cores are mostly idle, but not for ever; returns the part that was busy at the end.
pub(crate) fn quiet() -> f64 {
    let started = Instant::now();
    loop {
        let (busy, all) = jiffies();
        thread::sleep(Duration::from_millis(500));
        let (busy_after, all_after) = jiffies();
        let part = (busy_after - busy) / (all_after - all).max(1.0);
        if part <= QUIET || started.elapsed() > PATIENCE {
            return part;
        }
    }
}

fn jiffies() -> (f64, f64) {
    let stat = fs::read_to_string("/proc/stat").unwrap();
    let fields: Vec<f64> =
        stat.lines().next().unwrap().split_whitespace().skip(1).map(|f| f.parse().unwrap()).collect();
    let all: f64 = fields.iter().take(8).sum();
    (all - fields[3] - fields[4], all)
}

/// User and system time of a process and all its threads so far, seconds.
pub(crate) fn cpu_seconds(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).expect("the process lives");
    // The name in brackets may hold spaces. The kernel counts in hundredths of a second.
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

/// Resident memory of a process, MB.
pub(crate) fn resident_mb(pid: u32) -> f64 {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).expect("the process lives");
    let line = rollup.lines().find_map(|line| line.strip_prefix("Rss:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
}

/// A program on one core, with room for many connections. The process is the program itself.
pub(crate) fn pinned(core: u32, program: &Path) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -n {FILES}; exec taskset -c {core} \"$0\" \"$@\"")]);
    command.arg(program);
    command
}

/// The load client on the second core; its report.
pub(crate) fn load_client(secrets: &[(&str, &str)], arguments: &[(&str, String)]) -> Value {
    let mut command = pinned(1, &program("load"));
    command.envs(secrets.iter().copied()).stdin(Stdio::null()).stderr(Stdio::inherit());
    for (name, value) in arguments {
        command.args([&format!("--{name}"), value.as_str()]);
    }
    let output = command.output().expect("the load client runs");
    assert!(output.status.success(), "the load client failed");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Tells a process to end, and waits.
pub(crate) fn end(child: &mut Child) {
    let _ = Command::new("kill").arg(child.id().to_string()).status();
    wait(child);
}

/// Waits for a process that was told to end, and makes it end if it does not.
pub(crate) fn wait(child: &mut Child) {
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(15) {
        if child.try_wait().expect("it can be waited for").is_some() {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// The middle value; of an even number, the lower of the two.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(values.len() - 1) / 2]
}
