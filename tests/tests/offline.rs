//! One figure, all the way, with the real programs: upstream CSV → server → encrypted vault → signed packs, offline.
#![allow(clippy::unwrap_used, reason = "a journey that cannot go on fails loudly")]

use std::{path::Path, process::Command};

use boardroom_tests::{Server, Session, root};
use serde_json::Value;

/// Runs a judge and returns what it said.
fn judge(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap_or_else(|e| panic!("{program}: {e}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program} {arguments:?}: {text}{errors}");
    text
}

fn kpi<'a>(dashboard: &'a Value, metric: &str) -> &'a Value {
    let tiles = dashboard["tiles"].as_array().unwrap();
    let wanted = format!("{metric}/2026-Q3/all");
    let tile = tiles.iter().find(|tile| tile["card"]["figure"] == wanted.as_str());
    &tile.unwrap_or_else(|| panic!("no card for {metric}"))["card"]
}

#[test]
fn a_figure_travels_from_csv_to_a_signed_pack_without_the_network() {
    let mut server = Server::with_demo();
    let session = Session::signed_in(&server, "kari.nordlid@fjordlys.example");
    let status = session.ok(&["status"]);
    assert_eq!(status["sync"]["cursor"], status["sync"]["head"]);
    // What a stranger saves from the company's public address.
    let published = session.documents().join("keys.json");
    let address = format!("{}/v1/tenants/fjordlys/keys", server.url());
    let text = ureq::get(&address).call().unwrap().body_mut().read_to_string().unwrap();
    std::fs::write(&published, text).unwrap();
    server.kill();

    // Everything from here on is offline.
    let dashboards = session.ok(&["dashboards"]);
    assert!(dashboards.as_array().unwrap().len() >= 3);
    let overview = session.ok(&["dashboards", "overview", "--period", "2026-Q3"]);
    let sroi = kpi(&overview, "sroi");
    assert!(sroi["value"].as_str().unwrap().ends_with(":1"), "{sroi}");
    let figure = session.ok(&["figure", "sroi/2026-Q3/all"]);
    assert_eq!(figure["agrees"], true);
    assert_eq!(figure["recomputed"], sroi["value"]);
    assert!(!figure["evidence"].as_array().unwrap().is_empty());
    // Two of the group and the eleven peers: the spread is in the log, the peers' own figures are nowhere on this device.
    assert_eq!(figure["benchmark"]["companies"], 13, "{figure}");
    assert_eq!(figure["benchmark"]["badge"], 10, "{figure}");
    let tenants = session.ok(&["status"])["session"]["tenants"].to_string();
    assert!(!tenants.contains("peer-"), "{tenants}");
    assert_eq!(session.ok(&["benchmarks"])["takesPart"], true);

    let export = session.ok(&["export", "q3-2026"]);
    let files = export["files"].as_array().unwrap();
    assert_eq!(files.len(), 2);
    let paths: Vec<&str> = files.iter().map(|file| file["path"].as_str().unwrap()).collect();
    assert!(paths[0].ends_with("Executive_Report_2026-Q3_Fjordlys.pdf"));
    let note = ["notes", "write", "Ask how many stayed.", "--figure", "sroi/2026-Q3/all", "--shared"];
    assert_eq!(session.ok(&note)[0]["pending"], true, "a note shows before it is sent");
    let pending = session.ok(&["outbox"]);
    assert_eq!(pending["pending"].as_array().unwrap().len(), 3, "both exports and the note wait: {pending}");

    let verified = session.ok(&["verify", paths[0], paths[1]]);
    for file in verified.as_array().unwrap() {
        assert_eq!(file["valid"], true, "{file}");
    }
    judge_pdf(paths[0], sroi["value"].as_str().unwrap());
    judge_pptx(paths[1], session.documents().as_path());
    a_changed_byte_is_found(&session, paths[0]);
    a_changed_byte_is_found(&session, paths[1]);

    // A stranger without this session knows everything but whose keys these are, until the company's are known.
    let stranger = Session::without_keyring();
    let answer = stranger.cli(&["verify", paths[0]]);
    assert_eq!(answer.code, 1);
    let checks = answer.json[0]["checks"].as_array().unwrap();
    let failed: Vec<_> = checks.iter().filter(|c| c["holds"] != true).map(|c| &c["code"]).collect();
    assert_eq!(failed, ["key", "approval"]);
    let published = published.to_str().unwrap();
    for file in stranger.ok(&["verify", paths[0], paths[1], "--key", published]).as_array().unwrap() {
        assert_eq!((&file["valid"], &file["tenant"]), (&true.into(), &"fjordlys".into()));
        assert_eq!((&file["approver"], &file["exporter"]), (&"Henrik Aasmo".into(), &"Kari Nordlid".into()));
        assert_eq!(file["seq"], status["sync"]["cursor"]);
    }
    let wrong = stranger.cli(&["verify", paths[0], "--key", paths[0]]);
    assert_eq!((wrong.code, &wrong.json["code"]), (2, &"verify.key_file".into()));

    // Two packs of one state say the same; an early position and now do not.
    assert_eq!(stranger.ok(&["diff", paths[0], paths[1]])["same"], true);
    let seq = status["sync"]["cursor"].to_string();
    let moved = session.cli(&["diff", "200", &seq]);
    assert_eq!((moved.code, &moved.json["same"]), (1, &false.into()));
    let compared = session.ok(&["diff", paths[0], paths[0]]);
    assert_eq!((&compared["same"], &compared["from"]["valid"]), (&true.into(), &true.into()));
    let since = session.documents().join("since");
    let since = since.to_str().unwrap();
    let export =
        ["export", "q3-2026", "--format", "pdf", "--since", "200", "--paper", "wide", "--out", since];
    let export = session.ok(&export);
    let text = judge("pdftotext", &[export["files"][0]["path"].as_str().unwrap(), "-"]);
    assert!(text.contains("Since the last board"), "{text}");

    // Back online, what was done offline arrives once.
    server.start();
    session.ok(&["sync"]);
    let status = session.ok(&["status"]);
    assert_eq!(status["sync"]["unsent"], 0);
    assert_eq!(session.ok(&["notes"])[0]["pending"], false);
    let director = Session::signed_in(&server, "henrik.aasmo@fjordlys.example");
    let shared = director.ok(&["notes"]);
    assert_eq!((&shared[0]["text"], &shared[0]["mine"]), (&"Ask how many stayed.".into(), &false.into()));
    // The director's device was certified meanwhile; from then on nothing moves.
    session.ok(&["sync"]);
    let head = session.ok(&["status"])["sync"]["head"].as_u64();
    session.ok(&["sync"]);
    assert_eq!(session.ok(&["status"])["sync"]["head"].as_u64(), head);
}

