//! The desk: the use cases of the app, one method each, for the window and the command line alike.
//!
//! Holds the session and nothing that a vault could answer. Reads go through a [`Lens`]; nothing here draws, speaks
//! HTTP or knows a window.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use board_domain::{Locale, Period, Permission, PersonId, ProgrammeId, Role, Row, Table, TenantId};
use board_sync::{Phase, ServerUrl, SyncStatus, Syncer};
use board_vault::{Reader, Vault};
use jiff::Timestamp;
use tokio::{runtime::Handle, sync::watch};

use crate::{
    dashboards, export,
    fault::{Code, Fault},
    figures,
    host::Host,
    lens::Lens,
    once::Errand,
    preview::Preview,
    profile::{Profile, write_whole},
    reports,
    session::HostKeeper,
    tiles::Scope,
    verify,
    view::{
        DashboardBrief, DashboardView, ExportProgress, ExportRequest, ExportSecrets, ExportView, Fetching,
        FigureView, PersonView, ProgressView, ReportBrief, SessionState, SessionView, SyncState, SyncView,
        TenantBrief, ThemeChoice, VerifyView,
    },
};

/// Seconds without contact after which what is shown is called stale.
pub const STALE_AFTER_SECONDS: i64 = 300;

/// The use cases.
pub struct Desk {
    pub(crate) host: Arc<dyn Host>,
    pub(crate) runtime: Handle,
    pub(crate) state: Mutex<State>,
    status: watch::Sender<SyncStatus>,
    cancel: AtomicBool,
    /// Files written since the start: the only ones that may be revealed.
    pub(crate) written: Mutex<Vec<PathBuf>>,
    /// Pages that the window shows before they are exported.
    pub(crate) preview: Mutex<Preview>,
}

/// What changes while the app runs. Locked before a reader or a vault, never after one.
pub(crate) struct State {
    pub(crate) profile: Profile,
    pub(crate) open: Option<Open>,
}

/// An unlocked vault.
pub(crate) struct Open {
    /// Who writes; `None` while another process does, beside which this one reads.
    pub(crate) vault: Option<Arc<Mutex<Vault>>>,
    pub(crate) reader: Arc<Mutex<Reader>>,
    pub(crate) server: ServerUrl,
    pub(crate) person: PersonId,
    pub(crate) secrets: String,
    pub(crate) tenant: Option<TenantId>,
    pub(crate) syncer: Option<Syncer>,
}

/// A position to read at, and who reads.
pub(crate) struct Reading {
    pub(crate) reader: Arc<Mutex<Reader>>,
    vault: Option<Arc<Mutex<Vault>>>,
    pub(crate) tenant: TenantId,
    pub(crate) person: PersonId,
    pub(crate) name: String,
    pub(crate) secrets: String,
    pub(crate) role: Role,
    pub(crate) locale: Locale,
    pub(crate) seq: u64,
    /// Whether the position is earlier than the copy's end.
    pub(crate) past: bool,
}

impl Open {
    /// The vault to write to; [`Code::VaultBusy`] where another process holds it.
    pub(crate) fn writable(&self) -> Result<&Arc<Mutex<Vault>>, Fault> {
        self.vault.as_ref().ok_or(Code::VaultBusy.into())
    }
}

