//! Benchmarks: what companies alike reach, measured over all tenants and told to each in its own log. The only place where one
//! tenant's figures are read for another; what comes out is a [`Spread`] of at least ten companies that agreed, or nothing.

use std::collections::BTreeMap;

use board_domain::{
    Benchmark, Book, Cohort, Fact, Figure, FigureValue, Grain, MetricId, Period, Row, Spread, Table, Tenant,
    TenantId, UnitKind,
};
use jiff::{Timestamp, tz::TimeZone};

use crate::{
    admin::append,
    clock::Clock,
    store::{Store, StoreError, Transaction, tenant},
};

/// How long after its start a server measures, and how often from then on.
const FIRST: std::time::Duration = std::time::Duration::from_hours(1);
const EVERY: std::time::Duration = std::time::Duration::from_hours(24);

/// Measures once a day for as long as it is polled.
pub(crate) async fn keep(store: Store, clock: Clock) {
    let mut due = tokio::time::interval_at(tokio::time::Instant::now() + FIRST, EVERY);
    loop {
        due.tick().await;
        match measure(&store, clock.now()).await {
            Ok(told) => tracing::info!(told, "benchmarks were measured"),
            Err(error) => tracing::warn!(%error, "benchmarks could not be measured"),
        }
    }
}

/// Values that can be compared, by metric and period; of each the version of its definition.
type Values = BTreeMap<(MetricId, Period), (u32, Option<f64>)>;

/// A company and what it reached.
struct Company {
    tenant: Tenant,
    values: Values,
}

/// Measures every benchmark and appends to each log what is new there; how many facts that were.
pub(crate) async fn measure(store: &Store, now: Timestamp) -> Result<usize, StoreError> {
    let mut companies = Vec::new();
    for (id, _) in store.read(tenant::heads).await? {
        let asked = id.clone();
        let read = move |transaction: &mut Transaction<'_>| Ok(company(transaction.book(&asked)?, now));
        companies.extend(store.write::<_, StoreError, _>(Some(&id), read).await?);
    }
    let mut told = 0;
    for company in &companies {
        let (id, found) = (company.tenant.id.clone(), spreads(company, &companies));
        told += tell(store, id, found, now).await?;
    }
    Ok(told)
}

/// What a tenant reached in quarters and years that have ended. Money is left out: currencies do not compare.
fn company(book: &Book, now: Timestamp) -> Option<Company> {
    let tenant = book.tenant()?.clone();
    let zone = TimeZone::get(&tenant.zone).unwrap_or(TimeZone::UTC);
    let comparable = |figure: &Figure| {
        let key = &figure.key;
        let definition = book.definition(&format!("{}/{}", key.metric, figure.definition));
        key.programme.is_none()
            && key.period.grain() != Grain::Month
            && key.period.end(&zone) <= now
            && definition.is_some_and(|definition| definition.unit != UnitKind::Money)
    };
    let values = book.table(Table::Figure).filter_map(|(_, row)| match row {
        Row::Figure(figure) if comparable(figure) => {
            let key = (figure.key.metric.clone(), figure.key.period);
            Some((key, (figure.definition, FigureValue::number(&figure.value))))
        }
        _ => None,
    });
    let values = values.collect();
    Some(Company { tenant, values })
}

/// The benchmarks of a company: for each of its figures, over the cohort most like it that is large enough.
fn spreads(company: &Company, all: &[Company]) -> Vec<Benchmark> {
    let cohorts: Vec<(Cohort, Vec<&Company>)> = Cohort::of(&company.tenant)
        .into_iter()
        .map(|cohort| {
            let counted = |other: &&Company| other.tenant.benchmark_consent && cohort.holds(&other.tenant);
            let members = all.iter().filter(counted).collect();
            (cohort, members)
        })
        .collect();
    let mut found = Vec::new();
    for (key, (definition, _)) in &company.values {
        let measured = cohorts.iter().find_map(|(cohort, members)| {
            let values = members.iter().filter_map(|member| match member.values.get(key) {
                Some((version, value)) if version == definition => *value,
                _ => None,
            });
            Spread::of(values.collect()).map(|spread| (cohort.clone(), spread))
        });
        if let Some((cohort, spread)) = measured {
            let (metric, period) = key.clone();
            found.push(Benchmark { metric, definition: *definition, period, cohort, spread });
        }
    }
    found
}

/// Appends what differs from what the company was told last; a benchmark that is no longer measured is taken back.
async fn tell(
    store: &Store,
    id: TenantId,
    found: Vec<Benchmark>,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let asked = id.clone();
    let work = move |transaction: &mut Transaction<'_>| {
        let book = transaction.book(&asked)?;
        let known = book.table(Table::Benchmark).filter_map(|(key, row)| match row {
            Row::Benchmark(benchmark) => Some((key.to_owned(), benchmark.clone())),
            _ => None,
        });
        let mut known: BTreeMap<String, Benchmark> = known.collect();
        let mut facts = Vec::new();
        for benchmark in &found {
            if known.remove(&benchmark.key()).as_ref() != Some(benchmark) {
                facts.push(Fact::BenchmarkMeasured { benchmark: benchmark.clone() });
            }
        }
        let gone = known.into_values();
        facts
            .extend(gone.map(|Benchmark { metric, period, .. }| Fact::BenchmarkWithdrawn { metric, period }));
        let count = facts.len();
        if count > 0 {
            append(transaction, &asked, now, facts)?;
        }
        Ok(count)
    };
    store.write(Some(&id), work).await
}

#[cfg(test)]
mod tests;
