//! Lays a plan out on pages: sections, columns, running headers and footers, watermark. Blocks are laid out in
//! `blocks`, the contents in `contents`.

use std::collections::{BTreeMap, BTreeSet};

use board_domain::{Locale, WatermarkPosition};

use super::canvas::{Canvas, Target};
use super::tree::{NodeId, ROOT, Role};
use crate::text::{Face, Fonts, Line, Mp, PT, Piece, Rgb, Span, Style};
use crate::words::Words;
use crate::{Block, PackError, PackPlan, Page, Paper};

pub(super) const INK: Rgb = Rgb(0x1e, 0x29, 0x3b);
pub(super) const QUIET: Rgb = Rgb(0x52, 0x5f, 0x73);
pub(super) const HAIRLINE: Rgb = Rgb(0xd5, 0xdb, 0xe3);

/// The widest a line of running text may be, so that the eye finds the next one.
const MEASURE: Mp = 560 * PT;

/// The type area of a page.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    pub(super) left: Mp,
    pub(super) right: Mp,
    pub(super) top: Mp,
    pub(super) bottom: Mp,
}

impl Frame {
    fn of(paper: Paper, (width, height): (Mp, Mp)) -> Self {
        match paper {
            Paper::A4 => {
                Self { left: 54 * PT, right: width - 54 * PT, top: 76 * PT, bottom: height - 68 * PT }
            }
            Paper::Wide => {
                Self { left: 48 * PT, right: width - 48 * PT, top: 64 * PT, bottom: height - 52 * PT }
            }
        }
    }
}

/// A bookmark to be written.
pub(super) struct Bookmark {
    pub(super) title: String,
    /// 1 for a chapter, 2 for a page, 3 and 4 for headings on it.
    pub(super) level: u8,
    pub(super) page: usize,
    /// Distance from the page's upper edge.
    pub(super) y: Mp,
}

/// A document being laid out.
pub(crate) struct Composer<'a> {
    pub(crate) plan: &'a PackPlan,
    pub(crate) fonts: Fonts,
    pub(crate) canvas: Canvas,
    pub(super) words: &'static Words,
    pub(super) accent: Rgb,
    pub(super) frame: Frame,
    /// Edges of the column that is being filled.
    pub(super) left: Mp,
    pub(super) right: Mp,
    /// How far the left edge is moved in, in a list.
    pub(super) indent: Mp,
    /// Next free height in the column.
    pub(super) y: Mp,
    /// Columns of the section, the one being filled, and where they begin on this page.
    columns: (Mp, Mp, Mp),
    /// The section that new elements belong to.
    pub(super) section: NodeId,
    /// Language of the section where it is not the pack's.
    language: Option<Locale>,
    /// Level of the last heading, so that none is skipped.
    pub(super) level: u8,
    /// The chapter that is open.
    chapter: Option<String>,
    pub(super) bookmarks: Vec<Bookmark>,
    pub(super) targets: BTreeMap<Target, (usize, Mp)>,
    /// Where links lead, by the number that styles carry.
    jumps: Vec<Target>,
    /// Figures that the pack explains.
    pub(super) explained: BTreeSet<String>,
    /// The signer's public key, which the audit page names.
    pub(super) key: [u8; 32],
    /// Pages that cite an evidence item, in order.
    pub(super) cited: BTreeMap<u32, Vec<usize>>,
    /// Pages without running header and footer.
    bare: Vec<usize>,
}

impl<'a> Composer<'a> {
    pub(super) fn new(plan: &'a PackPlan, key: [u8; 32]) -> Result<Self, PackError> {
        let blocks = plan.pages.iter().flat_map(|page| &page.blocks);
        let entries = blocks.flat_map(|block| match block {
            Block::Lineage { figures } => figures.as_slice(),
            _ => &[],
        });
        let explained = entries.map(|entry| entry.figure.clone()).collect();
        let mut fonts = Fonts::load().ok_or(PackError::Font)?;
        fonts.language = plan.locale;
        let canvas = Canvas::new(plan.paper);
        let frame = Frame::of(plan.paper, canvas.size);
        Ok(Self {
            plan,
            fonts,
            canvas,
            words: Words::of(plan.locale),
            accent: Rgb::parse(&plan.accent).unwrap_or(Rgb(0x1d, 0x4e, 0x89)).deepened(),
            frame,
            left: frame.left,
            right: frame.right,
            indent: 0,
            y: frame.top,
            columns: (1, 0, frame.top),
            section: ROOT,
            language: None,
            level: 1,
            chapter: None,
            bookmarks: Vec::new(),
            targets: BTreeMap::new(),
            jumps: Vec::new(),
            explained,
            key,
            cited: BTreeMap::new(),
            bare: Vec::new(),
        })
    }

