//! When to refresh, greet, stage, page, stream, wait and give up: the sync as a state machine without I/O, clock or
//! chance.
//!
//! The table of transitions is `docs/sync-machine.md`. Time is the time since some fixed moment, monotonic.

use std::time::Duration;

use board_domain::wire::STREAM_BACKLOG;

mod lanes;
mod words;

use lanes::{History, Upload};
pub(crate) use words::{At, Effect, Failure, Input, Parting, Shown, Stand, State, Step, Trouble};

use crate::Progress;

/// Shortest and longest wait before another attempt.
const SHORTEST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);
/// Wait after a refusal, which another attempt will hardly change.
const AFTER_REFUSAL: Duration = Duration::from_mins(5);
/// Longest wait for a server that goes down: another one is there, or it comes back.
const DRAINED: Duration = Duration::from_secs(3);
/// Connections that may end in order without bringing anything before that counts as being offline.
const IDLE_ENDS: u32 = 3;
/// So many attempts in so long may follow each other without a wait.
const HASTY: u32 = 3;
const HASTE: Duration = Duration::from_secs(10);
/// How often the copy may begin again with nothing arriving in between, before the next time is left for later.
const RENEWALS: u32 = 2;
/// Streams that may bring no first byte before the log is polled.
const MUTE_STREAMS: u32 = 2;
/// How long the log is polled before the stream is tried again.
const POLLED_FOR: Duration = Duration::from_mins(10);
/// A poll that brings nothing sooner than this was not held back, and the next one rests until then.
const POLL_PACE: Duration = Duration::from_secs(5);

/// The sync of one tenant.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    state: State,
    pub(crate) cursor: u64,
    pub(crate) head: u64,
    backfills: usize,
    trouble: Option<Trouble>,
    attempts: u32,
    /// When a run of attempts without a wait began, and how many it has.
    haste: (Duration, u32),
    token_until: Duration,
    /// The token was accepted at least once.
    token_proven: bool,
    /// Whether the copy must begin again, and how often it did since something arrived.
    renewal_due: bool,
    renewals: u32,
    /// An event did not continue its chain, and nothing new has arrived since then.
    chain_doubted: bool,
    staged: Option<Progress>,
    /// Streams in a row that brought no byte.
    mute: u32,
    stream_again: Duration,
    polled_at: Duration,
    gaps: u32,
    upload: Upload,
    history: History,
}

impl Machine {
    pub(crate) fn new() -> Self {
        Self {
            state: State::Idle,
            cursor: 0,
            head: 0,
            backfills: 0,
            trouble: None,
            attempts: 0,
            haste: (Duration::ZERO, 0),
            token_until: Duration::ZERO,
            token_proven: false,
            renewal_due: false,
            renewals: 0,
            chain_doubted: false,
            staged: None,
            mute: 0,
            stream_again: Duration::ZERO,
            polled_at: Duration::ZERO,
            gaps: 0,
            upload: Upload::default(),
            history: History::default(),
        }
    }

    /// Takes an input. One that does not belong to the state changes nothing.
    pub(crate) fn handle(&mut self, input: Input, at: At) -> Vec<Effect> {
        if self.state == State::Stopped || !lanes::expected(self, &input) {
            return Vec::new();
        }
        let mut effects = self.transit(input, at);
        if self.state != State::Staging {
            self.staged = None;
        }
        self.history_follows(&mut effects, at);
        effects
    }

