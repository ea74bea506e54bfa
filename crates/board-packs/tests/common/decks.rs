//! Further packs of the invented company: one with every kind of chart, and one in each other language.

use board_charts::{Annotation, Band, ChartKind, ChartSpec, Cohort, Comparison, Percentiles, Series};
use board_domain::{Better, Currency, Locale, Unit};
use board_packs::{
    ApprovalStep, Block, Item, KpiCard, KpiRow, LineageEntry, List, MethodNote, PackPlan, Page, Run, Trend,
};

fn money() -> Unit {
    Unit::Money(Currency::parse("NOK").unwrap())
}

fn known(numbers: &[f64]) -> Vec<Option<f64>> {
    numbers.iter().copied().map(Some).collect()
}

fn strings(cells: &[&str]) -> Vec<String> {
    cells.iter().map(ToString::to_string).collect()
}

fn spec(
    kind: ChartKind,
    unit: Unit,
    (title, subtitle): (&str, &str),
    categories: &[&str],
    series: &[(&str, &[f64])],
) -> ChartSpec {
    ChartSpec {
        title: title.into(),
        subtitle: subtitle.into(),
        categories: strings(categories),
        series: series.iter().map(|(name, values)| Series::new(*name, known(values))).collect(),
        ..ChartSpec::new(kind, unit, Locale::En)
    }
}

const QUARTERS: [&str; 6] = ["Q2 2025", "Q3 2025", "Q4 2025", "Q1 2026", "Q2 2026", "Q3 2026"];
const PROGRAMMES: [&str; 4] = ["Buddy", "Language", "Mentoring", "Upskilling"];

