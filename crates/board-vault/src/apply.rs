//! The one write path of the log: append, check the chain, fold and move the cursor, in one transaction.

use std::collections::BTreeSet;

use board_domain::wire::Frame;
use board_domain::{Audience, Event, Table, TenantId};
use jiff::Timestamp;
use rusqlite::{CachedStatement, Transaction, params};
use uuid::Uuid;

use crate::audiences::{Admission, Audiences};
use crate::event::{self, EVENT_COLUMNS, HIGHEST_KEPT};
use crate::folding::{Folding, Set, Stamp};
use crate::reader::{nanoseconds, signed};
use crate::{ApplyError, Backfill, TenantCopy, Vault, VaultError, outbox};

/// The highest position that every part of the product can write as a number.
pub(crate) const HIGHEST: u64 = (1 << 53) - 1;

/// What a batch did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Position up to which the copy is now complete.
    pub cursor: u64,
    /// Highest position the server spoke of.
    pub head_heard: u64,
    /// Events appended; those known already are not counted.
    pub events: u32,
    /// Tables whose rows changed.
    pub changed: BTreeSet<Table>,
    /// Commands of this vault whose effect came back, refusals included.
    pub echoed: u32,
    /// The last word on where the reader stands, if the batch had one: the head, and whether more pages follow.
    pub caught_up: Option<(u64, bool)>,
}

impl Vault {
    /// Applies frames of a tenant's log in the order received.
    ///
    /// Positions up to the cursor are skipped, so a batch may be applied twice. A missing position, a foreign tenant,
    /// another epoch or a broken chain fails the whole batch and changes nothing. A kind this version does not know
    /// is kept raw; an event that cannot be folded is kept and pauses its table. Events of an audience that does not
    /// admit the person are not kept; those of one that is still backfilled are left to its backfill.
    pub fn apply(
        &mut self,
        tenant: &TenantId,
        epoch: Uuid,
        frames: &[Frame],
        received_at: Timestamp,
    ) -> Result<Applied, ApplyError> {
        let copy = self.copy_of_epoch(tenant, epoch)?;
        let client = self.client_id()?;
        let transaction = self.write()?;
        let mut batch = Batch {
            applied: Applied { cursor: copy.cursor, head_heard: copy.head_heard, ..Applied::default() },
            keeping: Keeping::new(&transaction, tenant, Set::Today, client, received_at)?,
            epoch,
        };
        for frame in frames {
            batch.take(frame)?;
        }
        let applied = batch.finish()?;
        fail::fail_point!("vault.apply.before_commit");
        transaction.commit()?;
        fail::fail_point!("vault.apply.after_commit");
        Ok(applied)
    }

    /// Applies a page of one gained audience's events, in order, from where its backfill stands up to the position that
    /// the copy had reached without it.
    ///
    /// The events fold straight into the rows, which no other audience's events touch. When the page says that nothing
    /// follows, the backfill ends; [`Backfill::done`] tells. Where no backfill is under way nothing happens.
    pub fn backfill(
        &mut self,
        tenant: &TenantId,
        epoch: Uuid,
        audience: &Audience,
        frames: &[Frame],
        at: Timestamp,
    ) -> Result<Backfill, ApplyError> {
        let copy = self.copy_of_epoch(tenant, epoch)?;
        let client = self.client_id()?;
        let transaction = self.write()?;
        let mut keeping = Keeping::new(&transaction, tenant, Set::Today, client, at)?;
        let found = keeping.audiences.all.iter().position(|known| known.audience == *audience);
        let Some((index, (mut cursor, until))) =
            found.and_then(|index| Some((index, keeping.audiences.all[index].fill?)))
        else {
            return Ok(Backfill { audience: audience.clone(), cursor: copy.cursor, until: copy.cursor });
        };
        for frame in frames {
            match frame {
                Frame::Event(event) => {
                    keeping.belongs(event)?;
                    if event.audience != *audience {
                        return Err(ApplyError::ForeignAudience {
                            expected: audience.clone(),
                            found: event.audience.clone(),
                        });
                    }
                    if event.seq > cursor && event.seq <= until {
                        keeping.audiences.change(index).chain.take(event)?;
                        keeping.keep(event, index)?;
                        cursor = event.seq;
                    }
                }
                Frame::Hidden { from, to } => {
                    return Err(ApplyError::Nonsense { from: *from, to: *to });
                }
                Frame::CaughtUp { head, more: false } => cursor = cursor.max((*head).min(until)),
                Frame::CaughtUp { more: true, .. } | Frame::Bye { .. } => {}
            }
        }
        keeping.audiences.change(index).fill = (cursor < until).then_some((cursor, until));
        keeping.audiences.store(&transaction)?;
        if !keeping.audiences.filling() {
            outbox::passed(&transaction, tenant, copy.cursor)?;
        }
        drop(keeping);
        transaction.commit()?;
        Ok(Backfill { audience: audience.clone(), cursor, until })
    }

    /// The copy of a tenant, where it is of this epoch or still empty.
    pub(crate) fn copy_of_epoch(&self, tenant: &TenantId, epoch: Uuid) -> Result<TenantCopy, ApplyError> {
        let copy = self.tenant(tenant)?;
        match copy.epoch.filter(|expected| *expected != epoch) {
            Some(expected) => Err(ApplyError::Epoch { expected, found: epoch }),
            None => Ok(copy),
        }
    }
}

