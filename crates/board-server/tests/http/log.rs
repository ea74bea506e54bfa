//! Pages and the stream: gapless, chained, filtered by audience, resumable, and ended on purpose.

use std::{collections::HashMap, time::Duration};

use board_domain::{
    Hash, Role,
    wire::{Frame, Position, STREAM_BACKLOG},
};
use reqwest::StatusCode;
use serde_json::json;
use uuid::Uuid;

use crate::harness::{COSTS, World, add_cost, code, reached};

#[tokio::test]
async fn pages_are_gapless_and_each_audience_is_a_chain() {
    let world = World::start().await;
    let admin = world.token(Role::Admin, "alpha").await;
    for id in ["C1", "C2", "C3"] {
        add_cost(&world, &admin, id).await;
    }
    let mut seen = HashMap::new();
    for (role, hides) in [(Role::Admin, false), (Role::Viewer, true), (Role::Partner, true)] {
        let token = world.token(role, "alpha").await;
        let mut ends: HashMap<String, (u64, Hash)> = HashMap::new();
        let (mut seq, mut hidden) = (0, 0);
        for frame in world.frames("alpha", &token, 7).await {
            seq = reached(&frame, seq);
            match frame {
                Frame::Event(event) => {
                    assert_eq!(event.hash, event.digest());
                    let end = ends.entry(event.audience.to_string()).or_insert((0, Hash::ZERO));
                    assert_eq!((event.audience_seq, event.prev_hash), (end.0 + 1, end.1));
                    *end = (event.audience_seq, event.hash);
                    assert!(!hides || event.kind != "intake.recorded");
                }
                Frame::Hidden { from, to } => hidden += to - from + 1,
                _ => (),
            }
        }
        assert_eq!(hidden > 0, hides, "{role:?}");
        seen.insert(role.code(), (seq, ends["board"]));
    }
    assert!(seen.values().all(|end| *end == seen["ADMIN"]), "all see the same log and the same board chain");
    world.stop().await;
}

#[tokio::test]
async fn a_page_is_compressed_only_where_asked() {
    let world = World::start().await;
    let token = world.token(Role::Viewer, "alpha").await;
    // A client that takes care of compression itself, to see the bytes.
    let client = reqwest::Client::builder().no_proxy().no_zstd().build().unwrap();
    let raw = |accept: &'static str| {
        let request = client.get(format!("{}/v1/tenants/alpha/log", world.url));
        let request = request.bearer_auth(&token).header("accept-encoding", accept);
        async move { request.send().await.unwrap() }
    };
    let plain = raw("gzip, zstd;q=0").await;
    assert!(!plain.headers().contains_key("content-encoding"));
    let text = plain.text().await.unwrap();
    let packed = raw("gzip, zstd").await;
    assert_eq!(packed.headers()["content-encoding"], "zstd");
    let bytes = packed.bytes().await.unwrap();
    assert!(bytes.len() < text.len() / 2);
    assert_eq!(zstd::decode_all(&bytes[..]).unwrap(), text.as_bytes());
    world.stop().await;
}

#[tokio::test]
async fn the_stream_catches_up_goes_live_and_resumes_where_it_was_cut() {
    let world = World::start().await;
    let admin = world.token(Role::Admin, "alpha").await;
    let viewer = world.token(Role::Viewer, "alpha").await;
    let mut stream = world.stream("alpha", &viewer, None).await;
    let caught_up = stream.catch_up().await;
    assert_eq!(caught_up.seq, world.hello("alpha", &viewer).await.head);
    add_cost(&world, &admin, "C1").await;
    let head = world.hello("alpha", &viewer).await.head;
    let (id, frame) = stream.next().await.unwrap();
    assert!(
        matches!(frame, Frame::Hidden { from, to } if from == caught_up.seq + 1 && to == from),
        "{frame:?}"
    );
    assert_eq!(id.seq, caught_up.seq + 1, "a hidden run carries the position reached");
    drop(stream);
    let mut resumed = world.stream("alpha", &viewer, Some(id)).await;
    let mut seq = id.seq;
    while seq < head {
        let (id, frame) = resumed.next().await.unwrap();
        seq = reached(&frame, seq);
        assert_eq!(id.seq, seq);
        assert_eq!(id.epoch, caught_up.epoch);
    }
    let (id, frame) = resumed.next().await.unwrap();
    assert!(matches!(frame, Frame::CaughtUp { head: at, more: false } if at == head));
    assert_eq!(id.seq, head, "the end of catching up repeats the position");
    world.stop().await;
}

