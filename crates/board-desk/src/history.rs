//! The course of a log: how much happened when, and moments with a name. Not what a screen showed then: every read can be
//! asked as of a position.

use std::time::Duration;

use board_domain::{Grain, Row, Table};
use board_vault::{Reader, VaultError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    desk::{Desk, Reading, lock},
    fault::Fault,
    lens::Lens,
    words,
};

/// Parts of the time line.
const PARTS: u32 = 80;
/// Most moments with a name, the newest.
const MOMENTS: usize = 40;

/// The time line of the open company, as far back as this device can show it.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HistoryView {
    /// The earliest moment that can be shown.
    pub first: MomentView,
    /// The newest one.
    pub last: MomentView,
    /// Events in each of equally long parts of the time between them.
    #[ts(type = "number[]")]
    pub density: Vec<u64>,
    /// Moments with a name, oldest first.
    pub moments: Vec<MomentView>,
}

/// A position of the log and when it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MomentView {
    /// The position.
    #[ts(type = "number")]
    pub seq: u64,
    /// When its event was appended, RFC 3339 UTC.
    pub at: String,
    /// What happened or ended then; empty where it has no name.
    pub name: String,
}

impl Desk {
    /// The time line.
    pub fn history(&self) -> Result<HistoryView, Fault> {
        let reading = self.reading()?;
        let reader = lock(&reading.reader);
        let line = Line::read(&reader, &reading)?;
        let (from, to) = (line.time(line.first)?, line.time(reading.seq)?);
        let mut density = Vec::with_capacity(PARTS as usize);
        let mut before = line.first.saturating_sub(1);
        for part in 1..=PARTS {
            let until = if part == PARTS { reading.seq } else { line.position(between(from, to, part))? };
            density.push(until.saturating_sub(before));
            before = before.max(until);
        }
        let moment = |seq: u64, at: Timestamp| MomentView { seq, at: at.to_string(), name: String::new() };
        Ok(HistoryView {
            first: moment(line.first, from),
            last: moment(reading.seq, to),
            density,
            moments: moments(&reader, &reading, &line, from, to)?,
        })
    }

    /// The moment at a position, or the last one not after a time.
    pub fn moment(&self, seq: Option<u64>, at: Option<Timestamp>) -> Result<MomentView, Fault> {
        let reading = self.reading()?;
        let reader = lock(&reading.reader);
        let line = Line::read(&reader, &reading)?;
        let wanted = match (seq, at) {
            (Some(seq), _) => seq,
            (None, Some(at)) => line.position(at)?,
            (None, None) => reading.seq,
        };
        let seq = wanted.clamp(line.first, reading.seq);
        Ok(MomentView { seq, at: line.time(seq)?.to_string(), name: String::new() })
    }
}

struct Line<'a> {
    reader: &'a Reader,
    reading: &'a Reading,
    first: u64,
}

impl<'a> Line<'a> {
    fn read(reader: &'a Reader, reading: &'a Reading) -> Result<Self, Fault> {
        let start = reader.tenant(&reading.tenant)?.start;
        Ok(Self { reader, reading, first: start.max(1).min(reading.seq) })
    }

    /// The newest position not after a time, within the line.
    fn position(&self, at: Timestamp) -> Result<u64, Fault> {
        match self.reader.position_at(&self.reading.tenant, at) {
            Ok(seq) => Ok(seq.clamp(self.first, self.reading.seq)),
            Err(VaultError::NotHere { .. }) => Ok(self.first),
            Err(error) => Err(error.into()),
        }
    }

    /// When the newest event up to a position was appended; the next one's time where it is hidden from the reader.
    fn time(&self, seq: u64) -> Result<Timestamp, Fault> {
        Ok(self.reader.time_at(&self.reading.tenant, seq)?.unwrap_or_default())
    }
}

/// The end of a part of the time between two moments.
fn between(from: Timestamp, to: Timestamp, part: u32) -> Timestamp {
    let span = Duration::try_from(to.duration_since(from)).unwrap_or_default();
    from.checked_add(span * part / PARTS).unwrap_or(to)
}

/// Approved reports, exports, and the quarters that ended within the line.
fn moments(
    reader: &Reader,
    reading: &Reading,
    line: &Line<'_>,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<MomentView>, Fault> {
    let lens = Lens::new(reader, &reading.tenant, Some(reading.seq), reading.locale)?;
    let mut found = Vec::new();
    let mut add = |seq: u64, at: Timestamp, name: String| {
        if seq >= line.first {
            found.push(MomentView { seq, at: at.to_string(), name });
        }
    };
    for table in [Table::Published, Table::Export] {
        for (_, row) in reader.rows(&reading.tenant, table, Some(reading.seq))? {
            let name = match &row.row {
                Row::Published(report) => {
                    format!("{}: {}", report.status.words().get(lens.locale), report.title)
                }
                Row::Export(export) => {
                    format!("{}: {}", words::exported(lens.locale), export.format.to_uppercase())
                }
                _ => continue,
            };
            add(row.since_seq, row.at, name);
        }
    }
    let zone = lens.zone();
    for period in lens.periods()?.into_iter().filter(|period| period.grain() == Grain::Quarter) {
        let end = period.end(&zone);
        if (from..to).contains(&end) {
            add(
                line.position(end)?,
                end,
                format!("{} {}", words::end_of(lens.locale), lens.locale.period(period)),
            );
        }
    }
    found.sort_by(|a, b| a.seq.cmp(&b.seq).then_with(|| a.name.cmp(&b.name)));
    found.dedup();
    let surplus = found.len().saturating_sub(MOMENTS);
    Ok(found.split_off(surplus))
}
