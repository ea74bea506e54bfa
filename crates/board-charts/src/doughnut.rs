//! Doughnut charts: parts of a whole as a ring, its total inside, names and shares beside it.
//!
//! Draws the first series only; small parts beyond the legend's room are summed up as one.

use crate::ChartError;
use crate::drawing::{Anchor, Color, Point, Rect};
use crate::fonts::Weight;
use crate::hits::Hit;
use crate::pen::Lettering;
use crate::sheet::{Sheet, polar};
use crate::theme::contrast;
use crate::words;

const MOST_PARTS: usize = 8;
/// The series colour without a hue, for the sum of small parts.
const GREY: usize = 7;

struct Part {
    category: usize,
    /// Index of its colour.
    hue: usize,
    name: String,
    value: f64,
    /// Share of the whole, 0-1.
    share: f64,
}

/// Draws a doughnut chart.
pub(crate) fn doughnut(sheet: &Sheet) -> Result<Vec<Hit>, ChartError> {
    let room = sheet.heading(&[])?;
    let row = sheet.em(20.0);
    let beside = room.width >= room.height * 1.3;
    let legend_height = if beside { room.height } else { room.height * 0.45 };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let fits = (legend_height / row).floor().max(0.0) as usize;
    let parts = parts(sheet, fits.clamp(2, MOST_PARTS));

    let gap = sheet.em(24.0);
    let (ring, legend) = if beside {
        let side = room.height.min(room.width * 0.46);
        let ring = Rect { x: room.x, y: room.y, width: side, height: room.height };
        let width = (room.width - side - gap).min(sheet.em(340.0));
        (ring, Rect { x: room.x + side + gap, y: room.y, width, height: room.height })
    } else {
        let height = room.height - row * parts.len() as f64 - gap * 0.5;
        let ring = Rect { height: height.max(room.height * 0.4), ..room };
        let top = ring.bottom() + gap * 0.5;
        (ring, Rect { y: top, height: room.bottom() - top, ..room })
    };
    let center = Point { x: ring.x + ring.width / 2.0, y: ring.y + ring.height / 2.0 };
    let radius = ring.width.min(ring.height) * 0.48;
    let hits = slices(sheet, &parts, center, radius)?;
    total(sheet, center, radius * INNER)?;
    names(sheet, &parts, legend, row)?;
    Ok(hits)
}

/// Inner radius as a share of the outer one.
const INNER: f64 = 0.64;

fn parts(sheet: &Sheet, most: usize) -> Vec<Part> {
    let spec = sheet.spec;
    let values = &spec.series[0].values;
    let total: f64 = values.iter().flatten().sum();
    let mut known: Vec<(usize, f64)> =
        values.iter().enumerate().filter_map(|(index, value)| Some((index, (*value)?))).collect();
    // The largest keep their names, in the order given; the rest becomes one grey part.
    known.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut rest = if known.len() > most { known.split_off(most - 1) } else { Vec::new() };
    known.sort_by_key(|(category, _)| *category);
    rest.sort_by_key(|(category, _)| *category);
    let mut parts: Vec<_> = known
        .into_iter()
        .enumerate()
        .map(|(hue, (category, value))| {
            let name = spec.categories[category].clone();
            Part { category, hue, name, value, share: value / total }
        })
        .collect();
    if let Some((category, _)) = rest.first().copied() {
        let value: f64 = rest.iter().map(|(_, value)| value).sum();
        let name = words::other(spec.locale, rest.len());
        parts.push(Part { category, hue: GREY, name, value, share: value / total });
    }
    parts
}

fn slices(sheet: &Sheet, parts: &[Part], center: Point, radius: f64) -> Result<Vec<Hit>, ChartError> {
    let inner = radius * INNER;
    let middle = f64::midpoint(radius, inner);
    let lettering = sheet.lettering().weight(Weight::SemiBold).anchor(Anchor::Middle).centered();
    let lettering = Lettering { size: lettering.size * 0.9, ..lettering };
    let mut hits = Vec::new();
    let mut start = 0.0;
    for part in parts {
        let end = start + part.share;
        // From the top, clockwise.
        let at = |turn: f64, radius: f64| polar(center, radius, 0.25 - turn);
        let steps = (part.share * 180.0).ceil().max(2.0);
        let along = |step: f64| start + part.share * step / steps;
        let mut outline = Vec::new();
        let mut step = 0.0;
        while step <= steps {
            outline.push(at(along(step), radius));
            step += 1.0;
        }
        while step > 0.0 {
            step -= 1.0;
            outline.push(at(along(step), inner));
        }
        let color = sheet.theme.series(part.hue);
        sheet.pen.polygon(&outline, color, 1.0)?;
        let place = at(f64::midpoint(start, end), middle);
        let side = radius - inner;
        let area = Rect { x: place.x - side / 2.0, y: place.y - side / 2.0, width: side, height: side };
        let value = sheet.spec.locale.value(part.value, sheet.spec.unit);
        let share = sheet.spec.locale.percent(part.share, 1);
        hits.push(Hit::new(sheet, 0, part.category, area, format!("{}: {value} ({share})", part.name)));
        let text = sheet.spec.locale.percent(part.share, 0);
        let arc = part.share * std::f64::consts::TAU * middle;
        if lettering.width(&text) <= side - 3.0 && lettering.width(&text) + 4.0 <= arc {
            sheet.pen.label(&text, place.x, place.y, &Lettering { color: on(color), ..lettering })?;
        }
        start = end;
    }
    if parts.iter().filter(|part| part.value > 0.0).count() > 1 {
        let mut turn = 0.25;
        for part in parts {
            let edge = [polar(center, inner - 1.0, turn), polar(center, radius + 1.0, turn)];
            sheet.pen.line(&edge, sheet.theme.ground, 1.0, sheet.em(1.75))?;
            turn -= part.share;
        }
    }
    Ok(hits)
}

