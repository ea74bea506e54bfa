//! The sentences of the meeting check, in every interface language. Not the check itself.

use board_domain::Locale;

fn pick(locale: Locale, en: &'static str, nb: &'static str, uk: &'static str) -> &'static str {
    match locale {
        Locale::En => en,
        Locale::Nb => nb,
        Locale::Uk => uk,
    }
}

/// What a line tests, and what to do where it does not pass.
#[allow(clippy::too_many_lines, reason = "one table of sentences reads best in one piece")]
pub(crate) fn ready(locale: Locale, code: &str) -> (&'static str, &'static str) {
    let (label, advice) = match code {
        "unlock" => (
            ("Unlocks without the network", "Låses opp uten nett", "Розблоковується без мережі"),
            (
                "Sign in again while the network is here; the key of this copy is missing.",
                "Logg på igjen mens nettet er her; nøkkelen til kopien mangler.",
                "Увійдіть знову, поки є мережа: бракує ключа до цієї копії.",
            ),
        ),
        "vault" => (
            (
                "The copy on this device is sound",
                "Kopien på denne enheten er hel",
                "Копія на цьому пристрої неушкоджена",
            ),
            (
                "Sign in again: a damaged copy is set aside and filled anew, and unsent work is kept.",
                "Logg på igjen: en skadet kopi legges til side og fylles på nytt, og usendt arbeid beholdes.",
                "Увійдіть знову: пошкоджену копію буде відкладено й наповнено наново, ненадіслане збережеться.",
            ),
        ),
        "complete" => (
            ("Everything has arrived", "Alt har kommet fram", "Усе надійшло"),
            (
                "Stay on the network until the connection says that everything is here.",
                "Bli på nettet til tilkoblingen sier at alt er her.",
                "Залишайтеся в мережі, доки з’єднання не повідомить, що все тут.",
            ),
        ),
        "contact" => (
            ("The server was heard lately", "Serveren er hørt nylig", "Сервер нещодавно відповідав"),
            (
                "What is shown may be old. Connect once more before the meeting.",
                "Det som vises kan være gammelt. Koble til en gang til før møtet.",
                "Показане може бути застарілим. Під’єднайтеся ще раз перед засіданням.",
            ),
        ),
        "unsent" => (
            ("Nothing waits to be sent", "Ingenting venter på å bli sendt", "Ніщо не чекає на надсилання"),
            (
                "Others do not see this work yet. It is sent when the network is here; see “Not sent”.",
                "Andre ser ikke dette arbeidet ennå. Det sendes når nettet er her; se «Ikke sendt».",
                "Інші ще не бачать цієї роботи. Її буде надіслано, щойно з’явиться мережа; див. «Не надіслано».",
            ),
        ),
        "dashboards" => (
            (
                "Every dashboard and chart draws",
                "Alle instrumentbord og diagrammer tegnes",
                "Усі панелі й діаграми малюються",
            ),
            (
                "Let everything arrive, then check again. If it fails once more, save the diagnostics in the settings.",
                "La alt komme fram, og sjekk igjen. Feiler det på nytt, lagre diagnostikken i innstillingene.",
                "Дочекайтеся всього й перевірте знову. Якщо не вдасться, збережіть діагностику в налаштуваннях.",
            ),
        ),
        "export" => (
            (
                "A pack can be made and verified",
                "En pakke kan lages og kontrolleres",
                "Пакет можна створити й перевірити",
            ),
            (
                "Packs of this report cannot be made now; the line says why.",
                "Pakker av denne rapporten kan ikke lages nå; linjen sier hvorfor.",
                "Пакети цього звіту зараз не створити; рядок пояснює чому.",
            ),
        ),
        "folder" => (
            ("Packs can be saved", "Pakker kan lagres", "Пакети можна зберегти"),
            (
                "Make room on the disk, or choose a folder that you may write to when you export.",
                "Frigjør plass på disken, eller velg en mappe du kan skrive til når du eksporterer.",
                "Звільніть місце на диску або під час експорту виберіть теку, куди можна писати.",
            ),
        ),
        "lease" => (
            (
                "The copy stays open past the meeting",
                "Kopien forblir åpen til etter møtet",
                "Копія лишається відкритою після засідання",
            ),
            (
                "Connect to the server before the meeting: every contact starts the time anew.",
                "Koble til serveren før møtet: hver kontakt starter tiden på nytt.",
                "Під’єднайтеся до сервера перед засіданням: кожен зв’язок починає відлік наново.",
            ),
        ),
        "screens" => (
            ("Screens", "Skjermer", "Екрани"),
            (
                "Connect the projector to present with notes, or present on one screen.",
                "Koble til projektoren for å presentere med notater, eller presenter på én skjerm.",
                "Під’єднайте проєктор, щоб показувати з нотатками, або показуйте на одному екрані.",
            ),
        ),
        "awake" => (
            ("The screen stays awake", "Skjermen holdes våken", "Екран не засинає"),
            (
                "This system does not promise it. Turn the screen saver off for the meeting.",
                "Dette systemet lover det ikke. Slå av skjermspareren under møtet.",
                "Ця система цього не обіцяє. Вимкніть заставку на час засідання.",
            ),
        ),
        _ => (("", "", ""), ("", "", "")),
    };
    let say = |(en, nb, uk)| pick(locale, en, nb, uk);
    (say(label), say(advice))
}

pub(crate) fn unlocked(locale: Locale) -> &'static str {
    pick(
        locale,
        "the keyring gave the key, and the copy opened",
        "nøkkelringen ga nøkkelen, og kopien ble åpnet",
        "сховище надало ключ, і копія відкрилася",
    )
}

