//! Verification of a pack as a view: what holds, what does not, and what the file says it was made from.

use std::{fs::File, io::Read, path::Path};

use board_domain::Locale;
use board_packs::{Check, Code as Checked, TrustedKey, Verification, VerifyError};

use crate::{
    desk::{Desk, lock},
    export::DEVICE_PUBLIC,
    fault::{Code, Fault},
    view::{VerifyCheck, VerifyView},
    words,
};

pub(crate) fn run(desk: &Desk, path: &Path, keys: &[String]) -> Result<VerifyView, Fault> {
    let locale = desk.locale();
    let shown = path.display().to_string();
    let bytes = read_bounded(path)?;
    let verification = match board_packs::verify(&bytes, &trusted(desk, keys)?) {
        Ok(verification) => verification,
        Err(error) => return Ok(unreadable(shown, locale, &error)),
    };
    let checks = verification.checks.iter().map(|check| view(locale, check)).collect();
    Ok(VerifyView { path: shown, valid: verification.holds(), checks, facts: facts(locale, &verification) })
}

fn read_bounded(path: &Path) -> Result<Vec<u8>, Fault> {
    let fault = |error: std::io::Error| Fault::new(Code::File, format!("{}: {error}", path.display()));
    let mut bytes = Vec::new();
    // One byte past the limit, so that a larger file is seen to be larger.
    let limit = board_packs::MAX_FILE as u64 + 1;
    File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)).map_err(fault)?;
    Ok(bytes)
}

/// This device's own key, and those the caller brought.
fn trusted(desk: &Desk, keys: &[String]) -> Result<Vec<TrustedKey>, Fault> {
    let mut trusted = Vec::new();
    for public in keys {
        if hex::decode(public).ok().is_none_or(|bytes| bytes.len() != 32) {
            return Err(Fault::new(Code::Malformed, "a public key has 64 hexadecimal digits"));
        }
        let name = format!("{}…", public.get(..12).unwrap_or(public));
        trusted.push(TrustedKey { name, public: public.clone() });
    }
    let own = match &lock(&desk.state).open {
        Some(open) => lock(&open.reader).setting(DEVICE_PUBLIC)?,
        None => None,
    };
    let name = words::this_device(desk.locale()).to_owned();
    trusted.extend(own.map(|public| TrustedKey { name, public }));
    Ok(trusted)
}

fn unreadable(path: String, locale: Locale, error: &VerifyError) -> VerifyView {
    let check = VerifyCheck {
        code: "container".into(),
        label: words::check(locale, Checked::Container).into(),
        holds: Some(false),
        detail: error.to_string(),
    };
    VerifyView { path, valid: false, checks: vec![check], facts: Vec::new() }
}

fn view(locale: Locale, check: &Check) -> VerifyCheck {
    let code = match check.code {
        Checked::Container => "container",
        Checked::Manifest => "manifest",
        Checked::Content => "content",
        Checked::Signature => "signature",
        Checked::Key => "key",
        Checked::Watermark => "watermark",
    };
    VerifyCheck {
        code: code.into(),
        label: words::check(locale, check.code).into(),
        holds: check.holds,
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
        fact(words::exported_by(locale), format!("{}, {}", manifest.exporter, manifest.exported_at));
        fact(words::data_as_of(locale), format!("{} · {}", manifest.seq, manifest.epoch));
        fact(words::watermark(locale), manifest.watermark.clone());
        fact(words::figures(locale), manifest.figures.len().to_string());
    }
    facts
}
