//! A client in a process of its own: a vault in a folder that syncs live until it is killed. Prints a line of JSON for
//! each change of status and takes commands for the outbox as lines. For the tests that kill it.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a harness that prints and fails loudly"
)]

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use board_domain::{Command, TenantId, wire::TenantEntry};
use board_sync::{Phase, ServerUrl, SyncStatus, Syncer, TokenKeeper};
use board_vault::{OpenError, Vault, VaultKey};
use boardroom_tests::PASSWORD;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    sync::watch,
};

/// The refresh token in a file, replaced as a whole.
struct FileKeeper(PathBuf);

impl TokenKeeper for FileKeeper {
    fn load(&self) -> Option<String> {
        std::fs::read_to_string(&self.0).ok()
    }

    fn store(&self, refresh: &str) {
        let new = self.0.with_extension("new");
        std::fs::write(&new, refresh).unwrap();
        std::fs::rename(&new, &self.0).unwrap();
    }

    fn clear(&self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn main() {
    boardroom_tests::arm_failpoints();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, server, email, tenant] = &arguments[..] else {
        panic!("usage: follower FOLDER SERVER EMAIL TENANT");
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(follow(Path::new(folder), server, email, TenantId::new(tenant.as_str()).unwrap()));
}

/// Opens the vault, or makes one where none was finished.
fn open(folder: &Path) -> Vault {
    let (path, key) = (folder.join("vault.db"), folder.join("key"));
    if !key.exists() {
        let new = folder.join("key.new");
        std::fs::write(&new, VaultKey::generate().unwrap().to_hex().as_bytes()).unwrap();
        std::fs::rename(&new, &key).unwrap();
    }
    let key = VaultKey::from_hex(&std::fs::read_to_string(key).unwrap()).unwrap();
    match Vault::open(&path, &key) {
        Ok(vault) => vault,
        Err(OpenError::Missing) => Vault::create(&path, &key).unwrap(),
        Err(error) => panic!("the vault does not open: {error}"),
    }
}

async fn follow(folder: &Path, server: &str, email: &str, tenant: TenantId) {
    let server = ServerUrl::parse(server).unwrap();
    let keeper = Arc::new(FileKeeper(folder.join("token")));
    let vault = open(folder);
    let known = vault.tenants().unwrap().iter().any(|copy| copy.id == tenant);
    let client = vault.client_id().unwrap();
    let vault = Arc::new(Mutex::new(vault));
    if !known {
        let entry = sign_in(&server, email, &keeper, &tenant).await;
        vault.lock().unwrap().enter_tenant(&entry).unwrap();
    }
    say(&json!({ "ready": client }));
    let (sender, mut status) = watch::channel(SyncStatus::default());
    let syncer = Syncer::start(
        server.clone(),
        vault.clone(),
        tenant.clone(),
        keeper.clone(),
        Arc::new(Timestamp::now),
        sender,
    );
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut look = tokio::time::interval(Duration::from_millis(100));
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut said = Value::Null;
    loop {
        tokio::select! {
            line = lines.next_line() => {
                // Whoever listened is gone.
                let Ok(Some(line)) = line else { return };
                let asked: Value = serde_json::from_str(&line).unwrap();
                if let Some(command) = asked.get("enqueue") {
                    let command: Command = serde_json::from_value(command.clone()).unwrap();
                    let envelope = vault.lock().unwrap().enqueue(&tenant, &command, Timestamp::now()).unwrap();
                    say(&json!({ "enqueued": envelope }));
                    syncer.commands_waiting();
                } else if asked == "retry" {
                    syncer.retry_now();
                }
            }
            changed = status.changed() => if changed.is_err() { return },
            _ = look.tick() => (),
        }
        let shown = status.borrow_and_update().clone();
        if shown.phase == Phase::SignInNeeded {
            // A process killed between the exchange of a token and its keeping has lost its session.
            sign_in(&server, email, &keeper, &tenant).await;
            syncer.retry_now();
        }
        let pending = vault.lock().unwrap().pending(&tenant).unwrap().len();
        let now = json!({ "status": {
            "phase": phase(&shown.phase), "cursor": shown.cursor, "head": shown.head, "unsent": shown.unsent,
            "pending": pending, "code": shown.code, "detail": shown.detail,
        }});
        if now != said {
            say(&now);
            said = now;
        }
    }
}

async fn sign_in(server: &ServerUrl, email: &str, keeper: &FileKeeper, tenant: &TenantId) -> TenantEntry {
    loop {
        match board_sync::sign_in(server, email, PASSWORD, "follower").await {
            Ok(signed) => {
                keeper.store(&signed.tokens.refresh_token);
                let entry = signed.tenants.into_iter().find(|entry| entry.id == *tenant);
                return entry.expect("the person is a member");
            }
            Err(error) => {
                eprintln!("signing in: {error}");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

fn phase(phase: &Phase) -> &'static str {
    match phase {
        Phase::Idle => "idle",
        Phase::Connecting => "connecting",
        Phase::CatchingUp => "catching_up",
        Phase::Live => "live",
        Phase::Offline { .. } => "offline",
        Phase::Refused => "refused",
        Phase::SignInNeeded => "sign_in_needed",
        Phase::UpgradeNeeded => "upgrade_needed",
    }
}

/// A line of JSON at once.
fn say(line: &Value) {
    println!("{line}");
}
