//! The client against a scripted server: every way a network, a proxy or a server can misbehave on the way to live.

#![allow(clippy::unwrap_used)]

#[path = "../../board-vault/tests/log/mod.rs"]
mod log;
mod script;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use board_domain::wire::{CommandOutcome, Frame, Hello};
use board_domain::{Command, Envelope, Hash, PersonId, Role, Table};
use board_sync::{Phase, ServerUrl, SyncError, catch_up, sign_in};
use board_vault::Vault;
use log::{EPOCH, Log, Place, at, figure, founded, joined, tenant};
use script::{Act, Client, Pocket, Server, block, json, problem, stream_head, text};
use uuid::Uuid;

/// A log of `length` events.
fn sample(length: u64) -> Log {
    let mut log = Log::new();
    log.fact(&founded(&tenant())).fact(&joined("kari"));
    for n in 2..length {
        log.fact(&figure("sroi", u8::try_from(n % 12).unwrap() + 1, n as f64));
    }
    log
}

fn event(log: &Log, seq: usize) -> Frame {
    Frame::Event(Box::new(log.events[seq - 1].clone()))
}

/// A stream that sends blocks and ends without a word.
fn cut_after(blocks: impl IntoIterator<Item = Act>) -> Vec<Act> {
    let mut acts = vec![stream_head()];
    acts.extend(blocks);
    acts.push(Act::Pause(Duration::from_millis(150)));
    acts
}

