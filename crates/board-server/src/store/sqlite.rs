//! The embedded engine: opening the file, its tables' versions, and a lane's connection to it. Not queries.

use std::{path::Path, time::Duration};

use board_domain::TenantId;
use rusqlite::{
    Connection, ErrorCode, OpenFlags,
    ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE},
};

use super::{
    OpenError, StoreError, audience, client, command_result,
    engine::{Batch, Engine},
    event,
    sql::Sql,
    tenant::{self, TenantRow},
};
use crate::secret::Secret;

/// The steps that make the tables, oldest first. Shipped steps never change; a change is one more.
const STEPS: [&str; 4] = [
    include_str!("version_1.sql"),
    include_str!("version_2.sql"),
    include_str!("version_3.sql"),
    include_str!("version_4.sql"),
];

/// Memory for pages of the connection that writes.
const CACHE_KIB: i64 = 32 << 10;
/// Pages of the log of changes before they are copied into the file: 16 MB.
const WAL_PAGES: i64 = 4_096;

/// A connection with its key and pragmas; only one that writes may create the file.
pub(super) fn connection(path: &Path, key: Option<&Secret>, writes: bool) -> Result<Connection, OpenError> {
    let access = if writes {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
    } else {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    };
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    if let Some(key) = key {
        connection.pragma_update(None, "key", key.reveal())?;
    }
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).map_err(
        |error| match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => OpenError::WrongKey,
            _ => OpenError::Sqlite(error),
        },
    )?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(64);
    if writes {
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        // Many tenants touch many pages: they are kept in memory, and pages written often are copied home once.
        connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        connection.pragma_update(None, "wal_autocheckpoint", WAL_PAGES)?;
    }
    Ok(connection)
}

/// Brings the tables to the newest version.
pub(super) fn migrate(connection: &Connection) -> Result<(), OpenError> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let result = (|| {
        let done = check_version(connection)?;
        for step in &STEPS[done..] {
            connection.execute_batch(step)?;
        }
        if done < STEPS.len() {
            connection.pragma_update(None, "user_version", i64::try_from(STEPS.len()).unwrap_or(i64::MAX))?;
        }
        Ok(())
    })();
    connection.execute_batch(if result.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    result
}

/// The version of the tables, where this server knows it.
pub(super) fn check_version(connection: &Connection) -> Result<usize, OpenError> {
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let known = usize::try_from(found).ok().filter(|version| *version <= STEPS.len());
    known.ok_or(OpenError::Newer { found, known: STEPS.len() })
}

/// A lane's connection.
pub(super) struct Embedded(pub(super) Connection);

impl Engine for Embedded {
    fn ready(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn sql(&mut self) -> &mut dyn Sql {
        &mut self.0
    }

    fn control(&mut self, sql: &'static str) -> Result<(), StoreError> {
        Sql::execute(&mut self.0, sql, &[]).map(|_| ())
    }

    fn far(&self) -> bool {
        false
    }

    /// The transaction holds the lock of the whole file.
    fn lock(&mut self, tenant: &TenantId) -> Result<Option<TenantRow>, StoreError> {
        tenant::get(&mut self.0, tenant)
    }

    fn append(&mut self, batch: &Batch<'_>) -> Result<bool, StoreError> {
        let sql = &mut self.0;
        let Batch { tenant, epoch, from, to, last_at, events, results } = batch;
        if !tenant::advance(sql, tenant, *epoch, (*from, *to), *last_at)? {
            return Ok(false);
        }
        for event in events {
            event::insert(sql, event)?;
        }
        for (audience, end) in batch.ends() {
            audience::put(sql, tenant, audience, &end)?;
        }
        for (client, (person, last_cmd_seq)) in batch.marks() {
            client::put(sql, tenant, client, person, last_cmd_seq)?;
        }
        for one in results {
            command_result::insert(sql, tenant, one.client, &one.result).map_err(taken)?;
        }
        Ok(true)
    }
}

/// A key that is there already, as the other engine says it.
fn taken(error: StoreError) -> StoreError {
    match error {
        StoreError::Sqlite(rusqlite::Error::SqliteFailure(refusal, _))
            if [SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE].contains(&refusal.extended_code) =>
        {
            StoreError::Taken("command_result".into())
        }
        other => other,
    }
}
