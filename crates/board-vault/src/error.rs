//! What can go wrong in the vault: opening it, using it, applying to it. Each has its own type.

use board_domain::{Audience, Hash, TenantId};
use rusqlite::ErrorCode;
use uuid::Uuid;

/// Why a vault does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no file at the path.
    #[error("there is no vault file")]
    Missing,
    /// There is a file already; a vault is never created over one.
    #[error("there is a vault file already")]
    Exists,
    /// The key does not fit any page of the file.
    #[error("the key does not open this vault")]
    KeyWrong,
    /// A newer version of the app wrote it. It was not touched.
    #[error("the vault has schema {found}, this version knows up to {known}")]
    Newer {
        /// Schema of the file.
        found: u32,
        /// Newest schema this version knows.
        known: u32,
    },
    /// The file is damaged.
    #[error("the vault file is damaged")]
    Corrupt,
    /// Another process has it open.
    #[error(
        "another Boardroom has this vault open: close it there, or wait until it has ended, and try again"
    )]
    Busy,
    /// The operating system refused.
    #[error("the vault file cannot be used: {0}")]
    Io(std::io::Error),
    /// The database refused in another way.
    #[error("the vault cannot be opened: {0}")]
    Other(VaultError),
}

impl From<VaultError> for OpenError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Corrupt => Self::Corrupt,
            VaultError::Busy => Self::Busy,
            other => Self::Other(other),
        }
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        VaultError::from(error).into()
    }
}

/// Why reading from or writing to an open vault failed.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// A page does not verify or does not parse.
    #[error("the vault file is damaged")]
    Corrupt,
    /// Another process holds it.
    #[error("the vault is held by another process")]
    Busy,
    /// No space left.
    #[error("the disk is full")]
    Full,
    /// The tenant was never entered, or was left.
    #[error("tenant {0} is not in this vault")]
    UnknownTenant(TenantId),
    /// The position lies before what is here: positions below `from` are held as state at `from` only.
    #[error("positions before {from} are not here yet")]
    NotHere {
        /// The oldest position that can be read.
        from: u64,
    },
    /// A stored value does not read; this version and the file disagree.
    #[error("a stored value does not read: {0}")]
    Value(String),
    /// The database refused in another way.
    #[error("the vault refused: {0}")]
    Sql(rusqlite::Error),
}

impl From<rusqlite::Error> for VaultError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::Full,
            _ => Self::Sql(error),
        }
    }
}

impl From<serde_json::Error> for VaultError {
    fn from(error: serde_json::Error) -> Self {
        Self::Value(error.to_string())
    }
}

/// What is wrong with an event's place in its audience's chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// Not the next number of the audience.
    #[error("has audience position {found} where {expected} follows")]
    Position {
        /// The next number.
        expected: u64,
        /// What came.
        found: u64,
    },
    /// Does not follow the event that we have.
    #[error("follows {found} where {expected} is known")]
    Previous {
        /// Hash of the event we have.
        expected: Hash,
        /// What it says it follows.
        found: Hash,
    },
    /// Its hash is not the hash of its content.
    #[error("says hash {found} but hashes to {computed}")]
    Content {
        /// Recomputed.
        computed: Hash,
        /// As it says.
        found: Hash,
    },
}

/// Why a batch was not applied. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// A position is missing before this one.
    #[error("position {expected} was expected, {found} came")]
    Gap {
        /// The next position.
        expected: u64,
        /// What came.
        found: u64,
    },
    /// An event of another tenant.
    #[error("an event of tenant {found} came in the log of {expected}")]
    ForeignTenant {
        /// Whose log it is.
        expected: TenantId,
        /// Whose event it is.
        found: TenantId,
    },
    /// An event of another audience.
    #[error("an event of audience {found} came in the events of {expected}")]
    ForeignAudience {
        /// Whose events were asked for.
        expected: Audience,
        /// Whose event it is.
        found: Audience,
    },
    /// The log was created anew or restored; the copy must start again.
    #[error("the log has epoch {found}, the copy {expected}")]
    Epoch {
        /// Epoch of the copy.
        expected: Uuid,
        /// Epoch of the batch.
        found: Uuid,
    },
    /// History was changed, or something of the audience is missing.
    #[error("event {seq} of audience {audience} {fault}")]
    Chain {
        /// Position of the event.
        seq: u64,
        /// Its audience.
        audience: String,
        /// What is wrong.
        fault: ChainFault,
    },
    /// A position beyond 2^53 - 1, or a hidden run that ends before it starts.
    #[error("positions {from} to {to} make no sense")]
    Nonsense {
        /// First position.
        from: u64,
        /// Last position.
        to: u64,
    },
    /// A snapshot or one of its pages is not what it says it is, or is not the one that was begun.
    #[error("the snapshot does not hold: {0}")]
    Snapshot(String),
    /// The history before the snapshot does not lead to it: the copy must start again.
    #[error("the history does not lead to the snapshot: {0}")]
    Diverged(String),
    /// The vault itself failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl From<rusqlite::Error> for ApplyError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Vault(error.into())
    }
}
