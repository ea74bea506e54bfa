//! What the rows of one period and scope add up to. Not who may see it.

use std::collections::{BTreeMap, BTreeSet};

use board_domain::{Dimension, Period, ProgrammeId};

use crate::ingest::{IntakeRow, OutcomeKind};

/// Counts of one period in one scope. People are pseudonyms.
#[derive(Default)]
pub(super) struct Tally<'a> {
    /// Participants with a completed session, and how many they had.
    pub(super) participants: BTreeMap<&'a str, u32>,
    /// Volunteers who led a completed session.
    pub(super) volunteers: BTreeSet<&'a str>,
    /// Completed sessions.
    pub(super) sessions: u32,
    /// Minutes of completed sessions with a volunteer.
    pub(super) volunteer_minutes: u64,
    /// Sum and number of ratings of completed sessions.
    pub(super) ratings: (u32, u32),
    /// Sum and number of scores, and who gave them, by dimension.
    pub(super) scores: BTreeMap<Dimension, (f64, u32, BTreeSet<&'a str>)>,
    /// Participants with an outcome of any kind.
    pub(super) with_outcome: BTreeSet<&'a str>,
    /// Participants who found work or started a placement.
    pub(super) placed: BTreeSet<&'a str>,
    /// Costs in minor units, and how many of those make a major one.
    pub(super) cost: (i64, i64),
    /// People known to the scope by the end of the period: matched, in a session of any status, or with a course.
    pub(super) enrolled: BTreeSet<&'a str>,
}

impl<'a> Tally<'a> {
    /// Adds up the rows of a period, of one programme or of all.
    pub(super) fn of(rows: &'a [IntakeRow], period: Period, scope: Option<&ProgrammeId>) -> Self {
        let mut tally = Self { cost: (0, 1), ..Self::default() };
        let of_scope = |programme: &ProgrammeId| scope.is_none_or(|scope| scope == programme);
        let (first, last) = (period.first(), period.last());
        for row in rows {
            match row {
                IntakeRow::Session(row) if of_scope(&row.programme) && row.date <= last => {
                    tally.enrolled.insert(&row.participant);
                    if row.date < first || !row.completed {
                        continue;
                    }
                    *tally.participants.entry(&row.participant).or_default() += 1;
                    tally.sessions += 1;
                    if let Some(volunteer) = &row.volunteer {
                        tally.volunteers.insert(volunteer);
                        tally.volunteer_minutes += u64::from(row.minutes);
                    }
                    if let Some(rating) = row.rating {
                        tally.ratings.0 += u32::from(rating);
                        tally.ratings.1 += 1;
                    }
                }
                IntakeRow::Match(row) if of_scope(&row.programme) && row.date <= last => {
                    tally.enrolled.insert(&row.participant);
                }
                IntakeRow::Course(row) if of_scope(&row.programme) && row.date <= last => {
                    tally.enrolled.insert(&row.participant);
                }
                IntakeRow::Feedback(row) if of_scope(&row.programme) && period.contains(row.date) => {
                    for score in &row.scores {
                        let (sum, count, people) = tally.scores.entry(score.dimension).or_default();
                        *sum += score.score;
                        *count += 1;
                        people.insert(&row.participant);
                    }
                }
                IntakeRow::Outcome(row) if of_scope(&row.programme) && period.contains(row.date) => {
                    tally.with_outcome.insert(&row.participant);
                    if matches!(row.outcome, OutcomeKind::Employed | OutcomeKind::PlacementStarted) {
                        tally.placed.insert(&row.participant);
                    }
                }
                IntakeRow::Cost(row)
                    if period.contains(row.month.first())
                        && (scope.is_none() || row.programme.as_ref() == scope) =>
                {
                    tally.cost.0 += row.amount.minor;
                    tally.cost.1 = row.amount.currency.minor_per_major();
                }
                _ => (),
            }
        }
        tally
    }
}
