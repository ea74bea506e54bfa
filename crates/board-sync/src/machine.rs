//! When to refresh, greet, page, stream, wait and give up: the sync as a state machine without I/O, clock or chance.
//!
//! The table of transitions is `docs/sync-machine.md`. Time is the time since some fixed moment, monotonic.

use std::time::Duration;

/// Shortest and longest wait before another attempt.
const SHORTEST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);
/// Wait after a refusal, which another attempt will hardly change.
const AFTER_REFUSAL: Duration = Duration::from_mins(5);
/// A command that waits longer than this while its upload fails is stuck.
const STUCK: Duration = Duration::from_mins(1);
/// Connections that may end in order without bringing anything before that counts as being offline.
const IDLE_ENDS: u32 = 3;

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
    /// Forget the copy and start at the log's epoch.
    Reset,
    /// Fetch and apply one page.
    Page,
    /// Open the stream and apply what comes.
    Stream,
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
}

/// Why a step failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Worth trying again soon.
    Cut { code: &'static str, detail: String, after: Option<Duration> },
    /// The token is not good.
    Unauthorised { detail: String },
    /// The copy must start again.
    MustResnapshot { detail: String },
    /// Refused for good, or not to be trusted.
    Refused { code: String, detail: String },
    /// This version is too old.
    UpgradeNeeded,
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
    /// The log stands there; `reset` where our copy is of another epoch.
    HelloOk {
        cursor: u64,
        head: u64,
        reset: bool,
    },
    ResetDone,
    PageApplied {
        cursor: u64,
        head: u64,
        more: bool,
    },
    StreamOpen,
    /// Frames of the stream were applied; `caught_up` where the server said that this is all.
    Applied {
        cursor: u64,
        head: u64,
        caught_up: bool,
    },
    /// The stream ended in order.
    Ended,
    Failed(Failure),
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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Idle,
    Refreshing,
    Greeting,
    Resetting,
    Paging,
    Opening,
    Streaming { caught_up: bool },
    Waiting { until: Duration },
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
    shown: Shown,
    pub(crate) code: String,
    pub(crate) detail: String,
}

/// The sync of one tenant.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    state: State,
    pub(crate) cursor: u64,
    pub(crate) head: u64,
    trouble: Option<Trouble>,
    attempts: u32,
    token_until: Duration,
    /// The token was accepted at least once.
    token_proven: bool,
    must_reset: bool,
    /// The copy was reset and nothing has arrived since.
    reset_unproven: bool,
    upload: Upload,
}

#[derive(Clone, Debug, Default)]
struct Upload {
    unsent: u32,
    running: bool,
    attempts: u32,
    retry_at: Option<Duration>,
    failing: Option<(Duration, Failure)>,
}

impl Machine {
    pub(crate) fn new() -> Self {
        Self {
            state: State::Idle,
            cursor: 0,
            head: 0,
            trouble: None,
            attempts: 0,
            token_until: Duration::ZERO,
            token_proven: false,
            must_reset: false,
            reset_unproven: false,
            upload: Upload::default(),
        }
    }

    /// Takes an input. One that does not belong to the state changes nothing.
    pub(crate) fn handle(&mut self, input: Input, at: At) -> Vec<Effect> {
        match (input, self.state) {
            (_, State::Stopped) => Vec::new(),
            (Input::Start, State::Idle) => self.connect(at),
            (Input::Stop, state) => {
                self.state = State::Stopped;
                if connected(state) { vec![Effect::Abort] } else { Vec::new() }
            }
            (Input::TokenStored, State::SignInNeeded) => {
                self.trouble = None;
                self.begin(State::Refreshing, Step::Refresh)
            }
            (Input::TokenReady { until }, State::Refreshing) => {
                (self.token_until, self.token_proven) = (until, false);
                self.begin(State::Greeting, Step::Hello)
            }
            (Input::HelloOk { cursor, head, reset }, State::Greeting) => {
                self.greeted(cursor, head, reset, at)
            }
            (Input::ResetDone, State::Resetting) => {
                (self.must_reset, self.reset_unproven, self.cursor) = (false, true, 0);
                self.begin(State::Paging, Step::Page)
            }
            (Input::PageApplied { cursor, head, more }, State::Paging) => self.paged(cursor, head, more, at),
            (Input::StreamOpen, State::Opening) => {
                self.state = State::Streaming { caught_up: false };
                Vec::new()
            }
            (Input::Applied { cursor, head, caught_up }, State::Streaming { caught_up: before }) => {
                (self.cursor, self.head) = (cursor, head);
                self.prove();
                self.state = State::Streaming { caught_up: before || caught_up };
                Vec::new()
            }
            (Input::Ended, State::Opening | State::Streaming { .. }) => {
                if self.attempts >= IDLE_ENDS {
                    self.trouble = Some(Trouble::offline("sync.offline", "the stream ends at once"));
                }
                self.wait(None, at)
            }
            (Input::Failed(failure), state) if connected(state) || owed(state) => self.failed(failure, at),
            (Input::Tick, state) => self.tick(state, at),
            (Input::NetworkChanged, state) => self.network_changed(state, at),
            (Input::OutboxChanged { unsent }, _) => {
                self.upload.unsent = unsent;
                self.upload_if_due(at)
            }
            (Input::Uploaded { unsent }, _) if self.upload.running => {
                self.upload = Upload { unsent, ..Upload::default() };
                self.upload_if_due(at)
            }
            (Input::UploadFailed { failure, unsent }, state) if self.upload.running => {
                self.upload_failed(failure, unsent, state, at)
            }
            _ => Vec::new(),
        }
    }

