//! A drawing as an anti-aliased PNG file.
//!
//! Opaque and without colour profile: sRGB by convention.

use std::ops::Range;

use ab_glyph::{Font as _, OutlineCurve};
use ab_glyph_rasterizer::{Rasterizer, point};
use tiny_skia::{
    Color as Ink, IntSize, LineCap, LineJoin, Paint as Brush, Path, PathBuilder, PathSegment, Pixmap, Stroke,
    Transform,
};

use crate::ChartError;
use crate::drawing::{Color, Drawing, Mark, Paint, Point, TextRun};
use crate::{fonts, squeeze};

const MOST_PIXELS: f64 = 64e6;
const METRES_PER_INCH: f64 = 0.0254;

/// Renders at the resolution; the file says it, so that the picture prints at its size in points.
pub(crate) fn write(drawing: &Drawing, dpi: f32) -> Result<Vec<u8>, ChartError> {
    let scale = f64::from(dpi) / 72.0;
    let (width, height) = ((drawing.width * scale).round(), (drawing.height * scale).round());
    if !(36.0..=1200.0).contains(&dpi) || width * height > MOST_PIXELS {
        return Err(ChartError::Resolution);
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let (columns, rows) = (width as u32, height as u32);
    // The first mark of a drawing fills the canvas.
    let ground = match drawing.marks.first() {
        Some(Mark::Path { paint, .. }) => paint.color,
        _ => Color(255, 255, 255),
    };
    let size = IntSize::from_wh(columns, rows).ok_or(ChartError::Resolution)?;
    let blank = [ground.0, ground.1, ground.2, u8::MAX].repeat(columns as usize * rows as usize);
    let mut pixels = Pixmap::from_vec(blank, size).ok_or(ChartError::Resolution)?;
    #[allow(clippy::cast_possible_truncation)]
    let to_pixels = Transform::from_scale((width / drawing.width) as f32, (height / drawing.height) as f32);
    for mark in drawing.marks.iter().skip(1) {
        match mark {
            Mark::Path { points, paint } if paint.stroke.is_none() && upright(points).is_some() => {
                if let Some(corners) = upright(points) {
                    let scale = (f64::from(to_pixels.sx), f64::from(to_pixels.sy));
                    rectangle(&mut pixels, corners, scale, paint);
                }
            }
            Mark::Path { points, paint } => {
                let mut path = PathBuilder::new();
                for (index, point) in points.iter().enumerate() {
                    let (x, y) = (single(point.x), single(point.y));
                    if index == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
                }
                if paint.stroke.is_none() || points.first() == points.last() {
                    path.close();
                }
                draw(&mut pixels, path.finish(), paint, to_pixels);
            }
            Mark::Lines { segments, paint } => {
                let half = paint.stroke.unwrap_or(0.0) / 2.0;
                let mut path = PathBuilder::new();
                for segment in segments {
                    bar_along(&mut path, *segment, half);
                }
                draw(&mut pixels, path.finish(), &Paint { stroke: None, ..*paint }, to_pixels);
            }
            Mark::Circle { center, radius, paint } => {
                let path = PathBuilder::from_circle(single(center.x), single(center.y), single(*radius));
                draw(&mut pixels, path, paint, to_pixels);
            }
            Mark::Text(run) => text(&mut pixels, run, to_pixels),
        }
    }
    Ok(file(pixels.data(), pixels.width() as usize, pixels.height() as usize, dpi))
}

#[allow(clippy::cast_possible_truncation)]
fn single(value: f64) -> f32 {
    value as f32
}

fn brush(color: Color, opacity: f64) -> Brush<'static> {
    let channel = |value: u8| f32::from(value) / 255.0;
    let ink = Ink::from_rgba(channel(color.0), channel(color.1), channel(color.2), single(opacity));
    let mut brush = Brush { anti_alias: true, ..Brush::default() };
    brush.set_color(ink.unwrap_or(Ink::BLACK));
    brush
}

