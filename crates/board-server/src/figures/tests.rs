//! Figures counted from rows, checked by hand on small groups. Not the arithmetic of a metric.
#![allow(clippy::float_cmp, reason = "the same sums must give the same bits")]

use std::collections::BTreeMap;

use board_domain::{Currency, Dimension, FigureValue, Money};

use super::*;
use crate::ingest::{
    BuddyMatch, Cost, CourseCompletion, Feedback, Outcome, OutcomeKind, Score, Session, SessionKind,
};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn programme(id: &str) -> ProgrammeId {
    ProgrammeId::new(id).unwrap()
}

fn session(kind: SessionKind, of: &str, participant: usize, date: &str) -> Session {
    Session {
        session: kind,
        programme: programme(of),
        participant: format!("p{participant:02}"),
        volunteer: Some(format!("v{participant:02}")),
        date: day(date),
        minutes: 60,
        rating: Some(4),
        completed: true,
        level: Some("B1".into()),
        course: None,
        progress: None,
    }
}

/// Twelve participants with a language session each in July and in August; the first four have two in August, and
/// nobody but the last eight comes in September. One August session was cancelled.
fn rows() -> Vec<IntakeRow> {
    let language = |p, date| IntakeRow::Session(session(SessionKind::Language, "language", p, date));
    let mut rows: Vec<IntakeRow> = (0..12).map(|p| language(p, "2026-07-10")).collect();
    rows.extend((0..12).map(|p| language(p, "2026-08-10")));
    rows.extend((0..4).map(|p| language(p, "2026-08-20")));
    rows.extend((4..12).map(|p| language(p, "2026-09-10")));
    let cancelled = Session { completed: false, ..session(SessionKind::Buddy, "buddy", 50, "2026-08-11") };
    rows.push(IntakeRow::Session(cancelled));
    rows.extend((0..10).map(|p| {
        IntakeRow::Outcome(Outcome {
            programme: programme("language"),
            participant: format!("p{p:02}"),
            date: day("2026-08-30"),
            outcome: if p < 3 { OutcomeKind::Employed } else { OutcomeKind::LanguageLevelUp },
        })
    }));
    rows.extend((0..11).map(|p| {
        IntakeRow::Feedback(Feedback {
            programme: programme("language"),
            participant: format!("p{p:02}"),
            date: day("2026-08-15"),
            scores: vec![Score { dimension: Dimension::Confidence, score: 0.5 + 0.01 * f64::from(p) }],
        })
    }));
    let nok = Currency::parse("NOK").unwrap();
    let cost = |of: Option<&str>, minor| {
        let amount = Money { minor, currency: nok };
        IntakeRow::Cost(Cost { programme: of.map(programme), month: Period::Month(2026, 8), amount })
    };
    rows.extend([cost(Some("language"), 1_000_050), cost(None, 500_000), cost(Some("buddy"), 250_000)]);
    rows
}

fn figures(rows: &[IntakeRow], since: &str) -> BTreeMap<String, Figure> {
    let programmes = [programme("buddy"), programme("language")];
    measure(&definitions_v1(), &programmes, rows, day(since), Timestamp::UNIX_EPOCH)
        .into_iter()
        .map(|figure| (figure.key.to_string(), figure))
        .collect()
}

fn number(figures: &BTreeMap<String, Figure>, key: &str) -> f64 {
    figures[key].value.number().unwrap_or_else(|| panic!("{key}: {:?}", figures[key].value))
}

#[test]
fn figures_count_what_their_definitions_say() {
    let figures = figures(&rows(), "2026-07-01");
    for (key, expected) in [
        ("participants/2026-08/all", 12.0),
        ("participants/2026-Q3/language", 12.0),
        ("sessions/2026-08/all", 16.0),
        ("sessions/2026/all", 36.0),
        ("volunteers/2026-08/language", 12.0),
        ("hours/2026-08/all", 16.0),
        // The cancelled session enrols its participant: 12 of 13.
        ("participation/2026-08/all", 0.923_077),
        ("participation/2026-08/language", 1.0),
        ("retention/2026-08/language", 1.0),
        // 8 of August's 12 came back in September.
        ("retention/2026-09/language", 0.666_667),
        ("engagement/2026-08/language", 0.333_333),
        ("investment/2026-08/language", 10_000.5),
        ("investment/2026-08/all", 17_500.5),
        ("investment/2026-08/buddy", 2_500.0),
        ("confidence/2026-08/language", 0.55),
        // 0.30 × 16/1000 + 0.30 × 0.8 + 0.25 × 0.55 + 0.15 × 3/12
        ("vis/2026-08/language", 41.98),
        // Language 0.5; no match, no buddy, no mentoring; job access 1 for three of twelve.
        ("integration/2026-08/language", 27.5),
    ] {
        let measured = number(&figures, key);
        assert!((measured - expected).abs() < 1e-6, "{key}: {measured}, not {expected}");
    }
}

