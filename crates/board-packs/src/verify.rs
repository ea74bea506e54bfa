//! Whether a file is a whole, unchanged pack, and of whom. Needs the file and the published keys, nothing else.

use board_domain::{ApprovalStatement, DeviceCertificate};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::seal::{Hash, Statement, sha256};
use crate::{Manifest, Proof};

/// Files beyond this are refused unread.
pub const MAX_FILE: usize = 256 << 20;

/// A key whose owner is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustedKey {
    /// Whose it is, in words.
    pub name: String,
    /// The Ed25519 public key, 64 hexadecimal digits.
    pub public: String,
    /// Set for a tenant's key, which vouches for others; a device's key speaks for itself alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantTrust>,
}

/// How far a tenant's key is trusted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantTrust {
    /// The tenant it vouches for, and no other.
    pub tenant: String,
    /// What it said later is not believed.
    pub retired: Option<Timestamp>,
    /// Nothing that it ever said is believed.
    pub revoked: Option<Timestamp>,
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
    /// The key is among the trusted ones, or a trusted tenant certified it.
    Key,
    /// The approval that the pack claims is the tenant's word; since format 2.
    Approval,
    /// Every page or slide shows the manifest's watermark.
    Watermark,
}

/// Why a check does not hold, as a stable code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Something is not as it was signed.
    Changed,
    /// What should be there is not, or does not read.
    Missing,
    /// Nobody vouches for the key.
    UnknownKey,
    /// The tenant revoked the key.
    RevokedKey,
    /// The tenant had retired the key before it said this.
    RetiredKey,
    /// The device's certificate was not valid when the file was made.
    Expired,
    /// The tenant's word is about something else.
    Mismatch,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was checked.
    pub code: Code,
    /// Whether it holds; `None` where it cannot be told.
    pub holds: Option<bool>,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
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
    /// Owner of the key, if it is a trusted one or certified by one.
    pub signer: Option<String>,
    /// The tenant's word for the device, where it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceCertificate>,
    /// The tenant's word for the approval, where it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<ApprovalStatement>,
    /// Parts that are not as they were signed: pages of a PDF, parts of a presentation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
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
        let others = |check: &&Check| !matches!(check.code, Code::Key | Code::Approval);
        self.checks.iter().filter(others).all(|check| check.holds == Some(true))
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

/// The parts of a file, compared with the list in its seal.
#[derive(Default)]
pub(crate) struct Parts {
    /// Parts in the list; 0 where there is none that can be believed.
    pub(crate) listed: usize,
    /// Names of those that are not as listed.
    pub(crate) changed: Vec<String>,
}

/// What a format's reader found.
pub(crate) struct Found {
    /// `None` where it cannot be read.
    pub(crate) manifest: Option<Vec<u8>>,
    pub(crate) sealed: Option<Sealed>,
    /// The file's digest as it is now, or what is wrong with the file.
    pub(crate) container: Result<Hash, String>,
    pub(crate) parts: Parts,
    /// Words of the watermark, page by page.
    pub(crate) watermarks: Vec<String>,
}

/// Checks a file against the trusted keys. Reads hostile bytes safely: sizes are bounded and errors are values.
pub fn verify(bytes: &[u8], keys: &[TrustedKey]) -> Result<Verification, VerifyError> {
    verify_with(bytes, keys, None)
}

