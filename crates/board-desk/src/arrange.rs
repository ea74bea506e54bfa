//! Dashboards arranged by those who may: the definition, what can be put on it, and the next version of it. Not a view of
//! its figures.

use std::collections::BTreeSet;

use board_domain::{Command, Dashboard, DashboardId, UnitKind, Words};
use board_vault::Reader;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    desk::{Desk, Reading},
    fault::{Code, Fault},
    lens::Lens,
    outbox::Expected,
};

/// A dashboard's definition, and what can be put on it.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ArrangementView {
    /// The definition; what waits to be sent counts.
    pub dashboard: Dashboard,
    /// Metrics by name.
    pub metrics: Vec<MetricChoice>,
}

/// A metric that a tile can show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MetricChoice {
    /// Its id.
    pub metric: String,
    /// Its name in the reader's language.
    pub label: String,
    /// Its name in every language, for the title of a tile.
    pub name: Words,
    /// Metrics of one chart share it.
    pub unit: UnitKind,
}

impl Desk {
    /// What a dashboard is made of.
    pub fn arrangement(&self, id: &str) -> Result<ArrangementView, Fault> {
        self.read_arranged(None, |lens, _| {
            let dashboard =
                lens.dashboard(id)?.ok_or_else(|| Fault::new(Code::NotFound, format!("dashboard {id}")))?;
            let mut metrics: Vec<MetricChoice> = lens
                .definitions()
                .map(|definition| MetricChoice {
                    metric: definition.id.to_string(),
                    label: definition.name.get(lens.locale).to_owned(),
                    name: definition.name.clone(),
                    unit: definition.unit,
                })
                .collect();
            metrics.sort_by(|a, b| a.label.cmp(&b.label).then_with(|| a.metric.cmp(&b.metric)));
            Ok(ArrangementView { dashboard, metrics })
        })
    }

    /// Arranges a dashboard anew. It carries the version that was looked at, and is refused where that is not the newest.
    pub fn arrange(&self, mut dashboard: Dashboard) -> Result<(), Fault> {
        dashboard.version = dashboard.version.saturating_add(1);
        self.submit(&Command::ArrangeDashboard { dashboard })
    }

    /// As [`Desk::read`], with the dashboards as they will stand. Only what shows dashboards pays for it.
    pub(crate) fn read_arranged<T>(
        &self,
        as_of: Option<u64>,
        work: impl FnOnce(&Lens<'_>, &Reading) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.read(as_of, |lens, reading| {
            if !reading.past {
                lens.expect_arranged(waiting(lens.reader, reading, self.host.now())?);
            }
            work(lens, reading)
        })
    }
}

/// Dashboards as they will stand, where an arrangement waits to be sent.
fn waiting(reader: &Reader, reading: &Reading, now: Timestamp) -> Result<Vec<Dashboard>, Fault> {
    let arranged: BTreeSet<DashboardId> = reader
        .pending(&reading.tenant)?
        .into_iter()
        .filter_map(|pending| match pending.envelope.command {
            Command::ArrangeDashboard { dashboard } => Some(dashboard.id),
            _ => None,
        })
        .collect();
    if arranged.is_empty() {
        return Ok(Vec::new());
    }
    let expected = Expected::read(reader, &reading.tenant, &reading.person, reading.seq, now)?;
    Ok(arranged.iter().filter_map(|id| expected.book.dashboard(id.as_str()).cloned()).collect())
}
