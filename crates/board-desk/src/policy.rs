//! What the administrator of this computer settled: a file that IT installs, and the settings in force with where each
//! comes from.
//!
//! `enforced` wins over the person's choice, the choice over `defaults`, those over what is built in. A file that does not
//! read stops unlocking and signing in: a policy that says nothing must not be mistaken for none.

use std::path::Path;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    desk::{Desk, lock},
    fault::{Code, Fault},
};

/// Largest policy file, bytes.
const MAX_FILE: u64 = 64 * 1024;
/// Minutes without use after which the window locks: bounds and what is built in.
const LOCK_MINUTES: (u16, u16, u16) = (1, 240, 15);
/// Hours that a copy may be opened without contact: bounds and what is built in.
const LEASE_HOURS: (u32, u32, u32) = (1, 90 * 24, 14 * 24);

/// The file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    /// Who set it, shown to the person.
    by: String,
    defaults: Values,
    enforced: Values,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Values {
    server: Option<String>,
    lock_after_minutes: Option<u16>,
    lease_hours: Option<u32>,
}

/// Where a setting comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SettingSource {
    /// Part of the app.
    BuiltIn,
    /// The administrator's default.
    Default,
    /// The person's own choice.
    Yours,
    /// The administrator's, and not to be changed here.
    Enforced,
}

/// A setting in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct InForce<T> {
    /// Its value.
    pub value: T,
    /// Where it comes from.
    pub source: SettingSource,
}

/// The settings in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PolicyView {
    /// The file, where there is one.
    pub file: Option<String>,
    /// Who set it, in their own words; may be empty.
    pub by: String,
    /// The server to sign in to; `None` where nobody named one.
    pub server: InForce<Option<String>>,
    /// Minutes without use after which the window locks.
    pub lock_after_minutes: InForce<u16>,
    /// Hours that this device's copy can be opened without contact with the server.
    pub lease_hours: InForce<u32>,
}

impl Desk {
    /// The settings in force; [`Code::Policy`] where the administrator's file does not read.
    pub fn policy(&self) -> Result<PolicyView, Fault> {
        let path = self.host.policy_file();
        let file = read(&path)?;
        let profile = lock(&self.state).profile.clone();
        let there = file.is_some();
        let file = file.unwrap_or_default();
        let (defaults, enforced) = (file.defaults, file.enforced);
        let (_, _, minutes) = LOCK_MINUTES;
        let (_, _, hours) = LEASE_HOURS;
        Ok(PolicyView {
            file: there.then(|| path.display().to_string()),
            by: file.by,
            server: in_force(
                enforced.server.map(Some),
                profile.server.map(Some),
                defaults.server.map(Some),
                None,
            ),
            lock_after_minutes: in_force(
                enforced.lock_after_minutes,
                profile.lock_after_minutes,
                defaults.lock_after_minutes,
                minutes,
            ),
            lease_hours: in_force(enforced.lease_hours, None, defaults.lease_hours, hours),
        })
    }

    /// Chooses how long the window may be unused before it locks; `None` takes the administrator's or the app's own.
    pub fn set_lock_after(&self, minutes: Option<u16>) -> Result<PolicyView, Fault> {
        let (least, most, _) = LOCK_MINUTES;
        if minutes.is_some_and(|minutes| !(least..=most).contains(&minutes)) {
            return Err(Fault::new(Code::Malformed, format!("{least} to {most} minutes")));
        }
        if self.policy()?.lock_after_minutes.source == SettingSource::Enforced {
            return Err(Fault::new(Code::Forbidden, "lock_after_minutes is enforced"));
        }
        let mut state = lock(&self.state);
        state.profile.lock_after_minutes = minutes;
        state.profile.write(self.host.data_dir())?;
        drop(state);
        self.policy()
    }
}

fn in_force<T>(enforced: Option<T>, own: Option<T>, default: Option<T>, built_in: T) -> InForce<T> {
    match (enforced, own, default) {
        (Some(value), ..) => InForce { value, source: SettingSource::Enforced },
        (_, Some(value), _) => InForce { value, source: SettingSource::Yours },
        (.., Some(value)) => InForce { value, source: SettingSource::Default },
        _ => InForce { value: built_in, source: SettingSource::BuiltIn },
    }
}

/// The file; `None` where there is none.
fn read(path: &Path) -> Result<Option<File>, Fault> {
    let fault =
        |error: &dyn std::fmt::Display| Fault::new(Code::Policy, format!("{}: {error}", path.display()));
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fault(&error)),
        Ok(meta) if meta.len() > MAX_FILE => return Err(fault(&format!("larger than {MAX_FILE} bytes"))),
        Ok(_) => (),
    }
    let bytes = std::fs::read(path).map_err(|error| fault(&error))?;
    // An empty list would read as a file without settings.
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(&bytes).map_err(|error| fault(&error))?;
    let mut file: File = serde_json::from_value(object.into()).map_err(|error| fault(&error))?;
    for values in [&mut file.defaults, &mut file.enforced] {
        let (least, most, _) = LOCK_MINUTES;
        if values.lock_after_minutes.is_some_and(|minutes| !(least..=most).contains(&minutes)) {
            return Err(fault(&format!("lock_after_minutes is {least} to {most}")));
        }
        let (least, most, _) = LEASE_HOURS;
        if values.lease_hours.is_some_and(|hours| !(least..=most).contains(&hours)) {
            return Err(fault(&format!("lease_hours is {least} to {most}")));
        }
        if let Some(server) = &mut values.server {
            *server = board_sync::ServerUrl::parse(server).map_err(|error| fault(&error))?.to_string();
        }
    }
    if file.by.chars().count() > 200 {
        return Err(fault(&"by has at most 200 characters"));
    }
    Ok(Some(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Result<Option<File>, Fault> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy.json");
        std::fs::write(&path, text).unwrap();
        read(&path)
    }

    #[test]
    fn a_file_that_is_not_there_settles_nothing_and_one_that_does_not_read_is_a_fault() {
        assert_eq!(read(Path::new("/nonexistent/policy.json")).unwrap(), None);
        let read = file(r#"{ "by": "IT", "enforced": { "lease_hours": 72 } }"#).unwrap().unwrap();
        assert_eq!((read.by.as_str(), read.enforced.lease_hours), ("IT", Some(72)));
        for bad in [
            "",
            "[]",
            "{ \"enforced\": { \"leash_hours\": 72 } }",
            r#"{ "enforced": { "lease_hours": 0 } }"#,
            r#"{ "enforced": { "lease_hours": 999999 } }"#,
            r#"{ "defaults": { "lock_after_minutes": 0 } }"#,
            r#"{ "enforced": { "server": "ftp://boards.example" } }"#,
            r#"{ "enforced": { "server": "http://boards.example" } }"#,
            &"[".repeat(100_000),
        ] {
            assert_eq!(file(bad).unwrap_err().code, Code::Policy, "{}", &bad[..bad.len().min(60)]);
        }
    }

    #[test]
    fn what_is_enforced_wins_then_the_own_choice_then_the_default() {
        let source = |enforced, own, default| in_force(enforced, own, default, 9);
        assert_eq!(source(Some(1), Some(2), Some(3)), InForce { value: 1, source: SettingSource::Enforced });
        assert_eq!(source(None, Some(2), Some(3)), InForce { value: 2, source: SettingSource::Yours });
        assert_eq!(source(None, None, Some(3)), InForce { value: 3, source: SettingSource::Default });
        assert_eq!(source(None, None, None), InForce { value: 9, source: SettingSource::BuiltIn });
    }
}
