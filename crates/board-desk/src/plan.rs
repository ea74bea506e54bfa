//! From a report and the figures at one position of the log to the plan of its pack.
//!
//! Decides what stands on which page; how it is drawn belongs to the writers. A figure that the plan needs and that
//! was never measured stops it: a pack is complete or it does not exist.

use std::collections::{BTreeMap, BTreeSet};

use board_charts::Mode;
use board_domain::{
    EvidenceId, FigureKey, Grain, Hash, Inline, ListItem, Mark, MetricId, NarrativeBlock, PersonId, Report,
    Shows, Signed, Table, Template, Words,
};
use board_packs::{
    Block, EvidenceItem, Item, KpiCard, KpiRow, Layer, List, Manifest, Measured, PackPlan, Page, Paper,
    Proof, Run, Stamp, Trend,
};
use jiff::{Timestamp, tz::TimeZone};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    appendix, compare,
    diff::Figures,
    fault::{Code, Fault},
    lens::Lens,
    tiles::{self, Scope},
    words,
};

/// Metrics of the key figures page, in order.
const KEY_FIGURES: [&str; 8] =
    ["sroi", "social_value", "participants", "volunteers", "sessions", "hours", "vis", "participation"];
/// Metrics of the outcomes page.
const OUTCOMES: [&str; 5] = ["confidence", "belonging", "lang_level", "job_readiness", "well_being"];

/// Who makes the pack, when, and from which position of the log.
pub(crate) struct Making {
    pub(crate) exporter: String,
    pub(crate) at: Timestamp,
    pub(crate) epoch: Uuid,
    pub(crate) seq: u64,
    pub(crate) heads: BTreeMap<String, Hash>,
    pub(crate) person: PersonId,
    /// The company's certificate for this device, if it has one.
    pub(crate) device: Option<Signed>,
    /// An earlier state to compare with, and its name in words.
    pub(crate) since: Option<(String, Figures)>,
    pub(crate) paper: Paper,
}

/// The plan of a report's pages.
pub(crate) fn build(lens: &Lens<'_>, report: &Report, making: &Making) -> Result<PackPlan, Fault> {
    let mut plan = Planner::new(lens, report, making);
    let contents = Page {
        title: words::contents(lens.locale).to_owned(),
        blocks: vec![Block::Contents],
        ..Page::default()
    };
    let mut pages = vec![plan.cover(), contents, plan.key_figures()?];
    pages.extend(plan.since()?);
    pages.extend(plan.sections()?);
    pages.extend(plan.evidence()?);
    pages.push(plan.lineage()?);
    pages.push(appendix::method(lens, plan.figures.keys().map(|key| &key.metric)));
    pages.push(appendix::audit(lens, report)?);
    plan.finish(pages)
}

/// What stands behind a section's words, by template and section.
fn exhibits(template: Template, section: &str) -> &'static [Exhibit] {
    use Exhibit::{Efficiency, Outcomes, People, Return, Sensitivity};
    match (template, section) {
        (Template::Quarterly, "highlights") | (Template::Annual, "overview") => &[People],
        (Template::Quarterly | Template::Annual, "outcomes") => &[Outcomes],
        (Template::Quarterly, "value") => &[Return],
        (Template::Annual, "value") => &[Return, Sensitivity],
        (Template::Investor, "method") => &[Sensitivity],
        (Template::Investor, "portfolio") => &[Return, Outcomes],
        (Template::Investor, "capital") => &[People, Efficiency],
        _ => &[],
    }
}

/// A page of charts or derived figures.
#[derive(Clone, Copy)]
pub(crate) enum Exhibit {
    People,
    Return,
    Outcomes,
    Sensitivity,
    Efficiency,
}

/// A plan being made.
pub(crate) struct Planner<'a> {
    pub(crate) lens: &'a Lens<'a>,
    pub(crate) report: &'a Report,
    making: &'a Making,
    /// Evidence in the order it is first cited.
    citations: Vec<EvidenceId>,
    figures: BTreeMap<FigureKey, String>,
    /// Figures that the narrative names.
    told: BTreeSet<FigureKey>,
}

