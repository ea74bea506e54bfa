//! Time travel in the real window, offline: an earlier moment on every screen, what moved since, and the way back; in
//! another language, by keyboard alone.
#![allow(clippy::unwrap_used, reason = "a journey that cannot go on fails loudly")]

use std::time::Duration;

use boardroom_tests::{Server, Session, Window, wait_for};

const SOON: Duration = Duration::from_secs(20);
const HOME: &str = "\u{e011}";
const LEFT: &str = "\u{e012}";
const END: &str = "\u{e010}";

#[test]
fn a_board_member_goes_back_in_time_offline_and_returns() {
    let mut server = Server::with_demo();
    let session = Session::signed_in(&server, "kari.nordlid@fjordlys.example");
    server.kill();
    let window = Window::open(&session);
    window.click(&window.find("unlock"));
    wait_for("the cards", SOON, || (window.all("kpi-card").len() >= 8).then_some(()));
    let newest = window.said(".tiles");

    window.click(&window.find("time-open"));
    let slider = window.find("time-slider");
    let last: u64 = window.attribute(&slider, "aria-valuemax").unwrap().parse().unwrap();
    let first: u64 = window.attribute(&slider, "aria-valuemin").unwrap().parse().unwrap();
    assert!(first < last && last > 1_000, "{first} to {last}");

    // One event back, then the beginning of what this device can show.
    window.keys(&slider, LEFT);
    window.until("time-bar", "data-seq", &(last - 1).to_string());
    wait_for("the words", SOON, || window.said("[data-testid=time-said]").contains("As of").then_some(()));
    window.keys(&slider, HOME);
    window.until("time-bar", "data-seq", &first.to_string());
    wait_for("another dashboard", SOON, || (window.said("main") != newest).then_some(()));
    window.keep(&session, "then");

    // Dragging asks for one moment at a time and ends where the pointer is.
    let frames = window.run(
        "const bar = document.querySelector('[data-testid=time-slider] svg').getBoundingClientRect();
         const slider = document.querySelector('[data-testid=time-slider]'); window.frames = 0; window.done = false;
         const began = performance.now(); let x = bar.left;
         const step = () => { window.frames += 1; x += bar.width / 90;
           if (x > bar.right) { window.rate = window.frames / (performance.now() - began) * 1000; window.done = true; return }
           slider.dispatchEvent(new PointerEvent('pointermove', { clientX: x, buttons: 1, bubbles: true }));
           requestAnimationFrame(step) };
         requestAnimationFrame(step); return 0",
    );
    assert_eq!(frames, 0);
    wait_for("the drag", SOON, || (window.run("return window.done") == true).then_some(()));
    eprintln!("dragging: {} frames a second", window.run("return Math.round(window.rate)"));

    // Another language, live; the moment stays.
    window.keys(&window.find("time-slider"), HOME);
    window.until("time-bar", "data-seq", &first.to_string());
    window.run("document.querySelector('[data-testid=theme-toggle]').click()");
    window.click(&window.find("language"));
    wait_for("the languages", SOON, || (window.all("choice-item").len() == 3).then_some(()));
    window.click(&window.all("choice-item")[2]);
    wait_for("Ukrainian", SOON, || {
        window.said("[data-testid=time-said]").contains("Станом на").then_some(())
    });
    window.keep(&session, "then-uk");

    window.keys(&window.find("time-slider"), END);
    window.until("time-bar", "data-seq", &last.to_string());
    window.click(&window.find("time-close"));
    wait_for("the newest figures", SOON, || {
        let cards = window.all("kpi-card").len();
        (window.maybe("time-bar").is_none() && cards >= 8).then_some(())
    });
}
