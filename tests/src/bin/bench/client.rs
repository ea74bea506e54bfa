//! A real client in a process of its own, without a window: the syncer and an encrypted vault, until it is live.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use board_domain::{Role, TenantId, wire::TenantEntry};
use board_sync::{Phase, ServerUrl, SyncStatus, Syncer, TokenKeeper, sign_in};
use board_vault::{Vault, VaultKey};
use boardroom_tests::PASSWORD;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::ours::{EMAIL, Ours};

/// How long the history of a million events may take.
const MOST: Duration = Duration::from_mins(5);

/// Runs the client of a folder until it is live, or until it also holds the history behind a snapshot; its report.
pub(crate) fn until_live(server: &Ours, folder: &Path, history: bool) -> Value {
    let mut command = Command::new(std::env::current_exe().expect("a program has a path"));
    let (url, until) = (format!("http://{}", server.address()), if history { "history" } else { "live" });
    command.args(["client", &url, folder.to_str().expect("UTF-8"), until]);
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().expect("the client runs");
    assert!(output.status.success(), "the client failed");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The process itself.
pub(crate) fn run(url: &str, folder: &str, until: &str) -> Value {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(follow(url, Path::new(folder), until == "history"))
}

async fn follow(url: &str, folder: &Path, history: bool) -> Value {
    let server = ServerUrl::parse(url).expect("an address");
    let tenant = TenantId::new("load-0").unwrap();
    let (file, key_file) = (folder.join("vault.db"), folder.join("key"));
    let vault = if file.exists() {
        let key = VaultKey::from_hex(&fs::read_to_string(key_file).unwrap()).expect("a key");
        Vault::open(&file, &key).expect("a vault")
    } else {
        let key = VaultKey::generate().expect("a key");
        fs::write(key_file, key.to_hex().as_str()).unwrap();
        let mut vault = Vault::create(&file, &key).expect("a vault");
        let entry = TenantEntry { id: tenant.clone(), name: "Load".into(), role: Role::SuperAdmin };
        vault.enter_tenant(&entry).expect("a tenant");
        vault
    };
    let before = vault.tenant(&tenant).expect("a copy").cursor;
    let session = sign_in(&server, EMAIL, PASSWORD, "bench").await.expect("a session");
    let keeper = Arc::new(Kept(Mutex::new(Some(session.tokens.refresh_token.clone()))));
    let (status, mut shown) = watch::channel(SyncStatus::default());
    let started = Instant::now();
    let clock: board_sync::Clock = Arc::new(Timestamp::now);
    let vault = Arc::new(Mutex::new(vault));
    let syncer = Syncer::start(server, Arc::clone(&vault), tenant.clone(), keeper, clock, status);
    let live = shown.wait_for(|status| status.phase == Phase::Live).await.expect("a status").clone();
    let seconds = started.elapsed().as_secs_f64();
    let held_from =
        || vault.lock().unwrap_or_else(PoisonError::into_inner).tenant(&tenant).expect("a copy").start;
    while history && held_from() > 0 {
        assert!(started.elapsed() < MOST, "the history did not come in {MOST:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let whole = started.elapsed().as_secs_f64();
    syncer.stop().await;
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    let most: f64 = most.trim().trim_end_matches(" kB").parse().unwrap();
    json!({ "seconds": seconds, "whole_seconds": whole, "events": live.cursor - before, "cursor": live.cursor, "memory_mb": most / 1024.0 })
}

/// The refresh token, in memory.
struct Kept(Mutex<Option<String>>);

impl TokenKeeper for Kept {
    fn load(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn store(&self, refresh: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(refresh.to_owned());
    }

    fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
