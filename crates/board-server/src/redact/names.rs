//! Names of people: after words that introduce a name, and from the tenant's directory. Not other words.

use std::sync::LazyLock;

use regex::{Captures, Regex, RegexBuilder};

/// Words after which a name follows, however it is written.
const INTRODUCTIONS: &str = r"my\s+name(?:\s+is|'s|’s)|the\s+name(?:\s+is|'s|’s)|i\s+am\s+called|i['’]m\s+called|call\s+me|people\s+call\s+me|(?:he|she|they)(?:\s+is|\s+are|'s|’s|['’]re)\s+called|(?:his|her|their)\s+name(?:\s+is|\s+was|'s|’s)|jeg\s+heter|(?:han|hun|hen)\s+heter|mitt\s+navn\s+er|navnet\s+mitt\s+er|jeg\s+kalles|kall\s+meg|(?:hans|hennes)\s+navn\s+er|som\s+heter|мене\s+звати|мене\s+звуть|звати\s+мене|звуть\s+мене|моє\s+ім['’ʼ]?я(?:\s*[-—–])?|моє\s+прізвище(?:\s*[-—–])?|(?:його|її|їх)\s+(?:звати|звуть)|на\s+ім['’ʼ]?я|називайте\s+мене";

/// Words beside which a name often stands; only capitalised words count as one.
const ROLES: &str = r"[Mm]entor(?:en)?(?:\s+min)?|[Bb]uddy(?:en)?(?:\s+min)?|[Tt]eacher|[Cc]oach(?:en)?|[Vv]olunteer|[Tt]utor|[Ll]ærer(?:en)?(?:\s+min)?|[Ff]rivillige?|[Vv]enninnen?(?:\s+min)?|[Mm]r\.?|[Mm]rs\.?|[Mm]s\.?|[Dd]r\.?|[Мм]ентор(?:ка|ку|кою|ом|а|у|ці)?|[Нн]аставни(?:к|ка|ку|ком|ця|цю|цею|ці)|[Вв]чител(?:ь|я|ю|ем|ька|ьку|ькою|ьці)|[Вв]олонтер(?:ка|ку|кою|ом|а|у|ці)?|[Пп]ан(?:і|а|у|ом)?";

/// A capitalised word, with the parts a double name has.
const CAPITALISED: &str = r"\p{Lu}[\p{L}'’ʼ]+(?:-\p{Lu}[\p{L}'’ʼ]+)*";

fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap_or_else(|_| unreachable!("patterns are constant and tested"))
}

static INTRODUCED: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"\b((?i:{INTRODUCTIONS}))([\s:,]+)([\p{{L}}][\p{{L}}'’ʼ-]*(?:\s+{CAPITALISED}|\s+\p{{Lu}}\.)*)"
    ))
});

static BESIDE_ROLE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"\b({ROLES})([\s:,]+(?:(?:named|called|som\s+heter|на\s+ім['’ʼ]я)\s+)?)({CAPITALISED}(?:\s+{CAPITALISED})*)"
    ))
});

/// What stands capitalised behind a name is the rest of it: the directory may know the first name only.
static FOLLOWED: LazyLock<Regex> = LazyLock::new(|| compiled(&format!(r"\[name\](?:\s+{CAPITALISED})+")));

/// The directory's names.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    full: Option<Regex>,
    parts: Option<Regex>,
}

impl Names {
    /// Names to take out: each whole, in any letter case, and each part of three letters or more where it is
    /// capitalised. Ukrainian parts are also found declined.
    pub(crate) fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut full = Vec::new();
        let mut parts = Vec::new();
        for name in names {
            let words: Vec<&str> = name.split_whitespace().collect();
            if words.len() > 1 {
                full.push(words.iter().map(|word| declined(word)).collect::<Vec<_>>().join(r"\s+"));
            }
            parts.extend(words.iter().filter(|word| word.chars().count() >= 3).map(|word| declined(word)));
        }
        for list in [&mut full, &mut parts] {
            // The longest first, so that a name is not cut in half by a shorter one.
            list.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
            list.dedup();
        }
        let list = |names: &[String], any_case| {
            let pattern = format!(r"\b(?:{})(?:['’]s|s)?\b", names.join("|"));
            let compiled =
                RegexBuilder::new(&pattern).case_insensitive(any_case).size_limit(64 << 20).build().ok();
            compiled.filter(|_| !names.is_empty())
        };
        Self { full: list(&full, true), parts: list(&parts, false) }
    }

    /// The text without names.
    pub(super) fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for list in [&self.full, &self.parts].into_iter().flatten() {
            text = list.replace_all(&text, "[name]").into_owned();
        }
        for pattern in [&*INTRODUCED, &*BESIDE_ROLE] {
            let replace = |found: &Captures<'_>| format!("{}{}[name]", &found[1], &found[2]);
            text = pattern.replace_all(&text, replace).into_owned();
        }
        FOLLOWED.replace_all(&text, "[name]").into_owned()
    }
}

/// A pattern for a word; a Cyrillic one may end differently by case.
fn declined(word: &str) -> String {
    let cyrillic = word.chars().all(|c| matches!(c, '\u{400}'..='\u{4ff}' | '\'' | '’' | 'ʼ' | '-'));
    let letters: Vec<char> = word.chars().collect();
    if cyrillic && letters.len() >= 4 {
        let stem: String = letters[..letters.len() - 1].iter().collect();
        format!(r"{}\p{{L}}{{0,4}}", regex::escape(&stem))
    } else {
        regex::escape(word)
    }
}
