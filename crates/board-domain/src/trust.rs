//! What a tenant's key vouches for: its own succession, approvals of reports, and the devices that make packs.
//!
//! Words only: signing belongs to the server, checking to whoever holds a pack.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{PersonId, ReportId, TenantId};

/// Days for which a device is certified at a time. Contact with the server renews it.
pub const DEVICE_LEASE_DAYS: i64 = 14;

/// A signing key of a tenant, as it is published.
///
/// A retired key still vouches for what it said before it was retired. A revoked key vouches for nothing, whenever it
/// said it: whoever took the key can write any date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TenantKey {
    /// Ed25519 public key, 64 lower-case hexadecimal digits.
    pub public: String,
    /// When it came into use.
    #[ts(type = "string")]
    pub since: Timestamp,
    /// When the next key took its place.
    #[ts(type = "string | null")]
    pub retired: Option<Timestamp>,
    /// When it was found to be in the wrong hands.
    #[ts(type = "string | null")]
    pub revoked: Option<Timestamp>,
    /// Why it was revoked, in the operator's words; empty for none.
    pub reason: String,
}

impl TenantKey {
    /// Whether it signs now.
    pub fn is_current(&self) -> bool {
        self.retired.is_none() && self.revoked.is_none()
    }
}

/// What anybody may fetch to check a tenant's packs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedKeys {
    /// Whose.
    pub tenant: TenantId,
    /// Every key there ever was, oldest first.
    pub keys: Vec<TenantKey>,
}

/// A text with the signature of a tenant's key over exactly its UTF-8 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Signed {
    /// JSON of a [`Vouched`]; nobody has to write it again to check it.
    pub text: String,
    /// The public key, 64 lower-case hexadecimal digits.
    pub key: String,
    /// Ed25519 (RFC 8032), 128 lower-case hexadecimal digits.
    pub signature: String,
}

impl Signed {
    /// Longest text that is read.
    pub const LONGEST: usize = 4_096;

    /// What the text says; `None` where it does not read. Says nothing about the signature.
    pub fn says(&self) -> Option<Vouched> {
        (self.text.len() <= Self::LONGEST).then(|| serde_json::from_str(&self.text).ok()).flatten()
    }
}

/// What a tenant's key says. The field `is` names kind and version, so that one can never pass for the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is")]
pub enum Vouched {
    /// The board approved this content.
    #[serde(rename = "boardroom-approval/1")]
    Approval(ApprovalStatement),
    /// This device speaks for this person until then.
    #[serde(rename = "boardroom-device/1")]
    Device(DeviceCertificate),
}

/// That a report was approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalStatement {
    /// The company.
    pub tenant: TenantId,
    /// The report.
    pub report: ReportId,
    /// Its version.
    pub version: u32,
    /// [`crate::Report::content_hash`] of what was approved.
    pub content_hash: String,
    /// Who approved.
    pub approver: PersonId,
    /// Their name at the time.
    pub name: String,
    /// When.
    pub at: Timestamp,
}

/// That a device belongs to a person of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceCertificate {
    /// The company.
    pub tenant: TenantId,
    /// The person.
    pub person: PersonId,
    /// Their name at the time.
    pub name: String,
    /// The device's Ed25519 public key, 64 lower-case hexadecimal digits.
    pub device: String,
    /// From when.
    pub not_before: Timestamp,
    /// Until when, inclusive.
    pub not_after: Timestamp,
}

/// A statement of approval in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Attestation {
    /// The report.
    pub report: ReportId,
    /// Its version.
    pub version: u32,
    /// The tenant's word: a [`Vouched::Approval`].
    pub statement: Signed,
}

impl Attestation {
    /// Its key among the rows.
    pub fn key(report: &ReportId, version: u32) -> String {
        format!("{report}/{version}")
    }
}

/// A device that a person makes packs on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Device {
    /// Whose.
    pub person: PersonId,
    /// Its Ed25519 public key, 64 lower-case hexadecimal digits.
    pub public: String,
    /// From when it is certified.
    #[ts(type = "string")]
    pub not_before: Timestamp,
    /// Until when.
    #[ts(type = "string")]
    pub not_after: Timestamp,
    /// The tenant's word: a [`Vouched::Device`]; `None` until the server has signed.
    pub certificate: Option<Signed>,
}

impl Device {
    /// Its key among the rows.
    pub fn key(&self) -> String {
        format!("{}/{}", self.person, self.public)
    }

    /// A device certified from now on for [`DEVICE_LEASE_DAYS`].
    pub fn from_now(person: PersonId, public: String, now: Timestamp) -> Self {
        let lease = SignedDuration::from_hours(24 * DEVICE_LEASE_DAYS);
        let not_after = now.saturating_add(lease).unwrap_or(Timestamp::MAX);
        Self { person, public, not_before: now, not_after, certificate: None }
    }

    /// Whether half of its time is over, so that it should be certified anew.
    pub fn is_due(&self, now: Timestamp) -> bool {
        let left = self.not_after.duration_since(now);
        self.certificate.is_none() || left < self.not_after.duration_since(self.not_before) / 2
    }
}

/// Whether a text is a public key as it is written here: 64 lower-case hexadecimal digits.
pub fn is_public_key(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(text: &str) -> Signed {
        Signed { text: text.into(), key: "ab".repeat(32), signature: "cd".repeat(64) }
    }

    #[test]
    fn a_text_says_one_kind_of_thing_and_nothing_else_reads() {
        let device = r#"{"is":"boardroom-device/1","tenant":"fjordlys","person":"kari","name":"Kari","device":"00","not_before":"2026-11-25T00:00:00Z","not_after":"2026-12-09T00:00:00Z"}"#;
        assert!(matches!(signed(device).says(), Some(Vouched::Device(_))));
        assert_eq!(serde_json::to_string(&signed(device).says().unwrap()).unwrap(), device);
        let lie = device.replace("boardroom-device/1", "boardroom-approval/1");
        let repeated = device.replacen('{', r#"{"is":"boardroom-approval/1","#, 1);
        let long = device.replace("\"Kari\"", &format!("\"{}\"", "K".repeat(Signed::LONGEST)));
        for text in ["", "{}", "null", "[]", &lie, &repeated, &long, &"[".repeat(4_000)] {
            assert_eq!(signed(text).says(), None, "{text}");
        }
    }

    #[test]
    fn a_device_is_due_when_half_of_its_time_is_over() {
        let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        let mut device = Device::from_now(PersonId::new("kari").unwrap(), "00".repeat(32), now);
        assert!(device.is_due(now), "without a certificate");
        device.certificate = Some(signed("{}"));
        assert_eq!(device.not_after.to_string(), "2026-12-09T12:00:00Z");
        assert!(!device.is_due(now));
        assert!(!device.is_due("2026-12-02T11:00:00Z".parse().unwrap()));
        assert!(device.is_due("2026-12-02T13:00:00Z".parse().unwrap()));
        assert!(device.is_due("2027-12-02T13:00:00Z".parse().unwrap()));
        let last = Device::from_now(PersonId::new("kari").unwrap(), String::new(), Timestamp::MAX);
        assert_eq!(last.not_after, Timestamp::MAX);
    }

    #[test]
    fn public_keys_are_written_in_one_way() {
        assert!(is_public_key(&"0f".repeat(32)));
        for text in ["", &"0F".repeat(32), &"0f".repeat(33), &"é".repeat(32), &"0g".repeat(32)] {
            assert!(!is_public_key(text), "{text}");
        }
    }
}
