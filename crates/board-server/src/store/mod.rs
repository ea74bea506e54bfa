//! The log store on SQLite: one writer thread that commits in groups, a small pool of readers, one file per table.
//!
//! Not the rules of the log (`crate::log`) and not HTTP. Every query of a tenant's table names the tenant; a test
//! reads the SQL in this folder and fails where one does not.

pub(crate) mod access_token;
pub(crate) mod account;
pub(crate) mod audience;
pub(crate) mod client;
pub(crate) mod command_result;
pub(crate) mod event;
pub(crate) mod intake_row;
pub(crate) mod membership;
mod open;
pub(crate) mod refresh_token;
pub(crate) mod service_token;
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
pub(crate) use writer::Transaction;

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
    /// The tenant has no log here.
    #[error("there is no tenant {0}")]
    NoTenant(TenantId),
    /// A stored value does not read back; the file was changed by something else.
    #[error("a stored {0} does not read")]
    Unreadable(&'static str),
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
    jobs: mpsc::Sender<writer::Job>,
    readers: Arc<Readers>,
    channels: Arc<Channels>,
}

struct Readers {
    permits: Semaphore,
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
        writer::start(write, queue, Arc::clone(&channels))?;
        let readers = Arc::new(Readers { permits: Semaphore::new(READERS), idle: Mutex::new(idle) });
        Ok(Self { jobs, readers, channels })
    }

    /// The live end of every tenant's log.
    pub(crate) fn channels(&self) -> &Channels {
        &self.channels
    }

    /// Runs a change in a transaction of its own; an error undoes all of it. Returns once it is on disk.
    pub(crate) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        let (answer, answered) = tokio::sync::oneshot::channel();
        self.jobs.send(writer::job(work, answer)).await.map_err(|_| E::from(StoreError::Closed))?;
        answered.await.unwrap_or_else(|_| Err(E::from(StoreError::Closed)))
    }

    /// Runs a read on one of the pool's connections.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let readers = Arc::clone(&self.readers);
        let _permit = self.readers.permits.acquire().await.map_err(|_| StoreError::Closed)?;
        tokio::task::spawn_blocking(move || {
            let taken = readers.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let connection = taken.ok_or(StoreError::Closed)?;
            // A panic in `work` must not cost the pool a connection.
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&connection)));
            readers.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
        .await
        .map_err(|_| StoreError::Closed)?
    }
}

#[cfg(test)]
mod tests;
