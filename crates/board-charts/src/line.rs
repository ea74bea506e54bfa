//! Line charts and sparklines: a stroke per series, gaps where nothing was measured.
//!
//! Points are joined by straight segments only: a smoothed line would show values nobody measured.

use crate::axes::{Axes, axes};
use crate::direct::EndLabels;
use crate::drawing::{Point, Rect};
use crate::hits::Hit;
use crate::pen::Plane;
use crate::sheet::{Entry, Sheet, Swatch};
use crate::{Cell, ChartError, Series};

/// Draws a line chart.
pub(crate) fn line(sheet: &Sheet) -> Result<Vec<Hit>, ChartError> {
    let spec = sheet.spec;
    let direct = EndLabels::of(sheet, |_, value| value);
    let mut legend = sheet.legend_of(Swatch::Line, spec.series.len() > 1 && direct.is_none());
    legend.extend(spec.drawn_band().map(|band| Entry::new(&band.name, Swatch::Band)));
    legend.extend(sheet.withheld_entry());
    let room = sheet.heading(&legend)?;
    let right = direct.as_ref().map_or(0.0, |labels| labels.width);
    let axes = axes(sheet, room, right)?;
    // Under a broken line, or over a band, an area would read as bars.
    if let ([only], None) = (spec.series.as_slice(), &spec.band)
        && let [run] = runs(&only.values).as_slice()
    {
        axes.plane.area(run, axes.floor, sheet.theme.series(0), 0.1)?;
    }
    for (index, row) in spec.series.iter().enumerate() {
        strokes(sheet, &axes.plane, index, row, sheet.em(2.0))?;
    }
    markers(sheet, &axes)?;
    if let Some(labels) = direct {
        labels.draw(sheet, &axes.plane)?;
    }
    let mut hits = hits(sheet, &axes.plane, axes.step);
    hits.extend(withheld(sheet, &axes.plane)?);
    hits.sort_by_key(|hit| (hit.series, hit.category));
    Ok(hits)
}

/// Marks points so that lines are told apart, and every point without neighbours.
pub(crate) fn markers(sheet: &Sheet, axes: &Axes) -> Result<(), ChartError> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let stride = (sheet.em(26.0) / axes.step).ceil().max(1.0) as usize;
    for (index, row) in sheet.spec.drawn().iter().enumerate() {
        let last = row.values.iter().rposition(Option::is_some).unwrap_or(0);
        for (category, value) in row.values.iter().enumerate() {
            let Some(value) = *value else { continue };
            let known =
                |index: Option<usize>| index.and_then(|index| row.values.get(index).copied()).flatten();
            let alone = known(category.checked_sub(1)).is_none() && known(category.checked_add(1)).is_none();
            // Crowded markers would hide the line: every few points, counted from the last, tell the series apart.
            if alone || (last - category) % stride == 0 {
                sheet.marker(index, axes.plane.place(category as f64, value), sheet.em(3.0))?;
            }
        }
    }
    Ok(())
}

/// Marks what is withheld at the foot of the plane, one series above the other.
pub(crate) fn withheld(sheet: &Sheet, plane: &Plane) -> Result<Vec<Hit>, ChartError> {
    let radius = sheet.em(3.2);
    let mut hits = Vec::new();
    for category in 0..sheet.spec.categories.len() {
        let mut y = plane.over.bottom() - radius - sheet.em(2.5);
        for (series, row) in sheet.spec.drawn().iter().enumerate() {
            if row.cell(category) == Cell::Withheld && y - radius > plane.over.y {
                let x = plane.place(category as f64, 0.0).x;
                hits.push(sheet.withheld_mark(series, category, Point { x, y }, radius)?);
                y -= 2.3 * radius;
            }
        }
    }
    Ok(hits)
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
    let values = || spec.drawn().iter().flat_map(|row| &row.values).flatten().copied();
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
    if spec.drawn().len() == 1 {
        let floor = low - spread - (high - low + 2.0 * spread) * margin / over.height * 0.9;
        for run in runs(&spec.series[0].values) {
            plane.area(&run, floor, sheet.theme.series(0), 0.12)?;
        }
    }
    for (index, row) in spec.drawn().iter().enumerate() {
        strokes(sheet, &plane, index, row, sheet.em(1.75))?;
        for run in runs(&row.values) {
            let isolated = run.len() == 1;
            if let Some((x, y)) = run.last().filter(|last| isolated || is_last(row, last.0)) {
                sheet.marker(index, plane.place(*x, *y), sheet.em(2.2))?;
            }
        }
    }
    let mut hits = hits(sheet, &plane, over.width / (count.max(2) - 1) as f64);
    hits.extend(withheld(sheet, &plane)?);
    hits.sort_by_key(|hit| (hit.series, hit.category));
    Ok(hits)
}

fn is_last(row: &Series, x: f64) -> bool {
    row.values.iter().rposition(Option::is_some).is_some_and(|last| (last as f64 - x).abs() < 0.5)
}

pub(crate) fn strokes(
    sheet: &Sheet,
    plane: &Plane,
    index: usize,
    row: &Series,
    width: f64,
) -> Result<(), ChartError> {
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

pub(crate) fn hits(sheet: &Sheet, plane: &Plane, step: f64) -> Vec<Hit> {
    let (width, height) = (step.clamp(4.0, 24.0), 16.0);
    let mut hits = Vec::new();
    for (series, row) in sheet.spec.drawn().iter().enumerate() {
        for (category, value) in row.values.iter().enumerate() {
            let Some(value) = *value else { continue };
            let center = plane.place(category as f64, value);
            let area = Rect { x: center.x - width / 2.0, y: center.y - height / 2.0, width, height };
            hits.push(Hit::new(sheet, series, category, area));
        }
    }
    hits
}
