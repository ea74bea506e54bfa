//! Writes the sample pack in every form into the folder given as argument: both papers, three languages, behind a
//! password, as pictures, as a presentation. `sample_pack FOLDER KEY.p12 PASSWORD` adds two that are signed, once and twice.

#[path = "../tests/common/mod.rs"]
mod common;

use std::path::PathBuf;

use board_domain::Locale;
use board_packs::{Flow, PackPlan, Paper, PdfOptions, Protection, SignatureNote, Signer};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("a folder is needed")?);
    let plan = common::plan();
    let write = |name: &str, plan: &PackPlan, options: &PdfOptions| {
        let pdf = board_packs::write_pdf_with(plan, &common::key(), options, &mut common::go_on)?;
        std::fs::write(folder.join(name), &pdf.bytes)?;
        Ok::<(), Box<dyn std::error::Error>>(())
    };
    let open = PdfOptions::default();
    write("sample.pdf", &plan, &open)?;
    write("wide.pdf", &PackPlan { paper: Paper::Wide, ..plan.clone() }, &open)?;
    for (name, locale) in [("nb.pdf", Locale::Nb), ("uk.pdf", Locale::Uk)] {
        write(name, &in_language(&plan, locale), &open)?;
    }
    for (name, open) in [("protected.pdf", "open"), ("protected-open.pdf", "")] {
        let protection = Protection {
            open: open.into(),
            change: "change".into(),
            seed: [1; 32],
            print: true,
            copy: false,
            edit: false,
        };
        write(name, &plan, &PdfOptions { protection: Some(protection) })?;
    }
    board_packs::write_pages(&plan, &common::key(), 144, &mut common::go_on, &mut |page| {
        let path = folder.join(format!("page-{}.png", page.number));
        if std::fs::write(path, &page.png).is_ok() { Flow::Continue } else { Flow::Cancel }
    })?;
    if let (Some(file), Some(password)) = (std::env::args().nth(2), std::env::args().nth(3)) {
        let signer = Signer::from_pkcs12(&std::fs::read(file)?, &password)?;
        let pdf = board_packs::write_pdf(&plan, &common::key(), &mut common::go_on)?;
        let note = SignatureNote { reason: "Approved for the board".into(), ..SignatureNote::default() };
        let now = jiff::Timestamp::now();
        let once = board_packs::sign_pdf(&pdf.bytes, &signer, &note, now)?;
        std::fs::write(folder.join("signed.pdf"), &once)?;
        std::fs::write(folder.join("twice.pdf"), board_packs::sign_pdf(&once, &signer, &note, now)?)?;
    }
    let pptx = board_packs::write_pptx(&plan, &common::key(), &mut common::go_on)?;
    std::fs::write(folder.join("sample.pptx"), &pptx.bytes)?;
    Ok(())
}

/// The pack with the writer's own words in another language, and its pages marked as what they are.
fn in_language(plan: &PackPlan, locale: Locale) -> PackPlan {
    let mut plan = PackPlan { locale, ..plan.clone() };
    for page in &mut plan.pages {
        let ukrainian = page.title.chars().any(|c| matches!(c, '\u{400}'..='\u{4ff}'));
        page.lang = Some(if ukrainian { Locale::Uk } else { Locale::En });
    }
    plan
}
