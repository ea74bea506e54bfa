//! Dashboards as views, and the pictures of their charts. Not their definitions: those are events.

use board_charts::{ChartSpec, Mode, Size};
use board_domain::{DashboardId, Grain, Hash, Period, ProgrammeId, Shows};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::{
    fault::{Code, Fault},
    lens::Lens,
    tiles::{self, Scope},
    view::{Choice, DashboardBrief, DashboardView, TableView, TileView},
    words,
};

/// Dashboards in the order of the navigation.
pub(crate) fn list(lens: &Lens<'_>) -> Result<Vec<DashboardBrief>, Fault> {
    let mut dashboards = lens.dashboards()?;
    dashboards.sort_by(|a, b| a.order.cmp(&b.order).then_with(|| a.id.cmp(&b.id)));
    Ok(dashboards
        .into_iter()
        .map(|d| DashboardBrief { id: d.id.to_string(), title: d.title.get(lens.locale).to_owned() })
        .collect())
}

/// The period and programme to show: as asked, or the newest quarter that has ended and has figures.
pub(crate) fn scope(
    lens: &Lens<'_>,
    period: Option<Period>,
    programme: Option<ProgrammeId>,
    now: Timestamp,
) -> Result<Scope, Fault> {
    let period = match period {
        Some(period) => period,
        None => newest(lens, &lens.periods()?, now),
    };
    Ok(Scope { period, programme })
}

/// The newest of some periods, or this quarter, to show where nobody chose.
pub(crate) fn newest(lens: &Lens<'_>, periods: &[Period], now: Timestamp) -> Period {
    let zone = lens.zone();
    let ended = periods
        .iter()
        .filter(|period| period.grain() == Grain::Quarter)
        .find(|period| period.end(&zone) <= now)
        .or_else(|| periods.first());
    ended.copied().unwrap_or_else(|| Period::holding(now.to_zoned(zone).date(), Grain::Quarter))
}

/// A dashboard, ready to show, with the periods to choose from; none where nobody chooses. `seq` says what the lens looks at.
pub(crate) fn view(
    lens: &Lens<'_>,
    id: &str,
    scope: &Scope,
    periods: &[Period],
    may_see_evidence: bool,
    seq: u64,
) -> Result<DashboardView, Fault> {
    let id = DashboardId::new(id).map_err(|error| Fault::new(Code::Malformed, error))?;
    let dashboard = lens.dashboard(id.as_str())?.ok_or(Code::NotFound)?;
    let (mut measured_at, mut received_at) = (None::<Timestamp>, None::<Timestamp>);
    let mut tiles = Vec::with_capacity(dashboard.tiles.len());
    for tile in &dashboard.tiles {
        let id = tile.id.clone();
        let view = match &tile.shows {
            Shows::Kpi { metric } => {
                let (card, figure) = tiles::card_and_figure(lens, scope, metric)?;
                if let Some((figure, times)) = figure {
                    measured_at = measured_at.max(Some(figure.measured_at));
                    received_at = received_at.max(Some(times.received_at));
                }
                TileView::Kpi { id, card }
            }
            Shows::Evidence { title, limit } => {
                let items = if may_see_evidence {
                    tiles::evidence(lens, scope, usize::from(*limit))?
                        .into_iter()
                        .map(|snippet| tiles::evidence_view(lens, snippet))
                        .collect::<Result<_, _>>()?
                } else {
                    Vec::new()
                };
                let empty = match (may_see_evidence, items.is_empty()) {
                    (false, _) => Some(words::evidence_hidden(lens.locale).to_owned()),
                    (true, true) => Some(words::no_evidence(lens.locale).to_owned()),
                    (true, false) => None,
                };
                TileView::Evidence { id, title: title.get(lens.locale).to_owned(), items, empty }
            }
            shows => {
                let Some(spec) = tiles::chart(lens, scope, shows, Mode::Light)? else { continue };
                let table = board_charts::table(&spec);
                let empty = match spec.state() {
                    board_charts::State::Drawn => None,
                    board_charts::State::Empty => Some(words::no_chart_data(lens.locale).to_owned()),
                    board_charts::State::Withheld => Some(words::withheld(lens.locale).to_owned()),
                };
                TileView::Chart {
                    id,
                    alt: board_charts::alt(&spec),
                    table: TableView { header: table.header, rows: table.rows },
                    span: if matches!(shows, Shows::Line { points, .. } if *points > 12) { 2 } else { 1 },
                    empty,
                    drawn: drawn(&spec)?,
                    title: spec.title,
                }
            }
        };
        tiles.push(view);
    }
    let mut programmes = vec![Choice { value: String::new(), label: lens.programme_name(None)? }];
    for programme in lens.programmes()? {
        let label = programme.name.get(lens.locale).to_owned();
        programmes.push(Choice { value: programme.id.to_string(), label });
    }
    let periods =
        periods.iter().map(|period| Choice { value: period.to_string(), label: lens.locale.period(*period) });
    Ok(DashboardView {
        id: dashboard.id.to_string(),
        title: dashboard.title.get(lens.locale).to_owned(),
        company: lens.tenant.name.clone(),
        period: scope.period,
        period_label: lens.locale.period(scope.period),
        periods: periods.collect(),
        programmes,
        programme: scope.programme.as_ref().map(ToString::to_string),
        tiles,
        seq,
        measured_at: measured_at.map(|at| at.to_string()),
        received_at: received_at.map(|at| at.to_string()),
    })
}

