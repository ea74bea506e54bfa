//! Packs as the real program writes them: decks of a template's length, passwords, certificates, comparisons, pictures,
//! and what is left when it is killed.
#![allow(clippy::unwrap_used, reason = "a journey that cannot go on fails loudly")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::Duration,
};

use boardroom_tests::{Server, Session, program, root};
use serde_json::Value;

/// A copy of the demo company, with the server gone.
fn offline() -> Session {
    let mut server = Server::with_demo();
    let session = Session::signed_in(&server, "kari.nordlid@fjordlys.example");
    server.kill();
    session
}

fn run(program: &str, arguments: &[&str]) -> Output {
    Command::new(program).args(arguments).output().unwrap_or_else(|error| panic!("{program}: {error}"))
}

fn says(program: &str, arguments: &[&str]) -> String {
    let output = run(program, arguments);
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Writes packs into a folder of their own and returns their paths.
fn export(session: &Session, folder: &str, arguments: &[&str]) -> Vec<String> {
    let out = session.documents().join(folder);
    let arguments: Vec<&str> =
        ["export"].iter().chain(arguments).chain(&["--out", out.to_str().unwrap()]).copied().collect();
    let export = session.ok(&arguments);
    let files = export["files"].as_array().unwrap();
    files.iter().map(|file| file["path"].as_str().unwrap().to_owned()).collect()
}

fn file(session: &Session, name: &str, text: &str) -> String {
    let path = session.documents().join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn packs_are_written_as_they_are_asked_for() {
    let session = offline();
    decks_are_as_long_as_a_board_expects(&session);
    a_password_opens_and_nothing_else_does(&session);
    a_certificate_shows_in_a_reader(&session);
    a_pack_says_what_changed_since_another(&session);
    pictures_alone(&session);
}

fn decks_are_as_long_as_a_board_expects(session: &Session) {
    let python = root().join("tools/venv/bin/python");
    let script = root().join("tests/judges/deck.py");
    // The annual report is a draft: two of its sections are not written, and have no slide of a deck of 14.
    for (report, slides) in [("q3-2026", 8), ("update-q3-2026", 10), ("aar-2025", 12)] {
        let deck = export(session, report, &[report, "--format", "pptx"]);
        let said = says(python.to_str().unwrap(), &[script.to_str().unwrap(), &deck[0]]);
        let seen: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(seen["slides"], slides, "{report}: {seen}");
        assert_eq!(seen["wrong"].as_array().map(Vec::len), Some(0), "{report}: {seen}");
    }
}

fn a_password_opens_and_nothing_else_does(session: &Session) {
    let password = file(session, "password", "fjord og fjell\n");
    let packs = export(session, "protected", &["q3-2026", "--format", "pdf", "--password-file", &password]);
    let pdf = packs[0].as_str();
    assert!(!run("qpdf", &["--check", pdf]).status.success(), "it opens without the password");
    assert!(
        !run("qpdf", &["--password=fjord", "--check", pdf]).status.success(),
        "a wrong password opens it"
    );
    let shown = says("qpdf", &["--password=fjord og fjell", "--show-encryption", pdf]);
    assert!(shown.contains("R = 6") && shown.contains("AESv3"), "{shown}");
    says("qpdf", &["--password=fjord og fjell", "--check", pdf]);

    let verified = session.cli(&["verify", pdf]);
    assert_eq!(verified.code, 1, "without the password nothing is known of its content: {}", verified.json);
    let wrong = file(session, "wrong", "fjord");
    assert_eq!(session.cli(&["verify", pdf, "--password-file", &wrong]).code, 1);
    let verified = session.ok(&["verify", pdf, "--password-file", &password]);
    assert_eq!(verified[0]["valid"], true, "{verified}");
    assert_eq!(verified[0]["exporter"], "Kari Nordlid");
}

fn a_certificate_shows_in_a_reader(session: &Session) {
    let at = |name: &str| session.documents().join(name).to_str().unwrap().to_owned();
    let (key, certificate, store) = (at("key.pem"), at("own.pem"), at("own.p12"));
    let subject = "/CN=Kari Nordlid/O=Fjordlys Group";
    says(
        "openssl",
        &[
            "req",
            "-x509",
            "-noenc",
            "-days",
            "2",
            "-subj",
            subject,
            "-newkey",
            "rsa:2048",
            "-keyout",
            &key,
            "-out",
            &certificate,
        ],
    );
    says(
        "openssl",
        &["pkcs12", "-export", "-inkey", &key, "-in", &certificate, "-out", &store, "-passout", "pass:segl"],
    );
    let password = file(session, "store-password", "segl\n");
    let wrong = file(session, "store-wrong", "seil\n");
    let sign = |password: &str| {
        let folder = session.documents().join("certified");
        session.cli(&[
            "export",
            "q3-2026",
            "--format",
            "pdf",
            "--sign-with",
            &store,
            "--sign-password-file",
            password,
            "--out",
            folder.to_str().unwrap(),
        ])
    };
    let refused = sign(&wrong);
    assert_eq!((refused.code, &refused.json["code"]), (2, &"pack.certificate".into()));
    assert!(!session.documents().join("certified").exists(), "a pack that could not be signed was written");
    let signed = sign(&password);
    assert_eq!(signed.code, 0, "{}", signed.json);
    let pdf = signed.json["files"][0]["path"].as_str().unwrap();
    let said = says("pdfsig", &["-nocert", pdf]);
    assert!(said.contains("Signature is Valid.") && said.contains("Total document signed"), "{said}");
    assert!(said.contains("Kari Nordlid"), "{said}");
    assert_eq!(session.ok(&["verify", pdf])[0]["valid"], true);
}

fn a_pack_says_what_changed_since_another(session: &Session) {
    let first = export(session, "first", &["q3-2026", "--format", "pdf"]);
    let text = |path: &str| says("pdftotext", &[path, "-"]);
    assert!(!text(&first[0]).contains("Since the last board"));
    let last = export(session, "since-last", &["q3-2026", "--format", "pdf,pptx", "--since", "last"]);
    assert!(text(&last[0]).contains("Since the last board"));
    let file = export(session, "since-file", &["q3-2026", "--format", "pdf", "--since", &first[0]]);
    assert!(text(&file[0]).contains("Since the last board"));
    // The figures are the same, so there is nothing between the two packs.
    assert_eq!(session.ok(&["diff", &first[0], &file[0]])["same"], true);
    let missing = session.documents().join("nowhere.pdf");
    let answer = session.cli(&["export", "q3-2026", "--since", missing.to_str().unwrap()]);
    assert_eq!((answer.code, &answer.json["code"]), (2, &"desk.file".into()), "{}", answer.json);
}

fn pictures_alone(session: &Session) {
    let pages = export(session, "pictures", &["q3-2026", "--format", "png", "--paper", "wide"]);
    assert!(pages.len() >= 8, "{pages:?}");
    for page in &pages {
        let bytes = fs::read(page).unwrap();
        assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n", "{page}");
        // 13⅓ × 7½ inches at 300 DPI.
        assert_eq!(
            (&bytes[16..20], &bytes[20..24]),
            (&4000_u32.to_be_bytes()[..], &2250_u32.to_be_bytes()[..])
        );
    }
}

#[test]
fn a_killed_export_leaves_whole_files_or_none() {
    let session = offline();
    let folder = session.documents().join("killed");
    let whole = export(&session, "whole", &["q3-2026"]);
    let expected: BTreeSet<String> = whole.iter().map(|path| name(Path::new(path))).collect();
    let rounds: u64 = std::env::var("BOARDROOM_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(12);
    let mut cut = 0;
    for round in 0..rounds {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let mut child = session
            .command(program("boardroom"))
            .args(["export", "q3-2026", "--out"])
            .arg(&folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Some rounds end in the middle of the writing: the first name that appears is the signal.
        if round % 2 == 0 {
            std::thread::sleep(Duration::from_millis(150 * (round + 1)));
        } else {
            while files(&folder).is_empty() && child.try_wait().unwrap().is_none() {}
        }
        child.kill().unwrap();
        cut += u32::from(!child.wait().unwrap().success());
        for path in files(&folder) {
            let name = name(&path);
            if expected.contains(&name) {
                let verified = session.ok(&["verify", path.to_str().unwrap()]);
                assert_eq!(verified[0]["valid"], true, "round {round}: {name} is not whole");
            } else {
                assert!(name.starts_with('.') && name.ends_with(".partial"), "round {round}: {name}");
            }
        }
    }
    assert!(cut > 0, "every export was over before it was killed");
    // The next one cleans up and is whole.
    fs::write(folder.join(".Executive_Report_2026-Q3_Fjordlys.pdf.1.partial"), "torn").unwrap();
    session.ok(&["export", "q3-2026", "--out", folder.to_str().unwrap()]);
    assert_eq!(files(&folder).iter().map(|path| name(path)).collect::<BTreeSet<_>>(), expected);
}

fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}
