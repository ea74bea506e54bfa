//! What every engine must do: the same checks on the embedded one and on `PostgreSQL`.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use board_domain::{Origin, wire::CommandOutcome};
use proptest::{prelude::*, test_runner::TestRunner};
use sha2::{Digest, Sha256};

use super::{server::Postgres, *};
use crate::{
    admin::Admin,
    identity::session,
    ingest::{IntakeRow, Volunteering},
    store::command_result::CommandResult,
};

pub(super) const CLIENT: Uuid = Uuid::from_u128(7);

pub(super) fn threads() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// What became of a command in these tests.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Done(u64),
    Reused,
    Gap(u64),
}

/// Sends a command as the interface does: one fact, one result.
pub(super) async fn command(
    store: &Store,
    tenant: &str,
    client: Uuid,
    cmd_seq: u64,
    key: u128,
) -> Result<Answer, StoreError> {
    let (tenant, key) = (id(tenant), Uuid::from_u128(key));
    let asked = tenant.clone();
    let work = move |transaction: &mut Transaction<'_>| -> Result<Answer, StoreError> {
        let kari = PersonId::new("kari").unwrap();
        let (mark, known) = transaction.command(client, cmd_seq, key)?;
        let last = mark.map_or(0, |(_, last)| last);
        match known {
            Some(CommandResult { cmd_seq: number, key: stored, outcome, .. }) => {
                let CommandOutcome::Done { seq, .. } = outcome else { panic!("nothing is refused here") };
                let same = number == cmd_seq && stored == key.to_string();
                return Ok(if same { Answer::Done(seq) } else { Answer::Reused });
            }
            None if cmd_seq <= last => return Ok(Answer::Reused),
            None if cmd_seq > last + 1 => return Ok(Answer::Gap(last + 1)),
            None => (),
        }
        transaction.book(&asked)?;
        let (actor, origin) = (Actor::Person(kari.clone()), Origin { client, cmd_seq });
        let seq = transaction.append(&asked, &actor, Some(&origin), Timestamp::UNIX_EPOCH, vec![fact(2)])?;
        let outcome = CommandOutcome::Done { cmd_seq, seq };
        let result = CommandResult { cmd_seq, key: key.to_string(), payload_hash: Hash::ZERO, outcome };
        transaction.remember(client, &kari, result)?;
        Ok(Answer::Done(seq))
    };
    store.write(Some(&tenant), work).await
}

async fn check_both(place: &Place, stores: &[&Store]) {
    let fresh = place.open();
    for tenant in TENANTS {
        let all = events(&fresh, tenant).await;
        check_log(&all, all.len() as u64);
        for store in stores {
            let asked = id(tenant);
            let row = store.read(move |sql| tenant::get(sql, &asked)).await.unwrap().unwrap();
            assert_eq!(row.head, all.len() as u64);
        }
    }
}

fn any_appends_leave_gapless_chained_logs(place: &dyn Fn() -> Place) {
    let kinds = prop::collection::vec(0..4_u8, 0..5);
    let appends =
        prop::collection::vec((0..2_usize, kinds, 0..100_000_i64, prop::bool::weighted(0.2)), 1..25);
    let check = |appends: Vec<(usize, Vec<u8>, i64, bool)>| {
        let place = place();
        runtime().block_on(async {
            let store = place.founded().await;
            let mut expected = [0_u64; 2];
            for (tenant, kinds, at, fails) in appends {
                let count = kinds.len() as u64;
                assert_eq!(append(&store, TENANTS[tenant], kinds, at, fails).await, !fails);
                expected[tenant] += if fails { 0 } else { count };
            }
            // A store opened anew, as after a restart, reads the same.
            for store in [store.clone(), place.open()] {
                for (tenant, head) in TENANTS.into_iter().zip(expected) {
                    let asked = id(tenant);
                    let (row, role) = store
                        .read(move |sql| {
                            let kari = PersonId::new("kari").unwrap();
                            let row = tenant::get(sql, &asked)?.unwrap();
                            Ok((row, membership::role(sql, &asked, &kari)?))
                        })
                        .await
                        .unwrap();
                    let events = events(&store, tenant).await;
                    assert_eq!(row.head, head);
                    check_log(&events, head);
                    let asked = id(tenant);
                    let book = move |transaction: &mut Transaction<'_>| -> Result<Book, StoreError> {
                        Ok(transaction.book(&asked)?.clone())
                    };
                    let book = store.write(Some(&id(tenant)), book).await.unwrap();
                    let mut folded = Book::default();
                    for event in &events {
                        folded.apply(event).unwrap();
                    }
                    assert_eq!(book, folded, "the book in memory is the fold of the log");
                    assert_eq!(role, folded.person("kari").map(|person| person.role));
                }
            }
        });
        Ok(())
    };
    // A database for each case takes its time.
    let cases = if matches!(place(), Place::Server(_)) { 4 } else { 16 };
    TestRunner::new(ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() })
        .run(&appends, check)
        .unwrap();
}

