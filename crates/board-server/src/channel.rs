//! The live end of each tenant's log: the head that wakes streams, and the newest events as encoded bytes shared by
//! all of them.
//!
//! A wake-up carries only the head, so a slow reader can miss none; what it misses here it reads from the table.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use board_domain::{Audience, Event, TenantId, wire::Frame};
use bytes::Bytes;
use tokio::sync::watch;

/// Events kept encoded per tenant.
const RECENT: usize = 1_024;
/// Bytes kept encoded per tenant.
const RECENT_BYTES: usize = 8 << 20;

/// An event as the wire carries it, encoded once.
#[derive(Clone, Debug)]
pub(crate) struct Encoded {
    /// Its position.
    pub(crate) seq: u64,
    /// Who may read it.
    pub(crate) audience: Audience,
    /// Whether it changes who may read what.
    pub(crate) changes_people: bool,
    /// The frame's JSON, one line.
    pub(crate) json: Bytes,
}

impl Encoded {
    /// Encodes an event.
    pub(crate) fn new(event: Event) -> Result<Self, serde_json::Error> {
        let (seq, audience) = (event.seq, event.audience.clone());
        let changes_people = matches!(event.kind.as_str(), "person.joined" | "person.left");
        let json = serde_json::to_vec(&Frame::Event(Box::new(event)))?.into();
        Ok(Self { seq, audience, changes_people, json })
    }
}

/// One tenant's live end.
struct Channel {
    head: watch::Sender<u64>,
    recent: Mutex<Recent>,
}

#[derive(Default)]
struct Recent {
    events: VecDeque<Arc<Encoded>>,
    bytes: usize,
}

/// Every tenant's live end.
#[derive(Default)]
pub(crate) struct Channels {
    by_tenant: Mutex<HashMap<TenantId, Arc<Channel>>>,
}

impl Channels {
    fn channel(&self, tenant: &TenantId) -> Arc<Channel> {
        let mut by_tenant = self.by_tenant.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(
            by_tenant.entry(tenant.clone()).or_insert_with(|| {
                Arc::new(Channel { head: watch::Sender::new(0), recent: Mutex::default() })
            }),
        )
    }

    /// Follows a tenant's head. Subscribe before reading the log, so that nothing falls in between.
    pub(crate) fn subscribe(&self, tenant: &TenantId) -> watch::Receiver<u64> {
        self.channel(tenant).head.subscribe()
    }

    /// The encoded events after a position, at most `limit`; `None` where they are no longer, or not yet, here.
    pub(crate) fn after(&self, tenant: &TenantId, seq: u64, limit: usize) -> Option<Vec<Arc<Encoded>>> {
        let channel = self.channel(tenant);
        let recent = channel.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let first = recent.events.front()?.seq;
        let skip = usize::try_from((seq + 1).checked_sub(first)?).ok()?;
        Some(recent.events.iter().skip(skip).take(limit).cloned().collect())
    }

    /// Makes a head known that another process may have moved.
    pub(crate) fn observe(&self, tenant: &TenantId, head: u64) {
        self.channel(tenant).head.send_if_modified(|known| {
            let moved = *known < head;
            *known = head.max(*known);
            moved
        });
    }

    /// Makes committed events known, in order.
    pub(crate) fn publish(&self, events: Vec<Event>) {
        let mut heads: HashMap<TenantId, u64> = HashMap::new();
        for event in events {
            let (tenant, seq) = (event.tenant.clone(), event.seq);
            let channel = self.channel(&tenant);
            heads.insert(tenant, seq);
            let mut recent = channel.recent.lock().unwrap_or_else(PoisonError::into_inner);
            match Encoded::new(event) {
                Ok(encoded) => recent.push(encoded),
                // An event that cannot be encoded is left to the table, whose reader reports the failure.
                Err(error) => {
                    tracing::error!(%error, seq, "an event could not be encoded");
                    *recent = Recent::default();
                }
            }
        }
        for (tenant, head) in heads {
            self.observe(&tenant, head);
        }
    }
}

impl Recent {
    fn push(&mut self, encoded: Encoded) {
        if self.events.back().is_some_and(|last| last.seq + 1 != encoded.seq) {
            *self = Self::default();
        }
        self.bytes += encoded.json.len();
        self.events.push_back(Arc::new(encoded));
        while self.events.len() > RECENT || self.bytes > RECENT_BYTES {
            let Some(dropped) = self.events.pop_front() else { break };
            self.bytes -= dropped.json.len();
        }
    }
}
