//! The list of chapters and pages with their numbers: its place is kept first, and filled when all pages are known.

use super::canvas::Target;
use super::compose::{Composer, INK};
use super::tree::{NodeId, Role};
use crate::text::{Face, Line, Mp, PT, Rgb, Span, Style};
use crate::{Block, PackPlan, Page};

/// A line of the contents.
pub(super) struct Entry {
    /// A chapter's name rather than a page's title.
    chapter: bool,
    /// A page of a chapter.
    inner: bool,
    title: String,
    /// Index of the section it leads to.
    section: usize,
}

/// The kept place.
pub(super) struct Contents {
    heading: NodeId,
    list: NodeId,
    first: usize,
    title: String,
}

/// Whether a page of the plan is a cover.
pub(super) fn is_cover(page: &Page) -> bool {
    page.blocks.iter().any(|block| matches!(block, Block::Cover { .. }))
}

/// Whether a page of the plan holds the contents.
pub(super) fn is_contents(page: &Page) -> bool {
    page.blocks.iter().any(|block| matches!(block, Block::Contents))
}

/// The entries of a plan; `about` is the title of the page that the writer adds at the end, if it does.
pub(super) fn entries(plan: &PackPlan, about: Option<&str>) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut chapter = None;
    for (section, page) in plan.pages.iter().enumerate() {
        if is_cover(page) || is_contents(page) {
            continue;
        }
        if page.section != chapter {
            chapter.clone_from(&page.section);
            if let Some(title) = page.section.as_ref().filter(|name| **name != page.title) {
                entries.push(Entry { chapter: true, inner: false, title: title.clone(), section });
            }
        }
        let inner = page.section.as_ref().is_some_and(|name| *name != page.title);
        entries.push(Entry { chapter: false, inner, title: page.title.clone(), section });
    }
    if let Some(title) = about {
        entries.push(Entry {
            chapter: false,
            inner: false,
            title: title.to_owned(),
            section: plan.pages.len(),
        });
    }
    entries
}

impl Composer<'_> {
    /// Adds the pages and the elements of the contents, empty.
    pub(super) fn keep_contents(&mut self, index: usize, page: &Page, entries: &[Entry]) -> Contents {
        let pages = self.contents_pages(entries);
        // Opened as if it were a cover: its title comes with its entries.
        self.open(index, page, "", true, false);
        self.furnished();
        let first = self.canvas.page();
        self.bookmark(&page.title, 1);
        let heading = self.element(Role::Heading(1));
        let list = self.element(Role::Contents);
        for _ in 1..pages {
            self.turn();
        }
        Contents { heading, list, first, title: page.title.clone() }
    }

    fn entry_lines(&mut self, entry: &Entry) -> (Vec<Line>, Mp, Mp) {
        let style = if entry.chapter {
            Style::new(Face::SemiBold, 11 * PT, self.accent)
        } else {
            Style::new(Face::Regular, 10 * PT + PT / 2, INK)
        };
        let indent = if entry.inner { 14 * PT } else { 0 };
        let lines = self.fonts.wrap(&[Span::new(entry.title.as_str(), style)], self.measure() - 58 * PT);
        let above = if entry.inner { 2 * PT } else { 7 * PT };
        let height = above + 17 * PT * Mp::try_from(lines.len()).unwrap_or(1);
        (lines, indent, height)
    }

    /// Pages that the entries take.
    fn contents_pages(&mut self, entries: &[Entry]) -> usize {
        let mut pages = 1;
        let mut y = self.frame.top + 55 * PT;
        for entry in entries {
            let (_, _, height) = self.entry_lines(entry);
            if y + height > self.frame.bottom {
                pages += 1;
                y = self.frame.top;
            }
            y += height;
        }
        pages
    }

    /// Fills the kept pages.
    pub(super) fn contents(&mut self, contents: &Contents, entries: &[Entry]) {
        self.canvas.turn_to(contents.first);
        self.left = self.frame.left;
        self.right = self.frame.right;
        self.y = self.frame.top;
        let style = Style::new(Face::SemiBold, 21 * PT, INK);
        let (accent, y, left) = (self.accent, self.y, self.left);
        self.canvas.artifact(|canvas| canvas.fill([left, y, left + 34 * PT, y + 3 * PT], 0, accent));
        self.y += 12 * PT;
        let line = self.fonts.line(&contents.title, style);
        self.still_lines(contents.heading, &[line], self.left, self.y, 27 * PT);
        self.y += 43 * PT;
        let mut page = contents.first;
        for entry in entries {
            let (lines, indent, height) = self.entry_lines(entry);
            if self.y + height > self.frame.bottom {
                page += 1;
                self.canvas.turn_to(page);
                self.y = self.frame.top;
            }
            self.entry(contents.list, entry, &lines, indent, height);
            self.y += height;
        }
    }

    fn entry(&mut self, list: NodeId, entry: &Entry, lines: &[Line], indent: Mp, height: Mp) {
        let target = Target::Section(entry.section);
        let number = self.targets.get(&target).map_or(0, |(page, _)| page + 1);
        let face = if entry.chapter { Face::SemiBold } else { Face::Regular };
        let colour = if entry.chapter { self.accent } else { INK };
        let style = Style::new(face, 10 * PT + PT / 2, colour).tabular();
        let number = self.fonts.line(&number.to_string(), style);
        let item = self.canvas.tree.add(list, Role::ContentsItem);
        let link = self.canvas.tree.add(item, Role::Link);
        let right = self.left + self.measure();
        let left = self.left + indent;
        let top = self.y + height - 17 * PT * Mp::try_from(lines.len()).unwrap_or(1);
        let mut baseline = top;
        self.canvas.tagged(link, |canvas| {
            for line in lines {
                baseline += 17 * PT;
                canvas.text(left, baseline - 5 * PT, line);
            }
            canvas.text(right - number.width, baseline - 5 * PT, &number);
        });
        let end = lines.last().map_or(0, |line| line.width);
        if !entry.chapter {
            let (from, to) = (left + end + 8 * PT, right - number.width - 8 * PT);
            let colour = Rgb(0x94, 0xa3, 0xb8);
            if to > from {
                self.canvas.artifact(|canvas| canvas.dots(from, to, baseline - 5 * PT, colour));
            }
        }
        self.canvas.link(link, [left, top, right, top + 17 * PT], target, entry.title.clone());
    }
}
