//! Presentations that somebody made to deceive or to exhaust whoever verifies them.
// Helpers of tests may panic as the tests themselves do.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::{Cursor, Read, Write};

use board_packs::{Code, Verification, VerifyError, verify, write_pptx};
use common::{go_on, key, plan, trusted};
use proptest::prelude::*;

/// What stands in an entry: its bytes in the file, what they unpack to, and whether they are deflated.
struct Entry<'a> {
    name: &'a str,
    stored: &'a [u8],
    size: usize,
    sum: u32,
    deflated: bool,
}

/// An archive of these parts, in this order, duplicates and all.
fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let sum = |part: &[u8]| {
        let mut sum = flate2::Crc::new();
        sum.update(part);
        sum.sum()
    };
    let entries: Vec<Entry<'_>> = parts
        .iter()
        .map(|(name, part)| Entry { name, stored: part, size: part.len(), sum: sum(part), deflated: false })
        .collect();
    of_entries(&entries)
}

fn of_entries(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        let start = u32::try_from(bytes.len()).unwrap();
        let (version, method): (u16, u16) = if entry.deflated { (20, 8) } else { (10, 0) };
        let mut fields = Vec::new();
        for field in [version, 0, method, 0, 0x21] {
            fields.extend(field.to_le_bytes());
        }
        fields.extend(entry.sum.to_le_bytes());
        for size in [entry.stored.len(), entry.size] {
            fields.extend(u32::try_from(size).unwrap().to_le_bytes());
        }
        fields.extend(u16::try_from(entry.name.len()).unwrap().to_le_bytes());
        fields.extend([0, 0]);
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&fields);
        bytes.extend(entry.name.as_bytes());
        bytes.extend(entry.stored);
        directory.extend(b"PK\x01\x02");
        directory.extend([fields[0], 3]);
        directory.extend(&fields);
        // No comment, first disk, no attributes of its own; then those of a file.
        directory.extend([0; 6]);
        directory.extend([0, 0, 0xa4, 0x81]);
        directory.extend(start.to_le_bytes());
        directory.extend(entry.name.as_bytes());
    }
    let (start, length) = (bytes.len(), directory.len());
    let count = u16::try_from(entries.len()).unwrap();
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend(count.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend(u32::try_from(length).unwrap().to_le_bytes());
    bytes.extend(u32::try_from(start).unwrap().to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

fn parts() -> Vec<(String, Vec<u8>)> {
    let mut plan = plan();
    plan.pages.truncate(2);
    let pack = write_pptx(&plan, &key(), &mut go_on).unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(pack.bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut entry = archive.by_index(index).unwrap();
            let mut part = Vec::new();
            entry.read_to_end(&mut part).unwrap();
            (entry.name().unwrap().into_owned(), part)
        })
        .collect()
}

fn packed(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let entries: Vec<(&str, &[u8])> =
        parts.iter().map(|(name, part)| (name.as_str(), part.as_slice())).collect();
    archive(&entries)
}

fn unreadable(bytes: &[u8]) -> String {
    match verify(bytes, &[trusted()]) {
        Err(VerifyError::Unreadable(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

fn holds(verification: &Verification, code: Code) -> Option<bool> {
    verification.checks.iter().find(|check| check.code == code).unwrap().holds
}

#[test]
fn a_deck_packed_anew_keeps_its_content_and_loses_its_container() {
    let verification = verify(&packed(&parts()), &[trusted()]).unwrap();
    assert_eq!(holds(&verification, Code::Content), Some(true));
    assert_eq!(holds(&verification, Code::Watermark), Some(true));
    assert_eq!(holds(&verification, Code::Container), Some(false));
    // Folders as entries, as some packers write them, are no parts.
    let mut with_folders = parts();
    with_folders.insert(0, ("ppt/".into(), Vec::new()));
    let verification = verify(&packed(&with_folders), &[trusted()]).unwrap();
    assert_eq!(holds(&verification, Code::Content), Some(true));
    assert_eq!(holds(&verification, Code::Container), Some(false));
}

#[test]
fn names_that_lead_out_of_the_archive_are_no_parts() {
    let long = "x".repeat(4000);
    for name in
        ["../escape.xml", "/etc/passwd", "ppt/../../x", "ppt\\slides\\x", "C:x.xml", "a//b", "a b", &long]
    {
        let mut parts = parts();
        parts.push((name.into(), b"<x/>".to_vec()));
        let verification = verify(&packed(&parts), &[trusted()]).unwrap();
        assert_eq!(holds(&verification, Code::Content), Some(false), "{name:.20}");
        assert_eq!(holds(&verification, Code::Container), Some(false), "{name:.20}");
    }
}

#[test]
fn a_part_that_stands_twice_is_refused() {
    let mut parts = parts();
    let twin = parts.iter().find(|(name, _)| name == "ppt/slides/slide1.xml").unwrap().clone();
    parts.push(twin);
    assert!(unreadable(&packed(&parts)).contains("twice"));
}

#[test]
fn what_unpacks_to_too_much_is_refused() {
    let bomb = |size: usize, count: usize| {
        let blank = vec![b' '; size];
        let mut sum = flate2::Crc::new();
        sum.update(&blank);
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&blank).unwrap();
        let stored = encoder.finish().unwrap();
        let names: Vec<String> = (0..count).map(|index| format!("ppt/x{index}.xml")).collect();
        let entry = |name| Entry { name, stored: &stored, size, sum: sum.sum(), deflated: true };
        of_entries(&names.iter().map(|name| entry(name.as_str())).collect::<Vec<_>>())
    };
    let one = bomb(80 << 20, 1);
    assert!(one.len() < 1 << 20);
    assert!(unreadable(&one).contains("unpacks to too much"));
    assert!(unreadable(&bomb(60 << 20, 10)).contains("unpacks to too much"));
}

#[test]
fn too_many_entries_are_refused_before_any_is_read() {
    let names: Vec<String> = (0..20_001).map(|index| format!("p{index}")).collect();
    let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    assert!(unreadable(&archive(&entries)).contains("too many entries"));
}

/// The watermark check after a change of one part.
fn marked(name: &str, change: impl Fn(String) -> String) -> Result<Option<bool>, VerifyError> {
    let mut parts = parts();
    let part = parts.iter_mut().find(|(part, _)| part == name).unwrap();
    let before = String::from_utf8(part.1.clone()).unwrap();
    let after = change(before.clone());
    assert_ne!(before, after, "{name}");
    part.1 = after.into_bytes();
    verify(&packed(&parts), &[trusted()]).map(|verification| holds(&verification, Code::Watermark))
}

#[test]
fn a_slide_that_does_not_show_its_masters_watermark_is_found() {
    let master = "ppt/slideMasters/slideMaster1.xml";
    let layout = "ppt/slideLayouts/slideLayout2.xml";
    assert_eq!(marked(master, |part| part.replace("Kari Dahl", "Kari D.")), Ok(Some(false)));
    assert_eq!(
        marked(master, |part| part.replace("name=\"Watermark\"", "name=\"Watermark\" hidden=\"1\"")),
        Ok(Some(false))
    );
    assert_eq!(marked(master, |part| part.replace("name=\"Watermark\"", "name=\"Other\"")), Ok(Some(false)));
    assert_eq!(
        marked(layout, |part| part.replace("<p:sldLayout ", "<p:sldLayout showMasterSp=\"0\" ")),
        Ok(Some(false))
    );
    for value in ["0", "false", "no"] {
        let hide = |part: String| part.replace("<p:sld ", &format!("<p:sld showMasterSp=\"{value}\" "));
        assert_eq!(marked("ppt/slides/slide3.xml", hide), Ok(Some(false)));
    }
    assert_eq!(
        marked("ppt/slides/slide3.xml", |part| part.replace("<p:sld ", "<p:sld showMasterSp=\"1\" ")),
        Ok(Some(true))
    );
    // A slide that leads to no layout, to two, or to one that is not there.
    let relations = "ppt/slides/_rels/slide3.xml.rels";
    assert_ne!(marked(relations, |part| part.replace("/slideLayout\"", "/other\"")), Ok(Some(true)));
    assert_ne!(
        marked(relations, |part| part.replace("slideLayout2.xml", "slideLayout9.xml")),
        Ok(Some(true))
    );
    let twice = |part: String| {
        part.replace(
            "</Relationships>",
            "<Relationship Id=\"x\" Type=\"a/slideLayout\" Target=\"y\"/></Relationships>",
        )
    };
    assert_ne!(marked(relations, twice), Ok(Some(true)));
    // A slide that leads to itself as its layout comes to an end.
    let itself = |part: String| part.replace("../slideLayouts/slideLayout2.xml", "slide3.xml");
    assert_ne!(marked(relations, itself), Ok(Some(true)));
}

#[test]
fn hostile_xml_is_an_answer_and_not_a_crash() {
    let slide = "ppt/slides/slide3.xml";
    let replaced = |part: &str| marked(slide, |_| part.to_owned());
    let nested = "<a>".repeat(200_000);
    let entities = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><p:sld><p:cNvPr id=\"1\" name=\"Watermark\"/><a:t>&b;</a:t></p:sld>";
    for part in ["<p:sld", entities, "<p:sld a=\"1\" a=\"2\" showMasterSp=1>"] {
        // An error or a failed check; never a watermark that is not there.
        assert_ne!(replaced(part), Ok(Some(true)), "{part:.40}");
    }
    // These hide nothing of the master: what a program makes of such a slide is told by the content's digest.
    for part in ["", "<", "\u{0}", &nested, &format!("<p:sld>{nested}")] {
        let _ = replaced(part);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_get_an_answer(mut noise in prop::collection::vec(any::<u8>(), 0..400), at in any::<prop::sample::Index>()) {
        let _ = verify(&noise, &[]);
        let mut bytes = b"PK\x03\x04".to_vec();
        bytes.append(&mut noise);
        let _ = verify(&bytes, &[]);
        let mut deck = DECK.clone();
        let place = at.index(deck.len());
        let end = (place + bytes.len()).min(deck.len());
        deck[place..end].copy_from_slice(&bytes[..end - place]);
        if let Ok(verification) = verify(&deck, &[trusted()]) {
            prop_assert!(!verification.holds());
        }
    }
}

static DECK: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| {
    let mut plan = plan();
    plan.pages.truncate(1);
    write_pptx(&plan, &key(), &mut go_on).unwrap().bytes
});
