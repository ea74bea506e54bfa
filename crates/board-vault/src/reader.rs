//! Everything that can be read from the vault, now or as of a position. Not the writes.

use std::collections::BTreeMap;
use std::path::Path;

use board_domain::{Audience, Event, Hash, Role, Row, Table, TenantId};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, ToSql, params};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::audiences::Audiences;
use crate::content::{Content, Contents, Held};
use crate::event::{self, EVENT_COLUMNS, HIGHEST_KEPT, place, position};
use crate::{OpenError, VaultError, VaultKey, migrations, open};

/// A connection that reads. The vault itself reads through one; a second one reads while the vault applies.
pub struct Reader {
    pub(crate) connection: Connection,
}

/// How much of a tenant this vault holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantCopy {
    /// Id.
    pub id: TenantId,
    /// Company name.
    pub name: String,
    /// The person's role when last heard.
    pub role: Role,
    /// Epoch of the log copied; `None` before the first batch.
    pub epoch: Option<Uuid>,
    /// Position up to which the copy is complete.
    pub cursor: u64,
    /// Highest position the server spoke of.
    pub head_heard: u64,
    /// When the server was last heard, by this device's clock.
    pub last_contact: Option<Timestamp>,
    /// Positions up to it are held as state only; 0 where the whole log is here.
    pub start: u64,
    /// How far the history before `start` was fetched. Equal to `start` where no more of it can be had.
    pub past: u64,
    /// Gained audiences whose events up to `until` are still to be fetched.
    pub backfills: Vec<Backfill>,
}

/// How far the events of a gained audience were fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backfill {
    /// The audience.
    pub audience: Audience,
    /// Its events up to this position of the log are here.
    pub cursor: u64,
    /// The position up to which they are needed; it moves on while the copy does.
    pub until: u64,
}

impl Backfill {
    /// Whether nothing is left to fetch.
    pub fn done(&self) -> bool {
        self.cursor >= self.until
    }
}

/// A row with its times.
#[derive(Clone, Debug, PartialEq)]
pub struct Versioned<T> {
    /// The row.
    pub row: T,
    /// Position of the event that made it so.
    pub since_seq: u64,
    /// When this device received that event.
    pub received_at: Timestamp,
    /// When the server appended that event.
    pub at: Timestamp,
}

/// A table that stands still because an event could not be folded into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paused {
    /// The table.
    pub table: Table,
    /// Position of the event; the table stands as it was before it.
    pub seq: u64,
    /// Why.
    pub reason: String,
}

/// One version in 32, by chance of its position: those of the index `version_mark`, with which this must agree word by
/// word. From the next of them a walk back is short; an index of all would cost applying more than the rows do.
const MARKED: &str = "((until_seq & 2147483647) * 2654435769 & 4294967295) < 134217728";

/// How many versions are scanned in the time in which one is found by its key.
const SCANNED: u64 = 200;

/// Columns of [`Version::read`].
const VERSION: &str = "since_seq, gone, at, received_at, json";

impl Reader {
    /// Opens a vault to read beside the process that writes it. [`OpenError::Busy`] where its schema is an older one,
    /// which only a writer may bring up.
    pub fn open(path: &Path, key: &VaultKey) -> Result<Self, OpenError> {
        let connection = open::connect(path, key)?;
        if migrations::schema(&connection)? < migrations::NEWEST {
            return Err(OpenError::Busy);
        }
        open::prepare_reader(&connection)?;
        Ok(Self { connection })
    }

    /// The tenants of this vault, by id.
    pub fn tenants(&self) -> Result<Vec<TenantCopy>, VaultError> {
        let ids = self
            .connection
            .prepare_cached("SELECT id FROM tenant ORDER BY id")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<Vec<String>, _>>()?;
        ids.into_iter().map(|id| self.tenant(&tenant_id(id)?)).collect()
    }

