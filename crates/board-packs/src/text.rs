//! Shaped, measured and broken text in the bundled faces. Knows neither page nor file format.
//!
//! All lengths are integers in thousandths of a point, so a line breaks at the same word on every machine.

use std::rc::Rc;

use board_domain::Locale;
use unicode_bidi::Level;

pub(crate) use crate::fonts::Face;
use crate::fonts::{Glyph, Shaper};

/// A length in thousandths of a point.
pub(crate) type Mp = i32;

/// One typographic point.
pub(crate) const PT: Mp = 1000;

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
    /// Where it leads, in the words of whoever lays the text out.
    pub(crate) link: Option<usize>,
    /// Its language where that is not the language around it.
    pub(crate) lang: Option<Locale>,
}

impl Style {
    pub(crate) const fn new(face: Face, size: Mp, colour: Rgb) -> Self {
        Self { face, size, colour, rise: 0, tabular: false, link: None, lang: None }
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

/// A shaped stretch of one style, one face and one direction.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) style: Style,
    pub(crate) glyphs: Rc<[Glyph]>,
    pub(crate) width: Mp,
    /// Width of the white space it ends with.
    trailing: Mp,
    level: Level,
    /// A hyphen that the line break put in; the text has none.
    pub(crate) soft: bool,
}

impl Piece {
    fn is_blank(&self) -> bool {
        self.glyphs.iter().all(|glyph| glyph.text.trim().is_empty())
    }
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
    /// Its words by style and level, to break them further where that must be.
    text: Vec<(String, Style, Level)>,
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

/// How eagerly words are broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hyphens {
    /// Where a line would else stay short.
    Even,
    /// Only where a word is wider than the line.
    Needed,
}

/// Shapes, measures and breaks text.
pub(crate) struct Fonts {
    pub(crate) shaper: Shaper,
    /// Language of text that names none, for hyphenation.
    pub(crate) language: Locale,
}

impl Fonts {
    /// `None` when a bundled face does not parse, which a build with whole assets never sees.
    pub(crate) fn load() -> Option<Self> {
        Some(Self { shaper: Shaper::load()?, language: Locale::En })
    }

    /// Shapes one stretch of one direction; more than one piece where a character needs another face.
    fn pieces(&mut self, text: &str, style: Style, level: Level, into: &mut Vec<Piece>) {
        let mut start = 0;
        let mut face = None;
        for (at, character) in text.char_indices() {
            let here = self.shaper.face_of(character, style.face);
            // White space and marks follow the face before them.
            let follows = character.is_whitespace() && here == style.face;
            match face {
                None => face = Some(here),
                Some(before) if before != here && !follows => {
                    into.push(self.piece(&text[start..at], before, style, level));
                    (start, face) = (at, Some(here));
                }
                Some(_) => {}
            }
        }
        if let Some(face) = face {
            into.push(self.piece(&text[start..], face, style, level));
        }
    }

    fn piece(&mut self, text: &str, face: Face, style: Style, level: Level) -> Piece {
        let style = Style { face, ..style };
        let glyphs = self.shaper.shape(text, face, style.tabular, level.is_rtl());
        let upem = self.shaper.units_per_em(face);
        let measure = |units: i64| Mp::try_from(units * i64::from(style.size) / upem).unwrap_or(Mp::MAX / 4);
        let width = measure(glyphs.iter().map(|glyph| i64::from(glyph.advance)).sum());
        let blank =
            glyphs.iter().rev().take_while(|glyph| !glyph.text.is_empty() && glyph.text.trim().is_empty());
        let trailing = measure(blank.map(|glyph| i64::from(glyph.advance)).sum());
        Piece { style, glyphs, width, trailing, level, soft: false }
    }

    /// Width of one line of text.
    pub(crate) fn width(&mut self, text: &str, style: Style) -> Mp {
        let mut pieces = Vec::new();
        self.pieces(text, style, Level::ltr(), &mut pieces);
        pieces.iter().map(|piece| piece.width).sum()
    }

    /// Width of the longest stretch that no line break may split.
    pub(crate) fn longest_word(&mut self, text: &str, style: Style) -> Mp {
        let units = self.units(&[Span::new(text, style)]);
        units.iter().map(Unit::ink).max().unwrap_or(0)
    }

    /// One unbroken line.
    pub(crate) fn line(&mut self, text: &str, style: Style) -> Line {
        let text = clean(text).replace('\n', " ");
        let mut line = Filling::default();
        for unit in self.units(&[Span::new(text, style)]) {
            line.add(unit);
        }
        line.finish()
    }

    /// Fills lines of the given width. A word wider than a line is broken between syllables, or between characters
    /// where it has none.
    pub(crate) fn wrap(&mut self, spans: &[Span], width: Mp) -> Vec<Line> {
        self.fill(spans, width, Hyphens::Needed)
    }

