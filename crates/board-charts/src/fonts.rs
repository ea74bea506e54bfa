//! The bundled Inter faces and how wide text set in them is.
//!
//! No shaping, no kerning and no fallback: charts hold short Latin and Cyrillic labels. Never a system font.

use std::borrow::Cow;
use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, GlyphId};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

/// Inter Regular, the whole TTF file.
pub const REGULAR: &[u8] = include_bytes!("../../../assets/fonts/Inter-Regular.ttf");
/// Inter Medium, the whole TTF file.
pub const MEDIUM: &[u8] = include_bytes!("../../../assets/fonts/Inter-Medium.ttf");
/// Inter `SemiBold`, the whole TTF file.
pub const SEMIBOLD: &[u8] = include_bytes!("../../../assets/fonts/Inter-SemiBold.ttf");
/// Inter Bold, the whole TTF file.
pub const BOLD: &[u8] = include_bytes!("../../../assets/fonts/Inter-Bold.ttf");
/// Inter Italic, the whole TTF file.
pub const ITALIC: &[u8] = include_bytes!("../../../assets/fonts/Inter-Italic.ttf");

/// Height of a capital letter, in ems.
pub const CAP_HEIGHT: f64 = 0.727;
/// Highest ink above the baseline (a capital with an accent), in ems.
pub const ASCENT: f64 = 0.94;
/// Deepest ink below the baseline, in ems.
pub const DESCENT: f64 = 0.22;

/// A weight of the bundled family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// 400.
    Regular,
    /// 500.
    Medium,
    /// 600.
    SemiBold,
    /// 700.
    Bold,
}

impl Weight {
    const ALL: [Self; 4] = [Self::Regular, Self::Medium, Self::SemiBold, Self::Bold];

    /// The file of this weight.
    pub fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => REGULAR,
            Self::Medium => MEDIUM,
            Self::SemiBold => SEMIBOLD,
            Self::Bold => BOLD,
        }
    }

    /// The name under which plotters carries this weight from an element to the backend.
    pub(crate) fn family(self) -> &'static str {
        match self {
            Self::Regular => "Inter",
            Self::Medium => "Inter Medium",
            Self::SemiBold => "Inter SemiBold",
            Self::Bold => "Inter Bold",
        }
    }

    pub(crate) fn from_family(family: &str) -> Self {
        Self::ALL.into_iter().find(|weight| weight.family() == family).unwrap_or(Self::Regular)
    }

    pub(crate) fn font(self) -> &'static FontRef<'static> {
        static FONTS: LazyLock<[FontRef<'static>; 4]> = LazyLock::new(|| {
            Weight::ALL.map(|weight| FontRef::try_from_slice(weight.bytes()).expect("a bundled font parses"))
        });
        &FONTS[self as usize]
    }
}

/// Font units in one em.
pub(crate) fn units_per_em(weight: Weight) -> f64 {
    static EMS: LazyLock<[f64; 4]> =
        LazyLock::new(|| Weight::ALL.map(|weight| f64::from(weight.font().units_per_em().unwrap_or(2048.0))));
    EMS[weight as usize]
}

/// The glyph of a character and its advance in font units; read from the file once for the letters of all labels.
fn glyph(c: char, weight: Weight) -> (GlyphId, f64) {
    const CACHED: u32 = 0x530;
    static GLYPHS: LazyLock<[Vec<(GlyphId, f64)>; 4]> = LazyLock::new(|| {
        Weight::ALL.map(|weight| {
            (0..CACHED).map(|code| read_glyph(char::from_u32(code).unwrap_or('\0'), weight)).collect()
        })
    });
    let cached = usize::try_from(u32::from(c)).ok().and_then(|code| GLYPHS[weight as usize].get(code));
    cached.copied().unwrap_or_else(|| read_glyph(c, weight))
}

fn read_glyph(c: char, weight: Weight) -> (GlyphId, f64) {
    let font = weight.font();
    let glyph = font.glyph_id(c);
    (glyph, f64::from(font.h_advance_unscaled(glyph)))
}

