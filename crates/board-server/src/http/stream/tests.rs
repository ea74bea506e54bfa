//! What a reader is sent, in which order, and when no more; and readers that do not take it. Not HTTP's own rules.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    path::PathBuf,
    sync::atomic::{AtomicBool, AtomicI64},
};

use board_domain::{Actor, Audience, Fact, Intake, Person, PersonId, Role};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use super::*;
use crate::{
    clock::Clock,
    config::Config,
    http::{
        connection::serve_with,
        live::{self, Patience, Start},
        router,
    },
    identity::{brake::Brake, session},
    snapshot::Keeper,
    store::{Store, Transaction, account},
};

/// Transactions while streams open.
const APPENDS: u64 = 150;
/// How the last frame before the live end begins.
const CAUGHT_UP: &str = r#"{"caught_up":"#;
const PATIENT: Patience = Patience::NETWORK;
/// 23 November 2026, noon.
const NOW: i64 = 1_795_435_200_000;

/// A store with one tenant, and the state of a server over it.
struct World {
    app: Arc<App>,
    now: Arc<AtomicI64>,
    path: PathBuf,
    drain: watch::Sender<bool>,
    _folder: TempDir,
}

fn alpha() -> TenantId {
    TenantId::new("alpha").unwrap()
}

fn kari() -> PersonId {
    PersonId::new("kari").unwrap()
}

fn joined(id: &str, role: Role) -> Fact {
    Fact::PersonJoined { person: Person { id: PersonId::new(id).unwrap(), name: id.into(), role } }
}

/// A fact for governance, as long as wanted.
fn intake(bytes: usize) -> Fact {
    let (source, sha256) = ("x".repeat(bytes), String::new());
    Fact::IntakeRecorded { intake: Intake { source, sha256, accepted: 1, duplicate: 0, refused: 0 } }
}

async fn append_to(store: &Store, facts: Vec<Fact>) -> u64 {
    let append = move |transaction: &mut Transaction<'_>| {
        let (actor, now) = (Actor::Service("test".into()), Timestamp::from_millisecond(NOW).unwrap());
        transaction.publish(&alpha(), &actor, None, now, facts.clone(), Fact::audience)
    };
    store.write(Some(&alpha()), append).await.unwrap()
}

impl World {
    /// Kari is in the tenant with this role.
    async fn new(role: Role) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let store = Store::open(&path, None).unwrap();
        let create = |transaction: &mut Transaction<'_>| -> Result<(), StoreError> {
            account::insert(transaction.sql()?, &kari(), "kari@alpha.example", "Kari", "no password")?;
            tenant::create(transaction.sql()?, &alpha(), Uuid::new_v4(), &[7; 32]).map(|_| ())
        };
        store.write(Some(&alpha()), create).await.unwrap();
        append_to(&store, vec![joined("kari", role)]).await;
        let now = Arc::new(AtomicI64::new(NOW));
        let ticking = Arc::clone(&now);
        let clock = Clock::new(move || Timestamp::from_millisecond(ticking.load(Ordering::SeqCst)).unwrap());
        let (brake, keeper, draining) = (Brake::default(), Keeper::default(), AtomicBool::new(false));
        let app = Arc::new(App { store, clock, brake, keeper, draining });
        Self { app, now, path, drain: watch::Sender::new(false), _folder: folder }
    }

    /// The same store as another process has it open.
    fn other_process(&self) -> Store {
        Store::open(&self.path, None).unwrap()
    }

    async fn append(&self, facts: Vec<Fact>) -> u64 {
        append_to(&self.app.store, facts).await
    }

    async fn follow(&self, seq: u64) -> Follow {
        let epoch = self.app.store.read(|sql| Ok(tenant::get(sql, &alpha())?.unwrap().epoch)).await.unwrap();
        let expires_at = Timestamp::from_millisecond(NOW + 600_000).unwrap();
        // The role is read anew; the one that came with the request may be older.
        let member = Member { tenant: alpha(), person: kari(), role: Role::Viewer, expires_at };
        follow(Arc::clone(&self.app), member, Some(Position { epoch, seq }), None).await.unwrap()
    }
}

