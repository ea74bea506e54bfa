//! Lays the plan's blocks out: text, lists, cards, charts. Covers, tables, evidence and the audit page have their own
//! files.

use board_charts::{ChartKind, ChartSpec, Size};

use super::canvas::{Canvas, Step, Target};
use super::compose::{Composer, HAIRLINE, INK, QUIET, percent};
use super::tree::{NodeId, Role};
use crate::text::{Face, Fonts, Line, Mp, PT, Rgb, Span, Style};
use crate::{Block, KpiCard, List, PackError, Run, Trend};

pub(super) const BODY: Style = Style::new(Face::Regular, 10 * PT, INK);
pub(super) const LEADING: Mp = 15 * PT;
/// Height of a chart over the whole width of an A4 page.
pub(super) const CHART_HEIGHT: Mp = 236 * PT;

/// Whether a block is running text, which may stand in columns.
pub(super) fn is_text(block: &Block) -> bool {
    matches!(
        block,
        Block::Heading { .. }
            | Block::Paragraph { .. }
            | Block::List(_)
            | Block::Evidence { .. }
            | Block::Methodology { .. }
            | Block::Lineage { .. }
    )
}

impl Composer<'_> {
    /// Lays a block out; `next` is the one after it.
    pub(super) fn block(&mut self, block: &Block, next: Option<&Block>) -> Result<(), PackError> {
        match block {
            Block::Cover { facts } => self.cover(facts)?,
            Block::Heading { level, text } => {
                let company = match next {
                    Some(Block::Chart { .. }) => self.chart_height(),
                    Some(Block::Table { .. } | Block::KpiTable { .. } | Block::Kpis { .. }) => 6 * LEADING,
                    _ => 3 * LEADING,
                };
                self.heading(*level, text, company);
            }
            Block::Paragraph { runs } => self.paragraph(runs),
            Block::List(list) => self.list(list),
            Block::Kpis { cards } => self.cards(cards),
            Block::Table { caption, header, rows } => self.table(caption, header, rows),
            Block::KpiTable { caption, header, rows } => self.kpi_table(caption, header, rows),
            Block::Chart { spec } => self.chart(spec)?,
            Block::Evidence { items } => self.evidence(items),
            Block::Lineage { figures } => self.lineage(figures),
            Block::Methodology { notes } => self.methodology(notes),
            Block::Audit { approvals, content_hash } => self.audit(approvals, content_hash)?,
            // Its place is kept when its page is opened.
            Block::Contents => {}
        }
        Ok(())
    }

    /// A heading; `company` is the height of what must stand in the same column with it.
    pub(super) fn heading(&mut self, level: u8, text: &str, company: Mp) {
        // A level that would skip one is raised, so that the outline has no hole.
        let level = level.clamp(1, 3).min(self.level + 1);
        self.level = level;
        let size = match level {
            1 => 18 * PT,
            2 => 14 * PT,
            _ => 11 * PT + PT / 2,
        };
        let style = Style::new(Face::SemiBold, size, INK);
        let lines = self.fonts.wrap(&[Span::new(text, style)], self.measure());
        let leading = size * 135 / 100;
        if !self.at_top() {
            self.y += match level {
                1 => 16 * PT,
                2 => 12 * PT,
                _ => 6 * PT,
            };
        }
        self.ensure(leading * Mp::try_from(lines.len()).unwrap_or(1) + 5 * PT + company);
        if level < 3 {
            self.bookmark(text, level + 2);
        }
        let node = self.element(Role::Heading(level));
        self.lines(node, &lines, self.left, leading);
        self.y += 5 * PT;
    }

    pub(super) fn paragraph(&mut self, runs: &[Run]) {
        let spans = self.spans(runs, BODY);
        self.prose(&spans, LEADING);
        self.y += 8 * PT;
    }

    /// Running text as one paragraph.
    pub(super) fn prose(&mut self, spans: &[Span], leading: Mp) {
        let lines = self.fonts.running(spans, self.measure());
        let node = self.element(Role::Paragraph);
        self.lines(node, &lines, self.left, leading);
    }

    pub(super) fn list(&mut self, list: &List) {
        let section = self.section;
        self.sublist(section, list, 1);
        self.y += 6 * PT;
    }

    /// The items of a list below an element; lists inside an item belong to its body.
    fn sublist(&mut self, parent: NodeId, list: &List, level: u8) {
        let node = self.canvas.tree.add(parent, Role::List { numbered: list.ordered });
        let indent = if list.ordered { 22 * PT } else { 14 * PT };
        for (index, item) in list.items.iter().enumerate() {
            let spans = self.spans(&item.runs, BODY);
            let lines = self.fonts.running(&spans, self.measure() - indent);
            self.ensure(LEADING * Mp::try_from(lines.len().min(2)).unwrap_or(1));
            let label = match (list.ordered, level) {
                (true, 1) => format!("{}.", index + 1),
                (true, _) => format!("{})", letter(index)),
                (false, 1) => "•".to_owned(),
                (false, _) => "–".to_owned(),
            };
            let colour = self.accent;
            let label = self.fonts.line(&label, Style { colour, face: Face::SemiBold, ..BODY }.tabular());
            let entry = self.canvas.tree.add(node, Role::Item);
            let mark = self.canvas.tree.add(entry, Role::Label);
            let (x, y) = (self.left, self.y);
            self.still_lines(mark, &[label], x, y, LEADING);
            let body = self.canvas.tree.add(entry, Role::Body);
            self.lines(body, &lines, self.left + indent, LEADING);
            self.y += 3 * PT;
            if !item.inner.is_empty() {
                self.left += indent;
                self.indent += indent;
                item.inner.iter().for_each(|inner| self.sublist(body, inner, level + 1));
                self.left -= indent;
                self.indent -= indent;
            }
        }
    }

    /// Styled text of runs: a figure leads to its lineage, a citation is a raised number that leads to its evidence.
    pub(super) fn spans(&mut self, runs: &[Run], body: Style) -> Vec<Span> {
        let mut spans = Vec::new();
        for run in runs {
            let face = match (run.bold, run.italic) {
                (true, _) => Face::Bold,
                (false, true) => Face::Italic,
                (false, false) => body.face,
            };
            let mut style = Style { face, lang: run.lang, ..body };
            if let Some(figure) = run.figure.as_ref().filter(|figure| self.explains(figure)) {
                style.link = Some(self.jump(Target::Figure(figure.clone())));
                style.colour = self.accent;
            }
            spans.push(Span::new(run.text.as_str(), style));
            if let Some(number) = run.cite {
                let link = self.jump(Target::Evidence(number));
                let style = Style {
                    size: body.size * 62 / 100,
                    rise: body.size * 36 / 100,
                    link: Some(link),
                    ..Style::new(Face::SemiBold, body.size, self.accent)
                };
                spans.push(Span::new(number.to_string(), style));
            }
        }
        spans
    }

    /// Whether the pack has an entry for this figure.
    pub(super) fn explains(&self, figure: &str) -> bool {
        self.explained.contains(figure)
    }

    fn cards(&mut self, cards: &[KpiCard]) {
        let list = self.element(Role::List { numbered: false });
        let columns = match cards.len() {
            1..=3 => cards.len(),
            4 if self.is_wide() => 4,
            4 => 2,
            _ if self.is_wide() && cards.len() != 6 => 4,
            _ => 3,
        };
        let gap = 12 * PT;
        for row in cards.chunks(columns) {
            // The last row is as wide as the others, with fewer cards.
            let count =
                Mp::try_from(if cards.len() > columns { row.len().max(2) } else { columns }).unwrap_or(1);
            let width = (self.width() - gap * (count - 1)) / count;
            let drawn: Vec<CardLines> =
                row.iter().map(|card| self.card_lines(card, width - 24 * PT)).collect();
            let height = drawn.iter().map(CardLines::height).max().unwrap_or(0);
            self.ensure(height);
            let mut left = self.left;
            for card in &drawn {
                self.card(list, card, [left, self.y, left + width, self.y + height]);
                left += width + gap;
            }
            self.y += height + gap;
        }
        self.y += 4 * PT;
    }

    fn card_lines(&mut self, card: &KpiCard, width: Mp) -> CardLines {
        let label = Style::new(Face::Medium, 8 * PT + PT / 2, QUIET);
        let mut value = Style::new(Face::SemiBold, 21 * PT, INK);
        while value.size > 11 * PT && self.fonts.width(&card.value, value) > width {
            value.size -= PT / 2;
        }
        let colour = trend_colour(card.trend);
        let change = Style::new(Face::Medium, 8 * PT, colour);
        let words = if card.change.is_empty() {
            Vec::new()
        } else {
            let words = format!("{} · {}", self.words.trend(card.trend), card.change);
            self.fonts.wrap(&[Span::new(words, change)], width - 10 * PT)
        };
        CardLines {
            label: self.fonts.wrap(&[Span::new(card.label.as_str(), label)], width),
            value: self.fonts.wrap(&[Span::new(card.value.as_str(), value)], width),
            change: words,
            value_leading: value.size * 125 / 100,
            colour,
        }
    }

    fn card(&mut self, list: NodeId, card: &CardLines, area: [Mp; 4]) {
        let [left, top, right, bottom] = area;
        self.canvas.artifact(|canvas| {
            canvas.fill([left, top, right, bottom], 5 * PT, Rgb(0xf6, 0xf8, 0xfb));
            canvas.outline([left, top, right, bottom], 5 * PT, HAIRLINE, PT / 2);
        });
        let item = self.canvas.tree.add(list, Role::Item);
        let body = self.canvas.tree.add(item, Role::Body);
        let mut y = top + 10 * PT;
        let node = self.canvas.tree.add(body, Role::Paragraph);
        self.still_lines(node, &card.label, left + 12 * PT, y, 11 * PT);
        y += height(&card.label, 11 * PT) + 3 * PT;
        let node = self.canvas.tree.add(body, Role::Paragraph);
        self.still_lines(node, &card.value, left + 12 * PT, y, card.value_leading);
        y += height(&card.value, card.value_leading) + 3 * PT;
        if !card.change.is_empty() {
            let colour = card.colour;
            let dot = [left + 12 * PT, y + 2 * PT, left + 17 * PT, y + 7 * PT];
            self.canvas.artifact(|canvas| canvas.fill(dot, 2 * PT + PT / 2, colour));
            let node = self.canvas.tree.add(body, Role::Paragraph);
            self.still_lines(node, &card.change, left + 21 * PT, y - PT / 2, 11 * PT);
        }
    }

    /// Least height of a chart.
    fn chart_height(&self) -> Mp {
        if self.is_wide() { 200 * PT } else { CHART_HEIGHT }
    }

    /// A chart and the numbers behind it: under it on a tall page, beside it on a wide one.
    fn chart(&mut self, spec: &ChartSpec) -> Result<(), PackError> {
        let failed = |error: board_charts::ChartError| PackError::Chart {
            title: spec.title.clone(),
            reason: error.to_string(),
        };
        let height = match spec.kind {
            ChartKind::Sparkline => 60 * PT,
            _ => self.chart_height(),
        };
        let table = board_charts::table(spec);
        self.ensure(height);
        let mut height = height;
        if !self.is_wide() {
            // A chart and its numbers stay together where they can; it gives up a little of its height for that.
            let both = with_table(spec, self.page_height()).max(height);
            let saved = (both - self.room()).max(0);
            if saved <= height / 5 {
                height -= saved;
            } else {
                self.ensure(both);
            }
        }
        // A chart on a wide page takes what height there is, up to what its width bears.
        let height = if self.is_wide() { height.max(self.room().min(320 * PT)) } else { height };
        let beside = self.is_wide().then(|| self.beside(&table, height)).flatten();
        let width = beside.map_or(self.width(), |room| self.width() - room - 24 * PT);
        let spec = ChartSpec { mode: board_charts::Mode::Light, ..spec.clone() };
        let size = Size { width_pt: f64::from(width) / 1000.0, height_pt: f64::from(height) / 1000.0 };
        let drawing = board_charts::drawing(&spec, size).map_err(failed)?;
        let (left, top) = (self.left, self.y);
        let figure = self.element(Role::Figure);
        let node = &mut self.canvas.tree.nodes[figure];
        node.alt = Some(board_charts::alt(&spec));
        node.area = Some([left, top, left + width, top + height]);
        let fonts = &mut self.fonts;
        // The first mark is the ground, which is the paper here.
        let marks = &drawing.marks[1.min(drawing.marks.len())..];
        self.canvas.tagged(figure, |canvas| {
            for mark in marks {
                paint(canvas, fonts, left, top, mark);
            }
        });
        if let Some(room) = beside {
            let (left, page) = (self.left, self.canvas.page());
            self.left = self.right - room;
            self.y = top + 30 * PT;
            self.data_table(&table);
            self.left = left;
            if self.canvas.page() == page {
                self.y = self.y.max(top + height + 8 * PT);
            }
        } else {
            self.y += height + 8 * PT;
            self.data_table(&table);
        }
        Ok(())
    }

    /// Width of the table beside a chart, where it is small enough to stand there.
    fn beside(&self, table: &board_charts::Table, height: Mp) -> Option<Mp> {
        let room = self.width() * 36 / 100;
        let rows = Mp::try_from(table.rows.len()).unwrap_or(10_000);
        let fits = table.header.len() <= 5 && rows * 15 * PT + 50 * PT <= height;
        fits.then_some(room)
    }
}

