//! The few sentences that the core itself says, in every interface language.
//!
//! Not the window's labels: those belong to the window.

use board_domain::{
    Absence, Area, Cohort, CompanySize, Confidence, Currency, Dimension, FigureValue, Locale, NarrativeFault,
    ReportMove, Role, Template, UnitKind, Words,
};

fn pick(locale: Locale, en: &'static str, nb: &'static str, uk: &'static str) -> &'static str {
    match locale {
        Locale::En => en,
        Locale::Nb => nb,
        Locale::Uk => uk,
    }
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident: $en:literal, $nb:literal, $uk:literal;)*) => {
        $($(#[$doc])* pub(crate) fn $name(locale: Locale) -> &'static str { pick(locale, $en, $nb, $uk) })*
    };
}

words! {
    exported: "Exported", "Eksportert", "Експортовано";
    end_of: "End of", "Slutten av", "Кінець:";
    thank_you: "Thank you", "Takk for oppmerksomheten", "Дякуємо за увагу";
    all_programmes: "All programmes", "Alle programmer", "Усі програми";
    no_chart_data: "No figures for this period yet.", "Ingen tall for denne perioden ennå.", "Показників за цей період ще немає.";
    no_evidence: "No evidence for this period.", "Ingen dokumentasjon for denne perioden.", "За цей період немає свідчень.";
    evidence_hidden: "Your role does not show evidence.", "Rollen din viser ikke dokumentasjon.", "Ваша роль не показує свідчень.";
    not_measured: "Not measured for this period", "Ikke målt for denne perioden", "Не виміряно за цей період";
    withheld: "Withheld: fewer than 10 people", "Tilbakeholdt: færre enn 10 personer", "Приховано: менше ніж 10 осіб";
    no_investment: "No ratio: nothing was invested", "Ingen andel: ingenting ble investert", "Немає показника: інвестицій не було";
    nothing_measured: "Nothing to measure in this period", "Ingenting å måle i denne perioden", "За цей період немає що вимірювати";
    period: "Period", "Periode", "Період";
    feedback: "feedback", "tilbakemelding", "відгук";
    key_figures: "Key figures", "Nøkkeltall", "Ключові показники";
    measure: "Measure", "Måltall", "Показник";
    change: "Change", "Endring", "Зміна";
    outcomes: "Outcomes", "Resultater", "Результати";
    evidence: "Evidence", "Dokumentasjon", "Свідчення";
    method: "How the figures are made", "Slik er tallene laget", "Як отримано показники";
    version: "Version", "Versjon", "Версія";
    status: "Status", "Status", "Стан";
    approved_by: "Approved by", "Godkjent av", "Затвердив";
    exported_by: "Exported by", "Eksportert av", "Експортував";
    data_as_of: "Data at log position", "Data ved loggposisjon", "Дані на позиції журналу";
    quarters_of: "by quarter", "per kvartal", "за кварталами";
    by_programme: "By programme", "Per program", "За програмами";
    monthly: "by month", "per måned", "за місяцями";
    method_note: "A figure over fewer than ten people is withheld. Every figure can be computed again from its inputs; the manifest inside this file lists them by lineage id.",
        "Tall om færre enn ti personer holdes tilbake. Hvert tall kan regnes ut på nytt fra grunnlaget; manifestet i filen lister dem etter sporings-ID.",
        "Показник, що стосується менш ніж десяти осіб, приховується. Кожен показник можна перерахувати з вихідних даних; маніфест у цьому файлі перелічує їх за ідентифікатором походження.";
    step_reading: "Reading figures", "Leser tall", "Читання показників";
    step_writing: "Writing the file", "Skriver filen", "Запис файлу";
    step_done: "Done", "Ferdig", "Готово";
    waits: "Waits for the server’s answer", "Venter på svar fra serveren", "Чекає на відповідь сервера";
    draft_report: "Start report", "Opprett rapport", "Створити звіт";
    revise_report: "Edit report", "Rediger rapport", "Редагувати звіт";
    move_report: "Move report", "Flytt rapport", "Перевести звіт";
    set_watermark: "Change the watermark", "Endre vannmerket", "Змінити водяний знак";
    set_benchmark_consent: "Take part in benchmarks", "Delta i sammenligninger", "Участь у порівняннях";
    arrange_dashboard: "Arrange dashboard", "Ordne instrumentbord", "Упорядкувати панель";
    admit_person: "Give a role", "Gi en rolle", "Надати роль";
    remove_person: "Take a role away", "Fjern en rolle", "Скасувати роль";
    record_export: "Record of an export", "Registrering av eksport", "Запис про експорт";
    write_note: "Write note", "Skriv notat", "Написати нотатку";
    remove_note: "Remove note", "Fjern notat", "Видалити нотатку";
    enrol_device: "Certify this device", "Sertifiser denne enheten", "Засвідчити цей пристрій";
    approval_signed: "Approval signed by the company", "Godkjenning signert av selskapet", "Затвердження, підписане компанією";
    device_of: "Certified device", "Sertifisert enhet", "Засвідчений пристрій";
    this_device: "This device", "Denne enheten", "Цей пристрій";
    public_key: "Public key", "Offentlig nøkkel", "Відкритий ключ";
    tenant: "Company", "Selskap", "Компанія";
    report: "Report", "Rapport", "Звіт";
    watermark: "Watermark", "Vannmerke", "Водяний знак";
    figures: "Figures", "Tall", "Показники";
    social_return: "Value and return", "Verdi og avkastning", "Цінність і віддача";
    contents: "Contents", "Innhold", "Зміст";
    compared_with: "compared with log position", "sammenlignet med loggposisjon", "порівняно з позицією журналу";
    since_last_board: "Since the last board", "Siden forrige styremøte", "Від минулого засідання";
    nothing_changed: "No figure of this pack has changed.", "Ingen tall i denne pakken er endret.", "Жоден показник цього пакета не змінився.";
    before: "Before", "Før", "Раніше";
    now: "Now", "Nå", "Тепер";
    became_heading: "What happened", "Hva som skjedde", "Що сталося";
    assumption: "Assumption or input", "Forutsetning eller grunnlag", "Припущення або вхідне значення";
    value: "Value", "Verdi", "Значення";
    as_reported: "As reported", "Som rapportert", "Як у звіті";
    sensitivity: "Sensitivity of the social return", "Følsomhet for sosial avkastning", "Чутливість соціальної віддачі";
    sensitivity_note: "Each row moves one assumption or input by a fifth, all others kept as they are, and computes the ratio again by the same formula.",
        "Hver rad endrer én forutsetning eller ett grunnlag med en femdel, alt annet likt, og regner ut forholdet på nytt med samme formel.",
        "Кожен рядок змінює одне припущення або значення на п’яту частину, решта незмінна, і перераховує показник за тією самою формулою.";
    efficiency: "What the effort brings", "Hva innsatsen gir", "Що дає ця праця";
    sessions_per_participant: "Sessions per participant", "Økter per deltaker", "Зустрічей на учасника";
    participants_per_volunteer: "Participants per volunteer", "Deltakere per frivillig", "Учасників на волонтера";
    hours_per_volunteer: "Hours per volunteer", "Timer per frivillig", "Годин на волонтера";
    value_per_hour: "Social value per hour", "Sosial verdi per time", "Соціальна цінність за годину";
    lineage: "Where the figures come from", "Hvor tallene kommer fra", "Звідки показники";
    audit: "Approval and verification", "Godkjenning og kontroll", "Затвердження та перевірка";
    own_report: "Authors cannot review or approve their own report.", "Forfattere kan ikke vurdere eller godkjenne sin egen rapport.", "Автор не може розглядати чи затверджувати власний звіт.";
    no_sections: "Write at least one section first.", "Skriv minst ett avsnitt først.", "Спершу напишіть хоча б один розділ.";
    signed_out: "Signed out", "Logget ut", "Вхід не виконано";
    locked: "Locked", "Låst", "Заблоковано";
    live: "Live", "Direkte", "Наживо";
    not_connected: "Not connected", "Ikke tilkoblet", "Не з’єднано";
    connecting: "Connecting", "Kobler til", "З’єднання";
    catching_up: "Catching up", "Henter", "Отримання";
    offline: "Offline", "Frakoblet", "Без мережі";
    refused: "Refused", "Avvist", "Відхилено";
    sign_in_needed: "Sign-in needed", "Innlogging kreves", "Потрібен вхід";
    update_needed: "Update needed", "Oppdatering kreves", "Потрібне оновлення";
    not_yet_sent: "Not yet sent", "Ikke sendt ennå", "Ще не надіслано";
    open_window: "Open Boardroom", "Åpne Boardroom", "Відкрити Boardroom";
    connect_now: "Connect now", "Koble til nå", "З’єднати зараз";
    lock: "Lock", "Lås", "Заблокувати";
    quit: "Quit", "Avslutt", "Вийти";
    goes_on: "Boardroom keeps your copy up to date. To end it, choose Quit at its icon.",
        "Boardroom holder kopien din oppdatert. Velg Avslutt ved ikonet for å avslutte.",
        "Boardroom підтримує вашу копію актуальною. Щоб завершити роботу, виберіть «Вийти» біля значка.";
    people_and_hours: "People and hours", "Mennesker og timer", "Люди й години";
}

/// A template's name.
pub(crate) fn template(locale: Locale, template: Template) -> &'static str {
    match template {
        Template::Quarterly => pick(locale, "Quarterly report", "Kvartalsrapport", "Квартальний звіт"),
        Template::Annual => pick(locale, "Annual report", "Årsrapport", "Річний звіт"),
        Template::Investor => pick(locale, "Investor update", "Investoroppdatering", "Звіт для інвесторів"),
    }
}

