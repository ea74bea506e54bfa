//! The bounds a specification must keep before anything is drawn from it.
//!
//! Not validation of meaning: whether a figure is right is decided where it is computed.

use crate::{ChartKind, ChartSpec, Series, Size};

/// Most categories in one chart.
pub const MAX_CATEGORIES: usize = 240;
/// Most series in one chart.
pub const MAX_SERIES: usize = 12;
/// Most characters in one text.
pub const MAX_TEXT: usize = 200;
/// Most events in one chart.
pub const MAX_ANNOTATIONS: usize = 12;
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
    /// The withheld places of a series are not rising, or one of them has a value.
    #[error("withheld place {place} of series {series} is out of order, beyond the end, or has a value")]
    Withheld {
        /// Index of the series.
        series: usize,
        /// Index into its withheld places.
        place: usize,
    },
    /// There are more than [`MAX_ANNOTATIONS`] events, or the kind has no place for any.
    #[error("this chart has no place for {0} events")]
    Annotations(usize),
    /// An event lies outside the categories.
    #[error("event {0} does not lie between the first and the last category")]
    AnnotationPlace(usize),
    /// Only bars and areas can be stacked, areas only without negative values.
    #[error("this chart cannot be stacked")]
    Stacked,
    /// Only bars and ribbons can lie.
    #[error("this chart cannot lie on its side")]
    Horizontal,
    /// A ribbon lacks its cohort, another kind has one, or it is not as long as the categories.
    #[error("a ribbon has one cohort with a spread per category, and no other chart has any")]
    Cohort,
    /// The percentiles of a category are not finite numbers in order.
    #[error("the percentiles of category {0} are not numbers in order")]
    Percentiles(usize),
    /// Only a KPI card compares, and only with a finite number.
    #[error("the comparison is not with a number, or this chart is no KPI card")]
    Comparison,
    /// A total is out of order, beyond the end, not the level that the steps before it reach, or this is no waterfall.
    #[error("total {0} does not fit the steps before it")]
    Total(usize),
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

