//! One complete catch-up without a stream: for the command line, and for tenants that nobody looks at.

use std::sync::{Arc, Mutex};

use board_domain::TenantId;
use board_vault::Vault;

use crate::download::{Download, SharedVault};
use crate::wire::Wire;
use crate::{Clock, ServerUrl, SyncError, TokenKeeper, session, upload};

/// What a catch-up brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caught {
    /// Events that are new here.
    pub events: u64,
    /// Position up to which the copy is complete.
    pub cursor: u64,
    /// Commands that the server answered.
    pub sent: u32,
    /// Whether the copy had to start again from nothing.
    pub reset: bool,
}

/// Fetches everything new of a tenant and sends what waits. `progress` hears the cursor and the head after each page.
///
/// Commands are sent first, so that their effects come with the pages; a failure to send them does not keep the pages
/// back, and is returned once they are applied.
pub async fn catch_up(
    server: &ServerUrl,
    vault: Arc<Mutex<Vault>>,
    tenant: &TenantId,
    keeper: Arc<dyn TokenKeeper>,
    clock: Clock,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<Caught, SyncError> {
    let wire = Wire::new(server)?;
    let access = session::refresh(&wire, keeper.as_ref()).await?;
    let vault = SharedVault { vault, inline: false };
    let download = Download { wire, vault, tenant: tenant.clone(), clock };
    let mut caught = Caught::default();
    let greeting = download.greet(&access.token).await?;
    let epoch = greeting.hello.epoch;
    caught.cursor = greeting.copy.cursor;
    if greeting.is_foreign() {
        download.reset(epoch).await?;
        (caught.cursor, caught.reset) = (0, true);
    }
    progress(caught.cursor, greeting.hello.head);
    let sent = upload::send_all(&download.wire, &download.vault, tenant, &access.token).await;
    loop {
        let (applied, more) = match download.page(epoch, &access.token).await {
            Err(SyncError::MustResnapshot(_)) if !caught.reset => {
                download.reset(epoch).await?;
                (caught.cursor, caught.reset) = (0, true);
                continue;
            }
            page => page?,
        };
        caught.events += u64::from(applied.events);
        progress(applied.cursor, applied.head_heard);
        if more && applied.cursor == caught.cursor {
            return Err(SyncError::Protocol("the server promises more and sends nothing".to_owned()));
        }
        caught.cursor = applied.cursor;
        if !more {
            caught.sent = sent?;
            return Ok(caught);
        }
    }
}
