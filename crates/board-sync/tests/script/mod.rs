//! A server that follows a script: right unless told otherwise, over plain TCP, so that it can misbehave below HTTP.
#![allow(dead_code, unreachable_pub)]

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use board_domain::wire::{Frame, Hello, Problem, TokenPair};
use board_domain::{Audience, Hash, PersonId, Role, Snapshot};
use board_sync::{
    Answer, Body, Clock, Phase, ServerUrl, Simulation, SyncError, SyncStatus, Syncer, TokenKeeper, Transport,
};
use board_vault::Vault;
use bytes::Bytes;
use futures::{FutureExt, StreamExt};
use launchdarkly_sdk_transport::{HeaderValue, Request, Response};
use reqwest::header::HeaderName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::log::{self, EPOCH, Log, Place, at, tenant};

/// One thing the server does on a connection.
#[derive(Clone)]
pub enum Act {
    Send(Vec<u8>),
    Pause(Duration),
    /// Keeps the connection open and silent.
    Hold,
}

/// A request as received.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// `refresh`, `hello`, `page`, `poll`, `backfill`, `past`, `stream`, `snapshot`, `snapshot-page`, `commands` or the
    /// path.
    pub fn what(&self) -> &str {
        let mut segments = self.path.split(['?']).next().unwrap_or_default().rsplit('/');
        match (segments.next().unwrap_or_default(), segments.next()) {
            ("log", _) if self.header("accept") == Some("text/event-stream") => "stream",
            ("log", _) if self.query("audience").is_some() => "backfill",
            ("log", _) if self.query("until").is_some() => "past",
            ("log", _) if self.query("wait").is_some() => "poll",
            ("log", _) => "page",
            (_, Some("snapshot")) => "snapshot-page",
            (other, _) => other,
        }
    }

    pub fn query(&self, name: &str) -> Option<&str> {
        let pairs = self.path.split_once('?')?.1.split('&').filter_map(|pair| pair.split_once('='));
        pairs.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

#[derive(Default)]
pub struct State {
    pub log: Vec<Frame>,
    pub hello: Option<Hello>,
    pub asked: Vec<Asked>,
    /// What to do instead of the right thing: for the next request of that kind.
    pub instead: Vec<(&'static str, VecDeque<Vec<Act>>)>,
    /// Tokens given out.
    pub tokens: u32,
    pub page_size: usize,
    /// The newest snapshot, and its pages.
    pub snapshot: Option<(Snapshot, BTreeMap<Hash, Vec<u8>>)>,
    /// Events of single audiences, for backfills.
    pub audiences: Vec<(Audience, Vec<Frame>)>,
}

#[derive(Clone)]
pub struct Server {
    pub state: Arc<Mutex<State>>,
    pub url: ServerUrl,
    pub port: u16,
}

pub fn text(status: &str, kind: &str, body: &str) -> Vec<Act> {
    vec![Act::Send(
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .into_bytes(),
    )]
}

pub fn json<T: serde::Serialize>(body: &T) -> Vec<Act> {
    text("200 OK", "application/json", &serde_json::to_string(body).unwrap())
}

pub fn problem(status: u16, code: &str, detail: &str) -> Vec<Act> {
    let problem = Problem {
        kind: "about:blank".into(),
        title: code.into(),
        status,
        code: code.into(),
        detail: detail.into(),
    };
    text(&format!("{status} Problem"), "application/problem+json", &serde_json::to_string(&problem).unwrap())
}

pub fn stream_head() -> Act {
    Act::Send(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n: hi\n\n".to_vec(),
    )
}

/// A stream that is caught up and brings nothing but heartbeats, for so many minutes.
pub fn quiet(head: u64, minutes: usize) -> Vec<Act> {
    let mut acts = vec![stream_head(), block(&Frame::CaughtUp { head, more: false }, head, true)];
    for _ in 0..minutes * 4 {
        acts.extend([Act::Pause(Duration::from_secs(15)), Act::Send(b": hb\n\n".to_vec())]);
    }
    acts
}

/// Position reached with a frame, given the one before.
fn reached(frame: &Frame, before: u64) -> u64 {
    match frame {
        Frame::Event(event) => event.seq,
        Frame::Hidden { to, .. } => *to,
        Frame::CaughtUp { .. } | Frame::Bye { .. } => before,
    }
}

/// A block of the stream; without an id where asked so.
pub fn block(frame: &Frame, seq: u64, with_id: bool) -> Act {
    let data = serde_json::to_string(frame).unwrap();
    let id = if with_id { format!("id: {EPOCH}.{seq}\n") } else { String::new() };
    Act::Send(format!("{id}data: {data}\n\n").into_bytes())
}

impl Server {
    /// Listens on a port of its own.
    pub async fn start(log: &Log) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self::unheard(log, listener.local_addr().unwrap().port());
        let accepting = server.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(accepting.clone().serve(socket));
            }
        });
        server
    }

    /// Listens nowhere: a transport brings it the requests.
    pub fn unheard(log: &Log, port: u16) -> Self {
        let url = ServerUrl::parse(&format!("http://127.0.0.1:{port}")).unwrap();
        let hello = Hello {
            epoch: EPOCH,
            head: 0,
            floor: 0,
            role: Role::Director,
            audiences: board_domain::Audience::SHARED.to_vec(),
            heartbeat: 15,
        };
        let state = State { log: log.frames(), hello: Some(hello), page_size: 1_000, ..State::default() };
        Self { state: Arc::new(Mutex::new(state)), url, port }
    }

    /// The next requests of a kind are answered so.
    pub fn instead(&self, what: &'static str, answers: impl IntoIterator<Item = Vec<Act>>) -> &Self {
        self.state.lock().unwrap().instead.push((what, answers.into_iter().collect()));
        self
    }

    pub fn asked(&self, what: &str) -> Vec<Asked> {
        self.state.lock().unwrap().asked.iter().filter(|asked| asked.what() == what).cloned().collect()
    }

    /// Waits until so many requests of a kind have come, at most 20 seconds.
    pub async fn until_asked(&self, what: &str, count: usize) {
        let reached = async {
            while self.asked(what).len() < count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), reached).await.expect("not asked for");
    }

    async fn serve(self, mut socket: TcpStream) {
        let Some(asked) = read(&mut socket).await else { return };
        let acts = self.answer(&asked);
        for act in acts {
            match act {
                Act::Send(bytes) => {
                    if socket.write_all(&bytes).await.is_err() {
                        return;
                    }
                }
                Act::Pause(time) => tokio::time::sleep(time).await,
                Act::Hold => {
                    // Until the other side goes.
                    let _ = socket.read(&mut [0; 64]).await;
                }
            }
        }
        let _ = socket.shutdown().await;
    }

    fn answer(&self, asked: &Asked) -> Vec<Act> {
        let mut state = self.state.lock().unwrap();
        state.asked.push(asked.clone());
        let what = asked.what();
        let scripted = state.instead.iter_mut().find(|(kind, left)| *kind == what && !left.is_empty());
        if let Some((_, left)) = scripted {
            return left.pop_front().unwrap();
        }
        let head = state.log.iter().fold(0, |before, frame| reached(frame, before));
        match what {
            "refresh" | "sign-in" => {
                state.tokens += 1;
                json(&TokenPair {
                    access_token: format!("access-{}", state.tokens),
                    expires_in: 600,
                    refresh_token: format!("refresh-{}", state.tokens),
                    person: PersonId::new("kari").unwrap(),
                    name: "Kari".into(),
                })
            }
            "tenants" => json(&[log::entry(&tenant(), Role::Director)]),
            "hello" => {
                let mut hello = state.hello.clone().unwrap();
                hello.head = head;
                json(&hello)
            }
            "page" | "past" | "poll" => {
                let until = asked.query("until").map_or(head, |until| until.parse().unwrap());
                page(&state.log, asked, until.min(head), state.page_size)
            }
            "backfill" => {
                let until = asked.query("until").unwrap().parse().unwrap();
                let wanted = |(audience, _): &&(Audience, _)| {
                    Some(audience.to_string().as_str()) == asked.query("audience")
                };
                let frames = &state.audiences.iter().find(wanted).expect("an audience").1;
                page(frames, asked, until, state.page_size)
            }
            "snapshot" => match &state.snapshot {
                Some((snapshot, _)) => json(snapshot),
                None => problem(404, "snapshot.not_found", ""),
            },
            "snapshot-page" => {
                let named = |(hash, _): &(&Hash, &Vec<u8>)| asked.path.ends_with(&hash.to_string());
                match state.snapshot.as_ref().and_then(|(_, pages)| pages.iter().find(named)) {
                    Some((_, body)) => {
                        text("200 OK", "application/x-ndjson", std::str::from_utf8(body).unwrap())
                    }
                    None => problem(404, "snapshot.not_found", ""),
                }
            }
            "stream" => {
                let after = asked.header("last-event-id").and_then(|id| id.rsplit('.').next()).unwrap_or("0");
                let mut acts = vec![stream_head()];
                acts.extend(
                    after_position(&state.log, after.parse().unwrap())
                        .iter()
                        .map(|(frame, at)| block(frame, *at, true)),
                );
                acts.push(block(&Frame::CaughtUp { head, more: false }, head, true));
                acts.push(Act::Hold);
                acts
            }
            _ => problem(404, "request.not_found", ""),
        }
    }
}

