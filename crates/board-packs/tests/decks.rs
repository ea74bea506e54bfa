//! Presentations as packages: structure, places, fonts and what outside programs read in them.
// Helpers of tests may panic as the tests themselves do; part names are case-sensitive.
#![allow(clippy::unwrap_used, clippy::case_sensitive_file_extension_comparisons)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

use board_packs::{Block, Item, List, PackPlan, Page, Run, verify, write_pptx};
use common::{decks, go_on, key, plan, trusted};
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

type Parts = BTreeMap<String, Vec<u8>>;

fn written(plan: &PackPlan) -> Vec<u8> {
    write_pptx(plan, &key(), &mut go_on).unwrap().bytes
}

fn samples() -> [(&'static str, PackPlan); 4] {
    [("en", plan()), ("nb", decks::norwegian()), ("uk", decks::ukrainian()), ("charts", decks::every_chart())]
}

/// Parts by name; no name twice, not even in other letters.
fn unpack(bytes: &[u8]) -> Parts {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = Parts::new();
    let mut names = BTreeSet::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        assert!(names.insert(name.to_lowercase()), "{name} twice");
        let mut part = Vec::new();
        entry.read_to_end(&mut part).unwrap();
        parts.insert(name, part);
    }
    parts
}

/// Every start tag of a part, whose XML must be well-formed.
fn tags(part: &[u8], mut each: impl FnMut(&BytesStart<'_>)) {
    let mut reader = Reader::from_reader(part);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) | Event::Empty(tag) => each(&tag),
            Event::Eof => return,
            _ => {}
        }
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    tag.try_get_attribute(name).unwrap().map(|attribute| attribute.value.into_owned())
}

/// Relationships of a part: id → part it leads to.
fn relations(parts: &Parts, from: &str) -> BTreeMap<String, String> {
    let (folder, file) = from.rsplit_once('/').unwrap_or(("", from));
    let root = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let mut found = BTreeMap::new();
    let Some(part) = parts.get(&format!("{root}_rels/{file}.rels")) else { return found };
    tags(part, |tag| {
        if tag.name().as_ref() != "Relationship" {
            return;
        }
        let target = attribute(tag, "Target").unwrap();
        let mut path: Vec<&str> = if target.starts_with('/') { vec![] } else { folder.split('/').collect() };
        for step in target.split('/').filter(|step| !step.is_empty()) {
            if step == ".." {
                path.pop().unwrap();
            } else {
                path.push(step);
            }
        }
        let path: Vec<&str> = path.into_iter().filter(|step| !step.is_empty()).collect();
        assert!(found.insert(attribute(tag, "Id").unwrap(), path.join("/")).is_none(), "{from}: an id twice");
    });
    found
}

/// Every part has a type, every type a part, every relationship a part, every part a way to it, every use of a
/// relationship a relationship.
fn is_closed(parts: &Parts) {
    let (mut defaults, mut overrides) = (BTreeSet::new(), BTreeSet::new());
    tags(&parts["[Content_Types].xml"], |tag| match tag.name().as_ref() {
        "Default" => assert!(defaults.insert(attribute(tag, "Extension").unwrap().to_lowercase())),
        "Override" => assert!(overrides.insert(attribute(tag, "PartName").unwrap()[1..].to_owned())),
        _ => {}
    });
    for name in &overrides {
        assert!(parts.contains_key(name), "a type for {name}, which is not there");
    }
    let mut reached = BTreeSet::from(["[Content_Types].xml".to_owned()]);
    let mut open = vec![String::new()];
    while let Some(part) = open.pop() {
        for target in relations(parts, &part).into_values() {
            assert!(parts.contains_key(&target), "{part} leads to {target}, which is not there");
            if reached.insert(target.clone()) {
                open.push(target);
            }
        }
    }
    for name in parts.keys() {
        let extension = name.rsplit('.').next().unwrap().to_lowercase();
        assert!(overrides.contains(name) || defaults.contains(&extension), "{name} has no type");
        if let Some(owner) = name.strip_suffix(".rels") {
            let owner = owner.replacen("_rels/", "", 1);
            assert!(owner.is_empty() || parts.contains_key(&owner), "{name} belongs to nothing");
        } else {
            assert!(reached.contains(name), "no way leads to {name}");
        }
        if extension == "xml" && name != "[Content_Types].xml" {
            let known = relations(parts, name);
            tags(&parts[name], |tag| {
                for attribute in tag.attributes().map(Result::unwrap) {
                    if attribute.key.as_ref().starts_with("r:") {
                        assert!(known.contains_key(&*attribute.value), "{name} uses {}", attribute.value);
                    }
                }
            });
        }
    }
}

