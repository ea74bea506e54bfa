//! What a hostile or broken client sends: refused with a code, nothing applied, and the server serves on.

use board_domain::{Role, wire::Position};
use reqwest::{StatusCode, header::HeaderValue};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use uuid::Uuid;

use crate::harness::{World, code};

const COMMANDS: &str = "/v1/tenants/alpha/commands";

async fn connect(world: &World) -> TcpStream {
    TcpStream::connect(world.url.strip_prefix("http://").unwrap()).await.unwrap()
}

/// Sends bytes and reads until the server closes.
async fn exchange(world: &World, bytes: &[u8]) -> String {
    let (mut reading, mut writing) = connect(world).await.into_split();
    let write = async {
        // The server may close before all of it is sent.
        let _ = writing.write_all(bytes).await;
    };
    let read = async {
        let mut answer = Vec::new();
        let _ = reading.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    };
    tokio::join!(write, read).1
}

#[tokio::test]
async fn heads_that_are_too_large_or_no_http_are_refused() {
    let world = World::start().await;
    let many = "x-many: y\r\n".repeat(200);
    for (request, status) in [
        (format!("GET /healthz HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n", "y".repeat(40_000)), "431"),
        (format!("GET /healthz HTTP/1.1\r\nhost: a\r\n{many}\r\n"), "431"),
        (format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "y".repeat(70_000)), "414"),
        ("\u{0}\u{1}\u{2}\r\n\r\n".into(), "400"),
        ("GET /healthz HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n".into(), "400"),
        ("GET /healthz HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n".into(), "400"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(), "400"),
    ] {
        let answer = exchange(&world, request.as_bytes()).await;
        let name: String = request.chars().take(60).collect();
        let refused =
            answer.starts_with(&format!("HTTP/1.1 {status} ")) || answer.starts_with("HTTP/1.1 431 ");
        // What is no HTTP at all may also just be cut.
        assert!(refused || (status == "400" && answer.is_empty()), "{name:?}: {answer}");
    }
    assert_eq!(world.get("/healthz", "").send().await.unwrap().status(), StatusCode::OK);
    world.stop().await;
}

