//! Table `exchanged_token`: the answers to exchanges of which nobody has shown yet that they arrived, sealed under the
//! token that was exchanged.

use board_domain::Hash;

use super::{
    StoreError,
    sql::{Sql, values},
};

/// A row. It says nothing to who has not the token that was exchanged.
pub(crate) struct Exchanged {
    /// The session.
    pub(crate) family: String,
    /// Hash of the access token given, whose first use shows that the answer arrived.
    pub(crate) access_hash: Hash,
    /// The access token given, sealed.
    pub(crate) access: [u8; 32],
    /// The refresh token given, sealed.
    pub(crate) refresh: [u8; 32],
    /// When, milliseconds since 1970.
    pub(crate) at: i64,
}

/// The answer to the exchange of a token.
pub(crate) fn get(sql: &mut dyn Sql, hash: &Hash) -> Result<Option<Exchanged>, StoreError> {
    sql.first(
        "SELECT family, access_hash, access, refresh, at FROM exchanged_token WHERE hash = $1",
        values![hash],
        |row| {
            Ok(Exchanged {
                family: row.text(0)?.to_owned(),
                access_hash: row.hash(1)?,
                access: row.key(2)?,
                refresh: row.key(3)?,
                at: row.integer(4)?,
            })
        },
    )
}

/// Keeps an answer, and forgets those given before a time, which nobody may ask for any more.
pub(crate) fn insert(
    sql: &mut dyn Sql,
    hash: &Hash,
    exchanged: &Exchanged,
    oldest: i64,
) -> Result<(), StoreError> {
    sql.execute("DELETE FROM exchanged_token WHERE at < $1", values![oldest])?;
    sql.execute(
        "INSERT INTO exchanged_token (hash, family, access_hash, access, refresh, at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        values![
            hash,
            &exchanged.family,
            &exchanged.access_hash,
            &exchanged.access,
            &exchanged.refresh,
            exchanged.at,
        ],
    )?;
    Ok(())
}

/// Whether an access token is of an answer that nobody has shown yet to have arrived.
pub(crate) fn awaits(sql: &mut dyn Sql, access: &Hash) -> Result<bool, StoreError> {
    let found =
        sql.first("SELECT at FROM exchanged_token WHERE access_hash = $1", values![access], |row| {
            row.integer(0)
        })?;
    Ok(found.is_some())
}

/// An answer arrived: it is not given again.
pub(crate) fn arrived(sql: &mut dyn Sql, access: &Hash) -> Result<(), StoreError> {
    sql.execute("DELETE FROM exchanged_token WHERE access_hash = $1", values![access])?;
    Ok(())
}

/// Ends a session.
pub(crate) fn revoke(sql: &mut dyn Sql, family: &str) -> Result<(), StoreError> {
    sql.execute("DELETE FROM exchanged_token WHERE family = $1", values![family])?;
    Ok(())
}
