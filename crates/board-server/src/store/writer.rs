//! The one thread that writes: it takes the jobs that wait, runs each in a savepoint, commits them together, and only
//! then answers.
//!
//! It also keeps each tenant's book in memory, so that commands are decided against the log as it stands.

use std::{collections::HashMap, sync::Arc};

use board_domain::{Actor, Audience, Book, Event, Fact, Hash, Origin, PersonId, TenantId};
use jiff::Timestamp;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::{
    StoreError, audience, client,
    command_result::{self, CommandResult},
    event, membership,
    sql::Sql,
    tenant,
};
use crate::channel::Channels;

/// Most jobs in one commit.
const GROUP: usize = 64;

/// Each tenant's book and the position it was folded to.
type Books = HashMap<TenantId, (u64, Book)>;

/// Work for the writer, which may be run more than once and is answered once.
pub(super) trait Job: Send {
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
    fn run(&mut self, transaction: &mut Transaction<'_>) -> bool {
        self.result = None;
        transaction.tenant.clone_from(&self.tenant);
        let result = (self.change)(transaction);
        let stays = result.is_ok();
        self.result = Some(result);
        stays
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        // A run that panicked left no result, and its caller sees the channel close. A caller may also have gone away;
        // the change stands all the same.
        if let Some(result) = self.result {
            let _ = self.answer.send(committed.map_err(E::from).and(result));
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

/// The one that writes.
pub(super) struct Writer {
    connection: Connection,
    books: Books,
    channels: Arc<Channels>,
}

impl Writer {
    pub(super) fn new(connection: Connection, channels: Arc<Channels>) -> Self {
        Self { connection, books: HashMap::new(), channels }
    }

    /// Moves to a thread and works until nobody can send any more.
    pub(super) fn start(mut self, mut queue: mpsc::Receiver<Box<dyn Job>>) -> std::io::Result<()> {
        let run = move || {
            while let Some(first) = queue.blocking_recv() {
                let mut jobs = vec![first];
                while jobs.len() < GROUP {
                    let Ok(next) = queue.try_recv() else { break };
                    jobs.push(next);
                }
                self.commit(jobs);
            }
        };
        std::thread::Builder::new().name("store-writer".into()).spawn(run).map(|_| ())
    }

    /// For reads between commits.
    pub(super) fn sql(&mut self) -> &mut dyn Sql {
        &mut self.connection
    }

    /// Runs jobs, commits them together and answers them.
    pub(super) fn commit(&mut self, mut jobs: Vec<Box<dyn Job>>) {
        let mut appended = Vec::new();
        let result = self.run(&mut jobs, &mut appended);
        if let Err(error) = result {
            tracing::error!(%error, "a commit failed; nothing of it was kept");
            let _ = self.connection.execute_batch("ROLLBACK");
            self.books.clear();
            let reason = error.to_string();
            for job in jobs {
                job.answer(Err(StoreError::Commit(reason.clone())));
            }
            return;
        }
        self.channels.publish(appended);
        for job in jobs {
            job.answer(Ok(()));
        }
    }

    fn run(&mut self, jobs: &mut [Box<dyn Job>], appended: &mut Vec<Event>) -> Result<(), rusqlite::Error> {
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        for job in jobs {
            self.connection.execute_batch("SAVEPOINT job")?;
            let before = appended.len();
            let (sql, books) = (&mut self.connection, &mut self.books);
            let mut transaction = Transaction { sql, books, appended, tenant: None };
            // A panic is one job's fault and must not take the writer, and with it the server, down.
            let stays = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job.run(&mut transaction)));
            if !stays.unwrap_or(false) {
                self.connection.execute_batch("ROLLBACK TO job")?;
                for event in appended.drain(before..) {
                    self.books.remove(&event.tenant);
                }
            }
            self.connection.execute_batch("RELEASE job")?;
        }
        self.connection.execute_batch("COMMIT")
    }
}

/// A running transaction of the writer.
pub(crate) struct Transaction<'a> {
    sql: &'a mut Connection,
    books: &'a mut Books,
    appended: &'a mut Vec<Event>,
    tenant: Option<TenantId>,
}

impl Transaction<'_> {
    /// For the queries of the tables' files.
    #[allow(clippy::unnecessary_wraps, reason = "an engine across a network begins its transaction here")]
    pub(crate) fn sql(&mut self) -> Result<&mut dyn Sql, StoreError> {
        Ok(self.sql)
    }

    /// The owner of a client and the number of its last processed command.
    pub(crate) fn mark(&mut self, client: Uuid) -> Result<Option<(String, u64)>, StoreError> {
        client::get(self.sql, self.tenant.as_ref().ok_or(StoreError::Tenantless)?, client)
    }

    /// The result stored for a client's number, or else the one stored for its key.
    pub(crate) fn result(
        &mut self,
        client: Uuid,
        cmd_seq: u64,
        key: Uuid,
    ) -> Result<Option<CommandResult>, StoreError> {
        let tenant = self.tenant.as_ref().ok_or(StoreError::Tenantless)?;
        command_result::find(self.sql, tenant, client, cmd_seq, key)
    }

    /// Stores a command's result and moves its client's mark.
    pub(crate) fn remember(
        &mut self,
        client: Uuid,
        person: &PersonId,
        result: &CommandResult,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant.as_ref().ok_or(StoreError::Tenantless)?;
        client::put(self.sql, tenant, client, person, result.cmd_seq)?;
        command_result::insert(self.sql, tenant, client, result)
    }

    /// Appends facts, each to the audience that `address` names. Returns the new head.
    pub(crate) fn publish(
        &mut self,
        tenant: &TenantId,
        actor: &Actor,
        origin: Option<&Origin>,
        now: Timestamp,
        facts: Vec<Fact>,
        address: impl Fn(&Fact) -> Audience,
    ) -> Result<u64, StoreError> {
        let facts = facts.into_iter().map(|fact| {
            let audience = address(&fact);
            (fact, audience)
        });
        self.append(tenant, actor, origin, now, facts.collect())
    }

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
