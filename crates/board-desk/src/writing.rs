//! Writing a report: its text as it stands, what may be done with it, what can be cited, and text not yet saved.
//!
//! Every save is a command like any other, so it works offline. Not the pack: see [`crate::export`].

use board_domain::{
    Book, Command, Event, Evidence, Fact, FigureKey, Locale, Narrative, NarrativeFault, Period, Permission,
    PersonId, Refusal, Report, ReportId, ReportMove, Row, Section, Table, Template, decide,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use crate::{
    desk::{Desk, Reading, lock},
    fault::{Code, Fault},
    lens::Lens,
    outbox::Expected,
    plan::find_report,
    tiles,
    view::EvidenceView,
    words,
};

/// Snippets that can be cited in one report, the newest.
const CITABLE: usize = 200;

/// A report as it will stand once everything is sent.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ReportView {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Template.
    pub template: Template,
    /// Template in words.
    pub template_label: String,
    /// Period in words.
    pub period_label: String,
    /// Version.
    pub version: u32,
    /// Status code, for example `in_review`.
    pub status: String,
    /// Status in words.
    pub status_label: String,
    /// Who writes it.
    pub author: String,
    /// Who approved it and when (RFC 3339 UTC), while approved.
    pub approved: Option<(String, String)>,
    /// Every section of the template, in order.
    pub sections: Vec<SectionView>,
    /// Whether the person may edit it now.
    pub may_edit: bool,
    /// Whether the person may export it now.
    pub may_export: bool,
    /// What can be done next, by this person or by others.
    pub steps: Vec<StepView>,
    /// Versions and steps, oldest first; as far back as this device's copy goes.
    pub course: Vec<CourseView>,
    /// Figures that the text refers to: lineage id, name and value.
    pub figures: Vec<CitableFigure>,
    /// Whether it stands so only because of commands that the server has not answered yet.
    pub pending: bool,
    /// Text of this person that was never saved.
    pub kept: Option<KeptDraft>,
}

/// A section of a report.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SectionView {
    /// Id within the template.
    pub id: String,
    /// Heading.
    pub title: String,
    /// What was written; `None` where the report leaves it out.
    pub narrative: Option<Narrative>,
    /// What keeps it from being submitted.
    pub faults: Vec<SectionFault>,
}

/// What keeps a section from being submitted, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SectionFault {
    /// Index of the block; `None` where the whole section is meant.
    pub block: Option<usize>,
    /// What to change.
    pub words: String,
}

/// A step of approval.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct StepView {
    /// Which.
    pub step: ReportMove,
    /// In words.
    pub label: String,
    /// Whether a reason must be given.
    pub needs_reason: bool,
    /// Why it cannot be taken yet, though the person's role allows it.
    pub refused: Option<String>,
}

/// A version or a step in the course of a report.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CourseView {
    /// Position of the log.
    #[ts(type = "number")]
    pub seq: u64,
    /// When, RFC 3339 UTC.
    pub at: String,
    /// Who.
    pub who: String,
    /// Version.
    pub version: u32,
    /// Status in words.
    pub status_label: String,
    /// Why; empty where none was given.
    pub reason: String,
}

/// What can be cited in a report.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CitablesView {
    /// Snippets up to the end of the period, newest first.
    pub evidence: Vec<EvidenceView>,
    /// Figures of the period.
    pub figures: Vec<CitableFigure>,
}

/// A figure that a text can refer to.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CitableFigure {
    /// Lineage id.
    pub figure: String,
    /// Metric, programme and period in words.
    pub name: String,
    /// Value as shown.
    pub value: String,
}

/// Text that is not in the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct KeptDraft {
    /// The version it was written on.
    pub version: u32,
    /// Title.
    pub title: String,
    /// Sections.
    pub sections: Vec<Section>,
    /// When it was kept, RFC 3339 UTC.
    pub at: String,
}

/// A template that a report can be written from.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TemplateView {
    /// Which.
    pub template: Template,
    /// In words.
    pub label: String,
    /// Its sections: id and heading.
    pub sections: Vec<(String, String)>,
}

/// What can be chosen for a new report.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct NewReportView {
    /// Templates.
    pub templates: Vec<TemplateView>,
    /// Periods with figures, newest first, with their names.
    pub periods: Vec<(Period, String)>,
}

