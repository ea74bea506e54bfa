//! Pages as lists of marks: text, rules, fills, paths and pictures in a top-left coordinate system, each tagged or an
//! artifact. Decides no positions and knows no file format: one list becomes PDF operators and pixels.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::tree::{Area, Kid, NodeId, Tree};
use crate::Paper;
use crate::fonts::Glyph;
use crate::text::{Line, Mp, PT, Rgb, Style};

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    /// A section of the plan, by index.
    Section(usize),
    /// An evidence item, by number.
    Evidence(u32),
    /// The place in the text that cites an item, by the item's number and the citation's place among its citations.
    Citation(u32, usize),
    /// The lineage of a figure.
    Figure(String),
}

/// A link annotation to be made once all targets are placed.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) page: usize,
    pub(crate) area: Area,
    pub(crate) target: Target,
    pub(crate) words: String,
    pub(crate) node: NodeId,
}

/// What a stretch of marks is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Content of an element, with its number on the page.
    Content { node: NodeId, mcid: usize },
    /// Decoration.
    Artifact,
    /// Running header, footer or watermark.
    Pagination(&'static str),
}

/// A path step, in thousandths of a point from the upper left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Move(Mp, Mp),
    Line(Mp, Mp),
    Curve([Mp; 6]),
    Close,
}

/// Glyphs at their distance from the beginning of the text.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) offset: Mp,
    pub(crate) glyphs: Rc<[Glyph]>,
}

/// Text of one style on one baseline.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    /// Where the baseline begins.
    pub(crate) at: (Mp, Mp),
    /// Cosine and sine of its turn counter-clockwise, in thousandths.
    pub(crate) turn: (Mp, Mp),
    pub(crate) style: Style,
    pub(crate) runs: Vec<Run>,
    /// The hyphen of a broken word.
    pub(crate) soft: bool,
}

/// One thing drawn.
#[derive(Clone, Debug)]
pub(crate) enum Mark {
    Begin(Kind),
    End,
    /// From here to `Opaque`, with this opacity in percent.
    Translucent(u32),
    Opaque,
    Path {
        steps: Vec<Step>,
        fill: Option<Rgb>,
        stroke: Option<(Rgb, Mp)>,
        dash: Vec<Mp>,
    },
    Words(Words),
    /// The plan's logo.
    Logo(Area),
}

/// One page's marks and the owners of its marked content, by number.
#[derive(Default)]
pub(crate) struct Sheet {
    pub(crate) marks: Vec<Mark>,
    pub(crate) owners: Vec<NodeId>,
}

/// The pages of a document in the making.
pub(crate) struct Canvas {
    /// Width and height of every page.
    pub(crate) size: (Mp, Mp),
    pub(crate) sheets: Vec<Sheet>,
    /// The same on every page; which side of the content it lies on is the plan's to say.
    pub(crate) watermark: Vec<Mark>,
    pub(crate) tree: Tree,
    pub(crate) links: Vec<Link>,
    /// Opacities drawn with, in percent.
    pub(crate) opacities: BTreeSet<u32>,
    page: usize,
}

impl Canvas {
    pub(crate) fn new(paper: Paper) -> Self {
        let size = match paper {
            // A4 is 210 × 297 mm; a point is 25.4 / 72 mm.
            Paper::A4 => (595_276, 841_890),
            Paper::Wide => (960 * PT, 540 * PT),
        };
        Self {
            size,
            sheets: Vec::new(),
            watermark: Vec::new(),
            tree: Tree::new(),
            links: Vec::new(),
            opacities: BTreeSet::new(),
            page: 0,
        }
    }

    /// Adds an empty page and draws on it from now on.
    pub(crate) fn add_page(&mut self) {
        self.sheets.push(Sheet::default());
        self.page = self.sheets.len() - 1;
    }

    /// Draws on this page from now on.
    pub(crate) fn turn_to(&mut self, page: usize) {
        self.page = page.min(self.sheets.len().saturating_sub(1));
    }

    /// The page drawn on, from 0.
    pub(crate) fn page(&self) -> usize {
        self.page
    }

    /// Draws content that belongs to an element of the structure.
    pub(crate) fn tagged(&mut self, node: NodeId, draw: impl FnOnce(&mut Self)) {
        let page = self.page;
        let sheet = &mut self.sheets[page];
        let mcid = sheet.owners.len();
        sheet.owners.push(node);
        self.tree.nodes[node].kids.push(Kid::Content { page, mcid });
        self.enclosed(Kind::Content { node, mcid }, draw);
    }

    /// Draws decoration that a screen reader passes over.
    pub(crate) fn artifact(&mut self, draw: impl FnOnce(&mut Self)) {
        self.enclosed(Kind::Artifact, draw);
    }

    /// Draws a running header or footer.
    pub(crate) fn pagination(&mut self, subtype: &'static str, draw: impl FnOnce(&mut Self)) {
        self.enclosed(Kind::Pagination(subtype), draw);
    }

    fn enclosed(&mut self, kind: Kind, draw: impl FnOnce(&mut Self)) {
        self.push(Mark::Begin(kind));
        draw(self);
        self.push(Mark::End);
    }

