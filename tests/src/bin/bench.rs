//! First measurements of the whole: catch-up, export, verification and the window, with the programs built beside it.
//!
//! Prints a table and writes `target/bench/first.json`. Measures; judges nothing.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a harness that prints and fails loudly")]

use std::{
    collections::BTreeMap,
    fs,
    time::{Duration, Instant},
};

use boardroom_tests::{Server, Session, Window, program, wait_for};
use serde_json::{Value, json};

/// Repetitions of each measurement; the median is reported.
const ROUNDS: usize = 5;

fn main() {
    let mut results = BTreeMap::<&str, f64>::new();
    let server_started = Instant::now();
    let mut server = Server::with_demo();
    results.insert("demo_ingest_s", server_started.elapsed().as_secs_f64());
    let session = Session::new();
    session.login(&server.url(), "kari.nordlid@fjordlys.example");
    let started = Instant::now();
    session.ok(&["sync"]);
    let events = session.ok(&["status"])["sync"]["head"].as_f64().unwrap();
    results.insert("catch_up_ms", milliseconds(started.elapsed()));
    results.insert("catch_up_events_of_open_tenant", events);
    server.kill();

    results.insert("dashboard_cli_ms", median(|| timed(&session, &["dashboards", "overview"])));
    results.insert("export_pdf_ms", median(|| took(&session, &["export", "q3-2026", "--format", "pdf"])));
    results.insert("export_pptx_ms", median(|| took(&session, &["export", "q3-2026", "--format", "pptx"])));
    results.insert("export_both_wall_ms", median(|| timed(&session, &["export", "q3-2026"])));
    let pdf = session.documents().join("Executive_Report_2026-Q3_Fjordlys.pdf");
    results.insert("verify_pdf_wall_ms", median(|| timed(&session, &["verify", pdf.to_str().unwrap()])));

    let mut memory = 0.0;
    let first = median(|| {
        let started = Instant::now();
        let window = Window::open(&session);
        let unlock = window.find("unlock");
        let shown = milliseconds(started.elapsed());
        let clicked = Instant::now();
        window.click(&unlock);
        wait_for("the dashboard", Duration::from_secs(20), || {
            let drawn = window.run(
                "return document.querySelectorAll('[data-testid=\"kpi-card\"]').length >= 8 &&
                   [...document.querySelectorAll('[data-testid=\"chart-img\"]')]
                     .filter(i => i.complete && i.naturalWidth > 0).length >= 2",
            );
            (drawn == Value::Bool(true)).then_some(())
        });
        memory = memory_mb();
        results.insert("window_start_ms", shown);
        milliseconds(clicked.elapsed())
    });
    results.insert("first_dashboard_after_unlock_ms", first);
    results.insert("window_pss_mb", memory);

    for (name, value) in &results {
        println!("{name:<34} {value:>12.1}");
    }
    let folder = program("bench").ancestors().nth(2).unwrap().join("bench");
    fs::create_dir_all(&folder).unwrap();
    let text = serde_json::to_string_pretty(&json!({ "machine": machine(), "results": results })).unwrap();
    fs::write(folder.join("first.json"), text).unwrap();
    println!("\nwritten to {}", folder.join("first.json").display());
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn median(mut measure: impl FnMut() -> f64) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS).map(|_| measure()).collect();
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}

/// Wall time of a run, process start included.
fn timed(session: &Session, arguments: &[&str]) -> f64 {
    let started = Instant::now();
    session.cli(arguments);
    milliseconds(started.elapsed())
}

/// The time that an export says it took.
fn took(session: &Session, arguments: &[&str]) -> f64 {
    session.ok(arguments)["tookMs"].as_f64().unwrap()
}

/// Proportional memory of the window and WebKit's processes, in MB.
fn memory_mb() -> f64 {
    let mut kilobytes = 0.0;
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let name = fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
        if !name.starts_with("boardroom-deskt") && !name.starts_with("WebKit")
            || name.starts_with("WebKitWebDriver")
        {
            continue;
        }
        let rollup = fs::read_to_string(entry.path().join("smaps_rollup")).unwrap_or_default();
        let pss = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
        kilobytes += pss.and_then(|l| l.trim().trim_end_matches(" kB").parse::<f64>().ok()).unwrap_or(0.0);
    }
    kilobytes / 1024.0
}

fn machine() -> Value {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name\t: ")).unwrap_or("unknown");
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let build = if cfg!(debug_assertions) { "dev" } else { "release" };
    json!({ "cpu": model, "cores": cores, "os": std::env::consts::OS, "build": build })
}
