//! What companies alike reach: cohorts, and how the values of a metric spread in one. Aggregates only; a company is counted
//! that agreed to it, and no spread is of fewer than [`LEAST_COMPANIES`]. Not where the values come from: that is the server's part.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Better, MetricId, Period, Tenant};

/// Fewest companies whose values may be told of together. There is no way round it.
pub const LEAST_COMPANIES: usize = 10;

/// Bands of a company's size by employees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CompanySize {
    /// 1-50.
    Small,
    /// 51-500.
    Medium,
    /// 501-5,000.
    Large,
    /// More than 5,000.
    Enterprise,
}

impl CompanySize {
    /// The band of a number of employees.
    pub fn of(employees: u32) -> Self {
        match employees {
            0..=50 => Self::Small,
            51..=500 => Self::Medium,
            501..=5_000 => Self::Large,
            5_001.. => Self::Enterprise,
        }
    }
}

/// Parts of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Area {
    /// North and Central America and the Caribbean.
    NorthAmerica,
    /// South America.
    SouthAmerica,
    /// Europe and the islands of the Atlantic that belong to it.
    Europe,
    /// Asia but for the Middle East, Australia and the Pacific.
    AsiaPacific,
    /// From Egypt's neighbours to Iran.
    MiddleEast,
    /// Africa.
    Africa,
}

/// Cities of the Middle East and of South America in the names of time zones; the rest of their prefixes lies elsewhere.
const MIDDLE_EAST: [&str; 17] = [
    "Aden",
    "Amman",
    "Baghdad",
    "Bahrain",
    "Beirut",
    "Damascus",
    "Dubai",
    "Gaza",
    "Hebron",
    "Jerusalem",
    "Kuwait",
    "Muscat",
    "Nicosia",
    "Qatar",
    "Riyadh",
    "Tehran",
    "Tel_Aviv",
];
const SOUTH_AMERICA: [&str; 28] = [
    "Araguaina",
    "Argentina",
    "Asuncion",
    "Bahia",
    "Belem",
    "Boa_Vista",
    "Bogota",
    "Buenos_Aires",
    "Campo_Grande",
    "Caracas",
    "Cayenne",
    "Cuiaba",
    "Eirunepe",
    "Fortaleza",
    "Guayaquil",
    "Guyana",
    "La_Paz",
    "Lima",
    "Maceio",
    "Manaus",
    "Montevideo",
    "Paramaribo",
    "Porto_Velho",
    "Punta_Arenas",
    "Recife",
    "Rio_Branco",
    "Santiago",
    "Sao_Paulo",
];

impl Area {
    /// The part of the world that an IANA time zone names; `None` for one that names none, such as `Etc/UTC`.
    pub fn of_zone(zone: &str) -> Option<Self> {
        let (region, place) = zone.split_once('/')?;
        let place = place.split('/').next().unwrap_or(place);
        Some(match region {
            "Europe" | "Atlantic" | "Arctic" => Self::Europe,
            "Africa" => Self::Africa,
            "Asia" if MIDDLE_EAST.contains(&place) => Self::MiddleEast,
            "Asia" | "Australia" | "Pacific" | "Indian" => Self::AsiaPacific,
            "America" if SOUTH_AMERICA.contains(&place) => Self::SouthAmerica,
            "America" | "US" | "Canada" => Self::NorthAmerica,
            _ => return None,
        })
    }
}

/// Companies that are alike; what is `None` may be anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export, rename = "CompanyCohort")]
pub struct Cohort {
    /// Their industry.
    pub industry: Option<String>,
    /// Their size.
    pub size: Option<CompanySize>,
    /// Where they are.
    pub area: Option<Area>,
}

impl Cohort {
    /// The cohorts of a company, the one most like it first: industry, size and area; industry and area; industry; all.
    pub fn of(company: &Tenant) -> Vec<Self> {
        let industry = Some(company.industry.clone()).filter(|industry| !industry.is_empty());
        let size = Some(CompanySize::of(company.employees));
        let area = Area::of_zone(&company.zone);
        let mut cohorts = vec![
            Self { industry: industry.clone(), size, area },
            Self { industry: industry.clone(), size: None, area },
            Self { industry, size: None, area: None },
            Self::default(),
        ];
        cohorts.dedup();
        cohorts
    }

    /// Whether a company belongs to it.
    pub fn holds(&self, company: &Tenant) -> bool {
        self.industry.as_ref().is_none_or(|industry| *industry == company.industry)
            && self.size.is_none_or(|size| size == CompanySize::of(company.employees))
            && self.area.is_none_or(|area| Some(area) == Area::of_zone(&company.zone))
    }
}

/// How values spread, in the metric's unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Spread {
    /// How many values, at least [`LEAST_COMPANIES`].
    pub companies: u32,
    /// Mean.
    pub mean: f64,
    /// A tenth lies below.
    pub p10: f64,
    /// A quarter lies below.
    pub p25: f64,
    /// Half lies below.
    pub median: f64,
    /// Three quarters lie below.
    pub p75: f64,
    /// Nine tenths lie below.
    pub p90: f64,
}

impl Spread {
    /// The spread of finite values, in any order; `None` where they are too few to be told of. Between two values in order,
    /// a percentile is interpolated linearly (Hyndman and Fan 1996, type 7).
    pub fn of(mut values: Vec<f64>) -> Option<Self> {
        values.retain(|value| value.is_finite());
        values.sort_by(f64::total_cmp);
        let companies = values.len();
        if companies < LEAST_COMPANIES {
            return None;
        }
        #[allow(clippy::cast_precision_loss, reason = "fewer companies than 2^52")]
        let (last, count) = ((companies - 1) as f64, companies as f64);
        let at = |share: f64| {
            let place = share * last;
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to the last index")]
            let (low, high) = (place.floor() as usize, place.ceil() as usize);
            values[low] + (values[high] - values[low]) * place.fract()
        };
        Some(Self {
            companies: u32::try_from(companies).unwrap_or(u32::MAX),
            mean: values.iter().map(|value| value / count).sum(),
            p10: at(0.1),
            p25: at(0.25),
            median: at(0.5),
            p75: at(0.75),
            p90: at(0.9),
        })
    }

    /// The best badge that a value earns: it is among the best 10, 25 or 50 hundredths. `None` for less, and where neither
    /// more nor less is better.
    pub fn badge(&self, value: f64, better: Better) -> Option<u8> {
        let tiers = match better {
            Better::Higher => [(10, value >= self.p90), (25, value >= self.p75), (50, value >= self.median)],
            Better::Lower => [(10, value <= self.p10), (25, value <= self.p25), (50, value <= self.median)],
            Better::Neither => return None,
        };
        tiers.into_iter().find(|(_, earned)| *earned).map(|(tier, _)| tier)
    }
}

/// A metric's spread in a cohort over a period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Benchmark {
    /// The metric.
    pub metric: MetricId,
    /// Version of its definition, the same in every company counted.
    pub definition: u32,
    /// The period.
    pub period: Period,
    /// Whose values.
    pub cohort: Cohort,
    /// How they spread.
    pub spread: Spread,
}

impl Benchmark {
    /// Its key among the rows.
    pub fn key(&self) -> String {
        Self::key_of(&self.metric, self.period)
    }

    /// The key of a metric over a period.
    pub fn key_of(metric: &MetricId, period: Period) -> String {
        format!("{metric}/{period}")
    }
}
