//! The one write path of the log: append, check the chain, fold and move the cursor, in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use board_domain::wire::Frame;
use board_domain::{Change, Event, FoldError, Hash, Row, Rows, Table, Tenant, TenantId, fold};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};
use uuid::Uuid;

use crate::reader::{hash, signed, unsigned};
use crate::{ApplyError, ChainFault, Vault, VaultError, outbox};

/// The highest position that every part of the product can write as a number.
const HIGHEST: u64 = (1 << 53) - 1;

/// What a batch did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Position up to which the copy is now complete.
    pub cursor: u64,
    /// Highest position the server spoke of.
    pub head_heard: u64,
    /// Events appended; those known already are not counted.
    pub events: u32,
    /// Tables whose rows changed.
    pub changed: BTreeSet<Table>,
    /// Commands of this vault whose effect came back, refusals included.
    pub echoed: u32,
    /// The last word on where the reader stands, if the batch had one: the head, and whether more pages follow.
    pub caught_up: Option<(u64, bool)>,
}

impl Vault {
    /// Applies frames of a tenant's log in the order received.
    ///
    /// Positions up to the cursor are skipped, so a batch may be applied twice. A missing position, a foreign tenant,
    /// another epoch or a broken chain fails the whole batch and changes nothing. A kind this version does not know
    /// is kept raw; an event that cannot be folded is kept and pauses its table.
    pub fn apply(
        &mut self,
        tenant: &TenantId,
        epoch: Uuid,
        frames: &[Frame],
        received_at: Timestamp,
    ) -> Result<Applied, ApplyError> {
        let copy = self.tenant(tenant)?;
        if let Some(expected) = copy.epoch.filter(|expected| *expected != epoch) {
            return Err(ApplyError::Epoch { expected, found: epoch });
        }
        let client = self.client_id()?;
        let transaction = self.write()?;
        let mut batch = Batch {
            applied: Applied { cursor: copy.cursor, head_heard: copy.head_heard, ..Applied::default() },
            folding: Folding::new(&transaction, tenant)?,
            chains: BTreeMap::new(),
            client,
            received_at: received_at.to_string(),
        };
        for frame in frames {
            batch.take(frame)?;
        }
        let applied = batch.finish(epoch)?;
        transaction.commit()?;
        Ok(applied)
    }
}

/// Folds every stored event of a tenant, whose rows must have been deleted.
pub(crate) fn refold(transaction: &Transaction<'_>, tenant: &TenantId) -> Result<(), VaultError> {
    let mut folding = Folding::new(transaction, tenant)?;
    let mut events =
        transaction.prepare_cached("SELECT json, received_at FROM event WHERE tenant = ?1 ORDER BY seq")?;
    let mut rows = events.query([tenant.as_str()])?;
    while let Some(row) = rows.next()? {
        let event: Event = serde_json::from_str(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?;
        folding.fold(&event, &row.get::<_, String>(1)?)?;
    }
    Ok(())
}

struct Batch<'a> {
    applied: Applied,
    folding: Folding<'a>,
    /// Chains touched by this batch: last audience position and hash.
    chains: BTreeMap<String, (u64, Hash)>,
    client: Uuid,
    received_at: String,
}