impl Desk {
    /// A report with its text.
    pub fn report(&self, id: &str, as_of: Option<u64>) -> Result<ReportView, Fault> {
        let now = self.host.now();
        let view = self.read(as_of, |lens, reading| {
            let stood = find_report(lens, id).ok();
            let expected = Expected::read(lens.reader, &reading.tenant, &reading.person, reading.seq, now)?;
            let book = &expected.book;
            let report =
                if reading.past { None } else { book.report(id).or_else(|| book.published(id)).cloned() };
            let report = report.or_else(|| stood.clone());
            let report = report.ok_or_else(|| Fault::new(Code::NotFound, format!("report {id}")))?;
            view(lens, reading, &expected.book, stood.as_ref(), &report, now)
        })?;
        Ok(view)
    }

    /// What a new report can be.
    pub fn new_report(&self) -> Result<NewReportView, Fault> {
        self.read(None, |lens, _| {
            let locale = lens.locale;
            let templates = [Template::Quarterly, Template::Annual, Template::Investor];
            let sections = |template: Template| {
                let named = template.sections().into_iter();
                named.map(|(id, words)| (id.to_owned(), words.get(locale).to_owned())).collect()
            };
            Ok(NewReportView {
                templates: templates
                    .map(|template| TemplateView {
                        template,
                        label: words::template(locale, template).to_owned(),
                        sections: sections(template),
                    })
                    .into(),
                periods: periods(lens)?.into_iter().map(|period| (period, locale.period(period))).collect(),
            })
        })
    }

    /// Starts a report with empty sections, unless the template knows none of them; returns its id.
    pub fn draft_report(
        &self,
        template: Template,
        period: &str,
        title: &str,
        sections: &[String],
    ) -> Result<String, Fault> {
        let period =
            Period::parse(period).ok_or_else(|| Fault::new(Code::Malformed, "period reads like 2026-Q3"))?;
        let empty = || Narrative { content: Vec::new() };
        let sections: Vec<Section> = template
            .sections()
            .into_iter()
            .filter(|(id, _)| sections.iter().any(|wanted| wanted == id))
            .map(|(id, _)| Section { id: id.to_owned(), narrative: empty() })
            .collect();
        let unique = Uuid::new_v4().simple().to_string();
        let id = format!("{}-{}", period.to_string().to_lowercase(), &unique[..8]);
        let id = ReportId::new(id).map_err(|error| Fault::new(Code::Malformed, error))?;
        let title = title.trim().to_owned();
        self.submit(&Command::DraftReport { id: id.clone(), title, template, period, sections })?;
        Ok(id.to_string())
    }

    /// Saves a report as its next version.
    pub fn revise_report(
        &self,
        id: &str,
        version: u32,
        title: &str,
        sections: Vec<Section>,
    ) -> Result<ReportView, Fault> {
        let report = ReportId::new(id).map_err(|error| Fault::new(Code::Malformed, error))?;
        self.submit(&Command::ReviseReport {
            id: report,
            version,
            title: title.trim().to_owned(),
            sections,
        })?;
        self.forget_draft(id)?;
        self.report(id, None)
    }

    /// Takes a step of approval.
    pub fn move_report(
        &self,
        id: &str,
        version: u32,
        step: ReportMove,
        reason: &str,
    ) -> Result<ReportView, Fault> {
        let report = ReportId::new(id).map_err(|error| Fault::new(Code::Malformed, error))?;
        self.submit(&Command::MoveReport { id: report, version, step, reason: reason.trim().to_owned() })?;
        self.report(id, None)
    }

    /// What keeps a text from being submitted, by the rules that the server applies.
    pub fn check_section(&self, narrative: &Narrative) -> Vec<SectionFault> {
        faults(self.locale(), narrative)
    }

