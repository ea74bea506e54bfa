//! One complete catch-up of every tenant, for the command line and for tenants that are not being followed.

use std::sync::Arc;

use crate::{
    desk::{Desk, lock},
    fault::{Code, Fault},
    session::HostKeeper,
    view::SyncView,
};

/// How far a catch-up is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatchUpProgress {
    /// The tenant being fetched.
    pub tenant: String,
    /// Events applied.
    pub cursor: u64,
    /// Head of its log.
    pub head: u64,
}

impl Desk {
    /// Fetches everything new of every tenant and sends what waits; the open tenant first.
    pub async fn catch_up(&self, progress: &mut (dyn FnMut(CatchUpProgress) + Send)) -> Result<SyncView, Fault> {
        let (vault, server, secrets, tenants) = {
            let state = lock(&self.state);
            let open = state.open.as_ref().ok_or(Code::Locked)?;
            let mut tenants: Vec<_> = lock(&open.reader).tenants()?.into_iter().map(|copy| copy.id).collect();
            tenants.sort_by_key(|id| (open.tenant.as_ref() != Some(id), id.clone()));
            (open.vault.clone(), open.server.clone(), open.secrets.clone(), tenants)
        };
        let keeper = Arc::new(HostKeeper::new(self.host.clone(), &secrets));
        for tenant in tenants {
            let name = tenant.to_string();
            let mut tell = |cursor, head| progress(CatchUpProgress { tenant: name.clone(), cursor, head });
            let host = self.host.clone();
            let clock = Arc::new(move || host.now());
            board_sync::catch_up(&server, vault.clone(), &tenant, keeper.clone(), clock, &mut tell).await?;
        }
        Ok(self.sync_state())
    }
}
