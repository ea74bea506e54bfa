//! A real `PostgreSQL` server of Debian for the time of a test: made in a temporary folder, flushing to disk, killed at
//! will and gone at the end. Not a shared or a lasting one.
//!
//! The server's own tests use this file too, so it needs nothing but the standard library and `tempfile`.

use std::{
    fs::Permissions,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{Sender, channel},
    time::{Duration, Instant},
};

use tempfile::TempDir;

const USER: &str = "boardroom";
const PASSWORD: &str = "a password for tests";
/// Generous, because the machine may be busy; a server that works is up long before.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running, or killed, server.
pub struct Postgres {
    folder: TempDir,
    port: u16,
    running: Option<Running>,
    databases: usize,
    /// Settings beside those that every server of a test has, as `name=value`.
    settings: Vec<String>,
}

struct Running {
    child: Child,
    /// The thread that started the server lives as long as this: the system ends the server with its thread.
    _keeper: Sender<()>,
}

impl Postgres {
    /// Makes and starts a server.
    pub fn start() -> Self {
        Self::start_with(&[], &[])
    }

    /// Makes a server with settings (`name=value`) and files of its own, which only it may read, and starts it. A
    /// setting finds such a file by its name.
    pub fn start_with(settings: &[&str], files: &[(&str, &[u8])]) -> Self {
        let folder = tempfile::Builder::new().prefix("pg").tempdir().unwrap();
        let password = folder.path().join("password");
        std::fs::write(&password, PASSWORD).unwrap();
        give_away(folder.path());
        give_away(&password);
        let data = folder.path().join("data");
        let output = unprivileged(&program("initdb"), None)
            .args(["--no-sync", "--encoding=UTF8", "--locale=C", "--auth=scram-sha-256"])
            .arg(format!("--username={USER}"))
            .arg(format!("--pwfile={}", password.display()))
            .arg("--pgdata")
            .arg(&data)
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "initdb: {}", String::from_utf8_lossy(&output.stderr));
        for (name, bytes) in files {
            let path = data.join(name);
            std::fs::write(&path, bytes).unwrap();
            std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
            give_away(&path);
        }
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let settings = settings.iter().copied().map(str::to_owned).collect();
        let mut server = Self { folder, port, running: None, databases: 0, settings };
        server.start_again();
        server
    }

    /// Starts the server after it was killed, and waits until it answers.
    pub fn start_again(&mut self) {
        assert!(self.running.is_none(), "the server runs already");
        let started = Instant::now();
        while self.running.is_none() {
            let mut running = self.spawn();
            loop {
                if self.answers() {
                    self.running = Some(running);
                    break;
                }
                // After a kill, leftovers of the old server may still hold its memory for a moment.
                if running.child.try_wait().unwrap().is_some() {
                    break;
                }
                assert!(started.elapsed() < PATIENCE, "the server does not answer: {}", self.log());
                std::thread::sleep(Duration::from_millis(30));
            }
            assert!(started.elapsed() < PATIENCE, "the server does not start: {}", self.log());
        }
    }

    fn spawn(&self) -> Running {
        let (folder, data) = (self.folder.path().to_owned(), self.folder.path().join("data"));
        let log = std::fs::OpenOptions::new().create(true).append(true).open(folder.join("log")).unwrap();
        let mut command = unprivileged(&program("postgres"), Some("QUIT"));
        command.arg("-D").arg(data).args(["-p", &self.port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
        command.arg("-c").arg(format!("unix_socket_directories={}", folder.display()));
        command.args(["-c", "fsync=on", "-c", "max_connections=200", "-c", "shared_buffers=32MB"]);
        for setting in &self.settings {
            command.args(["-c", setting]);
        }
        command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let (keeper, ended) = channel::<()>();
        let (give, child) = channel();
        std::thread::spawn(move || {
            give.send(command.spawn().unwrap()).unwrap();
            let _ = ended.recv();
        });
        Running { child: child.recv().unwrap(), _keeper: keeper }
    }

    fn answers(&self) -> bool {
        let mut command = Command::new(program("pg_isready"));
        command.args(["-q", "-t", "5", "-h", "127.0.0.1", "-p", &self.port.to_string()]);
        command.status().unwrap().success()
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Ends the server as `kill -9` of its first process does.
    pub fn kill(&mut self) {
        let mut running = self.running.take().expect("the server runs");
        running.child.kill().unwrap();
        running.child.wait().unwrap();
    }

    /// Its first process, parent of all others.
    pub fn pid(&self) -> u32 {
        self.running.as_ref().expect("the server runs").child.id()
    }

    /// Makes an empty database and gives its address.
    pub fn database(&mut self) -> String {
        self.databases += 1;
        let name = format!("boardroom_{}", self.databases);
        let mut command = Command::new(program("createdb"));
        command.env("PGPASSWORD", PASSWORD).args(["-h", "127.0.0.1", "-p", &self.port.to_string()]);
        let output = command.args(["-U", USER, &name]).output().unwrap();
        assert!(output.status.success(), "createdb: {}", String::from_utf8_lossy(&output.stderr));
        self.address(&name, PASSWORD)
    }

    /// The address of a database with a password of choice.
    pub fn address(&self, database: &str, password: &str) -> String {
        let password = password.replace(' ', "%20");
        format!("postgres://{USER}:{password}@127.0.0.1:{}/{database}", self.port)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(running) = &mut self.running {
            // Asked to quit at once, it ends its children too; killed, it would leave them behind for a moment.
            let _ = Command::new("kill").args(["-QUIT", &running.child.id().to_string()]).status();
            let _ = running.child.wait();
        }
    }
}

/// A program of the newest installed version.
fn program(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is installed (postgresql)");
    let version = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions.map(|entry| entry.unwrap().path()).max_by_key(version);
    newest.expect("PostgreSQL is installed (postgresql)").join("bin").join(name)
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout.trim_ascii() == b"0"
}

/// The server refuses to run as root; then it runs as the user that its package made.
fn unprivileged(program: &Path, dies_with_parent: Option<&str>) -> Command {
    let mut command = Command::new("setpriv");
    if is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    }
    if let Some(signal) = dies_with_parent {
        command.args(["--pdeathsig", signal]);
    }
    command.arg(program);
    command
}

fn give_away(path: &Path) {
    if is_root() {
        assert!(Command::new("chown").arg("postgres").arg(path).status().unwrap().success());
    }
}
