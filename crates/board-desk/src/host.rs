//! What the use cases need from the world: time, a secret store and two folders.
//!
//! Not here: windows, dialogs, notifications, the network and the vault's files. It grows only when a use case does.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use zeroize::Zeroizing;

/// The world around the desk.
pub trait Host: Send + Sync + 'static {
    /// The time.
    fn now(&self) -> Timestamp;
    /// Folder of the profile and the vault; created by the desk where missing.
    fn data_dir(&self) -> &Path;
    /// Folder that packs are written to unless asked otherwise.
    fn documents_dir(&self) -> PathBuf;
    /// Where the administrator's policy for this computer is, if one was installed.
    fn policy_file(&self) -> PathBuf;
    /// Name of this device, for the server's device list.
    fn device_name(&self) -> String;
    /// Reads a secret from the operating system's store; may block on a prompt.
    fn secret(&self, name: &str) -> Result<Option<Zeroizing<String>>, SecretError>;
    /// Keeps a secret.
    fn keep_secret(&self, name: &str, value: &str) -> Result<(), SecretError>;
    /// Forgets a secret; fine where there is none.
    fn forget_secret(&self, name: &str) -> Result<(), SecretError>;
}

/// Why the secret store did not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// There is no secret store in this session.
    #[error("no secret store is running: {0}")]
    Missing(String),
    /// It is there but locked, and was not unlocked.
    #[error("the secret store is locked: {0}")]
    Locked(String),
    /// Anything else.
    #[error("the secret store failed: {0}")]
    Failed(String),
}
