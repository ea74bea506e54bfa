//! Lays a plan out on 16:9 slides: what stands side by side, what goes on to the next slide. Writes no package.
//!
//! Running text is in `flow`, the first and the last slides in `frame`, XML in `drawing`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use board_charts::{ChartKind, ChartSpec};

use super::drawing::{CARD_INSET, Frame, Link, Look, Paragraph, Targets};
use super::ink::Ink;
use super::metrics;
use super::phrases::Phrases;
use super::table::{Cell, Table, cells};
use super::{chart, vector};
use crate::text::{Mp, PT};
use crate::words::Words;
use crate::{Block, KpiCard, KpiRow, PackPlan, Page, Trend};

pub(super) const WIDTH: Mp = 960 * PT;
pub(super) const HEIGHT: Mp = 540 * PT;
pub(super) const LEFT: Mp = 48 * PT;
pub(super) const BODY: Mp = 864 * PT;
pub(super) const TOP: Mp = 98 * PT;
pub(super) const BOTTOM: Mp = 488 * PT;
pub(super) const GAP: Mp = 18 * PT;
/// Between two things side by side.
pub(super) const GUTTER: Mp = 32 * PT;
const CHART_LEAST: Mp = 230 * PT;
const CARD_GAP: Mp = 14 * PT;
/// What programs may differ in the height of a box's words.
pub(super) const SLACK: Mp = 6 * PT;

/// Which layout a slide follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    Cover = 1,
    Content = 2,
}

/// A finished slide.
pub(super) struct Slide<'a> {
    pub(super) title: String,
    /// Second line of a cover.
    pub(super) subtitle: String,
    pub(super) layout: Layout,
    pub(super) language: &'static str,
    pub(super) shapes: Vec<Shape<'a>>,
    pub(super) notes: String,
}

/// A shape with its place.
pub(super) enum Shape<'a> {
    Text {
        name: &'static str,
        frame: Frame,
        paragraphs: Vec<Paragraph>,
        link: Option<Link>,
    },
    Card {
        name: String,
        frame: Frame,
        paragraphs: Vec<Paragraph>,
    },
    Bar(Frame, Ink),
    Table {
        name: String,
        frame: Frame,
        table: Table,
    },
    Chart {
        frame: Frame,
        spec: &'a ChartSpec,
    },
    Vector {
        frame: Frame,
        spec: Box<ChartSpec>,
    },
    Logo(Frame),
    Code(Frame),
    /// Entries of the contents from here on, filled in when all slides are laid out.
    Contents(usize),
}

/// A page of the plan in the deck.
pub(super) struct Section {
    pub(super) title: String,
    /// Its chapter.
    pub(super) chapter: String,
    /// Its first slide.
    pub(super) first: usize,
    /// Whether the contents list it.
    pub(super) listed: bool,
}

/// A deck being laid out.
pub(super) struct Deck<'a> {
    pub(super) plan: &'a PackPlan,
    pub(super) words: &'static Words,
    pub(super) phrases: &'static Phrases,
    /// What the last slides say of the pack itself.
    pub(super) facts: &'a [(String, String)],
    pub(super) slides: Vec<Slide<'a>>,
    pub(super) sections: Vec<Section>,
    pub(super) evidence: BTreeMap<u32, usize>,
    pub(super) y: Mp,
    pub(super) language: &'static str,
    title: String,
}

impl<'a> Deck<'a> {
    pub(super) fn new(plan: &'a PackPlan, facts: &'a [(String, String)]) -> Self {
        Self {
            plan,
            words: Words::of(plan.locale),
            phrases: Phrases::of(plan.locale),
            facts,
            slides: Vec::new(),
            sections: Vec::new(),
            evidence: BTreeMap::new(),
            y: TOP,
            language: plan.locale.tag(),
            title: String::new(),
        }
    }

    /// Where links of the finished deck lead.
    pub(super) fn targets(&self) -> Targets {
        let sections = self.sections.iter().map(|section| section.first).collect();
        Targets { sections, evidence: self.evidence.clone() }
    }

    /// Lays out one page of the plan.
    pub(super) fn section(&mut self, page: &'a Page) {
        self.language = page.lang.unwrap_or(self.plan.locale).tag();
        if self.plan.deck {
            self.one_slide(page);
        } else {
            self.lay(page);
        }
    }

    pub(super) fn lay(&mut self, page: &'a Page) {
        if let [Block::Cover { facts }, ..] = page.blocks.as_slice() {
            self.cover(page, facts);
        } else if page.blocks.iter().any(|block| matches!(block, Block::Contents)) {
            self.contents(&page.title, page.section.as_deref());
        } else {
            self.open(&page.title, page.section.as_deref(), &page.notes, true);
        }
        let mut blocks = page.blocks.as_slice();
        while let [first, rest @ ..] = blocks {
            blocks = match first {
                Block::Heading { .. } | Block::Paragraph { .. } | Block::List(_) => self.prose(blocks),
                Block::Chart { .. } => self.charts(blocks),
                other => {
                    self.block(other, rest);
                    rest
                }
            };
        }
    }

