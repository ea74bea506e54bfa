//! A chart specification in; SVG, PNG, vector primitives, a hit map or a table out.
//!
//! Hides plotters. Reads no data of its own, no clock and no system font: equal specifications give equal bytes.

mod axes;
mod bar;
mod check;
mod doughnut;
mod drawing;
pub mod fonts;
mod hits;
mod line;
mod names;
mod pen;
mod radar;
mod raster;
mod recorder;
mod sheet;
mod spec;
mod svg;
mod table;
mod theme;
mod ticks;
mod words;

pub use check::{ChartError, MAX_ANNOTATIONS, MAX_CATEGORIES, MAX_SERIES, MAX_TEXT, MAX_VALUE};
pub use drawing::{Anchor, Color, Drawing, Mark, Paint, Point, Rect, Size, TextRun};
pub use hits::Hit;
pub use spec::{
    Annotation, Band, Cell, ChartKind, ChartSpec, Cohort, Comparison, Mode, Percentiles, Series, State, Step,
};
pub use table::{Table, table};
pub use words::alt;

use pen::Pen;
use recorder::{points, units};
use sheet::Sheet;
use theme::{Scale, Theme};

/// The chart as vector primitives.
pub fn drawing(spec: &ChartSpec, size: Size) -> Result<Drawing, ChartError> {
    compose(spec, size).map(|(drawing, _)| drawing)
}

/// The chart as an SVG document with title, description and outlined text; one point is one CSS pixel.
pub fn svg(spec: &ChartSpec, size: Size) -> Result<String, ChartError> {
    let drawing = drawing(spec, size)?;
    Ok(svg::write(&drawing, &spec.title, &alt(spec), spec.locale.tag()))
}

/// The chart as an opaque PNG file that records its resolution.
///
/// `dpi` is 36 to 1200; a picture beyond 64 million pixels is refused.
pub fn png(spec: &ChartSpec, size: Size, dpi: f32) -> Result<Vec<u8>, ChartError> {
    raster::write(&drawing(spec, size)?, dpi)
}

/// Where each measured value lies, series by series (bars: category by category); empty for the empty state.
pub fn hits(spec: &ChartSpec, size: Size) -> Result<Vec<Hit>, ChartError> {
    compose(spec, size).map(|(_, hits)| hits)
}

fn compose(spec: &ChartSpec, size: Size) -> Result<(Drawing, Vec<Hit>), ChartError> {
    spec.check()?;
    size.check()?;
    let whole = |side: f64| points(units(side));
    let size = Size { width_pt: whole(size.width_pt), height_pt: whole(size.height_pt) };
    let mut drawing = Drawing { width: size.width_pt, height: size.height_pt, marks: Vec::new() };
    let sheet = Sheet {
        spec,
        theme: Theme::of(spec.mode),
        scale: Scale::of(size),
        pen: Pen::new(&mut drawing),
        size,
    };
    sheet.pen.ground(sheet.theme.ground)?;
    let hits = match spec.kind {
        ChartKind::Sparkline => line::sparkline(&sheet)?,
        _ if spec.state() != State::Drawn => sheet.empty().map(|()| Vec::new())?,
        ChartKind::Line | ChartKind::Area | ChartKind::Ribbon | ChartKind::Kpi => line::line(&sheet)?,
        ChartKind::Bar | ChartKind::Waterfall => bar::bar(&sheet)?,
        ChartKind::Doughnut => doughnut::doughnut(&sheet)?,
        ChartKind::Radar => radar::radar(&sheet)?,
    };
    drop(sheet);
    Ok((drawing, hits))
}
