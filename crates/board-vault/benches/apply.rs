//! Applying a log to the encrypted vault, beside the least that any program must do with the same text: parse it, insert
//! a row, upsert a row. Writes `target/bench/apply.json`, and the log for the peers. Not a test: it asserts nothing about
//! time.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::time::Instant;

use board_domain::wire::{Frame, TenantEntry};
use board_domain::{
    Actor, Audience, Event, Fact, Figure, FigureKey, FigureValue, Hash, Role, Table, Tenant, TenantId,
    Watermark,
};
use board_vault::{Reader, Vault, VaultKey};
use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde::Deserialize;
use uuid::Uuid;

const EVENTS: u32 = 200_000;
const KEYS: u32 = 10_000;
const BATCH: usize = 1_000;
const ROUNDS: usize = 5;
const EPOCH: Uuid = Uuid::from_u128(1);

fn main() {
    let lines = lines();
    // The peers take the same log, so that keys, values and bytes of what they apply are the same.
    let folder = target().join("bench");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("apply-log.ndjson"), lines.join("\n") + "\n").unwrap();
    let bytes: usize = lines.iter().map(String::len).sum();
    let (mut ours, mut floors) = (Vec::new(), Vec::new());
    let (mut our_cpu, mut floor_cpu) = (Vec::new(), Vec::new());
    let mut ours_round = |folder: &Path| {
        let (rate, cpu) = measured(|| apply(folder, &lines));
        ours.push(rate);
        our_cpu.push(cpu);
    };
    let mut floor_round = |folder: &Path| {
        let (rate, cpu) = measured(|| floor(folder, &lines));
        floors.push(rate);
        floor_cpu.push(cpu);
    };
    for round in 0..ROUNDS {
        let folder = tempfile::tempdir().unwrap();
        // Alternating, so that a busy moment of the machine falls on both.
        if round % 2 == 0 {
            ours_round(folder.path());
            floor_round(folder.path());
        } else {
            floor_round(folder.path());
            ours_round(folder.path());
        }
    }
    for round in 0..ROUNDS {
        println!(
            "round {round}: {:.0} events/s ({:.2} us of CPU), floor {:.0} events/s ({:.2} us of CPU)",
            ours[round], our_cpu[round], floors[round], floor_cpu[round]
        );
    }
    let mut cpu_ratios: Vec<f64> = floor_cpu.iter().zip(&our_cpu).map(|(floor, ours)| floor / ours).collect();
    let mut ratios: Vec<f64> = ours.iter().zip(&floors).map(|(ours, floor)| ours / floor).collect();
    let (apply, floor) = (median(&mut ours), median(&mut floors));
    let report = serde_json::json!({
        "events": EVENTS,
        "bytes_per_event": bytes / lines.len(),
        "rounds": ROUNDS,
        "apply_events_per_s": apply.round(),
        "floor_events_per_s": floor.round(),
        "apply_over_floor": (median(&mut ratios) * 1_000.0).round() / 1_000.0,
        "apply_cpu_us_per_event": (median(&mut our_cpu) * 100.0).round() / 100.0,
        "floor_cpu_us_per_event": (median(&mut floor_cpu) * 100.0).round() / 100.0,
        "apply_over_floor_cpu": (median(&mut cpu_ratios) * 1_000.0).round() / 1_000.0,
        "reads": reads(&lines),
    });
    let text = serde_json::to_string_pretty(&report).unwrap();
    std::fs::write(folder.join("apply.json"), format!("{text}\n")).unwrap();
    println!("{text}");
}

/// Events a second by the clock, and microseconds of this thread's processor time per event, which a busy machine
/// disturbs less; 0 where the system does not tell.
fn measured(run: impl FnOnce() -> f64) -> (f64, f64) {
    let before = spent();
    let rate = run();
    (rate, (spent() - before) / 1_000.0 / f64::from(EVENTS))
}

/// Nanoseconds of processor time that this thread has used.
fn spent() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok()).unwrap_or(0.0)
}

