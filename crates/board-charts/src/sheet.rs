//! What every kind of chart shares: ground, title, subtitle, legend, markers, the empty state.
//!
//! Knows no data; it hands the kinds the rectangle that is left for them.

use crate::drawing::{Anchor, Color, Point, Rect, Size};
use crate::fonts::Weight;
use crate::pen::{Lettering, Pen};
use crate::theme::{Scale, Theme};
use crate::{ChartError, ChartSpec, words};

/// How a legend entry is drawn.
#[derive(Clone, Copy)]
pub(crate) enum Swatch {
    /// A stroke with the marker of this series.
    Line(usize),
    /// A filled square in the colour of this series.
    Square(usize),
    /// The benchmark band.
    Band,
}

/// One entry of the legend.
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) swatch: Swatch,
}

/// A canvas with the specification, its colours and its sizes.
pub(crate) struct Sheet<'a> {
    pub(crate) spec: &'a ChartSpec,
    pub(crate) theme: &'static Theme,
    pub(crate) scale: Scale,
    pub(crate) pen: Pen<'a>,
    pub(crate) size: Size,
}

impl Sheet<'_> {
    /// Label type in the quiet colour.
    pub(crate) fn lettering(&self) -> Lettering {
        Lettering::new(self.scale.label, self.theme.quiet)
    }

    /// A distance that grows with the chart.
    pub(crate) fn em(&self, points: f64) -> f64 {
        points * self.scale.unit
    }

    /// Writes title, subtitle and legend as far as half the height allows; returns what is left inside the margins.
    pub(crate) fn heading(&self, legend: &[Entry]) -> Result<Rect, ChartError> {
        let margin = self.em(14.0).min(self.size.width_pt / 8.0).min(self.size.height_pt / 8.0);
        let width = self.size.width_pt - 2.0 * margin;
        let mut top = margin;
        let limit = self.size.height_pt * 0.5;
        let spec = self.spec;
        let title = Lettering::new(self.scale.title, self.theme.ink).weight(Weight::SemiBold);
        let subtitle = Lettering::new(self.scale.subtitle, self.theme.quiet);
        for (text, lettering) in [(&spec.title, title), (&spec.subtitle, subtitle)] {
            let baseline = top + lettering.size * 0.8;
            if text.is_empty() || baseline + lettering.size * 0.25 > limit {
                continue;
            }
            if let Some(text) = lettering.shorten(text, width) {
                self.pen.label(&text, margin, baseline, &lettering)?;
                top = baseline + lettering.size * 0.6;
            }
        }
        if top > margin {
            top += self.em(3.0);
        }
        if !legend.is_empty() {
            top = self.legend(legend, Rect { x: margin, y: top, width, height: limit - top })?;
        }
        Ok(Rect { x: margin, y: top, width, height: self.size.height_pt - margin - top })
    }

    /// Flows the entries into at most three rows; those that find no place are counted in a last `+3`.
    fn legend(&self, entries: &[Entry], room: Rect) -> Result<f64, ChartError> {
        let lettering = self.lettering().centered();
        let row = self.em(16.0);
        let gap = self.em(16.0);
        let text_gap = self.em(5.0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let most = ((room.height / row).floor().max(0.0) as usize).min(3);
        let widest = (room.width * 0.5 - text_gap).max(self.em(40.0));
        let reserve = lettering.width("+12");
        let (mut x, mut line) = (room.x, 0);
        for (index, entry) in entries.iter().enumerate() {
            let Some(name) = lettering.shorten(&entry.name, widest) else { continue };
            let swatch = self.swatch_width(entry.swatch);
            let needed = swatch + text_gap + lettering.width(&name);
            let last = index + 1 == entries.len();
            let end =
                |line: usize| room.right() - if line + 1 >= most && !last { gap + reserve } else { 0.0 };
            if x > room.x && x + needed > end(line) && line + 1 < most {
                line += 1;
                x = room.x;
            }
            let y = room.y + row * (line as f64 + 0.5);
            if line >= most {
                break;
            }
            if x + needed > end(line) {
                let rest = format!("+{}", entries.len() - index);
                self.pen.label(&rest, x, y, &lettering)?;
                break;
            }
            if self.pen.label(&name, x + swatch + text_gap, y, &lettering)? {
                self.swatch(entry.swatch, x, y)?;
            }
            x += needed + gap;
        }
        let rows = if most == 0 { 0.0 } else { (line + 1) as f64 };
        Ok(room.y + row * rows + if most == 0 { 0.0 } else { self.em(6.0) })
    }

    pub(crate) fn swatch_width(&self, swatch: Swatch) -> f64 {
        self.em(if matches!(swatch, Swatch::Square(_)) { 9.0 } else { 16.0 })
    }

    /// Draws the swatch with its left end at `x`, centred on `y`.
    pub(crate) fn swatch(&self, swatch: Swatch, x: f64, y: f64) -> Result<(), ChartError> {
        let width = self.swatch_width(swatch);
        match swatch {
            Swatch::Line(series) => {
                let ends = [Point { x: x + 1.0, y }, Point { x: x + width - 1.0, y }];
                self.pen.line(&ends, self.theme.series(series), 1.0, self.em(2.0))?;
                self.marker(series, Point { x: x + width / 2.0, y }, self.em(3.2))
            }
            Swatch::Square(series) => {
                let square = Rect { x, y: y - width / 2.0, width, height: width };
                self.rounded(square, [self.em(2.0); 4], self.theme.series(series), 1.0)
            }
            Swatch::Band => {
                let height = self.em(9.0);
                let band = Rect { x, y: y - height / 2.0, width, height };
                self.pen.rect(band, self.theme.band, 0.18)?;
                for y in [band.y, band.bottom()] {
                    let edge = [Point { x, y }, Point { x: x + width, y }];
                    self.pen.line(&edge, self.theme.band, 1.0, 0.75)?;
                }
                Ok(())
            }
        }
    }

    /// The marker of a series: six shapes, solid for the first six series and hollow for the others.
    pub(crate) fn marker(&self, series: usize, center: Point, radius: f64) -> Result<(), ChartError> {
        let (color, ground) = (self.theme.series(series), self.theme.ground);
        let halo = radius + self.em(0.9);
        self.shape(series, center, halo, ground)?;
        self.shape(series, center, radius, color)?;
        if series >= 6 { self.shape(series, center, radius * 0.5, ground) } else { Ok(()) }
    }

    fn shape(&self, series: usize, center: Point, radius: f64, color: Color) -> Result<(), ChartError> {
        // Radii are corrected so that all shapes carry about the same weight.
        let (corners, turn, radius) = match series % 6 {
            0 => return self.pen.disc(center, radius, color),
            1 => (4, 0.125, radius * 1.2),
            2 => (4, 0.0, radius * 1.25),
            3 => (3, 0.25, radius * 1.35),
            4 => (3, 0.75, radius * 1.35),
            _ => (6, 0.0, radius * 1.1),
        };
        let outline: Vec<_> = (0..corners)
            .map(|corner| polar(center, radius, turn + f64::from(corner) / f64::from(corners)))
            .collect();
        self.pen.polygon(&outline, color, 1.0)
    }

    /// A rectangle with rounded corners: radii from the upper left, clockwise.
    pub(crate) fn rounded(
        &self,
        rect: Rect,
        radii: [f64; 4],
        color: Color,
        opacity: f64,
    ) -> Result<(), ChartError> {
        if radii.iter().all(|radius| *radius < 0.2) {
            return self.pen.rect(rect, color, opacity);
        }
        let corners = [
            (rect.x, rect.y, 1.0, 1.0),
            (rect.right(), rect.y, -1.0, 1.0),
            (rect.right(), rect.bottom(), -1.0, -1.0),
            (rect.x, rect.bottom(), 1.0, -1.0),
        ];
        let mut outline = Vec::new();
        for (corner, ((x, y, right, down), radius)) in corners.into_iter().zip(radii).enumerate() {
            if radius < 0.2 {
                outline.push(Point { x, y });
                continue;
            }
            let center = Point { x: x + right * radius, y: y + down * radius };
            for part in 0..=4 {
                // Turns run counter-clockwise from the right; each corner's arc runs clockwise from its start.
                let turn = 0.5 - corner as f64 * 0.25 - f64::from(part) / 16.0;
                outline.push(polar(center, radius, turn));
            }
        }
        self.pen.polygon(&outline, color, opacity)
    }

    /// Says in words that nothing was measured.
    pub(crate) fn empty(&self) -> Result<(), ChartError> {
        let room = self.heading(&[])?;
        let lettering = self.lettering().anchor(Anchor::Middle).centered();
        let center = Point { x: room.x + room.width / 2.0, y: room.y + room.height / 2.0 };
        let icon = self.em(30.0);
        let tall = room.height >= icon * 2.4;
        if tall {
            for (index, height) in [0.45, 0.75, 0.6, 1.0].into_iter().enumerate() {
                let bar = Rect {
                    x: center.x - icon * 0.6 + index as f64 * icon * 0.32,
                    y: center.y - self.em(6.0) - icon * height,
                    width: icon * 0.24,
                    height: icon * height,
                };
                self.rounded(bar, [self.em(1.5); 4], self.theme.grid, 1.0)?;
            }
        }
        let y = center.y + if tall { self.em(12.0) } else { 0.0 };
        if let Some(text) = lettering.shorten(words::no_data(self.spec.locale), room.width) {
            self.pen.label(&text, center.x, y, &lettering)?;
        }
        Ok(())
    }
}

/// A point on a circle; `turn` counts whole turns counter-clockwise from the right.
pub(crate) fn polar(center: Point, radius: f64, turn: f64) -> Point {
    let (sin, cos) = (turn * std::f64::consts::TAU).sin_cos();
    Point { x: center.x + radius * cos, y: center.y - radius * sin }
}
