//! An audience that lacks events although the copy holds it: what is missing is fetched, and nothing else changes.

#![allow(clippy::unwrap_used)]

mod log;
mod snapshots;

use board_domain::wire::{Frame, Hello};
use board_domain::{Audience, Hash, PersonId, Role};
use board_vault::{ApplyError, Backfill, ChainFault, Vault};
use log::{EPOCH, Log, Place, at, figure, founded, joined, report, tenant};

fn kari() -> PersonId {
    PersonId::new("kari").unwrap()
}

fn hello(role: Role, head: u64) -> Hello {
    let audiences = Audience::of(&kari(), role);
    Hello { epoch: EPOCH, head, floor: 0, role, audiences, heartbeat: 15 }
}

/// Reports, which are the management's, between events of the board.
fn sample() -> Log {
    let mut log = Log::new();
    log.fact(&founded(&tenant())).fact(&joined("kari")).fact(&report("q1", 1)).fact(&figure("sroi", 1, 1.0));
    log.fact(&report("q1", 2)).fact(&figure("sroi", 1, 2.0)).fact(&report("q2", 1)).fact(&report("q1", 3));
    log.fact(&figure("vis", 1, 9.0)).fact(&report("q2", 2));
    log
}

/// A copy greeted as a manager's, whose positions from 5 to 9 were shown as to a viewer.
fn with_a_hole(log: &Log) -> (Place, Vault) {
    let place = Place::new();
    let mut vault = place.create();
    vault.greet(&tenant(), &hello(Role::Manager, 10), at(400)).unwrap();
    let (seen, shown) = (log.frames_of(&kari(), Role::Manager), log.frames_of(&kari(), Role::Viewer));
    vault.apply(&tenant(), EPOCH, &seen[..4], at(401)).unwrap();
    vault.apply(&tenant(), EPOCH, &shown[4..9], at(402)).unwrap();
    (place, vault)
}

fn state(vault: &Vault) -> Hash {
    vault.snapshot_state_hash(&tenant()).unwrap()
}

fn whole(log: &Log) -> Hash {
    let place = Place::new();
    let mut vault = place.create();
    vault.greet(&tenant(), &hello(Role::Manager, 0), at(400)).unwrap();
    vault.apply(&tenant(), EPOCH, &log.frames_of(&kari(), Role::Manager), at(500)).unwrap();
    state(&vault)
}

fn is_missing(error: &ApplyError) -> bool {
    matches!(error, ApplyError::Chain { fault: ChainFault::Position { expected: 2, found: 5 }, .. })
}

#[test]
fn what_is_missing_of_an_audience_is_fetched_and_the_copy_is_as_if_nothing_had_happened() {
    let log = sample();
    let (_place, mut vault) = with_a_hole(&log);
    let newest = &log.frames_of(&kari(), Role::Manager)[9..];
    assert!(is_missing(&vault.apply(&tenant(), EPOCH, newest, at(403)).unwrap_err()));
    assert!(vault.mend(&tenant(), &Audience::Management).unwrap());
    let fill = Backfill { audience: Audience::Management, cursor: 3, until: 9 };
    assert_eq!(vault.tenant(&tenant()).unwrap().backfills, std::slice::from_ref(&fill));
    assert!(!vault.mend(&tenant(), &Audience::Management).unwrap(), "once is enough");
    // A greeting does not forget it, and the stream's events of the audience are left to it.
    vault.greet(&tenant(), &hello(Role::Manager, 10), at(404)).unwrap();
    vault.apply(&tenant(), EPOCH, newest, at(405)).unwrap();
    assert_eq!(vault.tenant(&tenant()).unwrap().backfills, [Backfill { until: 10, ..fill }]);
    let mut page = log.frames_in(&Audience::Management);
    page.push(Frame::CaughtUp { head: 10, more: false });
    vault.backfill(&tenant(), EPOCH, &Audience::Management, &page, at(406)).unwrap();
    assert_eq!(vault.tenant(&tenant()).unwrap().backfills, []);
    assert_eq!(vault.events(&tenant(), 0, 100).unwrap().len(), log.events.len());
    assert_eq!(state(&vault), whole(&log));
}

