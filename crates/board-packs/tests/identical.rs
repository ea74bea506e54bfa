//! The same plan gives the same bytes: in another process, another folder, another language and another time zone.
// Helpers of tests may panic as the tests themselves do.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::Path;
use std::process::Command;

use board_packs::{write_pages, write_pdf, write_pptx};
use common::{go_on, key, plan};

/// Set in a process that writes the packs and tells their digests.
const CHILD: &str = "BOARD_PACKS_CHILD";

fn digests() -> String {
    let mut lines = vec![
        format!("pdf {}", write_pdf(&plan(), &key(), &mut go_on).unwrap().sha256),
        format!("pptx {}", write_pptx(&plan(), &key(), &mut go_on).unwrap().sha256),
    ];
    let mut keep = |picture: board_packs::PagePicture| {
        use sha2::Digest;
        lines.push(format!("png {} {}", picture.number, hex::encode(sha2::Sha256::digest(&picture.png))));
        board_packs::Flow::Continue
    };
    write_pages(&plan(), &key(), 36, &mut go_on, &mut keep).unwrap();
    lines.join("\n")
}

fn elsewhere(folder: &Path, language: &str, zone: &str) -> String {
    let out = folder.join("digests");
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "the_same_plan_gives_the_same_bytes_everywhere"]).env(CHILD, &out);
    command.env("LANG", language).env("LC_ALL", language).env("LANGUAGE", language).env("TZ", zone);
    let output = command.current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    std::fs::read_to_string(out).unwrap()
}

#[test]
fn the_same_plan_gives_the_same_bytes_everywhere() {
    let here = digests();
    if let Some(out) = std::env::var_os(CHILD) {
        std::fs::write(out, here).unwrap();
        return;
    }
    let root = std::env::temp_dir().join(format!("board-packs-identical-{}", std::process::id()));
    for (name, language, zone) in [
        ("one", "C", "UTC"),
        ("another folder ø", "uk_UA.UTF-8", "Pacific/Kiritimati"),
        ("third", "tr_TR.UTF-8", "America/St_Johns"),
    ] {
        let folder = root.join(name);
        std::fs::create_dir_all(&folder).unwrap();
        assert_eq!(elsewhere(&folder, language, zone), here, "{language} {zone}");
    }
    std::fs::remove_dir_all(&root).unwrap();
    // Whoever changes a writer on purpose accepts the new digests; nobody else should see them move.
    insta::assert_snapshot!("digests", here);
}