fn draw(pixels: &mut Pixmap, path: Option<Path>, paint: &Paint, transform: Transform) {
    let Some(path) = path else { return };
    let brush = brush(paint.color, paint.opacity);
    match paint.stroke {
        None => fill(pixels, path, paint.color, paint.opacity, transform),
        Some(width) => {
            let stroke = Stroke {
                width: single(width),
                line_cap: LineCap::Round,
                line_join: LineJoin::Round,
                ..Stroke::default()
            };
            pixels.stroke_path(&path, &brush, &stroke, transform, None);
        }
    }
}

/// Fills a path with the exact part of each pixel that it covers.
///
/// Contours that overlap count once, and one that runs against another is a hole; no shape of a chart crosses itself.
fn fill(pixels: &mut Pixmap, path: Path, color: Color, opacity: f64, transform: Transform) {
    let Some(path) = path.transform(transform) else { return };
    let bounds = path.bounds();
    let (left, top) = (bounds.left().floor() - 1.0, bounds.top().floor());
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let (width, height) =
        ((bounds.right().ceil() - left) as usize + 2, (bounds.bottom().ceil() - top) as usize + 1);
    let mut cover = Rasterizer::new(width, height);
    let at = |place: tiny_skia::Point| point(place.x - left, place.y - top);
    let (mut start, mut from) = (point(0.0, 0.0), point(0.0, 0.0));
    for segment in path.segments() {
        match segment {
            PathSegment::MoveTo(to) => {
                start = at(to);
                from = start;
            }
            PathSegment::LineTo(to) => {
                cover.draw_line(from, at(to));
                from = at(to);
            }
            PathSegment::QuadTo(bend, to) => {
                cover.draw_quad(from, at(bend), at(to));
                from = at(to);
            }
            PathSegment::CubicTo(one, other, to) => {
                cover.draw_cubic(from, at(one), at(other), at(to));
                from = at(to);
            }
            PathSegment::Close => {
                cover.draw_line(from, start);
                from = start;
            }
        }
    }
    #[allow(clippy::cast_possible_truncation)]
    let (left, top) = (left as i32, top as i32);
    let (columns, rows) = (pixels.width(), pixels.height());
    let data = pixels.data_mut();
    cover.for_each_pixel_2d(|x, y, part| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let alpha = (f64::from(part.min(1.0)) * opacity * 255.0 + 0.5) as u32;
        let (Some(x), Some(y)) = (x.checked_add_signed(left), y.checked_add_signed(top)) else { return };
        if alpha > 0 && x < columns && y < rows {
            let place = (y as usize * columns as usize + x as usize) * 4;
            blend(&mut data[place..place + 4], color, alpha);
        }
    });
}

/// Left, upper, right and lower side of a path that is an upright rectangle.
#[allow(clippy::float_cmp)] // Corners lie on a grid of units: they are equal or they are not.
fn upright(points: &[Point]) -> Option<[f64; 4]> {
    let [a, b, c, d] = points else { return None };
    let level = a.y == b.y && c.y == d.y && b.x == c.x && d.x == a.x;
    (level && a.x <= b.x && a.y <= d.y).then_some([a.x, a.y, b.x, d.y])
}

/// An upright rectangle, filled without the path machinery: pixels on its edges get the part of them that it covers.
fn rectangle(pixels: &mut Pixmap, [left, top, right, bottom]: [f64; 4], scale: (f64, f64), paint: &Paint) {
    let (width, height) = (pixels.width() as usize, pixels.height() as usize);
    let columns = coverage(left * scale.0, right * scale.0, width);
    for (rows, vertical) in coverage(top * scale.1, bottom * scale.1, height) {
        for row in rows {
            for (columns, horizontal) in &columns {
                let start = row * width;
                let span = (start + columns.start) * 4..(start + columns.end) * 4;
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                let alpha = (vertical * horizontal * paint.opacity * 255.0).round() as u32;
                blend(&mut pixels.data_mut()[span], paint.color, alpha);
            }
        }
    }
}