impl Reading {
    /// As [`Open::writable`].
    pub(crate) fn writable(&self) -> Result<&Arc<Mutex<Vault>>, Fault> {
        self.vault.as_ref().ok_or(Code::VaultBusy.into())
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A reader that panicked leaves nothing half-changed: every write is one transaction.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    /// A desk over a host; background work runs on the runtime.
    pub fn new(host: Arc<dyn Host>, runtime: Handle) -> Self {
        let profile = Profile::read(host.data_dir());
        let (status, _) = watch::channel(SyncStatus::default());
        let state = Mutex::new(State { profile, open: None });
        let (cancel, written) = (AtomicBool::new(false), Mutex::new(Vec::new()));
        Self { host, runtime, state, status, cancel, written, preview: Mutex::default() }
    }

    /// Interface language of the profile.
    pub fn locale(&self) -> Locale {
        lock(&self.state).profile.locale
    }

    /// Speaks another language until the end, without remembering it.
    pub fn speak(&self, locale: Locale) {
        lock(&self.state).profile.locale = locale;
    }

    /// Where the person stands.
    pub fn session(&self) -> Result<SessionView, Fault> {
        let state = lock(&self.state);
        let profile = &state.profile;
        let mut view = SessionView {
            state: self.stands(&state),
            server: profile.server.clone(),
            email: profile.email.clone(),
            person: None,
            tenants: Vec::new(),
            tenant: None,
            locale: profile.locale,
            theme: profile.theme,
        };
        let Some(open) = &state.open else { return Ok(view) };
        let reader = lock(&open.reader);
        for copy in &reader.tenants()? {
            let accent = reader.rows(&copy.id, Table::Tenant, None)?.into_iter().find_map(|(_, found)| {
                if let Row::Tenant(tenant) = found.row { Some(tenant.accent) } else { None }
            });
            let synced = copy.cursor > 0;
            let brief = TenantBrief { id: copy.id.to_string(), name: copy.name.clone(), synced, accent };
            if open.tenant.as_ref() == Some(&copy.id) {
                view.tenant = Some(brief.clone());
                view.person = Some(PersonView {
                    id: open.person.to_string(),
                    name: profile.name.clone(),
                    role: copy.role,
                    may_export: copy.role.may(Permission::ExportApproved),
                    may_export_drafts: copy.role.may(Permission::ExportDrafts),
                    may_write: copy.role.may(Permission::WriteReports),
                    may_arrange: copy.role.may(Permission::RunTenant),
                    may_see_evidence: copy.role.may(Permission::SeeEvidence),
                });
            }
            view.tenants.push(brief);
        }
        Ok(view)
    }

    /// Whether a session is open, and whether there is one to open.
    fn stands(&self, state: &State) -> SessionState {
        if state.open.is_some() {
            return SessionState::Open;
        }
        let vault = state.profile.vault(self.host.data_dir());
        if vault.is_some_and(|(path, _)| path.exists()) {
            SessionState::Locked
        } else {
            SessionState::SignedOut
        }
    }

    /// The state of the session without what it holds: asked for at every change of the connection.
    pub(crate) fn session_state(&self) -> SessionState {
        self.stands(&lock(&self.state))
    }

    /// Changes language and ground of the window.
    pub fn set_preferences(&self, locale: Locale, theme: ThemeChoice) -> Result<SessionView, Fault> {
        let mut state = lock(&self.state);
        state.profile.locale = locale;
        state.profile.theme = theme;
        state.profile.write(self.host.data_dir())?;
        drop(state);
        self.stir();
        self.session()
    }

    /// Opens another of the person's tenants and follows its log.
    pub fn choose_tenant(&self, tenant: &str) -> Result<SessionView, Fault> {
        let tenant = TenantId::new(tenant).map_err(|error| Fault::new(Code::Malformed, error))?;
        {
            let mut state = lock(&self.state);
            let open = state.open.as_mut().ok_or(Code::Locked)?;
            let known = lock(&open.reader).tenants()?;
            if !known.iter().any(|copy| copy.id == tenant) {
                return Err(Fault::new(Code::NotFound, format!("tenant {tenant}")));
            }
            open.tenant = Some(tenant.clone());
            state.profile.tenant = Some(tenant);
            state.profile.write(self.host.data_dir())?;
        }
        if self.is_following() {
            self.follow()?;
        }
        self.session()
    }

    /// Starts following the open tenant's log, in place of any other.
    pub fn follow(&self) -> Result<(), Fault> {
        let _runtime = self.runtime.enter();
        if let Err(fault) = self.enrol() {
            tracing::warn!(%fault, "this device was not put up for a certificate");
        }
        let mut state = lock(&self.state);
        let open = state.open.as_mut().ok_or(Code::Locked)?;
        let tenant = open.tenant.clone().ok_or(Code::NoTenant)?;
        if let Some(old) = open.syncer.take() {
            self.runtime.spawn(old.stop());
        }
        let others = Errand::new(open, self.host.clone(), None)?.without(&tenant);
        let host = self.host.clone();
        open.syncer = Some(Syncer::start(
            open.server.clone(),
            open.writable()?.clone(),
            tenant,
            Arc::new(HostKeeper::new(self.host.clone(), &open.secrets)),
            Arc::new(move || host.now()),
            self.status.clone(),
        ));
        // A meeting may turn to another company with no network: those are fetched beside it, once.
        self.runtime.spawn(async move {
            if let Err(fault) = others.run(&mut |_| ()).await {
                tracing::info!(%fault, "the other companies were not brought up to date");
            }
        });
        Ok(())
    }

    fn is_following(&self) -> bool {
        lock(&self.state).open.as_ref().is_some_and(|open| open.syncer.is_some())
    }

    /// Tries the server now instead of waiting.
    pub fn retry_sync(&self) -> Result<SyncView, Fault> {
        if let Some(syncer) = lock(&self.state).open.as_ref().and_then(|open| open.syncer.as_ref()) {
            syncer.retry_now();
        }
        Ok(self.sync_state())
    }

    /// Makes the copy of the followed tenant anew from what the server has now, whatever stands in the way of the old
    /// one.
    pub fn follow_anew(&self) -> Result<SyncView, Fault> {
        let state = lock(&self.state);
        let open = state.open.as_ref().ok_or(Code::Locked)?;
        open.syncer.as_ref().ok_or(Code::NoTenant)?.copy_anew();
        drop(state);
        Ok(self.sync_state())
    }

    /// Wakes whoever shows how things stand, after a change that did not come from the connection.
    pub(crate) fn stir(&self) {
        self.status.send_modify(|_| ());
    }

    /// Changes of the connection and of the session, for whoever shows them.
    pub fn watch(&self) -> watch::Receiver<SyncStatus> {
        self.status.subscribe()
    }

    /// How the copy on this device stands towards the server.
    pub fn sync_state(&self) -> SyncView {
        let status = self.status.borrow().clone();
        let (mut cursor, mut head, mut contact, mut unsent) =
            (status.cursor, status.head, status.last_contact, status.unsent);
        let mut refused = 0;
        let state = lock(&self.state);
        if let Some(open) = &state.open
            && let Some(tenant) = &open.tenant
        {
            let reader = lock(&open.reader);
            if let Ok(copies) = reader.tenants()
                && let Some(copy) = copies.into_iter().find(|copy| copy.id == *tenant)
            {
                cursor = copy.cursor;
                head = copy.head_heard.max(copy.cursor);
                contact = contact.max(copy.last_contact);
            }
            if let Ok(refusals) = reader.refusals(tenant) {
                refused = u32::try_from(refusals.len()).unwrap_or(u32::MAX);
            }
            if let Ok(pending) = reader.pending(tenant) {
                unsent = u32::try_from(pending.len()).unwrap_or(u32::MAX);
            }
        }
        SyncView {
            state: match status.phase {
                Phase::Idle => SyncState::Idle,
                Phase::Connecting => SyncState::Connecting,
                Phase::CatchingUp => SyncState::CatchingUp,
                Phase::Live => SyncState::Live,
                Phase::Offline { .. } => SyncState::Offline,
                Phase::Refused => SyncState::Refused,
                Phase::UpgradeNeeded => SyncState::UpgradeNeeded,
                Phase::SignInNeeded => SyncState::SignInNeeded,
            },
            cursor,
            head,
            last_contact: contact.map(|at| at.to_string()),
            stale: is_stale(contact, self.host.now()),
            unsent,
            refused,
            progress: progress(&status),
            detail: status.detail,
            code: status.code,
        }
    }

    /// As [`Desk::reading`], at an earlier position; what is past the copy's own end is read at its end.
    pub(crate) fn reading_at(&self, as_of: Option<u64>) -> Result<Reading, Fault> {
        let mut reading = self.reading()?;
        if let Some(seq) = as_of.filter(|seq| *seq < reading.seq) {
            reading.seq = seq;
            reading.past = true;
        }
        Ok(reading)
    }

    /// Who reads, and at which position.
    pub(crate) fn reading(&self) -> Result<Reading, Fault> {
        let state = lock(&self.state);
        let open = state.open.as_ref().ok_or_else(|| {
            let known = state.profile.vault(self.host.data_dir()).is_some_and(|(path, _)| path.exists());
            Fault::from(if known { Code::Locked } else { Code::SignedOut })
        })?;
        let tenant = open.tenant.clone().ok_or(Code::NoTenant)?;
        let copies = lock(&open.reader).tenants()?;
        let copy = copies.into_iter().find(|copy| copy.id == tenant).ok_or(Code::NoTenant)?;
        Ok(Reading {
            reader: open.reader.clone(),
            vault: open.vault.clone(),
            tenant,
            person: open.person.clone(),
            name: state.profile.name.clone(),
            secrets: open.secrets.clone(),
            role: copy.role,
            locale: state.profile.locale,
            seq: copy.cursor,
            past: false,
        })
    }

    /// Runs a read at one position of the open tenant's log; at its end unless asked otherwise.
    pub(crate) fn read<T>(
        &self,
        as_of: Option<u64>,
        work: impl FnOnce(&mut Lens<'_>, &Reading) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let reading = self.reading_at(as_of)?;
        let reader = lock(&reading.reader);
        let mut lens = Lens::new(&reader, &reading.tenant, Some(reading.seq), reading.locale)?;
        work(&mut lens, &reading)
    }

    /// What the clock showed at the position read: now, or when the newest event up to there was recorded.
    pub(crate) fn clock(&self, lens: &Lens<'_>, reading: &Reading) -> Result<Timestamp, Fault> {
        let then = if reading.past { lens.time()? } else { None };
        Ok(then.unwrap_or_else(|| self.host.now()))
    }

    /// Dashboards of the open tenant.
    pub fn dashboards(&self, as_of: Option<u64>) -> Result<Vec<DashboardBrief>, Fault> {
        self.read_arranged(as_of, |lens, _| dashboards::list(lens))
    }

    /// A dashboard; the newest ended quarter and all programmes unless asked otherwise.
    pub fn dashboard(
        &self,
        id: &str,
        period: Option<&str>,
        programme: Option<&str>,
        as_of: Option<u64>,
    ) -> Result<DashboardView, Fault> {
        let (period, programme) = parse_scope(period, programme)?;
        self.read_arranged(as_of, |lens, reading| {
            let (periods, now) = (lens.periods()?, self.clock(lens, reading)?);
            let period = period.unwrap_or_else(|| dashboards::newest(lens, &periods, now));
            let evidence = reading.role.may(Permission::SeeEvidence);
            dashboards::view(lens, id, &Scope { period, programme }, &periods, evidence, reading.seq)
        })
    }

    /// The picture of a chart as SVG, by the address that the window asks for.
    pub fn chart_svg(&self, path: &str, query: &str) -> Result<String, Fault> {
        let (spec, size, _) = self.chart_at(path, query)?;
        board_charts::svg(&bare(spec), size).map_err(|error| Fault::new(Code::Malformed, error))
    }

    /// Where each value lies in that picture, in CSS pixels, with its words.
    pub fn chart_hits(&self, path: &str, query: &str) -> Result<Vec<board_charts::Hit>, Fault> {
        let (spec, size, _) = self.chart_at(path, query)?;
        board_charts::hits(&bare(spec), size).map_err(|error| Fault::new(Code::Malformed, error))
    }

    /// That picture with its title as PNG for print, to be copied, and a name for a file of it.
    pub fn chart_png(&self, path: &str, query: &str) -> Result<(Vec<u8>, String), Fault> {
        let (spec, _, name) = self.chart_at(path, query)?;
        let size = board_charts::Size { width_pt: 800.0, height_pt: 450.0 };
        let png =
            board_charts::png(&spec, size, 216.0).map_err(|error| Fault::new(Code::Malformed, error))?;
        Ok((png, name))
    }

    /// Writes the same into the documents folder; returns its path.
    pub fn save_chart(&self, path: &str, query: &str) -> Result<String, Fault> {
        let (png, name) = self.chart_png(path, query)?;
        let path = self.host.documents_dir().join(format!("{name}.png"));
        write_whole(&path, &png)?;
        lock(&self.written).push(path.clone());
        Ok(path.display().to_string())
    }

    /// The chart at an address, its size, and a name for a file of it.
    fn chart_at(
        &self,
        path: &str,
        query: &str,
    ) -> Result<(board_charts::ChartSpec, board_charts::Size, String), Fault> {
        let address = dashboards::ChartAddress::parse(path, query)
            .ok_or_else(|| Fault::new(Code::Malformed, "chart address"))?;
        self.read_arranged(address.seq, |lens, reading| {
            let now = self.clock(lens, reading)?;
            let scope = dashboards::scope(lens, address.period, address.programme.clone(), now)?;
            let spec = dashboards::chart(lens, &address.dashboard, &address.tile, &scope, address.mode)?;
            let name = format!("Chart_{}_{}_{}", scope.period, address.dashboard, address.tile);
            Ok((spec, address.size, name))
        })
    }

    /// Everything about a figure, for example `sroi/2026-Q3/all`.
    pub fn figure(&self, key: &str, as_of: Option<u64>) -> Result<FigureView, Fault> {
        self.read(as_of, |lens, reading| figures::view(lens, key, reading.role.may(Permission::SeeEvidence)))
    }

    /// Reports that the person may read, newest period first.
    pub fn reports(&self, as_of: Option<u64>) -> Result<Vec<ReportBrief>, Fault> {
        let now = self.host.now();
        self.read(as_of, |lens, reading| reports::list(lens, reading, now))
    }

    /// Writes a report's pack; see [`Desk::cancel_export`].
    pub fn export_pack(
        &self,
        request: &ExportRequest,
        progress: &mut dyn FnMut(ExportProgress),
    ) -> Result<ExportView, Fault> {
        self.export_pack_with(request, &ExportSecrets::default(), progress)
    }

    /// [`Desk::export_pack`] with a password or a certificate.
    pub fn export_pack_with(
        &self,
        request: &ExportRequest,
        secrets: &ExportSecrets,
        progress: &mut dyn FnMut(ExportProgress),
    ) -> Result<ExportView, Fault> {
        self.cancel.store(false, Ordering::SeqCst);
        let view = export::run(self, request, secrets, progress, &self.cancel)?;
        lock(&self.written).extend(view.files.iter().map(|file| PathBuf::from(&file.path)));
        self.commands_waiting();
        Ok(view)
    }

    /// Tells the sync that there is something to send.
    pub(crate) fn commands_waiting(&self) {
        if let Some(syncer) = lock(&self.state).open.as_ref().and_then(|open| open.syncer.as_ref()) {
            syncer.commands_waiting();
        }
    }

    /// Stops a running export; no file is left behind.
    pub fn cancel_export(&self) {
        self.cancel.store(true, Ordering::SeqCst);
    }

    /// Verifies a pack; needs no session. `keys` are further trusted public keys, hexadecimal; the password is that of a
    /// protected PDF.
    pub fn verify(&self, path: &Path, keys: &[String], password: Option<&str>) -> Result<VerifyView, Fault> {
        verify::run(self, path, keys, password)
    }

    /// The path, if it is a file that this desk wrote; a window may reveal nothing else.
    pub fn written(&self, path: &str) -> Result<PathBuf, Fault> {
        let path = PathBuf::from(path);
        if lock(&self.written).contains(&path) { Ok(path) } else { Err(Code::NotFound.into()) }
    }
}

/// The window frames a chart with its own heading.
fn bare(spec: board_charts::ChartSpec) -> board_charts::ChartSpec {
    board_charts::ChartSpec { title: String::new(), subtitle: String::new(), ..spec }
}

/// What is fetched beside the newest events.
fn progress(status: &SyncStatus) -> Option<ProgressView> {
    let of =
        |what, progress: board_sync::Progress| ProgressView { what, done: progress.done, of: progress.of };
    let snapshot = status.snapshot.map(|progress| of(Fetching::Snapshot, progress));
    snapshot.or_else(|| status.history.map(|progress| of(Fetching::History, progress)))
}

/// Whether the last contact is too long ago, or never was.
pub(crate) fn is_stale(contact: Option<Timestamp>, now: Timestamp) -> bool {
    contact.is_none_or(|contact| now.as_second() - contact.as_second() >= STALE_AFTER_SECONDS)
}

/// A period and a programme as the window and the command line write them; empty means not chosen.
pub(crate) fn parse_scope(
    period: Option<&str>,
    programme: Option<&str>,
) -> Result<(Option<Period>, Option<ProgrammeId>), Fault> {
    let period = match period.filter(|text| !text.is_empty()) {
        Some(text) => Some(
            Period::parse(text).ok_or_else(|| Fault::new(Code::Malformed, "period reads like 2026-Q3"))?,
        ),
        None => None,
    };
    let programme = match programme.filter(|text| !text.is_empty()) {
        Some(text) => Some(ProgrammeId::new(text).map_err(|error| Fault::new(Code::Malformed, error))?),
        None => None,
    };
    Ok((period, programme))
}
