//! The checker is only worth something if it rejects: a good history passes, and each way of spoiling it is named.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails loudly")]

use board_domain::{
    Actor, Audience, Event, Fact, Hash, Origin, PersonId, Role, TenantId, Watermark, wire::Frame,
};
use boardroom_tests::{
    checker::{Answer, Fault, Issued, Log, ReaderCopy, View},
    draft, export,
};
use jiff::Timestamp;
use uuid::Uuid;

fn tenant() -> TenantId {
    TenantId::new("alpha").unwrap()
}

const EPOCH: Uuid = Uuid::from_u128(1);
const CLIENT: Uuid = Uuid::from_u128(7);
const OTHER: Uuid = Uuid::from_u128(8);

fn seal(event: &mut Event, previous: Hash) {
    event.prev_hash = previous;
    event.hash = event.digest();
}

fn event(log: &[Event], audience: &Audience, fact: &Fact, origin: Option<(Uuid, u64)>) -> Event {
    let seq = log.len() as u64 + 1;
    let last = log.iter().rev().find(|event| event.audience == *audience);
    let mut event = Event {
        tenant: tenant(),
        seq,
        id: Uuid::from_u128(u128::from(seq) << 32),
        at: Timestamp::from_second(1_000 + i64::try_from(seq).unwrap()).unwrap(),
        actor: Actor::Service("test".into()),
        origin: origin.map(|(client, cmd_seq)| Origin { client, cmd_seq }),
        audience: audience.clone(),
        audience_seq: last.map_or(0, |event| event.audience_seq) + 1,
        prev_hash: Hash::ZERO,
        hash: Hash::ZERO,
        kind: fact.kind().into(),
        body: fact.body().unwrap(),
    };
    seal(&mut event, last.map_or(Hash::ZERO, |event| event.hash));
    event
}

fn watermark(text: &str) -> Fact {
    Fact::WatermarkSet { watermark: Watermark { text: text.into(), ..Watermark::default() } }
}

fn exported(name: &str) -> Fact {
    let board_domain::Command::RecordExport { export } = export("q3", name) else { unreachable!() };
    Fact::PackExported { export }
}

fn refused() -> Fact {
    Fact::CommandRefused { code: "x".into(), message: String::new() }
}

/// Eight events of three audiences; two clients sent three commands and two, the last of which was refused.
fn history() -> Vec<Event> {
    let (board, govern) = (Audience::Board, Audience::Governance);
    let person = Audience::Person(PersonId::new("kari").unwrap());
    let mut log = Vec::new();
    for (audience, fact, origin) in [
        (&board, watermark("a"), None),
        (&board, watermark("b"), Some((CLIENT, 1))),
        (&govern, exported("one"), Some((CLIENT, 2))),
        (&board, watermark("c"), Some((OTHER, 1))),
        (&board, watermark("d"), Some((CLIENT, 3))),
        (&govern, exported("two"), Some((CLIENT, 3))),
        (&person, refused(), Some((OTHER, 2))),
        (&board, watermark("e"), None),
    ] {
        let event = event(&log, audience, &fact, origin);
        log.push(event);
    }
    log
}

fn issued() -> Vec<Issued> {
    let command = |client, mark: &str, answer| Issued { client, mark: mark.into(), answer };
    let one = board_domain::Command::clone(&export("q3", "one"));
    let done = |cmd_seq, seq| Some(Answer::Done { cmd_seq, seq });
    vec![
        command(CLIENT, "watermark b", done(1, 2)),
        command(CLIENT, &boardroom_tests::checker::mark(&one).unwrap(), done(2, 3)),
        command(CLIENT, "watermark d", done(3, 6)),
        command(OTHER, "watermark c", None),
        command(OTHER, "watermark never", Some(Answer::Refused { cmd_seq: 2 })),
    ]
}

fn reader(name: &str, role: Role) -> (String, Vec<Audience>) {
    (name.into(), Audience::of(&PersonId::new(name).unwrap(), role))
}

