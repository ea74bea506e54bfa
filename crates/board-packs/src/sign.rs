//! A signature that any PDF reader shows: `PAdES` B-B (ETSI EN 319 142-1) with a local key, added as an update behind
//! the file's own bytes. Not the pack's seal, which lies inside them and stays as it was.

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use der::asn1::{Any, ObjectIdentifier, OctetString, SetOfVec};
use der::{Decode, Encode, Tag};
use jiff::Timestamp;
use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId};
use p256::pkcs8::DecodePrivateKey;
use ring::signature::RsaKeyPair;
use sha2::{Digest, Sha256};
use x509_cert::Certificate;
use x509_cert::attr::Attribute;
use x509_cert::spki::AlgorithmIdentifierOwned;

/// Bytes kept for the signature: a chain of three certificates of 2 kB fits twice.
const HOLE: usize = 12_288;

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ECDSA_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");

/// Why a file was not signed. Whatever the reason, the file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The key file cannot be read with this password.
    #[error("the key file cannot be opened: {0}")]
    KeyFile(String),
    /// Neither RSA of at least 2,048 bits nor ECDSA on P-256.
    #[error("the key is not one of RSA (2,048 bits or more) or ECDSA P-256")]
    KeyKind,
    /// The key does not belong to the first certificate.
    #[error("the key does not belong to the certificate")]
    Mismatch,
    /// The certificate is not valid at the time of signing.
    #[error("the certificate is not valid on {0}")]
    Expired(String),
    /// No PDF that can be signed.
    #[error("this PDF cannot be signed: {0}")]
    Pdf(String),
    /// The signature does not fit the place kept for it.
    #[error("the certificates are too large: {0} bytes")]
    TooLarge(usize),
}

enum Key {
    // RSA is ring's: its blinding keeps the key's timing out of reach.
    Rsa(Box<RsaKeyPair>),
    Ecdsa(p256::ecdsa::SigningKey),
}

/// A key with its certificate and the certificates above it.
pub struct Signer {
    key: Key,
    chain: Vec<Certificate>,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("subject", &self.subject()).finish_non_exhaustive()
    }
}

impl Signer {
    /// Reads a PKCS#12 file (`.p12`, `.pfx`).
    pub fn from_pkcs12(bytes: &[u8], password: &str) -> Result<Self, SignError> {
        let failed = |error: p12_keystore::error::Error| SignError::KeyFile(error.to_string());
        let store = p12_keystore::KeyStore::from_pkcs12(bytes, password).map_err(failed)?;
        let (_, chain) =
            store.private_key_chain().ok_or_else(|| SignError::KeyFile("it holds no private key".into()))?;
        let certificates: Vec<&[u8]> = chain.chain().iter().map(p12_keystore::Certificate::as_der).collect();
        Self::from_der(chain.key(), &certificates)
    }

    /// A PKCS#8 private key and its certificates, the signer's own first; each in DER.
    pub fn from_der(key: &[u8], certificates: &[&[u8]]) -> Result<Self, SignError> {
        let failed = |error: der::Error| SignError::KeyFile(error.to_string());
        let chain = certificates.iter().map(|der| Certificate::from_der(der)).collect::<Result<Vec<_>, _>>();
        let chain = chain.map_err(failed)?;
        let own = chain.first().ok_or_else(|| SignError::KeyFile("it holds no certificate".into()))?;
        let public = own.tbs_certificate.subject_public_key_info.subject_public_key.raw_bytes();
        let key = if let Ok(key) = p256::ecdsa::SigningKey::from_pkcs8_der(key) {
            let point = key.verifying_key().to_encoded_point(false);
            let short = key.verifying_key().to_encoded_point(true);
            if point.as_bytes() != public && short.as_bytes() != public {
                return Err(SignError::Mismatch);
            }
            Key::Ecdsa(key)
        } else {
            let key = RsaKeyPair::from_pkcs8(key).map_err(|_| SignError::KeyKind)?;
            if key.public().as_ref() != public {
                return Err(SignError::Mismatch);
            }
            Key::Rsa(Box::new(key))
        };
        Ok(Self { key, chain })
    }

    /// The subject of the signer's certificate (RFC 4514).
    pub fn subject(&self) -> String {
        self.chain.first().map(|own| own.tbs_certificate.subject.to_string()).unwrap_or_default()
    }

    fn own(&self) -> Result<&Certificate, SignError> {
        self.chain.first().ok_or(SignError::Mismatch)
    }

