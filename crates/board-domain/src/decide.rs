//! Whether a command happens: state, actor, command and time in; facts or a refusal out.
//!
//! The server's word; the client runs the same code to show what will be possible. No I/O.

use jiff::Timestamp;

use crate::{
    Approval, Audience, Book, Command, Dashboard, DashboardError, Device, Fact, NarrativeFault, Note,
    Permission, Person, PersonId, Report, ReportMove, ReportStatus, Role, Section, Template, WatermarkError,
};

/// Why a command was refused, for good.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The actor's role lacks a permission, or they are not of this tenant.
    #[error("your role does not allow this")]
    Forbidden,
    /// An author may not review, approve or lock their own report.
    #[error("authors cannot review or approve their own report")]
    OwnReport,
    /// No such report, dashboard, person or note.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The id is taken.
    #[error("a report with this id already exists")]
    Exists,
    /// Somebody was first.
    #[error("the report has changed since: it is now version {version}, {status}", status = status.code())]
    Conflict {
        /// Its version now.
        version: u32,
        /// Its state now.
        status: ReportStatus,
    },
    /// Somebody arranged it first.
    #[error("the dashboard has changed since: it is now version {version}")]
    Rearranged {
        /// Its version now.
        version: u32,
    },
    /// A locked report never changes.
    #[error("the report is locked and cannot change any more")]
    Locked,
    /// The step does not exist from this state.
    #[error("a report that is {from} cannot take this step", from = from.code())]
    NoSuchStep {
        /// Its state.
        from: ReportStatus,
    },
    /// A reason is needed.
    #[error("give a reason")]
    ReasonNeeded,
    /// A title, section ids or a note outside their rules.
    #[error("title, sections, reason or note are outside their limits")]
    Malformed,
    /// The narrative breaks a rule of review.
    #[error("section {section}: {fault}")]
    Narrative {
        /// Section id.
        section: String,
        /// The first fault.
        fault: NarrativeFault,
    },
    /// Watermark settings out of range.
    #[error(transparent)]
    Watermark(#[from] WatermarkError),
    /// A dashboard that no screen could show.
    #[error(transparent)]
    Dashboard(#[from] DashboardError),
    /// Only the last super admin is left.
    #[error("the last SUPER_ADMIN cannot be removed")]
    LastSuperAdmin,
}

impl Refusal {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Forbidden => "command.forbidden",
            Self::OwnReport => "command.own_report",
            Self::NotFound(_) => "command.not_found",
            Self::Exists => "command.exists",
            Self::Conflict { .. } | Self::Rearranged { .. } => "command.conflict",
            Self::Locked => "command.locked",
            Self::NoSuchStep { .. } => "command.no_such_step",
            Self::ReasonNeeded => "command.reason_needed",
            Self::Malformed => "command.malformed",
            Self::Narrative { .. } => "command.narrative",
            Self::Watermark(_) => "command.watermark",
            Self::Dashboard(_) => "command.dashboard",
            Self::LastSuperAdmin => "command.last_super_admin",
        }
    }
}

