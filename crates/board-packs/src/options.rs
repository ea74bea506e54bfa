//! What a caller may ask of a PDF beyond its plan: passwords and permissions. Says nothing about its content.

use zeroize::{Zeroize, ZeroizeOnDrop};

/// What a PDF is written with.
#[derive(Clone, Debug, Default)]
pub struct PdfOptions {
    /// Encrypts the file. It then claims PDF/UA-1 and no longer PDF/A, which knows no encryption.
    pub protection: Option<Protection>,
}

/// Passwords and permissions of an encrypted file, AES-256 (ISO 32000-2, revision 6). Reading aloud is always allowed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Protection {
    /// Asked for when the file is opened; empty for none. At most 127 bytes.
    pub open: String,
    /// Lifts the restrictions. At most 127 bytes, not empty, and not the other one.
    pub change: String,
    /// 32 random bytes, never used twice: the file's key comes from them.
    pub seed: [u8; 32],
    /// Printing, in any quality.
    pub print: bool,
    /// Copying text and pictures.
    pub copy: bool,
    /// Changing content, comments and form fields, and putting pages together anew.
    pub edit: bool,
}

impl Protection {
    /// The permission flags (ISO 32000-2, table 22).
    pub(crate) fn flags(&self) -> i32 {
        // Bits 7, 8 and 13 to 32 are set; so is bit 10, extraction for accessibility.
        let mut flags = -4096 | 1 << 6 | 1 << 7 | 1 << 9;
        for (allowed, bits) in [
            (self.print, 1 << 2 | 1 << 11),
            (self.copy, 1 << 4),
            (self.edit, 1 << 3 | 1 << 5 | 1 << 8 | 1 << 10),
        ] {
            if allowed {
                flags |= bits;
            }
        }
        flags
    }
}

impl std::fmt::Debug for Protection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { print, copy, edit, .. } = self;
        f.debug_struct("Protection")
            .field("print", print)
            .field("copy", copy)
            .field("edit", edit)
            .finish_non_exhaustive()
    }
}
