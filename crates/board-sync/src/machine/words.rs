//! What the machine hears and says: inputs, effects, failures, and what the person is told. No rule is in here.

use std::time::Duration;

use crate::Progress;

/// The moment of an input, and a number drawn evenly for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At {
    pub(crate) now: Duration,
    pub(crate) dice: u32,
}

/// One request or connection of the download side. At most one is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Exchange the refresh token. Never aborted: its answer is the only copy of the next token.
    Refresh,
    /// Ask where the log stands.
    Hello,
    /// Fetch the newest snapshot, page by page, and put it in the place of the copy.
    Snapshot,
    /// Forget the copy and start at the log's epoch.
    Reset,
    /// Fetch and apply one page of the earlier events of an audience gained.
    Backfill,
    /// Fetch and apply one page.
    Page,
    /// Open the stream and apply what comes.
    Stream,
    /// Fetch and apply one page, which the server may hold back until there is something in it.
    Poll,
}

/// What the machine wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Begin a step; its outcome comes back as inputs.
    Begin(Step),
    /// Drop the step under way; nothing more comes from it.
    Abort,
    /// Send the outbox, beside whatever else is under way.
    Upload,
    /// Fetch and apply one page of the history before the snapshot, beside the stream.
    History,
    /// Drop that request.
    AbortHistory,
}

/// Why a step failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Worth trying again soon.
    Cut { code: &'static str, detail: String, after: Option<Duration> },
    /// A position is missing; nothing of the batch was applied.
    Gap { detail: String },
    /// The token is not good.
    Unauthorised { detail: String },
    /// The copy must start again.
    MustResnapshot { detail: String },
    /// The person's role is another than the greeting told.
    MustGreet { detail: String },
    /// Events of an audience are missing before this one; the copy is to fetch them after the next greeting.
    Missing { detail: String },
    /// An event does not continue its audience's chain: history was changed, or who may read what, since we were greeted.
    Chain { detail: String },
    /// The history contradicts the copy: it is not to be trusted, and must start again.
    Diverged { code: &'static str, detail: String },
    /// Refused for good, or not to be trusted.
    Refused { code: String, detail: String },
    /// This version is too old.
    UpgradeNeeded,
}

/// Why the server says goodbye.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parting {
    /// To spread the load, or because the person's role changed.
    Rotate,
    /// The token ends.
    Expired,
    /// The server goes down, or hands over.
    Draining,
    /// We are too far behind for a stream, or do not take its bytes.
    Behind,
}

/// Where our copy stands beside the server's log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stand {
    pub(crate) cursor: u64,
    pub(crate) head: u64,
    /// Audiences whose earlier events are still to be fetched.
    pub(crate) backfills: usize,
    /// Positions fetched of the history before the snapshot, while some of it is missing and to be had.
    pub(crate) history: Option<Progress>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    Start,
    Stop,
    /// A refresh token was kept after the session had ended.
    TokenStored,
    /// The token was exchanged and is good until then.
    TokenReady {
        until: Duration,
    },
    /// The log stands there; `foreign` where our copy is of another epoch.
    HelloOk {
        stand: Stand,
        foreign: bool,
    },
    /// A page of the snapshot is here.
    Staged(Progress),
    /// The snapshot took the place of the copy.
    Swapped(Stand),
    /// The server has no snapshot.
    NoSnapshot,
    ResetDone,
    /// A page of an audience gained was applied; `left` audiences are still incomplete.
    Backfilled {
        left: usize,
        moved: bool,
    },
    /// A page was applied, asked for by [`Step::Page`] or [`Step::Poll`].
    PageApplied {
        cursor: u64,
        head: u64,
        more: bool,
    },
    StreamOpen,
    /// The stream's first byte did not come, although other requests are answered.
    Mute,
    /// Frames of the stream were applied; `caught_up` where the server said that this is all, up to `head`.
    Applied {
        cursor: u64,
        head: u64,
        caught_up: bool,
    },
    /// The server said why the stream ends.
    Bye(Parting),
    /// The stream ended in order without a word.
    Ended,
    Failed(Failure),
    /// The person wants the copy made anew.
    CopyAnew,
    /// Time has passed.
    Tick,
    /// The network changed, the machine woke up, or the person asks to try now.
    NetworkChanged,
    OutboxChanged {
        unsent: u32,
    },
    Uploaded {
        unsent: u32,
    },
    UploadFailed {
        failure: Failure,
        unsent: u32,
    },
    /// A page of the history was applied; `None` where it is complete now.
    PastApplied(Option<Progress>),
    PastFailed(Failure),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Idle,
    Refreshing,
    Greeting,
    Staging,
    Resetting,
    Backfilling,
    Paging,
    Opening,
    Streaming {
        caught_up: bool,
    },
    /// As streaming, by requests that the server holds back; `rest` while none is under way.
    Polling {
        caught_up: bool,
        rest: Option<Duration>,
    },
    Waiting {
        until: Duration,
    },
    SignInNeeded,
    Stopped,
}

/// What the person is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    Idle,
    Connecting,
    CatchingUp,
    Live,
    Offline,
    Refused,
    SignInNeeded,
    UpgradeNeeded,
}

/// What stands in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(super) shown: Shown,
    pub(crate) code: String,
    pub(crate) detail: String,
}

impl Trouble {
    pub(super) fn offline(code: &str, detail: &str) -> Self {
        Self { shown: Shown::Offline, code: code.to_owned(), detail: detail.to_owned() }
    }

    pub(super) fn refused(code: &str, detail: String) -> Self {
        Self { shown: Shown::Refused, code: code.to_owned(), detail }
    }
}

impl Failure {
    pub(super) fn words(&self) -> String {
        match self {
            Self::Cut { detail, .. }
            | Self::Gap { detail }
            | Self::Unauthorised { detail }
            | Self::MustResnapshot { detail }
            | Self::MustGreet { detail }
            | Self::Missing { detail }
            | Self::Chain { detail }
            | Self::Diverged { detail, .. }
            | Self::Refused { detail, .. } => detail.clone(),
            Self::UpgradeNeeded => "the server needs a newer version of the app".to_owned(),
        }
    }
}

impl State {
    /// Whether a step is under way that may be dropped.
    pub(super) fn is_connected(self) -> bool {
        matches!(
            self,
            Self::Greeting
                | Self::Staging
                | Self::Backfilling
                | Self::Paging
                | Self::Opening
                | Self::Streaming { .. }
                | Self::Polling { rest: None, .. }
        )
    }

    /// Whether a step is under way that must be waited for.
    pub(super) fn is_owed(self) -> bool {
        matches!(self, Self::Refreshing | Self::Resetting)
    }

    /// Whether everything the server spoke of has come, and more comes as it happens.
    pub(super) fn is_caught_up(self) -> bool {
        matches!(self, Self::Streaming { caught_up: true } | Self::Polling { caught_up: true, .. })
    }
}
