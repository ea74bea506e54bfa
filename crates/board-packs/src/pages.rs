//! The pages of a pack as PNG pictures: the marks of the PDF painted pixel by pixel. Lays nothing out.

use std::collections::HashMap;

use ed25519_dalek::SigningKey;
use rustybuzz::ttf_parser::{GlyphId, OutlineBuilder};
use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, PixmapPaint, Stroke, StrokeDash,
    Transform,
};

use crate::fonts::{Face, Shaper};
use crate::pdf::canvas::{Mark, Step, Words};
use crate::pdf::compose;
use crate::picture::Picture;
use crate::progress::Steps;
use crate::text::{Mp, Rgb};
use crate::{Flow, Layer, PackError, PackPlan, Progress};

/// A page as a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PagePicture {
    /// Counted from 1.
    pub number: usize,
    /// A PNG in 8-bit sRGB without transparency, which says its resolution.
    pub png: Vec<u8>,
}

/// Lowest and highest resolution, in dots per inch.
pub const DPI: std::ops::RangeInclusive<u32> = 36..=600;

/// Paints every page of the plan's PDF, watermark included, and hands each to `page` as soon as it is done.
///
/// `dpi` is 36 to 600 dots per inch; 300 is for print. Returns the number of pages. `page` stops everything by its
/// answer. No page is handed over on which the watermark leaves no trace.
pub fn write_pages(
    plan: &PackPlan,
    key: &SigningKey,
    dpi: u32,
    progress: &mut dyn FnMut(Progress) -> Flow,
    page: &mut dyn FnMut(PagePicture) -> Flow,
) -> Result<usize, PackError> {
    plan.check()?;
    if !DPI.contains(&dpi) {
        let reason = format!("{dpi} dots per inch are not between {} and {}", DPI.start(), DPI.end());
        return Err(PackError::Plan { reason });
    }
    let mut steps = Steps::new(progress, plan.pages.len() + 2);
    let composer = crate::pdf::compose(plan, key, &mut steps)?;
    steps.next("")?;
    if !crate::verify::same_words(&words(&composer), &plan.watermark.text) {
        return Err(PackError::WatermarkMissing { page: 1 });
    }
    let logo = match &plan.logo {
        Some(logo) => Some(pixels(&Picture::read(&logo.png)?)?),
        None => None,
    };
    let mut painter =
        Painter { shaper: &composer.fonts.shaper, scale: scale(dpi), logo, glyphs: HashMap::new() };
    let canvas = &composer.canvas;
    for (index, sheet) in canvas.sheets.iter().enumerate() {
        let number = index + 1;
        let mut picture = painter.sheet(canvas.size)?;
        let trace = |painter: &mut Painter<'_>, picture: &mut Pixmap| {
            let before = picture.data().to_vec();
            painter.marks(picture, &canvas.watermark);
            if before == picture.data() { Err(PackError::WatermarkMissing { page: number }) } else { Ok(()) }
        };
        match plan.watermark.layer {
            Layer::Over => {
                painter.marks(&mut picture, &sheet.marks);
                trace(&mut painter, &mut picture)?;
            }
            Layer::Under => {
                trace(&mut painter, &mut picture)?;
                painter.marks(&mut picture, &sheet.marks);
            }
        }
        let png = encode(&picture, dpi)?;
        if page(PagePicture { number, png }) == Flow::Cancel {
            return Err(PackError::Cancelled);
        }
    }
    steps.done()?;
    Ok(canvas.sheets.len())
}

/// The words of the watermark as they will be painted.
fn words(composer: &compose::Composer<'_>) -> String {
    let mut text = String::new();
    for mark in &composer.canvas.watermark {
        if let Mark::Words(words) = mark {
            let read = words.runs.iter().filter(|_| !words.soft).flat_map(|run| run.glyphs.iter());
            text.extend(read.map(|glyph| glyph.text.as_str()));
        }
    }
    text
}

/// Pixels per thousandth of a point.
#[allow(clippy::cast_precision_loss)]
fn scale(dpi: u32) -> f32 {
    dpi as f32 / 72_000.0
}

struct Painter<'a> {
    shaper: &'a Shaper,
    scale: f32,
    logo: Option<Pixmap>,
    /// Outlines in font units; `None` for a glyph without ink.
    glyphs: HashMap<(Face, u16), Option<Path>>,
}

#[allow(clippy::cast_precision_loss)]
fn real(length: Mp) -> f32 {
    length as f32
}

