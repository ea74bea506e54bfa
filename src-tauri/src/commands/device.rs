//! Handlers of the meeting check and of what the settings say about this device and about the company.

use board_desk::{
    Code, ConsentView, DeviceView, Fault, Link, Locale, PolicyView, ReadyLine, ReadyState, ReadyView,
    ready_line,
};
use jiff::Timestamp;
use tauri::{AppHandle, Manager, State, ipc::Channel};

use super::{Answer, TheDesk, answer, present::keep_awake};

#[tauri::command(async)]
pub(crate) fn check_ready(
    app: AppHandle,
    desk: TheDesk<'_>,
    until: &str,
    channel: Channel<ReadyLine>,
) -> Answer<ReadyView> {
    let until = until.parse::<Timestamp>().map_err(|error| Fault::new(Code::Malformed, error));
    let checked = until.and_then(|until| {
        let locale = desk.locale();
        let seen = vec![screens(&app, locale), awake(locale)];
        // A window that is gone no longer listens; the check goes on.
        desk.check_ready(until, seen, &mut |line| drop(channel.send(line.clone())))
    });
    answer(&desk, checked)
}

/// What is connected now.
fn screens(app: &AppHandle, locale: Locale) -> ReadyLine {
    let window = app.get_webview_window("main");
    let screens = window.and_then(|window| window.available_monitors().ok()).unwrap_or_default();
    let found: Vec<String> =
        screens.iter().map(|screen| format!("{} × {}", screen.size().width, screen.size().height)).collect();
    let state = if screens.len() > 1 { ReadyState::Passed } else { ReadyState::Warned };
    ready_line(locale, "screens", state, found.join(", "))
}

/// Whether the system promises it, asked for and given back.
fn awake(locale: Locale) -> ReadyLine {
    let state = if keep_awake().is_some() { ReadyState::Passed } else { ReadyState::Warned };
    ready_line(locale, "awake", state, String::new())
}

#[tauri::command(async)]
pub(crate) fn last_ready(desk: TheDesk<'_>) -> Answer<Option<ReadyView>> {
    answer(&desk, desk.last_ready())
}

#[tauri::command(async)]
pub(crate) fn policy(desk: TheDesk<'_>) -> Answer<PolicyView> {
    answer(&desk, desk.policy())
}

#[tauri::command(async)]
pub(crate) fn set_lock_after(desk: TheDesk<'_>, minutes: Option<u16>) -> Answer<PolicyView> {
    answer(&desk, desk.set_lock_after(minutes))
}

#[tauri::command(async)]
pub(crate) fn device(desk: TheDesk<'_>) -> Answer<DeviceView> {
    answer(&desk, desk.device())
}

#[tauri::command(async)]
pub(crate) fn diagnostics(desk: TheDesk<'_>) -> Answer<String> {
    answer(&desk, desk.diagnostics())
}

#[tauri::command(async)]
pub(crate) fn save_diagnostics(desk: TheDesk<'_>) -> Answer<String> {
    answer(&desk, desk.save_diagnostics())
}

#[tauri::command(async)]
pub(crate) fn benchmark_consent(desk: TheDesk<'_>) -> Answer<ConsentView> {
    answer(&desk, desk.benchmark_consent())
}

#[tauri::command(async)]
pub(crate) fn set_benchmark_consent(desk: TheDesk<'_>, given: bool) -> Answer<ConsentView> {
    answer(&desk, desk.set_benchmark_consent(given))
}

/// A link that the app was opened by and that nobody has followed yet.
#[derive(Default)]
pub(crate) struct Opened(pub(crate) std::sync::Mutex<Option<Link>>);

/// The link to follow, once.
#[tauri::command(async)]
pub(crate) fn opened_link(opened: State<'_, Opened>) -> Option<Link> {
    opened.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
}