    fn check_validity(&self, at: Timestamp) -> Result<(), SignError> {
        let validity = &self.own()?.tbs_certificate.validity;
        let now = u64::try_from(at.as_second()).unwrap_or(0);
        let seconds = |time: &x509_cert::time::Time| time.to_unix_duration().as_secs();
        if (seconds(&validity.not_before)..=seconds(&validity.not_after)).contains(&now) {
            Ok(())
        } else {
            Err(SignError::Expired(at.strftime("%Y-%m-%d").to_string()))
        }
    }

    fn sign(&self, message: &[u8]) -> Result<(AlgorithmIdentifierOwned, Vec<u8>), SignError> {
        match &self.key {
            Key::Ecdsa(key) => {
                use p256::ecdsa::signature::Signer as _;
                // Deterministic (RFC 6979): the same file and key give the same signature.
                let signature: p256::ecdsa::DerSignature = key.sign(message);
                let algorithm = AlgorithmIdentifierOwned { oid: ECDSA_SHA_256, parameters: None };
                Ok((algorithm, signature.as_bytes().to_vec()))
            }
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                let random = ring::rand::SystemRandom::new();
                key.sign(&ring::signature::RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .map_err(|_| SignError::KeyKind)?;
                let algorithm = AlgorithmIdentifierOwned { oid: RSA, parameters: Some(Any::null()) };
                Ok((algorithm, signature))
            }
        }
    }

    /// The signature as CMS over a digest of the file (RFC 5652, detached; attributes after EN 319 122-1).
    fn cms(&self, digest: &[u8; 32]) -> Result<Vec<u8>, SignError> {
        let failed = |error: der::Error| SignError::Pdf(error.to_string());
        let own = self.own()?;
        let sha_256 = AlgorithmIdentifierOwned { oid: SHA_256, parameters: None };
        let attribute = |oid: ObjectIdentifier, value: Any| -> Result<Attribute, SignError> {
            Ok(Attribute { oid, values: SetOfVec::try_from(vec![value]).map_err(failed)? })
        };
        let octets = |bytes: &[u8]| Any::new(Tag::OctetString, bytes);
        let certificate: [u8; 32] = Sha256::digest(own.to_der().map_err(failed)?).into();
        let attributes = vec![
            attribute(CONTENT_TYPE, Any::encode_from(&DATA).map_err(failed)?)?,
            attribute(MESSAGE_DIGEST, octets(digest).map_err(failed)?)?,
            attribute(SIGNING_CERTIFICATE, signing_certificate(&certificate).map_err(failed)?)?,
        ];
        let attributes = SetOfVec::try_from(attributes).map_err(failed)?;
        // What is signed is the set as such, not in the context it will stand in (RFC 5652, 5.4).
        let (algorithm, signature) = self.sign(&attributes.to_der().map_err(failed)?)?;
        let info = SignerInfo {
            version: CmsVersion::V1,
            sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
                issuer: own.tbs_certificate.issuer.clone(),
                serial_number: own.tbs_certificate.serial_number.clone(),
            }),
            digest_alg: sha_256.clone(),
            signed_attrs: Some(attributes),
            signature_algorithm: algorithm,
            signature: OctetString::new(signature).map_err(failed)?,
            unsigned_attrs: None,
        };
        let certificates =
            self.chain.iter().cloned().map(CertificateChoices::Certificate).collect::<Vec<_>>();
        let data = SignedData {
            version: CmsVersion::V1,
            digest_algorithms: SetOfVec::try_from(vec![sha_256]).map_err(failed)?,
            encap_content_info: EncapsulatedContentInfo { econtent_type: DATA, econtent: None },
            certificates: Some(CertificateSet(SetOfVec::try_from(certificates).map_err(failed)?)),
            crls: None,
            signer_infos: SignerInfos(SetOfVec::try_from(vec![info]).map_err(failed)?),
        };
        let content = Any::encode_from(&data).map_err(failed)?;
        ContentInfo { content_type: SIGNED_DATA, content }.to_der().map_err(failed)
    }
}

/// SEQUENCE { SEQUENCE { SEQUENCE { certHash OCTET STRING } } }: SHA-256 is the default (RFC 5035).
fn signing_certificate(digest: &[u8; 32]) -> Result<Any, der::Error> {
    let mut inner = vec![0x30, 0x24, 0x30, 0x22, 0x04, 0x20];
    inner.extend_from_slice(digest);
    Any::new(Tag::Sequence, inner)
}

/// What the signature says of itself, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignatureNote {
    /// Who signs; the certificate's subject where empty.
    pub name: String,
    /// Why, for example `Approved for the board`; empty for nothing.
    pub reason: String,
    /// Where; empty for nothing.
    pub location: String,
}

