//! Runs the machine: begins what it asks for, feeds back what happens, publishes the status. Decides nothing itself.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use board_domain::TenantId;
use board_domain::wire::Hello;
use board_vault::{Applied, TenantCopy, Vault};
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use crate::download::{Download, SharedVault, history, with};
use crate::machine::{At, Effect, Failure, Input, Machine, Parting, Shown, Stand, State, Step};
use crate::network::Network;
use crate::session::{self, Access, TokenKeeper};
use crate::transport::Transport;
use crate::wire::Wire;
use crate::{Phase, ServerUrl, SyncError, SyncStatus, upload};

/// Seconds for which the server may hold back a poll.
const POLL_SECONDS: u64 = 25;
/// How often the clocks are compared, and by how much one must run ahead before the machine counts as having slept.
const COMPARE: Duration = Duration::from_secs(15);
const SLEPT: Duration = Duration::from_secs(30);

/// The host's clock.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The running sync of one tenant. Dropping it ends the sync; [`Syncer::stop`] also waits for it.
pub struct Syncer {
    signals: mpsc::UnboundedSender<Signal>,
    task: JoinHandle<()>,
}

/// What a simulation of the whole system puts in place of the network, of chance and of threads. The product has no use
/// for it.
///
/// With it, and a runtime whose clock stands still, the same seed does the same things in the same order. Clones
/// belong to one app: they exchange tokens one at a time.
#[derive(Clone)]
pub struct Simulation {
    transport: Arc<dyn Transport>,
    seed: u64,
    inline: bool,
    exchange: Arc<tokio::sync::Mutex<()>>,
}

impl Simulation {
    /// `inline` makes the vault work on the task itself, because threads have no order.
    pub fn new(transport: Arc<dyn Transport>, seed: u64, inline: bool) -> Self {
        Self { transport, seed, inline, exchange: Arc::default() }
    }
}

enum Signal {
    RetryNow,
    CopyAnew,
    CommandsWaiting,
}

impl Syncer {
    /// Starts the sync of a tenant on the current runtime. The status is published from the first moment on.
    pub fn start(
        server: ServerUrl,
        vault: Arc<Mutex<Vault>>,
        tenant: TenantId,
        keeper: Arc<dyn TokenKeeper>,
        clock: Clock,
        status: watch::Sender<SyncStatus>,
    ) -> Self {
        let (signals, heard) = mpsc::unbounded_channel();
        let task = tokio::spawn(async move {
            match Wire::new(&server) {
                Ok(wire) => {
                    let vault = SharedVault { vault, inline: false };
                    let download = Download { wire, vault, tenant, clock };
                    let seed = RandomState::new().hash_one(0);
                    let network = Network::watch();
                    Driver::new(download, keeper, status, seed).run(heard, network).await;
                }
                Err(error) => {
                    let (code, detail) = (Some(error.code().to_owned()), Some(error.to_string()));
                    status.send_replace(SyncStatus {
                        phase: Phase::Refused,
                        code,
                        detail,
                        ..SyncStatus::default()
                    });
                }
            }
        });
        Self { signals, task }
    }

    /// As [`Syncer::start`], for a simulation of the whole system.
    pub fn simulate(
        server: &ServerUrl,
        vault: Arc<Mutex<Vault>>,
        tenant: TenantId,
        keeper: Arc<dyn TokenKeeper>,
        clock: Clock,
        status: watch::Sender<SyncStatus>,
        simulation: Simulation,
    ) -> Self {
        let wire = Wire::over(server, simulation.transport, simulation.exchange);
        let vault = SharedVault { vault, inline: simulation.inline };
        let download = Download { wire, vault, tenant, clock };
        let (signals, heard) = mpsc::unbounded_channel();
        let driver = Driver::new(download, keeper, status, simulation.seed);
        let task = tokio::spawn(driver.run(heard, Network::unwatched()));
        Self { signals, task }
    }

    /// Tries again at once: the person asks, or a token was stored.
    pub fn retry_now(&self) {
        let _ = self.signals.send(Signal::RetryNow);
    }