/// Height of a chart over a tall page's width with the numbers below it; of the chart alone where they need more than
/// a page.
pub(super) fn with_table(spec: &ChartSpec, page: Mp) -> Mp {
    let rows = Mp::try_from(board_charts::table(spec).rows.len() + 1).unwrap_or(1000);
    let both = CHART_HEIGHT + 20 * PT + rows * 15 * PT;
    if both <= page { both } else { CHART_HEIGHT + 6 * 15 * PT }
}

/// The letter of an item of an inner list: a to z, and again from a.
fn letter(index: usize) -> char {
    char::from(b'a' + u8::try_from(index % 26).unwrap_or(0))
}

struct CardLines {
    label: Vec<Line>,
    value: Vec<Line>,
    change: Vec<Line>,
    value_leading: Mp,
    colour: Rgb,
}

impl CardLines {
    fn height(&self) -> Mp {
        let change = if self.change.is_empty() { 0 } else { height(&self.change, 11 * PT) + 3 * PT };
        22 * PT + height(&self.label, 11 * PT) + height(&self.value, self.value_leading) + 3 * PT + change
    }
}

pub(super) fn height(lines: &[Line], leading: Mp) -> Mp {
    leading * Mp::try_from(lines.len()).unwrap_or(1)
}

pub(super) fn trend_colour(trend: Trend) -> Rgb {
    match trend {
        Trend::Improving => Rgb(0x16, 0x6b, 0x3a),
        Trend::Declining => Rgb(0xb4, 0x23, 0x18),
        Trend::Stable => QUIET,
    }
}

