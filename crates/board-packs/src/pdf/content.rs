//! Marks as the operators of a content stream. Decides nothing about the page; objects are made in `objects`.

use std::collections::BTreeMap;

use super::canvas::{Canvas, Kind, Mark, Sheet, Step, Words};
use super::tree::Tree;
use crate::fonts::{Face, Shaper};
use crate::text::{Mp, Rgb};

/// Words for the later glyphs of a cluster: they stand for nothing, and may not lack a meaning.
const NOTHING: &str = "\u{200b}";

/// What each glyph in use means, face by face: the one text of the font's character map. Other uses of the same glyph
/// carry their own words.
pub(super) type Meanings = BTreeMap<Face, BTreeMap<u16, String>>;

/// The code of each glyph in use in the embedded fonts.
pub(super) type Codes = BTreeMap<Face, BTreeMap<u16, u16>>;

/// Every glyph drawn anywhere, with its meaning.
pub(super) fn meanings(canvas: &Canvas) -> Meanings {
    let mut meanings = Meanings::new();
    let sheets = canvas.sheets.iter().map(|sheet| &sheet.marks).chain([&canvas.watermark]);
    for mark in sheets.flatten() {
        let Mark::Words(words) = mark else { continue };
        let known = meanings.entry(words.style.face).or_default();
        for glyph in words.runs.iter().flat_map(|run| run.glyphs.iter()) {
            known.entry(glyph.id).or_insert_with(|| meaning(&glyph.text).to_owned());
        }
    }
    meanings
}

/// One space is as good as another to whoever reads the words.
fn meaning(text: &str) -> &str {
    match text {
        "" => NOTHING,
        "\u{a0}" | "\u{202f}" | "\u{2009}" => " ",
        text => text,
    }
}

/// The resource name of a face.
pub(super) fn font_name(face: Face) -> &'static str {
    match face {
        Face::Regular => "BRDMRG",
        Face::Italic => "BRDMIT",
        Face::Medium => "BRDMMD",
        Face::SemiBold => "BRDMSB",
        Face::Bold => "BRDMBD",
        Face::Hebrew => "BRDMHE",
        Face::Arabic => "BRDMAR",
    }
}

/// Writes content streams.
pub(super) struct Writer<'a> {
    pub(super) shaper: &'a Shaper,
    pub(super) meanings: &'a Meanings,
    pub(super) codes: &'a Codes,
    /// Height of the page, from which PDF measures upwards.
    pub(super) height: Mp,
}

