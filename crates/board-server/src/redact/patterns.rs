//! Things that are personal by their shape: addresses, links, numbers. Not names.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    sync::LazyLock,
};

use regex::{Captures, Regex};

fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap_or_else(|_| unreachable!("patterns are constant and tested"))
}

/// `kari@example.com`, also `kari (at) example dot com`.
static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    compiled(concat!(
        r"(?i)[\p{L}\p{N}._%+'-]+",
        r"(?:@|\s*[(\[{]\s*(?:at|@|krøllalfa|alfakrøll|собака|равлик)\s*[)\]}]\s*)",
        r"[\p{L}\p{N}-]+",
        r"(?:(?:\.|\s*[(\[{]\s*(?:dot|punktum|крапка)\s*[)\]}]\s*|\s+(?:dot|punktum|крапка)\s+)[\p{L}\p{N}-]+)*",
    ))
});

/// Links, with or without a scheme.
static LINK: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?i)\b(?:https?://|www\.)\S+|\b(?:[\p{L}\p{N}-]+\.)+(?:com|no|net|org|me|io|ua|uk|se|dk|eu|ru|app|link)/\S+",
    )
});

/// `@kari_n`, not after a letter.
static HANDLE: LazyLock<Regex> = LazyLock::new(|| compiled(r"(^|[^\p{L}\p{N}_])@[\p{L}\p{N}_.]{2,}"));

static IP_V4: LazyLock<Regex> = LazyLock::new(|| compiled(r"\b(?:\d{1,3}\.){3}\d{1,3}\b"));
static IP_V6: LazyLock<Regex> = LazyLock::new(|| compiled(r"(?i)[0-9a-f:]*::?[0-9a-f:]+(?:\.\d{1,3}){0,3}"));

/// Digits with what people put between them.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| compiled(r"\+?\(?\d(?:[\s().,/\-]{0,3}\d){5,}"));

/// Norwegian passports, licence plates and the like: letters then a long number.
static CODE: LazyLock<Regex> = LazyLock::new(|| compiled(r"\b\p{Lu}{2}\s?\d{5,}\b"));

/// The text without them.
pub(super) fn redact(text: &str) -> String {
    let text = LINK.replace_all(text, "[link]");
    let text = EMAIL.replace_all(&text, "[email]");
    let text = HANDLE.replace_all(&text, "${1}[handle]");
    let text = IP_V6.replace_all(&text, |found: &Captures<'_>| {
        let is_address = found[0].matches(':').count() >= 2 && found[0].parse::<Ipv6Addr>().is_ok();
        if is_address { "[ip]".to_owned() } else { found[0].to_owned() }
    });
    let text = IP_V4.replace_all(&text, |found: &Captures<'_>| {
        if found[0].parse::<Ipv4Addr>().is_ok() { "[ip]".to_owned() } else { found[0].to_owned() }
    });
    let text = CODE.replace_all(&text, "[id]");
    NUMBER.replace_all(&text, |found: &Captures<'_>| number(&found[0])).into_owned()
}

/// Whether a shape is left that no rule takes out and nobody should publish.
pub(super) fn suspicious(text: &str) -> bool {
    let mut run = 0;
    let long_number = text.chars().any(|c| {
        // Digits of other scripts count: what looks like a number to a reader is one.
        run = if c.is_numeric() { run + 1 } else { 0 };
        run >= 7
    });
    long_number || text.contains('@')
}

/// What a run of digits is; short ones, dates and ranges of years stay.
fn number(text: &str) -> String {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let shape = text.trim();
    let kept = is_date(shape) || is_years(shape) || is_amount(shape);
    match digits.len() {
        _ if kept => text.to_owned(),
        13..=19 if is_card(&digits) => "[card]".into(),
        11 if is_norwegian_id(&digits) => "[id]".into(),
        10 if is_ukrainian_id(&digits) && !text.starts_with(['+', '0']) => "[id]".into(),
        9 if is_social_security(shape) => "[id]".into(),
        7..=15 => "[phone]".into(),
        16.. => "[id]".into(),
        _ => text.to_owned(),
    }
}

/// `2026-09-30`, `30.09.2026`, `30/9/2026`.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['-', '.', '/']).collect();
    let [first, second, third] = parts[..] else { return false };
    let within = |part: &str, low: u32, high: u32| {
        part.len() <= 4 && part.parse::<u32>().is_ok_and(|number| (low..=high).contains(&number))
    };
    let year = |part: &str| part.len() == 4 && within(part, 1900, 2100);
    within(second, 1, 12) && ((year(first) && within(third, 1, 31)) || (year(third) && within(first, 1, 31)))
}

/// `2024-2026`, `2024/2025`.
fn is_years(text: &str) -> bool {
    text.split_once(['-', '/']).is_some_and(|(from, to)| {
        [from, to].iter().all(|year| {
            year.len() == 4 && year.parse::<u32>().is_ok_and(|year| (1900..=2100).contains(&year))
        })
    })
}

/// `100,000` or `1.250.000`: thousands set apart by commas or points.
fn is_amount(text: &str) -> bool {
    [',', '.'].iter().any(|separator| {
        let mut groups = text.split(*separator);
        let first = groups.next().is_some_and(|group| (1..=3).contains(&group.len()));
        let mut count = 0;
        first
            && groups.all(|group| {
                count += 1;
                group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit())
            })
            && count > 0
            && text.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// Luhn's check.
fn is_card(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, digit * 2) {
            (0, _) => *digit,
            (_, double) if double > 9 => double - 9,
            (_, double) => double,
        })
        .sum();
    sum.is_multiple_of(10)
}

fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// Fødselsnummer and D-number: two check digits modulo 11.
fn is_norwegian_id(digits: &[u32]) -> bool {
    weighted(digits, &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1]).is_multiple_of(11)
        && weighted(digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

/// РНОКПП: a check digit modulo 11, then modulo 10.
fn is_ukrainian_id(digits: &[u32]) -> bool {
    // The first weight is −1, which is 10 modulo 11.
    weighted(digits, &[10, 5, 7, 9, 4, 6, 10, 5, 7]) % 11 % 10 == digits[9]
}

/// `123-45-6789`, written with its hyphens.
fn is_social_security(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [3, 2, 4]
}