/// Events a second of the vault: parse, chain check, append, fold, cursor.
fn apply(folder: &Path, lines: &[String]) -> f64 {
    let tenant = TenantId::new("fjordlys").unwrap();
    let key = VaultKey::generate().unwrap();
    std::fs::write(folder.join("key"), key.to_hex().as_str()).unwrap();
    let mut vault = Vault::create(&folder.join("apply.vault"), &key).unwrap();
    let entry = TenantEntry { id: tenant.clone(), name: "Fjordlys Group".into(), role: Role::Director };
    vault.enter_tenant(&entry).unwrap();
    let began = Instant::now();
    for batch in lines.chunks(BATCH) {
        let frames: Vec<Frame> = batch.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        vault.apply(&tenant, EPOCH, &frames, Timestamp::UNIX_EPOCH).unwrap();
    }
    let rate = f64::from(EVENTS) / began.elapsed().as_secs_f64();
    assert_eq!(vault.tenant(&tenant).unwrap().cursor, u64::from(EVENTS));
    rate
}

/// Milliseconds by the clock of reads from a copy of the whole log, whose newest rows lie scattered over it: the
/// first one of a reader, and the median of those after it.
fn reads(lines: &[String]) -> serde_json::Value {
    let folder = tempfile::tempdir().unwrap();
    let tenant = TenantId::new("fjordlys").unwrap();
    apply(folder.path(), lines);
    let path = folder.path().join("apply.vault");
    let key = VaultKey::from_hex(&std::fs::read_to_string(folder.path().join("key")).unwrap()).unwrap();
    let timed = |read: &mut dyn FnMut(&Reader, u64)| {
        let reader = Reader::open(&path, &key).unwrap();
        let mut times: Vec<f64> = (0..21u64)
            .map(|number| {
                let began = Instant::now();
                read(&reader, number);
                (began.elapsed().as_secs_f64() * 1e6).round() / 1_000.0
            })
            .collect();
        let first = times.remove(0);
        serde_json::json!({ "first_ms": first, "then_ms": median(&mut times) })
    };
    let rows = |reader: &Reader, as_of| reader.rows(&tenant, Table::Figure, as_of).unwrap().len();
    let row = |reader: &Reader, as_of| {
        for programme in 0..60 {
            let key = format!("sroi/2026-07/p{programme}");
            assert!(reader.row(&tenant, Table::Figure, &key, as_of).unwrap().is_some());
        }
    };
    let head = u64::from(EVENTS);
    serde_json::json!({
        "file_bytes": std::fs::metadata(&path).unwrap().len(),
        "all_10000": timed(&mut |reader, _| assert_eq!(rows(reader, None), 10_000)),
        "all_10000_as_of_near_the_head": timed(&mut |reader, n| assert_eq!(rows(reader, Some(head - n * 10)), 10_000)),
        "all_as_of_the_middle": timed(&mut |reader, n| assert!(rows(reader, Some(head / 2 + n * 10)) > 9_900)),
        "all_as_of_a_tenth": timed(&mut |reader, n| assert!(rows(reader, Some(head / 10 + n * 10)) > 7_000)),
        "a_metric_of_1000": timed(&mut |reader, _| {
            assert_eq!(reader.rows_with_prefix(&tenant, Table::Figure, "sroi/", None).unwrap().len(), 1_000);
        }),
        "sixty_rows": timed(&mut |reader, _| row(reader, None)),
        "sixty_rows_as_of_the_middle": timed(&mut |reader, n| row(reader, Some(head / 2 + n * 10))),
        "sixty_rows_as_of_a_half_more": timed(&mut |reader, n| row(reader, Some(head * 3 / 4 + n * 10))),
    })
}

/// The parts of the text that the floor needs, nothing copied.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    event: LineEvent<'a>,
}

#[derive(Deserialize)]
struct LineEvent<'a> {
    seq: i64,
    #[serde(borrow)]
    body: &'a serde_json::value::RawValue,
}

#[derive(Deserialize)]
struct LineBody<'a> {
    #[serde(borrow)]
    figure: Option<LineFigure<'a>>,
}

#[derive(Deserialize)]
struct LineFigure<'a> {
    key: &'a str,
}