/// Signs a PDF, which may be signed before: earlier bytes stay as they are. `at` is the time the signature states.
pub fn sign_pdf(
    bytes: &[u8],
    signer: &Signer,
    note: &SignatureNote,
    at: Timestamp,
) -> Result<Vec<u8>, SignError> {
    signer.check_validity(at)?;
    let (mut out, hole) = update(bytes, signer, note, at).map_err(SignError::Pdf)?;
    let (start, end) = (hole, hole + 2 * HOLE + 2);
    let range = format!("[0 {start:010} {end:010} {:010}]", out.len() - end);
    let place =
        find(&out[bytes.len()..], RANGE.as_bytes()).ok_or_else(|| SignError::Pdf("no byte range".into()))?;
    let place = place + bytes.len();
    out[place..place + range.len()].copy_from_slice(range.as_bytes());
    let digest: [u8; 32] =
        Sha256::new().chain_update(&out[..start]).chain_update(&out[end..]).finalize().into();
    let signature = signer.cms(&digest)?;
    if signature.len() > HOLE {
        return Err(SignError::TooLarge(signature.len()));
    }
    let digits = hex::encode(&signature);
    out[start + 1..start + 1 + digits.len()].copy_from_slice(digits.as_bytes());
    Ok(out)
}

/// Stands where the byte range will, at its width.
const RANGE: &str = "[0 9999999999 9999999999 9999999999]";

/// The file with an update behind it that holds an empty signature; and where its hole begins.
fn update(
    bytes: &[u8],
    signer: &Signer,
    note: &SignatureNote,
    at: Timestamp,
) -> Result<(Vec<u8>, usize), String> {
    let failed = |error: lopdf::Error| error.to_string();
    let options = LoadOptions { max_decompressed_size: Some(64 << 20), ..LoadOptions::default() };
    let document = Document::load_mem_with_options(bytes, options).map_err(failed)?;
    if document.was_encrypted() || document.is_encrypted() {
        return Err("it is protected by a password".into());
    }
    let root = document.trailer.get(b"Root").and_then(Object::as_reference).map_err(failed)?;
    let (first, page) = {
        let id = document.page_iter().next().ok_or("it has no page")?;
        (id, document.get_dictionary(id).map_err(failed)?)
    };
    let mut catalog = document.get_dictionary(root).map_err(failed)?.clone();
    let mut page = page.clone();
    let next = document.max_id + 1;
    let (field, value) = ((next, 0), (next + 1, 0));
    let count = widgets(&document, &mut catalog, field)?;
    let mut notes = annotations(&document, &page)?;
    notes.push(Object::Reference(field));
    page.set("Annots", notes);
    let mut increment = Increment { out: bytes.to_vec(), places: Vec::new() };
    if !increment.out.ends_with(b"\n") {
        increment.out.push(b'\n');
    }
    increment.object(root, &format!("<<{}>>", entries(&catalog)));
    increment.object(first, &format!("<<{}>>", entries(&page)));
    // Of no size and beside the page: nothing to see, nothing to read aloud, nothing that wants an appearance.
    increment.object(
        field,
        &format!(
            "<</Type/Annot/Subtype/Widget/FT/Sig/T{}/TU{}/F 132/Rect[-1 -1 -1 -1]/P {} {} R/V {} 0 R>>",
            text(&format!("Signature{count}")),
            text(if note.reason.is_empty() { "Signature" } else { &note.reason }),
            first.0,
            first.1,
            value.0,
        ),
    );
    let name = if note.name.is_empty() { signer.subject() } else { note.name.clone() };
    let mut words = format!("/Name{}/M(D:{}Z)", text(&name), at.strftime("%Y%m%d%H%M%S"));
    for (key, value) in [("Reason", &note.reason), ("Location", &note.location)] {
        if !value.is_empty() {
            words.push_str(&format!("/{key}{}", text(value)));
        }
    }
    increment.object(
        value,
        &format!(
            "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached{words}/ByteRange{RANGE}/Contents<{}>>>",
            "0".repeat(2 * HOLE)
        ),
    );
    let hole = find(&increment.out[bytes.len()..], b"/Contents<").ok_or("no place for the signature")?;
    let hole = hole + bytes.len() + b"/Contents".len();
    let before = last_startxref(bytes).ok_or("its cross-reference cannot be found")?;
    Ok((increment.finish(&document, next + 1, root, before), hole))
}