impl<'a> Planner<'a> {
    pub(crate) fn new(lens: &'a Lens<'a>, report: &'a Report, making: &'a Making) -> Self {
        let (citations, figures, told) = (Vec::new(), BTreeMap::new(), BTreeSet::new());
        Self { lens, report, making, citations, figures, told }
    }

    fn scope(&self) -> Scope {
        Scope { period: self.report.period, programme: None }
    }

    fn status(&self) -> String {
        self.report.status.words().get(self.lens.locale).to_uppercase()
    }

    /// Approver and UTC time, once the board approved.
    fn approval(&self) -> Option<(String, String)> {
        let approval = self.report.approval.as_ref().filter(|_| self.report.status.is_final())?;
        Some((approval.name.clone(), approval.at.strftime("%Y-%m-%d %H:%M UTC").to_string()))
    }

    pub(crate) fn cover(&self) -> Page {
        let locale = self.lens.locale;
        let mut facts = vec![(words::status(locale).to_owned(), self.status())];
        if let Some((name, at)) = self.approval() {
            facts.push((words::approved_by(locale).to_owned(), format!("{name}, {at}")));
        }
        facts.push((words::period(locale).to_owned(), locale.period(self.report.period)));
        facts.push((words::version(locale).to_owned(), self.report.version.to_string()));
        let at = locale.instant(self.making.at, &TimeZone::UTC);
        facts.push((words::exported_by(locale).to_owned(), format!("{}, {at}", self.making.exporter)));
        Page { title: self.report.title.clone(), blocks: vec![Block::Cover { facts }], ..Page::default() }
    }

    pub(crate) fn key_figures(&mut self) -> Result<Page, Fault> {
        let lens = self.lens;
        let (locale, period) = (lens.locale, self.report.period);
        let (mut cards, mut rows) = (Vec::new(), Vec::new());
        for metric in metrics(&KEY_FIGURES) {
            let key = FigureKey { metric: metric.clone(), period, programme: None };
            if lens.figure(&key)?.is_none() {
                return Err(Fault::new(Code::FigureMissing, key));
            }
            let card = tiles::card(lens, &self.scope(), &metric)?;
            let value = match &card.reason {
                Some(reason) => reason.clone(),
                None => card.value.clone(),
            };
            let id = key.to_string();
            self.figures.insert(key, value.clone());
            let unit = lens.unit(&metric);
            let earlier = |period| -> Result<String, Fault> {
                Ok(lens.number(&metric, period, None)?.map_or_else(|| "–".into(), |v| locale.value(v, unit)))
            };
            let now = lens.number(&metric, period, None)?;
            let before = lens.number(&metric, period.previous(), None)?.filter(|before| *before != 0.0);
            let change = match (now, before) {
                (Some(now), Some(before)) => locale.signed_percent((now - before) / before.abs(), 1),
                _ => "–".into(),
            };
            let trend = match card.trend.as_str() {
                "improving" => Trend::Improving,
                "declining" => Trend::Declining,
                _ => Trend::Stable,
            };
            rows.push(KpiRow {
                label: card.label.clone(),
                values: vec![value.clone(), earlier(period.previous())?, earlier(period.year_earlier())?],
                change,
                trend,
                figure: Some(id),
            });
            cards.push(KpiCard { label: card.label, value, change: card.change.unwrap_or_default(), trend });
        }
        let header = [
            words::measure(locale).to_owned(),
            locale.period(period),
            locale.period(period.previous()),
            locale.period(period.year_earlier()),
            words::change(locale).to_owned(),
        ];
        let notes =
            cards.iter().map(|c| format!("{}: {} {}", c.label, c.value, c.change)).collect::<Vec<_>>();
        Ok(Page {
            title: words::key_figures(locale).to_owned(),
            blocks: vec![
                Block::Kpis { cards },
                Block::KpiTable {
                    caption: words::key_figures(locale).to_owned(),
                    header: header.to_vec(),
                    rows,
                },
            ],
            notes: notes.join("\n"),
            ..Page::default()
        })
    }

