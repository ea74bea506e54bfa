//! `/v1/tenants/{tenant}/snapshot`: the newest snapshot and its pages, as far as the caller's audiences reach. Not how
//! they are made.

use std::sync::Arc;

use axum::{
    Json as Reply,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use board_domain::{Hash, Role, SNAPSHOT_PAGE_BYTES, Snapshot};
use serde::Deserialize;

use super::{
    App,
    caller::Member,
    frames::Reader,
    log::{accepts_zstd, stands},
    problem::Failure,
    schema,
};
use crate::{
    snapshot::EVERY,
    store::{membership, snapshot, snapshot_page, tenant},
};

/// Query of the newest snapshot.
#[derive(Deserialize)]
pub(crate) struct SnapshotQuery {
    role: Option<Role>,
}

fn not_found() -> Failure {
    Failure::new(StatusCode::NOT_FOUND, "snapshot.not_found", "There is no such snapshot")
}

/// The newest snapshot: its pages and chains of the caller's audiences.
#[utoipa::path(get, path = "/v1/tenants/{tenant}/snapshot", tag = "log", security(("bearer" = [])),
    params(("tenant" = String, Path, description = "Tenant id"),
        ("role" = Option<String>, Query,
            description = "The role that the greeting told; where the caller has another one by now, nothing is shown")),
    responses((status = 200, body = schema::Snapshot),
        (status = 404, description = "`tenant.not_found`; `snapshot.not_found`: the log is short, read it from its start",
            body = schema::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`log.must_greet`: the caller's role is not `role`", body = schema::Problem,
            content_type = "application/problem+json")))]
pub(crate) async fn manifest(
    State(app): State<Arc<App>>,
    member: Member,
    query: Result<Query<SnapshotQuery>, QueryRejection>,
) -> Result<Reply<Snapshot>, Failure> {
    let Query(query) = query.map_err(|_| Failure::malformed("a part of the query does not read"))?;
    let (asked, person) = (member.tenant, member.person.clone());
    let read = app.store.read(move |sql| {
        let row = tenant::get(sql, &asked)?;
        let newest = snapshot::newest(sql, &asked, 1)?.pop();
        // Last, so that nothing is shown to a person whose role changed before it was made.
        Ok((row, newest, membership::role(sql, &asked, &person)?))
    });
    let (Some(row), newest, Some(role)) = read.await? else { return Err(Failure::no_tenant()) };
    stands(query.role, role)?;
    let newest = newest.filter(|newest| newest.seq <= row.head);
    if row.head - newest.as_ref().map_or(0, |newest| newest.seq) >= EVERY {
        app.keeper.look();
    }
    let mut newest = newest.ok_or_else(not_found)?;
    let reader = Reader::new(member.person, role);
    newest.chains.retain(|end| reader.admits(&end.audience));
    newest.pages.retain(|page| reader.admits(&page.audience));
    // A store that was restored has the same rows under a new epoch.
    newest.epoch = row.epoch;
    Ok(Reply(newest))
}

/// One page of a snapshot.
#[utoipa::path(get, path = "/v1/tenants/{tenant}/snapshot/{sha256}", tag = "log", security(("bearer" = [])),
    params(("tenant" = String, Path, description = "Tenant id"),
        ("sha256" = String, Path, description = "What the page's text hashes to, 64 hexadecimal digits"),
        ("If-None-Match" = Option<String>, Header, description = "The page's `ETag`")),
    responses((status = 200, description = "Rows, one line each", body = schema::SnapshotRow,
            content_type = "application/x-ndjson"),
        (status = 304, description = "The client has the page and may still read it"),
        (status = 404, description = "`tenant.not_found`; `snapshot.not_found`: no page of the caller's audiences, or gone",
            body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    member: Member,
    Path(path): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let sha256 = Hash::parse(&path.1).ok_or_else(not_found)?;
    let (asked, person) = (member.tenant, member.person.clone());
    let read = app.store.read(move |sql| {
        let pages = snapshot_page::get(sql, &asked, &sha256)?;
        Ok((pages, membership::role(sql, &asked, &person)?))
    });
    let (pages, Some(role)) = read.await? else { return Err(Failure::no_tenant()) };
    let reader = Reader::new(member.person, role);
    let page = pages.into_iter().find(|(audience, _)| reader.admits(audience));
    let (_, text) = page.ok_or_else(not_found)?;
    let tag = format!("\"{sha256}\"");
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let known = known.flat_map(|value| value.split(',')).any(|value| value.trim() == tag);
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else if accepts_zstd(&headers) {
        let mut response = Response::new(text.into());
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("zstd"));
        response
    } else {
        let mut plain = Vec::with_capacity(SNAPSHOT_PAGE_BYTES);
        zstd::stream::copy_decode(&text[..], &mut plain).map_err(|error| {
            tracing::error!(%error, %sha256, "a page of a snapshot does not unpack");
            Failure::internal()
        })?;
        Response::new(plain.into())
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding, Authorization"));
    // Asked about each time, because the caller's audiences may have changed since.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache, no-transform"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    Ok(response)
}
