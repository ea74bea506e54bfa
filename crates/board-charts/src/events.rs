//! Events over a plane: a broken line at the place, and the words beside its upper end.
//!
//! Decides by measuring which row each text takes; a text without room is shortened, its line is always drawn.

use crate::ChartError;
use crate::drawing::{Anchor, Point, Rect};
use crate::fonts::Weight;
use crate::pen::Lettering;
use crate::sheet::Sheet;

const MOST_ROWS: usize = 3;

/// Where the words of the events go.
pub(crate) struct Events {
    placed: Vec<Placed>,
    row: f64,
    /// Height they take above the plane.
    pub(crate) height: f64,
}

struct Placed {
    x: f64,
    row: usize,
    /// What fits of the text, and whether it stands left of the line.
    text: Option<(String, bool)>,
}

fn lettering(sheet: &Sheet) -> Lettering {
    Lettering { color: sheet.theme.ink, ..sheet.lettering().weight(Weight::Medium) }
}

/// Places the events of the chart between two edges, on as few rows as show every text whole.
pub(crate) fn plan(sheet: &Sheet, x_of: &dyn Fn(f64) -> f64, [left, right]: [f64; 2], most: f64) -> Events {
    let row = lettering(sheet).size * 1.45;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let rows = ((most / row).floor().max(0.0) as usize).min(MOST_ROWS);
    let mut events: Vec<_> =
        sheet.spec.annotations.iter().map(|event| (x_of(event.at), &*event.text)).collect();
    events.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut best: Option<(usize, Vec<Placed>)> = None;
    for rows in 1..=rows.min(events.len()) {
        let placed = place(sheet, &events, rows, left, right);
        let whole = |(placed, (_, text)): &(&Placed, &(f64, &str))| {
            placed.text.as_ref().is_some_and(|(shown, _)| shown == text)
        };
        let cut = events.len() - placed.iter().zip(&events).filter(whole).count();
        if best.as_ref().is_none_or(|(least, _)| cut < *least) {
            best = Some((cut, placed));
        }
    }
    let placed = match best {
        Some((_, placed)) => placed,
        None => events.iter().map(|(x, _)| Placed { x: *x, row: 0, text: None }).collect(),
    };
    let used =
        placed.iter().filter(|event| event.text.is_some()).map(|event| event.row + 1).max().unwrap_or(0);
    Events { placed, row, height: used as f64 * row }
}

/// Texts run down a staircase, so that a line crosses no text of a row above its own.
fn place(sheet: &Sheet, events: &[(f64, &str)], rows: usize, left: f64, right: f64) -> Vec<Placed> {
    let lettering = lettering(sheet);
    let gap = sheet.em(4.0);
    let mut ends = vec![left; rows];
    let mut placed = Vec::new();
    for (index, (x, text)) in events.iter().enumerate() {
        let row = index % rows;
        let next = events.iter().enumerate().skip(index + 1).find(|(other, _)| other % rows <= row);
        let after = (next.map_or(right, |(_, (x, _))| *x - gap) - x - gap).max(0.0);
        let passed =
            (0..index).rev().find(|other| other % rows <= row).map_or(left, |other| events[other].0 + gap);
        let before = (x - gap - ends[row].max(passed)).max(0.0);
        let starts = ends[row] <= x + gap;
        let fits = |room: f64| lettering.width(text) <= room;
        let leftwards = (!starts || !fits(after)) && before > after;
        let room = if leftwards {
            before
        } else if starts {
            after
        } else {
            0.0
        };
        let text = lettering.shorten(text, room).map(|text| (text, leftwards));
        if let Some((text, leftwards)) = &text {
            ends[row] = if *leftwards { x + gap } else { x + gap + lettering.width(text) + gap };
        }
        placed.push(Placed { x: *x, row, text });
    }
    placed
}

impl Events {
    /// Draws lines over the plane and words above it.
    pub(crate) fn draw(&self, sheet: &Sheet, plane: Rect) -> Result<(), ChartError> {
        let lettering = lettering(sheet).centered();
        for event in &self.placed {
            let top = plane.y - self.height + self.row * (event.row as f64 + 0.5);
            let y = if event.text.is_some() { top } else { plane.y };
            let (from, to) = (Point { x: event.x, y }, Point { x: event.x, y: plane.bottom() });
            sheet.pen.dashes(from, to, sheet.em(2.5), sheet.theme.quiet, sheet.em(0.75))?;
            sheet.pen.disc(from, sheet.em(1.8), sheet.theme.quiet)?;
            if let Some((text, leftwards)) = &event.text {
                let gap = sheet.em(4.0);
                let (x, anchor) =
                    if *leftwards { (event.x - gap, Anchor::End) } else { (event.x + gap, Anchor::Start) };
                sheet.pen.label(text, x, y, &lettering.anchor(anchor))?;
            }
        }
        Ok(())
    }
}
