//! The history before a snapshot: folded apart, oldest first, and joined to the rows when it has reached the snapshot
//! and was found to lead to it.

use board_domain::wire::Frame;
use board_domain::{Table, TenantId};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};
use uuid::Uuid;

use crate::apply::{Keeping, in_order};
use crate::audiences::{Audiences, Link};
use crate::content::{Contents, Held};
use crate::event::place;
use crate::folding::Set;
use crate::reader::{signed, unsigned};
use crate::{ApplyError, Vault, VaultError};

/// How far the history before the snapshot has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past {
    /// Position up to which it is here.
    pub past: u64,
    /// Position of the snapshot.
    pub start: u64,
    /// Whether nothing is left to fetch: the whole log is here, or the rest cannot be had.
    pub done: bool,
}

impl Vault {
    /// Applies frames of the log before [`crate::TenantCopy::start`], in order, from [`crate::TenantCopy::past`] on.
    ///
    /// Positions known already and positions after the snapshot are skipped. When the snapshot is reached, every chain
    /// must end where the snapshot said and the rows must be the snapshot's, or [`ApplyError::Diverged`] tells that this
    /// copy must start again; then the history is joined and the whole log is here.
    pub fn past(
        &mut self,
        tenant: &TenantId,
        epoch: Uuid,
        frames: &[Frame],
        at: Timestamp,
    ) -> Result<Past, ApplyError> {
        let copy = self.copy_of_epoch(tenant, epoch)?;
        let (mut past, start) = (copy.past, copy.start);
        if past >= start {
            return Ok(Past { past, start, done: true });
        }
        let client = self.client_id()?;
        let transaction = self.write()?;
        let mut keeping = Keeping::new(&transaction, tenant, Set::Past, client, at)?;
        for frame in frames {
            if past == start {
                break;
            }
            match frame {
                Frame::Event(event) => {
                    keeping.belongs(event)?;
                    in_order(past, event.seq, event.seq)?;
                    if event.seq > past {
                        if let Some(index) = of_the_past(&mut keeping, &event.audience)? {
                            keeping.audiences.change(index).past.take(event)?;
                            keeping.keep(event, index)?;
                        }
                        past = event.seq;
                    }
                }
                Frame::Hidden { from, to } => {
                    in_order(past, *from, *to)?;
                    past = past.max((*to).min(start));
                }
                Frame::CaughtUp { .. } | Frame::Bye { .. } => {}
            }
        }
        keeping.audiences.store(&transaction)?;
        let (no, done) = (keeping.no, past == start);
        drop(keeping);
        if done {
            join(&transaction, no, signed(start)?)?;
        } else {
            transaction.execute("UPDATE tenant SET past = ?2 WHERE no = ?1", params![no, signed(past)?])?;
        }
        transaction.commit()?;
        Ok(Past { past, start, done })
    }
}

/// The index of an event's audience where its history comes this way; that of a gained one comes by its backfill.
fn of_the_past(
    keeping: &mut Keeping<'_>,
    audience: &board_domain::Audience,
) -> Result<Option<usize>, VaultError> {
    let index = match keeping.audiences.all.iter().position(|known| known.audience == *audience) {
        Some(index) => index,
        None if keeping.audiences.told => return Ok(None),
        // The snapshot says that it has no events; that this is one shows at the end.
        None => {
            let index = keeping.audiences.add(keeping.transaction, audience, false)?;
            keeping.audiences.change(index).goal = Some(Link::ZERO);
            index
        }
    };
    let known = &keeping.audiences.all[index];
    let mine = known.goal.is_some() && (known.admitted || !keeping.audiences.told);
    Ok(mine.then_some(index))
}

/// Proves that the history leads to the snapshot, and joins the two.
fn join(transaction: &Transaction<'_>, tenant: i64, start: i64) -> Result<(), ApplyError> {
    let mut audiences = Audiences::load(transaction, tenant)?;
    for known in &audiences.all {
        if let Some(goal) = known.goal.filter(|goal| *goal != known.past) {
            return Err(ApplyError::Diverged(format!(
                "audience {} ends with its event {} where the snapshot has {}",
                known.audience, known.past.seq, goal.seq
            )));
        }
    }
    compare(transaction, tenant, start)?;
    fail::fail_point!("vault.past.before_merge");
    bridge(transaction, tenant, start)?;
    let columns = "tenant, until_seq, tbl, key, since_seq, audience, gone, at, received_at, json";
    transaction.execute(
        &format!("INSERT INTO version ({columns}) SELECT {columns} FROM past_version WHERE tenant = ?1"),
        [tenant],
    )?;
    for table in ["past_row", "past_version", "past_paused"] {
        transaction.execute(&format!("DELETE FROM {table} WHERE tenant = ?1"), [tenant])?;
    }
    for index in 0..audiences.all.len() {
        let known = audiences.change(index);
        (known.goal, known.past) = (None, Link::ZERO);
    }
    audiences.store(transaction)?;
    transaction.execute("UPDATE tenant SET start = 0, past = 0 WHERE no = ?1", [tenant])?;
    Ok(())
}

