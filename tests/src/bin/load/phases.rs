//! The phases of a run, each of which gives one JSON object.

use std::{
    cell::RefCell,
    rc::Rc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::task::{JoinHandle, spawn_local};

use crate::{
    Settings,
    process::{cpu_seconds, memory_kib},
    publisher::Publisher,
    subscriber::Subscriber,
    tally::Tally,
};

thread_local! {
    static FOLLOWERS: RefCell<Vec<Follower>> = const { RefCell::new(Vec::new()) };
}

/// A running subscriber.
struct Follower {
    task: JoinHandle<()>,
    subscriber: Rc<tokio::sync::Mutex<Subscriber>>,
}

/// CPU time and wall time of a stretch of work.
struct Stretch {
    pids: [u32; 2],
    started: Instant,
    server: f64,
    client: f64,
}

impl Stretch {
    fn start(settings: &Settings) -> Self {
        let pids = [settings.pid, settings.store_pid];
        Self {
            pids,
            started: Instant::now(),
            server: pids.map(cpu_seconds).iter().sum(),
            client: cpu_seconds(std::process::id()),
        }
    }

    /// Of the server, with the store that it needs to keep what it sends.
    fn server(&self) -> f64 {
        self.pids.map(cpu_seconds).iter().sum::<f64>() - self.server
    }

    fn client(&self) -> f64 {
        cpu_seconds(std::process::id()) - self.client
    }

    fn wall(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }
}

/// Connects every subscriber and leaves them idle: time to connect, memory for each.
pub(crate) async fn idle(settings: &Rc<Settings>, tally: &Rc<Tally>) -> Value {
    let before = memory_kib(settings.pid, "Rss");
    let stretch = Stretch::start(settings);
    let pace = Duration::from_secs_f64(1.0 / settings.connect_rate);
    for number in 0..settings.subscribers {
        follow(Subscriber::new(settings, tally, number % settings.tenants.len()));
        let due = pace * u32::try_from(number).unwrap();
        if let Some(early) = due.checked_sub(stretch.started.elapsed()) {
            tokio::time::sleep(early).await;
        } else {
            tokio::task::yield_now().await;
        }
    }
    until(Duration::from_mins(1), || tally.live.get() == settings.subscribers).await;
    let (connected, server) = (stretch.wall(), stretch.server());
    tokio::time::sleep(Duration::from_secs(2)).await;
    let after = memory_kib(settings.pid, "Rss");
    let connections = settings.subscribers as f64;
    json!({
        "connect_s": connected,
        "connect_cpu_us": server / connections * 1e6,
        "rss_before_kb": before,
        "rss_after_kb": after,
        "kb_per_connection": (after - before) / connections,
    })
}

/// Publishes at a steady rate: latency from the start of the publish to the event being parsed.
pub(crate) async fn latency(settings: &Rc<Settings>, tally: &Rc<Tally>) -> Value {
    let mut publisher = Publisher::open(settings, tally).await;
    tally.timing.set(true);
    tally.latencies.borrow_mut().clear();
    let stretch = Stretch::start(settings);
    let before = tally.deliveries.get();
    let mut pace = tokio::time::interval(Duration::from_secs_f64(1.0 / settings.rate));
    let mut messages = 0;
    while stretch.started.elapsed() < settings.time {
        pace.tick().await;
        let tenant = usize::try_from(messages).unwrap() % settings.tenants.len();
        messages += 1;
        publisher.publish(tenant, messages).await;
    }
    let expected = before + messages * tally.share();
    until(Duration::from_secs(30), || tally.deliveries.get() >= expected).await;
    tally.timing.set(false);
    let mut latencies = tally.latencies.borrow_mut();
    latencies.sort_unstable();
    let at = |per_thousand: usize| {
        let last = latencies.len().saturating_sub(1);
        f64::from(latencies.get(last * per_thousand / 1_000).copied().unwrap_or(0)) / 1e3
    };
    let deliveries = (tally.deliveries.get() - before) as f64;
    json!({
        "messages": messages,
        "deliveries": deliveries,
        "timed": latencies.len(),
        "p50_ms": at(500),
        "p99_ms": at(990),
        "max_ms": at(1000),
        "server_cpu_us_per_delivery": stretch.server() / deliveries * 1e6,
    })
}

/// Publishes with a fixed number of messages in flight: deliveries a second and CPU time of each.
pub(crate) async fn throughput(settings: &Rc<Settings>, tally: &Rc<Tally>) -> Value {
    let permits = tally.window.available_permits();
    tally.window.forget_permits(permits);
    tally.window.add_permits(settings.in_flight);
    let stretch = Stretch::start(settings);
    let (before, bytes) = (tally.deliveries.get(), tally.bytes.get());
    let messages: Rc<RefCell<u64>> = Rc::default();
    let mut workers = Vec::new();
    for _ in 0..settings.in_flight {
        let mut publisher = Publisher::open(settings, tally).await;
        let (tally, messages, settings) = (Rc::clone(tally), Rc::clone(&messages), Rc::clone(settings));
        let started = stretch.started;
        workers.push(spawn_local(async move {
            while started.elapsed() < settings.time {
                tally.window.acquire().await.unwrap().forget();
                let message = {
                    let mut messages = messages.borrow_mut();
                    *messages += 1;
                    *messages
                };
                let tenant = usize::try_from(message).unwrap() % settings.tenants.len();
                // Apart from the messages of the phase before it.
                publisher.publish(tenant, 1_000_000_000 + message).await;
            }
        }));
    }
    for worker in workers {
        worker.await.unwrap();
    }
    let messages = *messages.borrow();
    let expected = before + messages * tally.share();
    until(Duration::from_mins(1), || tally.deliveries.get() >= expected).await;
    let deliveries = (tally.deliveries.get() - before) as f64;
    let (wall, server, client) = (stretch.wall(), stretch.server(), stretch.client());
    json!({
        "messages": messages,
        "deliveries": deliveries,
        "missing": expected.saturating_sub(tally.deliveries.get()),
        "bytes_per_delivery": (tally.bytes.get() - bytes) as f64 / deliveries,
        "deliveries_per_s": deliveries / wall,
        "server_cpu_us_per_delivery": server / deliveries * 1e6,
        "server_cpu_share": server / wall,
        "client_cpu_share": client / wall,
        "rss_kb": memory_kib(settings.pid, "Rss"),
    })
}

/// Cuts every connection and lets all come back at once from where they stood: time until all are live.
pub(crate) async fn storm(settings: &Rc<Settings>, tally: &Rc<Tally>) -> Value {
    let mut ids = Vec::new();
    for follower in FOLLOWERS.take() {
        follower.task.abort();
        let _ = follower.task.await;
        let subscriber = follower.subscriber.lock().await;
        subscriber.dead();
        ids.push(subscriber.id().to_owned());
    }
    let errors = tally.errors.get();
    let stretch = Stretch::start(settings);
    for (number, id) in ids.into_iter().enumerate() {
        follow(Subscriber::new(settings, tally, number % settings.tenants.len()).at(id));
    }
    let all = until(Duration::from_mins(2), || tally.live.get() == settings.subscribers).await;
    json!({
        "clients": settings.subscribers,
        "all_live": all,
        "errors": tally.errors.get() - errors,
        "all_live_s": stretch.wall(),
        "server_cpu_us_per_reconnect": stretch.server() / settings.subscribers as f64 * 1e6,
    })
}

/// Connects again and again, a few at a time, from a few events behind the head, each until it is caught up.
pub(crate) async fn reconnect(settings: &Rc<Settings>, tally: &Rc<Tally>) -> Value {
    let (epoch, head) = head(settings).await;
    let from = format!("{epoch}.{}", head.saturating_sub(settings.behind));
    let times = Rc::new(RefCell::new(Vec::new()));
    let left = Rc::new(RefCell::new(settings.reconnects));
    let stretch = Stretch::start(settings);
    let workers: Vec<_> = (0..8)
        .map(|_| {
            let (settings, tally, from) = (Rc::clone(settings), Rc::clone(tally), from.clone());
            let (times, left) = (Rc::clone(&times), Rc::clone(&left));
            spawn_local(async move {
                loop {
                    let more = left.borrow().checked_sub(1);
                    let Some(more) = more else { break };
                    *left.borrow_mut() = more;
                    let started = Instant::now();
                    let mut subscriber = Subscriber::new(&settings, &tally, 0).at(from.clone());
                    subscriber.connection(true).await.expect("a stream");
                    subscriber.dead();
                    times.borrow_mut().push(started.elapsed().as_secs_f64());
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap();
    }
    let server = stretch.server();
    let mut times = times.borrow_mut();
    times.sort_by(f64::total_cmp);
    json!({
        "head": head,
        "reconnects": times.len(),
        "server_cpu_us": server / times.len() as f64 * 1e6,
        "p50_ms": times[times.len() / 2] * 1e3,
        "p99_ms": times[times.len() * 99 / 100] * 1e3,
    })
}

/// Epoch and head of the first tenant's log, as the server greets with them.
async fn head(settings: &Settings) -> (String, u64) {
    let url = format!("http://{}/v1/tenants/{}/hello", settings.address, settings.tenants[0]);
    let token = format!("Bearer {}", settings.token);
    let ask = move || {
        let mut answer = ureq::get(url).header("Authorization", token).call().expect("a greeting");
        answer.body_mut().read_json::<Value>().expect("JSON")
    };
    let hello = tokio::task::spawn_blocking(ask).await.unwrap();
    (hello["epoch"].as_str().unwrap().to_owned(), hello["head"].as_u64().unwrap())
}

fn follow(subscriber: Subscriber) {
    let subscriber = Rc::new(tokio::sync::Mutex::new(subscriber));
    let shared = Rc::clone(&subscriber);
    let task = spawn_local(async move { shared.lock().await.follow().await });
    FOLLOWERS.with_borrow_mut(|followers| followers.push(Follower { task, subscriber }));
}

/// Whether a condition came true in time.
async fn until(time: Duration, mut done: impl FnMut() -> bool) -> bool {
    let started = Instant::now();
    while !done() {
        if started.elapsed() > time {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    true
}
