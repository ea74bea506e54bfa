//! A plan as a sealed presentation with native charts. Decides the order of work; layout, shapes, parts and archive have
//! their own files.

mod chart;
mod code;
mod concise;
mod deck;
mod drawing;
mod flow;
mod frame;
mod ink;
mod marks;
mod master;
mod metrics;
mod package;
mod parts;
mod phrases;
pub(crate) mod read;
mod rows;
mod table;
mod vector;
mod workbook;

use board_charts::ChartSpec;
use ed25519_dalek::SigningKey;

use self::deck::{Deck, Layout, Shape, Slide};
use self::drawing::{Pen, Targets};
use self::master::{COVER_SIZE, COVER_SUBTITLE, COVER_TITLE, TITLE, TITLE_SIZE};
use self::package::{MANIFEST_PART, Package, Relations};
use self::workbook::Lineage;
use crate::progress::Steps;
use crate::text::Rgb;
use crate::{Block, Flow, Pack, PackError, PackPlan, Progress, seal, words::Words};

const MIME: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";

/// Writes the plan as a 16:9 PPTX: native, editable charts with their workbooks, real tables, speaker notes, embedded
/// manifest and seal.
///
/// `progress` is called before each section and at the end with 100 %. The finished file is read back, and released
/// only when every slide shows the watermark.
pub fn write_pptx(
    plan: &PackPlan,
    key: &SigningKey,
    progress: &mut dyn FnMut(Progress) -> Flow,
) -> Result<Pack, PackError> {
    plan.check()?;
    let manifest = seal::manifest_bytes(&plan.manifest)?;
    let words = Words::of(plan.locale);
    let facts = crate::facts::facts(plan, words, &manifest, &key.verifying_key().to_bytes());
    let mut steps = Steps::new(progress, plan.pages.len() + 3);
    let mut deck = Deck::new(plan, &facts);
    let has = |page: &crate::Page, is: fn(&Block) -> bool| page.blocks.iter().any(is);
    let listed =
        plan.deck || plan.pages.iter().any(|page| has(page, |block| matches!(block, Block::Contents)));
    let is_cover = |page: &&crate::Page| matches!(page.blocks.first(), Some(Block::Cover { .. }));
    let covers = plan.pages.iter().take_while(is_cover).count();
    for (index, page) in plan.pages.iter().enumerate() {
        if index == covers && !listed {
            deck.contents(words.contents, None);
        }
        steps.next(&page.title)?;
        deck.section(page);
    }
    steps.next(words.about)?;
    if !deck.has_audit() {
        deck.about();
    }
    deck.finish();
    steps.next("")?;
    let slides = deck.slides.len();
    let accent = Rgb::parse(&plan.accent).unwrap_or(Rgb(0x1d, 0x4e, 0x89)).deepened();
    let mut package = Package::default();
    parts::add(&mut package, plan, accent, &deck, deck.phrases.keywords);
    master::add(&mut package, plan);
    if let Some(logo) = &plan.logo {
        package.add(LOGO, None, logo.png.clone());
    }
    let mut writer = Writer {
        plan,
        package,
        charts: 0,
        lineage: Lineage::new(plan, words, deck.phrases, &facts),
        fingerprint: hex::encode(seal::sha256(&manifest)),
    };
    let targets = deck.targets();
    for (index, slide) in deck.slides.iter().enumerate() {
        writer.slide(&deck, &targets, slide, index + 1)?;
    }
    let mut package = writer.package;
    custom_parts(&mut package, &manifest);
    let bytes = package.seal(&manifest, key)?;
    steps.next("")?;
    read::check_watermark(&bytes, &plan.watermark.text, slides)?;
    steps.done()?;
    Ok(Pack::new(bytes, slides, MIME))
}

const LOGO: &str = "ppt/media/logo.png";

/// Adds slides and what they lead to.
struct Writer<'a> {
    plan: &'a PackPlan,
    package: Package,
    /// Charts so far.
    charts: usize,
    lineage: Lineage,
    fingerprint: String,
}

