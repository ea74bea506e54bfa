//! A chart as a native, editable chart part with its workbook. Not its picture: the reader's program draws it.

use board_charts::{ChartKind, ChartSpec};
use board_domain::Unit;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use super::drawing::{INK, QUIET};
use crate::xml::escape;

/// Colours of series and parts, in order; those of the charts on screen.
const COLOURS: [&str; 12] = [
    "1D5FD1", "B84E0A", "0A7C72", "9B2C8F", "826600", "1B2F6B", "C0264B", "5B677A", "3F771F", "6D4AD6",
    "7A4528", "0B6F9E",
];
const BAND: &str = "64748B";
const GRID: &str = "E6EAF0";

/// A row of the workbook: name and values.
struct Row {
    name: String,
    values: Vec<Option<f64>>,
}

/// Rows of the chart itself, then the edges of its band, which are drawn as dashed lines.
fn rows(spec: &ChartSpec) -> (Vec<Row>, Vec<Row>) {
    let own = spec.drawn().iter().map(|s| Row { name: s.name.clone(), values: s.values.clone() });
    let band = spec.drawn_band().into_iter().flat_map(|band| {
        [("min", band.low), ("max", band.high)].map(|(edge, value)| Row {
            name: format!("{} ({edge})", band.name),
            values: vec![Some(value); spec.categories.len()],
        })
    });
    (own.collect(), band.collect())
}

/// The embedded workbook: categories down the first column, one column per row of values.
pub(super) fn workbook(spec: &ChartSpec) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let properties = DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?);
    workbook.set_properties(&properties);
    let sheet = workbook.add_worksheet();
    sheet.set_name("Sheet1")?;
    sheet.set_column_width(0, 24)?;
    for (index, category) in (1_u32..).zip(&spec.categories) {
        sheet.write_string(index, 0, category)?;
    }
    let (own, band) = rows(spec);
    for (column, row) in (1_u16..).zip(own.iter().chain(&band)) {
        sheet.write_string(0, column, &row.name)?;
        for (index, value) in (1_u32..).zip(&row.values) {
            if let Some(value) = value {
                sheet.write_number(index, column, *value)?;
            }
        }
    }
    workbook.save_to_buffer()
}

/// The chart part; `workbook` is the relationship to the embedded workbook.
pub(super) fn xml(spec: &ChartSpec, workbook: &str) -> String {
    let (own, band) = rows(spec);
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<c:chartSpace \
         xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\" \
         xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><c:date1904 val=\"0\"/>",
    );
    xml.push_str(&format!("<c:lang val=\"{}\"/><c:roundedCorners val=\"0\"/><c:chart>", spec.locale.tag()));
    if spec.title.is_empty() {
        xml.push_str("<c:autoTitleDeleted val=\"1\"/>");
    } else {
        xml.push_str(&title(spec));
        xml.push_str("<c:autoTitleDeleted val=\"0\"/>");
    }
    xml.push_str("<c:plotArea><c:layout/>");
    xml.push_str(&plot(spec, &own));
    if !band.is_empty() {
        xml.push_str("<c:lineChart><c:grouping val=\"standard\"/><c:varyColors val=\"0\"/>");
        for (index, row) in band.iter().enumerate() {
            let line = format!(
                "<c:spPr><a:ln w=\"19050\" cap=\"rnd\"><a:solidFill><a:srgbClr val=\"{BAND}\"/></a:solidFill>\
                 <a:prstDash val=\"dash\"/><a:round/></a:ln></c:spPr><c:marker><c:symbol val=\"none\"/></c:marker>"
            );
            xml.push_str(&series(spec, row, own.len() + index, &line, "<c:smooth val=\"0\"/>"));
        }
        xml.push_str(
            "<c:marker val=\"1\"/><c:axId val=\"111111111\"/><c:axId val=\"222222222\"/></c:lineChart>",
        );
    }
    if spec.kind != ChartKind::Doughnut {
        xml.push_str(&axes(spec));
    }
    xml.push_str("<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr></c:plotArea>");
    if spec.kind == ChartKind::Doughnut || own.len() + band.len() > 1 {
        xml.push_str("<c:legend><c:legendPos val=\"b\"/><c:overlay val=\"0\"/>");
        xml.push_str(&text(1200, QUIET, false));
        xml.push_str("</c:legend>");
    }
    xml.push_str("<c:plotVisOnly val=\"1\"/><c:dispBlanksAs val=\"gap\"/></c:chart>");
    xml.push_str("<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>");
    xml.push_str(&text(1200, QUIET, false));
    xml.push_str(&format!(
        "<c:externalData r:id=\"{workbook}\"><c:autoUpdate val=\"0\"/></c:externalData></c:chartSpace>"
    ));
    xml
}

