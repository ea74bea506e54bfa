//! The outputs as bytes and text: goldens, determinism, hostile input, alternative text, tables and hit maps.

mod common;

use board_charts::{
    Annotation, Band, Cell, ChartError, ChartKind, ChartSpec, Cohort, MAX_ANNOTATIONS, MAX_CATEGORIES,
    MAX_SERIES, Mode, Percentiles, Series, Size, alt, drawing, hits, png, svg, table,
};
use board_domain::{Currency, Locale, Unit};
use common::{TILE, shapes, spec};
use quick_xml::events::Event;

const HOSTILE: &str = "</svg><script>alert(1)</script> & ]]> \"'\u{0}\u{202e}<!--";

/// Element names and the text of an SVG; panics where it is not well-formed.
fn parsed(svg: &str) -> (Vec<String>, String) {
    let mut reader = quick_xml::Reader::from_str(svg);
    let (mut names, mut text) = (Vec::new(), String::new());
    loop {
        match reader.read_event().expect("the SVG is well-formed") {
            Event::Start(element) | Event::Empty(element) => {
                names.push(element.name().as_ref().to_owned());
            }
            Event::Text(piece) => text.push_str(&piece),
            Event::GeneralRef(piece) => text.extend(["&", &*piece, ";"]),
            Event::Eof => return (names, text),
            _ => {}
        }
    }
}

#[test]
fn drawings_stay_as_they_are() {
    for kind in ChartKind::ALL {
        for (shape, spec) in shapes(kind, Locale::En) {
            let text = drawing(&spec, Size { width_pt: 360.0, height_pt: 200.0 }).unwrap().to_string();
            insta::assert_snapshot!(format!("{kind:?}{shape}").to_lowercase(), text);
        }
    }
    let empty = ChartSpec {
        series: vec![Series::new("Oslo", vec![None; 4])],
        mode: Mode::Dark,
        ..spec(ChartKind::Bar, Locale::Uk)
    };
    insta::assert_snapshot!("empty", drawing(&empty, TILE).unwrap());
}

#[test]
fn equal_specifications_give_equal_bytes() {
    for kind in ChartKind::ALL {
        let spec = spec(kind, Locale::Uk);
        assert_eq!(svg(&spec, TILE).unwrap(), svg(&spec.clone(), TILE).unwrap());
        assert_eq!(png(&spec, TILE, 96.0).unwrap(), png(&spec.clone(), TILE, 96.0).unwrap());
        assert_eq!(hits(&spec, TILE).unwrap(), hits(&spec.clone(), TILE).unwrap());
    }
}

#[test]
fn an_svg_is_a_named_picture_without_text_elements() {
    for kind in ChartKind::ALL {
        let spec = spec(kind, Locale::Nb);
        let document = svg(&spec, TILE).unwrap();
        let (names, text) = parsed(&document);
        assert!(document.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\""));
        assert!(text.contains("Retention") && text.contains(&alt(&spec)), "{text}");
        for name in names {
            let known = ["svg", "title", "desc", "defs", "g", "path", "circle", "use"];
            assert!(known.contains(&name.as_str()), "{name}");
        }
    }
}

#[test]
fn hostile_text_is_inert() {
    for kind in ChartKind::ALL {
        let mut spec = spec(kind, Locale::En);
        spec.title = HOSTILE.into();
        spec.subtitle = HOSTILE.into();
        spec.categories.fill(HOSTILE.into());
        for row in &mut spec.series {
            row.name = HOSTILE.into();
        }
        spec.band = Some(Band { name: HOSTILE.into(), low: 0.1, high: 0.2 });
        let document = svg(&spec, TILE).unwrap();
        let (names, text) = parsed(&document);
        assert!(!names.iter().any(|name| name == "script"));
        assert_eq!(document.matches("</svg>").count(), 1);
        assert!(!document.contains('\u{0}') && text.contains("&lt;/svg&gt;&lt;script&gt;"));
        png(&spec, TILE, 72.0).unwrap();
    }
}

