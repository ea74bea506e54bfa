//! The objects around the pages: structure tree, outline, links, metadata, output intent, manifest, catalog.
//!
//! Draws nothing. Aims at PDF/UA-1 (ISO 14289-1) and PDF/A-2a (ISO 19005-2) in one file; which rule is kept where is
//! written in `docs/pack-format.md`.

use super::canvas::{Canvas, Mark, Sheet};
use super::compose::{Bookmark, Composer};
use super::content::Writer;
use super::file::{File, Id};
use super::tree::{Area, Kid, Node, Role};
use crate::text::Mp;
use crate::{Layer, PackError, PackPlan};

/// UTF-16BE with its mark, as PDF text strings want it.
pub(super) fn utf16(text: &str) -> Vec<u8> {
    [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect()
}

fn text(words: &str) -> String {
    format!("<{}>", hex::encode_upper(utf16(words)))
}

/// A length in points.
fn real(length: Mp) -> String {
    let hundredths = (length + if length < 0 { -5 } else { 5 }) / 10;
    let sign = if hundredths < 0 { "-" } else { "" };
    let (whole, rest) = (hundredths.abs() / 100, hundredths.abs() % 100);
    if rest == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest:02}") }
}

/// What stands on a page: everything that the file must hold before its catalog.
pub(super) struct Parts<'a> {
    pub(super) composer: &'a Composer<'a>,
    pub(super) writer: Writer<'a>,
    /// Entries of the font resources.
    pub(super) fonts: String,
    /// The manifest's bytes.
    pub(super) manifest: &'a [u8],
    pub(super) identity: [u8; 16],
    /// The encryption dictionary of a protected file.
    pub(super) encryption: Option<String>,
}

/// Adds all objects; returns the entries of the trailer, and where the seal is to stand.
pub(super) fn complete(file: &mut File, parts: &Parts<'_>) -> Result<(String, Id), PackError> {
    let composer = parts.composer;
    let (canvas, plan) = (&composer.canvas, composer.plan);
    let pages: Vec<Id> = canvas.sheets.iter().map(|_| file.reserve()).collect();
    let parent = file.reserve();
    file.part("pages");
    let links = annotations(file, composer, &pages);
    file.part("structure");
    let tree = structure(file, canvas, &pages, &links);
    file.part("bookmarks");
    let outline = bookmarks(file, canvas, &composer.bookmarks, &pages);
    file.part("pictures");
    let resources = resources(file, plan, canvas, &parts.fonts)?;
    file.part("watermark");
    let stamp = file.stream("", &parts.writer.watermark(&canvas.watermark))?;
    let mut own_links = vec![String::new(); pages.len()];
    for (link, id) in canvas.links.iter().zip(&links) {
        own_links[link.page].push_str(&format!("{id} "));
    }
    for (index, sheet) in canvas.sheets.iter().enumerate() {
        file.part(&format!("page {}", index + 1));
        let content = file.stream("", &parts.writer.page(sheet, &canvas.tree))?;
        let contents = match plan.watermark.layer {
            Layer::Over => format!("{content} {stamp}"),
            Layer::Under => format!("{stamp} {content}"),
        };
        file.part("pages");
        let links = match own_links[index].trim() {
            "" => String::new(),
            links => format!("/Annots[{links}]"),
        };
        file.set(
            pages[index],
            format!(
                "<</Type/Page/Parent {parent}/MediaBox[0 0 {} {}]/Resources {resources}/Contents[{contents}]\
                 /Group<</S/Transparency/CS/DeviceRGB>>/StructParents {index}/Tabs/S{links}>>",
                real(canvas.size.0),
                real(canvas.size.1),
            ),
        );
    }
    let kids: Vec<String> = pages.iter().map(Id::to_string).collect();
    file.set(parent, format!("<</Type/Pages/Count {}/Kids[{}]>>", pages.len(), kids.join(" ")));
    catalog(file, parts, [parent, tree, outline])
}

