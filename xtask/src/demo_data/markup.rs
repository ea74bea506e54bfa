//! A plain-text spelling of narratives, so that the demo's reports can be read and edited as text.
//!
//! `# Heading`, `- item`, `1. item`, `**bold**`, `*italic*`, `{sroi/2026-Q3/all}` and `[words](key)` for a citation of
//! a written feedback. Nothing nests. Not a format of the product.

use board_domain::{
    CitationAttrs, EvidenceId, FigureAttrs, FigureKey, HeadingAttrs, Inline, ListItem, Mark, Narrative,
    NarrativeBlock, Section,
};

use super::feedback::{evidence_id, id};

/// Why a text does not read.
#[derive(Debug, thiserror::Error)]
#[error("the narrative of {tenant} does not read near {near:?}")]
pub(crate) struct MarkupError {
    tenant: String,
    near: String,
}

/// Reads `== section` headings and the blocks below each.
pub(crate) fn sections(tenant: &str, text: &str) -> Result<Vec<Section>, MarkupError> {
    let mut sections: Vec<Section> = Vec::new();
    for block in text.split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
        if let Some(id) = block.strip_prefix("== ") {
            sections.push(Section { id: id.into(), narrative: Narrative { content: Vec::new() } });
        } else {
            let section = sections.last_mut().ok_or_else(|| fault(tenant, block))?;
            section.narrative.content.push(read_block(tenant, block)?);
        }
    }
    Ok(sections)
}

fn read_block(tenant: &str, block: &str) -> Result<NarrativeBlock, MarkupError> {
    let list = |strip: fn(&str) -> Option<&str>| -> Option<Result<Vec<ListItem>, MarkupError>> {
        let items: Option<Vec<&str>> = block.lines().map(strip).collect();
        items.map(|items| {
            items
                .into_iter()
                .map(|item| {
                    let content = inline(tenant, item)?;
                    Ok(ListItem { content: vec![NarrativeBlock::Paragraph { content }] })
                })
                .collect()
        })
    };
    if let Some(items) = list(|line| line.strip_prefix("- ")) {
        return Ok(NarrativeBlock::BulletList { content: items? });
    }
    if let Some(items) =
        list(|line| line.split_once(". ").filter(|(n, _)| n.parse::<u8>().is_ok()).map(|(_, rest)| rest))
    {
        return Ok(NarrativeBlock::OrderedList { content: items? });
    }
    let hashes = block.len() - block.trim_start_matches('#').len();
    let text = block.replace('\n', " ");
    if hashes == 0 {
        return Ok(NarrativeBlock::Paragraph { content: inline(tenant, &text)? });
    }
    let level = u8::try_from(hashes).map_err(|_| fault(tenant, block))?;
    Ok(NarrativeBlock::Heading {
        attrs: HeadingAttrs { level },
        content: inline(tenant, text[hashes..].trim_start())?,
    })
}

fn inline(tenant: &str, text: &str) -> Result<Vec<Inline>, MarkupError> {
    let mut runs = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['*', '{', '[']) {
        plain(&mut runs, &rest[..at]);
        let here = &rest[at..];
        let parted =
            |open: &str, close: &str| here.strip_prefix(open).and_then(|after| after.split_once(close));
        rest = if let Some((words, after)) = parted("**", "**") {
            // A figure within bold words stays a figure, which is shown bold anyway.
            for mut run in inline(tenant, words)? {
                if let Inline::Text { marks, .. } = &mut run {
                    marks.push(Mark::Bold);
                }
                runs.push(run);
            }
            after
        } else if let Some((words, after)) = parted("*", "*") {
            runs.push(Inline::Text { text: words.into(), marks: vec![Mark::Italic] });
            after
        } else if let Some((key, after)) = parted("{", "}") {
            let figure = FigureKey::parse(key).ok_or_else(|| fault(tenant, here))?;
            runs.push(Inline::Figure { attrs: FigureAttrs { figure } });
            after
        } else {
            let (words, after) = parted("[", "](").ok_or_else(|| fault(tenant, here))?;
            let (key, after) = after.split_once(')').ok_or_else(|| fault(tenant, here))?;
            let evidence =
                EvidenceId::new(evidence_id(tenant, &id(tenant, key))).map_err(|_| fault(tenant, here))?;
            let marks = vec![Mark::Citation { attrs: CitationAttrs { evidence } }];
            runs.push(Inline::Text { text: words.into(), marks });
            after
        };
    }
    plain(&mut runs, rest);
    Ok(runs)
}

fn plain(runs: &mut Vec<Inline>, text: &str) {
    if !text.is_empty() {
        runs.push(Inline::Text { text: text.into(), marks: Vec::new() });
    }
}

fn fault(tenant: &str, near: &str) -> MarkupError {
    MarkupError { tenant: tenant.into(), near: near.chars().take(60).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_reads() {
        let text = "== summary\n\n## Title\n\nA **b {hours/2026-Q3/all}** *c* {sroi/2026-Q3/all} [d](key).\n\n- one\n- two\n\n1. three";
        let sections = sections("fjordlys", text).unwrap();
        let json = serde_json::to_value(&sections[0].narrative).unwrap();
        let kinds: Vec<_> =
            json["content"].as_array().unwrap().iter().map(|b| b["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["heading", "paragraph", "bulletList", "orderedList"]);
        assert_eq!(sections[0].narrative.citations().len(), 1);
        assert_eq!(sections[0].narrative.figures().len(), 2);
    }

    #[test]
    fn what_does_not_read_is_refused() {
        for text in ["before any section", "== a\n\n{nonsense}", "== a\n\n[open", "== a\n\n[words](open"] {
            assert!(sections("fjordlys", text).is_err(), "{text}");
        }
    }
}
