//! What the window and the command line are shown: finished views, in the reader's language.
//!
//! Not state: every view is read from the vault when it is asked for, and nothing here is stored.

use board_domain::{Anchor, Locale, Period, Role, Standing};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where the person stands: signed out, locked or inside.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SessionView {
    /// What can be done next.
    pub state: SessionState,
    /// The server of this profile, once known.
    pub server: Option<String>,
    /// E-mail of the profile, once known.
    pub email: Option<String>,
    /// The person, when unlocked.
    pub person: Option<PersonView>,
    /// Tenants the person may open, when unlocked.
    pub tenants: Vec<TenantBrief>,
    /// The tenant that is open.
    pub tenant: Option<TenantBrief>,
    /// Interface language.
    pub locale: Locale,
    /// `light`, `dark` or `system`.
    pub theme: ThemeChoice,
}

/// State of the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SessionState {
    /// No profile yet: sign in, needs the network.
    SignedOut,
    /// A vault is here: unlock, never needs the network.
    Locked,
    /// Open.
    Open,
}

/// Ground of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ThemeChoice {
    /// Follow the system.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The signed-in person in the open tenant.
#[allow(clippy::struct_excessive_bools, reason = "each is a permission that the role gives or does not")]
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PersonView {
    /// Id.
    pub id: String,
    /// Name as shown.
    pub name: String,
    /// Role in the open tenant.
    pub role: Role,
    /// May export approved packs.
    pub may_export: bool,
    /// May export drafts.
    pub may_export_drafts: bool,
    /// Whether they may write reports.
    pub may_write: bool,
    /// Whether they may arrange dashboards.
    pub may_arrange: bool,
    /// May see evidence and lineage.
    pub may_see_evidence: bool,
}

/// A tenant in the switcher.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TenantBrief {
    /// Id.
    pub id: String,
    /// Company name.
    pub name: String,
    /// Whether its data is on this device.
    pub synced: bool,
    /// Its colour, `#RRGGBB`, from which the window computes its own; none before its data is here.
    pub accent: Option<String>,
}

/// How the copy on this device stands towards the server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SyncView {
    /// The state.
    pub state: SyncState,
    /// Events applied.
    #[ts(type = "number")]
    pub cursor: u64,
    /// Head of the log as last heard.
    #[ts(type = "number")]
    pub head: u64,
    /// Last contact with the server, RFC 3339 UTC.
    pub last_contact: Option<String>,
    /// `true` after five minutes without contact.
    pub stale: bool,
    /// Commands not yet confirmed by the server.
    pub unsent: u32,
    /// Commands refused for good that the person has not dismissed.
    pub refused: u32,
    /// What is fetched beside the newest events, if anything.
    pub progress: Option<ProgressView>,
    /// Why it stands so, in words, where there is something to say.
    pub detail: Option<String>,
    /// Stable code of that reason.
    pub code: Option<String>,
}

/// How far a longer fetch is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ProgressView {
    /// What is fetched.
    pub what: Fetching,
    /// So many are here: pages of the newest state, or events of the history.
    #[ts(type = "number")]
    pub done: u64,
    /// Of so many.
    #[ts(type = "number")]
    pub of: u64,
}

/// What a longer fetch brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Fetching {
    /// The newest state, in pages.
    Snapshot,
    /// The events before it, for time travel.
    History,
}

/// State of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SyncState {
    /// Not started.
    Idle,
    /// Trying to reach the server.
    Connecting,
    /// Fetching pages; see cursor and head.
    CatchingUp,
    /// Caught up and listening.
    Live,
    /// No contact.
    Offline,
    /// The server refused; see detail.
    Refused,
    /// The session ended; sign in again to sync. Reading goes on.
    SignInNeeded,
    /// The server needs a newer version of the app. Reading goes on.
    UpgradeNeeded,
}

/// A dashboard in the navigation.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DashboardBrief {
    /// Id.
    pub id: String,
    /// Title in the reader's language.
    pub title: String,
}

