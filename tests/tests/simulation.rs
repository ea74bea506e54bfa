//! The whole system under every fault, from seeds. Not real processes: see `faults` and `kill`.
#![cfg(feature = "failpoints")]
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test that cannot go on fails loudly")]

use std::{
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use boardroom_tests::{rounds, sim};

/// Seeds of the everyday run.
const SEEDS: u64 = 12;

/// Seeds that once failed.
const ONCE_FAILED: [u64; 3] = [
    // A role was taken away and given back between two greetings, and a page read in between hid events.
    5_232,
    // A log without a snapshot was trimmed before the copy that began again had read its beginning.
    20_018,
    // A command that had happened before the backup was numbered anew with those lost by it, and refused for that.
    20_055,
];

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

#[test]
fn a_seed() {
    let seed = number("BOARDROOM_SEED", 1);
    let (first, second) = (sim::run(seed), sim::run(seed));
    let differs = first.trace.iter().zip(&second.trace).position(|(one, other)| one != other);
    if let Some(at) = differs {
        let around = |trace: &[String]| trace[at.saturating_sub(5)..trace.len().min(at + 3)].join("\n");
        panic!("seed {seed} differs from itself:\n{}\n---\n{}", around(&first.trace), around(&second.trace));
    }
    assert_eq!(first.trace.len(), second.trace.len());
}

#[test]
fn seeds_that_once_failed_come_right() {
    for seed in ONCE_FAILED {
        sim::run(seed);
    }
}

/// What many seeds came to.
#[derive(Default)]
struct Tally {
    done: u64,
    failed: Vec<u64>,
    longest: u128,
    sign_ins: u32,
    events: u64,
}

/// `BOARDROOM_FIRST_SEED`, `BOARDROOM_ROUNDS` and `BOARDROOM_THREADS` say which seeds, how many, and how many at once. One
/// that fails does not stop the others.
#[test]
fn everything_comes_right_whatever_happened() {
    let (first, seeds) = (number("BOARDROOM_FIRST_SEED", 100), rounds(SEEDS));
    let (started, next, tally) = (Instant::now(), AtomicU64::new(first), Mutex::new(Tally::default()));
    let run = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + seeds {
                return;
            }
            let outcome = sim::attempt(seed);
            let mut tally = tally.lock().unwrap();
            tally.done += 1;
            match outcome {
                Ok(outcome) => {
                    tally.longest = tally.longest.max(outcome.healed_after);
                    tally.sign_ins += outcome.sign_ins;
                    tally.events += outcome.head;
                }
                Err(words) => {
                    eprintln!("seed {seed} failed: {words}");
                    tally.failed.push(seed);
                }
            }
            if tally.done.is_multiple_of(25) {
                let (done, failed) = (tally.done, tally.failed.len());
                eprintln!("{done} of {seeds} seeds after {:.0?}, {failed} failed", started.elapsed());
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..number("BOARDROOM_THREADS", 1) {
            scope.spawn(run);
        }
    });
    let Tally { mut failed, longest, sign_ins, events, .. } = tally.into_inner().unwrap();
    eprintln!(
        "{seeds} seeds from {first} in {:.0?}: {} failed; {events} events; slowest healing {longest} ms; {sign_ins} times \
         signed in again",
        started.elapsed(),
        failed.len()
    );
    failed.sort_unstable();
    let again: Vec<_> = failed.into_iter().map(sim::again).collect();
    assert!(again.is_empty(), "failed; again with:\n{}", again.join("\n"));
}
