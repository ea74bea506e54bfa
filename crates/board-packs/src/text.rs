//! Shaped, measured and broken text in the bundled faces. Knows neither page nor file format.
//!
//! All lengths are integers in thousandths of a point, so a line breaks at the same word on every machine.

use std::collections::BTreeMap;
use std::rc::Rc;

use rustybuzz::{Direction, Feature, Script, ShapePlan, UnicodeBuffer, script, ttf_parser::Tag};

/// A length in thousandths of a point.
pub(crate) type Mp = i32;

/// One typographic point.
pub(crate) const PT: Mp = 1000;

/// Shown for a character the bundled faces do not have.
const REPLACEMENT: char = '\u{25a1}';

/// A bundled face.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Face {
    Regular,
    Italic,
    Medium,
    SemiBold,
    Bold,
}

impl Face {
    pub(crate) const ALL: [Self; 5] = [Self::Regular, Self::Italic, Self::Medium, Self::SemiBold, Self::Bold];

    /// The font file.
    pub(crate) fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => include_bytes!("../../../assets/fonts/Inter-Regular.ttf"),
            Self::Italic => include_bytes!("../../../assets/fonts/Inter-Italic.ttf"),
            Self::Medium => include_bytes!("../../../assets/fonts/Inter-Medium.ttf"),
            Self::SemiBold => include_bytes!("../../../assets/fonts/Inter-SemiBold.ttf"),
            Self::Bold => include_bytes!("../../../assets/fonts/Inter-Bold.ttf"),
        }
    }
}

/// A colour, eight bits a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rgb(pub(crate) u8, pub(crate) u8, pub(crate) u8);

impl Rgb {
    /// Reads `#RRGGBB`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = hex::decode(text.strip_prefix('#')?).ok()?;
        let [red, green, blue] = bytes.try_into().ok()?;
        Some(Self(red, green, blue))
    }

    /// This colour over white, `percent` of it.
    pub(crate) fn tint(self, percent: u32) -> Self {
        let mix = |channel: u8| {
            let mixed = (u32::from(channel) * percent + 255 * (100 - percent)) / 100;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        Self(mix(self.0), mix(self.1), mix(self.2))
    }

    /// This colour, darkened until white text on it reads at 4.5:1 or better.
    pub(crate) fn deepened(self) -> Self {
        let mut colour = self;
        while contrast_with_white(colour) < 4.5 {
            let darker = |channel: u8| u8::try_from(u32::from(channel) * 19 / 20).unwrap_or(0);
            colour = Self(darker(colour.0), darker(colour.1), darker(colour.2));
        }
        colour
    }

    /// `RRGGBB`.
    pub(crate) fn hex(self) -> String {
        format!("{:02X}{:02X}{:02X}", self.0, self.1, self.2)
    }
}

/// WCAG contrast ratio against white, with the sRGB curve read from the definition.
fn contrast_with_white(colour: Rgb) -> f64 {
    // x^2.4 = x^2 · (x^2)^(1/5); a square and integer roots keep this equal on every platform.
    let linear = |channel: u8| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            let base = (value + 0.055) / 1.055;
            base * base * fifth_root(base * base)
        }
    };
    let luminance = 0.2126 * linear(colour.0) + 0.7152 * linear(colour.1) + 0.0722 * linear(colour.2);
    1.05 / (luminance + 0.05)
}

fn fifth_root(value: f64) -> f64 {
    let mut root = 1.0_f64;
    for _ in 0..40 {
        let fourth = root * root * root * root;
        root -= (fourth * root - value) / (5.0 * fourth);
    }
    root
}

/// One glyph of a shaped run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Glyph {
    pub(crate) id: u16,
    /// Advance in font units, kerning included.
    pub(crate) advance: i32,
    /// The words this glyph stands for; empty for the later glyphs of a cluster.
    pub(crate) text: String,
}

/// How a stretch of text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Style {
    pub(crate) face: Face,
    pub(crate) size: Mp,
    pub(crate) colour: Rgb,
    /// Baseline shift upwards.
    pub(crate) rise: Mp,
    /// Figures of one width, for columns.
    pub(crate) tabular: bool,
    /// The evidence number it links to.
    pub(crate) cite: Option<u32>,
}

impl Style {
    pub(crate) const fn new(face: Face, size: Mp, colour: Rgb) -> Self {
        Self { face, size, colour, rise: 0, tabular: false, cite: None }
    }

    pub(crate) const fn tabular(self) -> Self {
        Self { tabular: true, ..self }
    }
}

