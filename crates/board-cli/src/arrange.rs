//! `boardroom arrange`: a dashboard's definition out as JSON, and in again.

use std::{fmt::Display, path::PathBuf};

use board_desk::{ArrangementView, Code, Dashboard, Desk, Fault, read_bounded};
use clap::Args;

/// Longest definition that is read, bytes: 60 tiles need a fraction of it.
const LONGEST: u64 = 256 * 1024;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Dashboard.
    id: String,
    /// Arrange it as this file says: what the command printed, changed. Refused where somebody arranged it meanwhile.
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
}

impl Arguments {
    /// Arranges where a file says how; the definition as it then stands.
    pub(crate) fn run(self, desk: &Desk) -> Result<ArrangementView, Fault> {
        if let Some(path) = self.from {
            let malformed =
                |what: &dyn Display| Fault::new(Code::Malformed, format!("{}: {what}", path.display()));
            let bytes = read_bounded(&path, LONGEST)?;
            if bytes.len() as u64 > LONGEST {
                return Err(malformed(&"larger than a definition"));
            }
            let dashboard: Dashboard = serde_json::from_slice(&bytes).map_err(|error| malformed(&error))?;
            if dashboard.id.as_str() != self.id {
                return Err(malformed(&format_args!("defines {}", dashboard.id)));
            }
            desk.arrange(dashboard)?;
        }
        desk.arrangement(&self.id)
    }
}
