//! The watermark a tenant asks for, and the words a given export must carry.
//!
//! Not its drawing: the pack writers place it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where the watermark stands on a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum WatermarkPosition {
    /// Along the top margin.
    Header,
    /// Along the bottom margin.
    Footer,
    /// Across the page at 45°.
    #[default]
    Diagonal,
    /// In the bottom right corner.
    Corner,
    /// Level, in the middle.
    Centre,
}

/// A tenant's watermark settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Watermark {
    /// Words with `{name}`, `{approver}`, `{date}` and `{status}` to fill in.
    pub text: String,
    /// Where.
    pub position: WatermarkPosition,
    /// 0.05-1.0.
    pub opacity: f64,
    /// Size in points, 6-96.
    pub size: f64,
    /// `#RRGGBB`.
    pub colour: String,
}

impl Default for Watermark {
    fn default() -> Self {
        Self {
            text: "{status} · {name} · {date}".into(),
            position: WatermarkPosition::Diagonal,
            opacity: 0.12,
            size: 42.0,
            colour: "#475569".into(),
        }
    }
}

/// What is wrong with watermark settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WatermarkError {
    /// The text is empty or longer than 120 characters.
    #[error("watermark text must have 1 to 120 characters")]
    Text,
    /// Opacity outside 0.05-1.0.
    #[error("watermark opacity must lie between 0.05 and 1.0")]
    Opacity,
    /// Size outside 6-96 pt.
    #[error("watermark size must lie between 6 and 96 pt")]
    Size,
    /// Not `#RRGGBB`.
    #[error("watermark colour must read like #475569")]
    Colour,
}

impl Watermark {
    /// Refuses settings outside the documented ranges.
    pub fn check(&self) -> Result<(), WatermarkError> {
        let length = self.text.trim().chars().count();
        if !(1..=120).contains(&length) {
            return Err(WatermarkError::Text);
        }
        if !(0.05..=1.0).contains(&self.opacity) {
            return Err(WatermarkError::Opacity);
        }
        if !(6.0..=96.0).contains(&self.size) {
            return Err(WatermarkError::Size);
        }
        let hex = self.colour.strip_prefix('#').unwrap_or("");
        if hex.len() != 6 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(WatermarkError::Colour);
        }
        Ok(())
    }

    /// The words of this export. `approval` is the approver's name and UTC time for approved and locked reports;
    /// without it the status is always named, whatever the template says.
    pub fn fill(&self, status: &str, exporter: &str, date: &str, approval: Option<(&str, &str)>) -> String {
        let approver = approval.map_or("", |(name, _)| name);
        let mut text = self
            .text
            .replace("{status}", status)
            .replace("{name}", exporter)
            .replace("{approver}", approver)
            .replace("{date}", date);
        let mut require = |words: &str| {
            if !words.is_empty() && !text.contains(words) {
                if !text.is_empty() {
                    text.push_str(" · ");
                }
                text.push_str(words);
            }
        };
        require(status);
        if let Some((name, at)) = approval {
            require(name);
            require(at);
        }
        require(exporter);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_out_of_range_are_refused() {
        let with = |change: fn(&mut Watermark)| {
            let mut watermark = Watermark::default();
            change(&mut watermark);
            watermark.check()
        };
        assert_eq!(with(|_| ()), Ok(()));
        assert_eq!(with(|w| w.text = "  ".into()), Err(WatermarkError::Text));
        assert_eq!(with(|w| w.opacity = 0.01), Err(WatermarkError::Opacity));
        assert_eq!(with(|w| w.opacity = f64::NAN), Err(WatermarkError::Opacity));
        assert_eq!(with(|w| w.size = 200.0), Err(WatermarkError::Size));
        assert_eq!(with(|w| w.colour = "red".into()), Err(WatermarkError::Colour));
    }

    #[test]
    fn status_approver_and_exporter_are_named_even_where_the_template_forgets_them() {
        let bare = Watermark { text: "Confidential".into(), ..Watermark::default() };
        assert_eq!(bare.fill("DRAFT", "Kari Dahl", "23 Nov 2026", None), "Confidential · DRAFT · Kari Dahl");
        assert_eq!(
            bare.fill("APPROVED", "Kari Dahl", "23 Nov 2026", Some(("Ada Berg", "2026-11-20 10:00 UTC"))),
            "Confidential · APPROVED · Ada Berg · 2026-11-20 10:00 UTC · Kari Dahl"
        );
    }
}
