//! What the window shows about the connection. Not how it comes about.

use jiff::Timestamp;

/// How the copy stands towards the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Not started, or stopped.
    #[default]
    Idle,
    /// The first attempt is under way.
    Connecting,
    /// Connected, and not everything is here or sent yet.
    CatchingUp,
    /// Everything is here, new events arrive as they happen, and nothing waits to be sent for long.
    Live,
    /// Nothing answers; it is tried again by itself.
    Offline {
        /// Since when, by this device's clock.
        since: Timestamp,
    },
    /// The server refused, or its log cannot be trusted; it is tried again now and then.
    Refused,
    /// The session ended.
    SignInNeeded,
    /// The server needs a newer version of the app.
    UpgradeNeeded,
}

/// How far something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// So many are here.
    pub done: u64,
    /// Of so many.
    pub of: u64,
}

/// A snapshot of the sync.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncStatus {
    /// How the copy stands towards the server.
    pub phase: Phase,
    /// Position up to which the copy is complete.
    pub cursor: u64,
    /// Highest position the server spoke of.
    pub head: u64,
    /// When the server was last heard, by this device's clock.
    pub last_contact: Option<Timestamp>,
    /// Commands that the server has not answered yet.
    pub unsent: u32,
    /// Pages of the log's snapshot, while a copy starts from one.
    pub snapshot: Option<Progress>,
    /// Positions of the history before that snapshot, while it is still being fetched beside the live log.
    pub history: Option<Progress>,
    /// How often a position was missing since the start; each time the pages were fetched instead.
    pub gaps: u32,
    /// Stable code of the trouble, if any.
    pub code: Option<String>,
    /// The trouble in words, if any.
    pub detail: Option<String>,
}