    /// When the next [`Input::Tick`] is due.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        let waiting = if let State::Waiting { until } = self.state { Some(until) } else { None };
        let upload = self.upload.retry_at.filter(|_| self.may_upload());
        let stuck = self.upload.failing.as_ref().map(|(since, _)| *since + STUCK);
        let stuck = stuck
            .filter(|at| matches!(self.state, State::Streaming { .. }) && self.upload.retry_at < Some(*at));
        [waiting, upload, stuck].into_iter().flatten().min()
    }

    /// What the person is told now.
    pub(crate) fn shown(&self, now: Duration) -> Shown {
        if let (Some(trouble), false) = (&self.trouble, self.state == State::Stopped) {
            return trouble.shown;
        }
        match self.state {
            State::Idle | State::Stopped => Shown::Idle,
            State::SignInNeeded => Shown::SignInNeeded,
            State::Refreshing | State::Greeting | State::Waiting { .. } => Shown::Connecting,
            State::Streaming { caught_up: true } if self.cursor >= self.head && self.stuck(now).is_none() => {
                Shown::Live
            }
            State::Resetting | State::Paging | State::Opening | State::Streaming { .. } => Shown::CatchingUp,
        }
    }

    /// Code and words of what stands in the way, if anything does.
    pub(crate) fn trouble(&self, now: Duration) -> Option<Trouble> {
        self.trouble.clone().or_else(|| {
            let detail = self.stuck(now)?;
            Some(Trouble { shown: Shown::CatchingUp, code: "sync.unsent".to_owned(), detail })
        })
    }

    pub(crate) fn unsent(&self) -> u32 {
        self.upload.unsent
    }

    pub(crate) fn state(&self) -> State {
        self.state
    }

    fn stuck(&self, now: Duration) -> Option<String> {
        let (since, failure) = self.upload.failing.as_ref()?;
        (self.upload.unsent > 0 && now >= *since + STUCK).then(|| failure.words())
    }

    fn begin(&mut self, state: State, step: Step) -> Vec<Effect> {
        self.state = state;
        vec![Effect::Begin(step)]
    }

    fn connect(&mut self, at: At) -> Vec<Effect> {
        if self.token_until > at.now {
            self.begin(State::Greeting, Step::Hello)
        } else {
            self.begin(State::Refreshing, Step::Refresh)
        }
    }

    fn wait(&mut self, at_least: Option<Duration>, at: At) -> Vec<Effect> {
        let delay = backoff(self.attempts, at.dice).max(at_least.unwrap_or_default());
        self.attempts = self.attempts.saturating_add(1);
        self.state = State::Waiting { until: at.now + delay };
        Vec::new()
    }

    fn refused(&mut self, trouble: Trouble, at: At) -> Vec<Effect> {
        self.trouble = Some(trouble);
        self.wait(Some(AFTER_REFUSAL), at)
    }

    /// Something new arrived: the connection is good, and so is what came before.
    fn prove(&mut self) {
        (self.attempts, self.reset_unproven, self.trouble) = (0, false, None);
    }

    fn greeted(&mut self, cursor: u64, head: u64, reset: bool, at: At) -> Vec<Effect> {
        (self.cursor, self.head, self.token_proven) = (cursor, head, true);
        if self.trouble.as_ref().is_some_and(|trouble| trouble.shown == Shown::Offline) {
            self.trouble = None;
        }
        let mut effects = if reset || self.must_reset {
            self.begin(State::Resetting, Step::Reset)
        } else if cursor < head {
            self.begin(State::Paging, Step::Page)
        } else {
            self.begin(State::Opening, Step::Stream)
        };
        effects.extend(self.upload_if_due(at));
        effects
    }

    fn paged(&mut self, cursor: u64, head: u64, more: bool, at: At) -> Vec<Effect> {
        let moved = cursor > self.cursor;
        (self.cursor, self.head) = (cursor, head);
        if moved {
            self.prove();
        }
        match (more, moved) {
            (true, true) => self.begin(State::Paging, Step::Page),
            (true, false) => {
                let detail = "the server promises more and sends nothing";
                self.trouble = Some(Trouble::offline("sync.protocol", detail));
                self.wait(None, at)
            }
            (false, _) => self.begin(State::Opening, Step::Stream),
        }
    }

    fn failed(&mut self, failure: Failure, at: At) -> Vec<Effect> {
        match failure {
            Failure::Cut { code, detail, after } => {
                // A refusal is not forgotten because the next attempt finds no network.
                if self.trouble.as_ref().is_none_or(|trouble| trouble.shown == Shown::Offline) {
                    self.trouble = Some(Trouble::offline(code, &detail));
                }
                self.wait(after, at)
            }
            Failure::Unauthorised { .. } if self.state == State::Refreshing => {
                (self.state, self.trouble) = (State::SignInNeeded, None);
                self.token_until = Duration::ZERO;
                Vec::new()
            }
            Failure::Unauthorised { detail } => {
                self.token_until = Duration::ZERO;
                if self.token_proven {
                    return self.begin(State::Refreshing, Step::Refresh);
                }
                self.trouble = Some(Trouble::refused("sync.unauthorised", detail));
                self.wait(None, at)
            }
            Failure::MustResnapshot { detail } if self.reset_unproven => {
                self.refused(Trouble::refused("sync.must_resnapshot", detail), at)
            }
            Failure::MustResnapshot { .. } => {
                self.must_reset = true;
                self.begin(State::Greeting, Step::Hello)
            }
            Failure::Refused { code, detail } => self.refused(Trouble::refused(&code, detail), at),
            Failure::UpgradeNeeded => {
                let code = "sync.upgrade_needed".to_owned();
                let detail = "the server needs a newer version of the app".to_owned();
                self.refused(Trouble { shown: Shown::UpgradeNeeded, code, detail }, at)
            }
        }
    }

    fn tick(&mut self, state: State, at: At) -> Vec<Effect> {
        let mut effects = match state {
            State::Waiting { until } if until <= at.now => self.connect(at),
            _ => Vec::new(),
        };
        effects.extend(self.upload_if_due(at));
        effects
    }

    fn network_changed(&mut self, state: State, at: At) -> Vec<Effect> {
        (self.attempts, self.upload.attempts, self.upload.retry_at) = (0, 0, None);
        let mut effects = if let State::Waiting { .. } = state {
            self.connect(at)
        } else if connected(state) {
            let mut effects = vec![Effect::Abort];
            effects.extend(self.connect(at));
            effects
        } else {
            Vec::new()
        };
        effects.extend(self.upload_if_due(at));
        effects
    }

    fn may_upload(&self) -> bool {
        let reachable =
            connected(self.state) && self.state != State::Greeting || self.state == State::Resetting;
        self.upload.unsent > 0 && !self.upload.running && reachable
    }

    fn upload_if_due(&mut self, at: At) -> Vec<Effect> {
        if !self.may_upload() || self.upload.retry_at.is_some_and(|due| due > at.now) {
            return Vec::new();
        }
        (self.upload.running, self.upload.retry_at) = (true, None);
        vec![Effect::Upload]
    }

    fn upload_failed(&mut self, failure: Failure, unsent: u32, state: State, at: At) -> Vec<Effect> {
        let upload = &mut self.upload;
        (upload.running, upload.unsent) = (false, unsent);
        upload.retry_at = Some(at.now + backoff(upload.attempts, at.dice));
        upload.attempts = upload.attempts.saturating_add(1);
        let since = upload.failing.take().map_or(at.now, |(since, _)| since);
        let expired = matches!(failure, Failure::Unauthorised { .. }) && self.token_proven;
        upload.failing = Some((since, failure));
        if expired && connected(state) {
            self.token_until = Duration::ZERO;
            let mut effects = vec![Effect::Abort];
            effects.extend(self.connect(at));
            return effects;
        }
        Vec::new()
    }
}

