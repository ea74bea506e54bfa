//! The parts every presentation has: theme, table style, notes master, properties. Not master, layouts and slides.

use super::drawing::{emu, one_line};
use super::ink::{CARD, TEXT};
use super::package::{Package, Relations};
use super::table::STYLE;
use super::{deck::Deck, ink::Ink};
use crate::PackPlan;
use crate::text::{PT, Rgb};
use crate::xml::escape;

pub(super) const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
pub(super) const SPACES: &str = "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
    xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\"";
pub(super) const GROUP: &str = "<p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr>\
    <a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"0\" cy=\"0\"/><a:chOff x=\"0\" y=\"0\"/><a:chExt cx=\"0\" cy=\"0\"/></a:xfrm>\
    </p:grpSpPr>";
pub(super) const MAP: &str = "bg1=\"lt1\" tx1=\"dk1\" bg2=\"lt2\" tx2=\"dk2\" accent1=\"accent1\" accent2=\"accent2\" \
    accent3=\"accent3\" accent4=\"accent4\" accent5=\"accent5\" accent6=\"accent6\" hlink=\"hlink\" folHlink=\"folHlink\"";
/// On every Windows and macOS, with faces of the same metrics elsewhere.
const TYPEFACE: &str = "Arial";
const EXTENDED: &str = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties";

macro_rules! kind {
    ($name:literal) => {
        Some(concat!("application/vnd.openxmlformats-officedocument.", $name, "+xml"))
    };
}
pub(super) use kind;

/// Adds everything but master, layouts, slides, their notes and charts.
pub(super) fn add(package: &mut Package, plan: &PackPlan, accent: Rgb, deck: &Deck<'_>, keywords: &str) {
    for (index, name) in ["Boardroom", "Boardroom notes"].iter().enumerate() {
        package.add(&format!("ppt/theme/theme{}.xml", index + 1), kind!("theme"), theme(name, accent));
    }
    package.add("ppt/notesMasters/notesMaster1.xml", kind!("presentationml.notesMaster"), notes_master());
    let mut relations = Relations::default();
    relations.add("theme", "../theme/theme2.xml");
    package.relate("ppt/notesMasters/notesMaster1.xml", &relations);
    presentation(package, deck);
    properties(package, plan, deck.slides.len(), keywords);
}

fn presentation(package: &mut Package, deck: &Deck<'_>) {
    let mut relations = Relations::default();
    let master = relations.add("slideMaster", "slideMasters/slideMaster1.xml");
    let notes = relations.add("notesMaster", "notesMasters/notesMaster1.xml");
    let mut list = String::new();
    for number in 1..=deck.slides.len() {
        let id = relations.add("slide", format!("slides/slide{number}.xml"));
        list.push_str(&format!("<p:sldId id=\"{}\" r:id=\"{id}\"/>", 255 + number));
    }
    relations.add("presProps", "presProps.xml");
    relations.add("viewProps", "viewProps.xml");
    relations.add("theme", "theme/theme1.xml");
    relations.add("tableStyles", "tableStyles.xml");
    relations.add("customXml", "../customXml/item1.xml");
    relations.add("customXml", "../customXml/item2.xml");
    package.add(
        "ppt/presentation.xml",
        kind!("presentationml.presentation.main"),
        format!(
            "{XML}<p:presentation {SPACES} saveSubsetFonts=\"1\"><p:sldMasterIdLst><p:sldMasterId id=\"2147483648\" \
             r:id=\"{master}\"/></p:sldMasterIdLst><p:notesMasterIdLst><p:notesMasterId r:id=\"{notes}\"/>\
             </p:notesMasterIdLst><p:sldIdLst>{list}</p:sldIdLst><p:sldSz cx=\"12192000\" cy=\"6858000\"/><p:notesSz \
             cx=\"6858000\" cy=\"9144000\"/>{}</p:presentation>",
            sections(deck)
        ),
    );
    package.relate("ppt/presentation.xml", &relations);
    package.add(
        "ppt/presProps.xml",
        kind!("presentationml.presProps"),
        format!("{XML}<p:presentationPr {SPACES}/>"),
    );
    package.add("ppt/viewProps.xml", kind!("presentationml.viewProps"), format!("{XML}<p:viewPr {SPACES}/>"));
    package.add("ppt/tableStyles.xml", kind!("presentationml.tableStyles"), table_style());
}

/// Chapters as sections of the presentation: pages of the same chapter in a row make one.
fn sections(deck: &Deck<'_>) -> String {
    let mut chapters: Vec<(&str, usize)> = Vec::new();
    for section in &deck.sections {
        if chapters.last().is_none_or(|(chapter, _)| *chapter != section.chapter) {
            chapters.push((&section.chapter, section.first));
        }
    }
    if let Some(first) = chapters.first_mut() {
        first.1 = 0;
    }
    let mut list = String::new();
    for (index, (chapter, first)) in chapters.iter().enumerate() {
        let end = chapters.get(index + 1).map_or(deck.slides.len(), |next| next.1);
        let slides: String =
            (*first..end).map(|slide| format!("<p14:sldId id=\"{}\"/>", 256 + slide)).collect();
        list.push_str(&format!(
            "<p14:section name=\"{}\" id=\"{{6C1F0B52-8E4D-4F37-9A60-{index:012X}}}\"><p14:sldIdLst>{slides}</p14:sldIdLst>\
             </p14:section>",
            escape(&one_line(chapter))
        ));
    }
    format!(
        "<p:extLst><p:ext uri=\"{{521415D9-36F7-43E2-AB2F-B90AF26B5E84}}\"><p14:sectionLst \
         xmlns:p14=\"http://schemas.microsoft.com/office/powerpoint/2010/main\">{list}</p14:sectionLst></p:ext></p:extLst>"
    )
}

