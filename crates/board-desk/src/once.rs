//! One complete catch-up of tenants, for the command line and for those that are not being followed.

use std::sync::Arc;

use board_domain::TenantId;
use board_sync::ServerUrl;

use crate::{
    desk::{Desk, Open, lock},
    fault::{Code, Fault},
    host::Host,
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
    ///
    /// `anew` makes the copy of that one again from what the server has now: the way on where its log does not continue
    /// the copy and the server's is to be believed. What was not sent yet is sent.
    pub async fn catch_up(
        &self,
        anew: bool,
        progress: &mut (dyn FnMut(CatchUpProgress) + Send),
    ) -> Result<SyncView, Fault> {
        self.enrol()?;
        let errand = {
            let state = lock(&self.state);
            let open = state.open.as_ref().ok_or(Code::Locked)?;
            Errand::new(open, self.host.clone(), open.tenant.as_ref())?
        };
        Errand { anew, ..errand }.run(progress).await?;
        Ok(self.sync_state())
    }
}

/// What a catch-up needs, apart from the desk, so that it can run beside it.
pub(crate) struct Errand {
    server: ServerUrl,
    vault: Arc<std::sync::Mutex<board_vault::Vault>>,
    keeper: Arc<HostKeeper>,
    host: Arc<dyn Host>,
    tenants: Vec<TenantId>,
    /// Whether the copy of the first is made anew.
    anew: bool,
}

impl Errand {
    /// Every tenant of an open vault, one of them first.
    pub(crate) fn new(open: &Open, host: Arc<dyn Host>, first: Option<&TenantId>) -> Result<Self, Fault> {
        let mut tenants: Vec<_> = lock(&open.reader).tenants()?.into_iter().map(|copy| copy.id).collect();
        tenants.sort_by_key(|id| (first != Some(id), id.clone()));
        let keeper = Arc::new(HostKeeper::new(host.clone(), &open.secrets));
        let (server, vault) = (open.server.clone(), open.writable()?.clone());
        Ok(Self { server, vault, keeper, host, tenants, anew: false })
    }

    /// Leaves a tenant out.
    pub(crate) fn without(mut self, tenant: &TenantId) -> Self {
        self.tenants.retain(|id| id != tenant);
        self
    }

    pub(crate) async fn run(self, progress: &mut (dyn FnMut(CatchUpProgress) + Send)) -> Result<(), Fault> {
        for (number, tenant) in self.tenants.iter().enumerate() {
            let name = tenant.to_string();
            let mut tell = |cursor, head| progress(CatchUpProgress { tenant: name.clone(), cursor, head });
            let host = self.host.clone();
            let clock: board_sync::Clock = Arc::new(move || host.now());
            let (vault, keeper) = (self.vault.clone(), self.keeper.clone());
            if self.anew && number == 0 {
                board_sync::copy_anew(&self.server, vault, tenant, keeper, clock, &mut tell).await?;
            } else {
                board_sync::catch_up(&self.server, vault, tenant, keeper, clock, &mut tell).await?;
            }
        }
        Ok(())
    }
}
