//! The box between clients and server inside the simulation: it forwards, and where it is told it buffers streams,
//! slows down, answers as a captive portal, cuts, and delivers posted commands again, at once or much later.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::sleep,
};
use turmoil::net::{TcpListener, TcpStream, tcp::OwnedReadHalf, tcp::OwnedWriteHalf};

/// How the box treats what passes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mood {
    /// Forwards.
    #[default]
    Fair,
    /// Holds streams of events back.
    Buffers,
    /// Answers everything itself.
    Portal,
    /// Lets the server's bytes through slowly.
    Slow,
}

/// What the driver of the simulation sets and the box reads.
#[derive(Default)]
pub(super) struct Middle {
    pub(super) mood: Mood,
    /// Connections of an older generation are cut.
    pub(super) generation: u64,
    /// Batches of commands that passed, newest last.
    pub(super) posted: VecDeque<Bytes>,
    /// Lines for the trace.
    pub(super) said: Vec<String>,
    /// Batches to deliver again.
    pub(super) replay: Vec<Bytes>,
}

pub(super) type Shared = Arc<Mutex<Middle>>;

/// How often what the driver set is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// Batches remembered.
const REMEMBERED: usize = 32;

/// Runs the box.
pub(super) async fn run(shared: Shared) -> turmoil::Result {
    let listener = TcpListener::bind(("0.0.0.0", super::PORT)).await?;
    loop {
        tokio::select! {
            biased;
            accepted = listener.accept() => {
                let (client, _) = accepted?;
                tokio::spawn(carry(client, Arc::clone(&shared)));
            }
            () = sleep(LOOK) => (),
        }
        let replay = std::mem::take(&mut shared.lock().unwrap().replay);
        for batch in replay {
            tokio::spawn(deliver(batch));
        }
    }
}

/// Delivers a batch a second time; nobody waits for its answer.
async fn deliver(batch: Bytes) {
    let Ok(mut server) = TcpStream::connect((super::SERVER, super::PORT)).await else { return };
    if server.write_all(&batch).await.is_ok() {
        let mut answer = [0; 4096];
        let _ = tokio::time::timeout(Duration::from_secs(10), server.read(&mut answer)).await;
    }
}

async fn carry(mut client: TcpStream, shared: Shared) {
    let (mood, generation) = {
        let middle = shared.lock().unwrap();
        (middle.mood, middle.generation)
    };
    if mood == Mood::Portal {
        let mut asked = [0; 4096];
        let _ = client.read(&mut asked).await;
        let page = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 7\r\n\r\nWelcome";
        let _ = client.write_all(page.as_bytes()).await;
        return;
    }
    let Ok(server) = TcpStream::connect((super::SERVER, super::PORT)).await else { return };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let cut = async {
        while shared.lock().unwrap().generation == generation {
            sleep(LOOK).await;
        }
    };
    tokio::select! {
        biased;
        () = cut => (),
        () = async { tokio::join!(up(from_client, to_server, &shared), down(from_server, to_client, &shared)); } => (),
    }
}

async fn up(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, shared: &Shared) {
    let (mut buffer, mut request) = (vec![0; 16 << 10], Vec::new());
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        shared.lock().unwrap().said.push(format!("up {length}"));
        if to.write_all(&buffer[..length]).await.is_err() {
            break;
        }
        request.extend_from_slice(&buffer[..length]);
        if let Some(whole) = posted(&request) {
            let mut middle = shared.lock().unwrap();
            middle.posted.push_back(whole);
            if middle.posted.len() > REMEMBERED {
                middle.posted.pop_front();
            }
            request.clear();
        }
    }
    let _ = to.shutdown().await;
}

async fn down(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, shared: &Shared) {
    let mut buffer = vec![0; 16 << 10];
    let mut streams = false;
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let bytes = &buffer[..length];
        shared.lock().unwrap().said.push(format!("down {length}"));
        if bytes.starts_with(b"HTTP/1.1 ") {
            streams = String::from_utf8_lossy(bytes).contains("text/event-stream");
        }
        while streams && shared.lock().unwrap().mood == Mood::Buffers {
            sleep(LOOK).await;
        }
        for piece in bytes.chunks(256) {
            if shared.lock().unwrap().mood == Mood::Slow {
                sleep(Duration::from_millis(100)).await;
            }
            if to.write_all(piece).await.is_err() {
                return;
            }
        }
    }
    let _ = to.shutdown().await;
}

/// A whole request that posts commands.
fn posted(request: &[u8]) -> Option<Bytes> {
    let head = request.windows(4).position(|window| window == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&request[..head]).ok()?.to_ascii_lowercase();
    let (first, headers) = text.split_once("\r\n")?;
    if !(first.starts_with("post /v1/tenants/") && first.contains("/commands ")) {
        return None;
    }
    let length = headers.lines().find_map(|line| line.strip_prefix("content-length: "))?;
    let whole = head + 4 + length.trim().parse::<usize>().ok()?;
    (request.len() >= whole).then(|| Bytes::copy_from_slice(&request[..whole]))
}
