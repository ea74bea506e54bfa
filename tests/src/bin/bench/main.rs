//! The benchmarks, in parts that run alone or together: `bench [first|fanout|append|apply|resume|scale|pictures|packs|window …]`.
//!
//! Each part measures ours beside its peer and writes `target/bench/first.json` or, merged by name, `sync.json`,
//! `packs.json` and `window.json`. Measures; judges nothing. A peer that is not installed leaves `null` and a reason, never a figure.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a harness that prints and fails loudly")]

mod append;
mod apply;
mod client;
mod fanout;
mod first;
mod machine;
mod nginx;
mod ours;
mod packs;
mod page;
mod pictures;
mod process;
mod resume;
mod scale;
mod window;

use std::{fs, path::PathBuf, time::Instant};

use boardroom_tests::program;
use serde_json::{Map, Value, json};

/// Measures one part and returns its figures by name.
type Measure = fn() -> Map<String, Value>;

/// Parts of `sync.json`, in the order in which they run.
const PARTS: [(&str, Measure); 5] = [
    ("fanout", fanout::run),
    ("append", append::run),
    ("apply", apply::run),
    ("resume", resume::run),
    ("scale", scale::run),
];

/// Parts of `packs.json`.
const PACKS: [(&str, Measure); 2] = [("packs", packs::run), ("pictures", pictures::run)];

/// Parts of `window.json`.
const WINDOW: [(&str, Measure); 1] = [("window", window::run)];

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    if let [role, url, folder, until] = asked.as_slice()
        && role == "client"
    {
        println!("{}", client::run(url, folder, until));
        return;
    }
    if let [role, path] = asked.as_slice()
        && role == "page"
    {
        for name in page::fill(path, &read("sync.json")) {
            println!("not measured: {name}");
        }
        return;
    }
    let wanted = |part: &str| asked.is_empty() || asked.iter().any(|name| name == part);
    if wanted("first") {
        write("first.json", Map::new(), "first", first::run);
    }
    for (part, run) in PARTS {
        if wanted(part) {
            write("sync.json", read("sync.json"), part, run);
        }
    }
    for (part, run) in PACKS {
        if wanted(part) {
            write("packs.json", read("packs.json"), part, run);
        }
    }
    for (part, run) in WINDOW {
        if wanted(part) {
            write("window.json", read("window.json"), part, run);
        }
    }
}

/// Runs a part and adds its figures to those of a file.
fn write(file: &str, mut results: Map<String, Value>, part: &str, run: fn() -> Map<String, Value>) {
    let (started, load) = (Instant::now(), machine::load());
    let figures = run();
    println!("\n{part}: {:.0} s, load {load:.1} before", started.elapsed().as_secs_f64());
    for (name, value) in &figures {
        println!("  {name:<44} {value}");
    }
    results.extend(figures);
    results.insert(format!("{part}_load_before"), json!(load));
    results.insert(format!("{part}_took_s"), json!(started.elapsed().as_secs_f64().round()));
    let text = json!({ "machine": machine::describe(), "results": results });
    fs::create_dir_all(folder()).unwrap();
    fs::write(folder().join(file), serde_json::to_string_pretty(&text).unwrap()).unwrap();
    println!("written to {}", folder().join(file).display());
}

fn read(file: &str) -> Map<String, Value> {
    let text = fs::read_to_string(folder().join(file)).unwrap_or_default();
    let whole: Value = serde_json::from_str(&text).unwrap_or_default();
    whole["results"].as_object().cloned().unwrap_or_default()
}

/// Where the figures go.
fn folder() -> PathBuf {
    program("bench").ancestors().nth(2).unwrap().join("bench")
}
