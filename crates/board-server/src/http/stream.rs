//! The live stream of a log as server-sent events.
//!
//! It is pulled by the connection, so a slow reader holds at most one batch; what it misses it reads from the table,
//! and too far behind it is sent to pages. Every block that carries data repeats the position reached as its id.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use board_domain::wire::{Frame, HEARTBEAT_SECONDS, Position, STREAM_BACKLOG};
use bytes::{BufMut, Bytes, BytesMut};
use tokio::sync::watch;
use uuid::Uuid;

use super::{App, caller::Member, frames, log::resume, problem::Failure};
use crate::{
    channel::Encoded,
    store::{StoreError, event, membership, sql::Sql, tenant},
};

/// Most events in one write.
const BATCH: u32 = 256;
/// A write ends once its bodies pass this many bytes.
const BATCH_BYTES: usize = 256 << 10;

/// Opens the stream after a position.
pub(super) async fn open(
    app: Arc<App>,
    member: Member,
    after: Option<Position>,
) -> Result<Response, Failure> {
    // Subscribed first, read second: an append in between is seen twice rather than never.
    let heads = app.store.channels().subscribe(&member.tenant);
    let asked = member.tenant.clone();
    let row = app.store.read(move |sql| tenant::get(sql, &asked)).await?.ok_or_else(Failure::no_tenant)?;
    let cursor = resume(&row, after)?;
    let follow = Follow {
        epoch: row.epoch,
        cursor,
        head: row.head,
        heads,
        draining: app.draining.clone(),
        app,
        member,
        state: State::Greeting,
        leaving: None,
    };
    let mut response = Response::new(Body::from_stream(futures::stream::unfold(follow, Follow::next)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Greeting,
    CatchingUp,
    Live,
    Over,
}

struct Follow {
    app: Arc<App>,
    member: Member,
    epoch: Uuid,
    cursor: u64,
    head: u64,
    heads: watch::Receiver<u64>,
    draining: watch::Receiver<bool>,
    state: State,
    leaving: Option<&'static str>,
}

impl Follow {
    async fn next(mut self) -> Option<(Result<Bytes, StoreError>, Self)> {
        if self.state == State::Over {
            return None;
        }
        let chunk = self.chunk().await;
        if chunk.is_err() {
            self.state = State::Over;
        }
        Some((chunk, self))
    }

    async fn chunk(&mut self) -> Result<Bytes, StoreError> {
        if self.state == State::Greeting {
            // A first byte at once shows a proxy that buffers.
            self.state = State::CatchingUp;
            return Ok(Bytes::from_static(b": hi\n\n"));
        }
        loop {
            self.head = self.head.max(*self.heads.borrow_and_update());
            let left = self.member.expires_at.duration_since(self.app.clock.now());
            let left = Duration::try_from(left).unwrap_or(Duration::ZERO);
            if let Some(reason) = self.reason_to_leave(left) {
                self.state = State::Over;
                return Ok(self.block(&[frames::line(self.cursor, &Frame::Bye { reason: reason.into() })?]));
            }
            if self.cursor < self.head {
                return self.batch().await;
            }
            if self.state == State::CatchingUp {
                self.state = State::Live;
                return Ok(self.block(&[frames::line(
                    self.cursor,
                    &Frame::CaughtUp { head: self.cursor, more: false },
                )?]));
            }
            let heartbeat = Duration::from_secs(HEARTBEAT_SECONDS);
            tokio::select! {
                _ = self.heads.changed() => (),
                _ = self.draining.changed() => (),
                () = tokio::time::sleep(heartbeat.min(left)) => {
                    if left > heartbeat {
                        return Ok(Bytes::from_static(b": hb\n\n"));
                    }
                }
            }
        }
    }

    fn reason_to_leave(&self, left: Duration) -> Option<&'static str> {
        if *self.draining.borrow() {
            Some("draining")
        } else if left.is_zero() {
            Some("expired")
        } else if self.head - self.cursor > STREAM_BACKLOG {
            Some("behind")
        } else {
            self.leaving
        }
    }

    async fn batch(&mut self) -> Result<Bytes, StoreError> {
        let limit = usize::try_from(BATCH).unwrap_or(usize::MAX);
        let recent = self.app.store.channels().after(&self.member.tenant, self.cursor, limit);
        let events = if let Some(events) = recent.filter(|events| !events.is_empty()) {
            events
        } else {
            let (asked, cursor) = (self.member.tenant.clone(), self.cursor);
            let read = move |sql: &mut dyn Sql| {
                let events = event::page(sql, &asked, cursor, BATCH, BATCH_BYTES)?;
                let encode = |event| Encoded::new(event).map(Arc::new);
                Ok(events.into_iter().map(encode).collect::<Result<Vec<_>, _>>()?)
            };
            self.app.store.read(read).await?
        };
        // The log has no holes; a batch that does not continue the cursor must never reach a client.
        let first = events.first().map(|event| event.seq);
        if first != Some(self.cursor + 1) {
            return Err(StoreError::Unreadable("log"));
        }
        let lines = frames::lines(&events, &self.member.person, self.member.role)?;
        if events.iter().any(|event| event.changes_people) {
            let (tenant, person) = (self.member.tenant.clone(), self.member.person.clone());
            let role = self.app.store.read(move |sql| membership::role(sql, &tenant, &person)).await?;
            if role != Some(self.member.role) {
                self.leaving = Some("rotate");
            }
        }
        self.cursor = events.last().map_or(self.cursor, |event| event.seq);
        Ok(self.block(&lines))
    }

    fn block(&self, lines: &[frames::Line]) -> Bytes {
        let mut bytes = BytesMut::with_capacity(lines.iter().map(|line| line.json.len() + 80).sum());
        for line in lines {
            bytes.put_slice(b"id: ");
            bytes.put_slice(Position { epoch: self.epoch, seq: line.seq }.to_string().as_bytes());
            bytes.put_slice(b"\ndata: ");
            bytes.put_slice(&line.json);
            bytes.put_slice(b"\n\n");
        }
        bytes.freeze()
    }
}
