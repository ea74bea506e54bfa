//! The slides around the matter: cover, contents, where figures come from, and what the pack says about itself.

use super::deck::{
    BODY, BOTTOM, Deck, GAP, GUTTER, HEIGHT, LEFT, Layout, Section, Shape, Slide, TOP, fitting_size,
};
use super::drawing::{Link, Look, Mark, Paragraph};
use super::ink::Ink;
use super::table::{Cell, Table, cells};
use crate::text::{Mp, PT};
use crate::{ApprovalStep, LineageEntry, MethodNote, Page};

/// Entries of the contents on one slide, in two columns where there are more than one holds.
pub(super) const ENTRIES: usize = 24;
const COLUMN: usize = ENTRIES / 2;
const COVER_LEFT: Mp = 72 * PT;

impl<'a> Deck<'a> {
    pub(super) fn cover(&mut self, page: &'a Page, facts: &[(String, String)]) {
        self.sections.push(Section {
            title: page.title.clone(),
            chapter: page.section.clone().unwrap_or_else(|| page.title.clone()),
            first: self.slides.len(),
            listed: false,
        });
        let mut shapes = vec![Shape::Bar([0, 0, 14 * PT, HEIGHT], Ink::Brand)];
        if self.plan.logo.is_some() {
            shapes.push(Shape::Logo([COVER_LEFT, 48 * PT, 240 * PT, 64 * PT]));
        } else {
            let size = fitting_size(&self.plan.company, true, 18, 800 * PT, 44 * PT);
            let company = Paragraph::new(self.plan.company.as_str(), Look::new(size, Ink::Brand).bold());
            shapes.push(Shape::Text {
                name: "Company",
                frame: [COVER_LEFT, 56 * PT, 800 * PT, 44 * PT],
                paragraphs: vec![company],
                link: None,
            });
        }
        shapes.push(Shape::Bar([COVER_LEFT, 136 * PT, 64 * PT, 4 * PT], Ink::Brand));
        let rows: Vec<Vec<Cell>> =
            facts.iter().map(|(name, value)| cells(&[name.clone(), value.clone()])).collect();
        let room = 182 * PT;
        let table = |size: i32| Table::new(&[], &rows, size, 620 * PT, BOTTOM - TOP);
        let table = [13, 12, 11, 10].into_iter().map(table).find(|table| table.height() <= room);
        let fits = table.is_some();
        if let Some(table) = table.filter(|table| !table.rows.is_empty()) {
            let top = HEIGHT - 40 * PT - table.height();
            let frame = [COVER_LEFT, top, table.width, table.height()];
            shapes.push(Shape::Table { name: self.words.about.to_owned(), frame, table });
        }
        self.slides.push(Slide {
            title: self.plan.title.clone(),
            subtitle: self.plan.subtitle.clone(),
            layout: Layout::Cover,
            language: self.language,
            shapes,
            notes: page.notes.clone(),
        });
        self.y = BOTTOM;
        if !fits {
            self.open(&page.title, page.section.as_deref(), "", false);
            self.sections.pop();
            self.table("", &[], &rows);
        }
    }

    /// Slides for the list of sections: as many as the plan's pages need.
    pub(super) fn contents(&mut self, title: &str, chapter: Option<&str>) {
        let is_listed = |page: &&Page| {
            !page
                .blocks
                .iter()
                .any(|block| matches!(block, crate::Block::Cover { .. } | crate::Block::Contents))
        };
        let pages = self.plan.pages.iter().filter(is_listed).count() + usize::from(!self.has_audit());
        self.open(title, chapter, "", false);
        for start in (0..pages.max(1)).step_by(ENTRIES) {
            if start > 0 {
                self.turn();
            }
            self.push(Shape::Contents(start));
        }
        self.y = BOTTOM;
    }

    /// Whether the plan has its own page about itself.
    pub(super) fn has_audit(&self) -> bool {
        let is_audit = |block: &crate::Block| matches!(block, crate::Block::Audit { .. });
        self.plan.pages.iter().flat_map(|page| &page.blocks).any(is_audit)
    }

    /// Fills in what could not be known before all slides were laid out.
    pub(super) fn finish(&mut self) {
        let listed: Vec<(usize, &Section)> =
            self.sections.iter().enumerate().filter(|(_, section)| section.listed).collect();
        let most = if listed.len() > COLUMN { (BODY - GUTTER) / 2 } else { 600 * PT };
        for slide in &mut self.slides {
            let [Shape::Contents(start)] = slide.shapes.as_slice() else { continue };
            let shown = listed.iter().skip(*start).take(ENTRIES);
            slide.shapes = (0..)
                .zip(shown)
                .flat_map(|(place, (index, section))| entry(place, *index, section, most))
                .collect();
        }
    }

