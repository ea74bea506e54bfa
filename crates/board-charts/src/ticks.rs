//! Round numbers along a value axis whose short labels are exact and distinct.
//!
//! Not a coordinate system: plotters maps values to places.

use board_domain::{Locale, Unit};

/// A value axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ticks {
    /// The first tick: the lower end of the axis.
    pub(crate) low: f64,
    /// The last tick: the upper end, above `low`.
    pub(crate) high: f64,
    /// Values with their labels, rising.
    pub(crate) marks: Vec<(f64, String)>,
}

/// The tightest axis over `low..=high` with two to `most` ticks.
///
/// `most` counts as at least three, which a range around zero needs.
pub(crate) fn ticks(low: f64, high: f64, unit: Unit, locale: Locale, most: usize) -> Ticks {
    let most = most.max(3);
    let span = (high - low).max(smallest_step(unit));
    #[allow(clippy::cast_possible_truncation)]
    let mut exponent = (span / most as f64).log10().floor() as i32;
    loop {
        for mantissa in [1.0, 2.0, 5.0] {
            let step = Step { mantissa, exponent };
            let (first, last) = step.around(low, high);
            let count = last - first + 1.0;
            if count > most as f64 || step.size() < smallest_step(unit) {
                continue;
            }
            let mut values = Vec::new();
            let mut index = first;
            while index <= last {
                values.push(step.at(index));
                index += 1.0;
            }
            if values.iter().all(|value| is_exact(*value, unit)) {
                let (low, high) = (step.at(first), step.at(last));
                let marks = values.into_iter().map(|value| (value, locale.short(value, unit))).collect();
                return Ticks { low, high, marks };
            }
        }
        exponent += 1;
    }
}

struct Step {
    mantissa: f64,
    exponent: i32,
}

impl Step {
    /// Multiples of the step that hold the range between them; always two different ones.
    fn around(&self, low: f64, high: f64) -> (f64, f64) {
        // Forgives the last bits, so that 0.3 / 0.1 is not rounded up to four steps.
        let first = (low / self.size() + 1e-9).floor();
        let last = (high / self.size() - 1e-9).ceil();
        (first, if last > first { last } else { first + 1.0 })
    }

    fn size(&self) -> f64 {
        self.at(1.0)
    }

    /// A multiple, computed so that 3 × 0.1 is the number that reads 0.3.
    fn at(&self, index: f64) -> f64 {
        if self.exponent < 0 {
            index * self.mantissa / 10f64.powi(-self.exponent)
        } else {
            index * self.mantissa * 10f64.powi(self.exponent)
        }
    }
}

fn smallest_step(unit: Unit) -> f64 {
    match unit {
        Unit::Count | Unit::Money(_) => 1.0,
        Unit::Fraction => 0.01,
        Unit::Hours | Unit::Points | Unit::Ratio => 0.1,
    }
}

/// Whether the short label says the whole value; it keeps one decimal of the scaled number.
fn is_exact(value: f64, unit: Unit) -> bool {
    let shown = match unit {
        Unit::Fraction => value * 1000.0,
        Unit::Ratio => value * 10.0,
        Unit::Count | Unit::Hours | Unit::Points | Unit::Money(_) => {
            let magnitude = value.abs();
            let scale = if magnitude >= 1e9 {
                1e9
            } else if magnitude >= 1e6 {
                1e6
            } else if magnitude >= 1e4 {
                1e3
            } else {
                1.0
            };
            value / scale * 10.0
        }
    };
    (shown - shown.round()).abs() <= 1e-6 * shown.abs().max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn labels(low: f64, high: f64, unit: Unit, most: usize) -> String {
        let axis = ticks(low, high, unit, Locale::En, most);
        axis.marks.into_iter().map(|(_, label)| label).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn steps_are_round() {
        assert_eq!(labels(0.0, 0.87, Unit::Fraction, 6), "0% 20% 40% 60% 80% 100%");
        assert_eq!(labels(0.0, 1_234_567.0, Unit::Count, 5), "0 500\u{a0}k 1\u{a0}M 1.5\u{a0}M");
        assert_eq!(labels(-3.0, 7.0, Unit::Points, 6), "\u{2212}5 0 5 10");
        assert_eq!(labels(0.0, 1.0, Unit::Count, 6), "0 1");
        assert_eq!(labels(2.5, 2.5, Unit::Ratio, 6), "2.5 2.6");
    }

    #[test]
    fn a_label_never_rounds_a_tick_away() {
        assert_eq!(labels(1_250_000.0, 1_250_100.0, Unit::Count, 6), "1.2\u{a0}M 1.3\u{a0}M");
    }

    proptest! {
        #[test]
        fn an_axis_holds_its_range_with_distinct_labels(
            low in -1e15..1e15f64, share in 0.0..1.0f64, small in any::<bool>(), most in 2usize..9,
            unit in prop_oneof![Just(Unit::Count), Just(Unit::Fraction), Just(Unit::Ratio), Just(Unit::Hours)],
        ) {
            let low = if small { low / 1e14 } else { low };
            let high = low + (1e15 - low) * share * if small { 1e-14 } else { 1.0 };
            let axis = ticks(low, high, unit, Locale::Uk, most);
            let slack = 1e-6 * (axis.high - axis.low);
            prop_assert!(axis.low <= low + slack && high <= axis.high + slack, "{axis:?}");
            prop_assert!((2..=most.max(3)).contains(&axis.marks.len()), "{axis:?}");
            for pair in axis.marks.windows(2) {
                prop_assert!(pair[0].0 < pair[1].0 && pair[0].1 != pair[1].1, "{axis:?}");
            }
        }
    }
}
