//! Laws of the copy: however a log is cut into batches, repeated or read back, the state is the fold of its prefix.

#![allow(clippy::unwrap_used)]

mod log;

use board_domain::wire::Frame;
use board_domain::{Audience, Book, PersonId, Role, Table, Watermark};
use log::{EPOCH, Log, Place, at, figure, founded, joined, tenant};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Happening {
    Figure(u8, u8, i16),
    Joined(u8),
    Left(u8),
    Watermark(u8),
    Hidden,
    Unknown(bool),
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        4 => (0..3u8, 1..5u8, any::<i16>()).prop_map(|(metric, month, value)| Happening::Figure(metric, month, value)),
        1 => (0..4u8).prop_map(Happening::Joined),
        1 => (0..4u8).prop_map(Happening::Left),
        1 => (10..90u8).prop_map(Happening::Watermark),
        1 => Just(Happening::Hidden),
        1 => any::<bool>().prop_map(Happening::Unknown),
    ]
}

fn written(happenings: &[Happening]) -> Log {
    let mut log = Log::new();
    log.fact(&founded(&tenant()));
    let name = |n: &u8| ["anna", "bo", "kari", "olena"][usize::from(*n)];
    for happening in happenings {
        match happening {
            Happening::Figure(metric, month, value) => {
                let metric = ["sroi", "vis", "people"][usize::from(*metric)];
                log.fact(&figure(metric, *month, f64::from(*value) / 8.0))
            }
            Happening::Joined(person) => log.fact(&joined(name(person))),
            Happening::Left(person) => {
                log.fact(&board_domain::Fact::PersonLeft { person: PersonId::new(name(person)).unwrap() })
            }
            Happening::Watermark(size) => {
                let watermark = Watermark { size: f64::from(*size), ..Watermark::default() };
                log.fact(&board_domain::Fact::WatermarkSet { watermark })
            }
            Happening::Hidden => log.raw("pack.exported", "{}", Audience::Governance),
            Happening::Unknown(true) => log.raw("from.the.future", "{}", Audience::Evidence),
            Happening::Unknown(false) => {
                log.raw("note.kept", "[]", Audience::Person(PersonId::new("kari").unwrap()))
            }
        };
    }
    log
}

