//! The whole window by keyboard alone, as the screen server delivers the keys: unlocking, the palette, screens, a figure,
//! writing a note, presenting, another language, locking. No pointer is used after the start.
#![allow(clippy::unwrap_used, reason = "a journey that cannot go on fails loudly")]

use std::time::Duration;

use boardroom_tests::{Server, Session, Window, wait_for};

const SOON: Duration = Duration::from_secs(30);

#[test]
fn everything_is_reached_by_keyboard_alone() {
    let mut server = Server::with_demo();
    let session = Session::signed_in(&server, "kari.nordlid@fjordlys.example");
    server.kill();
    let window = Window::open(&session);
    window.find("unlock");
    let press = |keys: &[&str]| keys.iter().for_each(|key| window.press(&session, key));
    let focus = |id: &str| {
        wait_for(&format!("the focus on {id}"), SOON, || {
            let here = window.run("return document.activeElement?.dataset?.testid ?? ''");
            if here == id {
                return Some(());
            }
            window.press(&session, "Tab");
            None
        });
    };
    let screen = |test: &str| wait_for(test, SOON, || window.maybe(test).map(drop));

    focus("unlock");
    press(&["Return"]);
    wait_for("the cards", SOON, || (window.all("kpi-card").len() >= 8).then_some(()));

    // Screens by their keys.
    press(&["alt+m"]);
    screen("ready-check");
    press(&["alt+n"]);
    wait_for("notes", SOON, || window.said("main h1").contains("Notes").then_some(()));
    press(&["alt+r"]);
    wait_for("reports", SOON, || (window.all("report").len() >= 4).then_some(()));
    focus("report-open");
    press(&["Return"]);
    screen("note-on-section");
    // A note on a section.
    focus("note-on-section");
    press(&["Return"]);
    screen("note-text");
    focus("note-text");
    press(&["A", "s", "k"]);
    focus("note-save");
    press(&["Return"]);
    window.says("article", "Ask");

    // The palette leads anywhere.
    press(&["ctrl+k"]);
    screen("palette");
    press(&["s", "e", "t", "t", "Return"]);
    screen("policy");

    // A figure of the first dashboard, and back to where the focus was.
    press(&["ctrl+1"]);
    wait_for("the cards", SOON, || (window.all("kpi-card").len() >= 8).then_some(()));
    wait_for("the first card", SOON, || {
        let here = window.run("return !!document.activeElement?.closest('[data-testid=kpi-card]')");
        if here == true {
            return Some(());
        }
        window.press(&session, "Tab");
        None
    });
    press(&["Return"]);
    screen("figure-panel");
    press(&["Escape"]);
    wait_for("the panel closed", SOON, || window.maybe("figure-panel").is_none().then_some(()));
    let back = window.run("return !!document.activeElement?.closest('[data-testid=kpi-card]')");
    assert_eq!(back, true, "the focus came back");

    // Presenting and leaving.
    press(&["F5"]);
    screen("show-begin");
    focus("show-begin");
    press(&["Return"]);
    screen("presenter");
    press(&["Right"]);
    window.until("presenter", "data-slide", "1");
    press(&["Escape"]);
    wait_for("the end", SOON, || window.maybe("presenter").is_none().then_some(()));

    press(&["alt+l"]);
    screen("unlock");
}
