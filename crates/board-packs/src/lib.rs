//! A pack plan in; PDF and PPTX bytes out, and the verification of such files.
//!
//! Hides printpdf and the OOXML writer. Reads no vault, no clock and no system font: equal plans give equal bytes.

mod plan;

pub use plan::{
    Block, EvidenceItem, KpiCard, Manifest, PackPlan, Page, Run, Stamp, Trend,
};