/// Adds a field to the catalog's form; returns the number of fields then.
fn widgets(document: &Document, catalog: &mut Dictionary, field: ObjectId) -> Result<usize, String> {
    let mut form = match catalog.get_deref(b"AcroForm", document) {
        Ok(form) => form.as_dict().map_err(|error| error.to_string())?.clone(),
        Err(_) => Dictionary::new(),
    };
    let mut fields = match form.get_deref(b"Fields", document) {
        Ok(fields) => fields.as_array().map_err(|error| error.to_string())?.clone(),
        Err(_) => Vec::new(),
    };
    fields.push(Object::Reference(field));
    let count = fields.len();
    form.set("Fields", fields);
    // A signature exists, and only additions keep it whole.
    form.set("SigFlags", 3);
    catalog.set("AcroForm", form);
    Ok(count)
}

fn annotations(document: &Document, page: &Dictionary) -> Result<Vec<Object>, String> {
    match page.get_deref(b"Annots", document) {
        Ok(notes) => notes.as_array().cloned().map_err(|error| error.to_string()),
        Err(_) => Ok(Vec::new()),
    }
}

struct Increment {
    out: Vec<u8>,
    places: Vec<(ObjectId, usize)>,
}

impl Increment {
    fn object(&mut self, id: ObjectId, body: &str) {
        self.places.push((id, self.out.len()));
        self.out.extend_from_slice(format!("{} {} obj\n{body}\nendobj\n", id.0, id.1).as_bytes());
    }

    /// A cross-reference stream over the new objects, which leads to the one before.
    fn finish(mut self, document: &Document, last: u32, root: ObjectId, before: usize) -> Vec<u8> {
        let own = last + 1;
        let start = self.out.len();
        self.places.push(((own, 0), start));
        self.places.sort_unstable();
        let mut index = String::new();
        let mut table = Vec::new();
        for (id, place) in &self.places {
            index.push_str(&format!("{} 1 ", id.0));
            table.push(1);
            table.extend_from_slice(&u32::try_from(*place).unwrap_or(u32::MAX).to_be_bytes());
            table.extend_from_slice(&id.1.to_be_bytes());
        }
        let mut trailer = format!("/Root {} {} R", root.0, root.1);
        for key in [&b"Info"[..], b"ID"] {
            if let Ok(value) = document.trailer.get(key) {
                trailer.push_str(&format!("/{} {}", String::from_utf8_lossy(key), object(value)));
            }
        }
        let head = format!(
            "{own} 0 obj\n<</Type/XRef/W[1 4 2]/Index[{}]/Size {}{trailer}/Prev {before}/Length {}>>\nstream\n",
            index.trim_end(),
            own + 1,
            table.len()
        );
        self.out.extend_from_slice(head.as_bytes());
        self.out.extend_from_slice(&table);
        self.out.extend_from_slice(format!("\r\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n").as_bytes());
        self.out
    }
}

fn entries(dictionary: &Dictionary) -> String {
    dictionary.iter().map(|(key, value)| format!("/{} {}", name(key), object(value))).collect()
}

fn object(value: &Object) -> String {
    match value {
        Object::Null | Object::Stream(_) => "null".to_owned(),
        Object::Boolean(value) => value.to_string(),
        Object::Integer(value) => value.to_string(),
        Object::Real(value) => value.to_string(),
        Object::Name(value) => format!("/{}", name(value)),
        Object::String(bytes, _) => format!("<{}>", hex::encode(bytes)),
        Object::Array(items) => {
            let items: Vec<String> = items.iter().map(object).collect();
            format!("[{}]", items.join(" "))
        }
        Object::Dictionary(entries_of) => format!("<<{}>>", entries(entries_of)),
        Object::Reference(id) => format!("{} {} R", id.0, id.1),
    }
}

/// A name with everything but plain letters, digits and a few signs escaped (ISO 32000-1, 7.3.5).
fn name(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b'+' => {
                char::from(*byte).to_string()
            }
            byte => format!("#{byte:02x}"),
        })
        .collect()
}

fn text(words: &str) -> String {
    let bytes: Vec<u8> =
        [0xfe, 0xff].into_iter().chain(words.encode_utf16().flat_map(u16::to_be_bytes)).collect();
    format!("<{}>", hex::encode(bytes))
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}

fn last_startxref(bytes: &[u8]) -> Option<usize> {
    let tail = &bytes[bytes.len().saturating_sub(1024)..];
    let at = tail.windows(9).rposition(|window| window == b"startxref")? + 9;
    let digits: String = tail[at..]
        .iter()
        .skip_while(|byte| byte.is_ascii_whitespace())
        .map_while(|byte| byte.is_ascii_digit().then_some(char::from(*byte)))
        .collect();
    digits.parse().ok()
}