#[test]
fn presentations_and_their_workbooks_are_closed_packages() {
    for (deck, plan) in samples() {
        let parts = unpack(&written(&plan));
        is_closed(&parts);
        let workbooks: Vec<&String> = parts.keys().filter(|name| name.ends_with(".xlsx")).collect();
        assert!(!workbooks.is_empty(), "{deck}");
        for name in workbooks {
            is_closed(&unpack(&parts[name]));
        }
    }
}

#[test]
fn ids_are_unique_on_each_slide_and_in_the_deck() {
    for (deck, plan) in samples() {
        let parts = unpack(&written(&plan));
        for (name, part) in
            parts.iter().filter(|(name, _)| name.starts_with("ppt/slide") && name.ends_with(".xml"))
        {
            let (mut ids, mut names) = (BTreeSet::new(), BTreeSet::new());
            tags(part, |tag| {
                if tag.name().as_ref() == "p:cNvPr" {
                    assert!(ids.insert(attribute(tag, "id").unwrap()), "{deck}: an id twice in {name}");
                    assert!(names.insert(attribute(tag, "name").unwrap()), "{deck}: a name twice in {name}");
                }
            });
            assert!(ids.len() > 1, "{deck}: {name}");
        }
        let mut ids = BTreeSet::new();
        tags(&parts["ppt/presentation.xml"], |tag| {
            if matches!(tag.name().as_ref(), "p:sldId" | "p:sldMasterId" | "p14:section") {
                assert!(ids.insert(attribute(tag, "id").unwrap()), "{deck}");
            }
        });
        assert!(ids.len() > 10);
    }
}

#[test]
fn chapters_become_sections() {
    let parts = unpack(&written(&decks::norwegian()));
    let mut names = Vec::new();
    tags(&parts["ppt/presentation.xml"], |tag| {
        if tag.name().as_ref() == "p14:section" {
            names.push(attribute(tag, "name").unwrap());
        }
    });
    let narrative = "Hva som er endret siden forrige styremøte";
    assert_eq!(names, ["Cover", "Innhold", "Nøkkeltall", "Nøkkeltall som tabell", narrative, "Vedlegg"]);
}

#[test]
fn only_the_tenants_watermark_has_a_colour_of_its_own() {
    for (deck, plan) in samples() {
        for (name, part) in unpack(&written(&plan)) {
            let coloured = String::from_utf8_lossy(&part).matches("srgbClr").count();
            if name.starts_with("ppt/slideMasters/slideMaster") {
                // Open and close tag.
                assert_eq!(coloured, 2, "{deck}: {name}");
            } else if name.starts_with("ppt/") && !name.starts_with("ppt/theme/") {
                assert_eq!(coloured, 0, "{deck}: {name}");
            }
        }
    }
}

#[test]
fn a_logo_is_a_described_picture_on_the_cover() {
    let mut plan = plan();
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.extend([0, 0, 0, 200, 0, 0, 0, 50, 8, 2, 0, 0, 0]);
    plan.logo = Some(board_packs::Logo { png: png.clone(), alt: "The lighthouse of “Fjordlys”".into() });
    let parts = unpack(&written(&plan));
    is_closed(&parts);
    assert_eq!(parts["ppt/media/logo.png"], png);
    let cover = String::from_utf8_lossy(&parts["ppt/slides/slide1.xml"]).into_owned();
    assert!(cover.contains("descr=\"The lighthouse of “Fjordlys”\""));
    // Four to one, as the picture is.
    assert!(cover.contains("<a:ext cx=\"3048000\" cy=\"762000\"/>"), "{cover}");
}

