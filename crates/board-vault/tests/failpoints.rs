//! A process killed at each named point: afterwards cursor, events, rows and chains agree, and going on reaches the
//! same end. Runs with `--features failpoints`.

#![allow(clippy::unwrap_used)]
#![cfg(feature = "failpoints")]

mod log;
mod snapshots;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use board_domain::wire::{Frame, Hello};
use board_domain::{Audience, Book, PersonId, Role, Table};
use board_vault::{Vault, VaultKey};
use log::{EPOCH, Log, Place, at, figure, founded, joined, report, tenant};

const PATH: &str = "BOARDROOM_FAILPOINT_TEST_PATH";
const KEY: &str = "BOARDROOM_FAILPOINT_TEST_KEY";
const POINT: &str = "BOARDROOM_FAILPOINT_TEST_POINT";
const NTH: &str = "BOARDROOM_FAILPOINT_TEST_NTH";
const COMMANDS: usize = 3;
const SNAPSHOT: u64 = 30;

fn kari() -> PersonId {
    PersonId::new("kari").unwrap()
}

fn sample() -> Log {
    let mut log = Log::new();
    log.fact(&founded(&tenant())).fact(&joined("kari"));
    for n in 0..12u8 {
        log.fact(&figure("sroi", n % 4 + 1, f64::from(n))).fact(&report("q1", u32::from(n) + 1));
        log.fact(&joined("ola")).raw("pack.exported", "{}", Audience::Governance);
        if n % 3 == 0 {
            log.fact(&board_domain::Fact::PersonLeft { person: PersonId::new("ola").unwrap() });
        }
    }
    log
}

fn greet(vault: &mut Vault, log: &Log, role: Role) {
    let audiences = Audience::of(&kari(), role);
    let head = log.events.len() as u64;
    let hello = Hello { epoch: EPOCH, head, floor: 0, role, audiences, heartbeat: 15 };
    vault.greet(&tenant(), &hello, at(900)).unwrap();
}

/// Goes from wherever the vault stands to the end: snapshot, tail, history, commands, an audience lost and gained.
fn go_on(vault: &mut Vault, log: &Log) {
    let stage = |vault: &Vault| vault.setting("stage").unwrap().unwrap_or_default();
    if stage(vault).is_empty() {
        greet(vault, log, Role::Manager);
        if vault.tenant(&tenant()).unwrap().cursor == 0 {
            let (snapshot, pages) = log.snapshot(SNAPSHOT, &kari(), Role::Manager, 3);
            for page in vault.stage(&tenant(), &snapshot).unwrap() {
                vault.stage_page(&tenant(), page.sha256, &pages[&page.sha256]).unwrap();
            }
            vault.swap(&tenant(), at(901)).unwrap();
        }
        let frames = log.frames_of(&kari(), Role::Manager);
        let tail = usize::try_from(vault.tenant(&tenant()).unwrap().cursor).unwrap();
        for batch in frames[tail..].chunks(5) {
            vault.apply(&tenant(), EPOCH, batch, at(902)).unwrap();
        }
        let past = vault.tenant(&tenant()).unwrap();
        if past.start > 0 {
            for batch in frames[usize::try_from(past.past).unwrap()..].chunks(7) {
                if vault.past(&tenant(), EPOCH, batch, at(903)).unwrap().done {
                    break;
                }
            }
        }
        while vault.pending(&tenant()).unwrap().len() < COMMANDS {
            let command = board_domain::Command::RemovePerson { person: kari() };
            vault.enqueue(&tenant(), &command, at(904)).unwrap();
        }
        vault.set_setting("stage", "lose").unwrap();
    }
    if stage(vault) == "lose" {
        greet(vault, log, Role::Viewer);
        vault.set_setting("stage", "gain").unwrap();
    }
    greet(vault, log, Role::Manager);
    for fill in vault.tenant(&tenant()).unwrap().backfills {
        let mut frames = log.frames_in(&fill.audience);
        frames.push(Frame::CaughtUp { head: log.events.len() as u64, more: false });
        assert!(vault.backfill(&tenant(), EPOCH, &fill.audience, &frames, at(905)).unwrap().done());
    }
}

