//! How views look in a terminal: aligned text for people, one JSON document for programs. Decides nothing.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "printing is what this module is for")]

use std::io::IsTerminal;

use board_desk::{
    Anchor, ArrangementView, BenchmarkView, CatchUpProgress, ConsentView, DashboardBrief, DashboardView,
    DiffView, DoctorView, ExportProgress, ExportView, Fault, Fetching, FigureView, Locale, NoteView,
    OutboxView, ReadyState, ReadyView, ReportBrief, SessionState, SessionView, SyncView, TileView,
    VerifyView,
};
use serde::Serialize;

/// Writes views.
pub(crate) struct Printer {
    json: bool,
    locale: Locale,
    /// Whether a line of progress stands unfinished on the screen.
    in_line: bool,
}

impl Printer {
    pub(crate) fn new(json: bool, locale: Locale) -> Self {
        Self { json, locale, in_line: false }
    }

    /// JSON, if asked for; says whether it was.
    fn as_json(&mut self, view: &impl Serialize) -> bool {
        self.end_line();
        if self.json {
            match serde_json::to_string_pretty(view) {
                Ok(text) => println!("{text}"),
                Err(error) => eprintln!("{error}"),
            }
        }
        self.json
    }

    fn end_line(&mut self) {
        if std::mem::take(&mut self.in_line) {
            eprintln!();
        }
    }

    pub(crate) fn fault(&mut self, fault: &Fault) {
        self.end_line();
        let view = fault.view(self.locale);
        if self.json {
            if let Ok(text) = serde_json::to_string_pretty(&view) {
                eprintln!("{text}");
            }
            return;
        }
        eprintln!("{} [{}]", view.message, view.code);
        if !view.detail.is_empty() {
            eprintln!("  {}", view.detail);
        }
    }