/// The band of a benchmark in a chart's legend.
pub(crate) fn middle_half(locale: Locale, companies: u32) -> String {
    match locale {
        Locale::En => format!("Middle half of {companies} companies alike"),
        Locale::Nb => format!("Midterste halvdel av {companies} lignende selskaper"),
        Locale::Uk => format!("Середня половина з {companies} подібних компаній"),
    }
}

/// Companies that are alike, in words: industry, size and place, or all.
pub(crate) fn cohort(locale: Locale, cohort: &Cohort) -> String {
    let size = cohort.size.map(|size| {
        let people = match size {
            CompanySize::Small => "1–50",
            CompanySize::Medium => "51–500",
            CompanySize::Large => pick(locale, "501–5,000", "501–5\u{a0}000", "501–5\u{a0}000"),
            CompanySize::Enterprise => pick(locale, "> 5,000", "> 5\u{a0}000", "> 5\u{a0}000"),
        };
        format!("{people} {}", pick(locale, "people", "ansatte", "працівників"))
    });
    let area = cohort.area.map(|area| {
        let name = match area {
            Area::NorthAmerica => pick(locale, "North America", "Nord-Amerika", "Північна Америка"),
            Area::SouthAmerica => pick(locale, "South America", "Sør-Amerika", "Південна Америка"),
            Area::Europe => pick(locale, "Europe", "Europa", "Європа"),
            Area::AsiaPacific => {
                pick(locale, "Asia and the Pacific", "Asia og Stillehavet", "Азія і Тихий океан")
            }
            Area::MiddleEast => pick(locale, "Middle East", "Midtøsten", "Близький Схід"),
            Area::Africa => pick(locale, "Africa", "Afrika", "Африка"),
        };
        name.to_owned()
    });
    let industry = cohort.industry.as_deref().map(|industry| industry_name(locale, industry).to_owned());
    let parts: Vec<String> = [industry, size, area].into_iter().flatten().collect();
    if parts.is_empty() {
        return pick(locale, "All companies", "Alle selskaper", "Усі компанії").to_owned();
    }
    parts.join(" · ")
}

