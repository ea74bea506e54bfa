//! Table `membership`: an index of the log's people, kept in the transaction that appends. Not a truth of its own.

use board_domain::{PersonId, Role, TenantId};
use rusqlite::{Connection, OptionalExtension};

use super::StoreError;

/// The person's role in a tenant.
pub(crate) fn role(
    sql: &Connection,
    tenant: &TenantId,
    person: &PersonId,
) -> Result<Option<Role>, StoreError> {
    let code: Option<String> = sql
        .prepare_cached("SELECT role FROM membership WHERE tenant = ?1 AND person = ?2")?
        .query_row((tenant.as_str(), person.as_str()), |row| row.get(0))
        .optional()?;
    code.map(|code| Role::parse(&code).ok_or(StoreError::Unreadable("role"))).transpose()
}

/// The tenants a person may enter, with their role; the one query that looks across tenants.
pub(crate) fn tenants_of(sql: &Connection, person: &PersonId) -> Result<Vec<(TenantId, Role)>, StoreError> {
    let mut statement =
        sql.prepare_cached("SELECT tenant, role FROM membership WHERE person = ?1 ORDER BY tenant")?;
    let rows = statement
        .query_map([person.as_str()], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let mut tenants = Vec::new();
    for row in rows {
        let (tenant, role) = row?;
        tenants.push((
            TenantId::new(tenant).map_err(|_| StoreError::Unreadable("tenant"))?,
            Role::parse(&role).ok_or(StoreError::Unreadable("role"))?,
        ));
    }
    Ok(tenants)
}

/// Gives a role.
pub(super) fn put(
    sql: &Connection,
    tenant: &TenantId,
    person: &PersonId,
    role: Role,
) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT INTO membership (tenant, person, role) VALUES (?1, ?2, ?3)
         ON CONFLICT (tenant, person) DO UPDATE SET role = ?3",
    )?
    .execute((tenant.as_str(), person.as_str(), role.code()))?;
    Ok(())
}

/// Takes the role away.
pub(super) fn remove(sql: &Connection, tenant: &TenantId, person: &PersonId) -> Result<(), StoreError> {
    sql.prepare_cached("DELETE FROM membership WHERE tenant = ?1 AND person = ?2")?
        .execute((tenant.as_str(), person.as_str()))?;
    Ok(())
}
