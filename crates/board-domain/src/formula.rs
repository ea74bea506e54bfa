//! The arithmetic behind every figure: inputs in, a value or a reason for its absence out.
//!
//! The same code runs on the server, which measures, and on the device, which recomputes. No rounding happens here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Fewest people an aggregate may speak of.
pub const MINIMUM_PEOPLE: u32 = 10;

/// Which arithmetic a metric uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "formula", rename_all = "snake_case")]
#[ts(export)]
pub enum Formula {
    /// One input as it is.
    Amount {
        /// Its name.
        input: String,
    },
    /// One input over another; absent where the whole is zero.
    Share {
        /// Numerator.
        part: String,
        /// Denominator.
        whole: String,
    },
    /// A mean; absent where nothing was counted.
    Mean {
        /// Sum.
        sum: String,
        /// Count.
        count: String,
    },
    /// Gross social return on investment.
    Sroi,
    /// Net present value of outcomes, major units.
    SocialValue,
    /// Volunteer impact score, 0-100.
    Vis,
    /// Integration score, 0-100.
    Integration,
}

/// Measured inputs and assumptions by name.
pub type Inputs = BTreeMap<String, f64>;

/// Why a formula gives no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, TS)]
#[serde(tag = "reason", rename_all = "snake_case")]
#[ts(export)]
pub enum Absence {
    /// A ratio over no investment has no meaning.
    #[error("nothing was invested")]
    NoInvestment,
    /// There was nothing to count.
    #[error("nothing was measured")]
    NothingMeasured,
    /// An input is missing or not a finite number.
    #[error("input {input} is missing")]
    InputMissing {
        /// Its name.
        input: String,
    },
}

impl Formula {
    /// The value, in the metric's unit, unrounded.
    pub fn evaluate(&self, inputs: &Inputs) -> Result<f64, Absence> {
        let get = |name: &str| {
            inputs
                .get(name)
                .copied()
                .filter(|value| value.is_finite())
                .ok_or_else(|| Absence::InputMissing { input: name.to_owned() })
        };
        match self {
            Self::Amount { input } => get(input),
            Self::Share { part: sum, whole: count } | Self::Mean { sum, count } => {
                let count = get(count)?;
                if count == 0.0 { Err(Absence::NothingMeasured) } else { Ok(get(sum)? / count) }
            }
            Self::SocialValue => social_value(&get),
            Self::Sroi => {
                let investment = get("investment")?;
                if investment <= 0.0 {
                    return Err(Absence::NoInvestment);
                }
                Ok(social_value(&get)? / investment)
            }
            Self::Vis => {
                let hours = (get("hours")? / 1000.0).clamp(0.0, 1.0);
                Ok(100.0
                    * (0.30 * hours
                        + 0.30 * get("quality")?
                        + 0.25 * get("outcome_lift")?
                        + 0.15 * get("placement")?))
            }
            Self::Integration => {
                Ok(100.0 * (0.40 * get("language")? + 0.30 * get("social")? + 0.30 * get("job_access")?))
            }
        }
    }
}

/// Σ over years y = 1…N of people × value × attribution × (1 − deadweight) × (1 − drop-off)^(y−1) / (1 + r)^y.
fn social_value(get: &impl Fn(&str) -> Result<f64, Absence>) -> Result<f64, Absence> {
    let yearly = get("people_with_outcome")?
        * get("value_per_person")?
        * get("attribution")?
        * (1.0 - get("deadweight")?);
    let (drop_off, rate, years) = (get("drop_off")?, get("discount_rate")?, get("years")?);
    #[allow(clippy::cast_possible_truncation)]
    let years = years.round().clamp(0.0, 100.0) as i32;
    Ok((1..=years).map(|year| yearly * (1.0 - drop_off).powi(year - 1) / (1.0 + rate).powi(year)).sum())
}

/// Language component of integration from a CEFR level; 0 where it is not known.
pub fn language_component(cefr: Option<&str>) -> f64 {
    match cefr {
        Some("A1") => 0.17,
        Some("A2") => 0.33,
        Some("B1") => 0.50,
        Some("B2") => 0.67,
        Some("C1") => 0.83,
        Some("C2") => 1.0,
        _ => 0.0,
    }
}

/// Social component: a match weighs 0.4, five events 0.3, ten check-ins 0.3.
pub fn social_component(matched: bool, events: u32, check_ins: u32) -> f64 {
    f64::from(u8::from(matched)) * 0.4
        + (f64::from(events) / 5.0).min(1.0) * 0.3
        + (f64::from(check_ins) / 10.0).min(1.0) * 0.3
}

/// Job access component: 1 if employed, else completed and running courses up to 0.6 and 0.4.
pub fn job_component(employed: bool, completed: u32, in_progress: u32) -> f64 {
    if employed {
        1.0
    } else {
        (f64::from(completed) * 0.15).min(0.6) + (f64::from(in_progress) * 0.1).min(0.4)
    }
}

/// Job readiness of one person: 0.30 and 0.15 for each signal, at most 1; 1 if employed.
pub fn job_readiness(employed: bool, signals: u32) -> f64 {
    if employed { 1.0 } else { (0.30 + 0.15 * f64::from(signals)).min(1.0) }
}

