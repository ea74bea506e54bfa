//! Benchmarks: what companies alike reach, measured over all tenants and told to each in its own log. The only place where one
//! tenant's figures are read for another; what comes out is a [`Spread`] of at least ten companies that agreed, or nothing.

use std::collections::BTreeMap;

use board_domain::{
    Benchmark, Book, Cohort, Fact, Figure, Grain, MetricId, Period, Row, Spread, Table, Tenant, UnitKind,
};
use jiff::{Timestamp, tz::TimeZone};

use crate::{
    admin::append,
    clock::Clock,
    store::{Store, StoreError, Transaction, known::committed, sql::Sql, tenant},
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

/// A company, what it reached, and what it was told last, by key.
struct Company {
    tenant: Tenant,
    values: Values,
    told: BTreeMap<String, Benchmark>,
}

/// Measures every benchmark and appends to each log what is new there; how many facts that were.
pub(crate) async fn measure(store: &Store, now: Timestamp) -> Result<usize, StoreError> {
    let mut companies = Vec::new();
    for (id, _) in store.read(tenant::heads).await? {
        // Not the writers' own copy: that would keep the rows of every tenant in memory from then on.
        let read = move |sql: &mut dyn Sql| Ok(company(&committed(sql, &id)?, now));
        companies.extend(store.read(read).await?);
    }
    let mut count = 0;
    for company in &companies {
        let facts = news(company, spreads(company, &companies));
        if facts.is_empty() {
            continue;
        }
        count += facts.len();
        let id = company.tenant.id.clone();
        let tell = move |transaction: &mut Transaction<'_>| append(transaction, &id, now, facts.clone());
        store.write(Some(&company.tenant.id), tell).await?;
    }
    Ok(count)
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
    let mut values = Values::new();
    for (_, row) in book.table(Table::Figure) {
        if let Row::Figure(figure) = row
            && comparable(figure)
        {
            let key = (figure.key.metric.clone(), figure.key.period);
            values.insert(key, (figure.definition, figure.value.number()));
        }
    }
    let mut told = BTreeMap::new();
    for (key, row) in book.table(Table::Benchmark) {
        if let Row::Benchmark(benchmark) = row {
            told.insert(key.to_owned(), benchmark.clone());
        }
    }
    Some(Company { tenant, values, told })
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

/// What differs from what the company was told last; a benchmark that is no longer measured is taken back.
fn news(company: &Company, found: Vec<Benchmark>) -> Vec<Fact> {
    let mut gone = company.told.clone();
    let mut facts = Vec::new();
    for benchmark in found {
        if gone.remove(&benchmark.key()).as_ref() != Some(&benchmark) {
            facts.push(Fact::BenchmarkMeasured { benchmark });
        }
    }
    let gone = gone.into_values();
    facts.extend(gone.map(|Benchmark { metric, period, .. }| Fact::BenchmarkWithdrawn { metric, period }));
    facts
}

#[cfg(test)]
mod tests;
