//! Sessions: an access token for the next minutes and a refresh token that is good once. Not passwords.
//!
//! A refresh token used twice means that two parties hold it, so the whole session ends.

use board_domain::{PersonId, wire::TokenPair};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    secret::{token, token_hash},
    store::{StoreError, Transaction, access_token, account, refresh_token},
};

/// Seconds an access token lives.
pub(crate) const ACCESS_SECONDS: u64 = 600;
/// Milliseconds a refresh token lives: 30 days.
const REFRESH_MILLISECONDS: i64 = 30 * 24 * 3_600 * 1_000;

/// Starts a session on a device.
pub(crate) fn start(
    transaction: &mut Transaction<'_>,
    person: &PersonId,
    device: &str,
    now: Timestamp,
) -> Result<TokenPair, StoreError> {
    issue(transaction, person, Uuid::new_v4().to_string(), device, now)
}

/// Exchanges a refresh token; `None` where it is unknown, ended or was exchanged before, which ends its session.
pub(crate) fn refresh(
    transaction: &mut Transaction<'_>,
    token: &str,
    now: Timestamp,
) -> Result<Option<TokenPair>, StoreError> {
    let hash = token_hash(token);
    let Some(row) = refresh_token::get(transaction.sql()?, &hash)? else { return Ok(None) };
    if !row.used && row.expires_at <= now.as_millisecond() {
        return Ok(None);
    }
    // Whoever marks it first has it; another server may be at it in the same moment.
    if row.used || !refresh_token::mark_used(transaction.sql()?, &hash)? {
        tracing::warn!(person = %row.person, "a refresh token was used twice; its session was ended");
        end(transaction, &row.family)?;
        return Ok(None);
    }
    issue(transaction, &row.person, row.family, &row.device, now).map(Some)
}

/// Ends a session.
pub(crate) fn end(transaction: &mut Transaction<'_>, family: &str) -> Result<(), StoreError> {
    access_token::revoke(transaction.sql()?, family)?;
    refresh_token::revoke(transaction.sql()?, family)
}

fn issue(
    transaction: &mut Transaction<'_>,
    person: &PersonId,
    family: String,
    device: &str,
    now: Timestamp,
) -> Result<TokenPair, StoreError> {
    let name = account::name(transaction.sql()?, person)?.ok_or(StoreError::Unreadable("account"))?;
    let (access, refresh) = (token("bat_")?, token("brt_")?);
    let now = now.as_millisecond();
    access_token::insert(
        transaction.sql()?,
        &token_hash(&access),
        &family,
        person,
        now,
        now + i64::try_from(ACCESS_SECONDS).unwrap_or(0) * 1_000,
    )?;
    let row = refresh_token::RefreshToken {
        family,
        person: person.clone(),
        device: device.to_owned(),
        expires_at: now + REFRESH_MILLISECONDS,
        used: false,
    };
    refresh_token::insert(transaction.sql()?, &token_hash(&refresh), &row, now)?;
    Ok(TokenPair {
        access_token: access,
        expires_in: ACCESS_SECONDS,
        refresh_token: refresh,
        person: person.clone(),
        name,
    })
}
