//! The rules a plan keeps before anything is written. Not whether its figures are right.

use std::collections::BTreeSet;

use crate::{Block, PackError, PackPlan, Page, Run};

/// Most pages in a plan.
pub const MAX_PAGES: usize = 200;
/// Most blocks on a page.
pub const MAX_BLOCKS: usize = 400;
/// Most rows in a table.
pub const MAX_ROWS: usize = 5000;
/// Most columns in a table.
pub const MAX_COLUMNS: usize = 12;
/// Most characters in a text of one run or cell.
pub const MAX_TEXT: usize = 20_000;
/// Most characters in a title, label or value.
pub const MAX_LABEL: usize = 300;

impl PackPlan {
    /// Refuses a plan that would make an incomplete pack: no page, an empty value, a torn table, a chart that cannot
    /// be drawn, a citation of missing evidence, or sizes beyond the bounds of this module.
    pub fn check(&self) -> Result<(), PackError> {
        self.frame()?;
        for (index, page) in self.pages.iter().enumerate() {
            let place =
                if page.title.trim().is_empty() { format!("page {}", index + 1) } else { page.title.clone() };
            within(page.blocks.len(), 1, MAX_BLOCKS, &place, "blocks")?;
            label(&page.title, &place)?;
            text(&page.notes, &place)?;
            for entry in &page.blocks {
                block(entry, &place)?;
            }
        }
        self.evidence()
    }

    fn frame(&self) -> Result<(), PackError> {
        within(self.pages.len(), 1, MAX_PAGES, "the plan", "pages")?;
        for (value, name) in [(&self.title, "title"), (&self.company, "company")] {
            if value.trim().is_empty() {
                return refuse(format!("it has no {name}"));
            }
        }
        for value in [&self.title, &self.subtitle, &self.company, &self.footer] {
            label(value, "the plan")?;
        }
        if crate::text::Rgb::parse(&self.accent).is_none() {
            return refuse("the accent colour does not read like #1D4E89");
        }
        if let Err(error) = self.watermark.style.check() {
            return refuse(error);
        }
        if crate::text::clean(&self.watermark.text).trim().is_empty() {
            return refuse("the watermark has no words");
        }
        label(&self.watermark.text, "the watermark")?;
        if self.watermark.text != self.manifest.watermark {
            return refuse("the watermark is not the manifest's");
        }
        if self.manifest.format != 1 {
            return refuse("the manifest's format is not 1");
        }
        match self.manifest.figures.iter().find(|(_, value)| value.trim().is_empty()) {
            Some((id, _)) => Err(PackError::FigureMissing { figure: id.clone() }),
            None => Ok(()),
        }
    }

    /// Every citation names an evidence item, and every number is used by one item only.
    fn evidence(&self) -> Result<(), PackError> {
        let mut numbers = BTreeSet::new();
        let blocks = || self.pages.iter().flat_map(|page: &Page| &page.blocks);
        for block in blocks() {
            let Block::Evidence { items } = block else { continue };
            for item in items {
                if !numbers.insert(item.number) {
                    return refuse(format!("evidence {} appears twice", item.number));
                }
            }
        }
        let cited = blocks().flat_map(runs).filter_map(|run| run.cite);
        match cited.into_iter().find(|number| !numbers.contains(number)) {
            Some(number) => refuse(format!("evidence {number} is cited but not in the pack")),
            None => Ok(()),
        }
    }
}

/// All runs of a block.
fn runs(block: &Block) -> Vec<&Run> {
    match block {
        Block::Paragraph { runs } => runs.iter().collect(),
        Block::List { items, .. } => items.iter().flatten().collect(),
        _ => Vec::new(),
    }
}

fn block(block: &Block, place: &str) -> Result<(), PackError> {
    for run in runs(block) {
        text(&run.text, place)?;
    }
    match block {
        Block::Cover { facts } => {
            within(facts.len(), 0, 16, place, "facts")?;
            facts.iter().try_for_each(|(name, value)| label(name, place).and_then(|()| label(value, place)))
        }
        Block::Heading { level, text } => {
            if !matches!(level, 2 | 3) {
                return refuse(format!("{place}: a heading's level is 2 or 3, not {level}"));
            }
            filled(text, place, "heading")
        }
        Block::Paragraph { .. } => Ok(()),
        Block::List { items, .. } => within(items.len(), 1, MAX_BLOCKS, place, "list items"),
        Block::Kpis { cards } => {
            within(cards.len(), 1, 24, place, "cards")?;
            for card in cards {
                label(&card.change, place)?;
                filled(&card.label, place, "card")?;
                label(&card.value, place)?;
                if card.value.trim().is_empty() {
                    return Err(PackError::FigureMissing { figure: format!("{place}: {}", card.label) });
                }
            }
            Ok(())
        }
        Block::Table { caption, header, rows } => table(caption, header, rows, place),
        Block::Chart { spec } => spec
            .check()
            .map_err(|error| PackError::Chart { title: spec.title.clone(), reason: error.to_string() }),
        Block::Evidence { items } => {
            within(items.len(), 1, MAX_ROWS, place, "evidence items")?;
            for item in items {
                text(&item.text, place)?;
                label(&item.source, place)?;
                filled(&item.text, place, "evidence item")?;
                if item.sha256.len() != 64 || !item.sha256.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                    return refuse(format!("{place}: evidence {} has no SHA-256", item.number));
                }
            }
            Ok(())
        }
    }
}

fn table(caption: &str, header: &[String], rows: &[Vec<String>], place: &str) -> Result<(), PackError> {
    label(caption, place)?;
    within(header.len(), 1, MAX_COLUMNS, place, "columns")?;
    within(rows.len(), 0, MAX_ROWS, place, "rows")?;
    header.iter().try_for_each(|cell| label(cell, place))?;
    for (index, row) in rows.iter().enumerate() {
        if row.len() != header.len() {
            return refuse(format!(
                "{place}: row {} has {} cells for {} columns",
                index + 1,
                row.len(),
                header.len()
            ));
        }
        row.iter().try_for_each(|cell| text(cell, place))?;
    }
    Ok(())
}

fn refuse<T>(reason: impl std::fmt::Display) -> Result<T, PackError> {
    Err(PackError::Plan { reason: format!("{reason}") })
}

fn within(count: usize, least: usize, most: usize, place: &str, what: &str) -> Result<(), PackError> {
    if (least..=most).contains(&count) {
        return Ok(());
    }
    refuse(format!("{place} has {count} {what}; {least} to {most} are possible"))
}

fn filled(value: &str, place: &str, what: &str) -> Result<(), PackError> {
    if value.trim().is_empty() {
        return refuse(format!("{place}: a {what} has no words"));
    }
    if what == "evidence item" { Ok(()) } else { label(value, place) }
}

fn label(value: &str, place: &str) -> Result<(), PackError> {
    bounded(value, MAX_LABEL, place)
}

fn text(value: &str, place: &str) -> Result<(), PackError> {
    bounded(value, MAX_TEXT, place)
}

fn bounded(value: &str, most: usize, place: &str) -> Result<(), PackError> {
    // A character is at most four bytes, so a short text is never counted.
    if value.len() > most && value.chars().count() > most {
        return refuse(format!("{place}: a text is longer than {most} characters"));
    }
    Ok(())
}
