//! Table `refresh_token`: sessions as families of tokens that are each good once, by hash.

use board_domain::{Hash, PersonId};
use rusqlite::{Connection, OptionalExtension};

use super::StoreError;

/// A row.
pub(crate) struct RefreshToken {
    /// The session.
    pub(crate) family: String,
    /// Whose.
    pub(crate) person: PersonId,
    /// Name of the device.
    pub(crate) device: String,
    /// When it ends, milliseconds since 1970.
    pub(crate) expires_at: i64,
    /// Whether it was exchanged already.
    pub(crate) used: bool,
}

/// The row of a token.
pub(crate) fn get(sql: &Connection, hash: &Hash) -> Result<Option<RefreshToken>, StoreError> {
    let row = sql
        .prepare_cached("SELECT family, person, device, expires_at, used FROM refresh_token WHERE hash = ?1")?
        .query_row([hash.0], |row| {
            Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        })
        .optional()?;
    let Some((family, person, device, expires_at, used)) = row else { return Ok(None) };
    let person = PersonId::new(person).map_err(|_| StoreError::Unreadable("person"))?;
    Ok(Some(RefreshToken { family, person, device, expires_at, used }))
}

/// Adds a token and drops those that ended.
pub(crate) fn insert(
    sql: &Connection,
    hash: &Hash,
    token: &RefreshToken,
    now: i64,
) -> Result<(), StoreError> {
    sql.prepare_cached("DELETE FROM refresh_token WHERE expires_at <= ?1")?.execute([now])?;
    sql.prepare_cached(
        "INSERT INTO refresh_token (hash, family, person, device, expires_at, used)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute((
        hash.0,
        &token.family,
        token.person.as_str(),
        &token.device,
        token.expires_at,
        token.used,
    ))?;
    Ok(())
}

/// Marks a token as exchanged.
pub(crate) fn mark_used(sql: &Connection, hash: &Hash) -> Result<(), StoreError> {
    sql.prepare_cached("UPDATE refresh_token SET used = 1 WHERE hash = ?1")?.execute([hash.0])?;
    Ok(())
}

/// Ends a session.
pub(crate) fn revoke(sql: &Connection, family: &str) -> Result<(), StoreError> {
    sql.prepare_cached("DELETE FROM refresh_token WHERE family = ?1")?.execute([family])?;
    Ok(())
}
