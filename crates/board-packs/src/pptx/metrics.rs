//! How wide text stands in Arial, the typeface a deck names: no shaping, no font file. Not the bundled faces, in which
//! the PDF is set.
//!
//! Advances in 1/2048 em, those of every face that keeps Arial's metrics. Kerning, which narrows, is left out.

use crate::text::Mp;

/// Height of a line in hundredths of its size. The face's own is 115; programs set it up to a twentieth wider.
pub(super) const LINE: Mp = 120;

/// What is measured: text of one size and weight.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words<'a> {
    pub(super) text: &'a str,
    /// Size in thousandths of a point.
    pub(super) size: Mp,
    pub(super) bold: bool,
}

/// Width of the text on one line.
pub(super) fn width(text: &str, size: Mp, bold: bool) -> Mp {
    narrowed(text.chars().map(|c| scaled(advance(c, bold), size)).sum())
}

/// Width of the longest stretch that no line break may split.
pub(super) fn longest_word(text: &str, size: Mp, bold: bool) -> Mp {
    let mut longest = 0;
    let mut word = 0;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        if !is_space(c) {
            word += scaled(advance(c, bold), size);
        }
        longest = longest.max(word);
        if may_break(c, characters.peek().copied()) {
            word = 0;
        }
    }
    narrowed(longest)
}

