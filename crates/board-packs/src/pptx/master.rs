//! The master with the watermark, its layouts, and the frame of a slide. Not what stands on a slide.

use board_domain::WatermarkPosition;

use super::deck::{BODY, BOTTOM, HEIGHT, LEFT, TOP, WIDTH};
use super::drawing::{self, DECORATIVE, Frame, Look, RECTANGLE, transform};
use super::ink::Ink;
use super::metrics;
use super::package::{Package, Relations};
use super::parts::{GROUP, MAP, SPACES, XML, kind};
use crate::text::{Mp, PT, Rgb};
use crate::{PackPlan, Stamp};

/// Boxes of the titles.
pub(super) const TITLE: Frame = [48 * PT, 34 * PT, 864 * PT, 54 * PT];
pub(super) const COVER_TITLE: Frame = [72 * PT, 152 * PT, 800 * PT, 104 * PT];
pub(super) const COVER_SUBTITLE: Frame = [72 * PT, 264 * PT, 800 * PT, 52 * PT];
const FOOTER: Frame = [48 * PT, 506 * PT, 760 * PT, 22 * PT];
const NUMBER: Frame = [832 * PT, 506 * PT, 80 * PT, 22 * PT];
/// Sizes of the titles in points.
pub(super) const TITLE_SIZE: i32 = 26;
pub(super) const COVER_SIZE: i32 = 40;

/// Adds master and layouts.
pub(super) fn add(package: &mut Package, plan: &PackPlan) {
    let layouts = [
        ("Cover", "title", cover_layout()),
        ("Title and content", "titleOnly", title(2, TITLE, "") + &bar() + &rule() + &furniture()),
        ("Title and text", "obj", title(2, TITLE, "") + &body(3) + &bar() + &rule() + &furniture()),
    ];
    let mut relations = Relations::default();
    let mut list = String::new();
    for (number, (name, kind, shapes)) in (1_u64..).zip(&layouts) {
        let id = relations.add("slideLayout", format!("../slideLayouts/slideLayout{number}.xml"));
        list.push_str(&format!("<p:sldLayoutId id=\"{}\" r:id=\"{id}\"/>", 2_147_483_648 + number));
        let part = format!("ppt/slideLayouts/slideLayout{number}.xml");
        package.add(
            &part,
            kind!("presentationml.slideLayout"),
            format!(
                "{XML}<p:sldLayout {SPACES} type=\"{kind}\" preserve=\"1\"><p:cSld name=\"{name}\"><p:spTree>{GROUP}{shapes}\
                 </p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>"
            ),
        );
        let mut back = Relations::default();
        back.add("slideMaster", "../slideMasters/slideMaster1.xml");
        package.relate(&part, &back);
    }
    relations.add("theme", "../theme/theme1.xml");
    package.add(
        "ppt/slideMasters/slideMaster1.xml",
        kind!("presentationml.slideMaster"),
        master(plan, &list),
    );
    package.relate("ppt/slideMasters/slideMaster1.xml", &relations);
}

/// Wraps the shapes of a slide.
pub(super) fn slide(shapes: &str) -> String {
    format!(
        "{XML}<p:sld {SPACES}><p:cSld><p:spTree>{GROUP}{shapes}</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/>\
         </p:clrMapOvr></p:sld>"
    )
}

