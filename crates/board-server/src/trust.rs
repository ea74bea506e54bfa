//! The tenant's signing key: made with the tenant, rotated and revoked by the operator, and what it signs on the way into
//! the log. Who may approve or enrol is decided elsewhere; nothing here leaves the server but public keys and signatures.

use board_domain::{
    ApprovalStatement, Attestation, Device, DeviceCertificate, Fact, Report, ReportStatus, Row, Signed,
    Table, TenantId, TenantKey, Vouched,
};
use ed25519_dalek::{Signer as _, SigningKey};
use jiff::Timestamp;

use crate::{
    admin::{AdminError, append},
    secret,
    store::{Store, StoreError, Transaction, tenant, tenant_key},
};

/// The key that signs now.
struct Signing {
    public: String,
    key: SigningKey,
}

impl Signing {
    fn sign(&self, says: &Vouched) -> Result<Signed, StoreError> {
        Ok(self.sign_text(serde_json::to_string(says)?))
    }

    fn sign_text(&self, text: String) -> Signed {
        let signature = hex::encode(self.key.sign(text.as_bytes()).to_bytes());
        Signed { text, key: self.public.clone(), signature }
    }
}

/// Adds to decided facts what the tenant's key has to say: a statement beside an approval, a certificate for a device.
pub(crate) fn vouch(
    transaction: &mut Transaction<'_>,
    tenant: &TenantId,
    facts: Vec<Fact>,
    now: Timestamp,
) -> Result<Vec<Fact>, StoreError> {
    let asked = |fact: &Fact| match fact {
        Fact::DeviceCertified { .. } => true,
        Fact::ReportPublished { report } => report.status == ReportStatus::Approved,
        _ => false,
    };
    if !facts.iter().any(asked) {
        return Ok(facts);
    }
    let signing = current(transaction, tenant, now)?;
    let mut vouched = Vec::new();
    for mut fact in facts {
        let mut beside = None;
        match &mut fact {
            Fact::DeviceCertified { device } => {
                let name = transaction.book(tenant)?.person(device.person.as_str());
                let name = name.map_or_else(String::new, |person| person.name.clone());
                device.certificate = Some(signing.sign(&certificate(tenant, device, name))?);
            }
            Fact::ReportPublished { report } if report.status == ReportStatus::Approved => {
                beside = attestation(&signing, tenant, report)?;
            }
            _ => (),
        }
        vouched.push(fact);
        vouched.extend(beside);
    }
    Ok(vouched)
}

/// Gives every tenant of a store made before there were keys its first one.
pub(crate) async fn ensure_all(store: &Store, now: Timestamp) -> Result<(), StoreError> {
    for (tenant, _) in store.read(tenant::heads).await? {
        let asked = tenant.clone();
        if store.read(move |sql| tenant_key::all(sql, &asked)).await?.is_empty() {
            let asked = tenant.clone();
            store.write(Some(&tenant), move |transaction| ensure(transaction, &asked, now)).await?;
        }
    }
    Ok(())
}

/// Gives a tenant its first key where it has none, and has it vouch for what was approved before.
pub(crate) fn ensure(
    transaction: &mut Transaction<'_>,
    tenant: &TenantId,
    now: Timestamp,
) -> Result<(), StoreError> {
    current(transaction, tenant, now).map(|_| ())
}

/// Puts a new key in the place of the one that signs; its public half.
pub(crate) fn rotate(
    transaction: &mut Transaction<'_>,
    tenant: &TenantId,
    now: Timestamp,
) -> Result<TenantKey, AdminError> {
    let now = in_log(now)?;
    let mut facts = Vec::new();
    for mut key in tenant_key::all(transaction.sql()?, tenant)?.into_iter().filter(TenantKey::is_current) {
        key.retired = Some(now);
        tenant_key::close(transaction.sql()?, tenant, &key)?;
        facts.push(Fact::KeySet { key });
    }
    let (_, key) = make(transaction, tenant, now)?;
    facts.push(Fact::KeySet { key: key.clone() });
    append(transaction, tenant, now, facts)?;
    Ok(key)
}