/// Text with its style.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) text: String,
    pub(crate) style: Style,
}

impl Span {
    pub(crate) fn new(text: impl Into<String>, style: Style) -> Self {
        Self { text: text.into(), style }
    }
}

/// A shaped stretch of one style.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) style: Style,
    pub(crate) glyphs: Rc<[Glyph]>,
    pub(crate) width: Mp,
    /// Width of the white space it ends with.
    trailing: Mp,
}

/// A line of pieces, each at its distance from the line's start.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    pub(crate) pieces: Vec<(Mp, Piece)>,
    /// Width without the white space at its end.
    pub(crate) width: Mp,
}

/// What may not be torn apart between two break opportunities.
struct Unit {
    pieces: Vec<Piece>,
    text: Vec<(String, Style)>,
    hard_break: bool,
}

impl Unit {
    fn width(&self) -> Mp {
        self.pieces.iter().map(|piece| piece.width).sum()
    }

    fn ink(&self) -> Mp {
        self.width() - self.pieces.last().map_or(0, |piece| piece.trailing)
    }
}

/// The bundled faces, ready to shape; remembers every word it has shaped.
pub(crate) struct Fonts {
    faces: BTreeMap<Face, rustybuzz::Face<'static>>,
    plans: BTreeMap<(Face, bool, &'static str), ShapePlan>,
    words: BTreeMap<(Face, bool, String), Rc<[Glyph]>>,
}

impl Fonts {
    /// `None` when a bundled face does not parse, which a build with whole assets never sees.
    pub(crate) fn load() -> Option<Self> {
        let faces = Face::ALL
            .into_iter()
            .map(|face| Some((face, rustybuzz::Face::from_slice(face.bytes(), 0)?)))
            .collect::<Option<_>>()?;
        Some(Self { faces, plans: BTreeMap::new(), words: BTreeMap::new() })
    }

    /// Font units per em of a face.
    pub(crate) fn units_per_em(&self, face: Face) -> i64 {
        self.faces.get(&face).map_or(1000, |face| i64::from(face.units_per_em()))
    }

    /// The advance the font's own metrics give a glyph, in whole thousandths of an em.
    pub(crate) fn nominal_advance(&self, face: Face, glyph: u16) -> i64 {
        let units = self
            .faces
            .get(&face)
            .and_then(|face| face.glyph_hor_advance(rustybuzz::ttf_parser::GlyphId(glyph)));
        i64::from(units.unwrap_or(0)) * 1000 / self.units_per_em(face)
    }

    /// Shapes one stretch of text without breaking it.
    pub(crate) fn piece(&mut self, text: &str, style: Style) -> Piece {
        let glyphs = self.shape(text, style.face, style.tabular);
        let upem = self.units_per_em(style.face);
        let measure = |units: i64| Mp::try_from(units * i64::from(style.size) / upem).unwrap_or(Mp::MAX / 4);
        let width = measure(glyphs.iter().map(|glyph| i64::from(glyph.advance)).sum());
        let blank =
            glyphs.iter().rev().take_while(|glyph| !glyph.text.is_empty() && glyph.text.trim().is_empty());
        let trailing = measure(blank.map(|glyph| i64::from(glyph.advance)).sum());
        Piece { style, glyphs, width, trailing }
    }

    /// Width of one line of text.
    pub(crate) fn width(&mut self, text: &str, style: Style) -> Mp {
        self.piece(text, style).width
    }

    /// Width of the longest stretch that no line break may split.
    pub(crate) fn longest_word(&mut self, text: &str, style: Style) -> Mp {
        let units = self.units(&[Span::new(text, style)]);
        units.iter().map(Unit::ink).max().unwrap_or(0)
    }

    /// One unbroken line.
    pub(crate) fn line(&mut self, text: &str, style: Style) -> Line {
        let piece = self.piece(&clean(text).replace('\n', " "), style);
        Line { width: piece.width - piece.trailing, pieces: vec![(0, piece)] }
    }

    /// Fills lines of the given width greedily; a word wider than a line is broken between characters.
    pub(crate) fn wrap(&mut self, spans: &[Span], width: Mp) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut line = Line::default();
        let mut pen = 0;
        for unit in self.units(spans) {
            let hard_break = unit.hard_break;
            for unit in self.fitting(unit, width) {
                if pen > 0 && pen + unit.ink() > width {
                    lines.push(std::mem::take(&mut line));
                    pen = 0;
                }
                line.width = pen + unit.ink();
                for piece in unit.pieces {
                    let advance = piece.width;
                    line.pieces.push((pen, piece));
                    pen += advance;
                }
            }
            if hard_break {
                lines.push(std::mem::take(&mut line));
                pen = 0;
            }
        }
        if !line.pieces.is_empty() || lines.is_empty() {
            lines.push(line);
        }
        lines
    }

