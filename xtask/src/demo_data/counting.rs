//! Figures counted from the demo's files, apart from the server's own counting: the same rules, written a second time.

use std::collections::{BTreeMap, BTreeSet};

use board_domain::{
    Dimension, FigureKey, Formula, Period, definitions_v1,
    formula::{Inputs, job_component, language_component, social_component},
};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde::de::DeserializeOwned;

use super::rows::{
    BuddyMatch, BuddySession, Cost, CourseCompletion, Feedback, KintellSession, Outcome, UpskillingSession,
};

/// A completed session in the tenant's calendar.
pub(super) struct Session {
    pub(super) date: Date,
    pub(super) participant: String,
    volunteer: Option<String>,
    minutes: u32,
    rating: Option<u8>,
    programme: &'static str,
    level: String,
    course: String,
}

pub(super) struct Data {
    pub(super) sessions: Vec<Session>,
    matches: Vec<(Date, BuddyMatch)>,
    completions: Vec<(Date, CourseCompletion)>,
    outcomes: Vec<(Date, Outcome)>,
    costs: Vec<Cost>,
    pub(super) feedback: Vec<(Date, Feedback)>,
}

fn oslo(instant: &str) -> Date {
    let at: Timestamp = instant.parse().unwrap();
    at.to_zoned(TimeZone::get("Europe/Oslo").unwrap()).date()
}

fn rows<T: DeserializeOwned>(text: &str) -> Vec<T> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().collect::<Result<_, _>>().unwrap()
}

pub(super) fn read(files: &BTreeMap<String, String>, tenant: &str) -> Data {
    let file = |name: &str| &files[&format!("{tenant}/{name}")];
    let mut sessions = Vec::new();
    for row in rows::<KintellSession>(file("kintell_sessions.csv")) {
        sessions.push(Session {
            date: oslo(&row.date),
            participant: row.participant_email,
            volunteer: Some(row.volunteer_email),
            minutes: row.duration_min,
            rating: row.rating,
            programme: if row.session_type == "Mentorship" { "mentoring" } else { "language" },
            level: row.language_level,
            course: String::new(),
        });
    }
    for row in rows::<BuddySession>(file("buddy_sessions.csv")) {
        if row.status == "completed" {
            sessions.push(Session {
                date: oslo(&row.date),
                participant: row.participant_email,
                volunteer: Some(row.buddy_email),
                minutes: row.duration_min,
                rating: row.rating,
                programme: "buddy",
                level: String::new(),
                course: String::new(),
            });
        }
    }
    for row in rows::<UpskillingSession>(file("upskilling_sessions.csv")) {
        sessions.push(Session {
            date: oslo(&row.date),
            participant: row.user_email,
            volunteer: None,
            minutes: row.duration_min,
            rating: None,
            programme: "upskilling",
            level: String::new(),
            course: row.course_id,
        });
    }
    sessions.sort_by_key(|session| session.date);
    let day = |text: &str| text.parse::<Date>().unwrap();
    Data {
        sessions,
        matches: rows::<BuddyMatch>(file("buddy_matches.csv"))
            .into_iter()
            .map(|r| (oslo(&r.matched_at), r))
            .collect(),
        completions: rows::<CourseCompletion>(file("course_completions.csv"))
            .into_iter()
            .map(|r| (oslo(&r.completed_at), r))
            .collect(),
        outcomes: rows::<Outcome>(file("outcomes.csv")).into_iter().map(|r| (day(&r.date), r)).collect(),
        costs: rows(file("costs.csv")),
        feedback: file("feedback.ndjson")
            .lines()
            .map(|line| serde_json::from_str::<Feedback>(line).unwrap())
            .map(|r| (day(&r.date), r))
            .collect(),
    }
}

impl Data {
    pub(super) fn of(&self, period: Period) -> impl Iterator<Item = &Session> {
        self.sessions.iter().filter(move |session| period.contains(session.date))
    }

    fn participants(&self, period: Period) -> BTreeSet<&str> {
        self.of(period).map(|session| session.participant.as_str()).collect()
    }

    pub(super) fn value(&self, metric: &str, period: Period) -> f64 {
        let definitions = definitions_v1();
        let definition = definitions.iter().find(|definition| definition.id.as_str() == metric).unwrap();
        let mut inputs = definition.assumptions.clone();
        inputs.extend(self.inputs(&definition.formula, period));
        definition.formula.evaluate(&inputs).unwrap()
    }

