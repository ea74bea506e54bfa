//! The list of what is built into the product, with the licence and its text: `assets/licences.json`, shown by the window.
//! What is used only to build or to test is not in it.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Systems that the product is written for; each brings libraries of its own.
const PLATFORMS: [&str; 3] = ["x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc", "aarch64-apple-darwin"];
/// The programs that are delivered.
const PROGRAMS: [&str; 3] = ["boardroom-desktop", "board-cli", "board-server"];
/// What is a tool to npm and yet runs in the window.
const COMPILED_IN: [&str; 1] = ["svelte"];
/// How the names of licence files begin.
const FILES: [&str; 5] = ["licen", "copying", "unlicense", "notice", "copyright"];
/// Longest text that is taken for a licence, bytes.
const LONGEST: u64 = 100_000;

/// The whole list.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Licences {
    /// By name and version.
    parts: Vec<Part>,
    /// Each text once.
    texts: Vec<String>,
}

/// Something that others made.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Part {
    name: String,
    version: String,
    /// SPDX expression, as its makers state it.
    licence: String,
    /// Where it comes from; empty where its makers do not say.
    home: String,
    /// Places in `texts`.
    texts: Vec<usize>,
}

/// A part before its texts are known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    name: String,
    version: String,
    licence: String,
    home: String,
    /// The folder with its licence files, or the one file.
    place: PathBuf,
}

/// Writes the list.
pub(crate) fn write(root: &Path) -> Result<(), Box<dyn Error>> {
    let mut found = BTreeSet::new();
    for platform in PLATFORMS {
        found.extend(crates(root, platform)?);
    }
    found.extend(modules(root)?);
    found.extend(assets(root));
    let mut texts = BTreeMap::<String, usize>::new();
    let mut parts = Vec::new();
    for one in found {
        let found = read_texts(&one.place)?;
        let Found { name, version, mut licence, home, .. } = one;
        // Where its makers state it in the file alone.
        if licence.is_empty() && found.iter().any(|text| text.starts_with("MIT License")) {
            "MIT".clone_into(&mut licence);
        }
        let mut places = Vec::new();
        for text in found {
            let next = texts.len();
            places.push(*texts.entry(text).or_insert(next));
        }
        parts.push(Part { name, version, licence, home, texts: places });
    }
    let mut in_order: Vec<(String, usize)> = texts.into_iter().collect();
    in_order.sort_by_key(|(_, place)| *place);
    let list = Licences { parts, texts: in_order.into_iter().map(|(text, _)| text).collect() };
    fs::write(root.join("assets/licences.json"), serde_json::to_string_pretty(&list)? + "\n")?;
    Ok(())
}

/// Crates that are linked into a program on a platform; not those that run while it is built.
fn crates(root: &Path, platform: &str) -> Result<BTreeSet<Found>, Box<dyn Error>> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--format-version=1", "--locked", "--filter-platform", platform])
        .current_dir(root)
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let packages: BTreeMap<String, Value> =
        list(&metadata["packages"]).into_iter().map(|package| (text(&package["id"]), package)).collect();
    let needs: BTreeMap<String, Vec<String>> = list(&metadata["resolve"]["nodes"])
        .into_iter()
        .map(|node| {
            let linked =
                |dependency: &Value| list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
            let of = list(&node["deps"]).into_iter().filter(linked).map(|one| text(&one["pkg"])).collect();
            (text(&node["id"]), of)
        })
        .collect();
    let is_program = |package: &&Value| PROGRAMS.contains(&package["name"].as_str().unwrap_or_default());
    let mut ahead: Vec<String> =
        packages.values().filter(is_program).map(|package| text(&package["id"])).collect();
    let mut seen = BTreeSet::new();
    let mut found = BTreeSet::new();
    while let Some(id) = ahead.pop() {
        let Some(package) = packages.get(&id).filter(|_| seen.insert(id.clone())) else { continue };
        let macros = list(&package["targets"])
            .iter()
            .any(|target| list(&target["kind"]).contains(&"proc-macro".into()));
        if macros {
            continue;
        }
        ahead.extend(needs.get(&id).cloned().unwrap_or_default());
        // What comes from a registry has a source; what is ours has none.
        if package["source"].is_string() {
            found.insert(Found {
                name: text(&package["name"]),
                version: text(&package["version"]),
                licence: text(&package["license"]).replace(" / ", "/").replace('/', " OR "),
                home: text(&package["repository"]),
                place: Path::new(&text(&package["manifest_path"])).parent().unwrap_or(root).to_owned(),
            });
        }
    }
    Ok(found)
}

