//! A plan as a tagged, sealed PDF. Decides the order of work; layout, objects and seal have their own files.

mod appendix;
mod blocks;
pub(crate) mod canvas;
pub(crate) mod compose;
mod content;
mod contents;
mod cover;
mod file;
mod fonts;
mod icc;
mod increment;
mod objects;
mod protect;
pub(crate) mod read;
mod seal;
pub(crate) mod tables;
pub(crate) mod tree;

use ed25519_dalek::SigningKey;

use self::compose::Composer;
use self::content::Writer;
use self::contents::{is_contents, is_cover};
use self::file::File;
use crate::progress::Steps;
use crate::{Block, Flow, Pack, PackError, PackPlan, Page, PdfOptions, Progress, seal as statement};

/// Writes the plan as a PDF 1.7 after PDF/UA-1 and PDF/A-2a, with bookmarks, manifest and seal.
///
/// `progress` is called before each section and at the end with 100 %. The finished file is read back, and released
/// only when every page carries the watermark.
pub fn write_pdf(
    plan: &PackPlan,
    key: &SigningKey,
    progress: &mut dyn FnMut(Progress) -> Flow,
) -> Result<Pack, PackError> {
    write_pdf_with(plan, key, &PdfOptions::default(), progress)
}

/// [`write_pdf`] with a password or permissions.
pub fn write_pdf_with(
    plan: &PackPlan,
    key: &SigningKey,
    options: &PdfOptions,
    progress: &mut dyn FnMut(Progress) -> Flow,
) -> Result<Pack, PackError> {
    plan.check()?;
    let mut steps = Steps::new(progress, plan.pages.len() + 3);
    let composer = compose(plan, key, &mut steps)?;
    steps.next("")?;
    let pages = composer.canvas.sheets.len();
    let bytes = assemble(&composer, key, options)?;
    steps.next("")?;
    let password = options.protection.as_ref().map(|protection| protection.change.as_str());
    read::check_watermark(&bytes, &plan.watermark.text, pages, password)?;
    steps.done()?;
    Ok(Pack::new(bytes, pages, "application/pdf"))
}

/// Lays the whole plan out.
pub(crate) fn compose<'a>(
    plan: &'a PackPlan,
    key: &SigningKey,
    steps: &mut Steps<'_>,
) -> Result<Composer<'a>, PackError> {
    let mut composer = Composer::new(plan, key.verifying_key().to_bytes())?;
    let has_audit =
        plan.pages.iter().any(|page| page.blocks.iter().any(|block| matches!(block, Block::Audit { .. })));
    let about = (!has_audit).then_some(composer.words.about);
    let entries = contents::entries(plan, about);
    // The contents stand where the plan puts them, or else after its covers.
    let own = Page { title: composer.words.contents.to_owned(), ..Page::default() };
    let covers = plan.pages.iter().take_while(|page| is_cover(page)).count();
    let placed = plan.pages.iter().position(is_contents);
    let mut kept = None;
    for (index, page) in plan.pages.iter().enumerate() {
        if placed.is_none() && index == covers {
            kept = Some(composer.keep_contents(usize::MAX, &own, &entries));
        }
        steps.next(&page.title)?;
        if placed == Some(index) {
            kept = Some(composer.keep_contents(index, page, &entries));
            if page.blocks.len() > 1 {
                composer.turn();
                composer.blocks(page)?;
            }
        } else {
            composer.section(index, page)?;
        }
    }
    let kept = kept.unwrap_or_else(|| composer.keep_contents(usize::MAX, &own, &entries));
    steps.next(composer.words.about)?;
    if let Some(title) = about {
        let page = Page { title: title.to_owned(), ..Page::default() };
        composer.open(plan.pages.len(), &page, title, false, false);
        composer.audit(&[], "")?;
    }
    composer.contents(&kept, &entries);
    composer.furnish();
    Ok(composer)
}

/// The laid-out document as a sealed file.
fn assemble(composer: &Composer<'_>, key: &SigningKey, options: &PdfOptions) -> Result<Vec<u8>, PackError> {
    let plan = composer.plan;
    let manifest = statement::manifest_bytes(&plan.manifest)?;
    let mut file = File::new();
    let mut encryption = None;
    if let Some(protection) = &options.protection {
        let (cipher, dictionary) = protect::protect(protection)?;
        file.cipher = Some(cipher);
        encryption = Some(dictionary);
    }
    let meanings = content::meanings(&composer.canvas);
    file.part("fonts");
    let (fonts, codes) = fonts::embed(&mut file, &meanings)?;
    let writer = Writer {
        shaper: &composer.fonts.shaper,
        meanings: &meanings,
        codes: &codes,
        height: composer.canvas.size.1,
    };
    let identity = identity(plan)?;
    let parts = objects::Parts { composer, writer, fonts, manifest: &manifest, identity, encryption };
    let (trailer, seal) = objects::complete(&mut file, &parts)?;
    seal::finish(file, &trailer, seal, &manifest, key)
}

/// The file's identifier: a digest of everything it is made from.
fn identity(plan: &PackPlan) -> Result<[u8; 16], PackError> {
    let plan = serde_json::to_vec(plan).map_err(|error| PackError::Container(error.to_string()))?;
    let digest = statement::sha256(&plan);
    let mut identity = [0; 16];
    identity.copy_from_slice(&digest[..16]);
    Ok(identity)
}
