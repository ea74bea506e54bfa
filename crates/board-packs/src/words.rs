//! The fixed words of a pack in its three languages. Not the plan's own words, which arrive finished.

use board_domain::Locale;

use crate::Trend;

/// Fixed words in one language.
pub(crate) struct Words {
    pub(crate) contents: &'static str,
    pub(crate) about: &'static str,
    pub(crate) about_text: &'static str,
    pub(crate) fact: &'static str,
    pub(crate) value: &'static str,
    pub(crate) tenant: &'static str,
    pub(crate) sequence: &'static str,
    pub(crate) epoch: &'static str,
    pub(crate) report: &'static str,
    pub(crate) status: &'static str,
    pub(crate) approval: &'static str,
    pub(crate) exporter: &'static str,
    pub(crate) exported_at: &'static str,
    pub(crate) template: &'static str,
    pub(crate) figures: &'static str,
    pub(crate) definitions: &'static str,
    pub(crate) heads: &'static str,
    pub(crate) fingerprint: &'static str,
    pub(crate) signed_by: &'static str,
    pub(crate) verify: &'static str,
    pub(crate) verify_steps: [&'static str; 3],
    pub(crate) evidence: &'static str,
    pub(crate) evidence_text: &'static str,
    pub(crate) source: &'static str,
    pub(crate) page: &'static str,
    pub(crate) of: &'static str,
    pub(crate) continued: &'static str,
    improving: &'static str,
    declining: &'static str,
    stable: &'static str,
}

impl Words {
    pub(crate) fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::En => &ENGLISH,
            Locale::Nb => &NORWEGIAN,
            Locale::Uk => &UKRAINIAN,
        }
    }

    pub(crate) fn trend(&self, trend: Trend) -> &'static str {
        match trend {
            Trend::Improving => self.improving,
            Trend::Declining => self.declining,
            Trend::Stable => self.stable,
        }
    }
}

static ENGLISH: Words = Words {
    contents: "Contents",
    about: "About this pack",
    about_text: "This pack was made on the exporter’s device from one numbered state of the company’s log. The facts \
                 below are embedded in the file as its manifest and signed together with every page, so that anybody \
                 can check, without a network, where the figures come from and that nothing was changed since.",
    fact: "Fact",
    value: "Value",
    tenant: "Tenant",
    sequence: "State of the log",
    epoch: "Epoch of the log",
    report: "Report",
    status: "Status",
    approval: "Approval",
    exporter: "Exported by",
    exported_at: "Exported at",
    template: "Template",
    figures: "Figures traced",
    definitions: "Metric definitions",
    heads: "Chain head",
    fingerprint: "Fingerprint of the manifest (SHA-256)",
    signed_by: "Signed with key (Ed25519)",
    verify: "How to check this file",
    verify_steps: [
        "Run “boardroom verify FILE”, or open the file in Boardroom under Verify. No network is needed.",
        "Compare the key above with the key your company publishes. A file signed by another key is not from your company.",
        "Any change to the file, even of one character, makes the check fail.",
    ],
    evidence: "Evidence",
    evidence_text: "Numbers in the text refer to these entries. Names and other personal data were removed before the \
                    text reached this device.",
    source: "Source",
    page: "Page",
    of: "of",
    continued: "continued",
    improving: "Improving",
    declining: "Declining",
    stable: "Stable",
};

static NORWEGIAN: Words = Words {
    contents: "Innhold",
    about: "Om dette dokumentet",
    about_text: "Dokumentet er laget på eksportørens enhet fra én nummerert tilstand av selskapets logg. Opplysningene \
                 nedenfor ligger i filen som manifest og er signert sammen med hver side, slik at hvem som helst uten \
                 nett kan kontrollere hvor tallene kommer fra, og at ingenting er endret siden.",
    fact: "Opplysning",
    value: "Verdi",
    tenant: "Selskap",
    sequence: "Loggens tilstand",
    epoch: "Loggens epoke",
    report: "Rapport",
    status: "Status",
    approval: "Godkjenning",
    exporter: "Eksportert av",
    exported_at: "Eksportert",
    template: "Mal",
    figures: "Sporede tall",
    definitions: "Måldefinisjoner",
    heads: "Kjedens siste ledd",
    fingerprint: "Manifestets fingeravtrykk (SHA-256)",
    signed_by: "Signert med nøkkel (Ed25519)",
    verify: "Slik kontrolleres filen",
    verify_steps: [
        "Kjør «boardroom verify FIL», eller åpne filen i Boardroom under Kontroller. Nett er ikke nødvendig.",
        "Sammenlign nøkkelen over med den selskapet ditt har offentliggjort. En fil signert med en annen nøkkel er ikke fra selskapet.",
        "Enhver endring i filen, om så bare ett tegn, gjør at kontrollen feiler.",
    ],
    evidence: "Belegg",
    evidence_text: "Tall i teksten viser til disse punktene. Navn og andre personopplysninger ble fjernet før teksten \
                    nådde denne enheten.",
    source: "Kilde",
    page: "Side",
    of: "av",
    continued: "fortsetter",
    improving: "Bedre",
    declining: "Svakere",
    stable: "Stabilt",
};

static UKRAINIAN: Words = Words {
    contents: "Зміст",
    about: "Про цей документ",
    about_text: "Документ створено на пристрої автора експорту з одного пронумерованого стану журналу компанії. Наведені \
                 нижче відомості вбудовано у файл як маніфест і підписано разом із кожною сторінкою, тож будь-хто може \
                 без мережі перевірити, звідки походять показники і що відтоді нічого не змінено.",
    fact: "Відомість",
    value: "Значення",
    tenant: "Компанія",
    sequence: "Стан журналу",
    epoch: "Епоха журналу",
    report: "Звіт",
    status: "Статус",
    approval: "Затвердження",
    exporter: "Експортував(-ла)",
    exported_at: "Час експорту",
    template: "Шаблон",
    figures: "Простежених показників",
    definitions: "Визначення показників",
    heads: "Кінець ланцюга",
    fingerprint: "Відбиток маніфесту (SHA-256)",
    signed_by: "Підписано ключем (Ed25519)",
    verify: "Як перевірити цей файл",
    verify_steps: [
        "Виконайте «boardroom verify ФАЙЛ» або відкрийте файл у Boardroom у розділі «Перевірка». Мережа не потрібна.",
        "Порівняйте наведений ключ із ключем, який оприлюднила ваша компанія. Файл, підписаний іншим ключем, не від вашої компанії.",
        "Будь-яка зміна файлу, навіть одного символу, призводить до невдалої перевірки.",
    ],
    evidence: "Докази",
    evidence_text: "Числа в тексті вказують на ці записи. Імена та інші персональні дані вилучено до того, як текст \
                    потрапив на цей пристрій.",
    source: "Джерело",
    page: "Сторінка",
    of: "з",
    continued: "продовження",
    improving: "Покращення",
    declining: "Погіршення",
    stable: "Без змін",
};