impl Writer<'_> {
    /// A page's own content.
    pub(super) fn page(&self, sheet: &Sheet, tree: &Tree) -> Vec<u8> {
        self.marks(&sheet.marks, |node| tree.nodes[node].role.tag())
    }

    /// The watermark, which belongs to no element.
    pub(super) fn watermark(&self, marks: &[Mark]) -> Vec<u8> {
        self.marks(marks, |_| "Artifact")
    }

    fn marks(&self, marks: &[Mark], tag: impl Fn(usize) -> &'static str) -> Vec<u8> {
        let mut out = Operators::default();
        out.text("q\n");
        for mark in marks {
            match mark {
                Mark::Begin(Kind::Content { node, mcid }) => {
                    out.text(&format!("/{} <</MCID {mcid}>> BDC\n", tag(*node)));
                }
                Mark::Begin(Kind::Artifact) => out.text("/Artifact BMC\n"),
                Mark::Begin(Kind::Pagination(subtype)) => {
                    out.text(&format!("/Artifact <</Type /Pagination /Subtype /{subtype}>> BDC\n"));
                }
                Mark::End => out.text("EMC\n"),
                Mark::Translucent(percent) => {
                    out.text(&format!("q\n/GS{percent} gs\n"));
                    out.colours = Colours::default();
                }
                Mark::Opaque => {
                    out.text("Q\n");
                    out.colours = Colours::default();
                }
                Mark::Path { steps, fill, stroke, dash } => self.path(&mut out, steps, *fill, *stroke, dash),
                Mark::Words(words) => self.words(&mut out, words),
                Mark::Logo([left, top, right, bottom]) => {
                    out.text("q\n");
                    out.numbers(&[right - left]);
                    out.text("0 0 ");
                    out.numbers(&[bottom - top, *left, self.height - bottom]);
                    out.text("cm\n/Logo Do\nQ\n");
                }
            }
        }
        out.text("Q\n");
        out.bytes
    }

    fn path(
        &self,
        out: &mut Operators,
        steps: &[Step],
        fill: Option<Rgb>,
        stroke: Option<(Rgb, Mp)>,
        dash: &[Mp],
    ) {
        let paint = match (fill, stroke) {
            (Some(_), Some(_)) => "B\n",
            (Some(_), None) => "f\n",
            (None, Some(_)) => "S\n",
            (None, None) => return,
        };
        if let Some(colour) = fill {
            out.fill(colour);
        }
        if let Some((colour, width)) = stroke {
            out.stroke(colour, width, dash);
        }
        let up = |y: Mp| self.height - y;
        for step in steps {
            match *step {
                Step::Move(x, y) => out.operator(&[x, up(y)], "m\n"),
                Step::Line(x, y) => out.operator(&[x, up(y)], "l\n"),
                Step::Curve([x1, y1, x2, y2, x, y]) => {
                    out.operator(&[x1, up(y1), x2, up(y2), x, up(y)], "c\n");
                }
                Step::Close => out.text("h\n"),
            }
        }
        out.text(paint);
    }

    fn words(&self, out: &mut Operators, words: &Words) {
        let style = words.style;
        let (Some(codes), Some(meanings)) = (self.codes.get(&style.face), self.meanings.get(&style.face))
        else {
            return;
        };
        let own = own_words(words, meanings);
        if let Some(own) = &own {
            out.text("/Span <</ActualText <");
            out.text(&hex::encode_upper(super::objects::utf16(own)));
            out.text(">>> BDC\n");
        }
        out.fill(style.colour);
        out.text("BT\n/");
        out.text(font_name(style.face));
        out.text(" ");
        out.operator(&[style.size], "Tf\n");
        let (cos, sin) = words.turn;
        if (cos, sin) == (1000, 0) {
            out.text("1 0 0 1 ");
        } else {
            out.thousandths(cos);
            out.thousandths(sin);
            out.thousandths(-sin);
            out.thousandths(cos);
        }
        out.operator(&[words.at.0, self.height - words.at.1], "Tm\n[");
        self.glyphs(out, words, codes);
        out.text("] TJ\nET\n");
        if own.is_some() {
            out.text("EMC\n");
        }
    }

    fn glyphs(&self, out: &mut Operators, words: &Words, codes: &BTreeMap<u16, u16>) {
        let style = words.style;
        let upem = self.shaper.units_per_em(style.face);
        let size = i64::from(style.size).max(1);
        // Where the pen should stand and where the font's whole-numbered widths put it, in thousandths of an em.
        let mut reached = 0_i64;
        let mut open = false;
        let mut risen = 0;
        for run in &words.runs {
            let start = i64::from(run.offset) * 1000 / size;
            let mut units = 0_i64;
            for glyph in run.glyphs.iter() {
                let wanted = start + ((units + i64::from(glyph.shift.0)) * 1000 + upem / 2).div_euclid(upem);
                if glyph.shift.1 != risen {
                    risen = glyph.shift.1;
                    if open {
                        out.text(">");
                        open = false;
                    }
                    out.text("] TJ\n");
                    let rise = i64::from(risen) * size / upem;
                    out.operator(&[Mp::try_from(rise).unwrap_or(0)], "Ts\n[");
                }
                if wanted != reached {
                    if open {
                        out.text(">");
                        open = false;
                    }
                    out.integer(reached - wanted);
                    reached = wanted;
                }
                if !open {
                    out.text("<");
                    open = true;
                }
                out.code(codes.get(&glyph.id).copied().unwrap_or(0));
                reached += self.shaper.nominal_advance(style.face, glyph.id);
                units += i64::from(glyph.advance);
            }
        }
        if open {
            out.text(">");
        }
        if risen != 0 {
            out.text("] TJ\n0 Ts\n[");
        }
    }
}

/// The words of text whose glyphs do not mean them.
fn own_words(words: &Words, meanings: &BTreeMap<u16, String>) -> Option<String> {
    if words.soft {
        return Some("\u{ad}".to_owned());
    }
    let glyphs = || words.runs.iter().flat_map(|run| run.glyphs.iter());
    let differs = glyphs().any(|glyph| {
        glyph.text.is_empty() || meanings.get(&glyph.id).is_none_or(|known| known != meaning(&glyph.text))
    });
    differs.then(|| glyphs().map(|glyph| glyph.text.as_str()).collect())
}

