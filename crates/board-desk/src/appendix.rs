//! The pages of a pack that answer questions about its figures: what changed since the last board, how far the return
//! hangs on its assumptions, where each figure comes from, how it is made, and who approved the report.
//!
//! Every number here is measured or follows from measured ones; nothing is estimated.

use std::collections::BTreeSet;

use board_domain::{Actor, Dimension, Fact, Figure, FigureKey, MetricId, PersonId, Report, Unit, UnitKind};
use board_packs::{ApprovalStep, Block, LineageEntry, MethodNote, Page, Run};
use jiff::tz::TimeZone;

use crate::{
    diff::{Became, Change, Figures, diff},
    fault::{Code, Fault},
    figures::input_text,
    lens::Lens,
    words,
};

/// How far each assumption is moved to see what the return hangs on.
const SWING: f64 = 0.2;

/// The assumptions and inputs of the social return that a reader may doubt.
const DOUBTED: [&str; 7] = [
    "people_with_outcome",
    "value_per_person",
    "attribution",
    "deadweight",
    "drop_off",
    "discount_rate",
    "investment",
];

/// What changed since an earlier state, which is named in words.
pub(crate) fn since(lens: &Lens<'_>, name: &str, before: &Figures, after: &Figures) -> Result<Page, Fault> {
    let locale = lens.locale;
    let changes = diff(before, after);
    let count = |became| changes.iter().filter(|change| change.became == became).count();
    let summary = [Became::New, Became::Moved, Became::Restated, Became::Gone, Became::Unchanged]
        .map(|became| format!("{}: {}", words::became(locale, became), count(became)))
        .join(" · ");
    let mut rows = Vec::new();
    for change in changes.iter().filter(|change| change.became != Became::Unchanged) {
        rows.push(row(lens, change)?);
    }
    let mut blocks = vec![paragraph(&format!("{name}. {summary}."))];
    if rows.is_empty() {
        blocks.push(paragraph(words::nothing_changed(locale)));
    } else {
        let header = [
            words::measure(locale),
            words::before(locale),
            words::now(locale),
            words::change(locale),
            words::became_heading(locale),
        ];
        blocks.push(Block::Table {
            caption: words::since_last_board(locale).to_owned(),
            header: header.map(str::to_owned).to_vec(),
            rows,
        });
    }
    Ok(Page { title: words::since_last_board(locale).to_owned(), blocks, ..Page::default() })
}

fn row(lens: &Lens<'_>, change: &Change) -> Result<Vec<String>, Fault> {
    let locale = lens.locale;
    let side = |side: &Option<(FigureKey, board_packs::Measured)>| match side {
        None => "–".to_owned(),
        Some((key, measured)) => {
            let value = measured.value.number().map_or_else(
                || words::reason(locale, &measured.value).unwrap_or_default(),
                |number| locale.value(number, lens.unit(&key.metric)),
            );
            format!("{value} ({})", locale.period_short(key.period))
        }
    };
    let name = match change.key() {
        Some(key) if key.programme.is_some() => {
            format!("{}, {}", lens.metric_name(&key.metric), lens.programme_name(key.programme.as_ref())?)
        }
        Some(key) => lens.metric_name(&key.metric),
        None => String::new(),
    };
    let unit = change.key().map_or(Unit::Count, |key| lens.unit(&key.metric));
    let amount = change.amount().map_or_else(
        || "–".to_owned(),
        |amount| format!("{}{}", if amount > 0.0 { "+" } else { "" }, locale.value(amount, unit)),
    );
    let became = words::became(locale, change.became).to_owned();
    Ok(vec![name, side(&change.from), side(&change.to), amount, became])
}

