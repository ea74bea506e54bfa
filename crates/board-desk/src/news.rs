//! What others did since the person last looked: steps of reports and shared notes. Read from the log like everything else;
//! only how far it was seen is kept. Not notifications of the system: the window makes those, without a word of this.

use board_domain::{Actor, Event, Locale, Row, Table};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    desk::{Desk, lock},
    fault::Fault,
    lens::Lens,
    writing::actor,
};

/// Most entries, the newest.
const ENTRIES: usize = 50;
/// Setting of the vault that holds the position that was seen.
const SEEN: &str = "news/seen";

/// What is new, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct NewsView {
    /// Entries, seen ones too.
    pub entries: Vec<NewsEntry>,
    /// How many were not seen.
    pub unseen: u32,
}

/// One thing that somebody did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct NewsEntry {
    /// Position of the log.
    #[ts(type = "number")]
    pub seq: u64,
    /// When, RFC 3339 UTC.
    pub at: String,
    /// Who.
    pub who: String,
    /// What it is about: a report's title, or what a note is on.
    pub about: String,
    /// A report's new state in words, or the words of a note.
    pub words: String,
    /// `report` or `note`.
    pub kind: String,
    /// The report to go to, if it is about one.
    pub report: Option<String>,
    /// Whether it was not seen yet.
    pub unseen: bool,
}

impl Desk {
    /// What others did in the open company.
    pub fn news(&self) -> Result<NewsView, Fault> {
        let notes = self.notes()?;
        let reading = self.reading()?;
        let reader = lock(&reading.reader);
        let lens = Lens::new(&reader, &reading.tenant, Some(reading.seq), reading.locale)?;
        let seen = reader.setting(&format!("{SEEN}/{}", reading.tenant))?;
        // Before the first look everything is old: a new device does not ring for years of history.
        let seen = seen.and_then(|seen| seen.parse().ok()).unwrap_or(reading.seq);
        let by_others = |event: &Event| event.actor != Actor::Person(reading.person.clone());
        let mut entries = Vec::new();
        for report in lens.reports()?.iter().chain(&lens.published()?) {
            for row in lens.versions_of(Table::Report, report.id.as_str())? {
                let Row::Report(then) = &row.row else { continue };
                let Some(event) = lens.event(row.since_seq)?.filter(by_others) else { continue };
                entries.push(NewsEntry {
                    seq: row.since_seq,
                    at: row.at.to_string(),
                    who: actor(&lens, &event)?,
                    about: then.title.clone(),
                    words: then.status.words().get(lens.locale).to_owned(),
                    kind: "report".into(),
                    report: Some(report.id.to_string()),
                    unseen: row.since_seq > seen,
                });
            }
        }
        for (key, row) in reader.rows(&reading.tenant, Table::Note, Some(reading.seq))? {
            let Row::Note(note) = &row.row else { continue };
            if note.author == reading.person || !note.shared {
                continue;
            }
            let view = notes.iter().find(|view| !view.mine && key.ends_with(&format!("/{}", view.id)));
            entries.push(NewsEntry {
                seq: row.since_seq,
                at: row.at.to_string(),
                who: view.map_or_else(|| note.author.to_string(), |view| view.author.clone()),
                about: view.map(|view| view.about.clone()).unwrap_or_default(),
                words: note.text.clone(),
                kind: "note".into(),
                report: match &note.anchor {
                    board_domain::Anchor::Figure { .. } => None,
                    board_domain::Anchor::Section { report, .. }
                    | board_domain::Anchor::Passage { report, .. } => Some(report.to_string()),
                },
                unseen: row.since_seq > seen,
            });
        }
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.seq));
        entries.dedup_by_key(|entry| entry.seq);
        let unseen = entries.iter().filter(|entry| entry.unseen).count();
        entries.truncate(ENTRIES);
        Ok(NewsView { entries, unseen: u32::try_from(unseen).unwrap_or(u32::MAX) })
    }

    /// How much is new, in words that may stand on a shared screen.
    pub fn news_words(&self, unseen: u32) -> String {
        match self.locale() {
            Locale::En => format!("New in your boardroom: {unseen}"),
            Locale::Nb => format!("Nytt i styrerommet: {unseen}"),
            Locale::Uk => format!("Нового в Boardroom: {unseen}"),
        }
    }

    /// Everything up to now was seen.
    pub fn saw_news(&self) -> Result<NewsView, Fault> {
        let reading = self.reading()?;
        lock(reading.writable()?)
            .set_setting(&format!("{SEEN}/{}", reading.tenant), &reading.seq.to_string())?;
        self.news()
    }
}