/// Positions, events, rows and chains say the same.
fn agree(vault: &Vault, log: &Log, what: &str) {
    let copy = vault.tenant(&tenant()).unwrap();
    if copy.epoch.is_none() {
        assert_eq!(vault.check().unwrap().events, 0, "{what}");
        return;
    }
    let filling: Vec<_> = copy.backfills.iter().map(|fill| fill.audience.clone()).collect();
    let here: Vec<_> =
        Audience::of(&kari(), copy.role).into_iter().filter(|audience| !filling.contains(audience)).collect();
    let visible = || log.events.iter().filter(|e| e.seq <= copy.cursor && here.contains(&e.audience));
    let mut book = Book::default();
    let mut heads = std::collections::BTreeMap::new();
    for event in visible() {
        book.apply(event).unwrap();
        heads.insert(event.audience.to_string(), event.hash);
    }
    for table in Table::ALL {
        let rows = vault.rows(&tenant(), table, None).unwrap();
        let rows: Vec<_> = rows.into_iter().map(|(key, row)| (key, row.row)).collect();
        let folded: Vec<_> = book.table(table).map(|(key, row)| (key.to_owned(), row.clone())).collect();
        assert_eq!(rows, folded, "{what}: {table:?}");
    }
    assert_eq!(vault.heads(&tenant()).unwrap(), heads, "{what}");
    let stored: Vec<_> = vault.events(&tenant(), 0, u32::MAX).unwrap().iter().map(|e| e.seq).collect();
    let expected: Vec<_> =
        visible().map(|e| e.seq).filter(|seq| *seq > copy.start || *seq <= copy.past).collect();
    assert_eq!(stored, expected, "{what}");
    let numbers: Vec<_> =
        vault.pending(&tenant()).unwrap().iter().map(|pending| pending.envelope.cmd_seq).collect();
    assert!(numbers.iter().copied().eq(1..=numbers.len() as u64), "{what}: {numbers:?}");
}

/// Goes on until the point is met for the nth time, says so, and waits there to be killed.
#[test]
#[ignore = "the victim of the test below, in a process of its own"]
fn victim() {
    static MET: AtomicUsize = AtomicUsize::new(0);
    let nth: usize = std::env::var(NTH).unwrap().parse().unwrap();
    fail::cfg_callback(std::env::var(POINT).unwrap(), move || {
        if MET.fetch_add(1, Ordering::SeqCst) + 1 == nth {
            println!("here");
            loop {
                std::thread::park();
            }
        }
    })
    .unwrap();
    let key = VaultKey::from_hex(&std::env::var(KEY).unwrap()).unwrap();
    let mut vault = Vault::open(std::env::var_os(PATH).unwrap().as_ref(), &key).unwrap();
    go_on(&mut vault, &sample());
    println!("never");
}

#[test]
fn a_kill_at_each_point_leaves_everything_agreeing() {
    let points = [
        ("vault.apply.after_insert_before_fold", [1, 9]),
        ("vault.apply.before_commit", [1, 3]),
        ("vault.apply.after_commit", [1, 2]),
        ("vault.swap.after_rows", [1, 1]),
        ("vault.swap.before_commit", [1, 1]),
        ("vault.past.before_merge", [1, 1]),
        ("vault.purge.before_commit", [1, 2]),
        ("vault.enqueue.before_commit", [1, 3]),
    ];
    let log = sample();
    let whole = Place::new();
    let mut reference = whole.create();
    go_on(&mut reference, &log);
    agree(&reference, &log, "without a kill");
    for (point, times) in points {
        for nth in times {
            let what = format!("{point} #{nth}");
            let place = Place::new();
            drop(place.create());
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args(["--ignored", "--exact", "victim", "--nocapture"])
                .envs([(PATH, place.path().into_os_string()), (KEY, place.key.to_hex().as_str().into())])
                .envs([(POINT, point.to_owned()), (NTH, nth.to_string())])
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let told = BufReader::new(child.stdout.take().unwrap());
            let word = told.lines().map(Result::unwrap).find(|line| line == "here" || line == "never");
            child.kill().unwrap();
            child.wait().unwrap();
            assert_eq!(word.as_deref(), Some("here"), "{what}");

            let mut vault = place.open();
            agree(&vault, &log, &what);
            go_on(&mut vault, &log);
            agree(&vault, &log, &what);
            assert_eq!(
                vault.snapshot_state_hash(&tenant()).unwrap(),
                reference.snapshot_state_hash(&tenant()).unwrap(),
                "{what}"
            );
            let (health, expected) = (vault.check().unwrap(), reference.check().unwrap());
            assert_eq!((health.events, health.rows), (expected.events, expected.rows), "{what}");
            assert_eq!(vault.pending(&tenant()).unwrap().len(), COMMANDS, "{what}");
        }
    }
}
