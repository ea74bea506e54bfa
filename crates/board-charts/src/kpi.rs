//! KPI cards: one figure large, its change against an earlier period, and the way it came.
//!
//! Judges no change itself: better and worse follow from the metric, as everywhere.

use board_domain::{Movement, movement};

use crate::drawing::{Anchor, Color, Point};
use crate::fonts::Weight;
use crate::hits::Hit;
use crate::line::{hits, runs, sparkline, strokes};
use crate::pen::Lettering;
use crate::sheet::Sheet;
use crate::{Cell, ChartError, Rect, words};

/// Draws a card.
pub(crate) fn kpi(sheet: &Sheet) -> Result<Vec<Hit>, ChartError> {
    let spec = sheet.spec;
    let margin = sheet.margin();
    let width = sheet.size.width_pt - 2.0 * margin;
    let bottom = sheet.size.height_pt - margin;
    let mut top = margin;
    let name = Lettering::new(sheet.scale.subtitle, sheet.theme.quiet).weight(Weight::Medium);
    let lines = [(&spec.title, name), (&spec.subtitle, sheet.lettering())];
    for (text, lettering) in lines {
        let baseline = top + lettering.size * 0.8;
        if text.is_empty() || baseline + lettering.size > sheet.size.height_pt * 0.4 {
            continue;
        }
        if let Some(text) = lettering.shorten(text, width) {
            sheet.pen.label(&text, margin, baseline, &lettering)?;
            top = baseline + lettering.size * 0.6;
        }
    }
    let row = &spec.series[0];
    let Some(now) = row.values.last().copied().flatten() else { return Ok(Vec::new()) };
    let Some(end) = number(sheet, now, margin, top, width)? else { return sparkline(sheet) };
    top = end;
    top = change(sheet, now, margin, top, width)?;
    let room = Rect { x: margin, y: top + sheet.em(10.0), width, height: bottom - top - sheet.em(10.0) };
    if spec.categories.len() > 1 && room.height >= sheet.em(14.0) {
        trend(sheet, room)
    } else {
        let area = Rect { x: 0.0, y: 0.0, width: sheet.size.width_pt, height: sheet.size.height_pt };
        Ok(vec![Hit::new(sheet, 0, spec.categories.len() - 1, area)])
    }
}

/// The value, whole if it fits, else short, as large as there is room; returns where it ends, `None` without room.
fn number(sheet: &Sheet, now: f64, x: f64, top: f64, width: f64) -> Result<Option<f64>, ChartError> {
    let spec = sheet.spec;
    let room = sheet.size.height_pt - top - sheet.margin();
    let most = sheet.em(32.0).min(room * 0.58);
    let largest = Lettering::new(most, sheet.theme.ink).weight(Weight::SemiBold);
    for text in [spec.locale.value(now, spec.unit), spec.locale.short(now, spec.unit)] {
        let size = (most * width / largest.width(&text)).min(most);
        if size < sheet.scale.label.min(most) {
            continue;
        }
        let lettering = Lettering { size: (size * 4.0).floor() / 4.0, ..largest };
        let baseline = top + sheet.em(9.0).min(room * 0.14) + lettering.size * 0.76;
        if lettering.size > 1.0 && sheet.pen.label(&text, x, baseline, &lettering)? {
            return Ok(Some(baseline + lettering.size * 0.2));
        }
    }
    Ok(None)
}

/// A sign and the words of the change; returns where they end.
fn change(sheet: &Sheet, now: f64, x: f64, top: f64, width: f64) -> Result<f64, ChartError> {
    let spec = sheet.spec;
    let Some(other) = &spec.comparison else { return Ok(top) };
    let (fraction, movement) = movement(now, other.value, other.better);
    let color = match movement {
        Movement::Improving => sheet.theme.good,
        Movement::Declining => sheet.theme.bad,
        Movement::Stable | Movement::New => sheet.theme.quiet,
    };
    let strong = Lettering::new(sheet.scale.label, color).weight(Weight::SemiBold).centered();
    let y = top + sheet.em(6.0) + strong.size * 0.7;
    if y + strong.size * 0.5 > sheet.size.height_pt - sheet.margin() * 0.5 {
        return Ok(top);
    }
    let quiet = sheet.lettering().centered();
    let Some(fraction) = fraction else {
        let text = words::nothing_earlier(spec.locale);
        if let Some(text) = quiet.shorten(text, width) {
            sheet.pen.label(&text, x, y, &quiet)?;
        }
        return Ok(y + strong.size * 0.5);
    };
    let radius = sheet.em(3.6);
    sign(sheet, Point { x: x + radius, y }, radius, fraction, color)?;
    let text = spec.locale.signed_percent(fraction, 1);
    let start = x + 2.0 * radius + sheet.em(5.0);
    let after = start + strong.width(&text) + sheet.em(5.0);
    if let Some(text) = strong.shorten(&text, x + width - start) {
        sheet.pen.label(&text, start, y, &strong)?;
    }
    let against = words::against(spec.locale, &other.name);
    if let Some(text) = quiet.shorten(&against, x + width - after) {
        sheet.pen.label(&text, after, y, &quiet.anchor(Anchor::Start))?;
    }
    Ok(y + strong.size * 0.5)
}

/// A triangle that points the way the figure moved, or a bar where it stayed.
fn sign(sheet: &Sheet, at: Point, radius: f64, change: f64, color: Color) -> Result<(), ChartError> {
    if change.abs() < 0.0005 {
        let bar =
            Rect { x: at.x - radius, y: at.y - radius * 0.25, width: 2.0 * radius, height: radius * 0.5 };
        return sheet.pen.rect(bar, color, 1.0);
    }
    let up = if change > 0.0 { 1.0 } else { -1.0 };
    let corners = [(0.0, -0.85), (1.0, 0.75), (-1.0, 0.75)];
    let corners = corners.map(|(x, y)| Point { x: at.x + x * radius, y: at.y + y * up * radius });
    sheet.pen.polygon(&corners, color, 1.0)
}

/// The values so far as a bare line with its last point marked; what is withheld is marked at its foot.
fn trend(sheet: &Sheet, room: Rect) -> Result<Vec<Hit>, ChartError> {
    let spec = sheet.spec;
    let row = &spec.series[0];
    let values = || row.values.iter().flatten().copied();
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    // A flat line lies in the middle rather than on an edge.
    let spread = if high > low { (high - low) * 0.08 } else { low.abs().max(1.0) };
    let count = spec.categories.len();
    let inner = Rect { width: room.width - sheet.em(3.0), ..room };
    let plane = sheet.pen.plane(inner, 0.0..(count - 1) as f64, low - spread..high + spread);
    for run in runs(&row.values).iter().filter(|run| run.len() > 1) {
        plane.area(run, low - spread, sheet.theme.series(0), 0.12)?;
    }
    strokes(sheet, &plane, 0, row, sheet.em(1.75))?;
    for run in runs(&row.values) {
        if let Some((x, y)) = run.last().filter(|(x, _)| run.len() == 1 || *x + 1.5 > count as f64) {
            sheet.marker(0, plane.place(*x, *y), sheet.em(2.6))?;
        }
    }
    let mut hits = hits(sheet, &plane, inner.width / (count.max(2) - 1) as f64);
    let radius = sheet.em(2.6);
    for category in (0..count).filter(|category| row.cell(*category) == Cell::Withheld) {
        let at = Point { x: plane.place(category as f64, low).x, y: inner.bottom() - radius };
        hits.push(sheet.withheld_mark(0, category, at, radius)?);
    }
    hits.sort_by_key(|hit| hit.category);
    Ok(hits)
}
