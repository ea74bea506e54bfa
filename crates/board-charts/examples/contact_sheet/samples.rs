//! The charts of the contact sheet: plausible figures of one company, in English and Ukrainian, and hard cases.

use std::f64::consts::TAU;

use board_charts::{
    Annotation, Band, ChartKind, ChartSpec, Cohort, Comparison, Mode, Percentiles, Series, Size,
};
use board_domain::{Better, Currency, Locale, Unit};

use super::TILE;

type Values = Vec<Option<f64>>;
type Pair = [ChartSpec; 2];

/// What differs between the languages.
struct Words<'a> {
    title: &'a str,
    subtitle: &'a str,
    categories: Vec<String>,
    series: &'a [&'a str],
}

fn words<'a>(title: &'a str, subtitle: &'a str, categories: &[&str], series: &'a [&'a str]) -> Words<'a> {
    Words { title, subtitle, categories: strings(categories), series }
}

fn strings(list: &[&str]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

fn chart(kind: ChartKind, unit: Unit, words: &Words, values: &[Values]) -> ChartSpec {
    let row = |(name, values): (&&str, &Values)| Series::new(*name, values.clone());
    ChartSpec {
        title: words.title.into(),
        subtitle: words.subtitle.into(),
        categories: words.categories.clone(),
        series: words.series.iter().zip(values).map(row).collect(),
        ..ChartSpec::new(kind, unit, Locale::En)
    }
}

fn both(kind: ChartKind, unit: Unit, words: [Words; 2], values: &[Values]) -> Pair {
    words.map(|words| chart(kind, unit, &words, values))
}

fn each(pair: Pair, change: impl Fn(&mut ChartSpec)) -> Pair {
    pair.map(|mut spec| {
        change(&mut spec);
        spec
    })
}

fn band(pair: Pair, low: f64, high: f64, names: [&str; 2]) -> Pair {
    let [en, uk] = pair;
    let band = |name: &str| Some(Band { name: name.into(), low, high });
    [ChartSpec { band: band(names[0]), ..en }, ChartSpec { band: band(names[1]), ..uk }]
}

fn events(pair: Pair, events: &[(f64, [&str; 2])]) -> Pair {
    let mut language = 0;
    pair.map(|mut spec| {
        let event = |(at, text): &(f64, [&str; 2])| Annotation { at: *at, text: text[language].into() };
        spec.annotations = events.iter().map(event).collect();
        language += 1;
        spec
    })
}

const MONTHS: [[&str; 12]; 2] = [
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    ["січ", "лют", "бер", "квіт", "трав", "черв", "лип", "серп", "вер", "жовт", "лист", "груд"],
];
const QUARTERS: [[&str; 4]; 2] = [["Q4 25", "Q1 26", "Q2 26", "Q3 26"], ["К4 25", "К1 26", "К2 26", "К3 26"]];
const PROGRAMMES: [[&str; 5]; 2] = [
    ["Mentoring for newcomers", "Language cafés", "Buddy", "Upskilling and certificates", "Internships"],
    [
        "Наставництво для новоприбулих",
        "Мовні кафе",
        "Товариш",
        "Підвищення кваліфікації та сертифікати",
        "Стажування",
    ],
];
const THREE: [[&str; 3]; 2] = [["Mentoring", "Language", "Upskilling"], ["Наставництво", "Мова", "Навчання"]];
const OUTCOMES: [[&str; 6]; 2] = [
    ["Belonging", "Language", "Job readiness", "Wellbeing", "Network", "Confidence"],
    ["Приналежність", "Мова", "Готовність до роботи", "Добробут", "Мережа контактів", "Впевненість"],
];

/// Two years of months.
fn months(language: usize) -> Vec<String> {
    [25, 26].into_iter().flat_map(|year| MONTHS[language].map(|name| format!("{name} {year}"))).collect()
}

/// Titles in both languages over two years of months.
fn monthly<'a>(titles: [[&'a str; 2]; 2], series: [&'a [&'a str]; 2]) -> [Words<'a>; 2] {
    [0, 1].map(|language| Words {
        title: titles[language][0],
        subtitle: titles[language][1],
        categories: months(language),
        series: series[language],
    })
}

