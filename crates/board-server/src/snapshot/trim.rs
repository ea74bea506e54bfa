//! Trimming: the oldest events of a log are given up where a snapshot stands for them. Not the snapshot's making.

use board_domain::TenantId;

use super::build;
use crate::store::{Store, StoreError, Transaction, event, tenant};

/// Events dropped in one transaction, so that appends do not wait for all of it.
const BATCH: u64 = 10_000;

/// Gives up all but the newest `keep` events, of which one stays at least, and gives the new floor. A floor is never
/// lowered, and never above a snapshot: a client below it starts from there.
pub(crate) async fn trim(store: &Store, tenant: &TenantId, keep: u64) -> Result<u64, StoreError> {
    let asked = tenant.clone();
    let row = store.read(move |sql| tenant::get(sql, &asked)).await?;
    let row = row.ok_or_else(|| StoreError::NoTenant(tenant.clone()))?;
    let wanted = row.head.saturating_sub(keep.max(1));
    if wanted <= row.floor {
        return Ok(row.floor);
    }
    let floor = wanted.min(build(store, tenant).await?);
    let asked = tenant.clone();
    let raise = move |transaction: &mut Transaction<'_>| -> Result<(), StoreError> {
        tenant::raise_floor(transaction.sql()?, &asked, floor)
    };
    store.write(Some(tenant), raise).await?;
    // From here on nobody is served from below; what remains is to make room.
    let mut below = row.floor;
    while below < floor {
        below = floor.min(below + BATCH);
        let asked = tenant.clone();
        let drop = move |transaction: &mut Transaction<'_>| -> Result<(), StoreError> {
            event::remove_through(transaction.sql()?, &asked, below)
        };
        store.write(Some(tenant), drop).await?;
    }
    Ok(floor)
}
