//! Checks of single values: each names its column and never repeats the value.

use board_domain::{Money, Period, ProgrammeId};
use jiff::{Timestamp, civil::Date};

use super::{
    Context, Fault,
    fields::{Fields, too_long},
};

/// Longest ordinary value, characters.
const LONGEST: usize = 400;

pub(super) fn fault(code: &'static str, column: &str, what: &str) -> Fault {
    Fault::new(code, format!("{column} {what}"))
}

/// An external id: 1-128 printable characters that are no e-mail address.
pub(super) fn id<'a>(fields: &'a Fields, column: &str) -> Result<&'a str, Fault> {
    let id = fields.need(column)?;
    let plain = id.chars().all(|c| c.is_alphanumeric() || "-_.:/#".contains(c));
    if id.chars().count() <= 128 && plain {
        Ok(id)
    } else {
        Err(fault("ingest.id_invalid", column, "must be 1 to 128 letters, digits or - _ . : / #"))
    }
}

/// A short text.
pub(super) fn short<'a>(fields: &'a Fields, column: &str) -> Result<Option<&'a str>, Fault> {
    let text = fields.get(column);
    if text.is_some_and(|text| text.chars().count() > LONGEST) { Err(too_long(column)) } else { Ok(text) }
}

/// The pseudonym behind an e-mail address.
pub(super) fn person(fields: &Fields, column: &str, context: &Context) -> Result<String, Fault> {
    let email = fields.need(column)?;
    if !is_email(email) {
        return Err(fault("ingest.email_invalid", column, "is not an e-mail address"));
    }
    Ok(context.pseudonym(email))
}

pub(super) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let dotted = |part: &str| !part.is_empty() && part.split('.').all(|label| !label.is_empty());
    let plain = |c: char| !c.is_whitespace() && !"\"<>(),;:\\[]@".contains(c);
    text.len() <= 254
        && local.len() <= 64
        && dotted(local)
        && dotted(domain)
        && domain.contains('.')
        && local.chars().all(plain)
        && domain.chars().all(|c| c.is_alphanumeric() || ".-".contains(c))
        && domain.split('.').all(|label| !label.starts_with('-') && !label.ends_with('-'))
}

/// A day in the tenant's calendar, from an ISO date or an RFC 3339 instant, from 2000 to today.
pub(super) fn date(fields: &Fields, column: &str, context: &Context) -> Result<Date, Fault> {
    let text = fields.need(column)?;
    let invalid = || fault("ingest.date_invalid", column, "is not an ISO 8601 date since 2000");
    // Jiff also reads shorter and annotated forms; upstream writes these two.
    let written = |at: usize, expected: u8| text.as_bytes().get(at) == Some(&expected);
    if !written(4, b'-') || !written(7, b'-') || text.contains('[') {
        return Err(invalid());
    }
    let date = if text.len() == 10 {
        text.parse::<Date>().map_err(|_| invalid())?
    } else {
        let instant = text.parse::<Timestamp>().map_err(|_| invalid())?;
        instant.to_zoned(context.zone.clone()).date()
    };
    if date.year() < 2000 {
        Err(invalid())
    } else if date > context.today {
        Err(fault("ingest.date_in_future", column, "lies in the future"))
    } else {
        Ok(date)
    }
}

/// A month since 2000 that has begun.
pub(super) fn month(fields: &Fields, column: &str, context: &Context) -> Result<Period, Fault> {
    match Period::parse(fields.need(column)?) {
        Some(month @ Period::Month(year, _)) if year >= 2000 => {
            if month.first() > context.today {
                Err(fault("ingest.date_in_future", column, "lies in the future"))
            } else {
                Ok(month)
            }
        }
        _ => Err(fault("ingest.date_invalid", column, "must read like 2026-09")),
    }
}

