//! The task that makes snapshots when they are due, one at a time. Not how one is made.

use std::{collections::HashMap, sync::Arc, time::Duration};

use board_domain::TenantId;
use tokio::sync::Notify;

use super::{EVERY, build};
use crate::store::{Store, StoreError, snapshot, tenant};

/// How often the heads are looked at without being asked.
const LOOK: Duration = Duration::from_secs(10);

/// Asks for a look at what is due.
#[derive(Clone, Default)]
pub(crate) struct Keeper(Arc<Notify>);

impl Keeper {
    /// Looks soon; while a snapshot is being made, right after it.
    pub(crate) fn look(&self) {
        self.0.notify_one();
    }
}

/// Makes snapshots for as long as it is polled.
pub(crate) async fn keep(store: Store, keeper: Keeper) {
    let mut newest: HashMap<TenantId, u64> = HashMap::new();
    loop {
        match store.read(tenant::heads).await {
            Ok(heads) => {
                for (tenant, head) in heads {
                    let known = newest.get(&tenant).copied().unwrap_or(0);
                    if head.saturating_sub(known) >= EVERY {
                        match ensure(&store, &tenant, head).await {
                            Ok(seq) => drop(newest.insert(tenant, seq)),
                            Err(error) => tracing::warn!(%error, %tenant, "no snapshot could be made"),
                        }
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "the heads could not be read"),
        }
        let _ = tokio::time::timeout(LOOK, keeper.0.notified()).await;
    }
}

/// Makes a snapshot unless a recent one is there, which another server may have made.
async fn ensure(store: &Store, tenant: &TenantId, head: u64) -> Result<u64, StoreError> {
    let asked = tenant.clone();
    let newest = store.read(move |sql| snapshot::newest_seq(sql, &asked)).await?.unwrap_or(0);
    if head.saturating_sub(newest) < EVERY {
        return Ok(newest);
    }
    let seq = build(store, tenant).await?;
    tracing::info!(%tenant, seq, "a snapshot was made");
    Ok(seq)
}