    /// Makes the copy anew from what the server has now, whatever stands in the way of the old one, which stays in use
    /// until then. For the person to ask for: where the log does not continue the copy, only they can say that the
    /// server's is the one to believe. What was not sent yet is sent all the same.
    pub fn copy_anew(&self) {
        let _ = self.signals.send(Signal::CopyAnew);
    }

    /// A command was put into the outbox.
    pub fn commands_waiting(&self) {
        let _ = self.signals.send(Signal::CommandsWaiting);
    }

    /// Ends the sync and waits until it no longer touches the vault or the token.
    pub async fn stop(self) {
        drop(self.signals);
        let _ = self.task.await;
    }
}

/// What a task reports: inputs with the number of the step they belong to, and what later steps need.
enum Report {
    Step(u64, Input),
    Access(u64, Access),
    Greeted(u64, Hello, Input),
    Contact(Timestamp),
    Upload(Input),
    History(u64, Input),
}

struct Driver {
    download: Download,
    keeper: Arc<dyn TokenKeeper>,
    status: watch::Sender<SyncStatus>,
    machine: Machine,
    began: Instant,
    /// State of the generator of jitter.
    chance: u64,
    access: Option<Access>,
    hello: Option<Hello>,
    /// Number of the step under way; reports of earlier ones are stale.
    number: u64,
    step: Option<JoinHandle<()>>,
    uploading: Option<JoinHandle<()>>,
    /// The request for history under way, and its number.
    fetching: Option<JoinHandle<()>>,
    fetched: u64,
    /// When the clocks were last compared, by either.
    compared: (Instant, Timestamp),
    last_contact: Option<Timestamp>,
    offline_since: Option<Timestamp>,
    reports: mpsc::UnboundedSender<Report>,
    inbox: mpsc::UnboundedReceiver<Report>,
}

impl Driver {
    fn new(
        download: Download,
        keeper: Arc<dyn TokenKeeper>,
        status: watch::Sender<SyncStatus>,
        seed: u64,
    ) -> Self {
        let (reports, inbox) = mpsc::unbounded_channel();
        let compared = (Instant::now(), (download.clock)());
        Self {
            download,
            keeper,
            status,
            machine: Machine::new(),
            began: Instant::now(),
            chance: seed,
            access: None,
            hello: None,
            number: 0,
            step: None,
            uploading: None,
            fetching: None,
            fetched: 0,
            compared,
            last_contact: None,
            offline_since: None,
            reports,
            inbox,
        }
    }

    async fn run(mut self, mut signals: mpsc::UnboundedReceiver<Signal>, mut network: Network) {
        let tenant = self.download.tenant.clone();
        if let Ok(copy) = with(&self.download.vault, move |vault| vault.tenant(&tenant)).await {
            (self.machine.cursor, self.machine.head) = (copy.cursor, copy.head_heard);
            self.last_contact = copy.last_contact;
        }
        self.take(Input::Start);
        self.count_outbox().await;
        loop {
            self.publish();
            let deadline = self.machine.deadline();
            let due = self.began + deadline.unwrap_or_default();
            tokio::select! {
                // In a set order, so that a simulation repeats itself; signals are few and come first.
                biased;
                signal = signals.recv() => match signal {
                    Some(Signal::RetryNow) => self.retry(),
                    Some(Signal::CopyAnew) => self.copy_anew().await,
                    Some(Signal::CommandsWaiting) => self.count_outbox().await,
                    None => break,
                },
                report = self.inbox.recv() => if let Some(report) = report {
                    // A greeting and a copy begun anew may have made commands unsent again.
                    let anew = matches!(
                        report,
                        Report::Greeted(..) | Report::Step(_, Input::ResetDone | Input::Swapped(_))
                    );
                    self.report(report);
                    if anew {
                        self.count_outbox().await;
                    }
                },
                () = sleep_until(due), if deadline.is_some() => self.take(Input::Tick),
                () = sleep_until(self.compared.0 + COMPARE) => self.compare_clocks(),
                () = network.changed() => {
                    tracing::info!(tenant = %self.download.tenant, "the network changed");
                    self.take(Input::NetworkChanged);
                }
            }
        }
        let exchanging = self.machine.state() == State::Refreshing;
        self.take(Input::Stop);
        if let Some(uploading) = self.uploading.take() {
            uploading.abort();
            let _ = uploading.await;
        }
        if let Some(fetching) = self.fetching.take() {
            fetching.abort();
            let _ = fetching.await;
        }
        if let Some(step) = self.step.take() {
            // The answer to an exchange is the only copy of the next token.
            if !exchanging {
                step.abort();
            }
            let _ = step.await;
        }
        self.publish();
    }

