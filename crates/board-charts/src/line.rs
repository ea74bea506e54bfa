//! Line charts and sparklines: a stroke per series, gaps where nothing was measured.
//!
//! Points are joined by straight segments only: a smoothed line would show values nobody measured.

use crate::axes::axes;
use crate::drawing::{Point, Rect};
use crate::fonts::Weight;
use crate::hits::{Hit, label};
use crate::pen::{Lettering, Plane};
use crate::sheet::{Entry, Sheet, Swatch};
use crate::{ChartError, Series};

/// Draws a line chart.
pub(crate) fn line(sheet: &Sheet) -> Result<Vec<Hit>, ChartError> {
    let spec = sheet.spec;
    let direct = end_labels(sheet);
    let mut legend = Vec::new();
    if spec.series.len() > 1 && direct.is_none() {
        legend.extend(
            spec.series
                .iter()
                .enumerate()
                .map(|(index, row)| Entry { name: row.name.clone(), swatch: Swatch::Line(index) }),
        );
    }
    legend.extend(spec.band.iter().map(|band| Entry { name: band.name.clone(), swatch: Swatch::Band }));
    let room = sheet.heading(&legend)?;
    let right = direct.as_ref().map_or(0.0, |labels| labels.width);
    let axes = axes(sheet, room, right)?;
    // Under a broken line, or over a band, an area would read as bars.
    if let ([only], None) = (spec.series.as_slice(), &spec.band)
        && let [run] = runs(&only.values).as_slice()
    {
        axes.plane.area(run, axes.floor, sheet.theme.series(0), 0.1)?;
    }
    let radius = sheet.em(3.0);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let stride = (sheet.em(26.0) / axes.step).ceil().max(1.0) as usize;
    for (index, row) in spec.series.iter().enumerate() {
        strokes(sheet, &axes.plane, index, row, sheet.em(2.0))?;
    }
    for (index, row) in spec.series.iter().enumerate() {
        let last = row.values.iter().rposition(Option::is_some).unwrap_or(0);
        for (category, value) in row.values.iter().enumerate() {
            let Some(value) = *value else { continue };
            let known =
                |index: Option<usize>| index.and_then(|index| row.values.get(index).copied()).flatten();
            let alone = known(category.checked_sub(1)).is_none() && known(category.checked_add(1)).is_none();
            // Crowded markers would hide the line: every few points, counted from the last, tell the series apart.
            if alone || (last - category) % stride == 0 {
                sheet.marker(index, axes.plane.place(category as f64, value), radius)?;
            }
        }
    }
    if let Some(labels) = direct {
        labels.draw(sheet, &axes.plane)?;
    }
    Ok(hits(sheet, &axes.plane, axes.step))
}

/// Draws a bare line that fills the canvas; the last point is marked.
pub(crate) fn sparkline(sheet: &Sheet) -> Result<Vec<Hit>, ChartError> {
    let spec = sheet.spec;
    let margin = sheet.em(4.0);
    let over = Rect {
        x: margin,
        y: margin,
        width: sheet.size.width_pt - 2.0 * margin,
        height: sheet.size.height_pt - 2.0 * margin,
    };
    let count = spec.categories.len();
    let values = || spec.series.iter().flat_map(|row| &row.values).flatten().copied();
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    if low > high {
        let y = over.y + over.height / 2.0;
        let ends = [Point { x: over.x, y }, Point { x: over.right(), y }];
        sheet.pen.line(&ends, sheet.theme.axis, 1.0, sheet.em(1.5))?;
        return Ok(Vec::new());
    }
    // A flat line lies in the middle rather than on an edge.
    let spread = if high > low { 0.0 } else { low.abs().max(1.0) };
    let x = if count == 1 { -1.0..1.0 } else { 0.0..(count - 1) as f64 };
    let plane = sheet.pen.plane(over, x, low - spread..high + spread);
    if spec.series.len() == 1 {
        let floor = low - spread - (high - low + 2.0 * spread) * margin / over.height * 0.9;
        for run in runs(&spec.series[0].values) {
            plane.area(&run, floor, sheet.theme.series(0), 0.12)?;
        }
    }
    for (index, row) in spec.series.iter().enumerate() {
        strokes(sheet, &plane, index, row, sheet.em(1.75))?;
        for run in runs(&row.values) {
            let isolated = run.len() == 1;
            if let Some((x, y)) = run.last().filter(|last| isolated || is_last(row, last.0)) {
                sheet.marker(index, plane.place(*x, *y), sheet.em(2.2))?;
            }
        }
    }
    Ok(hits(sheet, &plane, over.width / (count.max(2) - 1) as f64))
}

