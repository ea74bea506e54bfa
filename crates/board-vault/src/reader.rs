//! Everything that can be read from the vault, now or as of a position. Not the writes.

use std::collections::BTreeMap;

use board_domain::{Event, Hash, Role, Row, Table, TenantId};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::VaultError;

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

/// "Newest" in the queries: beyond every position.
const NEWEST: i64 = i64::MAX;

impl Reader {
    /// The tenants of this vault, by id.
    pub fn tenants(&self) -> Result<Vec<TenantCopy>, VaultError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, name, role, epoch, cursor, head_heard, last_contact FROM tenant ORDER BY id",
        )?;
        let mut rows = statement.query([])?;
        let mut tenants = Vec::new();
        while let Some(row) = rows.next()? {
            tenants.push(tenant_copy(row)?);
        }
        Ok(tenants)
    }

    /// One tenant; [`VaultError::UnknownTenant`] where it was never entered.
    pub fn tenant(&self, id: &TenantId) -> Result<TenantCopy, VaultError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, name, role, epoch, cursor, head_heard, last_contact FROM tenant WHERE id = ?1",
        )?;
        let mut rows = statement.query([id.as_str()])?;
        rows.next()?.map_or_else(|| Err(VaultError::UnknownTenant(id.clone())), tenant_copy)
    }

    /// A row as of a position (`None`: newest).
    pub fn row(
        &self,
        tenant: &TenantId,
        table: Table,
        key: &str,
        as_of: Option<u64>,
    ) -> Result<Option<Versioned<Row>>, VaultError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT key, since_seq, at, received_at, json FROM row
             WHERE tenant = ?1 AND tbl = ?2 AND key = ?3 AND since_seq <= ?4
               AND (until_seq IS NULL OR until_seq > ?4)",
        )?;
        let mut rows = statement.query(params![tenant.as_str(), table.code(), key, position(as_of)])?;
        rows.next()?.map(|row| versioned(row).map(|(_, row)| row)).transpose()
    }

    /// All rows of a table as of a position (`None`: newest), in key order.
    pub fn rows(
        &self,
        tenant: &TenantId,
        table: Table,
        as_of: Option<u64>,
    ) -> Result<Vec<(String, Versioned<Row>)>, VaultError> {
        self.rows_with_prefix(tenant, table, "", as_of)
    }

    /// The rows of a table whose key starts with `prefix`, for example `sroi/`, in key order.
    pub fn rows_with_prefix(
        &self,
        tenant: &TenantId,
        table: Table,
        prefix: &str,
        as_of: Option<u64>,
    ) -> Result<Vec<(String, Versioned<Row>)>, VaultError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT key, since_seq, at, received_at, json FROM row
             WHERE tenant = ?1 AND tbl = ?2 AND key >= ?3 AND since_seq <= ?4
               AND (until_seq IS NULL OR until_seq > ?4)
             ORDER BY key",
        )?;
        let mut rows = statement.query(params![tenant.as_str(), table.code(), prefix, position(as_of)])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            // Keys with the prefix stand together from the prefix on.
            if !row.get_ref(0)?.as_str().is_ok_and(|key| key.starts_with(prefix)) {
                break;
            }
            found.push(versioned(row)?);
        }
        Ok(found)
    }

    /// Every version of a row, newest first.
    pub fn history(
        &self,
        tenant: &TenantId,
        table: Table,
        key: &str,
    ) -> Result<Vec<Versioned<Row>>, VaultError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT key, since_seq, at, received_at, json FROM row
             WHERE tenant = ?1 AND tbl = ?2 AND key = ?3 ORDER BY since_seq DESC",
        )?;
        let mut rows = statement.query(params![tenant.as_str(), table.code(), key])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(versioned(row)?.1);
        }
        Ok(found)
    }

    /// Hash of the newest event of each audience, by the audience's written form.
    pub fn heads(&self, tenant: &TenantId) -> Result<BTreeMap<String, Hash>, VaultError> {
        let mut statement =
            self.connection.prepare_cached("SELECT audience, hash FROM chain WHERE tenant = ?1")?;
        let mut rows = statement.query([tenant.as_str()])?;
        let mut heads = BTreeMap::new();
        while let Some(row) = rows.next()? {
            heads.insert(row.get(0)?, hash(&row.get::<_, String>(1)?)?);
        }
        Ok(heads)
    }

    /// Events after a position, oldest first.
    pub fn events(&self, tenant: &TenantId, after: u64, limit: u32) -> Result<Vec<Event>, VaultError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT json FROM event WHERE tenant = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3")?;
        let mut rows = statement.query(params![tenant.as_str(), position(Some(after)), limit])?;
        let mut events = Vec::new();
        while let Some(row) = rows.next()? {
            events.push(serde_json::from_str(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?);
        }
        Ok(events)
    }

    /// Tables that stand still, by name.
    pub fn paused(&self, tenant: &TenantId) -> Result<Vec<Paused>, VaultError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT tbl, seq, reason FROM paused WHERE tenant = ?1 ORDER BY tbl")?;
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

    /// SHA-256 over the newest rows of a tenant: equal for equal state, however it was reached.
    pub fn snapshot_state_hash(&self, tenant: &TenantId) -> Result<Hash, VaultError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT tbl, key, since_seq, at, json FROM row
             WHERE tenant = ?1 AND until_seq IS NULL ORDER BY tbl, key",
        )?;
        let mut rows = statement.query([tenant.as_str()])?;
        let mut hasher = Sha256::new();
        while let Some(row) = rows.next()? {
            for column in [0, 1, 3, 4] {
                let text: String = row.get(column)?;
                hasher.update((text.len() as u64).to_be_bytes());
                hasher.update(text);
            }
            hasher.update(row.get::<_, i64>(2)?.to_be_bytes());
        }
        Ok(Hash(hasher.finalize().into()))
    }
}

