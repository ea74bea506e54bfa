//! Packs as a stranger meets them: whole, unchanged, changed by a byte, cut, repacked, or no pack at all.

mod common;

use board_packs::{Code, Pack, PackPlan, Verification, VerifyError, verify, write_pdf, write_pptx};
use common::{go_on, key, trusted};
use proptest::prelude::*;
use std::sync::LazyLock;

static PDF: LazyLock<Pack> = LazyLock::new(|| write_pdf(&plan(), &key(), &mut go_on).expect("a pack"));
static PPTX: LazyLock<Pack> = LazyLock::new(|| write_pptx(&plan(), &key(), &mut go_on).expect("a pack"));

/// Cover and key figures: enough kinds of parts to damage, small enough to read a few hundred times.
fn plan() -> PackPlan {
    let mut plan = common::plan();
    plan.pages.truncate(2);
    plan
}

fn failed(verification: &Verification) -> Vec<Code> {
    verification.checks.iter().filter(|check| check.holds != Some(true)).map(|check| check.code).collect()
}

fn holds(bytes: &[u8]) -> bool {
    verify(bytes, &[trusted()]).is_ok_and(|verification| verification.holds())
}

#[test]
fn a_whole_pack_holds_in_every_check() {
    for pack in [&*PDF, &*PPTX] {
        let verification = verify(&pack.bytes, &[trusted()]).unwrap();
        assert_eq!(failed(&verification), [], "{:?}", verification.checks);
        assert_eq!(verification.checks.len(), 6);
        assert_eq!(verification.manifest, Some(plan().manifest));
        assert_eq!(verification.signer, Some(trusted().name));
        assert_eq!(verification.sha256, pack.sha256);
    }
}

#[test]
fn an_unknown_key_fails_the_key_and_nothing_else() {
    for pack in [&*PDF, &*PPTX] {
        let verification = verify(&pack.bytes, &[]).unwrap();
        assert_eq!(failed(&verification), [Code::Key]);
        assert!(verification.unchanged() && !verification.holds());
    }
}

#[test]
fn the_same_plan_gives_the_same_bytes_and_another_plan_others() {
    assert_eq!(write_pdf(&plan(), &key(), &mut go_on).unwrap(), *PDF);
    assert_eq!(write_pptx(&plan(), &key(), &mut go_on).unwrap(), *PPTX);
    let mut other = plan();
    other.subtitle.push('!');
    assert_ne!(write_pdf(&other, &key(), &mut go_on).unwrap().sha256, PDF.sha256);
    assert_ne!(write_pptx(&other, &key(), &mut go_on).unwrap().sha256, PPTX.sha256);
}

#[test]
fn a_changed_byte_is_seen_at_either_end_and_all_along_the_file() {
    for pack in [&*PDF, &*PPTX] {
        let length = pack.bytes.len();
        let mut bytes = pack.bytes.clone();
        // The seal, the directory and the trailer stand at the end; 0x20 turns a digit's case.
        let edges = (0..40).step_by(3).chain((length - 1500..length).step_by(11));
        for (turn, place) in edges.chain((0..length).step_by(length / 60)).enumerate() {
            let flip = if turn % 2 == 0 { 0x01 } else { 0x20 };
            bytes[place] ^= flip;
            assert!(!holds(&bytes), "byte {place} of {length} changed by {flip:#x} is not noticed");
            bytes[place] ^= flip;
        }
        assert!(holds(&bytes));
    }
}

#[test]
fn a_change_in_any_part_of_a_presentation_is_seen() {
    let mut at = 0;
    let mut bytes = PPTX.bytes.clone();
    let number = |at: usize, width: usize| -> usize {
        PPTX.bytes[at..at + width].iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
    };
    let mut parts = 0;
    while bytes[at..].starts_with(b"PK\x03\x04") {
        let (size, name) = (number(at + 18, 4), number(at + 26, 2));
        let data = at + 30 + name;
        for place in [at + 10, data, data + size - 1] {
            bytes[place] ^= 1;
            assert!(!holds(&bytes), "byte {place} in the entry at {at}");
            bytes[place] ^= 1;
        }
        parts += 1;
        at = data + size;
    }
    assert!(parts > 30, "{parts} parts");
}

#[test]
fn added_removed_and_empty_bytes_are_seen() {
    for pack in [&*PDF, &*PPTX] {
        let longer = [&pack.bytes[..], b"\n"].concat();
        assert!(!holds(&longer));
        for length in [0, 3, 5, 100, pack.bytes.len() / 2, pack.bytes.len() - 1] {
            assert!(!holds(&pack.bytes[..length]), "cut to {length}");
        }
    }
}

