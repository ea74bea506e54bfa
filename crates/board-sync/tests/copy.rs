//! How a copy begins, begins again, widens and narrows, and where its history comes from; a vault against a scripted
//! server.

#![allow(clippy::unwrap_used)]

#[path = "../../board-vault/tests/log/mod.rs"]
mod log;
mod script;
#[path = "../../board-vault/tests/snapshots/mod.rs"]
mod snapshots;

use std::sync::Arc;

use board_domain::wire::{Frame, Hello, STREAM_BACKLOG};
use board_domain::{Audience, Hash, PersonId, Role, Table};
use board_sync::{Phase, Progress, catch_up, copy_anew};
use log::{EPOCH, Log, Place, at, figure, founded, joined, report, tenant};
use script::{Client, Pocket, Server, problem};

const LONG: u64 = STREAM_BACKLOG + 200;

fn kari() -> PersonId {
    PersonId::new("kari").unwrap()
}

/// A log of `length` events, some of them hidden from a director.
fn sample(length: u64) -> Log {
    let mut log = Log::new();
    log.fact(&founded(&tenant())).fact(&joined("kari"));
    for n in 2..length {
        match n % 50 {
            7 => log.fact(&report(&format!("r{}", n % 9), u32::try_from(n).unwrap())),
            9 => log.raw("from.the.future", "{}", Audience::Governance),
            _ => log.fact(&figure("sroi", u8::try_from(n % 12).unwrap() + 1, n as f64)),
        };
    }
    log
}

/// The hash of the rows that a whole log folds to.
fn folded(log: &Log) -> Hash {
    let place = Place::new();
    let mut vault = place.create();
    vault.apply(&tenant(), EPOCH, &log.frames(), at(0)).unwrap();
    vault.snapshot_state_hash(&tenant()).unwrap()
}