/// Glyphs of a text with their pen positions, in font units from the start of the run.
pub(crate) fn glyphs(text: &str, weight: Weight) -> impl Iterator<Item = (GlyphId, f64)> + '_ {
    text.chars().filter(|c| !c.is_control()).scan(0.0, move |x, c| {
        let (glyph, advance) = glyph(c, weight);
        let at = *x;
        *x += advance;
        Some((glyph, at))
    })
}

/// Stands for a character that the bundled faces do not have.
pub const REPLACEMENT: char = '\u{25a1}';

/// The text as it can be drawn: composed letters, a space for tabs and line ends, nothing for other characters
/// without ink of their own (controls, directions, joiners), and [`REPLACEMENT`] for what no bundled face has.
///
/// The faces hold Latin, Greek and Cyrillic only, so there is nothing to order from right to left.
pub fn drawable(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Cow::Borrowed(text);
    }
    let drawn = text.nfc().filter_map(|c| match c {
        '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => Some(' '),
        _ if is_without_ink(c) => None,
        _ if glyph(c, Weight::Regular).0 == GlyphId(0) => Some(REPLACEMENT),
        _ => Some(c),
    });
    Cow::Owned(drawn.collect())
}

/// Controls, marks of direction, joiners, variation selectors and the like.
fn is_without_ink(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Width of one line of text: the sum of its advances, in the unit of `size`.
pub fn text_width(text: &str, size: f64, weight: Weight) -> f64 {
    let units: f64 = text.chars().filter(|c| !c.is_control()).map(|c| glyph(c, weight).1).sum();
    units * size / units_per_em(weight)
}

/// The text if it fits `width`, else as much of its beginning as fits with an ellipsis; `None` where not even
/// one letter and the ellipsis fit.
pub fn shorten(text: &str, size: f64, weight: Weight, width: f64) -> Option<String> {
    if text_width(text, size, weight) <= width {
        return Some(text.to_owned());
    }
    let room = width - text_width("…", size, weight);
    let mut used = 0.0;
    let mut end = 0;
    for (at, c) in text.char_indices() {
        used += text_width(c.encode_utf8(&mut [0; 4]), size, weight);
        if used > room {
            break;
        }
        end = at + c.len_utf8();
    }
    let kept = text[..end].trim_end_matches([' ', '\u{a0}', ',', '.', '-', '–', '(']);
    (!kept.is_empty()).then(|| format!("{kept}…"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_grows_with_size_and_weight() {
        let regular = text_width("Mentoring", 10.0, Weight::Regular);
        assert!((text_width("Mentoring", 20.0, Weight::Regular) - 2.0 * regular).abs() < 1e-9);
        assert!(text_width("Mentoring", 10.0, Weight::Bold) > regular);
        assert!(text_width("\u{0}\n", 10.0, Weight::Regular).abs() < 1e-9);
    }

    #[test]
    fn every_letter_of_the_three_languages_has_a_glyph() {
        for weight in Weight::ALL {
            for c in "AZazÆØÅæøåАЯаяҐґЄєІіЇї№€–−…\u{a0}’«»%".chars() {
                assert_ne!(weight.font().glyph_id(c), GlyphId(0), "{c} in {weight:?}");
            }
        }
    }

    #[test]
    fn what_has_no_glyph_is_replaced_and_never_dropped() {
        assert_eq!(drawable("Mentoring"), "Mentoring");
        assert_eq!(drawable("Tromsø a\u{30a}\tїжа"), "Tromsø å їжа");
        assert_eq!(drawable("שלום Oslo"), "□□□□ Oslo");
        assert_eq!(drawable("東京"), "□□");
        assert_eq!(drawable("a\u{202e}b\u{200d}c\u{0}\u{feff}"), "abc");
        assert_ne!(Weight::Bold.font().glyph_id(REPLACEMENT), GlyphId(0));
    }

    #[test]
    fn a_shortened_text_fits_and_says_so() {
        let whole = "Професійний розвиток і наставництво";
        for width in [0.0, 5.0, 12.0, 40.0, 90.0, 400.0] {
            if let Some(text) = shorten(whole, 9.0, Weight::Regular, width) {
                assert!(text_width(&text, 9.0, Weight::Regular) <= width);
                assert!(text == whole || text.ends_with('…'));
            }
        }
        assert_eq!(shorten(whole, 9.0, Weight::Regular, 5.0), None);
    }
}