impl ChartError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Categories(_) => "chart.categories",
            Self::Series(_) => "chart.series",
            Self::Length { .. } => "chart.length",
            Self::Value { .. } => "chart.value",
            Self::Negative { .. } => "chart.negative",
            Self::Text(_) => "chart.text",
            Self::Band => "chart.band",
            Self::Withheld { .. } => "chart.withheld",
            Self::Annotations(_) => "chart.annotations",
            Self::AnnotationPlace(_) => "chart.annotation_place",
            Self::Stacked => "chart.stacked",
            Self::Horizontal => "chart.horizontal",
            Self::Cohort => "chart.cohort",
            Self::Percentiles(_) => "chart.percentiles",
            Self::Comparison => "chart.comparison",
            Self::Total(_) => "chart.total",
            Self::Size => "chart.size",
            Self::Resolution => "chart.resolution",
            Self::Output(_) => "chart.output",
        }
    }
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
            check_row(series, row, categories, signed)?;
        }
        self.check_texts()?;
        match &self.band {
            Some(band) if !in_order(band.low, band.high) => return Err(ChartError::Band),
            _ => {}
        }
        self.check_shape()?;
        self.check_cohort()?;
        self.check_totals()?;
        let events = self.annotations.len();
        if events > MAX_ANNOTATIONS || events > 0 && !self.takes_annotations() {
            return Err(ChartError::Annotations(events));
        }
        let last = (categories - 1) as f64;
        match self.annotations.iter().position(|event| !(0.0..=last).contains(&event.at)) {
            Some(event) => Err(ChartError::AnnotationPlace(event)),
            None => Ok(()),
        }
    }

    fn check_texts(&self) -> Result<(), ChartError> {
        let texts = [(&self.title, "title"), (&self.subtitle, "subtitle")]
            .into_iter()
            .chain(self.categories.iter().map(|text| (text, "category")))
            .chain(self.series.iter().map(|row| (&row.name, "series name")))
            .chain(self.band.iter().map(|band| (&band.name, "band name")))
            .chain(self.cohort.iter().map(|cohort| (&cohort.name, "cohort name")))
            .chain(self.comparison.iter().map(|other| (&other.name, "comparison name")))
            .chain(self.annotations.iter().map(|event| (&event.text, "event")));
        for (text, what) in texts {
            // A character is at most four bytes, so a short text is never counted.
            if text.len() > MAX_TEXT && text.chars().count() > MAX_TEXT {
                return Err(ChartError::Text(what));
            }
        }
        Ok(())
    }

    fn check_shape(&self) -> Result<(), ChartError> {
        if self.horizontal && !matches!(self.kind, ChartKind::Bar | ChartKind::Ribbon) {
            return Err(ChartError::Horizontal);
        }
        // A negative area would cover the one below it.
        let can_stack = match self.kind {
            ChartKind::Bar => true,
            ChartKind::Area => {
                !self.series.iter().flat_map(|row| &row.values).flatten().any(|value| *value < 0.0)
            }
            _ => false,
        };
        if self.stacked && !can_stack {
            return Err(ChartError::Stacked);
        }
        match &self.comparison {
            Some(other)
                if self.kind != ChartKind::Kpi || other.value.is_some_and(|value| !is_drawable(value)) =>
            {
                Err(ChartError::Comparison)
            }
            _ => Ok(()),
        }
    }

    fn check_cohort(&self) -> Result<(), ChartError> {
        let Some(cohort) = &self.cohort else {
            return if self.kind == ChartKind::Ribbon { Err(ChartError::Cohort) } else { Ok(()) };
        };
        if self.kind != ChartKind::Ribbon || cohort.spread.len() != self.categories.len() {
            return Err(ChartError::Cohort);
        }
        let broken = |spread: &Option<crate::Percentiles>| {
            spread.is_some_and(|spread| spread.all().windows(2).any(|pair| !in_order(pair[0], pair[1])))
        };
        match cohort.spread.iter().position(broken) {
            Some(category) => Err(ChartError::Percentiles(category)),
            None => Ok(()),
        }
    }

    fn check_totals(&self) -> Result<(), ChartError> {
        if self.kind != ChartKind::Waterfall {
            return if self.totals.is_empty() { Ok(()) } else { Err(ChartError::Total(0)) };
        }
        let in_place = |index: usize| {
            let place = self.totals[index];
            place < self.categories.len() && (index == 0 || self.totals[index - 1] < place)
        };
        if let Some(index) = (0..self.totals.len()).find(|index| !in_place(*index)) {
            return Err(ChartError::Total(index));
        }
        let Some(steps) = self.steps() else { return Ok(()) };
        let largest = steps.iter().map(|step| step.to.abs()).fold(0.0, f64::max);
        if largest > MAX_VALUE {
            return Err(ChartError::Value { series: 0, category: 0 });
        }
        let fits = |place: usize| {
            // The first bar may open at any level.
            place == 0 || (steps[place].to - steps[place - 1].to).abs() <= largest * 1e-6
        };
        match self.totals.iter().position(|place| !fits(*place)) {
            Some(index) => Err(ChartError::Total(index)),
            None => Ok(()),
        }
    }
}

fn check_row(series: usize, row: &Series, categories: usize, signed: bool) -> Result<(), ChartError> {
    if row.values.len() != categories {
        return Err(ChartError::Length { series, values: row.values.len(), categories });
    }
    for (category, value) in row.values.iter().enumerate() {
        let Some(value) = *value else { continue };
        if !is_drawable(value) {
            return Err(ChartError::Value { series, category });
        }
        if value < 0.0 && !signed {
            return Err(ChartError::Negative { series, category });
        }
    }
    let in_place = |place: usize| {
        let category = row.withheld[place];
        let free = row.values.get(category).is_some_and(Option::is_none);
        free && (place == 0 || row.withheld[place - 1] < category)
    };
    match (0..row.withheld.len()).find(|place| !in_place(*place)) {
        Some(place) => Err(ChartError::Withheld { series, place }),
        None => Ok(()),
    }
}

impl Size {
    pub(crate) fn check(self) -> Result<(), ChartError> {
        let fits = |side: f64| (16.0..=4000.0).contains(&side);
        if fits(self.width_pt) && fits(self.height_pt) { Ok(()) } else { Err(ChartError::Size) }
    }
}

fn is_drawable(value: f64) -> bool {
    value.abs() <= MAX_VALUE
}

fn in_order(low: f64, high: f64) -> bool {
    low <= high && low.abs() <= MAX_VALUE && high.abs() <= MAX_VALUE
}
