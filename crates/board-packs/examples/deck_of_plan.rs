//! Writes the presentation of a plan: the plan as JSON and the file to write are its arguments.

#[path = "../tests/common/mod.rs"]
mod common;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(plan), Some(file)) = (arguments.next(), arguments.next()) else {
        return Err("a plan and a file are needed".into());
    };
    let plan: board_packs::PackPlan = serde_json::from_slice(&std::fs::read(plan)?)?;
    let pack = board_packs::write_pptx(&plan, &common::key(), &mut common::go_on)?;
    std::fs::write(file, &pack.bytes)?;
    Ok(())
}
