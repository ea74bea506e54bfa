//! One complete catch-up without a stream: for the command line, and for tenants that nobody looks at.

use std::sync::{Arc, Mutex};

use board_domain::TenantId;
use board_domain::wire::{Hello, STREAM_BACKLOG};
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
    let (hello, token) = (&greeting.hello, access.token.as_str());
    let long = greeting.copy.cursor == 0 && hello.head > STREAM_BACKLOG;
    caught.cursor = greeting.copy.cursor;
    if greeting.is_foreign() || long {
        begin_again(&download, hello, token, &mut caught).await?;
        caught.reset = greeting.is_foreign();
    }
    progress(caught.cursor, hello.head);
    let sent = upload::send_all(&download.wire, &download.vault, tenant, token).await;
    loop {
        let step = async {
            backfill(&download, hello, token).await?;
            download.page(hello.epoch, token, None).await
        };
        let (applied, more) = match step.await {
            Err(SyncError::MustResnapshot(_)) if !caught.reset => {
                begin_again(&download, hello, token, &mut caught).await?;
                caught.reset = true;
                continue;
            }
            page => page?,
        };
        caught.events += u64::from(applied.events);
        progress(applied.cursor, applied.head_heard);
        if more && applied.cursor == caught.cursor {
            return Err(SyncError::Protocol(NOTHING.to_owned()));
        }
        caught.cursor = applied.cursor;
        if !more {
            break;
        }
    }
    let mut before = None;
    while let Some(left) = download.past(hello.epoch, token).await? {
        if before.replace(left) == Some(left) {
            return Err(SyncError::Protocol(NOTHING.to_owned()));
        }
    }
    caught.sent = sent?;
    Ok(caught)
}

const NOTHING: &str = "the server promises more and sends nothing";

/// Fetches what is missing of audiences gained.
async fn backfill(download: &Download, hello: &Hello, token: &str) -> Result<(), SyncError> {
    loop {
        match download.backfill(hello.epoch, token).await? {
            (0, _) => return Ok(()),
            (_, true) => {}
            (_, false) => return Err(SyncError::Protocol(NOTHING.to_owned())),
        }
    }
}

/// Replaces the copy by the newest snapshot, or by nothing where there is none.
async fn begin_again(
    download: &Download,
    hello: &Hello,
    token: &str,
    caught: &mut Caught,
) -> Result<(), SyncError> {
    if !download.snapshot(hello, token, |_| ()).await? {
        download.reset(hello.epoch).await?;
    }
    caught.cursor = download.copy().await?.cursor;
    Ok(())
}
