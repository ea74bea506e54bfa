//! Lines of any format as values by column: CSV records and JSON objects look the same after this.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{Fault, FileFault, Format, Values, csv};
use board_domain::Hash;

/// Longest value in bytes, feedback included.
const LONGEST: usize = 10_000;

/// The values of one line, trimmed.
pub(super) struct Fields(Values);

impl Fields {
    /// The value of a column, if it is not empty.
    pub(super) fn get(&self, column: &str) -> Option<&str> {
        self.0.get(column).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The value of a column that must have one.
    pub(super) fn need(&self, column: &str) -> Result<&str, Fault> {
        self.get(column).ok_or_else(|| Fault::new("ingest.missing", format!("{column} is empty")))
    }

    /// A hash of all values under the tenant's key: the same row gives the same hash, and a hash gives no row back.
    pub(super) fn hash(&self, key: &[u8; 32]) -> Hash {
        let mut hasher = Sha256::new().chain_update(key);
        for (column, value) in &self.0 {
            for part in [column.as_bytes(), value.as_bytes()] {
                hasher.update((part.len() as u64).to_be_bytes());
                hasher.update(part);
            }
        }
        Hash(hasher.finalize().into())
    }
}

type Lines<'a> = Box<dyn Iterator<Item = (u32, Result<Fields, Fault>)> + 'a>;

/// The lines of a file after its header: line number, from 1, and values.
pub(super) fn lines<'a>(
    columns: &'static [&'static str],
    format: Format,
    bytes: &'a [u8],
) -> Result<Lines<'a>, FileFault> {
    match format {
        Format::Csv => csv_lines(columns, bytes),
        Format::Ndjson => Ok(Box::new(ndjson_lines(columns, bytes))),
        Format::Json => json_elements(columns, bytes),
    }
}

fn csv_lines<'a>(columns: &'static [&'static str], bytes: &'a [u8]) -> Result<Lines<'a>, FileFault> {
    let fault = || FileFault::Header { expected: columns.join(",") };
    let mut records = csv::Records::new(bytes);
    let (_, header) = records.next().ok_or_else(fault)?;
    let header = header.map_err(|_| fault())?;
    let place =
        |name: &Vec<u8>| columns.iter().find(|column| column.as_bytes() == name.trim_ascii()).copied();
    let order: Vec<&'static str> = header.iter().filter_map(place).collect();
    let each_once = columns.iter().all(|column| order.contains(column));
    if !each_once || header.len() != columns.len() {
        return Err(fault());
    }
    Ok(Box::new(records.map(move |(line, record)| {
        let fields = match record {
            Err(csv::Broken::QuoteOpen) => {
                Err(Fault::new("ingest.quote_open", "a quote is opened and not closed"))
            }
            Err(csv::Broken::QuoteStray) => {
                Err(Fault::new("ingest.quote_stray", "a closing quote is not followed by a comma"))
            }
            Ok(record) if record.len() != order.len() => Err(Fault::new(
                "ingest.column_count",
                format!("{} values for {} columns", record.len(), order.len()),
            )),
            Ok(record) => {
                order.iter().zip(record).map(|(column, value)| Ok((*column, clean(column, value)?))).collect()
            }
        };
        (line, fields.map(Fields))
    })))
}

fn ndjson_lines<'a>(
    columns: &'static [&'static str],
    bytes: &'a [u8],
) -> impl Iterator<Item = (u32, Result<Fields, Fault>)> + 'a {
    bytes.split(|byte| *byte == b'\n').zip(1..).filter(|(line, _)| !line.trim_ascii().is_empty()).map(
        move |(line, number)| {
            if std::str::from_utf8(line).is_err() {
                return (number, Err(not_utf8("the line")));
            }
            let object = serde_json::from_slice::<Map<String, Value>>(line)
                .map_err(|_| Fault::new("ingest.json_invalid", "the line is not a JSON object"));
            (number, object.and_then(|object| from_object(columns, object)))
        },
    )
}

fn json_elements<'a>(columns: &'static [&'static str], bytes: &'a [u8]) -> Result<Lines<'a>, FileFault> {
    let document: Value = serde_json::from_slice(bytes)
        .map_err(|error| FileFault::Json { line: error.line(), column: error.column() })?;
    let elements = match document {
        Value::Array(elements) => elements,
        other => vec![other],
    };
    Ok(Box::new(elements.into_iter().zip(1..).map(move |(element, number)| match element {
        Value::Object(object) => (number, from_object(columns, object)),
        _ => (number, Err(Fault::new("ingest.json_invalid", "the element is not a JSON object"))),
    })))
}

fn from_object(columns: &'static [&'static str], object: Map<String, Value>) -> Result<Fields, Fault> {
    let mut values = Values::new();
    for (name, value) in object {
        let Some(column) = columns.iter().find(|column| **column == name) else {
            return Err(Fault::new("ingest.column_unknown", "the object has a key that is no column"));
        };
        let text = match value {
            Value::Null => String::new(),
            Value::String(text) => text,
            other => other.to_string(),
        };
        values.insert(column, clean(column, text.into_bytes())?);
    }
    Ok(Fields(values))
}

/// A value as text without what no value may hold.
fn clean(column: &str, value: Vec<u8>) -> Result<String, Fault> {
    if value.len() > LONGEST {
        return Err(too_long(column));
    }
    let text = String::from_utf8(value).map_err(|_| not_utf8(column))?;
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Fault::new("ingest.control_character", format!("{column} holds a control character")));
    }
    Ok(text.trim().to_owned())
}

fn not_utf8(column: &str) -> Fault {
    Fault::new("ingest.not_utf8", format!("{column} is not UTF-8"))
}

/// A value is longer than its column allows.
pub(super) fn too_long(column: &str) -> Fault {
    Fault::new("ingest.field_too_long", format!("{column} is too long"))
}
