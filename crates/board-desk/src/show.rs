//! A show: what the boardroom presents, slide by slide, at one position of the log. Not a pack, and no window.
//!
//! The deck is what the audience sees and holds no note; notes stand beside it, for the presenter alone.

use std::collections::BTreeSet;

use board_domain::{Anchor, FigureKey, Inline, NarrativeBlock, Permission, Report, Shows, may_export};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    dashboards,
    desk::{Desk, parse_scope},
    fault::{Code, Fault},
    lens::Lens,
    plan,
    tiles::{self, Scope},
    view::{EvidenceView, FigureCard, NoteView, TileView},
    words,
};

/// Figures on one slide.
const CARDS: usize = 4;
/// Characters of text on one slide, so that it is read from the last row.
const LETTERS: usize = 420;
/// Lines of text on one slide.
const LINES: usize = 7;

/// What to present.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ShowRequest {
    /// Dashboards in order; none for a report alone.
    pub dashboards: Vec<String>,
    /// A report whose words come first.
    pub report: Option<String>,
    /// Period like `2026-Q3`; the newest ended quarter unless given.
    pub period: Option<String>,
    /// The position of the log; the newest unless given.
    #[ts(type = "number | null")]
    pub as_of: Option<u64>,
}

/// A show for the presenter.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ShowView {
    /// What the audience sees.
    pub deck: Deck,
    /// Notes of each slide, as many as the deck has slides.
    pub notes: Vec<Vec<SlideNote>>,
}

/// What the audience sees: slides and nothing beside them.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Deck {
    /// Title.
    pub title: String,
    /// Company.
    pub company: String,
    /// The company's accent colour, `#RRGGBB`.
    pub accent: String,
    /// The period, like `2026-Q3`.
    pub period: String,
    /// The position of the log that every slide shows.
    #[ts(type = "number")]
    pub seq: u64,
    /// When that was, RFC 3339 UTC.
    pub as_of: String,
    /// The slides; never empty.
    pub slides: Vec<Slide>,
}

/// A slide.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Slide {
    /// Its heading.
    pub title: String,
    /// Where it is from: the dashboard or the report.
    pub from: String,
    /// What it shows.
    pub body: SlideBody,
}

/// What a slide shows.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum SlideBody {
    /// The first one.
    Title {
        /// Second line.
        subtitle: String,
    },
    /// Up to four figures.
    Figures {
        /// The figures.
        cards: Vec<FigureCard>,
    },
    /// One chart; its picture is at the chart address of dashboard and tile.
    Chart {
        /// Dashboard id.
        dashboard: String,
        /// Tile id.
        tile: String,
        /// Alternative text, one sentence.
        alt: String,
    },
    /// Words.
    Text {
        /// Lines in order.
        lines: Vec<SlideLine>,
    },
    /// What people said.
    Evidence {
        /// Snippets, at most three.
        items: Vec<EvidenceView>,
    },
    /// The last one.
    End {
        /// What it says.
        words: String,
    },
}

/// A line of text on a slide.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SlideLine {
    /// `heading`, `paragraph` or `item`.
    pub kind: String,
    /// The words.
    pub text: String,
}

/// A note for the presenter.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SlideNote {
    /// Who wrote it.
    pub author: String,
    /// Whether only its author may read it.
    pub private: bool,
    /// The words.
    pub text: String,
}

impl Desk {
    /// Everything to present, at one position: nothing of it moves while it is shown.
    pub fn show(&self, request: &ShowRequest) -> Result<ShowView, Fault> {
        let notes = self.notes()?;
        let (period, _) = parse_scope(request.period.as_deref(), None)?;
        self.read_arranged(request.as_of, |lens, reading| {
            let clock = self.clock(lens, reading)?;
            let scope = dashboards::scope(lens, period, None, clock)?;
            let evidence = reading.role.may(Permission::SeeEvidence);
            let mut making = Making { lens, scope, slides: Vec::new(), notes: Vec::new(), all: notes };
            let title = if let Some(id) = &request.report {
                let report = plan::find_report(lens, id)?;
                if !may_export(reading.role, &report) {
                    return Err(Code::Forbidden.into());
                }
                making.opening(&report.title);
                making.report(&report)?;
                report.title
            } else {
                making.opening(&lens.tenant.name);
                lens.tenant.name.clone()
            };
            for id in &request.dashboards {
                making.dashboard(id, evidence, reading.seq)?;
            }
            let end = words::thank_you(lens.locale).to_owned();
            making.push(&title, lens.tenant.name.clone(), SlideBody::End { words: end }, Vec::new());
            let deck = Deck {
                title,
                company: lens.tenant.name.clone(),
                accent: lens.tenant.accent.clone(),
                period: making.scope.period.to_string(),
                seq: reading.seq,
                as_of: clock.to_string(),
                slides: making.slides,
            };
            Ok(ShowView { deck, notes: making.notes })
        })
    }
}

