//! What happened over the 24 months: who joined, met, learned and found work. Not what they said about it.

use std::collections::BTreeSet;

use board_domain::{Locale, Period};
use jiff::civil::Date;

use super::{
    calendar::{self, along, day, moment, progress, season},
    company::Company,
    names,
    phrases::Phrases,
    random::Random,
    rows::{BuddyMatch, BuddySession, CourseCompletion, KintellSession, Outcome, UpskillingSession},
};

/// Courses: provider, id, name.
const COURSES: [(&str, &str, &str); 6] = [
    ("nordkurs", "DIG-101", "Digital skills at work"),
    ("nordkurs", "FOOD-110", "Food safety"),
    ("nordkurs", "HSE-120", "Health, safety and environment"),
    ("fjordakademiet", "MAINT-201", "Maintenance of pumps and valves"),
    ("fjordakademiet", "SHEET-130", "Spreadsheets"),
    ("fjordakademiet", "AQUA-210", "Aquaculture basics"),
];
const LEVELS: [&str; 6] = ["A1", "A2", "B1", "B2", "C1", "C2"];
const INTERESTS: [&str; 10] = [
    "hiking",
    "cooking",
    "football",
    "reading",
    "music",
    "knitting",
    "fishing",
    "films",
    "gardening",
    "skiing",
];

/// Rows of one tenant, each list in order of time.
#[derive(Default)]
pub(crate) struct Activity {
    pub(crate) kintell: Vec<KintellSession>,
    pub(crate) buddy: Vec<BuddySession>,
    pub(crate) matches: Vec<BuddyMatch>,
    pub(crate) upskilling: Vec<UpskillingSession>,
    pub(crate) completions: Vec<CourseCompletion>,
    pub(crate) outcomes: Vec<Outcome>,
    /// Every attended session: day in Oslo, who, programme, language of their feedback.
    pub(crate) attended: Vec<Attended>,
}

/// Somebody took part in a session.
#[derive(Clone)]
pub(crate) struct Attended {
    pub(crate) date: Date,
    pub(crate) email: String,
    pub(crate) programme: &'static str,
    pub(crate) locale: Locale,
}

struct Participant {
    email: String,
    locale: Locale,
    joined: usize,
    left: usize,
    buddy: Option<usize>,
    language: Option<usize>,
    mentor: Option<usize>,
    /// 0 is A1; whole numbers are levels.
    level: f64,
    course: Option<(usize, u8)>,
    met: usize,
    placed: bool,
    employed: bool,
}

/// Plays the 24 months of a company.
pub(crate) fn play(company: &Company, phrases: &Phrases) -> Activity {
    let mut random = Random::named(&format!("activity of {}", company.id));
    let volunteers: Vec<String> =
        (1..=company.volunteers).map(|n| names::volunteer(&mut random, n)).collect();
    let mut stage =
        Stage { random, phrases, volunteers, activity: Activity::default(), place: company.places };
    let mut participants: Vec<Participant> = Vec::new();
    for (month, period) in calendar::months().into_iter().enumerate() {
        let joining =
            if month == 0 { company.founders } else { stage.joining(along(company.joining, month)) };
        for _ in 0..joining {
            let number = participants.len() + 1;
            participants.push(stage.join(number, month, period));
        }
        for participant in participants.iter_mut().filter(|p| (p.joined..=p.left).contains(&month)) {
            stage.live(participant, month, period);
        }
    }
    let mut activity = stage.activity;
    activity.put_in_order();
    activity
}

struct Stage<'a> {
    random: Random,
    phrases: &'a Phrases,
    volunteers: Vec<String>,
    activity: Activity,
    place: &'a [&'a str],
}

