//! Table `client`: the high-water mark of each client's commands. It never expires.

use board_domain::{PersonId, TenantId};
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use super::StoreError;

/// The client's owner and the number of its last processed command.
pub(crate) fn get(
    sql: &Connection,
    tenant: &TenantId,
    client: Uuid,
) -> Result<Option<(String, u64)>, StoreError> {
    Ok(sql
        .prepare_cached("SELECT person, last_cmd_seq FROM client WHERE tenant = ?1 AND client = ?2")?
        .query_row((tenant.as_str(), client.to_string()), |row| {
            Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned()))
        })
        .optional()?)
}

/// Moves the mark; the first command ties the client to its person.
pub(crate) fn put(
    sql: &Connection,
    tenant: &TenantId,
    client: Uuid,
    person: &PersonId,
    last_cmd_seq: u64,
) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT INTO client (tenant, client, person, last_cmd_seq) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (tenant, client) DO UPDATE SET last_cmd_seq = ?4",
    )?
    .execute((tenant.as_str(), client.to_string(), person.as_str(), last_cmd_seq.cast_signed()))?;
    Ok(())
}
