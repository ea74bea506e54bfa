//! A drawing as an anti-aliased PNG file.
//!
//! Opaque and without colour profile: sRGB by convention.

use ab_glyph::{Font as _, OutlineCurve};
use tiny_skia::{
    Color as Ink, FillRule, LineCap, LineJoin, Paint as Brush, Path, PathBuilder, Pixmap, Stroke, Transform,
};

use crate::ChartError;
use crate::drawing::{Color, Drawing, Mark, Paint, TextRun};
use crate::fonts;

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
    let mut pixels = Pixmap::new(width as u32, height as u32).ok_or(ChartError::Resolution)?;
    #[allow(clippy::cast_possible_truncation)]
    let to_pixels = Transform::from_scale((width / drawing.width) as f32, (height / drawing.height) as f32);
    for mark in &drawing.marks {
        match mark {
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
                let mut path = PathBuilder::new();
                for [from, to] in segments {
                    path.move_to(single(from.x), single(from.y));
                    path.line_to(single(to.x), single(to.y));
                }
                draw(&mut pixels, path.finish(), paint, to_pixels);
            }
            Mark::Circle { center, radius, paint } => {
                let path = PathBuilder::from_circle(single(center.x), single(center.y), single(*radius));
                draw(&mut pixels, path, paint, to_pixels);
            }
            Mark::Text(run) => text(&mut pixels, run, to_pixels),
        }
    }
    encode(&pixels, dpi)
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
        None => pixels.fill_path(&path, &brush, FillRule::Winding, transform, None),
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
        pixels.fill_path(&path, &brush(run.color, 1.0), FillRule::Winding, transform, None);
    }
}

fn encode(pixels: &Pixmap, dpi: f32) -> Result<Vec<u8>, ChartError> {
    let failed = |error: png::EncodingError| ChartError::Output(error.to_string());
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, pixels.width(), pixels.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let per_metre = (f64::from(dpi) / METRES_PER_INCH).round() as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: png::Unit::Meter,
    }));
    // The ground is opaque, so premultiplied colours are the colours.
    let rgb: Vec<u8> =
        pixels.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(&rgb).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(file)
}
