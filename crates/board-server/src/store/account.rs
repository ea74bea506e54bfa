//! Table `account`: who can sign in. Roles belong to tenants and live in their logs.

use board_domain::PersonId;

use super::{
    StoreError,
    sql::{Sql, values},
};

/// An account.
pub(crate) struct Account {
    /// The person, the same in every tenant.
    pub(crate) person: PersonId,
    /// PHC string of the password.
    pub(crate) password_hash: String,
}

/// The account of a lower-case e-mail.
pub(crate) fn by_email(sql: &mut dyn Sql, email: &str) -> Result<Option<Account>, StoreError> {
    sql.first("SELECT person, password_hash FROM account WHERE email = $1", values![email], |row| {
        let person = PersonId::new(row.text(0)?).map_err(|_| StoreError::Unreadable("person"))?;
        Ok(Account { person, password_hash: row.text(1)?.to_owned() })
    })
}

/// A person's name.
pub(crate) fn name(sql: &mut dyn Sql, person: &PersonId) -> Result<Option<String>, StoreError> {
    sql.first("SELECT name FROM account WHERE person = $1", values![person.as_str()], |row| {
        Ok(row.text(0)?.to_owned())
    })
}

/// Adds an account; `false` where the person or the e-mail already has one.
pub(crate) fn insert(
    sql: &mut dyn Sql,
    person: &PersonId,
    email: &str,
    name: &str,
    password_hash: &str,
) -> Result<bool, StoreError> {
    let rows = sql.execute(
        "INSERT INTO account (person, email, name, password_hash) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
        values![person.as_str(), email, name, password_hash],
    )?;
    Ok(rows == 1)
}
