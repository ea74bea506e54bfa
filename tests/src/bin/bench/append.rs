//! The part `append`: durable appends of single commands by 16 callers, each waiting for its answer.
//!
//! Ours run the whole path of a command (idempotency, decision, hash chain, fold) in this process, on SQLite and on
//! PostgreSQL; the peer is one bare statement that leaves the same rows and checks nothing.

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use board_domain::{Command, Envelope, PersonId, TenantId, Watermark};
use board_server::{Config, Secret, bench::Commands};
use boardroom_tests::{Postgres, root};
use postgres::types::ToSql;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    machine::{median, quiet},
    ours::seed,
};

/// Where Debian keeps its versions.
pub(crate) const POSTGRES: &str = "/usr/lib/postgresql";
const CALLERS: usize = 16;
const ROUNDS: usize = 3;
const TIME: Duration = Duration::from_secs(4);
/// Text of a body that makes an event of about 300 bytes, with its JSON.
const TEXT: &str =
    "{name} · {status} · a text as long as the measured events need it to be, one hundred and ten";

/// Appends per second and the latencies of a run.
struct Rate {
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
}

/// Measures.
pub(crate) fn run() -> Map<String, Value> {
    let mut results = Map::new();
    let mut cluster = Path::new(POSTGRES).exists().then(Postgres::start);
    if cluster.is_none() {
        let reason = "PostgreSQL is not installed (Debian: postgresql)";
        results.insert("append_peer_missing".into(), json!(reason));
    }
    let mut busy = Vec::new();
    for tenants in [1, 64] {
        let (mut sqlite, mut store, mut bare) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            busy.push(quiet());
            sqlite.push(on_sqlite(tenants));
            if let Some(cluster) = &mut cluster {
                busy.push(quiet());
                bare.push(on_bare_statement(&cluster.database(), tenants));
                busy.push(quiet());
                store.push(on_postgres(cluster.database(), tenants));
            }
        }
        for (name, rates) in [("sqlite", &sqlite), ("postgres", &store), ("cte", &bare)] {
            let middle = |figure: fn(&Rate) -> f64| {
                (!rates.is_empty()).then(|| median(rates.iter().map(figure).collect()))
            };
            results.insert(format!("append_{name}_{tenants}_per_s"), json!(middle(|rate| rate.per_second)));
            results.insert(format!("append_{name}_{tenants}_p50_ms"), json!(middle(|rate| rate.p50_ms)));
            results.insert(format!("append_{name}_{tenants}_p99_ms"), json!(middle(|rate| rate.p99_ms)));
        }
        let ratio = |over: &[Rate], under: &[Rate]| {
            let ratios: Vec<f64> =
                over.iter().zip(under).map(|(over, under)| over.per_second / under.per_second).collect();
            (!ratios.is_empty()).then(|| median(ratios))
        };
        let suffix = if tenants == 1 { String::new() } else { format!("_{tenants}") };
        results.insert(format!("append_sqlite_over_postgres{suffix}"), json!(ratio(&sqlite, &bare)));
        results.insert(format!("append_postgres_over_cte{suffix}"), json!(ratio(&store, &bare)));
    }
    results.insert("append_others_cpu".into(), json!(median(busy)));
    results
}

fn on_sqlite(tenants: usize) -> Rate {
    let folder = tempfile::tempdir().expect("a folder");
    ours(&Config { data: folder.path().to_owned(), ..Config::default() }, tenants)
}

fn on_postgres(address: String, tenants: usize) -> Rate {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Some(Secret::new(address));
    ours(&Config { data: folder.path().to_owned(), store, ..Config::default() }, tenants)
}