    fn retry(&mut self) {
        if self.machine.state() == State::SignInNeeded && self.keeper.load().is_some() {
            self.take(Input::TokenStored);
        } else {
            self.take(Input::NetworkChanged);
        }
    }

    async fn copy_anew(&mut self) {
        let tenant = self.download.tenant.clone();
        if let Err(error) = with(&self.download.vault, move |vault| vault.send_again(&tenant)).await {
            tracing::warn!(%error, "the outbox cannot be written");
            return;
        }
        self.take(Input::CopyAnew);
        self.count_outbox().await;
    }

    /// A machine that slept: its clock went on while nothing else did, and its connections are dead without knowing it.
    fn compare_clocks(&mut self) {
        let now = (Instant::now(), (self.download.clock)());
        let (ran, passed) = (now.0 - self.compared.0, now.1.duration_since(self.compared.1));
        self.compared = now;
        let slept = Duration::try_from(passed).unwrap_or_default().saturating_sub(ran);
        if slept > SLEPT {
            tracing::info!(tenant = %self.download.tenant, seconds = slept.as_secs(), "the machine slept");
            self.take(Input::NetworkChanged);
        }
    }

    async fn count_outbox(&mut self) {
        let tenant = self.download.tenant.clone();
        match with(&self.download.vault, move |vault| upload::count_unsent(vault, &tenant)).await {
            Ok(unsent) => self.take(Input::OutboxChanged { unsent }),
            Err(error) => tracing::warn!(%error, "the outbox cannot be read"),
        }
    }

    fn report(&mut self, report: Report) {
        match report {
            Report::Step(number, input) if number == self.number => self.take(input),
            Report::Access(number, access) if number == self.number => {
                let until = self.began.elapsed() + access.lasts;
                self.access = Some(access);
                self.take(Input::TokenReady { until });
            }
            Report::Greeted(number, hello, input) if number == self.number => {
                self.hello = Some(hello);
                self.last_contact = Some((self.download.clock)());
                self.take(input);
            }
            Report::Contact(at) => self.last_contact = Some(at),
            Report::Upload(input) => self.take(input),
            Report::History(number, input) if number == self.fetched => self.take(input),
            Report::History(..) | Report::Step(..) | Report::Access(..) | Report::Greeted(..) => {}
        }
    }

    fn take(&mut self, input: Input) {
        let at = At { now: self.began.elapsed(), dice: self.dice() };
        for effect in self.machine.handle(input, at) {
            match effect {
                Effect::Begin(step) => self.begin(step),
                Effect::Abort => {
                    self.number += 1;
                    if let Some(step) = &self.step {
                        step.abort();
                    }
                }
                Effect::Upload => self.upload(),
                Effect::History => self.fetch_history(),
                Effect::AbortHistory => {
                    self.fetched += 1;
                    if let Some(fetching) = &self.fetching {
                        fetching.abort();
                    }
                }
            }
        }
    }

