//! Draws the charts of a workload file as PNG files, 6 by 4 inches at 300 DPI: `chart_workload FILE.json FOLDER`.
//!
//! The bench measures this process as a whole; it checks nothing.

use std::error::Error;
use std::path::Path;

use board_charts::{ChartKind, ChartSpec, Series, Size, png};
use board_domain::{Locale, Unit};
use serde::Deserialize;

#[derive(Deserialize)]
struct Workload {
    charts: Vec<Chart>,
}

#[derive(Deserialize)]
struct Chart {
    id: String,
    r#type: String,
    title: String,
    unit: String,
    categories: Vec<String>,
    series: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    values: Vec<f64>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: workload FILE.json FOLDER".into());
    };
    let workload: Workload = serde_json::from_slice(&std::fs::read(file)?)?;
    for chart in workload.charts {
        let picture = png(&spec(&chart)?, Size { width_pt: 432.0, height_pt: 288.0 }, 300.0)?;
        std::fs::write(Path::new(&folder).join(&chart.id).with_extension("png"), picture)?;
    }
    Ok(())
}

fn spec(chart: &Chart) -> Result<ChartSpec, Box<dyn Error>> {
    let kind = match chart.r#type.as_str() {
        "bar" => ChartKind::Bar,
        "line" => ChartKind::Line,
        "radar" => ChartKind::Radar,
        "doughnut" => ChartKind::Doughnut,
        other => return Err(format!("no such kind of chart: {other}").into()),
    };
    let values = |row: &Row| Series::new(row.name.as_str(), row.values.iter().copied().map(Some).collect());
    Ok(ChartSpec {
        title: chart.title.clone(),
        subtitle: chart.unit.clone(),
        categories: chart.categories.clone(),
        series: chart.series.iter().map(values).collect(),
        ..ChartSpec::new(kind, Unit::Count, Locale::En)
    })
}