fn master(plan: &PackPlan, layouts: &str) -> String {
    let level = |number: i32| {
        format!(
            "<a:lvl{number}pPr marL=\"{}\" indent=\"0\" algn=\"l\"><a:spcBef><a:spcPts val=\"400\"/></a:spcBef><a:buNone/>\
             <a:defRPr sz=\"1600\" kern=\"1200\">{}<a:latin typeface=\"+mn-lt\"/></a:defRPr></a:lvl{number}pPr>",
            (number - 1) * 228_600,
            Ink::Text.fill()
        )
    };
    let levels: String = (1..=5).map(level).collect();
    format!(
        "{XML}<p:sldMaster {SPACES}><p:cSld><p:bg><p:bgPr>{}<a:effectLst/></p:bgPr></p:bg><p:spTree>{GROUP}{}{}{}{}</p:spTree>\
         </p:cSld><p:clrMap {MAP}/><p:sldLayoutIdLst>{layouts}</p:sldLayoutIdLst><p:hf hdr=\"0\" dt=\"0\"/><p:txStyles>\
         <p:titleStyle><a:lvl1pPr algn=\"l\"><a:buNone/><a:defRPr sz=\"{}\" b=\"1\" kern=\"1200\">{}<a:latin \
         typeface=\"+mj-lt\"/></a:defRPr></a:lvl1pPr></p:titleStyle><p:bodyStyle>{levels}</p:bodyStyle><p:otherStyle>\
         <a:defPPr><a:defRPr lang=\"en-US\"/></a:defPPr></p:otherStyle></p:txStyles></p:sldMaster>",
        Ink::Ground.fill(),
        title(2, TITLE, ""),
        body(3),
        furniture(),
        watermark(&plan.watermark, plan.locale.tag()),
        TITLE_SIZE * 100,
        Ink::Text.fill(),
    )
}

/// A placeholder of a master or layout.
fn placeholder(id: u32, name: &str, kind: &str, frame: Frame, body: &str) -> String {
    format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{name}\"/><p:cNvSpPr><a:spLocks noGrp=\"1\"/></p:cNvSpPr><p:nvPr>\
         <p:ph {kind}/></p:nvPr></p:nvSpPr><p:spPr>{}{RECTANGLE}</p:spPr><p:txBody>{body}</p:txBody></p:sp>",
        transform(frame, "a", "")
    )
}

const NO_INSETS: &str = "lIns=\"0\" tIns=\"0\" rIns=\"0\" bIns=\"0\"";

fn title(id: u32, frame: Frame, list: &str) -> String {
    // A cover's title stands on its subtitle, the others hang from their accent.
    let anchor = if list.is_empty() { "t" } else { "b" };
    let words = format!(
        "<a:bodyPr {NO_INSETS} anchor=\"{anchor}\"><a:normAutofit/></a:bodyPr><a:lstStyle>{list}</a:lstStyle><a:p><a:r><a:rPr \
         lang=\"en-US\"/><a:t>Title</a:t></a:r></a:p>"
    );
    let kind = if list.is_empty() { "type=\"title\"" } else { "type=\"ctrTitle\"" };
    placeholder(id, "Title", kind, frame, &words)
}

fn body(id: u32) -> String {
    let words = format!(
        "<a:bodyPr {NO_INSETS}><a:normAutofit/></a:bodyPr><a:lstStyle/><a:p><a:r><a:rPr lang=\"en-US\"/><a:t>Text</a:t></a:r>\
         </a:p>"
    );
    placeholder(id, "Text", "type=\"body\" idx=\"1\"", [LEFT, TOP, BODY, BOTTOM - TOP], &words)
}

fn cover_layout() -> String {
    let list = format!("<a:lvl1pPr><a:defRPr sz=\"{}\"/></a:lvl1pPr>", COVER_SIZE * 100);
    let second = format!(
        "<a:bodyPr {NO_INSETS}><a:normAutofit/></a:bodyPr><a:lstStyle><a:lvl1pPr marL=\"0\" indent=\"0\"><a:buNone/><a:defRPr \
         sz=\"2000\">{}</a:defRPr></a:lvl1pPr></a:lstStyle><a:p><a:r><a:rPr lang=\"en-US\"/><a:t>Subtitle</a:t></a:r></a:p>",
        Ink::Quiet.fill()
    );
    title(2, COVER_TITLE, &list)
        + &placeholder(3, "Subtitle", "type=\"subTitle\" idx=\"1\"", COVER_SUBTITLE, &second)
}

/// Footer and slide number.
fn furniture() -> String {
    let small = |align: &str, words: &str| {
        format!(
            "<a:bodyPr {NO_INSETS} anchor=\"ctr\"/><a:lstStyle><a:lvl1pPr algn=\"{align}\"><a:defRPr sz=\"900\">{}</a:defRPr>\
             </a:lvl1pPr></a:lstStyle><a:p>{words}</a:p>",
            Ink::Quiet.fill()
        )
    };
    let number = "<a:fld id=\"{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}\" type=\"slidenum\"><a:rPr lang=\"en-US\"/><a:t>‹#›</a:t></a:fld>";
    placeholder(
        5,
        "Footer",
        "type=\"ftr\" sz=\"quarter\" idx=\"11\"",
        FOOTER,
        &small("l", "<a:endParaRPr lang=\"en-US\"/>"),
    ) + &placeholder(
        6,
        "Slide number",
        "type=\"sldNum\" sz=\"quarter\" idx=\"12\"",
        NUMBER,
        &small("r", number),
    )
}

