//! Pages to draw on: text, rules, fills and paths in a top-left coordinate system, each tagged or marked as an
//! artifact. Decides no positions; the only file that speaks printpdf's operators.

use std::collections::{BTreeMap, BTreeSet};

use printpdf::{Codepoint, DictItem, FontId, Op, PdfFontHandle, Pt, TextItem, TextMatrix};

use super::tree::{Area, Kid, NodeId, Tree};
use crate::text::{Face, Fonts, Line, Mp, Piece, Rgb};

/// A4 portrait.
pub(super) const PAGE_WIDTH: Mp = 595_276;
/// A4 portrait.
pub(super) const PAGE_HEIGHT: Mp = 841_890;

/// Where a link leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    /// A section of the plan, by index.
    Section(usize),
    /// An evidence item, by number.
    Evidence(u32),
}

/// A link annotation to be made once all targets are placed.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) page: usize,
    pub(super) area: Area,
    pub(super) target: Target,
    pub(super) words: String,
    pub(super) node: NodeId,
}

/// One page's operators and the owners of its marked content, by MCID.
#[derive(Default)]
pub(super) struct Sheet {
    pub(super) ops: Vec<Op>,
    pub(super) owners: Vec<NodeId>,
}

/// A path step, in thousandths of a point from the upper left corner.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Move(Mp, Mp),
    Line(Mp, Mp),
    Curve([Mp; 6]),
    Close,
}

/// The pages of a document in the making.
pub(super) struct Canvas {
    pub(super) sheets: Vec<Sheet>,
    pub(super) tree: Tree,
    pub(super) links: Vec<Link>,
    /// Opacities drawn with, in percent.
    pub(super) opacities: BTreeSet<u32>,
    /// The one text each glyph stands for in the font's character map; other uses carry their own words.
    meaning: BTreeMap<(Face, u16), String>,
    page: usize,
}

/// The resource name of a face; its first six letters are the subset tag.
pub(super) fn font_name(face: Face) -> &'static str {
    match face {
        Face::Regular => "BRDMRG",
        Face::Italic => "BRDMIT",
        Face::Medium => "BRDMMD",
        Face::SemiBold => "BRDMSB",
        Face::Bold => "BRDMBD",
    }
}

/// The resource name of an opacity, in percent.
pub(super) fn opacity_name(percent: u32) -> String {
    format!("GS{percent}")
}

fn name(text: &str) -> DictItem {
    DictItem::Name(text.as_bytes().to_vec())
}

#[allow(clippy::cast_precision_loss)]
fn points(length: Mp) -> f32 {
    // At most seven significant digits: exact in an f32 after rounding to thousandths.
    length as f32 / 1000.0
}

impl Canvas {
    pub(super) fn new() -> Self {
        Self {
            sheets: Vec::new(),
            tree: Tree::new(),
            links: Vec::new(),
            opacities: BTreeSet::new(),
            meaning: BTreeMap::new(),
            page: 0,
        }
    }

    /// Adds an empty page and draws on it from now on.
    pub(super) fn add_page(&mut self) {
        self.sheets.push(Sheet::default());
        self.page = self.sheets.len() - 1;
    }

    /// Draws on this page from now on.
    pub(super) fn turn_to(&mut self, page: usize) {
        self.page = page.min(self.sheets.len().saturating_sub(1));
    }

    /// The page drawn on, from 0.
    pub(super) fn page(&self) -> usize {
        self.page
    }

    /// Draws content that belongs to an element of the structure.
    pub(super) fn tagged(&mut self, node: NodeId, draw: impl FnOnce(&mut Self)) {
        let page = self.page;
        let sheet = &mut self.sheets[page];
        let mcid = i64::try_from(sheet.owners.len()).unwrap_or(i64::MAX);
        sheet.owners.push(node);
        self.tree.nodes[node].kids.push(Kid::Content { page, mcid });
        let tag = self.tree.nodes[node].role.tag().to_owned();
        let properties = DictItem::Dict { map: BTreeMap::from([("MCID".to_owned(), DictItem::Int(mcid))]) };
        self.push(Op::BeginMarkedContentWithProperties { tag, properties });
        draw(self);
        self.push(Op::EndMarkedContent);
    }

