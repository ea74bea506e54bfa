//! The PDF as other programs read it: words, pages, passwords, signatures, pictures.
// Helpers of tests may panic as the tests themselves do.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use board_domain::{Locale, Watermark, WatermarkPosition};
use board_packs::{
    ApprovalStep, Block, Code, Flow, KpiRow, Layer, LineageEntry, Logo, PackError, PackPlan, Page,
    PagePicture, Paper, PdfOptions, Protection, Run, SignError, SignatureNote, Signer, Trend, sign_pdf,
    verify, verify_with, write_pages, write_pdf, write_pdf_with,
};
use common::{go_on, key, plan, run, trusted};

/// A folder of its own, gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("board-packs-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn ask(program: &str, arguments: &[&str], file: &Path) -> Output {
    let asked = Command::new(program).args(arguments).arg(file).output();
    asked.unwrap_or_else(|error| panic!("{program} is needed: {error}"))
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// The words of a file as poppler reads them, with form feeds between pages.
fn words(bytes: &[u8], folder: &Folder) -> String {
    let path = folder.file("words.pdf", bytes);
    let output = Command::new("pdftotext").arg(path).arg("-").output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

fn small() -> PackPlan {
    let mut plan = plan();
    plan.pages.truncate(1);
    plan
}

fn page(title: &str, blocks: Vec<Block>) -> Page {
    Page { title: title.into(), blocks, ..Page::default() }
}

fn paragraph(text: &str) -> Block {
    Block::Paragraph { runs: vec![run(text)] }
}

const NORWEGIAN: &str = "Sysselsettingstiltakene gjennomføres kommunevis, og arbeidsmarkedsopplæringen finansieres \
    mellomlangsiktig gjennom samfunnsinvesteringer som gjenspeiler virksomhetsstrategien. Språkkaféene samarbeider med \
    frivillighetssentralene om kompetanseutvikling, arbeidslivsforberedelse og helhetlig oppfølging av deltakerne.";
const UKRAINIAN: &str = "Працевлаштування учасників супроводжується індивідуальними консультаціями, а мовне навчання \
    організовується спільно з громадськими організаціями та роботодавцями. Найвідповідальніші завдання виконують \
    координаторки, які щоквартально підсумовують результати й узгоджують подальше фінансування.";

#[test]
fn hyphenated_words_extract_whole_in_every_language() {
    let folder = Folder::new("hyphens");
    for (locale, text) in [(Locale::Nb, NORWEGIAN), (Locale::Uk, UKRAINIAN)] {
        let mut plan = small();
        plan.locale = locale;
        plan.paper = Paper::Wide;
        // Words before the text move its line ends through all its words.
        let lead = |length: usize| paragraph(&format!("{} {text}", "m".repeat(length)));
        plan.pages.push(page("Tekst", (0..24).map(|step| lead(1 + step * 2)).collect()));
        let read = words(&write_pdf(&plan, &key(), &mut go_on).unwrap().bytes, &folder);
        assert!(read.contains('\u{ad}'), "nothing is hyphenated in {locale:?}: {read}");
        // A soft hyphen at the end of a line says that the word goes on.
        let whole = read.split('\u{ad}').map(str::trim_start).collect::<String>().replace('\n', " ");
        for word in text.split(' ').filter(|word| word.len() > 20) {
            // Where a column ends within a word, whatever stands beside the columns may come between.
            let found = whole.matches(word).count();
            assert!((22..=24).contains(&found), "{word}: {found}");
        }
    }
}

#[test]
fn names_of_every_script_stay_on_the_page() {
    let folder = Folder::new("scripts");
    let mut plan = small();
    plan.pages.push(page("Names", vec![paragraph("Met with דנה כהן, ليلى حداد, 李明 and नेहा.")]));
    let pdf = write_pdf(&plan, &key(), &mut go_on).unwrap();
    let read = words(&pdf.bytes, &folder);
    assert!(read.contains("דנה כהן"), "{read}");
    assert!(read.contains("حداد"), "{read}");
    assert!(read.contains("□□ and □□□□"), "{read}");
    assert!(verify(&pdf.bytes, &[trusted()]).unwrap().holds());
}

#[test]
fn the_contents_name_the_page_that_each_title_stands_on() {
    let folder = Folder::new("contents");
    for paper in [Paper::A4, Paper::Wide] {
        let plan = PackPlan { paper, ..plan() };
        let pdf = write_pdf(&plan, &key(), &mut go_on).unwrap();
        let read = words(&pdf.bytes, &folder);
        let pages: Vec<&str> = read.split('\u{c}').collect();
        assert_eq!(pages.len() - 1, pdf.pages);
        let contents: Vec<&str> = pages[1].lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        for title in ["Key figures", "All groups", "Evidence", "Methodology", "About this pack"] {
            let on = (2..pdf.pages).find(|page| pages[*page].lines().any(|line| line == title)).unwrap();
            let number = (on + 1).to_string();
            assert!(contents.iter().any(|line| line.starts_with(title)), "{contents:?}");
            assert!(
                contents.iter().any(|line| *line == number || line.ends_with(&format!(" {number}"))),
                "{title}"
            );
        }
        for (number, page) in pages.iter().enumerate().take(pdf.pages).skip(1) {
            assert!(page.contains(&format!("Page {} of {}", number + 1, pdf.pages)), "{page}");
        }
    }
}

#[test]
fn an_audit_page_and_a_contents_page_stand_where_the_plan_puts_them() {
    let folder = Folder::new("audit");
    let mut plan = plan();
    plan.pages.truncate(2);
    plan.pages.insert(1, page("What is inside", vec![Block::Contents]));
    let step = ApprovalStep {
        at: "2026-10-12 14:05 UTC".into(),
        who: "Ingrid Moe".into(),
        role: "Director".into(),
        action: "Approved version 3".into(),
        comment: "With thanks to the team.".into(),
    };
    let audit = Block::Audit { approvals: vec![step], content_hash: "ab".repeat(32) };
    plan.pages.push(page("Audit", vec![audit.clone()]));
    let rows = vec![KpiRow {
        label: "Participants".into(),
        values: vec!["1,284".into(), "1,232".into()],
        change: "+4.2%".into(),
        trend: Trend::Improving,
        figure: Some("participants/2026-Q3".into()),
    }];
    let header = ["Measure", "Q3 2026", "Q2 2026", "Change"].map(str::to_owned).to_vec();
    plan.pages[2].blocks.push(Block::KpiTable {
        caption: "All".into(),
        header: header.clone(),
        rows: rows.clone(),
    });
    let pdf = write_pdf(&plan, &key(), &mut go_on).unwrap();
    let read = words(&pdf.bytes, &folder);
    assert!(
        read.contains("Improving · +4.2%") && read.contains("Ingrid Moe") && read.contains(&"ab".repeat(32))
    );
    assert!(!read.contains("About this pack\nThis pack"), "the writer adds no second audit page");
    assert_eq!(read.matches("What is inside").count(), 1);

    // What such blocks may not be.
    let refused = |change: &dyn Fn(&mut PackPlan)| {
        let mut plan = plan.clone();
        change(&mut plan);
        write_pdf(&plan, &key(), &mut go_on).unwrap_err().to_string()
    };
    assert!(refused(&|plan| plan.pages[0].blocks.push(audit.clone())).contains("audit"));
    assert!(refused(&|plan| plan.pages[0].blocks.push(Block::Contents)).contains("contents"));
    let short = KpiRow { values: vec!["1".into()], ..rows[0].clone() };
    let table = Block::KpiTable { caption: String::new(), header, rows: vec![short] };
    assert!(refused(&|plan| plan.pages[0].blocks.push(table.clone())).contains("1 values for 4 columns"));
    let entry =
        LineageEntry { figure: "a".into(), label: "A".into(), value: "1".into(), ..LineageEntry::default() };
    let twice = Block::Lineage { figures: vec![entry.clone(), entry.clone()] };
    assert!(refused(&|plan| plan.pages[0].blocks.push(twice.clone())).contains("explained twice"));
    let unknown = Block::Lineage { figures: vec![LineageEntry { evidence: vec![77], ..entry }] };
    assert!(refused(&|plan| plan.pages[0].blocks.push(unknown.clone())).contains("evidence 77"));
}

#[test]
fn every_watermark_is_on_every_page_over_or_under_on_both_papers() {
    let folder = Folder::new("watermark");
    for position in [
        WatermarkPosition::Header,
        WatermarkPosition::Footer,
        WatermarkPosition::Diagonal,
        WatermarkPosition::Corner,
        WatermarkPosition::Centre,
    ] {
        for (paper, layer) in [(Paper::A4, Layer::Over), (Paper::Wide, Layer::Under)] {
            let mut plan = PackPlan { paper, ..small() };
            plan.watermark.layer = layer;
            plan.watermark.style = Watermark { position, size: 30.0, ..Watermark::default() };
            let pdf = write_pdf(&plan, &key(), &mut go_on).unwrap();
            assert!(verify(&pdf.bytes, &[trusted()]).unwrap().holds(), "{position:?}");
            let read = words(&pdf.bytes, &folder);
            for page in read.split('\u{c}').take(pdf.pages) {
                let found = page.split_whitespace().collect::<String>();
                // Poppler reads turned words glyph by glyph where they stand on their own lines.
                assert!(
                    found.contains("Dahl") || position == WatermarkPosition::Diagonal,
                    "{position:?}: {page}"
                );
            }
        }
    }
}

fn protection() -> Protection {
    Protection {
        open: "åpne 2026".into(),
        change: "owner's word".into(),
        seed: [42; 32],
        print: true,
        copy: false,
        edit: false,
    }
}

#[test]
fn a_password_protects_the_file_and_reading_aloud_stays_allowed() {
    let folder = Folder::new("password");
    let options = PdfOptions { protection: Some(protection()) };
    let pdf = write_pdf_with(&small(), &key(), &options, &mut go_on).unwrap();
    let path = folder.file("p.pdf", &pdf.bytes);
    assert!(!ask("qpdf", &["--check"], &path).status.success(), "opens without a password");
    assert!(!ask("qpdf", &["--password=wrong", "--check"], &path).status.success());
    for password in ["--password=åpne 2026", "--password=owner's word"] {
        let output = ask("qpdf", &[password, "--check"], &path);
        assert!(output.status.success(), "{}", said(&output));
    }
    let shown = said(&ask("qpdf", &["--password=åpne 2026", "--show-encryption"], &path));
    assert!(shown.contains("R = 6") && shown.contains("AESv3"), "{shown}");
    assert!(shown.contains("extract for accessibility: allowed"), "{shown}");
    assert!(shown.contains("extract for any purpose: not allowed"), "{shown}");
    assert!(shown.contains("print high resolution: allowed"), "{shown}");
    assert!(
        shown.contains("modify anything: not allowed") || shown.contains("modify other: not allowed"),
        "{shown}"
    );
    let read = Command::new("pdftotext").args(["-upw", "åpne 2026"]).arg(&path).arg("-").output().unwrap();
    assert!(said(&read).contains("Quarterly impact report"));
    assert!(!pdf.bytes.windows(8).any(|window| window == b"Fjordlys"), "a name stands unencrypted");
    // The seal is checked with and without the password, what it speaks of only with it.
    let found = verify_with(&pdf.bytes, &[trusted()], Some("åpne 2026")).unwrap();
    assert!(found.holds(), "{:?}", found.checks);
    assert!(found.manifest.is_some());
    let found = verify(&pdf.bytes, &[trusted()]).unwrap();
    assert!(!found.holds() && found.manifest.is_none());
    let unlocked = |code| found.checks.iter().any(|check| check.code == code && check.holds == Some(true));
    assert!(unlocked(Code::Signature) && unlocked(Code::Container), "{:?}", found.checks);
    // The same secrets give the same file; other ones none of the same streams.
    assert_eq!(write_pdf_with(&small(), &key(), &options, &mut go_on).unwrap(), pdf);
    let mut other = protection();
    other.seed = [43; 32];
    let other = PdfOptions { protection: Some(other) };
    assert_ne!(write_pdf_with(&small(), &key(), &other, &mut go_on).unwrap().sha256, pdf.sha256);
}

#[test]
fn passwords_that_protect_nothing_are_refused() {
    let refused = |change: &dyn Fn(&mut Protection)| {
        let mut protection = protection();
        change(&mut protection);
        let options = PdfOptions { protection: Some(protection) };
        write_pdf_with(&small(), &key(), &options, &mut go_on).unwrap_err().to_string()
    };
    assert!(refused(&|p| p.change.clear()).contains("password for changes"));
    assert!(refused(&|p| p.change.clone_from(&p.open)).contains("must differ"));
    assert!(refused(&|p| p.open = "x".repeat(128)).contains("127 bytes"));
    assert!(refused(&|p| p.open = "a\u{7}b".into()).contains("control characters"));
}

/// A key with a certificate of its own making, by OpenSSL.
fn signer(folder: &Folder, kind: &[&str]) -> Signer {
    let path = |name: &str| folder.0.join(name).display().to_string();
    let (key, certificate, p12) = (path("k.pem"), path("c.pem"), path("s.p12"));
    let mut arguments = vec!["req", "-x509", "-noenc", "-days", "3650", "-subj", "/CN=Ingrid Moe/O=Fjordlys"];
    arguments.extend(["-keyout", &key, "-out", &certificate]);
    arguments.extend(kind);
    let made = Command::new("openssl").args(&arguments).output().expect("openssl is needed");
    assert!(made.status.success(), "{}", said(&made));
    let arguments =
        ["pkcs12", "-export", "-inkey", &key, "-in", &certificate, "-out", &p12, "-passout", "pass:hemmelig"];
    let made = Command::new("openssl").args(arguments).output().unwrap();
    assert!(made.status.success(), "{}", said(&made));
    let bytes = std::fs::read(&p12).unwrap();
    assert!(matches!(Signer::from_pkcs12(&bytes, "feil"), Err(SignError::KeyFile(_))));
    Signer::from_pkcs12(&bytes, "hemmelig").unwrap()
}

/// A moment at which certificates made by this machine's clock are valid.
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now() + jiff::SignedDuration::from_secs(60)
}

