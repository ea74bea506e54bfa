//! Every figure of the demo tenant, computed a second time straight from the rows in the files.
//!
//! Shares no code with the server's counting: plain loops over CSV, one metric after the other.
#![allow(clippy::unwrap_used, reason = "a journey that cannot go on fails loudly")]

use std::collections::{BTreeMap, BTreeSet};

use boardroom_tests::{PASSWORD, Server, root};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::Value;

type People<'a> = BTreeSet<&'a str>;

/// One completed or cancelled session of any programme.
struct Session {
    programme: &'static str,
    date: Date,
    participant: String,
    volunteer: Option<String>,
    minutes: f64,
    rating: Option<f64>,
    completed: bool,
    level: Option<String>,
    course: Option<(String, f64)>,
}

/// A row that is not a session: who, when, and a word or a number.
struct Fact {
    programme: String,
    date: Date,
    participant: String,
    word: String,
    number: f64,
}

struct Rows {
    sessions: Vec<Session>,
    matches: Vec<Fact>,
    courses: Vec<Fact>,
    outcomes: Vec<Fact>,
    scores: Vec<Fact>,
    costs: Vec<Fact>,
}

fn table(tenant: &str, source: &str) -> Vec<BTreeMap<String, String>> {
    let path = root().join("assets/demo").join(tenant).join(format!("{source}.csv"));
    csv::Reader::from_path(path).unwrap().deserialize().map(|row| row.unwrap()).collect()
}

/// The day of an instant by the tenant's clock.
fn day(instant: &str) -> Date {
    let oslo = TimeZone::get("Europe/Oslo").unwrap();
    instant.parse::<Timestamp>().unwrap().to_zoned(oslo).date()
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_lowercase())
}

impl Rows {
    fn read(tenant: &str) -> Self {
        let mut sessions = Vec::new();
        for row in table(tenant, "kintell_sessions") {
            let programme = if row["session_type"] == "Mentorship" { "mentoring" } else { "language" };
            sessions.push(Session {
                programme,
                date: day(&row["date"]),
                participant: row["participant_email"].to_lowercase(),
                volunteer: some(&row["volunteer_email"]),
                minutes: row["duration_min"].parse().unwrap(),
                rating: row["rating"].parse().ok(),
                completed: true,
                level: some(&row["language_level"]).map(|level| level.to_uppercase()),
                course: None,
            });
        }
        for row in table(tenant, "buddy_sessions") {
            sessions.push(Session {
                programme: "buddy",
                date: day(&row["date"]),
                participant: row["participant_email"].to_lowercase(),
                volunteer: some(&row["buddy_email"]),
                minutes: row["duration_min"].parse().unwrap(),
                rating: row["rating"].parse().ok(),
                completed: row["status"] == "completed",
                level: None,
                course: None,
            });
        }
        for row in table(tenant, "upskilling_sessions") {
            sessions.push(Session {
                programme: "upskilling",
                date: day(&row["date"]),
                participant: row["user_email"].to_lowercase(),
                volunteer: None,
                minutes: row["duration_min"].parse().unwrap(),
                rating: None,
                completed: true,
                level: None,
                course: Some((row["course_id"].clone(), row["progress_pct"].parse().unwrap())),
            });
        }
        let fact = |programme: &str, date, participant: &str, word: &str, number| Fact {
            programme: programme.to_owned(),
            date,
            participant: participant.to_lowercase(),
            word: word.to_owned(),
            number,
        };
        let matches = table(tenant, "buddy_matches").into_iter().map(|row| {
            fact("buddy", day(&row["matched_at"]), &row["participant_email"], &row["status"], 0.0)
        });
        let courses = table(tenant, "course_completions").into_iter().map(|row| {
            fact("upskilling", day(&row["completed_at"]), &row["user_email"], &row["course_id"], 0.0)
        });
        let outcomes = table(tenant, "outcomes").into_iter().map(|row| {
            let date = row["date"].parse().unwrap();
            fact(&row["programme"], date, &row["participant_email"], &row["kind"], 0.0)
        });
        let costs = table(tenant, "costs").into_iter().map(|row| {
            let date = format!("{}-01", row["month"]).parse().unwrap();
            fact(&row["programme"], date, "", "", row["amount"].parse().unwrap())
        });
        let feedback = root().join("assets/demo").join(tenant).join("feedback.ndjson");
        let mut scores = Vec::new();
        for line in std::fs::read_to_string(feedback).unwrap().lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            for score in row["scores"].as_array().unwrap() {
                scores.push(fact(
                    row["programme"].as_str().unwrap(),
                    row["date"].as_str().unwrap().parse().unwrap(),
                    row["participant"].as_str().unwrap(),
                    score["dimension"].as_str().unwrap(),
                    score["score"].as_f64().unwrap(),
                ));
            }
        }
        let (matches, courses) = (matches.collect(), courses.collect());
        Self { sessions, matches, courses, outcomes: outcomes.collect(), scores, costs: costs.collect() }
    }

    fn held<'a>(&'a self, scope: &'a str, first: Date, last: Date) -> impl Iterator<Item = &'a Session> {
        self.sessions.iter().filter(move |s| {
            s.completed && (scope == "all" || s.programme == scope) && s.date >= first && s.date <= last
        })
    }

    fn participants<'a>(&'a self, scope: &'a str, first: Date, last: Date) -> BTreeMap<&'a str, u32> {
        let mut people = BTreeMap::new();
        for session in self.held(scope, first, last) {
            *people.entry(session.participant.as_str()).or_default() += 1;
        }
        people
    }
}

