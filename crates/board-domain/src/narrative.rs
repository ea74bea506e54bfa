//! Narrative as structured JSON in the shape of a `ProseMirror` document, and the rules it must meet.
//!
//! Never HTML; nothing here renders.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{EvidenceId, FigureKey};

/// Largest narrative of one section, in characters.
pub const LONGEST_SECTION: usize = 40_000;

/// The document of one section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename = "doc")]
#[ts(export)]
pub struct Narrative {
    /// Blocks in reading order.
    #[serde(default)]
    pub content: Vec<NarrativeBlock>,
}

/// A block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
#[ts(export)]
pub enum NarrativeBlock {
    /// A paragraph.
    Paragraph {
        /// Its runs.
        #[serde(default)]
        content: Vec<Inline>,
    },
    /// A heading.
    Heading {
        /// Level 1-3.
        attrs: HeadingAttrs,
        /// Its runs.
        #[serde(default)]
        content: Vec<Inline>,
    },
    /// A bulleted list.
    BulletList {
        /// Items.
        #[serde(default)]
        content: Vec<ListItem>,
    },
    /// A numbered list.
    OrderedList {
        /// Items.
        #[serde(default)]
        content: Vec<ListItem>,
    },
}

/// Attributes of a heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HeadingAttrs {
    /// 1-3.
    pub level: u8,
}

/// One item of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename = "listItem")]
#[ts(export)]
pub struct ListItem {
    /// Its blocks, paragraphs as a rule.
    #[serde(default)]
    pub content: Vec<NarrativeBlock>,
}

/// A run within a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
#[ts(export)]
pub enum Inline {
    /// Words.
    Text {
        /// The words.
        text: String,
        /// Emphasis and citation.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        marks: Vec<Mark>,
    },
    /// A figure that fills itself from data.
    Figure {
        /// Which.
        attrs: FigureAttrs,
    },
}

/// Attributes of a figure reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FigureAttrs {
    /// The figure.
    pub figure: FigureKey,
}

/// A mark on words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
#[ts(export)]
pub enum Mark {
    /// Bold.
    Bold,
    /// Italic.
    Italic,
    /// A citation of evidence.
    Citation {
        /// Which.
        attrs: CitationAttrs,
    },
}

/// Attributes of a citation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CitationAttrs {
    /// The evidence.
    pub evidence: EvidenceId,
}

/// What keeps a narrative from being submitted for review.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, TS)]
#[serde(tag = "fault", rename_all = "snake_case")]
#[ts(export)]
pub enum NarrativeFault {
    /// Nothing was written.
    #[error("the section is empty")]
    Empty,
    /// Longer than [`LONGEST_SECTION`].
    #[error("the section is longer than {LONGEST_SECTION} characters")]
    TooLong,
    /// A heading outside 1-3, or lists nested deeper than three.
    #[error("block {block} has a heading or a list outside the allowed levels")]
    Structure {
        /// Index of the block.
        block: usize,
    },
    /// A paragraph of more than 10 words without a citation.
    #[error("paragraph {block} has more than 10 words and no citation")]
    Uncited {
        /// Index of the block.
        block: usize,
    },
    /// Fewer than 0.5 citations per 100 words over the section.
    #[error("{citations} citations for {words} words; at least one for every 200 is needed")]
    Sparse {
        /// Words in paragraphs.
        words: usize,
        /// Citations.
        citations: usize,
    },
}

impl Narrative {
    /// Every fault against the rules of review; empty when it may be submitted.
    pub fn faults(&self) -> Vec<NarrativeFault> {
        let mut faults = Vec::new();
        let (mut words, mut citations, mut length) = (0, 0, 0);
        for (block, content) in self.content.iter().enumerate() {
            if !content.well_formed(0) {
                faults.push(NarrativeFault::Structure { block });
                continue;
            }
            let (count, cited, characters) = content.measure();
            length += characters;
            if matches!(content, NarrativeBlock::Heading { .. }) {
                continue;
            }
            words += count;
            citations += cited;
            if count > 10 && cited == 0 && matches!(content, NarrativeBlock::Paragraph { .. }) {
                faults.push(NarrativeFault::Uncited { block });
            }
        }
        if length == 0 && self.figures().is_empty() {
            faults.push(NarrativeFault::Empty);
        }
        if length > LONGEST_SECTION {
            faults.push(NarrativeFault::TooLong);
        }
        if words > 10 && citations * 200 < words {
            faults.push(NarrativeFault::Sparse { words, citations });
        }
        faults
    }

    /// Evidence it cites, in order of first citation.
    pub fn citations(&self) -> Vec<EvidenceId> {
        let (mut seen, mut order) = (BTreeSet::new(), Vec::new());
        self.runs(&mut |run| {
            if let Inline::Text { marks, .. } = run {
                for mark in marks {
                    if let Mark::Citation { attrs } = mark
                        && seen.insert(attrs.evidence.clone())
                    {
                        order.push(attrs.evidence.clone());
                    }
                }
            }
        });
        order
    }

