//! Events into frames for one reader: those of the reader's audiences whole, the others as runs of hidden ones.

use std::sync::Arc;

use board_domain::{PersonId, Role, wire::Frame};
use bytes::Bytes;

use crate::channel::Encoded;

/// A frame's JSON and the position a reader has reached with it.
pub(super) struct Line {
    /// Position reached.
    pub(super) seq: u64,
    /// One line of JSON.
    pub(super) json: Bytes,
}

/// The lines of a run of events.
pub(super) fn lines(
    events: &[Arc<Encoded>],
    person: &PersonId,
    role: Role,
) -> Result<Vec<Line>, serde_json::Error> {
    let mut lines = Vec::with_capacity(events.len());
    let mut hidden: Option<(u64, u64)> = None;
    for event in events {
        if event.audience.admits(person, role) {
            if let Some(run) = hidden.take() {
                lines.push(hide(run)?);
            }
            lines.push(Line { seq: event.seq, json: event.json.clone() });
        } else {
            hidden = Some((hidden.map_or(event.seq, |(from, _)| from), event.seq));
        }
    }
    if let Some(run) = hidden {
        lines.push(hide(run)?);
    }
    Ok(lines)
}

/// A frame that is made for one reader.
pub(super) fn line(seq: u64, frame: &Frame) -> Result<Line, serde_json::Error> {
    Ok(Line { seq, json: serde_json::to_vec(frame)?.into() })
}

fn hide((from, to): (u64, u64)) -> Result<Line, serde_json::Error> {
    line(to, &Frame::Hidden { from, to })
}
