//! Benchmarks: what companies alike reach, measured over all tenants and told to each in its own log. The only place where one
//! tenant's figures are read for another; what comes out is a [`Spread`] of at least ten companies that agreed, or nothing.

use std::collections::BTreeMap;

use board_domain::{
    Benchmark, Book, Cohort, Fact, Figure, Grain, MetricId, Period, Row, Spread, Table, Tenant, TenantId,
    UnitKind,
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

/// What compares with what: a metric over a period by one version of its definition.
type Measure = (MetricId, Period, u32);

/// A company, what it reached (nothing where a value is withheld or absent), and what it was told last, by key.
struct Company {
    tenant: Tenant,
    values: BTreeMap<Measure, Option<f64>>,
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
    // Over many companies this is work for a while.
    let news =
        tokio::task::spawn_blocking(move || compare(&companies)).await.map_err(|_| StoreError::Closed)?;
    let mut count = 0;
    for (id, facts) in news {
        count += facts.len();
        let asked = id.clone();
        let tell = move |transaction: &mut Transaction<'_>| append(transaction, &asked, now, facts.clone());
        store.write(Some(&id), tell).await?;
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
    let mut values = BTreeMap::new();
    for (_, row) in book.table(Table::Figure) {
        if let Row::Figure(figure) = row
            && comparable(figure)
        {
            let measure = (figure.key.metric.clone(), figure.key.period, figure.definition);
            values.insert(measure, figure.value.number());
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

/// What each company is to be told, where that is anything.
fn compare(companies: &[Company]) -> Vec<(TenantId, Vec<Fact>)> {
    let mut cohorts: BTreeMap<Cohort, BTreeMap<Measure, Spread>> = BTreeMap::new();
    let mut news = Vec::new();
    for company in companies {
        let alike = Cohort::of(&company.tenant);
        for cohort in &alike {
            if !cohorts.contains_key(cohort) {
                cohorts.insert(cohort.clone(), spreads(cohort, companies));
            }
        }
        // Over the cohort most like it that is large enough.
        let benchmark = |measure: &Measure| {
            let (cohort, spread) =
                alike.iter().find_map(|cohort| Some((cohort, cohorts.get(cohort)?.get(measure)?)))?;
            let (metric, period, definition) = measure.clone();
            Some(Benchmark { metric, definition, period, cohort: cohort.clone(), spread: spread.clone() })
        };
        let facts = differing(company, company.values.keys().filter_map(benchmark));
        if !facts.is_empty() {
            news.push((company.tenant.id.clone(), facts));
        }
    }
    news
}

/// The spreads of a cohort over those of its companies that agreed, where they are enough.
fn spreads(cohort: &Cohort, companies: &[Company]) -> BTreeMap<Measure, Spread> {
    let mut values: BTreeMap<Measure, Vec<f64>> = BTreeMap::new();
    for company in companies {
        if company.tenant.benchmark_consent && cohort.holds(&company.tenant) {
            for (measure, value) in &company.values {
                values.entry(measure.clone()).or_default().extend(value);
            }
        }
    }
    values.into_iter().filter_map(|(measure, values)| Some((measure, Spread::of(values)?))).collect()
}

/// What differs from what the company was told last; a benchmark that is no longer measured is taken back.
fn differing(company: &Company, found: impl Iterator<Item = Benchmark>) -> Vec<Fact> {
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
