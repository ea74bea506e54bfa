//! A desktop session of its own: a home folder, a D-Bus session bus and an unlocked Secret Service keyring.

use std::{
    io::{BufRead, BufReader, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use crate::{PASSWORD, Server, program};

/// A session; its processes end when it is dropped.
pub struct Session {
    folder: TempDir,
    bus: String,
    processes: Vec<Child>,
}

/// What a run of the command line gave.
pub struct Answer {
    /// Exit code.
    pub code: i32,
    /// The JSON it printed, on either stream.
    pub json: serde_json::Value,
}

impl Session {
    /// A session with an unlocked keyring.
    pub fn new() -> Self {
        let mut session = Self::without_keyring();
        session.start_keyring();
        session
    }

    /// A session of a demo person whose copy has everything.
    pub fn signed_in(server: &Server, email: &str) -> Self {
        let session = Self::new();
        session.login(&server.url(), email);
        session.ok(&["sync"]);
        session
    }

    /// Empties the keyring, as a new account or a reset password does.
    pub fn lose_keyring(&mut self) {
        let mut keyring = self.processes.pop().expect("a keyring runs");
        keyring.kill().expect("it can be killed");
        keyring.wait().expect("it ends");
        let folder = self.folder.path().join("home/.local/share/keyrings");
        std::fs::remove_dir_all(&folder).expect("it is there");
        std::fs::create_dir_all(&folder).expect("a folder");
        self.start_keyring();
    }

    fn start_keyring(&mut self) {
        let session = self;
        let mut keyring = session
            .command("gnome-keyring-daemon")
            .args(["--foreground", "--unlock", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("gnome-keyring-daemon runs");
        // Without a newline: it would become part of the password.
        keyring.stdin.take().expect("a pipe").write_all(b"test").expect("the keyring listens");
        session.processes.push(keyring);
        let ready = || {
            let mut probe = session.command("dbus-send");
            probe.args(["--session", "--print-reply", "--dest=org.freedesktop.secrets"]);
            probe.args(["/org/freedesktop/secrets", "org.freedesktop.DBus.Peer.Ping"]);
            let done = probe.stdout(Stdio::null()).stderr(Stdio::null()).status();
            done.is_ok_and(|status| status.success()).then_some(())
        };
        crate::wait_for("the keyring", std::time::Duration::from_secs(10), ready);
    }

    /// Starts the bus on which a screen reader is told what the window shows; before the window is opened.
    pub fn start_reader_bus(&mut self) {
        let mut bus = self.command("/usr/libexec/at-spi-bus-launcher");
        let bus = bus.arg("--launch-immediately").stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        self.processes.push(bus.expect("at-spi-bus-launcher runs"));
    }

    /// A session with a bus on which nothing keeps secrets.
    pub fn without_keyring() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["home/.local/share/keyrings", "run", "data", "documents"] {
            std::fs::create_dir_all(folder.path().join(name)).expect("a folder");
        }
        let run = folder.path().join("run");
        std::fs::set_permissions(run, std::fs::Permissions::from_mode(0o700)).expect("permissions");
        // Activation is off, so that a session without a keyring stays without one.
        let config = folder.path().join("bus.conf");
        let socket = folder.path().join("run/bus");
        let text = format!(
            "<busconfig><type>session</type><listen>unix:path={}</listen><auth>EXTERNAL</auth>\
             <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>\
             <allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>",
            socket.display()
        );
        std::fs::write(&config, text).expect("a file");
        let mut bus = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon runs");
        let mut address = String::new();
        BufReader::new(bus.stdout.take().expect("a pipe")).read_line(&mut address).expect("an address");
        Self { folder, bus: address.trim().to_owned(), processes: vec![bus] }
    }

    /// Folder of the profile and the vault.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Folder that packs go to.
    pub fn documents(&self) -> PathBuf {
        self.folder.path().join("documents")
    }

    /// A program in this session.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.env_clear();
        for name in ["PATH", "LLVM_PROFILE_FILE"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
            .env("HOME", self.folder.path().join("home"))
            .env("XDG_RUNTIME_DIR", self.folder.path().join("run"))
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("BOARDROOM_DATA_DIR", self.data())
            .env("BOARDROOM_DOCUMENTS_DIR", self.documents())
            .env("LANG", "C.UTF-8")
            .current_dir(self.documents());
        command
    }

    /// Runs `boardroom --json …`.
    pub fn cli(&self, arguments: &[&str]) -> Answer {
        let output = self
            .command(program("boardroom"))
            .arg("--json")
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .expect("the command line runs");
        let read = |bytes: &[u8]| serde_json::from_slice(bytes).ok();
        let json = read(&output.stdout).or_else(|| read(&output.stderr)).unwrap_or_else(|| {
            panic!("{arguments:?} printed no JSON: {}", String::from_utf8_lossy(&output.stderr))
        });
        Answer { code: output.status.code().unwrap_or(-1), json }
    }

    /// Runs `boardroom --json …` and expects success.
    pub fn ok(&self, arguments: &[&str]) -> serde_json::Value {
        let answer = self.cli(arguments);
        assert_eq!(answer.code, 0, "{arguments:?}: {}", answer.json);
        answer.json
    }

    /// Signs a demo person in.
    pub fn login(&self, server: &str, email: &str) -> serde_json::Value {
        let file = self.folder.path().join("password");
        std::fs::write(&file, PASSWORD).expect("a file");
        self.ok(&["login", server, "--email", email, "--password-file", file.to_str().expect("UTF-8")])
    }
}

impl Default for Session {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        for process in self.processes.iter_mut().rev() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
