//! Properties of the layout: whatever the texts, counts, sizes and languages, labels never overlap nor leave the canvas.

mod common;

use board_charts::{
    Annotation, Band, ChartKind, ChartSpec, Cohort, Comparison, Drawing, Mark, Mode, Percentiles, Series,
    Size, drawing, fonts, hits, table,
};
use board_domain::{Better, Currency, Locale, Unit};
use common::{TILE, spec};
use proptest::prelude::*;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z]{1,8}",
        "[А-ЯҐЄІЇа-яґєії]{1,14}( [а-яґєії]{1,12}){0,3}",
        "[ÆØÅæøåA-Za-z]{1,10}(-| )[a-zæøå0-9.,%()]{1,30}",
        "[ -~а-яæ€…]{0,200}",
        Just(String::new()),
        Just("W".repeat(200)),
        "(Jan|Jun|Sep|груд.|жовт.) [0-9]{2}",
        "[א-ת]{1,12}( [ぁ-ん一-龯]{1,8}){0,2}",
    ]
}

fn value() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        1 => Just(None),
        2 => (0.0..1.0f64).prop_map(Some),
        2 => (-1e3..1e3f64).prop_map(Some),
        1 => (-1e15..1e15f64).prop_map(Some),
        1 => Just(Some(0.0)),
    ]
}

fn unit() -> impl Strategy<Value = Unit> {
    let currency = Currency::parse("UAH").expect("a currency code");
    prop_oneof![
        Just(Unit::Count),
        Just(Unit::Hours),
        Just(Unit::Points),
        Just(Unit::Fraction),
        Just(Unit::Ratio),
        Just(Unit::Money(currency)),
    ]
}

/// What only some kinds have, as shares and indices that are fitted to the chart.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools)] // Each is a switch of its own.
struct Extras {
    stacked: bool,
    horizontal: bool,
    withheld: bool,
    events: Vec<(f64, String)>,
    cohort: (String, f64, [f64; 4]),
    comparison: Option<(String, Option<f64>)>,
    total: bool,
}

prop_compose! {
    fn extras()(
        stacked in any::<bool>(),
        horizontal in any::<bool>(),
        withheld in any::<bool>(),
        events in proptest::collection::vec((0.0..=1.0f64, text()), 0..=12),
        cohort in (text(), -10.0..1000.0f64, proptest::array::uniform4(0.0..50.0f64)),
        comparison in proptest::option::of((text(), value())),
        total in any::<bool>(),
    ) -> Extras {
        Extras { stacked, horizontal, withheld, events, cohort, comparison, total }
    }
}

impl Extras {
    /// Gives the chart what its kind takes.
    fn fit(self, mut spec: ChartSpec) -> ChartSpec {
        let count = spec.categories.len();
        let negative = spec.series.iter().flat_map(|row| &row.values).flatten().any(|value| *value < 0.0);
        spec.stacked =
            self.stacked && (spec.kind == ChartKind::Bar || spec.kind == ChartKind::Area && !negative);
        spec.horizontal = self.horizontal && matches!(spec.kind, ChartKind::Bar | ChartKind::Ribbon);
        if self.withheld {
            for row in &mut spec.series {
                row.withheld =
                    (0..count).filter(|index| row.values[*index].is_none() && index % 2 == 0).collect();
            }
        }
        match spec.kind {
            ChartKind::Ribbon => {
                let (name, p10, [a, b, c, d]) = self.cohort;
                let spread = |index: usize| {
                    let (p25, median) = (p10 + a, p10 + a + b);
                    let whole = Percentiles { p10, p25, median, p75: median + c, p90: median + c + d };
                    (index % 7 != 5).then_some(whole)
                };
                spec.cohort = Some(Cohort { name, spread: (0..count).map(spread).collect() });
            }
            ChartKind::Kpi => {
                let better = Better::Higher;
                spec.comparison = self.comparison.map(|(name, value)| Comparison { name, value, better });
            }
            ChartKind::Waterfall => {
                // Steps of a size whose sum still can be drawn.
                for value in spec.series[0].values.iter_mut().flatten() {
                    *value /= 1000.0;
                }
                if self.withheld {
                    spec.series[0].withheld.clear();
                    for value in &mut spec.series[0].values {
                        value.get_or_insert(1.0);
                    }
                }
                if self.total {
                    spec.totals = vec![0];
                }
            }
            _ => {}
        }
        if spec.takes_annotations() {
            let last = (count - 1) as f64;
            spec.annotations =
                self.events.into_iter().map(|(at, text)| Annotation { at: at * last, text }).collect();
        }
        spec
    }
}