/// Number of lines that the runs fill at a width, at least one.
pub(super) fn lines(runs: &[Words<'_>], width: Mp) -> Mp {
    let mut lines = Lines::new(width);
    for run in runs {
        lines.fill(*run, usize::MAX);
    }
    lines.count
}

/// Where text must be cut so that it fills no more than so many lines of a width: the run, and the byte in it. `None`
/// where all of it fits. At least one character stands before the cut.
pub(super) fn cut(runs: &[Words<'_>], width: Mp, most: Mp) -> Option<(usize, usize)> {
    let most = usize::try_from(most).unwrap_or(0).max(1);
    let mut lines = Lines::new(width);
    for (index, run) in runs.iter().enumerate() {
        let end = lines.fill(*run, most);
        if end < run.text.len() {
            let first = run.text.chars().next().map_or(0, char::len_utf8);
            return Some((index, if index == 0 { end.max(first) } else { end }));
        }
    }
    None
}

/// Text being filled into lines.
struct Lines {
    width: i64,
    count: Mp,
    /// Width of the words that stand on the line for good.
    pen: i64,
    /// Width of the word that is not finished.
    word: i64,
}

impl Lines {
    fn new(width: Mp) -> Self {
        // Programs round advances, each in its own way.
        Self { width: i64::from(width) * 985 / 1000, count: 1, pen: 0, word: 0 }
    }

    /// Fills one run; returns how many of its bytes stand on the first `most` lines.
    fn fill(&mut self, words: Words<'_>, most: usize) -> usize {
        let Words { text, size, bold } = words;
        let over = |count: Mp| usize::try_from(count).is_ok_and(|count| count > most);
        let mut word_start = 0;
        let mut characters = text.char_indices().peekable();
        while let Some((at, c)) = characters.next() {
            let next = characters.peek().map(|(_, next)| *next);
            let end = characters.peek().map_or(text.len(), |(at, _)| *at);
            if c == '\n' {
                self.count += 1;
                (self.pen, self.word, word_start) = (0, 0, end);
                if over(self.count) {
                    return end;
                }
                continue;
            }
            let advance = scaled(advance(c, bold), size);
            if is_space(c) {
                // White space hangs over the end of a line.
                self.pen += self.word + advance;
                self.word = 0;
            } else {
                self.word += advance;
                if self.pen > 0 && self.pen + self.word > self.width {
                    self.count += 1;
                    self.pen = 0;
                    if over(self.count) {
                        return word_start;
                    }
                }
                if self.word > self.width {
                    self.count += 1;
                    self.word = advance;
                    if over(self.count) {
                        return at;
                    }
                }
            }
            if may_break(c, next) {
                self.pen += self.word;
                self.word = 0;
                word_start = end;
            }
        }
        text.len()
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\u{2009}')
}

/// Whether a line may end after a character.
fn may_break(c: char, next: Option<char>) -> bool {
    match c {
        ' ' | '\t' | '\r' | '\u{2009}' | '\u{2014}' => true,
        '-' | '\u{2013}' => next.is_some_and(char::is_alphabetic),
        c => is_wide(c),
    }
}

fn scaled(units: u16, size: Mp) -> i64 {
    i64::from(units) * i64::from(size) / 2048
}

fn narrowed(width: i64) -> Mp {
    Mp::try_from(width).unwrap_or(Mp::MAX / 4)
}

/// Ideographs and what is set like them: as wide as high, and a line may end after each.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..)
}

fn advance(c: char, bold: bool) -> u16 {
    let (latin, cyrillic) = if bold { (&LATIN_BOLD, &CYRILLIC_BOLD) } else { (&LATIN, &CYRILLIC) };
    let code = c as u32;
    let at = |table: &[u16], first: u32| table[(code - first) as usize];
    match code {
        0x20..=0x17f => at(latin, 0x20),
        0x400..=0x45f => at(cyrillic, 0x400),
        // Marks that stand on the letter before them, and what has no shape.
        0..=0x1f | 0x300..=0x36f | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0xfeff => 0,
        0x490 => 1001,
        0x491 => 915,
        0x2009 | 0x202f => 410,
        0x2010..=0x2011 | 0x2039..=0x203a => 682,
        0x2013 | 0x20ac => 1139,
        0x2018..=0x201b => 569,
        0x201c..=0x201e => 1024,
        0x2022 => 717,
        0x2116 => 2283,
        0x2212 => 1196,
        0x2260 | 0x2264 | 0x2265 => 1124,
        0x25a0..=0x25a1 => 1237,
        _ if is_wide(c) => 2048,
        0x180..=0x24f | 0x370..=0x3ff => 1479,
        0x460..=0x52f | 0x590..=0x8ff | 0x900..=0xdff => 1600,
        _ => 2048,
    }
}

const LATIN: [u16; 352] = [
    569, 569, 727, 1139, 1139, 1821, 1366, 391, 682, 682, 797, 1196, 569, 682, 569, 569, 1139, 1139, 1139,
    1139, 1139, 1139, 1139, 1139, 1139, 1139, 569, 569, 1196, 1196, 1196, 1139, 2079, 1366, 1366, 1479, 1479,
    1366, 1251, 1593, 1479, 569, 1024, 1366, 1139, 1706, 1479, 1593, 1366, 1593, 1479, 1366, 1251, 1479,
    1366, 1933, 1366, 1366, 1251, 569, 569, 569, 961, 1139, 682, 1139, 1139, 1024, 1139, 1139, 569, 1139,
    1139, 455, 455, 1024, 455, 1706, 1139, 1139, 1139, 1139, 682, 1024, 569, 1139, 1024, 1479, 1024, 1024,
    1024, 684, 532, 684, 1196, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 569, 682, 1139, 1139, 1139, 1139, 532, 1139, 682, 1509, 758, 1139, 1196, 0, 1509,
    1131, 819, 1124, 682, 682, 682, 1180, 1100, 569, 682, 682, 748, 1139, 1708, 1708, 1708, 1251, 1366, 1366,
    1366, 1366, 1366, 1366, 2048, 1479, 1366, 1366, 1366, 1366, 569, 569, 569, 569, 1479, 1479, 1593, 1593,
    1593, 1593, 1593, 1196, 1593, 1479, 1479, 1479, 1479, 1366, 1366, 1251, 1139, 1139, 1139, 1139, 1139,
    1139, 1821, 1024, 1139, 1139, 1139, 1139, 569, 569, 569, 569, 1139, 1139, 1139, 1139, 1139, 1139, 1139,
    1124, 1251, 1139, 1139, 1139, 1139, 1024, 1139, 1024, 1366, 1139, 1366, 1139, 1366, 1139, 1479, 1024,
    1479, 1024, 1479, 1024, 1479, 1024, 1479, 1259, 1479, 1139, 1366, 1139, 1366, 1139, 1366, 1139, 1366,
    1139, 1366, 1139, 1593, 1139, 1593, 1139, 1593, 1139, 1593, 1139, 1479, 1139, 1479, 1139, 569, 569, 569,
    569, 569, 569, 569, 455, 569, 569, 1505, 909, 1024, 455, 1366, 1024, 1024, 1139, 455, 1139, 455, 1139,
    597, 1139, 684, 1139, 455, 1479, 1139, 1479, 1139, 1479, 1139, 1237, 1481, 1139, 1593, 1139, 1593, 1139,
    1593, 1139, 2048, 1933, 1479, 682, 1479, 682, 1479, 682, 1366, 1024, 1366, 1024, 1366, 1024, 1366, 1024,
    1251, 569, 1251, 768, 1251, 569, 1479, 1139, 1479, 1139, 1479, 1139, 1479, 1139, 1479, 1139, 1479, 1139,
    1933, 1479, 1366, 1024, 1366, 1251, 1024, 1251, 1024, 1251, 1024, 455,
];
const LATIN_BOLD: [u16; 352] = [
    569, 682, 971, 1139, 1139, 1821, 1479, 487, 682, 682, 797, 1196, 569, 682, 569, 569, 1139, 1139, 1139,
    1139, 1139, 1139, 1139, 1139, 1139, 1139, 682, 682, 1196, 1196, 1196, 1251, 1997, 1479, 1479, 1479, 1479,
    1366, 1251, 1593, 1479, 569, 1139, 1479, 1251, 1706, 1479, 1593, 1366, 1593, 1479, 1366, 1251, 1479,
    1366, 1933, 1366, 1366, 1251, 682, 569, 682, 1196, 1139, 682, 1139, 1251, 1139, 1251, 1139, 682, 1251,
    1251, 569, 569, 1139, 569, 1821, 1251, 1251, 1251, 1251, 797, 1139, 682, 1251, 1139, 1593, 1139, 1139,
    1024, 797, 573, 797, 1196, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 569, 682, 1139, 1139, 1139, 1139, 573, 1139, 682, 1509, 758, 1139, 1196, 0, 1509,
    1131, 819, 1124, 682, 682, 682, 1180, 1139, 569, 682, 682, 748, 1139, 1708, 1708, 1708, 1251, 1479, 1479,
    1479, 1479, 1479, 1479, 2048, 1479, 1366, 1366, 1366, 1366, 569, 569, 569, 569, 1479, 1479, 1593, 1593,
    1593, 1593, 1593, 1196, 1593, 1479, 1479, 1479, 1479, 1366, 1366, 1251, 1139, 1139, 1139, 1139, 1139,
    1139, 1821, 1139, 1139, 1139, 1139, 1139, 569, 569, 569, 569, 1251, 1251, 1251, 1251, 1251, 1251, 1251,
    1124, 1251, 1251, 1251, 1251, 1251, 1139, 1251, 1139, 1479, 1139, 1479, 1139, 1479, 1139, 1479, 1139,
    1479, 1139, 1479, 1139, 1479, 1139, 1479, 1472, 1479, 1251, 1366, 1139, 1366, 1139, 1366, 1139, 1366,
    1139, 1366, 1139, 1593, 1251, 1593, 1251, 1593, 1251, 1593, 1251, 1479, 1251, 1479, 1251, 569, 569, 569,
    569, 569, 569, 569, 569, 569, 569, 1607, 1139, 1139, 569, 1479, 1139, 1139, 1251, 569, 1251, 569, 1251,
    789, 1251, 981, 1251, 569, 1479, 1251, 1479, 1251, 1479, 1251, 1451, 1481, 1251, 1593, 1251, 1593, 1251,
    1593, 1251, 2048, 1933, 1479, 797, 1479, 797, 1479, 797, 1366, 1139, 1366, 1139, 1366, 1139, 1366, 1139,
    1251, 682, 1251, 981, 1251, 682, 1479, 1251, 1479, 1251, 1479, 1251, 1479, 1251, 1479, 1251, 1479, 1251,
    1933, 1593, 1366, 1139, 1366, 1251, 1024, 1251, 1024, 1251, 1024, 569,
];
const CYRILLIC: [u16; 96] = [
    1366, 1367, 1771, 1109, 1472, 1366, 569, 569, 1024, 2165, 2069, 1749, 1193, 1479, 1301, 1472, 1366, 1344,
    1366, 1109, 1387, 1366, 1891, 1237, 1472, 1472, 1193, 1344, 1706, 1479, 1593, 1472, 1366, 1479, 1251,
    1301, 1557, 1366, 1515, 1365, 1877, 1920, 1621, 1813, 1344, 1472, 2069, 1479, 1139, 1173, 1088, 747,
    1195, 1139, 1370, 939, 1144, 1144, 896, 1195, 1408, 1131, 1139, 1109, 1139, 1024, 938, 1024, 1685, 1024,
    1173, 1067, 1643, 1685, 1280, 1472, 1067, 1045, 1536, 1109, 1139, 1139, 1139, 747, 1045, 1024, 455, 569,
    455, 1856, 1664, 1139, 896, 1144, 1024, 1131,
];
const CYRILLIC_BOLD: [u16; 96] = [
    1366, 1370, 1813, 1161, 1457, 1366, 569, 565, 1139, 2240, 2176, 1792, 1250, 1479, 1274, 1472, 1479, 1472,
    1479, 1161, 1459, 1366, 1851, 1283, 1472, 1472, 1250, 1437, 1706, 1479, 1593, 1472, 1366, 1479, 1251,
    1274, 1748, 1366, 1496, 1439, 2058, 2087, 1781, 2005, 1472, 1457, 2112, 1472, 1139, 1265, 1259, 853,
    1300, 1139, 1452, 1018, 1259, 1259, 1025, 1301, 1515, 1237, 1251, 1237, 1251, 1139, 1003, 1139, 1792,
    1139, 1259, 1189, 1707, 1728, 1493, 1749, 1259, 1131, 1749, 1195, 1139, 1139, 1251, 853, 1131, 1139, 569,
    576, 569, 1984, 1856, 1251, 1025, 1259, 1139, 1237,
];

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: fn(&str) -> Words<'_> = |text| Words { text, size: 10_000, bold: false };

    #[test]
    fn widths_are_those_of_the_face() {
        // A figure of Arial is 1139/2048 em wide, a capital W 1933.
        assert_eq!(width("0", 2_048_000, false), 1_139_000);
        assert_eq!(width("W", 2_048_000, true), 1_933_000);
        assert_eq!(width("\u{200b}\u{202e}", 10_000, false), 0);
        assert!(width("Ґанок", 10_000, true) > width("Ґанок", 10_000, false));
    }

    #[test]
    fn lines_break_where_a_program_would() {
        assert_eq!(lines(&[PLAIN("")], 100_000), 1);
        assert_eq!(lines(&[PLAIN("one\ntwo\n")], 100_000), 3);
        let word = width("Mentoring", 10_000, false);
        let runs = [PLAIN("Mentoring "), PLAIN("Mentoring")];
        assert_eq!(lines(&runs, word * 3), 1);
        assert_eq!(lines(&runs, word * 11 / 10), 2);
        assert_eq!(lines(&[PLAIN("unbroken")], width("unbrok", 10_000, false)), 2);
        assert_eq!(lines(&[PLAIN("漢字漢字")], 22_000), 2);
    }

    #[test]
    fn what_is_cut_fits_and_nothing_is_lost() {
        let text = "Люди кажуть, що саме тут вони вперше наважилися говорити; ferry-strike 漢字漢字漢字漢字";
        for limit in [8_000, 30_000, 90_000, 400_000] {
            for most in 1..6 {
                let end = cut(&[PLAIN(text)], limit, most).map_or(text.len(), |(_, end)| end);
                assert!(end > 0 && text.is_char_boundary(end));
                assert!(
                    lines(&[PLAIN(&text[..end])], limit) <= most.max(1),
                    "{limit} {most}: {}",
                    &text[..end]
                );
                assert!(end == text.len() || lines(&[PLAIN(text)], limit) > most);
            }
        }
    }
}
