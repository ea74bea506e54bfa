//! What changed between two states of the figures: the pack of the last board and this one, or two positions of the log.
//!
//! One pure function; where the figures come from is in `compare`.

use std::collections::{BTreeMap, BTreeSet};

use board_domain::{FigureKey, Grain, MetricId, Period, ProgrammeId};
use board_packs::Measured;

/// Figures of one state, by lineage id.
pub(crate) type Figures = BTreeMap<FigureKey, Measured>;

/// What became of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Became {
    /// Not there before.
    New,
    /// There before and no longer.
    Gone,
    /// The newest period of its series is another, with another value.
    Moved,
    /// The same period has another value or was measured by another definition: history changed.
    Restated,
    /// The same.
    Unchanged,
}

/// A line of a comparison. `from` and `to` differ in their period where a series moved on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Change {
    pub(crate) became: Became,
    pub(crate) from: Option<(FigureKey, Measured)>,
    pub(crate) to: Option<(FigureKey, Measured)>,
}

impl Change {
    /// How much more the figure is now; `None` where one side has no number.
    pub(crate) fn amount(&self) -> Option<f64> {
        let number = |side: &Option<(FigureKey, Measured)>| side.as_ref()?.1.value.number();
        Some(number(&self.to)? - number(&self.from)?)
    }

    /// The newer figure, or the older where there is none.
    pub(crate) fn key(&self) -> Option<&FigureKey> {
        self.to.as_ref().or(self.from.as_ref()).map(|(key, _)| key)
    }
}

/// A metric over periods of one length, for one programme or all.
type Series = (MetricId, u8, Option<ProgrammeId>);

/// Compares two states, figure by figure, in the order of the figures.
///
/// In each series the newest figure of `after` is held against the newest of `before`, whatever their periods: that is
/// how far the series moved. Every other figure is held against the one of its own period.
pub(crate) fn diff(before: &Figures, after: &Figures) -> Vec<Change> {
    let (old, new) = (newest(before), newest(after));
    let mut changes = Vec::new();
    let mut moved: BTreeSet<&FigureKey> = BTreeSet::new();
    for (series, to) in &new {
        let Some(from) = old.get(series).filter(|from| *from != to) else { continue };
        let (was, is) = (&before[*from], &after[*to]);
        let became = if was.value == is.value && was.definition == is.definition {
            Became::Unchanged
        } else {
            Became::Moved
        };
        let side = |key: &&FigureKey, measured: &Measured| Some(((*key).clone(), measured.clone()));
        changes.push(Change { became, from: side(from, was), to: side(to, is) });
        // The newest of one side is spoken for, unless the other side has that period too.
        moved.extend(
            [*from, *to].into_iter().filter(|key| !(before.contains_key(*key) && after.contains_key(*key))),
        );
    }
    for key in before.keys().chain(after.keys().filter(|key| !before.contains_key(*key))) {
        if moved.contains(key) {
            continue;
        }
        let side = |figures: &Figures| figures.get(key).map(|measured| (key.clone(), measured.clone()));
        let (from, to) = (side(before), side(after));
        let became = match (&from, &to) {
            (Some((_, was)), Some((_, is))) if was == is => Became::Unchanged,
            (Some(_), Some(_)) => Became::Restated,
            (None, _) => Became::New,
            (_, None) => Became::Gone,
        };
        changes.push(Change { became, from, to });
    }
    changes.sort_by(|a, b| (a.key(), a.became).cmp(&(b.key(), b.became)));
    changes
}

/// The figure of the latest period of each series.
fn newest(figures: &Figures) -> BTreeMap<Series, &FigureKey> {
    let mut newest: BTreeMap<Series, &FigureKey> = BTreeMap::new();
    for key in figures.keys() {
        let grain = match key.period.grain() {
            Grain::Month => 0,
            Grain::Quarter => 1,
            Grain::Year => 2,
        };
        let series = (key.metric.clone(), grain, key.programme.clone());
        let later = |known: &&FigureKey| end(known.period) < end(key.period);
        if newest.get(&series).is_none_or(later) {
            newest.insert(series, key);
        }
    }
    newest
}

fn end(period: Period) -> (i16, i8) {
    let last = period.last();
    (last.year(), last.month())
}

#[cfg(test)]
mod tests {
    use board_domain::FigureValue;
    use proptest::prelude::*;

    use super::*;

    fn key(text: &str) -> FigureKey {
        FigureKey::parse(text).unwrap()
    }

    fn number(value: f64, definition: u32) -> Measured {
        Measured { value: FigureValue::Number { value }, definition }
    }

    fn of(figures: &[(&str, f64)]) -> Figures {
        figures.iter().map(|(id, value)| (key(id), number(*value, 1))).collect()
    }

