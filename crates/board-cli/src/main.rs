//! The `boardroom` command: the desk's use cases for a terminal, a script and an auditor. No logic of its own.

mod arrange;
mod export;
mod host;
mod print;

use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

use board_desk::{Code, Desk, Fault, Locale, NoteRequest};
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};

use crate::{host::TerminalHost, print::Printer};

/// Boardroom on the command line.
#[derive(Parser)]
#[command(name = "boardroom", version, about, propagate_version = true)]
struct Arguments {
    /// Print JSON instead of text.
    #[arg(long, global = true)]
    json: bool,
    /// Folder of the profile and the encrypted data.
    #[arg(long, global = true, env = "BOARDROOM_DATA_DIR", value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
    /// Language of names, numbers and messages.
    #[arg(long, global = true, env = "BOARDROOM_LANG", value_name = "LANG")]
    lang: Option<Language>,
    /// Company to read, for people with several; the one used last unless given.
    #[arg(long, global = true, env = "BOARDROOM_TENANT", value_name = "ID")]
    tenant: Option<String>,
    #[command(subcommand)]
    task: Task,
}

#[derive(Clone, Copy, ValueEnum)]
enum Language {
    En,
    Nb,
    Uk,
}

impl From<Language> for Locale {
    fn from(language: Language) -> Self {
        match language {
            Language::En => Self::En,
            Language::Nb => Self::Nb,
            Language::Uk => Self::Uk,
        }
    }
}

