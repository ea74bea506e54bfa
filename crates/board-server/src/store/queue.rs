//! Jobs that wait for a lane, and what is remembered of tenants while no lane works at them. Not the work.
//!
//! Any lane takes any tenant, but one tenant is at one lane at a time and its jobs stay in order; so within a server its
//! appends never contend, and no lane is idle while a job waits for it.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use board_domain::TenantId;
use tokio::sync::Semaphore;

use super::{StoreError, known::Known, lane::Job};

/// Most jobs in one commit.
const GROUP: usize = 64;
/// Jobs that may wait before callers wait for room.
const WAITING: usize = 1_024;

/// The callers' side; once it is gone, lanes end when nothing waits any more.
pub(super) struct Callers(Arc<Queue>);

/// The lanes' side.
pub(super) struct Queue {
    state: Mutex<State>,
    came: Condvar,
    room: Semaphore,
    /// Whether a commit takes jobs of one tenant only.
    apart: bool,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Box<dyn Job>>,
    /// Tenants that a lane works at.
    busy: HashSet<TenantId>,
    known: HashMap<TenantId, Known>,
    lanes: usize,
    /// Nobody sends any more, or nobody is left to work.
    closed: bool,
}

/// Jobs for one commit. Given back, also by a lane that fails, the tenant is free for the next.
pub(super) struct Turn {
    queue: Arc<Queue>,
    tenant: Option<TenantId>,
    pub(super) jobs: Vec<Box<dyn Job>>,
    /// What is remembered of the one tenant of the jobs.
    pub(super) known: Option<Known>,
}

/// A lane's place in the queue.
pub(super) struct Place(Arc<Queue>);

impl Callers {
    /// A queue; with `apart`, a commit takes jobs of one tenant only.
    pub(super) fn new(apart: bool) -> Self {
        let (state, came, room) = (Mutex::default(), Condvar::new(), Semaphore::new(WAITING));
        Self(Arc::new(Queue { state, came, room, apart }))
    }

    /// A place for one more lane.
    pub(super) fn place(&self) -> Place {
        self.0.state().lanes += 1;
        Place(Arc::clone(&self.0))
    }

    /// Adds a job, as soon as there is room.
    pub(super) async fn send(&self, job: Box<dyn Job>) -> Result<(), StoreError> {
        self.0.room.acquire().await.map_err(|_| StoreError::Closed)?.forget();
        let mut state = self.0.state();
        if state.closed {
            return Err(StoreError::Closed);
        }
        state.waiting.push_back(job);
        drop(state);
        self.0.came.notify_one();
        Ok(())
    }
}

impl Drop for Callers {
    fn drop(&mut self) {
        self.0.state().closed = true;
        self.0.came.notify_all();
    }
}