/// Lays a colour over a row of pixels. The ground is opaque, and stays so.
fn blend(row: &mut [u8], color: Color, alpha: u32) {
    let ink = [color.0, color.1, color.2, u8::MAX];
    if alpha >= 255 {
        row.chunks_exact_mut(4).for_each(|pixel| pixel.copy_from_slice(&ink));
        return;
    }
    for pixel in row.chunks_exact_mut(4) {
        for (channel, ink) in pixel.iter_mut().zip(ink) {
            let mixed = u32::from(*channel) * (255 - alpha) + u32::from(ink) * alpha + 127;
            *channel = u8::try_from(mixed / 255).unwrap_or(u8::MAX);
        }
    }
}

/// Stretches of pixels between two places along one side of the picture, each with the part of a pixel that is covered:
/// the first, all whole ones, the last.
fn coverage(from: f64, to: f64, pixels: usize) -> Vec<(Range<usize>, f64)> {
    let (from, to) = (from.clamp(0.0, pixels as f64), to.clamp(0.0, pixels as f64));
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let (first, last) = (from.floor() as usize, to.ceil() as usize);
    let part = |pixel: usize| (to.min(pixel as f64 + 1.0) - from.max(pixel as f64)).clamp(0.0, 1.0);
    match last.saturating_sub(first) {
        0 => Vec::new(),
        1 => vec![(first..last, part(first))],
        _ => vec![
            (first..first + 1, part(first)),
            (first + 1..last - 1, 1.0),
            (last - 1..last, part(last - 1)),
        ],
    }
}

/// A segment as the thin bar its stroke covers; its ends are square instead of round, which no one can see.
fn bar_along(path: &mut PathBuilder, [from, to]: [Point; 2], half: f64) {
    let length = (to.x - from.x).hypot(to.y - from.y);
    if length <= 0.0 {
        return;
    }
    let (x, y) = ((to.x - from.x) / length * half, (to.y - from.y) / length * half);
    path.move_to(single(from.x - x - y), single(from.y - y + x));
    path.line_to(single(from.x - x + y), single(from.y - y - x));
    path.line_to(single(to.x + x + y), single(to.y + y - x));
    path.line_to(single(to.x + x - y), single(to.y + y + x));
    path.close();
}

/// All glyphs of a run are one path: one pass of the rasteriser.
fn text(pixels: &mut Pixmap, run: &TextRun, to_pixels: Transform) {
    let font = run.weight.font();
    let scale = run.size / fonts::units_per_em(run.weight);
    let lead = run.lead();
    let mut path = PathBuilder::new();
    for (glyph, at) in fonts::glyphs(&run.text, run.weight) {
        let Some(outline) = font.outline(glyph) else { continue };
        let place = |point: ab_glyph::Point| {
            (single((at + f64::from(point.x)) * scale - lead), single(-f64::from(point.y) * scale))
        };
        let mut end = None;
        for curve in outline.curves {
            let from = match curve {
                OutlineCurve::Line(a, _) | OutlineCurve::Quad(a, ..) | OutlineCurve::Cubic(a, ..) => a,
            };
            if end != Some(from) {
                if end.is_some() {
                    path.close();
                }
                let (x, y) = place(from);
                path.move_to(x, y);
            }
            end = Some(match curve {
                OutlineCurve::Line(_, b) => {
                    let (x, y) = place(b);
                    path.line_to(x, y);
                    b
                }
                OutlineCurve::Quad(_, b, c) => {
                    let ((x1, y1), (x, y)) = (place(b), place(c));
                    path.quad_to(x1, y1, x, y);
                    c
                }
                OutlineCurve::Cubic(_, b, c, d) => {
                    let ((x1, y1), (x2, y2), (x3, y3)) = (place(b), place(c), place(d));
                    path.cubic_to(x1, y1, x2, y2, x3, y3);
                    d
                }
            });
        }
        path.close();
    }
    let turn = if run.upward { Transform::from_rotate(-90.0) } else { Transform::identity() };
    let transform = turn.post_translate(single(run.at.x), single(run.at.y)).post_concat(to_pixels);
    if let Some(path) = path.finish() {
        fill(pixels, path, run.color, 1.0, transform);
    }
}

