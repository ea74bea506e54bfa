//! Normalised rows: what is kept of upstream rows. People are pseudonyms; no e-mail, name or free text is here.

use board_domain::{Dimension, Money, Period, ProgrammeId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A row of any source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum IntakeRow {
    /// A session of a programme.
    Session(Session),
    /// A buddy match.
    Match(BuddyMatch),
    /// A completed course.
    Course(CourseCompletion),
    /// Volunteering outside the programmes; no metric of version 1 reads it.
    Volunteering(Volunteering),
    /// Scores read from feedback; its words are evidence in the log.
    Feedback(Feedback),
    /// A cost.
    Cost(Cost),
    /// An outcome that a participant reached.
    Outcome(Outcome),
}

impl IntakeRow {
    /// The day from which figures may change because of it.
    pub fn date(&self) -> Date {
        match self {
            Self::Session(row) => row.date,
            Self::Match(row) => row.date,
            Self::Course(row) => row.date,
            Self::Volunteering(row) => row.date,
            Self::Feedback(row) => row.date,
            Self::Cost(row) => row.month.first(),
            Self::Outcome(row) => row.date,
        }
    }
}

/// What kind of session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionKind {
    /// With a buddy.
    Buddy,
    /// Language practice with a volunteer.
    Language,
    /// With a mentor.
    Mentoring,
    /// Learning on an upskilling platform, without a volunteer.
    Upskilling,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Kind.
    pub session: SessionKind,
    /// Programme.
    pub programme: ProgrammeId,
    /// Participant's pseudonym.
    pub participant: String,
    /// Volunteer's pseudonym, where one led it.
    pub volunteer: Option<String>,
    /// Day in the tenant's calendar.
    pub date: Date,
    /// 1-1440.
    pub minutes: u16,
    /// 1-5.
    pub rating: Option<u8>,
    /// Whether it took place.
    pub completed: bool,
    /// CEFR level noted at it.
    pub level: Option<String>,
    /// Course worked on.
    pub course: Option<String>,
    /// Progress in the course after it, 0-100.
    pub progress: Option<f64>,
}

/// A buddy match.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BuddyMatch {
    /// Programme.
    pub programme: ProgrammeId,
    /// Participant's pseudonym.
    pub participant: String,
    /// Buddy's pseudonym.
    pub buddy: String,
    /// Day of the match.
    pub date: Date,
    /// Whether it is active.
    pub active: bool,
}

/// A completed course.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CourseCompletion {
    /// Programme.
    pub programme: ProgrammeId,
    /// Participant's pseudonym.
    pub participant: String,
    /// Provider and course.
    pub course: String,
    /// Day of completion.
    pub date: Date,
    /// 0-100.
    pub score: Option<f64>,
}

/// Volunteering for an organisation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Volunteering {
    /// Volunteer's pseudonym.
    pub volunteer: String,
    /// Id of the organisation.
    pub organisation: String,
    /// Day.
    pub date: Date,
    /// Minutes.
    pub minutes: u16,
}

/// One score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Of what.
    pub dimension: Dimension,
    /// 0-1.
    pub score: f64,
}

/// Scores of one piece of feedback.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Feedback {
    /// Programme.
    pub programme: ProgrammeId,
    /// Participant's pseudonym.
    pub participant: String,
    /// Day it was given.
    pub date: Date,
    /// At most one a dimension.
    pub scores: Vec<Score>,
}

/// A cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// Programme; `None` counts to the whole tenant only.
    pub programme: Option<ProgrammeId>,
    /// Month it was booked.
    pub month: Period,
    /// Amount.
    pub amount: Money,
}

/// What kind of outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeKind {
    /// Found work.
    Employed,
    /// Completed a course.
    CourseCompleted,
    /// Reached the next language level.
    LanguageLevelUp,
    /// Started a placement.
    PlacementStarted,
}

/// An outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Programme.
    pub programme: ProgrammeId,
    /// Participant's pseudonym.
    pub participant: String,
    /// Day.
    pub date: Date,
    /// Kind.
    pub outcome: OutcomeKind,
}
