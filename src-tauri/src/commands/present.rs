//! Boardroom mode: the audience's window, what it shows, and on which screen. What a show holds is decided by the desk.
//!
//! The presenter's window steers, the audience's window only listens: its capability admits no command that could give
//! it a note.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use board_desk::{Code, Deck, Fault, Locale, ShowRequest, ShowView};
use serde::{Deserialize, Serialize};
use tauri::{
    AppHandle, Emitter, Manager, PhysicalPosition, PhysicalSize, State, WebviewUrl, WebviewWindowBuilder,
    WindowEvent,
};

use super::{Answer, TheDesk, answer};

/// Label of the audience's window.
pub(crate) const AUDIENCE: &str = "audience";
/// How often the screens are looked at while something is shown.
const LOOK: Duration = Duration::from_secs(2);
/// Longest name of a key that is passed on.
const KEY_NAME: usize = 24;

/// The show that runs, if one does.
#[derive(Default)]
pub(crate) struct Stage(Mutex<Option<Running>>);

struct Running {
    deck: Deck,
    scene: Scene,
    /// The screen that the audience sees.
    screen: Option<String>,
    /// Keeps the screens lit until it is dropped.
    awake: Option<keepawake::KeepAwake>,
}

/// What stands on the stage now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Scene {
    /// The slide, from 0.
    slide: u32,
    /// `none`, `black` or `white`.
    cover: String,
    /// Whether it is dark.
    dark: bool,
    /// Whether type is half as large again.
    large: bool,
    /// Where the pointer is, in hundredths of the slide; nowhere unless it is used.
    pointer: Option<(f64, f64)>,
    /// Whether evidence lies over the slide.
    evidence: Option<Vec<String>>,
}

/// Everything that the audience's window knows.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Audience {
    deck: Deck,
    scene: Scene,
    locale: Locale,
}

/// A screen.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Screen {
    id: String,
    width: u32,
    height: u32,
    scale: f64,
    /// Whether the presenter's window is on it.
    here: bool,
    /// Whether the audience's window is on it.
    audience: bool,
}

/// A show that has begun.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Presented {
    show: ShowView,
    screens: Vec<Screen>,
    /// Whether the system promised to keep the screens lit.
    awake: bool,
}

fn running(stage: &Stage) -> MutexGuard<'_, Option<Running>> {
    stage.0.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unshown(error: impl std::fmt::Display) -> Fault {
    Fault::new(Code::Screen, error)
}

/// The screens, with who is on them.
fn look(app: &AppHandle) -> Result<Vec<Screen>, Fault> {
    let main = app.get_webview_window("main").ok_or_else(|| unshown("no window"))?;
    let here = main.current_monitor().map_err(unshown)?.map(|monitor| *monitor.position());
    let shown = running(&app.state::<Stage>()).as_ref().and_then(|running| running.screen.clone());
    let monitors = main.available_monitors().map_err(unshown)?;
    Ok(monitors
        .iter()
        .map(|monitor| {
            let id = id(monitor);
            Screen {
                width: monitor.size().width,
                height: monitor.size().height,
                scale: monitor.scale_factor(),
                here: Some(*monitor.position()) == here,
                audience: shown.as_ref() == Some(&id),
                id,
            }
        })
        .collect())
}

/// Name and place: two screens of one make share a name.
fn id(monitor: &tauri::Monitor) -> String {
    let PhysicalPosition { x, y } = monitor.position();
    format!("{}@{x},{y}", monitor.name().map_or("screen", String::as_str))
}

/// The screens of this computer.
#[tauri::command]
pub(crate) async fn screens(app: AppHandle, desk: TheDesk<'_>) -> Result<Vec<Screen>, board_desk::FaultView> {
    answer(&desk, look(&app))
}

/// Begins a show. With a screen, the audience's window opens on it; without one, the show is the presenter's alone.
#[tauri::command]
pub(crate) async fn present(
    app: AppHandle,
    desk: TheDesk<'_>,
    request: ShowRequest,
    screen: Option<String>,
) -> Result<Presented, board_desk::FaultView> {
    let begun = (|| {
        let show = desk.show(&request)?;
        let awake = keep_awake();
        let lit = awake.is_some();
        let scene = Scene { cover: "none".to_owned(), ..Scene::default() };
        *running(&app.state::<Stage>()) =
            Some(Running { deck: show.deck.clone(), scene, screen: screen.clone(), awake });
        if let Some(screen) = &screen {
            open(&app, screen)?;
        }
        watch(app.clone());
        Ok(Presented { show, screens: look(&app)?, awake: lit })
    })();
    answer(&desk, begun)
}

/// Moves the audience to another screen.
#[tauri::command]
pub(crate) async fn present_on(
    app: AppHandle,
    desk: TheDesk<'_>,
    screen: Option<String>,
) -> Result<Vec<Screen>, board_desk::FaultView> {
    let moved = (|| {
        if let Some(running) = running(&app.state::<Stage>()).as_mut() {
            running.screen.clone_from(&screen);
        }
        match &screen {
            Some(screen) => open(&app, screen)?,
            None => close(&app),
        }
        look(&app)
    })();
    answer(&desk, moved)
}

