//! Table `refresh_token`: sessions as families of tokens that are each good once, by hash.

use board_domain::{Hash, PersonId};

use super::{
    StoreError,
    sql::{Sql, values},
};

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
pub(crate) fn get(sql: &mut dyn Sql, hash: &Hash) -> Result<Option<RefreshToken>, StoreError> {
    sql.first(
        "SELECT family, person, device, expires_at, used FROM refresh_token WHERE hash = $1",
        values![hash],
        |row| {
            Ok(RefreshToken {
                family: row.text(0)?.to_owned(),
                person: PersonId::new(row.text(1)?).map_err(|_| StoreError::Unreadable("person"))?,
                device: row.text(2)?.to_owned(),
                expires_at: row.integer(3)?,
                used: row.integer(4)? != 0,
            })
        },
    )
}

/// Adds a token and drops those that ended.
pub(crate) fn insert(
    sql: &mut dyn Sql,
    hash: &Hash,
    token: &RefreshToken,
    now: i64,
) -> Result<(), StoreError> {
    sql.execute("DELETE FROM refresh_token WHERE expires_at <= $1", values![now])?;
    sql.execute(
        "INSERT INTO refresh_token (hash, family, person, device, expires_at, used)
         VALUES ($1, $2, $3, $4, $5, $6)",
        values![
            hash,
            &token.family,
            token.person.as_str(),
            &token.device,
            token.expires_at,
            i64::from(token.used),
        ],
    )?;
    Ok(())
}

/// Marks a token as exchanged; `false` where someone else was first, on this server or on another.
pub(crate) fn mark_used(sql: &mut dyn Sql, hash: &Hash) -> Result<bool, StoreError> {
    let rows =
        sql.execute("UPDATE refresh_token SET used = 1 WHERE hash = $1 AND used = 0", values![hash])?;
    Ok(rows == 1)
}

/// Ends a session.
pub(crate) fn revoke(sql: &mut dyn Sql, family: &str) -> Result<(), StoreError> {
    sql.execute("DELETE FROM refresh_token WHERE family = $1", values![family])?;
    Ok(())
}