fn judge_pdf(path: &str, sroi: &str) {
    judge("qpdf", &["--check", path]);
    let info = judge("pdfinfo", &[path]);
    let pages: usize = info.lines().find_map(|l| l.strip_prefix("Pages:")).unwrap().trim().parse().unwrap();
    assert!(pages >= 8, "{pages} pages");
    let text = judge("pdftotext", &["-layout", path, "-"]);
    assert!(text.contains(sroi), "the figure {sroi} is not in the PDF's text");
    assert!(text.contains("Fjordlys"));
    let fonts = judge("pdffonts", &[path]);
    for line in fonts.lines().skip(2) {
        let embedded = line.split_whitespace().rev().nth(4);
        assert_eq!(embedded, Some("yes"), "a font is not embedded: {line}");
    }
}

fn judge_pptx(path: &str, folder: &Path) {
    let script = root().join("tests/judges/deck.py");
    let python = root().join("tools/venv/bin/python");
    let seen = judge(python.to_str().unwrap(), &[script.to_str().unwrap(), path]);
    let seen: Value = serde_json::from_str(&seen).unwrap();
    assert_eq!(seen["slides"], 8, "{seen}");
    assert!(seen["charts"].as_u64() >= Some(4), "native charts: {seen}");
    assert_eq!(seen["charts_without_workbook"], 0, "{seen}");
    assert_eq!(seen["workbook_differs"], 0, "{seen}");
    assert_eq!(seen["wrong"].as_array().map(Vec::len), Some(0), "{seen}");
    assert!(seen["tables"].as_u64() >= Some(1), "{seen}");
    assert_eq!(seen["pictures"], 0, "charts are not pictures: {seen}");
    let profile = format!("-env:UserInstallation=file://{}/office", folder.display());
    // Beside the pack its rendering would take the place of the PDF pack.
    let out = folder.join("rendered");
    judge(
        "soffice",
        &[
            &profile,
            "--headless",
            "--convert-to",
            "pdf:impress_pdf_Export",
            "--outdir",
            out.to_str().unwrap(),
            path,
        ],
    );
    let rendered = out.join(Path::new(path).with_extension("pdf").file_name().unwrap());
    let info = judge("pdfinfo", &[rendered.to_str().unwrap()]);
    assert!(info.contains(&format!("Pages:           {}", seen["slides"])), "{info}");
}

