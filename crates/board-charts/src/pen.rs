//! Drawing in points on the recording backend: shapes, labels, and planes with data coordinates.
//!
//! Knows no chart; it only keeps labels clear of one another and inside the canvas.

use std::cell::RefCell;
use std::ops::Range;

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::{
    Cartesian2d, Circle, DrawingArea, IntoDrawingArea, LineSeries, PathElement, Polygon, Rectangle, Text,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, FontTransform, RGBAColor, RGBColor, ShapeStyle};
use plotters_backend::BackendColor;

use crate::ChartError;
use crate::drawing::{Anchor, Color, Drawing, Point, Rect, Size, TextRun};
use crate::fonts::{self, Weight};
use crate::recorder::{Recorder, Segments, UNITS, points, units};

fn at(x: f64, y: f64) -> (i32, i32) {
    (units(x), units(y))
}

/// Where a label sits relative to its point.
#[derive(Clone, Copy)]
pub(crate) enum Upright {
    /// The point is the middle of a capital's height.
    Center,
    /// The point lies on the baseline.
    Baseline,
}

/// Type, colour and anchor of a label.
#[derive(Clone, Copy)]
pub(crate) struct Lettering {
    pub(crate) size: f64,
    pub(crate) weight: Weight,
    pub(crate) color: Color,
    pub(crate) anchor: Anchor,
    pub(crate) upright: Upright,
    pub(crate) upward: bool,
}

impl Lettering {
    /// Regular, starting at its point on the baseline.
    pub(crate) fn new(size: f64, color: Color) -> Self {
        Self {
            size,
            weight: Weight::Regular,
            color,
            anchor: Anchor::Start,
            upright: Upright::Baseline,
            upward: false,
        }
    }

    pub(crate) fn weight(self, weight: Weight) -> Self {
        Self { weight, ..self }
    }

    pub(crate) fn anchor(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    pub(crate) fn centered(self) -> Self {
        Self { upright: Upright::Center, ..self }
    }

    pub(crate) fn upward(self) -> Self {
        Self { upward: true, ..self }
    }

    pub(crate) fn width(&self, text: &str) -> f64 {
        fonts::text_width(text, self.size, self.weight)
    }

    pub(crate) fn shorten(&self, text: &str, width: f64) -> Option<String> {
        fonts::shorten(text, self.size, self.weight, width)
    }

    /// The ink box of the text at the place, in points.
    pub(crate) fn bounds(&self, text: &str, x: f64, y: f64) -> Rect {
        let drop = match self.upright {
            Upright::Center => fonts::CAP_HEIGHT * self.size / 2.0,
            Upright::Baseline => 0.0,
        };
        let (x, y) = if self.upward { (x + drop, y) } else { (x, y + drop) };
        TextRun {
            text: text.to_owned(),
            at: Point { x, y },
            size: self.size,
            weight: self.weight,
            anchor: self.anchor,
            color: self.color,
            upward: self.upward,
        }
        .bounds()
    }
}

fn fill_style(color: Color, opacity: f64) -> ShapeStyle {
    ShapeStyle::from(rgba(color, opacity)).filled()
}

fn stroke_style(color: Color, opacity: f64, width: f64) -> ShapeStyle {
    ShapeStyle::from(rgba(color, opacity)).stroke_width(units(width).unsigned_abs().max(1))
}

fn rgba(color: Color, opacity: f64) -> RGBAColor {
    RGBAColor(color.0, color.1, color.2, opacity)
}

fn failed(error: impl std::fmt::Display) -> ChartError {
    ChartError::Output(error.to_string())
}

/// Draws in points. Labels never overlap one another nor leave the canvas: one that would is not drawn.
pub(crate) struct Pen<'a> {
    area: DrawingArea<Recorder<'a>, Shift>,
    size: Size,
    labels: RefCell<Vec<Rect>>,
}

impl<'a> Pen<'a> {
    pub(crate) fn new(drawing: &'a mut Drawing) -> Self {
        let size = Size { width_pt: drawing.width, height_pt: drawing.height };
        Self { area: Recorder(drawing).into_drawing_area(), size, labels: RefCell::default() }
    }

    pub(crate) fn ground(&self, color: Color) -> Result<(), ChartError> {
        self.area.fill(&RGBColor(color.0, color.1, color.2)).map_err(failed)
    }

    pub(crate) fn polygon(&self, corners: &[Point], color: Color, opacity: f64) -> Result<(), ChartError> {
        let corners: Vec<_> = corners.iter().map(|corner| at(corner.x, corner.y)).collect();
        self.area.draw(&Polygon::new(corners, fill_style(color, opacity))).map_err(failed)
    }

    pub(crate) fn rect(&self, rect: Rect, color: Color, opacity: f64) -> Result<(), ChartError> {
        let (left, top) = at(rect.x, rect.y);
        let (right, bottom) = at(rect.right(), rect.bottom());
        let area = [(left, top), (right, bottom)];
        self.area.draw(&Rectangle::new(area, fill_style(color, opacity))).map_err(failed)
    }

    pub(crate) fn line(
        &self,
        through: &[Point],
        color: Color,
        opacity: f64,
        width: f64,
    ) -> Result<(), ChartError> {
        let path: Vec<_> = through.iter().map(|point| at(point.x, point.y)).collect();
        self.area.draw(&PathElement::new(path, stroke_style(color, opacity, width))).map_err(failed)
    }

