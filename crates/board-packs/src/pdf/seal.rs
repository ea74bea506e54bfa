//! Lists the parts of a file and signs every byte but the signature. The reading side is in `read`.

use ed25519_dalek::SigningKey;

use super::file::{self, Body, File, Id};
use crate::PackError;
use crate::seal::{Hash, Statement, VERSION, sha256};

/// Bytes in the signature hole: a digest and the signature.
pub(super) const HOLE: usize = 32 + 64;

/// First line of the list of parts.
pub(super) const PARTS: &str = "boardroom-parts/2\n";

/// Stand-ins for the byte range, replaced at the same width once the file is laid out.
const RANGE: [i64; 3] = [1_000_000_001, 1_000_000_002, 1_000_000_003];

/// Sets the seal, writes the file with the list of its parts behind, and signs.
pub(super) fn finish(
    mut file: File,
    trailer: &str,
    seal: Id,
    manifest: &[u8],
    key: &SigningKey,
) -> Result<Vec<u8>, PackError> {
    let encrypted = file.cipher.is_some();
    let manifest = sha256(manifest);
    // Object streams are added first, so that the seal and the list stand last.
    let mut body = file.body()?;
    let list = file.reserve();
    let seal_at = body.bytes.len();
    let seal_object = seal_object(seal, list, manifest, key, encrypted);
    body.bytes.extend_from_slice(&seal_object);
    body.note(seal, seal_at);
    let bytes = listed(body, trailer, list, seal_at, encrypted)?;
    sign(bytes, seal_at, manifest, key).ok_or_else(|| PackError::Container("the seal has no place".into()))
}

/// The seal with a hole for the signature. In an encrypted file it is a stream that stands unencrypted, so that it can
/// be read without a password.
fn seal_object(seal: Id, list: Id, manifest: Hash, key: &SigningKey, encrypted: bool) -> Vec<u8> {
    let [a, b, c] = RANGE;
    let dictionary = format!(
        "<</Type/BRDM_Seal/Version {VERSION}/Algorithm/Ed25519/Key<{}>/Manifest<{}>/Parts {list}\
         /ByteRange[0 {a} {b} {c}]/Contents<{}>>>",
        hex::encode(key.verifying_key().to_bytes()),
        hex::encode(manifest),
        "0".repeat(2 * HOLE),
    );
    if encrypted {
        file::legible(seal, "", &dictionary, true)
    } else {
        format!("{} 0 obj\n{dictionary}\nendobj\n", seal.0).into_bytes()
    }
}

/// The whole file: body, list of parts, directory.
fn listed(
    mut body: Body,
    trailer: &str,
    list: Id,
    seal_at: usize,
    encrypted: bool,
) -> Result<Vec<u8>, PackError> {
    // Numbers have a fixed width, so that the list's length is known before what it says.
    let line = |start: usize, end: usize, digest: Hash, name: &str| {
        format!("{start:010} {:010} {} {name}\n", end - start, hex::encode(digest))
    };
    let mut empty = String::from(PARTS);
    for (_, _, name) in &body.runs {
        empty.push_str(&line(0, 0, [0; 32], name));
    }
    empty.push_str(&line(0, 0, [0; 32], "directory"));
    let list_at = body.bytes.len();
    let object = |text: &str| file::legible(list, "/Type/BRDM_Parts", text, encrypted);
    let tail_at = list_at + object(&empty).len();
    body.note(list, list_at);
    let tail = body.directory(tail_at, trailer)?;
    let mut text = String::from(PARTS);
    for (start, end, name) in &body.runs {
        text.push_str(&line(*start, *end, sha256(&body.bytes[*start..*end]), name));
    }
    debug_assert!(body.runs.last().is_none_or(|(_, end, _)| *end == seal_at));
    text.push_str(&line(tail_at, tail_at + tail.len(), sha256(&tail), "directory"));
    let mut bytes = body.bytes;
    bytes.extend(object(&text));
    bytes.extend(tail);
    Ok(bytes)
}

fn sign(mut bytes: Vec<u8>, seal_at: usize, manifest: Hash, key: &SigningKey) -> Option<Vec<u8>> {
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
    let list = rfind(&bytes, PARTS.as_bytes())?;
    let list = &bytes[list..list + find(&bytes[list..], b"\nendstream")?];
    let content = sha256(list);
    let container = digest(&bytes, start, end);
    let statement =
        Statement { version: VERSION, format: "pdf", manifest, content, container: Some(container) };
    let filled = format!("<{}{}>", hex::encode(container), hex::encode(statement.sign(key)));
    bytes.get_mut(start..end)?.copy_from_slice(filled.as_bytes());
    Some(bytes)
}

/// SHA-256 of the file without the hole.
pub(super) fn digest(bytes: &[u8], hole_start: usize, hole_end: usize) -> Hash {
    use sha2::{Digest, Sha256};
    Sha256::new().chain_update(&bytes[..hole_start]).chain_update(&bytes[hole_end..]).finalize().into()
}

pub(super) fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}

pub(super) fn rfind(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).rposition(|window| window == needle)
}