/// An industry's name; one that is not known stands as it was given.
fn industry_name(locale: Locale, industry: &str) -> &str {
    match industry {
        "technology" => pick(locale, "Technology", "Teknologi", "Технології"),
        "finance" => pick(locale, "Finance", "Finans", "Фінанси"),
        "healthcare" => pick(locale, "Healthcare", "Helse", "Охорона здоров’я"),
        "manufacturing" => pick(locale, "Manufacturing", "Industri", "Виробництво"),
        "retail" => pick(locale, "Retail", "Handel", "Торгівля"),
        "energy" => pick(locale, "Energy", "Energi", "Енергетика"),
        "education" => pick(locale, "Education", "Utdanning", "Освіта"),
        "nonprofit" => pick(locale, "Non-profit", "Ideell", "Некомерційні"),
        "consulting" => pick(locale, "Consulting", "Rådgivning", "Консалтинг"),
        "other" => pick(locale, "Other", "Annet", "Інше"),
        given => given,
    }
}

/// A step of approval, as a button says it.
pub(crate) fn step(locale: Locale, step: ReportMove) -> &'static str {
    match step {
        ReportMove::Submit => pick(locale, "Submit for review", "Send til vurdering", "Подати на розгляд"),
        ReportMove::Withdraw => pick(locale, "Withdraw", "Trekk tilbake", "Відкликати"),
        ReportMove::RequestChanges => pick(locale, "Ask for changes", "Be om endringer", "Попросити змін"),
        ReportMove::Reject => pick(locale, "Reject", "Avvis", "Відхилити"),
        ReportMove::Approve => pick(locale, "Approve", "Godkjenn", "Затвердити"),
        ReportMove::Reopen => pick(locale, "Reopen", "Åpne på nytt", "Відкрити знову"),
        ReportMove::Lock => pick(locale, "Lock", "Lås", "Заблокувати"),
        ReportMove::Restart => pick(locale, "Start over", "Start på nytt", "Почати знову"),
    }
}

