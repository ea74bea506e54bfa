//! The reports of the demo: who wrote them, for which period, and how far they went. The words are in the text files.

use board_domain::{IdError, Period, PersonId, ReportId, ReportMove, Role, Section, Template};
use serde::Serialize;

use super::{
    company::Company,
    markup::{self, MarkupError},
};

/// A report to seed.
#[derive(Serialize)]
pub(crate) struct SeedReport {
    pub(crate) id: ReportId,
    pub(crate) title: String,
    pub(crate) template: Template,
    pub(crate) period: Period,
    pub(crate) author: PersonId,
    pub(crate) sections: Vec<Section>,
    pub(crate) steps: Vec<Step>,
}

/// A step of approval to take.
#[derive(Serialize)]
pub(crate) struct Step {
    pub(crate) by: PersonId,
    #[serde(rename = "step")]
    pub(crate) go: ReportMove,
    pub(crate) reason: String,
}

/// Why the reports could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReportError {
    #[error(transparent)]
    Id(#[from] IdError),
    #[error(transparent)]
    Markup(#[from] MarkupError),
}

struct Plan {
    id: &'static str,
    title: &'static str,
    template: Template,
    period: Period,
    author: Role,
    text: &'static str,
    steps: &'static [(Role, ReportMove, &'static str)],
}

const QUARTER: Period = Period::Quarter(2026, 3);

const GROUP: [Plan; 4] = [
    Plan {
        id: "q2-2026",
        title: "Social impact, second quarter of 2026",
        template: Template::Quarterly,
        period: Period::Quarter(2026, 2),
        author: Role::Manager,
        text: include_str!("report_group_q2.txt"),
        steps: &[
            (Role::Manager, ReportMove::Submit, ""),
            (Role::Director, ReportMove::Approve, "Approved as it stands."),
        ],
    },
    Plan {
        id: "q3-2026",
        title: "Social impact, third quarter of 2026",
        template: Template::Quarterly,
        period: QUARTER,
        author: Role::Manager,
        text: include_str!("report_group_q3.txt"),
        steps: &[
            (Role::Manager, ReportMove::Submit, ""),
            (Role::Director, ReportMove::Approve, "Reads well, and the dip in July is explained."),
        ],
    },
    Plan {
        id: "aar-2025",
        title: "Årsrapport 2025 om sosial verdi",
        template: Template::Annual,
        period: Period::Year(2025),
        author: Role::Manager,
        text: include_str!("report_group_2025.txt"),
        steps: &[],
    },
    Plan {
        id: "update-q3-2026",
        title: "Investor update, third quarter of 2026",
        template: Template::Investor,
        period: QUARTER,
        author: Role::Manager,
        text: include_str!("report_group_investor.txt"),
        steps: &[(Role::Manager, ReportMove::Submit, "")],
    },
];
const KRAFT: [Plan; 1] = [Plan {
    id: "q3-2026",
    title: "Sosial verdi, tredje kvartal 2026",
    template: Template::Quarterly,
    period: QUARTER,
    author: Role::Manager,
    text: include_str!("report_kraft_q3.txt"),
    steps: &[(Role::Manager, ReportMove::Submit, "")],
}];
const SJOMAT: [Plan; 1] = [Plan {
    id: "q3-2026",
    title: "Sosial verdi, tredje kvartal 2026",
    template: Template::Quarterly,
    period: QUARTER,
    author: Role::Manager,
    text: include_str!("report_sjomat_q3.txt"),
    steps: &[
        (Role::Manager, ReportMove::Submit, ""),
        (Role::Admin, ReportMove::RequestChanges, "Si noe om hva skiftordningen gjør med oppmøtet."),
    ],
}];

/// The reports of a company.
pub(crate) fn of(company: &Company) -> Result<Vec<SeedReport>, ReportError> {
    let plans: &[Plan] = match company.id {
        "fjordlys" => &GROUP,
        "fjordlys-kraft" => &KRAFT,
        _ => &SJOMAT,
    };
    plans.iter().map(|plan| seed(company, plan)).collect()
}

fn seed(company: &Company, plan: &Plan) -> Result<SeedReport, ReportError> {
    let step = |(role, step, reason): &(Role, ReportMove, &str)| {
        Ok(Step { by: company.first(*role)?, go: *step, reason: (*reason).into() })
    };
    Ok(SeedReport {
        id: ReportId::new(plan.id)?,
        title: plan.title.into(),
        template: plan.template,
        period: plan.period,
        author: company.first(plan.author)?,
        sections: markup::sections(company.id, plan.text)?,
        steps: plan.steps.iter().map(step).collect::<Result<_, IdError>>()?,
    })
}
