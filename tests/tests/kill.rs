//! Client and server are killed, at random moments and at named points, while commands are made all the time. Nothing
//! that was acknowledged is lost, nothing happens twice, and in the end everyone has the same.
//!
//! A SIGKILL keeps what the operating system was told to write: this says nothing about a power cut.
#![allow(clippy::unwrap_used, reason = "a journey that cannot go on fails loudly")]

use std::time::{Duration, Instant};

use boardroom_tests::{
    Api, Chance, Follower, PATIENCE, Sender, Server, assert_like_fresh, draft, export, rounds, wait_for,
};
use tempfile::TempDir;

const TENANT: &str = "fjordlys";
const KARI: &str = "kari.nordlid@fjordlys.example";
const MINA: &str = "mina.okstad@fjordlys.example";
const ASTRID: &str = "astrid.vikholm@fjordlys.example";

struct World {
    server: Server,
    clients: [Follower; 2],
    emails: [&'static str; 2],
    api: Api,
    sender: Sender,
    number: u32,
    folder: TempDir,
}

impl World {
    fn new() -> Self {
        let server = Server::founded();
        let folder = tempfile::tempdir().unwrap();
        let emails = [KARI, MINA];
        let clients = emails.map(|email| Follower::new(&folder.path().join(email), email, TENANT));
        let api = Api::sign_in(&server.url(), ASTRID);
        let mut sender = Sender::new(TENANT);
        assert!(sender.send(&api, || draft("killed")));
        let mut world = Self { server, clients, emails, api, sender, number: 0, folder };
        for client in &mut world.clients {
            client.start_ready(&world.server.url());
        }
        world
    }

    /// Work for so long, whoever is alive.
    fn work(&mut self, time: Duration) {
        let until = Instant::now() + time;
        loop {
            self.number += 1;
            let name = format!("killed-{}", self.number);
            for (client, email) in self.clients.iter_mut().zip(self.emails) {
                client.ask(&export("killed", &format!("{name} {email}")));
                client.hear();
            }
            self.sender.send(&self.api, || draft(&name));
            if Instant::now() >= until {
                return;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Everyone runs again; in the end everyone has the same.
    fn heal(mut self) {
        if !self.server.runs() {
            self.server.kill();
            self.server.start();
        }
        let url = self.server.url();
        for client in &mut self.clients {
            if !client.runs() {
                client.kill();
                client.start_ready(&url);
            }
        }
        // What it still had under way counts as well.
        wait_for("an answer", PATIENCE, || self.sender.send(&self.api, || draft("killed-last")).then_some(()));
        for (client, email) in self.clients.iter_mut().zip(self.emails) {
            client.enqueue(&export("killed", &format!("last of {email}")));
        }
        let head = self.settled();
        for client in &mut self.clients {
            client.wait_live(head);
        }
        let people = [ASTRID, KARI, MINA].map(|email| Api::sign_in(&url, email));
        let log = Api::log(&[&people[0], &people[1], &people[2]], TENANT);
        let mut copies = Vec::new();
        let mut issued = self.sender.issued.clone();
        for (client, email) in self.clients.iter_mut().zip(self.emails) {
            client.kill();
            let vault = client.vault();
            let person = assert_like_fresh(&vault, &url, email, TENANT);
            assert_eq!(vault.check().unwrap().problems, [""; 0], "the file of {email}");
            drop(vault);
            copies.push(client.copy(&person));
            issued.extend(client.issued.iter().cloned());
        }
        log.assert_whole(&copies, &issued, true);
        assert!(log.by_people() > 10, "work was done: {}", log.by_people());
        drop(self.folder);
    }

    /// The head once nothing moves it any more.
    fn settled(&self) -> u64 {
        wait_for("the outboxes", PATIENCE, || {
            self.clients.iter().all(|client| client.status()["pending"] == 0).then_some(())
        });
        self.api.hello(TENANT).head
    }
}

#[test]
fn killed_at_random_moments_nobody_loses_or_doubles_anything() {
    let mut chance = Chance::from_environment(20_261_125);
    let mut world = World::new();
    for _ in 0..rounds(8) {
        let victim = chance.below(4);
        world.work(Duration::from_millis(20 + chance.below(300)));
        if victim < 2 || victim == 3 {
            let client = &mut world.clients[usize::try_from(victim % 2).unwrap()];
            client.kill();
        }
        if victim >= 2 {
            world.server.kill();
            world.work(Duration::from_millis(chance.below(100)));
            world.server.start();
        }
        let url = world.server.url();
        for client in &mut world.clients {
            if !client.runs() {
                client.kill();
                client.start(&url, "");
            }
        }
    }
    world.heal();
}

/// Points of the server's store, each between two steps of a commit.
const STORE: [&str; 2] = ["store.before_commit", "store.after_commit"];

#[test]
fn the_server_is_killed_at_each_point_of_a_commit() {
    let mut chance = Chance::from_environment(7);
    let mut world = World::new();
    for round in 0..rounds(1) {
        for point in STORE {
            world.server.kill();
            // So many commits pass before.
            let pass = chance.below(6);
            world.server.start_with(&format!("{point}={pass}*off->panic"));
            let started = Instant::now();
            while world.server.runs() {
                assert!(started.elapsed() < PATIENCE, "round {round}: the server passes {point} unharmed");
                world.work(Duration::from_millis(20));
            }
            world.server.kill();
            world.server.start();
            world.work(Duration::from_millis(50));
        }
    }
    world.heal();
}

/// Points of the vault, each between two steps of applying a batch.
const VAULT: [&str; 2] = ["vault.apply.before_commit", "vault.apply.after_commit"];

#[test]
fn the_client_is_killed_at_each_point_of_applying() {
    let mut chance = Chance::from_environment(11);
    let mut world = World::new();
    for round in 0..rounds(1) {
        for point in VAULT {
            world.clients[0].kill();
            let pass = chance.below(4);
            let url = world.server.url();
            world.clients[0].start(&url, &format!("{point}={pass}*off->panic"));
            let started = Instant::now();
            while world.clients[0].runs() {
                assert!(started.elapsed() < PATIENCE, "round {round}: the client passes {point} unharmed");
                world.work(Duration::from_millis(20));
            }
            world.clients[0].kill();
            world.clients[0].start(&url, "");
        }
    }
    world.heal();
}