#[test]
fn bounds_are_refused_with_their_own_errors() {
    let good = || spec(ChartKind::Line, Locale::En);
    let refused = |change: fn(&mut ChartSpec)| {
        let mut spec = good();
        change(&mut spec);
        let error = spec.check().unwrap_err();
        assert_eq!(drawing(&spec, TILE).unwrap_err(), error);
        assert_eq!(svg(&spec, TILE).unwrap_err(), error);
        assert_eq!(png(&spec, TILE, 96.0).unwrap_err(), error);
        assert_eq!(hits(&spec, TILE).unwrap_err(), error);
        // Words and tables read anything.
        assert!(!alt(&spec).is_empty());
        assert_eq!(table(&spec).rows.len(), spec.categories.len());
        error
    };
    assert_eq!(refused(|spec| spec.categories.clear()), ChartError::Categories(0));
    assert_eq!(
        refused(|spec| spec.categories = vec![String::new(); MAX_CATEGORIES + 1]),
        ChartError::Categories(241)
    );
    assert_eq!(refused(|spec| spec.series.clear()), ChartError::Series(0));
    assert_eq!(
        refused(|spec| spec.series = vec![spec.series[0].clone(); MAX_SERIES + 1]),
        ChartError::Series(13)
    );
    assert_eq!(
        refused(|spec| spec.series[1].values.truncate(3)),
        ChartError::Length { series: 1, values: 3, categories: 4 }
    );
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e16] {
        let mut spec = good();
        spec.series[1].values[2] = Some(value);
        assert_eq!(spec.check(), Err(ChartError::Value { series: 1, category: 2 }));
    }
    assert_eq!(
        refused(|spec| {
            spec.kind = ChartKind::Doughnut;
            spec.series[0].values[1] = Some(-0.1);
        }),
        ChartError::Negative { series: 0, category: 1 }
    );
    assert_eq!(refused(|spec| spec.title = "я".repeat(201)), ChartError::Text("title"));
    assert_eq!(refused(|spec| spec.subtitle = "я".repeat(201)), ChartError::Text("subtitle"));
    assert_eq!(refused(|spec| spec.categories[3] = "я".repeat(201)), ChartError::Text("category"));
    assert_eq!(refused(|spec| spec.series[0].name = "я".repeat(201)), ChartError::Text("series name"));
    let band = |low, high| Some(Band { name: "Cohort".into(), low, high });
    for (low, high) in [(0.6, 0.5), (f64::NAN, 1.0), (0.0, f64::INFINITY), (f64::NEG_INFINITY, 0.0)] {
        assert_eq!(ChartSpec { band: band(low, high), ..good() }.check(), Err(ChartError::Band));
    }
    assert_eq!(ChartSpec { title: "я".repeat(200), ..good() }.check(), Ok(()));
}