#[allow(clippy::cast_possible_truncation)]
fn mp(points: f64) -> Mp {
    (points * 1000.0).round() as Mp
}

fn paint(canvas: &mut Canvas, fonts: &mut Fonts, left: Mp, top: Mp, mark: &board_charts::Mark) {
    use board_charts::{Anchor, Mark};
    let (steps, paint) = match mark {
        Mark::Text(run) => {
            let colour = Rgb(run.color.0, run.color.1, run.color.2);
            let line = fonts.line(&run.text, Style::new(face(run.weight), mp(run.size), colour));
            let lead = match run.anchor {
                Anchor::Start => 0,
                Anchor::Middle => line.width / 2,
                Anchor::End => line.width,
            };
            let (x, y) = (left + mp(run.at.x), top + mp(run.at.y));
            if run.upward {
                canvas.turned_text(x, y + lead, (0, 1000), &line);
            } else {
                canvas.text(x - lead, y, &line);
            }
            return;
        }
        Mark::Path { points, paint } => {
            let mut steps = Vec::with_capacity(points.len() + 1);
            for (index, point) in points.iter().enumerate() {
                let (x, y) = (left + mp(point.x), top + mp(point.y));
                steps.push(if index == 0 { Step::Move(x, y) } else { Step::Line(x, y) });
            }
            if points.first() == points.last() || paint.stroke.is_none() {
                steps.push(Step::Close);
            }
            (steps, paint)
        }
        Mark::Lines { segments, paint } => {
            let at = |point: &board_charts::Point| (left + mp(point.x), top + mp(point.y));
            let steps = segments.iter().flat_map(|[from, to]| {
                let ((x, y), (u, v)) = (at(from), at(to));
                [Step::Move(x, y), Step::Line(u, v)]
            });
            (steps.collect(), paint)
        }
        Mark::Circle { center, radius, paint } => {
            (circle(left + mp(center.x), top + mp(center.y), mp(*radius)), paint)
        }
    };
    let colour = Rgb(paint.color.0, paint.color.1, paint.color.2);
    let (fill, stroke) = match paint.stroke {
        Some(width) => (None, Some((colour, mp(width)))),
        None => (Some(colour), None),
    };
    if paint.opacity < 1.0 {
        canvas.translucent(percent(paint.opacity), |canvas| canvas.path(steps, fill, stroke));
    } else {
        canvas.path(steps, fill, stroke);
    }
}

fn face(weight: board_charts::fonts::Weight) -> Face {
    use board_charts::fonts::Weight;
    match weight {
        Weight::Regular => Face::Regular,
        Weight::Medium => Face::Medium,
        Weight::SemiBold => Face::SemiBold,
        Weight::Bold => Face::Bold,
    }
}

fn circle(x: Mp, y: Mp, r: Mp) -> Vec<Step> {
    // Control points at 0.5523 r make four curves a circle to within 0.03 %.
    let k = Mp::try_from(i64::from(r) * 5523 / 10_000).unwrap_or(r);
    vec![
        Step::Move(x + r, y),
        Step::Curve([x + r, y + k, x + k, y + r, x, y + r]),
        Step::Curve([x - k, y + r, x - r, y + k, x - r, y]),
        Step::Curve([x - r, y - k, x - k, y - r, x, y - r]),
        Step::Curve([x + k, y - r, x + r, y - k, x + r, y]),
        Step::Close,
    ]
}
