//! The live end of each tenant's log: the head that wakes streams, and the newest events as encoded bytes shared by
//! all of them.
//!
//! A wake-up carries only the head, so a slow reader can miss none; what it misses here it reads from the table.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use board_domain::{
    Audience, Event, Fact, PersonId, Role, TenantId,
    wire::{Frame, Position},
};
use bytes::Bytes;
use tokio::sync::watch;
use uuid::Uuid;

use crate::gallery::Gallery;

/// Events kept encoded per tenant.
const RECENT: u64 = 1_024;
/// Most events told at once to those who wait at the head.
const NEWEST: usize = 64;
/// Bytes kept encoded per tenant.
const RECENT_BYTES: usize = 2 << 20;

/// A frame as a server-sent event, framed as a chunk of HTTP/1.1 as well; every form is a view of the same bytes.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    chunk: Bytes,
    head: usize,
}

impl Block {
    /// Encodes a frame that takes its reader to a position.
    pub(crate) fn new(position: Position, frame: &Frame) -> Result<Self, serde_json::Error> {
        Ok(Self::of_text(&format!("id: {position}\ndata: {}\n\n", serde_json::to_string(frame)?)))
    }

    /// A block that is no frame: a comment.
    pub(crate) fn of_text(text: &str) -> Self {
        let size = format!("{:x}\r\n", text.len());
        let chunk = [size.as_bytes(), text.as_bytes(), b"\r\n"].concat();
        Self { chunk: chunk.into(), head: size.len() }
    }

    /// With the size before it and the line end behind it that the chunked coding asks for.
    pub(crate) fn chunk(&self) -> Bytes {
        self.chunk.clone()
    }

    /// The block alone.
    pub(crate) fn plain(&self) -> Bytes {
        self.chunk.slice(self.head..self.chunk.len() - 2)
    }

    fn len(&self) -> usize {
        self.chunk.len()
    }
}

/// An event as the stream carries it, encoded once.
#[derive(Debug)]
pub(crate) struct Encoded {
    /// Its position.
    pub(crate) seq: u64,
    /// Who may read it.
    pub(crate) audience: Audience,
    /// Whose place in the tenant it changes, and to what; no role for one who leaves.
    pub(crate) standing: Option<(PersonId, Option<Role>)>,
    /// For those who may read it.
    pub(crate) block: Block,
    epoch: Uuid,
    hidden: OnceLock<Block>,
}

impl Encoded {
    /// Encodes an event of a log of this epoch.
    pub(crate) fn new(epoch: Uuid, event: Event) -> Result<Self, serde_json::Error> {
        let (seq, audience) = (event.seq, event.audience.clone());
        let standing = standing(&event)?;
        let block = Block::new(Position { epoch, seq }, &Frame::Event(Box::new(event)))?;
        Ok(Self { seq, audience, standing, block, epoch, hidden: OnceLock::new() })
    }

    /// For those who may not read it, where nothing beside it is hidden from them.
    pub(crate) fn hidden(&self) -> Result<Block, serde_json::Error> {
        if let Some(block) = self.hidden.get() {
            return Ok(block.clone());
        }
        let (from, to) = (self.seq, self.seq);
        let block = Block::new(Position { epoch: self.epoch, seq: to }, &Frame::Hidden { from, to })?;
        Ok(self.hidden.get_or_init(|| block).clone())
    }
}

/// Whose place in the tenant an event changes.
fn standing(event: &Event) -> Result<Option<(PersonId, Option<Role>)>, serde_json::Error> {
    if !matches!(event.kind.as_str(), "person.joined" | "person.left") {
        return Ok(None);
    }
    Ok(match event.fact()? {
        Some(Fact::PersonJoined { person }) => Some((person.id, Some(person.role))),
        Some(Fact::PersonLeft { person }) => Some((person, None)),
        _ => None,
    })
}

