//! A server in this process with two small tenants, and a client that speaks its words. Not a test.

use std::{
    path::Path,
    sync::{
        Arc, Once,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use board_domain::{
    Currency, Locale, Programme, ProgrammeId, Role, Tenant, TenantId, Watermark, Words,
    wire::{Frame, Hello, Position, TokenPair},
};
use board_server::{Clock, Config, Secret, ServeError, Server, admin::Admin, seed::Demo};
use jiff::Timestamp;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{sync::oneshot, task::JoinHandle};

pub(crate) const PASSWORD: &str = "a password for tests";
/// 23 November 2026, noon.
pub(crate) const NOW: i64 = 1_795_435_200_000;

pub(crate) struct World {
    pub(crate) url: String,
    pub(crate) client: Client,
    clock: Arc<AtomicI64>,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<Result<(), ServeError>>,
    folder: TempDir,
}

fn tenant(id: &str) -> Value {
    let tenant = Tenant {
        id: TenantId::new(id).unwrap(),
        name: format!("Company {id}"),
        short_name: id.into(),
        locale: Locale::En,
        zone: "Europe/Oslo".into(),
        currency: Currency::parse("NOK").unwrap(),
        industry: "energy".into(),
        employees: 100,
        accent: "#0F5C7A".into(),
        watermark: Watermark::default(),
        partner: None,
        benchmark_consent: false,
    };
    let programmes: Vec<Programme> = ["buddy", "language", "mentoring", "upskilling"]
        .map(|id| Programme { id: ProgrammeId::new(id).unwrap(), name: Words::new(id, id, id) })
        .into();
    let people: Vec<Value> = Role::ALL
        .into_iter()
        .map(|role| {
            let name = role.code().to_lowercase();
            json!({ "id": format!("{id}-{name}"), "name": format!("Person {name}"), "role": role,
                "email": format!("{name}@{id}.example") })
        })
        .collect();
    json!({ "tenant": tenant, "programmes": programmes, "people": people, "dashboards": [] })
}

fn write_demo(folder: &Path) {
    let demo = json!({ "tenants": [tenant("alpha"), tenant("beta")] });
    std::fs::write(folder.join("tenants.json"), demo.to_string()).unwrap();
}

impl World {
    pub(crate) async fn start() -> Self {
        static CRYPTO: Once = Once::new();
        CRYPTO.call_once(|| rustls::crypto::ring::default_provider().install_default().unwrap());
        let folder = tempfile::tempdir().unwrap();
        write_demo(folder.path());
        let config = Self::config(folder.path());
        let now = Timestamp::from_millisecond(NOW).unwrap();
        let admin = Admin::open(&config).unwrap();
        let seeded =
            Demo::read(folder.path()).unwrap().seed(&admin, &Secret::new(PASSWORD), now).await.unwrap();
        assert_eq!((seeded.tenants.len(), seeded.accounts), (2, 12));
        let again =
            Demo::read(folder.path()).unwrap().seed(&admin, &Secret::new(PASSWORD), now).await.unwrap();
        assert_eq!((again.tenants.len(), again.accounts), (0, 0), "seeding twice changes nothing");
        let clock = Arc::new(AtomicI64::new(NOW));
        let ticking = Arc::clone(&clock);
        let time = Clock::new(move || Timestamp::from_millisecond(ticking.load(Ordering::SeqCst)).unwrap());
        let server = Server::bind(&config, time).await.unwrap();
        let url = format!("http://{}", server.address());
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async move {
            let _ = stopped.await;
        };
        let running = tokio::spawn(server.run(shutdown));
        let client = Client::builder().no_proxy().build().unwrap();
        Self { url, client, clock, stop: Some(stop), running, folder }
    }

    fn config(folder: &Path) -> Config {
        Config { listen: "127.0.0.1:0".parse().unwrap(), data: folder.join("data"), ..Config::default() }
    }

    /// The store beside the running server, as an operator's command line sees it.
    pub(crate) fn admin(&self) -> Admin {
        Admin::open(&Self::config(self.folder.path())).unwrap()
    }

    /// Everything that the store has written to its files.
    pub(crate) fn files(&self) -> Vec<Vec<u8>> {
        let entries = std::fs::read_dir(self.folder.path().join("data")).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
        let files: Vec<_> = paths.map(|path| std::fs::read(path).unwrap()).collect();
        assert!(files.iter().any(|file| file.starts_with(b"SQLite format 3")));
        files
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }

    pub(crate) async fn stop(mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        tokio::time::timeout(Duration::from_secs(5), &mut self.running)
            .await
            .expect("the server drains in time")
            .unwrap()
            .unwrap();
    }

    /// Tells the server to stop and gives what waits for its end.
    pub(crate) fn begin_stop(mut self) -> (JoinHandle<Result<(), ServeError>>, TempDir) {
        self.stop.take().unwrap().send(()).unwrap();
        (self.running, self.folder)
    }

    pub(crate) async fn sign_in(&self, email: &str) -> TokenPair {
        let body = json!({ "email": email, "password": PASSWORD, "device": "test" });
        let response = self.post("/v1/auth/sign-in", "", &body).await;
        assert_eq!(response.status(), StatusCode::OK, "{email}");
        response.json().await.unwrap()
    }

    pub(crate) async fn token(&self, role: Role, tenant: &str) -> String {
        self.sign_in(&format!("{}@{tenant}.example", role.code().to_lowercase())).await.access_token
    }

    pub(crate) fn get(&self, path: &str, token: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.url)).bearer_auth(token)
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: &Value) -> Response {
        self.client.post(format!("{}{path}", self.url)).bearer_auth(token).json(body).send().await.unwrap()
    }

    pub(crate) async fn ingest(
        &self,
        tenant: &str,
        source: &str,
        token: &str,
        kind: &str,
        body: Vec<u8>,
    ) -> Response {
        let url = format!("{}/v1/tenants/{tenant}/ingest?source={source}", self.url);
        let request = self.client.post(url).bearer_auth(token).header("content-type", kind).body(body);
        request.send().await.unwrap()
    }

    pub(crate) async fn hello(&self, tenant: &str, token: &str) -> Hello {
        let response = self.get(&format!("/v1/tenants/{tenant}/hello"), token).send().await.unwrap();
        response.json().await.unwrap()
    }

    /// Every frame of a tenant's log, page by page, without the ends of pages.
    pub(crate) async fn frames(&self, tenant: &str, token: &str, limit: u32) -> Vec<Frame> {
        let epoch = self.hello(tenant, token).await.epoch;
        let (mut all, mut seq) = (Vec::new(), 0);
        loop {
            let path = format!("/v1/tenants/{tenant}/log?after={}&limit={limit}", Position { epoch, seq });
            let text = self.get(&path, token).send().await.unwrap().text().await.unwrap();
            for line in text.lines() {
                match serde_json::from_str(line).unwrap() {
                    Frame::CaughtUp { head, more: false } => {
                        assert_eq!(head, seq);
                        return all;
                    }
                    Frame::CaughtUp { more: true, .. } => (),
                    frame => {
                        seq = reached(&frame, seq);
                        all.push(frame);
                    }
                }
            }
        }
    }

    /// Opens the stream after a position.
    pub(crate) async fn stream(&self, tenant: &str, token: &str, after: Option<Position>) -> Stream {
        let mut request =
            self.get(&format!("/v1/tenants/{tenant}/log"), token).header("accept", "text/event-stream");
        if let Some(after) = after {
            request = request.header("last-event-id", after.to_string());
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        assert_eq!(response.headers()["cache-control"], "no-store, no-transform");
        Stream { response, buffer: String::new() }
    }
}

pub(crate) const COSTS: &str = "cost_id,programme,month,category,amount,currency\n";

/// A receipt for governance and figures for the board.
pub(crate) async fn add_cost(world: &World, admin: &str, id: &str) {
    let body = format!("{COSTS}{id},,2026-11,rent,100,NOK\n").into_bytes();
    let response = world.ingest("alpha", "costs", admin, "text/csv", body).await;
    assert_eq!(response.status(), StatusCode::OK);
}

/// Checks that a frame continues the position and gives the one after it.
pub(crate) fn reached(frame: &Frame, seq: u64) -> u64 {
    match frame {
        Frame::Event(event) => {
            assert_eq!(event.seq, seq + 1, "no hole before an event");
            event.seq
        }
        Frame::Hidden { from, to } => {
            assert!(*from == seq + 1 && to >= from, "no hole before a hidden run");
            *to
        }
        _ => seq,
    }
}

/// An open stream, read block by block.
pub(crate) struct Stream {
    response: Response,
    buffer: String,
}

impl Stream {
    /// The next block with data: its id and frame; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<(Position, Frame)> {
        loop {
            if let Some((block, rest)) = self.buffer.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.buffer = rest;
                if block.starts_with(':') {
                    continue;
                }
                let (id, data) = block.split_once('\n').expect("two lines");
                let id = Position::parse(id.strip_prefix("id: ").expect("an id")).expect("a position");
                let frame =
                    serde_json::from_str(data.strip_prefix("data: ").expect("data")).expect("a frame");
                return Some((id, frame));
            }
            let chunk = tokio::time::timeout(Duration::from_secs(10), self.response.chunk());
            let chunk = chunk.await.expect("a block in time").expect("a whole stream")?;
            self.buffer.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// Reads up to and with the frame that says the reader has everything; gives the position.
    pub(crate) async fn catch_up(&mut self) -> Position {
        loop {
            let (id, frame) = self.next().await.expect("the stream goes on");
            if matches!(frame, Frame::CaughtUp { more: false, .. }) {
                return id;
            }
        }
    }
}

/// The stable code of a problem document.
pub(crate) async fn code(response: Response) -> (StatusCode, String, String) {
    let status = response.status();
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let problem: board_domain::wire::Problem = response.json().await.unwrap();
    assert_eq!(problem.status, status.as_u16());
    assert_eq!(problem.kind, format!("https://boardroom.example/problems/{}", problem.code));
    (status, problem.code, problem.detail)
}
