//! Cohorts and spreads: who is alike, what may be told, and the percentiles.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test that cannot go on fails loudly, and these values are exact"
)]

mod common;

use board_domain::{
    Area, Better, Cohort,
    CompanySize::{self, Enterprise, Large, Medium, Small},
    LEAST_COMPANIES, Spread,
};
use common::tenant;
use proptest::prelude::*;

#[test]
fn zones_name_a_part_of_the_world() {
    for (zone, area) in [
        ("Europe/Oslo", Some(Area::Europe)),
        ("Atlantic/Reykjavik", Some(Area::Europe)),
        ("America/Argentina/Cordoba", Some(Area::SouthAmerica)),
        ("America/Sao_Paulo", Some(Area::SouthAmerica)),
        ("America/Indiana/Knox", Some(Area::NorthAmerica)),
        ("Asia/Dubai", Some(Area::MiddleEast)),
        ("Asia/Tokyo", Some(Area::AsiaPacific)),
        ("Pacific/Auckland", Some(Area::AsiaPacific)),
        ("Africa/Lagos", Some(Area::Africa)),
        ("Etc/UTC", None),
        ("UTC", None),
        ("", None),
    ] {
        assert_eq!(Area::of_zone(zone), area, "{zone}");
    }
}

#[test]
fn sizes_meet_at_their_edges() {
    let bands = [50, 51, 500, 501, 5_000, 5_001].map(CompanySize::of);
    assert_eq!(bands, [Small, Medium, Medium, Large, Large, Enterprise]);
}

#[test]
fn a_company_is_in_each_of_its_cohorts_and_they_grow() {
    let company = tenant();
    let cohorts = Cohort::of(&company);
    assert_eq!(cohorts.len(), 4);
    assert!(cohorts.iter().all(|cohort| cohort.holds(&company)));
    let mut smaller = company.clone();
    smaller.employees = 12;
    let holds: Vec<bool> = cohorts.iter().map(|cohort| cohort.holds(&smaller)).collect();
    assert_eq!(holds, [false, true, true, true]);
    let mut other = company;
    other.industry = "retail".into();
    let holds: Vec<bool> = cohorts.iter().map(|cohort| cohort.holds(&other)).collect();
    assert_eq!(holds, [false, false, false, true]);
}

#[test]
fn percentiles_are_those_of_the_textbook() {
    // R: quantile(1:11, c(.1, .25, .5, .75, .9)) and the same of 1:10.
    let spread = Spread::of((1..=11).map(f64::from).collect()).unwrap();
    assert_eq!((spread.p10, spread.p25, spread.median, spread.p75, spread.p90), (2.0, 3.5, 6.0, 8.5, 10.0));
    assert!((spread.mean - 6.0).abs() < 1e-12);
    let spread = Spread::of((1..=10).rev().map(f64::from).collect()).unwrap();
    assert_eq!((spread.p25, spread.median, spread.p75), (3.25, 5.5, 7.75));
}

#[test]
fn badges_go_to_the_better_side() {
    let spread = Spread::of((1..=11).map(f64::from).collect()).unwrap();
    let higher = [10.0, 9.0, 6.0, 5.9].map(|value| spread.badge(value, Better::Higher));
    assert_eq!(higher, [Some(10), Some(25), Some(50), None]);
    let lower = [2.0, 3.0, 6.0, 6.1].map(|value| spread.badge(value, Better::Lower));
    assert_eq!(lower, [Some(10), Some(25), Some(50), None]);
    assert_eq!(spread.badge(10.0, Better::Neither), None);
}

proptest! {
    #[test]
    fn nothing_is_told_of_few_and_percentiles_keep_their_order(values in prop::collection::vec(-1e9_f64..1e9, 0..40)) {
        let spread = Spread::of(values.clone());
        prop_assert_eq!(spread.is_some(), values.len() >= LEAST_COMPANIES);
        if let Some(spread) = spread {
            let order = [spread.p10, spread.p25, spread.median, spread.p75, spread.p90];
            prop_assert!(order.is_sorted());
            let least = values.iter().copied().fold(f64::INFINITY, f64::min);
            let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            prop_assert!(least <= spread.p10 && spread.p90 <= most);
            prop_assert!(least - 1.0 <= spread.mean && spread.mean <= most + 1.0);
        }
    }

    #[test]
    fn what_is_no_number_is_not_counted(few in 0usize..LEAST_COMPANIES) {
        let mut values = vec![1.0; few];
        values.extend([f64::NAN, f64::INFINITY, f64::NEG_INFINITY].repeat(8));
        prop_assert_eq!(Spread::of(values), None);
    }
}
