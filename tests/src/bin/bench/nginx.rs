//! The peer of the fan-out: Debian's nginx with nchan, one worker on one core, its buffer as long as our ring; with its
//! messages in memory only, or each stored in PostgreSQL before it is published.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use boardroom_tests::{Postgres, free_port, wait_for};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    append::{POSTGRES, tables},
    machine,
};

const PROGRAM: &str = "/usr/sbin/nginx";
const MODULE: &str = "/usr/lib/nginx/modules/ngx_nchan_module.so";

/// A running nginx; ended when dropped.
pub(crate) struct Nchan {
    _folder: TempDir,
    port: u16,
    child: Child,
    worker: u32,
    store: Option<Log>,
}

/// A database in which each message is stored before it is published, and the server that keeps it.
struct Log {
    server: Postgres,
    address: String,
}

impl Nchan {
    /// Why it cannot run here, if so.
    pub(crate) fn missing() -> Option<&'static str> {
        let there = Path::new(PROGRAM).exists() && Path::new(MODULE).exists();
        (!there).then_some("nginx or its nchan module is not installed (Debian: nginx, libnginx-mod-nchan)")
    }

    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let port = free_port();
        let file = folder.path().join("nginx.conf");
        fs::write(
            &file,
            include_str!("../../../bench/nginx.conf")
                .replace("@PORT@", &port.to_string())
                .replace("@MODULE@", MODULE)
                .replace("@FOLDER@", folder.path().to_str().unwrap()),
        )
        .unwrap();
        let mut command = machine::pinned(0, Path::new(PROGRAM));
        command.args([
            "-p",
            folder.path().to_str().unwrap(),
            "-c",
            file.to_str().unwrap(),
            "-g",
            "daemon off;",
        ]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let url = format!("http://127.0.0.1:{port}/ready");
        wait_for("nginx", Duration::from_secs(10), || ureq::get(&url).call().ok());
        let children = format!("/proc/{0}/task/{0}/children", child.id());
        let worker =
            fs::read_to_string(children).unwrap().split_whitespace().next().unwrap().parse().unwrap();
        Self { _folder: folder, port, child, worker, store: None }
    }

    /// With a log behind it, as ours has one: PostgreSQL on the same core, one statement for each message.
    pub(crate) fn start_durable(tenants: usize) -> Self {
        let mut server = Postgres::start();
        let pid = server.pid().to_string();
        let moved = Command::new("taskset").args(["-cp", "0", &pid]).stdout(Stdio::null()).status();
        assert!(moved.expect("taskset runs").success());
        let address = server.database();
        tables(&address, tenants);
        let mut peer = Self::start();
        peer.store = Some(Log { server, address });
        peer
    }

    /// Why that cannot run here, if so.
    pub(crate) fn durable_missing() -> Option<&'static str> {
        let there = Path::new(POSTGRES).exists();
        Self::missing().or((!there).then_some("PostgreSQL is not installed (Debian: postgresql)"))
    }

    /// Runs the load client against it.
    pub(crate) fn load(&self, arguments: &[(&str, String)]) -> Value {
        let mut all = vec![
            ("kind", "nchan".to_owned()),
            ("address", format!("127.0.0.1:{}", self.port)),
            ("pid", self.worker.to_string()),
        ];
        all.extend(arguments.iter().map(|(name, value)| (*name, value.clone())));
        let Some(log) = &self.store else { return machine::load_client(&[], &all) };
        all.push(("store-pid", log.server.pid().to_string()));
        machine::load_client(&[("LOAD_STORE", &log.address)], &all)
    }
}

impl Drop for Nchan {
    fn drop(&mut self) {
        machine::end(&mut self.child);
    }
}