/// Frame of a shape of a slide in EMU: left, top, right, bottom, with its name.
fn frames(slide: &[u8]) -> Vec<(String, [i64; 4])> {
    let mut found = Vec::new();
    let (mut name, mut at, mut depth) = (String::new(), [0; 2], 0);
    let mut reader = Reader::from_reader(slide);
    let number = |tag: &BytesStart<'_>, name: &str| attribute(tag, name).unwrap().parse::<i64>().unwrap();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) if tag.name().as_ref() == "p:grpSp" => depth += 1,
            Event::End(tag) if tag.name().as_ref() == "p:grpSp" => depth -= 1,
            Event::Start(tag) | Event::Empty(tag) => match tag.name().as_ref() {
                "p:cNvPr" => name = attribute(&tag, "name").unwrap(),
                "a:off" => at = [number(&tag, "x"), number(&tag, "y")],
                "a:ext" if depth == 0 && !name.is_empty() && attribute(&tag, "cx").is_some() => {
                    let size = [number(&tag, "cx"), number(&tag, "cy")];
                    found.push((name.clone(), [at[0], at[1], at[0] + size[0], at[1] + size[1]]));
                }
                _ => {}
            },
            Event::Eof => return found,
            _ => {}
        }
    }
}

/// Nothing leaves a slide, reaches into its title or footer, or lies on something else.
fn is_tidy(deck: &str, bytes: &[u8]) {
    const PT: i64 = 12_700;
    for (name, part) in unpack(bytes) {
        if !name.starts_with("ppt/slides/slide") || !name.ends_with(".xml") {
            continue;
        }
        let shapes: Vec<(String, [i64; 4])> =
            frames(&part).into_iter().filter(|(shape, _)| !shape.starts_with("Accent")).collect();
        let is_cover = shapes.iter().any(|(shape, _)| shape.starts_with("Company"));
        for (index, (shape, [left, top, right, bottom])) in shapes.iter().enumerate() {
            let (least, most) = if is_cover { (0, 540 * PT) } else { (88 * PT, 500 * PT) };
            assert!(*left >= 40 * PT && *right <= 920 * PT, "{deck} {name}: {shape} {left} {right}");
            assert!(*top >= least && *bottom <= most, "{deck} {name}: {shape} {} {}", top / PT, bottom / PT);
            for (other, frame) in &shapes[..index] {
                let apart = frame[2] <= *left
                    || *right <= frame[0]
                    || frame[3] - 7 * PT <= *top
                    || *bottom - 7 * PT <= frame[1];
                assert!(apart, "{deck} {name}: {shape} lies on {other}");
            }
        }
    }
}

#[test]
fn nothing_overlaps_or_leaves_a_slide() {
    for (deck, plan) in samples() {
        is_tidy(deck, &written(&plan));
    }
}

fn words() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        4 => "[a-zæøå]{1,12}",
        2 => "[а-яґєії]{1,14}",
        1 => "[A-Z]{20,60}",
        1 => "[0-9]{1,9}",
        1 => "[漢字一二三]{1,6}",
    ];
    prop::collection::vec(word, 1..60).prop_map(|words| words.join(" ").chars().take(290).collect::<String>())
}