/// Events a second of the least: parse, insert, upsert.
fn floor(folder: &Path, lines: &[String]) -> f64 {
    let key = VaultKey::generate().unwrap();
    let mut connection = Connection::open(folder.join("floor.db")).unwrap();
    connection.execute_batch(&format!("PRAGMA key = \"x'{}'\";", key.to_hex().as_str())).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8000; PRAGMA cache_size = -32000;
             CREATE TABLE event (seq INTEGER PRIMARY KEY, json TEXT NOT NULL);
             CREATE TABLE row (key TEXT PRIMARY KEY, seq INTEGER NOT NULL, json TEXT NOT NULL) WITHOUT ROWID;",
        )
        .unwrap();
    let began = Instant::now();
    for batch in lines.chunks(BATCH) {
        let transaction = connection.transaction().unwrap();
        {
            let mut insert =
                transaction.prepare_cached("INSERT INTO event (seq, json) VALUES (?1, ?2)").unwrap();
            let mut upsert = transaction
                .prepare_cached(
                    "INSERT INTO row (key, seq, json) VALUES (?1, ?2, ?3)
                     ON CONFLICT (key) DO UPDATE SET seq = ?2, json = ?3",
                )
                .unwrap();
            for line in batch {
                let Line { event } = serde_json::from_str(line).unwrap();
                insert.execute(params![event.seq, line]).unwrap();
                let body: LineBody<'_> = serde_json::from_str(event.body.get()).unwrap();
                let key = body.figure.map_or("tenant", |figure| figure.key);
                upsert.execute(params![key, event.seq, event.body.get()]).unwrap();
            }
        }
        transaction.commit().unwrap();
    }
    f64::from(EVENTS) / began.elapsed().as_secs_f64()
}

/// The log as text, one frame a line.
fn lines() -> Vec<String> {
    let tenant = TenantId::new("fjordlys").unwrap();
    let founded = Fact::TenantFounded {
        tenant: Tenant {
            id: tenant.clone(),
            name: "Fjordlys Group".into(),
            short_name: "Fjordlys".into(),
            locale: board_domain::Locale::Nb,
            zone: "Europe/Oslo".into(),
            currency: board_domain::Currency::parse("NOK").unwrap(),
            industry: "energy".into(),
            employees: 4_200,
            accent: "#0F766E".into(),
            watermark: Watermark::default(),
            partner: None,
            benchmark_consent: false,
        },
    };
    let metrics =
        ["sroi", "vis", "hours", "sessions", "people", "matches", "trust", "growth", "jobs", "value"];
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut previous = Hash::ZERO;
    (1..=u64::from(EVENTS))
        .map(|seq| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let at = Timestamp::from_millisecond(1_790_000_000_000 + i64::try_from(seq).unwrap()).unwrap();
            let fact = if seq == 1 {
                founded.clone()
            } else {
                let key = random % u64::from(KEYS);
                let metric = metrics[usize::try_from(key % 10).unwrap()];
                let (month, programme) = (key / 10 % 10 + 1, key / 100);
                let key = FigureKey::parse(&format!("{metric}/2026-{month:02}/p{programme}")).unwrap();
                let value = FigureValue::Number { value: (random % 1_000_000) as f64 / 64.0 };
                let inputs = [("sessions".to_owned(), 40.0), ("hours".to_owned(), 61.5)].into();
                Fact::FigureMeasured { figure: Figure { key, definition: 1, value, inputs, measured_at: at } }
            };
            let mut event = Event {
                tenant: tenant.clone(),
                seq,
                id: Uuid::from_u128(u128::from(random) << 64 | u128::from(seq)),
                at,
                actor: Actor::Service("measure".into()),
                origin: None,
                audience: Audience::Board,
                audience_seq: seq,
                prev_hash: previous,
                hash: Hash::ZERO,
                kind: fact.kind().into(),
                body: fact.body().unwrap(),
            };
            event.hash = event.digest();
            previous = event.hash;
            serde_json::to_string(&Frame::Event(Box::new(event))).unwrap()
        })
        .collect()
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The workspace's target folder.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"), PathBuf::from)
}
