//! A measured figure, with everything needed to compute it again. Not its text: locales write values.

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    Absence, Better, Currency, MetricDefinition, MetricId, Period, ProgrammeId, Unit, UnitKind,
    formula::MINIMUM_PEOPLE,
};

/// Which figure: a metric over a period for one programme or all of them. Written `sroi/2026-Q3/all`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, TS)]
#[ts(export, type = "string")]
pub struct FigureKey {
    /// The metric.
    pub metric: MetricId,
    /// The period.
    pub period: Period,
    /// One programme; `None` for all.
    pub programme: Option<ProgrammeId>,
}

impl FigureKey {
    /// Parses `metric/period/programme`, with `all` for every programme.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let metric = MetricId::new(parts.next()?).ok()?;
        let period = Period::parse(parts.next()?)?;
        let programme = match parts.next()? {
            "all" => None,
            id => Some(ProgrammeId::new(id).ok()?),
        };
        parts.next().is_none().then_some(Self { metric, period, programme })
    }
}

impl fmt::Display for FigureKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let programme = self.programme.as_ref().map_or("all", ProgrammeId::as_str);
        write!(f, "{}/{}/{programme}", self.metric, self.period)
    }
}

impl Serialize for FigureKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FigureKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("a figure reads like sroi/2026-Q3/all"))
    }
}

/// The value of a figure, or why there is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
#[ts(export)]
pub enum FigureValue {
    /// A number in the metric's unit; money in major units.
    Number {
        /// Unrounded.
        value: f64,
    },
    /// It would speak of fewer than [`MINIMUM_PEOPLE`] people.
    Withheld,
    /// The formula gives no value.
    Absent {
        /// Why.
        #[serde(flatten)]
        why: Absence,
    },
}

impl FigureValue {
    /// The number, where there is one.
    pub fn number(&self) -> Option<f64> {
        if let Self::Number { value } = self { Some(*value) } else { None }
    }
}

/// A figure as measured once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Figure {
    /// Which.
    pub key: FigureKey,
    /// Definition version it was measured by.
    pub definition: u32,
    /// The value or why there is none.
    pub value: FigureValue,
    /// Measured inputs by name; empty where withheld.
    pub inputs: BTreeMap<String, f64>,
    /// When it was measured.
    #[ts(type = "string")]
    pub measured_at: Timestamp,
}

impl Figure {
    /// Measures a figure. `people` is how many people it speaks of; `None` where it speaks of none.
    pub fn measure(
        key: FigureKey,
        definition: &MetricDefinition,
        inputs: BTreeMap<String, f64>,
        people: Option<u32>,
        measured_at: Timestamp,
    ) -> Self {
        if people.is_some_and(|people| people < MINIMUM_PEOPLE) {
            let value = FigureValue::Withheld;
            return Self { key, definition: definition.version, value, inputs: BTreeMap::new(), measured_at };
        }
        let value = compute(definition, &inputs);
        Self { key, definition: definition.version, value, inputs, measured_at }
    }

    /// The value computed again from the inputs; a withheld figure stays withheld.
    pub fn recompute(&self, definition: &MetricDefinition) -> FigureValue {
        if self.value == FigureValue::Withheld {
            FigureValue::Withheld
        } else {
            compute(definition, &self.inputs)
        }
    }
}

fn compute(definition: &MetricDefinition, inputs: &BTreeMap<String, f64>) -> FigureValue {
    let mut all = definition.assumptions.clone();
    all.extend(inputs.iter().map(|(name, value)| (name.clone(), *value)));
    match definition.formula.evaluate(&all) {
        Ok(value) => FigureValue::Number { value },
        Err(why) => FigureValue::Absent { why },
    }
}

impl UnitKind {
    /// The unit in a tenant's currency.
    pub fn unit(self, currency: Currency) -> Unit {
        match self {
            Self::Count => Unit::Count,
            Self::Hours => Unit::Hours,
            Self::Points => Unit::Points,
            Self::Fraction => Unit::Fraction,
            Self::Ratio => Unit::Ratio,
            Self::Money => Unit::Money(currency),
        }
    }
}

/// How a figure moved against an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Movement {
    /// More than 5 % to the better.
    Improving,
    /// More than 5 % to the worse.
    Declining,
    /// Within 5 %, or neither way is better.
    Stable,
    /// No earlier value to compare with.
    New,
}

/// Relative change and how to judge it; the change is `None` where there is no earlier value or it was zero.
pub fn movement(now: f64, earlier: Option<f64>, better: Better) -> (Option<f64>, Movement) {
    let Some(earlier) = earlier.filter(|value| *value != 0.0) else { return (None, Movement::New) };
    let change = (now - earlier) / earlier.abs();
    let signed = match better {
        Better::Higher => change,
        Better::Lower => -change,
        Better::Neither => 0.0,
    };
    let movement = if signed > 0.05 {
        Movement::Improving
    } else if signed < -0.05 {
        Movement::Declining
    } else {
        Movement::Stable
    };
    (Some(change), movement)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions_v1;

    #[test]
    fn keys_read_back() {
        for text in ["sroi/2026-Q3/all", "hours/2026-09/language"] {
            assert_eq!(FigureKey::parse(text).unwrap().to_string(), text);
        }
        for text in ["sroi", "sroi/2026-Q9/all", "sroi/2026/all/x", "SROI/2026/all", "sroi/2026/"] {
            assert!(FigureKey::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn fewer_than_ten_people_are_withheld_and_leave_no_inputs() {
        let definitions = definitions_v1();
        let participants = definitions.iter().find(|d| d.id.as_str() == "participants").unwrap();
        let key = FigureKey::parse("participants/2026-09/buddy").unwrap();
        let inputs = BTreeMap::from([("participants".to_owned(), 9.0)]);
        let few = Figure::measure(key.clone(), participants, inputs.clone(), Some(9), Timestamp::UNIX_EPOCH);
        assert_eq!(few.value, FigureValue::Withheld);
        assert!(few.inputs.is_empty());
        assert_eq!(few.recompute(participants), FigureValue::Withheld);
        let enough = Figure::measure(key, participants, inputs, Some(10), Timestamp::UNIX_EPOCH);
        assert_eq!(enough.value.number(), Some(9.0));
    }

    #[test]
    fn movement_is_judged_by_what_is_better() {
        assert_eq!(movement(106.0, Some(100.0), Better::Higher), (Some(0.06), Movement::Improving));
        assert_eq!(movement(106.0, Some(100.0), Better::Lower).1, Movement::Declining);
        assert_eq!(movement(106.0, Some(100.0), Better::Neither).1, Movement::Stable);
        assert_eq!(movement(105.0, Some(100.0), Better::Higher).1, Movement::Stable);
        assert_eq!(movement(1.0, None, Better::Higher), (None, Movement::New));
        assert_eq!(movement(1.0, Some(0.0), Better::Higher), (None, Movement::New));
    }
}