/// The frame in a block and the position it takes its reader to.
fn read(block: &Block) -> (u64, Frame) {
    let text = String::from_utf8(block.plain().to_vec()).unwrap();
    let (id, data) = text.trim_end().split_once("\ndata: ").expect("a frame");
    let id = Position::parse(id.strip_prefix("id: ").unwrap()).unwrap();
    (id.seq, serde_json::from_str(data).unwrap())
}

/// Frames up to the one that says the reader has everything, or to the end.
async fn until_caught_up(follow: &mut Follow) -> Vec<(u64, Frame)> {
    let mut frames: Vec<(u64, Frame)> = Vec::new();
    while !follow.is_over() && !matches!(frames.last(), Some((_, Frame::CaughtUp { .. }))) {
        frames.extend(follow.next().await.unwrap().iter().map(read));
    }
    frames
}

fn reason(frame: &Frame) -> &str {
    if let Frame::Bye { reason } = frame { reason } else { "none" }
}

#[tokio::test]
async fn an_append_between_subscribing_and_reading_is_not_missed() {
    let world = World::new(Role::Admin).await;
    let mut stream = world.follow(0).await;
    // The log was read; whatever is appended from here on must come all the same, from this process or another.
    world.append(vec![intake(1)]).await;
    let other = append_to(&world.other_process(), vec![intake(2)]).await;
    let last = world.append(vec![intake(3)]).await;
    assert_eq!((other, last), (3, 4));
    let frames = until_caught_up(&mut stream).await;
    let seqs: Vec<u64> = frames.iter().map(|(seq, _)| *seq).collect();
    assert_eq!(seqs, [1, 2, 3, 4, 4]);
}

