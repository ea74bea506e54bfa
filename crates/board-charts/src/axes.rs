//! The frame of charts with two axes: value axis, grid, band, events and category names around a plane.
//!
//! Knows where values go, not what is drawn there.

use crate::drawing::{Anchor, Point, Rect};
use crate::events;
use crate::names::{self, Room};
use crate::pen::Plane;
use crate::sheet::Sheet;
use crate::ticks::{Ticks, ticks};
use crate::{ChartError, ChartKind, ChartSpec, words};

/// A plane ready for data. Standing, x counts categories from 0 and y is in the chart's unit; lying, the other way
/// round, with the categories downwards.
pub(crate) struct Axes<'a> {
    pub(crate) plane: Plane<'a>,
    /// Where bars and areas stand: zero, or the end of the axis nearest to it.
    pub(crate) floor: f64,
    /// Distance of neighbouring categories in points.
    pub(crate) step: f64,
    pub(crate) lying: bool,
}

impl Axes<'_> {
    /// The bar of a category between two values, `width` thick, its first side `across` from the category's middle.
    pub(crate) fn bar(&self, category: usize, values: [f64; 2], across: f64, width: f64) -> Rect {
        let [a, b] = values.map(|value| self.at(category, value));
        if self.lying {
            Rect { x: a.x.min(b.x), y: a.y + across, width: (a.x - b.x).abs(), height: width }
        } else {
            Rect { x: a.x + across, y: a.y.min(b.y), width, height: (a.y - b.y).abs() }
        }
    }

    /// Where a value of a category lies.
    pub(crate) fn at(&self, category: usize, value: f64) -> Point {
        let category = category as f64;
        if self.lying { self.plane.place(value, category) } else { self.plane.place(category, value) }
    }
}

/// Draws a standing frame inside `room`, leaving `right` free beside the plane.
pub(crate) fn axes<'a>(sheet: &Sheet<'a>, room: Rect, right: f64) -> Result<Axes<'a>, ChartError> {
    let spec = sheet.spec;
    let count = spec.categories.len();
    let bars = matches!(spec.kind, ChartKind::Bar | ChartKind::Waterfall);
    let lettering = sheet.lettering();
    let (low, high) = range(sheet);
    let caption = words::unit(spec.locale, spec.unit);
    let tiny = room.height < lettering.size * 6.0 || room.width < lettering.size * 10.0;
    let caption_height = if caption.is_empty() || tiny { lettering.size * 0.5 } else { lettering.size * 2.0 };
    let gap = sheet.em(7.0);

    let axis_for = |above: f64, below: f64| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let most = ((room.height - above - below) / (lettering.size * 3.2)).clamp(2.0, 6.0) as usize;
        ticks(low, high, spec.unit, spec.locale, most + 1)
    };
    let left_for = |axis: &Ticks| {
        let widest = axis.marks.iter().map(|(_, label)| lettering.width(label)).fold(0.0, f64::max);
        if tiny || widest + gap > room.width * 0.4 { 0.0 } else { widest + gap }
    };
    let padding = if bars || count == 1 { 0.0 } else { sheet.em(6.0) };
    let names_for = |left: f64, above: f64| {
        let width = (room.width - left - right).max(1.0);
        let (step, first) = if bars || count == 1 {
            let step = width / count as f64;
            (step, room.x + left + step / 2.0)
        } else {
            ((width - 2.0 * padding) / (count - 1) as f64, room.x + left + padding)
        };
        let height = if tiny { 0.0 } else { (room.height - above) * 0.4 };
        Room { left: room.x + left, step, first, right: room.right() + sheet.em(2.0), height, every: bars }
    };
    // Heights and widths depend on each other; the second round settles both.
    let mut axis = axis_for(caption_height, lettering.size * 1.3 + gap);
    let mut slots = names_for(left_for(&axis), caption_height);
    let mut shown = names::plan(&spec.categories, &slots, &lettering);
    let events_for = |slots: &Room| {
        let most = if tiny { 0.0 } else { room.height * 0.3 };
        events::plan(sheet, &|at| slots.first + slots.step * at, [room.x, room.right()], most)
    };
    let above = caption_height + events_for(&slots).height;
    axis = axis_for(above, shown.height + gap);
    let left = left_for(&axis);
    slots = names_for(left, above);
    shown = names::plan(&spec.categories, &slots, &lettering);
    // With the places settled, as many rows as were reserved.
    let events = events_for(&slots);
    let above = caption_height + events.height;
    let below = if shown.height > 0.0 { shown.height + gap } else { lettering.size * 0.3 };

    let over = Rect {
        x: room.x + left,
        y: room.y + above,
        width: (room.width - left - right).max(1.0),
        height: (room.height - above - below).max(1.0),
    };
    let x = if bars || count == 1 {
        -0.5..count as f64 - 0.5
    } else {
        let margin = padding / slots.step;
        -margin..(count - 1) as f64 + margin
    };
    let plane = sheet.pen.plane(over, x, axis.low..axis.high);
    let floor = 0f64.clamp(axis.low, axis.high);

    if let Some(band) = spec.drawn_band() {
        let top = plane.place(0.0, band.high.min(axis.high)).y;
        let bottom = plane.place(0.0, band.low.max(axis.low)).y;
        let area = Rect { x: over.x, y: top, width: over.width, height: (bottom - top).max(0.0) };
        sheet.pen.rect(area, sheet.theme.band, 0.14)?;
        let edges = [top, bottom].map(|y| [over.x, over.right()].map(|x| Point { x, y }));
        sheet.pen.lines(&edges, sheet.theme.band, 0.8, 0.75)?;
    }
    for (value, label) in &axis.marks {
        let y = plane.place(0.0, *value).y;
        let across = [Point { x: over.x, y }, Point { x: over.right(), y }];
        let (color, width) = if *value == 0.0 { (sheet.theme.axis, 1.0) } else { (sheet.theme.grid, 0.75) };
        sheet.pen.line(&across, color, 1.0, width)?;
        if left > 0.0 {
            sheet.pen.label(label, over.x - gap, y, &lettering.anchor(Anchor::End).centered())?;
        }
    }
    if !caption.is_empty()
        && !tiny
        && let Some(caption) = lettering.shorten(&caption, room.width)
    {
        sheet.pen.label(&caption, room.x, room.y + lettering.size * 0.75, &lettering)?;
    }
    for (index, lines) in &shown.shown {
        if shown.upward {
            let lettering = lettering.anchor(Anchor::End).centered().upward();
            sheet.pen.label(&lines[0], slots.x(*index), over.bottom() + gap, &lettering)?;
            continue;
        }
        let width = lines.iter().map(|line| lettering.width(line)).fold(0.0, f64::max);
        let center = slots.center(*index, width);
        for (line, text) in lines.iter().enumerate() {
            let y = over.bottom() + gap + lettering.size * (0.88 + 1.3 * line as f64);
            sheet.pen.label(text, center, y, &lettering.anchor(Anchor::Middle))?;
        }
    }
    events.draw(sheet, over)?;
    Ok(Axes { plane, floor, step: slots.step, lying: false })
}

