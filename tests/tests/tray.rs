//! The icon beside the clock: what it says, what can be chosen at it, and the window that hides instead of ending the program.
#![allow(clippy::unwrap_used, reason = "a journey that cannot go on fails loudly")]

use std::{
    io::{BufRead, BufReader, Lines, Write},
    process::{Child, ChildStdin, ChildStdout, Stdio},
    time::Duration,
};

use boardroom_tests::{Server, Session, Window, root, wait_for};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_mins(1);

/// A desktop's bar, on the session's bus.
struct Bar {
    process: Child,
    asks: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Bar {
    fn start(session: &Session, window: &Window) -> Self {
        let mut process = session
            .command("/usr/bin/python3")
            .arg(root().join("tests/judges/tray_bar.py"))
            .env("DISPLAY", window.display())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (asks, answers) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        let mut answers = BufReader::new(answers).lines();
        assert_eq!(answers.next().unwrap().unwrap(), "{}");
        Self { process, asks, answers }
    }

    fn ask(&mut self, line: &str) -> Value {
        writeln!(self.asks, "{line}").unwrap();
        serde_json::from_str(&self.answers.next().unwrap().unwrap()).unwrap()
    }

    /// Waits until the first line of the icon's menu says some words, and gives the menu.
    fn says(&mut self, words: &str) -> Value {
        wait_for(words, SOON, || {
            let look = self.ask("look");
            (look["menu"][0] == json!([words, false])).then_some(look)
        })
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Waits until so many windows are seen.
fn shows(session: &Session, window: &Window, count: usize) {
    wait_for(&format!("{count} windows"), SOON, || (window.windows(session).len() == count).then_some(()));
}

/// Whether the program has a window, seen or hidden.
fn runs(session: &Session, window: &Window) -> bool {
    let mut search = session.command("xdotool");
    search.args(["search", "--name", "^Boardroom$"]).env("DISPLAY", window.display());
    search.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
}

#[test]
fn the_window_hides_to_the_icon_and_the_copy_stays_up_to_date() {
    let mut server = Server::with_demo();
    let session = Session::signed_in(&server, "kari.nordlid@fjordlys.example");
    let window = Window::open(&session);
    window.find("unlock");
    // The bar comes after the program, as it may when a session starts.
    let mut bar = Bar::start(&session, &window);
    let look = bar.says("Locked");
    assert_eq!((&look["title"], &look["status"]), (&json!("Boardroom"), &json!("Active")), "{look}");
    assert_eq!(look["tip"], json!(["Boardroom", "Locked"]));
    assert_eq!(look["pictures"], json!([[32, 32, 32 * 32 * 4], [128, 128, 128 * 128 * 4]]));
    assert_eq!(look["menu"], json!([["Locked", false], ["Open Boardroom", true], ["Quit", true]]));

    window.click(&window.find("unlock"));
    let look = bar.says("Live");
    assert_eq!(look["menu"][2], json!(["Lock", true]), "{look}");

    assert_eq!(bar.ask("close Boardroom"), json!(true));
    shows(&session, &window, 0);
    server.kill();
    let look = bar.says("Offline");
    assert_eq!(look["menu"][2], json!(["Connect now", true]), "{look}");
    server.start();
    assert_eq!(bar.ask("press Connect now"), json!(true));
    bar.says("Live");

    assert_eq!(bar.ask("activate"), json!(true));
    shows(&session, &window, 1);
    assert_eq!(bar.ask("press Lock"), json!(true));
    window.find("unlock");
    bar.says("Locked");
    assert_eq!(bar.ask("press Lock"), json!(false));

    assert_eq!(bar.ask("press Quit"), json!(true));
    wait_for("the end", SOON, || (!runs(&session, &window)).then_some(()));
}

#[test]
fn where_nobody_shows_icons_closing_ends_the_program() {
    let session = Session::new();
    let window = Window::open(&session);
    window.find("sign-in-submit");
    let mut bar = Bar::start(&session, &window);
    bar.says("Signed out");
    assert_eq!(bar.ask("leave"), json!(true));
    // The program hears of it a moment later.
    wait_for("the end", SOON, || {
        bar.ask("close Boardroom");
        (!runs(&session, &window)).then_some(())
    });
}

#[test]
fn closing_the_presenters_window_takes_the_audiences_along() {
    let server = Server::with_demo();
    let session = Session::signed_in(&server, "kari.nordlid@fjordlys.example");
    let window = Window::open_with_projector(&session);
    window.click(&window.find("unlock"));
    let mut bar = Bar::start(&session, &window);
    bar.says("Live");
    window.begin_show(&session);
    shows(&session, &window, 2);
    bar.ask("close Boardroom");
    shows(&session, &window, 0);
    // The show goes on in the presenter's window, with its notes hidden: the screen may be the audience's now.
    bar.ask("activate");
    shows(&session, &window, 1);
    window.find("show-covered");
}
