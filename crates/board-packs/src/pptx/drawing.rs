//! Shapes of a slide as XML: text boxes, cards, pictures, chart frames and the watermark. Decides no positions.

use std::fmt::Write as _;

use super::ink::Ink;
use super::metrics::{self, LINE, Words};
use super::package::Relations;
use crate::text::{Mp, PT};
use crate::xml::escape;

/// A rectangle of a slide: left, top, width, height.
pub(super) type Frame = [Mp; 4];

/// English Metric Units: 12,700 to the point.
pub(super) fn emu(length: Mp) -> i64 {
    i64::from(length) * 127 / 10
}

/// How words look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    /// Hundredths of a point.
    pub(super) size: i32,
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) ink: Ink,
    pub(super) raised: bool,
}

impl Look {
    pub(super) fn new(points: i32, ink: Ink) -> Self {
        Self { size: points * 100, bold: false, italic: false, ink, raised: false }
    }

    pub(super) fn bold(self) -> Self {
        Self { bold: true, ..self }
    }
}

/// Where a click leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// A section of the deck, by its place among them.
    Section(usize),
    /// The slide with this evidence item.
    Evidence(u32),
}

/// Words of one look.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
    pub(super) words: String,
    pub(super) look: Look,
    pub(super) link: Option<Link>,
    /// Language tag where it is not the slide's.
    pub(super) language: Option<&'static str>,
}

/// What stands before a paragraph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mark {
    #[default]
    None,
    Bullet,
    /// Numbered from here.
    Number(usize),
    /// The rest of an item that began elsewhere: indented, without a mark.
    Rest,
}

/// A paragraph of words.
#[derive(Clone, Debug, Default)]
pub(super) struct Paragraph {
    pub(super) runs: Vec<Run>,
    pub(super) mark: Mark,
    /// How many lists it is inside of, beyond the first.
    pub(super) level: i32,
    /// Space above and below.
    pub(super) before: Mp,
    pub(super) after: Mp,
    pub(super) right: bool,
    pub(super) centred: bool,
    /// Distance of lines in percent of the face's own; 0 for that.
    pub(super) leading: Mp,
    /// It stays with the paragraph after it.
    pub(super) heading: bool,
}

impl Paragraph {
    pub(super) fn new(words: impl Into<String>, look: Look) -> Self {
        let run = Run { words: words.into(), look, link: None, language: None };
        Self { runs: vec![run], ..Self::default() }
    }

    pub(super) fn after(self, points: i32) -> Self {
        Self { after: points * PT, ..self }
    }

    fn indent(&self) -> Mp {
        if self.mark == Mark::None { 0 } else { INDENT * (self.level + 1) }
    }

    /// Height of one of its lines.
    pub(super) fn line(&self) -> Mp {
        let size = self.runs.iter().filter(|run| !run.look.raised).map(|run| run.look.size).max();
        let leading = if self.leading == 0 { 100 } else { self.leading };
        size.unwrap_or(1200) * 10 * LINE / 100 * leading / 100
    }

    /// Its height at a width.
    pub(super) fn height(&self, width: Mp) -> Mp {
        metrics::lines(&self.words(), width - self.indent()) * self.line() + self.before + self.after
    }

    fn words(&self) -> Vec<Words<'_>> {
        let words = |run: &'_ Run| {
            // Raised words are set at two thirds.
            let size = if run.look.raised { run.look.size * 20 / 3 } else { run.look.size * 10 };
            (size, run.look.bold)
        };
        self.runs
            .iter()
            .map(|run| {
                let (size, bold) = words(run);
                Words { text: &run.words, size, bold }
            })
            .collect()
    }

    /// Cuts it after so many lines of a width; `None` for the rest where it fits.
    pub(super) fn cut(self, width: Mp, lines: Mp) -> (Self, Option<Self>) {
        let Some((index, byte)) = metrics::cut(&self.words(), width - self.indent(), lines) else {
            return (self, None);
        };
        let mut rest = Self { runs: Vec::new(), before: 0, ..self.clone() };
        if rest.mark != Mark::None {
            rest.mark = Mark::Rest;
        }
        let mut first = Self { after: 0, ..self };
        rest.runs = first.runs.split_off(index);
        let mut torn = rest.runs[0].clone();
        rest.runs[0].words = torn.words.split_off(byte);
        if !torn.words.is_empty() {
            first.runs.push(torn);
        }
        (first, Some(rest))
    }
}

/// Indent of a list.
const INDENT: Mp = 18 * PT;

/// Where links lead: first slides of sections, and slides of evidence items, counted from 0.
#[derive(Debug, Default)]
pub(super) struct Targets {
    pub(super) sections: Vec<usize>,
    pub(super) evidence: std::collections::BTreeMap<u32, usize>,
}

