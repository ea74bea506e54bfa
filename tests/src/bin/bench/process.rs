//! CPU time of whole processes, from start to end. Not their wall time.

use std::{
    collections::HashMap,
    fs,
    process::{Command, Stdio},
    time::Duration,
};

/// How often a tree of processes is looked at.
const LOOK: Duration = Duration::from_millis(10);
/// Clock ticks in a second, as `/proc` counts.
const TICKS: f64 = 100.0;

/// CPU seconds of a process and of the children that it waited for.
pub(crate) fn cpu(mut command: Command) -> f64 {
    let before = children();
    let status = quiet(&mut command).status().unwrap();
    assert!(status.success(), "{command:?} failed: {status}");
    children() - before
}

/// CPU seconds of a process and of everything that came from it, waited for or not, and the number of processes. Looks
/// often: what a process does between the last look and its end is missing, so the figure is a little low.
pub(crate) fn tree_cpu(mut command: Command) -> (f64, usize) {
    let mut child = quiet(&mut command).spawn().unwrap();
    let mut seen = HashMap::from([(child.id(), 0.0)]);
    let status = loop {
        look(&mut seen);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(LOOK);
    };
    assert!(status.success(), "{command:?} failed: {status}");
    (seen.values().sum::<f64>() / TICKS, seen.len())
}

fn quiet(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null())
}

/// Notes the ticks of every process whose parent is known, or was.
fn look(seen: &mut HashMap<u32, f64>) {
    let mut processes: Vec<(u32, u32, f64)> = fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| {
            let id: u32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
            let fields = stat(&id.to_string())?;
            Some((
                id,
                fields[1].parse().ok()?,
                fields[11].parse::<f64>().ok()? + fields[12].parse::<f64>().ok()?,
            ))
        })
        .collect();
    // A child has a higher number than its parent, but where numbers begin again.
    processes.sort_unstable_by_key(|(id, ..)| *id);
    for (id, parent, ticks) in processes {
        if seen.contains_key(&id) || seen.contains_key(&parent) {
            seen.insert(id, ticks);
        }
    }
}

/// The fields of a process after its name.
fn stat(id: &str) -> Option<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name in brackets may hold spaces; the fields after it do not.
    Some(stat.rsplit(')').next()?.split_whitespace().map(ToOwned::to_owned).collect())
}

/// CPU seconds of all children that have ended.
fn children() -> f64 {
    let fields = stat("self").unwrap();
    fields[13..15].iter().map(|field| field.parse::<f64>().unwrap()).sum::<f64>() / TICKS
}
