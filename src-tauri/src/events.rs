//! What the core tells the window without being asked: the connection's state, and that data has changed.

use std::{sync::Arc, time::Duration};

use board_desk::Desk;
use serde::Serialize;
use tauri::{AppHandle, Emitter};

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
            }
            if now != told {
                let _ = app.emit("sync", &now);
                told = now;
            }
        }
    });
}