/// Tells a chart from another one of the same tile.
fn drawn(spec: &ChartSpec) -> Result<String, Fault> {
    let spec = serde_json::to_vec(spec).map_err(|error| Fault::new(Code::Malformed, error))?;
    Ok(Hash(Sha256::digest(spec).into()).to_string()[..16].to_owned())
}

/// The chart of a tile.
pub(crate) fn chart(
    lens: &Lens<'_>,
    dashboard: &str,
    tile: &str,
    scope: &Scope,
    mode: Mode,
) -> Result<ChartSpec, Fault> {
    let dashboard = lens.dashboard(dashboard)?.ok_or(Code::NotFound)?;
    let tile = dashboard.tiles.iter().find(|t| t.id == tile).ok_or(Code::NotFound)?;
    tiles::chart(lens, scope, &tile.shows, mode)?.ok_or_else(|| Code::NotFound.into())
}

/// A chart picture asked for by its address: `{dashboard}/{tile}.svg?mode=&w=&h=&period=&programme=`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ChartAddress {
    pub(crate) dashboard: String,
    pub(crate) tile: String,
    pub(crate) mode: Mode,
    pub(crate) size: Size,
    pub(crate) period: Option<Period>,
    pub(crate) programme: Option<ProgrammeId>,
    /// The position to draw as of.
    pub(crate) seq: Option<u64>,
}

