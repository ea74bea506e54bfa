//! The law of snapshots: for every reader, the rows of a snapshot and the events after it are the fold of all events.
//! Not the endpoints.

use std::{collections::BTreeMap, path::Path};

use board_domain::{
    Actor, Audience, Book, Currency, Event, Evidence, Fact, Intake, Locale, Person, PersonId, Programme,
    ProgrammeId, Role, SNAPSHOT_PAGE_BYTES, Snapshot, SnapshotRow, Table, Tenant, TenantId, Watermark, Words,
    definitions_v1,
};
use jiff::Timestamp;
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{build::text_of, rows::Folded, trim::trim, *};
use crate::store::{Store, StoreError, Transaction, event, snapshot, snapshot_page, tenant};

fn alpha() -> TenantId {
    TenantId::new("alpha").unwrap()
}

fn person(id: u8) -> PersonId {
    PersonId::new(format!("person-{id}")).unwrap()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap()
}

async fn founded(path: &Path) -> Store {
    let store = Store::open(path, None).unwrap();
    let create = |transaction: &mut Transaction<'_>| -> Result<(), StoreError> {
        tenant::create(transaction.sql()?, &alpha(), Uuid::new_v4(), &[7; 32]).map(|_| ())
    };
    store.write(Some(&alpha()), create).await.unwrap();
    append(&store, vec![company()]).await;
    store
}

fn company() -> (Fact, Audience) {
    let tenant = Tenant {
        id: alpha(),
        name: "Alpha".into(),
        short_name: "alpha".into(),
        locale: Locale::En,
        zone: "Europe/Oslo".into(),
        currency: Currency::parse("NOK").unwrap(),
        industry: "energy".into(),
        employees: 100,
        accent: "#0F5C7A".into(),
        watermark: Watermark::default(),
        partner: None,
        benchmark_consent: false,
    };
    (Fact::TenantFounded { tenant }, Audience::Board)
}

/// A fact of any audience; `key` says which row, `salt` what is in it.
fn fact(kind: u8, key: u8, salt: u8) -> (Fact, Audience) {
    let fact = match kind {
        0 => {
            let role = Role::ALL[usize::from(salt) % Role::ALL.len()];
            Fact::PersonJoined { person: Person { id: person(key), name: format!("Person {salt}"), role } }
        }
        1 => Fact::PersonLeft { person: person(key) },
        2 => {
            let id = ProgrammeId::new(format!("programme-{key}")).unwrap();
            let name = Words::new(&format!("name {salt}"), "b", "c");
            Fact::ProgrammeOpened { programme: Programme { id, name } }
        }
        3 => {
            let definitions = definitions_v1();
            Fact::MetricDefined { definition: definitions[usize::from(key) % definitions.len()].clone() }
        }
        4 => {
            let sha256 = hex::encode([salt; 32]);
            Fact::IntakeRecorded {
                intake: Intake { source: "costs".into(), sha256, accepted: 1, duplicate: 0, refused: 0 },
            }
        }
        5 => {
            let opacity = f64::from(salt) / 300.0 + 0.05;
            Fact::WatermarkSet { watermark: Watermark { opacity, ..Watermark::default() } }
        }
        6 => Fact::EvidenceAdded { evidence: evidence(key, salt) },
        _ => Fact::CommandRefused { code: "command.forbidden".into(), message: format!("{salt}") },
    };
    let audience = if kind > 6 { Audience::Person(person(key)) } else { fact.audience() };
    (fact, audience)
}

fn evidence(key: u8, salt: u8) -> Evidence {
    serde_json::from_value(serde_json::json!({
        "id": format!("ev-{key}"), "text": format!("It helped {salt} times."), "lang": "en",
        "source": "feedback", "programme": "language", "date": "2026-10-01",
        "sha256": hex::encode([salt; 32]), "scores": [],
    }))
    .unwrap()
}

async fn append(store: &Store, facts: Vec<(Fact, Audience)>) -> u64 {
    let append = move |transaction: &mut Transaction<'_>| {
        let now = "2026-10-15T09:30:00Z".parse::<Timestamp>().unwrap();
        transaction.append(&alpha(), &Actor::Service("test".into()), None, now, facts.clone())
    };
    store.write(Some(&alpha()), append).await.unwrap()
}

async fn events(store: &Store, after: u64) -> Vec<Event> {
    store.read(move |sql| event::page(sql, &alpha(), after, u32::MAX, usize::MAX)).await.unwrap()
}

async fn newest(store: &Store) -> Snapshot {
    store.read(|sql| Ok(snapshot::newest(sql, &alpha(), 1)?.pop().unwrap())).await.unwrap()
}

