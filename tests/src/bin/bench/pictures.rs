//! The part `pictures`: 24 charts at 300 DPI as PNG files, beside `ECharts` with resvg.
//!
//! Both run as whole processes, the start included, in rounds that alternate; what counts is CPU time.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use boardroom_tests::{program, root};
use serde_json::{Map, Value, json};

use crate::{
    machine::{median, quiet},
    process::cpu,
};

const ROUNDS: usize = 5;
/// Processes in a round of ours; the system counts CPU time in hundredths of a second.
const RUNS: usize = 5;

/// Measures.
pub(crate) fn run() -> Map<String, Value> {
    let mut results = Map::new();
    let folder = tempfile::tempdir().unwrap();
    let workload = root().join("tests/bench/pack-workload.json");
    let ours = || {
        let mut command = Command::new(program("examples/chart_workload"));
        command.arg(&workload).arg(folder.path());
        command
    };
    let peers = root().join("tests/bench/peers");
    let theirs = || {
        let mut command = Command::new("node");
        let font = root().join("assets/fonts/Inter-Regular.ttf");
        command.arg(peers.join("echarts.mjs")).arg(&workload).arg(font).arg(folder.path());
        command
    };
    let installed =
        ["echarts", "@resvg/resvg-js"].iter().all(|name| peers.join("node_modules").join(name).exists());
    if !installed {
        let reason = "ECharts or resvg is not installed: tests/bench/peers/install.sh";
        results.insert("png_echarts_missing".into(), json!(reason));
    }
    let (mut own, mut other) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        quiet();
        own.push((0..RUNS).map(|_| cpu(ours())).sum::<f64>() / RUNS as f64);
        if own.len() == 1 {
            results.insert("png_bytes".into(), json!(written(folder.path())));
        }
        if installed {
            quiet();
            other.push(cpu(theirs()));
            if other.len() == 1 {
                results.insert("png_echarts_bytes".into(), json!(written(folder.path())));
            }
        }
    }
    let own = median(own);
    let other = (!other.is_empty()).then(|| median(other));
    results.insert("png_cpu_s".into(), json!(own));
    results.insert("png_echarts_cpu_s".into(), json!(other));
    results.insert("png_speedup_over_echarts".into(), json!(other.map(|other| other / own)));
    results
}

/// Bytes of the pictures in a folder; there must be one for each chart.
fn written(folder: &Path) -> u64 {
    let files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 24, "a picture for each chart");
    files.iter().map(|file| fs::metadata(file).unwrap().len()).sum()
}
