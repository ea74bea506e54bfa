//! Snapshots, the history before them, gained and lost audiences: refusals, purges and joins, one case each.

#![allow(clippy::unwrap_used)]

mod log;
mod snapshots;

use board_domain::wire::{Frame, Hello};
use board_domain::{Audience, Hash, PersonId, Role, Snapshot, SnapshotRow, Table};
use board_vault::{ApplyError, Vault, VaultError};
use log::{EPOCH, Log, Place, at, figure, founded, joined, report, tenant};
use uuid::Uuid;

fn kari() -> PersonId {
    PersonId::new("kari").unwrap()
}

fn hello(role: Role, head: u64) -> Hello {
    let audiences = Audience::of(&kari(), role);
    Hello { epoch: EPOCH, head, floor: 0, role, audiences, heartbeat: 15 }
}

/// Board, management and a person's events; a row that is removed, and one that comes back.
fn sample() -> Log {
    let mut log = Log::new();
    log.fact(&founded(&tenant())).fact(&joined("kari")).fact(&joined("ola")).fact(&report("q1", 1));
    log.fact(&board_domain::Fact::PersonLeft { person: PersonId::new("ola").unwrap() });
    log.raw("note.kept", "[]", Audience::Person(kari()));
    log.fact(&figure("sroi", 1, 1.0)).fact(&figure("sroi", 1, 2.0)).fact(&report("q1", 2));
    log.fact(&figure("sroi", 2, 3.0))
        .fact(&joined("ola"))
        .fact(&report("q2", 1))
        .fact(&figure("vis", 1, 9.0));
    log.fact(&figure("sroi", 1, 4.0)).fact(&report("q1", 3));
    log
}

fn stage(vault: &mut Vault, log: &Log, seq: u64, role: Role) -> Snapshot {
    let (snapshot, pages) = log.snapshot(seq, &kari(), role, 2);
    for page in vault.stage(&tenant(), &snapshot).unwrap() {
        vault.stage_page(&tenant(), page.sha256, &pages[&page.sha256]).unwrap();
    }
    snapshot
}

/// What a vault holds that was greeted as this role from the start.
fn whole(log: &Log, role: Role) -> (Place, Vault) {
    let place = Place::new();
    let mut vault = place.create();
    vault.greet(&tenant(), &hello(role, 0), at(400)).unwrap();
    vault.apply(&tenant(), EPOCH, &log.frames_of(&kari(), role), at(500)).unwrap();
    (place, vault)
}

