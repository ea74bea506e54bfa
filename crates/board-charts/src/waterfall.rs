//! Waterfall charts: steps that lead from one level to another, totals on zero.
//!
//! A step without a value is not drawn around: the chart then says in words that it cannot be shown.

use crate::axes::axes;
use crate::bar::{Label, beyond};
use crate::drawing::Point;
use crate::fonts::Weight;
use crate::hits::Hit;
use crate::pen::Lettering;
use crate::sheet::{Entry, Sheet, Swatch};
use crate::{ChartError, Rect, Step, words};

/// Colours of totals, of steps up and of steps down, as indices of series.
const TOTAL: usize = 0;
const UP: usize = 2;
const DOWN: usize = 1;

fn hue(step: &Step) -> usize {
    if step.total {
        TOTAL
    } else if step.to >= step.from {
        UP
    } else {
        DOWN
    }
}

/// Draws a waterfall.
pub(crate) fn waterfall(sheet: &Sheet) -> Result<Vec<Hit>, ChartError> {
    let spec = sheet.spec;
    let steps = spec.steps().unwrap_or_default();
    let entries = [
        (UP, words::increase(spec.locale)),
        (DOWN, words::decrease(spec.locale)),
        (TOTAL, words::total(spec.locale)),
    ];
    let legend: Vec<_> = entries
        .into_iter()
        .filter(|(color, _)| steps.iter().any(|step| hue(step) == *color))
        .map(|(color, name)| Entry::new(name, Swatch::Square(color)))
        .collect();
    let room = sheet.heading(&legend)?;
    let axes = axes(sheet, room, 0.0)?;
    let width = (axes.step * 0.62).min(sheet.em(44.0)).max(0.05);
    let areas: Vec<Rect> = steps
        .iter()
        .enumerate()
        .map(|(category, step)| axes.bar(category, [step.from, step.to], -width / 2.0, width))
        .collect();
    let labels: Option<Vec<Label>> = steps
        .iter()
        .zip(&areas)
        .map(|(step, area)| {
            let change = if step.total { step.to } else { step.to - step.from };
            let number = spec.locale.short(change, spec.unit);
            let text = if !step.total && change > 0.0 { format!("+{number}") } else { number };
            // The number stands where the step has led: above it, or below where it leads down past zero.
            let label = beyond(
                sheet,
                &axes,
                (*area, axes.step - sheet.em(3.0)),
                if step.total { step.to } else { change },
                text,
            )?;
            let weight = if step.total { Weight::SemiBold } else { Weight::Medium };
            Some(Label { lettering: Lettering { weight, ..label.lettering }, ..label })
        })
        .collect();
    let labels = labels.unwrap_or_default();
    for (category, pair) in steps.windows(2).enumerate() {
        let from = axes.at(category, pair[0].to);
        let to = axes.at(category + 1, pair[0].to);
        let ends =
            [Point { x: from.x + width / 2.0, ..from }, Point { x: (to.x - width / 2.0).max(from.x), ..to }];
        sheet.pen.line(&ends, sheet.theme.axis, 1.0, sheet.em(0.9))?;
    }
    for label in &labels {
        label.plate(sheet, sheet.theme.ground, 0.85)?;
    }
    for (step, area) in steps.iter().zip(&areas) {
        let radius = sheet.em(1.5).min(area.width * 0.4).min(area.height * 0.5);
        // A step of nothing is a line, not a hole.
        let area = Rect { height: area.height.max(sheet.em(1.0)), ..*area };
        sheet.filled(area, [radius; 4], hue(step))?;
    }
    for label in &labels {
        label.write(sheet)?;
    }
    let hit = |(category, area): (usize, &Rect)| {
        Hit::new(
            sheet,
            0,
            category,
            Rect { height: area.height.max(4.0), width: area.width.max(1.0), ..*area },
        )
    };
    Ok(areas.iter().enumerate().map(hit).collect())
}
