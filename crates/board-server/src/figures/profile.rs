//! What is known of each participant over time, for the components of integration. Not a count of a period.

use std::collections::BTreeMap;

use board_domain::{
    Period,
    formula::{job_component, language_component, social_component},
};
use jiff::{ToSpan, civil::Date};

use crate::ingest::{IntakeRow, OutcomeKind, SessionKind};

/// One participant's history.
#[derive(Default)]
struct Profile<'a> {
    levels: Vec<(Date, &'a str)>,
    active_matches: Vec<Date>,
    buddy_sessions: Vec<Date>,
    mentoring_sessions: Vec<Date>,
    progress: BTreeMap<&'a str, Vec<(Date, f64)>>,
    completed: BTreeMap<&'a str, Date>,
    employed: Option<Date>,
}

/// Every participant's history, by pseudonym.
pub(super) struct Profiles<'a>(BTreeMap<&'a str, Profile<'a>>);

/// Components of integration of one participant, each 0-1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Components {
    pub(super) language: f64,
    pub(super) social: f64,
    pub(super) job_access: f64,
}

impl<'a> Profiles<'a> {
    pub(super) fn new(rows: &'a [IntakeRow]) -> Self {
        let mut profiles: BTreeMap<&str, Profile<'_>> = BTreeMap::new();
        for row in rows {
            match row {
                IntakeRow::Session(row) if row.completed => {
                    let profile = profiles.entry(&row.participant).or_default();
                    profile.levels.extend(row.level.as_deref().map(|level| (row.date, level)));
                    match row.session {
                        SessionKind::Buddy => profile.buddy_sessions.push(row.date),
                        SessionKind::Mentoring => profile.mentoring_sessions.push(row.date),
                        SessionKind::Language | SessionKind::Upskilling => (),
                    }
                    if let (Some(course), Some(progress)) = (&row.course, row.progress) {
                        profile.progress.entry(course).or_default().push((row.date, progress));
                        if progress >= 100.0 {
                            profile.complete(course, row.date);
                        }
                    }
                }
                IntakeRow::Match(row) if row.active => {
                    profiles.entry(&row.participant).or_default().active_matches.push(row.date);
                }
                IntakeRow::Course(row) => {
                    profiles.entry(&row.participant).or_default().complete(&row.course, row.date);
                }
                IntakeRow::Outcome(row) if row.outcome == OutcomeKind::Employed => {
                    let employed = &mut profiles.entry(&row.participant).or_default().employed;
                    *employed = Some(employed.map_or(row.date, |date| date.min(row.date)));
                }
                _ => (),
            }
        }
        for profile in profiles.values_mut() {
            profile.levels.sort();
        }
        Self(profiles)
    }

    /// The components at the end of a period: the newest level, employment, matches and completed courses as known by
    /// then; buddy sessions (events), mentoring sessions (check-ins) and courses in progress of the twelve months that
    /// end with it.
    pub(super) fn components(&self, participant: &str, period: Period) -> Components {
        let Some(profile) = self.0.get(participant) else {
            return Components { language: 0.0, social: 0.0, job_access: 0.0 };
        };
        let last = period.last();
        let after = last.saturating_sub(1.year());
        let recent = |date: &Date| *date > after && *date <= last;
        let count =
            |dates: &[Date]| u32::try_from(dates.iter().filter(|date| recent(date)).count()).unwrap_or(0);
        let level = profile.levels.iter().rev().find(|(date, _)| *date <= last).map(|(_, level)| *level);
        let matched = profile.active_matches.iter().any(|date| *date <= last);
        let completed = |course: &str| profile.completed.get(course).is_some_and(|date| *date <= last);
        let completions = profile.completed.keys().filter(|course| completed(course)).count();
        let running = profile
            .progress
            .iter()
            .filter(|(course, steps)| !completed(course) && steps.iter().any(|(date, _)| recent(date)))
            .count();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Components {
            language: language_component(level),
            social: social_component(
                matched,
                count(&profile.buddy_sessions),
                count(&profile.mentoring_sessions),
            ),
            job_access: job_component(
                profile.employed.is_some_and(|date| date <= last),
                number(completions),
                number(running),
            ),
        }
    }
}

impl<'a> Profile<'a> {
    fn complete(&mut self, course: &'a str, date: Date) {
        let known = self.completed.entry(course).or_insert(date);
        *known = date.min(*known);
    }
}
