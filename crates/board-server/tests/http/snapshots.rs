//! Snapshots over the wire: as much as a role may see, whole, and what serves a client that a trimmed log cannot. Not
//! how they are made.

use board_domain::{
    Audience, Book, PersonId, Role, Snapshot, SnapshotRow, TenantId,
    wire::{Frame, Position},
};
use reqwest::StatusCode;
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::harness::{World, add_cost, code, reached};

const PATH: &str = "/v1/tenants/alpha/snapshot";

async fn manifest(world: &World, token: &str) -> Snapshot {
    let response = world.get(PATH, token).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["cache-control"], "no-store, no-transform");
    response.json().await.unwrap()
}

/// The rows a caller may fetch.
async fn rows(world: &World, token: &str, snapshot: &Snapshot) -> Book {
    let mut book = Book::default();
    for page in &snapshot.pages {
        let response = world.get(&format!("{PATH}/{}", page.sha256), token).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "application/x-ndjson");
        let text = response.bytes().await.unwrap();
        assert_eq!((text.len() as u64, &Sha256::digest(&text)[..]), (page.bytes, &page.sha256.0[..]));
        let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let lines: Vec<SnapshotRow> = lines.map(|line| serde_json::from_slice(line).unwrap()).collect();
        assert_eq!(lines.len(), page.rows as usize);
        for row in lines {
            book.put(row.key, row.row);
        }
    }
    book
}

fn fold(book: &mut Book, frames: &[Frame]) {
    for frame in frames {
        if let Frame::Event(event) = frame {
            book.apply(event).unwrap();
        }
    }
}

#[tokio::test]
async fn every_role_gets_its_rows_and_can_go_on_from_there() {
    let world = World::start().await;
    let admin = world.token(Role::Admin, "alpha").await;
    let missing = world.get(PATH, &admin).send().await.unwrap();
    assert_eq!(code(missing).await.1, "snapshot.not_found", "a short log has none");
    add_cost(&world, &admin, "C1").await;
    let at = world.admin().snapshot(&TenantId::new("alpha").unwrap()).await.unwrap();
    assert_eq!(at, world.hello("alpha", &admin).await.head);
    add_cost(&world, &admin, "C2").await;
    let whole = manifest(&world, &admin).await;
    assert!(whole.pages.iter().any(|page| page.audience == Audience::Governance));
    for role in Role::ALL {
        let token = world.token(role, "alpha").await;
        let person = PersonId::new(format!("alpha-{}", role.code().to_lowercase())).unwrap();
        let snapshot = manifest(&world, &token).await;
        assert_eq!((snapshot.seq, snapshot.epoch), (at, world.hello("alpha", &token).await.epoch));
        assert!(snapshot.pages.iter().all(|page| page.audience.admits(&person, role)));
        assert!(snapshot.chains.iter().all(|end| end.audience.admits(&person, role)));
        let mut book = rows(&world, &token, &snapshot).await;
        let mut path = format!("/v1/tenants/alpha/log?after={}", Position { epoch: snapshot.epoch, seq: at });
        path.push_str("&limit=1000");
        let tail = world.get(&path, &token).send().await.unwrap().text().await.unwrap();
        let tail: Vec<Frame> = tail.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for frame in &tail {
            if let Frame::Event(event) = frame {
                let end = snapshot.chains.iter().find(|end| end.audience == event.audience);
                let first = event.audience_seq == end.map_or(0, |end| end.audience_seq) + 1;
                assert!(!first || end.is_none_or(|end| end.hash == event.prev_hash), "the chain goes on");
            }
        }
        fold(&mut book, &tail);
        let mut folded = Book::default();
        fold(&mut folded, &world.frames("alpha", &token, 1_000).await);
        assert_eq!(book, folded, "{role:?}");
        // A page that the manifest did not name is not there either.
        for page in whole.pages.iter().filter(|page| !page.audience.admits(&person, role)) {
            let response = world.get(&format!("{PATH}/{}", page.sha256), &token).send().await.unwrap();
            let expected = (StatusCode::NOT_FOUND, "snapshot.not_found".to_owned(), String::new());
            assert_eq!(code(response).await, expected, "{role:?}");
        }
    }
    world.stop().await;
}