    /// One tenant; [`VaultError::UnknownTenant`] where it was never entered.
    pub fn tenant(&self, id: &TenantId) -> Result<TenantCopy, VaultError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT no, name, role, epoch, cursor, head_heard, last_contact, start, past FROM tenant WHERE id = ?1",
        )?;
        let mut rows = statement.query([id.as_str()])?;
        let Some(row) = rows.next()? else { return Err(VaultError::UnknownTenant(id.clone())) };
        let role: String = row.get(2)?;
        let backfills = Audiences::load(&self.connection, row.get(0)?)?.all.into_iter().filter_map(|known| {
            known.fill.map(|(cursor, until)| Backfill { audience: known.audience, cursor, until })
        });
        Ok(TenantCopy {
            id: id.clone(),
            name: row.get(1)?,
            role: Role::parse(&role).ok_or_else(|| VaultError::Value(format!("role {role}")))?,
            epoch: row.get::<_, Option<String>>(3)?.as_deref().map(uuid).transpose()?,
            cursor: unsigned(row.get(4)?)?,
            head_heard: unsigned(row.get(5)?)?,
            last_contact: row.get::<_, Option<String>>(6)?.as_deref().map(parse_time).transpose()?,
            start: unsigned(row.get(7)?)?,
            past: unsigned(row.get(8)?)?,
            backfills: backfills.collect(),
        })
    }

    /// A row as of a position (`None`: newest). [`VaultError::NotHere`] before [`TenantCopy::start`].
    pub fn row(
        &self,
        tenant: &TenantId,
        table: Table,
        key: &str,
        as_of: Option<u64>,
    ) -> Result<Option<Versioned<Row>>, VaultError> {
        let found = self.standing(tenant, as_of, |no, _| {
            let found = self.version(no, table, key, as_of)?;
            let mut contents = Contents::new(&self.connection, no)?;
            found.map(|version| version.full(&mut contents)).transpose()
        })?;
        Ok(found.flatten())
    }

    /// All rows of a table as of a position (`None`: newest), in key order. [`VaultError::NotHere`] before
    /// [`TenantCopy::start`].
    pub fn rows(
        &self,
        tenant: &TenantId,
        table: Table,
        as_of: Option<u64>,
    ) -> Result<Vec<(String, Versioned<Row>)>, VaultError> {
        self.rows_with_prefix(tenant, table, "", as_of)
    }

    /// The rows of a table whose key starts with `prefix`, for example `sroi/`, in key order. [`VaultError::NotHere`]
    /// before [`TenantCopy::start`].
    pub fn rows_with_prefix(
        &self,
        tenant: &TenantId,
        table: Table,
        prefix: &str,
        as_of: Option<u64>,
    ) -> Result<Vec<(String, Versioned<Row>)>, VaultError> {
        let rows = self.standing(tenant, as_of, |no, head| {
            let found = self.found(no, table, prefix, as_of, head)?;
            self.filled(no, found)
        })?;
        Ok(rows.unwrap_or_default())
    }

    /// The keys of [`Reader::rows_with_prefix`], without what the rows say.
    pub fn keys_with_prefix(
        &self,
        tenant: &TenantId,
        table: Table,
        prefix: &str,
        as_of: Option<u64>,
    ) -> Result<Vec<String>, VaultError> {
        let found = self.standing(tenant, as_of, |no, head| self.found(no, table, prefix, as_of, head))?;
        Ok(found.unwrap_or_default().into_iter().map(|(key, _)| key).collect())
    }

    /// The rows of a table whose key starts with `prefix`, in key order, not what they say.
    fn found(
        &self,
        tenant: i64,
        table: Table,
        prefix: &str,
        as_of: Option<u64>,
        head: u64,
    ) -> Result<Vec<(String, Version)>, VaultError> {
        let newest = format!(
            "SELECT {VERSION}, key FROM row WHERE tenant = ?1 AND tbl = ?2 AND key >= ?3 ORDER BY key"
        );
        let mut found = self.listed(&newest, params![tenant, table.code(), prefix], prefix)?;
        if let Some(seq) = as_of {
            let (standing, changed): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|(_, version)| version.since <= seq);
            found = standing;
            if (changed.len() as u64).saturating_mul(SCANNED) <= head.saturating_sub(seq) {
                for (key, newest) in changed {
                    if let Some(version) = self.older(tenant, table, &key, newest.since, seq)? {
                        found.push((key, version));
                    }
                }
            } else {
                let older = format!(
                    "SELECT {VERSION}, key FROM version WHERE tenant = ?1 AND until_seq > ?4
                     AND since_seq <= ?4 AND tbl = ?2 AND key >= ?3 ORDER BY key"
                );
                found.extend(self.listed(
                    &older,
                    params![tenant, table.code(), prefix, signed(seq)?],
                    prefix,
                )?);
            }
            found.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        }
        found.retain(|(_, version)| !version.gone);
        Ok(found)
    }

    /// Versions with their keys, which come in order; keys with the prefix stand together.
    fn listed(
        &self,
        sql: &str,
        values: &[&dyn ToSql],
        prefix: &str,
    ) -> Result<Vec<(String, Version)>, VaultError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(values)?;
        let mut listed = Vec::new();
        while let Some(row) = rows.next()? {
            let key = row.get_ref(5)?.as_str().map_err(rusqlite::Error::from)?;
            if !key.starts_with(prefix) {
                break;
            }
            listed.push((key.to_owned(), Version::read(row)?));
        }
        Ok(listed)
    }

    /// Every version of a row that is here, newest first.
    pub fn history(
        &self,
        tenant: &TenantId,
        table: Table,
        key: &str,
    ) -> Result<Vec<Versioned<Row>>, VaultError> {
        let all = self.standing(tenant, None, |no, _| {
            let mut all = Vec::from_iter(self.newest(no, table, key)?);
            if let Some(since) = all.first().map(|newest| newest.since) {
                self.before(no, table, key, since, |version| {
                    all.push(version);
                    true
                })?;
            }
            let mut contents = Contents::new(&self.connection, no)?;
            all.retain(|version| !version.gone);
            all.into_iter().map(|version| version.full(&mut contents)).collect()
        })?;
        Ok(all.unwrap_or_default())
    }

    /// Reads in several steps from one state of the file, whatever is written meanwhile, given the tenant's number and
    /// cursor; `None` where the tenant was never entered. Refuses a position that lies before what is here.
    fn standing<T>(
        &self,
        tenant: &TenantId,
        as_of: Option<u64>,
        read: impl FnOnce(i64, u64) -> Result<T, VaultError>,
    ) -> Result<Option<T>, VaultError> {
        let mut statement =
            self.connection.prepare_cached("SELECT no, start, cursor FROM tenant WHERE id = ?1")?;
        // A statement that is not read to its end keeps the state that it began with for those after it.
        let mut standing = statement.query([tenant.as_str()])?;
        let Some(row) = standing.next()? else { return Ok(None) };
        let (no, from) = (row.get(0)?, unsigned(row.get(1)?)?);
        if as_of.is_some_and(|seq| seq < from) {
            Err(VaultError::NotHere { from })
        } else {
            read(no, unsigned(row.get(2)?)?).map(Some)
        }
    }

    /// What the rows say, in their order. It is looked up in the order of the log, where each page then comes once.
    fn filled(
        &self,
        tenant: i64,
        rows: Vec<(String, Version)>,
    ) -> Result<Vec<(String, Versioned<Row>)>, VaultError> {
        let mut contents = Contents::new(&self.connection, tenant)?;
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_unstable_by_key(|index| rows[*index].1.since);
        let mut full: Vec<Option<Versioned<Row>>> = Vec::new();
        full.resize_with(rows.len(), || None);
        for index in order {
            full[index] = Some(rows[index].1.full(&mut contents)?);
        }
        Ok(rows.into_iter().zip(full).filter_map(|((key, _), row)| Some((key, row?))).collect())
    }

    /// A row as of a position, not what it says.
    fn version(
        &self,
        tenant: i64,
        table: Table,
        key: &str,
        as_of: Option<u64>,
    ) -> Result<Option<Version>, VaultError> {
        let found = match (self.newest(tenant, table, key)?, as_of) {
            (Some(newest), Some(seq)) if newest.since > seq => {
                self.older(tenant, table, key, newest.since, seq)?
            }
            (newest, _) => newest,
        };
        Ok(found.filter(|version| !version.gone))
    }

    /// The newest version of a row.
    fn newest(&self, tenant: i64, table: Table, key: &str) -> Result<Option<Version>, VaultError> {
        let mut newest = self.connection.prepare_cached(&format!(
            "SELECT {VERSION} FROM row WHERE tenant = ?1 AND tbl = ?2 AND key = ?3"
        ))?;
        let mut rows = newest.query(params![tenant, table.code(), key])?;
        rows.next()?.map(Version::read).transpose()
    }

    /// The version that stood at a position before the newest one began: found by a walk back from the next marked
    /// version, or from the newest.
    fn older(
        &self,
        tenant: i64,
        table: Table,
        key: &str,
        newest: u64,
        seq: u64,
    ) -> Result<Option<Version>, VaultError> {
        let mut marked = self.connection.prepare_cached(&format!(
            "SELECT until_seq FROM version INDEXED BY version_mark
             WHERE tenant = ?1 AND tbl = ?2 AND key = ?3 AND until_seq > ?4 AND {MARKED} ORDER BY until_seq LIMIT 1"
        ))?;
        let values = params![tenant, table.code(), key, signed(seq)?];
        let from = marked.query_row(values, |row| row.get(0)).optional()?.map_or(Ok(newest), unsigned)?;
        let mut found = None;
        self.before(tenant, table, key, from, |version| {
            let there = version.since <= seq;
            if there {
                found = Some(version);
            }
            !there
        })?;
        Ok(found)
    }

    /// Walks the versions of a row from the one that ended at a position to older ones, as long as `go_on` says so.
    fn before(
        &self,
        tenant: i64,
        table: Table,
        key: &str,
        mut until: u64,
        mut go_on: impl FnMut(Version) -> bool,
    ) -> Result<(), VaultError> {
        let mut ended = self.connection.prepare_cached(&format!(
            "SELECT {VERSION} FROM version WHERE tenant = ?1 AND tbl = ?2 AND key = ?3 AND until_seq = ?4"
        ))?;
        loop {
            let mut rows = ended.query(params![tenant, table.code(), key, signed(until)?])?;
            let Some(version) = rows.next()?.map(Version::read).transpose()? else { return Ok(()) };
            until = version.since;
            if !go_on(version) {
                return Ok(());
            }
        }
    }

    /// The newest position whose event is not after a time; 0 before the first. [`VaultError::NotHere`] where that lies
    /// before [`TenantCopy::start`].
    ///
    /// The times in a log never go back: the server gives no event an earlier one than the event before it.
    pub fn position_at(&self, tenant: &TenantId, time: Timestamp) -> Result<u64, VaultError> {
        let copy = self.tenant(tenant)?;
        let no = crate::audiences::tenant_no(&self.connection, tenant)?;
        let time = i64::try_from(time.as_nanosecond()).unwrap_or(if time < Timestamp::UNIX_EPOCH {
            i64::MIN
        } else {
            i64::MAX
        });
        let mut newest_until = self.connection.prepare_cached(
            "SELECT place, at FROM event WHERE place > ?1 AND place <= ?2 ORDER BY place DESC LIMIT 1",
        )?;
        let (start, mut low, mut high) = (copy.start, copy.start, copy.cursor);
        let mut found = None;
        while low < high {
            // Rounded up, so that the upper half is never empty.
            let middle = low + (high - low).div_ceil(2);
            let event: Option<(u64, i64)> = newest_until
                .query_row([place(no, start), place(no, middle)], |row| {
                    Ok((position(row.get(0)?), row.get(1)?))
                })
                .optional()?;
            match event {
                Some((seq, at)) if at > time => high = seq - 1,
                Some((seq, _)) => {
                    found = Some(seq);
                    low = middle;
                }
                None => low = middle,
            }
        }
        if let Some(seq) = found {
            return Ok(seq);
        }
        if start == 0 {
            return Ok(0);
        }
        // Only the state at the start is left, which stands from its newest row on.
        let newest: Option<i64> = self.connection.query_row(
            "SELECT max(coalesce(r.at, e.at)) FROM (
                 SELECT since_seq, at FROM row WHERE tenant = ?1 AND since_seq <= ?2
                 UNION ALL
                 SELECT since_seq, at FROM version WHERE tenant = ?1 AND until_seq > ?2 AND since_seq <= ?2) r
             LEFT JOIN event e ON e.place = ?3 + r.since_seq",
            [no, signed(start)?, place(no, 0)],
            |row| row.get(0),
        )?;
        if newest.is_some_and(|newest| newest <= time) {
            Ok(copy.start)
        } else {
            Err(VaultError::NotHere { from: copy.start })
        }
    }

    /// When the newest event up to a position was appended, or the next one where none before it is here.
    pub fn time_at(&self, tenant: &TenantId, seq: u64) -> Result<Option<Timestamp>, VaultError> {
        let near = self.standing(tenant, None, |no, _| {
            let find = |sql: &str, edge: u64| -> rusqlite::Result<Option<i64>> {
                let mut statement = self.connection.prepare_cached(sql)?;
                statement.query_row([place(no, seq), place(no, edge)], |row| row.get(0)).optional()
            };
            let before = "SELECT at FROM event WHERE place <= ?1 AND place > ?2 ORDER BY place DESC LIMIT 1";
            let after = "SELECT at FROM event WHERE place > ?1 AND place <= ?2 ORDER BY place LIMIT 1";
            Ok(find(before, 0)?.map_or_else(|| find(after, HIGHEST_KEPT), |at| Ok(Some(at)))?)
        })?;
        near.flatten().map(timestamp).transpose()
    }

    /// Hash of the newest event of each audience, by the audience's written form.
    pub fn heads(&self, tenant: &TenantId) -> Result<BTreeMap<String, Hash>, VaultError> {
        let no = crate::audiences::tenant_no(&self.connection, tenant)?;
        let audiences = Audiences::load(&self.connection, no)?.all;
        Ok(audiences
            .into_iter()
            .filter(|known| known.chain.seq > 0)
            .map(|known| (known.audience.to_string(), known.chain.hash))
            .collect())
    }

    /// Events after a position that are here, oldest first.
    pub fn events(&self, tenant: &TenantId, after: u64, limit: u32) -> Result<Vec<Event>, VaultError> {
        let columns = EVENT_COLUMNS.split(", ").map(|column| format!("e.{column}")).collect::<Vec<_>>();
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {}, a.name FROM event e JOIN audience a ON a.no = e.audience
             WHERE e.place > ?1 AND e.place <= ?2 ORDER BY e.place LIMIT ?3",
            columns.join(", ")
        ))?;
        let events = self.standing(tenant, None, |no, _| {
            let mut rows = statement.query(params![place(no, after), place(no, HIGHEST_KEPT), limit])?;
            let mut events = Vec::new();
            while let Some(row) = rows.next()? {
                events.push(event::read(row, tenant)?);
            }
            Ok(events)
        })?;
        Ok(events.unwrap_or_default())
    }

    /// Tables that stand still, by name.
    pub fn paused(&self, tenant: &TenantId) -> Result<Vec<Paused>, VaultError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT tbl, seq, reason FROM paused
                 WHERE tenant = (SELECT no FROM tenant WHERE id = ?1) ORDER BY tbl",
        )?;
        let mut rows = statement.query([tenant.as_str()])?;
        let mut paused = Vec::new();
        while let Some(row) = rows.next()? {
            let code: String = row.get(0)?;
            let table = Table::ALL
                .into_iter()
                .find(|table| table.code() == code)
                .ok_or_else(|| VaultError::Value(format!("table {code}")))?;
            paused.push(Paused { table, seq: unsigned(row.get(1)?)?, reason: row.get(2)? });
        }
        Ok(paused)
    }

    /// The id under which this vault numbers its commands.
    pub fn client_id(&self) -> Result<Uuid, VaultError> {
        let text: String = self.connection.query_row("SELECT client FROM vault", [], |row| row.get(0))?;
        uuid(&text)
    }

    /// A setting; `None` where it was never set.
    pub fn setting(&self, key: &str) -> Result<Option<String>, VaultError> {
        let mut statement = self.connection.prepare_cached("SELECT value FROM setting WHERE key = ?1")?;
        Ok(statement.query_row([key], |row| row.get(0)).optional()?)
    }

    /// SHA-256 over the newest rows of a tenant: equal for equal state, however it was reached. Tables that this version
    /// does not know are left out.
    pub fn snapshot_state_hash(&self, tenant: &TenantId) -> Result<Hash, VaultError> {
        let mut hasher = Sha256::new();
        self.standing(tenant, None, |no, _| {
            let mut contents = Contents::new(&self.connection, no)?;
            let mut statement = self.connection.prepare_cached(&format!(
                "SELECT {VERSION}, tbl, key FROM row WHERE tenant = ?1 AND gone = 0 ORDER BY tbl, key"
            ))?;
            let mut rows = statement.query([no])?;
            while let Some(row) = rows.next()? {
                let table: String = row.get(5)?;
                if !Table::ALL.iter().any(|known| known.code() == table) {
                    continue;
                }
                let Version { since, held, .. } = Version::read(row)?;
                let (at, text) = contents.text(since, held)?;
                for text in [table, row.get(6)?, timestamp(at)?.to_string(), text] {
                    hasher.update((text.len() as u64).to_be_bytes());
                    hasher.update(text);
                }
                hasher.update(since.to_be_bytes());
            }
            Ok(())
        })?;
        Ok(Hash(hasher.finalize().into()))
    }
}

