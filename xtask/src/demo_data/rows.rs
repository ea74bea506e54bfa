//! Rows as the upstream services export them: one type a file, fields in column order. Not how they came about.
// Fields are named by the columns of the upstream services.
#![allow(clippy::struct_field_names)]

use serde::{Deserialize, Serialize};

/// `kintell_sessions`: language lessons and mentoring conversations.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KintellSession {
    pub(crate) session_id: String,
    pub(crate) session_type: String,
    pub(crate) participant_email: String,
    pub(crate) volunteer_email: String,
    pub(crate) date: String,
    pub(crate) duration_min: u32,
    pub(crate) rating: Option<u8>,
    pub(crate) feedback_text: String,
    pub(crate) language_level: String,
}

/// `buddy_sessions`: meetings of a pair.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct BuddySession {
    pub(crate) session_id: String,
    pub(crate) participant_email: String,
    pub(crate) buddy_email: String,
    pub(crate) date: String,
    pub(crate) duration_min: u32,
    pub(crate) status: String,
    pub(crate) rating: Option<u8>,
    pub(crate) feedback_text: String,
}

/// `buddy_matches`: who was paired with whom.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct BuddyMatch {
    pub(crate) participant_email: String,
    pub(crate) buddy_email: String,
    pub(crate) matched_at: String,
    pub(crate) status: String,
    pub(crate) language: String,
    pub(crate) interests: String,
    pub(crate) location: String,
}

/// `upskilling_sessions`: study sessions, without a volunteer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct UpskillingSession {
    pub(crate) session_id: String,
    pub(crate) user_email: String,
    pub(crate) provider: String,
    pub(crate) course_id: String,
    pub(crate) course_name: String,
    pub(crate) date: String,
    pub(crate) duration_min: u32,
    pub(crate) progress_pct: u8,
}

/// `course_completions`: courses passed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CourseCompletion {
    pub(crate) user_email: String,
    pub(crate) provider: String,
    pub(crate) course_id: String,
    pub(crate) course_name: String,
    pub(crate) completed_at: String,
    pub(crate) final_score: String,
    pub(crate) credential_ref: String,
}

/// `outcomes`: what a participant reached.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) outcome_id: String,
    pub(crate) participant_email: String,
    pub(crate) programme: String,
    pub(crate) date: String,
    pub(crate) kind: String,
}

/// `costs`: what a programme cost in a month.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Cost {
    pub(crate) cost_id: String,
    pub(crate) programme: String,
    pub(crate) month: String,
    pub(crate) category: String,
    pub(crate) amount: String,
    pub(crate) currency: String,
}

/// `feedback`: words of a participant with the scores that were read from them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Feedback {
    pub(crate) id: String,
    pub(crate) participant: String,
    pub(crate) programme: String,
    pub(crate) date: String,
    pub(crate) locale: String,
    pub(crate) text: String,
    pub(crate) scores: Vec<Score>,
}

/// One score of a feedback.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Score {
    pub(crate) dimension: String,
    pub(crate) score: f64,
    pub(crate) confidence: f64,
    pub(crate) model: String,
    pub(crate) method: String,
}
