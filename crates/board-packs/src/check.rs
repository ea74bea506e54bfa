//! The rules a plan keeps before anything is written. Not whether its figures are right.

use std::collections::BTreeSet;

use crate::{Block, KpiRow, LineageEntry, PackError, PackPlan, Page, Run};

/// Most pages in a plan.
pub const MAX_PAGES: usize = 2000;
/// Most blocks on a page.
pub const MAX_BLOCKS: usize = 400;
/// Most levels of lists in lists.
pub const MAX_DEPTH: usize = 3;
/// Most rows in a table.
pub const MAX_ROWS: usize = 5000;
/// Most columns in a table.
pub const MAX_COLUMNS: usize = 12;
/// Most characters in a text of one run or cell.
pub const MAX_TEXT: usize = 20_000;
/// Most characters in a title, label or value.
pub const MAX_LABEL: usize = 300;
/// Most bytes of a logo.
pub const MAX_LOGO: usize = 2 << 20;

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
        if let Some(logo) = &self.logo {
            filled(&logo.alt, "the plan", "logo")?;
            if logo.png.len() > MAX_LOGO {
                return refuse(format!("the logo is larger than {MAX_LOGO} bytes"));
            }
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
        if self.manifest.format != if self.manifest.proof.is_some() { 2 } else { 1 } {
            return refuse("the manifest's format is not that of its content");
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
        for (name, count) in [
            ("contents", blocks().filter(|block| matches!(block, Block::Contents)).count()),
            ("audit", blocks().filter(|block| matches!(block, Block::Audit { .. })).count()),
        ] {
            if count > 1 {
                return refuse(format!("it has {count} blocks of kind {name}; one is possible"));
            }
        }
        let lineage = blocks().flat_map(|block| match block {
            Block::Lineage { figures } => figures.as_slice(),
            _ => &[],
        });
        let mut figures = BTreeSet::new();
        let mut rests_on = Vec::new();
        for entry in lineage {
            if !figures.insert(&entry.figure) {
                return refuse(format!("the figure {} is explained twice", entry.figure));
            }
            rests_on.extend(&entry.evidence);
        }
        let cited = blocks().flat_map(runs).filter_map(|run| run.cite).chain(rests_on.into_iter().copied());
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
        Block::List(list) => list.flat().into_iter().flat_map(|(_, item)| &item.runs).collect(),
        Block::Methodology { notes } => notes.iter().flat_map(|note| &note.notes).collect(),
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
            if !matches!(level, 1..=3) {
                return refuse(format!("{place}: a heading's level is 1 to 3, not {level}"));
            }
            filled(text, place, "heading")
        }
        Block::Paragraph { .. } | Block::Contents => Ok(()),
        Block::List(list) => {
            let items = list.flat();
            if list.items.is_empty()
                || items.iter().any(|(_, item)| item.inner.iter().any(|l| l.items.is_empty()))
            {
                return refuse(format!("{place}: a list has no items"));
            }
            let deepest = items.iter().map(|(level, _)| usize::from(*level)).max().unwrap_or(1);
            within(deepest, 1, MAX_DEPTH, place, "levels of a list")?;
            within(items.len(), 1, MAX_BLOCKS, place, "list items")
        }
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
        Block::KpiTable { caption, header, rows } => kpi_table(caption, header, rows, place),
        Block::Lineage { figures } => lineage(figures, place),
        Block::Methodology { notes } => {
            within(notes.len(), 1, MAX_ROWS, place, "method notes")?;
            for note in notes {
                filled(&note.name, place, "method note")?;
                [&note.unit, &note.effective].into_iter().try_for_each(|value| label(value, place))?;
                [&note.formula, &note.sources].into_iter().try_for_each(|value| text(value, place))?;
            }
            Ok(())
        }
        Block::Audit { approvals, content_hash } => {
            within(approvals.len(), 0, MAX_ROWS, place, "approval steps")?;
            label(content_hash, place)?;
            for step in approvals {
                [&step.at, &step.who, &step.role, &step.action]
                    .into_iter()
                    .try_for_each(|value| label(value, place))?;
                text(&step.comment, place)?;
            }
            Ok(())
        }
    }
}

fn kpi_table(caption: &str, header: &[String], rows: &[KpiRow], place: &str) -> Result<(), PackError> {
    label(caption, place)?;
    within(header.len(), 3, MAX_COLUMNS, place, "columns")?;
    within(rows.len(), 1, MAX_ROWS, place, "rows")?;
    header.iter().try_for_each(|cell| label(cell, place))?;
    for row in rows {
        filled(&row.label, place, "row")?;
        label(&row.change, place)?;
        row.values.iter().try_for_each(|value| label(value, place))?;
        if row.values.len() + 2 != header.len() {
            let (values, columns) = (row.values.len(), header.len());
            return refuse(format!("{place}: {} has {values} values for {columns} columns", row.label));
        }
        if row.values.iter().any(|value| value.trim().is_empty()) {
            return Err(PackError::FigureMissing { figure: format!("{place}: {}", row.label) });
        }
    }
    Ok(())
}

fn lineage(figures: &[LineageEntry], place: &str) -> Result<(), PackError> {
    within(figures.len(), 1, MAX_ROWS, place, "explained figures")?;
    for entry in figures {
        filled(&entry.figure, place, "explained figure")?;
        filled(&entry.label, place, "explained figure")?;
        if entry.value.trim().is_empty() {
            return Err(PackError::FigureMissing { figure: format!("{place}: {}", entry.label) });
        }
        [&entry.value, &entry.definition, &entry.measured]
            .into_iter()
            .try_for_each(|value| label(value, place))?;
        text(&entry.formula, place)?;
        within(entry.inputs.len(), 0, 100, place, "inputs of a figure")?;
        within(
            entry.evidence.len() + entry.evidence_ids.len(),
            0,
            1000,
            place,
            "evidence items of a figure",
        )?;
        entry
            .inputs
            .iter()
            .try_for_each(|(name, value)| label(name, place).and_then(|()| label(value, place)))?;
        entry.evidence_ids.iter().try_for_each(|id| label(id, place))?;
    }
    Ok(())
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
