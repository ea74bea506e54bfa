//! Signing in, unlocking and signing out: where keys and tokens meet the vault. Unlocking never touches the network.

use std::{
    path::Path,
    sync::{Arc, Mutex},
};

use board_domain::wire::TenantEntry;
use board_sync::{ServerUrl, SyncError, TokenKeeper};
use board_vault::{OpenError, Reader, Vault, VaultKey};
use jiff::Timestamp;

use crate::{
    desk::{Desk, Open, lock},
    fault::{Code, Fault},
    host::Host,
    policy::SettingSource,
    preview::Preview,
    profile::Profile,
    view::SessionView,
};

/// Keeps the refresh token in the host's secret store.
pub(crate) struct HostKeeper {
    host: Arc<dyn Host>,
    name: String,
}

impl HostKeeper {
    pub(crate) fn new(host: Arc<dyn Host>, secrets: &str) -> Self {
        Self { host, name: format!("{secrets}/refresh") }
    }
}

impl TokenKeeper for HostKeeper {
    fn load(&self) -> Option<String> {
        self.host.secret(&self.name).ok().flatten().map(|token| token.to_string())
    }

    fn store(&self, refresh: &str) {
        if let Err(error) = self.host.keep_secret(&self.name, refresh) {
            tracing::error!(%error, "the session could not be kept; the next start will ask to sign in again");
        }
    }

    fn clear(&self) {
        if let Err(error) = self.host.forget_secret(&self.name) {
            tracing::warn!(%error, "the session could not be forgotten");
        }
    }
}

impl Desk {
    /// Signs in at a server and opens, or makes, the vault of this person.
    pub async fn sign_in(&self, server: &str, email: &str, password: &str) -> Result<SessionView, Fault> {
        let server = ServerUrl::parse(server).map_err(|error| Fault::new(Code::ServerAddress, error))?;
        let settled = self.policy()?.server;
        if settled.source == SettingSource::Enforced
            && settled.value.as_deref() != Some(server.to_string().as_str())
        {
            return Err(Fault::new(Code::Forbidden, "the administrator settled another server"));
        }
        // Before the password travels: without a place for the key there is nothing to sign in to.
        self.host.secret("boardroom/probe")?;
        let signed_in = board_sync::sign_in(&server, email, password, &self.host.device_name()).await?;
        let tokens = &signed_in.tokens;
        let mut profile = lock(&self.state).profile.clone();
        profile.server = Some(server.to_string());
        profile.email = Some(email.trim().to_lowercase());
        profile.person = Some(tokens.person.clone());
        profile.name.clone_from(&tokens.name);
        let open = self.open_or_make(&profile, server, &signed_in.tenants)?;
        HostKeeper::new(self.host.clone(), &open.secrets).store(&tokens.refresh_token);
        self.enter(profile, open)
    }

    /// Opens the vault on this device. Touches no network.
    pub fn unlock(&self) -> Result<SessionView, Fault> {
        let profile = {
            let state = lock(&self.state);
            if state.open.is_some() {
                drop(state);
                return self.session();
            }
            state.profile.clone()
        };
        let (path, secrets) = profile.vault(self.host.data_dir()).ok_or(Code::SignedOut)?;
        if !path.exists() {
            return Err(Code::SignedOut.into());
        }
        let lease = self.policy()?.lease_hours.value;
        let key = self.key(&secrets)?.ok_or(Code::KeyLost)?;
        let (vault, reader) = match Vault::open(&path, &key) {
            Ok(vault) => {
                let reader = vault.reader()?;
                (Some(vault), reader)
            }
            // The window is open and this is a command, or the other way round.
            Err(OpenError::Busy) => (None, Reader::open(&path, &key)?),
            Err(error) => return Err(error.into()),
        };
        let server = profile.server.as_deref().unwrap_or_default();
        let server = ServerUrl::parse(server).map_err(|error| Fault::new(Code::ServerAddress, error))?;
        let open = opened(vault, reader, server, &profile, secrets)?;
        let over = lease_end(&lock(&open.reader), lease)?.is_some_and(|end| self.host.now() > end);
        if over {
            return Err(Code::LeaseEnded.into());
        }
        self.enter(profile, open)
    }

