//! The sources: for each its exact columns and how a line becomes a normalised row. Not the checks of single values.

use board_domain::{Dimension, Evidence, EvidenceId, Locale, OutcomeScore, TenantId};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{
    BuddyMatch, Context, Cost, CourseCompletion, Fault, Feedback, IntakeRow, Outcome, OutcomeKind, Score,
    Session, SessionKind, Volunteering,
    check::{
        amount, date, decimal, fault, id, level, minutes, month, person, programme, rating, short, word,
    },
    fields::Fields,
};
use crate::redact::redact;

/// A row, its external id, and the evidence it carries.
type Read = (String, IntakeRow, Option<Evidence>);

/// A kind of upstream rows.
pub(crate) struct Source {
    /// Its name.
    pub(super) name: &'static str,
    /// Its columns; a CSV header names each once.
    pub(super) columns: &'static [&'static str],
    /// Reads one line.
    pub(super) read: fn(&Fields, &Context) -> Result<Read, Fault>,
}

/// Every source.
pub(super) const SOURCES: &[Source] = &[
    Source {
        name: "buddy_matches",
        columns: &[
            "participant_email",
            "buddy_email",
            "matched_at",
            "status",
            "language",
            "interests",
            "location",
        ],
        read: buddy_match,
    },
    Source {
        name: "buddy_sessions",
        columns: &[
            "session_id",
            "participant_email",
            "buddy_email",
            "date",
            "duration_min",
            "status",
            "rating",
            "feedback_text",
        ],
        read: buddy_session,
    },
    Source {
        name: "costs",
        columns: &["cost_id", "programme", "month", "category", "amount", "currency"],
        read: cost,
    },
    Source {
        name: "course_completions",
        columns: &[
            "user_email",
            "provider",
            "course_id",
            "course_name",
            "completed_at",
            "final_score",
            "credential_ref",
        ],
        read: course_completion,
    },
    Source {
        name: "feedback",
        columns: &["id", "participant", "programme", "date", "locale", "text", "scores"],
        read: feedback,
    },
    Source {
        name: "kintell_sessions",
        columns: &[
            "session_id",
            "session_type",
            "participant_email",
            "volunteer_email",
            "date",
            "duration_min",
            "rating",
            "feedback_text",
            "language_level",
        ],
        read: kintell_session,
    },
    Source {
        name: "outcomes",
        columns: &["outcome_id", "participant_email", "programme", "date", "kind"],
        read: outcome,
    },
    Source {
        name: "upskilling_sessions",
        columns: &[
            "session_id",
            "user_email",
            "provider",
            "course_id",
            "course_name",
            "date",
            "duration_min",
            "progress_pct",
        ],
        read: upskilling_session,
    },
    Source {
        name: "volunteer_sessions",
        columns: &[
            "session_id",
            "volunteer_id",
            "volunteer_email",
            "volunteer_name",
            "ngo_name",
            "ngo_id",
            "activity_type",
            "session_date",
            "hours_contributed",
            "location",
            "description",
            "skills_used",
            "impact_area",
        ],
        read: volunteer_session,
    },
];

fn kintell_session(fields: &Fields, context: &Context) -> Result<Read, Fault> {
    let types = [
        ("Language Connect", (SessionKind::Language, "language")),
        ("Mentorship", (SessionKind::Mentoring, "mentoring")),
    ];
    let external_id = id(fields, "session_id")?.to_owned();
    let (session, of) = word(fields, "session_type", &types)?;
    let row = Session {
        session,
        programme: programme(of, "session_type", context)?,
        participant: person(fields, "participant_email", context)?,
        volunteer: Some(person(fields, "volunteer_email", context)?),
        date: date(fields, "date", context)?,
        minutes: minutes(fields)?,
        rating: rating(fields)?,
        completed: true,
        level: level(fields, "language_level")?,
        course: None,
        progress: None,
    };
    Ok((external_id, IntakeRow::Session(row), None))
}

