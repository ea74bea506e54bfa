//! Where each data point lies, for tooltips and arrow keys.
//!
//! Not drawn: the window lays it over the picture.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::drawing::Rect;
use crate::sheet::Sheet;
use crate::{Cell, ChartKind, ChartSpec, words};

/// The place of one data point, or of one that is withheld.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Hit {
    /// Index of the series.
    pub series: usize,
    /// Index of the category; for the part of a doughnut that sums up small ones, that of the first of them.
    pub category: usize,
    /// Inside the canvas.
    pub area: Rect,
    /// Series, category and value in the locale, as a tooltip shows them.
    pub label: String,
}

impl Hit {
    /// Tells the data point; keeps the area inside the canvas.
    pub(crate) fn new(sheet: &Sheet, series: usize, category: usize, area: Rect) -> Self {
        Self::telling(sheet, series, category, area, label(sheet.told, series, category))
    }

    pub(crate) fn telling(sheet: &Sheet, series: usize, category: usize, area: Rect, label: String) -> Self {
        let (right, bottom) = (sheet.size.width_pt, sheet.size.height_pt);
        // What has no room at all lies on the edge, as nothing.
        let (left, top) = (area.x.clamp(0.0, right), area.y.clamp(0.0, bottom));
        let width = (area.right().min(right) - left).max(0.0);
        let height = (area.bottom().min(bottom) - top).max(0.0);
        Self { series, category, area: Rect { x: left, y: top, width, height }, label }
    }
}

/// `Series · Category: value`, without the series where there is only one; then what else is known there: the level
/// of a waterfall, the median of a cohort, events.
fn label(spec: &ChartSpec, series: usize, category: usize) -> String {
    let locale = spec.locale;
    let row = &spec.series[series];
    let named = spec.drawn().len() > 1 || spec.kind == ChartKind::Ribbon;
    let prefix = if named && !row.name.is_empty() { format!("{} · ", row.name) } else { String::new() };
    let value = match row.cell(category) {
        Cell::Known(value) => locale.value(value, spec.unit),
        Cell::Missing => words::missing(locale).to_owned(),
        Cell::Withheld => words::withheld_why(locale),
    };
    let mut text = format!("{prefix}{}: {value}", spec.categories[category]);
    if spec.kind == ChartKind::Waterfall
        && let Some(step) =
            spec.steps().and_then(|steps| steps.get(category).copied()).filter(|step| !step.total)
    {
        let _ = write!(text, " · {} {}", words::level(locale), locale.value(step.to, spec.unit));
    }
    if let Some(cohort) = &spec.cohort
        && let Some(spread) = cohort.spread[category]
    {
        let median = locale.value(spread.median, spec.unit);
        let middle =
            format!("{} – {}", locale.value(spread.p25, spec.unit), locale.value(spread.p75, spec.unit));
        let _ = write!(text, " · {}: {} {median}, 25–75 % {middle}", cohort.name, words::median(locale));
    }
    for event in events_at(spec, category) {
        let _ = write!(text, " · {event}");
    }
    text
}

/// The events nearest to a category.
pub(crate) fn events_at(spec: &ChartSpec, category: usize) -> impl Iterator<Item = &str> {
    let near = move |at: f64| (at - category as f64).abs() < 0.5 || (at - category as f64 - 0.5).abs() < 1e-9;
    spec.annotations.iter().filter(move |event| near(event.at)).map(|event| event.text.as_str())
}
