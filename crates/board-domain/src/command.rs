//! What people ask for. Not whether they get it: see [`crate::decide`].

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use crate::{
    Anchor, Dashboard, ExportRecord, NoteId, Period, Person, PersonId, ReportId, ReportMove, Section,
    Template, Watermark,
};

/// A command with the number and the key that make it safe to send twice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Envelope {
    /// The client; one per vault.
    pub client: Uuid,
    /// Number among the client's commands, from 1, without holes.
    #[ts(type = "number")]
    pub cmd_seq: u64,
    /// Idempotency key.
    pub key: Uuid,
    /// The command.
    pub command: Command,
}

/// A command of a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "command", rename_all = "snake_case")]
#[ts(export)]
pub enum Command {
    /// Start a report.
    DraftReport {
        /// Its id, chosen by the client.
        id: ReportId,
        /// Title, 1-200 characters.
        title: String,
        /// Template.
        template: Template,
        /// Period.
        period: Period,
        /// Sections written so far.
        sections: Vec<Section>,
    },
    /// Edit a report; makes the next version.
    ReviseReport {
        /// Which.
        id: ReportId,
        /// The version that was edited; refused if it is no longer the newest.
        version: u32,
        /// Title, 1-200 characters.
        title: String,
        /// All sections.
        sections: Vec<Section>,
    },
    /// Move a report through approval.
    MoveReport {
        /// Which.
        id: ReportId,
        /// The version meant; refused if it is no longer the newest.
        version: u32,
        /// The step.
        step: ReportMove,
        /// Why; needed to request changes, to reject and to reopen.
        reason: String,
    },
    /// Change the watermark settings.
    SetWatermark {
        /// The settings.
        watermark: Watermark,
    },
    /// Agree, or no longer, that the company is counted in benchmarks.
    SetBenchmarkConsent {
        /// Whether it agrees.
        given: bool,
    },
    /// Arrange a dashboard.
    ArrangeDashboard {
        /// The dashboard at its next version; refused if it is no longer the next one.
        dashboard: Dashboard,
    },
    /// Give a person a role.
    AdmitPerson {
        /// The person.
        person: Person,
    },
    /// Take a person's role away.
    RemovePerson {
        /// Who.
        person: PersonId,
    },
    /// Report a pack that was written on the device, perhaps offline.
    RecordExport {
        /// What was written.
        export: ExportRecord,
    },
    /// Have this device certified, so that packs made on it can be checked by anybody.
    EnrolDevice {
        /// The device's Ed25519 public key, 64 lower-case hexadecimal digits.
        public: String,
    },
    /// Write a note, or write it anew.
    WriteNote {
        /// Its id, chosen by the client.
        id: NoteId,
        /// What it is about.
        anchor: Anchor,
        /// The words, 1-4,000 characters.
        text: String,
        /// Whether others may read it; stays as it was first written.
        shared: bool,
    },
    /// Take one's own note away.
    RemoveNote {
        /// Which.
        id: NoteId,
    },
}
