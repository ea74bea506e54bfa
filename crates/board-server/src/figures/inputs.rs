//! The inputs of each metric, by the names its formula takes, and how many people the figure speaks of.
//!
//! The number of people is the smallest group behind any input, so that no figure gives away a group that another
//! figure withholds.

use std::collections::BTreeSet;

use board_domain::{Dimension, Inputs, Period};

use super::{profile::Profiles, tally::Tally};

/// Inputs and people of a metric; `None` for a metric this server cannot measure.
pub(super) fn inputs(
    metric: &str,
    tally: &Tally<'_>,
    earlier: &Tally<'_>,
    profiles: &Profiles<'_>,
    period: Period,
) -> Option<(Inputs, Option<u32>)> {
    let participants = size(tally.participants.len());
    let volunteers = size(tally.volunteers.len());
    let with_outcome = size(tally.with_outcome.len());
    let investment = || ("investment", tally.cost.0 as f64 / tally.cost.1 as f64);
    let people_with_outcome = ("people_with_outcome", f64::from(with_outcome));
    let active = ("participants", f64::from(participants));
    Some(match metric {
        // Distinct participants with an outcome in the period; costs booked in it.
        "sroi" => (named([people_with_outcome, investment()]), Some(with_outcome)),
        "social_value" => (named([people_with_outcome]), Some(with_outcome)),
        "investment" => (named([investment()]), None),
        "vis" => vis(tally, participants, volunteers),
        "integration" => (integration(tally, profiles, period), Some(participants)),
        // Distinct participants with a completed session.
        "participants" => (named([active]), Some(participants)),
        // Distinct volunteers with a completed session.
        "volunteers" => (named([("volunteers", f64::from(volunteers))]), Some(volunteers)),
        "sessions" => (named([("sessions", f64::from(tally.sessions))]), Some(participants)),
        "hours" => (named([("volunteer_minutes", tally.volunteer_minutes as f64)]), Some(volunteers)),
        // People matched, in a session or with a course by the end of the period.
        "participation" => (named([active, ("enrolled", tally.enrolled.len() as f64)]), Some(participants)),
        // Participants of this period among those of the period before it.
        "retention" => {
            let before = earlier.participants.len();
            let returned =
                earlier.participants.keys().filter(|person| tally.participants.contains_key(*person)).count();
            let inputs = named([("returned", returned as f64), ("earlier_participants", before as f64)]);
            (inputs, Some(size(before)))
        }
        // Participants with two sessions or more.
        "engagement" => {
            let engaged = tally.participants.values().filter(|sessions| **sessions >= 2).count();
            (named([("engaged", engaged as f64), active]), Some(participants))
        }
        other => {
            let dimension = Dimension::ALL.into_iter().find(|dimension| dimension.code() == other)?;
            let none = (0.0, 0, BTreeSet::new());
            let (sum, count, people) = tally.scores.get(&dimension).unwrap_or(&none);
            (named([("score_sum", *sum), ("scores", f64::from(*count))]), Some(size(people.len())))
        }
    })
}

/// Hours of volunteers; mean rating as a share of 5; mean of all scores; participants who found work or a placement
/// as a share of those active, at most 1. What was not measured is left out, so that the figure names it as missing.
fn vis(tally: &Tally<'_>, participants: u32, volunteers: u32) -> (Inputs, Option<u32>) {
    let mut inputs = named([("hours", tally.volunteer_minutes as f64 / 60.0)]);
    let (sum, count) = tally.ratings;
    if count > 0 {
        inputs.insert("quality".into(), f64::from(sum) / f64::from(count) / 5.0);
    }
    let (sum, count) = tally.scores.values().fold((0.0, 0), |(s, c), (sum, count, _)| (s + sum, c + count));
    if count > 0 {
        inputs.insert("outcome_lift".into(), sum / f64::from(count));
    }
    if participants > 0 {
        inputs.insert("placement".into(), (tally.placed.len() as f64 / f64::from(participants)).min(1.0));
    }
    let scored: BTreeSet<&str> = tally.scores.values().flat_map(|(_, _, people)| people).copied().collect();
    let people = participants.min(volunteers);
    // Without any score there is nobody behind that input, and the figure is absent rather than withheld.
    (inputs, Some(if scored.is_empty() { people } else { people.min(size(scored.len())) }))
}

/// Means of the components over the participants of the period.
fn integration(tally: &Tally<'_>, profiles: &Profiles<'_>, period: Period) -> Inputs {
    let people = tally.participants.len();
    if people == 0 {
        return Inputs::new();
    }
    let (mut language, mut social, mut job_access) = (0.0, 0.0, 0.0);
    for participant in tally.participants.keys() {
        let components = profiles.components(participant, period);
        language += components.language;
        social += components.social;
        job_access += components.job_access;
    }
    let mean = |sum: f64| sum / people as f64;
    named([("language", mean(language)), ("social", mean(social)), ("job_access", mean(job_access))])
}

fn named<const N: usize>(pairs: [(&str, f64); N]) -> Inputs {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn size(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
