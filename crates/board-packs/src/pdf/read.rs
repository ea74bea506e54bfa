//! Reads a pack's PDF back: its seal, its manifest and the words of each page's watermark. Trusts nothing it reads.

use std::collections::BTreeMap;

use lopdf::content::Content;
use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId, Stream};

use super::seal::{HOLE, PARTS, digest, find, rfind};
use crate::PackError;
use crate::seal::{Hash, Statement, sha256};
use crate::verify::{Found, Parts, Sealed};

/// Most bytes that one stream of a file may unpack to.
const MAX_STREAM: usize = 64 << 20;
/// Most parts compared.
const MAX_PARTS: usize = 200_000;
/// Most pages looked at.
const MAX_PAGES: usize = 5000;

/// Whether every page carries the words; the writer's last gate.
pub(super) fn check_watermark(
    bytes: &[u8],
    words: &str,
    pages: usize,
    password: Option<&str>,
) -> Result<(), PackError> {
    let document = load(bytes, password).map_err(PackError::Container)?;
    let marks = watermarks(&document);
    if marks.len() != pages {
        return Err(PackError::Container(format!("{} of {pages} pages can be read back", marks.len())));
    }
    match marks.iter().position(|mark| !crate::verify::same_words(mark, words)) {
        Some(index) => Err(PackError::WatermarkMissing { page: index + 1 }),
        None => Ok(()),
    }
}

/// Everything `verify` needs to know of a PDF.
pub(crate) fn read(bytes: &[u8], password: Option<&str>) -> Result<Found, String> {
    let sealed = sealed(bytes);
    let document = match load(bytes, password) {
        Ok(document) => Some(document),
        // What was sealed once is damaged and can still say where.
        Err(_) if sealed.is_some() => None,
        Err(error) => return Err(error),
    };
    let manifest = document.as_ref().and_then(manifest);
    if sealed.is_none() && manifest.is_none() {
        return Err("no embedded manifest".into());
    }
    let marks = document.as_ref().map(watermarks).unwrap_or_default();
    let (sealed, container, parts) = match sealed {
        Some(Raw { sealed, container, parts }) => (Some(sealed), container, parts),
        None => (None, Err("the file has no readable seal".into()), Parts::default()),
    };
    Ok(Found { manifest, sealed, container, parts, watermarks: marks })
}

fn load(bytes: &[u8], password: Option<&str>) -> Result<Document, String> {
    let options = LoadOptions {
        max_decompressed_size: Some(MAX_STREAM),
        password: password.map(str::to_owned),
        ..LoadOptions::default()
    };
    Document::load_mem_with_options(bytes, options).map_err(|error| error.to_string())
}

/// The seal as it stands in the bytes, whatever else can be read of them.
struct Raw {
    sealed: Sealed,
    container: Result<Hash, String>,
    parts: Parts,
}

/// Finds the seal by its own letters: the file need not be readable otherwise, and a seal that is written another way
/// is none.
fn sealed(bytes: &[u8]) -> Option<Raw> {
    let at = rfind(bytes, b"/Type/BRDM_Seal")?;
    let dictionary = bytes.get(at..bytes.len().min(at + 1_000))?;
    let after = |key: &str| find(dictionary, key.as_bytes()).map(|place| place + key.len());
    let digits = |key: &str, length: usize| -> Option<(usize, Vec<u8>)> {
        let start = after(&format!("/{key}<"))?;
        let text = dictionary.get(start..start + 2 * length)?;
        let closed = dictionary.get(start + 2 * length) == Some(&b'>');
        let bytes = hex::decode(text).ok().filter(|_| closed)?;
        // One way to write it: lower case.
        (hex::encode(&bytes).as_bytes() == text).then_some((at + start, bytes))
    };
    let upper = |key: &str, length: usize| -> Option<Vec<u8>> {
        let start = after(&format!("/{key}<"))?;
        let text = dictionary.get(start..start + 2 * length)?;
        hex::decode(text).ok().filter(|_| dictionary.get(start + 2 * length) == Some(&b'>'))
    };
    let version = dictionary.get(after("/Version ")?)?.checked_sub(b'0')?;
    let range = dictionary.get(after("/ByteRange[")?..)?;
    let range = std::str::from_utf8(&range[..find(range, b"]")?]).ok()?;
    let range: Vec<usize> = range.split_whitespace().map(|n| n.parse().ok()).collect::<Option<_>>()?;
    let (hole, contents) = digits("Contents", HOLE)?;
    let [0, start, end, rest] = range[..] else { return None };
    // The hole holds the digits and nothing else, and the rest of the file is all covered.
    if start + 1 != hole || end != hole + 2 * HOLE + 1 || end.checked_add(rest)? > bytes.len() {
        return None;
    }
    let covered = end + rest;
    let found = digest(&bytes[..covered], start, end);
    let manifest: Hash = upper("Manifest", 32)?.try_into().ok()?;
    let (signed, signature) = contents.split_at(32);
    let signed: Hash = signed.try_into().ok()?;
    let statement = |content, container| Statement { version, format: "pdf", manifest, content, container };
    let sealed = |statement, content_found| -> Option<Sealed> {
        let key = upper("Key", 32)?.try_into().ok()?;
        Some(Sealed { statement, key, signature: signature.try_into().ok()?, content_found })
    };
    let container = || {
        if covered == bytes.len() || super::increment::only_signs(bytes, covered) {
            Ok(found)
        } else {
            Err("bytes were added after the seal".to_owned())
        }
    };
    match version {
        1 => Some(Raw {
            sealed: sealed(statement(signed, None), found)?,
            container: container(),
            parts: Parts::default(),
        }),
        2 => {
            let list = list(&bytes[..covered]).unwrap_or_default();
            let parts = parts(&bytes[..covered], list);
            // The list as the bytes now are; equal to the list that was signed where nothing was changed.
            let content_found = if parts.changed.is_empty() { sha256(list.as_bytes()) } else { [0; 32] };
            Some(Raw {
                sealed: sealed(statement(sha256(list.as_bytes()), Some(signed)), content_found)?,
                container: container(),
                parts,
            })
        }
        _ => None,
    }
}

