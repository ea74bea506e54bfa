//! The archive of a presentation: parts and relationships in, a sealed ZIP file with fixed dates and order out.
//!
//! Knows nothing of slides. The reading side is in `read`.

use std::collections::BTreeMap;
use std::io::Write;

use ed25519_dalek::SigningKey;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

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
    /// Adds a relationship to a part named as seen from the source's folder; returns its id, which is the one it has
    /// already where it was added before.
    pub(super) fn add(&mut self, kind: &'static str, target: impl Into<String>) -> String {
        let target = target.into();
        if let Some(known) = self.0.iter().find(|known| known.kind == kind && known.target == target) {
            return known.id.clone();
        }
        let id = format!("rId{}", self.0.len() + 1);
        self.0.push(Relation { id: id.clone(), kind, target });
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
        let mut archive = Archive::default();
        for (name, bytes) in &self.parts {
            // What is packed already gains nothing from being packed again.
            let packed = [".xlsx", ".png"].iter().any(|end| name.ends_with(end));
            archive.append(name, bytes, !packed)?;
        }
        let statement = Statement {
            version: VERSION,
            format: "pptx",
            manifest: sha256(manifest),
            content,
            container: Some(sha256(&archive.bytes)),
        };
        let seal = seal_text(&statement, &key.verifying_key().to_bytes(), &statement.sign(key), &list);
        archive.append(SEAL_PART, seal.as_bytes(), false)?;
        let bytes = archive.finish()?;
        // What a verifier will ask of the archive holds for this one.
        super::read::entries_end(&bytes)
            .ok_or_else(|| PackError::Container("the archive cannot be read back".into()))?;
        Ok(bytes)
    }

    fn content_types(&self) -> String {
        let mut xml = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Types \
             xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" \
             ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"png\" \
             ContentType=\"image/png\"/><Default Extension=\"xlsx\" \
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

/// A ZIP archive in memory: no dates, no extra fields, no flags. `read` makes the same directory from the entries.
#[derive(Default)]
struct Archive {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    count: u16,
}

impl Archive {
    /// Adds an entry, deflated or as it is.
    fn append(&mut self, name: &str, part: &[u8], deflate: bool) -> Result<(), PackError> {
        let too_large = || PackError::Container(format!("{name}: the archive is too large"));
        let failed = |error: std::io::Error| PackError::Container(format!("{name}: {error}"));
        let start = u32::try_from(self.bytes.len()).map_err(|_| too_large())?;
        let mut crc = Crc::new();
        crc.update(part);
        // Version needed, flags, method; 00:00 on 1 January 1980.
        let (version, method): (u16, u16) = if deflate { (20, 8) } else { (10, 0) };
        let mut header = Vec::with_capacity(26);
        for field in [version, 0, method, 0, 0x21] {
            header.extend(field.to_le_bytes());
        }
        header.extend(crc.sum().to_le_bytes());
        self.bytes.extend(b"PK\x03\x04");
        let sizes = self.bytes.len() + header.len();
        self.bytes.extend(&header);
        self.bytes.extend([0; 8]);
        let length = u16::try_from(name.len()).map_err(|_| too_large())?;
        self.bytes.extend(length.to_le_bytes());
        self.bytes.extend([0, 0]);
        self.bytes.extend(name.as_bytes());
        let data = self.bytes.len();
        if deflate {
            let mut encoder = DeflateEncoder::new(std::mem::take(&mut self.bytes), LEVEL);
            encoder.write_all(part).map_err(failed)?;
            self.bytes = encoder.finish().map_err(failed)?;
        } else {
            self.bytes.extend(part);
        }
        let mut both = Vec::with_capacity(8);
        for size in [self.bytes.len() - data, part.len()] {
            both.extend(u32::try_from(size).map_err(|_| too_large())?.to_le_bytes());
        }
        self.bytes[sizes..sizes + 8].copy_from_slice(&both);
        self.directory.extend(b"PK\x01\x02");
        // Made by the version that is needed, on Unix.
        self.directory.extend([header[0], 3]);
        self.directory.extend(&header);
        self.directory.extend(&both);
        self.directory.extend(length.to_le_bytes());
        // No extra field, no comment, first disk, no attributes of its own; a regular file that all may read.
        self.directory.extend([0; 8]);
        self.directory.extend(ATTRIBUTES);
        self.directory.extend(start.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.count = self.count.checked_add(1).ok_or_else(too_large)?;
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<u8>, PackError> {
        let too_large = |_| PackError::Container("the archive is too large".into());
        let length = u32::try_from(self.directory.len()).map_err(too_large)?;
        let start = u32::try_from(self.bytes.len()).map_err(too_large)?;
        self.bytes.extend(&self.directory);
        self.bytes.extend(b"PK\x05\x06\0\0\0\0");
        self.bytes.extend(self.count.to_le_bytes());
        self.bytes.extend(self.count.to_le_bytes());
        self.bytes.extend(length.to_le_bytes());
        self.bytes.extend(start.to_le_bytes());
        self.bytes.extend([0, 0]);
        Ok(self.bytes)
    }
}

/// Parts are small and repetitive: higher levels cost time and save little.
const LEVEL: Compression = Compression::new(4);

/// A regular file that all may read.
pub(super) const ATTRIBUTES: [u8; 4] = [0, 0, 0xa4, 0x81];

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
