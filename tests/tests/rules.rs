//! Rules of the repository: who may depend on whom, who may name which package, and what every file begins with.
#![allow(clippy::unwrap_used, reason = "a journey that cannot go on fails loudly")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::Command,
};

use boardroom_tests::root;
use serde_json::Value;

/// The arrows between rooms, exactly these. A further one needs a decision record.
const ARROWS: [(&str, &[&str]); 9] = [
    ("board-domain", &[]),
    ("board-vault", &["board-domain"]),
    ("board-sync", &["board-domain", "board-vault"]),
    ("board-charts", &["board-domain"]),
    ("board-packs", &["board-charts", "board-domain"]),
    ("board-desk", &["board-charts", "board-domain", "board-packs", "board-sync", "board-vault"]),
    ("board-server", &["board-domain"]),
    ("board-cli", &["board-desk"]),
    ("boardroom-desktop", &["board-desk"]),
];

/// Packages that only the named rooms may use.
const HIDDEN: [(&str, &[&str]); 9] = [
    ("rusqlite", &["board-vault", "board-server"]),
    ("plotters", &["board-charts"]),
    ("printpdf", &["board-packs"]),
    ("lopdf", &["board-packs"]),
    ("reqwest", &["board-sync"]),
    ("eventsource-client", &["board-sync"]),
    ("tauri", &["boardroom-desktop"]),
    ("keyring", &["board-cli", "boardroom-desktop"]),
    // The window only for its adapter, which the test below keeps out of what people get.
    ("axum", &["board-server", "boardroom-desktop"]),
];

fn metadata() -> Value {
    let output = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

fn packages() -> BTreeMap<String, BTreeSet<String>> {
    let normal = |dependency: &&Value| dependency["kind"].is_null();
    metadata()["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().unwrap().iter();
            let names = dependencies.filter(normal).map(|d| d["name"].as_str().unwrap().to_owned());
            (package["name"].as_str().unwrap().to_owned(), names.collect())
        })
        .collect()
}

#[test]
fn rooms_depend_on_each_other_only_along_the_arrows() {
    let packages = packages();
    for (room, allowed) in ARROWS {
        let rooms = packages[room].iter().filter(|name| packages.contains_key(*name));
        let found: BTreeSet<_> = rooms.map(String::as_str).collect();
        assert_eq!(found, allowed.iter().copied().collect(), "arrows of {room}");
    }
    let rooms = ARROWS.iter().map(|(room, _)| *room).chain(["boardroom-tests", "xtask"]);
    assert_eq!(
        packages.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        rooms.collect(),
        "a further crate needs a decision record"
    );
}

#[test]
fn packages_stay_hidden_in_their_rooms() {
    for (name, dependencies) in packages() {
        for (hidden, rooms) in HIDDEN {
            let allowed = rooms.contains(&name.as_str());
            assert!(allowed || !dependencies.contains(hidden), "{name} names {hidden}");
        }
    }
}

#[test]
fn the_adapter_is_in_no_build_that_people_get() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let window = packages.iter().find(|package| package["name"] == "boardroom-desktop").unwrap();
    assert_eq!(window["features"].as_object().unwrap().keys().collect::<Vec<_>>(), ["adapter"]);
    let axum = window["dependencies"].as_array().unwrap().iter().find(|one| one["name"] == "axum").unwrap();
    assert_eq!(axum["optional"], true);
    for package in packages {
        for dependency in package["dependencies"].as_array().unwrap() {
            let adapts =
                dependency["features"].as_array().unwrap().iter().any(|feature| feature == "adapter");
            assert!(!adapts, "{} asks for the adapter", package["name"]);
        }
    }
}