impl Place {
    /// The next jobs, as soon as there are any for a tenant that no other lane works at; nothing at the end.
    pub(super) fn next(&self) -> Option<Turn> {
        let mut state = self.0.state();
        loop {
            let State { waiting, busy, .. } = &*state;
            let free =
                waiting.iter().position(|job| job.tenant().is_none_or(|tenant| !busy.contains(tenant)));
            if let Some(first) = free {
                return Some(self.take(&mut state, first));
            }
            if state.closed && state.waiting.is_empty() {
                return None;
            }
            state = self.0.came.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn take(&self, state: &mut State, first: usize) -> Turn {
        let mut jobs: Vec<Box<dyn Job>> = Vec::new();
        let mut tenant = None;
        let mut at = first;
        while jobs.len() < GROUP && at < state.waiting.len() {
            let joins = jobs.is_empty() || !self.0.apart || state.waiting[at].tenant() == tenant.as_ref();
            match joins.then(|| state.waiting.remove(at)).flatten() {
                Some(job) => {
                    if self.0.apart {
                        tenant = job.tenant().cloned();
                    }
                    jobs.push(job);
                }
                None => at += 1,
            }
        }
        self.0.room.add_permits(jobs.len());
        state.busy.extend(tenant.clone());
        let known = tenant.as_ref().and_then(|tenant| state.known.remove(tenant));
        Turn { queue: Arc::clone(&self.0), tenant, jobs, known }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.lanes -= 1;
        if state.lanes == 0 {
            // Whoever still waits hears that the store is closed.
            state.closed = true;
            let unanswered = std::mem::take(&mut state.waiting);
            drop(state);
            self.0.room.close();
            drop(unanswered);
        }
    }
}

impl Turn {
    /// The one tenant of the jobs, where there is one.
    pub(super) fn tenant(&self) -> Option<&TenantId> {
        self.tenant.as_ref()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(tenant) = self.tenant.take() else { return };
        let mut state = self.queue.state();
        state.busy.remove(&tenant);
        if let Some(known) = self.known.take() {
            state.known.insert(tenant, known);
        }
        drop(state);
        // A lane that goes on looks for itself; in place of one that failed, another must.
        if std::thread::panicking() {
            self.queue.came.notify_one();
        }
    }
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Transaction, lane};

    fn job(tenant: Option<&str>) -> Box<dyn Job> {
        let tenant = tenant.map(|tenant| TenantId::new(tenant).unwrap());
        let work = |_: &mut Transaction<'_>| Ok::<(), StoreError>(());
        lane::job(tenant.as_ref(), work).0
    }

    fn send(callers: &Callers, tenants: &[Option<&str>]) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for tenant in tenants {
            runtime.block_on(callers.send(job(*tenant))).unwrap();
        }
    }

    fn taken(turn: &Turn) -> (Option<&str>, usize) {
        (turn.tenant().map(TenantId::as_str), turn.jobs.len())
    }

    #[test]
    fn a_tenant_is_at_one_lane_at_a_time_and_others_go_past_it() {
        let callers = Callers::new(true);
        let (one, other) = (callers.place(), callers.place());
        send(&callers, &[Some("a"), None, Some("a"), Some("b"), None]);
        let first = one.next().unwrap();
        assert_eq!(taken(&first), (Some("a"), 2));
        send(&callers, &[Some("a")]);
        let second = other.next().unwrap();
        assert_eq!(taken(&second), (None, 2));
        drop(second);
        let second = other.next().unwrap();
        assert_eq!(taken(&second), (Some("b"), 1));
        // Only the busy tenant's job is left: the lane waits until it is free.
        drop(first);
        assert_eq!(taken(&one.next().unwrap()), (Some("a"), 1));
        drop((second, callers));
        assert!(other.next().is_none() && one.next().is_none());
    }

    #[test]
    fn where_a_commit_may_span_tenants_all_go_together_up_to_a_group() {
        let callers = Callers::new(false);
        let place = callers.place();
        send(&callers, &[Some("a"), None, Some("b")]);
        assert_eq!(taken(&place.next().unwrap()), (None, 3));
        send(&callers, &vec![Some("a"); GROUP + 1]);
        assert_eq!([place.next().unwrap().jobs.len(), place.next().unwrap().jobs.len()], [GROUP, 1]);
    }

    #[test]
    fn callers_wait_for_room_and_hear_when_no_lane_is_left() {
        let callers = Callers::new(true);
        let place = callers.place();
        send(&callers, &vec![Some("a"); WAITING]);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        let mut late = std::pin::pin!(callers.send(job(Some("a"))));
        assert!(late.as_mut().poll(&mut context).is_pending());
        drop(place.next());
        assert!(matches!(late.as_mut().poll(&mut context), std::task::Poll::Ready(Ok(()))));
        let (unanswered, mut answer) = lane::job(None, |_| Ok::<(), StoreError>(()));
        let mut unanswered = std::pin::pin!(callers.send(unanswered));
        assert!(unanswered.as_mut().poll(&mut context).is_ready());
        drop(place);
        assert_eq!(answer.try_recv().unwrap_err(), tokio::sync::oneshot::error::TryRecvError::Closed);
        let mut refused = std::pin::pin!(callers.send(job(None)));
        assert!(matches!(
            refused.as_mut().poll(&mut context),
            std::task::Poll::Ready(Err(StoreError::Closed))
        ));
    }
}
