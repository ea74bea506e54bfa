//! Writes the sample pack as `sample.pdf` and `sample.pptx` into the folder given as argument.

#[path = "../tests/common/mod.rs"]
mod common;

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("a folder is needed")?);
    let plan = common::plan();
    let pdf = board_packs::write_pdf(&plan, &common::key(), &mut common::go_on)?;
    std::fs::write(folder.join("sample.pdf"), &pdf.bytes)?;
    let wide = board_packs::PackPlan { paper: board_packs::Paper::Wide, ..plan.clone() };
    let pdf = board_packs::write_pdf(&wide, &common::key(), &mut common::go_on)?;
    std::fs::write(folder.join("wide.pdf"), &pdf.bytes)?;
    let options = board_packs::PdfOptions {
        protection: Some(board_packs::Protection {
            open: "open".into(),
            change: "change".into(),
            seed: [1; 32],
            print: true,
            copy: false,
            edit: false,
        }),
    };
    let pdf = board_packs::write_pdf_with(&plan, &common::key(), &options, &mut common::go_on)?;
    std::fs::write(folder.join("protected.pdf"), &pdf.bytes)?;
    let pptx = board_packs::write_pptx(&plan, &common::key(), &mut common::go_on)?;
    std::fs::write(folder.join("sample.pptx"), &pptx.bytes)?;
    Ok(())
}
