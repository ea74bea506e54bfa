//! The parts every presentation has: theme, master, layouts, notes master, properties. Not the slides.

use super::drawing::{HAIRLINE, INK, QUIET, emu};
use super::package::{Package, Relations};
use crate::PackPlan;
use crate::text::{PT, Rgb};
use crate::xml::escape;

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const SPACES: &str = "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
    xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\"";
const GROUP: &str = "<p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm>\
    <a:off x=\"0\" y=\"0\"/><a:ext cx=\"0\" cy=\"0\"/><a:chOff x=\"0\" y=\"0\"/><a:chExt cx=\"0\" cy=\"0\"/></a:xfrm>\
    </p:grpSpPr>";
const MAP: &str = "bg1=\"lt1\" tx1=\"dk1\" bg2=\"lt2\" tx2=\"dk2\" accent1=\"accent1\" accent2=\"accent2\" \
    accent3=\"accent3\" accent4=\"accent4\" accent5=\"accent5\" accent6=\"accent6\" hlink=\"hlink\" folHlink=\"folHlink\"";
/// On every Windows and macOS; metric-compatible faces elsewhere.
const TYPEFACE: &str = "Arial";

/// Number of slide layouts.
const LAYOUTS: usize = 2;

macro_rules! kind {
    ($name:literal) => {
        Some(concat!("application/vnd.openxmlformats-officedocument.", $name, "+xml"))
    };
}

/// Adds everything but slides, their notes and charts.
pub(super) fn add(package: &mut Package, plan: &PackPlan, accent: Rgb, slides: usize) {
    for (index, name) in ["Boardroom", "Boardroom notes"].iter().enumerate() {
        package.add(&format!("ppt/theme/theme{}.xml", index + 1), kind!("theme"), theme(name, accent));
    }
    package.add("ppt/slideMasters/slideMaster1.xml", kind!("presentationml.slideMaster"), master());
    let mut relations = Relations::default();
    for layout in 1..=LAYOUTS {
        relations.add("slideLayout", format!("../slideLayouts/slideLayout{layout}.xml"));
    }
    relations.add("theme", "../theme/theme1.xml");
    package.relate("ppt/slideMasters/slideMaster1.xml", &relations);
    for (number, (name, body)) in
        (1..).zip([("Cover", cover_layout()), ("Title and content", content_layout())])
    {
        let part = format!("ppt/slideLayouts/slideLayout{number}.xml");
        package.add(&part, kind!("presentationml.slideLayout"), layout(name, &body));
        let mut relations = Relations::default();
        relations.add("slideMaster", "../slideMasters/slideMaster1.xml");
        package.relate(&part, &relations);
    }
    package.add("ppt/notesMasters/notesMaster1.xml", kind!("presentationml.notesMaster"), notes_master());
    let mut relations = Relations::default();
    relations.add("theme", "../theme/theme2.xml");
    package.relate("ppt/notesMasters/notesMaster1.xml", &relations);
    presentation(package, slides);
    properties(package, plan, slides);
}

