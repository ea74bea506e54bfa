//! The bytes under the live stream: reqwest behind the SSE client's transport trait, with a bound on a line and on
//! silence, which that client has not.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use launchdarkly_sdk_transport::{
    ByteStream, HttpTransport, Request, Response, ResponseFuture, TransportError,
};
use reqwest::Client;
use tokio::time::timeout;

/// Longest line of the stream, in bytes.
pub(crate) const LINE_LIMIT: usize = 8 << 20;

/// One connection of the stream.
#[derive(Clone)]
pub(crate) struct BoundedTransport {
    pub(crate) client: Client,
    /// Longest silence, before the headers and between chunks.
    pub(crate) silence: Duration,
}

impl HttpTransport for BoundedTransport {
    fn request(&self, request: Request<Option<Bytes>>) -> ResponseFuture {
        let (parts, _) = request.into_parts();
        let asked = self.client.request(parts.method, parts.uri.to_string()).headers(parts.headers);
        let silence = self.silence;
        Box::pin(Exclusive::new(Box::pin(async move {
            let answer = timeout(silence, asked.send()).await.map_err(|_| silent())?;
            let answer = answer.map_err(TransportError::new)?;
            let mut response = Response::new(());
            *response.status_mut() = answer.status();
            *response.headers_mut() = answer.headers().clone();
            let body: ByteStream = Box::pin(Exclusive::new(Box::pin(guarded(answer, silence))));
            Ok(response.map(|()| body))
        })))
    }
}

fn guarded(
    answer: reqwest::Response,
    silence: Duration,
) -> impl Stream<Item = Result<Bytes, TransportError>> + Send {
    let start = (Box::pin(answer.bytes_stream()), 0);
    futures::stream::try_unfold(start, move |(mut chunks, line)| async move {
        let chunk = timeout(silence, chunks.next()).await.map_err(|_| silent())?;
        let Some(chunk) = chunk.transpose().map_err(TransportError::new)? else { return Ok(None) };
        let line = match chunk.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')) {
            Some(end) => chunk.len() - end - 1,
            None => line + chunk.len(),
        };
        if line > LINE_LIMIT {
            let error = io::Error::new(io::ErrorKind::InvalidData, "a line of the stream is too long");
            return Err(TransportError::new(error));
        }
        Ok(Some((chunk, (chunks, line))))
    })
}

fn silent() -> TransportError {
    TransportError::new(io::Error::new(io::ErrorKind::TimedOut, "the server has fallen silent"))
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