#[test]
fn what_does_not_belong_to_a_kind_is_refused_with_its_own_code() {
    let refused = |kind, code: &str, change: &dyn Fn(&mut ChartSpec)| {
        let mut spec = spec(kind, Locale::En);
        spec.check().unwrap();
        change(&mut spec);
        let error = drawing(&spec, TILE).unwrap_err();
        assert_eq!(error.code(), code, "{kind:?}: {error}");
        // Words and tables read anything.
        assert!(!alt(&spec).is_empty());
        assert_eq!(table(&spec).rows.len(), spec.categories.len());
    };
    let event = |at| Annotation { at, text: "New centre".into() };
    for at in [-0.1, 3.1, f64::NAN, f64::INFINITY] {
        refused(ChartKind::Line, "chart.annotation_place", &|spec| spec.annotations.push(event(at)));
    }
    refused(ChartKind::Radar, "chart.annotations", &|spec| spec.annotations.push(event(1.0)));
    refused(ChartKind::Bar, "chart.annotations", &|spec| {
        spec.horizontal = true;
        spec.annotations.push(event(1.0));
    });
    refused(ChartKind::Area, "chart.annotations", &|spec| {
        spec.annotations = vec![event(1.0); MAX_ANNOTATIONS + 1];
    });
    refused(ChartKind::Area, "chart.text", &|spec| {
        spec.annotations = vec![Annotation { at: 0.0, text: "я".repeat(201) }];
    });
    for places in [vec![0], vec![4], vec![usize::MAX], vec![2, 2]] {
        refused(ChartKind::Line, "chart.withheld", &|spec| spec.series[0].withheld.clone_from(&places));
    }
    for kind in [ChartKind::Line, ChartKind::Doughnut, ChartKind::Kpi, ChartKind::Waterfall] {
        refused(kind, "chart.stacked", &|spec| spec.stacked = true);
        refused(kind, "chart.horizontal", &|spec| spec.horizontal = true);
        let cohort = spec(ChartKind::Ribbon, Locale::En).cohort;
        refused(kind, "chart.cohort", &|spec| spec.cohort.clone_from(&cohort));
    }
    refused(ChartKind::Area, "chart.stacked", &|spec| {
        spec.stacked = true;
        spec.series[1].values[0] = Some(-0.1);
    });
    refused(ChartKind::Ribbon, "chart.cohort", &|spec| spec.cohort = None);
    let spread = |spec: &mut ChartSpec, change: fn(&mut Percentiles)| {
        change(spec.cohort.as_mut().unwrap().spread[1].as_mut().unwrap());
    };
    refused(ChartKind::Ribbon, "chart.cohort", &|spec| {
        spec.cohort.as_mut().unwrap().spread.pop();
    });
    refused(ChartKind::Ribbon, "chart.percentiles", &|spec| spread(spec, |s| s.p25 = s.p10 - 0.1));
    refused(ChartKind::Ribbon, "chart.percentiles", &|spec| spread(spec, |s| s.p90 = f64::NAN));
    refused(ChartKind::Ribbon, "chart.percentiles", &|spec| spread(spec, |s| s.p10 = f64::NEG_INFINITY));
    let comparison = spec(ChartKind::Kpi, Locale::En).comparison;
    refused(ChartKind::Line, "chart.comparison", &|spec| spec.comparison.clone_from(&comparison));
    refused(ChartKind::Kpi, "chart.comparison", &|spec| {
        spec.comparison.as_mut().unwrap().value = Some(f64::NAN);
    });
    refused(ChartKind::Line, "chart.total", &|spec| spec.totals.push(0));
    for totals in [vec![4], vec![3, 3], vec![3, 0], vec![0, 2]] {
        refused(ChartKind::Waterfall, "chart.total", &|spec| spec.totals.clone_from(&totals));
    }
    refused(ChartKind::Waterfall, "chart.value", &|spec| {
        spec.totals.clear();
        spec.series[0].values = vec![Some(9e14); 4];
    });
}

#[test]
fn names_without_a_glyph_are_replaced_in_the_picture_and_kept_in_words() {
    for kind in ChartKind::ALL.into_iter().filter(|kind| *kind != ChartKind::Sparkline) {
        for (shape, mut spec) in shapes(kind, Locale::En) {
            let names = ["שלום Oslo", "日本語", "مرحبا", "नमस्ते"];
            spec.title = "日本語 שלום \u{202e}abc".into();
            spec.categories = names.map(String::from).to_vec();
            for row in &mut spec.series {
                row.name = "مرحبا".into();
            }
            let picture = drawing(&spec, TILE).unwrap();
            assert!(
                picture.texts().any(|run| run.text.starts_with("□□□ □□□□ abc")),
                "{kind:?}{shape} {picture}"
            );
            for run in picture.texts() {
                assert_eq!(board_charts::fonts::drawable(&run.text), run.text);
            }
            let told = hits(&spec, TILE).unwrap().into_iter().map(|hit| hit.label).collect::<String>();
            assert!(names.iter().any(|name| told.contains(name)), "{told}");
            assert_eq!(table(&spec).rows[1][0], "日本語");
            png(&spec, TILE, 36.0).unwrap();
            svg(&spec, TILE).unwrap();
        }
    }
}