#[cfg(feature = "failpoints")]
#[tokio::test(flavor = "multi_thread")]
async fn an_append_at_the_very_moment_of_subscribing_is_not_missed() {
    let world = World::new(Role::Admin).await;
    let scenario = fail::FailScenario::setup();
    let store = world.app.store.clone();
    let runtime = tokio::runtime::Handle::current();
    fail::cfg_callback("stream.subscribed", move || {
        tokio::task::block_in_place(|| runtime.block_on(append_to(&store, vec![intake(1)])));
    })
    .unwrap();
    let mut stream = world.follow(0).await;
    scenario.teardown();
    let seqs: Vec<u64> = until_caught_up(&mut stream).await.iter().map(|(seq, _)| *seq).collect();
    assert_eq!(seqs, [1, 2, 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_that_open_while_the_log_grows_have_no_hole() {
    let world = World::new(Role::Admin).await;
    let (here, there) = (world.app.store.clone(), world.other_process());
    let writing = tokio::spawn(async move {
        for number in 0..APPENDS {
            append_to(
                if number % 3 == 0 { &there } else { &here },
                vec![intake(1), joined("ola", Role::Viewer)],
            )
            .await;
        }
    });
    let readers: Vec<_> = (0..16)
        .map(|number| {
            let app = Arc::clone(&world.app);
            tokio::spawn(async move {
                let expires_at = Timestamp::from_millisecond(NOW + 600_000).unwrap();
                let member = Member { tenant: alpha(), person: kari(), role: Role::Admin, expires_at };
                tokio::time::sleep(Duration::from_millis(number * 7)).await;
                let mut stream =
                    follow(app, member, None, None).await.unwrap_or_else(|_| panic!("no stream"));
                let mut reached = 0;
                while reached < 1 + 2 * APPENDS {
                    for (seq, frame) in stream.next().await.unwrap().iter().map(read) {
                        match frame {
                            Frame::Event(event) => {
                                assert_eq!((event.seq, seq), (reached + 1, reached + 1));
                                reached = seq;
                            }
                            Frame::CaughtUp { head, .. } => assert_eq!((seq, head), (reached, reached)),
                            frame => panic!("{frame:?}"),
                        }
                    }
                    // What another process appends is seen by the watch over the heads.
                    let head = stream.app.store.read(|sql| Ok(tenant::get(sql, &alpha())?.unwrap().head));
                    let head = head.await.unwrap();
                    stream.app.store.channels().observe(&alpha(), head);
                }
            })
        })
        .collect();
    for reader in readers {
        tokio::time::timeout(Duration::from_mins(1), reader).await.expect("live in the end").unwrap();
    }
    writing.await.unwrap();
}

#[tokio::test]
async fn nothing_follows_the_event_that_takes_the_readers_role() {
    for (change, live) in [
        (joined("kari", Role::Viewer), true),
        (joined("kari", Role::Viewer), false),
        (Fact::PersonLeft { person: kari() }, true),
        (Fact::PersonLeft { person: kari() }, false),
    ] {
        let world = World::new(Role::Admin).await;
        let mut stream = world.follow(0).await;
        if live {
            assert_eq!(until_caught_up(&mut stream).await.len(), 2);
        }
        let facts = vec![
            joined("ola", Role::Viewer),
            joined("kari", Role::Admin),
            intake(1),
            change.clone(),
            intake(2),
            joined("per", Role::Viewer),
        ];
        // In one transaction, so that all of it is there before the reader is woken.
        if live {
            world.append(facts).await;
        } else {
            append_to(&world.other_process(), facts).await;
            world.app.store.channels().observe(&alpha(), 7);
        }
        let frames = until_caught_up(&mut stream).await;
        let first = if live { 2 } else { 1 };
        let seqs: Vec<u64> = frames.iter().map(|(seq, _)| *seq).collect();
        assert_eq!(seqs, (first..=5).chain([5]).collect::<Vec<_>>());
        assert_eq!(reason(&frames.last().unwrap().1), "rotate");
        let Frame::Event(last) = &frames[frames.len() - 2].1 else { panic!("no event") };
        assert_eq!(last.kind, change.kind());
        // Whoever comes back is shown what the new role may see, or nothing.
        if matches!(change, Fact::PersonLeft { .. }) {
            let expires_at = Timestamp::from_millisecond(NOW + 600_000).unwrap();
            let member = Member { tenant: alpha(), person: kari(), role: Role::Admin, expires_at };
            assert!(follow(Arc::clone(&world.app), member, None, None).await.is_err());
        } else {
            let mut again = world.follow(5).await;
            let frames = until_caught_up(&mut again).await;
            assert!(matches!(frames[0], (6, Frame::Hidden { from: 6, to: 6 })), "{frames:?}");
            assert!(matches!(&frames[1], (7, Frame::Event(event)) if event.audience == Audience::Board));
        }
    }
}

#[tokio::test]
async fn a_role_held_in_the_past_ends_no_stream() {
    let world = World::new(Role::Admin).await;
    for role in [Role::Viewer, Role::Director, Role::Admin] {
        world.append(vec![joined("kari", role), intake(1)]).await;
    }
    let mut stream = world.follow(0).await;
    let frames = until_caught_up(&mut stream).await;
    assert_eq!(frames.len(), 8, "every event is the admin's to read");
    assert!(!stream.is_over());
}

#[tokio::test]
async fn one_reader_holds_no_more_than_a_batch() {
    let world = World::new(Role::Admin).await;
    for _ in 0..8 {
        world.append((0..100).map(|_| intake(10_000)).collect()).await;
    }
    let mut stream = world.follow(0).await;
    let mut batches = 0;
    while !stream.caught_up {
        let held: usize = stream.next().await.unwrap().iter().map(|block| block.chunk().len()).sum();
        assert!(held <= HELD + 11_000, "{held}");
        batches += 1;
    }
    assert!(batches > 30, "{batches}");
}

#[tokio::test]
async fn the_same_bytes_go_to_every_reader() {
    let world = World::new(Role::Admin).await;
    let mut streams = Vec::new();
    for _ in 0..3 {
        let mut stream = world.follow(0).await;
        until_caught_up(&mut stream).await;
        streams.push(stream);
    }
    world.append(vec![intake(100)]).await;
    let mut shared = Vec::new();
    for stream in &mut streams {
        let blocks = stream.next().await.unwrap();
        shared.push((blocks[0].chunk().as_ptr(), blocks[0].plain().as_ptr()));
    }
    assert!(shared.iter().all(|bytes| *bytes == shared[0]));
    // And events of another process are read once for all of them.
    append_to(&world.other_process(), vec![intake(100)]).await;
    world.app.store.channels().observe(&alpha(), 3);
    let mut shared = Vec::new();
    for stream in &mut streams {
        shared.push(stream.next().await.unwrap()[0].chunk().as_ptr());
    }
    assert!(shared.iter().all(|bytes| *bytes == shared[0]));
}

#[tokio::test]
async fn another_epoch_ends_the_streams_of_the_old_one() {
    let world = World::new(Role::Admin).await;
    let mut stream = world.follow(0).await;
    until_caught_up(&mut stream).await;
    rusqlite::Connection::open(&world.path)
        .unwrap()
        .execute("UPDATE tenant SET epoch = ?1", [Uuid::new_v4().to_string()])
        .unwrap();
    let mut second = world.follow(1).await;
    until_caught_up(&mut second).await;
    // An idle stream of the old epoch is woken; nobody is left to believe that it is live.
    let frames = until_caught_up(&mut stream).await;
    assert_eq!(frames.iter().map(|(seq, frame)| (*seq, reason(frame))).collect::<Vec<_>>(), [(1, "rotate")]);
    // A restored log is as likely shorter; what is appended to it is followed under the new epoch.
    rusqlite::Connection::open(&world.path)
        .unwrap()
        .execute("UPDATE tenant SET epoch = ?1", [Uuid::new_v4().to_string()])
        .unwrap();
    world.append(vec![intake(1)]).await;
    let frames = until_caught_up(&mut second).await;
    assert_eq!(frames.iter().map(|(seq, frame)| (*seq, reason(frame))).collect::<Vec<_>>(), [(1, "rotate")]);
    let mut third = world.follow(1).await;
    assert_eq!(until_caught_up(&mut third).await.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [2, 2]);
}

#[tokio::test]
async fn a_stream_ends_at_its_time_which_is_no_two_streams_same() {
    let world = World::new(Role::Admin).await;
    let now = Instant::now();
    let mut lives = Vec::new();
    for _ in 0..50 {
        lives.push(world.follow(0).await.rotates_at - now);
    }
    assert!(lives.iter().all(|life| *life >= ROTATE_AFTER));
    assert!(lives.iter().all(|life| *life <= ROTATE_AFTER + ROTATE_SPREAD + Duration::from_secs(30)));
    lives.sort();
    assert!(lives[49] > lives[0] + ROTATE_SPREAD / 4, "spread out");
    let mut stream = world.follow(0).await;
    until_caught_up(&mut stream).await;
    stream.rotates_at = Instant::now();
    stream.arm();
    let frames: Vec<_> = stream.next().await.unwrap().iter().map(read).collect();
    assert_eq!(reason(&frames[0].1), "rotate");
    let mut stream = world.follow(0).await;
    until_caught_up(&mut stream).await;
    world.now.fetch_add(600_000, Ordering::SeqCst);
    stream.arm();
    let frames: Vec<_> = stream.next().await.unwrap().iter().map(read).collect();
    assert_eq!(reason(&frames[0].1), "expired");
}

fn start(follow: Follow, chunked: bool) -> Start {
    Start { headers: axum::http::HeaderMap::new(), follow: Box::new(follow), chunked }
}

/// Reads a stream to its end: every event is there once, in order, or said to be hidden. Gives the last position.
async fn read_to_the_end(mut theirs: DuplexStream, from: u64) -> u64 {
    let mut bytes = Vec::new();
    theirs.read_to_end(&mut bytes).await.unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (_, body) = text.split_once("\r\n\r\n").unwrap();
    let mut position = from;
    for block in body.split_terminator("\n\n").filter(|block| !block.starts_with(':')) {
        let (id, data) = block.split_once("\ndata: ").expect("a frame");
        let id = Position::parse(id.strip_prefix("id: ").unwrap()).unwrap();
        match serde_json::from_str(data).unwrap() {
            Frame::Event(event) => {
                assert_eq!(event.seq, position + 1);
                position = event.seq;
            }
            Frame::Hidden { from, to } => {
                assert_eq!(from, position + 1);
                position = to;
            }
            Frame::Bye { reason } => assert_eq!(reason, "rotate"),
            Frame::CaughtUp { .. } => (),
        }
        assert_eq!(id.seq, position);
    }
    assert!(body.contains("\"bye\""), "the end was said");
    position
}

#[tokio::test]
async fn streams_that_wait_are_told_everything_whatever_their_sockets_take() {
    for role in [Role::Admin, Role::Viewer] {
        let world = World::new(role).await;
        let gallery = world.app.store.channels().channel(&alpha());
        let mut readers = Vec::new();
        for number in 0..300 {
            let (ours, theirs) = tokio::io::duplex([256, 1_500, 8_192, 1 << 20][number % 4]);
            tokio::spawn(live::run(ours, start(world.follow(1).await, false), PATIENT));
            readers.push(tokio::spawn(read_to_the_end(theirs, 1)));
        }
        let seated = async {
            while gallery.gallery.taken() != (2, 300) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), seated).await.expect("all of them wait, in two rows");
        for count in 0..60 {
            world.append(vec![intake(count * 10); count % 3 + 1]).await;
            if count == 30 {
                append_to(&world.other_process(), vec![intake(1); 3]).await;
            }
        }
        let last = world.append(vec![Fact::PersonLeft { person: kari() }]).await;
        for reader in readers {
            let end = tokio::time::timeout(Duration::from_mins(1), reader).await.expect("an end").unwrap();
            assert_eq!(end, last);
        }
        let left = async {
            while gallery.gallery.taken() != (0, 0) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), left).await.expect("no place is held for ever");
    }
}

#[tokio::test]
async fn a_reader_that_never_reads_is_cut() {
    let world = World::new(Role::Admin).await;
    world.append((0..200).map(|_| intake(1_000)).collect()).await;
    let (ours, theirs) = tokio::io::duplex(4_096);
    let patience = Patience { stalled: Duration::from_millis(50), ..PATIENT };
    let running = live::run(ours, start(world.follow(0).await, true), patience);
    tokio::time::timeout(Duration::from_secs(30), running).await.expect("the server does not wait for ever");
    drop(theirs);
}

#[tokio::test]
async fn a_reader_that_takes_too_long_is_told_goodbye() {
    let world = World::new(Role::Admin).await;
    world.append((0..400).map(|_| intake(2_000)).collect()).await;
    let (ours, mut theirs) = tokio::io::duplex(4_096);
    let patience = Patience { slow: Duration::ZERO, ..PATIENT };
    let running = tokio::spawn(live::run(ours, start(world.follow(0).await, false), patience));
    let mut text = String::new();
    theirs.read_to_string(&mut text).await.unwrap();
    running.await.unwrap();
    let blocks: VecDeque<&str> = text.split_once("\r\n\r\n").unwrap().1.split_terminator("\n\n").collect();
    assert_eq!(blocks[0], ": hi");
    assert!(blocks.len() < 300, "it ends after the batch that took too long");
    assert!(blocks.back().unwrap().ends_with(r#"{"bye":{"reason":"slow"}}"#), "{:?}", blocks.back());
}

#[tokio::test]
async fn a_reader_that_goes_away_ends_its_stream() {
    let world = World::new(Role::Admin).await;
    let (ours, mut theirs) = tokio::io::duplex(4_096);
    let running = tokio::spawn(live::run(ours, start(world.follow(0).await, true), PATIENT));
    let mut first = [0; 64];
    theirs.read_exact(&mut first).await.unwrap();
    drop(theirs);
    tokio::time::timeout(Duration::from_secs(10), running).await.expect("seen at once").unwrap();
}

/// A connection of a client that speaks for itself.
fn connect(world: &World, patience: Patience, buffer: usize) -> (DuplexStream, tokio::task::JoinHandle<()>) {
    let (ours, theirs) = tokio::io::duplex(buffer);
    let peer = SocketAddr::from(([127, 0, 0, 1], 1));
    let serving = serve_with(patience, ours, peer, router(Arc::clone(&world.app)), world.drain.subscribe());
    (theirs, tokio::spawn(serving))
}

async fn token(world: &World) -> String {
    let start = |transaction: &mut Transaction<'_>| {
        session::start(transaction, &kari(), "test", Timestamp::from_millisecond(NOW).unwrap())
    };
    world.app.store.write(None, start).await.unwrap().access_token
}

#[tokio::test]
async fn a_request_that_never_ends_is_cut() {
    let world = World::new(Role::Admin).await;
    let patience = Patience { head: Duration::from_millis(50), ..PATIENT };
    for begun in ["", "GET /healthz HTTP/1.1\r\nhost: a\r\nx-slow: "] {
        let (mut client, serving) = connect(&world, patience, 4_096);
        client.write_all(begun.as_bytes()).await.unwrap();
        tokio::time::timeout(Duration::from_secs(30), serving).await.expect("cut").unwrap();
    }
}

#[tokio::test]
async fn an_answer_that_nobody_takes_is_cut() {
    let world = World::new(Role::Admin).await;
    world.append((0..200).map(|_| intake(1_000)).collect()).await;
    let patience = Patience { stalled: Duration::from_millis(50), ..PATIENT };
    let (mut client, serving) = connect(&world, patience, 1_024);
    let token = token(&world).await;
    let request =
        format!("GET /v1/tenants/alpha/log HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n\r\n");
    client.write_all(request.as_bytes()).await.unwrap();
    tokio::time::timeout(Duration::from_secs(30), serving).await.expect("cut").unwrap();
}

#[tokio::test]
async fn a_stream_after_other_requests_begins_where_their_answers_end() {
    let world = World::new(Role::Admin).await;
    let token = token(&world).await;
    let (client, serving) = connect(&world, PATIENT, 64);
    let stream = |version: &str| {
        format!(
            "GET /v1/tenants/alpha/log HTTP/{version}\r\nhost: a\r\nauthorization: Bearer {token}\r\n\
             accept: text/event-stream\r\n\r\n"
        )
    };
    // The buffer is so small that answers are still on their way when the stream is asked for.
    let requests = format!("{}{}", "GET /openapi.json HTTP/1.1\r\nhost: a\r\n\r\n".repeat(3), stream("1.1"));
    let (mut reading, mut writing) = tokio::io::split(client);
    let write = async { writing.write_all(requests.as_bytes()).await.unwrap() };
    let read = async {
        let mut text = String::new();
        let mut part = [0; 4_096];
        while !text.contains(CAUGHT_UP) {
            let count = reading.read(&mut part).await.unwrap();
            assert!(count > 0, "{text}");
            text.push_str(std::str::from_utf8(&part[..count]).unwrap());
        }
        text
    };
    let ((), text) = tokio::join!(write, read);
    assert_eq!(text.matches("HTTP/1.1 200 OK\r\n").count(), 4);
    assert_eq!(text.matches(&crate::openapi()).count(), 3, "whole answers");
    let (_, body) = text.rsplit_once("\r\n\r\n6\r\n").expect("chunks");
    assert!(body.contains("person.joined"));
    // A client of HTTP/1.0 gets the bytes alone.
    drop((reading, writing));
    serving.await.unwrap();
    let (mut client, _serving) = connect(&world, PATIENT, 4_096);
    client.write_all(stream("1.0").as_bytes()).await.unwrap();
    let mut text = String::new();
    while !text.contains(CAUGHT_UP) {
        let mut part = [0; 4_096];
        let count = client.read(&mut part).await.unwrap();
        assert!(count > 0, "{text}");
        text.push_str(std::str::from_utf8(&part[..count]).unwrap());
    }
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(!head.contains("chunked") && head.contains("connection: close"), "{head}");
    assert!(body.starts_with(": hi\n\nid: "), "{body}");
    // Nothing may follow a stream's request on its connection.
    let (mut client, serving) = connect(&world, PATIENT, 65_536);
    client.write_all(stream("1.1").repeat(2).as_bytes()).await.unwrap();
    tokio::time::timeout(Duration::from_secs(30), serving).await.expect("closed").unwrap();
}

/// Connections that a test opens by hand.
struct Pipes(tokio::sync::mpsc::Receiver<DuplexStream>);

impl axum::serve::Listener for Pipes {
    type Io = DuplexStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (DuplexStream, SocketAddr) {
        match self.0.recv().await {
            Some(pipe) => (pipe, SocketAddr::from(([127, 0, 0, 1], 1))),
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        Ok(SocketAddr::from(([127, 0, 0, 1], 1)))
    }
}

#[tokio::test]
async fn a_server_told_to_stop_leaves_many_streams_and_cuts_one_that_does_not_read() {
    let world = World::new(Role::Admin).await;
    world.append((0..60).map(|_| intake(2_000)).collect()).await;
    let token = token(&world).await;
    let data = tempfile::tempdir().unwrap();
    std::fs::copy(&world.path, data.path().join("boardroom.db")).unwrap();
    let wal = world.path.with_extension("db-wal");
    std::fs::copy(wal, data.path().join("boardroom.db-wal")).unwrap();
    let config = Config { data: data.path().to_owned(), ..Config::default() };
    let (open, pipes) = tokio::sync::mpsc::channel(1);
    let clock = Clock::new(|| Timestamp::from_millisecond(NOW).unwrap());
    let server = crate::Server::over(Pipes(pipes), &config, clock).unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(server.run(async {
        let _ = stopped.await;
    }));
    let request = format!(
        "GET /v1/tenants/alpha/log HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n\
         accept: text/event-stream\r\n\r\n"
    );
    let mut readers = Vec::new();
    for _ in 0..100 {
        let (mut client, ours) = tokio::io::duplex(16_384);
        open.send(ours).await.unwrap();
        client.write_all(request.as_bytes()).await.unwrap();
        let mut seen = Vec::new();
        while !String::from_utf8_lossy(&seen[seen.len().saturating_sub(100)..]).contains(CAUGHT_UP) {
            assert!(client.read_buf(&mut seen).await.unwrap() > 0);
        }
        readers.push(client);
    }
    // An idle connection and one whose client has stopped reading in the middle.
    let (_idle, ours) = tokio::io::duplex(1_024);
    open.send(ours).await.unwrap();
    let (mut stuck, ours) = tokio::io::duplex(1_024);
    open.send(ours).await.unwrap();
    stuck.write_all(request.as_bytes()).await.unwrap();
    stuck.read_exact(&mut [0; 512]).await.unwrap();
    stop.send(()).unwrap();
    for mut reader in readers {
        let mut text = String::new();
        reader.read_to_string(&mut text).await.unwrap();
        assert!(text.ends_with("{\"bye\":{\"reason\":\"draining\"}}\n\n\r\n0\r\n\r\n"), "{text}");
    }
    tokio::time::timeout(Duration::from_mins(1), running)
        .await
        .expect("the stuck one is cut")
        .unwrap()
        .unwrap();
}