/// What to change in a section before it can be submitted.
pub(crate) fn narrative(locale: Locale, fault: &NarrativeFault) -> String {
    match fault {
        NarrativeFault::Empty => pick(
            locale,
            "Write something here, or leave the section out.",
            "Skriv noe her, eller utelat avsnittet.",
            "Напишіть щось тут або вилучіть розділ.",
        )
        .to_owned(),
        NarrativeFault::TooLong => {
            let most = locale.number(40_000.0, 0);
            match locale {
                Locale::En => format!("Shorten it: a section has at most {most} characters."),
                Locale::Nb => format!("Kort ned: et avsnitt har høyst {most} tegn."),
                Locale::Uk => format!("Скоротіть: у розділі не більше {most} символів."),
            }
        }
        NarrativeFault::Structure { .. } => pick(
            locale,
            "Use headings of levels 1 to 3 and lists of at most three levels.",
            "Bruk overskrifter på nivå 1 til 3 og lister med høyst tre nivåer.",
            "Заголовки мають рівні 1–3, списки — не більше трьох рівнів.",
        )
        .to_owned(),
        NarrativeFault::Uncited { block } => match locale {
            Locale::En => format!("Paragraph {} has more than 10 words and cites no evidence.", block + 1),
            Locale::Nb => {
                format!("Avsnitt {} har mer enn 10 ord og viser ikke til dokumentasjon.", block + 1)
            }
            Locale::Uk => format!("Абзац {} має понад 10 слів і не посилається на свідчення.", block + 1),
        },
        NarrativeFault::Sparse { words, citations } => match locale {
            Locale::En => {
                format!("Words: {words}, citations: {citations}. At least one for every 200 words is needed.")
            }
            Locale::Nb => format!("Ord: {words}, henvisninger: {citations}. Minst én per 200 ord trengs."),
            Locale::Uk => {
                format!("Слів: {words}, посилань: {citations}. Потрібно щонайменше одне на кожні 200 слів.")
            }
        },
    }
}

/// `+4.2% on Q2 2026`.
pub(crate) fn change_on(locale: Locale, change: f64, period: &str) -> String {
    let change = locale.signed_percent(change, 1);
    match locale {
        Locale::En => format!("{change} on {period}"),
        Locale::Nb => format!("{change} mot {period}"),
        Locale::Uk => format!("{change} проти: {period}"),
    }
}

/// Why a figure has no number; `None` where it has one.
pub(crate) fn reason(locale: Locale, value: &FigureValue) -> Option<String> {
    match value {
        FigureValue::Number { .. } => None,
        FigureValue::Withheld => Some(withheld(locale).into()),
        FigureValue::Absent { why: Absence::NoInvestment } => Some(no_investment(locale).into()),
        FigureValue::Absent { .. } => Some(nothing_measured(locale).into()),
    }
}

/// What a check of a pack looks at.
pub(crate) fn check(locale: Locale, check: board_packs::Code) -> &'static str {
    use board_packs::Code;
    match check {
        Code::Container => pick(locale, "File is whole", "Filen er hel", "Файл цілий"),
        Code::Manifest => pick(locale, "Manifest is genuine", "Manifestet er ekte", "Маніфест справжній"),
        Code::Content => pick(locale, "Content is unchanged", "Innholdet er uendret", "Вміст не змінено"),
        Code::Signature => pick(locale, "Signature is valid", "Signaturen er gyldig", "Підпис дійсний"),
        Code::Key => pick(locale, "Signer is known", "Signatar er kjent", "Підписант відомий"),
        Code::Approval => {
            pick(locale, "Approval is genuine", "Godkjenningen er ekte", "Затвердження справжнє")
        }
        Code::Watermark => pick(
            locale,
            "Watermark on every page",
            "Vannmerke på hver side",
            "Водяний знак на кожній сторінці",
        ),
    }
}