#[test]
fn a_later_revision_of_a_pdf_does_not_hide_behind_the_old_seal() {
    let mut document = lopdf::Document::load_mem(&PDF.bytes).unwrap();
    let page = document.page_iter().next().unwrap();
    document.add_page_contents(page, b"q 0 0 100 100 re f Q".to_vec()).unwrap();
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    let verification = verify(&bytes, &[trusted()]).unwrap();
    assert!(failed(&verification).contains(&Code::Signature));
}

#[test]
fn a_repacked_presentation_keeps_its_content_but_not_its_container() {
    use std::io::{Cursor, Read, Write};
    let mut from = zip::ZipArchive::new(Cursor::new(&PPTX.bytes)).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let mut entry = from.by_index(index).unwrap();
        let options =
            zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        to.start_file(entry.name().unwrap(), options).unwrap();
        let mut part = Vec::new();
        entry.read_to_end(&mut part).unwrap();
        to.write_all(&part).unwrap();
    }
    let repacked = to.finish().unwrap().into_inner();
    let verification = verify(&repacked, &[trusted()]).unwrap();
    assert_eq!(failed(&verification), [Code::Container]);
}

#[test]
fn another_key_cannot_pass_for_the_trusted_one() {
    let thief = board_packs::SigningKey::from_bytes(&[8; 32]);
    for pack in
        [write_pdf(&plan(), &thief, &mut go_on).unwrap(), write_pptx(&plan(), &thief, &mut go_on).unwrap()]
    {
        let verification = verify(&pack.bytes, &[trusted()]).unwrap();
        assert_eq!(failed(&verification), [Code::Key]);
        // The thief's file with our key written over his.
        let (his, ours) = (hex::encode(thief.verifying_key().to_bytes()), trusted().public);
        let mut bytes = pack.bytes.clone();
        for (his, ours) in [(his.clone(), ours.clone()), (his.to_uppercase(), ours.to_uppercase())] {
            let places: Vec<usize> = bytes
                .windows(his.len())
                .enumerate()
                .filter(|(_, w)| *w == his.as_bytes())
                .map(|(at, _)| at)
                .collect();
            for place in places {
                bytes[place..place + ours.len()].copy_from_slice(ours.as_bytes());
            }
        }
        assert_ne!(bytes, pack.bytes);
        assert!(!holds(&bytes));
    }
}

#[test]
fn what_is_no_pack_gets_a_plain_answer() {
    assert_eq!(verify(b"", &[]), Err(VerifyError::Format));
    assert_eq!(verify(b"MZ\x90\0", &[]), Err(VerifyError::Format));
    assert!(matches!(verify(b"%PDF-1.7\n%%EOF", &[]), Err(VerifyError::Unreadable(_))));
    assert!(matches!(verify(b"PK\x03\x04", &[]), Err(VerifyError::Unreadable(_))));
    let nested = [b"%PDF-1.7\n1 0 obj ".to_vec(), b"[".repeat(200_000)].concat();
    assert!(verify(&nested, &[]).is_err());
}

#[test]
fn an_archive_that_unpacks_to_too_much_is_refused() {
    use std::io::{Cursor, Write};
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("ppt/presentation.xml", zip::write::SimpleFileOptions::default()).unwrap();
    let zeros = vec![0; 1 << 20];
    for _ in 0..65 {
        archive.write_all(&zeros).unwrap();
    }
    let bomb = archive.finish().unwrap().into_inner();
    assert!(bomb.len() < 1 << 20);
    let error = verify(&bomb, &[]).unwrap_err();
    assert!(error.to_string().contains("too much"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_after_a_true_head_never_panic(noise in proptest::collection::vec(any::<u8>(), 0..4000), pdf: bool) {
        let head: &[u8] = if pdf { b"%PDF-1.7\n" } else { b"PK\x03\x04" };
        prop_assert!(!holds(&[head, &noise].concat()));
    }

    #[test]
    fn a_stretch_of_noise_in_a_pack_never_passes(at: prop::sample::Index, noise in proptest::collection::vec(any::<u8>(), 1..64), pdf: bool) {
        let pack = if pdf { &*PDF } else { &*PPTX };
        let mut bytes = pack.bytes.clone();
        let at = at.index(bytes.len() - noise.len());
        bytes[at..at + noise.len()].copy_from_slice(&noise);
        prop_assert_eq!(holds(&bytes), bytes == pack.bytes);
    }
}
