//! What every kind of chart shares: ground, title, subtitle, legend, markers, the empty state.
//!
//! Knows no data; it hands the kinds the rectangle that is left for them.

use crate::drawing::{Anchor, Color, Point, Rect, Size};
use crate::fonts::Weight;
use crate::hits::Hit;
use crate::pattern::{corners, hatch};
use crate::pen::{Lettering, Pen};
use crate::theme::{Scale, Theme};
use crate::{ChartError, ChartSpec, State, words};

/// How a legend entry is drawn.
#[derive(Clone, Copy)]
pub(crate) enum Swatch {
    /// A stroke with the marker of this series.
    Line(usize),
    /// A filled square in the colour and pattern of this series.
    Square(usize),
    /// The benchmark band.
    Band,
    /// A part of a cohort's spread, as opaque as it is drawn.
    Spread(f64),
    /// The median of a cohort.
    Median,
    /// The sign of a withheld value.
    Withheld,
}

/// One entry of the legend.
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) swatch: Swatch,
}

impl Entry {
    pub(crate) fn new(name: &str, swatch: Swatch) -> Self {
        Self { name: name.to_owned(), swatch }
    }
}

/// A canvas with the specification, its colours and its sizes.
pub(crate) struct Sheet<'a> {
    /// The specification with its texts as they can be drawn.
    pub(crate) spec: &'a ChartSpec,
    /// The specification as it was given, for texts that are not drawn.
    pub(crate) told: &'a ChartSpec,
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

    /// A legend entry for each series, where names are wanted.
    pub(crate) fn legend_of(&self, swatch: fn(usize) -> Swatch, wanted: bool) -> Vec<Entry> {
        let rows = self.spec.drawn().iter().enumerate().filter(|_| wanted);
        rows.map(|(index, row)| Entry::new(&row.name, swatch(index))).collect()
    }

    /// The legend entry that explains the sign of withheld values, where there is one.
    pub(crate) fn withheld_entry(&self) -> Option<Entry> {
        let any = self.spec.drawn().iter().any(|row| !row.withheld.is_empty());
        any.then(|| Entry::new(&words::withheld_legend(self.spec.locale), Swatch::Withheld))
    }

    /// The margin around everything, smaller on small charts.
    pub(crate) fn margin(&self) -> f64 {
        self.em(14.0).min(self.size.width_pt / 8.0).min(self.size.height_pt / 8.0)
    }

    /// Writes title, subtitle and legend as far as half the height allows; returns what is left inside the margins.
    pub(crate) fn heading(&self, legend: &[Entry]) -> Result<Rect, ChartError> {
        let margin = self.margin();
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
        self.em(match swatch {
            Swatch::Square(_) => 10.0,
            Swatch::Withheld => 7.0,
            Swatch::Line(_) | Swatch::Band | Swatch::Spread(_) | Swatch::Median => 16.0,
        })
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
                self.square(Rect { x, y: y - width / 2.0, width, height: width }, series)
            }
            Swatch::Spread(opacity) => {
                let height = self.em(9.0);
                self.pen.rect(Rect { x, y: y - height / 2.0, width, height }, self.theme.band, opacity)
            }
            Swatch::Median => {
                let ends = [Point { x, y }, Point { x: x + width, y }];
                self.pen.dashes(ends[0], ends[1], self.em(3.0), self.theme.band, self.em(1.5))
            }
            Swatch::Withheld => self.no_entry(Point { x: x + width / 2.0, y }, width / 2.0, self.theme.quiet),
            Swatch::Band => {
                let height = self.em(9.0);
                let band = Rect { x, y: y - height / 2.0, width, height };
                self.pen.rect(band, self.theme.band, 0.18)?;
                let edges = [band.y, band.bottom()].map(|y| [x, x + width].map(|x| Point { x, y }));
                self.pen.lines(&edges, self.theme.band, 1.0, 0.75)
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

    /// A small sample of the fill of a series.
    pub(crate) fn square(&self, square: Rect, series: usize) -> Result<(), ChartError> {
        self.rounded(square, [self.em(2.0); 4], self.theme.series(series), 1.0)?;
        self.hatched(&corners(square), series, self.em(3.2))
    }

    /// A rectangle in the colour and pattern of a series: radii from the upper left, clockwise.
    pub(crate) fn filled(&self, rect: Rect, radii: [f64; 4], series: usize) -> Result<(), ChartError> {
        self.rounded(rect, radii, self.theme.series(series), 1.0)?;
        self.hatched(&corners(rect), series, self.em(5.0))
    }

    /// The pattern of a series over a shape that is filled already.
    pub(crate) fn hatched(&self, outline: &[Point], series: usize, spacing: f64) -> Result<(), ChartError> {
        let width = spacing * 0.2;
        let lines = hatch(outline, series, spacing, width * 0.5);
        self.pen.lines(&lines, self.theme.ground, 0.4, width)
    }

    /// The sign of a withheld value: a ring with a stroke through it.
    fn no_entry(&self, center: Point, radius: f64, color: Color) -> Result<(), ChartError> {
        let width = (radius * 0.36).min(self.em(1.2));
        self.pen.disc(center, radius, self.theme.ground)?;
        self.pen.ring(center, radius - width / 2.0, color, width)?;
        let reach = (radius - width) * 0.7;
        let ends =
            [(-reach, reach), (reach, -reach)].map(|(x, y)| Point { x: center.x + x, y: center.y + y });
        self.pen.line(&ends, color, 1.0, width)
    }

    /// Draws the sign of a withheld value and tells it.
    pub(crate) fn withheld_mark(
        &self,
        series: usize,
        category: usize,
        center: Point,
        radius: f64,
    ) -> Result<Hit, ChartError> {
        let alone = self.spec.drawn().len() == 1;
        let color = if alone { self.theme.quiet } else { self.theme.series(series) };
        self.no_entry(center, radius, color)?;
        let side = (2.0 * radius).max(8.0);
        let area = Rect { x: center.x - side / 2.0, y: center.y - side / 2.0, width: side, height: side };
        Ok(Hit::new(self, series, category, area))
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

    /// Says in words why there is nothing to see.
    pub(crate) fn without_data(&self, state: State) -> Result<(), ChartError> {
        let room = self.heading(&[])?;
        let locale = self.spec.locale;
        let (head, why) = match state {
            State::Withheld => (words::withheld_state(locale), words::withheld_sentence(locale)),
            State::Empty | State::Drawn => (words::no_data(locale), String::new()),
        };
        let strong = Lettering { color: self.theme.ink, ..self.lettering() }.weight(Weight::Medium);
        let strong = strong.anchor(Anchor::Middle).centered();
        let quiet = self.lettering().anchor(Anchor::Middle).centered();
        let center = Point { x: room.x + room.width / 2.0, y: room.y + room.height / 2.0 };
        let icon = self.em(30.0);
        let tall = room.height >= icon * 2.4;
        if tall && state == State::Withheld {
            let at = Point { x: center.x, y: center.y - self.em(4.0) - icon / 2.0 };
            self.no_entry(at, icon * 0.42, self.theme.axis)?;
        } else if tall {
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
        let mut y = center.y + if tall { self.em(12.0) } else { 0.0 };
        for (text, lettering) in [(head, strong), (why.as_str(), quiet)] {
            if let Some(text) = lettering.shorten(text, room.width) {
                self.pen.label(&text, center.x, y, &lettering)?;
                y += lettering.size * 1.5;
            }
        }
        Ok(())
    }
}

/// A point on a circle; `turn` counts whole turns counter-clockwise from the right.
pub(crate) fn polar(center: Point, radius: f64, turn: f64) -> Point {
    let (sin, cos) = (turn * std::f64::consts::TAU).sin_cos();
    Point { x: center.x + radius * cos, y: center.y - radius * sin }
}
