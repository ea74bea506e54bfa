//! What the last page says about the pack itself, as pairs of words. Not its layout.

use crate::words::Words;
use crate::{Manifest, PackPlan};

/// Name and value of each fact of the manifest, then its fingerprint and the signer's public key.
pub(crate) fn facts(
    plan: &PackPlan,
    words: &Words,
    manifest: &[u8],
    key: &[u8; 32],
) -> Vec<(String, String)> {
    let Manifest { tenant, epoch, seq, heads, report, status, approval, exporter, .. } = &plan.manifest;
    let mut facts = vec![
        (words.tenant.to_owned(), format!("{} ({tenant})", plan.company)),
        (words.report.to_owned(), report.clone().unwrap_or_default()),
        (words.status.to_owned(), status.clone()),
        (words.approval.to_owned(), approval.clone()),
        (words.exporter.to_owned(), exporter.clone()),
        (words.exported_at.to_owned(), plan.manifest.exported_at.clone()),
        (words.template.to_owned(), plan.manifest.template.clone()),
        (words.sequence.to_owned(), seq.to_string()),
        (words.epoch.to_owned(), epoch.clone()),
        (words.figures.to_owned(), plan.manifest.figures.len().to_string()),
    ];
    let definitions: Vec<String> =
        plan.manifest.definitions.iter().map(|(id, version)| format!("{id}/{version}")).collect();
    facts.push((words.definitions.to_owned(), definitions.join(", ")));
    for (audience, head) in heads {
        facts.push((format!("{}: {audience}", words.heads), head.clone()));
    }
    facts.push((words.fingerprint.to_owned(), hex::encode(crate::seal::sha256(manifest))));
    facts.push((words.signed_by.to_owned(), hex::encode(key)));
    facts.retain(|(_, value)| !value.is_empty());
    facts
}
