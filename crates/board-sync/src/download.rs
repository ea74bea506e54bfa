//! The steps of the download side: greet, reset, page, follow. Each reads its position from the vault.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use board_domain::TenantId;
use board_domain::wire::{Frame, Hello, Position};
use board_vault::{Applied, TenantCopy, Vault};
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use crate::stream::{Heard, Live};
use crate::wire::Wire;
use crate::{Clock, SyncError};

/// The vault, shared with whoever reads and writes beside the sync.
#[derive(Clone)]
pub(crate) struct SharedVault {
    pub(crate) vault: Arc<Mutex<Vault>>,
    /// Works on the task itself instead of a thread that may block.
    pub(crate) inline: bool,
}

/// Most frames applied in one transaction.
const BATCH: usize = 1_000;
/// Longest that a frame waits for others to be applied with it.
const GATHER: Duration = Duration::from_millis(50);

/// Uses the vault where blocking does not hold others up.
pub(crate) async fn with<T, E>(
    vault: &SharedVault,
    work: impl FnOnce(&mut Vault) -> Result<T, E> + Send + 'static,
) -> Result<T, SyncError>
where
    T: Send + 'static,
    E: Send + 'static,
    SyncError: From<E>,
{
    let shared = vault.vault.clone();
    let worked = move || work(&mut shared.lock().unwrap_or_else(PoisonError::into_inner));
    if vault.inline {
        return Ok(worked()?);
    }
    let worked = tokio::task::spawn_blocking(worked);
    Ok(worked.await.map_err(|error| SyncError::Protocol(error.to_string()))??)
}

/// What one tenant's download works with.
#[derive(Clone)]
pub(crate) struct Download {
    pub(crate) wire: Wire,
    pub(crate) vault: SharedVault,
    pub(crate) tenant: TenantId,
    pub(crate) clock: Clock,
}

/// What the server said of the log, beside our copy of it.
#[derive(Clone, Debug)]
pub(crate) struct Greeting {
    pub(crate) hello: Hello,
    pub(crate) copy: TenantCopy,
}

impl Greeting {
    /// Whether the copy is of another log.
    pub(crate) fn is_foreign(&self) -> bool {
        self.copy.epoch.is_some_and(|epoch| epoch != self.hello.epoch)
    }
}

impl Download {
    /// Asks where the log stands. A changed role empties the copy, because it shows other audiences.
    pub(crate) async fn greet(&self, token: &str) -> Result<Greeting, SyncError> {
        let hello: Hello = self.wire.get(&format!("/tenants/{}/hello", self.tenant), token).await?;
        let (tenant, at, said) = (self.tenant.clone(), (self.clock)(), hello.clone());
        let copy = with(&self.vault, move |vault| {
            vault.set_role(&tenant, said.role)?;
            vault.heard(&tenant, said.head, at)?;
            vault.tenant(&tenant)
        })
        .await?;
        Ok(Greeting { hello, copy })
    }

    /// Forgets the copy and starts at the epoch.
    pub(crate) async fn reset(&self, epoch: Uuid) -> Result<(), SyncError> {
        tracing::info!(tenant = %self.tenant, "the copy starts again");
        let tenant = self.tenant.clone();
        with(&self.vault, move |vault| vault.reset_tenant(&tenant, epoch)).await
    }

    /// Fetches and applies one page; the bool says whether more follow.
    pub(crate) async fn page(&self, epoch: Uuid, token: &str) -> Result<(Applied, bool), SyncError> {
        let after = self.position(epoch).await?;
        let frames = self.wire.page(&self.tenant, after, token).await?;
        let applied = self.apply(epoch, frames).await?;
        let more = applied.caught_up.is_some_and(|(_, more)| more);
        Ok((applied, more))
    }

    /// Connects the stream where the copy ends.
    pub(crate) async fn open(&self, hello: &Hello, token: &str) -> Result<Live, SyncError> {
        let after = self.position(hello.epoch).await?;
        // A heartbeat of nothing would cut every connection, one of days would notice none that is dead.
        let silence = Duration::from_secs(hello.heartbeat.clamp(1, 120)).mul_f64(2.5);
        Live::open(&self.wire, &self.tenant, after, token, silence).await
    }

    /// Applies what comes until the stream ends; tells of each batch, and of each heartbeat by `None`.
    pub(crate) async fn follow(
        &self,
        mut live: Live,
        epoch: Uuid,
        mut tell: impl FnMut(Option<Applied>),
    ) -> Result<(), SyncError> {
        let mut batch = Vec::new();
        let mut due = Instant::now();
        let ended = loop {
            let heard = tokio::select! {
                biased;
                () = sleep_until(due), if !batch.is_empty() => None,
                heard = live.next() => Some(heard),
            };
            match heard {
                Some(Ok(Heard::Frame(frame))) => {
                    if batch.is_empty() {
                        due = Instant::now() + GATHER;
                    }
                    let bye = matches!(frame, Frame::Bye { .. });
                    batch.push(frame);
                    if bye {
                        break Ok(());
                    }
                    if batch.len() < BATCH {
                        continue;
                    }
                }
                Some(Ok(Heard::Heartbeat)) => {
                    let (tenant, at) = (self.tenant.clone(), (self.clock)());
                    with(&self.vault, move |vault| vault.heard(&tenant, 0, at)).await?;
                    tell(None);
                    continue;
                }
                Some(Ok(Heard::End)) => break Ok(()),
                Some(Err(error)) => break Err(error),
                None => {}
            }
            tell(Some(self.apply(epoch, std::mem::take(&mut batch)).await?));
        };
        // What arrived whole before the end counts.
        if !batch.is_empty() {
            tell(Some(self.apply(epoch, batch).await?));
        }
        ended
    }

    async fn position(&self, epoch: Uuid) -> Result<Position, SyncError> {
        let tenant = self.tenant.clone();
        let copy = with(&self.vault, move |vault| vault.tenant(&tenant)).await?;
        Ok(Position { epoch: copy.epoch.unwrap_or(epoch), seq: copy.cursor })
    }

    async fn apply(&self, epoch: Uuid, frames: Vec<Frame>) -> Result<Applied, SyncError> {
        let (tenant, at) = (self.tenant.clone(), (self.clock)());
        with(&self.vault, move |vault| vault.apply(&tenant, epoch, &frames, at)).await
    }
}