/// The list of parts, as written.
fn list(bytes: &[u8]) -> Option<&str> {
    let at = rfind(bytes, PARTS.as_bytes())?;
    let text = &bytes[at..];
    std::str::from_utf8(&text[..find(text, b"\nendstream")?]).ok()
}

/// Compares each part with its digest in the list.
fn parts(bytes: &[u8], list: &str) -> Parts {
    let mut parts = Parts { listed: 0, changed: Vec::new() };
    for line in list.lines().skip(1).take(MAX_PARTS) {
        let mut words = line.splitn(4, ' ');
        let mut next = || words.next().unwrap_or_default();
        let (start, length, digest, name) = (next(), next(), next(), next());
        let range = |start: &str, length: &str| -> Option<std::ops::Range<usize>> {
            let start: usize = start.parse().ok()?;
            Some(start..start.checked_add(length.parse().ok()?)?)
        };
        let part = range(start, length).and_then(|range| bytes.get(range));
        parts.listed += 1;
        if part.is_none_or(|part| hex::encode(sha256(part)) != digest)
            && !parts.changed.iter().any(|known| known == name)
        {
            parts.changed.push(name.to_owned());
        }
    }
    parts
}

fn manifest(document: &Document) -> Option<Vec<u8>> {
    let catalog = document.catalog().ok()?;
    if let Ok(stream) = catalog.get_deref(b"BRDM_Manifest", document).and_then(Object::as_stream) {
        return unpacked(stream);
    }
    // Where the first version of the format kept it.
    let names = document.catalog().ok()?.get_deref(b"Names", document).ok()?.as_dict().ok()?;
    let files = names.get_deref(b"EmbeddedFiles", document).ok()?.as_dict().ok()?;
    let files = files.get_deref(b"Names", document).ok()?.as_array().ok()?;
    let [name, file] = &files[..] else { return None };
    if name.as_str().ok()? != b"manifest.json" {
        return None;
    }
    let (_, file) = document.dereference(file).ok()?;
    let embedded = file.as_dict().ok()?.get_deref(b"EF", document).ok()?.as_dict().ok()?;
    unpacked(embedded.get_deref(b"F", document).ok()?.as_stream().ok()?)
}

fn unpacked(stream: &Stream) -> Option<Vec<u8>> {
    if stream.is_compressed() {
        return stream.decompressed_content_with_limit(MAX_STREAM).ok();
    }
    Some(stream.content.clone())
}

/// The watermark's words on each page; empty where there is none to be seen.
fn watermarks(document: &Document) -> Vec<String> {
    let mut known = Known::default();
    document
        .page_iter()
        .take(MAX_PAGES)
        .map(|page| watermark(document, page, &mut known).unwrap_or_default())
        .collect()
}

type Meanings = BTreeMap<u16, String>;

/// What has been read before: pages share their fonts, their resources and often the stream of the watermark.
#[derive(Default)]
struct Known {
    fonts: BTreeMap<ObjectId, Meanings>,
    /// Words of a stream drawn with these resources.
    streams: BTreeMap<(ObjectId, ObjectId), Option<String>>,
}

/// The words of all content marked as watermark. One that begins in one stream and goes on in another counts as none.
fn watermark(document: &Document, page: ObjectId, known: &mut Known) -> Option<String> {
    let resources = document.get_dictionary(page).ok()?.get(b"Resources").ok()?.as_reference().ok();
    let mut words = String::new();
    for stream in document.get_page_contents(page) {
        let key = resources.map(|resources| (stream, resources));
        let found = match key.and_then(|key| known.streams.get(&key)) {
            Some(found) => found.clone(),
            None => stream_words(document, page, stream, &mut known.fonts),
        };
        if let Some(key) = key {
            known.streams.insert(key, found.clone());
        }
        words.push_str(&found?);
    }
    Some(words)
}

