//! Notes of people on figures, sections and passages. Not where they are shown.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{FigureKey, NoteId, PersonId, ReportId};

/// What a note is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "on", rename_all = "snake_case")]
#[ts(export)]
pub enum Anchor {
    /// A figure.
    Figure {
        /// Its key.
        #[ts(type = "string")]
        figure: FigureKey,
    },
    /// A section of a report.
    Section {
        /// The report.
        report: ReportId,
        /// Section id.
        section: String,
    },
    /// Words within a section; the quote finds them again in a later version.
    Passage {
        /// The report.
        report: ReportId,
        /// Section id.
        section: String,
        /// The words, 1-300 characters.
        quote: String,
    },
}

/// A note. It belongs to its author; sharing is decided when it is first written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Note {
    /// Its id, chosen by the client, unique among the author's notes.
    pub id: NoteId,
    /// Who wrote it.
    pub author: PersonId,
    /// What it is about.
    pub anchor: Anchor,
    /// The words, 1-4,000 characters.
    pub text: String,
    /// Whether all who may see evidence may read it, or the author alone.
    pub shared: bool,
}

impl Note {
    /// Key of its row: two people's notes never meet, whatever their ids.
    pub fn key(author: &PersonId, id: &NoteId) -> String {
        format!("{author}/{id}")
    }

    /// Whether lengths and the section id are within their rules.
    pub(crate) fn is_well_formed(&self) -> bool {
        let within = |text: &str, most| (1..=most).contains(&text.trim().chars().count());
        let anchored = match &self.anchor {
            Anchor::Figure { .. } => true,
            Anchor::Section { section, .. } => within(section, 64),
            Anchor::Passage { section, quote, .. } => within(section, 64) && within(quote, 300),
        };
        anchored && within(&self.text, 4_000)
    }
}

/// Where the words of a note are in a text that may have changed since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Standing {
    /// The words are there.
    Here,
    /// Words like them are there.
    Changed,
    /// What the note is about is gone.
    Gone,
}

/// Part of a quote's words that must be found together for a passage to count as the same, changed.
const ALIKE: f64 = 0.6;

/// Looks for a quote in a text of a later version: as it is, but for white space and case, or else the stretch of as many
/// words that shares most of them. Gives how it stands and the words found.
pub fn find_passage(text: &str, quote: &str) -> (Standing, String) {
    let wanted: Vec<String> = quote.split_whitespace().map(str::to_lowercase).collect();
    let words: Vec<&str> = text.split_whitespace().collect();
    let folded: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    if wanted.is_empty() || words.is_empty() {
        return (Standing::Gone, String::new());
    }
    let length = wanted.len().min(words.len());
    let stretch = |from: usize| words[from..from + length].join(" ");
    if let Some(from) = folded.windows(wanted.len()).position(|window| window == wanted) {
        return (Standing::Here, stretch(from));
    }
    // A quote may begin or end within a word.
    let whole = (folded.join(" "), wanted.join(" "));
    if whole.0.contains(&whole.1) {
        return (Standing::Here, quote.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    // Words still missing from the window, counted: below 0 means more of them than wanted.
    let mut missing = std::collections::HashMap::<&str, i64>::new();
    for word in &wanted {
        *missing.entry(word).or_default() += 1;
    }
    let (mut shared, mut best, mut best_from) = (0_usize, 0, 0);
    for (end, word) in folded.iter().enumerate() {
        if let Some(left) = missing.get_mut(word.as_str()) {
            shared += usize::from(*left > 0);
            *left -= 1;
        }
        if end >= length
            && let Some(left) = missing.get_mut(folded[end - length].as_str())
        {
            *left += 1;
            shared -= usize::from(*left > 0);
        }
        if shared > best && end + 1 >= length {
            (best, best_from) = (shared, end + 1 - length);
        }
    }
    #[allow(clippy::cast_precision_loss, reason = "counts of words")]
    let alike = best as f64 / wanted.len() as f64;
    if alike >= ALIKE { (Standing::Changed, stretch(best_from)) } else { (Standing::Gone, String::new()) }
}
