//! Who is counted, who is told what, and what is never told.

use board_domain::{Currency, FigureKey, FigureValue, LEAST_COMPANIES, Locale, Watermark};

use super::*;
use crate::admin::found;

fn now() -> Timestamp {
    "2026-11-27T12:00:00Z".parse().unwrap()
}

fn id(number: usize) -> TenantId {
    TenantId::new(format!("company-{number:02}")).unwrap()
}

fn tenant(number: usize, industry: &str) -> Tenant {
    Tenant {
        id: id(number),
        name: format!("Company {number}"),
        short_name: "company".into(),
        locale: Locale::En,
        zone: "Europe/Oslo".into(),
        currency: Currency::parse("NOK").unwrap(),
        industry: industry.into(),
        employees: 900,
        accent: "#0F5C7A".into(),
        watermark: Watermark::default(),
        partner: None,
        benchmark_consent: true,
    }
}

fn figure(key: &str, value: Option<f64>) -> Fact {
    let value = value.map_or(FigureValue::Withheld, |value| FigureValue::Number { value });
    let key = FigureKey::parse(key).unwrap();
    let figure = Figure { key, definition: 1, value, inputs: BTreeMap::new(), measured_at: now() };
    Fact::FigureMeasured { figure }
}

async fn settle(store: &Store, tenant: Tenant, facts: Vec<Fact>) {
    let id = tenant.id.clone();
    let work = move |transaction: &mut Transaction<'_>| -> Result<(), crate::admin::AdminError> {
        found(transaction, &tenant, &[], now())?;
        Ok(append(transaction, &tenant.id, now(), facts.clone())?)
    };
    store.write(Some(&id), work).await.unwrap();
}

async fn add(store: &Store, number: usize, fact: Fact) {
    let work =
        move |transaction: &mut Transaction<'_>| append(transaction, &id(number), now(), vec![fact.clone()]);
    store.write::<_, StoreError, _>(Some(&id(number)), work).await.unwrap();
}

/// What a company is told.
async fn told(store: &Store, number: usize) -> Vec<Benchmark> {
    let work = move |transaction: &mut Transaction<'_>| -> Result<_, StoreError> {
        let rows = transaction.book(&id(number))?.table(Table::Benchmark);
        Ok(rows
            .filter_map(
                |(_, row)| if let Row::Benchmark(benchmark) = row { Some(benchmark.clone()) } else { None },
            )
            .collect::<Vec<_>>())
    };
    store.write(Some(&id(number)), work).await.unwrap()
}

/// So many companies of one kind, the ratio of each its number.
async fn companies(store: &Store, count: usize) {
    for number in 1..=count {
        let value = f64::from(u32::try_from(number).unwrap());
        settle(store, tenant(number, "energy"), vec![figure("sroi/2026-Q3/all", Some(value))]).await;
    }
}

#[tokio::test]
async fn ten_that_agreed_are_told_of_and_nine_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store.db"), None).unwrap();
    companies(&store, LEAST_COMPANIES - 1).await;
    // One that did not agree is not counted, and is told all the same once there is something to tell.
    let silent = Tenant { benchmark_consent: false, ..tenant(50, "energy") };
    settle(&store, silent, vec![figure("sroi/2026-Q3/all", Some(1e6))]).await;
    assert_eq!(measure(&store, now()).await.unwrap(), 0);

    settle(&store, tenant(10, "energy"), vec![figure("sroi/2026-Q3/all", Some(10.0))]).await;
    assert_eq!(measure(&store, now()).await.unwrap(), 11);
    let [benchmark] = told(&store, 50).await.try_into().unwrap();
    assert_eq!(benchmark.spread, Spread::of((1..=10).map(f64::from).collect()).unwrap());
    assert_eq!(benchmark.cohort, Cohort::of(&tenant(1, "energy"))[0]);
    assert_eq!(measure(&store, now()).await.unwrap(), 0, "nothing is said twice");

    add(&store, 3, figure("sroi/2026-Q3/all", Some(30.0))).await;
    assert_eq!(measure(&store, now()).await.unwrap(), 11);
    assert_eq!(told(&store, 1).await[0].spread.companies, 10);

    // One thinks better of it: too few are left, and what was told is taken back.
    add(&store, 5, Fact::BenchmarkConsentSet { given: false }).await;
    assert_eq!(measure(&store, now()).await.unwrap(), 11);
    assert_eq!(told(&store, 1).await, []);
    assert_eq!(measure(&store, now()).await.unwrap(), 0);
}

#[tokio::test]
async fn a_company_of_another_kind_is_compared_with_more() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store.db"), None).unwrap();
    companies(&store, 10).await;
    settle(&store, tenant(60, "retail"), vec![figure("sroi/2026-Q3/all", Some(4.0))]).await;
    measure(&store, now()).await.unwrap();
    let [benchmark] = told(&store, 60).await.try_into().unwrap();
    assert_eq!((benchmark.cohort, benchmark.spread.companies), (Cohort::default(), 11));
    assert_eq!(told(&store, 1).await[0].spread.companies, 10);
}

#[tokio::test]
async fn what_does_not_compare_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store.db"), None).unwrap();
    for number in 1..=12 {
        let facts = vec![
            // Money, a month, one programme, and a quarter that has not ended.
            figure("social_value/2026-Q3/all", Some(1.0)),
            figure("sroi/2026-09/all", Some(1.0)),
            figure("sroi/2026-Q2/buddy", Some(1.0)),
            figure("sroi/2026-Q4/all", Some(1.0)),
            // Withheld values are no values: these are of nine.
            figure("vis/2026-Q3/all", (number <= 9).then_some(50.0)),
        ];
        settle(&store, tenant(number, "energy"), facts).await;
    }
    assert_eq!(measure(&store, now()).await.unwrap(), 0);
}