/// A rising, waving row of 24 values: whole numbers for counts, thousandths for shares and ratios.
fn wave(start: f64, rise: f64, height: f64, shift: f64) -> Values {
    let digits = if start >= 10.0 { 1.0 } else { 1000.0 };
    let value = |month: f64| start + rise * month + height * (TAU * month / 9.0 + shift).sin();
    (0..24).map(|month| Some((value(f64::from(month)) * digits).round() / digits)).collect()
}

fn all(values: &[f64]) -> Values {
    values.iter().copied().map(Some).collect()
}

fn nok() -> Unit {
    Unit::Money(Currency::parse("NOK").expect("a currency code"))
}

/// Every sample, in English and in Ukrainian.
pub(crate) fn pairs() -> Vec<Pair> {
    let mut pairs = lines();
    pairs.extend(areas());
    pairs.extend(bars());
    pairs.extend(steps_and_spreads());
    pairs.extend(rounds());
    pairs.extend(cards());
    pairs
}

fn lines() -> Vec<Pair> {
    let mut gaps = wave(0.52, 0.006, 0.05, 0.4);
    gaps[7..10].fill(None);
    gaps[15] = None;
    gaps[17] = None;
    let stay = monthly(
        [
            ["Participants who stay in contact", "Six months after the programme"],
            ["Учасники, що підтримують зв’язок", "Через шість місяців після програми"],
        ],
        [&["Group"], &["Група"]],
    );
    let stay = band(
        both(ChartKind::Line, Unit::Fraction, stay, &[gaps]),
        0.55,
        0.65,
        ["Cohort, middle half", "Когорта, середня половина"],
    );
    let stay = each(stay, |spec| spec.series[0].withheld = vec![7, 8, 15]);
    let four = [(820.0, 31.0, 60.0), (610.0, 22.0, 90.0), (400.0, 21.0, 50.0), (380.0, 6.0, 40.0)];
    let four: Vec<_> = (0..)
        .zip(four)
        .map(|(index, (at, rise, high))| wave(at, rise, high, 1.3 * f64::from(index)))
        .collect();
    let held = monthly(
        [["Sessions held", "Per month, all locations"], ["Проведені заняття", "За місяць, усі місця"]],
        [&["Mentoring", "Language", "Buddy", "Upskilling"], &["Наставництво", "Мова", "Товариш", "Навчання"]],
    );
    let held = events(
        both(ChartKind::Line, Unit::Count, held, &four),
        &[
            (5.0, ["New centre in Bergen", "Новий центр у Бергені"]),
            (13.5, ["Funding doubled", "Фінансування подвоєно"]),
            (16.0, ["Second language track", "Другий мовний курс"]),
        ],
    );
    let six = [(62.0, 0.5), (55.0, 0.4), (48.0, 0.9), (40.0, 0.3), (34.0, 0.6), (71.0, 0.2)];
    let six: Vec<_> =
        (0..).zip(six).map(|(index, (at, rise))| wave(at, rise, 4.0, 1.3 * f64::from(index))).collect();
    let places = monthly(
        [["Confidence by location", ""], ["Впевненість за місцями", ""]],
        [
            &["Oslo and Akershus", "Bergen", "Trondheim region", "Stavanger", "Tromsø", "Kristiansand"],
            &["Осло та Акерсгус", "Берген", "Тронгейм", "Ставангер", "Тромсе", "Крістіансанн"],
        ],
    );
    vec![stay, held, both(ChartKind::Line, Unit::Points, places, &six)]
}

fn areas() -> Vec<Pair> {
    let reach = monthly(
        [
            ["People reached", "Running total of the year before"],
            ["Охоплено людей", "Разом за попередній рік"],
        ],
        [&["People"], &["Люди"]],
    );
    let hours = monthly(
        [["Volunteer hours", "By programme"], ["Волонтерські години", "За програмами"]],
        [&THREE[0], &THREE[1]],
    );
    let layers = [wave(420.0, 9.0, 40.0, 0.0), wave(260.0, 7.0, 30.0, 1.0), wave(140.0, 5.0, 20.0, 2.0)];
    vec![
        both(ChartKind::Area, Unit::Count, reach, &[wave(1200.0, 48.0, 120.0, 0.0)]),
        each(both(ChartKind::Area, Unit::Hours, hours, &layers), |spec| spec.stacked = true),
    ]
}