fn buddy_session(fields: &Fields, context: &Context) -> Result<Read, Fault> {
    let statuses = [("completed", true), ("cancelled", false), ("no_show", false), ("scheduled", false)];
    let row = Session {
        session: SessionKind::Buddy,
        programme: programme("buddy", "source", context)?,
        participant: person(fields, "participant_email", context)?,
        volunteer: Some(person(fields, "buddy_email", context)?),
        date: date(fields, "date", context)?,
        minutes: minutes(fields)?,
        rating: rating(fields)?,
        completed: word(fields, "status", &statuses)?,
        level: None,
        course: None,
        progress: None,
    };
    Ok((id(fields, "session_id")?.to_owned(), IntakeRow::Session(row), None))
}

fn upskilling_session(fields: &Fields, context: &Context) -> Result<Read, Fault> {
    short(fields, "course_name")?;
    let row = Session {
        session: SessionKind::Upskilling,
        programme: programme("upskilling", "source", context)?,
        participant: person(fields, "user_email", context)?,
        volunteer: None,
        date: date(fields, "date", context)?,
        minutes: minutes(fields)?,
        rating: None,
        completed: true,
        level: None,
        course: Some(course(fields)?),
        progress: decimal(fields, "progress_pct", 0.0..=100.0)?,
    };
    Ok((id(fields, "session_id")?.to_owned(), IntakeRow::Session(row), None))
}

fn buddy_match(fields: &Fields, context: &Context) -> Result<Read, Fault> {
    let statuses = [("active", true), ("inactive", false), ("ended", false)];
    for column in ["language", "interests", "location"] {
        short(fields, column)?;
    }
    let row = BuddyMatch {
        programme: programme("buddy", "source", context)?,
        participant: person(fields, "participant_email", context)?,
        buddy: person(fields, "buddy_email", context)?,
        date: date(fields, "matched_at", context)?,
        active: word(fields, "status", &statuses)?,
    };
    // Upstream gives matches no id: the pair and the instant are one.
    let external_id = format!("{}/{}/{}", row.participant, row.buddy, fields.need("matched_at")?);
    Ok((external_id, IntakeRow::Match(row), None))
}

fn course_completion(fields: &Fields, context: &Context) -> Result<Read, Fault> {
    short(fields, "course_name")?;
    short(fields, "credential_ref")?;
    let row = CourseCompletion {
        programme: programme("upskilling", "source", context)?,
        participant: person(fields, "user_email", context)?,
        course: course(fields)?,
        date: date(fields, "completed_at", context)?,
        score: decimal(fields, "final_score", 0.0..=100.0)?,
    };
    // Upstream gives completions no id: a person completes a course once at an instant.
    let external_id = format!("{}/{}/{}", row.participant, row.course, fields.need("completed_at")?);
    Ok((external_id, IntakeRow::Course(row), None))
}

fn course(fields: &Fields) -> Result<String, Fault> {
    Ok(format!("{}/{}", id(fields, "provider")?, id(fields, "course_id")?))
}

fn volunteer_session(fields: &Fields, context: &Context) -> Result<Read, Fault> {
    let external_id = id(fields, "session_id")?.to_owned();
    id(fields, "volunteer_id")?;
    let volunteer = person(fields, "volunteer_email", context)?;
    for column in ["volunteer_name", "ngo_name", "activity_type", "location", "skills_used", "impact_area"] {
        short(fields, column)?;
    }
    fields.need("hours_contributed")?;
    let hours = decimal(fields, "hours_contributed", 0.1..=24.0)?.unwrap_or(0.0);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let minutes = (hours * 60.0).round() as u16;
    let row = Volunteering {
        volunteer,
        organisation: id(fields, "ngo_id")?.to_owned(),
        date: date(fields, "session_date", context)?,
        minutes,
    };
    Ok((external_id, IntakeRow::Volunteering(row), None))
}

fn cost(fields: &Fields, context: &Context) -> Result<Read, Fault> {
    short(fields, "category")?;
    let of = fields.get("programme").map(|of| programme(of, "programme", context)).transpose()?;
    let row =
        Cost { programme: of, month: month(fields, "month", context)?, amount: amount(fields, context)? };
    Ok((id(fields, "cost_id")?.to_owned(), IntakeRow::Cost(row), None))
}

