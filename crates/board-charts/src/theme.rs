//! Colours and sizes of type, light and dark.
//!
//! Not a tenant's brand: that theme colours the frame around charts, these colours are tested for sight and contrast.

use crate::drawing::{Color, Size};
use crate::{MAX_SERIES, Mode};

/// Colours of one mode. Series colours reach 4.5:1 on the ground, so names may be written in them.
pub(crate) struct Theme {
    /// Colour of the canvas; equals the card it lies on.
    pub(crate) ground: Color,
    /// Titles and totals.
    pub(crate) ink: Color,
    /// Labels; 4.5:1 or better.
    pub(crate) quiet: Color,
    /// Grid lines, decorative.
    pub(crate) grid: Color,
    /// The zero line.
    pub(crate) axis: Color,
    /// The benchmark band; 3:1 or better.
    pub(crate) band: Color,
    /// A change for the better; 4.5:1 or better, as the next.
    pub(crate) good: Color,
    /// A change for the worse.
    pub(crate) bad: Color,
    /// One colour per series or part, in order.
    pub(crate) series: [Color; MAX_SERIES],
}

impl Theme {
    pub(crate) fn of(mode: Mode) -> &'static Self {
        match mode {
            Mode::Light => &LIGHT,
            Mode::Dark => &DARK,
        }
    }

    /// The colours of the series, in order.
    pub(crate) fn palette(&self) -> [Color; MAX_SERIES] {
        self.series
    }

    pub(crate) fn series(&self, index: usize) -> Color {
        self.series[index % MAX_SERIES]
    }
}

const LIGHT: Theme = Theme {
    ground: Color(0xff, 0xff, 0xff),
    ink: Color(0x0f, 0x17, 0x2a),
    quiet: Color(0x52, 0x60, 0x75),
    grid: Color(0xe6, 0xea, 0xf0),
    axis: Color(0xa9, 0xb4, 0xc4),
    band: Color(0x64, 0x74, 0x8b),
    good: Color(0x14, 0x6d, 0x5a),
    bad: Color(0xb4, 0x23, 0x18),
    series: [
        Color(0x1d, 0x5f, 0xd1),
        Color(0xc2, 0x54, 0x0f),
        Color(0x14, 0x6d, 0x5a),
        Color(0xa3, 0x30, 0x9c),
        Color(0x5b, 0x44, 0x13),
        Color(0x10, 0x20, 0x4f),
        Color(0xc0, 0x26, 0x4b),
        Color(0x5b, 0x67, 0x7a),
        Color(0x3f, 0x77, 0x1f),
        Color(0x6d, 0x4a, 0xd6),
        Color(0x7a, 0x45, 0x28),
        Color(0x0b, 0x6f, 0x9e),
    ],
};

const DARK: Theme = Theme {
    ground: Color(0x13, 0x1c, 0x2e),
    ink: Color(0xf1, 0xf5, 0xf9),
    quiet: Color(0xa3, 0xb1, 0xc6),
    grid: Color(0x25, 0x31, 0x48),
    axis: Color(0x52, 0x62, 0x7c),
    band: Color(0x94, 0xa3, 0xb8),
    good: Color(0x40, 0xd8, 0xb0),
    bad: Color(0xff, 0x8b, 0x80),
    series: [
        Color(0x6a, 0xa8, 0xff),
        Color(0xff, 0xa0, 0x4a),
        Color(0x40, 0xd8, 0xb0),
        Color(0xd4, 0x74, 0xd0),
        Color(0xf5, 0xe0, 0x7a),
        Color(0xcb, 0xd8, 0xfe),
        Color(0xff, 0x7d, 0x8f),
        Color(0x9a, 0xa9, 0xc0),
        Color(0x9a, 0xd2, 0x68),
        Color(0xa8, 0x97, 0xff),
        Color(0xd3, 0xa1, 0x7b),
        Color(0x5c, 0xc6, 0xf2),
    ],
};

/// Sizes in points, grown and shrunk with the chart so that a tile and a slide both read well.
#[derive(Clone, Copy)]
pub(crate) struct Scale {
    /// Factor for distances.
    pub(crate) unit: f64,
    pub(crate) title: f64,
    pub(crate) subtitle: f64,
    pub(crate) label: f64,
}

