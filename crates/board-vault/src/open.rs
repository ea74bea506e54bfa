//! Opening the file: cipher, key, pragmas, schema; and telling a wrong key from a damaged file.

use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use zeroize::Zeroizing;

use crate::{OpenError, VaultKey, migrations};

/// Bytes of a page of the file; also the least that a vault can have.
const PAGE: u64 = 4096;

/// The path with something after its last letter: a file that belongs beside the vault's.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The paths that this process holds, and word of each that it lets go.
static HELD: (Mutex<BTreeSet<PathBuf>>, Condvar) = (Mutex::new(BTreeSet::new()), Condvar::new());

/// How long a vault that this very process is still closing is waited for.
const CLOSING: Duration = Duration::from_secs(5);

/// The right to write a vault. The operating system gives it back with the process, however that ends; the file beside
/// the vault stays and means nothing.
pub(crate) struct Lock {
    path: PathBuf,
    /// `None` until the operating system has given it.
    file: Option<File>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The file first: who waits is to find it free.
        self.file = None;
        HELD.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.path);
        HELD.1.notify_all();
    }
}

/// Takes the right to write a vault, or says at once that another process has it.
pub(crate) fn lock(path: &Path) -> Result<Lock, OpenError> {
    let path = std::path::absolute(beside(path, ".lock")).map_err(OpenError::Io)?;
    let held = HELD.0.lock().unwrap_or_else(PoisonError::into_inner);
    let (mut held, _) = HELD
        .1
        .wait_timeout_while(held, CLOSING, |held| held.contains(&path))
        .unwrap_or_else(PoisonError::into_inner);
    if !held.insert(path.clone()) {
        return Err(OpenError::Busy);
    }
    drop(held);
    let mut lock = Lock { path, file: None };
    let mut options = File::options();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&lock.path).map_err(OpenError::Io)?;
    match file.try_lock() {
        Ok(()) => {
            lock.file = Some(file);
            Ok(lock)
        }
        Err(TryLockError::WouldBlock) => Err(OpenError::Busy),
        Err(TryLockError::Error(error)) => Err(OpenError::Io(error)),
    }
}

/// Bytes of the file at a path.
pub(crate) fn length(path: &Path) -> Result<u64, OpenError> {
    match std::fs::metadata(path) {
        Ok(file) if file.is_file() => Ok(file.len()),
        Ok(_) => Err(OpenError::Io(std::io::ErrorKind::InvalidInput.into())),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Err(OpenError::Missing),
        Err(e) => Err(OpenError::Io(e)),
    }
}

/// A connection with the key set and proven by reading the schema.
pub(crate) fn connect(path: &Path, key: &VaultKey) -> Result<Connection, OpenError> {
    if length(path)? < PAGE {
        return Err(OpenError::Corrupt);
    }
    let connection = keyed(path, key)?;
    match migrations::schema(&connection) {
        Ok(0) => Err(OpenError::Corrupt),
        Ok(found) if found > migrations::NEWEST => Err(OpenError::Newer { found, known: migrations::NEWEST }),
        Ok(_) => Ok(connection),
        Err(e) => match OpenError::from(e) {
            OpenError::Corrupt => Err(wrong_key_or_damage(path, key)),
            other => Err(other),
        },
    }
}

/// Creates the file, readable by its owner only, with the newest schema.
pub(crate) fn create(path: &Path, key: &VaultKey) -> Result<Connection, OpenError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => {}
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => return Err(OpenError::Exists),
        Err(e) => return Err(OpenError::Io(e)),
    }
    let mut connection = keyed(path, key)?;
    migrations::run(&mut connection, 0)?;
    Ok(connection)
}

/// Settings of a connection that writes.
pub(crate) fn prepare_writer(connection: &Connection) -> rusqlite::Result<()> {
    // A download lost with the power is downloaded again; the outbox has a connection of its own. A longer write-ahead
    // log writes a row that changes often into the file less often.
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 8000; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32000;",
    )
}

/// Settings of the connection that takes commands in: they may exist nowhere else and do not wait for a checkpoint.
pub(crate) fn prepare_outbox(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -500;",
    )
}

/// Settings of a connection that only reads.
pub(crate) fn prepare_reader(connection: &Connection) -> rusqlite::Result<()> {
    connection
        .execute_batch("PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000;")
}

/// A connection with the key set, not proven.
pub(crate) fn keyed(path: &Path, key: &VaultKey) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(64);
    // SQLCipher would write its errors to stderr, beside ours.
    connection.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    let statement = Zeroizing::new(format!("PRAGMA key = \"x'{}'\";", key.to_hex().as_str()));
    connection.execute_batch(&statement)?;
    Ok(connection)
}

/// A wrong key fits no page; damage leaves pages that it fits.
fn wrong_key_or_damage(path: &Path, key: &VaultKey) -> OpenError {
    let pages = std::fs::metadata(path).map_or(0, |file| file.len()) / PAGE;
    match bad_pages(path, key) {
        Ok(bad) if (bad.len() as u64) < pages => OpenError::Corrupt,
        _ => OpenError::KeyWrong,
    }
}

/// What the cipher says about each page whose seal is broken, on a connection of its own because a bad page spoils it.
pub(crate) fn bad_pages(path: &Path, key: &VaultKey) -> Result<Vec<String>, OpenError> {
    let connection = keyed(path, key)?;
    let mut statement = connection.prepare("PRAGMA cipher_integrity_check")?;
    let lines = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(lines)
}
