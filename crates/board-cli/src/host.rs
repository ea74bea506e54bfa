//! The terminal's host: the system clock, the operating system's keyring and two folders.

use std::path::{Path, PathBuf};

use board_desk::{Host, SecretError};
use jiff::Timestamp;
use keyring::{Entry, Error};
use zeroize::Zeroizing;

/// Service name of every secret in the operating system's keyring.
const SERVICE: &str = "app.boardroom";

/// The world as the command line sees it.
pub(crate) struct TerminalHost {
    pub(crate) data_dir: PathBuf,
    pub(crate) documents_dir: PathBuf,
}

impl TerminalHost {
    /// The folders of this person, or the ones given.
    pub(crate) fn new(data_dir: Option<PathBuf>) -> Option<Self> {
        let data_dir = match data_dir {
            Some(folder) => folder,
            None => directories::ProjectDirs::from("app", "Boardroom", "Boardroom")?.data_dir().to_owned(),
        };
        let documents_dir = std::env::current_dir().ok()?;
        Some(Self { data_dir, documents_dir })
    }
}

impl Host for TerminalHost {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    fn documents_dir(&self) -> PathBuf {
        self.documents_dir.clone()
    }

    /// Only an administrator can write there. A file named by `BOARDROOM_POLICY` counts where none is installed.
    fn policy_file(&self) -> PathBuf {
        #[cfg(windows)]
        let installed =
            std::env::var_os("ProgramData").map(PathBuf::from).unwrap_or_else(|| r"C:\ProgramData".into());
        #[cfg(windows)]
        let installed = installed.join("Boardroom").join("policy.json");
        #[cfg(target_os = "macos")]
        let installed = PathBuf::from("/Library/Application Support/Boardroom/policy.json");
        #[cfg(not(any(windows, target_os = "macos")))]
        let installed = PathBuf::from("/etc/boardroom/policy.json");
        match std::env::var_os("BOARDROOM_POLICY") {
            Some(other) if !installed.exists() => other.into(),
            _ => installed,
        }
    }

    fn device_name(&self) -> String {
        let name = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
        let name = std::env::var("COMPUTERNAME").unwrap_or(name);
        if name.trim().is_empty() { "this computer".into() } else { name.trim().chars().take(60).collect() }
    }

    fn secret(&self, name: &str) -> Result<Option<Zeroizing<String>>, SecretError> {
        match entry(name)?.get_password() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(read(&error)),
        }
    }

    fn keep_secret(&self, name: &str, value: &str) -> Result<(), SecretError> {
        entry(name)?.set_password(value).map_err(|error| read(&error))
    }

    fn forget_secret(&self, name: &str) -> Result<(), SecretError> {
        match entry(name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(read(&error)),
        }
    }
}

fn entry(name: &str) -> Result<Entry, SecretError> {
    Entry::new(SERVICE, name).map_err(|error| read(&error))
}

fn read(error: &Error) -> SecretError {
    match error {
        Error::NoDefaultStore => SecretError::Missing(match Entry::store_status() {
            Err(cause) => cause.to_string(),
            Ok(()) => error.to_string(),
        }),
        Error::NoStorageAccess(_) => SecretError::Locked(error.to_string()),
        _ => SecretError::Failed(error.to_string()),
    }
}
