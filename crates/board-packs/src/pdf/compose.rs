//! Lays a plan out on A4 pages: sections, running headers, contents, watermark. Blocks are laid out in `blocks`.

use std::collections::BTreeMap;

use board_domain::WatermarkPosition;

use super::canvas::{Canvas, PAGE_HEIGHT, PAGE_WIDTH, Target};
use super::tree::{NodeId, ROOT, Role};
use crate::text::{Face, Fonts, Line, Mp, PT, Rgb, Span, Style};
use crate::words::Words;
use crate::{Block, PackError, PackPlan, Page};

pub(super) const LEFT: Mp = 54 * PT;
pub(super) const RIGHT: Mp = PAGE_WIDTH - 54 * PT;
pub(super) const WIDTH: Mp = RIGHT - LEFT;
pub(super) const TOP: Mp = 76 * PT;
pub(super) const BOTTOM: Mp = PAGE_HEIGHT - 68 * PT;

pub(super) const INK: Rgb = Rgb(0x1e, 0x29, 0x3b);
pub(super) const QUIET: Rgb = Rgb(0x52, 0x5f, 0x73);
pub(super) const HAIRLINE: Rgb = Rgb(0xd5, 0xdb, 0xe3);

/// A bookmark to be written.
pub(super) struct Bookmark {
    pub(super) title: String,
    /// 1 for a section, 2 for a heading inside it.
    pub(super) level: u8,
    pub(super) page: usize,
    /// Distance from the page's upper edge.
    pub(super) y: Mp,
}

/// The reserved place of the contents list.
pub(super) struct Contents {
    heading: NodeId,
    list: NodeId,
    first: usize,
}

fn entry_height(lines: usize) -> Mp {
    25 * PT + 15 * PT * Mp::try_from(lines.saturating_sub(1)).unwrap_or(0)
}

/// A document being laid out.
pub(super) struct Composer<'a> {
    pub(super) plan: &'a PackPlan,
    pub(super) fonts: Fonts,
    pub(super) canvas: Canvas,
    pub(super) words: &'static Words,
    pub(super) accent: Rgb,
    /// Next free height on the current page.
    pub(super) y: Mp,
    /// The section that new elements belong to.
    pub(super) section: NodeId,
    /// Level of the last heading, so that none is skipped.
    pub(super) level: u8,
    pub(super) bookmarks: Vec<Bookmark>,
    pub(super) targets: BTreeMap<Target, (usize, Mp)>,
    /// Pages without running header and footer.
    bare: Vec<usize>,
}

impl<'a> Composer<'a> {
    pub(super) fn new(plan: &'a PackPlan) -> Result<Self, PackError> {
        Ok(Self {
            plan,
            fonts: Fonts::load().ok_or(PackError::Font)?,
            canvas: Canvas::new(),
            words: Words::of(plan.locale),
            accent: Rgb::parse(&plan.accent).unwrap_or(Rgb(0x1d, 0x4e, 0x89)).deepened(),
            y: TOP,
            section: ROOT,
            level: 1,
            bookmarks: Vec::new(),
            targets: BTreeMap::new(),
            bare: Vec::new(),
        })
    }

    /// Starts a page.
    pub(super) fn turn(&mut self) {
        self.canvas.add_page();
        self.y = TOP;
    }

    /// Turns the page unless this much height is free.
    pub(super) fn ensure(&mut self, height: Mp) {
        if self.y + height > BOTTOM && self.y > TOP {
            self.turn();
        }
    }

    /// Free height on the page.
    pub(super) fn room(&self) -> Mp {
        BOTTOM - self.y
    }

    /// Adds an element to the current section.
    pub(super) fn element(&mut self, role: Role) -> NodeId {
        self.canvas.tree.add(self.section, role)
    }

