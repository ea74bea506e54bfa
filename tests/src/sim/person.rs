//! A person's client inside the simulation: the product's sync over a real vault in a file, and what the driver sees and
//! wishes of it. Survives crashes as a laptop does: by its file.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use board_domain::{Command, PersonId, TenantId};
use board_sync::{Phase, ServerUrl, Simulation, SyncStatus, Syncer, TokenKeeper};
use board_vault::{Vault, VaultKey};
use jiff::Timestamp;
use tokio::{sync::watch, time::sleep};

use super::transport::Wired;
use crate::{
    checker::{Issued, mark},
    work::MemoryKeeper,
};

/// How often wishes are looked at.
const LOOK: Duration = Duration::from_millis(30);

/// What the driver and the client share.
pub(super) struct Person {
    pub(super) id: PersonId,
    pub(super) tenant: TenantId,
    pub(super) path: PathBuf,
    pub(super) key: VaultKey,
    pub(super) keeper: Arc<MemoryKeeper>,
    /// Milliseconds since the epoch, by this device's clock.
    pub(super) now: Arc<AtomicI64>,
    pub(super) seed: u64,
    pub(super) desk: Mutex<Desk>,
}

/// What changes while it runs.
#[derive(Default)]
pub(super) struct Desk {
    pub(super) wishes: Vec<Command>,
    pub(super) retry: bool,
    /// The person wants the copy made anew.
    pub(super) anew: bool,
    pub(super) status: SyncStatus,
    /// Commands in the outbox, sent or not.
    pub(super) pending: usize,
    pub(super) issued: Vec<Issued>,
    /// Lines for the trace.
    pub(super) said: Vec<String>,
    pub(super) starts: u64,
}

impl Person {
    pub(super) fn new(folder: &Path, id: &str, tenant: &TenantId, seed: u64, now: Arc<AtomicI64>) -> Self {
        let path = folder.join(format!("{id}.db"));
        let key = VaultKey::generate().unwrap();
        Self {
            id: PersonId::new(id).unwrap(),
            tenant: tenant.clone(),
            path,
            key,
            keeper: Arc::default(),
            now,
            seed,
            desk: Mutex::default(),
        }
    }

    /// Runs the client until it is crashed.
    pub(super) async fn run(self: Arc<Self>) -> turmoil::Result {
        let vault = Vault::open(&self.path, &self.key).expect("the vault opens after any crash");
        let client = vault.client_id().unwrap();
        let vault = Arc::new(Mutex::new(vault));
        let (sender, mut status) = watch::channel(SyncStatus::default());
        let now = Arc::clone(&self.now);
        let clock: board_sync::Clock =
            Arc::new(move || Timestamp::from_millisecond(now.load(Ordering::SeqCst)).unwrap());
        let starts = {
            let mut desk = self.desk.lock().unwrap();
            desk.starts += 1;
            desk.starts
        };
        let syncer = Syncer::simulate(
            &ServerUrl::parse("http://127.0.0.1").unwrap(),
            vault.clone(),
            self.tenant.clone(),
            self.keeper.clone() as Arc<dyn TokenKeeper>,
            clock.clone(),
            sender,
            Simulation::new(Arc::new(Wired), self.seed ^ starts, true),
        );
        loop {
            let wishes = std::mem::take(&mut self.desk.lock().unwrap().wishes);
            for command in &wishes {
                vault.lock().unwrap().enqueue(&self.tenant, command, clock()).unwrap();
                let mark = mark(command).unwrap();
                self.desk.lock().unwrap().issued.push(Issued { client, mark, answer: None });
            }
            if !wishes.is_empty() {
                syncer.commands_waiting();
            }
            if std::mem::take(&mut self.desk.lock().unwrap().retry) {
                syncer.retry_now();
            }
            if std::mem::take(&mut self.desk.lock().unwrap().anew) {
                syncer.copy_anew();
            }
            tokio::select! {
                biased;
                changed = status.changed() => if changed.is_err() { return Ok(()) },
                () = sleep(LOOK) => if wishes.is_empty() { continue },
            }
            let pending = vault.lock().unwrap().pending(&self.tenant).unwrap().len();
            let shown = status.borrow_and_update().clone();
            let mut desk = self.desk.lock().unwrap();
            if desk.status != shown || desk.pending != pending {
                let line = format!("{} {}", self.id, words(&shown, pending));
                desk.said.push(line);
                (desk.status, desk.pending) = (shown, pending);
            }
        }
    }
}

fn words(status: &SyncStatus, pending: usize) -> String {
    let SyncStatus { phase, cursor, head, unsent, code, .. } = status;
    let phase = match phase {
        Phase::Offline { .. } => "Offline".to_owned(),
        other => format!("{other:?}"),
    };
    format!("{phase} {cursor}/{head} unsent {unsent} pending {pending} {}", code.as_deref().unwrap_or("-"))
}
