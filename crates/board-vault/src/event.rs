//! Events as they stand in their table. Not their meaning.

use board_domain::{Actor, Audience, Event, Origin, PersonId, TenantId};
use rusqlite::{CachedStatement, params};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::VaultError;
use crate::folding::Stamp;
use crate::reader::{hash_of, signed, timestamp, unsigned};

/// The columns that are the event's own, in the order that [`read`] takes them in.
pub(crate) const EVENT_COLUMNS: &str =
    "place, at, audience_seq, id, prev_hash, hash, actor, client, cmd_seq, kind, body";

/// Bits of a place that hold the position.
pub(crate) const POSITION_BITS: u32 = 44;

/// The highest position whose event can be kept: a log never comes near it.
pub(crate) const HIGHEST_KEPT: u64 = (1 << POSITION_BITS) - 1;

/// Where the event at a position stands in the table: after every other one of its tenant and before the next tenant's.
/// The same for a position beyond every event.
pub(crate) fn place(tenant: i64, seq: u64) -> i64 {
    (tenant << POSITION_BITS) + i64::try_from(seq.min(HIGHEST_KEPT)).unwrap_or_default()
}

/// The position in a place.
pub(crate) fn position(place: i64) -> u64 {
    place.unsigned_abs() & HIGHEST_KEPT
}

/// Executes an insert of `received_at`, audience and [`EVENT_COLUMNS`].
pub(crate) fn insert(
    statement: &mut CachedStatement<'_>,
    tenant: i64,
    stamp: Stamp,
    event: &Event,
) -> Result<(), VaultError> {
    let origin = event.origin.as_ref();
    statement.execute(params![
        stamp.received_at,
        stamp.audience,
        place(tenant, event.seq),
        stamp.at,
        signed(event.audience_seq)?,
        &event.id.as_bytes()[..],
        &event.prev_hash.0[..],
        &event.hash.0[..],
        event.actor.to_string(),
        origin.map(|origin| origin.client.into_bytes()),
        origin.map(|origin| signed(origin.cmd_seq)).transpose()?,
        event.kind,
        event.body.get(),
    ])?;
    Ok(())
}

/// Reads an event from [`EVENT_COLUMNS`] followed by the name of its audience.
pub(crate) fn read(row: &rusqlite::Row<'_>, tenant: &TenantId) -> Result<Event, VaultError> {
    let (actor, audience): (String, String) = (row.get(6)?, row.get(11)?);
    let origin = match (row.get::<_, Option<[u8; 16]>>(7)?, row.get::<_, Option<i64>>(8)?) {
        (Some(client), Some(cmd_seq)) => {
            Some(Origin { client: Uuid::from_bytes(client), cmd_seq: unsigned(cmd_seq)? })
        }
        _ => None,
    };
    Ok(Event {
        tenant: tenant.clone(),
        seq: position(row.get(0)?),
        at: timestamp(row.get(1)?)?,
        audience_seq: unsigned(row.get(2)?)?,
        id: Uuid::from_bytes(row.get(3)?),
        prev_hash: hash_of(row, 4)?,
        hash: hash_of(row, 5)?,
        actor: read_actor(&actor)?,
        origin,
        audience: Audience::parse(&audience)
            .ok_or_else(|| VaultError::Value(format!("audience {audience}")))?,
        kind: row.get(9)?,
        body: RawValue::from_string(row.get(10)?)?,
    })
}

fn read_actor(text: &str) -> Result<Actor, VaultError> {
    let unreadable = || VaultError::Value(format!("actor {text}"));
    if let Some(name) = text.strip_prefix("service:") {
        return Ok(Actor::Service(name.to_owned()));
    }
    let id = text.strip_prefix("person:").ok_or_else(unreadable)?;
    Ok(Actor::Person(PersonId::new(id).map_err(|_| unreadable())?))
}
