//! No room left on the disk: told as such, nothing half applied, and it goes on when there is room again.

#![allow(clippy::unwrap_used)]
#![cfg(target_os = "linux")]

mod log;

use std::path::Path;
use std::process::Command as Process;

use board_vault::{ApplyError, Vault, VaultError, VaultKey};
use log::{EPOCH, Log, at, entry, figure, founded, tenant};

/// A file system of one mebibyte, unmounted at the end.
struct Small(tempfile::TempDir);

impl Small {
    /// `None` where this user may not mount.
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Process::new("mount")
            .args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"])
            .arg(folder.path())
            .output()
            .is_ok_and(|output| output.status.success());
        mounted.then(|| Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Process::new("umount").arg(self.path()).status();
    }
}

#[test]
fn a_full_disk_is_told_and_nothing_is_half_applied() {
    let Some(small) = Small::mount() else { return };
    let key = VaultKey::generate().unwrap();
    let path = small.path().join("kari.vault");
    let ballast = small.path().join("ballast");
    let mut vault = Vault::create(&path, &key).unwrap();
    vault.enter_tenant(&entry(&tenant(), board_domain::Role::Director)).unwrap();
    let mut log = Log::new();
    log.fact(&founded(&tenant()));
    for n in 0..2_000u32 {
        log.fact(&figure("sroi", u8::try_from(n % 12).unwrap() + 1, f64::from(n)));
    }
    std::fs::write(&ballast, vec![0; 300 << 10]).unwrap();
    let mut cursor = 0;
    let error = log
        .frames()
        .chunks(40)
        .find_map(|batch| match vault.apply(&tenant(), EPOCH, batch, at(1)) {
            Ok(applied) => {
                cursor = applied.cursor;
                None
            }
            Err(error) => Some(error),
        })
        .expect("the log does not fit");
    assert!(matches!(error, ApplyError::Vault(VaultError::Full)), "{error:?}");
    assert!(cursor > 0);
    let agree = |vault: &Vault, cursor: u64| {
        assert_eq!(vault.tenant(&tenant()).unwrap().cursor, cursor);
        assert_eq!(vault.events(&tenant(), 0, u32::MAX).unwrap().len() as u64, cursor);
    };
    agree(&vault, cursor);
    std::fs::remove_file(&ballast).unwrap();
    let frames = log.frames();
    let next = usize::try_from(cursor).unwrap();
    vault.apply(&tenant(), EPOCH, &frames[next..next + 40], at(2)).unwrap();
    agree(&vault, cursor + 40);
    drop(vault);
    let vault = Vault::open(&path, &key).unwrap();
    agree(&vault, cursor + 40);
    assert_eq!(vault.check().unwrap().problems, Vec::<String>::new());
}