#[test]
fn sizes_and_resolutions_are_bounded() {
    let spec = spec(ChartKind::Bar, Locale::En);
    for (width_pt, height_pt) in [(15.0, 100.0), (100.0, 4001.0), (f64::NAN, 100.0), (-480.0, 270.0)] {
        assert_eq!(drawing(&spec, Size { width_pt, height_pt }).unwrap_err(), ChartError::Size);
    }
    for dpi in [0.0, 35.0, 1201.0, f32::NAN, f32::INFINITY, -96.0] {
        assert_eq!(png(&spec, TILE, dpi).unwrap_err(), ChartError::Resolution, "{dpi}");
    }
    let poster = Size { width_pt: 4000.0, height_pt: 4000.0 };
    assert_eq!(png(&spec, poster, 300.0).unwrap_err(), ChartError::Resolution);
}

#[test]
fn a_png_has_its_size_resolution_and_ground() {
    let dark = ChartSpec { mode: Mode::Dark, ..spec(ChartKind::Line, Locale::En) };
    let file = png(&dark, Size { width_pt: 432.0, height_pt: 288.0 }, 300.0).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(&file)).read_info().unwrap();
    let info = reader.info();
    assert_eq!((info.width, info.height), (1800, 1200));
    let resolution = info.pixel_dims.unwrap();
    assert_eq!((resolution.xppu, resolution.yppu, resolution.unit), (11_811, 11_811, png::Unit::Meter));
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    assert_eq!(pixels[..3], [0x13, 0x1c, 0x2e]);
    let inked = pixels.chunks_exact(3).filter(|pixel| pixel[..] != [0x13, 0x1c, 0x2e]).count();
    assert!(inked > 20_000, "{inked} pixels differ from the ground");
}

#[test]
fn every_kind_draws_in_every_size_down_to_the_smallest() {
    for kind in ChartKind::ALL {
        for (width_pt, height_pt) in
            [(16.0, 16.0), (16.0, 400.0), (400.0, 16.0), (60.0, 40.0), (4000.0, 4000.0)]
        {
            for (shape, spec) in shapes(kind, Locale::Uk) {
                let drawing = drawing(&spec, Size { width_pt, height_pt }).unwrap();
                assert!(drawing.marks.len() > 1, "{kind:?}{shape} at {width_pt} × {height_pt}");
            }
        }
    }
}

#[test]
fn alternative_texts_read_in_three_languages() {
    let mut texts = String::new();
    for locale in Locale::ALL {
        for kind in ChartKind::ALL {
            for (_, spec) in shapes(kind, locale) {
                texts.push_str(&alt(&spec));
                texts.push('\n');
            }
        }
        let mut hidden = spec(ChartKind::Kpi, locale);
        hidden.series[0] = Series { withheld: vec![3], ..Series::new("", vec![Some(0.5), None, None, None]) };
        texts.push_str(&alt(&hidden));
        texts.push('\n');
        let empty = ChartSpec {
            series: vec![Series::new("", vec![None; 4])],
            band: None,
            ..spec(ChartKind::Line, locale)
        };
        texts.push_str(&alt(&empty));
        texts.push('\n');
    }
    insta::assert_snapshot!(texts);
}

