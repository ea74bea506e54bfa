//! A snapshot on its way in: staged page by page, then swapped for the rows in one transaction. Not how it is fetched.

use std::collections::BTreeSet;

use board_domain::{Audience, Hash, Row, Snapshot, SnapshotPage, Table, TenantId};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::apply::HIGHEST;
use crate::audiences::{Audiences, Link, forget_log, forget_staging, tenant_no};
use crate::reader::{nanoseconds, signed};
use crate::vault::begin_epoch;
use crate::{Applied, ApplyError, Vault, VaultError, outbox};

/// A row of a page, its content not yet read: it may be of a table that this version does not know.
#[derive(Deserialize)]
struct Line<'a> {
    key: String,
    since: u64,
    at: Timestamp,
    #[serde(borrow)]
    row: &'a RawValue,
}

#[derive(Deserialize)]
struct Tag {
    row: String,
}

impl Vault {
    /// Begins to stage a snapshot, or goes on where the same one was begun; returns the pages that are still missing.
    /// Another snapshot takes the place of the one before it. The rows in use are not touched.
    pub fn stage(&mut self, tenant: &TenantId, snapshot: &Snapshot) -> Result<Vec<SnapshotPage>, ApplyError> {
        let text = serde_json::to_string(snapshot).map_err(VaultError::from)?;
        let transaction = self.write()?;
        let no = tenant_no(&transaction, tenant)?;
        let audiences = Audiences::load(&transaction, no)?;
        sound(tenant, snapshot, &audiences)?;
        if staged(&transaction, no)?.is_none_or(|staged| staged != text) {
            forget_staging(&transaction, no)?;
            transaction
                .execute("INSERT INTO staging (tenant, snapshot) VALUES (?1, ?2)", params![no, text])?;
        }
        let missing = missing(&transaction, no, snapshot)?;
        transaction.commit()?;
        Ok(missing)
    }

    /// Takes the text of a page of the snapshot that is being staged: its hash, its counts and every line must be as
    /// announced. A page that is here already does nothing.
    pub fn stage_page(&mut self, tenant: &TenantId, sha256: Hash, text: &[u8]) -> Result<(), ApplyError> {
        let transaction = self.write()?;
        let no = tenant_no(&transaction, tenant)?;
        let snapshot = begun(&transaction, no)?;
        let page = snapshot
            .pages
            .iter()
            .find(|page| page.sha256 == sha256)
            .ok_or_else(|| ApplyError::Snapshot(format!("page {sha256} is not part of it")))?;
        let refuse = |reason: String| ApplyError::Snapshot(format!("page {sha256} {reason}"));
        if text.len() as u64 != page.bytes || Hash(Sha256::digest(text).into()) != sha256 {
            return Err(refuse("has another content".to_owned()));
        }
        let text = std::str::from_utf8(text).map_err(|error| refuse(error.to_string()))?;
        let new = transaction.execute(
            "INSERT OR IGNORE INTO staged_page (tenant, sha256) VALUES (?1, ?2)",
            params![no, sha256.0],
        )?;
        if new == 0 {
            return Ok(());
        }
        let rows =
            stage_rows(&transaction, no, &snapshot, &page.audience, text).map_err(|error| match error {
                Unstaged::Line(reason) => refuse(reason),
                Unstaged::Vault(error) => error.into(),
            })?;
        if rows != page.rows {
            return Err(refuse(format!("has {rows} rows where {} were announced", page.rows)));
        }
        Ok(transaction.commit()?)
    }

    /// Takes the staged snapshot as the copy: rows, chains, epoch and cursor in one transaction.
    ///
    /// What was here before is forgotten, and with it what was to be backfilled. The history before the snapshot is
    /// then to be fetched with [`Vault::past`], where the server still has it from the first event on.
    pub fn swap(&mut self, tenant: &TenantId, at: Timestamp) -> Result<Applied, ApplyError> {
        let copy = self.tenant(tenant)?;
        let transaction = self.write()?;
        let no = tenant_no(&transaction, tenant)?;
        let snapshot = begun(&transaction, no)?;
        if let Some(page) = missing(&transaction, no, &snapshot)?.first() {
            return Err(ApplyError::Snapshot(format!("page {} is missing", page.sha256)));
        }
        forget_log(&transaction, no)?;
        if copy.epoch != Some(snapshot.epoch) {
            begin_epoch(&transaction, tenant, snapshot.epoch)?;
        }
        take_chains(&transaction, no, &snapshot)?;
        transaction.execute(
            "INSERT INTO row (tenant, tbl, key, since_seq, audience, gone, at, received_at, json)
             SELECT s.tenant, s.tbl, s.key, s.since_seq, a.no, 0, s.at, ?2, s.json
             FROM staged_row s JOIN audience a ON a.tenant = s.tenant AND a.name = s.audience
             WHERE s.tenant = ?1 ORDER BY s.tbl, s.key",
            params![no, nanoseconds(at)?],
        )?;
        fail::fail_point!("vault.swap.after_rows");
        forget_staging(&transaction, no)?;
        transaction.execute(
            "UPDATE tenant SET cursor = ?2, start = ?2, head_heard = max(head_heard, ?2), last_contact = ?3,
                 past = CASE WHEN floor > 0 THEN ?2 ELSE 0 END
             WHERE no = ?1",
            params![no, signed(snapshot.seq)?, at.to_string()],
        )?;
        let echoed = outbox::passed(&transaction, tenant, snapshot.seq)?;
        let changed = transaction
            .prepare("SELECT DISTINCT tbl FROM row WHERE tenant = ?1")?
            .query_map([no], |row| row.get::<_, String>(0))?
            .collect::<Result<BTreeSet<_>, _>>()?;
        fail::fail_point!("vault.swap.before_commit");
        transaction.commit()?;
        Ok(Applied {
            cursor: snapshot.seq,
            head_heard: self.tenant(tenant)?.head_heard,
            events: 0,
            changed: Table::ALL.into_iter().filter(|table| changed.contains(table.code())).collect(),
            echoed,
            caught_up: None,
        })
    }
}