    /// Lays out one page of the plan, starting on a new sheet.
    pub(super) fn section(&mut self, index: usize, page: &Page) -> Result<(), PackError> {
        self.turn();
        self.section = self.canvas.tree.add(ROOT, Role::Section);
        self.level = 1;
        self.targets.insert(Target::Section(index), (self.canvas.page(), TOP - 20 * PT));
        if page.blocks.iter().any(|block| matches!(block, Block::Cover { .. })) {
            self.bare.push(self.canvas.page());
        } else {
            self.title(&page.title);
        }
        for (index, block) in page.blocks.iter().enumerate() {
            self.block(block, page.blocks.get(index + 1))?;
        }
        Ok(())
    }

    /// A section's title with its bookmark.
    pub(super) fn title(&mut self, title: &str) {
        let style = Style::new(Face::SemiBold, 21 * PT, INK);
        let lines = self.fonts.wrap(&[Span::new(title, style)], WIDTH);
        self.bookmark(title, 1);
        let (accent, y) = (self.accent, self.y);
        self.canvas.artifact(|canvas| canvas.fill([LEFT, y, LEFT + 34 * PT, y + 3 * PT], 0, accent));
        self.y += 12 * PT;
        let node = self.element(Role::Heading(1));
        self.lines(node, &lines, LEFT, 27 * PT);
        self.y += 12 * PT;
    }

    pub(super) fn bookmark(&mut self, title: &str, level: u8) {
        let (page, y) = (self.canvas.page(), self.y);
        self.bookmarks.push(Bookmark { title: title.to_owned(), level, page, y: y - 14 * PT });
    }

    /// Lays lines out from the current height on, over as many pages as they need.
    pub(super) fn lines(&mut self, node: NodeId, lines: &[Line], x: Mp, leading: Mp) {
        let mut rest = lines;
        while !rest.is_empty() {
            let fit = usize::try_from(self.room() / leading).unwrap_or(0);
            let mut count = fit.min(rest.len());
            // No single line is left behind or carried over.
            if count < rest.len() {
                if rest.len() - count == 1 && count > 2 {
                    count -= 1;
                }
                if count < 2 && self.y > TOP {
                    self.turn();
                    continue;
                }
            }
            let count = count.max(1);
            let (now, later) = rest.split_at(count);
            self.still_lines(node, now, x, self.y, leading);
            self.y += leading * Mp::try_from(count).unwrap_or(1);
            rest = later;
            if !rest.is_empty() {
                self.turn();
            }
        }
    }

    /// Draws lines at a place, without breaking the page; cited numbers become links.
    pub(super) fn still_lines(&mut self, node: NodeId, lines: &[Line], x: Mp, top: Mp, leading: Mp) {
        let mut y = top;
        for line in lines {
            let baseline = y + leading * 74 / 100;
            for run in line.pieces.chunk_by(|(_, a), (_, b)| a.style.cite == b.style.cite) {
                let part = Line { pieces: run.to_vec(), width: line.width };
                let fonts = &self.fonts;
                let Some((start, first)) = run.first() else { continue };
                let Some(number) = first.style.cite else {
                    self.canvas.tagged(node, |canvas| canvas.text(fonts, x, baseline, &part));
                    continue;
                };
                let link = self.canvas.tree.add(node, Role::Link);
                self.canvas.tagged(link, |canvas| canvas.text(fonts, x, baseline, &part));
                let end = run.last().map_or(*start, |(offset, piece)| offset + piece.width);
                let area = [x + start, y, x + end, y + leading * 70 / 100];
                let words = format!("{} {number}", self.words.evidence);
                self.canvas.link(link, area, Target::Evidence(number), words);
            }
            y += leading;
        }
    }

