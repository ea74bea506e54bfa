//! Another company, another language, another start: what is chosen stays, each company has its own place, and all of it
//! without the network.
#![allow(clippy::unwrap_used, reason = "a journey that cannot go on fails loudly")]

use std::time::Duration;

use boardroom_tests::{Server, Session, Window, wait_for};

const SOON: Duration = Duration::from_secs(30);

#[test]
fn a_partner_turns_to_another_company_and_language_offline_and_finds_both_again() {
    let mut server = Server::with_demo();
    let session = Session::signed_in(&server, "jonas.bruland@brobygger.example");
    server.kill();
    let window = Window::open(&session);
    window.click(&window.find("unlock"));
    wait_for("the cards", SOON, || (window.all("kpi-card").len() >= 4).then_some(()));
    let first = window.said("[data-testid=tenant-switch]");
    let figures = window.said(".tiles");

    window.click(&window.find("tenant-switch"));
    let other = wait_for("the other company", SOON, || {
        window.all("tenant-option").into_iter().find(|option| {
            let name = window.text(option);
            !name.is_empty() && !first.contains(&name)
        })
    });
    window.click(&other);
    wait_for("another company", SOON, || (window.said("[data-testid=tenant-switch]") != first).then_some(()));
    wait_for("its own figures", SOON, || {
        let now = window.said(".tiles");
        (!now.is_empty() && now != figures).then_some(())
    });
    let second = window.said("[data-testid=tenant-switch]");

    window.click(&window.find("nav-settings"));
    window.find("policy");
    window.click(&window.find("language"));
    wait_for("the languages", SOON, || (window.all("choice-item").len() == 3).then_some(()));
    window.click(&window.all("choice-item")[2]);
    window.says("main h1", "Налаштування");
    window.keep(&session, "settings-uk");
    drop(window);

    // A new start: the same company, the same screen, the same language.
    let window = Window::open(&session);
    window.says("[data-testid=unlock]", "Розблокувати");
    window.click(&window.find("unlock"));
    window.says("main h1", "Налаштування");
    assert_eq!(window.said("[data-testid=tenant-switch]"), second);
}
