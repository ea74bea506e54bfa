//! The profile on disk: which server, which person, which language. Holds no secret and no figure.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use board_domain::{Locale, PersonId, TenantId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    fault::{Code, Fault},
    view::ThemeChoice,
};

/// What is remembered between starts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Profile {
    /// The server signed in to.
    pub(crate) server: Option<String>,
    /// E-mail of the account.
    pub(crate) email: Option<String>,
    /// The person.
    pub(crate) person: Option<PersonId>,
    /// Their name.
    pub(crate) name: String,
    /// The tenant that was open.
    pub(crate) tenant: Option<TenantId>,
    /// Interface language.
    pub(crate) locale: Locale,
    /// Ground of the window.
    pub(crate) theme: ThemeChoice,
    /// Minutes without use after which the window locks, where the person chose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lock_after_minutes: Option<u16>,
    /// Whether the person was told that the program goes on when its window is closed.
    pub(crate) told_it_goes_on: bool,
}

impl Profile {
    /// Reads the profile; a missing file is an empty one, and an unreadable one is set aside.
    pub(crate) fn read(folder: &Path) -> Self {
        let path = folder.join("profile.json");
        let Ok(bytes) = fs::read(&path) else { return Self::default() };
        serde_json::from_slice(&bytes).unwrap_or_else(|error| {
            tracing::warn!(%error, "the profile does not read; starting with an empty one");
            if let Err(error) = fs::rename(&path, folder.join("profile.json.unreadable")) {
                tracing::warn!(%error, "the unreadable profile could not be set aside");
            }
            Self::default()
        })
    }

    /// Writes the profile whole or not at all.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), Fault> {
        let text = serde_json::to_vec_pretty(self).map_err(|error| Fault::new(Code::File, error))?;
        write_whole(&folder.join("profile.json"), &text)
    }

    /// The vault's file and the prefix of its secrets: one per server and person.
    pub(crate) fn vault(&self, folder: &Path) -> Option<(PathBuf, String)> {
        let (server, person) = (self.server.as_ref()?, self.person.as_ref()?);
        let digest = hex::encode(Sha256::digest(format!("{server}\n{person}")));
        let short = digest.get(..16)?;
        Some((folder.join(format!("vault-{short}.db")), format!("boardroom/{short}")))
    }
}

/// Writes beside the target, syncs, and renames, so that a reader never sees half a file.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let fault = |error: std::io::Error| Fault::new(Code::File, format!("{}: {error}", path.display()));
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(fault)?;
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("file");
    sweep(folder, name);
    let partial = folder.join(format!(".{name}.{}.partial", std::process::id()));
    let written = (|| {
        let mut file = fs::File::create(&partial)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&partial, path)?;
        // The rename itself must survive a power cut.
        if let Ok(folder) = fs::File::open(folder) {
            let _ = folder.sync_all();
        }
        Ok(())
    })();
    if written.is_err() {
        let _ = fs::remove_file(&partial);
    }
    written.map_err(fault)
}

/// Removes what a process that was killed left of the same file. One process at a time writes: it holds the vault.
fn sweep(folder: &Path, name: &str) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let file = entry.file_name();
        let file = file.to_string_lossy();
        let pid = file.strip_prefix(&format!(".{name}.")).and_then(|rest| rest.strip_suffix(".partial"));
        if pid.is_some_and(|pid| !pid.is_empty() && pid.bytes().all(|byte| byte.is_ascii_digit())) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_survives_and_a_damaged_one_is_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Profile::read(folder.path()), Profile::default());
        let profile = Profile { server: Some("https://b.example".into()), ..Profile::default() };
        profile.write(folder.path()).unwrap();
        assert_eq!(Profile::read(folder.path()), profile);
        fs::write(folder.path().join("profile.json"), b"{").unwrap();
        assert_eq!(Profile::read(folder.path()), Profile::default());
        assert!(folder.path().join("profile.json.unreadable").exists());
    }

    #[test]
    fn a_failed_write_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("taken");
        fs::create_dir(&target).unwrap();
        fs::write(target.join("x"), b"x").unwrap();
        assert_eq!(write_whole(&target, b"bytes").unwrap_err().code, Code::File);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_a_killed_process_left_goes_with_the_next_write_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        for name in [".pack.pdf.7.partial", ".pack.pdf.partial", ".other.pdf.7.partial", "pack.pdf.7.partial"]
        {
            fs::write(folder.path().join(name), b"half").unwrap();
        }
        write_whole(&folder.path().join("pack.pdf"), b"whole").unwrap();
        let mut left: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, [".other.pdf.7.partial", ".pack.pdf.partial", "pack.pdf", "pack.pdf.7.partial"]);
    }
}
