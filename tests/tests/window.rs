//! A journey through the real window: sign in, look, lose the server, export, verify.
#![allow(clippy::unwrap_used, reason = "a journey that cannot go on fails loudly")]

use std::time::Duration;

use boardroom_tests::{PASSWORD, Server, Session, Window, wait_for};

#[test]
fn an_executive_signs_in_loses_the_server_and_still_exports_a_pack_that_verifies() {
    let mut server = Server::with_demo();
    let session = Session::new();
    let window = Window::open(&session);

    window.write(&window.find("sign-in-server"), &server.url());
    window.write(&window.find("sign-in-email"), "kari.nordlid@fjordlys.example");
    window.write(&window.find("sign-in-password"), "not the password");
    window.click(&window.find("sign-in-submit"));
    wait_for("the refusal", Duration::from_secs(20), || {
        window
            .run("return document.body.innerText")
            .as_str()
            .filter(|t| t.contains("auth.wrong_password"))
            .map(drop)
    });
    window.write(&window.find("sign-in-password"), PASSWORD);
    window.click(&window.find("sign-in-submit"));

    window.until("connection-badge", "data-state", "live");
    assert!(!window.text(&window.find("dashboard-title")).is_empty());
    wait_for("the cards", Duration::from_secs(20), || (window.all("kpi-card").len() >= 8).then_some(()));
    wait_for("the charts", Duration::from_secs(20), || {
        let drawn = window.run(
            "return [...document.querySelectorAll('[data-testid=\"chart-img\"]')]
               .filter(i => i.complete && i.naturalWidth > 0).length",
        );
        (drawn.as_u64() >= Some(4)).then_some(())
    });

    server.kill();
    window.until("connection-badge", "data-state", "offline");

    // A figure explains itself without the network.
    window.click(&window.all("kpi-card")[0].clone());
    window.find("figure-panel");
    window.find("figure-agrees");
    let escape = "\u{e00c}";
    window.keys(&window.find("figure-panel"), escape);

    window.click(&window.find("nav-reports"));
    window.click(&window.find("export-open"));
    window.click(&window.find("export-start"));
    window.find("export-done");
    let files: Vec<_> = std::fs::read_dir(session.documents()).unwrap().map(|f| f.unwrap().path()).collect();
    assert_eq!(files.len(), 2, "{files:?}");
    for file in &files {
        let verified = session.ok(&["verify", file.to_str().unwrap()]);
        assert_eq!(verified[0]["valid"], true, "{verified}");
    }
    // Beside the window the command line reads, and is told who holds the copy when it wants to write.
    session.ok(&["dashboards", "overview"]);
    let refused = session.cli(&["notes", "write", "Ask why.", "--figure", "sroi/2026-Q3/all"]);
    assert_eq!((refused.code, &refused.json["code"]), (2, &"vault.busy".into()));

    // The policy held all along: nothing was blocked, because nothing forbidden was tried.
    let policy = window.run("return window.trustedTypes ? trustedTypes.defaultPolicy === null : true");
    assert_eq!(policy, true);
    let refused =
        window.run("try { document.body.innerHTML = '<b>x</b>'; return false } catch { return true }");
    assert_eq!(refused, true, "Trusted Types are not enforced");
}
