//! What depends on time, with a clock that stands still unless a test moves it: goodbyes, long polls, sleep, uploads
//! that nobody answers. And that a seed repeats a run.

#![allow(clippy::unwrap_used)]

#[path = "../../board-vault/tests/log/mod.rs"]
mod log;
mod script;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use board_domain::wire::{CommandOutcome, Frame};
use board_domain::{Command, PersonId};
use board_sync::{Clock, Phase, SyncStatus};
use log::{Log, at, figure, founded, joined, tenant};
use script::{Act, Client, Server, block, json, quiet, stream_head};
use tokio::time::{Instant, sleep};

fn sample(length: u64) -> Log {
    let mut log = Log::new();
    log.fact(&founded(&tenant())).fact(&joined("kari"));
    for n in 2..length {
        log.fact(&figure("sroi", u8::try_from(n % 12).unwrap() + 1, n as f64));
    }
    log
}

/// A clock that runs with the runtime's, and can be put forward.
fn clock() -> (Clock, Arc<AtomicI64>) {
    let (ahead, began) = (Arc::new(AtomicI64::new(0)), Instant::now());
    let shared = ahead.clone();
    let clock = move || at(i64::try_from(began.elapsed().as_secs()).unwrap() + shared.load(Ordering::SeqCst));
    (Arc::new(clock), ahead)
}

/// Waits in simulated time.
async fn until(client: &Client, limit: Duration, wanted: impl Fn(&SyncStatus) -> bool) -> Duration {
    let (began, mut status) = (Instant::now(), client.status.clone());
    let reached = tokio::time::timeout(limit, status.wait_for(|status| wanted(status))).await;
    assert!(reached.is_ok(), "still {:?}", client.status.borrow().clone());
    began.elapsed()
}

fn live_at(cursor: u64) -> impl Fn(&SyncStatus) -> bool {
    move |status| status.phase == Phase::Live && status.cursor == cursor
}

fn bye(reason: &str, after: Duration) -> Vec<Act> {
    let frame = Frame::Bye { reason: reason.into() };
    vec![
        stream_head(),
        block(&Frame::CaughtUp { head: 3, more: false }, 3, true),
        Act::Pause(after),
        block(&frame, 3, true),
    ]
}