/// Keeps events of a tenant inside a transaction: appends them and folds them.
pub(crate) struct Keeping<'a> {
    pub(crate) transaction: &'a Transaction<'a>,
    pub(crate) tenant: &'a TenantId,
    pub(crate) no: i64,
    pub(crate) audiences: Audiences,
    pub(crate) folding: Folding<'a>,
    insert: CachedStatement<'a>,
    client: Uuid,
    pub(crate) received_at: Timestamp,
    pub(crate) changed: BTreeSet<Table>,
    pub(crate) events: u32,
    pub(crate) echoed: u32,
}

impl<'a> Keeping<'a> {
    pub(crate) fn new(
        transaction: &'a Transaction<'a>,
        tenant: &'a TenantId,
        set: Set,
        client: Uuid,
        received_at: Timestamp,
    ) -> Result<Self, VaultError> {
        let no = crate::audiences::tenant_no(transaction, tenant)?;
        Ok(Self {
            transaction,
            tenant,
            no,
            audiences: Audiences::load(transaction, no)?,
            folding: Folding::new(transaction, set, no)?,
            insert: transaction.prepare_cached(&format!(
                "INSERT INTO event (received_at, audience, {EVENT_COLUMNS})
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
            ))?,
            client,
            received_at,
            changed: BTreeSet::new(),
            events: 0,
            echoed: 0,
        })
    }

    /// Refuses another tenant's event and a position that makes no sense.
    pub(crate) fn belongs(&self, event: &Event) -> Result<(), ApplyError> {
        if event.tenant != *self.tenant {
            return Err(ApplyError::ForeignTenant {
                expected: self.tenant.clone(),
                found: event.tenant.clone(),
            });
        }
        if event.seq == 0 || event.seq > HIGHEST_KEPT {
            return Err(ApplyError::Nonsense { from: event.seq, to: event.seq });
        }
        Ok(())
    }

    /// Appends an event whose chain was checked, and folds it.
    pub(crate) fn keep(&mut self, event: &Event, index: usize) -> Result<(), ApplyError> {
        let audience = self.audiences.all[index].no;
        let stamp =
            Stamp { audience, at: nanoseconds(event.at)?, received_at: nanoseconds(self.received_at)? };
        event::insert(&mut self.insert, self.no, stamp, event)?;
        fail::fail_point!("vault.apply.after_insert_before_fold");
        self.changed.extend(self.folding.fold(event, stamp)?);
        if event.origin.as_ref().is_some_and(|origin| origin.client == self.client) {
            self.echoed += u32::from(outbox::echoed(self.transaction, event)?);
        }
        self.events += 1;
        Ok(())
    }
}

struct Batch<'a> {
    applied: Applied,
    keeping: Keeping<'a>,
    epoch: Uuid,
}

impl Batch<'_> {
    fn take(&mut self, frame: &Frame) -> Result<(), ApplyError> {
        match frame {
            Frame::Event(event) => self.event(event),
            Frame::Hidden { from, to } => {
                in_order(self.applied.cursor, *from, *to)?;
                self.applied.cursor = self.applied.cursor.max(*to);
                Ok(())
            }
            Frame::CaughtUp { head, more } => {
                if *head > HIGHEST {
                    return Err(ApplyError::Nonsense { from: *head, to: *head });
                }
                self.applied.head_heard = self.applied.head_heard.max(*head);
                self.applied.caught_up = Some((*head, *more));
                Ok(())
            }
            Frame::Bye { .. } => Ok(()),
        }
    }

    fn event(&mut self, event: &Event) -> Result<(), ApplyError> {
        self.keeping.belongs(event)?;
        in_order(self.applied.cursor, event.seq, event.seq)?;
        if event.seq <= self.applied.cursor {
            return Ok(());
        }
        let keeping = &mut self.keeping;
        match keeping.audiences.admission(keeping.transaction, &event.audience)? {
            Admission::Kept(index) => {
                keeping.audiences.change(index).chain.take(event)?;
                keeping.keep(event, index)?;
            }
            Admission::Filling(index) => {
                if let Some((_, until)) = &mut keeping.audiences.change(index).fill {
                    *until = event.seq;
                }
            }
            Admission::Stranger => {}
        }
        self.applied.cursor = event.seq;
        Ok(())
    }

    fn finish(mut self) -> Result<Applied, ApplyError> {
        let keeping = &mut self.keeping;
        keeping.audiences.store(keeping.transaction)?;
        let mut applied = self.applied;
        applied.head_heard = applied.head_heard.max(applied.cursor);
        // A command whose effect is still to be backfilled would vanish before its effect shows.
        let passed = if keeping.audiences.filling() {
            0
        } else {
            outbox::passed(keeping.transaction, keeping.tenant, applied.cursor)?
        };
        keeping
            .transaction
            .prepare_cached(
                "UPDATE tenant SET epoch = ?2, cursor = ?3, head_heard = ?4, last_contact = ?5 WHERE no = ?1",
            )?
            .execute(params![
                keeping.no,
                self.epoch.to_string(),
                signed(applied.cursor)?,
                signed(applied.head_heard)?,
                keeping.received_at.to_string()
            ])?;
        applied.events = keeping.events;
        applied.echoed = keeping.echoed + passed;
        applied.changed = std::mem::take(&mut keeping.changed);
        Ok(applied)
    }
}

/// Refuses positions that leave a gap after the cursor, or make no sense.
pub(crate) fn in_order(cursor: u64, from: u64, to: u64) -> Result<(), ApplyError> {
    if from == 0 || from > to || to > HIGHEST {
        return Err(ApplyError::Nonsense { from, to });
    }
    let expected = cursor + 1;
    if from > expected { Err(ApplyError::Gap { expected, found: from }) } else { Ok(()) }
}