/// What the value axis must hold: all that is drawn and the band; from zero unless a line would lose its shape.
pub(crate) fn range(sheet: &Sheet) -> (f64, f64) {
    let spec = sheet.spec;
    let band = spec.drawn_band().into_iter().flat_map(|band| [band.low, band.high]);
    let (low, high) = drawn(spec)
        .into_iter()
        .chain(band)
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    let near_zero = low >= 0.0 && low < high * 0.6 || high <= 0.0 && high > low * 0.6;
    let solid = matches!(spec.kind, ChartKind::Bar | ChartKind::Area | ChartKind::Waterfall);
    if solid || near_zero || low < 0.0 && high > 0.0 {
        return (low.min(0.0), high.max(0.0));
    }
    let room = (high - low).max(high.abs() * 0.01) * 0.1;
    let (padded_low, padded_high) = (low - room, high + room);
    // A share never passes 100 %, nor a score 100 points: neither does its axis.
    let ceiling = match spec.unit {
        board_domain::Unit::Fraction if high <= 1.0 => 1.0,
        board_domain::Unit::Points if high <= 100.0 => 100.0,
        _ => f64::INFINITY,
    };
    let floor = if low >= 0.0 { 0.0 } else { f64::NEG_INFINITY };
    (padded_low.max(floor), padded_high.min(ceiling))
}

/// The values between which something is drawn.
fn drawn(spec: &ChartSpec) -> Vec<f64> {
    let values = spec.drawn().iter().flat_map(|row| &row.values).flatten().copied();
    if spec.kind == ChartKind::Waterfall {
        return spec.steps().unwrap_or_default().iter().flat_map(|step| [step.from, step.to]).collect();
    }
    if let Some(cohort) = &spec.cohort {
        let spread = cohort.spread.iter().flatten().flat_map(|spread| [spread.p10, spread.p90]);
        return values.chain(spread).collect();
    }
    if !spec.stacked {
        return values.collect();
    }
    let sums = |category: usize| {
        let values = spec.series.iter().filter_map(move |row| row.values[category]);
        values.fold([0.0, 0.0], |[below, above], value: f64| [below + value.min(0.0), above + value.max(0.0)])
    };
    (0..spec.categories.len()).flat_map(sums).collect()
}