/// A dashboard, ready to show.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DashboardView {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Company.
    pub company: String,
    /// The period shown.
    pub period: Period,
    /// The period in words.
    pub period_label: String,
    /// Periods that can be chosen, newest first.
    pub periods: Vec<Choice>,
    /// Programmes that can be chosen; the first is "all".
    pub programmes: Vec<Choice>,
    /// The programme shown; `None` for all.
    pub programme: Option<String>,
    /// Tiles in reading order.
    pub tiles: Vec<TileView>,
    /// The log position it was read at.
    #[ts(type = "number")]
    pub seq: u64,
    /// When the newest figure on it was measured, RFC 3339 UTC.
    pub measured_at: Option<String>,
    /// When the newest event reached this device, RFC 3339 UTC.
    pub received_at: Option<String>,
}

/// A value and its label in a list.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Choice {
    /// What is sent back.
    pub value: String,
    /// What is shown.
    pub label: String,
}

/// One tile of a dashboard.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum TileView {
    /// A figure with its change.
    Kpi {
        /// Tile id.
        id: String,
        /// The figure.
        card: FigureCard,
    },
    /// A chart; its picture is at `chart://localhost/{dashboard}/{id}.svg`.
    Chart {
        /// Tile id.
        id: String,
        /// Title.
        title: String,
        /// Alt text, one sentence.
        alt: String,
        /// The same data as a table.
        table: TableView,
        /// Columns it asks for, 1-3.
        span: u8,
        /// Why there is nothing to draw, if so.
        empty: Option<String>,
        /// A hash of what is drawn: while it stays, so does the picture, whatever the position.
        drawn: String,
    },
    /// The newest evidence.
    Evidence {
        /// Tile id.
        id: String,
        /// Title.
        title: String,
        /// Snippets, newest first.
        items: Vec<EvidenceView>,
        /// Why it is empty or hidden, if so.
        empty: Option<String>,
    },
}

/// A figure as shown on a card.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FigureCard {
    /// Lineage id, for [`FigureView`].
    pub figure: String,
    /// Name of the metric.
    pub label: String,
    /// The value as shown; a dash where there is none.
    pub value: String,
    /// Why there is no value: withheld or absent, in words.
    pub reason: Option<String>,
    /// The change in words, for example `+4.2% on Q2 2026`.
    pub change: Option<String>,
    /// `improving`, `declining`, `stable` or `new`, judged by what is better.
    pub trend: String,
    /// Values of the last periods for the sparkline, oldest first; gaps are `None`.
    pub spark: Vec<Option<f64>>,
}

/// Rows of text.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TableView {
    /// Column headings.
    pub header: Vec<String>,
    /// Rows, each as long as the header.
    pub rows: Vec<Vec<String>>,
}

/// A piece of evidence.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EvidenceView {
    /// Id.
    pub id: String,
    /// Redacted words.
    pub text: String,
    /// Language of the words, BCP 47.
    pub lang: String,
    /// Programme, period and kind of source, in words.
    pub source: String,
    /// Outcome scores: dimension in words, score as shown, confidence `high`, `medium` or `low`.
    pub scores: Vec<(String, String, String)>,
    /// SHA-256 of the redacted text.
    pub sha256: String,
}

/// Everything about one figure: what it is, how it was computed, and on what evidence.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FigureView {
    /// The card.
    pub card: FigureCard,
    /// Metric description.
    pub about: String,
    /// The formula in words.
    pub formula: String,
    /// Definition version.
    pub version: u32,
    /// Period in words.
    pub period: String,
    /// Programme in words.
    pub programme: String,
    /// Inputs: name in words, value as shown.
    pub inputs: Vec<(String, String)>,
    /// The value computed again on this device from the inputs, as shown.
    pub recomputed: String,
    /// Whether it equals the published value.
    pub agrees: bool,
    /// Sources the metric is computed from.
    pub sources: Vec<String>,
    /// When measured, RFC 3339 UTC.
    pub measured_at: String,
    /// When it reached this device, RFC 3339 UTC.
    pub received_at: String,
    /// The log position that brought it.
    #[ts(type = "number")]
    pub seq: u64,
    /// Earlier published values of the same figure, newest first: value and time.
    pub history: Vec<(String, String)>,
    /// Evidence behind it; empty for roles that may not see it.
    pub evidence: Vec<EvidenceView>,
    /// One line that cites the figure.
    pub citation: String,
    /// What companies alike reach; `None` where none was measured.
    pub benchmark: Option<BenchmarkView>,
}

