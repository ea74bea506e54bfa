//! From a dashboard's definition to what each tile shows: cards, chart specifications and evidence.
//!
//! The window, the chart pictures and the packs all come through here, so they cannot disagree.

use std::collections::BTreeMap;

use board_charts::{Band, ChartKind, ChartSpec, Mode, Series};
use board_domain::{
    Benchmark, Evidence, FigureKey, FigureValue, Grain, MetricId, Period, ProgrammeId, Shows, Spread, Unit,
    movement,
};

use crate::{
    fault::Fault,
    lens::{Lens, Told},
    view::{EvidenceView, FigureCard},
    words,
};

/// What a dashboard is looked at for.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    /// The period.
    pub(crate) period: Period,
    /// One programme; `None` for all.
    pub(crate) programme: Option<ProgrammeId>,
}

impl Scope {
    fn key(&self, metric: &MetricId, period: Period) -> FigureKey {
        FigureKey { metric: metric.clone(), period, programme: self.programme.clone() }
    }
}

/// Points of the sparkline on a card.
const SPARK_POINTS: usize = 8;

/// A figure as a card.
pub(crate) fn card(lens: &Lens<'_>, scope: &Scope, metric: &MetricId) -> Result<FigureCard, Fault> {
    Ok(card_and_figure(lens, scope, metric)?.0)
}

/// A figure as a card, and the figure itself where there is one.
pub(crate) fn card_and_figure(
    lens: &Lens<'_>,
    scope: &Scope,
    metric: &MetricId,
) -> Result<(FigureCard, Option<Told>), Fault> {
    let unit = lens.unit(metric);
    // Each period is read once: the last is the card's own, the one before it the change's.
    let mut course = Vec::with_capacity(SPARK_POINTS);
    for period in scope.period.trailing(SPARK_POINTS) {
        course.push(lens.figure(&scope.key(metric, period))?);
    }
    let number = |found: &Option<Told>| found.as_ref().and_then(|(it, _)| it.value.number());
    let spark: Vec<Option<f64>> = course.iter().map(number).collect();
    let found = course.pop().flatten();
    let earlier = course.last().and_then(number);
    let value = found.as_ref().map(|(figure, _)| &figure.value);
    let now = value.and_then(FigureValue::number);
    let better = lens.definition(metric).map_or(board_domain::Better::Neither, |d| d.better);
    let (change, trend) = match now {
        Some(now) => movement(now, earlier, better),
        None => (None, board_domain::Movement::New),
    };
    let card = FigureCard {
        figure: scope.key(metric, scope.period).to_string(),
        label: lens.metric_name(metric),
        value: now.map_or_else(|| "–".to_owned(), |now| lens.locale.value(now, unit)),
        reason: match value {
            Some(value) => words::reason(lens.locale, value),
            None => Some(words::not_measured(lens.locale).to_owned()),
        },
        change: change.map(|change| {
            words::change_on(lens.locale, change, &lens.locale.period(scope.period.previous()))
        }),
        trend: match trend {
            board_domain::Movement::Improving => "improving",
            board_domain::Movement::Declining => "declining",
            board_domain::Movement::Stable => "stable",
            board_domain::Movement::New => "new",
        }
        .to_owned(),
        spark,
    };
    Ok((card, found))
}