/// Rules below each row, a stronger one below the header; no fills, so that the watermark shows through.
fn table_style() -> String {
    let line = |side: &str, width: u32, ink: Ink| {
        format!("<a:{side}><a:ln w=\"{width}\">{}</a:ln></a:{side}>", ink.fill())
    };
    let none = |side: &str| format!("<a:{side}><a:ln><a:noFill/></a:ln></a:{side}>");
    let font = |bold: &str, ink: Ink| {
        format!(
            "<a:tcTxStyle{bold}><a:fontRef idx=\"minor\"><a:prstClr val=\"black\"/></a:fontRef>{}</a:tcTxStyle>",
            ink.xml(100)
        )
    };
    format!(
        "{XML}<a:tblStyleLst xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" def=\"{STYLE}\"><a:tblStyle \
         styleId=\"{STYLE}\" styleName=\"Boardroom\"><a:wholeTbl>{}<a:tcStyle><a:tcBdr>{}{}{}{}{}{}</a:tcBdr><a:fill>\
         <a:noFill/></a:fill></a:tcStyle></a:wholeTbl><a:firstCol>{}<a:tcStyle><a:tcBdr/></a:tcStyle></a:firstCol>\
         <a:firstRow>{}<a:tcStyle><a:tcBdr>{}</a:tcBdr></a:tcStyle></a:firstRow></a:tblStyle></a:tblStyleLst>",
        font("", Ink::Text),
        none("left"),
        none("right"),
        none("top"),
        line("bottom", 6350, Ink::Hairline),
        line("insideH", 6350, Ink::Hairline),
        none("insideV"),
        font("", Ink::Quiet),
        font(" b=\"on\"", Ink::Text),
        line("bottom", 15875, Ink::Brand),
    )
}

fn properties(package: &mut Package, plan: &PackPlan, slides: usize, keywords: &str) {
    let at = plan.manifest.exported_at.parse::<jiff::Timestamp>().ok();
    let at = at.map_or_else(String::new, |at| {
        let at = at.strftime("%Y-%m-%dT%H:%M:%SZ");
        format!(
            "<dcterms:created xsi:type=\"dcterms:W3CDTF\">{at}</dcterms:created><dcterms:modified \
             xsi:type=\"dcterms:W3CDTF\">{at}</dcterms:modified>"
        )
    });
    let words = |text: &str| escape(&one_line(text)).into_owned();
    package.add(
        "docProps/core.xml",
        Some("application/vnd.openxmlformats-package.core-properties+xml"),
        format!(
            "{XML}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
             xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>{}</dc:title><dc:subject>{}</dc:subject>\
             <dc:creator>{}</dc:creator><cp:keywords>{}</cp:keywords><cp:lastModifiedBy>{}</cp:lastModifiedBy>{at}\
             <dc:language>{}</dc:language><cp:contentStatus>{}</cp:contentStatus></cp:coreProperties>",
            words(&plan.title),
            words(&plan.subtitle),
            words(&plan.company),
            words(&format!("{}, {}, {keywords}", plan.company, plan.manifest.template)),
            words(&plan.manifest.exporter),
            plan.locale.tag(),
            words(&plan.manifest.status),
        ),
    );
    package.add(
        "docProps/app.xml",
        kind!("extended-properties"),
        format!(
            "{XML}<Properties xmlns=\"{EXTENDED}\"><Application>Boardroom</Application><PresentationFormat>Widescreen\
             </PresentationFormat><Slides>{slides}</Slides><Company>{}</Company></Properties>",
            words(&plan.company)
        ),
    );
    let mut relations = Relations::default();
    relations.add("officeDocument", "ppt/presentation.xml");
    relations.add(
        "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties",
        "docProps/core.xml",
    );
    relations.add("extended-properties", "docProps/app.xml");
    package.relate("", &relations);
}