impl Scale {
    pub(crate) fn of(size: Size) -> Self {
        let unit = (size.width_pt / 480.0).min(size.height_pt / 260.0).clamp(0.85, 1.5);
        // Quarters of a point keep the sizes of charts beside each other equal.
        let quarter = |size: f64| (size * unit * 4.0).round() / 4.0;
        Self { unit, title: quarter(14.0), subtitle: quarter(10.5), label: quarter(10.0) }
    }
}

impl Color {
    /// White or near-black ink, whichever reads better on this colour.
    pub(crate) fn ink_on(self) -> Self {
        let (light, dark) = (Self(0xff, 0xff, 0xff), Self(0x0b, 0x12, 0x20));
        if contrast(light, self) >= contrast(dark, self) { light } else { dark }
    }
}

/// Relative luminance of an sRGB colour, 0-1 (WCAG 2.2).
pub(crate) fn luminance(color: Color) -> f64 {
    let linear = |channel: u8| {
        let c = f64::from(channel) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(color.0) + 0.7152 * linear(color.1) + 0.0722 * linear(color.2)
}

/// Contrast of two colours, 1-21 (WCAG 2.2).
pub(crate) fn contrast(one: Color, other: Color) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Dichromacy at full severity in linear RGB (Machado, Oliveira and Fernandes 2009).
    const SIGHT: [[[f64; 3]; 3]; 4] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ],
    ];

    /// Linear sRGB to cone responses, and their cube roots to Oklab (Ottosson 2020).
    const CONES: [[f64; 3]; 3] = [
        [0.412_221_47, 0.536_332_54, 0.051_445_99],
        [0.211_903_5, 0.680_699_5, 0.107_396_96],
        [0.088_302_46, 0.281_718_84, 0.629_978_7],
    ];
    const OKLAB: [[f64; 3]; 3] = [
        [0.210_454_26, 0.793_617_79, -0.004_072_05],
        [1.977_998_5, -2.428_592_2, 0.450_593_71],
        [0.025_904_04, 0.782_771_77, -0.808_675_77],
    ];

    /// Where a colour lies in Oklab for this kind of sight.
    fn seen(color: Color, sight: &[[f64; 3]; 3]) -> [f64; 3] {
        let linear = [color.0, color.1, color.2].map(|channel| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        });
        let mixed = |row: &[f64; 3], color: [f64; 3]| row.iter().zip(color).map(|(m, c)| m * c).sum::<f64>();
        let linear = [0, 1, 2].map(|row| mixed(&sight[row], linear).clamp(0.0, 1.0));
        let cones = [0, 1, 2].map(|row| mixed(&CONES[row], linear).cbrt());
        [0, 1, 2].map(|row| mixed(&OKLAB[row], cones))
    }

    #[test]
    fn every_colour_keeps_its_contrast() {
        for theme in [&LIGHT, &DARK] {
            for color in theme.series {
                assert!(contrast(color, theme.ground) >= 4.5, "{color}: {}", contrast(color, theme.ground));
            }
            assert!(contrast(theme.ink, theme.ground) >= 7.0);
            assert!(contrast(theme.quiet, theme.ground) >= 4.5);
            assert!(contrast(theme.band, theme.ground) >= 3.0);
            assert!(contrast(theme.good, theme.ground) >= 4.5 && contrast(theme.bad, theme.ground) >= 4.5);
        }
        assert!((contrast(Color(0, 0, 0), Color(255, 255, 255)) - 21.0).abs() < 1e-9);
    }

    #[test]
    fn the_first_six_series_differ_for_every_kind_of_sight() {
        for theme in [&LIGHT, &DARK] {
            for (kind, sight) in SIGHT.iter().enumerate() {
                for one in 0..6 {
                    for other in 0..one {
                        let (a, b) = (seen(theme.series[one], sight), seen(theme.series[other], sight));
                        let distance = a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt();
                        assert!(distance >= 0.06, "series {other} and {one}, sight {kind}: {distance:.3}");
                    }
                }
            }
        }
    }
}
