//! What is purged is gone from the disk: looked for in every page of the file, deciphered, free ones included.

#![allow(clippy::unwrap_used)]

mod log;

use aes::Aes256;
use board_domain::wire::Hello;
use board_domain::{Audience, PersonId, Role, Table};
use board_vault::Vault;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};
use log::{EPOCH, Log, Place, at, figure, founded, report, tenant};

const PAGE: usize = 4096;
/// Bytes at the end of each page: initialisation vector, seal.
const RESERVED: usize = 80;

/// The file's pages as the database sees them. The first 16 bytes of the file are its salt.
fn deciphered(place: &Place) -> Vec<u8> {
    let bytes = std::fs::read(place.path()).unwrap();
    let key = hex::decode(place.key.to_hex().as_str()).unwrap();
    let mut plain = Vec::new();
    for (number, page) in bytes.chunks(PAGE).enumerate() {
        let from = if number == 0 { 16 } else { 0 };
        let vector = &page[PAGE - RESERVED..PAGE - RESERVED + 16];
        let mut content = page[from..PAGE - RESERVED].to_vec();
        cbc::Decryptor::<Aes256>::new_from_slices(&key, vector)
            .unwrap()
            .decrypt_padded::<NoPadding>(&mut content)
            .unwrap();
        plain.extend(content);
    }
    plain
}

fn count(bytes: &[u8], needle: &str) -> usize {
    bytes.windows(needle.len()).filter(|window| *window == needle.as_bytes()).count()
}

fn greet(vault: &mut Vault, role: Role) {
    let kari = PersonId::new("kari").unwrap();
    let audiences = Audience::of(&kari, role);
    let hello = Hello { epoch: EPOCH, head: 500, floor: 0, role, audiences, heartbeat: 15 };
    vault.greet(&tenant(), &hello, at(900)).unwrap();
}

fn wal(place: &Place) -> u64 {
    std::fs::metadata(place.folder.path().join("kari.vault-wal")).map_or(0, |file| file.len())
}

#[test]
fn nothing_of_a_lost_audience_stays_in_the_file() {
    let place = Place::new();
    let mut vault = place.create();
    greet(&mut vault, Role::Manager);
    let mut log = Log::new();
    log.fact(&founded(&tenant()));
    for n in 0..200u8 {
        log.fact(&report(&format!("secret-{}", n % 40), u32::from(n) + 1)).fact(&figure(
            "sroi",
            n % 12 + 1,
            1.0,
        ));
    }
    let kari = PersonId::new("kari").unwrap();
    for batch in log.frames_of(&kari, Role::Manager).chunks(50) {
        vault.apply(&tenant(), EPOCH, batch, at(500)).unwrap();
    }
    drop(vault);
    let before = deciphered(&place);
    assert!(count(&before, "secret-7") > 5 && count(&before, "SECRET-7") >= 5, "the pages are read rightly");
    assert!(count(&before, "management") > 0);

    let mut vault = place.open();
    assert_eq!(vault.rows(&tenant(), Table::Report, None).unwrap().len(), 40);
    greet(&mut vault, Role::Viewer);
    // At once, with the vault still open.
    assert_eq!(wal(&place), 0);
    let after = deciphered(&place);
    for needle in ["secret-", "SECRET-", "report.changed"] {
        assert_eq!(count(&after, needle), 0, "{needle}");
    }
    assert!(count(&after, "sroi/2026-01/all") > 0, "the others' rows stay");
    assert_eq!(vault.check().unwrap().problems, Vec::<String>::new());
}

#[test]
fn nothing_of_a_tenant_that_was_left_stays_in_the_file() {
    let place = Place::new();
    let mut vault = place.create();
    let mut log = Log::new();
    log.fact(&founded(&tenant()));
    for n in 0..100u8 {
        log.fact(&figure("sroi", n % 12 + 1, f64::from(n)));
    }
    vault.apply(&tenant(), EPOCH, &log.frames(), at(500)).unwrap();
    vault.leave_tenant(&tenant()).unwrap();
    assert_eq!(wal(&place), 0);
    let after = deciphered(&place);
    assert!(count(&after, "CREATE TABLE") > 5, "the pages are read rightly");
    for needle in ["Fjordlys Group", "sroi/2026", "figure.measured"] {
        assert_eq!(count(&after, needle), 0, "{needle}");
    }
}
