//! A desk for tests: a real vault that holds what one person sees of a log, a clock that is set, and secrets in memory. No
//! server: what a desk does with one is tested by the journeys.

#[path = "../../board-vault/tests/log/mod.rs"]
pub(crate) mod log;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use board_domain::{PersonId, Role};
use board_vault::{Vault, VaultKey};
use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::{Desk, Host, SecretError, desk::lock, profile::Profile};
use log::{EPOCH, Log, entry};

/// The world around one desk.
pub(crate) struct World {
    folder: tempfile::TempDir,
    secrets: Mutex<BTreeMap<String, String>>,
    now: Timestamp,
}

impl Host for World {
    fn now(&self) -> Timestamp {
        self.now
    }

    fn data_dir(&self) -> &Path {
        self.folder.path()
    }

    fn documents_dir(&self) -> PathBuf {
        self.folder.path().join("documents")
    }

    fn policy_file(&self) -> PathBuf {
        self.folder.path().join("policy.json")
    }

    fn device_name(&self) -> String {
        "test".into()
    }

    fn secret(&self, name: &str) -> Result<Option<Zeroizing<String>>, SecretError> {
        Ok(lock(&self.secrets).get(name).cloned().map(Zeroizing::new))
    }

    fn keep_secret(&self, name: &str, value: &str) -> Result<(), SecretError> {
        lock(&self.secrets).insert(name.into(), value.into());
        Ok(())
    }

    fn forget_secret(&self, name: &str) -> Result<(), SecretError> {
        lock(&self.secrets).remove(name);
        Ok(())
    }
}

/// The locked desk of Kari, with what her role sees of a log; the clock shows one time.
pub(crate) fn desk(log: &Log, role: Role, now: Timestamp) -> Desk {
    let world = World { folder: tempfile::tempdir().unwrap(), secrets: Mutex::new(BTreeMap::new()), now };
    let person = PersonId::new("kari").unwrap();
    let profile = Profile {
        server: Some("https://board.example".into()),
        email: Some("kari@board.example".into()),
        person: Some(person.clone()),
        name: "Kari".into(),
        ..Profile::default()
    };
    profile.write(world.data_dir()).unwrap();
    let (path, secrets) = profile.vault(world.data_dir()).unwrap();
    let key = VaultKey::generate().unwrap();
    world.keep_secret(&format!("{secrets}/key"), &key.to_hex()).unwrap();
    let mut vault = Vault::create(&path, &key).unwrap();
    vault.enter_tenant(&entry(&log.tenant, role)).unwrap();
    vault.apply(&log.tenant, EPOCH, &log.frames_of(&person, role), now).unwrap();
    drop(vault);
    // Nothing here runs on it.
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    Desk::new(Arc::new(world), runtime.handle().clone())
}
