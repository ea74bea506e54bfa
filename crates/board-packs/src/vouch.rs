//! Whether a tenant's published key vouches for a pack: for the device that made it, and for the approval it claims.

use board_domain::{ApprovalStatement, DeviceCertificate, Signed, Vouched};
use ed25519_dalek::{Signature, VerifyingKey};
use jiff::{SignedDuration, Timestamp};

use crate::verify::{Reason, TenantTrust, TrustedKey};
use crate::{Manifest, Proof};

/// A device's clock may be this far behind the server's.
const SKEW: SignedDuration = SignedDuration::from_mins(10);

/// The certificate that makes `device` a known maker of this pack.
pub(crate) fn device(
    manifest: &Manifest,
    proof: &Proof,
    device: &str,
    keys: &[TrustedKey],
) -> Result<DeviceCertificate, Reason> {
    let signed = proof.device.as_ref().ok_or(Reason::UnknownKey)?;
    let (says, trust) = vouched(signed, &manifest.tenant, keys)?;
    let Vouched::Device(certificate) = says else { return Err(Reason::Mismatch) };
    if certificate.tenant.as_str() != manifest.tenant
        || certificate.device != device
        || certificate.person.as_str() != proof.person
    {
        return Err(Reason::Mismatch);
    }
    if trust.retired.is_some_and(|retired| certificate.not_before > retired) {
        return Err(Reason::RetiredKey);
    }
    let at: Timestamp = manifest.exported_at.parse().map_err(|_| Reason::Mismatch)?;
    let from = certificate.not_before.saturating_sub(SKEW).unwrap_or(Timestamp::MIN);
    if at < from || at > certificate.not_after { Err(Reason::Expired) } else { Ok(certificate) }
}

/// The statement behind the approval that a pack claims; `None` where it claims none.
pub(crate) fn approval(
    manifest: &Manifest,
    proof: &Proof,
    keys: &[TrustedKey],
) -> Result<Option<ApprovalStatement>, Reason> {
    if !matches!(manifest.status.as_str(), "approved" | "locked") {
        return Ok(None);
    }
    let signed = proof.approval.as_ref().ok_or(Reason::Missing)?;
    let (says, trust) = vouched(signed, &manifest.tenant, keys)?;
    let Vouched::Approval(statement) = says else { return Err(Reason::Mismatch) };
    if statement.tenant.as_str() != manifest.tenant
        || statement.report.as_str() != proof.report
        || statement.version != proof.version
        || statement.content_hash != proof.content_hash
    {
        return Err(Reason::Mismatch);
    }
    if trust.retired.is_some_and(|retired| statement.at > retired) {
        return Err(Reason::RetiredKey);
    }
    Ok(Some(statement))
}

/// What a text says, where a key of the tenant says it that is known and was not revoked.
fn vouched<'a>(
    signed: &Signed,
    tenant: &str,
    keys: &'a [TrustedKey],
) -> Result<(Vouched, &'a TenantTrust), Reason> {
    let of_tenant = |key: &'a TrustedKey| key.tenant.as_ref().filter(|trust| trust.tenant == tenant);
    let known = keys.iter().filter(|key| key.public.eq_ignore_ascii_case(&signed.key)).find_map(of_tenant);
    let trust = known.ok_or(Reason::UnknownKey)?;
    if trust.revoked.is_some() {
        return Err(Reason::RevokedKey);
    }
    if !holds(signed) {
        return Err(Reason::Changed);
    }
    signed.says().map(|says| (says, trust)).ok_or(Reason::Mismatch)
}

/// Strict, as the pack's own signature is.
fn holds(signed: &Signed) -> bool {
    let bytes = |text: &str| hex::decode(text).ok();
    let key = bytes(&signed.key).and_then(|bytes| bytes.try_into().ok());
    let signature = bytes(&signed.signature).and_then(|bytes| bytes.try_into().ok());
    let (Some(key), Some(signature)) = (key, signature) else { return false };
    VerifyingKey::from_bytes(&key).is_ok_and(|key| {
        key.verify_strict(signed.text.as_bytes(), &Signature::from_bytes(&signature)).is_ok()
    })
}
