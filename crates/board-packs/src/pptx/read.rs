//! Reads a pack's presentation back: archive, seal, manifest and the watermark of each slide. Trusts nothing it reads.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::drawing::WATERMARK;
use super::package::{ATTRIBUTES, MANIFEST_PART, SEAL_PART, content_digest};
use crate::PackError;
use crate::seal::{Hash, Statement, sha256};
use crate::verify::{Found, Sealed};

const MAX_ENTRIES: usize = 20_000;
const MAX_PART: u64 = 64 << 20;
const MAX_TOTAL: u64 = 512 << 20;

type Parts = BTreeMap<String, Vec<u8>>;

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
    let parts = unpack(bytes, &|_| true)?;
    let manifest = parts.get(MANIFEST_PART).and_then(|part| manifest(part)).ok_or("no embedded manifest")?;
    let content = content_digest(
        parts
            .iter()
            .filter(|(name, _)| *name != SEAL_PART)
            .map(|(name, part)| (name.as_str(), part.as_slice())),
    );
    let sealed = parts.get(SEAL_PART).and_then(|part| seal(part, content));
    Ok(Found { manifest, sealed, container: Some(container(bytes)), watermarks: watermarks(&parts)? })
}

/// The wanted parts by name; refuses an archive that is not plain, or unpacks to too much.
fn unpack(bytes: &[u8], wanted: &dyn Fn(&str) -> bool) -> Result<Parts, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    if archive.len() > MAX_ENTRIES {
        return Err("the archive has too many entries".into());
    }
    // Of two entries of one name the archive's reader shows the last; another program may show the first.
    if entry_count(bytes) != Some(archive.len()) {
        return Err("a part stands in the archive twice".into());
    }
    let mut parts = Parts::new();
    let mut total = 0;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| error.to_string())?;
        let name = entry.name().map_err(|error| error.to_string())?.into_owned();
        // Some packers add the folders.
        if name.ends_with('/') && is_plain(name.trim_end_matches('/')) {
            continue;
        }
        if !is_plain(&name) {
            return Err(format!("{name:?} is no name of a part"));
        }
        if !wanted(&name) {
            continue;
        }
        let mut part = Vec::new();
        // The declared size is not believed: reading stops at the bound.
        let read =
            entry.take(MAX_PART + 1).read_to_end(&mut part).map_err(|error| format!("{name}: {error}"))?;
        total += read as u64;
        if read as u64 > MAX_PART || total > MAX_TOTAL {
            return Err(format!("{name}: the archive unpacks to too much"));
        }
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
    let (length, start) = (u32::try_from(directory.len()).ok()?, u32::try_from(at).ok()?);
    let mut tail = directory;
    tail.extend(b"PK\x05\x06\0\0\0\0");
    tail.extend(count.to_le_bytes());
    tail.extend(count.to_le_bytes());
    tail.extend(length.to_le_bytes());
    tail.extend(start.to_le_bytes());
    tail.extend([0, 0]);
    (bytes[at..] == tail).then_some(at)
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