    /// Fills lines of running text: words are hyphenated where a line would else stay short.
    pub(crate) fn running(&mut self, spans: &[Span], width: Mp) -> Vec<Line> {
        self.fill(spans, width, Hyphens::Even)
    }

    fn fill(&mut self, spans: &[Span], width: Mp, hyphens: Hyphens) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut line = Filling::default();
        // How many lines in a row end with a hyphen, which more than two make hard to read.
        let mut in_a_row = 0;
        for unit in self.units(spans) {
            let mut rest = Some(unit);
            while let Some(unit) = rest.take() {
                let hard_break = unit.hard_break;
                if line.pen == 0 && unit.ink() <= width || line.pen + unit.ink() <= width {
                    line.add(unit);
                    if hard_break {
                        lines.push(std::mem::take(&mut line).finish());
                        in_a_row = 0;
                    }
                    continue;
                }
                let room = width - line.pen;
                let too_wide = unit.ink() > width;
                let worth_it = match hyphens {
                    Hyphens::Even => in_a_row < 2 && room > width / 7,
                    Hyphens::Needed => false,
                };
                let broken = if too_wide || worth_it { self.hyphenate(&unit, room) } else { None };
                match broken {
                    Some((head, tail)) => {
                        line.add(head);
                        lines.push(std::mem::take(&mut line).finish());
                        in_a_row += 1;
                        rest = Some(tail);
                    }
                    None if line.pen > 0 => {
                        lines.push(std::mem::take(&mut line).finish());
                        in_a_row = 0;
                        rest = Some(unit);
                    }
                    None => {
                        let (head, tail) = self.cut(unit, width);
                        line.add(head);
                        lines.push(std::mem::take(&mut line).finish());
                        rest = tail;
                    }
                }
            }
        }
        if !line.pieces.is_empty() || lines.is_empty() {
            lines.push(line.finish());
        }
        lines
    }

    /// The unit as a head that fits the room, hyphen included, and its tail.
    fn hyphenate(&mut self, unit: &Unit, room: Mp) -> Option<(Unit, Unit)> {
        let [(text, style, level)] = &unit.text[..] else { return None };
        let language = style.lang.unwrap_or(self.language);
        for at in crate::breaks::hyphens(text, language).into_iter().rev() {
            let mut hyphen = Vec::new();
            self.pieces("-", *style, *level, &mut hyphen);
            let mut head = self.unit(vec![(text[..at].to_owned(), *style, *level)], false);
            for mut piece in hyphen {
                piece.soft = true;
                head.pieces.push(piece);
            }
            if head.width() <= room {
                let tail = vec![(text[at..].to_owned(), *style, *level)];
                return Some((head, self.unit(tail, unit.hard_break)));
            }
        }
        None
    }

    /// A unit wider than any line: as many characters as fit, at least one, and the rest.
    fn cut(&mut self, unit: Unit, width: Mp) -> (Unit, Option<Unit>) {
        let hard_break = unit.hard_break;
        let mut head: Vec<(String, Style, Level)> = Vec::new();
        let mut tail: Vec<(String, Style, Level)> = Vec::new();
        let mut pen = 0;
        for (text, style, level) in unit.text {
            if !tail.is_empty() {
                tail.push((text, style, level));
                continue;
            }
            let mut end = text.len();
            for (at, character) in text.char_indices() {
                let advance = self.width(character.encode_utf8(&mut [0; 4]), style);
                if pen + advance > width && pen > 0 {
                    end = at;
                    break;
                }
                pen += advance;
            }
            if end < text.len() {
                tail.push((text[end..].to_owned(), style, level));
            }
            head.push((text[..end].to_owned(), style, level));
        }
        let tail = (!tail.is_empty()).then(|| self.unit(tail, hard_break));
        let head = self.unit(head, hard_break && tail.is_none());
        (head, tail)
    }

    fn units(&mut self, spans: &[Span]) -> Vec<Unit> {
        let mut whole = String::new();
        let mut ends = Vec::with_capacity(spans.len());
        for span in spans {
            whole.push_str(&clean(&span.text));
            ends.push((whole.len(), span.style));
        }
        let levels = crate::breaks::levels(&whole);
        let mut units = Vec::new();
        let mut start = 0;
        let mut span = 0;
        for end in crate::breaks::ends(&whole) {
            let hard_break = whole[start..end].ends_with('\n');
            let visible = end - usize::from(hard_break);
            let mut text = Vec::new();
            while start < visible {
                while ends[span].0 <= start {
                    span += 1;
                }
                let (stop, style) = ends[span];
                let mut stop = stop.min(visible);
                let mut level = Level::ltr();
                if let Some(levels) = &levels {
                    level = levels[start];
                    // White space of its own, so that it can fall to the line's end in either direction.
                    let is_blank = |at: usize| whole.as_bytes()[at] == b' ';
                    let blank = is_blank(start);
                    let same =
                        |at: &usize| levels[*at] == level && (!level.is_rtl() || is_blank(*at) == blank);
                    stop = (start..stop).find(|at| !same(at)).unwrap_or(stop);
                }
                text.push((whole[start..stop].to_owned(), style, level));
                start = stop;
            }
            start = end;
            units.push(self.unit(text, hard_break));
        }
        units
    }