fn outcome(fields: &Fields, context: &Context) -> Result<Read, Fault> {
    let kinds = [
        ("employed", OutcomeKind::Employed),
        ("course_completed", OutcomeKind::CourseCompleted),
        ("language_level_up", OutcomeKind::LanguageLevelUp),
        ("placement_started", OutcomeKind::PlacementStarted),
    ];
    let row = Outcome {
        programme: programme(fields.need("programme")?, "programme", context)?,
        participant: person(fields, "participant_email", context)?,
        date: date(fields, "date", context)?,
        outcome: word(fields, "kind", &kinds)?,
    };
    Ok((id(fields, "outcome_id")?.to_owned(), IntakeRow::Outcome(row), None))
}

fn feedback(fields: &Fields, context: &Context) -> Result<Read, Fault> {
    let locales = [("en", Locale::En), ("no", Locale::Nb), ("nb", Locale::Nb), ("uk", Locale::Uk)];
    let external_id = id(fields, "id")?.to_owned();
    let programme = programme(fields.need("programme")?, "programme", context)?;
    let date = date(fields, "date", context)?;
    let lang = word(fields, "locale", &locales)?;
    let scores = scores(fields)?;
    let text = redact(fields.need("text")?, &context.names).map_err(|_| {
        fault("ingest.personal_data", "text", "still looks as if it named somebody after redaction")
    })?;
    let evidence = Evidence {
        id: evidence_id(&context.tenant, "feedback", &external_id),
        sha256: hex::encode(Sha256::digest(text.as_bytes())),
        text,
        lang,
        source: "feedback".into(),
        programme: programme.clone(),
        date,
        scores: scores.clone(),
    };
    let row = Feedback {
        programme,
        // Upstream names the participant by e-mail or by an id of its own; neither is kept.
        participant: context.pseudonym(short(fields, "participant")?.unwrap_or(&external_id)),
        date,
        scores: scores.iter().map(|s| Score { dimension: s.dimension, score: s.score }).collect(),
    };
    Ok((external_id, IntakeRow::Feedback(row), Some(evidence)))
}

/// The id of a snippet: `ev-` and the first 16 hexadecimal digits of SHA-256 over tenant, source and external id, each
/// ended by a line feed. The same row gives the same id on any server.
pub(crate) fn evidence_id(tenant: &TenantId, source: &str, external_id: &str) -> EvidenceId {
    let digest = Sha256::digest(format!("{tenant}\n{source}\n{external_id}\n").as_bytes());
    EvidenceId::new(format!("ev-{}", hex::encode(&digest[..8])))
        .unwrap_or_else(|_| unreachable!("hexadecimal digits make an id"))
}

fn scores(fields: &Fields) -> Result<Vec<OutcomeScore>, Fault> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Written {
        dimension: String,
        score: f64,
        confidence: f64,
        model: String,
        method: String,
    }
    let invalid = |what| fault("ingest.scores_invalid", "scores", what);
    let Some(text) = fields.get("scores") else { return Ok(Vec::new()) };
    let written: Vec<Written> = serde_json::from_str(text).map_err(|_| invalid("is not a list of scores"))?;
    let mut scores: Vec<OutcomeScore> = Vec::new();
    for Written { dimension, score, confidence, model, method } in written {
        let dimension = Dimension::parse(&dimension).ok_or_else(|| invalid("has an unknown dimension"))?;
        let fraction = |value: f64| (0.0..=1.0).contains(&value);
        if !fraction(score) || !fraction(confidence) {
            return Err(invalid("has a score or a confidence outside 0 to 1"));
        }
        // The name of a model reaches every client, so it may hold nothing else.
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:/ ".contains(c);
        if model.is_empty() || model.len() > 80 || !model.chars().all(plain) {
            return Err(invalid("has a model that is no plain name"));
        }
        if !["ai_classifier", "rule_based", "manual"].contains(&method.as_str()) {
            return Err(invalid("has an unknown method"));
        }
        if scores.iter().any(|known| known.dimension == dimension) {
            return Err(invalid("has a dimension twice"));
        }
        scores.push(OutcomeScore { dimension, score, confidence, model, method });
    }
    Ok(scores)
}