    pub(crate) fn session(&mut self, session: &SessionView, sync: Option<&SyncView>) {
        #[derive(Serialize)]
        struct Both<'a> {
            session: &'a SessionView,
            sync: Option<&'a SyncView>,
        }
        if self.as_json(&Both { session, sync }) {
            return;
        }
        match session.state {
            SessionState::SignedOut => println!("Nobody is signed in on this device."),
            SessionState::Locked => println!("Locked; the data is here but was not opened."),
            SessionState::Open => {
                if let Some(person) = &session.person {
                    println!("{} ({})", person.name, person.role.code());
                }
            }
        }
        if let Some(server) = &session.server {
            println!("Server   {server}");
        }
        for tenant in &session.tenants {
            let open = session.tenant.as_ref().is_some_and(|open| open.id == tenant.id);
            let mark = if open { "*" } else { " " };
            let synced = if tenant.synced { "" } else { "  (not fetched yet)" };
            println!("{mark} {:<20} {}{synced}", tenant.id, tenant.name);
        }
        if let Some(sync) = sync.filter(|_| session.state == SessionState::Open) {
            self.sync(sync);
        }
    }

    pub(crate) fn sync(&mut self, sync: &SyncView) {
        if self.json {
            self.as_json(sync);
            return;
        }
        self.end_line();
        println!("Events   {} of {}", sync.cursor, sync.head);
        if let Some(progress) = &sync.progress {
            let what = match progress.what {
                Fetching::Snapshot => "Newest state",
                Fetching::History => "History",
            };
            println!("{what} {} of {}", progress.done, progress.of);
        }
        println!("Contact  {}", sync.last_contact.as_deref().unwrap_or("never"));
        if sync.stale {
            println!("Stale    no contact with the server for five minutes or more");
        }
        if sync.unsent > 0 {
            println!("Unsent   {}", sync.unsent);
        }
        if sync.refused > 0 {
            println!("Refused  {}  (boardroom outbox says why)", sync.refused);
        }
    }

    pub(crate) fn notes(&mut self, notes: &[NoteView]) {
        if self.as_json(&notes) {
            return;
        }
        if notes.is_empty() {
            println!("No notes.");
        }
        for note in notes {
            let shared = if note.shared { "shared" } else { "private" };
            let pending = if note.pending { ", not confirmed yet" } else { "" };
            println!("{}  {} ({shared}{pending})", note.id, note.author);
            println!("  on {}", anchor(&note.anchor));
            for line in note.text.lines() {
                println!("  {line}");
            }
        }
    }

    /// The definition alone unless JSON was asked for, so that it can be changed and given back.
    pub(crate) fn arrangement(&mut self, view: &ArrangementView) {
        if !self.as_json(view)
            && let Ok(text) = serde_json::to_string_pretty(&view.dashboard)
        {
            println!("{text}");
        }
    }

    pub(crate) fn outbox(&mut self, outbox: &OutboxView) {
        if self.as_json(outbox) {
            return;
        }
        if outbox.pending.is_empty() && outbox.refused.is_empty() {
            println!("Everything was sent and answered.");
        }
        for pending in &outbox.pending {
            let state = if pending.sent { "sent" } else { "waits" };
            println!("{state:<8} {}  {}", pending.made_at, pending.words);
            if let Some(doubt) = &pending.doubt {
                println!("         likely to be refused: {doubt}");
            }
        }
        for refused in &outbox.refused {
            println!("refused  {}  {}", refused.made_at, refused.words);
            println!("         {} [{}]", refused.reason, refused.code);
            println!("         boardroom outbox --dismiss {}", refused.key);
        }
    }

    pub(crate) fn progress(&mut self, at: &CatchUpProgress) {
        self.line(&format!("{}: {} of {} events", at.tenant, at.cursor, at.head));
    }

    pub(crate) fn step(&mut self, at: &ExportProgress) {
        self.line(&format!("{:>3} %  {}", at.percent, at.step));
    }

    fn line(&mut self, text: &str) {
        if !self.json && std::io::stderr().is_terminal() {
            eprint!("\r\u{1b}[2K{text}");
            self.in_line = true;
        }
    }

    pub(crate) fn dashboards(&mut self, dashboards: &[DashboardBrief]) {
        if self.as_json(&dashboards) {
            return;
        }
        for dashboard in dashboards {
            println!("{:<20} {}", dashboard.id, dashboard.title);
        }
    }

    pub(crate) fn dashboard(&mut self, view: &DashboardView) {
        if self.as_json(view) {
            return;
        }
        println!("{} · {} · {}", view.company, view.title, view.period_label);
        for tile in &view.tiles {
            match tile {
                TileView::Kpi { card, .. } => {
                    let change = card.change.as_deref().or(card.reason.as_deref()).unwrap_or_default();
                    println!("\n{:<32} {:>18}  {change}\n  {}", card.label, card.value, card.figure);
                }
                TileView::Chart { title, table, empty, .. } => {
                    println!("\n{title}");
                    match empty {
                        Some(reason) => println!("  {reason}"),
                        None => columns(&table.header, &table.rows),
                    }
                }
                TileView::Evidence { title, items, empty, .. } => {
                    println!("\n{title}");
                    if let Some(reason) = empty {
                        println!("  {reason}");
                    }
                    for item in items {
                        println!("  “{}”\n    {} · {}", item.text, item.source, item.id);
                    }
                }
            }
        }
    }

    pub(crate) fn figure(&mut self, view: &FigureView) {
        if self.as_json(view) {
            return;
        }
        println!("{}  {}", view.card.label, view.card.value);
        if let Some(reason) = &view.card.reason {
            println!("{reason}");
        }
        println!("{}\n\n{} · {} · v{}", view.about, view.period, view.programme, view.version);
        println!("Formula     {}", view.formula);
        for (name, value) in &view.inputs {
            println!("  {name:<34} {value:>20}");
        }
        let verdict = if view.agrees { "agrees" } else { "DOES NOT AGREE" };
        println!("Recomputed  {} ({verdict})", view.recomputed);
        if let Some(alike) = &view.benchmark {
            let BenchmarkView { cohort, companies, median, middle, badge, .. } = alike;
            let badge = badge.map_or_else(String::new, |share| format!(", in the best {share} %"));
            println!("Alike       {companies} companies ({cohort}){badge}");
            println!("            median {median}, middle half {} – {}", middle.0, middle.1);
        }
        println!(
            "Measured    {}\nReceived    {} (position {})",
            view.measured_at, view.received_at, view.seq
        );
        for (value, at) in &view.history {
            println!("Before      {value} ({at})");
        }
        for item in &view.evidence {
            println!("\n“{}”\n  {} · {} · {}", item.text, item.source, item.id, item.sha256);
        }
        println!("\n{}", view.citation);
    }

    pub(crate) fn consent(&mut self, view: ConsentView) {
        if self.as_json(&view) {
            return;
        }
        let does = if view.takes_part { "takes part" } else { "does not take part" };
        println!("The company {does} in benchmarks.");
        if view.waiting.is_some_and(|waiting| waiting != view.takes_part) {
            println!("The change waits for the server; see boardroom outbox.");
        }
    }

    pub(crate) fn reports(&mut self, reports: &[ReportBrief]) {
        if self.as_json(&reports) {
            return;
        }
        for report in reports {
            println!(
                "{:<24} {:<20} {:<12} v{}  {}",
                report.id, report.status_label, report.period, report.version, report.title
            );
        }
    }

    pub(crate) fn export(&mut self, view: &ExportView) {
        if self.as_json(view) {
            return;
        }
        for file in &view.files {
            println!("{}\n  {} pages, {} bytes, SHA-256 {}", file.path, file.pages, file.size, file.sha256);
        }
        println!("Took {} ms", view.took_ms);
    }

    pub(crate) fn verify(&mut self, views: &[VerifyView]) {
        if self.as_json(&views) {
            return;
        }
        for view in views {
            let verdict = if view.valid { "valid" } else { "NOT VALID" };
            println!("{}: {verdict}", view.path);
            for check in &view.checks {
                let mark = match check.holds {
                    Some(true) => "ok  ",
                    Some(false) => "FAIL",
                    None => "?   ",
                };
                let reason = check.reason.as_deref().map(|reason| format!("{reason}: ")).unwrap_or_default();
                println!("  {mark} {:<28} {reason}{}", check.label, check.detail);
            }
            if !view.changed.is_empty() {
                println!("  Changed: {}", view.changed.join(", "));
            }
            for (label, value) in &view.facts {
                println!("       {label}: {value}");
            }
        }
    }

    pub(crate) fn diff(&mut self, view: &DiffView, all: bool) {
        if self.as_json(view) {
            return;
        }
        for side in [&view.from, &view.to] {
            let seq = side.seq.map(|seq| format!("position {seq}")).unwrap_or_default();
            let valid = match side.valid {
                Some(true) => ", valid",
                Some(false) => ", unchanged, its signer is NOT KNOWN here",
                None => "",
            };
            println!("{} ({seq}{valid})", side.name);
        }
        let header = ["", "Figure", "Before", "Now", "Change"].map(str::to_owned);
        let shown = view.entries.iter().filter(|entry| all || entry.became != "unchanged");
        let rows: Vec<Vec<String>> = shown
            .map(|entry| {
                let side = |side: &Option<(String, String, u32)>| {
                    side.as_ref().map_or_else(
                        || "–".into(),
                        |(key, value, version)| {
                            let period = key.split('/').nth(1).unwrap_or_default();
                            format!("{value} ({period}, v{version})")
                        },
                    )
                };
                vec![
                    entry.became.clone(),
                    entry.figure.clone(),
                    side(&entry.from),
                    side(&entry.to),
                    entry.amount_shown.clone().unwrap_or_default(),
                ]
            })
            .collect();
        if view.same {
            println!("Nothing changed: {} figures.", view.entries.len());
        }
        if !rows.is_empty() {
            columns(&header, &rows);
        }
    }

    pub(crate) fn doctor(&mut self, view: &DoctorView) {
        if self.as_json(view) {
            return;
        }
        for check in &view.checks {
            let mark = match check.works {
                Some(true) => "ok  ",
                Some(false) => "FAIL",
                None => "–   ",
            };
            println!("{mark} {:<16} {}", check.code, check.detail);
        }
    }
}

