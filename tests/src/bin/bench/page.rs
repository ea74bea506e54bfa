//! Fills a page of the documentation with figures: `bench page docs/scale.md`. A row of a table whose second cell is the
//! name of a figure gets its value in the third. Measures nothing.

use std::fs;

use serde_json::{Map, Value};

/// Rewrites the page with the figures that were measured; names those that were not.
pub(crate) fn fill(path: &str, figures: &Map<String, Value>) -> Vec<String> {
    let text = fs::read_to_string(path).expect("a page");
    let (mut page, mut missing) = (String::new(), Vec::new());
    for line in text.lines() {
        match row(line, figures) {
            Row::Filled(line) => page.push_str(&line),
            Row::Missing(name) => {
                missing.push(name);
                page.push_str(line);
            }
            Row::Other => page.push_str(line),
        }
        page.push('\n');
    }
    fs::write(path, page).expect("the page is written");
    missing
}

enum Row {
    Filled(String),
    Missing(String),
    Other,
}

fn row(line: &str, figures: &Map<String, Value>) -> Row {
    let cells: Vec<&str> = line.split('|').collect();
    let [before, what, name, value, after] = cells.as_slice() else { return Row::Other };
    let Some(figure) = name.trim().strip_prefix('`').and_then(|name| name.strip_suffix('`')) else {
        return Row::Other;
    };
    let Some(measured) = figures.get(figure).and_then(Value::as_f64) else {
        return Row::Missing(figure.to_owned());
    };
    // Whatever follows the number is its unit.
    let unit = value.trim().split_once(' ').map(|(_, unit)| format!(" {unit}")).unwrap_or_default();
    Row::Filled(format!("{before}|{what}|{name}| {}{unit} |{after}", three_digits(measured)))
}

/// A number with three digits that count, and commas between thousands.
fn three_digits(number: f64) -> String {
    let decimals = match number.abs() {
        small if small < 0.000_5 => 0,
        small if small < 0.999_5 => 3,
        small if small < 9.995 => 2,
        small if small < 99.95 => 1,
        _ => 0,
    };
    if decimals > 0 {
        return format!("{number:.decimals$}");
    }
    let whole = format!("{number:.0}");
    let mut text = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0
            && (whole.len() - index).is_multiple_of(3)
            && digit.is_ascii_digit()
            && !text.ends_with('-')
        {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_row_keeps_its_words_and_its_unit_and_takes_its_figure_by_name() {
        let Value::Object(figures) = json!({ "rate": 24028.4, "cost": 1.2649, "empty": null }) else {
            panic!()
        };
        let filled = |line: &str| match row(line, &figures) {
            Row::Filled(line) => line,
            Row::Missing(name) => format!("missing {name}"),
            Row::Other => "other".into(),
        };
        assert_eq!(filled("| Appends | `rate` | 7 /s |"), "| Appends | `rate` | 24,028 /s |");
        assert_eq!(filled("| CPU | `cost` | – µs a delivery |"), "| CPU | `cost` | 1.26 µs a delivery |");
        assert_eq!(filled("| CPU | `cost` | 7 |"), "| CPU | `cost` | 1.26 |");
        assert_eq!(filled("| CPU | `empty` | 7 |"), "missing empty");
        assert_eq!(filled("| CPU | `none` | 7 |"), "missing none");
        for other in [
            "",
            "text",
            "| What | Name | Figure |",
            "|---|---|--:|",
            "| a | `rate` |",
            "| a | `rate` | 1 | 2 |",
        ] {
            assert_eq!(filled(other), "other", "{other}");
        }
    }

    #[test]
    fn numbers_have_three_digits_that_count() {
        let texts =
            [0.0, 0.034, 0.63, 1.04, 17.25, 99.96, 166.0, 958_823.4, 1_000_000.0, -1234.0].map(three_digits);
        assert_eq!(
            texts,
            ["0", "0.034", "0.630", "1.04", "17.2", "100", "166", "958,823", "1,000,000", "-1,234"]
        );
    }
}
