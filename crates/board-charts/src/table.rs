//! The data of a chart as rows of text, for readers who prefer a table.
//!
//! Not a spreadsheet: cells are written in the locale and cannot be calculated with.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ChartKind, ChartSpec, words};

/// A table of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Table {
    /// Column headings; the first is that of the categories.
    pub header: Vec<String>,
    /// One row per category, as long as the header; the first cell is the category.
    pub rows: Vec<Vec<String>>,
}

/// Every value of the specification in the locale; a missing one reads as an en dash. A doughnut has a column of shares.
///
/// Reads any specification, also one that [`ChartSpec::check`] refuses.
pub fn table(spec: &ChartSpec) -> Table {
    let locale = spec.locale;
    let missing = || "–".to_owned();
    let mut header = vec![words::category(locale).to_owned()];
    header.extend(spec.series.iter().map(|row| row.name.clone()));
    let parts = (spec.kind == ChartKind::Doughnut).then(|| spec.series.first()).flatten();
    let total: f64 = parts.map_or(0.0, |row| row.values.iter().flatten().sum());
    if parts.is_some() {
        header.push(words::share(locale).to_owned());
    }
    let cells =
        |(index, category): (usize, &String)| {
            let value_of = |values: &[Option<f64>]| values.get(index).copied().flatten();
            let mut cells = vec![category.clone()];
            cells.extend(spec.series.iter().map(|row| {
                value_of(&row.values).map_or_else(missing, |value| locale.value(value, spec.unit))
            }));
            if let Some(row) = parts {
                let share = value_of(&row.values).filter(|_| total > 0.0).map(|value| value / total);
                cells.push(share.map_or_else(missing, |share| locale.percent(share, 1)));
            }
            cells
        };
    Table { header, rows: spec.categories.iter().enumerate().map(cells).collect() }
}
