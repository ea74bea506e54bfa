//! The data of a chart as rows of text, for readers who prefer a table.
//!
//! Not a spreadsheet: cells are written in the locale and cannot be calculated with.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::hits::events_at;
use crate::{Cell, ChartKind, ChartSpec, words};

/// A table of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Table {
    /// Column headings; the first is that of the categories.
    pub header: Vec<String>,
    /// One row per category, as long as the header; the first cell is the category.
    pub rows: Vec<Vec<String>>,
}

/// Every value of the specification in the locale; a missing one reads as an en dash, a withheld one says so. A doughnut
/// has a column of shares, a waterfall one of levels, a ribbon one per percentile; events have the last column.
///
/// Reads any specification, also one that [`ChartSpec::check`] refuses.
pub fn table(spec: &ChartSpec) -> Table {
    let locale = spec.locale;
    let mut table = Table {
        header: vec![words::category(locale).to_owned()],
        rows: spec.categories.iter().map(|category| vec![category.clone()]).collect(),
    };
    let told = |value: f64| locale.value(value, spec.unit);
    for row in &spec.series {
        table.column(row.name.clone(), |index| match row.cell(index) {
            Cell::Known(value) => told(value),
            Cell::Withheld => words::withheld(locale).to_owned(),
            Cell::Missing => missing(),
        });
    }
    if spec.kind == ChartKind::Doughnut
        && let Some(row) = spec.series.first()
    {
        let total: f64 = row.values.iter().flatten().sum();
        table.column(words::share(locale).to_owned(), |index| {
            let value = row.values.get(index).copied().flatten().filter(|_| total > 0.0);
            value.map_or_else(missing, |value| locale.percent(value / total, 1))
        });
    }
    if spec.kind == ChartKind::Waterfall {
        let steps = spec.steps().unwrap_or_default();
        table.column(words::level(locale).to_owned(), |index| {
            steps.get(index).map_or_else(missing, |step| told(step.to))
        });
    }
    if let Some(cohort) = &spec.cohort {
        for (place, percent) in [10, 25, 50, 75, 90].into_iter().enumerate() {
            table.column(format!("{}, {}", cohort.name, words::percentile(locale, percent)), |index| {
                let spread = cohort.spread.get(index).copied().flatten();
                spread.map_or_else(missing, |spread| told(spread.all()[place]))
            });
        }
    }
    if !spec.annotations.is_empty() {
        table.column(words::events(locale).to_owned(), |index| {
            events_at(spec, index).collect::<Vec<_>>().join("; ")
        });
    }
    table
}

fn missing() -> String {
    "–".to_owned()
}

impl Table {
    fn column(&mut self, heading: String, cell: impl Fn(usize) -> String) {
        self.header.push(heading);
        for (index, row) in self.rows.iter_mut().enumerate() {
            row.push(cell(index));
        }
    }
}
