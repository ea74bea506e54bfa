//! A plan as a tagged, sealed PDF. Decides the order of work; layout, objects and seal have their own files.

mod blocks;
mod canvas;
mod compose;
mod objects;
pub(crate) mod read;
mod seal;
pub(crate) mod tables;
mod tree;

use ed25519_dalek::SigningKey;
use lopdf::Document;
use printpdf::{
    ExtendedGraphicsState, ExtendedGraphicsStateId, FontId, ParsedFont, PdfDocument, PdfFont, PdfPage,
    PdfSaveOptions, Pt, Rect,
};

use self::canvas::{PAGE_HEIGHT, PAGE_WIDTH, Target, font_name, opacity_name};
use self::compose::{Composer, LEFT, WIDTH};
use self::tree::Role;
use crate::progress::Steps;
use crate::text::{Face, PT, Span, Style};
use crate::{Block, Flow, Pack, PackError, PackPlan, Progress, seal as statement};

/// Writes the plan as an A4 PDF 1.7 with structure tree, bookmarks, embedded manifest and seal.
///
/// `progress` is called before each section and at the end with 100 %. The finished file is read back, and released
/// only when every page carries the watermark.
pub fn write_pdf(
    plan: &PackPlan,
    key: &SigningKey,
    progress: &mut dyn FnMut(Progress) -> Flow,
) -> Result<Pack, PackError> {
    plan.check()?;
    let manifest = statement::manifest_bytes(&plan.manifest)?;
    let mut steps = Steps::new(progress, plan.pages.len() + 3);
    let mut composer = Composer::new(plan)?;
    let is_cover = |page: &&crate::Page| page.blocks.iter().any(|block| matches!(block, Block::Cover { .. }));
    let covers = plan.pages.iter().take_while(is_cover).count();
    let mut entries: Vec<String> = plan.pages[covers..].iter().map(|page| page.title.clone()).collect();
    entries.push(composer.words.about.to_owned());
    let mut contents = None;
    for (index, page) in plan.pages.iter().enumerate() {
        if index == covers {
            contents = Some(reserve(&mut composer, &entries));
        }
        steps.next(&page.title)?;
        composer.section(index, page)?;
    }
    let contents = contents.unwrap_or_else(|| reserve(&mut composer, &entries));
    steps.next(composer.words.about)?;
    about(&mut composer, plan.pages.len(), &manifest, key);
    let entries: Vec<(usize, String, usize)> = entries
        .into_iter()
        .enumerate()
        .map(|(entry, title)| {
            let index = covers + entry;
            let page = composer.targets.get(&Target::Section(index)).map_or(0, |(page, _)| *page);
            (index, title, page)
        })
        .collect();
    composer.contents(&contents, &entries);
    composer.furnish();
    steps.next("")?;
    let pages = composer.canvas.sheets.len();
    let mut document = pages_of(&mut composer)?;
    let identity = identity(plan)?;
    objects::complete(&mut document, &composer, &manifest, identity)?;
    let bytes = seal::seal(document, &manifest, key)?;
    steps.next("")?;
    read::check_watermark(&bytes, &plan.watermark.text, pages)?;
    steps.done()?;
    Ok(Pack::new(bytes, pages, "application/pdf"))
}

fn reserve(composer: &mut Composer<'_>, entries: &[String]) -> compose::Contents {
    let pages = composer.contents_pages(entries);
    composer.reserve_contents(pages)
}

/// The last page: where the pack comes from and how to check it.
fn about(composer: &mut Composer<'_>, index: usize, manifest: &[u8], key: &SigningKey) {
    let words = composer.words;
    composer.turn();
    composer.section = composer.canvas.tree.add(tree::ROOT, Role::Section);
    composer.level = 1;
    composer.targets.insert(Target::Section(index), (composer.canvas.page(), compose::TOP - 20 * PT));
    composer.title(words.about);
    paragraph(composer, words.about_text);
    let facts = crate::facts::facts(composer.plan, words, manifest, &key.verifying_key().to_bytes());
    let rows: Vec<Vec<String>> = facts.into_iter().map(|(name, value)| vec![name, value]).collect();
    composer.table("", &[words.fact.to_owned(), words.value.to_owned()], &rows);
    composer.heading(2, words.verify, 60 * PT);
    let items =
        words.verify_steps.iter().map(|text| vec![crate::Run { text: (*text).into(), ..Default::default() }]);
    composer.list(true, &items.collect::<Vec<_>>());
}

fn paragraph(composer: &mut Composer<'_>, text: &str) {
    let style = Style { colour: compose::INK, ..blocks::BODY };
    let lines = composer.fonts.wrap(&[Span::new(text, style)], WIDTH);
    let node = composer.element(Role::Paragraph);
    composer.lines(node, &lines, LEFT, 15 * PT);
    composer.y += 8 * PT;
}

/// The sheets as printpdf's document, handed over as objects.
fn pages_of(composer: &mut Composer<'_>) -> Result<Document, PackError> {
    let mut document = PdfDocument::new(&composer.plan.title);
    for face in Face::ALL {
        let font = ParsedFont::from_bytes(face.bytes(), 0, &mut Vec::new()).ok_or(PackError::Font)?;
        document.resources.fonts.map.insert(FontId(font_name(face).into()), PdfFont::new(font));
    }
    for percent in &composer.canvas.opacities {
        #[allow(clippy::cast_precision_loss)]
        let alpha = *percent as f32 / 100.0;
        let state =
            ExtendedGraphicsState::default().with_current_fill_alpha(alpha).with_current_stroke_alpha(alpha);
        document.resources.extgstates.map.insert(ExtendedGraphicsStateId(opacity_name(*percent)), state);
    }
    #[allow(clippy::cast_precision_loss)]
    let page = Rect::from_wh(Pt(PAGE_WIDTH as f32 / 1000.0), Pt(PAGE_HEIGHT as f32 / 1000.0));
    for sheet in &mut composer.canvas.sheets {
        document.pages.push(PdfPage {
            media_box: page.clone(),
            trim_box: page.clone(),
            crop_box: page.clone(),
            ops: std::mem::take(&mut sheet.ops),
        });
    }
    // Our own path operators pass only where unknown ones are let through.
    let options = PdfSaveOptions { secure: false, ..PdfSaveOptions::default() };
    let mut warnings = Vec::new();
    let objects = document.to_lopdf_document(&options, &mut warnings);
    let problem =
        warnings.iter().find(|warning| matches!(warning.severity, printpdf::PdfParseErrorSeverity::Error));
    match problem {
        Some(warning) => Err(PackError::Container(warning.msg.clone())),
        None => Ok(objects),
    }
}

/// The file's identifier: a digest of everything it is made from.
fn identity(plan: &PackPlan) -> Result<[u8; 16], PackError> {
    let plan = serde_json::to_vec(plan).map_err(|error| PackError::Container(error.to_string()))?;
    let digest = statement::sha256(&plan);
    let mut identity = [0; 16];
    identity.copy_from_slice(&digest[..16]);
    Ok(identity)
}
