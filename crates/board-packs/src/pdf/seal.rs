//! The seal's object, and the signature over every byte of the file but itself. The reading side is in `read`.

use ed25519_dalek::SigningKey;

use super::file::{File, Id};
use super::protect::Cipher;
use crate::PackError;
use crate::seal::{Statement, sha256};

/// Bytes in the signature hole: the content digest and the signature.
pub(super) const HOLE: usize = 32 + 64;

/// The catalog's entry for the seal, under the product's own prefix.
pub(super) const SEAL_ENTRY: &[u8] = b"BRDM_Seal";

/// Stand-ins for the byte range, replaced at the same width once the file is laid out.
const RANGE: [i64; 3] = [1_000_000_001, 1_000_000_002, 1_000_000_003];

/// Sets the seal's object, its signature still a hole.
pub(super) fn place(file: &mut File, seal: Id, manifest: &[u8], key: &SigningKey) {
    let public = file.string(seal, &key.verifying_key().to_bytes());
    let manifest = file.string(seal, &sha256(manifest));
    let hole = "0".repeat(hole_digits(file.cipher.as_ref()));
    let [a, b, c] = RANGE;
    file.set_plain(
        seal,
        format!(
            "<</Type/BRDM_Seal/Version 1/Algorithm/Ed25519/Key{public}/Manifest{manifest}/ByteRange[0 {a} {b} {c}]\
             /Contents<{hole}>>>"
        ),
    );
}

/// In an encrypted file the hole is encrypted as well, like every other string.
fn hole_digits(cipher: Option<&Cipher>) -> usize {
    let length = cipher.map_or(HOLE, |cipher| cipher.encrypt(0, &[0; HOLE]).len());
    2 * length
}

/// Signs a finished file and fills the hole.
pub(super) fn fill(
    bytes: &mut [u8],
    seal: Id,
    manifest: &[u8],
    key: &SigningKey,
    cipher: Option<&Cipher>,
) -> Result<(), PackError> {
    try_fill(bytes, seal, sha256(manifest), key, cipher)
        .ok_or_else(|| PackError::Container("the seal has no place".into()))
}

fn try_fill(
    bytes: &mut [u8],
    seal: Id,
    manifest: [u8; 32],
    key: &SigningKey,
    cipher: Option<&Cipher>,
) -> Option<()> {
    let placeholder = format!("<{}>", "0".repeat(hole_digits(cipher)));
    let start = rfind(bytes, placeholder.as_bytes())?;
    let end = start + placeholder.len();
    let values = [start, end, bytes.len() - end];
    for (stand_in, value) in RANGE.iter().zip(values) {
        let stand_in = stand_in.to_string();
        let at = rfind(bytes, stand_in.as_bytes())?;
        let value = format!("{value:<width$}", width = stand_in.len());
        bytes.get_mut(at..at + stand_in.len())?.copy_from_slice(value.as_bytes());
    }
    let content = digest(bytes, start, end);
    let statement = Statement { format: "pdf", manifest, content, container: None };
    let mut contents = [&content[..], &statement.sign(key)].concat();
    if let Some(cipher) = cipher {
        contents = cipher.encrypt(seal.0, &contents);
    }
    let filled = format!("<{}>", hex::encode(contents));
    bytes.get_mut(start..end)?.copy_from_slice(filled.as_bytes());
    Some(())
}

/// SHA-256 of the file without the hole.
pub(super) fn digest(bytes: &[u8], hole_start: usize, hole_end: usize) -> [u8; 32] {
    sha256(&[&bytes[..hole_start], &bytes[hole_end..]].concat())
}

fn rfind(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).rposition(|window| window == needle)
}
