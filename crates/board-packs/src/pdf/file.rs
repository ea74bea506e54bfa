//! A PDF file being put together: numbered objects, object streams, the cross-reference stream. Knows no page.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::protect::Cipher;
use crate::PackError;

/// An object's number; its generation is always 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id(pub(super) u32);

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} 0 R", self.0)
    }
}

/// Most objects in one object stream: enough to compress well, few enough to be read one at a time.
const PER_STREAM: usize = 200;

/// How an object stands in the file.
enum Object {
    /// Not set yet.
    Reserved,
    /// Inside an object stream.
    Packed(Vec<u8>),
    /// By itself, legible without unpacking.
    Plain(Vec<u8>),
    Stream {
        /// Entries of its dictionary but the length.
        entries: String,
        data: Vec<u8>,
    },
}

/// Objects in the order of their numbers.
pub(super) struct File {
    objects: Vec<Object>,
    /// The part of the document each object belongs to.
    parts: Vec<usize>,
    names: Vec<String>,
    pub(super) cipher: Option<Cipher>,
}

/// A file up to its directory.
pub(super) struct Body {
    pub(super) bytes: Vec<u8>,
    /// Stretches of the file and the part they belong to, without a gap, up to the last object.
    pub(super) runs: Vec<(usize, usize, String)>,
    /// Rows of the cross-reference stream: kind, place and index of every object.
    rows: Vec<[u64; 3]>,
}

impl File {
    pub(super) fn new() -> Self {
        let names = vec!["document".to_owned()];
        Self { objects: Vec::new(), parts: Vec::new(), names, cipher: None }
    }

    /// What is set from now on belongs to this part.
    pub(super) fn part(&mut self, name: &str) {
        if self.names.last().is_none_or(|last| last != name) {
            self.names.push(name.to_owned());
        }
    }

    /// A number to refer to before there is an object.
    pub(super) fn reserve(&mut self) -> Id {
        self.objects.push(Object::Reserved);
        self.parts.push(0);
        Id(u32::try_from(self.objects.len()).unwrap_or(u32::MAX))
    }

    /// Sets a reserved object. Its strings may stand as they are: object streams are encrypted as a whole.
    pub(super) fn set(&mut self, id: Id, body: impl Into<Vec<u8>>) {
        self.put(id, Object::Packed(body.into()));
    }

    /// Sets an object that stands by itself; a string in it is made with [`Self::string`].
    pub(super) fn set_plain(&mut self, id: Id, body: impl Into<Vec<u8>>) {
        self.put(id, Object::Plain(body.into()));
    }

    fn put(&mut self, id: Id, object: Object) {
        let index = id.0 as usize - 1;
        self.objects[index] = object;
        self.parts[index] = self.names.len() - 1;
    }

    /// Adds an object.
    pub(super) fn add(&mut self, body: impl Into<Vec<u8>>) -> Id {
        let id = self.reserve();
        self.set(id, body);
        id
    }

    /// Adds a stream, compressed. `entries` are those of its dictionary but filter and length.
    pub(super) fn stream(&mut self, entries: &str, data: &[u8]) -> Result<Id, PackError> {
        let packed = deflate(data)?;
        Ok(self.raw_stream(&format!("{entries}/Filter/FlateDecode"), packed))
    }

    /// Adds a stream as it is.
    pub(super) fn raw_stream(&mut self, entries: &str, data: Vec<u8>) -> Id {
        let id = self.reserve();
        let data = match &self.cipher {
            Some(cipher) => cipher.encrypt(id.0, &data),
            None => data,
        };
        self.put(id, Object::Stream { entries: entries.to_owned(), data });
        id
    }

    /// A hexadecimal string for an object that stands by itself.
    pub(super) fn string(&self, id: Id, bytes: &[u8]) -> String {
        match &self.cipher {
            Some(cipher) => format!("<{}>", hex::encode(cipher.encrypt(id.0, bytes))),
            None => format!("<{}>", hex::encode(bytes)),
        }
    }