fn captive_portal() -> Vec<Act> {
    text("200 OK", "text/html", "<html>Welcome to the conference centre</html>")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_catch_up_goes_by_pages_and_becomes_live() {
    let server = Server::start(&sample(25)).await;
    server.state.lock().unwrap().page_size = 10;
    let mut client = Client::start(&server);
    let status = client.until_live_at(25).await;
    assert_eq!((status.head, status.unsent, status.code, status.last_contact), (25, 0, None, Some(at(0))));
    assert_eq!(server.asked("page").len(), 3);
    assert_eq!(client.keeper.token.lock().unwrap().as_deref(), Some("refresh-1"));
    for asked in server.asked("page").iter().chain(&server.asked("stream")) {
        assert_eq!(asked.header("authorization"), Some("Bearer access-1"));
    }
    assert_eq!(client.vault.lock().unwrap().rows(&tenant(), Table::Figure, None).unwrap().len(), 12);
    client.syncer.stop().await;
    assert_eq!(client.status.borrow().phase, Phase::Idle);
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_without_an_id_do_not_lose_the_cursor_over_reconnects() {
    let log = sample(6);
    let server = Server::start(&log).await;
    server.state.lock().unwrap().log.truncate(2);
    // First an event with and one without an id; then, on the next connection, one without an id alone.
    server.instead(
        "stream",
        [
            cut_after([block(&event(&log, 3), 3, true), block(&event(&log, 4), 4, false)]),
            cut_after([block(&event(&log, 5), 5, false)]),
        ],
    );
    let mut client = Client::start(&server);
    client.until(|status| status.cursor == 5).await;
    server.state.lock().unwrap().log = log.frames();
    client.until_live_at(6).await;
    let resumed: Vec<_> = server
        .asked("stream")
        .iter()
        .map(|asked| asked.header("last-event-id").unwrap_or("none").to_owned())
        .collect();
    assert_eq!(resumed[..2], [format!("{EPOCH}.2"), format!("{EPOCH}.4")]);
    assert!(resumed[2] == format!("{EPOCH}.5") || resumed[2] == format!("{EPOCH}.6"), "{resumed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_falls_silent_is_noticed() {
    let server = Server::start(&sample(3)).await;
    server.state.lock().unwrap().hello = Some(Hello { heartbeat: 1, ..hello() });
    server.instead("stream", [vec![stream_head(), Act::Hold], vec![Act::Hold]]);
    let began = std::time::Instant::now();
    let mut client = Client::start(&server);
    let status = client.until_code("sync.offline").await;
    assert!(matches!(status.phase, Phase::Offline { .. }));
    assert!(status.detail.unwrap().contains("silent"));
    assert!(began.elapsed() >= Duration::from_millis(2_400), "{:?}", began.elapsed());
    client.until_live_at(3).await;
    assert_eq!(server.asked("stream").len(), 3);
}

fn hello() -> Hello {
    Hello {
        epoch: EPOCH,
        head: 0,
        floor: 0,
        role: Role::Director,
        audiences: board_domain::Audience::SHARED.to_vec(),
        heartbeat: 15,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_captive_portal_is_not_our_server_and_ends_no_session() {
    let server = Server::start(&sample(3)).await;
    for what in ["refresh", "hello", "page", "stream"] {
        server.instead(what, [captive_portal()]);
    }
    let mut client = Client::start(&server);
    let status = client.until_code("sync.not_our_server").await;
    assert!(matches!(status.phase, Phase::Offline { .. }));
    assert!(!*client.keeper.cleared.lock().unwrap());
    client.until_live_at(3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxys_401_ends_no_session_and_the_servers_does() {
    let server = Server::start(&sample(3)).await;
    server.instead(
        "refresh",
        [text("401 Unauthorized", "text/html", "proxy"), problem(401, "auth.refresh", "")],
    );
    let mut client = Client::start(&server);
    client.until_code("sync.not_our_server").await;
    assert!(!*client.keeper.cleared.lock().unwrap());
    client.until(|status| status.phase == Phase::SignInNeeded).await;
    assert!(*client.keeper.cleared.lock().unwrap());
    // Without a token asking again changes nothing; with one it goes on.
    client.syncer.retry_now();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(server.asked("refresh").len(), 2);
    *client.keeper.token.lock().unwrap() = Some("refresh-new".into());
    client.syncer.retry_now();
    client.until_live_at(3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_401_in_the_middle_gets_a_new_token() {
    let server = Server::start(&sample(3)).await;
    server.instead("stream", [problem(401, "auth.expired", "")]);
    let mut client = Client::start(&server);
    client.until_live_at(3).await;
    assert_eq!(server.asked("stream").last().unwrap().header("authorization"), Some("Bearer access-2"));
    assert_eq!(client.keeper.token.lock().unwrap().as_deref(), Some("refresh-2"));
    assert!(server.asked("refresh")[1].body.contains("refresh-1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_answer_is_no_stream_and_is_not_hammered() {
    let server = Server::start(&sample(3)).await;
    let empty = vec![Act::Send(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n".to_vec())];
    server.instead("stream", vec![empty; 50]);
    let mut client = Client::start(&server);
    client.until_code("sync.not_our_server").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let asked = server.asked("stream").len();
    assert!((2..=6).contains(&asked), "{asked} requests in 3 seconds");
    assert_eq!(client.cursor(), 3, "the pages came all the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_not_followed_with_the_token() {
    let elsewhere = Server::start(&sample(3)).await;
    let server = Server::start(&sample(3)).await;
    for (what, status) in [("refresh", 307), ("hello", 301), ("page", 308), ("stream", 307), ("stream", 301)]
    {
        let to = format!("http://127.0.0.1:{}/v1/tenants/fjordlys/log", elsewhere.port);
        let answer = format!(
            "HTTP/1.1 {status} Moved\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        server.instead(what, [vec![Act::Send(answer.into_bytes())]]);
    }
    let mut client = Client::start(&server);
    client.until_code("sync.not_our_server").await;
    client.until_live_at(3).await;
    assert_eq!(server.asked("stream").len(), 3);
    assert!(elsewhere.state.lock().unwrap().asked.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_without_end_is_cut_off() {
    let server = Server::start(&sample(3)).await;
    let mut endless = vec![stream_head(), Act::Send(b"data: ".to_vec())];
    endless.extend(vec![Act::Send(vec![b'x'; 1 << 20]); 64]);
    endless.push(Act::Hold);
    server.instead("stream", [endless]);
    let mut client = Client::start(&server);
    let status = client.until_code("sync.protocol").await;
    assert!(status.detail.unwrap().contains("too long"));
    client.until_live_at(3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_text_lose_nothing() {
    let log = sample(4);
    let server = Server::start(&log).await;
    server.state.lock().unwrap().log.truncate(3);
    let Act::Send(mut good) = block(&event(&log, 4), 4, true) else { panic!() };
    good.extend(b"data: \xff\xfe\n\n");
    server.instead("stream", [vec![stream_head(), Act::Send(good), Act::Hold]]);
    let mut client = Client::start(&server);
    client.until_code("sync.protocol").await;
    server.state.lock().unwrap().log = log.frames();
    client.until_live_at(4).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_in_the_stream_is_filled_by_pages() {
    let log = sample(6);
    let server = Server::start(&log).await;
    server.state.lock().unwrap().log.truncate(3);
    server.instead("stream", [cut_after([block(&event(&log, 5), 5, true)])]);
    let mut client = Client::start(&server);
    client.until_code("sync.gap").await;
    assert_eq!(client.cursor(), 3);
    server.state.lock().unwrap().log = log.frames();
    client.until_live_at(6).await;
    assert_eq!(client.vault.lock().unwrap().events(&tenant(), 0, 10).unwrap().len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_history_is_refused_and_said_so() {
    let mut log = sample(6);
    let server = Server::start(&log).await;
    let mut client = Client::start(&server);
    client.until_live_at(6).await;
    log.fact(&figure("vis", 1, 1.0));
    let mut forged = log.events[6].clone();
    forged.prev_hash = Hash([7; 32]);
    forged.hash = forged.digest();
    server.state.lock().unwrap().log.push(Frame::Event(Box::new(forged)));
    client.syncer.retry_now();
    let status = client.until_code("sync.chain").await;
    assert_eq!((status.phase, status.cursor), (Phase::Refused, 6));
    assert_eq!(client.cursor(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_epoch_or_an_answer_that_says_so_starts_the_copy_again() {
    let server = Server::start(&sample(6)).await;
    let mut client = Client::start(&server);
    client.until_live_at(6).await;
    let epoch = Uuid::from_u128(2);
    {
        let mut state = server.state.lock().unwrap();
        state.hello = Some(Hello { epoch, ..hello() });
        state.log.truncate(4);
    }
    // The log of the new epoch names it in its ids, too.
    let ids = |acts: Vec<Act>| -> Vec<Act> {
        let renamed = |act| match act {
            Act::Send(bytes) => Act::Send(
                String::from_utf8(bytes).unwrap().replace(&EPOCH.to_string(), &epoch.to_string()).into(),
            ),
            other => other,
        };
        acts.into_iter().map(renamed).collect()
    };
    let caught_up = block(&Frame::CaughtUp { head: 4, more: false }, 4, true);
    server.instead("stream", [ids(vec![stream_head(), caught_up, Act::Hold])]);
    client.syncer.retry_now();
    client.until_live_at(4).await;
    let copy = client.vault.lock().unwrap().tenant(&tenant()).unwrap();
    assert_eq!((copy.epoch, copy.cursor), (Some(epoch), 4));

    let server = Server::start(&sample(3)).await;
    server.instead("stream", [problem(409, "log.must_resnapshot", "ahead")]);
    let mut client = Client::start(&server);
    client.until_live_at(3).await;
    assert_eq!(server.asked("page").len(), 2, "from the start once more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_tenant_is_refused_and_an_old_app_is_told_so() {
    for (answer, phase, code) in [
        (problem(404, "tenant.not_found", ""), Phase::Refused, "tenant.not_found"),
        (problem(426, "client.too_old", ""), Phase::UpgradeNeeded, "sync.upgrade_needed"),
    ] {
        let server = Server::start(&sample(3)).await;
        server.instead("hello", vec![answer; 3]);
        let mut client = Client::start(&server);
        assert_eq!(client.until_code(code).await.phase, phase);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_server_is_offline_and_found_again_when_asked() {
    let log = sample(3);
    let server = Server::start(&log).await;
    server.instead("refresh", vec![problem(503, "busy", ""), text("502 Bad Gateway", "text/html", "nginx")]);
    let mut client = Client::start(&server);
    assert!(matches!(client.until_code("sync.busy").await.phase, Phase::Offline { .. }));
    client.until_code("sync.offline").await;
    client.syncer.retry_now();
    client.until_live_at(3).await;
}

fn command(name: &str) -> Command {
    Command::RemovePerson { person: PersonId::new(name).unwrap() }
}

fn sent(server: &Server) -> Vec<Vec<u64>> {
    let batch = |body: &str| -> Vec<u64> {
        serde_json::from_str::<Vec<Envelope>>(body).unwrap().iter().map(|envelope| envelope.cmd_seq).collect()
    };
    server.asked("commands").iter().map(|asked| batch(&asked.body)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_are_sent_beside_the_stream_and_refusals_come_back() {
    let server = Server::start(&sample(3)).await;
    let refused =
        CommandOutcome::Refused { cmd_seq: 2, code: "command.forbidden".into(), message: "no".into() };
    server.instead(
        "commands",
        [problem(503, "busy", ""), json(&[CommandOutcome::Done { cmd_seq: 1, seq: 3 }, refused])],
    );
    let mut client = Client::start(&server);
    client.until_live_at(3).await;
    for name in ["a", "b"] {
        client.vault.lock().unwrap().enqueue(&tenant(), &command(name), at(1)).unwrap();
    }
    client.syncer.commands_waiting();
    client.until(|status| status.unsent == 2).await;
    client.until(|status| status.unsent == 0).await;
    assert_eq!(sent(&server), [[1, 2], [1, 2]], "the same numbers again");
    let vault = client.vault.lock().unwrap();
    assert!(vault.pending(&tenant()).unwrap().is_empty());
    assert_eq!(vault.refusals(&tenant()).unwrap()[0].code, "command.forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_can_never_be_taken_does_not_block_the_next() {
    let server = Server::start(&sample(3)).await;
    server.instead(
        "commands",
        [
            problem(422, "command.key_reused", ""),
            problem(422, "command.key_reused", ""),
            json(&[CommandOutcome::Done { cmd_seq: 2, seq: 3 }]),
        ],
    );
    let place = Place::new();
    let mut vault = place.create();
    for name in ["a", "b"] {
        vault.enqueue(&tenant(), &command(name), at(1)).unwrap();
    }
    let caught = run_once(&server, vault).await.unwrap();
    assert_eq!(caught.0.sent, 2);
    assert_eq!(sent(&server), [vec![1, 2], vec![1], vec![2]]);
    assert_eq!(caught.1.lock().unwrap().refusals(&tenant()).unwrap()[0].code, "command.key_reused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_forgot_our_numbers_gets_new_ones() {
    let server = Server::start(&sample(3)).await;
    let done = |cmd_seq| CommandOutcome::Done { cmd_seq, seq: 3 };
    server
        .instead("commands", [json(&[done(1), done(2)]), problem(409, "command.gap", "1"), json(&[done(1)])]);
    let place = Place::new();
    let mut vault = place.create();
    for name in ["a", "b"] {
        vault.enqueue(&tenant(), &command(name), at(1)).unwrap();
    }
    let (_, vault) = run_once(&server, vault).await.unwrap();
    let mut vault = Arc::into_inner(vault).unwrap().into_inner().unwrap();
    vault.enqueue(&tenant(), &command("c"), at(2)).unwrap();
    run_once(&server, vault).await.unwrap();
    assert_eq!(sent(&server), [vec![1, 2], vec![3], vec![1]]);
}

async fn run_once(
    server: &Server,
    vault: Vault,
) -> Result<(board_sync::Caught, Arc<Mutex<Vault>>), SyncError> {
    let vault = Arc::new(Mutex::new(vault));
    let keeper = Arc::new(Pocket { token: Mutex::new(Some("refresh-0".into())), ..Pocket::default() });
    let caught =
        catch_up(&server.url, vault.clone(), &tenant(), keeper, Arc::new(|| at(0)), &mut |_, _| ()).await?;
    Ok((caught, vault))
}

#[tokio::test(flavor = "multi_thread")]
async fn one_catch_up_tells_how_far_it_is() {
    let server = Server::start(&sample(25)).await;
    server.state.lock().unwrap().page_size = 10;
    let place = Place::new();
    let vault = Arc::new(Mutex::new(place.create()));
    let keeper = Arc::new(Pocket { token: Mutex::new(Some("refresh-0".into())), ..Pocket::default() });
    let mut told = Vec::new();
    let mut tell = |cursor, head| told.push((cursor, head));
    let caught =
        catch_up(&server.url, vault, &tenant(), keeper, Arc::new(|| at(0)), &mut tell).await.unwrap();
    assert_eq!((caught.events, caught.cursor, caught.sent, caught.reset), (25, 25, 0, false));
    assert_eq!(told, [(0, 25), (10, 25), (20, 25), (25, 25)]);
    assert!(server.asked("stream").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_pages_are_refused_whole() {
    let line = serde_json::to_string(&event(&sample(3), 1)).unwrap();
    for (body, kind, code) in [
        (String::new(), "application/x-ndjson", "sync.protocol"),
        (line.clone(), "application/x-ndjson", "sync.protocol"),
        (line[..40].to_owned(), "application/x-ndjson", "sync.protocol"),
        (format!("{line}\nnot json\n"), "application/x-ndjson", "sync.protocol"),
        ("{\"caught_up\":{\"head\":1,\"more\":true}}\n".to_owned(), "application/x-ndjson", "sync.protocol"),
        (line.clone(), "text/html", "sync.not_our_server"),
    ] {
        let server = Server::start(&sample(3)).await;
        server.instead("page", [text("200 OK", kind, &body)]);
        let place = Place::new();
        let error = run_once(&server, place.create()).await.map(|_| ()).unwrap_err();
        assert_eq!(error.code(), code, "{body}");
        assert_eq!(place.open().tenant(&tenant()).unwrap().cursor, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_tells_a_wrong_password_from_a_wrong_server() {
    let server = Server::start(&sample(3)).await;
    let signed_in = sign_in(&server.url, "kari@fjordlys.example", "secret", "laptop").await.unwrap();
    assert_eq!(signed_in.tenants[0].id, tenant());
    assert_eq!(signed_in.tokens.person.as_str(), "kari");
    assert!(!format!("{signed_in:?}").contains("access-"), "tokens do not print");
    let asked = server.asked("sign-in");
    assert!(asked[0].body.contains("\"device\":\"laptop\"") && asked[0].header("authorization").is_none());

    server.instead(
        "sign-in",
        [
            problem(401, "auth.wrong_password", "wrong e-mail or password"),
            captive_portal(),
            text("200 OK", "application/json", "{\"token\":1}"),
        ],
    );
    for code in ["sync.unauthorised", "sync.not_our_server", "sync.protocol"] {
        assert_eq!(sign_in(&server.url, "kari", "x", "laptop").await.unwrap_err().code(), code);
    }
    // A port that nobody listens at, and one that does not speak TLS.
    let closed = ServerUrl::parse("http://127.0.0.1:1").unwrap();
    assert_eq!(sign_in(&closed, "kari", "x", "laptop").await.unwrap_err().code(), "sync.offline");
    let plain = ServerUrl::parse(&format!("https://127.0.0.1:{}", server.port)).unwrap();
    let error = sign_in(&plain, "kari", "x", "laptop").await.unwrap_err();
    assert!(matches!(error.code(), "sync.tls" | "sync.offline"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_ends_every_request() {
    let server = Server::start(&sample(3)).await;
    let mut client = Client::start(&server);
    client.until_live_at(3).await;
    tokio::time::timeout(Duration::from_secs(2), client.syncer.stop()).await.unwrap();
    let asked = server.state.lock().unwrap().asked.len();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(server.state.lock().unwrap().asked.len(), asked);
    assert_eq!(Arc::strong_count(&client.vault), 1, "nothing holds the vault any more");
}