#[test]
fn tables_read_in_the_locale() {
    let nok = Unit::Money(Currency::parse("NOK").unwrap());
    let mut money = spec(ChartKind::Line, Locale::Nb);
    money.unit = nok;
    money.series[0].values = vec![Some(1_250_000.0), None, Some(-3.0), Some(0.0)];
    let table = table(&money);
    assert_eq!(table.header, ["Kategori", "Oslo", "Bergen"]);
    assert_eq!(table.rows[0][1], "NOK\u{a0}1\u{a0}250\u{a0}000");
    assert_eq!(table.rows[1], ["Q2 26", "–", "NOK\u{a0}0"]);
    insta::assert_json_snapshot!(board_charts::table(&spec(ChartKind::Doughnut, Locale::Uk)));
    let (_, withheld) =
        shapes(ChartKind::Bar, Locale::Uk).into_iter().find(|(name, _)| *name == "_withheld").unwrap();
    assert_eq!(board_charts::table(&withheld).rows[2], ["Q3 26", "приховано", "50,0\u{a0}%"]);
    let steps = board_charts::table(&spec(ChartKind::Waterfall, Locale::En));
    assert_eq!(steps.header, ["Category", "Change", "level"]);
    assert_eq!(steps.rows[2], ["Q3 26", "\u{2212}30.0%", "40.0%"]);
    let ribbon = board_charts::table(&spec(ChartKind::Ribbon, Locale::En));
    assert_eq!(ribbon.header[3], "Technology, 10th percentile");
    assert_eq!(ribbon.rows[0][3..], ["40.0%", "50.0%", "60.0%", "68.0%", "75.0%"]);
    assert_eq!(ribbon.rows[3][3..], ["–"; 5]);
}

#[test]
fn serialised_types_keep_their_shape() {
    insta::assert_json_snapshot!("spec", spec(ChartKind::Line, Locale::En));
    insta::assert_json_snapshot!("spec_ribbon", spec(ChartKind::Ribbon, Locale::En));
    insta::assert_json_snapshot!("spec_kpi", spec(ChartKind::Kpi, Locale::En));
    insta::assert_json_snapshot!("spec_waterfall", spec(ChartKind::Waterfall, Locale::En));
    for kind in ChartKind::ALL {
        for (_, spec) in shapes(kind, Locale::Uk) {
            let text = serde_json::to_string(&spec).unwrap();
            assert_eq!(serde_json::from_str::<ChartSpec>(&text).unwrap(), spec);
        }
    }
    insta::assert_json_snapshot!("hits", &hits(&spec(ChartKind::Bar, Locale::En), TILE).unwrap()[..2]);
    insta::assert_json_snapshot!("size", TILE);
}

#[test]
fn hits_cover_every_measured_or_withheld_value_once() {
    for kind in ChartKind::ALL {
        for (shape, spec) in shapes(kind, Locale::En) {
            let hits = hits(&spec, TILE).unwrap();
            let mut expected = Vec::new();
            for (series, row) in spec.drawn().iter().enumerate() {
                for category in 0..spec.categories.len() {
                    if row.cell(category) != Cell::Missing {
                        expected.push((series, category));
                    }
                }
            }
            let mut found: Vec<_> = hits.iter().map(|hit| (hit.series, hit.category)).collect();
            found.sort_unstable();
            assert_eq!(found, expected, "{kind:?}{shape}");
            for hit in &hits {
                assert!(hit.area.x >= 0.0 && hit.area.right() <= TILE.width_pt, "{hit:?}");
                assert!(hit.area.y >= 0.0 && hit.area.bottom() <= TILE.height_pt, "{hit:?}");
                assert!(hit.area.width > 0.0 && hit.area.height > 0.0 && hit.label.contains('Q'), "{hit:?}");
                let cell = spec.series[hit.series].cell(hit.category);
                assert_eq!(hit.label.contains("fewer than 10 people"), cell == Cell::Withheld, "{hit:?}");
            }
        }
    }
    let bars = hits(&spec(ChartKind::Bar, Locale::En), TILE).unwrap();
    assert_eq!(bars[0].label, "Oslo · Q1 26: 62.0%");
    let told = |kind, shape: &str, place: usize| {
        let (_, spec) = shapes(kind, Locale::En).into_iter().find(|(name, _)| *name == shape).unwrap();
        hits(&spec, TILE).unwrap()[place].label.clone()
    };
    assert_eq!(told(ChartKind::Waterfall, "", 1), "Q2 26: 20.0% · level 70.0%");
    assert_eq!(told(ChartKind::Line, "_events", 1), "Oslo · Q2 26: 71.0% · New centre");
    assert_eq!(
        told(ChartKind::Ribbon, "", 0),
        "Oslo · Q1 26: 62.0% · Technology: median 60.0%, 25–75 % 50.0% – 68.0%"
    );
}

