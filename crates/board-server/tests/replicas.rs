//! Several servers on one `PostgreSQL` store: what is written at one is streamed at another, a client moves between them,
//! and a database that goes away costs a while and nothing else. Not the wire's own rules.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "../../../tests/src/postgres.rs"]
#[allow(clippy::expect_used, clippy::missing_panics_doc, unreachable_pub, dead_code)]
mod postgres;

use std::{path::Path, time::Duration};

use board_domain::{
    Currency, Locale, Programme, ProgrammeId, Role, Tenant, TenantId, Watermark, Words, wire::Frame,
};
use board_server::{Clock, Config, Secret, Server, admin::Admin, seed::Demo};
use postgres::Postgres;
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use tokio::{sync::oneshot, task::JoinHandle};
use uuid::Uuid;

const PASSWORD: &str = "a password for tests";
const PATIENCE: Duration = Duration::from_mins(1);

struct Replica {
    url: String,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl Replica {
    async fn start(config: &Config) -> Self {
        let server = Server::bind(config, Clock::system()).await.unwrap();
        let url = format!("http://{}", server.address());
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async move {
            let _ = stopped.await;
        };
        let running = tokio::spawn(async move { server.run(shutdown).await.unwrap() });
        Self { url, stop, running }
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        tokio::time::timeout(PATIENCE, self.running).await.expect("the server drains").unwrap();
    }
}

async fn seed(folder: &Path, config: &Config) {
    let tenant = Tenant {
        id: TenantId::new("alpha").unwrap(),
        name: "Alpha".into(),
        short_name: "alpha".into(),
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
    let people =
        json!([{ "id": "kari", "name": "Kari", "role": Role::SuperAdmin, "email": "kari@alpha.example" }]);
    let demo = json!({ "tenants": [{ "tenant": tenant, "programmes": programmes, "people": people,
        "dashboards": [] }] });
    std::fs::write(folder.join("tenants.json"), demo.to_string()).unwrap();
    let (admin, demo) = (Admin::open(config).unwrap(), Demo::read(folder).unwrap());
    demo.seed(&admin, &Secret::new(PASSWORD), Clock::system().now()).await.unwrap();
}

/// Sends a command whose effect tells its number.
async fn command(client: &Client, url: &str, token: &str, cmd_seq: u64) -> Response {
    let watermark = Watermark { text: format!("number {cmd_seq}"), ..Watermark::default() };
    let envelope = json!([{ "client": Uuid::from_u128(7), "cmd_seq": cmd_seq,
        "key": Uuid::from_u128(u128::from(cmd_seq)),
        "command": { "command": "set_watermark", "watermark": watermark } }]);
    let request = client.post(format!("{url}/v1/tenants/alpha/commands")).bearer_auth(token);
    request.json(&envelope).send().await.unwrap()
}

/// Reads a stream until the events of commands up to a number came, each once and in order.
async fn follow(mut stream: Response, until: u64) {
    let (mut bytes, mut seen) = (Vec::new(), 0);
    let reading = async {
        while seen < until {
            // A part may end anywhere, also within a character.
            bytes.extend_from_slice(&stream.chunk().await.unwrap().expect("the stream goes on"));
            while let Some(end) = bytes.windows(2).position(|two| two == b"\n\n") {
                let block: Vec<u8> = bytes.drain(..end + 2).collect();
                let block = std::str::from_utf8(&block).unwrap();
                let data = block.split_once("data: ").map(|(_, data)| serde_json::from_str(data).unwrap());
                if let Some(Frame::Event(event)) = data
                    && let Some(origin) = &event.origin
                {
                    assert_eq!(origin.cmd_seq, seen + 1);
                    seen = origin.cmd_seq;
                }
            }
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.expect("everything arrives");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_moves_between_replicas_and_the_database_comes_back() {
    rustls::crypto::ring::default_provider().install_default().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut postgres = Postgres::start();
    let config = Config {
        listen: "127.0.0.1:0".parse().unwrap(),
        data: folder.path().join("data"),
        store: Some(Secret::new(postgres.database())),
        ..Config::default()
    };
    seed(folder.path(), &config).await;
    let (one, other) = (Replica::start(&config).await, Replica::start(&config).await);
    let client = Client::builder().no_proxy().build().unwrap();
    let sign_in = json!({ "email": "kari@alpha.example", "password": PASSWORD, "device": "test" });
    let pair = client.post(format!("{}/v1/auth/sign-in", one.url)).json(&sign_in).send().await.unwrap();
    let pair: Value = pair.json().await.unwrap();
    let token = pair["access_token"].as_str().unwrap();
    let stream = async |url: &str| {
        let request = client.get(format!("{url}/v1/tenants/alpha/log")).bearer_auth(token);
        let stream = request.header("accept", "text/event-stream").send().await.unwrap();
        assert_eq!(stream.status(), StatusCode::OK);
        stream
    };
    let outcome = async |response: Response| -> Value {
        assert_eq!(response.status(), StatusCode::OK);
        response.json::<Vec<Value>>().await.unwrap().remove(0)
    };

    // A token of one is good at the other, and what one writes the other streams.
    let followed = tokio::spawn(follow(stream(&other.url).await, 4));
    let first = outcome(command(&client, &one.url, token, 1).await).await;
    let moved = outcome(command(&client, &other.url, token, 1).await).await;
    assert_eq!(first, moved, "the answer to a command does not depend on where it is sent again");
    for number in 2..=4 {
        let url = if number % 2 == 0 { &other.url } else { &one.url };
        assert_eq!(outcome(command(&client, url, token, number).await).await["outcome"], "done");
    }
    followed.await.unwrap();

    // One goes down with its streams, the client goes on at the other.
    one.stop().await;
    assert_eq!(outcome(command(&client, &other.url, token, 5).await).await["outcome"], "done");

    // Without its database the server says so and asks for patience; with it, it goes on by itself.
    postgres.kill();
    let away = command(&client, &other.url, token, 6).await;
    assert_eq!(away.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(away.headers()["retry-after"], "1");
    assert_eq!(away.json::<Value>().await.unwrap()["code"], "server.failed");
    postgres.start_again();
    let again = async {
        loop {
            let response = command(&client, &other.url, token, 6).await;
            if response.status() == StatusCode::OK {
                return outcome(response).await;
            }
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let done = tokio::time::timeout(PATIENCE, again).await.expect("the server finds its database again");
    assert_eq!(done["outcome"], "done");
    follow(stream(&other.url).await, 6).await;
    other.stop().await;
}

#[tokio::test]
async fn text_that_the_database_cannot_hold_is_refused_before_it() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let mut postgres = Postgres::start();
    let config = Config {
        listen: "127.0.0.1:0".parse().unwrap(),
        data: folder.path().join("data"),
        store: Some(Secret::new(postgres.database())),
        ..Config::default()
    };
    seed(folder.path(), &config).await;
    let replica = Replica::start(&config).await;
    let client = Client::builder().no_proxy().build().unwrap();
    let post = async |path: &str, body: Value| {
        client.post(format!("{}{path}", replica.url)).json(&body).send().await.unwrap().status()
    };
    let sign_in =
        |email: &str, device: &str| json!({ "email": email, "password": PASSWORD, "device": device });
    let mail = "kari@alpha.example";
    assert_eq!(post("/v1/auth/sign-in", sign_in("kari\0@alpha.example", "a")).await, StatusCode::BAD_REQUEST);
    assert_eq!(post("/v1/auth/sign-in", sign_in(mail, "a\0b")).await, StatusCode::BAD_REQUEST);
    assert_eq!(post("/v1/auth/sign-in", sign_in(mail, "ø 'quoted'; --")).await, StatusCode::OK);
    assert_eq!(post("/v1/auth/refresh", json!({ "refresh_token": "a\0b" })).await, StatusCode::UNAUTHORIZED);
    replica.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_gets_the_same_verdicts_on_either_store() {
    // The other test of this file may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut postgres = Postgres::start();
    let client = Client::builder().no_proxy().build().unwrap();
    let header = "cost_id,programme,month,category,amount,currency\n";
    let line = |id: &str, amount: u32| format!("{id},buddy,2026-09,staff,{amount}.00,NOK\n");
    let many: String = (0..12_000).map(|number| line(&format!("C{number}"), number % 900 + 1)).collect();
    // Twice in one file, once more in another, the same id with another amount, and what is no row.
    let first = format!("{header}{many}{}{}bad\n", line("C7", 8), line("C8", 1));
    let second = format!("{header}{}{}{}", line("C11999", 300), line("C11998", 1), line("new", 5));
    let mut answers: Vec<Vec<Value>> = Vec::new();
    for store in [None, Some(Secret::new(postgres.database()))] {
        let folder = tempfile::tempdir().unwrap();
        let listen = "127.0.0.1:0".parse().unwrap();
        let config = Config { listen, data: folder.path().join("data"), store, ..Config::default() };
        seed(folder.path(), &config).await;
        let server = Replica::start(&config).await;
        let sign_in = json!({ "email": "kari@alpha.example", "password": PASSWORD, "device": "test" });
        let pair =
            client.post(format!("{}/v1/auth/sign-in", server.url)).json(&sign_in).send().await.unwrap();
        let pair: Value = pair.json().await.unwrap();
        let mut reports = Vec::new();
        for file in [&first, &second, &first] {
            let request = client.post(format!("{}/v1/tenants/alpha/ingest?source=costs", server.url));
            let request = request.bearer_auth(pair["access_token"].as_str().unwrap());
            let answer = request.header("content-type", "text/csv").body(file.clone()).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK);
            reports.push(answer.json::<Value>().await.unwrap());
        }
        server.stop().await;
        answers.push(reports);
    }
    let counts = |report: &Value| ["accepted", "duplicate", "refused"].map(|name| report[name].as_u64());
    let expected = [[12_000, 1, 2], [1, 1, 1], [0, 12_001, 2]].map(|counts| counts.map(Some));
    assert_eq!(answers[0].iter().map(counts).collect::<Vec<_>>(), expected);
    assert_eq!(answers[0], answers[1]);
}