fn many_writers_at_once_leave_no_hole_and_every_answer_is_on_disk(place: &dyn Fn() -> Place) {
    let place = place();
    threads().block_on(async {
        let store = place.founded().await;
        let writers: Vec<_> = (0..200)
            .map(|n| {
                let store = store.clone();
                // Some fail at the end, and some of those have folded what they appended.
                tokio::spawn(async move { append(&store, TENANTS[n % 2], vec![2, 3], 5, n % 7 == 0).await })
            })
            .collect();
        let mut kept = 0;
        for writer in writers {
            kept += u64::from(writer.await.unwrap());
        }
        let heads = store.read(tenant::heads).await.unwrap();
        assert_eq!(heads.iter().map(|(_, head)| head).sum::<u64>(), kept * 2);
        check_both(&place, &[&store]).await;
    });
}

fn a_panic_in_one_job_costs_only_that_job(place: &dyn Fn() -> Place) {
    let place = place();
    runtime().block_on(async {
        let store = place.founded().await;
        for reads in [false, true] {
            let panics = move |transaction: &mut Transaction<'_>| -> Result<(), StoreError> {
                let actor = Actor::Service("test".into());
                transaction.append(&id("alpha"), &actor, None, Timestamp::UNIX_EPOCH, vec![fact(2)])?;
                if reads {
                    transaction.sql()?;
                }
                transaction.book(&id("alpha"))?;
                panic!("on purpose")
            };
            assert!(matches!(store.write(Some(&id("alpha")), panics).await, Err(StoreError::Closed)));
        }
        assert!(append(&store, "alpha", vec![2], 5, false).await);
        let heads = store.read(tenant::heads).await.unwrap();
        assert_eq!(heads, [(id("alpha"), 1), (id("beta"), 0)]);
    });
}

fn appends_of_another_server_are_seen(place: &dyn Fn() -> Place) {
    let place = place();
    runtime().block_on(async {
        let (one, other) = (place.founded().await, place.open());
        let epoch = one.read(|sql| Ok(tenant::get(sql, &id("alpha"))?.unwrap().epoch)).await.unwrap();
        let channel = one.channels().channel(&id("alpha"));
        let _follows = channel.subscribe();
        channel.adopt(epoch, 0);
        for store in [&one, &other, &one] {
            assert!(append(store, "alpha", vec![0, 2], 5, false).await);
        }
        check_log(&events(&one, "alpha").await, 6);
        // What the other server wrote is not among the encoded events, so a stream must not skip over it.
        let after = |seq| channel.after(epoch, seq, 10, usize::MAX);
        assert!(matches!(after(0), Recently::Older));
        assert!(matches!(after(4), Recently::Events(events) if events.len() == 2));
        // A decision that writes nothing still rests on the newest rows.
        assert!(append(&one, "alpha", vec![1], 5, false).await);
        let gone = |transaction: &mut Transaction<'_>| -> Result<bool, StoreError> {
            Ok(transaction.book(&id("alpha"))?.person("kari").is_none())
        };
        assert!(other.write(Some(&id("alpha")), gone).await.unwrap());
    });
}

