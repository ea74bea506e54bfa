//! Who calls: bearer tokens of people and of services, and their place in a tenant. Every tenant route takes one of
//! these, so no handler runs without them.

use std::sync::Arc;

use axum::{
    RequestPartsExt,
    extract::{FromRequestParts, Path},
    http::{header, request::Parts},
};
use board_domain::{Actor, Hash, Permission, PersonId, Role, TenantId};
use jiff::Timestamp;
use serde::Deserialize;

use super::{App, problem::Failure};
use crate::{
    identity::session,
    secret::token_hash,
    store::{StoreError, Transaction, access_token, exchanged_token, membership, service_token, sql::Sql},
};

/// A person with a valid access token.
pub(crate) struct Caller {
    /// Who.
    pub(crate) person: PersonId,
    /// Their session.
    pub(crate) family: String,
    /// When the token ends.
    pub(crate) expires_at: Timestamp,
}

/// A person within a tenant.
pub(crate) struct Member {
    /// The tenant.
    pub(crate) tenant: TenantId,
    /// Who.
    pub(crate) person: PersonId,
    /// Their role there.
    pub(crate) role: Role,
    /// When their token ends.
    pub(crate) expires_at: Timestamp,
}

/// Whoever may bring rows into a tenant: a service with the scope `ingest`, or someone who runs the tenant.
pub(crate) struct Depositor {
    /// The tenant.
    pub(crate) tenant: TenantId,
    /// Who.
    pub(crate) actor: Actor,
}

#[derive(Deserialize)]
struct TenantPath {
    tenant: String,
}

fn bearer(parts: &Parts) -> Result<&str, Failure> {
    let value = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = value.and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
    token.filter(|token| token.len() <= 256).ok_or_else(Failure::unauthenticated)
}

async fn tenant(parts: &mut Parts) -> Result<TenantId, Failure> {
    let Path(path) = parts.extract::<Path<TenantPath>>().await.map_err(|_| Failure::no_tenant())?;
    TenantId::new(path.tenant).map_err(|_| Failure::no_tenant())
}

/// What the store knows of a token: whose it is, of which session, until when, and whether its use shows that the answer
/// which brought it arrived.
type Known = (PersonId, String, i64, bool);

fn known(sql: &mut dyn Sql, hash: &Hash, now: Timestamp) -> Result<Option<Known>, StoreError> {
    let Some((person, family, expires_at)) = access_token::get(sql, hash)? else { return Ok(None) };
    let awaited = session::may_be_awaited(expires_at, now) && exchanged_token::awaits(sql, hash)?;
    Ok(Some((person, family, expires_at, awaited)))
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let token = bearer(parts)?;
        let (hash, now) = (token_hash(token), app.clock.now());
        let found = app.store.glance(move |sql| known(sql, &hash, now)).await?;
        Self::of(found, token, app, now).await
    }
}

impl Caller {
    /// Whoever a token stands for, as long as it is good.
    async fn of(found: Option<Known>, token: &str, app: &App, now: Timestamp) -> Result<Self, Failure> {
        let (person, family, expires_at, awaited) = found.ok_or_else(Failure::unauthenticated)?;
        let expires_at = Timestamp::from_millisecond(expires_at).map_err(|_| Failure::unauthenticated())?;
        if expires_at <= now {
            return Err(Failure::unauthenticated());
        }
        if awaited {
            let used = token.to_owned();
            let shown = move |transaction: &mut Transaction<'_>| session::arrived(transaction, &used);
            app.store.write(None, shown).await.map_err(Failure::from)?;
        }
        Ok(Self { person, family, expires_at })
    }
}

impl FromRequestParts<Arc<App>> for Member {
    type Rejection = Failure;

    /// One look at the store for token and role, because every request on a tenant begins with it.
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let token = bearer(parts)?.to_owned();
        let (hash, now) = (token_hash(&token), app.clock.now());
        let tenant = tenant(parts).await;
        let asked = tenant.as_ref().ok().cloned();
        let look = app.store.glance(move |sql| {
            let found = known(sql, &hash, now)?;
            let role = match (&asked, &found) {
                (Some(tenant), Some((person, ..))) => membership::role(sql, tenant, person)?,
                _ => None,
            };
            Ok((found, role))
        });
        let (found, role) = look.await?;
        let Caller { person, expires_at, .. } = Caller::of(found, &token, app, now).await?;
        Ok(Self { tenant: tenant?, person, role: role.ok_or_else(Failure::no_tenant)?, expires_at })
    }
}

impl FromRequestParts<Arc<App>> for Depositor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let token = bearer(parts)?;
        if !token.starts_with("bst_") {
            let member = Member::from_request_parts(parts, app).await?;
            return if member.role.may(Permission::RunTenant) {
                Ok(Self { tenant: member.tenant, actor: Actor::Person(member.person) })
            } else {
                Err(Failure::forbidden())
            };
        }
        let hash = token_hash(token);
        let tenant = tenant(parts).await?;
        let asked = tenant.clone();
        let found = app.store.read(move |sql| service_token::get(sql, &asked, &hash)).await?;
        // A token of another tenant is as good as unknown here.
        let (name, scopes) = found.ok_or_else(Failure::unauthenticated)?;
        if !scopes.split(' ').any(|scope| scope == "ingest") {
            return Err(Failure::forbidden());
        }
        Ok(Self { tenant, actor: Actor::Service(name) })
    }
}
