//! Rescue of what exists nowhere else from a damaged vault: commands, refusals, numbers, settings. The log itself comes
//! from the server again.

use std::collections::BTreeMap;
use std::path::Path;

use board_domain::TenantId;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use uuid::Uuid;

use crate::outbox::payload_hash;
use crate::{OpenError, Vault, VaultError, VaultKey, migrations, open};

/// How many of a tenant's newest commands are looked for one by one behind a damaged place.
const MOST_NUMBERS: i64 = 2_000;

/// What a rescue brought over, and what it did not find.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rescued {
    /// Commands that are to be sent.
    pub commands: u32,
    /// Refusals that were not yet seen.
    pub refusals: u32,
    /// Settings.
    pub settings: u32,
    /// Whether the new vault numbers its commands under the old id. If not, the server counts from 1 again, and the
    /// commands' own keys keep them from happening twice.
    pub same_client: bool,
    /// What was lost, a line each in words; empty where everything was readable.
    pub lost: Vec<String>,
}

impl Vault {
    /// Makes a new vault out of what can be read of a damaged one, which is renamed to `aside`, with its log.
    ///
    /// [`OpenError::KeyWrong`] where the key fits no page and [`OpenError::Newer`] where a newer app wrote the file:
    /// then nothing is touched. `aside` must not exist.
    pub fn rescue(path: &Path, key: &VaultKey, aside: &Path) -> Result<Rescued, OpenError> {
        let _lock = open::lock(path)?;
        let fresh = open::beside(path, ".rescued");
        match open::length(path) {
            Ok(_) => remove(&fresh)?,
            // A rescue that was cut short after it had set the damaged file aside.
            Err(OpenError::Missing) if fresh.exists() => {
                std::fs::rename(&fresh, path).map_err(OpenError::Io)?;
                return Ok(Rescued { same_client: true, ..Rescued::default() });
            }
            Err(error) => return Err(error),
        }
        if aside.exists() {
            return Err(OpenError::Exists);
        }
        let source = Source { path, key };
        source.prove()?;
        let mut rescued = Rescued::default();
        fill(&source, &fresh, &mut rescued)?;
        for suffix in ["-wal", "-shm", ""] {
            let from = open::beside(path, suffix);
            if from.exists() {
                std::fs::rename(from, open::beside(aside, suffix)).map_err(OpenError::Io)?;
            }
        }
        std::fs::rename(&fresh, path).map_err(OpenError::Io)?;
        remove(&fresh)?;
        Ok(rescued)
    }
}

/// Removes a vault's file with what stands beside it.
fn remove(path: &Path) -> Result<(), OpenError> {
    for suffix in ["", "-wal", "-shm", ".lock"] {
        match std::fs::remove_file(open::beside(path, suffix)) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(OpenError::Io(e)),
            _ => {}
        }
    }
    Ok(())
}

/// Fills a new vault from a damaged one.
fn fill(source: &Source<'_>, fresh: &Path, rescued: &mut Rescued) -> Result<(), OpenError> {
    let client = source.table("vault", "one, client", 1, &mut rescued.lost)?;
    let client = client.first().and_then(|row| uuid(row.get(1)?));
    rescued.same_client = client.is_some();
    if client.is_none() {
        rescued.lost.push("the id under which commands were numbered".to_owned());
    }
    let mut vault = Vault::create_for(fresh, source.key, client.unwrap_or_else(Uuid::new_v4))?;
    let transaction = vault.write()?;

    for row in source.table("setting", "key, value", 1, &mut rescued.lost)? {
        let sql = "INSERT OR IGNORE INTO setting (key, value) VALUES (?1, ?2)";
        rescued.settings += u32::from(insert(&transaction, sql, &row)?);
    }
    let columns = "tenant, key, command, enqueued_at, code, message";
    for row in source.table("refusal", columns, 2, &mut rescued.lost)? {
        let sql = format!("INSERT OR IGNORE INTO refusal ({columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        rescued.refusals += u32::from(insert(&transaction, &sql, &row)?);
    }
    let mut numbered: BTreeMap<String, i64> = BTreeMap::new();
    for row in source.table("numbered", "tenant, last", 1, &mut rescued.lost)? {
        if let [Value::Text(tenant), Value::Integer(last)] = &row[..] {
            numbered.insert(tenant.clone(), *last);
        }
    }
    for row in source.commands(&numbered, &mut rescued.lost)? {
        let (Some(Value::Text(tenant)), Some(Value::Integer(cmd_seq)), Some(Value::Text(command))) =
            (row.first(), row.get(1), row.get(3))
        else {
            continue;
        };
        let whole = TenantId::new(tenant.clone()).is_ok()
            && serde_json::from_str::<board_domain::Command>(command).is_ok()
            && row.get(5).is_none_or(|hash| *hash == Value::Blob(payload_hash(command).to_vec()));
        if !whole {
            rescued.lost.push(format!("command {cmd_seq} of {tenant} does not read"));
            continue;
        }
        let last = numbered.entry(tenant.clone()).or_default();
        *last = (*last).max(*cmd_seq);
        let mut row = row.clone();
        row.truncate(5);
        row.push(Value::Blob(payload_hash(command).to_vec()));
        let sql = "INSERT OR IGNORE INTO outbox (tenant, cmd_seq, key, command, enqueued_at, sha256)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        rescued.commands += u32::from(insert(&transaction, sql, &row)?);
    }
    for (tenant, last) in numbered {
        let row = [Value::Text(tenant), Value::Integer(last)];
        insert(&transaction, "INSERT INTO numbered (tenant, last) VALUES (?1, ?2)", &row)?;
    }
    transaction.commit()?;
    // Everything into the file itself, which is about to be renamed without what stands beside it.
    vault.unclean = true;
    Ok(vault.clean()?)
}

fn insert(connection: &Connection, sql: &str, row: &[Value]) -> Result<bool, VaultError> {
    Ok(connection.prepare_cached(sql)?.execute(params_from_iter(row))? > 0)
}

fn uuid(value: &Value) -> Option<Uuid> {
    if let Value::Text(text) = value { Uuid::parse_str(text).ok() } else { None }
}

/// A damaged file. Each read has a connection of its own once one has met a bad page, which spoils it.
struct Source<'a> {
    path: &'a Path,
    key: &'a VaultKey,
}

