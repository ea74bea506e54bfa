//! What all subscribers of a run have seen together. One thread, so plain cells.

use std::{
    cell::{Cell, RefCell},
    time::Instant,
};

use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::Settings;

/// Counts of a run.
pub(crate) struct Tally {
    /// Events parsed.
    pub(crate) deliveries: Cell<u64>,
    /// Positions that were skipped.
    pub(crate) gaps: Cell<u64>,
    /// Positions that came again or ran backwards.
    pub(crate) duplicates: Cell<u64>,
    /// Connections refused, cut, or answered with another status than 200.
    pub(crate) errors: Cell<u64>,
    /// Streams the server ended with a word of farewell.
    pub(crate) byes: Cell<u64>,
    /// Subscribers that are connected and have everything.
    pub(crate) live: Cell<usize>,
    /// Bytes read.
    pub(crate) bytes: Cell<u64>,
    /// Whether latencies are taken.
    pub(crate) timing: Cell<bool>,
    /// Microseconds from the start of a publish to its event being parsed.
    pub(crate) latencies: RefCell<Vec<u32>>,
    /// Each tenant's newest position and the start of its newest publishes.
    pub(crate) tenants: Vec<TenantTally>,
    /// One permit for each message that may be published in the phase `thr`.
    pub(crate) window: Semaphore,
    share: u64,
}

/// One tenant's log as seen from here.
#[derive(Default)]
pub(crate) struct TenantTally {
    /// Newest position that any subscriber has seen.
    pub(crate) head: Cell<u64>,
    /// When each message of the phase `lat` was published, with the position it must take.
    pub(crate) started: RefCell<Vec<(u64, Instant)>>,
    /// Order of the first subscriber's messages, which all others must repeat (nchan has no positions of its own).
    pub(crate) order: RefCell<Vec<u64>>,
}

impl Tally {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            deliveries: Cell::default(),
            gaps: Cell::default(),
            duplicates: Cell::default(),
            errors: Cell::default(),
            byes: Cell::default(),
            live: Cell::default(),
            bytes: Cell::default(),
            timing: Cell::default(),
            latencies: RefCell::default(),
            tenants: settings.tenants.iter().map(|_| TenantTally::default()).collect(),
            window: Semaphore::new(0),
            share: (settings.subscribers / settings.tenants.len()) as u64,
        }
    }

    /// Subscribers of each tenant.
    pub(crate) fn share(&self) -> u64 {
        self.share
    }

    /// Notes one event at a position.
    pub(crate) fn deliver(&self, tenant: usize, position: u64, now: Instant) {
        let deliveries = self.deliveries.get() + 1;
        self.deliveries.set(deliveries);
        if deliveries.is_multiple_of(self.share) {
            self.window.add_permits(1);
        }
        let tenant = &self.tenants[tenant];
        tenant.head.set(tenant.head.get().max(position));
        if self.timing.get() {
            let started = tenant.started.borrow();
            if let Some((_, start)) = started.iter().rev().find(|(expected, _)| *expected == position) {
                let micros = now.saturating_duration_since(*start).as_micros();
                self.latencies.borrow_mut().push(u32::try_from(micros).unwrap_or(u32::MAX));
            }
        }
    }

    /// Adds one to a count.
    pub(crate) fn count(cell: &Cell<u64>) {
        cell.set(cell.get() + 1);
    }

    /// What must be zero.
    pub(crate) fn faults(&self) -> Value {
        json!({
            "gaps": self.gaps.get(),
            "duplicates": self.duplicates.get(),
            "errors": self.errors.get(),
            "byes": self.byes.get(),
        })
    }
}