#[tokio::test(start_paused = true)]
async fn a_goodbye_leads_to_the_right_next_step_and_none_waits_for_long() {
    for (reason, next, longest) in [
        ("rotate", "hello", 0),
        ("expired", "refresh", 0),
        ("behind", "page", 0),
        ("slow", "page", 0),
        ("draining", "hello", 3_000),
        ("something new", "hello", 1_000),
    ] {
        let server = Server::unheard(&sample(3), 1);
        server.instead("stream", [bye(reason, Duration::from_secs(30))]);
        let client = Client::simulate(&server, 1, clock().0);
        until(&client, Duration::from_secs(9), live_at(3)).await;
        let said = Duration::from_secs(30);
        let before = server.state.lock().unwrap().asked.len();
        sleep(said + Duration::from_millis(longest + 100)).await;
        let asked = server.state.lock().unwrap().asked.clone();
        assert_eq!(asked[before].what(), next, "{reason}");
        assert_eq!(asked.last().unwrap().what(), "stream", "{reason}");
        until(&client, Duration::from_secs(9), live_at(3)).await;
        assert_eq!(client.status.borrow().code, None, "{reason}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_proxy_that_keeps_the_stream_back_is_noticed_and_the_log_polled() {
    let log = sample(4);
    let server = Server::unheard(&log, 1);
    server.state.lock().unwrap().log.truncate(3);
    // One keeps everything back, the other passes the head on and nothing behind it.
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n".to_vec();
    server.instead("stream", [vec![Act::Hold], vec![Act::Send(head), Act::Hold], quiet(4, 30)]);
    let client = Client::simulate(&server, 1, clock().0);
    let took = until(&client, Duration::from_secs(20), live_at(3)).await;
    assert!(took < Duration::from_secs(13), "{took:?}");
    assert_eq!(server.asked("poll")[0].query("wait"), Some("25"));
    server.state.lock().unwrap().log = log.frames();
    until(&client, Duration::from_secs(9), live_at(4)).await;
    // An answer that was not held back is not asked for without a pause.
    let polls = server.asked("poll").len();
    sleep(Duration::from_mins(1)).await;
    let more = server.asked("poll").len() - polls;
    assert!((8..=14).contains(&more), "{more} in a minute");
    // After ten minutes the stream is tried again, and is good now.
    assert_eq!(server.asked("stream").len(), 2);
    sleep(Duration::from_mins(10)).await;
    assert_eq!(server.asked("stream").len(), 3);
    assert_eq!(client.status.borrow().phase, Phase::Live);
    let polls = server.asked("poll").len();
    sleep(Duration::from_secs(30)).await;
    assert_eq!(server.asked("poll").len(), polls, "no more polls");
}

#[tokio::test(start_paused = true)]
async fn a_network_that_changed_gives_the_stream_another_chance() {
    let server = Server::unheard(&sample(3), 1);
    server.instead("stream", vec![vec![Act::Hold]; 2]);
    let client = Client::simulate(&server, 1, clock().0);
    until(&client, Duration::from_secs(20), live_at(3)).await;
    assert_eq!(server.asked("stream").len(), 2);
    client.syncer.retry_now();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(server.asked("stream").len(), 3);
    assert_eq!(client.status.borrow().phase, Phase::Live);
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_slept_connects_anew() {
    let server = Server::unheard(&sample(3), 1);
    server.instead("stream", [quiet(3, 10)]);
    let (clock, ahead) = clock();
    let client = Client::simulate(&server, 1, clock);
    until(&client, Duration::from_secs(9), live_at(3)).await;
    for (by, connections) in [(25, 1), (-3_600, 1), (3_600, 2)] {
        ahead.fetch_add(by, Ordering::SeqCst);
        sleep(Duration::from_secs(20)).await;
        assert_eq!(server.asked("stream").len(), connections, "the clock was put forward by {by} s");
    }
    until(&client, Duration::from_secs(9), live_at(3)).await;
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_nobody_answers_holds_nothing_back_and_is_told() {
    let log = sample(9);
    let server = Server::unheard(&log, 1);
    server.state.lock().unwrap().log.truncate(3);
    server.instead("commands", vec![vec![Act::Hold]; 100]);
    let mut stream = vec![stream_head(), block(&Frame::CaughtUp { head: 3, more: false }, 3, true)];
    for (frame, seq) in log.frames().iter().skip(3).zip(4..) {
        stream.extend([Act::Pause(Duration::from_secs(15)), block(frame, seq, true)]);
    }
    for _ in 0..40 {
        stream.extend([Act::Pause(Duration::from_secs(15)), Act::Send(b": hb\n\n".to_vec())]);
    }
    server.instead("stream", [stream]);
    let client = Client::simulate(&server, 1, clock().0);
    until(&client, Duration::from_secs(9), live_at(3)).await;
    let command = Command::RemovePerson { person: PersonId::new("b").unwrap() };
    client.vault.lock().unwrap().enqueue(&tenant(), &command, at(1)).unwrap();
    client.syncer.commands_waiting();
    // Events keep coming while the command waits, and the wait is told within a minute.
    until(&client, Duration::from_secs(40), |status| status.cursor >= 5 && status.unsent == 1).await;
    assert_eq!(client.status.borrow().phase, Phase::Live);
    until(&client, Duration::from_secs(61), |status| status.code.as_deref() == Some("sync.unsent")).await;
    assert_eq!(client.status.borrow().phase, Phase::CatchingUp);
    until(&client, Duration::from_secs(61), |status| status.cursor == 9).await;
    assert_eq!(server.asked("stream").len(), 1, "the same stream all along");
    assert!(server.asked("commands").len() <= 3);
    // Answered at last it is live, and the row waits only for its echo.
    server.state.lock().unwrap().instead.retain(|(what, _)| *what != "commands");
    server.instead("commands", vec![json(&[CommandOutcome::Done { cmd_seq: 1, seq: 9 }]); 9]);
    until(&client, Duration::from_mins(3), |status| status.phase == Phase::Live && status.unsent == 0).await;
}

#[tokio::test(start_paused = true)]
async fn bytes_that_never_become_whole_are_no_sign_of_life() {
    let dribble = |head: Act, byte: &[u8]| {
        let mut acts = vec![head];
        for _ in 0..1_000 {
            acts.extend([Act::Pause(Duration::from_secs(1)), Act::Send(byte.to_vec())]);
        }
        acts
    };
    // A page that comes byte by byte is given up.
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n\r\n";
    let server = Server::unheard(&sample(3), 1);
    server.instead("page", [dribble(Act::Send(head.into()), b" ")]);
    let client = Client::simulate(&server, 1, clock().0);
    let took = until(&client, Duration::from_mins(2), |status| status.code.is_some()).await;
    assert_eq!(client.status.borrow().code.as_deref(), Some("sync.offline"));
    assert!(took <= Duration::from_secs(61), "{took:?}");
    assert_eq!(client.cursor(), 0);
    until(&client, Duration::from_secs(9), live_at(3)).await;
    // A stream that was good and now dribbles is cut, although it is never silent.
    let server = Server::unheard(&sample(3), 1);
    let mut stream = vec![stream_head(), block(&Frame::CaughtUp { head: 3, more: false }, 3, true)];
    stream.extend(dribble(Act::Send(b"data: ".to_vec()), b"x"));
    server.instead("stream", [stream]);
    let client = Client::simulate(&server, 1, clock().0);
    until(&client, Duration::from_secs(9), live_at(3)).await;
    let took = until(&client, Duration::from_mins(5), |status| status.code.is_some()).await;
    assert!(took <= Duration::from_secs(151), "{took:?}");
    until(&client, Duration::from_secs(9), live_at(3)).await;
}

/// When what was asked for, in a run full of cuts.
async fn run(seed: u64) -> Vec<(Duration, String)> {
    let server = Server::unheard(&sample(40), 1);
    server.state.lock().unwrap().page_size = 7;
    for what in ["refresh", "hello", "page", "stream"] {
        server.instead(what, vec![vec![]; 4]);
    }
    let client = Client::simulate(&server, seed, clock().0);
    let (began, mut status, mut heard) = (Instant::now(), client.status.clone(), Vec::new());
    while !live_at(40)(&status.borrow_and_update()) {
        status.changed().await.unwrap();
        let asked = server.state.lock().unwrap().asked.len();
        heard.push((began.elapsed(), format!("{asked} {:?}", status.borrow())));
    }
    heard
}

#[tokio::test(start_paused = true)]
async fn a_seed_repeats_a_run_and_another_does_not() {
    let first = run(7).await;
    assert!(first.len() > 10, "{}", first.len());
    assert_eq!(run(7).await, first);
    assert_ne!(run(8).await, first);
}