/// A meeting check, and whole texts.
impl Printer {
    pub(crate) fn ready(&mut self, view: &ReadyView) {
        if self.as_json(view) {
            return;
        }
        for line in &view.lines {
            let mark = match line.state {
                ReadyState::Passed => "ok  ",
                ReadyState::Warned => "note",
                ReadyState::Failed => "FAIL",
            };
            println!("{mark} {}: {}", line.label, line.found);
            if !line.advice.is_empty() {
                println!("     {}", line.advice);
            }
        }
    }

    /// A text; where JSON is asked for and it is none, as a JSON string.
    pub(crate) fn said(&mut self, text: &str) {
        if text.starts_with('{') || !self.as_json(&text) {
            println!("{text}");
        }
    }
}

/// Columns as wide as their widest cell, the first one left-aligned.
fn columns(header: &[String], rows: &[Vec<String>]) {
    let width = |column: usize| {
        rows.iter()
            .chain([&header.to_vec()])
            .filter_map(|row| row.get(column))
            .map(|c| c.chars().count())
            .max()
    };
    for row in [header.to_vec()].iter().chain(rows) {
        let mut line = String::from(" ");
        for (column, cell) in row.iter().enumerate() {
            let pad = width(column).unwrap_or(0).saturating_sub(cell.chars().count());
            let (left, right) = if column == 0 { (0, pad) } else { (pad, 0) };
            line.push(' ');
            line.push_str(&" ".repeat(left));
            line.push_str(cell);
            line.push_str(&" ".repeat(right));
        }
        println!("{}", line.trim_end());
    }
}

fn anchor(anchor: &Anchor) -> String {
    match anchor {
        Anchor::Figure { figure } => figure.to_string(),
        Anchor::Section { report, section } => format!("{report}, section {section}"),
        Anchor::Passage { report, section, quote } => format!("{report}, section {section}: “{quote}”"),
    }
}
