//! Names of things: tenants, people, programmes, reports. Not their content.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why a name was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an id has 1 to 64 characters out of a-z, 0-9, hyphen and underscore, and starts with a letter or digit"
)]
pub struct IdError;

fn well_formed(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
        && text.as_bytes()[0].is_ascii_alphanumeric()
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, TS)]
        #[ts(export, type = "string")]
        pub struct $name(String);

        impl $name {
            /// Accepts 1-64 of `a-z 0-9 - _`, starting with a letter or digit.
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                if well_formed(&text) { Ok(Self(text)) } else { Err(IdError) }
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(
    /// A company, for example `fjordlys`.
    TenantId
);
id!(
    /// A person; the same across tenants of one server.
    PersonId
);
id!(
    /// A programme within a tenant, for example `language`.
    ProgrammeId
);
id!(
    /// A metric, for example `sroi`.
    MetricId
);
id!(
    /// A dashboard within a tenant.
    DashboardId
);
id!(
    /// A report within a tenant.
    ReportId
);
id!(
    /// A redacted snippet within a tenant.
    EvidenceId
);
id!(
    /// A note among those of its author.
    NoteId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_are_refused() {
        assert_eq!(TenantId::new("fjordlys-2").unwrap().as_str(), "fjordlys-2");
        for text in ["", "-a", "Fjord", "a/b", "a b", "../x", "a\0", "ø", &"a".repeat(65)] {
            assert_eq!(TenantId::new(text), Err(IdError), "{text:?}");
        }
        assert!(serde_json::from_str::<TenantId>("\"a/b\"").is_err());
    }
}