impl Source<'_> {
    /// Refuses a file that the key does not fit anywhere, or that a newer app wrote.
    fn prove(&self) -> Result<(), OpenError> {
        match open::connect(self.path, self.key) {
            Err(error @ (OpenError::KeyWrong | OpenError::Newer { .. } | OpenError::Io(_))) => Err(error),
            _ => Ok(()),
        }
    }

    /// The rows of a table, from both ends as far as they can be read. The first `keys` columns are its key.
    fn table(
        &self,
        table: &str,
        columns: &str,
        keys: usize,
        lost: &mut Vec<String>,
    ) -> Result<Vec<Vec<Value>>, OpenError> {
        let order = |direction: &str| {
            let keys: Vec<_> =
                columns.split(", ").take(keys).map(|key| format!("{key} {direction}")).collect();
            format!("SELECT {columns} FROM {table} ORDER BY {}", keys.join(", "))
        };
        let (mut rows, whole) = self.read(&order("ASC"), &[])?;
        if !whole {
            let (others, _) = self.read(&order("DESC"), &[])?;
            let from = rows.len();
            for row in others {
                if rows[..from].iter().all(|known| known[..keys] != row[..keys]) {
                    rows.push(row);
                }
            }
            lost.push(format!("part of {table}"));
        }
        Ok(rows)
    }

    /// The commands: those that both ends give, and between them each that can be read by its number.
    fn commands(
        &self,
        numbered: &BTreeMap<String, i64>,
        lost: &mut Vec<String>,
    ) -> Result<Vec<Vec<Value>>, OpenError> {
        // Before schema 2 a command had no hash.
        let hashed = open::keyed(self.path, self.key)
            .ok()
            .and_then(|connection| migrations::schema(&connection).ok())
            .is_some_and(|schema| schema >= 2);
        let columns = if hashed {
            "tenant, cmd_seq, key, command, enqueued_at, sha256"
        } else {
            "tenant, cmd_seq, key, command, enqueued_at"
        };
        let known = lost.len();
        let mut rows = self.table("outbox", columns, 2, lost)?;
        if lost.len() > known {
            for (tenant, last) in numbered {
                let from = (last - MOST_NUMBERS).max(1);
                for number in from..=*last {
                    let key = [Value::Text(tenant.clone()), Value::Integer(number)];
                    if rows.iter().all(|row| row[..2] != key) {
                        let sql = format!("SELECT {columns} FROM outbox WHERE tenant = ?1 AND cmd_seq = ?2");
                        rows.extend(self.read(&sql, &key)?.0);
                    }
                }
            }
        }
        Ok(rows)
    }

    /// The rows up to the first that cannot be read, and whether that was the end.
    fn read(&self, sql: &str, keys: &[Value]) -> Result<(Vec<Vec<Value>>, bool), OpenError> {
        let mut found = Vec::new();
        match self.read_into(sql, keys, &mut found).map_err(OpenError::from) {
            Ok(()) => Ok((found, true)),
            Err(error @ (OpenError::Io(_) | OpenError::Busy)) => Err(error),
            // Damage, or a schema that damage hides.
            Err(_) => Ok((found, false)),
        }
    }

    fn read_into(&self, sql: &str, keys: &[Value], found: &mut Vec<Vec<Value>>) -> Result<(), VaultError> {
        let connection = open::keyed(self.path, self.key).map_err(|_| VaultError::Corrupt)?;
        let mut statement = connection.prepare(sql)?;
        let columns = statement.column_count();
        let mut rows = statement.query(params_from_iter(keys))?;
        while let Some(row) = rows.next()? {
            found.push((0..columns).map(|column| row.get(column)).collect::<Result<_, _>>()?);
        }
        Ok(())
    }
}
