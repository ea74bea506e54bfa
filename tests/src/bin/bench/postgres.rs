//! A PostgreSQL of its own for the measurements: Debian's version 15 in a fresh folder, every commit flushed.

use std::{
    fs,
    os::unix::fs::{MetadataExt, chown},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use boardroom_tests::{free_port, wait_for};
use tempfile::TempDir;

use crate::machine;

const PROGRAMS: &str = "/usr/lib/postgresql/15/bin";
/// The account it runs under where we are root, which it refuses to run as.
const ACCOUNT: &str = "postgres";

/// A running cluster; ended when dropped.
pub(crate) struct Postgres {
    _folder: TempDir,
    port: u16,
    child: Child,
}

impl Postgres {
    /// Why it cannot run here, if so.
    pub(crate) fn missing() -> Option<&'static str> {
        let there = Path::new(PROGRAMS).join("initdb").exists();
        (!there).then_some("PostgreSQL 15 is not installed (Debian: postgresql-15)")
    }

    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        if root() {
            let account = fs::metadata("/var/lib/postgresql").expect("the account's home");
            chown(folder.path(), Some(account.uid()), Some(account.gid())).unwrap();
        }
        let data = folder.path().join("data");
        let arguments = ["--pgdata", data.to_str().unwrap(), "--auth=trust", "--username=postgres", "--encoding=UTF8"];
        let made = program("initdb").args(arguments).stdout(Stdio::null()).status().expect("initdb runs");
        assert!(made.success(), "initdb failed");
        let port = free_port();
        let mut command = program("postgres");
        command.arg("-D").arg(&data).arg("-p").arg(port.to_string());
        let sockets = format!("unix_socket_directories={}", folder.path().display());
        for setting in [
            sockets.as_str(),
            "listen_addresses=127.0.0.1",
            "fsync=on",
            "synchronous_commit=on",
            "max_wal_size=4GB",
            "max_connections=120",
        ] {
            command.args(["-c", setting]);
        }
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("postgres starts");
        let cluster = Self { _folder: folder, port, child };
        wait_for("PostgreSQL", Duration::from_secs(60), || cluster.connect("postgres").ok());
        cluster
    }

    /// Makes a database and returns its address for a client on this machine.
    pub(crate) fn database(&self, name: &str) -> String {
        let mut client = self.connect("postgres").expect("a connection");
        client.batch_execute(&format!("DROP DATABASE IF EXISTS {name}")).expect("no such database");
        client.batch_execute(&format!("CREATE DATABASE {name}")).expect("a database");
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }

    fn connect(&self, database: &str) -> Result<postgres::Client, postgres::Error> {
        let address = format!("postgres://postgres@127.0.0.1:{}/{database}", self.port);
        postgres::Client::connect(&address, postgres::NoTls)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // "Fast": open sessions are ended, nothing is lost.
        let _ = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        machine::wait(&mut self.child);
    }
}

fn root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

fn program(name: &str) -> Command {
    let path = Path::new(PROGRAMS).join(name);
    if !root() {
        return Command::new(path);
    }
    let mut command = Command::new("setpriv");
    let group = format!("--regid={ACCOUNT}");
    command.args([&format!("--reuid={ACCOUNT}"), &group, "--init-groups"]).arg(path);
    command
}
