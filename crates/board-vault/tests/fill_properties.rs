//! Laws of the snapshot: whatever the log, the position, the pages, the batches, and whichever audiences are lost and
//! gained on the way, the end is what applying the whole log gives.

#![allow(clippy::unwrap_used)]

mod log;
mod snapshots;

use board_domain::wire::{Frame, Hello};
use board_domain::{Audience, Book, PersonId, Role, Table, Watermark};
use board_vault::{Vault, VaultError};
use log::{EPOCH, Log, Place, at, figure, founded, joined, report, tenant};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Happening {
    Figure(u8, i16),
    Joined(u8),
    Left(u8),
    Watermark(u8),
    Report(u8),
    Evidence,
    Hidden,
    Note,
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        3 => (1..4u8, any::<i16>()).prop_map(|(month, value)| Happening::Figure(month, value)),
        2 => (0..3u8).prop_map(Happening::Joined),
        2 => (0..3u8).prop_map(Happening::Left),
        1 => (10..90u8).prop_map(Happening::Watermark),
        3 => (0..3u8).prop_map(Happening::Report),
        1 => Just(Happening::Evidence),
        1 => Just(Happening::Hidden),
        1 => Just(Happening::Note),
    ]
}

/// A step of the copy on its way.
#[derive(Clone, Debug)]
enum Step {
    Tail(usize),
    Past(usize),
    Fill(usize),
    Role(Role),
    Snapshot(usize),
    Reopen,
    FoldAgain,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1..9usize).prop_map(Step::Tail),
        4 => (1..9usize).prop_map(Step::Past),
        4 => (1..4usize).prop_map(Step::Fill),
        3 => prop_oneof![Just(Role::Viewer), Just(Role::Director), Just(Role::Manager)].prop_map(Step::Role),
        1 => (1..5usize).prop_map(Step::Snapshot),
        1 => Just(Step::Reopen),
        1 => Just(Step::FoldAgain),
    ]
}

fn kari() -> PersonId {
    PersonId::new("kari").unwrap()
}

fn written(happenings: &[Happening]) -> Log {
    let mut log = Log::new();
    log.fact(&founded(&tenant()));
    let name = |n: &u8| ["anna", "bo", "olena"][usize::from(*n)];
    for (happening, version) in happenings.iter().zip(1u32..) {
        match happening {
            Happening::Figure(month, value) => log.fact(&figure("sroi", *month, f64::from(*value) / 8.0)),
            Happening::Joined(person) => log.fact(&joined(name(person))),
            Happening::Left(person) => {
                log.fact(&board_domain::Fact::PersonLeft { person: PersonId::new(name(person)).unwrap() })
            }
            Happening::Watermark(size) => {
                let watermark = Watermark { size: f64::from(*size), ..Watermark::default() };
                log.fact(&board_domain::Fact::WatermarkSet { watermark })
            }
            Happening::Report(id) => log.fact(&report(["q1", "q2", "q3"][usize::from(*id)], version)),
            Happening::Evidence => log.raw("from.the.future", "{}", Audience::Evidence),
            Happening::Hidden => log.raw("pack.exported", "{}", Audience::Governance),
            Happening::Note => log.raw("note.kept", "[]", Audience::Person(kari())),
        };
    }
    log
}

/// A copy with its server.
struct Copy<'a> {
    place: &'a Place,
    log: &'a Log,
    vault: Option<Vault>,
    role: Role,
}

