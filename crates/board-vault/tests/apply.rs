//! Applying: gaps, strangers and forgeries change nothing; what cannot be folded pauses its table and no other.

#![allow(clippy::unwrap_used)]

mod log;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use board_domain::wire::Frame;
use board_domain::{Audience, FigureValue, Hash, PersonId, Role, Row, Table, TenantId};
use board_vault::{ApplyError, ChainFault, Paused, Vault, VaultError};
use log::{EPOCH, Log, Place, at, entry, figure, founded, joined, report, tenant};
use uuid::Uuid;

fn sample() -> Log {
    let mut log = Log::new();
    log.fact(&founded(&tenant())).fact(&joined("kari"));
    log.raw("pack.exported", "{}", Audience::Governance);
    log.fact(&figure("sroi", 1, 3.1)).fact(&figure("vis", 1, 60.0)).fact(&figure("sroi", 1, 3.4));
    log
}

/// Applies a tampered copy of the sample's second half onto its first, expects an error and no change at all.
fn refused(tamper: impl Fn(&mut Vec<Frame>)) -> ApplyError {
    let place = Place::new();
    let mut vault = place.create();
    let log = sample();
    vault.apply(&tenant(), EPOCH, &log.frames()[..2], at(10)).unwrap();
    let state = |vault: &Vault| {
        (
            vault.tenant(&tenant()).unwrap(),
            vault.snapshot_state_hash(&tenant()).unwrap(),
            vault.heads(&tenant()).unwrap(),
            vault.check().unwrap().events,
        )
    };
    let before = state(&vault);
    let mut frames = log.frames().split_off(2);
    tamper(&mut frames);
    let error = vault.apply(&tenant(), EPOCH, &frames, at(20)).unwrap_err();
    assert_eq!(state(&vault), before, "{error}");
    // The true log still continues.
    vault.apply(&tenant(), EPOCH, &log.frames(), at(30)).unwrap();
    assert_eq!(vault.tenant(&tenant()).unwrap().cursor, 6);
    error
}

fn event(frames: &mut [Frame], at: usize) -> &mut board_domain::Event {
    let Frame::Event(event) = &mut frames[at] else { panic!("not an event") };
    event
}

