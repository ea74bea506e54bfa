//! The interface under `/v1`: routes, limits and headers. Not what the routes do.

#[cfg(feature = "bench")]
pub mod bench;
mod body;
mod caller;
mod commands;
pub(crate) mod connection;
mod frames;
mod health;
mod identity;
mod ingest;
mod listener;
mod live;
mod log;
mod page;
mod problem;
mod schema;
mod snapshot;
mod stream;
mod tenants;

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
    timeout::TimeoutLayer,
    trace::TraceLayer,
};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{clock::Clock, identity::brake::Brake, snapshot::Keeper, store::Store};
use schema::Bearer;

/// What every handler shares.
pub(crate) struct App {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) brake: Brake,
    pub(crate) keeper: Keeper,
    /// Whether the server was told to stop.
    pub(crate) draining: AtomicBool,
}

/// Largest body of an ingest.
pub(crate) const INGEST_BYTES: usize = 64 << 20;
/// Largest body of a batch of commands; reports travel in it.
const COMMAND_BYTES: usize = 8 << 20;
/// Largest body of anything else.
const SMALL_BYTES: usize = 16 << 10;

#[derive(OpenApi)]
#[openapi(
    info(title = "Boardroom server", description = "One ordered log per tenant: its stream, commands, identity and ingest."),
    modifiers(&Bearer)
)]
struct Description;

fn routes() -> OpenApiRouter<Arc<App>> {
    let timed =
        |seconds| TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_secs(seconds));
    let small = OpenApiRouter::new()
        .routes(routes!(identity::sign_in))
        .routes(routes!(identity::refresh))
        .routes(routes!(identity::sign_out))
        .routes(routes!(tenants::list))
        .routes(routes!(tenants::hello))
        .routes(routes!(tenants::keys))
        .routes(routes!(snapshot::manifest))
        .routes(routes!(snapshot::page))
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(health::description))
        .layer(DefaultBodyLimit::max(SMALL_BYTES))
        .layer(timed(30));
    let commands = OpenApiRouter::new()
        .routes(routes!(commands::commands))
        .layer(DefaultBodyLimit::max(COMMAND_BYTES))
        .layer(timed(60));
    let ingest = OpenApiRouter::new()
        .routes(routes!(ingest::ingest))
        .layer(DefaultBodyLimit::max(INGEST_BYTES))
        .layer(timed(600));
    // No time-out here: a stream lives as long as its token.
    let log = OpenApiRouter::new().routes(routes!(log::log));
    OpenApiRouter::with_openapi(Description::openapi()).merge(small).merge(commands).merge(ingest).merge(log)
}

/// The description of the interface, `OpenAPI` as JSON with a final line feed.
pub fn openapi() -> String {
    let mut text = routes().into_openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// The router over a running store.
pub(crate) fn router(app: Arc<App>) -> Router {
    let request_id = HeaderName::from_static("x-request-id");
    let fixed = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    let (router, _) = routes().split_for_parts();
    router
        .fallback(|| async { problem::Failure::no_route() })
        .method_not_allowed_fallback(|| async {
            problem::Failure::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "request.method",
                "This address does not take this method",
            )
        })
        .with_state(app)
        // One stack: the router would put a box around each layer, for every request.
        .layer(
            ServiceBuilder::new()
                .layer(SetRequestIdLayer::new(request_id.clone(), MakeRequestUuid))
                .layer(TraceLayer::new_for_http().make_span_with(span))
                .layer(PropagateRequestIdLayer::new(request_id))
                .layer(fixed(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains"))
                .layer(fixed(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"))
                .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
                .layer(fixed(header::X_FRAME_OPTIONS, "DENY"))
                .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
                .layer(fixed(header::CACHE_CONTROL, "no-store, no-transform"))
                .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
                    tracing::error!("a handler panicked");
                    problem::Failure::internal().into_response()
                })),
        )
}

/// A request in the log: method, path and id. Not the query, which may hold what a person looks for.
fn span(request: &Request) -> tracing::Span {
    let id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or("");
    tracing::info_span!("request", method = %request.method(), path = request.uri().path(), id)
}
