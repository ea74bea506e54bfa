//! The engine on `PostgreSQL`: a lane's or a reader's connection, and the one statement that appends.
//!
//! Connections are made where they are first used and made anew where they were lost; nothing is retried in silence,
//! because only the caller knows whether doing it twice does harm.

mod address;
mod grown;

use std::{
    collections::HashMap,
    ops::ControlFlow,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use board_domain::TenantId;
use postgres::{
    Client, Statement,
    error::{Severity, SqlState},
    fallible_iterator::FallibleIterator,
    types::ToSql,
};

use super::{
    OpenError, StoreError,
    engine::{Batch, Engine},
    sql::{Row, Sql, Value, Visit, values},
    tenant::{self, TenantRow},
};
pub(super) use address::Server;
pub(super) use grown::Grown;

/// The steps that make the tables, oldest first. Shipped steps never change; a change is one more.
const STEPS: [&str; 4] = [
    include_str!("version_1.sql"),
    include_str!("version_2.sql"),
    include_str!("version_3.sql"),
    include_str!("version_4.sql"),
];
/// A connection idle for longer is asked whether it still lives before work is given to it.
const IDLE: Duration = Duration::from_secs(1);
/// How long the question may take.
const ALIVE: Duration = Duration::from_secs(2);
/// After a failed attempt to connect, work is refused at once for that long.
const PAUSE: Duration = Duration::from_millis(250);
/// What every connection is set to. A commit is on disk before it is answered, whatever the server's default.
const SETTINGS: &str = "SET synchronous_commit = on; SET statement_timeout = '30s'; SET lock_timeout = '10s';
    SET idle_in_transaction_session_timeout = '60s'; SET default_transaction_isolation = 'read committed';
    SET client_min_messages = warning; SET search_path = public; SET plan_cache_mode = force_generic_plan; SET jit = off";

/// Brings the tables to the newest version. Of several servers that start at once, one does it and the others wait.
pub(super) fn migrate(server: &Server) -> Result<(), OpenError> {
    let work = |client: &mut Client| -> Result<Result<(), OpenError>, postgres::Error> {
        let mut transaction = client.transaction()?;
        transaction.batch_execute(
            "SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = '10min';
             SELECT pg_advisory_xact_lock(hashtextextended('boardroom schema', 0));
             CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)",
        )?;
        let found = transaction.query_opt("SELECT version FROM schema_version", &[])?;
        let found: i64 = found.map_or(Ok(0), |row| row.try_get(0))?;
        let Some(done) = usize::try_from(found).ok().filter(|done| *done <= STEPS.len()) else {
            return Ok(Err(OpenError::Newer { found, known: STEPS.len() }));
        };
        for step in &STEPS[done..] {
            transaction.batch_execute(step)?;
        }
        if done < STEPS.len() {
            let version = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
            transaction.execute("DELETE FROM schema_version", &[])?;
            transaction.execute("INSERT INTO schema_version (version) VALUES ($1)", &[&version])?;
        }
        transaction.commit()?;
        Ok(Ok(()))
    };
    // The client blocks, which a task must not; this thread has no tasks.
    std::thread::scope(|scope| {
        let attempt = scope.spawn(|| {
            let mut client = server.connect().map_err(|error| server.open_error(&error))?;
            work(&mut client).map_err(|error| server.open_error(&error))?
        });
        attempt.join().unwrap_or_else(|_| Err(OpenError::Address("connecting failed".into())))
    })
}

/// A connection, made when it is needed.
pub(super) struct Session {
    server: Arc<Server>,
    client: Option<Client>,
    statements: HashMap<&'static str, Statement>,
    used: Instant,
    failed: Option<Instant>,
    /// The server's count of losses when this connection was last known to live.
    losses: u64,
}

impl Session {
    pub(super) fn new(server: Arc<Server>) -> Self {
        Self {
            server,
            client: None,
            statements: HashMap::new(),
            used: Instant::now(),
            failed: None,
            losses: 0,
        }
    }

    /// Runs work on the open connection with a prepared statement; a connection that breaks is let go.
    fn prepared<T>(
        &mut self,
        sql: &'static str,
        work: impl FnOnce(&mut Client, &Statement) -> Result<T, Failed>,
    ) -> Result<T, StoreError> {
        let client = self.client.as_mut().ok_or_else(away)?;
        self.used = Instant::now();
        let result = (|| {
            if !self.statements.contains_key(sql) {
                self.statements.insert(sql, client.prepare(sql)?);
            }
            match self.statements.get(sql) {
                Some(statement) => work(client, statement),
                None => Err(Failed::Store(away())),
            }
        })();
        result.map_err(|failed| match failed {
            Failed::Store(error) => error,
            Failed::Server(error) => self.fault(&error),
        })
    }

    /// Runs work that is no single statement.
    pub(super) fn whole<T>(
        &mut self,
        work: impl FnOnce(&mut Client) -> Result<T, postgres::Error>,
    ) -> Result<T, StoreError> {
        let client = self.client.as_mut().ok_or_else(away)?;
        self.used = Instant::now();
        let result = work(client);
        result.map_err(|error| self.fault(&error))
    }