fn within<'a>(facts: &'a [Fact], scope: &'a str, first: Date, last: Date) -> impl Iterator<Item = &'a Fact> {
    facts
        .iter()
        .filter(move |f| (scope == "all" || f.programme == scope) && f.date >= first && f.date <= last)
}

/// First and last day of `2026`, `2026-Q3` or `2026-09`.
fn bounds(period: &str) -> (Date, Date) {
    let year: i16 = period[..4].parse().unwrap();
    let (month, length) = match period.get(5..) {
        None => (1, 12),
        Some(rest) => match rest.strip_prefix('Q') {
            Some(quarter) => (quarter.parse::<i8>().unwrap() * 3 - 2, 3),
            None => (rest.parse().unwrap(), 1),
        },
    };
    let first = jiff::civil::date(year, month, 1);
    let months = jiff::Span::new().months(length);
    (first, first.checked_add(months).unwrap().yesterday().unwrap())
}

/// First and last day of the period before.
fn bounds_before(period: &str) -> (Date, Date) {
    let (first, _) = bounds(period);
    let months = match period.len() {
        4 => 12,
        _ if period.contains('Q') => 3,
        _ => 1,
    };
    (first.checked_sub(jiff::Span::new().months(months)).unwrap(), first.yesterday().unwrap())
}

/// What a figure should be: `Err(true)` withheld, `Err(false)` without a value.
fn expected(rows: &Rows, metric: &str, period: &str, scope: &str) -> Result<f64, bool> {
    let (first, last) = bounds(period);
    let people = rows.participants(scope, first, last);
    let volunteers: People<'_> =
        rows.held(scope, first, last).filter_map(|s| s.volunteer.as_deref()).collect();
    let minutes: f64 =
        rows.held(scope, first, last).filter(|s| s.volunteer.is_some()).map(|s| s.minutes).sum();
    let outcomes: People<'_> =
        within(&rows.outcomes, scope, first, last).map(|f| f.participant.as_str()).collect();
    let spent: f64 = within(&rows.costs, scope, first, last).map(|f| f.number).sum();
    // 95 000 a person and year, 60 % ours, 80 % not without us, a quarter lost each year, 3 % interest, three years.
    let value = |people: f64| {
        let yearly = people * 95_000.0 * 0.6 * 0.8;
        yearly / 1.03 + yearly * 0.75 / 1.03f64.powi(2) + yearly * 0.75f64.powi(2) / 1.03f64.powi(3)
    };
    let enough = |count: usize, value: f64| if count < 10 { Err(true) } else { Ok(value) };
    let share = |count: usize, part: f64, whole: f64| {
        if count < 10 {
            Err(true)
        } else if whole == 0.0 {
            Err(false)
        } else {
            Ok(part / whole)
        }
    };
    match metric {
        "investment" => Ok(spent),
        "social_value" => enough(outcomes.len(), value(outcomes.len() as f64)),
        "sroi" => share(outcomes.len(), value(outcomes.len() as f64), spent),
        "participants" => enough(people.len(), people.len() as f64),
        "volunteers" => enough(volunteers.len(), volunteers.len() as f64),
        "sessions" => enough(people.len(), rows.held(scope, first, last).count() as f64),
        "hours" => enough(volunteers.len(), minutes / 60.0),
        "participation" => {
            let mut known: People<'_> = rows
                .sessions
                .iter()
                .filter(|s| (scope == "all" || s.programme == scope) && s.date <= last)
                .map(|s| s.participant.as_str())
                .collect();
            for facts in [&rows.matches, &rows.courses] {
                known.extend(within(facts, scope, Date::MIN, last).map(|f| f.participant.as_str()));
            }
            share(people.len(), people.len() as f64, known.len() as f64)
        }
        "retention" => {
            let (first, last) = bounds_before(period);
            let before = rows.participants(scope, first, last);
            let again = before.keys().filter(|person| people.contains_key(*person)).count();
            share(before.len(), again as f64, before.len() as f64)
        }
        "engagement" => {
            let twice = people.values().filter(|sessions| **sessions > 1).count();
            share(people.len(), twice as f64, people.len() as f64)
        }
        "vis" => vis(rows, scope, (first, last), people.len(), volunteers.len(), minutes),
        "integration" => integration(rows, &people, last),
        dimension => {
            let given: Vec<_> =
                within(&rows.scores, scope, first, last).filter(|f| f.word == dimension).collect();
            let people: People<'_> = given.iter().map(|f| f.participant.as_str()).collect();
            share(people.len(), given.iter().map(|f| f.number).sum(), given.len() as f64)
        }
    }
}