/// The server without a network between, for clocks that stand still.
impl Transport for Server {
    fn send(&self, request: Request<Bytes>) -> Answer {
        let header = |(name, value): (&HeaderName, &HeaderValue)| {
            (name.as_str().to_owned(), value.to_str().unwrap().to_owned())
        };
        let asked = Asked {
            method: request.method().to_string(),
            path: request.uri().path_and_query().unwrap().to_string(),
            headers: request.headers().iter().map(header).collect(),
            body: String::from_utf8(request.body().to_vec()).unwrap(),
        };
        let mut acts = VecDeque::from(self.answer(&asked));
        async move {
            let first = loop {
                match acts.pop_front() {
                    Some(Act::Send(bytes)) => break bytes,
                    Some(Act::Pause(time)) => tokio::time::sleep(time).await,
                    Some(Act::Hold) => futures::future::pending().await,
                    None => return Err(SyncError::Offline("closed".into())),
                }
            };
            let end = first.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
            let head = String::from_utf8(first[..end].to_vec()).unwrap();
            acts.push_front(Act::Send(first[end + 4..].to_vec()));
            let mut lines = head.lines();
            let status: u16 = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
            let mut response = Response::builder().status(status);
            for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
                response = response.header(name, value);
            }
            let body: Body = futures::stream::unfold(acts, |mut acts| async move {
                loop {
                    match acts.pop_front()? {
                        Act::Send(bytes) => return Some((Ok(bytes.into()), acts)),
                        Act::Pause(time) => tokio::time::sleep(time).await,
                        Act::Hold => futures::future::pending().await,
                    }
                }
            })
            .boxed();
            Ok(response.body(body).unwrap())
        }
        .boxed()
    }
}