#[test]
fn a_snapshot_is_usable_at_once_and_its_history_follows() {
    let (log, place) = (sample(), Place::new());
    let frames = log.frames_of(&kari(), Role::Manager);
    let (_whole, all) = whole(&log, Role::Manager);
    let mut vault = place.create();
    vault.greet(&tenant(), &hello(Role::Manager, 15), at(400)).unwrap();
    let (snapshot, pages) = log.snapshot(10, &kari(), Role::Manager, 2);
    let missing = vault.stage(&tenant(), &snapshot).unwrap();
    assert_eq!(missing, snapshot.pages);
    vault.stage_page(&tenant(), missing[0].sha256, &pages[&missing[0].sha256]).unwrap();
    let error = vault.swap(&tenant(), at(401)).unwrap_err();
    assert!(matches!(error, ApplyError::Snapshot(_)), "{error}");
    drop(vault);
    // A restart goes on with the pages that are missing, and one that comes twice does nothing.
    let mut vault = place.open();
    assert_eq!(vault.stage(&tenant(), &snapshot).unwrap(), snapshot.pages[1..]);
    vault.stage_page(&tenant(), missing[0].sha256, &pages[&missing[0].sha256]).unwrap();
    stage(&mut vault, &log, 10, Role::Manager);
    let applied = vault.swap(&tenant(), at(401)).unwrap();
    assert_eq!((applied.cursor, applied.head_heard), (10, 15));
    assert!(applied.changed.contains(&Table::Figure));
    let copy = vault.tenant(&tenant()).unwrap();
    assert_eq!((copy.epoch, copy.cursor, copy.start, copy.past), (Some(EPOCH), 10, 10, 0));

    vault.apply(&tenant(), EPOCH, &frames[10..], at(500)).unwrap();
    assert_eq!(vault.snapshot_state_hash(&tenant()).unwrap(), all.snapshot_state_hash(&tenant()).unwrap());
    assert_eq!(vault.heads(&tenant()).unwrap(), all.heads(&tenant()).unwrap());
    let early = vault.rows(&tenant(), Table::Figure, Some(9));
    assert!(matches!(early, Err(VaultError::NotHere { from: 10 })), "{early:?}");
    assert!(matches!(vault.row(&tenant(), Table::Figure, "x", Some(1)), Err(VaultError::NotHere { .. })));
    assert_eq!(vault.rows(&tenant(), Table::Figure, Some(10)).unwrap().len(), 2);
    assert!(matches!(vault.position_at(&tenant(), at(3)), Err(VaultError::NotHere { from: 10 })));
    assert_eq!(vault.position_at(&tenant(), at(10)).unwrap(), 10);
    assert_eq!(vault.position_at(&tenant(), at(12)).unwrap(), 12);

    let step = vault.past(&tenant(), EPOCH, &frames[..4], at(600)).unwrap();
    assert_eq!((step.past, step.start, step.done), (4, 10, false));
    assert!(matches!(
        vault.past(&tenant(), EPOCH, &frames[6..], at(600)),
        Err(ApplyError::Gap { expected: 5, found: 7 })
    ));
    drop(vault);
    let mut vault = place.open();
    // More than needed, and part of it again.
    let step = vault.past(&tenant(), EPOCH, &frames[2..], at(600)).unwrap();
    assert_eq!((step.past, step.start, step.done), (10, 10, true));
    let copy = vault.tenant(&tenant()).unwrap();
    assert_eq!((copy.cursor, copy.start, copy.past), (15, 0, 0));
    for table in Table::ALL {
        for seq in 0..=15 {
            let keys = |vault: &Vault| -> Vec<_> {
                let rows = vault.rows(&tenant(), table, Some(seq)).unwrap();
                rows.into_iter().map(|(key, row)| (key, row.since_seq, row.at, row.row)).collect()
            };
            assert_eq!(keys(&vault), keys(&all), "{table:?} as of {seq}");
        }
    }
    let since = |vault: &Vault, table, key| -> Vec<_> {
        vault.history(&tenant(), table, key).unwrap().iter().map(|row| row.since_seq).collect()
    };
    assert_eq!(since(&vault, Table::Figure, "sroi/2026-01/all"), [14, 8, 7]);
    assert_eq!(since(&vault, Table::Person, "ola"), [11, 3], "removed in between");
    assert_eq!(vault.events(&tenant(), 0, 99).unwrap().len(), all.events(&tenant(), 0, 99).unwrap().len());
    assert_eq!(vault.position_at(&tenant(), at(3)).unwrap(), 3);
    assert_eq!(vault.position_at(&tenant(), at(0)).unwrap(), 0);
    assert!(vault.past(&tenant(), EPOCH, &frames, at(700)).unwrap().done);
}

#[test]
fn a_history_that_does_not_lead_to_the_snapshot_is_told() {
    let log = sample();
    let frames = log.frames_of(&kari(), Role::Manager);
    let cases: [fn(&mut Snapshot, &mut Vec<SnapshotRow>); 4] = [
        |snapshot, _| snapshot.chains[0].hash = Hash([7; 32]),
        |snapshot, _| snapshot.chains[0].audience_seq -= 1,
        |_, rows| rows[0].since -= 1,
        |_, rows| drop(rows.pop()),
    ];
    for (number, tamper) in cases.into_iter().enumerate() {
        let place = Place::new();
        let mut vault = place.create();
        vault.greet(&tenant(), &hello(Role::Manager, 15), at(400)).unwrap();
        let (mut snapshot, mut rows) = log.snapshot_rows(10, &kari(), Role::Manager);
        tamper(&mut snapshot, rows.get_mut(&Audience::Board).unwrap());
        let pages = snapshots::paged(&mut snapshot, &rows, 2);
        for page in vault.stage(&tenant(), &snapshot).unwrap() {
            vault.stage_page(&tenant(), page.sha256, &pages[&page.sha256]).unwrap();
        }
        vault.swap(&tenant(), at(401)).unwrap();
        vault.past(&tenant(), EPOCH, &frames[..9], at(500)).unwrap();
        let error = vault.past(&tenant(), EPOCH, &frames[..10], at(500)).unwrap_err();
        assert!(matches!(error, ApplyError::Diverged(_)), "{number}: {error}");
        let copy = vault.tenant(&tenant()).unwrap();
        assert_eq!((copy.past, copy.start), (9, 10), "{number}: nothing of it was kept");
        // Starting again heals it.
        stage(&mut vault, &log, 10, Role::Manager);
        vault.swap(&tenant(), at(401)).unwrap();
        assert!(vault.past(&tenant(), EPOCH, &frames, at(500)).unwrap().done);
    }
}

