//! A TCP proxy between a real client and a real server whose ways of failing are chosen while it runs. Not an HTTP
//! proxy: it reads just enough to hold back a stream of events, and to answer as a captive portal does.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    runtime::Runtime,
    sync::{broadcast, watch},
    time::{Instant, sleep, sleep_until},
};

/// Which way bytes flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

/// How the proxy behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Forwards everything.
    Pass,
    /// Nobody listens.
    Refuse,
    /// Connections stay open and carry nothing; those open now, and those opened while it lasts, never recover.
    HalfOpen,
    /// Bytes of one way wait; they go on once it is over.
    OneWay(Way),
    /// Streams of events are held until so many bytes wait or so much time has passed since the first of them.
    Buffer {
        /// Bytes.
        bytes: usize,
        /// Time.
        time: Duration,
    },
    /// Every connection is answered with a page of HTML.
    Portal,
    /// The server's bytes pass at this rate.
    Slow {
        /// Bytes a second.
        rate: u32,
    },
}

/// How open connections are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// An orderly end on both sides.
    Fin,
    /// A reset on both sides.
    Reset,
}

/// Most bytes read at once.
const CHUNK: usize = 16 << 10;
/// Most bytes held of one way of a connection.
const HELD: usize = 1 << 20;
/// How a stream of events names itself.
const STREAM: &[u8] = b"text/event-stream";

/// A running proxy; ends when dropped.
pub struct Proxy {
    address: SocketAddr,
    mode: watch::Sender<Mode>,
    cut: broadcast::Sender<Cut>,
    shared: Arc<Shared>,
    listening: watch::Receiver<bool>,
    _runtime: Runtime,
}

#[derive(Default)]
struct Shared {
    accepted: AtomicU64,
    open: AtomicU64,
}

impl Proxy {
    /// A proxy before a server on this machine.
    pub fn start(server: SocketAddr) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let (mode, modes) = watch::channel(Mode::Pass);
        let (listens, listening) = watch::channel(true);
        let (cut, _) = broadcast::channel(16);
        let shared = Arc::new(Shared::default());
        runtime.spawn(accept(listener, server, modes, listens, cut.clone(), Arc::clone(&shared)));
        Self { address, mode, cut, shared, listening, _runtime: runtime }
    }

    /// Its address for clients.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Behaves otherwise from now on; returns once nobody listens, or somebody listens again.
    pub fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
        let listens = mode != Mode::Refuse;
        crate::wait_for("the proxy's listener", Duration::from_secs(10), || {
            (*self.listening.borrow() == listens).then_some(())
        });
        if matches!(mode, Mode::Refuse | Mode::Portal) {
            self.cut(Cut::Reset);
        }
    }

    /// Cuts every open connection.
    pub fn cut(&self, how: Cut) {
        // Nobody to hear it where no connection is open.
        let _ = self.cut.send(how);
    }

    /// Connections accepted so far.
    pub fn accepted(&self) -> u64 {
        self.shared.accepted.load(Ordering::SeqCst)
    }

    /// Connections open now.
    pub fn open(&self) -> u64 {
        self.shared.open.load(Ordering::SeqCst)
    }
}

async fn accept(
    first: TcpListener,
    server: SocketAddr,
    mut modes: watch::Receiver<Mode>,
    listens: watch::Sender<bool>,
    cut: broadcast::Sender<Cut>,
    shared: Arc<Shared>,
) {
    let address = first.local_addr().unwrap();
    let mut listener = Some(first);
    loop {
        let refuses = *modes.borrow_and_update() == Mode::Refuse;
        match (refuses, &listener) {
            (true, Some(_)) => listener = None,
            (false, None) => listener = Some(TcpListener::bind(address).await.unwrap()),
            _ => (),
        }
        listens.send_replace(!refuses);
        let Some(open) = &listener else {
            if modes.changed().await.is_err() {
                return;
            }
            continue;
        };
        tokio::select! {
            changed = modes.changed() => if changed.is_err() { return },
            accepted = open.accept() => {
                let Ok((client, _)) = accepted else { continue };
                shared.accepted.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(carry(client, server, modes.clone(), cut.clone(), Arc::clone(&shared)));
            }
        }
    }
}