/// How the social return answers when one assumption is a fifth smaller or larger.
pub(crate) fn sensitivity(lens: &Lens<'_>, report: &Report) -> Result<Page, Fault> {
    let locale = lens.locale;
    let metric = MetricId::new("sroi").map_err(|error| Fault::new(Code::PackFailed, error))?;
    let key = FigureKey { metric, period: report.period, programme: None };
    let missing = || Fault::new(Code::FigureMissing, &key);
    let (figure, _) = lens.figure(&key)?.ok_or_else(missing)?;
    let base = figure.value.number().ok_or_else(missing)?;
    let definition = lens.definition_of(&figure)?.ok_or_else(missing)?;
    let mut inputs = figure.inputs.clone();
    inputs.extend(definition.assumptions.clone());
    let ratio = |value: f64| locale.value(value, Unit::Ratio);
    let mut rows = Vec::new();
    for name in DOUBTED {
        let Some(value) = inputs.get(name).copied() else { continue };
        let moved = |by: f64| {
            let mut inputs = inputs.clone();
            inputs.insert(name.to_owned(), value * (1.0 + by));
            definition.formula.evaluate(&inputs).map_or_else(|_| "–".to_owned(), ratio)
        };
        rows.push(vec![
            words::input(locale, name),
            input_text(locale, name, value, lens),
            moved(-SWING),
            ratio(base),
            moved(SWING),
        ]);
    }
    let header = [
        words::assumption(locale).to_owned(),
        words::value(locale).to_owned(),
        locale.signed_percent(-SWING, 0),
        words::as_reported(locale).to_owned(),
        locale.signed_percent(SWING, 0),
    ];
    Ok(Page {
        title: words::sensitivity(locale).to_owned(),
        blocks: vec![
            paragraph(words::sensitivity_note(locale)),
            Block::Table {
                caption: format!("{}, {}", words::sensitivity(locale), locale.period(report.period)),
                header: header.to_vec(),
                rows,
            },
        ],
        ..Page::default()
    })
}

/// What a volunteer's and a krone's effort bring: ratios of measured counts.
pub(crate) fn efficiency(lens: &Lens<'_>, report: &Report) -> Result<Page, Fault> {
    let locale = lens.locale;
    let number = |id: &str| -> Result<f64, Fault> {
        let metric = MetricId::new(id).map_err(|error| Fault::new(Code::PackFailed, error))?;
        let key = FigureKey { metric, period: report.period, programme: None };
        let found = lens.figure(&key)?.and_then(|(figure, _)| figure.value.number());
        found.ok_or_else(|| Fault::new(Code::FigureMissing, key))
    };
    let (participants, volunteers) = (number("participants")?, number("volunteers")?);
    let (sessions, hours, value) = (number("sessions")?, number("hours")?, number("social_value")?);
    let share = |part: f64, whole: f64, unit: Option<Unit>| match unit {
        _ if whole == 0.0 => "–".to_owned(),
        Some(unit) => locale.value(part / whole, unit),
        None => locale.number(part / whole, 2),
    };
    let money = Some(UnitKind::Money.unit(lens.currency()));
    let rows = [
        (words::sessions_per_participant(locale), share(sessions, participants, None)),
        (words::participants_per_volunteer(locale), share(participants, volunteers, None)),
        (words::hours_per_volunteer(locale), share(hours, volunteers, None)),
        (words::value_per_hour(locale), share(value, hours, money)),
    ];
    Ok(Page {
        title: words::efficiency(locale).to_owned(),
        blocks: vec![Block::Table {
            caption: format!("{}, {}", words::efficiency(locale), locale.period(report.period)),
            header: vec![words::measure(locale).to_owned(), locale.period(report.period)],
            rows: rows.map(|(name, value)| vec![name.to_owned(), value]).to_vec(),
        }],
        ..Page::default()
    })
}

/// Where figures come from. `cited` are the pack's pieces of evidence in the order of their numbers.
pub(crate) fn lineage(
    lens: &Lens<'_>,
    keys: &BTreeSet<FigureKey>,
    cited: &[board_domain::EvidenceId],
) -> Result<Page, Fault> {
    let locale = lens.locale;
    let mut numbered = Vec::new();
    for (number, id) in (1..).zip(cited) {
        if let Some(snippet) = lens.snippet(id.as_str())? {
            numbered.push((number, snippet));
        }
    }
    let mut figures = Vec::new();
    for key in keys {
        let Some((figure, _)) = lens.figure(key)? else { continue };
        let Some(definition) = lens.definition_of(&figure)? else { continue };
        let dimension = Dimension::parse(key.metric.as_str());
        let rests = |snippet: &board_domain::Evidence| {
            dimension.is_some_and(|dimension| snippet.scores.iter().any(|score| score.dimension == dimension))
        };
        let all = figure.inputs.iter().chain(&definition.assumptions);
        figures.push(LineageEntry {
            figure: key.to_string(),
            label: format!(
                "{}, {}, {}",
                definition.name.get(locale),
                locale.period(key.period),
                lens.programme_name(key.programme.as_ref())?
            ),
            value: shown(lens, &figure),
            definition: format!("{} v{}", definition.name.get(locale), definition.version),
            formula: definition.formula_text.clone(),
            inputs: all
                .map(|(name, value)| (words::input(locale, name), input_text(locale, name, *value, lens)))
                .collect(),
            measured: locale.instant(figure.measured_at, &TimeZone::UTC),
            evidence: numbered.iter().filter(|(_, snippet)| rests(snippet)).map(|(n, _)| *n).collect(),
            evidence_ids: Vec::new(),
        });
    }
    let blocks = vec![Block::Lineage { figures }];
    Ok(Page { title: words::lineage(locale).to_owned(), blocks, ..Page::default() })
}