/// Wraps the shapes of a slide.
pub(super) fn slide(shapes: &str) -> String {
    format!(
        "{XML}<p:sld {SPACES}><p:cSld><p:spTree>{GROUP}{shapes}</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/>\
         </p:clrMapOvr></p:sld>"
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

fn presentation(package: &mut Package, slides: usize) {
    let mut relations = Relations::default();
    let master = relations.add("slideMaster", "slideMasters/slideMaster1.xml");
    let notes = relations.add("notesMaster", "notesMasters/notesMaster1.xml");
    let mut list = String::new();
    for number in 1..=slides {
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
             cx=\"6858000\" cy=\"9144000\"/></p:presentation>"
        ),
    );
    package.relate("ppt/presentation.xml", &relations);
    package.add(
        "ppt/presProps.xml",
        kind!("presentationml.presProps"),
        format!("{XML}<p:presentationPr {SPACES}/>"),
    );
    package.add("ppt/viewProps.xml", kind!("presentationml.viewProps"), format!("{XML}<p:viewPr {SPACES}/>"));
    package.add(
        "ppt/tableStyles.xml",
        kind!("presentationml.tableStyles"),
        format!(
            "{XML}<a:tblStyleLst xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
             def=\"{{5C22544A-7EE6-4342-B048-85BDC9FD1C3A}}\"/>"
        ),
    );
}

fn properties(package: &mut Package, plan: &PackPlan, slides: usize) {
    let at = plan.manifest.exported_at.parse::<jiff::Timestamp>().ok();
    let at = at.map_or_else(String::new, |at| {
        let at = at.strftime("%Y-%m-%dT%H:%M:%SZ");
        format!(
            "<dcterms:created xsi:type=\"dcterms:W3CDTF\">{at}</dcterms:created><dcterms:modified \
             xsi:type=\"dcterms:W3CDTF\">{at}</dcterms:modified>"
        )
    });
    package.add(
        "docProps/core.xml",
        Some("application/vnd.openxmlformats-package.core-properties+xml"),
        format!(
            "{XML}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
             xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>{}</dc:title><dc:subject>{}</dc:subject>\
             <dc:creator>{}</dc:creator><dc:language>{}</dc:language>{at}</cp:coreProperties>",
            escape(&plan.title),
            escape(&plan.subtitle),
            escape(&plan.company),
            plan.locale.tag()
        ),
    );
    package.add(
        "docProps/app.xml",
        kind!("extended-properties"),
        format!(
            "{XML}<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\">\
             <Application>Boardroom</Application><PresentationFormat>Widescreen</PresentationFormat><Slides>{slides}\
             </Slides><Company>{}</Company></Properties>",
            escape(&plan.company)
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

fn theme(name: &str, accent: Rgb) -> String {
    let colours = [
        ("accent1", accent.hex()),
        ("accent2", "B84E0A".into()),
        ("accent3", "0A7C72".into()),
        ("accent4", "9B2C8F".into()),
        ("accent5", "826600".into()),
        ("accent6", "1B2F6B".into()),
        ("hlink", accent.hex()),
        ("folHlink", QUIET.into()),
    ];
    let colours: String = colours
        .iter()
        .map(|(name, colour)| format!("<a:{name}><a:srgbClr val=\"{colour}\"/></a:{name}>"))
        .collect();
    let font = |kind: &str| {
        format!(
            "<a:{kind}Font><a:latin typeface=\"{TYPEFACE}\"/><a:ea typeface=\"\"/><a:cs typeface=\"\"/></a:{kind}Font>"
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
         <a:clrScheme name=\"Boardroom\"><a:dk1><a:srgbClr val=\"{INK}\"/></a:dk1><a:lt1><a:srgbClr val=\"FFFFFF\"/></a:lt1>\
         <a:dk2><a:srgbClr val=\"{QUIET}\"/></a:dk2><a:lt2><a:srgbClr val=\"F6F8FB\"/></a:lt2>{colours}</a:clrScheme>\
         <a:fontScheme name=\"Boardroom\">{}{}</a:fontScheme><a:fmtScheme name=\"Boardroom\"><a:fillStyleLst>{fill}\
         </a:fillStyleLst><a:lnStyleLst>{lines}</a:lnStyleLst><a:effectStyleLst>{effects}</a:effectStyleLst>\
         <a:bgFillStyleLst>{fill}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>",
        font("major"),
        font("minor"),
    )
}

/// A placeholder of a master or layout; its box in points.
fn placeholder(id: u32, name: &str, kind: &str, [x, y, width, height]: [i32; 4], body: &str) -> String {
    format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{name}\"/><p:cNvSpPr><a:spLocks noGrp=\"1\"/></p:cNvSpPr><p:nvPr>\
         <p:ph {kind}/></p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x=\"{}\" y=\"{}\"/><a:ext cx=\"{}\" cy=\"{}\"/></a:xfrm>\
         <a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></p:spPr><p:txBody>{body}</p:txBody></p:sp>",
        emu(x * PT),
        emu(y * PT),
        emu(width * PT),
        emu(height * PT)
    )
}

fn small(align: &str, words: &str) -> String {
    format!(
        "<a:bodyPr lIns=\"0\" tIns=\"0\" rIns=\"0\" bIns=\"0\" anchor=\"ctr\"/><a:lstStyle><a:lvl1pPr algn=\"{align}\">\
         <a:defRPr sz=\"900\"><a:solidFill><a:srgbClr val=\"{QUIET}\"/></a:solidFill></a:defRPr></a:lvl1pPr></a:lstStyle>\
         <a:p>{words}</a:p>"
    )
}

fn furniture() -> String {
    let number = "<a:fld id=\"{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}\" type=\"slidenum\"><a:rPr lang=\"en-US\"/><a:t>‹#›</a:t></a:fld>";
    placeholder(
        5,
        "Footer",
        "type=\"ftr\" sz=\"quarter\" idx=\"11\"",
        [40, 508, 780, 22],
        &small("l", "<a:endParaRPr lang=\"en-US\"/>"),
    ) + &placeholder(
        6,
        "Slide number",
        "type=\"sldNum\" sz=\"quarter\" idx=\"12\"",
        [840, 508, 80, 22],
        &small("r", number),
    )
}

const TITLE_BODY: &str = "<a:bodyPr lIns=\"0\" tIns=\"0\" rIns=\"0\" bIns=\"0\" anchor=\"b\"><a:normAutofit/></a:bodyPr>\
    <a:lstStyle/><a:p><a:r><a:rPr lang=\"en-US\"/><a:t>Title</a:t></a:r></a:p>";

fn rule() -> String {
    format!(
        "<p:cxnSp><p:nvCxnSpPr><p:cNvPr id=\"20\" name=\"Rule\"/><p:cNvCxnSpPr/><p:nvPr userDrawn=\"1\"/></p:nvCxnSpPr>\
         <p:spPr><a:xfrm><a:off x=\"{}\" y=\"{}\"/><a:ext cx=\"{}\" cy=\"0\"/></a:xfrm><a:prstGeom prst=\"line\"><a:avLst/>\
         </a:prstGeom><a:ln w=\"6350\"><a:solidFill><a:srgbClr val=\"{HAIRLINE}\"/></a:solidFill></a:ln></p:spPr></p:cxnSp>",
        emu(40 * PT),
        emu(502 * PT),
        emu(880 * PT)
    )
}

fn master() -> String {
    let level = |number: u32, size: u32| {
        format!(
            "<a:lvl{number}pPr marL=\"{}\" indent=\"0\" algn=\"l\"><a:spcBef><a:spcPts val=\"400\"/></a:spcBef><a:buNone/>\
             <a:defRPr sz=\"{size}\" kern=\"1200\"><a:solidFill><a:schemeClr val=\"tx1\"/></a:solidFill><a:latin \
             typeface=\"+mn-lt\"/></a:defRPr></a:lvl{number}pPr>",
            (number - 1) * 228_600
        )
    };
    let levels: String = (1..=5).map(|number| level(number, 1600)).collect();
    let title = placeholder(2, "Title", "type=\"title\"", [40, 30, 880, 52], TITLE_BODY);
    let body = "<a:bodyPr lIns=\"0\" tIns=\"0\" rIns=\"0\" bIns=\"0\"><a:normAutofit/></a:bodyPr><a:lstStyle/><a:p><a:r><a:rPr \
        lang=\"en-US\"/><a:t>Text</a:t></a:r></a:p>";
    let body = placeholder(3, "Text", "type=\"body\" idx=\"1\"", [40, 104, 880, 384], body);
    let layouts: String = (1..=LAYOUTS)
        .map(|layout| {
            format!("<p:sldLayoutId id=\"{}\" r:id=\"rId{layout}\"/>", 2_147_483_648_u64 + layout as u64)
        })
        .collect();
    format!(
        "{XML}<p:sldMaster {SPACES}><p:cSld><p:bg><p:bgPr><a:solidFill><a:schemeClr val=\"bg1\"/></a:solidFill><a:effectLst/>\
         </p:bgPr></p:bg><p:spTree>{GROUP}{title}{body}{}</p:spTree></p:cSld><p:clrMap {MAP}/><p:sldLayoutIdLst>{layouts}\
         </p:sldLayoutIdLst><p:hf hdr=\"0\" dt=\"0\"/><p:txStyles><p:titleStyle><a:lvl1pPr algn=\"l\"><a:lnSpc><a:spcPct \
         val=\"95000\"/></a:lnSpc><a:buNone/><a:defRPr sz=\"2600\" b=\"1\" kern=\"1200\"><a:solidFill><a:schemeClr \
         val=\"tx1\"/></a:solidFill><a:latin typeface=\"+mj-lt\"/></a:defRPr></a:lvl1pPr></p:titleStyle><p:bodyStyle>{levels}\
         </p:bodyStyle><p:otherStyle><a:defPPr><a:defRPr lang=\"en-US\"/></a:defPPr></p:otherStyle></p:txStyles>\
         </p:sldMaster>",
        furniture()
    )
}

fn layout(name: &str, body: &str) -> String {
    format!(
        "{XML}<p:sldLayout {SPACES} preserve=\"1\" userDrawn=\"1\"><p:cSld name=\"{name}\"><p:spTree>{GROUP}{body}</p:spTree>\
         </p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>"
    )
}

fn cover_layout() -> String {
    placeholder(2, "Title", "type=\"title\"", [72, 150, 800, 104], TITLE_BODY)
        .replace("<a:lstStyle/>", "<a:lstStyle><a:lvl1pPr><a:defRPr sz=\"4000\"/></a:lvl1pPr></a:lstStyle>")
}

fn content_layout() -> String {
    placeholder(2, "Title", "type=\"title\"", [40, 30, 880, 52], TITLE_BODY) + &rule() + &furniture()
}

fn notes_master() -> String {
    let image = format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"Slide image\"/><p:cNvSpPr><a:spLocks noGrp=\"1\" noRot=\"1\" \
         noChangeAspect=\"1\"/></p:cNvSpPr><p:nvPr><p:ph type=\"sldImg\" idx=\"2\"/></p:nvPr></p:nvSpPr><p:spPr><a:xfrm>\
         <a:off x=\"{}\" y=\"{}\"/><a:ext cx=\"{}\" cy=\"{}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom>\
         <a:noFill/><a:ln w=\"12700\"><a:solidFill><a:prstClr val=\"black\"/></a:solidFill></a:ln></p:spPr></p:sp>",
        emu(54 * PT),
        emu(60 * PT),
        emu(432 * PT),
        emu(243 * PT)
    );
    let body = "<a:bodyPr/><a:lstStyle/><a:p><a:r><a:rPr lang=\"en-US\"/><a:t>Notes</a:t></a:r></a:p>";
    let body = placeholder(3, "Notes", "type=\"body\" sz=\"quarter\" idx=\"1\"", [54, 330, 432, 330], body);
    format!(
        "{XML}<p:notesMaster {SPACES}><p:cSld><p:bg><p:bgPr><a:solidFill><a:schemeClr val=\"bg1\"/></a:solidFill><a:effectLst/>\
         </p:bgPr></p:bg><p:spTree>{GROUP}{image}{body}</p:spTree></p:cSld><p:clrMap {MAP}/><p:notesStyle><a:lvl1pPr><a:defRPr \
         sz=\"1200\"><a:solidFill><a:schemeClr val=\"tx1\"/></a:solidFill><a:latin typeface=\"+mn-lt\"/></a:defRPr></a:lvl1pPr>\
         </p:notesStyle></p:notesMaster>"
    )
}
