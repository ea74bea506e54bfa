//! The log store: a writer that commits in groups, a small pool of readers, one file per table, one SQL text.
//!
//! Not the rules of the log (`crate::log`) and not HTTP. Every query of a tenant's table names the tenant; a test
//! reads the SQL in this folder and fails where one does not.

pub(crate) mod access_token;
pub(crate) mod account;
mod audience;
mod client;
pub(crate) mod command_result;
pub(crate) mod event;
pub(crate) mod intake_row;
pub(crate) mod membership;
mod open;
pub(crate) mod refresh_token;
pub(crate) mod service_token;
pub(crate) mod sql;
pub(crate) mod tenant;
mod writer;

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use board_domain::{FoldError, TenantId};
use rusqlite::Connection;
use tokio::sync::{Semaphore, mpsc};

use crate::{channel::Channels, secret::Secret};
pub use open::OpenError;
use sql::Sql;
pub(crate) use writer::Transaction;
use writer::{Job, Writer};

/// Connections that read at the same time.
const READERS: usize = 4;
/// Jobs that may wait for the writer before callers wait for room.
const WAITING_JOBS: usize = 1_024;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// `SQLite` refused.
    #[error("the store failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A fact could not be written as JSON.
    #[error("a fact could not be written: {0}")]
    Json(#[from] serde_json::Error),
    /// An event of the log does not fold.
    #[error(transparent)]
    Fold(#[from] FoldError),
    /// A commit failed; nothing of it was kept.
    #[error("a commit failed: {0}")]
    Commit(String),
    /// The tenant has no log here.
    #[error("there is no tenant {0}")]
    NoTenant(TenantId),
    /// A stored value does not read back; the file was changed by something else.
    #[error("a stored {0} does not read")]
    Unreadable(&'static str),
    /// Work on a log that did not say whose.
    #[error("the work names no tenant")]
    Tenantless,
    /// The writer has stopped; the server is going down.
    #[error("the store is closed")]
    Closed,
    /// The operating system gave no randomness.
    #[error("no randomness: {0}")]
    Random(#[from] getrandom::Error),
}

/// The store. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Store {
    engine: Engine,
    channels: Arc<Channels>,
}

#[derive(Clone)]
enum Engine {
    /// A thread writes, a pool reads.
    Threads { jobs: mpsc::Sender<Box<dyn Job>>, readers: Arc<Readers> },
    /// The calling task does everything itself.
    Inline(Arc<Mutex<Writer>>),
}

struct Readers {
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
}

impl Store {
    /// Opens the file, creates or migrates its tables and starts the writer.
    pub(crate) fn open(path: &Path, key: Option<&Secret>) -> Result<Self, OpenError> {
        let write = open::connection(path, key, true)?;
        open::migrate(&write)?;
        let idle = (0..READERS).map(|_| open::connection(path, key, false)).collect::<Result<Vec<_>, _>>()?;
        let channels = Arc::new(Channels::default());
        let (jobs, queue) = mpsc::channel(WAITING_JOBS);
        Writer::new(write, Arc::clone(&channels)).start(queue)?;
        let readers =
            Arc::new(Readers { permits: Arc::new(Semaphore::new(READERS)), idle: Mutex::new(idle) });
        Ok(Self { engine: Engine::Threads { jobs, readers }, channels })
    }

    /// Opens a store that reads and writes on the calling task: no thread and no waiting, so that a simulation with a
    /// clock of its own is deterministic. Without a path it lives in memory. Not safe against loss of power.
    pub(crate) fn open_inline(path: Option<&Path>, key: Option<&Secret>) -> Result<Self, OpenError> {
        let connection = open::connection(path.unwrap_or(Path::new(":memory:")), key, true)?;
        connection.pragma_update(None, "synchronous", "OFF").map_err(OpenError::Sqlite)?;
        open::migrate(&connection)?;
        let channels = Arc::new(Channels::default());
        let writer = Writer::new(connection, Arc::clone(&channels));
        Ok(Self { engine: Engine::Inline(Arc::new(Mutex::new(writer))), channels })
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
        let (job, answered) = writer::job(tenant, work);
        match &self.engine {
            Engine::Threads { jobs, .. } => {
                jobs.send(job).await.map_err(|_| E::from(StoreError::Closed))?;
            }
            Engine::Inline(writer) => writer.lock().unwrap_or_else(PoisonError::into_inner).commit(vec![job]),
        }
        answered.await.unwrap_or_else(|_| Err(E::from(StoreError::Closed)))
    }

    /// Runs a read on one of the pool's connections.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Sql) -> Result<T, StoreError> + Send + 'static,
    {
        let readers = match &self.engine {
            Engine::Threads { readers, .. } => Arc::clone(readers),
            Engine::Inline(writer) => {
                return work(writer.lock().unwrap_or_else(PoisonError::into_inner).sql());
            }
        };
        let permit = Arc::clone(&readers.permits).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        tokio::task::spawn_blocking(move || {
            // Held by the thread: a caller that goes away does not free a connection that is in use.
            let _permit = permit;
            let taken = readers.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut connection = taken.ok_or(StoreError::Closed)?;
            // A panic in `work` must not cost the pool a connection.
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&mut connection)));
            readers.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
        .await
        .map_err(|_| StoreError::Closed)?
    }
}

#[cfg(test)]
mod tests;
