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