/// What a fold of the visible events up to a position gives.
fn book(log: &Log, seq: u64) -> Book {
    let person = PersonId::new("kari").unwrap();
    let mut book = Book::default();
    for event in
        log.events.iter().filter(|event| event.seq <= seq && event.audience.admits(&person, Role::Director))
    {
        book.apply(event).unwrap();
    }
    book
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_split_and_any_repetition_reach_the_same_state(
        happenings in prop::collection::vec(happening(), 1..40),
        cuts in prop::collection::vec((1..9usize, 0..4usize), 1..30),
    ) {
        let log = written(&happenings);
        let frames = log.frames();
        let whole = Place::new();
        let mut vault = whole.create();
        vault.apply(&tenant(), EPOCH, &frames, at(500)).unwrap();
        let state = vault.snapshot_state_hash(&tenant()).unwrap();

        let split = Place::new();
        let mut other = split.create();
        let mut next = 0usize;
        for (length, overlap) in cuts.iter().cycle() {
            let from = next.saturating_sub(*overlap);
            next = (next + length).min(frames.len());
            other.apply(&tenant(), EPOCH, &frames[from..next], at(500)).unwrap();
            if next == frames.len() {
                break;
            }
        }
        prop_assert_eq!(other.snapshot_state_hash(&tenant()).unwrap(), state);
        prop_assert_eq!(other.heads(&tenant()).unwrap(), vault.heads(&tenant()).unwrap());
        prop_assert_eq!(other.tenant(&tenant()).unwrap().cursor, log.events.len() as u64);

        let again = other.apply(&tenant(), EPOCH, &frames, at(900)).unwrap();
        prop_assert_eq!(again.events, 0);
        prop_assert_eq!(other.snapshot_state_hash(&tenant()).unwrap(), state);
    }

    #[test]
    fn a_read_as_of_a_position_is_the_fold_of_the_prefix(
        happenings in prop::collection::vec(happening(), 1..40),
        seq in 0..45u64,
    ) {
        let log = written(&happenings);
        let place = Place::new();
        let mut vault = place.create();
        vault.apply(&tenant(), EPOCH, &log.frames(), at(500)).unwrap();
        let book = book(&log, seq);
        for table in Table::ALL {
            let read = vault.rows(&tenant(), table, Some(seq)).unwrap();
            let read: Vec<_> = read.into_iter().map(|(key, row)| (key, row.row)).collect();
            let folded: Vec<_> = book.table(table).map(|(key, row)| (key.to_owned(), row.clone())).collect();
            for (key, row) in &folded {
                let one = vault.row(&tenant(), table, key, Some(seq)).unwrap().map(|found| found.row);
                prop_assert_eq!(one.as_ref(), Some(row));
            }
            prop_assert_eq!(read, folded);
        }
    }

    #[test]
    fn a_row_of_long_ago_is_found_among_its_many_versions(
        happenings in prop::collection::vec(happening(), 600..800),
        seqs in prop::collection::vec(0..800u64, 8),
    ) {
        let log = written(&happenings);
        let place = Place::new();
        let mut vault = place.create();
        vault.apply(&tenant(), EPOCH, &log.frames(), at(500)).unwrap();
        for seq in seqs {
            let book = book(&log, seq);
            // Few keys are found each by itself, many by a look at all later versions.
            for (table, prefix) in
                [(Table::Figure, ""), (Table::Figure, "sroi/2026-01"), (Table::Person, ""), (Table::Tenant, "")]
            {
                let read = vault.rows_with_prefix(&tenant(), table, prefix, Some(seq)).unwrap();
                let read: Vec<_> = read.into_iter().map(|(key, row)| (key, row.row)).collect();
                let folded = book.table(table).filter(|(key, _)| key.starts_with(prefix));
                let folded: Vec<_> = folded.map(|(key, row)| (key.to_owned(), row.clone())).collect();
                let keys = vault.keys_with_prefix(&tenant(), table, prefix, Some(seq)).unwrap();
                prop_assert_eq!(keys, folded.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>());
                for (key, row) in &folded {
                    let one = vault.row(&tenant(), table, key, Some(seq)).unwrap().map(|found| found.row);
                    prop_assert_eq!(one.as_ref(), Some(row));
                }
                prop_assert_eq!(read, folded);
            }
            for name in ["anna", "bo", "kari", "olena"] {
                let found = vault.row(&tenant(), Table::Person, name, Some(seq)).unwrap().map(|found| found.row);
                let folded = book.table(Table::Person).find(|(key, _)| *key == name).map(|(_, row)| row.clone());
                prop_assert_eq!(found, folded);
            }
            let newest = log.events.iter().rfind(|event| event.seq <= seq && event.audience == Audience::Board);
            if let Some(event) = newest {
                prop_assert!(vault.time_at(&tenant(), seq).unwrap().unwrap() >= event.at);
            }
        }
    }

    #[test]
    fn a_log_with_one_thing_changed_is_refused_whole(
        happenings in prop::collection::vec(happening(), 2..20),
        place_of_change in any::<prop::sample::Index>(),
        kind_of_change in 0..5u8,
    ) {
        let log = written(&happenings);
        let mut frames = log.frames();
        let at_frame = place_of_change.index(frames.len());
        match &mut frames[at_frame] {
            Frame::Event(event) => match kind_of_change {
                0 => event.seq += 1,
                1 => event.hash.0[7] ^= 1,
                2 => event.prev_hash.0[31] ^= 1,
                3 => event.kind.push('x'),
                _ => event.at = at(9_999),
            },
            Frame::Hidden { from, .. } => *from += 1_000,
            other => panic!("{other:?}"),
        }
        let place = Place::new();
        let mut vault = place.create();
        prop_assert!(vault.apply(&tenant(), EPOCH, &frames, at(500)).is_err());
        let health = vault.check().unwrap();
        prop_assert_eq!((health.events, health.rows), (0, 0));
        prop_assert_eq!(vault.tenant(&tenant()).unwrap().cursor, 0);
    }
}
