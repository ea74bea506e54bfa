//! The seam between the tables' files and the engines: one SQL text, numbered parameters, typed columns. Not a query
//! builder.
//!
//! Texts are written so that `SQLite` and `PostgreSQL` both take them: parameters are `$1, $2, …`, times and positions
//! are 64-bit integers, ids are text, hashes and keys are bytes.

use std::{error::Error, ops::ControlFlow};

use board_domain::Hash;
use bytes::BytesMut;
use postgres::types::{IsNull, Type};
use rusqlite::types::{ToSqlOutput, ValueRef};

use super::StoreError;

/// A parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    /// Nothing.
    Null,
    /// A 64-bit integer.
    Integer(i64),
    /// Text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A list of texts, where the engine takes lists.
    Texts(&'a [&'a str]),
    /// A list of bytes, where the engine takes lists.
    ManyBytes(&'a [&'a [u8]]),
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

/// Positions stay far below the sign bit.
impl From<u64> for Value<'_> {
    fn from(value: u64) -> Self {
        Self::Integer(value.cast_signed())
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a Hash> for Value<'a> {
    fn from(value: &'a Hash) -> Self {
        Self::Bytes(&value.0)
    }
}

impl<'a> From<&'a [u8; 32]> for Value<'a> {
    fn from(value: &'a [u8; 32]) -> Self {
        Self::Bytes(value)
    }
}

impl<'a> From<&'a [&'a str]> for Value<'a> {
    fn from(value: &'a [&'a str]) -> Self {
        Self::Texts(value)
    }
}

impl<'a> From<&'a [&'a [u8]]> for Value<'a> {
    fn from(value: &'a [&'a [u8]]) -> Self {
        Self::ManyBytes(value)
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Bytes(value)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A list of parameters from anything a [`Value`] is made of.
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::store::sql::Value::from($value)),*] };
}
pub(crate) use values;

/// A row of an answer; columns count from 0.
pub(crate) enum Row<'a> {
    /// Of the embedded engine.
    Sqlite(&'a rusqlite::Row<'a>),
    /// Of the server.
    Postgres(&'a postgres::Row),
}

impl Row<'_> {
    /// An integer, or nothing.
    pub(crate) fn optional_integer(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self {
            Self::Sqlite(row) => Ok(row.get(column)?),
            Self::Postgres(row) => row.try_get(column).map_err(|_| StoreError::Unreadable("integer")),
        }
    }

    /// A text, or nothing.
    pub(crate) fn optional_text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        match self {
            Self::Sqlite(row) => Ok(row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?),
            Self::Postgres(row) => row.try_get(column).map_err(|_| StoreError::Unreadable("text")),
        }
    }

    /// An integer.
    pub(crate) fn integer(&self, column: usize) -> Result<i64, StoreError> {
        self.optional_integer(column)?.ok_or(StoreError::Unreadable("integer"))
    }

    /// A position or a count.
    pub(crate) fn position(&self, column: usize) -> Result<u64, StoreError> {
        self.integer(column).map(i64::cast_unsigned)
    }

    /// A text.
    pub(crate) fn text(&self, column: usize) -> Result<&str, StoreError> {
        self.optional_text(column)?.ok_or(StoreError::Unreadable("text"))
    }

    /// Bytes.
    pub(crate) fn bytes(&self, column: usize) -> Result<&[u8], StoreError> {
        match self {
            Self::Sqlite(row) => Ok(row.get_ref(column)?.as_blob().map_err(rusqlite::Error::from)?),
            Self::Postgres(row) => row.try_get(column).map_err(|_| StoreError::Unreadable("bytes")),
        }
    }

    /// 32 bytes.
    pub(crate) fn key(&self, column: usize) -> Result<[u8; 32], StoreError> {
        self.bytes(column)?.try_into().map_err(|_| StoreError::Unreadable("key"))
    }

    /// A hash.
    pub(crate) fn hash(&self, column: usize) -> Result<Hash, StoreError> {
        self.key(column).map(Hash)
    }
}

