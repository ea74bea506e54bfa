//! The alternative text of a chart: one sentence for people who do not see it, in the three languages.
//!
//! Says what the picture shows at a glance; every value is in the table.

use std::fmt::Write as _;

use board_domain::{Locale, movement};

use crate::words::{self, pick};
use crate::{Cell, ChartKind, ChartSpec, Series, State};

/// A value with the name of its category.
type Told<'a> = (f64, &'a str);

/// One sentence: kind, title, range of categories, band and cohort; per series the last, highest and lowest value with
/// their categories, the change from the first to the last, how many values are missing and how many withheld; events.
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
    let band = spec.drawn_band().map_or_else(String::new, |band| {
        let (low, high) = (locale.value(band.low, spec.unit), locale.value(band.high, spec.unit));
        format!(", {} {low} – {high}", band.name)
    });
    let rows: Vec<_> = match spec.state() {
        State::Withheld => vec![words::withheld_why(locale)],
        State::Empty => vec![words::no_data(locale).to_lowercase()],
        State::Drawn => spec.drawn().iter().map(|row| row_alt(spec, row)).collect(),
    };
    let mut events = String::new();
    for event in &spec.annotations {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let category = spec.categories.get(event.at.max(0.0) as usize).map_or("", String::as_str);
        let _ = write!(events, "; {} ({category})", event.text);
    }
    format!("{}{title}{range}{band}: {}{events}.", words::kind(spec), rows.join("; "))
}

fn row_alt(spec: &ChartSpec, row: &Series) -> String {
    let locale = spec.locale;
    let known: Vec<Told> = row
        .values
        .iter()
        .zip(&spec.categories)
        .filter_map(|(value, category)| value.map(|value| (value, category.as_str())))
        .collect();
    let name = if row.name.is_empty() { String::new() } else { format!("{} – ", row.name) };
    let mut parts = match (known.as_slice(), spec.kind) {
        ([], _) => Vec::new(),
        (_, ChartKind::Waterfall) => waterfall(spec, &known),
        (known, ChartKind::Kpi) => kpi(spec, known),
        (known, _) => course(spec, known),
    };
    if spec.kind == ChartKind::Ribbon {
        parts.extend(standing(spec, row));
    }
    let cells = || (0..spec.categories.len()).map(|category| row.cell(category));
    let count = |wanted: Cell| cells().filter(|cell| *cell == wanted).count();
    let (missing, withheld) = (count(Cell::Missing), count(Cell::Withheld));
    if missing > 0 && !parts.is_empty() {
        parts.push(words::values_missing(locale, missing));
    }
    if withheld > 0 {
        parts.push(words::values_withheld(locale, withheld));
    }
    if parts.is_empty() {
        parts.push(words::no_data(locale).to_lowercase());
    }
    format!("{name}{}", parts.join(", "))
}

fn said(spec: &ChartSpec, (value, category): Told) -> String {
    format!("{} ({category})", spec.locale.value(value, spec.unit))
}

