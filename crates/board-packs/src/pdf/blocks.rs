//! Lays the plan's blocks out: cover, text, lists, cards, charts and evidence. Tables have their own file.

use board_charts::{ChartSpec, Size};

use super::canvas::{Step, Target};
use super::compose::{BOTTOM, Composer, HAIRLINE, INK, LEFT, QUIET, RIGHT, TOP, WIDTH, percent};
use super::tree::{NodeId, Role};
use crate::text::{Face, Line, Mp, PT, Rgb, Span, Style};
use crate::{Block, EvidenceItem, KpiCard, PackError, Run, Trend};

pub(super) const BODY: Style = Style::new(Face::Regular, 10 * PT, INK);
const LEADING: Mp = 15 * PT;
pub(super) const CHART_HEIGHT: Mp = 236 * PT;

impl Composer<'_> {
    /// Lays a block out; `next` is the one after it.
    pub(super) fn block(&mut self, block: &Block, next: Option<&Block>) -> Result<(), PackError> {
        match block {
            Block::Cover { facts } => self.cover(facts),
            Block::Heading { level, text } => {
                let company = match next {
                    Some(Block::Chart { .. }) => CHART_HEIGHT,
                    Some(Block::Table { .. } | Block::Kpis { .. }) => 6 * LEADING,
                    _ => 3 * LEADING,
                };
                self.heading(*level, text, company);
            }
            Block::Paragraph { runs } => self.paragraph(runs),
            Block::List { ordered, items } => self.list(*ordered, items),
            Block::Kpis { cards } => self.cards(cards),
            Block::Table { caption, header, rows } => self.table(caption, header, rows),
            Block::Chart { spec } => self.chart(spec)?,
            Block::Evidence { items } => self.evidence(items),
            _ => {}
        }
        Ok(())
    }

    fn cover(&mut self, facts: &[(String, String)]) {
        let accent = self.accent;
        self.canvas.artifact(|canvas| {
            canvas.fill([0, 0, super::canvas::PAGE_WIDTH, 14 * PT], 0, accent);
            canvas.fill([LEFT, 236 * PT, LEFT + 56 * PT, 240 * PT], 0, accent);
        });
        let mut style = Style::new(Face::SemiBold, 13 * PT, accent);
        let company = self.fonts.wrap(&[Span::new(self.plan.company.as_str(), style)], WIDTH);
        let node = self.element(Role::Paragraph);
        self.still_lines(node, &company, LEFT, 92 * PT, 18 * PT);
        style = Style::new(Face::Bold, 34 * PT, INK);
        self.y = 258 * PT;
        self.bookmark(&self.plan.title.clone(), 1);
        let title = self.fonts.wrap(&[Span::new(self.plan.title.as_str(), style)], WIDTH);
        let node = self.element(Role::Heading(1));
        self.lines(node, &title, LEFT, 42 * PT);
        self.y += 6 * PT;
        style = Style::new(Face::Regular, 17 * PT, QUIET);
        let subtitle = self.fonts.wrap(&[Span::new(self.plan.subtitle.as_str(), style)], WIDTH);
        let node = self.element(Role::Paragraph);
        self.lines(node, &subtitle, LEFT, 24 * PT);
        self.cover_facts(facts);
    }

    fn cover_facts(&mut self, facts: &[(String, String)]) {
        let label = Style::new(Face::Medium, 9 * PT, QUIET);
        let value = Style::new(Face::Medium, 10 * PT, INK);
        let indent = 132 * PT;
        let rows: Vec<(Vec<Line>, Vec<Line>)> = facts
            .iter()
            .map(|(name, words)| {
                let name = self.fonts.wrap(&[Span::new(name.as_str(), label)], indent - 12 * PT);
                (name, self.fonts.wrap(&[Span::new(words.as_str(), value)], WIDTH - indent))
            })
            .collect();
        let height = |row: &(Vec<Line>, Vec<Line>)| {
            14 * PT * Mp::try_from(row.0.len().max(row.1.len())).unwrap_or(1) + 12 * PT
        };
        let total: Mp = rows.iter().map(height).sum();
        // The facts stand at the foot of the cover, or below the title where that is lower.
        self.y = (BOTTOM - total).max(self.y + 30 * PT);
        let table = self.element(Role::Table);
        for row in &rows {
            self.ensure(height(row));
            let y = self.y;
            self.canvas.artifact(|canvas| canvas.rule(LEFT, RIGHT, y, HAIRLINE, PT / 2));
            let line = self.canvas.tree.add(table, Role::Row);
            let name = self.canvas.tree.add(line, Role::RowHeader);
            self.still_lines(name, &row.0, LEFT, y + 6 * PT, 14 * PT);
            let words = self.canvas.tree.add(line, Role::Cell);
            self.still_lines(words, &row.1, LEFT + indent, y + 6 * PT, 14 * PT);
            self.y += height(row);
        }
    }

    /// A heading; `company` is the height of what must stand on the same page with it.
    pub(super) fn heading(&mut self, level: u8, text: &str, company: Mp) {
        // A level that would skip one is raised, so that the outline has no hole.
        let level = level.clamp(1, 3).min(self.level + 1);
        self.level = level;
        let size = if level == 2 { 14 * PT } else { 11 * PT + PT / 2 };
        let lines = self.fonts.wrap(&[Span::new(text, Style::new(Face::SemiBold, size, INK))], WIDTH);
        let leading = size * 135 / 100;
        if self.y > TOP + 60 * PT {
            self.y += if level == 2 { 12 * PT } else { 6 * PT };
        }
        self.ensure(leading * Mp::try_from(lines.len()).unwrap_or(1) + 5 * PT + company);
        if level == 2 {
            self.bookmark(text, 2);
        }
        let node = self.element(Role::Heading(level));
        self.lines(node, &lines, LEFT, leading);
        self.y += 5 * PT;
    }

    fn paragraph(&mut self, runs: &[Run]) {
        let spans = self.spans(runs, BODY);
        let lines = self.fonts.wrap(&spans, WIDTH);
        let node = self.element(Role::Paragraph);
        self.lines(node, &lines, LEFT, LEADING);
        self.y += 8 * PT;
    }

    pub(super) fn list(&mut self, ordered: bool, items: &[Vec<Run>]) {
        let node = self.element(Role::List { numbered: ordered });
        let indent = if ordered { 22 * PT } else { 14 * PT };
        for (index, runs) in items.iter().enumerate() {
            let spans = self.spans(runs, BODY);
            let lines = self.fonts.wrap(&spans, WIDTH - indent);
            self.ensure(LEADING * 2);
            let label = if ordered { format!("{}.", index + 1) } else { "•".to_owned() };
            let colour = self.accent;
            let label = self.fonts.line(&label, Style { colour, face: Face::SemiBold, ..BODY }.tabular());
            let item = self.canvas.tree.add(node, Role::Item);
            let mark = self.canvas.tree.add(item, Role::Label);
            let y = self.y;
            self.still_lines(mark, &[label], LEFT, y, LEADING);
            let body = self.canvas.tree.add(item, Role::Body);
            self.lines(body, &lines, LEFT + indent, LEADING);
            self.y += 3 * PT;
        }
        self.y += 6 * PT;
    }

    /// Styled text of runs, each citation as a raised number after its words.
    pub(super) fn spans(&self, runs: &[Run], body: Style) -> Vec<Span> {
        let mut spans = Vec::new();
        for run in runs {
            let face = match (run.bold, run.italic) {
                (true, _) => Face::Bold,
                (false, true) => Face::Italic,
                (false, false) => body.face,
            };
            spans.push(Span::new(run.text.as_str(), Style { face, ..body }));
            if let Some(number) = run.cite {
                let style = Style {
                    face: Face::SemiBold,
                    size: body.size * 62 / 100,
                    colour: self.accent,
                    rise: body.size * 36 / 100,
                    tabular: false,
                    cite: Some(number),
                };
                spans.push(Span::new(number.to_string(), style));
            }
        }
        spans
    }

    fn cards(&mut self, cards: &[KpiCard]) {
        if cards.is_empty() {
            return;
        }
        let list = self.element(Role::List { numbered: false });
        let columns = match cards.len() {
            1..=3 => cards.len(),
            4 => 2,
            _ => 3,
        };
        let gap = 12 * PT;
        let count = Mp::try_from(columns).unwrap_or(1);
        let width = (WIDTH - gap * (count - 1)) / count;
        for row in cards.chunks(columns) {
            let drawn: Vec<CardLines> =
                row.iter().map(|card| self.card_lines(card, width - 24 * PT)).collect();
            let height = drawn.iter().map(CardLines::height).max().unwrap_or(0);
            self.ensure(height);
            let mut left = LEFT;
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

    fn chart(&mut self, spec: &ChartSpec) -> Result<(), PackError> {
        let failed = |error: board_charts::ChartError| PackError::Chart {
            title: spec.title.clone(),
            reason: error.to_string(),
        };
        self.ensure(CHART_HEIGHT);
        let spec = ChartSpec { mode: board_charts::Mode::Light, ..spec.clone() };
        let size = Size { width_pt: f64::from(WIDTH) / 1000.0, height_pt: f64::from(CHART_HEIGHT) / 1000.0 };
        let drawing = board_charts::drawing(&spec, size).map_err(failed)?;
        let (left, top) = (LEFT, self.y);
        let figure = self.element(Role::Figure);
        let node = &mut self.canvas.tree.nodes[figure];
        node.alt = Some(board_charts::alt(&spec));
        node.area = Some([left, top, RIGHT, top + CHART_HEIGHT]);
        let fonts = &mut self.fonts;
        // The first mark is the ground, which is the paper here.
        let marks = &drawing.marks[1.min(drawing.marks.len())..];
        self.canvas.tagged(figure, |canvas| {
            for mark in marks {
                paint(canvas, fonts, left, top, mark);
            }
        });
        self.y += CHART_HEIGHT + 8 * PT;
        let table = board_charts::table(&spec);
        self.data_table(&table);
        Ok(())
    }

    fn evidence(&mut self, items: &[EvidenceItem]) {
        let words = self.words;
        let intro = Style { colour: QUIET, ..BODY };
        let lines = self.fonts.wrap(&[Span::new(words.evidence_text, intro)], WIDTH);
        let node = self.element(Role::Paragraph);
        self.lines(node, &lines, LEFT, LEADING);
        self.y += 10 * PT;
        let list = self.element(Role::List { numbered: true });
        let indent = 28 * PT;
        for item in items {
            let number = Style { colour: self.accent, face: Face::SemiBold, ..BODY }.tabular();
            let label = self.fonts.line(&item.number.to_string(), number);
            let text = self.fonts.wrap(&[Span::new(item.text.as_str(), BODY)], WIDTH - indent);
            let fine = Style::new(Face::Regular, 8 * PT, QUIET);
            let source = format!("{}: {}", words.source, item.source);
            let source = self.fonts.wrap(&[Span::new(source, fine)], WIDTH - indent);
            let digest = Style::new(Face::Regular, 6 * PT + PT / 2, QUIET).tabular();
            let digest =
                self.fonts.wrap(&[Span::new(format!("SHA-256 {}", item.sha256), digest)], WIDTH - indent);
            self.ensure(LEADING * 2 + 24 * PT);
            self.targets.insert(Target::Evidence(item.number), (self.canvas.page(), self.y - 8 * PT));
            let node = self.canvas.tree.add(list, Role::Item);
            let mark = self.canvas.tree.add(node, Role::Label);
            self.still_lines(mark, &[label], LEFT, self.y, LEADING);
            let body = self.canvas.tree.add(node, Role::Body);
            for (lines, leading) in [(&text, LEADING), (&source, 12 * PT), (&digest, 10 * PT)] {
                let node = self.canvas.tree.add(body, Role::Paragraph);
                self.lines(node, lines, LEFT + indent, leading);
            }
            self.y += 10 * PT;
        }
    }
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

fn trend_colour(trend: Trend) -> Rgb {
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

fn paint(
    canvas: &mut super::canvas::Canvas,
    fonts: &mut crate::text::Fonts,
    left: Mp,
    top: Mp,
    mark: &board_charts::Mark,
) {
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
                canvas.turned_text(fonts, x, y + lead, (0, 1000), &line);
            } else {
                canvas.text(fonts, x - lead, y, &line);
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
        canvas.translucent(percent(paint.opacity), |canvas| canvas.path(&steps, fill, stroke, &[]));
    } else {
        canvas.path(&steps, fill, stroke, &[]);
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
