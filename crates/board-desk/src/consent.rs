//! Whether the company is counted in benchmarks: seen by everybody, settled by those who may govern.

use board_domain::Command;
use serde::Serialize;

use crate::{desk::Desk, fault::Fault};

/// Whether the company takes part in benchmarks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsentView {
    /// Whether its figures are counted, by the newest that this device knows.
    pub takes_part: bool,
}

impl Desk {
    /// Whether the open company takes part in benchmarks.
    pub fn benchmark_consent(&self) -> Result<ConsentView, Fault> {
        self.read(None, |lens, _| Ok(ConsentView { takes_part: lens.tenant.benchmark_consent }))
    }

    /// Agrees for the company that it is counted, or no longer. Works offline; the server decides.
    pub fn set_benchmark_consent(&self, given: bool) -> Result<(), Fault> {
        self.submit(&Command::SetBenchmarkConsent { given })
    }
}

#[cfg(test)]
mod tests {
    use board_domain::{Fact, Person, PersonId, Role};

    use crate::{
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
        assert!(!admin.benchmark_consent().unwrap().takes_part);
        admin.set_benchmark_consent(true).unwrap();
        assert_eq!(admin.outbox().unwrap().pending[0].words, "Take part in benchmarks");
        // What waits is not yet so.
        assert!(!admin.benchmark_consent().unwrap().takes_part);

        let mut log = company(Role::Admin);
        log.fact(&Fact::BenchmarkConsentSet { given: true });
        let told = desk(&log, Role::Viewer, at(60));
        told.unlock().unwrap();
        assert!(told.benchmark_consent().unwrap().takes_part);
    }

    #[test]
    fn others_do_not() {
        let director = desk(&company(Role::Director), Role::Director, at(60));
        director.unlock().unwrap();
        assert_eq!(director.set_benchmark_consent(true).unwrap_err().code, Code::Refused);
    }
}