#[derive(Default)]
struct Colours {
    fill: Option<Rgb>,
    stroke: Option<(Rgb, Mp, Vec<Mp>)>,
}

#[derive(Default)]
struct Operators {
    bytes: Vec<u8>,
    /// What is set already.
    colours: Colours,
}

impl Operators {
    fn text(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn operator(&mut self, values: &[Mp], name: &str) {
        self.numbers(values);
        self.text(name);
    }

    /// Lengths in points, to hundredths: a seventh of a pixel at 1200 dots per inch.
    fn numbers(&mut self, values: &[Mp]) {
        for value in values {
            let value = if *value < 0 { value - 5 } else { value + 5 } / 10;
            self.decimal(value, 2);
        }
    }

    fn thousandths(&mut self, value: Mp) {
        self.decimal(value, 3);
    }

    /// `value` hundredths or thousandths, and a space.
    fn decimal(&mut self, value: i32, places: usize) {
        if value < 0 {
            self.bytes.push(b'-');
        }
        let scale = 10_u32.pow(u32::try_from(places).unwrap_or(0));
        let (whole, mut fraction) = (value.unsigned_abs() / scale, value.unsigned_abs() % scale);
        self.digits(whole, 1);
        if fraction > 0 {
            let mut places = places;
            while fraction % 10 == 0 {
                fraction /= 10;
                places -= 1;
            }
            self.bytes.push(b'.');
            self.digits(fraction, places);
        }
        self.bytes.push(b' ');
    }

    fn digits(&mut self, value: u32, least: usize) {
        let mut digits = [b'0'; 10];
        let mut at = digits.len();
        let mut rest = value;
        while rest > 0 || digits.len() - at < least {
            at -= 1;
            digits[at] = b"0123456789"[(rest % 10) as usize];
            rest /= 10;
        }
        self.bytes.extend_from_slice(&digits[at..]);
    }

    fn integer(&mut self, value: i64) {
        if value < 0 {
            self.bytes.push(b'-');
        }
        self.digits(u32::try_from(value.unsigned_abs()).unwrap_or(u32::MAX), 1);
    }

    fn code(&mut self, code: u16) {
        const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
        for shift in [12, 8, 4, 0] {
            self.bytes.push(DIGITS[usize::from(code >> shift & 15)]);
        }
    }

    fn colour(&mut self, Rgb(red, green, blue): Rgb, name: &str) {
        for channel in [red, green, blue] {
            // Three decimals tell all 256 levels apart and keep the stream short.
            self.thousandths((i32::from(channel) * 1000 + 127) / 255);
        }
        self.text(name);
    }

    fn fill(&mut self, colour: Rgb) {
        if self.colours.fill != Some(colour) {
            self.colours.fill = Some(colour);
            self.colour(colour, "rg\n");
        }
    }

    fn stroke(&mut self, colour: Rgb, width: Mp, dash: &[Mp]) {
        if self
            .colours
            .stroke
            .as_ref()
            .is_some_and(|known| (known.0, known.1) == (colour, width) && known.2 == dash)
        {
            return;
        }
        self.colours.stroke = Some((colour, width, dash.to_vec()));
        self.colour(colour, "RG\n");
        self.numbers(&[width]);
        self.text("w 1 J 1 j [");
        self.numbers(dash);
        self.text("] 0 d\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_short_and_exact_to_a_hundredth() {
        for (value, written) in [
            (0, "0 "),
            (1000, "1 "),
            (595_276, "595.28 "),
            (10, "0.01 "),
            (4, "0 "),
            (-1500, "-1.5 "),
            (-50, "-0.05 "),
            (100_000, "100 "),
            (120_300, "120.3 "),
            (-1_234_567, "-1234.57 "),
        ] {
            let mut out = Operators::default();
            out.numbers(&[value]);
            assert_eq!(String::from_utf8(out.bytes).unwrap(), written, "{value}");
        }
        let mut out = Operators::default();
        for value in [707, -707, 1000, 5] {
            out.thousandths(value);
        }
        assert_eq!(String::from_utf8(out.bytes).unwrap(), "0.707 -0.707 1 0.005 ");
    }

    #[test]
    fn every_colour_survives_its_three_decimals() {
        for level in 0..=255_i32 {
            let written = (level * 1000 + 127) / 255;
            let read = f64::from(written) / 1000.0 * 255.0;
            assert!((read - f64::from(level)).abs() < 0.5, "{level} reads as {read}");
        }
    }
}
