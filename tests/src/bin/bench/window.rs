//! The part `window`: the real window on a virtual screen, offline, over an encrypted copy of more than 10⁵ events.
//!
//! The painting is by software here, so a machine with a graphics card is faster. Beside it stands the same page in
//! Chromium as an app window, for its memory only.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use boardroom_tests::{Server, Session, Window, root, wait_for};
use serde_json::{Map, Value, json};

use crate::machine::median;

const SOON: Duration = Duration::from_mins(1);
const STARTS: usize = 5;
const DRAGS: usize = 3;
/// Events of the large company.
const EVENTS: u64 = 100_000;
/// A screen that did not change for as long is done.
const QUIET: Duration = Duration::from_millis(600);
/// How long a window that was worked with is left alone before it counts as idle: what it put off is done by then.
const SETTLED: Duration = Duration::from_secs(15);
/// How long an idle window is watched.
const WATCHED: Duration = Duration::from_secs(30);

/// Measures.
pub(crate) fn run() -> Map<String, Value> {
    let mut results = Map::new();
    let mut server = Server::with_demo();
    let events = grow(&server);
    let session = Session::signed_in(&server, "kari.nordlid@fjordlys.example");
    server.kill();
    results.insert("window_events".into(), json!(events));

    let mut starts: Vec<(f64, f64)> = (0..STARTS).map(|_| start(&session)).collect();
    let (gates, opens): (Vec<f64>, Vec<f64>) = starts.drain(..).unzip();
    let whole: Vec<f64> = gates.iter().zip(&opens).map(|(gate, open)| gate + open).collect();
    results.insert("cold_start_ms".into(), json!(median(whole)));
    results.insert("cold_start_gate_ms".into(), json!(median(gates)));
    results.insert("unlock_to_dashboard_ms".into(), json!(median(opens)));

    let window = Window::open(&session);
    window.click(&window.find("unlock"));
    painted(&window);
    results.insert("dashboard_open_ms".into(), json!(dashboards(&window)));
    results.insert("time_travel_fps".into(), json!(median((0..DRAGS).map(|_| travel(&window)).collect())));
    results.insert("slide_change_ms".into(), json!(slides(&window)));
    window.press_on("[data-testid=nav-dashboard]");
    painted(&window);
    thread::sleep(SETTLED);
    let processes = family();
    let (before, began) = (cpu_seconds(&processes), Instant::now());
    thread::sleep(WATCHED);
    let share = (cpu_seconds(&processes) - before) / began.elapsed().as_secs_f64();
    results.insert("idle_cpu_percent".into(), json!(share * 100.0));
    results.insert("memory_mb".into(), json!(memory_mb(&processes)));
    drop(window);
    results.insert("memory_chromium_mb".into(), json!(chromium_mb()));
    let size = fs::metadata(boardroom_tests::program("boardroom-desktop")).unwrap().len();
    results.insert("program_mb".into(), json!(size as f64 / 1e6));
    results
}

/// Sends the same sessions again and again as new ones, a few rows at a time: each batch measures figures anew.
fn grow(server: &Server) -> u64 {
    let token = server.ingest_token("fjordlys");
    let rows = fs::read_to_string(root().join("assets/demo/fjordlys/buddy_sessions.csv")).unwrap();
    let (head, rows) = rows.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    let mut batch = 0;
    loop {
        let (pass, from) = (batch * 10 / rows.len(), batch * 10 % rows.len());
        let some = rows.iter().skip(from).take(10);
        // The first column is the row's id.
        let lines: Vec<String> = some.map(|row| format!("again-{pass}-{row}")).collect();
        let report = server.ingest(
            "fjordlys",
            &token,
            "buddy_sessions",
            "text/csv",
            format!("{head}\n{}\n", lines.join("\n")).as_bytes(),
        );
        assert_eq!(report["refused"], 0, "{report}");
        batch += 1;
        let head = report["head"].as_u64().unwrap();
        if head >= EVENTS {
            return head;
        }
        assert!(batch < 20_000, "the log does not grow: {report}");
    }
}

