//! Renders one picture with every kind of chart, light and dark, English and Ukrainian, to `docs/charts.png`.
//!
//! For looking at; no test compares it.

use std::error::Error;
use std::f64::consts::TAU;
use std::path::Path;

use board_charts::{Band, ChartKind, ChartSpec, Mode, Series, Size, png};
use board_domain::{Currency, Locale, Unit};
use tiny_skia::{Color, Pixmap, PixmapPaint, Transform};

const COLUMNS: usize = 4;
const TILE: Size = Size { width_pt: 480.0, height_pt: 270.0 };
const GAP: f64 = 14.0;
const DPI: f32 = 108.0;

fn main() -> Result<(), Box<dyn Error>> {
    let mut tiles: Vec<(ChartSpec, Size)> = Vec::new();
    for [en, uk] in kinds() {
        for (texts, locale) in [(en, Locale::En), (uk, Locale::Uk)] {
            for mode in [Mode::Light, Mode::Dark] {
                tiles.push((ChartSpec { mode, locale, ..texts.clone() }, TILE));
            }
        }
    }
    tiles.extend(edges());
    let scale = f64::from(DPI) / 72.0;
    let rows = tiles.len().div_ceil(COLUMNS);
    let pixels = |points: f64| (points * scale).round();
    let side = |count: usize, tile: f64| pixels(count as f64 * (tile + GAP) + GAP);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let mut page = Pixmap::new(side(COLUMNS, TILE.width_pt) as u32, side(rows, TILE.height_pt) as u32)
        .ok_or("the page is empty")?;
    page.fill(Color::from_rgba8(0xcb, 0xd5, 0xe1, 0xff));
    for (index, (spec, size)) in tiles.iter().enumerate() {
        let tile = Pixmap::decode_png(&png(spec, *size, DPI)?)?;
        let (column, row) = (index % COLUMNS, index / COLUMNS);
        let x = pixels(GAP + column as f64 * (TILE.width_pt + GAP) + (TILE.width_pt - size.width_pt) / 2.0);
        let y = pixels(GAP + row as f64 * (TILE.height_pt + GAP) + (TILE.height_pt - size.height_pt) / 2.0);
        #[allow(clippy::cast_possible_truncation)]
        page.draw_pixmap(
            x as i32,
            y as i32,
            tile.as_ref(),
            &PixmapPaint::default(),
            Transform::identity(),
            None,
        );
    }
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/charts.png");
    page.save_png(target)?;
    Ok(())
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONTHS_UK: [&str; 12] =
    ["січ.", "лют.", "бер.", "квіт.", "трав.", "черв.", "лип.", "серп.", "вер.", "жовт.", "лист.", "груд."];

fn months(names: [&str; 12]) -> Vec<String> {
    [25, 26].into_iter().flat_map(|year| names.map(|name| format!("{name} {year}"))).collect()
}

/// A rising, waving row of 24 values: whole numbers for counts, thousandths for shares and ratios.
fn wave(start: f64, rise: f64, height: f64, shift: f64) -> Vec<Option<f64>> {
    let digits = if start >= 10.0 { 1.0 } else { 1000.0 };
    let value = |month: f64| start + rise * month + height * (TAU * month / 9.0 + shift).sin();
    (0..24).map(|month| Some((value(f64::from(month)) * digits).round() / digits)).collect()
}

fn all(values: &[f64]) -> Vec<Option<f64>> {
    values.iter().copied().map(Some).collect()
}

/// What differs between the languages.
struct Words<'a> {
    title: &'a str,
    subtitle: &'a str,
    categories: Vec<String>,
    series: &'a [&'a str],
}

fn chart(kind: ChartKind, unit: Unit, words: &Words, values: &[Vec<Option<f64>>]) -> ChartSpec {
    let row = |(name, values): (&&str, &Vec<_>)| Series::new(*name, values.clone());
    ChartSpec {
        title: words.title.into(),
        subtitle: words.subtitle.into(),
        categories: words.categories.clone(),
        series: words.series.iter().zip(values).map(row).collect(),
        ..ChartSpec::new(kind, unit, Locale::En)
    }
}

fn both(kind: ChartKind, unit: Unit, words: [Words; 2], values: &[Vec<Option<f64>>]) -> [ChartSpec; 2] {
    words.map(|words| chart(kind, unit, &words, values))
}

fn with_band(charts: [ChartSpec; 2], low: f64, high: f64, names: [&str; 2]) -> [ChartSpec; 2] {
    let [en, uk] = charts;
    let band = |name: &str| Some(Band { name: name.into(), low, high });
    [ChartSpec { band: band(names[0]), ..en }, ChartSpec { band: band(names[1]), ..uk }]
}

