//! The use cases of the app, over a narrow host. No window, no terminal and no HTTP of its own.

mod appendix;
mod arrange;
mod compare;
mod consent;
mod dashboards;
mod desk;
mod diagnostics;
mod diff;
mod doctor;
mod enrol;
mod export;
mod fault;
mod figures;
mod history;
mod host;
mod lens;
mod link;
mod news;
mod notes;
mod once;
mod outbox;
mod plan;
mod policy;
mod preview;
mod profile;
mod ready;
mod ready_words;
mod reports;
mod session;
mod show;
mod slides;
#[cfg(test)]
mod testing;
mod tiles;
mod tray;
mod verify;
mod view;
mod words;
mod writing;

pub use arrange::{ArrangementView, MetricChoice};
pub use board_charts::Hit;
pub use board_domain::{Anchor, Dashboard, Locale, Narrative, ReportMove, Role, Section, Template};
pub use consent::ConsentView;
pub use desk::{Desk, STALE_AFTER_SECONDS};
pub use diagnostics::{DeviceView, OtherDevice};
pub use doctor::{DoctorCheck, DoctorView};
pub use fault::{Code, Fault};
pub use history::{HistoryView, MomentView};
pub use host::{Host, SecretError};
pub use link::Link;
pub use news::{NewsEntry, NewsView};
pub use once::CatchUpProgress;
pub use policy::{InForce, PolicyView, SettingSource};
pub use preview::{PreviewView, UnsavedText};
pub use ready::{ReadyLine, ReadyState, ReadyView, ready_line};
pub use show::{Deck, ShowRequest, ShowView, Slide, SlideBody, SlideLine, SlideNote};
pub use tray::{TrayAction, TrayView};
pub use verify::read_bounded;
pub use view::{
    BenchmarkView, Choice, DashboardBrief, DashboardView, DiffEntry, DiffSide, DiffView, EvidenceView,
    ExportEntry, ExportProgress, ExportRequest, ExportSecrets, ExportView, ExportedFile, FaultView, Fetching,
    FigureCard, FigureView, NoteRequest, NoteView, OutboxView, PendingView, PersonView, ProgressView,
    RefusedView, ReportBrief, SessionState, SessionView, SyncState, SyncView, TableView, TenantBrief,
    ThemeChoice, TileView, VerifyCheck, VerifyView,
};
pub use writing::{
    CitableFigure, CitablesView, CourseView, KeptDraft, NewReportView, ReportView, SectionFault, SectionView,
    StepView, TemplateView,
};
