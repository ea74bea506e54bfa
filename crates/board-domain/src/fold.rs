//! The fold: events into the rows that every screen, chart and pack reads.
//!
//! One pure function, used by the server's memory and the client's vault alike. Not a database.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Attestation, Benchmark, Dashboard, Device, Event, Evidence, ExportRecord, Fact, Figure, Intake,
    MetricDefinition, Note, Permission, Person, Programme, Report, Tenant, TenantKey,
};

/// A table of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// The tenant, one row.
    Tenant,
    /// People by id.
    Person,
    /// Programmes by id.
    Programme,
    /// Metric definitions by `id/version`.
    Definition,
    /// Dashboards by id.
    Dashboard,
    /// Receipts of ingests by event id.
    Intake,
    /// Figures by key.
    Figure,
    /// Evidence by id.
    Evidence,
    /// Reports in progress by id.
    Report,
    /// Published reports by id.
    Published,
    /// Exports by event id.
    Export,
    /// Notes by `author/id`.
    Note,
    /// Signing keys of the tenant by public key.
    Key,
    /// Statements of approval by `report/version`.
    Attestation,
    /// Devices by `person/public key`.
    Device,
    /// Benchmarks by `metric/period`.
    Benchmark,
}

impl Table {
    /// Every table.
    pub const ALL: [Self; 16] = [
        Self::Tenant,
        Self::Person,
        Self::Programme,
        Self::Definition,
        Self::Dashboard,
        Self::Intake,
        Self::Figure,
        Self::Evidence,
        Self::Report,
        Self::Published,
        Self::Export,
        Self::Note,
        Self::Key,
        Self::Attestation,
        Self::Device,
        Self::Benchmark,
    ];

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Person => "person",
            Self::Programme => "programme",
            Self::Definition => "definition",
            Self::Dashboard => "dashboard",
            Self::Intake => "intake",
            Self::Figure => "figure",
            Self::Evidence => "evidence",
            Self::Report => "report",
            Self::Published => "published",
            Self::Export => "export",
            Self::Note => "note",
            Self::Key => "key",
            Self::Attestation => "attestation",
            Self::Device => "device",
            Self::Benchmark => "benchmark",
        }
    }
}

/// A row that screens read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "row", content = "is", rename_all = "snake_case")]
pub enum Row {
    /// The tenant.
    Tenant(Tenant),
    /// A person.
    Person(Person),
    /// A programme.
    Programme(Programme),
    /// A definition.
    Definition(MetricDefinition),
    /// A dashboard.
    Dashboard(Dashboard),
    /// A receipt.
    Intake(Intake),
    /// A figure.
    Figure(Figure),
    /// A snippet.
    Evidence(Evidence),
    /// A report in progress.
    Report(Report),
    /// A published report.
    Published(Report),
    /// An export.
    Export(ExportRecord),
    /// A note.
    Note(Note),
    /// A signing key.
    Key(TenantKey),
    /// A statement of approval.
    Attestation(Attestation),
    /// A device.
    Device(Device),
    /// A benchmark.
    Benchmark(Benchmark),
}

impl Row {
    /// Its table.
    pub fn table(&self) -> Table {
        match self {
            Self::Tenant(_) => Table::Tenant,
            Self::Person(_) => Table::Person,
            Self::Programme(_) => Table::Programme,
            Self::Definition(_) => Table::Definition,
            Self::Dashboard(_) => Table::Dashboard,
            Self::Intake(_) => Table::Intake,
            Self::Figure(_) => Table::Figure,
            Self::Evidence(_) => Table::Evidence,
            Self::Report(_) => Table::Report,
            Self::Published(_) => Table::Published,
            Self::Export(_) => Table::Export,
            Self::Note(_) => Table::Note,
            Self::Key(_) => Table::Key,
            Self::Attestation(_) => Table::Attestation,
            Self::Device(_) => Table::Device,
            Self::Benchmark(_) => Table::Benchmark,
        }
    }
}

/// What an event does to a table.
// Nearly every change is a put and lives for one statement: a box would only add an allocation.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The row is now this.
    Put {
        /// Key within the row's table.
        key: String,
        /// The row.
        row: Row,
    },
    /// The row is gone.
    Remove {
        /// Its table.
        table: Table,
        /// Its key.
        key: String,
    },
}

