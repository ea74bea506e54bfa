//! Renders one picture with every kind of chart, in English on light and in Ukrainian on dark ground, to
//! `docs/charts.png`; a path given as argument takes its place.
//!
//! For looking at; no test compares it.

mod samples;

use std::error::Error;
use std::path::{Path, PathBuf};

use board_charts::{ChartSpec, Mode, Size, png};
use board_domain::Locale;
use tiny_skia::{Color, Pixmap, PixmapPaint, Transform};

const COLUMNS: usize = 4;
const TILE: Size = Size { width_pt: 480.0, height_pt: 270.0 };
const GAP: f64 = 14.0;
const DPI: f32 = 108.0;

fn main() -> Result<(), Box<dyn Error>> {
    let mut tiles: Vec<(ChartSpec, Size)> = Vec::new();
    for [en, uk] in samples::pairs() {
        tiles.push((ChartSpec { mode: Mode::Light, locale: Locale::En, ..en }, TILE));
        tiles.push((ChartSpec { mode: Mode::Dark, locale: Locale::Uk, ..uk }, TILE));
    }
    tiles.extend(samples::edges());
    let rows = tiles.len().div_ceil(COLUMNS);
    let pixels = |points: f64| (points * f64::from(DPI) / 72.0).round();
    let side = |count: usize, tile: f64| pixels(count as f64 * (tile + GAP) + GAP);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let mut page = Pixmap::new(side(COLUMNS, TILE.width_pt) as u32, side(rows, TILE.height_pt) as u32)
        .ok_or("the page is empty")?;
    page.fill(Color::from_rgba8(0xcb, 0xd5, 0xe1, 0xff));
    for (index, (spec, size)) in tiles.iter().enumerate() {
        let tile = Pixmap::decode_png(&png(spec, *size, DPI)?)?;
        let (column, row) = (index % COLUMNS, index / COLUMNS);
        let x = pixels(GAP + column as f64 * (TILE.width_pt + GAP) + (TILE.width_pt - size.width_pt) / 2.0);
        let y = pixels(GAP + row as f64 * (TILE.height_pt + GAP) + (TILE.height_pt - size.height_pt) / 2.0);
        #[allow(clippy::cast_possible_truncation)]
        let (x, y) = (x as i32, y as i32);
        page.draw_pixmap(x, y, tile.as_ref(), &PixmapPaint::default(), Transform::identity(), None);
    }
    let target = std::env::args()
        .nth(1)
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/charts.png"), PathBuf::from);
    page.save_png(target)?;
    Ok(())
}
