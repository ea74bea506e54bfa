//! Settings of the server: defaults, then a TOML file, then `BOARDROOM_*`, then flags. Not the tenants' settings.

use std::{net::SocketAddr, path::PathBuf};

use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};

use crate::{
    secret::Secret,
    store::{OpenError, Store, copy::Place},
};

/// Where the server listens and keeps its data.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Folder of the store.
    pub data: PathBuf,
    /// Where the store is, `postgres://…`; none keeps it in a file of the data folder. It may hold a password.
    pub store: Option<Secret>,
    /// Key that encrypts the store's file; none leaves it plain.
    pub key: Option<Secret>,
    /// Log filter, for example `info,board_server=debug`.
    pub log: String,
    /// Whether log lines are JSON.
    pub log_json: bool,
    /// Works on the calling task instead of on threads; for simulations, and no setting of a file.
    #[serde(skip)]
    pub inline: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8787)),
            data: PathBuf::from("boardroom-data"),
            store: None,
            key: None,
            log: "info".into(),
            log_json: false,
            inline: false,
        }
    }
}

/// Settings given as flags; only those given override the rest.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Flags {
    /// Address and port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// Folder of the store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<PathBuf>,
    /// Where the store is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
    /// Log filter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// Whether log lines are JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_json: Option<bool>,
}

/// The settings do not read.
#[derive(Debug, thiserror::Error)]
#[error("the settings do not read: {0}")]
pub struct ConfigError(#[from] Box<figment::Error>);

impl Config {
    /// Name of the store's file in the data folder.
    pub const FILE: &'static str = "boardroom.db";

    /// Reads file, environment and flags, later ones over earlier ones. A file that was named must exist.
    pub fn read(file: Option<PathBuf>, flags: &Flags) -> Result<Self, ConfigError> {
        let mut figment = Figment::new();
        if let Some(file) = file {
            figment = figment.merge(Toml::file_exact(file));
        }
        figment
            .merge(Env::prefixed("BOARDROOM_").only(&["listen", "data", "store", "key", "log", "log_json"]))
            .merge(Serialized::defaults(flags))
            .extract()
            .map_err(|error| ConfigError(Box::new(error)))
    }

    /// The store, for copies of it.
    pub fn copied(&self) -> Place {
        match &self.store {
            Some(address) => Place::Server(address.clone()),
            None => Place::File(self.file(), self.key.clone()),
        }
    }

    /// Where the store is, without its password.
    pub fn place(&self) -> Result<String, OpenError> {
        match &self.store {
            Some(address) => Store::place(address),
            None => Ok(self.file().display().to_string()),
        }
    }

    /// Path of the store's file.
    pub fn file(&self) -> PathBuf {
        self.data.join(Self::FILE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::result_large_err)]
    fn flags_win_over_environment_over_file_over_defaults() {
        figment::Jail::expect_with(|jail| {
            jail.create_file("server.toml", "listen = '127.0.0.1:1'\ndata = 'from-file'\nlog = 'warn'")?;
            jail.set_env("BOARDROOM_DATA", "from-env");
            jail.set_env("BOARDROOM_KEY", "k");
            let flags = Flags { listen: Some("127.0.0.1:3".parse().unwrap()), ..Flags::default() };
            let config = Config::read(Some("server.toml".into()), &flags).unwrap();
            assert_eq!(config.listen.port(), 3);
            assert_eq!(config.data, PathBuf::from("from-env"));
            assert_eq!(config.log, "warn");
            assert_eq!(config.key.unwrap().reveal(), "k");
            assert!(config.store.is_none());
            jail.set_env("BOARDROOM_STORE", "postgres://u:hunter2@env/b");
            let config = Config::read(None, &Flags::default()).unwrap();
            assert_eq!(config.store.as_ref().unwrap().reveal(), "postgres://u:hunter2@env/b");
            assert!(!format!("{config:?}").contains("hunter2"));
            let flags = Flags { store: Some("postgres://flag/b".into()), ..Flags::default() };
            assert_eq!(Config::read(None, &flags).unwrap().store.unwrap().reveal(), "postgres://flag/b");
            Ok(())
        });
    }

    #[test]
    #[allow(clippy::result_large_err)]
    fn misspelt_settings_and_missing_files_are_refused() {
        figment::Jail::expect_with(|jail| {
            jail.create_file("server.toml", "lissten = '127.0.0.1:1'")?;
            assert!(Config::read(Some("server.toml".into()), &Flags::default()).is_err());
            assert!(Config::read(Some("absent.toml".into()), &Flags::default()).is_err());
            Ok(())
        });
    }
}
