//! Folding events into the rows of a tenant, in either of two sets of tables: the rows of today, and those of the
//! history before a snapshot while it comes. Not where events come from.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use board_domain::{Change, Event, FoldError, Row, Rows, Table, Tenant, fold};
use rusqlite::{CachedStatement, Transaction, params};

use crate::VaultError;
use crate::content::{Contents, Held};
use crate::reader::{signed, unsigned};

/// Which tables are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Set {
    /// The rows of today.
    Today,
    /// The rows of the history before the snapshot.
    Past,
}

impl Set {
    fn sql(self, text: &str) -> String {
        text.replace('@', if self == Self::Today { "" } else { "past_" })
    }
}

/// Where the times and the audience of a version come from.
#[derive(Clone, Copy)]
pub(crate) struct Stamp {
    /// Number of the event's audience.
    pub(crate) audience: i64,
    /// When the server appended the event.
    pub(crate) at: i64,
    /// When it was received.
    pub(crate) received_at: i64,
}

/// The rows of a tenant inside a transaction, and the tables that stand still. An event is in the log before it is folded.
pub(crate) struct Folding<'a> {
    transaction: &'a Transaction<'a>,
    set: Set,
    tenant: i64,
    paused: BTreeSet<String>,
    contents: RefCell<Contents<'a>>,
    /// Whether the event that is being folded asked for a row.
    asked: Cell<bool>,
    close: CachedStatement<'a>,
    put: CachedStatement<'a>,
    refer: CachedStatement<'a>,
    remove: CachedStatement<'a>,
}

pub(crate) enum Failure {
    Fold(FoldError),
    Vault(VaultError),
}

impl From<FoldError> for Failure {
    fn from(error: FoldError) -> Self {
        Self::Fold(error)
    }
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        Self::Vault(error)
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Vault(error.into())
    }
}

impl Rows for Folding<'_> {
    type Error = Failure;

    fn tenant(&self) -> Result<Option<Tenant>, Failure> {
        self.asked.set(true);
        let mut statement = self.transaction.prepare_cached(&self.set.sql(
            "SELECT since_seq, at, received_at, json FROM @row
             WHERE tenant = ?1 AND tbl = ?2 AND gone = 0 ORDER BY key LIMIT 1",
        ))?;
        let mut rows = statement.query(params![self.tenant, Table::Tenant.code()])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let held = Held::read(row, 1)?;
        let content = self.contents.borrow_mut().find(unsigned(row.get(0)?)?, held.as_ref())?;
        Ok(if let Row::Tenant(tenant) = content.row { Some(tenant) } else { None })
    }
}

impl<'a> Folding<'a> {
    pub(crate) fn new(transaction: &'a Transaction<'a>, set: Set, tenant: i64) -> Result<Self, VaultError> {
        let paused = transaction
            .prepare_cached(&set.sql("SELECT tbl FROM @paused WHERE tenant = ?1"))?
            .query_map([tenant], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let prepare = |text: &str| transaction.prepare_cached(&set.sql(text));
        Ok(Self {
            contents: Contents::new(transaction, tenant)?.into(),
            asked: Cell::new(false),
            close: prepare(
                "INSERT INTO @version (tenant, until_seq, tbl, key, since_seq, audience, gone, at, received_at, json)
                 SELECT tenant, ?4, tbl, key, since_seq, audience, gone, at, received_at, json FROM @row
                 WHERE tenant = ?1 AND tbl = ?2 AND key = ?3 AND since_seq < ?4 AND (?5 OR gone = 0)",
            )?,
            put: prepare(
                "INSERT INTO @row (tenant, tbl, key, since_seq, audience, gone, at, received_at, json)
                 VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7, ?8)
                 ON CONFLICT DO UPDATE SET since_seq = ?4, audience = ?5, gone = 0, at = ?6, received_at = ?7, json = ?8",
            )?,
            refer: prepare(
                "UPDATE @row SET since_seq = ?4, audience = ?5, gone = 0, at = NULL, received_at = NULL, json = NULL
                 WHERE tenant = ?1 AND tbl = ?2 AND key = ?3",
            )?,
            remove: prepare(
                "UPDATE @row SET since_seq = ?4, audience = ?5, gone = 1, at = NULL, received_at = NULL, json = NULL
                 WHERE tenant = ?1 AND tbl = ?2 AND key = ?3 AND gone = 0",
            )?,
            transaction,
            set,
            tenant,
            paused,
        })
    }