    fn fitting(&mut self, unit: Unit, width: Mp) -> Vec<Unit> {
        if unit.ink() <= width {
            return vec![unit];
        }
        let mut parts = Vec::new();
        for (text, style) in &unit.text {
            for character in text.chars() {
                let text = character.to_string();
                let piece = self.piece(&text, *style);
                parts.push(Unit { pieces: vec![piece], text: vec![(text, *style)], hard_break: false });
            }
        }
        parts
    }

    fn units(&mut self, spans: &[Span]) -> Vec<Unit> {
        let mut units = Vec::new();
        let mut open: Vec<(String, Style)> = Vec::new();
        let mut previous = None;
        for span in spans {
            let text = clean(&span.text);
            let mut word = String::new();
            for character in text.chars() {
                if character == '\n' {
                    open.push((std::mem::take(&mut word), span.style));
                    units.push(self.unit(std::mem::take(&mut open), true));
                    previous = None;
                    continue;
                }
                if previous.is_some_and(|previous| may_break(previous, character)) {
                    open.push((std::mem::take(&mut word), span.style));
                    units.push(self.unit(std::mem::take(&mut open), false));
                }
                word.push(character);
                previous = Some(character);
            }
            if !word.is_empty() {
                open.push((word, span.style));
            }
        }
        if !open.is_empty() {
            units.push(self.unit(open, false));
        }
        units
    }

    fn unit(&mut self, mut text: Vec<(String, Style)>, hard_break: bool) -> Unit {
        text.retain(|(word, _)| !word.is_empty());
        let pieces = text.iter().map(|(word, style)| self.piece(word, *style)).collect();
        Unit { pieces, text, hard_break }
    }

    fn shape(&mut self, text: &str, face: Face, tabular: bool) -> Rc<[Glyph]> {
        let key = (face, tabular, text.to_owned());
        if let Some(glyphs) = self.words.get(&key) {
            return Rc::clone(glyphs);
        }
        let glyphs: Rc<[Glyph]> = self.shape_anew(text, face, tabular).into();
        self.words.insert(key, Rc::clone(&glyphs));
        glyphs
    }

    fn shape_anew(&mut self, text: &str, face: Face, tabular: bool) -> Vec<Glyph> {
        let Some(font) = self.faces.get(&face) else { return Vec::new() };
        let text: String =
            text.chars().map(|c| if font.glyph_index(c).is_some() { c } else { REPLACEMENT }).collect();
        let (name, script) = script_of(&text);
        let plan = self.plans.entry((face, tabular, name)).or_insert_with(|| {
            let mut features = vec![Feature::new(Tag::from_bytes(b"calt"), 0, ..)];
            if tabular {
                features.push(Feature::new(Tag::from_bytes(b"tnum"), 1, ..));
            }
            ShapePlan::new(font, Direction::LeftToRight, Some(script), None, &features)
        });
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(&text);
        buffer.set_direction(Direction::LeftToRight);
        buffer.set_script(script);
        let shaped = rustybuzz::shape_with_plan(font, plan, buffer);
        let starts: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        let mut glyphs = Vec::with_capacity(starts.len());
        for (index, (info, position)) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()).enumerate()
        {
            let start = starts[index];
            let first = index == 0 || starts[index - 1] != start;
            let end = starts[index..].iter().copied().find(|next| *next > start).unwrap_or(text.len());
            glyphs.push(Glyph {
                id: u16::try_from(info.glyph_id).unwrap_or(0),
                advance: position.x_advance,
                text: if first { text[start..end].to_owned() } else { String::new() },
            });
        }
        glyphs
    }
}

