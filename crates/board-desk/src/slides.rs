//! The board deck of a report: 8, 14 or 10 slides by template, from the same words and figures as its pages.
//!
//! A slide holds what can be shown in a meeting; the words behind a chart go into the speaker notes. Lays nothing out.

use std::collections::BTreeMap;

use board_domain::{Report, Template};
use board_packs::{Block, PackPlan, Page};

use crate::{
    appendix,
    fault::Fault,
    lens::Lens,
    plan::{Exhibit, Making, Planner},
};

/// A slide between the key figures and the evidence.
#[derive(Clone, Copy)]
enum Slide {
    /// The words of a section.
    Words(&'static str),
    /// What stands behind a section.
    Shown(&'static str, Exhibit),
}

/// The slides of a template in order, and the section whose words close the deck.
fn order(template: Template) -> (&'static [Slide], &'static str) {
    use Exhibit::{Efficiency, Outcomes, People, Return, Sensitivity};
    use Slide::{Shown, Words};
    match template {
        Template::Quarterly => (
            &[
                Words("summary"),
                Shown("highlights", People),
                Shown("outcomes", Outcomes),
                Shown("value", Return),
            ],
            "outlook",
        ),
        Template::Annual => (
            &[
                Words("letter"),
                Words("overview"),
                Shown("overview", People),
                Words("materiality"),
                Words("outcomes"),
                Shown("outcomes", Outcomes),
                Words("value"),
                Shown("value", Return),
                Shown("value", Sensitivity),
                Words("assurance"),
            ],
            "forward",
        ),
        Template::Investor => (
            &[
                Words("summary"),
                Shown("method", Sensitivity),
                Shown("portfolio", Return),
                Shown("portfolio", Outcomes),
                Shown("capital", Efficiency),
                Words("risk"),
            ],
            "guidance",
        ),
    }
}

/// The plan of a report's deck. A section without words has no slide of words; one without evidence has no evidence.
pub(crate) fn build(lens: &Lens<'_>, report: &Report, making: &Making) -> Result<PackPlan, Fault> {
    let mut plan = Planner::new(lens, report, making);
    let key_figures = plan.key_figures()?;
    // In the order of the pages, so that a citation has the same number in both.
    let (mut written, mut titles) = (BTreeMap::new(), BTreeMap::new());
    for (id, heading) in report.template.sections() {
        written.insert(id, plan.words(id)?);
        titles.insert(id, heading.get(lens.locale).to_owned());
    }
    let title = |id: &str| titles.get(id).cloned().unwrap_or_default();
    let (slides, last) = order(report.template);
    let mut pages = vec![plan.cover(), only_table(key_figures)];
    pages.extend(plan.since()?);
    for slide in slides {
        match *slide {
            Slide::Words(id) => {
                let blocks = written.remove(id).unwrap_or_default();
                if !blocks.is_empty() {
                    pages.push(Page {
                        title: title(id),
                        blocks,
                        section: Some(title(id)),
                        ..Page::default()
                    });
                }
            }
            Slide::Shown(id, exhibit) => {
                let mut page = plan.exhibit(exhibit)?;
                // The words of the section are said with what it shows first.
                for block in written.remove(id).unwrap_or_default() {
                    page.notes.push_str("\n\n");
                    page.notes.push_str(&block.plain());
                }
                let notes = page.notes.trim().to_owned();
                pages.push(Page { section: Some(title(id)), notes, ..page });
            }
        }
    }
    pages.extend(plan.evidence()?);
    // Not slides: what the workbooks behind the charts say of their figures.
    pages.push(plan.lineage()?);
    let audit = appendix::audit(lens, report)?;
    let closing = written.remove(last).unwrap_or_default();
    let named = if closing.is_empty() { audit.title } else { title(last) };
    let blocks = closing.into_iter().chain(audit.blocks).collect();
    pages.push(Page { title: named, blocks, ..Page::default() });
    Ok(PackPlan { deck: true, ..plan.finish(pages)? })
}

/// The key figures as their table alone: a slide has no room for the cards as well.
fn only_table(page: Page) -> Page {
    let blocks = page.blocks.into_iter().filter(|block| matches!(block, Block::KpiTable { .. })).collect();
    Page { blocks, ..page }
}
