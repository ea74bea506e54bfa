//! The list of reports that a person may read, and what keeps each from being exported.

use board_domain::{Report, Role, Row, Table, may_export};
use jiff::Timestamp;

use crate::{
    desk::Reading,
    fault::{Code, Fault},
    lens::Lens,
    outbox::Expected,
    view::ReportBrief,
    words,
};

/// Reports as they will stand once everything is sent, newest period first. A report in progress stands for its
/// published form where the person may see it.
pub(crate) fn list(lens: &Lens<'_>, reading: &Reading, now: Timestamp) -> Result<Vec<ReportBrief>, Fault> {
    let Reading { role, .. } = *reading;
    let logged = in_one_list(lens.reports()?, lens.published()?);
    let expected = Expected::read(lens.reader, &reading.tenant, &reading.person, reading.seq, now)?;
    let rows = |table| {
        expected.book.table(table).filter_map(|(_, row)| match row {
            Row::Report(report) | Row::Published(report) => Some(report.clone()),
            _ => None,
        })
    };
    let shown = in_one_list(rows(Table::Report).collect(), rows(Table::Published).collect());
    Ok(shown.into_iter().map(|report| brief(lens, role, !logged.contains(&report), report)).collect())
}

fn in_one_list(mut reports: Vec<Report>, published: Vec<Report>) -> Vec<Report> {
    for published in published {
        if !reports.iter().any(|report| report.id == published.id) {
            reports.push(published);
        }
    }
    reports.sort_by(|a, b| b.period.last().cmp(&a.period.last()).then_with(|| a.id.cmp(&b.id)));
    reports
}

fn brief(lens: &Lens<'_>, role: Role, pending: bool, report: Report) -> ReportBrief {
    let refused = if pending {
        Some(words::waits(lens.locale))
    } else {
        (!may_export(role, &report)).then(|| Code::Forbidden.message(lens.locale))
    };
    ReportBrief {
        export_refused: refused.map(str::to_owned),
        id: report.id.to_string(),
        title: report.title,
        status: report.status.code().to_owned(),
        status_label: report.status.words().get(lens.locale).to_owned(),
        period: report.period,
        period_label: lens.locale.period(report.period),
        version: report.version,
        pending,
    }
}