/// Shares a width among columns of which each has (least, natural) needs: narrow columns get all they want, wide ones
/// share what is left. The widths add up to the whole, or to less by rounding.
pub(crate) fn share(whole: Mp, needs: &[(Mp, Mp)]) -> Vec<Mp> {
    let total = |part: fn(&(Mp, Mp)) -> Mp| needs.iter().map(|need| i64::from(part(need))).sum::<i64>();
    let (whole, least, natural) = (i64::from(whole), total(|need| need.0), total(|need| need.1).max(1));
    let narrowed = |width: i64| Mp::try_from(width).unwrap_or(0);
    if least >= whole {
        return needs.iter().map(|need| narrowed(i64::from(need.0) * whole / least.max(1))).collect();
    }
    if natural <= whole {
        let spare = whole - natural;
        return needs
            .iter()
            .map(|(_, wish)| narrowed(i64::from(*wish) + spare * i64::from(*wish) / natural))
            .collect();
    }
    // The greatest width that all columns may have: those that want less leave more to the others.
    let filled = |limit: i64| -> i64 {
        needs.iter().map(|(least, wish)| i64::from(*wish).min(limit).max(i64::from(*least))).sum()
    };
    let (mut low, mut high) = (0, whole);
    while low < high {
        let middle = (low + high + 1) / 2;
        if filled(middle) <= whole { low = middle } else { high = middle - 1 }
    }
    needs.iter().map(|(least, wish)| narrowed(i64::from(*wish).min(low).max(i64::from(*least)))).collect()
}

/// Drops what has no shape (controls, direction marks, soft hyphens); keeps line feeds.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\n' => Some('\n'),
            '\t' | '\r' => Some(' '),
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' => None,
            c if c.is_control() => None,
            c => Some(c),
        })
        .collect()
}

/// A line may end between these two characters: after a space or a dash, never before closing punctuation.
fn may_break(before: char, after: char) -> bool {
    if after == ' ' || after == '\u{a0}' {
        return false;
    }
    match before {
        ' ' | '\u{2009}' | '\u{2014}' => true,
        '-' | '\u{2013}' | '/' => after.is_alphabetic(),
        _ => false,
    }
}

fn script_of(text: &str) -> (&'static str, Script) {
    for character in text.chars() {
        match character {
            'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{24f}' => return ("Latn", script::LATIN),
            '\u{370}'..='\u{3ff}' => return ("Grek", script::GREEK),
            '\u{400}'..='\u{52f}' => return ("Cyrl", script::CYRILLIC),
            _ => {}
        }
    }
    ("Zyyy", script::COMMON)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: Style = Style::new(Face::Regular, 10 * PT, Rgb(0, 0, 0));

    fn words(line: &Line) -> String {
        line.pieces
            .iter()
            .flat_map(|(_, piece)| piece.glyphs.iter())
            .map(|glyph| glyph.text.as_str())
            .collect()
    }

    #[test]
    fn wrapped_lines_fit_and_lose_nothing() {
        let mut fonts = Fonts::load().unwrap();
        let text = "Бадді-програма: 412 учасників, +4,2 % до II кварталу; ґанок, їжак, євро — усе на місці.";
        for width in [20, 60, 90, 200, 800] {
            let lines = fonts.wrap(&[Span::new(text, BODY)], width * PT);
            assert!(lines.iter().all(|line| line.width <= width * PT), "{width}");
            assert_eq!(lines.iter().map(words).collect::<String>(), text);
        }
    }

    #[test]
    fn a_character_without_a_glyph_is_shown_as_a_box() {
        let mut fonts = Fonts::load().unwrap();
        let line = fonts.line("a\u{5d0}\u{1f600}b\u{202e}c", BODY);
        assert_eq!(words(&line), "a\u{25a1}\u{25a1}bc");
        assert!(line.pieces[0].1.glyphs.iter().all(|glyph| glyph.id != 0));
    }

    #[test]
    fn a_no_break_space_holds_number_and_unit_together() {
        let mut fonts = Fonts::load().unwrap();
        let lines = fonts.wrap(&[Span::new("value NOK\u{a0}1\u{a0}250 end", BODY)], 62 * PT);
        assert!(lines.iter().any(|line| words(line).contains("NOK\u{a0}1\u{a0}250")));
    }

    #[test]
    fn columns_share_their_width_fairly() {
        assert_eq!(share(100, &[(10, 20), (10, 20)]), [50, 50]);
        assert_eq!(share(100, &[(10, 20), (10, 400)]), [20, 80]);
        assert_eq!(share(100, &[(10, 300), (60, 400)]), [40, 60]);
        assert_eq!(share(100, &[(150, 300), (50, 400)]), [75, 25]);
    }

    #[test]
    fn a_pale_accent_is_deepened_until_white_reads_on_it() {
        let deep = Rgb(0xff, 0xe0, 0x40).deepened();
        assert!(contrast_with_white(deep) >= 4.5);
        assert_eq!(Rgb(0, 0x40, 0x80).deepened(), Rgb(0, 0x40, 0x80));
        assert!((contrast_with_white(Rgb(0, 0, 0)) - 21.0).abs() < 1e-9);
    }
}
