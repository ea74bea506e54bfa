//! A load client for event streams: many subscribers and a publisher on one thread, against our server or nchan.
//!
//! It counts deliveries, proves that none is missing, doubled or out of order, takes latencies, and prints one JSON
//! object. Not a client of the product: it parses only what it needs, so that the server is what is measured.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a harness that prints and fails loudly"
)]

mod phases;
mod process;
mod publisher;
mod request;
mod store;
mod subscriber;
mod tally;

use std::{collections::HashMap, rc::Rc, time::Duration};

use serde_json::{Map, Value};
use tally::Tally;

/// Which server is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Ours.
    Boardroom,
    /// nginx with nchan.
    Nchan,
}

/// What a run is given, as `--name value` pairs.
pub(crate) struct Settings {
    pub(crate) kind: Kind,
    /// Host and port of the streams.
    pub(crate) address: String,
    /// Host and port that is published to; another replica of the same store, or the same.
    pub(crate) publish: String,
    /// Bearer token, from `LOAD_TOKEN`.
    pub(crate) token: String,
    /// Tenants (or channels) the subscribers are dealt to in turn.
    pub(crate) tenants: Vec<String>,
    pub(crate) subscribers: usize,
    /// The process whose CPU time and memory are taken.
    pub(crate) pid: u32,
    /// Address of a PostgreSQL database, from `LOAD_STORE`: each message is stored there before nchan has it.
    pub(crate) store: Option<String>,
    /// The first process of that database, whose CPU time counts as the server's.
    pub(crate) store_pid: u32,
    /// Length of a phase.
    pub(crate) time: Duration,
    /// Messages a second of the phase `lat`, over all tenants.
    pub(crate) rate: f64,
    /// New connections a second.
    pub(crate) connect_rate: f64,
    /// Messages in flight in the phase `thr`: published, and not yet delivered to every subscriber.
    pub(crate) in_flight: usize,
    /// Bytes of a message for nchan; ours are real events.
    pub(crate) bytes: usize,
    /// Reconnects of the phase `reconnect`.
    pub(crate) reconnects: usize,
    /// Events that a reconnect of that phase has missed.
    pub(crate) behind: u64,
    phases: Vec<String>,
}

impl Settings {
    fn read() -> Self {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let mut given: HashMap<&str, &str> = arguments
            .chunks(2)
            .map(|pair| (pair[0].strip_prefix("--").expect("--name value"), pair[1].as_str()))
            .collect();
        let mut take = |name: &str, default: &'static str| given.remove(name).unwrap_or(default).to_owned();
        let number = |text: String| text.parse::<f64>().expect("a number");
        let count = |text: String| text.parse::<usize>().expect("a number");
        let tenants = take("tenants", "load-0");
        let (address, publish) = (take("address", "127.0.0.1:8787"), take("publish", ""));
        let settings = Self {
            kind: if take("kind", "boardroom") == "nchan" { Kind::Nchan } else { Kind::Boardroom },
            publish: if publish.is_empty() { address.clone() } else { publish },
            address,
            token: std::env::var("LOAD_TOKEN").unwrap_or_default(),
            tenants: match tenants.parse::<usize>() {
                Ok(tenants) => (0..tenants).map(|tenant| format!("load-{tenant}")).collect(),
                Err(_) => tenants.split(',').map(str::to_owned).collect(),
            },
            subscribers: count(take("subscribers", "1000")),
            pid: count(take("pid", "0")).try_into().expect("a process id"),
            store: std::env::var("LOAD_STORE").ok(),
            store_pid: count(take("store-pid", "0")).try_into().expect("a process id"),
            time: Duration::from_secs_f64(number(take("seconds", "5"))),
            rate: number(take("rate", "10")),
            connect_rate: number(take("connect-rate", "2500")),
            in_flight: count(take("in-flight", "32")),
            bytes: count(take("bytes", "300")),
            reconnects: count(take("reconnects", "500")),
            behind: count(take("behind", "10")) as u64,
            phases: take("phases", "idle,lat,thr").split(',').map(str::to_owned).collect(),
        };
        assert!(given.is_empty(), "unknown: {:?}", given.keys());
        settings
    }
}

fn main() {
    let settings = Rc::new(Settings::read());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let results = tokio::task::LocalSet::new().block_on(&runtime, run(settings));
    println!("{}", Value::Object(results));
}

async fn run(settings: Rc<Settings>) -> Map<String, Value> {
    let mut results = Map::new();
    let tally = Rc::new(Tally::new(&settings));
    for phase in &settings.phases {
        let result = match phase.as_str() {
            "idle" => phases::idle(&settings, &tally).await,
            "lat" => phases::latency(&settings, &tally).await,
            "thr" => phases::throughput(&settings, &tally).await,
            "storm" => phases::storm(&settings, &tally).await,
            "reconnect" => phases::reconnect(&settings, &tally).await,
            other => panic!("there is no phase {other}"),
        };
        results.insert(phase.clone(), result);
    }
    results.insert("faults".into(), tally.faults());
    results
}