fn work_sees_what_it_did_and_nothing_of_what_failed(place: &dyn Fn() -> Place) {
    let place = place();
    runtime().block_on(async {
        let store = place.founded().await;
        let work = |transaction: &mut Transaction<'_>| -> Result<(u64, bool), StoreError> {
            let actor = Actor::Service("test".into());
            transaction.append(&id("alpha"), &actor, None, Timestamp::UNIX_EPOCH, vec![fact(2), fact(0)])?;
            let head = tenant::get(transaction.sql()?, &id("alpha"))?.unwrap().head;
            Ok((head, transaction.book(&id("alpha"))?.person("kari").is_some()))
        };
        assert_eq!(store.write(Some(&id("alpha")), work).await.unwrap(), (2, true));
        let fails = move |transaction: &mut Transaction<'_>| -> Result<(), StoreError> {
            work(transaction)?;
            Err(StoreError::Unreadable("test"))
        };
        assert!(store.write(Some(&id("alpha")), fails).await.is_err());
        assert_eq!(store.write(Some(&id("alpha")), work).await.unwrap(), (4, true));
        check_log(&events(&store, "alpha").await, 4);
        // What a failed job folded is not in the book of the next, in a short log or in a long one.
        for length in [4, 1_104] {
            let all = events(&store, "alpha").await;
            assert_eq!(all.len(), length);
            let fails = |transaction: &mut Transaction<'_>| -> Result<(), StoreError> {
                let person = PersonId::new("ola").unwrap();
                let ola = Fact::PersonJoined {
                    person: Person { id: person, name: "Ola".into(), role: Role::Viewer },
                };
                let (actor, audience) = (Actor::Service("test".into()), ola.audience());
                transaction.append(
                    &id("alpha"),
                    &actor,
                    None,
                    Timestamp::UNIX_EPOCH,
                    vec![(ola, audience)],
                )?;
                assert!(transaction.book(&id("alpha"))?.person("ola").is_some());
                Err(StoreError::Unreadable("test"))
            };
            let book = |transaction: &mut Transaction<'_>| -> Result<Book, StoreError> {
                Ok(transaction.book(&id("alpha"))?.clone())
            };
            // Together, so that they may share a commit.
            let alpha = id("alpha");
            let (failed, book) =
                tokio::join!(store.write(Some(&alpha), fails), store.write(Some(&alpha), book));
            assert!(failed.is_err());
            let mut folded = Book::default();
            for event in &all {
                folded.apply(event).unwrap();
            }
            assert_eq!(book.unwrap(), folded);
            if length == 4 {
                assert!(append(&store, "alpha", vec![2; 1_100], 5, false).await);
            }
        }
        let stranger = |transaction: &mut Transaction<'_>| transaction.book(&id("beta")).map(|_| ());
        let refused = store.write(Some(&id("alpha")), stranger).await;
        assert!(matches!(refused, Err(StoreError::Tenantless)), "never two tenants in one piece of work");
        let nobody = |transaction: &mut Transaction<'_>| transaction.book(&id("gamma")).map(|_| ());
        assert!(matches!(store.write(Some(&id("gamma")), nobody).await, Err(StoreError::NoTenant(_))));
    });
}

fn marks_of_clients_outlive_servers_and_keys_are_good_once(place: &dyn Fn() -> Place) {
    let place = place();
    runtime().block_on(async {
        let store = place.founded().await;
        for number in 1..=3 {
            let answer = command(&store, "alpha", CLIENT, number, u128::from(number)).await.unwrap();
            assert_eq!(answer, Answer::Done(number));
        }
        for store in [store, place.open(), place.open()] {
            let send = async |number, key| command(&store, "alpha", CLIENT, number, key).await.unwrap();
            assert_eq!(send(2, 2).await, Answer::Done(2), "a repeat gets the first answer");
            assert_eq!(send(4, 2).await, Answer::Reused, "a key is good once");
            assert_eq!(send(3, 9).await, Answer::Reused, "a number is good once");
            assert_eq!(send(6, 6).await, Answer::Gap(4));
        }
        let (one, other) = (place.open(), place.open());
        // The one has a mark in memory, the other moves it, and the one is asked again.
        assert_eq!(command(&one, "alpha", CLIENT, 4, 4).await.unwrap(), Answer::Done(4));
        assert_eq!(command(&other, "alpha", CLIENT, 5, 5).await.unwrap(), Answer::Done(5));
        assert_eq!(command(&one, "alpha", CLIENT, 5, 5).await.unwrap(), Answer::Done(5));
        assert_eq!(command(&one, "alpha", CLIENT, 7, 7).await.unwrap(), Answer::Gap(6));
        assert_eq!(command(&one, "alpha", CLIENT, 6, 5).await.unwrap(), Answer::Reused);
        assert_eq!(command(&one, "alpha", CLIENT, 6, 6).await.unwrap(), Answer::Done(6));
        for number in 7..=8 {
            command(&other, "alpha", CLIENT, number, u128::from(number)).await.unwrap();
        }
        assert_eq!(
            command(&one, "alpha", CLIENT, 9, 9).await.unwrap(),
            Answer::Done(9),
            "no gap is seen in vain"
        );
        // Clients of one tenant say nothing about those of another.
        assert_eq!(command(&one, "beta", CLIENT, 1, 1).await.unwrap(), Answer::Done(1));
        check_both(&place, &[&one, &other]).await;
    });
}

