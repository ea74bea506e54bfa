//! The 24 months of the demo, and when in a month people meet. Not a clock: it knows no today.

use board_domain::Period;
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::random::Random;

/// How many months there are.
pub(crate) const MONTHS: usize = 24;

/// Share of normal activity by calendar month, January first: quiet in July and December.
const SEASON: [f64; 12] = [0.95, 1.0, 1.08, 0.98, 1.05, 0.88, 0.50, 0.86, 1.15, 1.15, 1.10, 0.62];

/// The months, from October 2024 to September 2026.
pub(crate) fn months() -> Vec<Period> {
    Period::Month(2026, 9).trailing(MONTHS)
}

/// Where a month stands between the beginning (0) and the end (1).
pub(crate) fn progress(month: usize) -> f64 {
    month as f64 / (MONTHS - 1) as f64
}

/// A value that moves in a straight line over the months.
pub(crate) fn along((first, last): (f64, f64), month: usize) -> f64 {
    first + (last - first) * progress(month)
}

/// Share of normal activity in a month.
pub(crate) fn season(month: Period) -> f64 {
    SEASON[usize::from(month.first().month().unsigned_abs()) - 1]
}

/// A day of the month; a working day unless weekends count too.
pub(crate) fn day(random: &mut Random, month: Period, weekends: bool) -> Date {
    let days = usize::from(month.last().day().unsigned_abs());
    loop {
        let date = month
            .first()
            .saturating_add(jiff::Span::new().days(i64::try_from(random.below(days)).unwrap_or(0)));
        if weekends || date.weekday().to_monday_zero_offset() < 5 {
            return date;
        }
    }
}

/// The instant of a quarter-hour on a day in Oslo, between two hours of the clock.
pub(crate) fn moment(random: &mut Random, day: Date, hours: std::ops::Range<i8>) -> Timestamp {
    let span = usize::try_from(hours.end - hours.start).unwrap_or(1) * 4;
    let quarters = i8::try_from(random.below(span)).unwrap_or(0);
    let time = day.at(hours.start + quarters / 4, quarters % 4 * 15, 0, 0);
    let oslo = TimeZone::get("Europe/Oslo").unwrap_or(TimeZone::UTC);
    time.to_zoned(oslo).map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}
