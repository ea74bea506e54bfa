//! The harness of the program `follower`: a client in a process of its own, which can be killed like any other.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command as Program, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use board_domain::{Audience, Command, PersonId, TenantId};
use board_vault::{Vault, VaultKey};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    checker::{Issued, ReaderCopy, mark},
    program, wait_for,
};

/// How long a journey waits for a state.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// A client with a vault in a folder, running or not.
pub struct Follower {
    folder: PathBuf,
    email: String,
    tenant: TenantId,
    running: Option<Running>,
    /// Every command that this client reported to be in its outbox.
    pub issued: Vec<Issued>,
}

struct Running {
    child: Child,
    input: ChildStdin,
    heard: Arc<Mutex<Heard>>,
}

#[derive(Default)]
struct Heard {
    status: Value,
    enqueued: VecDeque<Value>,
    phases: Vec<String>,
    ready: bool,
}

impl Follower {
    /// A client of a person, not started yet. The folder is made where it is missing.
    pub fn new(folder: &Path, email: &str, tenant: &str) -> Self {
        std::fs::create_dir_all(folder).unwrap();
        let tenant = TenantId::new(tenant).unwrap();
        let (folder, email) = (folder.to_owned(), email.to_owned());
        Self { folder, email, tenant, running: None, issued: Vec::new() }
    }

