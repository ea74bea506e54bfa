//! Client and server are killed, at random moments and at named points, while commands are made all the time. Nothing
//! that was acknowledged is lost, nothing happens twice, and in the end everyone has the same.
//!
//! A SIGKILL keeps what the operating system was told to write: this says nothing about a power cut.
#![allow(clippy::unwrap_used, reason = "a journey that cannot go on fails loudly")]

use std::time::{Duration, Instant};

use boardroom_tests::{Api, Chance, Follower, PATIENCE, Sender, Server, draft, export, heal, rounds};
use tempfile::TempDir;

const TENANT: &str = "fjordlys";
const KARI: &str = "kari.nordlid@fjordlys.example";
const MINA: &str = "mina.okstad@fjordlys.example";
const ASTRID: &str = "astrid.vikholm@fjordlys.example";

struct World {
    server: Server,
    clients: Vec<Follower>,
    api: Api,
    sender: Sender,
    number: u32,
    folder: TempDir,
}

impl World {
    fn new() -> Self {
        let server = Server::founded();
        let folder = tempfile::tempdir().unwrap();
        let client = |email| Follower::new(&folder.path().join(email), email, TENANT);
        let clients = vec![client(KARI), client(MINA)];
        let api = Api::sign_in(&server.url(), ASTRID);
        let mut sender = Sender::new(TENANT);
        assert!(sender.send(&api, || draft("killed")));
        let mut world = Self { server, clients, api, sender, number: 0, folder };
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
            for client in &mut self.clients {
                let command = export("killed", &format!("{name} {}", client.email()));
                client.ask(&command);
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
        heal(&url, TENANT, &[ASTRID, KARI, MINA], &mut self.clients, &mut self.sender);
        drop(self.folder);
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
const STORE: [&str; 3] = ["store.before_append", "store.before_commit", "store.after_commit"];

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

/// Points of the vault, each between two steps of applying a batch or of taking a command.
const VAULT: [&str; 4] = [
    "vault.apply.after_insert_before_fold",
    "vault.apply.before_commit",
    "vault.apply.after_commit",
    "vault.enqueue.before_commit",
];

#[test]
fn the_client_is_killed_at_each_point_of_applying_and_of_taking_commands() {
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

/// Points of the vault on the way from nothing to a whole copy by way of a snapshot.
const FIRST_SYNC: [&str; 2] = ["vault.swap.after_rows", "vault.swap.before_commit"];

#[test]
fn the_client_is_killed_at_each_point_of_a_first_sync_from_a_snapshot() {
    let mut world = World::new();
    // Without the beginning of the log there is no other way than the snapshot.
    world.server.admin(&["trim", "--tenant", TENANT, "--keep", "5"]);
    let mut late = Follower::new(&world.folder.path().join("late"), KARI, TENANT);
    let url = world.server.url();
    for point in FIRST_SYNC {
        late.start(&url, &format!("{point}=panic"));
        let started = Instant::now();
        while late.runs() {
            assert!(started.elapsed() < PATIENCE, "the client passes {point} unharmed");
            world.work(Duration::from_millis(20));
        }
        late.kill();
    }
    late.start_ready(&url);
    world.clients.push(late);
    world.heal();
}

#[test]
fn a_second_process_on_one_profile_is_refused() {
    let mut world = World::new();
    let folder = world.folder.path().join(KARI);
    let mut second = Follower::new(&folder, KARI, TENANT);
    second.start(&world.server.url(), "");
    second.wait_end();
    assert!(second.log().contains("the vault does not open"), "{}", second.log());
    world.work(Duration::from_millis(100));
    world.heal();
}
