//! Reads a pack's PDF back: its seal, its manifest and the words of each page's watermark. Trusts nothing it reads.

use std::collections::BTreeMap;

use lopdf::content::Content;
use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId, Stream};

use super::seal::{HOLE, SEAL_ENTRY, digest};
use crate::PackError;
use crate::seal::Statement;
use crate::verify::{Found, Sealed};

/// Most bytes that one stream of a file may unpack to.
const MAX_STREAM: usize = 64 << 20;
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
pub(crate) fn read(bytes: &[u8]) -> Result<Found, String> {
    let document = load(bytes, None)?;
    let manifest = manifest(&document).ok_or("no embedded manifest")?;
    let sealed = sealed(&document, bytes);
    Ok(Found { manifest, sealed, container: None, watermarks: watermarks(&document) })
}

fn load(bytes: &[u8], password: Option<&str>) -> Result<Document, String> {
    let options = LoadOptions {
        max_decompressed_size: Some(MAX_STREAM),
        password: password.map(str::to_owned),
        ..LoadOptions::default()
    };
    Document::load_mem_with_options(bytes, options).map_err(|error| error.to_string())
}

fn sealed(document: &Document, bytes: &[u8]) -> Option<Sealed> {
    let seal = document.catalog().ok()?.get_deref(SEAL_ENTRY, document).ok()?.as_dict().ok()?;
    let string = |key: &[u8]| seal.get(key).ok()?.as_str().ok();
    let range = seal.get(b"ByteRange").ok()?.as_array().ok()?;
    let range: Vec<usize> =
        range.iter().map(|value| usize::try_from(value.as_i64().ok()?).ok()).collect::<Option<_>>()?;
    let [0, start, end, rest] = range[..] else { return None };
    // The hole holds the lower-case digits and nothing else, and the rest of the file is all covered.
    let hole = bytes.get(start..end)?.strip_prefix(b"<")?.strip_suffix(b">")?;
    let contents = string(b"Contents")?;
    if end.checked_add(rest)? != bytes.len()
        || contents.len() != HOLE
        || hole != hex::encode(contents).as_bytes()
    {
        return None;
    }
    let (content, signature) = contents.split_at(32);
    Some(Sealed {
        statement: Statement {
            format: "pdf",
            manifest: string(b"Manifest")?.try_into().ok()?,
            content: content.try_into().ok()?,
            container: None,
        },
        key: string(b"Key")?.try_into().ok()?,
        signature: signature.try_into().ok()?,
        content_found: digest(bytes, start, end),
    })
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
    let mut fonts = BTreeMap::new();
    document
        .page_iter()
        .take(MAX_PAGES)
        .map(|page| watermark(document, page, &mut fonts).unwrap_or_default())
        .collect()
}

type Meanings = BTreeMap<u16, String>;

fn watermark(
    document: &Document,
    page: ObjectId,
    known: &mut BTreeMap<ObjectId, Meanings>,
) -> Option<String> {
    let content = document.get_page_content_with_limit(page, MAX_STREAM).ok()?;
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
