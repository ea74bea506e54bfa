//! What the writers refuse, report and put on the page.
// Helpers of tests may panic as the tests themselves do; part names are case-sensitive.
#![allow(clippy::unwrap_used, clippy::case_sensitive_file_extension_comparisons)]

mod common;

use board_domain::{Watermark, WatermarkPosition};
use board_packs::{
    Block, Flow, Manifest, PackError, PackPlan, Page, Progress, TrustedKey, Verification, verify, write_pdf,
    write_pptx,
};
use common::{go_on, key, plan, run, trusted};

fn both(plan: &PackPlan) -> [Result<board_packs::Pack, PackError>; 2] {
    [write_pdf(plan, &key(), &mut go_on), write_pptx(plan, &key(), &mut go_on)]
}

fn refusal(change: impl FnOnce(&mut PackPlan)) -> String {
    let mut plan = plan();
    change(&mut plan);
    let [pdf, pptx] = both(&plan).map(|result| result.unwrap_err().to_string());
    assert_eq!(pdf, pptx);
    pdf
}

fn block(plan: &mut PackPlan, wanted: impl Fn(&Block) -> bool) -> &mut Block {
    plan.pages.iter_mut().flat_map(|page| &mut page.blocks).find(|block| wanted(block)).unwrap()
}

#[test]
fn an_incomplete_plan_makes_no_file() {
    let missing = refusal(|plan| {
        let Block::Kpis { cards } = block(plan, |b| matches!(b, Block::Kpis { .. })) else { unreachable!() };
        cards[2].value = " ".into();
    });
    assert_eq!(missing, "a figure is missing: Key figures: Completion rate");
    assert!(refusal(|plan| plan.pages.clear()).contains("pages"));
    assert!(refusal(|plan| plan.watermark.text = "\u{200b} ".into()).contains("watermark"));
    assert!(refusal(|plan| plan.watermark.text.push('!')).contains("not the manifest's"));
    assert!(refusal(|plan| plan.accent = "red".into()).contains("accent"));
    assert!(refusal(|plan| plan.watermark.style.opacity = 0.0).contains("opacity"));
    let torn = refusal(|plan| {
        let Block::Table { rows, .. } = block(plan, |b| matches!(b, Block::Table { .. })) else {
            unreachable!()
        };
        rows[1].pop();
    });
    assert_eq!(torn, "the plan cannot be written: Programmes: row 2 has 5 cells for 6 columns");
    let chart = refusal(|plan| {
        let Block::Chart { spec } = block(plan, |b| matches!(b, Block::Chart { .. })) else { unreachable!() };
        spec.series[0].values[0] = Some(f64::NAN);
    });
    assert!(chart.contains("Active participants by month"), "{chart}");
    let cited = refusal(|plan| {
        let Block::Paragraph { runs } = block(plan, |b| matches!(b, Block::Paragraph { .. })) else {
            unreachable!()
        };
        runs[0].cite = Some(99);
    });
    assert!(cited.contains("evidence 99 is cited"));
    assert!(refusal(|plan| plan.title = "x".repeat(301)).contains("longer than 300"));
    assert!(
        refusal(|plan| plan
            .manifest
            .figures
            .insert("sroi/2026".into(), String::new())
            .unwrap_or_default()
            .clear())
        .contains("sroi/2026")
    );
}

#[test]
fn progress_rises_to_a_hundred_and_cancel_leaves_nothing() {
    for write in [write_pdf, write_pptx] {
        let mut seen: Vec<Progress> = Vec::new();
        write(&plan(), &key(), &mut |progress| {
            seen.push(progress);
            Flow::Continue
        })
        .unwrap();
        assert!(seen.is_sorted_by_key(|progress| progress.percent));
        assert_eq!(seen.last().unwrap().percent, 100);
        assert!(seen.iter().any(|progress| progress.section == "Programmes"));
        for stop in 0..seen.len() {
            let mut calls = 0;
            let result = write(&plan(), &key(), &mut |_| {
                calls += 1;
                if calls > stop { Flow::Cancel } else { Flow::Continue }
            });
            assert!(matches!(result, Err(PackError::Cancelled)));
        }
    }
}