    pub(super) fn is_wide(&self) -> bool {
        self.plan.paper == Paper::Wide
    }

    /// Width of the column.
    pub(super) fn width(&self) -> Mp {
        self.right - self.left
    }

    /// Width of running text in the column.
    pub(super) fn measure(&self) -> Mp {
        self.width().min(MEASURE)
    }

    /// Goes on in the next column, or on a new page.
    pub(super) fn turn(&mut self) {
        let (count, column, top) = self.columns;
        if column + 1 < count {
            self.enter_column(column + 1);
            self.y = top;
        } else {
            self.new_page();
        }
    }

    fn new_page(&mut self) {
        self.canvas.add_page();
        self.columns.2 = self.frame.top;
        self.enter_column(0);
        self.y = self.frame.top;
    }

    fn enter_column(&mut self, column: Mp) {
        let gap = 36 * PT;
        let count = self.columns.0;
        let width = (self.frame.right - self.frame.left - gap * (count - 1)) / count;
        self.columns.1 = column;
        self.left = self.frame.left + column * (width + gap) + self.indent;
        self.right = self.left + width - self.indent;
    }

    /// From here on, the section is set in this many columns.
    fn set_columns(&mut self, count: Mp) {
        self.columns = (count, 0, self.y);
        self.enter_column(0);
    }

    /// Whether the column is still empty.
    pub(super) fn at_top(&self) -> bool {
        self.y <= self.columns.2
    }

    /// Goes on in the next column or page unless this much height is free.
    pub(super) fn ensure(&mut self, height: Mp) {
        if self.y + height > self.frame.bottom && !self.at_top() {
            self.turn();
        }
    }

    /// Free height in the column.
    pub(super) fn room(&self) -> Mp {
        self.frame.bottom - self.y
    }

    /// Height of a whole page.
    pub(super) fn page_height(&self) -> Mp {
        self.frame.bottom - self.frame.top
    }

    /// Adds an element to the current section.
    pub(super) fn element(&mut self, role: Role) -> NodeId {
        self.canvas.tree.add(self.section, role)
    }

    /// The number by which a style names this target.
    pub(super) fn jump(&mut self, target: Target) -> usize {
        self.jumps.push(target);
        self.jumps.len() - 1
    }

    /// Starts a page of the plan, with its title unless it is a cover: on a new sheet, or below what stands there.
    pub(super) fn open(&mut self, index: usize, page: &Page, title: &str, bare: bool, below: bool) {
        self.columns = (1, 0, self.frame.top);
        if below {
            self.y += 22 * PT;
        } else {
            self.new_page();
        }
        self.section = self.canvas.tree.add(ROOT, Role::Section);
        self.level = 1;
        self.language = page.lang.filter(|lang| *lang != self.plan.locale);
        self.fonts.language = page.lang.unwrap_or(self.plan.locale);
        self.canvas.tree.nodes[self.section].lang = self.language.map(Locale::tag);
        self.targets.insert(Target::Section(index), (self.canvas.page(), self.y - 20 * PT));
        if bare {
            self.bare.push(self.canvas.page());
        } else {
            self.title(title, page.section.as_deref(), below);
        }
    }

    /// The page just opened has header and footer after all.
    pub(super) fn furnished(&mut self) {
        self.bare.pop();
    }

    /// Lays out one page of the plan.
    pub(super) fn section(&mut self, index: usize, page: &Page) -> Result<(), PackError> {
        let bare = page.blocks.iter().any(|block| matches!(block, Block::Cover { .. }));
        let below = index > 0 && self.goes_below(&self.plan.pages[index - 1], page);
        self.open(index, page, &page.title, bare, below);
        // Text alone fills a wide page better in two columns; beside a figure it keeps to one.
        if self.is_wide() && !bare && page.blocks.iter().all(super::blocks::is_text) {
            self.set_columns(2);
        }
        self.blocks(page)
    }

