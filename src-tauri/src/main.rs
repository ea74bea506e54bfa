//! The Boardroom window: it gives the desk a host, a chart address and a handler per command. No business logic.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

#[cfg(feature = "adapter")]
mod adapter;
mod commands;
mod events;
// The same secrets and folders as the command line, so that both open one vault.
#[path = "../../crates/board-cli/src/host.rs"]
mod host;
mod tray;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use board_desk::{Desk, Link};
use tauri::{
    Emitter, Manager,
    http::{Response, StatusCode, header},
};

use crate::host::TerminalHost;

fn main() {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("BOARDROOM_LOG").unwrap_or_else(|_| "warn".into()),
        )
        .init();
    let built = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _folder| {
            open_link(app, arguments.iter().skip(1).map(String::as_str));
            tray::show(app);
        }))
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(
            tauri_plugin_window_state::Builder::default()
                .with_denylist(&[commands::present::AUDIENCE])
                .build(),
        )
        .manage(commands::present::Stage::default())
        .manage(commands::device::Opened::default())
        .manage(tray::Tray::default())
        .on_window_event(tray::on_window_event)
        .register_asynchronous_uri_scheme_protocol("chart", |context, request, responder| {
            let app = context.app_handle().clone();
            tauri::async_runtime::spawn_blocking(move || responder.respond(chart(&app, &request)));
        })
        .invoke_handler(commands::handler())
        .setup(|app| {
            let data_dir = std::env::var_os("BOARDROOM_DATA_DIR").map(PathBuf::from);
            let mut host = TerminalHost::new(data_dir).ok_or("no home folder")?;
            host.documents_dir = match std::env::var_os("BOARDROOM_DOCUMENTS_DIR") {
                Some(folder) => folder.into(),
                None => app.path().document_dir().or_else(|_| app.path().home_dir())?,
            };
            let runtime = tauri::async_runtime::handle().inner().clone();
            let desk = Arc::new(Desk::new(Arc::new(host), runtime));
            events::forward(app.handle().clone(), &desk);
            app.manage(desk);
            let arguments: Vec<String> = std::env::args().skip(1).collect();
            open_link(app.handle(), arguments.iter().map(String::as_str));
            #[cfg(feature = "adapter")]
            adapter::serve(app.handle())?;
            Ok(())
        })
        .build(tauri::generate_context!());
    match built {
        Ok(app) => app.run(|app, event| asked_by_system(app, &event)),
        Err(error) => {
            tracing::error!(%error, "the window could not be opened");
            std::process::exit(1);
        }
    }
}

/// macOS hands links to the program that runs, and asks it for its window when its picture in the Dock is clicked.
#[cfg(target_os = "macos")]
fn asked_by_system(app: &tauri::AppHandle, event: &tauri::RunEvent) {
    match event {
        tauri::RunEvent::Opened { urls } => {
            open_link(app, urls.iter().map(|url| url.as_str()));
            tray::show(app);
        }
        tauri::RunEvent::Reopen { .. } => tray::show(app),
        _ => (),
    }
}

/// Elsewhere a second start of the program brings both.
#[cfg(not(target_os = "macos"))]
fn asked_by_system(_app: &tauri::AppHandle, _event: &tauri::RunEvent) {}

/// Keeps the first `boardroom://` link of some words for the window, and tells it.
fn open_link<'a>(app: &tauri::AppHandle, words: impl IntoIterator<Item = &'a str>) {
    let Some(link) = words.into_iter().find_map(Link::parse) else { return };
    let opened = app.state::<commands::device::Opened>();
    *opened.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(link);
    let _ = app.emit("opened", ());
}

/// A picture of a chart or of a page, or an empty answer with the status that says why.
fn chart(app: &tauri::AppHandle, request: &tauri::http::Request<Vec<u8>>) -> Response<Vec<u8>> {
    let desk = app.state::<Arc<Desk>>();
    let uri = request.uri();
    let is_page = Path::new(uri.path()).extension().is_some_and(|ending| ending == "png");
    let (kind, picture) = if is_page {
        ("image/png", desk.page(uri.path()))
    } else {
        let svg = desk.chart_svg(uri.path(), uri.query().unwrap_or_default());
        ("image/svg+xml", svg.map(String::into_bytes))
    };
    let (status, body) = match picture {
        Ok(picture) => (StatusCode::OK, picture),
        Err(fault) => {
            tracing::debug!(%fault, "no picture");
            (StatusCode::NOT_FOUND, Vec::new())
        }
    };
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, kind)
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .body(body)
        .unwrap_or_default()
}
