//! The frame of charts that lie: categories down the left, values along the lower edge.
//!
//! The counterpart of the standing frame; bars and strips are drawn the same way in both.

use crate::axes::{Axes, range};
use crate::drawing::{Anchor, Point, Rect};
use crate::names::squeeze;
use crate::sheet::Sheet;
use crate::ticks::ticks;
use crate::{ChartError, words};

/// Draws a lying frame inside `room`, leaving `right` free beside the plane.
pub(crate) fn lying<'a>(sheet: &Sheet<'a>, room: Rect, right: f64) -> Result<Axes<'a>, ChartError> {
    let spec = sheet.spec;
    let count = spec.categories.len();
    let lettering = sheet.lettering().centered();
    let ink = crate::pen::Lettering { color: sheet.theme.ink, ..lettering };
    let gap = sheet.em(7.0);
    let tiny = room.height < lettering.size * 4.0 || room.width < lettering.size * 12.0;
    let below = if tiny { 0.0 } else { lettering.size * 1.3 + gap };
    let height = (room.height - below).max(1.0);
    let step = height / count as f64;
    let line = lettering.size * 1.25;
    // A name that must be cut gets a second line before it gets more width.
    let most = room.width * 0.36;
    let two = step >= 2.0 * line + 2.0;
    let cut = |name: &String| {
        if two { squeeze(name, most, &ink) } else { ink.shorten(name, most).into_iter().collect() }
    };
    let names: Vec<Vec<String>> = if tiny { Vec::new() } else { spec.categories.iter().map(cut).collect() };
    let widest = names.iter().flatten().map(|name| ink.width(name)).fold(0.0, f64::max);
    let left = if widest > 0.0 { widest + gap } else { 0.0 };
    let over = Rect { x: room.x + left, y: room.y, width: (room.width - left - right).max(1.0), height };

    let (low, high) = range(sheet);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let marks = (over.width / (lettering.size * 5.5)).clamp(2.0, 7.0) as usize;
    let axis = ticks(low, high, spec.unit, spec.locale, marks + 1);
    let plane = sheet.pen.plane(over, axis.low..axis.high, count as f64 - 0.5..-0.5);
    if let Some(band) = spec.drawn_band() {
        let [from, to] =
            [band.low.max(axis.low), band.high.min(axis.high)].map(|value| plane.place(value, 0.0).x);
        let area = Rect { x: from, width: (to - from).max(0.0), ..over };
        sheet.pen.rect(area, sheet.theme.band, 0.14)?;
        let edges = [from, to].map(|x| [over.y, over.bottom()].map(|y| Point { x, y }));
        sheet.pen.lines(&edges, sheet.theme.band, 0.8, 0.75)?;
    }
    // The unit stands where its axis ends, on the line of the numbers.
    let y = over.bottom() + gap + lettering.size * 0.5;
    let caption = words::unit(spec.locale, spec.unit);
    if !tiny && !caption.is_empty() && lettering.width(&caption) <= left.max(room.width * 0.3) {
        sheet.pen.label(&caption, room.x, y, &lettering)?;
    }
    for (value, label) in &axis.marks {
        let x = plane.place(*value, 0.0).x;
        let (color, width) = if *value == 0.0 { (sheet.theme.axis, 1.0) } else { (sheet.theme.grid, 0.75) };
        sheet.pen.line(&[Point { x, y: over.y }, Point { x, y: over.bottom() }], color, 1.0, width)?;
        if !tiny {
            sheet.pen.label(label, x, y, &lettering.anchor(Anchor::Middle))?;
        }
    }
    // Where rows are closer than lines, every second, third … name is written.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let stride = ((line / step).ceil() as usize).max(1);
    for (index, lines) in names.iter().enumerate().step_by(stride) {
        let middle = over.y + step * (index as f64 + 0.5);
        for (row, text) in lines.iter().enumerate() {
            let y = middle + line * (row as f64 - (lines.len() - 1) as f64 / 2.0);
            sheet.pen.label(text, over.x - gap, y, &ink.anchor(Anchor::End))?;
        }
    }
    let floor = 0f64.clamp(axis.low, axis.high);
    Ok(Axes { plane, floor, step, lying: true })
}
