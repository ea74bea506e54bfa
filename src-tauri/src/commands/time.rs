//! Time travel: the course of the log, a moment in it, and what moved between two. Reads as of a moment are the reads.

use board_desk::{Code, DiffView, Fault, HistoryView, MomentView};

use super::{Answer, TheDesk, answer};

#[tauri::command(async)]
pub(crate) fn history(desk: TheDesk<'_>) -> Answer<HistoryView> {
    answer(&desk, desk.history())
}

#[tauri::command(async)]
pub(crate) fn moment(desk: TheDesk<'_>, seq: Option<u64>, at: Option<&str>) -> Answer<MomentView> {
    let time = at.map(|at| at.parse().map_err(|_| Fault::new(Code::Malformed, "a time"))).transpose();
    answer(&desk, time.and_then(|at| desk.moment(seq, at)))
}

#[tauri::command(async)]
pub(crate) fn compare(desk: TheDesk<'_>, before: u64, after: u64) -> Answer<DiffView> {
    answer(&desk, desk.diff(&before.to_string(), &after.to_string(), &[]))
}
