//! The window's own page and commands over HTTP on this computer, so that another browser can be put to the checks that
//! exist for browsers. In no build that anybody is given: the feature `adapter` is for tests.
//!
//! A command goes the way of the window's commands, through the same handler and the same capability. What the core
//! tells by itself comes as server-sent events; progress over channels stays with the window.

use std::time::Duration;

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    middleware::{self, Next},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tauri::{
    AppHandle, Listener, Manager,
    ipc::{CallbackFn, InvokeBody, InvokeResponse, InvokeResponseBody},
    webview::InvokeRequest,
};
use tokio::sync::{mpsc, oneshot};

/// What stands in for the window's own border, before every other script of the page.
const SHIM: &str = include_str!("adapter.js");
/// What the core tells by itself.
const TOLD: [&str; 5] = ["changed", "sync", "locked", "opened", "screens"];
const COOKIE: &str = "adapter";
/// Shortest token that is taken.
const TOKEN: usize = 32;
/// Longest text of a command: a narrative and some room.
const BODY: usize = 4 << 20;
/// Events that wait for a browser.
const ROOM: usize = 1_024;
/// Longest time that a command may take: an export.
const PATIENCE: Duration = Duration::from_mins(2);

#[derive(Clone)]
struct Adapter {
    app: AppHandle,
    /// SHA-256 of the token: hashes of equal length are compared, and tell nothing about it.
    token: [u8; 32],
}

#[derive(Deserialize)]
struct Entrance {
    #[serde(default)]
    token: String,
}

/// Serves on the loopback port of `BOARDROOM_ADAPTER_PORT` to whoever knows `BOARDROOM_ADAPTER_TOKEN`, until the app ends;
/// without both of them, not at all.
pub(crate) fn serve(app: &AppHandle) -> Result<(), Box<dyn std::error::Error>> {
    let (Ok(port), Ok(token)) =
        (std::env::var("BOARDROOM_ADAPTER_PORT"), std::env::var("BOARDROOM_ADAPTER_TOKEN"))
    else {
        return Ok(());
    };
    if token.len() < TOKEN {
        return Err(format!("BOARDROOM_ADAPTER_TOKEN needs {TOKEN} characters").into());
    }
    let adapter = Adapter { app: app.clone(), token: Sha256::digest(token).into() };
    let routes = Router::new()
        .route("/ipc/{command}", post(command).layer(DefaultBodyLimit::max(BODY)))
        .route("/events", get(events))
        .route("/chart/{*path}", get(picture))
        .route("/adapter.js", get(|| async { ([(header::CONTENT_TYPE, "text/javascript")], SHIM) }))
        .layer(middleware::from_fn_with_state(adapter.clone(), known))
        .fallback(page)
        .with_state(adapter);
    let listener = std::net::TcpListener::bind(("127.0.0.1", port.parse()?))?;
    listener.set_nonblocking(true)?;
    tauri::async_runtime::spawn(async move {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        axum::serve(listener, routes).await
    });
    Ok(())
}

impl Adapter {
    fn knows(&self, token: &str) -> bool {
        let given: [u8; 32] = Sha256::digest(token).into();
        given == self.token
    }

    fn knows_cookie(&self, headers: &HeaderMap) -> bool {
        let cookies = headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut pairs = cookies.split("; ").filter_map(|pair| pair.split_once('='));
        pairs.any(|(name, token)| name == COOKIE && self.knows(token))
    }
}

async fn known(State(adapter): State<Adapter>, request: Request, next: Next) -> Response {
    if adapter.knows_cookie(request.headers()) {
        next.run(request).await
    } else {
        StatusCode::UNAUTHORIZED.into_response()
    }
}