/// Black or white ink, whichever reads better on the colour.
fn on(color: Color) -> Color {
    let (light, dark) = (Color(0xff, 0xff, 0xff), Color(0x0b, 0x12, 0x20));
    if contrast(light, color) >= contrast(dark, color) { light } else { dark }
}

fn total(sheet: &Sheet, center: Point, inner: f64) -> Result<(), ChartError> {
    let spec = sheet.spec;
    let sum = spec.series[0].values.iter().flatten().sum();
    let width = inner * 1.5;
    let largest =
        Lettering::new(sheet.em(22.0), sheet.theme.ink).weight(Weight::SemiBold).anchor(Anchor::Middle);
    let smallest = sheet.scale.label;
    for text in [spec.locale.value(sum, spec.unit), spec.locale.short(sum, spec.unit)] {
        let size = (largest.size * width / largest.width(&text)).min(largest.size);
        if size < smallest {
            continue;
        }
        let size = (size * 4.0).floor() / 4.0;
        let number = Lettering { size, ..largest };
        let caption = sheet.lettering().anchor(Anchor::Middle);
        let caption_fits = inner > size + caption.size * 1.4;
        let lift = if caption_fits { caption.size * 0.15 } else { -size * 0.36 };
        sheet.pen.label(&text, center.x, center.y - lift, &number)?;
        if caption_fits && let Some(word) = caption.shorten(words::total(spec.locale), width) {
            sheet.pen.label(&word, center.x, center.y + caption.size * 1.35, &caption)?;
        }
        return Ok(());
    }
    Ok(())
}

/// Swatch, name, value and share of each part, in rows.
fn names(sheet: &Sheet, parts: &[Part], room: Rect, row: f64) -> Result<(), ChartError> {
    let locale = sheet.spec.locale;
    let shares: Vec<_> = parts.iter().map(|part| locale.percent(part.share, 1)).collect();
    let values: Vec<_> = parts.iter().map(|part| locale.short(part.value, sheet.spec.unit)).collect();
    let name_type = Lettering { color: sheet.theme.ink, ..sheet.lettering() }.centered();
    let value_type = sheet.lettering().centered().anchor(Anchor::End);
    let share_type = name_type.weight(Weight::SemiBold).anchor(Anchor::End);
    let widest = |texts: &[String], lettering: &Lettering| {
        texts.iter().map(|text| lettering.width(text)).fold(0.0, f64::max)
    };
    let (gap, swatch) = (sheet.em(12.0), sheet.em(9.0));
    let share_width = widest(&shares, &share_type);
    let value_width = widest(&values, &value_type) + gap;
    let for_names = room.width - swatch - sheet.em(8.0) - share_width - gap;
    let with_values = for_names - value_width >= sheet.em(70.0);
    let name_width = if with_values { for_names - value_width } else { for_names };
    let top = room.y + ((room.height - row * parts.len() as f64) / 2.0).max(0.0);
    for (index, part) in parts.iter().enumerate() {
        let y = top + row * (index as f64 + 0.5);
        let Some(name) = name_type.shorten(&part.name, name_width) else { continue };
        if y + row * 0.5 > room.bottom() + 0.5 {
            break;
        }
        let square = Rect { x: room.x, y: y - swatch / 2.0, width: swatch, height: swatch };
        sheet.rounded(square, [sheet.em(2.0); 4], sheet.theme.series(part.hue), 1.0)?;
        sheet.pen.label(&name, room.x + swatch + sheet.em(8.0), y, &name_type)?;
        sheet.pen.label(&shares[index], room.right(), y, &share_type)?;
        if with_values {
            sheet.pen.label(&values[index], room.right() - share_width - gap, y, &value_type)?;
        }
        if index + 1 < parts.len() {
            let rule = y + row / 2.0;
            let ends = [Point { x: room.x, y: rule }, Point { x: room.right(), y: rule }];
            sheet.pen.line(&ends, sheet.theme.grid, 1.0, 0.5)?;
        }
    }
    Ok(())
}
