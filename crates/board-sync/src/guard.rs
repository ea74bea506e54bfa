//! The bytes under the live stream: our transport behind the SSE client's transport trait, with bounds on silence, on a
//! line and on a block, which that client has not. It parses nothing.

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
/// Longest block: the lines up to an empty one.
const BLOCK_LIMIT: usize = LINE_LIMIT + (64 << 10);

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One connection of the stream. Its errors carry a [`SyncError`].
#[derive(Clone)]
pub(crate) struct Guarded {
    pub(crate) transport: Arc<dyn Transport>,
    /// Longest silence, before the headers and between chunks.
    pub(crate) silence: Duration,
    /// The id that blocks without one carry on, as if the connection before had never ended.
    pub(crate) id: String,
}

impl HttpTransport for Guarded {
    fn request(&self, request: Request<Option<Bytes>>) -> ResponseFuture {
        let answer = self.transport.send(request.map(Option::unwrap_or_default));
        let (silence, id) = (self.silence, self.id.clone());
        Box::pin(Exclusive::new(Box::pin(async move {
            let answer = timeout(silence, answer).await.map_err(|_| silent())?;
            let answer = answer.map_err(TransportError::new)?;
            let streams = answer.status().is_success();
            Ok(answer.map(|body| -> ByteStream {
                if streams {
                    Box::pin(Exclusive::new(Box::pin(guarded(body, silence, &id))))
                } else {
                    Box::pin(Exclusive::new(Box::pin(body.map(|chunk| chunk.map_err(TransportError::new)))))
                }
            }))
        })))
    }
}

fn guarded(
    body: Body,
    silence: Duration,
    id: &str,
) -> impl Stream<Item = Result<Bytes, TransportError>> + Send + use<> {
    // A block of an id alone: the client's parser then never sees a block without any id, which it would take for an
    // error where the block has no other field that it knows.
    let first = Bytes::from(format!("id: {id}\n\n"));
    let rest =
        futures::stream::try_unfold((body, Bounds::default()), move |(mut body, mut bounds)| async move {
            let chunk = timeout(silence, body.next()).await.map_err(|_| silent())?;
            let Some(chunk) = chunk.transpose().map_err(TransportError::new)? else { return Ok(None) };
            let chunk = bounds.pass(chunk).map_err(TransportError::new)?;
            Ok(Some((chunk, (body, bounds))))
        });
    futures::stream::once(async { Ok(first) }).chain(rest)
}

/// What has gone by of the stream, as far as its bounds need it.
struct Bounds {
    /// The first bytes, while they may still be a byte order mark; ours are in front, where the parser looks for one.
    mark: Option<Vec<u8>>,
    line: usize,
    block: usize,
    carriage_return: bool,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { mark: Some(Vec::new()), line: 0, block: 0, carriage_return: false }
    }
}

impl Bounds {
    fn pass(&mut self, mut chunk: Bytes) -> Result<Bytes, SyncError> {
        if let Some(mut begun) = self.mark.take() {
            begun.extend_from_slice(&chunk);
            if begun.len() < BYTE_ORDER_MARK.len() && BYTE_ORDER_MARK.starts_with(&begun) {
                self.mark = Some(begun);
                return Ok(Bytes::new());
            }
            chunk = Bytes::from(begun);
            if chunk.starts_with(BYTE_ORDER_MARK) {
                chunk = chunk.slice(BYTE_ORDER_MARK.len()..);
            }
        }
        for byte in &chunk {
            match byte {
                b'\n' if self.carriage_return => self.carriage_return = false,
                b'\n' | b'\r' => {
                    if self.line == 0 {
                        self.block = 0;
                    }
                    (self.line, self.carriage_return) = (0, *byte == b'\r');
                }
                _ => {
                    (self.line, self.block, self.carriage_return) = (self.line + 1, self.block + 1, false);
                    if self.line > LINE_LIMIT || self.block > BLOCK_LIMIT {
                        let what = if self.line > LINE_LIMIT { "line" } else { "block" };
                        return Err(SyncError::Protocol(format!("a {what} of the stream is too long")));
                    }
                }
            }
        }
        Ok(chunk)
    }
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
