//! Chores of the repository, run as `cargo xtask CHORE`. Nothing here ships.

mod demo_data;
mod licences;

use std::{error::Error, path::Path};

use clap::{Parser, Subcommand};

/// Chores of the repository.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Write the demo tenant to `assets/demo`.
    DemoData,
    /// Write the licences of everything that is built in to `assets/licences.json`.
    Licences,
}

fn main() -> Result<(), Box<dyn Error>> {
    match Arguments::parse().chore {
        Chore::DemoData => demo_data::write(&root().join("assets/demo"))?,
        Chore::Licences => licences::write(root())?,
    }
    Ok(())
}

/// The repository's folder.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}
