//! The icon on Linux: a `StatusNotifierItem` on the session bus. No library of the desktop is needed for it, and none that is
//! missing can end the program.

use std::sync::atomic::Ordering;

use board_desk::{TrayAction, TrayView};
use ksni::{Handle, MenuItem, OfflineReason, Status, ToolTip, TrayMethods, menu::StandardItem};
use tauri::{AppHandle, Manager, image::Image};

use super::Tray;

pub(super) struct Icon(Handle<Item>);

struct Item {
    app: AppHandle,
    view: TrayView,
}

impl Icon {
    pub(super) async fn put(app: &AppHandle, view: TrayView) -> Result<Self, ksni::Error> {
        let item = Item { app: app.clone(), view };
        // A desktop that is still starting may take it later.
        item.assume_sni_available(true).spawn().await.map(Self)
    }

    pub(super) async fn tell(&self, view: TrayView) {
        self.0.update(|item| item.view = view).await;
    }
}

impl Item {
    fn gone(&self, gone: bool) {
        self.app.state::<Tray>().gone.store(gone, Ordering::Relaxed);
    }
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        "app.boardroom.desktop".into()
    }

    fn title(&self) -> String {
        "Boardroom".into()
    }

    fn status(&self) -> Status {
        if self.view.attention { Status::NeedsAttention } else { Status::Active }
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        [tauri::include_image!("../icons/32x32.png"), tauri::include_image!("../icons/128x128.png")]
            .iter()
            .map(argb)
            .collect()
    }

    fn attention_icon_pixmap(&self) -> Vec<ksni::Icon> {
        self.icon_pixmap()
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip { title: "Boardroom".into(), description: self.view.state.clone(), ..ToolTip::default() }
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let state =
            StandardItem { label: self.view.state.clone(), enabled: false, ..StandardItem::default() };
        let offered = self.view.actions.iter().map(|(action, words)| {
            let action = *action;
            let activate = Box::new(move |item: &mut Self| super::choose(&item.app, action));
            StandardItem { label: (*words).into(), activate, ..StandardItem::default() }.into()
        });
        [state.into(), MenuItem::Separator].into_iter().chain(offered).collect()
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        super::choose(&self.app, TrayAction::Open);
    }

    fn watcher_online(&self) {
        self.gone(false);
    }

    fn watcher_offline(&self, reason: OfflineReason) -> bool {
        tracing::debug!(?reason, "nobody shows icons");
        self.gone(true);
        true
    }
}

/// The bus wants alpha first.
fn argb(image: &Image<'_>) -> ksni::Icon {
    let pixels = image.rgba().chunks_exact(4);
    let data = pixels.flat_map(|pixel| [pixel[3], pixel[0], pixel[1], pixel[2]]).collect();
    let side = |pixels| i32::try_from(pixels).unwrap_or(0);
    ksni::Icon { width: side(image.width()), height: side(image.height()), data }
}
