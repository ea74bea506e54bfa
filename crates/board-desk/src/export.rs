//! Writing a report's pack: plan, write, sign, put in place whole, record. No file is left where anything fails.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
};

use board_domain::{Command, ExportRecord, Report, may_export};
use board_packs::{Flow, Pack, PackError, PackPlan};
use jiff::Timestamp;

use crate::{
    desk::{Desk, Reading, lock},
    enrol::{DEVICE_PUBLIC, device_key, enrolled, public},
    fault::{Code, Fault},
    lens::Lens,
    plan::{self, Making},
    profile::write_whole,
    view::{ExportProgress, ExportRequest, ExportView, ExportedFile},
    words,
};

/// A file format of packs.
#[derive(Clone, Copy)]
enum Format {
    Pdf,
    Pptx,
}

impl Format {
    fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Pptx => "pptx",
        }
    }
}

pub(crate) fn run(
    desk: &Desk,
    request: &ExportRequest,
    progress: &mut dyn FnMut(ExportProgress),
    cancel: &AtomicBool,
) -> Result<ExportView, Fault> {
    let started = std::time::Instant::now();
    let formats: Vec<Format> = [(request.pdf, Format::Pdf), (request.pptx, Format::Pptx)]
        .into_iter()
        .filter_map(|(wanted, format)| wanted.then_some(format))
        .collect();
    if formats.is_empty() {
        return Err(Fault::new(Code::Malformed, "choose PDF, PPTX or both"));
    }
    let reading = desk.reading()?;
    let at = desk.host.now();
    let key = device_key(desk.host.as_ref(), &reading.secrets)?;
    lock(reading.writable()?).set_setting(DEVICE_PUBLIC, &public(&key))?;
    let (plan, report, name) = prepare(&reading, request, &public(&key), at)?;
    progress(ExportProgress { percent: 5, step: words::step_reading(reading.locale).to_owned() });
    let folder = request.folder.as_ref().map_or_else(|| desk.host.documents_dir(), PathBuf::from);
    // Everything is made before anything is written: two formats appear together or not at all.
    let mut packs = Vec::new();
    let share = 90 / formats.len();
    for (index, format) in formats.iter().enumerate() {
        let base = 5 + index * share;
        let mut step = |at: board_packs::Progress| {
            let percent = base + usize::from(at.percent) * share / 100;
            let step = format!("{} · {}", format.extension().to_uppercase(), at.section);
            progress(ExportProgress { percent: u8::try_from(percent).unwrap_or(99), step });
            if cancel.load(Ordering::SeqCst) { Flow::Cancel } else { Flow::Continue }
        };
        let pack = match format {
            Format::Pdf => board_packs::write_pdf(&plan, &key, &mut step),
            Format::Pptx => board_packs::write_pptx(&plan, &key, &mut step),
        };
        packs.push((*format, pack.map_err(fault)?));
    }
    progress(ExportProgress { percent: 96, step: words::step_writing(reading.locale).to_owned() });
    let mut files = Vec::<ExportedFile>::new();
    for (format, pack) in packs {
        let path = folder.join(format!("{name}.{}", format.extension()));
        let written =
            write_whole(&path, &pack.bytes).and_then(|()| record(&reading, &report, format, &pack, at));
        if let Err(error) = written {
            for file in &files {
                let _ = std::fs::remove_file(&file.path);
            }
            let _ = std::fs::remove_file(&path);
            return Err(error);
        }
        files.push(ExportedFile {
            path: path.display().to_string(),
            size: pack.bytes.len() as u64,
            sha256: pack.sha256.clone(),
            pages: u32::try_from(pack.pages).unwrap_or(u32::MAX),
        });
    }
    progress(ExportProgress { percent: 100, step: words::step_done(reading.locale).to_owned() });
    let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(ExportView { files, took_ms })
}

/// The plan at the reader's position, and the file's name without its extension.
fn prepare(
    reading: &Reading,
    request: &ExportRequest,
    device: &str,
    at: Timestamp,
) -> Result<(PackPlan, Report, String), Fault> {
    let reader = lock(&reading.reader);
    let copies = reader.tenants()?;
    let copy = copies.into_iter().find(|copy| copy.id == reading.tenant).ok_or(Code::NoTenant)?;
    let lens = Lens::new(&reader, &reading.tenant, Some(reading.seq), reading.locale)?;
    let locale = request.locale.unwrap_or(lens.tenant.locale);
    let lens = Lens::new(&reader, &reading.tenant, Some(reading.seq), locale)?;
    let report = plan::find_report(&lens, &request.report)?;
    if !may_export(reading.role, &report) {
        return Err(Fault::new(Code::Forbidden, format!("report {} is {}", report.id, report.status.code())));
    }
    let person = lens.person(&reading.person)?;
    let exporter = person.map_or_else(|| reading.name.clone(), |person| person.name);
    let making = Making {
        exporter,
        at,
        epoch: copy.epoch.ok_or(Code::NotSynced)?,
        seq: reading.seq,
        heads: reader.heads(&reading.tenant)?,
        person: reading.person.clone(),
        device: enrolled(&reader, &reading.tenant, &reading.person, device)?
            .and_then(|device| device.certificate),
    };
    let plan = plan::build(&lens, &report, &making)?;
    let name = format!("Executive_Report_{}_{}", report.period, file_safe(&lens.tenant.short_name));
    Ok((plan, report, name))
}

/// Letters, digits and hyphens of a name; anything else becomes an underscore.
fn file_safe(name: &str) -> String {
    let safe: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).take(60).collect();
    if safe.is_empty() { "Company".into() } else { safe }
}

/// The export goes into the outbox with the file, and reaches the server when it can.
fn record(
    reading: &Reading,
    report: &Report,
    format: Format,
    pack: &Pack,
    at: Timestamp,
) -> Result<(), Fault> {
    let command = Command::RecordExport {
        export: ExportRecord {
            report: report.id.clone(),
            version: report.version,
            format: format.extension().to_owned(),
            sha256: pack.sha256.clone(),
            seq: reading.seq,
            exported_at: at,
        },
    };
    lock(reading.writable()?).enqueue(&reading.tenant, &command, at)?;
    Ok(())
}

fn fault(error: PackError) -> Fault {
    let code = match error {
        PackError::Cancelled => Code::Cancelled,
        PackError::FigureMissing { .. } => Code::FigureMissing,
        _ => Code::PackFailed,
    };
    Fault::new(code, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_hold_nothing_that_a_file_system_minds() {
        assert_eq!(file_safe("Fjordlys"), "Fjordlys");
        assert_eq!(file_safe("../Øst & Vest"), "____st___Vest");
        assert_eq!(file_safe(""), "Company");
        assert_eq!(file_safe(&"a".repeat(500)).len(), 60);
    }
}
