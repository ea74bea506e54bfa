//! Upstream rows: read, checked line by line, and taken in one transaction. Not how they arrive, nor how figures are
//! computed.

mod adapters;
mod check;
mod csv;
mod fields;
mod receive;
mod row;

use std::collections::{BTreeMap, BTreeSet};

use board_domain::{Currency, Hash, ProgrammeId, Row, Table, TenantId};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use sha2::{Digest, Sha256};

use crate::{
    redact::Names,
    secret,
    store::{StoreError, Transaction, tenant},
};
pub(crate) use receive::receive;
pub use row::{
    BuddyMatch, Cost, CourseCompletion, Feedback, IntakeRow, Outcome, OutcomeKind, Score, Session,
    SessionKind, Volunteering,
};

/// How the rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Comma-separated values with a header (RFC 4180).
    Csv,
    /// One JSON object a line.
    Ndjson,
    /// An array of JSON objects, or one object.
    Json,
}

impl Format {
    /// The format of a content type.
    pub(crate) fn of(content_type: &str) -> Option<Self> {
        match content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase().as_str() {
            "text/csv" => Some(Self::Csv),
            "application/x-ndjson" => Some(Self::Ndjson),
            "application/json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// Why a whole file was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FileFault {
    /// No such kind of rows.
    #[error("there is no source of this name; known are {known}")]
    SourceUnknown {
        /// The known ones.
        known: String,
    },
    /// The header does not name each column once.
    #[error("the header must name each of these columns once: {expected}")]
    Header {
        /// The columns.
        expected: String,
    },
    /// The document is not JSON.
    #[error("line {line}, column {column}: this is not JSON")]
    Json {
        /// Line.
        line: usize,
        /// Column.
        column: usize,
    },
}

impl FileFault {
    /// Stable code.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::SourceUnknown { .. } => "ingest.source_unknown",
            Self::Header { .. } => "ingest.header",
            Self::Json { .. } => "ingest.json_invalid",
        }
    }
}

/// Why a line was refused: a stable code, and words that name the column but never repeat its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: &'static str,
    pub(crate) reason: String,
}

impl Fault {
    pub(crate) fn new(code: &'static str, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }
}

/// What lines are checked against.
pub(crate) struct Context {
    tenant: TenantId,
    today: Date,
    zone: TimeZone,
    currency: Currency,
    programmes: BTreeSet<ProgrammeId>,
    names: Names,
    pseudonym_key: [u8; 32],
}

impl Context {
    fn pseudonym(&self, identity: &str) -> String {
        secret::pseudonym(&self.pseudonym_key, identity)
    }
}

/// The tenant's part of the checks.
pub(crate) fn context(
    transaction: &mut Transaction<'_>,
    tenant: &TenantId,
    now: Timestamp,
) -> Result<Context, StoreError> {
    let pseudonym_key = tenant::pseudonym_key(transaction.sql()?, tenant)?
        .ok_or_else(|| StoreError::NoTenant(tenant.clone()))?;
    let book = transaction.book(tenant)?;
    let company = book.tenant().ok_or_else(|| StoreError::NoTenant(tenant.clone()))?;
    let zone = TimeZone::get(&company.zone).map_err(|_| StoreError::Unreadable("time zone"))?;
    let people = book.table(Table::Person).filter_map(|(_, row)| match row {
        Row::Person(person) => Some(person.name.as_str()),
        _ => None,
    });
    let programmes = book.table(Table::Programme).filter_map(|(_, row)| match row {
        Row::Programme(programme) => Some(programme.id.clone()),
        _ => None,
    });
    Ok(Context {
        tenant: tenant.clone(),
        today: now.to_zoned(zone.clone()).date(),
        currency: company.currency,
        programmes: programmes.collect(),
        names: Names::new(people),
        zone,
        pseudonym_key,
    })
}

/// A line that passed its checks.
pub(crate) struct Checked {
    external_id: String,
    row_hash: Hash,
    row: IntakeRow,
    evidence: Option<board_domain::Evidence>,
}

/// A file whose lines were checked.
pub(crate) struct CheckedFile {
    source: &'static str,
    sha256: Hash,
    lines: Vec<(u32, Result<Checked, Fault>)>,
}

/// The adapter of a source.
pub(crate) fn source(name: &str) -> Result<&'static adapters::Source, FileFault> {
    let found = adapters::SOURCES.iter().find(|source| source.name == name);
    found.ok_or_else(|| {
        let known: Vec<_> = adapters::SOURCES.iter().map(|source| source.name).collect();
        FileFault::SourceUnknown { known: known.join(", ") }
    })
}

/// Checks every line of a file. Pure: nothing is stored.
pub(crate) fn check(
    source: &'static adapters::Source,
    format: Format,
    bytes: &[u8],
    context: &Context,
) -> Result<CheckedFile, FileFault> {
    let sha256 = Hash(Sha256::digest(bytes).into());
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let lines = fields::lines(source.columns, format, bytes)?
        .map(|(line, fields)| {
            let checked = fields.and_then(|fields| {
                let (external_id, row, evidence) = (source.read)(&fields, context)?;
                let row_hash = fields.hash(&context.pseudonym_key);
                Ok(Checked { external_id, row_hash, row, evidence })
            });
            (line, checked)
        })
        .collect();
    Ok(CheckedFile { source: source.name, sha256, lines })
}

/// Values by column of one line.
type Values = BTreeMap<&'static str, String>;

#[cfg(test)]
mod tests;