/// Files below a folder that end in one of the extensions.
fn files(folder: &str, extensions: &[&str]) -> Vec<PathBuf> {
    let skip = ["node_modules", "dist", "dist-fake", "target", "gen", "snapshots", "bindings"];
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
            if path.is_dir() && !skip.contains(&name.as_str()) {
                folders.push(path);
            } else if path.extension().and_then(|e| e.to_str()).is_some_and(|e| extensions.contains(&e)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn short(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

#[test]
fn every_source_file_says_what_it_is_and_keeps_its_length() {
    let sources = ["crates", "src-tauri", "tests", "xtask"].map(|folder| files(folder, &["rs"]));
    for path in sources.iter().flatten() {
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.starts_with("//!"), "{} does not open with what it is", short(path));
        assert!(text.lines().count() <= 800, "{} is longer than 800 lines: find the seam", short(path));
    }
}

#[test]
fn the_built_interface_obeys_its_own_policy() {
    for path in files("ui/dist", &["html", "js", "css"]) {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = short(&path);
        for word in ["http://fonts", "https://fonts", "//cdn.", "new Function(", "javascript:"] {
            assert!(!text.contains(word), "{name} holds {word}");
        }
        if path.extension().is_some_and(|extension| extension == "html") {
            assert!(!text.contains("<style"), "{name} holds an inline style");
            assert!(
                !text.replace("<script type=\"module\"", "").contains("<script>"),
                "{name} holds a script"
            );
        }
    }
}

#[test]
fn the_window_has_one_list_of_commands() {
    let read = |path: &str| std::fs::read_to_string(root().join(path)).unwrap();
    let quoted = |text: &str| -> BTreeSet<String> {
        text.split('"').skip(1).step_by(2).map(ToOwned::to_owned).collect()
    };
    let between = |text: &str, from: &str, to: &str| -> String {
        text.split_once(from).unwrap().1.split_once(to).unwrap().0.to_owned()
    };
    let built = quoted(&between(&read("src-tauri/build.rs"), "COMMANDS: &[&str] = &[", "];"));
    let handled: BTreeSet<String> =
        between(&read("src-tauri/src/commands/mod.rs"), "generate_handler![", "]")
            .split(',')
            .map(|name| name.trim().rsplit("::").next().unwrap().to_owned())
            .collect();
    let allowed = |window: &str| -> BTreeSet<String> {
        let path = format!("src-tauri/capabilities/{window}.json");
        let capability: Value = serde_json::from_str(&read(&path)).unwrap();
        let permissions = capability["permissions"].as_array().unwrap().iter();
        let names = permissions.filter_map(|permission| permission.as_str()?.strip_prefix("allow-"));
        names.map(|name| name.replace('-', "_")).collect()
    };
    let (main, audience) = (allowed("main"), allowed("audience"));
    // The audience's window can ask for nothing that holds a note, a session or a file.
    assert_eq!(audience, BTreeSet::from(["audience".to_owned(), "audience_key".to_owned()]));
    assert!(main.is_disjoint(&audience), "each command belongs to one window");
    let allowed: BTreeSet<String> = main.union(&audience).cloned().collect();
    let asked: BTreeSet<String> = read("ui/src/ipc/tauri.ts")
        .split("invoke('")
        .skip(1)
        .filter_map(|rest| rest.split_once('\'').map(|(name, _)| name.to_owned()))
        .collect();
    assert_eq!(built, handled, "build manifest and handler");
    assert_eq!(built, allowed, "build manifest and capability");
    assert_eq!(built, asked, "build manifest and interface");
}

#[test]
fn the_window_runs_under_the_strict_policy() {
    let text = std::fs::read_to_string(root().join("src-tauri/tauri.conf.json")).unwrap();
    let config: Value = serde_json::from_str(&text).unwrap();
    let policy = &config["app"]["security"]["csp"];
    assert_eq!(policy["default-src"], "'none'");
    assert_eq!(policy["script-src"], "'self'");
    assert_eq!(policy["style-src"], "'self'");
    assert_eq!(policy["require-trusted-types-for"], "'script'");
    assert_eq!(policy["trusted-types"], "'none'");
    assert!(!text.contains("unsafe-"), "no unsafe source anywhere");
    assert!(config["app"]["security"].get("dangerousDisableAssetCspModification").is_none());
}
