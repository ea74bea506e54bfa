//! Lays a plan out on 16:9 slides: what stands side by side, what goes on to the next slide. Writes no package.

use board_charts::ChartSpec;
use board_domain::WatermarkPosition;

use super::drawing::{Frame, INK, Look, Mark, Paragraph, Pen, QUIET};
use crate::pdf::tables::is_numeric;
use crate::text::{Face, Fonts, Mp, PT, Rgb, Span, Style};
use crate::words::Words;
use crate::{Block, KpiCard, PackPlan, Page, Run, Trend};

const WIDTH: Mp = 960 * PT;
const HEIGHT: Mp = 540 * PT;
const LEFT: Mp = 40 * PT;
const BODY: Mp = 880 * PT;
const TOP: Mp = 100 * PT;
const BOTTOM: Mp = 492 * PT;
const GAP: Mp = 16 * PT;
const CHART_LEAST: Mp = 236 * PT;
const TEXT: i32 = 16;
const CELL: i32 = 12;

/// A finished slide.
pub(super) struct Slide {
    pub(super) title: String,
    pub(super) cover: bool,
    pub(super) shapes: Vec<Shape>,
    pub(super) notes: String,
}

/// A shape with its place.
pub(super) enum Shape {
    Text {
        name: String,
        frame: Frame,
        paragraphs: Vec<Paragraph>,
    },
    Card {
        name: String,
        frame: Frame,
        paragraphs: Vec<Paragraph>,
    },
    Bar(Frame),
    Table {
        name: String,
        frame: Frame,
        columns: Vec<Mp>,
        rows: Vec<(Mp, Vec<Paragraph>)>,
    },
    Chart {
        frame: Frame,
        spec: Box<ChartSpec>,
    },
    /// Titles and slide numbers, filled in when all slides are laid out.
    Contents,
}

/// A deck being laid out.
pub(super) struct Deck<'a> {
    plan: &'a PackPlan,
    words: &'static Words,
    fonts: Fonts,
    pub(super) accent: Rgb,
    pub(super) slides: Vec<Slide>,
    /// First slide of each section, with its title.
    pub(super) sections: Vec<(String, usize)>,
    y: Mp,
    title: String,
}

impl<'a> Deck<'a> {
    pub(super) fn new(plan: &'a PackPlan, fonts: Fonts) -> Self {
        let accent = Rgb::parse(&plan.accent).unwrap_or(Rgb(0x1d, 0x4e, 0x89)).deepened();
        let words = Words::of(plan.locale);
        Self {
            plan,
            words,
            fonts,
            accent,
            slides: Vec::new(),
            sections: Vec::new(),
            y: TOP,
            title: String::new(),
        }
    }

    /// Lays out one page of the plan.
    pub(super) fn section(&mut self, page: &Page) {
        if let [Block::Cover { facts }, ..] = page.blocks.as_slice() {
            self.cover(facts, &page.notes);
            return;
        }
        self.open(&page.title, &page.notes);
        let blocks: Vec<Block> = page.blocks.iter().flat_map(|block| simple(block, self.words)).collect();
        let mut blocks = blocks.as_slice();
        while let [first, rest @ ..] = blocks {
            blocks = match first {
                Block::Heading { .. } | Block::Paragraph { .. } | Block::List { .. } => {
                    self.words_and_chart(blocks)
                }
                Block::Chart { spec } => self.charts(spec, rest),
                Block::Kpis { cards } => {
                    self.cards(cards);
                    rest
                }
                Block::Table { caption, header, rows } => {
                    self.table(caption, header, rows);
                    rest
                }
                Block::Evidence { items } => {
                    let header = ["№", self.words.evidence, self.words.source].map(str::to_owned);
                    let rows: Vec<Vec<String>> = items
                        .iter()
                        .map(|item| vec![item.number.to_string(), item.text.clone(), item.source.clone()])
                        .collect();
                    self.table("", &header, &rows);
                    rest
                }
                // `simple` leaves none of the others.
                _ => rest,
            };
        }
    }

