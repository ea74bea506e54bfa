//! Requests to the server: time-outs, bounds on what is read, and telling our server from anything else that answers.

use std::sync::Once;
use std::time::Duration;

use board_domain::TenantId;
use board_domain::wire::{Frame, PAGE_LIMIT, Position, Problem};
use futures::{Stream, StreamExt};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, StatusCode, redirect};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{ServerUrl, SyncError};

/// Most bytes of a JSON answer.
const JSON_LIMIT: usize = 4 << 20;
/// Most bytes of a page, unpacked. The server ends a page after 8 MiB of bodies.
const PAGE_BYTES: usize = 64 << 20;
/// Most bytes of a problem document.
const PROBLEM_LIMIT: usize = 64 << 10;
/// Longest that a server may ask us to wait.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// Everything asked of one server over one pool of connections.
#[derive(Clone)]
pub(crate) struct Wire {
    server: ServerUrl,
    client: Client,
    /// For the stream, which is never compressed and lasts.
    pub(crate) streaming: Client,
}

impl Wire {
    pub(crate) fn new(server: &ServerUrl) -> Result<Self, SyncError> {
        install_crypto();
        let build = || {
            let builder = Client::builder()
                .user_agent(concat!("boardroom/", env!("CARGO_PKG_VERSION")))
                .redirect(redirect::Policy::none())
                .connect_timeout(Duration::from_secs(10))
                .https_only(!server.is_loopback());
            if server.is_loopback() { builder.no_proxy() } else { builder }
        };
        let client = build().timeout(Duration::from_mins(1)).build()?;
        let streaming = build().no_zstd().pool_max_idle_per_host(0).build()?;
        Ok(Self { server: server.clone(), client, streaming })
    }

    /// `GET` of a JSON document.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str, token: &str) -> Result<T, SyncError> {
        let request = self.client.get(self.server.at(path)).bearer_auth(token);
        json(request.timeout(Duration::from_secs(20))).await
    }

    /// `POST` of a JSON document, answered by another.
    pub(crate) async fn post<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        token: Option<&str>,
        body: &B,
    ) -> Result<T, SyncError> {
        let request = self.client.post(self.server.at(path)).json(body);
        json(if let Some(token) = token { request.bearer_auth(token) } else { request }).await
    }

    /// A page of the log after a position; ends with [`Frame::CaughtUp`].
    pub(crate) async fn page(
        &self,
        tenant: &TenantId,
        after: Position,
        token: &str,
    ) -> Result<Vec<Frame>, SyncError> {
        let path = format!("/tenants/{tenant}/log?after={after}&limit={PAGE_LIMIT}");
        let request = self.client.get(self.server.at(&path)).bearer_auth(token);
        let response = request.header(ACCEPT, "application/x-ndjson").send().await?;
        let body = ours(response, "application/x-ndjson", PAGE_BYTES).await?;
        let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let frames = lines.map(frame).collect::<Result<Vec<_>, _>>()?;
        match frames.last() {
            Some(Frame::CaughtUp { .. }) => Ok(frames),
            _ => Err(SyncError::Protocol("a page ended early".to_owned())),
        }
    }

    /// Address and `Authorization` of the stream.
    pub(crate) fn stream_of(&self, tenant: &TenantId, token: &str) -> (String, String) {
        (self.server.at(&format!("/tenants/{tenant}/log")), format!("Bearer {token}"))
    }
}

/// Reads a line of a page or a block of the stream.
pub(crate) fn frame(line: &[u8]) -> Result<Frame, SyncError> {
    serde_json::from_slice(line).map_err(|error| SyncError::Protocol(error.to_string()))
}

async fn json<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, SyncError> {
    let response = request.header(ACCEPT, "application/json").send().await?;
    let body = ours(response, "application/json", JSON_LIMIT).await?;
    serde_json::from_slice(&body).map_err(|error| SyncError::Protocol(error.to_string()))
}

/// The body of a good answer of our server.
async fn ours(response: reqwest::Response, expected: &str, limit: usize) -> Result<Vec<u8>, SyncError> {
    let (status, headers) = (response.status(), response.headers().clone());
    let chunks = response.bytes_stream().map(|chunk| chunk.map_err(SyncError::from));
    if status != StatusCode::OK {
        return Err(refusal(status, &headers, chunks).await);
    }
    if !is_type(&headers, expected) {
        return Err(foreign(status, &headers));
    }
    bounded(chunks, limit).await?.ok_or_else(|| SyncError::Protocol(format!("more than {limit} bytes")))
}

/// Whether an answer has this media type, whatever its parameters.
pub(crate) fn is_type(headers: &HeaderMap, expected: &str) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(expected))
}

/// Something answered that does not speak our protocol.
pub(crate) fn foreign(status: StatusCode, headers: &HeaderMap) -> SyncError {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("no type");
    let kind: String = kind.chars().take(60).collect();
    SyncError::NotOurServer(format!("it answered {} with {kind}", status.as_u16()))
}

/// What an answer other than 200 means.
pub(crate) async fn refusal<E>(
    status: StatusCode,
    headers: &HeaderMap,
    body: impl Stream<Item = Result<bytes::Bytes, E>>,
) -> SyncError {
    let problem = if is_type(headers, "application/problem+json") {
        let body = bounded(body, PROBLEM_LIMIT).await.ok().flatten();
        body.and_then(|body| serde_json::from_slice::<Problem>(&body).ok())
    } else {
        None
    };
    let after = || {
        let value = headers.get(RETRY_AFTER)?.to_str().ok()?;
        Some(Duration::from_secs(value.trim().parse().ok()?).min(LONGEST_WAIT))
    };
    let Some(problem) = problem else {
        // Only our server can end a session or refuse for good; a gateway in between can merely be in the way.
        return match status.as_u16() {
            429 | 503 => SyncError::Busy { after: after() },
            500..=599 => SyncError::Offline(format!("a gateway answered {}", status.as_u16())),
            _ => foreign(status, headers),
        };
    };
    let message = if problem.detail.is_empty() { problem.title } else { problem.detail.clone() };
    match (status.as_u16(), problem.code.as_str()) {
        (401, _) => SyncError::Unauthorised { code: problem.code, message },
        (409, "log.must_resnapshot") => SyncError::MustResnapshot(problem.detail),
        (426, _) => SyncError::UpgradeNeeded,
        (429 | 503, _) => SyncError::Busy { after: after() },
        (500..=599, _) => SyncError::Offline(format!("the server failed: {message}")),
        _ => SyncError::Refused { code: problem.code, message, detail: problem.detail },
    }
}

/// A body of at most `limit` bytes; `None` where it is longer.
async fn bounded<E>(
    chunks: impl Stream<Item = Result<bytes::Bytes, E>>,
    limit: usize,
) -> Result<Option<Vec<u8>>, E> {
    let mut chunks = std::pin::pin!(chunks);
    let mut body = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk?;
        if body.len() + chunk.len() > limit {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// Installs the process's cryptography once; another part of the process may have installed one already.
fn install_crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// The header that carries the token.
pub(crate) const TOKEN_HEADER: &str = "authorization";
