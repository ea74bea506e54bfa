//! What was added behind a seal: signatures and nothing else, or something that breaks it. Trusts nothing it reads.

use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId};

/// Most bytes that one stream of a file may unpack to.
const MAX_STREAM: usize = 64 << 20;

/// Whether the bytes behind the first `covered` only add signatures: the catalog gains form fields, the first page the
/// widgets of these fields, and there is no other new or changed object.
pub(super) fn only_signs(bytes: &[u8], covered: usize) -> bool {
    let Some(sealed) = bytes.get(..covered) else { return false };
    // An update begins with an object and ends the file; white space before it is all that may stand between.
    let added = bytes[covered..].trim_ascii_start();
    if !added.first().is_some_and(u8::is_ascii_digit) || !bytes.ends_with(b"%%EOF\n") {
        return false;
    }
    let load = |bytes: &[u8]| {
        let options = LoadOptions { max_decompressed_size: Some(MAX_STREAM), ..LoadOptions::default() };
        Document::load_mem_with_options(bytes, options).ok()
    };
    let (Some(before), Some(after)) = (load(sealed), load(bytes)) else { return false };
    signs(&before, &after).is_some()
}

fn signs(before: &Document, after: &Document) -> Option<()> {
    let entry = |document: &Document, key: &[u8]| document.trailer.get(key).ok().cloned();
    let same = |key: &[u8]| entry(before, key) == entry(after, key);
    (same(b"Root") && same(b"Info") && same(b"ID") && same(b"Encrypt")).then_some(())?;
    let root = before.trailer.get(b"Root").and_then(Object::as_reference).ok()?;
    let page = before.page_iter().next()?;
    let (old, new) = (before.get_dictionary(root).ok()?, after.get_dictionary(root).ok()?);
    equal_but(old, new, b"AcroForm")?;
    let fields = fields(after, new)?;
    let (old, new) = (before.get_dictionary(page).ok()?, after.get_dictionary(page).ok()?);
    equal_but(old, new, b"Annots")?;
    let notes =
        |page: &Dictionary| page.get(b"Annots").and_then(Object::as_array).cloned().unwrap_or_default();
    let added = notes(new).strip_prefix(notes(old).as_slice())?.to_vec();
    // The page gains the widgets of the form's fields, all of them and nothing else.
    (references(&added)? == fields).then_some(())?;
    let mut allowed = vec![root, page];
    for field in &fields {
        allowed.push(*field);
        allowed.push(signature(after, *field)?);
    }
    for (id, object) in &after.objects {
        let is_directory = object.as_stream().is_ok_and(|stream| stream.dict.has_type(b"XRef"));
        let known = before.objects.get(id).is_some_and(|before| before == object);
        (known || is_directory || allowed.contains(id)).then_some(())?;
    }
    before.objects.keys().all(|id| after.objects.contains_key(id)).then_some(())
}

/// The two are equal up to one entry.
fn equal_but(old: &Dictionary, new: &Dictionary, key: &[u8]) -> Option<()> {
    let rest = |dictionary: &Dictionary| {
        let mut rest = dictionary.clone();
        rest.remove(key);
        rest
    };
    (rest(old) == rest(new)).then_some(())
}

fn references(objects: &[Object]) -> Option<Vec<ObjectId>> {
    objects.iter().map(|object| object.as_reference().ok()).collect()
}

/// The form's fields; the form has nothing else.
fn fields(document: &Document, catalog: &Dictionary) -> Option<Vec<ObjectId>> {
    let form = catalog.get_deref(b"AcroForm", document).ok()?.as_dict().ok()?;
    let plain = form.iter().all(|(key, _)| matches!(key.as_slice(), b"Fields" | b"SigFlags"));
    plain.then_some(())?;
    references(form.get_deref(b"Fields", document).ok()?.as_array().ok()?)
}

/// The signature of a field that shows nothing; `None` for any other field.
fn signature(document: &Document, field: ObjectId) -> Option<ObjectId> {
    let field = document.get_dictionary(field).ok()?;
    let name = |key: &[u8]| field.get(key).and_then(Object::as_name).ok();
    let is_signature = name(b"Subtype") == Some(b"Widget") && name(b"FT") == Some(b"Sig");
    let known = |key: &[u8]| {
        matches!(key, b"Type" | b"Subtype" | b"FT" | b"T" | b"TU" | b"F" | b"Rect" | b"P" | b"V")
    };
    let shows_nothing = field.get(b"Rect").and_then(Object::as_array).ok().is_some_and(|rect| {
        let edges: Vec<f32> = rect.iter().filter_map(|edge| edge.as_float().ok()).collect();
        edges.len() == 4 && edges.iter().all(|edge| edge.to_bits() == edges[0].to_bits())
    });
    (is_signature && shows_nothing && field.iter().all(|(key, _)| known(key))).then_some(())?;
    let value = field.get(b"V").and_then(Object::as_reference).ok()?;
    let signature = document.get_dictionary(value).ok()?;
    signature.has_type(b"Sig").then_some(value)
}