    /// Draws decoration that a screen reader passes over.
    pub(super) fn artifact(&mut self, draw: impl FnOnce(&mut Self)) {
        self.push(Op::BeginMarkedContent { tag: "Artifact".into() });
        draw(self);
        self.push(Op::EndMarkedContent);
    }

    /// Draws a running header, footer or watermark.
    pub(super) fn pagination(&mut self, subtype: &str, draw: impl FnOnce(&mut Self)) {
        let map =
            BTreeMap::from([("Type".to_owned(), name("Pagination")), ("Subtype".to_owned(), name(subtype))]);
        self.push(Op::BeginMarkedContentWithProperties {
            tag: "Artifact".into(),
            properties: DictItem::Dict { map },
        });
        draw(self);
        self.push(Op::EndMarkedContent);
    }

    /// Marks an area as a link.
    pub(super) fn link(&mut self, node: NodeId, area: Area, target: Target, words: String) {
        let index = self.links.len();
        self.links.push(Link { page: self.page, area, target, words, node });
        self.tree.nodes[node].kids.push(Kid::Link(index));
    }

    /// Draws a line of text with its baseline at `y`.
    pub(super) fn text(&mut self, fonts: &Fonts, x: Mp, y: Mp, line: &Line) {
        for (offset, piece) in &line.pieces {
            self.piece(fonts, [PT_ONE, 0, 0, PT_ONE, x + offset, y - piece.style.rise], piece);
        }
    }

    /// Draws a line of text turned counter-clockwise by the angle with this cosine and sine (in thousandths).
    pub(super) fn turned_text(&mut self, fonts: &Fonts, x: Mp, y: Mp, turn: (Mp, Mp), line: &Line) {
        let (cos, sin) = turn;
        let along = |length: Mp, factor: Mp| -> Mp {
            Mp::try_from(i64::from(length) * i64::from(factor) / 1000).unwrap_or(0)
        };
        for (offset, piece) in &line.pieces {
            let matrix = [cos, sin, -sin, cos, x + along(*offset, cos), y - along(*offset, sin)];
            self.piece(fonts, matrix, piece);
        }
    }

    fn piece(&mut self, fonts: &Fonts, matrix: [Mp; 6], piece: &Piece) {
        if piece.glyphs.is_empty() {
            return;
        }
        let style = piece.style;
        let upem = fonts.units_per_em(style.face);
        let mut ambiguous = false;
        // Where the pen should stand and where the font's whole-numbered widths put it, in thousandths of an em.
        let (mut wanted, mut reached) = (0_i64, 0_i64);
        let mut glyphs = Vec::with_capacity(piece.glyphs.len());
        for glyph in piece.glyphs.iter() {
            // A glyph that only completes the one before it stands for nothing, but may not lack a meaning.
            let text = if glyph.text.is_empty() { "\u{200b}" } else { glyph.text.as_str() };
            let meaning = self.meaning.entry((style.face, glyph.id)).or_insert_with(|| text.to_owned());
            ambiguous |= *meaning != text || glyph.text.is_empty();
            wanted += i64::from(glyph.advance);
            reached += fonts.nominal_advance(style.face, glyph.id);
            let kern = reached - (wanted * 1000 + upem / 2) / upem;
            reached -= kern;
            #[allow(clippy::cast_precision_loss)]
            glyphs.push(Codepoint { gid: glyph.id, offset: kern as f32, cid: Some(meaning.clone()) });
        }
        if ambiguous {
            let words: String = piece.glyphs.iter().map(|glyph| glyph.text.as_str()).collect();
            let data = super::objects::utf16(&words);
            let map = BTreeMap::from([("ActualText".to_owned(), DictItem::Bytes(data))]);
            self.push(Op::BeginMarkedContentWithProperties {
                tag: "Span".into(),
                properties: DictItem::Dict { map },
            });
        }
        self.fill_colour(style.colour);
        self.push(Op::StartTextSection);
        self.push(Op::SetFont {
            font: PdfFontHandle::External(FontId(font_name(style.face).into())),
            size: Pt(points(style.size)),
        });
        let [.., x, y] = matrix;
        self.push(Op::SetTextMatrix {
            matrix: TextMatrix::Raw([
                points(matrix[0]),
                points(matrix[1]),
                points(matrix[2]),
                points(matrix[3]),
                points(x),
                points(PAGE_HEIGHT - y),
            ]),
        });
        self.push(Op::ShowText { items: vec![TextItem::GlyphIds(glyphs)] });
        self.push(Op::EndTextSection);
        if ambiguous {
            self.push(Op::EndMarkedContent);
        }
    }

