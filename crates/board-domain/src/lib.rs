//! The language of Boardroom: events, commands, roles, metric formulas, and the fold that every screen reads.
//!
//! Pure: no I/O, no clock, no randomness. Time and ids come in as parameters.

mod benchmark;
mod command;
mod dashboard;
mod decide;
mod event;
mod evidence;
mod figure;
mod fold;
pub mod formula;
mod id;
mod locale;
mod measure;
mod metric;
mod narrative;
mod note;
mod overlay;
mod report;
mod role;
mod snapshot;
mod tenant;
mod trust;
mod watermark;
pub mod wire;

pub use benchmark::{Area, Benchmark, Cohort, CompanySize, LEAST_COMPANIES, Spread};
pub use command::{Command, Envelope};
pub use dashboard::{Dashboard, DashboardError, Shows, Tile};
pub use decide::{Refusal, audience, decide, may_export};
pub use event::{Actor, Audience, Event, ExportRecord, Fact, Hash, Intake, Origin};
pub use evidence::{Confidence, Dimension, Evidence, OutcomeScore};
pub use figure::{Figure, FigureKey, FigureValue, Movement, movement};
pub use fold::{Book, Change, FoldError, Row, Rows, Table, fold, fold_body};
pub use formula::{Absence, Formula, Inputs};
pub use id::{DashboardId, EvidenceId, IdError, MetricId, NoteId, PersonId, ProgrammeId, ReportId, TenantId};
pub use locale::Locale;
pub use measure::{Currency, Grain, Money, Period, Unit};
pub use metric::{Better, MetricDefinition, UnitKind, Words, definitions_v1, social_value_assumptions};
pub use narrative::{
    CitationAttrs, FigureAttrs, HeadingAttrs, Inline, LONGEST_SECTION, ListItem, Mark, Narrative,
    NarrativeBlock, NarrativeFault,
};
pub use note::{Anchor, Note, Standing, find_passage};
pub use overlay::overlay;
pub use report::{Approval, Report, ReportMove, ReportStatus, Section, Template};
pub use role::{Permission, Role};
pub use snapshot::{ChainEnd, SNAPSHOT_PAGE_BYTES, Snapshot, SnapshotPage, SnapshotRow};
pub use tenant::{Person, Programme, Tenant};
pub use trust::{
    ApprovalStatement, Attestation, DEVICE_LEASE_DAYS, Device, DeviceCertificate, PublishedKeys, Signed,
    TenantKey, Vouched, is_public_key,
};
pub use watermark::{Watermark, WatermarkError, WatermarkPosition};
