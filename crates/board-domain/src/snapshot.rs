//! The words of a snapshot: the rows of a log at one position, in pages that are named by their content. Not how they
//! are kept or fetched.
//!
//! Law: fold(snapshot at S, events after S) = fold(all events). It holds for every reader, because every key of a table
//! belongs to one audience.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Audience, Hash, Row, TenantId};

/// Largest page, in bytes of its text.
pub const SNAPSHOT_PAGE_BYTES: usize = 256 << 10;

/// What a snapshot consists of, as one reader may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Whose log.
    pub tenant: TenantId,
    /// Epoch of the log.
    pub epoch: Uuid,
    /// Position: the rows stand as after this event.
    pub seq: u64,
    /// Where each audience's chain stands at that position; an audience without events is left out.
    pub chains: Vec<ChainEnd>,
    /// The pages that hold the rows of the reader's audiences.
    pub pages: Vec<SnapshotPage>,
}

/// The end of an audience's chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainEnd {
    /// The audience.
    pub audience: Audience,
    /// Position of its newest event among its own.
    pub audience_seq: u64,
    /// That event's hash.
    pub hash: Hash,
}

/// A page: lines of [`SnapshotRow`] as NDJSON, in the order of table code, then key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotPage {
    /// SHA-256 of its text, by which it is fetched.
    pub sha256: Hash,
    /// The audience that all its rows belong to.
    pub audience: Audience,
    /// Bytes of its text, at most [`SNAPSHOT_PAGE_BYTES`] unless a single row is larger.
    pub bytes: u64,
    /// Rows in it.
    pub rows: u32,
}

/// A row of a snapshot. Its table is the row's own ([`Row::table`]).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SnapshotRow {
    /// Key within its table.
    pub key: String,
    /// Position of the event that made it so.
    pub since: u64,
    /// When the server appended that event.
    pub at: Timestamp,
    /// The row.
    pub row: Row,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Person, PersonId, Role};

    #[test]
    fn a_row_is_one_line_that_reads_back() {
        let person = Person { id: PersonId::new("kari").unwrap(), name: "Kari".into(), role: Role::Manager };
        let row =
            SnapshotRow { key: "kari".into(), since: 3, at: Timestamp::UNIX_EPOCH, row: Row::Person(person) };
        let line = serde_json::to_string(&row).unwrap();
        insta::assert_snapshot!(line, @r#"{"key":"kari","since":3,"at":"1970-01-01T00:00:00Z","row":{"row":"person","is":{"id":"kari","name":"Kari","role":"MANAGER"}}}"#);
        assert_eq!(serde_json::from_str::<SnapshotRow>(&line).unwrap(), row);
    }
}
