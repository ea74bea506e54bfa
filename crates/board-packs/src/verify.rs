//! Whether a file is a whole, unchanged pack, and of whom. Needs the file and the published keys, nothing else.

use serde::{Deserialize, Serialize};

use crate::Manifest;
use crate::seal::{Hash, Statement, sha256};

/// Files beyond this are refused unread.
pub const MAX_FILE: usize = 256 << 20;

/// A key whose owner is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustedKey {
    /// Whose it is, in words.
    pub name: String,
    /// The Ed25519 public key, 64 hexadecimal digits.
    pub public: String,
}

/// Kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// PDF.
    Pdf,
    /// Office Open XML presentation.
    Pptx,
}

/// What is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Code {
    /// The file itself: nothing added, removed or repacked around the content.
    Container,
    /// The manifest is the one that was signed and can be read.
    Manifest,
    /// Everything the reader sees is what was signed.
    Content,
    /// The signature belongs to the statement and the key in the file.
    Signature,
    /// The key is among the trusted ones.
    Key,
    /// Every page or slide shows the manifest's watermark.
    Watermark,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was checked.
    pub code: Code,
    /// Whether it holds; `None` where it cannot be told.
    pub holds: Option<bool>,
    /// The reason or the finding, in English.
    pub detail: String,
}

/// What was found out about a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verification {
    /// Kind of file.
    pub format: Format,
    /// SHA-256 of the whole file, hexadecimal.
    pub sha256: String,
    /// What the file says it was made from; believe it only when every check holds.
    pub manifest: Option<Manifest>,
    /// Public key in the file, hexadecimal.
    pub key: Option<String>,
    /// Owner of the key, if it is a trusted one.
    pub signer: Option<String>,
    /// The checks, in a fixed order.
    pub checks: Vec<Check>,
}

impl Verification {
    /// Whether every check holds.
    pub fn holds(&self) -> bool {
        self.checks.iter().all(|check| check.holds == Some(true))
    }

    /// Whether the file is unchanged since it was signed, whoever signed it.
    pub fn unchanged(&self) -> bool {
        self.checks.iter().filter(|check| check.code != Code::Key).all(|check| check.holds == Some(true))
    }
}

/// Why nothing could be checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// Neither a PDF nor a ZIP archive.
    #[error("this is neither a PDF nor a PPTX file")]
    Format,
    /// Larger than [`MAX_FILE`].
    #[error("the file is larger than 256 MiB")]
    TooLarge,
    /// The file cannot be read, or is not a pack.
    #[error("this is not a readable board pack: {0}")]
    Unreadable(String),
}

/// A seal as it stands in a file.
pub(crate) struct Sealed {
    pub(crate) statement: Statement,
    pub(crate) key: [u8; 32],
    pub(crate) signature: [u8; 64],
    /// The content digest of the file as it is now.
    pub(crate) content_found: Hash,
}

/// What a format's reader found.
pub(crate) struct Found {
    pub(crate) manifest: Vec<u8>,
    pub(crate) sealed: Option<Sealed>,
    /// The archive's digest as it is now, or what is wrong with the archive; `None` for a format without one.
    pub(crate) container: Option<Result<Hash, String>>,
    /// Words of the watermark, page by page.
    pub(crate) watermarks: Vec<String>,
}

/// Checks a file against the trusted keys. Reads hostile bytes safely: sizes are bounded and errors are values.
pub fn verify(bytes: &[u8], keys: &[TrustedKey]) -> Result<Verification, VerifyError> {
    if bytes.len() > MAX_FILE {
        return Err(VerifyError::TooLarge);
    }
    let (format, found) = if bytes.starts_with(b"%PDF-") {
        (Format::Pdf, crate::pdf::read::read(bytes))
    } else if bytes.starts_with(b"PK\x03\x04") {
        (Format::Pptx, crate::pptx::read::read(bytes))
    } else {
        return Err(VerifyError::Format);
    };
    let found = found.map_err(VerifyError::Unreadable)?;
    let manifest: Option<Manifest> = serde_json::from_slice(&found.manifest).ok();
    let key = found.sealed.as_ref().map(|sealed| hex::encode(sealed.key));
    let signer = key.as_ref().and_then(|key| {
        keys.iter()
            .find(|trusted| trusted.public.eq_ignore_ascii_case(key))
            .map(|trusted| trusted.name.clone())
    });
    let checks = vec![
        container(&found),
        manifest_check(&found, manifest.as_ref()),
        content(&found),
        signature(&found),
        key_check(key.as_deref(), signer.as_deref()),
        watermark(&found, manifest.as_ref()),
    ];
    Ok(Verification { format, sha256: hex::encode(sha256(bytes)), manifest, key, signer, checks })
}

