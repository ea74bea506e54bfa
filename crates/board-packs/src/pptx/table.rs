//! A table on slides: widths of its columns, heights of its rows, and its XML. Not which slide a row stands on.

use std::fmt::Write as _;

use super::drawing::{Frame, Look, Paragraph, Pen, emu, one_line, transform};
use super::ink::Ink;
use super::metrics;
use crate::pdf::tables::is_numeric;
use crate::text::{Mp, PT};
use crate::xml::escape;

/// The deck's own table style, in the part `tableStyles`.
pub(super) const STYLE: &str = "{8B1D52C6-0E64-4A57-9C3E-6D1F27A4B9E0}";

/// Between the words of neighbouring columns, half on each side; none at the table's own edges.
const SIDE: Mp = 8 * PT;
const ABOVE: Mp = 4 * PT;

/// One row: its height and its cells.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) height: Mp,
    /// Which of the table's rows it shows, or a piece of it.
    pub(super) origin: usize,
    cells: Vec<Paragraph>,
}

/// A table, measured for one size of type.
pub(super) struct Table {
    pub(super) width: Mp,
    columns: Vec<Mp>,
    pub(super) head: Option<Row>,
    pub(super) rows: Vec<Row>,
}

/// Words of a cell, in a colour of its own where they are a judgement.
pub(super) type Cell = (String, Ink);

/// Plain cells.
pub(super) fn cells(words: &[String]) -> Vec<Cell> {
    words.iter().map(|words| (words.clone(), Ink::Text)).collect()
}

impl Table {
    /// Measures a table: `size` in points, `whole` the width that is free. A row higher than `most` is cut into several.
    pub(super) fn new(header: &[String], rows: &[Vec<Cell>], size: i32, whole: Mp, most: Mp) -> Self {
        let count = rows.first().map_or(header.len(), Vec::len);
        let words = |index: usize| rows.iter().filter_map(move |row| row.get(index)).map(|(words, _)| words);
        let columns = columns(header, rows, count, size, whole);
        let right: Vec<bool> = (0..count).map(|index| index > 0 && is_numeric(words(index))).collect();
        let row = |origin: usize, cells: Vec<(String, Look)>| {
            let cells: Vec<Paragraph> = cells
                .into_iter()
                .zip(&right)
                .map(|((words, look), right)| Paragraph { right: *right, ..Paragraph::new(words, look) })
                .collect();
            Row { height: height(&cells, &columns), origin, cells }
        };
        let head = (!header.is_empty()).then(|| {
            row(0, header.iter().map(|words| (words.clone(), Look::new(size, Ink::Text).bold())).collect())
        });
        let facts = header.is_empty();
        let body = rows.iter().enumerate().flat_map(|(origin, cells)| {
            let cells = cells.iter().enumerate().map(|(index, (words, ink))| {
                let ink = if facts && index == 0 { Ink::Quiet } else { *ink };
                (words.clone(), Look::new(size, ink))
            });
            cut(row(origin, cells.collect()), &columns, most)
        });
        let rows = body.collect();
        Self { width: columns.iter().sum(), columns, head, rows }
    }

    /// Height with its header.
    pub(super) fn height(&self) -> Mp {
        self.head.iter().chain(&self.rows).map(|row| row.height).sum()
    }

    /// The same columns and header over other rows.
    pub(super) fn part(&self, rows: Vec<Row>) -> Self {
        Self { width: self.width, columns: self.columns.clone(), head: self.head.clone(), rows }
    }

    /// What a reader who cannot see it needs to know first: its name and its columns.
    pub(super) fn alt(&self, name: &str) -> String {
        let head = self
            .head
            .iter()
            .flat_map(|row| &row.cells)
            .flat_map(|cell| &cell.runs)
            .map(|run| run.words.as_str());
        let head: Vec<&str> = head.collect();
        if head.is_empty() { name.to_owned() } else { format!("{name}: {}", head.join(", ")) }
    }