    fn unit(&mut self, text: Vec<(String, Style, Level)>, hard_break: bool) -> Unit {
        let mut pieces = Vec::with_capacity(text.len());
        for (words, style, level) in &text {
            self.pieces(words, *style, *level, &mut pieces);
        }
        Unit { pieces, text, hard_break }
    }
}

/// A line being filled.
#[derive(Default)]
struct Filling {
    pieces: Vec<Piece>,
    pen: Mp,
    ink: Mp,
}

impl Filling {
    fn add(&mut self, unit: Unit) {
        self.ink = self.pen + unit.ink();
        self.pen += unit.width();
        self.pieces.extend(unit.pieces);
    }

    /// Puts the pieces into the order they stand in and gives each its place.
    fn finish(mut self) -> Line {
        if self.pieces.iter().any(|piece| piece.level.is_rtl()) {
            // White space at the end of a line belongs to the paragraph (UAX 9, L1).
            for piece in self.pieces.iter_mut().rev() {
                if !piece.is_blank() {
                    break;
                }
                piece.level = Level::ltr();
            }
            let levels: Vec<Level> = self.pieces.iter().map(|piece| piece.level).collect();
            let order = crate::breaks::visual(&levels);
            self.pieces = order.into_iter().map(|index| self.pieces[index].clone()).collect();
        }
        let mut pen = 0;
        let mut pieces = Vec::with_capacity(self.pieces.len());
        for piece in self.pieces {
            let advance = piece.width;
            pieces.push((pen, piece));
            pen += advance;
        }
        Line { pieces, width: self.ink }
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

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: Style = Style::new(Face::Regular, 10 * PT, Rgb(0, 0, 0));

    /// The words of a line as they are read, the hyphen of a broken word left out.
    fn words(line: &Line) -> String {
        let read = line.pieces.iter().filter(|(_, piece)| !piece.soft);
        read.flat_map(|(_, piece)| piece.glyphs.iter()).map(|glyph| glyph.text.as_str()).collect()
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
        let line = fonts.line("a\u{674e}\u{1f600}b\u{202e}c", BODY);
        assert_eq!(words(&line), "a\u{25a1}\u{25a1}bc");
        assert!(line.pieces.iter().flat_map(|(_, piece)| piece.glyphs.iter()).all(|glyph| glyph.id != 0));
    }

    #[test]
    fn hebrew_and_arabic_names_are_shaped_and_stand_from_right_to_left() {
        let mut fonts = Fonts::load().unwrap();
        let line = fonts
            .line("by \u{5d3}\u{5e0}\u{5d4} \u{5db}\u{5d4}\u{5df} and \u{62d}\u{62f}\u{627}\u{62f}.", BODY);
        assert_eq!(
            words(&line),
            "by \u{5df}\u{5d4}\u{5db} \u{5d4}\u{5e0}\u{5d3} and \u{62f}\u{627}\u{62f}\u{62d}."
        );
        let faces: Vec<Face> = line.pieces.iter().map(|(_, piece)| piece.style.face).collect();
        assert!(faces.contains(&Face::Hebrew) && faces.contains(&Face::Arabic));
        assert!(line.pieces.iter().flat_map(|(_, piece)| piece.glyphs.iter()).all(|glyph| glyph.id != 0));
        let narrow = fonts.wrap(&[Span::new("\u{5d3}\u{5e0}\u{5d4} ".repeat(40), BODY)], 60 * PT);
        assert!(narrow.len() > 8 && narrow.iter().all(|line| line.width <= 60 * PT));
    }

    #[test]
    fn running_text_is_hyphenated_and_keeps_its_words() {
        let mut fonts = Fonts::load().unwrap();
        let text = "Sysselsettingsprogrammet gjennomføres kommunevis; arbeidsmarkedstiltakene finansieres mellomlangsiktig.";
        fonts.language = Locale::Nb;
        let lines = fonts.running(&[Span::new(text, BODY)], 120 * PT);
        assert!(lines.iter().any(|line| line.pieces.iter().any(|(_, piece)| piece.soft)));
        assert!(lines.iter().all(|line| line.width <= 120 * PT));
        assert_eq!(lines.iter().map(words).collect::<String>(), text);
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