    /// Fills the reserved contents pages: section index, title and page (from 0) of each entry.
    pub(super) fn contents(&mut self, contents: &Contents, entries: &[(usize, String, usize)]) {
        let (heading, section) = (contents.heading, contents.list);
        self.canvas.turn_to(contents.first);
        self.y = TOP;
        let style = Style::new(Face::SemiBold, 21 * PT, INK);
        let (accent, y) = (self.accent, self.y);
        self.canvas.artifact(|canvas| canvas.fill([LEFT, y, LEFT + 34 * PT, y + 3 * PT], 0, accent));
        self.y += 12 * PT;
        let line = self.fonts.line(self.words.contents, style);
        self.still_lines(heading, &[line], LEFT, self.y, 27 * PT);
        self.y += 43 * PT;
        let entry = Style::new(Face::Regular, 11 * PT, INK);
        let mut page = contents.first;
        for (index, title, number) in entries {
            let lines = self.fonts.wrap(&[Span::new(title.as_str(), entry)], WIDTH - 44 * PT);
            let height = entry_height(lines.len());
            if self.y + height > BOTTOM {
                page += 1;
                self.canvas.turn_to(page);
                self.y = TOP;
            }
            let number = self.fonts.line(&(number + 1).to_string(), entry.tabular());
            let item = self.canvas.tree.add(section, Role::ContentsItem);
            let jump = self.canvas.tree.add(item, Role::Link);
            let (y, fonts) = (self.y, &self.fonts);
            self.canvas.tagged(jump, |canvas| {
                let mut baseline = y + 12 * PT;
                for line in &lines {
                    canvas.text(fonts, LEFT, baseline, line);
                    baseline += 15 * PT;
                }
                canvas.text(fonts, RIGHT - number.width, y + 12 * PT, &number);
            });
            let area = [LEFT, y - 2 * PT, RIGHT, y + height - 8 * PT];
            self.canvas.link(jump, area, Target::Section(*index), title.clone());
            self.canvas.artifact(|canvas| canvas.rule(LEFT, RIGHT, y + height - 7 * PT, HAIRLINE, PT / 2));
            self.y += height;
        }
    }

    /// Adds the pages and the elements of the contents list, empty.
    pub(super) fn reserve_contents(&mut self, pages: usize) -> Contents {
        let section = self.canvas.tree.add(ROOT, Role::Section);
        let heading = self.canvas.tree.add(section, Role::Heading(1));
        let list = self.canvas.tree.add(section, Role::Contents);
        let first = self.canvas.sheets.len();
        for _ in 0..pages {
            self.turn();
        }
        self.bookmarks.push(Bookmark {
            title: self.words.contents.into(),
            level: 1,
            page: first,
            y: TOP - 14 * PT,
        });
        Contents { heading, list, first }
    }

    /// Pages that a contents list of these titles takes.
    pub(super) fn contents_pages(&mut self, titles: &[String]) -> usize {
        let entry = Style::new(Face::Regular, 11 * PT, INK);
        let mut pages = 1;
        let mut y = TOP + 55 * PT;
        for title in titles {
            let lines = self.fonts.wrap(&[Span::new(title.as_str(), entry)], WIDTH - 44 * PT).len();
            let height = entry_height(lines);
            if y + height > BOTTOM {
                pages += 1;
                y = TOP;
            }
            y += height;
        }
        pages
    }

    /// Running headers and footers on all but bare pages, then the watermark on every page, over everything.
    pub(super) fn furnish(&mut self) {
        let total = self.canvas.sheets.len();
        let small = Style::new(Face::Medium, 7 * PT + PT / 2, QUIET);
        let company = self.fonts.line(&self.plan.company, small);
        let mut title = self.fonts.line(&self.plan.title, small);
        if company.width + title.width > WIDTH - 20 * PT {
            title = Line::default();
        }
        let fine = Style::new(Face::Regular, 7 * PT, QUIET);
        let footer = self.fonts.wrap(&[Span::new(self.plan.footer.as_str(), fine)], WIDTH - 90 * PT);
        for page in 0..total {
            self.canvas.turn_to(page);
            if !self.bare.contains(&page) {
                let number = format!("{} {} {} {total}", self.words.page, page + 1, self.words.of);
                let number = self.fonts.line(&number, fine.tabular());
                let fonts = &self.fonts;
                self.canvas.pagination("Header", |canvas| {
                    canvas.text(fonts, LEFT, 44 * PT, &company);
                    canvas.text(fonts, RIGHT - title.width, 44 * PT, &title);
                    canvas.rule(LEFT, RIGHT, 52 * PT, HAIRLINE, PT / 2);
                });
                self.canvas.pagination("Footer", |canvas| {
                    canvas.rule(LEFT, RIGHT, PAGE_HEIGHT - 54 * PT, HAIRLINE, PT / 2);
                    let mut y = PAGE_HEIGHT - 42 * PT;
                    for line in footer.iter().take(3) {
                        canvas.text(fonts, LEFT, y, line);
                        y += 9 * PT;
                    }
                    canvas.text(fonts, RIGHT - number.width, PAGE_HEIGHT - 42 * PT, &number);
                });
            }
            self.watermark();
        }
    }