    /// The next number of the seed's sequence (`SplitMix64`).
    fn dice(&mut self) -> u32 {
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.chance ^ (self.chance >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or_default()
    }

    fn begin(&mut self, step: Step) {
        self.number += 1;
        let (number, reports) = (self.number, self.reports.clone());
        let (download, keeper) = (self.download.clone(), self.keeper.clone());
        let (token, hello) = (self.token(), self.hello.clone());
        let work = async move {
            let failed = |error: &SyncError| Report::Step(number, Input::Failed(failure(error)));
            let outcome = match (step, hello) {
                (Step::Refresh, _) => {
                    let access = session::refresh(&download.wire, keeper.as_ref()).await;
                    access.map(|access| Report::Access(number, access))
                }
                (Step::Hello, _) => download.greet(&token).await.map(|greeting| {
                    let (copy, hello) = (&greeting.copy, greeting.hello.clone());
                    let stand = Stand { head: hello.head, ..stand(copy) };
                    let input = Input::HelloOk { stand, foreign: greeting.is_foreign() };
                    Report::Greeted(number, hello, input)
                }),
                (Step::Snapshot, Some(hello)) => stage(&download, &hello, &token, number, &reports).await,
                (Step::Reset, Some(hello)) => {
                    download.reset(hello.epoch).await.map(|()| Report::Step(number, Input::ResetDone))
                }
                (Step::Backfill, Some(hello)) => download
                    .backfill(&hello, &token)
                    .await
                    .map(|(left, moved)| Report::Step(number, Input::Backfilled { left, moved })),
                (Step::Page | Step::Poll, Some(hello)) => {
                    let wait = (step == Step::Poll).then_some(POLL_SECONDS);
                    download.page(&hello, &token, wait).await.map(|(applied, more)| {
                        let (cursor, head) = (applied.cursor, told(&applied));
                        Report::Step(number, Input::PageApplied { cursor, head, more })
                    })
                }
                (Step::Stream, Some(hello)) => follow(&download, &hello, &token, number, &reports)
                    .await
                    .map(|input| Report::Step(number, input)),
                // The machine greets before anything else.
                (_, None) => Err(SyncError::Protocol("no greeting".to_owned())),
            };
            let _ = reports.send(outcome.unwrap_or_else(|error| failed(&error)));
        };
        self.step = Some(tokio::spawn(work));
    }

    fn fetch_history(&mut self) {
        let Some(hello) = self.hello.clone() else { return };
        self.fetched += 1;
        let (number, reports) = (self.fetched, self.reports.clone());
        let (download, token) = (self.download.clone(), self.token());
        self.fetching = Some(tokio::spawn(async move {
            let input = match download.past(&hello, &token).await {
                Ok(left) => Input::PastApplied(left),
                Err(error) => Input::PastFailed(failure(&error)),
            };
            let _ = reports.send(Report::History(number, input));
        }));
    }

    fn upload(&mut self) {
        let (download, token, reports) = (self.download.clone(), self.token(), self.reports.clone());
        self.uploading = Some(tokio::spawn(async move {
            let sent = upload::send_all(&download.wire, &download.vault, &download.tenant, &token).await;
            let tenant = download.tenant.clone();
            let unsent = with(&download.vault, move |vault| upload::count_unsent(vault, &tenant)).await;
            let input = match (sent, unsent) {
                (Ok(_), Ok(unsent)) => Input::Uploaded { unsent },
                (Err(error), Ok(unsent)) => Input::UploadFailed { failure: failure(&error), unsent },
                (_, Err(error)) => Input::UploadFailed { failure: failure(&error), unsent: 1 },
            };
            let _ = reports.send(Report::Upload(input));
        }));
    }

    fn token(&self) -> zeroize::Zeroizing<String> {
        self.access.as_ref().map(|access| access.token.clone()).unwrap_or_default()
    }

    fn publish(&mut self) {
        let now = self.began.elapsed();
        let shown = self.machine.shown(now);
        if shown != Shown::Offline {
            self.offline_since = None;
        }
        let phase = match shown {
            Shown::Idle => Phase::Idle,
            Shown::Connecting => Phase::Connecting,
            Shown::CatchingUp => Phase::CatchingUp,
            Shown::Live => Phase::Live,
            Shown::Refused => Phase::Refused,
            Shown::SignInNeeded => Phase::SignInNeeded,
            Shown::UpgradeNeeded => Phase::UpgradeNeeded,
            Shown::Offline => {
                let since = *self.offline_since.get_or_insert_with(|| (self.download.clock)());
                Phase::Offline { since }
            }
        };
        let trouble = self.machine.trouble(now);
        let status = SyncStatus {
            phase,
            cursor: self.machine.cursor,
            head: self.machine.head.max(self.machine.cursor),
            last_contact: self.last_contact,
            unsent: self.machine.unsent(),
            snapshot: self.machine.staged(),
            history: self.machine.history(),
            gaps: self.machine.gaps(),
            code: trouble.as_ref().map(|trouble| trouble.code.clone()),
            detail: trouble.map(|trouble| trouble.detail),
        };
        self.status.send_if_modified(|shown| {
            let changed = *shown != status;
            if shown.phase != status.phase {
                tracing::info!(tenant = %self.download.tenant, phase = ?status.phase, code = ?status.code, "sync");
            }
            *shown = status;
            changed
        });
    }
}

/// Fetches the snapshot and reports how far it is.
async fn stage(
    download: &Download,
    hello: &Hello,
    token: &str,
    number: u64,
    reports: &mpsc::UnboundedSender<Report>,
) -> Result<Report, SyncError> {
    let tell = |progress| {
        let _ = reports.send(Report::Contact((download.clock)()));
        let _ = reports.send(Report::Step(number, Input::Staged(progress)));
    };
    let input = if download.snapshot(hello, token, tell).await? {
        Input::Swapped(stand(&download.copy().await?))
    } else {
        Input::NoSnapshot
    };
    Ok(Report::Step(number, input))
}

/// Connects the stream and reports what comes until it ends; returns how.
async fn follow(
    download: &Download,
    hello: &Hello,
    token: &str,
    number: u64,
    reports: &mpsc::UnboundedSender<Report>,
) -> Result<Input, SyncError> {
    let Some(live) = download.open(hello, token).await? else { return Ok(Input::Mute) };
    let _ = reports.send(Report::Step(number, Input::StreamOpen));
    let tell = |applied: Option<Applied>| {
        let _ = reports.send(Report::Contact((download.clock)()));
        if let Some(applied) = applied {
            let caught_up = applied.caught_up.is_some_and(|(_, more)| !more);
            let (cursor, head) = (applied.cursor, told(&applied));
            let _ = reports.send(Report::Step(number, Input::Applied { cursor, head, caught_up }));
        }
    };
    let reason = download.follow(live, hello.epoch, tell).await?;
    Ok(match reason.as_deref() {
        Some("rotate") => Input::Bye(Parting::Rotate),
        Some("expired") => Input::Bye(Parting::Expired),
        Some("draining") => Input::Bye(Parting::Draining),
        Some("behind" | "slow") => Input::Bye(Parting::Behind),
        _ => Input::Ended,
    })
}

/// The head that a batch speaks of.
fn told(applied: &Applied) -> u64 {
    applied.caught_up.map_or(applied.cursor, |(head, _)| head.max(applied.cursor))
}

/// Where a copy stands, beside the head that it knows of.
fn stand(copy: &TenantCopy) -> Stand {
    Stand {
        cursor: copy.cursor,
        head: copy.head_heard.max(copy.cursor),
        backfills: copy.backfills.len(),
        history: history(copy),
    }
}

/// What an error means to the machine.
fn failure(error: &SyncError) -> Failure {
    let detail = error.to_string();
    match error {
        SyncError::Busy { after } => Failure::Cut { code: error.code(), detail, after: *after },
        SyncError::Offline(_) | SyncError::Tls(_) | SyncError::NotOurServer(_) | SyncError::Protocol(_) => {
            Failure::Cut { code: error.code(), detail, after: None }
        }
        SyncError::Gap { .. } => Failure::Gap { detail },
        SyncError::Unauthorised { .. } => Failure::Unauthorised { detail },
        SyncError::MustResnapshot(reason) => Failure::MustResnapshot { detail: reason.clone() },
        SyncError::MustGreet => Failure::MustGreet { detail },
        SyncError::UpgradeNeeded => Failure::UpgradeNeeded,
        SyncError::Refused { code, .. } => Failure::Refused { code: code.clone(), detail },
        SyncError::Diverged(_) => Failure::Diverged { code: error.code(), detail },
        SyncError::Chain(_) => Failure::Chain { detail },
        SyncError::Missing(_) => Failure::Missing { detail },
        SyncError::Snapshot(_) | SyncError::Vault(_) => {
            Failure::Refused { code: error.code().to_owned(), detail }
        }
    }
}
