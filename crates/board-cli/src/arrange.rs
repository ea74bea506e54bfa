//! `boardroom arrange`: a dashboard's definition out as JSON, and in again.

use std::path::PathBuf;

use board_desk::{ArrangementView, Code, Dashboard, Desk, Fault};
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
            let file = |error| Fault::new(Code::File, format!("{}: {error}", path.display()));
            if std::fs::metadata(&path).map_err(file)?.len() > LONGEST {
                return Err(Fault::new(
                    Code::Malformed,
                    format!("{}: larger than a definition", path.display()),
                ));
            }
            let text = std::fs::read_to_string(&path).map_err(file)?;
            let dashboard: Dashboard = serde_json::from_str(&text)
                .map_err(|error| Fault::new(Code::Malformed, format!("{}: {error}", path.display())))?;
            if dashboard.id.as_str() != self.id {
                return Err(Fault::new(
                    Code::Malformed,
                    format!("{} defines {}", path.display(), dashboard.id),
                ));
            }
            desk.arrange(dashboard)?;
        }
        desk.arrangement(&self.id)
    }
}
