//! Table `membership`: an index of the log's people, kept in the transaction that appends. Not a truth of its own.

use board_domain::{PersonId, Role, TenantId};

use super::{
    StoreError,
    sql::{Sql, values},
};

/// The person's role in a tenant.
pub(crate) fn role(
    sql: &mut dyn Sql,
    tenant: &TenantId,
    person: &PersonId,
) -> Result<Option<Role>, StoreError> {
    sql.first(
        "SELECT role FROM membership WHERE tenant = $1 AND person = $2",
        values![tenant.as_str(), person.as_str()],
        |row| Role::parse(row.text(0)?).ok_or(StoreError::Unreadable("role")),
    )
}

/// The tenants a person may enter, with their role; the one query that looks across tenants.
pub(crate) fn tenants_of(sql: &mut dyn Sql, person: &PersonId) -> Result<Vec<(TenantId, Role)>, StoreError> {
    sql.all(
        "SELECT tenant, role FROM membership WHERE person = $1 ORDER BY tenant",
        values![person.as_str()],
        |row| {
            let tenant = TenantId::new(row.text(0)?).map_err(|_| StoreError::Unreadable("tenant"))?;
            Ok((tenant, Role::parse(row.text(1)?).ok_or(StoreError::Unreadable("role"))?))
        },
    )
}

/// Gives a role.
pub(super) fn put(
    sql: &mut dyn Sql,
    tenant: &TenantId,
    person: &PersonId,
    role: Role,
) -> Result<(), StoreError> {
    sql.execute(
        "INSERT INTO membership (tenant, person, role) VALUES ($1, $2, $3)
         ON CONFLICT (tenant, person) DO UPDATE SET role = $3",
        values![tenant.as_str(), person.as_str(), role.code()],
    )?;
    Ok(())
}

/// Takes the role away.
pub(super) fn remove(sql: &mut dyn Sql, tenant: &TenantId, person: &PersonId) -> Result<(), StoreError> {
    sql.execute(
        "DELETE FROM membership WHERE tenant = $1 AND person = $2",
        values![tenant.as_str(), person.as_str()],
    )?;
    Ok(())
}
