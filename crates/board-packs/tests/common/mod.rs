//! A board pack of an invented company, as large and as multilingual as a real one. Not the product's template.
// Each test uses its own share of this.
#![allow(dead_code, clippy::unwrap_used)]

pub(crate) mod decks;

use std::collections::BTreeMap;

use board_charts::{Band, ChartKind, ChartSpec, Series};
use board_domain::{Currency, Locale, Unit, Watermark};
use board_packs::{
    Block, EvidenceItem, Flow, Item, KpiCard, Layer, LineageEntry, List, Manifest, MethodNote, PackPlan,
    Page, Paper, Progress, Run, SigningKey, Stamp, Trend,
};

/// The key of the tests; its public half is in [`trusted`].
pub(crate) fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

/// The test key as a trusted one.
pub(crate) fn trusted() -> board_packs::TrustedKey {
    board_packs::TrustedKey {
        name: "Kari Dahl’s laptop".into(),
        public: hex::encode(key().verifying_key().to_bytes()),
        tenant: None,
    }
}

/// Goes on, whatever happens.
pub(crate) fn go_on(_: Progress) -> Flow {
    Flow::Continue
}

pub(crate) fn run(text: &str) -> Run {
    Run { text: text.into(), ..Run::default() }
}

fn bold(text: &str) -> Run {
    Run { text: text.into(), bold: true, ..Run::default() }
}

fn cited(text: &str, number: u32) -> Run {
    Run { text: text.into(), cite: Some(number), ..Run::default() }
}

fn card(label: &str, value: &str, change: &str, trend: Trend) -> KpiCard {
    KpiCard { label: label.into(), value: value.into(), change: change.into(), trend }
}

fn strings(cells: &[&str]) -> Vec<String> {
    cells.iter().map(ToString::to_string).collect()
}

pub(crate) fn chart(
    kind: ChartKind,
    title: &str,
    unit: Unit,
    categories: &[&str],
    series: &[(&str, &[Option<f64>])],
) -> Block {
    Block::Chart {
        spec: ChartSpec {
            title: title.into(),
            subtitle: "Fjordlys Group, all programmes".into(),
            categories: strings(categories),
            series: series.iter().map(|(name, values)| Series::new(*name, values.to_vec())).collect(),
            ..ChartSpec::new(kind, unit, Locale::En)
        },
    }
}

fn values(numbers: &[f64]) -> Vec<Option<f64>> {
    numbers.iter().copied().map(Some).collect()
}

const MONTHS: [&str; 12] = [
    "Oct 25", "Nov 25", "Dec 25", "Jan 26", "Feb 26", "Mar 26", "Apr 26", "May 26", "Jun 26", "Jul 26",
    "Aug 26", "Sep 26",
];

/// The whole sample.
pub(crate) fn plan() -> PackPlan {
    let watermark = "DRAFT · Kari Dahl · 23 Nov 2026";
    PackPlan {
        title: "Quarterly impact report".into(),
        subtitle: "Q3 2026 · July to September".into(),
        company: "Fjordlys Group".into(),
        locale: Locale::En,
        pages: vec![
            cover(),
            figures(),
            programmes(),
            narrative(),
            ukrainian(),
            long_table(),
            evidence(),
            lineage(),
            methods(),
        ],
        watermark: Stamp { text: watermark.into(), style: Watermark::default(), layer: Layer::Over },
        footer:
            "DRAFT · state 18 204 of the log · as of 30 Sep 2026, 22:00 UTC · fingerprint 5f0c 91ab 77d2 3e10"
                .into(),
        accent: "#0F6E84".into(),
        logo: None,
        paper: Paper::A4,
        deck: false,
        manifest: Manifest {
            format: 1,
            tenant: "018f6b2e-6f2a-7c11-9d6f-3f7c8a1b2c3d".into(),
            epoch: "018f6b2e-0000-7000-8000-000000000001".into(),
            seq: 18_204,
            heads: BTreeMap::from([
                ("board".to_owned(), "9b".repeat(32)),
                ("management".to_owned(), "c4".repeat(32)),
            ]),
            report: Some("Quarterly impact report, version 3".into()),
            status: "DRAFT".into(),
            approval: String::new(),
            exporter: "Kari Dahl".into(),
            exported_at: "2026-11-23T09:12:00Z".into(),
            template: "quarterly/1".into(),
            watermark: watermark.into(),
            figures: BTreeMap::from([
                ("participants/2026-Q3".to_owned(), "1,284".to_owned()),
                ("sroi/2026-Q3".to_owned(), "3.42:1".to_owned()),
                ("investment/2026-Q3".to_owned(), "NOK\u{a0}4,812,500".to_owned()),
            ]),
            definitions: BTreeMap::from([
                ("participants".to_owned(), 1),
                ("sroi".to_owned(), 1),
                ("vis".to_owned(), 1),
                ("completion".to_owned(), 1),
            ]),
            proof: None,
        },
    }
}

