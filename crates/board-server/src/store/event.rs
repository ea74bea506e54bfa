//! Table `event`: the logs. Rows are added at the head and dropped below the floor, never changed.

use std::ops::ControlFlow;

use board_domain::{Actor, Audience, Event, Origin, TenantId};
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{
    StoreError,
    sql::{Row, Sql, Value, values},
};

/// Adds one event.
pub(super) fn insert(sql: &mut dyn Sql, event: &Event) -> Result<(), StoreError> {
    sql.execute(
        "INSERT INTO event (tenant, seq, id, at, actor, origin_client, origin_cmd_seq, audience, audience_seq,
                            prev_hash, hash, kind, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        values![
            event.tenant.as_str(),
            event.seq,
            &event.id.to_string(),
            event.at.as_millisecond(),
            &event.actor.to_string(),
            event.origin.as_ref().map(|origin| origin.client.to_string()).as_ref(),
            event.origin.as_ref().map(|origin| origin.cmd_seq),
            &event.audience.to_string(),
            event.audience_seq,
            &event.prev_hash,
            &event.hash,
            &event.kind,
            event.body.get(),
        ],
    )?;
    Ok(())
}

/// Events after a position in order: at most `limit`, and no more once their bodies pass `bytes`.
pub(crate) fn page(
    sql: &mut dyn Sql,
    tenant: &TenantId,
    after: u64,
    limit: u32,
    bytes: usize,
) -> Result<Vec<Event>, StoreError> {
    let text =
        "SELECT seq, id, at, actor, origin_client, origin_cmd_seq, audience, audience_seq, prev_hash, hash, kind, body
         FROM event WHERE tenant = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    bounded(sql, tenant, text, values![tenant.as_str(), after, i64::from(limit)], bytes)
}

/// Events of one audience between two positions in order, the first left out: at most `limit`, and no more once their
/// bodies pass `bytes`.
pub(crate) fn of_audience(
    sql: &mut dyn Sql,
    tenant: &TenantId,
    audience: &Audience,
    (after, until): (u64, u64),
    limit: u32,
    bytes: usize,
) -> Result<Vec<Event>, StoreError> {
    let last = |position: u64| i64::try_from(position).unwrap_or(i64::MAX);
    // The index leaves the board's events out, which are most of the log.
    let text = if *audience == Audience::Board {
        "SELECT seq, id, at, actor, origin_client, origin_cmd_seq, audience, audience_seq, prev_hash, hash, kind, body
         FROM event WHERE tenant = $1 AND audience = $2 AND seq > $3 AND seq <= $4 ORDER BY seq LIMIT $5"
    } else {
        "SELECT seq, id, at, actor, origin_client, origin_cmd_seq, audience, audience_seq, prev_hash, hash, kind, body
         FROM event WHERE tenant = $1 AND audience = $2 AND audience <> 'board' AND seq > $3 AND seq <= $4
         ORDER BY seq LIMIT $5"
    };
    let audience = audience.to_string();
    let values = values![tenant.as_str(), &audience, last(after), last(until), i64::from(limit)];
    bounded(sql, tenant, text, values, bytes)
}

/// The events of a query, and no more once their bodies pass `bytes`.
fn bounded(
    sql: &mut dyn Sql,
    tenant: &TenantId,
    text: &'static str,
    values: &[Value<'_>],
    bytes: usize,
) -> Result<Vec<Event>, StoreError> {
    let mut events = Vec::new();
    let mut size = 0;
    sql.query(text, values, &mut |row| {
        let event = read(tenant, row)?;
        size += event.body.get().len();
        events.push(event);
        Ok(if size >= bytes { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(events)
}

/// Drops the events up to and with a position, below the log's floor.
pub(crate) fn remove_through(sql: &mut dyn Sql, tenant: &TenantId, seq: u64) -> Result<(), StoreError> {
    sql.execute("DELETE FROM event WHERE tenant = $1 AND seq <= $2", values![tenant.as_str(), seq])?;
    Ok(())
}

/// Every event after a position up to another in order, one at a time.
pub(super) fn each(
    sql: &mut dyn Sql,
    tenant: &TenantId,
    after: u64,
    until: u64,
    mut visit: impl FnMut(Event) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    sql.query(
        "SELECT seq, id, at, actor, origin_client, origin_cmd_seq, audience, audience_seq, prev_hash, hash, kind, body
         FROM event WHERE tenant = $1 AND seq > $2 AND seq <= $3 ORDER BY seq",
        values![tenant.as_str(), after, until],
        &mut |row| visit(read(tenant, row)?).map(ControlFlow::Continue),
    )
}

fn read(tenant: &TenantId, row: &Row<'_>) -> Result<Event, StoreError> {
    let uuid = |text: &str| Uuid::parse_str(text).map_err(|_| StoreError::Unreadable("event id"));
    let origin = match (row.optional_text(4)?, row.optional_integer(5)?) {
        (Some(client), Some(cmd_seq)) => {
            Some(Origin { client: uuid(client)?, cmd_seq: cmd_seq.cast_unsigned() })
        }
        _ => None,
    };
    let actor: serde::de::value::StrDeserializer<'_, serde::de::value::Error> =
        row.text(3)?.into_deserializer();
    Ok(Event {
        tenant: tenant.clone(),
        seq: row.position(0)?,
        id: uuid(row.text(1)?)?,
        at: Timestamp::from_millisecond(row.integer(2)?).map_err(|_| StoreError::Unreadable("time"))?,
        actor: Actor::deserialize(actor).map_err(|_| StoreError::Unreadable("actor"))?,
        origin,
        audience: Audience::parse(row.text(6)?).ok_or(StoreError::Unreadable("audience"))?,
        audience_seq: row.position(7)?,
        prev_hash: row.hash(8)?,
        hash: row.hash(9)?,
        kind: row.text(10)?.to_owned(),
        body: RawValue::from_string(row.text(11)?.to_owned()).map_err(|_| StoreError::Unreadable("body"))?,
    })
}