#[test]
fn many_parts_are_summed_up_without_losing_any() {
    let mut spec = spec(ChartKind::Doughnut, Locale::En);
    spec.categories = (1..=30).map(|index| format!("Part {index}")).collect();
    spec.series = vec![Series::new("Hours", (1..=30).map(|v| Some(f64::from(v))).collect())];
    spec.unit = Unit::Count;
    let hits = hits(&spec, TILE).unwrap();
    let last = hits.last().unwrap();
    assert!(last.label.starts_with("Other (") && hits.len() <= 8, "{last:?}");
    let sum: f64 = hits
        .iter()
        .map(|hit| hit.label.split(": ").nth(1).unwrap().split(' ').next().unwrap().parse::<f64>().unwrap())
        .sum();
    assert!((sum - 465.0).abs() < 1e-9);
}

#[test]
fn an_empty_chart_says_so_in_words() {
    for (locale, words, withheld) in [
        (Locale::En, "No data for this period", "Withheld"),
        (Locale::Nb, "Ingen data for denne perioden", "Tilbakeholdt"),
        (Locale::Uk, "Немає даних за цей період", "Дані приховано"),
    ] {
        for kind in ChartKind::ALL.into_iter().filter(|kind| *kind != ChartKind::Sparkline) {
            let mut empty = spec(kind, locale);
            empty.cohort = empty.cohort.map(|cohort| Cohort { spread: vec![None; 4], ..cohort });
            for row in &mut empty.series {
                row.values = vec![None; 4];
            }
            let picture = drawing(&empty, TILE).unwrap();
            assert!(picture.texts().any(|run| run.text == words), "{kind:?} {picture}");
            assert!(hits(&empty, TILE).unwrap().is_empty());
            // Withheld is told apart from not measured.
            empty.series[0].withheld = vec![0, 3];
            let picture = drawing(&empty, TILE).unwrap();
            let said = |text: &str| picture.texts().any(|run| run.text.starts_with(text));
            assert!(!said(words) && said(withheld), "{kind:?} {picture}");
            assert!(alt(&empty).contains("10"), "{}", alt(&empty));
        }
    }
    let mut nothing = spec(ChartKind::Doughnut, Locale::En);
    nothing.series[0].values = vec![Some(0.0); 4];
    assert!(drawing(&nothing, TILE).unwrap().texts().any(|run| run.text == "No data for this period"));
}

#[test]
fn a_missing_value_is_a_gap_in_the_line() {
    use board_charts::Mark;
    let strokes = |values: Vec<Option<f64>>| {
        let mut spec = spec(ChartKind::Sparkline, Locale::En);
        spec.series = vec![Series::new("Oslo", values)];
        let drawing = drawing(&spec, TILE).unwrap();
        let lines = drawing.marks.iter().filter_map(|mark| match mark {
            Mark::Path { points, paint } if paint.stroke.is_some() => Some(points.len()),
            _ => None,
        });
        lines.collect::<Vec<_>>()
    };
    assert_eq!(strokes(vec![Some(1.0), Some(2.0), Some(3.0), Some(4.0)]), [4]);
    assert_eq!(strokes(vec![Some(1.0), Some(2.0), None, Some(4.0)]), [2]);
    assert_eq!(strokes(vec![Some(1.0), None, Some(3.0), None]), Vec::<usize>::new());
}
