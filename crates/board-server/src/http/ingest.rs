//! `POST /v1/tenants/{tenant}/ingest`: upstream rows in, a verdict for each line out. Not the checks themselves.

use std::sync::Arc;

use axum::{
    Json as Reply,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header},
};
use board_domain::wire::IngestReport;
use serde::Deserialize;

use super::{App, body::Raw, caller::Depositor, problem::Failure, schema};
use crate::{
    ingest::{self, FileFault, Format},
    store::Transaction,
};

/// Query of an ingest.
#[derive(Deserialize)]
pub(crate) struct IngestQuery {
    source: String,
}

/// Takes rows of one source. Nothing is half applied: rows, receipt, evidence and figures are one transaction.
#[utoipa::path(post, path = "/v1/tenants/{tenant}/ingest", tag = "ingest", security(("bearer" = [])),
    params(("tenant" = String, Path, description = "Tenant id"),
        ("source" = String, Query, description = "Kind of rows, for example `kintell_sessions`")),
    request_body(content(
        (String = "text/csv"), (String = "application/x-ndjson"), (String = "application/json"))),
    responses(
        (status = 200, body = schema::IngestReport),
        (status = 403, description = "`auth.forbidden`", body = schema::Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "`ingest.content_type`", body = schema::Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "`ingest.source_unknown`, `ingest.header`, `ingest.json_invalid`",
            body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn ingest(
    State(app): State<Arc<App>>,
    depositor: Depositor,
    query: Result<Query<IngestQuery>, QueryRejection>,
    headers: HeaderMap,
    Raw(bytes): Raw,
) -> Result<Reply<IngestReport>, Failure> {
    let Query(query) = query.map_err(|_| Failure::malformed("source is missing"))?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let format = Format::of(kind).ok_or_else(|| {
        Failure::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "ingest.content_type",
            "Rows come as text/csv, application/x-ndjson or application/json",
        )
    })?;
    let unprocessable = |fault: FileFault| {
        Failure::new(StatusCode::UNPROCESSABLE_ENTITY, fault.code(), "The file was not taken")
            .detail(fault.to_string())
    };
    let source = ingest::source(&query.source).map_err(unprocessable)?;
    let now = app.clock.now();
    let tenant = depositor.tenant.clone();
    let context = move |transaction: &mut Transaction<'_>| ingest::context(transaction, &tenant, now);
    let context = app.store.write(Some(&depositor.tenant), context).await?;
    let checked = tokio::task::spawn_blocking(move || ingest::check(source, format, &bytes, &context))
        .await
        .map_err(|_| Failure::internal())?
        .map_err(unprocessable)?;
    let deposited = depositor.tenant.clone();
    let receive = move |transaction: &mut Transaction<'_>| {
        ingest::receive(transaction, &depositor.tenant, &depositor.actor, &checked, now)
    };
    Ok(Reply(app.store.write(Some(&deposited), receive).await?))
}