fn catalog(
    file: &mut File,
    parts: &Parts<'_>,
    [pages, tree, outline]: [Id; 3],
) -> Result<(String, Id), PackError> {
    let plan = parts.composer.plan;
    let archival = file.cipher.is_none();
    file.part("metadata");
    let metadata = file.raw_stream("/Type/Metadata/Subtype/XML", metadata(plan, archival).into_bytes());
    file.part("manifest");
    let manifest = file.raw_stream("/Type/BRDM_Manifest/Subtype/application#2Fjson", parts.manifest.to_vec());
    file.part("document");
    let profile = file.stream("/N 3/Alternate/DeviceRGB", &super::icc::srgb())?;
    let intent = file.add(format!(
        "<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB IEC61966-2.1)/Info(sRGB IEC61966-2.1)\
         /DestOutputProfile {profile}>>"
    ));
    let info = file.add(information(plan));
    let root = file.reserve();
    let encryption = parts.encryption.as_ref().map(|dictionary| (file.reserve(), dictionary));
    let seal = file.reserve();
    let language = file.string(root, plan.locale.tag().as_bytes());
    // The catalog stands by itself, so that the seal and the manifest are found without unpacking anything.
    file.set_plain(
        root,
        format!(
            "<</Type/Catalog/Version/1.7/Pages {pages}/StructTreeRoot {tree}/MarkInfo<</Marked true>>/Lang {language}\
             /ViewerPreferences<</DisplayDocTitle true>>/Metadata {metadata}/OutputIntents[{intent}]/Outlines {outline}\
             /PageMode/UseOutlines/BRDM_Manifest {manifest}/BRDM_Seal {seal}>>",
        ),
    );
    let id = hex::encode(parts.identity);
    let mut trailer = format!("/Root {root}/Info {info}/ID[<{id}><{id}>]");
    if let Some((encryption, dictionary)) = encryption {
        // The one object whose strings are never encrypted.
        file.set_plain(encryption, dictionary.as_str());
        trailer.push_str(&format!("/Encrypt {encryption}"));
    }
    Ok((trailer, seal))
}

fn resources(file: &mut File, plan: &PackPlan, canvas: &Canvas, fonts: &str) -> Result<Id, PackError> {
    let mut states = String::new();
    for percent in &canvas.opacities {
        let alpha = format!("{}.{:02}", percent / 100, percent % 100);
        states.push_str(&format!("/GS{percent}<</Type/ExtGState/ca {alpha}/CA {alpha}>>"));
    }
    let is_logo = |sheet: &Sheet| sheet.marks.iter().any(|mark| matches!(mark, Mark::Logo(_)));
    let mut pictures = String::new();
    if let Some(logo) = plan.logo.as_ref().filter(|_| canvas.sheets.iter().any(is_logo)) {
        let picture = crate::picture::Picture::read(&logo.png)?;
        let size = format!("/Width {}/Height {}/BitsPerComponent 8", picture.width, picture.height);
        let mut mask = String::new();
        if let Some(alpha) = &picture.alpha {
            let id =
                file.stream(&format!("/Type/XObject/Subtype/Image{size}/ColorSpace/DeviceGray"), alpha)?;
            mask = format!("/SMask {id}");
        }
        let entries = format!("/Type/XObject/Subtype/Image{size}/ColorSpace/DeviceRGB{mask}");
        pictures = format!("/XObject<</Logo {}>>", file.stream(&entries, &picture.rgb)?);
    }
    Ok(file.add(format!("<</Font<<{fonts}>>/ExtGState<<{states}>>{pictures}>>")))
}

fn rectangle(canvas: &Canvas, [left, top, right, bottom]: Area) -> String {
    let height = canvas.size.1;
    format!("[{} {} {} {}]", real(left), real(height - bottom), real(right), real(height - top))
}

fn destination(canvas: &Canvas, page: Id, y: Mp) -> String {
    format!("[{page}/XYZ null {} null]", real(canvas.size.1 - y.max(0)))
}

fn annotations(file: &mut File, composer: &Composer<'_>, pages: &[Id]) -> Vec<Id> {
    let canvas = &composer.canvas;
    let mut ids = Vec::with_capacity(canvas.links.len());
    for (index, link) in canvas.links.iter().enumerate() {
        let (page, y) = composer.targets.get(&link.target).copied().unwrap_or((link.page, 0));
        ids.push(file.add(format!(
            "<</Type/Annot/Subtype/Link/Rect{}/Border[0 0 0]/F 4/Dest{}/Contents{}/StructParent {}>>",
            rectangle(canvas, link.area),
            destination(canvas, pages[page], y),
            text(&link.words),
            pages.len() + index,
        )));
    }
    ids
}

