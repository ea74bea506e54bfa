//! The part `packs`: the workload as a tagged PDF and as a presentation with native charts, beside Chromium, Typst and
//! `PptxGenJS`, and what the judges say of ours.
//!
//! Each runs as a whole process, the start included, in rounds that alternate; what counts is CPU time.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use boardroom_tests::{program, root};
use serde_json::{Map, Value, json};

use crate::{
    machine::{median, quiet},
    process::{cpu, tree_cpu},
};

const ROUNDS: usize = 5;
/// Processes in a round; the system counts CPU time in hundredths of a second.
const RUNS: usize = 5;
/// Copies of the workload in the long pack: more than 1,000 pages.
const COPIES: usize = 36;

/// Measures.
pub(crate) fn run() -> Map<String, Value> {
    let mut results = Map::new();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let workload = root().join("tests/bench/pack-workload.json");
    let ours = |to: PathBuf, copies: usize| {
        let mut command = Command::new(program("examples/pack_workload"));
        command.arg(&workload).arg(to).arg(copies.to_string());
        command
    };
    let peers = Peers::prepare(folder.path(), &workload);
    let (mut pdf, mut pptx, mut long) = (Vec::new(), Vec::new(), Vec::new());
    let (mut chromium, mut typst, mut gen_js) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        quiet();
        pdf.push(several(|| ours(at("ours.pdf"), 1)));
        pptx.push(several(|| ours(at("ours.pptx"), 1)));
        long.push(cpu(ours(at("long.pdf"), COPIES)));
        quiet();
        chromium.extend(peers.chromium().map(|command| tree_cpu(command).0));
        typst.extend(peers.typst().is_some().then(|| several(|| peers.typst().unwrap())));
        gen_js.extend(peers.pptxgenjs().is_some().then(|| several(|| peers.pptxgenjs().unwrap())));
    }
    let (pdf, pptx, long) = (median(pdf), median(pptx), median(long));
    let measured = |list: Vec<f64>| (!list.is_empty()).then(|| median(list));
    let beside = |name: &str, peer: Option<f64>, own: f64, results: &mut Map<String, Value>| {
        results.insert(format!("{name}_cpu_s"), json!(peer));
        let what = if name == "pptxgenjs" { "pptx" } else { "pdf" };
        results.insert(format!("{what}_speedup_over_{name}"), json!(peer.map(|peer| peer / own)));
    };
    beside("chromium", measured(chromium), pdf, &mut results);
    beside("typst", measured(typst), pdf, &mut results);
    beside("pptxgenjs", measured(gen_js), pptx, &mut results);
    let said = |file: &str, copies| {
        let output = ours(at(file), copies).output().unwrap();
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        (said["pages"].as_f64().unwrap(), said["peak_kb"].as_f64().map(|kb| kb / 1024.0))
    };
    let ((pages, peak), (long_pages, long_peak)) = (said("ours.pdf", 1), said("long.pdf", COPIES));
    let bytes = |name: &str| fs::metadata(at(name)).map(|file| file.len()).ok();
    for (name, value) in [
        ("pdf_cpu_s", json!(pdf)),
        ("pdf_pages", json!(pages)),
        ("pdf_peak_mb", json!(peak)),
        ("pdf_bytes", json!(bytes("ours.pdf"))),
        ("pdf_bytes_chromium", json!(bytes("chromium.pdf"))),
        ("pdf_bytes_typst", json!(bytes("typst.pdf"))),
        ("pptx_cpu_s", json!(pptx)),
        ("pptx_bytes", json!(bytes("ours.pptx"))),
        ("pptx_bytes_pptxgenjs", json!(bytes("pptxgenjs.pptx"))),
        ("pdf_long_pages", json!(long_pages)),
        ("pdf_long_cpu_s", json!(long)),
        ("pdf_long_peak_mb", json!(long_peak)),
        ("pdf_page_cost_long_over_short", json!((long / long_pages) / (pdf / pages))),
        ("packs_missing", json!(peers.missing())),
    ] {
        results.insert(name.into(), value);
    }
    let judge = |script: &str, file: &str| verdict(&root().join(script), &at(file));
    results.insert("open_xml_errors".into(), judge("tests/judges/open_xml.sh", "ours.pptx"));
    results.insert("open_xml_errors_pptxgenjs".into(), judge("tests/judges/open_xml.sh", "pptxgenjs.pptx"));
    results.insert("pdf_ua1_failures".into(), judge("xtask/judge-pdf.sh", "ours.pdf"));
    results
}