/// Decides a command of a person at a time.
pub fn decide(book: &Book, actor: &PersonId, command: Command, now: Timestamp) -> Result<Vec<Fact>, Refusal> {
    let person = book.person(actor.as_str()).ok_or(Refusal::Forbidden)?;
    let need = |permission| if person.role.may(permission) { Ok(()) } else { Err(Refusal::Forbidden) };
    match command {
        Command::DraftReport { id, title, template, period, sections } => {
            need(Permission::WriteReports)?;
            if book.report(id.as_str()).is_some() {
                return Err(Refusal::Exists);
            }
            check_content(&title, template, &sections)?;
            let report = Report {
                id,
                title,
                template,
                period,
                author: actor.clone(),
                version: 1,
                status: ReportStatus::Draft,
                sections,
                approval: None,
            };
            Ok(vec![Fact::ReportChanged { report, reason: String::new() }])
        }
        Command::ReviseReport { id, version, title, sections } => {
            need(Permission::WriteReports)?;
            let mut report = current(book, &id, version)?;
            if !matches!(report.status, ReportStatus::Draft | ReportStatus::ChangesRequested) {
                return Err(Refusal::NoSuchStep { from: report.status });
            }
            check_content(&title, report.template, &sections)?;
            report.title = title;
            report.sections = sections;
            report.version += 1;
            report.status = ReportStatus::Draft;
            Ok(vec![Fact::ReportChanged { report, reason: String::new() }])
        }
        Command::MoveReport { id, version, step, reason } => {
            move_report(person, current(book, &id, version)?, step, reason, now)
        }
        Command::SetWatermark { watermark } => {
            need(Permission::SetTheme)?;
            watermark.check()?;
            Ok(vec![Fact::WatermarkSet { watermark }])
        }
        Command::SetBenchmarkConsent { given } => {
            need(Permission::Govern)?;
            Ok(vec![Fact::BenchmarkConsentSet { given }])
        }
        Command::ArrangeDashboard { dashboard } => {
            need(Permission::RunTenant)?;
            arrange(book, dashboard)
        }
        Command::AdmitPerson { person: admitted } => {
            need(Permission::RunTenant)?;
            let known = book.person(admitted.id.as_str());
            if known.is_none_or(|known| known.role != admitted.role) {
                need(Permission::AssignRoles)?;
            }
            let name = admitted.name.trim();
            if !(1..=120).contains(&name.chars().count()) {
                return Err(Refusal::Malformed);
            }
            if known.is_some_and(|known| known.role == Role::SuperAdmin) && admitted.role != Role::SuperAdmin
            {
                keep_a_super_admin(book, &admitted.id)?;
            }
            Ok(vec![Fact::PersonJoined { person: admitted }])
        }
        Command::RemovePerson { person: removed } => {
            need(Permission::RunTenant)?;
            book.person(removed.as_str()).ok_or(Refusal::NotFound("person"))?;
            keep_a_super_admin(book, &removed)?;
            Ok(vec![Fact::PersonLeft { person: removed }])
        }
        Command::RecordExport { export } => {
            let known = record_of(book, &export)?;
            // An export of an older version was allowed when it was made; the record must still arrive.
            need(if known.status.is_final() {
                Permission::ExportApproved
            } else {
                Permission::ExportDrafts
            })?;
            Ok(vec![Fact::PackExported { export }])
        }
        Command::EnrolDevice { public } => {
            need(Permission::ExportApproved)?;
            enrol(actor, public, now)
        }
        Command::WriteNote { id, anchor, text, shared } => {
            need(if shared { Permission::ShareNotes } else { Permission::KeepPrivateNotes })?;
            let known = book.note(&Note::key(actor, &id));
            let note = Note { id, author: actor.clone(), anchor, text, shared };
            if !note.is_well_formed() || known.is_some_and(|known| known.shared != shared) {
                return Err(Refusal::Malformed);
            }
            Ok(vec![Fact::NoteWritten { note }])
        }
        Command::RemoveNote { id } => {
            let known = book.note(&Note::key(actor, &id)).ok_or(Refusal::NotFound("note"))?;
            Ok(vec![Fact::NoteRemoved { note: id, author: actor.clone(), shared: known.shared }])
        }
    }
}

/// The report that a well-formed record speaks of.
fn record_of<'a>(book: &'a Book, export: &crate::ExportRecord) -> Result<&'a Report, Refusal> {
    let id = export.report.as_str();
    let known = book.report(id).or_else(|| book.published(id)).ok_or(Refusal::NotFound("report"))?;
    let known_format = matches!(export.format.as_str(), "pdf" | "pptx" | "png");
    if crate::Hash::parse(&export.sha256).is_none() || !known_format {
        return Err(Refusal::Malformed);
    }
    Ok(known)
}

fn enrol(actor: &PersonId, public: String, now: Timestamp) -> Result<Vec<Fact>, Refusal> {
    if !crate::is_public_key(&public) {
        return Err(Refusal::Malformed);
    }
    Ok(vec![Fact::DeviceCertified { device: Device::from_now(actor.clone(), public, now) }])
}

/// Whether the person may export the report as it stands.
pub fn may_export(role: Role, report: &Report) -> bool {
    role.may(if report.status.is_final() { Permission::ExportApproved } else { Permission::ExportDrafts })
}

/// The audience of a fact decided for a command: refusals go to the person who asked.
pub fn audience(fact: &Fact, actor: &PersonId) -> Audience {
    if matches!(fact, Fact::CommandRefused { .. }) {
        Audience::Person(actor.clone())
    } else {
        fact.audience()
    }
}

