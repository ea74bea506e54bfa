//! The audiences of a tenant's copy: which admit the person, where each chain stands, what is still to be fetched.

use board_domain::{Audience, Event, Hash, TenantId};
use rusqlite::{Connection, Transaction, params};

use crate::event::{HIGHEST_KEPT, place};
use crate::reader::{hash_of, signed, unsigned};
use crate::{ApplyError, ChainFault, VaultError};

/// Where a chain stands: the newest event's number within its audience, and its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) seq: u64,
    pub(crate) hash: Hash,
}

impl Link {
    /// Before the first event.
    pub(crate) const ZERO: Self = Self { seq: 0, hash: Hash::ZERO };

    /// Proves that the event is the next of its audience and unchanged; then it is the end.
    pub(crate) fn take(&mut self, event: &Event) -> Result<(), ApplyError> {
        let fault = if event.audience_seq != self.seq + 1 {
            Some(ChainFault::Position { expected: self.seq + 1, found: event.audience_seq })
        } else if event.prev_hash != self.hash {
            Some(ChainFault::Previous { expected: self.hash, found: event.prev_hash })
        } else {
            let computed = event.digest();
            (computed != event.hash).then_some(ChainFault::Content { computed, found: event.hash })
        };
        if let Some(fault) = fault {
            return Err(ApplyError::Chain { seq: event.seq, audience: event.audience.to_string(), fault });
        }
        *self = Self { seq: event.audience_seq, hash: event.hash };
        Ok(())
    }
}

/// One audience of a copy.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    /// Its number in this file.
    pub(crate) no: i64,
    pub(crate) audience: Audience,
    /// Whether the server said that it admits the person.
    pub(crate) admitted: bool,
    pub(crate) chain: Link,
    /// Fetched on its own: how far, and up to where.
    pub(crate) fill: Option<(u64, u64)>,
    /// The chain's end at the snapshot, where the history before it comes with the rest of the history.
    pub(crate) goal: Option<Link>,
    /// How far that came.
    pub(crate) past: Link,
    dirty: bool,
}

/// What an event's audience means for the copy.
pub(crate) enum Admission {
    /// Kept and folded; the index of its audience.
    Kept(usize),
    /// Fetched on its own later.
    Filling(usize),
    /// Not for this person.
    Stranger,
}

/// The audiences of one tenant inside a transaction.
pub(crate) struct Audiences {
    tenant: i64,
    pub(crate) all: Vec<Known>,
    /// Whether the server ever said which audiences admit the person.
    pub(crate) told: bool,
}

impl Audiences {
    pub(crate) fn load(connection: &Connection, tenant: i64) -> Result<Self, VaultError> {
        let mut statement = connection.prepare_cached(
            "SELECT no, name, admitted, audience_seq, hash, fill_cursor, fill_until, goal_seq, goal_hash, past_seq,
                 past_hash
             FROM audience WHERE tenant = ?1 ORDER BY name",
        )?;
        let mut rows = statement.query([tenant])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let name: String = row.get(1)?;
            let pair = |at: usize| -> Result<Option<(u64, u64)>, VaultError> {
                let pair: (Option<i64>, Option<i64>) = (row.get(at)?, row.get(at + 1)?);
                let (Some(first), Some(second)) = pair else { return Ok(None) };
                Ok(Some((unsigned(first)?, unsigned(second)?)))
            };
            let goal: Option<i64> = row.get(7)?;
            all.push(Known {
                no: row.get(0)?,
                audience: Audience::parse(&name)
                    .ok_or_else(|| VaultError::Value(format!("audience {name}")))?,
                admitted: row.get(2)?,
                chain: Link { seq: unsigned(row.get(3)?)?, hash: hash_of(row, 4)? },
                fill: pair(5)?,
                goal: goal
                    .map(|seq| Ok::<_, VaultError>(Link { seq: unsigned(seq)?, hash: hash_of(row, 8)? }))
                    .transpose()?,
                past: Link { seq: unsigned(row.get(9)?)?, hash: hash_of(row, 10)? },
                dirty: false,
            });
        }
        let told = all.iter().any(|known| known.admitted);
        Ok(Self { tenant, all, told })
    }

    /// What an event of this audience means. An audience that nobody spoke of is taken in where the server never said
    /// which ones admit the person.
    pub(crate) fn admission(
        &mut self,
        connection: &Connection,
        audience: &Audience,
    ) -> Result<Admission, VaultError> {
        let index = match self.all.iter().position(|known| known.audience == *audience) {
            Some(index) => index,
            None if self.told => return Ok(Admission::Stranger),
            None => self.add(connection, audience, false)?,
        };
        let known = &self.all[index];
        Ok(if self.told && !known.admitted {
            Admission::Stranger
        } else if known.fill.is_some() {
            Admission::Filling(index)
        } else {
            Admission::Kept(index)
        })
    }

    pub(crate) fn add(
        &mut self,
        connection: &Connection,
        audience: &Audience,
        admitted: bool,
    ) -> Result<usize, VaultError> {
        connection.execute(
            "INSERT INTO audience (tenant, name, admitted, hash, past_hash) VALUES (?1, ?2, ?3, ?4, ?4)",
            params![self.tenant, audience.to_string(), admitted, Hash::ZERO.0],
        )?;
        self.all.push(Known {
            no: connection.last_insert_rowid(),
            audience: audience.clone(),
            admitted,
            chain: Link::ZERO,
            fill: None,
            goal: None,
            past: Link::ZERO,
            dirty: false,
        });
        Ok(self.all.len() - 1)
    }

    /// The audience at an index, to be changed and written by [`Audiences::store`].
    pub(crate) fn change(&mut self, index: usize) -> &mut Known {
        let known = &mut self.all[index];
        known.dirty = true;
        known
    }

    /// Whether an audience is still fetched on its own.
    pub(crate) fn filling(&self) -> bool {
        self.all.iter().any(|known| known.fill.is_some())
    }

    /// Writes what changed.
    pub(crate) fn store(&mut self, connection: &Connection) -> Result<(), VaultError> {
        let mut update = connection.prepare_cached(
            "UPDATE audience SET admitted = ?2, audience_seq = ?3, hash = ?4, fill_cursor = ?5, fill_until = ?6,
                 goal_seq = ?7, goal_hash = ?8, past_seq = ?9, past_hash = ?10
             WHERE no = ?1",
        )?;
        for known in self.all.iter_mut().filter(|known| known.dirty) {
            let number = |value: Option<u64>| value.map(signed).transpose();
            update.execute(params![
                known.no,
                known.admitted,
                signed(known.chain.seq)?,
                known.chain.hash.0,
                number(known.fill.map(|fill| fill.0))?,
                number(known.fill.map(|fill| fill.1))?,
                number(known.goal.map(|goal| goal.seq))?,
                known.goal.map(|goal| goal.hash.0),
                signed(known.past.seq)?,
                known.past.hash.0,
            ])?;
            known.dirty = false;
        }
        Ok(())
    }
}

