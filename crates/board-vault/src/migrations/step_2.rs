//! The second step: moves the rows of schema 1 into the tables of schema 2. Frozen with it, so it names no type of the
//! product.

use std::collections::HashMap;

use rusqlite::{Transaction, params};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

/// An event as schema 1 kept it: its JSON.
#[derive(Deserialize)]
struct Stored {
    id: uuid::Uuid,
    at: jiff::Timestamp,
    actor: String,
    #[serde(default)]
    origin: Option<StoredOrigin>,
    audience: String,
    audience_seq: i64,
    prev_hash: String,
    hash: String,
    kind: String,
    body: Box<RawValue>,
}

#[derive(Deserialize)]
struct StoredOrigin {
    client: uuid::Uuid,
    cmd_seq: i64,
}

pub(super) fn run(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    transaction.execute_batch(include_str!("0002.sql"))?;
    transaction.execute_batch(
        "INSERT INTO tenant (id, name, role, epoch, cursor, head_heard, last_contact)
             SELECT id, name, role, epoch, cursor, head_heard, last_contact FROM tenant_1 ORDER BY id;
         INSERT INTO paused (tenant, tbl, seq, reason)
             SELECT t.no, p.tbl, p.seq, p.reason FROM paused_1 p JOIN tenant t ON t.id = p.tenant;",
    )?;
    chains(transaction)?;
    let audiences = events(transaction)?;
    rows(transaction, &audiences)?;
    commands(transaction)?;
    transaction.execute_batch(
        "DROP TABLE event_1; DROP TABLE chain_1; DROP TABLE row_1; DROP TABLE paused_1; DROP TABLE tenant_1;",
    )
}

