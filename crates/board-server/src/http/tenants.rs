//! `/v1/tenants`: which tenants a person may enter, where a log stands, and the keys that anybody checks packs with.

use std::sync::Arc;

use axum::{
    Json as Reply,
    extract::{Path, State},
};
use board_domain::{
    Audience, PublishedKeys, TenantId,
    wire::{HEARTBEAT_SECONDS, Hello, TenantEntry},
};

use super::{
    App,
    caller::{Caller, Member},
    problem::Failure,
    schema,
};
use crate::store::{StoreError, Transaction, membership, tenant, tenant_key};

/// The tenants the caller may enter, by id.
#[utoipa::path(get, path = "/v1/tenants", tag = "tenants", security(("bearer" = [])),
    responses((status = 200, body = [schema::TenantEntry]),
        (status = 401, body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<Reply<Vec<TenantEntry>>, Failure> {
    // Names live in the books, which the writer keeps.
    let person = caller.person;
    let mut entries = Vec::new();
    for (id, role) in app.store.read(move |sql| membership::tenants_of(sql, &person)).await? {
        let asked = id.clone();
        let name = move |transaction: &mut Transaction<'_>| -> Result<String, StoreError> {
            let company = transaction.book(&asked)?.tenant();
            Ok(company.map_or_else(|| asked.to_string(), |company| company.name.clone()))
        };
        let name = app.store.write(Some(&id), name).await?;
        entries.push(TenantEntry { id, name, role });
    }
    Ok(Reply(entries))
}

/// Where the log stands, as the caller sees it.
#[utoipa::path(get, path = "/v1/tenants/{tenant}/hello", tag = "tenants", security(("bearer" = [])),
    params(("tenant" = String, Path, description = "Tenant id")),
    responses((status = 200, body = schema::Hello),
        (status = 404, description = "`tenant.not_found`", body = schema::Problem,
            content_type = "application/problem+json")))]
pub(crate) async fn hello(State(app): State<Arc<App>>, member: Member) -> Result<Reply<Hello>, Failure> {
    let asked = member.tenant.clone();
    let row = app.store.read(move |sql| tenant::get(sql, &asked)).await?.ok_or_else(Failure::no_tenant)?;
    Ok(Reply(Hello {
        epoch: row.epoch,
        head: row.head,
        floor: row.floor,
        role: member.role,
        audiences: Audience::of(&member.person, member.role),
        heartbeat: HEARTBEAT_SECONDS,
    }))
}

/// The tenant's signing keys, for whoever checks a pack. Needs no token: a pack is read by people without an account.
#[utoipa::path(get, path = "/v1/tenants/{tenant}/keys", tag = "tenants",
    params(("tenant" = String, Path, description = "Tenant id")),
    responses((status = 200, body = schema::PublishedKeys),
        (status = 404, description = "`tenant.not_found`", body = schema::Problem,
            content_type = "application/problem+json")))]
pub(crate) async fn keys(
    State(app): State<Arc<App>>,
    Path(tenant): Path<String>,
) -> Result<Reply<PublishedKeys>, Failure> {
    let tenant = TenantId::new(tenant).map_err(|_| Failure::no_tenant())?;
    let asked = tenant.clone();
    let keys = app.store.read(move |sql| tenant_key::all(sql, &asked)).await?;
    // Every tenant has a key from the start; without one there is no tenant.
    if keys.is_empty() { Err(Failure::no_tenant()) } else { Ok(Reply(PublishedKeys { tenant, keys })) }
}
