//! The live stream: one SSE client for one connection, which never reconnects by itself.
//!
//! The client library would lose the cursor, follow redirects with the token and take any page for a stream; here it
//! gets our cursor, no second attempt, and its answers are checked.

use std::time::Duration;

use board_domain::wire::{Frame, Position};
use board_domain::{Role, TenantId};
use eventsource_client::{BoxStream, Client, ClientBuilder, Error, ReconnectOptions, SSE};
use futures::StreamExt;
use launchdarkly_sdk_transport::{HeaderMap, HeaderValue, StatusCode};
use tokio::time::timeout;

use crate::SyncError;
use crate::guard::Guarded;
use crate::wire::{self, TOKEN_HEADER, Wire};

/// Longest wait for the first byte, which the server sends at once: after that something in between keeps it back.
const FIRST_BYTE: Duration = Duration::from_secs(5);

/// A block may take so many times the longest silence: bytes that never become one are no sign of life.
const BLOCK_SILENCES: u32 = 4;

/// The live log of a tenant.
pub(crate) struct Live {
    blocks: Blocks,
    first: Option<Result<Option<Block>, SyncError>>,
    epoch: uuid::Uuid,
    /// Longest time for one block.
    patience: Duration,
}

/// What came.
#[derive(Debug)]
pub(crate) enum Heard {
    /// A frame.
    Frame(Frame),
    /// A heartbeat.
    Heartbeat,
    /// The server closed the connection in order.
    End,
}

impl Live {
    /// Connects at a position, as one of this role, and waits for the first byte; `None` where that does not come. `silence` is the longest
    /// time without a byte before the connection counts as cut.
    pub(crate) async fn open(
        wire: &Wire,
        tenant: &TenantId,
        after: Position,
        role: Role,
        token: &str,
        silence: Duration,
    ) -> Result<Option<Self>, SyncError> {
        let begun = async {
            let mut blocks = Blocks::open(wire, tenant, after, role, token, silence).await?;
            let first = Some(blocks.next().await);
            Ok(Self { blocks, first, epoch: after.epoch, patience: silence * BLOCK_SILENCES })
        };
        timeout(FIRST_BYTE, begun).await.ok().transpose()
    }

    /// Waits for what comes next. After an error or the end there is nothing more to come.
    pub(crate) async fn next(&mut self) -> Result<Heard, SyncError> {
        let block = match self.first.take() {
            Some(first) => first,
            None => timeout(self.patience, self.blocks.next()).await.unwrap_or_else(|_| {
                Err(SyncError::Offline("the stream dribbles and brings nothing whole".to_owned()))
            }),
        };
        match block? {
            Some(Block::Event { id, data }) => {
                if Position::parse(&id).is_some_and(|position| position.epoch != self.epoch) {
                    return Err(SyncError::MustResnapshot("epoch".to_owned()));
                }
                wire::frame(data.as_bytes()).map(Heard::Frame)
            }
            Some(Block::Comment(_)) => Ok(Heard::Heartbeat),
            None => Ok(Heard::End),
        }
    }
}

/// One event of the stream as text, or a comment.
#[derive(Debug, PartialEq, Eq)]
enum Block {
    Event { id: String, data: String },
    Comment(String),
}

/// A connection of the stream as blocks.
struct Blocks {
    items: BoxStream<eventsource_client::Result<SSE>>,
    broken: Option<SyncError>,
}

impl Blocks {
    async fn open(
        wire: &Wire,
        tenant: &TenantId,
        after: Position,
        role: Role,
        token: &str,
        silence: Duration,
    ) -> Result<Self, SyncError> {
        let (url, bearer) = wire.stream_of(tenant, role, token);
        let id = after.to_string();
        let transport = Guarded { transport: wire.transport.clone(), silence, id: id.clone() };
        let reconnect = ReconnectOptions::reconnect(false).retry_initial(false).build();
        let client = ClientBuilder::for_url(&url)
            .and_then(|builder| builder.header(TOKEN_HEADER, &bearer))
            .map_err(|error| SyncError::Protocol(error.to_string()))?
            .last_event_id(id)
            .reconnect(reconnect)
            .redirect_limit(0)
            .build_with_transport(transport);
        let mut items = client.stream();
        match items.next().await {
            Some(Ok(SSE::Connected(details))) => {
                let response = details.response();
                let status = StatusCode::from_u16(response.status()).unwrap_or_default();
                let headers = content_type(response);
                if status == StatusCode::OK && wire::is_type(&headers, "text/event-stream") {
                    Ok(Self { items, broken: None })
                } else {
                    Err(wire::foreign(status, &headers))
                }
            }
            Some(Err(error)) => Err(failure(error).await),
            Some(Ok(_)) | None => Err(SyncError::Protocol("a stream began without a connection".to_owned())),
        }
    }

    /// The next block; `None` where the connection ended in order.
    async fn next(&mut self) -> Result<Option<Block>, SyncError> {
        loop {
            match self.items.next().await {
                Some(Ok(SSE::Event(event))) => {
                    let id = event.id.unwrap_or_default();
                    return Ok(Some(Block::Event { id, data: event.data }));
                }
                Some(Ok(SSE::Comment(words))) => return Ok(Some(Block::Comment(words))),
                Some(Ok(SSE::Connected(_))) => {}
                // The client tells of a broken line before the whole blocks that came in front of it.
                Some(Err(error @ (Error::InvalidLine(_) | Error::InvalidEvent))) => {
                    self.broken = Some(failure(error).await);
                }
                Some(Err(Error::Eof)) => return Ok(None),
                Some(Err(error)) => return Err(failure(error).await),
                None => return self.broken.take().map_or(Ok(None), Err),
            }
        }
    }
}

async fn failure(error: Error) -> SyncError {
    match error {
        Error::UnexpectedResponse(response, body) => {
            let status = StatusCode::from_u16(response.status()).unwrap_or_default();
            wire::refusal(status, &content_type(&response), body.into_stream()).await
        }
        Error::MaxRedirectLimitReached(_) | Error::MalformedLocationHeader(_) => {
            SyncError::NotOurServer("it redirects".to_owned())
        }
        Error::TimedOut => SyncError::Offline("the server has fallen silent".to_owned()),
        Error::UnexpectedEof => SyncError::Offline("the stream was cut".to_owned()),
        Error::Transport(error) => {
            let ours = error.inner().downcast_ref::<SyncError>();
            match ours {
                Some(SyncError::Protocol(words)) => SyncError::Protocol(words.clone()),
                Some(SyncError::Tls(words)) => SyncError::Tls(words.clone()),
                Some(SyncError::Offline(words)) => SyncError::Offline(words.clone()),
                _ => SyncError::Offline(error.to_string()),
            }
        }
        other => SyncError::Protocol(other.to_string()),
    }
}

/// The headers that tell what an answer is.
fn content_type(response: &eventsource_client::Response) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for name in ["content-type", "retry-after"] {
        let value = response.get_header_value(name).ok().flatten();
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
        }
    }
    headers
}

#[cfg(test)]
#[path = "stream_tests.rs"]
mod tests;