/// Starts the window as a person does, without a driver: milliseconds from the process to the painted gate, and from the
/// press of its button to the last change of the screen.
fn start(session: &Session) -> (f64, f64) {
    let folder = tempfile::tempdir().unwrap();
    let options = ["-fbdir".as_ref(), folder.path().as_os_str()];
    let (mut screen, display) = boardroom_tests::screen(session, &options);
    // What the screen shows, kept by Xvfb in a file.
    let shown = || fs::read(folder.path().join("Xvfb_screen0")).unwrap();
    let began = Instant::now();
    let mut window = session
        .command(boardroom_tests::program("boardroom-desktop"))
        .env("DISPLAY", &display)
        .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let gate = loop {
        if colours(&shown()) > 60 {
            break began.elapsed();
        }
        assert!(began.elapsed() < SOON, "the gate is not painted");
        thread::sleep(Duration::from_millis(3));
    };
    thread::sleep(Duration::from_millis(300));
    let mut press = session.command("xdotool");
    let pressed = press.args(["mousemove", "906", "442", "click", "1"]).env("DISPLAY", &display).status();
    assert!(pressed.unwrap().success());
    let began = Instant::now();
    let (mut last, mut changed) = (shown(), Duration::ZERO);
    while began.elapsed() < changed + QUIET {
        let now = shown();
        if now != last {
            (last, changed) = (now, began.elapsed());
        }
        assert!(began.elapsed() < SOON, "the screen does not come to rest");
        thread::sleep(Duration::from_millis(3));
    }
    window.kill().unwrap();
    window.wait().unwrap();
    screen.kill().unwrap();
    screen.wait().unwrap();
    (gate.as_secs_f64() * 1e3, changed.as_secs_f64() * 1e3)
}

/// How many colours a screen shows, of some of its points.
fn colours(screen: &[u8]) -> usize {
    let points = screen.len().saturating_sub(1280 * 800 * 4);
    screen[points..].chunks_exact(4).step_by(997).collect::<std::collections::BTreeSet<_>>().len()
}

/// Has the page notice when a selector's element and all pictures in view are painted.
fn watch(window: &Window, selector: &str) {
    window.run(&format!(
        "window.took = null; let from = null;
         document.addEventListener('click', () => (from ??= performance.now()), {{ capture: true, once: true }});
         const look = () => {{
           const there = from !== null && document.querySelector('{selector}') &&
             [...document.querySelectorAll('[data-testid=chart-img]')].filter((i) => i.getBoundingClientRect().top < innerHeight).every((i) => i.complete && i.naturalWidth > 0);
           if (there) requestAnimationFrame(() => requestAnimationFrame(() => (window.took = performance.now() - from)));
           else requestAnimationFrame(look);
         }};
         requestAnimationFrame(look)"
    ));
}

fn took(window: &Window) -> f64 {
    wait_for("the painting", SOON, || window.run("return window.took").as_f64())
}

fn painted(window: &Window) {
    wait_for("the dashboard", SOON, || (window.all("kpi-card").len() >= 4).then_some(()));
}

/// From the click on another dashboard to its last chart in view.
fn dashboards(window: &Window) -> f64 {
    let times = (0..9).map(|turn| {
        let number = (turn + 1) % 3;
        let title = window.said("[data-testid=dashboard-title]");
        window.run("document.querySelector('[data-testid=dashboard-title]').dataset.old = 'yes'");
        watch(window, "[data-testid=dashboard-title]:not([data-old])");
        window.run(&format!("document.querySelectorAll('[data-testid=nav-dashboard]')[{number}].click()"));
        let time = took(window);
        assert_ne!(window.said("[data-testid=dashboard-title]"), title);
        time
    });
    median(times.collect())
}

/// Frames a second while the time line is dragged from one end to the other, each frame at another moment.
fn travel(window: &Window) -> f64 {
    window.press_on("[data-testid=time-open]");
    window.find("time-slider");
    window.run(
        "const bar = document.querySelector('[data-testid=time-slider] svg').getBoundingClientRect();
         const slider = document.querySelector('[data-testid=time-slider]'); window.rate = null; let frames = 0;
         const began = performance.now(); let x = bar.left;
         const step = () => { frames += 1; x += bar.width / 180;
           if (x > bar.right) { window.rate = frames / (performance.now() - began) * 1000; return }
           slider.dispatchEvent(new PointerEvent('pointermove', { clientX: x, buttons: 1, bubbles: true }));
           requestAnimationFrame(step) };
         requestAnimationFrame(step)",
    );
    let rate = wait_for("the drag", SOON, || window.run("return window.rate").as_f64());
    window.press_on("[data-testid=time-close]");
    rate
}

