//! Metric definitions, version 1: what each figure means, its formula and its sources.
//!
//! Not the arithmetic ([`crate::formula`]) and not the values ([`crate::Figure`]).

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Formula, Locale, MetricId};

/// The shape of a metric's unit; a money metric takes the tenant's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum UnitKind {
    /// Whole things.
    Count,
    /// Hours.
    Hours,
    /// 0-100.
    Points,
    /// 0-1.
    Fraction,
    /// Value for one unit of investment.
    Ratio,
    /// The tenant's currency.
    Money,
}

/// Which way is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither.
    Neither,
}

/// A short text in every interface language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Words {
    /// English.
    pub en: String,
    /// Norwegian Bokmål.
    pub nb: String,
    /// Ukrainian.
    pub uk: String,
}

impl Words {
    /// The three languages, in the order English, Norwegian, Ukrainian.
    pub fn new(en: &str, nb: &str, uk: &str) -> Self {
        Self { en: en.into(), nb: nb.into(), uk: uk.into() }
    }

    /// The text in one language.
    pub fn get(&self, locale: Locale) -> &str {
        match locale {
            Locale::En => &self.en,
            Locale::Nb => &self.nb,
            Locale::Uk => &self.uk,
        }
    }
}

/// A metric as defined at one version; it travels with the figures made by it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MetricDefinition {
    /// Which metric.
    pub id: MetricId,
    /// Version, from 1; a new version never changes figures of an old one.
    pub version: u32,
    /// Name.
    pub name: Words,
    /// What it says, in a sentence.
    pub about: Words,
    /// Unit.
    pub unit: UnitKind,
    /// Which way is good.
    pub better: Better,
    /// The arithmetic.
    pub formula: Formula,
    /// The arithmetic in words, as a reader would check it.
    pub formula_text: String,
    /// Constants the formula takes besides measured inputs, for example the discount rate.
    pub assumptions: BTreeMap<String, f64>,
    /// Kinds of upstream rows it is computed from.
    pub sources: Vec<String>,
    /// First day it applies to.
    #[ts(type = "string")]
    pub effective_from: Date,
}