impl Painter<'_> {
    /// A white sheet.
    fn sheet(&self, (width, height): (Mp, Mp)) -> Result<Pixmap, PackError> {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let pixels = |length: Mp| (real(length) * self.scale).round() as u32;
        let mut sheet = Pixmap::new(pixels(width), pixels(height))
            .ok_or_else(|| PackError::Container("a page has no pixels".into()))?;
        sheet.fill(Color::WHITE);
        Ok(sheet)
    }

    fn marks(&mut self, sheet: &mut Pixmap, marks: &[Mark]) {
        let mut opacity = 100;
        for mark in marks {
            match mark {
                Mark::Begin(_) | Mark::End => {}
                Mark::Translucent(percent) => opacity = *percent,
                Mark::Opaque => opacity = 100,
                Mark::Path { steps, fill, stroke, dash } => {
                    let Some(path) = self.path(steps) else { continue };
                    if let Some(colour) = fill {
                        let paint = paint(*colour, opacity);
                        sheet.fill_path(&path, &paint, FillRule::Winding, Transform::identity(), None);
                    }
                    if let Some((colour, width)) = stroke {
                        let dash: Vec<f32> = dash.iter().map(|length| real(*length) * self.scale).collect();
                        let stroke = Stroke {
                            width: real(*width) * self.scale,
                            line_cap: LineCap::Round,
                            line_join: LineJoin::Round,
                            dash: StrokeDash::new(dash, 0.0),
                            ..Stroke::default()
                        };
                        sheet.stroke_path(
                            &path,
                            &paint(*colour, opacity),
                            &stroke,
                            Transform::identity(),
                            None,
                        );
                    }
                }
                Mark::Words(words) => self.words(sheet, words, opacity),
                Mark::Logo([left, top, right, bottom]) => {
                    let Some(logo) = &self.logo else { continue };
                    #[allow(clippy::cast_precision_loss)]
                    let (width, height) = (logo.width() as f32, logo.height() as f32);
                    let place = Transform::from_row(
                        real(right - left) * self.scale / width,
                        0.0,
                        0.0,
                        real(bottom - top) * self.scale / height,
                        real(*left) * self.scale,
                        real(*top) * self.scale,
                    );
                    let quality =
                        PixmapPaint { quality: tiny_skia::FilterQuality::Bilinear, ..PixmapPaint::default() };
                    sheet.draw_pixmap(0, 0, logo.as_ref(), &quality, place, None);
                }
            }
        }
    }

    fn path(&self, steps: &[Step]) -> Option<Path> {
        let at = |length: Mp| real(length) * self.scale;
        let mut path = PathBuilder::new();
        for step in steps {
            match *step {
                Step::Move(x, y) => path.move_to(at(x), at(y)),
                Step::Line(x, y) => path.line_to(at(x), at(y)),
                Step::Curve([x1, y1, x2, y2, x, y]) => {
                    path.cubic_to(at(x1), at(y1), at(x2), at(y2), at(x), at(y));
                }
                Step::Close => path.close(),
            }
        }
        path.finish()
    }

    fn words(&mut self, sheet: &mut Pixmap, words: &Words, opacity: u32) {
        let style = words.style;
        let paint = paint(style.colour, opacity);
        #[allow(clippy::cast_precision_loss)]
        let upem = self.shaper.units_per_em(style.face) as f32;
        let unit = real(style.size) * self.scale / upem;
        let (cos, sin) = (real(words.turn.0) / 1000.0, real(words.turn.1) / 1000.0);
        let (x, y) = (real(words.at.0) * self.scale, real(words.at.1) * self.scale);
        for run in &words.runs {
            let mut pen = real(run.offset) * self.scale / unit;
            for glyph in run.glyphs.iter() {
                let (across, up) = (pen + real(glyph.shift.0), real(glyph.shift.1));
                pen += real(glyph.advance);
                let shaper = self.shaper;
                let outline = self
                    .glyphs
                    .entry((style.face, glyph.id))
                    .or_insert_with(|| outline(shaper, style.face, glyph.id));
                let Some(outline) = outline else { continue };
                // Font units grow upwards; the sheet's pixels downwards.
                let place = Transform::from_row(
                    cos * unit,
                    -sin * unit,
                    -sin * unit,
                    -cos * unit,
                    x + (across * cos - up * sin) * unit,
                    y - (across * sin + up * cos) * unit,
                );
                sheet.fill_path(outline, &paint, FillRule::Winding, place, None);
            }
        }
    }
}

fn paint(Rgb(red, green, blue): Rgb, opacity: u32) -> Paint<'static> {
    let mut paint = Paint::default();
    let alpha = u8::try_from((opacity * 255 + 50) / 100).unwrap_or(u8::MAX);
    paint.set_color_rgba8(red, green, blue, alpha);
    paint.anti_alias = true;
    paint
}

fn outline(shaper: &Shaper, face: Face, glyph: u16) -> Option<Path> {
    let mut outline = Outline(PathBuilder::new());
    shaper.face(face).outline_glyph(GlyphId(glyph), &mut outline)?;
    outline.0.finish()
}

struct Outline(PathBuilder);

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.0.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.0.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.0.close();
    }
}

fn pixels(picture: &Picture) -> Result<Pixmap, PackError> {
    let mut pixmap = Pixmap::new(picture.width, picture.height)
        .ok_or_else(|| PackError::Container("the logo has no pixels".into()))?;
    for (index, (pixel, rgb)) in pixmap.pixels_mut().iter_mut().zip(picture.rgb.chunks_exact(3)).enumerate() {
        let alpha = picture.alpha.as_ref().map_or(u8::MAX, |alpha| alpha[index]);
        *pixel = tiny_skia::ColorU8::from_rgba(rgb[0], rgb[1], rgb[2], alpha).premultiply();
    }
    Ok(pixmap)
}

fn encode(sheet: &Pixmap, dpi: u32) -> Result<Vec<u8>, PackError> {
    let failed = |error: png::EncodingError| PackError::Container(error.to_string());
    let rgb: Vec<u8> =
        sheet.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, sheet.width(), sheet.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    encoder.set_source_srgb(png::SrgbRenderingIntent::RelativeColorimetric);
    // An inch is 0.0254 m.
    let per_metre = (dpi * 10_000 + 127) / 254;
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: png::Unit::Meter,
    }));
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(&rgb).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(bytes)
}
