//! The part `apply`: a download into the encrypted vault, beside a bare floor and beside what others build on.
//!
//! Ours and the floor are `cargo bench -p board-vault --bench apply`, run before this part; here the peers run, and
//! the ratios are taken.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

use boardroom_tests::root;
use serde_json::{Map, Value, json};

use crate::{
    folder,
    machine::{median, quiet},
};

const ROUNDS: usize = 3;
/// Operations in a checkpoint of PowerSync: as many as ours commits at once.
const BATCH: usize = 1_000;
/// Documents that PouchDB replicates.
const DOCUMENTS: usize = 20_000;

/// Measures.
pub(crate) fn run() -> Map<String, Value> {
    let mut results = Map::new();
    let powersync = peer(&mut results, "powersync", || powersync(BATCH));
    let at_once = peer(&mut results, "powersync_one_checkpoint", || self::powersync(0));
    let pouchdb = peer(&mut results, "pouchdb", pouchdb);
    let text = fs::read_to_string(folder().join("apply.json")).unwrap_or_default();
    let apply: Value = serde_json::from_str(&text).unwrap_or_default();
    let figure = |name: &str| apply[name].as_f64();
    let ours = figure("apply_events_per_s");
    if ours.is_none() {
        let reason =
            "target/bench/apply.json is missing: run `cargo bench -p board-vault --bench apply` first";
        results.insert("apply_missing".into(), json!(reason));
    }
    results.insert("apply_per_s".into(), json!(ours));
    results.insert("apply_floor_per_s".into(), json!(figure("floor_events_per_s")));
    results.insert("apply_over_floor".into(), json!(figure("apply_over_floor")));
    let over = |peer: Option<f64>| ours.zip(peer).map(|(ours, peer)| ours / peer);
    results.insert("apply_over_powersync".into(), json!(over(powersync)));
    results.insert("apply_over_powersync_one_checkpoint".into(), json!(over(at_once)));
    results.insert("apply_over_pouchdb".into(), json!(over(pouchdb)));
    results
}

/// Items a second of a peer, the middle of its rounds.
fn peer(
    results: &mut Map<String, Value>,
    name: &str,
    measure: impl Fn() -> Result<Value, String>,
) -> Option<f64> {
    let (mut rates, mut costs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        quiet();
        match measure() {
            Ok(run) => {
                rates.extend(run["per_second"].as_f64());
                costs.extend(run["cpu_us"].as_f64());
            }
            Err(reason) => {
                results.insert(format!("apply_{name}_missing"), json!(reason));
                break;
            }
        }
    }
    let rate = (!rates.is_empty()).then(|| median(rates));
    results.insert(format!("apply_{name}_per_s"), json!(rate));
    results.insert(format!("apply_{name}_cpu_us"), json!((!costs.is_empty()).then(|| median(costs))));
    rate
}

/// PowerSync with so many operations in a checkpoint; 0 for all of them in one.
fn powersync(every: usize) -> Result<Value, String> {
    let library = match std::env::consts::ARCH {
        "x86_64" => "libpowersync_x64.linux.so",
        "aarch64" => "libpowersync_aarch64.linux.so",
        other => return Err(format!("PowerSync ships nothing for {other}")),
    };
    let library = peers().join("node_modules/@powersync/node/lib").join(library);
    let python = peers().join("python/bin/python");
    if !library.exists() || !python.exists() {
        return Err("PowerSync is not installed: tests/bench/peers/install.sh".into());
    }
    let script = peers().join("powersync.py");
    run_json(Command::new(python).arg(script).arg(library).arg(log()?).arg(every.to_string()))
}

fn pouchdb() -> Result<Value, String> {
    if !peers().join("node_modules/pouchdb").exists() {
        return Err("PouchDB is not installed: tests/bench/peers/install.sh".into());
    }
    run_json(Command::new("node").arg(peers().join("pouchdb.cjs")).arg(log()?).arg(DOCUMENTS.to_string()))
}

/// The log that ours applied.
fn log() -> Result<PathBuf, String> {
    let log = folder().join("apply-log.ndjson");
    if log.exists() { Ok(log) } else { Err(format!("{} is missing", log.display())) }
}

fn run_json(command: &mut Command) -> Result<Value, String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().map_err(|e| e.to_string())?;
    if !output.status.success() {
        return Err(format!("the peer failed: {}", output.status));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
}

fn peers() -> PathBuf {
    root().join("tests/bench/peers")
}