#[tokio::test]
async fn a_page_is_kept_by_its_hash_compressed_and_asked_about_again() {
    let world = World::start().await;
    let viewer = world.token(Role::Viewer, "alpha").await;
    world.admin().snapshot(&TenantId::new("alpha").unwrap()).await.unwrap();
    let snapshot = manifest(&world, &viewer).await;
    let path = format!("{}{PATH}/{}", world.url, snapshot.pages[0].sha256);
    let client = reqwest::Client::builder().no_proxy().no_zstd().build().unwrap();
    let plain = client.get(&path).bearer_auth(&viewer).send().await.unwrap();
    let tag = plain.headers()["etag"].clone();
    assert_eq!(tag.to_str().unwrap(), format!("\"{}\"", snapshot.pages[0].sha256));
    assert_eq!(plain.headers()["cache-control"], "private, no-cache, no-transform");
    let text = plain.bytes().await.unwrap();
    let packed =
        client.get(&path).bearer_auth(&viewer).header("accept-encoding", "zstd").send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "zstd");
    let packed = packed.bytes().await.unwrap();
    assert!(packed.len() < text.len());
    assert_eq!(zstd::decode_all(&packed[..]).unwrap(), text);
    let again = |token: String| client.get(&path).bearer_auth(token).header("if-none-match", &tag).send();
    let known = again(viewer.clone()).await.unwrap();
    assert_eq!((known.status(), known.bytes().await.unwrap().len()), (StatusCode::NOT_MODIFIED, 0));
    // Whoever may not read it learns nothing by knowing its hash.
    let stranger = world.token(Role::SuperAdmin, "beta").await;
    assert_eq!(code(again(stranger).await.unwrap()).await.1, "tenant.not_found");
    for sha256 in ["0".repeat(64), "x".repeat(64), "0".repeat(63), "..%2F..%2Fetc".into(), "0".repeat(5_000)]
    {
        let response = world.get(&format!("{PATH}/{sha256}"), &viewer).send().await.unwrap();
        assert_eq!(code(response).await.1, "snapshot.not_found", "{sha256}");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_trimmed_log_sends_those_below_it_to_the_snapshot() {
    let world = World::start().await;
    let admin = world.token(Role::Admin, "alpha").await;
    for id in ["C1", "C2", "C3"] {
        add_cost(&world, &admin, id).await;
    }
    let alpha = TenantId::new("alpha").unwrap();
    let whole = world.frames("alpha", &admin, 1_000).await;
    let hello = world.hello("alpha", &admin).await;
    let (epoch, head) = (hello.epoch, hello.head);
    let mut stream = world.stream("alpha", &admin, Some(Position { epoch, seq: head })).await;
    stream.catch_up().await;
    let floor = world.admin().trim(&alpha, 5).await.unwrap();
    assert_eq!((floor, world.hello("alpha", &admin).await.floor), (head - 5, head - 5));
    assert_eq!(world.admin().trim(&alpha, 50).await.unwrap(), floor, "a floor is never lowered");
    let at = |seq| Position { epoch, seq };
    for query in [String::new(), format!("after={}", at(0)), format!("after={}", at(floor - 1))] {
        for accept in ["application/x-ndjson", "text/event-stream"] {
            let path = format!("/v1/tenants/alpha/log?{query}");
            let response = world.get(&path, &admin).header("accept", accept).send().await.unwrap();
            let expected = (StatusCode::CONFLICT, "log.must_resnapshot".to_owned(), "trimmed".to_owned());
            assert_eq!(code(response).await, expected, "{query}");
        }
    }
    let mut kept = world.stream("alpha", &admin, Some(at(floor))).await;
    let mut seq = floor;
    while seq < head {
        seq = reached(&kept.next().await.unwrap().1, seq);
    }
    let snapshot = manifest(&world, &admin).await;
    assert!(snapshot.seq >= floor);
    let mut book = Book::default();
    fold(&mut book, &whole);
    assert_eq!(rows(&world, &admin, &snapshot).await, book);
    // The server goes on, and so does who was there.
    let batch = json!([{ "client": Uuid::new_v4(), "cmd_seq": 1, "key": Uuid::new_v4(),
        "command": { "command": "remove_person", "person": "alpha-viewer" } }]);
    assert_eq!(world.post("/v1/tenants/alpha/commands", &admin, &batch).await.status(), StatusCode::OK);
    let (id, frame) = stream.next().await.unwrap();
    assert_eq!(id, at(head + 1));
    assert!(matches!(frame, Frame::Event(event) if event.kind == "person.left"));
    // Even all but nothing leaves one event, so that the log is seen to go on.
    assert_eq!(world.admin().trim(&alpha, 0).await.unwrap(), head);
    assert_eq!(world.stream("alpha", &admin, Some(at(head))).await.catch_up().await, at(head + 1));
    assert!(world.admin().trim(&TenantId::new("nosuch").unwrap(), 1).await.is_err());
    world.stop().await;
}