impl Batch<'_> {
    fn take(&mut self, frame: &Frame) -> Result<(), ApplyError> {
        match frame {
            Frame::Event(event) => self.event(event),
            Frame::Hidden { from, to } => {
                self.range(*from, *to)?;
                self.applied.cursor = self.applied.cursor.max(*to);
                Ok(())
            }
            Frame::CaughtUp { head, more } => {
                if *head > HIGHEST {
                    return Err(ApplyError::Nonsense { from: *head, to: *head });
                }
                self.applied.head_heard = self.applied.head_heard.max(*head);
                self.applied.caught_up = Some((*head, *more));
                Ok(())
            }
            Frame::Bye { .. } => Ok(()),
        }
    }

    fn range(&self, from: u64, to: u64) -> Result<(), ApplyError> {
        if from == 0 || from > to || to > HIGHEST {
            return Err(ApplyError::Nonsense { from, to });
        }
        let expected = self.applied.cursor + 1;
        if from > expected { Err(ApplyError::Gap { expected, found: from }) } else { Ok(()) }
    }

    fn event(&mut self, event: &Event) -> Result<(), ApplyError> {
        if event.tenant != *self.folding.tenant {
            return Err(ApplyError::ForeignTenant {
                expected: self.folding.tenant.clone(),
                found: event.tenant.clone(),
            });
        }
        self.range(event.seq, event.seq)?;
        if event.seq <= self.applied.cursor {
            return Ok(());
        }
        self.link(event)?;
        self.folding
            .transaction
            .prepare_cached("INSERT INTO event (tenant, seq, received_at, json) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![
                event.tenant.as_str(),
                signed(event.seq)?,
                self.received_at,
                serde_json::to_string(event).map_err(VaultError::from)?
            ])?;
        self.applied.changed.extend(self.folding.fold(event, &self.received_at)?);
        if event.origin.as_ref().is_some_and(|origin| origin.client == self.client) {
            self.applied.echoed += u32::from(outbox::echoed(self.folding.transaction, event)?);
        }
        self.applied.cursor = event.seq;
        self.applied.events += 1;
        Ok(())
    }

    /// Proves that the event is the next of its audience and unchanged.
    fn link(&mut self, event: &Event) -> Result<(), ApplyError> {
        let audience = event.audience.to_string();
        let (position, previous) = match self.chains.get(&audience) {
            Some(link) => *link,
            None => stored_link(self.folding.transaction, self.folding.tenant, &audience)?,
        };
        let fault = if event.audience_seq != position + 1 {
            Some(ChainFault::Position { expected: position + 1, found: event.audience_seq })
        } else if event.prev_hash != previous {
            Some(ChainFault::Previous { expected: previous, found: event.prev_hash })
        } else {
            let computed = event.digest();
            (computed != event.hash).then_some(ChainFault::Content { computed, found: event.hash })
        };
        if let Some(fault) = fault {
            return Err(ApplyError::Chain { seq: event.seq, audience, fault });
        }
        self.chains.insert(audience, (event.audience_seq, event.hash));
        Ok(())
    }

    fn finish(mut self, epoch: Uuid) -> Result<Applied, ApplyError> {
        let (transaction, tenant) = (self.folding.transaction, self.folding.tenant);
        let mut chain = transaction.prepare_cached(
            "INSERT INTO chain (tenant, audience, audience_seq, hash) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (tenant, audience) DO UPDATE SET audience_seq = ?3, hash = ?4",
        )?;
        for (audience, (position, hash)) in &self.chains {
            chain.execute(params![tenant.as_str(), audience, signed(*position)?, hash.to_string()])?;
        }
        let applied = &mut self.applied;
        applied.head_heard = applied.head_heard.max(applied.cursor);
        applied.echoed += outbox::passed(transaction, tenant, applied.cursor)?;
        transaction
            .prepare_cached(
                "UPDATE tenant SET epoch = ?2, cursor = ?3, head_heard = ?4, last_contact = ?5 WHERE id = ?1",
            )?
            .execute(params![
                tenant.as_str(),
                epoch.to_string(),
                signed(applied.cursor)?,
                signed(applied.head_heard)?,
                self.received_at
            ])?;
        Ok(self.applied)
    }
}

fn stored_link(
    transaction: &Transaction<'_>,
    tenant: &TenantId,
    audience: &str,
) -> Result<(u64, Hash), VaultError> {
    let stored: Option<(i64, String)> = transaction
        .prepare_cached("SELECT audience_seq, hash FROM chain WHERE tenant = ?1 AND audience = ?2")?
        .query_row([tenant.as_str(), audience], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    stored.map_or(Ok((0, Hash::ZERO)), |(position, text)| Ok((unsigned(position)?, hash(&text)?)))
}

/// The rows of a tenant inside a transaction, and the tables that stand still.
struct Folding<'a> {
    transaction: &'a Transaction<'a>,
    tenant: &'a TenantId,
    paused: BTreeSet<String>,
}