impl Copy<'_> {
    fn vault(&mut self) -> &mut Vault {
        let place = self.place;
        self.vault.get_or_insert_with(|| place.open())
    }

    fn head(&self) -> u64 {
        self.log.events.len() as u64
    }

    fn greet(&mut self, role: Role) {
        self.role = role;
        let audiences = Audience::of(&kari(), role);
        let hello = Hello { epoch: EPOCH, head: self.head(), floor: 0, role, audiences, heartbeat: 15 };
        self.vault().greet(&tenant(), &hello, at(900)).unwrap();
    }

    fn snapshot(&mut self, seq: u64, rows: usize) {
        let (snapshot, pages) = self.log.snapshot(seq, &kari(), self.role, rows);
        for page in self.vault().stage(&tenant(), &snapshot).unwrap() {
            self.vault().stage_page(&tenant(), page.sha256, &pages[&page.sha256]).unwrap();
        }
        self.vault().swap(&tenant(), at(901)).unwrap();
    }

    fn step(&mut self, step: &Step) {
        let copy = self.vault().tenant(&tenant()).unwrap();
        let index = |seq: u64| usize::try_from(seq).unwrap();
        let frames = self.log.frames_of(&kari(), self.role);
        match step {
            Step::Tail(count) => {
                let batch: Vec<_> = frames.into_iter().skip(index(copy.cursor)).take(*count).collect();
                self.vault().apply(&tenant(), EPOCH, &batch, at(902)).unwrap();
            }
            Step::Past(count) => {
                let batch: Vec<_> = frames.into_iter().skip(index(copy.past)).take(*count).collect();
                self.vault().past(&tenant(), EPOCH, &batch, at(903)).unwrap();
            }
            Step::Fill(count) => {
                let Some(fill) = copy.backfills.first() else { return };
                let mut batch = self.log.frames_in(&fill.audience);
                batch.retain(
                    |frame| matches!(frame, Frame::Event(e) if e.seq > fill.cursor && e.seq <= fill.until),
                );
                let more = batch.len() > *count;
                batch.truncate(*count);
                batch.push(Frame::CaughtUp { head: fill.until, more });
                self.vault().backfill(&tenant(), EPOCH, &fill.audience, &batch, at(904)).unwrap();
            }
            Step::Role(role) => self.greet(*role),
            Step::Snapshot(rows) => self.snapshot(copy.cursor.max(1), *rows),
            Step::Reopen => drop(self.vault.take()),
            Step::FoldAgain => {
                self.vault().set_setting("vault.folded_by", "an older version").unwrap();
                drop(self.vault.take());
            }
        }
    }

    /// Until everything is here.
    fn finish(&mut self) {
        loop {
            let copy = self.vault().tenant(&tenant()).unwrap();
            if copy.cursor < self.head() {
                self.step(&Step::Tail(7));
            } else if !copy.backfills.is_empty() {
                self.step(&Step::Fill(3));
            } else if copy.past < copy.start {
                self.step(&Step::Past(7));
            } else {
                return;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn snapshot_and_tail_and_history_are_the_whole_log(
        happenings in prop::collection::vec(happening(), 1..40),
        at_seq in any::<prop::sample::Index>(),
        rows in 1..6usize,
        first in prop_oneof![Just(Role::Viewer), Just(Role::Director), Just(Role::Manager)],
        with_snapshot in any::<bool>(),
        steps in prop::collection::vec(step(), 0..25),
    ) {
        let log = written(&happenings);
        let place = Place::new();
        let mut copy = Copy { vault: Some(place.create()), place: &place, log: &log, role: first };
        copy.greet(first);
        if with_snapshot {
            copy.snapshot(at_seq.index(log.events.len()) as u64 + 1, rows);
        }
        for step in &steps {
            copy.step(step);
        }
        copy.finish();
        let role = copy.role;
        let vault = copy.vault();

        let other_place = Place::new();
        let mut whole = other_place.create();
        whole.apply(&tenant(), EPOCH, &log.frames_of(&kari(), role), at(902)).unwrap();
        prop_assert_eq!(
            vault.snapshot_state_hash(&tenant()).unwrap(),
            whole.snapshot_state_hash(&tenant()).unwrap()
        );
        prop_assert_eq!(vault.heads(&tenant()).unwrap(), whole.heads(&tenant()).unwrap());
        let (health, expected) = (vault.check().unwrap(), whole.check().unwrap());
        prop_assert_eq!((health.events, health.rows), (expected.events, expected.rows));
        prop_assert_eq!(vault.tenant(&tenant()).unwrap().start, 0);
        for seq in 0..=log.events.len() as u64 {
            let mut book = Book::default();
            for event in log.events.iter().filter(|e| e.seq <= seq && e.audience.admits(&kari(), role)) {
                book.apply(event).unwrap();
            }
            for table in Table::ALL {
                let read = vault.rows(&tenant(), table, Some(seq)).unwrap();
                let read: Vec<_> = read.into_iter().map(|(key, row)| (key, row.row)).collect();
                let folded: Vec<_> =
                    book.table(table).map(|(key, row)| (key.to_owned(), row.clone())).collect();
                for (key, row) in &folded {
                    let one = vault.row(&tenant(), table, key, Some(seq)).unwrap().map(|found| found.row);
                    prop_assert_eq!(one.as_ref(), Some(row));
                }
                prop_assert_eq!(read, folded, "{:?} as of {}", table, seq);
            }
        }
    }

    #[test]
    fn between_snapshot_and_history_every_read_is_right_or_says_not_here(
        happenings in prop::collection::vec(happening(), 2..40),
        at_seq in any::<prop::sample::Index>(),
        seq in 0..45u64,
    ) {
        let log = written(&happenings);
        let place = Place::new();
        let mut copy = Copy { vault: Some(place.create()), place: &place, log: &log, role: Role::Manager };
        copy.greet(Role::Manager);
        let start = at_seq.index(log.events.len()) as u64 + 1;
        copy.snapshot(start, 3);
        copy.step(&Step::Tail(99));
        let mut book = Book::default();
        for event in log.events.iter().filter(|e| e.seq <= seq && e.audience.admits(&kari(), Role::Manager)) {
            book.apply(event).unwrap();
        }
        for table in Table::ALL {
            match copy.vault().rows(&tenant(), table, Some(seq)) {
                Ok(rows) => {
                    prop_assert!(seq >= start);
                    let read: Vec<_> = rows.into_iter().map(|(key, row)| (key, row.row)).collect();
                    let folded: Vec<_> =
                        book.table(table).map(|(key, row)| (key.to_owned(), row.clone())).collect();
                    prop_assert_eq!(read, folded);
                }
                Err(VaultError::NotHere { from }) => {
                    prop_assert!(seq < start);
                    prop_assert_eq!(from, start);
                }
                Err(other) => panic!("{other}"),
            }
        }
        let position = copy.vault().position_at(&tenant(), at(i64::try_from(seq).unwrap()));
        match position {
            // Hidden positions and such without a row do not show.
            Ok(found) => prop_assert!(found <= seq.max(start) && found >= start),
            Err(VaultError::NotHere { from }) => prop_assert!(from == start && seq <= start),
            Err(other) => panic!("{other}"),
        }
    }
}
