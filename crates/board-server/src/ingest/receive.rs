//! Taking a checked file: duplicates, rows, receipt, evidence and figures in one transaction. Not the checks.

use std::collections::HashMap;

use board_domain::{
    Actor, Fact, Hash, Intake, TenantId,
    wire::{IngestLine, IngestReport},
};
use jiff::Timestamp;

use super::{Checked, CheckedFile, Fault};
use crate::{
    figures,
    store::{StoreError, Transaction, intake_row},
};

/// Most lines named in a report.
const REPORTED: usize = 1_000;

/// Takes the file and reports on each line that was not simply accepted.
pub(crate) fn receive(
    transaction: &mut Transaction<'_>,
    tenant: &TenantId,
    actor: &Actor,
    file: &CheckedFile,
    now: Timestamp,
) -> Result<IngestReport, StoreError> {
    let CheckedFile { source, sha256, lines } = file;
    let (source, sha256) = (*source, *sha256);
    let mut report = IngestReport {
        source: source.to_owned(),
        sha256,
        accepted: 0,
        duplicate: 0,
        refused: 0,
        lines: Vec::new(),
        figures: 0,
        head: 0,
    };
    let mut evidence = Vec::new();
    let mut since = None;
    let mut seen: HashMap<&str, Hash> = HashMap::new();
    for (line, checked) in lines {
        let fault = match checked {
            Err(fault) => fault.clone(),
            Ok(checked) => {
                let Checked { external_id, row_hash, row, evidence: snippet } = checked;
                let known = match seen.get(external_id.as_str()) {
                    Some(hash) => Some(*hash),
                    None => intake_row::hash(transaction.sql()?, tenant, source, external_id)?,
                };
                match known {
                    Some(hash) if hash == *row_hash => {
                        Fault::new("ingest.duplicate", "the same row was taken before")
                    }
                    Some(_) => Fault::new("ingest.id_reused", "a row of this id has other content"),
                    None => {
                        intake_row::insert(transaction.sql()?, tenant, source, external_id, row_hash, row)?;
                        seen.insert(external_id, *row_hash);
                        since =
                            Some(since.map_or(row.date(), |date: jiff::civil::Date| date.min(row.date())));
                        evidence.extend(snippet.clone());
                        report.accepted += 1;
                        continue;
                    }
                }
            }
        };
        let duplicate = fault.code == "ingest.duplicate";
        *(if duplicate { &mut report.duplicate } else { &mut report.refused }) += 1;
        if report.lines.len() < REPORTED {
            let verdict = if duplicate { "duplicate" } else { "refused" };
            let (code, reason) = (fault.code.to_owned(), fault.reason);
            report.lines.push(IngestLine { line: *line, verdict: verdict.into(), code, reason });
        }
    }
    let intake = Intake {
        source: source.to_owned(),
        sha256: sha256.to_string(),
        accepted: report.accepted,
        duplicate: report.duplicate,
        refused: report.refused,
    };
    let mut facts = vec![Fact::IntakeRecorded { intake }];
    facts.extend(evidence.into_iter().map(|evidence| Fact::EvidenceAdded { evidence }));
    if let Some(since) = since {
        let rows = intake_row::all(transaction.sql()?, tenant)?;
        let changed = figures::changed(transaction.book(tenant)?, &rows, since, now);
        report.figures = u32::try_from(changed.len()).unwrap_or(u32::MAX);
        facts.extend(changed.into_iter().map(|figure| Fact::FigureMeasured { figure }));
    }
    report.head = transaction.publish(tenant, actor, None, now, facts, Fact::audience)?;
    Ok(report)
}
