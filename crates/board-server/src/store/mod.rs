//! The log store: lanes that commit in groups, a small pool of readers, one file per table, one SQL text for the
//! embedded engine and for `PostgreSQL`.
//!
//! Not the rules of the log and not HTTP. Every query of a tenant's table names the tenant; a test reads the SQL in this
//! folder and fails where one does not.

pub(crate) mod access_token;
pub(crate) mod account;
mod audience;
mod client;
pub(crate) mod command_result;
pub(crate) mod copy;
mod engine;
pub(crate) mod event;
pub(crate) mod exchanged_token;
pub(crate) mod intake_row;
pub(crate) mod known;
mod lane;
pub(crate) mod membership;
mod postgres;
mod queue;
pub(crate) mod refresh_token;
pub(crate) mod service_token;
pub(crate) mod snapshot;
pub(crate) mod snapshot_page;
pub(crate) mod sql;
mod sqlite;
pub(crate) mod tenant;
pub(crate) mod tenant_key;
mod transaction;

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use board_domain::{FoldError, TenantId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{channel::Channels, secret::Secret};
use engine::Engine;
use lane::Lane;
use postgres::{Grown, Server, Session};
use queue::Callers;
use sql::Sql;
use sqlite::Embedded;
pub(crate) use transaction::Transaction;

/// Connections that read at the same time.
const READERS: usize = 4;
/// Lanes of a store on `PostgreSQL`: that many tenants commit at the same time.
const LANES: usize = 16;

/// Why the store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file is not there or not ours to open.
    #[error("the store cannot be opened: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The key does not fit the file, or the file is no database.
    #[error("the store's key does not open this file")]
    WrongKey,
    /// A newer server wrote it.
    #[error("the store has version {found}, this server knows {known}: use a newer server")]
    Newer {
        /// Its version.
        found: i64,
        /// The newest version this server knows.
        known: usize,
    },
    /// The address of the database does not read.
    #[error("the store's address does not read: {0}")]
    Address(String),
    /// The database does not answer.
    #[error("the store at {place} cannot be reached: {reason}")]
    Unreachable {
        /// Where it should be, without the password.
        place: String,
        /// What went wrong.
        reason: String,
    },
    /// The database does not let us in.
    #[error("the store at {place} refuses the user or the password")]
    Refused {
        /// Where it is, without the password.
        place: String,
    },
    /// The database cannot prove that it is the one that is meant.
    #[error("the store at {place} is not trusted: {reason}")]
    Untrusted {
        /// Where it is, without the password.
        place: String,
        /// What is wrong with its certificate.
        reason: String,
    },
    /// No thread to write.
    #[error("the store's writer cannot start: {0}")]
    Thread(#[from] std::io::Error),
}

impl OpenError {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Sqlite(_) | Self::Thread(_) => "store.failed",
            Self::WrongKey => "store.wrong_key",
            Self::Newer { .. } => "store.newer",
            Self::Address(_) => "store.address",
            Self::Unreachable { .. } => "store.unreachable",
            Self::Refused { .. } => "store.refused",
            Self::Untrusted { .. } => "store.untrusted",
        }
    }
}

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The embedded engine refused.
    #[error("the store failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A fact could not be written as JSON.
    #[error("a fact could not be written: {0}")]
    Json(#[from] serde_json::Error),
    /// An event of the log does not fold.
    #[error(transparent)]
    Fold(#[from] FoldError),
    /// `PostgreSQL` refused.
    #[error("the store failed: {0}")]
    Postgres(String),
    /// A commit failed; nothing of it was kept.
    #[error("a commit failed: {0}")]
    Commit(String),
    /// The database is away. What was being written may or may not be there; it was not acknowledged.
    #[error("the store is away: {0}")]
    Unavailable(String),
    /// Another server was faster.
    #[error("the log moved meanwhile")]
    Lost,
    /// A row of this key is there already.
    #[error("{0} is taken")]
    Taken(String),
    /// The tenant has no log here.
    #[error("there is no tenant {0}")]
    NoTenant(TenantId),
    /// A stored value does not read back; the file was changed by something else.
    #[error("a stored {0} does not read")]
    Unreadable(&'static str),
    /// Work on a log that did not say whose, or named another.
    #[error("the work names another tenant, or none")]
    Tenantless,
    /// The writer has stopped; the server is going down.
    #[error("the store is closed")]
    Closed,
    /// The operating system gave no randomness.
    #[error("no randomness: {0}")]
    Random(#[from] getrandom::Error),
}

impl StoreError {
    /// The same for one more caller: every job of a group hears why the group failed.
    fn again(&self) -> Self {
        match self {
            Self::Unavailable(reason) => Self::Unavailable(reason.clone()),
            Self::NoTenant(tenant) => Self::NoTenant(tenant.clone()),
            Self::Lost => Self::Lost,
            Self::Taken(what) => Self::Taken(what.clone()),
            other => Self::Commit(other.to_string()),
        }
    }
}

/// The store. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Store {
    mode: Mode,
    channels: Arc<Channels>,
}

#[derive(Clone)]
enum Mode {
    /// Threads write, a pool reads.
    Threads { callers: Arc<Callers>, readers: Arc<Readers> },
    /// The calling task does everything itself.
    Inline(Arc<Mutex<Lane>>),
}

struct Readers {
    /// Whether the engine is in this process.
    near: bool,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<Box<dyn Engine>>>,
}

impl Drop for Readers {
    fn drop(&mut self) {
        let idle = std::mem::take(self.idle.get_mut().unwrap_or_else(PoisonError::into_inner));
        // Ending a connection blocks, which a task must not.
        let _ = std::thread::Builder::new().name("store-closer".into()).spawn(move || drop(idle));
    }
}

impl Store {
    /// Opens the file, creates or migrates its tables and starts the lane that writes.
    pub(crate) fn open(path: &Path, key: Option<&Secret>) -> Result<Self, OpenError> {
        let write = sqlite::connection(path, key, true)?;
        sqlite::migrate(&write)?;
        let mut readers: Vec<Box<dyn Engine>> = Vec::new();
        for _ in 0..READERS {
            readers.push(Box::new(Embedded(sqlite::connection(path, key, false)?)));
        }
        Self::start(vec![Box::new(Embedded(write))], readers, Arc::default(), None)
    }

    /// Connects to a `PostgreSQL` server, creates or migrates the tables, starts the lanes, and tells and hears which
    /// logs grew. Blocks until connected.
    pub(crate) fn connect(address: &Secret) -> Result<Self, OpenError> {
        let server = Arc::new(Server::parse(address)?);
        postgres::migrate(&server)?;
        let channels = Arc::new(Channels::default());
        let grown = Grown::start(&server, &channels)?;
        let session = || -> Box<dyn Engine> { Box::new(Session::new(Arc::clone(&server))) };
        let lanes = (0..LANES).map(|_| session()).collect();
        let readers = (0..READERS).map(|_| session()).collect();
        Self::start(lanes, readers, channels, Some(&grown))
    }

    /// Host and database of an address.
    pub(crate) fn place(address: &Secret) -> Result<String, OpenError> {
        Server::parse(address).map(|server| server.place().to_owned())
    }

    fn start(
        lanes: Vec<Box<dyn Engine>>,
        readers: Vec<Box<dyn Engine>>,
        channels: Arc<Channels>,
        grown: Option<&Grown>,
    ) -> Result<Self, OpenError> {
        // Across a network a commit never spans two tenants, so that a store divided by tenant serves as well.
        let callers = Callers::new(lanes.iter().any(|engine| engine.far()));
        for engine in lanes {
            Lane::new(engine, Arc::clone(&channels), grown.cloned()).start(callers.place())?;
        }
        let near = readers.iter().all(|engine| !engine.far());
        let permits = Arc::new(Semaphore::new(readers.len()));
        let readers = Arc::new(Readers { near, permits, idle: Mutex::new(readers) });
        let mode = Mode::Threads { callers: Arc::new(callers), readers };
        Ok(Self { mode, channels })
    }

    /// Opens a store that reads and writes on the calling task: no thread and no waiting, so that a simulation with a
    /// clock of its own is deterministic. Without a path it lives in memory. Not safe against loss of power.
    pub(crate) fn open_inline(path: Option<&Path>, key: Option<&Secret>) -> Result<Self, OpenError> {
        let connection = sqlite::connection(path.unwrap_or(Path::new(":memory:")), key, true)?;
        connection.pragma_update(None, "synchronous", "OFF").map_err(OpenError::Sqlite)?;
        sqlite::migrate(&connection)?;
        let channels = Arc::new(Channels::default());
        let lane = Lane::new(Box::new(Embedded(connection)), Arc::clone(&channels), None);
        Ok(Self { mode: Mode::Inline(Arc::new(Mutex::new(lane))), channels })
    }

    /// The live end of every tenant's log.
    pub(crate) fn channels(&self) -> &Channels {
        &self.channels
    }

    /// Runs a change in a transaction; an error undoes all of it. Returns once it is on disk. `tenant` is the one tenant
    /// whose log the work reads or extends. The work may be run again where another server was faster.
    pub(crate) async fn write<T, E, F>(&self, tenant: Option<&TenantId>, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: Fn(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        let (job, answered) = lane::job(tenant, work);
        match &self.mode {
            Mode::Threads { callers, .. } => callers.send(job).await.map_err(E::from)?,
            Mode::Inline(lane) => lane.lock().unwrap_or_else(PoisonError::into_inner).commit(vec![job]),
        }
        answered.await.unwrap_or_else(|_| Err(E::from(StoreError::Closed)))
    }

    /// Runs a read on one of the pool's connections.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Sql) -> Result<T, StoreError> + Send + 'static,
    {
        let readers = match &self.mode {
            Mode::Threads { readers, .. } => Arc::clone(readers),
            Mode::Inline(lane) => return work(lane.lock().unwrap_or_else(PoisonError::into_inner).sql()),
        };
        let permit = Arc::clone(&readers.permits).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        tokio::task::spawn_blocking(move || readers.run(permit, work))
            .await
            .map_err(|_| StoreError::Closed)?
    }

    /// Runs a read of a few rows by their key: at once where the engine is in this process and a connection is free,
    /// because the way to another thread and back costs more than the read.
    pub(crate) async fn glance<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Sql) -> Result<T, StoreError> + Send + 'static,
    {
        if let Mode::Threads { readers, .. } = &self.mode
            && readers.near
            && let Ok(permit) = Arc::clone(&readers.permits).try_acquire_owned()
        {
            return readers.run(permit, work);
        }
        self.read(work).await
    }
}

impl Readers {
    fn run<T>(
        &self,
        permit: OwnedSemaphorePermit,
        work: impl FnOnce(&mut dyn Sql) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let taken = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut engine = taken.ok_or(StoreError::Closed)?;
        // A panic in `work` must not cost the pool a connection.
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            engine.ready()?;
            work(engine.sql())
        }));
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(engine);
        // Held until here: a caller that went away does not free a connection that was in use.
        drop(permit);
        result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

#[cfg(test)]
mod tests;
