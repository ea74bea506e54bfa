//! One connection: requests of HTTP/1, one after the other, until one of them becomes a stream. Not what is asked.
//!
//! TLS and HTTP/2 belong to the proxy in front.

use std::{
    convert::Infallible,
    future::{Future, pending, poll_fn},
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Method, Version},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::watch,
    time::{Sleep, sleep},
};
use tower::ServiceExt;

use super::{
    live::{self, STALLED, Start},
    stream::Seat,
};

/// How long the head of a request may take, and how long a connection may wait for its next request.
const HEAD: Duration = Duration::from_secs(30);
/// Largest head of a request, and largest buffer of a connection.
const BUFFER: usize = 16 << 10;
/// Most headers of a request.
const HEADERS: usize = 64;

/// Serves a connection to its end; once `draining` says so, only what was begun.
pub(crate) async fn serve<I>(io: I, peer: SocketAddr, router: Router, draining: watch::Receiver<bool>)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    // Each part lives on the heap for as long as it runs, so that a stream does not carry the requests' memory along.
    if let Some((io, start)) = Box::pin(requests(io, peer, router, draining)).await {
        Box::pin(live::run(io, start)).await;
    }
}

/// Answers requests; ends with the socket where one of them became a stream.
async fn requests<I>(
    io: I,
    peer: SocketAddr,
    router: Router,
    mut draining: watch::Receiver<bool>,
) -> Option<(I, Start)>
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let unflushed = Arc::new(AtomicBool::new(false));
    let socket = Socket { io, unflushed: Arc::clone(&unflushed), stalled: None };
    let started: Arc<Mutex<Option<Start>>> = Arc::default();
    let becoming = Arc::clone(&started);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (router, becoming) = (router.clone(), Arc::clone(&becoming));
        async move {
            let chunked = request.version() >= Version::HTTP_11;
            let streams = request.method() == Method::GET;
            let seat = Seat::default();
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(seat.clone());
            let Ok(response) = router.oneshot(request).await;
            if let (true, Some(follow)) = (streams, seat.take()) {
                let (parts, _) = response.into_parts();
                let start = Start { headers: parts.headers, follow, chunked };
                *becoming.lock().unwrap_or_else(PoisonError::into_inner) = Some(start);
                return pending().await;
            }
            Ok::<_, Infallible>(response)
        }
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(BUFFER)
        .max_headers(HEADERS)
        .serve_connection(TokioIo::new(socket), service);
    let mut told = pin!(async move {
        let _ = draining.wait_for(|draining| *draining).await;
    });
    let mut stopping = false;
    let start = poll_fn(|context| {
        if !stopping && told.as_mut().poll(context).is_ready() {
            stopping = true;
            Pin::new(&mut connection).graceful_shutdown();
        }
        if let Poll::Ready(result) = Pin::new(&mut connection).poll(context) {
            if let Err(error) = result {
                tracing::debug!(%error, "a connection broke");
            }
            return Poll::Ready(None);
        }
        // An answer to an earlier request may still wait for the socket; it goes first.
        if unflushed.load(Ordering::Relaxed) {
            return Poll::Pending;
        }
        match started.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(start) => Poll::Ready(Some(start)),
            None => Poll::Pending,
        }
    });
    let start = start.await?;
    let parts = connection.into_parts();
    // Nothing may follow a request for a stream.
    parts.read_buf.is_empty().then(|| (parts.io.into_inner().io, start))
}

/// The socket under the HTTP library: it gives up on a peer that takes nothing, and knows whether all was taken.
struct Socket<I> {
    io: I,
    unflushed: Arc<AtomicBool>,
    stalled: Option<Pin<Box<Sleep>>>,
}

impl<I: AsyncWrite + Unpin> Socket<I> {
    /// What a write came to; an error once the peer has taken nothing for too long.
    fn watch<T>(&mut self, context: &mut Context<'_>, result: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if result.is_ready() {
            self.stalled = None;
            return result;
        }
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(STALLED)));
        ready!(stalled.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Socket<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Socket<I> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.unflushed.store(true, Ordering::Relaxed);
        let result = Pin::new(&mut self.io).poll_write(context, bytes);
        self.watch(context, result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.unflushed.store(true, Ordering::Relaxed);
        let result = Pin::new(&mut self.io).poll_write_vectored(context, slices);
        self.watch(context, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.io).poll_flush(context);
        if matches!(result, Poll::Ready(Ok(()))) {
            // The library flushes the socket only once its own buffer is empty.
            self.unflushed.store(false, Ordering::Relaxed);
        }
        self.watch(context, result)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.io).poll_shutdown(context);
        self.watch(context, result)
    }
}
