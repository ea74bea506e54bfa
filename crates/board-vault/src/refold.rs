//! Folding again what is stored, when the fold or what it folds has changed. Not the fold itself.

use board_domain::TenantId;
use rusqlite::Transaction;

use crate::VaultError;
use crate::event::{self, EVENT_COLUMNS, HIGHEST_KEPT, place};
use crate::folding::{Folding, Set, Stamp};

/// Rebuilds the rows of a tenant from its events, and from the snapshot's rows where the log begins with one.
pub(crate) fn refold(transaction: &Transaction<'_>, tenant: i64) -> Result<(), VaultError> {
    // What the snapshot brought is what stood at `start`, and comes from no event that is here.
    transaction.execute(
        "DELETE FROM row WHERE tenant = ?1
         AND (since_seq > (SELECT start FROM tenant WHERE no = ?1)
              OR audience NOT IN (SELECT no FROM audience WHERE tenant = ?1 AND goal_seq IS NOT NULL))",
        [tenant],
    )?;
    transaction.execute(
        "INSERT INTO row (tenant, tbl, key, since_seq, audience, gone, at, received_at, json)
         SELECT tenant, tbl, key, since_seq, audience, gone, at, received_at, json FROM version
         WHERE tenant = ?1 AND until_seq > (SELECT start FROM tenant WHERE no = ?1)
           AND since_seq <= (SELECT start FROM tenant WHERE no = ?1)
           AND audience IN (SELECT no FROM audience WHERE tenant = ?1 AND goal_seq IS NOT NULL)",
        [tenant],
    )?;
    for table in ["version", "paused", "past_row", "past_version", "past_paused"] {
        transaction.execute(&format!("DELETE FROM {table} WHERE tenant = ?1"), [tenant])?;
    }
    let of_the_past = "a.goal_seq IS NOT NULL AND e.place <= ?1 + t.start";
    fold_stored(transaction, tenant, Set::Today, &format!("NOT ({of_the_past})"))?;
    fold_stored(transaction, tenant, Set::Past, &format!("{of_the_past} AND e.place <= ?1 + t.past"))
}

fn fold_stored(transaction: &Transaction<'_>, tenant: i64, set: Set, which: &str) -> Result<(), VaultError> {
    let id: String =
        transaction.query_row("SELECT id FROM tenant WHERE no = ?1", [tenant], |row| row.get(0))?;
    let id = TenantId::new(id).map_err(|e| VaultError::Value(e.to_string()))?;
    let columns =
        EVENT_COLUMNS.split(", ").map(|column| format!("e.{column}")).collect::<Vec<_>>().join(", ");
    let mut folding = Folding::new(transaction, set, tenant)?;
    let mut events = transaction.prepare(&format!(
        "SELECT {columns}, a.name, e.audience, e.at, e.received_at
         FROM event e JOIN audience a ON a.no = e.audience JOIN tenant t ON t.no = a.tenant
         WHERE e.place > ?1 AND e.place <= ?2 AND {which} ORDER BY e.place"
    ))?;
    let mut rows = events.query([place(tenant, 0), place(tenant, HIGHEST_KEPT)])?;
    while let Some(row) = rows.next()? {
        let stamp = Stamp { audience: row.get(12)?, at: row.get(13)?, received_at: row.get(14)? };
        folding.fold(&event::read(row, &id)?, stamp)?;
    }
    Ok(())
}