    /// Until when the open copy may be used without contact; `None` before the first contact.
    pub fn lease_end(&self) -> Result<Option<Timestamp>, Fault> {
        let lease = self.policy()?.lease_hours.value;
        let state = lock(&self.state);
        let open = state.open.as_ref().ok_or(Code::Locked)?;
        let reader = lock(&open.reader);
        lease_end(&reader, lease)
    }

    /// Locks where the copy was without contact for longer than it may be; whether it did.
    pub fn lock_after_lease(&self) -> bool {
        let over = self.lease_end().ok().flatten().is_some_and(|end| self.host.now() > end);
        over && self.lock().is_ok()
    }

    /// Closes the vault; the data stays, encrypted.
    pub fn lock(&self) -> Result<SessionView, Fault> {
        *lock(&self.preview) = Preview::default();
        let open = lock(&self.state).open.take();
        if let Some(syncer) = open.and_then(|open| open.syncer) {
            self.runtime.spawn(syncer.stop());
        }
        self.stir();
        self.session()
    }

    /// Ends the session and removes the data and the keys from this device.
    ///
    /// Refused while commands are unsent: they exist nowhere else.
    pub fn sign_out(&self) -> Result<SessionView, Fault> {
        let profile = lock(&self.state).profile.clone();
        if let Some(open) = &lock(&self.state).open {
            let reader = lock(&open.reader);
            for copy in reader.tenants()? {
                let unsent = reader.pending(&copy.id)?.len();
                if unsent > 0 {
                    return Err(Fault::new(
                        Code::ServerRefused,
                        format!("{unsent} commands are not sent yet"),
                    ));
                }
            }
        }
        self.lock()?;
        if let Some((path, secrets)) = profile.vault(self.host.data_dir()) {
            for name in ["key", "refresh", "device"] {
                self.host.forget_secret(&format!("{secrets}/{name}"))?;
            }
            remove_vault(&path)?;
        }
        let mut state = lock(&self.state);
        state.profile = Profile {
            server: profile.server,
            locale: profile.locale,
            theme: profile.theme,
            lock_after_minutes: profile.lock_after_minutes,
            told_it_goes_on: profile.told_it_goes_on,
            ..Profile::default()
        };
        state.profile.write(self.host.data_dir())?;
        drop(state);
        self.session()
    }

    /// The credentials of the open session, for a one-shot sync.
    pub(crate) fn key(&self, secrets: &str) -> Result<Option<VaultKey>, Fault> {
        let Some(hex) = self.host.secret(&format!("{secrets}/key"))? else { return Ok(None) };
        VaultKey::from_hex(&hex).map(Some).ok_or_else(|| Fault::new(Code::KeyWrong, "the key does not read"))
    }

    fn enter(&self, mut profile: Profile, mut open: Open) -> Result<SessionView, Fault> {
        let known = lock(&open.reader).tenants()?;
        let remembered = profile.tenant.take().filter(|id| known.iter().any(|copy| copy.id == *id));
        open.tenant = remembered.or_else(|| known.first().map(|copy| copy.id.clone()));
        if open.tenant.is_none() {
            return Err(Code::NoTenant.into());
        }
        profile.tenant.clone_from(&open.tenant);
        profile.write(self.host.data_dir())?;
        let mut state = lock(&self.state);
        state.profile = profile;
        state.open = Some(open);
        drop(state);
        self.stir();
        self.session()
    }

    /// Where a vault that cannot be used is kept.
    fn aside(&self, path: &Path) -> std::path::PathBuf {
        with_suffix(path, &format!(".set-aside-{}", self.host.now().as_second()))
    }

