//! Snapshots of the tests' log, as a server would cut them. Not how the vault takes them.
#![allow(dead_code, unreachable_pub)]

use std::collections::BTreeMap;

use board_domain::{
    Audience, Book, ChainEnd, Change, Hash, PersonId, Role, Snapshot, SnapshotPage, SnapshotRow, Table, fold,
};
use sha2::{Digest, Sha256};

use crate::log::{EPOCH, Log};

impl Log {
    /// The rows at a position by audience, and the snapshot without its pages.
    pub fn snapshot_rows(
        &self,
        seq: u64,
        person: &PersonId,
        role: Role,
    ) -> (Snapshot, BTreeMap<Audience, Vec<SnapshotRow>>) {
        let mut rows: BTreeMap<(Table, String), (Audience, SnapshotRow)> = BTreeMap::new();
        let mut ends: BTreeMap<Audience, ChainEnd> = BTreeMap::new();
        let mut book = Book::default();
        for event in self.events.iter().filter(|e| e.seq <= seq && e.audience.admits(person, role)) {
            let (audience, audience_seq, hash) = (event.audience.clone(), event.audience_seq, event.hash);
            ends.insert(audience.clone(), ChainEnd { audience, audience_seq, hash });
            for change in fold(&book, event).unwrap_or_default() {
                match change {
                    Change::Put { key, row } => {
                        let line = SnapshotRow { key: key.clone(), since: event.seq, at: event.at, row };
                        rows.insert((line.row.table(), key), (event.audience.clone(), line));
                    }
                    Change::Remove { table, key } => drop(rows.remove(&(table, key))),
                }
            }
            let _ = book.apply(event);
        }
        let mut by_audience: BTreeMap<Audience, Vec<SnapshotRow>> = BTreeMap::new();
        let mut rows: Vec<_> = rows.into_iter().collect();
        rows.sort_by(|a, b| (a.0.0.code(), &a.0.1).cmp(&(b.0.0.code(), &b.0.1)));
        for (_, (audience, row)) in rows {
            by_audience.entry(audience).or_default().push(row);
        }
        let snapshot = Snapshot {
            tenant: self.tenant.clone(),
            epoch: EPOCH,
            seq,
            chains: ends.into_values().collect(),
            pages: Vec::new(),
        };
        (snapshot, by_audience)
    }

    /// The snapshot at a position as a person in a role gets it, and its pages of at most `rows` rows.
    pub fn snapshot(
        &self,
        seq: u64,
        person: &PersonId,
        role: Role,
        rows: usize,
    ) -> (Snapshot, BTreeMap<Hash, Vec<u8>>) {
        let (mut snapshot, by_audience) = self.snapshot_rows(seq, person, role);
        let pages = paged(&mut snapshot, &by_audience, rows);
        (snapshot, pages)
    }
}

/// Cuts rows into pages, which the snapshot then names.
pub fn paged(
    snapshot: &mut Snapshot,
    by_audience: &BTreeMap<Audience, Vec<SnapshotRow>>,
    rows: usize,
) -> BTreeMap<Hash, Vec<u8>> {
    let mut pages = BTreeMap::new();
    for (audience, all) in by_audience {
        for chunk in all.chunks(rows) {
            let mut lines: Vec<_> = chunk.iter().map(|row| serde_json::to_string(row).unwrap()).collect();
            lines.push(String::new());
            let text = lines.join("\n");
            let page = page(audience, text.as_bytes(), u32::try_from(chunk.len()).unwrap());
            pages.insert(page.sha256, text.into_bytes());
            snapshot.pages.push(page);
        }
    }
    pages
}

/// What a snapshot says of a page.
pub fn page(audience: &Audience, text: &[u8], rows: u32) -> SnapshotPage {
    let sha256 = Hash(Sha256::digest(text).into());
    SnapshotPage { sha256, audience: audience.clone(), bytes: text.len() as u64, rows }
}