/// The rows that the history ends with must be those of the snapshot. Tables that this version cannot fold, in whole or
/// from some event on, are left out: the snapshot knows better.
fn compare(transaction: &Transaction<'_>, tenant: i64, start: i64) -> Result<(), ApplyError> {
    let tables: Vec<_> = Table::ALL.iter().map(|table| format!("'{}'", table.code())).collect();
    let comparable = format!(
        "tenant = ?1 AND gone = 0 AND tbl IN ({})
         AND tbl NOT IN (SELECT tbl FROM past_paused WHERE tenant = ?1)",
        tables.join(", ")
    );
    let of_the_past = "audience IN (SELECT no FROM audience WHERE tenant = ?1 AND goal_seq IS NOT NULL)";
    let columns = "tbl, key, since_seq, audience, at, received_at, json";
    // Each names the position, so that it is bound in both.
    let mut folded = transaction.prepare(&format!(
        "SELECT {columns} FROM past_row WHERE {comparable} AND since_seq <= ?2 ORDER BY tbl, key"
    ))?;
    let mut snapshot = transaction.prepare(&format!(
        "SELECT {columns} FROM row WHERE {comparable} AND {of_the_past} AND since_seq <= ?2
         UNION ALL
         SELECT {columns} FROM version WHERE {comparable} AND {of_the_past}
             AND since_seq <= ?2 AND until_seq > ?2
         ORDER BY tbl, key"
    ))?;
    let (mut folded, mut snapshot) = (folded.query([tenant, start])?, snapshot.query([tenant, start])?);
    let mut contents = Contents::new(transaction, tenant)?;
    loop {
        let one = folded.next()?.map(|row| said(row, &mut contents)).transpose()?;
        let other = snapshot.next()?.map(|row| said(row, &mut contents)).transpose()?;
        match (one, other) {
            (None, None) => return Ok(()),
            (one, other) if one == other => {}
            // In order: the first of the two is the one that the other side lacks or tells differently.
            (one, other) => {
                let first = one.into_iter().chain(other).min();
                let (table, key) = first.map(|said| (said.0, said.1)).unwrap_or_default();
                return Err(ApplyError::Diverged(format!("row {key} of {table}")));
            }
        }
    }
}

/// A row: table, key, position, audience, time, text.
type Said = (String, String, u64, i64, i64, String);

fn said(row: &rusqlite::Row<'_>, contents: &mut Contents<'_>) -> Result<Said, VaultError> {
    let since = unsigned(row.get(2)?)?;
    let (at, text) = contents.text(since, Held::read(row, 4)?)?;
    Ok((row.get(0)?, row.get(1)?, since, row.get(3)?, at, text))
}

/// Joins the last versions of the history to what came after. A row of the snapshot is its last version itself; that
/// leaves the rows that were removed, and those of tables that could not be folded to the end.
fn bridge(transaction: &Transaction<'_>, tenant: i64, start: i64) -> Result<(), VaultError> {
    let mut loose = transaction.prepare(
        "SELECT tbl, key, since_seq, gone FROM past_row
         WHERE tenant = ?1 AND (gone OR tbl IN (SELECT tbl FROM past_paused WHERE tenant = ?1))",
    )?;
    let mut keep_version = transaction.prepare(
        "INSERT INTO version (tenant, until_seq, tbl, key, since_seq, audience, gone, at, received_at, json)
         SELECT tenant, ?4, tbl, key, since_seq, audience, gone, at, received_at, json FROM past_row
         WHERE tenant = ?1 AND tbl = ?2 AND key = ?3",
    )?;
    // No event needs to have removed it at the start, so that its times stand with it.
    let mut keep_newest = transaction.prepare(
        "INSERT INTO row (tenant, tbl, key, since_seq, audience, gone, at, received_at)
         SELECT r.tenant, r.tbl, r.key, max(r.since_seq, ?4), r.audience, 1,
                coalesce(r.at, e.at), coalesce(r.received_at, e.received_at)
         FROM past_row r LEFT JOIN event e ON e.place = ?5 + r.since_seq
         WHERE r.tenant = ?1 AND r.tbl = ?2 AND r.key = ?3",
    )?;
    let mut rows = loose.query([tenant])?;
    while let Some(row) = rows.next()? {
        let (table, key): (String, String) = (row.get(0)?, row.get(1)?);
        let (since, removed): (i64, bool) = (row.get(2)?, row.get(3)?);
        match first_after(transaction, tenant, &table, &key, since)? {
            Next::Same => {}
            Next::From(until) => {
                keep_version.execute(params![tenant, table, key, until])?;
            }
            Next::None if removed => {
                keep_newest.execute(params![tenant, table, key, since, place(tenant, 0)])?;
            }
            Next::None => {
                keep_version.execute(params![tenant, table, key, start])?;
                keep_newest.execute(params![tenant, table, key, start, place(tenant, 0)])?;
            }
        }
    }
    Ok(())
}

/// What stands in the rows of today after a version of the history.
enum Next {
    /// That very version.
    Same,
    /// A version that began at this position.
    From(i64),
    /// Nothing.
    None,
}

fn first_after(
    transaction: &Transaction<'_>,
    tenant: i64,
    table: &str,
    key: &str,
    since: i64,
) -> Result<Next, VaultError> {
    let mut before = transaction.prepare_cached(
        "SELECT since_seq FROM version WHERE tenant = ?1 AND until_seq = ?4 AND tbl = ?2 AND key = ?3",
    )?;
    let newest: Option<i64> = transaction
        .prepare_cached("SELECT since_seq FROM row WHERE tenant = ?1 AND tbl = ?2 AND key = ?3")?
        .query_row(params![tenant, table, key], |row| row.get(0))
        .optional()?;
    let (mut first, mut next) = (Next::None, newest);
    while let Some(began) = next {
        if began <= since {
            return Ok(if began == since { Next::Same } else { first });
        }
        first = Next::From(began);
        next = before.query_row(params![tenant, table, key, began], |row| row.get(0)).optional()?;
    }
    Ok(first)
}