#[tokio::test]
async fn another_epoch_or_a_position_ahead_must_start_over() {
    let world = World::start().await;
    let token = world.token(Role::Viewer, "alpha").await;
    let hello = world.hello("alpha", &token).await;
    let elsewhere = Position { epoch: Uuid::nil(), seq: 1 };
    let ahead = Position { epoch: hello.epoch, seq: hello.head + 1 };
    for (after, detail) in
        [(elsewhere, "epoch"), (Position { seq: 0, ..elsewhere }, "epoch"), (ahead, "ahead")]
    {
        for accept in ["application/x-ndjson", "text/event-stream"] {
            let path = format!("/v1/tenants/alpha/log?after={after}");
            let response = world.get(&path, &token).header("accept", accept).send().await.unwrap();
            let expected = (StatusCode::CONFLICT, "log.must_resnapshot".to_owned(), detail.to_owned());
            assert_eq!(code(response).await, expected);
        }
    }
    for query in ["after=7", "after=x.1", "limit=0", "limit=1001", "limit=x"] {
        let response = world.get(&format!("/v1/tenants/alpha/log?{query}"), &token).send().await.unwrap();
        assert_eq!(code(response).await.1, "request.malformed", "{query}");
    }
    let response = world.get("/v1/tenants/alpha/log", &token).header("accept", "text/html").send().await;
    assert_eq!(code(response.unwrap()).await.1, "log.not_acceptable");
    let at_head = Position { epoch: hello.epoch, seq: hello.head };
    assert_eq!(world.stream("alpha", &token, Some(at_head)).await.catch_up().await, at_head);
    world.stop().await;
}

#[tokio::test]
async fn a_server_told_to_stop_says_goodbye_to_open_streams() {
    let world = World::start().await;
    let token = world.token(Role::Viewer, "alpha").await;
    let mut streams = Vec::new();
    for _ in 0..5 {
        let mut stream = world.stream("alpha", &token, None).await;
        stream.catch_up().await;
        streams.push(stream);
    }
    let (served, _folder) = world.begin_stop();
    for stream in &mut streams {
        let (_, frame) = stream.next().await.unwrap();
        assert!(matches!(frame, Frame::Bye { reason } if reason == "draining"));
        assert!(stream.next().await.is_none(), "nothing after goodbye");
    }
    let ended = tokio::time::timeout(Duration::from_secs(5), served).await;
    ended.expect("open streams do not hold the server").unwrap().unwrap();
}

#[tokio::test]
async fn a_stream_ends_with_its_token_and_when_the_role_changes() {
    let world = World::start().await;
    let admin = world.token(Role::Admin, "alpha").await;
    let director = world.token(Role::Director, "alpha").await;
    let mut stream = world.stream("alpha", &director, None).await;
    stream.catch_up().await;
    let remove = json!([{ "client": Uuid::new_v4(), "cmd_seq": 1, "key": Uuid::new_v4(),
        "command": { "command": "remove_person", "person": "alpha-director" } }]);
    assert_eq!(world.post("/v1/tenants/alpha/commands", &admin, &remove).await.status(), StatusCode::OK);
    assert!(matches!(stream.next().await.unwrap().1, Frame::Event(event) if event.kind == "person.left"));
    assert!(matches!(stream.next().await.unwrap().1, Frame::Bye { reason } if reason == "rotate"));
    let gone = world.get("/v1/tenants/alpha/hello", &director).send().await.unwrap();
    assert_eq!(code(gone).await.1, "tenant.not_found");
    let viewer = world.token(Role::Viewer, "alpha").await;
    let mut stream = world.stream("alpha", &viewer, None).await;
    stream.catch_up().await;
    world.pass(601);
    let admin = world.token(Role::Admin, "alpha").await;
    add_cost(&world, &admin, "C1").await;
    assert!(matches!(stream.next().await.unwrap().1, Frame::Bye { reason } if reason == "expired"));
    world.stop().await;
}

#[tokio::test]
async fn a_reader_far_behind_is_sent_to_pages() {
    let world = World::start().await;
    let admin = world.token(Role::Admin, "alpha").await;
    // One old row makes a figure for every metric, scope and period since.
    let body = format!("{COSTS}C1,,2021-01,rent,100,NOK\nC2,,2026-11,rent,100,NOK\n").into_bytes();
    assert_eq!(world.ingest("alpha", "costs", &admin, "text/csv", body).await.status(), StatusCode::OK);
    assert!(world.hello("alpha", &admin).await.head > STREAM_BACKLOG);
    let mut stream = world.stream("alpha", &admin, None).await;
    let (id, frame) = stream.next().await.unwrap();
    assert!(matches!(frame, Frame::Bye { reason } if reason == "behind"));
    assert_eq!(id.seq, 0);
    assert!(stream.next().await.is_none());
    let mut seq = 0;
    for frame in world.frames("alpha", &admin, 1_000).await {
        seq = reached(&frame, seq);
    }
    let epoch = world.hello("alpha", &admin).await.epoch;
    let near = Position { epoch, seq: seq - 300 };
    assert_eq!(world.stream("alpha", &admin, Some(near)).await.catch_up().await.seq, seq);
    world.stop().await;
}