#[test]
fn every_watermark_position_and_extreme_passes_its_own_check() {
    let long = "ЗАТВЕРДЖЕНО · Ольга Ґалаґан-Мельниченко · 2026-10-12 14:05 UTC · exported by Kari Dahl 李 \u{1f600} for the board";
    let positions = [
        WatermarkPosition::Header,
        WatermarkPosition::Footer,
        WatermarkPosition::Diagonal,
        WatermarkPosition::Corner,
        WatermarkPosition::Centre,
    ];
    for (position, (size, opacity)) in
        positions.into_iter().zip([(6.0, 0.05), (96.0, 1.0), (96.0, 0.12), (60.0, 0.3), (42.0, 0.5)])
    {
        let mut plan = plan();
        plan.pages.truncate(2);
        plan.watermark.text = long.into();
        plan.watermark.style = Watermark { position, size, opacity, ..Watermark::default() };
        plan.manifest.watermark = long.into();
        for pack in both(&plan) {
            let verification = verify(&pack.unwrap().bytes, &[trusted()]).unwrap();
            assert!(verification.holds(), "{position:?}: {:?}", verification.checks);
        }
    }
}

#[test]
fn hostile_words_do_not_break_a_pack() {
    let words = "</a:t>&amp;<script>]]> ) Tj ET (\\ \u{0}\u{7}\u{202e}\u{fffe} שלום \u{301}\u{301} ﷽ \u{1f469}\u{200d}\u{1f680}";
    let mut plan = plan();
    plan.title = words.into();
    plan.footer = words.into();
    plan.pages = vec![Page {
        title: words.into(),
        blocks: vec![
            Block::Heading { level: 3, text: words.into() },
            Block::Paragraph { runs: vec![run(words), run(&"unbroken".repeat(900))] },
            Block::Table {
                caption: words.into(),
                header: vec![words.into(); 12],
                rows: vec![vec![words.into(); 12], vec!["word ".repeat(400); 12]],
            },
        ],
        notes: words.into(),
        ..Page::default()
    }];
    for pack in both(&plan) {
        let pack = pack.unwrap();
        assert!(pack.pages > 3);
        assert!(verify(&pack.bytes, &[trusted()]).unwrap().holds());
    }
}

#[test]
fn no_row_of_a_long_table_is_lost() {
    let rows: Vec<Vec<String>> = (0..700).map(|row| vec![format!("row-{row:03}"), row.to_string()]).collect();
    let mut plan = plan();
    plan.pages.truncate(1);
    plan.pages.push(Page {
        title: "Long".into(),
        blocks: vec![Block::Table {
            caption: "Rows".into(),
            header: vec!["Name".into(), "Value".into()],
            rows,
        }],
        ..Page::default()
    });
    let [pdf, pptx] = both(&plan).map(Result::unwrap);
    let slides = slide_text(&pptx.bytes);
    let pages = page_words(&pdf.bytes);
    for row in 0..700 {
        assert_eq!(slides.matches(&format!("row-{row:03}")).count(), 1);
        assert_eq!(pages.matches(&format!("row-{row:03}")).count(), 1);
    }
}

#[test]
fn every_page_is_tagged_and_every_figure_described() {
    let pdf = write_pdf(&plan(), &key(), &mut go_on).unwrap();
    let document = lopdf::Document::load_mem(&pdf.bytes).unwrap();
    assert_eq!(document.page_iter().count(), pdf.pages);
    let catalog = document.catalog().unwrap();
    assert_eq!(catalog.get(b"Lang").unwrap().as_str().unwrap(), b"en");
    assert!(catalog.has(b"StructTreeRoot") && catalog.has(b"Outlines") && catalog.has(b"Metadata"));
    let figures: Vec<_> = document
        .objects
        .values()
        .filter_map(|object| object.as_dict().ok())
        .filter(|dict| dict.get(b"S").and_then(lopdf::Object::as_name).is_ok_and(|tag| tag == b"Figure"))
        .collect();
    // Four charts and the fingerprint.
    assert_eq!(figures.len(), 5);
    assert!(figures.iter().all(|figure| figure.get(b"Alt").unwrap().as_str().unwrap().len() > 40));
    for page in document.page_iter() {
        let content = lopdf::content::Content::decode(&document.get_page_content(page)).unwrap();
        let mut depth = 0;
        for operation in content.operations {
            match operation.operator.as_str() {
                "BDC" | "BMC" => depth += 1,
                "EMC" => depth -= 1,
                "TJ" | "Tj" | "f" | "S" | "B" => assert!(depth > 0, "untagged {}", operation.operator),
                _ => {}
            }
        }
        assert_eq!(depth, 0);
    }
}