#[test]
fn a_batch_moves_rows_cursor_and_heads_together() {
    let place = Place::new();
    let mut vault = place.create();
    let log = sample();
    let mut frames = log.frames();
    frames.push(Frame::CaughtUp { head: 6, more: false });
    let applied = vault.apply(&tenant(), EPOCH, &frames, at(100)).unwrap();
    assert_eq!((applied.cursor, applied.head_heard, applied.events), (6, 6, 5));
    assert_eq!(applied.caught_up, Some((6, false)));
    assert_eq!(applied.changed, BTreeSet::from([Table::Tenant, Table::Person, Table::Figure]));
    let copy = vault.tenant(&tenant()).unwrap();
    assert_eq!((copy.cursor, copy.epoch, copy.last_contact), (6, Some(EPOCH), Some(at(100))));
    assert_eq!(vault.heads(&tenant()).unwrap()["board"], log.events[5].hash);

    let row = vault.row(&tenant(), Table::Figure, "sroi/2026-01/all", None).unwrap().unwrap();
    assert_eq!((row.since_seq, row.at, row.received_at), (6, at(6), at(100)));
    let value = |row: &Row| match row {
        Row::Figure(figure) => figure.value.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(value(&row.row), FigureValue::Number { value: 3.4 });
    let before = vault.row(&tenant(), Table::Figure, "sroi/2026-01/all", Some(5)).unwrap().unwrap();
    assert_eq!((before.since_seq, value(&before.row)), (4, FigureValue::Number { value: 3.1 }));
    assert!(vault.row(&tenant(), Table::Figure, "sroi/2026-01/all", Some(3)).unwrap().is_none());
    let history = vault.history(&tenant(), Table::Figure, "sroi/2026-01/all").unwrap();
    assert_eq!(history.iter().map(|row| row.since_seq).collect::<Vec<_>>(), [6, 4]);
    let keys = |prefix| -> Vec<String> {
        let rows = vault.rows_with_prefix(&tenant(), Table::Figure, prefix, None).unwrap();
        rows.into_iter().map(|(key, _)| key).collect()
    };
    assert_eq!(keys("sroi/"), ["sroi/2026-01/all"]);
    assert_eq!(keys(""), ["sroi/2026-01/all", "vis/2026-01/all"]);
    assert!(keys("t").is_empty());
    let events = vault.events(&tenant(), 3, 2).unwrap();
    assert_eq!(events.iter().map(|event| event.seq).collect::<Vec<_>>(), [4, 5]);
    assert_eq!(events[0].digest(), log.events[3].hash);
}

#[test]
fn a_gap_is_refused() {
    let error = refused(|frames| drop(frames.remove(0)));
    assert!(matches!(error, ApplyError::Gap { expected: 3, found: 4 }), "{error}");
    let error = refused(|frames| drop(frames.remove(2)));
    assert!(matches!(error, ApplyError::Gap { expected: 5, found: 6 }), "{error}");
}

#[test]
fn an_event_of_another_tenant_is_refused() {
    let other = TenantId::new("nordvind").unwrap();
    let error = refused(|frames| {
        let event = event(frames, 1);
        event.tenant = other.clone();
        event.hash = event.digest();
    });
    assert!(matches!(&error, ApplyError::ForeignTenant { found, .. } if *found == other), "{error}");
}

#[test]
fn a_forgery_is_refused_wherever_it_is() {
    let error = refused(|frames| event(frames, 1).body = serde_json::from_str("{\"figure\":9}").unwrap());
    assert!(matches!(error, ApplyError::Chain { seq: 4, fault: ChainFault::Content { .. }, .. }), "{error}");
    let error = refused(|frames| event(frames, 2).hash = Hash([9; 32]));
    assert!(matches!(error, ApplyError::Chain { seq: 5, fault: ChainFault::Content { .. }, .. }), "{error}");
    let error = refused(|frames| {
        let event = event(frames, 3);
        event.prev_hash = Hash([9; 32]);
        event.hash = event.digest();
    });
    assert!(matches!(error, ApplyError::Chain { seq: 6, fault: ChainFault::Previous { .. }, .. }), "{error}");
    let error = refused(|frames| {
        let event = event(frames, 1);
        event.audience_seq += 1;
        event.hash = event.digest();
    });
    let fault = ChainFault::Position { expected: 3, found: 4 };
    assert!(matches!(error, ApplyError::Chain { seq: 4, fault: f, .. } if f == fault), "{error}");
}

#[test]
fn nonsense_positions_are_refused() {
    for (from, to) in [(0, 3), (5, 4), (3, u64::MAX), (1, 1 << 53)] {
        let error = refused(|frames| frames[0] = Frame::Hidden { from, to });
        assert!(matches!(error, ApplyError::Nonsense { .. }), "{from} {to}: {error}");
    }
    let error = refused(|frames| frames.push(Frame::CaughtUp { head: u64::MAX, more: false }));
    assert!(matches!(error, ApplyError::Nonsense { .. }), "{error}");
    // No event is kept where the next tenant's would begin.
    let error = refused(|frames| {
        frames[0] = Frame::Hidden { from: 3, to: (1 << 44) - 1 };
        event(frames, 1).seq = 1 << 44;
    });
    assert!(matches!(error, ApplyError::Nonsense { from, .. } if from == 1 << 44), "{error}");
}

#[test]
fn another_epoch_is_refused_until_the_copy_starts_again() {
    let place = Place::new();
    let mut vault = place.create();
    vault.apply(&tenant(), EPOCH, &sample().frames(), at(10)).unwrap();
    let later = Uuid::from_u128(2);
    let error = vault.apply(&tenant(), later, &[], at(20)).unwrap_err();
    assert!(matches!(error, ApplyError::Epoch { found, .. } if found == later), "{error}");
    vault.reset_tenant(&tenant(), later).unwrap();
    let copy = vault.tenant(&tenant()).unwrap();
    assert_eq!((copy.cursor, copy.head_heard, copy.epoch), (0, 0, Some(later)));
    let health = vault.check().unwrap();
    assert_eq!((health.events, health.rows), (0, 0));
    let mut log = Log::new();
    log.fact(&founded(&tenant()));
    vault.apply(&tenant(), later, &log.frames(), at(30)).unwrap();
    assert_eq!(vault.rows(&tenant(), Table::Tenant, None).unwrap().len(), 1);
}

#[test]
fn a_kind_of_the_future_is_kept_and_read_by_nobody() {
    let place = Place::new();
    let mut vault = place.create();
    let mut log = sample();
    log.raw("figure.dreamt", r#"{ "a" : 1.50 }"#, Audience::Board).fact(&figure("sroi", 2, 1.0));
    let applied = vault.apply(&tenant(), EPOCH, &log.frames(), at(10)).unwrap();
    assert_eq!(applied.cursor, 8);
    assert_eq!(vault.paused(&tenant()).unwrap(), []);
    assert_eq!(vault.events(&tenant(), 6, 1).unwrap()[0].body.get(), r#"{ "a" : 1.50 }"#);
}

#[test]
fn an_event_that_cannot_be_folded_pauses_its_table_only() {
    let place = Place::new();
    let mut vault = place.create();
    let mut log = sample();
    log.raw("figure.measured", r#"{"figure":"no"}"#, Audience::Board);
    log.fact(&figure("sroi", 1, 9.9)).fact(&joined("ola"));
    let applied = vault.apply(&tenant(), EPOCH, &log.frames(), at(10)).unwrap();
    assert_eq!(applied.cursor, 9);
    let paused = vault.paused(&tenant()).unwrap();
    assert!(matches!(&paused[..], [Paused { table: Table::Figure, seq: 7, .. }]), "{paused:?}");
    let row = vault.row(&tenant(), Table::Figure, "sroi/2026-01/all", None).unwrap().unwrap();
    assert_eq!(row.since_seq, 6, "a paused table keeps what it had");
    assert_eq!(vault.rows(&tenant(), Table::Person, None).unwrap().len(), 2);
    assert_eq!(vault.check().unwrap().paused, 1);
}

#[test]
fn rows_are_folded_again_when_the_fold_is_another() {
    let place = Place::new();
    let mut vault = place.create();
    let log = sample();
    vault.apply(&tenant(), EPOCH, &log.frames(), at(10)).unwrap();
    let state = vault.snapshot_state_hash(&tenant()).unwrap();
    vault.set_setting("vault.folded_by", "an older version").unwrap();
    drop(vault);
    let raw = rusqlite::Connection::open(place.path()).unwrap();
    raw.execute_batch(&format!("PRAGMA key = \"x'{}'\";", place.key.to_hex().as_str())).unwrap();
    raw.execute_batch("DELETE FROM row WHERE tbl = 'person'; UPDATE row SET json = '{}';").unwrap();
    drop(raw);
    let vault = place.open();
    assert_eq!(vault.snapshot_state_hash(&tenant()).unwrap(), state);
    let row = vault.row(&tenant(), Table::Figure, "vis/2026-01/all", None).unwrap().unwrap();
    assert_eq!(row.received_at, at(10), "the times of the first arrival stay");
}

#[test]
fn a_table_that_stood_still_and_kinds_that_were_unknown_are_folded_after_an_upgrade() {
    let place = Place::new();
    let mut vault = place.create();
    let mut log = sample();
    log.fact(&joined("ola")).fact(&figure("vis", 1, 61.0)).fact(&joined("anna"));
    vault.apply(&tenant(), EPOCH, &log.frames(), at(10)).unwrap();
    let state = vault.snapshot_state_hash(&tenant()).unwrap();
    let rows = vault.check().unwrap().rows;
    drop(vault);
    // As an older version would have left it: people stand still since event 7, figures were of a kind it did not know.
    let raw = rusqlite::Connection::open(place.path()).unwrap();
    raw.execute_batch(&format!("PRAGMA key = \"x'{}'\";", place.key.to_hex().as_str())).unwrap();
    raw.execute_batch(
        "INSERT INTO paused SELECT no, 'person', 7, 'does not read' FROM tenant;
         DELETE FROM row WHERE tbl = 'figure' OR (tbl = 'person' AND since_seq >= 7);
         DELETE FROM version WHERE tbl = 'figure';",
    )
    .unwrap();
    drop(raw);
    let mut vault = place.open();
    assert!(matches!(&vault.paused(&tenant()).unwrap()[..], [Paused { table: Table::Person, seq: 7, .. }]));
    assert_eq!(vault.rows(&tenant(), Table::Person, None).unwrap().len(), 1);
    assert!(vault.rows(&tenant(), Table::Figure, None).unwrap().is_empty());
    // Reading goes on meanwhile, past what stands still.
    log.fact(&joined("bo")).fact(&figure("vis", 2, 1.0));
    vault.apply(&tenant(), EPOCH, &log.frames(), at(20)).unwrap();
    assert_eq!(vault.tenant(&tenant()).unwrap().cursor, 11);
    assert_eq!(vault.rows(&tenant(), Table::Person, None).unwrap().len(), 1);
    vault.set_setting("vault.folded_by", "0-of an older version").unwrap();
    drop(vault);
    let vault = place.open();
    assert_eq!(vault.paused(&tenant()).unwrap(), []);
    assert_eq!(vault.rows(&tenant(), Table::Person, None).unwrap().len(), 4);
    assert_eq!(vault.rows(&tenant(), Table::Figure, Some(9)).unwrap().len(), 2);
    assert_eq!(vault.check().unwrap().rows, rows + 2);
    assert_ne!(vault.snapshot_state_hash(&tenant()).unwrap(), state);
    let whole = Place::new();
    let mut other = whole.create();
    other.apply(&tenant(), EPOCH, &log.frames(), at(30)).unwrap();
    assert_eq!(vault.snapshot_state_hash(&tenant()).unwrap(), other.snapshot_state_hash(&tenant()).unwrap());
}

#[test]
fn tenants_do_not_see_each_other() {
    let place = Place::new();
    let mut vault = place.create();
    let other = TenantId::new("nordvind").unwrap();
    assert!(matches!(
        vault.apply(&other, EPOCH, &[], at(0)),
        Err(ApplyError::Vault(VaultError::UnknownTenant(_)))
    ));
    vault.enter_tenant(&entry(&other, Role::Viewer)).unwrap();
    vault.apply(&tenant(), EPOCH, &sample().frames(), at(10)).unwrap();
    let mut log = Log::of(other.clone());
    log.fact(&founded(&other)).fact(&figure("sroi", 1, 7.0));
    vault.apply(&other, EPOCH, &log.frames(), at(10)).unwrap();
    for table in Table::ALL {
        let ours: BTreeSet<_> =
            vault.rows(&tenant(), table, None).unwrap().into_iter().map(|row| row.1.since_seq).collect();
        let theirs = vault.rows(&other, table, None).unwrap();
        assert!(theirs.len() <= 1, "{table:?}");
        assert!(ours.len() <= 2, "{table:?}");
    }
    assert!(vault.events(&other, 0, 100).unwrap().iter().all(|event| event.tenant == other));
    let state = vault.snapshot_state_hash(&tenant()).unwrap();
    vault.leave_tenant(&other).unwrap();
    assert!(vault.rows(&other, Table::Figure, None).unwrap().is_empty());
    assert!(vault.events(&other, 0, 100).unwrap().is_empty());
    assert!(matches!(vault.tenant(&other), Err(VaultError::UnknownTenant(_))));
    assert_eq!(vault.snapshot_state_hash(&tenant()).unwrap(), state);
}

#[test]
fn entering_again_keeps_the_copy() {
    let place = Place::new();
    let mut vault = place.create();
    vault.apply(&tenant(), EPOCH, &sample().frames(), at(10)).unwrap();
    vault.enter_tenant(&entry(&tenant(), Role::Director)).unwrap();
    assert_eq!(vault.tenant(&tenant()).unwrap().cursor, 6);
}

#[test]
fn a_reader_sees_what_is_committed() {
    let place = Place::new();
    let mut vault = place.create();
    let reader = vault.reader().unwrap();
    let log = sample();
    vault.apply(&tenant(), EPOCH, &log.frames()[..2], at(10)).unwrap();
    assert_eq!(reader.tenant(&tenant()).unwrap().cursor, 2);
    vault.apply(&tenant(), EPOCH, &log.frames(), at(20)).unwrap();
    assert_eq!(reader.tenant(&tenant()).unwrap().cursor, 6);
    assert_eq!(reader.rows(&tenant(), Table::Figure, Some(4)).unwrap().len(), 1);
}

/// A row and the event that it refers to are read in two steps; a purge between the two must not show.
#[test]
fn a_reader_is_not_disturbed_by_what_is_purged_while_it_reads() {
    let place = Place::new();
    let mut vault = place.create();
    let kari = PersonId::new("kari").unwrap();
    let mut log = Log::new();
    log.fact(&founded(&tenant()));
    for n in 0..200 {
        log.fact(&report(&format!("r{n:03}"), 1));
    }
    let reader = vault.reader().unwrap();
    let (reads, over) = (&AtomicUsize::new(0), &AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(move || {
            while !over.load(Ordering::Relaxed) {
                let rows = reader.rows(&tenant(), Table::Report, None).unwrap();
                assert!([0, 200].contains(&rows.len()), "{}", rows.len());
                reader.row(&tenant(), Table::Report, "r100", None).unwrap();
                reader.history(&tenant(), Table::Report, "r100").unwrap();
                reader.snapshot_state_hash(&tenant()).unwrap();
                reads.fetch_add(rows.len(), Ordering::Relaxed);
            }
        });
        let frames = log.frames_of(&kari, Role::Manager);
        for epoch in 1..60u128 {
            vault.reset_tenant(&tenant(), Uuid::from_u128(epoch)).unwrap();
            vault.apply(&tenant(), Uuid::from_u128(epoch), &frames, at(500)).unwrap();
        }
        over.store(true, Ordering::Relaxed);
    });
    assert!(reads.load(Ordering::Relaxed) > 0, "nothing was read");
}

#[test]
fn hearing_the_server_moves_the_head_forward_only() {
    let place = Place::new();
    let mut vault = place.create();
    vault.heard(&tenant(), 9, at(1)).unwrap();
    vault.heard(&tenant(), 0, at(2)).unwrap();
    let copy = vault.tenant(&tenant()).unwrap();
    assert_eq!((copy.cursor, copy.head_heard, copy.last_contact), (0, 9, Some(at(2))));
}
