//! A chart that `PowerPoint` has no kind for, as a group of shapes; and its data as words for the speaker notes.

use std::fmt::Write as _;

use board_charts::fonts::Weight;
use board_charts::{Anchor, ChartError, ChartSpec, Color, Mark, Mode, Paint, Point, Size, TextRun};

use super::drawing::{Frame, Pen, RECTANGLE, emu, one_line, transform};
use super::ink::Ink;
use crate::text::{Mp, Rgb};
use crate::xml::escape;

/// The chart as one group with words for who cannot see it.
pub(super) fn group(
    pen: &mut Pen<'_>,
    spec: &ChartSpec,
    title: &str,
    frame: Frame,
) -> Result<String, ChartError> {
    let [left, top, width, height] = frame;
    let enlarged = enlarged(f64::from(width) / 1000.0, f64::from(height) / 1000.0);
    let size = Size {
        width_pt: (f64::from(width) / 1000.0 / enlarged).max(16.0),
        height_pt: (f64::from(height) / 1000.0 / enlarged).max(16.0),
    };
    let mut drawing = board_charts::drawing(spec, size)?;
    drawing.marks.iter_mut().for_each(|mark| enlarge(mark, enlarged));
    let id = pen.id();
    let title = if title.trim().is_empty() { "Chart" } else { title };
    let mut xml = String::new();
    let place = transform(frame, "a", "");
    // Children are placed on the slide itself.
    let children = place
        .trim_start_matches("<a:xfrm>")
        .trim_end_matches("</a:xfrm>")
        .replace("a:off", "a:chOff")
        .replace("a:ext", "a:chExt");
    let _ = write!(
        xml,
        "<p:grpSp><p:nvGrpSpPr><p:cNvPr id=\"{id}\" name=\"{} {id}\" descr=\"{}\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>\
         <p:grpSpPr>{}{children}</a:xfrm></p:grpSpPr>",
        escape(&one_line(title)),
        escape(&one_line(&board_charts::alt(spec))),
        place.trim_end_matches("</a:xfrm>")
    );
    // The first mark is the ground, which a slide has of its own.
    for mark in drawing.marks.iter().skip(1) {
        let id = pen.id();
        match mark {
            Mark::Path { points, paint } => path(&mut xml, id, &[points], *paint, left, top),
            Mark::Lines { segments, paint } => {
                let lines: Vec<&[Point]> = segments.iter().map(<[Point; 2]>::as_slice).collect();
                path(&mut xml, id, &lines, *paint, left, top);
            }
            Mark::Circle { center, radius, paint } => {
                let across = milli(2.0 * radius);
                let frame = [left + milli(center.x - radius), top + milli(center.y - radius), across, across];
                shape(&mut xml, id, &transform(frame, "a", ""), &preset("ellipse"), *paint);
            }
            Mark::Text(run) => words(&mut xml, id, run, pen.language, left, top),
        }
    }
    xml.push_str("</p:grpSp>");
    Ok(xml)
}

/// Charts choose their type after their size, between 8.5 and 15 points; drawn smaller or larger by this factor, all of a
/// deck's come out near the 11 points of its native charts.
fn enlarged(width: f64, height: f64) -> f64 {
    if (width / 480.0).min(height / 260.0) <= 1.1 { 1.3 } else { 0.75 }
}

fn enlarge(mark: &mut Mark, by: f64) {
    let scale = |point: &mut Point| {
        point.x *= by;
        point.y *= by;
    };
    let broaden = |paint: &mut Paint| paint.stroke = paint.stroke.map(|width| width * by);
    match mark {
        Mark::Path { points, paint } => {
            points.iter_mut().for_each(scale);
            broaden(paint);
        }
        Mark::Lines { segments, paint } => {
            segments.iter_mut().flatten().for_each(scale);
            broaden(paint);
        }
        Mark::Circle { center, radius, paint } => {
            scale(center);
            *radius *= by;
            broaden(paint);
        }
        Mark::Text(run) => {
            scale(&mut run.at);
            run.size *= by;
        }
    }
}

/// Title and values, a line per category.
pub(super) fn data(spec: &ChartSpec) -> String {
    let table = board_charts::table(spec);
    let mut words = one_line(&spec.title);
    for row in &table.rows {
        let Some((category, values)) = row.split_first() else { continue };
        let values: Vec<String> = table
            .header
            .iter()
            .skip(1)
            .zip(values)
            .map(
                |(name, value)| {
                    if name.trim().is_empty() { value.clone() } else { format!("{name} {value}") }
                },
            )
            .collect();
        let _ = write!(words, "\n{}: {}", one_line(category), one_line(&values.join("; ")));
    }
    words
}

fn milli(points: f64) -> Mp {
    #[allow(clippy::cast_possible_truncation)]
    let milli = (points * 1000.0).round() as Mp;
    milli
}

fn preset(name: &str) -> String {
    format!("<a:prstGeom prst=\"{name}\"><a:avLst/></a:prstGeom>")
}

