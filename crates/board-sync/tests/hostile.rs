//! A server that lies, floods and forges: refused with a code, nothing applied, memory bounded.

#![allow(clippy::unwrap_used)]

#[path = "../../board-vault/tests/log/mod.rs"]
mod log;
mod script;
#[path = "../../board-vault/tests/snapshots/mod.rs"]
mod snapshots;

use std::sync::{Arc, Mutex};

use board_domain::wire::{Frame, Hello, STREAM_BACKLOG};
use board_domain::{Audience, Event, Hash, PersonId, Role, Snapshot, SnapshotPage, TenantId};
use board_sync::{Phase, SyncError, catch_up};
use log::{EPOCH, Log, Place, at, figure, founded, joined, tenant};
use script::{Act, Client, Pocket, Server, json, problem, stream_head, text};
use snapshots::page;
use uuid::Uuid;

fn sample(length: u64) -> Log {
    let mut log = Log::new();
    log.fact(&founded(&tenant())).fact(&joined("kari"));
    for n in 2..length {
        log.fact(&figure("sroi", u8::try_from(n % 12).unwrap() + 1, n as f64));
    }
    log
}

fn ndjson(frames: &[Frame]) -> Vec<Act> {
    let lines: String = frames.iter().map(|frame| serde_json::to_string(frame).unwrap() + "\n").collect();
    text("200 OK", "application/x-ndjson", &lines)
}

fn event(event: &Event) -> Frame {
    Frame::Event(Box::new(event.clone()))
}

fn end(head: u64) -> Frame {
    Frame::CaughtUp { head, more: false }
}

