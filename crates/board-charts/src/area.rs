//! Area charts: lines over filled ground, overlapping or stacked.
//!
//! A stack has a gap for all series where one of them has none, since nothing above it has a known place.

use crate::axes::axes;
use crate::direct::EndLabels;
use crate::drawing::Point;
use crate::hits::Hit;
use crate::line::{hits, markers, runs, strokes, withheld};
use crate::pen::Plane;
use crate::sheet::{Entry, Sheet, Swatch};
use crate::{ChartError, Rect};

/// Draws an area chart.
pub(crate) fn area(sheet: &Sheet) -> Result<Vec<Hit>, ChartError> {
    let spec = sheet.spec;
    let last = spec.categories.len() - 1;
    // A label of a stack stands beside the middle of its layer.
    let direct = EndLabels::of(sheet, |series, value| {
        if !spec.stacked {
            return value;
        }
        let below: f64 = spec.series[..series].iter().filter_map(|row| row.values[last]).sum();
        below + value / 2.0
    });
    let swatch = if spec.stacked { Swatch::Square } else { Swatch::Line };
    let mut legend = sheet.legend_of(swatch, spec.series.len() > 1 && direct.is_none());
    legend.extend(spec.drawn_band().map(|band| Entry::new(&band.name, Swatch::Band)));
    legend.extend(sheet.withheld_entry());
    let room = sheet.heading(&legend)?;
    let axes = axes(sheet, room, direct.as_ref().map_or(0.0, |labels| labels.width))?;
    let mut hits = if spec.stacked {
        stack(sheet, &axes.plane, axes.step)?
    } else {
        for (index, row) in spec.series.iter().enumerate() {
            let opacity = if spec.series.len() == 1 { 0.25 } else { 0.16 };
            for run in runs(&row.values).iter().filter(|run| run.len() > 1) {
                axes.plane.area(run, axes.floor, sheet.theme.series(index), opacity)?;
            }
        }
        for (index, row) in spec.series.iter().enumerate() {
            strokes(sheet, &axes.plane, index, row, sheet.em(2.0))?;
        }
        markers(sheet, &axes)?;
        hits(sheet, &axes.plane, axes.step)
    };
    if let Some(labels) = direct {
        labels.draw(sheet, &axes.plane)?;
    }
    hits.extend(withheld(sheet, &axes.plane)?);
    hits.sort_by_key(|hit| (hit.series, hit.category));
    Ok(hits)
}

fn stack(sheet: &Sheet, plane: &Plane, step: f64) -> Result<Vec<Hit>, ChartError> {
    let spec = sheet.spec;
    let whole: Vec<Option<f64>> = (0..spec.categories.len())
        .map(|category| spec.series.iter().try_fold(0.0, |sum, row| Some(sum + row.values[category]?)))
        .collect();
    let mut floor = vec![0.0; spec.categories.len()];
    let mut hits = Vec::new();
    for (series, row) in spec.series.iter().enumerate() {
        let ceiling: Vec<f64> =
            floor.iter().zip(&row.values).map(|(floor, value)| floor + value.unwrap_or(0.0)).collect();
        for run in runs(&whole) {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let places: Vec<usize> = run.iter().map(|(category, _)| *category as usize).collect();
            let edge = |levels: &[f64]| -> Vec<Point> {
                places.iter().map(|place| plane.place(*place as f64, levels[*place])).collect()
            };
            let (upper, mut outline) = (edge(&ceiling), edge(&floor));
            if let [lower] = outline[..] {
                // A stack without neighbours is a thin bar.
                let side = sheet.em(2.0);
                let bar = Rect {
                    x: lower.x - side,
                    y: upper[0].y,
                    width: 2.0 * side,
                    height: lower.y - upper[0].y,
                };
                sheet.filled(bar, [0.0; 4], series)?;
            } else {
                outline.reverse();
                outline.splice(0..0, upper.iter().copied());
                sheet.pen.polygon(&outline, sheet.theme.series(series), 1.0)?;
                sheet.hatched(&outline, series, sheet.em(5.0))?;
                sheet.pen.line(&upper, sheet.theme.ground, 1.0, sheet.em(1.0))?;
            }
            for place in &places {
                let (top, foot) =
                    (plane.place(*place as f64, ceiling[*place]), plane.place(*place as f64, floor[*place]));
                let width = step.clamp(4.0, 24.0);
                let height = (foot.y - top.y).max(4.0);
                let area = Rect { x: top.x - width / 2.0, y: top.y, width, height };
                hits.push(Hit::new(sheet, series, *place, area));
            }
        }
        // Measured beside a hole: told, though it has no known place in the stack.
        for (category, value) in row.values.iter().enumerate() {
            if value.is_some() && whole[category].is_none() {
                let x = plane.place(category as f64, 0.0).x;
                let area = Rect { x: x - 4.0, y: plane.over.y, width: 8.0, height: plane.over.height };
                hits.push(Hit::new(sheet, series, category, area));
            }
        }
        floor = ceiling;
    }
    Ok(hits)
}
