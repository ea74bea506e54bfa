//! Bar charts: the bars of a category side by side or on one another, standing or lying.
//!
//! Bars always stand on zero.

use crate::axes::{Axes, axes};
use crate::drawing::{Anchor, Color, Rect};
use crate::fonts::Weight;
use crate::hits::Hit;
use crate::lying::lying;
use crate::pen::Lettering;
use crate::sheet::{Entry, Sheet, Swatch};
use crate::{Cell, ChartError};

struct Bar {
    series: usize,
    category: usize,
    value: f64,
    area: Rect,
    /// Whether it ends its stack, or stands alone: its end is rounded.
    end: bool,
}

/// Draws a bar chart.
pub(crate) fn bar(sheet: &Sheet) -> Result<Vec<Hit>, ChartError> {
    let spec = sheet.spec;
    let mut legend = sheet.legend_of(Swatch::Square, spec.series.len() > 1);
    legend.extend(spec.drawn_band().map(|band| Entry::new(&band.name, Swatch::Band)));
    legend.extend(sheet.withheld_entry());
    let room = sheet.heading(&legend)?;
    let axes = if spec.horizontal {
        lying(sheet, room, reserve(sheet).min(room.width * 0.2))?
    } else {
        axes(sheet, room, 0.0)?
    };
    let slots = Slots::of(sheet, &axes);
    let bars = bars(sheet, &axes, &slots);
    let labels = if spec.stacked { totals(sheet, &axes, &bars) } else { labels(sheet, &axes, &bars) };
    // A plate under each number interrupts grid and band; bars may cover plates, but nothing covers a number.
    for label in &labels {
        label.plate(sheet, sheet.theme.ground, 0.85)?;
    }
    for bar in &bars {
        let thick = if axes.lying { bar.area.height } else { bar.area.width };
        let long = if axes.lying { bar.area.width } else { bar.area.height };
        let radius = if bar.end { sheet.em(2.5).min(thick * 0.4).min(long) } else { 0.0 };
        let radii = match (axes.lying, bar.value >= 0.0) {
            (false, true) => [radius, radius, 0.0, 0.0],
            (false, false) => [0.0, 0.0, radius, radius],
            (true, true) => [0.0, radius, radius, 0.0],
            (true, false) => [radius, 0.0, 0.0, radius],
        };
        sheet.filled(bar.area, radii, bar.series)?;
    }
    for label in &labels {
        label.write(sheet)?;
    }
    if spec.stacked {
        for label in inside(sheet, &bars) {
            let color = label.ground;
            label.plate(sheet, color, 1.0)?;
            label.write(sheet)?;
        }
    }
    let mut hits: Vec<_> = bars
        .iter()
        .map(|bar| {
            // A bar of nothing can still be pointed at.
            let least = |length: f64, least: f64| length.max(least);
            let (width, height) = if axes.lying { (4.0, 1.0) } else { (1.0, 4.0) };
            let area = Rect {
                height: least(bar.area.height, height),
                width: least(bar.area.width, width),
                ..bar.area
            };
            Hit::new(sheet, bar.series, bar.category, area)
        })
        .collect();
    hits.extend(withheld(sheet, &axes, &slots)?);
    hits.sort_by_key(|hit| (hit.category, hit.series));
    Ok(hits)
}

/// How the bars of a category share its place.
struct Slots {
    /// Thickness of a bar with its gap.
    slot: f64,
    gap: f64,
    /// Bars side by side.
    count: f64,
}

impl Slots {
    fn of(sheet: &Sheet, axes: &Axes) -> Self {
        let count = if sheet.spec.stacked { 1.0 } else { sheet.spec.series.len() as f64 };
        let widest = sheet.em(if count > 1.0 { 26.0 } else { 40.0 });
        let share = if count > 1.0 { 0.76 } else { 0.6 };
        let slot = (axes.step * share / count).min(widest);
        let gap = if slot >= 6.0 { sheet.em(1.5) } else { 0.0 };
        Self { slot, gap, count }
    }

    /// First side and thickness of the bar of a series, from the middle of its category.
    fn across(&self, series: usize) -> (f64, f64) {
        let index = if self.count > 1.0 { series as f64 } else { 0.0 };
        (self.slot * (index - self.count / 2.0) + self.gap / 2.0, (self.slot - self.gap).max(0.05))
    }
}

