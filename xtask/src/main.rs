//! Chores of the repository, run as `cargo xtask CHORE`. Nothing here ships.

mod demo_data;

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
}

fn main() -> Result<(), Box<dyn Error>> {
    match Arguments::parse().chore {
        Chore::DemoData => demo_data::write(&root().join("assets/demo"))?,
    }
    Ok(())
}

/// The repository's folder.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}