fn title(spec: &ChartSpec) -> String {
    let run = |words: &str, size: u32, bold: u8, colour: &str| {
        format!(
            "<a:p><a:pPr><a:defRPr/></a:pPr><a:r><a:rPr lang=\"{}\" sz=\"{size}\" b=\"{bold}\"><a:solidFill>\
             <a:srgbClr val=\"{colour}\"/></a:solidFill></a:rPr><a:t>{}</a:t></a:r></a:p>",
            spec.locale.tag(),
            escape(words)
        )
    };
    let mut paragraphs = run(&spec.title, 1400, 1, INK);
    if !spec.subtitle.is_empty() {
        paragraphs.push_str(&run(&spec.subtitle, 1100, 0, QUIET));
    }
    format!(
        "<c:title><c:tx><c:rich><a:bodyPr/><a:lstStyle/>{paragraphs}</c:rich></c:tx><c:overlay val=\"0\"/></c:title>"
    )
}

fn plot(spec: &ChartSpec, rows: &[Row]) -> String {
    let each = |decorate: &dyn Fn(usize) -> (String, &'static str)| -> String {
        rows.iter()
            .enumerate()
            .map(|(index, row)| {
                let (before, after) = decorate(index);
                series(spec, row, index, &before, after)
            })
            .collect()
    };
    let stroke = |index: usize, width: u32| {
        format!(
            "<c:spPr><a:ln w=\"{width}\" cap=\"rnd\">{}<a:round/></a:ln></c:spPr>",
            solid(COLOURS[index % COLOURS.len()])
        )
    };
    let marker = |index: usize| {
        let fill = solid(COLOURS[index % COLOURS.len()]);
        format!(
            "<c:marker><c:symbol val=\"circle\"/><c:size val=\"6\"/><c:spPr>{fill}<a:ln w=\"9525\">\
             <a:solidFill><a:srgbClr val=\"FFFFFF\"/></a:solidFill></a:ln></c:spPr></c:marker>"
        )
    };
    let axes = "<c:axId val=\"111111111\"/><c:axId val=\"222222222\"/>";
    match spec.kind {
        ChartKind::Line | ChartKind::Sparkline | ChartKind::Area | ChartKind::Ribbon | ChartKind::Kpi => {
            format!(
                "<c:lineChart><c:grouping val=\"standard\"/><c:varyColors val=\"0\"/>{}<c:marker \
             val=\"1\"/>{axes}</c:lineChart>",
                each(&|index| (stroke(index, 28575) + &marker(index), "<c:smooth val=\"0\"/>"))
            )
        }
        ChartKind::Bar | ChartKind::Waterfall => format!(
            "<c:barChart><c:barDir val=\"col\"/><c:grouping val=\"clustered\"/><c:varyColors val=\"0\"/>{}\
             <c:gapWidth val=\"70\"/><c:overlap val=\"-8\"/>{axes}</c:barChart>",
            each(&|index| {
                let fill = solid(COLOURS[index % COLOURS.len()]);
                (format!("<c:spPr>{fill}</c:spPr><c:invertIfNegative val=\"0\"/>"), "")
            })
        ),
        ChartKind::Radar => format!(
            "<c:radarChart><c:radarStyle val=\"marker\"/><c:varyColors val=\"0\"/>{}{axes}</c:radarChart>",
            each(&|index| (stroke(index, 25400) + &marker(index), ""))
        ),
        ChartKind::Doughnut => format!(
            "<c:doughnutChart><c:varyColors val=\"1\"/>{}<c:firstSliceAng val=\"0\"/><c:holeSize \
             val=\"62\"/></c:doughnutChart>",
            each(&|_| (parts(spec), ""))
        ),
    }
}

/// Colour of each part of a ring, and its share as a label.
fn parts(spec: &ChartSpec) -> String {
    let mut xml = String::new();
    for index in 0..spec.categories.len() {
        xml.push_str(&format!(
            "<c:dPt><c:idx val=\"{index}\"/><c:bubble3D val=\"0\"/><c:spPr>{}<a:ln w=\"19050\">{}</a:ln></c:spPr></c:dPt>",
            solid(COLOURS[index % COLOURS.len()]),
            solid("FFFFFF")
        ));
    }
    xml.push_str(&format!(
        "<c:dLbls><c:numFmt formatCode=\"0%\" sourceLinked=\"0\"/><c:spPr><a:noFill/></c:spPr>{}<c:showLegendKey \
         val=\"0\"/><c:showVal val=\"0\"/><c:showCatName val=\"0\"/><c:showSerName val=\"0\"/><c:showPercent \
         val=\"1\"/><c:showBubbleSize val=\"0\"/><c:showLeaderLines val=\"0\"/></c:dLbls>",
        text(1100, "FFFFFF", true)
    ));
    xml
}