/// A page of frames, up to a position.
fn page(frames: &[Frame], asked: &Asked, until: u64, size: usize) -> Vec<Act> {
    let after = asked.query("after").unwrap().split('.').nth(1).unwrap();
    let left: Vec<_> =
        after_position(frames, after.parse().unwrap()).into_iter().filter(|(_, at)| *at <= until).collect();
    let body: String =
        left.iter().take(size).map(|(frame, _)| serde_json::to_string(frame).unwrap() + "\n").collect();
    let end = Frame::CaughtUp { head: until, more: left.len() > size };
    text("200 OK", "application/x-ndjson", &(body + &serde_json::to_string(&end).unwrap() + "\n"))
}

fn after_position(log: &[Frame], after: u64) -> Vec<(&Frame, u64)> {
    let mut before = 0;
    log.iter()
        .map(|frame| {
            before = reached(frame, before);
            (frame, before)
        })
        .filter(|(_, at)| *at > after)
        .collect()
}

async fn read(socket: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let (head, length) = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase()
                        .strip_prefix("content-length:")
                        .map(|n| n.trim().parse().unwrap())
                })
                .unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                bytes.drain(..end + 4);
                break (head, length);
            }
        }
        let mut chunk = [0; 4096];
        match socket.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
        }
    };
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let body = String::from_utf8_lossy(&bytes[..length]).into_owned();
    Some(Asked { method: first.next()?.into(), path: first.next()?.into(), headers, body })
}

