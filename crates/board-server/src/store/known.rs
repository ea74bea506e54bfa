//! What a lane remembers of a tenant between commits, and what the running group adds to it. A shortcut, never a truth:
//! every commit checks the epoch and the head it was made for.

use std::collections::HashMap;

use board_domain::{Audience, Book, Event, TenantId};
use uuid::Uuid;

use crate::snapshot;

use super::{StoreError, audience::End, engine::Remembered, event, sql::Sql, tenant, tenant::TenantRow};

/// Events that are folded again at most where a group is undone.
const SPARE: u64 = 1_024;

/// The owner of a client and the number of its last processed command.
pub(crate) type Mark = (String, u64);

/// A tenant as committed, at one epoch and head.
pub(super) struct Known {
    pub(super) epoch: Uuid,
    pub(super) head: u64,
    pub(super) last_at: i64,
    /// Whether the row must be read again before it is relied upon.
    pub(super) stale: bool,
    pub(super) ends: HashMap<Audience, End>,
    pub(super) marks: HashMap<Uuid, Option<Mark>>,
    book: Book,
    /// Position the book was folded to; beyond the head while a group runs.
    folded: u64,
    /// An older book, kept where a group folded events that may yet be undone.
    spare: Option<(u64, Book)>,
}

/// The rows of a tenant as committed, for a reader that keeps nothing.
pub(crate) fn committed(sql: &mut dyn Sql, tenant: &TenantId) -> Result<Book, StoreError> {
    let row = tenant::get(sql, tenant)?.ok_or_else(|| StoreError::NoTenant(tenant.clone()))?;
    let mut known = Known::new(&row);
    known.fold(sql, tenant, std::iter::empty())?;
    Ok(known.book)
}

impl Known {
    pub(super) fn new(row: &TenantRow) -> Self {
        Self {
            epoch: row.epoch,
            head: row.head,
            last_at: row.last_at,
            stale: false,
            ends: HashMap::new(),
            marks: HashMap::new(),
            book: Book::default(),
            folded: 0,
            spare: None,
        }
    }

    /// Takes a row that was read just now. What others appended is folded when the book is asked for.
    pub(super) fn refresh(&mut self, row: &TenantRow) {
        if row.epoch != self.epoch || row.head < self.head {
            *self = Self::new(row);
        } else if row.head > self.head {
            (self.head, self.last_at) = (row.head, row.last_at);
            self.ends.clear();
            self.marks.clear();
        }
        self.stale = false;
    }

    /// The rows as folded.
    pub(super) fn book(&self) -> &Book {
        &self.book
    }

    /// Folds up to the head, then `pending` events of this tenant that are not committed yet.
    pub(super) fn fold<'e>(
        &mut self,
        sql: &mut dyn Sql,
        tenant: &TenantId,
        pending: impl Iterator<Item = &'e Event>,
    ) -> Result<(), StoreError> {
        if self.folded < self.head {
            // A log trimmed above the book's position is taken up from its newest snapshot.
            if self.folded == 0 || !self.catch_up(sql, tenant)? {
                (self.folded, self.book) = snapshot::restore(sql, tenant)?;
                if self.folded > self.head {
                    // Another server went on meanwhile, and made a snapshot.
                    self.undo(0);
                    return Err(StoreError::Lost);
                }
                if !self.catch_up(sql, tenant)? {
                    return Err(StoreError::Unreadable("log"));
                }
            }
        }
        for event in pending.filter(|event| event.tenant == *tenant) {
            if event.seq == self.folded + 1 {
                let spared = self.spare.as_ref().map_or(0, |(at, _)| *at);
                if self.folded == self.head && self.head > spared + SPARE {
                    self.spare = Some((self.head, self.book.clone()));
                }
                self.book.apply(event)?;
                self.folded = event.seq;
            }
        }
        Ok(())
    }

    /// Folds up to the head; `false` where the log is not whole in between.
    fn catch_up(&mut self, sql: &mut dyn Sql, tenant: &TenantId) -> Result<bool, StoreError> {
        let (book, folded) = (&mut self.book, &mut self.folded);
        event::each(sql, tenant, *folded, self.head, |event| {
            if event.seq == *folded + 1 {
                book.apply(&event)?;
                *folded = event.seq;
            }
            Ok(())
        })?;
        Ok(self.folded == self.head)
    }

    /// Forgets what was folded beyond a position.
    pub(super) fn undo(&mut self, to: u64) {
        if self.folded > to {
            let spare = self.spare.clone().filter(|(at, _)| *at <= to);
            (self.folded, self.book) = spare.unwrap_or_default();
        }
    }

    /// Folds a committed event, where the book was folded that far; one that nobody asks for is not kept up.
    pub(super) fn follow(&mut self, event: &Event) {
        if event.seq == self.folded + 1 {
            match self.book.apply(event) {
                Ok(()) => self.folded = event.seq,
                Err(_) => self.undo(0),
            }
        }
    }

    /// Takes over what a commit added.
    pub(super) fn advance(&mut self, ahead: Ahead) {
        (self.head, self.last_at) = (ahead.head, ahead.last_at);
        self.ends.extend(ahead.ends);
        self.marks.extend(ahead.marks.into_iter().map(|(client, (mark, _))| (client, Some(mark))));
    }
}

/// What the running group adds to a tenant.
pub(super) struct Ahead {
    pub(super) head: u64,
    pub(super) last_at: i64,
    pub(super) ends: HashMap<Audience, End>,
    /// Each client's mark, and which of the group's results are the client's.
    pub(super) marks: HashMap<Uuid, (Mark, Vec<usize>)>,
}

impl Ahead {
    pub(super) fn of(known: &Known) -> Self {
        let (head, last_at) = (known.head, known.last_at);
        Self { head, last_at, ends: HashMap::new(), marks: HashMap::new() }
    }

    /// Counts in the group's result at an index.
    pub(super) fn remember(&mut self, index: usize, one: &Remembered) {
        let mark = (one.person.clone(), one.result.cmd_seq);
        let (known, indices) = self.marks.entry(one.client).or_insert_with(|| (mark.clone(), Vec::new()));
        *known = mark;
        indices.push(index);
    }

    /// Counts in an event of the group.
    pub(super) fn note(&mut self, event: &Event) {
        self.head = event.seq;
        self.last_at = event.at.as_millisecond();
        let end = End { seq: event.audience_seq, hash: event.hash };
        match self.ends.get_mut(&event.audience) {
            Some(known) => *known = end,
            None => {
                self.ends.insert(event.audience.clone(), end);
            }
        }
    }
}
