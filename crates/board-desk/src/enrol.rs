//! This device's signing key, and the company's certificate for it. Made once and renewed with each contact; an export
//! offline uses what is here.

use board_domain::{Command, Device, Permission, PersonId, Row, Table, TenantId};
use board_packs::SigningKey;
use board_vault::Reader;
use jiff::Timestamp;

use crate::{
    desk::{Desk, lock},
    fault::{Code, Fault},
    host::Host,
};

/// Setting of the vault that holds the device's public key, hexadecimal.
pub(crate) const DEVICE_PUBLIC: &str = "device_public_key";

/// The device's signing key, made where there is none; the secret half is in the host's secret store.
pub(crate) fn device_key(host: &dyn Host, secrets: &str) -> Result<SigningKey, Fault> {
    let name = format!("{secrets}/device");
    let mut bytes = zeroize::Zeroizing::new([0; 32]);
    if let Some(hex) = host.secret(&name)? {
        hex::decode_to_slice(hex.as_str(), bytes.as_mut())
            .map_err(|_| Fault::new(Code::KeyringFailed, "the device key does not read"))?;
    } else {
        getrandom::fill(bytes.as_mut()).map_err(|error| Fault::new(Code::PackFailed, error))?;
        let hex = zeroize::Zeroizing::new(hex::encode(bytes.as_ref()));
        host.keep_secret(&name, &hex)?;
    }
    Ok(SigningKey::from_bytes(&bytes))
}

/// A public key as it is written.
pub(crate) fn public(key: &SigningKey) -> String {
    hex::encode(key.verifying_key().to_bytes())
}

/// The device as the log knows it.
pub(crate) fn enrolled(
    reader: &Reader,
    tenant: &TenantId,
    person: &PersonId,
    public: &str,
) -> Result<Option<Device>, Fault> {
    let key = format!("{person}/{public}");
    let row = reader.row(tenant, Table::Device, &key, None)?;
    Ok(row.and_then(|row| if let Row::Device(device) = row.row { Some(device) } else { None }))
}

impl Desk {
    /// Asks each company in which the person may export to certify this device, where its certificate is missing or half
    /// over. Changes nothing beside another process that writes.
    pub(crate) fn enrol(&self) -> Result<(), Fault> {
        let state = lock(&self.state);
        let open = state.open.as_ref().ok_or(Code::Locked)?;
        let Ok(vault) = open.writable() else { return Ok(()) };
        let (reader, now) = (lock(&open.reader), self.host.now());
        let mut wanted = Vec::new();
        let mut key = None;
        for copy in reader.tenants()?.into_iter().filter(|copy| copy.role.may(Permission::ExportApproved)) {
            if key.is_none() {
                key = Some(public(&device_key(self.host.as_ref(), &open.secrets)?));
            }
            let public = key.clone().unwrap_or_default();
            if due(&reader, &copy.id, &open.person, &public, now)? {
                wanted.push((copy.id, Command::EnrolDevice { public }));
            }
        }
        drop(reader);
        let mut vault = lock(vault);
        if let Some(key) = key.filter(|_| !wanted.is_empty()) {
            vault.set_setting(DEVICE_PUBLIC, &key)?;
        }
        for (tenant, command) in wanted {
            vault.enqueue(&tenant, &command, now)?;
        }
        Ok(())
    }
}

fn due(
    reader: &Reader,
    tenant: &TenantId,
    person: &PersonId,
    public: &str,
    now: Timestamp,
) -> Result<bool, Fault> {
    if enrolled(reader, tenant, person, public)?.is_some_and(|device| !device.is_due(now)) {
        return Ok(false);
    }
    let asked = |command: &Command| matches!(command, Command::EnrolDevice { public: key } if key == public);
    Ok(!reader.pending(tenant)?.iter().any(|pending| asked(&pending.envelope.command)))
}