/// Every row of the pages that a reader may fetch, with what the pages promise checked.
async fn rows(store: &Store, snapshot: &Snapshot, audiences: &[Audience]) -> Vec<SnapshotRow> {
    let mut rows = Vec::new();
    for page in snapshot.pages.iter().filter(|page| audiences.contains(&page.audience)) {
        let sha256 = page.sha256;
        let found = store.read(move |sql| snapshot_page::get(sql, &alpha(), &sha256)).await.unwrap();
        let (_, packed) = found.iter().find(|(audience, _)| *audience == page.audience).unwrap();
        let text = text_of(packed, page.bytes).unwrap();
        assert_eq!((text.len() as u64, Sha256::digest(&text)[..].to_vec()), (page.bytes, sha256.0.to_vec()));
        let lines: Vec<SnapshotRow> = String::from_utf8(text)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert!(page.bytes <= SNAPSHOT_PAGE_BYTES as u64 || lines.len() == 1);
        assert_eq!(lines.len(), page.rows as usize);
        let order = |row: &SnapshotRow| (row.row.table().code(), row.key.clone());
        assert!(lines.windows(2).all(|pair| order(&pair[0]) < order(&pair[1])));
        rows.extend(lines);
    }
    rows
}

fn book_of<'a>(events: impl IntoIterator<Item = &'a Event>) -> Book {
    let mut book = Book::default();
    events.into_iter().for_each(|event| book.apply(event).unwrap());
    book
}

fn count(book: &Book) -> usize {
    Table::ALL.into_iter().map(|table| book.table(table).count()).sum()
}

/// The law for every role, of a person who is in the log and of one who is not.
async fn check_law(store: &Store, history: &[Event]) {
    let snapshot = newest(store).await;
    let (before, after): (Vec<&Event>, Vec<&Event>) =
        history.iter().partition(|event| event.seq <= snapshot.seq);
    for (role, id) in Role::ALL.into_iter().flat_map(|role| [(role, 1), (role, 200)]) {
        let audiences = Audience::of(&person(id), role);
        let admitted = |event: &&&Event| audiences.contains(&event.audience);
        let rows = rows(store, &snapshot, &audiences).await;
        let mut book = Book::default();
        for row in &rows {
            let event = history.iter().find(|event| event.seq == row.since).unwrap();
            assert_eq!(row.at, event.at);
            book.put(row.key.clone(), row.row.clone());
        }
        assert_eq!(rows.len(), count(&book), "no row comes twice");
        assert_eq!(book, book_of(before.iter().filter(admitted).copied()), "{role:?} at the snapshot");
        for event in after.iter().filter(admitted) {
            book.apply(event).unwrap();
        }
        assert_eq!(book, book_of(history.iter().filter(|event| audiences.contains(&event.audience))));
    }
    let mut ends = BTreeMap::new();
    for event in &before {
        ends.insert(event.audience.clone(), (event.audience_seq, event.hash));
    }
    let chains: BTreeMap<_, _> =
        snapshot.chains.iter().map(|end| (end.audience.clone(), (end.audience_seq, end.hash))).collect();
    assert_eq!(chains, ends);
}

/// The pages of a log, without a store and all at once.
fn pages_of(history: &[Event]) -> Vec<(board_domain::Hash, String)> {
    let mut folded = Folded::default();
    for event in history {
        folded.apply(event).unwrap();
    }
    let mut pages = Vec::new();
    folded
        .pages(|page, _| {
            pages.push((page.sha256, page.audience.to_string()));
            Ok(())
        })
        .unwrap();
    pages
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn the_law_holds_for_every_role_at_any_positions(
        parts in prop::collection::vec(prop::collection::vec((0..9_u8, 0..6_u8, any::<u8>()), 0..30), 1..5),
        trimmed in prop::option::of(1..40_u64),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        runtime().block_on(async {
            let store = founded(&path).await;
            let mut history = events(&store, 0).await;
            for part in parts {
                append(&store, part.into_iter().map(|(kind, key, salt)| fact(kind, key, salt)).collect()).await;
                history.extend(events(&store, history.len() as u64).await);
                if history.len() % 2 == 0 {
                    assert_eq!(build(&store, &alpha()).await.unwrap(), history.len() as u64);
                    let made = newest(&store).await;
                    let pages: Vec<_> = made.pages.iter().map(|page| (page.sha256, page.audience.to_string())).collect();
                    assert_eq!(pages, pages_of(&history), "made in steps or at once, the pages are the same");
                } else {
                    build(&store, &alpha()).await.unwrap();
                    append(&store, vec![fact(2, 1, 1), fact(4, 1, 1)]).await;
                    history.extend(events(&store, history.len() as u64).await);
                }
                check_law(&store, &history).await;
            }
            if let Some(keep) = trimmed {
                let floor = trim(&store, &alpha(), keep).await.unwrap();
                assert!(floor <= newest(&store).await.seq);
                let kept = events(&store, 0).await;
                assert_eq!(kept.first().unwrap().seq, floor + 1, "what is above the floor is there");
                check_law(&store, &history).await;
                // Neither a store that remembers nor one that was opened anew misses the events that were dropped.
                for store in [store.clone(), Store::open(&path, None).unwrap()] {
                    let book = move |transaction: &mut Transaction<'_>| -> Result<Book, StoreError> {
                        Ok(transaction.book(&alpha())?.clone())
                    };
                    assert_eq!(store.write(Some(&alpha()), book).await.unwrap(), book_of(&history));
                }
            }
        });
    }
}