    /// Separate segments as one stroke.
    pub(crate) fn lines(
        &self,
        segments: &[[Point; 2]],
        color: Color,
        opacity: f64,
        width: f64,
    ) -> Result<(), ChartError> {
        let ends = segments.iter().flatten().map(|end| at(end.x, end.y)).collect();
        let color = BackendColor { rgb: (color.0, color.1, color.2), alpha: opacity };
        let width = units(width).unsigned_abs().max(1);
        self.area.draw(&Segments { ends, color, width }).map_err(failed)
    }

    /// A broken line from one point to another; `dash` is the length of a dash and of a gap.
    pub(crate) fn dashes(
        &self,
        from: Point,
        to: Point,
        dash: f64,
        color: Color,
        width: f64,
    ) -> Result<(), ChartError> {
        let length = (to.x - from.x).hypot(to.y - from.y);
        let at = |way: f64| {
            let share = (way / length).min(1.0);
            Point { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }
        };
        let mut segments = Vec::new();
        let mut way = 0.0;
        while way < length {
            segments.push([at(way), at(way + dash)]);
            way += 2.0 * dash;
        }
        self.lines(&segments, color, 1.0, width)
    }

    pub(crate) fn disc(&self, center: Point, radius: f64, color: Color) -> Result<(), ChartError> {
        let center = at(center.x, center.y);
        self.area.draw(&Circle::new(center, units(radius), fill_style(color, 1.0))).map_err(failed)
    }

    pub(crate) fn ring(
        &self,
        center: Point,
        radius: f64,
        color: Color,
        width: f64,
    ) -> Result<(), ChartError> {
        let center = at(center.x, center.y);
        self.area.draw(&Circle::new(center, units(radius), stroke_style(color, 1.0, width))).map_err(failed)
    }

    /// Whether the label can stand there.
    pub(crate) fn has_room(&self, text: &str, x: f64, y: f64, lettering: &Lettering) -> bool {
        let bounds = lettering.bounds(text, x, y);
        // One unit of slack for the rounding to whole units.
        let slack = 1.0 / UNITS;
        bounds.x >= slack
            && bounds.y >= slack
            && bounds.right() <= self.size.width_pt - slack
            && bounds.bottom() <= self.size.height_pt - slack
            && !self.labels.borrow().iter().any(|other| other.overlaps(&grown(bounds, 2.0 * slack)))
    }

    /// Writes the label if it can stand there; says whether it did.
    pub(crate) fn label(
        &self,
        text: &str,
        x: f64,
        y: f64,
        lettering: &Lettering,
    ) -> Result<bool, ChartError> {
        if text.is_empty() || !self.has_room(text, x, y, lettering) {
            return Ok(false);
        }
        let horizontal = match lettering.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let vertical = match lettering.upright {
            Upright::Center => VPos::Center,
            Upright::Baseline => VPos::Bottom,
        };
        let turn = if lettering.upward { FontTransform::Rotate270 } else { FontTransform::None };
        let family = FontFamily::Name(lettering.weight.family());
        let Color(red, green, blue) = lettering.color;
        let style = FontDesc::new(family, lettering.size * UNITS, FontStyle::Normal)
            .transform(turn)
            .color(&RGBColor(red, green, blue))
            .pos(Pos::new(horizontal, vertical));
        self.area.draw(&Text::new(text, at(x, y), style)).map_err(failed)?;
        self.labels.borrow_mut().push(lettering.bounds(text, x, y));
        Ok(true)
    }

    /// A plane with data coordinates over the rectangle; y grows upwards.
    pub(crate) fn plane(&self, over: Rect, x: Range<f64>, y: Range<f64>) -> Plane<'a> {
        let (left, top) = at(over.x, over.y);
        let (right, bottom) = at(over.right(), over.bottom());
        let plane = Cartesian2d::new(x, y, (left..right, bottom..top));
        Plane { area: self.area.apply_coord_spec(plane), over }
    }
}

fn grown(rect: Rect, by: f64) -> Rect {
    Rect { x: rect.x - by, y: rect.y - by, width: rect.width + 2.0 * by, height: rect.height + 2.0 * by }
}

/// A plotters Cartesian plane.
pub(crate) struct Plane<'a> {
    area: DrawingArea<Recorder<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>,
    pub(crate) over: Rect,
}

impl Plane<'_> {
    /// Where a data point lies, in points.
    pub(crate) fn place(&self, x: f64, y: f64) -> Point {
        let (x, y) = self.area.map_coordinate(&(x, y));
        Point { x: points(x), y: points(y) }
    }

    pub(crate) fn line(&self, data: &[(f64, f64)], color: Color, width: f64) -> Result<(), ChartError> {
        for element in LineSeries::new(data.iter().copied(), stroke_style(color, 1.0, width)) {
            self.area.draw(&element).map_err(failed)?;
        }
        Ok(())
    }

    /// The area between the data and the baseline.
    pub(crate) fn area(
        &self,
        data: &[(f64, f64)],
        baseline: f64,
        color: Color,
        opacity: f64,
    ) -> Result<(), ChartError> {
        let (Some(first), Some(last)) = (data.first(), data.last()) else { return Ok(()) };
        let mut outline = data.to_vec();
        outline.extend([(last.0, baseline), (first.0, baseline)]);
        self.area.draw(&Polygon::new(outline, fill_style(color, opacity))).map_err(failed)
    }
}
