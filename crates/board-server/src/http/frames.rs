//! Events into frames for one reader: those of the reader's audiences whole, the others as runs of hidden ones.

use std::sync::Arc;

use board_domain::{
    Audience, Event, PersonId, Role,
    wire::{Frame, Position},
};
use uuid::Uuid;

use crate::channel::{Block, Encoded};

/// Which audiences admit one person, decided once.
pub(super) struct Reader {
    pub(super) person: PersonId,
    pub(super) role: Role,
    /// In the order of [`Audience::SHARED`].
    shared: [bool; 4],
}

impl Reader {
    pub(super) fn new(person: PersonId, role: Role) -> Self {
        let shared = Audience::SHARED.map(|audience| audience.admits(&person, role));
        Self { person, role, shared }
    }

    pub(super) fn admits(&self, audience: &Audience) -> bool {
        match audience {
            Audience::Board => self.shared[0],
            Audience::Evidence => self.shared[1],
            Audience::Management => self.shared[2],
            Audience::Governance => self.shared[3],
            Audience::Person(person) => *person == self.person,
        }
    }
}

/// The stream's blocks of a run of events.
pub(super) fn blocks(
    reader: &Reader,
    epoch: Uuid,
    events: &[Arc<Encoded>],
) -> Result<Vec<Block>, serde_json::Error> {
    let mut blocks = Vec::with_capacity(events.len());
    for run in events.chunk_by(|one, next| !reader.admits(&one.audience) && !reader.admits(&next.audience)) {
        blocks.push(match run {
            [event] if reader.admits(&event.audience) => event.block.clone(),
            [event] => event.hidden()?,
            [first, .., last] => {
                let (from, to) = (first.seq, last.seq);
                Block::new(Position { epoch, seq: to }, &Frame::Hidden { from, to })?
            }
            [] => continue,
        });
    }
    Ok(blocks)
}

/// The lines of a page of events.
pub(super) fn lines(reader: &Reader, events: Vec<Event>) -> Result<Vec<u8>, serde_json::Error> {
    let mut lines = Vec::new();
    let mut hidden: Option<(u64, u64)> = None;
    for event in events {
        if reader.admits(&event.audience) {
            hide(&mut lines, hidden.take())?;
            line(&mut lines, &Frame::Event(Box::new(event)))?;
        } else {
            hidden = Some((hidden.map_or(event.seq, |(from, _)| from), event.seq));
        }
    }
    hide(&mut lines, hidden)?;
    Ok(lines)
}

fn hide(lines: &mut Vec<u8>, run: Option<(u64, u64)>) -> Result<(), serde_json::Error> {
    run.map_or(Ok(()), |(from, to)| line(lines, &Frame::Hidden { from, to }))
}

/// Adds one frame as a line.
pub(super) fn line(lines: &mut Vec<u8>, frame: &Frame) -> Result<(), serde_json::Error> {
    serde_json::to_writer(&mut *lines, frame)?;
    lines.push(b'\n');
    Ok(())
}
