//! Periods and numbers: calendar arithmetic holds for every period, and what a locale writes reads back.
// Helpers of a test fail it by panicking.
#![allow(clippy::unwrap_used)]

use board_domain::{Currency, FigureKey, Grain, Locale, Money, Period, Unit};
use jiff::{ToSpan, civil::Date, tz::TimeZone};
use proptest::prelude::*;

fn period() -> impl Strategy<Value = Period> {
    prop_oneof![
        (1901..2200_i16).prop_map(Period::Year),
        (1901..2200_i16, 1..5_u8).prop_map(|(year, quarter)| Period::Quarter(year, quarter)),
        (1901..2200_i16, 1..13_u8).prop_map(|(year, month)| Period::Month(year, month)),
    ]
}

fn date() -> impl Strategy<Value = Date> {
    (0..109_000_i32).prop_map(|days| jiff::civil::date(1901, 1, 1).saturating_add(days.days()))
}

/// Reads a number as the locale writes it.
fn read(locale: Locale, text: &str) -> f64 {
    let plain: String = text
        .chars()
        .filter(|c| *c != locale.group())
        .map(|c| {
            if c == locale.decimal() {
                '.'
            } else if c == '\u{2212}' {
                '-'
            } else {
                c
            }
        })
        .collect();
    plain.parse().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn periods_follow_each_other_without_gap_or_overlap(period in period()) {
        prop_assert_eq!(period.next().previous(), period);
        prop_assert_eq!(period.previous().next(), period);
        prop_assert_eq!(period.last().tomorrow().unwrap(), period.next().first());
        prop_assert!(period.contains(period.first()) && period.contains(period.last()));
        prop_assert!(!period.contains(period.next().first()) && !period.contains(period.previous().last()));
        prop_assert_eq!(Period::parse(&period.to_string()), Some(period));
        prop_assert_eq!(period.next().grain(), period.grain());
    }

    #[test]
    fn a_date_lies_in_exactly_one_period_of_a_grain(date in date()) {
        for grain in [Grain::Month, Grain::Quarter, Grain::Year] {
            let period = Period::holding(date, grain);
            prop_assert!(period.first() <= date && date <= period.last());
            prop_assert_eq!(period.grain(), grain);
        }
        let month = Period::holding(date, Grain::Month);
        let quarter = Period::holding(date, Grain::Quarter);
        prop_assert!(quarter.contains(month.first()) && quarter.contains(month.last()));
    }

    #[test]
    fn trailing_periods_end_with_the_one_asked_for(period in period(), count in 1..37_usize) {
        let trailing = period.trailing(count);
        prop_assert_eq!(trailing.len(), count);
        prop_assert_eq!(trailing.last(), Some(&period));
        prop_assert!(trailing.windows(2).all(|pair| pair[0].next() == pair[1]));
    }

    #[test]
    fn a_year_earlier_is_as_many_periods_back_as_a_year_has(period in period()) {
        let per_year = match period.grain() {
            Grain::Month => 12,
            Grain::Quarter => 4,
            Grain::Year => 1,
        };
        prop_assert_eq!(period.trailing(per_year + 1)[0], period.year_earlier());
    }

    #[test]
    fn a_period_ends_when_the_next_begins_in_any_zone(period in period()) {
        for zone in ["Europe/Oslo", "Europe/Kyiv", "UTC"] {
            let zone = TimeZone::get(zone).unwrap();
            let end = period.end(&zone).to_zoned(zone.clone());
            prop_assert_eq!(end.date(), period.next().first());
        }
    }

    #[test]
    fn anything_at_all_is_parsed_or_refused(text in ".{0,20}") {
        if let Some(period) = Period::parse(&text) {
            prop_assert_eq!(period.to_string(), text.clone());
        }
        if let Some(key) = FigureKey::parse(&text) {
            prop_assert_eq!(key.to_string(), text);
        }
    }

    #[test]
    fn numbers_read_back_to_half_a_unit_of_the_last_decimal(value in -1e9..1e9_f64, decimals in 0..4_usize) {
        for locale in Locale::ALL {
            let text = locale.number(value, decimals);
            let half = 0.5 * 10f64.powi(-i32::try_from(decimals).unwrap());
            prop_assert!((read(locale, &text) - value).abs() <= half * 1.000_001 + 1e-6, "{}", text);
            let fraction = text.split_once(locale.decimal()).map_or(0, |(_, fraction)| fraction.len());
            prop_assert_eq!(fraction, decimals);
            prop_assert!(!text.contains(' ') && !text.contains('-'), "a break or a hyphen in {}", text);
        }
    }

    #[test]
    fn groups_have_three_digits(value in 0_u64..10_000_000_000) {
        for locale in Locale::ALL {
            let text = locale.number(value as f64, 0);
            let mut groups = text.split(locale.group());
            prop_assert!((1..=3).contains(&groups.next().unwrap().len()));
            prop_assert!(groups.all(|group| group.len() == 3));
            prop_assert_eq!(text.replace(locale.group(), ""), value.to_string());
        }
    }

    #[test]
    fn money_keeps_its_minor_units(minor in -1_000_000_000_000_i64..1_000_000_000_000) {
        for code in ["NOK", "JPY"] {
            let currency = Currency::parse(code).unwrap();
            let money = Money { minor, currency };
            prop_assert_eq!(Money::from_major(money.major(), currency), Some(money));
        }
    }
}

#[test]
fn every_unit_has_a_text_for_the_odd_values_too() {
    let nok = Currency::parse("NOK").unwrap();
    for locale in Locale::ALL {
        for unit in [Unit::Count, Unit::Hours, Unit::Points, Unit::Fraction, Unit::Ratio, Unit::Money(nok)] {
            for value in [0.0, -0.0, -0.000_1, f64::MAX, f64::MIN_POSITIVE, f64::NAN, f64::INFINITY] {
                assert!(!locale.value(value, unit).is_empty());
                assert!(!locale.short(value, unit).is_empty());
            }
            assert!(!locale.value(-0.0, unit).contains('\u{2212}'), "{locale:?} {unit:?}");
        }
    }
}
