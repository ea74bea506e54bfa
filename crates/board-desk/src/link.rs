//! Links that open the app at a place: `boardroom://COMPANY/SCREEN/ID`. A link names a place and can do nothing: what it names
//! is looked up with the rights of whoever follows it.

use board_domain::{DashboardId, ReportId, TenantId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A place in the app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Link {
    /// The company.
    pub tenant: String,
    /// `dashboard`, `report`, `reports`, `notes`, `ready`, `verify` or `settings`.
    pub screen: String,
    /// The dashboard or the report.
    pub id: Option<String>,
}

impl Link {
    /// Reads a link; `None` for anything else. What follows `?` or `#` is not looked at.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = (text.len() <= 300).then_some(text)?.strip_prefix("boardroom://")?;
        let rest = rest.split(['?', '#']).next()?.trim_end_matches('/');
        let mut parts = rest.split('/');
        let tenant = TenantId::new(parts.next()?).ok()?.to_string();
        let (screen, id) = (parts.next()?, parts.next());
        if parts.next().is_some() {
            return None;
        }
        let known = match (screen, id) {
            ("dashboard", Some(id)) => DashboardId::new(id).is_ok(),
            ("report", Some(id)) => ReportId::new(id).is_ok(),
            ("reports" | "notes" | "ready" | "verify" | "settings", None) => true,
            _ => false,
        };
        known.then(|| Self { tenant, screen: screen.to_owned(), id: id.map(str::to_owned) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_read_and_everything_else_does_not() {
        let link = Link::parse("boardroom://fjordlys/report/q3-2026?from=mail#top").unwrap();
        assert_eq!(
            (link.tenant.as_str(), link.screen.as_str(), link.id.as_deref()),
            ("fjordlys", "report", Some("q3-2026"))
        );
        assert_eq!(Link::parse("boardroom://fjordlys/notes/").unwrap().screen, "notes");
        for bad in [
            "",
            "boardroom://",
            "boardroom://fjordlys",
            "boardroom://fjordlys/report",
            "boardroom://fjordlys/report/../../etc",
            "boardroom://fjordlys/notes/n-1",
            "boardroom://fjord lys/notes",
            "boardroom://fjordlys/javascript/x",
            "https://fjordlys/notes",
            &format!("boardroom://fjordlys/report/{}", "a".repeat(500)),
        ] {
            assert_eq!(Link::parse(bad), None, "{bad}");
        }
    }
}
