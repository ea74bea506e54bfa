//! A company, its people and its programmes. Not their accounts: passwords and sessions belong to the server.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Currency, Locale, PersonId, ProgrammeId, Role, TenantId, Watermark, Words};

/// A company and its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Tenant {
    /// Id, also its slug.
    pub id: TenantId,
    /// Company name.
    pub name: String,
    /// Short name for file names, ASCII.
    pub short_name: String,
    /// Language of packs unless asked otherwise.
    pub locale: Locale,
    /// IANA time zone that decides its calendar.
    pub zone: String,
    /// Currency of its money figures.
    pub currency: Currency,
    /// Industry of its benchmark cohort.
    pub industry: String,
    /// Employees, for its benchmark cohort.
    pub employees: u32,
    /// Brand colour, `#RRGGBB`.
    pub accent: String,
    /// Watermark settings.
    pub watermark: Watermark,
    /// The organisation that looks after it, if any.
    pub partner: Option<String>,
    /// Whether its figures may be counted in what other companies are told of their cohort.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(as = "Option<bool>", optional)]
    pub benchmark_consent: bool,
}

/// A person and their role in the tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Person {
    /// Id.
    pub id: PersonId,
    /// Name as shown.
    pub name: String,
    /// Role in this tenant.
    pub role: Role,
}

/// A programme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Programme {
    /// Id.
    pub id: ProgrammeId,
    /// Name.
    pub name: Words,
}