    pub(super) fn inputs(&self, formula: &Formula, period: Period) -> Inputs {
        let people = self.participants(period);
        let reached: Vec<_> = self.outcomes.iter().filter(|(date, _)| period.contains(*date)).collect();
        let distinct = |kinds: &[&str]| {
            let of = reached.iter().filter(|(_, row)| kinds.is_empty() || kinds.contains(&row.kind.as_str()));
            of.map(|(_, row)| row.participant_email.as_str()).collect::<BTreeSet<_>>().len() as f64
        };
        let pairs: Vec<(&str, f64)> = match formula {
            Formula::Sroi | Formula::SocialValue => {
                let booked = self
                    .costs
                    .iter()
                    .filter(|row| period.contains(Period::parse(&row.month).unwrap().first()));
                let investment = booked.map(|row| row.amount.parse::<f64>().unwrap()).sum();
                vec![("people_with_outcome", distinct(&[])), ("investment", investment)]
            }
            Formula::Vis => {
                let minutes: u32 = self.of(period).filter(|s| s.volunteer.is_some()).map(|s| s.minutes).sum();
                let ratings: Vec<f64> = self.of(period).filter_map(|s| s.rating).map(f64::from).collect();
                let said = self.feedback.iter().filter(|(date, _)| period.contains(*date));
                let scores: Vec<f64> =
                    said.flat_map(|(_, row)| &row.scores).map(|score| score.score).collect();
                vec![
                    ("hours", f64::from(minutes) / 60.0),
                    ("quality", mean(&ratings) / 5.0),
                    ("outcome_lift", mean(&scores)),
                    ("placement", distinct(&["employed", "placement_started"]) / people.len() as f64),
                ]
            }
            Formula::Integration => {
                let of = |part: fn(&Self, &str, Period) -> f64| {
                    mean(&people.iter().map(|person| part(self, person, period)).collect::<Vec<_>>())
                };
                vec![
                    ("language", of(Self::language)),
                    ("social", of(Self::social)),
                    ("job_access", of(Self::job)),
                ]
            }
            Formula::Amount { .. } => vec![("participants", people.len() as f64)],
            Formula::Share { .. } | Formula::Mean { .. } => {
                let by = period.last();
                let met = self.sessions.iter().filter(|s| s.date <= by).map(|s| s.participant.as_str());
                let matched = self
                    .matches
                    .iter()
                    .filter(|(date, _)| *date <= by)
                    .map(|(_, m)| m.participant_email.as_str());
                let enrolled = met.chain(matched).collect::<BTreeSet<_>>();
                vec![("participants", people.len() as f64), ("enrolled", enrolled.len() as f64)]
            }
        };
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// How many people a figure of a report speaks of.
    pub(super) fn people(&self, key: &FigureKey) -> usize {
        let of = |programme: &str| key.programme.as_ref().is_none_or(|only| only.as_str() == programme);
        if let Some(dimension) = Dimension::parse(key.metric.as_str()) {
            let said =
                self.feedback.iter().filter(|(date, row)| key.period.contains(*date) && of(&row.programme));
            let scored =
                said.filter(|(_, row)| row.scores.iter().any(|score| score.dimension == dimension.code()));
            return scored.map(|(_, row)| row.participant.as_str()).collect::<BTreeSet<_>>().len();
        }
        let sessions = self.of(key.period).filter(|session| of(session.programme));
        sessions.map(|session| session.participant.as_str()).collect::<BTreeSet<_>>().len()
    }

    fn language(&self, person: &str, period: Period) -> f64 {
        let known = self
            .sessions
            .iter()
            .rev()
            .find(|s| s.date <= period.last() && s.participant == person && !s.level.is_empty());
        language_component(known.map(|session| session.level.as_str()))
    }

    fn social(&self, person: &str, period: Period) -> f64 {
        let count = |programme| {
            let of = self.year(person, period).filter(|session| session.programme == programme).count();
            u32::try_from(of).unwrap()
        };
        let matched = self.matches.iter().any(|(date, row)| {
            *date <= period.last() && row.participant_email == person && row.status == "active"
        });
        social_component(matched, count("buddy"), count("mentoring"))
    }

    fn job(&self, person: &str, period: Period) -> f64 {
        let done: BTreeSet<&str> = self
            .completions
            .iter()
            .filter(|(date, row)| *date <= period.last() && row.user_email == person)
            .map(|(_, row)| row.course_id.as_str())
            .collect();
        let studied: BTreeSet<&str> = self
            .year(person, period)
            .map(|s| s.course.as_str())
            .filter(|course| !course.is_empty())
            .collect();
        let employed = self.outcomes.iter().any(|(date, row)| {
            *date <= period.last() && row.participant_email == person && row.kind == "employed"
        });
        let number = |count: usize| u32::try_from(count).unwrap();
        job_component(employed, number(done.len()), number(studied.difference(&done).count()))
    }

    /// The person's sessions of the twelve months that end with the period.
    fn year<'a>(&'a self, person: &'a str, period: Period) -> impl Iterator<Item = &'a Session> {
        let last = period.last();
        let after = last.saturating_sub(1.year());
        self.sessions.iter().filter(move |s| s.participant == person && s.date > after && s.date <= last)
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
