//! Whether the company is counted in benchmarks: seen by everybody, settled by those who may govern.

use board_domain::{Command, Permission};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{desk::Desk, fault::Fault};

/// Whether the company takes part in benchmarks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConsentView {
    /// Whether its figures are counted, by the newest that this device knows.
    pub takes_part: bool,
    /// What was chosen on this device and waits for the server.
    pub waiting: Option<bool>,
    /// Whether this person may settle it.
    pub may_change: bool,
}

impl Desk {
    /// Whether the open company takes part in benchmarks.
    pub fn benchmark_consent(&self) -> Result<ConsentView, Fault> {
        self.read(None, |lens, reading| {
            let pending = lens.reader.pending(&reading.tenant)?;
            let waiting = pending.iter().rev().find_map(|pending| match pending.envelope.command {
                Command::SetBenchmarkConsent { given } => Some(given),
                _ => None,
            });
            let takes_part = lens.tenant.benchmark_consent;
            Ok(ConsentView { takes_part, waiting, may_change: reading.role.may(Permission::Govern) })
        })
    }

    /// Agrees for the company that it is counted, or no longer. Works offline; the server decides.
    pub fn set_benchmark_consent(&self, given: bool) -> Result<ConsentView, Fault> {
        self.submit(&Command::SetBenchmarkConsent { given })?;
        self.benchmark_consent()
    }
}

#[cfg(test)]
mod tests {
    use board_domain::{Fact, Person, PersonId, Role};

    use crate::{
        consent::ConsentView,
        fault::Code,
        testing::{
            desk,
            log::{Log, at, founded, tenant},
        },
    };

    fn company(role: Role) -> Log {
        let mut log = Log::new();
        let person = Person { id: PersonId::new("kari").unwrap(), name: "Kari".into(), role };
        log.fact(&founded(&tenant())).fact(&Fact::PersonJoined { person });
        log
    }

    #[test]
    fn those_who_govern_agree_and_the_log_tells() {
        let admin = desk(&company(Role::Admin), Role::Admin, at(60));
        admin.unlock().unwrap();
        let before = admin.benchmark_consent().unwrap();
        assert_eq!(before, ConsentView { takes_part: false, waiting: None, may_change: true });
        // What waits is not yet so.
        let after = admin.set_benchmark_consent(true).unwrap();
        assert_eq!(after, ConsentView { waiting: Some(true), ..before });
        assert_eq!(admin.outbox().unwrap().pending[0].words, "Take part in benchmarks");
        // The last word counts.
        assert_eq!(admin.set_benchmark_consent(false).unwrap().waiting, Some(false));

        let mut log = company(Role::Admin);
        log.fact(&Fact::BenchmarkConsentSet { given: true });
        let told = desk(&log, Role::Viewer, at(60));
        told.unlock().unwrap();
        let seen = told.benchmark_consent().unwrap();
        assert_eq!(seen, ConsentView { takes_part: true, waiting: None, may_change: false });
    }

    #[test]
    fn others_do_not() {
        let director = desk(&company(Role::Director), Role::Director, at(60));
        director.unlock().unwrap();
        assert_eq!(director.set_benchmark_consent(true).unwrap_err().code, Code::Refused);
    }
}
