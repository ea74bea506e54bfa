//! Table `command_result`: what became of each command, so that a repeat gets the first answer.

use board_domain::{Hash, TenantId, wire::CommandOutcome};
use uuid::Uuid;

use super::{
    StoreError,
    sql::{Sql, values},
};

/// A processed command.
#[derive(Clone)]
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
pub(super) fn find(
    sql: &mut dyn Sql,
    tenant: &TenantId,
    client: Uuid,
    cmd_seq: u64,
    key: Uuid,
) -> Result<Option<CommandResult>, StoreError> {
    sql.first(
        // Two searches, each of an index of its own: with OR between them, SQLite reads all results of the client.
        "SELECT cmd_seq, key, payload_hash, outcome, 0 AS second FROM command_result
         WHERE tenant = $1 AND client = $2 AND cmd_seq = $3
         UNION ALL
         SELECT cmd_seq, key, payload_hash, outcome, 1 FROM command_result
         WHERE tenant = $1 AND client = $2 AND key = $4 AND cmd_seq <> $3
         ORDER BY second LIMIT 1",
        values![tenant.as_str(), &client.to_string(), cmd_seq, &key.to_string()],
        |row| {
            Ok(CommandResult {
                cmd_seq: row.position(0)?,
                key: row.text(1)?.to_owned(),
                payload_hash: row.hash(2)?,
                outcome: serde_json::from_str(row.text(3)?)?,
            })
        },
    )
}

/// Stores a result.
pub(super) fn insert(
    sql: &mut dyn Sql,
    tenant: &TenantId,
    client: Uuid,
    result: &CommandResult,
) -> Result<(), StoreError> {
    sql.execute(
        "INSERT INTO command_result (tenant, client, cmd_seq, key, payload_hash, outcome)
         VALUES ($1, $2, $3, $4, $5, $6)",
        values![
            tenant.as_str(),
            &client.to_string(),
            result.cmd_seq,
            &result.key,
            &result.payload_hash,
            &serde_json::to_string(&result.outcome)?,
        ],
    )?;
    Ok(())
}
