//! Reports: templates, sections, versions and the approval states. Not who may move them: see [`crate::decide`].

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ts_rs::TS;

use crate::{Narrative, Period, PersonId, ReportId, Words};

/// A board template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Template {
    /// Quarterly.
    Quarterly,
    /// Annual.
    Annual,
    /// Investor.
    Investor,
}

impl Template {
    /// Code and version as written in a pack's manifest.
    pub fn code(self) -> &'static str {
        match self {
            Self::Quarterly => "quarterly/1",
            Self::Annual => "annual/1",
            Self::Investor => "investor/1",
        }
    }

    /// Sections in order: id and heading.
    pub fn sections(self) -> Vec<(&'static str, Words)> {
        let summary = || ("summary", Words::new("Executive summary", "Sammendrag", "Стислий огляд"));
        match self {
            Self::Quarterly => vec![
                summary(),
                (
                    "highlights",
                    Words::new("Programme highlights", "Høydepunkter fra programmene", "Головне у програмах"),
                ),
                ("outcomes", Words::new("Outcome analysis", "Resultatanalyse", "Аналіз результатів")),
                (
                    "value",
                    Words::new(
                        "SROI and value creation",
                        "SROI og verdiskaping",
                        "SROI та створення цінності",
                    ),
                ),
                ("outlook", Words::new("Outlook", "Utsikter", "Перспективи")),
            ],
            Self::Annual => vec![
                ("letter", Words::new("Letter from leadership", "Brev fra ledelsen", "Лист керівництва")),
                (
                    "overview",
                    Words::new(
                        "Programme overview and theory of change",
                        "Programoversikt og endringsteori",
                        "Огляд програм і теорія змін",
                    ),
                ),
                (
                    "materiality",
                    Words::new("Double materiality", "Dobbel vesentlighet", "Подвійна суттєвість"),
                ),
                (
                    "outcomes",
                    Words::new("Outcomes by dimension", "Resultater per dimensjon", "Результати за вимірами"),
                ),
                (
                    "value",
                    Words::new(
                        "SROI and economic value",
                        "SROI og økonomisk verdi",
                        "SROI та економічна цінність",
                    ),
                ),
                (
                    "assurance",
                    Words::new(
                        "Assurance and governance",
                        "Kvalitetssikring og styring",
                        "Перевірка та управління",
                    ),
                ),
                ("forward", Words::new("Forward look", "Veien videre", "Погляд уперед")),
            ],
            Self::Investor => vec![
                summary(),
                (
                    "method",
                    Words::new(
                        "SROI method and assumptions",
                        "SROI-metode og forutsetninger",
                        "Метод SROI та припущення",
                    ),
                ),
                (
                    "portfolio",
                    Words::new("Portfolio performance", "Porteføljens resultater", "Результати портфеля"),
                ),
                (
                    "capital",
                    Words::new(
                        "Volunteer capital efficiency",
                        "Effektiv bruk av frivillig innsats",
                        "Ефективність волонтерського ресурсу",
                    ),
                ),
                (
                    "risk",
                    Words::new("ESG risk and upside", "ESG-risiko og muligheter", "Ризики та можливості ESG"),
                ),
                ("guidance", Words::new("Guidance", "Forventninger", "Орієнтири")),
            ],
        }
    }
}

/// State of approval. `Locked` is terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ReportStatus {
    /// Being written.
    Draft,
    /// With the reviewers.
    InReview,
    /// Back with the author.
    ChangesRequested,
    /// Turned down; may start over.
    Rejected,
    /// Approved for the board; its content is fixed.
    Approved,
    /// Read-only for everybody, for ever.
    Locked,
}

impl ReportStatus {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Draft, Self::InReview, Self::ChangesRequested, Self::Rejected, Self::Approved, Self::Locked];

    /// Its code, for example `in_review`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InReview => "in_review",
            Self::ChangesRequested => "changes_requested",
            Self::Rejected => "rejected",
            Self::Approved => "approved",
            Self::Locked => "locked",
        }
    }

    /// Its name.
    pub fn words(self) -> Words {
        match self {
            Self::Draft => Words::new("Draft", "Utkast", "Чернетка"),
            Self::InReview => Words::new("In review", "Til vurdering", "На розгляді"),
            Self::ChangesRequested => Words::new("Changes requested", "Endringer ønsket", "Потрібні зміни"),
            Self::Rejected => Words::new("Rejected", "Avvist", "Відхилено"),
            Self::Approved => Words::new("Approved", "Godkjent", "Затверджено"),
            Self::Locked => Words::new("Locked", "Låst", "Заблоковано"),
        }
    }

    /// Whether the board approved this content.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Approved | Self::Locked)
    }
}

/// A step between states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ReportMove {
    /// Draft or changes requested → in review.
    Submit,
    /// In review → draft, by the author.
    Withdraw,
    /// In review → changes requested.
    RequestChanges,
    /// In review → rejected.
    Reject,
    /// In review → approved.
    Approve,
    /// Approved → in review.
    Reopen,
    /// Approved → locked.
    Lock,
    /// Rejected → draft.
    Restart,
}

impl ReportMove {
    /// Every step.
    pub const ALL: [Self; 8] = [
        Self::Submit,
        Self::Withdraw,
        Self::RequestChanges,
        Self::Reject,
        Self::Approve,
        Self::Reopen,
        Self::Lock,
        Self::Restart,
    ];

    /// The state it leads to from `from`; `None` where the step does not exist.
    pub fn from(self, from: ReportStatus) -> Option<ReportStatus> {
        use ReportStatus::{Approved, ChangesRequested, Draft, InReview, Locked, Rejected};
        match (self, from) {
            (Self::Submit, Draft | ChangesRequested) | (Self::Reopen, Approved) => Some(InReview),
            (Self::Withdraw, InReview) | (Self::Restart, Rejected) => Some(Draft),
            (Self::RequestChanges, InReview) => Some(ChangesRequested),
            (Self::Reject, InReview) => Some(Rejected),
            (Self::Approve, InReview) => Some(Approved),
            (Self::Lock, Approved) => Some(Locked),
            _ => None,
        }
    }
}

/// One section of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Section {
    /// Id within the template, for example `summary`.
    pub id: String,
    /// What was written.
    pub narrative: Narrative,
}

/// Who approved which content, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Approval {
    /// The approver.
    pub by: PersonId,
    /// Their name at the time.
    pub name: String,
    /// When.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// [`Report::content_hash`] of what was approved.
    pub content_hash: String,
}

/// A report at its newest version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Report {
    /// Id.
    pub id: ReportId,
    /// Title.
    pub title: String,
    /// Template.
    pub template: Template,
    /// Period it reports on.
    pub period: Period,
    /// Who writes it.
    pub author: PersonId,
    /// Version, from 1; every edit makes the next.
    pub version: u32,
    /// State.
    pub status: ReportStatus,
    /// Sections present, in template order.
    pub sections: Vec<Section>,
    /// Set while approved or locked.
    pub approval: Option<Approval>,
}

impl Report {
    /// SHA-256 over title, template, period, version and sections, hexadecimal: what approving fixes.
    pub fn content_hash(&self) -> String {
        let content = (&self.title, self.template, self.period, self.version, &self.sections);
        let bytes = serde_json::to_vec(&content).unwrap_or_default();
        hex::encode(Sha256::digest(bytes))
    }
}
