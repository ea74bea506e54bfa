//! The whole system from a seed, on a clock that stands still between steps: the server's router and store, clients
//! with real vaults, and a network that fails between them. First a phase in which everything may fail and nothing may
//! be wrong, then one in which nothing fails and everything must come right within a time.
//!
//! Outside the simulation: the files of store and vaults, which are real and written at once.

mod middle;
mod person;
mod transport;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use board_domain::{
    Audience, Command, Currency, Event, Fact, Locale, Person as Member, PersonId, Role, Tenant, TenantId,
    Watermark,
    wire::{Frame, TenantEntry},
};
use board_server::{Clock, simulation::Host};
use board_sync::{Phase, TokenKeeper};
use board_vault::{Reader, Vault, VaultKey};
use futures::executor::block_on;
use jiff::Timestamp;
use tempfile::TempDir;
use turmoil::Sim;

use self::{
    middle::{Middle, Mood},
    person::Person,
};
use crate::{
    Chance,
    checker::{Answer, Issued, Log, mark, marked as mark_of},
    draft, export, read_copy,
};

/// Names of the hosts.
const SERVER: &str = "server";
const MIDDLE: &str = "middle";
const PORT: u16 = 80;
/// 23 November 2026, noon.
const NOON: i64 = 1_795_435_200_000;
/// One step of the simulation.
const STEP: Duration = Duration::from_millis(10);
/// Time of a message on its way, until a link is given another.
const LATENCY: Duration = Duration::from_millis(20);
/// How long everything may fail.
const TROUBLE: Duration = Duration::from_secs(45);
/// Within what time everything must come right.
const PATIENCE: Duration = Duration::from_secs(190);
/// The people: their names are their hosts.
const PEOPLE: [(&str, Role); 3] =
    [("kari", Role::Manager), ("mina", Role::SuperAdmin), ("henrik", Role::Director)];

/// What a run did.
#[derive(Debug)]
pub struct Outcome {
    /// Everything that was done and shown, with its time; the same for the same seed.
    pub trace: Vec<String>,
    /// Events in the log at the end.
    pub head: u64,
    /// Milliseconds from the healing until everyone was live.
    pub healed_after: u128,
    /// How often a person had to sign in again.
    pub sign_ins: u32,
}

/// Runs a seed; panics with the way to run it again where a promise is broken.
pub fn run(seed: u64) -> Outcome {
    attempt(seed).unwrap_or_else(|words| panic!("{words}"))
}

/// Runs a seed; where a promise is broken, gives what it was and the way to run it again.
pub fn attempt(seed: u64) -> Result<Outcome, String> {
    let outcome = std::panic::catch_unwind(|| World::new(seed).live());
    outcome.map_err(|panic| {
        let words = panic.downcast_ref::<String>().map(String::as_str);
        let words = words.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no words");
        format!("{words}\n\nagain with: {}", again(seed))
    })
}

/// The command that runs a seed again.
pub fn again(seed: u64) -> String {
    format!(
        "BOARDROOM_SEED={seed} cargo nextest run -p boardroom-tests --test simulation a_seed --no-capture"
    )
}

/// The files of the store at one time.
struct Backup {
    head: u64,
    files: Vec<(PathBuf, Vec<u8>)>,
    trimmed: BTreeMap<u64, Event>,
}