pub(crate) fn events(locale: Locale, events: u64) -> String {
    let events = count(locale, events);
    match locale {
        Locale::En => format!("{events} events read and verified"),
        Locale::Nb => format!("{events} hendelser lest og kontrollert"),
        Locale::Uk => format!("подій прочитано й перевірено: {events}"),
    }
}

pub(crate) fn of(locale: Locale, have: u64, all: u64) -> String {
    let (have, all) = (count(locale, have), count(locale, all));
    match locale {
        Locale::En => format!("{have} of {all} events"),
        Locale::Nb => format!("{have} av {all} hendelser"),
        Locale::Uk => format!("подій: {have} з {all}"),
    }
}

pub(crate) fn waiting(locale: Locale, waiting: usize, refused: usize) -> String {
    match locale {
        Locale::En => format!("waiting: {waiting}, refused: {refused}"),
        Locale::Nb => format!("venter: {waiting}, avvist: {refused}"),
        Locale::Uk => format!("чекає: {waiting}, відхилено: {refused}"),
    }
}

pub(crate) fn drawn(locale: Locale, dashboards: usize, charts: usize) -> String {
    match locale {
        Locale::En => format!("dashboards: {dashboards}, charts: {charts}"),
        Locale::Nb => format!("instrumentbord: {dashboards}, diagrammer: {charts}"),
        Locale::Uk => format!("панелей: {dashboards}, діаграм: {charts}"),
    }
}

pub(crate) fn pack(locale: Locale, title: &str, pages: usize) -> String {
    match locale {
        Locale::En => format!("“{title}”, pages: {pages}"),
        Locale::Nb => format!("«{title}», sider: {pages}"),
        Locale::Uk => format!("«{title}», сторінок: {pages}"),
    }
}

pub(crate) fn no_report(locale: Locale) -> &'static str {
    pick(
        locale,
        "there is no report that you may export",
        "det finnes ingen rapport du kan eksportere",
        "немає звіту, який ви можете експортувати",
    )
}

pub(crate) fn until(locale: Locale, end: &str) -> String {
    match locale {
        Locale::En => format!("until {end}"),
        Locale::Nb => format!("til {end}"),
        Locale::Uk => format!("до {end}"),
    }
}

pub(crate) fn never(locale: Locale) -> &'static str {
    pick(locale, "the server has not been heard yet", "serveren er ikke hørt ennå", "сервер ще не відповідав")
}

#[allow(clippy::cast_precision_loss, reason = "shown, and exact far beyond any log")]
fn count(locale: Locale, number: u64) -> String {
    locale.number(number as f64, 0)
}
