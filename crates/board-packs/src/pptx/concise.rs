//! One slide a page: what a board deck shows, with the rest in the speaker notes. Lays nothing out that the full
//! presentation does not.

use super::deck::{BODY, BOTTOM, Deck, GAP, LEFT, SLACK, Shape, TOP, note};
use super::drawing::{Look, Mark, Paragraph};
use super::flow;
use super::ink::Ink;
use crate::text::{Mp, PT};
use crate::{ApprovalStep, Block, Page};

/// Words beside the code of the last slide.
const WIDTH: Mp = 620 * PT;
const CODE: Mp = 168 * PT;

impl<'a> Deck<'a> {
    /// The page on one slide. Its words stand whole in the notes where the slide could not hold them.
    pub(super) fn one_slide(&mut self, page: &'a Page) {
        let only = |kind: fn(&Block) -> bool| page.blocks.iter().all(kind);
        if only(|block| matches!(block, Block::Contents | Block::Lineage { .. } | Block::Methodology { .. }))
        {
            return;
        }
        if let Some((Block::Audit { approvals, content_hash }, text)) = page.blocks.split_last() {
            self.closing(page, text, approvals, content_hash);
            return;
        }
        let start = self.slides.len();
        self.lay(page);
        if self.slides.len() <= start + 1 {
            return;
        }
        let dropped = self.slides.split_off(start + 1);
        for place in self.evidence.values_mut() {
            *place = (*place).min(start);
        }
        let Some(slide) = self.slides.last_mut() else { return };
        for block in &page.blocks {
            note(&mut slide.notes, &block.plain());
        }
        for slide_dropped in dropped {
            note(&mut slide.notes, &slide_dropped.notes);
        }
        self.more();
    }

    /// Says below the content that there is more.
    fn more(&mut self) {
        let words = Paragraph::new(self.phrases.more, Look::new(11, Ink::Quiet));
        self.text("More", [LEFT, BOTTOM + 4 * PT, BODY, 14 * PT], vec![words]);
    }

    /// The last slide: words, who approved, and the code to check the file by.
    fn closing(&mut self, page: &'a Page, text: &[Block], approvals: &[ApprovalStep], content_hash: &str) {
        let words = self.words;
        self.open(&page.title, page.section.as_deref(), &page.notes, true);
        let room = BOTTOM - TOP;
        let mut cut = false;
        let paragraphs = if text.is_empty() {
            let mut paragraphs = vec![Paragraph {
                leading: 106,
                ..Paragraph::new(words.about_text, Look::new(16, Ink::Text)).after(18)
            }];
            for (number, step) in (1..).zip(words.verify_steps) {
                let step = Paragraph::new(step, Look::new(16, Ink::Text)).after(8);
                paragraphs.push(Paragraph { mark: Mark::Number(number), leading: 106, ..step });
            }
            paragraphs
        } else {
            let set = [18, 16, 15, 14, 13].into_iter().map(|size| flow::set(text, size));
            let height = |set: &[Paragraph]| set.iter().map(|paragraph| paragraph.height(WIDTH)).sum::<Mp>();
            let mut smallest = Vec::new();
            let mut fitting = None;
            for set in set {
                if height(&set) <= room {
                    fitting = Some(set);
                    break;
                }
                smallest = set;
            }
            cut = fitting.is_none();
            fitting.unwrap_or_else(|| upto(smallest, room))
        };
        self.text("Text", [LEFT, TOP, WIDTH, room - SLACK], paragraphs);
        let left = LEFT + BODY - CODE;
        self.push(Shape::Code([left, TOP, CODE, CODE]));
        let mut caption = vec![Paragraph::new(words.scan, Look::new(11, Ink::Quiet)).after(10)];
        for step in approvals.iter().rev().take(2).rev() {
            caption.push(Paragraph::new(step.action.as_str(), Look::new(12, Ink::Text).bold()));
            let by = format!("{}, {}", step.who, step.at);
            caption.push(Paragraph::new(by, Look::new(11, Ink::Quiet)).after(6));
        }
        let top = TOP + CODE + 8 * PT;
        self.text("Code", [left, top, CODE, BOTTOM - top], caption);
        if cut {
            self.more();
        }
        let Some(slide) = self.slides.last_mut() else { return };
        if cut {
            for block in text {
                note(&mut slide.notes, &block.plain());
            }
        }
        for (name, value) in self.facts {
            note(&mut slide.notes, &format!("{name}: {value}"));
        }
        if !content_hash.is_empty() {
            note(&mut slide.notes, &format!("{}: {content_hash}", words.content_hash));
        }
        note(&mut slide.notes, &format!("{}: {}", words.verify, words.verify_steps.join(" ")));
        self.y = BOTTOM + GAP;
    }
}

/// The paragraphs that fit, the last one cut between lines.
fn upto(paragraphs: Vec<Paragraph>, room: Mp) -> Vec<Paragraph> {
    let (mut used, mut kept) = (0, Vec::new());
    for paragraph in paragraphs {
        let height = paragraph.height(WIDTH);
        if used + height > room {
            let lines = (room - used - paragraph.before) / paragraph.line();
            if lines >= 2 && !paragraph.heading {
                kept.push(paragraph.cut(WIDTH, lines).0);
            }
            break;
        }
        used += height;
        kept.push(paragraph);
    }
    if kept.last().is_some_and(|last: &Paragraph| last.heading) {
        kept.pop();
    }
    kept
}