    pub(super) fn lineage(&mut self, figures: &[LineageEntry]) {
        let words = self.words;
        let header =
            [words.measure, words.value, words.definition, words.formula, words.inputs, words.evidence];
        let rows: Vec<Vec<Cell>> = figures
            .iter()
            .map(|entry| {
                let inputs: Vec<String> =
                    entry.inputs.iter().map(|(name, value)| format!("{name}: {value}")).collect();
                let evidence: Vec<String> = entry.evidence.iter().map(u32::to_string).collect();
                let more = match entry.evidence_ids.len() {
                    0 => String::new(),
                    more => format!("{}+{more}", if evidence.is_empty() { "" } else { " " }),
                };
                let mut definition = entry.definition.clone();
                if !entry.measured.is_empty() {
                    definition = format!("{definition}\n{}: {}", words.measured, entry.measured);
                }
                cells(&[
                    entry.label.clone(),
                    entry.value.clone(),
                    definition,
                    entry.formula.clone(),
                    inputs.join("\n"),
                    evidence.join(", ") + &more,
                ])
            })
            .collect();
        self.table("", &header.map(str::to_owned), &rows);
    }

    pub(super) fn methodology(&mut self, notes: &[MethodNote]) {
        let words = self.words;
        let header = [words.measure, words.unit, words.formula, words.source, words.effective];
        let rows: Vec<Vec<Cell>> = notes
            .iter()
            .map(|note| {
                let more: String = note.notes.iter().map(|run| run.text.as_str()).collect();
                let formula = if more.trim().is_empty() {
                    note.formula.clone()
                } else {
                    format!("{}\n{more}", note.formula)
                };
                cells(&[
                    format!("{}\n{} {}", note.name, words.version, note.version),
                    note.unit.clone(),
                    formula,
                    note.sources.clone(),
                    note.effective.clone(),
                ])
            })
            .collect();
        self.table("", &header.map(str::to_owned), &rows);
    }

    /// Approval history, then the facts of the manifest and how to check the file.
    pub(super) fn audit(&mut self, approvals: &[ApprovalStep], content_hash: &str) {
        let words = self.words;
        if !approvals.is_empty() {
            let header = [words.when, words.who, words.role, words.action, words.comment].map(str::to_owned);
            let row = |step: &ApprovalStep| {
                cells(&[&step.at, &step.who, &step.role, &step.action, &step.comment].map(Clone::clone))
            };
            let rows: Vec<Vec<Cell>> = approvals.iter().map(row).collect();
            self.table(words.approvals, &header, &rows);
        }
        let mut facts = self.facts.to_vec();
        if !content_hash.is_empty() {
            facts.push((words.content_hash.to_owned(), content_hash.to_owned()));
        }
        self.turn();
        self.facts(&facts);
    }

    /// A page about the pack itself, for a plan that has none.
    pub(super) fn about(&mut self) {
        self.language = self.plan.locale.tag();
        self.open(self.words.about, None, "", true);
        self.facts(self.facts);
    }

    fn facts(&mut self, facts: &[(String, String)]) {
        let words = self.words;
        let rows: Vec<Vec<Cell>> =
            facts.iter().map(|(name, value)| cells(&[name.clone(), value.clone()])).collect();
        self.table("", &[words.fact.to_owned(), words.value.to_owned()], &rows);
        self.turn();
        let mut paragraphs = vec![
            Paragraph {
                leading: 106,
                ..Paragraph::new(words.about_text, Look::new(16, Ink::Text)).after(18)
            },
            Paragraph::new(words.verify, Look::new(20, Ink::Text).bold()).after(8),
        ];
        for (number, step) in (1..).zip(words.verify_steps) {
            let step = Paragraph::new(step, Look::new(16, Ink::Text)).after(8);
            paragraphs.push(Paragraph { mark: Mark::Number(number), leading: 106, ..step });
        }
        let width = 600 * PT;
        self.text("About", [LEFT, self.y, width, BOTTOM - self.y], paragraphs);
        let side = 184 * PT;
        let left = LEFT + BODY - side;
        self.push(Shape::Code([left, self.y, side, side]));
        let caption = Paragraph::new(words.scan, Look::new(11, Ink::Quiet));
        self.text("Code", [left, self.y + side + 8 * PT, side, 60 * PT], vec![caption]);
        self.y = BOTTOM + GAP;
    }
}

/// One line of the contents: title, number, and the rule below.
fn entry<'a>(place: usize, index: usize, section: &Section, width: Mp) -> [Shape<'a>; 3] {
    let (column, row) = (place / COLUMN, place % COLUMN);
    let left = LEFT + Mp::try_from(column).unwrap_or(0) * (width + GUTTER);
    let top = TOP + Mp::try_from(row).unwrap_or(0) * 32 * PT;
    let (number_width, height) = (40 * PT, 26 * PT);
    let most = width - number_width - 10 * PT;
    let look = |size: i32, ink: Ink| Look::new(size, ink);
    let title = Paragraph::new(
        super::drawing::one_line(&section.title),
        look(fitting_size(&section.title, false, 16, most, height), Ink::Text),
    );
    let number = Paragraph {
        right: true,
        ..Paragraph::new((section.first + 1).to_string(), look(16, Ink::Brand).bold())
    };
    let link = Some(Link::Section(index));
    let text = |name, left, width, paragraph| Shape::Text {
        name,
        frame: [left, top, width, height],
        paragraphs: vec![paragraph],
        link,
    };
    [
        text("Entry", left, most, title),
        text("Slide", left + width - number_width, number_width, number),
        Shape::Bar([left, top + height, width, PT / 2], Ink::Hairline),
    ]
}
