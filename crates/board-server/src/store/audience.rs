//! Table `audience`: the end of each audience's chain. Not who belongs to an audience: roles decide that.

use board_domain::{Audience, Hash, TenantId};

use super::{
    StoreError,
    sql::{Sql, values},
};

/// The end of a chain.
#[derive(Clone, Copy, Debug)]
pub(super) struct End {
    /// Position of its newest event, 0 before the first.
    pub(super) seq: u64,
    /// That event's hash.
    pub(super) hash: Hash,
}

/// Where an audience's chain ends.
pub(super) fn end(sql: &mut dyn Sql, tenant: &TenantId, audience: &Audience) -> Result<End, StoreError> {
    let end = sql.first(
        "SELECT audience_seq, head_hash FROM audience WHERE tenant = $1 AND audience = $2",
        values![tenant.as_str(), &audience.to_string()],
        |row| Ok(End { seq: row.position(0)?, hash: row.hash(1)? }),
    )?;
    Ok(end.unwrap_or(End { seq: 0, hash: Hash::ZERO }))
}

/// Moves the end of an audience's chain.
pub(super) fn put(
    sql: &mut dyn Sql,
    tenant: &TenantId,
    audience: &Audience,
    end: &End,
) -> Result<(), StoreError> {
    sql.execute(
        "INSERT INTO audience (tenant, audience, audience_seq, head_hash) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant, audience) DO UPDATE SET audience_seq = $3, head_hash = $4",
        values![tenant.as_str(), &audience.to_string(), end.seq, &end.hash],
    )?;
    Ok(())
}