fn two_servers_on_one_tenant_leave_one_effect_per_command(place: &dyn Fn() -> Place) {
    const CLIENTS: u128 = 6;
    const COMMANDS: u64 = 25;
    let place = place();
    threads().block_on(async {
        let stores = [place.founded().await, place.open()];
        let done = Arc::new(AtomicUsize::new(0));
        let readers: Vec<_> = stores
            .iter()
            .map(|store| {
                let (store, done) = (store.clone(), Arc::clone(&done));
                tokio::spawn(async move {
                    // Every page continues the one before it: each reader sees a prefix.
                    let mut seen = 0;
                    while done.load(Ordering::SeqCst) < usize::try_from(CLIENTS).unwrap() {
                        let page =
                            store.read(move |sql| event::page(sql, &id("alpha"), seen, 50, usize::MAX));
                        for event in page.await.unwrap() {
                            assert_eq!(event.seq, seen + 1);
                            seen = event.seq;
                        }
                        tokio::task::yield_now().await;
                    }
                })
            })
            .collect();
        let writers: Vec<_> = (1..=CLIENTS)
            .map(|client| {
                let (stores, done) = (stores.clone(), Arc::clone(&done));
                tokio::spawn(async move {
                    let mut answers = Vec::new();
                    for number in 1..=COMMANDS {
                        // A client that does not hear back sends again, perhaps to another server, at the same time.
                        let client = Uuid::from_u128(client);
                        let key = u128::from(number);
                        let send = |store: usize| command(&stores[store], "alpha", client, number, key);
                        let (one, other) = tokio::join!(send(0), send(1));
                        let (one, other) = (one.unwrap(), other.unwrap());
                        assert_eq!(one, other, "both answers tell of the same effect");
                        answers.push((client, number, one));
                    }
                    done.fetch_add(1, Ordering::SeqCst);
                    answers
                })
            })
            .collect();
        let mut acknowledged = Vec::new();
        for writer in writers {
            acknowledged.extend(writer.await.unwrap());
        }
        for reader in readers {
            reader.await.unwrap();
        }
        let all = events(&stores[0], "alpha").await;
        check_log(&all, u64::try_from(CLIENTS).unwrap() * COMMANDS);
        for (client, number, answer) in acknowledged {
            let Answer::Done(seq) = answer else { panic!("{answer:?}") };
            let origin = all[usize::try_from(seq).unwrap() - 1].origin.as_ref().unwrap();
            assert_eq!((origin.client, origin.cmd_seq), (client, number));
        }
        check_both(&place, &[&stores[0], &stores[1]]).await;
    });
}