    /// Folds one event; returns the tables that changed.
    pub(crate) fn fold(&mut self, event: &Event, stamp: Stamp) -> Result<Vec<Table>, VaultError> {
        self.asked.set(false);
        let changes = match fold(self, event) {
            Ok(changes) => changes,
            Err(Failure::Vault(error)) => return Err(error),
            Err(Failure::Fold(error)) => {
                self.pause(event, &error)?;
                return Ok(Vec::new());
            }
        };
        let seq = signed(event.seq)?;
        let mut tables = Vec::new();
        for change in changes {
            let (table, key, row) = match &change {
                Change::Put { key, row } => (row.table(), key, Some(row)),
                Change::Remove { table, key } => (*table, key, None),
            };
            if self.paused.contains(table.code()) {
                continue;
            }
            // What was removed already is not removed again.
            let closed = self.close.execute(params![self.tenant, table.code(), key, seq, row.is_some()])?;
            let (tenant, audience) = (self.tenant, stamp.audience);
            match row {
                // The event alone says it, and is here. A row that was closed is there to be updated, which is cheaper.
                Some(_) if !self.asked.get() && closed > 0 => {
                    self.refer.execute(params![tenant, table.code(), key, seq, audience])?;
                }
                Some(_) if !self.asked.get() => {
                    let none = rusqlite::types::Null;
                    self.put.execute(params![tenant, table.code(), key, seq, audience, none, none, none])?;
                }
                Some(row) => {
                    let (at, received_at, json) = (stamp.at, stamp.received_at, serde_json::to_string(row)?);
                    let times = params![tenant, table.code(), key, seq, audience, at, received_at, json];
                    self.put.execute(times)?;
                }
                None => {
                    self.remove.execute(params![tenant, table.code(), key, seq, audience])?;
                }
            }
            tables.push(table);
        }
        Ok(tables)
    }

    fn pause(&mut self, event: &Event, error: &FoldError) -> Result<(), VaultError> {
        tracing::warn!(tenant = %event.tenant, seq = event.seq, kind = event.kind, "an event cannot be folded");
        let Some(table) = table_of(&event.kind) else { return Ok(()) };
        if self.paused.insert(table.code().to_owned()) {
            self.transaction.execute(
                &self.set.sql("INSERT INTO @paused (tenant, tbl, seq, reason) VALUES (?1, ?2, ?3, ?4)"),
                params![self.tenant, table.code(), signed(event.seq)?, error.to_string()],
            )?;
        }
        Ok(())
    }
}

/// The table that an event of a known kind changes.
fn table_of(kind: &str) -> Option<Table> {
    Some(match kind {
        "tenant.founded" | "tenant.watermark_set" | "tenant.benchmark_consent_set" => Table::Tenant,
        "person.joined" | "person.left" => Table::Person,
        "programme.opened" => Table::Programme,
        "metric.defined" => Table::Definition,
        "dashboard.arranged" => Table::Dashboard,
        "intake.recorded" => Table::Intake,
        "figure.measured" => Table::Figure,
        "evidence.added" => Table::Evidence,
        "report.changed" => Table::Report,
        "report.published" | "report.recalled" => Table::Published,
        "pack.exported" => Table::Export,
        "note.written" | "note.removed" => Table::Note,
        "tenant.key_set" => Table::Key,
        "report.attested" => Table::Attestation,
        "device.certified" => Table::Device,
        "benchmark.measured" | "benchmark.withdrawn" => Table::Benchmark,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use board_domain::Fact;

    use super::*;

    #[test]
    fn every_kind_that_changes_rows_names_its_table() {
        for kind in Fact::KINDS {
            assert_eq!(table_of(kind).is_none(), *kind == "command.refused", "{kind}");
        }
    }
}
