//! Interface languages, and how numbers, money, periods and instants read in each.
//!
//! Not a message catalogue: sentences live with whoever shows them.

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Currency, Period, Unit};

/// A language the product speaks completely.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum Locale {
    /// English.
    #[default]
    En,
    /// Norwegian Bokmål.
    Nb,
    /// Ukrainian.
    Uk,
}

impl Locale {
    /// All locales, in the order they are offered.
    pub const ALL: [Self; 3] = [Self::En, Self::Nb, Self::Uk];

    /// BCP 47 tag, for `lang` attributes and `/Lang` entries.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Nb => "nb",
            Self::Uk => "uk",
        }
    }

    /// Parses a BCP 47 tag by its primary language; `no` and `nn` read as Norwegian.
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
            "en" => Some(Self::En),
            "nb" | "no" | "nn" => Some(Self::Nb),
            "uk" => Some(Self::Uk),
            _ => None,
        }
    }

    /// The decimal sign.
    pub fn decimal(self) -> char {
        if self == Self::En { '.' } else { ',' }
    }

    /// The group separator: comma in English, no-break space elsewhere.
    pub fn group(self) -> char {
        if self == Self::En { ',' } else { '\u{a0}' }
    }

    /// `1,234.50` with exactly `decimals` decimals, rounded half away from zero.
    ///
    /// A value that is not finite reads as an en dash.
    pub fn number(self, value: f64, decimals: usize) -> String {
        if !value.is_finite() {
            return "–".into();
        }
        // The shortest decimal text of the value decides the rounding, so 2.675 reads 2.68 as people expect.
        let scale = 10f64.powi(i32::try_from(decimals).unwrap_or(0));
        let rounded = (value.abs() * scale * (1.0 + f64::EPSILON)).round() / scale;
        let text = format!("{rounded:.decimals$}");
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let mut out = String::with_capacity(text.len() + 6);
        if value < 0.0 && rounded != 0.0 {
            out.push('\u{2212}');
        }
        for (position, digit) in whole.chars().enumerate() {
            if position > 0 && (whole.len() - position).is_multiple_of(3) {
                out.push(self.group());
            }
            out.push(digit);
        }
        if !fraction.is_empty() {
            out.push(self.decimal());
            out.push_str(fraction);
        }
        out
    }

    /// A fraction (0-1) as a percentage: `74.2%` in English, `74,2 %` elsewhere.
    pub fn percent(self, fraction: f64, decimals: usize) -> String {
        let number = self.number(fraction * 100.0, decimals);
        if self == Self::En { format!("{number}%") } else { format!("{number}\u{a0}%") }
    }

    /// A signed percentage, for changes: `+4.2%`.
    pub fn signed_percent(self, fraction: f64, decimals: usize) -> String {
        let text = self.percent(fraction, decimals);
        if fraction > 0.0 && !text.starts_with('\u{2212}') { format!("+{text}") } else { text }
    }

    /// An amount in major units with its ISO 4217 code in front: `NOK 1,250`.
    pub fn money(self, major: f64, currency: Currency, decimals: usize) -> String {
        format!("{}\u{a0}{}", currency.code(), self.number(major, decimals))
    }

    /// A value in the unit's own shape, at the precision the product shows everywhere.
    pub fn value(self, value: f64, unit: Unit) -> String {
        match unit {
            Unit::Count => self.number(value, 0),
            Unit::Hours => format!("{}\u{a0}{}", self.number(value, 1), self.hours_sign()),
            Unit::Points => self.number(value, 1),
            Unit::Fraction => self.percent(value, 1),
            Unit::Ratio => format!("{}:1", self.number(value, 2)),
            Unit::Money(currency) => self.money(value, currency, 0),
        }
    }

    /// A value for an axis or a crowded cell: as short as it can be without lying (`1.2 M`, `35%`).
    pub fn short(self, value: f64, unit: Unit) -> String {
        let compact = |v: f64| {
            let magnitude = v.abs();
            let (scaled, sign) = if magnitude >= 1e9 {
                (v / 1e9, self.billion())
            } else if magnitude >= 1e6 {
                (v / 1e6, self.million())
            } else if magnitude >= 1e4 {
                (v / 1e3, self.thousand())
            } else {
                (v, "")
            };
            let decimals = usize::from((scaled * 10.0).round() % 10.0 != 0.0);
            let number = self.number(scaled, decimals);
            if sign.is_empty() { number } else { format!("{number}\u{a0}{sign}") }
        };
        match unit {
            Unit::Fraction => self.percent(value, usize::from((value * 1000.0).round() % 10.0 != 0.0)),
            Unit::Ratio => self.number(value, 1),
            Unit::Count | Unit::Hours | Unit::Points | Unit::Money(_) => compact(value),
        }
    }

    /// A calendar date in the zone: `30 Sep 2026`, `30. sep. 2026`, `30 вер. 2026`.
    pub fn date(self, at: Timestamp, zone: &TimeZone) -> String {
        let date = at.to_zoned(zone.clone()).date();
        let month = self.month_short(date.month().unsigned_abs());
        match self {
            Self::En | Self::Uk => format!("{} {month} {}", date.day(), date.year()),
            Self::Nb => format!("{}. {month} {}", date.day(), date.year()),
        }
    }

    /// A date and a time to the minute with the zone's abbreviation: `30 Sep 2026, 14:05 UTC`.
    pub fn instant(self, at: Timestamp, zone: &TimeZone) -> String {
        let zoned = at.to_zoned(zone.clone());
        format!("{}, {}", self.date(at, zone), zoned.strftime("%H:%M %Z"))
    }

    /// A period: `Q3 2026`, `September 2026`, `2026`; in Norwegian `3. kvartal 2026`, in Ukrainian `III квартал 2026`.
    pub fn period(self, period: Period) -> String {
        match period {
            Period::Year(year) => year.to_string(),
            Period::Quarter(year, quarter) => match self {
                Self::En => format!("Q{quarter} {year}"),
                Self::Nb => format!("{quarter}. kvartal {year}"),
                Self::Uk => {
                    format!("{} квартал {year}", ["I", "II", "III", "IV"][usize::from(quarter - 1)])
                }
            },
            Period::Month(year, month) => format!("{} {year}", self.month_long(month)),
        }
    }

    /// A period for an axis: `Q3 26`, `Sep 26`, `2026`.
    pub fn period_short(self, period: Period) -> String {
        match period {
            Period::Year(year) => year.to_string(),
            Period::Quarter(year, quarter) => {
                let sign = match self {
                    Self::En => "Q",
                    Self::Nb | Self::Uk => "К",
                };
                let sign = if self == Self::Nb { "K" } else { sign };
                format!("{sign}{quarter} {:02}", year.rem_euclid(100))
            }
            Period::Month(year, month) => {
                format!("{} {:02}", self.month_short(month).trim_end_matches('.'), year.rem_euclid(100))
            }
        }
    }

    fn hours_sign(self) -> &'static str {
        match self {
            Self::En => "h",
            Self::Nb => "t",
            Self::Uk => "год",
        }
    }

    fn thousand(self) -> &'static str {
        match self {
            Self::En | Self::Nb => "k",
            Self::Uk => "тис.",
        }
    }

    fn million(self) -> &'static str {
        match self {
            Self::En => "M",
            Self::Nb => "mill.",
            Self::Uk => "млн",
        }
    }

    fn billion(self) -> &'static str {
        match self {
            Self::En => "bn",
            Self::Nb => "mrd.",
            Self::Uk => "млрд",
        }
    }

    fn month_short(self, month: u8) -> &'static str {
        const EN: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        const NB: [&str; 12] =
            ["jan.", "feb.", "mars", "apr.", "mai", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "des."];
        const UK: [&str; 12] = [
            "січ.",
            "лют.",
            "бер.",
            "квіт.",
            "трав.",
            "черв.",
            "лип.",
            "серп.",
            "вер.",
            "жовт.",
            "лист.",
            "груд.",
        ];
        let index = usize::from(month.clamp(1, 12) - 1);
        match self {
            Self::En => EN[index],
            Self::Nb => NB[index],
            Self::Uk => UK[index],
        }
    }

    fn month_long(self, month: u8) -> &'static str {
        const EN: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        const NB: [&str; 12] = [
            "januar",
            "februar",
            "mars",
            "april",
            "mai",
            "juni",
            "juli",
            "august",
            "september",
            "oktober",
            "november",
            "desember",
        ];
        const UK: [&str; 12] = [
            "січень",
            "лютий",
            "березень",
            "квітень",
            "травень",
            "червень",
            "липень",
            "серпень",
            "вересень",
            "жовтень",
            "листопад",
            "грудень",
        ];
        let index = usize::from(month.clamp(1, 12) - 1);
        match self {
            Self::En => EN[index],
            Self::Nb => NB[index],
            Self::Uk => UK[index],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_group_and_round_by_locale() {
        assert_eq!(Locale::En.number(1_234_567.5, 1), "1,234,567.5");
        assert_eq!(Locale::Nb.number(1_234.567, 2), "1\u{a0}234,57");
        assert_eq!(Locale::En.number(-0.004, 2), "0.00");
        assert_eq!(Locale::En.number(-1_000.0, 0), "\u{2212}1,000");
        assert_eq!(Locale::En.number(2.675, 2), "2.68");
        assert_eq!(Locale::En.number(f64::NAN, 2), "–");
    }

    #[test]
    fn units_have_their_own_shape() {
        let nok = Currency::parse("NOK").unwrap();
        assert_eq!(Locale::En.value(3.4159, Unit::Ratio), "3.42:1");
        assert_eq!(Locale::Uk.value(0.742, Unit::Fraction), "74,2\u{a0}%");
        assert_eq!(Locale::En.value(1_250_000.0, Unit::Money(nok)), "NOK\u{a0}1,250,000");
        assert_eq!(Locale::En.short(1_250_000.0, Unit::Money(nok)), "1.3\u{a0}M");
        assert_eq!(Locale::En.short(950.0, Unit::Count), "950");
    }

    #[test]
    fn periods_and_dates_read_in_three_languages() {
        let quarter = Period::parse("2026-Q3").unwrap();
        assert_eq!(Locale::En.period(quarter), "Q3 2026");
        assert_eq!(Locale::Nb.period(quarter), "3. kvartal 2026");
        assert_eq!(Locale::Uk.period(quarter), "III квартал 2026");
        assert_eq!(Locale::Nb.period_short(Period::parse("2026-09").unwrap()), "sep 26");
        let at: Timestamp = "2026-09-30T12:05:00Z".parse().unwrap();
        assert_eq!(Locale::Uk.date(at, &TimeZone::UTC), "30 вер. 2026");
        assert_eq!(Locale::En.instant(at, &TimeZone::UTC), "30 Sep 2026, 12:05 UTC");
    }
}