fn a_refresh_token_has_one_successor_on_all_servers(place: &dyn Fn() -> Place) {
    let place = place();
    threads().block_on(async {
        let (one, other) = (place.founded().await, place.open());
        let start = |transaction: &mut Transaction<'_>| -> Result<_, StoreError> {
            let kari = PersonId::new("kari").unwrap();
            account::insert(transaction.sql()?, &kari, "kari@alpha.example", "Kari", "-")?;
            session::start(transaction, &kari, "test", Timestamp::UNIX_EPOCH)
        };
        for _ in 0..10 {
            let pair = one.write(None, start).await.unwrap();
            let exchange = |store: Store, token: &str| {
                let token = token.to_owned();
                let work = move |transaction: &mut Transaction<'_>| {
                    session::refresh(transaction, &token, Timestamp::UNIX_EPOCH)
                };
                tokio::spawn(async move { store.write(None, work).await.unwrap() })
            };
            let (first, second) =
                (exchange(one.clone(), &pair.refresh_token), exchange(other.clone(), &pair.refresh_token));
            let pairs = [first.await.unwrap(), second.await.unwrap()];
            // Whichever came second may be the same client, whose first answer was lost: there is one successor.
            let [first, second] = pairs.map(|pair| pair.expect("an answer").refresh_token);
            assert_eq!(first, second);
            assert!(exchange(one.clone(), &first).await.unwrap().is_some());
            // The successor was used: two parties hold the token, and the session ends for both, on every server.
            assert!(exchange(other.clone(), &pair.refresh_token).await.unwrap().is_none());
            assert!(exchange(one.clone(), &first).await.unwrap().is_none());
        }
    });
}

fn a_promoted_log_has_a_new_epoch_and_goes_on(place: &dyn Fn() -> Place) {
    let place = place();
    runtime().block_on(async {
        let store = place.founded().await;
        // Without events there is no snapshot to be of either epoch.
        for number in 1..=3 {
            command(&store, "alpha", CLIENT, number, u128::from(number)).await.unwrap();
        }
        crate::snapshot::build(&store, &id("alpha")).await.unwrap();
        let epoch =
            async || store.read(|sql| Ok(tenant::get(sql, &id("alpha"))?.unwrap().epoch)).await.unwrap();
        let before = epoch().await;
        let promoted = Admin { store: place.open() }.promote().await.unwrap();
        assert_eq!(promoted, TENANTS.map(id));
        let after = epoch().await;
        assert_ne!(before, after);
        let newest = store.read(|sql| snapshot::newest(sql, &id("alpha"), 1)).await.unwrap().remove(0);
        assert_eq!((newest.epoch, newest.seq), (after, 3));
        // The server that remembers the old epoch finds out by itself.
        assert_eq!(command(&store, "alpha", CLIENT, 4, 4).await.unwrap(), Answer::Done(4));
        assert_eq!(command(&store, "alpha", CLIENT, 2, 2).await.unwrap(), Answer::Done(2));
        check_both(&place, &[&store]).await;
    });
}

fn rows_are_known_by_their_id_whatever_it_holds(place: &dyn Fn() -> Place) {
    let place = place();
    runtime().block_on(async {
        let store = place.founded().await;
        // More than one statement takes, and ids that mean something to one notation or another.
        let mut ids: Vec<String> = (0..10_001).map(|number| format!("C{number}")).collect();
        ids.extend(["", "NULL", "{a,b}", "a\",\"b", "'); --", "\\", "ø\u{1F600}", "$1"].map(str::to_owned));
        let hash = |id: &str| Hash(Sha256::digest(id).into());
        let row = IntakeRow::Volunteering(Volunteering {
            volunteer: "v".into(),
            organisation: "o".into(),
            date: jiff::civil::date(2026, 11, 1),
            minutes: 60,
        });
        let (asked, kept) = (ids.clone(), row.clone());
        let insert = move |transaction: &mut Transaction<'_>| -> Result<(), StoreError> {
            let hashes: Vec<Hash> = asked.iter().map(|id| hash(id)).collect();
            let rows: Vec<_> =
                asked.iter().zip(&hashes).map(|(id, hash)| (id.as_str(), hash, &kept)).collect();
            intake_row::insert(transaction.sql()?, &id("alpha"), "costs", &rows)
        };
        store.write(Some(&id("alpha")), insert.clone()).await.unwrap();
        assert!(store.write(Some(&id("alpha")), insert).await.is_err(), "a row is there once");
        let found = |tenant: &str, source: &'static str, asked: &[String]| {
            let (tenant, asked) = (id(tenant), asked.to_vec());
            store.read(move |sql| {
                let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
                let found = intake_row::hashes(sql, &tenant, source, &asked)?;
                assert!(found.iter().all(|(id, found)| *found == hash(id)));
                Ok(found.len())
            })
        };
        let unknown = ["C10001".to_owned(), "c0".into(), "{C1}".into()];
        let twice = [ids[0].clone(), ids[1].clone(), ids[0].clone()];
        assert_eq!(found("alpha", "costs", &ids).await.unwrap(), ids.len());
        assert_eq!(found("alpha", "costs", &twice).await.unwrap(), 2);
        assert_eq!(found("alpha", "costs", &unknown).await.unwrap(), 0);
        assert_eq!(found("alpha", "costs", &[]).await.unwrap(), 0);
        assert_eq!(found("alpha", "outcomes", &ids).await.unwrap(), 0);
        assert_eq!(found("beta", "costs", &ids).await.unwrap(), 0);
        let all = store.read(|sql| intake_row::all(sql, &id("alpha"))).await.unwrap();
        assert_eq!(all.len(), ids.len());
        assert!(all.iter().all(|read| *read == row));
    });
}