/// What the live end has for a reader.
#[derive(Debug)]
pub(crate) enum Recently {
    /// The events after the reader's position, at least one.
    Events(Vec<Arc<Encoded>>),
    /// They were here, or never will be: they are in the table.
    Older,
    /// They are not here yet: whoever reads them from the table first may leave them here.
    Newer,
    /// The log has another epoch now.
    Replaced,
}

/// One tenant's live end.
pub(crate) struct Channel {
    head: watch::Sender<u64>,
    recent: Mutex<Recent>,
    /// Counts the epochs seen, so that a stream notices another one without a lock.
    generation: AtomicU64,
    /// Held by the one reader that reads for all.
    pub(crate) reading: tokio::sync::Mutex<()>,
    /// The streams that wait at the head.
    pub(crate) gallery: Gallery,
}

#[derive(Default)]
struct Recent {
    /// Known once somebody follows the log.
    epoch: Option<Uuid>,
    events: VecDeque<Arc<Encoded>>,
    bytes: usize,
}

impl Channel {
    fn new() -> Self {
        Self {
            head: watch::Sender::new(0),
            recent: Mutex::default(),
            generation: AtomicU64::new(0),
            reading: tokio::sync::Mutex::default(),
            gallery: Gallery::default(),
        }
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Follows the head. Subscribe before reading the log, so that nothing falls in between.
    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.head.subscribe()
    }

    /// Makes the epoch and the head known to one who follows, and gives the generation of the epoch.
    pub(crate) fn adopt(&self, epoch: Uuid, head: u64) -> u64 {
        self.enter(&mut self.recent(), epoch, head);
        self.generation()
    }

    /// Which epoch this is, as a number that changes with it.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Relaxed)
    }

    /// Begins with an epoch; events and head of another one are forgotten, and those who followed it are woken.
    fn enter(&self, recent: &mut Recent, epoch: Uuid, head: u64) {
        let before = recent.epoch;
        if before != Some(epoch) {
            *recent = Recent { epoch: Some(epoch), ..Recent::default() };
        }
        if before.is_some_and(|before| before != epoch) {
            self.generation.fetch_add(1, Ordering::Relaxed);
            self.head.send_replace(head);
        }
    }

    /// The encoded events after a position: at most `limit`, and no more once they pass `bytes`.
    pub(crate) fn after(&self, epoch: Uuid, seq: u64, limit: usize, bytes: usize) -> Recently {
        let recent = self.recent();
        if recent.epoch != Some(epoch) {
            return Recently::Replaced;
        }
        let (Some(first), Some(last)) = (recent.events.front(), recent.events.back()) else {
            let near = self.head.borrow().saturating_sub(seq) <= RECENT;
            return if near { Recently::Newer } else { Recently::Older };
        };
        if seq + 1 < first.seq {
            return Recently::Older;
        }
        if seq >= last.seq {
            return Recently::Newer;
        }
        let skip = usize::try_from(seq + 1 - first.seq).unwrap_or(usize::MAX);
        let mut size = 0;
        let fits = |event: &&Arc<Encoded>| {
            let fits = size < bytes;
            size += event.block.len();
            fits
        };
        Recently::Events(recent.events.iter().skip(skip).take(limit).take_while(fits).cloned().collect())
    }

    /// The encoded events after a position for those who wait at the head; none where they are not here.
    pub(crate) fn newest(&self, seq: u64) -> Vec<Arc<Encoded>> {
        let recent = self.recent();
        let Some(first) = recent.events.front() else { return Vec::new() };
        let skip = (seq + 1).checked_sub(first.seq).and_then(|skip| usize::try_from(skip).ok());
        skip.map_or_else(Vec::new, |skip| recent.events.iter().skip(skip).take(NEWEST).cloned().collect())
    }

    /// Leaves events here that were read from the table.
    pub(crate) fn extend(&self, epoch: Uuid, events: &[Arc<Encoded>]) {
        let mut recent = self.recent();
        if recent.epoch == Some(epoch) {
            for event in events {
                recent.push(Arc::clone(event));
            }
        }
    }

    /// Makes a head known and wakes those behind it.
    fn advance(&self, head: u64) {
        self.head.send_if_modified(|known| {
            let moved = *known < head;
            *known = head.max(*known);
            moved
        });
    }

    /// Keeps committed events for those who follow; without any, there is nobody to encode for.
    fn keep(&self, epoch: Uuid, head: u64, events: Vec<Event>) {
        {
            let mut recent = self.recent();
            if self.head.receiver_count() == 0 {
                *recent = Recent::default();
            }
            if recent.epoch.is_none() {
                return;
            }
            self.enter(&mut recent, epoch, head);
        }
        let encoded: Result<Vec<_>, _> =
            events.into_iter().map(|event| Encoded::new(epoch, event).map(Arc::new)).collect();
        match encoded {
            Ok(encoded) => self.extend(epoch, &encoded),
            // They are left to the table, whose reader reports the failure.
            Err(error) => tracing::error!(%error, "an event could not be encoded"),
        }
    }
}