/// A PNG file (RFC 2083, 8-bit RGB) of opaque pixels with four bytes each.
pub(crate) fn file(pixels: &[u8], width: usize, height: usize, dpi: f32) -> Vec<u8> {
    let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX).to_be_bytes();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let per_metre = ((f64::from(dpi) / METRES_PER_INCH).round() as u32).to_be_bytes();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    // Eight bits of red, green and blue; the only compression, the only set of filters, no interlacing.
    chunk(&mut file, *b"IHDR", &[&side(width)[..], &side(height), &[8, 2, 0, 0, 0]].concat());
    chunk(&mut file, *b"pHYs", &[&per_metre[..], &per_metre, &[1]].concat());
    // The ground is opaque, so premultiplied colours are the colours.
    chunk(&mut file, *b"IDAT", &squeeze::zlib(pixels, width));
    chunk(&mut file, *b"IEND", &[]);
    file
}

fn chunk(file: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    file.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    let start = file.len();
    file.extend(name);
    file.extend_from_slice(data);
    let checksum = crc32fast::hash(&file[start..]);
    file.extend(checksum.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: Paint = Paint { color: Color(200, 0, 0), opacity: 1.0, stroke: None };

    fn picture(marks: Vec<Mark>) -> Pixmap {
        let ground = corners(0.0, 0.0, 10.0, 10.0);
        let white = Paint { color: Color(255, 255, 255), ..RED };
        let mut all = vec![Mark::Path { points: ground, paint: white }];
        all.extend(marks);
        let file = write(&Drawing { width: 10.0, height: 10.0, marks: all }, 72.0).unwrap();
        Pixmap::decode_png(&file).unwrap()
    }

    fn corners(left: f64, top: f64, right: f64, bottom: f64) -> Vec<Point> {
        [(left, top), (right, top), (right, bottom), (left, bottom)].map(|(x, y)| Point { x, y }).to_vec()
    }

    fn green(pixels: &Pixmap, x: u32, y: u32) -> u8 {
        pixels.pixel(x, y).unwrap().green()
    }

    #[test]
    fn an_upright_rectangle_covers_what_its_path_covers() {
        for (left, top, right, bottom, opacity) in [
            (2.0, 3.0, 7.0, 8.0, 1.0),
            (2.25, 3.5, 7.5, 8.25, 1.0),
            (4.25, 4.5, 4.75, 9.0, 0.5),
            (-3.0, -3.0, 20.0, 1.5, 0.14),
            (0.0, 0.0, 10.0, 10.0, 1.0),
        ] {
            let paint = Paint { opacity, ..RED };
            let points = corners(left, top, right, bottom);
            assert!(upright(&points).is_some());
            let direct = picture(vec![Mark::Path { points: points.clone(), paint }]);
            // A fifth corner in the middle of a side is the same shape, but no rectangle at sight.
            let mut points = points;
            points.insert(1, Point { x: f64::midpoint(left, right), y: top });
            assert!(upright(&points).is_none());
            let by_path = picture(vec![Mark::Path { points, paint }]);
            for (x, y) in (0..10).flat_map(|x| (0..10).map(move |y| (x, y))) {
                let (one, other) = (green(&direct, x, y), green(&by_path, x, y));
                // The path machinery samples four times four places in a pixel.
                assert!(
                    one.abs_diff(other) <= 24,
                    "{x},{y}: {one} and {other} at {left} {top} {right} {bottom}"
                );
            }
        }
    }

    #[test]
    fn lines_are_drawn_once_where_they_cross() {
        let paint = Paint { opacity: 0.5, stroke: Some(2.0), ..RED };
        let at = |x, y| Point { x, y };
        let segments =
            vec![[at(1.0, 5.0), at(9.0, 5.0)], [at(5.0, 1.0), at(5.0, 9.0)], [at(3.0, 3.0), at(3.0, 3.0)]];
        let pixels = picture(vec![Mark::Lines { segments, paint }]);
        assert_eq!(green(&pixels, 5, 5), green(&pixels, 2, 5));
        assert!(green(&pixels, 2, 5).abs_diff(128) <= 1 && green(&pixels, 1, 1) == 255);
    }
}