/// Whether a step is under way that may be dropped.
fn connected(state: State) -> bool {
    matches!(state, State::Greeting | State::Paging | State::Opening | State::Streaming { .. })
}

/// Whether a step is under way that must be waited for.
fn owed(state: State) -> bool {
    matches!(state, State::Refreshing | State::Resetting)
}

/// Full jitter between the shortest wait and twice as much with every attempt, up to the longest.
fn backoff(attempts: u32, dice: u32) -> Duration {
    let ceiling =
        SHORTEST.saturating_mul(2u32.saturating_pow(attempts.saturating_add(1).min(16))).min(LONGEST);
    SHORTEST + ceiling.saturating_sub(SHORTEST).mul_f64(f64::from(dice) / f64::from(u32::MAX))
}

impl Trouble {
    fn offline(code: &str, detail: &str) -> Self {
        Self { shown: Shown::Offline, code: code.to_owned(), detail: detail.to_owned() }
    }

    fn refused(code: &str, detail: String) -> Self {
        Self { shown: Shown::Refused, code: code.to_owned(), detail }
    }
}

impl Failure {
    fn words(&self) -> String {
        match self {
            Self::Cut { detail, .. }
            | Self::Unauthorised { detail }
            | Self::MustResnapshot { detail }
            | Self::Refused { detail, .. } => detail.clone(),
            Self::UpgradeNeeded => "the server needs a newer version of the app".to_owned(),
        }
    }
}

#[cfg(test)]
#[path = "machine_tests.rs"]
mod tests;