fn is_last(row: &Series, x: f64) -> bool {
    row.values.iter().rposition(Option::is_some).is_some_and(|last| (last as f64 - x).abs() < 0.5)
}

fn strokes(sheet: &Sheet, plane: &Plane, index: usize, row: &Series, width: f64) -> Result<(), ChartError> {
    for run in runs(&row.values).into_iter().filter(|run| run.len() > 1) {
        plane.line(&run, sheet.theme.series(index), width)?;
    }
    Ok(())
}

/// Unbroken stretches of measured values with their category index.
pub(crate) fn runs(values: &[Option<f64>]) -> Vec<Vec<(f64, f64)>> {
    let mut runs: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut open = false;
    for (index, value) in values.iter().enumerate() {
        if let Some(value) = value {
            if !open {
                runs.push(Vec::new());
            }
            if let Some(run) = runs.last_mut() {
                run.push((index as f64, *value));
            }
        }
        open = value.is_some();
    }
    runs
}

fn hits(sheet: &Sheet, plane: &Plane, step: f64) -> Vec<Hit> {
    let (width, height) = (step.clamp(4.0, 24.0), 16.0);
    let mut hits = Vec::new();
    for (series, row) in sheet.spec.series.iter().enumerate() {
        for (category, value) in row.values.iter().enumerate() {
            let Some(value) = *value else { continue };
            let center = plane.place(category as f64, value);
            let area = Rect { x: center.x - width / 2.0, y: center.y - height / 2.0, width, height };
            hits.push(Hit::new(sheet, series, category, area, label(sheet.spec, series, category, value)));
        }
    }
    hits
}

/// Names and values written beside the ends of the lines, instead of a legend.
struct EndLabels {
    /// Series with the value it ends on, its name (empty for a single series) and the value in words.
    ends: Vec<(usize, f64, String, String)>,
    /// Room they need right of the plane.
    width: f64,
}

/// `None` where a series does not reach the last category, or there are too many, or their names are too long.
fn end_labels(sheet: &Sheet) -> Option<EndLabels> {
    let spec = sheet.spec;
    let count = spec.series.len();
    let name_type = sheet.lettering().weight(Weight::SemiBold);
    let row = name_type.size * 1.35;
    if count > 5 || sheet.size.height_pt * 0.4 < row * count as f64 {
        return None;
    }
    let ends: Option<Vec<_>> = spec
        .series
        .iter()
        .enumerate()
        .map(|(index, series)| {
            let value = series.values.last().copied().flatten()?;
            let name = if count == 1 { String::new() } else { series.name.clone() };
            Some((index, value, name, spec.locale.short(value, spec.unit)))
        })
        .collect();
    let ends = ends?;
    let gap = sheet.em(5.0);
    let widest = ends
        .iter()
        .map(|(_, _, name, value)| {
            let name_width = if name.is_empty() { 0.0 } else { name_type.width(name) + gap };
            name_width + name_type.width(value)
        })
        .fold(0.0, f64::max);
    let width = widest + sheet.em(6.0);
    (width <= sheet.size.width_pt * 0.28).then_some(EndLabels { ends, width })
}

impl EndLabels {
    fn draw(mut self, sheet: &Sheet, plane: &Plane) -> Result<(), ChartError> {
        let lettering = sheet.lettering().weight(Weight::SemiBold).centered();
        let row = lettering.size * 1.35;
        let last = (sheet.spec.categories.len() - 1) as f64;
        self.ends.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let wanted: Vec<f64> = self.ends.iter().map(|end| plane.place(last, end.1).y).collect();
        let places = spread(&wanted, row, plane.over.y - row * 0.3, plane.over.bottom() + row * 0.1);
        let x = plane.place(last, 0.0).x + sheet.em(9.0);
        for ((series, _, name, value), y) in self.ends.iter().zip(places) {
            let color = sheet.theme.series(*series);
            let named = lettering.width(name) + if name.is_empty() { 0.0 } else { sheet.em(5.0) };
            sheet.pen.label(name, x, y, &Lettering { color, ..lettering })?;
            let color = if name.is_empty() { color } else { sheet.theme.ink };
            sheet.pen.label(value, x + named, y, &Lettering { color, ..lettering })?;
        }
        Ok(())
    }
}

/// Moves falling places apart to at least `row`, as little as possible, inside the limits.
fn spread(wanted: &[f64], row: f64, top: f64, bottom: f64) -> Vec<f64> {
    let mut places: Vec<f64> = Vec::with_capacity(wanted.len());
    for (index, y) in wanted.iter().enumerate() {
        let least = places.last().map_or(top, |above| above + row);
        let most = bottom - row * (wanted.len() - 1 - index) as f64;
        places.push(y.max(least).min(most.max(least)));
    }
    places
}