    /// Whether a page of the plan goes on where the one before it ended: on a tall sheet with enough room for its title
    /// and its first block to look at home.
    fn goes_below(&self, before: &Page, page: &Page) -> bool {
        let alone = |block: &Block| {
            matches!(block, Block::Cover { .. } | Block::Contents | Block::Kpis { .. } | Block::Audit { .. })
        };
        if self.is_wide() || before.blocks.iter().chain(&page.blocks).any(alone) {
            return false;
        }
        let first = match page.blocks.first() {
            Some(Block::Chart { spec }) => super::blocks::with_table(spec, self.page_height()),
            _ => 130 * PT,
        };
        self.room() >= (self.page_height() * 28 / 100).max(first + 70 * PT)
    }

    /// Lays out the blocks of a page that is open.
    pub(super) fn blocks(&mut self, page: &Page) -> Result<(), PackError> {
        for (index, block) in page.blocks.iter().enumerate() {
            self.block(block, page.blocks.get(index + 1))?;
        }
        Ok(())
    }

    /// A section's title with its bookmark, and the name of its chapter above.
    pub(super) fn title(&mut self, title: &str, chapter: Option<&str>, below: bool) {
        let same = self.chapter.is_some() && self.chapter.as_deref() == chapter;
        let named = chapter.filter(|chapter| !chapter.trim().is_empty() && *chapter != title);
        let level = match chapter {
            Some(name) if self.chapter.as_deref() == Some(name) => 2,
            Some(name) => {
                self.chapter = Some(name.to_owned());
                if named.is_some() {
                    self.bookmark(name, 1);
                    2
                } else {
                    1
                }
            }
            None => {
                self.chapter = None;
                1
            }
        };
        self.bookmark(title, level);
        // Right below its own chapter it is a part of it, and names it no more.
        let part = below && same;
        let named = named.filter(|_| !part);
        let (accent, y, left) = (self.accent, self.y, self.left);
        if !part {
            self.canvas.artifact(|canvas| canvas.fill([left, y, left + 34 * PT, y + 3 * PT], 0, accent));
            self.y += 12 * PT;
        }
        if let Some(name) = named {
            let style = Style::new(Face::SemiBold, 9 * PT, accent);
            let lines = self.fonts.wrap(&[Span::new(name, style)], self.width());
            let node = self.element(Role::Paragraph);
            self.lines(node, &lines, self.left, 13 * PT);
        }
        let (size, leading) = if part { (15 * PT, 20 * PT) } else { (21 * PT, 27 * PT) };
        let style = Style::new(Face::SemiBold, size, INK);
        let lines = self.fonts.wrap(&[Span::new(title, style)], self.width());
        let node = self.element(Role::Heading(1));
        self.lines(node, &lines, self.left, leading);
        self.y += if part { 8 * PT } else { 12 * PT };
    }

    pub(super) fn bookmark(&mut self, title: &str, level: u8) {
        let (page, y) = (self.canvas.page(), self.y);
        self.bookmarks.push(Bookmark { title: title.to_owned(), level, page, y: y - 14 * PT });
    }

    /// Lays lines out from the current height on, over as many columns and pages as they need.
    pub(super) fn lines(&mut self, node: NodeId, lines: &[Line], x: Mp, leading: Mp) {
        let indent = x - self.left;
        let mut rest = lines;
        while !rest.is_empty() {
            let fit = usize::try_from(self.room() / leading).unwrap_or(0);
            let mut count = fit.min(rest.len());
            // No single line is left behind or carried over.
            if count < rest.len() {
                if rest.len() - count == 1 && count > 2 {
                    count -= 1;
                }
                if count < 2 && !self.at_top() {
                    self.turn();
                    continue;
                }
            }
            let count = count.max(1);
            let (now, later) = rest.split_at(count);
            self.still_lines(node, now, self.left + indent, self.y, leading);
            self.y += leading * Mp::try_from(count).unwrap_or(1);
            rest = later;
            if !rest.is_empty() {
                self.turn();
            }
        }
    }