fn bars(sheet: &Sheet, axes: &Axes, slots: &Slots) -> Vec<Bar> {
    let spec = sheet.spec;
    let mut bars = Vec::new();
    for category in 0..spec.categories.len() {
        // Where the stacks below and above zero have come to.
        let mut level = [0.0, 0.0];
        let first = bars.len();
        for (series, row) in spec.series.iter().enumerate() {
            let Some(value) = row.values[category] else { continue };
            let (across, width) = slots.across(series);
            let values = if spec.stacked {
                let side = &mut level[usize::from(value >= 0.0)];
                let from = *side;
                *side += value;
                [from, *side]
            } else {
                [axes.floor, value]
            };
            let area = axes.bar(category, values, across, width);
            bars.push(Bar { series, category, value, area, end: !spec.stacked });
        }
        if spec.stacked {
            for positive in [true, false] {
                let side = |bar: &&mut Bar| (bar.value > 0.0) == positive && bar.value != 0.0;
                if let Some(bar) = bars[first..].iter_mut().rfind(side) {
                    bar.end = true;
                }
            }
            separate(&mut bars[first..], sheet.em(1.0), axes.lying);
        }
    }
    bars
}

/// Takes a hair's breadth off each part of a stack but its end, so that neighbours are told apart.
fn separate(bars: &mut [Bar], gap: f64, lying: bool) {
    for bar in bars.iter_mut().filter(|bar| !bar.end) {
        let positive = bar.value >= 0.0;
        let (start, length) = if lying {
            (&mut bar.area.x, &mut bar.area.width)
        } else {
            (&mut bar.area.y, &mut bar.area.height)
        };
        let gap = gap.min(*length * 0.3);
        *length -= gap;
        // Standing bars end at their upper side, lying ones at their right side.
        if positive != lying {
            *start += gap;
        }
    }
}

/// A number with the place it is written at and the colour behind it.
pub(crate) struct Label {
    pub(crate) text: String,
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) lettering: Lettering,
    pub(crate) ground: Color,
}

impl Label {
    pub(crate) fn plate(&self, sheet: &Sheet, color: Color, opacity: f64) -> Result<(), ChartError> {
        let ink = self.lettering.bounds(&self.text, self.x, self.y);
        let height = self.lettering.size;
        let middle = ink.y + ink.height * 0.5 - height * 0.02;
        let plate = Rect { x: ink.x - 1.5, y: middle - height * 0.5, width: ink.width + 3.0, height };
        sheet.pen.rect(plate, color, opacity)
    }

    pub(crate) fn write(&self, sheet: &Sheet) -> Result<(), ChartError> {
        sheet.pen.label(&self.text, self.x, self.y, &self.lettering).map(|_| ())
    }
}

pub(crate) fn number_type(sheet: &Sheet) -> Lettering {
    let lettering = sheet.lettering().weight(Weight::Medium);
    Lettering { size: lettering.size * 0.9, color: sheet.theme.ink, ..lettering }
}

/// Room right of lying bars for the widest number.
fn reserve(sheet: &Sheet) -> f64 {
    let lettering = number_type(sheet);
    let spec = sheet.spec;
    let values = spec.series.iter().flat_map(|row| &row.values).flatten();
    values.map(|value| lettering.width(&spec.locale.short(*value, spec.unit))).fold(0.0, f64::max)
        + sheet.em(6.0)
}

/// A number just beyond the end of a bar; `None` where it has no room.
pub(crate) fn beyond(
    sheet: &Sheet,
    axes: &Axes,
    (area, room): (Rect, f64),
    value: f64,
    text: String,
) -> Option<Label> {
    let lettering = number_type(sheet);
    let gap = sheet.em(4.0);
    let positive = value >= 0.0;
    let (x, y, lettering) = if axes.lying {
        let x = if positive { area.right() + gap } else { area.x - gap };
        let anchor = if positive { Anchor::Start } else { Anchor::End };
        (x, area.y + area.height / 2.0, lettering.anchor(anchor).centered())
    } else {
        let y = if positive { area.y - gap } else { area.bottom() + gap + lettering.size * 0.73 };
        (area.x + area.width / 2.0, y, lettering.anchor(Anchor::Middle))
    };
    let extent = if axes.lying { lettering.size * 0.95 } else { lettering.width(&text) };
    (extent <= room && sheet.pen.has_room(&text, x, y, &lettering)).then_some(Label {
        text,
        x,
        y,
        lettering,
        ground: sheet.theme.ground,
    })
}

