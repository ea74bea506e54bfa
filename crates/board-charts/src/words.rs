//! The few words a chart says by itself, in the three languages.
//!
//! Not a message catalogue: titles, series and categories arrive translated.

use board_domain::formula::MINIMUM_PEOPLE;
use board_domain::{Locale, Movement, Unit};

use crate::{ChartKind, ChartSpec};

/// Words by locale, in the order English, Norwegian, Ukrainian.
pub(crate) fn pick(locale: Locale, words: [&'static str; 3]) -> &'static str {
    match locale {
        Locale::En => words[0],
        Locale::Nb => words[1],
        Locale::Uk => words[2],
    }
}

pub(crate) fn no_data(locale: Locale) -> &'static str {
    pick(locale, ["No data for this period", "Ingen data for denne perioden", "Немає даних за цей період"])
}

pub(crate) fn total(locale: Locale) -> &'static str {
    pick(locale, ["Total", "Totalt", "Усього"])
}

pub(crate) fn other(locale: Locale, parts: usize) -> String {
    format!("{} ({parts})", pick(locale, ["Other", "Andre", "Інше"]))
}

pub(crate) fn category(locale: Locale) -> &'static str {
    pick(locale, ["Category", "Kategori", "Категорія"])
}

pub(crate) fn share(locale: Locale) -> &'static str {
    pick(locale, ["Share", "Andel", "Частка"])
}

/// The caption over a value axis; empty where the labels already carry the unit.
pub(crate) fn unit(locale: Locale, unit: Unit) -> String {
    match unit {
        Unit::Count | Unit::Fraction => String::new(),
        Unit::Hours => pick(locale, ["Hours", "Timer", "Години"]).into(),
        Unit::Points => pick(locale, ["Points", "Poeng", "Бали"]).into(),
        Unit::Ratio => {
            pick(locale, ["Value per 1 invested", "Verdi per 1 investert", "Цінність на 1 вкладену"]).into()
        }
        Unit::Money(currency) => currency.code().into(),
    }
}

/// What the chart is called.
pub(crate) fn kind(spec: &ChartSpec) -> &'static str {
    let words = match (spec.kind, spec.stacked) {
        (ChartKind::Line, _) => ["Line chart", "Linjediagram", "Лінійна діаграма"],
        (ChartKind::Bar, false) => ["Bar chart", "Søylediagram", "Стовпчаста діаграма"],
        (ChartKind::Bar, true) => {
            ["Stacked bar chart", "Stablet søylediagram", "Стовпчаста діаграма з накопиченням"]
        }
        (ChartKind::Doughnut, _) => ["Doughnut chart", "Ringdiagram", "Кільцева діаграма"],
        (ChartKind::Radar, _) => ["Radar chart", "Radardiagram", "Пелюсткова діаграма"],
        (ChartKind::Sparkline, _) => ["Trend line", "Trendlinje", "Лінія тренду"],
        (ChartKind::Area, false) => ["Area chart", "Arealdiagram", "Діаграма з областями"],
        (ChartKind::Area, true) => {
            ["Stacked area chart", "Stablet arealdiagram", "Діаграма з областями з накопиченням"]
        }
        (ChartKind::Ribbon, _) => ["Percentile ribbon", "Persentilbånd", "Смуга процентилів"],
        (ChartKind::Kpi, _) => ["Key figure", "Nøkkeltall", "Ключовий показник"],
        (ChartKind::Waterfall, _) => ["Waterfall chart", "Fossefallsdiagram", "Каскадна діаграма"],
    };
    pick(spec.locale, words)
}

/// The caption in the middle of a ring of which parts are withheld.
pub(crate) fn total_shown(locale: Locale) -> &'static str {
    pick(locale, ["Total shown", "Sum av viste", "Показано разом"])
}

pub(crate) fn withheld(locale: Locale) -> &'static str {
    pick(locale, ["withheld", "tilbakeholdt", "приховано"])
}

pub(crate) fn withheld_legend(locale: Locale) -> String {
    match locale {
        Locale::En => format!("Withheld (fewer than {MINIMUM_PEOPLE})"),
        Locale::Nb => format!("Tilbakeholdt (færre enn {MINIMUM_PEOPLE})"),
        Locale::Uk => format!("Приховано (менше ніж {MINIMUM_PEOPLE})"),
    }
}

/// Head of the state in which nothing may be shown.
pub(crate) fn withheld_state(locale: Locale) -> &'static str {
    pick(locale, ["Withheld", "Tilbakeholdt", "Дані приховано"])
}

pub(crate) fn withheld_why(locale: Locale) -> String {
    match locale {
        Locale::En => format!("withheld, fewer than {MINIMUM_PEOPLE} people"),
        Locale::Nb => format!("tilbakeholdt, færre enn {MINIMUM_PEOPLE} personer"),
        Locale::Uk => format!("приховано, менше ніж {MINIMUM_PEOPLE} осіб"),
    }
}

