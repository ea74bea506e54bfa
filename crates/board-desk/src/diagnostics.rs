//! A report for support: versions, findings, counts and settings of this device. No name, address, figure or secret; the
//! person reads it before it is saved.

use std::path::PathBuf;

use board_domain::{Row, Table};
use serde::{Deserialize, Serialize};
use serde_json::json;
use ts_rs::TS;

use crate::{
    desk::{Desk, lock},
    fault::Fault,
    policy::InForce,
    profile::write_whole,
};

/// What this device holds, for the settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DeviceView {
    /// Name of the device, as the server's list has it.
    pub name: String,
    /// Version of the app.
    pub version: String,
    /// Folder of the profile and the encrypted copy.
    pub data_folder: String,
    /// Folder that packs are written to.
    pub documents_folder: String,
    /// Bytes of the encrypted copy.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Each company's events on this device: name, and how many.
    #[ts(type = "[string, number][]")]
    pub copies: Vec<(String, u64)>,
    /// Until when the copy opens without contact, RFC 3339 UTC; `None` before the first contact.
    pub lease_end: Option<String>,
    /// Public key with which this device signs packs, hexadecimal; `None` before the first.
    pub key: Option<String>,
    /// Until when the company's certificate of that key holds, RFC 3339 UTC.
    pub certified_until: Option<String>,
    /// The person's other devices that the company has certified, the newest first.
    pub others: Vec<OtherDevice>,
}

/// Another device of the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct OtherDevice {
    /// Public key with which it signs packs, hexadecimal.
    pub key: String,
    /// Until when its certificate holds, RFC 3339 UTC.
    pub certified_until: String,
    /// Whether that is over.
    pub over: bool,
}

impl Desk {
    /// What this device holds.
    pub fn device(&self) -> Result<DeviceView, Fault> {
        let reading = self.reading()?;
        let lease_end = self.lease_end()?.map(|end| end.to_string());
        let path = lock(&self.state).profile.vault(self.host.data_dir()).map(|(path, _)| path);
        let bytes = path.and_then(|path| std::fs::metadata(path).ok()).map_or(0, |meta| meta.len());
        let reader = lock(&reading.reader);
        let key = reader.setting(crate::enrol::DEVICE_PUBLIC)?;
        let (own, mut others): (Vec<_>, Vec<_>) = reader
            .rows_with_prefix(&reading.tenant, Table::Device, &format!("{}/", reading.person), None)?
            .into_iter()
            .filter_map(|(_, row)| if let Row::Device(device) = row.row { Some(device) } else { None })
            .partition(|device| Some(&device.public) == key.as_ref());
        others.sort_by_key(|other| std::cmp::Reverse(other.not_after));
        let now = self.host.now();
        Ok(DeviceView {
            name: self.host.device_name(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            data_folder: self.host.data_dir().display().to_string(),
            documents_folder: self.host.documents_dir().display().to_string(),
            bytes,
            copies: reader.tenants()?.into_iter().map(|copy| (copy.name, copy.cursor)).collect(),
            lease_end,
            key,
            certified_until: own.first().map(|device| device.not_after.to_string()),
            others: others
                .into_iter()
                .map(|other| OtherDevice {
                    over: other.not_after < now,
                    certified_until: other.not_after.to_string(),
                    key: other.public,
                })
                .collect(),
        })
    }

    /// The report for support, as it would be saved.
    pub fn diagnostics(&self) -> Result<String, Fault> {
        let sync = self.sync_state();
        let found = self.doctor()?;
        let checks: Vec<_> = found
            .checks
            .iter()
            .enumerate()
            .map(|(number, check)| {
                // Companies are counted, not named; whatever else is a path or an address is left out.
                let detail = match check.code.as_str() {
                    "tenant" => {
                        let counts = check.detail.split_once(": ").map_or("", |(_, counts)| counts);
                        format!("company {number}: {counts}")
                    }
                    "vault_content" => check.detail.clone(),
                    _ => String::new(),
                };
                json!({ "check": check.code, "works": check.works, "detail": detail })
            })
            .collect();
        let policy = match self.policy() {
            Ok(policy) => json!({
                "file": policy.file.is_some(),
                "server_from": policy.server.source,
                "lock_after_minutes": shown(&policy.lock_after_minutes),
                "lease_hours": shown(&policy.lease_hours),
            }),
            Err(fault) => json!({ "fault": fault.code.text() }),
        };
        let text = json!({
            "made_at": self.host.now().to_string(),
            "app": { "version": env!("CARGO_PKG_VERSION"), "os": std::env::consts::OS, "arch": std::env::consts::ARCH },
            "connection": {
                "state": sync.state, "code": sync.code, "position": sync.cursor, "head": sync.head,
                "last_contact": sync.last_contact, "unsent": sync.unsent, "refused": sync.refused,
            },
            "checks": checks,
            "policy": policy,
        });
        Ok(serde_json::to_string_pretty(&text).unwrap_or_default())
    }

    /// Saves the report for support in the documents folder; returns its path.
    pub fn save_diagnostics(&self) -> Result<String, Fault> {
        let text = self.diagnostics()?;
        let date = self.host.now().strftime("%Y-%m-%d_%H%M%S");
        let path: PathBuf = self.host.documents_dir().join(format!("boardroom-diagnostics_{date}.json"));
        write_whole(&path, text.as_bytes())?;
        lock(&self.written).push(path.clone());
        Ok(path.display().to_string())
    }
}

fn shown<T: Serialize>(setting: &InForce<T>) -> serde_json::Value {
    json!({ "value": setting.value, "from": setting.source })
}

#[cfg(test)]
mod tests {
    use board_domain::{Device, Fact, PersonId, Role};

    use crate::testing::{
        desk,
        log::{Log, at, founded, tenant},
    };

    #[test]
    fn the_other_devices_are_the_persons_own_and_say_whether_they_still_count() {
        let certified = |person: &str, key: &str, second| {
            let device = Device::from_now(PersonId::new(person).unwrap(), key.repeat(32), at(second));
            Fact::DeviceCertified { device }
        };
        let month = 30 * 86_400;
        let mut log = Log::new();
        log.fact(&founded(&tenant()))
            .fact(&certified("kari", "aa", 0))
            .fact(&certified("kari", "bb", month))
            .fact(&certified("henrik", "cc", month));
        let desk = desk(&log, Role::Director, at(month + 60));
        desk.unlock().unwrap();
        let device = desk.device().unwrap();
        let others: Vec<_> = device.others.iter().map(|other| (&other.key[..2], other.over)).collect();
        assert_eq!(others, [("bb", false), ("aa", true)]);
        assert_eq!(device.key, None);
    }
}
