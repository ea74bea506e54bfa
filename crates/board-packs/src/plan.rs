//! What a pack says, before any file format: pages of blocks, a watermark and a manifest.
//!
//! Two writers read the same plan. Not a layout: positions belong to the writers.

use std::collections::BTreeMap;

use board_charts::ChartSpec;
use board_domain::{FigureValue, Locale, Signed, Watermark};
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
    /// The company's logo on the cover; the writers set the company's name where there is none.
    #[serde(default)]
    pub logo: Option<Logo>,
    /// What the PDF and the PNG pages are laid out for. A presentation is always wide.
    #[serde(default)]
    pub paper: Paper,
    /// Whether a presentation takes one slide for each page. What does not fit stands whole in the speaker notes, and the
    /// slide says so; pages of lineage and methodology alone go into the charts' workbooks.
    #[serde(default)]
    pub deck: bool,
    /// What the pack was made from.
    pub manifest: Manifest,
}

/// Size of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paper {
    /// A4 portrait, 210 × 297 mm.
    #[default]
    A4,
    /// 16:9, 13⅓ × 7½ inches: the size of a slide.
    Wide,
}

/// A picture of the company's mark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logo {
    /// A PNG of at most 2 MiB and 2,000 × 2,000 pixels; hexadecimal when serialised.
    #[serde(with = "hex::serde")]
    pub png: Vec<u8>,
    /// What it shows, in the pack's language. Never empty.
    pub alt: String,
}

/// A watermark with its text filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stamp {
    /// The exact words. Never empty.
    pub text: String,
    /// Where and how, from the tenant's settings.
    pub style: Watermark,
    /// Whether it covers the content or lies beneath it.
    #[serde(default)]
    pub layer: Layer,
}

/// Which of two lies on top.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Over the content.
    #[default]
    Over,
    /// Under the content; fills of the content hide it.
    Under,
}

/// One section of the pack.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Heading of the page or slide, and its bookmark.
    pub title: String,
    /// Blocks in reading order.
    pub blocks: Vec<Block>,
    /// Speaker notes of the slide; empty for none.
    pub notes: String,
    /// The chapter it belongs to. Pages of the same chapter in a row share one entry in the outline of the PDF and one
    /// section of the presentation; `None` stands by itself.
    #[serde(default)]
    pub section: Option<String>,
    /// Language of its words where that is not the pack's: hyphenation and the reader's voice follow it.
    #[serde(default)]
    pub lang: Option<Locale>,
}

/// A piece of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "block", rename_all = "snake_case")]
// A plan holds hundreds of blocks, not millions; a box would only burden whoever makes one.
#[allow(clippy::large_enum_variant)]
pub enum Block {
    /// The cover: title, company, period, status lines (label, value).
    Cover {
        /// Lines below the title, for example `("Status", "Approved by …")`.
        facts: Vec<(String, String)>,
    },
    /// A heading inside the page. Level 1 opens a chapter of its own within the page; the page's title has level 1 too.
    Heading {
        /// 1 to 3.
        level: u8,
        /// The words.
        text: String,
    },
    /// A paragraph of runs.
    Paragraph {
        /// Runs of text.
        runs: Vec<Run>,
    },
    /// A list.
    List(List),
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
    /// The list of pages with their numbers, which the writer fills. A plan without one gets it after its covers.
    Contents,
    /// Key figures as a table: more of them than cards can hold, and several periods side by side.
    KpiTable {
        /// Caption above the table.
        caption: String,
        /// Column headings: the name, each value, and the change last.
        header: Vec<String>,
        /// Rows; each has two cells fewer than the header, for the name and the change stand apart.
        rows: Vec<KpiRow>,
    },
    /// Where each figure comes from: value, definition, formula, inputs, evidence. Figures in the text link here.
    Lineage {
        /// Entries in the order of the pack.
        figures: Vec<LineageEntry>,
    },
    /// How each measure is worked out.
    Methodology {
        /// One entry per definition and version.
        notes: Vec<MethodNote>,
    },
    /// Who approved what when; the writer adds the facts of the manifest, how to check the file and the fingerprint as
    /// a QR code. A plan without one gets a page of these at its end.
    Audit {
        /// Steps of the approval, oldest first.
        approvals: Vec<ApprovalStep>,
        /// Hash of the approved content, hexadecimal; empty for a draft.
        content_hash: String,
    },
}

/// A list, one entry per item.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct List {
    /// Numbered rather than bulleted.
    pub ordered: bool,
    /// Its items.
    pub items: Vec<Item>,
}

/// An item of a list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Its words.
    pub runs: Vec<Run>,
    /// Lists below it, at most three levels in all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inner: Vec<List>,
}

