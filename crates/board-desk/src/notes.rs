//! Notes of the person and those shared with them, written and taken away with or without a network.

use board_domain::{Anchor, Command, FigureKey, Note, NoteId, ReportId};
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
            views.push(NoteView {
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

impl Expected {
    fn notes(&self) -> impl Iterator<Item = &Note> {
        self.book
            .table(board_domain::Table::Note)
            .filter_map(|(_, row)| if let board_domain::Row::Note(note) = row { Some(note) } else { None })
    }
}