#[derive(Subcommand)]
enum Task {
    /// Sign in at a server and prepare the encrypted copy on this device.
    Login {
        /// Address of the server, https://… (http:// for this computer only).
        server: String,
        /// E-mail of the account.
        #[arg(long)]
        email: String,
        /// Read the password from this file; asked for otherwise.
        #[arg(long, value_name = "FILE", env = "BOARDROOM_PASSWORD_FILE")]
        password_file: Option<PathBuf>,
    },
    /// End the session and remove the data and the keys from this device.
    Logout,
    /// Say who is signed in and how fresh the data is.
    Status,
    /// Fetch everything new and send what waits.
    Sync {
        /// Make the copy of the open company anew from what the server has now. For when the server's history is not
        /// the one on this device (sync.chain) and its operator says that it is right; unsent work is kept and sent.
        #[arg(long)]
        anew: bool,
    },
    /// List dashboards, or show one.
    Dashboards {
        /// Dashboard to show.
        id: Option<String>,
        /// Period, like 2026-Q3, 2026-09 or 2026; the newest ended quarter unless given.
        #[arg(long)]
        period: Option<String>,
        /// Programme; all unless given.
        #[arg(long)]
        programme: Option<String>,
    },
    /// Explain a figure: definition, inputs, the sum done again, history, evidence.
    Figure {
        /// Lineage id, like sroi/2026-Q3/all.
        id: String,
    },
    /// Show what a dashboard is made of as JSON, or arrange it anew. Works offline; needs the right to.
    Arrange(arrange::Arguments),
    /// Say whether the company is counted in benchmarks, or settle it. Works offline; settling needs the right to.
    Benchmarks {
        /// Agree, or no longer.
        #[arg(long, value_name = "YES_OR_NO", value_parser = yes_or_no)]
        take_part: Option<bool>,
    },
    /// List reports.
    Reports,
    /// Write a report's pack.
    Export(export::Arguments),
    /// List notes, write one or take one away. Works offline.
    Notes {
        #[command(subcommand)]
        task: Option<NoteTask>,
    },
    /// List changes that wait for the server's answer, and those it refused.
    Outbox {
        /// Forget the refusal with this key.
        #[arg(long, value_name = "KEY")]
        dismiss: Option<String>,
    },
    /// Check that packs are whole, unchanged and signed by a known key. Needs no session.
    Verify {
        /// Files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Whom to trust: a device's public key (64 hexadecimal digits), or a file saved from the
        /// address `/v1/tenants/COMPANY/keys` of its server.
        #[arg(long = "key", value_name = "HEX|FILE")]
        keys: Vec<String>,
        /// Read the content of protected PDFs with the password in this file.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Say what changed between two packs, a pack and a position of the log, or two positions. Exit code 1 if anything
    /// did.
    Diff {
        /// A pack's file, or a position of the log.
        before: String,
        /// A pack's file, or a position of the log.
        after: String,
        /// Show figures that did not change, too.
        #[arg(long)]
        all: bool,
        /// Whom to trust; as in verify.
        #[arg(long = "key", value_name = "HEX|FILE")]
        keys: Vec<String>,
    },
    /// Test what the app needs on this machine.
    Doctor,
    /// Test everything that a meeting without a network needs. Exit code 1 if something fails.
    Ready {
        /// When the meeting ends, like 2026-12-01T17:00:00Z; four hours from now unless given.
        #[arg(long, value_name = "TIME")]
        until: Option<jiff::Timestamp>,
    },
    /// Print a report for support, without names and figures.
    Diagnostics {
        /// Save it in this session's folder for documents instead.
        #[arg(long)]
        save: bool,
    },
    /// Print completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

#[derive(Subcommand)]
enum NoteTask {
    /// Write a note on a figure, on a report's section, or on words of it.
    Write {
        /// The note.
        text: String,
        /// Lineage id of a figure, like sroi/2026-Q3/all.
        #[arg(long, conflicts_with_all = ["report", "section", "quote"], required_unless_present = "report")]
        figure: Option<String>,
        /// Report; see `boardroom reports`.
        #[arg(long, requires = "section")]
        report: Option<String>,
        /// Section of the report, like summary.
        #[arg(long, requires = "report")]
        section: Option<String>,
        /// Words of the section.
        #[arg(long, requires = "section")]
        quote: Option<String>,
        /// Let all who may see evidence read it.
        #[arg(long)]
        shared: bool,
        /// Write this note of yours anew.
        #[arg(long)]
        id: Option<String>,
    },
    /// Take a note of yours away.
    Remove {
        /// Its id.
        id: String,
    },
}

impl NoteTask {
    fn run(self, desk: &Desk) -> Result<(), Fault> {
        match self {
            Self::Write { text, figure, report, section, quote, shared, id } => {
                desk.write_note(NoteRequest { id, figure, report, section, quote, text, shared }).map(drop)
            }
            Self::Remove { id } => desk.remove_note(&id),
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("BOARDROOM_LOG").unwrap_or_else(|_| "warn".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    if let Task::Completions { shell } = arguments.task {
        clap_complete::generate(shell, &mut Arguments::command(), "boardroom", &mut std::io::stdout());
        return ExitCode::SUCCESS;
    }
    let locale = arguments.lang.map_or(Locale::En, Locale::from);
    let mut printer = Printer::new(arguments.json, locale);
    match run(arguments, &mut printer) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(fault) => {
            printer.fault(&fault);
            ExitCode::from(2)
        }
    }
}

impl Task {
    /// Whether it needs an open company.
    fn looks_inside(&self) -> bool {
        !matches!(
            self,
            Self::Login { .. }
                | Self::Logout
                | Self::Status
                | Self::Verify { .. }
                | Self::Diff { .. }
                | Self::Doctor
                | Self::Diagnostics { .. }
                | Self::Completions { .. }
        )
    }
}

/// Whether everything asked about holds; exit code 1 otherwise.
fn run(arguments: Arguments, printer: &mut Printer) -> Result<bool, Fault> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Fault::new(Code::File, error))?;
    let host = TerminalHost::new(arguments.data_dir)
        .ok_or_else(|| Fault::new(Code::File, "no home folder; give --data-dir"))?;
    let desk = Desk::new(Arc::new(host), runtime.handle().clone());
    if let Some(language) = arguments.lang {
        desk.speak(language.into());
    }
    let open = || -> Result<(), Fault> {
        desk.unlock()?;
        if let Some(tenant) = &arguments.tenant {
            desk.choose_tenant(tenant)?;
        }
        Ok(())
    };
    if arguments.task.looks_inside() {
        open()?;
    }
    match arguments.task {
        Task::Login { server, email, password_file } => {
            let password = password(password_file)?;
            printer.session(&runtime.block_on(desk.sign_in(&server, &email, &password))?, None);
        }
        Task::Logout => printer.session(&desk.sign_out()?, None),
        Task::Status => {
            if desk.unlock().is_ok() {
                open()?;
            }
            let session = desk.session()?;
            printer.session(&session, Some(&desk.sync_state()));
        }
        Task::Sync { anew } => {
            let mut progress = |at: board_desk::CatchUpProgress| printer.progress(&at);
            let state = runtime.block_on(desk.catch_up(anew, &mut progress))?;
            printer.sync(&state);
        }
        Task::Dashboards { id: None, .. } => {
            printer.dashboards(&desk.dashboards(None)?);
        }
        Task::Dashboards { id: Some(id), period, programme } => {
            printer.dashboard(&desk.dashboard(&id, period.as_deref(), programme.as_deref(), None)?);
        }
        Task::Figure { id } => {
            let figure = desk.figure(&id, None)?;
            printer.figure(&figure);
            return Ok(figure.agrees);
        }
        Task::Reports => {
            printer.reports(&desk.reports(None)?);
        }
        Task::Notes { task } => {
            if let Some(task) = task {
                task.run(&desk)?;
            }
            printer.notes(&desk.notes()?);
        }
        Task::Outbox { dismiss } => {
            let view = if let Some(key) = dismiss { desk.dismiss_refusal(&key)? } else { desk.outbox()? };
            printer.outbox(&view);
        }
        Task::Benchmarks { take_part } => {
            let consent = take_part
                .map_or_else(|| desk.benchmark_consent(), |given| desk.set_benchmark_consent(given))?;
            printer.consent(consent);
        }
        Task::Arrange(arguments) => printer.arrangement(&arguments.run(&desk)?),
        Task::Export(arguments) => {
            let view = arguments.run(&desk, &mut |at| printer.step(&at))?;
            printer.export(&view);
        }
        Task::Verify { files, keys, password_file } => {
            return check(&desk, printer, &files, &keys, password_file);
        }
        Task::Diff { before, after, all, keys } => {
            // Two packs of the present format need no session.
            let _ = open();
            let view = desk.diff(&before, &after, &keys)?;
            printer.diff(&view, all);
            return Ok(view.same);
        }
        Task::Doctor => {
            let view = desk.doctor()?;
            printer.doctor(&view);
            return Ok(view.healthy);
        }
        Task::Ready { until } => {
            let later = || jiff::Timestamp::now() + std::time::Duration::from_hours(4);
            let view = desk.check_ready(until.unwrap_or_else(later), Vec::new(), &mut |_| ())?;
            printer.ready(&view);
            return Ok(view.ready);
        }
        Task::Diagnostics { save } => {
            // What can be said without a session is said without one.
            let _ = open();
            printer.said(&if save { desk.save_diagnostics()? } else { desk.diagnostics()? });
        }
        Task::Completions { .. } => (),
    }
    Ok(true)
}

/// Verifies files; whether all of them hold.
fn check(
    desk: &Desk,
    printer: &mut Printer,
    files: &[PathBuf],
    keys: &[String],
    password_file: Option<PathBuf>,
) -> Result<bool, Fault> {
    // Without a session the packs of this device are of an unknown key, which the checks then say.
    let _ = desk.unlock();
    let password = password_file.map(|file| password(Some(file))).transpose()?;
    let password = password.as_ref().map(|password| password.as_str());
    let views = files.iter().map(|file| desk.verify(file, keys, password));
    let views: Vec<_> = views.collect::<Result<_, _>>()?;
    printer.verify(&views);
    Ok(views.iter().all(|view| view.valid))
}

/// The password from a file, a pipe, or a prompt without echo.
fn password(file: Option<PathBuf>) -> Result<zeroize::Zeroizing<String>, Fault> {
    let mut text = zeroize::Zeroizing::new(String::new());
    match file {
        Some(path) => {
            *text = std::fs::read_to_string(&path)
                .map_err(|error| Fault::new(Code::File, format!("{}: {error}", path.display())))?;
        }
        None if std::io::stdin().is_terminal() => {
            let _ = std::io::stderr().write_all(b"Password: ");
            *text = rpassword::read_password().map_err(|error| Fault::new(Code::File, error))?;
        }
        None => {
            std::io::stdin().read_line(&mut text).map_err(|error| Fault::new(Code::File, error))?;
        }
    }
    let trimmed = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(trimmed);
    Ok(text)
}

fn yes_or_no(text: &str) -> Result<bool, &'static str> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("yes or no"),
    }
}
