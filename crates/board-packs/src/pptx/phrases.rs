//! Fixed words that only a presentation needs, in three languages. The words of every pack are in `crate::words`.

use board_domain::Locale;

/// Fixed words in one language.
pub(super) struct Phrases {
    /// Before the names of a doughnut's rings.
    pub(super) rings: &'static str,
    /// Before the places whose values are withheld.
    pub(super) withheld: &'static str,
    /// Name of the series that holds events.
    pub(super) events: &'static str,
    /// Lower and upper edge of a band.
    pub(super) from: &'static str,
    pub(super) to: &'static str,
    /// Columns of a waterfall's workbook.
    pub(super) step: &'static str,
    pub(super) is_total: &'static str,
    pub(super) level: &'static str,
    pub(super) base: &'static str,
    pub(super) up: &'static str,
    pub(super) down: &'static str,
    pub(super) total: &'static str,
    pub(super) below_zero: &'static str,
    /// Below what a slide could not hold.
    pub(super) more: &'static str,
    /// Name of the workbook's second sheet.
    pub(super) lineage: &'static str,
    /// What the lineage says of the chart.
    pub(super) chart: &'static str,
    pub(super) keywords: &'static str,
}

impl Phrases {
    pub(super) fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::En => &ENGLISH,
            Locale::Nb => &NORWEGIAN,
            Locale::Uk => &UKRAINIAN,
        }
    }
}

static ENGLISH: Phrases = Phrases {
    rings: "Rings from the inside",
    withheld: "Withheld, because fewer than ten people stand behind it",
    events: "Events",
    from: "from",
    to: "to",
    step: "Step",
    is_total: "Shows a level (1) or a step (0)",
    level: "Level reached",
    base: "Base (not drawn)",
    up: "Increase",
    down: "Decrease",
    total: "Level",
    below_zero: "below zero",
    more: "The rest is in the speaker notes and in the PDF",
    lineage: "Lineage",
    chart: "Chart",
    keywords: "board pack, signed, native charts",
};

static NORWEGIAN: Phrases = Phrases {
    rings: "Ringer innenfra",
    withheld: "Holdt tilbake, fordi færre enn ti personer står bak",
    events: "Hendelser",
    from: "fra",
    to: "til",
    step: "Steg",
    is_total: "Viser et nivå (1) eller et steg (0)",
    level: "Nivå nådd",
    base: "Grunnlag (tegnes ikke)",
    up: "Økning",
    down: "Nedgang",
    total: "Nivå",
    below_zero: "under null",
    more: "Resten står i notatene og i PDF-en",
    lineage: "Sporing",
    chart: "Diagram",
    keywords: "styrepakke, signert, redigerbare diagrammer",
};

static UKRAINIAN: Phrases = Phrases {
    rings: "Кільця зсередини",
    withheld: "Не показано, бо за цим стоїть менш ніж десять осіб",
    events: "Події",
    from: "від",
    to: "до",
    step: "Крок",
    is_total: "Показує рівень (1) або крок (0)",
    level: "Досягнутий рівень",
    base: "Основа (не малюється)",
    up: "Зростання",
    down: "Спад",
    total: "Рівень",
    below_zero: "нижче нуля",
    more: "Решта — у нотатках доповідача та в PDF",
    lineage: "Походження",
    chart: "Діаграма",
    keywords: "пакет для ради, підписано, редаговані діаграми",
};
