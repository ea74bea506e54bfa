//! The committed demo is what the generator makes, holds what it promises, and its figures are plausible.
//!
//! Figures are counted here from the files, apart from the server's own counting.

use std::collections::{BTreeMap, BTreeSet};

use board_domain::{
    Dashboard, Dimension, FigureKey, Formula, Period, Role, Section, definitions_v1,
    formula::{Inputs, MINIMUM_PEOPLE, job_component, language_component, social_component},
};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde::de::DeserializeOwned;

use super::{
    files,
    rows::{
        BuddyMatch, BuddySession, Cost, CourseCompletion, Feedback, KintellSession, Outcome,
        UpskillingSession,
    },
};

/// A completed session in the tenant's calendar.
struct Session {
    date: Date,
    participant: String,
    volunteer: Option<String>,
    minutes: u32,
    rating: Option<u8>,
    programme: &'static str,
    level: String,
    course: String,
}

struct Data {
    sessions: Vec<Session>,
    matches: Vec<(Date, BuddyMatch)>,
    completions: Vec<(Date, CourseCompletion)>,
    outcomes: Vec<(Date, Outcome)>,
    costs: Vec<Cost>,
    feedback: Vec<(Date, Feedback)>,
}

fn oslo(instant: &str) -> Date {
    let at: Timestamp = instant.parse().unwrap();
    at.to_zoned(TimeZone::get("Europe/Oslo").unwrap()).date()
}

fn rows<T: DeserializeOwned>(text: &str) -> Vec<T> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().collect::<Result<_, _>>().unwrap()
}

