//! The event: its envelope, its hash chain, who may read it, and the facts it can carry.
//!
//! A body is kept as the exact JSON text the server wrote, so that a client can prove the chain and keep kinds that
//! it does not know yet.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use ts_rs::TS;
use uuid::Uuid;

use crate::{
    Attestation, Dashboard, Device, Evidence, Figure, MetricDefinition, Note, Permission, Person, PersonId,
    Programme, Report, Role, Tenant, TenantId, TenantKey, Watermark,
};

/// A SHA-256 value, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, TS)]
#[ts(export, type = "string")]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// What stands before the first event of a chain.
    pub const ZERO: Self = Self([0; 32]);

    /// Parses 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let text: &[u8; 64] = text.as_bytes().try_into().ok()?;
        let (mut bytes, mut seen) = ([0; 32], 0);
        for (byte, pair) in bytes.iter_mut().zip(text.as_chunks::<2>().0) {
            let [high, low] = pair.map(|digit| DIGITS[usize::from(digit)]);
            *byte = high << 4 | low & 0xf;
            seen |= high | low;
        }
        (seen <= 0xf).then_some(Self(bytes))
    }
}

/// The value of each hexadecimal digit, and 255 for every other byte. Two hashes are read for each event that arrives.
const DIGITS: [u8; 256] = {
    let mut digits = [255; 256];
    let mut value = 0;
    while value < 16 {
        digits[b"0123456789abcdef"[value as usize] as usize] = value;
        digits[b"0123456789ABCDEF"[value as usize] as usize] = value;
        value += 1;
    }
    digits
};

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("a hash has 64 hexadecimal digits"))
    }
}

/// Who may read an event. Within one audience the events are gapless and chained.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, TS)]
#[ts(export, type = "string")]
pub enum Audience {
    /// Everyone in the tenant.
    Board,
    /// Those who may see evidence.
    Evidence,
    /// Those who work on reports in progress.
    Management,
    /// Those who govern.
    Governance,
    /// One person.
    Person(PersonId),
}

impl Audience {
    /// The audiences that do not name a person.
    pub const SHARED: [Self; 4] = [Self::Board, Self::Evidence, Self::Management, Self::Governance];

    /// Whether a person with this role may read it.
    pub fn admits(&self, person: &PersonId, role: Role) -> bool {
        match self {
            Self::Board => role.may(Permission::SeeDashboards),
            Self::Evidence => role.may(Permission::SeeEvidence),
            Self::Management => role.may(Permission::Comment),
            Self::Governance => role.may(Permission::Govern),
            Self::Person(id) => id == person,
        }
    }

    /// Every audience that admits the person.
    pub fn of(person: &PersonId, role: Role) -> Vec<Self> {
        let mut audiences: Vec<_> =
            Self::SHARED.into_iter().filter(|audience| audience.admits(person, role)).collect();
        audiences.push(Self::Person(person.clone()));
        audiences
    }

    /// Parses the written form.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "board" => Some(Self::Board),
            "evidence" => Some(Self::Evidence),
            "management" => Some(Self::Management),
            "governance" => Some(Self::Governance),
            _ => Some(Self::Person(PersonId::new(text.strip_prefix("person:")?).ok()?)),
        }
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Board => f.write_str("board"),
            Self::Evidence => f.write_str("evidence"),
            Self::Management => f.write_str("management"),
            Self::Governance => f.write_str("governance"),
            Self::Person(id) => write!(f, "person:{id}"),
        }
    }
}

impl Serialize for Audience {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Audience {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("unknown audience"))
    }
}

/// Who caused an event: a person, or a service by its name (`service:ingest`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, TS)]
#[ts(export, type = "string")]
pub enum Actor {
    /// A person.
    Person(PersonId),
    /// A machine identity or the server itself.
    Service(String),
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Service(name) => write!(f, "service:{name}"),
        }
    }
}

impl Serialize for Actor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let person = text.strip_prefix("person:").and_then(|id| PersonId::new(id).ok()).map(Self::Person);
        let service = || text.strip_prefix("service:").map(|name| Self::Service(name.to_owned()));
        person.or_else(service).ok_or_else(|| serde::de::Error::custom("unknown actor"))
    }
}

/// The command of a client that an event answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Origin {
    /// The client.
    pub client: Uuid,
    /// Its number among that client's commands, from 1.
    #[ts(type = "number")]
    pub cmd_seq: u64,
}

/// One entry of a tenant's log.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event {
    /// The tenant whose log it is.
    pub tenant: TenantId,
    /// Position in the tenant's log, from 1, without holes.
    pub seq: u64,
    /// Id.
    pub id: Uuid,
    /// When the server appended it.
    pub at: Timestamp,
    /// Who caused it.
    pub actor: Actor,
    /// The command it answers, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Who may read it.
    pub audience: Audience,
    /// Position within the audience, from 1, without holes.
    pub audience_seq: u64,
    /// Hash of the audience's event before it.
    pub prev_hash: Hash,
    /// [`Event::digest`] of this event.
    pub hash: Hash,
    /// Kind of fact, for example `figure.measured`.
    pub kind: String,
    /// The fact's JSON, exactly as the server wrote it.
    pub body: Box<RawValue>,
}