struct World {
    chance: Chance,
    sim: Sim<'static>,
    tenant: TenantId,
    people: Vec<Arc<Person>>,
    middle: middle::Shared,
    store: PathBuf,
    /// The operator's hand on the store; gone only while the store is replaced.
    operator: Option<Host>,
    /// Events that were trimmed from the store.
    trimmed: BTreeMap<u64, Event>,
    backup: Option<Backup>,
    /// Commands whose effect was lost with a restored backup: nobody can expect it any more.
    lost: BTreeSet<String>,
    /// Whether a backup was restored: until everyone has heard of it, copies are of a log that is no more.
    rewound: bool,
    /// Whether that was done under the same epoch: copies that had gone further refuse the changed history, as they must,
    /// until the operator mints one or the person wants the copy anew.
    same_epoch: bool,
    /// Whether a session may have ended with good reason: the store forgot its tokens, or the server's clock ran wild.
    sessions_end: bool,
    /// Milliseconds that the server's clock is ahead, and each person's.
    server_ahead: i64,
    people_ahead: Vec<i64>,
    server_now: Arc<AtomicI64>,
    /// Whether the server's answers vanish, as they do between a commit and a crash.
    mute: Arc<AtomicBool>,
    down: Vec<(&'static str, Duration)>,
    trace: Vec<String>,
    number: u32,
    sign_ins: u32,
    folder: TempDir,
}

fn tenant() -> Tenant {
    Tenant {
        id: TenantId::new("alpha").unwrap(),
        name: "Alpha".into(),
        short_name: "Alpha".into(),
        locale: Locale::En,
        zone: "Europe/Oslo".into(),
        currency: Currency::parse("NOK").unwrap(),
        industry: "energy".into(),
        employees: 100,
        accent: "#0F5C7A".into(),
        watermark: Watermark::default(),
        partner: None,
        benchmark_consent: false,
    }
}

fn clock(now: &Arc<AtomicI64>) -> Clock {
    let now = Arc::clone(now);
    Clock::new(move || Timestamp::from_millisecond(now.load(Ordering::SeqCst)).unwrap())
}

impl World {
    fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        // In memory where the system has a folder there: a simulation waits for no disk.
        let shm = PathBuf::from("/dev/shm");
        let folder = if shm.is_dir() { tempfile::tempdir_in(shm) } else { tempfile::tempdir() }.unwrap();
        let store = folder.path().join("server.db");
        let server_now = Arc::new(AtomicI64::new(NOON));
        let operator = Host::open(&store, clock(&server_now)).unwrap();
        let members =
            PEOPLE.map(|(id, role)| Member { id: PersonId::new(id).unwrap(), name: id.into(), role });
        block_on(operator.found(tenant(), Vec::new(), members.to_vec())).unwrap();
        let mut builder = turmoil::Builder::new();
        builder.rng_seed(chance.draw()).tick_duration(STEP).simulation_duration(TROUBLE + PATIENCE * 2);
        // The time on the way is set for each link and not drawn for each message, because the runtime wakes those who
        // wait for one thing in no set order, and what they then send may not decide what is drawn next.
        builder.min_message_latency(LATENCY).max_message_latency(LATENCY);
        let mut sim = builder.build();
        let mute = Arc::new(AtomicBool::new(false));
        let served = (store, Arc::clone(&server_now), Arc::clone(&mute));
        sim.host(SERVER, move || serve(served.0.clone(), clock(&served.1), Arc::clone(&served.2)));
        let shared = Arc::new(Mutex::new(Middle::default()));
        let boxed = Arc::clone(&shared);
        sim.host(MIDDLE, move || middle::run(Arc::clone(&boxed)));
        let id = tenant().id;
        let people: Vec<_> = members
            .iter()
            .map(|member| {
                let now = Arc::new(AtomicI64::new(NOON));
                let person = Person::new(folder.path(), member.id.as_str(), &id, chance.draw(), now);
                let mut vault = Vault::create(&person.path, &person.key).unwrap();
                let entry = TenantEntry { id: id.clone(), name: "Alpha".into(), role: member.role };
                vault.enter_tenant(&entry).unwrap();
                person.keeper.store(&block_on(operator.start_session(&member.id)).unwrap());
                Arc::new(person)
            })
            .collect();
        for person in &people {
            let running = Arc::clone(person);
            sim.host(person.id.as_str(), move || Arc::clone(&running).run());
        }
        Self {
            chance,
            sim,
            tenant: id,
            people_ahead: vec![0; people.len()],
            people,
            middle: shared,
            store: folder.path().join("server.db"),
            operator: Some(operator),
            trimmed: BTreeMap::new(),
            backup: None,
            lost: BTreeSet::new(),
            rewound: false,
            same_epoch: false,
            sessions_end: false,
            server_ahead: 0,
            server_now,
            mute,
            down: Vec::new(),
            trace: Vec::new(),
            number: 0,
            sign_ins: 0,
            folder,
        }
    }

