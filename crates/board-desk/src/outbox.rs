//! Commands that the server has not answered yet: what they will most likely do, and refusals with their reason.
//!
//! Not their upload. Packs never show them: a pack holds what the log says.

use board_domain::{Book, Command, Locale, PersonId, Refusal, Table, TenantId, decide, overlay};
use board_vault::{Pending, Reader};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    desk::{Desk, lock},
    fault::{Code, Fault},
    view::{OutboxView, PendingView, RefusedView},
    words,
};

/// The tables that commands are decided on and that they change. Figures and evidence come from upstream only.
const DECIDED_ON: [Table; 6] =
    [Table::Tenant, Table::Person, Table::Dashboard, Table::Report, Table::Published, Table::Note];

/// The rows as they will be once the outbox is answered.
pub(crate) struct Expected {
    /// Rows that commands may change.
    pub(crate) book: Book,
    /// Commands that would be refused as things stand, by idempotency key.
    pub(crate) refused: Vec<(Uuid, Refusal)>,
    pending: Vec<Pending>,
}

impl Expected {
    /// Decides what waits on top of the rows at a position.
    pub(crate) fn read(
        reader: &Reader,
        tenant: &TenantId,
        person: &PersonId,
        seq: u64,
        now: Timestamp,
    ) -> Result<Self, Fault> {
        let mut book = Book::default();
        for table in DECIDED_ON {
            for (key, row) in reader.rows(tenant, table, Some(seq))? {
                book.put(key, row.row);
            }
        }
        let pending = reader.pending(tenant)?;
        let commands =
            pending.iter().map(|Pending { envelope, .. }| (envelope.key, envelope.command.clone()));
        let refused = overlay(&mut book, person, commands, now);
        Ok(Self { book, refused, pending })
    }
}

impl Desk {
    /// What waits for the server's answer, and what came back refused and was not dismissed.
    pub fn outbox(&self) -> Result<OutboxView, Fault> {
        let reading = self.reading()?;
        let reader = lock(&reading.reader);
        let now = self.host.now();
        let expected = Expected::read(&reader, &reading.tenant, &reading.person, reading.seq, now)?;
        let pending = expected.pending.into_iter().map(|pending| PendingView {
            key: pending.envelope.key.to_string(),
            words: describe(&pending.envelope.command, reading.locale),
            made_at: pending.enqueued_at.to_string(),
            sent: pending.sent,
            doubt: expected
                .refused
                .iter()
                .find(|(key, _)| *key == pending.envelope.key)
                .map(|(_, refusal)| refusal.to_string()),
        });
        let refused = reader.refusals(&reading.tenant)?.into_iter().map(|refused| RefusedView {
            key: refused.key.to_string(),
            words: describe(&refused.command, reading.locale),
            made_at: refused.enqueued_at.to_string(),
            code: refused.code,
            reason: refused.message,
        });
        Ok(OutboxView { pending: pending.collect(), refused: refused.collect() })
    }

    /// Forgets a refusal that the person has seen.
    pub fn dismiss_refusal(&self, key: &str) -> Result<OutboxView, Fault> {
        let key = Uuid::parse_str(key).map_err(|error| Fault::new(Code::Malformed, error))?;
        let reading = self.reading()?;
        if !lock(&reading.reader).refusals(&reading.tenant)?.iter().any(|refused| refused.key == key) {
            return Err(Fault::new(Code::NotFound, format!("refusal {key}")));
        }
        lock(reading.writable()?).dismiss_refusal(&reading.tenant, key)?;
        self.outbox()
    }

    /// Puts a command into the outbox, after the rules have been asked; it is safe on the disk when this returns.
    pub(crate) fn submit(&self, command: &Command) -> Result<(), Fault> {
        let reading = self.reading()?;
        let now = self.host.now();
        {
            let reader = lock(&reading.reader);
            let expected = Expected::read(&reader, &reading.tenant, &reading.person, reading.seq, now)?;
            decide(&expected.book, &reading.person, command.clone(), now)
                .map_err(|refusal| Fault::new(Code::Refused, refusal))?;
        }
        lock(reading.writable()?).enqueue(&reading.tenant, command, now)?;
        self.commands_waiting();
        Ok(())
    }
}

/// A command in words.
fn describe(command: &Command, locale: Locale) -> String {
    match command {
        Command::DraftReport { title, .. } => format!("{}: {title}", words::draft_report(locale)),
        Command::ReviseReport { title, .. } => format!("{}: {title}", words::revise_report(locale)),
        Command::MoveReport { id, .. } => format!("{}: {id}", words::move_report(locale)),
        Command::SetWatermark { .. } => words::set_watermark(locale).to_owned(),
        Command::SetBenchmarkConsent { .. } => words::set_benchmark_consent(locale).to_owned(),
        Command::ArrangeDashboard { dashboard } => {
            format!("{}: {}", words::arrange_dashboard(locale), dashboard.title.get(locale))
        }
        Command::AdmitPerson { person } => format!("{}: {}", words::admit_person(locale), person.name),
        Command::RemovePerson { person } => format!("{}: {person}", words::remove_person(locale)),
        Command::RecordExport { export } => {
            format!("{}: {} ({})", words::record_export(locale), export.report, export.format)
        }
        Command::WriteNote { text, .. } => {
            format!("{}: {}", words::write_note(locale), text.chars().take(60).collect::<String>())
        }
        Command::EnrolDevice { .. } => words::enrol_device(locale).to_owned(),
        Command::RemoveNote { id } => format!("{}: {id}", words::remove_note(locale)),
    }
}
