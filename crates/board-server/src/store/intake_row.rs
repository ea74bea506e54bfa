//! Table `intake_row`: normalised upstream rows, people as pseudonyms. What figures are computed from.

use board_domain::{Hash, TenantId};
use rusqlite::{Connection, OptionalExtension};

use super::StoreError;
use crate::ingest::IntakeRow;

/// The content hash of a known row.
pub(crate) fn hash(
    sql: &Connection,
    tenant: &TenantId,
    source: &str,
    external_id: &str,
) -> Result<Option<Hash>, StoreError> {
    Ok(sql
        .prepare_cached(
            "SELECT row_hash FROM intake_row WHERE tenant = ?1 AND source = ?2 AND external_id = ?3",
        )?
        .query_row((tenant.as_str(), source, external_id), |row| row.get(0).map(Hash))
        .optional()?)
}

/// Adds a row.
pub(crate) fn insert(
    sql: &Connection,
    tenant: &TenantId,
    source: &str,
    external_id: &str,
    row_hash: &Hash,
    row: &IntakeRow,
) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT INTO intake_row (tenant, source, external_id, row_hash, row) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((tenant.as_str(), source, external_id, row_hash.0, serde_json::to_string(row)?))?;
    Ok(())
}

/// Every row of a tenant, by source and id.
pub(crate) fn all(sql: &Connection, tenant: &TenantId) -> Result<Vec<IntakeRow>, StoreError> {
    let mut statement =
        sql.prepare_cached("SELECT row FROM intake_row WHERE tenant = ?1 ORDER BY source, external_id")?;
    let mut rows = statement.query([tenant.as_str()])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(serde_json::from_str(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?);
    }
    Ok(all)
}