/// Highest and lowest, the earlier of equals.
fn extremes(spec: &ChartSpec, known: &[Told]) -> Vec<String> {
    let highest = known.iter().copied().reduce(|best, next| if next.0 > best.0 { next } else { best });
    let lowest = known.iter().copied().reduce(|best, next| if next.0 < best.0 { next } else { best });
    let words = [["highest", "høyeste", "найбільше"], ["lowest", "laveste", "найменше"]];
    let told = |(words, value): ([&'static str; 3], Option<Told>)| {
        value.map(|value| format!("{} {}", pick(spec.locale, words), said(spec, value)))
    };
    words.into_iter().zip([highest, lowest]).filter_map(told).collect()
}

fn course(spec: &ChartSpec, known: &[Told]) -> Vec<String> {
    let locale = spec.locale;
    let (Some(first), Some(last)) = (known.first(), known.last()) else { return Vec::new() };
    let mut parts = Vec::new();
    match spec.kind {
        ChartKind::Doughnut => {
            let sum = known.iter().map(|(value, _)| value).sum();
            parts.push(format!("{} {}", words::total(locale).to_lowercase(), locale.value(sum, spec.unit)));
        }
        // Lying bars name things, not times: their last is only the lowest on the page.
        ChartKind::Radar => {}
        _ if spec.horizontal => {}
        _ => parts.push(format!("{} {}", pick(locale, ["last", "siste", "останнє"]), said(spec, *last))),
    }
    let over_time = matches!(
        spec.kind,
        ChartKind::Line | ChartKind::Area | ChartKind::Bar | ChartKind::Sparkline | ChartKind::Ribbon
    );
    if over_time && !spec.horizontal && known.len() > 1 && first.0 != 0.0 {
        let change = locale.signed_percent((last.0 - first.0) / first.0.abs(), 1);
        let words = ["change", "endring", "зміна"];
        parts.push(format!("{} {change} ({} – {})", pick(locale, words), first.1, last.1));
    }
    parts.extend(extremes(spec, known));
    parts
}

fn kpi(spec: &ChartSpec, known: &[Told]) -> Vec<String> {
    let locale = spec.locale;
    let Some(last) = known.last() else { return Vec::new() };
    let mut parts = vec![said(spec, *last)];
    if let Some(other) = &spec.comparison {
        let (change, moved) = movement(last.0, other.value, other.better);
        let change = change.map(|change| {
            format!("{} {}", locale.signed_percent(change, 1), words::against(locale, &other.name))
        });
        parts.push(change.unwrap_or_else(|| words::nothing_earlier(locale).to_lowercase()));
        parts.push(words::moved(locale, moved).to_owned());
    }
    if known.len() > 1 {
        parts.extend(extremes(spec, known));
    }
    parts
}

/// Where it begins and ends, and the largest step each way.
fn waterfall(spec: &ChartSpec, known: &[Told]) -> Vec<String> {
    let locale = spec.locale;
    let steps = spec.steps().unwrap_or_default();
    let levels: Vec<Told> =
        steps.iter().zip(known).map(|(step, (_, category))| (step.to, *category)).collect();
    let (Some(first), Some(last)) = (levels.first(), levels.last()) else { return Vec::new() };
    let words = [["from", "fra", "від"], ["to", "til", "до"]];
    let mut parts: Vec<_> = words
        .into_iter()
        .zip([first, last])
        .map(|(words, level)| format!("{} {}", pick(locale, words), said(spec, *level)))
        .collect();
    let moves = || steps.iter().zip(known).filter(|(step, _)| !step.total).map(|(_, told)| *told);
    let up = moves().filter(|told| told.0 > 0.0).reduce(|a, b| if b.0 > a.0 { b } else { a });
    let down = moves().filter(|told| told.0 < 0.0).reduce(|a, b| if b.0 < a.0 { b } else { a });
    let words = [
        ["largest increase", "største økning", "найбільше зростання"],
        ["largest decrease", "største nedgang", "найбільше зменшення"],
    ];
    for (words, told) in words.into_iter().zip([up, down]) {
        parts.extend(told.map(|told| format!("{} {}", pick(locale, words), said(spec, told))));
    }
    parts
}

/// How the company stands against the median of the cohort.
fn standing(spec: &ChartSpec, row: &Series) -> Option<String> {
    let cohort = spec.cohort.as_ref()?;
    let pairs: Vec<_> = row
        .values
        .iter()
        .zip(&cohort.spread)
        .filter_map(|(value, spread)| Some((value.as_ref()?, spread.as_ref()?)))
        .collect();
    let above = pairs.iter().filter(|(value, spread)| **value > spread.median).count();
    let name = if cohort.name.is_empty() { String::new() } else { format!(" ({})", cohort.name) };
    (!pairs.is_empty()).then(|| format!("{}{name}", words::above_median(spec.locale, above, pairs.len())))
}