    fn watermark(&mut self) {
        let stamp = &self.plan.watermark;
        let opacity = percent(stamp.style.opacity);
        let colour = Rgb::parse(&stamp.style.colour).unwrap_or(QUIET);
        // (width, height) that the words may take; longer ones wrap, and shrink only where wrapping is not enough.
        let (room, depth) = match stamp.style.position {
            WatermarkPosition::Diagonal => (700 * PT, 330 * PT),
            WatermarkPosition::Centre => (WIDTH, 400 * PT),
            WatermarkPosition::Corner => (WIDTH / 2, 90 * PT),
            WatermarkPosition::Header | WatermarkPosition::Footer => (WIDTH, 24 * PT),
        };
        #[allow(clippy::cast_possible_truncation)]
        let mut size = (stamp.style.size * 1000.0).round() as Mp;
        let (lines, leading) = loop {
            let style = Style::new(Face::SemiBold, size, colour);
            let lines = self.fonts.wrap(&[Span::new(stamp.text.as_str(), style)], room);
            let leading = size * 125 / 100;
            let height = leading * Mp::try_from(lines.len()).unwrap_or(1);
            if height <= depth || size < 5 * PT {
                break (lines, leading);
            }
            size = size * 95 / 100;
        };
        let count = Mp::try_from(lines.len()).unwrap_or(1);
        let fonts = &self.fonts;
        self.canvas.pagination("Watermark", |canvas| {
            canvas.translucent(opacity, |canvas| {
                for (index, line) in lines.iter().enumerate() {
                    let index = Mp::try_from(index).unwrap_or(0);
                    let shift = leading * index - leading * (count - 1) / 2;
                    let middle = (PAGE_WIDTH - line.width) / 2;
                    match stamp.style.position {
                        WatermarkPosition::Diagonal => {
                            // cos 45° = sin 45° = 0.707: half the line back along the diagonal, `shift` across it.
                            let along = Mp::try_from(i64::from(line.width) * 707 / 2000).unwrap_or(0);
                            let across = Mp::try_from(i64::from(shift + size / 3) * 707 / 1000).unwrap_or(0);
                            let x = PAGE_WIDTH / 2 - along + across;
                            let y = PAGE_HEIGHT / 2 + along + across;
                            canvas.turned_text(fonts, x, y, (707, 707), line);
                        }
                        WatermarkPosition::Centre => {
                            canvas.text(fonts, middle, PAGE_HEIGHT / 2 + shift + size / 3, line);
                        }
                        WatermarkPosition::Header => {
                            canvas.text(fonts, middle, 10 * PT + leading * index + size, line);
                        }
                        WatermarkPosition::Footer => {
                            let bottom = PAGE_HEIGHT - 8 * PT - leading * (count - 1 - index);
                            canvas.text(fonts, middle, bottom, line);
                        }
                        WatermarkPosition::Corner => {
                            let bottom = PAGE_HEIGHT - 74 * PT - leading * (count - 1 - index);
                            canvas.text(fonts, RIGHT - line.width, bottom, line);
                        }
                    }
                }
            });
        });
    }
}

/// A fraction as whole percent, 1-100.
pub(super) fn percent(fraction: f64) -> u32 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let percent = (fraction * 100.0).round() as u32;
    percent.clamp(1, 100)
}