/// Deletes an audience with every event, row and version of it. Returns whether a table stood still because of one of
/// its events, and must be folded again.
pub(crate) fn purge(transaction: &Transaction<'_>, tenant: i64, audience: i64) -> Result<bool, VaultError> {
    let mut stood_still = 0;
    for paused in ["paused", "past_paused"] {
        stood_still += transaction.execute(
            &format!(
                "DELETE FROM {paused} WHERE tenant = ?1
                 AND (SELECT audience FROM event WHERE place = ?3 + {paused}.seq) = ?2"
            ),
            [tenant, audience, place(tenant, 0)],
        )?;
    }
    transaction.execute(
        "DELETE FROM event WHERE place > ?1 AND place <= ?2 AND audience = ?3",
        [place(tenant, 0), place(tenant, HIGHEST_KEPT), audience],
    )?;
    for table in ["row", "version", "past_row", "past_version"] {
        transaction.execute(
            &format!("DELETE FROM {table} WHERE tenant = ?1 AND audience = ?2"),
            [tenant, audience],
        )?;
    }
    transaction.execute("DELETE FROM audience WHERE no = ?1", [audience])?;
    Ok(stood_still > 0)
}

/// Forgets everything folded or received of a tenant, and where its chains stood. Which audiences admit the person
/// stays known.
pub(crate) fn forget_log(transaction: &Transaction<'_>, tenant: i64) -> Result<(), VaultError> {
    transaction.execute(
        "DELETE FROM event WHERE place > ?1 AND place <= ?2",
        [place(tenant, 0), place(tenant, HIGHEST_KEPT)],
    )?;
    for table in ["row", "version", "paused", "past_row", "past_version", "past_paused"] {
        transaction.execute(&format!("DELETE FROM {table} WHERE tenant = ?1"), [tenant])?;
    }
    transaction.execute(
        "UPDATE audience SET audience_seq = 0, hash = ?2, fill_cursor = NULL, fill_until = NULL, goal_seq = NULL,
             goal_hash = NULL, past_seq = 0, past_hash = ?2
         WHERE tenant = ?1",
        params![tenant, Hash::ZERO.0],
    )?;
    transaction.execute("UPDATE tenant SET cursor = 0, start = 0, past = 0 WHERE no = ?1", [tenant])?;
    Ok(())
}

/// Forgets a snapshot that was on its way in.
pub(crate) fn forget_staging(transaction: &Transaction<'_>, tenant: i64) -> Result<(), VaultError> {
    for table in ["staging", "staged_page", "staged_row"] {
        transaction.execute(&format!("DELETE FROM {table} WHERE tenant = ?1"), [tenant])?;
    }
    Ok(())
}

/// The number of a tenant in this file.
pub(crate) fn tenant_no(connection: &Connection, tenant: &TenantId) -> Result<i64, VaultError> {
    use rusqlite::OptionalExtension;
    connection
        .prepare_cached("SELECT no FROM tenant WHERE id = ?1")?
        .query_row([tenant.as_str()], |row| row.get(0))
        .optional()?
        .ok_or_else(|| VaultError::UnknownTenant(tenant.clone()))
}