fn series(spec: &ChartSpec, row: &Row, index: usize, before: &str, after: &str) -> String {
    let column = char::from(b'B' + u8::try_from(index.min(24)).unwrap_or(24));
    let last = spec.categories.len() + 1;
    let mut xml = format!(
        "<c:ser><c:idx val=\"{index}\"/><c:order val=\"{index}\"/><c:tx><c:strRef><c:f>Sheet1!${column}$1</c:f>\
         <c:strCache><c:ptCount val=\"1\"/><c:pt idx=\"0\"><c:v>{}</c:v></c:pt></c:strCache></c:strRef></c:tx>{before}\
         <c:cat><c:strRef><c:f>Sheet1!$A$2:$A${last}</c:f><c:strCache><c:ptCount val=\"{}\"/>",
        escape(&row.name),
        spec.categories.len()
    );
    for (index, category) in spec.categories.iter().enumerate() {
        xml.push_str(&format!("<c:pt idx=\"{index}\"><c:v>{}</c:v></c:pt>", escape(category)));
    }
    xml.push_str(&format!(
        "</c:strCache></c:strRef></c:cat><c:val><c:numRef><c:f>Sheet1!${column}$2:${column}${last}</c:f><c:numCache>\
         <c:formatCode>{}</c:formatCode><c:ptCount val=\"{}\"/>",
        escape(&number_format(spec.unit)),
        row.values.len()
    ));
    for (index, value) in row.values.iter().enumerate() {
        if let Some(value) = value {
            xml.push_str(&format!("<c:pt idx=\"{index}\"><c:v>{value}</c:v></c:pt>"));
        }
    }
    xml.push_str(&format!("</c:numCache></c:numRef></c:val>{after}</c:ser>"));
    xml
}

fn axes(spec: &ChartSpec) -> String {
    let format = escape(&axis_format(spec.unit)).into_owned();
    let hidden = u8::from(spec.kind == ChartKind::Sparkline);
    let grid = format!(
        "<c:majorGridlines><c:spPr><a:ln w=\"9525\">{}</a:ln></c:spPr></c:majorGridlines>",
        solid(GRID)
    );
    let line = format!("<c:spPr><a:ln w=\"9525\">{}</a:ln></c:spPr>", solid("A9B4C4"));
    let words = text(1200, QUIET, false);
    let own_grid = if spec.kind == ChartKind::Radar { grid.as_str() } else { "" };
    format!(
        "<c:catAx><c:axId val=\"111111111\"/><c:scaling><c:orientation val=\"minMax\"/></c:scaling><c:delete \
         val=\"{hidden}\"/><c:axPos val=\"b\"/>{own_grid}<c:numFmt formatCode=\"General\" sourceLinked=\"0\"/>\
         <c:majorTickMark val=\"none\"/><c:minorTickMark val=\"none\"/><c:tickLblPos val=\"low\"/>{line}{words}\
         <c:crossAx val=\"222222222\"/><c:crosses val=\"autoZero\"/><c:auto val=\"1\"/><c:lblAlgn val=\"ctr\"/>\
         <c:lblOffset val=\"100\"/><c:noMultiLvlLbl val=\"0\"/></c:catAx>\
         <c:valAx><c:axId val=\"222222222\"/><c:scaling><c:orientation val=\"minMax\"/>{least}</c:scaling><c:delete \
         val=\"{hidden}\"/><c:axPos val=\"l\"/>{grid}<c:numFmt formatCode=\"{format}\" sourceLinked=\"0\"/>\
         <c:majorTickMark val=\"none\"/><c:minorTickMark val=\"none\"/><c:tickLblPos val=\"nextTo\"/><c:spPr><a:ln>\
         <a:noFill/></a:ln></c:spPr>{words}<c:crossAx val=\"111111111\"/><c:crosses val=\"autoZero\"/>\
         <c:crossBetween val=\"between\"/></c:valAx>",
        least = least(spec),
    )
}

/// Bars and scores are read by their length, so their axis starts at zero.
fn least(spec: &ChartSpec) -> &'static str {
    let below = spec.series.iter().flat_map(|row| &row.values).flatten().any(|value| *value < 0.0);
    if matches!(spec.kind, ChartKind::Bar | ChartKind::Radar) && !below { "<c:min val=\"0\"/>" } else { "" }
}

fn solid(colour: &str) -> String {
    format!("<a:solidFill><a:srgbClr val=\"{colour}\"/></a:solidFill>")
}

fn text(size: u32, colour: &str, bold: bool) -> String {
    format!(
        "<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz=\"{size}\" b=\"{}\">{}</a:defRPr></a:pPr>\
         <a:endParaRPr lang=\"en-US\"/></a:p></c:txPr>",
        u8::from(bold),
        solid(colour)
    )
}

/// Axis labels are round numbers, so they need no decimals.
fn axis_format(unit: Unit) -> String {
    match unit {
        Unit::Fraction => "0%".into(),
        Unit::Ratio => "0.0".into(),
        Unit::Count | Unit::Hours | Unit::Points | Unit::Money(_) => "#,##0".into(),
    }
}

fn number_format(unit: Unit) -> String {
    match unit {
        Unit::Count => "#,##0".into(),
        Unit::Hours => "#,##0.0".into(),
        Unit::Points => "0.0".into(),
        Unit::Fraction => "0.0%".into(),
        Unit::Ratio => "0.00\":1\"".into(),
        Unit::Money(currency) => format!("\"{}\" #,##0", currency.code()),
    }
}
