//! Radar charts: scores on spokes around a centre.
//!
//! Rings are straight between spokes, so that a ring reads as one value.

use board_domain::Unit;

use crate::drawing::{Anchor, Point, Rect};
use crate::hits::Hit;
use crate::line::runs;
use crate::pen::Lettering;
use crate::sheet::{Entry, Sheet, Swatch, polar};
use crate::ticks::ticks;
use crate::{Cell, ChartError};

/// Draws a radar chart.
pub(crate) fn radar(sheet: &Sheet) -> Result<Vec<Hit>, ChartError> {
    let spec = sheet.spec;
    let mut legend = sheet.legend_of(Swatch::Line, spec.series.len() > 1);
    legend.extend(sheet.withheld_entry());
    let wide = sheet.size.width_pt >= sheet.size.height_pt * 1.4;
    let mut room = sheet.heading(if wide { &[] } else { &legend })?;
    if wide && !legend.is_empty() {
        let width = column(sheet, &legend, room)?;
        room.width -= width;
    }
    let count = spec.categories.len();
    let lettering = sheet.lettering().centered();
    let gap = sheet.em(7.0);
    let widest = spec.categories.iter().map(|name| lettering.width(name)).fold(0.0, f64::max);
    let label_room = (widest + gap).min(room.width * 0.28);
    let above = lettering.size * 0.9 + gap;
    let radius = (room.height / 2.0 - above).min(room.width / 2.0 - label_room);
    let named = radius >= lettering.size * 2.0;
    let radius = if named { radius } else { room.height.min(room.width) / 2.0 };
    let center = Point { x: room.x + room.width / 2.0, y: room.y + room.height / 2.0 };
    let turn = |index: usize| 0.25 - index as f64 / count as f64;

    let highest = spec.series.iter().flat_map(|row| &row.values).flatten().copied().fold(0.0, f64::max);
    let high = match spec.unit {
        Unit::Fraction if highest <= 1.0 => 1.0,
        Unit::Points if highest <= 100.0 => 100.0,
        _ => ticks(0.0, highest, spec.unit, spec.locale, 3).high,
    };
    let place = |index: usize, value: f64| polar(center, radius * value / high, turn(index));
    for quarter in 1..=4 {
        let value = high * f64::from(quarter) / 4.0;
        let mut ring: Vec<_> = (0..count).map(|index| place(index, value)).collect();
        ring.extend(ring.first().copied());
        let color = if quarter == 4 { sheet.theme.axis } else { sheet.theme.grid };
        sheet.pen.line(&ring, color, 1.0, 0.75)?;
    }
    for index in 0..count {
        sheet.pen.line(&[center, place(index, high)], sheet.theme.grid, 1.0, 0.75)?;
    }
    if named {
        let small = Lettering { size: lettering.size * 0.85, ..lettering }.anchor(Anchor::Middle);
        for value in [high / 2.0, high] {
            // Just inside its ring, on a plate that interrupts the spoke.
            let (at, text) = (place(0, value), spec.locale.short(value, spec.unit));
            let (y, width) = (at.y + small.size * 0.75, small.width(&text) + 3.0);
            let height = small.size;
            let ground = Rect { x: at.x - width / 2.0, y: y - height / 2.0, width, height };
            sheet.pen.rect(ground, sheet.theme.ground, 0.85)?;
            sheet.pen.label(&text, at.x, y, &small)?;
        }
    }
    outlines(sheet, &place)?;
    if named {
        for (index, name) in spec.categories.iter().enumerate() {
            spoke_name(sheet, name, polar(center, radius + gap, turn(index)), center)?;
        }
    }
    let mut hits = Vec::new();
    for (series, row) in spec.series.iter().enumerate() {
        for (category, value) in row.values.iter().enumerate() {
            let Some(value) = *value else { continue };
            let at = place(category, value);
            let area = Rect { x: at.x - 8.0, y: at.y - 8.0, width: 16.0, height: 16.0 };
            hits.push(Hit::new(sheet, series, category, area));
        }
        // What is withheld is marked near the centre of its spoke, where no score could be read from it.
        for category in (0..count).filter(|category| row.cell(*category) == Cell::Withheld) {
            let at = polar(center, radius * (0.14 + 0.1 * series as f64).min(0.9), turn(category));
            hits.push(sheet.withheld_mark(series, category, at, sheet.em(3.2))?);
        }
    }
    hits.sort_by_key(|hit| (hit.series, hit.category));
    Ok(hits)
}