#[test]
fn fewer_than_ten_people_behind_any_input_are_withheld() {
    let figures = figures(&rows(), "2026-07-01");
    for key in [
        "participants/2026-09/language",
        "integration/2026-09/all",
        "participants/2026-08/buddy",
        "sroi/2026-09/all",
        "hours/2026-09/all",
        "confidence/2026-07/all",
    ] {
        assert_eq!(figures[key].value, FigureValue::Withheld, "{key}");
        assert!(figures[key].inputs.is_empty(), "{key}");
    }
    let mut few = rows();
    few.retain(|row| !matches!(row, IntakeRow::Feedback(row) if row.participant.as_str() > "p05"));
    assert_eq!(self::figures(&few, "2026-07-01")["vis/2026-08/all"].value, FigureValue::Withheld);
}

#[test]
fn components_look_back_from_the_end_of_the_period() {
    let buddy = |date: &str| IntakeRow::Session(session(SessionKind::Buddy, "buddy", 1, date));
    let mentoring = |date: &str| IntakeRow::Session(session(SessionKind::Mentoring, "mentoring", 1, date));
    let course = |course: &str, date: &str, progress| {
        let base = session(SessionKind::Upskilling, "upskilling", 1, date);
        IntakeRow::Session(Session {
            course: Some(course.into()),
            progress: Some(progress),
            level: None,
            ..base
        })
    };
    let mut rows = vec![
        buddy("2025-06-30"), // more than a year before the end of June
        buddy("2026-01-05"),
        buddy("2026-02-05"),
        buddy("2026-06-30"),
        mentoring("2026-03-01"),
        mentoring("2026-03-08"),
        mentoring("2026-03-15"),
        mentoring("2026-07-01"), // after it
        course("x/1", "2026-02-01", 100.0),
        course("x/2", "2026-02-01", 40.0),
        course("x/3", "2026-02-01", 90.0),
    ];
    rows.push(IntakeRow::Match(BuddyMatch {
        programme: programme("buddy"),
        participant: "p01".into(),
        buddy: "v".into(),
        date: day("2024-01-01"),
        active: true,
    }));
    rows.push(IntakeRow::Course(CourseCompletion {
        programme: programme("upskilling"),
        participant: "p01".into(),
        course: "x/3".into(),
        date: day("2026-04-01"),
        score: None,
    }));
    let components = profile::Profiles::new(&rows).components("p01", Period::Month(2026, 6));
    // The check vector of the definition: B1; a match, 3 events, 3 check-ins; 2 courses done, 1 open.
    assert_eq!((components.language, components.job_access), (0.5, 0.4));
    assert!((components.social - 0.67).abs() < 1e-9);
}

#[test]
fn figures_come_in_order_and_do_not_depend_on_the_order_of_rows() {
    let programmes = [programme("buddy"), programme("language")];
    let measured = |rows: &[IntakeRow]| {
        measure(&definitions_v1(), &programmes, rows, day("2026-07-01"), Timestamp::UNIX_EPOCH)
    };
    let (forwards, mut backwards) = (rows(), rows());
    backwards.reverse();
    let keys = |figures: &[Figure]| figures.iter().map(|f| f.key.to_string()).collect::<Vec<_>>();
    let figures = measured(&forwards);
    assert_eq!(keys(&figures), keys(&measured(&backwards)));
    assert_eq!(
        &keys(&figures)[..4],
        ["sroi/2026/all", "sroi/2026/buddy", "sroi/2026/language", "sroi/2026-Q3/all"]
    );
    assert_eq!(figures.len(), definitions_v1().len() * 3 * (1 + 1 + 3));
}

#[test]
fn a_figure_recomputes_from_its_own_inputs() {
    let definitions = definitions_v1();
    for figure in figures(&rows(), "2026-07-01").values() {
        let definition = definitions.iter().find(|d| d.id == figure.key.metric).unwrap();
        assert_eq!(figure.recompute(definition), figure.value, "{}", figure.key);
    }
}