fn blocks() -> impl Strategy<Value = Vec<Block>> {
    let run = |text: String| vec![Run { text, ..Run::default() }];
    let block = prop_oneof![
        (1_u8..=3, words()).prop_map(|(level, text)| Block::Heading { level, text }),
        prop::collection::vec(words(), 1..12)
            .prop_map(move |texts| Block::Paragraph { runs: texts.into_iter().flat_map(run).collect() }),
        (any::<bool>(), prop::collection::vec(words(), 1..9)).prop_map(move |(ordered, items)| {
            // Every third item stands in a list inside the one before it.
            let mut list = List { ordered, items: Vec::new() };
            for (index, words) in items.into_iter().enumerate() {
                let item = Item::from(run(words));
                match list.items.last_mut() {
                    Some(outer) if index % 3 == 2 => outer.inner.push(List { ordered, items: vec![item] }),
                    _ => list.items.push(item),
                }
            }
            Block::List(list)
        }),
        (1_usize..=12, 0_usize..25, words(), words()).prop_map(|(columns, rows, head, cell)| Block::Table {
            caption: head.clone(),
            header: vec![head.chars().take(40).collect(); columns],
            rows: (0..rows)
                .map(|row| vec![cell.chars().skip(row * 7).take(120).collect(); columns])
                .collect(),
        }),
        (1_usize..=9, words(), words()).prop_map(|(count, label, change)| Block::Kpis {
            cards: (0..count)
                .map(|card| board_packs::KpiCard {
                    label: label.chars().take(90).collect(),
                    value: format!("NOK {}", 10_u64.pow(u32::try_from(card).unwrap())),
                    change: change.chars().take(card * 12).collect(),
                    trend: board_packs::Trend::Stable,
                })
                .collect(),
        }),
        (0_usize..21).prop_map(|index| Block::Chart { spec: decks::specs()[index].clone() }),
    ];
    prop::collection::vec(block, 1..7)
}

#[test]
fn a_page_of_headings_goes_over_as_many_slides_as_it_needs() {
    let mut plan = plan();
    let mut blocks: Vec<Block> = (0..40)
        .map(|number| Block::Heading {
            level: 1,
            text: format!("Heading number {number} of a page without text"),
        })
        .collect();
    blocks.push(Block::Table {
        caption: "After them".into(),
        header: vec!["What".into()],
        rows: vec![vec!["One".into()]],
    });
    plan.pages = vec![Page { title: "Headings".into(), blocks, ..Page::default() }];
    is_tidy("headings", &written(&plan));
}

/// What follows two columns of text stands below the higher one, whichever that is.
#[test]
fn nothing_lies_on_two_columns_that_end_at_different_heights() {
    let item = |words: usize| Item::from(vec![Run { text: "word ".repeat(words), ..Run::default() }]);
    let card = |number: u32| board_packs::KpiCard {
        label: "A label".into(),
        value: number.to_string(),
        change: String::new(),
        trend: board_packs::Trend::Stable,
    };
    for items in 5..12 {
        for words in (30..90).step_by(6) {
            let mut plan = plan();
            let mut list = List { ordered: false, items: vec![item(4)] };
            list.items.extend((0..items).map(|number| item(words + number * 3)));
            let heading = Block::Heading { level: 3, text: "A heading of many words ".repeat(8) };
            let cards = Block::Kpis { cards: (0..4).map(card).collect() };
            let blocks = vec![heading, Block::List(list), cards];
            plan.pages = vec![Page { title: "Columns".into(), blocks, ..Page::default() }];
            is_tidy(&format!("{items} items of {words} words"), &written(&plan));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_said_nothing_overlaps_and_no_word_is_lost(title in words(), blocks in blocks()) {
        let mut plan = plan();
        plan.title.clone_from(&title);
        let mut wanted: Vec<String> = vec![title.clone()];
        for block in &blocks {
            match block {
                Block::Paragraph { runs } => wanted.extend(runs.iter().map(|run| run.text.clone())),
                Block::List(list) => {
                    let runs = list.flat().into_iter().flat_map(|(_, item)| &item.runs);
                    wanted.extend(runs.map(|run| run.text.clone()));
                }
                Block::Table { rows, .. } => wanted.extend(rows.iter().flatten().cloned()),
                _ => {}
            }
        }
        plan.pages = vec![Page { title, blocks, ..Page::default() }];
        let bytes = written(&plan);
        is_tidy("any", &bytes);
        let shown: String = unpack(&bytes)
            .iter()
            .filter(|(name, _)| name.starts_with("ppt/slides/slide"))
            .map(|(_, part)| letters(part))
            .collect();
        for text in wanted {
            // Only between ideographs and inside very long words may a line, and so a box, end.
            for word in text.split_whitespace().filter(|word| word.chars().count() < 15 && word.chars().all(|c| c < '\u{2e80}')) {
                prop_assert!(shown.contains(word), "{word} is lost");
            }
        }
    }
}

/// The text of a slide without what stands between it.
fn letters(part: &[u8]) -> String {
    let mut reader = Reader::from_reader(part);
    let mut words = String::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Text(text) => words.push_str(&text),
            Event::End(tag) if tag.name().as_ref() == "p:sp" => words.push('\n'),
            Event::Eof => return words,
            _ => {}
        }
    }
}

