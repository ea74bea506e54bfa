//! Arguments of `boardroom export`, and what they ask of the desk. Writes nothing itself.

use std::path::PathBuf;

use board_desk::{Desk, ExportProgress, ExportRequest, ExportSecrets, ExportView, Fault, Locale};
use clap::{Args, ValueEnum};

use crate::{Language, password};

/// What to write, and how.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Report to write; see `boardroom reports`.
    report: String,
    /// Formats.
    #[arg(long, value_delimiter = ',', default_values = ["pdf", "pptx"])]
    format: Vec<PackFormat>,
    /// Folder to write to; the current one unless given.
    #[arg(long, short, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Language of the pack; the company's unless given.
    #[arg(long, value_name = "LANG")]
    pack_lang: Option<Language>,
    /// Pages of PDF and PNG.
    #[arg(long, value_enum, default_value_t = PaperSize::A4)]
    paper: PaperSize,
    /// Add what changed since a pack's file, a position of the log, or the last board (`last`).
    #[arg(long, value_name = "FILE|SEQ|last")]
    since: Option<String>,
    /// Protect the PDF with the password in this file.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Sign the PDF with a certificate (PKCS#12), so that PDF readers show it. Not together with a password.
    #[arg(long, value_name = "P12", conflicts_with = "password_file")]
    sign_with: Option<PathBuf>,
    /// Password of the certificate's file; empty unless given.
    #[arg(long, value_name = "FILE", requires = "sign_with")]
    sign_password_file: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PackFormat {
    /// Tagged PDF
    Pdf,
    /// Slides with native charts
    Pptx,
    /// A picture of each page, for print
    Png,
}

#[derive(Clone, Copy, ValueEnum)]
enum PaperSize {
    /// Portrait, 210 × 297 mm
    A4,
    /// 16:9, the size of a slide
    Wide,
}

impl Arguments {
    pub(crate) fn run(
        self,
        desk: &Desk,
        progress: &mut dyn FnMut(ExportProgress),
    ) -> Result<ExportView, Fault> {
        let request = ExportRequest {
            report: self.report,
            pdf: self.format.contains(&PackFormat::Pdf),
            pptx: self.format.contains(&PackFormat::Pptx),
            folder: self.out.map(|folder| folder.display().to_string()),
            locale: self.pack_lang.map(Locale::from),
            png: self.format.contains(&PackFormat::Png),
            wide: matches!(self.paper, PaperSize::Wide),
            since: self.since,
        };
        let read = |file: Option<PathBuf>| file.map(|file| password(Some(file))).transpose();
        let secrets = ExportSecrets {
            password: read(self.password_file)?,
            signer: match self.sign_with {
                Some(file) => Some((file, read(self.sign_password_file)?.unwrap_or_default())),
                None => None,
            },
        };
        desk.export_pack_with(&request, &secrets, progress)
    }
}
