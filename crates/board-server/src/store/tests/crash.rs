//! `PostgreSQL` killed in the middle of appends: what was acknowledged is there, what is there has no hole, and the
//! server's connections come back by themselves.

use std::time::Duration;

use super::{server::Postgres, *};

const WRITERS: u8 = 8;
const KILLS: usize = 3;

/// Appends until the answer is yes; the stored bodies carry the numbers that were acknowledged.
async fn write(store: Store, writer: u8, stop: tokio::sync::watch::Receiver<bool>) -> (u64, u64) {
    let (mut acknowledged, mut refused) = (0, 0);
    let tenant = id(TENANTS[usize::from(writer) % 2]);
    while !*stop.borrow() {
        let number = acknowledged + 1;
        let asked = tenant.clone();
        let work = move |transaction: &mut Transaction<'_>| -> Result<(), StoreError> {
            let intake = Intake {
                source: format!("writer-{writer}"),
                sha256: number.to_string(),
                accepted: 0,
                duplicate: 0,
                refused: 0,
            };
            let fact = Fact::IntakeRecorded { intake };
            let audience = fact.audience();
            let (actor, now) = (Actor::Service("test".into()), Timestamp::UNIX_EPOCH);
            transaction.append(&asked, &actor, None, now, vec![(fact, audience)]).map(|_| ())
        };
        let answer = tokio::time::timeout(Duration::from_mins(1), store.write(Some(&tenant), work));
        match answer.await.expect("an answer comes even where the database is gone") {
            Ok(()) => acknowledged = number,
            Err(StoreError::Unavailable(_)) => {
                refused += 1;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => panic!("{error}"),
        }
    }
    (acknowledged, refused)
}

#[test]
fn a_killed_database_loses_nothing_that_was_acknowledged() {
    let mut server = Postgres::start();
    let place = Place::Server(Secret::new(server.database()));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = place.founded().await;
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let writers: Vec<_> =
            (0..WRITERS).map(|n| tokio::spawn(write(store.clone(), n, stopped.clone()))).collect();
        let head = async |beyond: u64| loop {
            let heads = store.read(tenant::heads).await;
            let sum = heads.map_or(0, |heads| heads.iter().map(|(_, head)| head).sum());
            if sum > beyond {
                return sum;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        let mut reached = 0;
        for _ in 0..KILLS {
            reached = head(reached + 100).await;
            server.kill();
            server.start_again();
        }
        head(reached + 100).await;
        stop.send(true).unwrap();
        let mut outcomes = Vec::new();
        for writer in writers {
            outcomes.push(writer.await.unwrap());
        }
        assert!(outcomes.iter().any(|(_, refused)| *refused > 0), "the kills were felt: {outcomes:?}");
        let fresh = place.open();
        for (index, tenant) in TENANTS.into_iter().enumerate() {
            let all = events(&fresh, tenant).await;
            check_log(&all, all.len() as u64);
            for (writer, (acknowledged, _)) in (0..WRITERS).zip(&outcomes).skip(index).step_by(2) {
                let source = format!("writer-{writer}");
                let mut last = 0;
                for event in &all {
                    if let Ok(Some(Fact::IntakeRecorded { intake })) = event.fact()
                        && intake.source == source
                    {
                        let number: u64 = intake.sha256.parse().unwrap();
                        // One whose outcome stayed unknown was sent again under its number.
                        assert!(number == last || number == last + 1, "{source}: {number} after {last}");
                        last = number;
                    }
                }
                assert!(last >= *acknowledged, "{source}: {acknowledged} acknowledged, {last} there");
            }
        }
    });
}
