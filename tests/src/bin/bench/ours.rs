//! Our server under load: release build, one core, a store of its own, as many tenants as asked for.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Stdio},
    time::Duration,
};

use board_server::{Config, Secret, admin::Admin, seed::Demo};
use boardroom_tests::{PASSWORD, free_port, program, wait_for};
use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::machine;

/// Account that may read and change everything in every tenant.
pub(crate) const EMAIL: &str = "ada@load.example";

/// A running server; ended when dropped.
pub(crate) struct Ours {
    folder: TempDir,
    port: u16,
    child: Option<Child>,
    /// Address of a store on PostgreSQL; none for the embedded one.
    store: Option<String>,
}

impl Ours {
    /// A server with the tenants `load-0`, `load-1` and so on.
    pub(crate) fn start(tenants: usize) -> Self {
        Self::start_on(tenants, None)
    }

    /// The same on a store of choice.
    pub(crate) fn start_on(tenants: usize, store: Option<String>) -> Self {
        let mut server = Self::new(store.clone());
        let config = Config { data: server.data(), store: store.map(Secret::new), ..Config::default() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(seed(&config, tenants));
        server.resume();
        server
    }

    /// One more server on the same store, which must be on PostgreSQL.
    pub(crate) fn replica(&self) -> Self {
        let mut replica = Self::new(self.store.clone());
        replica.resume();
        replica
    }

    fn new(store: Option<String>) -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), port: free_port(), child: None, store }
    }

    /// Starts it again on its store.
    pub(crate) fn resume(&mut self) {
        let mut command = machine::pinned(0, &program("boardroom-server"));
        let listen = self.address();
        let data = self.data();
        let log = File::create(self.path("server.log")).unwrap();
        command.args(["--data", data.to_str().unwrap(), "serve", "--listen", &listen]);
        command.envs(self.store.iter().map(|store| ("BOARDROOM_STORE", store)));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.child = Some(command.spawn().expect("the server starts"));
        let ready = format!("http://{listen}/readyz");
        wait_for("the server", Duration::from_mins(1), || ureq::get(&ready).call().ok());
    }

    /// Ends it in good order.
    pub(crate) fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            machine::end(&mut child);
        }
    }

    /// Host and port.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The folder of its store.
    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    /// A fresh access token, good for ten minutes.
    pub(crate) fn token(&self) -> String {
        let mut answer = ureq::post(format!("http://{}/v1/auth/sign-in", self.address()))
            .send_json(json!({ "email": EMAIL, "password": PASSWORD, "device": "load" }))
            .expect("a sign-in");
        let pair: Value = answer.body_mut().read_json().expect("JSON");
        pair["access_token"].as_str().expect("a token").to_owned()
    }

    /// Runs the load client against it.
    pub(crate) fn load(&self, arguments: &[(&str, String)]) -> Value {
        let mut all = vec![("address", self.address()), ("pid", self.pid().to_string())];
        all.extend(arguments.iter().map(|(name, value)| (*name, value.clone())));
        machine::load_client(&[("LOAD_TOKEN", &self.token())], &all)
    }

    fn path(&self, name: &str) -> PathBuf {
        let folder: &Path = self.folder.path();
        folder.join(name)
    }
}

impl Drop for Ours {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Founds the tenants in a store.
pub(crate) async fn seed(config: &Config, tenants: usize) {
    let tenants: Vec<Value> = (0..tenants).map(|tenant| company(&format!("load-{tenant}"))).collect();
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("tenants.json"), json!({ "tenants": tenants }).to_string()).unwrap();
    let demo = Demo::read(folder.path()).expect("a description");
    let admin = Admin::open(config).expect("a store");
    demo.seed(&admin, &Secret::new(PASSWORD.to_owned()), Timestamp::now()).await.expect("tenants");
}

fn company(id: &str) -> Value {
    json!({
        "tenant": {
            "id": id, "name": "Load", "short_name": "Load", "locale": "en", "zone": "UTC", "currency": "EUR",
            "industry": "energy", "employees": 100, "accent": "#0F5C7A",
            "watermark": {
                "text": "{status}", "position": "diagonal", "opacity": 0.12, "size": 22.0, "colour": "#475569"
            },
            "partner": null
        },
        "programmes": [],
        "people": [{ "id": "ada", "name": "Ada", "email": EMAIL, "role": "SUPER_ADMIN" }],
        "dashboards": []
    })
}
