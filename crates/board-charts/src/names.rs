//! Category names along the horizontal axis: which are written, how shortened, wrapped or turned.
//!
//! Decides by measuring; draws nothing.

use crate::pen::Lettering;

/// Names as they will be written.
#[derive(Debug, PartialEq)]
pub(crate) struct Names {
    /// Index of the category with its lines, one or two.
    pub(crate) shown: Vec<(usize, Vec<String>)>,
    /// Whether they read upwards.
    pub(crate) upward: bool,
    /// Height they take, without the gap to the axis.
    pub(crate) height: f64,
}

/// Where names may stand.
pub(crate) struct Room {
    /// Left end of the axis in points.
    pub(crate) left: f64,
    /// Distance of neighbouring categories.
    pub(crate) step: f64,
    /// x of the first category.
    pub(crate) first: f64,
    /// Right limit of all names.
    pub(crate) right: f64,
    /// Greatest height names may take.
    pub(crate) height: f64,
    /// Whether every category should be named even at the cost of shortening (bars), or some may be left out (lines).
    pub(crate) every: bool,
}

impl Room {
    pub(crate) fn x(&self, index: usize) -> f64 {
        self.first + self.step * index as f64
    }

    /// Centre of a name of this width, moved inwards where it would leave the canvas.
    pub(crate) fn center(&self, index: usize, width: f64) -> f64 {
        let low = (self.left * 0.5 + width / 2.0).min(self.right / 2.0);
        let high = (self.right - width / 2.0).max(self.right / 2.0);
        self.x(index).clamp(low.min(high), high)
    }
}

/// The plan that names most categories in fullest words.
pub(crate) fn plan(categories: &[String], room: &Room, lettering: &Lettering) -> Names {
    let count = categories.len();
    let line = lettering.size * 1.3;
    let level = |shown: Vec<(usize, Vec<String>)>| {
        let lines = shown.iter().map(|(_, lines)| lines.len()).max().unwrap_or(0);
        Names { shown, upward: false, height: lines as f64 * line }
    };
    if room.height < line {
        return Names { shown: Vec::new(), upward: false, height: 0.0 };
    }
    let whole = |stride: usize| -> Vec<(usize, Vec<String>)> {
        let widest = lettering.size * 12.0;
        (0..count)
            .filter(|index| (count - 1 - index).is_multiple_of(stride))
            .filter_map(|index| Some((index, vec![lettering.shorten(&categories[index], widest)?])))
            .collect()
    };
    let all: Vec<_> = categories.iter().cloned().map(|name| vec![name]).enumerate().collect();
    if apart(&all, room, lettering) {
        return level(all);
    }
    if count <= 12 && room.height >= 2.0 * line {
        let width = room.step - lettering.size * 0.6;
        let wrapped: Option<Vec<_>> = categories
            .iter()
            .enumerate()
            .map(|(index, name)| Some((index, wrap(name, width, lettering)?)))
            .collect();
        if let Some(wrapped) = wrapped.filter(|wrapped| apart(wrapped, room, lettering)) {
            return level(wrapped);
        }
    }
    if room.every && count <= 16 {
        if room.step >= lettering.size * 5.0 && room.height >= 2.0 * line {
            let width = room.step - lettering.size * 0.6;
            let shown: Vec<_> = categories
                .iter()
                .enumerate()
                .map(|(index, name)| (index, squeeze(name, width, lettering)))
                .collect();
            if apart(&shown, room, lettering) {
                return level(shown);
            }
        }
        if room.step >= line {
            let height = room.height.min(lettering.size * 8.0);
            let shown: Vec<_> = categories
                .iter()
                .enumerate()
                .filter_map(|(index, name)| Some((index, vec![lettering.shorten(name, height)?])))
                .collect();
            let height = shown.iter().map(|(_, lines)| lettering.width(&lines[0])).fold(0.0, f64::max);
            return Names { shown, upward: true, height };
        }
    }
    let stride = (1..=count).find(|stride| apart(&whole(*stride), room, lettering)).unwrap_or(count);
    level(whole(stride))
}

/// Whether all names stand clear of their neighbours.
fn apart(shown: &[(usize, Vec<String>)], room: &Room, lettering: &Lettering) -> bool {
    let mut end = f64::NEG_INFINITY;
    for (index, lines) in shown {
        let width = lines.iter().map(|line| lettering.width(line)).fold(0.0, f64::max);
        if width > room.right - room.left * 0.5 {
            return false;
        }
        let start = room.center(*index, width) - width / 2.0;
        if start < end + lettering.size * 0.6 {
            return false;
        }
        end = start + width;
    }
    true
}

/// One line if it fits, else the most even two; `None` where words are too long for that.
fn wrap(name: &str, width: f64, lettering: &Lettering) -> Option<Vec<String>> {
    if lettering.width(name) <= width {
        return Some(vec![name.to_owned()]);
    }
    let breaks = name.match_indices(' ').map(|(at, _)| (name[..at].trim_end(), name[at..].trim_start()));
    let widest = |(one, other): &(&str, &str)| lettering.width(one).max(lettering.width(other));
    let (one, other) = breaks.min_by(|a, b| widest(a).total_cmp(&widest(b)))?;
    (widest(&(one, other)) <= width && !one.is_empty() && !other.is_empty())
        .then(|| vec![one.to_owned(), other.to_owned()])
}

/// At most two lines, shortened where they must be.
pub(crate) fn squeeze(name: &str, width: f64, lettering: &Lettering) -> Vec<String> {
    if let Some(lines) = wrap(name, width, lettering) {
        return lines;
    }
    let fits =
        |at: &usize| lettering.width(name[..*at].trim_end()) <= width && !name[..*at].trim().is_empty();
    let cut = name.match_indices(' ').map(|(at, _)| at).take_while(fits).last();
    let (one, other) = cut.map_or((name, ""), |at| (name[..at].trim_end(), name[at..].trim_start()));
    [one, other]
        .into_iter()
        .filter(|line| !line.is_empty())
        .filter_map(|line| lettering.shorten(line, width))
        .collect()
}