#[test]
fn readers_show_the_pack_as_signed_and_a_second_signature_breaks_nothing() {
    let folder = Folder::new("signature");
    let rsa = signer(&folder, &["-newkey", "rsa:2048"]);
    let ecdsa = signer(&folder, &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
    assert!(rsa.subject().contains("Ingrid Moe"));
    let pdf = write_pdf(&small(), &key(), &mut go_on).unwrap();
    let note = SignatureNote { reason: "Approved for the board".into(), ..SignatureNote::default() };
    let once = sign_pdf(&pdf.bytes, &rsa, &note, now()).unwrap();
    assert!(once.starts_with(&pdf.bytes), "the sealed bytes stay as they are");
    let found = verify(&once, &[trusted()]).unwrap();
    assert!(found.holds(), "{:?}", found.checks);
    let path = folder.file("once.pdf", &once);
    let shown = said(&ask("pdfsig", &["-nocert"], &path));
    assert!(shown.contains("Signature is Valid.") && shown.contains("Total document signed"), "{shown}");
    let twice = sign_pdf(&once, &ecdsa, &SignatureNote::default(), now()).unwrap();
    assert!(twice.starts_with(&once));
    let path = folder.file("twice.pdf", &twice);
    let shown = said(&ask("pdfsig", &["-nocert"], &path));
    assert_eq!(shown.matches("Signature is Valid.").count(), 2, "{shown}");
    let checked = ask("qpdf", &["--check"], &path);
    assert!(checked.status.success(), "{}", said(&checked));
    assert!(verify(&twice, &[trusted()]).unwrap().holds());
    // Anything else behind the seal breaks it, also between two signatures.
    let page = lopdf::Document::load_mem(&once).unwrap().page_iter().next().unwrap();
    let mut increment =
        lopdf::IncrementalDocument::create_from(once.clone(), lopdf::Document::load_mem(&once).unwrap());
    increment.opt_clone_object_to_new_document(page).unwrap();
    increment.new_document.get_dictionary_mut(page).unwrap().set("Rotate", 90);
    let mut turned = Vec::new();
    increment.save_to(&mut turned).unwrap();
    assert!(!verify(&turned, &[trusted()]).unwrap().holds());
    if let Ok(again) = sign_pdf(&turned, &rsa, &note, now()) {
        assert!(!verify(&again, &[trusted()]).unwrap().holds());
    }
    for behind in [&b"%"[..], b"\n", b"1 0 obj\nnull\nendobj\n%%EOF"] {
        let longer = [&once[..], behind].concat();
        assert!(!verify(&longer, &[trusted()]).is_ok_and(|found| found.holds()), "{behind:?}");
    }
    // A byte of the content changed afterwards is seen by both.
    let mut bytes = twice.clone();
    bytes[pdf.bytes.len() / 2] ^= 1;
    let shown = said(&ask("pdfsig", &["-nocert"], &folder.file("changed.pdf", &bytes)));
    assert!(!shown.contains("Signature is Valid."), "{shown}");
    // Elliptic signatures come from file and key alone.
    let at = now();
    assert_eq!(
        sign_pdf(&pdf.bytes, &ecdsa, &note, at).unwrap(),
        sign_pdf(&pdf.bytes, &ecdsa, &note, at).unwrap()
    );
}

#[test]
fn what_cannot_be_signed_is_refused_with_its_reason() {
    let folder = Folder::new("unsigned");
    let signer = signer(&folder, &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
    let note = SignatureNote::default();
    for bytes in
        [&b""[..], b"%PDF-1.7\n", b"%PDF-1.7\n1 0 obj <<>> endobj trailer <</Root 1 0 R>> startxref 9 %%EOF"]
    {
        assert!(matches!(sign_pdf(bytes, &signer, &note, now()), Err(SignError::Pdf(_))));
    }
    let pdf = write_pdf(&small(), &key(), &mut go_on).unwrap();
    let late: jiff::Timestamp = "2099-01-01T00:00:00Z".parse().unwrap();
    assert!(matches!(sign_pdf(&pdf.bytes, &signer, &note, late), Err(SignError::Expired(_))));
    let options = PdfOptions { protection: Some(protection()) };
    let locked = write_pdf_with(&small(), &key(), &options, &mut go_on).unwrap();
    assert!(matches!(sign_pdf(&locked.bytes, &signer, &note, now()), Err(SignError::Pdf(_))));
    assert!(matches!(Signer::from_pkcs12(b"\x30\x03\x02\x01\x03", ""), Err(SignError::KeyFile(_))));
    assert!(matches!(Signer::from_pkcs12(&[0x30; 4096], ""), Err(SignError::KeyFile(_))));
    assert!(matches!(Signer::from_der(b"", &[]), Err(SignError::KeyFile(_))));
}

fn pictures(plan: &PackPlan, dpi: u32) -> Vec<PagePicture> {
    let mut pages = Vec::new();
    let count = write_pages(plan, &key(), dpi, &mut go_on, &mut |page| {
        pages.push(page);
        Flow::Continue
    });
    assert_eq!(count.unwrap(), pages.len());
    pages
}

fn decode(png: &[u8]) -> (u32, u32, Vec<u8>, Option<u32>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let (width, height) = (reader.info().width, reader.info().height);
    let density = reader.info().pixel_dims.map(|dims| dims.xppu);
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(frame.color_type, png::ColorType::Rgb);
    (width, height, pixels, density)
}

#[test]
fn pages_as_pictures_look_as_poppler_paints_the_pdf() {
    let folder = Folder::new("pictures");
    let mut plan = plan();
    plan.pages.truncate(2);
    let pdf = write_pdf(&plan, &key(), &mut go_on).unwrap();
    let path = folder.file("p.pdf", &pdf.bytes);
    let painted = Command::new("pdftoppm")
        .args(["-scale-to-x", "595", "-scale-to-y", "842"])
        .arg(&path)
        .arg(folder.0.join("page"))
        .output()
        .unwrap();
    assert!(painted.status.success(), "{}", said(&painted));
    let pages = pictures(&plan, 72);
    assert_eq!(pages.len(), pdf.pages);
    for page in &pages {
        let (width, height, ours, density) = decode(&page.png);
        assert_eq!(density, Some(2835));
        let theirs = std::fs::read(folder.0.join(format!("page-{}.ppm", page.number))).unwrap();
        let head = format!("P6\n{width} {height}\n255\n");
        let theirs = theirs.strip_prefix(head.as_bytes()).expect("the same size in pixels");
        let apart: u64 = ours.iter().zip(theirs).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        let mean = apart as f64 / ours.len() as f64;
        // Edges are smoothed differently; a missing line of text would weigh far more.
        assert!(mean < 1.5, "page {} differs by {mean:.2} levels", page.number);
    }
    assert_eq!(pictures(&plan, 72), pages, "the same plan gives the same pictures");
}

#[test]
fn a_picture_for_print_has_three_hundred_dots_per_inch_and_the_watermark() {
    let plan = small();
    let first = |plan: &PackPlan| {
        let mut first = None;
        let stopped = write_pages(plan, &key(), 300, &mut go_on, &mut |page| {
            first = Some(page);
            Flow::Cancel
        });
        assert!(matches!(stopped, Err(PackError::Cancelled)));
        decode(&first.unwrap().png)
    };
    let (width, height, marked, _) = first(&plan);
    assert_eq!((width, height), (2480, 3508));
    let mut other = plan.clone();
    other.watermark.style.opacity = 0.5;
    let (_, _, darker, _) = first(&other);
    let ink = |pixels: &[u8]| pixels.iter().map(|level| u64::from(255 - level)).sum::<u64>();
    assert!(ink(&darker) > ink(&marked));
    let refused = write_pages(&plan, &key(), 5000, &mut go_on, &mut |_| Flow::Continue);
    assert!(refused.unwrap_err().to_string().contains("5000 dots per inch"));
}

fn logo() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 60, 20);
    encoder.set_color(png::ColorType::Rgba);
    let mut writer = encoder.write_header().unwrap();
    let pixels: Vec<u8> =
        (0..60 * 20).flat_map(|at| [200, 30, (at % 256) as u8, if at % 3 == 0 { 0 } else { 255 }]).collect();
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    bytes
}

