//! Rescue: whatever pages are damaged, what can be read of commands, refusals and settings moves to a new vault, the
//! old file is kept aside, and what is lost is told.

#![allow(clippy::unwrap_used)]

mod log;

use board_domain::wire::CommandOutcome;
use board_domain::{Command, PersonId};
use board_vault::{OpenError, Rescued, Vault, VaultKey};
use log::{EPOCH, Log, Place, at, figure, founded, tenant};

const PAGE: usize = 4096;

fn command(number: u32) -> Command {
    Command::RemovePerson { person: PersonId::new(format!("person-{number}")).unwrap() }
}

/// A vault with a log, settings, a refusal and 300 commands over many pages.
fn filled(place: &Place) -> Vec<u8> {
    let mut vault = place.create();
    let mut log = Log::new();
    log.fact(&founded(&tenant()));
    for n in 0..200 {
        log.fact(&figure("sroi", n % 12 + 1, f64::from(n)));
    }
    vault.apply(&tenant(), EPOCH, &log.frames(), at(0)).unwrap();
    vault.set_setting("theme", "dark").unwrap();
    for number in 1..=301 {
        vault.enqueue(&tenant(), &command(number), at(1)).unwrap();
    }
    let refused =
        CommandOutcome::Refused { cmd_seq: 1, code: "command.forbidden".into(), message: "no".into() };
    vault.settle(&tenant(), &refused).unwrap();
    drop(vault);
    std::fs::read(place.path()).unwrap()
}

fn flip(bytes: &mut [u8], page: usize) {
    for byte in &mut bytes[page * PAGE + 100..page * PAGE + 140] {
        *byte ^= 0x5a;
    }
}

fn rescue(place: &Place, bytes: &[u8]) -> Rescued {
    let aside = place.path().with_extension("damaged-1");
    let _ = std::fs::remove_file(&aside);
    std::fs::write(place.path(), bytes).unwrap();
    let rescued = Vault::rescue(&place.path(), &place.key, &aside).unwrap();
    assert!(std::fs::read(&aside).unwrap() == bytes, "the damaged file is kept as it was");
    rescued
}

#[test]
fn a_whole_file_loses_nothing() {
    let place = Place::new();
    let bytes = filled(&place);
    let client = place.open().client_id().unwrap();
    let pending = place.open().pending(&tenant()).unwrap();
    let rescued = rescue(&place, &bytes);
    let settings = rescued.settings;
    assert_eq!(
        rescued,
        Rescued { commands: 300, refusals: 1, settings, same_client: true, lost: Vec::new() }
    );
    let mut vault = place.open();
    assert_eq!(vault.client_id().unwrap(), client);
    assert_eq!(vault.pending(&tenant()).unwrap(), pending);
    assert_eq!(vault.setting("theme").unwrap().as_deref(), Some("dark"));
    assert_eq!(vault.refusals(&tenant()).unwrap()[0].command, command(1));
    vault.enter_tenant(&log::entry(&tenant(), board_domain::Role::Director)).unwrap();
    assert_eq!(vault.enqueue(&tenant(), &command(400), at(2)).unwrap().cmd_seq, 302);
    assert_eq!(vault.tenant(&tenant()).unwrap().cursor, 0, "the log comes from the server again");
}

#[test]
fn every_single_damaged_page_leaves_the_rest() {
    let place = Place::new();
    let bytes = filled(&place);
    let pages = bytes.len() / PAGE;
    assert!(pages > 40, "{pages}");
    let (mut whole, mut part, mut none) = (0, 0, 0);
    for page in 0..pages {
        let mut damaged = bytes.clone();
        flip(&mut damaged, page);
        let rescued = rescue(&place, &damaged);
        let vault = place.open();
        let pending = vault.pending(&tenant()).unwrap();
        assert_eq!(pending.len(), rescued.commands as usize, "page {page}");
        for command_left in &pending {
            let number = u32::try_from(command_left.envelope.cmd_seq).unwrap();
            assert_eq!(command_left.envelope.command, command(number), "page {page}");
        }
        match rescued.commands {
            300 => whole += 1,
            0 => none += 1,
            _ => {
                part += 1;
                assert!(!rescued.lost.is_empty(), "page {page}");
                assert!(rescued.commands > 200, "page {page}: {rescued:?}");
            }
        }
        if rescued.commands < 300 || !rescued.same_client {
            assert!(!rescued.lost.is_empty(), "page {page}");
        }
    }
    // The first page and the root of the outbox hide all of it, a leaf hides its own commands, the others none.
    assert!(whole > pages / 2 && part > 2 && (1..5).contains(&none), "{whole} {part} {none}");
}

#[test]
fn pages_flipped_all_over_leave_what_is_on_the_others() {
    let place = Place::new();
    let bytes = filled(&place);
    let pages = bytes.len() / PAGE;
    let mut left = 0;
    for offset in 1..7 {
        let mut damaged = bytes.clone();
        for page in (offset..pages).step_by(7) {
            flip(&mut damaged, page);
        }
        let rescued = rescue(&place, &damaged);
        assert!(!rescued.lost.is_empty());
        assert_eq!(place.open().check().unwrap().problems, Vec::<String>::new());
        left += rescued.commands;
    }
    assert!(left > 0);
}

#[test]
fn a_file_cut_short_or_empty_gives_an_empty_vault() {
    let place = Place::new();
    let bytes = filled(&place);
    for length in [0, 10, PAGE, bytes.len() / 2, bytes.len() - 1] {
        rescue(&place, &bytes[..length]);
        assert_eq!(place.open().check().unwrap().problems, Vec::<String>::new(), "{length}");
    }
}

#[test]
fn what_is_not_damage_is_not_touched() {
    let place = Place::new();
    let bytes = filled(&place);
    let aside = place.path().with_extension("old");
    let other = VaultKey::generate().unwrap();
    assert!(matches!(Vault::rescue(&place.path(), &other, &aside), Err(OpenError::KeyWrong)));
    std::fs::write(&aside, "kept").unwrap();
    assert!(matches!(Vault::rescue(&place.path(), &place.key, &aside), Err(OpenError::Exists)));
    assert_eq!(std::fs::read(&aside).unwrap(), b"kept");
    assert!(std::fs::read(place.path()).unwrap() == bytes);
    let missing = place.path().with_extension("missing");
    assert!(matches!(Vault::rescue(&missing, &place.key, &aside), Err(OpenError::Missing)));
}

#[test]
fn a_rescue_cut_short_between_its_two_renames_is_finished_by_the_next() {
    let place = Place::new();
    filled(&place);
    let fresh = place.folder.path().join("kari.vault.rescued");
    std::fs::rename(place.path(), &fresh).unwrap();
    Vault::rescue(&place.path(), &place.key, &place.path().with_extension("old")).unwrap();
    assert_eq!(place.open().pending(&tenant()).unwrap().len(), 300);
    assert!(!fresh.exists());
}

#[test]
fn a_file_of_schema_1_is_rescued_too() {
    let mut place = Place::new();
    place.key =
        VaultKey::from_hex("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff").unwrap();
    let stored = std::fs::read(format!("{}/tests/stored/0001.vault", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let rescued = rescue(&place, &stored);
    assert_eq!((rescued.commands, rescued.lost), (1, Vec::new()));
    assert_eq!(place.open().setting("theme").unwrap().as_deref(), Some("dark"));
}
