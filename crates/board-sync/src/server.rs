//! The server's address, checked once. Passwords and tokens go nowhere else.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

/// Why an address is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ServerUrlError {
    /// It does not read as an address.
    #[error("write the server's address like https://board.example.com")]
    Malformed,
    /// It would travel in the clear.
    #[error("the address must start with https://")]
    NotSecure,
    /// It carries a user name, a query or a fragment.
    #[error("the address must not carry a user name, a query or a fragment")]
    Extra,
}

/// Address of a sync server: `https`, or `http` to this machine itself.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerUrl(Url);

impl ServerUrl {
    /// Checks an address.
    pub fn parse(text: &str) -> Result<Self, ServerUrlError> {
        let mut url = Url::parse(text.trim()).map_err(|_| ServerUrlError::Malformed)?;
        if url.host_str().is_none_or(str::is_empty) {
            return Err(ServerUrlError::Malformed);
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            _ => return Err(ServerUrlError::NotSecure),
        }
        if !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return Err(ServerUrlError::Extra);
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }

    /// Whether it is this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// An endpoint below `/v1`.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{self}/v1{path}")
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_secure_addresses_and_this_machine_are_accepted() {
        for (text, expected) in [
            ("https://board.example.com", "https://board.example.com"),
            (" https://board.example.com/base/ ", "https://board.example.com/base"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("http://localhost:1", "http://localhost:1"),
        ] {
            let url = ServerUrl::parse(text).unwrap();
            assert_eq!(url.to_string(), expected);
            assert_eq!(url.at("/tenants"), format!("{expected}/v1/tenants"));
        }
        for (text, expected) in [
            ("", ServerUrlError::Malformed),
            ("board.example.com", ServerUrlError::Malformed),
            ("https://", ServerUrlError::Malformed),
            ("http://board.example.com", ServerUrlError::NotSecure),
            ("http://127.0.0.1.example.com", ServerUrlError::NotSecure),
            ("http://localhost.example.com", ServerUrlError::NotSecure),
            ("ftp://127.0.0.1", ServerUrlError::NotSecure),
            ("https://kari:secret@board.example.com", ServerUrlError::Extra),
            ("https://board.example.com/?a=b", ServerUrlError::Extra),
            ("https://board.example.com/#x", ServerUrlError::Extra),
        ] {
            assert_eq!(ServerUrl::parse(text), Err(expected), "{text}");
        }
    }
}