    /// What moved since the earlier state, where one was asked for.
    pub(crate) fn since(&self) -> Result<Option<Page>, Fault> {
        let Some((name, before)) = &self.making.since else { return Ok(None) };
        let own: Vec<&str> = KEY_FIGURES.into_iter().chain(OUTCOMES).collect();
        let before = appendix::comparable(before.clone(), self.report, &own);
        let now = compare::of_position(self.lens, self.making.seq)?.figures;
        let mut now = appendix::comparable(now, self.report, &own);
        now.retain(|key, _| before.contains_key(key) || key.period == self.report.period);
        appendix::since(self.lens, name, &before, &now).map(Some)
    }

    /// Where the key figures and those that the words name come from.
    pub(crate) fn lineage(&self) -> Result<Page, Fault> {
        let explained: BTreeSet<FigureKey> = metrics(&KEY_FIGURES)
            .into_iter()
            .map(|metric| FigureKey { metric, period: self.report.period, programme: None })
            .chain(self.told.clone())
            .collect();
        appendix::lineage(self.lens, &explained, &self.citations)
    }

    /// The words of a section; empty where none were written.
    pub(crate) fn words(&mut self, section: &str) -> Result<Vec<Block>, Fault> {
        let mut blocks = Vec::new();
        let written = self.report.sections.iter().find(|written| written.id == section);
        for block in written.map(|section| &section.narrative.content).into_iter().flatten() {
            self.narrative_block(block, &mut blocks)?;
        }
        Ok(blocks)
    }

    /// The template's sections in order: the words of each, and what stands behind them. Only what is there is numbered.
    fn sections(&mut self) -> Result<Vec<Page>, Fault> {
        let mut pages = Vec::new();
        for (id, heading) in self.report.template.sections() {
            let title = heading.get(self.lens.locale).to_owned();
            let blocks = self.words(id)?;
            if !blocks.is_empty() {
                let section = Some(title.clone());
                pages.push(Page { title: title.clone(), blocks, section, ..Page::default() });
            }
            for exhibit in exhibits(self.report.template, id) {
                let page = self.exhibit(*exhibit)?;
                pages.push(Page { section: Some(title.clone()), ..page });
            }
        }
        Ok(pages)
    }

    pub(crate) fn exhibit(&mut self, exhibit: Exhibit) -> Result<Page, Fault> {
        let locale = self.lens.locale;
        let name = |id: &str| {
            let metric = MetricId::new(id).ok();
            let known = metric.as_ref().and_then(|id| self.lens.definition(id));
            known.map_or_else(|| Words::new(id, id, id), |definition| definition.name.clone())
        };
        match exhibit {
            Exhibit::Sensitivity => appendix::sensitivity(self.lens, self.report),
            Exhibit::Efficiency => appendix::efficiency(self.lens, self.report),
            Exhibit::People => {
                let people =
                    Words::new("People taking part", "Mennesker som deltar", "Люди, які беруть участь");
                let shown = vec![
                    Shows::Line {
                        title: people,
                        metrics: metrics(&["participants", "volunteers"]),
                        grain: Grain::Month,
                        points: 24,
                    },
                    Shows::Bar {
                        title: name("hours"),
                        metric: metrics(&["hours"]).remove(0),
                        grain: Grain::Quarter,
                        points: 6,
                    },
                ];
                self.charts(words::people_and_hours(locale), &shown)
            }
            Exhibit::Return => {
                let shown = vec![
                    Shows::Line {
                        title: name("sroi"),
                        metrics: metrics(&["sroi"]),
                        grain: Grain::Quarter,
                        points: 8,
                    },
                    Shows::Doughnut { title: name("sessions"), metric: metrics(&["sessions"]).remove(0) },
                ];
                self.charts(words::social_return(locale), &shown)
            }
            Exhibit::Outcomes => {
                let title =
                    Words::new("Outcomes by dimension", "Resultater per dimensjon", "Результати за вимірами");
                let shown = vec![Shows::Radar { title, metrics: metrics(&OUTCOMES) }];
                self.charts(words::outcomes(locale), &shown)
            }
        }
    }

