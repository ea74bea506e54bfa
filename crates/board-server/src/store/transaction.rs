//! A group of jobs on its way to one commit, and the view of it that a job has.
//!
//! Events and results are decided in memory and written in one go at the end. A job that asks for the database begins
//! a transaction of its own, with a savepoint, and sees everything that was decided so far.

use std::collections::{BTreeMap, HashMap, HashSet};

use board_domain::{Actor, Audience, Book, Event, Fact, Hash, Origin, PersonId, TenantId};
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    StoreError, audience, client,
    command_result::{self, CommandResult},
    engine::{Batch, Engine, Remembered},
    known::{Ahead, Known, Mark},
    lane::Job,
    membership,
    sql::Sql,
    tenant,
};

/// A group of jobs before its commit.
pub(super) struct Group {
    pub(super) engine: Box<dyn Engine>,
    known: HashMap<TenantId, Known>,
    /// The tenant of all jobs, where the engine takes one at a time.
    tenant: Option<TenantId>,
    /// Whether commands are looked up even where they seem to be next in turn.
    careful: bool,
    begun: bool,
    /// Whether what is remembered was relied upon.
    consulted: bool,
    /// Tenants whose row was read in this transaction.
    checked: HashSet<TenantId>,
    ahead: HashMap<TenantId, Ahead>,
    events: Vec<Event>,
    results: Vec<Remembered>,
    /// How many of `events` and `results` are in the transaction already.
    written: (usize, usize),
    /// Why the whole group fails, where a job met the reason first.
    failed: Option<StoreError>,
}

impl Group {
    /// The epoch that a tenant's newest events were committed under.
    pub(super) fn epoch(&self, tenant: &TenantId) -> Option<Uuid> {
        self.known.get(tenant).map(|known| known.epoch)
    }

    /// Takes up what another lane remembered of a tenant.
    pub(super) fn recall(&mut self, tenant: TenantId, known: Known) {
        self.known.insert(tenant, known);
    }

    /// Gives away what is remembered of a tenant.
    pub(super) fn forget(&mut self, tenant: &TenantId) -> Option<Known> {
        self.known.remove(tenant)
    }

    pub(super) fn new(engine: Box<dyn Engine>) -> Self {
        Self {
            engine,
            known: HashMap::new(),
            tenant: None,
            careful: false,
            begun: false,
            consulted: false,
            checked: HashSet::new(),
            ahead: HashMap::new(),
            events: Vec::new(),
            results: Vec::new(),
            written: (0, 0),
            failed: None,
        }
    }

    /// Runs the jobs and commits what they leave; gives the events. `locks_first` trusts nothing that is remembered
    /// before it is checked under the log's lock; `careful` looks every command up.
    pub(super) fn commit(
        &mut self,
        jobs: &mut [Box<dyn Job>],
        locks_first: bool,
        careful: bool,
    ) -> Result<Vec<Event>, StoreError> {
        self.tenant = jobs.first().and_then(|job| job.tenant()).cloned();
        self.careful = careful;
        let result = self.run(jobs, locks_first);
        if result.is_ok() {
            self.keep();
        } else {
            self.abandon();
        }
        self.begun = false;
        self.consulted = false;
        self.checked.clear();
        self.results.clear();
        self.written = (0, 0);
        self.failed = None;
        let events = std::mem::take(&mut self.events);
        result.map(|()| events)
    }

