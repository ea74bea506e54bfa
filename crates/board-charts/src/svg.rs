//! A drawing as a self-contained SVG document.
//!
//! Text becomes glyph outlines: a picture shown by `<img>` cannot load fonts, and must look the same everywhere.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ab_glyph::{Font as _, GlyphId, OutlineCurve};

use crate::drawing::{Drawing, Mark, Paint, TextRun};
use crate::fonts::{self, Weight};

/// Writes the document; `title` and `description` are for assistive technology.
pub(crate) fn write(drawing: &Drawing, title: &str, description: &str, language: &str) -> String {
    let (width, height) = (number(drawing.width), number(drawing.height));
    let mut ids = BTreeMap::new();
    let mut defs = String::new();
    let mut body = String::new();
    for mark in &drawing.marks {
        match mark {
            Mark::Path { points, paint } => {
                let mut data = String::new();
                for (index, point) in points.iter().enumerate() {
                    let step = if index == 0 { 'M' } else { 'L' };
                    let _ = write!(data, "{step}{} {}", number(point.x), number(point.y));
                }
                let closed = points.len() > 2 && points.first() == points.last();
                if closed || paint.stroke.is_none() {
                    data.push('Z');
                }
                let _ = writeln!(body, "<path d=\"{data}\"{}/>", attributes(paint));
            }
            Mark::Lines { segments, paint } => {
                let mut data = String::new();
                for [from, to] in segments {
                    let (x, y) = (number(from.x), number(from.y));
                    let _ = write!(data, "M{x} {y}L{} {}", number(to.x), number(to.y));
                }
                let _ = writeln!(body, "<path d=\"{data}\"{}/>", attributes(paint));
            }
            Mark::Circle { center, radius, paint } => {
                let (x, y, r) = (number(center.x), number(center.y), number(*radius));
                let _ = writeln!(body, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\"{}/>", attributes(paint));
            }
            Mark::Text(run) => text(run, &mut ids, &mut defs, &mut body),
        }
    }
    let title = if title.is_empty() { description } else { title };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"t d\" xml:lang=\"{language}\" \
         width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n<title id=\"t\">{}</title>\n\
         <desc id=\"d\">{}</desc>\n<defs>\n{defs}</defs>\n\
         <g fill=\"none\" stroke-linecap=\"round\" stroke-linejoin=\"round\">\n{body}</g>\n</svg>\n",
        escape(title),
        escape(description)
    )
}

fn attributes(paint: &Paint) -> String {
    let mut text = match paint.stroke {
        Some(width) => format!(" stroke=\"{}\" stroke-width=\"{}\"", paint.color, number(width)),
        None => format!(" fill=\"{}\"", paint.color),
    };
    if paint.opacity < 1.0 {
        let name = if paint.stroke.is_some() { "stroke-opacity" } else { "fill-opacity" };
        let _ = write!(text, " {name}=\"{}\"", number(paint.opacity));
    }
    text
}

/// Places the glyphs of a run in font units, scaled once for the whole run.
fn text(
    run: &TextRun,
    ids: &mut BTreeMap<(Weight, u16), Option<usize>>,
    defs: &mut String,
    body: &mut String,
) {
    let em = fonts::units_per_em(run.weight);
    let turn = if run.upward { "rotate(-90)" } else { "" };
    let (x, y, scale) = (number(run.at.x), number(run.at.y), run.size / em);
    let _ =
        write!(body, "<g fill=\"{}\" transform=\"translate({x} {y}){turn}scale({scale:.6})\">", run.color);
    let lead = run.lead() / scale;
    for (glyph, at) in fonts::glyphs(&run.text, run.weight) {
        let key = (run.weight, glyph.0);
        if !ids.contains_key(&key) {
            let outline = outline(run.weight, glyph);
            let id = (!outline.is_empty()).then_some(ids.len());
            if let Some(id) = id {
                let _ = writeln!(defs, "<path id=\"g{id}\" d=\"{outline}\"/>");
            }
            ids.insert(key, id);
        }
        if let Some(id) = ids[&key] {
            let _ = write!(body, "<use href=\"#g{id}\" x=\"{:.0}\"/>", at - lead + 0.0);
        }
    }
    body.push_str("</g>\n");
}

/// The outline of a glyph in font units, y downwards.
fn outline(weight: Weight, glyph: GlyphId) -> String {
    let mut data = String::new();
    let mut end = None;
    for curve in weight.font().outline(glyph).map(|outline| outline.curves).unwrap_or_default() {
        let (from, step, points) = match curve {
            OutlineCurve::Line(a, b) => (a, 'L', vec![b]),
            OutlineCurve::Quad(a, b, c) => (a, 'Q', vec![b, c]),
            OutlineCurve::Cubic(a, b, c, d) => (a, 'C', vec![b, c, d]),
        };
        let pair = |point: ab_glyph::Point| format!("{:.0} {:.0}", point.x, 0.0 - point.y);
        if end != Some(from) {
            let close = if end.is_some() { "Z" } else { "" };
            let _ = write!(data, "{close}M{}", pair(from));
        }
        data.push(step);
        data.push_str(&points.iter().map(|point| pair(*point)).collect::<Vec<_>>().join(" "));
        end = points.last().copied();
    }
    if !data.is_empty() {
        data.push('Z');
    }
    data
}

/// Two decimals at most, always the same text for the same number.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

/// Text for element content; characters that XML forbids become U+FFFD.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}