/// What became of a figure.
pub(crate) fn became(locale: Locale, became: crate::diff::Became) -> &'static str {
    use crate::diff::Became;
    match became {
        Became::New => pick(locale, "new", "nytt", "новий"),
        Became::Gone => pick(locale, "gone", "borte", "зник"),
        Became::Moved => pick(locale, "moved", "endret", "змінився"),
        Became::Restated => pick(locale, "restated", "korrigert", "перераховано"),
        Became::Unchanged => pick(locale, "unchanged", "uendret", "без змін"),
    }
}

/// A role's name.
pub(crate) fn role(locale: Locale, role: Role) -> &'static str {
    match role {
        Role::Viewer => pick(locale, "Viewer", "Leser", "Читач"),
        Role::Director => pick(locale, "Board member", "Styremedlem", "Член правління"),
        Role::Manager => pick(locale, "Manager", "Leder", "Керівник"),
        Role::Admin => pick(locale, "Administrator", "Administrator", "Адміністратор"),
        Role::SuperAdmin => {
            pick(locale, "Super administrator", "Superadministrator", "Головний адміністратор")
        }
        Role::Partner => pick(locale, "Partner", "Partner", "Партнер"),
    }
}

/// A unit's name.
pub(crate) fn unit(locale: Locale, unit: UnitKind, currency: Currency) -> String {
    let words = match unit {
        UnitKind::Count => pick(locale, "count", "antall", "кількість"),
        UnitKind::Hours => pick(locale, "hours", "timer", "години"),
        UnitKind::Points => pick(locale, "points of 100", "poeng av 100", "бали зі 100"),
        UnitKind::Fraction => pick(locale, "per cent", "prosent", "відсотки"),
        UnitKind::Ratio => pick(locale, "ratio", "forhold", "співвідношення"),
        UnitKind::Money => return currency.code().to_owned(),
    };
    words.to_owned()
}

/// Why a check does not hold.
pub(crate) fn why_not(locale: Locale, reason: board_packs::Reason) -> &'static str {
    use board_packs::Reason;
    match reason {
        Reason::Changed => {
            pick(locale, "Changed after signing", "Endret etter signering", "Змінено після підпису")
        }
        Reason::Missing => {
            pick(locale, "Missing or unreadable", "Mangler eller er uleselig", "Відсутнє або не читається")
        }
        Reason::UnknownKey => pick(locale, "Unknown key", "Ukjent nøkkel", "Невідомий ключ"),
        Reason::RevokedKey => pick(
            locale,
            "The company revoked the key",
            "Selskapet har trukket nøkkelen tilbake",
            "Компанія відкликала ключ",
        ),
        Reason::RetiredKey => pick(
            locale,
            "The key was no longer in use",
            "Nøkkelen var ikke lenger i bruk",
            "Ключ уже не використовувався",
        ),
        Reason::Expired => pick(
            locale,
            "The device’s certificate had expired",
            "Enhetens sertifikat var utløpt",
            "Термін дії сертифіката пристрою минув",
        ),
        Reason::Mismatch => pick(
            locale,
            "The statement is about something else",
            "Erklæringen gjelder noe annet",
            "Засвідчення стосується іншого",
        ),
    }
}

