//! Table `intake_row`: normalised upstream rows, people as pseudonyms. What figures are computed from.

use board_domain::{Hash, TenantId};

use super::{
    StoreError,
    sql::{Sql, values},
};
use crate::ingest::IntakeRow;

/// The content hash of a known row.
pub(crate) fn hash(
    sql: &mut dyn Sql,
    tenant: &TenantId,
    source: &str,
    external_id: &str,
) -> Result<Option<Hash>, StoreError> {
    sql.first(
        "SELECT row_hash FROM intake_row WHERE tenant = $1 AND source = $2 AND external_id = $3",
        values![tenant.as_str(), source, external_id],
        |row| row.hash(0),
    )
}

/// Adds a row.
pub(crate) fn insert(
    sql: &mut dyn Sql,
    tenant: &TenantId,
    source: &str,
    external_id: &str,
    row_hash: &Hash,
    row: &IntakeRow,
) -> Result<(), StoreError> {
    sql.execute(
        "INSERT INTO intake_row (tenant, source, external_id, row_hash, row) VALUES ($1, $2, $3, $4, $5)",
        values![tenant.as_str(), source, external_id, row_hash, &serde_json::to_string(row)?],
    )?;
    Ok(())
}

/// Every row of a tenant, by source and id.
pub(crate) fn all(sql: &mut dyn Sql, tenant: &TenantId) -> Result<Vec<IntakeRow>, StoreError> {
    sql.all(
        "SELECT row FROM intake_row WHERE tenant = $1 ORDER BY source, external_id",
        values![tenant.as_str()],
        |row| Ok(serde_json::from_str(row.text(0)?)?),
    )
}
