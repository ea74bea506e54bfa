//! Reads a pack's presentation back: archive, seal, manifest and the watermark of each slide. Trusts nothing it reads.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::Event;

use super::marks::watermarks;
use super::package::{ATTRIBUTES, MANIFEST_PART, SEAL_PART};
use crate::PackError;
use crate::seal::{Hash, Statement, sha256};
use crate::verify::{Found, Parts, Sealed};

const MAX_ENTRIES: usize = 20_000;
const MAX_PART: u64 = 64 << 20;
const MAX_TOTAL: u64 = 512 << 20;

/// Whether every slide carries the words; the writer's last gate.
pub(super) fn check_watermark(bytes: &[u8], words: &str, slides: usize) -> Result<(), PackError> {
    // Charts, workbooks and notes have no say in it.
    let shown = ["ppt/_rels/", "ppt/slides/", "ppt/slideLayouts/", "ppt/slideMasters/"];
    let is_shown = |name: &str| shown.iter().any(|folder| name.starts_with(folder));
    let parts = unpack(bytes, &is_shown).map_err(PackError::Container)?;
    let marks = watermarks(&parts).map_err(PackError::Container)?;
    if marks.len() != slides {
        return Err(PackError::Container(format!("{} of {slides} slides can be read back", marks.len())));
    }
    match marks.iter().position(|mark| !crate::verify::same_words(mark, words)) {
        Some(index) => Err(PackError::WatermarkMissing { page: index + 1 }),
        None => Ok(()),
    }
}

/// Everything `verify` needs to know of a presentation.
pub(crate) fn read(bytes: &[u8]) -> Result<Found, String> {
    // Where the entries stand whole one after the other, they are read by themselves, not by a directory that may lie.
    let (contents, directory) = match relisted(bytes) {
        Some(own) if own != bytes => (unpack_each(&own, &|_| true)?, Some("directory".to_owned())),
        _ => (unpack_each(bytes, &|_| true)?, None),
    };
    let whole = |name: &str| contents.get(name).and_then(|part| part.as_ref().ok());
    let raw = raw_seal(bytes);
    let part = whole(SEAL_PART).map(Vec::as_slice).or(raw);
    let sealed = part.and_then(seal);
    let manifest = whole(MANIFEST_PART).and_then(|part| text_of(part));
    if sealed.is_none() && manifest.is_none() {
        let torn = contents.values().find_map(|part| part.as_ref().err());
        return Err(torn.cloned().unwrap_or_else(|| "no embedded manifest".into()));
    }
    let mut lines = String::new();
    for (name, part) in contents.iter().filter(|(name, _)| *name != SEAL_PART) {
        // A part that does not unpack has no digest; its line differs from any that was signed.
        let digest = part.as_ref().map_or_else(|_| "-".to_owned(), |part| hex::encode(sha256(part)));
        lines.push_str(&format!("{digest}  {name}\n"));
    }
    let listed = part.and_then(text_of).and_then(|list| String::from_utf8(list).ok());
    let listed = listed.filter(|list| {
        sealed.as_ref().is_some_and(|(statement, ..)| sha256(list.as_bytes()) == statement.content)
    });
    let mut changed = listed.as_deref().map(|list| differing(list, &lines)).unwrap_or_default();
    changed.extend(directory);
    // The seal's part is not sealed: its list is held to the signed digest, its bytes to what the archive says of them.
    let own = sealed.as_ref().is_some_and(|(statement, ..)| statement.version == 1 || listed.is_some())
        && whole(SEAL_PART).is_some();
    let container =
        container(bytes).and_then(|hash| if own { Ok(hash) } else { Err("the seal was changed".into()) });
    let parts = Parts { listed: listed.map_or(0, |list| list.lines().count()), changed };
    let sealed = sealed.map(|(statement, key, signature)| Sealed {
        statement,
        key,
        signature,
        content_found: sha256(lines.as_bytes()),
    });
    let readable: Unpacked =
        contents.into_iter().filter_map(|(name, part)| Some((name, part.ok()?))).collect();
    // What the damage leaves unreadable is named by the parts that were changed.
    let watermarks = watermarks(&readable).unwrap_or_default();
    Ok(Found { manifest, sealed, container, parts, watermarks })
}

/// Names that two lists do not have in common with the same digest, in order.
fn differing(signed: &str, found: &str) -> Vec<String> {
    let signed: BTreeSet<&str> = signed.lines().collect();
    let found: BTreeSet<&str> = found.lines().collect();
    let names = signed.symmetric_difference(&found).filter_map(|line| line.split_once("  "));
    let names: BTreeSet<&str> = names.map(|(_, name)| name).collect();
    names.into_iter().map(str::to_owned).collect()
}

