//! Table `service_token`: machine identities of a tenant, by the hash of their token.

use board_domain::{Hash, TenantId};
use rusqlite::{Connection, OptionalExtension};

use super::StoreError;

/// The name and scopes (space-separated) of a token.
pub(crate) fn get(
    sql: &Connection,
    tenant: &TenantId,
    hash: &Hash,
) -> Result<Option<(String, String)>, StoreError> {
    Ok(sql
        .prepare_cached("SELECT name, scopes FROM service_token WHERE tenant = ?1 AND hash = ?2")?
        .query_row((tenant.as_str(), hash.0), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

/// Adds a token.
pub(crate) fn insert(
    sql: &Connection,
    tenant: &TenantId,
    hash: &Hash,
    name: &str,
    scopes: &str,
) -> Result<(), StoreError> {
    sql.prepare_cached("INSERT INTO service_token (tenant, hash, name, scopes) VALUES (?1, ?2, ?3, ?4)")?
        .execute((tenant.as_str(), hash.0, name, scopes))?;
    Ok(())
}