    /// Names and values of facts, then numbered steps.
    pub(super) fn about(&mut self, facts: &[(String, String)]) {
        self.open(self.words.about, "");
        let header = [self.words.fact.to_owned(), self.words.value.to_owned()];
        let rows: Vec<Vec<String>> =
            facts.iter().map(|(name, value)| vec![name.clone(), value.clone()]).collect();
        self.table("", &header, &rows);
        self.turn();
        let mut paragraphs = vec![
            Paragraph::new(self.words.about_text, Look::new(TEXT, INK)).after(16),
            Paragraph::new(self.words.verify, Look::new(18, INK).bold()).after(8),
        ];
        for (number, step) in (1..).zip(self.words.verify_steps) {
            let step = Paragraph::new(step, Look::new(TEXT, INK)).after(6);
            paragraphs.push(Paragraph { mark: Mark::Number(number), ..step });
        }
        let frame = [LEFT, TOP, BODY, BOTTOM - TOP];
        self.push(Shape::Text { name: self.words.about.into(), frame, paragraphs });
    }

    /// A slide for the list of sections.
    pub(super) fn contents(&mut self) {
        self.open(self.words.contents, "");
        self.sections.pop();
        self.push(Shape::Contents);
    }

    fn open(&mut self, title: &str, notes: &str) {
        title.clone_into(&mut self.title);
        self.sections.push((title.to_owned(), self.slides.len()));
        self.slides.push(Slide {
            title: title.to_owned(),
            cover: false,
            shapes: Vec::new(),
            notes: notes.to_owned(),
        });
        self.y = TOP;
    }

    /// A further slide of the same section.
    fn turn(&mut self) {
        if self.y == TOP {
            return;
        }
        let title = format!("{} ({})", self.title, self.words.continued);
        self.slides.push(Slide { title, cover: false, shapes: Vec::new(), notes: String::new() });
        self.y = TOP;
    }

    fn push(&mut self, shape: Shape) {
        if let Some(slide) = self.slides.last_mut() {
            slide.shapes.push(shape);
        }
    }

    fn cover(&mut self, facts: &[(String, String)], notes: &str) {
        let accent = self.accent.hex();
        let text = |name: &str, frame, paragraphs| Shape::Text { name: name.into(), frame, paragraphs };
        let company = Paragraph::new(self.plan.company.as_str(), Look::new(18, &accent).bold());
        let subtitle = Paragraph::new(self.plan.subtitle.as_str(), Look::new(20, QUIET));
        let mut names = Vec::new();
        let mut values = Vec::new();
        for (name, value) in facts.iter().take(8) {
            names.push(Paragraph::new(name.as_str(), Look::new(13, QUIET)).after(5));
            values.push(Paragraph::new(value.as_str(), Look::new(13, INK)).after(5));
        }
        let count = Mp::try_from(names.len()).unwrap_or(0);
        let top = (HEIGHT - 36 * PT - count * 21 * PT).max(318 * PT);
        self.slides.push(Slide {
            title: self.plan.title.clone(),
            cover: true,
            shapes: vec![
                Shape::Bar([0, 0, 16 * PT, HEIGHT]),
                text("Company", [72 * PT, 56 * PT, 800 * PT, 28 * PT], vec![company]),
                Shape::Bar([72 * PT, 132 * PT, 64 * PT, 4 * PT]),
                text("Period", [72 * PT, 268 * PT, 800 * PT, 30 * PT], vec![subtitle]),
                text("Facts", [72 * PT, top, 170 * PT, HEIGHT - top - 10 * PT], names),
                text("Values", [250 * PT, top, 640 * PT, HEIGHT - top - 10 * PT], values),
            ],
            notes: notes.to_owned(),
        });
    }

    fn cards(&mut self, cards: &[KpiCard]) {
        for row in cards.chunks(6) {
            let count = Mp::try_from(row.len()).unwrap_or(1);
            let gap = 12 * PT;
            // A lone card is not stretched over the whole slide.
            let width = ((BODY - gap * (count - 1)) / count).min(280 * PT);
            let height = 104 * PT;
            if self.y + height > BOTTOM {
                self.turn();
            }
            let inner = width - 19 * PT;
            // One size for the values of a row.
            let mut size = 26;
            while size > 12
                && row.iter().any(|card| {
                    self.fonts.width(&card.value, Style::new(Face::Bold, size * PT, Rgb(0, 0, 0))) > inner
                })
            {
                size -= 1;
            }
            // Labels of one line leave room for those of two, so that the values of a row stand level.
            let label = Look::new(11, QUIET);
            let heights: Vec<Mp> = row
                .iter()
                .map(|card| self.height(&Paragraph::new(card.label.as_str(), label.clone()), inner))
                .collect();
            let highest = heights.iter().copied().max().unwrap_or(0);
            let mut left = LEFT;
            for (card, own) in row.iter().zip(heights) {
                let colour = match card.trend {
                    Trend::Improving => "166B3A",
                    Trend::Declining => "B42318",
                    Trend::Stable => QUIET,
                };
                let mut paragraphs = vec![
                    Paragraph::new(card.label.as_str(), label.clone()).after(2 + (highest - own) / PT),
                    Paragraph::new(card.value.as_str(), Look::new(size, INK).bold()).after(2),
                ];
                if !card.change.is_empty() {
                    let change = format!("{} · {}", self.words.trend(card.trend), card.change);
                    paragraphs.push(Paragraph::new(change, Look::new(10, colour)));
                }
                let frame = [left, self.y, width, height];
                self.push(Shape::Card { name: card.label.clone(), frame, paragraphs });
                left += width + gap;
            }
            self.y += height + GAP;
        }
    }

