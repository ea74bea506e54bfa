//! Bar charts: one bar per series in each category, side by side.
//!
//! Bars always stand on zero; no stacking.

use crate::ChartError;
use crate::axes::{Axes, axes};
use crate::drawing::{Anchor, Rect};
use crate::fonts::Weight;
use crate::hits::{Hit, label};
use crate::pen::Lettering;
use crate::sheet::{Entry, Sheet, Swatch};

struct Bar {
    series: usize,
    category: usize,
    value: f64,
    area: Rect,
}

/// Draws a grouped bar chart.
pub(crate) fn bar(sheet: &Sheet) -> Result<Vec<Hit>, ChartError> {
    let spec = sheet.spec;
    let mut legend = Vec::new();
    if spec.series.len() > 1 {
        legend.extend(
            spec.series
                .iter()
                .enumerate()
                .map(|(index, row)| Entry { name: row.name.clone(), swatch: Swatch::Square(index) }),
        );
    }
    legend.extend(spec.band.iter().map(|band| Entry { name: band.name.clone(), swatch: Swatch::Band }));
    let room = sheet.heading(&legend)?;
    let axes = axes(sheet, room, 0.0)?;
    let bars = bars(sheet, &axes);
    let labels = labels(sheet, &axes, &bars);
    // A plate under each number interrupts grid and band; bars may cover plates, but nothing covers a number.
    for label in &labels {
        let ink = label.lettering.bounds(&label.text, label.x, label.y);
        let height = label.lettering.size;
        let plate = Rect { x: ink.x - 1.5, y: label.y - height * 0.86, width: ink.width + 3.0, height };
        sheet.pen.rect(plate, sheet.theme.ground, 0.85)?;
    }
    for bar in &bars {
        let radius = sheet.em(2.5).min(bar.area.width * 0.4).min(bar.area.height);
        let radii = if bar.value >= 0.0 { [radius, radius, 0.0, 0.0] } else { [0.0, 0.0, radius, radius] };
        sheet.rounded(bar.area, radii, sheet.theme.series(bar.series), 1.0)?;
    }
    for label in &labels {
        sheet.pen.label(&label.text, label.x, label.y, &label.lettering)?;
    }
    Ok(bars
        .iter()
        .map(|bar| {
            // A bar of nothing can still be pointed at.
            let area = Rect { height: bar.area.height.max(4.0), width: bar.area.width.max(1.0), ..bar.area };
            Hit::new(sheet, bar.series, bar.category, area, label(spec, bar.series, bar.category, bar.value))
        })
        .collect())
}

fn bars(sheet: &Sheet, axes: &Axes) -> Vec<Bar> {
    let series = sheet.spec.series.len() as f64;
    let widest = sheet.em(if series > 1.0 { 26.0 } else { 40.0 });
    let share = if series > 1.0 { 0.76 } else { 0.6 };
    let slot = (axes.step * share / series).min(widest);
    let gap = if slot >= 6.0 { sheet.em(1.5) } else { 0.0 };
    let width = (slot - gap).max(0.05);
    let mut bars = Vec::new();
    for category in 0..sheet.spec.categories.len() {
        for (index, row) in sheet.spec.series.iter().enumerate() {
            let Some(value) = row.values[category] else { continue };
            let end = axes.plane.place(category as f64, value);
            let foot = axes.plane.place(category as f64, axes.floor).y;
            let left = end.x + slot * (index as f64 - series / 2.0) + gap / 2.0;
            let area = Rect { x: left, y: end.y.min(foot), width, height: (end.y - foot).abs() };
            bars.push(Bar { series: index, category, value, area });
        }
    }
    bars
}

struct Label {
    text: String,
    x: f64,
    y: f64,
    lettering: Lettering,
}

/// The values at the ends of the bars; none of them where one would not fit.
fn labels(sheet: &Sheet, axes: &Axes, bars: &[Bar]) -> Vec<Label> {
    let lettering = sheet.lettering().weight(Weight::Medium).anchor(Anchor::Middle);
    let lettering = Lettering { size: lettering.size * 0.9, color: sheet.theme.ink, ..lettering };
    let single = sheet.spec.series.len() == 1;
    let label = |bar: &Bar| {
        let text = sheet.spec.locale.short(bar.value, sheet.spec.unit);
        let slot = if single { axes.step - sheet.em(4.0) } else { bar.area.width };
        let (x, above) = (bar.area.x + bar.area.width / 2.0, sheet.em(4.0));
        let y = if bar.value >= 0.0 {
            bar.area.y - above
        } else {
            bar.area.bottom() + above + lettering.size * 0.73
        };
        (lettering.width(&text) <= slot && sheet.pen.has_room(&text, x, y, &lettering)).then_some(Label {
            text,
            x,
            y,
            lettering,
        })
    };
    bars.iter().map(label).collect::<Option<_>>().unwrap_or_default()
}
