//! Where a `PostgreSQL` server is and how to get in: the address, its password and its certificate. Not the queries.

use std::{
    error::Error as _,
    path::PathBuf,
    str::FromStr,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use postgres::{
    Client, Config, NoTls,
    config::{Host, SslMode},
    error::SqlState,
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{OpenError, SETTINGS};
use crate::secret::Secret;

const CONNECT: Duration = Duration::from_secs(5);
/// A server that does not take or acknowledge bytes for that long is gone.
const SILENT: Duration = Duration::from_secs(20);
/// Where systems keep the certificates they trust.
const TRUSTED: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// A server's address with everything needed to connect.
pub(in crate::store) struct Server {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    /// Host and database, for messages.
    place: String,
    /// How many connections were lost so far. One that is lost is seldom the only one.
    pub(super) losses: AtomicU64,
}

impl Server {
    /// Reads `postgres://user:password@host/database`. The parameter `sslmode` is `disable`, `require` or `verify-full`;
    /// the last two are the same here and check the certificate and the name, against the file `sslrootcert` or the
    /// system's certificates. Without it, any host but this one gets `require`.
    pub(in crate::store) fn parse(address: &Secret) -> Result<Self, OpenError> {
        let unreadable = |reason: &str| OpenError::Address(reason.to_owned());
        let (base, query) = address.reveal().split_once('?').unwrap_or((address.reveal(), ""));
        let (mut mode, mut roots, mut rest) = (None, None, Vec::new());
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            match parameter.split_once('=') {
                Some(("sslmode", value)) => mode = Some(value),
                Some(("sslrootcert", value)) => roots = Some(PathBuf::from(value)),
                _ => rest.push(parameter),
            }
        }
        // The parser's own words may quote the address, and with it the password.
        let mut config = Config::from_str(&format!("{base}?{}", rest.join("&")))
            .map_err(|_| unreadable("it is no postgres://user:password@host/database"))?;
        let near = config.get_hosts().iter().all(|host| match host {
            Host::Tcp(name) => ["localhost", "127.0.0.1", "::1"].contains(&name.as_str()),
            #[cfg(unix)]
            Host::Unix(_) => true,
        });
        let encrypted = match mode {
            None => !near,
            Some("disable") => false,
            Some("require" | "verify-full") => true,
            Some(_) => return Err(unreadable("sslmode is disable, require or verify-full")),
        };
        config
            .connect_timeout(CONNECT)
            .tcp_user_timeout(SILENT)
            .keepalives_idle(SILENT)
            .application_name("boardroom-server")
            .ssl_mode(if encrypted { SslMode::Require } else { SslMode::Disable });
        let tls = if encrypted { Some(tls(roots)?) } else { None };
        let hosts: Vec<String> = config
            .get_hosts()
            .iter()
            .map(|host| match host {
                Host::Tcp(name) => name.clone(),
                #[cfg(unix)]
                Host::Unix(path) => path.display().to_string(),
            })
            .collect();
        let place = format!("{}/{}", hosts.join(","), config.get_dbname().unwrap_or(""));
        Ok(Self { config, tls, place, losses: AtomicU64::new(0) })
    }

    /// Host and database.
    pub(in crate::store) fn place(&self) -> &str {
        &self.place
    }

    /// A new connection.
    pub(super) fn connect(&self) -> Result<Client, postgres::Error> {
        let mut client = match &self.tls {
            Some(tls) => self.config.connect(tls.clone()),
            None => self.config.connect(NoTls),
        }?;
        client.batch_execute(SETTINGS)?;
        Ok(client)
    }

    /// What a failure to connect or to make the tables means.
    pub(super) fn open_error(&self, error: &postgres::Error) -> OpenError {
        let place = self.place.clone();
        let refused = [SqlState::INVALID_PASSWORD, SqlState::INVALID_AUTHORIZATION_SPECIFICATION];
        match error.as_db_error() {
            Some(refusal) if refused.contains(refusal.code()) => OpenError::Refused { place },
            Some(refusal) => OpenError::Unreachable { place, reason: refusal.message().to_owned() },
            None => {
                if let Some(refusal) = handshake(error) {
                    return OpenError::Untrusted { place, reason: refusal.to_string() };
                }
                let cause = error.source().map(ToString::to_string);
                OpenError::Unreachable { place, reason: cause.unwrap_or_else(|| error.to_string()) }
            }
        }
    }
}

/// What the TLS library refused, where the connection failed on that.
fn handshake(error: &postgres::Error) -> Option<&rustls::Error> {
    let mut cause = error.source();
    while let Some(one) = cause {
        let wrapped = one.downcast_ref::<std::io::Error>().and_then(|error| error.get_ref());
        let refusal = one.downcast_ref().or_else(|| wrapped.and_then(|error| error.downcast_ref()));
        if refusal.is_some() {
            return refusal;
        }
        cause = one.source();
    }
    None
}

fn tls(roots: Option<PathBuf>) -> Result<MakeRustlsConnect, OpenError> {
    let system = || TRUSTED.iter().map(PathBuf::from).find(|path| path.is_file());
    let path = roots.or_else(system).ok_or_else(|| OpenError::Address("sslrootcert is missing".into()))?;
    let unreadable = |reason: String| OpenError::Address(format!("{}: {reason}", path.display()));
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(&path).map_err(|error| unreadable(error.to_string()))? {
        let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
        // A bundle of the system may hold what this library does not take.
        let _ = store.add(certificate);
    }
    if store.is_empty() {
        return Err(unreadable("no certificate".into()));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unreadable(error.to_string()))?
        .with_root_certificates(store)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(address: &str) -> Result<Server, OpenError> {
        Server::parse(&Secret::new(address))
    }

    #[test]
    fn this_host_is_reached_in_the_clear_and_any_other_is_not() {
        for near in
            ["postgres://u:p@localhost/b", "postgres://u@127.0.0.1:5433/b", "postgres://u@%2Frun%2Fpg/b"]
        {
            assert!(parse(near).unwrap().tls.is_none(), "{near}");
        }
        assert!(parse("postgres://u:p@db.example/b").unwrap().tls.is_some());
        assert!(parse("postgres://u:p@db.example/b?sslmode=disable").unwrap().tls.is_none());
        for mode in ["require", "verify-full"] {
            assert!(parse(&format!("postgres://u@localhost/b?sslmode={mode}")).unwrap().tls.is_some());
        }
    }

    #[test]
    fn an_address_that_does_not_read_is_refused_without_repeating_it() {
        for address in [
            "postgres://u:hunter2@h:port/b",
            "postgres://u:hunter2@h/b?sslmode=prefer",
            "postgres://u:hunter2@h/b?wrong=1",
            "postgres://u:hunter2@h/b?sslmode=require&sslrootcert=/nowhere",
            "hunter2",
        ] {
            let Err(error) = parse(address) else { panic!("{address}") };
            assert_eq!(error.code(), "store.address");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
        assert_eq!(parse("postgres://u:hunter2@localhost:1/b").unwrap().place, "localhost/b");
    }
}
