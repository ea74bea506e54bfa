//! A finished file in memory. Saving it is the caller's work.

/// A finished pack. It is complete: nothing half-written ever becomes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    /// The file.
    pub bytes: Vec<u8>,
    /// Pages of a PDF, slides of a presentation.
    pub pages: usize,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// Media type.
    pub mime: &'static str,
}

impl Pack {
    pub(crate) fn new(bytes: Vec<u8>, pages: usize, mime: &'static str) -> Self {
        let sha256 = hex::encode(crate::seal::sha256(&bytes));
        Self { bytes, pages, sha256, mime }
    }
}
