//! Hatching: what tells filled shapes apart where colours cannot, on a grey print or to a colour-blind eye.
//!
//! Computes segments inside a shape; paints nothing.

use crate::drawing::{Point, Rect};

/// Directions of the lines of each pattern, in turns of a half circle; the first shape stays plain.
const PATTERNS: [&[f64]; 6] = [&[], &[0.25], &[0.75], &[0.0], &[0.5], &[0.25, 0.75]];

/// Lines of the pattern of a series inside a closed outline, `spacing` apart.
///
/// Lines lie on one grid for the whole canvas, so that neighbouring shapes of a series continue each other. Ends keep
/// `inset` away from the outline along the line.
pub(crate) fn hatch(outline: &[Point], series: usize, spacing: f64, inset: f64) -> Vec<[Point; 2]> {
    let (first, second) = (PATTERNS[series % PATTERNS.len()], series / PATTERNS.len());
    // The second round of patterns is twice as dense; its plain one gets dots of a grid of both upright directions.
    let directions = if second > 0 && first.is_empty() { &[0.0, 0.5][..] } else { first };
    let spacing = if second > 0 { spacing * 0.6 } else { spacing };
    directions.iter().flat_map(|turn| lines(outline, turn * std::f64::consts::PI, spacing, inset)).collect()
}

/// The outline of an upright rectangle.
pub(crate) fn corners(rect: Rect) -> [Point; 4] {
    [(rect.x, rect.y), (rect.right(), rect.y), (rect.right(), rect.bottom()), (rect.x, rect.bottom())]
        .map(|(x, y)| Point { x, y })
}

fn lines(outline: &[Point], angle: f64, spacing: f64, inset: f64) -> Vec<[Point; 2]> {
    let (sin, cos) = angle.sin_cos();
    // Turned so that the lines are level.
    let turned: Vec<_> =
        outline.iter().map(|p| Point { x: p.x * cos + p.y * sin, y: p.y * cos - p.x * sin }).collect();
    let low = turned.iter().map(|p| p.y).fold(f64::INFINITY, f64::min);
    let high = turned.iter().map(|p| p.y).fold(f64::NEG_INFINITY, f64::max);
    let mut segments = Vec::new();
    let mut row = (low / spacing).ceil();
    while row * spacing < high {
        let y = row * spacing;
        row += 1.0;
        let edges = turned.iter().zip(turned.iter().cycle().skip(1));
        let mut crossings: Vec<f64> = edges
            .filter(|(a, b)| (a.y <= y) != (b.y <= y))
            .map(|(a, b)| a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y))
            .collect();
        crossings.sort_by(f64::total_cmp);
        for pair in crossings.chunks_exact(2) {
            let (from, to) = (pair[0] + inset, pair[1] - inset);
            if to - from > 0.5 {
                segments.push([from, to].map(|x| Point { x: x * cos - y * sin, y: y * cos + x * sin }));
            }
        }
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_shape_is_plain_and_the_others_differ() {
        let square = corners(Rect { x: 10.0, y: 10.0, width: 40.0, height: 40.0 });
        let patterns: Vec<_> = (0..12).map(|series| hatch(&square, series, 5.0, 0.5)).collect();
        assert!(patterns[0].is_empty());
        for one in 0..12 {
            for other in 0..one {
                assert_ne!(patterns[one], patterns[other], "{one} and {other}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_line_leaves_its_shape(
            x in -50.0..500.0f64, y in -50.0..500.0f64, width in 0.0..300.0f64, height in 0.0..300.0f64,
            series in 0usize..12,
        ) {
            let rect = Rect { x, y, width, height };
            for end in hatch(&corners(rect), series, 5.0, 0.5).iter().flatten() {
                prop_assert!(end.x >= rect.x - 1e-6 && end.x <= rect.right() + 1e-6, "{end:?}");
                prop_assert!(end.y >= rect.y - 1e-6 && end.y <= rect.bottom() + 1e-6, "{end:?}");
            }
        }
    }
}
