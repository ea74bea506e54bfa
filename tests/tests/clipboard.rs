//! What is copied in the real window, pasted by another program.
#![allow(clippy::unwrap_used, reason = "a journey that cannot go on fails loudly")]

use std::time::Duration;

use boardroom_tests::{Server, Session, Window, root, wait_for};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(30);

/// Copies with a button and returns what another program is then given.
fn copied(session: &Session, window: &Window, button: &str) -> Value {
    window.click(&window.find(button));
    window.until(button, "data-outcome", "done");
    let judge = root().join("tests/judges/clipboard.py");
    let output =
        session.command("/usr/bin/python3").env("DISPLAY", window.display()).arg(judge).output().unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn a_citation_a_chart_and_its_table_are_pasted_by_another_program() {
    let mut server = Server::with_demo();
    let session = Session::signed_in(&server, "kari.nordlid@fjordlys.example");
    server.kill();
    let window = Window::open(&session);
    window.click(&window.find("unlock"));

    wait_for("a chart", SOON, || window.maybe("chart-copy"));
    let picture = copied(&session, &window, "chart-copy");
    assert_eq!(picture["picture"], json!([2400, 1350]), "{picture}");

    window.click(&window.find("chart-table"));
    let table = copied(&session, &window, "chart-copy");
    let text = table["text"].as_str().unwrap();
    let columns: Vec<usize> = text.lines().map(|line| line.split('\t').count()).collect();
    assert!(
        columns.len() > 2 && columns[0] > 1 && columns.iter().all(|count| *count == columns[0]),
        "{text}"
    );

    window.press_on("[data-testid=kpi-card] button");
    let citation = copied(&session, &window, "copy-citation");
    assert_eq!(citation["picture"], Value::Null);
    assert!(citation["text"].as_str().unwrap().starts_with("Fjordlys Group, "), "{citation}");
}
