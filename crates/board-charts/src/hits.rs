//! Where each data point lies, for tooltips and arrow keys.
//!
//! Not drawn: the window lays it over the picture.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::drawing::Rect;
use crate::sheet::Sheet;
use crate::{ChartKind, ChartSpec};

/// The place of one data point.
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
    /// Keeps the area inside the canvas.
    pub(crate) fn new(sheet: &Sheet, series: usize, category: usize, area: Rect, label: String) -> Self {
        let (left, top) = (area.x.max(0.0), area.y.max(0.0));
        let width = (area.right().min(sheet.size.width_pt) - left).max(0.0);
        let height = (area.bottom().min(sheet.size.height_pt) - top).max(0.0);
        Self { series, category, area: Rect { x: left, y: top, width, height }, label }
    }
}

/// `Series · Category: value`; without the series where there is only one.
pub(crate) fn label(spec: &ChartSpec, series: usize, category: usize, value: f64) -> String {
    let name = &spec.series[series].name;
    let named = spec.kind != ChartKind::Doughnut && spec.series.len() > 1 && !name.is_empty();
    let prefix = if named { format!("{name} · ") } else { String::new() };
    format!("{prefix}{}: {}", spec.categories[category], spec.locale.value(value, spec.unit))
}
