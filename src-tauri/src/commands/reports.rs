//! Handlers of reports in progress, previews, the history of exports and notes.

use board_desk::{
    CitablesView, ExportEntry, ExportRequest, FaultView, Narrative, NewReportView, NewsView, NoteRequest,
    NoteView, PreviewView, ReportMove, ReportView, Section, SectionFault, Template, UnsavedText,
};

use super::{Answer, TheDesk, answer};

#[tauri::command(async)]
pub(crate) fn report(desk: TheDesk<'_>, id: &str, as_of: Option<u64>) -> Answer<ReportView> {
    answer(&desk, desk.report(id, as_of))
}

#[tauri::command(async)]
pub(crate) fn new_report(desk: TheDesk<'_>) -> Answer<NewReportView> {
    answer(&desk, desk.new_report())
}

#[tauri::command(async)]
pub(crate) fn draft_report(
    desk: TheDesk<'_>,
    template: Template,
    period: &str,
    title: &str,
    sections: Vec<String>,
) -> Answer<String> {
    answer(&desk, desk.draft_report(template, period, title, &sections))
}

#[tauri::command(async)]
pub(crate) fn revise_report(
    desk: TheDesk<'_>,
    id: &str,
    version: u32,
    title: &str,
    sections: Vec<Section>,
) -> Answer<ReportView> {
    answer(&desk, desk.revise_report(id, version, title, sections))
}

#[tauri::command(async)]
pub(crate) fn move_report(
    desk: TheDesk<'_>,
    id: &str,
    version: u32,
    step: ReportMove,
    reason: &str,
) -> Answer<ReportView> {
    answer(&desk, desk.move_report(id, version, step, reason))
}

#[tauri::command(async)]
pub(crate) fn check_section(desk: TheDesk<'_>, narrative: Narrative) -> Vec<SectionFault> {
    desk.check_section(&narrative)
}

#[tauri::command(async)]
pub(crate) fn citables(desk: TheDesk<'_>, report: &str) -> Answer<CitablesView> {
    answer(&desk, desk.citables(report))
}

#[tauri::command(async)]
pub(crate) fn keep_draft(
    desk: TheDesk<'_>,
    id: &str,
    version: u32,
    title: &str,
    sections: Vec<Section>,
) -> Answer<()> {
    answer(&desk, desk.keep_draft(id, version, title, sections))
}

#[tauri::command(async)]
pub(crate) fn forget_draft(desk: TheDesk<'_>, id: &str) -> Answer<()> {
    answer(&desk, desk.forget_draft(id))
}

#[tauri::command(async)]
pub(crate) fn preview(
    desk: TheDesk<'_>,
    request: ExportRequest,
    text: Option<UnsavedText>,
) -> Result<PreviewView, FaultView> {
    answer(&desk, desk.preview(&request, text))
}

#[tauri::command(async)]
pub(crate) fn exports(desk: TheDesk<'_>) -> Answer<Vec<ExportEntry>> {
    answer(&desk, desk.exports())
}

#[tauri::command(async)]
pub(crate) fn notes(desk: TheDesk<'_>) -> Answer<Vec<NoteView>> {
    answer(&desk, desk.notes())
}

#[tauri::command(async)]
pub(crate) fn write_note(desk: TheDesk<'_>, request: NoteRequest) -> Answer<Vec<NoteView>> {
    answer(&desk, desk.write_note(request).and_then(|_| desk.notes()))
}

#[tauri::command(async)]
pub(crate) fn remove_note(desk: TheDesk<'_>, id: &str) -> Answer<Vec<NoteView>> {
    answer(&desk, desk.remove_note(id).and_then(|()| desk.notes()))
}

#[tauri::command(async)]
pub(crate) fn news(desk: TheDesk<'_>) -> Answer<NewsView> {
    answer(&desk, desk.news())
}

#[tauri::command(async)]
pub(crate) fn saw_news(desk: TheDesk<'_>) -> Answer<NewsView> {
    answer(&desk, desk.saw_news())
}
