//! Verification of a pack as a view: what holds, what does not, and what the file says it was made from.

use std::{fs::File, io::Read, path::Path};

use board_domain::{Locale, PublishedKeys, Row, Table, TenantId, TenantKey, is_public_key};
use board_packs::{Check, Code as Checked, TenantTrust, TrustedKey, Verification, VerifyError};

use crate::{
    desk::{Desk, lock},
    enrol::DEVICE_PUBLIC,
    fault::{Code, Fault},
    view::{VerifyCheck, VerifyView},
    words,
};

pub(crate) fn run(
    desk: &Desk,
    path: &Path,
    keys: &[String],
    password: Option<&str>,
) -> Result<VerifyView, Fault> {
    let locale = desk.locale();
    let shown = path.display().to_string();
    let bytes = read_bounded(path, MAX_PACK)?;
    let verification = match board_packs::verify_with(&bytes, &trusted(desk, keys)?, password) {
        Ok(verification) => verification,
        Err(error) => return Ok(unreadable(shown, locale, &error)),
    };
    let manifest = verification.manifest.as_ref();
    Ok(VerifyView {
        path: shown,
        valid: verification.holds(),
        checks: verification.checks.iter().map(|check| view(locale, check)).collect(),
        facts: facts(locale, &verification),
        tenant: manifest.map(|manifest| manifest.tenant.clone()),
        seq: manifest.map(|manifest| manifest.seq),
        approver: verification.approval.as_ref().map(|approval| approval.name.clone()),
        exporter: manifest.map(|manifest| manifest.exporter.clone()),
        changed: verification.changed.iter().map(|part| words::part(locale, part)).collect(),
    })
}

/// The findings themselves, for whoever reads on in the pack.
pub(crate) fn file(desk: &Desk, path: &Path, keys: &[String]) -> Result<Verification, Fault> {
    let trusted = trusted(desk, keys)?;
    let unreadable =
        |error: VerifyError| Fault::new(Code::PackChanged, format!("{}: {error}", path.display()));
    board_packs::verify(&read_bounded(path, MAX_PACK)?, &trusted).map_err(unreadable)
}

/// A file, of which no more than one byte past the limit is read, so that a larger one is seen to be larger.
pub fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, Fault> {
    let fault = |error: std::io::Error| Fault::new(Code::File, format!("{}: {error}", path.display()));
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes)).map_err(fault)?;
    Ok(bytes)
}

/// Most bytes of a pack.
const MAX_PACK: u64 = board_packs::MAX_FILE as u64;
/// Most bytes of a file of keys.
const MAX_KEYS: u64 = 1 << 20;

/// The keys of the companies on this device, its own, and those the caller brought: a device's public key, or a file
/// with what a server publishes.
pub(crate) fn trusted(desk: &Desk, keys: &[String]) -> Result<Vec<TrustedKey>, Fault> {
    let this_device = words::this_device(desk.locale()).to_owned();
    let mut trusted = Vec::new();
    for key in keys {
        if hex::decode(key).is_ok_and(|bytes| bytes.len() == 32) {
            let name = format!("{}…", key.get(..12).unwrap_or(key));
            trusted.push(TrustedKey { name, public: key.clone(), tenant: None });
        } else {
            trusted.extend(published(Path::new(key))?);
        }
    }
    if let Some(open) = &lock(&desk.state).open {
        let reader = lock(&open.reader);
        for copy in reader.tenants()? {
            let rows = reader.rows(&copy.id, Table::Key, None)?.into_iter();
            let keys = rows.filter_map(|(_, row)| if let Row::Key(key) = row.row { Some(key) } else { None });
            trusted.extend(keys.map(|key| of_tenant(&copy.id, &copy.name, key)));
        }
        let own = reader.setting(DEVICE_PUBLIC)?;
        trusted.extend(own.map(|public| TrustedKey { name: this_device, public, tenant: None }));
    }
    Ok(trusted)
}

/// The keys in a file that was saved from `/v1/tenants/{tenant}/keys`.
fn published(path: &Path) -> Result<Vec<TrustedKey>, Fault> {
    let bytes = read_bounded(path, MAX_KEYS)?;
    let malformed = |what: String| Fault::new(Code::KeyFile, format!("{}: {what}", path.display()));
    if bytes.len() as u64 > MAX_KEYS {
        return Err(malformed("larger than 1 MiB".into()));
    }
    let document: PublishedKeys =
        serde_json::from_slice(&bytes).map_err(|error| malformed(error.to_string()))?;
    if let Some(bad) = document.keys.iter().find(|key| !is_public_key(&key.public)) {
        return Err(malformed(format!("{:.80} is no public key", bad.public)));
    }
    let tenant = document.tenant;
    Ok(document.keys.into_iter().map(|key| of_tenant(&tenant, tenant.as_str(), key)).collect())
}

fn of_tenant(tenant: &TenantId, name: &str, key: TenantKey) -> TrustedKey {
    let trust = TenantTrust { tenant: tenant.to_string(), retired: key.retired, revoked: key.revoked };
    TrustedKey { name: name.to_owned(), public: key.public, tenant: Some(trust) }
}

fn unreadable(path: String, locale: Locale, error: &VerifyError) -> VerifyView {
    let check = VerifyCheck {
        code: "container".into(),
        label: words::check(locale, Checked::Container).into(),
        holds: Some(false),
        reason: None,
        detail: error.to_string(),
    };
    VerifyView {
        path,
        valid: false,
        checks: vec![check],
        facts: Vec::new(),
        tenant: None,
        seq: None,
        approver: None,
        exporter: None,
        changed: Vec::new(),
    }
}

fn view(locale: Locale, check: &Check) -> VerifyCheck {
    let code = match check.code {
        Checked::Container => "container",
        Checked::Manifest => "manifest",
        Checked::Content => "content",
        Checked::Signature => "signature",
        Checked::Key => "key",
        Checked::Approval => "approval",
        Checked::Watermark => "watermark",
    };
    VerifyCheck {
        code: code.into(),
        label: words::check(locale, check.code).into(),
        holds: check.holds,
        reason: check.reason.map(|reason| words::why_not(locale, reason).to_owned()),
        detail: check.detail.clone(),
    }
}

fn facts(locale: Locale, found: &Verification) -> Vec<(String, String)> {
    let mut facts = vec![("SHA-256".to_owned(), found.sha256.clone())];
    if let Some(key) = &found.key {
        facts.push((words::public_key(locale).to_owned(), key.clone()));
    }
    if let Some(manifest) = &found.manifest {
        let mut fact = |label: &str, value: String| {
            if !value.is_empty() {
                facts.push((label.to_owned(), value));
            }
        };
        fact(words::tenant(locale), manifest.tenant.clone());
        fact(words::report(locale), manifest.report.clone().unwrap_or_default());
        fact(words::status(locale), manifest.status.clone());
        fact(words::approved_by(locale), manifest.approval.clone());
        if let Some(approval) = &found.approval {
            let statement = format!("{}, {}, {}", approval.name, approval.at, approval.content_hash);
            fact(words::approval_signed(locale), statement);
        }
        if let Some(device) = &found.device {
            fact(
                words::device_of(locale),
                format!("{}, {} – {}", device.name, device.not_before, device.not_after),
            );
        }
        fact(words::exported_by(locale), format!("{}, {}", manifest.exporter, manifest.exported_at));
        fact(words::data_as_of(locale), format!("{} · {}", manifest.seq, manifest.epoch));
        fact(words::watermark(locale), manifest.watermark.clone());
        fact(words::figures(locale), manifest.figures.len().to_string());
    }
    facts
}
