//! The real window under a virtual screen, driven by WebKit's own WebDriver. A W3C client of a few calls, no more.

use std::{
    ffi::OsStr,
    path::Path,
    process::{Child, Stdio},
    time::Duration,
};

use serde_json::{Value, json};

use crate::{Session, free_port, program, wait_for};

/// Key under which WebDriver hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// How long a journey waits for something to appear.
const PATIENCE: Duration = Duration::from_secs(30);

/// A window; it and its screen end when it is dropped.
pub struct Window {
    driver: Child,
    screen: Child,
    display: String,
    base: String,
}

/// An element of the window.
#[derive(Clone)]
pub struct Element(String);

impl Window {
    /// Opens the window in a session, on a screen of 1280 × 800.
    pub fn open(session: &Session) -> Self {
        Self::open_on(session, screen(session, &[]))
    }

    /// Opens the window on a screen of 1280 × 800 to which a second one can be plugged in.
    pub fn open_with_projector(session: &Session) -> Self {
        let (server, display) = pluggable(session);
        let on = ["--output", "DUMMY1", "--mode", "1280x800", "--pos", "1280x0"];
        for step in [&["--addmode", "DUMMY1", "1280x800"][..], &on] {
            xrandr(session, &display, step);
        }
        Self::open_on(session, (server, display))
    }

    /// Plugs the second screen of 1280 × 800, at the right, in or out. The driver reports it when it is asked.
    pub fn projector(&self, session: &Session, plugged: bool) {
        if !plugged {
            xrandr(session, &self.display, &["--output", "DUMMY1", "--off", "--fb", "1280x800"]);
        }
        xrandr(session, &self.display, &["--query"]);
    }

    /// The display it is on, for another program.
    pub fn display(&self) -> &str {
        &self.display
    }

    fn open_on(session: &Session, (screen, display): (Child, String)) -> Self {
        let port = free_port();
        let driver = session
            .command("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .env("DISPLAY", &display)
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("WebKitWebDriver runs");
        let mut window = Self { driver, screen, display, base: format!("http://127.0.0.1:{port}") };
        wait_for("WebDriver", PATIENCE, || ureq::get(format!("{}/status", window.base)).call().ok());
        let options = json!({ "binary": program("boardroom-desktop"), "args": [] });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
        let session = window.post("/session", &wanted);
        window.base =
            format!("{}/session/{}", window.base, session["sessionId"].as_str().expect("a session"));
        window
    }

    /// Waits for the element with a test id.
    pub fn find(&self, id: &str) -> Element {
        wait_for(id, PATIENCE, || self.maybe(id))
    }

    /// The element with a test id, if it is there now.
    pub fn maybe(&self, id: &str) -> Option<Element> {
        self.all(id).into_iter().next()
    }

    /// Every element with a test id.
    pub fn all(&self, id: &str) -> Vec<Element> {
        let question = json!({ "using": "css selector", "value": format!("[data-testid=\"{id}\"]") });
        let found = self.post("/elements", &question);
        found
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|e| e[ELEMENT].as_str())
            .map(|e| Element(e.into()))
            .collect()
    }

    /// Clicks, as soon as nothing moves or lies over the element.
    pub fn click(&self, element: &Element) {
        let path = format!("/element/{}/click", element.0);
        wait_for("something to click on", PATIENCE, || {
            let (done, value) = self.ask(&path, &json!({}));
            assert!(done || value["error"] == "element not interactable", "{path}: {value}");
            done.then_some(())
        });
    }

    /// Signs a demo person in at the gate and waits until the window follows the server.
    pub fn sign_in(&self, server: &str, email: &str) {
        self.write(&self.find("sign-in-server"), server);
        self.write(&self.find("sign-in-email"), email);
        self.write(&self.find("sign-in-password"), crate::PASSWORD);
        self.click(&self.find("sign-in-submit"));
        self.until("connection-badge", "data-state", "live");
    }

    /// Plugs the second screen in and begins a show on it.
    pub fn begin_show(&self, session: &Session) {
        self.projector(session, true);
        self.click(&self.find("show-open"));
        wait_for("the second screen", PATIENCE, || {
            self.said("[data-testid=show-screen]").contains("1280 × 800").then_some(())
        });
        self.click(&self.find("show-begin"));
        self.until("presenter", "data-solo", "false");
    }

    /// Waits for the first element that a selector names, and clicks it.
    pub fn press_on(&self, selector: &str) {
        wait_for(selector, PATIENCE, || {
            let question = json!({ "using": "css selector", "value": selector });
            let found = self.post("/elements", &question);
            let element = found.as_array()?.first()?[ELEMENT].as_str()?.to_owned();
            self.click(&Element(element));
            Some(())
        });
    }

    /// Waits until the element that a selector names says some words.
    pub fn says(&self, selector: &str, words: &str) {
        wait_for(&format!("{selector} saying {words}"), PATIENCE, || {
            self.said(selector).contains(words).then_some(())
        });
    }

    /// Types.
    pub fn write(&self, element: &Element, text: &str) {
        self.post(&format!("/element/{}/clear", element.0), &json!({}));
        self.post(&format!("/element/{}/value", element.0), &json!({ "text": text }));
    }

    /// The shown text.
    pub fn text(&self, element: &Element) -> String {
        self.get(&format!("/element/{}/text", element.0)).as_str().unwrap_or_default().to_owned()
    }

    /// An attribute.
    pub fn attribute(&self, element: &Element, name: &str) -> Option<String> {
        self.get(&format!("/element/{}/attribute/{name}", element.0)).as_str().map(ToOwned::to_owned)
    }

