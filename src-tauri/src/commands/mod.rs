//! One handler per command of the window: each calls the desk and turns a fault into its view.
#![allow(clippy::needless_pass_by_value, reason = "the border hands over owned values")]

pub(crate) mod device;
pub(crate) mod present;
mod reports;
mod time;

use std::{path::PathBuf, sync::Arc};

use board_desk::{
    ArrangementView, Code, Dashboard, DashboardBrief, DashboardView, Desk, ExportProgress, ExportRequest,
    ExportView, Fault, FaultView, FigureView, Hit, Locale, OutboxView, ReportBrief, SessionView, SyncView,
    ThemeChoice, VerifyView,
};
use tauri::{
    AppHandle, State,
    ipc::{Channel, Response},
};
use tauri_plugin_dialog::DialogExt;
use tauri_plugin_opener::OpenerExt;

type TheDesk<'a> = State<'a, Arc<Desk>>;
type Answer<T> = Result<T, FaultView>;

/// The handler of every command.
pub(crate) fn handler() -> impl Fn(tauri::ipc::Invoke) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        session,
        sign_in,
        unlock,
        lock,
        sign_out,
        choose_tenant,
        set_preferences,
        sync_state,
        retry_sync,
        copy_anew,
        dashboards,
        dashboard,
        figure,
        arrangement,
        arrange_dashboard,
        chart_hits,
        save_chart,
        chart_png,
        reports,
        outbox,
        dismiss_refusal,
        export_pack,
        cancel_export,
        verify,
        open_path,
        present::screens,
        present::present,
        present::present_on,
        present::steer,
        present::end_show,
        present::audience,
        present::audience_key,
        time::history,
        time::moment,
        time::compare,
        reports::report,
        reports::new_report,
        reports::draft_report,
        reports::revise_report,
        reports::move_report,
        reports::check_section,
        reports::citables,
        reports::keep_draft,
        reports::forget_draft,
        reports::preview,
        reports::exports,
        reports::notes,
        reports::write_note,
        reports::remove_note,
        reports::news,
        reports::saw_news,
        device::opened_link,
        device::check_ready,
        device::last_ready,
        device::policy,
        device::set_lock_after,
        device::benchmark_consent,
        device::set_benchmark_consent,
        device::device,
        device::diagnostics,
        device::save_diagnostics
    ]
}

/// The fault in the reader's language.
fn answer<T>(desk: &Desk, result: Result<T, Fault>) -> Answer<T> {
    result.map_err(|fault| fault.view(desk.locale()))
}

/// Opened, and the log followed from now on.
fn followed(desk: &Desk, opened: Result<SessionView, Fault>) -> Answer<SessionView> {
    answer(desk, opened.and_then(|session| desk.follow().map(|()| session)))
}

#[tauri::command(async)]
fn session(desk: TheDesk<'_>) -> Answer<SessionView> {
    answer(&desk, desk.session())
}

#[tauri::command]
async fn sign_in(
    desk: TheDesk<'_>,
    server: String,
    email: String,
    password: String,
) -> Result<SessionView, FaultView> {
    let signed_in = desk.sign_in(&server, &email, &password).await;
    followed(&desk, signed_in)
}

#[tauri::command(async)]
fn unlock(desk: TheDesk<'_>) -> Answer<SessionView> {
    followed(&desk, desk.unlock())
}

#[tauri::command(async)]
fn lock(desk: TheDesk<'_>) -> Answer<SessionView> {
    answer(&desk, desk.lock())
}

#[tauri::command(async)]
fn sign_out(desk: TheDesk<'_>) -> Answer<SessionView> {
    answer(&desk, desk.sign_out())
}

#[tauri::command(async)]
fn choose_tenant(desk: TheDesk<'_>, tenant: &str) -> Answer<SessionView> {
    answer(&desk, desk.choose_tenant(tenant))
}

#[tauri::command(async)]
fn set_preferences(desk: TheDesk<'_>, locale: Locale, theme: ThemeChoice) -> Answer<SessionView> {
    answer(&desk, desk.set_preferences(locale, theme))
}

#[tauri::command(async)]
fn sync_state(desk: TheDesk<'_>) -> SyncView {
    desk.sync_state()
}

