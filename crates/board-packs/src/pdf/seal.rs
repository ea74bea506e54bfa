//! Serialises the document, lists its parts and signs every byte but the signature. The reading side is in `read`.

use std::collections::BTreeMap;

use ed25519_dalek::SigningKey;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, StringFormat, dictionary};

use crate::PackError;
use crate::seal::{Hash, Statement, VERSION, sha256};

/// Bytes in the signature hole: a digest and the signature.
pub(super) const HOLE: usize = 32 + 64;

/// The catalog's entry for the seal, under the product's own prefix.
const SEAL_ENTRY: &[u8] = b"BRDM_Seal";

/// First line of the list of parts.
pub(super) const PARTS: &str = "boardroom-parts/2\n";

/// Stand-ins for the byte range, replaced at the same width once the file is laid out.
const RANGE: [i64; 3] = [1_000_000_001, 1_000_000_002, 1_000_000_003];

/// Adds seal and list of parts, writes the file and fills the hole.
pub(super) fn seal(mut document: Document, manifest: &[u8], key: &SigningKey) -> Result<Vec<u8>, PackError> {
    let names = names(&document);
    let hexadecimal = |bytes: &[u8]| Object::String(bytes.to_vec(), StringFormat::Hexadecimal);
    let manifest = sha256(manifest);
    let mut range = vec![Object::Integer(0)];
    range.extend(RANGE.map(Object::Integer));
    // The two stand last in the file, in this order: objects are written by number.
    let seal = document.new_object_id();
    let list = document.new_object_id();
    let dictionary = dictionary! {
        "Type" => "BRDM_Seal",
        "Version" => i64::from(VERSION),
        "Algorithm" => "Ed25519",
        "Key" => hexadecimal(&key.verifying_key().to_bytes()),
        "Manifest" => hexadecimal(&manifest),
        "Parts" => Object::Reference(list),
        "ByteRange" => range,
        "Contents" => hexadecimal(&[0; HOLE]),
    };
    document.objects.insert(seal, Object::Dictionary(dictionary));
    let stream = Stream::new(Dictionary::new(), Vec::new()).with_compression(false);
    document.objects.insert(list, Object::Stream(stream));
    let failed = |error: lopdf::Error| PackError::Container(error.to_string());
    document.catalog_mut().map_err(failed)?.set(SEAL_ENTRY, Object::Reference(seal));
    document.compress();
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).map_err(|error| PackError::Container(error.to_string()))?;
    fill(bytes, seal, list, &names, manifest, key)
        .ok_or_else(|| PackError::Container("the seal has no place".into()))
}

/// Puts the list of parts in its place and signs.
fn fill(
    bytes: Vec<u8>,
    seal: ObjectId,
    list: ObjectId,
    names: &BTreeMap<u32, String>,
    manifest: Hash,
    key: &SigningKey,
) -> Option<Vec<u8>> {
    let (objects, directory) = offsets(&bytes)?;
    let place = |id: ObjectId| objects.iter().find(|(_, number)| *number == id.0).map(|(at, _)| *at);
    let (seal_at, list_at) = (place(seal)?, place(list)?);
    let mut runs: Vec<(usize, usize, &str)> = vec![(0, objects.first()?.0, "header")];
    let ends = objects.iter().skip(1).map(|(at, _)| *at).chain([directory]);
    for ((start, number), end) in objects.iter().zip(ends) {
        if *start >= seal_at {
            continue;
        }
        let name = names.get(number).map_or("document", String::as_str);
        match runs.last_mut() {
            Some(run) if run.2 == name => run.1 = end,
            _ => runs.push((*start, end, name)),
        }
    }
    // Numbers have a fixed width, so that the list's length is known before what it says.
    let line = |start: usize, end: usize, digest: Hash, name: &str| {
        format!("{start:010} {:010} {} {name}\n", end - start, hex::encode(digest))
    };
    let lines = runs.iter().map(|(_, _, name)| line(0, 0, [0; 32], name).len()).sum::<usize>();
    let length = PARTS.len() + lines + line(0, 0, [0; 32], "directory").len();
    let head = format!("{} 0 obj\n<</Type/BRDM_Parts/Length {length}>>stream\n", list.0);
    let foot = "\nendstream\nendobj\n";
    let tail_at = list_at + head.len() + length + foot.len();
    let tail = moved(bytes.get(directory..)?, directory, tail_at)?;

    let mut text = String::from(PARTS);
    for (start, end, name) in &runs {
        text.push_str(&line(*start, *end, sha256(bytes.get(*start..*end)?), name));
    }
    text.push_str(&line(tail_at, tail_at + tail.len(), sha256(&tail), "directory"));

    let mut file = bytes;
    file.truncate(list_at);
    file.extend(head.as_bytes());
    file.extend(text.as_bytes());
    file.extend(foot.as_bytes());
    file.extend(tail);
    sign(&mut file, seal_at, sha256(text.as_bytes()), manifest, key)?;
    Some(file)
}

