//! The client's way to the network inside the simulation: one HTTP/1 connection for each request, as nothing is pooled
//! there. Not a fault of its own.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use board_sync::{Answer, Body, SyncError, Transport};
use bytes::Bytes;
use futures::{StreamExt, stream};
use hyper::{
    Request,
    body::{Body as HttpBody, Frame, Incoming, SizeHint},
    client::conn::http1,
};
use hyper_util::rt::TokioIo;
use turmoil::net::TcpStream;

/// Sends to the middle box.
pub(super) struct Wired;

/// A body that is here as a whole.
struct Whole(Option<Bytes>);

impl HttpBody for Whole {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(self.0.take().filter(|bytes| !bytes.is_empty()).map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

/// Ends the connection with whoever waits for its answer.
struct Connection(tokio::task::JoinHandle<()>);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn offline(error: impl std::fmt::Display) -> SyncError {
    SyncError::Offline(error.to_string())
}

impl Transport for Wired {
    fn send(&self, request: Request<Bytes>) -> Answer {
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
            parts.uri = path.parse().map_err(offline)?;
            parts.headers.insert("host", hyper::header::HeaderValue::from_static("board.example"));
            let socket = TcpStream::connect((super::MIDDLE, super::PORT)).await.map_err(offline)?;
            let (mut sender, connection) = http1::handshake(TokioIo::new(socket)).await.map_err(offline)?;
            let connection = Connection(tokio::spawn(async move {
                let _ = connection.await;
            }));
            let answer = sender.send_request(Request::from_parts(parts, Whole(Some(body)))).await;
            let answer = answer.map_err(offline)?;
            Ok(answer.map(|body| chunks(body, connection)))
        })
    }
}

fn chunks(body: Incoming, connection: Connection) -> Body {
    stream::unfold((body, connection), |(mut body, connection)| async move {
        loop {
            let frame = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await?;
            match frame.map(Frame::into_data) {
                Ok(Ok(bytes)) => return Some((Ok(bytes), (body, connection))),
                // Trailers say nothing.
                Ok(Err(_)) => (),
                Err(error) => return Some((Err(offline(error)), (body, connection))),
            }
        }
    })
    .boxed()
}