    /// Takes what `draw` draws as the watermark of every page.
    pub(crate) fn watermarked(&mut self, draw: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.page, self.sheets.len());
        self.sheets.push(Sheet::default());
        self.pagination("Watermark", draw);
        self.watermark = self.sheets.pop().map(|sheet| sheet.marks).unwrap_or_default();
        self.page = before;
    }

    /// Marks an area as a link.
    pub(crate) fn link(&mut self, node: NodeId, area: Area, target: Target, words: String) {
        let index = self.links.len();
        self.links.push(Link { page: self.page, area, target, words, node });
        self.tree.nodes[node].kids.push(Kid::Link(index));
    }

    /// Draws a line of text with its baseline at `y`.
    pub(crate) fn text(&mut self, x: Mp, y: Mp, line: &Line) {
        self.turned_text(x, y, (1000, 0), line);
    }

    /// Draws a line of text turned counter-clockwise by the angle with this cosine and sine (in thousandths).
    pub(crate) fn turned_text(&mut self, x: Mp, y: Mp, turn: (Mp, Mp), line: &Line) {
        let mut open: Option<(Mp, Words)> = None;
        for (offset, piece) in &line.pieces {
            if piece.glyphs.is_empty() {
                continue;
            }
            match &mut open {
                Some((start, words)) if words.style == piece.style && !words.soft && !piece.soft => {
                    words.runs.push(Run { offset: offset - *start, glyphs: Rc::clone(&piece.glyphs) });
                }
                _ => {
                    if let Some((_, words)) = open.take() {
                        self.push(Mark::Words(words));
                    }
                    let along = |factor: Mp| -> Mp {
                        Mp::try_from(i64::from(*offset) * i64::from(factor) / 1000).unwrap_or(0)
                    };
                    let at = (x + along(turn.0), y - along(turn.1) - piece.style.rise);
                    let runs = vec![Run { offset: 0, glyphs: Rc::clone(&piece.glyphs) }];
                    open = Some((*offset, Words { at, turn, style: piece.style, runs, soft: piece.soft }));
                }
            }
        }
        if let Some((_, words)) = open {
            self.push(Mark::Words(words));
        }
    }

    /// Fills a rectangle with rounded corners.
    pub(crate) fn fill(&mut self, area: Area, radius: Mp, colour: Rgb) {
        self.path(rounded(area, radius), Some(colour), None);
    }

    /// Draws the outline of a rectangle with rounded corners.
    pub(crate) fn outline(&mut self, area: Area, radius: Mp, colour: Rgb, width: Mp) {
        self.path(rounded(area, radius), None, Some((colour, width)));
    }

    /// Draws a level rule.
    pub(crate) fn rule(&mut self, left: Mp, right: Mp, y: Mp, colour: Rgb, width: Mp) {
        self.path(vec![Step::Move(left, y), Step::Line(right, y)], None, Some((colour, width)));
    }

    /// Draws a level row of dots.
    pub(crate) fn dots(&mut self, left: Mp, right: Mp, y: Mp, colour: Rgb) {
        let steps = vec![Step::Move(left, y), Step::Line(right, y)];
        let dash = vec![0, 4 * PT];
        self.push(Mark::Path { steps, fill: None, stroke: Some((colour, PT * 9 / 10)), dash });
    }

    /// Fills or strokes a path, or both.
    pub(crate) fn path(&mut self, steps: Vec<Step>, fill: Option<Rgb>, stroke: Option<(Rgb, Mp)>) {
        self.push(Mark::Path { steps, fill, stroke, dash: Vec::new() });
    }

    /// Draws the plan's logo into the area, which has its proportions.
    pub(crate) fn logo(&mut self, area: Area) {
        self.push(Mark::Logo(area));
    }

    /// Draws with this opacity, in percent.
    pub(crate) fn translucent(&mut self, percent: u32, draw: impl FnOnce(&mut Self)) {
        self.opacities.insert(percent);
        self.push(Mark::Translucent(percent));
        draw(self);
        self.push(Mark::Opaque);
    }

    fn push(&mut self, mark: Mark) {
        let page = self.page;
        self.sheets[page].marks.push(mark);
    }
}

fn rounded([left, top, right, bottom]: Area, radius: Mp) -> Vec<Step> {
    if radius == 0 {
        return vec![
            Step::Move(left, top),
            Step::Line(right, top),
            Step::Line(right, bottom),
            Step::Line(left, bottom),
            Step::Close,
        ];
    }
    // Distance of a quarter circle's control points from its corner: r · (1 − 0.5523).
    let near = radius * 448 / 1000;
    vec![
        Step::Move(left + radius, top),
        Step::Line(right - radius, top),
        Step::Curve([right - near, top, right, top + near, right, top + radius]),
        Step::Line(right, bottom - radius),
        Step::Curve([right, bottom - near, right - near, bottom, right - radius, bottom]),
        Step::Line(left + radius, bottom),
        Step::Curve([left + near, bottom, left, bottom - near, left, bottom - radius]),
        Step::Line(left, top + radius),
        Step::Curve([left, top + near, left + near, top, left + radius, top]),
        Step::Close,
    ]
}
