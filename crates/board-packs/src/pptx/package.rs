//! The archive of a presentation: parts and relationships in, a sealed ZIP file with fixed dates and order out.
//!
//! Knows nothing of slides. The reading side is in `read`.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use ed25519_dalek::SigningKey;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::PackError;
use crate::seal::{Statement, VERSION, sha256};
use crate::xml::escape;

/// The part with the manifest.
pub(super) const MANIFEST_PART: &str = "customXml/item1.xml";
/// The part with the seal; the last entry of the archive.
pub(super) const SEAL_PART: &str = "customXml/item2.xml";
/// XML namespace of manifest and seal.
pub(super) const NAMESPACE: &str = "urn:boardroom:pack:1";

const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A relationship from one part to another.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    pub(super) id: String,
    pub(super) kind: &'static str,
    pub(super) target: String,
}

/// Relationships of one part, numbered in the order they are added.
#[derive(Clone, Debug, Default)]
pub(super) struct Relations(Vec<Relation>);

impl Relations {
    /// Adds a relationship to a part named as seen from the source's folder; returns its id.
    pub(super) fn add(&mut self, kind: &'static str, target: impl Into<String>) -> String {
        let id = format!("rId{}", self.0.len() + 1);
        self.0.push(Relation { id: id.clone(), kind, target: target.into() });
        id
    }

    fn xml(&self) -> String {
        let mut xml = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships \
             xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">",
        );
        for Relation { id, kind, target } in &self.0 {
            let kind =
                if kind.starts_with("http") { (*kind).to_owned() } else { format!("{RELATIONSHIPS}/{kind}") };
            xml.push_str(&format!(
                "<Relationship Id=\"{id}\" Type=\"{kind}\" Target=\"{}\"/>",
                escape(target)
            ));
        }
        xml.push_str("</Relationships>");
        xml
    }
}

/// Parts by name, with their content types.
#[derive(Default)]
pub(super) struct Package {
    parts: BTreeMap<String, Vec<u8>>,
    types: BTreeMap<String, &'static str>,
}

impl Package {
    /// Adds a part; parts without a type of their own take the one of their extension.
    pub(super) fn add(&mut self, name: &str, kind: Option<&'static str>, bytes: impl Into<Vec<u8>>) {
        self.parts.insert(name.to_owned(), bytes.into());
        if let Some(kind) = kind {
            self.types.insert(name.to_owned(), kind);
        }
    }

    /// Adds the relationships of a part; those of the package itself go by the empty name.
    pub(super) fn relate(&mut self, name: &str, relations: &Relations) {
        let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
        let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        self.add(&format!("{folder}_rels/{file}.rels"), None, relations.xml());
    }

    /// Writes the archive: parts in order of name, the seal last.
    pub(super) fn seal(mut self, manifest: &[u8], key: &SigningKey) -> Result<Vec<u8>, PackError> {
        // The seal's own part is not sealed, but its type is.
        self.add("[Content_Types].xml", None, self.content_types());
        let list = content_list(self.parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())));
        let content = sha256(list.as_bytes());
        let failed = |error: zip::result::ZipError| PackError::Container(error.to_string());
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in &self.parts {
            append(&mut archive, name, bytes, CompressionMethod::Deflated).map_err(failed)?;
        }
        // The archive without its directory: where the seal will begin.
        let mut unsealed = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in &self.parts {
            append(&mut unsealed, name, bytes, CompressionMethod::Deflated).map_err(failed)?;
        }
        let unsealed = unsealed.finish().map_err(failed)?.into_inner();
        let start = super::read::entries_end(&unsealed)
            .ok_or_else(|| PackError::Container("the archive cannot be read back".into()))?;
        let statement = Statement {
            version: VERSION,
            format: "pptx",
            manifest: sha256(manifest),
            content,
            container: Some(sha256(&unsealed[..start])),
        };
        let seal = seal_text(&statement, &key.verifying_key().to_bytes(), &statement.sign(key), &list);
        append(&mut archive, SEAL_PART, seal.as_bytes(), CompressionMethod::Stored).map_err(failed)?;
        Ok(archive.finish().map_err(failed)?.into_inner())
    }

    fn content_types(&self) -> String {
        let mut xml = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Types \
             xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" \
             ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xlsx\" \
             ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet\"/><Default \
             Extension=\"xml\" ContentType=\"application/xml\"/>",
        );
        for (name, kind) in &self.types {
            xml.push_str(&format!("<Override PartName=\"/{name}\" ContentType=\"{kind}\"/>"));
        }
        xml.push_str("</Types>");
        xml
    }
}

fn append(
    archive: &mut ZipWriter<Cursor<Vec<u8>>>,
    name: &str,
    bytes: &[u8],
    method: CompressionMethod,
) -> zip::result::ZipResult<()> {
    let options = SimpleFileOptions::default()
        .compression_method(method)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    archive.start_file(name, options)?;
    archive.write_all(bytes)?;
    Ok(())
}

/// One line per part, `digest  name`, in order of name: what `sha256sum` prints for the unpacked parts.
pub(super) fn content_list<'a>(parts: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut lines = String::new();
    for (name, bytes) in parts {
        lines.push_str(&format!("{}  {name}\n", hex::encode(sha256(bytes))));
    }
    lines
}

/// The manifest as the text of one element, so that its bytes survive as they are.
pub(super) fn manifest_xml(manifest: &[u8]) -> String {
    let text = String::from_utf8_lossy(manifest);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<manifest xmlns=\"{NAMESPACE}\">{}</manifest>",
        escape(&text)
    )
}

/// The seal's part, byte for byte. Since version 2 it holds the list of parts, so that a changed one can be named.
pub(super) fn seal_text(statement: &Statement, key: &[u8; 32], signature: &[u8; 64], list: &str) -> String {
    let end = if statement.version == 1 { "/>".to_owned() } else { format!(">{}</seal>", escape(list)) };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<seal xmlns=\"{NAMESPACE}\" version=\"{}\" \
         algorithm=\"Ed25519\" key=\"{}\" manifest=\"{}\" content=\"{}\" container=\"{}\" signature=\"{}\"{end}",
        statement.version,
        hex::encode(key),
        hex::encode(statement.manifest),
        hex::encode(statement.content),
        hex::encode(statement.container.unwrap_or_default()),
        hex::encode(signature),
    )
}