/// The chart of a tile; `None` for cards and evidence.
pub(crate) fn chart(
    lens: &Lens<'_>,
    scope: &Scope,
    shows: &Shows,
    mode: Mode,
) -> Result<Option<ChartSpec>, Fault> {
    let locale = lens.locale;
    let spec = |kind, title: &str, subtitle: String, categories, series, unit| ChartSpec {
        title: title.to_owned(),
        subtitle,
        categories,
        series,
        mode,
        ..ChartSpec::new(kind, unit, locale)
    };
    let names = |periods: &[Period]| periods.iter().map(|p| locale.period_short(*p)).collect::<Vec<_>>();
    Ok(Some(match shows {
        Shows::Kpi { .. } | Shows::Evidence { .. } => return Ok(None),
        Shows::Line { title, metrics, grain, points } => {
            let periods = trailing(scope.period, *grain, *points);
            let mut series = Vec::new();
            for metric in metrics {
                let keys = periods.iter().map(|period| scope.key(metric, *period));
                series.push(row(lens, lens.metric_name(metric), keys)?);
            }
            let unit = metrics.first().map_or(Unit::Count, |metric| lens.unit(metric));
            let subtitle = format!("{} · {}", scope_name(lens, scope)?, grain_name(lens, *grain));
            let band = benchmark_band(lens, scope, metrics, &periods)?;
            let line = spec(ChartKind::Line, title.get(locale), subtitle, names(&periods), series, unit);
            ChartSpec { band, ..line }
        }
        Shows::Bar { title, metric, grain, points } => {
            let periods = trailing(scope.period, *grain, *points);
            let mut series = Vec::new();
            for (name, programme) in parts(lens, scope)? {
                let key = |period: &Period| FigureKey {
                    metric: metric.clone(),
                    period: *period,
                    programme: programme.clone(),
                };
                series.push(row(lens, name, periods.iter().map(key))?);
            }
            let subtitle = format!("{} · {}", words::by_programme(locale), grain_name(lens, *grain));
            spec(ChartKind::Bar, title.get(locale), subtitle, names(&periods), series, lens.unit(metric))
        }
        Shows::Doughnut { title, metric } => {
            let (categories, programmes): (Vec<_>, Vec<_>) = parts(lens, scope)?.into_iter().unzip();
            let key = |programme| FigureKey { metric: metric.clone(), period: scope.period, programme };
            let series = vec![row(lens, lens.metric_name(metric), programmes.into_iter().map(key))?];
            let subtitle = format!("{} · {}", words::by_programme(locale), locale.period(scope.period));
            spec(ChartKind::Doughnut, title.get(locale), subtitle, categories, series, lens.unit(metric))
        }
        Shows::Radar { title, metrics } => {
            let mut series = Vec::new();
            for period in [scope.period, scope.period.previous()] {
                let keys = metrics.iter().map(|metric| scope.key(metric, period));
                series.push(row(lens, locale.period(period), keys)?);
            }
            let categories = metrics.iter().map(|metric| lens.metric_name(metric)).collect();
            let unit = metrics.first().map_or(Unit::Fraction, |metric| lens.unit(metric));
            spec(ChartKind::Radar, title.get(locale), scope_name(lens, scope)?, categories, series, unit)
        }
    }))
}

/// The middle half of companies alike behind the line of one metric of the whole company, in the newest shown period for which it
/// was measured.
fn benchmark_band(
    lens: &Lens<'_>,
    scope: &Scope,
    metrics: &[MetricId],
    periods: &[Period],
) -> Result<Option<Band>, Fault> {
    let ([metric], None) = (metrics, &scope.programme) else { return Ok(None) };
    for period in periods.iter().rev() {
        if let Some(benchmark) = lens.benchmark(&Benchmark::key_of(metric, *period))? {
            let Spread { companies, p25: low, p75: high, .. } = benchmark.spread;
            return Ok(Some(Band { name: words::middle_half(lens.locale, companies), low, high }));
        }
    }
    Ok(None)
}

/// A row of figures; those that are withheld stay apart from those that were not measured.
fn row(lens: &Lens<'_>, name: String, keys: impl Iterator<Item = FigureKey>) -> Result<Series, Fault> {
    let mut series = Series::new(name, Vec::new());
    for (index, key) in keys.enumerate() {
        let value = lens.figure(&key)?.map(|(figure, _)| figure.value);
        if matches!(value, Some(FigureValue::Withheld)) {
            series.withheld.push(index);
        }
        series.values.push(value.as_ref().and_then(FigureValue::number));
    }
    Ok(series)
}

/// Evidence of the period, newest first.
pub(crate) fn evidence(lens: &Lens<'_>, scope: &Scope, limit: usize) -> Result<Vec<Evidence>, Fault> {
    let mut found: Vec<Evidence> = lens
        .evidence()?
        .into_iter()
        .filter(|snippet| scope.period.contains(snippet.date))
        .filter(|snippet| scope.programme.as_ref().is_none_or(|programme| *programme == snippet.programme))
        .collect();
    found.sort_by(|a, b| b.date.cmp(&a.date).then_with(|| a.id.cmp(&b.id)));
    found.truncate(limit);
    Ok(found)
}

