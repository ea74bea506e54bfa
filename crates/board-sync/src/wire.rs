//! Requests to the server: time-outs, bounds on what is read, and telling our server from anything else that answers.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use board_domain::wire::{Frame, PAGE_LIMIT, Position, Problem, Refresh, TokenPair};
use board_domain::{Audience, Role, Snapshot, SnapshotPage, TenantId};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use launchdarkly_sdk_transport::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::transport::{Body, Reqwest, Transport};
use crate::{ServerUrl, SyncError};

/// Most bytes of a JSON answer.
const JSON_LIMIT: usize = 4 << 20;
/// Most bytes of a page, unpacked. The server ends a page after 8 MiB of bodies.
const PAGE_BYTES: usize = 64 << 20;
/// Most bytes of a problem document.
const PROBLEM_LIMIT: usize = 64 << 10;
/// Longest that a server may ask us to wait.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// Longest that a document may take, and anything else that is not the stream.
const DOCUMENT_TIME: Duration = Duration::from_secs(20);
const REQUEST_TIME: Duration = Duration::from_mins(1);

const NDJSON: &str = "application/x-ndjson";

/// The part of a log that a page is asked from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'a> {
    /// Position to go on after.
    pub(crate) after: Position,
    /// The role that the greeting told: what is shown under another one does not fit the copy.
    pub(crate) role: Role,
    /// Last position wanted.
    pub(crate) until: Option<u64>,
    /// Whose events alone are wanted.
    pub(crate) audience: Option<&'a Audience>,
    /// Seconds for which an empty page may be held back.
    pub(crate) wait: Option<u64>,
}

impl Part<'_> {
    fn query(&self) -> String {
        // None of the values has a character that a query would have to escape.
        let mut query = format!("after={}&limit={PAGE_LIMIT}&role={}", self.after, self.role.code());
        for (name, value) in [
            ("until", self.until.map(|until| until.to_string())),
            ("audience", self.audience.map(ToString::to_string)),
            ("wait", self.wait.map(|wait| wait.to_string())),
        ] {
            if let Some(value) = value {
                query = format!("{query}&{name}={value}");
            }
        }
        query
    }
}

/// Everything asked of one server.
#[derive(Clone)]
pub(crate) struct Wire {
    server: ServerUrl,
    pub(crate) transport: Arc<dyn Transport>,
    /// Held from loading a refresh token until the next one is stored: a token used twice ends the session.
    pub(crate) exchanging: Arc<Mutex<()>>,
}

impl Wire {
    pub(crate) fn new(server: &ServerUrl) -> Result<Self, SyncError> {
        // One for the process, whose tenants share the token.
        static EXCHANGE: LazyLock<Arc<Mutex<()>>> = LazyLock::new(Arc::default);
        Ok(Self::over(server, Arc::new(Reqwest::new(server)?), EXCHANGE.clone()))
    }

    pub(crate) fn over(
        server: &ServerUrl,
        transport: Arc<dyn Transport>,
        exchanging: Arc<Mutex<()>>,
    ) -> Self {
        Self { server: server.clone(), transport, exchanging }
    }