    pub(super) fn xml(&self, pen: &mut Pen<'_>, name: &str, alt: &str, [left, top, ..]: Frame) -> String {
        let id = pen.id();
        let mut xml = String::new();
        let header = if self.head.is_some() { "firstRow=\"1\"" } else { "firstCol=\"1\"" };
        let _ = write!(
            xml,
            "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id=\"{id}\" name=\"{} {id}\" descr=\"{}\"/><p:cNvGraphicFramePr>\
             <a:graphicFrameLocks noGrp=\"1\"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>{}<a:graphic>\
             <a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/table\"><a:tbl><a:tblPr {header}>\
             <a:tableStyleId>{STYLE}</a:tableStyleId></a:tblPr><a:tblGrid>",
            escape(&one_line(if name.is_empty() { "Table" } else { name })),
            escape(&one_line(alt)),
            transform([left, top, self.width, self.height()], "p", "")
        );
        for width in &self.columns {
            let _ = write!(xml, "<a:gridCol w=\"{}\"/>", emu(*width));
        }
        xml.push_str("</a:tblGrid>");
        for (index, row) in self.head.iter().chain(&self.rows).enumerate() {
            let anchor = if index == 0 && self.head.is_some() { "b" } else { "t" };
            let _ = write!(xml, "<a:tr h=\"{}\">", emu(row.height));
            let last = row.cells.len().saturating_sub(1);
            for (place, cell) in row.cells.iter().enumerate() {
                let _ = write!(
                    xml,
                    "<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>{}</a:txBody><a:tcPr marL=\"{left}\" marR=\"{right}\" \
                     marT=\"{above}\" marB=\"{above}\" anchor=\"{anchor}\"/></a:tc>",
                    pen.paragraphs(std::slice::from_ref(cell)),
                    left = if place == 0 { 0 } else { emu(SIDE) },
                    right = if place == last { 0 } else { emu(SIDE) },
                    above = emu(ABOVE)
                );
            }
            xml.push_str("</a:tr>");
        }
        xml.push_str("</a:tbl></a:graphicData></a:graphic></p:graphicFrame>");
        xml
    }
}

fn height(cells: &[Paragraph], columns: &[Mp]) -> Mp {
    let highest = cells.iter().zip(columns).map(|(cell, width)| cell.height(width - 2 * SIDE)).max();
    highest.unwrap_or(0) + 2 * ABOVE
}

/// A row as rows of at most this height.
fn cut(mut row: Row, columns: &[Mp], most: Mp) -> Vec<Row> {
    let origin = row.origin;
    let mut rows = Vec::new();
    while row.height > most {
        let (mut first, mut rest) = (Vec::new(), Vec::new());
        for (cell, width) in row.cells.into_iter().zip(columns) {
            let lines = ((most - 2 * ABOVE) / cell.line()).max(1);
            let empty = Paragraph { runs: Vec::new(), ..cell.clone() };
            let (now, later) = cell.cut(width - 2 * SIDE, lines);
            first.push(now);
            rest.push(later.unwrap_or(empty));
        }
        rows.push(Row { height: height(&first, columns), origin, cells: first });
        row = Row { height: height(&rest, columns), origin, cells: rest };
    }
    rows.push(row);
    rows
}

/// Widths: what the words need, a little air, and no more than is free.
fn columns(header: &[String], rows: &[Vec<Cell>], count: usize, size: i32, whole: Mp) -> Vec<Mp> {
    let size = size * PT;
    let needs: Vec<(Mp, Mp)> = (0..count)
        .map(|index| {
            let head = header.get(index).map(String::as_str).into_iter();
            let body = rows.iter().filter_map(|row| row.get(index)).map(|(words, _)| words.as_str());
            let (mut least, mut natural) = (0, 0);
            for words in head.chain(body) {
                // Headings are bold; so is the measure of all.
                least = least.max(metrics::longest_word(words, size, true));
                for line in words.split('\n') {
                    natural = natural.max(metrics::width(line, size, true));
                }
            }
            let air = 2 * SIDE + size / 4;
            // A long word without a place to break may be torn; a column of it alone would starve the others.
            (least.min(whole / 3) * 102 / 100 + air, natural.min(whole * 8) * 102 / 100 + air)
        })
        .collect();
    // A small table does not stand torn apart over the whole slide.
    let natural: i64 = needs.iter().map(|need| i64::from(need.1)).sum();
    let wanted = Mp::try_from((natural * 9 / 5).max(i64::from(whole) / 2)).unwrap_or(whole).min(whole);
    crate::text::share(wanted, &needs)
}
