//! Money, units and calendar periods: the measures that figures are expressed in.
//!
//! Not their text: [`crate::Locale`] writes them.

use std::fmt;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An ISO 4217 currency code, three capital letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, TS)]
#[ts(export, type = "string")]
pub struct Currency([u8; 3]);

impl Currency {
    /// Parses three ASCII letters; `None` for anything else.
    pub fn parse(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_uppercase).then_some(Self(bytes))
    }

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Minor units in one major unit: 1 for currencies without cents, 100 otherwise.
    pub fn minor_per_major(&self) -> i64 {
        if matches!(&self.0, b"JPY" | b"ISK" | b"KRW" | b"CLP" | b"VND") { 1 } else { 100 }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| serde::de::Error::custom("currency must be three capital letters"))
    }
}

/// An amount: integer minor units of a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Money {
    /// Minor units (øre, cents).
    #[ts(type = "number")]
    pub minor: i64,
    /// Of this currency.
    pub currency: Currency,
}

impl Money {
    /// The amount in major units, for arithmetic that ends in a ratio.
    pub fn major(self) -> f64 {
        self.minor as f64 / self.currency.minor_per_major() as f64
    }

    /// The nearest amount in minor units; `None` where it does not fit.
    pub fn from_major(major: f64, currency: Currency) -> Option<Self> {
        let minor = (major * currency.minor_per_major() as f64).round();
        #[allow(clippy::cast_possible_truncation)]
        (minor.abs() < 9.0e15).then_some(Self { minor: minor as i64, currency })
    }
}

/// What a figure's number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Unit {
    /// Whole things: people, sessions.
    Count,
    /// Hours.
    Hours,
    /// Points of a 0-100 score.
    Points,
    /// A fraction stored 0-1, shown as a percentage.
    Fraction,
    /// Units of value for one unit of investment, shown `3.42:1`.
    Ratio,
    /// Major units of a currency.
    Money(Currency),
}

/// How long a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Grain {
    /// A calendar month.
    Month,
    /// A calendar quarter.
    Quarter,
    /// A calendar year.
    Year,
}

/// A calendar period in the tenant's zone, written `2026-09`, `2026-Q3` or `2026`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, TS)]
#[ts(export, type = "string")]
pub enum Period {
    /// A year, 1900-2200.
    Year(i16),
    /// A quarter, 1-4, of a year.
    Quarter(i16, u8),
    /// A month, 1-12, of a year.
    Month(i16, u8),
}

