//! Serialises the document and signs every byte of it but the signature. The reading side is in `read`.

use ed25519_dalek::SigningKey;
use lopdf::{Document, Object, StringFormat, dictionary};

use crate::PackError;
use crate::seal::{Statement, sha256};

/// Bytes in the signature hole: the content digest and the signature.
pub(super) const HOLE: usize = 32 + 64;

/// The catalog's entry for the seal, under the product's own prefix.
pub(super) const SEAL_ENTRY: &[u8] = b"BRDM_Seal";

/// Stand-ins for the byte range, replaced at the same width once the file is laid out.
const RANGE: [i64; 3] = [1_000_000_001, 1_000_000_002, 1_000_000_003];

/// Adds the seal, writes the file and fills the hole.
pub(super) fn seal(mut document: Document, manifest: &[u8], key: &SigningKey) -> Result<Vec<u8>, PackError> {
    let hexadecimal = |bytes: &[u8]| Object::String(bytes.to_vec(), StringFormat::Hexadecimal);
    let manifest = sha256(manifest);
    let mut range = vec![Object::Integer(0)];
    range.extend(RANGE.map(Object::Integer));
    let seal = document.add_object(dictionary! {
        "Type" => "BRDM_Seal",
        "Version" => 1,
        "Algorithm" => "Ed25519",
        "Key" => hexadecimal(&key.verifying_key().to_bytes()),
        "Manifest" => hexadecimal(&manifest),
        "ByteRange" => range,
        "Contents" => hexadecimal(&[0; HOLE]),
    });
    let failed = |error: lopdf::Error| PackError::Container(error.to_string());
    document.catalog_mut().map_err(failed)?.set(SEAL_ENTRY, Object::Reference(seal));
    document.compress();
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).map_err(|error| PackError::Container(error.to_string()))?;
    fill(&mut bytes, manifest, key).ok_or_else(|| PackError::Container("the seal has no place".into()))?;
    Ok(bytes)
}

fn fill(bytes: &mut [u8], manifest: [u8; 32], key: &SigningKey) -> Option<()> {
    let placeholder = format!("<{}>", "0".repeat(2 * HOLE));
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
    let filled = format!("<{}{}>", hex::encode(content), hex::encode(statement.sign(key)));
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
