//! Whole stores copied between engines, put away and brought back.

use std::collections::BTreeMap;

use super::{
    conformance::{Answer, CLIENT, command, threads},
    server::Postgres,
    *,
};
use crate::{
    identity::session,
    snapshot::{self, trim::trim},
    store::{
        copy::{self, Copied, CopyError, Purpose},
        snapshot as manifests,
    },
};

fn as_copied(place: &Place) -> copy::Place {
    match place {
        Place::File(folder) => copy::Place::File(folder.path().join("store.db"), None),
        Place::Server(address) => copy::Place::Server(address.clone()),
    }
}

fn copied(from: &Place, to: &Place, purpose: Purpose) -> Result<Copied, CopyError> {
    copy::copy(&as_copied(from), &as_copied(to), purpose, &mut |_, _| ())
}

/// A store with something in every table, one log trimmed to its snapshot; gives a refresh token.
async fn fill(place: &Place) -> String {
    let store = place.founded().await;
    for number in 1..=5 {
        command(&store, "alpha", CLIENT, number, u128::from(number)).await.unwrap();
    }
    for _ in 0..20 {
        assert!(append(&store, "beta", vec![0, 2, 3], 5, false).await);
    }
    assert_eq!(trim(&store, &id("beta"), 10).await.unwrap(), 50);
    snapshot::build(&store, &id("alpha")).await.unwrap();
    let rest = |transaction: &mut Transaction<'_>| -> Result<String, StoreError> {
        let kari = PersonId::new("kari").unwrap();
        let sql = transaction.sql()?;
        service_token::insert(sql, &id("alpha"), &Hash([1; 32]), "upstream", "ingest")?;
        account::insert(sql, &kari, "kari@alpha.example", "Kari", "-")?;
        Ok(session::start(transaction, &kari, "test", Timestamp::UNIX_EPOCH)?.refresh_token)
    };
    store.write(Some(&id("alpha")), rest).await.unwrap()
}

async fn check_copy(original: &Place, copy: &Place, purpose: Purpose, token: &str) {
    let (original, copy) = (original.open(), copy.open());
    for tenant in TENANTS {
        let row = async |store: &Store| {
            let asked = id(tenant);
            store.read(move |sql| tenant::get(sql, &asked)).await.unwrap().unwrap()
        };
        let (before, after) = (row(&original).await, row(&copy).await);
        assert_eq!((before.head, before.floor, before.last_at), (after.head, after.floor, after.last_at));
        assert_eq!(before.epoch == after.epoch, purpose == Purpose::Backup, "a new life, a new epoch");
        let bodies = |events: Vec<Event>| -> Vec<_> {
            events.into_iter().map(|event| (event.seq, event.hash, event.body.get().to_owned())).collect()
        };
        assert_eq!(bodies(events(&original, tenant).await), bodies(events(&copy, tenant).await));
        let asked = id(tenant);
        let newest = copy.read(move |sql| manifests::newest(sql, &asked, 1)).await.unwrap().pop().unwrap();
        assert_eq!(newest.epoch, after.epoch, "a snapshot is of its log");
        // The fold goes on where it was, in the trimmed log as well.
        let asked = id(tenant);
        let book = move |transaction: &mut Transaction<'_>| -> Result<Book, StoreError> {
            Ok(transaction.book(&asked)?.clone())
        };
        let books = [
            original.write(Some(&id(tenant)), book.clone()).await.unwrap(),
            copy.write(Some(&id(tenant)), book).await.unwrap(),
        ];
        assert_eq!(books[0], books[1]);
    }
    let token = token.to_owned();
    let exchange =
        move |transaction: &mut Transaction<'_>| session::refresh(transaction, &token, Timestamp::UNIX_EPOCH);
    let lives = copy.write(None, exchange).await.unwrap().is_some();
    assert_eq!(lives, purpose != Purpose::Restore, "no session ended since lives again");
    let send = async |number| command(&copy, "alpha", CLIENT, number, u128::from(number)).await.unwrap();
    assert_eq!(send(5).await, Answer::Done(5), "a repeat gets the first answer");
    assert_eq!(send(6).await, Answer::Done(6), "and the numbers go on");
    check_log(&events(&copy, "alpha").await, 6);
}

