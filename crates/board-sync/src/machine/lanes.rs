//! The two lanes beside the download: the outbox up, and the history before the snapshot down. Neither ever holds the
//! download back.

use std::time::Duration;

use super::{At, Effect, Failure, Input, Machine, Shown, State, Trouble, backoff};
use crate::Progress;

/// A command that waits longer than this for an answer while the server can be reached is stuck.
pub(super) const STUCK: Duration = Duration::from_mins(1);

#[derive(Clone, Debug, Default)]
pub(super) struct Upload {
    pub(super) unsent: u32,
    pub(super) running: bool,
    pub(super) attempts: u32,
    pub(super) retry_at: Option<Duration>,
    /// When the first attempt began that has not brought an answer yet, and why the last one failed.
    pub(super) since: Option<Duration>,
    pub(super) failing: Option<Failure>,
    /// It was noticed that they are stuck.
    pub(super) stuck: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) struct History {
    /// How far it is, while some of it is missing.
    pub(super) left: Option<Progress>,
    pub(super) running: bool,
    pub(super) attempts: u32,
    pub(super) retry_at: Option<Duration>,
}

impl Machine {
    /// Whether commands wait for an answer for too long; in words.
    pub(super) fn stuck(&self, now: Duration) -> Option<Trouble> {
        let (since, code) = (self.upload.since?, "sync.unsent".to_owned());
        let words = self.upload.failing.as_ref().map(Failure::words);
        let detail = words.unwrap_or_else(|| "the server does not answer to commands".to_owned());
        let stuck = self.upload.unsent > 0 && now >= since + STUCK;
        stuck.then_some(Trouble { shown: Shown::CatchingUp, code, detail })
    }

    /// Time has passed: what became stuck meanwhile is noticed once.
    pub(super) fn notice_stuck(&mut self, now: Duration) {
        self.upload.stuck = self.stuck(now).is_some();
    }

    /// When the lanes need a [`Input::Tick`].
    pub(super) fn lanes_due(&self) -> Option<Duration> {
        let upload = self.upload.retry_at.filter(|_| self.may_upload());
        let stuck = self.upload.since.filter(|_| self.upload.unsent > 0 && !self.upload.stuck);
        let stuck = stuck.map(|since| since + STUCK);
        let history = self.history.retry_at.filter(|_| self.may_fetch_history());
        [upload, stuck, history].into_iter().flatten().min()
    }

    pub(super) fn upload_if_due(&mut self, at: At) -> Vec<Effect> {
        if !self.may_upload() || self.upload.retry_at.is_some_and(|due| due > at.now) {
            return Vec::new();
        }
        (self.upload.running, self.upload.retry_at) = (true, None);
        self.upload.since.get_or_insert(at.now);
        vec![Effect::Upload]
    }

    fn may_upload(&self) -> bool {
        let reachable = self.state.is_connected() && self.state != State::Greeting
            || matches!(self.state, State::Resetting | State::Polling { .. });
        self.upload.unsent > 0 && !self.upload.running && reachable
    }

    pub(super) fn upload_failed(&mut self, failure: Failure, unsent: u32, at: At) -> Vec<Effect> {
        let upload = &mut self.upload;
        (upload.running, upload.unsent) = (false, unsent);
        upload.retry_at = Some(at.now + backoff(upload.attempts, at.dice));
        upload.attempts = upload.attempts.saturating_add(1);
        let expired = matches!(failure, Failure::Unauthorised { .. });
        upload.failing = Some(failure);
        if expired { self.renew_token(at) } else { Vec::new() }
    }

    pub(super) fn past_applied(&mut self, left: Option<Progress>, at: At) {
        let moved = left != self.history.left;
        self.history = History { left, ..History::default() };
        if !moved {
            // An answer that brings nothing must not be asked for in a circle.
            self.history_waits(at);
        }
    }

    pub(super) fn past_failed(&mut self, failure: Failure, at: At) -> Vec<Effect> {
        self.history.running = false;
        match failure {
            // The download hears of a change of role by itself.
            Failure::Cut { .. } | Failure::Gap { .. } | Failure::MustGreet { .. } => {
                self.history_waits(at);
                Vec::new()
            }
            Failure::Unauthorised { .. } => {
                self.history_waits(at);
                self.renew_token(at)
            }
            // It was trimmed away meanwhile; the next greeting says what there is.
            Failure::MustResnapshot { .. } => {
                self.history.left = None;
                Vec::new()
            }
            // What came contradicts the copy, or the server wants none of us: the download says so.
            Failure::Chain { .. }
            | Failure::Missing { .. }
            | Failure::Diverged { .. }
            | Failure::Refused { .. }
            | Failure::UpgradeNeeded => {
                let mut effects = if self.state.is_connected() { vec![Effect::Abort] } else { Vec::new() };
                effects.extend(self.failed(failure, at));
                effects
            }
        }
    }

    /// Begins and ends the history's request where the state asks for it.
    pub(super) fn history_follows(&mut self, effects: &mut Vec<Effect>, at: At) {
        if self.history.running && !self.state.is_caught_up() {
            self.history.running = false;
            effects.push(Effect::AbortHistory);
        }
        if self.may_fetch_history() && self.history.retry_at.is_none_or(|due| due <= at.now) {
            (self.history.running, self.history.retry_at) = (true, None);
            effects.push(Effect::History);
        }
    }

    fn may_fetch_history(&self) -> bool {
        self.history.left.is_some() && !self.history.running && self.state.is_caught_up()
    }

    fn history_waits(&mut self, at: At) {
        self.history.retry_at = Some(at.now + backoff(self.history.attempts, at.dice));
        self.history.attempts = self.history.attempts.saturating_add(1);
    }

    /// A lane was told that the token is not good.
    fn renew_token(&mut self, at: At) -> Vec<Effect> {
        let follows = self.state.is_connected() || matches!(self.state, State::Polling { .. });
        if !self.token_proven || !follows {
            return Vec::new();
        }
        self.token_until = Duration::ZERO;
        let mut effects = if self.state.is_connected() { vec![Effect::Abort] } else { Vec::new() };
        effects.extend(self.connect(at));
        effects
    }
}

/// Whether an input belongs to a lane that is running.
pub(super) fn expected(machine: &Machine, input: &Input) -> bool {
    match input {
        Input::Uploaded { .. } | Input::UploadFailed { .. } => machine.upload.running,
        Input::PastApplied(_) | Input::PastFailed(_) => machine.history.running,
        _ => true,
    }
}