/// Every row of the sheet, in English and in Ukrainian.
fn kinds() -> Vec<[ChartSpec; 2]> {
    let mut rows = lines();
    rows.extend(bars());
    rows.extend(rounds());
    rows
}

fn lines() -> Vec<[ChartSpec; 2]> {
    let words = |title, subtitle, series| Words { title, subtitle, categories: months(MONTHS), series };
    let words_uk = |title, subtitle, series| Words { title, subtitle, categories: months(MONTHS_UK), series };
    let mut gaps = wave(0.52, 0.006, 0.05, 0.4);
    gaps[7..10].fill(None);
    gaps[15] = None;
    gaps[17] = None;
    let four = [(820.0, 31.0, 60.0), (610.0, 22.0, 90.0), (400.0, 21.0, 50.0), (380.0, 6.0, 40.0)];
    let six = [(62.0, 0.5), (55.0, 0.4), (48.0, 0.9), (40.0, 0.3), (34.0, 0.6), (71.0, 0.2)];
    let shifted = |index: usize| 1.3 * index as f64;
    let four: Vec<_> = four
        .into_iter()
        .enumerate()
        .map(|(index, (at, rise, high))| wave(at, rise, high, shifted(index)))
        .collect();
    let six: Vec<_> =
        six.into_iter().enumerate().map(|(index, (at, rise))| wave(at, rise, 4.0, shifted(index))).collect();
    let stay = both(
        ChartKind::Line,
        Unit::Fraction,
        [
            words(
                "Participants who stay in contact",
                "Six months after the programme; small groups are withheld",
                &["Group"],
            ),
            words_uk("Учасники, що підтримують зв’язок", "Через шість місяців після програми", &["Група"]),
        ],
        &[gaps],
    );
    let places = ["Oslo and Akershus", "Bergen", "Trondheim region", "Stavanger", "Tromsø", "Kristiansand"];
    let places_uk = ["Осло та Акерсгус", "Берген", "Тронгейм", "Ставангер", "Тромсе", "Крістіансанн"];
    vec![
        with_band(stay, 0.55, 0.65, ["Cohort, middle half", "Когорта, середня половина"]),
        both(
            ChartKind::Line,
            Unit::Count,
            [
                words(
                    "Sessions held",
                    "Per month, all locations",
                    &["Mentoring", "Language", "Buddy", "Upskilling"],
                ),
                words_uk(
                    "Проведені заняття",
                    "За місяць, усі місця",
                    &["Наставництво", "Мова", "Товариш", "Навчання"],
                ),
            ],
            &four,
        ),
        both(
            ChartKind::Line,
            Unit::Points,
            [
                words("Confidence by location", "", &places),
                words_uk("Впевненість за місцями", "", &places_uk),
            ],
            &six,
        ),
        both(
            ChartKind::Line,
            Unit::Fraction,
            [
                words("Engagement", "By month", &["Share"]),
                words_uk("Залученість", "За місяцями", &["Частка"]),
            ],
            &[vec![None; 24]],
        ),
    ]
}

const PROGRAMMES: [&str; 5] =
    ["Mentoring for newcomers", "Language cafés", "Buddy", "Upskilling and certificates", "Internships"];
const PROGRAMMES_UK: [&str; 5] = [
    "Наставництво для новоприбулих",
    "Мовні кафе",
    "Товариш",
    "Підвищення кваліфікації та сертифікати",
    "Стажування",
];

fn bars() -> Vec<[ChartSpec; 2]> {
    let nok = Unit::Money(Currency::parse("NOK").expect("a currency code"));
    let active = [
        all(&[310.0, 342.0, 401.0, 455.0]),
        all(&[210.0, 262.0, 255.0, 312.0]),
        all(&[150.0, 171.0, 220.0, 241.0]),
    ];
    let value = [all(&[1_850_000.0, 1_240_000.0, 960_000.0, -310_000.0, 720_000.0])];
    let net = both(
        ChartKind::Bar,
        nok,
        [
            Words {
                title: "Net value by programme",
                subtitle: "Q3 2026, after direct costs",
                categories: words(&PROGRAMMES),
                series: &["Value"],
            },
            Words {
                title: "Чиста цінність за програмами",
                subtitle: "III квартал 2026, після прямих витрат",
                categories: words(&PROGRAMMES_UK),
                series: &["Цінність"],
            },
        ],
        &value,
    );
    vec![
        both(
            ChartKind::Bar,
            Unit::Count,
            [
                Words {
                    title: "Active participants",
                    subtitle: "At the end of each quarter",
                    categories: words(&["Q4 25", "Q1 26", "Q2 26", "Q3 26"]),
                    series: &["Mentoring", "Language", "Upskilling"],
                },
                Words {
                    title: "Активні учасники",
                    subtitle: "На кінець кожного кварталу",
                    categories: words(&["К4 25", "К1 26", "К2 26", "К3 26"]),
                    series: &["Наставництво", "Мова", "Навчання"],
                },
            ],
            &active,
        ),
        with_band(net, 600_000.0, 1_100_000.0, ["Plan", "План"]),
    ]
}