    /// Draws lines at a place, without breaking the page. Words that lead somewhere become links, words of another
    /// language elements of their own.
    pub(super) fn still_lines(&mut self, node: NodeId, lines: &[Line], x: Mp, top: Mp, leading: Mp) {
        let around = self.language.unwrap_or(self.plan.locale);
        let plain = |line: &Line| {
            line.pieces.iter().all(|(_, piece)| piece.style.link.is_none() && tongue(piece, around).is_none())
        };
        let mut y = top;
        for lines in lines.chunk_by(|a, b| plain(a) && plain(b)) {
            if lines.iter().all(plain) {
                self.canvas.tagged(node, |canvas| {
                    for line in lines {
                        canvas.text(x, y + leading * 74 / 100, line);
                        y += leading;
                    }
                });
            } else {
                for line in lines {
                    self.mixed_line(node, line, x, y, leading);
                    y += leading;
                }
            }
        }
    }

    fn mixed_line(&mut self, node: NodeId, line: &Line, x: Mp, y: Mp, leading: Mp) {
        let baseline = y + leading * 74 / 100;
        let around = self.language.unwrap_or(self.plan.locale);
        let same =
            |a: &Piece, b: &Piece| a.style.link == b.style.link && tongue(a, around) == tongue(b, around);
        let parts: Vec<Vec<(Mp, Piece)>> =
            line.pieces.chunk_by(|(_, a), (_, b)| same(a, b)).map(<[_]>::to_vec).collect();
        for part in parts {
            let Some((start, first)) = part.first().cloned() else { continue };
            let end = part.last().map_or(start, |(offset, piece)| offset + piece.width);
            let mut owner = node;
            if let Some(tag) = tongue(&first, around) {
                owner = self.canvas.tree.add(owner, Role::Span);
                self.canvas.tree.nodes[owner].lang = Some(tag);
            }
            let part = Line { pieces: part, width: line.width };
            let target = first.style.link.and_then(|jump| self.jumps.get(jump).cloned());
            let Some(target) = target else {
                self.canvas.tagged(owner, |canvas| canvas.text(x, baseline, &part));
                continue;
            };
            let anchor = self.canvas.tree.add(owner, Role::Link);
            self.canvas.tagged(anchor, |canvas| canvas.text(x, baseline, &part));
            let area = [x + start, y, x + end, y + leading * 9 / 10];
            let words = self.link_words(&target, y);
            self.canvas.link(anchor, area, target, words);
        }
    }

    /// What a link says of itself; a citation is noted, so that the evidence can lead back.
    fn link_words(&mut self, target: &Target, y: Mp) -> String {
        match target {
            Target::Evidence(number) => {
                let page = self.canvas.page();
                let places = self.cited.entry(*number).or_default();
                places.push(page);
                let place = places.len() - 1;
                self.targets.insert(Target::Citation(*number, place), (page, y - 30 * PT));
                format!("{} {number}", self.words.evidence)
            }
            Target::Citation(number, place) => {
                let page =
                    self.cited.get(number).and_then(|pages| pages.get(*place)).map_or(0, |page| page + 1);
                format!("{} {page}", self.words.cited_in)
            }
            Target::Figure(figure) => format!("{}: {figure}", self.words.definition),
            Target::Section(_) => self.words.contents.to_owned(),
        }
    }

    /// Running headers and footers on all but bare pages, and the watermark of every page.
    pub(super) fn furnish(&mut self) {
        let (left, right, height) = (self.frame.left, self.frame.right, self.canvas.size.1);
        let width = right - left;
        let (head, foot) =
            if self.is_wide() { (34 * PT, height - 30 * PT) } else { (44 * PT, height - 42 * PT) };
        let total = self.canvas.sheets.len();
        let small = Style::new(Face::Medium, 7 * PT + PT / 2, QUIET);
        let company = self.fonts.line(&self.plan.company, small);
        let mut title = self.fonts.line(&self.plan.title, small);
        if company.width + title.width > width - 20 * PT {
            title = Line::default();
        }
        let fine = Style::new(Face::Regular, 7 * PT, QUIET);
        let footer = self.fonts.wrap(&[Span::new(self.plan.footer.as_str(), fine)], width - 90 * PT);
        for page in (0..total).filter(|page| !self.bare.contains(page)) {
            self.canvas.turn_to(page);
            let number = format!("{} {} {} {total}", self.words.page, page + 1, self.words.of);
            let number = self.fonts.line(&number, fine.tabular());
            self.canvas.pagination("Header", |canvas| {
                canvas.text(left, head, &company);
                canvas.text(right - title.width, head, &title);
                canvas.rule(left, right, head + 8 * PT, HAIRLINE, PT / 2);
            });
            self.canvas.pagination("Footer", |canvas| {
                canvas.rule(left, right, foot - 12 * PT, HAIRLINE, PT / 2);
                let mut y = foot;
                for line in footer.iter().take(3) {
                    canvas.text(left, y, line);
                    y += 9 * PT;
                }
                canvas.text(right - number.width, foot, &number);
            });
        }
        self.watermark();
    }

