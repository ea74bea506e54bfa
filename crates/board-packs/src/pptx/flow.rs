//! Running text on slides: beside a chart, in one column of a readable width, or in two. Not tables and not cards.

use std::collections::VecDeque;

use super::deck::{BODY, BOTTOM, Deck, GAP, GUTTER, LEFT, TOP, heading_height};
use super::drawing::{Link, Look, Mark, Paragraph, Run};
use super::ink::Ink;
use crate::text::{Mp, PT};
use crate::{Block, List};
use board_charts::ChartKind;

/// Lines longer than this tire the eye.
const MEASURE: Mp = 660 * PT;
const COLUMN: Mp = (BODY - GUTTER) / 2;
/// Text beside a chart.
const NARROW: Mp = 312 * PT;
/// Distance of lines, in percent of the face's own.
const LEADING: Mp = 106;

impl<'a> Deck<'a> {
    /// Text up to the next block of another kind; a chart right after it goes beside it where it fits.
    pub(super) fn prose(&mut self, blocks: &'a [Block]) -> &'a [Block] {
        let is_text =
            |block: &Block| matches!(block, Block::Heading { .. } | Block::Paragraph { .. } | Block::List(_));
        let (text, rest) = blocks.split_at(blocks.iter().take_while(|block| is_text(block)).count());
        // A heading or two stand above what follows; a page of them is text like any other.
        let only_headings = text.iter().all(|block| matches!(block, Block::Heading { .. }))
            && height(text, 14, BODY) <= 100 * PT;
        if let [Block::Chart { spec }, after @ ..] = rest
            && spec.kind != ChartKind::Kpi
        {
            if only_headings {
                // A heading alone stands above its charts.
                if self.y + 270 * PT > BOTTOM {
                    self.turn();
                }
                self.heading(text);
                return rest;
            }
            // A second chart wants its place beside the first, not beside the text.
            let pair = matches!(after, [Block::Chart { .. }, ..]);
            let high = if pair { (BOTTOM - TOP) / 2 } else { BOTTOM - TOP };
            if pair && height(text, 16, BODY) < (BOTTOM - TOP) / 3 {
                self.one_column(text, BODY, 16);
                return rest;
            }
            let size = [16, 15, 14, 13].into_iter().find(|size| height(text, *size, NARROW) <= high);
            if let Some(size) = size {
                let height = height(text, size, NARROW).max(260 * PT);
                if self.y + height > BOTTOM {
                    self.turn();
                }
                let room = BOTTOM - self.y;
                let paragraphs = set(text, size);
                self.text("Text", [LEFT, self.y, NARROW, room], paragraphs);
                let left = LEFT + NARROW + GUTTER;
                let width = LEFT + BODY - left;
                self.chart(spec, [left, self.y, width, room], heading_height(spec, width));
                self.y = BOTTOM;
                return after;
            }
        }
        if only_headings && !rest.is_empty() {
            if self.y + 120 * PT > BOTTOM {
                self.turn();
            }
            self.heading(text);
            return rest;
        }
        // Before other blocks the text is as wide as they are.
        let measure = if rest.is_empty() { MEASURE } else { BODY };
        // A slide of few words shows them large.
        let sizes: &[i32] = if self.plan.deck { &[20, 18, 16, 15, 14] } else { &[16, 15, 14] };
        let one = |room: Mp| sizes.iter().copied().find(|size| height(text, *size, measure) <= room);
        if let Some(size) = one(BOTTOM - self.y) {
            self.one_column(text, measure, size);
        } else if let (Some(size), true) = (one(BOTTOM - TOP), self.y > TOP) {
            self.turn();
            self.one_column(text, measure, size);
        } else {
            self.two_columns(text);
        }
        rest
    }

    fn heading(&mut self, text: &[Block]) {
        let paragraphs = set(text, 14);
        let height = paragraphs.iter().map(|paragraph| paragraph.height(BODY)).sum();
        self.text("Heading", [LEFT, self.y, BODY, height], paragraphs);
        self.y += height + 4 * PT;
    }

    fn one_column(&mut self, text: &[Block], width: Mp, size: i32) {
        let paragraphs = set(text, size);
        let height = paragraphs.iter().map(|paragraph| paragraph.height(width)).sum();
        self.text("Text", [LEFT, self.y, width, height], paragraphs);
        self.y += height + GAP;
    }

    /// Two columns, over as many slides as they need.
    fn two_columns(&mut self, text: &[Block]) {
        if self.y > TOP + (BOTTOM - TOP) / 2 {
            self.turn();
        }
        let first = BOTTOM - self.y;
        let columns = |size: i32| columns(set(text, size).into(), first, BOTTOM - TOP);
        let smallest = columns(12).len().div_ceil(2);
        // The greatest size that costs no further slide.
        let chosen = [15, 14, 13].into_iter().map(columns).find(|found| found.len().div_ceil(2) == smallest);
        let mut found = chosen.unwrap_or_else(|| columns(12));
        balance(&mut found, if smallest == 1 { first } else { BOTTOM - TOP });
        let count = found.len();
        // The higher of the two columns that a slide has.
        let mut deepest = 0;
        for (index, paragraphs) in found.into_iter().enumerate() {
            if index % 2 == 0 {
                deepest = 0;
                if index > 0 {
                    self.turn();
                }
            }
            let left = if index % 2 == 0 { LEFT } else { LEFT + COLUMN + GUTTER };
            let height = paragraphs.iter().map(|paragraph| paragraph.height(COLUMN)).sum::<Mp>();
            self.text("Text", [left, self.y, COLUMN, height.min(BOTTOM - self.y)], paragraphs);
            deepest = deepest.max(height);
            if index + 1 == count {
                self.y = (self.y + deepest + GAP).max(self.y + (BOTTOM - self.y) / 2);
            }
        }
    }
}

/// The paragraphs of blocks of text, `size` points high.
pub(super) fn set(blocks: &[Block], size: i32) -> Vec<Paragraph> {
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    let unit = size * PT / 10;
    for block in blocks {
        match block {
            Block::Heading { level, text } => {
                let larger = match level {
                    1 => 6,
                    2 => 4,
                    _ => 1,
                };
                let before = if paragraphs.is_empty() { 0 } else { 6 * unit };
                let look = Look::new(size + larger, Ink::Text).bold();
                let after = if *level == 3 { 3 * unit } else { 4 * unit };
                paragraphs.push(Paragraph {
                    before,
                    after,
                    heading: true,
                    ..Paragraph::new(text.as_str(), look)
                });
            }
            Block::Paragraph { runs } => paragraphs.push(Paragraph {
                runs: worded(runs, size),
                after: 6 * unit,
                leading: LEADING,
                ..Paragraph::default()
            }),
            Block::List(list) => {
                items(list, 0, size, &mut paragraphs);
                if let Some(last) = paragraphs.last_mut() {
                    last.after = 7 * unit;
                }
            }
            _ => {}
        }
    }
    paragraphs
}

/// The items of a list, and of the lists inside them.
fn items(list: &List, level: i32, size: i32, out: &mut Vec<Paragraph>) {
    for (number, item) in (1..).zip(&list.items) {
        out.push(Paragraph {
            runs: worded(&item.runs, size),
            mark: if list.ordered { Mark::Number(number) } else { Mark::Bullet },
            level,
            after: 4 * (size * PT / 10),
            leading: LEADING,
            ..Paragraph::default()
        });
        item.inner.iter().for_each(|inner| items(inner, level + 1, size, out));
    }
}

/// Height of blocks of text at a width, `size` points high.
fn height(text: &[Block], size: i32, width: Mp) -> Mp {
    set(text, size).iter().map(|paragraph| paragraph.height(width)).sum()
}

fn worded(runs: &[crate::Run], size: i32) -> Vec<Run> {
    let mut words = Vec::with_capacity(runs.len());
    for run in runs {
        let language = run.lang.map(board_domain::Locale::tag);
        let look = Look { bold: run.bold, italic: run.italic, ..Look::new(size, Ink::Text) };
        words.push(Run { words: run.text.clone(), look, link: None, language });
        if let Some(number) = run.cite {
            let look = Look { raised: true, ..Look::new(size, Ink::Brand).bold() };
            let link = Some(Link::Evidence(number));
            words.push(Run { words: number.to_string(), look, link, language: None });
        }
    }
    words
}

/// Paragraphs filled into columns: the first two `first` high, the others `other`.
fn columns(mut paragraphs: VecDeque<Paragraph>, first: Mp, other: Mp) -> Vec<Vec<Paragraph>> {
    let mut columns: Vec<Vec<Paragraph>> = vec![Vec::new()];
    let mut used = 0;
    while let Some(mut paragraph) = paragraphs.pop_front() {
        let room = if columns.len() <= 2 { first } else { other };
        let Some(column) = columns.last_mut() else { break };
        if column.is_empty() {
            paragraph.before = 0;
        }
        let height = paragraph.height(COLUMN);
        // A heading stays with two lines of what follows it.
        let company = if paragraph.heading {
            paragraphs.front().map_or(0, |next| next.line() * 2 + next.before)
        } else {
            0
        };
        // Space below the last paragraph may hang over.
        if used + height - paragraph.after + company <= room {
            used += height;
            column.push(paragraph);
            continue;
        }
        let line = paragraph.line();
        let lines = (room - used - paragraph.before) / line;
        let all = (height - paragraph.before - paragraph.after) / line;
        // Never one line alone at either side.
        let lines = if all - lines < 2 { all - 2 } else { lines };
        if !paragraph.heading && lines >= 2 {
            let (now, later) = paragraph.cut(COLUMN, lines);
            column.push(now);
            if let Some(later) = later {
                paragraphs.push_front(later);
            }
        } else if column.is_empty() {
            // Nothing is gained by another column: it would be as empty as this one.
            let (now, later) = paragraph.cut(COLUMN, lines.max(1));
            column.push(now);
            if let Some(later) = later {
                paragraphs.push_front(later);
            }
        } else {
            paragraphs.push_front(paragraph);
        }
        if !paragraphs.is_empty() {
            columns.push(Vec::new());
            used = 0;
        }
    }
    columns
}

/// Makes the columns of the last slide about equally high.
fn balance(found: &mut Vec<Vec<Paragraph>>, room: Mp) {
    let kept = (found.len() - 1) / 2 * 2;
    let tail: VecDeque<Paragraph> = found[kept..].iter().flatten().cloned().collect();
    let total: Mp = tail.iter().map(|paragraph| paragraph.height(COLUMN)).sum();
    let step = 8 * PT;
    let mut height = (total / 2).min(room);
    while height < room {
        let tried = columns(tail.clone(), height, height);
        if tried.len() <= 2 {
            found.truncate(kept);
            found.extend(tried);
            return;
        }
        height += step;
    }
}