fn rounds() -> Vec<[ChartSpec; 2]> {
    let hours = [all(&[1840.0, 1210.0, 960.0, 540.0, 230.0])];
    let scores = [all(&[0.82, 0.64, 0.71, 0.9, 0.58, 0.76]), all(&[0.66, 0.7, 0.6, 0.72, 0.65, 0.61])];
    let outcomes = ["Belonging", "Language", "Job readiness", "Wellbeing", "Network", "Confidence"];
    let outcomes_uk =
        ["Приналежність", "Мова", "Готовність до роботи", "Добробут", "Мережа контактів", "Впевненість"];
    let part = |title, subtitle, categories: &[&str]| Words {
        title,
        subtitle,
        categories: words(categories),
        series: &["Hours"],
    };
    vec![
        both(
            ChartKind::Doughnut,
            Unit::Hours,
            [
                part("Hours by programme", "Q3 2026", &PROGRAMMES),
                part("Години за програмами", "III квартал 2026", &PROGRAMMES_UK),
            ],
            &hours,
        ),
        both(
            ChartKind::Radar,
            Unit::Fraction,
            [
                Words {
                    title: "Outcome profile",
                    subtitle: "Scores against the cohort median",
                    categories: words(&outcomes),
                    series: &["Fjordlys Group", "Cohort median"],
                },
                Words {
                    title: "Профіль результатів",
                    subtitle: "Оцінки порівняно з медіаною когорти",
                    categories: words(&outcomes_uk),
                    series: &["Fjordlys Group", "Медіана когорти"],
                },
            ],
            &scores,
        ),
    ]
}

/// Hard cases: long and many names, many series, small tiles.
fn edges() -> Vec<(ChartSpec, Size)> {
    let long = words(&[
        "Mentoring for newcomers in the northern regions",
        "Språkkafé og norsktrening på arbeidsplassen",
        "Buddy",
        "Підвищення кваліфікації та сертифікати",
        "Internships",
        "Job readiness",
        "Leadership",
        "Sports and culture",
        "Family",
        "Digital skills",
        "Health and wellbeing",
        "Volunteering",
    ]);
    let one: Vec<_> = (0..12).map(|index| Some(f64::from(30 + index * 37 % 90))).collect();
    let names: Vec<_> = (1..=12).map(|index| format!("Location number {index}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let many: Vec<_> =
        (0..12).map(f64::from).map(|index| wave(100.0 + 50.0 * index, 4.0, 20.0, index)).collect();
    let count = |kind, title, subtitle, categories: &[String], series: &[&str], values: &[Vec<_>]| {
        let words = Words { title, subtitle, categories: categories.to_vec(), series };
        chart(kind, Unit::Count, &words, values)
    };
    let one = [one];
    let wide = count(
        ChartKind::Bar,
        "Sessions by programme",
        "All programmes, this year",
        &long,
        &["Sessions"],
        &one,
    );
    let crowd = count(ChartKind::Line, "Twelve locations", "", &months(MONTHS), &names, &many);
    let parts = count(ChartKind::Doughnut, "Twelve parts", "", &long, &["Sessions"], &one);
    let trend = [wave(3.0, 0.05, 0.3, 0.0)];
    let spark = count(ChartKind::Sparkline, "", "", &months(MONTHS), &["Value"], &trend);
    let small = Size { width_pt: 240.0, height_pt: 150.0 };
    let card = Size { width_pt: 160.0, height_pt: 44.0 };
    let dark = |spec: &ChartSpec| ChartSpec { mode: Mode::Dark, ..spec.clone() };
    vec![
        (wide.clone(), TILE),
        (dark(&crowd), TILE),
        (parts.clone(), TILE),
        (dark(&parts), Size { width_pt: 240.0, height_pt: 270.0 }),
        (wide, small),
        (dark(&crowd), small),
        (spark.clone(), card),
        (dark(&spark), card),
    ]
}