/// Text and ground, the company's colour as the second text colour, and the charts' colours as accents.
fn theme(name: &str, accent: Rgb) -> String {
    let mut colours =
        vec![("dk1", TEXT.hex()), ("lt1", "FFFFFF".to_owned()), ("dk2", accent.hex()), ("lt2", CARD.hex())];
    let accents = ["accent1", "accent2", "accent3", "accent4", "accent5", "accent6"];
    let palette = board_charts::palette(board_charts::Mode::Light);
    colours.extend(
        accents
            .into_iter()
            .zip(palette)
            .map(|(name, colour)| (name, Rgb(colour.0, colour.1, colour.2).hex())),
    );
    colours.extend([("hlink", accent.hex()), ("folHlink", accent.hex())]);
    let colours: String = colours
        .iter()
        .map(|(name, colour)| format!("<a:{name}><a:srgbClr val=\"{colour}\"/></a:{name}>"))
        .collect();
    let font = |kind: &str| {
        format!(
            "<a:{kind}Font><a:latin typeface=\"{TYPEFACE}\" panose=\"020B0604020202020204\"/><a:ea typeface=\"\"/><a:cs \
             typeface=\"{TYPEFACE}\"/></a:{kind}Font>"
        )
    };
    let fill = "<a:solidFill><a:schemeClr val=\"phClr\"/></a:solidFill>".repeat(3);
    let lines: String = [6350, 12700, 19050]
        .map(|width| {
            format!("<a:ln w=\"{width}\"><a:solidFill><a:schemeClr val=\"phClr\"/></a:solidFill><a:prstDash val=\"solid\"/></a:ln>")
        })
        .concat();
    let effects = "<a:effectStyle><a:effectLst/></a:effectStyle>".repeat(3);
    format!(
        "{XML}<a:theme xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" name=\"{name}\"><a:themeElements>\
         <a:clrScheme name=\"Boardroom\">{colours}</a:clrScheme><a:fontScheme name=\"Boardroom\">{}{}</a:fontScheme>\
         <a:fmtScheme name=\"Boardroom\"><a:fillStyleLst>{fill}</a:fillStyleLst><a:lnStyleLst>{lines}</a:lnStyleLst>\
         <a:effectStyleLst>{effects}</a:effectStyleLst><a:bgFillStyleLst>{fill}</a:bgFillStyleLst></a:fmtScheme>\
         </a:themeElements></a:theme>",
        font("major"),
        font("minor"),
    )
}

fn notes_master() -> String {
    let placed = |[x, y, width, height]: [i32; 4]| {
        format!(
            "<a:xfrm><a:off x=\"{}\" y=\"{}\"/><a:ext cx=\"{}\" cy=\"{}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/>\
             </a:prstGeom>",
            emu(x * PT),
            emu(y * PT),
            emu(width * PT),
            emu(height * PT)
        )
    };
    format!(
        "{XML}<p:notesMaster {SPACES}><p:cSld><p:bg><p:bgPr><a:solidFill><a:schemeClr val=\"bg1\"/></a:solidFill><a:effectLst/>\
         </p:bgPr></p:bg><p:spTree>{GROUP}<p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"Slide image\"/><p:cNvSpPr><a:spLocks \
         noGrp=\"1\" noRot=\"1\" noChangeAspect=\"1\"/></p:cNvSpPr><p:nvPr><p:ph type=\"sldImg\" idx=\"2\"/></p:nvPr>\
         </p:nvSpPr><p:spPr>{}<a:noFill/><a:ln w=\"12700\"><a:solidFill><a:prstClr val=\"black\"/></a:solidFill></a:ln>\
         </p:spPr></p:sp><p:sp><p:nvSpPr><p:cNvPr id=\"3\" name=\"Notes\"/><p:cNvSpPr><a:spLocks noGrp=\"1\"/></p:cNvSpPr>\
         <p:nvPr><p:ph type=\"body\" sz=\"quarter\" idx=\"1\"/></p:nvPr></p:nvSpPr><p:spPr>{}</p:spPr><p:txBody><a:bodyPr/>\
         <a:lstStyle/><a:p><a:r><a:rPr lang=\"en-US\"/><a:t>Notes</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld>\
         <p:clrMap {MAP}/><p:notesStyle><a:lvl1pPr><a:defRPr sz=\"1200\"><a:solidFill><a:schemeClr val=\"tx1\"/></a:solidFill>\
         <a:latin typeface=\"+mn-lt\"/></a:defRPr></a:lvl1pPr></p:notesStyle></p:notesMaster>",
        placed([54, 60, 432, 243]),
        placed([54, 330, 432, 330])
    )
}

/// A slide's speaker notes.
pub(super) fn notes(words: &str, language: &str) -> String {
    let paragraphs: String = words
        .lines()
        .map(|line| {
            format!(
                "<a:p><a:r><a:rPr lang=\"{language}\"/><a:t>{}</a:t></a:r></a:p>",
                escape(&crate::text::clean(line))
            )
        })
        .collect();
    format!(
        "{XML}<p:notes {SPACES}><p:cSld><p:spTree>{GROUP}<p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"Slide image\"/><p:cNvSpPr>\
         <a:spLocks noGrp=\"1\" noRot=\"1\" noChangeAspect=\"1\"/></p:cNvSpPr><p:nvPr><p:ph type=\"sldImg\"/></p:nvPr>\
         </p:nvSpPr><p:spPr/></p:sp><p:sp><p:nvSpPr><p:cNvPr id=\"3\" name=\"Notes\"/><p:cNvSpPr><a:spLocks noGrp=\"1\"/>\
         </p:cNvSpPr><p:nvPr><p:ph type=\"body\" idx=\"1\"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/>\
         {paragraphs}</p:txBody></p:sp></p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:notes>"
    )
}
