//! Properties of the layout: whatever the texts, counts, sizes and languages, labels never overlap nor leave the canvas.

mod common;

use board_charts::{Band, ChartKind, ChartSpec, Drawing, Mark, Mode, Series, Size, drawing, hits};
use board_domain::{Currency, Locale, Unit};
use common::{KINDS, TILE, spec};
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

prop_compose! {
    fn chart()(
        kind in proptest::sample::select(KINDS.to_vec()),
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
        kind in Just(kind), locale in Just(locale), unit in Just(unit), dark in Just(dark),
    ) -> ChartSpec {
        let positive = matches!(kind, ChartKind::Doughnut | ChartKind::Radar);
        let signed = |value: f64| if positive { value.abs() } else { value };
        let series = names
            .into_iter()
            .zip(values)
            .map(|(name, values)| Series::new(name, values.into_iter().map(|value| value.map(signed)).collect()))
            .collect();
        ChartSpec {
            title,
            subtitle,
            categories,
            series,
            band: band.map(|(name, low, height)| Band { name, low, high: low + height }),
            mode: if dark { Mode::Dark } else { Mode::Light },
            ..ChartSpec::new(kind, unit, locale)
        }
    }
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
        prop_assert_eq!(&drawing(&spec, size).unwrap(), &picture);
        for mark in &picture.marks {
            if let Mark::Path { points, .. } = mark {
                for point in points {
                    prop_assert!(point.x >= -3.0 && point.x <= width_pt + 3.0, "{point:?}");
                    prop_assert!(point.y >= -3.0 && point.y <= height_pt + 3.0, "{point:?}");
                }
            }
        }
        for hit in hits(&spec, size).unwrap() {
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
