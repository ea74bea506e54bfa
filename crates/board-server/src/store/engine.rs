//! What a lane needs of a database besides the common SQL: transactions, the lock of a log, and writing what a group
//! appended. Not the queries.

use std::collections::BTreeMap;

use board_domain::{Audience, Event, TenantId};
use uuid::Uuid;

use super::{StoreError, audience::End, command_result::CommandResult, sql::Sql, tenant::TenantRow};

/// A command's result as a group remembers it.
pub(super) struct Remembered {
    pub(super) tenant: TenantId,
    pub(super) client: Uuid,
    pub(super) person: String,
    pub(super) result: CommandResult,
}

/// What a group adds to one tenant's log.
pub(super) struct Batch<'a> {
    pub(super) tenant: &'a TenantId,
    pub(super) epoch: Uuid,
    /// The head it continues.
    pub(super) from: u64,
    /// The new head.
    pub(super) to: u64,
    /// Time of the newest event, milliseconds since 1970.
    pub(super) last_at: i64,
    pub(super) events: Vec<&'a Event>,
    pub(super) results: Vec<&'a Remembered>,
}

impl Batch<'_> {
    /// Where each audience's chain ends then.
    pub(super) fn ends(&self) -> BTreeMap<&Audience, End> {
        let ends = self.events.iter();
        ends.map(|event| (&event.audience, End { seq: event.audience_seq, hash: event.hash })).collect()
    }

    /// Each client's mark then.
    pub(super) fn marks(&self) -> BTreeMap<Uuid, (&str, u64)> {
        self.results.iter().map(|one| (one.client, (one.person.as_str(), one.result.cmd_seq))).collect()
    }
}

/// A lane's connection.
pub(super) trait Engine: Send {
    /// Makes the connection usable, where it was lost; outside of transactions.
    fn ready(&mut self) -> Result<(), StoreError>;

    /// For the queries of the tables' files, inside or outside of a transaction.
    fn sql(&mut self) -> &mut dyn Sql;

    /// `BEGIN`, `COMMIT`, `ROLLBACK` and the savepoints.
    fn control(&mut self, sql: &'static str) -> Result<(), StoreError>;

    /// Whether a query costs a journey across a network. Such an engine begins transactions only where it must and
    /// takes one tenant at a time; another begins at once and takes all comers.
    fn far(&self) -> bool;

    /// Locks a tenant's row until the transaction ends.
    fn lock(&mut self, tenant: &TenantId) -> Result<Option<TenantRow>, StoreError>;

    /// Writes what a group appended, whole or not at all; `false` where the log does not stand where the batch
    /// begins. Commits it too where no transaction has begun.
    fn append(&mut self, batch: &Batch<'_>) -> Result<bool, StoreError>;
}
