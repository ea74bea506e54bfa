//! Writes the measured workload: `pack_workload pack.json out.pdf|out.pptx [copies]`. Copies repeat the pages. Prints its
//! pages, bytes and, on Linux, its peak of memory as JSON.

#[path = "../tests/common/mod.rs"]
mod common;

use board_charts::{ChartKind, ChartSpec, Mode, Series};
use board_domain::{Locale, Unit, Watermark};
use board_packs::{Block, Item, Layer, List, PackPlan, Page, Run, Stamp};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (from, to) = (arguments.next().ok_or("a workload is needed")?, arguments.next().ok_or("an output")?);
    let copies: usize = arguments.next().map_or(Ok(1), |copies| copies.parse())?;
    let plan = plan(&serde_json::from_slice(&std::fs::read(from)?)?, copies).ok_or("not a workload")?;
    let slides = std::path::Path::new(&to).extension().is_some_and(|extension| extension == "pptx");
    let write = if slides { board_packs::write_pptx } else { board_packs::write_pdf };
    let pack = write(&plan, &common::key(), &mut common::go_on)?;
    std::fs::write(to, &pack.bytes)?;
    let said = json!({ "pages": pack.pages, "bytes": pack.bytes.len(), "peak_kb": peak() });
    #[allow(clippy::print_stdout)]
    {
        println!("{said}");
    }
    Ok(())
}

/// The most memory that this process has held, kB.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

fn words(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(|cell| cell.as_str().unwrap_or_default().to_owned()).collect()
}

fn plan(work: &Value, copies: usize) -> Option<PackPlan> {
    let mut plan = common::plan();
    plan.title = words(&work["meta"], "title");
    plan.company = words(&work["meta"], "org");
    plan.pages.truncate(1);
    let text = words(&work["watermark"], "text");
    plan.manifest.watermark.clone_from(&text);
    plan.watermark = Stamp { text, style: Watermark::default(), layer: Layer::Over };
    for _ in 0..copies {
        for page in work["pages"].as_array()? {
            plan.pages.push(narrative(page));
        }
        for pair in work["charts"].as_array()?.chunks(2) {
            let blocks = pair.iter().map(chart).collect();
            plan.pages.push(Page { title: "Charts".into(), blocks, ..Page::default() });
        }
        for pair in work["tables"].as_array()?.chunks(2) {
            let blocks = pair.iter().map(table).collect();
            plan.pages.push(Page { title: "Tables".into(), blocks, ..Page::default() });
        }
    }
    Some(plan)
}

fn narrative(page: &Value) -> Page {
    let runs = |block: &Value| -> Vec<Run> {
        let runs = block.as_array().into_iter().flatten();
        runs.map(|run| Run {
            text: words(run, "t"),
            bold: run["b"] == true,
            italic: run["i"] == true,
            ..Run::default()
        })
        .collect()
    };
    let mut blocks: Vec<Block> = Vec::new();
    for block in page["blocks"].as_array().into_iter().flatten() {
        let words: String = runs(&block["runs"]).into_iter().map(|run| run.text).collect();
        match block["k"].as_str() {
            Some("h2") => blocks.push(Block::Heading { level: 2, text: words }),
            Some(kind @ ("ul" | "ol")) => {
                let items =
                    block["items"].as_array().into_iter().flatten().map(runs).map(Item::from).collect();
                blocks.push(Block::List(List { ordered: kind == "ol", items }));
            }
            _ if !words.is_empty() => blocks.push(Block::Paragraph { runs: runs(&block["runs"]) }),
            _ => {}
        }
    }
    let lang = Locale::from_tag(&words(page, "lang")).filter(|lang| *lang != Locale::En);
    Page { title: words(page, "heading"), blocks, lang, ..Page::default() }
}

fn chart(chart: &Value) -> Block {
    let kind = match chart["type"].as_str() {
        Some("line") => ChartKind::Line,
        Some("radar") => ChartKind::Radar,
        Some("doughnut") => ChartKind::Doughnut,
        _ => ChartKind::Bar,
    };
    let series = chart["series"].as_array().into_iter().flatten().map(|series| {
        let values = series["values"].as_array().into_iter().flatten().map(Value::as_f64).collect();
        Series::new(words(series, "name"), values)
    });
    let mut series: Vec<Series> = series.collect();
    if kind == ChartKind::Doughnut {
        series.truncate(1);
    }
    let Block::Chart { spec } = common::chart(kind, &words(chart, "title"), Unit::Points, &[], &[]) else {
        unreachable!()
    };
    let spec = ChartSpec { categories: strings(&chart["categories"]), series, mode: Mode::Light, ..spec };
    Block::Chart { spec }
}

fn table(table: &Value) -> Block {
    Block::Table {
        caption: words(table, "title"),
        header: strings(&table["header"]),
        rows: table["rows"].as_array().into_iter().flatten().map(strings).collect(),
    }
}
