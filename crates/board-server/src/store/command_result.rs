//! Table `command_result`: what became of each command, so that a repeat gets the first answer.

use board_domain::{Hash, TenantId, wire::CommandOutcome};
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use super::StoreError;

/// A processed command.
pub(crate) struct CommandResult {
    /// Its number.
    pub(crate) cmd_seq: u64,
    /// Its idempotency key.
    pub(crate) key: String,
    /// SHA-256 of its payload.
    pub(crate) payload_hash: Hash,
    /// What became of it.
    pub(crate) outcome: CommandOutcome,
}

/// The result stored for a number, or else the one stored for a key.
pub(crate) fn find(
    sql: &Connection,
    tenant: &TenantId,
    client: Uuid,
    cmd_seq: u64,
    key: Uuid,
) -> Result<Option<CommandResult>, StoreError> {
    let row = sql
        .prepare_cached(
            "SELECT cmd_seq, key, payload_hash, outcome FROM command_result
             WHERE tenant = ?1 AND client = ?2 AND (cmd_seq = ?3 OR key = ?4)
             ORDER BY cmd_seq = ?3 DESC LIMIT 1",
        )?
        .query_row((tenant.as_str(), client.to_string(), cmd_seq.cast_signed(), key.to_string()), |row| {
            Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?, row.get::<_, String>(3)?))
        })
        .optional()?;
    let Some((cmd_seq, key, payload_hash, outcome)) = row else { return Ok(None) };
    Ok(Some(CommandResult {
        cmd_seq: cmd_seq.cast_unsigned(),
        key,
        payload_hash: Hash(payload_hash),
        outcome: serde_json::from_str(&outcome)?,
    }))
}

/// Stores a result.
pub(crate) fn insert(
    sql: &Connection,
    tenant: &TenantId,
    client: Uuid,
    result: &CommandResult,
) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT INTO command_result (tenant, client, cmd_seq, key, payload_hash, outcome)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute((
        tenant.as_str(),
        client.to_string(),
        result.cmd_seq.cast_signed(),
        &result.key,
        result.payload_hash.0,
        serde_json::to_string(&result.outcome)?,
    ))?;
    Ok(())
}
