//! Table `event`: the logs. Rows are only ever added.

use board_domain::{Actor, Audience, Event, Hash, Origin, TenantId};
use jiff::Timestamp;
use rusqlite::{Connection, Row};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::StoreError;

/// Adds one event.
pub(super) fn insert(sql: &Connection, event: &Event) -> Result<(), StoreError> {
    sql.prepare_cached(
        "INSERT INTO event (tenant, seq, id, at, actor, origin_client, origin_cmd_seq, audience, audience_seq,
                            prev_hash, hash, kind, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?
    .execute((
        event.tenant.as_str(),
        event.seq.cast_signed(),
        event.id.to_string(),
        event.at.as_millisecond(),
        event.actor.to_string(),
        event.origin.as_ref().map(|origin| origin.client.to_string()),
        event.origin.as_ref().map(|origin| origin.cmd_seq.cast_signed()),
        event.audience.to_string(),
        event.audience_seq.cast_signed(),
        event.prev_hash.0,
        event.hash.0,
        &event.kind,
        event.body.get(),
    ))?;
    Ok(())
}

/// Events after a position in order: at most `limit`, and no more once their bodies pass `bytes`.
pub(crate) fn page(
    sql: &Connection,
    tenant: &TenantId,
    after: u64,
    limit: u32,
    bytes: usize,
) -> Result<Vec<Event>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT seq, id, at, actor, origin_client, origin_cmd_seq, audience, audience_seq, prev_hash, hash, kind, body
         FROM event WHERE tenant = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
    )?;
    let mut rows = statement.query((tenant.as_str(), after.cast_signed(), limit))?;
    let mut events = Vec::new();
    let mut size = 0;
    while let Some(row) = rows.next()? {
        let event = read(tenant, row)?;
        size += event.body.get().len();
        events.push(event);
        if size >= bytes {
            break;
        }
    }
    Ok(events)
}

/// Events of one audience between two positions in order, the first left out: at most `limit`, and no more once their
/// bodies pass `bytes`.
pub(crate) fn of_audience(
    sql: &Connection,
    tenant: &TenantId,
    audience: &Audience,
    (after, until): (u64, u64),
    limit: u32,
    bytes: usize,
) -> Result<Vec<Event>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT seq, id, at, actor, origin_client, origin_cmd_seq, audience, audience_seq, prev_hash, hash, kind, body
         FROM event WHERE tenant = ?1 AND audience = ?2 AND seq > ?3 AND seq <= ?4 ORDER BY seq LIMIT ?5",
    )?;
    let last = i64::try_from(until).unwrap_or(i64::MAX);
    let first = i64::try_from(after).unwrap_or(i64::MAX);
    let mut rows = statement.query((tenant.as_str(), audience.to_string(), first, last, limit))?;
    let mut events = Vec::new();
    let mut size = 0;
    while let Some(row) = rows.next()? {
        let event = read(tenant, row)?;
        size += event.body.get().len();
        events.push(event);
        if size >= bytes {
            break;
        }
    }
    Ok(events)
}

/// Every event after a position in order, one at a time.
pub(super) fn each(
    sql: &Connection,
    tenant: &TenantId,
    after: u64,
    mut visit: impl FnMut(Event) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT seq, id, at, actor, origin_client, origin_cmd_seq, audience, audience_seq, prev_hash, hash, kind, body
         FROM event WHERE tenant = ?1 AND seq > ?2 ORDER BY seq",
    )?;
    let mut rows = statement.query((tenant.as_str(), after.cast_signed()))?;
    while let Some(row) = rows.next()? {
        visit(read(tenant, row)?)?;
    }
    Ok(())
}

fn read(tenant: &TenantId, row: &Row<'_>) -> Result<Event, StoreError> {
    let text = |index: usize| -> Result<String, StoreError> { Ok(row.get(index)?) };
    let uuid = |text: &str| Uuid::parse_str(text).map_err(|_| StoreError::Unreadable("event id"));
    let origin = match (row.get::<_, Option<String>>(4)?, row.get::<_, Option<i64>>(5)?) {
        (Some(client), Some(cmd_seq)) => {
            Some(Origin { client: uuid(&client)?, cmd_seq: cmd_seq.cast_unsigned() })
        }
        _ => None,
    };
    let actor: serde::de::value::StringDeserializer<serde::de::value::Error> = text(3)?.into_deserializer();
    Ok(Event {
        tenant: tenant.clone(),
        seq: row.get::<_, i64>(0)?.cast_unsigned(),
        id: uuid(&text(1)?)?,
        at: Timestamp::from_millisecond(row.get(2)?).map_err(|_| StoreError::Unreadable("time"))?,
        actor: Actor::deserialize(actor).map_err(|_| StoreError::Unreadable("actor"))?,
        origin,
        audience: Audience::parse(&text(6)?).ok_or(StoreError::Unreadable("audience"))?,
        audience_seq: row.get::<_, i64>(7)?.cast_unsigned(),
        prev_hash: Hash(row.get(8)?),
        hash: Hash(row.get(9)?),
        kind: text(10)?,
        body: RawValue::from_string(text(11)?).map_err(|_| StoreError::Unreadable("body"))?,
    })
}