/// Every kind of chart, with every thing that a chart can carry.
// One list, read from top to bottom.
#[allow(clippy::too_many_lines)]
pub(crate) fn specs() -> Vec<ChartSpec> {
    let mut line = spec(
        ChartKind::Line,
        Unit::Count,
        ("Line with a gap, a band, events and a withheld value", "Participants by quarter"),
        &QUARTERS,
        &[
            ("Buddy", &[210., 224., 219., 240., 251., 262.]),
            ("Language", &[310., 322., 301., 334., 352., 361.]),
        ],
    );
    line.series.push(Series {
        name: "Mentoring".into(),
        values: vec![Some(120.), None, Some(131.), Some(140.), None, Some(149.)],
        withheld: vec![4],
    });
    line.band = Some(Band { name: "Peers, middle half".into(), low: 180., high: 290. });
    line.annotations = vec![
        Annotation { at: 2.0, text: "Ferry strike".into() },
        Annotation { at: 5.0, text: "New site in Bodø".into() },
    ];
    let area = spec(
        ChartKind::Area,
        Unit::Hours,
        ("Area", "Volunteer hours"),
        &QUARTERS,
        &[("Hours", &[1210., 1424., 1119., 1640., 1951., 2417.5])],
    );
    let mut stacked_area = spec(
        ChartKind::Area,
        Unit::Count,
        ("Area, stacked", "Participants by programme"),
        &QUARTERS,
        &[
            ("Buddy", &[210., 224., 219., 240., 251., 262.]),
            ("Language", &[310., 322., 301., 334., 352., 361.]),
            ("Mentoring", &[120., 128., 131., 140., 138., 149.]),
        ],
    );
    stacked_area.stacked = true;
    let mut bars = spec(
        ChartKind::Bar,
        Unit::Fraction,
        ("Bars with a band", "Completion rate"),
        &PROGRAMMES,
        &[("Q2 2026", &[0.79, 0.81, 0.77, 0.74]), ("Q3 2026", &[0.76, 0.74, 0.78, 0.69])],
    );
    bars.band = Some(Band { name: "Peers, middle half".into(), low: 0.68, high: 0.8 });
    let mut stacked = spec(
        ChartKind::Bar,
        money(),
        ("Bars, stacked", "Investment by programme and year"),
        &["2023", "2024", "2025", "2026"],
        &[
            ("Staff", &[912_500., 1_030_000., 1_145_000., 1_225_000.]),
            ("Premises", &[212_500., 230_000., 245_000., 225_000.]),
            ("Travel", &[112_500., 90_000., 145_000., 125_000.]),
        ],
    );
    stacked.stacked = true;
    let mut lying = spec(
        ChartKind::Bar,
        Unit::Count,
        ("Bars, lying", "Participants by site"),
        &["Bergen", "Oslo and the surrounding municipalities", "Tromsø", "Ålesund", "Львів"],
        &[("Q3 2026", &[318., 401., 175., 96., 44.])],
    );
    lying.horizontal = true;
    let mut lying_band = lying.clone();
    lying_band.title = "Bars, lying, with a band".into();
    lying_band.band = Some(Band { name: "Peers, middle half".into(), low: 120., high: 260. });
    let mut lying_stacked = stacked.clone();
    lying_stacked.horizontal = true;
    lying_stacked.title = "Bars, lying and stacked".into();
    let rings = spec(
        ChartKind::Doughnut,
        money(),
        ("Doughnut with all its rings", "Investment by programme"),
        &PROGRAMMES,
        &[
            ("2025", &[812_500., 1_330_000., 945_000., 1_125_000.]),
            ("2026", &[912_500., 1_730_000., 845_000., 1_325_000.]),
        ],
    );
    let parts = spec(
        ChartKind::Doughnut,
        Unit::Count,
        ("Doughnut with nine parts", "Sessions by subject"),
        &["Language", "Work", "Culture", "Health", "Law", "Money", "Housing", "Digital", "Other"],
        &[("Q3 2026", &[1022., 740., 604., 330., 250., 120., 90., 66., 12.])],
    );
    let radar = spec(
        ChartKind::Radar,
        Unit::Points,
        ("Radar", "Outcome scores"),
        &["Confidence", "Language", "Network", "Belonging", "Job readiness"],
        &[("Fjordlys", &[78., 71., 64., 81., 69.]), ("Median of peers", &[70., 68., 66., 72., 71.])],
    );
    let mut waterfall = spec(
        ChartKind::Waterfall,
        money(),
        ("Waterfall", "From the budget to the forecast"),
        &["Budget", "Intake", "Premises", "Travel", "Grants", "Forecast"],
        &[("NOK", &[4_500_000., 620_000., -310_000., -120_000., 122_500., 4_812_500.])],
    );
    waterfall.totals = vec![0, 5];
    waterfall.annotations = vec![Annotation { at: 2.0, text: "Lease ends".into() }];
    let mut crossing = spec(
        ChartKind::Waterfall,
        Unit::Count,
        ("Waterfall through zero", "Change of volunteers"),
        &["Start", "Left", "Left again", "Joined", "Now"],
        &[("People", &[20., -50., -10., 75., 35.])],
    );
    crossing.totals = vec![0, 4];
    let spread = |base: f64| Percentiles {
        p10: base,
        p25: base + 8.,
        median: base + 15.,
        p75: base + 22.,
        p90: base + 30.,
    };
    let mut ribbon = spec(
        ChartKind::Ribbon,
        Unit::Points,
        ("Percentile ribbon", "Volunteer impact score among peers"),
        &QUARTERS,
        &[("Fjordlys", &[51., 54., 57., 61., 66., 71.])],
    );
    ribbon.cohort = Some(Cohort {
        name: "43 companies".into(),
        spread: [40., 41., 42., 42., 44., 45.].map(|base| Some(spread(base))).to_vec(),
    });
    let card = |name: &str, value: f64| ChartSpec {
        comparison: Some(Comparison { name: "Q2 2026".into(), value: Some(value), better: Better::Higher }),
        ..spec(
            ChartKind::Kpi,
            Unit::Count,
            (name, ""),
            &QUARTERS,
            &[("Participants", &[710., 774., 751., 814., 841., 872.])],
        )
    };
    let spark = spec(
        ChartKind::Sparkline,
        Unit::Count,
        ("Trend line", "Participants"),
        &QUARTERS,
        &[("Participants", &[710., 774., 751., 814., 841., 872.])],
    );
    let mut empty = spec(ChartKind::Line, Unit::Count, ("Nothing measured", ""), &QUARTERS, &[]);
    empty.series = vec![Series::new("Participants", vec![None; 6])];
    let mut withheld = empty.clone();
    withheld.title = "All withheld".into();
    withheld.series[0].withheld = (0..6).collect();
    let mut gappy = area.clone();
    gappy.title = "Area with a gap".into();
    gappy.series[0].values[2] = None;
    vec![
        card("Participants", 841.),
        card("Graduates", 900.),
        card("Mentors", 872.),
        line,
        area,
        stacked_area,
        bars,
        stacked,
        lying,
        lying_band,
        lying_stacked,
        rings,
        parts,
        radar,
        waterfall,
        crossing,
        ribbon,
        spark,
        empty,
        withheld,
        gappy,
    ]
}

