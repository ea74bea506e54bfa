//! Typed reads of one tenant at one position of its log, in one language.
//!
//! Every view, chart and pack looks through a lens, so all of them can be asked "as of". Not a cache.

use std::collections::BTreeMap;

use board_domain::{
    Attestation, Benchmark, Currency, Dashboard, Event, Evidence, Figure, FigureKey, Locale,
    MetricDefinition, MetricId, Note, Period, Person, PersonId, Programme, ProgrammeId, Report, Row, Signed,
    Table, Tenant, TenantId, Unit,
};
use board_vault::{Reader, Versioned};
use jiff::{Timestamp, tz::TimeZone};

use crate::fault::{Code, Fault};

/// A figure with the position and times that brought it.
pub(crate) type Told = (Figure, Versioned<()>);

/// A way of looking at one tenant.
pub(crate) struct Lens<'a> {
    pub(crate) reader: &'a Reader,
    id: TenantId,
    as_of: Option<u64>,
    /// Language of what is read.
    pub(crate) locale: Locale,
    /// The tenant.
    pub(crate) tenant: Tenant,
    definitions: BTreeMap<MetricId, MetricDefinition>,
    /// Dashboards as they will stand once what waits is sent.
    arranged: Vec<Dashboard>,
}

macro_rules! rows {
    ($(#[$doc:meta])* $name:ident, $table:ident, $type:ty) => {
        $(#[$doc])*
        pub(crate) fn $name(&self) -> Result<Vec<$type>, Fault> {
            let rows = self.reader.rows(&self.id, Table::$table, self.as_of)?;
            Ok(rows
                .into_iter()
                .filter_map(|(_, row)| if let Row::$table(row) = row.row { Some(row) } else { None })
                .collect())
        }
    };
}

macro_rules! row {
    ($(#[$doc:meta])* $name:ident, $table:ident, $type:ty) => {
        $(#[$doc])*
        pub(crate) fn $name(&self, key: &str) -> Result<Option<$type>, Fault> {
            let row = self.reader.row(&self.id, Table::$table, key, self.as_of)?;
            Ok(row.and_then(|row| if let Row::$table(row) = row.row { Some(row) } else { None }))
        }
    };
}

impl<'a> Lens<'a> {
    /// Looks at a tenant; [`Code::NotSynced`] where its data has not arrived yet.
    pub(crate) fn new(
        reader: &'a Reader,
        id: &TenantId,
        as_of: Option<u64>,
        locale: Locale,
    ) -> Result<Self, Fault> {
        let found = reader.row(id, Table::Tenant, id.as_str(), as_of)?;
        let Some(Versioned { row: Row::Tenant(tenant), .. }) = found else {
            return Err(Code::NotSynced.into());
        };
        let mut definitions = BTreeMap::<MetricId, MetricDefinition>::new();
        for (_, row) in reader.rows(id, Table::Definition, as_of)? {
            if let Row::Definition(definition) = row.row
                && definitions.get(&definition.id).is_none_or(|known| known.version < definition.version)
            {
                definitions.insert(definition.id.clone(), definition);
            }
        }
        Ok(Self { reader, id: id.clone(), as_of, locale, tenant, definitions, arranged: Vec::new() })
    }

    rows!(
        /// Dashboards of the log.
        logged_dashboards, Dashboard, Dashboard
    );
    rows!(
        /// Programmes by id.
        programmes, Programme, Programme
    );
    rows!(
        /// Evidence by id.
        evidence, Evidence, Evidence
    );
    rows!(
        /// Reports in progress.
        reports, Report, Report
    );
    rows!(
        /// Published reports.
        published, Published, Report
    );
    rows!(
        /// Notes that the reader may read.
        notes, Note, Note
    );
    row!(
        /// A dashboard of the log by id.
        logged_dashboard, Dashboard, Dashboard
    );
    row!(
        /// A snippet by id.
        snippet, Evidence, Evidence
    );

    /// Shows these dashboards in place of those of the log.
    pub(crate) fn expect_arranged(&mut self, dashboards: Vec<Dashboard>) {
        self.arranged = dashboards;
    }

    /// Dashboards.
    pub(crate) fn dashboards(&self) -> Result<Vec<Dashboard>, Fault> {
        let mut all = self.logged_dashboards()?;
        all.retain(|one| self.arranged.iter().all(|other| other.id != one.id));
        all.extend(self.arranged.iter().cloned());
        Ok(all)
    }

    /// A dashboard by id.
    pub(crate) fn dashboard(&self, key: &str) -> Result<Option<Dashboard>, Fault> {
        match self.arranged.iter().find(|dashboard| dashboard.id.as_str() == key) {
            Some(arranged) => Ok(Some(arranged.clone())),
            None => self.logged_dashboard(key),
        }
    }

    /// Every metric that is defined here, by id.
    pub(crate) fn definitions(&self) -> impl Iterator<Item = &MetricDefinition> {
        self.definitions.values()
    }

    /// A person by id.
    pub(crate) fn person(&self, id: &PersonId) -> Result<Option<Person>, Fault> {
        let row = self.reader.row(&self.id, Table::Person, id.as_str(), self.as_of)?;
        Ok(row.and_then(|row| if let Row::Person(person) = row.row { Some(person) } else { None }))
    }

    /// Every figure.
    pub(crate) fn all_figures(&self) -> Result<Vec<Figure>, Fault> {
        let rows = self.reader.rows(&self.id, Table::Figure, self.as_of)?;
        Ok(rows.into_iter().filter_map(|(_, row)| split(row)).map(|(figure, _)| figure).collect())
    }

    /// Positions that changed a report, oldest first; as far back as the history is here.
    pub(crate) fn report_positions(&self, report: &Report) -> Result<Vec<u64>, Fault> {
        let limit = self.as_of.unwrap_or(u64::MAX);
        let rows = self.reader.history(&self.id, Table::Report, report.id.as_str())?;
        let mut positions: Vec<u64> =
            rows.iter().map(|row| row.since_seq).filter(|seq| *seq <= limit).collect();
        positions.sort_unstable();
        Ok(positions)
    }

    /// Every version of a row up to the position looked at.
    pub(crate) fn versions_of(&self, table: Table, key: &str) -> Result<Vec<Versioned<Row>>, Fault> {
        let limit = self.as_of.unwrap_or(u64::MAX);
        let mut rows = self.reader.history(&self.id, table, key)?;
        rows.retain(|row| row.since_seq <= limit);
        Ok(rows)
    }

    row!(
        /// A benchmark by [`Benchmark::key`].
        benchmark, Benchmark, Benchmark
    );

    /// When the newest event that it looks at was recorded.
    pub(crate) fn time(&self) -> Result<Option<Timestamp>, Fault> {
        Ok(self.reader.time_at(&self.id, self.as_of.unwrap_or(u64::MAX))?)
    }

    /// The event at a position, where it is here.
    pub(crate) fn event(&self, seq: u64) -> Result<Option<Event>, Fault> {
        let events = self.reader.events(&self.id, seq.saturating_sub(1), 1)?;
        Ok(events.into_iter().find(|event| event.seq == seq))
    }

    /// The newest earlier report of the same template that was published, and the position that published it.
    pub(crate) fn last_board(&self, report: &Report) -> Result<Option<(Report, u64)>, Fault> {
        let rows = self.reader.rows(&self.id, Table::Published, self.as_of)?.into_iter();
        let published = rows.filter_map(|(_, row)| match row.row {
            Row::Published(published) => Some((published, row.since_seq)),
            _ => None,
        });
        let earlier = published.filter(|(known, _)| {
            known.id != report.id
                && known.template == report.template
                && known.period.last() < report.period.last()
        });
        Ok(earlier.max_by_key(|(known, seq)| (known.period.last(), *seq)))
    }

    /// The company's word for the approval of a report, where it is approved and there is one.
    pub(crate) fn attestation(&self, report: &Report) -> Result<Option<Signed>, Fault> {
        if !report.status.is_final() {
            return Ok(None);
        }
        let key = Attestation::key(&report.id, report.version);
        let row = self.reader.row(&self.id, Table::Attestation, &key, self.as_of)?;
        Ok(row.and_then(|row| match row.row {
            Row::Attestation(attestation) => Some(attestation.statement),
            _ => None,
        }))
    }

    /// The newest definition of a metric.
    pub(crate) fn definition(&self, metric: &MetricId) -> Option<&MetricDefinition> {
        self.definitions.get(metric)
    }

    /// A metric's name, or its id where it is not defined here.
    pub(crate) fn metric_name(&self, metric: &MetricId) -> String {
        self.definition(metric).map_or_else(|| metric.to_string(), |d| d.name.get(self.locale).to_owned())
    }

    /// A metric's unit in the tenant's currency.
    pub(crate) fn unit(&self, metric: &MetricId) -> Unit {
        self.definition(metric).map_or(Unit::Count, |d| d.unit.unit(self.currency()))
    }

    /// The definition that a figure was measured by.
    pub(crate) fn definition_of(&self, figure: &Figure) -> Result<Option<MetricDefinition>, Fault> {
        let key = format!("{}/{}", figure.key.metric, figure.definition);
        let row = self.reader.row(&self.id, Table::Definition, &key, self.as_of)?;
        Ok(row
            .and_then(|row| if let Row::Definition(definition) = row.row { Some(definition) } else { None }))
    }

    /// A figure with the position and times that brought it.
    pub(crate) fn figure(&self, key: &FigureKey) -> Result<Option<Told>, Fault> {
        let row = self.reader.row(&self.id, Table::Figure, &key.to_string(), self.as_of)?;
        Ok(row.and_then(split))
    }

    /// Every published value of a figure, newest first.
    pub(crate) fn figure_history(&self, key: &FigureKey) -> Result<Vec<Told>, Fault> {
        let rows = self.reader.history(&self.id, Table::Figure, &key.to_string())?;
        let limit = self.as_of.unwrap_or(u64::MAX);
        Ok(rows.into_iter().filter(|row| row.since_seq <= limit).filter_map(split).collect())
    }

    /// The number of a figure, where it has one.
    pub(crate) fn number(
        &self,
        metric: &MetricId,
        period: Period,
        programme: Option<&ProgrammeId>,
    ) -> Result<Option<f64>, Fault> {
        let key = FigureKey { metric: metric.clone(), period, programme: programme.cloned() };
        Ok(self.figure(&key)?.and_then(|(figure, _)| figure.value.number()))
    }

    /// Periods that can be chosen, newest first: quarters, then years, then months. Those for which sessions were measured
    /// over all programmes.
    pub(crate) fn periods(&self) -> Result<Vec<Period>, Fault> {
        let mut periods: Vec<Period> = self
            .reader
            .keys_with_prefix(&self.id, Table::Figure, "sessions/", self.as_of)?
            .into_iter()
            .filter_map(|key| FigureKey::parse(&key))
            .filter(|key| key.programme.is_none())
            .map(|key| key.period)
            .collect();
        let rank = |period: &Period| match period {
            Period::Quarter(..) => 0,
            Period::Year(_) => 1,
            Period::Month(..) => 2,
        };
        periods.sort_by(|a, b| rank(a).cmp(&rank(b)).then(b.cmp(a)));
        Ok(periods)
    }

    /// A programme's name, or "all programmes".
    pub(crate) fn programme_name(&self, programme: Option<&ProgrammeId>) -> Result<String, Fault> {
        let Some(id) = programme else {
            return Ok(crate::words::all_programmes(self.locale).to_owned());
        };
        let row = self.reader.row(&self.id, Table::Programme, id.as_str(), self.as_of)?;
        Ok(match row {
            Some(Versioned { row: Row::Programme(programme), .. }) => {
                programme.name.get(self.locale).to_owned()
            }
            _ => id.to_string(),
        })
    }

    /// The tenant's currency.
    pub(crate) fn currency(&self) -> Currency {
        self.tenant.currency
    }

    /// The tenant's time zone; UTC where its name is not known here.
    pub(crate) fn zone(&self) -> TimeZone {
        TimeZone::get(&self.tenant.zone).unwrap_or(TimeZone::UTC)
    }
}

fn split(row: Versioned<Row>) -> Option<Told> {
    let Versioned { row, since_seq, at, received_at } = row;
    if let Row::Figure(figure) = row {
        Some((figure, Versioned { row: (), since_seq, at, received_at }))
    } else {
        None
    }
}
