//! Table `tenant`: where each log stands, and the key that turns participants into pseudonyms. Not the company.

use board_domain::TenantId;
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use super::StoreError;

/// A row.
#[derive(Clone, Debug)]
pub(crate) struct TenantRow {
    /// Epoch of the log.
    pub(crate) epoch: Uuid,
    /// Highest position.
    pub(crate) head: u64,
    /// Positions at or below it are no longer kept.
    pub(crate) floor: u64,
    /// Time of the newest event, milliseconds since 1970; times in a log never run backwards.
    pub(crate) last_at: i64,
}

/// The tenant's row.
pub(crate) fn get(sql: &Connection, tenant: &TenantId) -> Result<Option<TenantRow>, StoreError> {
    let row = sql
        .prepare_cached("SELECT epoch, head, floor, last_at FROM tenant WHERE tenant = ?1")?
        .query_row([tenant.as_str()], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?, row.get(3)?))
        })
        .optional()?;
    let Some((epoch, head, floor, last_at)) = row else { return Ok(None) };
    Ok(Some(TenantRow {
        epoch: Uuid::parse_str(&epoch).map_err(|_| StoreError::Unreadable("epoch"))?,
        head: head.cast_unsigned(),
        floor: floor.cast_unsigned(),
        last_at,
    }))
}

/// Starts a tenant's log: a fresh epoch, head 0, a fresh key for pseudonyms. `false` where it already has one.
pub(crate) fn create(
    sql: &Connection,
    tenant: &TenantId,
    epoch: Uuid,
    pseudonym_key: &[u8; 32],
) -> Result<bool, StoreError> {
    let rows = sql
        .prepare_cached(
            "INSERT INTO tenant (tenant, epoch, head, floor, last_at, pseudonym_key) VALUES (?1, ?2, 0, 0, 0, ?3)
             ON CONFLICT (tenant) DO NOTHING",
        )?
        .execute((tenant.as_str(), epoch.to_string(), pseudonym_key))?;
    Ok(rows == 1)
}

/// Moves the head.
pub(crate) fn advance(
    sql: &Connection,
    tenant: &TenantId,
    head: u64,
    last_at: i64,
) -> Result<(), StoreError> {
    sql.prepare_cached("UPDATE tenant SET head = ?2, last_at = ?3 WHERE tenant = ?1")?.execute((
        tenant.as_str(),
        head.cast_signed(),
        last_at,
    ))?;
    Ok(())
}

/// The key of the tenant's pseudonyms.
pub(crate) fn pseudonym_key(sql: &Connection, tenant: &TenantId) -> Result<Option<[u8; 32]>, StoreError> {
    Ok(sql
        .prepare_cached("SELECT pseudonym_key FROM tenant WHERE tenant = ?1")?
        .query_row([tenant.as_str()], |row| row.get(0))
        .optional()?)
}

/// Every tenant and its head, for the watch over logs that another process extended.
pub(crate) fn heads(sql: &Connection) -> Result<Vec<(TenantId, u64)>, StoreError> {
    let mut statement = sql.prepare_cached("SELECT tenant, head FROM tenant ORDER BY tenant")?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
    rows.map(|row| {
        let (tenant, head) = row?;
        let tenant = TenantId::new(tenant).map_err(|_| StoreError::Unreadable("tenant"))?;
        Ok((tenant, head.cast_unsigned()))
    })
    .collect()
}