    /// Fills a rectangle with rounded corners.
    pub(super) fn fill(&mut self, [left, top, right, bottom]: Area, radius: Mp, colour: Rgb) {
        self.path(&rounded([left, top, right, bottom], radius), Some(colour), None, &[]);
    }

    /// Draws the outline of a rectangle with rounded corners.
    pub(super) fn outline(&mut self, area: Area, radius: Mp, colour: Rgb, width: Mp) {
        self.path(&rounded(area, radius), None, Some((colour, width)), &[]);
    }

    /// Draws a level rule.
    pub(super) fn rule(&mut self, left: Mp, right: Mp, y: Mp, colour: Rgb, width: Mp) {
        self.path(&[Step::Move(left, y), Step::Line(right, y)], None, Some((colour, width)), &[]);
    }

    /// Fills or strokes a path, or both; `dash` alternates drawn and left-out lengths.
    pub(super) fn path(&mut self, steps: &[Step], fill: Option<Rgb>, stroke: Option<(Rgb, Mp)>, dash: &[Mp]) {
        let paint = match (fill, stroke) {
            (Some(_), Some(_)) => "B",
            (Some(_), None) => "f",
            (None, Some(_)) => "S",
            (None, None) => return,
        };
        if let Some(colour) = fill {
            self.fill_colour(colour);
        }
        if let Some((Rgb(red, green, blue), width)) = stroke {
            self.operator("RG", &[channel(red), channel(green), channel(blue)]);
            self.operator("w", &[points(width)]);
            self.raw("J", vec![DictItem::Int(1)]);
            self.raw("j", vec![DictItem::Int(1)]);
            let dash = dash.iter().map(|length| DictItem::Real(points(*length))).collect();
            self.raw("d", vec![DictItem::Array(dash), DictItem::Int(0)]);
        }
        for step in steps {
            match *step {
                Step::Move(x, y) => self.operator("m", &[points(x), points(PAGE_HEIGHT - y)]),
                Step::Line(x, y) => self.operator("l", &[points(x), points(PAGE_HEIGHT - y)]),
                Step::Curve([x1, y1, x2, y2, x, y]) => self.operator(
                    "c",
                    &[
                        points(x1),
                        points(PAGE_HEIGHT - y1),
                        points(x2),
                        points(PAGE_HEIGHT - y2),
                        points(x),
                        points(PAGE_HEIGHT - y),
                    ],
                ),
                Step::Close => self.operator("h", &[]),
            }
        }
        self.operator(paint, &[]);
    }

    /// Draws with this opacity, in percent.
    pub(super) fn translucent(&mut self, percent: u32, draw: impl FnOnce(&mut Self)) {
        self.opacities.insert(percent);
        self.push(Op::SaveGraphicsState);
        self.push(Op::LoadGraphicsState { gs: printpdf::ExtendedGraphicsStateId(opacity_name(percent)) });
        draw(self);
        self.push(Op::RestoreGraphicsState);
    }

    fn fill_colour(&mut self, Rgb(red, green, blue): Rgb) {
        self.operator("rg", &[channel(red), channel(green), channel(blue)]);
    }

    fn operator(&mut self, key: &str, values: &[f32]) {
        self.raw(key, values.iter().map(|value| DictItem::Real(*value)).collect());
    }

    fn raw(&mut self, key: &str, value: Vec<DictItem>) {
        self.push(Op::Unknown { key: key.into(), value });
    }

    fn push(&mut self, op: Op) {
        let page = self.page;
        self.sheets[page].ops.push(op);
    }
}

const PT_ONE: Mp = 1000;

fn channel(value: u8) -> f32 {
    // Three decimals tell all 256 levels apart and keep the stream short.
    (f32::from(value) / 255.0 * 1000.0).round() / 1000.0
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