#[test]
fn a_presentation_is_a_closed_package() {
    let parts = unpack(&write_pptx(&plan(), &key(), &mut go_on).unwrap().bytes);
    let types = &parts["[Content_Types].xml"];
    for part in types.split("PartName=\"/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(parts.contains_key(part), "a type for {part}, which is not there");
    }
    for (name, relations) in parts.iter().filter(|(name, _)| name.ends_with(".rels")) {
        let folder = name.split("_rels/").next().unwrap().trim_end_matches('/');
        for target in relations.split("Target=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            let mut path: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
            for step in target.split('/') {
                if step == ".." {
                    path.pop();
                } else {
                    path.push(step);
                }
            }
            assert!(parts.contains_key(&path.join("/")), "{name} leads to {target}, which is not there");
        }
    }
    let charts = parts.keys().filter(|name| name.starts_with("ppt/charts/chart")).count();
    let workbooks = parts.keys().filter(|name| name.ends_with(".xlsx")).count();
    assert_eq!((charts, workbooks), (4, 4));
    assert!(parts["ppt/charts/chart1.xml"].contains("<c:v>210</c:v>"));
    assert!(parts["ppt/notesSlides/notesSlide3.xml"].contains("two employers paused"));
}

#[test]
fn outside_readers_accept_the_pdf() {
    let pdf = write_pdf(&plan(), &key(), &mut go_on).unwrap();
    let path = std::env::temp_dir().join(format!("board-packs-{}.pdf", std::process::id()));
    std::fs::write(&path, &pdf.bytes).unwrap();
    for (program, arguments) in [("qpdf", vec!["--check"]), ("pdfinfo", vec![])] {
        // Not every machine has them.
        let Ok(output) = std::process::Command::new(program).args(arguments).arg(&path).output() else {
            continue;
        };
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        let words = String::from_utf8_lossy(&output.stdout).into_owned();
        if program == "pdfinfo" {
            assert!(words.contains("Tagged:          yes"), "{words}");
        }
    }
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn serialised_types_keep_their_shape() {
    insta::assert_json_snapshot!("plan", plan());
    let manifest: Manifest = plan().manifest;
    insta::assert_json_snapshot!("manifest", manifest);
    let pptx = write_pptx(&plan(), &key(), &mut go_on).unwrap();
    let mut verification: Verification = verify(&pptx.bytes, &[trusted()]).unwrap();
    // Digests change with every improvement of the layout.
    verification.sha256 = String::new();
    for check in &mut verification.checks {
        if check.detail.starts_with("SHA-256") {
            check.detail = "SHA-256".into();
        }
    }
    verification.manifest = None;
    insta::assert_json_snapshot!("verification", verification);
    insta::assert_json_snapshot!(
        "key",
        TrustedKey { name: "Tenant".into(), public: "00".repeat(32), tenant: None }
    );
}

fn unpack(bytes: &[u8]) -> std::collections::BTreeMap<String, String> {
    use std::io::Read;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut parts = std::collections::BTreeMap::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut part = Vec::new();
        entry.read_to_end(&mut part).unwrap();
        parts.insert(entry.name().unwrap().into_owned(), String::from_utf8_lossy(&part).into_owned());
    }
    parts
}

fn slide_text(bytes: &[u8]) -> String {
    unpack(bytes)
        .into_iter()
        .filter(|(name, _)| name.starts_with("ppt/slides/slide"))
        .map(|(_, part)| part)
        .collect()
}

/// All words of a PDF in the order they are drawn, read through each font's character map.
fn page_words(bytes: &[u8]) -> String {
    let document = lopdf::Document::load_mem(bytes).unwrap();
    let mut words = String::new();
    for page in document.page_iter() {
        let fonts = document.get_page_fonts(page).unwrap();
        let mut font = std::collections::BTreeMap::new();
        for operation in lopdf::content::Content::decode(&document.get_page_content(page)).unwrap().operations
        {
            match operation.operator.as_str() {
                "Tf" => {
                    let map = fonts[operation.operands[0].as_name().unwrap()]
                        .get_deref(b"ToUnicode", &document)
                        .unwrap();
                    let map = map.as_stream().unwrap().decompressed_content().unwrap();
                    font = String::from_utf8_lossy(&map)
                        .lines()
                        .filter_map(|line| line.strip_prefix('<')?.strip_suffix('>')?.split_once("> <"))
                        .map(|(code, text)| {
                            (
                                code.to_lowercase(),
                                char::from_u32(u32::from_str_radix(&text[..4.min(text.len())], 16).unwrap())
                                    .unwrap(),
                            )
                        })
                        .collect();
                }
                "TJ" => {
                    for item in operation.operands[0].as_array().unwrap() {
                        if let Ok(codes) = item.as_str() {
                            words.extend(codes.chunks(2).map(|code| font[&hex::encode(code)]));
                        }
                    }
                }
                _ => {}
            }
        }
    }
    words
}
