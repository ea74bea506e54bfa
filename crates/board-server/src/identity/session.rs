//! Sessions: an access token for the next minutes and a refresh token that is good once. Not passwords.
//!
//! A refresh token used twice means that two parties hold it, so the whole session ends. One exception is made, for an
//! answer that was lost on its way: until it shows that it arrived, and for two minutes at most, it is given again.

use board_domain::{PersonId, wire::TokenPair};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    secret::{random, sealed, token_hash, token_of},
    store::{
        StoreError, Transaction, access_token, account,
        exchanged_token::{self, Exchanged},
        refresh_token,
    },
};

/// Seconds an access token lives.
pub(crate) const ACCESS_SECONDS: u64 = 600;
/// Milliseconds a refresh token lives: 30 days.
const REFRESH_MILLISECONDS: i64 = 30 * 24 * 3_600 * 1_000;
/// Milliseconds for which an answer that nobody has used may be given again: time for a client to notice twice that none
/// came, with its longest waits.
const GRACE_MILLISECONDS: i64 = 120_000;

/// The random bits of a pair of tokens.
struct Pair {
    access: [u8; 32],
    refresh: [u8; 32],
}

/// Starts a session on a device.
pub(crate) fn start(
    transaction: &mut Transaction<'_>,
    person: &PersonId,
    device: &str,
    now: Timestamp,
) -> Result<TokenPair, StoreError> {
    let pair = issue(transaction, person, &Uuid::new_v4().to_string(), device, now)?;
    answer(transaction, person, &pair, ACCESS_SECONDS)
}

/// Exchanges a refresh token; `None` where it is unknown or ended, or was exchanged before, which ends its session unless
/// the answer to that may have been lost.
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
        if let Some(pair) = again(transaction, token, now)? {
            return answer(transaction, &row.person, &pair.0, pair.1).map(Some);
        }
        tracing::warn!(person = %row.person, "a refresh token was used twice; its session was ended");
        end(transaction, &row.family)?;
        return Ok(None);
    }
    let pair = issue(transaction, &row.person, &row.family, &row.device, now)?;
    let at = now.as_millisecond();
    let exchanged = Exchanged {
        family: row.family,
        access_hash: token_hash(&access(&pair)),
        access: sealed(token, "access", pair.access),
        refresh: sealed(token, "refresh", pair.refresh),
        at,
    };
    exchanged_token::insert(transaction.sql()?, &hash, &exchanged, at - GRACE_MILLISECONDS)?;
    answer(transaction, &row.person, &pair, ACCESS_SECONDS).map(Some)
}

/// Whether an access token that ends then is so young that the answer which brought it may still be awaited.
pub(crate) fn may_be_awaited(expires_at: i64, now: Timestamp) -> bool {
    let issued = expires_at - i64::try_from(ACCESS_SECONDS).unwrap_or(0) * 1_000;
    now.as_millisecond() - issued < GRACE_MILLISECONDS
}

/// An access token was used: the answer that brought it arrived, and is not given again.
pub(crate) fn arrived(transaction: &mut Transaction<'_>, access: &str) -> Result<(), StoreError> {
    exchanged_token::arrived(transaction.sql()?, &token_hash(access))
}

/// Ends a session.
pub(crate) fn end(transaction: &mut Transaction<'_>, family: &str) -> Result<(), StoreError> {
    access_token::revoke(transaction.sql()?, family)?;
    exchanged_token::revoke(transaction.sql()?, family)?;
    refresh_token::revoke(transaction.sql()?, family)
}

/// The answer that the exchange of a token had, where it may have been lost, and for how many seconds its access token
/// is good still. Its refresh token must be unused: using it shows that the answer arrived, too.
fn again(
    transaction: &mut Transaction<'_>,
    token: &str,
    now: Timestamp,
) -> Result<Option<(Pair, u64)>, StoreError> {
    let Some(exchanged) = exchanged_token::get(transaction.sql()?, &token_hash(token))? else {
        return Ok(None);
    };
    let passed = now.as_millisecond() - exchanged.at;
    // A clock that was put back may make it negative.
    if passed.abs() >= GRACE_MILLISECONDS {
        return Ok(None);
    }
    let pair = Pair {
        access: sealed(token, "access", exchanged.access),
        refresh: sealed(token, "refresh", exchanged.refresh),
    };
    let successor = refresh_token::get(transaction.sql()?, &token_hash(&renewal(&pair)))?;
    if successor.is_none_or(|successor| successor.used) {
        return Ok(None);
    }
    let left = ACCESS_SECONDS.saturating_sub(u64::try_from(passed).unwrap_or(0).div_ceil(1_000));
    Ok(Some((pair, left)))
}

fn issue(
    transaction: &mut Transaction<'_>,
    person: &PersonId,
    family: &str,
    device: &str,
    now: Timestamp,
) -> Result<Pair, StoreError> {
    let pair = Pair { access: random()?, refresh: random()? };
    let now = now.as_millisecond();
    access_token::insert(
        transaction.sql()?,
        &token_hash(&access(&pair)),
        family,
        person,
        now,
        now + i64::try_from(ACCESS_SECONDS).unwrap_or(0) * 1_000,
    )?;
    let row = refresh_token::RefreshToken {
        family: family.to_owned(),
        person: person.clone(),
        device: device.to_owned(),
        expires_at: now + REFRESH_MILLISECONDS,
        used: false,
    };
    refresh_token::insert(transaction.sql()?, &token_hash(&renewal(&pair)), &row, now)?;
    Ok(pair)
}

fn access(pair: &Pair) -> String {
    token_of("bat_", &pair.access)
}

fn renewal(pair: &Pair) -> String {
    token_of("brt_", &pair.refresh)
}

fn answer(
    transaction: &mut Transaction<'_>,
    person: &PersonId,
    pair: &Pair,
    expires_in: u64,
) -> Result<TokenPair, StoreError> {
    let name = account::name(transaction.sql()?, person)?.ok_or(StoreError::Unreadable("account"))?;
    Ok(TokenPair {
        access_token: access(pair),
        expires_in,
        refresh_token: renewal(pair),
        person: person.clone(),
        name,
    })
}