/// Band of an SROI ratio: `loss` < 1, `modest` < 3, `strong` < 7, else `exceptional`.
pub fn sroi_band(ratio: f64) -> &'static str {
    match ratio {
        r if r < 1.0 => "loss",
        r if r < 3.0 => "modest",
        r if r < 7.0 => "strong",
        _ => "exceptional",
    }
}

/// Band of a VIS score: edges at 31, 51, 71 and 86.
pub fn vis_band(score: f64) -> &'static str {
    match score {
        s if s < 31.0 => "developing",
        s if s < 51.0 => "good",
        s if s < 71.0 => "excellent",
        s if s < 86.0 => "outstanding",
        _ => "transformational",
    }
}

/// Level of an integration score: low < 34, medium < 67, else high.
pub fn integration_level(score: f64) -> &'static str {
    match score {
        s if s < 34.0 => "low",
        s if s < 67.0 => "medium",
        _ => "high",
    }
}

#[cfg(test)]
// Check vectors are exact after rounding.
#[allow(clippy::float_cmp)]
mod tests {
    use super::*;

    fn inputs(pairs: &[(&str, f64)]) -> Inputs {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
    }

    fn round2(value: f64) -> f64 {
        (value * 100.0).round() / 100.0
    }

    #[test]
    fn sroi_meets_its_check_vectors() {
        let vector = inputs(&[
            ("people_with_outcome", 25.0),
            ("value_per_person", 15_000.0),
            ("attribution", 1.5),
            ("deadweight", 0.0),
            ("drop_off", 0.0),
            ("discount_rate", 0.03),
            ("years", 3.0),
            ("investment", 100_000.0),
        ]);
        assert_eq!(round2(Formula::SocialValue.evaluate(&vector).unwrap()), 1_591_093.89);
        assert_eq!(round2(Formula::Sroi.evaluate(&vector).unwrap()), 15.91);
        for (value, investment, ratio) in
            [(513_000.0, 180_000.0, 2.85), (684_000.0, 200_000.0, 3.42), (106_250.0, 42_500.0, 2.5)]
        {
            let share = Formula::Share { part: "value".into(), whole: "investment".into() };
            let inputs = inputs(&[("value", value), ("investment", investment)]);
            assert_eq!(round2(share.evaluate(&inputs).unwrap()), ratio);
        }
        let mut nothing = vector;
        nothing.insert("investment".into(), 0.0);
        assert_eq!(Formula::Sroi.evaluate(&nothing), Err(Absence::NoInvestment));
        assert_eq!([0.9, 1.0, 3.0, 7.0].map(sroi_band), ["loss", "modest", "strong", "exceptional"]);
    }

    #[test]
    fn vis_meets_its_check_vectors() {
        let vis = |hours, quality, lift, placement| {
            let inputs = inputs(&[
                ("hours", hours),
                ("quality", quality),
                ("outcome_lift", lift),
                ("placement", placement),
            ]);
            round2(Formula::Vis.evaluate(&inputs).unwrap())
        };
        assert_eq!(vis(300.0, 0.80, 0.75, 0.50), 59.25);
        assert_eq!(vis(400.0, 0.92, 0.85, 0.70), 71.35);
        assert_eq!(vis(9_000.0, 1.0, 1.0, 1.0), 100.0);
        assert_eq!(
            [30.9, 31.0, 51.0, 71.0, 86.0].map(vis_band),
            ["developing", "good", "excellent", "outstanding", "transformational"]
        );
    }

    #[test]
    fn integration_meets_its_check_vector() {
        let inputs = inputs(&[
            ("language", language_component(Some("B1"))),
            ("social", social_component(true, 3, 3)),
            ("job_access", job_component(false, 2, 1)),
        ]);
        let score = round2(Formula::Integration.evaluate(&inputs).unwrap());
        assert_eq!((score, integration_level(score)), (52.1, "medium"));
        assert_eq!(job_component(true, 0, 0), 1.0);
        assert_eq!(job_component(false, 9, 9), 1.0);
        assert_eq!(language_component(Some("Z9")), 0.0);
    }

    #[test]
    fn job_readiness_saturates() {
        assert_eq!(round2(job_readiness(false, 2)), 0.6);
        assert_eq!(job_readiness(false, 8), 1.0);
        assert_eq!(job_readiness(true, 0), 1.0);
    }

    #[test]
    fn missing_and_infinite_inputs_are_named() {
        let formula = Formula::Amount { input: "sessions".into() };
        let missing = Err(Absence::InputMissing { input: "sessions".into() });
        assert_eq!(formula.evaluate(&inputs(&[])), missing);
        assert_eq!(formula.evaluate(&inputs(&[("sessions", f64::NAN)])), missing);
        let mean = Formula::Mean { sum: "s".into(), count: "n".into() };
        assert_eq!(mean.evaluate(&inputs(&[("s", 1.0), ("n", 0.0)])), Err(Absence::NothingMeasured));
    }
}
