//! A laptop whose keyring was emptied: the window says so, helps, and nothing that the server has is lost.
#![allow(clippy::unwrap_used, reason = "a journey that cannot go on fails loudly")]

use std::time::Duration;

use boardroom_tests::{PASSWORD, Server, Session, Window, wait_for};

const SOON: Duration = Duration::from_secs(30);

#[test]
fn a_lost_keyring_is_explained_and_mended_by_signing_in() {
    let server = Server::with_demo();
    let mut session = Session::signed_in(&server, "kari.nordlid@fjordlys.example");
    session.lose_keyring();

    let window = Window::open(&session);
    window.click(&window.find("unlock"));
    window.until("fault", "data-code", "vault.key_lost");
    // Who and where are known; only the password is asked for.
    let field = window.find("sign-in-password");
    window.keep(&session, "key-lost");
    window.write(&field, PASSWORD);
    window.click(&window.find("sign-in-submit"));
    window.until("connection-badge", "data-state", "live");
    wait_for("the cards", SOON, || (window.all("kpi-card").len() >= 8).then_some(()));

    // The copy that does not open any more was set aside, not thrown away.
    let aside = std::fs::read_dir(session.data()).unwrap().map(|file| file.unwrap().file_name());
    assert!(aside.into_iter().any(|name| name.to_string_lossy().contains(".set-aside-")));
    drop(window);
    let window = Window::open(&session);
    window.click(&window.find("unlock"));
    wait_for("the cards", SOON, || (window.all("kpi-card").len() >= 8).then_some(()));
}

#[test]
fn without_a_keyring_the_window_says_what_is_missing() {
    let server = Server::founded();
    let session = Session::without_keyring();
    let window = Window::open(&session);
    window.write(&window.find("sign-in-server"), &server.url());
    window.write(&window.find("sign-in-email"), "kari.nordlid@fjordlys.example");
    window.write(&window.find("sign-in-password"), PASSWORD);
    window.click(&window.find("sign-in-submit"));
    window.until("fault", "data-code", "keyring.missing");
    assert!(std::fs::read_dir(session.data()).unwrap().all(|file| {
        let name = file.unwrap().file_name();
        !name.to_string_lossy().starts_with("vault-")
    }));
}
