//! Real programs with a failing network between them: whatever it does, once it is whole again the client is live at
//! the head, its outbox is empty, and its state is that of a fresh copy.
#![allow(clippy::unwrap_used, reason = "a journey that cannot go on fails loudly")]

use std::time::Duration;

use boardroom_tests::{
    Api, Cut, Follower, Mode, PATIENCE, Proxy, Sender, Server, Way, assert_like_fresh, draft, export,
    wait_for,
};
use tempfile::TempDir;

const TENANT: &str = "fjordlys";
/// Writes reports; does not see the export log, so some of its own effects stay hidden from it.
const KARI: &str = "kari.nordlid@fjordlys.example";
/// Runs the tenant.
const MINA: &str = "mina.okstad@fjordlys.example";
/// Sees everything that is not another person's.
const ASTRID: &str = "astrid.vikholm@fjordlys.example";

/// A server, a proxy, a client behind it, and somebody else who goes on working on an undisturbed line.
struct World {
    server: Server,
    proxy: Proxy,
    client: Follower,
    other: Api,
    sender: Sender,
    name: &'static str,
    number: u32,
    folder: TempDir,
}

impl World {
    /// The client is live, and has a report to record exports of.
    fn live(name: &'static str) -> Self {
        let server = Server::founded();
        let proxy = Proxy::start(server.address());
        let folder = tempfile::tempdir().unwrap();
        let client = Follower::new(&folder.path().join("kari"), KARI, TENANT);
        let other = Api::sign_in(&server.url(), MINA);
        let sender = Sender::new(TENANT);
        let mut world = Self { server, proxy, client, other, sender, name, number: 0, folder };
        world.client.start_ready(&world.proxy.url());
        world.client.enqueue(&draft(name));
        world.client.wait_live(world.head());
        world
    }

    fn head(&self) -> u64 {
        self.other.hello(TENANT).head
    }

    /// The other person works; the client's person works too, and may not know that the line is bad.
    fn work(&mut self) {
        for _ in 0..3 {
            self.number += 1;
            let name = format!("{}-{}", self.name, self.number);
            assert!(self.sender.send(&self.other, || draft(&format!("other-{name}"))));
            self.client.enqueue(&export(self.name, &name));
        }
    }

    /// The network is whole again: within the client's own patience everything is as if nothing had been.
    fn heal(mut self) {
        self.proxy.set(Mode::Pass);
        let sent = self.client.issued.len() as u64 + self.sender.issued.len() as u64;
        wait_for("the outbox to arrive", PATIENCE * 2, || {
            let (_, view) = self.other.view(TENANT);
            let arrived = view.frames.iter().filter(
                |frame| matches!(frame, board_domain::wire::Frame::Event(event) if event.origin.is_some()),
            );
            // A draft and the record of an export are one event each.
            (arrived.count() as u64 == sent).then_some(())
        });
        self.client.wait_live(self.head());
        self.client.kill();
        let vault = self.client.vault();
        let person = assert_like_fresh(&vault, &self.server.url(), KARI, TENANT);
        drop(vault);
        let people = [MINA, KARI, ASTRID].map(|email| Api::sign_in(&self.server.url(), email));
        let log = Api::log(&[&people[0], &people[1], &people[2]], TENANT);
        let issued: Vec<_> = self.client.issued.iter().chain(&self.sender.issued).cloned().collect();
        log.assert_whole(&[self.client.copy(&person)], &issued, true);
        drop(self.folder);
    }
}

#[test]
fn connections_that_are_cut_again_and_again() {
    let mut world = World::live("cut");
    for how in [Cut::Reset, Cut::Fin, Cut::Reset, Cut::Fin] {
        world.work();
        world.proxy.cut(how);
        world.work();
    }
    world.heal();
}

#[test]
fn nobody_listens_for_a_while() {
    let mut world = World::live("refuse");
    world.proxy.set(Mode::Refuse);
    world.client.wait_phase("offline");
    world.work();
    world.heal();
}

#[test]
fn a_captive_portal_answers_for_the_server() {
    let mut world = World::live("portal");
    let before = world.client.status()["cursor"].as_u64();
    world.proxy.set(Mode::Portal);
    world.client.wait_phase("offline");
    world.work();
    wait_for("a page of the portal", PATIENCE, || {
        (world.client.status()["code"] == "sync.not_our_server").then_some(())
    });
    assert_eq!(world.client.status()["cursor"].as_u64(), before, "nothing of a portal's page counts");
    world.heal();
}

#[test]
fn bytes_of_one_way_wait() {
    for (way, name) in [(Way::Up, "one-way-up"), (Way::Down, "one-way-down")] {
        let mut world = World::live(name);
        world.proxy.set(Mode::OneWay(way));
        world.work();
        world.heal();
    }
}

#[test]
fn a_line_that_is_slow() {
    let mut world = World::live("slow");
    world.proxy.set(Mode::Slow { rate: 2_000 });
    world.work();
    world.proxy.cut(Cut::Reset);
    world.work();
    world.heal();
}

/// The cable is pulled out of a switch in between: nothing ever says that the connection is gone, and only the missing
/// heartbeat tells.
#[test]
fn a_connection_that_is_dead_without_a_word_is_noticed() {
    let mut world = World::live("half-open");
    world.proxy.set(Mode::HalfOpen);
    world.work();
    // New connections are good again, the open ones are not: the client must give them up by itself.
    let accepted = world.proxy.accepted();
    world.proxy.set(Mode::Pass);
    wait_for("a new connection", Duration::from_secs(120), || {
        (world.proxy.accepted() > accepted).then_some(())
    });
    world.heal();
}
