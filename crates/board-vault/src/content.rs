//! What a row says: the fold of the event that made it, which the log holds already, or the text that stands with the
//! row where no event here says it alone. Not which rows there are.

use board_domain::{Change, Row, Rows, Tenant, fold_body};
use jiff::Timestamp;
use rusqlite::{CachedStatement, Connection};
use uuid::Uuid;

use crate::VaultError;
use crate::event::place;
use crate::folding::Failure;
use crate::reader::{nanoseconds, timestamp};

/// Times and text of a row that stand with it. Where they do not, they are those of the event that made it.
#[derive(Debug)]
pub(crate) struct Held {
    at: i64,
    received_at: i64,
    json: String,
}

impl Held {
    /// Reads `at`, `received_at` and `json` from that column on; `None` where they are the event's.
    pub(crate) fn read(row: &rusqlite::Row<'_>, column: usize) -> Result<Option<Self>, VaultError> {
        let Some(json) = row.get(column + 2)? else { return Ok(None) };
        Ok(Some(Self { at: row.get(column)?, received_at: row.get(column + 1)?, json }))
    }
}

/// What a row says, and when that happened.
pub(crate) struct Content {
    pub(crate) row: Row,
    pub(crate) at: Timestamp,
    pub(crate) received_at: Timestamp,
}

/// Finds what rows of a tenant say.
pub(crate) struct Contents<'a> {
    tenant: i64,
    event: CachedStatement<'a>,
}

impl<'a> Contents<'a> {
    pub(crate) fn new(connection: &'a Connection, tenant: i64) -> Result<Self, VaultError> {
        let event = connection
            .prepare_cached("SELECT at, received_at, kind, id, body FROM event WHERE place = ?1")?;
        Ok(Self { tenant, event })
    }

    /// What a row says that an event at this position made.
    pub(crate) fn find(&mut self, since: u64, held: Option<&Held>) -> Result<Content, VaultError> {
        if let Some(Held { at, received_at, json }) = held {
            return Ok(Content {
                row: serde_json::from_str(json)?,
                at: timestamp(*at)?,
                received_at: timestamp(*received_at)?,
            });
        }
        let mut found = self.event.query([place(self.tenant, since)])?;
        let missing = || VaultError::Value(format!("a row comes from event {since}, which is not here"));
        let event = found.next()?.ok_or_else(missing)?;
        let text = |column| event.get_ref(column)?.as_str().map_err(rusqlite::Error::from);
        Ok(Content {
            row: fold_alone(text(2)?, text(4)?, Uuid::from_bytes(event.get(3)?), since)?,
            at: timestamp(event.get(0)?)?,
            received_at: timestamp(event.get(1)?)?,
        })
    }

    /// The text of what a row says: equal for equal rows, wherever it stands.
    pub(crate) fn text(&mut self, since: u64, held: Option<Held>) -> Result<(i64, String), VaultError> {
        if let Some(Held { at, json, .. }) = held {
            return Ok((at, json));
        }
        let content = self.find(since, None)?;
        Ok((nanoseconds(content.at)?, serde_json::to_string(&content.row)?))
    }
}

/// No rows: an event whose fold asks for one does not say by itself what its row becomes.
struct Alone;

impl Rows for Alone {
    type Error = Failure;

    fn tenant(&self) -> Result<Option<Tenant>, Failure> {
        Err(VaultError::Value("a row that depends on another does not stand with its text".to_owned()).into())
    }
}

fn fold_alone(kind: &str, body: &str, id: Uuid, seq: u64) -> Result<Row, VaultError> {
    let changes = match fold_body(&Alone, kind, body, id, seq) {
        Ok(changes) => changes,
        Err(Failure::Vault(error)) => return Err(error),
        Err(Failure::Fold(error)) => return Err(VaultError::Value(error.to_string())),
    };
    let put = |change| if let Change::Put { row, .. } = change { Some(row) } else { None };
    let row = changes.into_iter().find_map(put);
    row.ok_or_else(|| VaultError::Value(format!("event {seq} made no row")))
}