impl Stage<'_> {
    fn joining(&mut self, mean: f64) -> usize {
        let jitter = self.random.between(0.75, 1.25);
        // Between 2 and 60.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let count = (mean * jitter).round() as usize;
        count
    }

    fn join(&mut self, number: usize, month: usize, period: Period) -> Participant {
        let locale = match self.random.unit() {
            share if share < 0.38 => Locale::Uk,
            share if share < 0.70 => Locale::Nb,
            _ => Locale::En,
        };
        let email = names::participant(&mut self.random, locale, number);
        // Volunteers come in over time: the first month knows 40 % of them.
        let known = (self.volunteers.len() * (40 + 60 * month / calendar::MONTHS)).div_ceil(100);
        let mut with = |chance: f64| self.random.chance(chance).then(|| self.random.below(known));
        let (buddy, mut language, mentor) = (with(0.76), with(0.90), with(0.34));
        let studies = self.random.chance(0.44);
        if buddy.is_none() && mentor.is_none() && !studies && language.is_none() {
            language = Some(self.random.below(known));
        }
        let mut left = month;
        while left < calendar::MONTHS && self.random.chance(0.93) {
            left += 1;
        }
        let participant = Participant {
            email,
            locale,
            joined: month,
            left,
            buddy,
            language,
            mentor,
            level: self.random.between(0.8, 3.9),
            course: studies.then(|| (self.random.below(COURSES.len()), if month == 0 { 45 } else { 0 })),
            // Those of the first month took part in a pilot, of which there are no rows.
            met: if month == 0 { self.random.below(5) } else { 0 },
            placed: false,
            employed: false,
        };
        if let Some(volunteer) = buddy {
            self.pair(&participant, volunteer, period);
        }
        participant
    }

    fn pair(&mut self, participant: &Participant, volunteer: usize, period: Period) {
        let mut interests = INTERESTS;
        self.random.shuffle(&mut interests);
        let at = moment(&mut self.random, period.first(), 8..9);
        let language = ["English", "Norwegian", "Ukrainian"][participant.locale as usize];
        let stays = participant.left >= calendar::MONTHS || self.random.chance(0.9);
        self.activity.matches.push(BuddyMatch {
            participant_email: participant.email.clone(),
            buddy_email: self.volunteers[volunteer].clone(),
            matched_at: at.to_string(),
            status: if stays { "active" } else { "ended" }.into(),
            language: language.into(),
            interests: interests[..2 + self.random.below(2)].join(","),
            location: (*self.random.pick(self.place)).into(),
        });
    }

    fn live(&mut self, participant: &mut Participant, month: usize, period: Period) {
        let pace = season(period);
        if let Some(volunteer) = participant.buddy {
            for _ in 0..self.random.of_three(0.41 * pace) {
                self.meet_buddy(participant, volunteer, month, period);
            }
        }
        if let Some(volunteer) = participant.language {
            for _ in 0..self.random.of_three(0.52 * pace) {
                self.talk(participant, volunteer, "Language Connect", month, period);
            }
        }
        if let Some(volunteer) = participant.mentor {
            for _ in 0..self.random.of_three(0.40 * pace) {
                self.talk(participant, volunteer, "Mentorship", month, period);
            }
        }
        if participant.course.is_some() {
            for _ in 0..self.random.of_three(0.52 * pace) {
                self.study(participant, period);
            }
        }
        self.look_for_work(participant, period, pace);
    }

    fn meet_buddy(&mut self, participant: &mut Participant, volunteer: usize, month: usize, period: Period) {
        let day = day(&mut self.random, period, true);
        let cancelled = self.random.chance(0.045);
        let at = moment(&mut self.random, day, 11..20);
        let duration_min = *self.random.pick(&[60, 90, 90, 120, 150]);
        let (rating, feedback_text) =
            if cancelled { (None, String::new()) } else { self.verdict(participant, "buddy", month) };
        self.activity.buddy.push(BuddySession {
            session_id: String::new(),
            participant_email: participant.email.clone(),
            buddy_email: self.volunteers[volunteer].clone(),
            date: at.to_string(),
            duration_min,
            status: if cancelled { "cancelled" } else { "completed" }.into(),
            rating,
            feedback_text,
        });
        if !cancelled {
            self.attend(participant, day, "buddy");
        }
    }

    fn talk(
        &mut self,
        participant: &mut Participant,
        volunteer: usize,
        kind: &str,
        month: usize,
        period: Period,
    ) {
        let day = day(&mut self.random, period, false);
        let at = moment(&mut self.random, day, 8..20);
        let programme = if kind == "Mentorship" { "mentoring" } else { "language" };
        let (rating, feedback_text) = self.verdict(participant, programme, month);
        let level = if programme == "language" { LEVELS[rung(participant.level)] } else { "" };
        let duration_min = *self.random.pick(&[45, 60, 60, 75, 90]);
        self.activity.kintell.push(KintellSession {
            session_id: String::new(),
            session_type: kind.into(),
            participant_email: participant.email.clone(),
            volunteer_email: self.volunteers[volunteer].clone(),
            date: at.to_string(),
            duration_min,
            rating,
            feedback_text,
            language_level: level.into(),
        });
        self.attend(participant, day, programme);
        if programme == "language" {
            let before = rung(participant.level);
            participant.level = (participant.level + self.random.between(0.10, 0.26)).min(4.9);
            if rung(participant.level) > before {
                self.reach(participant, "language", day, "language_level_up");
            }
        }
    }

    fn study(&mut self, participant: &mut Participant, period: Period) {
        let Some((course, done)) = participant.course else { return };
        let day = day(&mut self.random, period, true);
        let at = moment(&mut self.random, day, 17..22);
        let step = *self.random.pick(&[20_u8, 25, 25, 30, 35]);
        let done = done.saturating_add(step).min(100);
        let (provider, id, name) = COURSES[course];
        let email = participant.email.clone();
        let duration_min = *self.random.pick(&[45, 60, 60, 90]);
        self.activity.upskilling.push(UpskillingSession {
            session_id: String::new(),
            user_email: email.clone(),
            provider: provider.into(),
            course_id: id.into(),
            course_name: name.into(),
            date: at.to_string(),
            duration_min,
            progress_pct: done,
        });
        self.attend(participant, day, "upskilling");
        participant.course = Some((course, done));
        if done == 100 {
            let score = self.random.between(62.0, 98.0);
            let number = self.activity.completions.len() + 1;
            self.activity.completions.push(CourseCompletion {
                user_email: email,
                provider: provider.into(),
                course_id: id.into(),
                course_name: name.into(),
                completed_at: at.to_string(),
                final_score: format!("{score:.1}"),
                credential_ref: format!("{id}-{number:05}"),
            });
            self.reach(participant, "upskilling", day, "course_completed");
            participant.course = self.random.chance(0.6).then(|| ((course + 1) % COURSES.len(), 0));
        }
    }

    fn look_for_work(&mut self, participant: &mut Participant, period: Period, pace: f64) {
        let programme = match participant {
            Participant { mentor: Some(_), .. } => "mentoring",
            Participant { course: Some(_), .. } => "upskilling",
            Participant { language: Some(_), .. } => "language",
            _ => "buddy",
        };
        if participant.met < 3 || participant.employed {
            return;
        }
        let date = day(&mut self.random, period, false);
        if !participant.placed && self.random.chance(0.055 * pace) {
            participant.placed = true;
            self.reach(participant, programme, date, "placement_started");
        } else if self.random.chance(if participant.placed { 0.18 } else { 0.055 } * pace) {
            participant.employed = true;
            self.reach(participant, programme, date, "employed");
        }
    }

    fn reach(&mut self, participant: &Participant, programme: &str, date: Date, kind: &str) {
        self.activity.outcomes.push(Outcome {
            outcome_id: String::new(),
            participant_email: participant.email.clone(),
            programme: programme.into(),
            date: date.to_string(),
            kind: kind.into(),
        });
    }

    fn attend(&mut self, participant: &mut Participant, date: Date, programme: &'static str) {
        participant.met += 1;
        let email = participant.email.clone();
        self.activity.attended.push(Attended { date, email, programme, locale: participant.locale });
    }

    /// A rating, mostly given and mostly good, and now and then a word with it.
    fn verdict(&mut self, participant: &Participant, programme: &str, month: usize) -> (Option<u8>, String) {
        let at = progress(month);
        let rating = match self.random.unit() {
            given if given > 0.88 => None,
            given if given < 0.40 + 0.10 * at => Some(5),
            given if given < 0.74 + 0.06 * at => Some(4),
            given if given < 0.84 => Some(3),
            _ => Some(2),
        };
        let words = match rating {
            Some(4..) if self.random.chance(0.16) => {
                self.phrases.opening(&mut self.random, participant.locale, programme).to_owned()
            }
            _ => String::new(),
        };
        (rating, words)
    }
}