/// One catch-up into an empty vault; afterwards what the vault holds.
async fn caught(server: &Server) -> (Result<u64, SyncError>, u64, usize) {
    let place = Place::new();
    let vault = Arc::new(Mutex::new(place.create()));
    let keeper = Arc::new(Pocket { token: Mutex::new(Some("refresh-0".into())), ..Pocket::default() });
    let clock = Arc::new(|| at(0));
    let caught = catch_up(&server.url, vault.clone(), &tenant(), keeper, clock, &mut |_, _| ()).await;
    let vault = vault.lock().unwrap();
    let events = vault.events(&tenant(), 0, 1_000).unwrap().len();
    (caught.map(|caught| caught.cursor), vault.tenant(&tenant()).unwrap().cursor, events)
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_forge_are_refused_whole() {
    let log = sample(3);
    let good = |n: usize| event(&log.events[n]);
    let forged = |change: &dyn Fn(&mut Event)| {
        let mut forged = log.events[2].clone();
        change(&mut forged);
        event(&forged)
    };
    let foreign = Log::of(TenantId::new("other").unwrap()).fact(&founded(&tenant())).events[0].clone();
    let far = (1u64 << 53) + 1;
    let cases: Vec<(&str, Vec<Frame>, &str)> = vec![
        ("an event of another tenant", vec![event(&foreign), end(1)], "sync.chain"),
        (
            "a body under a hash that is not its own",
            vec![good(0), good(1), forged(&|event| event.kind = "tenant.founded".into()), end(3)],
            "sync.chain",
        ),
        (
            "another event before it",
            vec![
                good(0),
                good(1),
                forged(&|event| {
                    event.prev_hash = Hash([7; 32]);
                    event.hash = event.digest();
                }),
                end(3),
            ],
            "sync.chain",
        ),
        (
            "a number of its audience too high",
            vec![
                good(0),
                good(1),
                forged(&|event| {
                    event.audience_seq += 1;
                    event.hash = event.digest();
                }),
                end(3),
            ],
            "sync.chain",
        ),
        ("an event left out", vec![good(0), good(2), end(3)], "sync.gap"),
        ("events in another order", vec![good(1), good(0), good(2), end(3)], "sync.gap"),
        (
            "a position that no number can hold",
            vec![good(0), good(1), forged(&|event| event.seq = far), end(far)],
            "sync.protocol",
        ),
        (
            "a hidden run to the end of numbers",
            vec![Frame::Hidden { from: 1, to: far }, end(far)],
            "sync.protocol",
        ),
        (
            "a hidden run that ends before it starts",
            vec![good(0), Frame::Hidden { from: 3, to: 2 }, end(3)],
            "sync.protocol",
        ),
        ("a hidden run from nowhere", vec![Frame::Hidden { from: 0, to: 2 }, end(3)], "sync.protocol"),
        ("a hidden run beyond the head", vec![Frame::Hidden { from: 1, to: 9 }, end(3)], "sync.protocol"),
        ("an event beyond the head", vec![good(0), good(1), end(1)], "sync.protocol"),
        ("two ends", vec![good(0), end(1), good(1), end(3)], "sync.protocol"),
        ("a goodbye", vec![good(0), Frame::Bye { reason: "rotate".into() }, end(1)], "sync.protocol"),
        ("a head that no number can hold", vec![good(0), end(u64::MAX)], "sync.protocol"),
    ];
    for (what, frames, code) in cases {
        let server = Server::start(&log).await;
        server.instead("page", [ndjson(&frames)]);
        let (outcome, cursor, events) = caught(&server).await;
        assert_eq!(outcome.unwrap_err().code(), code, "{what}");
        assert_eq!((cursor, events), (0, 0), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_come_twice_are_applied_once() {
    let log = sample(3);
    let server = Server::start(&log).await;
    let good = |n: usize| event(&log.events[n]);
    server
        .instead("page", [ndjson(&[good(0), good(0), good(1), good(0), good(1), good(2), good(2), end(3)])]);
    let (outcome, cursor, events) = caught(&server).await;
    assert_eq!((outcome.unwrap(), cursor, events), (3, 3, 3));
}

/// Highest resident size of this process so far, in bytes.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() << 10
}

/// A zstd frame of a gigabyte of one byte, in some thirty kilobytes: blocks of a byte and how often.
fn bomb(byte: u8) -> Vec<u8> {
    const BLOCK: u32 = 128 << 10;
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58];
    for block in (0..8_192u32).rev() {
        let header = BLOCK << 3 | 1 << 1 | u32::from(block == 0);
        frame.extend(&header.to_le_bytes()[..3]);
        frame.push(byte);
    }
    frame
}

#[tokio::test(flavor = "multi_thread")]
async fn floods_are_cut_off_and_take_no_memory() {
    let packed = bomb(b'\n');
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nContent-Encoding: zstd\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        packed.len()
    );
    let mut answers = vec![vec![Act::Send([head.into_bytes(), packed].concat())]];
    // A line, and lines, that never end.
    for line in [vec![b'x'; 1 << 20], b"{}\n".repeat(350_000)] {
        let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\r\n";
        let mut endless = vec![Act::Send(head.to_vec())];
        endless.extend(vec![Act::Send(line); 80]);
        answers.push(endless);
    }
    let sent = 300 << 20;
    for (answer, what) in answers.into_iter().zip(["a bomb", "a line", "lines"]) {
        let server = Server::start(&sample(3)).await;
        server.instead("page", [answer]);
        let before = peak();
        let (outcome, cursor, _) = caught(&server).await;
        let error = outcome.unwrap_err();
        assert_eq!(error.code(), "sync.protocol", "{what}");
        assert!(error.to_string().contains("more than"), "{what}: {error}");
        assert_eq!(cursor, 0, "{what}");
        let grown = peak() - before;
        assert!(grown < sent, "{what} took {grown} bytes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_that_are_none_are_refused() {
    let big = format!("{{\"epoch\":\"{}\"}}", "x".repeat(5 << 20));
    let hello = |change: &dyn Fn(&mut Hello)| {
        let mut hello = Hello {
            epoch: EPOCH,
            head: 3,
            floor: 0,
            role: Role::Director,
            audiences: Audience::SHARED.to_vec(),
            heartbeat: 15,
        };
        change(&mut hello);
        json(&hello)
    };
    for (answer, code) in [
        (text("200 OK", "application/json", &big), "sync.protocol"),
        (text("200 OK", "application/json", "{\"epoch\":1}"), "sync.protocol"),
        (text("200 OK", "application/json", &"[".repeat(100_000)), "sync.protocol"),
        (text("200 OK", "text/html", "<html>Welcome</html>"), "sync.not_our_server"),
        (hello(&|hello| hello.head = 1 << 53), "sync.protocol"),
        (hello(&|hello| hello.head = u64::MAX), "sync.protocol"),
        (hello(&|hello| hello.floor = 4), "sync.protocol"),
    ] {
        let server = Server::start(&sample(3)).await;
        server.instead("hello", [answer]);
        let (outcome, cursor, _) = caught(&server).await;
        assert_eq!(outcome.unwrap_err().code(), code);
        assert_eq!(cursor, 0);
    }
}

const LONG: u64 = STREAM_BACKLOG + 1;

fn kari() -> PersonId {
    PersonId::new("kari").unwrap()
}

type Change = dyn Fn(&mut Snapshot);

#[tokio::test(flavor = "multi_thread")]
async fn snapshots_that_are_not_what_they_say_are_refused_and_leave_nothing() {
    let log = sample(LONG);
    let honest = log.snapshot(LONG, &kari(), Role::Director, 4);
    let cases: Vec<(&str, Box<Change>, &str)> = vec![
        ("another tenant's", Box::new(|s| s.tenant = TenantId::new("other").unwrap()), "sync.snapshot"),
        ("of another epoch", Box::new(|s| s.epoch = Uuid::from_u128(9)), "sync.must_resnapshot"),
        ("at position 0", Box::new(|s| s.seq = 0), "sync.snapshot"),
        ("at no position", Box::new(|s| s.seq = 1 << 53), "sync.snapshot"),
        ("with a page twice", Box::new(|s| s.pages.push(s.pages[0].clone())), "sync.snapshot"),
        (
            "with more pages than there can be",
            Box::new(|s| {
                s.pages = (0..20_001u32)
                    .map(|n| page(&Audience::Board, &n.to_le_bytes(), 1))
                    .collect::<Vec<SnapshotPage>>();
            }),
            "sync.snapshot",
        ),
        ("with more bytes than a disk", Box::new(|s| s.pages[0].bytes = 5 << 30), "sync.snapshot"),
        (
            "with bytes that cannot be counted",
            Box::new(|s| {
                s.pages[0].bytes = u64::MAX;
                s.pages[1].bytes = u64::MAX;
            }),
            "sync.snapshot",
        ),
        (
            "of an audience that does not admit us",
            Box::new(|s| s.pages[0].audience = Audience::Person(PersonId::new("ola").unwrap())),
            "sync.snapshot",
        ),
        ("with a chain twice", Box::new(|s| s.chains.push(s.chains[0].clone())), "sync.snapshot"),
    ];
    for (what, change, code) in cases {
        let server = Server::start(&log).await;
        let (mut snapshot, pages) = honest.clone();
        change(&mut snapshot);
        server.state.lock().unwrap().snapshot = Some((snapshot, pages));
        let (outcome, cursor, events) = caught(&server).await;
        assert_eq!(outcome.unwrap_err().code(), code, "{what}");
        assert_eq!((cursor, events), (0, 0), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn snapshot_pages_that_are_not_what_they_say_are_refused_and_leave_nothing() {
    let log = sample(LONG);
    let (snapshot, pages) = log.snapshot(LONG, &kari(), Role::Director, 4);
    let first = pages[&snapshot.pages[0].sha256].clone();
    let other = pages[&snapshot.pages[1].sha256].clone();
    let longer = [first.as_slice(), b"\n"].concat();
    let shorter = first[..first.len() - 1].to_vec();
    let mut flipped = first.clone();
    flipped[10] ^= 1;
    let packed = bomb(b'x');
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nContent-Encoding: zstd\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        packed.len()
    );
    let answer = |body: Vec<u8>| {
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n",
            body.len()
        );
        vec![Act::Send([head.into_bytes(), body].concat())]
    };
    for (what, acts, code) in [
        ("another page", answer(other), "sync.protocol"),
        ("a page too long", answer(longer), "sync.protocol"),
        ("a page too short", answer(shorter), "sync.snapshot"),
        ("a page with another byte", answer(flipped), "sync.snapshot"),
        ("a bomb", vec![Act::Send([head.into_bytes(), packed].concat())], "sync.protocol"),
        ("a page of a portal", text("200 OK", "text/html", "<html>"), "sync.not_our_server"),
        ("a redirect", problem(307, "moved", ""), "sync.refused"),
    ] {
        let server = Server::start(&log).await;
        server.state.lock().unwrap().snapshot = Some((snapshot.clone(), pages.clone()));
        server.instead("snapshot-page", [acts]);
        let (outcome, cursor, events) = caught(&server).await;
        let error = outcome.unwrap_err();
        assert!(
            error.code() == code || (what == "another page" && error.code() == "sync.snapshot"),
            "{what}: {error}"
        );
        assert_eq!((cursor, events), (0, 0), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_no_log_leads_to_are_found_out_by_the_history() {
    let log = sample(LONG);
    let mut lying = Log::new();
    lying.fact(&founded(&tenant())).fact(&joined("kari"));
    for n in 2..LONG {
        lying.fact(&figure("sroi", u8::try_from(n % 12).unwrap() + 1, n as f64 + 1.0));
    }
    let server = Server::start(&log).await;
    let (mut snapshot, pages) = lying.snapshot(LONG, &kari(), Role::Director, 50);
    // The chains are the log's, so that nothing but the rows is wrong.
    snapshot.chains = log.snapshot(LONG, &kari(), Role::Director, 50).0.chains;
    server.state.lock().unwrap().snapshot = Some((snapshot, pages));
    let mut client = Client::start(&server);
    let status = client.until_code("sync.diverged").await;
    assert_eq!(status.phase, Phase::Refused);
    // The next attempt begins again, with an honest one.
    server.state.lock().unwrap().snapshot = Some(log.snapshot(LONG, &kari(), Role::Director, 50));
    client.syncer.retry_now();
    client.until(|status| status.phase == Phase::Live && status.history.is_none()).await;
    assert_eq!(client.vault.lock().unwrap().tenant(&tenant()).unwrap().start, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_that_forge_are_refused_and_nothing_of_the_batch_is_applied() {
    let log = sample(4);
    let mut forged = log.events[3].clone();
    forged.prev_hash = Hash([7; 32]);
    forged.hash = forged.digest();
    let mut foreign = log.events[3].clone();
    foreign.tenant = TenantId::new("other").unwrap();
    let far = Frame::Hidden { from: 4, to: 1 << 53 };
    for (frame, code) in
        [(event(&forged), "sync.chain"), (event(&foreign), "sync.chain"), (far, "sync.protocol")]
    {
        let server = Server::start(&log).await;
        server.state.lock().unwrap().log.truncate(3);
        let stream = vec![stream_head(), script::block(&frame, 4, true), Act::Hold];
        server.instead("stream", vec![stream; 9]);
        let mut client = Client::start(&server);
        client.until_code(code).await;
        assert_eq!(client.cursor(), 3, "{code}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_whose_block_never_ends_is_cut_off() {
    let server = Server::start(&sample(3)).await;
    let mut endless = vec![stream_head()];
    let line = [b"data: ".to_vec(), vec![b'x'; 1 << 20], b"\n".to_vec()].concat();
    endless.extend(vec![Act::Send(line); 64]);
    endless.push(Act::Hold);
    server.instead("stream", [endless]);
    let before = peak();
    let mut client = Client::start(&server);
    let status = client.until_code("sync.protocol").await;
    assert!(status.detail.unwrap().contains("a block of the stream is too long"));
    assert!(peak() - before < 200 << 20, "{} bytes", peak() - before);
    client.until_live_at(3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_promises_more_for_ever_is_not_believed() {
    let server = Server::start(&sample(3)).await;
    let promise = ndjson(&[Frame::CaughtUp { head: 3, more: true }]);
    server.instead("page", vec![promise; 500]);
    let mut client = Client::start(&server);
    client.until_code("sync.protocol").await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert!(server.asked("page").len() < 8, "{} pages", server.asked("page").len());
    assert_eq!(client.cursor(), 0);
}