#[test]
fn a_page_is_what_it_says_or_is_refused() {
    let (log, place) = (sample(), Place::new());
    let mut vault = place.create();
    let refused = |vault: &mut Vault, lines: &[String]| {
        let (mut snapshot, _) = log.snapshot_rows(10, &kari(), Role::Manager);
        let text = lines.join("\n");
        snapshot.pages.push(snapshots::page(
            &Audience::Board,
            text.as_bytes(),
            u32::try_from(lines.len()).unwrap(),
        ));
        vault.stage(&tenant(), &snapshot).unwrap();
        let error = vault.stage_page(&tenant(), snapshot.pages[0].sha256, text.as_bytes()).unwrap_err();
        assert!(matches!(error, ApplyError::Snapshot(_)), "{error}");
        assert_eq!(vault.stage(&tenant(), &snapshot).unwrap().len(), 1, "nothing of it was kept");
        error.to_string()
    };
    let line = |key: &str, since: u64, row: &str| {
        format!(r#"{{"key":"{key}","since":{since},"at":"2026-09-21T14:13:20Z","row":{row}}}"#)
    };
    let person = r#"{"row":"person","is":{"id":"kari","name":"Kari","role":"MANAGER"}}"#;
    refused(&mut vault, &["not json".into()]);
    refused(&mut vault, &[line("kari", 3, r#"{"row":"person","is":{"id":7}}"#)]);
    refused(&mut vault, &[line("kari", 0, person)]);
    refused(&mut vault, &[line("kari", 11, person)]);
    refused(&mut vault, &[line("kari", 3, r#""person""#)]);
    refused(&mut vault, &["[".repeat(100_000)]);
    let twice = refused(&mut vault, &[line("kari", 3, person), line("kari", 4, person)]);
    assert!(twice.contains("line 2"), "{twice}");

    let (snapshot, pages) = log.snapshot(10, &kari(), Role::Manager, 2);
    vault.stage(&tenant(), &snapshot).unwrap();
    let first = &snapshot.pages[0];
    for text in [&b""[..], &pages[&snapshot.pages[1].sha256], &vec![b' '; 1 << 20]] {
        let error = vault.stage_page(&tenant(), first.sha256, text).unwrap_err();
        assert!(matches!(error, ApplyError::Snapshot(_)), "{error}");
    }
    let error = vault.stage_page(&tenant(), Hash([3; 32]), b"").unwrap_err();
    assert!(matches!(error, ApplyError::Snapshot(_)), "{error}");

    // A table of the future is kept, and read by nobody.
    let (mut snapshot, mut rows) = log.snapshot_rows(10, &kari(), Role::Manager);
    let future = format!("{}\n", line("x", 3, r#"{"row":"omen","is":{"a":1}}"#));
    rows.remove(&Audience::Management);
    let mut pages = snapshots::paged(&mut snapshot, &rows, 9);
    let page = snapshots::page(&Audience::Management, future.as_bytes(), 1);
    pages.insert(page.sha256, future.into_bytes());
    snapshot.pages.push(page);
    for page in vault.stage(&tenant(), &snapshot).unwrap() {
        vault.stage_page(&tenant(), page.sha256, &pages[&page.sha256]).unwrap();
    }
    vault.swap(&tenant(), at(401)).unwrap();
    vault.snapshot_state_hash(&tenant()).unwrap();
}

#[test]
fn a_snapshot_that_contradicts_itself_is_refused() {
    let (log, place) = (sample(), Place::new());
    let mut vault = place.create();
    vault.greet(&tenant(), &hello(Role::Director, 15), at(400)).unwrap();
    let cases: [fn(&mut Snapshot); 6] = [
        |snapshot| snapshot.tenant = board_domain::TenantId::new("nordvind").unwrap(),
        |snapshot| snapshot.seq = u64::MAX,
        |snapshot| snapshot.chains[0].audience_seq = 99,
        |snapshot| snapshot.chains.push(snapshot.chains[0].clone()),
        |snapshot| snapshot.pages.push(snapshot.pages[0].clone()),
        |snapshot| snapshot.chains[0].audience = Audience::Governance,
    ];
    for (number, tamper) in cases.into_iter().enumerate() {
        let (mut snapshot, _) = log.snapshot(10, &kari(), Role::Director, 2);
        tamper(&mut snapshot);
        assert!(vault.stage(&tenant(), &snapshot).is_err(), "{number}");
    }
    let error = vault.swap(&tenant(), at(1)).unwrap_err();
    assert!(matches!(error, ApplyError::Snapshot(_)), "{error}");
    assert_eq!(vault.tenant(&tenant()).unwrap().cursor, 0);
}

#[test]
fn another_snapshot_takes_the_place_of_the_one_before() {
    let (log, place) = (sample(), Place::new());
    let mut vault = place.create();
    stage(&mut vault, &log, 10, Role::Manager);
    let (later, _) = log.snapshot(12, &kari(), Role::Manager, 2);
    assert_eq!(vault.stage(&tenant(), &later).unwrap(), later.pages);
    stage(&mut vault, &log, 12, Role::Manager);
    assert_eq!(vault.swap(&tenant(), at(1)).unwrap().cursor, 12);
}

#[test]
fn where_the_log_was_trimmed_the_history_ends_with_the_snapshot() {
    let (log, place) = (sample(), Place::new());
    let mut vault = place.create();
    vault.greet(&tenant(), &Hello { floor: 5, ..hello(Role::Manager, 15) }, at(400)).unwrap();
    stage(&mut vault, &log, 10, Role::Manager);
    vault.swap(&tenant(), at(1)).unwrap();
    let copy = vault.tenant(&tenant()).unwrap();
    assert_eq!((copy.start, copy.past), (10, 10));
    assert!(vault.past(&tenant(), EPOCH, &[], at(2)).unwrap().done);
    // And where it is trimmed while the history comes.
    vault.greet(&tenant(), &hello(Role::Manager, 15), at(400)).unwrap();
    stage(&mut vault, &log, 10, Role::Manager);
    vault.swap(&tenant(), at(1)).unwrap();
    vault.past(&tenant(), EPOCH, &log.frames_of(&kari(), Role::Manager)[..3], at(2)).unwrap();
    vault.greet(&tenant(), &Hello { floor: 5, ..hello(Role::Manager, 15) }, at(400)).unwrap();
    let copy = vault.tenant(&tenant()).unwrap();
    assert_eq!((copy.start, copy.past), (10, 10));
    assert_eq!(vault.check().unwrap().events, 0);
    vault.apply(&tenant(), EPOCH, &log.frames_of(&kari(), Role::Manager)[10..], at(3)).unwrap();
    assert_eq!(vault.tenant(&tenant()).unwrap().cursor, 15);
}

#[test]
fn a_lost_audience_is_gone_and_a_gained_one_comes_back() {
    let log = sample();
    let (_place, mut vault) = whole(&log, Role::Manager);
    let before = vault.snapshot_state_hash(&tenant()).unwrap();
    assert_eq!(vault.rows(&tenant(), Table::Report, None).unwrap().len(), 2);
    let greeted = vault.greet(&tenant(), &hello(Role::Viewer, 15), at(600)).unwrap();
    assert_eq!(greeted.lost, [Audience::Evidence, Audience::Management]);
    assert_eq!((greeted.gained.len(), greeted.copy.cursor, greeted.copy.role), (0, 15, Role::Viewer));
    assert!(vault.rows(&tenant(), Table::Report, None).unwrap().is_empty());
    assert!(vault.history(&tenant(), Table::Report, "q1").unwrap().is_empty());
    assert!(vault.events(&tenant(), 0, 99).unwrap().iter().all(|e| e.audience != Audience::Management));
    assert!(!vault.heads(&tenant()).unwrap().contains_key("management"));
    let (_other, viewer) = whole(&log, Role::Viewer);
    assert_eq!(vault.snapshot_state_hash(&tenant()).unwrap(), viewer.snapshot_state_hash(&tenant()).unwrap());

    // The events of the audience that the stream brings before its backfill is through are left to the backfill.
    let greeted = vault.greet(&tenant(), &hello(Role::Manager, 15), at(700)).unwrap();
    assert_eq!(greeted.gained, [Audience::Evidence, Audience::Management]);
    assert_eq!(greeted.copy.backfills.len(), 2);
    let mut log = log;
    log.fact(&report("q3", 1)).fact(&figure("vis", 2, 1.0));
    vault.apply(&tenant(), EPOCH, &log.frames_of(&kari(), Role::Manager)[15..], at(800)).unwrap();
    let ended = [Frame::CaughtUp { head: 17, more: false }];
    assert!(vault.backfill(&tenant(), EPOCH, &Audience::Evidence, &ended, at(800)).unwrap().done());
    let mut frames = log.frames_in(&Audience::Management);
    assert_eq!(frames.len(), 5);
    let rest = frames.split_off(2);
    let step = vault.backfill(&tenant(), EPOCH, &Audience::Management, &frames, at(800)).unwrap();
    assert_eq!((step.cursor, step.until, step.done()), (9, 16, false));
    // What the server says it has up to the position first asked for does not end it: the copy has moved on.
    let early = [Frame::CaughtUp { head: 15, more: false }];
    assert!(!vault.backfill(&tenant(), EPOCH, &Audience::Management, &early, at(800)).unwrap().done());
    let mut rest = rest;
    rest.drain(..2);
    let step = vault.backfill(&tenant(), EPOCH, &Audience::Management, &rest, at(800)).unwrap_err();
    assert!(matches!(step, ApplyError::Chain { .. }), "{step}");
    assert_eq!(vault.tenant(&tenant()).unwrap().backfills.len(), 1);
    let (_again, all) = whole(&log, Role::Manager);
    assert_ne!(before, all.snapshot_state_hash(&tenant()).unwrap());
}

#[test]
fn a_backfill_refuses_what_does_not_belong_to_it() {
    let log = sample();
    let (_place, mut vault) = whole(&log, Role::Viewer);
    vault.greet(&tenant(), &hello(Role::Manager, 15), at(600)).unwrap();
    let management = Audience::Management;
    let state = vault.snapshot_state_hash(&tenant()).unwrap();
    let board = log.frames_in(&Audience::Board);
    let error = vault.backfill(&tenant(), EPOCH, &management, &board, at(700)).unwrap_err();
    assert!(matches!(error, ApplyError::ForeignAudience { .. }), "{error}");
    let hidden = [Frame::Hidden { from: 1, to: 3 }];
    let error = vault.backfill(&tenant(), EPOCH, &management, &hidden, at(700)).unwrap_err();
    assert!(matches!(error, ApplyError::Nonsense { .. }), "{error}");
    let error = vault.backfill(&tenant(), Uuid::from_u128(9), &management, &[], at(700)).unwrap_err();
    assert!(matches!(error, ApplyError::Epoch { .. }), "{error}");
    assert_eq!(vault.snapshot_state_hash(&tenant()).unwrap(), state);
    let mut frames = log.frames_in(&management);
    frames.push(Frame::CaughtUp { head: 15, more: false });
    assert!(vault.backfill(&tenant(), EPOCH, &management, &frames, at(700)).unwrap().done());
    // A second time there is nothing left to do.
    assert!(vault.backfill(&tenant(), EPOCH, &management, &frames, at(700)).unwrap().done());
    let (_other, all) = whole(&log, Role::Manager);
    assert_eq!(vault.snapshot_state_hash(&tenant()).unwrap(), all.snapshot_state_hash(&tenant()).unwrap());
}

#[test]
fn a_strangers_events_are_not_kept() {
    let (log, place) = (sample(), Place::new());
    let mut vault = place.create();
    vault.greet(&tenant(), &hello(Role::Viewer, 15), at(400)).unwrap();
    vault.apply(&tenant(), EPOCH, &log.frames_of(&kari(), Role::Manager), at(500)).unwrap();
    let (_other, viewer) = whole(&log, Role::Viewer);
    assert_eq!(vault.snapshot_state_hash(&tenant()).unwrap(), viewer.snapshot_state_hash(&tenant()).unwrap());
    assert_eq!(vault.check().unwrap().events, viewer.check().unwrap().events);
}

#[test]
fn an_audience_gained_while_the_history_comes_is_not_taken_twice() {
    let (log, place) = (sample(), Place::new());
    let mut vault = place.create();
    vault.greet(&tenant(), &hello(Role::Viewer, 15), at(400)).unwrap();
    stage(&mut vault, &log, 10, Role::Viewer);
    vault.swap(&tenant(), at(401)).unwrap();
    vault.past(&tenant(), EPOCH, &log.frames_of(&kari(), Role::Viewer)[..4], at(500)).unwrap();
    vault.greet(&tenant(), &hello(Role::Manager, 15), at(600)).unwrap();
    let frames = log.frames_of(&kari(), Role::Manager);
    vault.apply(&tenant(), EPOCH, &frames[10..], at(700)).unwrap();
    assert!(vault.past(&tenant(), EPOCH, &frames[4..], at(700)).unwrap().done);
    for audience in [Audience::Evidence, Audience::Management] {
        let mut frames = log.frames_in(&audience);
        frames.push(Frame::CaughtUp { head: 15, more: false });
        assert!(vault.backfill(&tenant(), EPOCH, &audience, &frames, at(700)).unwrap().done());
    }
    let (_other, all) = whole(&log, Role::Manager);
    assert_eq!(vault.snapshot_state_hash(&tenant()).unwrap(), all.snapshot_state_hash(&tenant()).unwrap());
    assert_eq!(vault.heads(&tenant()).unwrap(), all.heads(&tenant()).unwrap());
    assert_eq!(vault.check().unwrap().events, all.check().unwrap().events);
    assert_eq!(vault.check().unwrap().rows, all.check().unwrap().rows);
}