#[tauri::command(async)]
fn retry_sync(desk: TheDesk<'_>) -> Answer<SyncView> {
    answer(&desk, desk.retry_sync())
}

#[tauri::command(async)]
fn copy_anew(desk: TheDesk<'_>) -> Answer<SyncView> {
    answer(&desk, desk.follow_anew())
}

#[tauri::command(async)]
fn dashboards(desk: TheDesk<'_>, as_of: Option<u64>) -> Answer<Vec<DashboardBrief>> {
    answer(&desk, desk.dashboards(as_of))
}

#[tauri::command(async)]
fn dashboard(
    desk: TheDesk<'_>,
    id: &str,
    period: Option<&str>,
    programme: Option<&str>,
    as_of: Option<u64>,
) -> Answer<DashboardView> {
    answer(&desk, desk.dashboard(id, period, programme, as_of))
}

#[tauri::command(async)]
fn figure(desk: TheDesk<'_>, figure: &str, as_of: Option<u64>) -> Answer<FigureView> {
    answer(&desk, desk.figure(figure, as_of))
}

/// Path and query of a chart's address.
fn parts(address: &str) -> (&str, &str) {
    address.split_once('?').unwrap_or((address, ""))
}

#[tauri::command(async)]
fn arrangement(desk: TheDesk<'_>, id: &str) -> Answer<ArrangementView> {
    answer(&desk, desk.arrangement(id))
}

#[tauri::command(async)]
fn arrange_dashboard(desk: TheDesk<'_>, dashboard: Dashboard) -> Answer<()> {
    answer(&desk, desk.arrange(dashboard))
}

#[tauri::command(async)]
fn chart_hits(desk: TheDesk<'_>, address: &str) -> Answer<Vec<Hit>> {
    let (path, query) = parts(address);
    answer(&desk, desk.chart_hits(path, query))
}

#[tauri::command(async)]
fn save_chart(desk: TheDesk<'_>, address: &str) -> Answer<String> {
    let (path, query) = parts(address);
    answer(&desk, desk.save_chart(path, query))
}

/// The picture itself, as bytes: the page puts it on the clipboard.
#[tauri::command(async)]
fn chart_png(desk: TheDesk<'_>, address: &str) -> Answer<Response> {
    let (path, query) = parts(address);
    answer(&desk, desk.chart_png(path, query).map(|(png, _)| Response::new(png)))
}

#[tauri::command(async)]
fn reports(desk: TheDesk<'_>, as_of: Option<u64>) -> Answer<Vec<ReportBrief>> {
    answer(&desk, desk.reports(as_of))
}

#[tauri::command(async)]
fn outbox(desk: TheDesk<'_>) -> Answer<OutboxView> {
    answer(&desk, desk.outbox())
}

#[tauri::command(async)]
fn dismiss_refusal(desk: TheDesk<'_>, key: &str) -> Answer<OutboxView> {
    answer(&desk, desk.dismiss_refusal(key))
}

#[tauri::command(async)]
fn export_pack(
    desk: TheDesk<'_>,
    request: ExportRequest,
    channel: Channel<ExportProgress>,
) -> Answer<ExportView> {
    // A window that is gone no longer listens; the export goes on.
    answer(&desk, desk.export_pack(&request, &mut |at| drop(channel.send(at))))
}

#[tauri::command(async)]
fn cancel_export(desk: TheDesk<'_>) {
    desk.cancel_export();
}

#[tauri::command(async)]
fn verify(app: AppHandle, desk: TheDesk<'_>, path: Option<PathBuf>) -> Answer<Option<VerifyView>> {
    let chosen = || {
        let dialog = app.dialog().file().add_filter("PDF, PPTX", &["pdf", "pptx"]);
        dialog.blocking_pick_file().and_then(|file| file.into_path().ok())
    };
    let Some(path) = path.or_else(chosen) else { return Ok(None) };
    answer(&desk, desk.verify(&path, &[], None).map(Some))
}

#[tauri::command(async)]
fn open_path(app: AppHandle, desk: TheDesk<'_>, path: &str) -> Answer<()> {
    let opened = desk.written(path).and_then(|path| {
        app.opener().reveal_item_in_dir(path).map_err(|error| Fault::new(Code::File, error))
    });
    answer(&desk, opened)
}