fn seal(part: &[u8], content_found: Hash) -> Option<Sealed> {
    let mut fields: BTreeMap<String, String> = BTreeMap::new();
    let mut reader = Reader::from_reader(part);
    loop {
        match reader.read_event().ok()? {
            Event::Empty(element) if element.name().as_ref() == "seal" => {
                for attribute in element.attributes() {
                    let attribute = attribute.ok()?;
                    fields.insert(attribute.key.as_ref().to_owned(), attribute.value.into_owned());
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let bytes = |name: &str| hex::decode(fields.get(name)?).ok();
    let sealed = Sealed {
        statement: Statement {
            format: "pptx",
            manifest: bytes("manifest")?.try_into().ok()?,
            content: bytes("content")?.try_into().ok()?,
            container: Some(bytes("container")?.try_into().ok()?),
        },
        key: bytes("key")?.try_into().ok()?,
        signature: bytes("signature")?.try_into().ok()?,
        content_found,
    };
    // One way to write a seal: what it says in other letters is not a seal.
    (super::package::seal_text(&sealed.statement, &sealed.key, &sealed.signature).as_bytes() == part)
        .then_some(sealed)
}

/// The words of the part's one element.
fn manifest(part: &[u8]) -> Option<Vec<u8>> {
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
fn push_text(event: &Event<'_>, text: &mut String) -> Option<()> {
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

/// How many entries the end of the directory tells of.
fn entry_count(bytes: &[u8]) -> Option<usize> {
    // The end is 22 bytes long and may be followed by a comment of up to 64 KiB.
    let tail = &bytes[bytes.len().saturating_sub(22 + 65_535)..];
    let end = tail.windows(4).rposition(|window| window == b"PK\x05\x06")?;
    let count = tail.get(end + 10..end + 12)?;
    Some(usize::from(u16::from_le_bytes([count[0], count[1]])))
}

/// Whether a name may stand in the archive: steps of visible ASCII inside the archive's own root.
fn is_plain(name: &str) -> bool {
    name.len() <= 200
        && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\' && byte != b':')
        && name.split('/').all(|step| !step.is_empty() && step != "." && step != "..")
}

/// The watermark's words on each slide of the presentation, in order; empty where there is none. A slide shows the one
/// of its master, unless it or its layout hides the master's shapes; in older packs it has one of its own.
fn watermarks(parts: &Parts) -> Result<Vec<String>, String> {
    let slides = related(parts, "ppt/presentation.xml", "slide")?;
    let shown = parts.keys().filter(|name| name.starts_with("ppt/slides/slide")).count();
    if shown != slides.len() {
        return Err("the archive's slides are not those of the presentation".into());
    }
    let mut masters: BTreeMap<String, String> = BTreeMap::new();
    slides
        .iter()
        .map(|slide| {
            let own = Shown::of(parts, slide)?;
            if !own.watermark.is_empty() || !own.shows_master {
                return Ok(own.watermark);
            }
            let layout = one(related(parts, slide, "slideLayout")?, slide)?;
            if let Some(words) = masters.get(&layout) {
                return Ok(words.clone());
            }
            let words = if Shown::of(parts, &layout)?.shows_master {
                Shown::of(parts, &one(related(parts, &layout, "slideMaster")?, &layout)?)?.watermark
            } else {
                String::new()
            };
            masters.insert(layout, words.clone());
            Ok(words)
        })
        .collect()
}

fn one(mut parts: Vec<String>, from: &str) -> Result<String, String> {
    match (parts.pop(), parts.is_empty()) {
        (Some(part), true) => Ok(part),
        _ => Err(format!("{from} does not lead to one part")),
    }
}

/// The parts that a part leads to by relationships of a kind, in their order.
fn related(parts: &Parts, from: &str, kind: &str) -> Result<Vec<String>, String> {
    let (folder, file) = from.rsplit_once('/').unwrap_or(("", from));
    let name = format!("{folder}/_rels/{file}.rels");
    let relations = parts.get(&name).ok_or_else(|| format!("{name} is missing"))?;
    let mut found = Vec::new();
    let mut reader = Reader::from_reader(relations.as_slice());
    loop {
        match reader.read_event().map_err(|error| format!("{name}: {error}"))? {
            Event::Empty(element) | Event::Start(element) if element.name().as_ref() == "Relationship" => {
                let found_kind = attribute(&element, "Type")?.unwrap_or_default();
                if found_kind.rsplit('/').next() != Some(kind) {
                    continue;
                }
                let target = attribute(&element, "Target")?.ok_or("a relationship without a target")?;
                let mut path: Vec<&str> = folder.split('/').collect();
                for step in target.split('/') {
                    if step == ".." {
                        path.pop();
                    } else {
                        path.push(step);
                    }
                }
                found.push(path.join("/"));
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

/// What of a slide, layout or master bears on the watermark.
struct Shown {
    watermark: String,
    shows_master: bool,
}

impl Shown {
    fn of(parts: &Parts, name: &str) -> Result<Self, String> {
        let part = parts.get(name).ok_or_else(|| format!("{name} is missing"))?;
        Self::read(part).map_err(|error| format!("{name}: {error}"))
    }

    fn read(part: &[u8]) -> Result<Self, String> {
        let mut reader = Reader::from_reader(part);
        let mut words = String::new();
        let mut shows_master = true;
        let (mut inside, mut in_text) = (false, false);
        loop {
            let event = reader.read_event().map_err(|error| error.to_string())?;
            match &event {
                Event::Start(element) if matches!(element.name().as_ref(), "p:sld" | "p:sldLayout") => {
                    let shows = attribute(element, "showMasterSp")?;
                    shows_master = shows.is_none_or(|shows| shows == "1" || shows == "true");
                }
                Event::Start(element) | Event::Empty(element) if element.name().as_ref() == "p:cNvPr" => {
                    inside = attribute(element, "name")?.is_some_and(|name| name == WATERMARK)
                        && attribute(element, "hidden")?.is_none();
                }
                Event::Start(element) if element.name().as_ref() == "a:t" => in_text = inside,
                Event::End(element) if element.name().as_ref() == "a:t" => in_text = false,
                Event::Eof => return Ok(Self { watermark: words, shows_master }),
                event if in_text => push_text(event, &mut words).ok_or("unreadable text")?,
                _ => {}
            }
        }
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, String> {
    let found = element.try_get_attribute(name).map_err(|error| error.to_string())?;
    Ok(found.map(|attribute| attribute.value.into_owned()))
}
