//! One subscriber: its connection, the chunks and lines of its stream, and the position it has reached.
//!
//! All subscribers read into one buffer; a subscriber keeps bytes of its own only where a line is cut in two.

use std::{
    cell::{Cell, RefCell},
    io::{BufRead, ErrorKind},
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::{Kind, Settings, tally::Tally};

/// Bytes read at once.
const READ: usize = 64 << 10;
/// How long to wait before a connection that was refused or cut is tried again.
const AGAIN: Duration = Duration::from_millis(200);

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; READ]);
}

/// A subscriber.
pub(crate) struct Subscriber {
    settings: Rc<Settings>,
    tally: Rc<Tally>,
    tenant: usize,
    /// Position of the newest event, as `epoch.seq` and as a number.
    id: String,
    position: u64,
    /// Messages seen, for the order of a server without positions.
    seen: usize,
    pub(crate) live: Rc<Cell<bool>>,
}

/// What the block that is being read says.
#[derive(Clone, Copy)]
enum Block {
    Empty,
    Event,
    Hidden,
    CaughtUp,
    Bye,
    Message(u64),
}

enum Chunk {
    Size(usize),
    Data(usize),
    End(usize),
    Unframed,
}

/// A connection's reading state.
struct Reading {
    head: Option<Vec<u8>>,
    chunk: Chunk,
    carry: Vec<u8>,
    block: Block,
}

impl Subscriber {
    pub(crate) fn new(settings: &Rc<Settings>, tally: &Rc<Tally>, tenant: usize) -> Self {
        Self {
            settings: Rc::clone(settings),
            tally: Rc::clone(tally),
            tenant,
            id: String::new(),
            position: 0,
            seen: 0,
            live: Rc::default(),
        }
    }

    /// Starts at a position instead of at the log's start.
    pub(crate) fn at(mut self, id: String) -> Self {
        self.position = id.rsplit_once('.').and_then(|(_, seq)| seq.parse().ok()).unwrap_or(0);
        self.id = id;
        self
    }

    /// The position reached.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Follows the stream for ever, over as many connections as it takes.
    pub(crate) async fn follow(&mut self) {
        loop {
            if self.connection(false).await.is_err() {
                Tally::count(&self.tally.errors);
            }
            self.dead();
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// One connection; with `once`, only until it is caught up.
    pub(crate) async fn connection(&mut self, once: bool) -> std::io::Result<()> {
        let mut stream = TcpStream::connect(&self.settings.address).await?;
        stream.set_nodelay(true)?;
        stream.write_all(self.request().as_bytes()).await?;
        let mut reading = Reading {
            head: Some(Vec::new()),
            chunk: Chunk::Unframed,
            carry: Vec::new(),
            block: Block::Empty,
        };
        loop {
            stream.readable().await?;
            let read = BUFFER.with_borrow_mut(|buffer| {
                let read = match stream.try_read(buffer) {
                    Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(true),
                    other => other?,
                };
                self.tally.bytes.set(self.tally.bytes.get() + read as u64);
                self.feed(&mut reading, &buffer[..read])?;
                Ok::<_, std::io::Error>(read > 0)
            })?;
            if !read || once && self.live.get() {
                return Ok(());
            }
        }
    }

    /// Marks it as no longer live.
    pub(crate) fn dead(&self) {
        if self.live.replace(false) {
            self.tally.live.set(self.tally.live.get() - 1);
        }
    }

    fn alive(&self) {
        if !self.live.replace(true) {
            self.tally.live.set(self.tally.live.get() + 1);
        }
    }

    fn request(&self) -> String {
        let tenant = &self.settings.tenants[self.tenant];
        let resume =
            if self.id.is_empty() { String::new() } else { format!("Last-Event-ID: {}\r\n", self.id) };
        let (path, token) = match self.settings.kind {
            Kind::Boardroom => (
                format!("/v1/tenants/{tenant}/log"),
                format!("Authorization: Bearer {}\r\n", self.settings.token),
            ),
            Kind::Nchan => (format!("/subscribe?id={tenant}"), String::new()),
        };
        format!("GET {path} HTTP/1.1\r\nHost: load\r\n{token}Accept: text/event-stream\r\n{resume}\r\n")
    }

    fn feed(&mut self, reading: &mut Reading, mut bytes: &[u8]) -> std::io::Result<()> {
        if let Some(head) = &mut reading.head {
            head.extend_from_slice(bytes);
            let Some(end) = head.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(()) };
            let text = String::from_utf8_lossy(&head[..end]).to_ascii_lowercase();
            if text.split(' ').nth(1) != Some("200") {
                return Err(std::io::Error::other(text));
            }
            if text.contains("transfer-encoding: chunked") {
                reading.chunk = Chunk::Size(0);
            }
            if self.settings.kind == Kind::Nchan {
                self.alive();
            }
            let rest = head.split_off(end + 4);
            reading.head = None;
            self.body(reading, &rest);
            bytes = &[];
        }
        self.body(reading, bytes);
        Ok(())
    }

    fn body(&mut self, reading: &mut Reading, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            match reading.chunk {
                Chunk::Unframed => {
                    self.lines(reading, bytes);
                    return;
                }
                Chunk::Size(size) => {
                    reading.chunk = match bytes[0] {
                        b'\n' => Chunk::Data(size),
                        digit => Chunk::Size(
                            char::from(digit).to_digit(16).map_or(size, |d| size * 16 + d as usize),
                        ),
                    };
                    bytes = &bytes[1..];
                }
                Chunk::Data(left) => {
                    let taken = left.min(bytes.len());
                    self.lines(reading, &bytes[..taken]);
                    bytes = &bytes[taken..];
                    reading.chunk = if taken == left { Chunk::End(2) } else { Chunk::Data(left - taken) };
                }
                Chunk::End(left) => {
                    reading.chunk = if left == 1 { Chunk::Size(0) } else { Chunk::End(left - 1) };
                    bytes = &bytes[1..];
                }
            }
        }
    }