#[test]
fn a_store_moves_between_engines_and_comes_back() {
    let mut server = Postgres::start();
    let mut database = || Place::Server(Secret::new(server.database()));
    threads().block_on(async {
        let first = Place::file();
        let token = fill(&first).await;
        let token = token.as_str();
        let moves =
            [(Place::file(), Purpose::Move), (database(), Purpose::Move), (database(), Purpose::Restore)];
        for (to, purpose) in &moves {
            let report = tokio::task::block_in_place(|| copied(&first, to, *purpose)).unwrap();
            assert_eq!(report.tenants, BTreeMap::from([(id("alpha"), 5), (id("beta"), 60)]));
            assert_eq!(report.rows["event"], 15);
            check_copy(&first, to, *purpose, token).await;
            let again = tokio::task::block_in_place(|| copied(&first, to, *purpose)).unwrap_err();
            assert_eq!(again.code(), "store.not_empty");
        }
        // The other way, and from one database to another.
        let there = database();
        let token = &fill(&there).await;
        for (to, purpose) in [(Place::file(), Purpose::Backup), (database(), Purpose::Restore)] {
            tokio::task::block_in_place(|| copied(&there, &to, purpose)).unwrap();
            check_copy(&there, &to, purpose, token).await;
        }
    });
}

#[test]
fn a_backup_beside_a_running_server_is_whole_and_overwrites_nothing() {
    let place = Place::file();
    threads().block_on(async {
        let token = fill(&place).await;
        let store = place.open();
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let writing = tokio::spawn(async move {
            while !*stopped.borrow() {
                assert!(append(&store, "beta", vec![2, 3], 5, false).await);
            }
        });
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("backup.db");
        let make = |key: Option<&str>| {
            let key = key.map(Secret::new);
            tokio::task::block_in_place(|| copy::backup(&as_copied(&place), &file, key, &mut |_, _| ()))
        };
        let report = make(Some("key")).unwrap();
        assert_eq!(report.rows["refresh_token"], 1);
        stop.send(true).unwrap();
        writing.await.unwrap();
        assert_eq!(make(None).unwrap_err().code(), "store.exists");
        let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        assert_eq!(names.collect::<Vec<_>>(), ["backup.db"], "one file, nothing half done");
        let restore = |key: &str, to: &Place| {
            let from = copy::Place::File(file.clone(), Some(Secret::new(key)));
            tokio::task::block_in_place(|| {
                copy::copy(&from, &as_copied(to), Purpose::Restore, &mut |_, _| ())
            })
        };
        assert_eq!(restore("another", &Place::file()).unwrap_err().code(), "store.wrong_key");
        let back = Place::file();
        assert_eq!(restore("key", &back).unwrap().tenants, report.tenants);
        let store = back.open();
        let all = events(&store, "beta").await;
        assert_eq!(all.last().unwrap().seq, report.tenants[&id("beta")]);
        assert!(append(&store, "beta", vec![2], 5, false).await);
        drop(token);
    });
}

#[test]
fn a_damaged_or_missing_source_leaves_the_target_empty() {
    let place = Place::file();
    threads().block_on(async { drop(fill(&place).await) });
    let good = tempfile::tempdir().unwrap();
    let good = good.path().join("good.db");
    copy::backup(&as_copied(&place), &good, None, &mut |_, _| ()).unwrap();
    let changes = [
        "UPDATE event SET body = replace(body, 'costs', 'gains') WHERE tenant = 'alpha' AND seq = 3",
        "DELETE FROM event WHERE tenant = 'alpha' AND seq = 3",
        "DELETE FROM event WHERE tenant = 'alpha' AND seq = 5",
        "UPDATE audience SET head_hash = zeroblob(32) WHERE tenant = 'alpha'",
        "UPDATE tenant SET floor = 40 WHERE tenant = 'beta'",
    ];
    let original = std::fs::read(&good).unwrap();
    for change in changes {
        let damaged = Place::file();
        let Place::File(folder) = &damaged else { panic!("a file") };
        let path = folder.path().join("store.db");
        std::fs::write(&path, &original).unwrap();
        let rows = rusqlite::Connection::open(&path).unwrap().execute(change, []).unwrap();
        assert_eq!(rows, 1, "{change}");
        let to = Place::file();
        assert_eq!(copied(&damaged, &to, Purpose::Move).unwrap_err().code(), "store.damaged", "{change}");
        runtime().block_on(async { assert!(to.open().read(tenant::heads).await.unwrap().is_empty()) });
    }
    let nowhere = Place::file();
    assert_eq!(copied(&nowhere, &Place::file(), Purpose::Move).unwrap_err().code(), "store.missing");
}