/// A part of a file, in words where it has some.
pub(crate) fn part(locale: Locale, part: &str) -> String {
    if let Some(page) = part.strip_prefix("page ") {
        return format!("{} {page}", pick(locale, "page", "side", "сторінка"));
    }
    let slide = part.strip_prefix("ppt/slides/slide").and_then(|name| name.strip_suffix(".xml"));
    if let Some(slide) = slide {
        return format!("{} {slide} ({part})", pick(locale, "slide", "lysbilde", "слайд"));
    }
    let words = match part {
        "seal" => pick(locale, "seal", "segl", "печатка"),
        "fonts and marks" => pick(locale, "fonts and marks", "skrifter og merker", "шрифти й позначки"),
        "pictures" => pick(locale, "pictures", "bilder", "зображення"),
        "structure" => pick(locale, "structure for readers", "struktur for lesere", "структура для читання"),
        "metadata" => pick(locale, "metadata", "metadata", "метадані"),
        "manifest" => pick(locale, "manifest", "manifest", "маніфест"),
        "bookmarks" => pick(locale, "bookmarks", "bokmerker", "закладки"),
        "directory" => pick(locale, "directory of the file", "filens innholdsliste", "каталог файлу"),
        "header" => pick(locale, "first line of the file", "filens første linje", "перший рядок файлу"),
        "archive" => pick(locale, "packing of the archive", "pakkingen av arkivet", "пакування архіву"),
        "after the seal" => {
            pick(locale, "added after the seal", "lagt til etter seglet", "додано після печатки")
        }
        "document" => pick(locale, "document", "dokument", "документ"),
        other => other,
    };
    words.to_owned()
}

/// A dimension's name.
pub(crate) fn dimension(dimension: Dimension) -> Words {
    match dimension {
        Dimension::Confidence => Words::new("Confidence", "Selvtillit", "Упевненість"),
        Dimension::Belonging => Words::new("Belonging", "Tilhørighet", "Приналежність"),
        Dimension::LangLevel => Words::new("Language level", "Språknivå", "Рівень мови"),
        Dimension::JobReadiness => Words::new("Job readiness", "Jobbklarhet", "Готовність до роботи"),
        Dimension::WellBeing => Words::new("Well-being", "Trivsel", "Добробут"),
    }
}

/// How sure a score is, as a code that the window styles.
pub(crate) fn sureness(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}

/// The name of a measured input or assumption; the id itself where it has no name.
pub(crate) fn input(locale: Locale, name: &str) -> String {
    let words = match name {
        "participants" => ("Participants", "Deltakere", "Учасники"),
        "volunteers" => ("Volunteers", "Frivillige", "Волонтери"),
        "sessions" => ("Completed sessions", "Gjennomførte økter", "Проведені зустрічі"),
        "volunteer_minutes" => {
            ("Minutes with a volunteer", "Minutter med en frivillig", "Хвилини з волонтером")
        }
        "minutes_per_hour" => ("Minutes in an hour", "Minutter i en time", "Хвилин у годині"),
        "investment" => ("Investment", "Investering", "Інвестиції"),
        "people_with_outcome" => ("People with an outcome", "Personer med et resultat", "Люди з результатом"),
        "value_per_person" => {
            ("Value per person and year", "Verdi per person og år", "Цінність на особу за рік")
        }
        "attribution" => ("Attribution", "Tilskriving", "Частка внеску"),
        "deadweight" => ("Deadweight", "Dødvekt", "Частка без впливу"),
        "drop_off" => ("Drop-off a year", "Avtakende effekt per år", "Згасання за рік"),
        "discount_rate" => ("Discount rate", "Diskonteringsrente", "Ставка дисконтування"),
        "years" => ("Years", "År", "Роки"),
        "enrolled" => ("People enrolled so far", "Påmeldte så langt", "Зареєстровано досі"),
        "returned" => ("Took part again", "Deltok igjen", "Взяли участь знову"),
        "earlier_participants" => (
            "Participants of the period before",
            "Deltakere i forrige periode",
            "Учасники попереднього періоду",
        ),
        "engaged" => ("With two sessions or more", "Med minst to økter", "Із двома зустрічами або більше"),
        "score_sum" => ("Sum of scores", "Sum av skårer", "Сума оцінок"),
        "scores" => ("Number of scores", "Antall skårer", "Кількість оцінок"),
        "hours" => ("Volunteer hours", "Frivillige timer", "Години волонтерів"),
        "quality" => ("Quality (mean rating)", "Kvalitet (snittvurdering)", "Якість (середня оцінка)"),
        "outcome_lift" => ("Outcome lift", "Resultatløft", "Приріст результатів"),
        "placement" => ("Placement", "Plassering i arbeid", "Працевлаштування"),
        "language" => ("Language", "Språk", "Мова"),
        "social" => ("Social ties", "Sosiale bånd", "Соціальні зв’язки"),
        "job_access" => ("Access to work", "Tilgang til arbeid", "Доступ до роботи"),
        other => return other.replace('_', " "),
    };
    pick(locale, words.0, words.1, words.2).to_owned()
}
