//! Companies with whom the demo's are compared: a few figures each, from a fixed seed. Nobody signs in to them, and nothing of
//! one of them is shown to anybody.

use std::collections::BTreeMap;

use board_domain::{Currency, IdError, Locale, Tenant, TenantId, Watermark};
use serde::Serialize;

use super::random::Random;

/// With those of the demo that are alike, more than the fewest that may be told of.
const PEERS: usize = 11;
const QUARTERS: [&str; 4] = ["2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"];
/// Metric, its range among the companies at first, and what a quarter adds at most.
const METRICS: [(&str, (f64, f64), f64); 3] =
    [("sroi", (1.9, 3.4), 0.15), ("vis", (52.0, 78.0), 1.5), ("participation", (0.36, 0.62), 0.02)];

#[derive(Serialize)]
pub(crate) struct SeedPeer {
    tenant: Tenant,
    figures: BTreeMap<String, f64>,
}

pub(crate) fn all() -> Result<Vec<SeedPeer>, IdError> {
    (1..=PEERS).map(peer).collect()
}

fn peer(number: usize) -> Result<SeedPeer, IdError> {
    let id = format!("peer-{number:02}");
    let mut random = Random::named(&id);
    let mut figures = BTreeMap::new();
    for (metric, (low, high), step) in METRICS {
        let mut value = random.between(low, high);
        for quarter in QUARTERS {
            figures.insert(format!("{metric}/{quarter}/all"), (value * 1e3).round() / 1e3);
            value += random.between(-step / 3.0, step);
        }
    }
    let tenant = Tenant {
        id: TenantId::new(id)?,
        name: format!("Company {number}"),
        short_name: format!("Company{number}"),
        locale: Locale::En,
        zone: "Europe/Oslo".into(),
        currency: Currency::parse("NOK").ok_or(IdError)?,
        industry: "energy".into(),
        employees: 600 + 350 * u32::try_from(number).unwrap_or(0),
        accent: "#475569".into(),
        watermark: Watermark::default(),
        partner: None,
        benchmark_consent: true,
    };
    Ok(SeedPeer { tenant, figures })
}