/// The page and its files, as they are built in. The first visit brings the token, which becomes a cookie.
async fn page(
    State(adapter): State<Adapter>,
    uri: Uri,
    Query(entrance): Query<Entrance>,
    headers: HeaderMap,
) -> Response {
    let by_token = adapter.knows(&entrance.token);
    if !by_token && !adapter.knows_cookie(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Some(asset) = adapter.app.asset_resolver().get(uri.path().to_owned()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = if asset.mime_type.starts_with("text/html") {
        let text = String::from_utf8_lossy(&asset.bytes);
        text.replacen("<head>", "<head><script src=\"/adapter.js\"></script>", 1).into_response()
    } else {
        asset.bytes.into_response()
    };
    let answered = response.headers_mut();
    let mut set = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            answered.insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, &asset.mime_type);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if let Some(policy) = asset.csp_header {
        // The policy of the window, whose border is this server here.
        set(header::CONTENT_SECURITY_POLICY, &policy.replace("ipc: http://ipc.localhost", "'self'"));
    }
    if by_token {
        let cookie = format!("{COOKIE}={}; HttpOnly; SameSite=Strict; Path=/", entrance.token);
        set(header::SET_COOKIE, &cookie);
    }
    response
}

/// Runs a command as the window would: 200 with its answer, or 422 with its fault.
async fn command(State(adapter): State<Adapter>, Path(command): Path<String>, body: Bytes) -> Response {
    let (Some(window), Ok(arguments)) =
        (adapter.app.get_webview_window("main"), serde_json::from_slice::<Value>(&body))
    else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let Ok(url) = "tauri://localhost".parse() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let request = InvokeRequest {
        cmd: command,
        callback: CallbackFn(0),
        error: CallbackFn(1),
        url,
        body: InvokeBody::Json(arguments),
        headers: HeaderMap::default(),
        invoke_key: adapter.app.invoke_key().to_owned(),
    };
    let (answer, answered) = oneshot::channel();
    let webview = window.as_ref().clone();
    webview.on_message(
        request,
        Box::new(move |_, _, response, _, _| {
            let _ = answer.send(response);
        }),
    );
    let json = "application/json";
    let (status, kind, body) = match tokio::time::timeout(PATIENCE, answered).await {
        Ok(Ok(InvokeResponse::Ok(InvokeResponseBody::Json(text)))) => {
            (StatusCode::OK, json, text.into_bytes())
        }
        Ok(Ok(InvokeResponse::Ok(InvokeResponseBody::Raw(bytes)))) => {
            (StatusCode::OK, "application/octet-stream", bytes)
        }
        Ok(Ok(InvokeResponse::Err(error))) => {
            (StatusCode::UNPROCESSABLE_ENTITY, json, error.0.to_string().into_bytes())
        }
        Ok(Err(_)) => (StatusCode::INTERNAL_SERVER_ERROR, json, b"null".to_vec()),
        Err(_) => (StatusCode::GATEWAY_TIMEOUT, json, b"null".to_vec()),
    };
    (status, [(header::CONTENT_TYPE, kind)], body).into_response()
}

/// What the core tells by itself, each under its name. Who does not read misses what comes beyond the room.
async fn events(State(adapter): State<Adapter>) -> impl IntoResponse {
    let (tell, mut told) = mpsc::channel(ROOM);
    let app = adapter.app;
    let listening = TOLD.map(|name| {
        let tell = tell.clone();
        app.listen_any(name, move |event| {
            let _ = tell.try_send(Event::default().event(name).data(event.payload()));
        })
    });
    let listening = Listening(app, listening);
    Sse::new(futures::stream::poll_fn(move |context| {
        // The stream keeps it, and listens no longer once nobody hears any more.
        let Listening(..) = &listening;
        told.poll_recv(context).map(|event| event.map(Ok::<_, std::convert::Infallible>))
    }))
    .keep_alive(KeepAlive::default())
}

/// Stops listening when it is dropped.
struct Listening(AppHandle, [tauri::EventId; TOLD.len()]);

impl Drop for Listening {
    fn drop(&mut self) {
        for id in self.1 {
            self.0.unlisten(id);
        }
    }
}

/// A picture, as under the window's own scheme.
async fn picture(State(adapter): State<Adapter>, uri: Uri) -> Response {
    let address = uri.to_string();
    let address = address.strip_prefix("/chart").unwrap_or(&address);
    let Ok(request) = tauri::http::Request::get(format!("chart://localhost{address}")).body(Vec::new())
    else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let drawn = tokio::task::spawn_blocking(move || crate::chart(&adapter.app, &request)).await;
    match drawn {
        Ok(picture) => picture.map(axum::body::Body::from),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