    fn block(&mut self, block: &'a Block, rest: &[Block]) {
        match block {
            Block::Kpis { cards } => self.cards(cards, matches!(rest, [Block::Chart { .. }, ..])),
            Block::Table { caption, header, rows } => {
                let rows: Vec<Vec<Cell>> = rows.iter().map(|row| cells(row)).collect();
                self.table(caption, header, &rows);
            }
            Block::KpiTable { caption, header, rows } => self.kpi_table(caption, header, rows),
            Block::Evidence { items } => {
                let header = ["№", self.words.evidence, self.words.source].map(str::to_owned);
                let words = |item: &crate::EvidenceItem| {
                    cells(&[item.number.to_string(), item.text.clone(), item.source.clone()])
                };
                let rows: Vec<Vec<Cell>> = items.iter().map(words).collect();
                let places = self.table("", &header, &rows);
                for (item, slide) in items.iter().zip(places) {
                    self.evidence.insert(item.number, slide);
                    note(&mut self.slides[slide].notes, &format!("{}. SHA-256 {}", item.number, item.sha256));
                }
            }
            Block::Lineage { figures } => self.lineage(figures),
            Block::Methodology { notes } => self.methodology(notes),
            Block::Audit { approvals, content_hash } => self.audit(approvals, content_hash),
            // The others are laid out where they are met.
            _ => {}
        }
    }

    /// Begins the slides of a page.
    pub(super) fn open(&mut self, title: &str, chapter: Option<&str>, notes: &str, listed: bool) {
        title.clone_into(&mut self.title);
        self.sections.push(Section {
            title: title.to_owned(),
            chapter: chapter.unwrap_or(title).to_owned(),
            first: self.slides.len(),
            listed,
        });
        self.slide(title.to_owned(), notes.to_owned());
    }

    /// A further slide of the same page, if this one has anything on it.
    pub(super) fn turn(&mut self) {
        if self.slides.last().is_some_and(|slide| slide.shapes.is_empty()) {
            self.y = TOP;
            return;
        }
        let title = format!("{} ({})", self.title, self.words.continued);
        self.slide(title, String::new());
    }

    fn slide(&mut self, title: String, notes: String) {
        let (layout, language) = (Layout::Content, self.language);
        self.slides.push(Slide {
            title,
            subtitle: String::new(),
            layout,
            language,
            shapes: Vec::new(),
            notes,
        });
        self.y = TOP;
    }

    pub(super) fn push(&mut self, shape: Shape<'a>) {
        if let Some(slide) = self.slides.last_mut() {
            slide.shapes.push(shape);
        }
    }

    /// A box of paragraphs. It is a little higher than they are, so that no program finds them too high and shrinks them.
    pub(super) fn text(
        &mut self,
        name: &'static str,
        [left, top, width, height]: Frame,
        paragraphs: Vec<Paragraph>,
    ) {
        let frame = [left, top, width, height + SLACK];
        self.push(Shape::Text { name, frame, paragraphs, link: None });
    }

    fn note(&mut self, words: &str) {
        if let Some(slide) = self.slides.last_mut() {
            note(&mut slide.notes, words);
        }
    }

    fn cards(&mut self, cards: &[KpiCard], before_chart: bool) {
        let row = match cards.len() {
            5 | 6 if before_chart => 6,
            5 | 6 | 9 => 3,
            _ => 4,
        };
        for cards in cards.chunks(row) {
            let count = Mp::try_from(cards.len()).unwrap_or(1);
            // A lone card is not stretched over the whole slide.
            let width = ((BODY - CARD_GAP * (count - 1)) / count).min(280 * PT);
            let inner = width - 2 * CARD_INSET;
            let small = if count > 4 { 11 } else { 13 };
            let label =
                |card: &KpiCard| Paragraph::new(card.label.as_str(), Look::new(small, Ink::Quiet)).after(4);
            let change = |card: &KpiCard| {
                let ink = trend(card.trend);
                let words = format!("{} · {}", self.words.trend(card.trend), card.change);
                Paragraph::new(words, Look::new(small, ink))
            };
            // One size for the values of a row; labels of one line leave room for those of more.
            let fits = |size: &i32| {
                cards.iter().all(|c| metrics::width(&c.value, size * PT, true) * 102 / 100 <= inner)
            };
            let size = (14..=if count > 4 { 24 } else { 32 }).rev().find(fits).unwrap_or(12);
            let labels = cards.iter().map(|card| label(card).height(inner)).max().unwrap_or(0);
            let value = |card: &KpiCard| {
                Paragraph::new(card.value.as_str(), Look::new(size, Ink::Text).bold()).after(4)
            };
            let values = cards.iter().map(|card| value(card).height(inner)).max().unwrap_or(0);
            let changes =
                cards.iter().filter(|card| !card.change.is_empty()).map(|card| change(card).height(inner));
            let height = labels + values + changes.max().unwrap_or(0) + 2 * CARD_INSET + SLACK;
            let mut shapes = Vec::with_capacity(cards.len());
            for card in cards {
                let mut label = label(card);
                label.after += labels - label.height(inner);
                let mut paragraphs = vec![label, value(card)];
                if !card.change.is_empty() {
                    paragraphs.push(change(card));
                }
                shapes.push((card.label.clone(), paragraphs));
            }
            if self.y + height > BOTTOM {
                self.turn();
            }
            let mut left = LEFT;
            for (name, paragraphs) in shapes {
                self.push(Shape::Card { name, frame: [left, self.y, width, height], paragraphs });
                left += width + CARD_GAP;
            }
            self.y += height + CARD_GAP;
        }
        self.y += GAP - CARD_GAP;
    }