impl Writer<'_> {
    fn slide(
        &mut self,
        deck: &Deck<'_>,
        targets: &Targets,
        slide: &Slide<'_>,
        number: usize,
    ) -> Result<(), PackError> {
        let mut relations = Relations::default();
        relations.add("slideLayout", format!("../slideLayouts/slideLayout{}.xml", slide.layout as u8));
        let has_notes = !slide.notes.trim().is_empty();
        if has_notes {
            relations.add("notesSlide", format!("../notesSlides/notesSlide{number}.xml"));
        }
        let mut pen = Pen::new(slide.language, targets, relations);
        let mut xml = titles(&mut pen, slide);
        for shape in &slide.shapes {
            xml.push_str(&self.shape(&mut pen, shape, &slide.title, deck)?);
        }
        if slide.layout == Layout::Content {
            xml.push_str(&pen.footer(&self.plan.footer, number));
        }
        let part = format!("ppt/slides/slide{number}.xml");
        let kind = "application/vnd.openxmlformats-officedocument.presentationml.slide+xml";
        self.package.add(&part, Some(kind), master::slide(&xml));
        self.package.relate(&part, &pen.relations);
        if has_notes {
            let name = format!("ppt/notesSlides/notesSlide{number}.xml");
            let kind = "application/vnd.openxmlformats-officedocument.presentationml.notesSlide+xml";
            self.package.add(&name, Some(kind), parts::notes(&slide.notes, slide.language));
            let mut back = Relations::default();
            back.add("notesMaster", "../notesMasters/notesMaster1.xml");
            back.add("slide", format!("../slides/slide{number}.xml"));
            self.package.relate(&name, &back);
        }
        Ok(())
    }

    fn shape(
        &mut self,
        pen: &mut Pen<'_>,
        shape: &Shape<'_>,
        title: &str,
        deck: &Deck<'_>,
    ) -> Result<String, PackError> {
        Ok(match shape {
            Shape::Text { name, frame, paragraphs, link } => pen.text(name, *frame, paragraphs, *link),
            Shape::Card { name, frame, paragraphs } => pen.card(name, *frame, paragraphs),
            Shape::Bar(frame, ink) => pen.bar(*frame, *ink),
            Shape::Table { name, frame, table } => {
                let name = if name.trim().is_empty() { title } else { name };
                table.xml(pen, name, &table.alt(name), *frame)
            }
            Shape::Chart { frame, spec } => {
                let part = self.chart(spec, deck)?;
                pen.chart(&spec.title, &board_charts::alt(spec), *frame, &part)
            }
            Shape::Vector { frame, spec } => vector::group(pen, spec, &spec.title, *frame)
                .map_err(|error| PackError::Chart { title: spec.title.clone(), reason: error.to_string() })?,
            Shape::Logo(frame) => match &self.plan.logo {
                Some(logo) => {
                    pen.picture("Logo", &logo.alt, code::contained(&logo.png, *frame), "../media/logo.png")
                }
                None => String::new(),
            },
            Shape::Code(frame) => code::draw(pen, &self.fingerprint, *frame)?,
            Shape::Contents(_) => String::new(),
        })
    }

    /// Adds the chart with its workbook; returns its name as seen from a slide.
    fn chart(&mut self, spec: &ChartSpec, deck: &Deck<'_>) -> Result<String, PackError> {
        self.charts += 1;
        let number = self.charts;
        let columns = rows::columns(spec, deck.phrases);
        let workbook = workbook::write(spec, &columns, &self.lineage)
            .map_err(|error| PackError::Chart { title: spec.title.clone(), reason: error.to_string() })?;
        let mut relations = Relations::default();
        let id = relations.add("package", format!("../embeddings/Microsoft_Excel_Sheet{number}.xlsx"));
        let part = format!("ppt/charts/chart{number}.xml");
        let kind = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml";
        self.package.add(&part, Some(kind), chart::xml(spec, &columns, &id));
        self.package.relate(&part, &relations);
        self.package.add(&format!("ppt/embeddings/Microsoft_Excel_Sheet{number}.xlsx"), None, workbook);
        Ok(format!("../charts/chart{number}.xml"))
    }
}

/// Title and subtitle in the layout's placeholders, smaller where they would not fit.
fn titles(pen: &mut Pen<'_>, slide: &Slide<'_>) -> String {
    let smaller = |words: &str, points: i32, [_, _, width, height]: drawing::Frame| {
        Some(deck::fitting_size(words, true, points, width, height)).filter(|size| *size < points)
    };
    match slide.layout {
        Layout::Cover => {
            let size = smaller(&slide.title, COVER_SIZE, COVER_TITLE);
            let mut xml = pen.placeholder("Title", "type=\"ctrTitle\"", &slide.title, size);
            if !slide.subtitle.trim().is_empty() {
                let size = smaller(&slide.subtitle, 20, COVER_SUBTITLE);
                xml.push_str(&pen.placeholder(
                    "Subtitle",
                    "type=\"subTitle\" idx=\"1\"",
                    &slide.subtitle,
                    size,
                ));
            }
            xml
        }
        Layout::Content => {
            pen.placeholder("Title", "type=\"title\"", &slide.title, smaller(&slide.title, TITLE_SIZE, TITLE))
        }
    }
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