    fn charts(&mut self, title: &str, shown: &[Shows]) -> Result<Page, Fault> {
        let (mut blocks, mut notes) = (Vec::new(), Vec::new());
        for shows in shown {
            let Some(spec) = tiles::chart(self.lens, &self.scope(), shows, Mode::Light)? else { continue };
            if spec.series.iter().all(|series| series.values.iter().all(Option::is_none)) {
                return Err(Fault::new(Code::FigureMissing, &spec.title));
            }
            self.figures.extend(tiles::chart_figures(self.lens, &self.scope(), shows)?);
            notes.push(board_charts::alt(&spec));
            blocks.push(Block::Chart { spec });
        }
        Ok(Page { title: title.to_owned(), blocks, notes: notes.join("\n"), ..Page::default() })
    }

    fn narrative_block(&mut self, block: &NarrativeBlock, out: &mut Vec<Block>) -> Result<(), Fault> {
        match block {
            NarrativeBlock::Paragraph { content } => out.push(Block::Paragraph { runs: self.runs(content)? }),
            NarrativeBlock::Heading { attrs, content } => {
                let text = self.runs(content)?.into_iter().map(|run| run.text).collect();
                out.push(Block::Heading { level: if attrs.level <= 1 { 2 } else { 3 }, text });
            }
            NarrativeBlock::BulletList { content } => out.push(Block::List(self.list(false, content)?)),
            NarrativeBlock::OrderedList { content } => out.push(Block::List(self.list(true, content)?)),
        }
        Ok(())
    }

    /// A list; a second paragraph of an item stands as an item of its own.
    fn list(&mut self, ordered: bool, list: &[ListItem]) -> Result<List, Fault> {
        let mut items = Vec::<Item>::new();
        for item in list {
            for block in &item.content {
                let inner = match block {
                    NarrativeBlock::Paragraph { content } | NarrativeBlock::Heading { content, .. } => {
                        items.push(self.runs(content)?.into());
                        continue;
                    }
                    NarrativeBlock::BulletList { content } => self.list(false, content)?,
                    NarrativeBlock::OrderedList { content } => self.list(true, content)?,
                };
                match items.last_mut() {
                    Some(item) => item.inner.push(inner),
                    None => items.extend(inner.items),
                }
            }
        }
        Ok(List { ordered, items })
    }

    fn runs(&mut self, content: &[Inline]) -> Result<Vec<Run>, Fault> {
        let mut runs = Vec::new();
        for inline in content {
            match inline {
                Inline::Figure { attrs } => {
                    let key = &attrs.figure;
                    let (figure, _) =
                        self.lens.figure(key)?.ok_or_else(|| Fault::new(Code::FigureMissing, key))?;
                    let text = match figure.value.number() {
                        Some(value) => self.lens.locale.value(value, self.lens.unit(&key.metric)),
                        None => words::reason(self.lens.locale, &figure.value).unwrap_or_default(),
                    };
                    self.figures.insert(key.clone(), text.clone());
                    self.told.insert(key.clone());
                    runs.push(Run { text, bold: true, figure: Some(key.to_string()), ..Run::default() });
                }
                Inline::Text { text, marks } => {
                    let mut run = Run { text: text.clone(), ..Run::default() };
                    for mark in marks {
                        match mark {
                            Mark::Bold => run.bold = true,
                            Mark::Italic => run.italic = true,
                            Mark::Citation { attrs } => run.cite = Some(self.cite(&attrs.evidence)),
                        }
                    }
                    runs.push(run);
                }
            }
        }
        Ok(runs)
    }

    fn cite(&mut self, evidence: &EvidenceId) -> u32 {
        let index = self.citations.iter().position(|known| known == evidence).unwrap_or_else(|| {
            self.citations.push(evidence.clone());
            self.citations.len() - 1
        });
        u32::try_from(index + 1).unwrap_or(u32::MAX)
    }

    pub(crate) fn evidence(&self) -> Result<Option<Page>, Fault> {
        let mut items = Vec::new();
        for (index, id) in self.citations.iter().enumerate() {
            let missing = || Fault::new(Code::FigureMissing, format!("evidence {id}"));
            let snippet = self.lens.snippet(id.as_str())?.ok_or_else(missing)?;
            let view = tiles::evidence_view(self.lens, snippet)?;
            items.push(EvidenceItem {
                number: u32::try_from(index + 1).unwrap_or(u32::MAX),
                text: view.text,
                source: view.source,
                sha256: view.sha256,
                lang: None,
            });
        }
        let title = words::evidence(self.lens.locale).to_owned();
        Ok((!items.is_empty()).then(|| Page {
            title,
            blocks: vec![Block::Evidence { items }],
            ..Page::default()
        }))
    }