    /// Writes everything but the directory.
    pub(super) fn body(&mut self) -> Result<Body, PackError> {
        let places = self.pack()?;
        let mut out = Vec::with_capacity(self.objects.len() * 64);
        // Four bytes above 127 tell every transport that this is not text.
        out.extend_from_slice(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n");
        let mut runs = vec![(0, out.len(), "header".to_owned())];
        let mut rows = vec![[0, 0, 255]];
        for (index, object) in self.objects.iter().enumerate() {
            let start = out.len();
            let at = u64::try_from(start).unwrap_or(u64::MAX);
            match object {
                // A number that nobody set is free.
                Object::Reserved => rows.push([0, 0, 255]),
                Object::Packed(_) => {
                    let (stream, place) = places[index];
                    rows.push([2, u64::from(stream), place]);
                }
                Object::Plain(body) => {
                    rows.push([1, at, 0]);
                    write_object(&mut out, index, |out| out.extend_from_slice(body));
                }
                Object::Stream { entries, data } => {
                    rows.push([1, at, 0]);
                    write_object(&mut out, index, |out| {
                        let head = format!("<<{entries}/Length {}>>\nstream\n", data.len());
                        out.extend_from_slice(head.as_bytes());
                        out.extend_from_slice(data);
                        out.extend_from_slice(END);
                    });
                }
            }
            if out.len() > start {
                let name = &self.names[self.parts[index]];
                match runs.last_mut() {
                    Some(run) if run.2 == *name => run.1 = out.len(),
                    _ => runs.push((start, out.len(), name.clone())),
                }
            }
        }
        Ok(Body { bytes: out, runs, rows })
    }

    /// Moves the packed objects into object streams, part by part; says where each went.
    fn pack(&mut self) -> Result<Vec<(u32, u64)>, PackError> {
        let mut packed: Vec<usize> = (0..self.objects.len())
            .filter(|index| matches!(self.objects[*index], Object::Packed(_)))
            .collect();
        let names = &self.names;
        packed.sort_by_key(|index| (&names[self.parts[*index]], *index));
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for same in packed.chunk_by(|a, b| names[self.parts[*a]] == names[self.parts[*b]]) {
            groups.extend(same.chunks(PER_STREAM).map(<[_]>::to_vec));
        }
        let mut places = vec![(0, 0); self.objects.len()];
        for group in groups {
            let (mut head, mut body) = (String::new(), Vec::new());
            for index in &group {
                let Object::Packed(object) = &self.objects[*index] else { continue };
                head.push_str(&format!("{} {} ", index + 1, body.len()));
                body.extend_from_slice(object);
                body.push(b'\n');
            }
            let name = group.first().map(|index| self.names[self.parts[*index]].clone());
            self.part(&name.unwrap_or_default());
            let entries = format!("/Type/ObjStm/N {}/First {}", group.len(), head.len());
            let stream = self.stream(&entries, &[head.as_bytes(), &body].concat())?;
            for (place, index) in (0..).zip(&group) {
                places[*index] = (stream.0, place);
            }
        }
        Ok(places)
    }
}

/// A stream that stands unencrypted in an encrypted file (ISO 32000-1, 7.4.10).
const LEGIBLE: &str = "/Filter/Crypt/DecodeParms<</Type/CryptFilterDecodeParms/Name/Identity>>";

impl Body {
    /// Notes an object that was written behind the body.
    pub(super) fn note(&mut self, id: Id, at: usize) {
        let at = u64::try_from(at).unwrap_or(u64::MAX);
        self.rows.resize(self.rows.len().max(id.0 as usize + 1), [0, 0, 255]);
        self.rows[id.0 as usize] = [1, at, 0];
    }

    /// The end of a file whose directory stands at this place. `trailer` holds its further entries.
    pub(super) fn directory(&self, at: usize, trailer: &str) -> Result<Vec<u8>, PackError> {
        let mut out = Vec::new();
        let own = self.rows.len() - 1;
        let mut rows = self.rows.clone();
        rows.push([1, u64::try_from(at).unwrap_or(u64::MAX), 0]);
        cross_reference(&mut out, own, &rows, trailer)?;
        out.extend_from_slice(format!("startxref\n{at}\n%%EOF\n").as_bytes());
        Ok(out)
    }
}

/// Ends a stream's data. Two bytes, since a last byte of the data that is a carriage return would make one line end with
/// a lone line feed, and the data seem shorter than it is.
const END: &[u8] = b"\r\nendstream";

fn write_object(out: &mut Vec<u8>, index: usize, body: impl FnOnce(&mut Vec<u8>)) {
    out.extend_from_slice(format!("{} 0 obj\n", index + 1).as_bytes());
    body(out);
    out.extend_from_slice(b"\nendobj\n");
}

/// How an object stands that is written behind the body.
pub(super) fn legible(id: Id, entries: &str, data: &str, encrypted: bool) -> Vec<u8> {
    let filter = if encrypted { LEGIBLE } else { "" };
    format!(
        "{} 0 obj\n<<{entries}{filter}/Length {}>>\nstream\n{data}\nendstream\nendobj\n",
        id.0,
        data.len()
    )
    .into_bytes()
}

/// The cross-reference stream: kind, place and index of every object, its own last.
fn cross_reference(out: &mut Vec<u8>, own: usize, rows: &[[u64; 3]], trailer: &str) -> Result<(), PackError> {
    let mut table = Vec::with_capacity(rows.len() * 7);
    for [kind, place, index] in rows {
        table.push(u8::try_from(*kind).unwrap_or(0));
        table.extend_from_slice(&u32::try_from(*place).unwrap_or(u32::MAX).to_be_bytes());
        table.extend_from_slice(&u16::try_from(*index).unwrap_or(u16::MAX).to_be_bytes());
    }
    let table = deflate(&table)?;
    write_object(out, own, |out| {
        let entries = format!(
            "<</Type/XRef/W[1 4 2]/Size {}{trailer}/Filter/FlateDecode/Length {}>>\nstream\n",
            own + 2,
            table.len()
        );
        out.extend_from_slice(entries.as_bytes());
        out.extend_from_slice(&table);
        out.extend_from_slice(END);
    });
    Ok(())
}

pub(super) fn deflate(data: &[u8]) -> Result<Vec<u8>, PackError> {
    let failed = |error: std::io::Error| PackError::Container(error.to_string());
    let mut encoder = ZlibEncoder::new(Vec::with_capacity(data.len() / 3), Compression::new(6));
    encoder.write_all(data).map_err(failed)?;
    encoder.finish().map_err(failed)
}
