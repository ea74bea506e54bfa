//! The bounds a specification must keep before anything is drawn from it.
//!
//! Not validation of meaning: whether a figure is right is decided where it is computed.

use crate::{ChartKind, ChartSpec, Size};

/// Most categories in one chart.
pub const MAX_CATEGORIES: usize = 240;
/// Most series in one chart.
pub const MAX_SERIES: usize = 12;
/// Most characters in one text.
pub const MAX_TEXT: usize = 200;
/// Largest magnitude of a value.
pub const MAX_VALUE: f64 = 1e15;

/// Why a chart cannot be drawn.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ChartError {
    /// No category, or more than [`MAX_CATEGORIES`].
    #[error("a chart has 1 to 240 categories, this one has {0}")]
    Categories(usize),
    /// No series, or more than [`MAX_SERIES`].
    #[error("a chart has 1 to 12 series, this one has {0}")]
    Series(usize),
    /// A series is not as long as the categories.
    #[error("series {series} has {values} values for {categories} categories")]
    Length {
        /// Index of the series.
        series: usize,
        /// How many values it has.
        values: usize,
        /// How many it must have.
        categories: usize,
    },
    /// A value is not finite or beyond [`MAX_VALUE`].
    #[error("value {category} of series {series} is not a number that can be drawn")]
    Value {
        /// Index of the series.
        series: usize,
        /// Index of the category.
        category: usize,
    },
    /// A part of a whole or a score is negative.
    #[error("value {category} of series {series} is negative")]
    Negative {
        /// Index of the series.
        series: usize,
        /// Index of the category.
        category: usize,
    },
    /// A text is longer than [`MAX_TEXT`] characters.
    #[error("the {0} is longer than 200 characters")]
    Text(&'static str),
    /// The band is not two finite numbers in order.
    #[error("the band's lower edge is not at or below its upper edge")]
    Band,
    /// A side is not between 16 and 4000 points.
    #[error("a chart is 16 to 4000 points wide and high")]
    Size,
    /// The resolution is not between 36 and 1200 dots per inch, or the picture would exceed 64 million pixels.
    #[error("the resolution or the picture is too small or too large")]
    Resolution,
    /// The drawing or the encoder failed.
    #[error("the chart could not be drawn: {0}")]
    Output(String),
}

impl ChartSpec {
    /// Checks every bound; all output functions do so first.
    pub fn check(&self) -> Result<(), ChartError> {
        let categories = self.categories.len();
        if !(1..=MAX_CATEGORIES).contains(&categories) {
            return Err(ChartError::Categories(categories));
        }
        if !(1..=MAX_SERIES).contains(&self.series.len()) {
            return Err(ChartError::Series(self.series.len()));
        }
        let signed = !matches!(self.kind, ChartKind::Doughnut | ChartKind::Radar);
        for (series, row) in self.series.iter().enumerate() {
            if row.values.len() != categories {
                return Err(ChartError::Length { series, values: row.values.len(), categories });
            }
            for (category, value) in row.values.iter().enumerate() {
                let Some(value) = *value else { continue };
                if !value.is_finite() || value.abs() > MAX_VALUE {
                    return Err(ChartError::Value { series, category });
                }
                if value < 0.0 && !signed {
                    return Err(ChartError::Negative { series, category });
                }
            }
        }
        let band = self.band.iter().map(|band| (&band.name, "band name"));
        let texts = [(&self.title, "title"), (&self.subtitle, "subtitle")]
            .into_iter()
            .chain(self.categories.iter().map(|text| (text, "category")))
            .chain(self.series.iter().map(|row| (&row.name, "series name")))
            .chain(band);
        for (text, what) in texts {
            // A character is at most four bytes, so a short text is never counted.
            if text.len() > MAX_TEXT && text.chars().count() > MAX_TEXT {
                return Err(ChartError::Text(what));
            }
        }
        match &self.band {
            Some(band) if !in_order(band.low, band.high) => Err(ChartError::Band),
            _ => Ok(()),
        }
    }

    /// Whether nothing at all was measured: the empty state is drawn.
    pub(crate) fn is_empty(&self) -> bool {
        let drawn = if self.kind == ChartKind::Doughnut { 1 } else { self.series.len() };
        let mut values = self.series[..drawn].iter().flat_map(|row| &row.values).flatten();
        if self.kind == ChartKind::Doughnut {
            values.all(|value| *value <= 0.0)
        } else {
            values.next().is_none()
        }
    }
}

impl Size {
    pub(crate) fn check(self) -> Result<(), ChartError> {
        let fits = |side: f64| (16.0..=4000.0).contains(&side);
        if fits(self.width_pt) && fits(self.height_pt) { Ok(()) } else { Err(ChartError::Size) }
    }
}

fn in_order(low: f64, high: f64) -> bool {
    low <= high && low.abs() <= MAX_VALUE && high.abs() <= MAX_VALUE
}
