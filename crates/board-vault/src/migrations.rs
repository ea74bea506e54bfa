//! The schema's steps, oldest first. A step that has shipped is never edited.

mod step_2;

use rusqlite::{Connection, Transaction};

type Step = fn(&Transaction<'_>) -> rusqlite::Result<()>;

const STEPS: [Step; 4] = [
    |transaction| transaction.execute_batch(include_str!("migrations/0001.sql")),
    step_2::run,
    |transaction| transaction.execute_batch(include_str!("migrations/0003.sql")),
    |transaction| transaction.execute_batch(include_str!("migrations/0004.sql")),
];

/// Newest schema of this version.
#[allow(clippy::cast_possible_truncation)]
pub(crate) const NEWEST: u32 = STEPS.len() as u32;

/// Schema of an open file; 0 for an empty one.
pub(crate) fn schema(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Brings the schema from `from` to the newest, each step in a transaction of its own.
pub(crate) fn run(connection: &mut Connection, from: u32) -> rusqlite::Result<()> {
    for (step, number) in STEPS.iter().zip(1u32..).skip(from as usize) {
        let transaction = connection.transaction()?;
        step(&transaction)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}
