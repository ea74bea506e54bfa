//! The bytes under the live stream: our transport behind the SSE client's transport trait, with a bound on a line and
//! on silence, which that client has not.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use launchdarkly_sdk_transport::{ByteStream, HttpTransport, Request, ResponseFuture, TransportError};
use tokio::time::timeout;

use crate::SyncError;
use crate::transport::{Body, Transport};

/// Longest line of the stream, in bytes.
pub(crate) const LINE_LIMIT: usize = 8 << 20;

/// One connection of the stream. Its errors carry a [`SyncError`].
#[derive(Clone)]
pub(crate) struct Guarded {
    pub(crate) transport: Arc<dyn Transport>,
    /// Longest silence, before the headers and between chunks.
    pub(crate) silence: Duration,
}

impl HttpTransport for Guarded {
    fn request(&self, request: Request<Option<Bytes>>) -> ResponseFuture {
        let answer = self.transport.send(request.map(Option::unwrap_or_default));
        let silence = self.silence;
        Box::pin(Exclusive::new(Box::pin(async move {
            let answer = timeout(silence, answer).await.map_err(|_| silent())?;
            let answer = answer.map_err(TransportError::new)?;
            Ok(answer.map(|body| {
                let body: ByteStream = Box::pin(Exclusive::new(Box::pin(guarded(body, silence))));
                body
            }))
        })))
    }
}

fn guarded(body: Body, silence: Duration) -> impl Stream<Item = Result<Bytes, TransportError>> + Send {
    futures::stream::try_unfold((body, 0), move |(mut body, line)| async move {
        let chunk = timeout(silence, body.next()).await.map_err(|_| silent())?;
        let Some(chunk) = chunk.transpose().map_err(TransportError::new)? else { return Ok(None) };
        let line = match chunk.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')) {
            Some(end) => chunk.len() - end - 1,
            None => line + chunk.len(),
        };
        if line > LINE_LIMIT {
            let words = "a line of the stream is too long".to_owned();
            return Err(TransportError::new(SyncError::Protocol(words)));
        }
        Ok(Some((chunk, (body, line))))
    })
}

fn silent() -> TransportError {
    TransportError::new(SyncError::Offline("the server has fallen silent".to_owned()))
}

/// Makes what is only `Send` also `Sync`, by letting nobody at it but through `&mut`.
struct Exclusive<T>(Mutex<T>);

impl<T> Exclusive<T> {
    fn new(inner: T) -> Self {
        Self(Mutex::new(inner))
    }

    fn get(&mut self) -> &mut T {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<F: Future + ?Sized> Future for Exclusive<Pin<Box<F>>> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        self.get_mut().get().as_mut().poll(context)
    }
}

impl<S: Stream + ?Sized> Stream for Exclusive<Pin<Box<S>>> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.get_mut().get().as_mut().poll_next(context)
    }
}
