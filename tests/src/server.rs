//! A sync server of its own for each test, with the demo tenants where asked for.

use std::{
    fs::File,
    io::Read,
    net::SocketAddr,
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use tempfile::TempDir;

use crate::{free_port, program, root, wait_for};

/// Password of every demo account.
pub const PASSWORD: &str = "a long walk along the fjord";

/// A running server; killed when dropped.
pub struct Server {
    folder: TempDir,
    /// Address of the store, where it is not a file of the folder.
    store: Option<String>,
    child: Option<Child>,
    port: u16,
}

impl Server {
    /// A server with the demo tenants founded and nothing ingested.
    pub fn founded() -> Self {
        Self::with_store(None).seeded()
    }

    /// As [`Server::founded`], on a store elsewhere.
    pub fn on(store: &str) -> Self {
        Self::with_store(Some(store.into())).seeded()
    }

    /// Another server on the same store elsewhere, not started yet.
    #[must_use]
    pub fn replica(&self) -> Self {
        assert!(self.store.is_some(), "a file has one server");
        Self::with_store(self.store.clone())
    }

    fn with_store(store: Option<String>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder, store, child: None, port: free_port() }
    }

    fn seeded(mut self) -> Self {
        self.admin(&["init"]);
        self.seed(&[]);
        self.start();
        self
    }

    /// A server with the demo tenants, their rows ingested over HTTP, and their reports.
    pub fn with_demo() -> Self {
        let server = Self::founded();
        for tenant in ["fjordlys", "fjordlys-kraft", "fjordlys-sjomat"] {
            server.ingest_demo(tenant);
        }
        server.seed(&["--reports"]);
        server
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Starts it on its port.
    pub fn start(&mut self) {
        self.start_with("");
    }

    /// Starts it with points at which it ends, in the form of `FAILPOINTS`.
    pub fn start_with(&mut self, failpoints: &str) {
        let log = self.folder.path().join("server.log");
        let log = File::options().create(true).append(true).open(log).expect("a log");
        let child = self
            .command()
            .args(["serve", "--listen", &format!("127.0.0.1:{}", self.port)])
            .env("FAILPOINTS", failpoints)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the server starts");
        self.child = Some(child);
        wait_for("the server to be ready", Duration::from_secs(20), || {
            let ready = ureq::get(format!("{}/readyz", self.url())).call().is_ok();
            // A point may end it before it ever answers.
            (ready || !self.runs()).then_some(())
        });
    }

    /// Whether the process runs.
    pub fn runs(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| child.try_wait().expect("its state").is_none())
    }

    /// Its address as a socket's.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// What it wrote into its log so far.
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("server.log")).unwrap_or_default()
    }

    /// Kills it without a word.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("it can be killed");
            child.wait().expect("it ends");
        }
    }

    /// Runs an administrator's command and returns what it printed.
    pub fn admin(&self, arguments: &[&str]) -> String {
        let output = self.command().args(arguments).output().expect("the server program runs");
        assert!(output.status.success(), "{arguments:?} failed: {}", text(&output));
        String::from_utf8(output.stdout).expect("text")
    }

    /// A token that may ingest for a tenant.
    pub fn ingest_token(&self, tenant: &str) -> String {
        let printed = self.admin(&["--json", "token", "--tenant", tenant, "--scope", "ingest"]);
        let json: serde_json::Value = serde_json::from_str(&printed).expect("JSON");
        json["token"].as_str().expect("a token").to_owned()
    }

    /// Sends one file; returns the report.
    pub fn ingest(
        &self,
        tenant: &str,
        token: &str,
        source: &str,
        kind: &str,
        body: &[u8],
    ) -> serde_json::Value {
        let url = format!("{}/v1/tenants/{tenant}/ingest?source={source}", self.url());
        let mut answer = ureq::post(url)
            .config()
            .http_status_as_error(false)
            .build()
            .header("Authorization", format!("Bearer {token}"))
            .header("Content-Type", kind)
            .send(body)
            .expect("the server answers");
        answer.body_mut().read_json().expect("JSON")
    }

    /// Ingests every file of a demo tenant, in the order of their names.
    pub fn ingest_demo(&self, tenant: &str) {
        let token = self.ingest_token(tenant);
        let folder = root().join("assets/demo").join(tenant);
        let mut files: Vec<_> =
            std::fs::read_dir(folder).expect("demo rows").map(|f| f.unwrap().path()).collect();
        files.sort();
        for path in files {
            let kind = match path.extension().and_then(|e| e.to_str()) {
                Some("csv") => "text/csv",
                Some("ndjson") => "application/x-ndjson",
                _ => continue,
            };
            let source = path.file_stem().and_then(|s| s.to_str()).expect("a name");
            let mut body = Vec::new();
            File::open(&path).and_then(|mut file| file.read_to_end(&mut body)).expect("readable");
            let report = self.ingest(tenant, &token, source, kind, &body);
            assert_eq!(report["refused"], 0, "{tenant} {source}: {report}");
            assert!(report["accepted"].as_u64() > Some(0), "{tenant} {source}: {report}");
        }
    }

    fn seed(&self, more: &[&str]) {
        let assets = root().join("assets/demo");
        let mut arguments =
            vec!["seed-demo", "--from", assets.to_str().expect("UTF-8"), "--password", PASSWORD];
        arguments.extend(more);
        self.admin(&arguments);
    }

    fn command(&self) -> Command {
        let mut command = Command::new(program("boardroom-server"));
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        if let Some(store) = &self.store {
            command.env("BOARDROOM_STORE", store);
        }
        command.args(["--data", self.folder.path().join("data").to_str().expect("UTF-8")]);
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