/// What companies alike reach in the metric of a figure over its period.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BenchmarkView {
    /// Who they are, in words.
    pub cohort: String,
    /// How many of them, at least ten.
    pub companies: u32,
    /// Median, as shown.
    pub median: String,
    /// Between which values the middle half lies, as shown.
    pub middle: (String, String),
    /// The figure is among the best 10, 25 or 50 hundredths of them, if it is.
    pub badge: Option<u8>,
    /// Places on a line from the lowest tenth (0) to the highest (1): quarter, median, three quarters, and this company; a
    /// place beyond the tenths stands at the end.
    pub places: (f64, f64, f64, Option<f64>),
}

/// A report in the list.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ReportBrief {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Status code, for example `in_review`.
    pub status: String,
    /// Status in words.
    pub status_label: String,
    /// Period.
    pub period: Period,
    /// Period in words.
    pub period_label: String,
    /// Version.
    pub version: u32,
    /// Why it cannot be exported by this person, if so.
    pub export_refused: Option<String>,
    /// Whether it stands so only because of a command that the server has not answered yet.
    pub pending: bool,
}

/// What waits for the server's answer, and what was refused.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct OutboxView {
    /// Commands without an answer, oldest first.
    pub pending: Vec<PendingView>,
    /// Commands refused for good and not dismissed, oldest first.
    pub refused: Vec<RefusedView>,
}

/// A command without an answer.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PendingView {
    /// Its idempotency key.
    pub key: String,
    /// What it asks for.
    pub words: String,
    /// When it was made, RFC 3339 UTC.
    pub made_at: String,
    /// Whether the server has it and its effect has not come back yet.
    pub sent: bool,
    /// Why it would be refused as things stand here, if so.
    pub doubt: Option<String>,
}

/// A command that was refused for good.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RefusedView {
    /// Its idempotency key, by which it is dismissed.
    pub key: String,
    /// What it asked for.
    pub words: String,
    /// When it was made, RFC 3339 UTC.
    pub made_at: String,
    /// Stable code of the refusal.
    pub code: String,
    /// Why.
    pub reason: String,
}

/// A note to write: on a figure, or on a report's section, or on words of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct NoteRequest {
    /// The note to write anew; a new one unless given.
    pub id: Option<String>,
    /// Lineage id of a figure.
    pub figure: Option<String>,
    /// Report.
    pub report: Option<String>,
    /// Section of the report.
    pub section: Option<String>,
    /// Words of the section.
    pub quote: Option<String>,
    /// The note.
    pub text: String,
    /// Whether all who may see evidence may read it; stays as first written.
    pub shared: bool,
}

/// A note.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct NoteView {
    /// Id among the author's notes.
    pub id: String,
    /// Who wrote it.
    pub author: String,
    /// Whether the reader wrote it.
    pub mine: bool,
    /// What it is about.
    pub anchor: Anchor,
    /// The words.
    pub text: String,
    /// Whether others may read it.
    pub shared: bool,
    /// Whether the server has not confirmed it yet.
    pub pending: bool,
    /// What it is about, in words: a figure's name, or a report and a section.
    pub about: String,
    /// Whether that is still there.
    pub standing: Standing,
    /// The words that a note on a passage now stands on; empty for others.
    pub words: String,
}

/// A pack that was exported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ExportEntry {
    /// The report's id.
    pub report: String,
    /// Its title, where it is still here.
    pub title: String,
    /// Its version.
    pub version: u32,
    /// `pdf`, `pptx` or `png`.
    pub format: String,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// The log position it was made at.
    #[ts(type = "number")]
    pub seq: u64,
    /// When, by the device's clock, RFC 3339 UTC.
    pub at: String,
    /// Who.
    pub who: String,
    /// Whether the server has not heard of it yet.
    pub pending: bool,
}