/// A snippet as shown.
pub(crate) fn evidence_view(lens: &Lens<'_>, snippet: Evidence) -> Result<EvidenceView, Fault> {
    let programme = lens.programme_name(Some(&snippet.programme))?;
    let month = lens.locale.period(Period::holding(snippet.date, Grain::Month));
    let kind = if snippet.source == "feedback" {
        words::feedback(lens.locale).to_owned()
    } else {
        snippet.source.replace('_', " ")
    };
    let scores = snippet
        .scores
        .iter()
        .map(|score| {
            (
                words::dimension(score.dimension).get(lens.locale).to_owned(),
                lens.locale.percent(score.score, 0),
                words::sureness(score.sureness()).to_owned(),
            )
        })
        .collect();
    Ok(EvidenceView {
        id: snippet.id.to_string(),
        text: snippet.text,
        lang: snippet.lang.tag().to_owned(),
        source: format!("{programme} · {month} · {kind}"),
        scores,
        sha256: snippet.sha256,
    })
}

/// Figures and their shown values that a chart draws, for the manifest of a pack.
pub(crate) fn chart_figures(
    lens: &Lens<'_>,
    scope: &Scope,
    shows: &Shows,
) -> Result<BTreeMap<FigureKey, String>, Fault> {
    let keys: Vec<FigureKey> = match shows {
        Shows::Evidence { .. } => Vec::new(),
        Shows::Kpi { metric } => vec![scope.key(metric, scope.period)],
        Shows::Line { metrics, grain, points, .. } => {
            let periods = trailing(scope.period, *grain, *points);
            metrics
                .iter()
                .flat_map(|metric| periods.iter().map(|period| scope.key(metric, *period)))
                .collect()
        }
        Shows::Bar { metric, grain, points, .. } => {
            let periods = trailing(scope.period, *grain, *points);
            parts(lens, scope)?
                .into_iter()
                .flat_map(|(_, programme)| {
                    periods.iter().map(move |period| FigureKey {
                        metric: metric.clone(),
                        period: *period,
                        programme: programme.clone(),
                    })
                })
                .collect()
        }
        Shows::Doughnut { metric, .. } => parts(lens, scope)?
            .into_iter()
            .map(|(_, programme)| FigureKey { metric: metric.clone(), period: scope.period, programme })
            .collect(),
        Shows::Radar { metrics, .. } => [scope.period, scope.period.previous()]
            .into_iter()
            .flat_map(|period| metrics.iter().map(move |id| scope.key(id, period)))
            .collect(),
    };
    let mut figures = BTreeMap::new();
    for key in keys {
        if let Some(number) = lens.number(&key.metric, key.period, key.programme.as_ref())? {
            let text = lens.locale.value(number, lens.unit(&key.metric));
            figures.insert(key, text);
        }
    }
    Ok(figures)
}

/// Trailing periods of a grain that end with the last one inside the chosen period.
fn trailing(period: Period, grain: Grain, points: u8) -> Vec<Period> {
    Period::holding(period.last(), grain).trailing(usize::from(points))
}

/// The programmes that a figure is split into: one when one was chosen.
fn parts(lens: &Lens<'_>, scope: &Scope) -> Result<Vec<(String, Option<ProgrammeId>)>, Fault> {
    let programmes = lens.programmes()?;
    Ok(programmes
        .into_iter()
        .filter(|programme| scope.programme.as_ref().is_none_or(|chosen| *chosen == programme.id))
        .map(|programme| (programme.name.get(lens.locale).to_owned(), Some(programme.id)))
        .collect())
}

fn scope_name(lens: &Lens<'_>, scope: &Scope) -> Result<String, Fault> {
    lens.programme_name(scope.programme.as_ref())
}

fn grain_name(lens: &Lens<'_>, grain: Grain) -> &'static str {
    match grain {
        Grain::Month => words::monthly(lens.locale),
        Grain::Quarter | Grain::Year => words::quarters_of(lens.locale),
    }
}
