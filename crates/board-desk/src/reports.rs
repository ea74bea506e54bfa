//! The list of reports that a person may read, and what keeps each from being exported.

use board_domain::{Report, Role, may_export};

use crate::{
    fault::{Code, Fault},
    lens::Lens,
    view::ReportBrief,
};

/// Reports, newest period first. A report in progress stands for its published form where the person may see it.
pub(crate) fn list(lens: &Lens<'_>, role: Role) -> Result<Vec<ReportBrief>, Fault> {
    let mut reports: Vec<Report> = lens.reports()?;
    for published in lens.published()? {
        if !reports.iter().any(|report| report.id == published.id) {
            reports.push(published);
        }
    }
    reports.sort_by(|a, b| b.period.last().cmp(&a.period.last()).then_with(|| a.id.cmp(&b.id)));
    let refused = |report: &Report| {
        (!may_export(role, report)).then(|| Code::Forbidden.message(lens.locale).to_owned())
    };
    Ok(reports
        .into_iter()
        .map(|report| ReportBrief {
            export_refused: refused(&report),
            id: report.id.to_string(),
            title: report.title,
            status: report.status.code().to_owned(),
            status_label: report.status.words().get(lens.locale).to_owned(),
            period: report.period,
            period_label: lens.locale.period(report.period),
            version: report.version,
        })
        .collect())
}