/// Keeps the token in memory, and remembers what was done with it.
#[derive(Default)]
pub struct Pocket {
    pub token: Mutex<Option<String>>,
    pub cleared: Mutex<bool>,
}

impl TokenKeeper for Pocket {
    fn load(&self) -> Option<String> {
        self.token.lock().unwrap().clone()
    }

    fn store(&self, refresh: &str) {
        *self.token.lock().unwrap() = Some(refresh.into());
    }

    fn clear(&self) {
        *self.token.lock().unwrap() = None;
        *self.cleared.lock().unwrap() = true;
    }
}

/// A vault with a sync running into it.
pub struct Client {
    pub place: Place,
    pub vault: Arc<Mutex<Vault>>,
    pub keeper: Arc<Pocket>,
    pub status: watch::Receiver<SyncStatus>,
    pub syncer: Syncer,
}

impl Client {
    pub fn start(server: &Server) -> Self {
        let place = Place::new();
        let vault = Arc::new(Mutex::new(place.create()));
        Self::over(server, place, vault)
    }

    pub fn over(server: &Server, place: Place, vault: Arc<Mutex<Vault>>) -> Self {
        let keeper = Arc::new(Pocket { token: Mutex::new(Some("refresh-0".into())), ..Pocket::default() });
        let (sender, status) = watch::channel(SyncStatus::default());
        let clock = Arc::new(|| at(0));
        let syncer =
            Syncer::start(server.url.clone(), vault.clone(), tenant(), keeper.clone(), clock, sender);
        Self { place, vault, keeper, status, syncer }
    }

    /// In a world of its own, where only the clock of the runtime runs.
    pub fn simulate(server: &Server, seed: u64, clock: Clock) -> Self {
        let place = Place::new();
        let vault = Arc::new(Mutex::new(place.create()));
        let keeper = Arc::new(Pocket { token: Mutex::new(Some("refresh-0".into())), ..Pocket::default() });
        let (sender, status) = watch::channel(SyncStatus::default());
        let simulation = Simulation::new(Arc::new(server.clone()), seed, true);
        let syncer =
            Syncer::simulate(&server.url, vault.clone(), tenant(), keeper.clone(), clock, sender, simulation);
        Self { place, vault, keeper, status, syncer }
    }

    /// Waits for a status, at most 20 seconds.
    pub async fn until(&mut self, wanted: impl Fn(&SyncStatus) -> bool) -> SyncStatus {
        let mut status = self.status.clone();
        let reached = status.wait_for(|status| wanted(status));
        match tokio::time::timeout(Duration::from_secs(20), reached).await {
            Ok(status) => status.unwrap().clone(),
            Err(late) => panic!("{late}: still {:?}", self.status.borrow().clone()),
        }
    }

    pub async fn until_live_at(&mut self, cursor: u64) -> SyncStatus {
        self.until(|status| status.phase == Phase::Live && status.cursor == cursor).await
    }

    pub async fn until_code(&mut self, code: &str) -> SyncStatus {
        self.until(|status| status.code.as_deref() == Some(code)).await
    }

    pub fn cursor(&self) -> u64 {
        self.vault.lock().unwrap().tenant(&tenant()).unwrap().cursor
    }
}