/// Puts a scene on the stage.
#[tauri::command]
pub(crate) async fn steer(app: AppHandle, scene: Scene) {
    let shown = {
        let stage = app.state::<Stage>();
        let mut running = running(&stage);
        let Some(running) = running.as_mut() else { return };
        let last = u32::try_from(running.deck.slides.len().saturating_sub(1)).unwrap_or(0);
        running.scene = Scene { slide: scene.slide.min(last), ..scene };
        running.scene.clone()
    };
    // A window that is gone no longer listens.
    let _ = app.emit_to(AUDIENCE, "scene", shown);
}

/// Ends the show: the audience's window closes and the screens may sleep again.
#[tauri::command]
pub(crate) async fn end_show(app: AppHandle) {
    let ended = running(&app.state::<Stage>()).take();
    close(&app);
    // The system is told on a thread of its own: the call waits for it.
    std::thread::spawn(move || drop(ended.and_then(|running| running.awake)));
}

/// What the audience's window shows when it opens.
#[tauri::command]
pub(crate) async fn audience(
    app: AppHandle,
    desk: State<'_, Arc<board_desk::Desk>>,
) -> Answer<Option<Audience>> {
    let stage = app.state::<Stage>();
    let running = running(&stage);
    Ok(running.as_ref().map(|running| Audience {
        deck: running.deck.clone(),
        scene: running.scene.clone(),
        locale: desk.locale(),
    }))
}

/// A key that was pressed in the audience's window: a clicker types where the focus is.
#[tauri::command]
pub(crate) async fn audience_key(app: AppHandle, key: String) {
    if key.chars().count() <= KEY_NAME {
        let _ = app.emit_to("main", "audience-key", key);
    }
}

/// Opens the audience's window on a screen, or moves it there.
fn open(app: &AppHandle, screen: &str) -> Result<(), Fault> {
    let main = app.get_webview_window("main").ok_or_else(|| unshown("no window"))?;
    let monitors = main.available_monitors().map_err(unshown)?;
    let monitor = monitors.iter().find(|monitor| id(monitor) == screen);
    let monitor = monitor.ok_or_else(|| unshown(format!("{screen} is not there")))?;
    let (position, size) = (*monitor.position(), *monitor.size());
    let window = match app.get_webview_window(AUDIENCE) {
        Some(window) => {
            window.set_fullscreen(false).map_err(unshown)?;
            window
        }
        None => {
            WebviewWindowBuilder::new(app, AUDIENCE, WebviewUrl::App("index.html?window=audience".into()))
                .title("Boardroom")
                .decorations(false)
                .visible(false)
                .build()
                .map_err(unshown)?
        }
    };
    window.set_position(PhysicalPosition { x: position.x, y: position.y }).map_err(unshown)?;
    window.set_size(PhysicalSize { width: size.width, height: size.height }).map_err(unshown)?;
    window.show().map_err(unshown)?;
    window.set_fullscreen(true).map_err(unshown)?;
    let app = app.clone();
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::Destroyed) {
            if let Some(running) = running(&app.state::<Stage>()).as_mut() {
                running.screen = None;
            }
            tell(&app);
        }
    });
    let _ = main.set_focus();
    Ok(())
}

/// Closes the audience's window, if it is open.
pub(crate) fn close(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(AUDIENCE) {
        let _ = window.destroy();
    }
}

/// Tells the presenter how the screens stand.
fn tell(app: &AppHandle) {
    if let Ok(screens) = look(app) {
        let _ = app.emit_to("main", "screens", screens);
    }
}

/// Looks at the screens until the show ends. Where the audience's screen was unplugged, its window closes: it must not
/// come to lie over the notes, nor the notes go where it was.
fn watch(app: AppHandle) {
    tauri::async_runtime::spawn(async move {
        let mut known = look(&app).unwrap_or_default();
        loop {
            tokio::time::sleep(LOOK).await;
            let wanted = match running(&app.state::<Stage>()).as_ref() {
                Some(running) => running.screen.clone(),
                None => return,
            };
            let Ok(now) = look(&app) else { continue };
            if wanted.is_some_and(|wanted| now.iter().all(|screen| screen.id != wanted)) {
                close(&app);
            }
            if now != known {
                tell(&app);
                known = now;
            }
        }
    });
}

/// Asks the system to keep the screens lit; `None` where it has nobody to ask.
pub(super) fn keep_awake() -> Option<keepawake::KeepAwake> {
    // On a thread of its own: on Linux the library waits for the session bus.
    let asked = std::thread::spawn(|| {
        keepawake::Builder::default()
            .display(true)
            .idle(true)
            .reason("A board presentation is shown")
            .app_name("Boardroom")
            .app_reverse_domain("app.boardroom.desktop")
            .create()
    });
    match asked.join() {
        Ok(Ok(awake)) => Some(awake),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the screens are not kept lit");
            None
        }
        Err(_) => None,
    }
}