#[test]
fn two_servers_making_snapshots_at_once_leave_whole_ones() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    runtime.block_on(async {
        let (one, other) = (founded(&path).await, Store::open(&path, None).unwrap());
        for round in 0..12 {
            let facts = (0..40).map(|key| fact(key % 9, key, round)).collect();
            append(&one, facts).await;
            let builds = [&one, &other, &one].map(|store| {
                let store = store.clone();
                tokio::spawn(async move { build(&store, &alpha()).await })
            });
            for made in builds {
                made.await.unwrap().unwrap();
            }
            let history = events(&other, 0).await;
            check_law(&other, &history).await;
            let kept = one.read(|sql| snapshot::newest(sql, &alpha(), 9)).await.unwrap();
            assert!(kept.len() <= 2);
            let needed: std::collections::BTreeSet<_> = kept
                .iter()
                .flat_map(|kept| &kept.pages)
                .map(|page| (page.sha256, page.audience.clone()))
                .collect();
            let there = one.read(|sql| snapshot_page::all(sql, &alpha())).await.unwrap();
            assert_eq!(there, needed.into_iter().collect::<Vec<_>>(), "no page too few and none too many");
        }
    });
}

#[test]
fn a_row_more_changes_few_pages() {
    let event = |seq: u64, key: u64| {
        let text = "x".repeat(300);
        let body = serde_json::json!({ "programme": { "id": format!("p-{key:05}"),
            "name": { "en": text, "nb": text, "uk": text } } });
        let mut event = Event {
            tenant: alpha(),
            seq,
            id: Uuid::nil(),
            at: Timestamp::UNIX_EPOCH,
            actor: Actor::Service("test".into()),
            origin: None,
            audience: Audience::Board,
            audience_seq: seq,
            prev_hash: board_domain::Hash::ZERO,
            hash: board_domain::Hash::ZERO,
            kind: "programme.opened".into(),
            body: serde_json::value::to_raw_value(&body).unwrap(),
        };
        event.hash = event.digest();
        event
    };
    let mut log: Vec<Event> = (1..=4_000).map(|seq| event(seq, seq * 2)).collect();
    let before = pages_of(&log);
    log.push(event(4_001, 3_001));
    let after = pages_of(&log);
    assert!(before.len() >= 20, "{}", before.len());
    let new = after.iter().filter(|page| !before.contains(page)).count();
    assert!(new <= 3, "{new} of {} pages changed", after.len());
}

#[test]
fn a_log_with_a_hole_gives_no_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    runtime().block_on(async {
        let store = founded(&path).await;
        append(&store, (0..20).map(|key| fact(2, key, 0)).collect()).await;
        let lose = |transaction: &mut Transaction<'_>| event::remove_through(transaction.sql()?, &alpha(), 5);
        store.write(Some(&alpha()), lose).await.unwrap();
        assert!(matches!(build(&store, &alpha()).await, Err(StoreError::Unreadable("log"))));
    });
}

#[test]
fn a_snapshot_is_made_when_it_is_due_and_not_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    runtime().block_on(async {
        let store = founded(&path).await;
        let keeper = Keeper::default();
        let mut keeping = Box::pin(keep(store.clone(), keeper.clone()));
        let facts = |count: u64| (1..count).map(|number| fact(2, (number % 50) as u8, 0)).collect::<Vec<_>>();
        let head = append(&store, facts(EVERY - 1)).await;
        assert_eq!(head, EVERY - 1);
        for due in [None, Some(EVERY + 1)] {
            // Made within the second look at the latest; the first may have begun before the append.
            let made = async {
                for _ in 0..3 {
                    keeper.look();
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                    while due.is_some() && store.read(|sql| snapshot::newest_seq(sql, &alpha())).await.unwrap().is_none() {
                        keeper.look();
                        tokio::task::yield_now().await;
                    }
                }
                store.read(|sql| snapshot::newest_seq(sql, &alpha())).await.unwrap()
            };
            let made = tokio::select! {
                made = tokio::time::timeout(std::time::Duration::from_mins(1), made) => made.expect("made in the end"),
                () = &mut keeping => panic!("the task ended"),
            };
            assert_eq!(made, due);
            append(&store, facts(3)).await;
        }
    });
}
