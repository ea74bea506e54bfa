//! Copying a whole store into an empty one, on either engine: moving house, backing up, restoring. Not replication.
//!
//! The source is read as it was at one moment and the target is filled in one transaction, so a copy is whole or not
//! there. Before it is committed, every log in the target is read back: no holes, every chain as long and as good as it
//! was.

use std::{
    collections::{BTreeMap, HashMap},
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
};

use board_domain::{Audience, Hash, Snapshot, TenantId};
use postgres::{
    binary_copy::BinaryCopyInWriter,
    types::{ToSql, Type},
};
use rusqlite::Connection;
use serde::Serialize;
use uuid::Uuid;

use super::{
    OpenError, StoreError, audience, event,
    postgres::{Server, Session},
    sql::{Row, Sql, Value},
    sqlite, tenant,
};
use crate::secret::Secret;

/// Rows written at once.
const BATCH: usize = 1_000;
/// Rows between two words of progress.
const PROGRESS: u64 = 50_000;

/// A column's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Integer,
    Bytes,
}
use Kind::{Bytes, Integer, Text};

/// A table: its name and its columns, the first `key` of which order it.
struct Table {
    name: &'static str,
    key: usize,
    columns: &'static [(&'static str, Kind)],
}

/// Every table, in an order that references allow. A test compares it with the tables themselves.
const TABLES: [Table; 15] = [
    Table {
        name: "tenant",
        key: 1,
        columns: &[
            ("tenant", Text),
            ("epoch", Text),
            ("head", Integer),
            ("floor", Integer),
            ("last_at", Integer),
            ("pseudonym_key", Bytes),
        ],
    },
    Table {
        name: "event",
        key: 2,
        columns: &[
            ("tenant", Text),
            ("seq", Integer),
            ("id", Text),
            ("at", Integer),
            ("actor", Text),
            ("origin_client", Text),
            ("origin_cmd_seq", Integer),
            ("audience", Text),
            ("audience_seq", Integer),
            ("prev_hash", Bytes),
            ("hash", Bytes),
            ("kind", Text),
            ("body", Text),
        ],
    },
    Table {
        name: "audience",
        key: 2,
        columns: &[("tenant", Text), ("audience", Text), ("audience_seq", Integer), ("head_hash", Bytes)],
    },
    Table {
        name: "client",
        key: 2,
        columns: &[("tenant", Text), ("client", Text), ("person", Text), ("last_cmd_seq", Integer)],
    },
    Table {
        name: "command_result",
        key: 3,
        columns: &[
            ("tenant", Text),
            ("client", Text),
            ("cmd_seq", Integer),
            ("key", Text),
            ("payload_hash", Bytes),
            ("outcome", Text),
        ],
    },
    Table { name: "membership", key: 2, columns: &[("tenant", Text), ("person", Text), ("role", Text)] },
    Table {
        name: "service_token",
        key: 2,
        columns: &[("tenant", Text), ("hash", Bytes), ("name", Text), ("scopes", Text)],
    },
    Table {
        name: "tenant_key",
        key: 2,
        columns: &[("tenant", Text), ("public", Text), ("published", Text), ("secret", Bytes)],
    },
    Table {
        name: "intake_row",
        key: 3,
        columns: &[
            ("tenant", Text),
            ("source", Text),
            ("external_id", Text),
            ("row_hash", Bytes),
            ("row", Text),
        ],
    },
    Table {
        name: "snapshot",
        key: 2,
        columns: &[("tenant", Text), ("seq", Integer), ("epoch", Text), ("manifest", Text)],
    },
    Table {
        name: "snapshot_page",
        key: 3,
        columns: &[("tenant", Text), ("sha256", Bytes), ("audience", Text), ("text", Bytes)],
    },
    Table {
        name: "account",
        key: 1,
        columns: &[("person", Text), ("email", Text), ("name", Text), ("password_hash", Text)],
    },
    Table {
        name: "access_token",
        key: 1,
        columns: &[("hash", Bytes), ("family", Text), ("person", Text), ("expires_at", Integer)],
    },
    Table {
        name: "refresh_token",
        key: 1,
        columns: &[
            ("hash", Bytes),
            ("family", Text),
            ("person", Text),
            ("device", Text),
            ("expires_at", Integer),
            ("used", Integer),
        ],
    },
    Table {
        name: "exchanged_token",
        key: 1,
        columns: &[
            ("hash", Bytes),
            ("family", Text),
            ("access_hash", Bytes),
            ("access", Bytes),
            ("refresh", Bytes),
            ("at", Integer),
        ],
    },
];

