//! The command `boardroom-server` as an operator uses it on a store: backup, restore, copy, and what it says when it
//! cannot. Not the copying itself.
#![allow(clippy::unwrap_used, missing_docs)]

use std::{
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

fn run(data: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_boardroom-server"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("BOARDROOM_")) {
        command.env_remove(name);
    }
    command.arg("--json").arg("--data").arg(data).args(arguments).output().unwrap()
}

fn said(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_store_is_put_away_and_brought_back_by_command() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (backup, moved) = (path("backup.db"), path("moved.db"));
    let (backup, moved) = (backup.to_str().unwrap(), moved.to_str().unwrap());
    assert!(run(&path("data"), &["init"]).status.success());
    let made = run(&path("data"), &["backup", backup]);
    assert!(made.status.success(), "{made:?}");
    assert_eq!(said(&made)["rows"]["event"], 0);
    let again = run(&path("data"), &["backup", backup]);
    assert!(!again.status.success());
    assert_eq!(said(&again)["code"], "store.exists");
    assert!(run(&path("other"), &["restore", backup]).status.success());
    let missing = run(&path("third"), &["restore", "/nowhere/backup.db"]);
    assert_eq!(said(&missing)["code"], "store.missing");
    assert!(run(&path("other"), &["store", "copy", "--to", moved]).status.success());
}

#[test]
fn a_password_is_never_repeated() {
    let folder = tempfile::tempdir().unwrap();
    for address in [
        "postgres://boardroom:hunter2@127.0.0.1:1/none",
        "postgres://boardroom:hunter2@127.0.0.1:none/none",
        "postgres://boardroom:hunter2@127.0.0.1:1/none?sslmode=perhaps",
    ] {
        let commands: [&[&str]; 4] = [
            &["--store", address, "init"],
            &["--store", address, "serve"],
            &["--store", address, "backup", "/nowhere/file"],
            &["store", "copy", "--to", address],
        ];
        assert!(run(folder.path(), &["init"]).status.success());
        for arguments in commands {
            let output = run(folder.path(), arguments);
            assert!(!output.status.success());
            let text = [output.stdout, output.stderr].concat();
            let text = String::from_utf8_lossy(&text);
            assert!(!text.contains("hunter2"), "{arguments:?}: {text}");
            assert!(text.contains("store"), "{arguments:?}: {text}");
        }
    }
}
