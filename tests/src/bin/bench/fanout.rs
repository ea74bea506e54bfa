//! The part `fanout`: one event to many open streams, ours with the durable log behind it beside nchan: with such a log
//! as well (`_durable`), and with nothing but its memory, which ours is then compared with although it stores more.
//!
//! Server on one core, load client on the other; rounds alternate. CPU time of the server for each delivery is the
//! measure, because it does not depend on what else the machine does; latencies are of paced messages.

use serde_json::{Map, Value, json};

use crate::{
    machine::{median, quiet},
    nginx::Nchan,
    ours::Ours,
};

const ROUNDS: usize = 3;

/// A shape of load.
struct Shape {
    /// Suffix of the figures' names.
    name: &'static str,
    tenants: usize,
    subscribers: usize,
    /// Messages a second of the paced phase, over all tenants.
    rate: f64,
    seconds: f64,
    rounds: usize,
}

const SHAPES: [Shape; 3] = [
    Shape { name: "1000", tenants: 1, subscribers: 1_000, rate: 10.0, seconds: 5.0, rounds: ROUNDS },
    Shape { name: "5000", tenants: 1, subscribers: 5_000, rate: 2.0, seconds: 8.0, rounds: ROUNDS },
    Shape { name: "500x10", tenants: 500, subscribers: 5_000, rate: 200.0, seconds: 5.0, rounds: 1 },
];

/// Measures.
pub(crate) fn run() -> Map<String, Value> {
    let mut results = Map::new();
    let missing = Nchan::missing();
    if let Some(reason) = missing {
        results.insert("fanout_peer_missing".into(), json!(reason));
    }
    for shape in &SHAPES {
        let (mut ours, mut nchan, mut durable, mut busy) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for _ in 0..shape.rounds {
            busy.push(quiet());
            ours.push(sound(Ours::start(shape.tenants).load(&arguments(shape, "idle,lat,thr,storm"))));
            if missing.is_none() {
                busy.push(quiet());
                nchan.push(sound(Nchan::start().load(&arguments(shape, "idle,lat,thr"))));
            }
            if Nchan::durable_missing().is_none() {
                busy.push(quiet());
                let peer = Nchan::start_durable(shape.tenants);
                durable.push(sound(peer.load(&arguments(shape, "idle,lat,thr"))));
            }
        }
        report(&mut results, shape, &ours, &nchan);
        report_durable(&mut results, shape, &ours, &durable);
        results.insert(format!("fanout_{}_others_cpu", shape.name), json!(median(busy)));
    }
    results
}

fn arguments(shape: &Shape, phases: &str) -> Vec<(&'static str, String)> {
    vec![
        ("tenants", shape.tenants.to_string()),
        ("subscribers", shape.subscribers.to_string()),
        ("rate", shape.rate.to_string()),
        ("seconds", shape.seconds.to_string()),
        ("phases", phases.to_owned()),
    ]
}

/// A run in which anything was lost, doubled or refused gives no figure.
fn sound(run: Value) -> Value {
    for fault in ["gaps", "duplicates", "errors", "byes"] {
        assert_eq!(run["faults"][fault], 0, "{run}");
    }
    assert_eq!(run["thr"]["missing"], 0, "{run}");
    run
}

fn report(results: &mut Map<String, Value>, shape: &Shape, ours: &[Value], nchan: &[Value]) {
    let name = shape.name;
    let figures = [
        ("cpu_us", "/thr/server_cpu_us_per_delivery"),
        ("cpu_paced_us", "/lat/server_cpu_us_per_delivery"),
        ("deliveries_per_s", "/thr/deliveries_per_s"),
        ("bytes_per_delivery", "/thr/bytes_per_delivery"),
        ("p50_ms", "/lat/p50_ms"),
        ("p99_ms", "/lat/p99_ms"),
        ("idle_connection_kb", "/idle/kb_per_connection"),
        ("connect_cpu_us", "/idle/connect_cpu_us"),
    ];
    for (figure, path) in figures {
        let ours = middle(ours, path);
        results.insert(format!("fanout_{figure}_{name}"), json!(ours));
        let nchan = middle(nchan, path);
        results.insert(format!("fanout_{figure}_{name}_nchan"), json!(nchan));
        let ratio = ours.zip(nchan).map(|(ours, nchan)| ours / nchan);
        match figure {
            "cpu_us" => results.insert(format!("fanout_cpu_over_nchan_{name}"), json!(ratio)),
            "cpu_paced_us" => results.insert(format!("fanout_cpu_paced_over_nchan_{name}"), json!(ratio)),
            "p99_ms" => results.insert(format!("fanout_p99_over_nchan_{name}"), json!(ratio)),
            _ => None,
        };
    }
    if name == "5000" {
        results.insert("idle_connection_kb".into(), json!(middle(ours, "/idle/kb_per_connection")));
        results.insert("storm_5000_all_live_s".into(), json!(middle(ours, "/storm/all_live_s")));
        results.insert("storm_5000_cpu_us".into(), json!(middle(ours, "/storm/server_cpu_us_per_reconnect")));
        let errors: f64 = ours.iter().filter_map(|run| run["storm"]["errors"].as_f64()).sum();
        let all = ours.iter().all(|run| run["storm"]["all_live"] == true);
        results.insert("storm_5000_errors".into(), json!(errors));
        results.insert("storm_5000_all_live".into(), json!(all));
    }
}

/// The same beside nchan with a log: CPU time of nginx and PostgreSQL together.
fn report_durable(results: &mut Map<String, Value>, shape: &Shape, ours: &[Value], durable: &[Value]) {
    let name = shape.name;
    for (figure, ratio, path) in [
        ("cpu_us", "cpu", "/thr/server_cpu_us_per_delivery"),
        ("cpu_paced_us", "cpu_paced", "/lat/server_cpu_us_per_delivery"),
        ("p50_ms", "p50", "/lat/p50_ms"),
        ("p99_ms", "p99", "/lat/p99_ms"),
    ] {
        let theirs = middle(durable, path);
        results.insert(format!("fanout_{figure}_{name}_nchan_durable"), json!(theirs));
        let ratio_of = middle(ours, path).zip(theirs).map(|(ours, theirs)| ours / theirs);
        results.insert(format!("fanout_{ratio}_over_nchan_{name}_durable"), json!(ratio_of));
    }
}

fn middle(runs: &[Value], path: &str) -> Option<f64> {
    let values: Vec<f64> = runs.iter().filter_map(|run| run.pointer(path)?.as_f64()).collect();
    (!values.is_empty()).then(|| median(values))
}
