//! What participants wrote, and the scores a model read from it. Not the redaction: some lines carry personal data.

use std::collections::{BTreeMap, BTreeSet};

use board_domain::{Dimension, Locale, Period};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{
    activity::{Activity, Attended},
    company::Company,
    names,
    phrases::{self, Phrases, Tone},
    random::Random,
    rows::{Feedback, Score},
};

const WRITTEN: &str = include_str!("written.json");

/// A feedback written out in full, so that a report can cite it by its key.
#[derive(Deserialize)]
struct Written {
    key: String,
    tenant: String,
    programme: String,
    date: String,
    locale: String,
    text: String,
    scores: BTreeMap<String, f64>,
}

/// All feedback of a company, oldest first.
pub(crate) fn of(
    company: &Company,
    activity: &Activity,
    phrases: &Phrases,
) -> Result<Vec<Feedback>, serde_json::Error> {
    let mut writer = Writer {
        random: Random::named(&format!("feedback of {}", company.id)),
        phrases,
        bags: BTreeMap::new(),
    };
    let mut chosen: Vec<&Attended> = activity.attended.iter().collect();
    writer.random.shuffle(&mut chosen);
    let mut seen = BTreeSet::new();
    chosen.retain(|at| seen.insert((at.email.as_str(), at.date.first_of_month())));
    chosen.truncate(company.feedback);
    chosen.sort_by(|a, b| (a.date, &a.email).cmp(&(b.date, &b.email)));
    let mut all: Vec<Feedback> =
        chosen.iter().enumerate().map(|(number, at)| writer.write(company.id, number, at)).collect();
    for written in serde_json::from_str::<Vec<Written>>(WRITTEN)? {
        if written.tenant == company.id {
            all.push(writer.copy(written, activity));
        }
    }
    all.sort_by(|a, b| (&a.date, &a.id).cmp(&(&b.date, &b.id)));
    Ok(all)
}

/// The upstream id of a feedback, from a name that is unique within the tenant.
pub(crate) fn id(tenant: &str, name: &str) -> String {
    format!("fb-{}", &hex::encode(Sha256::digest(format!("{tenant}/{name}")))[..10])
}

/// The id under which the product keeps a feedback as evidence.
pub(crate) fn evidence_id(tenant: &str, feedback: &str) -> String {
    format!("ev-{}", &hex::encode(Sha256::digest(format!("{tenant}\nfeedback\n{feedback}\n")))[..16])
}

struct Writer<'a> {
    random: Random,
    phrases: &'a Phrases,
    /// Sentences not used since the occasion's last refill, so that neighbours differ.
    bags: BTreeMap<(Locale, String), Vec<&'static str>>,
}

impl Writer<'_> {
    fn write(&mut self, tenant: &str, number: usize, at: &Attended) -> Feedback {
        let mut sentences: Vec<String> = Vec::new();
        let mut scores = Vec::new();
        let mut dimensions = Dimension::ALL;
        self.random.shuffle(&mut dimensions);
        let wanted = if self.random.chance(0.65) { 3 } else { 2 };
        for dimension in &dimensions[..wanted] {
            let tone = self.tone(at);
            sentences.push(self.draw(at.locale, &phrases::outcome(*dimension, tone)).to_owned());
            scores.push(self.score(*dimension, tone));
        }
        if self.random.chance(0.8) {
            let opening = self.draw(at.locale, &format!("opening {}", at.programme)).to_owned();
            sentences.insert(0, opening);
        }
        if self.random.chance(0.08) {
            sentences.push(self.personal(at.locale));
        } else if self.random.chance(0.4) {
            let own = format!("closing {}", at.programme);
            let occasion = if self.random.chance(0.5) { own } else { "closing any".into() };
            sentences.push(self.draw(at.locale, &occasion).to_owned());
        }
        scores.sort_by(|a, b| a.dimension.cmp(&b.dimension));
        Feedback {
            id: id(tenant, &format!("{number}")),
            participant: at.email.clone(),
            programme: at.programme.into(),
            date: at.date.to_string(),
            locale: at.locale.tag().into(),
            text: sentences.join(" "),
            scores,
        }
    }

    /// A written feedback, put into the mouth of somebody who took part that month.
    fn copy(&mut self, written: Written, activity: &Activity) -> Feedback {
        let month = written.date.get(..7).and_then(Period::parse);
        let present = month.map(|month| activity.present(&written.programme, month)).unwrap_or_default();
        let participant =
            present.iter().nth(self.random.below(present.len())).copied().unwrap_or_default().to_owned();
        let score = |(dimension, score): (String, f64)| Score {
            dimension,
            score,
            confidence: 0.91,
            model: "q2q-3.1".into(),
            method: "manual".into(),
        };
        Feedback {
            id: id(&written.tenant, &written.key),
            participant,
            programme: written.programme,
            date: written.date,
            locale: written.locale,
            text: written.text,
            scores: written.scores.into_iter().map(score).collect(),
        }
    }

    /// Feedback brightens a little over the two years.
    fn tone(&mut self, at: &Attended) -> Tone {
        let years = f64::from(at.date.year() - 2024) + f64::from(at.date.month() - 10) / 12.0;
        match self.random.unit() {
            luck if luck < 0.42 + 0.07 * years => Tone::High,
            luck if luck < 0.85 + 0.03 * years => Tone::Medium,
            _ => Tone::Low,
        }
    }

    fn score(&mut self, dimension: Dimension, tone: Tone) -> Score {
        let (low, high) = match tone {
            Tone::High => (0.74, 0.95),
            Tone::Medium => (0.50, 0.69),
            Tone::Low => (0.20, 0.40),
        };
        let hundredths = |value: f64| (value * 100.0).round() / 100.0;
        let ruled = self.random.chance(0.15);
        Score {
            dimension: dimension.code().into(),
            score: hundredths(self.random.between(low, high)),
            confidence: hundredths(if ruled { 0.55 } else { self.random.between(0.62, 0.97) }),
            model: if ruled { "cues-1" } else { "q2q-3.1" }.into(),
            method: if ruled { "rule_based" } else { "ai_classifier" }.into(),
        }
    }

    fn draw(&mut self, locale: Locale, occasion: &str) -> &'static str {
        let bag = self.bags.entry((locale, occasion.to_owned())).or_default();
        if bag.is_empty() {
            bag.extend(self.phrases.of(locale, occasion));
            self.random.shuffle(bag);
        }
        bag.pop().unwrap_or_default()
    }

    fn personal(&mut self, locale: Locale) -> String {
        let name = names::passer_by(&mut self.random);
        let number = 10_000_000 + self.random.below(89_999_999);
        let digits = format!("{number}");
        let phone = format!("+47 {} {} {}", &digits[..3], &digits[3..5], &digits[5..8]);
        let email = names::participant(&mut self.random, locale, 1);
        self.draw(locale, "personal")
            .replace("{name}", &name)
            .replace("{phone}", &phone)
            .replace("{email}", &email)
    }
}
