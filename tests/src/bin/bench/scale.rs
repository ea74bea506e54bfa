//! The part `scale`: what one server costs as tenants and subscribers grow, and what a second replica adds.

use std::{path::Path, thread, time::Duration};

use boardroom_tests::Postgres;
use serde_json::{Map, Value, json};

use crate::{
    append::POSTGRES,
    machine::{cpu_seconds, quiet, resident_mb},
    ours::Ours,
};

const TENANTS: [usize; 3] = [1, 100, 1_000];
const SUBSCRIBERS: [usize; 3] = [100, 2_000, 10_000];
/// How long an idle server is watched.
const WATCHED: Duration = Duration::from_secs(5);

/// Measures.
pub(crate) fn run() -> Map<String, Value> {
    let mut results = Map::new();
    for tenants in TENANTS {
        let server = Ours::start(tenants);
        quiet();
        let before = cpu_seconds(server.pid());
        thread::sleep(WATCHED);
        let share = (cpu_seconds(server.pid()) - before) / WATCHED.as_secs_f64();
        results.insert(format!("scale_idle_cpu_percent_{tenants}_tenants"), json!(share * 100.0));
        results.insert(format!("scale_memory_mb_{tenants}_tenants"), json!(resident_mb(server.pid())));
    }
    for subscribers in SUBSCRIBERS {
        let server = Ours::start(1);
        quiet();
        let run = server.load(&arguments(subscribers, 2.0));
        put(&mut results, &format!("{subscribers}_subscribers"), &run);
    }
    replicas(&mut results);
    results
}

/// Publishes to one server and listens at another: the way over the database, its notifications and its table.
fn replicas(results: &mut Map<String, Value>) {
    if !Path::new(POSTGRES).exists() {
        results.insert(
            "scale_replicas_missing".into(),
            json!("PostgreSQL is not installed (Debian: postgresql)"),
        );
        return;
    }
    let mut cluster = Postgres::start();
    let alone = Ours::start_on(1, Some(cluster.database()));
    quiet();
    put(results, "same_replica", &alone.load(&arguments(1_000, 5.0)));
    drop(alone);
    // A fresh log, so that nobody begins too far behind for a stream.
    let first = Ours::start_on(1, Some(cluster.database()));
    let second = first.replica();
    quiet();
    let mut given = arguments(1_000, 5.0);
    given.push(("publish", first.address()));
    put(results, "other_replica", &second.load(&given));
}

fn arguments(subscribers: usize, rate: f64) -> Vec<(&'static str, String)> {
    vec![
        ("subscribers", subscribers.to_string()),
        ("rate", rate.to_string()),
        ("seconds", "4".to_owned()),
        ("phases", "idle,lat,thr".to_owned()),
    ]
}

fn put(results: &mut Map<String, Value>, name: &str, run: &Value) {
    for fault in ["gaps", "duplicates", "errors", "byes"] {
        assert_eq!(run["faults"][fault], 0, "{run}");
    }
    for (figure, path) in [
        ("connection_kb", "/idle/kb_per_connection"),
        ("p99_ms", "/lat/p99_ms"),
        ("cpu_us", "/thr/server_cpu_us_per_delivery"),
        ("deliveries_per_s", "/thr/deliveries_per_s"),
    ] {
        results.insert(format!("scale_{figure}_{name}"), run.pointer(path).cloned().unwrap_or_default());
    }
}
