//! Table `snapshot`: what each kept snapshot consists of, for all audiences. Not its pages.

use board_domain::{Snapshot, TenantId};

use super::{
    StoreError,
    sql::{Sql, values},
};

/// The newest snapshots, newest first.
pub(crate) fn newest(sql: &mut dyn Sql, tenant: &TenantId, count: u32) -> Result<Vec<Snapshot>, StoreError> {
    sql.all(
        "SELECT manifest FROM snapshot WHERE tenant = $1 ORDER BY seq DESC LIMIT $2",
        values![tenant.as_str(), i64::from(count)],
        |row| Ok(serde_json::from_str(row.text(0)?)?),
    )
}

/// The position of the newest snapshot.
pub(crate) fn newest_seq(sql: &mut dyn Sql, tenant: &TenantId) -> Result<Option<u64>, StoreError> {
    sql.first(
        "SELECT seq FROM snapshot WHERE tenant = $1 ORDER BY seq DESC LIMIT 1",
        values![tenant.as_str()],
        |row| row.position(0),
    )
}

/// Adds a snapshot; one at the same position says the same.
pub(crate) fn insert(sql: &mut dyn Sql, snapshot: &Snapshot) -> Result<(), StoreError> {
    sql.execute(
        "INSERT INTO snapshot (tenant, seq, epoch, manifest) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant, seq) DO NOTHING",
        values![
            snapshot.tenant.as_str(),
            snapshot.seq,
            &snapshot.epoch.to_string(),
            &serde_json::to_string(snapshot)?
        ],
    )?;
    Ok(())
}

/// Says anew what the snapshot at a position is.
pub(crate) fn replace(sql: &mut dyn Sql, snapshot: &Snapshot) -> Result<(), StoreError> {
    sql.execute(
        "UPDATE snapshot SET epoch = $3, manifest = $4 WHERE tenant = $1 AND seq = $2",
        values![
            snapshot.tenant.as_str(),
            snapshot.seq,
            &snapshot.epoch.to_string(),
            &serde_json::to_string(snapshot)?
        ],
    )?;
    Ok(())
}

/// Drops the snapshots below a position.
pub(crate) fn remove_below(sql: &mut dyn Sql, tenant: &TenantId, seq: u64) -> Result<(), StoreError> {
    sql.execute("DELETE FROM snapshot WHERE tenant = $1 AND seq < $2", values![tenant.as_str(), seq])?;
    Ok(())
}