    /// Text up to the next block of another kind; a chart right after it goes beside it where it fits.
    fn words_and_chart<'b>(&mut self, blocks: &'b [Block]) -> &'b [Block] {
        let is_text = |block: &Block| {
            matches!(block, Block::Heading { .. } | Block::Paragraph { .. } | Block::List { .. })
        };
        let count = blocks.iter().take_while(|block| is_text(block)).count();
        let (text, rest) = blocks.split_at(count);
        let paragraphs: Vec<Paragraph> = text.iter().flat_map(|block| self.paragraphs(block)).collect();
        let narrow = 330 * PT;
        // A heading alone stands above its chart.
        let is_prose = text.iter().any(|block| !matches!(block, Block::Heading { .. }));
        if let ([Block::Chart { spec }, rest @ ..], true) = (rest, is_prose) {
            let height: Mp = paragraphs.iter().map(|paragraph| self.height(paragraph, narrow)).sum();
            if height <= BOTTOM - TOP {
                if self.y + height.max(CHART_LEAST) > BOTTOM {
                    self.turn();
                }
                let room = BOTTOM - self.y;
                self.push(Shape::Text {
                    name: "Text".into(),
                    frame: [LEFT, self.y, narrow, room],
                    paragraphs,
                });
                let left = LEFT + narrow + 24 * PT;
                let frame = [left, self.y, LEFT + BODY - left, room];
                self.push(Shape::Chart { frame, spec: Box::new(spec.clone()) });
                self.y = BOTTOM;
                return rest;
            }
        }
        let follower = if matches!(rest, [Block::Chart { .. }, ..]) && !is_prose { CHART_LEAST } else { 0 };
        if self.y + follower + 50 * PT > BOTTOM {
            self.turn();
        }
        self.text(paragraphs);
        if !is_prose {
            self.y -= GAP;
        }
        rest
    }

    /// Paragraphs over as many slides as they need; a heading stays with what follows it.
    fn text(&mut self, paragraphs: Vec<Paragraph>) {
        let mut box_top = self.y;
        let mut open: Vec<Paragraph> = Vec::new();
        let mut paragraphs = std::collections::VecDeque::from(paragraphs);
        while let Some(paragraph) = paragraphs.pop_front() {
            let height = self.height(&paragraph, BODY);
            let is_heading = paragraph.runs.first().is_some_and(|(_, look)| look.size > TEXT * 100);
            let next = if is_heading {
                paragraphs.front().map_or(0, |next| self.height(next, BODY).min(60 * PT))
            } else {
                0
            };
            if self.y + height + next > BOTTOM && self.y > TOP {
                self.text_box(std::mem::take(&mut open), box_top);
                self.turn();
                box_top = TOP;
            }
            if height > BOTTOM - self.y {
                let (now, later) = self.split(paragraph, BOTTOM - self.y);
                paragraphs.push_front(later);
                self.y = BOTTOM;
                open.push(now);
                continue;
            }
            self.y += height;
            open.push(paragraph);
        }
        self.text_box(open, box_top);
        self.y += GAP;
    }

    fn text_box(&mut self, paragraphs: Vec<Paragraph>, top: Mp) {
        if !paragraphs.is_empty() {
            let frame = [LEFT, top, BODY, (self.y - top).max(20 * PT).min(BOTTOM - top)];
            self.push(Shape::Text { name: "Text".into(), frame, paragraphs });
        }
    }

    /// A paragraph longer than a slide, cut after the words that fit.
    fn split(&mut self, paragraph: Paragraph, room: Mp) -> (Paragraph, Paragraph) {
        let mut now = Paragraph { runs: Vec::new(), ..paragraph.clone() };
        let mut later = Paragraph { runs: Vec::new(), mark: Mark::None, ..paragraph.clone() };
        let mut full = false;
        for (words, look) in paragraph.runs {
            for word in words.split_inclusive(' ') {
                let target = if full { &mut later } else { &mut now };
                append(target, word, &look);
                if !full && self.height(&now, BODY) > room {
                    remove(&mut now, word);
                    // A word that fits on no slide by itself is not worth a slide of its own.
                    if now.runs.is_empty() {
                        append(&mut now, word, &look);
                    } else {
                        append(&mut later, word, &look);
                    }
                    full = true;
                }
            }
        }
        (now, later)
    }

    fn paragraphs(&self, block: &Block) -> Vec<Paragraph> {
        match block {
            Block::Heading { level, text } => {
                let size = if *level == 2 { 20 } else { 17 };
                vec![Paragraph::new(text.as_str(), Look::new(size, INK).bold()).after(6)]
            }
            Block::Paragraph { runs } => {
                vec![Paragraph { runs: self.runs(runs), after: 10, ..Paragraph::default() }]
            }
            Block::List { ordered, items } => (1..)
                .zip(items)
                .map(|(number, runs)| Paragraph {
                    runs: self.runs(runs),
                    mark: if *ordered { Mark::Number(number) } else { Mark::Bullet },
                    after: if number == items.len() { 12 } else { 5 },
                    ..Paragraph::default()
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    fn runs(&self, runs: &[Run]) -> Vec<(String, Look)> {
        let mut words = Vec::new();
        for run in runs {
            let look = Look { bold: run.bold, italic: run.italic, ..Look::new(TEXT, INK) };
            words.push((run.text.clone(), look));
            if let Some(number) = run.cite {
                let look = Look { raised: true, ..Look::new(TEXT, &self.accent.hex()).bold() };
                words.push((number.to_string(), look));
            }
        }
        words
    }

    /// Height of a paragraph at a width. Measured in the bundled face, which runs wider than the deck's.
    fn height(&mut self, paragraph: &Paragraph, width: Mp) -> Mp {
        let indent = if paragraph.mark == Mark::None { 0 } else { 20 * PT };
        let spans: Vec<Span> = paragraph
            .runs
            .iter()
            .map(|(words, look)| {
                let face = if look.bold { Face::Bold } else { Face::Regular };
                Span::new(words.as_str(), Style::new(face, look.size * 10, Rgb(0, 0, 0)))
            })
            .collect();
        let lines = self.fonts.wrap(&spans, width - indent).len();
        let size = paragraph.runs.iter().map(|(_, look)| look.size).max().unwrap_or(TEXT * 100);
        Mp::try_from(lines).unwrap_or(1) * size * 10 * 122 / 100 + paragraph.after * PT
    }

    /// One chart over the whole width, or two in a row side by side.
    fn charts<'b>(&mut self, spec: &ChartSpec, rest: &'b [Block]) -> &'b [Block] {
        if self.y + CHART_LEAST > BOTTOM {
            self.turn();
        }
        let height = BOTTOM - self.y;
        let (second, rest) = match rest {
            [Block::Chart { spec }, rest @ ..] => (Some(spec), rest),
            _ => (None, rest),
        };
        let width = if second.is_some() { (BODY - 24 * PT) / 2 } else { BODY };
        let frame = [LEFT, self.y, width, height];
        self.push(Shape::Chart { frame, spec: Box::new(spec.clone()) });
        if let Some(second) = second {
            let frame = [LEFT + width + 24 * PT, self.y, width, height];
            self.push(Shape::Chart { frame, spec: Box::new(second.clone()) });
        }
        self.y = BOTTOM;
        rest
    }

    /// A table over as many slides as it needs, its header on each.
    fn table(&mut self, caption: &str, header: &[String], rows: &[Vec<String>]) {
        let columns = self.columns(header, rows);
        let right: Vec<bool> = (0..header.len())
            .map(|index| index > 0 && is_numeric(rows.iter().filter_map(|row| row.get(index))))
            .collect();
        let head = self.row(header, &columns, &right, true);
        let mut rows = rows
            .iter()
            .map(|row| self.row(row, &columns, &right, false))
            .collect::<Vec<_>>()
            .into_iter()
            .peekable();
        loop {
            if self.y + head.0 + 70 * PT > BOTTOM {
                self.turn();
            }
            if !caption.is_empty() {
                let paragraphs = vec![Paragraph::new(caption, Look::new(14, INK).bold())];
                self.push(Shape::Text {
                    name: "Caption".into(),
                    frame: [LEFT, self.y, BODY, 20 * PT],
                    paragraphs,
                });
                self.y += 26 * PT;
            }
            let top = self.y;
            let mut shown = vec![head.clone()];
            self.y += head.0;
            while let Some(row) = rows.next_if(|row| self.y + row.0 <= BOTTOM || shown.len() == 1) {
                self.y += row.0;
                shown.push(row);
            }
            let frame = [LEFT, top, BODY, self.y - top];
            self.push(Shape::Table {
                name: caption.to_owned(),
                frame,
                columns: columns.clone(),
                rows: shown,
            });
            self.y += GAP;
            if rows.peek().is_none() {
                return;
            }
            self.turn();
        }
    }

    fn row(&mut self, cells: &[String], columns: &[Mp], right: &[bool], head: bool) -> (Mp, Vec<Paragraph>) {
        let mut height = 0;
        let mut paragraphs = Vec::with_capacity(cells.len());
        for (index, (cell, width)) in cells.iter().zip(columns).enumerate() {
            let mut look = Look::new(CELL, INK);
            look.bold = head;
            let paragraph = Paragraph { right: right[index], ..Paragraph::new(cell.as_str(), look) };
            height = height.max(self.height(&paragraph, (width - 13 * PT) * 104 / 100));
            paragraphs.push(paragraph);
        }
        (height + 8 * PT, paragraphs)
    }

    fn columns(&mut self, header: &[String], rows: &[Vec<String>]) -> Vec<Mp> {
        let style = Style::new(Face::SemiBold, CELL * PT, Rgb(0, 0, 0));
        let mut needs = Vec::with_capacity(header.len());
        for (index, title) in header.iter().enumerate() {
            let mut least = self.fonts.longest_word(title, style);
            let mut natural = self.fonts.width(title, style);
            for cell in rows.iter().filter_map(|row| row.get(index)) {
                least = least.max(self.fonts.longest_word(cell, style));
                natural = natural.max(self.fonts.width(cell, style));
            }
            needs.push((least + 14 * PT, natural + 14 * PT));
        }
        crate::text::share(BODY, &needs)
    }

    /// Frame, turn in degrees, lines, look and alignment of the watermark.
    pub(super) fn watermark(&mut self) -> (Frame, i32, Vec<String>, Look, &'static str) {
        let stamp = &self.plan.watermark;
        let (room, depth) = match stamp.style.position {
            WatermarkPosition::Diagonal => (720 * PT, 220 * PT),
            WatermarkPosition::Centre => (BODY, 300 * PT),
            WatermarkPosition::Corner => (BODY / 2, 90 * PT),
            WatermarkPosition::Header | WatermarkPosition::Footer => (BODY, 26 * PT),
        };
        #[allow(clippy::cast_possible_truncation)]
        let mut size = (stamp.style.size * 1000.0).round() as Mp;
        let (lines, height) = loop {
            let style = Style::new(Face::Bold, size, Rgb(0, 0, 0));
            let lines = self.fonts.wrap(&[Span::new(stamp.text.as_str(), style)], room);
            let height = size * 120 / 100 * Mp::try_from(lines.len()).unwrap_or(1);
            if height <= depth || size < 5 * PT {
                break (lines, height);
            }
            size = size * 95 / 100;
        };
        let lines = lines
            .iter()
            .map(|line| {
                let glyphs = line.pieces.iter().flat_map(|(_, piece)| piece.glyphs.iter());
                glyphs.map(|glyph| glyph.text.as_str()).collect::<String>().trim_end().to_owned()
            })
            .collect();
        let middle = (HEIGHT - height) / 2;
        let (frame, turn, align) = match stamp.style.position {
            WatermarkPosition::Diagonal => ([(WIDTH - room) / 2, middle, room, height], -45, "ctr"),
            WatermarkPosition::Centre => ([LEFT, middle, BODY, height], 0, "ctr"),
            WatermarkPosition::Header => ([LEFT, 4 * PT, BODY, height], 0, "ctr"),
            WatermarkPosition::Footer => ([LEFT, HEIGHT - height - 2 * PT, BODY, height], 0, "ctr"),
            WatermarkPosition::Corner => ([LEFT + BODY - room, BOTTOM - height, room, height], 0, "r"),
        };
        let look = Look { size: size / 10, ..Look::new(1, stamp.style.colour.trim_start_matches('#')) };
        (frame, turn, lines, look, align)
    }
}

/// Blocks without a slide form of their own, as headings, tables and paragraphs.
fn simple(block: &Block, words: &Words) -> Vec<Block> {
    let strings = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let table =
        |header: Vec<String>, rows: Vec<Vec<String>>| Block::Table { caption: String::new(), header, rows };
    match block {
        Block::KpiTable { caption, header, rows } => {
            let rows = rows
                .iter()
                .map(|row| {
                    let mut cells = vec![row.label.clone()];
                    cells.extend(row.values.iter().cloned());
                    cells.push(row.change.clone());
                    cells
                })
                .collect();
            vec![Block::Table { caption: caption.clone(), header: header.clone(), rows }]
        }
        Block::Lineage { figures } => {
            let header =
                strings(&[words.measure, words.value, words.definition, words.formula, words.inputs]);
            let rows = figures.iter().map(|entry| {
                let inputs: Vec<String> =
                    entry.inputs.iter().map(|(name, value)| format!("{name}: {value}")).collect();
                vec![
                    entry.label.clone(),
                    entry.value.clone(),
                    entry.definition.clone(),
                    entry.formula.clone(),
                    inputs.join("; "),
                ]
            });
            vec![table(header, rows.collect())]
        }
        Block::Methodology { notes } => {
            let header = strings(&[words.measure, words.version, words.formula, words.source]);
            let rows = notes.iter().map(|note| {
                vec![note.name.clone(), note.version.to_string(), note.formula.clone(), note.sources.clone()]
            });
            vec![table(header, rows.collect())]
        }
        Block::Audit { approvals, content_hash } => {
            let header = strings(&[words.when, words.who, words.role, words.action, words.comment]);
            let rows: Vec<Vec<String>> = approvals
                .iter()
                .map(|step| strings(&[&step.at, &step.who, &step.role, &step.action, &step.comment]))
                .collect();
            let mut blocks = vec![Block::Heading { level: 2, text: words.approvals.to_owned() }];
            if !rows.is_empty() {
                blocks.push(table(header, rows));
            }
            if !content_hash.is_empty() {
                let text = format!("{}: {content_hash}", words.content_hash);
                blocks.push(Block::Paragraph { runs: vec![Run { text, ..Run::default() }] });
            }
            blocks
        }
        // The deck lists its sections after its covers.
        Block::Contents | Block::Cover { .. } => Vec::new(),
        other => vec![other.clone()],
    }
}

fn append(paragraph: &mut Paragraph, word: &str, look: &Look) {
    match paragraph.runs.last_mut() {
        Some((words, last)) if last == look => words.push_str(word),
        _ => paragraph.runs.push((word.to_owned(), look.clone())),
    }
}

fn remove(paragraph: &mut Paragraph, word: &str) {
    if let Some((words, _)) = paragraph.runs.last_mut() {
        words.truncate(words.len().saturating_sub(word.len()));
        if words.is_empty() {
            paragraph.runs.pop();
        }
    }
}

/// Draws a finished slide's shapes; `relation` answers with the id of a chart's or a slide's relationship.
pub(super) fn draw(
    slide: &Slide,
    pen: &mut Pen<'_>,
    chart: &mut dyn FnMut(&ChartSpec) -> String,
    contents: &dyn Fn() -> Vec<Paragraph>,
) -> String {
    let mut xml = pen.title(&slide.title);
    for shape in &slide.shapes {
        xml.push_str(&match shape {
            Shape::Text { name, frame, paragraphs } => pen.text(name, *frame, paragraphs),
            Shape::Card { name, frame, paragraphs } => pen.card(name, *frame, paragraphs),
            Shape::Bar(frame) => pen.bar(*frame),
            Shape::Table { name, frame, columns, rows } => pen.table(name, *frame, columns, rows),
            Shape::Chart { frame, spec } => {
                let relation = chart(spec);
                pen.chart(&spec.title, &board_charts::alt(spec), *frame, &relation)
            }
            Shape::Contents => pen.text("Contents", [LEFT, TOP, BODY, BOTTOM - TOP], &contents()),
        });
    }
    xml
}
