//! The live stream of a log as server-sent events: what comes next for one reader. How it reaches the socket is
//! `live`'s matter.
//!
//! It is pulled, so a slow reader holds at most one batch; what it misses it reads from the table, and too far behind
//! it is sent to pages. Every block that carries data repeats the position reached as its id.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    task::Context,
    time::Duration,
};

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use board_domain::{
    Role, TenantId,
    wire::{Frame, HEARTBEAT_SECONDS, Position, STREAM_BACKLOG},
};
use jiff::Timestamp;
use tokio::{
    sync::watch,
    time::{Instant, Sleep, sleep_until},
};
use uuid::Uuid;

use super::{
    App,
    caller::Member,
    frames,
    frames::Reader,
    log::{resume, stands},
    problem::Failure,
};
use crate::{
    channel::{Block, Channel, Encoded, Recently},
    gallery::{Listener, Place},
    store::{StoreError, event, membership, tenant},
};

/// Most bytes that a connection holds before they are written, one event more than fits left aside.
#[cfg(test)]
const HELD: usize = 256 << 10;
/// Most events in one batch.
const BATCH: u32 = 128;
/// A batch ends once its bodies pass this many bytes; their envelopes have less than a kilobyte each.
const BATCH_BYTES: usize = 128 << 10;
/// A stream lives from the first to the sum of both, evenly spread, so that connections made at once do not all come
/// back at once.
const ROTATE_AFTER: Duration = Duration::from_mins(5);
const ROTATE_SPREAD: Duration = Duration::from_mins(10);

/// Where a handler leaves the stream that its connection is to become.
#[derive(Clone, Default)]
pub(crate) struct Seat(Arc<Mutex<Option<Box<Follow>>>>);

impl Seat {
    pub(super) fn take(&self) -> Option<Box<Follow>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Opens the stream after a position.
pub(super) async fn open(
    app: Arc<App>,
    member: Member,
    after: Option<Position>,
    expected: Option<Role>,
    seat: &Seat,
) -> Result<Response, Failure> {
    let follow = follow(app, member, after, expected).await?;
    *seat.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(follow));
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// Starts to follow the log after a position.
pub(super) async fn follow(
    app: Arc<App>,
    member: Member,
    after: Option<Position>,
    expected: Option<Role>,
) -> Result<Follow, Failure> {
    let Member { tenant, person, expires_at, .. } = member;
    let channel = app.store.channels().channel(&tenant);
    // Subscribed first, read second: an append in between is seen twice rather than never.
    let heads = channel.subscribe();
    fail::fail_point!("stream.subscribed");
    let (asked, who) = (tenant.clone(), person.clone());
    let read = app.store.glance(move |sql| {
        let row = tenant::get(sql, &asked)?;
        // After the head, so that every change of the role that this misses comes as an event above the head.
        Ok((row, membership::role(sql, &asked, &who)?))
    });
    let (Some(row), Some(role)) = read.await? else { return Err(Failure::no_tenant()) };
    stands(expected, role)?;
    let cursor = resume(&row, after)?;
    let generation = channel.adopt(row.epoch, row.head);
    let mut follow = Follow {
        app,
        channel,
        heads,
        tenant,
        reader: Reader::new(person, role),
        epoch: row.epoch,
        generation,
        cursor,
        head: row.head,
        admitted_at: row.head,
        expires_at,
        rotates_at: Instant::now() + ROTATE_AFTER + jitter(ROTATE_SPREAD),
        tick: Box::pin(sleep_until(Instant::now())),
        caught_up: false,
        leaving: None,
        over: false,
    };
    follow.arm();
    Ok(follow)
}

fn jitter(spread: Duration) -> Duration {
    // Without randomness the middle will do: the spread is a courtesy.
    let part = getrandom::u32().unwrap_or(u32::MAX / 2);
    spread.mul_f64(f64::from(part) / f64::from(u32::MAX))
}

/// A reader's way along a log.
pub(super) struct Follow {
    app: Arc<App>,
    channel: Arc<Channel>,
    heads: watch::Receiver<u64>,
    tenant: TenantId,
    reader: Reader,
    epoch: Uuid,
    generation: u64,
    cursor: u64,
    head: u64,
    /// The head when the reader's role was read; only later events can change it.
    admitted_at: u64,
    expires_at: Timestamp,
    rotates_at: Instant,
    tick: Pin<Box<Sleep>>,
    caught_up: bool,
    leaving: Option<&'static str>,
    over: bool,
}

impl Follow {
    /// Whether goodbye has been said.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// Says goodbye for this reason as soon as what was begun is done.
    pub(super) fn leave(&mut self, reason: &'static str) {
        self.leaving.get_or_insert(reason);
    }

    /// The next blocks, as soon as there are any. To be called until the stream is over; safe to cancel.
    pub(super) async fn next(&mut self) -> Result<Vec<Block>, StoreError> {
        loop {
            self.head = self.head.max(*self.heads.borrow_and_update());
            if let Some(reason) = self.reason_to_leave() {
                self.over = true;
                return self.block(&Frame::Bye { reason: reason.into() });
            }
            if self.cursor < self.head {
                let blocks = self.batch().await?;
                if !blocks.is_empty() {
                    return Ok(blocks);
                }
                continue;
            }
            if !self.caught_up {
                self.caught_up = true;
                return self.block(&Frame::CaughtUp { head: self.cursor, more: false });
            }
            tokio::select! {
                biased;
                _ = self.heads.changed() => (),
                () = self.tick.as_mut() => {
                    self.arm();
                    if self.reason_to_leave().is_none() {
                        return Ok(vec![Block::of_text(": hb\n\n")]);
                    }
                }
            }
        }
    }

