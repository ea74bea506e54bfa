//! The few words a chart says by itself, and its alternative text, in the three languages.
//!
//! Not a message catalogue: titles, series and categories arrive translated.

use board_domain::{Locale, Unit};

use crate::{ChartKind, ChartSpec};

/// Words by locale, in the order English, Norwegian, Ukrainian.
fn pick(locale: Locale, words: [&'static str; 3]) -> &'static str {
    match locale {
        Locale::En => words[0],
        Locale::Nb => words[1],
        Locale::Uk => words[2],
    }
}

pub(crate) fn no_data(locale: Locale) -> &'static str {
    pick(locale, ["No data for this period", "Ingen data for denne perioden", "Немає даних за цей період"])
}

pub(crate) fn total(locale: Locale) -> &'static str {
    pick(locale, ["Total", "Totalt", "Усього"])
}

pub(crate) fn other(locale: Locale, parts: usize) -> String {
    format!("{} ({parts})", pick(locale, ["Other", "Andre", "Інше"]))
}

pub(crate) fn category(locale: Locale) -> &'static str {
    pick(locale, ["Category", "Kategori", "Категорія"])
}

pub(crate) fn share(locale: Locale) -> &'static str {
    pick(locale, ["Share", "Andel", "Частка"])
}

/// The caption over a value axis; empty where the labels already carry the unit.
pub(crate) fn unit(locale: Locale, unit: Unit) -> String {
    match unit {
        Unit::Count | Unit::Fraction => String::new(),
        Unit::Hours => pick(locale, ["Hours", "Timer", "Години"]).into(),
        Unit::Points => pick(locale, ["Points", "Poeng", "Бали"]).into(),
        Unit::Ratio => {
            pick(locale, ["Value per 1 invested", "Verdi per 1 investert", "Цінність на 1 вкладену"]).into()
        }
        Unit::Money(currency) => currency.code().into(),
    }
}

fn kind(locale: Locale, kind: ChartKind) -> &'static str {
    let words = match kind {
        ChartKind::Line => ["Line chart", "Linjediagram", "Лінійна діаграма"],
        ChartKind::Bar => ["Bar chart", "Søylediagram", "Стовпчаста діаграма"],
        ChartKind::Doughnut => ["Doughnut chart", "Ringdiagram", "Кільцева діаграма"],
        ChartKind::Radar => ["Radar chart", "Radardiagram", "Пелюсткова діаграма"],
        ChartKind::Sparkline => ["Trend line", "Trendlinje", "Лінія тренду"],
        ChartKind::Area => ["Area chart", "Arealdiagram", "Діаграма з областями"],
        ChartKind::Ribbon => ["Percentile ribbon", "Persentilbånd", "Смуга процентилів"],
        ChartKind::Kpi => ["Key figure", "Nøkkeltall", "Ключовий показник"],
        ChartKind::Waterfall => ["Waterfall chart", "Fossediagram", "Каскадна діаграма"],
    };
    pick(locale, words)
}

/// One sentence for people who do not see the chart: kind, title, range of categories, and per series the last,
/// highest and lowest value with their categories.
///
/// Reads any specification, also one that [`ChartSpec::check`] refuses.
pub fn alt(spec: &ChartSpec) -> String {
    let locale = spec.locale;
    let (open, close) = match locale {
        Locale::En => ("“", "”"),
        Locale::Nb | Locale::Uk => ("«", "»"),
    };
    let title = if spec.title.is_empty() { String::new() } else { format!(" {open}{}{close}", spec.title) };
    let range = match spec.categories.as_slice() {
        [] => String::new(),
        [only] => format!(", {only}"),
        [first, .., last] => format!(", {first} – {last}"),
    };
    let banded = matches!(spec.kind, ChartKind::Line | ChartKind::Bar);
    let band = spec.band.as_ref().filter(|_| banded).map_or_else(String::new, |band| {
        let (low, high) = (locale.value(band.low, spec.unit), locale.value(band.high, spec.unit));
        format!(", {} {low} – {high}", band.name)
    });
    let drawn = if spec.kind == ChartKind::Doughnut { 1 } else { spec.series.len() };
    let rows: Vec<_> =
        spec.series.iter().take(drawn).map(|row| row_alt(spec, &row.name, &row.values)).collect();
    let rows = if rows.is_empty() { no_data(locale).to_lowercase() } else { rows.join("; ") };
    format!("{}{title}{range}{band}: {rows}.", kind(locale, spec.kind))
}

fn row_alt(spec: &ChartSpec, name: &str, values: &[Option<f64>]) -> String {
    let locale = spec.locale;
    let known: Vec<(f64, &str)> = values
        .iter()
        .zip(&spec.categories)
        .filter_map(|(value, category)| value.map(|value| (value, category.as_str())))
        .collect();
    let said = |(value, category): (f64, &str)| format!("{} ({category})", locale.value(value, spec.unit));
    let name = if name.is_empty() { String::new() } else { format!("{name} – ") };
    let highest = known.iter().copied().reduce(|best, next| if next.0 > best.0 { next } else { best });
    let lowest = known.iter().copied().reduce(|best, next| if next.0 < best.0 { next } else { best });
    let (Some(highest), Some(lowest), Some(last)) = (highest, lowest, known.last()) else {
        return format!("{name}{}", no_data(locale).to_lowercase());
    };
    let extremes = format!(
        "{} {}, {} {}",
        pick(locale, ["highest", "høyeste", "найбільше"]),
        said(highest),
        pick(locale, ["lowest", "laveste", "найменше"]),
        said(lowest)
    );
    match spec.kind {
        ChartKind::Line | ChartKind::Bar | ChartKind::Sparkline => {
            format!("{name}{} {}, {extremes}", pick(locale, ["last", "siste", "останнє"]), said(*last))
        }
        ChartKind::Doughnut => {
            let sum = known.iter().map(|(value, _)| value).sum();
            format!("{name}{} {}, {extremes}", total(locale).to_lowercase(), locale.value(sum, spec.unit))
        }
        _ => format!("{name}{extremes}"),
    }
}