    /// Figures it refers to.
    pub fn figures(&self) -> BTreeSet<FigureKey> {
        let mut figures = BTreeSet::new();
        self.runs(&mut |run| {
            if let Inline::Figure { attrs } = run {
                figures.insert(attrs.figure.clone());
            }
        });
        figures
    }

    /// Its words, a line for each paragraph, heading and list item; figures stand as their lineage ids.
    pub fn text(&self) -> String {
        let mut lines = Vec::new();
        for block in &self.content {
            block.lines(&mut lines);
        }
        lines.join("\n")
    }

    fn runs(&self, visit: &mut impl FnMut(&Inline)) {
        for block in &self.content {
            block.runs(visit);
        }
    }
}

impl NarrativeBlock {
    fn runs(&self, visit: &mut impl FnMut(&Inline)) {
        match self {
            Self::Paragraph { content } | Self::Heading { content, .. } => content.iter().for_each(visit),
            Self::BulletList { content } | Self::OrderedList { content } => {
                for block in content.iter().flat_map(|item| &item.content) {
                    block.runs(visit);
                }
            }
        }
    }

    fn lines(&self, lines: &mut Vec<String>) {
        match self {
            Self::Paragraph { content } | Self::Heading { content, .. } => {
                let words = content.iter().map(|run| match run {
                    Inline::Text { text, .. } => text.clone(),
                    Inline::Figure { attrs } => attrs.figure.to_string(),
                });
                lines.push(words.collect());
            }
            Self::BulletList { content } | Self::OrderedList { content } => {
                content.iter().flat_map(|item| &item.content).for_each(|block| block.lines(lines));
            }
        }
    }

    /// Words, citations and characters.
    fn measure(&self) -> (usize, usize, usize) {
        let (mut text, mut cited) = (String::new(), BTreeSet::new());
        self.runs(&mut |run| match run {
            Inline::Text { text: words, marks } => {
                text.push_str(words);
                cited.extend(marks.iter().filter_map(|mark| match mark {
                    Mark::Citation { attrs } => Some(attrs.evidence.clone()),
                    _ => None,
                }));
            }
            Inline::Figure { .. } => text.push_str(" # "),
        });
        (text.split_whitespace().count(), cited.len(), text.chars().count())
    }

    fn well_formed(&self, depth: u8) -> bool {
        match self {
            Self::Paragraph { .. } => true,
            Self::Heading { attrs, .. } => depth == 0 && (1..=3).contains(&attrs.level),
            Self::BulletList { content } | Self::OrderedList { content } => {
                depth < 3
                    && content.iter().flat_map(|item| &item.content).all(|block| block.well_formed(depth + 1))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Narrative {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn an_uncited_paragraph_is_named() {
        let text = "one two three four five six seven eight nine ten eleven";
        let uncited = parse(&format!(
            r#"{{"type":"doc","content":[{{"type":"paragraph","content":[{{"type":"text","text":"{text}"}}]}}]}}"#
        ));
        assert_eq!(
            uncited.faults(),
            [NarrativeFault::Uncited { block: 0 }, NarrativeFault::Sparse { words: 11, citations: 0 }]
        );
        let cited = parse(&format!(
            r#"{{"type":"doc","content":[{{"type":"paragraph","content":[{{"type":"text","text":"{text}","marks":[{{"type":"bold"}},{{"type":"citation","attrs":{{"evidence":"ev-1"}}}}]}}]}}]}}"#
        ));
        assert_eq!(cited.faults(), []);
        assert_eq!(cited.citations()[0].as_str(), "ev-1");
    }

    #[test]
    fn structure_is_bounded() {
        let heading =
            parse(r#"{"type":"doc","content":[{"type":"heading","attrs":{"level":7},"content":[]}]}"#);
        assert!(heading.faults().contains(&NarrativeFault::Structure { block: 0 }));
        assert_eq!(parse(r#"{"type":"doc"}"#).faults(), [NarrativeFault::Empty]);
        assert!(
            serde_json::from_str::<Narrative>(r#"{"type":"doc","content":[{"type":"html","raw":"<b>"}]}"#)
                .is_err()
        );
    }

    #[test]
    fn figure_references_are_found() {
        let doc = parse(
            r#"{"type":"doc","content":[{"type":"bulletList","content":[{"type":"listItem","content":[{"type":"paragraph","content":[{"type":"figure","attrs":{"figure":"sroi/2026-Q3/all"}}]}]}]}]}"#,
        );
        assert_eq!(doc.figures().len(), 1);
        let again: Narrative = serde_json::from_str(&serde_json::to_string(&doc).unwrap()).unwrap();
        assert_eq!(again, doc);
    }
}
