//! What a chart is: data, meaning and theme. Not how it looks in any one output.

use board_domain::{Locale, Unit};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The kind of picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ChartKind {
    /// A line per series over ordered categories; a missing value is a gap.
    Line,
    /// Bars grouped by category.
    Bar,
    /// Parts of a whole; only the first series is drawn.
    Doughnut,
    /// Scores on spokes, 0-100 or 0-1.
    Radar,
    /// A bare line for a KPI card: no axes, no text.
    Sparkline,
}

/// One named row of values, one value per category.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Series {
    /// Shown in the legend, the table and the hit map.
    pub name: String,
    /// `None` where nothing was measured or the value is withheld.
    pub values: Vec<Option<f64>>,
}

/// A benchmark band behind a line or bar chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Band {
    /// Shown in the legend.
    pub name: String,
    /// Lower edge, in the chart's unit.
    pub low: f64,
    /// Upper edge, at least `low`.
    pub high: f64,
}

/// Light or dark ground.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Mode {
    /// Dark ink on a light ground.
    #[default]
    Light,
    /// Light ink on a dark ground.
    Dark,
}

/// Everything that decides a chart. Equal specifications give equal bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChartSpec {
    /// The kind of picture.
    pub kind: ChartKind,
    /// One line above the chart; empty for none.
    pub title: String,
    /// A second, quieter line; empty for none.
    pub subtitle: String,
    /// Names along the axis, the ring or the spokes.
    pub categories: Vec<String>,
    /// Rows of values.
    pub series: Vec<Series>,
    /// What the numbers mean.
    pub unit: Unit,
    /// A benchmark band, for lines and bars.
    pub band: Option<Band>,
    /// Light or dark.
    pub mode: Mode,
    /// Language of numbers, alt text and table headings.
    pub locale: Locale,
}
