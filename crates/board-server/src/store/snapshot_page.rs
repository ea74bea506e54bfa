//! Table `snapshot_page`: texts of pages, zstd-compressed, by what they hash to and whom they are for. Not which
//! snapshot needs them.

use board_domain::{Audience, Hash, TenantId};

use super::{
    StoreError,
    sql::{Sql, Value, values},
};

/// The compressed texts with this hash and the audience of each.
pub(crate) fn get(
    sql: &mut dyn Sql,
    tenant: &TenantId,
    sha256: &Hash,
) -> Result<Vec<(Audience, Vec<u8>)>, StoreError> {
    sql.all(
        "SELECT audience, text FROM snapshot_page WHERE tenant = $1 AND sha256 = $2 ORDER BY audience",
        values![tenant.as_str(), sha256],
        |row| {
            let audience = Audience::parse(row.text(0)?).ok_or(StoreError::Unreadable("audience"))?;
            Ok((audience, row.bytes(1)?.to_vec()))
        },
    )
}

/// Every page that is kept.
pub(crate) fn all(sql: &mut dyn Sql, tenant: &TenantId) -> Result<Vec<(Hash, Audience)>, StoreError> {
    sql.all(
        "SELECT sha256, audience FROM snapshot_page WHERE tenant = $1 ORDER BY sha256, audience",
        values![tenant.as_str()],
        |row| {
            let audience = Audience::parse(row.text(1)?).ok_or(StoreError::Unreadable("audience"))?;
            Ok((row.hash(0)?, audience))
        },
    )
}

/// Adds a page, where it is not kept already.
pub(crate) fn insert(
    sql: &mut dyn Sql,
    tenant: &TenantId,
    sha256: &Hash,
    audience: &Audience,
    text: &[u8],
) -> Result<(), StoreError> {
    sql.execute(
        "INSERT INTO snapshot_page (tenant, sha256, audience, text) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant, sha256, audience) DO NOTHING",
        values![tenant.as_str(), sha256, &audience.to_string(), Value::Bytes(text)],
    )?;
    Ok(())
}

/// Drops a page.
pub(crate) fn remove(
    sql: &mut dyn Sql,
    tenant: &TenantId,
    sha256: &Hash,
    audience: &Audience,
) -> Result<(), StoreError> {
    sql.execute(
        "DELETE FROM snapshot_page WHERE tenant = $1 AND sha256 = $2 AND audience = $3",
        values![tenant.as_str(), sha256, &audience.to_string()],
    )?;
    Ok(())
}
