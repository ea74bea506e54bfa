//! `/healthz`, `/readyz` and the description of the interface. Nothing here needs a token or tells a secret.

use std::sync::{Arc, atomic::Ordering};

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{App, openapi, problem::Failure, schema};
use crate::store::tenant;

/// The process runs.
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = 200, description = "`ok`")))]
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// The store answers and the server is not going down.
#[utoipa::path(get, path = "/readyz", tag = "health",
    responses((status = 200, description = "`ready`"),
        (status = 503, description = "`server.draining`", body = schema::Problem,
            content_type = "application/problem+json")))]
pub(crate) async fn readyz(State(app): State<Arc<App>>) -> Result<&'static str, Failure> {
    if app.draining.load(Ordering::Relaxed) {
        let title = "The server is going down";
        return Err(Failure::new(StatusCode::SERVICE_UNAVAILABLE, "server.draining", title));
    }
    app.store.read(|sql| tenant::heads(sql).map(|_| ())).await?;
    Ok("ready\n")
}

/// This description.
#[utoipa::path(get, path = "/openapi.json", tag = "health", responses((status = 200)))]
pub(crate) async fn description() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], openapi()).into_response()
}