fn vis(
    rows: &Rows,
    scope: &str,
    (first, last): (Date, Date),
    people: usize,
    volunteers: usize,
    minutes: f64,
) -> Result<f64, bool> {
    let scored: People<'_> =
        within(&rows.scores, scope, first, last).map(|f| f.participant.as_str()).collect();
    // Nobody behind the scores is a missing input; a few are too few.
    if people.min(volunteers) < 10 || (1..10).contains(&scored.len()) {
        return Err(true);
    }
    let ratings: Vec<f64> = rows.held(scope, first, last).filter_map(|s| s.rating).collect();
    let given: Vec<f64> = within(&rows.scores, scope, first, last).map(|f| f.number).collect();
    if ratings.is_empty() || given.is_empty() {
        return Err(false);
    }
    let placed: People<'_> = within(&rows.outcomes, scope, first, last)
        .filter(|f| f.word == "employed" || f.word == "placement_started")
        .map(|f| f.participant.as_str())
        .collect();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let placement = (placed.len() as f64 / people as f64).min(1.0);
    let hours = (minutes / 60.0 / 1000.0).min(1.0);
    Ok(30.0 * hours + 30.0 * mean(&ratings) / 5.0 + 25.0 * mean(&given) + 15.0 * placement)
}

fn integration(rows: &Rows, people: &BTreeMap<&str, u32>, last: Date) -> Result<f64, bool> {
    if people.len() < 10 {
        return Err(true);
    }
    let year_before = last.checked_sub(jiff::Span::new().years(1)).unwrap();
    let mut total = 0.0;
    for person in people.keys() {
        let own =
            || rows.sessions.iter().filter(|s| s.completed && s.participant == *person && s.date <= last);
        let level = own().filter_map(|s| s.level.as_deref().map(|level| (s.date, level))).max().map_or(
            0.0,
            |(_, level)| match level {
                "A1" => 0.17,
                "A2" => 0.33,
                "B1" => 0.50,
                "B2" => 0.67,
                "C1" => 0.83,
                _ => 1.0,
            },
        );
        let recent = |programme: &str| {
            own().filter(|s| s.programme == programme && s.date > year_before).count() as f64
        };
        let matched =
            rows.matches.iter().any(|m| m.participant == *person && m.date <= last && m.word == "active");
        let social = f64::from(u8::from(matched)) * 0.4
            + (recent("buddy") / 5.0).min(1.0) * 0.3
            + (recent("mentoring") / 10.0).min(1.0) * 0.3;
        let mut done: People<'_> = own()
            .filter_map(|s| s.course.as_ref().filter(|(_, progress)| *progress >= 100.0))
            .map(|(course, _)| course.as_str())
            .collect();
        let certificates = rows.courses.iter().filter(|c| c.participant == *person && c.date <= last);
        done.extend(certificates.map(|c| c.word.as_str()));
        let running: People<'_> = own()
            .filter(|s| s.date > year_before)
            .filter_map(|s| s.course.as_ref().map(|(course, _)| course.as_str()))
            .filter(|course| !done.contains(course))
            .collect();
        let employed =
            rows.outcomes.iter().any(|o| o.participant == *person && o.date <= last && o.word == "employed");
        let job = if employed {
            1.0
        } else {
            (done.len() as f64 * 0.15).min(0.6) + (running.len() as f64 * 0.1).min(0.4)
        };
        total += 40.0 * level + 30.0 * social + 30.0 * job;
    }
    Ok(total / people.len() as f64)
}