/// [`verify`] of a PDF that a password protects. Without it the seal is checked, and what it seals cannot be read.
pub fn verify_with(
    bytes: &[u8],
    keys: &[TrustedKey],
    password: Option<&str>,
) -> Result<Verification, VerifyError> {
    if bytes.len() > MAX_FILE {
        return Err(VerifyError::TooLarge);
    }
    let (format, found) = if bytes.starts_with(b"%PDF-") {
        (Format::Pdf, crate::pdf::read::read(bytes, password))
    } else if bytes.starts_with(b"PK\x03\x04") {
        (Format::Pptx, crate::pptx::read::read(bytes))
    } else {
        return Err(VerifyError::Format);
    };
    let found = found.map_err(VerifyError::Unreadable)?;
    let manifest: Option<Manifest> =
        found.manifest.as_ref().and_then(|manifest| serde_json::from_slice(manifest).ok());
    let key = found.sealed.as_ref().map(|sealed| hex::encode(sealed.key));
    let (key_check, signer, device) = key_check(key.as_deref(), manifest.as_ref(), keys);
    let signature = signature(&found);
    let mut checks = vec![
        container(&found),
        manifest_check(&found, manifest.as_ref()),
        content(&found),
        signature,
        key_check,
    ];
    let mut approval = None;
    if let Some((manifest, proof)) = manifest.as_ref().and_then(|m| Some((m, m.proof.as_ref()?))) {
        let (check, statement) = approval_check(manifest, proof, keys);
        checks.push(check);
        approval = statement;
    }
    checks.push(watermark(&found, manifest.as_ref()));
    let mut changed = found.parts.changed;
    let broken = |code: Code| checks.iter().any(|check| check.code == code && check.holds == Some(false));
    let sealed = found.sealed.as_ref().is_none_or(|sealed| sealed.statement.version > 1);
    if changed.is_empty() && sealed && (broken(Code::Signature) || broken(Code::Container)) {
        // Every listed part is as it was: what is left is the seal, what was put after it, or how parts are packed.
        let name = match (&found.container, format) {
            (Err(reason), _) if reason.contains("after the seal") => "after the seal",
            (Ok(_), Format::Pptx) if !broken(Code::Signature) => "archive",
            _ => "seal",
        };
        changed.push(name.to_owned());
    }
    let sha256 = hex::encode(sha256(bytes));
    Ok(Verification { format, sha256, manifest, key, signer, device, approval, changed, checks })
}

fn good(code: Code, detail: impl Into<String>) -> Check {
    Check { code, holds: Some(true), reason: None, detail: detail.into() }
}

fn bad(code: Code, reason: Reason, detail: impl Into<String>) -> Check {
    Check { code, holds: Some(false), reason: Some(reason), detail: detail.into() }
}

fn unclear(code: Code, detail: impl Into<String>) -> Check {
    Check { code, holds: None, reason: Some(Reason::Missing), detail: detail.into() }
}

const NO_SEAL: &str = "the file has no readable seal over its whole length";

fn container(found: &Found) -> Check {
    let code = Code::Container;
    let Some(sealed) = &found.sealed else { return bad(code, Reason::Missing, NO_SEAL) };
    match (&found.container, sealed.statement.container) {
        (Err(reason), _) => bad(code, Reason::Changed, reason.clone()),
        (Ok(_), None) => good(code, "the seal covers the whole file"),
        (Ok(now), Some(signed)) if *now == signed => good(code, "every byte is as it was written"),
        (Ok(_), Some(_)) => bad(code, Reason::Changed, "the bytes are not as they were written"),
    }
}

fn manifest_check(found: &Found, manifest: Option<&Manifest>) -> Check {
    let code = Code::Manifest;
    let (Some(bytes), Some(manifest)) = (&found.manifest, manifest) else {
        return bad(code, Reason::Missing, "the manifest cannot be read");
    };
    if !matches!((manifest.format, &manifest.proof), (1, None) | (2, Some(_))) {
        return bad(code, Reason::Mismatch, format!("manifest format {} is not known", manifest.format));
    }
    let Some(sealed) = &found.sealed else { return unclear(code, NO_SEAL) };
    let digest = sha256(bytes);
    if digest == sealed.statement.manifest {
        good(code, format!("SHA-256 {}", hex::encode(digest)))
    } else {
        bad(code, Reason::Changed, "the manifest is not the one that was signed")
    }
}