/// Every tenant's live end.
#[derive(Default)]
pub(crate) struct Channels {
    by_tenant: Mutex<HashMap<TenantId, Arc<Channel>>>,
}

impl Channels {
    /// A tenant's live end; whoever follows the log keeps it.
    pub(crate) fn channel(&self, tenant: &TenantId) -> Arc<Channel> {
        let mut by_tenant = self.by_tenant.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(channel) = by_tenant.get(tenant) {
            return Arc::clone(channel);
        }
        Arc::clone(by_tenant.entry(tenant.clone()).or_insert_with(|| Arc::new(Channel::new())))
    }

    /// Makes a head known that another process may have moved.
    pub(crate) fn observe(&self, tenant: &TenantId, head: u64) {
        self.channel(tenant).advance(head);
    }

    /// Makes known how a log stands in the store.
    pub(crate) fn look(&self, tenant: &TenantId, epoch: Uuid, head: u64) {
        let channel = self.channel(tenant);
        {
            let mut recent = channel.recent();
            if recent.epoch.is_some() {
                channel.enter(&mut recent, epoch, head);
            }
        }
        channel.advance(head);
    }

    /// Makes committed events known, in order; `epoch` tells under which each tenant's were committed.
    pub(crate) fn publish(&self, events: Vec<Event>, epoch: impl Fn(&TenantId) -> Option<Uuid>) {
        let mut by_tenant: HashMap<TenantId, Vec<Event>> = HashMap::new();
        for event in events {
            match by_tenant.get_mut(&event.tenant) {
                Some(events) => events.push(event),
                None => drop(by_tenant.insert(event.tenant.clone(), vec![event])),
            }
        }
        for (tenant, events) in by_tenant {
            let Some(head) = events.last().map(|event| event.seq) else { continue };
            let channel = self.channel(&tenant);
            if let Some(epoch) = epoch(&tenant) {
                channel.keep(epoch, head, events);
            }
            channel.advance(head);
        }
    }

    /// Wakes everybody who follows a log, to look at something other than the head.
    pub(crate) fn wake(&self) {
        let by_tenant = self.by_tenant.lock().unwrap_or_else(PoisonError::into_inner);
        by_tenant.values().for_each(|channel| channel.head.send_modify(|_| ()));
    }
}

impl Recent {
    fn push(&mut self, encoded: Arc<Encoded>) {
        match self.events.back().map(|last| last.seq + 1) {
            // Two readers, or a reader and the writer, brought the same.
            Some(next) if encoded.seq < next => return,
            Some(next) if encoded.seq > next => {
                self.events.clear();
                self.bytes = 0;
            }
            _ => (),
        }
        self.bytes += encoded.block.len();
        self.events.push_back(encoded);
        while self.events.len() as u64 > RECENT || self.bytes > RECENT_BYTES {
            let Some(dropped) = self.events.pop_front() else { break };
            self.bytes -= dropped.block.len();
        }
    }
}
