//! Specifications that several tests draw.

use board_charts::{Band, ChartKind, ChartSpec, Series, Size};
use board_domain::{Locale, Unit};

pub(crate) const TILE: Size = Size { width_pt: 480.0, height_pt: 270.0 };

pub(crate) const KINDS: [ChartKind; 5] =
    [ChartKind::Line, ChartKind::Bar, ChartKind::Doughnut, ChartKind::Radar, ChartKind::Sparkline];

pub(crate) fn spec(kind: ChartKind, locale: Locale) -> ChartSpec {
    let series = |name: &str, values: [Option<f64>; 4]| Series::new(name, values.to_vec());
    ChartSpec {
        title: "Retention".into(),
        subtitle: "By quarter".into(),
        categories: ["Q1 26", "Q2 26", "Q3 26", "Q4 26"].map(String::from).to_vec(),
        series: vec![
            series("Oslo", [Some(0.62), Some(0.71), None, Some(0.742)]),
            series("Bergen", [Some(0.55), Some(0.48), Some(0.5), Some(0.61)]),
        ],
        band: Some(Band { name: "Cohort".into(), low: 0.5, high: 0.6 }),
        ..ChartSpec::new(kind, Unit::Fraction, locale)
    }
}