/// Why an event cannot be folded.
#[derive(Debug, thiserror::Error)]
pub enum FoldError {
    /// The body of a known kind does not read.
    #[error("event {seq} of kind {kind} does not read: {source}")]
    Body {
        /// Its position.
        seq: u64,
        /// Its kind.
        kind: String,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// The settings of a tenant changed before it was founded.
    #[error("event {seq} changes a tenant that was never founded")]
    NotFounded {
        /// Its position.
        seq: u64,
    },
}

/// Rows as they stand before an event.
pub trait Rows {
    /// Why reading failed.
    type Error: From<FoldError>;

    /// The tenant's row, the only one that a later event changes in part.
    fn tenant(&self) -> Result<Option<Tenant>, Self::Error>;
}

/// The changes that one event makes; none for a kind this version does not know.
pub fn fold<R: Rows>(rows: &R, event: &Event) -> Result<Vec<Change>, R::Error> {
    fold_body(rows, &event.kind, event.body.get(), event.id, event.seq)
}

/// The same for an event of which only kind, body, id and position are at hand.
pub fn fold_body<R: Rows>(
    rows: &R,
    kind: &str,
    body: &str,
    id: Uuid,
    seq: u64,
) -> Result<Vec<Change>, R::Error> {
    let fact = Fact::read(kind, body);
    match fact.map_err(|source| FoldError::Body { seq, kind: kind.to_owned(), source })? {
        Some(fact) => fold_fact(rows, fact, id, seq),
        None => Ok(Vec::new()),
    }
}

fn fold_fact<R: Rows>(rows: &R, fact: Fact, id: Uuid, seq: u64) -> Result<Vec<Change>, R::Error> {
    let one = |key: String, row: Row| vec![Change::Put { key, row }];
    Ok(match fact {
        Fact::TenantFounded { tenant } => one(tenant.id.to_string(), Row::Tenant(tenant)),
        Fact::WatermarkSet { watermark } => settled(rows, seq, |tenant| tenant.watermark = watermark)?,
        Fact::PersonJoined { person } => one(person.id.to_string(), Row::Person(person)),
        Fact::PersonLeft { person } => vec![Change::Remove { table: Table::Person, key: person.to_string() }],
        Fact::ProgrammeOpened { programme } => one(programme.id.to_string(), Row::Programme(programme)),
        Fact::MetricDefined { definition } => {
            one(format!("{}/{}", definition.id, definition.version), Row::Definition(definition))
        }
        Fact::DashboardArranged { dashboard } => one(dashboard.id.to_string(), Row::Dashboard(dashboard)),
        Fact::IntakeRecorded { intake } => one(id.to_string(), Row::Intake(intake)),
        Fact::FigureMeasured { figure } => one(figure.key.to_string(), Row::Figure(figure)),
        Fact::EvidenceAdded { evidence } => one(evidence.id.to_string(), Row::Evidence(evidence)),
        Fact::ReportChanged { report, reason: _ } => one(report.id.to_string(), Row::Report(report)),
        Fact::ReportPublished { report } => one(report.id.to_string(), Row::Published(report)),
        Fact::ReportRecalled { report } => {
            vec![Change::Remove { table: Table::Published, key: report.to_string() }]
        }
        Fact::PackExported { export } => one(id.to_string(), Row::Export(export)),
        Fact::NoteWritten { note } => one(Note::key(&note.author, &note.id), Row::Note(note)),
        Fact::NoteRemoved { note, author, shared: _ } => {
            vec![Change::Remove { table: Table::Note, key: Note::key(&author, &note) }]
        }
        Fact::KeySet { key } => one(key.public.clone(), Row::Key(key)),
        Fact::ReportAttested { attestation } => {
            one(Attestation::key(&attestation.report, attestation.version), Row::Attestation(attestation))
        }
        Fact::BenchmarkConsentSet { given } => settled(rows, seq, |tenant| tenant.benchmark_consent = given)?,
        Fact::BenchmarkMeasured { benchmark } => one(benchmark.key(), Row::Benchmark(benchmark)),
        Fact::BenchmarkWithdrawn { metric, period } => {
            vec![Change::Remove { table: Table::Benchmark, key: Benchmark::key_of(&metric, period) }]
        }
        Fact::DeviceCertified { device } => one(device.key(), Row::Device(device)),
        Fact::CommandRefused { .. } => Vec::new(),
    })
}

/// The tenant's row with one of its settings changed.
fn settled<R: Rows>(rows: &R, seq: u64, change: impl FnOnce(&mut Tenant)) -> Result<Vec<Change>, R::Error> {
    let mut tenant = rows.tenant()?.ok_or(FoldError::NotFounded { seq })?;
    change(&mut tenant);
    Ok(vec![Change::Put { key: tenant.id.to_string(), row: Row::Tenant(tenant) }])
}

/// All rows of one tenant in memory: what commands are decided against.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Book {
    rows: BTreeMap<(Table, String), Row>,
}

