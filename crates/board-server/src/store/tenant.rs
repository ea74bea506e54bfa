//! Table `tenant`: where each log stands, and the key that turns participants into pseudonyms. Not the company.

use board_domain::TenantId;
use uuid::Uuid;

use super::{
    StoreError,
    sql::{Row, Sql, values},
};

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
pub(crate) fn get(sql: &mut dyn Sql, tenant: &TenantId) -> Result<Option<TenantRow>, StoreError> {
    sql.first(
        "SELECT epoch, head, floor, last_at FROM tenant WHERE tenant = $1",
        values![tenant.as_str()],
        read,
    )
}

/// Reads epoch, head, floor and time of a row.
pub(super) fn read(row: &Row<'_>) -> Result<TenantRow, StoreError> {
    Ok(TenantRow {
        epoch: Uuid::parse_str(row.text(0)?).map_err(|_| StoreError::Unreadable("epoch"))?,
        head: row.position(1)?,
        floor: row.position(2)?,
        last_at: row.integer(3)?,
    })
}

/// Starts a tenant's log: a fresh epoch, head 0, a fresh key for pseudonyms. `false` where it already has one.
pub(crate) fn create(
    sql: &mut dyn Sql,
    tenant: &TenantId,
    epoch: Uuid,
    pseudonym_key: &[u8; 32],
) -> Result<bool, StoreError> {
    let rows = sql.execute(
        "INSERT INTO tenant (tenant, epoch, head, floor, last_at, pseudonym_key) VALUES ($1, $2, 0, 0, 0, $3)
         ON CONFLICT (tenant) DO NOTHING",
        values![tenant.as_str(), &epoch.to_string(), pseudonym_key],
    )?;
    Ok(rows == 1)
}

/// Moves the head of a log that stands where it is thought to stand; `false` where it does not.
pub(super) fn advance(
    sql: &mut dyn Sql,
    tenant: &TenantId,
    epoch: Uuid,
    (from, to): (u64, u64),
    last_at: i64,
) -> Result<bool, StoreError> {
    let rows = sql.execute(
        "UPDATE tenant SET head = $4, last_at = $5 WHERE tenant = $1 AND epoch = $2 AND head = $3",
        values![tenant.as_str(), &epoch.to_string(), from, to, last_at],
    )?;
    Ok(rows == 1)
}

/// Raises the floor, never above the head and never down.
pub(crate) fn raise_floor(sql: &mut dyn Sql, tenant: &TenantId, floor: u64) -> Result<(), StoreError> {
    sql.execute(
        "UPDATE tenant SET floor = $2 WHERE tenant = $1 AND floor < $2 AND head > $2",
        values![tenant.as_str(), floor],
    )?;
    Ok(())
}

/// Holds the tenant's row until the transaction ends, so that work on it goes one after the other.
pub(crate) fn hold(sql: &mut dyn Sql, tenant: &TenantId) -> Result<(), StoreError> {
    sql.execute("UPDATE tenant SET floor = floor WHERE tenant = $1", values![tenant.as_str()])?;
    Ok(())
}

/// Gives the log a new epoch.
pub(crate) fn renew(sql: &mut dyn Sql, tenant: &TenantId, epoch: Uuid) -> Result<(), StoreError> {
    sql.execute(
        "UPDATE tenant SET epoch = $2 WHERE tenant = $1",
        values![tenant.as_str(), &epoch.to_string()],
    )?;
    Ok(())
}

/// The key of the tenant's pseudonyms.
pub(crate) fn pseudonym_key(sql: &mut dyn Sql, tenant: &TenantId) -> Result<Option<[u8; 32]>, StoreError> {
    sql.first("SELECT pseudonym_key FROM tenant WHERE tenant = $1", values![tenant.as_str()], |row| {
        row.key(0)
    })
}

/// Every tenant and its head.
pub(crate) fn heads(sql: &mut dyn Sql) -> Result<Vec<(TenantId, u64)>, StoreError> {
    sql.all("SELECT tenant, head FROM tenant ORDER BY tenant", &[], |row| {
        let tenant = TenantId::new(row.text(0)?).map_err(|_| StoreError::Unreadable("tenant"))?;
        Ok((tenant, row.position(1)?))
    })
}

/// Every tenant with its epoch and head, for the watch over logs that another process extended or restored.
pub(crate) fn logs(sql: &mut dyn Sql) -> Result<Vec<(TenantId, Uuid, u64)>, StoreError> {
    sql.all("SELECT tenant, epoch, head FROM tenant ORDER BY tenant", &[], |row| {
        let tenant = TenantId::new(row.text(0)?).map_err(|_| StoreError::Unreadable("tenant"))?;
        let epoch = Uuid::parse_str(row.text(1)?).map_err(|_| StoreError::Unreadable("epoch"))?;
        Ok((tenant, epoch, row.position(2)?))
    })
}