struct Making<'a> {
    lens: &'a Lens<'a>,
    scope: Scope,
    slides: Vec<Slide>,
    notes: Vec<Vec<SlideNote>>,
    all: Vec<NoteView>,
}

impl Making<'_> {
    fn push(&mut self, from: &str, title: String, body: SlideBody, notes: Vec<SlideNote>) {
        self.slides.push(Slide { title, from: from.to_owned(), body });
        self.notes.push(notes);
    }

    fn opening(&mut self, title: &str) {
        let subtitle = self.lens.locale.period(self.scope.period);
        self.push("", title.to_owned(), SlideBody::Title { subtitle }, Vec::new());
    }

    /// Notes that an anchor admits.
    fn about(&self, admits: impl Fn(&Anchor) -> bool) -> Vec<SlideNote> {
        let wanted = self.all.iter().filter(|note| admits(&note.anchor));
        let note = |note: &NoteView| SlideNote {
            author: note.author.clone(),
            private: !note.shared,
            text: note.text.clone(),
        };
        wanted.map(note).collect()
    }

    fn about_figures(&self, keys: &BTreeSet<FigureKey>) -> Vec<SlideNote> {
        self.about(|anchor| matches!(anchor, Anchor::Figure { figure } if keys.contains(figure)))
    }

    fn report(&mut self, report: &Report) -> Result<(), Fault> {
        for (id, heading) in report.template.sections() {
            let Some(section) = report.sections.iter().find(|section| section.id == id) else { continue };
            let mut lines = Vec::new();
            for block in &section.narrative.content {
                self.lines(block, &mut lines)?;
            }
            let notes = self.about(|anchor| match anchor {
                Anchor::Section { report: of, section } | Anchor::Passage { report: of, section, .. } => {
                    *of == report.id && section == id
                }
                Anchor::Figure { .. } => false,
            });
            let title = heading.get(self.lens.locale).to_owned();
            for (index, lines) in pages(lines).into_iter().enumerate() {
                let notes = if index == 0 { notes.clone() } else { Vec::new() };
                self.push(&report.title, title.clone(), SlideBody::Text { lines }, notes);
            }
        }
        Ok(())
    }

    fn lines(&self, block: &NarrativeBlock, out: &mut Vec<SlideLine>) -> Result<(), Fault> {
        let mut line = |kind: &str, content: &[Inline]| -> Result<(), Fault> {
            let text = self.words(content)?;
            if !text.trim().is_empty() {
                out.push(SlideLine { kind: kind.to_owned(), text });
            }
            Ok(())
        };
        match block {
            NarrativeBlock::Paragraph { content } => line("paragraph", content),
            NarrativeBlock::Heading { content, .. } => line("heading", content),
            NarrativeBlock::BulletList { content } | NarrativeBlock::OrderedList { content } => {
                for inner in content.iter().flat_map(|item| &item.content) {
                    match inner {
                        NarrativeBlock::Paragraph { content } | NarrativeBlock::Heading { content, .. } => {
                            let text = self.words(content)?;
                            out.push(SlideLine { kind: "item".to_owned(), text });
                        }
                        list => self.lines(list, out)?,
                    }
                }
                Ok(())
            }
        }
    }

    fn words(&self, content: &[Inline]) -> Result<String, Fault> {
        let mut text = String::new();
        for inline in content {
            match inline {
                Inline::Text { text: words, .. } => text.push_str(words),
                Inline::Figure { attrs } => {
                    let card = tiles::card(
                        self.lens,
                        &Scope { period: attrs.figure.period, programme: attrs.figure.programme.clone() },
                        &attrs.figure.metric,
                    )?;
                    text.push_str(&card.value);
                }
            }
        }
        Ok(text)
    }

    fn dashboard(&mut self, id: &str, evidence: bool, seq: u64) -> Result<(), Fault> {
        let view = dashboards::view(self.lens, id, &self.scope, &[], evidence, seq)?;
        let laid = self.lens.dashboard(&view.id)?.map(|dashboard| dashboard.tiles).unwrap_or_default();
        let mut cards: Vec<FigureCard> = Vec::new();
        let mut rest = Vec::new();
        for tile in view.tiles {
            match tile {
                TileView::Kpi { card, .. } => cards.push(card),
                other => rest.push(other),
            }
        }
        for cards in cards.chunks(CARDS) {
            let keys = cards.iter().filter_map(|card| FigureKey::parse(&card.figure)).collect();
            let notes = self.about_figures(&keys);
            self.push(&view.title, view.title.clone(), SlideBody::Figures { cards: cards.to_vec() }, notes);
        }
        for tile in rest {
            match tile {
                TileView::Chart { id: tile, title, alt, empty: None, .. } => {
                    let drawn = laid.iter().find(|known| known.id == tile).map(|known| &known.shows);
                    let keys = drawn.map(|shows| self.keys(shows)).transpose()?.unwrap_or_default();
                    let notes = self.about_figures(&keys);
                    let body = SlideBody::Chart { dashboard: view.id.clone(), tile, alt };
                    self.push(&view.title, title, body, notes);
                }
                TileView::Evidence { title, items, .. } if !items.is_empty() => {
                    let items = items.into_iter().take(3).collect();
                    self.push(&view.title, title, SlideBody::Evidence { items }, Vec::new());
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn keys(&self, shows: &Shows) -> Result<BTreeSet<FigureKey>, Fault> {
        Ok(tiles::chart_figures(self.lens, &self.scope, shows)?.into_keys().collect())
    }
}

/// Lines as slides: as many as can be read, a heading never last.
fn pages(lines: Vec<SlideLine>) -> Vec<Vec<SlideLine>> {
    let mut pages: Vec<Vec<SlideLine>> = Vec::new();
    let mut letters = 0;
    for line in lines {
        let length = line.text.chars().count();
        let full = pages
            .last()
            .is_none_or(|page| letters + length > LETTERS && !page.is_empty() || page.len() >= LINES);
        if full {
            let stranded = pages.last_mut().and_then(|page| page.pop_if(|last| last.kind == "heading"));
            letters = stranded.as_ref().map_or(0, |heading| heading.text.chars().count());
            pages.push(stranded.into_iter().collect());
        }
        letters += length;
        if let Some(page) = pages.last_mut() {
            page.push(line);
        }
    }
    pages.retain(|page| !page.is_empty());
    pages
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kind: &str, length: usize) -> SlideLine {
        SlideLine { kind: kind.into(), text: "a".repeat(length) }
    }

    #[test]
    fn no_line_is_lost_and_no_heading_ends_a_slide() {
        let lines = vec![
            line("paragraph", 400),
            line("heading", 10),
            line("paragraph", 300),
            line("item", 60),
            line("item", 100),
            line("paragraph", 900),
        ];
        let count = lines.len();
        let pages = pages(lines);
        assert_eq!(pages.iter().map(Vec::len).sum::<usize>(), count);
        for page in &pages {
            assert_ne!(page.last().unwrap().kind, "heading");
            let letters: usize = page.iter().map(|line| line.text.len()).sum();
            assert!(letters <= LETTERS || page.len() == 1, "{letters}");
        }
        assert!(super::pages(Vec::new()).is_empty());
    }

    #[test]
    fn what_the_audience_sees_has_no_place_for_notes() {
        let deck = Deck {
            title: String::new(),
            company: String::new(),
            accent: String::new(),
            period: String::new(),
            seq: 1,
            as_of: String::new(),
            slides: vec![Slide {
                title: String::new(),
                from: String::new(),
                body: SlideBody::Text { lines: vec![line("item", 1)] },
            }],
        };
        let text = serde_json::to_string(&deck).unwrap();
        assert!(!text.contains("note"), "{text}");
    }
}
