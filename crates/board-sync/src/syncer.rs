//! Runs the machine: begins what it asks for, feeds back what happens, publishes the status. Decides nothing itself.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex};

use board_domain::TenantId;
use board_domain::wire::Hello;
use board_vault::{Applied, Vault};
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use crate::download::{Download, SharedVault, with};
use crate::machine::{At, Effect, Failure, Input, Machine, Shown, State, Step};
use crate::session::{self, Access, TokenKeeper};
use crate::transport::Transport;
use crate::wire::Wire;
use crate::{Phase, ServerUrl, SyncError, SyncStatus, upload};

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
                    Driver::new(download, keeper, status, seed).run(heard).await;
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
        let task = tokio::spawn(Driver::new(download, keeper, status, simulation.seed).run(heard));
        Self { signals, task }
    }

    /// Tries again at once: the network changed, the machine woke up, or the person asks.
    pub fn retry_now(&self) {
        let _ = self.signals.send(Signal::RetryNow);
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
            last_contact: None,
            offline_since: None,
            reports,
            inbox,
        }
    }

    async fn run(mut self, mut signals: mpsc::UnboundedReceiver<Signal>) {
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
                    Some(Signal::CommandsWaiting) => self.count_outbox().await,
                    None => break,
                },
                report = self.inbox.recv() => if let Some(report) = report { self.report(report) },
                () = sleep_until(due), if deadline.is_some() => self.take(Input::Tick),
            }
        }
        let exchanging = self.machine.state() == State::Refreshing;
        self.take(Input::Stop);
        if let Some(uploading) = self.uploading.take() {
            uploading.abort();
            let _ = uploading.await;
        }
        // The answer to an exchange is the only copy of the next token.
        if let Some(step) = self.step.take().filter(|_| exchanging) {
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
            Report::Step(..) | Report::Access(..) | Report::Greeted(..) => {}
        }
    }

    fn take(&mut self, input: Input) {
        let at = At { now: self.began.elapsed(), dice: self.dice() };
        for effect in self.machine.handle(input, at) {
            match effect {
                Effect::Begin(step) => self.begin(step),
                Effect::Abort => {
                    self.number += 1;
                    if let Some(step) = self.step.take() {
                        step.abort();
                    }
                }
                Effect::Upload => self.upload(),
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
                    let input = Input::HelloOk {
                        cursor: copy.cursor,
                        head: hello.head,
                        reset: greeting.is_foreign(),
                    };
                    Report::Greeted(number, hello, input)
                }),
                (Step::Reset, Some(hello)) => {
                    download.reset(hello.epoch).await.map(|()| Report::Step(number, Input::ResetDone))
                }
                (Step::Page, Some(hello)) => {
                    download.page(hello.epoch, &token).await.map(|(applied, more)| {
                        let (cursor, head) = (applied.cursor, applied.head_heard);
                        Report::Step(number, Input::PageApplied { cursor, head, more })
                    })
                }
                (Step::Stream, Some(hello)) => follow(&download, &hello, &token, number, &reports)
                    .await
                    .map(|()| Report::Step(number, Input::Ended)),
                // The machine greets before anything else.
                (Step::Reset | Step::Page | Step::Stream, None) => {
                    Err(SyncError::Protocol("no greeting".to_owned()))
                }
            };
            let _ = reports.send(outcome.unwrap_or_else(|error| failed(&error)));
        };
        self.step = Some(tokio::spawn(work));
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

/// Connects the stream and reports what comes until it ends.
async fn follow(
    download: &Download,
    hello: &Hello,
    token: &str,
    number: u64,
    reports: &mpsc::UnboundedSender<Report>,
) -> Result<(), SyncError> {
    let live = download.open(hello, token).await?;
    let _ = reports.send(Report::Step(number, Input::StreamOpen));
    let tell = |applied: Option<Applied>| {
        let _ = reports.send(Report::Contact((download.clock)()));
        if let Some(applied) = applied {
            let caught_up = applied.caught_up.is_some_and(|(_, more)| !more);
            let (cursor, head) = (applied.cursor, applied.head_heard);
            let _ = reports.send(Report::Step(number, Input::Applied { cursor, head, caught_up }));
        }
    };
    download.follow(live, hello.epoch, tell).await
}

/// What an error means to the machine.
fn failure(error: &SyncError) -> Failure {
    let detail = error.to_string();
    match error {
        SyncError::Busy { after } => Failure::Cut { code: error.code(), detail, after: *after },
        SyncError::Offline(_)
        | SyncError::Tls(_)
        | SyncError::NotOurServer(_)
        | SyncError::Protocol(_)
        | SyncError::Gap { .. } => Failure::Cut { code: error.code(), detail, after: None },
        SyncError::Unauthorised { .. } => Failure::Unauthorised { detail },
        SyncError::MustResnapshot(reason) => Failure::MustResnapshot { detail: reason.clone() },
        SyncError::UpgradeNeeded => Failure::UpgradeNeeded,
        SyncError::Refused { code, .. } => Failure::Refused { code: code.clone(), detail },
        SyncError::Chain(_) | SyncError::Vault(_) => {
            Failure::Refused { code: error.code().to_owned(), detail }
        }
    }
}