fn check(code: Code, holds: impl Into<Option<bool>>, detail: impl Into<String>) -> Check {
    Check { code, holds: holds.into(), detail: detail.into() }
}

const NO_SEAL: &str = "the file has no readable seal over its whole length";

fn container(found: &Found) -> Check {
    let code = Code::Container;
    let Some(sealed) = &found.sealed else { return check(code, false, NO_SEAL) };
    match (&found.container, sealed.statement.container) {
        (None, None) => check(code, true, "the seal covers the whole file"),
        (Some(Ok(now)), Some(signed)) if *now == signed => {
            check(code, true, "the archive is as it was written")
        }
        (Some(Ok(_)), _) => check(code, false, "the archive was written anew"),
        (Some(Err(reason)), _) => check(code, false, reason.clone()),
        (None, Some(_)) => check(code, false, NO_SEAL),
    }
}

fn manifest_check(found: &Found, manifest: Option<&Manifest>) -> Check {
    let code = Code::Manifest;
    let Some(manifest) = manifest else { return check(code, false, "the manifest cannot be read") };
    if manifest.format != 1 {
        return check(code, false, format!("manifest format {} is not known", manifest.format));
    }
    let Some(sealed) = &found.sealed else { return check(code, None, NO_SEAL) };
    let digest = sha256(&found.manifest);
    if digest == sealed.statement.manifest {
        check(code, true, format!("SHA-256 {}", hex::encode(digest)))
    } else {
        check(code, false, "the manifest is not the one that was signed")
    }
}

fn content(found: &Found) -> Check {
    match &found.sealed {
        None => check(Code::Content, None, NO_SEAL),
        Some(sealed) if sealed.content_found == sealed.statement.content => {
            check(Code::Content, true, format!("SHA-256 {}", hex::encode(sealed.content_found)))
        }
        Some(_) => check(Code::Content, false, "the content was changed after it was signed"),
    }
}

fn signature(found: &Found) -> Check {
    match &found.sealed {
        None => check(Code::Signature, false, NO_SEAL),
        Some(sealed) if sealed.statement.holds(&sealed.key, &sealed.signature) => {
            check(Code::Signature, true, "Ed25519")
        }
        Some(_) => check(Code::Signature, false, "the signature does not belong to this file"),
    }
}

fn key_check(key: Option<&str>, signer: Option<&str>) -> Check {
    match (key, signer) {
        (None, _) => check(Code::Key, None, NO_SEAL),
        (Some(_), Some(name)) => check(Code::Key, true, name),
        (Some(key), None) => check(Code::Key, false, format!("unknown key {key}")),
    }
}

fn watermark(found: &Found, manifest: Option<&Manifest>) -> Check {
    let code = Code::Watermark;
    let Some(manifest) = manifest else { return check(code, None, "the manifest cannot be read") };
    if manifest.watermark.trim().is_empty() || found.watermarks.is_empty() {
        return check(code, false, "there is no watermark");
    }
    match found.watermarks.iter().position(|words| !same_words(words, &manifest.watermark)) {
        None => check(code, true, format!("{} pages: {}", found.watermarks.len(), manifest.watermark)),
        Some(index) => check(code, false, format!("page {} does not carry the watermark", index + 1)),
    }
}

/// Whether the words read from a page are the expected ones, up to white space and characters without a glyph.
pub(crate) fn same_words(found: &str, expected: &str) -> bool {
    let visible = |text: &str| -> Vec<char> {
        crate::text::clean(text).chars().filter(|c| !c.is_whitespace()).collect()
    };
    let (found, expected) = (visible(found), visible(expected));
    !expected.is_empty()
        && found.len() == expected.len()
        && found.iter().zip(&expected).all(|(found, expected)| found == expected || *found == '\u{25a1}')
}