/// Lists the series right of the chart, at most as many as fit; returns the width taken.
fn column(sheet: &Sheet, entries: &[Entry], room: Rect) -> Result<f64, ChartError> {
    let lettering = sheet.lettering().centered();
    let (row, gap) = (sheet.em(18.0), sheet.em(6.0));
    let swatch = entries.iter().map(|entry| sheet.swatch_width(entry.swatch)).fold(0.0, f64::max);
    let widest = entries.iter().map(|entry| lettering.width(&entry.name)).fold(0.0, f64::max);
    let width = (swatch + gap + widest).min(room.width * 0.34);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let most = (room.height / row).floor().max(0.0) as usize;
    let (x, shown) = (room.right() - width, entries.len().min(most));
    let top = room.y + (room.height - row * shown as f64) / 2.0;
    for (index, entry) in entries.iter().take(shown).enumerate() {
        let y = top + row * (index as f64 + 0.5);
        let rest = entries.len() - index;
        if index + 1 == shown && rest > 1 {
            sheet.pen.label(&format!("+{rest}"), x, y, &lettering)?;
        } else if let Some(name) = lettering.shorten(&entry.name, width - swatch - gap)
            && sheet.pen.label(&name, x + swatch + gap, y, &lettering)?
        {
            sheet.swatch(entry.swatch, x + (swatch - sheet.swatch_width(entry.swatch)) / 2.0, y)?;
        }
    }
    Ok(width)
}

/// One outline per series: closed and lightly filled, or open where a score is missing.
fn outlines(sheet: &Sheet, place: &dyn Fn(usize, f64) -> Point) -> Result<(), ChartError> {
    let series = &sheet.spec.series;
    for (index, row) in series.iter().enumerate() {
        let color = sheet.theme.series(index);
        let whole: Option<Vec<_>> = row
            .values
            .iter()
            .enumerate()
            .map(|(category, value)| value.map(|value| place(category, value)))
            .collect();
        if let Some(mut outline) = whole {
            if series.len() <= 3 {
                sheet.pen.polygon(&outline, color, 0.12)?;
            }
            outline.extend(outline.first().copied());
            sheet.pen.line(&outline, color, 1.0, sheet.em(1.75))?;
            continue;
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        for run in runs(&row.values).iter().filter(|run| run.len() > 1) {
            let stretch: Vec<_> =
                run.iter().map(|(category, value)| place(*category as usize, *value)).collect();
            sheet.pen.line(&stretch, color, 1.0, sheet.em(1.75))?;
        }
    }
    for (index, row) in series.iter().enumerate() {
        for (category, value) in row.values.iter().enumerate() {
            if let Some(value) = *value {
                sheet.marker(index, place(category, value), sheet.em(2.6))?;
            }
        }
    }
    Ok(())
}

/// Writes a category outside its spoke, shortened to what is left towards the edge of the canvas.
fn spoke_name(sheet: &Sheet, name: &str, at: Point, center: Point) -> Result<(), ChartError> {
    let lettering = sheet.lettering().centered();
    let sideways = at.x - center.x;
    let edge = sheet.em(4.0);
    let (anchor, width) = if sideways.abs() < sheet.em(6.0) {
        (Anchor::Middle, sheet.size.width_pt * 0.6)
    } else if sideways > 0.0 {
        (Anchor::Start, sheet.size.width_pt - edge - at.x)
    } else {
        (Anchor::End, at.x - edge)
    };
    if let Some(name) = lettering.shorten(name, width) {
        sheet.pen.label(&name, at.x, at.y, &lettering.anchor(anchor))?;
    }
    Ok(())
}
