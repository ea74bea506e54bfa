//! Writing a report's pack: plan, write, sign, put in place whole, record. No file is left where anything fails.

use std::{
    fmt::Write,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use board_domain::{Command, ExportRecord, Report, Template, may_export};
use board_packs::{
    Flow, Pack, PackError, PackPlan, PagePicture, Paper, PdfOptions, Protection, SignatureNote, Signer,
    SigningKey,
};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::{
    compare,
    desk::{Desk, Reading, lock},
    diff::Figures,
    enrol::{DEVICE_PUBLIC, device_key, enrolled, public},
    fault::{Code, Fault},
    lens::Lens,
    plan::{self, Making},
    profile::write_whole,
    slides,
    view::{ExportProgress, ExportRequest, ExportSecrets, ExportView, ExportedFile},
    words,
};

/// A file format of packs.
#[derive(Clone, Copy)]
enum Format {
    Pdf,
    Pptx,
    Png,
}

impl Format {
    fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Pptx => "pptx",
            Self::Png => "png",
        }
    }
}

/// What one format came to: files by their names without the folder, and the digest that the record holds.
struct Made {
    format: Format,
    files: Vec<(String, Vec<u8>, usize)>,
    sha256: String,
}

pub(crate) fn run(
    desk: &Desk,
    request: &ExportRequest,
    secrets: &ExportSecrets,
    progress: &mut dyn FnMut(ExportProgress),
    cancel: &AtomicBool,
) -> Result<ExportView, Fault> {
    let started = std::time::Instant::now();
    let formats: Vec<Format> =
        [(request.pdf, Format::Pdf), (request.pptx, Format::Pptx), (request.png, Format::Png)]
            .into_iter()
            .filter_map(|(wanted, format)| wanted.then_some(format))
            .collect();
    if formats.is_empty() {
        return Err(Fault::new(Code::Malformed, "choose PDF, PPTX or PNG"));
    }
    let reading = desk.reading()?;
    let at = desk.host.now();
    let key = device_key(desk.host.as_ref(), &reading.secrets)?;
    lock(reading.writable()?).set_setting(DEVICE_PUBLIC, &public(&key))?;
    let since = since(desk, &reading, request)?;
    let Prepared { plan, deck, report, name } = prepare(&reading, request, &public(&key), since, None, at)?;
    progress(ExportProgress { percent: 5, step: words::step_reading(reading.locale).to_owned() });
    let folder = request.folder.as_ref().map_or_else(|| desk.host.documents_dir(), PathBuf::from);
    // Everything is made before anything is written: the formats appear together or not at all.
    let mut made = Vec::new();
    let share = 90 / formats.len();
    for (index, format) in formats.iter().enumerate() {
        let base = 5 + index * share;
        let mut step = |at: board_packs::Progress| {
            let percent = base + usize::from(at.percent) * share / 100;
            let step = format!("{} · {}", format.extension().to_uppercase(), at.section);
            progress(ExportProgress { percent: u8::try_from(percent).unwrap_or(99), step });
            if cancel.load(Ordering::SeqCst) { Flow::Cancel } else { Flow::Continue }
        };
        let plan = if matches!(format, Format::Pptx) { &deck } else { &plan };
        made.push(make(*format, plan, &key, &name, secrets, at, &mut step)?);
    }
    progress(ExportProgress { percent: 96, step: words::step_writing(reading.locale).to_owned() });
    let mut files = Vec::<ExportedFile>::new();
    for made in made {
        let written = made
            .files
            .iter()
            .try_for_each(|(name, bytes, pages)| {
                let path = folder.join(name);
                files.push(ExportedFile {
                    path: path.display().to_string(),
                    size: bytes.len() as u64,
                    sha256: hex::encode(Sha256::digest(bytes)),
                    pages: u32::try_from(*pages).unwrap_or(u32::MAX),
                });
                write_whole(&path, bytes)
            })
            .and_then(|()| record(&reading, &report, &made, at));
        if let Err(error) = written {
            for file in &files {
                let _ = std::fs::remove_file(&file.path);
            }
            return Err(error);
        }
    }
    progress(ExportProgress { percent: 100, step: words::step_done(reading.locale).to_owned() });
    let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(ExportView { files, took_ms })
}