fn view(events: &[Event], name: &str, role: Role) -> View {
    let (reader, audiences) = reader(name, role);
    let frames = events
        .iter()
        .map(|event| {
            if audiences.contains(&event.audience) {
                Frame::Event(Box::new(event.clone()))
            } else {
                Frame::Hidden { from: event.seq, to: event.seq }
            }
        })
        .collect();
    View { reader, audiences, frames }
}

fn views(events: &[Event]) -> Vec<View> {
    vec![view(events, "kari", Role::Manager), view(events, "mina", Role::SuperAdmin)]
}

fn merge(views: &[View]) -> Result<Log, Vec<Fault>> {
    Log::merge(&tenant(), EPOCH, 0, 8, views)
}

fn log(events: &[Event]) -> Log {
    merge(&views(events)).unwrap()
}

fn copy(events: &[Event], name: &str, role: Role, cursor: u64) -> ReaderCopy {
    let (reader, audiences) = reader(name, role);
    let seen = events.iter().filter(|event| event.seq <= cursor && audiences.contains(&event.audience));
    let events = seen.cloned().collect();
    ReaderCopy { reader, audiences, epoch: Some(EPOCH), start: 0, cursor, fetching: Vec::new(), events }
}

/// Seals the chain of each audience anew, as someone would who changes history with care.
fn reseal(events: &mut [Event]) {
    let mut ends = std::collections::BTreeMap::new();
    for event in events {
        let end: &mut (u64, Hash) = ends.entry(event.audience.clone()).or_default();
        event.audience_seq = end.0 + 1;
        seal(event, end.1);
        *end = (event.audience_seq, event.hash);
    }
}

#[test]
fn a_good_history_passes_in_every_part() {
    let events = history();
    let copies = [copy(&events, "kari", Role::Manager, 8), copy(&events, "mina", Role::SuperAdmin, 8)];
    log(&events).assert_whole(&copies, &issued(), true);
    for cursor in 0..8 {
        let behind = [copy(&events, "kari", Role::Viewer, cursor)];
        log(&events).assert_whole(&behind, &issued(), false);
        assert!(matches!(log(&events).check_healed(&behind)[..], [Fault::Behind { .. }]));
    }
    assert_eq!(boardroom_tests::checker::mark(&draft("x")), Some("draft x".into()));
}

#[test]
fn what_readers_are_shown_is_judged() {
    type Spoil = fn(&mut Vec<View>);
    let ways: [(&str, Spoil); 7] = [
        ("Hole", |views| drop(views[1].frames.remove(3))),
        ("Hole", |views| views[0].frames.swap(2, 3)),
        ("Short", |views| drop(views[1].frames.pop())),
        ("Withheld", |views| views[0].frames[3] = Frame::Hidden { from: 4, to: 4 }),
        ("Leak", |views| {
            let leaked = view(&history(), "mina", Role::SuperAdmin).frames.swap_remove(2);
            views[0].frames[2] = leaked;
        }),
        ("Disagreement", |views| {
            let Frame::Event(event) = &mut views[0].frames[3] else { panic!() };
            event.body = watermark("another").body().unwrap();
        }),
        ("Foreign", |views| {
            for view in views {
                let Frame::Event(event) = &mut view.frames[0] else { panic!() };
                event.tenant = TenantId::new("beta").unwrap();
            }
        }),
    ];
    for (expected, spoil) in ways {
        let mut views = views(&history());
        spoil(&mut views);
        expect(expected, &merge(&views).expect_err(expected));
    }
}

#[test]
fn a_spoilt_log_is_rejected() {
    type Spoil = fn(&mut Vec<Event>);
    let ways: [(&str, Spoil); 9] = [
        ("Chain", |events| events[3].body = watermark("changed").body().unwrap()),
        ("Chain", |events| events[4].prev_hash = Hash([9; 32])),
        ("Chain", |events| events[4].audience_seq = 9),
        ("Chain", |events| events[0].audience_seq = 2),
        ("Time", |events| {
            events[5].at = Timestamp::from_second(1).unwrap();
            reseal(events);
        }),
        ("Doubled", |events| {
            events[4].body = watermark("b").body().unwrap();
            reseal(events);
        }),
        ("Numbers", |events| {
            for event in &mut events[4..6] {
                event.origin = Some(Origin { client: CLIENT, cmd_seq: 5 });
            }
            reseal(events);
        }),
        ("Numbers", |events| {
            events[3].origin = Some(Origin { client: CLIENT, cmd_seq: 1 });
            reseal(events);
        }),
        ("Scattered", |events| {
            events[7].origin = Some(Origin { client: CLIENT, cmd_seq: 3 });
            reseal(events);
        }),
    ];
    for (expected, spoil) in ways {
        let mut events = history();
        spoil(&mut events);
        expect(expected, &log(&events).check());
    }
}