impl Table {
    fn names(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        names.join(", ")
    }

    fn select(&self) -> String {
        let key: Vec<&str> = self.columns.iter().take(self.key).map(|(name, _)| *name).collect();
        format!("SELECT {} FROM {} ORDER BY {}", self.names(), self.name, key.join(", "))
    }

    fn is_session(&self) -> bool {
        self.name.ends_with("_token") && self.name != "service_token"
    }
}

/// A store to copy from or to.
pub enum Place {
    /// A file, with its key.
    File(PathBuf, Option<Secret>),
    /// A `PostgreSQL` server.
    Server(Secret),
}

/// What changes on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The copy is used instead of the original: new epochs.
    Move,
    /// The copy is put away: nothing changes.
    Backup,
    /// The copy comes back after a while: new epochs, and no session, because one ended since must not live again.
    Restore,
}

/// What was copied.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Copied {
    /// The heads of the logs.
    pub tenants: BTreeMap<TenantId, u64>,
    /// Rows of each table.
    pub rows: BTreeMap<&'static str, u64>,
}

/// Why nothing was copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// A store does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is something in the target.
    #[error("the target is not empty: its table {0} has rows")]
    NotEmpty(&'static str),
    /// A file that would be overwritten.
    #[error("{0} exists already")]
    Exists(PathBuf),
    /// The source is not there.
    #[error("{0} does not exist")]
    Missing(PathBuf),
    /// A log is damaged in the source, or was on the way.
    #[error("the log of {tenant} is not whole: {what}")]
    Damaged {
        /// Whose log.
        tenant: TenantId,
        /// Where.
        what: String,
    },
    /// Not as many rows arrived as left.
    #[error("{copied} rows of {table} left and {found} arrived")]
    Count {
        /// The table.
        table: &'static str,
        /// Rows read.
        copied: u64,
        /// Rows found.
        found: u64,
    },
    /// The file cannot be put in its place.
    #[error("{path} cannot be written: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl CopyError {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Open(error) => error.code(),
            Self::Store(StoreError::Unavailable(_)) => "store.unreachable",
            Self::Store(_) => "store.failed",
            Self::NotEmpty(_) => "store.not_empty",
            Self::Exists(_) => "store.exists",
            Self::Missing(_) => "store.missing",
            Self::Damaged { .. } | Self::Count { .. } => "store.damaged",
            Self::File { .. } => "store.file",
        }
    }
}

