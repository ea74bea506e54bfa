//! A process killed while it applies: afterwards cursor, events and rows agree, and nothing acknowledged is lost.

#![allow(clippy::unwrap_used)]

mod log;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use board_domain::{Book, Table};
use board_vault::{Vault, VaultKey};
use log::{EPOCH, Log, Place, at, figure, founded, tenant};

const PATH: &str = "BOARDROOM_CRASH_TEST_PATH";
const KEY: &str = "BOARDROOM_CRASH_TEST_KEY";

/// Applies a growing log to a vault until it is killed, and prints the cursor after each batch it was told is applied.
#[test]
#[ignore = "the victim of the test below, in a process of its own"]
fn victim() {
    let mut vault = Vault::open(
        std::env::var_os(PATH).unwrap().as_ref(),
        &VaultKey::from_hex(&std::env::var(KEY).unwrap()).unwrap(),
    )
    .unwrap();
    let done = vault.tenant(&tenant()).unwrap().cursor;
    let mut log = Log::new();
    log.fact(&founded(&tenant()));
    for n in 1..4_000u32 {
        log.fact(&figure("sroi", u8::try_from(n % 12).unwrap() + 1, f64::from(n)));
    }
    let frames = log.frames();
    for batch in frames[usize::try_from(done).unwrap()..].chunks(17) {
        let applied = vault.apply(&tenant(), EPOCH, batch, at(500)).unwrap();
        println!("{}", applied.cursor);
    }
}

#[test]
fn a_kill_at_any_moment_leaves_cursor_events_and_rows_agreeing() {
    let place = Place::new();
    drop(place.create());
    let mut cursor = 0;
    for round in 0..25u64 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "victim", "--nocapture"])
            .envs([(PATH, place.path().into_os_string()), (KEY, place.key.to_hex().as_str().into())])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // Until it has applied a few batches, another number of them each time; then at whatever it is doing.
        let mut told = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let batches = usize::try_from(round * 7 % 11).unwrap();
        let heard: Vec<_> = told.by_ref().filter(|line| line.parse::<u64>().is_ok()).take(batches).collect();
        std::thread::sleep(Duration::from_micros(round * 997 % 4_000));
        child.kill().unwrap();
        child.wait().unwrap();
        let acknowledged =
            heard.into_iter().chain(told).filter_map(|line| line.parse::<u64>().ok()).max().unwrap_or(cursor);

        let vault = place.open();
        cursor = vault.tenant(&tenant()).unwrap().cursor;
        assert!(cursor >= acknowledged, "round {round}: {cursor} after {acknowledged} was acknowledged");
        let events = vault.events(&tenant(), 0, u32::MAX).unwrap();
        assert_eq!(events.len() as u64, cursor, "round {round}");
        let mut book = Book::default();
        for event in &events {
            book.apply(event).unwrap();
        }
        for table in Table::ALL {
            let rows: Vec<_> = vault
                .rows(&tenant(), table, None)
                .unwrap()
                .into_iter()
                .map(|(key, row)| (key, row.row))
                .collect();
            let folded: Vec<_> = book.table(table).map(|(key, row)| (key.to_owned(), row.clone())).collect();
            assert_eq!(rows, folded, "round {round}");
        }
        if cursor == 4_000 {
            break;
        }
    }
    assert!(cursor > 17, "the victim never got anywhere");
    assert_eq!(place.open().check().unwrap().problems, Vec::<String>::new());
}
