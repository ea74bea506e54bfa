//! Table `client`: the high-water mark of each client's commands. It never expires.

use board_domain::TenantId;
use uuid::Uuid;

use super::{
    StoreError,
    sql::{Sql, values},
};

/// The client's owner and the number of its last processed command.
pub(super) fn get(
    sql: &mut dyn Sql,
    tenant: &TenantId,
    client: Uuid,
) -> Result<Option<(String, u64)>, StoreError> {
    sql.first(
        "SELECT person, last_cmd_seq FROM client WHERE tenant = $1 AND client = $2",
        values![tenant.as_str(), &client.to_string()],
        |row| Ok((row.text(0)?.to_owned(), row.position(1)?)),
    )
}

/// Moves the mark; the first command ties the client to its person.
pub(super) fn put(
    sql: &mut dyn Sql,
    tenant: &TenantId,
    client: Uuid,
    person: &str,
    last_cmd_seq: u64,
) -> Result<(), StoreError> {
    sql.execute(
        "INSERT INTO client (tenant, client, person, last_cmd_seq) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant, client) DO UPDATE SET last_cmd_seq = $4",
        values![tenant.as_str(), &client.to_string(), person, last_cmd_seq],
    )?;
    Ok(())
}
