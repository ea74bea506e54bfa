//! Dashboards as versioned definitions: which figures a tenant looks at, and as what. Not their values.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{DashboardId, Grain, MetricId, Words};

/// A dashboard at one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Dashboard {
    /// Id.
    pub id: DashboardId,
    /// Version, from 1.
    pub version: u32,
    /// Title.
    pub title: Words,
    /// Place in the navigation, lowest first.
    pub order: u32,
    /// Tiles in reading order; ids are unique within the dashboard.
    pub tiles: Vec<Tile>,
}

/// One tile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Tile {
    /// Id within the dashboard.
    pub id: String,
    /// What it shows.
    pub shows: Shows,
}

/// What a tile shows for the chosen period and programme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "shows", rename_all = "snake_case")]
#[ts(export)]
pub enum Shows {
    /// One figure with its change on the period before.
    Kpi {
        /// The metric.
        metric: MetricId,
    },
    /// Metrics over the trailing periods of a grain.
    Line {
        /// Title.
        title: Words,
        /// One line each; they share a unit.
        metrics: Vec<MetricId>,
        /// Length of a point.
        grain: Grain,
        /// Points, 2-36.
        points: u8,
    },
    /// One metric over trailing periods, a bar per programme.
    Bar {
        /// Title.
        title: Words,
        /// The metric.
        metric: MetricId,
        /// Length of a group.
        grain: Grain,
        /// Groups, 1-12.
        points: u8,
    },
    /// Parts of one metric by programme.
    Doughnut {
        /// Title.
        title: Words,
        /// The metric.
        metric: MetricId,
    },
    /// Several fractions on spokes, the chosen period against the one before.
    Radar {
        /// Title.
        title: Words,
        /// Three or more metrics of one unit.
        metrics: Vec<MetricId>,
    },
    /// The newest evidence of the period.
    Evidence {
        /// Title.
        title: Words,
        /// At most this many, 1-50.
        limit: u8,
    },
}

impl Shows {
    /// The title; a card has that of its metric.
    pub fn title(&self) -> Option<&Words> {
        match self {
            Self::Kpi { .. } => None,
            Self::Line { title, .. }
            | Self::Bar { title, .. }
            | Self::Doughnut { title, .. }
            | Self::Radar { title, .. }
            | Self::Evidence { title, .. } => Some(title),
        }
    }
}

/// Why a dashboard was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DashboardError {
    /// A title that is empty or longer than 120 characters.
    #[error("titles have 1 to 120 characters in every language")]
    Title,
    /// None, or more than 60 tiles.
    #[error("a dashboard has 1 to 60 tiles")]
    TileCount,
    /// Two tiles with one id, or an id that is not well formed.
    #[error("tile id {0} is not well formed or stands twice")]
    TileId(String),
    /// Points, metrics or limit outside their range.
    #[error("tile {0} asks for more or less than its kind allows")]
    TileRange(String),
}

impl Dashboard {
    /// Refuses a definition that no screen could show.
    pub fn check(&self) -> Result<(), DashboardError> {
        if !(1..=60).contains(&self.tiles.len()) {
            return Err(DashboardError::TileCount);
        }
        let titles = self.tiles.iter().filter_map(|tile| tile.shows.title()).chain([&self.title]);
        let fits = |text: &String| (1..=120).contains(&text.trim().chars().count());
        if !titles.flat_map(|words| [&words.en, &words.nb, &words.uk]).all(fits) {
            return Err(DashboardError::Title);
        }
        let mut seen = std::collections::BTreeSet::new();
        for tile in &self.tiles {
            if DashboardId::new(tile.id.as_str()).is_err() || !seen.insert(&tile.id) {
                return Err(DashboardError::TileId(tile.id.clone()));
            }
            let fits = match &tile.shows {
                Shows::Kpi { .. } | Shows::Doughnut { .. } => true,
                Shows::Line { metrics, points, .. } => {
                    (1..=6).contains(&metrics.len()) && (2..=36).contains(points)
                }
                Shows::Bar { points, .. } => (1..=12).contains(points),
                Shows::Radar { metrics, .. } => (3..=12).contains(&metrics.len()),
                Shows::Evidence { limit, .. } => (1..=50).contains(limit),
            };
            if !fits {
                return Err(DashboardError::TileRange(tile.id.clone()));
            }
        }
        Ok(())
    }
}
