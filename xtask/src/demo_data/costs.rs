//! What the programmes cost, month by month. Not what they are worth.

use super::{
    calendar::{self, along, season},
    company::Company,
    random::Random,
    rows::Cost,
};

/// Programme and its share of the whole.
const SHARES: [(&str, f64); 4] =
    [("buddy", 0.22), ("language", 0.30), ("mentoring", 0.20), ("upskilling", 0.28)];

/// Costs of a company, oldest first.
pub(crate) fn of(company: &Company) -> Vec<Cost> {
    let mut random = Random::named(&format!("costs of {}", company.id));
    let mut costs = Vec::new();
    for (month, period) in calendar::months().into_iter().enumerate() {
        // Staff are paid in July as well; the rest follows the activity.
        let whole = along(company.monthly_cost, month) * (0.55 + 0.45 * season(period));
        for (programme, share) in SHARES {
            for (category, part) in categories(programme) {
                let amount = whole * share * part * random.between(0.94, 1.06);
                costs.push(Cost {
                    cost_id: format!("COST-{:04}", costs.len() + 1),
                    programme: programme.into(),
                    month: period.to_string(),
                    category: (*category).into(),
                    amount: format!("{amount:.2}"),
                    currency: "NOK".into(),
                });
            }
        }
    }
    costs
}

fn categories(programme: &str) -> &'static [(&'static str, f64)] {
    match programme {
        "buddy" => &[("staff", 0.62), ("events", 0.25), ("travel", 0.13)],
        "language" => &[("staff", 0.55), ("licences", 0.35), ("materials", 0.10)],
        "mentoring" => &[("staff", 0.78), ("events", 0.22)],
        _ => &[("staff", 0.34), ("course_fees", 0.56), ("materials", 0.10)],
    }
}