impl Activity {
    fn put_in_order(&mut self) {
        self.kintell.sort_by(|a, b| (&a.date, &a.participant_email).cmp(&(&b.date, &b.participant_email)));
        self.buddy.sort_by(|a, b| (&a.date, &a.participant_email).cmp(&(&b.date, &b.participant_email)));
        self.matches.sort_by(|a, b| {
            (&a.matched_at, &a.participant_email).cmp(&(&b.matched_at, &b.participant_email))
        });
        self.upskilling.sort_by(|a, b| (&a.date, &a.user_email).cmp(&(&b.date, &b.user_email)));
        self.completions
            .sort_by(|a, b| (&a.completed_at, &a.user_email).cmp(&(&b.completed_at, &b.user_email)));
        self.outcomes.sort_by(|a, b| {
            (&a.date, &a.participant_email, &a.kind).cmp(&(&b.date, &b.participant_email, &b.kind))
        });
        self.attended.sort_by(|a, b| (a.date, &a.email, a.programme).cmp(&(b.date, &b.email, b.programme)));
        for (at, row) in self.kintell.iter_mut().enumerate() {
            row.session_id = format!("KIN-{:05}", at + 1);
        }
        for (at, row) in self.buddy.iter_mut().enumerate() {
            row.session_id = format!("BUD-{:05}", at + 1);
        }
        for (at, row) in self.upskilling.iter_mut().enumerate() {
            row.session_id = format!("UPS-{:05}", at + 1);
        }
        for (at, row) in self.outcomes.iter_mut().enumerate() {
            row.outcome_id = format!("OUT-{:05}", at + 1);
        }
    }

    /// Everybody who attended a programme in a month, each once, in order of address.
    pub(crate) fn present(&self, programme: &str, month: Period) -> BTreeSet<&str> {
        self.attended
            .iter()
            .filter(|attended| attended.programme == programme && month.contains(attended.date))
            .map(|attended| attended.email.as_str())
            .collect()
    }
}

/// The level's place in [`LEVELS`]; never above C1 here.
fn rung(level: f64) -> usize {
    // 0.0 to 4.9.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let rung = level as usize;
    rung.min(4)
}