    /// The two phases, and the judgement.
    fn live(mut self) -> Outcome {
        self.wish(0, draft("report"));
        let (mut trouble_at, mut work_at) = (Duration::from_secs(5), Duration::ZERO);
        while self.sim.elapsed() < TROUBLE {
            self.step();
            let now = self.sim.elapsed();
            if now >= trouble_at {
                self.trouble();
                trouble_at = now + Duration::from_millis(200 + self.chance.below(6_000));
            }
            if now >= work_at {
                self.work();
                work_at = now + Duration::from_millis(50 + self.chance.below(2_000));
            }
        }
        self.heal();
        let healed = self.sim.elapsed();
        while !self.is_well() {
            let waited = self.sim.elapsed().saturating_sub(healed);
            assert!(
                waited < PATIENCE,
                "not well {waited:?} after healing: {}\n{}",
                self.standing(),
                self.tail()
            );
            self.step();
        }
        let healed_after = self.sim.elapsed().saturating_sub(healed).as_millis();
        self.note("everyone is well");
        self.judge();
        let head = block_on(self.operator().standing(&self.tenant)).unwrap().1;
        Outcome { trace: self.trace, head, healed_after, sign_ins: self.sign_ins }
    }

    fn step(&mut self) {
        let passed = i64::try_from(self.sim.elapsed().as_millis()).unwrap();
        self.server_now.store(NOON + passed + self.server_ahead, Ordering::SeqCst);
        for (person, ahead) in self.people.iter().zip(&self.people_ahead) {
            person.now.store(NOON + passed + ahead, Ordering::SeqCst);
        }
        self.sim.step().unwrap();
        let now = self.sim.elapsed();
        let (due, later) = self.down.drain(..).partition::<Vec<_>, _>(|(_, at)| *at <= now);
        self.down = later;
        for (host, _) in due {
            self.start(host);
        }
        let mut said = std::mem::take(&mut self.middle.lock().unwrap().said);
        // What happens in one step has no order.
        said.sort();
        for line in said {
            self.note(&line);
        }
        for number in 0..self.people.len() {
            let person = Arc::clone(&self.people[number]);
            let (said, signed_out) = {
                let mut desk = person.desk.lock().unwrap();
                (std::mem::take(&mut desk.said), desk.status.phase == Phase::SignInNeeded)
            };
            for line in said {
                self.note(&line);
            }
            if signed_out && person.keeper.load().is_none() {
                person.keeper.store(&block_on(self.operator().start_session(&person.id)).unwrap());
                person.desk.lock().unwrap().retry = true;
                assert!(self.sessions_end, "a session ended without a reason\n{}", self.tail());
                self.sign_ins += 1;
                self.note(&format!("{} signs in again", person.id));
            }
        }
    }

    #[allow(clippy::print_stderr, reason = "who looks at one seed sees what happens before it fails")]
    fn note(&mut self, words: &str) {
        let line = format!("{:>7} {words}", self.sim.elapsed().as_millis());
        if std::env::var_os("BOARDROOM_SEED").is_some() {
            eprintln!("{line}");
        }
        self.trace.push(line);
    }

    /// The newest of the trace, without what merely passed.
    fn tail(&self) -> String {
        let passed = |line: &&String| !line.contains(" up ") && !line.contains(" down ");
        let mut newest: Vec<_> =
            self.trace.iter().rev().filter(passed).take(60).map(String::as_str).collect();
        newest.reverse();
        newest.join("\n")
    }

    fn wish(&mut self, person: usize, command: Command) {
        self.people[person].desk.lock().unwrap().wishes.push(command);
    }

    /// Somebody does something.
    fn work(&mut self) {
        self.number += 1;
        let name = format!("work-{}", self.number);
        let who = usize::try_from(self.chance.below(self.people.len() as u64)).unwrap();
        match self.chance.below(8) {
            0 | 1 => self.wish(who, draft(&name)),
            2 => self.wish(who, Command::SetWatermark { watermark: marked(&name) }),
            3 => {
                let many = if self.chance.below(10) == 0 { 1_200 } else { self.chance.below(30) };
                let facts =
                    (0..many).map(|n| Fact::WatermarkSet { watermark: marked(&format!("{name}.{n}")) });
                block_on(self.operator().append(&self.tenant, facts.collect())).unwrap();
            }
            _ => self.wish(who, export("report", &name)),
        }
    }

