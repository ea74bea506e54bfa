//! What a chart is: data, meaning and theme. Not how it looks in any one output.

use std::borrow::Cow;

use board_domain::{Better, Locale, Unit};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::fonts;

/// The kind of picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ChartKind {
    /// A line per series over ordered categories; a missing value is a gap.
    Line,
    /// Bars by category: side by side or stacked, standing or lying.
    Bar,
    /// Parts of a whole; only the first series is drawn.
    Doughnut,
    /// Scores on spokes, 0-100 or 0-1.
    Radar,
    /// A bare line for a KPI card: no axes, no text.
    Sparkline,
    /// Lines over filled ground; stacked ones add up to a whole.
    Area,
    /// The spread of a cohort with the company's values (the first series) in it: over ordered categories, or a strip
    /// per category where the chart lies or has one category.
    Ribbon,
    /// One figure: the last value of the first series, its change, and the earlier values as a trend.
    Kpi,
    /// Steps from one level to another; only the first series is drawn.
    Waterfall,
}

impl ChartKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Line,
        Self::Area,
        Self::Bar,
        Self::Waterfall,
        Self::Ribbon,
        Self::Doughnut,
        Self::Radar,
        Self::Kpi,
        Self::Sparkline,
    ];
}

/// One named row of values, one value per category.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Series {
    /// Shown in the legend, the table and the hit map.
    pub name: String,
    /// `None` where nothing was measured or the value is withheld.
    pub values: Vec<Option<f64>>,
    /// Categories whose value is withheld because it would speak of fewer than ten people: rising indices of `None`s.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<usize>>", optional)]
    pub withheld: Vec<usize>,
}

/// What stands at one place of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell {
    /// A value.
    Known(f64),
    /// Nothing was measured.
    Missing,
    /// It would speak of fewer than ten people.
    Withheld,
}

impl Series {
    /// A row of which nothing is withheld.
    pub fn new(name: impl Into<String>, values: Vec<Option<f64>>) -> Self {
        Self { name: name.into(), values, withheld: Vec::new() }
    }

    /// What stands at a category; nothing beyond the end.
    pub fn cell(&self, category: usize) -> Cell {
        match self.values.get(category).copied().flatten() {
            Some(value) => Cell::Known(value),
            None if self.withheld.contains(&category) => Cell::Withheld,
            None => Cell::Missing,
        }
    }
}

/// A benchmark band behind a line, area or bar chart.
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

/// An event, marked where it happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Annotation {
    /// Place along the categories, 0 to their number - 1: 2 is the third category, 2.5 half-way to the fourth.
    pub at: f64,
    /// What happened, in a few words.
    pub text: String,
}

/// How a cohort is spread, in the chart's unit; no number is below the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Percentiles {
    /// One in ten is below.
    pub p10: f64,
    /// One in four is below.
    pub p25: f64,
    /// Half are below.
    pub median: f64,
    /// Three in four are below.
    pub p75: f64,
    /// Nine in ten are below.
    pub p90: f64,
}

impl Percentiles {
    /// From the lowest to the highest.
    pub fn all(&self) -> [f64; 5] {
        [self.p10, self.p25, self.median, self.p75, self.p90]
    }
}

/// The cohort of a ribbon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Cohort {
    /// Shown in the legend.
    pub name: String,
    /// One per category; `None` where the cohort is too small to be shown.
    pub spread: Vec<Option<Percentiles>>,
}

/// What a KPI card's value is compared with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Comparison {
    /// The earlier period, as people say it.
    pub name: String,
    /// Its value; `None` where there is none.
    pub value: Option<f64>,
    /// Which way is good.
    pub better: Better,
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
    /// A benchmark band, for lines, areas and bars; other kinds do not draw it.
    pub band: Option<Band>,
    /// Light or dark.
    pub mode: Mode,
    /// Language of numbers, alt text and table headings.
    pub locale: Locale,
    /// Bars and areas of a category stand on one another instead of side by side.
    #[serde(default, skip_serializing_if = "is_false")]
    #[ts(as = "Option<bool>", optional)]
    pub stacked: bool,
    /// Bars lie and their categories run downwards; a ribbon becomes a strip per category.
    #[serde(default, skip_serializing_if = "is_false")]
    #[ts(as = "Option<bool>", optional)]
    pub horizontal: bool,
    /// Events, for kinds with an axis of categories along the lower edge.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<Annotation>>", optional)]
    pub annotations: Vec<Annotation>,
    /// The cohort, which a ribbon must have and no other kind may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cohort: Option<Cohort>,
    /// What the value of a KPI card is compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub comparison: Option<Comparison>,
    /// Categories of a waterfall that show the level reached instead of a step: rising indices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<usize>>", optional)]
    pub totals: Vec<usize>,
}

/// Whether a chart shows its data or says in words why it does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There is something to draw.
    Drawn,
    /// Nothing was measured.
    Empty,
    /// Nothing may be shown: what there is would speak of fewer than ten people.
    Withheld,
}

