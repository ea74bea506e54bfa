//! Numbers that identify or reach a person: cards, national ids, telephones. Told apart by length and check digits.

use std::sync::LazyLock;

use regex::{Captures, Regex};

static SSN: LazyLock<Regex> = LazyLock::new(|| super::pattern(r"\b\d{3}-\d{2}-\d{4}\b"));
/// A run of digits as people group them, perhaps with a country code.
static RUN: LazyLock<Regex> = LazyLock::new(|| {
    super::pattern(r"(?P<lead>^|[^\p{L}\d.,])(?P<run>(?:\+|00)?\(?\d(?:[ .()\u{a0}-]{0,2}\d){7,18})(?P<tail>$|[^\p{L}\d])")
});

/// Replaces each number by its kind in brackets.
pub(super) fn replace(text: &str) -> String {
    let text = SSN.replace_all(text, "[ID]");
    let mut text = text.into_owned();
    // Runs may share the character between them, so a second look finds what the first stepped over.
    for _ in 0..2 {
        let replaced = RUN.replace_all(&text, |found: &Captures<'_>| match kind(&found["run"]) {
            Some(kind) => format!("{}[{kind}]{}", &found["lead"], &found["tail"]),
            None => found[0].to_owned(),
        });
        text = replaced.into_owned();
    }
    text
}

fn kind(run: &str) -> Option<&'static str> {
    let digits: Vec<u32> = run.chars().filter_map(|c| c.to_digit(10)).collect();
    let international = run.starts_with('+') || run.starts_with("00");
    match digits.len() {
        13..=19 if luhn(&digits) => Some("CARD"),
        11 if norwegian_id(&digits) => Some("ID"),
        10 if ukrainian_id(&digits) && !international => Some("ID"),
        8..=15 => Some("PHONE"),
        _ => None,
    }
}

/// Luhn's check of card numbers (ISO/IEC 7812-1).
fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit * 2) {
            (0, _) => *digit,
            (_, doubled) => doubled / 10 + doubled % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The two check digits of a Norwegian national identity number.
fn norwegian_id(digits: &[u32]) -> bool {
    let sum = |weights: &[u32]| -> u32 { weights.iter().zip(digits).map(|(w, d)| w * d).sum() };
    sum(&[3, 7, 6, 1, 8, 9, 4, 5, 2, 1]).is_multiple_of(11)
        && sum(&[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

/// The check digit of a Ukrainian taxpayer number.
fn ukrainian_id(digits: &[u32]) -> bool {
    let weights: [i64; 9] = [-1, 5, 7, 9, 4, 6, 10, 5, 7];
    let sum: i64 = weights.iter().zip(digits).map(|(w, d)| w * i64::from(*d)).sum();
    sum.rem_euclid(11) % 10 == i64::from(digits[9])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_tell_ids_from_telephones() {
        let digits = |text: &str| text.chars().filter_map(|c| c.to_digit(10)).collect::<Vec<_>>();
        assert!(luhn(&digits("4111111111111111")) && !luhn(&digits("4111111111111112")));
        assert!(norwegian_id(&digits("01019012480")) && !norwegian_id(&digits("01019012481")));
        assert!(ukrainian_id(&digits("1234567899")) && !ukrainian_id(&digits("1234567890")));
    }
}