/// Assumptions of social value in version 1, per person with an outcome.
pub fn social_value_assumptions() -> BTreeMap<String, f64> {
    [
        ("attribution", 0.60),
        ("deadweight", 0.20),
        ("discount_rate", 0.03),
        ("drop_off", 0.25),
        ("value_per_person", 95_000.0),
        ("years", 3.0),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

/// Every metric of version 1, in the order they are listed.
pub fn definitions_v1() -> Vec<MetricDefinition> {
    let mut all = [value_metrics(), activity_metrics(), share_metrics(), dimension_metrics()].concat();
    for definition in &mut all {
        match definition.formula {
            Formula::Sroi | Formula::SocialValue => definition.assumptions = social_value_assumptions(),
            Formula::Share { ref whole, .. } if whole == "minutes_per_hour" => {
                definition.assumptions = BTreeMap::from([("minutes_per_hour".to_owned(), 60.0)]);
            }
            _ => (),
        }
    }
    all
}

/// Sources with sessions in them.
const SESSIONS: [&str; 3] = ["buddy_sessions", "kintell_sessions", "upskilling_sessions"];

/// A metric of version 1; `words` are its name and what it says.
fn define(
    id: &str,
    words: [Words; 2],
    unit: UnitKind,
    better: Better,
    formula: Formula,
    formula_text: &str,
    sources: &[&str],
) -> MetricDefinition {
    let [name, about] = words;
    MetricDefinition {
        id: MetricId::new(id).unwrap_or_else(|_| unreachable!("metric ids of version 1 are well formed")),
        version: 1,
        name,
        about,
        unit,
        better,
        formula,
        formula_text: formula_text.into(),
        assumptions: BTreeMap::new(),
        sources: sources.iter().map(|s| (*s).to_owned()).collect(),
        effective_from: jiff::civil::date(2024, 1, 1),
    }
}

/// A metric that averages the scores of one dimension.
fn dimension(id: &str, words: [Words; 2]) -> MetricDefinition {
    define(
        id,
        words,
        UnitKind::Fraction,
        Better::Higher,
        Formula::Mean { sum: "score_sum".into(), count: "scores".into() },
        "sum of outcome scores / number of scores",
        &["feedback"],
    )
}

fn amount(input: &str) -> Formula {
    Formula::Amount { input: input.into() }
}

fn share(part: &str, whole: &str) -> Formula {
    Formula::Share { part: part.into(), whole: whole.into() }
}

fn value_metrics() -> Vec<MetricDefinition> {
    vec![
        define(
            "sroi",
            [
                Words::new(
                    "Social return on investment",
                    "Sosial avkastning",
                    "Соціальна віддача інвестицій",
                ),
                Words::new(
                    "Social value created for each unit of currency invested, gross.",
                    "Sosial verdi skapt per investert krone, brutto.",
                    "Соціальна цінність на кожну вкладену одиницю валюти, брутто.",
                ),
            ],
            UnitKind::Ratio,
            Better::Higher,
            Formula::Sroi,
            "net present value of social value / investment",
            &["outcomes", "costs"],
        ),
        define(
            "social_value",
            [
                Words::new("Social value", "Sosial verdi", "Соціальна цінність"),
                Words::new(
                    "Net present value of the outcomes reached in the period.",
                    "Nåverdien av resultatene som ble nådd i perioden.",
                    "Чиста приведена вартість результатів, досягнутих за період.",
                ),
            ],
            UnitKind::Money,
            Better::Higher,
            Formula::SocialValue,
            "Σ over years y of people with an outcome × value per person × attribution × (1 − deadweight) × (1 − drop-off)^(y−1) / (1 + r)^y",
            &["outcomes"],
        ),
        define(
            "investment",
            [
                Words::new("Investment", "Investering", "Інвестиції"),
                Words::new(
                    "Programme costs booked in the period.",
                    "Programkostnader bokført i perioden.",
                    "Витрати на програми, проведені за період.",
                ),
            ],
            UnitKind::Money,
            Better::Neither,
            amount("investment"),
            "sum of programme costs",
            &["costs"],
        ),
        define(
            "vis",
            [
                Words::new("Volunteer impact score", "Frivillighetsindeks", "Індекс волонтерського впливу"),
                Words::new(
                    "How much the volunteers' hours achieve, 0 to 100.",
                    "Hvor mye de frivilliges timer oppnår, 0 til 100.",
                    "Наскільки результативні години волонтерів, від 0 до 100.",
                ),
            ],
            UnitKind::Points,
            Better::Higher,
            Formula::Vis,
            "100 × (0.30 × min(hours/1000, 1) + 0.30 × quality + 0.25 × outcome lift + 0.15 × placement)",
            &["buddy_sessions", "kintell_sessions", "feedback", "outcomes"],
        ),
        define(
            "integration",
            [
                Words::new("Integration score", "Integreringsindeks", "Індекс інтеграції"),
                Words::new(
                    "Language, social ties and access to work of the participants, 0 to 100.",
                    "Deltakernes språk, sosiale bånd og tilgang til arbeid, 0 til 100.",
                    "Мова, соціальні зв’язки та доступ учасників до роботи, від 0 до 100.",
                ),
            ],
            UnitKind::Points,
            Better::Higher,
            Formula::Integration,
            "100 × (0.40 × language + 0.30 × social + 0.30 × job access)",
            &SESSIONS,
        ),
    ]
}

fn activity_metrics() -> Vec<MetricDefinition> {
    vec![
        define(
            "participants",
            [
                Words::new("Participants", "Deltakere", "Учасники"),
                Words::new(
                    "People who took part in at least one session.",
                    "Personer som deltok på minst én økt.",
                    "Люди, які взяли участь щонайменше в одній зустрічі.",
                ),
            ],
            UnitKind::Count,
            Better::Higher,
            amount("participants"),
            "distinct participants with a completed session",
            &SESSIONS,
        ),
        define(
            "volunteers",
            [
                Words::new("Volunteers", "Frivillige", "Волонтери"),
                Words::new(
                    "Employees who led at least one session.",
                    "Ansatte som ledet minst én økt.",
                    "Працівники, які провели щонайменше одну зустріч.",
                ),
            ],
            UnitKind::Count,
            Better::Higher,
            amount("volunteers"),
            "distinct volunteers with a completed session",
            &["buddy_sessions", "kintell_sessions"],
        ),
        define(
            "sessions",
            [
                Words::new("Sessions", "Økter", "Зустрічі"),
                Words::new("Completed sessions.", "Gjennomførte økter.", "Проведені зустрічі."),
            ],
            UnitKind::Count,
            Better::Higher,
            amount("sessions"),
            "number of completed sessions",
            &SESSIONS,
        ),
        define(
            "hours",
            [
                Words::new("Volunteer hours", "Frivillige timer", "Години волонтерів"),
                Words::new(
                    "Hours that volunteers spent in sessions.",
                    "Timer de frivillige brukte i økter.",
                    "Години, які волонтери провели на зустрічах.",
                ),
            ],
            UnitKind::Hours,
            Better::Higher,
            share("volunteer_minutes", "minutes_per_hour"),
            "minutes of completed sessions with a volunteer / 60",
            &["buddy_sessions", "kintell_sessions"],
        ),
    ]
}

fn share_metrics() -> Vec<MetricDefinition> {
    vec![
        define(
            "participation",
            [
                Words::new("Participation", "Deltakelse", "Залученість"),
                Words::new(
                    "Share of the people enrolled so far who took part in the period.",
                    "Andel av alle påmeldte så langt som deltok i perioden.",
                    "Частка всіх зареєстрованих людей, які брали участь у цей період.",
                ),
            ],
            UnitKind::Fraction,
            Better::Higher,
            share("participants", "enrolled"),
            "participants of the period / people enrolled by its end",
            &SESSIONS,
        ),
        define(
            "retention",
            [
                Words::new("Retention", "Gjenværende", "Утримання"),
                Words::new(
                    "Share of the previous period's participants who took part again.",
                    "Andel av forrige periodes deltakere som deltok igjen.",
                    "Частка учасників попереднього періоду, які взяли участь знову.",
                ),
            ],
            UnitKind::Fraction,
            Better::Higher,
            share("returned", "earlier_participants"),
            "participants of both periods / participants of the previous period",
            &SESSIONS,
        ),
        define(
            "engagement",
            [
                Words::new("Engagement", "Engasjement", "Активність"),
                Words::new(
                    "Share of participants with two sessions or more in the period.",
                    "Andel deltakere med minst to økter i perioden.",
                    "Частка учасників із двома або більше зустрічами за період.",
                ),
            ],
            UnitKind::Fraction,
            Better::Higher,
            share("engaged", "participants"),
            "participants with at least two sessions / participants",
            &SESSIONS,
        ),
    ]
}

fn dimension_metrics() -> Vec<MetricDefinition> {
    vec![
        dimension(
            "confidence",
            [
                Words::new("Confidence", "Selvtillit", "Упевненість"),
                Words::new(
                    "How confident participants sound in their feedback.",
                    "Hvor trygge deltakerne høres ut i tilbakemeldingene.",
                    "Наскільки впевнено звучать учасники у своїх відгуках.",
                ),
            ],
        ),
        dimension(
            "belonging",
            [
                Words::new("Belonging", "Tilhørighet", "Приналежність"),
                Words::new(
                    "How much participants feel they belong.",
                    "Hvor sterkt deltakerne føler tilhørighet.",
                    "Наскільки учасники відчувають свою приналежність.",
                ),
            ],
        ),
        dimension(
            "lang_level",
            [
                Words::new("Language level", "Språknivå", "Рівень мови"),
                Words::new(
                    "Comfort in the new language, from feedback.",
                    "Trygghet i det nye språket, fra tilbakemeldinger.",
                    "Упевненість у новій мові за відгуками.",
                ),
            ],
        ),
        dimension(
            "job_readiness",
            [
                Words::new("Job readiness", "Jobbklarhet", "Готовність до роботи"),
                Words::new(
                    "Steps towards work that participants report.",
                    "Steg mot arbeid som deltakerne forteller om.",
                    "Кроки до працевлаштування, про які повідомляють учасники.",
                ),
            ],
        ),
        dimension(
            "well_being",
            [
                Words::new("Well-being", "Trivsel", "Добробут"),
                Words::new(
                    "Absence of signs of strain in feedback.",
                    "Fravær av tegn på belastning i tilbakemeldinger.",
                    "Відсутність ознак напруги у відгуках.",
                ),
            ],
        ),
    ]
}