/// Says that a key is in the wrong hands. Another takes its place where it was signing, and everything in the log that
/// only the revoked key vouched for is signed anew; the key that signs now.
pub(crate) fn revoke(
    transaction: &mut Transaction<'_>,
    tenant: &TenantId,
    public: &str,
    reason: &str,
    now: Timestamp,
) -> Result<TenantKey, AdminError> {
    let known = tenant_key::all(transaction.sql()?, tenant)?.into_iter().find(|key| key.public == public);
    let mut key = known.ok_or_else(|| AdminError::NoKey(public.to_owned()))?;
    let now = in_log(now)?;
    let was_signing = key.is_current();
    key.revoked.get_or_insert(now);
    reason.clone_into(&mut key.reason);
    tenant_key::close(transaction.sql()?, tenant, &key)?;
    append(transaction, tenant, now, vec![Fact::KeySet { key }])?;
    if was_signing {
        let (_, next) = make(transaction, tenant, now)?;
        append(transaction, tenant, now, vec![Fact::KeySet { key: next }])?;
    }
    let signing = current(transaction, tenant, now)?;
    let book = transaction.book(tenant)?;
    let attested = book.table(Table::Attestation).filter_map(|(_, row)| match row {
        Row::Attestation(attestation) if attestation.statement.key == public => {
            let statement = signing.sign_text(attestation.statement.text.clone());
            Some(Fact::ReportAttested { attestation: Attestation { statement, ..attestation.clone() } })
        }
        _ => None,
    });
    let certified = book.table(Table::Device).filter_map(|(_, row)| match row {
        Row::Device(device) if device.not_after > now => {
            let certificate = device.certificate.as_ref().filter(|signed| signed.key == public)?;
            let certificate = Some(signing.sign_text(certificate.text.clone()));
            Some(Fact::DeviceCertified { device: Device { certificate, ..device.clone() } })
        }
        _ => None,
    });
    let facts: Vec<Fact> = attested.chain(certified).collect();
    append(transaction, tenant, now, facts)?;
    let keys = tenant_key::all(transaction.sql()?, tenant)?;
    let current = keys.into_iter().find(TenantKey::is_current);
    current.ok_or_else(|| StoreError::Unreadable("tenant key").into())
}

/// The key that signs; a first one is made for a tenant that has none.
fn current(
    transaction: &mut Transaction<'_>,
    tenant: &TenantId,
    now: Timestamp,
) -> Result<Signing, StoreError> {
    let keys = tenant_key::all(transaction.sql()?, tenant)?;
    if let Some(key) = keys.iter().find(|key| key.is_current()) {
        let secret = tenant_key::secret(transaction.sql()?, tenant, &key.public)?;
        let secret = secret.ok_or(StoreError::Unreadable("tenant key"))?;
        return Ok(Signing { public: key.public.clone(), key: SigningKey::from_bytes(&secret) });
    }
    let now = in_log(now)?;
    let (signing, key) = make(transaction, tenant, now)?;
    let mut facts = vec![Fact::KeySet { key }];
    for (_, row) in transaction.book(tenant)?.table(Table::Published) {
        if let Row::Published(report) = row {
            facts.extend(attestation(&signing, tenant, report)?);
        }
    }
    append(transaction, tenant, now, facts)?;
    Ok(signing)
}

fn make(
    transaction: &mut Transaction<'_>,
    tenant: &TenantId,
    now: Timestamp,
) -> Result<(Signing, TenantKey), StoreError> {
    let bytes = zeroize::Zeroizing::new(secret::random()?);
    let key = SigningKey::from_bytes(&bytes);
    let public = hex::encode(key.verifying_key().to_bytes());
    let published =
        TenantKey { public: public.clone(), since: now, retired: None, revoked: None, reason: String::new() };
    tenant_key::insert(transaction.sql()?, tenant, &published, &bytes)?;
    tracing::info!(%tenant, public, "a signing key came into use");
    Ok((Signing { public, key }, published))
}

fn attestation(signing: &Signing, tenant: &TenantId, report: &Report) -> Result<Option<Fact>, StoreError> {
    let Some(approval) = &report.approval else { return Ok(None) };
    let statement = signing.sign(&Vouched::Approval(ApprovalStatement {
        tenant: tenant.clone(),
        report: report.id.clone(),
        version: report.version,
        content_hash: approval.content_hash.clone(),
        approver: approval.by.clone(),
        name: approval.name.clone(),
        at: approval.at,
    }))?;
    let attestation = Attestation { report: report.id.clone(), version: report.version, statement };
    Ok(Some(Fact::ReportAttested { attestation }))
}

fn certificate(tenant: &TenantId, device: &Device, name: String) -> Vouched {
    Vouched::Device(DeviceCertificate {
        tenant: tenant.clone(),
        person: device.person.clone(),
        name,
        device: device.public.clone(),
        not_before: device.not_before,
        not_after: device.not_after,
    })
}

/// A time as the log keeps it, in whole milliseconds.
fn in_log(now: Timestamp) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(now.as_millisecond()).map_err(|_| StoreError::Unreadable("time"))
}
