//! The plotters backend that records a [`Drawing`], and the pen that draws on it in points.
//!
//! The only file that names plotters' backend. Coordinates are whole units of 1/20 pt, so rounding stays invisible.

use std::cell::RefCell;
use std::convert::Infallible;
use std::ops::Range;

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::{
    Cartesian2d, Circle, DrawingArea, DrawingBackend, IntoDrawingArea, LineSeries, PathElement, Polygon,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, FontDesc, FontFamily, FontStyle, FontTransform, RGBAColor, RGBColor, ShapeStyle};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind};

use crate::drawing::{Anchor, Color, Drawing, Mark, Paint, Point, Rect, Size, TextRun};
use crate::fonts::{self, Weight};
use crate::ChartError;

const UNITS: f64 = 20.0;

/// Units of a length in points.
#[allow(clippy::cast_possible_truncation)]
fn units(points: f64) -> i32 {
    (points * UNITS).round() as i32
}

fn points(units: i32) -> f64 {
    f64::from(units) / UNITS
}

fn at(x: f64, y: f64) -> (i32, i32) {
    (units(x), units(y))
}

struct Recorder<'a>(&'a mut Drawing);

impl Recorder<'_> {
    fn path(&mut self, corners: impl IntoIterator<Item = BackendCoord>, color: BackendColor, stroke: Option<u32>) {
        let points: Vec<_> =
            corners.into_iter().map(|(x, y)| Point { x: points(x), y: points(y) }).collect();
        if points.len() > 1 && color.alpha > 0.0 {
            self.0.marks.push(Mark::Path { points, paint: paint(color, stroke) });
        }
    }
}

fn paint(color: BackendColor, stroke: Option<u32>) -> Paint {
    let (red, green, blue) = color.rgb;
    Paint {
        color: Color(red, green, blue),
        opacity: color.alpha,
        stroke: stroke.map(|width| f64::from(width) / UNITS),
    }
}

type Recorded = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for Recorder<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (units(self.0.width).unsigned_abs(), units(self.0.height).unsigned_abs())
    }

    fn ensure_prepared(&mut self) -> Recorded {
        Ok(())
    }

    fn present(&mut self) -> Recorded {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Recorded {
        self.path([(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)], color, None);
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Recorded {
        self.path([from, to], style.color(), Some(style.stroke_width()));
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Recorded {
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        if fill {
            self.path(corners, style.color(), None);
        } else {
            let closed = corners.into_iter().chain([(left, top)]);
            self.path(closed, style.color(), Some(style.stroke_width()));
        }
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Recorded {
        self.path(path, style.color(), Some(style.stroke_width()));
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Recorded {
        let stroke = (!fill).then(|| style.stroke_width());
        self.0.marks.push(Mark::Circle {
            center: Point { x: points(x), y: points(y) },
            radius: f64::from(radius) / UNITS,
            paint: paint(style.color(), stroke),
        });
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Recorded {
        self.path(corners, style.color(), None);
        Ok(())
    }

    /// The vertical anchor works on capitals: top and centre of a capital letter, or the baseline.
    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, (x, y): BackendCoord) -> Recorded {
        let size = style.size() / UNITS;
        let drop = match style.anchor().v_pos {
            VPos::Top => fonts::CAP_HEIGHT * size,
            VPos::Center => fonts::CAP_HEIGHT * size / 2.0,
            VPos::Bottom => 0.0,
        };
        let upward = matches!(style.transform(), FontTransform::Rotate270);
        let drop = units(drop);
        let (x, y) = if upward { (x + drop, y) } else { (x, y + drop) };
        let (red, green, blue) = style.color().rgb;
        self.0.marks.push(Mark::Text(TextRun {
            text: text.to_owned(),
            at: Point { x: points(x), y: points(y) },
            size,
            weight: Weight::from_family(style.family().as_str()),
            anchor: match style.anchor().h_pos {
                HPos::Left => Anchor::Start,
                HPos::Center => Anchor::Middle,
                HPos::Right => Anchor::End,
            },
            color: Color(red, green, blue),
            upward,
        }));
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let width = fonts::text_width(text, style.size() / UNITS, Weight::from_family(style.family().as_str()));
        let height = (fonts::ASCENT + fonts::DESCENT) * style.size() / UNITS;
        Ok((units(width).unsigned_abs(), units(height).unsigned_abs()))
    }
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
    fn bounds(&self, text: &str, x: f64, y: f64) -> Rect {
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
    rgba(color, opacity).filled()
}

fn stroke_style(color: Color, opacity: f64, width: f64) -> ShapeStyle {
    rgba(color, opacity).stroke_width(units(width).unsigned_abs().max(1))
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
        self.area
            .draw(&plotters::element::Rectangle::new(area, fill_style(color, opacity)))
            .map_err(failed)
    }

    pub(crate) fn line(&self, through: &[Point], color: Color, opacity: f64, width: f64) -> Result<(), ChartError> {
        let path: Vec<_> = through.iter().map(|point| at(point.x, point.y)).collect();
        self.area.draw(&PathElement::new(path, stroke_style(color, opacity, width))).map_err(failed)
    }

    pub(crate) fn disc(&self, center: Point, radius: f64, color: Color) -> Result<(), ChartError> {
        let center = at(center.x, center.y);
        self.area.draw(&Circle::new(center, units(radius), fill_style(color, 1.0))).map_err(failed)
    }

    pub(crate) fn ring(&self, center: Point, radius: f64, color: Color, width: f64) -> Result<(), ChartError> {
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
    pub(crate) fn label(&self, text: &str, x: f64, y: f64, lettering: &Lettering) -> Result<bool, ChartError> {
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
        self.area.draw(&plotters::element::Text::new(text, at(x, y), style)).map_err(failed)?;
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
    pub(crate) fn area(&self, data: &[(f64, f64)], baseline: f64, color: Color, opacity: f64) -> Result<(), ChartError> {
        let (Some(first), Some(last)) = (data.first(), data.last()) else { return Ok(()) };
        let mut outline = data.to_vec();
        outline.extend([(last.0, baseline), (first.0, baseline)]);
        self.area.draw(&Polygon::new(outline, fill_style(color, opacity))).map_err(failed)
    }
}