    fn lines(&mut self, reading: &mut Reading, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let start = bytes;
            let used = bytes.skip_until(b'\n').expect("a slice reads");
            let line = &start[..used];
            let whole = line.ends_with(b"\n");
            if whole && reading.carry.is_empty() {
                self.line(&mut reading.block, &line[..used - 1]);
                continue;
            }
            reading.carry.extend_from_slice(line);
            if whole {
                let carried = std::mem::take(&mut reading.carry);
                self.line(&mut reading.block, &carried[..carried.len() - 1]);
            }
        }
    }

    fn line(&mut self, block: &mut Block, line: &[u8]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if let Some(data) = line.strip_prefix(b"data: ") {
            *block = match self.settings.kind {
                Kind::Nchan => Block::Message(number(data)),
                Kind::Boardroom if data.starts_with(b"{\"event\"") => Block::Event,
                Kind::Boardroom if data.starts_with(b"{\"hidden\"") => Block::Hidden,
                Kind::Boardroom if data.starts_with(b"{\"caught_up\"") => Block::CaughtUp,
                Kind::Boardroom => {
                    if self.tally.byes.get() == 0 {
                        eprintln!("the server ends a stream: {}", String::from_utf8_lossy(data));
                    }
                    Block::Bye
                }
            };
        } else if let Some(id) = line.strip_prefix(b"id: ") {
            if self.settings.kind == Kind::Boardroom {
                self.id.clear();
                self.id.push_str(std::str::from_utf8(id).expect("an id is text"));
            }
        } else if line.is_empty() {
            self.dispatch(std::mem::replace(block, Block::Empty));
        }
    }

    fn dispatch(&mut self, block: Block) {
        match block {
            Block::Empty => (),
            Block::CaughtUp => {
                self.note_head();
                self.alive();
            }
            Block::Bye => {
                Tally::count(&self.tally.byes);
                self.dead();
            }
            Block::Hidden => {
                self.position = self.at_id();
                self.note_head();
            }
            Block::Event => {
                let position = self.at_id();
                self.check(position, self.position + 1);
                self.position = position;
                self.tally.deliver(self.tenant, position, Instant::now());
            }
            Block::Message(message) => {
                let tenant = &self.tally.tenants[self.tenant];
                let mut order = tenant.order.borrow_mut();
                if order.len() == self.seen {
                    order.push(message);
                }
                let expected = order[self.seen];
                drop(order);
                self.check(message, expected);
                self.seen += 1;
                self.tally.deliver(self.tenant, message, Instant::now());
            }
        }
    }

    fn at_id(&self) -> u64 {
        self.id.rsplit_once('.').map_or(0, |(_, seq)| number(seq.as_bytes()))
    }

    fn note_head(&self) {
        let head = &self.tally.tenants[self.tenant].head;
        head.set(head.get().max(self.at_id()));
    }

    fn check(&self, found: u64, expected: u64) {
        if found > expected {
            Tally::count(&self.tally.gaps);
        } else if found < expected {
            Tally::count(&self.tally.duplicates);
        }
    }
}

/// The number that a text starts with.
fn number(text: &[u8]) -> u64 {
    text.iter()
        .take_while(|byte| byte.is_ascii_digit())
        .fold(0, |number, digit| number * 10 + u64::from(digit - b'0'))
}
