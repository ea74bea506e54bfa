//! A company's agreement to be counted in benchmarks, taken back in the window where there is no network, and told to everybody.
#![allow(clippy::unwrap_used, reason = "a journey that cannot go on fails loudly")]

use std::time::Duration;

use boardroom_tests::{Server, Session, Window, wait_for};

const SOON: Duration = Duration::from_secs(30);

#[test]
fn who_governs_takes_the_company_out_of_benchmarks_offline_and_the_board_is_told() {
    let mut server = Server::with_demo();
    let admin = Session::signed_in(&server, "mina.okstad@fjordlys.example");
    let viewer = Session::signed_in(&server, "ragnhild.tangen@fjordlys.example");
    server.kill();

    let window = Window::open(&admin);
    window.click(&window.find("unlock"));
    window.click(&window.find("nav-settings"));
    window.says("[data-testid=company]", "takes part");
    window.click(&window.find("consent"));
    window.says("[data-testid=consent-sure]", "are no longer counted");
    window.click(&window.find("consent-sure-yes"));
    window.says("[data-testid=company]", "waits for the server");
    window.keep(&admin, "settings-consent");

    server.start();
    wait_for("the server's answer", SOON, || {
        let said = window.said("[data-testid=company]");
        (said.contains("does not take part") && !said.contains("waits")).then_some(())
    });

    let before = viewer.ok(&["benchmarks"]);
    assert_eq!((&before["takesPart"], &before["mayChange"]), (&true.into(), &false.into()), "{before}");
    viewer.ok(&["sync"]);
    assert_eq!(viewer.ok(&["benchmarks"])["takesPart"], false);
    let refused = viewer.cli(&["benchmarks", "--take-part", "yes"]);
    assert_eq!(refused.json["code"], "desk.refused", "{}", refused.json);
}