    /// Opens the person's vault, or makes one where there is none or its key is gone.
    fn open_or_make(
        &self,
        profile: &Profile,
        server: ServerUrl,
        tenants: &[TenantEntry],
    ) -> Result<Open, Fault> {
        let (path, secrets) = profile.vault(self.host.data_dir()).ok_or(Code::SignedOut)?;
        std::fs::create_dir_all(self.host.data_dir()).map_err(|error| Fault::new(Code::File, error))?;
        let known = match (path.exists(), self.key(&secrets)?) {
            (true, Some(key)) => match Vault::open(&path, &key) {
                Ok(vault) => Some(vault),
                Err(OpenError::Corrupt) => {
                    let rescued = Vault::rescue(&path, &key, &self.aside(&path))?;
                    let (commands, lost) = (rescued.commands, rescued.lost.len());
                    tracing::warn!(commands, lost, "the vault was damaged; it is set aside and filled anew");
                    Some(Vault::open(&path, &key)?)
                }
                Err(error @ OpenError::KeyWrong) => {
                    tracing::warn!(%error, "the vault does not open; it is set aside and filled anew");
                    set_aside(&path, &self.aside(&path))?;
                    None
                }
                Err(error) => return Err(error.into()),
            },
            (true, None) => {
                tracing::warn!("the vault's key is gone; the file is set aside and a new one filled");
                set_aside(&path, &self.aside(&path))?;
                None
            }
            (false, _) => None,
        };
        let mut vault = if let Some(vault) = known {
            vault
        } else {
            let key = VaultKey::generate()?;
            self.host.keep_secret(&format!("{secrets}/key"), &key.to_hex())?;
            Vault::create(&path, &key)?
        };
        for copy in vault.tenants()? {
            if !tenants.iter().any(|entry| entry.id == copy.id) {
                vault.leave_tenant(&copy.id)?;
            }
        }
        for entry in tenants {
            vault.enter_tenant(entry)?;
        }
        let reader = vault.reader()?;
        opened(Some(vault), reader, server, profile, secrets)
    }
}

/// The newest contact with the server, and the hours after it.
fn lease_end(reader: &Reader, hours: u32) -> Result<Option<Timestamp>, Fault> {
    let contact = reader.tenants()?.into_iter().filter_map(|copy| copy.last_contact).max();
    let lease = std::time::Duration::from_secs(u64::from(hours) * 3_600);
    Ok(contact.map(|contact| contact.checked_add(lease).unwrap_or(Timestamp::MAX)))
}

fn opened(
    vault: Option<Vault>,
    reader: Reader,
    server: ServerUrl,
    profile: &Profile,
    secrets: String,
) -> Result<Open, Fault> {
    Ok(Open {
        vault: vault.map(|vault| Arc::new(Mutex::new(vault))),
        reader: Arc::new(Mutex::new(reader)),
        server,
        person: profile.person.clone().ok_or(Code::SignedOut)?,
        secrets,
        tenant: None,
        syncer: None,
    })
}

/// Renames a vault that does not open, so that nothing is lost that somebody might still read.
fn set_aside(path: &Path, aside: &Path) -> Result<(), Fault> {
    for suffix in ["", "-wal", "-shm"] {
        let from = with_suffix(path, suffix);
        if from.exists() {
            std::fs::rename(&from, with_suffix(aside, suffix))
                .map_err(|error| Fault::new(Code::File, error))?;
        }
    }
    Ok(())
}

fn remove_vault(path: &Path) -> Result<(), Fault> {
    for suffix in ["", "-wal", "-shm"] {
        match std::fs::remove_file(with_suffix(path, suffix)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Fault::new(Code::File, error));
            }
            _ => (),
        }
    }
    Ok(())
}

fn with_suffix(path: &Path, suffix: &str) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

impl From<SyncError> for Fault {
    fn from(error: SyncError) -> Self {
        let code = match error.code() {
            "sync.offline" | "sync.tls" => Code::Offline,
            "sync.unauthorised" => Code::WrongPassword,
            "sync.not_our_server" => Code::NotOurServer,
            _ => Code::ServerRefused,
        };
        Self::new(code, error)
    }
}
