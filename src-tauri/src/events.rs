//! What the core tells the window and the icon without being asked: the connection's state, and that data has changed.

use std::{sync::Arc, time::Duration};

use board_desk::Desk;
use serde::Serialize;
use tauri::{AppHandle, Emitter, Manager};
use tauri_plugin_notification::NotificationExt;

use crate::tray;

/// How often the age of the last contact is looked at.
const AGE_CHECK: Duration = Duration::from_secs(30);

#[derive(Clone, Serialize)]
struct Changed {
    seq: u64,
}

/// Forwards changes until the app ends.
pub(crate) fn forward(app: AppHandle, desk: &Arc<Desk>) {
    let desk = desk.clone();
    tauri::async_runtime::spawn(async move {
        let mut status = desk.watch();
        let mut told = desk.sync_state();
        let mut unseen = 0;
        let mut on_icon = desk.tray(&told);
        tray::start(&app, on_icon.clone()).await;
        loop {
            tokio::select! {
                changed = status.changed() => if changed.is_err() { return },
                () = tokio::time::sleep(AGE_CHECK) => (),
            }
            if desk.lock_after_lease() {
                let _ = app.emit("locked", ());
            }
            let now = desk.sync_state();
            if now.cursor != told.cursor {
                let _ = app.emit("changed", Changed { seq: now.cursor });
                unseen = notify(&app, &desk, unseen);
            }
            if now != told {
                let _ = app.emit("sync", &now);
                told = now;
            }
            let icon = desk.tray(&told);
            if icon != on_icon {
                on_icon = icon.clone();
                tray::tell(&app, icon).await;
            }
        }
    });
}

/// Has the system say that something is new, where the window is not looked at; without a word of what it is, for a
/// screen may be shared. Returns how much is unseen.
fn notify(app: &AppHandle, desk: &Desk, before: u32) -> u32 {
    let Ok(news) = desk.news() else { return before };
    let looked_at = app.webview_windows().values().any(|window| window.is_focused().unwrap_or(false));
    if news.unseen > before && !looked_at {
        let words = desk.news_words(news.unseen);
        if let Err(error) = app.notification().builder().title("Boardroom").body(words).show() {
            tracing::debug!(%error, "the system shows no notifications");
        }
    }
    news.unseen
}
