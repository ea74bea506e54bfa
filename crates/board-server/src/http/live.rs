//! A stream on its socket: the head of the response, then blocks as they come, until goodbye or until the reader is
//! gone. Not what the blocks say.
//!
//! A stream leaves the HTTP library behind once its request is read: what remains of an idle connection is the socket
//! and the reader's position, and a block is written from the bytes that all readers share.

use std::{
    io::{self, IoSlice},
    sync::Arc,
    time::Duration,
};

use axum::http::{HeaderMap, HeaderName, header};
use bytes::Bytes;
use jiff::{Timestamp, fmt::rfc2822};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::{Instant, timeout_at},
};

use super::{
    listener::{Listener, SLICES, Waiting},
    stream::Follow,
};
use crate::channel::Block;

/// What a reader must take within [`Patience::stalled`], in bytes.
const PORTION: usize = 64 << 10;

/// A stream whose response has not begun.
pub(super) struct Start {
    pub(super) headers: HeaderMap,
    pub(super) follow: Box<Follow>,
    /// Whether the client reads the chunked coding (HTTP/1.1); to others the end of the connection is the end.
    pub(super) chunked: bool,
}

/// How long a connection waits for its peer.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    /// For the head of a request, and for the next request.
    pub(super) head: Duration,
    /// For a portion of a stream to be taken before the reader is told goodbye.
    pub(super) slow: Duration,
    /// For a portion of a stream, or anything of an answer, to be taken before the connection is cut.
    pub(super) stalled: Duration,
}

impl Patience {
    /// On the network.
    pub(super) const NETWORK: Self = Self {
        head: Duration::from_secs(30),
        slow: Duration::from_secs(10),
        stalled: Duration::from_secs(30),
    };
}

/// Writes the stream until its end.
pub(super) async fn run<I>(mut io: I, start: Start, patience: Patience)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Start { headers, mut follow, chunked } = start;
    let form = |block: Block| if chunked { block.chunk() } else { block.plain() };
    // A first byte of the body at once shows a proxy that buffers.
    let opening = [head(&headers, chunked), form(Block::of_text(": hi\n\n"))];
    drop(headers);
    if write(&mut io, &opening, patience.stalled).await.is_err() {
        return;
    }
    let listener = Arc::new(Listener::new());
    let mut place = None;
    while !follow.is_over() {
        let mut blocks = Vec::new();
        if follow.rests() {
            place.get_or_insert_with(|| follow.place(Arc::clone(&listener) as _));
            let waiting = Waiting { io, follow, chunked, rest: Vec::new() };
            let Some(waiting) = listener.wait(waiting).await else { return };
            Waiting { io, follow, rest: blocks, .. } = waiting;
        }
        if blocks.is_empty() {
            let next = tokio::select! {
                biased;
                next = follow.next() => next,
                () = gone(&mut io) => return,
            };
            blocks = match next {
                Ok(next) => next.into_iter().map(form).collect(),
                Err(error) => return tracing::error!(%error, "a stream failed"),
            };
        }
        match write(&mut io, &blocks, patience.stalled).await {
            Ok(took) if took > patience.slow => follow.leave("slow"),
            Ok(_) => (),
            Err(error) => return tracing::debug!(%error, "a stream's reader is gone"),
        }
    }
    let end = Bytes::from_static(b"0\r\n\r\n");
    if chunked && write(&mut io, &[end], patience.stalled).await.is_err() {
        return;
    }
    let _ = tokio::time::timeout(patience.stalled, io.shutdown()).await;
}

/// Ends when the client closes, or speaks, which it may not on a stream.
async fn gone(io: &mut (impl AsyncRead + Unpin)) {
    let _ = io.read(&mut [0]).await;
}

fn head(headers: &HeaderMap, chunked: bool) -> Bytes {
    let mut head = b"HTTP/1.1 200 OK\r\n".to_vec();
    let mut add = |name: &HeaderName, value: &[u8]| {
        for part in [name.as_str().as_bytes(), b": ", value, b"\r\n"] {
            head.extend_from_slice(part);
        }
    };
    headers.iter().for_each(|(name, value)| add(name, value.as_bytes()));
    if let Ok(date) = rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&Timestamp::now()) {
        add(&header::DATE, date.as_bytes());
    }
    add(&header::CONNECTION, b"close");
    if chunked {
        add(&header::TRANSFER_ENCODING, b"chunked");
    }
    head.extend_from_slice(b"\r\n");
    head.into()
}

/// Writes all, straight from the shared bytes, and gives the longest time that a portion took.
async fn write(
    io: &mut (impl AsyncWrite + Unpin),
    blocks: &[Bytes],
    stalled: Duration,
) -> io::Result<Duration> {
    let (mut at, mut offset) = (0, 0);
    let (mut since, mut taken, mut longest) = (Instant::now(), 0, Duration::ZERO);
    while let Some(first) = blocks.get(at) {
        let written = {
            let mut slices = [IoSlice::new(&[]); SLICES];
            slices[0] = IoSlice::new(&first[offset..]);
            let rest = &blocks[at + 1..];
            rest.iter().zip(&mut slices[1..]).for_each(|(block, slice)| *slice = IoSlice::new(block));
            let count = SLICES.min(1 + rest.len());
            timeout_at(since + stalled, io.write_vectored(&slices[..count])).await??
        };
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        taken += written;
        offset += written;
        while blocks.get(at).is_some_and(|block| offset >= block.len()) {
            offset -= blocks[at].len();
            at += 1;
        }
        if taken >= PORTION || at == blocks.len() {
            longest = longest.max(since.elapsed());
            (since, taken) = (Instant::now(), 0);
        }
    }
    timeout_at(since + stalled, io.flush()).await??;
    Ok(longest)
}
