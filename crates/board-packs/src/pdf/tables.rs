//! Tables over page breaks: column widths from content, the header repeated, no row lost. Not the cover's facts.

use super::canvas::Target;
use super::compose::{Composer, HAIRLINE, INK};
use super::tree::{NodeId, Role};
use crate::KpiRow;
use crate::text::{Face, Line, Mp, PT, Span, Style};

const PAD: Mp = 6 * PT;

/// How a table is set.
#[derive(Clone, Copy)]
struct Setting {
    size: Mp,
    leading: Mp,
    /// Space above and below a row's text.
    air: Mp,
}

const NORMAL: Setting = Setting { size: 8 * PT + PT / 2, leading: 12 * PT, air: 4 * PT };
const DENSE: Setting = Setting { size: 7 * PT + PT / 2, leading: 10 * PT, air: 2 * PT + PT / 2 };

struct Columns {
    /// Distance from the table's left edge, and width, of each column's text.
    places: Vec<(Mp, Mp)>,
    right_aligned: Vec<bool>,
}

impl Columns {
    /// The table's right edge.
    fn end(&self, left: Mp) -> Mp {
        self.places.last().map_or(left, |(start, width)| left + start + width + PAD)
    }
}

/// The words of a cell.
type Cell = Vec<Span>;

impl Composer<'_> {
    /// A table with its caption.
    pub(super) fn table(&mut self, caption: &str, header: &[String], rows: &[Vec<String>]) {
        self.plain_table(caption, header, rows, NORMAL);
    }

    /// The numbers behind a chart, set small.
    pub(super) fn data_table(&mut self, table: &board_charts::Table) {
        self.plain_table("", &table.header, &table.rows, DENSE);
    }

    /// Key figures as rows: the name leads to the figure's lineage, the change says in words and colour what it means.
    pub(super) fn kpi_table(&mut self, caption: &str, header: &[String], rows: &[KpiRow]) {
        let mut cells = Vec::with_capacity(rows.len());
        for row in rows {
            let mut name = cell_style(0, NORMAL);
            if let Some(figure) = row.figure.as_ref().filter(|figure| self.explains(figure)) {
                name.link = Some(self.jump(Target::Figure(figure.clone())));
                name.colour = self.accent;
            }
            let mut cell = vec![vec![Span::new(row.label.as_str(), name)]];
            for value in &row.values {
                cell.push(vec![Span::new(value.as_str(), cell_style(1, NORMAL))]);
            }
            let colour = super::blocks::trend_colour(row.trend);
            let style = Style { colour, face: Face::Medium, ..cell_style(1, NORMAL) };
            let change = if row.change.is_empty() {
                "–".to_owned()
            } else {
                format!("{} · {}", self.words.trend(row.trend), row.change)
            };
            cell.push(vec![Span::new(change, style)]);
            cells.push(cell);
        }
        let mut right: Vec<bool> = header.iter().enumerate().map(|(index, _)| index > 0).collect();
        if let Some(last) = right.last_mut() {
            *last = false;
        }
        self.set_table(caption, header, &cells, right, NORMAL);
    }

    fn plain_table(&mut self, caption: &str, header: &[String], rows: &[Vec<String>], setting: Setting) {
        let right = (0..header.len())
            .map(|index| index > 0 && is_numeric(rows.iter().filter_map(|row| row.get(index))))
            .collect();
        let setting = self.fitted(header, rows, setting);
        let cells: Vec<Vec<Cell>> = rows
            .iter()
            .map(|row| {
                let cells = row.iter().enumerate();
                cells
                    .map(|(index, text)| vec![Span::new(text.as_str(), cell_style(index, setting))])
                    .collect()
            })
            .collect();
        self.set_table(caption, header, &cells, right, setting);
    }

    fn set_table(
        &mut self,
        caption: &str,
        header: &[String],
        rows: &[Vec<Cell>],
        right_aligned: Vec<bool>,
        setting: Setting,
    ) {
        if header.is_empty() {
            return;
        }
        let header: Vec<Cell> = header
            .iter()
            .map(|title| {
                let style = Style { face: Face::SemiBold, ..cell_style(1, setting) };
                vec![Span::new(title.as_str(), style)]
            })
            .collect();
        let columns = self.columns(&header, rows, right_aligned);
        let head = self.cells(&header, &columns);
        let head_height = row_height(&head, setting);
        let mut caption_lines = Vec::new();
        if !caption.is_empty() {
            let style = Style::new(Face::SemiBold, 9 * PT + PT / 2, INK);
            caption_lines = self.fonts.wrap(&[Span::new(caption, style)], self.width());
        }
        let caption_height = super::blocks::height(&caption_lines, 14 * PT);
        // The caption and the header never stand alone at the foot of a page, and a short table is not torn.
        let count = Mp::try_from(rows.len().clamp(2, 1000)).unwrap_or(2);
        let whole = count * (setting.leading + 2 * setting.air);
        let together =
            if whole <= self.page_height() / 3 { whole } else { 2 * (setting.leading + 2 * setting.air) };
        self.ensure(caption_height + head_height + together);
        let table = self.element(Role::Table);
        if !caption_lines.is_empty() {
            let node = self.canvas.tree.add(table, Role::Caption);
            let (x, y) = (self.left, self.y);
            self.still_lines(node, &caption_lines, x, y, 14 * PT);
            self.y += caption_height + 3 * PT;
        }
        let row = self.canvas.tree.add(table, Role::Row);
        let nodes: Vec<NodeId> =
            header.iter().map(|_| self.canvas.tree.add(row, Role::ColumnHeader)).collect();
        self.header(&head, Some(&nodes), &columns, setting);
        // Fewer than three rows never go over to another page alone.
        let tail = rows.len().checked_sub(3).filter(|tail| *tail > 2);
        for (index, cells) in rows.iter().enumerate() {
            let lines = self.cells(cells, &columns);
            if tail == Some(index) {
                let rest =
                    rows[index + 1..].iter().map(|cells| row_height(&self.cells(cells, &columns), setting));
                let rest: Mp = rest.sum::<Mp>() + row_height(&lines, setting);
                if rest > self.room() && rest <= self.page_height() / 2 && !self.at_top() {
                    self.turn();
                    self.header(&head, None, &columns, setting);
                }
            }
            let row = self.canvas.tree.add(table, Role::Row);
            let nodes: Vec<NodeId> = (0..lines.len())
                .map(|index| self.canvas.tree.add(row, if index == 0 { Role::RowHeader } else { Role::Cell }))
                .collect();
            self.row(&lines, &nodes, &head, &columns, setting);
        }
        self.y += 12 * PT;
    }

    /// A row; taller than the page is long, it goes on over the page break.
    fn row(
        &mut self,
        cells: &[Vec<Line>],
        nodes: &[NodeId],
        head: &[Vec<Line>],
        columns: &Columns,
        setting: Setting,
    ) {
        let count = cells.iter().map(Vec::len).max().unwrap_or(1);
        let height = row_height(cells, setting);
        if height > self.room() && !self.at_top() {
            let page_height = self.page_height() - row_height(head, setting);
            if height <= page_height || self.room() < 4 * setting.leading {
                self.turn();
                self.header(head, None, columns, setting);
            }
        }
        let mut done = 0;
        while done < count {
            let fit = usize::try_from((self.room() - 2 * setting.air) / setting.leading).unwrap_or(0).max(1);
            let end = (done + fit).min(count);
            let top = self.y + setting.air;
            for (index, (cell, node)) in cells.iter().zip(nodes).enumerate() {
                let shown = &cell[done.min(cell.len())..end.min(cell.len())];
                self.cell(*node, shown, index, top, columns, setting);
            }
            self.y = top + setting.leading * Mp::try_from(end - done).unwrap_or(0) + setting.air;
            done = end;
            if done < count {
                self.turn();
                self.header(head, None, columns, setting);
            }
        }
        let (left, right, y) = (self.left, columns.end(self.left), self.y);
        self.canvas.artifact(|canvas| canvas.rule(left, right, y, HAIRLINE, PT / 2));
    }

    fn cell(
        &mut self,
        node: NodeId,
        lines: &[Line],
        index: usize,
        top: Mp,
        columns: &Columns,
        setting: Setting,
    ) {
        let (left, width) = columns.places[index];
        let left = self.left + left;
        if !columns.right_aligned[index] {
            if !lines.is_empty() {
                self.still_lines(node, lines, left, top, setting.leading);
            }
            return;
        }
        let mut y = top;
        for line in lines {
            self.still_lines(node, std::slice::from_ref(line), left + width - line.width, y, setting.leading);
            y += setting.leading;
        }
    }

    /// The header row; repeated on a later page it is decoration, since its cells were read already.
    fn header(&mut self, cells: &[Vec<Line>], nodes: Option<&[NodeId]>, columns: &Columns, setting: Setting) {
        let height = row_height(cells, setting);
        let (y, accent, left) = (self.y, self.accent, self.left);
        let right = columns.end(left);
        self.canvas.artifact(|canvas| {
            canvas.fill([left, y, right, y + height], 0, accent.tint(9));
            canvas.rule(left, right, y + height, accent, PT * 3 / 4);
        });
        for (index, cell) in cells.iter().enumerate() {
            let text_height = setting.leading * Mp::try_from(cell.len()).unwrap_or(1);
            let top = y + height - setting.air - text_height;
            if let Some(nodes) = nodes {
                self.cell(nodes[index], cell, index, top, columns, setting);
                continue;
            }
            let (start, width) = columns.places[index];
            let mut baseline = top + setting.leading * 74 / 100;
            for line in cell {
                let shift = if columns.right_aligned[index] { width - line.width } else { 0 };
                self.canvas.artifact(|canvas| canvas.text(left + start + shift, baseline, line));
                baseline += setting.leading;
            }
        }
        self.y += height;
    }

    fn cells(&mut self, cells: &[Cell], columns: &Columns) -> Vec<Vec<Line>> {
        cells.iter().zip(&columns.places).map(|(spans, (_, width))| self.fonts.wrap(spans, *width)).collect()
    }

    /// A table too wide for its words is set small, and breaks inside words where even that is not enough.
    fn fitted(&mut self, header: &[String], rows: &[Vec<String>], setting: Setting) -> Setting {
        let count = Mp::try_from(header.len()).unwrap_or(1);
        let room = self.width() - 2 * PAD * count;
        let mut least = 0;
        for (index, title) in header.iter().enumerate() {
            let style = Style { face: Face::SemiBold, ..cell_style(1, setting) };
            let mut widest = self.fonts.longest_word(title, style);
            for cell in rows.iter().filter_map(|row| row.get(index)) {
                widest = widest.max(self.fonts.longest_word(cell, cell_style(index, setting)));
            }
            least += widest;
        }
        if least > room { DENSE } else { setting }
    }

    /// Column widths: each at least its longest word, the rest shared by how much text there is.
    fn columns(&mut self, header: &[Cell], rows: &[Vec<Cell>], right_aligned: Vec<bool>) -> Columns {
        let count = Mp::try_from(header.len()).unwrap_or(1);
        // A cell wider than this wraps in any case.
        let most = self.width();
        let room = most - 2 * PAD * count;
        let mut needs = Vec::with_capacity(header.len());
        for (index, title) in header.iter().enumerate() {
            let (mut least, mut natural) = (0, 0);
            let cells = rows.iter().filter_map(|row| row.get(index)).chain([title]);
            for span in cells.flatten() {
                least = least.max(self.fonts.longest_word(&span.text, span.style));
                natural = natural.max(self.fonts.width(&span.text, span.style));
            }
            needs.push((least.min(most) + PT / 10, natural.min(most) + PT / 10));
        }
        let mut places = Vec::with_capacity(header.len());
        let mut left = 0;
        for width in crate::text::share(room, &needs) {
            places.push((left + PAD, width));
            left += width + 2 * PAD;
        }
        Columns { places, right_aligned }
    }
}

/// How the words of a column are set; the first names the row.
fn cell_style(column: usize, setting: Setting) -> Style {
    let face = if column == 0 { Face::Medium } else { Face::Regular };
    Style::new(face, setting.size, INK).tabular()
}

fn row_height(cells: &[Vec<Line>], setting: Setting) -> Mp {
    let lines = cells.iter().map(Vec::len).max().unwrap_or(1);
    setting.leading * Mp::try_from(lines).unwrap_or(1) + 2 * setting.air
}

/// Whether a column holds figures: every filled cell has a digit and few letters.
pub(crate) fn is_numeric<'a>(cells: impl Iterator<Item = &'a String>) -> bool {
    let mut any = false;
    for cell in cells {
        let digits = cell.chars().filter(char::is_ascii_digit).count();
        let letters = cell.chars().filter(|c| c.is_alphabetic()).count();
        if digits == 0 && letters == 0 {
            continue;
        }
        if digits == 0 || letters > 4 {
            return false;
        }
        any = true;
    }
    any
}
