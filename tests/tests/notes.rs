//! A note stays with its words when the report changes: found again, found changed, and kept in the tray when they are gone.
//! And a link that opens the app where a colleague pointed.
#![allow(clippy::unwrap_used, reason = "a journey that cannot go on fails loudly")]

use std::time::Duration;

use boardroom_tests::{Server, Session, Window, program, wait_for};

const SOON: Duration = Duration::from_secs(30);
const QUOTE: &str = "2025 var det første hele året med fire programmer i drift";

#[test]
fn a_note_survives_new_versions_and_a_link_leads_to_its_report() {
    let mut server = Server::with_demo();
    let session = Session::signed_in(&server, "kari.nordlid@fjordlys.example");
    let on = ["--report", "aar-2025", "--section", "letter", "--quote", QUOTE];
    session.ok(&[&["notes", "write", "Check the number of programmes."][..], &on].concat());
    server.kill();

    let window = Window::open(&session);
    window.click(&window.find("unlock"));
    wait_for("the cards", SOON, || (window.all("kpi-card").len() >= 8).then_some(()));
    let standing = |wanted: &str| {
        window.click(&window.find("nav-notes"));
        window.until("note", "data-standing", wanted);
    };
    standing("here");

    // The second start hands its link to the window that is open.
    let again = session
        .command(program("boardroom-desktop"))
        .arg("boardroom://fjordlys/report/aar-2025")
        .env("DISPLAY", window.display())
        .status();
    assert!(again.unwrap().success());
    window.find("edit");
    window.says("article h1", "Årsrapport 2025");

    window.keep(&session, "linked");
    // More words in its section: the note stays with its own.
    window.click(&window.find("edit"));
    window.find("editor");
    window.keys(&window.find("editor"), "Kjære styre. ");
    window.click(&window.find("save"));
    window.says("[data-section=letter]", "Kjære styre.");
    window.says("[data-section=letter]", "Check the number of programmes.");
    standing("here");

    // The section goes: the note waits in the tray, with the words it was written on.
    window.press_on("[data-testid=note] .actions button");
    window.find("edit");
    window.click(&window.find("edit"));
    window.find("editor");
    window.click(&window.find("leave-out"));
    window.click(&window.find("save"));
    wait_for("the report without the letter", SOON, || {
        (window.maybe("edit").is_some() && window.said("[data-section=letter]").is_empty()).then_some(())
    });
    standing("gone");
    window.says("[data-testid=tray]", QUOTE);
    window.keep(&session, "tray");
}
