//! Taking a checked file: duplicates, rows, receipt, evidence and figures in one transaction. Not the checks.

use board_domain::{
    Actor, Fact, Intake, TenantId,
    wire::{IngestLine, IngestReport},
};
use jiff::{Timestamp, civil::Date};

use super::{CheckedFile, Fault};
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
    let (mut evidence, mut taken, mut since) = (Vec::new(), Vec::new(), None);
    let asked = lines.iter().filter_map(|(_, checked)| checked.as_ref().ok());
    let asked: Vec<&str> = asked.map(|checked| checked.external_id.as_str()).collect();
    let mut known = intake_row::hashes(transaction.sql()?, tenant, source, &asked)?;
    for (line, checked) in lines {
        let fault = match checked {
            Err(fault) => fault.clone(),
            Ok(checked) => match known.get(checked.external_id.as_str()) {
                Some(hash) if *hash == checked.row_hash => {
                    Fault::new("ingest.duplicate", "the same row was taken before")
                }
                Some(_) => Fault::new("ingest.id_reused", "a row of this id has other content"),
                None => {
                    known.insert(&checked.external_id, checked.row_hash);
                    let date = checked.row.date();
                    since = Some(since.map_or(date, |since: Date| since.min(date)));
                    evidence.extend(checked.evidence.clone());
                    taken.push((checked.external_id.as_str(), &checked.row_hash, &checked.row));
                    continue;
                }
            },
        };
        let duplicate = fault.code == "ingest.duplicate";
        *(if duplicate { &mut report.duplicate } else { &mut report.refused }) += 1;
        if report.lines.len() < REPORTED {
            let verdict = if duplicate { "duplicate" } else { "refused" };
            let (code, reason) = (fault.code.to_owned(), fault.reason);
            report.lines.push(IngestLine { line: *line, verdict: verdict.into(), code, reason });
        }
    }
    report.accepted = u32::try_from(taken.len()).unwrap_or(u32::MAX);
    intake_row::insert(transaction.sql()?, tenant, source, &taken)?;
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
