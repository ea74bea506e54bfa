//! The words of blocks as plain text, for speaker notes. Not a layout, and no picture of a chart but its sentence.

use crate::{Block, Item, Run};

impl Block {
    /// What it says, a line for each paragraph, item and row; empty for what a writer fills.
    pub fn plain(&self) -> String {
        let runs = |runs: &[Run]| runs.iter().map(|run| run.text.as_str()).collect::<String>();
        let rows = |rows: &mut dyn Iterator<Item = Vec<&str>>| -> Vec<String> {
            rows.map(|row| row.join(" · ")).collect()
        };
        let lines = match self {
            Self::Heading { text, .. } => vec![text.clone()],
            Self::Paragraph { runs: words } => vec![runs(words)],
            Self::List(list) => {
                let line = |(level, item): (u8, &Item)| {
                    format!("{}• {}", "  ".repeat(usize::from(level) - 1), runs(&item.runs))
                };
                list.flat().into_iter().map(line).collect()
            }
            Self::Kpis { cards } => {
                rows(&mut cards.iter().map(|card| vec![&*card.label, &*card.value, &*card.change]))
            }
            Self::Table { caption, rows: cells, .. } => {
                let mut lines = vec![caption.clone()];
                lines.extend(rows(&mut cells.iter().map(|row| row.iter().map(String::as_str).collect())));
                lines
            }
            Self::KpiTable { rows: figures, .. } => rows(&mut figures.iter().map(|row| {
                let values = row.values.iter().map(String::as_str);
                [&*row.label].into_iter().chain(values).chain([&*row.change]).collect()
            })),
            Self::Chart { spec } => vec![board_charts::alt(spec)],
            Self::Evidence { items } => {
                items.iter().map(|item| format!("{}. {} ({})", item.number, item.text, item.source)).collect()
            }
            Self::Cover { .. }
            | Self::Contents
            | Self::Lineage { .. }
            | Self::Methodology { .. }
            | Self::Audit { .. } => Vec::new(),
        };
        lines.into_iter().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
    }
}