/// The archive with the directory that follows from its entries; `None` where they do not stand one after the other.
fn relisted(bytes: &[u8]) -> Option<Vec<u8>> {
    let (mut directory, mut count, mut at) = (Vec::new(), 0_u16, 0);
    while bytes.get(at..at + 4)? == b"PK\x03\x04" {
        directory.extend(directory_entry(bytes, at)?);
        count = count.checked_add(1)?;
        at = entry_end(bytes, at)?;
    }
    let tail = ending(directory, count, at)?;
    (count > 0).then(|| [&bytes[..at], &tail].concat())
}

/// The seal's part by its own letters: it is stored as it is.
fn raw_seal(bytes: &[u8]) -> Option<&[u8]> {
    const HEAD: &[u8] = b"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<seal ";
    let start = bytes.windows(HEAD.len()).rposition(|window| window == HEAD)?;
    let rest = &bytes[start..];
    let end = rest.windows(7).position(|window| window == b"</seal>")? + 7;
    Some(&rest[..end])
}

pub(super) type Unpacked = BTreeMap<String, Vec<u8>>;

/// The wanted parts of an archive of which each is whole.
fn unpack(bytes: &[u8], wanted: &dyn Fn(&str) -> bool) -> Result<Unpacked, String> {
    unpack_each(bytes, wanted)?.into_iter().map(|(name, part)| Ok((name, part?))).collect()
}

/// The parts of an archive, or what is wrong with each. Sizes are bounded, and no name stands twice.
fn unpack_each(
    bytes: &[u8],
    wanted: &dyn Fn(&str) -> bool,
) -> Result<BTreeMap<String, Result<Vec<u8>, String>>, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    if archive.len() > MAX_ENTRIES {
        return Err("the archive has too many entries".into());
    }
    // Of two entries of one name the archive's reader shows the last; another program may show the first.
    if entry_count(bytes) != Some(archive.len()) {
        return Err("a part stands in the archive twice".into());
    }
    let mut parts = BTreeMap::new();
    let mut total = 0;
    for index in 0..archive.len() {
        let listed = archive.name_for_index(index).and_then(|name| Some(name.ok()?.into_owned()));
        let listed = listed.unwrap_or_default();
        // Some packers add the folders.
        if !wanted(&listed) || listed.ends_with('/') && is_plain(listed.trim_end_matches('/')) {
            continue;
        }
        let mut part = Vec::new();
        let (name, read) = match archive.by_index(index) {
            Ok(entry) => {
                let name = entry.name().map_err(|error| error.to_string())?.into_owned();
                // The declared size is not believed: reading stops at the bound.
                (name, entry.take(MAX_PART + 1).read_to_end(&mut part).map_err(|error| error.to_string()))
            }
            Err(error) => (listed, Err(error.to_string())),
        };
        total += part.len() as u64;
        if part.len() as u64 > MAX_PART || total > MAX_TOTAL {
            return Err(format!("{name}: the archive unpacks to too much"));
        }
        let read = if is_plain(&name) { read } else { Err("no name of a part".into()) };
        let part = read.map(|_| part).map_err(|error| format!("{name}: {error}"));
        parts.insert(name, part);
    }
    Ok(parts)
}

/// Digest of everything before the seal's entry, provided that the rest of the archive is what follows from it.
fn container(bytes: &[u8]) -> Result<Hash, String> {
    let end = entries_end(bytes).ok_or("the archive has bytes that belong to no part")?;
    let mut start = 0;
    let mut seal_start = 0;
    while start < end {
        seal_start = start;
        start = entry_end(bytes, start).ok_or("the archive's entries are torn")?;
    }
    if name(bytes, seal_start) != Some(SEAL_PART.as_bytes()) {
        return Err("the seal is not the last part".into());
    }
    Ok(sha256(&bytes[..seal_start]))
}

/// Where the entries end and the directory begins, if the whole file is entries without gaps, then exactly the
/// directory that our writer makes of them.
pub(super) fn entries_end(bytes: &[u8]) -> Option<usize> {
    let mut directory = Vec::new();
    let mut count = 0_u16;
    let mut at = 0;
    while bytes.get(at..at + 4)? == b"PK\x03\x04" {
        directory.extend(directory_entry(bytes, at)?);
        count = count.checked_add(1)?;
        at = entry_end(bytes, at)?;
    }
    (bytes[at..] == ending(directory, count, at)?).then_some(at)
}

/// Directory and end record of an archive whose entries end at a place.
fn ending(directory: Vec<u8>, count: u16, at: usize) -> Option<Vec<u8>> {
    let (length, start) = (u32::try_from(directory.len()).ok()?, u32::try_from(at).ok()?);
    let mut tail = directory;
    tail.extend(b"PK\x05\x06\0\0\0\0");
    tail.extend(count.to_le_bytes());
    tail.extend(count.to_le_bytes());
    tail.extend(length.to_le_bytes());
    tail.extend(start.to_le_bytes());
    tail.extend([0, 0]);
    Some(tail)
}

