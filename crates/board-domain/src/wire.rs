//! The words that server and client exchange beside events and commands. Not HTTP itself.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Audience, Event, Hash, Role, TenantId};

/// Seconds between heartbeat comments on the stream.
pub const HEARTBEAT_SECONDS: u64 = 15;
/// Most events in one page.
pub const PAGE_LIMIT: u32 = 1_000;
/// Further behind than this, the stream sends the client to pages.
pub const STREAM_BACKLOG: u64 = 5_000;

/// An RFC 9457 problem document with our stable code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// `https://boardroom.example/problems/{code}`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short, the same for every occurrence.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Stable code, for example `log.must_resnapshot`.
    pub code: String,
    /// What happened this time; never a secret.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// Answer to a sign-in or a refresh.
#[derive(Clone, Serialize, Deserialize)]
pub struct TokenPair {
    /// Bearer token of the next minutes.
    pub access_token: String,
    /// Seconds until it ends.
    pub expires_in: u64,
    /// Good for one refresh; using it again ends the session, once a token of the answer was used.
    pub refresh_token: String,
    /// The person.
    pub person: crate::PersonId,
    /// Their name.
    pub name: String,
}

impl std::fmt::Debug for TokenPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenPair").field("person", &self.person).finish_non_exhaustive()
    }
}

/// A sign-in.
#[derive(Serialize, Deserialize)]
pub struct SignIn {
    /// E-mail of the account, any letter case.
    pub email: String,
    /// Password.
    pub password: String,
    /// Name of the device, for the device list.
    pub device: String,
}

/// A refresh.
#[derive(Serialize, Deserialize)]
pub struct Refresh {
    /// The token to exchange.
    pub refresh_token: String,
}

/// A tenant the person may enter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantEntry {
    /// Id.
    pub id: TenantId,
    /// Company name.
    pub name: String,
    /// The person's role there.
    pub role: Role,
}

/// Where a tenant's log stands, as seen by one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Epoch of the log.
    pub epoch: Uuid,
    /// Highest position.
    pub head: u64,
    /// Positions at or below it are no longer kept.
    pub floor: u64,
    /// The person's role, which decides the audiences.
    pub role: Role,
    /// The audiences that admit the person. One gained is backfilled, one lost is purged.
    pub audiences: Vec<Audience>,
    /// Seconds between heartbeats.
    pub heartbeat: u64,
}

/// A position in a log, written `epoch.seq`; the SSE id and the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Position {
    /// Epoch of the log.
    pub epoch: Uuid,
    /// Sequence number; 0 before the first event.
    pub seq: u64,
}

impl Position {
    /// Parses `epoch.seq`.
    pub fn parse(text: &str) -> Option<Self> {
        let (epoch, seq) = text.split_once('.')?;
        Some(Self { epoch: Uuid::parse_str(epoch).ok()?, seq: seq.parse().ok()? })
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.epoch, self.seq)
    }
}

/// One line of a page (NDJSON) and one `data:` of the stream.
///
/// A reader sees every position: its own events whole, the others as runs of hidden ones.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frame {
    /// An event of an audience that admits the reader.
    Event(Box<Event>),
    /// Positions `from..=to` belong to audiences that do not admit the reader.
    Hidden {
        /// First hidden position.
        from: u64,
        /// Last hidden position.
        to: u64,
    },
    /// The reader has everything up to `head`. Ends every page, and the catch-up part of the stream.
    CaughtUp {
        /// Head when it was written.
        head: u64,
        /// Whether more pages follow.
        more: bool,
    },
    /// The stream ends on purpose; connect again.
    Bye {
        /// `rotate`, `expired`, `draining` or `behind` (fetch pages first).
        reason: String,
    },
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum CommandOutcome {
    /// It happened, or had happened already.
    Done {
        /// Its number.
        cmd_seq: u64,
        /// Last position its facts took.
        seq: u64,
    },
    /// It was refused for good; a `command.refused` event says so in the log.
    Refused {
        /// Its number.
        cmd_seq: u64,
        /// Stable code.
        code: String,
        /// In words.
        message: String,
    },
}

/// Report of an ingest, line by line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngestReport {
    /// Kind of rows.
    pub source: String,
    /// SHA-256 of the bytes received.
    pub sha256: Hash,
    /// Rows taken.
    pub accepted: u32,
    /// Rows already known, with the same content.
    pub duplicate: u32,
    /// Rows refused.
    pub refused: u32,
    /// One entry for each row that was not simply accepted, at most 1,000.
    pub lines: Vec<IngestLine>,
    /// Figures measured anew because of it.
    pub figures: u32,
    /// Head of the log after it.
    pub head: u64,
}

/// A line of an ingest that was not simply accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngestLine {
    /// Line in the file, from 1, the header counted.
    pub line: u32,
    /// `duplicate` or `refused`.
    pub verdict: String,
    /// Stable code, for example `ingest.date_in_future`.
    pub code: String,
    /// Why, naming the column, never the value of a personal field.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_read_back_and_nothing_else_does() {
        let text = "018f2b6e-0000-7000-8000-000000000001.42";
        assert_eq!(Position::parse(text).unwrap().to_string(), text);
        for text in ["", "42", "x.42", "018f2b6e-0000-7000-8000-000000000001.-1"] {
            assert_eq!(Position::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_frame_keeps_the_exact_text_of_a_body() {
        let body = r#"{"b":1.10,"a":"ø  \u0041"}"#;
        let line = format!(
            r#"{{"event":{{"tenant":"t","seq":1,"id":"018f2b6e-0000-7000-8000-000000000001","at":"2026-11-23T09:00:00Z","actor":"service:ingest","audience":"person:kari","audience_seq":1,"prev_hash":"{0}","hash":"{0}","kind":"from.the.future","body":{body}}}}}"#,
            Hash::ZERO
        );
        let Frame::Event(event) = serde_json::from_str(&line).unwrap() else { panic!("not an event") };
        assert_eq!(event.body.get(), body);
        assert!(event.fact().unwrap().is_none());
        assert_eq!(serde_json::to_string(&Frame::Event(event)).unwrap(), line);
    }
}
