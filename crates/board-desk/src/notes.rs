//! Notes of the person and those shared with them, written and taken away with or without a network.

use board_domain::{Anchor, Command, FigureKey, Note, NoteId, ReportId, Standing};
use uuid::Uuid;

use crate::{
    desk::{Desk, lock},
    fault::{Code, Fault},
    lens::Lens,
    outbox::Expected,
    view::{NoteRequest, NoteView},
};

impl Desk {
    /// Notes that the person may read, as they will stand once everything is sent, by author and id.
    pub fn notes(&self) -> Result<Vec<NoteView>, Fault> {
        let reading = self.reading()?;
        let reader = lock(&reading.reader);
        let lens = Lens::new(&reader, &reading.tenant, Some(reading.seq), reading.locale)?;
        let now = self.host.now();
        let expected = Expected::read(&reader, &reading.tenant, &reading.person, reading.seq, now)?;
        let logged = lens.notes()?;
        let mut views = Vec::new();
        for note in expected.notes() {
            let author = lens.person(&note.author)?;
            let (about, standing, words) = place(&lens, &expected, &note.anchor)?;
            views.push(NoteView {
                about,
                standing,
                words,
                id: note.id.to_string(),
                author: author.map_or_else(|| note.author.to_string(), |person| person.name),
                mine: note.author == reading.person,
                anchor: note.anchor.clone(),
                text: note.text.clone(),
                shared: note.shared,
                pending: !logged.contains(note),
            });
        }
        Ok(views)
    }

    /// Writes a note, or writes one's own anew; returns its id.
    pub fn write_note(&self, request: NoteRequest) -> Result<String, Fault> {
        let malformed = |error: board_domain::IdError| Fault::new(Code::Malformed, error);
        let id = match request.id {
            Some(id) => NoteId::new(id).map_err(malformed)?,
            None => NoteId::new(Uuid::new_v4().simple().to_string()).map_err(malformed)?,
        };
        let report = request.report.map(ReportId::new).transpose().map_err(malformed)?;
        let anchor = match (request.figure, report, request.section, request.quote) {
            (Some(key), None, None, None) => {
                let figure = FigureKey::parse(&key);
                Anchor::Figure { figure: figure.ok_or_else(|| Fault::new(Code::Malformed, "lineage id"))? }
            }
            (None, Some(report), Some(section), None) => Anchor::Section { report, section },
            (None, Some(report), Some(section), Some(quote)) => Anchor::Passage { report, section, quote },
            _ => return Err(Fault::new(Code::Malformed, "a note is on a figure or on a report's section")),
        };
        self.submit(&Command::WriteNote {
            id: id.clone(),
            anchor,
            text: request.text,
            shared: request.shared,
        })?;
        Ok(id.to_string())
    }

    /// Takes one's own note away.
    pub fn remove_note(&self, id: &str) -> Result<(), Fault> {
        let id = NoteId::new(id).map_err(|error| Fault::new(Code::Malformed, error))?;
        self.submit(&Command::RemoveNote { id })
    }
}

/// What a note is about in words, whether it is still there, and the words it stands on.
fn place(lens: &Lens<'_>, expected: &Expected, anchor: &Anchor) -> Result<(String, Standing, String), Fault> {
    let (report, section, quote) = match anchor {
        Anchor::Figure { figure } => {
            let standing = if lens.figure(figure)?.is_some() { Standing::Here } else { Standing::Gone };
            let programme = lens.programme_name(figure.programme.as_ref())?;
            let (metric, period) = (lens.metric_name(&figure.metric), lens.locale.period(figure.period));
            return Ok((format!("{metric}, {programme}, {period}"), standing, String::new()));
        }
        Anchor::Section { report, section } => (report, section, None),
        Anchor::Passage { report, section, quote } => (report, section, Some(quote)),
    };
    let book = &expected.book;
    let Some(report) = book.report(report.as_str()).or_else(|| book.published(report.as_str())) else {
        return Ok((format!("{report}, {section}"), Standing::Gone, String::new()));
    };
    let named = report.template.sections().into_iter().find(|(id, _)| id == section);
    let heading = named.map_or_else(|| section.clone(), |(_, heading)| heading.get(lens.locale).to_owned());
    let about = format!("{}: {heading}", report.title);
    let written = report.sections.iter().find(|written| written.id == *section);
    Ok(match (written, quote) {
        (None, _) => (about, Standing::Gone, String::new()),
        (Some(_), None) => (about, Standing::Here, String::new()),
        (Some(written), Some(quote)) => {
            let (standing, words) = board_domain::find_passage(&written.narrative.text(), quote);
            (about, standing, words)
        }
    })
}

impl Expected {
    fn notes(&self) -> impl Iterator<Item = &Note> {
        self.book
            .table(board_domain::Table::Note)
            .filter_map(|(_, row)| if let board_domain::Row::Note(note) = row { Some(note) } else { None })
    }
}
