//! A chart as a list of vector primitives, in the order they are painted.
//!
//! Not a scene graph: no groups, no transforms, no clipping. SVG, PNG and PDF are all written from it.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::fonts::{self, Weight};

/// Width and height in points (1/72 inch); in the window one point is one CSS pixel.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Size {
    /// 16 to 4000.
    pub width_pt: f64,
    /// 16 to 4000.
    pub height_pt: f64,
}

/// An opaque sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color(pub u8, pub u8, pub u8);

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

/// A place on the drawing, in points; the origin is the upper left corner and y grows downwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// From the left edge.
    pub x: f64,
    /// From the upper edge.
    pub y: f64,
}

/// An upright rectangle, in points, in the frame of [`Point`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// At least 0.
    pub width: f64,
    /// At least 0.
    pub height: f64,
}

impl Rect {
    /// The x of its right edge.
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    /// The y of its lower edge.
    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    /// Whether the two share an area.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }
}

/// How a path or a circle is painted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paint {
    /// The colour.
    pub color: Color,
    /// 0 (invisible) to 1 (opaque).
    pub opacity: f64,
    /// Line width in points, with round caps and joins; `None` fills instead (non-zero rule).
    pub stroke: Option<f64>,
}

/// Which part of a text run sits at its `x`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The beginning.
    Start,
    /// The middle.
    Middle,
    /// The end.
    End,
}

/// One line of text in the bundled Inter family, opaque.
#[derive(Clone, Debug, PartialEq)]
pub struct TextRun {
    /// The characters, all of which the bundled faces can draw; the only place where text of the specification appears.
    pub text: String,
    /// Where `anchor` sits on the baseline.
    pub at: Point,
    /// Em size in points.
    pub size: f64,
    /// Weight of the face.
    pub weight: Weight,
    /// What sits at `at`.
    pub anchor: Anchor,
    /// The colour.
    pub color: Color,
    /// Turned a quarter counter-clockwise about `at`, so that it reads upwards.
    pub upward: bool,
}

impl TextRun {
    /// Width of the run along its baseline, in points.
    pub fn width(&self) -> f64 {
        fonts::text_width(&self.text, self.size, self.weight)
    }

    /// Distance from `at` back to the first glyph along the baseline, in points.
    pub fn lead(&self) -> f64 {
        match self.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => self.width() / 2.0,
            Anchor::End => self.width(),
        }
    }

    /// The box that holds all ink of the run, accents and descenders included.
    pub fn bounds(&self) -> Rect {
        let (width, lead) = (self.width(), self.lead());
        let (above, below) = (fonts::ASCENT * self.size, fonts::DESCENT * self.size);
        if self.upward {
            Rect { x: self.at.x - above, y: self.at.y + lead - width, width: above + below, height: width }
        } else {
            Rect { x: self.at.x - lead, y: self.at.y - above, width, height: above + below }
        }
    }
}

/// One primitive.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// Straight segments through the points. A fill closes itself; a stroke is closed when it ends where it began.
    Path {
        /// At least two.
        points: Vec<Point>,
        /// Fill or stroke.
        paint: Paint,
    },
    /// Separate straight segments painted as one stroke: hatching and dashes.
    Lines {
        /// At least one.
        segments: Vec<[Point; 2]>,
        /// Always a stroke.
        paint: Paint,
    },
    /// A circle.
    Circle {
        /// Its centre.
        center: Point,
        /// Its radius in points.
        radius: f64,
        /// Fill or stroke.
        paint: Paint,
    },
    /// A line of text.
    Text(TextRun),
}

/// A finished chart. Every coordinate is a multiple of 0.05 pt; equal specifications give equal drawings.
///
/// The first mark fills the whole canvas with the ground colour. [`fmt::Display`] writes one mark per line.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// Width of the canvas in points, rounded to 0.05.
    pub width: f64,
    /// Height of the canvas in points, rounded to 0.05.
    pub height: f64,
    /// Painted in this order.
    pub marks: Vec<Mark>,
}

impl Drawing {
    /// The text runs, in painting order.
    pub fn texts(&self) -> impl Iterator<Item = &TextRun> {
        self.marks.iter().filter_map(|mark| match mark {
            Mark::Text(run) => Some(run),
            Mark::Path { .. } | Mark::Lines { .. } | Mark::Circle { .. } => None,
        })
    }
}

impl fmt::Display for Paint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.stroke {
            Some(width) => write!(f, "stroke {} {width:.2}", self.color)?,
            None => write!(f, "fill {}", self.color)?,
        }
        if self.opacity < 1.0 { write!(f, " at {:.2}", self.opacity) } else { Ok(()) }
    }
}

impl fmt::Display for Drawing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "canvas {:.2} {:.2}", self.width, self.height)?;
        for mark in &self.marks {
            match mark {
                Mark::Path { points, paint } => {
                    write!(f, "path {paint}:")?;
                    for point in points {
                        write!(f, " {:.2},{:.2}", point.x, point.y)?;
                    }
                    writeln!(f)?;
                }
                Mark::Lines { segments, paint } => {
                    write!(f, "lines {paint}:")?;
                    for [from, to] in segments {
                        write!(f, " {:.2},{:.2}-{:.2},{:.2}", from.x, from.y, to.x, to.y)?;
                    }
                    writeln!(f)?;
                }
                Mark::Circle { center, radius, paint } => {
                    writeln!(f, "circle {paint}: {:.2},{:.2} r {radius:.2}", center.x, center.y)?;
                }
                Mark::Text(run) => writeln!(
                    f,
                    "text {} {:.2} {:?} {:?}{}: {:.2},{:.2} {:?}",
                    run.color,
                    run.size,
                    run.weight,
                    run.anchor,
                    if run.upward { " upward" } else { "" },
                    run.at.x,
                    run.at.y,
                    run.text
                )?,
            }
        }
        Ok(())
    }
}
