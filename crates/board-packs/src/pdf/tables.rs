//! Tables over page breaks: column widths from content, the header repeated, no row lost. Not the cover's facts.

use super::compose::{Composer, HAIRLINE, INK, LEFT, RIGHT, TOP, WIDTH};
use super::tree::{NodeId, Role};
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
    /// Left edge and width of each column's text.
    places: Vec<(Mp, Mp)>,
    right_aligned: Vec<bool>,
}

impl Composer<'_> {
    /// A table with its caption.
    pub(super) fn table(&mut self, caption: &str, header: &[String], rows: &[Vec<String>]) {
        self.set_table(caption, header, rows, NORMAL);
    }

    /// The numbers behind a chart, set small.
    pub(super) fn data_table(&mut self, table: &board_charts::Table) {
        self.set_table("", &table.header, &table.rows, DENSE);
    }

    fn set_table(&mut self, caption: &str, header: &[String], rows: &[Vec<String>], setting: Setting) {
        if header.is_empty() {
            return;
        }
        let (setting, columns) = self.columns(header, rows, setting);
        let head: Vec<Vec<Line>> = self.cells(header, &columns, setting, Face::SemiBold);
        let head_height = row_height(&head, setting);
        let mut caption_lines = Vec::new();
        if !caption.is_empty() {
            let style = Style::new(Face::SemiBold, 9 * PT + PT / 2, INK);
            caption_lines = self.fonts.wrap(&[Span::new(caption, style)], WIDTH);
        }
        let caption_height = super::blocks::height(&caption_lines, 14 * PT);
        // The caption and the header never stand alone at the foot of a page.
        self.ensure(caption_height + head_height + 2 * (setting.leading + 2 * setting.air));
        let table = self.element(Role::Table);
        if !caption_lines.is_empty() {
            let node = self.canvas.tree.add(table, Role::Caption);
            self.still_lines(node, &caption_lines, LEFT, self.y, 14 * PT);
            self.y += caption_height + 3 * PT;
        }
        let row = self.canvas.tree.add(table, Role::Row);
        let nodes: Vec<NodeId> =
            header.iter().map(|_| self.canvas.tree.add(row, Role::ColumnHeader)).collect();
        self.header(&head, Some(&nodes), &columns, setting);
        for cells in rows {
            let lines = self.cells(cells, &columns, setting, Face::Regular);
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
        if height > self.room() && self.y > TOP {
            let page_height = super::compose::BOTTOM - TOP - row_height(head, setting);
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
            for ((cell, node), (index, (left, width))) in
                cells.iter().zip(nodes).zip(columns.places.iter().enumerate())
            {
                for (number, line) in cell.iter().enumerate().take(end).skip(done) {
                    let x = if columns.right_aligned[index] { left + width - line.width } else { *left };
                    let y = top + setting.leading * Mp::try_from(number - done).unwrap_or(0);
                    self.still_lines(*node, std::slice::from_ref(line), x, y, setting.leading);
                }
            }
            self.y = top + setting.leading * Mp::try_from(end - done).unwrap_or(0) + setting.air;
            done = end;
            if done < count {
                self.turn();
                self.header(head, None, columns, setting);
            }
        }
        let y = self.y;
        self.canvas.artifact(|canvas| canvas.rule(LEFT, RIGHT, y, HAIRLINE, PT / 2));
    }

    /// The header row; repeated on a later page it is decoration, since its cells were read already.
    fn header(&mut self, cells: &[Vec<Line>], nodes: Option<&[NodeId]>, columns: &Columns, setting: Setting) {
        let height = row_height(cells, setting);
        let (y, accent) = (self.y, self.accent);
        self.canvas.artifact(|canvas| {
            canvas.fill([LEFT, y, RIGHT, y + height], 0, accent.tint(9));
            canvas.rule(LEFT, RIGHT, y + height, accent, PT * 3 / 4);
        });
        for (index, (cell, (left, width))) in cells.iter().zip(&columns.places).enumerate() {
            let lift = setting.leading * Mp::try_from(cell.len()).unwrap_or(1);
            let mut top = y + height - setting.air - lift;
            for line in cell {
                let x = if columns.right_aligned[index] { left + width - line.width } else { *left };
                if let Some(nodes) = nodes {
                    self.still_lines(nodes[index], std::slice::from_ref(line), x, top, setting.leading);
                } else {
                    let fonts = &self.fonts;
                    let baseline = top + setting.leading * 74 / 100;
                    self.canvas.artifact(|canvas| canvas.text(fonts, x, baseline, line));
                }
                top += setting.leading;
            }
        }
        self.y += height;
    }

    fn cells(&mut self, cells: &[String], columns: &Columns, setting: Setting, face: Face) -> Vec<Vec<Line>> {
        cells
            .iter()
            .zip(&columns.places)
            .enumerate()
            .map(|(index, (text, (_, width)))| {
                let face = if index == 0 && face == Face::Regular { Face::Medium } else { face };
                let style = Style::new(face, setting.size, INK).tabular();
                self.fonts.wrap(&[Span::new(text.as_str(), style)], *width)
            })
            .collect()
    }

    /// Column widths: each at least its longest word, the rest shared by how much text there is. A table too wide
    /// for that is set small, and breaks inside words where even that is not enough.
    fn columns(&mut self, header: &[String], rows: &[Vec<String>], setting: Setting) -> (Setting, Columns) {
        let count = Mp::try_from(header.len()).unwrap_or(1);
        let room = WIDTH - 2 * PAD * count;
        let mut needs = self.needs(header, rows, setting);
        let mut setting = setting;
        if needs.iter().map(|(least, _)| least).sum::<Mp>() > room {
            setting = DENSE;
            needs = self.needs(header, rows, setting);
        }
        let mut places = Vec::with_capacity(header.len());
        let mut left = LEFT;
        for width in crate::text::share(room, &needs) {
            places.push((left + PAD, width));
            left += width + 2 * PAD;
        }
        let right_aligned = (0..header.len())
            .map(|index| index > 0 && is_numeric(rows.iter().filter_map(|row| row.get(index))))
            .collect();
        (setting, Columns { places, right_aligned })
    }

    /// Longest word and longest cell of each column.
    fn needs(&mut self, header: &[String], rows: &[Vec<String>], setting: Setting) -> Vec<(Mp, Mp)> {
        // A cell wider than this wraps in any case.
        let most = WIDTH;
        header
            .iter()
            .enumerate()
            .map(|(index, title)| {
                let bold = Style::new(Face::SemiBold, setting.size, INK).tabular();
                let plain = Style::new(Face::Medium, setting.size, INK).tabular();
                let mut least = self.fonts.longest_word(title, bold);
                let mut natural = self.fonts.width(title, bold);
                for cell in rows.iter().filter_map(|row| row.get(index)) {
                    least = least.max(self.fonts.longest_word(cell, plain));
                    natural = natural.max(self.fonts.width(cell, plain));
                }
                (least.min(most) + PT / 10, natural.min(most) + PT / 10)
            })
            .collect()
    }
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