    /// `GET` of a JSON document.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str, token: &str) -> Result<T, SyncError> {
        let request = self.request("GET", path, "application/json", Some(token), None)?;
        json(&self.ours(request, DOCUMENT_TIME, JSON_LIMIT).await?)
    }

    /// Exchanges a refresh token. Given up soon: the server gives an answer that was lost again, for a while.
    pub(crate) async fn exchange(&self, refresh: &Refresh) -> Result<TokenPair, SyncError> {
        self.posted("/auth/refresh", None, refresh, DOCUMENT_TIME).await
    }

    /// `POST` of a JSON document, answered by another.
    pub(crate) async fn post<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        token: Option<&str>,
        body: &B,
    ) -> Result<T, SyncError> {
        self.posted(path, token, body, REQUEST_TIME).await
    }

    async fn posted<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        token: Option<&str>,
        body: &B,
        time: Duration,
    ) -> Result<T, SyncError> {
        let body = serde_json::to_vec(body).map_err(|error| SyncError::Protocol(error.to_string()))?;
        let request = self.request("POST", path, "application/json", token, Some(body))?;
        json(&self.ours(request, time, JSON_LIMIT).await?)
    }

    /// A page of the log; ends with [`Frame::CaughtUp`], which nothing in it goes beyond.
    pub(crate) async fn page(
        &self,
        tenant: &TenantId,
        part: &Part<'_>,
        token: &str,
    ) -> Result<Vec<Frame>, SyncError> {
        let path = format!("/tenants/{tenant}/log?{}", part.query());
        let request = self.request("GET", &path, NDJSON, Some(token), None)?;
        let body = self.ours(request, REQUEST_TIME, PAGE_BYTES).await?;
        let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let frames = lines.map(frame).collect::<Result<Vec<_>, _>>()?;
        let Some((Frame::CaughtUp { head, .. }, before)) = frames.split_last() else {
            return Err(SyncError::Protocol("a page ended early".to_owned()));
        };
        let beyond = |frame: &Frame| match frame {
            Frame::Event(event) => event.seq > *head,
            Frame::Hidden { to, .. } => to > head,
            Frame::CaughtUp { .. } | Frame::Bye { .. } => true,
        };
        if before.iter().any(beyond) {
            return Err(SyncError::Protocol("a page goes beyond the head that it tells".to_owned()));
        }
        Ok(frames)
    }

    /// What the newest snapshot consists of; `None` where there is none.
    pub(crate) async fn snapshot(
        &self,
        tenant: &TenantId,
        role: Role,
        token: &str,
    ) -> Result<Option<Snapshot>, SyncError> {
        let path = format!("/tenants/{tenant}/snapshot?role={}", role.code());
        found(self.get(&path, token).await)
    }

    /// The text of a snapshot's page; `None` where it is gone.
    pub(crate) async fn snapshot_page(
        &self,
        tenant: &TenantId,
        page: &SnapshotPage,
        token: &str,
    ) -> Result<Option<Vec<u8>>, SyncError> {
        let path = format!("/tenants/{tenant}/snapshot/{}", page.sha256);
        let request = self.request("GET", &path, NDJSON, Some(token), None)?;
        let limit = usize::try_from(page.bytes).unwrap_or(PAGE_BYTES).min(PAGE_BYTES);
        found(self.ours(request, REQUEST_TIME, limit).await)
    }

    /// Address and `Authorization` of the stream.
    pub(crate) fn stream_of(&self, tenant: &TenantId, role: Role, token: &str) -> (String, String) {
        let path = format!("/tenants/{tenant}/log?role={}", role.code());
        (self.server.at(&path), format!("Bearer {token}"))
    }

    fn request(
        &self,
        method: &str,
        path: &str,
        accept: &'static str,
        token: Option<&str>,
        body: Option<Vec<u8>>,
    ) -> Result<Request<Bytes>, SyncError> {
        let mut request = Request::builder().method(method).uri(self.server.at(path)).header(ACCEPT, accept);
        if let Some(token) = token {
            let bearer = HeaderValue::try_from(format!("Bearer {token}"));
            let mut bearer = bearer.map_err(|error| SyncError::Protocol(error.to_string()))?;
            bearer.set_sensitive(true);
            request = request.header(AUTHORIZATION, bearer);
        }
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let body = body.unwrap_or_default().into();
        request.body(body).map_err(|error| SyncError::Protocol(error.to_string()))
    }

    /// The body of a good answer of our server, of the type asked for, whole within a time.
    async fn ours(
        &self,
        request: Request<Bytes>,
        time: Duration,
        limit: usize,
    ) -> Result<Vec<u8>, SyncError> {
        let accept = request.headers().get(ACCEPT).and_then(|kind| kind.to_str().ok());
        let expected = accept.unwrap_or_default().to_owned();
        let answered = async {
            let answer = self.transport.send(request).await?;
            body(answer, &expected, limit).await
        };
        match timeout(time, answered).await {
            Ok(body) => body,
            Err(_) => Err(SyncError::Offline("the server takes too long to answer".to_owned())),
        }
    }
}

/// An answer, or that there is no such thing.
fn found<T>(answer: Result<T, SyncError>) -> Result<Option<T>, SyncError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(SyncError::Refused { code, .. })
            if matches!(code.as_str(), "snapshot.not_found" | "request.not_found") =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Reads a line of a page or a block of the stream.
pub(crate) fn frame(line: &[u8]) -> Result<Frame, SyncError> {
    serde_json::from_slice(line).map_err(|error| SyncError::Protocol(error.to_string()))
}

fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, SyncError> {
    serde_json::from_slice(body).map_err(|error| SyncError::Protocol(error.to_string()))
}

async fn body(answer: Response<Body>, expected: &str, limit: usize) -> Result<Vec<u8>, SyncError> {
    let (head, chunks) = answer.into_parts();
    if head.status != StatusCode::OK {
        return Err(refusal(head.status, &head.headers, chunks).await);
    }
    if !is_type(&head.headers, expected) {
        return Err(foreign(head.status, &head.headers));
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
    body: impl Stream<Item = Result<Bytes, E>>,
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
        (409, "log.must_greet") => SyncError::MustGreet,
        (426, _) => SyncError::UpgradeNeeded,
        (429 | 503, _) => SyncError::Busy { after: after() },
        (500..=599, _) => SyncError::Offline(format!("the server failed: {message}")),
        _ => SyncError::Refused { code: problem.code, message, detail: problem.detail },
    }
}

/// A body of at most `limit` bytes; `None` where it is longer.
async fn bounded<E>(
    chunks: impl Stream<Item = Result<Bytes, E>>,
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

/// The header that carries the token.
pub(crate) const TOKEN_HEADER: &str = "authorization";
