//! A report from the first word to the signed pack, in the real window: written, killed in the middle, cited, submitted,
//! approved by somebody else, previewed, exported and verified.
#![allow(clippy::unwrap_used, reason = "a journey that cannot go on fails loudly")]

use std::time::Duration;

use boardroom_tests::{Server, Session, Window, wait_for};

const SOON: Duration = Duration::from_secs(30);
const WORDS: &str =
    "Participation rose in every programme, and the cafés reached more people than in any quarter before.";

#[test]
fn a_report_is_written_reviewed_and_taken_away() {
    let server = Server::with_demo();
    let session = Session::signed_in(&server, "kari.nordlid@fjordlys.example");
    let window = Window::open(&session);
    window.click(&window.find("unlock"));
    window.until("connection-badge", "data-state", "live");

    // A quarterly report of one section.
    window.click(&window.find("nav-reports"));
    window.click(&window.find("report-new"));
    window.find("report-create");
    wait_for("the sections", SOON, || (sections(&window) == 5).then_some(()));
    window.run(
        "document.querySelectorAll('[data-testid=new-report] fieldset input[type=checkbox]').forEach((box, i) => i > 0 && box.click())",
    );
    window.write(&window.find("new-title"), "Third quarter, in short");
    window.keep(&session, "new-report");
    window.click(&window.find("report-create"));

    std::thread::sleep(Duration::from_secs(2));
    window.keep(&session, "created");
    // Long words without evidence are named as they are written; then the power goes.
    window.keys(&window.find("editor"), WORDS);
    window.says("[data-testid=faults]", "cites no evidence");
    window.keep(&session, "uncited");
    std::thread::sleep(Duration::from_secs(2));
    drop(window);

    let window = Window::open(&session);
    window.click(&window.find("unlock"));
    // The window comes back where it was, and nothing of the text is lost.
    window.find("kept");
    window.click(&window.find("edit"));
    window.says("[data-testid=editor]", "more people than in any quarter");
    window.click(&window.find("cite"));
    window.press_on("[data-testid=cite-pick]");
    wait_for("no fault", SOON, || window.maybe("faults").is_none().then_some(()));
    window.click(&window.find("insert-figure"));
    window.write(&window.find("cite-find"), "SROI");
    window.press_on("[data-testid=cite-pick]");
    wait_for("the figure", SOON, || window.said(".figure-reference").contains(":1").then_some(()));
    window.keep(&session, "written");
    window.click(&window.find("preview"));
    wait_for("the pages", SOON, || {
        let drawn = window.run(
            "return [...document.querySelectorAll('[data-testid=preview-sheet] img')]
               .filter(page => page.complete && page.naturalWidth > 500).length",
        );
        (drawn.as_u64() >= Some(1)).then_some(())
    });
    window.keep(&session, "preview");
    window.press_on("[data-testid=preview-sheet] .sheet-close");
    window.click(&window.find("save"));
    window.click(&window.find("step-submit"));
    window.keep(&session, "submit");
    window.click(&window.find("step-take"));
    window.find("step-withdraw");
    // Authors never approve their own report: the button says why.
    assert!(window.maybe("step-approve").is_none(), "a manager may not approve");
    wait_for("nothing unsent", SOON, || {
        window
            .said("[data-testid=unsent]")
            .contains('0')
            .then_some(())
            .or_else(|| window.maybe("unsent").is_none().then_some(()))
    });

    // Somebody else approves on the same laptop.
    window.click(&window.find("nav-settings"));
    window.click(&window.find("sign-out"));
    window.press_on("[data-testid=sign-out-sure] button.danger");
    window.sign_in(&server.url(), "astrid.vikholm@fjordlys.example");
    window.click(&window.find("nav-reports"));
    wait_for("the report", SOON, || {
        let title = "Third quarter, in short";
        let clicked = window.run(&format!(
            "const open = [...document.querySelectorAll('[data-testid=report-open]')].find(b => b.textContent.includes('{title}'));
             open?.click(); return !!open"
        ));
        (clicked == true).then_some(())
    });
    window.click(&window.find("step-approve"));
    window.click(&window.find("step-take"));
    window.find("step-lock");
    window.says("article header", "Astrid Vikholm");
    window.keep(&session, "approved");
    // The company signs the approval at the server; the pack carries its word once it is back.
    wait_for("the server's word", SOON, || {
        window.maybe("export-open").filter(|_| !window.said("article header").contains("Not sent")).map(drop)
    });
    window.click(&window.find("export-open"));
    window.click(&window.find("export-start"));
    window.find("export-done");
    let files: Vec<_> = std::fs::read_dir(session.documents()).unwrap().map(|f| f.unwrap().path()).collect();
    assert_eq!(files.len(), 2, "{files:?}");
    for file in &files {
        let verified = session.ok(&["verify", file.to_str().unwrap()]);
        assert_eq!(verified[0]["valid"], true, "{verified}");
        assert_eq!(verified[0]["approver"], "Astrid Vikholm", "{verified}");
    }
}

fn sections(window: &Window) -> u64 {
    let script =
        "return document.querySelectorAll('[data-testid=new-report] fieldset input[type=checkbox]').length";
    window.run(script).as_u64().unwrap_or_default()
}