fn bars() -> Vec<Pair> {
    let active = [
        all(&[310.0, 342.0, 401.0, 455.0]),
        all(&[210.0, 262.0, 255.0, 312.0]),
        all(&[150.0, 171.0, 220.0, 241.0]),
    ];
    let quarters = || {
        [
            words("Active participants", "At the end of each quarter", &QUARTERS[0], &THREE[0]),
            words("Активні учасники", "На кінець кожного кварталу", &QUARTERS[1], &THREE[1]),
        ]
    };
    let programmes = |titles: [[&'static str; 2]; 2], series: [&'static [&'static str]; 2]| {
        [0, 1].map(|at| words(titles[at][0], titles[at][1], &PROGRAMMES[at], series[at]))
    };
    let net = programmes(
        [
            ["Net value by programme", "Q3 2026, after direct costs"],
            ["Чиста цінність за програмами", "III квартал 2026, після прямих витрат"],
        ],
        [&["Value"], &["Цінність"]],
    );
    let net = both(
        ChartKind::Bar,
        nok(),
        net,
        &[all(&[1_850_000.0, 1_240_000.0, 960_000.0, -310_000.0, 720_000.0])],
    );
    let kept = programmes(
        [
            ["Retention by programme", "Share still taking part after six months"],
            ["Утримання за програмами", "Частка тих, хто бере участь через шість місяців"],
        ],
        [&["Retention"], &["Утримання"]],
    );
    let kept = both(ChartKind::Bar, Unit::Fraction, kept, &[all(&[0.742, 0.683, 0.61, 0.571, 0.488])]);
    let kept = band(kept, 0.55, 0.65, ["Cohort, middle half", "Когорта, середня половина"]);
    let result = [0, 1].map(|at| {
        let title = ["Outcome of participants", "Результати учасників"][at];
        let subtitle = ["By programme, Q3 2026", "За програмами, III квартал 2026"][at];
        let series: [&[&str]; 2] =
            [&["In work", "In education", "Seeking"], &["Працюють", "Навчаються", "Шукають"]];
        words(title, subtitle, &PROGRAMMES[at], series[at])
    });
    let parts = [
        all(&[142.0, 96.0, 60.0, 121.0, 88.0]),
        all(&[71.0, 104.0, 44.0, 50.0, 23.0]),
        all(&[40.0, 62.0, 31.0, 27.0, 18.0]),
    ];
    let mut few = active.to_vec();
    few[1][0] = None;
    few[2][1] = None;
    few[0][2] = None;
    let few = both(ChartKind::Bar, Unit::Count, quarters(), &few);
    let flows = [0, 1].map(|at| {
        let title = ["Joined and left", "Приєдналися та вибули"][at];
        let subtitle = ["Participants per quarter", "Учасники за квартал"][at];
        let series: [&[&str]; 2] =
            [&["Joined", "Returned", "Left"], &["Приєдналися", "Повернулися", "Вибули"]];
        words(title, subtitle, &QUARTERS[at], series[at])
    });
    let moves = [
        all(&[120.0, 164.0, 190.0, 171.0]),
        all(&[18.0, 22.0, 41.0, 36.0]),
        all(&[-64.0, -71.0, -58.0, -92.0]),
    ];
    let flows = each(both(ChartKind::Bar, Unit::Count, flows, &moves), |spec| spec.stacked = true);
    let flows = events(
        flows,
        &[(1.0, ["New centre in Bergen", "Новий центр у Бергені"]), (2.5, ["Summer break", "Літня перерва"])],
    );
    vec![
        both(ChartKind::Bar, Unit::Count, quarters(), &active),
        each(both(ChartKind::Bar, Unit::Count, quarters(), &active), |spec| spec.stacked = true),
        band(net, 600_000.0, 1_100_000.0, ["Plan", "План"]),
        each(kept, |spec| spec.horizontal = true),
        each(both(ChartKind::Bar, Unit::Count, result, &parts), |spec| {
            spec.stacked = true;
            spec.horizontal = true;
        }),
        flows,
        each(few, |spec| {
            spec.series[1].withheld = vec![0];
            spec.series[2].withheld = vec![1];
        }),
    ]
}

fn steps_and_spreads() -> Vec<Pair> {
    let steps = [
        ["Budget", "Grants", "Fees", "Salaries", "Premises", "Forecast"],
        ["Бюджет", "Гранти", "Внески", "Зарплати", "Приміщення", "Прогноз"],
    ];
    let flow = [
        words("From budget to forecast", "Full year 2026", &steps[0], &["Result"]),
        words("Від бюджету до прогнозу", "2026 рік", &steps[1], &["Результат"]),
    ];
    let amounts = all(&[2_400_000.0, 850_000.0, 320_000.0, -1_150_000.0, -240_000.0, 2_180_000.0]);
    let flow = each(both(ChartKind::Waterfall, nok(), flow, &[amounts]), |spec| spec.totals = vec![0, 5]);
    let value = [wave(0.46, 0.009, 0.04, 0.6)];
    let rank = monthly(
        [
            ["Engagement in the cohort", "Technology, 51–500 employees, Europe"],
            ["Залученість у когорті", "Технології, 51–500 працівників, Європа"],
        ],
        [&["Fjordlys Group"], &["Fjordlys Group"]],
    );
    let around = |median: f64, wide: f64| Percentiles {
        p10: median - 1.7 * wide,
        p25: median - 0.8 * wide,
        median,
        p75: median + 0.7 * wide,
        p90: median + 1.5 * wide,
    };
    let spread: Vec<_> = wave(0.5, 0.003, 0.015, 2.0)
        .into_iter()
        .enumerate()
        .map(|(month, median)| (month > 1).then(|| around(median.unwrap_or(0.5), 0.07)))
        .collect();
    let mut names = ["Cohort", "Когорта"].into_iter().cycle();
    let mut with = |pair: Pair, spread: Vec<Option<Percentiles>>| {
        pair.map(|spec| {
            let name = names.next().unwrap_or_default().into();
            ChartSpec { cohort: Some(Cohort { name, spread: spread.clone() }), ..spec }
        })
    };
    let ribbon = with(both(ChartKind::Ribbon, Unit::Fraction, rank, &value), spread);
    let scores = [
        words("Outcomes in the cohort", "Q3 2026", &OUTCOMES[0], &["Fjordlys Group"]),
        words("Результати в когорті", "III квартал 2026", &OUTCOMES[1], &["Fjordlys Group"]),
    ];
    let mut own = all(&[0.82, 0.64, 0.71, 0.9, 0.0, 0.76]);
    own[4] = None;
    let strips = [0.66, 0.7, 0.6, 0.72, 0.65, 0.61].map(|median| Some(around(median, 0.08))).to_vec();
    let strips = with(both(ChartKind::Ribbon, Unit::Fraction, scores, &[own]), strips);
    let strips = each(strips, |spec| {
        spec.horizontal = true;
        spec.series[0].withheld = vec![4];
    });
    vec![flow, ribbon, strips]
}

fn rounds() -> Vec<Pair> {
    let hours = [all(&[1840.0, 1210.0, 960.0, 540.0, 230.0])];
    let scores = [all(&[0.82, 0.64, 0.71, 0.9, 0.58, 0.76]), all(&[0.66, 0.7, 0.6, 0.72, 0.65, 0.61])];
    let part = || {
        [
            words("Hours by programme", "Q3 2026", &PROGRAMMES[0], &["Hours"]),
            words("Години за програмами", "III квартал 2026", &PROGRAMMES[1], &["Години"]),
        ]
    };
    let series: [&[&str]; 2] = [&["Fjordlys Group", "Cohort median"], &["Fjordlys Group", "Медіана когорти"]];
    let profile = [
        words("Outcome profile", "Scores against the cohort median", &OUTCOMES[0], series[0]),
        words("Профіль результатів", "Оцінки порівняно з медіаною когорти", &OUTCOMES[1], series[1]),
    ];
    let mut known = hours.to_vec();
    known[0][3] = None;
    known[0][4] = None;
    let some = both(ChartKind::Doughnut, Unit::Hours, part(), &known);
    vec![
        both(ChartKind::Doughnut, Unit::Hours, part(), &hours),
        each(some, |spec| spec.series[0].withheld = vec![3, 4]),
        both(ChartKind::Radar, Unit::Fraction, profile, &scores),
    ]
}

fn cards() -> Vec<Pair> {
    let card = |titles: [[&'static str; 2]; 2]| monthly(titles, [&["Value"], &["Показник"]]);
    let better = card([
        ["Social return on investment", "Q3 2026"],
        ["Соціальна віддача від інвестицій", "III квартал 2026"],
    ]);
    let better = both(ChartKind::Kpi, Unit::Ratio, better, &[wave(2.4, 0.042, 0.12, 0.0)]);
    let mut periods = ["Q2 2026", "II квартал 2026"].into_iter().cycle();
    let mut compared = |pair: Pair, value: Option<f64>, better: Better| {
        pair.map(|spec| {
            let name = periods.next().unwrap_or_default().into();
            ChartSpec { comparison: Some(Comparison { name, value, better }), ..spec }
        })
    };
    let better = compared(better, Some(3.11), Better::Higher);
    let worse = card([["Days until placement", "Median"], ["Днів до працевлаштування", "Медіана"]]);
    let worse = both(ChartKind::Kpi, Unit::Count, worse, &[wave(61.0, 1.6, 5.0, 0.0)]);
    let worse = compared(worse, Some(88.0), Better::Lower);
    let none = [["Engagement", "By month"], ["Залученість", "За місяцями"]];
    let none = |kind| both(kind, Unit::Fraction, card(none), &[vec![None; 24]]);
    let hidden = each(none(ChartKind::Line), |spec| spec.series[0].withheld = (0..24).collect());
    vec![better, worse, none(ChartKind::Bar), hidden]
}

/// Hard cases: long and many names, many series, scripts without a font, small tiles.
pub(crate) fn edges() -> Vec<(ChartSpec, Size)> {
    let long = strings(&[
        "Mentoring for newcomers in the northern regions",
        "Språkkafé og norsktrening på arbeidsplassen",
        "Buddy",
        "Підвищення кваліфікації та сертифікати",
        "Internships",
        "Job readiness",
        "ליווי עולים חדשים",
        "Sports and culture",
        "日本語の会話サロン",
        "Digital skills",
        "التوجيه المهني",
        "Volunteering",
    ]);
    let one = [(0..12).map(|index| Some(f64::from(30 + index * 37 % 90))).collect::<Values>()];
    let names: Vec<_> = (1..=12).map(|index| format!("Location number {index}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let many: Vec<_> =
        (0..12).map(f64::from).map(|index| wave(100.0 + 50.0 * index, 4.0, 20.0, index)).collect();
    let count = |kind, title, subtitle, categories: &[String], series: &[&str], values: &[Values]| {
        chart(kind, Unit::Count, &Words { title, subtitle, categories: categories.to_vec(), series }, values)
    };
    let wide = count(ChartKind::Bar, "Sessions by programme", "All programmes", &long, &["Sessions"], &one);
    let lying = ChartSpec { horizontal: true, ..wide.clone() };
    let crowd = count(ChartKind::Line, "Twelve locations", "", &months(0), &names, &many);
    let parts = count(ChartKind::Doughnut, "Twelve parts", "", &long, &["Sessions"], &one);
    let trend = [wave(3.0, 0.05, 0.3, 0.0)];
    let spark = count(ChartKind::Sparkline, "", "", &months(0), &["Value"], &trend);
    let card = |mode| ChartSpec {
        unit: Unit::Ratio,
        comparison: Some(Comparison { name: "Q2 2026".into(), value: Some(4.1), better: Better::Higher }),
        mode,
        ..count(ChartKind::Kpi, "Social return on investment", "", &months(0), &["Value"], &trend)
    };
    let small = Size { width_pt: 240.0, height_pt: 150.0 };
    let narrow = Size { width_pt: 180.0, height_pt: 120.0 };
    let strip = Size { width_pt: 160.0, height_pt: 44.0 };
    let dark = |spec: &ChartSpec| ChartSpec { mode: Mode::Dark, ..spec.clone() };
    vec![
        (wide.clone(), TILE),
        (dark(&lying), TILE),
        (parts.clone(), TILE),
        (dark(&crowd), TILE),
        (wide, small),
        (dark(&crowd), small),
        (lying, small),
        (dark(&parts), Size { width_pt: 240.0, height_pt: 270.0 }),
        (card(Mode::Light), narrow),
        (card(Mode::Dark), narrow),
        (spark.clone(), strip),
        (dark(&spark), strip),
    ]
}
