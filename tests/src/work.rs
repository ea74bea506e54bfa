//! Commands that leave a mark of their own in the log, a sender beside the product's client, and a fresh copy to
//! compare with. For the journeys through faults.

use std::sync::{Arc, Mutex};

use board_domain::{
    Command, Envelope, ExportRecord, Hash, Period, PersonId, ReportId, Template, TenantId,
    wire::CommandOutcome,
};
use board_sync::{ServerUrl, TokenKeeper, catch_up, sign_in};
use board_vault::{Vault, VaultKey};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    Api, Follower, PASSWORD, PATIENCE,
    checker::{Answer, Issued, ReaderCopy, mark},
    read_copy, wait_for,
};

/// A new draft.
pub fn draft(id: &str) -> Command {
    Command::DraftReport {
        id: ReportId::new(id).unwrap(),
        title: format!("Report {id}"),
        template: Template::Quarterly,
        period: Period::parse("2026-Q3").unwrap(),
        sections: Vec::new(),
    }
}

/// The record of an export of a report; no two names give the same.
pub fn export(report: &str, name: &str) -> Command {
    Command::RecordExport {
        export: ExportRecord {
            report: ReportId::new(report).unwrap(),
            version: 1,
            format: "pdf".into(),
            sha256: hex::encode(Sha256::digest(name)),
            seq: 1,
            exported_at: Timestamp::UNIX_EPOCH,
        },
    }
}

/// A client of the tests' own, which sends one command at a time until it is answered.
pub struct Sender {
    tenant: String,
    client: Uuid,
    cmd_seq: u64,
    waiting: Option<(Envelope, usize)>,
    /// Every command it made.
    pub issued: Vec<Issued>,
}

impl Sender {
    /// A new client.
    pub fn new(tenant: &str) -> Self {
        let (client, issued) = (Uuid::new_v4(), Vec::new());
        Self { tenant: tenant.into(), client, cmd_seq: 0, waiting: None, issued }
    }

    /// Sends the command that waits, or this one. Returns whether it was answered.
    pub fn send(&mut self, api: &Api, command: impl FnOnce() -> Command) -> bool {
        if self.waiting.is_none() {
            let command = command();
            self.cmd_seq += 1;
            let mark = mark(&command).unwrap();
            self.issued.push(Issued { client: self.client, mark, answer: None });
            let envelope =
                Envelope { client: self.client, cmd_seq: self.cmd_seq, key: Uuid::new_v4(), command };
            self.waiting = Some((envelope, self.issued.len() - 1));
        }
        let Some((envelope, number)) = &self.waiting else { return false };
        match api.send(&self.tenant, std::slice::from_ref(envelope)) {
            Some(Ok(outcomes)) => {
                self.issued[*number].answer = Some(match outcomes[..] {
                    [CommandOutcome::Done { cmd_seq, seq }] => Answer::Done { cmd_seq, seq },
                    [CommandOutcome::Refused { cmd_seq, .. }] => Answer::Refused { cmd_seq },
                    _ => panic!("one command, {} answers", outcomes.len()),
                });
                self.waiting = None;
                true
            }
            // The server failed or was on its way down: the same command again, later.
            Some(Err(problem)) if problem["status"].as_u64() >= Some(500) => false,
            Some(Err(problem)) => panic!("refused: {problem}"),
            None => false,
        }
    }
}

/// A refresh token in memory.
#[derive(Default)]
pub struct MemoryKeeper(Mutex<Option<String>>);

impl TokenKeeper for MemoryKeeper {
    fn load(&self) -> Option<String> {
        self.0.lock().unwrap().clone()
    }

    fn store(&self, refresh: &str) {
        *self.0.lock().unwrap() = Some(refresh.to_owned());
    }

    fn clear(&self) {
        *self.0.lock().unwrap() = None;
    }
}

/// A copy made now, from nothing, by the same person: the hash of its state, and what it holds.
pub fn fresh_copy(url: &str, email: &str, tenant: &str) -> (Hash, ReaderCopy) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::create(&folder.path().join("vault.db"), &VaultKey::generate().unwrap()).unwrap();
    let vault = Arc::new(Mutex::new(vault));
    let (server, tenant) = (ServerUrl::parse(url).unwrap(), TenantId::new(tenant).unwrap());
    let person = runtime.block_on(async {
        let signed = sign_in(&server, email, PASSWORD, "fresh").await.unwrap();
        let keeper = Arc::new(MemoryKeeper::default());
        keeper.store(&signed.tokens.refresh_token);
        let entry = signed.tenants.iter().find(|entry| entry.id == tenant).unwrap();
        vault.lock().unwrap().enter_tenant(entry).unwrap();
        let clock = Arc::new(Timestamp::now);
        catch_up(&server, vault.clone(), &tenant, keeper, clock, &mut |_, _| ()).await.unwrap();
        signed.tokens.person
    });
    let vault = vault.lock().unwrap();
    (vault.snapshot_state_hash(&tenant).unwrap(), read_copy(&vault, &tenant, &person))
}

/// Fails where a client's copy is not the whole log as its reader may see it, or its state not that of a fresh copy.
pub fn assert_like_fresh(vault: &Vault, url: &str, email: &str, tenant: &str) -> PersonId {
    let (hash, fresh) = fresh_copy(url, email, tenant);
    let id = TenantId::new(tenant).unwrap();
    assert_eq!(vault.pending(&id).unwrap().len(), 0, "the outbox of {email} is empty");
    assert_eq!(vault.tenant(&id).unwrap().cursor, fresh.cursor, "cursor of {email}");
    assert_eq!(vault.snapshot_state_hash(&id).unwrap(), hash, "state of {email}");
    PersonId::new(fresh.reader).unwrap()
}

/// Nothing fails any more: waits until every client is live at the head with an empty outbox, ends the clients, and
/// judges the log, their copies, and every command that was made. `people` read the log and include every client's person.
pub fn heal(url: &str, tenant: &str, people: &[&str], clients: &mut [Follower], sender: &mut Sender) {
    // A server whose database came back refuses a moment longer: it does not knock at a closed door without pause.
    let signed_in = |email: &&str| wait_for("a sign-in", PATIENCE, || Api::sign_in_once(url, email).ok());
    let people: Vec<_> = people.iter().map(signed_in).collect();
    // What the sender still had under way counts as well.
    wait_for("an answer", PATIENCE, || sender.send(&people[0], || draft("healed")).then_some(()));
    for (number, client) in clients.iter_mut().enumerate() {
        let last = export("healed", &format!("{number} {}", client.email()));
        client.enqueue(&last);
    }
    wait_for("the outboxes", PATIENCE, || {
        clients.iter().all(|client| client.status()["pending"] == 0).then_some(())
    });
    let head = people[0].hello(tenant).head;
    for client in clients.iter() {
        client.wait_live(head);
    }
    let log = Api::log(&people.iter().collect::<Vec<_>>(), tenant);
    let (mut copies, mut issued) = (Vec::new(), sender.issued.clone());
    for client in clients.iter_mut() {
        client.kill();
        let vault = client.vault();
        let person = assert_like_fresh(&vault, url, client.email(), tenant);
        assert_eq!(vault.check().unwrap().problems, [""; 0], "the file of {}", client.email());
        copies.push(read_copy(&vault, &TenantId::new(tenant).unwrap(), &person));
        issued.extend(client.issued.iter().cloned());
    }
    log.assert_whole(&copies, &issued, true);
    assert!(log.by_people() > 10, "work was done: {}", log.by_people());
}