enum Failure {
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
        let json: Option<String> = self
            .transaction
            .prepare_cached(
                "SELECT json FROM row WHERE tenant = ?1 AND tbl = ?2 AND until_seq IS NULL ORDER BY key LIMIT 1",
            )?
            .query_row([self.tenant.as_str(), Table::Tenant.code()], |row| row.get(0))
            .optional()?;
        let row = json.map(|json| serde_json::from_str(&json)).transpose().map_err(VaultError::from)?;
        Ok(row.and_then(|row| if let Row::Tenant(tenant) = row { Some(tenant) } else { None }))
    }
}

impl<'a> Folding<'a> {
    fn new(transaction: &'a Transaction<'a>, tenant: &'a TenantId) -> Result<Self, VaultError> {
        let paused = transaction
            .prepare_cached("SELECT tbl FROM paused WHERE tenant = ?1")?
            .query_map([tenant.as_str()], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        Ok(Self { transaction, tenant, paused })
    }

    /// Folds one event; returns the tables that changed.
    fn fold(&mut self, event: &Event, received_at: &str) -> Result<Vec<Table>, VaultError> {
        let changes = match fold(self, event) {
            Ok(changes) => changes,
            Err(Failure::Vault(error)) => return Err(error),
            Err(Failure::Fold(error)) => {
                self.pause(event, &error)?;
                return Ok(Vec::new());
            }
        };
        let mut tables = Vec::new();
        for change in changes {
            let (table, key, row) = match change {
                Change::Put { key, row } => (row.table(), key, Some(row)),
                Change::Remove { table, key } => (table, key, None),
            };
            if !self.paused.contains(table.code()) {
                self.replace(event, table, &key, row.as_ref(), received_at)?;
                tables.push(table);
            }
        }
        Ok(tables)
    }

    fn replace(
        &self,
        event: &Event,
        table: Table,
        key: &str,
        row: Option<&Row>,
        received_at: &str,
    ) -> Result<(), VaultError> {
        let (tenant, seq) = (self.tenant.as_str(), signed(event.seq)?);
        self.transaction
            .prepare_cached(
                "UPDATE row SET until_seq = ?4
                 WHERE tenant = ?1 AND tbl = ?2 AND key = ?3 AND until_seq IS NULL",
            )?
            .execute(params![tenant, table.code(), key, seq])?;
        if let Some(row) = row {
            self.transaction
                .prepare_cached(
                    "INSERT INTO row (tenant, tbl, key, since_seq, at, received_at, json)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![
                    tenant,
                    table.code(),
                    key,
                    seq,
                    event.at.to_string(),
                    received_at,
                    serde_json::to_string(row)?
                ])?;
        }
        Ok(())
    }

    fn pause(&mut self, event: &Event, error: &FoldError) -> Result<(), VaultError> {
        tracing::warn!(tenant = %self.tenant, seq = event.seq, kind = event.kind, "an event cannot be folded");
        let Some(table) = table_of(&event.kind) else { return Ok(()) };
        if self.paused.insert(table.code().to_owned()) {
            self.transaction.execute(
                "INSERT INTO paused (tenant, tbl, seq, reason) VALUES (?1, ?2, ?3, ?4)",
                params![self.tenant.as_str(), table.code(), signed(event.seq)?, error.to_string()],
            )?;
        }
        Ok(())
    }
}

/// The table that an event of a known kind changes.
fn table_of(kind: &str) -> Option<Table> {
    Some(match kind {
        "tenant.founded" | "tenant.watermark_set" => Table::Tenant,
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