    fn watermark(&mut self) {
        let stamp = &self.plan.watermark;
        let opacity = percent(stamp.style.opacity);
        let colour = Rgb::parse(&stamp.style.colour).unwrap_or(QUIET);
        let (page_width, page_height) = self.canvas.size;
        let (width, bottom) = (self.frame.right - self.frame.left, self.frame.bottom);
        let (across, along) = (page_width.min(page_height), page_width.max(page_height));
        // (width, height) that the words may take; longer ones wrap, and shrink only where wrapping is not enough.
        let (room, depth) = match stamp.style.position {
            WatermarkPosition::Diagonal if self.is_wide() => (along * 77 / 100, across * 30 / 100),
            WatermarkPosition::Diagonal => (along * 83 / 100, across * 55 / 100),
            WatermarkPosition::Centre => (width, page_height * 48 / 100),
            WatermarkPosition::Corner => (width / 2, 90 * PT),
            WatermarkPosition::Header | WatermarkPosition::Footer => (width, 24 * PT),
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
        let right = self.frame.right;
        self.canvas.opacities.insert(opacity);
        self.canvas.watermarked(|canvas| {
            canvas.translucent(opacity, |canvas| {
                for (index, line) in (0..).zip(&lines) {
                    let shift = leading * index - leading * (count - 1) / 2;
                    let middle = (page_width - line.width) / 2;
                    match stamp.style.position {
                        WatermarkPosition::Diagonal => {
                            // cos 45° = sin 45° = 0.707: half the line back along the diagonal, `shift` across it.
                            let along = Mp::try_from(i64::from(line.width) * 707 / 2000).unwrap_or(0);
                            let across = Mp::try_from(i64::from(shift + size / 3) * 707 / 1000).unwrap_or(0);
                            let x = page_width / 2 - along + across;
                            let y = page_height / 2 + along + across;
                            canvas.turned_text(x, y, (707, 707), line);
                        }
                        WatermarkPosition::Centre => {
                            canvas.text(middle, page_height / 2 + shift + size / 3, line);
                        }
                        WatermarkPosition::Header => {
                            canvas.text(middle, 8 * PT + leading * index + size * 8 / 10, line);
                        }
                        WatermarkPosition::Footer => {
                            canvas.text(middle, page_height - 8 * PT - leading * (count - 1 - index), line);
                        }
                        WatermarkPosition::Corner => {
                            let y = bottom - 6 * PT - leading * (count - 1 - index);
                            canvas.text(right - line.width, y, line);
                        }
                    }
                }
            });
        });
    }
}

/// The language tag of words that are not in the language around them.
fn tongue(piece: &Piece, around: Locale) -> Option<&'static str> {
    match (piece.style.face, piece.style.lang) {
        (Face::Hebrew, _) => Some("he"),
        (Face::Arabic, _) => Some("ar"),
        (_, Some(lang)) => (lang != around).then(|| lang.tag()),
        (_, None) => {
            let cyrillic = |c: char| matches!(c, '\u{400}'..='\u{52f}');
            let foreign =
                around != Locale::Uk && piece.glyphs.iter().any(|glyph| glyph.text.chars().any(cyrillic));
            foreign.then(|| Locale::Uk.tag())
        }
    }
}

/// A fraction as whole percent, 1-100.
pub(super) fn percent(fraction: f64) -> u32 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let percent = (fraction * 100.0).round() as u32;
    percent.clamp(1, 100)
}