    /// Its person's e-mail.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// What the process wrote beside its lines.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// Starts the process; `failpoints` in the form of `FAILPOINTS`.
    pub fn start(&mut self, server: &str, failpoints: &str) {
        assert!(self.running.is_none(), "it runs already");
        let mut child = Program::new(program("follower"))
            .args([self.folder.to_str().unwrap(), server, &self.email, self.tenant.as_str()])
            .env("FAILPOINTS", failpoints)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::options().create(true).append(true).open(self.folder.join("log")).unwrap())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let heard = Arc::new(Mutex::new(Heard::default()));
        let hearing = Arc::clone(&heard);
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                let Ok(line) = line else { return };
                // A killed process may leave half a line.
                let Ok(mut value) = serde_json::from_str::<Value>(&line) else { return };
                let mut heard = hearing.lock().unwrap();
                if let Some(status) = value.get_mut("status") {
                    let phase = status["phase"].as_str().unwrap_or_default().to_owned();
                    if heard.phases.last() != Some(&phase) {
                        heard.phases.push(phase);
                    }
                    heard.status = status.take();
                } else if value.get("ready").is_some() {
                    heard.ready = true;
                } else if let Some(enqueued) = value.get_mut("enqueued") {
                    heard.enqueued.push_back(enqueued.take());
                }
            }
        });
        self.running = Some(Running { child, input, heard });
    }

    /// Starts the process and waits until its vault is open.
    pub fn start_ready(&mut self, server: &str) {
        self.start(server, "");
        self.wait("its vault", |heard| heard.ready.then_some(()));
    }

    /// Asks for a command to be put into the outbox; heard of by [`Follower::hear`]. False where the process is gone.
    pub fn ask(&mut self, command: &Command) -> bool {
        let Some(running) = &mut self.running else { return false };
        let line = serde_json::to_string(&serde_json::json!({ "enqueue": command })).unwrap();
        writeln!(running.input, "{line}").and_then(|()| running.input.flush()).is_ok()
    }

    /// Puts a command into the outbox.
    pub fn enqueue(&mut self, command: &Command) {
        assert!(self.ask(command), "the client is gone");
        let wanted = mark(command).unwrap();
        // Lines are answered in order: what was asked for before is in the outbox as well.
        wait_for("the outbox", PATIENCE, || {
            self.hear();
            self.issued.last().is_some_and(|issued| issued.mark == wanted).then_some(())
        });
    }

    /// Takes note of the commands that are in the outbox by now.
    pub fn hear(&mut self) {
        let Some(running) = &self.running else { return };
        let mut heard = running.heard.lock().unwrap();
        for line in heard.enqueued.drain(..) {
            let command: Command = serde_json::from_value(line["command"].clone()).unwrap();
            let client: Uuid = serde_json::from_value(line["client"].clone()).unwrap();
            self.issued.push(Issued { client, mark: mark(&command).unwrap(), answer: None });
        }
    }

    /// The newest status.
    pub fn status(&self) -> Value {
        self.running.as_ref().map_or(Value::Null, |running| running.heard.lock().unwrap().status.clone())
    }

    /// The phases shown since the start, in order.
    pub fn phases(&self) -> Vec<String> {
        self.running.as_ref().map_or_else(Vec::new, |running| running.heard.lock().unwrap().phases.clone())
    }

    /// Waits until the phase is shown.
    pub fn wait_phase(&self, phase: &str) {
        self.wait(phase, |heard| (heard.status["phase"] == phase).then_some(()));
    }

    /// Waits until it is live at a position, with nothing in the outbox.
    pub fn wait_live(&self, head: u64) {
        self.wait(&format!("live at {head}"), |heard| {
            let status = &heard.status;
            let there = status["cursor"].as_u64() >= Some(head) && status["pending"] == 0;
            (status["phase"] == "live" && there).then_some(())
        });
    }

    /// Tries the server now instead of waiting.
    pub fn retry(&mut self) {
        if let Some(running) = &mut self.running {
            let _ = writeln!(running.input, "\"retry\"").and_then(|()| running.input.flush());
        }
    }

    /// Whether the process still runs.
    pub fn runs(&mut self) -> bool {
        self.running.as_mut().is_some_and(|running| running.child.try_wait().unwrap().is_none())
    }

    /// Waits until the process has ended by itself.
    pub fn wait_end(&mut self) {
        let running = self.running.as_mut().expect("it was started");
        wait_for("the client's end", PATIENCE, || running.child.try_wait().unwrap());
        self.kill();
    }

    /// Kills it without a word. What it had said before counts.
    pub fn kill(&mut self) {
        let Some(mut running) = self.running.take() else { return };
        let _ = running.child.kill();
        running.child.wait().unwrap();
        // The pipe is read to its end before what was heard is taken.
        wait_for("the client's last words", PATIENCE, || {
            (Arc::strong_count(&running.heard) == 1).then_some(())
        });
        self.running = Some(running);
        self.hear();
        self.running = None;
    }

    fn wait<T>(&self, what: &str, found: impl Fn(&Heard) -> Option<T>) -> T {
        let running = self.running.as_ref().expect("it was started");
        let started = std::time::Instant::now();
        loop {
            {
                let heard = running.heard.lock().unwrap();
                if let Some(value) = found(&heard) {
                    return value;
                }
                assert!(
                    started.elapsed() < PATIENCE,
                    "waited in vain for {what} of {}: {} after {:?}\n{}",
                    self.email,
                    heard.status,
                    heard.phases,
                    self.log().lines().rev().take(15).collect::<Vec<_>>().join("\n")
                );
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Opens the vault of the ended process.
    pub fn vault(&self) -> Vault {
        assert!(self.running.is_none(), "the vault belongs to the running client");
        let key = std::fs::read_to_string(self.folder.join("key")).unwrap();
        Vault::open(&self.folder.join("vault.db"), &VaultKey::from_hex(&key).unwrap()).unwrap()
    }

    /// The ended client's copy, for the checker.
    pub fn copy(&self, person: &PersonId) -> ReaderCopy {
        read_copy(&self.vault(), &self.tenant, person)
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            let _ = running.child.kill();
            let _ = running.child.wait();
        }
    }
}

/// What a vault holds of a tenant.
pub fn read_copy(vault: &Vault, tenant: &TenantId, person: &PersonId) -> ReaderCopy {
    let copy = vault.tenant(tenant).unwrap();
    let mut events = Vec::new();
    loop {
        let after = events.last().map_or(0, |event: &board_domain::Event| event.seq);
        let page = vault.events(tenant, after, 1_000).unwrap();
        if page.is_empty() {
            break;
        }
        events.extend(page);
    }
    ReaderCopy {
        reader: person.to_string(),
        audiences: Audience::of(person, copy.role),
        epoch: copy.epoch,
        start: copy.start,
        cursor: copy.cursor,
        fetching: copy
            .backfills
            .into_iter()
            .map(|gained| (gained.audience, gained.cursor, gained.until))
            .collect(),
        events,
    }
}