/// Modules of the window that are bundled.
fn modules(root: &Path) -> Result<BTreeSet<Found>, Box<dyn Error>> {
    let ui = root.join("ui");
    let lock: Value = serde_json::from_str(&fs::read_to_string(ui.join("package-lock.json"))?)?;
    let mut found = BTreeSet::new();
    for (place, module) in lock["packages"].as_object().into_iter().flatten() {
        let Some((_, name)) = place.rsplit_once("node_modules/") else { continue };
        let tool = module["dev"] == true || module["devOptional"] == true || module["optional"] == true;
        if tool && !COMPILED_IN.contains(&name) {
            continue;
        }
        found.insert(Found {
            name: name.to_owned(),
            version: text(&module["version"]),
            licence: text(&module["license"]),
            home: format!("https://www.npmjs.com/package/{name}"),
            place: ui.join(place),
        });
    }
    Ok(found)
}

/// Fonts and icons that are kept in the repository.
fn assets(root: &Path) -> [Found; 3] {
    [
        ("Inter", "OFL-1.1", "https://rsms.me/inter/", "Inter-OFL-1.1.txt"),
        ("Noto Sans", "OFL-1.1", "https://notofonts.github.io/", "Noto-OFL-1.1.txt"),
        ("Lucide", "ISC", "https://lucide.dev/", "Lucide-ISC.txt"),
    ]
    .map(|(name, licence, home, file)| Found {
        name: name.to_owned(),
        version: String::new(),
        licence: licence.to_owned(),
        home: home.to_owned(),
        place: root.join("assets/licences").join(file),
    })
}

/// The licence files at a place, in the order of their names.
fn read_texts(place: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut files = Vec::new();
    if place.is_file() {
        files.push(place.to_owned());
    } else {
        for entry in fs::read_dir(place)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().to_lowercase();
            let is_licence = FILES.iter().any(|word| name.starts_with(word));
            if is_licence && entry.metadata()?.is_file() && entry.metadata()?.len() < LONGEST {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    let mut texts = Vec::new();
    for file in files {
        let bytes = fs::read(&file)?;
        texts.push(String::from_utf8_lossy(&bytes).replace("\r\n", "\n").trim_end().to_owned());
    }
    Ok(texts)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::root;

    fn listed() -> Licences {
        serde_json::from_str(&fs::read_to_string(root().join("assets/licences.json")).unwrap()).unwrap()
    }

    #[test]
    fn everything_that_is_built_in_is_listed_with_its_licence() {
        let listed = listed();
        let named: BTreeSet<_> = listed.parts.iter().map(|part| (&part.name, &part.version)).collect();
        let mut built = crates(root(), PLATFORMS[0]).unwrap();
        built.extend(modules(root()).unwrap());
        let missing: Vec<_> = built
            .iter()
            .filter(|one| !named.contains(&(&one.name, &one.version)))
            .map(|one| &one.name)
            .collect();
        assert!(missing.is_empty(), "run `cargo xtask licences`: {missing:?}");
        for part in &listed.parts {
            assert!(!part.licence.is_empty(), "{} says no licence", part.name);
            assert!(part.texts.iter().all(|place| *place < listed.texts.len()), "{}", part.name);
        }
    }

    #[test]
    fn nothing_is_listed_that_is_not_locked() {
        let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
        let modules = fs::read_to_string(root().join("ui/package-lock.json")).unwrap();
        for part in listed().parts.iter().filter(|part| !part.version.is_empty()) {
            let of_crate = format!("name = \"{}\"\nversion = \"{}\"", part.name, part.version);
            let of_module =
                format!("node_modules/{}\": {{\n      \"version\": \"{}\"", part.name, part.version);
            assert!(
                lock.contains(&of_crate) || modules.contains(&of_module),
                "{} {}: run `cargo xtask licences`",
                part.name,
                part.version
            );
        }
    }

    #[test]
    fn every_licence_is_one_that_the_rules_allow() {
        let rules = fs::read_to_string(root().join("deny.toml")).unwrap();
        // Fonts and the window's modules are not crates; these two come in by them.
        let allowed = |licence: &str| {
            rules.contains(&format!("\"{licence}\"")) || ["OFL-1.1", "0BSD"].contains(&licence)
        };
        for part in listed().parts {
            let fits = part.licence.split(" OR ").any(|choice| {
                choice
                    .trim_matches(['(', ')', ' '])
                    .split(" AND ")
                    .all(|one| allowed(one.trim_matches(['(', ')', ' '])))
            });
            assert!(fits, "{}: {}", part.name, part.licence);
        }
    }
}