#[test]
fn a_logo_stands_on_the_cover_and_a_damaged_one_is_refused() {
    let folder = Folder::new("logo");
    let mut plan = small();
    plan.logo = Some(Logo { png: logo(), alt: "Fjordlys".into() });
    let pdf = write_pdf(&plan, &key(), &mut go_on).unwrap();
    let listed = said(&ask("pdfimages", &["-list"], &folder.file("l.pdf", &pdf.bytes)));
    assert!(listed.contains("60    20  rgb") && listed.contains("smask"), "{listed}");
    assert!(!pictures(&plan, 36).is_empty());
    let bomb = {
        // A header that promises 60,000 × 60,000 pixels.
        let mut bytes = logo();
        bytes[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        bytes
    };
    for png in [Vec::new(), b"GIF89a".to_vec(), logo()[..60].to_vec(), bomb, vec![0; 3 << 20]] {
        plan.logo = Some(Logo { png, alt: "Fjordlys".into() });
        let refused = write_pdf(&plan, &key(), &mut go_on).unwrap_err().to_string();
        assert!(refused.contains("logo"), "{refused}");
    }
    plan.logo = Some(Logo { png: logo(), alt: " ".into() });
    assert!(write_pdf(&plan, &key(), &mut go_on).unwrap_err().to_string().contains("logo"));
}

#[test]
fn citations_lead_to_the_evidence_and_back_and_figures_to_their_lineage() {
    let mut plan = plan();
    let figure = Run { text: "3.42:1".into(), figure: Some("sroi/2026-Q3".into()), ..Run::default() };
    plan.pages[3].blocks.push(Block::Paragraph { runs: vec![run("The return is "), figure, run(".")] });
    let pdf = write_pdf(&plan, &key(), &mut go_on).unwrap();
    let document = lopdf::Document::load_mem(&pdf.bytes).unwrap();
    let mut told: Vec<String> = Vec::new();
    for object in document.objects.values().filter_map(|object| object.as_dict().ok()) {
        if object.get(b"Subtype").and_then(lopdf::Object::as_name).is_ok_and(|name| name == b"Link") {
            let units: Vec<u16> = object.get(b"Contents").unwrap().as_str().unwrap()[2..]
                .chunks(2)
                .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
                .collect();
            told.push(String::from_utf16(&units).unwrap());
            assert!(object.get(b"Dest").unwrap().as_array().unwrap().len() == 5);
        }
    }
    for wanted in ["Evidence 3", "Cited on page", "sroi/2026-Q3", "Key figures"] {
        assert!(told.iter().any(|words| words.contains(wanted)), "{wanted}: {told:?}");
    }
}