#[test]
fn a_spoilt_copy_is_rejected() {
    type Spoil = fn(&mut ReaderCopy);
    let ways: [(&str, Spoil); 8] = [
        ("Missing", |copy| drop(copy.events.remove(1))),
        ("Missing", |copy| drop(copy.events.pop())),
        ("Ahead", |copy| copy.cursor = 9),
        ("Invented", |copy| copy.cursor = 6),
        ("Invented", |copy| copy.events[1].id = Uuid::from_u128(99)),
        ("Invented", |copy| copy.events.push(copy.events[0].clone())),
        ("Epoch", |copy| copy.epoch = Some(Uuid::from_u128(2))),
        ("Leak", |copy| copy.events[2] = history()[2].clone()),
    ];
    for (expected, spoil) in ways {
        let mut copy = copy(&history(), "kari", Role::Manager, 8);
        spoil(&mut copy);
        expect(expected, &log(&history()).check_copy(&copy));
    }
    let mut begun_later = copy(&history(), "kari", Role::Manager, 8);
    begun_later.events.retain(|event| event.seq > 4);
    expect("Missing", &log(&history()).check_copy(&begun_later));
    begun_later.start = 4;
    assert_eq!(log(&history()).check_copy(&begun_later), []);

    // What a copy says it still fetches is not missing yet; what it does not say is. Healed, it fetches nothing.
    let mut gaining = copy(&history(), "mina", Role::SuperAdmin, 8);
    let gained = history()[0].audience.clone();
    gaining.events.retain(|event| event.audience != gained);
    expect("Missing", &log(&history()).check_copy(&gaining));
    gaining.fetching = vec![(gained.clone(), 0, 8)];
    assert_eq!(log(&history()).check_copy(&gaining), []);
    expect("Behind", &log(&history()).check_healed(&[gaining]));
    let mut torn = copy(&history(), "mina", Role::SuperAdmin, 8);
    let last = torn.events.iter().rposition(|event| event.audience == gained).unwrap();
    let seq = torn.events.remove(last).seq;
    torn.fetching = vec![(gained, 0, seq - 1)];
    expect("Missing", &log(&history()).check_copy(&torn));
}

#[test]
fn what_was_acknowledged_must_be_there_once() {
    type Spoil = fn(&mut Vec<Issued>);
    let ways: [(&str, Spoil); 6] = [
        ("Lost", |issued| issued[0].mark = "watermark nowhere".into()),
        ("Lost", |issued| issued[0].answer = Some(Answer::Done { cmd_seq: 1, seq: 3 })),
        ("Lost", |issued| issued[0].answer = Some(Answer::Done { cmd_seq: 2, seq: 2 })),
        ("Lost", |issued| issued[0].client = OTHER),
        ("RefusedYetDone", |issued| issued[0].answer = Some(Answer::Refused { cmd_seq: 1 })),
        ("Stuck", |issued| {
            issued[0] = Issued { client: CLIENT, mark: "watermark nowhere".into(), answer: None };
        }),
    ];
    for (expected, spoil) in ways {
        let mut issued = issued();
        spoil(&mut issued);
        expect(expected, &log(&history()).check_commands(&issued, true));
    }
}

/// This kind of fault is among those found.
fn expect(kind: &str, faults: &[Fault]) {
    let names: std::collections::BTreeSet<String> = faults
        .iter()
        .map(|fault| format!("{fault:?}").split([' ', '{']).next().unwrap().to_owned())
        .collect();
    assert!(names.contains(kind), "{kind} was expected, found {faults:?}");
}