/// What is done with each row: go on or stop.
pub(crate) type Visit<'a> = &'a mut dyn FnMut(&Row<'_>) -> Result<ControlFlow<()>, StoreError>;

/// A connection that takes the common SQL. Statements are prepared once per connection.
pub(crate) trait Sql {
    /// Whether a parameter may be a list, so that many rows make one journey.
    fn takes_lists(&self) -> bool;

    /// Changes rows; the number of rows changed.
    fn execute(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, StoreError>;

    /// Visits the rows of an answer in order.
    fn query(&mut self, sql: &'static str, values: &[Value<'_>], visit: Visit<'_>) -> Result<(), StoreError>;
}

impl dyn Sql + '_ {
    /// The first row of an answer.
    pub(crate) fn first<T>(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut found = None;
        self.query(sql, values, &mut |row| {
            found = Some(read(row)?);
            Ok(ControlFlow::Break(()))
        })?;
        Ok(found)
    }

    /// Every row of an answer.
    pub(crate) fn all<T>(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        self.query(sql, values, &mut |row| {
            found.push(read(row)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(value) => ValueRef::Integer(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Bytes(value) => ValueRef::Blob(value),
            Self::Texts(_) | Self::ManyBytes(_) => {
                let refused = "a list is no parameter here";
                return Err(rusqlite::Error::ToSqlConversionFailure(refused.into()));
            }
        }))
    }
}

impl postgres::types::ToSql for Value<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(value) => value.to_sql_checked(kind, out),
            Self::Text(value) => value.to_sql_checked(kind, out),
            Self::Bytes(value) => value.to_sql_checked(kind, out),
            Self::Texts(value) => value.to_sql_checked(kind, out),
            Self::ManyBytes(value) => value.to_sql_checked(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT8, Type::TEXT, Type::BYTEA, Type::TEXT_ARRAY, Type::BYTEA_ARRAY].contains(kind)
    }

    postgres::types::to_sql_checked!();
}

/// `SQLite` reads `$2` as a name and gives it an index where it first appears, so parameters are bound by their number.
fn bind(statement: &mut rusqlite::Statement<'_>, values: &[Value<'_>]) -> Result<(), rusqlite::Error> {
    let expected = statement.parameter_count();
    if expected != values.len() {
        return Err(rusqlite::Error::InvalidParameterCount(values.len(), expected));
    }
    for index in 1..=expected {
        let number = statement.parameter_name(index).and_then(|name| name.strip_prefix('$'));
        let number: Option<usize> = number.and_then(|number| number.parse().ok());
        let value = number.and_then(|number| values.get(number.checked_sub(1)?));
        let value = value.ok_or(rusqlite::Error::InvalidParameterCount(index, expected))?;
        statement.raw_bind_parameter(index, value)?;
    }
    Ok(())
}

impl Sql for rusqlite::Connection {
    fn takes_lists(&self) -> bool {
        false
    }

    fn execute(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        let mut statement = self.prepare_cached(sql)?;
        bind(&mut statement, values)?;
        Ok(statement.raw_execute()? as u64)
    }

    fn query(&mut self, sql: &'static str, values: &[Value<'_>], visit: Visit<'_>) -> Result<(), StoreError> {
        let mut statement = self.prepare_cached(sql)?;
        bind(&mut statement, values)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            if visit(&Row::Sqlite(row))?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_bound_by_their_number_wherever_they_first_appear() {
        let mut connection = rusqlite::Connection::open_in_memory().unwrap();
        let sql: &mut dyn Sql = &mut connection;
        let row = sql.first("SELECT $2, $1, $3, $2, $4", values!["one", "two", 3_i64, None::<i64>], |row| {
            let texts = [row.text(0)?, row.text(1)?, row.text(3)?].map(str::to_owned);
            Ok((texts, row.integer(2)?, row.optional_integer(4)?))
        });
        assert_eq!(row.unwrap().unwrap(), (["two", "one", "two"].map(str::to_owned), 3, None));
        let ten = values![1_i64, 2_i64, 3_i64, 4_i64, 5_i64, 6_i64, 7_i64, 8_i64, 9_i64, 10_i64];
        let sum =
            sql.first("SELECT $10 * 100 + $1, $2, $3, $4, $5, $6, $7, $8, $9", ten, |row| row.integer(0));
        assert_eq!(sum.unwrap(), Some(1_001));
        assert!(sql.first("SELECT $1, $2", values![1_i64], |_| Ok(())).is_err(), "one is missing");
        assert!(
            sql.first("SELECT $1, $3", values![1_i64, 2_i64], |_| Ok(())).is_err(),
            "a number is skipped"
        );
        assert!(
            sql.first("SELECT ?1", values![1_i64], |_| Ok(())).is_err(),
            "not the common way to write it"
        );
    }

    #[test]
    fn columns_of_another_type_are_refused() {
        let mut connection = rusqlite::Connection::open_in_memory().unwrap();
        let sql: &mut dyn Sql = &mut connection;
        let mut fails = |read: fn(&Row<'_>) -> bool| {
            assert!(sql.first("SELECT 'text', NULL, x'00'", &[], |row| Ok(read(row))).unwrap().unwrap());
        };
        fails(|row| row.integer(0).is_err());
        fails(|row| row.text(1).is_err() && row.optional_text(1).unwrap().is_none());
        fails(|row| row.hash(2).is_err());
        fails(|row| row.text(9).is_err());
    }
}
