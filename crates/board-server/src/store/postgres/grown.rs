//! Telling other servers which logs grew, and hearing it from them.
//!
//! A notification within a commit would make every commit of the database wait for one lock, so it travels on its own
//! connection, a few milliseconds later and for many commits at once. One that is lost does no harm: every server also
//! looks at the heads each second.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    time::Duration,
};

use board_domain::{Event, TenantId};
use postgres::fallible_iterator::FallibleIterator;

use super::Server;
use crate::channel::Channels;

/// How long growth is collected before it is told.
const COLLECT: Duration = Duration::from_millis(15);
/// How long to wait before connecting again, and how often to look whether the store is still open.
const AGAIN: Duration = Duration::from_secs(1);
/// Bytes of a notification; the server takes less than 8,000.
const MESSAGE: usize = 7_000;

/// Logs that grew and were not told yet. Cheap to clone.
#[derive(Clone)]
pub(in crate::store) struct Grown {
    heads: Arc<Mutex<HashMap<TenantId, u64>>>,
    bell: SyncSender<()>,
}

impl Grown {
    /// Starts telling and hearing.
    pub(in crate::store) fn start(server: &Arc<Server>, channels: &Arc<Channels>) -> std::io::Result<Self> {
        let (bell, rung) = sync_channel(1);
        let heads: Arc<Mutex<HashMap<TenantId, u64>>> = Arc::default();
        let (to, known) = (Arc::clone(server), Arc::clone(&heads));
        std::thread::Builder::new().name("store-teller".into()).spawn(move || tell(&to, &known, &rung))?;
        let (from, channels) = (Arc::clone(server), Arc::downgrade(channels));
        std::thread::Builder::new().name("store-listener".into()).spawn(move || listen(&from, &channels))?;
        Ok(Self { heads, bell })
    }

    /// Takes note of committed events.
    pub(in crate::store) fn tell(&self, events: &[Event]) {
        if events.is_empty() {
            return;
        }
        let mut heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        for event in events {
            match heads.get_mut(&event.tenant) {
                Some(head) => *head = event.seq,
                None => {
                    heads.insert(event.tenant.clone(), event.seq);
                }
            }
        }
        // A bell that rings already need not ring twice.
        let _ = self.bell.try_send(());
    }
}

fn tell(server: &Server, heads: &Mutex<HashMap<TenantId, u64>>, rung: &Receiver<()>) {
    let mut client = None;
    while rung.recv().is_ok() {
        std::thread::sleep(COLLECT);
        let grown = std::mem::take(&mut *heads.lock().unwrap_or_else(PoisonError::into_inner));
        let mut messages = vec![String::new()];
        for (tenant, head) in grown {
            let line = format!("{tenant} {head}\n");
            if messages.last().is_some_and(|message| message.len() + line.len() > MESSAGE) {
                messages.push(String::new());
            }
            if let Some(message) = messages.last_mut() {
                message.push_str(&line);
            }
        }
        let mut send = || -> Result<(), postgres::Error> {
            let open = match client.take() {
                Some(open) => open,
                None => server.connect()?,
            };
            let open = client.insert(open);
            for message in &messages {
                open.execute("SELECT pg_notify('boardroom_heads', $1)", &[message])?;
            }
            Ok(())
        };
        if let Err(error) = send() {
            tracing::debug!(%error, "other servers were not told; they will look by themselves");
            client = None;
        }
    }
}

fn listen(server: &Server, channels: &Weak<Channels>) {
    while channels.strong_count() > 0 {
        if let Err(error) = hear(server, channels) {
            tracing::debug!(%error, "the connection that listens was lost");
            std::thread::sleep(AGAIN);
        }
    }
}

fn hear(server: &Server, channels: &Weak<Channels>) -> Result<(), postgres::Error> {
    let mut client = server.connect()?;
    client.batch_execute("LISTEN boardroom_heads")?;
    while let Some(channels) = channels.upgrade() {
        let heard = client.notifications().timeout_iter(AGAIN).next()?;
        match heard {
            Some(heard) => {
                for (tenant, head) in heard.payload().lines().filter_map(read) {
                    channels.observe(&tenant, head);
                }
            }
            // Hearing nothing may also mean that nobody is there any more.
            None => client.is_valid(AGAIN)?,
        }
    }
    Ok(())
}

fn read(line: &str) -> Option<(TenantId, u64)> {
    let (tenant, head) = line.split_once(' ')?;
    let head: u64 = head.parse().ok()?;
    Some((TenantId::new(tenant).ok()?, head)).filter(|_| i64::try_from(head).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_tenant_and_a_head_are_heard() {
        assert_eq!(read("alpha 7"), Some((TenantId::new("alpha").unwrap(), 7)));
        let wrong =
            ["", "alpha", "alpha ", "alpha -1", "alpha 18446744073709551615", "alpha 7 8", " 7", "Alpha! 7"];
        for line in wrong {
            assert_eq!(read(line), None, "{line:?}");
        }
    }
}