/// The newest figures in a tenant's log, read over HTTP.
fn published(server: &Server, tenant: &str) -> BTreeMap<String, Value> {
    let sign_in = serde_json::json!({
        "email": "astrid.vikholm@fjordlys.example", "password": PASSWORD, "device": "reconciliation"
    });
    let mut answer = ureq::post(format!("{}/v1/auth/sign-in", server.url())).send_json(sign_in).unwrap();
    let tokens: Value = answer.body_mut().read_json().unwrap();
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let mut figures = BTreeMap::new();
    let mut after = None;
    loop {
        let url = format!("{}/v1/tenants/{tenant}/log?limit=1000", server.url());
        let url = after.as_ref().map_or(url.clone(), |after| format!("{url}&after={after}"));
        let mut page = ureq::get(url)
            .header("Authorization", &bearer)
            .header("Accept", "application/x-ndjson")
            .call()
            .unwrap();
        let mut seq = 0;
        let mut more = false;
        for line in page.body_mut().with_config().limit(64 << 20).read_to_string().unwrap().lines() {
            let frame: Value = serde_json::from_str(line).unwrap();
            if let Some(event) = frame.get("event") {
                seq = event["seq"].as_u64().unwrap();
                if event["kind"] == "figure.measured" {
                    let figure = event["body"]["figure"].clone();
                    figures.insert(figure["key"].as_str().unwrap().to_owned(), figure);
                }
            } else if let Some(hidden) = frame.get("hidden") {
                seq = hidden["to"].as_u64().unwrap();
            } else if let Some(end) = frame.get("caught_up") {
                more = end["more"].as_bool().unwrap();
            }
        }
        if !more {
            return figures;
        }
        let hello = ureq::get(format!("{}/v1/tenants/{tenant}/hello", server.url()))
            .header("Authorization", &bearer)
            .call()
            .unwrap()
            .body_mut()
            .read_json::<Value>()
            .unwrap();
        after = Some(format!("{}.{seq}", hello["epoch"].as_str().unwrap()));
    }
}

#[test]
fn every_figure_of_the_demo_tenants_reconciles_with_its_rows() {
    let server = Server::with_demo();
    for tenant in ["fjordlys", "fjordlys-kraft", "fjordlys-sjomat"] {
        let rows = Rows::read(tenant);
        let figures = published(&server, tenant);
        let (mut numbers, mut withheld) = (0, 0);
        for (key, figure) in &figures {
            let [metric, period, scope] = key.split('/').collect::<Vec<_>>()[..] else { panic!("{key}") };
            let shown = &figure["value"];
            match expected(&rows, metric, period, scope) {
                Ok(value) => {
                    let found = shown["value"].as_f64().unwrap_or_else(|| panic!("{tenant} {key}: {figure}"));
                    let slack = value.abs().max(1.0) * 1e-9;
                    assert!((found - value).abs() <= slack, "{tenant} {key}: {found}, by hand {value}");
                    numbers += 1;
                }
                Err(true) => {
                    assert_eq!(shown["is"], "withheld", "{tenant} {key}: {figure}");
                    assert_eq!(figure["inputs"], serde_json::json!({}), "{tenant} {key} leaks its inputs");
                    withheld += 1;
                }
                Err(false) => assert_eq!(shown["is"], "absent", "{tenant} {key}: {figure}"),
            }
        }
        // 17 metrics over 24 months, 9 quarters at most and 3 years, for all and each of four programmes.
        assert!(figures.len() > 17 * 24 * 5, "{tenant}: only {} figures", figures.len());
        assert!(numbers > 1_000, "{tenant}: {numbers} numbers, {withheld} withheld");
    }
}