/// Refuses a snapshot that contradicts itself or holds what the person may not read.
fn sound(tenant: &TenantId, snapshot: &Snapshot, audiences: &Audiences) -> Result<(), ApplyError> {
    let refuse = |reason: String| Err(ApplyError::Snapshot(reason));
    if snapshot.tenant != *tenant {
        return Err(ApplyError::ForeignTenant { expected: tenant.clone(), found: snapshot.tenant.clone() });
    }
    if snapshot.seq > HIGHEST {
        return Err(ApplyError::Nonsense { from: snapshot.seq, to: snapshot.seq });
    }
    let mut chained = BTreeSet::new();
    for end in &snapshot.chains {
        if end.audience_seq == 0 || end.audience_seq > snapshot.seq || !chained.insert(&end.audience) {
            return refuse(format!("the chain of {} makes no sense", end.audience));
        }
    }
    let mut pages = BTreeSet::new();
    for page in &snapshot.pages {
        if !chained.contains(&page.audience) || !pages.insert(page.sha256) {
            return refuse(format!("page {} makes no sense", page.sha256));
        }
    }
    let admits =
        |audience: &Audience| audiences.all.iter().any(|known| known.admitted && known.audience == *audience);
    match chained.into_iter().find(|audience| audiences.told && !admits(audience)) {
        Some(stranger) => refuse(format!("audience {stranger} does not admit the person")),
        None => Ok(()),
    }
}

fn staged(connection: &Connection, tenant: i64) -> Result<Option<String>, VaultError> {
    Ok(connection
        .query_row("SELECT snapshot FROM staging WHERE tenant = ?1", [tenant], |row| row.get(0))
        .optional()?)
}

/// The snapshot that is being staged.
fn begun(connection: &Connection, tenant: i64) -> Result<Snapshot, ApplyError> {
    let text =
        staged(connection, tenant)?.ok_or_else(|| ApplyError::Snapshot("none is being staged".to_owned()))?;
    Ok(serde_json::from_str(&text).map_err(VaultError::from)?)
}

fn missing(
    connection: &Connection,
    tenant: i64,
    snapshot: &Snapshot,
) -> Result<Vec<SnapshotPage>, VaultError> {
    let here: BTreeSet<[u8; 32]> = connection
        .prepare("SELECT sha256 FROM staged_page WHERE tenant = ?1")?
        .query_map([tenant], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(snapshot.pages.iter().filter(|page| !here.contains(&page.sha256.0)).cloned().collect())
}

enum Unstaged {
    Line(String),
    Vault(VaultError),
}

impl<E: Into<VaultError>> From<E> for Unstaged {
    fn from(error: E) -> Self {
        Self::Vault(error.into())
    }
}

/// Keeps the rows of a page; returns how many there are.
fn stage_rows(
    transaction: &Transaction<'_>,
    tenant: i64,
    snapshot: &Snapshot,
    audience: &Audience,
    text: &str,
) -> Result<u32, Unstaged> {
    let mut insert = transaction.prepare_cached(
        "INSERT OR IGNORE INTO staged_row (tenant, tbl, key, since_seq, at, audience, json)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let audience = audience.to_string();
    let mut rows = 0;
    for (line, number) in text.lines().zip(1u32..) {
        let refuse = |error: &dyn std::fmt::Display| Unstaged::Line(format!("line {number}: {error}"));
        let parsed: Line<'_> = serde_json::from_str(line).map_err(|error| refuse(&error))?;
        let tag: Tag = serde_json::from_str(parsed.row.get()).map_err(|error| refuse(&error))?;
        // Written anew, so that equal rows are equal text however they came here; a table of the future is kept raw.
        let json = if Table::ALL.iter().any(|table| table.code() == tag.row) {
            let row: Row = serde_json::from_str(parsed.row.get()).map_err(|error| refuse(&error))?;
            serde_json::to_string(&row)?
        } else {
            parsed.row.get().to_owned()
        };
        if parsed.since == 0 || parsed.since > snapshot.seq {
            return Err(refuse(&format!("since {} is not in a snapshot of {}", parsed.since, snapshot.seq)));
        }
        let at = nanoseconds(parsed.at)?;
        let new = insert.execute(params![
            tenant,
            tag.row,
            parsed.key,
            signed(parsed.since)?,
            at,
            audience,
            json
        ])?;
        if new == 0 {
            return Err(refuse(&"the row is in the snapshot twice"));
        }
        rows = number;
    }
    Ok(rows)
}

/// Takes the ends of the chains, which the history before the snapshot has to reach.
fn take_chains(transaction: &Transaction<'_>, tenant: i64, snapshot: &Snapshot) -> Result<(), VaultError> {
    let mut audiences = Audiences::load(transaction, tenant)?;
    for end in &snapshot.chains {
        if audiences.all.iter().all(|known| known.audience != end.audience) {
            audiences.add(transaction, &end.audience, false)?;
        }
    }
    for index in 0..audiences.all.len() {
        let known = audiences.change(index);
        let end = snapshot.chains.iter().find(|end| end.audience == known.audience);
        known.chain = end.map_or(Link::ZERO, |end| Link { seq: end.audience_seq, hash: end.hash });
        known.goal = Some(known.chain);
    }
    audiences.store(transaction)
}