    /// Runs a script and returns its value.
    pub fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Presses keys, as a person would.
    pub fn keys(&self, element: &Element, keys: &str) {
        self.post(&format!("/element/{}/value", element.0), &json!({ "text": keys }));
    }

    /// Waits until an attribute of the element with a test id has a value.
    pub fn until(&self, id: &str, attribute: &str, value: &str) {
        wait_for(&format!("{id} with {attribute}={value}"), PATIENCE, || {
            let element = self.maybe(id)?;
            (self.attribute(&element, attribute)? == value).then_some(())
        });
    }

    /// Presses keys wherever the focus is, through the screen itself: a key's name as X has it.
    pub fn press(&self, session: &Session, key: &str) {
        let mut tool = session.command("xdotool");
        let done = tool.env("DISPLAY", &self.display).args(["key", key]).status();
        assert!(done.is_ok_and(|status| status.success()), "xdotool presses {key}");
    }

    /// Place and size of every window of the app that is shown: `(left, top, width, height)`.
    pub fn windows(&self, session: &Session) -> Vec<(i64, i64, i64, i64)> {
        let run = |arguments: &[&str]| {
            let mut tool = session.command("xdotool");
            let output = tool.env("DISPLAY", &self.display).args(arguments).output().expect("xdotool runs");
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        let shown = run(&["search", "--onlyvisible", "--class", "boardroom"]);
        let mut places: Vec<_> = shown
            .lines()
            .filter_map(|window| {
                let said = run(&["getwindowgeometry", "--shell", window]);
                let field = |name: &str| -> Option<i64> {
                    said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
                };
                Some((field("X")?, field("Y")?, field("WIDTH")?, field("HEIGHT")?))
            })
            .filter(|(_, _, width, height)| *width > 100 && *height > 100)
            .collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    /// Handles of the pages that can be driven.
    pub fn pages(&self) -> Vec<String> {
        let handles = self.get("/window/handles");
        handles.as_array().into_iter().flatten().filter_map(|h| h.as_str().map(ToOwned::to_owned)).collect()
    }

    /// Drives another page from here on.
    pub fn turn_to(&self, page: &str) {
        self.post("/window", &json!({ "handle": page }));
    }

    /// The words of the element that a selector names, whether or not something lies over it.
    pub fn said(&self, selector: &str) -> String {
        let script = format!("return document.querySelector('{selector}')?.textContent ?? ''");
        self.run(&script).as_str().unwrap_or_default().to_owned()
    }

    /// Keeps a picture of the screen in the folder that `BOARDROOM_PICTURES` names, if it names one.
    pub fn keep(&self, session: &Session, name: &str) {
        if let Ok(folder) = std::env::var("BOARDROOM_PICTURES") {
            std::thread::sleep(Duration::from_secs(2));
            self.picture(session, &Path::new(&folder).join(format!("{name}.png")));
        }
    }

    /// Saves a picture of the screen.
    pub fn picture(&self, session: &Session, path: &Path) {
        let done = session
            .command("import")
            .env("DISPLAY", &self.display)
            .args(["-window", "root"])
            .arg(path)
            .status()
            .expect("import runs");
        assert!(done.success());
    }

    fn get(&self, path: &str) -> Value {
        let mut answer = ureq::get(format!("{}{path}", self.base)).call().expect("WebDriver answers");
        value(answer.body_mut().read_json().expect("JSON"))
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let (done, value) = self.ask(path, body);
        assert!(done, "{path}: {value}");
        value
    }

    /// Whether it was done, and the answer or the error.
    fn ask(&self, path: &str, body: &Value) -> (bool, Value) {
        let mut answer = ureq::post(format!("{}{path}", self.base))
            .config()
            .http_status_as_error(false)
            .build()
            .send_json(body)
            .expect("WebDriver answers");
        let done = answer.status().is_success();
        (done, value(answer.body_mut().read_json().expect("JSON")))
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = ureq::delete(&self.base).call();
        for child in [&mut self.driver, &mut self.screen] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn value(mut answer: Value) -> Value {
    answer["value"].take()
}

/// A virtual screen of 1280 × 800 on a display number that it picks itself, with further options of `Xvfb`.
pub fn screen(session: &Session, options: &[&OsStr]) -> (Child, String) {
    let screen = session
        .command("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"])
        .args(options)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Xvfb runs");
    numbered(screen)
}

/// A display without hardware that has several outputs: the toolkit knows a screen by its output, of which `Xvfb` has one.
fn pluggable(session: &Session) -> (Child, String) {
    let config = crate::root().join("tests/src/two_screens.conf");
    let log = session.documents().join("x.log");
    let server = session
        .command("/usr/lib/xorg/Xorg")
        // A seat of its own: on another than the first, the server wants no console.
        .args(["-displayfd", "1", "-seat", "seat-of-tests", "-noreset", "-nolisten", "tcp"])
        .arg("-config")
        .arg(config)
        .arg("-logfile")
        .arg(log)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Xorg runs");
    numbered(server)
}

fn xrandr(session: &Session, display: &str, arguments: &[&str]) {
    let mut tool = session.command("xrandr");
    let done = tool.env("DISPLAY", display).args(arguments).stdout(Stdio::null()).status();
    assert!(done.is_ok_and(|status| status.success()), "xrandr {arguments:?}");
}

/// The display number that a server prints when it is ready.
fn numbered(mut server: Child) -> (Child, String) {
    use std::io::{BufRead, BufReader};
    let mut number = String::new();
    BufReader::new(server.stdout.take().expect("a pipe")).read_line(&mut number).expect("a display");
    (server, format!(":{}", number.trim()))
}
