//! What the interface's description says of the wire's types. A test compares each with what serde writes.

#![allow(dead_code)]

use utoipa::{
    Modify, ToSchema,
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
};
use uuid::Uuid;

/// Adds the bearer scheme.
pub(crate) struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        openapi.components.get_or_insert_with(Default::default).add_security_scheme("bearer", scheme);
    }
}

/// An RFC 9457 problem document.
#[derive(ToSchema)]
pub(crate) struct Problem {
    #[schema(rename = "type")]
    r#type: String,
    title: String,
    status: u16,
    /// Stable code, for example `log.must_resnapshot`.
    code: String,
    detail: Option<String>,
}

/// A sign-in.
#[derive(ToSchema)]
pub(crate) struct SignIn {
    email: String,
    password: String,
    /// Name of the device, for the device list.
    device: String,
}

/// A refresh.
#[derive(ToSchema)]
pub(crate) struct Refresh {
    refresh_token: String,
}

/// Answer to a sign-in or a refresh.
#[derive(ToSchema)]
pub(crate) struct TokenPair {
    access_token: String,
    /// Seconds.
    expires_in: u64,
    /// Good for one refresh; using it again ends the session, once a token of the answer was used.
    refresh_token: String,
    person: String,
    name: String,
}

/// A role.
#[derive(ToSchema)]
#[schema(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Role {
    Viewer,
    Director,
    Manager,
    Admin,
    SuperAdmin,
    Partner,
}

/// A tenant the person may enter.
#[derive(ToSchema)]
pub(crate) struct TenantEntry {
    id: String,
    name: String,
    role: Role,
}

/// Where a log stands.
#[derive(ToSchema)]
pub(crate) struct Hello {
    epoch: Uuid,
    head: u64,
    floor: u64,
    role: Role,
    /// The audiences that admit the person, for example `board` or `person:kari`.
    audiences: Vec<String>,
    /// Seconds between heartbeats.
    heartbeat: u64,
}

/// The command an event answers.
#[derive(ToSchema)]
pub(crate) struct Origin {
    client: Uuid,
    cmd_seq: u64,
}

/// What a snapshot consists of, as the caller may see it.
#[derive(ToSchema)]
pub(crate) struct Snapshot {
    tenant: String,
    epoch: Uuid,
    /// The rows stand as after the event at this position.
    seq: u64,
    chains: Vec<ChainEnd>,
    pages: Vec<SnapshotPage>,
}

/// Where an audience's chain stands.
#[derive(ToSchema)]
pub(crate) struct ChainEnd {
    audience: String,
    audience_seq: u64,
    hash: String,
}

/// A page, fetched by what its text hashes to.
#[derive(ToSchema)]
pub(crate) struct SnapshotPage {
    sha256: String,
    audience: String,
    /// Bytes of its text.
    bytes: u64,
    rows: u32,
}

/// A row, one line of a page.
#[derive(ToSchema)]
pub(crate) struct SnapshotRow {
    key: String,
    /// Position of the event that made it so.
    since: u64,
    /// RFC 3339, UTC, milliseconds.
    at: String,
    /// Tagged by `row`, for example `{"row": "person", "is": {…}}`.
    #[schema(value_type = Object)]
    row: serde_json::Value,
}

/// An entry of the log.
#[derive(ToSchema)]
pub(crate) struct Event {
    tenant: String,
    seq: u64,
    id: Uuid,
    /// RFC 3339, UTC, milliseconds.
    at: String,
    /// `person:{id}` or `service:{name}`.
    actor: String,
    origin: Option<Origin>,
    /// `board`, `evidence`, `management`, `governance` or `person:{id}`.
    audience: String,
    audience_seq: u64,
    /// 64 hexadecimal digits.
    prev_hash: String,
    /// SHA-256 over `prev_hash`, the envelope and the body's exact text.
    hash: String,
    /// For example `figure.measured`.
    kind: String,
    #[schema(value_type = Object)]
    body: serde_json::Value,
}

/// One line of a page and one `data:` of the stream.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum Frame {
    Event(Box<Event>),
    /// Positions of audiences that do not admit the reader.
    Hidden {
        from: u64,
        to: u64,
    },
    CaughtUp {
        head: u64,
        more: bool,
    },
    /// `rotate`, `expired`, `draining`, `behind` or `slow`.
    Bye {
        reason: String,
    },
}

/// A command with what makes it safe to send twice.
#[derive(ToSchema)]
pub(crate) struct Envelope {
    client: Uuid,
    /// From 1, without holes.
    cmd_seq: u64,
    key: Uuid,
    /// Tagged by `command`, for example `{"command": "set_watermark", "watermark": {…}}`.
    #[schema(value_type = Object)]
    command: serde_json::Value,
}

/// What became of a command.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[serde(tag = "outcome")]
pub(crate) enum CommandOutcome {
    Done { cmd_seq: u64, seq: u64 },
    Refused { cmd_seq: u64, code: String, message: String },
}

/// A line that was not simply accepted.
#[derive(ToSchema)]
pub(crate) struct IngestLine {
    line: u32,
    /// `duplicate` or `refused`.
    verdict: String,
    code: String,
    reason: String,
}

/// Report of an ingest.
#[derive(ToSchema)]
pub(crate) struct IngestReport {
    source: String,
    sha256: String,
    accepted: u32,
    duplicate: u32,
    refused: u32,
    /// At most 1,000.
    lines: Vec<IngestLine>,
    figures: u32,
    head: u64,
}

/// The signing keys of a tenant.
#[derive(ToSchema)]
pub(crate) struct PublishedKeys {
    tenant: String,
    /// Every key there ever was, oldest first.
    keys: Vec<TenantKey>,
}

/// A signing key of a tenant.
#[derive(ToSchema)]
pub(crate) struct TenantKey {
    /// Ed25519 public key, 64 hexadecimal digits.
    public: String,
    /// When it came into use.
    since: String,
    /// When the next key took its place; what it signed before stays good.
    retired: Option<String>,
    /// When it was found to be in the wrong hands; nothing it signed is good.
    revoked: Option<String>,
    reason: String,
}