fn structure(file: &mut File, canvas: &Canvas, pages: &[Id], links: &[Id]) -> Id {
    let root = file.reserve();
    let ids: Vec<Id> = canvas.tree.nodes.iter().map(|_| file.reserve()).collect();
    for (node, id) in canvas.tree.nodes.iter().zip(&ids) {
        let parent = node.parent.map_or(root, |parent| ids[parent]);
        file.set(*id, element(canvas, node, parent, &ids, pages, links));
    }
    let mut numbers = String::new();
    for (index, sheet) in canvas.sheets.iter().enumerate() {
        let owners: Vec<String> = sheet.owners.iter().map(|owner| ids[*owner].to_string()).collect();
        let owners = file.add(format!("[{}]", owners.join(" ")));
        numbers.push_str(&format!("{index} {owners} "));
    }
    for (index, link) in canvas.links.iter().enumerate() {
        numbers.push_str(&format!("{} {} ", pages.len() + index, ids[link.node]));
    }
    let parents = file.add(format!("<</Nums[{}]>>", numbers.trim_end()));
    file.set(
        root,
        format!(
            "<</Type/StructTreeRoot/K {}/ParentTree {parents}/ParentTreeNextKey {}>>",
            ids[0],
            pages.len() + canvas.links.len(),
        ),
    );
    root
}

fn element(canvas: &Canvas, node: &Node, parent: Id, ids: &[Id], pages: &[Id], links: &[Id]) -> String {
    let mut page = None;
    let mut kids = String::new();
    for kid in &node.kids {
        match *kid {
            Kid::Node(child) => kids.push_str(&format!("{} ", ids[child])),
            Kid::Content { page: on, mcid } if *page.get_or_insert(on) == on => {
                kids.push_str(&format!("{mcid} "));
            }
            Kid::Content { page: on, mcid } => {
                kids.push_str(&format!("<</Type/MCR/Pg {}/MCID {mcid}>> ", pages[on]));
            }
            Kid::Link(link) => {
                let on = pages[canvas.links[link].page];
                kids.push_str(&format!("<</Type/OBJR/Obj {}/Pg {on}>> ", links[link]));
            }
        }
    }
    let mut body = format!("<</Type/StructElem/S/{}/P {parent}/K[{}]", node.role.tag(), kids.trim_end());
    if let Some(page) = page {
        body.push_str(&format!("/Pg {}", pages[page]));
    }
    if let Some(alt) = &node.alt {
        body.push_str(&format!("/Alt{}", text(alt)));
    }
    if let Some(lang) = node.lang {
        body.push_str(&format!("/Lang({lang})"));
    }
    body.push_str(&attributes(canvas, node.role, node.area));
    body + ">>"
}

fn attributes(canvas: &Canvas, role: Role, area: Option<Area>) -> String {
    match (role, area) {
        (Role::Figure, Some(area)) => {
            format!("/A<</O/Layout/Placement/Block/BBox{}>>", rectangle(canvas, area))
        }
        (Role::ColumnHeader, _) => "/A<</O/Table/Scope/Column>>".to_owned(),
        (Role::RowHeader, _) => "/A<</O/Table/Scope/Row>>".to_owned(),
        (Role::List { numbered: true }, _) => "/A<</O/List/ListNumbering/Decimal>>".to_owned(),
        (Role::List { numbered: false }, _) => "/A<</O/List/ListNumbering/Disc>>".to_owned(),
        _ => String::new(),
    }
}

