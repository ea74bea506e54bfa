//! The dashboards of the demo. Not their figures.

use board_domain::{Dashboard, DashboardId, Grain, IdError, MetricId, Shows, Tile, Words};

/// Overview, Outcomes and Volunteering.
pub(crate) fn all() -> Result<Vec<Dashboard>, IdError> {
    Ok(vec![
        dashboard("overview", Words::new("Overview", "Oversikt", "Огляд"), 1, overview()?)?,
        dashboard("outcomes", Words::new("Outcomes", "Resultater", "Результати"), 2, outcomes()?)?,
        dashboard(
            "volunteering",
            Words::new("Volunteering", "Frivillighet", "Волонтерство"),
            3,
            volunteering()?,
        )?,
    ])
}

fn dashboard(id: &str, title: Words, order: u32, tiles: Vec<Tile>) -> Result<Dashboard, IdError> {
    Ok(Dashboard { id: DashboardId::new(id)?, version: 1, title, order, tiles })
}

fn metrics(ids: &[&str]) -> Result<Vec<MetricId>, IdError> {
    ids.iter().map(|id| MetricId::new(*id)).collect()
}

fn kpis(ids: &[&str]) -> Result<Vec<Tile>, IdError> {
    let tile = |id: &&str| {
        Ok(Tile {
            id: format!("kpi-{}", id.replace('_', "-")),
            shows: Shows::Kpi { metric: MetricId::new(*id)? },
        })
    };
    ids.iter().map(tile).collect()
}

fn tile(id: &str, shows: Shows) -> Tile {
    Tile { id: id.into(), shows }
}

fn voices(limit: u8) -> Tile {
    let title = Words::new("What participants say", "Det deltakerne sier", "Що кажуть учасники");
    tile("voices", Shows::Evidence { title, limit })
}

fn five_dimensions() -> Result<Tile, IdError> {
    Ok(tile(
        "five-dimensions",
        Shows::Radar {
            title: Words::new("Outcomes by dimension", "Resultater per dimensjon", "Результати за вимірами"),
            metrics: metrics(&["confidence", "belonging", "lang_level", "job_readiness", "well_being"])?,
        },
    ))
}

fn overview() -> Result<Vec<Tile>, IdError> {
    let mut tiles = kpis(&[
        "sroi",
        "social_value",
        "participants",
        "volunteers",
        "sessions",
        "hours",
        "vis",
        "participation",
    ])?;
    tiles.extend([
        tile(
            "people",
            Shows::Line {
                title: Words::new(
                    "Participants and volunteers",
                    "Deltakere og frivillige",
                    "Учасники та волонтери",
                ),
                metrics: metrics(&["participants", "volunteers"])?,
                grain: Grain::Month,
                points: 24,
            },
        ),
        tile(
            "hours-by-programme",
            Shows::Bar {
                title: Words::new(
                    "Volunteer hours by programme",
                    "Frivillige timer per program",
                    "Години волонтерів за програмами",
                ),
                metric: MetricId::new("hours")?,
                grain: Grain::Quarter,
                points: 8,
            },
        ),
        tile(
            "sessions-by-programme",
            Shows::Doughnut {
                title: Words::new("Sessions by programme", "Økter per program", "Зустрічі за програмами"),
                metric: MetricId::new("sessions")?,
            },
        ),
        five_dimensions()?,
        tile(
            "sroi-by-quarter",
            Shows::Line {
                title: Words::new(
                    "Social return on investment",
                    "Sosial avkastning",
                    "Соціальна віддача інвестицій",
                ),
                metrics: metrics(&["sroi"])?,
                grain: Grain::Quarter,
                points: 8,
            },
        ),
        voices(6),
    ]);
    Ok(tiles)
}

fn outcomes() -> Result<Vec<Tile>, IdError> {
    let mut tiles = kpis(&["integration", "job_readiness", "lang_level", "well_being"])?;
    tiles.extend([
        five_dimensions()?,
        tile(
            "dimensions-by-quarter",
            Shows::Line {
                title: Words::new(
                    "Confidence, belonging and job readiness",
                    "Selvtillit, tilhørighet og jobbklarhet",
                    "Упевненість, приналежність і готовність до роботи",
                ),
                metrics: metrics(&["confidence", "belonging", "job_readiness"])?,
                grain: Grain::Quarter,
                points: 8,
            },
        ),
        tile(
            "integration-by-quarter",
            Shows::Line {
                title: Words::new("Integration score", "Integreringsindeks", "Індекс інтеграції"),
                metrics: metrics(&["integration"])?,
                grain: Grain::Quarter,
                points: 8,
            },
        ),
        tile(
            "value-by-programme",
            Shows::Bar {
                title: Words::new(
                    "Social value by programme",
                    "Sosial verdi per program",
                    "Соціальна цінність за програмами",
                ),
                metric: MetricId::new("social_value")?,
                grain: Grain::Quarter,
                points: 4,
            },
        ),
        voices(12),
    ]);
    Ok(tiles)
}

fn volunteering() -> Result<Vec<Tile>, IdError> {
    let mut tiles = kpis(&["volunteers", "hours", "vis", "retention", "engagement"])?;
    tiles.extend([
        tile(
            "hours-by-month",
            Shows::Line {
                title: Words::new(
                    "Volunteer hours by month",
                    "Frivillige timer per måned",
                    "Години волонтерів за місяцями",
                ),
                metrics: metrics(&["hours"])?,
                grain: Grain::Month,
                points: 24,
            },
        ),
        tile(
            "volunteers-by-programme",
            Shows::Bar {
                title: Words::new(
                    "Volunteers by programme",
                    "Frivillige per program",
                    "Волонтери за програмами",
                ),
                metric: MetricId::new("volunteers")?,
                grain: Grain::Quarter,
                points: 4,
            },
        ),
        tile(
            "hours-share",
            Shows::Doughnut {
                title: Words::new(
                    "Volunteer hours by programme",
                    "Frivillige timer per program",
                    "Години волонтерів за програмами",
                ),
                metric: MetricId::new("hours")?,
            },
        ),
        tile(
            "staying",
            Shows::Line {
                title: Words::new(
                    "Retention and engagement",
                    "Gjenværende og engasjement",
                    "Утримання та активність",
                ),
                metrics: metrics(&["retention", "engagement"])?,
                grain: Grain::Quarter,
                points: 8,
            },
        ),
    ]);
    Ok(tiles)
}