/// One bar of a waterfall.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Where the bar begins: the level before it, or zero for a total.
    pub from: f64,
    /// Where it ends: the level after it.
    pub to: f64,
    /// Whether it shows a level reached rather than a step.
    pub total: bool,
}

impl ChartSpec {
    /// A chart without data, in light mode: for `ChartSpec { categories, series, ..ChartSpec::new(…) }`.
    pub fn new(kind: ChartKind, unit: Unit, locale: Locale) -> Self {
        Self {
            kind,
            title: String::new(),
            subtitle: String::new(),
            categories: Vec::new(),
            series: Vec::new(),
            unit,
            band: None,
            mode: Mode::Light,
            locale,
            stacked: false,
            horizontal: false,
            annotations: Vec::new(),
            cohort: None,
            comparison: None,
            totals: Vec::new(),
        }
    }

    /// The series that the kind draws: all, or the first only.
    pub fn drawn(&self) -> &[Series] {
        let most = match self.kind {
            ChartKind::Line | ChartKind::Area | ChartKind::Bar | ChartKind::Radar | ChartKind::Sparkline => {
                self.series.len()
            }
            ChartKind::Doughnut | ChartKind::Ribbon | ChartKind::Kpi | ChartKind::Waterfall => 1,
        };
        &self.series[..most.min(self.series.len())]
    }

    /// The band, where the kind draws it.
    pub fn drawn_band(&self) -> Option<&Band> {
        let banded = matches!(self.kind, ChartKind::Line | ChartKind::Area | ChartKind::Bar);
        self.band.as_ref().filter(|_| banded)
    }

    /// Whether the kind, drawn this way, has a place for events.
    pub fn takes_annotations(&self) -> bool {
        match self.kind {
            ChartKind::Line | ChartKind::Area | ChartKind::Bar | ChartKind::Waterfall => !self.horizontal,
            ChartKind::Ribbon => !self.strips(),
            ChartKind::Doughnut | ChartKind::Radar | ChartKind::Sparkline | ChartKind::Kpi => false,
        }
    }

    /// Whether a ribbon is drawn as one strip per category.
    pub fn strips(&self) -> bool {
        self.kind == ChartKind::Ribbon && (self.horizontal || self.categories.len() == 1)
    }

    /// The bars of a waterfall, one per category; `None` where a step is missing or withheld, since no level after it
    /// is known.
    pub fn steps(&self) -> Option<Vec<Step>> {
        let mut level = 0.0;
        let values = &self.series.first()?.values;
        let step = |(index, value): (usize, &Option<f64>)| {
            let (value, total) = ((*value)?, self.totals.contains(&index));
            let from = if total { 0.0 } else { level };
            level = if total { value } else { level + value };
            Some(Step { from, to: level, total })
        };
        values.iter().enumerate().map(step).collect()
    }

    /// The same with every text as it can be drawn.
    pub(crate) fn drawable(&self) -> Self {
        let mut spec = self.clone();
        let texts = [&mut spec.title, &mut spec.subtitle]
            .into_iter()
            .chain(&mut spec.categories)
            .chain(spec.series.iter_mut().map(|row| &mut row.name))
            .chain(spec.band.iter_mut().map(|band| &mut band.name))
            .chain(spec.cohort.iter_mut().map(|cohort| &mut cohort.name))
            .chain(spec.comparison.iter_mut().map(|other| &mut other.name))
            .chain(spec.annotations.iter_mut().map(|event| &mut event.text));
        for text in texts {
            if let Cow::Owned(drawable) = fonts::drawable(text) {
                *text = drawable;
            }
        }
        spec
    }

    /// Whether the chart shows data, or words in its place.
    pub fn state(&self) -> State {
        let known = |row: &Series| row.values.iter().any(Option::is_some);
        let drawn = match self.kind {
            // A whole of nothing has no parts.
            ChartKind::Doughnut => {
                self.drawn().iter().flat_map(|row| &row.values).flatten().any(|v| *v > 0.0)
            }
            ChartKind::Kpi => self.drawn().iter().any(|row| row.values.last().is_some_and(Option::is_some)),
            ChartKind::Waterfall => self.steps().is_some_and(|steps| !steps.is_empty()),
            ChartKind::Ribbon => {
                let cohort = self.cohort.iter().flat_map(|cohort| &cohort.spread).any(Option::is_some);
                cohort || self.drawn().iter().any(known)
            }
            ChartKind::Line | ChartKind::Area | ChartKind::Bar | ChartKind::Radar | ChartKind::Sparkline => {
                self.drawn().iter().any(known)
            }
        };
        let last = self.categories.len().saturating_sub(1);
        let withheld = |row: &Series| match self.kind {
            ChartKind::Kpi => row.cell(last) == Cell::Withheld,
            _ => !row.withheld.is_empty(),
        };
        if drawn {
            State::Drawn
        } else if self.drawn().iter().any(withheld) {
            State::Withheld
        } else {
            State::Empty
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // The shape serde asks for.
fn is_false(value: &bool) -> bool {
    !value
}
