//! What can go wrong on the wire, with a stable code for each. Not what is done about it: see `machine`.

use std::time::Duration;

use board_vault::{ApplyError, VaultError};

/// Why a request, a page or the stream failed.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// Nothing answered, or the connection was cut.
    #[error("the server cannot be reached: {0}")]
    Offline(String),
    /// The server could not be trusted.
    #[error("the server's certificate is not trusted: {0}")]
    Tls(String),
    /// The server is too busy or restarting.
    #[error("the server asks to wait")]
    Busy {
        /// How long, if it said so; at most a minute.
        after: Option<Duration>,
    },
    /// Something else answered: a captive portal, a proxy, another product.
    #[error("this is not a Boardroom server: {0}")]
    NotOurServer(String),
    /// The credentials are not, or no longer, good.
    #[error("not signed in: {message}")]
    Unauthorised {
        /// The server's code.
        code: String,
        /// In words.
        message: String,
    },
    /// The server understood and refused.
    #[error("the server refused ({code}): {message}")]
    Refused {
        /// The server's code.
        code: String,
        /// In words.
        message: String,
        /// Particulars that a program may read, such as the number expected next.
        detail: String,
    },
    /// The log cannot be continued from our position.
    #[error("the copy must start again ({0})")]
    MustResnapshot(String),
    /// The person's role is another than the greeting told.
    #[error("the person's role has changed since the greeting")]
    MustGreet,
    /// The server speaks a later version of the protocol only.
    #[error("this version is too old for the server")]
    UpgradeNeeded,
    /// What came breaks the protocol.
    #[error("the server's answer does not read: {0}")]
    Protocol(String),
    /// A position is missing.
    #[error("position {expected} was expected, {found} came")]
    Gap {
        /// The next position.
        expected: u64,
        /// What came.
        found: u64,
    },
    /// Events of an audience are missing before this one; they are to be fetched.
    #[error("events of an audience are missing: {0}")]
    Missing(String),
    /// History was changed, or it is another tenant's.
    #[error("the log does not continue our copy: {0}")]
    Chain(String),
    /// A snapshot or a page of it is not what it says it is, or more than a copy may hold.
    #[error("the server's snapshot cannot be used: {0}")]
    Snapshot(String),
    /// The history before the snapshot does not lead to it.
    #[error("the log's history does not lead to our copy: {0}")]
    Diverged(String),
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl SyncError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Offline(_) => "sync.offline",
            Self::Tls(_) => "sync.tls",
            Self::Busy { .. } => "sync.busy",
            Self::NotOurServer(_) => "sync.not_our_server",
            Self::Unauthorised { .. } => "sync.unauthorised",
            Self::Refused { .. } => "sync.refused",
            Self::MustResnapshot(_) => "sync.must_resnapshot",
            Self::MustGreet => "sync.must_greet",
            Self::UpgradeNeeded => "sync.upgrade_needed",
            Self::Protocol(_) => "sync.protocol",
            Self::Gap { .. } => "sync.gap",
            Self::Missing(_) => "sync.missing",
            Self::Chain(_) => "sync.chain",
            Self::Snapshot(_) => "sync.snapshot",
            Self::Diverged(_) => "sync.diverged",
            Self::Vault(_) => "sync.vault",
        }
    }
}

impl From<ApplyError> for SyncError {
    fn from(error: ApplyError) -> Self {
        match error {
            ApplyError::Gap { expected, found } => Self::Gap { expected, found },
            ApplyError::Epoch { .. } => Self::MustResnapshot("epoch".to_owned()),
            ApplyError::Nonsense { .. } => Self::Protocol(error.to_string()),
            ApplyError::ForeignTenant { .. }
            | ApplyError::ForeignAudience { .. }
            | ApplyError::Chain { .. } => Self::Chain(error.to_string()),
            ApplyError::Snapshot(words) => Self::Snapshot(words),
            ApplyError::Diverged(words) => Self::Diverged(words),
            ApplyError::Vault(error) => Self::Vault(error),
        }
    }
}

impl From<reqwest::Error> for SyncError {
    fn from(error: reqwest::Error) -> Self {
        // The address may hold names of tenants; it is known from elsewhere.
        let error = error.without_url();
        let mut words = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            if cause.downcast_ref::<rustls::Error>().is_some() {
                return Self::Tls(cause.to_string());
            }
            // An I/O error hides what it wraps from the chain.
            let inner = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
            if let Some(inner) = inner.filter(|inner| inner.downcast_ref::<rustls::Error>().is_some()) {
                return Self::Tls(inner.to_string());
            }
            words = cause.to_string();
            source = cause.source();
        }
        if error.is_decode() { Self::Protocol(words) } else { Self::Offline(words) }
    }
}