impl From<Vec<Run>> for Item {
    fn from(runs: Vec<Run>) -> Self {
        Self { runs, inner: Vec::new() }
    }
}

impl List {
    /// Every item in reading order with its level, 1 for those of this list.
    pub fn flat(&self) -> Vec<(u8, &Item)> {
        fn walk<'a>(list: &'a List, level: u8, out: &mut Vec<(u8, &'a Item)>) {
            for item in &list.items {
                out.push((level, item));
                // Deeper than any plan that passes its check: no stack is used up by a hostile one.
                if level < 8 {
                    item.inner.iter().for_each(|inner| walk(inner, level + 1, out));
                }
            }
        }
        let mut out = Vec::new();
        walk(self, 1, &mut out);
        out
    }
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
    /// Lineage id of the figure that these words show; they link to its entry where the pack has one.
    #[serde(default)]
    pub figure: Option<String>,
    /// Its language where that is not the page's.
    #[serde(default)]
    pub lang: Option<Locale>,
}

/// A key figure as a row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KpiRow {
    /// What it is.
    pub label: String,
    /// Values as shown, one per middle column.
    pub values: Vec<String>,
    /// The change in words; empty for none.
    pub change: String,
    /// Whether the change is good news, bad news, or neither.
    pub trend: Trend,
    /// Lineage id of the figure, if the pack explains it.
    #[serde(default)]
    pub figure: Option<String>,
}

/// How one figure came to be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LineageEntry {
    /// Lineage id, as in the manifest.
    pub figure: String,
    /// What it is, with period and programme in words.
    pub label: String,
    /// The value as shown.
    pub value: String,
    /// Name and version of the definition, in words.
    pub definition: String,
    /// The formula, in words or signs.
    pub formula: String,
    /// Inputs as (name, value as shown).
    pub inputs: Vec<(String, String)>,
    /// When it was measured, in words; empty where unknown.
    #[serde(default)]
    pub measured: String,
    /// Numbers of the evidence items of this pack that it rests on.
    #[serde(default)]
    pub evidence: Vec<u32>,
    /// Ids of further evidence, which is not printed in this pack.
    #[serde(default)]
    pub evidence_ids: Vec<String>,
}

/// How one measure is worked out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MethodNote {
    /// The measure's name.
    pub name: String,
    /// Version of the definition.
    pub version: u32,
    /// Unit in words.
    pub unit: String,
    /// The formula, in words or signs.
    pub formula: String,
    /// Where the inputs come from, in words.
    pub sources: String,
    /// From when to when the version holds, in words; empty where it always did.
    #[serde(default)]
    pub effective: String,
    /// Anything else the reader must know.
    #[serde(default)]
    pub notes: Vec<Run>,
}

/// One step of the approval.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalStep {
    /// When, in words, UTC.
    pub at: String,
    /// Who.
    pub who: String,
    /// In which role, in words.
    pub role: String,
    /// What was done, in words, for example `Approved version 3`.
    pub action: String,
    /// What they said; empty for nothing.
    #[serde(default)]
    pub comment: String,
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EvidenceItem {
    /// Its number in this pack.
    pub number: u32,
    /// The redacted words.
    pub text: String,
    /// Programme, period and kind of source, in words.
    pub source: String,
    /// SHA-256 of the redacted text, hexadecimal.
    pub sha256: String,
    /// Its language where that is not the pack's.
    #[serde(default)]
    pub lang: Option<Locale>,
}

/// What a pack was made from; embedded in the file, hashed and signed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// `2` with a [`Proof`], `1` without.
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
    /// What ties the pack to a tenant's published key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
}

/// What ties a pack to a tenant's published key, and its figures to later packs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    /// Report id.
    pub report: String,
    /// Its version.
    pub version: u32,
    /// Hash of the report's content, hexadecimal; an approval is of this.
    pub content_hash: String,
    /// Period of the report, for example `2026-Q3`.
    pub period: String,
    /// Person id of the exporter; the device's certificate names the same.
    pub person: String,
    /// SHA-256 of the template's sections and measures, hexadecimal.
    pub template_hash: String,
    /// SHA-256 of the tenant's accent and watermark settings, hexadecimal.
    pub theme_hash: String,
    /// Every figure in the pack as measured: lineage id → value.
    pub values: BTreeMap<String, Measured>,
    /// The tenant's statement of approval; `None` for what was not approved.
    pub approval: Option<Signed>,
    /// The tenant's certificate for the device that made the file; `None` where it had none.
    pub device: Option<Signed>,
}

/// A figure as measured, so that packs can be compared without reading what they show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The value.
    pub value: FigureValue,
    /// Version of the metric's definition.
    pub definition: u32,
}
