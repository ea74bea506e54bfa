//! Making a snapshot from the newest one and the events since, and reading one back. Not when this is done.

use std::{collections::HashSet, sync::Arc};

use board_domain::{Audience, Book, ChainEnd, Hash, Snapshot, SnapshotPage, SnapshotRow, TenantId};
use uuid::Uuid;

use super::rows::Folded;
use crate::store::{Store, StoreError, Transaction, event, snapshot, snapshot_page, sql::Sql, tenant};

/// Snapshots that are kept: one may still be fetched while the next is made.
const KEPT: u32 = 2;
/// Events read at once.
const BATCH: u32 = 1_000;
/// Bodies read at once, in bytes.
const BATCH_BYTES: usize = 8 << 20;
/// Pages written at once, so that appends do not wait for a whole snapshot.
const PAGES: usize = 32;

/// A page with its compressed text.
type Packed = (SnapshotPage, Vec<u8>);

/// Makes a snapshot at the head; the newest one's position, whoever made it.
pub(crate) async fn build(store: &Store, tenant: &TenantId) -> Result<u64, StoreError> {
    let asked = tenant.clone();
    let begin = move |sql: &mut dyn Sql| {
        let row = tenant::get(sql, &asked)?.ok_or_else(|| StoreError::NoTenant(asked.clone()))?;
        let newest = snapshot::newest(sql, &asked, 1)?.pop();
        let mut folded = Folded::default();
        if let Some(newest) = newest.filter(|newest| newest.seq <= row.head) {
            folded.seq = newest.seq;
            let ends = newest.chains.iter().map(|end| (end.audience.clone(), (end.audience_seq, end.hash)));
            folded.chains = ends.collect();
            each_row(sql, &newest, |audience, row| folded.put(audience.clone(), row))?;
        }
        Ok((row, folded))
    };
    let (row, mut folded) = store.read(begin).await?;
    let start = folded.seq;
    if start == row.head {
        return Ok(start);
    }
    while folded.seq < row.head {
        let asked = tenant.clone();
        let read = move |sql: &mut dyn Sql| {
            let left = u32::try_from(row.head - folded.seq).unwrap_or(u32::MAX);
            let events = event::page(sql, &asked, folded.seq, BATCH.min(left), BATCH_BYTES)?;
            if events.is_empty() {
                return Err(StoreError::Unreadable("log"));
            }
            events.iter().try_for_each(|event| folded.apply(event))?;
            Ok(folded)
        };
        folded = store.read(read).await?;
    }
    let asked = tenant.clone();
    let pack = move |_: &mut dyn Sql| pack(asked, row.epoch, &folded);
    let (made, pages) = store.read(pack).await?;
    keep(store, made, pages).await
}

fn pack(
    tenant: TenantId,
    epoch: Uuid,
    folded: &Folded,
) -> Result<(Arc<Snapshot>, Arc<Vec<Packed>>), StoreError> {
    let mut packed = Vec::new();
    folded.pages(|page, text| {
        let text = zstd::bulk::compress(text, 3).map_err(|_| StoreError::Unreadable("page"))?;
        packed.push((page, text));
        Ok(())
    })?;
    let chains = folded.chains.iter().map(|(audience, (audience_seq, hash))| ChainEnd {
        audience: audience.clone(),
        audience_seq: *audience_seq,
        hash: *hash,
    });
    let pages = packed.iter().map(|(page, _)| page.clone()).collect();
    let made = Snapshot { tenant, epoch, seq: folded.seq, chains: chains.collect(), pages };
    Ok((Arc::new(made), Arc::new(packed)))
}

/// Writes the pages, then the snapshot that needs them; drops what no kept snapshot needs.
async fn keep(store: &Store, made: Arc<Snapshot>, pages: Arc<Vec<Packed>>) -> Result<u64, StoreError> {
    let (tenant, seq) = (made.tenant.clone(), made.seq);
    for from in (0..pages.len()).step_by(PAGES) {
        let (asked, pages) = (tenant.clone(), Arc::clone(&pages));
        let insert = move |transaction: &mut Transaction<'_>| -> Result<(), StoreError> {
            let sql = transaction.sql()?;
            pages[from..pages.len().min(from + PAGES)].iter().try_for_each(|(page, text)| {
                snapshot_page::insert(sql, &asked, &page.sha256, &page.audience, text)
            })
        };
        store.write(Some(&tenant), insert).await?;
    }
    let finish = move |transaction: &mut Transaction<'_>| -> Result<u64, StoreError> {
        let sql = transaction.sql()?;
        // Another server may finish a snapshot of this tenant: one after the other, or it drops pages of ours.
        tenant::hold(sql, &made.tenant)?;
        if tenant::get(sql, &made.tenant)?.is_none_or(|row| row.epoch != made.epoch) {
            return Err(StoreError::Unreadable("epoch"));
        }
        let there: HashSet<(Hash, Audience)> = snapshot_page::all(sql, &made.tenant)?.into_iter().collect();
        for (page, text) in pages.iter() {
            if !there.contains(&(page.sha256, page.audience.clone())) {
                snapshot_page::insert(sql, &made.tenant, &page.sha256, &page.audience, text)?;
            }
        }
        snapshot::insert(sql, &made)?;
        let kept = snapshot::newest(sql, &made.tenant, KEPT)?;
        if let Some(oldest) = kept.last() {
            snapshot::remove_below(sql, &made.tenant, oldest.seq)?;
        }
        let needed: HashSet<(Hash, &Audience)> =
            kept.iter().flat_map(|kept| &kept.pages).map(|page| (page.sha256, &page.audience)).collect();
        for (sha256, audience) in
            there.iter().filter(|(sha256, audience)| !needed.contains(&(*sha256, audience)))
        {
            snapshot_page::remove(sql, &made.tenant, sha256, audience)?;
        }
        Ok(kept.first().map_or(seq, |newest| newest.seq))
    };
    store.write(Some(&tenant), finish).await
}

/// Gives every row of a snapshot.
fn each_row(
    sql: &mut dyn Sql,
    snapshot: &Snapshot,
    mut give: impl FnMut(&Audience, SnapshotRow) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    for page in &snapshot.pages {
        let texts = snapshot_page::get(sql, &snapshot.tenant, &page.sha256)?;
        let (_, text) = texts
            .into_iter()
            .find(|(audience, _)| *audience == page.audience)
            .ok_or(StoreError::Unreadable("snapshot"))?;
        for line in text_of(&text, page.bytes)?.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            give(&page.audience, serde_json::from_slice(line)?)?;
        }
    }
    Ok(())
}

/// The text of a page.
pub(crate) fn text_of(compressed: &[u8], bytes: u64) -> Result<Vec<u8>, StoreError> {
    let size = usize::try_from(bytes).map_err(|_| StoreError::Unreadable("page"))?;
    zstd::bulk::decompress(compressed, size).map_err(|_| StoreError::Unreadable("page"))
}

/// The newest snapshot as a book and its position; an empty book where there is none.
pub(crate) fn restore(sql: &mut dyn Sql, tenant: &TenantId) -> Result<(u64, Book), StoreError> {
    let Some(newest) = snapshot::newest(sql, tenant, 1)?.pop() else { return Ok((0, Book::default())) };
    let mut book = Book::default();
    each_row(sql, &newest, |_, row| {
        book.put(row.key, row.row);
        Ok(())
    })?;
    Ok((newest.seq, book))
}
