//! Boardroom mode in the real window, on two screens: what the audience sees, what it never sees, a server that dies and
//! a projector that is pulled out meanwhile.
#![allow(clippy::unwrap_used, reason = "a journey that cannot go on fails loudly")]

use std::time::Duration;

use boardroom_tests::{Server, Session, Window, wait_for};

const NOTE: &str = "Say nothing of the talks with Tromsø yet.";
const SOON: Duration = Duration::from_secs(20);
/// The whole right-hand screen.
const RIGHT: (i64, i64, i64, i64) = (1280, 0, 1280, 800);

#[test]
fn a_chair_presents_on_two_screens_and_everything_fails_but_the_show() {
    let mut server = Server::with_demo();
    let session = Session::signed_in(&server, "kari.nordlid@fjordlys.example");
    session.ok(&["notes", "write", NOTE, "--figure", "sroi/2026-Q3/all"]);
    let window = Window::open_with_projector(&session);
    window.click(&window.find("unlock"));
    window.until("connection-badge", "data-state", "live");
    window.begin_show(&session);
    wait_for("the audience's window", SOON, || window.windows(&session).contains(&RIGHT).then_some(()));

    // Notes stand in the presenter's window, from the second slide on.
    let room = window.find("presenter");
    let right = "\u{e014}";
    window.keys(&room, right);
    window.until("presenter", "data-slide", "1");
    wait_for("the note", SOON, || window.said("[data-testid=show-notes]").contains(NOTE).then_some(()));
    window.keep(&session, "two-screens");

    // A slide is there within a moment: from the key to the frame after the next.
    let took = window.run(
        "const room = document.querySelector('[data-testid=presenter]'); window.took = [];
         const step = (left) => { if (left === 0) return; const from = performance.now();
           room.dispatchEvent(new KeyboardEvent('keydown', { key: left % 2 ? 'ArrowLeft' : 'ArrowRight', bubbles: true }));
           requestAnimationFrame(() => requestAnimationFrame(() => { window.took.push(performance.now() - from); step(left - 1) })) };
         step(20); return 0",
    );
    assert_eq!(took, 0);
    wait_for("twenty slides", SOON, || (window.run("return window.took.length") == 20).then_some(()));
    eprintln!(
        "a slide changes in {} ms (median)",
        window.run("return window.took.sort((a, b) => a - b)[10]")
    );

    // The server dies: the show goes on.
    server.kill();
    window.keys(&room, "b");
    wait_for("black", SOON, || window.said("[data-testid=presenter]").contains("Black screen").then_some(()));
    window.keys(&room, "b");
    window.keys(&room, right);
    window.until("presenter", "data-slide", "2");

    // The projector is pulled out: its window goes, and the notes with it, until the presenter says otherwise.
    window.projector(&session, false);
    window.find("show-covered");
    assert!(!window.said("[data-testid=show-notes]").contains(NOTE));
    wait_for("one window", SOON, || (!window.windows(&session).contains(&RIGHT)).then_some(()));
    window.keep(&session, "pulled-out");

    window.click(&window.find("show-end"));
    wait_for("the dashboard", SOON, || window.maybe("presenter").is_none().then_some(()));
    window.find("dashboard-title");
}
