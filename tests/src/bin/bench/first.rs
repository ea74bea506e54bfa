//! The part `first`: the whole as one person meets it, with a real session and a real window: catch-up, export,
//! verification and the first dashboard.

use std::{
    fs,
    time::{Duration, Instant},
};

use boardroom_tests::{Server, Session, Window, wait_for};
use serde_json::{Map, Value, json};

/// Repetitions of each measurement; the median is reported.
const ROUNDS: usize = 5;

/// Measures.
pub(crate) fn run() -> Map<String, Value> {
    let mut results = Map::new();
    let mut put = |name: &str, value: f64| {
        results.insert(name.into(), json!(value));
    };
    let server_started = Instant::now();
    let mut server = Server::with_demo();
    put("demo_ingest_s", server_started.elapsed().as_secs_f64());
    let session = Session::new();
    session.login(&server.url(), "kari.nordlid@fjordlys.example");
    let started = Instant::now();
    session.ok(&["sync"]);
    let events = session.ok(&["status"])["sync"]["head"].as_f64().unwrap();
    put("catch_up_ms", milliseconds(started.elapsed()));
    put("catch_up_events_of_open_tenant", events);
    server.kill();

    put("dashboard_cli_ms", median(|| timed(&session, &["dashboards", "overview"])));
    put("export_pdf_ms", median(|| took(&session, &["export", "q3-2026", "--format", "pdf"])));
    put("export_pptx_ms", median(|| took(&session, &["export", "q3-2026", "--format", "pptx"])));
    put("export_both_wall_ms", median(|| timed(&session, &["export", "q3-2026"])));
    let pdf = session.documents().join("Executive_Report_2026-Q3_Fjordlys.pdf");
    put("verify_pdf_wall_ms", median(|| timed(&session, &["verify", pdf.to_str().unwrap()])));

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
        put("window_start_ms", shown);
        milliseconds(clicked.elapsed())
    });
    put("first_dashboard_after_unlock_ms", first);
    put("window_pss_mb", memory);

    results
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