/// Copies a store into an empty one and verifies the copy. `progress` hears of a table and its rows so far. Blocks.
pub fn copy(
    from: &Place,
    to: &Place,
    purpose: Purpose,
    progress: &mut dyn FnMut(&'static str, u64),
) -> Result<Copied, CopyError> {
    let (mut source, mut target) = (End::source(from)?, End::target(to)?);
    source.control(match source {
        End::File(_) => "BEGIN",
        End::Server(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    })?;
    target.control(match target {
        End::File(_) => "BEGIN IMMEDIATE",
        End::Server(_) => "BEGIN",
    })?;
    for table in &TABLES {
        if target.count(table)? > 0 {
            return Err(CopyError::NotEmpty(table.name));
        }
    }
    let mut copied = Copied::default();
    let mut epochs = HashMap::new();
    for table in &TABLES {
        let left_out = purpose == Purpose::Restore && table.is_session();
        let rows = if left_out || !source.has(table)? {
            0
        } else {
            move_rows(&mut source, &mut target, table, purpose, &mut epochs, progress)?
        };
        let found = target.count(table)?;
        if found != rows {
            return Err(CopyError::Count { table: table.name, copied: rows, found });
        }
        copied.rows.insert(table.name, rows);
        progress(table.name, rows);
    }
    for (tenant, head) in tenant::heads(target.sql())? {
        verify(target.sql(), &tenant)?;
        copied.tenants.insert(tenant, head);
    }
    target.control("COMMIT")?;
    target.close()?;
    Ok(copied)
}

/// Copies a store into a new file beside whatever runs on it; the file is there when it is whole.
pub fn backup(
    from: &Place,
    file: &Path,
    key: Option<Secret>,
    progress: &mut dyn FnMut(&'static str, u64),
) -> Result<Copied, CopyError> {
    if file.exists() {
        return Err(CopyError::Exists(file.to_owned()));
    }
    let failed = |source| CopyError::File { path: file.to_owned(), source };
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = file.with_file_name(name);
    // What an interrupted backup left is of no use to anybody.
    match std::fs::remove_file(&part) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        _ => (),
    }
    let result = copy(from, &Place::File(part.clone(), key), Purpose::Backup, progress).and_then(|copied| {
        std::fs::File::open(&part).and_then(|file| file.sync_all()).map_err(failed)?;
        std::fs::rename(&part, file).map_err(failed)?;
        #[cfg(unix)]
        std::fs::File::open(file.parent().filter(|folder| *folder != "").unwrap_or(Path::new(".")))
            .and_then(|folder| folder.sync_all())
            .map_err(failed)?;
        Ok(copied)
    });
    if result.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    result
}

/// One end of a copy.
enum End {
    File(Connection),
    Server(Box<Session>),
}

impl End {
    fn source(place: &Place) -> Result<Self, CopyError> {
        match place {
            Place::File(path, _) if !path.is_file() => Err(CopyError::Missing(path.clone())),
            Place::File(path, key) => {
                let connection = sqlite::connection(path, key.as_ref(), false)?;
                sqlite::check_version(&connection)?;
                Ok(Self::File(connection))
            }
            Place::Server(address) => Self::server(address),
        }
    }

    fn target(place: &Place) -> Result<Self, CopyError> {
        match place {
            Place::File(path, key) => {
                let connection = sqlite::connection(path, key.as_ref(), true)?;
                sqlite::migrate(&connection)?;
                Ok(Self::File(connection))
            }
            Place::Server(address) => Self::server(address),
        }
    }

    fn server(address: &Secret) -> Result<Self, CopyError> {
        let server = Arc::new(Server::parse(address)?);
        super::postgres::migrate(&server)?;
        let mut session = Session::new(server);
        super::engine::Engine::ready(&mut session)?;
        let mut end = Self::Server(Box::new(session));
        // Whole tables take as long as they take.
        end.control("SET statement_timeout = 0")?;
        end.control("SET idle_in_transaction_session_timeout = 0")?;
        Ok(end)
    }

    fn sql(&mut self) -> &mut dyn Sql {
        match self {
            Self::File(connection) => connection,
            Self::Server(session) => &mut **session,
        }
    }

    fn control(&mut self, sql: &'static str) -> Result<(), StoreError> {
        match self {
            Self::File(connection) => Sql::execute(connection, sql, &[]).map(|_| ()),
            Self::Server(session) => super::engine::Engine::control(&mut **session, sql),
        }
    }

    /// Whether the table is there; a source may be older than it.
    fn has(&mut self, table: &Table) -> Result<bool, StoreError> {
        match self {
            Self::File(connection) => Ok(connection.table_exists(None, table.name)?),
            Self::Server(_) => Ok(true),
        }
    }

    fn count(&mut self, table: &Table) -> Result<u64, StoreError> {
        let text = format!("SELECT count(*) FROM {}", table.name);
        let mut count = 0;
        self.each(&text, &mut |row| {
            count = row.position(0)?;
            Ok(ControlFlow::Break(()))
        })?;
        Ok(count)
    }

    fn each(
        &mut self,
        text: &str,
        visit: &mut dyn FnMut(&Row<'_>) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        match self {
            Self::File(connection) => {
                let mut statement = connection.prepare(text)?;
                let mut rows = statement.query([])?;
                while let Some(row) = rows.next()? {
                    if visit(&Row::Sqlite(row))?.is_break() {
                        break;
                    }
                }
                Ok(())
            }
            Self::Server(session) => session.each(text, visit),
        }
    }

    fn write(&mut self, table: &Table, rows: &[Vec<Field>]) -> Result<(), StoreError> {
        match self {
            Self::File(connection) => {
                let marks = vec!["?"; table.columns.len()].join(", ");
                let text = format!("INSERT INTO {} ({}) VALUES ({marks})", table.name, table.names());
                let mut statement = connection.prepare_cached(&text)?;
                for row in rows {
                    for (index, field) in (1..).zip(row) {
                        statement.raw_bind_parameter(index, field.value())?;
                    }
                    statement.raw_execute()?;
                }
                Ok(())
            }
            Self::Server(session) => {
                let text = format!("COPY {} ({}) FROM STDIN BINARY", table.name, table.names());
                let kinds: Vec<Type> = table.columns.iter().map(|(_, kind)| kind.of_server()).collect();
                session.whole(|client| {
                    let mut writer = BinaryCopyInWriter::new(client.copy_in(&text)?, &kinds);
                    for row in rows {
                        let values: Vec<Value<'_>> = row.iter().map(Field::value).collect();
                        let values: Vec<&(dyn ToSql + Sync)> =
                            values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
                        writer.write(&values)?;
                    }
                    writer.finish().map(|_| ())
                })
            }
        }
    }

    /// Leaves a file that is one file.
    fn close(self) -> Result<(), StoreError> {
        if let Self::File(connection) = self {
            connection.pragma_update(None, "journal_mode", "DELETE")?;
            connection.close().map_err(|(_, error)| error)?;
        }
        Ok(())
    }
}

impl Kind {
    fn of_server(self) -> Type {
        match self {
            Self::Text => Type::TEXT,
            Self::Integer => Type::INT8,
            Self::Bytes => Type::BYTEA,
        }
    }
}

/// A field on its way.
enum Field {
    Text(Option<String>),
    Integer(Option<i64>),
    Bytes(Vec<u8>),
}

impl Field {
    fn read(row: &Row<'_>, column: usize, kind: Kind) -> Result<Self, StoreError> {
        Ok(match kind {
            Text => Self::Text(row.optional_text(column)?.map(str::to_owned)),
            Integer => Self::Integer(row.optional_integer(column)?),
            Bytes => Self::Bytes(row.bytes(column)?.to_vec()),
        })
    }

    fn value(&self) -> Value<'_> {
        match self {
            Self::Text(text) => Value::from(text.as_ref()),
            Self::Integer(integer) => Value::from(*integer),
            Self::Bytes(bytes) => Value::Bytes(bytes),
        }
    }
}

fn move_rows(
    source: &mut End,
    target: &mut End,
    table: &Table,
    purpose: Purpose,
    epochs: &mut HashMap<String, Uuid>,
    progress: &mut dyn FnMut(&'static str, u64),
) -> Result<u64, StoreError> {
    let mut batch = Vec::with_capacity(BATCH);
    let mut rows = 0;
    source.each(&table.select(), &mut |row| {
        let columns = table.columns.iter().enumerate();
        let fields = columns.map(|(column, (_, kind))| Field::read(row, column, *kind));
        let mut fields = fields.collect::<Result<Vec<_>, _>>()?;
        if purpose != Purpose::Backup {
            renew(table, &mut fields, epochs)?;
        }
        batch.push(fields);
        if batch.len() == BATCH {
            target.write(table, &batch)?;
            batch.clear();
        }
        rows += 1;
        if rows % PROGRESS == 0 {
            progress(table.name, rows);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    target.write(table, &batch)?;
    Ok(rows)
}

/// Gives the log a new epoch: a client that followed the original must not take the copy for it.
fn renew(table: &Table, fields: &mut [Field], epochs: &mut HashMap<String, Uuid>) -> Result<(), StoreError> {
    let [Field::Text(Some(tenant)), ..] = &*fields else { return Ok(()) };
    match table.name {
        "tenant" => {
            let epoch = Uuid::new_v4();
            epochs.insert(tenant.clone(), epoch);
            fields[1] = Field::Text(Some(epoch.to_string()));
        }
        "snapshot" => {
            let epoch = *epochs.get(tenant).ok_or(StoreError::Unreadable("tenant"))?;
            let Field::Text(Some(manifest)) = &fields[3] else {
                return Err(StoreError::Unreadable("snapshot"));
            };
            let mut manifest: Snapshot = serde_json::from_str(manifest)?;
            manifest.epoch = epoch;
            fields[2] = Field::Text(Some(epoch.to_string()));
            fields[3] = Field::Text(Some(serde_json::to_string(&manifest)?));
        }
        _ => (),
    }
    Ok(())
}

/// Reads a log back: gapless from floor to head, every hash of what is stored, every chain as its table says.
fn verify(sql: &mut dyn Sql, tenant: &TenantId) -> Result<(), CopyError> {
    let damaged = |what: String| CopyError::Damaged { tenant: tenant.clone(), what };
    let row = tenant::get(sql, tenant)?.ok_or_else(|| StoreError::NoTenant(tenant.clone()))?;
    let mut reached = row.floor;
    let mut ends: HashMap<Audience, (u64, Hash)> = HashMap::new();
    let mut wrong = None;
    event::each(sql, tenant, row.floor, u64::try_from(i64::MAX).unwrap_or(u64::MAX), |event| {
        if wrong.is_some() {
            return Ok(());
        }
        // Below a floor the chains began earlier than what is kept.
        let start = (row.floor == 0).then_some((0, Hash::ZERO));
        let before = ends.get(&event.audience).copied().or(start);
        let linked = before.is_none_or(|before| before == (event.audience_seq - 1, event.prev_hash));
        if event.seq != reached + 1 {
            wrong = Some(format!("after {reached} comes {}", event.seq));
        } else if event.hash != event.digest() || !linked {
            wrong = Some(format!("event {} breaks its chain", event.seq));
        }
        reached = event.seq;
        ends.insert(event.audience, (event.audience_seq, event.hash));
        Ok(())
    })?;
    if let Some(wrong) = wrong {
        return Err(damaged(wrong));
    }
    if reached != row.head {
        return Err(damaged(format!("the head is {}, the newest event {reached}", row.head)));
    }
    for (audience, end) in ends {
        let kept = audience::end(sql, tenant, &audience)?;
        if (kept.seq, kept.hash) != end {
            return Err(damaged(format!("the chain of {audience} does not end where it should")));
        }
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    #[test]
    fn every_table_and_column_is_copied() {
        let connection = sqlite::connection(Path::new(":memory:"), None, true).unwrap();
        sqlite::migrate(&connection).unwrap();
        let mut there = Vec::new();
        let mut statement = connection
            .prepare(
                "SELECT t.name, c.name, c.type FROM sqlite_schema t JOIN pragma_table_info(t.name) c
                 WHERE t.type = 'table' ORDER BY t.name, c.cid",
            )
            .unwrap();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let kind: String = row.get(2).unwrap();
            let kind = match kind.as_str() {
                "TEXT" => Text,
                "INTEGER" => Integer,
                "BLOB" => Bytes,
                other => panic!("{other}"),
            };
            there.push((row.get::<_, String>(0).unwrap(), row.get::<_, String>(1).unwrap(), kind));
        }
        let mut copied: Vec<(String, String, Kind)> = TABLES
            .iter()
            .flat_map(|table| {
                table.columns.iter().map(|(name, kind)| (table.name.to_owned(), (*name).to_owned(), *kind))
            })
            .collect();
        // Tables in any order, columns in theirs.
        copied.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(copied, there);
    }
}