    /// Whether it has said everything and only waits for more.
    pub(super) fn rests(&self) -> bool {
        self.caught_up && self.cursor >= self.head.max(*self.heads.borrow()) && self.leaving.is_none()
    }

    /// A place among those who wait at the head.
    pub(super) fn place(&self, listener: Arc<dyn Listener>) -> Place {
        Place::take(&self.channel, listener)
    }

    /// Whether there is something for [`Self::next`] to say while it rests; wakes the task once there is.
    pub(super) fn is_called(&mut self, context: &mut Context<'_>) -> bool {
        !self.rests() || self.tick.as_mut().poll(context).is_ready()
    }

    /// Takes events while it rests and gives their blocks; nothing where its own task must see for itself.
    pub(super) fn hear(&mut self, events: &[Arc<Encoded>]) -> Option<Vec<Block>> {
        let (first, last) = (events.first()?, events.last()?);
        let new = usize::try_from((self.cursor + 1).checked_sub(first.seq)?).ok()?;
        self.head = self.head.max(last.seq);
        if self.reason_to_leave().is_some() {
            return None;
        }
        let new = events.get(new..).unwrap_or_default();
        if new.iter().any(|event| self.changes_reader(event)) {
            return None;
        }
        let blocks = frames::blocks(&self.reader, self.epoch, new).ok()?;
        self.cursor = new.last().map_or(self.cursor, |event| event.seq);
        Some(blocks)
    }

    /// Sets the time of the next heartbeat, or of the end where that comes first.
    fn arm(&mut self) {
        let left = self.expires_at.duration_since(self.app.clock.now());
        let left = Duration::try_from(left).unwrap_or(Duration::ZERO);
        let next = Instant::now() + left.min(Duration::from_secs(HEARTBEAT_SECONDS));
        self.tick.as_mut().reset(next.min(self.rotates_at));
    }

    fn reason_to_leave(&self) -> Option<&'static str> {
        if self.app.draining.load(Ordering::Relaxed) {
            Some("draining")
        } else if self.expires_at <= self.app.clock.now() {
            Some("expired")
        } else if self.leaving.is_some() {
            self.leaving
        } else if self.head.saturating_sub(self.cursor) > STREAM_BACKLOG {
            Some("behind")
        } else if self.rotates_at <= Instant::now() || self.channel.generation() != self.generation {
            Some("rotate")
        } else {
            None
        }
    }

    /// The blocks of the next events; none where the log cannot be followed from here any more.
    async fn batch(&mut self) -> Result<Vec<Block>, StoreError> {
        let mut events = match self.recently() {
            Recently::Events(events) => events,
            Recently::Older => Box::pin(self.read()).await?,
            Recently::Newer => Box::pin(self.read_for_all()).await?,
            Recently::Replaced => Vec::new(),
        };
        // The log has no holes; a batch that does not continue the cursor must never reach a client. A new epoch and a
        // raised floor look like this, and a client that comes back is told which it was.
        if events.first().map(|event| event.seq) != Some(self.cursor + 1) {
            self.leave("rotate");
            return Ok(Vec::new());
        }
        if let Some(last) = events.iter().position(|event| self.changes_reader(event)) {
            events.truncate(last + 1);
            self.leave("rotate");
        }
        self.cursor = events.last().map_or(self.cursor, |event| event.seq);
        Ok(frames::blocks(&self.reader, self.epoch, &events)?)
    }

    /// Whether the reader's audiences are others from this event on.
    fn changes_reader(&self, event: &Encoded) -> bool {
        let changes = event
            .standing
            .as_ref()
            .is_some_and(|(person, role)| *person == self.reader.person && *role != Some(self.reader.role));
        changes && event.seq > self.admitted_at
    }

    fn recently(&self) -> Recently {
        let limit = usize::try_from(BATCH).unwrap_or(usize::MAX);
        self.channel.after(self.epoch, self.cursor, limit, BATCH_BYTES)
    }

    /// Reads the table for everyone at the head, where another process appended.
    async fn read_for_all(&self) -> Result<Vec<Arc<Encoded>>, StoreError> {
        let _reading = self.channel.reading.lock().await;
        // Whoever held the lock before may have brought them.
        match self.recently() {
            Recently::Events(events) => Ok(events),
            Recently::Newer => {
                let events = self.read().await?;
                self.channel.extend(self.epoch, &events);
                Ok(events)
            }
            Recently::Older => self.read().await,
            Recently::Replaced => Ok(Vec::new()),
        }
    }

    async fn read(&self) -> Result<Vec<Arc<Encoded>>, StoreError> {
        let (asked, cursor, epoch) = (self.tenant.clone(), self.cursor, self.epoch);
        let read = self.app.store.read(move |sql| {
            let events = event::page(sql, &asked, cursor, BATCH, BATCH_BYTES)?;
            // After the events, so that they are of this epoch if it still stands.
            if tenant::get(sql, &asked)?.is_none_or(|row| row.epoch != epoch) {
                return Ok(Vec::new());
            }
            let encode = |event| Encoded::new(epoch, event).map(Arc::new);
            Ok(events.into_iter().map(encode).collect::<Result<Vec<_>, _>>()?)
        });
        read.await
    }

    fn block(&self, frame: &Frame) -> Result<Vec<Block>, StoreError> {
        Ok(vec![Block::new(Position { epoch: self.epoch, seq: self.cursor }, frame)?])
    }
}

#[cfg(test)]
mod tests;
