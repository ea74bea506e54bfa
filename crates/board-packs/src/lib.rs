//! A pack plan in; PDF and PPTX bytes out, and the verification of such files.
//!
//! Hides printpdf and the OOXML writer. Reads no vault, no clock and no system font: equal plans give equal bytes.

// XML is put together from short pieces; legible pieces matter more here than an allocation saved.
#![allow(clippy::format_push_string, clippy::format_collect)]

mod breaks;
mod check;
mod error;
mod facts;
mod fonts;
mod options;
mod pack;
mod pages;
mod pdf;
mod picture;
mod plain;
mod plan;
mod pptx;
mod progress;
mod seal;
mod sign;
mod text;
mod verify;
mod vouch;
mod words;
mod xml;

pub use check::{MAX_BLOCKS, MAX_COLUMNS, MAX_DEPTH, MAX_LABEL, MAX_LOGO, MAX_PAGES, MAX_ROWS, MAX_TEXT};
pub use ed25519_dalek::SigningKey;
pub use error::PackError;
pub use options::{PdfOptions, Protection};
pub use pack::Pack;
pub use pages::{DPI, PagePicture, write_pages};
pub use pdf::{write_pdf, write_pdf_with};
pub use plan::{
    ApprovalStep, Block, EvidenceItem, Item, KpiCard, KpiRow, Layer, LineageEntry, List, Logo, Manifest,
    Measured, MethodNote, PackPlan, Page, Paper, Proof, Run, Stamp, Trend,
};
pub use pptx::write_pptx;
pub use progress::{Flow, Progress};
pub use sign::{SignError, SignatureNote, Signer, sign_pdf};
pub use verify::{
    Check, Code, Format, MAX_FILE, Reason, TenantTrust, TrustedKey, Verification, VerifyError, verify,
    verify_with,
};