fn stream_words(
    document: &Document,
    page: ObjectId,
    stream: ObjectId,
    known: &mut BTreeMap<ObjectId, Meanings>,
) -> Option<String> {
    let stream = document.get_object(stream).ok()?.as_stream().ok()?;
    let content = stream.get_plain_content_with_limit(MAX_STREAM).ok()?;
    // Most streams are a page's own content; taking them apart would cost more than writing them did.
    if find(&content, b"Watermark").is_none() {
        return Some(String::new());
    }
    let content = Content::decode(&content).ok()?;
    let resources =
        document.get_dictionary(page).ok()?.get_deref(b"Resources", document).ok()?.as_dict().ok()?;
    let fonts = resources.get_deref(b"Font", document).ok()?.as_dict().ok()?;
    let states = resources.get_deref(b"ExtGState", document).ok()?.as_dict().ok()?;
    let mut words = String::new();
    let mut font: Option<Meanings> = None;
    // Depth of marked content, and the depth at which the watermark began.
    let (mut depth, mut inside) = (0_usize, None);
    let mut visible = true;
    for operation in &content.operations {
        match operation.operator.as_str() {
            "BDC" | "BMC" => {
                depth += 1;
                if inside.is_none() && is_watermark(&operation.operands) {
                    inside = Some(depth);
                }
            }
            "EMC" => {
                if inside == Some(depth) {
                    inside = None;
                }
                depth = depth.saturating_sub(1);
            }
            "gs" if inside.is_some() => visible = opacity(document, states, &operation.operands) >= 0.01,
            "Tf" => {
                let name = operation.operands.first()?.as_name().ok()?;
                font = fonts.get(name).ok().and_then(|font| meanings(document, font, known));
            }
            "TJ" | "Tj" if inside.is_some() && visible => {
                show(&operation.operands, font.as_ref()?, &mut words);
            }
            _ => {}
        }
    }
    Some(words)
}

fn is_watermark(operands: &[Object]) -> bool {
    let [tag, properties] = operands else { return false };
    let subtype = properties.as_dict().and_then(|properties| properties.get(b"Subtype"));
    tag.as_name().is_ok_and(|tag| tag == b"Artifact")
        && subtype.and_then(Object::as_name).is_ok_and(|subtype| subtype == b"Watermark")
}

fn opacity(document: &Document, states: &Dictionary, operands: &[Object]) -> f32 {
    let alpha = || {
        let name = operands.first()?.as_name().ok()?;
        let state = states.get_deref(name, document).ok()?.as_dict().ok()?;
        state.get(b"ca").ok()?.as_float().ok()
    };
    alpha().unwrap_or(1.0)
}

/// What each code of a font stands for, from its `ToUnicode` map.
fn meanings(
    document: &Document,
    font: &Object,
    known: &mut BTreeMap<ObjectId, Meanings>,
) -> Option<Meanings> {
    let (id, font) = document.dereference(font).ok()?;
    if let Some(meanings) = id.and_then(|id| known.get(&id)) {
        return Some(meanings.clone());
    }
    let stream = font.as_dict().ok()?.get_deref(b"ToUnicode", document).ok()?.as_stream().ok()?;
    let map = if stream.is_compressed() {
        stream.decompressed_content_with_limit(MAX_STREAM).ok()?
    } else {
        stream.content.clone()
    };
    let map = String::from_utf8_lossy(&map);
    let mut meanings = Meanings::new();
    // Our writer maps code by code, one to a line; ranges of other producers are not ours to read.
    for line in map.lines() {
        let mut parts = line.split_whitespace().filter_map(|part| part.strip_prefix('<')?.strip_suffix('>'));
        let (Some(code), Some(text), None) = (parts.next(), parts.next(), parts.next()) else { continue };
        let (Ok(code), Ok(text)) = (u16::from_str_radix(code, 16), hex::decode(text)) else { continue };
        let units: Vec<u16> =
            text.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        meanings.insert(code, String::from_utf16_lossy(&units));
    }
    if let Some(id) = id {
        known.insert(id, meanings.clone());
    }
    Some(meanings)
}

fn show(operands: &[Object], font: &Meanings, words: &mut String) {
    let mut pending: Vec<&Object> = operands.iter().rev().collect();
    while let Some(object) = pending.pop() {
        match object {
            Object::Array(items) => pending.extend(items.iter().rev()),
            Object::String(codes, _) => {
                for pair in codes.chunks_exact(2) {
                    let code = u16::from_be_bytes([pair[0], pair[1]]);
                    words.push_str(font.get(&code).map_or("\u{fffd}", String::as_str));
                }
            }
            _ => {}
        }
    }
}
