//! The cover: the company's mark, the title on the company's colour, the facts of the pack. Lays no other page out.

use super::compose::{Composer, HAIRLINE, INK, QUIET};
use super::tree::{Area, Role};
use crate::PackError;
use crate::text::{Face, Line, Mp, PT, Rgb, Span, Style};

const WHITE: Rgb = Rgb(0xff, 0xff, 0xff);

impl Composer<'_> {
    pub(super) fn cover(&mut self, facts: &[(String, String)]) -> Result<(), PackError> {
        let (width, height) = self.canvas.size;
        let frame = self.frame;
        if self.is_wide() {
            let edge = width * 56 / 100;
            self.panel([0, 0, edge, height]);
            self.title_block([frame.left, 0, edge - 44 * PT, height], true);
            self.left = edge + 44 * PT;
            self.right = width - 44 * PT;
        } else {
            self.panel([0, 168 * PT, width, 470 * PT]);
        }
        let (left, right) = (self.left, self.right);
        let mark = if self.is_wide() { 52 * PT } else { 64 * PT };
        self.mark([left, mark, right, mark + 62 * PT])?;
        if !self.is_wide() {
            self.title_block([left, 168 * PT, right, 470 * PT], false);
        }
        self.cover_facts(facts);
        Ok(())
    }

    /// The ground of the title in the company's colour, with a paler foot.
    fn panel(&mut self, [left, top, right, bottom]: Area) {
        let accent = self.accent;
        self.canvas.artifact(|canvas| {
            canvas.fill([left, top, right, bottom], 0, accent);
            canvas.fill([left, bottom - 6 * PT, right, bottom], 0, accent.tint(45));
        });
    }

    /// The logo, or the company's name where there is none.
    fn mark(&mut self, [left, top, right, bottom]: Area) -> Result<(), PackError> {
        let Some(logo) = &self.plan.logo else {
            let style = Style::new(Face::SemiBold, 17 * PT, self.accent);
            let name = self.fonts.wrap(&[Span::new(self.plan.company.as_str(), style)], right - left);
            let node = self.element(Role::Paragraph);
            self.still_lines(node, &name, left, top + 14 * PT, 22 * PT);
            return Ok(());
        };
        let picture = crate::picture::Picture::read(&logo.png)?;
        let (across, down) = (i64::from(picture.width.max(1)), i64::from(picture.height.max(1)));
        let (room, depth) = (i64::from((right - left).min(220 * PT)), i64::from(bottom - top));
        // As large as the place allows, in its own proportions.
        let (width, height) = if across * depth > room * down {
            (room, room * down / across)
        } else {
            (depth * across / down, depth)
        };
        let (width, height) = (Mp::try_from(width).unwrap_or(PT), Mp::try_from(height).unwrap_or(PT));
        let area = [left, top, left + width.max(PT), top + height.max(PT)];
        let figure = self.element(Role::Figure);
        let node = &mut self.canvas.tree.nodes[figure];
        node.alt = Some(logo.alt.clone());
        node.area = Some(area);
        self.canvas.tagged(figure, |canvas| canvas.logo(area));
        Ok(())
    }

    /// Title and subtitle in the middle of the panel's height.
    fn title_block(&mut self, [left, top, right, bottom]: Area, centred: bool) {
        let room = right - left;
        let mut size = if centred { 36 * PT } else { 34 * PT };
        let title = loop {
            let style = Style::new(Face::Bold, size, WHITE);
            let lines = self.fonts.wrap(&[Span::new(self.plan.title.as_str(), style)], room);
            if super::blocks::height(&lines, size * 120 / 100) <= (bottom - top) * 6 / 10 || size < 14 * PT {
                break lines;
            }
            size = size * 9 / 10;
        };
        let leading = size * 120 / 100;
        let style = Style::new(Face::Regular, 16 * PT, WHITE);
        let subtitle = self.fonts.wrap(&[Span::new(self.plan.subtitle.as_str(), style)], room);
        let height =
            super::blocks::height(&title, leading) + 12 * PT + super::blocks::height(&subtitle, 22 * PT);
        let mut y = (top + (bottom - top - height) / 2).max(top);
        self.y = y + 14 * PT;
        self.bookmark(&self.plan.title.clone(), 1);
        let node = self.element(Role::Heading(1));
        self.still_lines(node, &title, left, y, leading);
        y += super::blocks::height(&title, leading) + 12 * PT;
        let node = self.element(Role::Paragraph);
        self.still_lines(node, &subtitle, left, y, 22 * PT);
        self.y = bottom + 24 * PT;
        if centred {
            self.y = 132 * PT;
        }
    }

    /// The facts at the foot of the cover, or below the title where that is lower.
    fn cover_facts(&mut self, facts: &[(String, String)]) {
        let label = Style::new(Face::Medium, 9 * PT, QUIET);
        let value = Style::new(Face::Medium, 10 * PT, INK);
        let indent = if self.is_wide() { 104 * PT } else { 132 * PT };
        let width = self.width();
        let rows: Vec<(Vec<Line>, Vec<Line>)> = facts
            .iter()
            .map(|(name, words)| {
                let name = self.fonts.wrap(&[Span::new(name.as_str(), label)], indent - 12 * PT);
                (name, self.fonts.wrap(&[Span::new(words.as_str(), value)], width - indent))
            })
            .collect();
        let height = |row: &(Vec<Line>, Vec<Line>)| {
            14 * PT * Mp::try_from(row.0.len().max(row.1.len())).unwrap_or(1) + 12 * PT
        };
        let total: Mp = rows.iter().map(height).sum();
        self.y = (self.canvas.size.1 - 52 * PT - total).max(self.y);
        let table = self.element(Role::Table);
        for row in &rows {
            if self.y + height(row) > self.canvas.size.1 - 40 * PT {
                self.turn();
            }
            let (y, left, right) = (self.y, self.left, self.right);
            self.canvas.artifact(|canvas| canvas.rule(left, right, y, HAIRLINE, PT / 2));
            let line = self.canvas.tree.add(table, Role::Row);
            let name = self.canvas.tree.add(line, Role::RowHeader);
            self.still_lines(name, &row.0, left, y + 6 * PT, 14 * PT);
            let words = self.canvas.tree.add(line, Role::Cell);
            self.still_lines(words, &row.1, left + indent, y + 6 * PT, 14 * PT);
            self.y += height(row);
        }
    }
}
