//! The rows of a log at one position and their cut into pages; a pure function of the events. Not a store.

use std::collections::BTreeMap;

use board_domain::{
    Audience, Change, Event, FoldError, Hash, Row, Rows, SNAPSHOT_PAGE_BYTES, SnapshotPage, SnapshotRow,
    Tenant, fold,
};
use sha2::{Digest, Sha256};

use crate::store::StoreError;

/// A page of at least this size may end where its content says so.
const PAGE_BYTES: usize = SNAPSHOT_PAGE_BYTES / 4;

/// The rows as after one event, in the order of the pages.
#[derive(Debug, Default)]
pub(super) struct Folded {
    /// Position of that event.
    pub(super) seq: u64,
    /// Where each audience's chain stands.
    pub(super) chains: BTreeMap<Audience, (u64, Hash)>,
    tenant: Option<Tenant>,
    /// Lines by audience, code of the table, and key.
    lines: BTreeMap<(Audience, &'static str, String), String>,
}

impl Rows for Folded {
    type Error = FoldError;

    fn tenant(&self) -> Result<Option<Tenant>, FoldError> {
        Ok(self.tenant.clone())
    }
}

impl Folded {
    /// Folds the next event in.
    pub(super) fn apply(&mut self, event: &Event) -> Result<(), StoreError> {
        if event.seq != self.seq + 1 {
            return Err(StoreError::Unreadable("log"));
        }
        for change in fold(self, event)? {
            match change {
                Change::Put { key, row } => {
                    let row = SnapshotRow { key, since: event.seq, at: event.at, row };
                    self.put(event.audience.clone(), row)?;
                }
                Change::Remove { table, key } => {
                    self.lines.remove(&(event.audience.clone(), table.code(), key));
                }
            }
        }
        self.chains.insert(event.audience.clone(), (event.audience_seq, event.hash));
        self.seq = event.seq;
        Ok(())
    }

    /// Takes a row as it stands.
    pub(super) fn put(&mut self, audience: Audience, row: SnapshotRow) -> Result<(), StoreError> {
        let (table, line) = (row.row.table().code(), serde_json::to_string(&row)?);
        if let Row::Tenant(tenant) = row.row {
            self.tenant = Some(tenant);
        }
        self.lines.insert((audience, table, row.key), line);
        Ok(())
    }

    /// Gives every page with its text. Where a page ends depends on nothing but its rows, and mostly on a hash of their
    /// keys, so that a row more or less changes the pages near it and no others.
    pub(super) fn pages(
        &self,
        mut give: impl FnMut(SnapshotPage, &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut text = Vec::new();
        let mut rows = 0;
        let mut lines = self.lines.iter().peekable();
        while let Some(((audience, table, key), line)) = lines.next() {
            text.extend_from_slice(line.as_bytes());
            text.push(b'\n');
            rows += 1;
            let ends = lines.peek().is_none_or(|((next, _, _), line)| {
                next != audience
                    || text.len() + line.len() >= SNAPSHOT_PAGE_BYTES
                    || (text.len() >= PAGE_BYTES && is_boundary(table, key))
            });
            if ends {
                let sha256 = Hash(Sha256::digest(&text).into());
                let page =
                    SnapshotPage { sha256, audience: audience.clone(), bytes: text.len() as u64, rows };
                give(page, &text)?;
                text.clear();
                rows = 0;
            }
        }
        Ok(())
    }
}

/// True for one key in 256.
fn is_boundary(table: &str, key: &str) -> bool {
    let mut hasher = Sha256::new();
    hasher.update(table.as_bytes());
    hasher.update(b"/");
    hasher.update(key.as_bytes());
    hasher.finalize()[0] == 0
}