fn make(
    format: Format,
    plan: &PackPlan,
    key: &SigningKey,
    name: &str,
    secrets: &ExportSecrets,
    at: Timestamp,
    step: &mut dyn FnMut(board_packs::Progress) -> Flow,
) -> Result<Made, Fault> {
    let one = |pack: Pack, bytes: Vec<u8>| {
        let sha256 = hex::encode(Sha256::digest(&bytes));
        Made { format, files: vec![(format!("{name}.{}", format.extension()), bytes, pack.pages)], sha256 }
    };
    match format {
        Format::Pdf => {
            let options = PdfOptions { protection: protection(secrets)? };
            let mut pack = board_packs::write_pdf_with(plan, key, &options, step).map_err(fault)?;
            let mut bytes = std::mem::take(&mut pack.bytes);
            if let Some((path, password)) = &secrets.signer {
                let failed = |error: &dyn std::fmt::Display| {
                    Fault::new(Code::Certificate, format!("{}: {error}", path.display()))
                };
                let file = std::fs::read(path).map_err(|error| failed(&error))?;
                let signer = Signer::from_pkcs12(&file, password).map_err(|error| failed(&error))?;
                let note = SignatureNote::default();
                bytes = board_packs::sign_pdf(&bytes, &signer, &note, at).map_err(|error| failed(&error))?;
            }
            Ok(one(pack, bytes))
        }
        Format::Pptx => {
            let mut pack = board_packs::write_pptx(plan, key, step).map_err(fault)?;
            let bytes = std::mem::take(&mut pack.bytes);
            Ok(one(pack, bytes))
        }
        Format::Png => {
            let mut files = Vec::new();
            let mut keep = |picture: PagePicture| {
                files.push((format!("{name}_{:03}.png", picture.number), picture.png, 1));
                Flow::Continue
            };
            board_packs::write_pages(plan, key, PRINT_DPI, step, &mut keep).map_err(fault)?;
            // What `sha256sum` prints for the pages, digested.
            let mut lines = String::new();
            for (name, png, _) in &files {
                // Writing to a String cannot fail.
                let _ = writeln!(lines, "{}  {name}", hex::encode(Sha256::digest(png)));
            }
            Ok(Made { format, files, sha256: hex::encode(Sha256::digest(lines)) })
        }
    }
}

/// Resolution of PNG pages, for print.
const PRINT_DPI: u32 = 300;

/// Opening asks for the password; changing needs one that nobody knows.
fn protection(secrets: &ExportSecrets) -> Result<Option<Protection>, Fault> {
    let Some(password) = &secrets.password else { return Ok(None) };
    if secrets.signer.is_some() {
        return Err(Fault::new(Code::Refused, "a protected PDF cannot be signed with a certificate"));
    }
    let (mut seed, mut owner) = ([0; 32], zeroize::Zeroizing::new([0; 32]));
    getrandom::fill(&mut seed).map_err(|error| Fault::new(Code::PackFailed, error))?;
    getrandom::fill(owner.as_mut()).map_err(|error| Fault::new(Code::PackFailed, error))?;
    Ok(Some(Protection {
        open: password.to_string(),
        change: hex::encode(owner.as_ref()),
        seed,
        print: true,
        copy: false,
        edit: false,
    }))
}