fn shape(xml: &mut String, id: u32, place: &str, geometry: &str, paint: Paint) {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let opacity = (paint.opacity.clamp(0.0, 1.0) * 100.0).round() as u32;
    let look = match paint.stroke {
        Some(width) => format!(
            "<a:noFill/><a:ln w=\"{}\" cap=\"rnd\">{}<a:round/></a:ln>",
            emu(milli(width)).max(1),
            ink(paint.color).glass(opacity)
        ),
        None => format!("{}<a:ln><a:noFill/></a:ln>", ink(paint.color).glass(opacity)),
    };
    let _ = write!(
        xml,
        "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"Mark {id}\"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr>{place}{geometry}\
         {look}</p:spPr></p:sp>"
    );
}

/// Lines or one outline as one shape.
fn path(xml: &mut String, id: u32, lines: &[&[Point]], paint: Paint, left: Mp, top: Mp) {
    let points = || lines.iter().copied().flatten();
    let (west, east) =
        points().fold((f64::MAX, f64::MIN), |(low, high), point| (low.min(point.x), high.max(point.x)));
    let (north, south) =
        points().fold((f64::MAX, f64::MIN), |(low, high), point| (low.min(point.y), high.max(point.y)));
    let frame = [left + milli(west), top + milli(north), milli(east - west), milli(south - north)];
    if let ([[one, other]], Some(_)) = (lines, paint.stroke) {
        let flip = if (one.x <= other.x) == (one.y <= other.y) { "" } else { " flipV=\"1\"" };
        return shape(xml, id, &transform(frame, "a", flip), &preset("line"), paint);
    }
    let (width, height) = (emu(frame[2]).max(1), emu(frame[3]).max(1));
    let mut steps = String::new();
    for line in lines {
        for (index, point) in line.iter().enumerate() {
            let step = if index == 0 { "moveTo" } else { "lnTo" };
            let (x, y) = (emu(milli(point.x - west)), emu(milli(point.y - north)));
            let _ = write!(steps, "<a:{step}><a:pt x=\"{x}\" y=\"{y}\"/></a:{step}>");
        }
        if paint.stroke.is_none() || line.len() > 2 && line.first() == line.last() {
            steps.push_str("<a:close/>");
        }
    }
    let fill = if paint.stroke.is_some() { " fill=\"none\"" } else { "" };
    let geometry = format!(
        "<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l=\"0\" t=\"0\" r=\"r\" b=\"b\"/><a:pathLst><a:path \
         w=\"{width}\" h=\"{height}\"{fill}>{steps}</a:path></a:pathLst></a:custGeom>"
    );
    shape(xml, id, &transform(frame, "a", ""), &geometry, paint);
}

fn words(xml: &mut String, id: u32, run: &TextRun, language: &str, left: Mp, top: Mp) {
    // The deck's face runs narrower than the one the drawing was measured in: the width suffices.
    let (width, size) = (run.width() * 1.04 + 2.0, run.size);
    let (height, ascent) = (size * 1.15, size * 0.93);
    let (start, align) = match run.anchor {
        Anchor::Start => (0.0, "l"),
        Anchor::Middle => (-width / 2.0, "ctr"),
        Anchor::End => (-width, "r"),
    };
    let (x, y, turn) = if run.upward {
        // Turned about its middle: the baseline runs upwards through the point.
        let middle = (run.at.x - ascent + height / 2.0, run.at.y - start - width / 2.0);
        (middle.0 - width / 2.0, middle.1 - height / 2.0, " rot=\"16200000\"")
    } else {
        (run.at.x + start, run.at.y - ascent, "")
    };
    let frame = [left + milli(x), top + milli(y), milli(width), milli(height)];
    let bold = matches!(run.weight, Weight::SemiBold | Weight::Bold);
    let _ = write!(
        xml,
        "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"Label {id}\"/><p:cNvSpPr txBox=\"1\"/><p:nvPr/></p:nvSpPr><p:spPr>{}\
         {RECTANGLE}<a:noFill/></p:spPr><p:txBody><a:bodyPr wrap=\"none\" lIns=\"0\" tIns=\"0\" rIns=\"0\" bIns=\"0\">\
         <a:noAutofit/></a:bodyPr><a:lstStyle/><a:p><a:pPr algn=\"{align}\"/><a:r><a:rPr lang=\"{language}\" sz=\"{}\" \
         b=\"{}\">{}</a:rPr><a:t>{}</a:t></a:r></a:p></p:txBody></p:sp>",
        transform(frame, "a", turn),
        milli(size) / 10,
        u8::from(bold),
        ink(run.color).fill(),
        escape(&one_line(&run.text))
    );
}

/// The theme's name for a colour of the charts; a colour it has no name for stays as it is.
fn ink(color: Color) -> Ink {
    if let Some(index) = board_charts::palette(Mode::Light).iter().position(|own| *own == color) {
        return Ink::Series(index);
    }
    match (color.0, color.1, color.2) {
        (0xff, 0xff, 0xff) => Ink::Ground,
        (0x0f, 0x17, 0x2a) => Ink::Text,
        (0x52, 0x60, 0x75) => Ink::Quiet,
        (0xe6, 0xea, 0xf0) => Ink::Grid,
        (0xa9, 0xb4, 0xc4) => Ink::Axis,
        (0x64, 0x74, 0x8b) => Ink::Band,
        (0xb4, 0x23, 0x18) => Ink::Bad,
        (red, green, blue) => Ink::Fixed(Rgb(red, green, blue)),
    }
}
