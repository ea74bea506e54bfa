//! A chart specification in; SVG, PNG, vector primitives, a hit map or a table out.
//!
//! Hides plotters. Reads no data of its own, no clock and no system font: equal specifications give equal bytes.

mod alt;
mod area;
mod axes;
mod bar;
mod check;
mod direct;
mod doughnut;
mod drawing;
mod events;
pub mod fonts;
mod hits;
mod kpi;
mod line;
mod lying;
mod names;
mod pattern;
mod pen;
mod radar;
mod raster;
mod recorder;
mod ribbon;
mod sheet;
mod spec;
mod squeeze;
mod svg;
mod table;
mod theme;
mod ticks;
mod waterfall;
mod words;

pub use alt::alt;
pub use check::{ChartError, MAX_ANNOTATIONS, MAX_CATEGORIES, MAX_SERIES, MAX_TEXT, MAX_VALUE};
pub use drawing::{Anchor, Color, Drawing, Mark, Paint, Point, Rect, Size, TextRun};
pub use hits::Hit;
pub use spec::{
    Annotation, Band, Cell, ChartKind, ChartSpec, Cohort, Comparison, Mode, Percentiles, Series, State, Step,
};
pub use table::{Table, table};

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

/// Where each measured or withheld value lies, series by series (bars and ribbons: category by category); empty where
/// words stand in place of a chart.
pub fn hits(spec: &ChartSpec, size: Size) -> Result<Vec<Hit>, ChartError> {
    compose(spec, size).map(|(_, hits)| hits)
}

/// The colours of series and parts, in order, for writers that draw charts natively.
pub fn palette(mode: Mode) -> [Color; MAX_SERIES] {
    Theme::of(mode).palette()
}

fn compose(spec: &ChartSpec, size: Size) -> Result<(Drawing, Vec<Hit>), ChartError> {
    spec.check()?;
    size.check()?;
    let whole = |side: f64| points(units(side));
    let size = Size { width_pt: whole(size.width_pt), height_pt: whole(size.height_pt) };
    let mut drawing = Drawing { width: size.width_pt, height: size.height_pt, marks: Vec::new() };
    let drawable = spec.drawable();
    let sheet = Sheet {
        spec: &drawable,
        told: spec,
        theme: Theme::of(spec.mode),
        scale: Scale::of(size),
        pen: Pen::new(&mut drawing),
        size,
    };
    sheet.pen.ground(sheet.theme.ground)?;
    let hits = match spec.kind {
        ChartKind::Sparkline => line::sparkline(&sheet)?,
        _ if spec.state() != State::Drawn => sheet.without_data(spec.state()).map(|()| Vec::new())?,
        ChartKind::Line => line::line(&sheet)?,
        ChartKind::Area => area::area(&sheet)?,
        ChartKind::Bar => bar::bar(&sheet)?,
        ChartKind::Waterfall => waterfall::waterfall(&sheet)?,
        ChartKind::Ribbon => ribbon::ribbon(&sheet)?,
        ChartKind::Kpi => kpi::kpi(&sheet)?,
        ChartKind::Doughnut => doughnut::doughnut(&sheet)?,
        ChartKind::Radar => radar::radar(&sheet)?,
    };
    drop(sheet);
    Ok((drawing, hits))
}
