//! Finds the watermark that each slide of a presentation shows: its own, or its master's. Trusts nothing it reads.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::drawing::WATERMARK;
use super::read::{Unpacked, push_text};

/// The watermark's words on each slide of the presentation, in order; empty where there is none. A slide shows the one
/// of its master, unless it or its layout hides the master's shapes; in older packs it has one of its own.
pub(super) fn watermarks(parts: &Unpacked) -> Result<Vec<String>, String> {
    let slides = related(parts, "ppt/presentation.xml", "slide")?;
    let shown = parts.keys().filter(|name| name.starts_with("ppt/slides/slide")).count();
    if shown != slides.len() {
        return Err("the archive's slides are not those of the presentation".into());
    }
    let mut masters: BTreeMap<String, String> = BTreeMap::new();
    slides
        .iter()
        .map(|slide| {
            let own = Shown::of(parts, slide)?;
            if !own.watermark.is_empty() || !own.shows_master {
                return Ok(own.watermark);
            }
            let layout = one(related(parts, slide, "slideLayout")?, slide)?;
            if let Some(words) = masters.get(&layout) {
                return Ok(words.clone());
            }
            let words = if Shown::of(parts, &layout)?.shows_master {
                Shown::of(parts, &one(related(parts, &layout, "slideMaster")?, &layout)?)?.watermark
            } else {
                String::new()
            };
            masters.insert(layout, words.clone());
            Ok(words)
        })
        .collect()
}

fn one(mut parts: Vec<String>, from: &str) -> Result<String, String> {
    match (parts.pop(), parts.is_empty()) {
        (Some(part), true) => Ok(part),
        _ => Err(format!("{from} does not lead to one part")),
    }
}

/// The parts that a part leads to by relationships of a kind, in their order.
fn related(parts: &Unpacked, from: &str, kind: &str) -> Result<Vec<String>, String> {
    let (folder, file) = from.rsplit_once('/').unwrap_or(("", from));
    let name = format!("{folder}/_rels/{file}.rels");
    let relations = parts.get(&name).ok_or_else(|| format!("{name} is missing"))?;
    let mut found = Vec::new();
    let mut reader = Reader::from_reader(relations.as_slice());
    loop {
        match reader.read_event().map_err(|error| format!("{name}: {error}"))? {
            Event::Empty(element) | Event::Start(element) if element.name().as_ref() == "Relationship" => {
                let found_kind = attribute(&element, "Type")?.unwrap_or_default();
                if found_kind.rsplit('/').next() != Some(kind) {
                    continue;
                }
                let target = attribute(&element, "Target")?.ok_or("a relationship without a target")?;
                let mut path: Vec<&str> = folder.split('/').collect();
                for step in target.split('/') {
                    if step == ".." {
                        path.pop();
                    } else {
                        path.push(step);
                    }
                }
                found.push(path.join("/"));
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

/// What of a slide, layout or master bears on the watermark.
struct Shown {
    watermark: String,
    shows_master: bool,
}

impl Shown {
    fn of(parts: &Unpacked, name: &str) -> Result<Self, String> {
        let part = parts.get(name).ok_or_else(|| format!("{name} is missing"))?;
        Self::read(part).map_err(|error| format!("{name}: {error}"))
    }

    fn read(part: &[u8]) -> Result<Self, String> {
        let mut reader = Reader::from_reader(part);
        let mut words = String::new();
        let mut shows_master = true;
        let (mut inside, mut in_text) = (false, false);
        loop {
            let event = reader.read_event().map_err(|error| error.to_string())?;
            match &event {
                Event::Start(element) if matches!(element.name().as_ref(), "p:sld" | "p:sldLayout") => {
                    let shows = attribute(element, "showMasterSp")?;
                    shows_master = shows.is_none_or(|shows| shows == "1" || shows == "true");
                }
                Event::Start(element) | Event::Empty(element) if element.name().as_ref() == "p:cNvPr" => {
                    inside = attribute(element, "name")?.is_some_and(|name| name == WATERMARK)
                        && attribute(element, "hidden")?.is_none();
                }
                Event::Start(element) if element.name().as_ref() == "a:t" => in_text = inside,
                Event::End(element) if element.name().as_ref() == "a:t" => in_text = false,
                Event::Eof => return Ok(Self { watermark: words, shows_master }),
                event if in_text => push_text(event, &mut words).ok_or("unreadable text")?,
                _ => {}
            }
        }
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, String> {
    let found = element.try_get_attribute(name).map_err(|error| error.to_string())?;
    Ok(found.map(|attribute| attribute.value.into_owned()))
}