    fn told(changes: &[Change]) -> Vec<(Became, String, Option<f64>)> {
        changes.iter().map(|c| (c.became, c.key().unwrap().to_string(), c.amount())).collect()
    }

    #[test]
    fn a_board_sees_what_moved_and_what_history_was_rewritten() {
        let before =
            of(&[("sroi/2026-Q1/all", 3.0), ("sroi/2026-Q2/all", 3.25), ("hours/2026-Q2/all", 10.0)]);
        let after = of(&[
            ("sroi/2026-Q1/all", 2.5),
            ("sroi/2026-Q2/all", 3.25),
            ("sroi/2026-Q3/all", 3.5),
            ("vis/2026-Q3/all", 50.0),
        ]);
        assert_eq!(
            told(&diff(&before, &after)),
            [
                (Became::Gone, "hours/2026-Q2/all".into(), None),
                (Became::Restated, "sroi/2026-Q1/all".into(), Some(-0.5)),
                (Became::Unchanged, "sroi/2026-Q2/all".into(), Some(0.0)),
                (Became::Moved, "sroi/2026-Q3/all".into(), Some(0.25)),
                (Became::New, "vis/2026-Q3/all".into(), None),
            ]
        );
    }

    #[test]
    fn another_definition_restates_a_value_that_is_the_same() {
        let before = of(&[("hours/2026-Q2/all", 10.0)]);
        let after = Figures::from([(key("hours/2026-Q2/all"), number(10.0, 2))]);
        assert_eq!(diff(&before, &after)[0].became, Became::Restated);
        let withheld = Figures::from([(
            key("hours/2026-Q2/all"),
            Measured { value: FigureValue::Withheld, definition: 1 },
        )]);
        assert_eq!(told(&diff(&before, &withheld)), [(Became::Restated, "hours/2026-Q2/all".into(), None)]);
    }

    fn figures() -> impl Strategy<Value = Figures> {
        let value = prop_oneof![
            4 => (-40_i32..40).prop_map(|n| FigureValue::Number { value: f64::from(n) / 4.0 }),
            1 => Just(FigureValue::Withheld),
        ];
        let period = prop_oneof![
            (1..=4_i8).prop_map(|q| format!("2026-Q{q}")),
            (1..=12_i8).prop_map(|m| format!("2026-{m:02}")),
            (2024..=2026_i32).prop_map(|y| y.to_string()),
        ];
        let id = (prop_oneof!["sroi", "hours"], period, prop_oneof!["all", "buddy"])
            .prop_map(|(metric, period, programme)| key(&format!("{metric}/{period}/{programme}")));
        let measured = (value, 1..3_u32).prop_map(|(value, definition)| Measured { value, definition });
        proptest::collection::btree_map(id, measured, 0..14)
    }

    /// The same comparison seen from the other side.
    fn turned(change: &Change) -> Change {
        let became = match change.became {
            Became::New => Became::Gone,
            Became::Gone => Became::New,
            same => same,
        };
        Change { became, from: change.to.clone(), to: change.from.clone() }
    }

    proptest! {
        #[test]
        fn a_state_does_not_differ_from_itself(a in figures()) {
            let changes = diff(&a, &a);
            prop_assert_eq!(changes.len(), a.len());
            prop_assert!(changes.iter().all(|change| change.became == Became::Unchanged));
        }

        #[test]
        fn a_comparison_reads_the_same_from_either_side(a in figures(), b in figures()) {
            let order = |mut changes: Vec<Change>| {
                changes.sort_by_key(|c| format!("{c:?}"));
                changes
            };
            let there = order(diff(&a, &b).iter().map(turned).collect());
            prop_assert_eq!(there, order(diff(&b, &a)));
        }

        #[test]
        fn every_figure_is_told_of_and_amounts_add_up(a in figures(), b in figures()) {
            let changes = diff(&a, &b);
            let seen = |side: fn(&Change) -> Option<&(FigureKey, Measured)>| -> Figures {
                changes.iter().filter_map(side).cloned().collect()
            };
            prop_assert_eq!(seen(|change| change.from.as_ref()), a);
            prop_assert_eq!(seen(|change| change.to.as_ref()), b);
            for change in &changes {
                let number = |side: &Option<(FigureKey, Measured)>| side.as_ref()?.1.value.number();
                if let (Some(amount), Some(from)) = (change.amount(), number(&change.from)) {
                    prop_assert_eq!(number(&change.to), Some(from + amount));
                }
                let value = |side: &Option<(FigureKey, Measured)>| side.as_ref().map(|(_, value)| value.clone());
                prop_assert_eq!(change.became == Became::Unchanged, value(&change.from) == value(&change.to));
            }
        }
    }
}
