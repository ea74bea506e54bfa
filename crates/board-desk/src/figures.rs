//! Everything about one figure: definition, inputs, the sum done again on this device, history and evidence.

use board_domain::{Benchmark, Dimension, FigureKey, FigureValue, Locale, MetricDefinition, Unit, UnitKind};

use crate::{
    fault::{Code, Fault},
    lens::Lens,
    tiles::{self, Scope},
    view::{BenchmarkView, FigureView},
    words,
};

/// Snippets shown with a figure.
const EVIDENCE_SHOWN: usize = 20;

/// The detail of a figure; [`Code::NotFound`] where it was never measured.
pub(crate) fn view(lens: &Lens<'_>, key: &str, may_see_evidence: bool) -> Result<FigureView, Fault> {
    let key = FigureKey::parse(key).ok_or_else(|| Fault::new(Code::Malformed, "figure key"))?;
    let (figure, times) = lens.figure(&key)?.ok_or(Code::NotFound)?;
    let definition = lens.definition_of(&figure)?.ok_or(Code::NotSynced)?;
    let locale = lens.locale;
    let unit = definition.unit.unit(lens.currency());
    let shown = |value: &FigureValue| match value {
        FigureValue::Number { value } => locale.value(*value, unit),
        other => words::reason(locale, other).unwrap_or_default(),
    };
    let scope = Scope { period: key.period, programme: key.programme.clone() };
    let recomputed = figure.recompute(&definition);
    let mut inputs: Vec<(String, String)> = figure
        .inputs
        .iter()
        .chain(&definition.assumptions)
        .map(|(name, value)| (words::input(locale, name), input_text(locale, name, *value, lens)))
        .collect();
    inputs.dedup();
    let mut evidence = Vec::new();
    if may_see_evidence {
        let dimension = Dimension::parse(key.metric.as_str());
        for snippet in tiles::evidence(lens, &scope, usize::MAX)? {
            let speaks = |d| snippet.scores.iter().any(|score| score.dimension == d);
            if dimension.is_none_or(speaks) {
                evidence.push(tiles::evidence_view(lens, snippet)?);
            }
            if evidence.len() == EVIDENCE_SHOWN {
                break;
            }
        }
    }
    let card = tiles::card(lens, &scope, &key.metric)?;
    let period = locale.period(key.period);
    let programme = lens.programme_name(key.programme.as_ref())?;
    let zone = lens.zone();
    let citation = format!(
        "{}, {}: {} ({period}, {programme}; {key}, v{}, {})",
        lens.tenant.name,
        definition.name.get(locale),
        shown(&figure.value),
        figure.definition,
        locale.instant(figure.measured_at, &zone),
    );
    Ok(FigureView {
        card,
        about: definition.about.get(locale).to_owned(),
        formula: definition.formula_text.clone(),
        version: figure.definition,
        period,
        programme,
        inputs,
        recomputed: shown(&recomputed),
        agrees: agree(&figure.value, &recomputed),
        sources: definition.sources.iter().map(|source| source.replace('_', " ")).collect(),
        measured_at: figure.measured_at.to_string(),
        received_at: times.received_at.to_string(),
        seq: times.since_seq,
        history: lens
            .figure_history(&key)?
            .into_iter()
            .skip(1)
            .map(|(figure, times)| (shown(&figure.value), times.at.to_string()))
            .collect(),
        evidence,
        citation,
        benchmark: benchmark(lens, &key, &figure.value, &definition)?,
    })
}

/// How the figure stands among companies alike.
fn benchmark(
    lens: &Lens<'_>,
    key: &FigureKey,
    value: &FigureValue,
    definition: &MetricDefinition,
) -> Result<Option<BenchmarkView>, Fault> {
    if key.programme.is_some() {
        return Ok(None);
    }
    let Some(found) = lens.benchmark(&Benchmark::key_of(&key.metric, key.period))? else { return Ok(None) };
    let (spread, value) = (&found.spread, value.number());
    let shown = |value| lens.locale.value(value, definition.unit.unit(lens.currency()));
    let width = spread.p90 - spread.p10;
    let place = |value: f64| if width > 0.0 { ((value - spread.p10) / width).clamp(0.0, 1.0) } else { 0.5 };
    Ok(Some(BenchmarkView {
        cohort: words::cohort(lens.locale, &found.cohort),
        companies: spread.companies,
        median: shown(spread.median),
        middle: (shown(spread.p25), shown(spread.p75)),
        badge: value.and_then(|value| spread.badge(value, definition.better)),
        places: (place(spread.p25), place(spread.median), place(spread.p75), value.map(place)),
    }))
}

/// Equal to the last bit, or the same reason for having no value.
fn agree(published: &FigureValue, recomputed: &FigureValue) -> bool {
    match (published.number(), recomputed.number()) {
        (Some(a), Some(b)) => a.to_bits() == b.to_bits(),
        _ => published == recomputed,
    }
}

pub(crate) fn input_text(locale: Locale, name: &str, value: f64, lens: &Lens<'_>) -> String {
    match name {
        "investment" | "value_per_person" => locale.value(value, UnitKind::Money.unit(lens.currency())),
        "attribution" | "deadweight" | "drop_off" | "discount_rate" | "quality" | "outcome_lift"
        | "placement" | "language" | "social" | "job_access" => locale.value(value, Unit::Fraction),
        "hours" => locale.value(value, Unit::Hours),
        _ if value.fract() == 0.0 => locale.number(value, 0),
        _ => locale.number(value, 2),
    }
}

#[cfg(test)]
mod tests {
    use board_domain::{Cohort, CompanySize, Fact, MetricId, Period, Role, Spread, definitions_v1};

    use super::*;
    use crate::testing::{
        desk,
        log::{Log, at, founded, measured, tenant},
    };

    #[test]
    fn a_figure_stands_among_companies_alike_as_they_were_then() {
        let benchmark = Benchmark {
            metric: MetricId::new("sroi").unwrap(),
            definition: 1,
            period: Period::Quarter(2026, 2),
            cohort: Cohort { industry: Some("energy".into()), size: Some(CompanySize::Large), area: None },
            spread: Spread::of((1..=11).map(f64::from).collect()).unwrap(),
        };
        let mut log = Log::new();
        log.fact(&founded(&tenant()));
        for definition in definitions_v1() {
            log.fact(&Fact::MetricDefined { definition });
        }
        log.fact(&measured("sroi/2026-Q2/all", 8.6));
        let before = log.events.len() as u64;
        log.fact(&Fact::BenchmarkMeasured { benchmark });
        let desk = desk(&log, Role::Viewer, at(1_000));
        desk.unlock().unwrap();
        let view = |as_of| desk.figure("sroi/2026-Q2/all", as_of).unwrap().benchmark;
        let shown = view(None).unwrap();
        assert_eq!(shown.cohort, "Energy · 501–5,000 people");
        assert_eq!((shown.companies, shown.badge), (11, Some(25)));
        assert_eq!(
            (shown.median.as_str(), shown.middle.0.as_str(), shown.middle.1.as_str()),
            ("6.00:1", "3.50:1", "8.50:1")
        );
        let (low, middle, high, own) = shown.places;
        assert!(0.0 < low && low < middle && middle < high && high < own.unwrap() && own.unwrap() < 1.0);
        assert!(view(Some(before)).is_none());
    }
}
