//! A lane: one thread and one connection that takes the jobs that wait, runs them against what it remembers, commits
//! them together, and only then answers.
//!
//! Where another server was faster, the group is run again.

use std::sync::Arc;

use board_domain::{Event, TenantId};
use tokio::sync::oneshot;

use super::{Grown, StoreError, Transaction, engine::Engine, queue::Place, transaction::Group};
use crate::channel::Channels;

/// Runs that trust what is remembered; those that follow lock the log first.
const TRUSTING: u32 = 2;
/// Runs before a group is given up.
const RUNS: u32 = 8;

/// Work for a lane, which may be run more than once and is answered once.
pub(super) trait Job: Send {
    /// The one tenant whose log it reads or extends.
    fn tenant(&self) -> Option<&TenantId>;

    /// Runs the work; whether its changes stay.
    fn run(&mut self, transaction: &mut Transaction<'_>) -> bool;

    /// Tells the caller what the last run gave, or why none of it was kept.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Work<T, E, F> {
    tenant: Option<TenantId>,
    change: F,
    result: Option<Result<T, E>>,
    answer: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Job for Work<T, E, F>
where
    T: Send,
    E: From<StoreError> + Send,
    F: Fn(&mut Transaction<'_>) -> Result<T, E> + Send,
{
    fn tenant(&self) -> Option<&TenantId> {
        self.tenant.as_ref()
    }

    fn run(&mut self, transaction: &mut Transaction<'_>) -> bool {
        self.result = None;
        let result = (self.change)(transaction);
        let stays = result.is_ok();
        self.result = Some(result);
        stays
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        // A run that panicked left no result, and its caller sees the channel close. A caller may also have gone away;
        // the change stands all the same.
        let result = match committed {
            Err(error) => Some(Err(E::from(error))),
            Ok(()) => self.result,
        };
        if let Some(result) = result {
            let _ = self.answer.send(result);
        }
    }
}

/// Wraps typed work into a job, and gives where its answer will come.
pub(super) fn job<T, E, F>(
    tenant: Option<&TenantId>,
    change: F,
) -> (Box<dyn Job>, oneshot::Receiver<Result<T, E>>)
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
    F: Fn(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
{
    let (answer, answered) = oneshot::channel();
    (Box::new(Work { tenant: tenant.cloned(), change, result: None, answer }), answered)
}

/// One that writes.
pub(super) struct Lane {
    group: Group,
    channels: Arc<Channels>,
    /// Told of tenants whose log grew here, so that other servers hear of it.
    grown: Option<Grown>,
}

impl Lane {
    pub(super) fn new(engine: Box<dyn Engine>, channels: Arc<Channels>, grown: Option<Grown>) -> Self {
        Self { group: Group::new(engine), channels, grown }
    }

    /// Moves to a thread and works until nobody can send any more.
    pub(super) fn start(mut self, place: Place) -> std::io::Result<()> {
        let run = move || {
            while let Some(mut turn) = place.next() {
                let tenant = turn.tenant().cloned();
                if let (Some(tenant), Some(known)) = (&tenant, turn.known.take()) {
                    self.group.recall(tenant.clone(), known);
                }
                self.commit(std::mem::take(&mut turn.jobs));
                turn.known = tenant.and_then(|tenant| self.group.forget(&tenant));
            }
        };
        std::thread::Builder::new().name("store-writer".into()).spawn(run).map(|_| ())
    }

    /// For reads between commits.
    pub(super) fn sql(&mut self) -> &mut dyn super::Sql {
        self.group.engine.sql()
    }

    /// Runs jobs, commits them together and answers them.
    pub(super) fn commit(&mut self, mut jobs: Vec<Box<dyn Job>>) {
        match self.run(&mut jobs) {
            Ok(events) => {
                fail::fail_point!("store.after_commit");
                if let Some(grown) = &self.grown {
                    grown.tell(&events);
                }
                self.channels.publish(events, |tenant| self.group.epoch(tenant));
                for job in jobs {
                    job.answer(Ok(()));
                }
            }
            Err(error) => {
                match &error {
                    // It will recover without anybody; the caller is told to come back.
                    StoreError::Unavailable(_) => tracing::warn!(%error, "a commit was not possible"),
                    error => tracing::error!(%error, "a commit failed; nothing of it is acknowledged"),
                }
                for job in jobs {
                    job.answer(Err(error.again()));
                }
            }
        }
    }

    fn run(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<Vec<Event>, StoreError> {
        let mut careful = false;
        for run in 0..RUNS {
            self.group.engine.ready()?;
            let locks_first = careful || run >= TRUSTING || !self.group.engine.far();
            match self.group.commit(jobs, locks_first, careful) {
                Ok(events) => return Ok(events),
                Err(StoreError::Lost) => tracing::debug!(run, "another server was faster"),
                // A command's number or key was used before: whose, is found by looking each of them up.
                Err(StoreError::Taken(_)) if !careful => careful = true,
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Unavailable("the log moved at every attempt".into()))
    }
}