/// A whole number within a range.
pub(super) fn whole(
    fields: &Fields,
    column: &str,
    range: std::ops::RangeInclusive<u16>,
) -> Result<Option<u16>, Fault> {
    let Some(text) = fields.get(column) else { return Ok(None) };
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(fault("ingest.number_invalid", column, "is not a whole number"));
    }
    match text.parse() {
        Ok(number) if range.contains(&number) => Ok(Some(number)),
        _ => {
            let range = format!("must be {} to {}", range.start(), range.end());
            Err(fault("ingest.out_of_range", column, &range))
        }
    }
}

/// A session's length, 1-1440 minutes.
pub(super) fn minutes(fields: &Fields) -> Result<u16, Fault> {
    fields.need("duration_min")?;
    Ok(whole(fields, "duration_min", 1..=1_440)?.unwrap_or(1))
}

/// A rating, 1-5.
pub(super) fn rating(fields: &Fields) -> Result<Option<u8>, Fault> {
    Ok(whole(fields, "rating", 1..=5)?.and_then(|rating| u8::try_from(rating).ok()))
}

/// A plain decimal within bounds.
pub(super) fn decimal(
    fields: &Fields,
    column: &str,
    range: std::ops::RangeInclusive<f64>,
) -> Result<Option<f64>, Fault> {
    let Some(text) = fields.get(column) else { return Ok(None) };
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && text.len() <= 20;
    match text.parse::<f64>() {
        Ok(number) if plain && range.contains(&number) => Ok(Some(number)),
        Ok(_) if plain => {
            let range = format!("must be {} to {}", range.start(), range.end());
            Err(fault("ingest.out_of_range", column, &range))
        }
        _ => Err(fault("ingest.number_invalid", column, "is not a decimal number")),
    }
}

/// An amount in the tenant's currency: major units with at most as many decimals as the currency has.
pub(super) fn amount(fields: &Fields, context: &Context) -> Result<Money, Fault> {
    if fields.need("currency")? != context.currency.code() {
        return Err(fault("ingest.currency", "currency", "is not the tenant's"));
    }
    let text = fields.need("amount")?;
    let invalid = || fault("ingest.number_invalid", "amount", "is not an amount");
    let per_major = context.currency.minor_per_major();
    let decimals = if per_major == 100 { 2 } else { 0 };
    let (major, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let fits = !major.is_empty() && major.len() <= 12 && fraction.len() <= decimals;
    if !fits || !digits(major) || !digits(fraction) || text.ends_with('.') {
        return Err(invalid());
    }
    let major: i64 = major.parse().map_err(|_| invalid())?;
    let fraction: i64 = format!("{fraction:0<decimals$}").parse().unwrap_or(0);
    Ok(Money { minor: major * per_major + fraction, currency: context.currency })
}

/// One of a few words, any letter case.
pub(super) fn word<T: Copy>(fields: &Fields, column: &str, words: &[(&str, T)]) -> Result<T, Fault> {
    let text = fields.need(column)?;
    let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text));
    found.map(|(_, value)| *value).ok_or_else(|| {
        let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        fault("ingest.value_unknown", column, &format!("must be one of {}", known.join(", ")))
    })
}

/// A CEFR level.
pub(super) fn level(fields: &Fields, column: &str) -> Result<Option<String>, Fault> {
    let Some(text) = fields.get(column) else { return Ok(None) };
    let known = ["A1", "A2", "B1", "B2", "C1", "C2"];
    if known.contains(&text) {
        Ok(Some(text.to_owned()))
    } else {
        Err(fault("ingest.value_unknown", column, "is not a CEFR level, A1 to C2"))
    }
}

/// A programme of the tenant.
pub(super) fn programme(id: &str, column: &str, context: &Context) -> Result<ProgrammeId, Fault> {
    let known = ProgrammeId::new(id).ok().filter(|id| context.programmes.contains(id));
    known.ok_or_else(|| fault("ingest.programme_unknown", column, "names no programme of the tenant"))
}
