//! What an administrator asks first: does every part that this app needs work on this machine? Changes nothing.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    desk::{Desk, lock},
    enrol::DEVICE_PUBLIC,
    fault::Fault,
};

/// Findings, one line a part.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DoctorView {
    /// Everything that must work does.
    pub healthy: bool,
    /// The findings.
    pub checks: Vec<DoctorCheck>,
}

/// One finding.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DoctorCheck {
    /// Stable code, for example `keyring`.
    pub code: String,
    /// Whether it works; `None` where there is nothing to test yet.
    pub works: Option<bool>,
    /// What was found, without secrets and figures.
    pub detail: String,
}

impl Desk {
    /// Tests the secret store, the data folder, the vault and its contents.
    pub fn doctor(&self) -> Result<DoctorView, Fault> {
        let mut checks = Vec::new();
        let mut add = |code: &str, works: Option<bool>, detail: String| {
            checks.push(DoctorCheck { code: code.to_owned(), works, detail });
        };
        match self.host.secret("boardroom/probe") {
            Ok(_) => add("keyring", Some(true), "answers".into()),
            Err(error) => add("keyring", Some(false), error.to_string()),
        }
        let folder = self.host.data_dir();
        let probe = tempfile_in(folder);
        add(
            "data_folder",
            Some(probe.is_ok()),
            match probe {
                Ok(()) => folder.display().to_string(),
                Err(error) => format!("{}: {error}", folder.display()),
            },
        );
        let session = self.session()?;
        let known = session.state != crate::SessionState::SignedOut;
        add("profile", known.then_some(true), session.server.unwrap_or_else(|| "nobody signed in".into()));
        if known {
            match self.unlock() {
                Ok(_) => add("vault", Some(true), "opens".into()),
                Err(fault) => add("vault", Some(false), fault.to_string()),
            }
        }
        if let Some(open) = &lock(&self.state).open {
            match open.writable().map(|vault| lock(vault).check()) {
                // Another process writes it: reading its pages would tell nothing certain.
                Err(fault) => add("vault_content", None, fault.to_string()),
                Ok(Ok(health)) => {
                    let detail = format!(
                        "{} bytes, {} events, {} rows, SQLCipher {}; {}",
                        health.bytes,
                        health.events,
                        health.rows,
                        health.cipher,
                        health.problems.first().map_or("no problem found", String::as_str)
                    );
                    add("vault_content", Some(health.problems.is_empty()), detail);
                }
                Ok(Err(error)) => add("vault_content", Some(false), error.to_string()),
            }
            let reader = lock(&open.reader);
            for copy in reader.tenants()? {
                let complete = copy.cursor > 0 && copy.cursor >= copy.head_heard;
                let detail = format!("{}: {} of {} events", copy.id, copy.cursor, copy.head_heard);
                add("tenant", Some(complete), detail);
            }
            let key = reader.setting(DEVICE_PUBLIC)?;
            let detail = key.clone().unwrap_or_else(|| "made at the first export".into());
            add("device_key", key.is_some().then_some(true), detail);
        }
        let healthy = checks.iter().all(|check| check.works != Some(false));
        Ok(DoctorView { healthy, checks })
    }
}

/// Whether a file can be made and removed in the folder.
fn tempfile_in(folder: &std::path::Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join(format!(".probe.{}", std::process::id()));
    std::fs::write(&path, b"probe")?;
    std::fs::remove_file(path)
}