fn chains(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare(
        "INSERT INTO audience (tenant, name, audience_seq, hash, past_hash) VALUES (?1, ?2, ?3, ?4, zeroblob(32))",
    )?;
    let mut chains = transaction.prepare(
        "SELECT t.no, c.audience, c.audience_seq, c.hash FROM chain_1 c JOIN tenant t ON t.id = c.tenant",
    )?;
    let mut found = chains.query([])?;
    while let Some(row) = found.next()? {
        let (tenant, name, seq): (i64, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        insert.execute(params![tenant, name, seq, bytes(&row.get::<_, String>(3)?)?])?;
    }
    Ok(())
}

/// Moves the events; returns the audience of each, by tenant and position.
fn events(transaction: &Transaction<'_>) -> rusqlite::Result<HashMap<(i64, i64), i64>> {
    let mut numbers: HashMap<(i64, String), i64> = transaction
        .prepare("SELECT tenant, name, no FROM audience")?
        .query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    let mut insert = transaction.prepare(
        "INSERT INTO event (tenant, seq, audience, audience_seq, at, received_at, id, prev_hash, hash, actor, client,
             cmd_seq, kind, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?;
    let mut events = transaction.prepare(
        "SELECT t.no, e.seq, e.received_at, e.json FROM event_1 e JOIN tenant t ON t.id = e.tenant
         ORDER BY t.no, e.seq",
    )?;
    let mut found = events.query([])?;
    let mut audiences = HashMap::new();
    while let Some(row) = found.next()? {
        let (tenant, seq): (i64, i64) = (row.get(0)?, row.get(1)?);
        let event: Stored = serde_json::from_str(row.get_ref(3)?.as_str()?).map_err(unreadable)?;
        let key = (tenant, event.audience);
        let audience = if let Some(no) = numbers.get(&key) {
            *no
        } else {
            transaction.execute(
                "INSERT INTO audience (tenant, name, hash, past_hash) VALUES (?1, ?2, zeroblob(32), zeroblob(32))",
                params![key.0, key.1],
            )?;
            let no = transaction.last_insert_rowid();
            numbers.insert(key, no);
            no
        };
        insert.execute(params![
            tenant,
            seq,
            audience,
            event.audience_seq,
            nanoseconds(event.at)?,
            moment(&row.get::<_, String>(2)?)?,
            event.id.as_bytes(),
            bytes(&event.prev_hash)?,
            bytes(&event.hash)?,
            event.actor,
            event.origin.as_ref().map(|origin| origin.client.into_bytes()),
            event.origin.as_ref().map(|origin| origin.cmd_seq),
            event.kind,
            event.body.get(),
        ])?;
        audiences.insert((tenant, seq), audience);
    }
    Ok(audiences)
}

fn rows(transaction: &Transaction<'_>, audiences: &HashMap<(i64, i64), i64>) -> rusqlite::Result<()> {
    let mut newest = transaction.prepare(
        "INSERT INTO row (tenant, tbl, key, since_seq, at, received_at, audience, json)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
    )?;
    let mut older = transaction.prepare(
        "INSERT INTO version (tenant, tbl, key, since_seq, at, received_at, audience, json, until_seq)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    let mut rows = transaction.prepare(
        "SELECT t.no, r.tbl, r.key, r.since_seq, r.until_seq, r.at, r.received_at, r.json
         FROM row_1 r JOIN tenant t ON t.id = r.tenant ORDER BY t.no, r.tbl, r.key, r.since_seq DESC",
    )?;
    let mut found = rows.query([])?;
    let mut later: Option<(i64, String, String, i64)> = None;
    while let Some(row) = found.next()? {
        let (tenant, tbl, key): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (since, until): (i64, Option<i64>) = (row.get(3)?, row.get(4)?);
        let (at, received) = (moment(&row.get::<_, String>(5)?)?, moment(&row.get::<_, String>(6)?)?);
        let json: String = row.get(7)?;
        let audience = audience_at(audiences, tenant, since)?;
        if let Some(until) = until {
            older.execute(params![tenant, tbl, key, since, at, received, audience, json, until])?;
            let followed = later
                .as_ref()
                .is_some_and(|(t, b, k, began)| *t == tenant && *b == tbl && *k == key && *began == until);
            if !followed {
                removed(transaction, later.as_ref(), tenant, &tbl, &key, until, audiences)?;
            }
        } else {
            newest.execute(params![tenant, tbl, key, since, at, received, audience, json])?;
        }
        later = Some((tenant, tbl, key, since));
    }
    Ok(())
}

/// A row that ended at `until` without a next version was removed there: the removal becomes a version of its own.
fn removed(
    transaction: &Transaction<'_>,
    later: Option<&(i64, String, String, i64)>,
    tenant: i64,
    tbl: &str,
    key: &str,
    until: i64,
    audiences: &HashMap<(i64, i64), i64>,
) -> rusqlite::Result<()> {
    let audience = audience_at(audiences, tenant, until)?;
    let (at, received): (i64, i64) = transaction.query_row(
        "SELECT at, received_at FROM event WHERE tenant = ?1 AND seq = ?2",
        [tenant, until],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    match later {
        Some((t, b, k, began)) if *t == tenant && b == tbl && k == key => transaction.execute(
            "INSERT INTO version (tenant, tbl, key, since_seq, until_seq, at, received_at, audience)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![tenant, tbl, key, until, began, at, received, audience],
        )?,
        _ => transaction.execute(
            "INSERT INTO row (tenant, tbl, key, since_seq, at, received_at, audience)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![tenant, tbl, key, until, at, received, audience],
        )?,
    };
    Ok(())
}

fn commands(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    let mut update =
        transaction.prepare("UPDATE outbox SET sha256 = ?3 WHERE tenant = ?1 AND cmd_seq = ?2")?;
    let mut outbox = transaction.prepare("SELECT tenant, cmd_seq, command FROM outbox")?;
    let commands: Vec<(String, i64, String)> =
        outbox.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect::<Result<_, _>>()?;
    for (tenant, cmd_seq, command) in commands {
        update.execute(params![tenant, cmd_seq, Sha256::digest(&command).as_slice()])?;
    }
    Ok(())
}

fn audience_at(audiences: &HashMap<(i64, i64), i64>, tenant: i64, seq: i64) -> rusqlite::Result<i64> {
    audiences
        .get(&(tenant, seq))
        .copied()
        .ok_or_else(|| unreadable(format!("a row comes from event {seq}, which is not here")))
}

fn bytes(hexadecimal: &str) -> rusqlite::Result<Vec<u8>> {
    hex::decode(hexadecimal).map_err(unreadable)
}

fn moment(text: &str) -> rusqlite::Result<i64> {
    nanoseconds(text.parse().map_err(unreadable)?)
}

fn nanoseconds(at: jiff::Timestamp) -> rusqlite::Result<i64> {
    i64::try_from(at.as_nanosecond()).map_err(unreadable)
}

fn unreadable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, error.into())
}
