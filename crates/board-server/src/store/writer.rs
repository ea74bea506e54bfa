//! The one thread that writes: it takes the jobs that wait, runs each in a savepoint, commits them together, and only
//! then answers.
//!
//! It also keeps each tenant's book in memory, so that commands are decided against the log as it stands.

use std::{collections::HashMap, sync::Arc};

use board_domain::{Actor, Audience, Book, Event, Fact, Hash, Origin, TenantId};
use jiff::Timestamp;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::{StoreError, audience, event, membership, tenant};
use crate::channel::Channels;

/// Most jobs in one commit.
const GROUP: usize = 64;

/// Each tenant's book and the position it was folded to.
type Books = HashMap<TenantId, (u64, Book)>;

/// Work for the writer.
pub(super) type Job = Box<dyn FnOnce(&mut Transaction<'_>) -> Finish + Send>;

/// What a job left: whether its changes stay, and how to answer once they are on disk.
pub(super) struct Finish {
    stays: bool,
    answer: Box<dyn FnOnce(Result<(), StoreError>) + Send>,
}

/// Wraps typed work into a job.
pub(super) fn job<T, E, F>(work: F, answer: oneshot::Sender<Result<T, E>>) -> Job
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
    F: FnOnce(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
{
    Box::new(move |transaction| {
        let result = work(transaction);
        Finish {
            stays: result.is_ok(),
            answer: Box::new(move |committed| {
                // The caller may have gone away; the change stands all the same.
                let _ = answer.send(committed.map_err(E::from).and(result));
            }),
        }
    })
}

pub(super) fn start(
    connection: Connection,
    mut queue: mpsc::Receiver<Job>,
    channels: Arc<Channels>,
) -> std::io::Result<()> {
    let run = move || {
        let mut books = HashMap::new();
        while let Some(first) = queue.blocking_recv() {
            let mut jobs = vec![first];
            while jobs.len() < GROUP {
                let Ok(next) = queue.try_recv() else { break };
                jobs.push(next);
            }
            commit(&connection, &mut books, jobs, &channels);
        }
    };
    std::thread::Builder::new().name("store-writer".into()).spawn(run).map(|_| ())
}

fn commit(connection: &Connection, books: &mut Books, jobs: Vec<Job>, channels: &Channels) {
    let mut appended = Vec::new();
    let mut answers = Vec::new();
    let result = (|| -> Result<(), rusqlite::Error> {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for job in jobs {
            connection.execute_batch("SAVEPOINT job")?;
            let before = appended.len();
            let mut transaction = Transaction { sql: connection, books, appended: &mut appended };
            // A panic is one job's fault and must not take the writer, and with it the server, down.
            let finish = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job(&mut transaction)));
            let stays = finish.as_ref().is_ok_and(|finish| finish.stays);
            if !stays {
                connection.execute_batch("ROLLBACK TO job")?;
                for event in appended.drain(before..) {
                    books.remove(&event.tenant);
                }
            }
            connection.execute_batch("RELEASE job")?;
            answers.extend(finish.ok().map(|finish| finish.answer));
        }
        connection.execute_batch("COMMIT")
    })();
    if let Err(error) = result {
        tracing::error!(%error, "a commit failed; nothing of it was kept");
        let _ = connection.execute_batch("ROLLBACK");
        books.clear();
        let reason = error.to_string();
        for answer in answers {
            let error = rusqlite::Error::SqliteFailure(
                rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ABORT),
                Some(reason.clone()),
            );
            answer(Err(error.into()));
        }
        return;
    }
    channels.publish(appended);
    for answer in answers {
        answer(Ok(()));
    }
}

/// A running transaction of the writer.
pub(crate) struct Transaction<'a> {
    /// For the queries of the tables' files.
    pub(crate) sql: &'a Connection,
    books: &'a mut Books,
    appended: &'a mut Vec<Event>,
}

impl Transaction<'_> {
    /// The tenant's rows as they stand, with what this transaction appended so far.
    pub(crate) fn book(&mut self, tenant: &TenantId) -> Result<&Book, StoreError> {
        let (folded, book) = self.books.entry(tenant.clone()).or_default();
        // Another process, such as a command line beside the server, may have appended too.
        let result = event::each(self.sql, tenant, *folded, |event| {
            book.apply(&event)?;
            *folded = event.seq;
            Ok(())
        });
        result.map(|()| &*book)
    }

    /// Appends facts with consecutive numbers, extends the chain of each audience, folds them into the book and keeps
    /// the index of memberships. Returns the new head.
    pub(crate) fn append(
        &mut self,
        tenant: &TenantId,
        actor: &Actor,
        origin: Option<&Origin>,
        now: Timestamp,
        facts: Vec<(Fact, Audience)>,
    ) -> Result<u64, StoreError> {
        self.book(tenant)?;
        let mut row = tenant::get(self.sql, tenant)?.ok_or_else(|| StoreError::NoTenant(tenant.clone()))?;
        row.last_at = row.last_at.max(now.as_millisecond());
        let at = Timestamp::from_millisecond(row.last_at).map_err(|_| StoreError::Unreadable("time"))?;
        let mut ends: HashMap<Audience, audience::End> = HashMap::new();
        for (fact, audience) in facts {
            if !ends.contains_key(&audience) {
                ends.insert(audience.clone(), audience::end(self.sql, tenant, &audience)?);
            }
            let end = ends.get_mut(&audience).ok_or(StoreError::Unreadable("audience"))?;
            row.head += 1;
            end.seq += 1;
            let mut event = Event {
                tenant: tenant.clone(),
                seq: row.head,
                id: Uuid::now_v7(),
                at,
                actor: actor.clone(),
                origin: origin.cloned(),
                audience,
                audience_seq: end.seq,
                prev_hash: end.hash,
                hash: Hash::ZERO,
                kind: fact.kind().to_owned(),
                body: fact.body()?,
            };
            event.hash = event.digest();
            end.hash = event.hash;
            event::insert(self.sql, &event)?;
            match &fact {
                Fact::PersonJoined { person } => membership::put(self.sql, tenant, &person.id, person.role)?,
                Fact::PersonLeft { person } => membership::remove(self.sql, tenant, person)?,
                _ => (),
            }
            if let Some((folded, book)) = self.books.get_mut(tenant) {
                book.apply(&event)?;
                *folded = event.seq;
            }
            self.appended.push(event);
        }
        for (audience, end) in &ends {
            audience::put(self.sql, tenant, audience, end)?;
        }
        tenant::advance(self.sql, tenant, row.head, row.last_at)?;
        Ok(row.head)
    }
}
