//! The whole system under every fault, from seeds. Not real processes: see `faults` and `kill`.
#![cfg(feature = "failpoints")]
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test that cannot go on fails loudly")]

use std::time::Instant;

use boardroom_tests::{rounds, sim};

/// Seeds of the everyday run.
const SEEDS: u64 = 12;

#[test]
fn a_seed() {
    let seed = std::env::var("BOARDROOM_SEED").map_or(1, |text| text.parse().expect("a number"));
    let (first, second) = (sim::run(seed), sim::run(seed));
    let differs = first.trace.iter().zip(&second.trace).position(|(one, other)| one != other);
    if let Some(at) = differs {
        let around = |trace: &[String]| trace[at.saturating_sub(5)..trace.len().min(at + 3)].join("\n");
        panic!("seed {seed} differs from itself:\n{}\n---\n{}", around(&first.trace), around(&second.trace));
    }
    assert_eq!(first.trace.len(), second.trace.len());
    if std::env::var_os("BOARDROOM_SEED").is_some() {
        eprintln!("{}", first.trace.join("\n"));
    }
}

#[test]
fn everything_comes_right_whatever_happened() {
    let first = std::env::var("BOARDROOM_FIRST_SEED").map_or(100, |text| text.parse().expect("a number"));
    let started = Instant::now();
    let (mut longest, mut sign_ins) = (0, 0);
    let seeds = rounds(SEEDS);
    for seed in first..first + seeds {
        let outcome = sim::run(seed);
        longest = longest.max(outcome.healed_after);
        sign_ins += outcome.sign_ins;
        if (seed + 1 - first).is_multiple_of(25) {
            eprintln!("{} of {seeds} after {:?}", seed + 1 - first, started.elapsed());
        }
    }
    eprintln!(
        "{seeds} seeds from {first} in {:?}; slowest healing {longest} ms; {sign_ins} times signed in again",
        started.elapsed()
    );
}
