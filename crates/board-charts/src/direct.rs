//! Labels at the ends of lines and areas, instead of a legend.
//!
//! Decides whether there is room; where there is not, the caller draws a legend.

use crate::ChartError;
use crate::fonts::Weight;
use crate::pen::{Lettering, Plane};
use crate::sheet::Sheet;

/// Names and values beside the ends of the lines.
pub(crate) struct EndLabels {
    /// Series with the place it ends on, its name (empty for a single series) and the value in words.
    ends: Vec<(usize, f64, String, String)>,
    /// Room they need right of the plane.
    pub(crate) width: f64,
}

impl EndLabels {
    /// `place` says where on the axis the label of a series and its last value goes. `None` where a series does not reach the last category, or there are too many, or their names are too long.
    pub(crate) fn of(sheet: &Sheet, place: impl Fn(usize, f64) -> f64) -> Option<Self> {
        let spec = sheet.spec;
        let count = spec.series.len();
        let name_type = sheet.lettering().weight(Weight::SemiBold);
        let row = name_type.size * 1.35;
        if count > 5 || sheet.size.height_pt * 0.4 < row * count as f64 {
            return None;
        }
        let ends: Option<Vec<_>> = spec
            .series
            .iter()
            .enumerate()
            .map(|(index, series)| {
                let value = series.values.last().copied().flatten()?;
                let name = if count == 1 { String::new() } else { series.name.clone() };
                Some((index, place(index, value), name, spec.locale.short(value, spec.unit)))
            })
            .collect();
        let ends = ends?;
        let gap = sheet.em(5.0);
        let widest = ends
            .iter()
            .map(|(_, _, name, value)| {
                let name_width = if name.is_empty() { 0.0 } else { name_type.width(name) + gap };
                name_width + name_type.width(value)
            })
            .fold(0.0, f64::max);
        let width = widest + sheet.em(6.0);
        (width <= sheet.size.width_pt * 0.28).then_some(Self { ends, width })
    }

    pub(crate) fn draw(mut self, sheet: &Sheet, plane: &Plane) -> Result<(), ChartError> {
        let lettering = sheet.lettering().weight(Weight::SemiBold).centered();
        let row = lettering.size * 1.35;
        let last = (sheet.spec.categories.len() - 1) as f64;
        self.ends.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let wanted: Vec<f64> = self.ends.iter().map(|end| plane.place(last, end.1).y).collect();
        // The words of events stand right above the plane.
        let top = plane.over.y + row * if sheet.spec.annotations.is_empty() { -0.3 } else { 0.4 };
        let places = spread(&wanted, row, top, plane.over.bottom() + row * 0.1);
        let x = plane.place(last, 0.0).x + sheet.em(9.0);
        for ((series, _, name, value), y) in self.ends.iter().zip(places) {
            let color = sheet.theme.series(*series);
            let named = lettering.width(name) + if name.is_empty() { 0.0 } else { sheet.em(5.0) };
            sheet.pen.label(name, x, y, &Lettering { color, ..lettering })?;
            let color = if name.is_empty() { color } else { sheet.theme.ink };
            sheet.pen.label(value, x + named, y, &Lettering { color, ..lettering })?;
        }
        Ok(())
    }
}

/// Moves falling places apart to at least `row`, as little as possible, inside the limits.
fn spread(wanted: &[f64], row: f64, top: f64, bottom: f64) -> Vec<f64> {
    let mut places: Vec<f64> = Vec::with_capacity(wanted.len());
    for (index, y) in wanted.iter().enumerate() {
        let least = places.last().map_or(top, |above| above + row);
        let most = bottom - row * (wanted.len() - 1 - index) as f64;
        places.push(y.max(least).min(most.max(least)));
    }
    places
}