/// The sentence under [`withheld_state`].
pub(crate) fn withheld_sentence(locale: Locale) -> String {
    match locale {
        Locale::En => format!("It would speak of fewer than {MINIMUM_PEOPLE} people"),
        Locale::Nb => format!("Det ville gjelde færre enn {MINIMUM_PEOPLE} personer"),
        Locale::Uk => format!("Ідеться про менш ніж {MINIMUM_PEOPLE} осіб"),
    }
}

pub(crate) fn missing(locale: Locale) -> &'static str {
    pick(locale, ["not measured", "ikke målt", "не виміряно"])
}

pub(crate) fn median(locale: Locale) -> &'static str {
    pick(locale, ["median", "median", "медіана"])
}

pub(crate) fn percentile(locale: Locale, percent: u8) -> String {
    match locale {
        Locale::En => format!("{percent}th percentile"),
        Locale::Nb => format!("{percent}. persentil"),
        Locale::Uk => format!("{percent}-й процентиль"),
    }
}

/// The sign behind a range of percentages.
pub(crate) fn percent_sign(locale: Locale) -> &'static str {
    pick(locale, ["%", "\u{a0}%", "\u{a0}%"])
}

pub(crate) fn level(locale: Locale) -> &'static str {
    pick(locale, ["level", "nivå", "рівень"])
}

pub(crate) fn increase(locale: Locale) -> &'static str {
    pick(locale, ["Increase", "Økning", "Зростання"])
}

pub(crate) fn decrease(locale: Locale) -> &'static str {
    pick(locale, ["Decrease", "Nedgang", "Зменшення"])
}

pub(crate) fn events(locale: Locale) -> &'static str {
    pick(locale, ["Events", "Hendelser", "Події"])
}

pub(crate) fn nothing_earlier(locale: Locale) -> &'static str {
    pick(locale, ["No earlier value", "Ingen tidligere verdi", "Немає попереднього значення"])
}

/// Follows a change: `on Q2 2026`.
pub(crate) fn against(locale: Locale, name: &str) -> String {
    match locale {
        Locale::En => format!("on {name}"),
        Locale::Nb => format!("mot {name}"),
        Locale::Uk => format!("проти: {name}"),
    }
}

pub(crate) fn moved(locale: Locale, movement: Movement) -> &'static str {
    let words = match movement {
        Movement::Improving => ["improving", "bedre", "покращення"],
        Movement::Declining => ["declining", "svakere", "погіршення"],
        Movement::Stable => ["stable", "stabilt", "без змін"],
        Movement::New => ["new", "nytt", "новий показник"],
    };
    pick(locale, words)
}

/// `3 values missing`.
pub(crate) fn values_missing(locale: Locale, count: usize) -> String {
    let word = plural(
        locale,
        count,
        ["value missing", "values missing"],
        ["verdi mangler", "verdier mangler"],
        ["значення пропущено", "значення пропущено", "значень пропущено"],
    );
    format!("{count} {word}")
}

/// `3 values withheld, fewer than 10 people`.
pub(crate) fn values_withheld(locale: Locale, count: usize) -> String {
    let word =
        plural(locale, count, ["value", "values"], ["verdi", "verdier"], ["значення", "значення", "значень"]);
    format!("{count} {word} {}", withheld_why(locale))
}

/// In how many of the compared categories the company stands above the cohort's median.
pub(crate) fn above_median(locale: Locale, above: usize, of: usize) -> String {
    match locale {
        Locale::En => format!("above the median in {above} of {of}"),
        Locale::Nb => format!("over medianen i {above} av {of}"),
        Locale::Uk => {
            let word = plural(locale, above, [""; 2], [""; 2], ["категорії", "категоріях", "категоріях"]);
            format!("вище медіани у {above} {word} з {of}")
        }
    }
}

/// The form for a count by the rules of CLDR; Ukrainian has one, few and many.
pub(crate) fn plural(
    locale: Locale,
    count: usize,
    en: [&'static str; 2],
    nb: [&'static str; 2],
    uk: [&'static str; 3],
) -> &'static str {
    match locale {
        Locale::En => en[usize::from(count != 1)],
        Locale::Nb => nb[usize::from(count != 1)],
        Locale::Uk => match (count % 10, count % 100) {
            (1, hundred) if hundred != 11 => uk[0],
            (2..=4, hundred) if !(12..=14).contains(&hundred) => uk[1],
            _ => uk[2],
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ukrainian_counts_by_its_own_rules() {
        let forms = ["one", "few", "many"];
        for (count, form) in [
            (0, "many"),
            (1, "one"),
            (2, "few"),
            (4, "few"),
            (5, "many"),
            (11, "many"),
            (12, "many"),
            (14, "many"),
            (21, "one"),
            (22, "few"),
            (25, "many"),
            (101, "one"),
            (111, "many"),
            (112, "many"),
            (122, "few"),
        ] {
            assert_eq!(plural(Locale::Uk, count, [""; 2], [""; 2], forms), form, "{count}");
        }
        assert_eq!(values_missing(Locale::En, 1), "1 value missing");
        assert_eq!(values_missing(Locale::Nb, 2), "2 verdier mangler");
        assert_eq!(values_missing(Locale::Uk, 3), "3 значення пропущено");
        assert_eq!(values_withheld(Locale::Uk, 11), "11 значень приховано, менше ніж 10 осіб");
    }
}
