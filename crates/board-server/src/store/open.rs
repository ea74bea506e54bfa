//! Opening the file: key, pragmas, tables and their versions. Not queries.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags};

use crate::secret::Secret;

/// Version of the tables below. Shipped versions never change; a new one adds a step.
const VERSION: i64 = 2;

/// Why the store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file is not there or not ours to open.
    #[error("the store cannot be opened: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The key does not fit the file, or the file is no database.
    #[error("the store's key does not open this file")]
    WrongKey,
    /// A newer server wrote it.
    #[error("the store has version {found}, this server knows {VERSION}: use a newer server")]
    Newer {
        /// Its version.
        found: i64,
    },
    /// No thread for the writer.
    #[error("the store's writer cannot start: {0}")]
    Thread(#[from] std::io::Error),
}

/// A connection with its key and pragmas; only the writer may create the file.
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
            Some(rusqlite::ErrorCode::NotADatabase) => OpenError::WrongKey,
            _ => OpenError::Sqlite(error),
        },
    )?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(64);
    if writes {
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
    }
    Ok(connection)
}

/// Brings the tables to [`VERSION`].
pub(super) fn migrate(connection: &Connection) -> Result<(), OpenError> {
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > VERSION {
        return Err(OpenError::Newer { found });
    }
    for (version, tables) in (1..).zip([include_str!("version_1.sql"), include_str!("version_2.sql")]) {
        if found < version {
            connection.execute_batch(&format!(
                "BEGIN IMMEDIATE; {tables} PRAGMA user_version = {version}; COMMIT;"
            ))?;
        }
    }
    Ok(())
}