fn sign(bytes: &mut [u8], seal_at: usize, content: Hash, manifest: Hash, key: &SigningKey) -> Option<()> {
    let placeholder = format!("<{}>", "0".repeat(2 * HOLE));
    let start = seal_at + find(&bytes[seal_at..], placeholder.as_bytes())?;
    let end = start + placeholder.len();
    let values = [start, end, bytes.len() - end];
    for (stand_in, value) in RANGE.iter().zip(values) {
        let stand_in = stand_in.to_string();
        let at = seal_at + find(&bytes[seal_at..start], stand_in.as_bytes())?;
        let value = format!("{value:<width$}", width = stand_in.len());
        bytes.get_mut(at..at + stand_in.len())?.copy_from_slice(value.as_bytes());
    }
    let container = digest(bytes, start, end);
    let statement =
        Statement { version: VERSION, format: "pdf", manifest, content, container: Some(container) };
    let filled = format!("<{}{}>", hex::encode(container), hex::encode(statement.sign(key)));
    bytes.get_mut(start..end)?.copy_from_slice(filled.as_bytes());
    Some(())
}

/// SHA-256 of the file without the hole.
pub(super) fn digest(bytes: &[u8], hole_start: usize, hole_end: usize) -> Hash {
    use sha2::{Digest, Sha256};
    Sha256::new().chain_update(&bytes[..hole_start]).chain_update(&bytes[hole_end..]).finalize().into()
}

/// Where each object begins, in order of place, and where the directory at the end of the file does.
fn offsets(bytes: &[u8]) -> Option<(Vec<(usize, u32)>, usize)> {
    let end = bytes.get(bytes.len().checked_sub(64)?..)?;
    let start = std::str::from_utf8(&end[rfind(end, b"startxref")? + 9..]).ok()?;
    let directory: usize = start.split_whitespace().next()?.parse().ok()?;
    let table = std::str::from_utf8(bytes.get(directory..)?).ok()?;
    let mut lines = table.lines();
    if lines.next()?.trim() != "xref" {
        return None;
    }
    let (mut objects, mut number) = (Vec::new(), 0_u32);
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            [first, _] => number = first.parse().ok()?,
            [at, _, kind] => {
                if kind == "n" {
                    objects.push((at.parse().ok()?, number));
                }
                number += 1;
            }
            _ => break,
        }
    }
    objects.sort_unstable();
    Some((objects, directory))
}

/// The end of the file, with its own place corrected.
fn moved(tail: &[u8], from: usize, to: usize) -> Option<Vec<u8>> {
    let at = rfind(tail, b"startxref")? + b"startxref".len();
    let rest = std::str::from_utf8(tail.get(at..)?).ok()?;
    Some([&tail[..at], rest.replacen(&from.to_string(), &to.to_string(), 1).as_bytes()].concat())
}

/// What each object belongs to, in words that name the part of a damaged file.
fn names(document: &Document) -> BTreeMap<u32, String> {
    let mut names = BTreeMap::new();
    for ((number, _), object) in &document.objects {
        if let Some(name) = kind(object) {
            names.insert(*number, name.to_owned());
        }
    }
    for (page, id) in document.page_iter().enumerate() {
        let name = format!("page {}", page + 1);
        let Ok(dictionary) = document.get_dictionary(id) else { continue };
        names.insert(id.0, name.clone());
        for entry in [b"Contents".as_slice(), b"Annots"] {
            let owned =
                dictionary.get(entry).map_or_else(|_| Vec::new(), |object| references(document, object));
            names.extend(owned.into_iter().map(|number| (number, name.clone())));
        }
    }
    names
}

fn kind(object: &Object) -> Option<&'static str> {
    let dictionary = match object {
        Object::Stream(stream) => &stream.dict,
        Object::Dictionary(dictionary) => dictionary,
        _ => return None,
    };
    let name = |key: &[u8]| dictionary.get(key).and_then(Object::as_name).ok();
    match (name(b"Type"), name(b"Subtype")) {
        (Some(b"Font" | b"FontDescriptor"), _) => Some("fonts"),
        (Some(b"StructElem" | b"StructTreeRoot"), _) => Some("structure"),
        (Some(b"Metadata"), _) => Some("metadata"),
        (Some(b"EmbeddedFile" | b"Filespec"), _) => Some("manifest"),
        (Some(b"Outlines"), _) => Some("bookmarks"),
        (_, Some(b"Image")) => Some("pictures"),
        _ if dictionary.has(b"Length1") || dictionary.has(b"CIDInit") => Some("fonts"),
        _ if dictionary.has(b"Title") && dictionary.has(b"Parent") => Some("bookmarks"),
        _ => None,
    }
}

/// Numbers of the objects that an entry names, directly or in an array that may be an object of its own.
fn references(document: &Document, object: &Object) -> Vec<u32> {
    match object {
        Object::Reference(id) => {
            let mut numbers = vec![id.0];
            if let Ok(Object::Array(items)) = document.get_object(*id) {
                numbers.extend(items.iter().filter_map(|item| item.as_reference().ok()).map(|id| id.0));
            }
            numbers
        }
        Object::Array(items) => {
            items.iter().filter_map(|item| item.as_reference().ok()).map(|id| id.0).collect()
        }
        _ => Vec::new(),
    }
}

pub(super) fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}

pub(super) fn rfind(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).rposition(|window| window == needle)
}
