//! A plan as a sealed presentation with native charts. Decides the order of work; slides, parts and archive have
//! their own files.

mod chart;
mod deck;
mod drawing;
mod package;
mod parts;
pub(crate) mod read;

use board_charts::ChartSpec;
use ed25519_dalek::SigningKey;

use self::deck::Deck;
use self::drawing::{INK, Look, Paragraph, Pen};
use self::package::{MANIFEST_PART, Package, Relations};
use crate::progress::Steps;
use crate::text::{Fonts, Rgb};
use crate::{Block, Flow, Pack, PackError, PackPlan, Progress, seal, words::Words};

const MIME: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";

/// Writes the plan as a 16:9 PPTX: native, editable charts with their workbooks, real tables, speaker notes, embedded
/// manifest and seal.
///
/// `progress` is called before each section and at the end with 100 %. The finished file is read back, and released
/// only when every slide carries the watermark.
pub fn write_pptx(
    plan: &PackPlan,
    key: &SigningKey,
    progress: &mut dyn FnMut(Progress) -> Flow,
) -> Result<Pack, PackError> {
    plan.check()?;
    let manifest = seal::manifest_bytes(&plan.manifest)?;
    let mut steps = Steps::new(progress, plan.pages.len() + 3);
    let mut deck = Deck::new(plan, Fonts::load().ok_or(PackError::Font)?);
    let is_cover = |page: &crate::Page| matches!(page.blocks.first(), Some(Block::Cover { .. }));
    let covers = plan.pages.iter().take_while(|page| is_cover(page)).count();
    for (index, page) in plan.pages.iter().enumerate() {
        if index == covers {
            deck.contents();
        }
        steps.next(&page.title)?;
        deck.section(page);
    }
    let words = Words::of(plan.locale);
    steps.next(words.about)?;
    deck.about(&crate::facts::facts(plan, words, &manifest, &key.verifying_key().to_bytes()));
    steps.next("")?;
    let slides = deck.slides.len();
    let mut package = Package::default();
    parts::add(&mut package, plan, deck.accent, slides);
    write_slides(&mut package, plan, &mut deck)?;
    custom_parts(&mut package, &manifest);
    let bytes = package.seal(&manifest, key)?;
    steps.next("")?;
    read::check_watermark(&bytes, &plan.watermark.text, slides)?;
    steps.done()?;
    Ok(Pack::new(bytes, slides, MIME))
}

fn write_slides(package: &mut Package, plan: &PackPlan, deck: &mut Deck<'_>) -> Result<(), PackError> {
    let (frame, turn, lines, look, align) = deck.watermark();
    let alpha = percent(plan.watermark.style.opacity);
    let mut charts = Charts { package, count: 0, failure: None };
    for (index, slide) in deck.slides.iter().enumerate() {
        let number = index + 1;
        let mut relations = Relations::default();
        relations.add(
            "slideLayout",
            format!("../slideLayouts/slideLayout{}.xml", if slide.cover { 1 } else { 2 }),
        );
        let entries: Vec<(String, String, usize)> =
            if slide.shapes.iter().any(|s| matches!(s, deck::Shape::Contents)) {
                let link = |(title, first): &(String, usize)| {
                    (relations.add("slide", format!("slide{}.xml", first + 1)), title.clone(), first + 1)
                };
                deck.sections.iter().map(link).collect()
            } else {
                Vec::new()
            };
        let mut pen = Pen::new(plan.locale.tag(), deck.accent);
        let mut shapes =
            deck::draw(slide, &mut pen, &mut |spec| relations.add("chart", charts.add(spec)), &|| {
                contents(&entries, deck.accent)
            });
        if !slide.cover {
            shapes.push_str(&pen.footer(&plan.footer, number));
        }
        shapes.push_str(&pen.watermark(frame, turn, &lines, &look, alpha, align));
        let part = format!("ppt/slides/slide{number}.xml");
        if !slide.notes.trim().is_empty() {
            let name = format!("ppt/notesSlides/notesSlide{number}.xml");
            relations.add("notesSlide", format!("../notesSlides/notesSlide{number}.xml"));
            let kind = "application/vnd.openxmlformats-officedocument.presentationml.notesSlide+xml";
            charts.package.add(&name, Some(kind), parts::notes(&slide.notes, plan.locale.tag()));
            let mut back = Relations::default();
            back.add("notesMaster", "../notesMasters/notesMaster1.xml");
            back.add("slide", format!("../slides/slide{number}.xml"));
            charts.package.relate(&name, &back);
        }
        let kind = "application/vnd.openxmlformats-officedocument.presentationml.slide+xml";
        charts.package.add(&part, Some(kind), parts::slide(&shapes));
        charts.package.relate(&part, &relations);
    }
    charts.failure.map_or(Ok(()), Err)
}

/// Adds chart parts as slides ask for them.
struct Charts<'a> {
    package: &'a mut Package,
    count: usize,
    failure: Option<PackError>,
}

impl Charts<'_> {
    /// Adds the chart with its workbook; returns its target as seen from a slide.
    fn add(&mut self, spec: &ChartSpec) -> String {
        self.count += 1;
        let number = self.count;
        let workbook = chart::workbook(spec).unwrap_or_else(|error| {
            self.failure = Some(PackError::Chart { title: spec.title.clone(), reason: error.to_string() });
            Vec::new()
        });
        let mut relations = Relations::default();
        let id = relations.add("package", format!("../embeddings/Microsoft_Excel_Sheet{number}.xlsx"));
        let part = format!("ppt/charts/chart{number}.xml");
        let kind = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml";
        self.package.add(&part, Some(kind), chart::xml(spec, &id));
        self.package.relate(&part, &relations);
        self.package.add(&format!("ppt/embeddings/Microsoft_Excel_Sheet{number}.xlsx"), None, workbook);
        format!("../charts/chart{number}.xml")
    }
}

fn contents(entries: &[(String, String, usize)], accent: Rgb) -> Vec<Paragraph> {
    let size = if entries.len() > 12 { 12 } else { 18 };
    entries
        .iter()
        .map(|(relation, title, number)| Paragraph {
            runs: vec![
                (format!("{number}   "), Look::new(size, &accent.hex()).bold()),
                (title.clone(), Look::new(size, INK)),
            ],
            link: Some(relation.clone()),
            after: size / 2,
            ..Paragraph::default()
        })
        .collect()
}

/// The manifest, and the properties that bind manifest and seal to their namespace.
fn custom_parts(package: &mut Package, manifest: &[u8]) {
    package.add(MANIFEST_PART, None, package::manifest_xml(manifest));
    let ids = ["{5B0E8F2E-6A57-4E0B-9F0D-3C9A1B7D2E41}", "{5B0E8F2E-6A57-4E0B-9F0D-3C9A1B7D2E42}"];
    for (number, id) in (1..).zip(ids) {
        let name = format!("customXml/itemProps{number}.xml");
        let kind = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml";
        package.add(
            &name,
            Some(kind),
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n<ds:datastoreItem ds:itemID=\"{id}\" \
                 xmlns:ds=\"http://schemas.openxmlformats.org/officeDocument/2006/customXml\"><ds:schemaRefs>\
                 <ds:schemaRef ds:uri=\"{}\"/></ds:schemaRefs></ds:datastoreItem>",
                package::NAMESPACE
            ),
        );
        let mut relations = Relations::default();
        relations.add("customXmlProps", format!("itemProps{number}.xml"));
        package.relate(&format!("customXml/item{number}.xml"), &relations);
    }
}

fn percent(fraction: f64) -> u32 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let percent = (fraction * 100.0).round() as u32;
    percent.clamp(1, 100)
}