prop_compose! {
    fn chart()(
        kind in proptest::sample::select(ChartKind::ALL.to_vec()),
        locale in proptest::sample::select(Locale::ALL.to_vec()),
        unit in unit(),
        dark in any::<bool>(),
        categories in prop_oneof![1usize..8, 8usize..30, 30usize..=240],
        series in 1usize..=12,
    )(
        title in text(),
        subtitle in text(),
        categories in proptest::collection::vec(text(), categories),
        names in proptest::collection::vec(text(), series),
        values in proptest::collection::vec(proptest::collection::vec(value(), categories), series),
        band in proptest::option::of((text(), -100.0..100.0f64, 0.0..100.0f64)),
        extras in extras(),
        kind in Just(kind), locale in Just(locale), unit in Just(unit), dark in Just(dark),
    ) -> ChartSpec {
        let positive = matches!(kind, ChartKind::Doughnut | ChartKind::Radar);
        let signed = |value: f64| if positive { value.abs() } else { value };
        let series = names
            .into_iter()
            .zip(values)
            .map(|(name, values)| Series::new(name, values.into_iter().map(|value| value.map(signed)).collect()))
            .collect();
        extras.fit(ChartSpec {
            title,
            subtitle,
            categories,
            series,
            band: band.map(|(name, low, height)| Band { name, low, high: low + height }),
            mode: if dark { Mode::Dark } else { Mode::Light },
            ..ChartSpec::new(kind, unit, locale)
        })
    }
}

/// Every text of the specification that a chart may write, as it can be drawn.
fn written(spec: &ChartSpec) -> Vec<String> {
    let texts = [&spec.title, &spec.subtitle]
        .into_iter()
        .chain(&spec.categories)
        .chain(spec.series.iter().map(|row| &row.name))
        .chain(spec.band.iter().map(|band| &band.name))
        .chain(spec.cohort.iter().map(|cohort| &cohort.name))
        .chain(spec.annotations.iter().map(|event| &event.text));
    texts.map(|text| fonts::drawable(text).into_owned()).collect()
}

/// A text that was cut without saying so: the beginning of a longer one, without an ellipsis and without the rest of it
/// on a line of its own.
fn silently_cut(spec: &ChartSpec, drawing: &Drawing) -> Option<String> {
    let texts = written(spec);
    // Short beginnings are words or numbers of their own.
    let long = |run: &&board_charts::TextRun| run.text.chars().count() >= 12 && !run.text.ends_with('…');
    let cut = |run: &&board_charts::TextRun| {
        let known =
            texts.iter().any(|text| text.contains(&run.text) && text.trim().len() == run.text.trim().len());
        let whole = texts.iter().find(|text| text.starts_with(&run.text));
        let rest = whole.map(|text| text[run.text.len()..].trim_start().to_owned()).unwrap_or_default();
        let follows = drawing.texts().any(|other| match other.text.strip_suffix('…') {
            Some(start) => rest.starts_with(start),
            None => rest == other.text,
        });
        !known && whole.is_some() && !rest.is_empty() && !follows
    };
    drawing.texts().filter(long).find(cut).map(|run| run.text.clone())
}