/// What to export.
#[allow(clippy::struct_excessive_bools, reason = "each is a box that a person ticks")]
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ExportRequest {
    /// The report.
    pub report: String,
    /// Write a PDF.
    pub pdf: bool,
    /// Write a PPTX.
    pub pptx: bool,
    /// Folder to write to; the documents folder where not given.
    pub folder: Option<String>,
    /// Language of the pack; the tenant's where not given.
    pub locale: Option<Locale>,
    /// Write the pages as PNG pictures of 300 dots per inch, too.
    #[serde(default)]
    pub png: bool,
    /// Wide pages (16:9) instead of A4 for PDF and PNG.
    #[serde(default)]
    pub wide: bool,
    /// Add what changed since an earlier state: a pack's file, a position of the log, or `last` for the last board.
    #[serde(default)]
    pub since: Option<String>,
}

/// What an export needs that must not be shown or kept.
#[derive(Clone, Default)]
pub struct ExportSecrets {
    /// Asked for when the PDF is opened.
    pub password: Option<zeroize::Zeroizing<String>>,
    /// A PKCS#12 file to sign the PDF with, so that PDF readers show it, and its password.
    pub signer: Option<(std::path::PathBuf, zeroize::Zeroizing<String>)>,
}

/// Progress of an export.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ExportProgress {
    /// 0-100.
    pub percent: u8,
    /// What is being done, in words.
    pub step: String,
}

/// Files that were written.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ExportView {
    /// The files.
    pub files: Vec<ExportedFile>,
    /// Milliseconds it took.
    #[ts(type = "number")]
    pub took_ms: u64,
}

/// One written file.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ExportedFile {
    /// Full path.
    pub path: String,
    /// Bytes.
    #[ts(type = "number")]
    pub size: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Pages or slides.
    pub pages: u32,
}

/// What a comparison of two states of the figures found.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DiffView {
    /// Whether nothing differs.
    pub same: bool,
    /// The earlier state.
    pub from: DiffSide,
    /// The later state.
    pub to: DiffSide,
    /// Every figure of either state, by lineage id.
    pub entries: Vec<DiffEntry>,
}

/// One side of a comparison.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DiffSide {
    /// The file, or the position.
    pub name: String,
    /// The company.
    pub tenant: Option<String>,
    /// Position of the log.
    #[ts(type = "number | null")]
    pub seq: Option<u64>,
    /// Whether the pack holds in every check; `None` for a position.
    pub valid: Option<bool>,
}

/// What became of a figure.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DiffEntry {
    /// `new`, `gone`, `moved`, `restated` or `unchanged`.
    pub became: String,
    /// Lineage id; of the later figure where the series moved to another period.
    pub figure: String,
    /// Earlier lineage id, value as shown, and version of the definition.
    pub from: Option<(String, String, u32)>,
    /// The same of the later one.
    pub to: Option<(String, String, u32)>,
    /// The difference in the figure's unit; `None` where nothing differs or a side has no number.
    pub amount: Option<f64>,
    /// The difference as shown.
    pub amount_shown: Option<String>,
}

/// What verification of a file found.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct VerifyView {
    /// The file.
    pub path: String,
    /// Everything that must hold does.
    pub valid: bool,
    /// Each check: what, whether it holds (`None`: could not be judged), detail.
    pub checks: Vec<VerifyCheck>,
    /// Facts from the manifest, label and value.
    pub facts: Vec<(String, String)>,
    /// The company the file names; believe this and the next three only of a valid file.
    pub tenant: Option<String>,
    /// The log position it was made at.
    #[ts(type = "number | null")]
    pub seq: Option<u64>,
    /// Who approved, by the company's own word.
    pub approver: Option<String>,
    /// Who made it.
    pub exporter: Option<String>,
    /// Parts that are not as they were signed: pages, slides, or other parts by name.
    pub changed: Vec<String>,
}

/// One check of a verification.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct VerifyCheck {
    /// Stable code, for example `signature`.
    pub code: String,
    /// In words.
    pub label: String,
    /// `None` where it could not be judged.
    pub holds: Option<bool>,
    /// Why it does not hold, in words.
    pub reason: Option<String>,
    /// What was found.
    pub detail: String,
}

/// An error as shown: a stable code, a message that says what to do, and detail for support.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FaultView {
    /// Stable code, for example `vault.key_wrong`.
    pub code: String,
    /// What happened and what to do, in the reader's language.
    pub message: String,
    /// Technical detail without secrets or figures; may be empty.
    pub detail: String,
}
