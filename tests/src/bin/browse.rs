//! Opens the real window over a real server, with its adapter, and has another browser put to the checks for browsers:
//! `make browser`. Needs `boardroom-desktop` with the feature `adapter`.

use std::{
    process::{Command, ExitCode, Stdio},
    time::Duration,
};

use boardroom_tests::{Server, Session, free_port, program, root, wait_for};
use uuid::Uuid;

fn main() -> ExitCode {
    let server = Server::with_demo();
    let session = Session::signed_in(&server, "kari.nordlid@fjordlys.example");
    let (mut screen, display) = boardroom_tests::screen(&session, &[]);
    let (port, token) = (free_port(), Uuid::new_v4().simple().to_string());
    let mut window = session
        .command(program("boardroom-desktop"))
        .env("DISPLAY", &display)
        .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
        .env("BOARDROOM_ADAPTER_PORT", port.to_string())
        .env("BOARDROOM_ADAPTER_TOKEN", &token)
        .stdout(Stdio::null())
        .spawn()
        .expect("the window opens");
    let address = format!("http://127.0.0.1:{port}");
    wait_for("the adapter", Duration::from_mins(1), || {
        ureq::get(format!("{address}/?token={token}")).call().ok()
    });
    let done = Command::new("node")
        .arg("checks/core.mjs")
        .current_dir(root().join("ui"))
        .env("BOARDROOM_ADAPTER", &address)
        .env("BOARDROOM_ADAPTER_TOKEN", &token)
        .env("BOARDROOM_OUT", root().join("target/bench"))
        .status()
        .expect("node runs");
    let _ = window.kill();
    let _ = window.wait();
    let _ = screen.kill();
    let _ = screen.wait();
    if done.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
