//! The icon beside the system's clock: where there is one, closing the window hides it and the copy stays up to date. What the
//! icon says and offers is decided by the desk; how it is drawn is the system's part (`linux.rs`, `others.rs`).

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod others;

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

use board_desk::{Desk, TrayAction, TrayView};
use tauri::{AppHandle, Emitter, Manager, Window, WindowEvent};
use tauri_plugin_notification::NotificationExt;

use crate::commands::present;
#[cfg(target_os = "linux")]
use linux::Icon;
#[cfg(not(target_os = "linux"))]
use others::Icon;

/// The icon, once the system has taken it.
#[derive(Default)]
pub(crate) struct Tray {
    icon: OnceLock<Icon>,
    /// The system's bar went away, and the icon with it.
    gone: AtomicBool,
}

impl Tray {
    /// Whether a person can get the window back by it.
    fn shown(&self) -> bool {
        self.icon.get().is_some() && !self.gone.load(Ordering::Relaxed)
    }
}

/// Puts the icon up, if the system has a place for it; the program does without otherwise.
pub(crate) async fn start(app: &AppHandle, view: TrayView) {
    match Icon::put(app, view).await {
        Ok(icon) => drop(app.state::<Tray>().icon.set(icon)),
        Err(error) => tracing::info!(%error, "no icon beside the clock; closing the window ends the program"),
    }
}

/// Has the icon say how things stand.
pub(crate) async fn tell(app: &AppHandle, view: TrayView) {
    if let Some(icon) = app.state::<Tray>().icon.get() {
        icon.tell(view).await;
    }
}

/// Does what was chosen at the icon; on a thread of its own, for each of these may wait.
fn choose(app: &AppHandle, action: TrayAction) {
    let app = app.clone();
    tauri::async_runtime::spawn_blocking(move || {
        let desk = app.state::<Arc<Desk>>();
        let done = match action {
            TrayAction::Open => {
                show(&app);
                Ok(())
            }
            TrayAction::Connect => desk.retry_sync().map(drop),
            TrayAction::Lock => desk.lock().map(|_| drop(app.emit("locked", ()))),
            TrayAction::Quit => {
                app.exit(0);
                Ok(())
            }
        };
        if let Err(fault) = done {
            tracing::warn!(%fault, ?action, "what was chosen at the icon was not done");
        }
    });
}

/// Brings the window to the front, wherever it was.
pub(crate) fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window("main") {
        let _ = window.show();
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
}

/// The main window is closed: the audience's window goes too, and where the icon is shown the program goes on without a window.
pub(crate) fn on_window_event(window: &Window, event: &WindowEvent) {
    let WindowEvent::CloseRequested { api, .. } = event else { return };
    if window.label() != "main" {
        return;
    }
    let app = window.app_handle();
    present::close(app);
    if !app.state::<Tray>().shown() {
        return;
    }
    api.prevent_close();
    let _ = window.hide();
    let app = app.clone();
    tauri::async_runtime::spawn_blocking(move || {
        if let Some(words) = app.state::<Arc<Desk>>().goes_on_words()
            && let Err(error) = app.notification().builder().title("Boardroom").body(words).show()
        {
            tracing::debug!(%error, "the system shows no notifications");
        }
    });
}