impl Event {
    /// SHA-256 over `prev_hash`, the envelope one field a line, and the body's exact text.
    ///
    /// Lines: tenant, seq, id, at (RFC 3339, UTC, as written on the wire), actor, origin as `client:cmd_seq` or
    /// nothing, audience, `audience_seq`, kind; then the body.
    pub fn digest(&self) -> Hash {
        use std::fmt::Write;
        let mut head = String::with_capacity(256);
        // Writing to a String cannot fail.
        let mut id = [0; uuid::fmt::Hyphenated::LENGTH];
        let id = self.id.as_hyphenated().encode_lower(&mut id);
        let _ = write!(head, "{}\n{}\n{id}\n{}\n", self.tenant.as_str(), self.seq, self.at);
        match &self.actor {
            Actor::Person(person) => head.extend(["person:", person.as_str()]),
            Actor::Service(name) => head.extend(["service:", name]),
        }
        head.push('\n');
        if let Some(origin) = &self.origin {
            let _ = write!(head, "{}:{}", origin.client, origin.cmd_seq);
        }
        let _ = write!(head, "\n{}\n{}\n", self.audience, self.audience_seq);
        head.push_str(&self.kind);
        head.push('\n');
        let mut hasher = Sha256::new();
        hasher.update(self.prev_hash.0);
        hasher.update(head.as_bytes());
        hasher.update(self.body.get().as_bytes());
        Hash(hasher.finalize().into())
    }

    /// The fact it carries; `Ok(None)` where the kind is not known to this version.
    pub fn fact(&self) -> Result<Option<Fact>, serde_json::Error> {
        Fact::read(&self.kind, self.body.get())
    }
}

macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty),* $(,)? } = $kind:literal,)*) => {
        /// Something that happened. Facts are never changed, only added.
        #[derive(Clone, Debug, PartialEq, TS)]
        #[ts(export)]
        pub enum Fact {
            $($(#[$doc])* $name { $($(#[$field_doc])* $field: $type),* },)*
        }

        impl Fact {
            /// Kinds that this version understands.
            pub const KINDS: &'static [&'static str] = &[$($kind),*];

            /// Its kind, as written in [`Event::kind`].
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$name { .. } => $kind,)* }
            }

            /// Its body as JSON text.
            pub fn body(&self) -> Result<Box<RawValue>, serde_json::Error> {
                match self {
                    $(Self::$name { $($field),* } => {
                        #[derive(Serialize)]
                        struct Body<'a> { $($field: &'a $type),* }
                        serde_json::value::to_raw_value(&Body { $($field),* })
                    })*
                }
            }

            /// The fact in the body of a kind; `Ok(None)` where the kind is not known to this version.
            pub fn read(kind: &str, body: &str) -> Result<Option<Self>, serde_json::Error> {
                match kind {
                    $($kind => {
                        #[derive(Deserialize)]
                        struct Body { $($field: $type),* }
                        let Body { $($field),* } = serde_json::from_str(body)?;
                        Ok(Some(Self::$name { $($field),* }))
                    })*
                    _ => Ok(None),
                }
            }
        }
    };
}

