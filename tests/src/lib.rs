//! The harness of the journeys: a real server, a real session with a keyring, the real programs, a real window.
//!
//! Not a mock of anything. What a journey needs and cannot find is a failure, never a skip.
#![allow(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a harness fails loudly"
)]

mod api;
mod chance;
pub mod checker;
mod follower;
mod nginx;
mod postgres;
mod proxy;
mod server;
mod session;
#[cfg(feature = "failpoints")]
pub mod sim;
mod webdriver;
mod work;

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

pub use api::Api;
pub use chance::{Chance, rounds};
pub use follower::{Follower, PATIENCE, read_copy};
pub use nginx::{Nginx, Streams};
pub use postgres::Postgres;
pub use proxy::{Cut, Mode, Proxy, Way};
pub use server::{PASSWORD, Server};
pub use session::{Answer, Session};
pub use webdriver::{Element, Window, screen};
pub use work::{MemoryKeeper, Sender, assert_like_fresh, draft, export, fresh_copy, heal};

/// The repository's folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the repository")
}

/// A program of the workspace, as built beside these tests.
pub fn program(name: &str) -> PathBuf {
    let tests = std::env::current_exe().expect("a test has a path");
    let folder = tests.ancestors().find(|folder| folder.join("deps").is_dir()).expect("a target folder");
    let path = folder.join(name);
    assert!(path.exists(), "{} is not built; run `cargo build --workspace` first", path.display());
    path
}

/// Reads `FAILPOINTS` in a program of the tests.
pub fn arm_failpoints() {
    #[cfg(feature = "failpoints")]
    board_server::arm_failpoints();
}

/// A port that is free now.
pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).and_then(|l| l.local_addr()).expect("a free port").port()
}

/// Waits for a condition; fails with its name after the time.
pub fn wait_for<T>(what: &str, time: Duration, mut found: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(value) = found() {
            return value;
        }
        assert!(started.elapsed() < time, "waited {time:?} in vain for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