#[test]
fn equal_plans_make_equal_decks_of_every_chart() {
    let plan = decks::every_chart();
    assert_eq!(written(&plan), written(&plan));
}

#[test]
fn a_deck_of_every_chart_holds_in_every_check() {
    let verification = verify(&written(&decks::every_chart()), &[trusted()]).unwrap();
    assert!(verification.holds(), "{:?}", verification.checks);
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn judge(program: &Path, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}; `make test` sets it up", program.display()));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} {arguments:?}: {errors}", program.display());
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// `python-pptx` and `openpyxl` find the plan's values in every chart and workbook; `LibreOffice` shows every slide with its
/// title.
#[test]
fn outside_programs_read_what_was_planned() {
    let folder = std::env::temp_dir().join(format!("board-decks-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let python = root().join("tools/venv/bin/python");
    let script = root().join("tests/judges/deck.py");
    let (mut decks, mut slides) = (Vec::new(), BTreeMap::new());
    for (name, plan) in samples() {
        let pack = write_pptx(&plan, &key(), &mut go_on).unwrap();
        let path = folder.join(format!("{name}.pptx"));
        std::fs::write(&path, &pack.bytes).unwrap();
        let json = folder.join(format!("{name}.json"));
        std::fs::write(&json, serde_json::to_vec(&plan).unwrap()).unwrap();
        let seen =
            judge(&python, &[script.to_str().unwrap(), path.to_str().unwrap(), json.to_str().unwrap()]);
        let seen: serde_json::Value = serde_json::from_str(&seen).unwrap();
        assert_eq!(seen["wrong"], serde_json::json!([]), "{name}");
        assert_eq!(seen["slides"], pack.pages);
        let charts = plan
            .pages
            .iter()
            .flat_map(|page| &page.blocks)
            .filter(|b| matches!(b, Block::Chart { .. }))
            .count();
        assert_eq!(seen["charts"].as_u64().unwrap() + seen["drawn"].as_u64().unwrap(), charts as u64);
        slides.insert(name, pack.pages);
        decks.push(path.to_str().unwrap().to_owned());
    }
    // A plan that says otherwise is told apart.
    let mut other = plan();
    if let Block::Chart { spec } = &mut other.pages[1].blocks[1] {
        spec.series[0].values[3] = Some(241.0);
    }
    let json = folder.join("other.json");
    std::fs::write(&json, serde_json::to_vec(&other).unwrap()).unwrap();
    let seen = judge(&python, &[script.to_str().unwrap(), &decks[0], json.to_str().unwrap()]);
    assert!(seen.contains("is not drawn as planned"), "{seen}");
    let profile = format!("-env:UserInstallation=file://{}/office", folder.display());
    let out = folder.join("rendered");
    let mut arguments =
        vec![profile.as_str(), "--headless", "--convert-to", "pdf:impress_pdf_Export", "--outdir"];
    arguments.push(out.to_str().unwrap());
    arguments.extend(decks.iter().map(String::as_str));
    judge(Path::new("soffice"), &arguments);
    for (name, plan) in samples() {
        let rendered = out.join(format!("{name}.pdf"));
        let text = judge(Path::new("pdftotext"), &["-layout", rendered.to_str().unwrap(), "-"]);
        // Each page ends with a form feed.
        let pages: Vec<&str> = text.split('\u{c}').collect();
        assert_eq!(pages.len() - 1, slides[name], "{name}");
        for page in &plan.pages[1..] {
            let title = page.title.split_whitespace().next().unwrap();
            assert!(pages.iter().any(|shown| shown.contains(title)), "{name}: {title} is on no page");
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
