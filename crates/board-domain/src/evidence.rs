//! Evidence as clients see it: a redacted snippet and the outcome scores read from it.
//!
//! Not the raw feedback: that never leaves the server, and neither does who wrote it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{EvidenceId, Locale, ProgrammeId};

/// An outcome that feedback speaks of. Its code is also the id of the metric that averages it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Dimension {
    /// Confidence.
    Confidence,
    /// Belonging.
    Belonging,
    /// Comfort in the new language.
    LangLevel,
    /// Steps towards work.
    JobReadiness,
    /// Well-being.
    WellBeing,
}

impl Dimension {
    /// All five.
    pub const ALL: [Self; 5] =
        [Self::Confidence, Self::Belonging, Self::LangLevel, Self::JobReadiness, Self::WellBeing];

    /// Its code, for example `lang_level`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Confidence => "confidence",
            Self::Belonging => "belonging",
            Self::LangLevel => "lang_level",
            Self::JobReadiness => "job_readiness",
            Self::WellBeing => "well_being",
        }
    }

    /// Parses a code; upstream's `lang_level_proxy` reads as [`Dimension::LangLevel`].
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "lang_level_proxy" => Some(Self::LangLevel),
            _ => Self::ALL.into_iter().find(|dimension| dimension.code() == code),
        }
    }
}

/// How sure a score is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Confidence {
    /// 0.80 or more.
    High,
    /// 0.50 or more.
    Medium,
    /// Less.
    Low,
}

/// One score read from a snippet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct OutcomeScore {
    /// Of what.
    pub dimension: Dimension,
    /// 0-1.
    pub score: f64,
    /// 0-1.
    pub confidence: f64,
    /// The model that read it.
    pub model: String,
    /// How: `ai_classifier`, `rule_based` or `manual`.
    pub method: String,
}

impl OutcomeScore {
    /// The confidence as a word.
    pub fn sureness(&self) -> Confidence {
        match self.confidence {
            c if c >= 0.80 => Confidence::High,
            c if c >= 0.50 => Confidence::Medium,
            _ => Confidence::Low,
        }
    }
}

/// A redacted snippet with its scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Evidence {
    /// Id.
    pub id: EvidenceId,
    /// Redacted words.
    pub text: String,
    /// Language of the words.
    pub lang: Locale,
    /// Kind of source, for example `feedback`.
    pub source: String,
    /// Programme it came from.
    pub programme: ProgrammeId,
    /// Day it was given, in the tenant's calendar.
    #[ts(type = "string")]
    pub date: Date,
    /// SHA-256 of the redacted words, hexadecimal.
    pub sha256: String,
    /// Scores, at most one a dimension.
    pub scores: Vec<OutcomeScore>,
}