/// Draws the shapes of one slide: numbers them, and gathers its relationships.
pub(super) struct Pen<'a> {
    pub(super) language: &'a str,
    pub(super) relations: Relations,
    targets: &'a Targets,
    next: u32,
}

impl<'a> Pen<'a> {
    pub(super) fn new(language: &'a str, targets: &'a Targets, relations: Relations) -> Self {
        // 1 is the slide's own group.
        Self { language, relations, targets, next: 2 }
    }

    pub(super) fn id(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    /// Words in a placeholder of the layout, which decides place and look; `size` where they had to shrink.
    pub(super) fn placeholder(&mut self, name: &str, kind: &str, words: &str, size: Option<i32>) -> String {
        let size = size.map_or_else(String::new, |size| format!(" sz=\"{}\"", size * 100));
        format!(
            "<p:sp><p:nvSpPr><p:cNvPr id=\"{}\" name=\"{name}\"/><p:cNvSpPr><a:spLocks noGrp=\"1\"/></p:cNvSpPr><p:nvPr>\
             <p:ph {kind}/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr><a:normAutofit/></a:bodyPr><a:lstStyle/><a:p>\
             <a:r><a:rPr lang=\"{}\"{size}/><a:t>{}</a:t></a:r></a:p></p:txBody></p:sp>",
            self.id(),
            self.language,
            escape(&one_line(words))
        )
    }

    /// Footer and slide number, in the layout's placeholders.
    pub(super) fn footer(&mut self, words: &str, number: usize) -> String {
        // Said again here although the layout says it: not every program inherits footers.
        let look = format!(
            "<a:rPr lang=\"{}\" sz=\"900\">{}<a:latin typeface=\"+mn-lt\"/></a:rPr>",
            self.language,
            Ink::Quiet.fill()
        );
        format!(
            "<p:sp><p:nvSpPr><p:cNvPr id=\"{}\" name=\"Footer\"/><p:cNvSpPr><a:spLocks noGrp=\"1\"/></p:cNvSpPr><p:nvPr>\
             <p:ph type=\"ftr\" sz=\"quarter\" idx=\"11\"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/>\
             <a:p><a:r>{look}<a:t>{}</a:t></a:r></a:p></p:txBody></p:sp>\
             <p:sp><p:nvSpPr><p:cNvPr id=\"{}\" name=\"Slide number\"/><p:cNvSpPr><a:spLocks noGrp=\"1\"/></p:cNvSpPr>\
             <p:nvPr><p:ph type=\"sldNum\" sz=\"quarter\" idx=\"12\"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/>\
             <a:lstStyle/><a:p><a:pPr algn=\"r\"/><a:fld id=\"{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}\" type=\"slidenum\">\
             {look}<a:t>{number}</a:t></a:fld></a:p></p:txBody></p:sp>",
            self.id(),
            escape(&one_line(words)),
            self.id(),
        )
    }

    /// A box of paragraphs; a click on it may lead elsewhere. Its words were measured: no program is asked to shrink them,
    /// since each would do so to another size.
    pub(super) fn text(
        &mut self,
        name: &str,
        frame: Frame,
        paragraphs: &[Paragraph],
        link: Option<Link>,
    ) -> String {
        let id = self.id();
        let click = link.and_then(|link| self.click(link)).unwrap_or_default();
        format!(
            "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{} {id}\">{click}</p:cNvPr><p:cNvSpPr txBox=\"1\"/><p:nvPr/>\
             </p:nvSpPr><p:spPr>{}{RECTANGLE}<a:noFill/></p:spPr><p:txBody><a:bodyPr wrap=\"square\" lIns=\"0\" tIns=\"0\" \
             rIns=\"0\" bIns=\"0\" rtlCol=\"0\"><a:noAutofit/></a:bodyPr><a:lstStyle/>{}</p:txBody></p:sp>",
            escape(name),
            transform(frame, "a", ""),
            self.paragraphs(paragraphs)
        )
    }

    /// A figure's card. Its ground lets the watermark through.
    pub(super) fn card(&mut self, name: &str, frame: Frame, paragraphs: &[Paragraph]) -> String {
        let id = self.id();
        format!(
            "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{} {id}\"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr>{}<a:prstGeom \
             prst=\"roundRect\"><a:avLst><a:gd name=\"adj\" fmla=\"val 5000\"/></a:avLst></a:prstGeom>{}<a:ln w=\"6350\">{}\
             </a:ln></p:spPr><p:txBody><a:bodyPr wrap=\"square\" lIns=\"{inset}\" tIns=\"{inset}\" rIns=\"{inset}\" \
             bIns=\"{inset}\" anchor=\"t\"><a:noAutofit/></a:bodyPr><a:lstStyle/>{}</p:txBody></p:sp>",
            escape(&one_line(name)),
            transform(frame, "a", ""),
            Ink::Card.glass(60),
            Ink::Hairline.fill(),
            self.paragraphs(paragraphs),
            inset = emu(CARD_INSET)
        )
    }

    /// A filled bar, for the eye only.
    pub(super) fn bar(&mut self, frame: Frame, ink: Ink) -> String {
        let id = self.id();
        format!(
            "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"Accent {id}\">{DECORATIVE}</p:cNvPr><p:cNvSpPr/><p:nvPr/>\
             </p:nvSpPr><p:spPr>{}{RECTANGLE}{}<a:ln><a:noFill/></a:ln></p:spPr></p:sp>",
            transform(frame, "a", ""),
            ink.fill()
        )
    }

    /// A picture by its part's name as seen from the slide.
    pub(super) fn picture(&mut self, name: &str, alt: &str, frame: Frame, part: &str) -> String {
        let id = self.id();
        let relation = self.relations.add("image", part);
        format!(
            "<p:pic><p:nvPicPr><p:cNvPr id=\"{id}\" name=\"{name} {id}\" descr=\"{}\"/><p:cNvPicPr><a:picLocks \
             noChangeAspect=\"1\"/></p:cNvPicPr><p:nvPr/></p:nvPicPr><p:blipFill><a:blip r:embed=\"{relation}\"/><a:stretch>\
             <a:fillRect/></a:stretch></p:blipFill><p:spPr>{}{RECTANGLE}</p:spPr></p:pic>",
            escape(&one_line(alt)),
            transform(frame, "a", "")
        )
    }

    /// A chart by its part's name as seen from the slide, with words for who cannot see it.
    pub(super) fn chart(&mut self, title: &str, alt: &str, frame: Frame, part: &str) -> String {
        let id = self.id();
        let relation = self.relations.add("chart", part);
        let title = if title.trim().is_empty() { "Chart" } else { title };
        format!(
            "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id=\"{id}\" name=\"{} {id}\" descr=\"{}\"/><p:cNvGraphicFramePr>\
             <a:graphicFrameLocks noGrp=\"1\"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>{}<a:graphic>\
             <a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/chart\"><c:chart \
             xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\" r:id=\"{relation}\"/></a:graphicData>\
             </a:graphic></p:graphicFrame>",
            escape(&one_line(title)),
            escape(&one_line(alt)),
            transform(frame, "p", "")
        )
    }

    pub(super) fn paragraphs(&mut self, paragraphs: &[Paragraph]) -> String {
        let mut xml = String::new();
        for paragraph in paragraphs {
            self.paragraph(paragraph, &mut xml);
        }
        xml
    }

    fn paragraph(&mut self, paragraph: &Paragraph, xml: &mut String) {
        let (hang, margin) = (emu(INDENT), emu(paragraph.indent()));
        let level = if paragraph.level > 0 { format!(" lvl=\"{}\"", paragraph.level) } else { String::new() };
        let indent = match paragraph.mark {
            Mark::None => String::new(),
            Mark::Bullet | Mark::Number(_) => format!(" marL=\"{margin}\" indent=\"-{hang}\""),
            Mark::Rest => format!(" marL=\"{margin}\" indent=\"0\""),
        };
        let align = match (paragraph.right, paragraph.centred) {
            (true, _) => " algn=\"r\"",
            (_, true) => " algn=\"ctr\"",
            _ => "",
        };
        let _ = write!(xml, "<a:p><a:pPr{indent}{level}{align}>");
        if paragraph.leading != 0 {
            let _ = write!(xml, "<a:lnSpc><a:spcPct val=\"{}\"/></a:lnSpc>", paragraph.leading * 1000);
        }
        let space =
            |kind: &str, length: Mp| format!("<a:{kind}><a:spcPts val=\"{}\"/></a:{kind}>", length / 10);
        xml.push_str(&space("spcBef", paragraph.before));
        xml.push_str(&space("spcAft", paragraph.after));
        match paragraph.mark {
            Mark::None | Mark::Rest => xml.push_str("<a:buNone/>"),
            Mark::Bullet => {
                let sign = if paragraph.level > 0 { '–' } else { '•' };
                let _ = write!(xml, "<a:buFont typeface=\"Arial\"/><a:buChar char=\"{sign}\"/>");
            }
            Mark::Number(start) => {
                let kind = if paragraph.level > 0 { "alphaLcParenR" } else { "arabicPeriod" };
                let _ = write!(
                    xml,
                    "<a:buFont typeface=\"+mj-lt\"/><a:buAutoNum type=\"{kind}\" startAt=\"{start}\"/>"
                );
            }
        }
        xml.push_str("</a:pPr>");
        for run in &paragraph.runs {
            let words = crate::text::clean(&run.words);
            for (index, line) in words.split('\n').enumerate() {
                if index > 0 {
                    xml.push_str("<a:br/>");
                }
                if !line.is_empty() {
                    self.run(line, run, xml);
                }
            }
        }
        if paragraph.runs.iter().all(|run| run.words.trim().is_empty()) {
            // An empty line would else be as high as the program's own type.
            let size = paragraph.runs.first().map_or(1000, |run| run.look.size);
            let _ = write!(xml, "<a:endParaRPr lang=\"{}\" sz=\"{size}\"/>", self.language);
        }
        xml.push_str("</a:p>");
    }

    fn run(&mut self, words: &str, run: &Run, xml: &mut String) {
        let Look { size, bold, italic, ink, raised } = run.look;
        let language = run.language.unwrap_or(self.language);
        let _ = write!(xml, "<a:r><a:rPr lang=\"{language}\" sz=\"{size}\"");
        for (is, attribute) in [(bold, " b=\"1\""), (italic, " i=\"1\""), (raised, " baseline=\"30000\"")] {
            if is {
                xml.push_str(attribute);
            }
        }
        xml.push('>');
        xml.push_str(&ink.fill());
        if let Some(click) = run.link.and_then(|link| self.click(link)) {
            xml.push_str(&click);
        }
        let _ = write!(xml, "</a:rPr><a:t>{}</a:t></a:r>", escape(words));
    }

    /// What makes a shape or a run lead to another slide; `None` where that slide is not in the deck.
    fn click(&mut self, link: Link) -> Option<String> {
        let slide = match link {
            Link::Section(index) => *self.targets.sections.get(index)?,
            Link::Evidence(number) => *self.targets.evidence.get(&number)?,
        };
        let relation = self.relations.add("slide", format!("slide{}.xml", slide + 1));
        Some(format!("<a:hlinkClick r:id=\"{relation}\" action=\"ppaction://hlinksldjump\"/>"))
    }
}

/// The watermark as a shape of the master; `turn` is in degrees, clockwise, `opacity` in percent.
pub(super) fn watermark(
    (id, language): (u32, &str),
    frame: Frame,
    turn: i32,
    lines: &[String],
    look: Look,
    opacity: u32,
    align: &str,
) -> String {
    let paragraphs: String = lines
        .iter()
        .map(|line| {
            format!(
                "<a:p><a:pPr algn=\"{align}\"/><a:r><a:rPr lang=\"{language}\" sz=\"{}\" b=\"1\">{}</a:rPr><a:t>{}</a:t>\
                 </a:r></a:p>",
                look.size,
                look.ink.glass(opacity),
                escape(line)
            )
        })
        .collect();
    // Sixtieths of a thousandth of a degree, never negative.
    let turn = i64::from(turn.rem_euclid(360)) * 60_000;
    let turn = if turn == 0 { String::new() } else { format!(" rot=\"{turn}\"") };
    format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{WATERMARK}\">{DECORATIVE}</p:cNvPr><p:cNvSpPr txBox=\"1\"/><p:nvPr \
         userDrawn=\"1\"/></p:nvSpPr><p:spPr>{}{RECTANGLE}<a:noFill/></p:spPr><p:txBody><a:bodyPr wrap=\"none\" lIns=\"0\" \
         tIns=\"0\" rIns=\"0\" bIns=\"0\" anchor=\"ctr\"><a:noAutofit/></a:bodyPr><a:lstStyle/>{paragraphs}</p:txBody></p:sp>",
        transform(frame, "a", &turn)
    )
}

/// Inner margin of a card.
pub(super) const CARD_INSET: Mp = 10 * PT;

/// Name of the watermark's shape, by which it is found again.
pub(super) const WATERMARK: &str = "Watermark";

pub(super) const RECTANGLE: &str = "<a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom>";

/// Tells screen readers to pass over a shape.
pub(super) const DECORATIVE: &str = "<a:extLst><a:ext uri=\"{C183D7F6-B498-43B3-948B-1728B52AA6E4}\"><adec:decorative \
    xmlns:adec=\"http://schemas.microsoft.com/office/drawing/2017/decorative\" val=\"1\"/></a:ext></a:extLst>";

/// Words without line feeds and without what has no shape.
pub(super) fn one_line(words: &str) -> String {
    crate::text::clean(words).replace('\n', " ")
}

/// Place and size; `space` is the namespace of the element, `more` its further attributes.
pub(super) fn transform([left, top, width, height]: Frame, space: &str, more: &str) -> String {
    format!(
        "<{space}:xfrm{more}><a:off x=\"{}\" y=\"{}\"/><a:ext cx=\"{}\" cy=\"{}\"/></{space}:xfrm>",
        emu(left),
        emu(top),
        emu(width),
        emu(height)
    )
}
