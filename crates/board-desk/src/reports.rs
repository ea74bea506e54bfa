//! The list of reports that a person may read, what keeps each from being exported, and what was exported.

use board_domain::{Command, ExportRecord, Report, Role, Row, Table, may_export};
use jiff::Timestamp;

use crate::{
    desk::{Desk, Reading},
    fault::{Code, Fault},
    lens::Lens,
    outbox::Expected,
    view::{ExportEntry, ReportBrief},
    words,
    writing::actor,
};

/// Entries of the history of exports, the newest.
const EXPORTS: usize = 200;

impl Desk {
    /// Packs that were exported, as far as the person may know, and those of this device that were not reported yet; newest
    /// first.
    pub fn exports(&self) -> Result<Vec<ExportEntry>, Fault> {
        self.read(None, |lens, reading| {
            let titles: Vec<Report> = in_one_list(lens.reports()?, lens.published()?);
            let entry = |export: ExportRecord, who: String, pending: bool| {
                let title = titles.iter().find(|report| report.id == export.report);
                ExportEntry {
                    title: title.map_or_else(|| export.report.to_string(), |report| report.title.clone()),
                    report: export.report.to_string(),
                    version: export.version,
                    format: export.format,
                    sha256: export.sha256,
                    seq: export.seq,
                    at: export.exported_at.to_string(),
                    who,
                    pending,
                }
            };
            let mut entries = Vec::new();
            for pending in lens.reader.pending(&reading.tenant)? {
                if let Command::RecordExport { export } = pending.envelope.command {
                    entries.push(entry(export, reading.name.clone(), true));
                }
            }
            for (_, row) in lens.reader.rows(&reading.tenant, Table::Export, Some(reading.seq))? {
                let Row::Export(export) = row.row else { continue };
                let event = lens.event(row.since_seq)?;
                let who = event.map(|event| actor(lens, &event)).transpose()?.unwrap_or_default();
                entries.push(entry(export, who, false));
            }
            entries.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.format.cmp(&b.format)));
            entries.truncate(EXPORTS);
            Ok(entries)
        })
    }
}

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
