//! The plotters backend that records a [`Drawing`].
//!
//! Paints nothing. Coordinates are whole units of 1/20 pt, so rounding stays invisible.

use std::convert::Infallible;

use plotters::element::{Drawable, PointCollection};
use plotters::prelude::DrawingBackend;
use plotters::style::FontTransform;
use plotters::style::text_anchor::{HPos, VPos};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind};

use crate::drawing::{Anchor, Color, Drawing, Mark, Paint, Point, TextRun};
use crate::fonts::{self, Weight};

/// Units in a point.
pub(crate) const UNITS: f64 = 20.0;

/// Units of a length in points.
#[allow(clippy::cast_possible_truncation)]
pub(crate) fn units(points: f64) -> i32 {
    (points * UNITS).round() as i32
}

/// Points of a length in units.
pub(crate) fn points(units: i32) -> f64 {
    f64::from(units) / UNITS
}

/// Turns every call of plotters into a [`Mark`].
pub(crate) struct Recorder<'a>(pub(crate) &'a mut Drawing);

impl Recorder<'_> {
    fn path(
        &mut self,
        corners: impl IntoIterator<Item = BackendCoord>,
        color: BackendColor,
        stroke: Option<u32>,
    ) {
        let points: Vec<_> = corners.into_iter().map(|(x, y)| Point { x: points(x), y: points(y) }).collect();
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

/// An element of plotters for what its own elements cannot say: many segments as one stroke.
pub(crate) struct Segments {
    /// Ends of the segments, in pairs.
    pub(crate) ends: Vec<BackendCoord>,
    pub(crate) color: BackendColor,
    /// Width in units.
    pub(crate) width: u32,
}

impl<'a> PointCollection<'a, BackendCoord> for &'a Segments {
    type Point = &'a BackendCoord;
    type IntoIter = std::slice::Iter<'a, BackendCoord>;

    fn point_iter(self) -> Self::IntoIter {
        self.ends.iter()
    }
}

impl Drawable<Recorder<'_>> for Segments {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        ends: I,
        recorder: &mut Recorder<'_>,
        _: (u32, u32),
    ) -> Recorded {
        let ends: Vec<_> = ends.map(|(x, y)| Point { x: points(x), y: points(y) }).collect();
        let segments: Vec<_> = ends.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect();
        if !segments.is_empty() {
            recorder.0.marks.push(Mark::Lines { segments, paint: paint(self.color, Some(self.width)) });
        }
        Ok(())
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

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Recorded {
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
        let width =
            fonts::text_width(text, style.size() / UNITS, Weight::from_family(style.family().as_str()));
        let height = (fonts::ASCENT + fonts::DESCENT) * style.size() / UNITS;
        Ok((units(width).unsigned_abs(), units(height).unsigned_abs()))
    }
}