/// The outline: chapters, their pages, the headings on them. A level that skips one hangs on what there is.
fn bookmarks(file: &mut File, canvas: &Canvas, bookmarks: &[Bookmark], pages: &[Id]) -> Id {
    let root = file.reserve();
    let ids: Vec<Id> = bookmarks.iter().map(|_| file.reserve()).collect();
    let mut open: Vec<usize> = Vec::new();
    let mut parents = Vec::with_capacity(bookmarks.len());
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); bookmarks.len()];
    let mut top = Vec::new();
    for (index, mark) in bookmarks.iter().enumerate() {
        while open.last().is_some_and(|last| bookmarks[*last].level >= mark.level) {
            open.pop();
        }
        parents.push(open.last().copied());
        match open.last() {
            Some(parent) => children[*parent].push(index),
            None => top.push(index),
        }
        open.push(index);
    }
    let span = |children: &[usize], count: i64| match (children.first(), children.last()) {
        (Some(first), Some(last)) => format!("/First {}/Last {}/Count {count}", ids[*first], ids[*last]),
        _ => String::new(),
    };
    let siblings = std::iter::once(&top).chain(&children);
    let mut neighbours = vec![String::new(); bookmarks.len()];
    for row in siblings {
        for pair in row.windows(2) {
            neighbours[pair[0]].push_str(&format!("/Next {}", ids[pair[1]]));
            neighbours[pair[1]].push_str(&format!("/Prev {}", ids[pair[0]]));
        }
    }
    for (index, mark) in bookmarks.iter().enumerate() {
        let own = &children[index];
        // Negative: closed until somebody opens it.
        let count = -i64::try_from(own.len()).unwrap_or(0);
        let body = format!(
            "<</Title{}/Parent {}/Dest{}{}{}>>",
            text(&mark.title),
            parents[index].map_or(root, |parent| ids[parent]),
            destination(canvas, pages[mark.page], mark.y),
            neighbours[index],
            span(own, count),
        );
        file.set(ids[index], body);
    }
    let count = i64::try_from(top.len()).unwrap_or(0);
    file.set(root, format!("<</Type/Outlines{}>>", span(&top, count)));
    root
}

fn information(plan: &PackPlan) -> String {
    let dates = exported(plan).map_or_else(String::new, |at| {
        let at = at.strftime("%Y%m%d%H%M%S");
        format!("/CreationDate(D:{at}Z)/ModDate(D:{at}Z)")
    });
    format!(
        "<</Title{}/Subject{}/Author{}/Creator{creator}/Producer{creator}{dates}>>",
        text(&plan.title),
        text(&plan.subtitle),
        text(&plan.company),
        creator = text("Boardroom"),
    )
}

fn exported(plan: &PackPlan) -> Option<jiff::Timestamp> {
    plan.manifest.exported_at.parse().ok()
}

/// The metadata as XMP (ISO 16684-1), equal to the information dictionary. `archival` claims PDF/A-2a.
fn metadata(plan: &PackPlan, archival: bool) -> String {
    let dates = exported(plan).map_or_else(String::new, |at| {
        let at = at.strftime("%Y-%m-%dT%H:%M:%SZ");
        format!(
            "<xmp:CreateDate>{at}</xmp:CreateDate><xmp:ModifyDate>{at}</xmp:ModifyDate>\
             <xmp:MetadataDate>{at}</xmp:MetadataDate>"
        )
    });
    let escape = crate::xml::escape;
    format!(
        concat!(
            "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n",
            "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">",
            "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">",
            "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" ",
            "xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" ",
            "xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\" xmlns:pdfuaid=\"http://www.aiim.org/pdfua/ns/id/\">",
            "{claim}<pdfuaid:part>1</pdfuaid:part>",
            "<dc:format>application/pdf</dc:format>",
            "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{title}</rdf:li></rdf:Alt></dc:title>",
            "<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">{subtitle}</rdf:li></rdf:Alt></dc:description>",
            "<dc:creator><rdf:Seq><rdf:li>{company}</rdf:li></rdf:Seq></dc:creator>",
            "<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>",
            "<xmp:CreatorTool>Boardroom</xmp:CreatorTool><pdf:Producer>Boardroom</pdf:Producer>{dates}",
            "</rdf:Description>{schemas}</rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>",
        ),
        claim = if archival {
            "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>"
        } else {
            ""
        },
        schemas = if archival { SCHEMAS } else { "" },
        title = escape(&plan.title),
        subtitle = escape(&plan.subtitle),
        company = escape(&plan.company),
        language = plan.locale.tag(),
        dates = dates,
    )
}

/// PDF/A wants the one property described that its own standard does not know (ISO 19005-2, 6.6.2.3).
const SCHEMAS: &str = concat!(
    "<rdf:Description rdf:about=\"\" xmlns:pdfaExtension=\"http://www.aiim.org/pdfa/ns/extension/\" ",
    "xmlns:pdfaSchema=\"http://www.aiim.org/pdfa/ns/schema#\" ",
    "xmlns:pdfaProperty=\"http://www.aiim.org/pdfa/ns/property#\">",
    "<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType=\"Resource\">",
    "<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>",
    "<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>",
    "<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>",
    "<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType=\"Resource\">",
    "<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>",
    "<pdfaProperty:category>internal</pdfaProperty:category>",
    "<pdfaProperty:description>Part of ISO 14289 the file keeps to</pdfaProperty:description>",
    "</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>",
);