fn position(as_of: Option<u64>) -> i64 {
    as_of.map_or(NEWEST, |seq| i64::try_from(seq).unwrap_or(NEWEST))
}

fn versioned(row: &rusqlite::Row<'_>) -> Result<(String, Versioned<Row>), VaultError> {
    let json = row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?;
    let versioned = Versioned {
        row: serde_json::from_str(json)?,
        since_seq: unsigned(row.get(1)?)?,
        received_at: timestamp(&row.get::<_, String>(3)?)?,
        at: timestamp(&row.get::<_, String>(2)?)?,
    };
    Ok((row.get(0)?, versioned))
}

fn tenant_copy(row: &rusqlite::Row<'_>) -> Result<TenantCopy, VaultError> {
    let (id, role): (String, String) = (row.get(0)?, row.get(2)?);
    Ok(TenantCopy {
        id: TenantId::new(id).map_err(|e| VaultError::Value(e.to_string()))?,
        name: row.get(1)?,
        role: Role::parse(&role).ok_or_else(|| VaultError::Value(format!("role {role}")))?,
        epoch: row.get::<_, Option<String>>(3)?.as_deref().map(uuid).transpose()?,
        cursor: unsigned(row.get(4)?)?,
        head_heard: unsigned(row.get(5)?)?,
        last_contact: row.get::<_, Option<String>>(6)?.as_deref().map(timestamp).transpose()?,
    })
}

pub(crate) fn unsigned(value: i64) -> Result<u64, VaultError> {
    u64::try_from(value).map_err(|e| VaultError::Value(e.to_string()))
}

pub(crate) fn signed(value: u64) -> Result<i64, VaultError> {
    i64::try_from(value).map_err(|e| VaultError::Value(e.to_string()))
}

pub(crate) fn timestamp(text: &str) -> Result<Timestamp, VaultError> {
    text.parse().map_err(|e: jiff::Error| VaultError::Value(e.to_string()))
}

pub(crate) fn uuid(text: &str) -> Result<Uuid, VaultError> {
    Uuid::parse_str(text).map_err(|e| VaultError::Value(e.to_string()))
}

pub(crate) fn hash(text: &str) -> Result<Hash, VaultError> {
    Hash::parse(text).ok_or_else(|| VaultError::Value("hash".to_owned()))
}