facts! {
    /// The tenant came to be.
    TenantFounded {
        /// The tenant.
        tenant: Tenant,
    } = "tenant.founded",
    /// The watermark settings changed.
    WatermarkSet {
        /// The settings from now on.
        watermark: Watermark,
    } = "tenant.watermark_set",
    /// The company agreed, or no longer does, to be counted in benchmarks.
    BenchmarkConsentSet {
        /// Whether it agrees from now on.
        given: bool,
    } = "tenant.benchmark_consent_set",
    /// How companies alike do in a metric, for the first time or anew.
    BenchmarkMeasured {
        /// The benchmark.
        benchmark: crate::Benchmark,
    } = "benchmark.measured",
    /// A benchmark is told no longer: too few companies are left in it.
    BenchmarkWithdrawn {
        /// The metric.
        metric: crate::MetricId,
        /// The period.
        period: crate::Period,
    } = "benchmark.withdrawn",
    /// A person was given a role, for the first time or anew.
    PersonJoined {
        /// The person.
        person: Person,
    } = "person.joined",
    /// A person left the tenant.
    PersonLeft {
        /// Who.
        person: PersonId,
    } = "person.left",
    /// A programme was opened or renamed.
    ProgrammeOpened {
        /// The programme.
        programme: Programme,
    } = "programme.opened",
    /// A metric was defined at a version.
    MetricDefined {
        /// The definition.
        definition: MetricDefinition,
    } = "metric.defined",
    /// A dashboard was arranged.
    DashboardArranged {
        /// The dashboard.
        dashboard: Dashboard,
    } = "dashboard.arranged",
    /// Rows arrived from upstream.
    IntakeRecorded {
        /// The receipt.
        intake: Intake,
    } = "intake.recorded",
    /// A figure was measured, for the first time or anew.
    FigureMeasured {
        /// The figure.
        figure: Figure,
    } = "figure.measured",
    /// A redacted snippet with its scores was added.
    EvidenceAdded {
        /// The snippet.
        evidence: Evidence,
    } = "evidence.added",
    /// A report was drafted, edited or moved; carries the whole report as it now is.
    ReportChanged {
        /// The report.
        report: Report,
        /// Why, in the mover's words; empty for none.
        reason: String,
    } = "report.changed",
    /// A report was approved or locked and is open to everyone in the tenant.
    ReportPublished {
        /// The report.
        report: Report,
    } = "report.published",
    /// A published report was reopened before it was locked.
    ReportRecalled {
        /// Which.
        report: crate::ReportId,
    } = "report.recalled",
    /// A pack was written on a device.
    PackExported {
        /// What and by whom.
        export: ExportRecord,
    } = "pack.exported",
    /// A note was written, for the first time or anew.
    NoteWritten {
        /// The note.
        note: Note,
    } = "note.written",
    /// A note was taken away by its author.
    NoteRemoved {
        /// Which of the author's notes.
        note: crate::NoteId,
        /// Whose.
        author: PersonId,
        /// Whether others could read it.
        shared: bool,
    } = "note.removed",
    /// A signing key of the tenant came into use, was retired or revoked.
    KeySet {
        /// The key as it stands from now on.
        key: TenantKey,
    } = "tenant.key_set",
    /// The tenant's key vouches for an approval.
    ReportAttested {
        /// The statement.
        attestation: Attestation,
    } = "report.attested",
    /// The tenant's key vouches for a person's device, for the first time or anew.
    DeviceCertified {
        /// The device.
        device: Device,
    } = "device.certified",
    /// A command of a client was refused for good.
    CommandRefused {
        /// Stable code of the refusal.
        code: String,
        /// In words.
        message: String,
    } = "command.refused",
}

/// Receipt of an ingest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Intake {
    /// Kind of rows, for example `kintell_sessions`.
    pub source: String,
    /// SHA-256 of the bytes received, hexadecimal.
    pub sha256: String,
    /// Rows taken.
    pub accepted: u32,
    /// Rows already known.
    pub duplicate: u32,
    /// Rows refused.
    pub refused: u32,
}

/// A written pack, as reported by the device that wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ExportRecord {
    /// The report.
    pub report: crate::ReportId,
    /// Its version.
    pub version: u32,
    /// `pdf`, `pptx` or `png`.
    pub format: String,
    /// SHA-256 of the file, hexadecimal; of PNG pages, of the lines that `sha256sum` prints for them.
    pub sha256: String,
    /// The log position it was made at.
    #[ts(type = "number")]
    pub seq: u64,
    /// When, by the device's clock.
    #[ts(type = "string")]
    pub exported_at: Timestamp,
}

impl Fact {
    /// Who may read it. Refusals go to the person who asked, and are addressed where they are made.
    pub fn audience(&self) -> Audience {
        match self {
            // Those who may see evidence are those who may read shared notes: one row of the matrix.
            Self::EvidenceAdded { .. } | Self::NoteRemoved { shared: true, .. } => Audience::Evidence,
            Self::NoteWritten { note } if note.shared => Audience::Evidence,
            Self::NoteWritten { note: Note { author, .. } } | Self::NoteRemoved { author, .. } => {
                Audience::Person(author.clone())
            }
            Self::DeviceCertified { device } => Audience::Person(device.person.clone()),
            Self::ReportChanged { .. } => Audience::Management,
            Self::IntakeRecorded { .. } | Self::PackExported { .. } | Self::CommandRefused { .. } => {
                Audience::Governance
            }
            Self::TenantFounded { .. }
            | Self::WatermarkSet { .. }
            | Self::BenchmarkConsentSet { .. }
            | Self::BenchmarkMeasured { .. }
            | Self::BenchmarkWithdrawn { .. }
            | Self::PersonJoined { .. }
            | Self::PersonLeft { .. }
            | Self::ProgrammeOpened { .. }
            | Self::MetricDefined { .. }
            | Self::DashboardArranged { .. }
            | Self::FigureMeasured { .. }
            | Self::ReportPublished { .. }
            | Self::KeySet { .. }
            | Self::ReportAttested { .. }
            | Self::ReportRecalled { .. } => Audience::Board,
        }
    }
}