fn a_changed_byte_is_found(session: &Session, path: &str) {
    let original = std::fs::read(path).unwrap();
    let changed_path = format!("{path}.changed");
    for place in [original.len() / 3, original.len() / 2, original.len() - 40] {
        let mut changed = original.clone();
        changed[place] ^= 0x20;
        std::fs::write(&changed_path, &changed).unwrap();
        let answer = session.cli(&["verify", &changed_path]);
        assert_eq!(answer.code, 1, "byte {place} of {path} was changed unseen: {}", answer.json);
    }
}

#[test]
fn each_way_a_vault_cannot_open_has_its_own_code() {
    let server = Server::founded();
    let without = Session::without_keyring();
    let file = without.data().join("password");
    std::fs::create_dir_all(without.data()).unwrap();
    std::fs::write(&file, boardroom_tests::PASSWORD).unwrap();
    let arguments = ["login", &server.url(), "--email", "kari.nordlid@fjordlys.example", "--password-file"];
    let refused = without.cli(&[&arguments[..], &[file.to_str().unwrap()]].concat());
    assert_eq!((refused.code, &refused.json["code"]), (2, &"keyring.missing".into()));

    let session = Session::new();
    assert_eq!(session.cli(&["dashboards"]).json["code"], "session.signed_out");
    session.login(&server.url(), "kari.nordlid@fjordlys.example");
    let vault = std::fs::read_dir(session.data())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|e| e == "db"))
        .unwrap();
    let whole = std::fs::read(&vault).unwrap();
    assert!(!whole.starts_with(b"SQLite format 3"), "the vault is not encrypted");

    let mut damaged = whole.clone();
    // The first page stays, so that the key still fits; the rest is damaged.
    for byte in damaged[4096..].iter_mut().step_by(97) {
        *byte ^= 0xff;
    }
    std::fs::write(&vault, &damaged).unwrap();
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", vault.display()));
    }
    let corrupt = session.cli(&["dashboards"]);
    assert_eq!(corrupt.json["code"], "vault.corrupt", "{}", corrupt.json);
    // Signing in again sets the damaged file aside and fills a new one.
    session.login(&server.url(), "kari.nordlid@fjordlys.example");
    session.ok(&["sync"]);
    session.ok(&["doctor"]);
}

#[test]
fn a_viewer_gets_no_evidence_and_cannot_export() {
    let server = Server::with_demo();
    let session = Session::signed_in(&server, &viewer());
    let figure = session.ok(&["figure", "sroi/2026-Q3/all"]);
    assert_eq!(figure["evidence"].as_array().unwrap().len(), 0);
    let refused = session.cli(&["export", "q3-2026"]);
    assert_eq!((refused.code, &refused.json["code"]), (2, &"desk.forbidden".into()));
    let documents = std::fs::read_dir(session.documents()).unwrap().count();
    assert_eq!(documents, 0, "a refused export leaves no file");
}

/// E-mail of the group's viewer.
fn viewer() -> String {
    let text = std::fs::read_to_string(root().join("assets/demo/tenants.json")).unwrap();
    let demo: Value = serde_json::from_str(&text).unwrap();
    let group = &demo["tenants"].as_array().unwrap()[0];
    let people = group["people"].as_array().unwrap();
    let viewer = people.iter().find(|person| person["role"] == "VIEWER").expect("a viewer");
    viewer["email"].as_str().unwrap().to_owned()
}