#[test]
fn a_copy_that_began_with_a_snapshot_lacks_only_what_came_after_it() {
    let log = sample();
    let place = Place::new();
    let mut vault = place.create();
    vault.greet(&tenant(), &hello(Role::Manager, 10), at(400)).unwrap();
    let (snapshot, pages) = log.snapshot(4, &kari(), Role::Manager, 2);
    for page in vault.stage(&tenant(), &snapshot).unwrap() {
        vault.stage_page(&tenant(), page.sha256, &pages[&page.sha256]).unwrap();
    }
    vault.swap(&tenant(), at(401)).unwrap();
    assert!(!vault.mend(&tenant(), &Audience::Management).unwrap(), "nothing came since");
    vault.apply(&tenant(), EPOCH, &log.frames_of(&kari(), Role::Viewer)[4..9], at(402)).unwrap();
    // Some of the history is here, and says nothing of what came after.
    vault.past(&tenant(), EPOCH, &log.frames_of(&kari(), Role::Manager)[..3], at(403)).unwrap();
    assert!(vault.mend(&tenant(), &Audience::Management).unwrap());
    assert_eq!(vault.tenant(&tenant()).unwrap().backfills[0].cursor, 4);
    let mut page = log.frames_in(&Audience::Management).split_off(1);
    page.push(Frame::CaughtUp { head: 9, more: false });
    vault.backfill(&tenant(), EPOCH, &Audience::Management, &page, at(404)).unwrap();
    vault.past(&tenant(), EPOCH, &log.frames_of(&kari(), Role::Manager)[3..4], at(405)).unwrap();
    vault.apply(&tenant(), EPOCH, &log.frames_of(&kari(), Role::Manager)[9..], at(406)).unwrap();
    assert_eq!(vault.tenant(&tenant()).unwrap().start, 0, "the history joined");
    assert_eq!(state(&vault), whole(&log));
}

#[test]
fn an_audience_that_lacks_nothing_or_is_none_of_ours_is_left_alone() {
    let log = sample();
    let (_place, mut vault) = with_a_hole(&log);
    for audience in [Audience::Board, Audience::Governance, Audience::Person(PersonId::new("ola").unwrap())] {
        assert!(!vault.mend(&tenant(), &audience).unwrap(), "{audience}");
    }
    assert_eq!(vault.tenant(&tenant()).unwrap().backfills, []);
    // A role that is lost takes what was to be fetched with it.
    assert!(vault.mend(&tenant(), &Audience::Management).unwrap());
    vault.greet(&tenant(), &hello(Role::Viewer, 10), at(404)).unwrap();
    assert_eq!(vault.tenant(&tenant()).unwrap().backfills, []);
}

#[test]
fn events_that_do_not_continue_the_chain_do_not_mend_it() {
    let log = sample();
    let (_place, mut vault) = with_a_hole(&log);
    assert!(vault.mend(&tenant(), &Audience::Management).unwrap());
    let mut forged = log.frames_in(&Audience::Management);
    if let Frame::Event(event) = &mut forged[1] {
        event.prev_hash = Hash([7; 32]);
    }
    let error = vault.backfill(&tenant(), EPOCH, &Audience::Management, &forged, at(405)).unwrap_err();
    assert!(matches!(error, ApplyError::Chain { fault: ChainFault::Previous { .. }, .. }), "{error}");
    // Nor does a page that leaves one out.
    let mut short = log.frames_in(&Audience::Management);
    short.remove(2);
    let error = vault.backfill(&tenant(), EPOCH, &Audience::Management, &short, at(406)).unwrap_err();
    assert!(matches!(error, ApplyError::Chain { fault: ChainFault::Position { .. }, .. }), "{error}");
}
