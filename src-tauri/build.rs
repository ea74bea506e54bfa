//! Prepares the window: its commands and capabilities, and a linker flag. Not run-time code.

/// Every command of the window, once. The handler and the capability name the same; a test compares them.
const COMMANDS: &[&str] = &[
    "session",
    "sign_in",
    "unlock",
    "lock",
    "sign_out",
    "choose_tenant",
    "set_preferences",
    "sync_state",
    "retry_sync",
    "copy_anew",
    "dashboards",
    "dashboard",
    "figure",
    "arrangement",
    "arrange_dashboard",
    "chart_hits",
    "save_chart",
    "chart_png",
    "reports",
    "outbox",
    "dismiss_refusal",
    "export_pack",
    "cancel_export",
    "verify",
    "open_path",
    "screens",
    "present",
    "present_on",
    "steer",
    "end_show",
    "audience",
    "audience_key",
    "history",
    "moment",
    "compare",
    "report",
    "new_report",
    "draft_report",
    "revise_report",
    "move_report",
    "check_section",
    "citables",
    "keep_draft",
    "forget_draft",
    "preview",
    "exports",
    "notes",
    "write_note",
    "remove_note",
    "news",
    "saw_news",
    "opened_link",
    "check_ready",
    "last_ready",
    "policy",
    "set_lock_after",
    "benchmark_consent",
    "set_benchmark_consent",
    "device",
    "diagnostics",
    "save_diagnostics",
];

fn main() {
    // The vault's SQLite must not stand in for the one that WebKit brings.
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo:rustc-link-arg-bins=-Wl,--exclude-libs,ALL");
    }
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))
        .expect("the window's configuration is complete");
}