fn read(files: &BTreeMap<String, String>, tenant: &str) -> Data {
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
    fn of(&self, period: Period) -> impl Iterator<Item = &Session> {
        self.sessions.iter().filter(move |session| period.contains(session.date))
    }

    fn participants(&self, period: Period) -> BTreeSet<&str> {
        self.of(period).map(|session| session.participant.as_str()).collect()
    }

    fn value(&self, metric: &str, period: Period) -> f64 {
        let definitions = definitions_v1();
        let definition = definitions.iter().find(|definition| definition.id.as_str() == metric).unwrap();
        let mut inputs = definition.assumptions.clone();
        inputs.extend(self.inputs(&definition.formula, period));
        definition.formula.evaluate(&inputs).unwrap()
    }

    fn inputs(&self, formula: &Formula, period: Period) -> Inputs {
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
    fn people(&self, key: &FigureKey) -> usize {
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

fn quarters() -> Vec<Period> {
    Period::Quarter(2026, 3).trailing(8)
}

#[test]
fn the_committed_files_are_what_the_generator_makes() {
    let folder = crate::root().join("assets/demo");
    for (name, text) in files().unwrap() {
        let committed = std::fs::read_to_string(folder.join(&name)).unwrap_or_default();
        assert!(committed == text, "{name} differs: run `cargo xtask demo-data`");
    }
}

#[test]
fn sizes_are_as_promised() {
    let files = files().unwrap();
    for (tenant, sessions, feedback) in [
        ("fjordlys", 4_500..5_500, 330),
        ("fjordlys-kraft", 800..1_200, 100),
        ("fjordlys-sjomat", 800..1_200, 100),
    ] {
        let data = read(&files, tenant);
        assert!(sessions.contains(&data.sessions.len()), "{tenant}: {} sessions", data.sessions.len());
        assert!(data.feedback.len() > feedback, "{tenant}: {} feedback lines", data.feedback.len());
        let months: BTreeSet<Period> =
            data.sessions.iter().map(|s| Period::holding(s.date, board_domain::Grain::Month)).collect();
        assert_eq!(months.len(), 24, "{tenant}");
        assert!(data.feedback.iter().all(|(_, row)| !row.participant.is_empty()), "{tenant}");
        for locale in ["en", "nb", "uk"] {
            assert!(
                data.feedback.iter().filter(|(_, row)| row.locale == locale).count() * 5 > feedback,
                "{tenant} {locale}"
            );
        }
        let texts: BTreeSet<&str> = data.feedback.iter().map(|(_, row)| row.text.as_str()).collect();
        assert_eq!(texts.len(), data.feedback.len(), "{tenant} says the same twice");
    }
}

#[test]
fn ids_are_unique_within_their_source() {
    let files = files().unwrap();
    for (name, text) in &files {
        if name.contains(".csv") {
            let first: Vec<&str> = text.lines().collect();
            assert_eq!(first.iter().collect::<BTreeSet<_>>().len(), first.len(), "{name}");
        }
        if name.contains(".ndjson") {
            let ids: Vec<String> =
                text.lines().map(|line| serde_json::from_str::<Feedback>(line).unwrap().id).collect();
            assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{name}");
        }
    }
}

#[test]
fn figures_of_the_group_are_plausible() {
    let data = read(&files().unwrap(), "fjordlys");
    let ranges = [
        ("sroi", 2.5..4.5),
        ("vis", 55.0..80.0),
        ("participants", 100.0..400.0),
        ("participation", 0.4..0.9),
        ("integration", 28.0..60.0),
    ];
    for quarter in quarters() {
        for (metric, range) in &ranges {
            let value = data.value(metric, quarter);
            assert!(range.contains(&value), "{metric} of {quarter} is {value}");
        }
    }
    let (first, last) = (quarters()[0], quarters()[7]);
    assert!(data.value("sroi", last) > data.value("sroi", first));
    assert!(data.value("integration", last) > 45.0);
    assert!(data.value("participants", last) > 250.0);
}

#[test]
fn no_quarter_of_a_subsidiary_has_to_withhold_its_value() {
    let files = files().unwrap();
    for tenant in ["fjordlys-kraft", "fjordlys-sjomat"] {
        let data = read(&files, tenant);
        for quarter in quarters() {
            let inputs = data.inputs(&Formula::SocialValue, quarter);
            assert!(inputs["people_with_outcome"] >= f64::from(MINIMUM_PEOPLE), "{tenant} {quarter}");
            let sroi = data.value("sroi", quarter);
            assert!((2.2..5.0).contains(&sroi), "{tenant} {quarter}: {sroi}");
        }
    }
}

#[test]
fn summer_and_christmas_are_quiet_and_september_2026_is_the_busiest_month() {
    let data = read(&files().unwrap(), "fjordlys");
    let count = |year, month| data.of(Period::Month(year, month)).count();
    for (year, quiet, before) in [(2024, 12, 11), (2025, 7, 6), (2025, 12, 11), (2026, 7, 6)] {
        assert!(count(year, quiet) * 4 < count(year, before) * 3, "{year}-{quiet}");
    }
    let busiest = Period::Month(2026, 9).trailing(24).into_iter().max_by_key(|month| data.of(*month).count());
    assert_eq!(busiest, Some(Period::Month(2026, 9)));
}

#[test]
fn reports_may_be_submitted_and_cite_feedback_of_their_period() {
    let files = files().unwrap();
    let seed: serde_json::Value = serde_json::from_str(&files["tenants.json"]).unwrap();
    let metrics: BTreeSet<_> = definitions_v1().into_iter().map(|definition| definition.id).collect();
    for tenant in seed["tenants"].as_array().unwrap() {
        let id = tenant["tenant"]["id"].as_str().unwrap();
        let data = read(&files, id);
        for report in tenant["reports"].as_array().unwrap() {
            let sections: Vec<Section> = serde_json::from_value(report["sections"].clone()).unwrap();
            let period = Period::parse(report["period"].as_str().unwrap()).unwrap();
            let submitted = !report["steps"].as_array().unwrap().is_empty();
            let said: BTreeSet<String> = data
                .feedback
                .iter()
                .filter(|(date, _)| period.contains(*date))
                .map(|(_, row)| super::feedback::evidence_id(id, &row.id))
                .collect();
            for section in &sections {
                let faults = section.narrative.faults();
                assert!(!submitted || faults.is_empty(), "{id} {}: {faults:?}", section.id);
                for cited in section.narrative.citations() {
                    assert!(said.contains(cited.as_str()), "{id} {} cites {cited}", section.id);
                }
                for key in section.narrative.figures() {
                    assert!(metrics.contains(&key.metric) && key.period == period, "{id} {key}");
                    assert!(data.people(&key) >= 10, "{id} {key} would be withheld");
                }
            }
        }
    }
}

#[test]
fn dashboards_can_be_shown_and_every_role_is_taken() {
    let files = files().unwrap();
    let seed: serde_json::Value = serde_json::from_str(&files["tenants.json"]).unwrap();
    for tenant in seed["tenants"].as_array().unwrap() {
        let dashboards: Vec<Dashboard> = serde_json::from_value(tenant["dashboards"].clone()).unwrap();
        assert_eq!(dashboards.len(), 3);
        for dashboard in dashboards {
            dashboard.check().unwrap();
        }
        let roles: BTreeSet<&str> = tenant["people"]
            .as_array()
            .unwrap()
            .iter()
            .map(|person| person["role"].as_str().unwrap())
            .collect();
        assert_eq!(roles.len(), Role::ALL.len());
    }
    let partner = &seed["partners"][0];
    assert_eq!(partner["tenants"].as_array().unwrap().len(), 3);
}

#[test]
fn some_feedback_carries_personal_data_and_every_dimension_is_spoken_of() {
    let data = read(&files().unwrap(), "fjordlys");
    let texts = || data.feedback.iter().map(|(_, row)| row.text.as_str());
    assert!(texts().filter(|text| text.contains("@post.example")).count() >= 5);
    assert!(texts().filter(|text| text.contains("+47 ")).count() >= 5);
    assert!(!texts().any(|text| text.contains(['{', '}'])));
    for quarter in quarters() {
        for dimension in Dimension::ALL {
            let people: BTreeSet<&str> = data
                .feedback
                .iter()
                .filter(|(date, row)| {
                    quarter.contains(*date) && row.scores.iter().any(|s| s.dimension == dimension.code())
                })
                .map(|(_, row)| row.participant.as_str())
                .collect();
            assert!(people.len() >= 5, "{quarter} {dimension:?}: {}", people.len());
        }
    }
}
