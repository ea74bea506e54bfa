//! From a report and the figures at one position of the log to the plan of its pack.
//!
//! Decides what stands on which page; how it is drawn belongs to the writers. A figure that the plan needs and that
//! was never measured stops it: a pack is complete or it does not exist.

use std::collections::BTreeMap;

use board_charts::Mode;
use board_domain::{
    EvidenceId, FigureKey, Grain, Hash, Inline, ListItem, Mark, MetricId, NarrativeBlock, PersonId, Report,
    Shows, Signed, Table, Words,
};
use board_packs::{
    Block, EvidenceItem, KpiCard, Layer, Manifest, Measured, PackPlan, Page, Paper, Proof, Run, Stamp, Trend,
};
use jiff::{Timestamp, tz::TimeZone};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
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
}

/// The plan of a report's pack.
pub(crate) fn build(lens: &Lens<'_>, report: &Report, making: &Making) -> Result<PackPlan, Fault> {
    let mut plan = Planner { lens, report, making, citations: Vec::new(), figures: BTreeMap::new() };
    let mut pages = vec![plan.cover(), plan.key_figures()?];
    pages.extend(plan.charts()?);
    pages.extend(plan.narrative()?);
    pages.extend(plan.evidence()?);
    pages.push(plan.method());
    plan.finish(pages)
}

struct Planner<'a> {
    lens: &'a Lens<'a>,
    report: &'a Report,
    making: &'a Making,
    /// Evidence in the order it is first cited.
    citations: Vec<EvidenceId>,
    figures: BTreeMap<FigureKey, String>,
}

