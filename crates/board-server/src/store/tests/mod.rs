//! The store: gapless numbers, whole chains, and a tenant in every query, on either engine. Not HTTP.

mod conformance;
mod copy;
mod crash;
#[path = "../../../../../tests/src/postgres.rs"]
#[allow(dead_code, clippy::expect_used, clippy::missing_panics_doc, missing_docs, unreachable_pub)]
mod server;
mod tls;

use std::collections::HashMap;

use board_domain::{Actor, Audience, Book, Event, Fact, Hash, Intake, Person, PersonId, Role, TenantId};
use jiff::Timestamp;
use regex::Regex;
use uuid::Uuid;

use super::*;
use crate::channel::Recently;

const TENANTS: [&str; 2] = ["alpha", "beta"];

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().unwrap()
}

fn id(tenant: &str) -> TenantId {
    TenantId::new(tenant).unwrap()
}

/// Where a store of a test is.
enum Place {
    File(tempfile::TempDir),
    Server(Secret),
}

impl Place {
    fn file() -> Self {
        Self::File(tempfile::tempdir().unwrap())
    }

    /// One more server on the same store, as after a restart or beside others.
    fn open(&self) -> Store {
        match self {
            Self::File(folder) => Store::open(&folder.path().join("store.db"), None).unwrap(),
            Self::Server(address) => Store::connect(address).unwrap(),
        }
    }

    async fn founded(&self) -> Store {
        let store = self.open();
        create(&store).await;
        store
    }
}

async fn events(store: &Store, tenant: &str) -> Vec<Event> {
    let tenant = id(tenant);
    store.read(move |sql| event::page(sql, &tenant, 0, u32::MAX, usize::MAX)).await.unwrap()
}

async fn create(store: &Store) {
    let work = |transaction: &mut Transaction<'_>| -> Result<(), StoreError> {
        for tenant in TENANTS {
            tenant::create(transaction.sql()?, &id(tenant), Uuid::new_v4(), &[7; 32])?;
        }
        Ok(())
    };
    store.write(None, work).await.unwrap();
}

/// A fact for each of three audiences.
fn fact(kind: u8) -> (Fact, Audience) {
    let person = Person { id: PersonId::new("kari").unwrap(), name: "Kari".into(), role: Role::Viewer };
    let fact = match kind {
        0 => Fact::PersonJoined { person },
        1 => Fact::PersonLeft { person: person.id },
        _ => {
            let (source, sha256) = ("costs".into(), Hash::ZERO.to_string());
            Fact::IntakeRecorded { intake: Intake { source, sha256, accepted: 1, duplicate: 0, refused: 0 } }
        }
    };
    let audience = if kind == 3 { Audience::Person(PersonId::new("kari").unwrap()) } else { fact.audience() };
    (fact, audience)
}

async fn append(store: &Store, tenant: &str, kinds: Vec<u8>, millisecond: i64, fails: bool) -> bool {
    let tenant = id(tenant);
    let asked = tenant.clone();
    let work = move |transaction: &mut Transaction<'_>| {
        let now = Timestamp::from_millisecond(millisecond).unwrap();
        let facts = kinds.iter().copied().map(fact).collect();
        transaction.append(&asked, &Actor::Service("test".into()), None, now, facts)?;
        if fails { Err(StoreError::Unreadable("test")) } else { Ok(()) }
    };
    store.write(Some(&tenant), work).await.is_ok()
}

fn check_log(events: &[Event], head: u64) {
    let mut ends: HashMap<String, (u64, Hash)> = HashMap::new();
    let mut book = Book::default();
    for (event, seq) in events.iter().zip(1..) {
        assert_eq!(event.seq, seq, "no holes");
        assert_eq!(event.hash, event.digest(), "the hash is of what is stored");
        let end = ends.entry(event.audience.to_string()).or_insert((0, Hash::ZERO));
        assert_eq!((event.audience_seq, event.prev_hash), (end.0 + 1, end.1), "each audience is a chain");
        *end = (event.audience_seq, event.hash);
        book.apply(event).unwrap();
    }
    assert_eq!(events.len() as u64, head);
    assert!(events.windows(2).all(|pair| pair[0].at <= pair[1].at), "time does not run backwards");
}

#[test]
fn an_inline_store_needs_no_runtime_and_keeps_what_it_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    for path in [Some(path.as_path()), None] {
        // No runtime: every future is ready when it is first asked.
        let now = |future: std::pin::Pin<Box<dyn Future<Output = ()>>>| {
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            let mut future = future;
            assert!(future.as_mut().poll(&mut context).is_ready());
        };
        let store = Store::open_inline(path, None).unwrap();
        let mut stores = vec![store.clone()];
        now(Box::pin(async move {
            create(&store).await;
            assert!(append(&store, "alpha", vec![0, 2], 5, false).await);
            assert!(!append(&store, "alpha", vec![2], 5, true).await);
            assert!(append(&store, "alpha", vec![3], 5, false).await);
        }));
        stores.extend(path.map(|path| Store::open_inline(Some(path), None).unwrap()));
        for store in stores {
            now(Box::pin(async move {
                let events =
                    store.read(|sql| event::page(sql, &id("alpha"), 0, 10, usize::MAX)).await.unwrap();
                check_log(&events, 3);
            }));
        }
    }
}

#[test]
fn a_wrong_key_a_newer_store_and_a_file_that_is_none_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let (right, wrong) = (Secret::new("right"), Secret::new("wrong"));
    drop(Store::open(&path, Some(&right)).unwrap());
    assert!(matches!(Store::open(&path, Some(&wrong)), Err(OpenError::WrongKey)));
    assert!(matches!(Store::open(&path, None), Err(OpenError::WrongKey)));
    assert!(Store::open(&path, Some(&right)).is_ok());
    let plain = folder.path().join("plain.db");
    drop(Store::open(&plain, None).unwrap());
    rusqlite::Connection::open(&plain).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(Store::open(&plain, None), Err(OpenError::Newer { found: 99, .. })));
}

#[test]
fn every_query_of_a_tenants_table_names_the_tenant() {
    // The queries that are about all tenants.
    let across = [
        "SELECT tenant, role FROM membership WHERE person = $1 ORDER BY tenant",
        "SELECT tenant, head FROM tenant ORDER BY tenant",
        "SELECT tenant, epoch, head FROM tenant ORDER BY tenant",
    ];
    let tables = Regex::new(r"(?s)\b(?:FROM|INTO|UPDATE)\s+(tenant|event|audience|client|command_result|membership|service_token|intake_row|snapshot|snapshot_page)\b").unwrap();
    let literal = Regex::new(r#"(?s)"((?:SELECT|INSERT|UPDATE|DELETE) [^"]*)""#).unwrap();
    let (mut checked, mut excused) = (0, 0);
    let files = ["/src/store", "/src/store/postgres"]
        .into_iter()
        .flat_map(|folder| std::fs::read_dir(format!("{}{folder}", env!("CARGO_MANIFEST_DIR"))).unwrap());
    for file in files {
        let path = file.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for sql in literal.captures_iter(&text).map(|found| found[1].to_owned()) {
            if !tables.is_match(&sql) {
                continue;
            }
            if across.contains(&sql.as_str()) {
                excused += 1;
                continue;
            }
            let named = sql.contains("WHERE tenant = $1") || sql.contains("(tenant, ");
            assert!(named, "{}: {sql}", path.display());
            checked += 1;
        }
    }
    assert_eq!(excused, across.len());
    assert!(checked >= 18, "only {checked} queries were found");
}