/// CPU seconds of one of several processes in a row.
fn several(command: impl Fn() -> Command) -> f64 {
    (0..RUNS).map(|_| cpu(command())).sum::<f64>() / RUNS as f64
}

/// The peers and what they read.
struct Peers {
    folder: PathBuf,
    scripts: PathBuf,
}

impl Peers {
    fn prepare(folder: &Path, workload: &Path) -> Self {
        let scripts = root().join("tests/bench/peers");
        let peers = Self { folder: folder.to_owned(), scripts };
        fs::copy(workload, folder.join("pack.json")).unwrap();
        fs::copy(peers.scripts.join("pack.typ"), folder.join("pack.typ")).unwrap();
        if peers.has("node_modules/echarts") {
            let mut page = Command::new("node");
            page.arg(peers.scripts.join("page.mjs")).arg(workload).arg(fonts()).arg(folder.join("page.html"));
            assert!(page.status().unwrap().success(), "the page for Chromium could not be made");
        }
        // The first start of a profile makes its files.
        peers.chromium().map(tree_cpu);
        peers
    }

    fn has(&self, what: &str) -> bool {
        self.scripts.join(what).exists()
    }

    fn chromium(&self) -> Option<Command> {
        let page = self.folder.join("page.html");
        if !page.exists() || !on_path("chromium") {
            return None;
        }
        let mut command = Command::new("chromium");
        command.args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]);
        command.args(["--allow-file-access-from-files", "--no-pdf-header-footer", "--export-tagged-pdf"]);
        command.arg(format!("--user-data-dir={}", self.folder.join("profile").display()));
        command.arg(format!("--print-to-pdf={}", self.folder.join("chromium.pdf").display()));
        command.arg(format!("file://{}", page.display()));
        Some(command)
    }

    fn typst(&self) -> Option<Command> {
        let python = self.scripts.join("python/bin/python");
        let installed = Command::new(&python).args(["-c", "import typst"]).status();
        installed.ok().filter(std::process::ExitStatus::success)?;
        let mut command = Command::new(python);
        command.arg(self.scripts.join("typst_pack.py")).arg(&self.folder).arg(fonts());
        command.arg(self.folder.join("typst.pdf"));
        Some(command)
    }

    fn pptxgenjs(&self) -> Option<Command> {
        self.has("node_modules/pptxgenjs").then(|| {
            let mut command = Command::new("node");
            command.arg(self.scripts.join("pptxgenjs.mjs")).arg(self.folder.join("pack.json"));
            command.arg(self.folder.join("pptxgenjs.pptx"));
            command
        })
    }

    /// Peers that could not be measured.
    fn missing(&self) -> Vec<&str> {
        let all = [
            ("Chromium", self.chromium().is_some()),
            ("Typst", self.typst().is_some()),
            ("PptxGenJS", self.pptxgenjs().is_some()),
        ];
        all.into_iter().filter(|(_, here)| !here).map(|(name, _)| name).collect()
    }
}

fn fonts() -> PathBuf {
    root().join("assets/fonts")
}

fn on_path(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(name).exists())
}

/// The number in the last line that a judge prints as JSON; a reason where it could not judge.
fn verdict(script: &Path, file: &Path) -> Value {
    let Ok(output) = Command::new(script).arg(file).output() else { return json!("not run") };
    let said = String::from_utf8_lossy(&output.stdout);
    let last: Option<Value> = said.lines().last().and_then(|line| serde_json::from_str(line).ok());
    let number = last.as_ref().and_then(Value::as_object).and_then(|fields| {
        fields.iter().find(|(name, _)| name.ends_with("_errors") || name.ends_with("_failures"))
    });
    number.map_or_else(|| json!("the judge could not be installed"), |(_, number)| number.clone())
}
