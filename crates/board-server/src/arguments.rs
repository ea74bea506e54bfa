//! Arguments of `boardroom-server` and what each command prints. Not what the commands do.
#![allow(clippy::doc_markdown, reason = "these comments are the help text, read in a terminal")]

use std::{
    error::Error,
    io::Write,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use board_domain::{PersonId, PublishedKeys, Role, TenantId, TenantKey};
use board_server::{
    Clock, Config, Copied, CopyError, Flags, Place, Purpose, Secret,
    admin::{Admin, NewUser},
    seed::{Demo, FILE, Seeded},
};
use clap::{Args, CommandFactory, Parser, Subcommand};
use serde_json::json;

type Fallible<T> = Result<T, Box<dyn Error>>;

/// The Boardroom server: one ordered log per company, its live stream, commands, sign-in and ingest.
///
/// Settings come from the file, then from BOARDROOM_LISTEN, BOARDROOM_DATA, BOARDROOM_STORE, BOARDROOM_KEY, BOARDROOM_LOG and
/// BOARDROOM_LOG_JSON, then from flags; later ones win.
#[derive(Parser)]
#[command(name = "boardroom-server", version)]
pub(crate) struct Arguments {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
struct Settings {
    /// Settings file (TOML: listen, data, store, key, log, log_json)
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of the store
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Address of the store: postgres://user@host/database; none keeps it in a file of the folder
    #[arg(long, global = true, value_name = "ADDRESS")]
    store: Option<String>,
    /// Log filter, for example info,board_server=debug
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
    /// Write log lines as JSON
    #[arg(long, global = true)]
    log_json: bool,
    /// Print JSON instead of sentences
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Make the data folder and an empty store in it
    Init,
    /// Serve until told to stop
    Serve {
        /// Address and port
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<SocketAddr>,
    },
    /// Found the demo tenants; run again with --reports once their rows are ingested
    SeedDemo {
        /// Folder with tenants.json
        #[arg(long, value_name = "DIR")]
        from: Option<PathBuf>,
        /// Password of every demo account; generated and printed once if not given
        #[arg(long, env = "BOARDROOM_DEMO_PASSWORD", hide_env_values = true)]
        password: Option<String>,
        /// Write the demo reports, which cite evidence of ingested rows
        #[arg(long)]
        reports: bool,
    },
    /// Measure what companies alike reach, and tell each; a running server does so once a day
    Benchmarks,
    /// Accounts
    User {
        #[command(subcommand)]
        command: User,
    },
    /// Mint a service token for a tenant; it is shown once
    Token {
        /// The tenant
        #[arg(long, value_parser = |text: &str| TenantId::new(text))]
        tenant: TenantId,
        /// What it is for, as shown in the log
        #[arg(long, default_value = "ingest")]
        name: String,
        /// What it may do: ingest
        #[arg(long, default_value = "ingest")]
        scope: String,
    },
    /// The key that signs approvals and certifies devices
    Key {
        #[command(subcommand)]
        command: KeyCommand,
    },
    /// Give up the oldest events of a tenant's log; a snapshot stands for them
    Trim {
        /// The tenant
        #[arg(long, value_parser = |text: &str| TenantId::new(text))]
        tenant: TenantId,
        /// How many of the newest events to keep
        #[arg(long, value_name = "N")]
        keep: u64,
    },
    /// The store as a whole
    Store {
        #[command(subcommand)]
        command: StoreCommand,
    },
    /// Copy the store into a new file, beside a running server
    Backup {
        /// The file to make; encrypted with the key of the settings, if there is one
        file: PathBuf,
    },
    /// Fill an empty store from a backup; every client then starts over, and everybody signs in again
    Restore {
        /// The file of the backup
        file: PathBuf,
    },
    /// Print the description of the HTTP interface (OpenAPI)
    Openapi,
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Subcommand)]
enum StoreCommand {
    /// Copy the store of the settings into an empty one; stop the server first, and start it on the copy
    Copy {
        /// Where to: postgres://user@host/database, or a file
        #[arg(long, value_name = "ADDRESS")]
        to: String,
    },
    /// Give every log a new epoch, after a standby database that may have been behind was promoted
    Promote,
}

#[derive(Subcommand)]
enum KeyCommand {
    /// List a tenant's keys: what /v1/tenants/TENANT/keys publishes
    List {
        /// The tenant
        #[arg(long, value_parser = |text: &str| TenantId::new(text))]
        tenant: TenantId,
    },
    /// Put a new key in the place of the one that signs; what the old one signed stays good
    Rotate {
        /// The tenant
        #[arg(long, value_parser = |text: &str| TenantId::new(text))]
        tenant: TenantId,
    },
    /// Say that a key is in the wrong hands; nothing it signed is good any more, and packs have to be exported again
    Revoke {
        /// The tenant
        #[arg(long, value_parser = |text: &str| TenantId::new(text))]
        tenant: TenantId,
        /// The public key, 64 hexadecimal digits
        #[arg(long, value_name = "HEX")]
        key: String,
        /// Why, as published
        #[arg(long)]
        reason: String,
    },
}

#[derive(Subcommand)]
enum User {
    /// Give a person an account and a role in a tenant
    Add {
        /// The tenant
        #[arg(long, value_parser = |text: &str| TenantId::new(text))]
        tenant: TenantId,
        /// The person's id, for example kari
        #[arg(long, value_parser = |text: &str| PersonId::new(text))]
        id: PersonId,
        /// E-mail, for sign-in
        #[arg(long)]
        email: String,
        /// Name as shown
        #[arg(long)]
        name: String,
        /// VIEWER, DIRECTOR, MANAGER, ADMIN, SUPER_ADMIN or PARTNER
        #[arg(long, value_parser = |text: &str| Role::parse(text).ok_or("there is no such role"))]
        role: Role,
        /// Password; generated and printed once if not given
        #[arg(long, env = "BOARDROOM_USER_PASSWORD", hide_env_values = true)]
        password: Option<String>,
    },
}

/// Does what was asked.
pub(crate) fn run(arguments: Arguments) -> Fallible<()> {
    let Arguments { settings, command } = arguments;
    let listen = if let Command::Serve { listen } = &command { *listen } else { None };
    let flags = Flags {
        listen,
        data: settings.data,
        store: settings.store,
        log: settings.log,
        log_json: settings.log_json.then_some(true),
    };
    let json = settings.json;
    let config = || Config::read(settings.config.clone(), &flags);
    match command {
        Command::Openapi => print(&board_server::openapi()),
        Command::Completions { shell } => {
            clap_complete::generate(
                shell,
                &mut Arguments::command(),
                "boardroom-server",
                &mut std::io::stdout(),
            );
            Ok(())
        }
        Command::Init => {
            let config = config()?;
            Admin::open(&config)?;
            let place = config.place()?;
            say(json, &json!({ "store": place }), &format!("The store is at {place}."))
        }
        Command::Serve { .. } => {
            let config = config()?;
            start_log(&config)?;
            runtime()?.block_on(board_server::serve(&config, told_to_stop()))?;
            Ok(())
        }
        Command::SeedDemo { from, password, reports } => seed(&config()?, from, password, reports, json),
        Command::User { command: User::Add { tenant, id, email, name, role, password } } => {
            let (password, generated) = password_or_new(password)?;
            let admin = Admin::open(&config()?)?;
            let user = NewUser { person: id.clone(), email, name, role };
            let now = Clock::system().now();
            runtime()?.block_on(admin.add_user(tenant.clone(), user, &password, now))?;
            let shown = generated.then(|| password.reveal());
            let sentence = format!("{id} is {} in {tenant}.{}", role.code(), note(shown));
            say(json, &json!({ "tenant": tenant, "person": id, "role": role, "password": shown }), &sentence)
        }
        Command::Benchmarks => {
            let admin = Admin::open(&config()?)?;
            let told = runtime()?.block_on(admin.measure_benchmarks(Clock::system().now()))?;
            say(json, &json!({ "told": told }), &format!("Measured; {told} are new."))
        }
        Command::Key { command } => keys(&config()?, command, json),
        Command::Trim { tenant, keep } => {
            let admin = Admin::open(&config()?)?;
            let floor = runtime()?.block_on(admin.trim(&tenant, keep))?;
            let sentence = format!("The log of {tenant} starts after position {floor}.");
            say(json, &json!({ "tenant": tenant, "floor": floor }), &sentence)
        }
        Command::Store { command: StoreCommand::Copy { to } } => {
            let config = config()?;
            let to = match to.split_once("://") {
                Some(("postgres" | "postgresql", _)) => Place::Server(Secret::new(to)),
                _ => Place::File(to.into(), config.key.clone()),
            };
            let copied = board_server::copy(&config.copied(), &to, Purpose::Move, &mut progress(json));
            tell_copied(json, copied)
        }
        Command::Store { command: StoreCommand::Promote } => {
            let admin = Admin::open(&config()?)?;
            let promoted = runtime()?.block_on(admin.promote())?;
            let sentence = format!("{} logs have a new epoch; their clients start over.", promoted.len());
            say(json, &json!({ "tenants": promoted }), &sentence)
        }
        Command::Backup { file } => {
            let config = config()?;
            let copied =
                board_server::backup(&config.copied(), &file, config.key.clone(), &mut progress(json));
            tell_copied(json, copied)
        }
        Command::Restore { file } => {
            let config = config()?;
            let from = Place::File(file, config.key.clone());
            if config.store.is_none() {
                std::fs::create_dir_all(&config.data)?;
            }
            let copied = board_server::copy(&from, &config.copied(), Purpose::Restore, &mut progress(json));
            tell_copied(json, copied)
        }
        Command::Token { tenant, name, scope } => {
            let admin = Admin::open(&config()?)?;
            let token = runtime()?.block_on(admin.mint_token(tenant.clone(), name, scope.clone()))?;
            let token = token.reveal();
            say(json, &json!({ "tenant": tenant, "scope": scope, "token": token }), token)
        }
    }
}

fn keys(config: &Config, command: KeyCommand, json: bool) -> Fallible<()> {
    let admin = Admin::open(config)?;
    let now = Clock::system().now();
    match command {
        KeyCommand::List { tenant } => {
            let keys = runtime()?.block_on(admin.keys(tenant.clone()))?;
            let line = |key: &TenantKey| {
                let state = match (&key.revoked, &key.retired) {
                    (Some(at), _) => format!("revoked {at}: {}", key.reason),
                    (None, Some(at)) => format!("retired {at}"),
                    (None, None) => "signs".to_owned(),
                };
                format!("{}  since {}  {state}", key.public, key.since)
            };
            let lines: Vec<String> = keys.iter().map(line).collect();
            say(json, &serde_json::to_value(PublishedKeys { tenant, keys })?, &lines.join("\n"))
        }
        KeyCommand::Rotate { tenant } => {
            let key = runtime()?.block_on(admin.rotate_key(tenant.clone(), now))?;
            say(json, &json!({ "tenant": tenant, "key": key }), &format!("{} signs now.", key.public))
        }
        KeyCommand::Revoke { tenant, key, reason } => {
            let key = runtime()?.block_on(admin.revoke_key(tenant.clone(), key, reason, now))?;
            say(
                json,
                &json!({ "tenant": tenant, "key": key }),
                &format!("Revoked. {} signs now.", key.public),
            )
        }
    }
}

fn seed(
    config: &Config,
    from: Option<PathBuf>,
    password: Option<String>,
    reports: bool,
    json: bool,
) -> Fallible<()> {
    let folder = match from {
        Some(folder) => folder,
        None => demo_folder().ok_or("the demo's folder was not found; name it with --from")?,
    };
    let demo = Demo::read(&folder)?;
    let admin = Admin::open(config)?;
    let now = Clock::system().now();
    let (seeded, shown) = if reports {
        (runtime()?.block_on(demo.seed_reports(&admin, now))?, None)
    } else {
        let (password, generated) = password_or_new(password)?;
        let seeded = runtime()?.block_on(demo.seed(&admin, &password, now))?;
        // The password of accounts that exist is not this one.
        let shown = (generated && seeded.accounts > 0).then(|| password.reveal().to_owned());
        (seeded, shown)
    };
    let Seeded { tenants, accounts, reports } = &seeded;
    let sentence = if seeded == Seeded::default() {
        "Everything is there already; nothing was changed.".to_owned()
    } else {
        let counts = format!("{} tenants, {accounts} accounts, {} reports.", tenants.len(), reports.len());
        format!("Seeded {counts}{}", note(shown.as_deref()))
    };
    let machine = json!({ "tenants": tenants, "accounts": accounts, "reports": reports, "password": shown });
    say(json, &machine, &sentence)
}

/// Tells a person how far a copy is; a machine reads the end.
fn progress(json: bool) -> impl FnMut(&'static str, u64) {
    move |table, rows| {
        if !json && rows > 0 {
            // A closed terminal leaves nobody to tell.
            let _ = writeln!(std::io::stderr(), "{table}: {rows}");
        }
    }
}

fn tell_copied(json: bool, copied: Result<Copied, CopyError>) -> Fallible<()> {
    let copied = copied.map_err(|error| {
        if json {
            let (code, message) = (error.code(), error.to_string());
            // The failure itself is told by the caller.
            let _ = print(&format!("{}\n", json!({ "code": code, "message": message })));
        }
        format!("{error} ({})", error.code())
    })?;
    let rows: u64 = copied.rows.values().sum();
    let sentence = format!("Copied and verified: {} tenants, {rows} rows.", copied.tenants.len());
    say(json, &serde_json::to_value(&copied)?, &sentence)
}

fn note(password: Option<&str>) -> String {
    password.map_or_else(String::new, |password| format!(" Password, shown only now: {password}"))
}

/// The folder of the demo: beside the program or above it, or above the working directory.
fn demo_folder() -> Option<PathBuf> {
    let program = std::env::current_exe().ok();
    let working = std::env::current_dir().ok();
    let starts = program.iter().chain(&working).flat_map(|path| path.ancestors());
    starts.map(|folder| folder.join("assets/demo")).find(|folder| has_demo(folder))
}

fn has_demo(folder: &Path) -> bool {
    folder.join(FILE).is_file()
}

fn password_or_new(given: Option<String>) -> Fallible<(Secret, bool)> {
    Ok(match given {
        Some(password) => (Secret::new(password), false),
        None => (Secret::generate()?, true),
    })
}

fn runtime() -> Fallible<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

fn start_log(config: &Config) -> Fallible<()> {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log)?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if config.log_json {
        lines.json().init();
    } else {
        lines.init();
    }
    Ok(())
}

async fn told_to_stop() {
    let interrupt = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    {
        let terminate = async {
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(mut signal) => {
                    signal.recv().await;
                }
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! { () = interrupt => (), () = terminate => () }
    }
    #[cfg(not(unix))]
    interrupt.await;
}

fn say(json: bool, machine: &serde_json::Value, sentence: &str) -> Fallible<()> {
    if json { print(&format!("{machine}\n")) } else { print(&format!("{sentence}\n")) }
}

fn print(text: &str) -> Fallible<()> {
    let mut out = std::io::stdout();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}