    /// What can be cited in a report.
    pub fn citables(&self, report: &str) -> Result<CitablesView, Fault> {
        self.read(None, |lens, reading| {
            let expected =
                Expected::read(lens.reader, &reading.tenant, &reading.person, reading.seq, self.host.now())?;
            let report = expected
                .book
                .report(report)
                .ok_or_else(|| Fault::new(Code::NotFound, format!("report {report}")))?;
            let mut evidence = Vec::new();
            if reading.role.may(Permission::SeeEvidence) {
                let mut snippets: Vec<Evidence> = lens
                    .evidence()?
                    .into_iter()
                    .filter(|snippet| snippet.date <= report.period.last())
                    .collect();
                snippets.sort_by(|a, b| b.date.cmp(&a.date).then_with(|| a.id.cmp(&b.id)));
                snippets.truncate(CITABLE);
                for snippet in snippets {
                    evidence.push(tiles::evidence_view(lens, snippet)?);
                }
            }
            let mut keys: Vec<FigureKey> = lens.all_figures()?.into_iter().map(|figure| figure.key).collect();
            keys.retain(|key| key.period == report.period);
            keys.sort_by_key(|key| (key.programme.is_some(), lens.metric_name(&key.metric), key.to_string()));
            let figures = keys.iter().map(|key| citable(lens, key)).collect::<Result<_, _>>()?;
            Ok(CitablesView { evidence, figures })
        })
    }

    /// Keeps text that is not saved yet, encrypted on this device. The newest text of each report counts.
    pub fn keep_draft(
        &self,
        id: &str,
        version: u32,
        title: &str,
        sections: Vec<Section>,
    ) -> Result<(), Fault> {
        let reading = self.reading()?;
        let draft = KeptDraft { version, title: title.to_owned(), sections, at: self.host.now().to_string() };
        let text = serde_json::to_string(&draft).map_err(|error| Fault::new(Code::Malformed, error))?;
        lock(reading.writable()?).set_setting(&draft_key(&reading, id), &text)?;
        Ok(())
    }

    /// Throws away text that was kept and never saved.
    pub fn forget_draft(&self, id: &str) -> Result<(), Fault> {
        let reading = self.reading()?;
        let key = draft_key(&reading, id);
        if lock(&reading.reader).setting(&key)?.is_some_and(|text| !text.is_empty()) {
            lock(reading.writable()?).set_setting(&key, "")?;
        }
        Ok(())
    }
}

fn draft_key(reading: &Reading, id: &str) -> String {
    format!("draft/{}/{id}", reading.tenant)
}

fn view(
    lens: &Lens<'_>,
    reading: &Reading,
    book: &Book,
    stood: Option<&Report>,
    report: &Report,
    now: Timestamp,
) -> Result<ReportView, Fault> {
    let locale = lens.locale;
    let written = |id: &str| report.sections.iter().find(|section| section.id == id);
    let sections = report.template.sections().into_iter().map(|(id, heading)| {
        let narrative = written(id).map(|section| section.narrative.clone());
        SectionView {
            id: id.to_owned(),
            title: heading.get(locale).to_owned(),
            faults: narrative.as_ref().map(|text| faults(locale, text)).unwrap_or_default(),
            narrative,
        }
    });
    let sections: Vec<SectionView> = sections.collect();
    let mut keys = std::collections::BTreeSet::new();
    for section in &report.sections {
        keys.extend(section.narrative.figures());
    }
    let figures = keys.iter().map(|key| citable(lens, key)).collect::<Result<_, _>>()?;
    let edit = Command::ReviseReport {
        id: report.id.clone(),
        version: report.version,
        title: report.title.clone(),
        sections: report.sections.clone(),
    };
    let now_editable = !reading.past && decide(book, &reading.person, edit, now).is_ok();
    let pending = !reading.past && stood != Some(report);
    let kept = lens.reader.setting(&draft_key(reading, report.id.as_str()))?;
    Ok(ReportView {
        title: report.title.clone(),
        template: report.template,
        template_label: words::template(locale, report.template).to_owned(),
        period_label: locale.period(report.period),
        version: report.version,
        status: report.status.code().to_owned(),
        status_label: report.status.words().get(locale).to_owned(),
        author: name(lens, &report.author)?,
        approved: report.approval.as_ref().map(|approval| (approval.name.clone(), approval.at.to_string())),
        sections,
        may_edit: now_editable,
        may_export: !reading.past && !pending && board_domain::may_export(reading.role, report),
        steps: if reading.past { Vec::new() } else { steps(book, &reading.person, report, locale, now) },
        course: course(lens, &report.id)?,
        figures,
        pending,
        kept: kept.and_then(|text| serde_json::from_str(&text).ok()).filter(|_| now_editable),
        id: report.id.to_string(),
    })
}