/// The whole path of a command, without HTTP.
fn ours(config: &Config, tenants: usize) -> Rate {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let companies: Vec<TenantId> =
            (0..tenants).map(|tenant| TenantId::new(format!("load-{tenant}")).unwrap()).collect();
        seed(config, tenants).await;
        let commands = Arc::new(Commands::open(config).await.expect("a store"));
        let started = Instant::now();
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                let (commands, companies) = (Arc::clone(&commands), companies.clone());
                tokio::spawn(async move {
                    let person = PersonId::new("ada").unwrap();
                    let client = Uuid::new_v4();
                    let mut numbers = vec![0; companies.len()];
                    let mut times = Vec::new();
                    for turn in 0.. {
                        let tenant = pick(caller, turn, companies.len());
                        numbers[tenant] += 1;
                        let watermark = Watermark { text: TEXT.into(), ..Watermark::default() };
                        let command = Command::SetWatermark { watermark };
                        let envelope =
                            Envelope { client, cmd_seq: numbers[tenant], key: Uuid::new_v4(), command };
                        let asked = Instant::now();
                        commands.run(&companies[tenant], &person, &envelope).await.expect("it happens");
                        times.push(asked.elapsed().as_secs_f64());
                        if started.elapsed() > TIME {
                            break;
                        }
                    }
                    times
                })
            })
            .collect();
        let mut times = Vec::new();
        for caller in callers {
            times.extend(caller.await.unwrap());
        }
        rate(times, started.elapsed())
    })
}

fn sql(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect("a statement")
}

/// Makes the very tables of our store in an empty database, so that a peer pays for the same rows.
pub(crate) fn tables(address: &str, tenants: usize) -> postgres::Client {
    let mut client = postgres::Client::connect(address, postgres::NoTls).unwrap();
    client.batch_execute(&sql("crates/board-server/src/store/postgres/version_1.sql")).unwrap();
    for tenant in 0..tenants {
        let name = format!("load-{tenant}");
        client.execute("INSERT INTO tenant VALUES ($1, '', 0, 0, 0, '')", &[&name]).unwrap();
    }
    client
}

/// One statement, sixteen connections.
fn on_bare_statement(address: &str, tenants: usize) -> Rate {
    let mut client = tables(address, tenants);
    let statement = sql("tests/bench/append_one.sql");
    let times = Mutex::new(Vec::new());
    let started = Instant::now();
    thread::scope(|scope| {
        for caller in 0..CALLERS {
            let (statement, times) = (&statement, &times);
            scope.spawn(move || {
                let taken = call(address, statement, caller, tenants, started);
                times.lock().unwrap().extend(taken);
            });
        }
    });
    let elapsed = started.elapsed();
    let holes =
        "SELECT count(*) FROM tenant t WHERE head <> (SELECT count(*) FROM event e WHERE e.tenant = t.tenant)
                 OR head <> (SELECT coalesce(max(seq), 0) FROM event e WHERE e.tenant = t.tenant)";
    assert_eq!(client.query_one(holes, &[]).unwrap().get::<_, i64>(0), 0, "a log of the peer has holes");
    rate(times.into_inner().unwrap(), elapsed)
}

fn call(address: &str, statement: &str, caller: usize, tenants: usize, started: Instant) -> Vec<f64> {
    let mut client = postgres::Client::connect(address, postgres::NoTls).unwrap();
    let prepared = client.prepare(statement).unwrap();
    let me = Uuid::new_v4().to_string();
    let watermark = Watermark { text: TEXT.into(), ..Watermark::default() };
    let body = json!({ "watermark": watermark }).to_string();
    let mut numbers = vec![0_i64; tenants];
    let mut times = Vec::new();
    for turn in 0.. {
        let tenant = pick(caller, turn, tenants);
        numbers[tenant] += 1;
        let name = format!("load-{tenant}");
        let key = Uuid::new_v4();
        let hash = [key.as_bytes().as_slice(), key.as_bytes()].concat();
        let now = jiff::Timestamp::now().as_millisecond();
        let values: [&(dyn ToSql + Sync); 11] = [
            &name,
            &now,
            &"board",
            &hash,
            &me,
            &"ada",
            &numbers[tenant],
            &key.to_string(),
            &hash,
            &"tenant.watermark_set",
            &body,
        ];
        let asked = Instant::now();
        client.query_one(&prepared, &values).expect("a row");
        times.push(asked.elapsed().as_secs_f64());
        if started.elapsed() > TIME {
            break;
        }
    }
    times
}

/// The tenant of a caller's turn: every caller goes through all of them, and meets others now and then.
fn pick(caller: usize, turn: usize, tenants: usize) -> usize {
    (turn * 37 + caller * 11) % tenants
}

fn rate(mut times: Vec<f64>, elapsed: Duration) -> Rate {
    times.sort_by(f64::total_cmp);
    let at = |per_thousand: usize| times[(times.len() - 1) * per_thousand / 1_000] * 1e3;
    Rate { per_second: times.len() as f64 / elapsed.as_secs_f64(), p50_ms: at(500), p99_ms: at(990) }
}