fn content(found: &Found) -> Check {
    match &found.sealed {
        None => unclear(Code::Content, NO_SEAL),
        Some(sealed) if sealed.content_found == sealed.statement.content => {
            good(Code::Content, format!("SHA-256 {}", hex::encode(sealed.content_found)))
        }
        Some(_) if found.parts.changed.is_empty() => {
            bad(Code::Content, Reason::Changed, "the content was changed after it was signed")
        }
        Some(_) => {
            let mut names: Vec<&str> = found.parts.changed.iter().map(String::as_str).take(10).collect();
            if names.len() < found.parts.changed.len() {
                names.push("…");
            }
            bad(Code::Content, Reason::Changed, format!("changed after it was signed: {}", names.join(", ")))
        }
    }
}

fn signature(found: &Found) -> Check {
    match &found.sealed {
        None => bad(Code::Signature, Reason::Missing, NO_SEAL),
        Some(sealed) if sealed.statement.holds(&sealed.key, &sealed.signature) => {
            good(Code::Signature, "Ed25519")
        }
        Some(_) => bad(Code::Signature, Reason::Changed, "the signature does not belong to this file"),
    }
}

/// The check, the signer in words, and the certificate that makes it known.
fn key_check(
    key: Option<&str>,
    manifest: Option<&Manifest>,
    keys: &[TrustedKey],
) -> (Check, Option<String>, Option<DeviceCertificate>) {
    let code = Code::Key;
    let Some(key) = key else { return (unclear(code, NO_SEAL), None, None) };
    let certificate = manifest
        .and_then(|manifest| Some((manifest, manifest.proof.as_ref()?)))
        .map(|(manifest, proof)| crate::vouch::device(manifest, proof, key, keys));
    if let Some(Ok(certificate)) = certificate {
        let until = certificate.not_after;
        let detail =
            format!("device of {}, certified by {} until {until}", certificate.name, certificate.tenant);
        return (good(code, detail), Some(certificate.name.clone()), Some(certificate));
    }
    // A tenant's key vouches for devices; it signs no pack itself.
    let own = |trusted: &&TrustedKey| trusted.tenant.is_none() && trusted.public.eq_ignore_ascii_case(key);
    if let Some(trusted) = keys.iter().find(own) {
        return (good(code, trusted.name.clone()), Some(trusted.name.clone()), None);
    }
    let check = match certificate {
        Some(Err(reason)) if reason != Reason::UnknownKey => bad(code, reason, why(reason)),
        _ => bad(code, Reason::UnknownKey, format!("unknown key {key}")),
    };
    (check, None, None)
}

fn approval_check(
    manifest: &Manifest,
    proof: &Proof,
    keys: &[TrustedKey],
) -> (Check, Option<ApprovalStatement>) {
    let code = Code::Approval;
    match crate::vouch::approval(manifest, proof, keys) {
        Ok(None) => (good(code, format!("none is claimed: {}", manifest.status)), None),
        Ok(Some(statement)) => {
            let detail =
                format!("{} approved version {} at {}", statement.name, statement.version, statement.at);
            (good(code, detail), Some(statement))
        }
        Err(reason) => (bad(code, reason, why(reason)), None),
    }
}

fn why(reason: Reason) -> &'static str {
    match reason {
        Reason::Changed => "the tenant's signature does not belong to its statement",
        Reason::Missing => "the tenant's statement is missing",
        Reason::UnknownKey => "the tenant's key is not known here",
        Reason::RevokedKey => "the tenant revoked the key",
        Reason::RetiredKey => "the tenant had retired the key before",
        Reason::Expired => "the device's certificate was not valid when the file was made",
        Reason::Mismatch => "the tenant's statement is about something else",
    }
}

fn watermark(found: &Found, manifest: Option<&Manifest>) -> Check {
    let code = Code::Watermark;
    let Some(manifest) = manifest else { return unclear(code, "the manifest cannot be read") };
    if manifest.watermark.trim().is_empty() || found.watermarks.is_empty() {
        return bad(code, Reason::Missing, "there is no watermark");
    }
    match found.watermarks.iter().position(|words| !same_words(words, &manifest.watermark)) {
        None => good(code, format!("{} pages: {}", found.watermarks.len(), manifest.watermark)),
        Some(index) => bad(code, Reason::Missing, format!("page {} does not carry the watermark", index + 1)),
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