/// The steps that exist from here and that the person's role allows, decided as the server will.
fn steps(book: &Book, person: &PersonId, report: &Report, locale: Locale, now: Timestamp) -> Vec<StepView> {
    let mut steps = Vec::new();
    for step in ReportMove::ALL {
        if step.from(report.status).is_none() {
            continue;
        }
        let (id, version) = (report.id.clone(), report.version);
        let command =
            |reason: &str| Command::MoveReport { id: id.clone(), version, step, reason: reason.to_owned() };
        let needs_reason = decide(book, person, command(""), now) == Err(Refusal::ReasonNeeded);
        let refused = match decide(book, person, command("."), now) {
            Ok(_) => None,
            Err(Refusal::Forbidden | Refusal::NotFound(_)) => continue,
            Err(Refusal::Narrative { section, fault }) => {
                let named = report.template.sections().into_iter().find(|(id, _)| *id == section);
                let heading = named.map_or(section, |(_, heading)| heading.get(locale).to_owned());
                Some(format!("{heading}: {}", words::narrative(locale, &fault)))
            }
            Err(Refusal::OwnReport) => Some(words::own_report(locale).to_owned()),
            Err(Refusal::Malformed) => Some(words::no_sections(locale).to_owned()),
            Err(other) => Some(other.to_string()),
        };
        steps.push(StepView { step, label: words::step(locale, step).to_owned(), needs_reason, refused });
    }
    steps
}

/// What happened to a report, by its rows and the events that made them.
fn course(lens: &Lens<'_>, id: &ReportId) -> Result<Vec<CourseView>, Fault> {
    let mut course = Vec::new();
    for row in lens.versions_of(Table::Report, id.as_str())? {
        let Row::Report(report) = row.row else { continue };
        let event = lens.event(row.since_seq)?;
        let reason = event.as_ref().and_then(|event| match event.fact() {
            Ok(Some(Fact::ReportChanged { reason, .. })) => Some(reason),
            _ => None,
        });
        course.push(CourseView {
            seq: row.since_seq,
            at: row.at.to_string(),
            who: event.map_or_else(|| name(lens, &report.author), |event| actor(lens, &event))?,
            version: report.version,
            status_label: report.status.words().get(lens.locale).to_owned(),
            reason: reason.unwrap_or_default(),
        });
    }
    course.sort_by_key(|step| step.seq);
    Ok(course)
}

/// Who caused an event, by name.
pub(crate) fn actor(lens: &Lens<'_>, event: &Event) -> Result<String, Fault> {
    match &event.actor {
        board_domain::Actor::Person(person) => name(lens, person),
        board_domain::Actor::Service(service) => Ok(service.clone()),
    }
}

fn name(lens: &Lens<'_>, person: &PersonId) -> Result<String, Fault> {
    Ok(lens.person(person)?.map_or_else(|| person.to_string(), |person| person.name))
}

fn citable(lens: &Lens<'_>, key: &FigureKey) -> Result<CitableFigure, Fault> {
    let value = match lens.figure(key)? {
        Some((figure, _)) => match figure.value.number() {
            Some(number) => lens.locale.value(number, lens.unit(&key.metric)),
            None => words::reason(lens.locale, &figure.value).unwrap_or_default(),
        },
        None => words::not_measured(lens.locale).to_owned(),
    };
    let programme = lens.programme_name(key.programme.as_ref())?;
    let name = format!("{}, {programme}, {}", lens.metric_name(&key.metric), lens.locale.period(key.period));
    Ok(CitableFigure { figure: key.to_string(), name, value })
}

fn faults(locale: Locale, narrative: &Narrative) -> Vec<SectionFault> {
    let found = narrative.faults().into_iter().map(|fault| SectionFault {
        block: match fault {
            NarrativeFault::Structure { block } | NarrativeFault::Uncited { block } => Some(block),
            _ => None,
        },
        words: words::narrative(locale, &fault),
    });
    found.collect()
}

/// Periods with figures, newest first: the quarters, then the years.
fn periods(lens: &Lens<'_>) -> Result<Vec<Period>, Fault> {
    let mut periods = lens.periods()?;
    periods.retain(|period| !matches!(period, Period::Month(..)));
    Ok(periods)
}