fn current(book: &Book, id: &crate::ReportId, version: u32) -> Result<Report, Refusal> {
    let report = book.report(id.as_str()).ok_or(Refusal::NotFound("report"))?;
    if report.status == ReportStatus::Locked {
        return Err(Refusal::Locked);
    }
    if report.version != version {
        return Err(Refusal::Conflict { version: report.version, status: report.status });
    }
    Ok(report.clone())
}

fn arrange(book: &Book, dashboard: Dashboard) -> Result<Vec<Fact>, Refusal> {
    dashboard.check()?;
    let version = book.dashboard(dashboard.id.as_str()).map_or(0, |old| old.version);
    if dashboard.version != version + 1 {
        return Err(Refusal::Rearranged { version });
    }
    Ok(vec![Fact::DashboardArranged { dashboard }])
}

fn move_report(
    actor: &Person,
    mut report: Report,
    step: ReportMove,
    reason: String,
    now: Timestamp,
) -> Result<Vec<Fact>, Refusal> {
    let (permission, not_the_author) = match step {
        ReportMove::Submit | ReportMove::Withdraw | ReportMove::Restart => (Permission::WriteReports, false),
        ReportMove::RequestChanges | ReportMove::Reject => (Permission::Review, true),
        ReportMove::Approve | ReportMove::Reopen => (Permission::Approve, true),
        ReportMove::Lock => (Permission::Lock, true),
    };
    if !actor.role.may(permission) {
        return Err(Refusal::Forbidden);
    }
    if not_the_author && report.author == actor.id {
        return Err(Refusal::OwnReport);
    }
    if step == ReportMove::Withdraw && report.author != actor.id {
        return Err(Refusal::Forbidden);
    }
    let from = report.status;
    report.status = step.from(from).ok_or(Refusal::NoSuchStep { from })?;
    if reason.chars().count() > 2_000 {
        return Err(Refusal::Malformed);
    }
    let needs_reason = matches!(step, ReportMove::RequestChanges | ReportMove::Reject | ReportMove::Reopen);
    if needs_reason && reason.trim().is_empty() {
        return Err(Refusal::ReasonNeeded);
    }
    match step {
        ReportMove::Submit => check_for_review(&report)?,
        ReportMove::Approve => {
            report.approval = Some(Approval {
                by: actor.id.clone(),
                name: actor.name.clone(),
                at: now,
                content_hash: report.content_hash(),
            });
        }
        ReportMove::Reopen => report.approval = None,
        _ => (),
    }
    let published = match step {
        ReportMove::Approve | ReportMove::Lock => Some(Fact::ReportPublished { report: report.clone() }),
        ReportMove::Reopen => Some(Fact::ReportRecalled { report: report.id.clone() }),
        _ => None,
    };
    let mut facts = vec![Fact::ReportChanged { report, reason }];
    facts.extend(published);
    Ok(facts)
}

fn check_content(title: &str, template: Template, sections: &[Section]) -> Result<(), Refusal> {
    if !(1..=200).contains(&title.trim().chars().count()) {
        return Err(Refusal::Malformed);
    }
    // Sections stand in template order, each at most once.
    let mut known = template.sections().into_iter();
    let in_order = sections.iter().all(|section| known.any(|(id, _)| id == section.id));
    let structured = sections.iter().all(|section| {
        !section
            .narrative
            .faults()
            .iter()
            .any(|fault| matches!(fault, NarrativeFault::TooLong | NarrativeFault::Structure { .. }))
    });
    if in_order && structured { Ok(()) } else { Err(Refusal::Malformed) }
}

fn check_for_review(report: &Report) -> Result<(), Refusal> {
    if report.sections.is_empty() {
        return Err(Refusal::Malformed);
    }
    for section in &report.sections {
        if let Some(fault) = section.narrative.faults().into_iter().next() {
            return Err(Refusal::Narrative { section: section.id.clone(), fault });
        }
    }
    Ok(())
}

fn keep_a_super_admin(book: &Book, leaving: &PersonId) -> Result<(), Refusal> {
    let is_super = |id: &str| book.person(id).is_some_and(|person| person.role == Role::SuperAdmin);
    if !is_super(leaving.as_str()) {
        return Ok(());
    }
    let others = book.table(crate::Table::Person).filter(|(id, _)| *id != leaving.as_str() && is_super(id));
    if others.count() == 0 { Err(Refusal::LastSuperAdmin) } else { Ok(()) }
}
