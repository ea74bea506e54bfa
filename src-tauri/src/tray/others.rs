//! The icon on Windows and macOS, by the window's library. Compiled, and not yet seen there.

use board_desk::{TrayAction, TrayView};
use tauri::{
    AppHandle, Wry,
    menu::{Menu, MenuBuilder, MenuItemBuilder},
    tray::{MouseButton, TrayIcon, TrayIconBuilder, TrayIconEvent},
};

const ACTIONS: [(&str, TrayAction); 4] = [
    ("open", TrayAction::Open),
    ("connect", TrayAction::Connect),
    ("lock", TrayAction::Lock),
    ("quit", TrayAction::Quit),
];

pub(super) struct Icon {
    app: AppHandle,
    icon: TrayIcon,
}

impl Icon {
    #[allow(clippy::unused_async, reason = "it is awaited where a bus is asked")]
    pub(super) async fn put(app: &AppHandle, view: TrayView) -> tauri::Result<Self> {
        let icon = TrayIconBuilder::new()
            .icon(tauri::include_image!("../icons/32x32.png"))
            .tooltip(tooltip(&view))
            .menu(&menu(app, &view)?)
            .show_menu_on_left_click(cfg!(target_os = "macos"))
            .on_menu_event(|app, event| {
                let chosen = ACTIONS.iter().find(|(id, _)| event.id() == id);
                if let Some((_, action)) = chosen {
                    super::choose(app, *action);
                }
            })
            .on_tray_icon_event(|icon, event| {
                if let TrayIconEvent::DoubleClick { button: MouseButton::Left, .. } = event {
                    super::choose(icon.app_handle(), TrayAction::Open);
                }
            })
            .build(app)?;
        Ok(Self { app: app.clone(), icon })
    }

    #[allow(clippy::unused_async, reason = "it is awaited where a bus is asked")]
    pub(super) async fn tell(&self, view: TrayView) {
        let told = menu(&self.app, &view)
            .and_then(|menu| self.icon.set_menu(Some(menu)))
            .and_then(|()| self.icon.set_tooltip(Some(tooltip(&view))));
        if let Err(error) = told {
            tracing::warn!(%error, "the icon does not say how things stand");
        }
    }
}

fn tooltip(view: &TrayView) -> String {
    format!("Boardroom · {}", view.state)
}

fn menu(app: &AppHandle, view: &TrayView) -> tauri::Result<Menu<Wry>> {
    let state = MenuItemBuilder::new(&view.state).enabled(false).build(app)?;
    let mut menu = MenuBuilder::new(app).item(&state).separator();
    for (action, words) in &view.actions {
        let id = ACTIONS.iter().find(|(_, known)| known == action).map_or("open", |(id, _)| id);
        menu = menu.item(&MenuItemBuilder::with_id(id, words).build(app)?);
    }
    menu.build()
}