impl Rows for Book {
    type Error = FoldError;

    fn tenant(&self) -> Result<Option<Tenant>, FoldError> {
        Ok(Self::tenant(self).cloned())
    }
}

macro_rules! lookup {
    ($(#[$doc:meta])* $name:ident, $table:ident, $type:ty) => {
        $(#[$doc])*
        pub fn $name(&self, key: &str) -> Option<&$type> {
            match self.rows.get(&(Table::$table, key.to_owned())) {
                Some(Row::$table(row)) => Some(row),
                _ => None,
            }
        }
    };
}

impl Book {
    /// Folds one event in. The book is unchanged where it fails.
    pub fn apply(&mut self, event: &Event) -> Result<(), FoldError> {
        let changes = fold(self, event)?;
        self.change(changes);
        Ok(())
    }

    /// Takes a row as it stands, out of a snapshot or a copy.
    pub fn put(&mut self, key: String, row: Row) {
        self.rows.insert((row.table(), key), row);
    }

    /// Takes a fact in that no event carries yet, under the id that its event might have.
    pub(crate) fn imagine(&mut self, id: Uuid, fact: Fact) {
        // What cannot be folded is not shown; the server will say what became of it.
        let changes = fold_fact(self, fact, id, u64::MAX).unwrap_or_default();
        self.change(changes);
    }

    fn change(&mut self, changes: Vec<Change>) {
        for change in changes {
            match change {
                Change::Put { key, row } => self.rows.insert((row.table(), key), row),
                Change::Remove { table, key } => self.rows.remove(&(table, key)),
            };
        }
    }

    /// Rows of one table in key order.
    pub fn table(&self, table: Table) -> impl Iterator<Item = (&str, &Row)> {
        self.rows
            .range((table, String::new())..)
            .take_while(move |((at, _), _)| *at == table)
            .map(|((_, key), row)| (key.as_str(), row))
    }

    /// The tenant.
    pub fn tenant(&self) -> Option<&Tenant> {
        self.table(Table::Tenant).find_map(|(_, row)| if let Row::Tenant(t) = row { Some(t) } else { None })
    }

    lookup!(
        /// A person by id.
        person, Person, Person
    );
    lookup!(
        /// A programme by id.
        programme, Programme, Programme
    );
    lookup!(
        /// A definition by `id/version`.
        definition, Definition, MetricDefinition
    );
    lookup!(
        /// A dashboard by id.
        dashboard, Dashboard, Dashboard
    );
    lookup!(
        /// A figure by key.
        figure, Figure, Figure
    );
    lookup!(
        /// A snippet by id.
        evidence, Evidence, Evidence
    );
    lookup!(
        /// A report in progress by id.
        report, Report, Report
    );
    lookup!(
        /// A published report by id.
        published, Published, Report
    );
    lookup!(
        /// A note by [`Note::key`].
        note, Note, Note
    );

    lookup!(
        /// A statement of approval by [`Attestation::key`].
        attestation, Attestation, Attestation
    );
    lookup!(
        /// A device by [`Device::key`].
        device, Device, Device
    );

    /// The tenant's signing keys, in the order in which they came into use.
    pub fn keys(&self) -> Vec<&TenantKey> {
        let rows = self.table(Table::Key);
        let mut keys: Vec<&TenantKey> =
            rows.filter_map(|(_, row)| if let Row::Key(key) = row { Some(key) } else { None }).collect();
        keys.sort_by(|a, b| (a.since, &a.public).cmp(&(b.since, &b.public)));
        keys
    }

    /// Whether the person may do something here.
    pub fn may(&self, person: &crate::PersonId, permission: Permission) -> bool {
        self.person(person.as_str()).is_some_and(|person| person.role.may(permission))
    }
}