    pub(crate) fn finish(self, pages: Vec<Page>) -> Result<PackPlan, Fault> {
        let (lens, report, making) = (self.lens, self.report, self.making);
        let locale = lens.locale;
        let (status, approval) = (self.status(), self.approval());
        let date = locale.date(making.at, &lens.zone());
        let approval_words = approval.as_ref().map(|(name, at)| (name.as_str(), at.as_str()));
        let watermark = &lens.tenant.watermark;
        watermark.check().map_err(|error| Fault::new(Code::PackFailed, error))?;
        let stamp = watermark.fill(&status, &making.exporter, &date, approval_words);
        let (mut definitions, mut values) = (BTreeMap::new(), BTreeMap::new());
        for key in self.figures.keys() {
            if let Some((figure, _)) = lens.figure(key)? {
                definitions.insert(key.metric.to_string(), figure.definition);
                let measured = Measured { value: figure.value, definition: figure.definition };
                values.insert(key.to_string(), measured);
            }
        }
        let digest = |bytes: Vec<u8>| hex::encode(Sha256::digest(bytes));
        let theme = serde_json::to_vec(&(&lens.tenant.accent, watermark));
        let sections: Vec<_> = report.template.sections();
        let template = serde_json::to_vec(&(report.template.code(), sections, KEY_FIGURES, OUTCOMES));
        let failed = |error: serde_json::Error| Fault::new(Code::PackFailed, error);
        let proof = Proof {
            report: report.id.to_string(),
            version: report.version,
            content_hash: report.content_hash(),
            period: report.period.to_string(),
            person: making.person.to_string(),
            template_hash: digest(template.map_err(failed)?),
            theme_hash: digest(theme.map_err(failed)?),
            values,
            approval: lens.attestation(report)?,
            device: making.device.clone(),
        };
        let manifest = Manifest {
            format: 2,
            tenant: lens.tenant.id.to_string(),
            epoch: making.epoch.to_string(),
            seq: making.seq,
            heads: making.heads.iter().map(|(audience, hash)| (audience.clone(), hash.to_string())).collect(),
            report: Some(format!("{} v{} {}", report.id, report.version, report.content_hash())),
            status: report.status.code().to_owned(),
            approval: approval.as_ref().map(|(name, at)| format!("{name}, {at}")).unwrap_or_default(),
            exporter: making.exporter.clone(),
            exported_at: making.at.to_string(),
            template: report.template.code().to_owned(),
            watermark: stamp.clone(),
            figures: self.figures.into_iter().map(|(key, shown)| (key.to_string(), shown)).collect(),
            definitions,
            proof: Some(proof),
        };
        Ok(PackPlan {
            title: report.title.clone(),
            subtitle: locale.period(report.period),
            company: lens.tenant.name.clone(),
            locale,
            pages,
            watermark: Stamp { text: stamp, style: watermark.clone(), layer: Layer::Over },
            footer: format!("{} · {status} · {} {}", lens.tenant.name, words::data_as_of(locale), making.seq),
            accent: lens.tenant.accent.clone(),
            logo: None,
            paper: making.paper,
            deck: false,
            manifest,
        })
    }
}

fn metrics(ids: &[&str]) -> Vec<MetricId> {
    ids.iter().filter_map(|id| MetricId::new(*id).ok()).collect()
}

/// Where reports are read from, newest authority first.
pub(crate) fn find_report(lens: &Lens<'_>, id: &str) -> Result<Report, Fault> {
    let found = lens.reports()?.into_iter().find(|report| report.id.as_str() == id);
    let report = match found {
        Some(report) => Some(report),
        None => lens.published()?.into_iter().find(|report| report.id.as_str() == id),
    };
    report.ok_or_else(|| Fault::new(Code::NotFound, format!("{} {id}", Table::Report.code())))
}