/// From the key to the frame in which the next slide stands.
fn slides(window: &Window) -> f64 {
    window.press_on("[data-testid=show-open]");
    window.press_on("[data-testid=show-begin]");
    window.find("presenter");
    window.run(
        "const room = document.querySelector('[data-testid=presenter]'); window.took = [];
         const step = (left) => { if (left === 0) return; const from = performance.now();
           room.dispatchEvent(new KeyboardEvent('keydown', { key: left % 2 ? 'ArrowLeft' : 'ArrowRight', bubbles: true }));
           requestAnimationFrame(() => requestAnimationFrame(() => { window.took.push(performance.now() - from); setTimeout(() => step(left - 1), 50) })) };
         step(20)",
    );
    wait_for("twenty slides", SOON, || (window.run("return window.took.length") == 20).then_some(()));
    let times = window.run("return window.took");
    window.run(
        "document.querySelector('[data-testid=presenter]').dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))",
    );
    wait_for("the end", SOON, || window.maybe("presenter").is_none().then_some(()));
    median(times.as_array().unwrap().iter().filter_map(Value::as_f64).collect())
}

/// Every process with its name and its parent.
fn processes() -> Vec<(u32, u32, String)> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            let (name, rest) = stat.split_once('(')?.1.rsplit_once(')')?;
            Some((pid, rest.split_whitespace().nth(1)?.parse().ok()?, name.to_owned()))
        })
        .collect()
}

/// The window's own process.
fn desktop() -> u32 {
    let found = processes().into_iter().find(|(_, _, name)| name.starts_with("boardroom-desk"));
    found.expect("the window runs").0
}

/// The window's process and those that it began.
fn family() -> Vec<u32> {
    offspring(desktop())
}

fn offspring(of: u32) -> Vec<u32> {
    let (all, mut known) = (processes(), vec![of]);
    let mut at = 0;
    while let Some(parent) = known.get(at).copied() {
        known.extend(all.iter().filter(|(_, of, _)| *of == parent).map(|(pid, ..)| *pid));
        at += 1;
    }
    known
}

fn cpu_seconds(pids: &[u32]) -> f64 {
    pids.iter().map(|pid| crate::machine::cpu_seconds(*pid)).sum()
}

/// Proportional memory of processes together: what they share is counted once.
fn memory_mb(pids: &[u32]) -> f64 {
    let pss = |pid: &u32| -> Option<f64> {
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
        line.trim().trim_end_matches(" kB").parse().ok()
    };
    pids.iter().filter_map(pss).sum::<f64>() / 1024.0
}

/// The same page over sample data in Chromium as an app window; `None` where it cannot be had.
fn chromium_mb() -> Option<f64> {
    let page = root().join("ui/dist-fake/index.html");
    if !Path::new("/usr/bin/chromium").exists() || !page.exists() {
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let port = boardroom_tests::free_port();
    let mut serve = Command::new("npm")
        .args(["--prefix", "ui", "run", "--silent", "preview:fake", "--", "--port", &port.to_string()])
        .current_dir(root())
        .stdout(Stdio::null())
        .spawn()
        .ok()?;
    let address = format!("http://127.0.0.1:{port}/");
    wait_for("the page", SOON, || ureq::get(&address).call().ok());
    let mut chromium = Command::new("xvfb-run")
        .args(["-a", "-s", "-screen 0 1280x800x24", "chromium", "--no-sandbox", "--no-first-run"])
        .arg(format!("--user-data-dir={}", folder.path().display()))
        .arg(format!("--app={address}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    thread::sleep(Duration::from_secs(15));
    let pids = offspring(chromium.id());
    let named: Vec<u32> = processes()
        .into_iter()
        .filter(|(pid, _, name)| pids.contains(pid) && name.starts_with("chromium"))
        .map(|(pid, ..)| pid)
        .collect();
    let memory = memory_mb(&named);
    for pid in offspring(chromium.id()).into_iter().chain(offspring(serve.id())).rev() {
        let _ = Command::new("kill").arg(pid.to_string()).status();
    }
    let _ = chromium.wait();
    let _ = serve.wait();
    (memory > 0.0).then_some(memory)
}
