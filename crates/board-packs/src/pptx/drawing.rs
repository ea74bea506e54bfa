//! Shapes of a slide: text boxes, cards, tables, chart frames and the watermark. Decides no positions.

use crate::text::{Mp, Rgb};
use crate::xml::escape;

/// Body text.
pub(super) const INK: &str = "1E293B";
/// Labels.
pub(super) const QUIET: &str = "525F73";
/// Rules and borders.
pub(super) const HAIRLINE: &str = "D5DBE3";

/// A rectangle of a slide: left, top, width, height.
pub(super) type Frame = [Mp; 4];

/// English Metric Units: 12,700 to the point.
pub(super) fn emu(length: Mp) -> i64 {
    i64::from(length) * 127 / 10
}

/// How words look.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Look {
    /// Hundredths of a point.
    pub(super) size: i32,
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) colour: String,
    pub(super) raised: bool,
}

impl Look {
    pub(super) fn new(points: i32, colour: &str) -> Self {
        Self { size: points * 100, bold: false, italic: false, colour: colour.into(), raised: false }
    }

    pub(super) fn bold(self) -> Self {
        Self { bold: true, ..self }
    }
}

/// What stands before a paragraph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mark {
    #[default]
    None,
    Bullet,
    /// Numbered from here.
    Number(usize),
}

/// A paragraph of words.
#[derive(Clone, Debug, Default)]
pub(super) struct Paragraph {
    pub(super) runs: Vec<(String, Look)>,
    pub(super) mark: Mark,
    /// Points below.
    pub(super) after: i32,
    pub(super) right: bool,
    /// Relationship of the slide that a click leads to.
    pub(super) link: Option<String>,
}

impl Paragraph {
    pub(super) fn new(words: impl Into<String>, look: Look) -> Self {
        Self { runs: vec![(words.into(), look)], ..Self::default() }
    }

    pub(super) fn after(self, after: i32) -> Self {
        Self { after, ..self }
    }
}

/// The language and accent that all shapes of a deck share, and the count of shapes on the slide.
pub(super) struct Pen<'a> {
    pub(super) language: &'a str,
    pub(super) accent: Rgb,
    next: u32,
}

impl<'a> Pen<'a> {
    pub(super) fn new(language: &'a str, accent: Rgb) -> Self {
        // 1 is the slide's own group.
        Self { language, accent, next: 2 }
    }

