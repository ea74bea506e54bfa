//! Table `service_token`: machine identities of a tenant, by the hash of their token.

use board_domain::{Hash, TenantId};

use super::{
    StoreError,
    sql::{Sql, values},
};

/// The name and scopes (space-separated) of a token.
pub(crate) fn get(
    sql: &mut dyn Sql,
    tenant: &TenantId,
    hash: &Hash,
) -> Result<Option<(String, String)>, StoreError> {
    sql.first(
        "SELECT name, scopes FROM service_token WHERE tenant = $1 AND hash = $2",
        values![tenant.as_str(), hash],
        |row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned())),
    )
}

/// Adds a token.
pub(crate) fn insert(
    sql: &mut dyn Sql,
    tenant: &TenantId,
    hash: &Hash,
    name: &str,
    scopes: &str,
) -> Result<(), StoreError> {
    sql.execute(
        "INSERT INTO service_token (tenant, hash, name, scopes) VALUES ($1, $2, $3, $4)",
        values![tenant.as_str(), hash, name, scopes],
    )?;
    Ok(())
}
