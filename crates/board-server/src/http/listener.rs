//! A stream while it waits at the head: its socket and its position, where the task of its row can reach them. What
//! the socket does not take at once, and everything that is no plain event, is left to the stream's own task.

use std::{
    future::poll_fn,
    io::IoSlice,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::stream::Follow;
use crate::{
    channel::{Block, Encoded},
    gallery,
};

/// Blocks in one call of the system.
pub(super) const SLICES: usize = 64;

/// What waits.
pub(super) struct Waiting<I> {
    pub(super) io: I,
    pub(super) follow: Box<Follow>,
    /// Whether the client reads the chunked coding.
    pub(super) chunked: bool,
    /// What the socket did not take yet.
    pub(super) rest: Vec<Bytes>,
}

/// The place of a stream.
pub(super) struct Listener<I> {
    state: Mutex<State<I>>,
}

struct State<I> {
    waiting: Option<Waiting<I>>,
    /// Whether the stream's own task must see for itself, and nobody else may write.
    called: bool,
    waker: Option<Waker>,
}

impl<I: AsyncRead + AsyncWrite + Unpin> Listener<I> {
    pub(super) fn new() -> Self {
        Self { state: Mutex::new(State { waiting: None, called: false, waker: None }) }
    }

    fn state(&self) -> MutexGuard<'_, State<I>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the stream's own task is needed; nothing once the client is gone.
    pub(super) async fn wait(&self, waiting: Waiting<I>) -> Option<Waiting<I>> {
        {
            let mut state = self.state();
            (state.waiting, state.called) = (Some(waiting), false);
        }
        let stays = poll_fn(|context| {
            let mut state = self.state();
            let State { waiting, called, waker } = &mut *state;
            let Some(one) = waiting else { return Poll::Ready(false) };
            if *called || one.follow.is_called(context) {
                return Poll::Ready(true);
            }
            // A client that closes is gone, and so is one that speaks, which it may not on a stream.
            if Pin::new(&mut one.io).poll_read(context, &mut ReadBuf::new(&mut [0])).is_ready() {
                return Poll::Ready(false);
            }
            match waker {
                Some(known) => known.clone_from(context.waker()),
                None => *waker = Some(context.waker().clone()),
            }
            Poll::Pending
        });
        let stays = stays.await;
        let mut state = self.state();
        state.waker = None;
        state.waiting.take().filter(|_| stays)
    }
}

impl<I: AsyncRead + AsyncWrite + Unpin + Send> gallery::Listener for Listener<I> {
    fn hear(&self, events: &[Arc<Encoded>]) {
        let mut state = self.state();
        let State { waiting, called, waker } = &mut *state;
        let Some(waiting) = waiting.as_mut().filter(|_| !*called) else { return };
        if !waiting.take(events) {
            *called = true;
            let waker = waker.take();
            drop(state);
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }
}

impl<I: AsyncWrite + Unpin> Waiting<I> {
    /// Writes events, where they are the next ones and the socket takes all of them at once.
    fn take(&mut self, events: &[Arc<Encoded>]) -> bool {
        let Some(blocks) = self.follow.hear(events) else { return false };
        let chunked = self.chunked;
        let form = |block: Block| if chunked { block.chunk() } else { block.plain() };
        let mut blocks: Vec<Bytes> = blocks.into_iter().map(form).collect();
        // Where this has to wait, the stream's own task asks again and is woken.
        let mut context = Context::from_waker(Waker::noop());
        let io = &mut self.io;
        let written = match blocks.as_slice() {
            [] => return true,
            [one] => Pin::new(&mut *io).poll_write(&mut context, one),
            many => {
                let mut slices = [IoSlice::new(&[]); SLICES];
                many.iter().zip(&mut slices).for_each(|(block, slice)| *slice = IoSlice::new(block));
                Pin::new(&mut *io).poll_write_vectored(&mut context, &slices[..SLICES.min(many.len())])
            }
        };
        let mut written = if let Poll::Ready(Ok(written)) = written { written } else { 0 };
        blocks.retain_mut(|block| {
            let gone = written.min(block.len());
            written -= gone;
            *block = block.slice(gone..);
            !block.is_empty()
        });
        self.rest = blocks;
        self.rest.is_empty() && matches!(Pin::new(io).poll_flush(&mut context), Poll::Ready(Ok(())))
    }
}
