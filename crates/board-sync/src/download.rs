//! The steps of the download side: greet, snapshot, backfill, page, follow, history. Each reads its position from the
//! vault.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use board_domain::wire::{Frame, Hello, Position};
use board_domain::{Audience, Snapshot, TenantId};
use board_vault::{Applied, ApplyError, Backfill, ChainFault, TenantCopy, Vault};
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use crate::stream::{Heard, Live};
use crate::wire::{Part, Wire};
use crate::{Clock, Progress, SyncError};

/// The vault, shared with whoever reads and writes beside the sync.
#[derive(Clone)]
pub(crate) struct SharedVault {
    pub(crate) vault: Arc<Mutex<Vault>>,
    /// Works on the task itself instead of a thread that may block.
    pub(crate) inline: bool,
}

/// Highest position that every part of the product can write as a number.
const HIGHEST: u64 = (1 << 53) - 1;
/// Most pages of a snapshot, and most bytes of all of them.
const MOST_PAGES: usize = 20_000;
const MOST_BYTES: u64 = 4 << 30;
/// Snapshots that may disappear while they are fetched.
const SNAPSHOTS: u32 = 3;
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
    /// Asks where the log stands. What no longer admits the person is purged, what admits them since is remembered.
    pub(crate) async fn greet(&self, token: &str) -> Result<Greeting, SyncError> {
        let hello: Hello = self.wire.get(&format!("/tenants/{}/hello", self.tenant), token).await?;
        if hello.head > HIGHEST || hello.floor > hello.head {
            return Err(SyncError::Protocol("the log stands nowhere".to_owned()));
        }
        let (tenant, at, said) = (self.tenant.clone(), (self.clock)(), hello.clone());
        let greeted = with(&self.vault, move |vault| vault.greet(&tenant, &said, at)).await?;
        for audience in &greeted.lost {
            tracing::info!(tenant = %self.tenant, %audience, "an audience was lost and purged");
        }
        Ok(Greeting { hello, copy: greeted.copy })
    }

    /// Forgets the copy and starts at the epoch.
    pub(crate) async fn reset(&self, epoch: Uuid) -> Result<(), SyncError> {
        tracing::info!(tenant = %self.tenant, "the copy starts again");
        let tenant = self.tenant.clone();
        with(&self.vault, move |vault| vault.reset_tenant(&tenant, epoch)).await
    }

    /// Fetches the newest snapshot and puts it in the place of the copy; `false` where there is none. What was fetched
    /// before a cut is not fetched again. Tells how many pages are here.
    pub(crate) async fn snapshot(
        &self,
        hello: &Hello,
        token: &str,
        mut tell: impl FnMut(Progress),
    ) -> Result<bool, SyncError> {
        'newest: for _ in 0..SNAPSHOTS {
            let Some(snapshot) = self.wire.snapshot(&self.tenant, hello.role, token).await? else {
                return Ok(false);
            };
            usable(&snapshot, &self.tenant, hello)?;
            let (tenant, of) = (self.tenant.clone(), snapshot.pages.len() as u64);
            let missing = with(&self.vault, move |vault| vault.stage(&tenant, &snapshot)).await?;
            let mut done = of.saturating_sub(missing.len() as u64);
            tell(Progress { done, of });
            for page in missing {
                let Some(text) = self.wire.snapshot_page(&self.tenant, &page, token).await? else {
                    continue 'newest;
                };
                let tenant = self.tenant.clone();
                with(&self.vault, move |vault| vault.stage_page(&tenant, page.sha256, &text)).await?;
                done += 1;
                tell(Progress { done, of });
            }
            let (tenant, at) = (self.tenant.clone(), (self.clock)());
            with(&self.vault, move |vault| vault.swap(&tenant, at)).await?;
            tracing::info!(tenant = %self.tenant, pages = of, "the copy starts from a snapshot");
            return Ok(true);
        }
        Err(SyncError::Protocol("snapshots disappear before they are fetched".to_owned()))
    }

    /// Fetches and applies one page; the bool says whether more follow. `wait` lets the server hold back an empty one.
    pub(crate) async fn page(
        &self,
        hello: &Hello,
        token: &str,
        wait: Option<u64>,
    ) -> Result<(Applied, bool), SyncError> {
        let after = self.position(hello.epoch).await?;
        let part = Part { after, role: hello.role, until: None, audience: None, wait };
        let frames = self.wire.page(&self.tenant, &part, token).await?;
        let applied = self.apply(hello.epoch, frames).await?;
        let more = applied.caught_up.is_some_and(|(_, more)| more);
        Ok((applied, more))
    }

    /// Fetches and applies one page of the first audience gained; tells how many are left and whether it moved on.
    pub(crate) async fn backfill(&self, hello: &Hello, token: &str) -> Result<(usize, bool), SyncError> {
        let epoch = hello.epoch;
        let before = self.copy().await?.backfills;
        let Some(Backfill { audience, cursor, until }) = before.first().cloned() else {
            return Ok((0, true));
        };
        let after = Position { epoch, seq: cursor };
        let part =
            Part { after, role: hello.role, until: Some(until), audience: Some(&audience), wait: None };
        let frames = self.wire.page(&self.tenant, &part, token).await?;
        let (tenant, at) = (self.tenant.clone(), (self.clock)());
        with(&self.vault, move |vault| vault.backfill(&tenant, epoch, &audience, &frames, at)).await?;
        let after = self.copy().await?.backfills;
        Ok((after.len(), after != before))
    }

    /// Fetches and applies one page of the history before the snapshot; `None` where nothing of it is left to fetch.
    pub(crate) async fn past(&self, hello: &Hello, token: &str) -> Result<Option<Progress>, SyncError> {
        let epoch = hello.epoch;
        let copy = self.copy().await?;
        let Some(left) = history(&copy) else { return Ok(None) };
        let after = Position { epoch, seq: left.done };
        let part = Part { after, role: hello.role, until: Some(left.of), audience: None, wait: None };
        let frames = self.wire.page(&self.tenant, &part, token).await?;
        let (tenant, at) = (self.tenant.clone(), (self.clock)());
        let reached = with(&self.vault, move |vault| vault.past(&tenant, epoch, &frames, at)).await?;
        Ok((!reached.done).then_some(Progress { done: reached.past, of: reached.start }))
    }

    /// Connects the stream where the copy ends; `None` where its first byte does not come.
    pub(crate) async fn open(&self, hello: &Hello, token: &str) -> Result<Option<Live>, SyncError> {
        let after = self.position(hello.epoch).await?;
        // A heartbeat of nothing would cut every connection, one of days would notice none that is dead.
        let silence = Duration::from_secs(hello.heartbeat.clamp(1, 120)).mul_f64(2.5);
        Live::open(&self.wire, &self.tenant, after, hello.role, token, silence).await
    }

    /// Applies what comes until the stream ends, and returns the reason that the server gave; tells of each batch, and
    /// of each heartbeat by `None`.
    pub(crate) async fn follow(
        &self,
        mut live: Live,
        epoch: Uuid,
        mut tell: impl FnMut(Option<Applied>),
    ) -> Result<Option<String>, SyncError> {
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
                    if let Frame::Bye { reason } = frame {
                        break Ok(Some(reason));
                    }
                    batch.push(frame);
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
                Some(Ok(Heard::End)) => break Ok(None),
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
        let copy = self.copy().await?;
        Ok(Position { epoch: copy.epoch.unwrap_or(epoch), seq: copy.cursor })
    }

    /// The copy as the vault holds it now.
    pub(crate) async fn copy(&self) -> Result<TenantCopy, SyncError> {
        let tenant = self.tenant.clone();
        with(&self.vault, move |vault| vault.tenant(&tenant)).await
    }

    async fn apply(&self, epoch: Uuid, frames: Vec<Frame>) -> Result<Applied, SyncError> {
        let (tenant, at) = (self.tenant.clone(), (self.clock)());
        let apply = move |vault: &mut Vault| {
            vault.apply(&tenant, epoch, &frames, at).map_err(|error| missing(vault, &tenant, error))
        };
        let applied = with(&self.vault, apply).await;
        if let Err(SyncError::Gap { expected, found }) = &applied {
            tracing::warn!(tenant = %self.tenant, code = "sync.gap", expected, found, "a position is missing");
        }
        applied
    }
}