/// A pack with every kind of chart.
pub(crate) fn every_chart() -> PackPlan {
    let mut plan = super::plan();
    plan.title =
        "Every kind of chart, and a title that is too long to stand on one line of a cover at its full size"
            .into();
    let specs = specs();
    let chart = |spec: &ChartSpec| Block::Chart { spec: spec.clone() };
    let mut pages = vec![plan.pages[0].clone()];
    pages.push(Page {
        title: "Key figures as cards with their trend, under a heading of a length that people do write when nobody stops them"
            .into(),
        blocks: specs[..4].iter().map(chart).collect(),
        section: Some("Charts".into()),
        notes: "Notes of the presenter.".into(),
        ..Page::default()
    });
    for pair in specs[4..].chunks(2) {
        pages.push(Page {
            title: pair.iter().map(|spec| spec.title.clone()).collect::<Vec<_>>().join(" · "),
            blocks: pair.iter().map(chart).collect(),
            section: Some("Charts".into()),
            ..Page::default()
        });
    }
    pages.push(Page {
        title: "One chart beside its words".into(),
        blocks: vec![
            Block::Paragraph {
                runs: vec![Run {
                    text: "Every step of the waterfall is a stacked bar whose height is a formula in its workbook: whoever edits \
                           a step sees all later bars move."
                        .into(),
                    ..Run::default()
                }],
            },
            chart(&specs[14]),
        ],
        section: Some("Charts".into()),
        ..Page::default()
    });
    plan.pages = pages;
    plan
}

/// What an approved pack ends with.
fn appendix(locale: Locale, words: &[&str; 4]) -> Vec<Page> {
    let page = |title: &str, block: Block| Page {
        title: title.into(),
        blocks: vec![block],
        section: Some(words[3].into()),
        lang: Some(locale),
        ..Page::default()
    };
    vec![
        page(
            words[0],
            Block::Lineage {
                figures: vec![
                    LineageEntry {
                        figure: "participants/2026-Q3".into(),
                        label: "Participants, Q3 2026".into(),
                        value: "1,284".into(),
                        definition: "participants, version 1".into(),
                        formula: "distinct people with a session in the period".into(),
                        inputs: vec![("sessions".into(), "3,906".into()), ("programmes".into(), "4".into())],
                        measured: "30 Sep 2026, 22:00 UTC".into(),
                        ..LineageEntry::default()
                    },
                    LineageEntry {
                        figure: "sroi/2026-Q3".into(),
                        label: "SROI, Q3 2026".into(),
                        value: "3.42:1".into(),
                        definition: "sroi, version 1".into(),
                        formula:
                            "Σ participants × value × attribution × (1 − deadweight) / (1 + r)^y ÷ investment"
                                .into(),
                        inputs: vec![
                            ("social value".into(), "NOK\u{a0}16,458,750".into()),
                            ("investment".into(), "NOK\u{a0}4,812,500".into()),
                        ],
                        evidence_ids: vec!["e-1".into(), "e-2".into()],
                        ..LineageEntry::default()
                    },
                ],
            },
        ),
        page(
            words[1],
            Block::Methodology {
                notes: vec![MethodNote {
                    name: "SROI".into(),
                    version: 1,
                    unit: "x : 1".into(),
                    formula: "NPV / investment".into(),
                    sources: "programme register; finance system".into(),
                    effective: "from 1 Jan 2025".into(),
                    notes: vec![Run {
                        text: "Gross: attribution is already in the value per person.".into(),
                        ..Run::default()
                    }],
                }],
            },
        ),
        page(
            words[2],
            Block::Audit {
                approvals: vec![
                    ApprovalStep {
                        at: "2 Oct 2026, 08:10 UTC".into(),
                        who: "Kari Dahl".into(),
                        role: "MANAGER".into(),
                        action: "Submitted version 3".into(),
                        comment: String::new(),
                    },
                    ApprovalStep {
                        at: "5 Oct 2026, 13:42 UTC".into(),
                        who: "Henrik Aasmo".into(),
                        role: "DIRECTOR".into(),
                        action: "Approved version 3".into(),
                        comment: "Subject to the note on volunteer hours.".into(),
                    },
                ],
                content_hash: "ab12".repeat(16),
            },
        ),
    ]
}