    /// Something goes wrong, or right again.
    fn trouble(&mut self) {
        let who = usize::try_from(self.chance.below(self.people.len() as u64)).unwrap();
        let host = PEOPLE[who].0;
        let link = *self.chance.pick(&[(host, MIDDLE), (MIDDLE, SERVER)]);
        let words = match self.chance.below(21) {
            0 => {
                self.sim.partition(link.0, link.1);
                format!("partition {link:?}")
            }
            1 => {
                let (from, to) = if self.chance.below(2) == 0 { link } else { (link.1, link.0) };
                self.sim.partition_oneway(from, to);
                format!("one way is dead {from} {to}")
            }
            2 => {
                self.sim.hold(link.0, link.1);
                format!("hold {link:?}")
            }
            3..=5 => {
                self.repair();
                "repair".into()
            }
            6 => {
                let mood = *self.chance.pick(&[Mood::Buffers, Mood::Portal, Mood::Slow, Mood::Fair]);
                self.middle.lock().unwrap().mood = mood;
                format!("the box is {mood:?}")
            }
            7 => {
                self.middle.lock().unwrap().generation += 1;
                "every connection is cut".into()
            }
            8 => {
                // What is committed from now on is never answered.
                self.mute.store(true, Ordering::SeqCst);
                let steps = 1 + self.chance.below(40);
                for _ in 0..steps {
                    self.step();
                }
                self.crash(SERVER);
                format!("the server crashes after {steps} steps without an answer")
            }
            9 => {
                self.crash(SERVER);
                "the server crashes".into()
            }
            10 | 11 => {
                self.crash(host);
                format!("{host} crashes")
            }
            17 => {
                let whole = self.log().events;
                let keep = 1 + self.chance.below(40);
                let floor = block_on(self.operator().trim(&self.tenant, keep)).unwrap();
                self.trimmed = whole.into_iter().filter(|(seq, _)| *seq <= floor).collect();
                format!("the log is trimmed up to {floor}")
            }
            18 => {
                self.back_up();
                format!("a backup at {}", self.backup.as_ref().map_or(0, |backup| backup.head))
            }
            19 => self.restore(),
            15 | 16 => {
                let time = Duration::from_millis(1 + self.chance.below(800));
                self.sim.set_link_latency(link.0, link.1, time);
                format!("{link:?} takes {time:?}")
            }
            12 => {
                let ahead = *self.chance.pick(&[0, 0, 700_000, 3_600_000, -3_600_000]);
                self.sessions_end |= self.server_ahead != ahead;
                self.server_ahead = ahead;
                format!("the server's clock is {ahead} ms ahead")
            }
            13 => {
                self.people_ahead[who] = *self.chance.pick(&[0, 86_400_000, -86_400_000]);
                format!("the clock of {host} is {} ms ahead", self.people_ahead[who])
            }
            14 => {
                let mut middle = self.middle.lock().unwrap();
                let posted: Vec<_> = middle.posted.iter().cloned().collect();
                let again = (0..3.min(posted.len())).map(|_| self.chance.pick(&posted).clone());
                let again: Vec<_> = again.collect();
                let words = format!("{} batches of commands arrive again", again.len());
                middle.replay = again;
                words
            }
            _ => {
                // Only one changes roles, so that somebody always runs the tenant.
                let role = *self.chance.pick(&[Role::Viewer, Role::Director, Role::Manager, Role::Admin]);
                let person = Member { id: PersonId::new("kari").unwrap(), name: "kari".into(), role };
                let fact = Fact::PersonJoined { person };
                block_on(self.operator().append(&self.tenant, vec![fact])).unwrap();
                format!("kari is {role:?} from now on")
            }
        };
        self.note(&words);
    }

    fn operator(&self) -> &Host {
        self.operator.as_ref().expect("the store is open")
    }

    /// What the store's engine keeps beside its file.
    fn files(&self) -> [PathBuf; 3] {
        ["", "-wal", "-shm"].map(|suffix| PathBuf::from(format!("{}{suffix}", self.store.display())))
    }

    fn back_up(&mut self) {
        // Nobody writes between two steps, so the files belong together. The shared memory is made anew.
        let [file, journal, _] = self.files();
        let files = [file, journal].into_iter().filter_map(|path| {
            let bytes = std::fs::read(&path).ok()?;
            Some((path, bytes))
        });
        let (_, head, _) = block_on(self.operator().standing(&self.tenant)).unwrap();
        self.backup = Some(Backup { head, files: files.collect(), trimmed: self.trimmed.clone() });
    }

