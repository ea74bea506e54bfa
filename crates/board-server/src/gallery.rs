//! Streams that have everything and only wait for more: one task brings what is new to a row of them, so that an event
//! wakes a task for each row and not for each stream. Not streams that catch up, nor what a stream says.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::{
    sync::watch,
    task::{AbortHandle, unconstrained, yield_now},
};

use crate::channel::{Channel, Encoded};

/// Streams of one task. Several tasks let several cores work at one tenant.
const ROW: usize = 256;
/// Streams that are told before other tasks get their turn.
const TURN: usize = 32;

/// A stream that may be told by the task of its row.
pub(crate) trait Listener: Send + Sync {
    /// Takes events, in order and without a hole between them, or wakes its own task to see for itself. Without events
    /// it always wakes its task.
    fn hear(&self, events: &[Arc<Encoded>]);
}

/// The rows of one tenant.
#[derive(Default)]
pub(crate) struct Gallery {
    rows: Mutex<Vec<Arc<Row>>>,
}

#[derive(Default)]
struct Row {
    places: Mutex<Places>,
    task: OnceLock<AbortHandle>,
}

#[derive(Default)]
struct Places {
    all: Vec<Option<Arc<dyn Listener>>>,
    taken: usize,
}

/// A listener's place, free again when dropped.
pub(crate) struct Place {
    channel: Arc<Channel>,
    row: Arc<Row>,
    number: usize,
}

impl Place {
    /// Seats a listener. What became known before is not told: look at the head afterwards.
    pub(crate) fn take(channel: &Arc<Channel>, listener: Arc<dyn Listener>) -> Self {
        let mut rows = channel.gallery.rows();
        let free = rows.iter().find(|row| row.places().taken < ROW);
        let row = free.cloned().unwrap_or_else(|| {
            let row = Arc::new(Row::default());
            let task = tokio::spawn(unconstrained(speak(
                Arc::clone(channel),
                Arc::clone(&row),
                channel.subscribe(),
            )));
            row.task.get_or_init(|| task.abort_handle());
            rows.push(Arc::clone(&row));
            row
        });
        let number = row.places().add(listener);
        Self { channel: Arc::clone(channel), row, number }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut rows = self.channel.gallery.rows();
        let mut places = self.row.places();
        let left = places.all[self.number].take();
        places.taken -= 1;
        if places.taken == 0 {
            rows.retain(|row| !Arc::ptr_eq(row, &self.row));
            if let Some(task) = self.row.task.get() {
                task.abort();
            }
        }
        drop((places, rows));
        drop(left);
    }
}

impl Gallery {
    /// Rows, and places taken in them.
    #[cfg(test)]
    pub(crate) fn taken(&self) -> (usize, usize) {
        let rows = self.rows();
        (rows.len(), rows.iter().map(|row| row.places().taken).sum())
    }

    fn rows(&self) -> MutexGuard<'_, Vec<Arc<Row>>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Row {
    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Places {
    fn add(&mut self, listener: Arc<dyn Listener>) -> usize {
        self.taken += 1;
        if let Some(free) = self.all.iter().position(Option::is_none) {
            self.all[free] = Some(listener);
            return free;
        }
        self.all.push(Some(listener));
        self.all.len() - 1
    }
}

/// Tells a row what becomes known; ended from outside once nobody sits there.
async fn speak(channel: Arc<Channel>, row: Arc<Row>, mut heads: watch::Receiver<u64>) {
    let mut told = *heads.borrow_and_update();
    while heads.changed().await.is_ok() {
        let head = *heads.borrow_and_update();
        let listeners: Vec<_> = row.places().all.iter().flatten().cloned().collect();
        loop {
            let events = channel.newest(told);
            for (number, listener) in listeners.iter().enumerate() {
                listener.hear(&events);
                if number % TURN == TURN - 1 {
                    yield_now().await;
                }
            }
            told = events.last().map_or(head, |last| last.seq);
            if told >= head {
                break;
            }
        }
    }
}