    /// A chart over the whole width, two side by side, or figures in a row.
    fn charts(&mut self, blocks: &'a [Block]) -> &'a [Block] {
        let is_card = |block: &Block| matches!(block, Block::Chart { spec } if spec.kind == ChartKind::Kpi);
        let specs = |blocks: &'a [Block]| -> Vec<&'a ChartSpec> {
            blocks
                .iter()
                .filter_map(|block| if let Block::Chart { spec } = block { Some(spec) } else { None })
                .collect()
        };
        let is_chart = |block: &Block| matches!(block, Block::Chart { .. }) && !is_card(block);
        let cards = blocks.iter().take(4).take_while(|block| is_card(block)).count();
        if cards > 0 {
            let (row, rest) = blocks.split_at(cards);
            let count = Mp::try_from(cards).unwrap_or(1);
            let (width, height) = (((BODY - CARD_GAP * (count - 1)) / count).min(280 * PT), 140 * PT);
            if self.y + height > BOTTOM {
                self.turn();
            }
            let mut left = LEFT;
            for spec in specs(row) {
                self.chart(spec, [left, self.y, width, height], 0);
                left += width + CARD_GAP;
            }
            self.y += height + GAP;
            return rest;
        }
        if self.y + CHART_LEAST > BOTTOM {
            self.turn();
        }
        let (row, rest) = blocks.split_at(blocks.iter().take(2).take_while(|block| is_chart(block)).count());
        let row = specs(row);
        let count = Mp::try_from(row.len()).unwrap_or(1).max(1);
        let width = (BODY - GUTTER * (count - 1)) / count;
        let heading = row.iter().map(|spec| heading_height(spec, width)).max().unwrap_or(0);
        let mut left = LEFT;
        for spec in row {
            self.chart(spec, [left, self.y, width, BOTTOM - self.y], heading);
            left += width + GUTTER;
        }
        self.y = BOTTOM;
        rest
    }

    /// One chart: its title, the chart, and below it what the picture cannot say. `heading` is the height that the
    /// titles of the charts beside it take.
    pub(super) fn chart(&mut self, spec: &'a ChartSpec, [left, top, width, height]: Frame, heading: Mp) {
        if spec.kind == ChartKind::Kpi {
            let card = ChartSpec { mode: board_charts::Mode::Light, ..spec.clone() };
            self.note(&vector::data(spec));
            return self.push(Shape::Vector { frame: [left, top, width, height], spec: Box::new(card) });
        }
        let own = heading_height(spec, width);
        if own > 0 {
            self.text("Chart title", [left, top, width, own], heading_words(spec));
        }
        let heading = heading.max(own);
        let remarks: Vec<Paragraph> = chart::remarks(spec, self.phrases)
            .into_iter()
            .map(|words| Paragraph::new(words, Look::new(10, Ink::Quiet)))
            .collect();
        let below = remarks.iter().map(|remark| remark.height(width)).sum::<Mp>().min(height / 4);
        let frame = [left, top + heading, width, height - heading - below];
        if !remarks.is_empty() {
            self.text("Chart note", [left, top + height - below, width, below], remarks);
        }
        if chart::is_native(spec) {
            return self.push(Shape::Chart { frame, spec });
        }
        let (title, subtitle) = (String::new(), String::new());
        let bare = ChartSpec { mode: board_charts::Mode::Light, title, subtitle, ..spec.clone() };
        self.note(&vector::data(spec));
        self.push(Shape::Vector { frame, spec: Box::new(bare) });
    }

    fn kpi_table(&mut self, caption: &str, header: &[String], rows: &[KpiRow]) {
        let rows: Vec<Vec<Cell>> = rows
            .iter()
            .map(|row| {
                let mut line = vec![(row.label.clone(), Ink::Text)];
                line.extend(cells(&row.values));
                let change = if row.change.is_empty() {
                    String::new()
                } else {
                    format!("{} · {}", row.change, self.words.trend(row.trend))
                };
                line.push((change, trend(row.trend)));
                line
            })
            .collect();
        self.table(caption, header, &rows);
    }

    /// A table over as many slides as it needs, its header on each; the slide on which each row begins.
    pub(super) fn table(&mut self, caption: &str, header: &[String], rows: &[Vec<Cell>]) -> Vec<usize> {
        let above = if caption.is_empty() { 0 } else { 26 * PT };
        let whole = BOTTOM - TOP - above;
        let measure = |size: i32| Table::new(header, rows, size, BODY, whole - 60 * PT);
        // Long tables go on to the next slide rather than into small print.
        let sizes: &[i32] = if rows.len() > 60 { &[11] } else { &[13, 12, 11] };
        let room = BOTTOM - self.y - above;
        let mut chosen = None;
        for size in sizes {
            let table = measure(*size);
            let fits = table.height() <= room;
            let fits_alone = table.height() <= whole;
            if fits || fits_alone && *size <= 12 {
                chosen = Some((table, fits));
                break;
            }
            chosen = Some((table, false));
        }
        let Some((table, fits)) = chosen else { return Vec::new() };
        let head = table.head.as_ref().map_or(0, |row| row.height);
        let first = table.rows.first().map_or(0, |row| row.height);
        if !fits && (table.height() <= whole || head + first + 60 * PT > room) {
            self.turn();
        }
        let mut places = Vec::with_capacity(rows.len());
        let mut rows = table.rows.iter().cloned().peekable();
        loop {
            if !caption.is_empty() {
                let caption = fitted(caption, 14, BODY, 20 * PT, Ink::Text);
                self.text("Caption", [LEFT, self.y, BODY, 20 * PT], vec![caption]);
                self.y += above;
            }
            let top = self.y;
            self.y += head;
            let mut shown = Vec::new();
            while let Some(row) = rows.next_if(|row| shown.is_empty() || self.y + row.height <= BOTTOM) {
                self.y += row.height;
                if places.len() == row.origin {
                    places.push(self.slides.len() - 1);
                }
                shown.push(row);
            }
            let part = table.part(shown);
            let frame = [LEFT, top, part.width, self.y - top];
            self.push(Shape::Table { name: caption.to_owned(), frame, table: part });
            self.y += GAP;
            if rows.peek().is_none() {
                return places;
            }
            self.turn();
        }
    }
}

/// Adds a line to notes.
pub(super) fn note(notes: &mut String, words: &str) {
    if !notes.is_empty() && !words.is_empty() {
        notes.push('\n');
    }
    notes.push_str(words);
}

fn trend(trend: Trend) -> Ink {
    match trend {
        Trend::Improving => Ink::Good,
        Trend::Declining => Ink::Bad,
        Trend::Stable => Ink::Quiet,
    }
}

fn heading_words(spec: &ChartSpec) -> Vec<Paragraph> {
    let title = Paragraph::new(spec.title.as_str(), Look::new(14, Ink::Text).bold()).after(1);
    let subtitle = Paragraph::new(spec.subtitle.as_str(), Look::new(11, Ink::Quiet));
    [(title, &spec.title), (subtitle, &spec.subtitle)]
        .into_iter()
        .filter(|(_, words)| !words.trim().is_empty())
        .map(|(paragraph, _)| paragraph)
        .collect()
}

pub(super) fn heading_height(spec: &ChartSpec, width: Mp) -> Mp {
    let words = heading_words(spec);
    if words.is_empty() { 0 } else { words.iter().map(|line| line.height(width)).sum::<Mp>() + 6 * PT }
}

/// Bold words at the greatest size up to `points` at which they fit a box.
pub(super) fn fitted(words: &str, points: i32, width: Mp, height: Mp, ink: Ink) -> Paragraph {
    let size = fitting_size(words, true, points, width, height);
    Paragraph::new(words, Look::new(size, ink).bold())
}

/// The greatest size in whole points, from `points` down to 6, at which words fit a box.
pub(super) fn fitting_size(words: &str, bold: bool, points: i32, width: Mp, height: Mp) -> i32 {
    let words: Cow<'_, str> =
        if words.contains('\n') { words.replace('\n', " ").into() } else { words.into() };
    let fits = |size: &i32| {
        let lines = metrics::lines(&[metrics::Words { text: &words, size: size * PT, bold }], width);
        lines * size * PT * metrics::LINE / 100 <= height
    };
    (7..=points).rev().find(fits).unwrap_or(6)
}