    fn transit(&mut self, input: Input, at: At) -> Vec<Effect> {
        match (input, self.state) {
            (Input::Start, State::Idle) => self.connect(at),
            (Input::Stop, state) => {
                self.state = State::Stopped;
                if state.is_connected() { vec![Effect::Abort] } else { Vec::new() }
            }
            (Input::TokenStored, State::SignInNeeded) => {
                self.trouble = None;
                self.begin(State::Refreshing, Step::Refresh)
            }
            (Input::TokenReady { until }, State::Refreshing) => {
                (self.token_until, self.token_proven) = (until, false);
                self.begin(State::Greeting, Step::Hello)
            }
            (Input::HelloOk { stand, foreign }, State::Greeting) => self.greeted(stand, foreign, at),
            (Input::Staged(progress), State::Staging) => {
                (self.staged, self.attempts, self.trouble) = (Some(progress), 0, None);
                Vec::new()
            }
            (Input::Swapped(stand), State::Staging) => {
                self.replaced(stand);
                self.proceed(at)
            }
            (Input::NoSnapshot, State::Staging) => self.begin(State::Resetting, Step::Reset),
            (Input::ResetDone, State::Resetting) => {
                self.replaced(Stand { head: self.head, ..Stand::default() });
                self.begin(State::Paging, Step::Page)
            }
            (Input::Backfilled { left, moved }, State::Backfilling) => {
                self.backfills = left;
                if moved {
                    (self.attempts, self.trouble) = (0, None);
                }
                self.moved(moved, at).unwrap_or_else(|| self.proceed(at))
            }
            (Input::PageApplied { cursor, head, more }, State::Paging) => {
                let moved = self.arrived(cursor, head, true);
                match (more, self.moved(moved || !more, at)) {
                    (_, Some(waiting)) => waiting,
                    (true, None) => self.begin(State::Paging, Step::Page),
                    (false, None) => self.follow(at),
                }
            }
            (Input::PageApplied { cursor, head, more }, State::Polling { caught_up, rest: None }) => {
                let moved = self.arrived(cursor, head, true);
                let caught_up = caught_up || !more;
                let waiting = self.moved(moved || !more, at);
                waiting.unwrap_or_else(|| self.polled(caught_up, moved, at))
            }
            (Input::StreamOpen, State::Opening) => {
                (self.state, self.mute) = (State::Streaming { caught_up: false }, 0);
                Vec::new()
            }
            (Input::Mute, State::Opening) => self.muted(at),
            (Input::Applied { cursor, head, caught_up }, State::Streaming { caught_up: before }) => {
                self.arrived(cursor, head, caught_up);
                self.prove();
                self.state = State::Streaming { caught_up: before || caught_up };
                Vec::new()
            }
            (Input::Bye(parting), State::Opening | State::Streaming { .. }) => self.parted(parting, at),
            (Input::Ended, State::Opening | State::Streaming { .. }) => self.ended(at),
            (Input::Failed(failure), state) if state.is_connected() || state.is_owed() => {
                self.failed(failure, at)
            }
            (Input::Tick, state) => {
                self.notice_stuck(at.now);
                let mut effects = match state {
                    State::Waiting { until } if until <= at.now => self.connect(at),
                    State::Polling { caught_up, rest: Some(until) } if until <= at.now => {
                        self.poll(caught_up, at)
                    }
                    _ => Vec::new(),
                };
                effects.extend(self.upload_if_due(at));
                effects
            }
            (Input::NetworkChanged, state) => self.network_changed(state, at),
            (Input::CopyAnew, state) => {
                // Nothing is proven by what came for the old copy.
                (self.renewal_due, self.renewals, self.chain_doubted, self.trouble) = (true, 0, false, None);
                self.network_changed(state, at)
            }
            (Input::OutboxChanged { unsent }, _) => {
                self.upload.unsent = unsent;
                self.upload_if_due(at)
            }
            (Input::Uploaded { unsent }, _) => {
                self.upload = Upload { unsent, ..Upload::default() };
                self.upload_if_due(at)
            }
            (Input::UploadFailed { failure, unsent }, _) => self.upload_failed(failure, unsent, at),
            (Input::PastApplied(left), _) => {
                self.past_applied(left, at);
                Vec::new()
            }
            (Input::PastFailed(failure), _) => self.past_failed(failure, at),
            _ => Vec::new(),
        }
    }