async fn carry(
    client: TcpStream,
    server: SocketAddr,
    modes: watch::Receiver<Mode>,
    cut: broadcast::Sender<Cut>,
    shared: Arc<Shared>,
) {
    if *modes.borrow() == Mode::Portal {
        return portal(client).await;
    }
    let cuts = (cut.subscribe(), cut.subscribe());
    let Ok(upstream) = TcpStream::connect(server).await else {
        // As a gateway without its server does it.
        let _ = client.set_zero_linger();
        return;
    };
    shared.open.fetch_add(1, Ordering::SeqCst);
    let _ = (client.set_nodelay(true), upstream.set_nodelay(true));
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = upstream.into_split();
    tokio::join!(
        Pump::new(Way::Up, from_client, to_server, modes.clone()).run(cuts.0),
        Pump::new(Way::Down, from_server, to_client, modes).run(cuts.1),
    );
    shared.open.fetch_sub(1, Ordering::SeqCst);
}

/// Answers like the page of a hotel, whatever was asked.
async fn portal(mut client: TcpStream) {
    let mut asked = [0; 4096];
    let _ = client.read(&mut asked).await;
    let page = "<!doctype html><title>Welcome</title><p>Please accept the terms.";
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close";
    let _ =
        client.write_all(format!("{head}\r\ncontent-length: {}\r\n\r\n{page}", page.len()).as_bytes()).await;
    let _ = client.shutdown().await;
}

/// One way of one connection.
struct Pump {
    way: Way,
    from: OwnedReadHalf,
    to: OwnedWriteHalf,
    modes: watch::Receiver<Mode>,
    held: Vec<u8>,
    /// When what is held is released by a proxy that buffers.
    due: Instant,
    /// Whether the answer under way is a stream of events.
    streams: bool,
    /// Whether the connection was open while half-open connections were asked for.
    dead: bool,
    ended: bool,
}

impl Pump {
    fn new(way: Way, from: OwnedReadHalf, to: OwnedWriteHalf, modes: watch::Receiver<Mode>) -> Self {
        let due = Instant::now();
        Self { way, from, to, modes, held: Vec::new(), due, streams: false, dead: false, ended: false }
    }

    async fn run(mut self, mut cuts: broadcast::Receiver<Cut>) {
        let mut buffer = vec![0; CHUNK];
        loop {
            let mode = *self.modes.borrow_and_update();
            self.dead |= mode == Mode::HalfOpen;
            let blocked = self.dead || mode == Mode::OneWay(self.way);
            if self.ended && self.held.is_empty() && !blocked {
                let _ = self.to.shutdown().await;
                return;
            }
            let piece = if blocked { 0 } else { self.due_now(mode) };
            let waits = matches!(mode, Mode::Buffer { .. }) && !self.held.is_empty();
            tokio::select! {
                cut = cuts.recv() => {
                    if cut == Ok(Cut::Reset) {
                        let _ = self.from.as_ref().set_zero_linger();
                        let _ = self.to.as_ref().set_zero_linger();
                    }
                    return;
                }
                changed = self.modes.changed() => if changed.is_err() { return },
                written = self.to.write(&self.held[..piece]), if piece > 0 => {
                    let Ok(written) = written else { return };
                    self.held.drain(..written);
                    if let Mode::Slow { rate } = mode {
                        #[allow(clippy::cast_possible_truncation)]
                        sleep(Duration::from_secs_f64(written as f64 / f64::from(rate.max(1)))).await;
                    }
                }
                () = sleep_until(self.due), if waits && piece == 0 => (),
                read = self.from.read(&mut buffer), if !blocked && !self.ended && self.held.len() < HELD => {
                    match read {
                        Ok(0) | Err(_) => self.ended = true,
                        Ok(length) => self.hold(&buffer[..length], mode),
                    }
                }
            }
        }
    }

    fn hold(&mut self, bytes: &[u8], mode: Mode) {
        if self.way == Way::Down && bytes.starts_with(b"HTTP/1.1 ") {
            self.streams = bytes.windows(STREAM.len()).any(|window| window == STREAM);
        }
        if let (Mode::Buffer { time, .. }, true) = (mode, self.held.is_empty()) {
            self.due = Instant::now() + time;
        }
        self.held.extend_from_slice(bytes);
    }

    /// How many of the held bytes may go now.
    fn due_now(&self, mode: Mode) -> usize {
        match mode {
            Mode::Buffer { bytes, .. } if self.streams && !self.ended => {
                if self.held.len() >= bytes || Instant::now() >= self.due { self.held.len() } else { 0 }
            }
            Mode::Slow { rate } if self.way == Way::Down => self.held.len().min((rate as usize / 20).max(1)),
            _ => self.held.len(),
        }
    }
}
