//! Specifications that several tests draw.

use board_charts::{Annotation, Band, ChartKind, ChartSpec, Cohort, Comparison, Percentiles, Series, Size};
use board_domain::{Better, Locale, Unit};

pub(crate) const TILE: Size = Size { width_pt: 480.0, height_pt: 270.0 };

/// A small valid chart of the kind, with what the kind needs.
pub(crate) fn spec(kind: ChartKind, locale: Locale) -> ChartSpec {
    let spec = ChartSpec {
        title: "Retention".into(),
        subtitle: "By quarter".into(),
        categories: ["Q1 26", "Q2 26", "Q3 26", "Q4 26"].map(String::from).to_vec(),
        series: vec![
            Series::new("Oslo", vec![Some(0.62), Some(0.71), None, Some(0.742)]),
            Series::new("Bergen", vec![Some(0.55), Some(0.48), Some(0.5), Some(0.61)]),
        ],
        band: Some(Band { name: "Cohort".into(), low: 0.5, high: 0.6 }),
        ..ChartSpec::new(kind, Unit::Fraction, locale)
    };
    match kind {
        ChartKind::Ribbon => {
            let spread = Percentiles { p10: 0.4, p25: 0.5, median: 0.6, p75: 0.68, p90: 0.75 };
            let spread = vec![Some(spread), Some(spread), Some(spread), None];
            ChartSpec { cohort: Some(Cohort { name: "Technology".into(), spread }), ..spec }
        }
        ChartKind::Kpi => {
            let comparison = Comparison { name: "Q3 26".into(), value: Some(0.676), better: Better::Higher };
            ChartSpec { comparison: Some(comparison), ..spec }
        }
        ChartKind::Waterfall => {
            let values = [0.5, 0.2, -0.3, 0.4].map(Some).to_vec();
            ChartSpec { series: vec![Series::new("Change", values)], totals: vec![0, 3], ..spec }
        }
        _ => spec,
    }
}

#[allow(dead_code)] // The layout makes shapes of its own.
/// The shapes of a kind: as it comes, stacked, lying, with events, with withheld values.
pub(crate) fn shapes(kind: ChartKind, locale: Locale) -> Vec<(&'static str, ChartSpec)> {
    let plain = spec(kind, locale);
    let mut shapes = vec![("", plain.clone())];
    if matches!(kind, ChartKind::Bar | ChartKind::Area) {
        shapes.push(("_stacked", ChartSpec { stacked: true, ..plain.clone() }));
    }
    if matches!(kind, ChartKind::Bar | ChartKind::Ribbon) {
        shapes.push(("_lying", ChartSpec { horizontal: true, ..plain.clone() }));
    }
    if kind == ChartKind::Bar {
        shapes.push(("_lying_stack", ChartSpec { horizontal: true, stacked: true, ..plain.clone() }));
    }
    if plain.takes_annotations() {
        let event = |at, text: &str| Annotation { at, text: text.into() };
        let annotations = vec![event(1.0, "New centre"), event(2.5, "Funding doubled")];
        shapes.push(("_events", ChartSpec { annotations, ..plain.clone() }));
    }
    if plain.series[0].values[2].is_none() {
        let mut withheld = plain;
        withheld.series[0].withheld = vec![2];
        shapes.push(("_withheld", withheld));
    }
    shapes
}
