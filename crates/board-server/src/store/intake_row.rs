//! Table `intake_row`: normalised upstream rows, people as pseudonyms. What figures are computed from.

use std::{collections::HashMap, ops::ControlFlow};

use board_domain::{Hash, TenantId};

use super::{
    StoreError,
    sql::{Sql, values},
};
use crate::ingest::IntakeRow;

/// Rows of one statement, where an engine takes lists: some megabytes.
const ROWS: usize = 5_000;

/// The content hashes of those rows that are known, by id.
pub(crate) fn hashes<'i>(
    sql: &mut dyn Sql,
    tenant: &TenantId,
    source: &str,
    external_ids: &[&'i str],
) -> Result<HashMap<&'i str, Hash>, StoreError> {
    let mut found = HashMap::new();
    if !sql.takes_lists() {
        let text = "SELECT row_hash FROM intake_row WHERE tenant = $1 AND source = $2 AND external_id = $3";
        for id in external_ids {
            let hash = sql.first(text, values![tenant.as_str(), source, *id], |row| row.hash(0))?;
            found.extend(hash.map(|hash| (*id, hash)));
        }
        return Ok(found);
    }
    // The place in the list comes back for the id, so that the answer repeats no text.
    let text = "SELECT asked.place, intake_row.row_hash
         FROM unnest($3::text[]) WITH ORDINALITY AS asked (external_id, place) JOIN intake_row
         ON intake_row.tenant = $1 AND intake_row.source = $2 AND intake_row.external_id = asked.external_id";
    for ids in external_ids.chunks(ROWS) {
        let values = values![tenant.as_str(), source, ids];
        sql.query(text, values, &mut |row| {
            let place =
                usize::try_from(row.position(0)?).ok().and_then(|place| ids.get(place.checked_sub(1)?));
            found.insert(*place.ok_or(StoreError::Unreadable("place"))?, row.hash(1)?);
            Ok(ControlFlow::Continue(()))
        })?;
    }
    Ok(found)
}

/// Adds rows: id, content hash and content.
pub(crate) fn insert(
    sql: &mut dyn Sql,
    tenant: &TenantId,
    source: &str,
    rows: &[(&str, &Hash, &IntakeRow)],
) -> Result<(), StoreError> {
    for rows in rows.chunks(ROWS) {
        let texts: Vec<String> =
            rows.iter().map(|(.., row)| serde_json::to_string(row)).collect::<Result<_, _>>()?;
        if !sql.takes_lists() {
            let text = "INSERT INTO intake_row (tenant, source, external_id, row_hash, row) VALUES ($1, $2, $3, $4, $5)";
            for ((id, hash, _), row) in rows.iter().zip(&texts) {
                sql.execute(text, values![tenant.as_str(), source, *id, *hash, row])?;
            }
            continue;
        }
        let ids: Vec<&str> = rows.iter().map(|(id, ..)| *id).collect();
        let hashes: Vec<&[u8]> = rows.iter().map(|(_, hash, _)| hash.0.as_slice()).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        sql.execute(
            "INSERT INTO intake_row (tenant, source, external_id, row_hash, row)
             SELECT $1, $2, one.* FROM unnest($3::text[], $4::bytea[], $5::text[]) AS one",
            values![tenant.as_str(), source, ids.as_slice(), hashes.as_slice(), texts.as_slice()],
        )?;
    }
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
