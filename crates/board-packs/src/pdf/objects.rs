//! What printpdf leaves out, added to its objects: structure tree, language, bookmarks, links, metadata, manifest.
//!
//! Draws nothing. Aims at PDF/UA-1 (ISO 14289-1); which rule is kept where is written in `docs/pack-format.md`.

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, StringFormat, dictionary};

use super::canvas::{Canvas, PAGE_HEIGHT};
use super::compose::{Bookmark, Composer};
use super::tree::{Area, Kid, Role};
use crate::{PackError, PackPlan};

/// UTF-16BE with its mark, as PDF text strings want it.
pub(super) fn utf16(text: &str) -> Vec<u8> {
    [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect()
}

fn text(words: &str) -> Object {
    Object::String(utf16(words), StringFormat::Hexadecimal)
}

fn real(length: i32) -> Object {
    #[allow(clippy::cast_precision_loss)]
    Object::Real(length as f32 / 1000.0)
}

fn reference(id: ObjectId) -> Object {
    Object::Reference(id)
}

fn integer(value: usize) -> Object {
    Object::Integer(i64::try_from(value).unwrap_or(i64::MAX))
}

fn rectangle([left, top, right, bottom]: Area) -> Object {
    Object::Array(vec![real(left), real(PAGE_HEIGHT - bottom), real(right), real(PAGE_HEIGHT - top)])
}

/// Completes the document in place.
pub(super) fn complete(
    document: &mut Document,
    composer: &Composer<'_>,
    manifest: &[u8],
    identity: [u8; 16],
) -> Result<(), PackError> {
    let failed = |error: lopdf::Error| PackError::Container(error.to_string());
    document.version = "1.7".into();
    let pages: Vec<ObjectId> = document.page_iter().collect();
    let links = annotations(document, composer, &pages);
    let tree = structure(document, &composer.canvas, &pages, &links);
    let outline = bookmarks(document, &composer.bookmarks, &pages);
    let metadata = document.add_object(
        Stream::new(
            dictionary! { "Type" => "Metadata", "Subtype" => "XML" },
            metadata(composer.plan).into_bytes(),
        )
        .with_compression(false),
    );
    let attachment = attach(document, composer.plan, manifest);
    for (index, page) in pages.iter().enumerate() {
        let own: Vec<Object> = composer
            .canvas
            .links
            .iter()
            .zip(&links)
            .filter(|(link, _)| link.page == index)
            .map(|(_, id)| reference(*id))
            .collect();
        let page = document.get_dictionary_mut(*page).map_err(failed)?;
        page.set("StructParents", integer(index));
        page.set("Tabs", "S");
        page.remove(b"Annots");
        if !own.is_empty() {
            page.set("Annots", own);
        }
    }
    let info = document.add_object(information(composer.plan));
    let catalog = document.catalog_mut().map_err(failed)?;
    catalog.set("StructTreeRoot", reference(tree));
    catalog.set("MarkInfo", dictionary! { "Marked" => true });
    catalog.set("Lang", Object::string_literal(composer.plan.locale.tag()));
    catalog.set("ViewerPreferences", dictionary! { "DisplayDocTitle" => true });
    catalog.set("Metadata", reference(metadata));
    catalog.set("Outlines", reference(outline));
    catalog.set("PageMode", "UseOutlines");
    catalog.set("AF", vec![reference(attachment)]);
    catalog.set(
        "Names",
        dictionary! {
            "EmbeddedFiles" => dictionary! {
                "Names" => vec![Object::string_literal("manifest.json"), reference(attachment)],
            },
        },
    );
    document.trailer.set("Info", reference(info));
    let id = Object::String(identity.to_vec(), StringFormat::Hexadecimal);
    document.trailer.set("ID", vec![id.clone(), id]);
    Ok(())
}

fn annotations(document: &mut Document, composer: &Composer<'_>, pages: &[ObjectId]) -> Vec<ObjectId> {
    let mut ids = Vec::new();
    for (index, link) in composer.canvas.links.iter().enumerate() {
        let (page, y) = composer.targets.get(&link.target).copied().unwrap_or((link.page, 0));
        let destination =
            vec![reference(pages[page]), "XYZ".into(), Object::Null, real(PAGE_HEIGHT - y), Object::Null];
        ids.push(document.add_object(dictionary! {
            "Type" => "Annot",
            "Subtype" => "Link",
            "Rect" => rectangle(link.area),
            "Border" => vec![0.into(), 0.into(), 0.into()],
            "F" => 4,
            "Dest" => destination,
            "Contents" => text(&link.words),
            "StructParent" => integer(pages.len() + index),
        }));
    }
    ids
}

fn structure(document: &mut Document, canvas: &Canvas, pages: &[ObjectId], links: &[ObjectId]) -> ObjectId {
    let root = document.new_object_id();
    let ids: Vec<ObjectId> = canvas.tree.nodes.iter().map(|_| document.new_object_id()).collect();
    for (node, id) in canvas.tree.nodes.iter().zip(&ids) {
        let mut element = dictionary! {
            "Type" => "StructElem",
            "S" => node.role.tag(),
            "P" => reference(node.parent.map_or(root, |parent| ids[parent])),
        };
        let mut page = None;
        let kids: Vec<Object> = node
            .kids
            .iter()
            .map(|kid| match *kid {
                Kid::Node(child) => reference(ids[child]),
                Kid::Content { page: on, mcid } if *page.get_or_insert(on) == on => mcid.into(),
                Kid::Content { page: on, mcid } => {
                    dictionary! { "Type" => "MCR", "Pg" => reference(pages[on]), "MCID" => mcid }.into()
                }
                Kid::Link(link) => dictionary! {
                    "Type" => "OBJR",
                    "Obj" => reference(links[link]),
                    "Pg" => reference(pages[canvas.links[link].page]),
                }
                .into(),
            })
            .collect();
        if let Some(page) = page {
            element.set("Pg", reference(pages[page]));
        }
        element.set("K", kids);
        if let Some(alt) = &node.alt {
            element.set("Alt", text(alt));
        }
        if let Some(attributes) = attributes(node.role, node.area) {
            element.set("A", attributes);
        }
        document.set_object(*id, element);
    }
    let mut numbers = Vec::new();
    for (index, sheet) in canvas.sheets.iter().enumerate() {
        let owners: Vec<Object> = sheet.owners.iter().map(|owner| reference(ids[*owner])).collect();
        let owners = document.add_object(owners);
        numbers.extend([integer(index), reference(owners)]);
    }
    for (index, link) in canvas.links.iter().enumerate() {
        numbers.extend([integer(pages.len() + index), reference(ids[link.node])]);
    }
    let parents = document.add_object(dictionary! { "Nums" => numbers });
    document.set_object(
        root,
        dictionary! {
            "Type" => "StructTreeRoot",
            "K" => reference(ids[0]),
            "ParentTree" => reference(parents),
            "ParentTreeNextKey" => integer(pages.len() + canvas.links.len()),
        },
    );
    root
}

fn attributes(role: Role, area: Option<Area>) -> Option<Dictionary> {
    match role {
        Role::Figure => Some(dictionary! {
            "O" => "Layout",
            "Placement" => "Block",
            "BBox" => rectangle(area?),
        }),
        Role::ColumnHeader => Some(dictionary! { "O" => "Table", "Scope" => "Column" }),
        Role::RowHeader => Some(dictionary! { "O" => "Table", "Scope" => "Row" }),
        Role::List { numbered } => Some(dictionary! {
            "O" => "List",
            "ListNumbering" => if numbered { "Decimal" } else { "Disc" },
        }),
        _ => None,
    }
}

fn bookmarks(document: &mut Document, bookmarks: &[Bookmark], pages: &[ObjectId]) -> ObjectId {
    let root = document.new_object_id();
    let ids: Vec<ObjectId> = bookmarks.iter().map(|_| document.new_object_id()).collect();
    // A heading before any section would have no parent; it stands at the top.
    let parents: Vec<Option<usize>> = bookmarks
        .iter()
        .enumerate()
        .map(|(index, mark)| {
            (mark.level > 1).then(|| bookmarks[..index].iter().rposition(|m| m.level == 1)).flatten()
        })
        .collect();
    let children = |parent: Option<usize>| -> Vec<usize> {
        (0..bookmarks.len()).filter(|index| parents[*index] == parent).collect()
    };
    let link = |entry: &mut Dictionary, children: &[usize], count: i64| {
        if let (Some(first), Some(last)) = (children.first(), children.last()) {
            entry.set("First", reference(ids[*first]));
            entry.set("Last", reference(ids[*last]));
            entry.set("Count", count);
        }
    };
    for (index, mark) in bookmarks.iter().enumerate() {
        let siblings = children(parents[index]);
        let place = siblings.iter().position(|sibling| *sibling == index).unwrap_or(0);
        let mut entry = dictionary! {
            "Title" => text(&mark.title),
            "Parent" => reference(parents[index].map_or(root, |parent| ids[parent])),
            "Dest" => vec![
                reference(pages[mark.page]),
                "XYZ".into(),
                Object::Null,
                real(PAGE_HEIGHT - mark.y),
                Object::Null,
            ],
        };
        if place > 0 {
            entry.set("Prev", reference(ids[siblings[place - 1]]));
        }
        if let Some(next) = siblings.get(place + 1) {
            entry.set("Next", reference(ids[*next]));
        }
        let own = children(Some(index));
        // Negative: closed until somebody opens it.
        link(&mut entry, &own, -i64::try_from(own.len()).unwrap_or(0));
        document.set_object(ids[index], entry);
    }
    let top = children(None);
    let mut outlines = dictionary! { "Type" => "Outlines" };
    link(&mut outlines, &top, i64::try_from(top.len()).unwrap_or(0));
    document.set_object(root, outlines);
    root
}

fn attach(document: &mut Document, plan: &PackPlan, manifest: &[u8]) -> ObjectId {
    let size = integer(manifest.len());
    let mut parameters = dictionary! { "Size" => size };
    if let Some(date) = pdf_date(&plan.manifest.exported_at) {
        parameters.set("ModDate", Object::string_literal(date));
    }
    let stream = Stream::new(
        dictionary! { "Type" => "EmbeddedFile", "Subtype" => "application/json", "Params" => parameters },
        manifest.to_vec(),
    )
    .with_compression(false);
    let stream = document.add_object(stream);
    document.add_object(dictionary! {
        "Type" => "Filespec",
        "F" => Object::string_literal("manifest.json"),
        "UF" => text("manifest.json"),
        "AFRelationship" => "Data",
        "Desc" => text("What this pack was made from"),
        "EF" => dictionary! { "F" => reference(stream), "UF" => reference(stream) },
    })
}

fn information(plan: &PackPlan) -> Dictionary {
    let mut information = dictionary! {
        "Title" => text(&plan.title),
        "Subject" => text(&plan.subtitle),
        "Author" => text(&plan.company),
        "Creator" => text("Boardroom"),
        "Producer" => text("Boardroom"),
    };
    if let Some(date) = pdf_date(&plan.manifest.exported_at) {
        information.set("CreationDate", Object::string_literal(date.clone()));
        information.set("ModDate", Object::string_literal(date));
    }
    information
}

/// `2026-11-23T09:12:00Z` as `D:20261123091200Z`.
fn pdf_date(instant: &str) -> Option<String> {
    let instant: jiff::Timestamp = instant.parse().ok()?;
    Some(instant.strftime("D:%Y%m%d%H%M%SZ").to_string())
}

fn metadata(plan: &PackPlan) -> String {
    let date = plan.manifest.exported_at.parse::<jiff::Timestamp>().ok();
    let date = date.map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    let dates = date.map_or_else(String::new, |at| {
        format!("<xmp:CreateDate>{at}</xmp:CreateDate><xmp:ModifyDate>{at}</xmp:ModifyDate>")
    });
    let escape = crate::xml::escape;
    format!(
        concat!(
            "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n",
            "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">",
            "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">",
            "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" ",
            "xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" ",
            "xmlns:pdfuaid=\"http://www.aiim.org/pdfua/ns/id/\">",
            "<pdfuaid:part>1</pdfuaid:part>",
            "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{title}</rdf:li></rdf:Alt></dc:title>",
            "<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">{subtitle}</rdf:li></rdf:Alt></dc:description>",
            "<dc:creator><rdf:Seq><rdf:li>{company}</rdf:li></rdf:Seq></dc:creator>",
            "<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>",
            "<xmp:CreatorTool>Boardroom</xmp:CreatorTool><pdf:Producer>Boardroom</pdf:Producer>{dates}",
            "</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>",
        ),
        title = escape(&plan.title),
        subtitle = escape(&plan.subtitle),
        company = escape(&plan.company),
        language = plan.locale.tag(),
        dates = dates,
    )
}
