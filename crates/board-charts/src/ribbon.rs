//! Percentile ribbons: how a cohort is spread, and where the company stands in it.
//!
//! Knows five percentiles of each category; no member of the cohort but the company is ever drawn.

use crate::axes::{Axes, axes};
use crate::bar::number_type;
use crate::direct::EndLabels;
use crate::drawing::{Anchor, Point};
use crate::fonts::Weight;
use crate::hits::Hit;
use crate::line::{hits, markers, strokes, withheld};
use crate::lying::lying;
use crate::pen::Lettering;
use crate::sheet::{Entry, Sheet, Swatch};
use crate::{Cell, ChartError, Percentiles, Rect, words};

const OUTER: f64 = 0.16;
const INNER: f64 = 0.34;

/// Draws a ribbon over ordered categories, or a strip per category.
pub(crate) fn ribbon(sheet: &Sheet) -> Result<Vec<Hit>, ChartError> {
    let spec = sheet.spec;
    let locale = spec.locale;
    let cohort = spec.cohort.as_ref().map_or("", |cohort| cohort.name.as_str());
    let named = |part: &str| if cohort.is_empty() { part.to_owned() } else { format!("{cohort}, {part}") };
    let mut legend = sheet.legend_of(Swatch::Line, true);
    legend.push(Entry::new(&named(words::median(locale)), Swatch::Median));
    legend.push(Entry::new(&format!("25–75{}", words::percent_sign(locale)), Swatch::Spread(INNER + OUTER)));
    legend.push(Entry::new(&format!("10–90{}", words::percent_sign(locale)), Swatch::Spread(OUTER)));
    legend.extend(sheet.withheld_entry());
    if spec.strips() {
        let room = sheet.heading(&legend)?;
        let number = number_type(sheet).weight(Weight::SemiBold).anchor(Anchor::End).centered();
        let texts = spec.drawn().iter().flat_map(|row| &row.values).flatten();
        let widest = texts.map(|value| number.width(&locale.short(*value, spec.unit))).fold(0.0, f64::max);
        let column = (widest + sheet.em(10.0)).min(room.width * 0.25);
        let axes = lying(sheet, room, column)?;
        return strips(sheet, &axes, &number, room.right());
    }
    let direct = EndLabels::of(sheet, |_, value| value);
    let room = sheet.heading(&legend)?;
    let axes = axes(sheet, room, direct.as_ref().map_or(0.0, |labels| labels.width))?;
    ground(sheet, &axes)?;
    for (index, row) in spec.drawn().iter().enumerate() {
        strokes(sheet, &axes.plane, index, row, sheet.em(2.0))?;
    }
    markers(sheet, &axes)?;
    if let Some(labels) = direct {
        labels.draw(sheet, &axes.plane)?;
    }
    let mut hits = hits(sheet, &axes.plane, axes.step);
    hits.extend(withheld(sheet, &axes.plane)?);
    hits.sort_by_key(|hit| hit.category);
    Ok(hits)
}

/// The spread of the cohort behind the company's line, broken where the cohort is too small.
fn ground(sheet: &Sheet, axes: &Axes) -> Result<(), ChartError> {
    let spread = sheet.spec.cohort.as_ref().map_or(&[][..], |cohort| &cohort.spread);
    let mut start = 0;
    while start < spread.len() {
        let length = spread[start..].iter().take_while(|spread| spread.is_some()).count();
        let run: Vec<(usize, Percentiles)> =
            (start..start + length).filter_map(|category| Some((category, spread[category]?))).collect();
        start += length + 1;
        let edge = |level: fn(&Percentiles) -> f64| -> Vec<Point> {
            run.iter().map(|(category, spread)| axes.at(*category, level(spread))).collect()
        };
        if let [(category, only)] = run[..] {
            strip(sheet, axes, category, &only, sheet.em(12.0))?;
            continue;
        }
        let layers = [
            (edge(|spread| spread.p90), edge(|spread| spread.p10), OUTER),
            (edge(|spread| spread.p75), edge(|spread| spread.p25), INNER),
        ];
        for (mut outline, lower, opacity) in layers {
            outline.extend(lower.into_iter().rev());
            if outline.len() > 2 {
                sheet.pen.polygon(&outline, sheet.theme.band, opacity)?;
            }
        }
        let median = edge(|spread| spread.median);
        for pair in median.windows(2) {
            sheet.pen.dashes(pair[0], pair[1], sheet.em(3.0), sheet.theme.band, sheet.em(1.5))?;
        }
    }
    Ok(())
}

/// One category's spread across the axis.
fn strip(
    sheet: &Sheet,
    axes: &Axes,
    category: usize,
    spread: &Percentiles,
    thick: f64,
) -> Result<(), ChartError> {
    let bar = |values, share: f64| axes.bar(category, values, -thick * share / 2.0, thick * share);
    sheet.pen.rect(bar([spread.p10, spread.p90], 1.0), sheet.theme.band, OUTER)?;
    sheet.pen.rect(bar([spread.p25, spread.p75], 1.0), sheet.theme.band, INNER)?;
    let median = bar([spread.median; 2], 1.0);
    let ends = [Point { x: median.x, y: median.y }, Point { x: median.right(), y: median.bottom() }];
    sheet.pen.line(&ends, sheet.theme.band, 1.0, sheet.em(1.75))
}

/// A strip per category with the company's marker on it and its value in a column at the right.
fn strips(sheet: &Sheet, axes: &Axes, number: &Lettering, right: f64) -> Result<Vec<Hit>, ChartError> {
    let spec = sheet.spec;
    let thick = (axes.step * 0.5).min(sheet.em(26.0));
    let spread = |category: usize| spec.cohort.as_ref().and_then(|cohort| cohort.spread[category]);
    for category in 0..spec.categories.len() {
        if let Some(spread) = spread(category) {
            strip(sheet, axes, category, &spread, thick)?;
        }
    }
    let mut hits = Vec::new();
    for (series, row) in spec.drawn().iter().enumerate() {
        for category in 0..spec.categories.len() {
            match row.cell(category) {
                Cell::Known(value) => {
                    let at = axes.at(category, value);
                    let radius = sheet.em(5.0).min(thick * 0.45);
                    sheet.marker(series, at, radius)?;
                    let marker =
                        Rect { x: at.x - radius, y: at.y - thick / 2.0, width: 2.0 * radius, height: thick };
                    sheet.pen.label(&spec.locale.short(value, spec.unit), right, at.y, number)?;
                    hits.push(Hit::new(sheet, series, category, marker));
                }
                Cell::Withheld => {
                    let foot = axes.at(category, axes.floor);
                    let radius = sheet.em(3.4).min(thick * 0.5);
                    let center = Point { x: foot.x + radius + sheet.em(2.5), y: foot.y };
                    hits.push(sheet.withheld_mark(series, category, center, radius)?);
                }
                Cell::Missing => {}
            }
        }
    }
    Ok(hits)
}
