//! Why a pack was not made. Not why a given file does not verify: that is [`crate::VerifyError`].

/// Why no file came out. Whatever the reason, there are no bytes.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// A figure has no value to show.
    #[error("a figure is missing: {figure}")]
    FigureMissing {
        /// Where, for example `Key figures: Participants`.
        figure: String,
    },
    /// The finished file was read back and a page did not carry the watermark.
    #[error("page {page} does not carry the watermark")]
    WatermarkMissing {
        /// Counted from 1.
        page: usize,
    },
    /// The plan breaks a rule of its own.
    #[error("the plan cannot be written: {reason}")]
    Plan {
        /// Which rule, and where.
        reason: String,
    },
    /// A chart could not be drawn.
    #[error("the chart “{title}” cannot be drawn: {reason}")]
    Chart {
        /// The chart's title.
        title: String,
        /// Why.
        reason: String,
    },
    /// A bundled face is damaged.
    #[error("a bundled font cannot be read")]
    Font,
    /// The caller answered [`crate::Flow::Cancel`].
    #[error("cancelled")]
    Cancelled,
    /// Writing or re-reading the container failed.
    #[error("the file cannot be assembled: {0}")]
    Container(String),
}
