//! The evening before and the meeting itself without a server: the check, a note on a figure, and its way to the others when
//! the network is back.
#![allow(clippy::unwrap_used, reason = "a journey that cannot go on fails loudly")]

use std::time::Duration;

use boardroom_tests::{Server, Session, Window, wait_for};

const SOON: Duration = Duration::from_mins(1);

#[test]
fn a_board_member_checks_the_laptop_and_writes_a_note_offline() {
    let mut server = Server::with_demo();
    let session = Session::signed_in(&server, "henrik.aasmo@fjordlys.example");
    server.kill();
    let window = Window::open(&session);
    window.click(&window.find("unlock"));
    wait_for("the cards", SOON, || (window.all("kpi-card").len() >= 8).then_some(()));

    window.click(&window.find("nav-ready"));
    window.click(&window.find("ready-check"));
    wait_for("the result", SOON, || window.maybe("ready-result").map(drop));
    let lines = window.run(
        "return [...document.querySelectorAll('[data-testid=ready-line]')].map(line => [line.dataset.code, line.dataset.state])",
    );
    window.keep(&session, "ready");
    let state = |code: &str| {
        let found = lines.as_array().unwrap().iter().find(|line| line[0] == code);
        found.map(|line| line[1].as_str().unwrap().to_owned())
    };
    for code in ["unlock", "vault", "complete", "dashboards", "export", "folder", "lease"] {
        assert_eq!(state(code).as_deref(), Some("passed"), "{code}: {lines}");
    }
    // One virtual screen, and no service that keeps it awake: said, and no reason not to meet.
    assert_eq!(state("screens").as_deref(), Some("warned"), "{lines}");
    assert!(window.said("[data-testid=ready-result]").contains("Ready"), "{lines}");
    // A trial pack leaves nothing behind.
    assert_eq!(std::fs::read_dir(session.documents()).unwrap().count(), 0);

    // A note beside a figure, offline; it is there at once and says that it was not sent.
    window.press_on("[data-testid=nav-dashboard]");
    window.press_on("[data-testid=kpi-card] button");
    window.click(&window.find("note-on-figure"));
    window.write(&window.find("note-text"), "Ask how many stayed.");
    window.click(&window.find("note-share"));
    window.click(&window.find("note-save"));
    window.says("[data-testid=figure-panel]", "Ask how many stayed.");
    window.press_on("[data-testid=figure-panel] .sheet-close");
    window.click(&window.find("nav-notes"));
    window.says("[data-testid=note]", "Not sent yet");
    window.keep(&session, "note");

    server.start();
    window.click(&window.find("connection-badge"));
    wait_for("the note's arrival", SOON, || {
        (!window.said("[data-testid=note]").contains("Not sent yet")).then_some(())
    });
    let other = Session::signed_in(&server, "kari.nordlid@fjordlys.example");
    let notes = other.ok(&["notes"]);
    assert!(notes.to_string().contains("Ask how many stayed."), "{notes}");
}