/// The directory's record of the entry at this place: the fields of its own header, our constants around them.
fn directory_entry(bytes: &[u8], at: usize) -> Option<Vec<u8>> {
    let header = bytes.get(at..at + 30)?;
    let name = name(bytes, at)?;
    // Version needed 2.0 or 1.0, no flags, stored or deflated, 1 January 1980, no extra field.
    let method = u16::from_le_bytes([header[8], header[9]]);
    let version = u16::from_le_bytes([header[4], header[5]]);
    let plain = header[6..8] == [0, 0]
        && header[10..14] == [0, 0, 0x21, 0]
        && header[28..30] == [0, 0]
        && ((method == 0 && version == 10) || (method == 8 && version == 20));
    if !plain || !name.is_ascii() {
        return None;
    }
    let mut record = b"PK\x01\x02".to_vec();
    // Made by the version that is needed, on Unix.
    record.extend([header[4], 3]);
    record.extend(&header[4..28]);
    record.extend([0, 0]);
    // Comment, disk, internal attributes.
    record.extend([0; 6]);
    record.extend(ATTRIBUTES);
    record.extend(u32::try_from(at).ok()?.to_le_bytes());
    record.extend(name);
    Some(record)
}

fn name(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let length = bytes.get(at + 26..at + 28)?;
    bytes.get(at + 30..at + 30 + usize::from(u16::from_le_bytes([length[0], length[1]])))
}

fn entry_end(bytes: &[u8], at: usize) -> Option<usize> {
    let size = u32::from_le_bytes(bytes.get(at + 18..at + 22)?.try_into().ok()?);
    let end =
        at.checked_add(30)?.checked_add(name(bytes, at)?.len())?.checked_add(usize::try_from(size).ok()?)?;
    (end <= bytes.len()).then_some(end)
}

fn seal(part: &[u8]) -> Option<(Statement, [u8; 32], [u8; 64])> {
    let mut fields: BTreeMap<String, String> = BTreeMap::new();
    let mut reader = Reader::from_reader(part);
    loop {
        match reader.read_event().ok()? {
            Event::Empty(element) | Event::Start(element) if element.name().as_ref() == "seal" => {
                for attribute in element.attributes() {
                    let attribute = attribute.ok()?;
                    fields.insert(attribute.key.as_ref().to_owned(), attribute.value.into_owned());
                }
                break;
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let bytes = |name: &str| hex::decode(fields.get(name)?).ok();
    let version = fields.get("version")?.parse().ok().filter(|version| matches!(version, 1 | 2))?;
    let statement = Statement {
        version,
        format: "pptx",
        manifest: bytes("manifest")?.try_into().ok()?,
        content: bytes("content")?.try_into().ok()?,
        container: Some(bytes("container")?.try_into().ok()?),
    };
    let (key, signature) = (bytes("key")?.try_into().ok()?, bytes("signature")?.try_into().ok()?);
    let list = if version == 1 { Vec::new() } else { text_of(part)? };
    let list = String::from_utf8(list).ok()?;
    // One way to write a seal: what it says in other letters is not a seal.
    let written = super::package::seal_text(&statement, &key, &signature, &list);
    (written.as_bytes() == part).then_some((statement, key, signature))
}

/// The words of a part's one element.
fn text_of(part: &[u8]) -> Option<Vec<u8>> {
    let mut reader = Reader::from_reader(part);
    let mut text = String::new();
    let mut inside = false;
    loop {
        match reader.read_event().ok()? {
            Event::Start(_) => inside = true,
            Event::End(_) => return Some(text.into_bytes()),
            Event::Eof => return None,
            event if inside => push_text(&event, &mut text)?,
            _ => {}
        }
    }
}

/// Adds the words of an event; `None` for a reference that XML does not know.
pub(super) fn push_text(event: &Event<'_>, text: &mut String) -> Option<()> {
    match event {
        Event::Text(words) => text.push_str(words),
        Event::GeneralRef(name) => {
            if let Some(character) = name.resolve_char_ref().ok()? {
                text.push(character);
            } else {
                text.push_str(quick_xml::escape::resolve_predefined_entity(name)?);
            }
        }
        _ => {}
    }
    Some(())
}

/// Whether a name may stand in the archive: steps of visible ASCII inside the archive's own root.
fn is_plain(name: &str) -> bool {
    name.len() <= 200
        && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\' && byte != b':')
        && name.split('/').all(|step| !step.is_empty() && step != "." && step != "..")
}

/// How many entries the end of the directory tells of.
fn entry_count(bytes: &[u8]) -> Option<usize> {
    // The end is 22 bytes long and may be followed by a comment of up to 64 KiB.
    let tail = &bytes[bytes.len().saturating_sub(22 + 65_535)..];
    let end = tail.windows(4).rposition(|window| window == b"PK\x05\x06")?;
    let count = tail.get(end + 10..end + 12)?;
    Some(usize::from(u16::from_le_bytes([count[0], count[1]])))
}
