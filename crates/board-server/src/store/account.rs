//! Table `account`: who can sign in. Roles belong to tenants and live in their logs.

use board_domain::PersonId;
use rusqlite::{Connection, OptionalExtension};

use super::StoreError;

/// An account.
pub(crate) struct Account {
    /// The person, the same in every tenant.
    pub(crate) person: PersonId,
    /// PHC string of the password.
    pub(crate) password_hash: String,
}

/// The account of a lower-case e-mail.
pub(crate) fn by_email(sql: &Connection, email: &str) -> Result<Option<Account>, StoreError> {
    let row = sql
        .prepare_cached("SELECT person, password_hash FROM account WHERE email = ?1")?
        .query_row([email], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))
        .optional()?;
    let Some((person, password_hash)) = row else { return Ok(None) };
    let person = PersonId::new(person).map_err(|_| StoreError::Unreadable("person"))?;
    Ok(Some(Account { person, password_hash }))
}

/// A person's name.
pub(crate) fn name(sql: &Connection, person: &PersonId) -> Result<Option<String>, StoreError> {
    Ok(sql
        .prepare_cached("SELECT name FROM account WHERE person = ?1")?
        .query_row([person.as_str()], |row| row.get(0))
        .optional()?)
}

/// Adds an account; `false` where the person or the e-mail already has one.
pub(crate) fn insert(
    sql: &Connection,
    person: &PersonId,
    email: &str,
    name: &str,
    password_hash: &str,
) -> Result<bool, StoreError> {
    let rows = sql
        .prepare_cached(
            "INSERT INTO account (person, email, name, password_hash) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO NOTHING",
        )?
        .execute((person.as_str(), email, name, password_hash))?;
    Ok(rows == 1)
}
