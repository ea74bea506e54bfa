//! Table `access_token`: bearer tokens of the next minutes, by hash.

use board_domain::{Hash, PersonId};

use super::{
    StoreError,
    sql::{Sql, values},
};

/// The person, the session and the end (milliseconds since 1970) of a token.
pub(crate) fn get(sql: &mut dyn Sql, hash: &Hash) -> Result<Option<(PersonId, String, i64)>, StoreError> {
    sql.first("SELECT person, family, expires_at FROM access_token WHERE hash = $1", values![hash], |row| {
        let person = PersonId::new(row.text(0)?).map_err(|_| StoreError::Unreadable("person"))?;
        Ok((person, row.text(1)?.to_owned(), row.integer(2)?))
    })
}

/// Adds a token and drops those that ended.
pub(crate) fn insert(
    sql: &mut dyn Sql,
    hash: &Hash,
    family: &str,
    person: &PersonId,
    now: i64,
    expires_at: i64,
) -> Result<(), StoreError> {
    sql.execute("DELETE FROM access_token WHERE expires_at <= $1", values![now])?;
    sql.execute(
        "INSERT INTO access_token (hash, family, person, expires_at) VALUES ($1, $2, $3, $4)",
        values![hash, family, person.as_str(), expires_at],
    )?;
    Ok(())
}

/// Ends every token of a session.
pub(crate) fn revoke(sql: &mut dyn Sql, family: &str) -> Result<(), StoreError> {
    sql.execute("DELETE FROM access_token WHERE family = $1", values![family])?;
    Ok(())
}
