//! Writes presentations of the sample packs into the folder given as argument, with the plan of each as JSON beside it:
//! English, Norwegian, Ukrainian, and one with every kind of chart.

#[path = "../tests/common/mod.rs"]
mod common;

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("a folder is needed")?);
    let decks = [
        ("en", common::plan()),
        ("nb", common::decks::norwegian()),
        ("uk", common::decks::ukrainian()),
        ("charts", common::decks::every_chart()),
    ];
    for (name, plan) in decks {
        let pack = board_packs::write_pptx(&plan, &common::key(), &mut common::go_on)?;
        std::fs::write(folder.join(format!("{name}.pptx")), &pack.bytes)?;
        std::fs::write(folder.join(format!("{name}.json")), serde_json::to_vec(&plan)?)?;
    }
    Ok(())
}
