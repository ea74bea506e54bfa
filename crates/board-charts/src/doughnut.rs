//! Doughnut charts: parts of a whole as a ring, its total inside, names and shares beside it.
//!
//! Draws the first series only; small parts beyond the legend's room are summed up as one.

use crate::ChartError;
use crate::drawing::{Anchor, Point, Rect};
use crate::fonts::Weight;
use crate::hits::Hit;
use crate::pen::Lettering;
use crate::sheet::{Sheet, polar};
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
    /// Whether it sums up several small ones.
    sum: bool,
}

/// Draws a doughnut chart.
pub(crate) fn doughnut(sheet: &Sheet) -> Result<Vec<Hit>, ChartError> {
    let spec = sheet.spec;
    let room = sheet.heading(&[])?;
    let row = sheet.em(20.0);
    let beside = room.width >= room.height * 1.3;
    let legend_height = if beside { room.height } else { room.height * 0.45 };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let fits = (legend_height / row).floor().max(0.0) as usize;
    let hidden: Vec<usize> = spec.series[0].withheld.clone();
    // Withheld parts take their rows first: at most a third of them, then they are counted.
    let rows_hidden = hidden.len().min((fits / 3).max(1));
    let parts = parts(sheet, fits.saturating_sub(rows_hidden).clamp(2, MOST_PARTS));
    let rows = parts.len() + rows_hidden;

    let gap = sheet.em(24.0);
    let (ring, legend) = if beside {
        let side = room.height.min(room.width * 0.46);
        let ring = Rect { x: room.x, y: room.y, width: side, height: room.height };
        let width = (room.width - side - gap).min(sheet.em(340.0));
        (ring, Rect { x: room.x + side + gap, y: room.y, width, height: room.height })
    } else {
        let height = room.height - row * rows as f64 - gap * 0.5;
        let ring = Rect { height: height.max(room.height * 0.4), ..room };
        let top = ring.bottom() + gap * 0.5;
        (ring, Rect { y: top, height: room.bottom() - top, ..room })
    };
    let center = Point { x: ring.x + ring.width / 2.0, y: ring.y + ring.height / 2.0 };
    let radius = ring.width.min(ring.height) * 0.48;
    let mut hits = slices(sheet, &parts, center, radius)?;
    total(sheet, center, radius * INNER)?;
    let top = legend.y + ((legend.height - row * rows as f64) / 2.0).max(0.0);
    let top = names(sheet, &parts, Rect { y: top, height: legend.bottom() - top, ..legend }, row)?;
    hits.extend(withheld(
        sheet,
        &hidden,
        Rect { y: top, height: legend.bottom() - top, ..legend },
        row,
        rows_hidden,
    )?);
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
            Part { category, hue, name, value, share: value / total, sum: false }
        })
        .collect();
    if let Some((category, _)) = rest.first().copied() {
        let value: f64 = rest.iter().map(|(_, value)| value).sum();
        let name = words::other(spec.locale, rest.len());
        parts.push(Part { category, hue: GREY, name, value, share: value / total, sum: true });
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
        if part.hue != GREY {
            sheet.hatched(&outline, part.hue, sheet.em(5.0))?;
        }
        let place = at(f64::midpoint(start, end), middle);
        let side = radius - inner;
        let area = Rect { x: place.x - side / 2.0, y: place.y - side / 2.0, width: side, height: side };
        let value = sheet.spec.locale.value(part.value, sheet.spec.unit);
        let share = sheet.spec.locale.percent(part.share, 1);
        let name = if part.sum { &part.name } else { &sheet.told.categories[part.category] };
        hits.push(Hit::telling(sheet, 0, part.category, area, format!("{name}: {value} ({share})")));
        let text = sheet.spec.locale.percent(part.share, 0);
        let arc = part.share * std::f64::consts::TAU * middle;
        if lettering.width(&text) <= side - 3.0 && lettering.width(&text) + 4.0 <= arc {
            let lettering = Lettering { color: color.ink_on(), ..lettering };
            // A plate keeps the pattern away from the number.
            let (width, height) = (lettering.width(&text) + sheet.em(4.0), lettering.size * 1.15);
            let ground = Rect { x: place.x - width / 2.0, y: place.y - height / 2.0, width, height };
            sheet.rounded(ground, [height * 0.3; 4], color, 1.0)?;
            sheet.pen.label(&text, place.x, place.y, &lettering)?;
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
        let whole = spec.series[0].withheld.is_empty();
        let word = if whole { words::total(spec.locale) } else { words::total_shown(spec.locale) };
        if caption_fits && let Some(word) = caption.shorten(word, width) {
            sheet.pen.label(&word, center.x, center.y + caption.size * 1.35, &caption)?;
        }
        return Ok(());
    }
    Ok(())
}

/// Swatch, name, value and share of each part, in rows.
///
/// Returns where the rows end.
fn names(sheet: &Sheet, parts: &[Part], room: Rect, row: f64) -> Result<f64, ChartError> {
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
    let top = room.y;
    for (index, part) in parts.iter().enumerate() {
        let y = top + row * (index as f64 + 0.5);
        let Some(name) = name_type.shorten(&part.name, name_width) else { continue };
        if y + row * 0.5 > room.bottom() + 0.5 {
            break;
        }
        let square = Rect { x: room.x, y: y - swatch / 2.0, width: swatch, height: swatch };
        if part.hue == GREY {
            sheet.rounded(square, [sheet.em(2.0); 4], sheet.theme.series(GREY), 1.0)?;
        } else {
            sheet.square(square, part.hue)?;
        }
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
    Ok(top + row * parts.len() as f64)
}

/// Rows of parts whose size may not be shown; they have no share of the ring.
fn withheld(
    sheet: &Sheet,
    hidden: &[usize],
    room: Rect,
    row: f64,
    rows: usize,
) -> Result<Vec<Hit>, ChartError> {
    let locale = sheet.spec.locale;
    let lettering = sheet.lettering().centered();
    let word = words::withheld(locale);
    let start = room.x + sheet.em(17.0);
    let width = room.right() - start - lettering.width(word) - sheet.em(12.0);
    let mut hits = Vec::new();
    for (index, category) in hidden.iter().enumerate() {
        let shown = index.min(rows.saturating_sub(1));
        let y = room.y + row * (shown as f64 + 0.5);
        let fits = y + row * 0.5 <= room.bottom() + 0.5;
        let area = Rect { x: room.x, y: y - row / 2.0, width: room.width.max(1.0), height: row };
        let hit = Hit::new(sheet, 0, *category, area);
        if index < rows && fits {
            let rest = hidden.len() - index;
            let name = if index + 1 == rows && rest > 1 {
                words::other(locale, rest)
            } else {
                sheet.spec.categories[*category].clone()
            };
            if let Some(name) = lettering.shorten(&name, width) {
                let center = crate::Point { x: room.x + sheet.em(4.5), y };
                sheet.withheld_mark(0, *category, center, sheet.em(4.0))?;
                sheet.pen.label(&name, start, y, &lettering)?;
                sheet.pen.label(word, room.right(), y, &lettering.anchor(Anchor::End))?;
            }
        }
        hits.push(hit);
    }
    Ok(hits)
}