/// A version of a row, its content not yet looked up.
struct Version {
    since: u64,
    /// Whether it says that the row was removed.
    gone: bool,
    held: Option<Held>,
}

impl Version {
    fn read(row: &rusqlite::Row<'_>) -> Result<Self, VaultError> {
        Ok(Self { since: unsigned(row.get(0)?)?, gone: row.get(1)?, held: Held::read(row, 2)? })
    }

    fn full(&self, contents: &mut Contents<'_>) -> Result<Versioned<Row>, VaultError> {
        let Content { row, at, received_at } = contents.find(self.since, self.held.as_ref())?;
        Ok(Versioned { row, since_seq: self.since, received_at, at })
    }
}

fn tenant_id(text: String) -> Result<TenantId, VaultError> {
    TenantId::new(text).map_err(|e| VaultError::Value(e.to_string()))
}

pub(crate) fn unsigned(value: i64) -> Result<u64, VaultError> {
    u64::try_from(value).map_err(|e| VaultError::Value(e.to_string()))
}

pub(crate) fn signed(value: u64) -> Result<i64, VaultError> {
    i64::try_from(value).map_err(|e| VaultError::Value(e.to_string()))
}

/// A time as its column keeps it: nanoseconds since 1970.
pub(crate) fn nanoseconds(time: Timestamp) -> Result<i64, VaultError> {
    i64::try_from(time.as_nanosecond()).map_err(|_| VaultError::Value(format!("time {time}")))
}

/// The time in a column of nanoseconds.
pub(crate) fn timestamp(nanoseconds: i64) -> Result<Timestamp, VaultError> {
    Timestamp::from_nanosecond(nanoseconds.into()).map_err(|e| VaultError::Value(e.to_string()))
}

/// The time in a column of text.
pub(crate) fn parse_time(text: &str) -> Result<Timestamp, VaultError> {
    text.parse().map_err(|e: jiff::Error| VaultError::Value(e.to_string()))
}

pub(crate) fn uuid(text: &str) -> Result<Uuid, VaultError> {
    Uuid::parse_str(text).map_err(|e| VaultError::Value(e.to_string()))
}

/// The hash in a column of 32 bytes.
pub(crate) fn hash_of(row: &rusqlite::Row<'_>, column: usize) -> Result<Hash, VaultError> {
    Ok(Hash(row.get(column)?))
}
