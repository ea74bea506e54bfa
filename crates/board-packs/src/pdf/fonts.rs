//! The faces of a pack, cut down to the glyphs in use and embedded: printpdf's work, taken over object by object.
//! Shapes nothing.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Object, ObjectId};
use printpdf::{
    Codepoint, FontId, Op, ParsedFont, PdfDocument, PdfFont, PdfFontHandle, PdfPage, PdfSaveOptions, Pt,
    Rect, TextItem,
};

use super::content::{Codes, Meanings, font_name};
use super::file::{File, Id};
use crate::PackError;

/// Embeds the faces; returns the entries of the font resources, and the code of each glyph.
pub(super) fn embed(file: &mut File, meanings: &Meanings) -> Result<(String, Codes), PackError> {
    let document = subset(meanings)?;
    let failed = |error: lopdf::Error| PackError::Container(error.to_string());
    let broken = || PackError::Container("a font cannot be taken over".into());
    let page = document.page_iter().next().ok_or_else(broken)?;
    let codes = codes(&document, page, meanings).ok_or_else(broken)?;
    let fonts = document
        .get_dictionary(page)
        .and_then(|page| page.get_deref(b"Resources", &document))
        .and_then(Object::as_dict)
        .and_then(|resources| resources.get_deref(b"Font", &document))
        .and_then(Object::as_dict)
        .map_err(failed)?;
    let mut taken = BTreeMap::new();
    let mut entries = String::new();
    for face in meanings.keys() {
        let name = font_name(*face);
        let font = fonts.get(name.as_bytes()).map_err(failed)?;
        let font = take(file, &document, font, &mut taken)?;
        entries.push_str(&format!("/{name} {font}"));
    }
    Ok((entries, codes))
}

/// A document of one page that shows every glyph in use once.
fn subset(meanings: &Meanings) -> Result<Document, PackError> {
    let mut document = PdfDocument::new("");
    let mut ops = vec![Op::StartTextSection];
    for (face, glyphs) in meanings {
        let font = ParsedFont::from_bytes(face.bytes(), 0, &mut Vec::new()).ok_or(PackError::Font)?;
        let id = FontId(font_name(*face).into());
        document.resources.fonts.map.insert(id.clone(), PdfFont::new(font));
        ops.push(Op::SetFont { font: PdfFontHandle::External(id), size: Pt(10.0) });
        let glyphs = glyphs.iter().map(|(glyph, meaning)| Codepoint {
            gid: *glyph,
            offset: 0.0,
            cid: Some(meaning.clone()),
        });
        ops.push(Op::ShowText { items: vec![TextItem::GlyphIds(glyphs.collect())] });
    }
    ops.push(Op::EndTextSection);
    let area = Rect::from_wh(Pt(100.0), Pt(100.0));
    document.pages.push(PdfPage { media_box: area.clone(), trim_box: area.clone(), crop_box: area, ops });
    let mut warnings = Vec::new();
    let objects = document.to_lopdf_document(&PdfSaveOptions::default(), &mut warnings);
    let problem =
        warnings.iter().find(|warning| matches!(warning.severity, printpdf::PdfParseErrorSeverity::Error));
    match problem {
        Some(warning) => Err(PackError::Container(warning.msg.clone())),
        None => Ok(objects),
    }
}

/// Cutting a face down numbers its glyphs anew; the page shows them in the order they were asked for.
fn codes(document: &Document, page: ObjectId, meanings: &Meanings) -> Option<Codes> {
    let content = document.get_page_content(page);
    let content = lopdf::content::Content::decode(&content).ok()?;
    let mut shown = content.operations.iter().filter(|operation| operation.operator == "TJ");
    let mut codes = Codes::new();
    for (face, glyphs) in meanings {
        let mut bytes = Vec::new();
        for item in shown.next()?.operands.first()?.as_array().ok()? {
            if let Ok(string) = item.as_str() {
                bytes.extend_from_slice(string);
            }
        }
        if bytes.len() != glyphs.len() * 2 {
            return None;
        }
        let pairs = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        codes.insert(*face, glyphs.keys().copied().zip(pairs).collect());
    }
    Some(codes)
}

/// Copies an object and everything it refers to.
fn take(
    file: &mut File,
    document: &Document,
    object: &Object,
    taken: &mut BTreeMap<ObjectId, Id>,
) -> Result<String, PackError> {
    let failed = |error: lopdf::Error| PackError::Container(error.to_string());
    Ok(match object {
        Object::Reference(id) => {
            if let Some(known) = taken.get(id) {
                return Ok(known.to_string());
            }
            let target = document.get_object(*id).map_err(failed)?;
            let new = if let Object::Stream(stream) = target {
                let entries = dictionary(file, document, &stream.dict, taken)?;
                let data = stream.get_plain_content().map_err(failed)?;
                file.stream(&entries, &data)?
            } else {
                let body = take(file, document, target, taken)?;
                file.add(body)
            };
            taken.insert(*id, new);
            new.to_string()
        }
        Object::Dictionary(entries) => format!("<<{}>>", dictionary(file, document, entries, taken)?),
        Object::Array(items) => {
            let mut text = String::from("[");
            for item in items {
                text.push_str(&take(file, document, item, taken)?);
                text.push(' ');
            }
            text + "]"
        }
        Object::Name(name) => format!("/{}", String::from_utf8_lossy(name)),
        Object::String(bytes, _) => format!("<{}>", hex::encode(bytes)),
        Object::Integer(value) => value.to_string(),
        Object::Real(value) => value.to_string(),
        Object::Boolean(value) => value.to_string(),
        Object::Null | Object::Stream(_) => "null".to_owned(),
    })
}

fn dictionary(
    file: &mut File,
    document: &Document,
    entries: &Dictionary,
    taken: &mut BTreeMap<ObjectId, Id>,
) -> Result<String, PackError> {
    let mut text = String::new();
    for (key, value) in entries {
        // Streams are packed anew.
        if matches!(key.as_slice(), b"Length" | b"Filter" | b"DecodeParms") {
            continue;
        }
        let value = take(file, document, value, taken)?;
        text.push_str(&format!("/{} {value}", String::from_utf8_lossy(key)));
    }
    Ok(text)
}
