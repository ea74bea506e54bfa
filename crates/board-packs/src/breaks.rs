//! Where a line may end: Unicode line breaking (UAX 14), and syllables in three languages. Measures nothing.

use std::sync::LazyLock;

use board_domain::Locale;
use icu_segmenter::options::LineBreakOptions;
use icu_segmenter::{LineSegmenter, LineSegmenterBorrowed};
use unicode_bidi::{BidiInfo, Level};

static SEGMENTER: LazyLock<LineSegmenterBorrowed<'static>> =
    LazyLock::new(|| LineSegmenter::new_for_non_complex_scripts(LineBreakOptions::default()));

/// Fewest letters of a word that is hyphenated.
const SHORTEST: usize = 6;

/// The ends of the stretches that no line may split, the text's own end last.
pub(crate) fn ends(text: &str) -> Vec<usize> {
    if text.is_empty() {
        return Vec::new();
    }
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b',') {
        return vec![text.len()];
    }
    SEGMENTER.segment_str(text).filter(|end| *end > 0).collect()
}

/// The places inside a word where a hyphen may stand, as lengths in bytes, shortest first.
///
/// Leaves alone what is no plain word: figures, addresses, words in capitals, words of another script.
pub(crate) fn hyphens(word: &str, language: Locale) -> Vec<usize> {
    let start = word.find(char::is_alphabetic).unwrap_or(word.len());
    let end = word
        .rfind(char::is_alphabetic)
        .map_or(start, |last| last + word[last..].chars().next().map_or(0, char::len_utf8));
    let core = &word[start..end];
    let letters = core.chars().count();
    // Hyphenation patterns are read per letter; beyond this no word is one.
    if !(SHORTEST..=60).contains(&letters) || !core.chars().all(|c| c.is_alphabetic() || c == '\u{2019}') {
        return Vec::new();
    }
    if core.chars().skip(1).any(char::is_uppercase) {
        return Vec::new();
    }
    let of_language = match language {
        Locale::Uk => |c: char| matches!(c, '\u{400}'..='\u{52f}' | '\u{2019}'),
        Locale::En | Locale::Nb => |c: char| c < '\u{250}' || c == '\u{2019}',
    };
    if !core.chars().all(of_language) {
        return Vec::new();
    }
    let patterns = match language {
        Locale::En => hypher::Lang::English,
        Locale::Nb => hypher::Lang::Norwegian,
        Locale::Uk => hypher::Lang::Ukrainian,
    };
    let mut at = start;
    let mut places: Vec<usize> = hypher::hyphenate_bounded(core, patterns, 2, 3)
        .map(|syllable| {
            at += syllable.len();
            at
        })
        .collect();
    // The last syllable ends the word.
    places.pop();
    places
}

/// Embedding levels per byte; `None` where everything reads from left to right.
pub(crate) fn levels(text: &str) -> Option<Vec<Level>> {
    let is_leftward = |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}');
    if text.is_ascii() || !text.chars().any(is_leftward) {
        return None;
    }
    Some(BidiInfo::new(text, Some(Level::ltr())).levels)
}

/// The order in which pieces of these levels stand from left to right.
pub(crate) fn visual(levels: &[Level]) -> Vec<usize> {
    BidiInfo::reorder_visual(levels)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<&str> {
        let mut start = 0;
        ends(text)
            .into_iter()
            .map(|end| {
                let part = &text[start..end];
                start = end;
                part
            })
            .collect()
    }

    fn split(word: &str, language: Locale) -> String {
        let mut text = String::new();
        let mut start = 0;
        for at in hyphens(word, language) {
            text.push_str(&word[start..at]);
            text.push('-');
            start = at;
        }
        text + &word[start..]
    }

    #[test]
    fn lines_break_where_unicode_says() {
        assert_eq!(parts("one two-three"), ["one ", "two-", "three"]);
        assert_eq!(
            parts("«Språkkafé» (nytt) 1\u{a0}250 kr."),
            ["«Språkkafé» ", "(nytt) ", "1\u{a0}250 ", "kr."]
        );
        assert_eq!(parts("так — ні"), ["так ", "— ", "ні"]);
        assert_eq!(parts("−3,0\u{a0}% 3.42:1"), ["−3,0\u{a0}% ", "3.42:1"]);
        assert_eq!(parts("a\nb"), ["a\n", "b"]);
        assert_eq!(parts(""), [""; 0]);
    }

    #[test]
    fn words_are_hyphenated_in_their_own_language() {
        assert_eq!(split("governance", Locale::En), "gov-er-nance");
        assert_eq!(split("(sysselsetting),", Locale::Nb), "(sys-sel-set-ting),");
        assert_eq!(split("працевлаштування", Locale::Uk), "пра-це-вла-шту-ва-ння");
        for word in ["NATO-landene", "SYSSELSETTING", "3.42:1", "a@example.org", "", "bord", "McDonalds"] {
            assert_eq!(split(word, Locale::Nb), word);
        }
        assert_eq!(split("працевлаштування", Locale::En), "працевлаштування");
        assert!(hyphens(&"o".repeat(100_000), Locale::En).is_empty());
    }
}