impl Period {
    /// Parses the three written forms; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let year: i16 = text.get(..4)?.parse().ok().filter(|year| (1900..=2200).contains(year))?;
        match text.get(4..)? {
            "" => Some(Self::Year(year)),
            rest => {
                let rest = rest.strip_prefix('-')?;
                if let Some(quarter) = rest.strip_prefix('Q') {
                    let quarter = quarter.parse().ok().filter(|q| (1..=4).contains(q))?;
                    (rest.len() == 2).then_some(Self::Quarter(year, quarter))
                } else {
                    let month = rest.parse().ok().filter(|m| (1..=12).contains(m))?;
                    (rest.len() == 2).then_some(Self::Month(year, month))
                }
            }
        }
    }

    /// The period of the given grain that holds the date.
    pub fn holding(date: Date, grain: Grain) -> Self {
        let month = date.month().unsigned_abs();
        match grain {
            Grain::Month => Self::Month(date.year(), month),
            Grain::Quarter => Self::Quarter(date.year(), (month - 1) / 3 + 1),
            Grain::Year => Self::Year(date.year()),
        }
    }

    /// How long it is.
    pub fn grain(self) -> Grain {
        match self {
            Self::Month(..) => Grain::Month,
            Self::Quarter(..) => Grain::Quarter,
            Self::Year(_) => Grain::Year,
        }
    }

    /// The year it lies in.
    pub fn year(self) -> i16 {
        match self {
            Self::Month(year, _) | Self::Quarter(year, _) | Self::Year(year) => year,
        }
    }

    /// First day, inclusive.
    pub fn first(self) -> Date {
        let (year, month) = match self {
            Self::Month(year, month) => (year, month),
            Self::Quarter(year, quarter) => (year, quarter * 3 - 2),
            Self::Year(year) => (year, 1),
        };
        jiff::civil::date(year, i8::try_from(month).unwrap_or(1), 1)
    }

    /// Last day, inclusive.
    pub fn last(self) -> Date {
        self.next().first().yesterday().unwrap_or(Date::MAX)
    }

    /// Whether the date lies in it.
    pub fn contains(self, date: Date) -> bool {
        Self::holding(date, self.grain()) == self
    }

    /// The period of the same grain after it.
    #[must_use]
    pub fn next(self) -> Self {
        self.step(1)
    }

    /// The period of the same grain before it.
    #[must_use]
    pub fn previous(self) -> Self {
        self.step(-1)
    }

    /// The same period a year earlier.
    #[must_use]
    pub fn year_earlier(self) -> Self {
        match self {
            Self::Month(year, month) => Self::Month(year - 1, month),
            Self::Quarter(year, quarter) => Self::Quarter(year - 1, quarter),
            Self::Year(year) => Self::Year(year - 1),
        }
    }

    /// `count` periods of the same grain ending with this one, oldest first.
    pub fn trailing(self, count: usize) -> Vec<Self> {
        let mut periods: Vec<_> =
            std::iter::successors(Some(self), |p| Some(p.previous())).take(count).collect();
        periods.reverse();
        periods
    }

    /// The instant at which it ends in the zone: the first moment of the next period.
    pub fn end(self, zone: &TimeZone) -> Timestamp {
        self.next().first().to_zoned(zone.clone()).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
    }

    fn step(self, by: i16) -> Self {
        let shift = |year: i16, index: u8, per_year: i16| {
            let total = year * per_year + i16::from(index) - 1 + by;
            (total.div_euclid(per_year), u8::try_from(total.rem_euclid(per_year)).unwrap_or(0) + 1)
        };
        match self {
            Self::Month(year, month) => {
                // 2200 × 12 fits an i16 with room to spare.
                let (year, month) = shift(year, month, 12);
                Self::Month(year, month)
            }
            Self::Quarter(year, quarter) => {
                let (year, quarter) = shift(year, quarter, 4);
                Self::Quarter(year, quarter)
            }
            Self::Year(year) => Self::Year(year + by),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year}"),
            Self::Quarter(year, quarter) => write!(f, "{year}-Q{quarter}"),
            Self::Month(year, month) => write!(f, "{year}-{month:02}"),
        }
    }
}

impl Serialize for Period {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom("period must read like 2026, 2026-Q3 or 2026-09"))
    }
}

#[cfg(test)]
// Check vectors are exact after rounding.
#[allow(clippy::float_cmp)]
mod tests {
    use super::*;

    #[test]
    fn periods_parse_and_write_back() {
        for text in ["2026", "2026-Q3", "2026-09"] {
            assert_eq!(Period::parse(text).unwrap().to_string(), text);
        }
        for text in
            ["", "26", "2026-Q5", "2026-13", "2026-9", "2026-Q33", "2026-00", "1789", "2026/09", "２０２６"]
        {
            assert_eq!(Period::parse(text), None, "{text}");
        }
    }

    #[test]
    fn periods_know_their_neighbours_and_bounds() {
        let quarter = Period::Quarter(2026, 1);
        assert_eq!(quarter.previous(), Period::Quarter(2025, 4));
        assert_eq!(quarter.last().to_string(), "2026-03-31");
        assert_eq!(Period::Month(2024, 2).last().to_string(), "2024-02-29");
        assert_eq!(Period::Month(2025, 12).next(), Period::Month(2026, 1));
        assert_eq!(quarter.trailing(2), [Period::Quarter(2025, 4), quarter]);
    }

    #[test]
    fn a_quarter_ends_by_the_tenants_clock() {
        let oslo = TimeZone::get("Europe/Oslo").unwrap();
        assert_eq!(Period::Quarter(2026, 3).end(&oslo).to_string(), "2026-09-30T22:00:00Z");
    }

    #[test]
    fn money_is_exact_in_minor_units() {
        let nok = Currency::parse("NOK").unwrap();
        assert_eq!(Money::from_major(1_250.505, nok).unwrap().minor, 125_051);
        assert_eq!(Money { minor: 125, currency: nok }.major(), 1.25);
        assert!(Money::from_major(f64::INFINITY, nok).is_none());
        assert!(Currency::parse("nok").is_none() && Currency::parse("NOKK").is_none());
    }
}
