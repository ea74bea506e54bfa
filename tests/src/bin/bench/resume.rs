//! The part `resume`: coming back. A real client after a gap, what a reconnect costs as the log grows, and the memory
//! of a first catch-up.

use std::{thread, time::Instant};

use serde_json::{Map, Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{
    client,
    machine::{median, quiet},
    ours::Ours,
};

const ROUNDS: usize = 3;
/// Events of the gap that a client resumes after.
const GAP: u64 = 10_000;
/// Lengths of the log at which reconnects are measured.
const LENGTHS: [(&str, u64); 3] = [("1e4", 10_000), ("1e5", 100_000), ("1e6", 1_000_000)];
/// A log that would take longer to fill, by the rate of the one before it, is left out.
const MOST_SECONDS: f64 = 400.0;
/// Connections that fill a log, and commands in each request.
const WRITERS: u64 = 4;
const BATCH: u64 = 100;

/// Measures.
pub(crate) fn run() -> Map<String, Value> {
    let mut results = Map::new();
    resume(&mut results);
    lengths(&mut results);
    results
}

fn resume(results: &mut Map<String, Value>) {
    let server = Ours::start(1);
    let folder = TempDir::new().expect("a folder");
    fill(&server, 1_000);
    client::until_live(&server, folder.path(), false);
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        fill(&server, GAP);
        quiet();
        let run = client::until_live(&server, folder.path(), false);
        assert_eq!(run["events"], GAP, "{run}");
        times.extend(run["seconds"].as_f64());
    }
    results.insert("resume_10k_s".into(), json!(median(times)));
}

fn lengths(results: &mut Map<String, Value>) {
    let mut server = Ours::start(1);
    let mut length = 0;
    let mut costs = Vec::new();
    let mut rate = f64::INFINITY;
    for (name, target) in LENGTHS {
        let seconds = (target - length) as f64 / rate;
        if seconds > MOST_SECONDS {
            results
                .insert(format!("reconnect_{name}_missing"), json!(format!("filling takes {seconds:.0} s")));
            break;
        }
        let started = Instant::now();
        fill(&server, target - length);
        rate = (target - length) as f64 / started.elapsed().as_secs_f64();
        results.insert(format!("fill_to_{name}_per_s"), json!(rate));
        length = target;
        // A fresh process holds no event in memory, so that every reconnect reads the table.
        server.stop();
        let started = Instant::now();
        server.resume();
        results.insert(format!("restart_{name}_s"), json!(started.elapsed().as_secs_f64()));
        let (mut cpu, mut p50) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            quiet();
            let run = server.load(&[("phases", "reconnect".to_owned())]);
            cpu.extend(run["reconnect"]["server_cpu_us"].as_f64());
            p50.extend(run["reconnect"]["p50_ms"].as_f64());
        }
        let cost = median(cpu);
        results.insert(format!("reconnect_cpu_us_{name}"), json!(cost));
        results.insert(format!("reconnect_p50_ms_{name}"), json!(median(p50)));
        costs.push(cost);
        let started = Instant::now();
        fill(&server, 1);
        length += 1;
        results
            .insert(format!("first_command_after_restart_{name}_s"), json!(started.elapsed().as_secs_f64()));
        if target > LENGTHS[0].1 {
            let folder = TempDir::new().expect("a folder");
            let run = client::until_live(&server, folder.path(), true);
            results.insert(format!("first_sync_{name}_live_s"), run["seconds"].clone());
            results.insert(format!("catch_up_{name}_s"), run["whole_seconds"].clone());
            results.insert(format!("catch_up_{name}_memory_mb"), run["memory_mb"].clone());
        }
    }
    let ratio = costs.get(2).map(|long| long / costs[0]);
    results.insert("reconnect_cost_1e6_over_1e4".into(), json!(ratio));
    let memory = |name: &str| results.get(&format!("catch_up_{name}_memory_mb")).and_then(Value::as_f64);
    let ratio = memory("1e6").zip(memory("1e5")).map(|(long, short)| long / short);
    results.insert("catch_up_memory_1e6_over_1e5".into(), json!(ratio));
}

/// Appends events to the first tenant's log through the server's own door, one event for each command.
pub(crate) fn fill(server: &Ours, events: u64) {
    let (url, token) = (format!("http://{}/v1/tenants/load-0/commands", server.address()), server.token());
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let share = events / WRITERS + u64::from(writer < events % WRITERS);
            let (url, bearer) = (&url, format!("Bearer {token}"));
            scope.spawn(move || {
                let (client, mut number) = (Uuid::new_v4(), 0);
                while number < share {
                    let count = BATCH.min(share - number);
                    let batch: Vec<Value> = (1..=count).map(|n| command(client, number + n)).collect();
                    number += count;
                    let answer = ureq::post(url).header("Authorization", &bearer).send_json(batch);
                    let outcomes: Vec<Value> =
                        answer.expect("an answer").body_mut().read_json().expect("JSON");
                    assert!(outcomes.iter().all(|outcome| outcome["outcome"] == "done"), "{outcomes:?}");
                }
            });
        }
    });
}

fn command(client: Uuid, number: u64) -> Value {
    let text =
        format!("{{name}} · {{status}} · number {number:>40} of a log that is filled for a measurement");
    json!({
        "client": client,
        "cmd_seq": number,
        "key": Uuid::new_v4(),
        "command": {
            "command": "set_watermark",
            "watermark": {
                "text": text, "position": "footer", "opacity": 0.2, "size": 12.0, "colour": "#475569"
            }
        }
    })
}