    /// The store goes back to its backup; everything after it is gone. Most operators mint a new epoch.
    fn restore(&mut self) -> String {
        let Some(backup) = self.backup.take() else { return "no backup to restore".into() };
        self.crash(SERVER);
        let gone = self.log().events.split_off(&(backup.head + 1));
        self.lost.extend(gone.values().filter_map(mark_of));
        self.operator = None;
        for path in self.files() {
            let _ = std::fs::remove_file(path);
        }
        for (path, bytes) in &backup.files {
            std::fs::write(path, bytes).unwrap();
        }
        self.trimmed = backup.trimmed;
        let open = |world: &Self| Host::open(&world.store, clock(&world.server_now)).unwrap();
        let mints = self.chance.below(3) > 0;
        if mints {
            block_on(open(self).mint_epoch(&self.tenant)).unwrap();
        }
        self.operator = Some(open(self));
        (self.rewound, self.sessions_end) = (true, true);
        self.same_epoch |= !mints;
        let what = if mints { "under a new epoch" } else { "under the same epoch" };
        format!("the backup at {} is restored {what}, {} events are gone", backup.head, gone.len())
    }

    fn crash(&mut self, host: &'static str) {
        if !self.sim.is_host_running(host) {
            return;
        }
        self.sim.crash(host);
        let person = self.people.iter().find(|person| person.id.as_str() == host);
        if let Some(person) = person.filter(|_| !self.rewound) {
            // Whatever the moment: what is on disk is a prefix.
            let log = self.log();
            let vault = Vault::open(&person.path, &person.key).unwrap();
            log.assert_whole(&[read_copy(&vault, &self.tenant, &person.id)], &[], false);
        }
        let back = self.sim.elapsed() + Duration::from_millis(self.chance.below(6_000));
        self.down.push((host, back));
    }

    fn start(&mut self, host: &'static str) {
        if host == SERVER {
            self.mute.store(false, Ordering::SeqCst);
        }
        self.sim.bounce(host);
        self.note(&format!("{host} is back"));
    }

    fn repair(&mut self) {
        let links = PEOPLE.map(|(host, _)| (host, MIDDLE)).into_iter().chain([(MIDDLE, SERVER)]);
        for (from, to) in links {
            self.sim.release(from, to);
            self.sim.repair(from, to);
        }
    }

    fn heal(&mut self) {
        self.repair();
        if self.same_epoch && self.chance.below(2) == 0 {
            // Nobody mints an epoch: everyone asks for a copy of what the server has now.
            for person in &self.people {
                person.desk.lock().unwrap().anew = true;
            }
            self.note("everyone wants the copy anew");
        } else if self.same_epoch {
            self.crash(SERVER);
            let operator = self.operator.take().expect("the store is open");
            block_on(operator.mint_epoch(&self.tenant)).unwrap();
            self.operator = Some(Host::open(&self.store, clock(&self.server_now)).unwrap());
            self.note("the operator mints a new epoch");
            // Who was refused meanwhile would ask again by itself in five minutes; they are told.
            for person in &self.people {
                person.desk.lock().unwrap().retry = true;
            }
        }
        for (host, _) in std::mem::take(&mut self.down) {
            self.start(host);
        }
        {
            let mut middle = self.middle.lock().unwrap();
            middle.mood = Mood::Fair;
            middle.replay.clear();
        }
        self.server_ahead = 0;
        self.people_ahead.fill(0);
        self.note("everything is healed");
    }

    fn is_well(&self) -> bool {
        let (epoch, head, _) = block_on(self.operator().standing(&self.tenant)).unwrap();
        // Who has not heard of a new epoch yet shows the old one's end, which may have the same number.
        let knows = |person: &Arc<Person>| {
            let copy = Reader::open(&person.path, &person.key).unwrap().tenant(&self.tenant).unwrap();
            copy.epoch == Some(epoch)
        };
        let live = |person: &Arc<Person>| {
            let desk = person.desk.lock().unwrap();
            desk.status.phase == Phase::Live
                && desk.status.cursor == head
                && desk.pending == 0
                && desk.wishes.is_empty()
        };
        self.people.iter().all(live) && self.people.iter().all(knows)
    }