/// Words of a pack in another language than English.
struct Voice {
    locale: Locale,
    title: &'static str,
    subtitle: &'static str,
    figures: &'static str,
    cards: [(&'static str, &'static str, &'static str, Trend); 4],
    table: [&'static str; 5],
    chart: (&'static str, &'static str),
    series: [&'static str; 2],
    months: [&'static str; 6],
    narrative: &'static str,
    heading: &'static str,
    text: &'static str,
    items: [&'static str; 3],
    appendix: [&'static str; 4],
}

fn spoken(voice: &Voice) -> PackPlan {
    let mut plan = super::plan();
    let run = |text: &str| vec![Run { text: text.into(), ..Run::default() }];
    plan.locale = voice.locale;
    plan.title = voice.title.into();
    plan.subtitle = voice.subtitle.into();
    let mut spec = spec(
        ChartKind::Line,
        Unit::Count,
        voice.chart,
        &voice.months,
        &[
            (voice.series[0], &[310., 322., 301., 334., 352., 401.]),
            (voice.series[1], &[210., 224., 219., 240., 251., 318.]),
        ],
    );
    spec.locale = voice.locale;
    let cards = voice.cards.map(|(label, value, change, trend)| KpiCard {
        label: label.into(),
        value: value.into(),
        change: change.into(),
        trend,
    });
    let rows = cards.iter().map(|card| KpiRow {
        label: card.label.clone(),
        values: vec![card.value.clone(), card.value.clone()],
        change: card.change.clone(),
        trend: card.trend,
        figure: None,
    });
    let mut blocks = vec![Block::Heading { level: 2, text: voice.heading.into() }];
    for _ in 0..4 {
        blocks.push(Block::Paragraph { runs: run(voice.text) });
    }
    blocks.push(Block::Heading { level: 3, text: voice.heading.into() });
    blocks.push(Block::List(List { ordered: true, items: voice.items.map(run).map(Item::from).to_vec() }));
    plan.pages = vec![
        plan.pages[0].clone(),
        Page {
            title: voice.figures.into(),
            blocks: vec![Block::Kpis { cards: cards.to_vec() }, Block::Chart { spec }],
            notes: voice.text.into(),
            ..Page::default()
        },
        Page {
            title: voice.table[0].into(),
            blocks: vec![Block::KpiTable {
                caption: voice.figures.into(),
                header: strings(&voice.table[1..]),
                rows: rows.collect(),
            }],
            ..Page::default()
        },
        Page { title: voice.narrative.into(), blocks, ..Page::default() },
    ];
    plan.pages.extend(appendix(voice.locale, &voice.appendix));
    plan
}

pub(crate) fn norwegian() -> PackPlan {
    spoken(&Voice {
        locale: Locale::Nb,
        title: "Kvartalsrapport om samfunnsnytte",
        subtitle: "3. kvartal 2026 · juli til september",
        figures: "Nøkkeltall",
        cards: [
            ("Deltakere", "1\u{a0}284", "+4,2\u{a0}% fra 2. kvartal 2026", Trend::Improving),
            ("Gjennomføringsgrad", "74,2\u{a0}%", "−6,1\u{a0}% fra 2. kvartal 2026", Trend::Declining),
            (
                "Sosial avkastning på investeringen",
                "3,42:1",
                "+8,6\u{a0}% fra 2. kvartal 2026",
                Trend::Improving,
            ),
            ("Frivillige timer", "2\u{a0}417,5\u{a0}t", "", Trend::Stable),
        ],
        table: ["Nøkkeltall som tabell", "Måltall", "2. kvartal 2026", "3. kvartal 2026", "Endring"],
        chart: ("Aktive deltakere per måned", "Alle programmer"),
        series: ["Språkkafé", "Fadderordning"],
        months: ["apr. 26", "mai 26", "juni 26", "juli 26", "aug. 26", "sep. 26"],
        narrative: "Hva som er endret siden forrige styremøte",
        heading: "Sammendrag",
        text: "Kvartalet ga det høyeste antallet aktive deltakere siden programmene startet, og alle de sju stedene har nå minst \
               én gruppe. Veksten kom særlig fra språkkafeene, der arbeidsgiverne ba om kveldsgrupper, og fra fadderordningen, \
               der høstens opptak ble framskyndet med to uker. Ærlig talt er det bare navnene som er nye.",
        items: [
            "Godkjenne et ekstra opptak i oktober til en kostnad av 310\u{a0}000 kroner.",
            "Ta endringen i definisjonen av frivillige timer til etterretning: reisetid telles ikke lenger.",
            "Bekrefte målet om 80\u{a0}% gjennomføring i 1. kvartal 2027.",
        ],
        appendix: ["Hvor tallene kommer fra", "Metode", "Godkjenning og kontroll", "Vedlegg"],
    })
}

pub(crate) fn ukrainian() -> PackPlan {
    spoken(&Voice {
        locale: Locale::Uk,
        title: "Квартальний звіт про соціальний вплив",
        subtitle: "III квартал 2026 року · липень — вересень",
        figures: "Ключові показники",
        cards: [
            ("Учасники", "1\u{a0}284", "+4,2\u{a0}% до II кварталу", Trend::Improving),
            ("Частка тих, хто завершив", "74,2\u{a0}%", "−6,1\u{a0}% до II кварталу", Trend::Declining),
            ("Соціальна віддача інвестицій", "3,42:1", "+8,6\u{a0}% до II кварталу", Trend::Improving),
            ("Волонтерські години", "2\u{a0}417,5\u{a0}год", "", Trend::Stable),
        ],
        table: ["Показники таблицею", "Показник", "II квартал 2026", "III квартал 2026", "Зміна"],
        chart: ("Активні учасники за місяцями", "Усі програми"),
        series: ["Мовні групи", "Наставництво"],
        months: ["кві. 26", "трав. 26", "черв. 26", "лип. 26", "серп. 26", "вер. 26"],
        narrative: "Що змінилося від минулого засідання ради",
        heading: "Підсумок",
        text: "Квартал дав найбільшу кількість активних учасників від початку програм, і кожен із семи осередків тепер має \
               принаймні одну групу. Приріст забезпечили передусім мовні групи, де роботодавці попросили про вечірні заняття, \
               та наставництво, набір до якого перенесли на два тижні раніше. Люди кажуть, що саме тут вони вперше наважилися \
               говорити; ґатунок перекладів перевірено двома незалежними читачами.",
        items: [
            "Затвердити додатковий набір у жовтні вартістю 310\u{a0}000 крон.",
            "Узяти до відома зміну визначення волонтерських годин: час у дорозі більше не враховується.",
            "Підтвердити мету: 80\u{a0}% завершень у I кварталі 2027 року.",
        ],
        appendix: ["Звідки взялися показники", "Методика", "Затвердження та перевірка", "Додатки"],
    })
}