    fn id(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    /// The slide's title, in the layout's placeholder.
    pub(super) fn title(&mut self, words: &str) -> String {
        format!(
            "<p:sp><p:nvSpPr><p:cNvPr id=\"{}\" name=\"Title\"/><p:cNvSpPr><a:spLocks noGrp=\"1\"/></p:cNvSpPr><p:nvPr>\
             <p:ph type=\"title\"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:r><a:rPr \
             lang=\"{}\"/><a:t>{}</a:t></a:r></a:p></p:txBody></p:sp>",
            self.id(),
            self.language,
            escape(words)
        )
    }

    /// Footer text or slide number, in the layout's placeholder.
    pub(super) fn footer(&mut self, words: &str, number: usize) -> String {
        // Said again here although the layout says it: not every program inherits footers.
        let look = format!(
            "<a:rPr lang=\"{}\" sz=\"900\"><a:solidFill><a:srgbClr val=\"{QUIET}\"/></a:solidFill><a:latin \
             typeface=\"+mn-lt\"/></a:rPr>",
            self.language
        );
        format!(
            "<p:sp><p:nvSpPr><p:cNvPr id=\"{}\" name=\"Footer\"/><p:cNvSpPr><a:spLocks noGrp=\"1\"/></p:cNvSpPr><p:nvPr>\
             <p:ph type=\"ftr\" sz=\"quarter\" idx=\"11\"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/>\
             <a:p><a:pPr algn=\"l\"/><a:r>{look}<a:t>{}</a:t></a:r></a:p></p:txBody></p:sp>\
             <p:sp><p:nvSpPr><p:cNvPr id=\"{}\" name=\"Slide number\"/><p:cNvSpPr><a:spLocks noGrp=\"1\"/></p:cNvSpPr>\
             <p:nvPr><p:ph type=\"sldNum\" sz=\"quarter\" idx=\"12\"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/>\
             <a:lstStyle/><a:p><a:pPr algn=\"r\"/><a:fld id=\"{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}\" type=\"slidenum\">\
             {look}<a:t>{number}</a:t></a:fld></a:p></p:txBody></p:sp>",
            self.id(),
            escape(words),
            self.id(),
        )
    }

    /// A box of paragraphs.
    pub(super) fn text(&mut self, name: &str, frame: Frame, paragraphs: &[Paragraph]) -> String {
        let id = self.id();
        format!(
            "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{} {id}\"/><p:cNvSpPr txBox=\"1\"/><p:nvPr/></p:nvSpPr><p:spPr>{}\
             <a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom><a:noFill/></p:spPr><p:txBody><a:bodyPr wrap=\"square\" \
             lIns=\"0\" tIns=\"0\" rIns=\"0\" bIns=\"0\" rtlCol=\"0\"><a:noAutofit/></a:bodyPr><a:lstStyle/>{}</p:txBody>\
             </p:sp>",
            escape(name),
            transform(frame, "a", 0),
            self.paragraphs(paragraphs)
        )
    }

    /// A figure's card.
    pub(super) fn card(&mut self, name: &str, frame: Frame, paragraphs: &[Paragraph]) -> String {
        let id = self.id();
        format!(
            "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{}\"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr>{}<a:prstGeom \
             prst=\"roundRect\"><a:avLst><a:gd name=\"adj\" fmla=\"val 6000\"/></a:avLst></a:prstGeom><a:solidFill>\
             <a:srgbClr val=\"F6F8FB\"/></a:solidFill><a:ln w=\"6350\"><a:solidFill><a:srgbClr val=\"{HAIRLINE}\"/>\
             </a:solidFill></a:ln></p:spPr><p:txBody><a:bodyPr wrap=\"square\" lIns=\"127000\" tIns=\"101600\" \
             rIns=\"101600\" bIns=\"76200\" anchor=\"t\"><a:noAutofit/></a:bodyPr><a:lstStyle/>{}</p:txBody></p:sp>",
            escape(name),
            transform(frame, "a", 0),
            self.paragraphs(paragraphs)
        )
    }

    /// A filled bar of the accent colour, for the eye only.
    pub(super) fn bar(&mut self, frame: Frame) -> String {
        let id = self.id();
        format!(
            "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"Accent {id}\">{DECORATIVE}</p:cNvPr><p:cNvSpPr/><p:nvPr/>\
             </p:nvSpPr><p:spPr>{}<a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom><a:solidFill><a:schemeClr \
             val=\"accent1\"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr></p:sp>",
            transform(frame, "a", 0)
        )
    }

    /// A chart by its relationship, with words for who cannot see it.
    pub(super) fn chart(&mut self, title: &str, alt: &str, frame: Frame, relation: &str) -> String {
        let id = self.id();
        format!(
            "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id=\"{id}\" name=\"{}\" descr=\"{}\"/><p:cNvGraphicFramePr>\
             <a:graphicFrameLocks noGrp=\"1\"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>{}<a:graphic>\
             <a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/chart\"><c:chart \
             xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\" r:id=\"{relation}\"/></a:graphicData>\
             </a:graphic></p:graphicFrame>",
            escape(if title.is_empty() { "Chart" } else { title }),
            escape(alt),
            transform(frame, "p", 0)
        )
    }

    /// A table: column widths, then rows of (height, cells); the first row is the header.
    pub(super) fn table(
        &mut self,
        name: &str,
        [left, top, width, _]: Frame,
        columns: &[Mp],
        rows: &[(Mp, Vec<Paragraph>)],
    ) -> String {
        let id = self.id();
        let height: Mp = rows.iter().map(|(height, _)| height).sum();
        let grid: String =
            columns.iter().map(|width| format!("<a:gridCol w=\"{}\"/>", emu(*width))).collect();
        let mut body = String::new();
        for (index, (height, cells)) in rows.iter().enumerate() {
            body.push_str(&format!("<a:tr h=\"{}\">", emu(*height)));
            for cell in cells {
                let (fill, line, width) = if index == 0 {
                    (
                        format!(
                            "<a:solidFill><a:srgbClr val=\"{}\"/></a:solidFill>",
                            self.accent.tint(9).hex()
                        ),
                        self.accent.hex(),
                        9525,
                    )
                } else {
                    ("<a:noFill/>".to_owned(), HAIRLINE.to_owned(), 6350)
                };
                let none = |side: &str| format!("<a:{side} w=\"0\"><a:noFill/></a:{side}>");
                body.push_str(&format!(
                    "<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>{}</a:txBody><a:tcPr marL=\"76200\" marR=\"76200\" \
                     marT=\"45720\" marB=\"45720\" anchor=\"{}\">{}{}{}<a:lnB w=\"{width}\"><a:solidFill><a:srgbClr \
                     val=\"{line}\"/></a:solidFill></a:lnB>{fill}</a:tcPr></a:tc>",
                    self.paragraphs(std::slice::from_ref(cell)),
                    if index == 0 { "b" } else { "t" },
                    none("lnL"),
                    none("lnR"),
                    none("lnT"),
                ));
            }
            body.push_str("</a:tr>");
        }
        format!(
            "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id=\"{id}\" name=\"{}\"/><p:cNvGraphicFramePr>\
             <a:graphicFrameLocks noGrp=\"1\"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>{}<a:graphic>\
             <a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/table\"><a:tbl><a:tblPr firstRow=\"1\"/>\
             <a:tblGrid>{grid}</a:tblGrid>{body}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>",
            escape(if name.is_empty() { "Table" } else { name }),
            transform([left, top, width, height], "p", 0)
        )
    }

    /// The watermark, over everything else on the slide. `turn` is in degrees, clockwise.
    pub(super) fn watermark(
        &mut self,
        frame: Frame,
        turn: i32,
        lines: &[String],
        look: &Look,
        alpha: u32,
        align: &str,
    ) -> String {
        let paragraphs: String = lines
            .iter()
            .map(|line| {
                format!(
                    "<a:p><a:pPr algn=\"{align}\"/><a:r><a:rPr lang=\"{}\" sz=\"{}\" b=\"1\"><a:solidFill><a:srgbClr \
                     val=\"{}\"><a:alpha val=\"{}\"/></a:srgbClr></a:solidFill></a:rPr><a:t>{}</a:t></a:r></a:p>",
                    self.language,
                    look.size,
                    look.colour,
                    alpha * 1000,
                    escape(line)
                )
            })
            .collect();
        format!(
            "<p:sp><p:nvSpPr><p:cNvPr id=\"{}\" name=\"{WATERMARK}\">{DECORATIVE}</p:cNvPr><p:cNvSpPr txBox=\"1\"/><p:nvPr \
             userDrawn=\"1\"/></p:nvSpPr><p:spPr>{}<a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom><a:noFill/></p:spPr>\
             <p:txBody><a:bodyPr wrap=\"none\" lIns=\"0\" tIns=\"0\" rIns=\"0\" bIns=\"0\" anchor=\"ctr\"><a:noAutofit/>\
             </a:bodyPr><a:lstStyle/>{paragraphs}</p:txBody></p:sp>",
            self.id(),
            transform(frame, "a", turn)
        )
    }

    fn paragraphs(&self, paragraphs: &[Paragraph]) -> String {
        let mut xml = String::new();
        for paragraph in paragraphs {
            let indent = match paragraph.mark {
                Mark::None => "",
                Mark::Bullet | Mark::Number(_) => " marL=\"254000\" indent=\"-254000\"",
            };
            let align = if paragraph.right { " algn=\"r\"" } else { "" };
            xml.push_str(&format!("<a:p><a:pPr{indent}{align}>"));
            xml.push_str(&format!("<a:spcAft><a:spcPts val=\"{}\"/></a:spcAft>", paragraph.after * 100));
            match paragraph.mark {
                Mark::None => xml.push_str("<a:buNone/>"),
                Mark::Bullet => xml.push_str("<a:buFont typeface=\"Arial\"/><a:buChar char=\"•\"/>"),
                Mark::Number(start) => xml.push_str(&format!(
                    "<a:buFont typeface=\"+mj-lt\"/><a:buAutoNum type=\"arabicPeriod\" startAt=\"{start}\"/>"
                )),
            }
            xml.push_str("</a:pPr>");
            for (words, look) in &paragraph.runs {
                for (index, line) in words.split('\n').enumerate() {
                    if index > 0 {
                        xml.push_str("<a:br/>");
                    }
                    if !line.is_empty() {
                        xml.push_str(&self.run(line, look, paragraph.link.as_deref()));
                    }
                }
            }
            xml.push_str("</a:p>");
        }
        xml
    }

    fn run(&self, words: &str, look: &Look, link: Option<&str>) -> String {
        let raised = if look.raised { " baseline=\"30000\"" } else { "" };
        let link = link.map_or_else(String::new, |id| {
            format!("<a:hlinkClick r:id=\"{id}\" action=\"ppaction://hlinksldjump\"/>")
        });
        format!(
            "<a:r><a:rPr lang=\"{}\" sz=\"{}\" b=\"{}\" i=\"{}\"{raised}><a:solidFill><a:srgbClr val=\"{}\"/></a:solidFill>\
             {link}</a:rPr><a:t>{}</a:t></a:r>",
            self.language,
            look.size,
            u8::from(look.bold),
            u8::from(look.italic),
            look.colour,
            escape(&crate::text::clean(words))
        )
    }
}

/// Name of the watermark's shape, by which it is found again.
pub(super) const WATERMARK: &str = "Watermark";

/// Tells screen readers to pass over a shape.
const DECORATIVE: &str = "<a:extLst><a:ext uri=\"{C183D7F6-B498-43B3-948B-1728B52AA6E4}\"><adec:decorative \
    xmlns:adec=\"http://schemas.microsoft.com/office/drawing/2017/decorative\" val=\"1\"/></a:ext></a:extLst>";

fn transform([left, top, width, height]: Frame, space: &str, turn: i32) -> String {
    // Sixtieths of a thousandth of a degree, never negative.
    let turn = i64::from(turn.rem_euclid(360)) * 60_000;
    let turn = if turn == 0 { String::new() } else { format!(" rot=\"{turn}\"") };
    format!(
        "<{space}:xfrm{turn}><a:off x=\"{}\" y=\"{}\"/><a:ext cx=\"{}\" cy=\"{}\"/></{space}:xfrm>",
        emu(left),
        emu(top),
        emu(width),
        emu(height)
    )
}