#[tokio::test]
async fn thousands_of_requests_at_once_are_answered_one_after_the_other() {
    let world = World::start().await;
    let mut requests = "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n".repeat(3_000);
    requests.push_str("GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    let answer = exchange(&world, requests.as_bytes()).await;
    assert_eq!(answer.matches("HTTP/1.1 200 OK\r\n").count(), 3_001);
    world.stop().await;
}

#[tokio::test]
async fn positions_and_numbers_that_make_no_sense_are_told_from_those_that_are_wrong() {
    let world = World::start().await;
    let admin = world.token(Role::Admin, "alpha").await;
    let hello = world.hello("alpha", &admin).await;
    let epoch = hello.epoch;
    for id in [&b"\xff\xfe"[..], b"x", b"1", b"\xc3\x28.1"] {
        let request = world.get("/v1/tenants/alpha/log", &admin).header("accept", "text/event-stream");
        let id = HeaderValue::from_bytes(id).unwrap();
        let response = request.header("last-event-id", id).send().await.unwrap();
        assert_eq!(code(response).await.1, "request.malformed");
    }
    let beta = world.token(Role::Admin, "beta").await;
    let elsewhere = world.hello("beta", &beta).await;
    let foreign = Position { epoch: elsewhere.epoch, seq: 1 };
    for (after, expected) in [
        (format!("{epoch}.18446744073709551615"), ("log.must_resnapshot", "ahead")),
        (format!("{epoch}.9223372036854775808"), ("log.must_resnapshot", "ahead")),
        (foreign.to_string(), ("log.must_resnapshot", "epoch")),
        (format!("{epoch}.18446744073709551616"), ("request.malformed", "a position reads `epoch.seq`")),
        (format!("{epoch}.-1"), ("request.malformed", "a position reads `epoch.seq`")),
        (format!("{epoch}.1.5"), ("request.malformed", "a position reads `epoch.seq`")),
        ("x".repeat(4_000), ("request.malformed", "a position reads `epoch.seq`")),
    ] {
        for accept in ["application/x-ndjson", "text/event-stream"] {
            let path = format!("/v1/tenants/alpha/log?after={after}");
            let response = world.get(&path, &admin).header("accept", accept).send().await.unwrap();
            let (_, name, detail) = code(response).await;
            assert_eq!((name.as_str(), detail.as_str()), expected, "{after}");
        }
    }
    for query in ["limit=4294967296", "limit=-1", "until=-1", "until=18446744073709551616", "after=%ff%fe"] {
        let response = world.get(&format!("/v1/tenants/alpha/log?{query}"), &admin).send().await.unwrap();
        assert_eq!(code(response).await.1, "request.malformed", "{query}");
    }
    assert_eq!(world.hello("alpha", &admin).await, hello);
    world.stop().await;
}

#[tokio::test]
async fn compressed_bodies_are_not_unpacked_and_replayed_commands_do_nothing() {
    let world = World::start().await;
    let admin = world.token(Role::Admin, "alpha").await;
    let before = world.hello("alpha", &admin).await.head;
    let command = json!([{ "client": Uuid::new_v4(), "cmd_seq": 1, "key": Uuid::new_v4(),
        "command": { "command": "remove_person", "person": "alpha-viewer" } }]);
    let bomb = zstd::encode_all(std::io::Read::take(std::io::repeat(b' '), 256 << 20), 1).unwrap();
    assert!(bomb.len() < 100_000);
    let packed = zstd::encode_all(command.to_string().as_bytes(), 1).unwrap();
    for (path, kind) in [
        (COMMANDS, "application/json"),
        ("/v1/tenants/alpha/ingest?source=costs", "text/csv"),
        ("/v1/auth/refresh", "application/json"),
    ] {
        for (coding, body) in [("zstd", &packed), ("zstd", &bomb), ("gzip", &packed), ("br, zstd", &packed)] {
            let request = world.client.post(format!("{}{path}", world.url)).bearer_auth(&admin);
            let request = request.header("content-encoding", coding).header("content-type", kind);
            let sent = request.body(body[..body.len().min(16_000)].to_vec()).send().await.unwrap();
            let (status, name, _) = code(sent).await;
            assert_eq!((status, name.as_str()), (StatusCode::UNSUPPORTED_MEDIA_TYPE, "request.compressed"));
        }
        // Without saying so it is a body that does not read.
        let request = world.client.post(format!("{}{path}", world.url)).bearer_auth(&admin);
        let sent = request.header("content-type", kind).body(packed.clone()).send().await.unwrap();
        assert!(sent.status().is_client_error(), "{path}: {}", sent.status());
    }
    assert_eq!(world.hello("alpha", &admin).await.head, before, "nothing was applied");
    for _ in 0..3 {
        assert_eq!(world.post(COMMANDS, &admin, &command).await.status(), StatusCode::OK);
    }
    assert_eq!(world.hello("alpha", &admin).await.head, before + 1, "once");
    let far = json!([{ "client": Uuid::new_v4(), "cmd_seq": u64::MAX, "key": Uuid::new_v4(),
        "command": { "command": "remove_person", "person": "alpha-director" } }]);
    assert_eq!(code(world.post(COMMANDS, &admin, &far).await).await.1, "command.gap");
    // Neither another person's numbers nor another tenant's token move anything.
    let other = world.token(Role::SuperAdmin, "alpha").await;
    let mut taken = command.clone();
    (taken[0]["cmd_seq"], taken[0]["key"]) = (json!(2), json!(Uuid::new_v4()));
    assert_eq!(code(world.post(COMMANDS, &other, &taken).await).await.1, "command.client_taken");
    let stranger = world.token(Role::SuperAdmin, "beta").await;
    assert_eq!(code(world.post(COMMANDS, &stranger, &taken).await).await.1, "tenant.not_found");
    assert_eq!(world.hello("alpha", &admin).await.head, before + 1);
    world.stop().await;
}

#[tokio::test]
async fn a_stream_is_for_get_alone() {
    let world = World::start().await;
    let viewer = world.token(Role::Viewer, "alpha").await;
    let url = format!("{}/v1/tenants/alpha/log", world.url);
    let request = world.client.head(&url).bearer_auth(&viewer).header("accept", "text/event-stream");
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.bytes().await.unwrap().is_empty());
    let posted = world.client.post(&url).bearer_auth(&viewer).header("accept", "text/event-stream");
    assert_eq!(code(posted.send().await.unwrap()).await.1, "request.method");
    world.stop().await;
}
