//! What a pack says, before any file format: pages of blocks, a watermark and a manifest.
//!
//! Two writers read the same plan. Not a layout: positions belong to the writers.

use std::collections::BTreeMap;

use board_charts::ChartSpec;
use board_domain::{Locale, Watermark};
use serde::{Deserialize, Serialize};

/// A whole pack. Equal plans give equal bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PackPlan {
    /// Title on the cover and in the document's properties.
    pub title: String,
    /// Second line of the cover, for example the period in words.
    pub subtitle: String,
    /// The company's name.
    pub company: String,
    /// Language of the whole pack.
    pub locale: Locale,
    /// Pages in order; each becomes one slide, and one or more PDF pages.
    pub pages: Vec<Page>,
    /// Stamped on every page and slide, already filled in.
    pub watermark: Stamp,
    /// Facts printed small at the foot of each page: status, as-of, fingerprint.
    pub footer: String,
    /// Brand colour, `#RRGGBB`; the writers derive tints from it.
    pub accent: String,
    /// What the pack was made from.
    pub manifest: Manifest,
}

/// A watermark with its text filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stamp {
    /// The exact words. Never empty.
    pub text: String,
    /// Where and how, from the tenant's settings.
    pub style: Watermark,
}

/// One section of the pack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Heading of the page or slide, and its bookmark.
    pub title: String,
    /// Blocks in reading order.
    pub blocks: Vec<Block>,
    /// Speaker notes of the slide; empty for none.
    pub notes: String,
}

/// A piece of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "block", rename_all = "snake_case")]
#[allow(clippy::large_enum_variant)] // A plan has dozens of blocks, and each is held once.
pub enum Block {
    /// The cover: title, company, period, status lines (label, value).
    Cover {
        /// Lines below the title, for example `("Status", "Approved by …")`.
        facts: Vec<(String, String)>,
    },
    /// A heading inside the page, level 2 or 3.
    Heading {
        /// 2 or 3.
        level: u8,
        /// The words.
        text: String,
    },
    /// A paragraph of runs.
    Paragraph {
        /// Runs of text.
        runs: Vec<Run>,
    },
    /// A list, one entry per item.
    List {
        /// Numbered rather than bulleted.
        ordered: bool,
        /// Items, each a row of runs.
        items: Vec<Vec<Run>>,
    },
    /// KPI cards: up to six a row.
    Kpis {
        /// The cards.
        cards: Vec<KpiCard>,
    },
    /// A table with a header row that repeats over page breaks.
    Table {
        /// Caption above the table.
        caption: String,
        /// Column headings; the first column names the row.
        header: Vec<String>,
        /// Rows, each as long as the header.
        rows: Vec<Vec<String>>,
    },
    /// A chart: vector in PDF, native and editable in PPTX.
    Chart {
        /// The chart.
        spec: ChartSpec,
    },
    /// Numbered evidence: what a citation in the narrative points at.
    Evidence {
        /// Entries in citation order.
        items: Vec<EvidenceItem>,
    },
}

/// A run of text with one emphasis.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The words.
    pub text: String,
    /// Bold.
    #[serde(default)]
    pub bold: bool,
    /// Italic.
    #[serde(default)]
    pub italic: bool,
    /// Number of the evidence item it cites, shown as a superscript.
    #[serde(default)]
    pub cite: Option<u32>,
}

/// A figure as a card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KpiCard {
    /// What it is.
    pub label: String,
    /// The value as shown, in the pack's locale.
    pub value: String,
    /// The change in words, for example `+4.2% on Q2 2026`; empty for none.
    pub change: String,
    /// Whether the change is good news, bad news, or neither.
    pub trend: Trend,
}

/// Direction of a change, judged by what is better for the metric.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// Better than before.
    Improving,
    /// Worse than before.
    Declining,
    /// Neither, or nothing to compare with.
    #[default]
    Stable,
}

/// A cited piece of evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EvidenceItem {
    /// Its number in this pack.
    pub number: u32,
    /// The redacted words.
    pub text: String,
    /// Programme, period and kind of source, in words.
    pub source: String,
    /// SHA-256 of the redacted text, hexadecimal.
    pub sha256: String,
}

/// What a pack was made from; embedded in the file, hashed and signed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// `1`.
    pub format: u32,
    /// Tenant id.
    pub tenant: String,
    /// The log's epoch.
    pub epoch: String,
    /// The sequence number the pack was made at.
    pub seq: u64,
    /// Chain head per audience the maker could read, hexadecimal.
    pub heads: BTreeMap<String, String>,
    /// Report id, title and version, if it is a report's pack.
    pub report: Option<String>,
    /// Report status as stamped.
    pub status: String,
    /// Who approved and when, in words; empty for a draft.
    pub approval: String,
    /// Who made the file.
    pub exporter: String,
    /// When, RFC 3339 UTC.
    pub exported_at: String,
    /// Template id and version, for example `quarterly/1`.
    pub template: String,
    /// Watermark text.
    pub watermark: String,
    /// Every figure in the pack: lineage id → value as shown.
    pub figures: BTreeMap<String, String>,
    /// Metric definition versions used: metric id → version.
    pub definitions: BTreeMap<String, u32>,
}