macro_rules! conformance {
    ($($check:ident,)*) => {
        mod embedded {
            $(#[test]
            fn $check() {
                super::$check(&super::Place::file);
            })*
        }

        /// One server for all checks, a database for each.
        #[test]
        fn postgres_conforms() {
            let server = Mutex::new(Postgres::start());
            let place = || Place::Server(Secret::new(server.lock().unwrap().database()));
            $(
                println!(stringify!($check));
                $check(&place);
            )*
        }
    };
}

conformance! {
    any_appends_leave_gapless_chained_logs,
    many_writers_at_once_leave_no_hole_and_every_answer_is_on_disk,
    a_panic_in_one_job_costs_only_that_job,
    appends_of_another_server_are_seen,
    work_sees_what_it_did_and_nothing_of_what_failed,
    marks_of_clients_outlive_servers_and_keys_are_good_once,
    two_servers_on_one_tenant_leave_one_effect_per_command,
    a_refresh_token_has_one_successor_on_all_servers,
    a_promoted_log_has_a_new_epoch_and_goes_on,
    rows_are_known_by_their_id_whatever_it_holds,
}

#[test]
fn servers_that_start_at_once_share_one_store_and_wake_each_other() {
    let mut server = Postgres::start();
    let place = Place::Server(Secret::new(server.database()));
    threads().block_on(async {
        let stores: Vec<Store> = std::thread::scope(|scope| {
            let opening: Vec<_> = (0..4).map(|_| scope.spawn(|| place.open())).collect();
            opening.into_iter().map(|opening| opening.join().unwrap()).collect()
        });
        create(&stores[0]).await;
        for writer in 0..stores.len() {
            let mut heads: Vec<_> =
                stores.iter().map(|store| store.channels().channel(&id("alpha")).subscribe()).collect();
            assert!(append(&stores[writer], "alpha", vec![2; 3], 5, false).await);
            let head = (writer as u64 + 1) * 3;
            for heads in &mut heads {
                // Nobody polls here: this is the notification.
                let woken = heads.wait_for(|known| *known >= head);
                tokio::time::timeout(Duration::from_secs(30), woken).await.expect("woken").unwrap();
            }
        }
        check_both(&place, &stores.iter().collect::<Vec<_>>()).await;
    });
}

#[test]
fn a_server_that_refuses_is_away_or_is_newer_is_told_apart() {
    let mut server = Postgres::start();
    let right = server.database();
    let opened = |address: &str| Store::connect(&Secret::new(address)).map(|_| ());
    opened(&right).unwrap();
    let wrong = server.address("boardroom_1", "wrong");
    assert!(matches!(opened(&wrong), Err(OpenError::Refused { .. })));
    let nowhere = server.address("nowhere", "a password for tests");
    assert!(matches!(opened(&nowhere), Err(OpenError::Unreachable { .. })));
    ::postgres::Client::connect(&right, ::postgres::NoTls)
        .unwrap()
        .batch_execute("UPDATE schema_version SET version = 99")
        .unwrap();
    assert!(matches!(opened(&right), Err(OpenError::Newer { found: 99, .. })));
    server.kill();
    let Err(error) = opened(&right) else { panic!("nobody is there") };
    assert_eq!(error.code(), "store.unreachable");
    assert!(!error.to_string().contains("a password"), "{error}");
}