    fn run(&mut self, jobs: &mut [Box<dyn Job>], locks_first: bool) -> Result<(), StoreError> {
        if locks_first {
            self.begin()?;
        }
        for job in jobs {
            let start = (self.events.len(), self.results.len());
            let tenant = job.tenant().cloned();
            let mut transaction = Transaction { group: &mut *self, tenant, start, saved: false };
            // A panic is one job's fault and must not take the lane, and with it the server, down.
            let stays = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job.run(&mut transaction)));
            let saved = transaction.saved;
            if let Some(error) = self.failed.take() {
                return Err(error);
            }
            if !stays.unwrap_or(false) {
                self.undo(start, saved)?;
            }
            if saved {
                self.engine.control("RELEASE SAVEPOINT job")?;
            }
        }
        self.finish()
    }

    /// Remembers what was committed.
    fn keep(&mut self) {
        for event in &self.events {
            if let Some(known) = self.known.get_mut(&event.tenant) {
                known.follow(event);
            }
        }
        for (tenant, ahead) in self.ahead.drain() {
            if let Some(known) = self.known.get_mut(&tenant) {
                known.advance(ahead);
            }
        }
    }

    /// Leaves nothing of the group behind, in the database or in memory.
    fn abandon(&mut self) {
        if self.begun {
            // A connection that is gone has rolled back by itself.
            let _ = self.engine.control("ROLLBACK");
        }
        self.checked.extend(self.ahead.drain().map(|(tenant, _)| tenant));
        for tenant in self.checked.iter().chain(&self.tenant) {
            if let Some(known) = self.known.get_mut(tenant) {
                known.stale = true;
                known.undo(known.head);
            }
        }
    }

    fn finish(&mut self) -> Result<(), StoreError> {
        if self.begun {
            self.write((self.events.len(), self.results.len()))?;
            fail::fail_point!("store.before_commit");
            return self.engine.control("COMMIT");
        }
        if self.events.is_empty() && self.results.is_empty() {
            return self.confirm();
        }
        fail::fail_point!("store.before_commit");
        self.write((self.events.len(), self.results.len()))
    }

    /// Answers that rest on what is remembered, with nothing to write, hold only where the log has not moved since.
    fn confirm(&mut self) -> Result<(), StoreError> {
        let Some(tenant) = self.tenant.as_ref().filter(|_| self.consulted) else { return Ok(()) };
        let row = tenant::get(self.engine.sql(), tenant)?;
        let known = self.known.get(tenant);
        match (row, known) {
            (Some(row), Some(known)) if row.epoch == known.epoch && row.head == known.head => Ok(()),
            (None, None) => Ok(()),
            _ => Err(StoreError::Lost),
        }
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        if self.begun {
            return Ok(());
        }
        self.engine.control(if self.engine.far() { "BEGIN" } else { "BEGIN IMMEDIATE" })?;
        self.begun = true;
        // The log's lock comes before every other, so that two servers wait for each other in one order only.
        if let Some(tenant) = self.tenant.clone().filter(|_| self.engine.far()) {
            match self.know(&tenant) {
                Ok(()) | Err(StoreError::NoTenant(_)) => (),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Makes sure that what is remembered of a tenant may be relied upon here.
    fn know(&mut self, tenant: &TenantId) -> Result<(), StoreError> {
        self.consulted = true;
        let known = self.known.get(tenant).filter(|known| !known.stale);
        if known.is_some() && (!self.begun || self.checked.contains(tenant)) {
            return Ok(());
        }
        let row =
            if self.begun { self.engine.lock(tenant)? } else { tenant::get(self.engine.sql(), tenant)? };
        let Some(row) = row else {
            self.known.remove(tenant);
            return Err(StoreError::NoTenant(tenant.clone()));
        };
        let written = self.events[..self.written.0].iter().rev().find(|event| event.tenant == *tenant);
        let expected = written.map(|event| event.seq).or(known.map(|known| known.head));
        let as_thought = known.is_some_and(|known| known.epoch == row.epoch) && expected == Some(row.head);
        if !as_thought {
            if self.ahead.contains_key(tenant) {
                return Err(StoreError::Lost);
            }
            self.known.entry(tenant.clone()).or_insert_with(|| Known::new(&row)).refresh(&row);
        }
        if self.begun {
            self.checked.insert(tenant.clone());
        }
        Ok(())
    }

    /// Takes back what a job left.
    fn undo(&mut self, start: (usize, usize), saved: bool) -> Result<(), StoreError> {
        if saved {
            self.engine.control("ROLLBACK TO SAVEPOINT job")?;
            self.written = (self.written.0.min(start.0), self.written.1.min(start.1));
            // The job may have made or moved what was read after it.
            self.checked.clear();
        }
        if (self.events.len(), self.results.len()) == start {
            return Ok(());
        }
        for event in self.events.drain(start.0..) {
            if let Some(known) = self.known.get_mut(&event.tenant) {
                known.undo(event.seq - 1);
            }
        }
        self.results.truncate(start.1);
        self.ahead.clear();
        for event in &self.events {
            let Some(known) = self.known.get(&event.tenant) else { return Err(StoreError::Lost) };
            let ahead = self.ahead.entry(event.tenant.clone()).or_insert_with(|| Ahead::of(known));
            ahead.note(event);
        }
        for (index, one) in self.results.iter().enumerate() {
            let Some(known) = self.known.get(&one.tenant) else { return Err(StoreError::Lost) };
            let ahead = self.ahead.entry(one.tenant.clone()).or_insert_with(|| Ahead::of(known));
            ahead.remember(index, one);
        }
        Ok(())
    }

    /// Writes what was decided, up to `end`.
    fn write(&mut self, end: (usize, usize)) -> Result<(), StoreError> {
        if self.written == end {
            return Ok(());
        }
        fail::fail_point!("store.before_append");
        let mut batches: BTreeMap<&TenantId, Batch<'_>> = BTreeMap::new();
        let events = &self.events[self.written.0..end.0];
        let results = &self.results[self.written.1..end.1];
        let tenants = events.iter().map(|event| &event.tenant).chain(results.iter().map(|one| &one.tenant));
        for tenant in tenants {
            let Some(known) = self.known.get(tenant) else { return Err(StoreError::Lost) };
            batches.entry(tenant).or_insert_with(|| {
                let before = self.events[..self.written.0].iter().rev().find(|event| event.tenant == *tenant);
                let from = before.map_or(known.head, |event| event.seq);
                let last_at = before.map_or(known.last_at, |event| event.at.as_millisecond());
                let (events, results) = (Vec::new(), Vec::new());
                Batch { tenant, epoch: known.epoch, from, to: from, last_at, events, results }
            });
        }
        for event in events {
            if let Some(batch) = batches.get_mut(&event.tenant) {
                batch.to = event.seq;
                batch.last_at = event.at.as_millisecond();
                batch.events.push(event);
            }
        }
        for result in results {
            if let Some(batch) = batches.get_mut(&result.tenant) {
                batch.results.push(result);
            }
        }
        for batch in batches.values() {
            if !self.engine.append(batch)? {
                return Err(StoreError::Lost);
            }
        }
        self.written = end;
        Ok(())
    }
}

/// The view of a group that one job has.
pub(crate) struct Transaction<'a> {
    group: &'a mut Group,
    tenant: Option<TenantId>,
    /// Where the job's own events and results begin.
    start: (usize, usize),
    saved: bool,
}

impl Transaction<'_> {
    /// For the queries of the tables' files; they see what this job and those before it decided.
    pub(crate) fn sql(&mut self) -> Result<&mut dyn Sql, StoreError> {
        let start = self.start;
        let saved = std::mem::replace(&mut self.saved, true);
        self.guarded(|group| {
            group.begin()?;
            if !saved {
                group.write(start)?;
                group.engine.control("SAVEPOINT job")?;
            }
            group.write((group.events.len(), group.results.len()))
        })?;
        Ok(self.group.engine.sql())
    }

    /// A failure in here is the group's, not the job's.
    fn guarded(&mut self, work: impl FnOnce(&mut Group) -> Result<(), StoreError>) -> Result<(), StoreError> {
        work(self.group).map_err(|error| {
            let again = error.again();
            self.group.failed.get_or_insert(error);
            again
        })
    }

    /// The job's tenant, with what is remembered of it.
    fn own(&mut self) -> Result<TenantId, StoreError> {
        let tenant = self.tenant.clone().ok_or(StoreError::Tenantless)?;
        self.guarded_loss(|group| group.know(&tenant))?;
        Ok(tenant)
    }

    /// To have lost is the group's matter; any other failure is the job's own.
    fn guarded_loss(
        &mut self,
        work: impl FnOnce(&mut Group) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        match work(self.group) {
            Err(StoreError::Lost) => self.guarded(|_| Err(StoreError::Lost)),
            other => other,
        }
    }

    /// The rows of the job's tenant as they stand, with what was appended so far.
    pub(crate) fn book(&mut self, tenant: &TenantId) -> Result<&Book, StoreError> {
        if self.own()? != *tenant {
            return Err(StoreError::Tenantless);
        }
        self.guarded_loss(|group| {
            let Group { engine, known, ahead, events, .. } = group;
            let known = known.get_mut(tenant).ok_or(StoreError::Lost)?;
            // Most tenants of a group have one job in it, with nothing before it.
            let pending = if ahead.contains_key(tenant) { events.as_slice() } else { &[] };
            known.fold(engine.sql(), tenant, pending.iter())
        })?;
        self.group.known.get(tenant).map(Known::book).ok_or(StoreError::Lost)
    }

    /// The owner of a client and the number of its last processed command, and the result stored for a number of the
    /// client or else for a key.
    pub(crate) fn command(
        &mut self,
        client: Uuid,
        cmd_seq: u64,
        key: Uuid,
    ) -> Result<(Option<Mark>, Option<CommandResult>), StoreError> {
        let tenant = self.own()?;
        let group = &mut *self.group;
        if let Some((mark, indices)) = group.ahead.get(&tenant).and_then(|ahead| ahead.marks.get(&client)) {
            let key = key.to_string();
            let mut results = indices.iter().map(|index| &group.results[*index].result);
            let by_number = results.clone().find(|result| result.cmd_seq == cmd_seq);
            if let Some(known) = by_number.or_else(|| results.find(|result| result.key == key)) {
                return Ok((Some(mark.clone()), Some(known.clone())));
            }
        }
        let mark = self.mark(&tenant, client)?;
        let next = mark.as_ref().map_or(0, |(_, last)| *last) + 1;
        let group = &mut *self.group;
        // A command that is next in turn is not looked up: the table refuses a key used before.
        if cmd_seq == next && !group.careful {
            return Ok((mark, None));
        }
        let result = command_result::find(self.group.engine.sql(), &tenant, client, cmd_seq, key)?;
        Ok((mark, result))
    }

    fn mark(&mut self, tenant: &TenantId, client: Uuid) -> Result<Option<Mark>, StoreError> {
        let group = &mut *self.group;
        if let Some((mark, _)) = group.ahead.get(tenant).and_then(|ahead| ahead.marks.get(&client)) {
            return Ok(Some(mark.clone()));
        }
        let known = group.known.get_mut(tenant).ok_or(StoreError::Lost)?;
        if let Some(mark) = known.marks.get(&client) {
            return Ok(mark.clone());
        }
        let mark = client::get(group.engine.sql(), tenant, client)?;
        known.marks.insert(client, mark.clone());
        Ok(mark)
    }

    /// Stores a command's result and moves its client's mark; the first command ties the client to its person.
    pub(crate) fn remember(
        &mut self,
        client: Uuid,
        person: &PersonId,
        result: CommandResult,
    ) -> Result<(), StoreError> {
        let tenant = self.own()?;
        let Group { known, ahead, results, .. } = &mut *self.group;
        let known = known.get(&tenant).ok_or(StoreError::Lost)?;
        let one = Remembered { tenant: tenant.clone(), client, person: person.to_string(), result };
        ahead.entry(tenant).or_insert_with(|| Ahead::of(known)).remember(results.len(), &one);
        results.push(one);
        Ok(())
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

    /// Appends facts with consecutive numbers, extends the chain of each audience and keeps the index of memberships.
    /// Returns the new head.
    pub(crate) fn append(
        &mut self,
        tenant: &TenantId,
        actor: &Actor,
        origin: Option<&Origin>,
        now: Timestamp,
        facts: Vec<(Fact, Audience)>,
    ) -> Result<u64, StoreError> {
        if self.own()? != *tenant {
            return Err(StoreError::Tenantless);
        }
        let Group { engine, known, ahead, events, .. } = &mut *self.group;
        let known = known.get_mut(tenant).ok_or(StoreError::Lost)?;
        let ahead = ahead.entry(tenant.clone()).or_insert_with(|| Ahead::of(known));
        let at = ahead.last_at.max(now.as_millisecond());
        let at = Timestamp::from_millisecond(at).map_err(|_| StoreError::Unreadable("time"))?;
        let mut people = Vec::new();
        for (fact, audience) in facts {
            let remembered = ahead.ends.get(&audience).or_else(|| known.ends.get(&audience)).copied();
            let end = remembered.map_or_else(|| audience::end(engine.sql(), tenant, &audience), Ok)?;
            if remembered.is_none() {
                known.ends.insert(audience.clone(), end);
            }
            let mut event = Event {
                tenant: tenant.clone(),
                seq: ahead.head + 1,
                id: Uuid::now_v7(),
                at,
                actor: actor.clone(),
                origin: origin.cloned(),
                audience,
                audience_seq: end.seq + 1,
                prev_hash: end.hash,
                hash: Hash::ZERO,
                kind: fact.kind().to_owned(),
                body: fact.body()?,
            };
            event.hash = event.digest();
            ahead.note(&event);
            events.push(event);
            match fact {
                Fact::PersonJoined { person } => people.push((person.id, Some(person.role))),
                Fact::PersonLeft { person } => people.push((person, None)),
                _ => (),
            }
        }
        let head = ahead.head;
        for (person, role) in people {
            let sql = self.sql()?;
            match role {
                Some(role) => membership::put(sql, tenant, &person, role)?,
                None => membership::remove(sql, tenant, &person)?,
            }
        }
        Ok(head)
    }
}