/// The values at the ends of the bars; none of them where one would not fit.
fn labels(sheet: &Sheet, axes: &Axes, bars: &[Bar]) -> Vec<Label> {
    let single = sheet.spec.series.len() == 1;
    let label = |bar: &Bar| {
        let text = sheet.spec.locale.short(bar.value, sheet.spec.unit);
        let thick = if axes.lying { bar.area.height } else { bar.area.width };
        let room = if single { axes.step - sheet.em(4.0) } else { thick };
        beyond(sheet, axes, (bar.area, room), bar.value, text)
    };
    bars.iter().map(label).collect::<Option<_>>().unwrap_or_default()
}

/// The sum of each stack beyond its end, where all have room and no stack holds both signs or a hole.
fn totals(sheet: &Sheet, axes: &Axes, bars: &[Bar]) -> Vec<Label> {
    let spec = sheet.spec;
    if spec.series.len() < 2 {
        return labels(sheet, axes, bars);
    }
    let total = |category: usize| {
        let parts: Vec<_> = bars.iter().filter(|bar| bar.category == category).collect();
        let whole = parts.len() == spec.series.len() && parts.iter().all(|bar| bar.value >= 0.0);
        let last = parts.iter().rfind(|bar| bar.end)?;
        let sum = parts.iter().map(|bar| bar.value).sum();
        let text = spec.locale.short(sum, spec.unit);
        let label = beyond(sheet, axes, (last.area, axes.step - sheet.em(4.0)), sum, text)?;
        let lettering = label.lettering.weight(Weight::SemiBold);
        whole.then_some(Label { lettering, ..label })
    };
    let filled =
        (0..spec.categories.len()).filter(|category| bars.iter().any(|bar| bar.category == *category));
    filled.map(total).collect::<Option<_>>().unwrap_or_default()
}

/// Values inside the parts of stacks, where they fit.
fn inside<'a>(sheet: &'a Sheet, bars: &'a [Bar]) -> impl Iterator<Item = Label> + 'a {
    let lettering = number_type(sheet).anchor(Anchor::Middle).centered();
    let alone = sheet.spec.series.len() < 2;
    bars.iter().filter(move |_| !alone).filter_map(move |bar| {
        let text = sheet.spec.locale.short(bar.value, sheet.spec.unit);
        let fits = lettering.width(&text) + sheet.em(6.0) <= bar.area.width
            && lettering.size * 1.25 <= bar.area.height;
        let ground = sheet.theme.series(bar.series);
        let (x, y) = (bar.area.x + bar.area.width / 2.0, bar.area.y + bar.area.height / 2.0);
        let lettering = Lettering { color: ground.ink_on(), ..lettering };
        (fits && sheet.pen.has_room(&text, x, y, &lettering)).then_some(Label {
            text,
            x,
            y,
            lettering,
            ground,
        })
    })
}

/// Marks what is withheld at the foot of its place.
fn withheld(sheet: &Sheet, axes: &Axes, slots: &Slots) -> Result<Vec<Hit>, ChartError> {
    let mut hits = Vec::new();
    let radius = sheet.em(3.4).min(slots.slot * 0.5);
    for category in 0..sheet.spec.categories.len() {
        let mut above = 0.0;
        for (series, row) in sheet.spec.series.iter().enumerate() {
            if row.cell(category) != Cell::Withheld {
                continue;
            }
            let (across, width) = slots.across(series);
            let foot = axes.bar(category, [axes.floor; 2], across, width);
            let (x, y) = (foot.x + foot.width / 2.0, foot.y + foot.height / 2.0);
            let lift = radius + sheet.em(2.5) + above;
            if slots.count <= 1.0 {
                above += 2.2 * radius;
            }
            let (x, y) = if axes.lying { (x + lift, y) } else { (x, y - lift) };
            hits.push(sheet.withheld_mark(series, category, crate::Point { x, y }, radius)?);
        }
    }
    Ok(hits)
}