/// What is wrong with the labels of the drawing, if anything.
fn fault(drawing: &Drawing) -> Option<String> {
    let boxes: Vec<_> = drawing.texts().map(|run| (run, run.bounds())).collect();
    for (index, (run, area)) in boxes.iter().enumerate() {
        if area.x < 0.0 || area.y < 0.0 || area.right() > drawing.width || area.bottom() > drawing.height {
            return Some(format!("{:?} leaves the canvas", run.text));
        }
        if let Some((other, _)) = boxes[..index].iter().find(|(_, other)| other.overlaps(area)) {
            return Some(format!("{:?} overlaps {:?}", run.text, other.text));
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn labels_never_overlap_nor_leave_the_canvas(
        spec in chart(),
        width_pt in prop_oneof![16.0..120.0f64, 120.0..800.0f64, 800.0..1600.0f64],
        height_pt in prop_oneof![16.0..120.0f64, 120.0..500.0f64, 500.0..1000.0f64],
    ) {
        let size = Size { width_pt, height_pt };
        let picture = drawing(&spec, size).unwrap();
        prop_assert_eq!(fault(&picture), None);
        prop_assert_eq!(silently_cut(&spec, &picture), None);
        prop_assert_eq!(&drawing(&spec, size).unwrap(), &picture);
        for mark in &picture.marks {
            let ends = match mark {
                Mark::Path { points, .. } => points.clone(),
                Mark::Lines { segments, .. } => segments.concat(),
                Mark::Circle { center, .. } => vec![*center],
                Mark::Text(_) => Vec::new(),
            };
            for point in ends {
                prop_assert!(point.x >= -3.0 && point.x <= width_pt + 3.0, "{mark:?}");
                prop_assert!(point.y >= -3.0 && point.y <= height_pt + 3.0, "{mark:?}");
            }
        }
        // What the picture shortens, the table and the hit map say in full.
        let table = table(&spec);
        for (category, row) in spec.categories.iter().zip(&table.rows) {
            prop_assert_eq!(category, &row[0]);
            prop_assert_eq!(row.len(), table.header.len());
        }
        for hit in hits(&spec, size).unwrap() {
            let summed = spec.kind == ChartKind::Doughnut && hit.label.contains('(');
            prop_assert!(summed || hit.label.contains(&spec.categories[hit.category]), "{hit:?}");
            prop_assert!(hit.area.x >= 0.0 && hit.area.right() <= picture.width + 1e-9, "{hit:?}");
            prop_assert!(hit.area.y >= 0.0 && hit.area.bottom() <= picture.height + 1e-9, "{hit:?}");
        }
    }

    #[test]
    fn every_bar_is_named_while_twelve_have_room(
        names in proptest::collection::vec("[A-Za-zА-Яа-я]{3,40}( [a-zа-я]{3,20}){0,3}", 2..=12),
        locale in proptest::sample::select(Locale::ALL.to_vec()),
    ) {
        let series = vec![Series::new("Sessions", vec![Some(70.0); names.len()])];
        let spec = ChartSpec { series, categories: names, unit: Unit::Count, ..spec(ChartKind::Bar, locale) };
        let picture = drawing(&spec, TILE).unwrap();
        for name in &spec.categories {
            let start: String = name.chars().take(2).collect();
            prop_assert!(picture.texts().any(|run| run.text.starts_with(&start)), "{name:?} is missing in {picture}");
        }
    }
}

#[test]
fn what_has_no_room_lies_on_the_edge_of_a_low_picture() {
    let names: Vec<_> = (0..17).map(|part| format!("Part {part}")).collect();
    let mut series = Series::new("Sessions", vec![Some(9.0); names.len()]);
    for part in [8, 16] {
        series.values[part] = None;
        series.withheld.push(part);
    }
    let spec = ChartSpec { series: vec![series], categories: names, ..spec(ChartKind::Doughnut, Locale::Nb) };
    let size = Size { width_pt: 830.0, height_pt: 41.5 };
    for hit in hits(&spec, size).unwrap() {
        assert!(hit.area.y >= 0.0 && hit.area.bottom() <= size.height_pt + 1e-9, "{hit:?}");
    }
}

#[test]
fn the_last_period_is_always_named() {
    let months: Vec<_> =
        (0..240).map(|month| format!("M{:02} {}", month % 12 + 1, 2007 + month / 12)).collect();
    for count in [1, 2, 7, 13, 24, 60, 240] {
        let series = vec![Series::new("Share", vec![Some(0.5); count])];
        let spec =
            ChartSpec { series, categories: months[..count].to_vec(), ..spec(ChartKind::Line, Locale::En) };
        let picture = drawing(&spec, TILE).unwrap();
        assert!(picture.texts().any(|run| run.text == months[count - 1]), "{count}: {picture}");
    }
}
