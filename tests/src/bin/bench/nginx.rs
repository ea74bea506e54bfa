//! The peer of the fan-out: Debian's nginx with nchan, one worker on one core, its buffer as long as our ring.

use std::{
    fs,
    path::Path,
    process::{Child, Stdio},
    time::Duration,
};

use boardroom_tests::{free_port, wait_for};
use serde_json::Value;
use tempfile::TempDir;

use crate::machine;

const PROGRAM: &str = "/usr/sbin/nginx";
const MODULE: &str = "/usr/lib/nginx/modules/ngx_nchan_module.so";

/// A running nginx; ended when dropped.
pub(crate) struct Nchan {
    _folder: TempDir,
    port: u16,
    child: Child,
    worker: u32,
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
        Self { _folder: folder, port, child, worker }
    }

    /// Runs the load client against it.
    pub(crate) fn load(&self, arguments: &[(&str, String)]) -> Value {
        let mut all = vec![
            ("kind", "nchan".to_owned()),
            ("address", format!("127.0.0.1:{}", self.port)),
            ("pid", self.worker.to_string()),
        ];
        all.extend(arguments.iter().map(|(name, value)| (*name, value.clone())));
        machine::load_client("", &all)
    }
}

impl Drop for Nchan {
    fn drop(&mut self) {
        machine::end(&mut self.child);
    }
}