/// Where events of an audience are missing before one that came, they are to be fetched: the copy was shown pages as a
/// reader whom that audience did not admit.
fn missing(vault: &mut Vault, tenant: &TenantId, error: ApplyError) -> SyncError {
    let ApplyError::Chain { audience, fault: ChainFault::Position { expected, found }, .. } = &error else {
        return error.into();
    };
    let Some(audience) = Audience::parse(audience).filter(|_| found > expected) else { return error.into() };
    match vault.mend(tenant, &audience) {
        Ok(true) => {
            tracing::warn!(%tenant, %audience, code = "sync.missing", expected, found, "events are missing");
            SyncError::Missing(error.to_string())
        }
        // Nothing can lie between the event before and this one.
        Ok(false) => error.into(),
        Err(error) => error.into(),
    }
}

/// What is left of the history before the snapshot of a copy.
pub(crate) fn history(copy: &TenantCopy) -> Option<Progress> {
    (copy.past < copy.start).then_some(Progress { done: copy.past, of: copy.start })
}

/// Whether a snapshot is of the log that greeted us, and no more than a copy may hold.
fn usable(snapshot: &Snapshot, tenant: &TenantId, hello: &Hello) -> Result<(), SyncError> {
    let refuse = |words: &str| Err(SyncError::Snapshot(words.to_owned()));
    if snapshot.tenant != *tenant {
        return refuse("it is another tenant's");
    }
    // A log that began anew between two answers; the next greeting tells.
    if snapshot.epoch != hello.epoch {
        return Err(SyncError::MustResnapshot("epoch".to_owned()));
    }
    if snapshot.seq == 0 || snapshot.seq > HIGHEST {
        return refuse("its position makes no sense");
    }
    if snapshot.pages.len() > MOST_PAGES {
        return refuse("it has too many pages");
    }
    let bytes = snapshot.pages.iter().try_fold(0u64, |sum, page| sum.checked_add(page.bytes));
    if bytes.is_none_or(|bytes| bytes > MOST_BYTES) {
        return refuse("it has too many bytes");
    }
    let hashes: BTreeSet<_> = snapshot.pages.iter().map(|page| page.sha256.0).collect();
    if hashes.len() < snapshot.pages.len() {
        return refuse("a page comes twice");
    }
    if snapshot.pages.iter().any(|page| !hello.audiences.contains(&page.audience)) {
        return refuse("a page is of an audience that does not admit the reader");
    }
    Ok(())
}
