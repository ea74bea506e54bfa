//! The bundled faces: which face has a character, and the glyphs of a stretch of text. Breaks no lines.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use rustybuzz::{
    Direction, Feature, Script, ShapePlan, UnicodeBuffer, script, ttf_parser::GlyphId, ttf_parser::Tag,
};

/// Shown for a character the bundled faces do not have.
pub(crate) const REPLACEMENT: char = '\u{25a1}';

/// A bundled face.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Face {
    Regular,
    Italic,
    Medium,
    SemiBold,
    Bold,
    /// For names in Hebrew, in one weight.
    Hebrew,
    /// For names in Arabic, in one weight.
    Arabic,
}

impl Face {
    pub(crate) const ALL: [Self; 7] =
        [Self::Regular, Self::Italic, Self::Medium, Self::SemiBold, Self::Bold, Self::Hebrew, Self::Arabic];

    /// The font file.
    pub(crate) fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => include_bytes!("../../../assets/fonts/Inter-Regular.ttf"),
            Self::Italic => include_bytes!("../../../assets/fonts/Inter-Italic.ttf"),
            Self::Medium => include_bytes!("../../../assets/fonts/Inter-Medium.ttf"),
            Self::SemiBold => include_bytes!("../../../assets/fonts/Inter-SemiBold.ttf"),
            Self::Bold => include_bytes!("../../../assets/fonts/Inter-Bold.ttf"),
            Self::Hebrew => include_bytes!("../../../assets/fonts/NotoSansHebrew-Regular.ttf"),
            Self::Arabic => include_bytes!("../../../assets/fonts/NotoSansArabic-Regular.ttf"),
        }
    }

    /// The face that a character of another script is looked for in.
    fn stand_in(character: char) -> Option<Self> {
        match character {
            '\u{590}'..='\u{5ff}' | '\u{fb1d}'..='\u{fb4f}' => Some(Self::Hebrew),
            '\u{600}'..='\u{6ff}'
            | '\u{750}'..='\u{77f}'
            | '\u{8a0}'..='\u{8ff}'
            | '\u{fb50}'..='\u{fdff}'
            | '\u{fe70}'..='\u{feff}' => Some(Self::Arabic),
            _ => None,
        }
    }
}

/// One glyph of a shaped run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Glyph {
    pub(crate) id: u16,
    /// Advance in font units, kerning included.
    pub(crate) advance: i32,
    /// Shift from the pen, in font units.
    pub(crate) shift: (i32, i32),
    /// The words this glyph stands for; empty for the other glyphs of a cluster.
    pub(crate) text: String,
}

/// Words and their glyphs.
type Shaped = HashMap<String, Rc<[Glyph]>>;

/// The bundled faces, read when first needed; remembers every word it has shaped.
pub(crate) struct Shaper {
    faces: BTreeMap<Face, rustybuzz::Face<'static>>,
    plans: BTreeMap<(Face, bool, bool, &'static str), ShapePlan>,
    /// By face, width of figures and direction.
    words: HashMap<(Face, bool, bool), Shaped>,
}

impl Shaper {
    /// `None` when a bundled face does not parse, which a build with whole assets never sees.
    pub(crate) fn load() -> Option<Self> {
        let mut faces = BTreeMap::new();
        for face in Face::ALL {
            faces.insert(face, rustybuzz::Face::from_slice(face.bytes(), 0)?);
        }
        Some(Self { faces, plans: BTreeMap::new(), words: HashMap::new() })
    }

    /// The parsed face; all of them are there once loaded.
    pub(crate) fn face(&self, face: Face) -> &rustybuzz::Face<'static> {
        &self.faces[&face]
    }

    /// Font units per em of a face.
    pub(crate) fn units_per_em(&self, face: Face) -> i64 {
        i64::from(self.face(face).units_per_em())
    }

    /// The advance the font's own metrics give a glyph, in whole thousandths of an em.
    pub(crate) fn nominal_advance(&self, face: Face, glyph: u16) -> i64 {
        let units = self.face(face).glyph_hor_advance(GlyphId(glyph));
        i64::from(units.unwrap_or(0)) * 1000 / self.units_per_em(face)
    }

    /// The face that a character is set in where `wanted` is asked for, and whether it is a stand-in for nothing better.
    pub(crate) fn face_of(&self, character: char, wanted: Face) -> Face {
        // All Latin weights cover the same characters; the common ones need no look into the font.
        if character.is_ascii() || matches!(character, '\u{a0}'..='\u{17f}' | '\u{400}'..='\u{491}') {
            return wanted;
        }
        match Face::stand_in(character) {
            Some(face) if self.has(face, character) => face,
            _ => wanted,
        }
    }

    fn has(&self, face: Face, character: char) -> bool {
        self.face(face).glyph_index(character).is_some()
    }

    /// Shapes a stretch of one direction that is set in one face.
    pub(crate) fn shape(&mut self, text: &str, face: Face, tabular: bool, leftward: bool) -> Rc<[Glyph]> {
        let known = self.words.entry((face, tabular, leftward)).or_default();
        if let Some(glyphs) = known.get(text) {
            return Rc::clone(glyphs);
        }
        let glyphs: Rc<[Glyph]> = self.shape_anew(text, face, tabular, leftward).into();
        let known = self.words.entry((face, tabular, leftward)).or_default();
        known.insert(text.to_owned(), Rc::clone(&glyphs));
        glyphs
    }

    fn shape_anew(&mut self, text: &str, face: Face, tabular: bool, leftward: bool) -> Vec<Glyph> {
        let font = &self.faces[&face];
        let text: String =
            text.chars().map(|c| if font.glyph_index(c).is_some() { c } else { REPLACEMENT }).collect();
        // A face for one script may lack the sign of a missing glyph; then nothing reaches it but that script.
        let (name, script) = script_of(&text, face);
        let direction = if leftward { Direction::RightToLeft } else { Direction::LeftToRight };
        let plan = self.plans.entry((face, tabular, leftward, name)).or_insert_with(|| {
            let mut features =
                vec![Feature::new(Tag::from_bytes(b"calt"), u32::from(face == Face::Arabic), ..)];
            if tabular {
                features.push(Feature::new(Tag::from_bytes(b"tnum"), 1, ..));
            }
            ShapePlan::new(font, direction, Some(script), None, &features)
        });
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(&text);
        buffer.set_direction(direction);
        buffer.set_script(script);
        let shaped = rustybuzz::shape_with_plan(font, plan, buffer);
        let starts: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        let mut glyphs = Vec::with_capacity(starts.len());
        for (index, (info, position)) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()).enumerate()
        {
            let start = starts[index];
            let first = index == 0 || starts[index - 1] != start;
            let mut next = starts.get(index + 1).copied().filter(|next| *next > start);
            if next.is_none() && first {
                next = starts.iter().copied().filter(|next| *next > start).min();
            }
            let end = next.unwrap_or(text.len());
            glyphs.push(Glyph {
                id: u16::try_from(info.glyph_id).unwrap_or(0),
                advance: position.x_advance,
                shift: (position.x_offset, position.y_offset),
                text: if first { text[start..end].to_owned() } else { String::new() },
            });
        }
        glyphs
    }
}

fn script_of(text: &str, face: Face) -> (&'static str, Script) {
    match face {
        Face::Hebrew => return ("Hebr", script::HEBREW),
        Face::Arabic => return ("Arab", script::ARABIC),
        _ => {}
    }
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
