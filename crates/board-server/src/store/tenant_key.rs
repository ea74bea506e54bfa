//! Table `tenant_key`: the signing keys of a tenant, and the secret half of the one that signs. Not the signing.

use board_domain::{TenantId, TenantKey};
use zeroize::Zeroizing;

use super::{
    StoreError,
    sql::{Sql, values},
};

/// Every key of the tenant as it is published, oldest first.
pub(crate) fn all(sql: &mut dyn Sql, tenant: &TenantId) -> Result<Vec<TenantKey>, StoreError> {
    let mut keys: Vec<TenantKey> = sql.all(
        "SELECT published FROM tenant_key WHERE tenant = $1 ORDER BY public",
        values![tenant.as_str()],
        |row| Ok(serde_json::from_str(row.text(0)?)?),
    )?;
    keys.sort_by_key(|key| key.since);
    Ok(keys)
}

/// The secret half of a key; `None` where there is none, or where it no longer signs.
pub(crate) fn secret(
    sql: &mut dyn Sql,
    tenant: &TenantId,
    public: &str,
) -> Result<Option<Zeroizing<[u8; 32]>>, StoreError> {
    let found = sql.first(
        "SELECT secret FROM tenant_key WHERE tenant = $1 AND public = $2",
        values![tenant.as_str(), public],
        |row| if row.bytes(0)?.is_empty() { Ok(None) } else { Ok(Some(Zeroizing::new(row.key(0)?))) },
    )?;
    Ok(found.flatten())
}

/// Adds a key that signs.
pub(crate) fn insert(
    sql: &mut dyn Sql,
    tenant: &TenantId,
    key: &TenantKey,
    secret: &[u8; 32],
) -> Result<(), StoreError> {
    sql.execute(
        "INSERT INTO tenant_key (tenant, public, published, secret) VALUES ($1, $2, $3, $4)",
        values![tenant.as_str(), &key.public, &serde_json::to_string(key)?, secret],
    )?;
    Ok(())
}

/// Publishes a key that no longer signs, and forgets its secret half.
pub(crate) fn close(sql: &mut dyn Sql, tenant: &TenantId, key: &TenantKey) -> Result<(), StoreError> {
    sql.execute(
        "UPDATE tenant_key SET published = $3, secret = $4 WHERE tenant = $1 AND public = $2",
        values![tenant.as_str(), &key.public, &serde_json::to_string(key)?, &[0_u8; 0][..]],
    )?;
    Ok(())
}