/// The accent above a title.
fn bar() -> String {
    format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"21\" name=\"Accent\">{DECORATIVE}</p:cNvPr><p:cNvSpPr/><p:nvPr userDrawn=\"1\"/>\
         </p:nvSpPr><p:spPr>{}{RECTANGLE}{}<a:ln><a:noFill/></a:ln></p:spPr></p:sp>",
        transform([LEFT, 24 * PT, 40 * PT, 3 * PT], "a", ""),
        Ink::Brand.fill()
    )
}

/// The line above the footer.
fn rule() -> String {
    format!(
        "<p:cxnSp><p:nvCxnSpPr><p:cNvPr id=\"20\" name=\"Rule\">{DECORATIVE}</p:cNvPr><p:cNvCxnSpPr/><p:nvPr userDrawn=\"1\"/>\
         </p:nvCxnSpPr><p:spPr>{}<a:prstGeom prst=\"line\"><a:avLst/></a:prstGeom><a:ln w=\"6350\">{}</a:ln></p:spPr>\
         </p:cxnSp>",
        transform([LEFT, 500 * PT, BODY, 0], "a", ""),
        Ink::Hairline.fill()
    )
}

/// The watermark as a shape of the master, so that every slide shows it, those added later as well.
fn watermark(stamp: &Stamp, language: &str) -> String {
    let (room, depth) = match stamp.style.position {
        WatermarkPosition::Diagonal => (720 * PT, 220 * PT),
        WatermarkPosition::Centre => (BODY, 300 * PT),
        WatermarkPosition::Corner => (BODY / 2, 90 * PT),
        WatermarkPosition::Header | WatermarkPosition::Footer => (BODY, 26 * PT),
    };
    #[allow(clippy::cast_possible_truncation)]
    let mut size = (stamp.style.size * 1000.0).round() as Mp;
    let words = drawing::one_line(&stamp.text);
    let (lines, height) = loop {
        let lines = broken(&words, size, room);
        let height = size * 120 / 100 * Mp::try_from(lines.len()).unwrap_or(1);
        if height <= depth || size < 5 * PT {
            break (lines, height);
        }
        size = size * 95 / 100;
    };
    let middle = (HEIGHT - height) / 2;
    let (frame, turn, align) = match stamp.style.position {
        WatermarkPosition::Diagonal => ([(WIDTH - room) / 2, middle, room, height], -45, "ctr"),
        WatermarkPosition::Centre => ([LEFT, middle, BODY, height], 0, "ctr"),
        WatermarkPosition::Header => ([LEFT, 3 * PT, BODY, height], 0, "ctr"),
        WatermarkPosition::Footer => ([LEFT, HEIGHT - height - 2 * PT, BODY, height], 0, "ctr"),
        WatermarkPosition::Corner => ([LEFT + BODY - room, BOTTOM - height, room, height], 0, "r"),
    };
    let colour = Rgb::parse(&stamp.style.colour).unwrap_or(Rgb(0x40, 0x40, 0x40));
    let look = Look { size: size / 10, ..Look::new(1, Ink::Fixed(colour)) };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let opacity = ((stamp.style.opacity * 100.0).round() as u32).clamp(1, 100);
    drawing::watermark((30, language), frame, turn, &lines, look, opacity, align)
}

fn broken(words: &str, size: Mp, width: Mp) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = words.trim();
    while let Some((_, end)) = metrics::cut(&[metrics::Words { text: rest, size, bold: true }], width, 1) {
        let (line, later) = rest.split_at(end);
        lines.push(line.trim().to_owned());
        rest = later.trim_start();
    }
    lines.push(rest.to_owned());
    lines
}