async fn long_server(log: &Log, snapshot: u64) -> Server {
    let server = Server::start(log).await;
    server.state.lock().unwrap().snapshot = Some(log.snapshot(snapshot, &kari(), Role::Director, 4));
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_log_starts_from_its_snapshot_and_its_history_follows_behind_the_stream() {
    let log = sample(LONG);
    let server = long_server(&log, 5_100).await;
    let pages = server.state.lock().unwrap().snapshot.as_ref().unwrap().0.pages.len();
    let mut client = Client::start(&server);
    let status = client.until_live_at(LONG).await;
    assert_eq!(status.snapshot, None);
    client.until(|status| status.phase == Phase::Live && status.history.is_none()).await;
    assert_eq!(server.asked("snapshot-page").len(), pages);
    assert_eq!(server.asked("page")[0].query("after").unwrap(), format!("{EPOCH}.5100"));
    let past: Vec<_> =
        server.asked("past").iter().map(|asked| asked.query("after").unwrap().to_owned()).collect();
    let expected: Vec<_> = (0..6).map(|thousand| format!("{EPOCH}.{}", thousand * 1_000)).collect();
    assert_eq!(past, expected);
    let vault = client.vault.lock().unwrap();
    let copy = vault.tenant(&tenant()).unwrap();
    assert_eq!((copy.start, copy.cursor), (0, LONG));
    assert_eq!(vault.snapshot_state_hash(&tenant()).unwrap(), folded(&log));
    assert!(vault.rows(&tenant(), Table::Figure, Some(100)).unwrap().len() == 12, "as it was long ago");
}

#[tokio::test(flavor = "multi_thread")]
async fn history_waits_while_nothing_answers_and_resumes_where_it_was() {
    let log = sample(LONG);
    let server = long_server(&log, LONG).await;
    server.instead("past", [vec![], problem(503, "busy", ""), vec![script::Act::Hold]]);
    let mut client = Client::start(&server);
    let status = client.until_live_at(LONG).await;
    assert_eq!(status.history, Some(Progress { done: 0, of: LONG }));
    // Two failures are its own trouble; the third request hangs, and nothing else is asked for meanwhile.
    server.until_asked("past", 3).await;
    assert_eq!(client.status.borrow().phase, Phase::Live);
    client.syncer.retry_now();
    client.until(|status| status.phase == Phase::Live && status.history.is_none()).await;
    let after: Vec<_> =
        server.asked("past").iter().map(|asked| asked.query("after").unwrap().to_owned()).collect();
    let expected: Vec<_> =
        [0, 0, 0, 0, 1_000, 2_000, 3_000, 4_000, 5_000].map(|seq| format!("{EPOCH}.{seq}")).into();
    assert_eq!(after, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_that_was_cut_goes_on_where_it_was() {
    let log = sample(LONG);
    let server = long_server(&log, LONG).await;
    let pages = server.state.lock().unwrap().snapshot.as_ref().unwrap().0.pages.len();
    assert!(pages > 3, "{pages}");
    let body = |index: usize| {
        let state = server.state.lock().unwrap();
        let (snapshot, texts) = state.snapshot.as_ref().unwrap();
        let page = texts[&snapshot.pages[index].sha256].clone();
        script::text("200 OK", "application/x-ndjson", &String::from_utf8(page).unwrap())
    };
    server.instead("snapshot-page", [body(0), body(1), vec![]]);
    let mut client = Client::start(&server);
    client.until_live_at(LONG).await;
    assert_eq!(
        server.asked("snapshot-page").len(),
        pages + 1,
        "only the one that was cut is asked for twice"
    );
    assert_eq!(server.asked("snapshot").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_that_disappears_is_replaced_by_the_newest() {
    let log = sample(LONG);
    let server = long_server(&log, LONG).await;
    server.instead("snapshot-page", [problem(404, "snapshot.not_found", "")]);
    let mut client = Client::start(&server);
    client.until_live_at(LONG).await;
    assert_eq!((server.asked("snapshot").len(), server.asked("hello").len()), (2, 1));
    // Again and again it is a trouble, and the copy is as it was.
    let server = long_server(&log, LONG).await;
    server.instead("snapshot-page", vec![problem(404, "snapshot.not_found", ""); 6]);
    let mut client = Client::start(&server);
    client.until_code("sync.protocol").await;
    assert_eq!(client.cursor(), 0);
    client.until_live_at(LONG).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_must_start_again_keeps_the_old_one_until_the_new_one_is_here() {
    let log = sample(30);
    let server = long_server(&log, 20).await;
    let mut client = Client::start(&server);
    client.until_live_at(30).await;
    assert!(server.asked("snapshot").is_empty(), "a short log needs none");
    let before = client.vault.lock().unwrap().snapshot_state_hash(&tenant()).unwrap();
    server.instead("stream", [problem(409, "log.must_resnapshot", "trimmed")]);
    server.instead("snapshot-page", [vec![script::Act::Hold]]);
    client.syncer.retry_now();
    server.until_asked("snapshot-page", 1).await;
    client.until(|status| status.snapshot.is_some_and(|progress| progress.done == 0)).await;
    assert_eq!(client.vault.lock().unwrap().snapshot_state_hash(&tenant()).unwrap(), before);
    client.syncer.retry_now();
    // The reason is forgotten by nobody: the snapshot is fetched, and the tail behind it.
    client.until_live_at(30).await;
    client.until(|status| status.history.is_none() && status.phase == Phase::Live).await;
    assert_eq!(client.vault.lock().unwrap().snapshot_state_hash(&tenant()).unwrap(), before);
    assert_eq!(server.asked("page").last().unwrap().query("after").unwrap(), format!("{EPOCH}.20"));
}

fn greeting(role: Role) -> Hello {
    let audiences = Audience::of(&kari(), role);
    Hello { epoch: EPOCH, head: 0, floor: 0, role, audiences, heartbeat: 15 }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audience_gained_is_fetched_first_and_one_lost_is_purged() {
    let mut log = sample(20);
    for n in 0..2_500 {
        log.raw("from.the.future", &format!("{{\"n\":{n}}}"), Audience::Governance);
    }
    let length = log.events.len() as u64;
    let server = Server::start(&log).await;
    server.state.lock().unwrap().hello = Some(greeting(Role::Director));
    let mut client = Client::start(&server);
    client.until_live_at(length).await;
    let hidden = client.vault.lock().unwrap().events(&tenant(), 0, 10_000).unwrap().len();

    // Two events more, the first of the audience gained: it continues a chain that must be here before.
    log.raw("from.the.future", "{}", Audience::Governance).fact(&figure("vis", 1, 1.0));
    {
        let mut state = server.state.lock().unwrap();
        state.hello = Some(greeting(Role::Admin));
        state.log = log.frames_of(&kari(), Role::Admin);
        state.audiences = Audience::of(&kari(), Role::Admin)
            .into_iter()
            .map(|audience| (audience.clone(), log.frames_in(&audience)))
            .collect();
    }
    server.instead("backfill", [vec![]]);
    client.syncer.retry_now();
    client.until_live_at(length + 2).await;
    let governance: Vec<_> = server
        .asked("backfill")
        .iter()
        .filter(|asked| asked.query("audience") == Some("governance"))
        .map(|asked| asked.query("until").unwrap().to_owned())
        .collect();
    assert!(governance.len() >= 3, "{governance:?}");
    assert!(governance.iter().all(|until| *until == length.to_string()), "{governance:?}");
    let all = client.vault.lock().unwrap().events(&tenant(), 0, 10_000).unwrap().len();
    assert_eq!(all, log.events.len(), "{hidden} before");

    // And lost again: gone at the greeting, before anything else.
    {
        let mut state = server.state.lock().unwrap();
        state.hello = Some(greeting(Role::Director));
        state.log = log.frames();
    }
    server.instead("stream", [vec![script::Act::Hold]]);
    client.syncer.retry_now();
    client.until(|_| server.asked("hello").len() >= 4 || server.asked("stream").len() >= 3).await;
    client.until_live_at(length + 2).await;
    let left = client.vault.lock().unwrap().events(&tenant(), 0, 10_000).unwrap();
    assert!(left.iter().all(|event| event.audience != Audience::Governance));
    assert_eq!(left.len(), hidden + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_an_audience_gained_unnoticed_is_no_forgery_and_comes_with_its_backfill() {
    let mut log = sample(20);
    log.raw("from.the.future", "{}", Audience::Governance).fact(&figure("vis", 1, 1.0));
    let length = log.events.len() as u64;
    let server = Server::start(&log).await;
    server.state.lock().unwrap().hello = Some(greeting(Role::Director));
    let mut client = Client::start(&server);
    client.until_live_at(length).await;
    log.raw("from.the.future", "{}", Audience::Governance);
    {
        let mut state = server.state.lock().unwrap();
        state.hello = Some(greeting(Role::Admin));
        state.audiences = Audience::of(&kari(), Role::Admin)
            .into_iter()
            .map(|audience| (audience.clone(), log.frames_in(&audience)))
            .collect();
        state.log = log.frames_of(&kari(), Role::Admin);
    }
    // The stream goes on as if nothing had happened, with an event that no greeting told of, and then says goodbye.
    let newest = Frame::Event(Box::new(log.events.last().unwrap().clone()));
    let mut told = greeting(Role::Director);
    told.head = length;
    server.instead("hello", [script::json(&told)]);
    let rotate = Frame::Bye { reason: "rotate".into() };
    let acts = [
        script::stream_head(),
        script::block(&newest, length + 1, true),
        script::block(&rotate, length + 1, true),
    ];
    server.instead("stream", [acts.to_vec()]);
    client.syncer.retry_now();
    client.until_live_at(length + 1).await;
    let all = client.vault.lock().unwrap().events(&tenant(), 0, 100).unwrap().len();
    assert_eq!(all, log.events.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_catch_up_brings_snapshot_tail_and_history() {
    let log = sample(LONG);
    let server = long_server(&log, 5_050).await;
    let place = Place::new();
    let vault = Arc::new(std::sync::Mutex::new(place.create()));
    let keeper =
        Arc::new(Pocket { token: std::sync::Mutex::new(Some("refresh-0".into())), ..Pocket::default() });
    let mut told = Vec::new();
    let mut tell = |cursor, head| told.push((cursor, head));
    let caught =
        catch_up(&server.url, vault.clone(), &tenant(), keeper, Arc::new(|| at(0)), &mut tell).await.unwrap();
    assert_eq!((caught.cursor, caught.reset), (LONG, false));
    assert_eq!(told, [(5_050, LONG), (LONG, LONG)]);
    let vault = vault.lock().unwrap();
    assert_eq!(vault.tenant(&tenant()).unwrap().start, 0);
    assert_eq!(vault.snapshot_state_hash(&tenant()).unwrap(), folded(&log));
}

/// A server whose pages hid the management's events from 5 to 9, as from one whose role was lower for a while, before
/// they are shown again and another one follows.
async fn after_a_hole(log: &Log) -> (Server, Client) {
    let server = Server::start(log).await;
    {
        let mut state = server.state.lock().unwrap();
        state.hello = Some(greeting(Role::Manager));
        state.log = log.frames_of(&kari(), Role::Manager);
        let hidden = log.frames_of(&kari(), Role::Viewer);
        state.log.splice(4.., hidden.into_iter().skip(4).take(5));
    }
    let mut client = Client::start(&server);
    client.until_live_at(9).await;
    let mut state = server.state.lock().unwrap();
    state.log = log.frames_of(&kari(), Role::Manager);
    state.audiences = vec![(Audience::Management, log.frames_in(&Audience::Management))];
    drop(state);
    (server, client)
}

fn by_audience(log: &Log) -> Vec<(Audience, Vec<Frame>)> {
    let audiences = Audience::SHARED.into_iter();
    audiences.map(|audience| (audience.clone(), log.frames_in(&audience))).collect()
}

fn reports() -> Log {
    let mut log = Log::new();
    log.fact(&founded(&tenant())).fact(&joined("kari")).fact(&report("q1", 1)).fact(&figure("sroi", 1, 1.0));
    log.fact(&report("q1", 2)).fact(&figure("sroi", 1, 2.0)).fact(&report("q2", 1)).fact(&report("q1", 3));
    log.fact(&figure("vis", 1, 9.0)).fact(&report("q2", 2));
    log
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_were_hidden_while_the_role_was_lower_are_fetched_when_the_next_one_shows_it() {
    let log = reports();
    let (server, mut client) = after_a_hole(&log).await;
    client.syncer.retry_now();
    client.until_live_at(10).await;
    assert_eq!(server.asked("backfill").len(), 1);
    assert_eq!(server.asked("backfill")[0].query("after").unwrap(), format!("{EPOCH}.3"));
    assert_eq!(client.vault.lock().unwrap().snapshot_state_hash(&tenant()).unwrap(), folded(&log));
    // By the stream as well as by a page.
    let (server, mut client) = after_a_hole(&log).await;
    let newest = Frame::Event(Box::new(log.events.last().unwrap().clone()));
    let mut told = greeting(Role::Manager);
    told.head = 9;
    server.instead("hello", [script::json(&told)]);
    server.instead("stream", [vec![script::stream_head(), script::block(&newest, 10, true)]]);
    client.syncer.retry_now();
    client.until_live_at(10).await;
    assert_eq!(server.asked("backfill").len(), 1);
    assert_eq!(client.vault.lock().unwrap().snapshot_state_hash(&tenant()).unwrap(), folded(&log));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_catch_up_fetches_what_was_hidden_and_greets_again_where_the_role_changed() {
    let log = reports();
    let (server, client) = after_a_hole(&log).await;
    let Client { vault, syncer, keeper, place: _place, .. } = client;
    syncer.stop().await;
    server.instead("page", [problem(409, "log.must_greet", "")]);
    let clock = Arc::new(|| at(0));
    let caught = catch_up(&server.url, vault.clone(), &tenant(), keeper, clock, &mut |_, _| ()).await;
    assert_eq!(caught.unwrap().cursor, 10);
    assert_eq!(vault.lock().unwrap().snapshot_state_hash(&tenant()).unwrap(), folded(&log));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_has_not_what_it_says_is_missing_is_refused() {
    let log = reports();
    let (server, mut client) = after_a_hole(&log).await;
    server.state.lock().unwrap().audiences = vec![(Audience::Management, Vec::new())];
    client.syncer.retry_now();
    let refused = client.until_code("sync.chain").await;
    assert_eq!((refused.phase, refused.cursor), (Phase::Refused, 9));
    assert!(server.asked("hello").len() < 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_for_the_log_says_under_which_role_and_another_role_greets_again() {
    let log = sample(LONG);
    let server = long_server(&log, 5_050).await;
    for what in ["snapshot", "page", "stream", "past"] {
        server.instead(what, [problem(409, "log.must_greet", "")]);
    }
    let mut client = Client::start(&server);
    client.until(|status| status.phase == Phase::Live && status.history.is_none()).await;
    for what in ["snapshot", "page", "stream", "past"] {
        let asked = server.asked(what);
        assert!(asked.len() >= 2, "{what}");
        assert!(asked.iter().all(|asked| asked.query("role") == Some("DIRECTOR")), "{what}");
    }
    assert_eq!(server.asked("hello").len(), 4, "history leaves the greeting to the stream");
    // Not in a circle.
    server.instead("stream", vec![problem(409, "log.must_greet", ""); 60]);
    client.syncer.retry_now();
    client.until_code("sync.must_greet").await;
    assert!(server.asked("hello").len() < 12, "{}", server.asked("hello").len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_that_was_changed_is_refused_until_the_person_wants_the_copy_anew() {
    let before = sample(12);
    let server = Server::start(&before).await;
    let mut client = Client::start(&server);
    client.until_live_at(12).await;
    let command = board_domain::Command::SetWatermark { watermark: board_domain::Watermark::default() };
    client.vault.lock().unwrap().enqueue(&tenant(), &command, at(9)).unwrap();
    // Put back to an older state and grown past the copy since.
    let mut log = sample(7);
    for month in 1..=9 {
        log.fact(&figure("vis", month, 7.0));
    }
    let length = log.events.len() as u64;
    server.state.lock().unwrap().log = log.frames();
    server.state.lock().unwrap().audiences = by_audience(&log);
    client.syncer.retry_now();
    client.until_code("sync.chain").await;
    client.syncer.retry_now();
    client.until(|status| status.phase == Phase::Refused).await;
    assert_eq!(client.cursor(), 12, "asking again changes nothing");
    client.syncer.copy_anew();
    client.until_live_at(length).await;
    {
        let vault = client.vault.lock().unwrap();
        assert_eq!(vault.snapshot_state_hash(&tenant()).unwrap(), folded(&log));
        assert_eq!(vault.pending(&tenant()).unwrap().len(), 1, "what was not sent is kept");
    }
    // The command line's way.
    let Client { vault, syncer, keeper, place: _place, .. } = client;
    syncer.stop().await;
    let mut log = before;
    for month in 1..=9 {
        log.fact(&figure("vis", month, 3.0));
    }
    server.state.lock().unwrap().log = log.frames();
    server.state.lock().unwrap().audiences = by_audience(&log);
    let (clock, fjordlys) = (|| Arc::new(|| at(0)), tenant());
    let once = catch_up(&server.url, vault.clone(), &fjordlys, keeper.clone(), clock(), &mut |_, _| ()).await;
    assert_eq!(once.unwrap_err().code(), "sync.chain");
    let error = copy_anew(&server.url, vault.clone(), &fjordlys, keeper, clock(), &mut |_, _| ()).await;
    assert_eq!(error.expect_err("the script takes no commands").code(), "sync.refused");
    let vault = vault.lock().unwrap();
    assert_eq!(vault.snapshot_state_hash(&tenant()).unwrap(), folded(&log));
    assert_eq!(vault.pending(&tenant()).unwrap().len(), 1);
}