fn cover() -> Page {
    Page {
        title: "Cover".into(),
        blocks: vec![Block::Cover {
            facts: [
                ("Status", "Draft, version 3, not approved"),
                ("Prepared by", "Kari Dahl, Head of Social Impact"),
                ("For", "Board meeting, 12 October 2026, Bergen"),
                ("Data as of", "30 Sep 2026, 22:00 UTC (state 18 204)"),
                ("Classification", "Confidential: for the board of Fjordlys Group"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        }],
        notes: "Welcome. Figures are a draft until the audit committee has met.".into(),
        ..Page::default()
    }
}

fn figures() -> Page {
    Page {
        title: "Key figures".into(),
        blocks: vec![
            Block::Kpis {
                cards: vec![
                    card("Participants", "1,284", "+4.2% on Q2 2026", Trend::Stable),
                    card("Sessions held", "3,906", "+11.8% on Q2 2026", Trend::Improving),
                    card("Completion rate", "74.2%", "−6.1% on Q2 2026", Trend::Declining),
                    card("Social return on investment", "3.42:1", "+8.6% on Q2 2026", Trend::Improving),
                    card("Investment", "NOK\u{a0}4,812,500", "+1.9% on Q2 2026", Trend::Stable),
                    card("Volunteer hours", "2,417.5\u{a0}h", "", Trend::Stable),
                ],
            },
            chart(
                ChartKind::Line,
                "Active participants by month",
                Unit::Count,
                &MONTHS,
                &[
                    (
                        "Buddy",
                        &values(&[210., 224., 219., 240., 251., 262., 270., 281., 266., 240., 292., 318.]),
                    ),
                    (
                        "Language",
                        &values(&[310., 322., 301., 334., 352., 361., 358., 366., 341., 300., 372., 401.]),
                    ),
                    ("Mentoring", &{
                        let mut row =
                            values(&[120., 128., 131., 140., 138., 149., 155., 161., 150., 141., 168., 175.]);
                        row[9] = None;
                        row
                    }),
                ],
            ),
        ],
        notes: "Completion fell because two employers paused in July; see evidence 2.".into(),
        ..Page::default()
    }
}

fn programmes() -> Page {
    let mut bar = chart(
        ChartKind::Bar,
        "Completion rate by programme",
        Unit::Fraction,
        &["Buddy", "Language", "Mentoring", "Upskilling"],
        &[("Q2 2026", &values(&[0.79, 0.81, 0.77, 0.74])), ("Q3 2026", &values(&[0.76, 0.74, 0.78, 0.69]))],
    );
    if let Block::Chart { spec } = &mut bar {
        spec.band = Some(Band { name: "Peers, middle half".into(), low: 0.68, high: 0.8 });
    }
    Page {
        title: "Programmes".into(),
        blocks: vec![
            Block::Heading { level: 2, text: "Completion against peers".into() },
            Block::Paragraph {
                runs: vec![
                    run("Three of four programmes lie inside the middle half of comparable companies. "),
                    bold("Upskilling is the exception to watch"),
                    cited(": its rate fell by five points in one quarter.", 1),
                ],
            },
            bar,
            Block::Heading { level: 2, text: "Where the investment went".into() },
            chart(
                ChartKind::Doughnut,
                "Investment by programme",
                Unit::Money(Currency::parse("NOK").unwrap()),
                &["Buddy", "Language", "Mentoring", "Upskilling"],
                &[("Q3 2026", &values(&[912_500., 1_730_000., 845_000., 1_325_000.]))],
            ),
            chart(
                ChartKind::Radar,
                "Outcome scores",
                Unit::Points,
                &["Confidence", "Language", "Network", "Belonging", "Job readiness"],
                &[
                    ("Fjordlys", &values(&[78., 71., 64., 81., 69.])),
                    ("Median of peers", &values(&[70., 68., 66., 72., 71.])),
                ],
            ),
            Block::Table {
                caption: "Programmes at a glance, Q3 2026".into(),
                header: strings(&[
                    "Programme",
                    "Participants",
                    "Sessions",
                    "Completion",
                    "Investment",
                    "SROI",
                ]),
                rows: vec![
                    strings(&["Buddy", "318", "1,022", "76.0%", "NOK\u{a0}912,500", "3.81:1"]),
                    strings(&["Language", "401", "1,540", "74.1%", "NOK\u{a0}1,730,000", "3.12:1"]),
                    strings(&["Mentoring", "175", "604", "78.3%", "NOK\u{a0}845,000", "4.05:1"]),
                    strings(&["Upskilling", "390", "740", "69.2%", "NOK\u{a0}1,325,000", "2.96:1"]),
                ],
            },
        ],
        ..Page::default()
    }
}

fn narrative() -> Page {
    let paragraph = |text: &str| Block::Paragraph { runs: vec![run(text)] };
    Page {
        title: "What changed since the last board".into(),
        blocks: vec![
            Block::Heading { level: 2, text: "Summary".into() },
            Block::Paragraph {
                runs: vec![
                    run(
                        "The quarter brought the highest number of active participants since the programmes began, ",
                    ),
                    cited("and every one of the seven sites now hosts at least one group", 2),
                    run(". Growth came mainly from "),
                    Run { text: "Language".into(), italic: true, ..Run::default() },
                    run(
                        ", where employers asked for evening groups, and from Buddy, where the autumn intake was \
                         moved forward by two weeks. ",
                    ),
                    cited("Participants describe the groups as the place where they first dared to speak", 3),
                    run("."),
                ],
            },
            paragraph(
                "Completion fell from 79.0% to 74.2%. Two of five employers in upskilling paused their courses in July \
                 because of a reorganisation; without them the rate would have been 78.4%. The pause is over, and all \
                 41 affected participants have been offered a place in the October intake.",
            ),
            Block::Heading { level: 3, text: "Decisions asked of the board".into() },
            Block::List(List {
                ordered: true,
                items: vec![
                    vec![run("Approve the additional intake in October, at a cost of NOK\u{a0}310,000.")].into(),
                    vec![
                        bold("Take note"),
                        run(
                            " of the change of definition for volunteer hours: travel time is no longer counted, and \
                             earlier quarters have been restated.",
                        ),
                    ].into(),
                    vec![cited("Confirm the target of 80% completion for Q1 2027", 4), run(".")].into(),
                ],
            }),
            Block::Heading { level: 2, text: "Risks".into() },
            Block::List(List {
                ordered: false,
                items: vec![
                    Item {
                        runs: vec![run("Tutors: three of fourteen contracts end in December.")],
                        inner: vec![List {
                            ordered: false,
                            items: vec![
                                vec![run("Two of them have agreed to go on.")].into(),
                                vec![run("The third is asked in November.")].into(),
                            ],
                        }],
                    },
                    vec![run(
                        "Premises in Ålesund are lost from 1 November; a replacement is being negotiated with Møre og Romsdal fylke.",
                    )].into(),
                    vec![run(
                        "A consent text was renewed; 12 participants have not answered and are left out of benchmarks.",
                    )].into(),
                ],
            }),
            paragraph(
                "Beløpene i denne rapporten er i norske kroner. «Språkkafé» og «fadderordning» er oversatt med \
                 Language og Buddy; ærlig talt er det bare navnene som er nye.",
            ),
        ],
        notes:
            "Ask for the decision on the October intake before the discussion of risks.\nTime: 10 minutes."
                .into(),
        ..Page::default()
    }
}

fn ukrainian() -> Page {
    Page {
        title: "Голос учасників".into(),
        blocks: vec![
            Block::Paragraph {
                runs: vec![
                    run("Мовні групи дали найбільший приріст за весь час: "),
                    bold("401 учасник проти 366 у травні"),
                    cited(". Люди кажуть, що саме тут вони вперше наважилися говорити", 3),
                    run(
                        ". Їхні відгуки зібрано трьома мовами; ґатунок перекладів перевірено двома незалежними \
                         читачами, а персональні дані вилучено ще на сервері.",
                    ),
                ],
            },
            Block::Table {
                caption: "Оцінки результатів, III квартал 2026".into(),
                header: strings(&["Показник", "II квартал", "III квартал", "Зміна"]),
                rows: vec![
                    strings(&["Упевненість", "74,0", "78,0", "+5,4\u{a0}%"]),
                    strings(&["Мова", "69,5", "71,0", "+2,2\u{a0}%"]),
                    strings(&["Професійна мережа", "66,0", "64,0", "−3,0\u{a0}%"]),
                    strings(&["Відчуття належності", "77,0", "81,0", "+5,2\u{a0}%"]),
                ],
            },
        ],
        notes: "Цитати — лише з відредагованих текстів.".into(),
        ..Page::default()
    }
}

fn long_table() -> Page {
    let rows = (1..=64)
        .map(|row| {
            let seats = 18 + row * 7 % 23;
            let programme = ["Buddy", "Language", "Mentoring", "Upskilling"][row % 4];
            let comment = if row % 9 == 0 {
                "Moved from Ålesund; one session held on line because of the ferry strike, the rest in person."
            } else {
                "As planned"
            };
            vec![
                format!("Group {row:02} · {}", ["Bergen", "Oslo", "Tromsø", "Ålesund", "Львів"][row % 5]),
                programme.to_owned(),
                seats.to_string(),
                format!("{}.{}%", 60 + row % 37, row % 10),
                comment.to_owned(),
            ]
        })
        .collect();
    Page {
        title: "All groups".into(),
        blocks: vec![Block::Table {
            caption: "Groups running in Q3 2026".into(),
            header: strings(&["Group", "Programme", "Participants", "Attendance", "Comment"]),
            rows,
        }],
        ..Page::default()
    }
}

fn lineage() -> Page {
    let entry =
        |figure: &str, label: &str, value: &str, formula: &str, inputs: &[(&str, &str)]| LineageEntry {
            figure: figure.into(),
            label: label.into(),
            value: value.into(),
            definition: format!("{label}, version 1"),
            formula: formula.into(),
            inputs: inputs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            measured: "30 Sep 2026, 22:00 UTC".into(),
            evidence: vec![1, 3],
            evidence_ids: vec!["018f6b2e-6f2a-7c11-9d6f-3f7c8a1b2c40".into()],
        };
    Page {
        title: "Where the figures come from".into(),
        section: Some("Appendix".into()),
        blocks: vec![Block::Lineage {
            figures: vec![
                entry(
                    "sroi/2026-Q3",
                    "Social return on investment, Q3 2026",
                    "3.42:1",
                    "Net present value of social value over three years, divided by the investment of the period",
                    &[("Net present value", "NOK\u{a0}16,458,750"), ("Investment", "NOK\u{a0}4,812,500")],
                ),
                entry(
                    "participants/2026-Q3",
                    "Participants, Q3 2026",
                    "1,284",
                    "People with at least one session in the period, each counted once",
                    &[("Sessions", "3,906"), ("People", "1,284")],
                ),
            ],
        }],
        ..Page::default()
    }
}

fn methods() -> Page {
    Page {
        title: "Methodology".into(),
        section: Some("Appendix".into()),
        blocks: vec![Block::Methodology {
            notes: vec![
                MethodNote {
                    name: "Social return on investment".into(),
                    version: 1,
                    unit: "Ratio, two decimals".into(),
                    formula: "NPV of social value / investment; 3 % discount, no drop-off, 25 % deadweight"
                        .into(),
                    sources: "Outcome scores, accounts".into(),
                    effective: "From 1 January 2026".into(),
                    notes: vec![run("Values per person are reviewed once a year by the audit committee.")],
                },
                MethodNote {
                    name: "Completion".into(),
                    version: 1,
                    unit: "Fraction, shown in per cent".into(),
                    formula: "Participants who reached the end, divided by those who began".into(),
                    sources: "Course registers".into(),
                    ..MethodNote::default()
                },
            ],
        }],
        ..Page::default()
    }
}

fn evidence() -> Page {
    let entry = |number: u32, text: &str, source: &str| EvidenceItem {
        number,
        text: text.into(),
        source: source.into(),
        sha256: format!("{number:02x}").repeat(32),
        lang: None,
    };
    Page {
        title: "Evidence".into(),
        blocks: vec![Block::Evidence {
            items: vec![
                entry(
                    1,
                    "Two employers paused their courses from 1 July to 15 September.",
                    "Upskilling, Q3 2026, course register",
                ),
                entry(
                    2,
                    "“We have run out of chairs twice this month. A good problem.” — [NAME], site lead",
                    "Buddy, Sep 2026, site report",
                ),
                entry(
                    3,
                    "«Тут я вперше заговорила норвезькою без страху, і ніхто не сміявся.» — [ІМ’Я]",
                    "Language, Aug 2026, participant feedback",
                ),
                entry(
                    4,
                    "Completion is counted eight weeks after the last planned session.",
                    "Definition completion/1",
                ),
            ],
        }],
        ..Page::default()
    }
}