/// The earlier state that the pack is compared with, and its name in words.
pub(crate) fn since(
    desk: &Desk,
    reading: &Reading,
    request: &ExportRequest,
) -> Result<Option<(String, Figures)>, Fault> {
    let Some(wanted) = request.since.as_deref().filter(|wanted| !wanted.is_empty()) else { return Ok(None) };
    let locale = request.locale.unwrap_or(reading.locale);
    if wanted != "last" && wanted.parse::<u64>().is_err() {
        let side = compare::pack(desk, Path::new(wanted), &[])?;
        if side.view.tenant.as_deref() != Some(reading.tenant.as_str()) {
            return Err(Fault::new(Code::Refused, format!("{wanted} is of another company")));
        }
        let seq = side.view.seq.unwrap_or_default();
        return Ok(Some((format!("{} {seq}", words::compared_with(locale)), side.figures)));
    }
    let reader = lock(&reading.reader);
    let lens = Lens::new(&reader, &reading.tenant, Some(reading.seq), locale)?;
    let (name, seq) = match wanted.parse::<u64>() {
        Ok(seq) if seq <= reading.seq => (format!("{} {seq}", words::compared_with(locale)), seq),
        Ok(seq) => return Err(Fault::new(Code::NotFound, format!("position {seq} of {}", reading.seq))),
        Err(_) => {
            let report = plan::find_report(&lens, &request.report)?;
            let last = lens.last_board(&report)?;
            let (last, seq) =
                last.ok_or_else(|| Fault::new(Code::NotFound, "an earlier published report"))?;
            (format!("{}, {} {seq}", last.title, words::compared_with(locale)), seq)
        }
    };
    let lens = Lens::new(&reader, &reading.tenant, Some(seq), locale)?;
    Ok(Some((name, compare::of_position(&lens, seq)?.figures)))
}

/// What is written.
pub(crate) struct Prepared {
    /// The pages.
    pub(crate) plan: PackPlan,
    /// The slides.
    deck: PackPlan,
    report: Report,
    /// The files' name without an extension.
    name: String,
}

/// The plans at the reader's position: of the report as the log has it, or of a text that is not there yet.
pub(crate) fn prepare(
    reading: &Reading,
    request: &ExportRequest,
    device: &str,
    since: Option<(String, Figures)>,
    unsaved: Option<Report>,
    at: Timestamp,
) -> Result<Prepared, Fault> {
    let reader = lock(&reading.reader);
    let copies = reader.tenants()?;
    let copy = copies.into_iter().find(|copy| copy.id == reading.tenant).ok_or(Code::NoTenant)?;
    let lens = Lens::new(&reader, &reading.tenant, Some(reading.seq), reading.locale)?;
    let locale = request.locale.unwrap_or(lens.tenant.locale);
    let lens = Lens::new(&reader, &reading.tenant, Some(reading.seq), locale)?;
    let report = match unsaved {
        Some(report) => report,
        None => plan::find_report(&lens, &request.report)?,
    };
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
        since,
        paper: if request.wide { Paper::Wide } else { Paper::A4 },
    };
    let (plan, deck) = (plan::build(&lens, &report, &making)?, slides::build(&lens, &report, &making)?);
    // Two reports of one period must not take each other's place.
    let kind = match report.template {
        Template::Quarterly => "Executive_Report",
        Template::Annual => "Annual_Report",
        Template::Investor => "Investor_Update",
    };
    let name = format!("{kind}_{}_{}", report.period, file_safe(&lens.tenant.short_name));
    Ok(Prepared { plan, deck, report, name })
}

/// Letters, digits and hyphens of a name; anything else becomes an underscore.
fn file_safe(name: &str) -> String {
    let safe: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).take(60).collect();
    if safe.is_empty() { "Company".into() } else { safe }
}

/// The export goes into the outbox with the file, and reaches the server when it can.
fn record(reading: &Reading, report: &Report, made: &Made, at: Timestamp) -> Result<(), Fault> {
    let command = Command::RecordExport {
        export: ExportRecord {
            report: report.id.clone(),
            version: report.version,
            format: made.format.extension().to_owned(),
            sha256: made.sha256.clone(),
            seq: reading.seq,
            exported_at: at,
        },
    };
    lock(reading.writable()?).enqueue(&reading.tenant, &command, at)?;
    Ok(())
}

pub(crate) fn fault(error: PackError) -> Fault {
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