    /// Visits the rows of a query that is made once and has no parameters.
    pub(super) fn each(
        &mut self,
        text: &str,
        visit: &mut dyn FnMut(&Row<'_>) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        let mut refused = None;
        self.whole(|client| {
            let mut rows = client.query_raw(text, std::iter::empty::<&(dyn ToSql + Sync)>())?;
            while let Some(row) = rows.next()? {
                match visit(&Row::Postgres(&row)) {
                    Ok(ControlFlow::Continue(())) => (),
                    Ok(ControlFlow::Break(())) => break,
                    Err(error) => {
                        refused = Some(error);
                        break;
                    }
                }
            }
            Ok(())
        })?;
        refused.map_or(Ok(()), Err)
    }

    /// Lets the connection go, and has the others asked whether they still live.
    fn lose(&mut self) {
        self.client = None;
        self.server.losses.fetch_add(1, Ordering::Relaxed);
    }

    /// What an error means, and whether the connection is of further use.
    fn fault(&mut self, error: &postgres::Error) -> StoreError {
        let Some(refusal) = error.as_db_error() else {
            self.lose();
            return StoreError::Unavailable(error.to_string());
        };
        // The detail of a refusal may quote values; the message and the code do not.
        let (code, message) = (refusal.code(), format!("{} ({})", refusal.message(), refusal.code().code()));
        let fatal = matches!(refusal.parsed_severity(), Some(Severity::Fatal | Severity::Panic));
        if fatal {
            self.lose();
        }
        if *code == SqlState::UNIQUE_VIOLATION {
            StoreError::Taken(refusal.constraint().unwrap_or("a key").to_owned())
        } else if [SqlState::T_R_DEADLOCK_DETECTED, SqlState::T_R_SERIALIZATION_FAILURE].contains(code) {
            StoreError::Lost
        } else if fatal
            || [SqlState::QUERY_CANCELED, SqlState::LOCK_NOT_AVAILABLE].contains(code)
            || ["08", "53", "57"].contains(&&code.code()[..2])
        {
            StoreError::Unavailable(message)
        } else {
            StoreError::Postgres(message)
        }
    }
}

fn away() -> StoreError {
    StoreError::Unavailable("the connection was lost".into())
}

/// What went wrong, before it is known what becomes of the connection.
enum Failed {
    Store(StoreError),
    Server(postgres::Error),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<postgres::Error> for Failed {
    fn from(error: postgres::Error) -> Self {
        Self::Server(error)
    }
}

fn parameters<'v>(values: &'v [Value<'v>]) -> Vec<&'v (dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

impl Sql for Session {
    fn takes_lists(&self) -> bool {
        true
    }

    fn execute(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        self.prepared(sql, |client, statement| Ok(client.execute(statement, &parameters(values))?))
    }

    fn query(&mut self, sql: &'static str, values: &[Value<'_>], visit: Visit<'_>) -> Result<(), StoreError> {
        self.prepared(sql, |client, statement| {
            let mut rows = client.query_raw(statement, parameters(values))?;
            while let Some(row) = rows.next()? {
                if visit(&Row::Postgres(&row)).map_err(Failed::Store)?.is_break() {
                    break;
                }
            }
            Ok(())
        })
    }
}

impl Engine for Session {
    fn ready(&mut self) -> Result<(), StoreError> {
        let losses = self.server.losses.load(Ordering::Relaxed);
        if let Some(client) = &mut self.client {
            let trusted = self.used.elapsed() < IDLE && self.losses == losses;
            if !client.is_closed() && (trusted || client.is_valid(ALIVE).is_ok()) {
                self.losses = losses;
                return Ok(());
            }
        }
        self.client = None;
        self.statements.clear();
        if self.failed.is_some_and(|at| at.elapsed() < PAUSE) {
            return Err(StoreError::Unavailable("the server does not answer".into()));
        }
        match self.server.connect() {
            Ok(client) => {
                self.client = Some(client);
                (self.used, self.failed, self.losses) = (Instant::now(), None, losses);
                Ok(())
            }
            Err(error) => {
                self.failed = Some(Instant::now());
                Err(StoreError::Unavailable(self.server.open_error(&error).to_string()))
            }
        }
    }

    fn sql(&mut self) -> &mut dyn Sql {
        self
    }

    fn control(&mut self, sql: &'static str) -> Result<(), StoreError> {
        self.whole(|client| client.batch_execute(sql))
    }

    fn far(&self) -> bool {
        true
    }

    fn lock(&mut self, tenant: &TenantId) -> Result<Option<TenantRow>, StoreError> {
        let sql: &mut dyn Sql = self;
        sql.first(
            "SELECT epoch, head, floor, last_at FROM tenant WHERE tenant = $1 FOR UPDATE",
            values![tenant.as_str()],
            tenant::read,
        )
    }

    /// One statement, one journey: it moves the head where the log stands where the batch begins, and only then, through
    /// the join with the row it moved, adds the rest.
    fn append(&mut self, batch: &Batch<'_>) -> Result<bool, StoreError> {
        if let Some(appended) = self.append_one(batch)? {
            return Ok(appended);
        }
        let json = |one: &&super::engine::Remembered| serde_json::to_string(&one.result.outcome);
        let (tenant, epoch) = (batch.tenant.as_str(), batch.epoch.to_string());
        let (from, to) = (batch.from.cast_signed(), batch.to.cast_signed());
        let events = &batch.events;
        let origins = || events.iter().map(|event| event.origin.as_ref());
        let seq: Vec<i64> = events.iter().map(|event| event.seq.cast_signed()).collect();
        let id: Vec<String> = events.iter().map(|event| event.id.to_string()).collect();
        let at: Vec<i64> = events.iter().map(|event| event.at.as_millisecond()).collect();
        let actor: Vec<String> = events.iter().map(|event| event.actor.to_string()).collect();
        let client: Vec<Option<String>> =
            origins().map(|origin| origin.map(|origin| origin.client.to_string())).collect();
        let number: Vec<Option<i64>> =
            origins().map(|origin| origin.map(|origin| origin.cmd_seq.cast_signed())).collect();
        let audience: Vec<String> = events.iter().map(|event| event.audience.to_string()).collect();
        let audience_seq: Vec<i64> = events.iter().map(|event| event.audience_seq.cast_signed()).collect();
        let prev_hash: Vec<&[u8]> = events.iter().map(|event| event.prev_hash.0.as_slice()).collect();
        let hash: Vec<&[u8]> = events.iter().map(|event| event.hash.0.as_slice()).collect();
        let kind: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
        let body: Vec<&str> = events.iter().map(|event| event.body.get()).collect();
        let ends = batch.ends();
        let end_audience: Vec<String> = ends.keys().map(ToString::to_string).collect();
        let end_seq: Vec<i64> = ends.values().map(|end| end.seq.cast_signed()).collect();
        let end_hash: Vec<&[u8]> = ends.values().map(|end| end.hash.0.as_slice()).collect();
        let marks = batch.marks();
        let mark_client: Vec<String> = marks.keys().map(ToString::to_string).collect();
        let mark_person: Vec<&str> = marks.values().map(|(person, _)| *person).collect();
        let mark_last: Vec<i64> = marks.values().map(|(_, last)| last.cast_signed()).collect();
        let results = &batch.results;
        let result_client: Vec<String> = results.iter().map(|one| one.client.to_string()).collect();
        let result_number: Vec<i64> = results.iter().map(|one| one.result.cmd_seq.cast_signed()).collect();
        let result_key: Vec<&str> = results.iter().map(|one| one.result.key.as_str()).collect();
        let result_hash: Vec<&[u8]> =
            results.iter().map(|one| one.result.payload_hash.0.as_slice()).collect();
        let result_outcome: Vec<String> = results.iter().map(json).collect::<Result<_, _>>()?;
        self.prepared(include_str!("append.sql"), |connection, statement| {
            let parameters: &[&(dyn ToSql + Sync)] = &[
                &tenant,
                &epoch,
                &from,
                &to,
                &batch.last_at,
                &seq,
                &id,
                &at,
                &actor,
                &client,
                &number,
                &audience,
                &audience_seq,
                &prev_hash,
                &hash,
                &kind,
                &body,
                &end_audience,
                &end_seq,
                &end_hash,
                &mark_client,
                &mark_person,
                &mark_last,
                &result_client,
                &result_number,
                &result_key,
                &result_hash,
                &result_outcome,
            ];
            let moved: i64 = connection.query_one(statement, parameters)?.try_get(0)?;
            Ok(moved == 1)
        })
    }
}

impl Session {
    /// The same for one event of one command, which is most of them, without the cost of lists; nothing for any other.
    fn append_one(&mut self, batch: &Batch<'_>) -> Result<Option<bool>, StoreError> {
        let ([event], [one]) = (batch.events.as_slice(), batch.results.as_slice()) else { return Ok(None) };
        let Some(origin) = &event.origin else { return Ok(None) };
        if (origin.client, origin.cmd_seq) != (one.client, one.result.cmd_seq) {
            return Ok(None);
        }
        let rows = self.prepared(include_str!("append_one.sql"), |connection, statement| {
            let outcome = serde_json::to_string(&one.result.outcome).map_err(StoreError::from)?;
            let (epoch, id, client) =
                (batch.epoch.to_string(), event.id.to_string(), origin.client.to_string());
            let (actor, audience) = (event.actor.to_string(), event.audience.to_string());
            let values = values![
                batch.tenant.as_str(),
                &epoch,
                batch.from,
                batch.to,
                batch.last_at,
                &id,
                &actor,
                &client,
                origin.cmd_seq,
                &audience,
                event.audience_seq,
                &event.prev_hash,
                &event.hash,
                &event.kind,
                event.body.get(),
                &one.person,
                &one.result.key,
                &one.result.payload_hash,
                &outcome,
            ];
            Ok(connection.execute(statement, &parameters(values))?)
        })?;
        Ok(Some(rows == 1))
    }
}