    fn standing(&self) -> String {
        let (_, head, _) = block_on(self.operator().standing(&self.tenant)).unwrap();
        let people = self.people.iter().map(|person| {
            let desk = person.desk.lock().unwrap();
            format!("\n{} {:?} pending {}", person.id, desk.status, desk.pending)
        });
        format!("head {head}{}", people.collect::<String>())
    }

    /// The log as the store has it.
    fn log(&self) -> Log {
        let (epoch, head, floor) = block_on(self.operator().standing(&self.tenant)).unwrap();
        let events = block_on(self.operator().events(&self.tenant)).unwrap();
        assert_eq!(events.len() as u64, head - floor, "the table has a hole");
        let kept = events.into_iter().map(|event| (event.seq, event));
        // What was trimmed is known here all the same.
        let events: BTreeMap<_, _> = self.trimmed.clone().into_iter().chain(kept).collect();
        assert_eq!(events.len() as u64, head, "an event is unknown");
        Log { tenant: self.tenant.clone(), epoch, floor: 0, head, events }
    }

    /// Everyone's file against the log, and against a fold of the log from nothing.
    fn judge(&mut self) {
        let log = self.log();
        let (mut copies, mut issued) = (Vec::new(), Vec::new());
        for person in &self.people {
            self.sim.crash(person.id.as_str());
            let vault = Vault::open(&person.path, &person.key).unwrap();
            copies.push(read_copy(&vault, &self.tenant, &person.id));
            let refused: BTreeSet<_> = vault
                .refusals(&self.tenant)
                .unwrap()
                .iter()
                .filter_map(|refused| mark(&refused.command))
                .collect();
            let theirs = std::mem::take(&mut person.desk.lock().unwrap().issued).into_iter();
            issued.extend(theirs.filter(|issued| !self.lost.contains(&issued.mark)).map(|issued| {
                let answer = refused.contains(&issued.mark).then_some(Answer::Refused { cmd_seq: 0 });
                Issued { answer, ..issued }
            }));
            let role = vault.tenant(&self.tenant).unwrap().role;
            let fresh = self.fresh(&log, &person.id, role);
            let (theirs, whole) =
                [&vault, &fresh].map(|vault| vault.snapshot_state_hash(&self.tenant).unwrap()).into();
            assert_eq!(theirs, whole, "the state of {}\n{}", person.id, self.tail());
        }
        log.assert_whole(&copies, &issued, true);
    }

    fn fresh(&self, log: &Log, person: &PersonId, role: Role) -> Vault {
        let path = self.folder.path().join(format!("{person}-fresh.db"));
        let mut vault = Vault::create(&path, &VaultKey::generate().unwrap()).unwrap();
        vault.enter_tenant(&TenantEntry { id: self.tenant.clone(), name: "Alpha".into(), role }).unwrap();
        let audiences = Audience::of(person, role);
        let frames: Vec<_> = log
            .events
            .values()
            .map(|event| {
                if audiences.contains(&event.audience) {
                    Frame::Event(Box::new(event.clone()))
                } else {
                    Frame::Hidden { from: event.seq, to: event.seq }
                }
            })
            .collect();
        let at = Timestamp::from_millisecond(NOON).unwrap();
        vault.apply(&self.tenant, log.epoch, &frames, at).unwrap();
        vault
    }
}

fn marked(text: &str) -> Watermark {
    Watermark { text: text.into(), ..Watermark::default() }
}

/// The server's host: opens the store and serves whoever connects.
async fn serve(path: PathBuf, clock: Clock, mute: Arc<AtomicBool>) -> turmoil::Result {
    let host = Host::open(&path, clock)?;
    let watching = host.clone();
    tokio::spawn(async move { watching.watch_heads().await });
    let listener = turmoil::net::TcpListener::bind(("0.0.0.0", PORT)).await?;
    loop {
        let (socket, peer) = listener.accept().await?;
        let (host, socket) = (host.clone(), quiet::Quiet::new(socket, Arc::clone(&mute)));
        tokio::spawn(async move { host.serve(socket, peer).await });
    }
}

mod quiet;
