//! What a screen reader is told of the main screens, over AT-SPI from the real window: outlines kept in `tests/outlines`.
//!
//! `BOARDROOM_UPDATE=1` writes them anew; look at the difference before it is kept.
#![allow(clippy::unwrap_used, reason = "a journey that cannot go on fails loudly")]

use std::time::Duration;

use boardroom_tests::{Server, Session, Window, root, wait_for};

const SOON: Duration = Duration::from_secs(30);
/// What a person can act on, and pictures, are nothing without a name.
const NAMED: [&str; 10] = [
    "push button",
    "toggle button",
    "combo box",
    "check box",
    "radio button",
    "entry",
    "link",
    "slider",
    "image",
    "page tab",
];

/// The outline of the page, once it does not change any more.
fn read(session: &Session) -> String {
    let mut before = String::new();
    wait_for("a page at rest", SOON, || {
        let mut reader = session.command("/usr/bin/python3");
        let output = reader.arg(root().join("tests/judges/reader.py")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let now = String::from_utf8(output.stdout).unwrap();
        let rests = now == before;
        before.clone_from(&now);
        rests.then_some(())
    });
    before
}

fn judge(session: &Session, name: &str) {
    let outline = read(session);
    for line in outline.lines() {
        assert!(!NAMED.contains(&line.trim()), "{name}: {} without a name:\n{outline}", line.trim());
    }
    let is_landmark = |line: &str| line.trim_start().starts_with("landmark");
    assert!(outline.lines().any(is_landmark), "{name} has no landmarks:\n{outline}");
    let path = root().join("tests/outlines").join(format!("{name}.txt"));
    if std::env::var_os("BOARDROOM_UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &outline).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == outline, "{name} is read differently; BOARDROOM_UPDATE=1 keeps this:\n{outline}");
}

#[test]
fn every_main_screen_is_read_as_it_should_be() {
    let mut server = Server::with_demo();
    let mut session = Session::new();
    session.start_reader_bus();
    session.login(&server.url(), "kari.nordlid@fjordlys.example");
    session.ok(&["sync"]);
    server.kill();

    let window = Window::open(&session);
    window.find("unlock");
    judge(&session, "gate");
    window.click(&window.find("unlock"));
    wait_for("the cards", SOON, || (window.all("kpi-card").len() >= 8).then_some(()));
    window.until("connection-badge", "data-state", "offline");
    judge(&session, "dashboard");
    for screen in ["reports", "notes", "ready", "verify", "settings"] {
        window.press_on(&format!("[data-testid=nav-{screen}]"));
        judge(&session, screen);
    }
}
