//! A chart specification in; SVG, PNG, PDF operators, a hit map or a table out.
//!
//! Hides plotters. Reads no data of its own, no clock and no system font: equal specifications give equal bytes.

mod spec;

pub use spec::{Band, ChartKind, ChartSpec, Mode, Series};
