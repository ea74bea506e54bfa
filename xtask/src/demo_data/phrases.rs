//! Sentences by language and occasion, read from the phrase files. Not the texts made of them.

use std::collections::BTreeMap;

use board_domain::{Dimension, Locale};

use super::random::Random;

const FILES: [(Locale, &str); 3] = [
    (Locale::En, include_str!("phrases_en.txt")),
    (Locale::Nb, include_str!("phrases_nb.txt")),
    (Locale::Uk, include_str!("phrases_uk.txt")),
];

/// How well a sentence speaks of its dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    High,
    Medium,
    Low,
}

/// All sentences.
pub(crate) struct Phrases(BTreeMap<(Locale, String), Vec<&'static str>>);

impl Phrases {
    /// Reads the three files: `[occasion]` lines and sentences under them.
    pub(crate) fn read() -> Self {
        let mut phrases: BTreeMap<(Locale, String), Vec<&'static str>> = BTreeMap::new();
        for (locale, text) in FILES {
            let mut occasion = String::new();
            for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
                match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                    Some(name) => name.clone_into(&mut occasion),
                    None => phrases.entry((locale, occasion.clone())).or_default().push(line),
                }
            }
        }
        Self(phrases)
    }

    /// The sentences of an occasion, in the order of the file.
    pub(crate) fn of(&self, locale: Locale, occasion: &str) -> &[&'static str] {
        self.0.get(&(locale, occasion.to_owned())).map_or(&[], Vec::as_slice)
    }

    /// How a feedback on a programme begins.
    pub(crate) fn opening(&self, random: &mut Random, locale: Locale, programme: &str) -> &'static str {
        let sentence: &&str = random.pick(self.of(locale, &format!("opening {programme}")));
        sentence
    }
}

/// The occasion of a sentence on a dimension.
pub(crate) fn outcome(dimension: Dimension, tone: Tone) -> String {
    let tone = match tone {
        Tone::High => "high",
        Tone::Medium => "medium",
        Tone::Low => "low",
    };
    format!("outcome {} {tone}", dimension.code())
}