    /// When the next [`Input::Tick`] is due.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        let waiting = match self.state {
            State::Waiting { until } | State::Polling { rest: Some(until), .. } => Some(until),
            _ => None,
        };
        [waiting, self.lanes_due()].into_iter().flatten().min()
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
            state if state.is_caught_up() && self.cursor >= self.head && self.stuck(now).is_none() => {
                Shown::Live
            }
            _ => Shown::CatchingUp,
        }
    }

    /// Code and words of what stands in the way, if anything does.
    pub(crate) fn trouble(&self, now: Duration) -> Option<Trouble> {
        self.trouble.clone().or_else(|| self.stuck(now))
    }

    pub(crate) fn unsent(&self) -> u32 {
        self.upload.unsent
    }

    /// Pages of the snapshot that are here, while it is fetched.
    pub(crate) fn staged(&self) -> Option<Progress> {
        self.staged
    }

    /// Positions of the history before the snapshot that are here, while some are missing.
    pub(crate) fn history(&self) -> Option<Progress> {
        self.history.left
    }

    /// How often a position was missing.
    pub(crate) fn gaps(&self) -> u32 {
        self.gaps
    }

    pub(crate) fn state(&self) -> State {
        self.state
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

    /// Whether another attempt may follow without a wait; few may in a row, whatever the server says.
    fn hastens(&mut self, at: At) -> bool {
        let (since, count) = self.haste;
        self.haste = if at.now > since + HASTE { (at.now, 1) } else { (since, count.saturating_add(1)) };
        self.haste.1 <= HASTY
    }

    /// Something new arrived: the connection is good, and so is what came before.
    fn prove(&mut self) {
        (self.attempts, self.trouble, self.renewals) = (0, None, 0);
    }

    /// Takes where the copy stands now; says whether it moved. A head that was `told` counts even where it is lower than
    /// one heard before: a log can be cut short, and nothing more is coming then.
    fn arrived(&mut self, cursor: u64, head: u64, told: bool) -> bool {
        let moved = cursor > self.cursor;
        self.head = if told { head } else { self.head.max(head) };
        self.cursor = cursor;
        if moved {
            self.chain_doubted = false;
            self.prove();
        }
        moved
    }

    fn stands(&mut self, stand: Stand) {
        (self.cursor, self.head, self.backfills) = (stand.cursor, stand.head, stand.backfills);
        self.history.left = stand.history;
    }

    /// Another copy took the place of ours.
    fn replaced(&mut self, stand: Stand) {
        self.stands(stand);
        (self.renewal_due, self.renewals) = (false, self.renewals.saturating_add(1));
    }

    fn greeted(&mut self, stand: Stand, foreign: bool, at: At) -> Vec<Effect> {
        self.stands(stand);
        self.token_proven = true;
        if self.trouble.as_ref().is_some_and(|trouble| trouble.shown == Shown::Offline) {
            self.trouble = None;
        }
        let long = stand.cursor == 0 && stand.head > STREAM_BACKLOG;
        let mut effects = if foreign || self.renewal_due || long {
            self.begin(State::Staging, Step::Snapshot)
        } else {
            self.proceed(at)
        };
        effects.extend(self.upload_if_due(at));
        effects
    }

    /// The next step of a copy that is of the server's log.
    fn proceed(&mut self, at: At) -> Vec<Effect> {
        if self.backfills > 0 {
            self.begin(State::Backfilling, Step::Backfill)
        } else if self.cursor < self.head {
            self.begin(State::Paging, Step::Page)
        } else {
            self.follow(at)
        }
    }

    /// Follows the log where the copy ends.
    fn follow(&mut self, at: At) -> Vec<Effect> {
        if self.mute >= MUTE_STREAMS && at.now < self.stream_again {
            self.poll(false, at)
        } else {
            self.begin(State::Opening, Step::Stream)
        }
    }

    fn poll(&mut self, caught_up: bool, at: At) -> Vec<Effect> {
        if at.now >= self.stream_again {
            // One more stream without a byte and the log is polled again.
            self.mute = MUTE_STREAMS - 1;
            return self.connect(at);
        }
        self.polled_at = at.now;
        self.begin(State::Polling { caught_up, rest: None }, Step::Poll)
    }

    /// The stream brought no byte: once may be chance.
    fn muted(&mut self, at: At) -> Vec<Effect> {
        self.mute += 1;
        if self.mute < MUTE_STREAMS {
            return self.wait(None, at);
        }
        self.stream_again = at.now + POLLED_FOR;
        self.poll(false, at)
    }

    fn polled(&mut self, caught_up: bool, moved: bool, at: At) -> Vec<Effect> {
        let next = self.polled_at + POLL_PACE;
        self.prove();
        if moved || at.now >= next {
            return self.poll(caught_up, at);
        }
        self.state = State::Polling { caught_up, rest: Some(next) };
        Vec::new()
    }

    /// Where an answer brought nothing although there is more: asking again would go in a circle.
    fn moved(&mut self, moved: bool, at: At) -> Option<Vec<Effect>> {
        if moved {
            return None;
        }
        let detail = "the server promises more and sends nothing";
        self.trouble = Some(Trouble::offline("sync.protocol", detail));
        Some(self.wait(None, at))
    }

    fn parted(&mut self, parting: Parting, at: At) -> Vec<Effect> {
        if parting == Parting::Expired {
            self.token_until = Duration::ZERO;
        }
        if !self.hastens(at) {
            return self.ended(at);
        }
        match parting {
            Parting::Rotate | Parting::Expired => self.connect(at),
            Parting::Behind => self.begin(State::Paging, Step::Page),
            Parting::Draining => {
                self.state = State::Waiting { until: at.now + jittered(SHORTEST / 2, DRAINED, at.dice) };
                Vec::new()
            }
        }
    }

    fn ended(&mut self, at: At) -> Vec<Effect> {
        if self.attempts >= IDLE_ENDS {
            self.trouble = Some(Trouble::offline("sync.offline", "the stream ends at once"));
        }
        self.wait(None, at)
    }

    fn failed(&mut self, failure: Failure, at: At) -> Vec<Effect> {
        match failure {
            Failure::Cut { code, detail, after } => {
                self.cut(code, &detail);
                self.wait(after, at)
            }
            Failure::Gap { detail } => {
                self.gaps = self.gaps.saturating_add(1);
                self.cut("sync.gap", &detail);
                let streamed = matches!(self.state, State::Streaming { .. });
                if streamed && self.hastens(at) {
                    self.begin(State::Paging, Step::Page)
                } else {
                    self.wait(None, at)
                }
            }
            Failure::Unauthorised { .. } if self.state == State::Refreshing => {
                (self.state, self.trouble) = (State::SignInNeeded, None);
                self.token_until = Duration::ZERO;
                Vec::new()
            }
            Failure::Unauthorised { detail } => {
                self.token_until = Duration::ZERO;
                if self.token_proven && self.hastens(at) {
                    return self.begin(State::Refreshing, Step::Refresh);
                }
                self.trouble = Some(Trouble::refused("sync.unauthorised", detail));
                self.wait(None, at)
            }
            Failure::MustResnapshot { detail } => {
                self.renewal_due = true;
                // Once may be chance: the log was trimmed after it had no snapshot to give.
                if self.renewals >= RENEWALS {
                    return self.refused(Trouble::refused("sync.must_resnapshot", detail), at);
                }
                if self.hastens(at) { self.begin(State::Greeting, Step::Hello) } else { self.wait(None, at) }
            }
            Failure::MustGreet { detail } => {
                if self.hastens(at) {
                    return self.connect(at);
                }
                self.cut("sync.must_greet", &detail);
                self.wait(None, at)
            }
            Failure::Chain { detail } | Failure::Missing { detail } => {
                // A greeting tells of an audience gained meanwhile, and what is missing is fetched after it; where it was
                // neither, history was changed.
                if self.chain_doubted || !self.hastens(at) {
                    return self.refused(Trouble::refused("sync.chain", detail), at);
                }
                self.chain_doubted = true;
                self.connect(at)
            }
            Failure::Diverged { code, detail } => {
                self.renewal_due = true;
                self.refused(Trouble::refused(code, detail), at)
            }
            Failure::Refused { code, detail } => self.refused(Trouble::refused(&code, detail), at),
            Failure::UpgradeNeeded => {
                let (code, detail) = ("sync.upgrade_needed".to_owned(), failure.words());
                self.refused(Trouble { shown: Shown::UpgradeNeeded, code, detail }, at)
            }
        }
    }

    /// A refusal is not forgotten because the next attempt finds no network.
    fn cut(&mut self, code: &str, detail: &str) {
        if self.trouble.as_ref().is_none_or(|trouble| trouble.shown == Shown::Offline) {
            self.trouble = Some(Trouble::offline(code, detail));
        }
    }

    fn network_changed(&mut self, state: State, at: At) -> Vec<Effect> {
        (self.attempts, self.mute, self.haste.1) = (0, 0, 0);
        (self.upload.attempts, self.upload.retry_at) = (0, None);
        (self.history.attempts, self.history.retry_at) = (0, None);
        let mut effects = if state.is_connected() { vec![Effect::Abort] } else { Vec::new() };
        if state.is_connected() || matches!(state, State::Waiting { .. } | State::Polling { .. }) {
            effects.extend(self.connect(at));
        }
        effects.extend(self.upload_if_due(at));
        effects
    }
}

/// Full jitter between the shortest wait and twice as much with every attempt, up to the longest.
fn backoff(attempts: u32, dice: u32) -> Duration {
    let ceiling =
        SHORTEST.saturating_mul(2u32.saturating_pow(attempts.saturating_add(1).min(16))).min(LONGEST);
    jittered(SHORTEST, ceiling, dice)
}

fn jittered(shortest: Duration, longest: Duration, dice: u32) -> Duration {
    shortest + longest.saturating_sub(shortest).mul_f64(f64::from(dice) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests;
