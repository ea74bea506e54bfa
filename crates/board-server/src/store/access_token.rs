//! Table `access_token`: bearer tokens of the next minutes, by hash.

use board_domain::{Hash, PersonId};
use rusqlite::{Connection, OptionalExtension};

use super::StoreError;

/// The person, the session and the end (milliseconds since 1970) of a token.
pub(crate) fn get(sql: &Connection, hash: &Hash) -> Result<Option<(PersonId, String, i64)>, StoreError> {
    let row = sql
        .prepare_cached("SELECT person, family, expires_at FROM access_token WHERE hash = ?1")?
        .query_row([hash.0], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((person, family, expires_at)) = row else { return Ok(None) };
    Ok(Some((PersonId::new(person).map_err(|_| StoreError::Unreadable("person"))?, family, expires_at)))
}

/// Adds a token and drops those that ended.
pub(crate) fn insert(
    sql: &Connection,
    hash: &Hash,
    family: &str,
    person: &PersonId,
    now: i64,
    expires_at: i64,
) -> Result<(), StoreError> {
    sql.prepare_cached("DELETE FROM access_token WHERE expires_at <= ?1")?.execute([now])?;
    sql.prepare_cached(
        "INSERT INTO access_token (hash, family, person, expires_at) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute((hash.0, family, person.as_str(), expires_at))?;
    Ok(())
}

/// Ends every token of a session.
pub(crate) fn revoke(sql: &Connection, family: &str) -> Result<(), StoreError> {
    sql.prepare_cached("DELETE FROM access_token WHERE family = ?1")?.execute([family])?;
    Ok(())
}
