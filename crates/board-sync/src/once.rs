//! One complete catch-up without a stream: for the command line, and for tenants that nobody looks at.

use std::sync::{Arc, Mutex};

use board_domain::TenantId;
use board_domain::wire::{Hello, STREAM_BACKLOG};
use board_vault::Vault;

use crate::download::{Download, SharedVault, with};
use crate::wire::Wire;
use crate::{Clock, ServerUrl, SyncError, TokenKeeper, session, upload};

/// Greetings of one catch-up: the role may change while it runs.
const GREETINGS: u32 = 3;

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
    run(&download(server, vault, tenant, clock)?, keeper, false, progress).await
}

/// As [`catch_up`], and makes the copy anew from what the server has now, as [`crate::Syncer::copy_anew`] does.
pub async fn copy_anew(
    server: &ServerUrl,
    vault: Arc<Mutex<Vault>>,
    tenant: &TenantId,
    keeper: Arc<dyn TokenKeeper>,
    clock: Clock,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<Caught, SyncError> {
    run(&download(server, vault, tenant, clock)?, keeper, true, progress).await
}

fn download(
    server: &ServerUrl,
    vault: Arc<Mutex<Vault>>,
    tenant: &TenantId,
    clock: Clock,
) -> Result<Download, SyncError> {
    let vault = SharedVault { vault, inline: false };
    Ok(Download { wire: Wire::new(server)?, vault, tenant: tenant.clone(), clock })
}

async fn run(
    download: &Download,
    keeper: Arc<dyn TokenKeeper>,
    anew: bool,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<Caught, SyncError> {
    let access = session::refresh(&download.wire, keeper.as_ref()).await?;
    if anew {
        let tenant = download.tenant.clone();
        with(&download.vault, move |vault| vault.send_again(&tenant)).await?;
    }
    let mut caught = Caught::default();
    let token = access.token.as_str();
    let mut greetings = 1;
    let sent = loop {
        let greeting = download.greet(token).await?;
        let hello = &greeting.hello;
        let long = greeting.copy.cursor == 0 && hello.head > STREAM_BACKLOG;
        caught.cursor = greeting.copy.cursor;
        if greeting.is_foreign() || long || (anew && greetings == 1) {
            begin_again(download, hello, token, &mut caught).await?;
            caught.reset |= greeting.is_foreign() || anew;
        }
        progress(caught.cursor, hello.head);
        let sent = upload::send_all(&download.wire, &download.vault, &download.tenant, token).await;
        match fetch(download, hello, token, &mut caught, progress).await {
            Ok(()) => break sent,
            // The next greeting tells the role, and what is missing is fetched after it.
            Err(SyncError::MustGreet | SyncError::Missing(_)) if greetings < GREETINGS => greetings += 1,
            Err(error) => return Err(error),
        }
    };
    caught.sent = sent?;
    Ok(caught)
}

const NOTHING: &str = "the server promises more and sends nothing";

/// Fetches what follows the copy, and then what is missing of the history before it.
async fn fetch(
    download: &Download,
    hello: &Hello,
    token: &str,
    caught: &mut Caught,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<(), SyncError> {
    let mut begun_again = 0;
    loop {
        let step = async {
            backfill(download, hello, token).await?;
            download.page(hello, token, None).await
        };
        let (applied, more) = match step.await {
            // The second time for a log that was trimmed before its beginning was read.
            Err(SyncError::MustResnapshot(_)) if begun_again < 2 => {
                begin_again(download, hello, token, caught).await?;
                begun_again += 1;
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
    while let Some(left) = download.past(hello, token).await? {
        if before.replace(left) == Some(left) {
            return Err(SyncError::Protocol(NOTHING.to_owned()));
        }
    }
    Ok(())
}

/// Fetches what is missing of audiences gained.
async fn backfill(download: &Download, hello: &Hello, token: &str) -> Result<(), SyncError> {
    loop {
        match download.backfill(hello, token).await? {
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
