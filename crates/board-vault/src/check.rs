//! The vault's health for `doctor`: seals, structure, counts. It reports, it repairs nothing.

use crate::reader::unsigned;
use crate::{OpenError, Vault, migrations, open};

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// What is wrong with pages or structure; empty for a sound file. At most 100 lines.
    pub problems: Vec<String>,
    /// Schema of the file.
    pub schema: u32,
    /// Version of the cipher library.
    pub cipher: String,
    /// Bytes of the file, its write-ahead log not counted.
    pub bytes: u64,
    /// Tenants.
    pub tenants: u64,
    /// Events.
    pub events: u64,
    /// Rows, old versions counted.
    pub rows: u64,
    /// Commands whose effect has not come back.
    pub pending: u64,
    /// Refusals not yet seen.
    pub refusals: u64,
    /// Tables that stand still.
    pub paused: u64,
}

impl Vault {
    /// Reads the whole file and verifies it. What damage hides is counted as 0.
    pub fn check(&self) -> Result<Health, OpenError> {
        // What is only in the write-ahead log would not be looked at.
        whole(self.reader.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())))?;
        let mut problems = open::bad_pages(&self.path, &self.key)?;
        if problems.is_empty() {
            let connection = &self.reader.connection;
            let mut statement = connection.prepare("PRAGMA integrity_check(100)")?;
            let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
            problems = lines
                .filter(|line| line.as_ref().ok().is_none_or(|line| line != "ok"))
                .collect::<Result<_, _>>()?;
        }
        problems.truncate(100);
        let count = |table: &str| -> Result<u64, OpenError> {
            let sql = format!("SELECT count(*) FROM {table}");
            let counted = whole(self.reader.connection.query_row(&sql, [], |row| row.get(0)))?;
            Ok(unsigned(counted.unwrap_or_default())?)
        };
        Ok(Health {
            schema: migrations::schema(&self.reader.connection)?,
            cipher: self.reader.connection.query_row("PRAGMA cipher_version", [], |row| row.get(0))?,
            bytes: std::fs::metadata(&self.path).map_err(OpenError::Io)?.len(),
            tenants: count("tenant")?,
            events: count("event")?,
            rows: count("row")? + count("version")?,
            pending: count("outbox")?,
            refusals: count("refusal")?,
            paused: count("paused")?,
            problems,
        })
    }
}

/// `None` where damage stood in the way, which the list of problems tells already.
fn whole<T>(read: rusqlite::Result<T>) -> Result<Option<T>, OpenError> {
    match read.map_err(OpenError::from) {
        Ok(value) => Ok(Some(value)),
        Err(OpenError::Corrupt) => Ok(None),
        Err(other) => Err(other),
    }
}
