//! What stands behind the figures: evidence, lineage, methods, and the audit page with the fingerprint. Tables and
//! text are laid out elsewhere.

use qrcodegen::{QrCode, QrCodeEcc};

use super::blocks::{BODY, LEADING, height};
use super::canvas::{Step, Target};
use super::compose::{Composer, HAIRLINE, INK, QUIET};
use super::tree::Role;
use crate::text::{Face, Line, Mp, PT, Rgb, Span, Style};
use crate::{ApprovalStep, EvidenceItem, Item, LineageEntry, List, MethodNote, PackError, Run};

const FINE: Style = Style::new(Face::Regular, 8 * PT, QUIET);
const FACT: Mp = 12 * PT;

impl Composer<'_> {
    pub(super) fn evidence(&mut self, items: &[EvidenceItem]) {
        let words = self.words;
        self.prose(&[Span::new(words.evidence_text, Style { colour: QUIET, ..BODY })], LEADING);
        self.y += 10 * PT;
        let list = self.element(Role::List { numbered: true });
        let indent = 28 * PT;
        for item in items {
            let room = self.measure() - indent;
            let number = Style { colour: self.accent, face: Face::SemiBold, ..BODY }.tabular();
            let label = self.fonts.line(&item.number.to_string(), number);
            let text = Style { lang: item.lang, ..BODY };
            let text = self.fonts.running(&[Span::new(item.text.as_str(), text)], room);
            let source = format!("{}: {}", words.source, item.source);
            let source = self.fonts.wrap(&[Span::new(source, FINE)], room);
            let back = self.back_links(item.number);
            let back = if back.is_empty() { Vec::new() } else { self.fonts.wrap(&back, room) };
            let digest = Style::new(Face::Regular, 6 * PT + PT / 2, QUIET).tabular();
            let digest = self.fonts.wrap(&[Span::new(format!("SHA-256 {}", item.sha256), digest)], room);
            let rest = height(&source, FACT) + height(&back, FACT) * Mp::from(!back.is_empty()) + 10 * PT;
            self.ensure(LEADING * Mp::try_from(text.len().min(2)).unwrap_or(1) + rest);
            self.targets.insert(Target::Evidence(item.number), (self.canvas.page(), self.y - 8 * PT));
            let node = self.canvas.tree.add(list, Role::Item);
            let mark = self.canvas.tree.add(node, Role::Label);
            let (x, y) = (self.left, self.y);
            self.still_lines(mark, &[label], x, y, LEADING);
            let body = self.canvas.tree.add(node, Role::Body);
            for (lines, leading) in [(&text, LEADING), (&source, FACT), (&back, FACT), (&digest, 10 * PT)] {
                if !lines.is_empty() {
                    let node = self.canvas.tree.add(body, Role::Paragraph);
                    self.lines(node, lines, self.left + indent, leading);
                }
            }
            self.y += 10 * PT;
        }
    }

    /// Words and links that lead back to where an item is cited; empty where the text before does not cite it.
    fn back_links(&mut self, number: u32) -> Vec<Span> {
        let pages = self.cited.get(&number).cloned().unwrap_or_default();
        let mut spans = Vec::new();
        for (place, page) in pages.iter().enumerate() {
            // Once for each page is enough.
            if place > 0 && pages[place - 1] == *page {
                continue;
            }
            let lead = if spans.is_empty() { format!("{} ", self.words.cited_in) } else { ", ".to_owned() };
            spans.push(Span::new(lead, FINE));
            let link = Some(self.jump(Target::Citation(number, place)));
            spans.push(Span::new((page + 1).to_string(), Style { link, colour: self.accent, ..FINE }));
        }
        spans
    }

    pub(super) fn lineage(&mut self, figures: &[LineageEntry]) {
        for entry in figures {
            let words = self.words;
            let inputs: Vec<String> =
                entry.inputs.iter().map(|(name, value)| format!("{name}: {value}")).collect();
            let mut rows = vec![
                (words.definition, entry.definition.clone()),
                (words.formula, entry.formula.clone()),
                (words.inputs, inputs.join("; ")),
                (words.measured, entry.measured.clone()),
            ];
            rows.retain(|(_, value)| !value.is_empty());
            let mut rows: Vec<(&str, Vec<Span>)> =
                rows.into_iter().map(|(name, value)| (name, vec![Span::new(value, fact())])).collect();
            let evidence = self.evidence_links(entry);
            if !evidence.is_empty() {
                rows.push((words.evidence, evidence));
            }
            rows.push((words.lineage_id, vec![Span::new(entry.figure.as_str(), FINE)]));
            let id = Target::Figure(entry.figure.clone());
            self.facts(&entry.label, Some(&entry.value), Some(id), &rows);
        }
    }

    fn evidence_links(&mut self, entry: &LineageEntry) -> Vec<Span> {
        let mut spans = Vec::new();
        for number in &entry.evidence {
            if !spans.is_empty() {
                spans.push(Span::new(", ", fact()));
            }
            let link = Some(self.jump(Target::Evidence(*number)));
            spans.push(Span::new(number.to_string(), Style { link, colour: self.accent, ..fact() }));
        }
        if !entry.evidence_ids.is_empty() {
            let lead = if spans.is_empty() { "" } else { "; " };
            spans.push(Span::new(format!("{lead}{}", entry.evidence_ids.join(", ")), FINE));
        }
        spans
    }

    pub(super) fn methodology(&mut self, notes: &[MethodNote]) {
        for note in notes {
            let words = self.words;
            let mut rows = vec![
                (words.formula, &note.formula),
                (words.unit, &note.unit),
                (words.source, &note.sources),
                (words.effective, &note.effective),
            ];
            rows.retain(|(_, value)| !value.is_empty());
            let rows: Vec<(&str, Vec<Span>)> = rows
                .into_iter()
                .map(|(name, value)| (name, vec![Span::new(value.as_str(), fact())]))
                .collect();
            let version = format!("{} {}", words.version, note.version);
            self.facts(&note.name, Some(&version), None, &rows);
            if !note.notes.is_empty() {
                self.y -= 6 * PT;
                let spans = self.spans(&note.notes, fact());
                self.prose(&spans, FACT);
                self.y += 14 * PT;
            }
        }
    }

    /// A small heading with a word at its right, and named facts under it; held together where a column allows.
    fn facts(
        &mut self,
        title: &str,
        aside: Option<&str>,
        target: Option<Target>,
        rows: &[(&str, Vec<Span>)],
    ) {
        let width = self.measure();
        let indent = (width / 4).min(96 * PT);
        let strong = Style::new(Face::SemiBold, 10 * PT, INK);
        let aside =
            aside.map(|words| self.fonts.line(words, Style { colour: self.accent, ..strong }.tabular()));
        let aside_width = aside.as_ref().map_or(0, |line| line.width + 12 * PT).min(width / 2);
        let title_lines = self.fonts.wrap(&[Span::new(title, strong)], width - aside_width);
        let name_style = Style::new(Face::Medium, 8 * PT, QUIET);
        let set: Vec<(Vec<Line>, Vec<Line>)> = rows
            .iter()
            .map(|(name, spans)| {
                let name = self.fonts.wrap(&[Span::new(*name, name_style)], indent - 8 * PT);
                (name, self.fonts.wrap(spans, width - indent))
            })
            .collect();
        let row_height =
            |row: &(Vec<Line>, Vec<Line>)| height(&row.0, FACT).max(height(&row.1, FACT)) + 2 * PT;
        let total = height(&title_lines, LEADING) + set.iter().map(row_height).sum::<Mp>() + 10 * PT;
        self.ensure(total.min(self.page_height() / 2));
        if let Some(target) = target {
            self.targets.insert(target, (self.canvas.page(), self.y - 8 * PT));
        }
        let (left, y) = (self.left, self.y);
        self.canvas.artifact(|canvas| canvas.rule(left, left + width, y, HAIRLINE, PT / 2));
        self.y += 5 * PT;
        let node = self.element(Role::Heading(2));
        self.level = 2;
        let y = self.y;
        self.still_lines(node, &title_lines, left, y, LEADING);
        if let Some(aside) = aside {
            let fits = aside.width <= width / 2;
            let x = if fits { left + width - aside.width } else { left };
            let y = if fits { y } else { y + height(&title_lines, LEADING) };
            let node = self.element(Role::Paragraph);
            self.still_lines(node, &[aside], x, y, LEADING);
            self.y += if fits { 0 } else { LEADING };
        }
        self.y += height(&title_lines, LEADING) + PT;
        let table = self.element(Role::Table);
        for row in &set {
            let high = row_height(row);
            if high <= self.page_height() {
                self.ensure(high);
            }
            let line = self.canvas.tree.add(table, Role::Row);
            let name = self.canvas.tree.add(line, Role::RowHeader);
            let (x, y) = (self.left, self.y);
            self.still_lines(name, &row.0, x, y, FACT);
            let cell = self.canvas.tree.add(line, Role::Cell);
            self.lines(cell, &row.1, self.left + indent, FACT);
            self.y = self.y.max(if self.at_top() { self.y } else { (y + high).min(self.frame.bottom) });
        }
        self.y += 12 * PT;
    }

    /// Who approved, where the pack comes from, how to check it, and its fingerprint as a QR code.
    pub(super) fn audit(&mut self, approvals: &[ApprovalStep], content_hash: &str) -> Result<(), PackError> {
        let words = self.words;
        let titled = !approvals.is_empty() || !content_hash.is_empty();
        self.paragraph(&[Run { text: words.about_text.to_owned(), ..Run::default() }]);
        if titled {
            self.heading(2, words.approvals, 60 * PT);
        }
        if !approvals.is_empty() {
            let header = [words.when, words.who, words.role, words.action, words.comment].map(str::to_owned);
            let rows: Vec<Vec<String>> = approvals
                .iter()
                .map(|step| {
                    [&step.at, &step.who, &step.role, &step.action, &step.comment].map(Clone::clone).to_vec()
                })
                .collect();
            self.table("", &header, &rows);
        }
        if !content_hash.is_empty() {
            let text = format!("{}: {content_hash}", words.content_hash);
            self.prose(&[Span::new(text, Style { colour: QUIET, ..fact() })], FACT);
            self.y += 10 * PT;
        }
        let manifest = crate::seal::manifest_bytes(&self.plan.manifest)?;
        let facts = crate::facts::facts(self.plan, words, &manifest, &self.key);
        let rows: Vec<Vec<String>> = facts.into_iter().map(|(name, value)| vec![name, value]).collect();
        if titled {
            self.heading(2, words.about, 60 * PT);
        }
        self.table("", &[words.fact.to_owned(), words.value.to_owned()], &rows);
        let side = 112 * PT;
        self.heading(2, words.verify, side + 40 * PT);
        let (top, right, page) = (self.y, self.right, self.canvas.page());
        self.fingerprint(&manifest, [right - side, top, right, top + side])?;
        self.right = right - side - 24 * PT;
        let step = |text: &&str| Item::from(vec![Run { text: (*text).into(), ..Run::default() }]);
        self.list(&List { ordered: true, items: words.verify_steps.iter().map(step).collect() });
        self.right = right;
        if self.canvas.page() == page {
            self.y = self.y.max(top + side + 40 * PT);
        }
        Ok(())
    }

    /// The manifest's digest as a QR code: `BOARDROOM:PACK:` and 64 hexadecimal digits in capitals.
    fn fingerprint(&mut self, manifest: &[u8], area: [Mp; 4]) -> Result<(), PackError> {
        let digest = hex::encode_upper(crate::seal::sha256(manifest));
        let code = QrCode::encode_text(&format!("BOARDROOM:PACK:{digest}"), QrCodeEcc::Medium)
            .map_err(|error| PackError::Container(error.to_string()))?;
        let figure = self.element(Role::Figure);
        let node = &mut self.canvas.tree.nodes[figure];
        node.alt = Some(format!("{} {digest}", self.words.scan));
        node.area = Some(area);
        let [left, top, right, _] = area;
        // Four modules of white on every side, as readers need.
        let module = (right - left) / Mp::from(code.size() + 8);
        let mut steps = Vec::new();
        for row in 0..code.size() {
            let mut column = 0;
            while column < code.size() {
                let start = column;
                while column < code.size() && code.get_module(column, row) {
                    column += 1;
                }
                if column > start {
                    let x = |column: i32| left + module * (column + 4);
                    let y = |row: i32| top + module * (row + 4);
                    steps.extend([
                        Step::Move(x(start), y(row)),
                        Step::Line(x(column), y(row)),
                        Step::Line(x(column), y(row + 1)),
                        Step::Line(x(start), y(row + 1)),
                        Step::Close,
                    ]);
                }
                column += 1;
            }
        }
        self.canvas.tagged(figure, |canvas| {
            canvas.fill(area, 0, Rgb(0xff, 0xff, 0xff));
            canvas.path(steps, Some(Rgb(0, 0, 0)), None);
        });
        let caption = self.fonts.wrap(&[Span::new(self.words.scan, FINE)], right - left);
        let node = self.element(Role::Paragraph);
        self.still_lines(node, &caption, left, top + (right - left) + 2 * PT, 10 * PT);
        Ok(())
    }
}

const fn fact() -> Style {
    Style::new(Face::Regular, 8 * PT + PT / 2, INK)
}
