//! Colours of a deck as names of its theme, so that a company can change them all at once. Not the theme itself.

use crate::text::Rgb;

/// Saturation, lightness and added lightness in percent.
macro_rules! changes {
    ($saturation:literal, $lightness:literal, $added:literal) => {
        concat!(
            "<a:satMod val=\"",
            $saturation,
            "000\"/><a:lumMod val=\"",
            $lightness,
            "000\"/><a:lumOff val=\"",
            $added,
            "000\"/>"
        )
    };
}

/// What a colour is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// Body text and titles.
    Text,
    /// Labels and notes.
    Quiet,
    /// The company's own colour.
    Brand,
    /// The slide's ground.
    Ground,
    /// The ground of a card.
    Card,
    /// Rules and borders.
    Hairline,
    /// Grid lines.
    Grid,
    /// The zero line.
    Axis,
    /// A benchmark band.
    Band,
    /// A change for the better.
    Good,
    /// A change for the worse.
    Bad,
    /// A series or a part, by its place.
    Series(usize),
    /// A colour that is not the theme's to change.
    Fixed(Rgb),
}

/// Colours of the theme that have one meaning only; the accents are those of the charts.
pub(super) const TEXT: Rgb = Rgb(0x0f, 0x17, 0x2a);
/// Ground of cards.
pub(super) const CARD: Rgb = Rgb(0xf4, 0xf6, 0xfa);

/// Series that have an accent of their own; later ones are tints of these.
const ACCENTS: usize = 6;

impl Ink {
    /// The colour element; `opacity` in percent.
    pub(super) fn xml(self, opacity: u32) -> String {
        let (name, changes) = match self {
            Self::Text => ("tx1", ""),
            // What the text colour gives at these settings: 525F73, D7DCE3, E7EAEF, AAB3C3, 64738B.
            Self::Quiet => ("tx1", changes!(35, 75, 30)),
            Self::Hairline => ("tx1", changes!(35, 15, 85)),
            Self::Grid => ("tx1", changes!(35, 10, 91)),
            Self::Axis => ("tx1", changes!(35, 30, 68)),
            Self::Band => ("tx1", changes!(35, 60, 40)),
            Self::Brand => ("tx2", ""),
            Self::Ground => ("bg1", ""),
            Self::Card => ("bg2", ""),
            Self::Good => ("accent3", ""),
            Self::Bad => ("accent2", ""),
            Self::Series(index) => return series(index, opacity),
            Self::Fixed(colour) => {
                return format!("<a:srgbClr val=\"{}\">{}</a:srgbClr>", colour.hex(), alpha(opacity));
            }
        };
        format!("<a:schemeClr val=\"{name}\">{changes}{}</a:schemeClr>", alpha(opacity))
    }

    /// A solid fill.
    pub(super) fn fill(self) -> String {
        self.glass(100)
    }

    /// A fill that lets through what lies beneath.
    pub(super) fn glass(self, opacity: u32) -> String {
        format!("<a:solidFill>{}</a:solidFill>", self.xml(opacity))
    }
}

fn series(index: usize, opacity: u32) -> String {
    let tint = match index / ACCENTS {
        0 => "",
        _ => "<a:lumMod val=\"60000\"/><a:lumOff val=\"40000\"/>",
    };
    format!("<a:schemeClr val=\"accent{}\">{tint}{}</a:schemeClr>", index % ACCENTS + 1, alpha(opacity))
}

fn alpha(opacity: u32) -> String {
    if opacity >= 100 { String::new() } else { format!("<a:alpha val=\"{}\"/>", opacity * 1000) }
}
