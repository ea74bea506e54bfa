//! Servers that share a store, behind a real nginx; and a database that is killed under them. Clients move between the
//! servers and must not notice: no gap, nothing twice, nothing lost.
#![allow(clippy::unwrap_used, reason = "a journey that cannot go on fails loudly")]

use std::time::{Duration, Instant};

use boardroom_tests::{
    Api, Chance, Follower, Nginx, Postgres, Sender, Server, Streams, draft, export, heal, rounds,
};
use tempfile::TempDir;

const TENANT: &str = "fjordlys";
const KARI: &str = "kari.nordlid@fjordlys.example";
const MINA: &str = "mina.okstad@fjordlys.example";
const ASTRID: &str = "astrid.vikholm@fjordlys.example";

/// Two clients, and somebody who works beside them, all at one address.
struct Crowd {
    clients: [Follower; 2],
    sender: Sender,
    api: Api,
    number: u32,
    _folder: TempDir,
}

impl Crowd {
    fn live(url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut clients = [KARI, MINA].map(|email| Follower::new(&folder.path().join(email), email, TENANT));
        let api = Api::sign_in(url, ASTRID);
        let mut sender = Sender::new(TENANT);
        assert!(sender.send(&api, || draft("shared")));
        for client in &mut clients {
            client.start_ready(url);
        }
        let head = api.hello(TENANT).head;
        for client in &clients {
            client.wait_live(head);
        }
        Self { clients, sender, api, number: 0, _folder: folder }
    }

    fn work(&mut self, time: Duration) {
        let until = Instant::now() + time;
        loop {
            self.number += 1;
            let name = format!("shared-{}", self.number);
            for client in &mut self.clients {
                let command = export("shared", &format!("{name} {}", client.email()));
                assert!(client.ask(&command), "a client ended by itself");
                client.hear();
            }
            self.sender.send(&self.api, || draft(&name));
            if Instant::now() >= until {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

#[test]
fn clients_move_between_servers_that_are_killed_and_come_back() {
    let mut chance = Chance::from_environment(3);
    let mut database = Postgres::start();
    let mut first = Server::on(&database.database());
    let mut second = first.replica();
    second.start();
    let nginx = Nginx::start(&[first.address(), second.address()], Streams::Pass);
    let mut crowd = Crowd::live(&nginx.url());
    for _ in 0..rounds(3) {
        for server in [&mut first, &mut second] {
            crowd.work(Duration::from_millis(100 + chance.below(300)));
            server.kill();
            crowd.work(Duration::from_millis(100 + chance.below(300)));
            server.start();
        }
    }
    let people = [ASTRID, KARI, MINA];
    heal(&first.url(), TENANT, &people, &mut crowd.clients, &mut crowd.sender);
    drop(nginx);
}

#[test]
fn a_database_killed_under_load_loses_nothing_that_was_acknowledged() {
    let mut chance = Chance::from_environment(5);
    let mut database = Postgres::start();
    let server = Server::on(&database.database());
    let mut crowd = Crowd::live(&server.url());
    for _ in 0..rounds(1) {
        crowd.work(Duration::from_millis(100 + chance.below(300)));
        database.kill();
        crowd.work(Duration::from_millis(100 + chance.below(300)));
        database.start_again();
    }
    crowd.work(Duration::from_millis(100));
    heal(&server.url(), TENANT, &[ASTRID, KARI, MINA], &mut crowd.clients, &mut crowd.sender);
}

#[test]
fn behind_a_proxy_that_buffers_streams_clients_are_live_all_the_same() {
    let server = Server::founded();
    let nginx = Nginx::start(&[server.address()], Streams::Buffer);
    let mut crowd = Crowd::live(&nginx.url());
    for _ in 0..3 {
        crowd.work(Duration::from_millis(50));
        let head = crowd.api.hello(TENANT).head;
        for client in &crowd.clients {
            client.wait_live(head);
        }
    }
    heal(&server.url(), TENANT, &[ASTRID, KARI, MINA], &mut crowd.clients, &mut crowd.sender);
}