fn shown(lens: &Lens<'_>, figure: &Figure) -> String {
    figure.value.number().map_or_else(
        || words::reason(lens.locale, &figure.value).unwrap_or_default(),
        |number| lens.locale.value(number, lens.unit(&figure.key.metric)),
    )
}

/// How each measure of the pack is worked out.
pub(crate) fn method<'a>(lens: &Lens<'_>, used: impl Iterator<Item = &'a MetricId>) -> Page {
    let locale = lens.locale;
    let used: BTreeSet<&MetricId> = used.collect();
    let notes = used.into_iter().filter_map(|metric| lens.definition(metric)).map(|definition| MethodNote {
        name: definition.name.get(locale).to_owned(),
        version: definition.version,
        unit: words::unit(locale, definition.unit, lens.currency()),
        formula: definition.formula_text.clone(),
        sources: definition.sources.iter().map(|s| s.replace('_', " ")).collect::<Vec<_>>().join(", "),
        effective: definition.effective_from.to_string(),
        notes: vec![Run { text: definition.about.get(locale).to_owned(), ..Run::default() }],
    });
    let notes = notes.collect();
    Page {
        title: words::method(locale).to_owned(),
        blocks: vec![paragraph(words::method_note(locale)), Block::Methodology { notes }],
        ..Page::default()
    }
}

/// Who moved the report when, as the log has it, oldest first.
pub(crate) fn audit(lens: &Lens<'_>, report: &Report) -> Result<Page, Fault> {
    let locale = lens.locale;
    let mut approvals = Vec::new();
    for seq in lens.report_positions(report)? {
        let Some(event) = lens.event(seq)? else { continue };
        let Ok(Some(Fact::ReportChanged { report, reason })) = event.fact() else { continue };
        let (who, role) = actor(lens, &event.actor)?;
        approvals.push(ApprovalStep {
            at: locale.instant(event.at, &TimeZone::UTC),
            who,
            role,
            action: format!(
                "{}, {} {}",
                report.status.words().get(locale),
                words::version(locale).to_lowercase(),
                report.version
            ),
            comment: reason,
        });
    }
    let content_hash = if report.status.is_final() { report.content_hash() } else { String::new() };
    let blocks = vec![Block::Audit { approvals, content_hash }];
    Ok(Page { title: words::audit(locale).to_owned(), blocks, ..Page::default() })
}

fn actor(lens: &Lens<'_>, actor: &Actor) -> Result<(String, String), Fault> {
    match actor {
        Actor::Service(name) => Ok((name.clone(), String::new())),
        Actor::Person(id) => {
            let person = lens.person(id)?;
            let role = person.as_ref().map(|person| words::role(lens.locale, person.role).to_owned());
            Ok((person.map_or_else(|| PersonId::to_string(id), |p| p.name), role.unwrap_or_default()))
        }
    }
}

pub(crate) fn paragraph(text: &str) -> Block {
    Block::Paragraph { runs: vec![Run { text: text.to_owned(), ..Run::default() }] }
}

/// The figures that a pack of this report is compared by: its own measures over periods like its own, up to it.
pub(crate) fn comparable(figures: Figures, report: &Report, measures: &[&str]) -> Figures {
    let fits = |key: &FigureKey| {
        measures.contains(&key.metric.as_str())
            && key.programme.is_none()
            && key.period.grain() == report.period.grain()
            && key.period.last() <= report.period.last()
    };
    figures.into_iter().filter(|(key, _)| fits(key)).collect()
}