impl ChartAddress {
    /// Parses path and query; `None` for anything that no window sends.
    pub(crate) fn parse(path: &str, query: &str) -> Option<Self> {
        let (dashboard, tile) = path.trim_start_matches('/').split_once('/')?;
        let tile = tile.strip_suffix(".svg")?;
        DashboardId::new(dashboard).ok()?;
        DashboardId::new(tile).ok()?;
        let mut address = Self {
            dashboard: dashboard.to_owned(),
            tile: tile.to_owned(),
            mode: Mode::Light,
            size: Size { width_pt: 480.0, height_pt: 300.0 },
            period: None,
            programme: None,
            seq: None,
        };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=')?;
            let length = || value.parse::<f64>().ok().filter(|v| (80.0..=4_000.0).contains(v));
            match name {
                "mode" => address.mode = if value == "dark" { Mode::Dark } else { Mode::Light },
                "w" => address.size.width_pt = length()?,
                "h" => address.size.height_pt = length()?,
                "period" if !value.is_empty() => address.period = Some(Period::parse(value)?),
                "programme" if !value.is_empty() => address.programme = Some(ProgrammeId::new(value).ok()?),
                "seq" => address.seq = Some(value.parse().ok()?),
                _ => (),
            }
        }
        Some(address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use board_domain::{Dashboard, DashboardId, Fact, MetricId, Role, Tile, Words};

    use crate::testing::{
        desk,
        log::{Log, founded, measured, report, tenant},
    };

    fn sessions(period: &str) -> Fact {
        measured(&format!("sessions/{period}/all"), 40.0)
    }

    #[test]
    fn an_earlier_moment_shows_the_quarter_of_then_also_where_its_event_is_hidden() {
        let title = Words { en: "Overview".into(), nb: "Oversikt".into(), uk: "Огляд".into() };
        let id = DashboardId::new("overview").unwrap();
        let dashboard = Dashboard { id, version: 1, title, order: 0, tiles: Vec::new() };
        let mut log = Log::new();
        log.fact(&founded(&tenant()))
            .fact(&Fact::DashboardArranged { dashboard })
            .fact(&sessions("2026-Q2"))
            .fact(&sessions("2026-Q3"))
            // A viewer is not shown drafts.
            .fact(&report("draft", 1))
            .fact(&sessions("2026-Q1"));
        let desk = desk(&log, Role::Viewer, "2026-11-27T12:00:00Z".parse().unwrap());
        desk.unlock().unwrap();
        let quarter = |as_of| desk.dashboard("overview", None, None, as_of).unwrap().period.to_string();
        assert_eq!(quarter(None), "2026-Q3");
        // Recorded in September: the third quarter had not ended.
        assert_eq!(quarter(Some(4)), "2026-Q2");
        assert_eq!(quarter(Some(5)), "2026-Q2");
    }

    #[test]
    fn what_is_drawn_tells_when_a_picture_changed() {
        let words = |text: &str| Words { en: text.into(), nb: text.into(), uk: text.into() };
        let id = DashboardId::new("overview").unwrap();
        let metrics = vec![MetricId::new("sessions").unwrap()];
        let shows = Shows::Line { title: words("Sessions"), metrics, grain: Grain::Quarter, points: 4 };
        let tiles = vec![Tile { id: "line".into(), shows }];
        let dashboard = Dashboard { id, version: 1, title: words("Overview"), order: 0, tiles };
        let mut log = Log::new();
        log.fact(&founded(&tenant()))
            .fact(&Fact::DashboardArranged { dashboard })
            .fact(&sessions("2026-Q2"))
            .fact(&measured("volunteers/2026-Q2/all", 7.0))
            .fact(&measured("sessions/2026-Q2/all", 41.0));
        let desk = desk(&log, Role::Director, "2026-11-27T12:00:00Z".parse().unwrap());
        desk.unlock().unwrap();
        let drawn = |as_of| {
            let view = desk.dashboard("overview", Some("2026-Q2"), None, as_of).unwrap();
            let TileView::Chart { drawn, .. } = &view.tiles[0] else { panic!("a chart") };
            drawn.clone()
        };
        assert_eq!(drawn(Some(3)), drawn(Some(4)), "another figure");
        assert_ne!(drawn(Some(4)), drawn(Some(5)), "a figure of the chart");
        assert_eq!(drawn(Some(5)), drawn(None));
    }

    #[test]
    fn chart_addresses_read_and_hostile_ones_do_not() {
        let address =
            ChartAddress::parse("/overview/hours.svg", "mode=dark&w=640&h=320&period=2026-Q3&seq=9").unwrap();
        assert_eq!((address.dashboard.as_str(), address.tile.as_str()), ("overview", "hours"));
        assert_eq!((address.mode, address.period), (Mode::Dark, Period::parse("2026-Q3")));
        assert_eq!(address.seq, Some(9));
        for (path, query) in [
            ("/overview", ""),
            ("/../etc/passwd.svg", ""),
            ("/overview/hours.png", ""),
            ("/overview/hours.svg", "w=1e9"),
            ("/overview/hours.svg", "w=nan"),
            ("/overview/hours.svg", "period=soon"),
            ("/overview/hours.svg", "w"),
            ("/overview/hours.svg", "seq=-1"),
        ] {
            assert_eq!(ChartAddress::parse(path, query), None, "{path}?{query}");
        }
    }
}