impl Planner<'_> {
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

    fn cover(&self) -> Page {
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

    fn key_figures(&mut self) -> Result<Page, Fault> {
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
            rows.push(vec![
                card.label.clone(),
                value.clone(),
                earlier(period.previous())?,
                earlier(period.year_earlier())?,
                change,
            ]);
            cards.push(KpiCard {
                label: card.label,
                value,
                change: card.change.unwrap_or_default(),
                trend: match card.trend.as_str() {
                    "improving" => Trend::Improving,
                    "declining" => Trend::Declining,
                    _ => Trend::Stable,
                },
            });
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
                Block::Table {
                    caption: words::key_figures(locale).to_owned(),
                    header: header.to_vec(),
                    rows,
                },
            ],
            notes: notes.join("\n"),
            ..Page::default()
        })
    }

    fn charts(&mut self) -> Result<Vec<Page>, Fault> {
        let name = |id: &str| {
            let id = MetricId::new(id).ok();
            id.as_ref().and_then(|id| self.lens.definition(id)).map(|definition| definition.name.clone())
        };
        let title = |id: &str| name(id).unwrap_or_else(|| Words::new(id, id, id));
        let [sroi, hours, sessions] = ["sroi", "hours", "sessions"].map(|id| (id, title(id)));
        let locale = self.lens.locale;
        let people = Words::new("People taking part", "Mennesker som deltar", "Люди, які беруть участь");
        let pages = [
            (
                words::people_and_hours(locale),
                vec![
                    Shows::Line {
                        title: people,
                        metrics: metrics(&["participants", "volunteers"]),
                        grain: Grain::Month,
                        points: 24,
                    },
                    Shows::Bar {
                        title: hours.1,
                        metric: metrics(&[hours.0]).remove(0),
                        grain: Grain::Quarter,
                        points: 6,
                    },
                ],
            ),
            (
                words::social_return(locale),
                vec![
                    Shows::Line {
                        title: sroi.1,
                        metrics: metrics(&[sroi.0]),
                        grain: Grain::Quarter,
                        points: 8,
                    },
                    Shows::Doughnut { title: sessions.1, metric: metrics(&[sessions.0]).remove(0) },
                ],
            ),
            (
                words::outcomes(locale),
                vec![Shows::Radar {
                    title: Words::new(
                        "Outcomes by dimension",
                        "Resultater per dimensjon",
                        "Результати за вимірами",
                    ),
                    metrics: metrics(&OUTCOMES),
                }],
            ),
        ];
        let mut done = Vec::new();
        for (title, shown) in pages {
            let (mut blocks, mut notes) = (Vec::new(), Vec::new());
            for shows in shown {
                let Some(spec) = tiles::chart(self.lens, &self.scope(), &shows, Mode::Light)? else {
                    continue;
                };
                if spec.series.iter().all(|series| series.values.iter().all(Option::is_none)) {
                    return Err(Fault::new(Code::FigureMissing, &spec.title));
                }
                self.figures.extend(tiles::chart_figures(self.lens, &self.scope(), &shows)?);
                notes.push(board_charts::alt(&spec));
                blocks.push(Block::Chart { spec });
            }
            let notes = notes.join("\n");
            done.push(Page { title: title.to_owned(), blocks, notes, ..Page::default() });
        }
        Ok(done)
    }

    fn narrative(&mut self) -> Result<Vec<Page>, Fault> {
        let headings: BTreeMap<_, _> = self.report.template.sections().into_iter().collect();
        let mut pages = Vec::new();
        for section in &self.report.sections {
            let title = headings
                .get(section.id.as_str())
                .map_or_else(|| section.id.clone(), |heading| heading.get(self.lens.locale).to_owned());
            let mut blocks = Vec::new();
            for block in &section.narrative.content {
                self.narrative_block(block, &mut blocks)?;
            }
            if !blocks.is_empty() {
                pages.push(Page { title, blocks, ..Page::default() });
            }
        }
        Ok(pages)
    }

    fn narrative_block(&mut self, block: &NarrativeBlock, out: &mut Vec<Block>) -> Result<(), Fault> {
        match block {
            NarrativeBlock::Paragraph { content } => out.push(Block::Paragraph { runs: self.runs(content)? }),
            NarrativeBlock::Heading { attrs, content } => {
                let text = self.runs(content)?.into_iter().map(|run| run.text).collect();
                out.push(Block::Heading { level: if attrs.level <= 1 { 2 } else { 3 }, text });
            }
            NarrativeBlock::BulletList { content } => {
                out.push(Block::List { ordered: false, items: self.items(content)? });
            }
            NarrativeBlock::OrderedList { content } => {
                out.push(Block::List { ordered: true, items: self.items(content)? });
            }
        }
        Ok(())
    }

    /// List items as rows of runs; an inner list follows its item as items of the same list.
    fn items(&mut self, list: &[ListItem]) -> Result<Vec<Vec<Run>>, Fault> {
        let mut rows = Vec::new();
        for item in list {
            for block in &item.content {
                match block {
                    NarrativeBlock::Paragraph { content } | NarrativeBlock::Heading { content, .. } => {
                        rows.push(self.runs(content)?);
                    }
                    NarrativeBlock::BulletList { content } | NarrativeBlock::OrderedList { content } => {
                        rows.extend(self.items(content)?);
                    }
                }
            }
        }
        Ok(rows)
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
                    runs.push(Run { text, bold: true, ..Run::default() });
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

    fn evidence(&self) -> Result<Option<Page>, Fault> {
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

    fn method(&self) -> Page {
        let locale = self.lens.locale;
        let mut used: Vec<&MetricId> = self.figures.keys().map(|key| &key.metric).collect();
        used.dedup();
        used.sort();
        used.dedup();
        let rows = used
            .into_iter()
            .filter_map(|metric| self.lens.definition(metric))
            .map(|d| vec![d.name.get(locale).to_owned(), format!("v{}", d.version), d.formula_text.clone()])
            .collect();
        let run = Run { text: words::method_note(locale).to_owned(), ..Run::default() };
        Page {
            title: words::method(locale).to_owned(),
            blocks: vec![
                Block::Paragraph { runs: vec![run] },
                Block::Table {
                    caption: words::method(locale).to_owned(),
                    header: vec![
                        words::measure(locale).to_owned(),
                        words::version(locale).to_owned(),
                        words::formula(locale).to_owned(),
                    ],
                    rows,
                },
            ],
            ..Page::default()
        }
    }

    fn finish(self, pages: Vec<Page>) -> Result<PackPlan, Fault> {
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
            paper: Paper::A4,
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
