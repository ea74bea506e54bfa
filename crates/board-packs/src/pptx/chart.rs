//! A chart as a native, editable chart part. Not its picture: the reader's program draws it.

use std::fmt::Write as _;

use board_charts::{Cell, ChartKind, ChartSpec, State};
use board_domain::{Locale, Unit};

use super::ink::Ink;
use super::phrases::Phrases;
use super::rows::{self, Column, Role};
use crate::xml::escape;

const AXES: &str = "<c:axId val=\"111111111\"/><c:axId val=\"222222222\"/>";
/// Bars up to this number carry their values.
const LABELLED: usize = 12;

/// Whether `PowerPoint` has a chart that shows all of this one. The others are drawn: a percentile ribbon, a figure's
/// card, a chart that says in words why it is empty, lying bars with a band, and areas with gaps, which `PowerPoint`
/// would draw as zeros.
pub(super) fn is_native(spec: &ChartSpec) -> bool {
    let has_gap = || spec.series.iter().any(|row| row.values.iter().any(Option::is_none));
    spec.state() == State::Drawn
        && match spec.kind {
            ChartKind::Ribbon | ChartKind::Kpi => false,
            ChartKind::Bar => !(spec.horizontal && spec.band.is_some()),
            ChartKind::Area => !has_gap(),
            _ => true,
        }
}

/// What has to be said below a chart.
pub(super) fn remarks(spec: &ChartSpec, phrases: &Phrases) -> Vec<String> {
    let mut remarks = Vec::new();
    if spec.kind == ChartKind::Doughnut && spec.series.len() > 1 && is_native(spec) {
        let names: Vec<&str> = spec.series.iter().map(|row| row.name.as_str()).collect();
        remarks.push(format!("{}: {}", phrases.rings, names.join(" · ")));
    }
    let withheld = withheld(spec);
    if !withheld.is_empty() && is_native(spec) {
        remarks.push(format!("{}: {}", phrases.withheld, withheld.join("; ")));
    }
    remarks
}

/// Series and category of each withheld value, in words.
pub(super) fn withheld(spec: &ChartSpec) -> Vec<String> {
    let mut places = Vec::new();
    for row in &spec.series {
        let names: Vec<&str> = (0..spec.categories.len())
            .filter(|category| row.cell(*category) == Cell::Withheld)
            .map(|category| spec.categories[category].as_str())
            .collect();
        if !names.is_empty() {
            let name = if row.name.trim().is_empty() { String::new() } else { format!("{}, ", row.name) };
            places.push(format!("{name}{}", names.join(", ")));
        }
    }
    places
}

/// The chart part; `workbook` is the relationship to the embedded workbook with these columns.
pub(super) fn xml(spec: &ChartSpec, columns: &[Column], workbook: &str) -> String {
    let mut xml = String::with_capacity(16 << 10);
    xml.push_str(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<c:chartSpace \
         xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\" \
         xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><c:date1904 val=\"0\"/>",
    );
    let _ = write!(
        xml,
        "<c:lang val=\"{}\"/><c:roundedCorners val=\"0\"/><c:chart><c:autoTitleDeleted val=\"1\"/><c:plotArea><c:layout/>",
        spec.locale.tag()
    );
    let plot = Plot { spec, columns, name: names(spec) };
    let drawn = plot.groups(&mut xml);
    if spec.kind != ChartKind::Doughnut {
        axes(spec, &mut xml);
    }
    xml.push_str("<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr></c:plotArea>");
    let hidden: Vec<usize> = drawn
        .iter()
        .enumerate()
        .filter(|(_, role)| matches!(role, Role::Lift | Role::Base | Role::Events))
        .map(|(index, _)| index)
        .collect();
    let shown = drawn.len() - hidden.len();
    if spec.kind == ChartKind::Doughnut || spec.kind != ChartKind::Sparkline && shown > 1 {
        xml.push_str("<c:legend><c:legendPos val=\"b\"/>");
        let below = columns.iter().filter(|column| column.role != Role::Hidden).enumerate();
        let twins = below.filter(|(index, column)| {
            matches!(column.role, Role::Up | Role::Down | Role::Level)
                && drawn.iter().take(*index).any(|role| *role == column.role)
        });
        let mut entries: Vec<usize> = hidden.iter().copied().chain(twins.map(|(index, _)| index)).collect();
        entries.sort_unstable();
        for index in entries {
            let _ =
                write!(xml, "<c:legendEntry><c:idx val=\"{index}\"/><c:delete val=\"1\"/></c:legendEntry>");
        }
        xml.push_str("<c:overlay val=\"0\"/>");
        xml.push_str(&text(1100, Ink::Quiet, false));
        xml.push_str("</c:legend>");
    }
    xml.push_str(
        "<c:plotVisOnly val=\"1\"/><c:dispBlanksAs val=\"gap\"/></c:chart><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln>\
         </c:spPr>",
    );
    xml.push_str(&text(1100, Ink::Quiet, false));
    let _ = write!(
        xml,
        "<c:externalData r:id=\"{workbook}\"><c:autoUpdate val=\"0\"/></c:externalData></c:chartSpace>"
    );
    xml
}

/// Categories as XML, the same for every series.
fn names(spec: &ChartSpec) -> String {
    let mut xml = String::new();
    let last = spec.categories.len() + 1;
    let _ = write!(
        xml,
        "<c:cat><c:strRef><c:f>Sheet1!$A$2:$A${last}</c:f><c:strCache><c:ptCount val=\"{}\"/>",
        spec.categories.len()
    );
    for (index, category) in spec.categories.iter().enumerate() {
        let _ = write!(xml, "<c:pt idx=\"{index}\"><c:v>{}</c:v></c:pt>", escape(category));
    }
    xml.push_str("</c:strCache></c:strRef></c:cat>");
    xml
}

struct Plot<'a> {
    spec: &'a ChartSpec,
    columns: &'a [Column],
    name: String,
}

impl Plot<'_> {
    /// The groups of series, those beneath first; returns the roles of the series in their order.
    fn groups(&self, xml: &mut String) -> Vec<Role> {
        let spec = self.spec;
        let mut drawn = Vec::new();
        let band = |role: Role| matches!(role, Role::Lift | Role::Spread);
        if self.columns.iter().any(|column| column.role == Role::Spread) {
            xml.push_str("<c:areaChart><c:grouping val=\"stacked\"/><c:varyColors val=\"0\"/>");
            self.all(xml, &mut drawn, &band);
            let _ = write!(xml, "{AXES}</c:areaChart>");
        }
        let own =
            |role: Role| matches!(role, Role::Own(_) | Role::Base | Role::Up | Role::Down | Role::Level);
        match spec.kind {
            ChartKind::Bar | ChartKind::Waterfall => {
                let stacked = spec.stacked || spec.kind == ChartKind::Waterfall;
                let _ = write!(
                    xml,
                    "<c:barChart><c:barDir val=\"{}\"/><c:grouping val=\"{}\"/><c:varyColors val=\"0\"/>",
                    if spec.horizontal { "bar" } else { "col" },
                    if stacked { "stacked" } else { "clustered" }
                );
                self.all(xml, &mut drawn, &own);
                let overlap = if stacked { 100 } else { -6 };
                let _ =
                    write!(xml, "<c:gapWidth val=\"60\"/><c:overlap val=\"{overlap}\"/>{AXES}</c:barChart>");
            }
            ChartKind::Area => {
                let grouping = if spec.stacked { "stacked" } else { "standard" };
                let _ = write!(xml, "<c:areaChart><c:grouping val=\"{grouping}\"/><c:varyColors val=\"0\"/>");
                self.all(xml, &mut drawn, &own);
                let _ = write!(xml, "{AXES}</c:areaChart>");
            }
            ChartKind::Doughnut => {
                xml.push_str("<c:doughnutChart><c:varyColors val=\"1\"/>");
                self.all(xml, &mut drawn, &own);
                let hole = if spec.series.len() > 1 { 40 } else { 58 };
                let _ =
                    write!(xml, "<c:firstSliceAng val=\"0\"/><c:holeSize val=\"{hole}\"/></c:doughnutChart>");
            }
            ChartKind::Radar => {
                xml.push_str("<c:radarChart><c:radarStyle val=\"marker\"/><c:varyColors val=\"0\"/>");
                self.all(xml, &mut drawn, &own);
                let _ = write!(xml, "{AXES}</c:radarChart>");
            }
            _ => {}
        }
        // One group of lines: a line chart's own, the edges of a band, and events.
        let lines = |role: Role| {
            matches!(role, Role::Edge | Role::Events)
                || matches!(spec.kind, ChartKind::Line | ChartKind::Sparkline) && matches!(role, Role::Own(_))
        };
        if self.columns.iter().any(|column| lines(column.role)) {
            xml.push_str("<c:lineChart><c:grouping val=\"standard\"/><c:varyColors val=\"0\"/>");
            self.all(xml, &mut drawn, &lines);
            let _ = write!(xml, "<c:marker val=\"1\"/>{AXES}</c:lineChart>");
        }
        drawn
    }

    fn all(&self, xml: &mut String, drawn: &mut Vec<Role>, is: &dyn Fn(Role) -> bool) {
        for (place, column) in (1..).zip(self.columns) {
            if is(column.role) {
                self.series(xml, column, place, drawn.len());
                drawn.push(column.role);
            }
        }
    }

    fn series(&self, xml: &mut String, column: &Column, place: u8, index: usize) {
        let letter = char::from(b'A' + place);
        let last = column.values.len() + 1;
        let _ = write!(
            xml,
            "<c:ser><c:idx val=\"{index}\"/><c:order val=\"{index}\"/><c:tx><c:strRef><c:f>Sheet1!${letter}$1</c:f>\
             <c:strCache><c:ptCount val=\"1\"/><c:pt idx=\"0\"><c:v>{}</c:v></c:pt></c:strCache></c:strRef></c:tx>",
            escape(&column.name)
        );
        self.look(xml, column);
        xml.push_str(&self.name);
        let _ = write!(
            xml,
            "<c:val><c:numRef><c:f>Sheet1!${letter}$2:${letter}${last}</c:f><c:numCache><c:formatCode>{}</c:formatCode>\
             <c:ptCount val=\"{}\"/>",
            escape(&number_format(self.spec.unit)),
            column.values.len()
        );
        for (index, value) in column.values.iter().enumerate() {
            if let Some(value) = value {
                let _ = write!(xml, "<c:pt idx=\"{index}\"><c:v>{value}</c:v></c:pt>");
            }
        }
        xml.push_str("</c:numCache></c:numRef></c:val>");
        let line = matches!(self.spec.kind, ChartKind::Line | ChartKind::Sparkline)
            && matches!(column.role, Role::Own(_));
        if line || matches!(column.role, Role::Edge | Role::Events) {
            xml.push_str("<c:smooth val=\"0\"/>");
        }
        xml.push_str("</c:ser>");
    }

    /// Everything between a series' name and its categories.
    fn look(&self, xml: &mut String, column: &Column) {
        let spec = self.spec;
        match (column.role, spec.kind) {
            (Role::Lift | Role::Base, _) => {
                xml.push_str("<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>");
                if column.role == Role::Base {
                    xml.push_str("<c:invertIfNegative val=\"0\"/>");
                }
            }
            (Role::Spread, _) => {
                let _ = write!(xml, "<c:spPr>{}<a:ln><a:noFill/></a:ln></c:spPr>", Ink::Band.glass(18));
            }
            (Role::Edge, _) => {
                let _ = write!(
                    xml,
                    "<c:spPr><a:ln w=\"15875\" cap=\"rnd\">{}<a:prstDash val=\"dash\"/><a:round/></a:ln></c:spPr><c:marker>\
                     <c:symbol val=\"none\"/></c:marker>",
                    Ink::Band.fill()
                );
            }
            (Role::Events, _) => self.events(xml),
            (Role::Own(index), ChartKind::Line) => {
                let _ = write!(xml, "<c:spPr>{}</c:spPr>{}", stroke(index, 28575), marker(index, spec));
            }
            (Role::Own(index), ChartKind::Sparkline) => {
                let _ = write!(
                    xml,
                    "<c:spPr>{}</c:spPr><c:marker><c:symbol val=\"none\"/></c:marker>",
                    stroke(index, 25400)
                );
            }
            (Role::Own(index), ChartKind::Radar) => {
                let _ = write!(xml, "<c:spPr>{}</c:spPr>{}", stroke(index, 25400), marker(index, spec));
            }
            (Role::Own(index), ChartKind::Area) => {
                let opacity = if spec.stacked { 85 } else { 30 };
                let _ = write!(
                    xml,
                    "<c:spPr>{}{}</c:spPr>",
                    Ink::Series(index).glass(opacity),
                    stroke(index, 19050)
                );
            }
            (Role::Own(index), ChartKind::Doughnut) => self.parts(xml, index),
            (Role::Own(index), _) => self.bars(xml, column, Ink::Series(index)),
            (Role::Up, _) => self.bars(xml, column, Ink::Good),
            (Role::Down, _) => self.bars(xml, column, Ink::Bad),
            (Role::Level, _) => self.bars(xml, column, Ink::Series(0)),
            (Role::Hidden, _) => {}
        }
    }

    fn bars(&self, xml: &mut String, column: &Column, ink: Ink) {
        let spec = self.spec;
        let _ = write!(
            xml,
            "<c:spPr>{}<a:ln><a:noFill/></a:ln></c:spPr><c:invertIfNegative val=\"0\"/>",
            ink.fill()
        );
        let bars =
            spec.categories.len() * if spec.kind == ChartKind::Waterfall { 1 } else { spec.series.len() };
        // A step through zero is drawn in two parts, whose labels would not be the step's.
        let torn = self.columns.iter().filter(|other| other.role == column.role).count() > 1
            && spec.kind == ChartKind::Waterfall;
        if bars > LABELLED || spec.drawn_band().is_some() || torn {
            return;
        }
        let inside = spec.stacked || spec.kind == ChartKind::Waterfall;
        let (place, colour) = if inside { ("ctr", Ink::Ground) } else { ("outEnd", Ink::Quiet) };
        let format = label_format(spec);
        let format = match column.role {
            Role::Up => format!("+{format};;;"),
            Role::Down => format!("−{format};;;"),
            _ => format,
        };
        xml.push_str("<c:dLbls>");
        if inside {
            // Too low for its words.
            let least = highest(spec) * if spec.horizontal { 0.13 } else { 0.06 };
            for (index, value) in column.values.iter().enumerate() {
                if value.unwrap_or(0.0).abs() < least {
                    let _ = write!(xml, "<c:dLbl><c:idx val=\"{index}\"/><c:delete val=\"1\"/></c:dLbl>");
                }
            }
        }
        let _ = write!(
            xml,
            "<c:numFmt formatCode=\"{}\" sourceLinked=\"0\"/><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{}\
             <c:dLblPos val=\"{place}\"/><c:showLegendKey val=\"0\"/><c:showVal val=\"1\"/><c:showCatName val=\"0\"/>\
             <c:showSerName val=\"0\"/><c:showPercent val=\"0\"/><c:showBubbleSize val=\"0\"/></c:dLbls>",
            escape(&format),
            text(1000, colour, inside)
        );
    }

    /// The parts of one ring, each in its own colour, with its share where that is wide enough to read.
    fn parts(&self, xml: &mut String, ring: usize) {
        let values = self.spec.series.get(ring).map(|row| row.values.as_slice()).unwrap_or_default();
        let total: f64 = values.iter().flatten().sum();
        for index in 0..values.len() {
            let _ = write!(
                xml,
                "<c:dPt><c:idx val=\"{index}\"/><c:bubble3D val=\"0\"/><c:spPr>{}<a:ln w=\"19050\">{}</a:ln></c:spPr></c:dPt>",
                Ink::Series(index).fill(),
                Ink::Ground.fill()
            );
        }
        xml.push_str("<c:dLbls>");
        for (index, value) in values.iter().enumerate() {
            let share = value.unwrap_or(0.0) / total.max(f64::MIN_POSITIVE);
            if share < 0.045 {
                let _ = write!(xml, "<c:dLbl><c:idx val=\"{index}\"/><c:delete val=\"1\"/></c:dLbl>");
            }
        }
        let _ = write!(
            xml,
            "<c:numFmt formatCode=\"0%\" sourceLinked=\"0\"/><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{}\
             <c:showLegendKey val=\"0\"/><c:showVal val=\"0\"/><c:showCatName val=\"0\"/><c:showSerName val=\"0\"/>\
             <c:showPercent val=\"1\"/><c:showBubbleSize val=\"0\"/><c:showLeaderLines val=\"0\"/></c:dLbls>",
            text(if self.spec.series.len() > 2 { 900 } else { 1100 }, Ink::Ground, true)
        );
    }

    /// Words over a drop line at each event's category.
    fn events(&self, xml: &mut String) {
        xml.push_str(
            "<c:spPr><a:ln w=\"19050\"><a:noFill/></a:ln></c:spPr><c:marker><c:symbol val=\"none\"/></c:marker><c:dLbls>",
        );
        let last = self.spec.categories.len().saturating_sub(1);
        let flags = |shown: u8| {
            format!(
                "<c:showLegendKey val=\"0\"/><c:showVal val=\"{shown}\"/><c:showCatName val=\"0\"/><c:showSerName \
                 val=\"0\"/><c:showPercent val=\"0\"/><c:showBubbleSize val=\"0\"/>"
            )
        };
        for (index, words) in rows::event_words(self.spec).iter().enumerate() {
            let Some(words) = words else { continue };
            // Words near the right edge stand before their line.
            let place = if index * 3 > last * 2 { "l" } else { "r" };
            let _ = write!(
                xml,
                "<c:dLbl><c:idx val=\"{index}\"/><c:tx><c:rich><a:bodyPr/><a:lstStyle/><a:p><a:r><a:rPr lang=\"{}\" \
                 sz=\"1000\" b=\"0\">{}</a:rPr><a:t>{}</a:t></a:r></a:p></c:rich></c:tx><c:dLblPos val=\"{place}\"/>{}\
                 </c:dLbl>",
                self.spec.locale.tag(),
                Ink::Text.fill(),
                escape(words),
                flags(1)
            );
        }
        let _ = write!(
            xml,
            "{}</c:dLbls><c:errBars><c:errDir val=\"y\"/><c:errBarType val=\"minus\"/><c:errValType val=\"percentage\"/>\
             <c:noEndCap val=\"1\"/><c:val val=\"100\"/><c:spPr><a:ln w=\"12700\">{}<a:prstDash val=\"sysDash\"/></a:ln>\
             </c:spPr></c:errBars>",
            flags(0),
            Ink::Quiet.fill()
        );
    }
}

fn stroke(index: usize, width: u32) -> String {
    format!("<a:ln w=\"{width}\" cap=\"rnd\">{}<a:round/></a:ln>", Ink::Series(index).fill())
}

/// A sign of its own for each series, so that a print in grey still tells them apart.
fn marker(index: usize, spec: &ChartSpec) -> String {
    if spec.categories.len() > 40 {
        return "<c:marker><c:symbol val=\"none\"/></c:marker>".into();
    }
    let symbol = ["circle", "square", "diamond", "triangle"][index % 4];
    format!(
        "<c:marker><c:symbol val=\"{symbol}\"/><c:size val=\"7\"/><c:spPr>{}<a:ln w=\"9525\">{}</a:ln></c:spPr></c:marker>",
        Ink::Series(index).fill(),
        Ink::Ground.fill()
    )
}

fn axes(spec: &ChartSpec, xml: &mut String) {
    let hidden = u8::from(spec.kind == ChartKind::Sparkline);
    let grid = if hidden == 1 {
        String::new()
    } else {
        format!(
            "<c:majorGridlines><c:spPr><a:ln w=\"9525\">{}</a:ln></c:spPr></c:majorGridlines>",
            Ink::Grid.fill()
        )
    };
    let line = format!("<c:spPr><a:ln w=\"9525\">{}</a:ln></c:spPr>", Ink::Axis.fill());
    let words = text(1100, Ink::Quiet, false);
    let own_grid = if spec.kind == ChartKind::Radar { grid.as_str() } else { "" };
    // Lying bars: categories run downwards, and their values still stand below.
    let (names, values, order, crosses) =
        if spec.horizontal { ("l", "b", "maxMin", "max") } else { ("b", "l", "minMax", "autoZero") };
    let _ = write!(
        xml,
        "<c:catAx><c:axId val=\"111111111\"/><c:scaling><c:orientation val=\"{order}\"/></c:scaling><c:delete \
         val=\"{hidden}\"/><c:axPos val=\"{names}\"/>{own_grid}<c:numFmt formatCode=\"General\" sourceLinked=\"0\"/>\
         <c:majorTickMark val=\"none\"/><c:minorTickMark val=\"none\"/><c:tickLblPos val=\"low\"/>{line}{words}\
         <c:crossAx val=\"222222222\"/><c:crosses val=\"autoZero\"/><c:auto val=\"1\"/><c:lblAlgn val=\"ctr\"/>\
         <c:lblOffset val=\"100\"/><c:noMultiLvlLbl val=\"0\"/></c:catAx>\
         <c:valAx><c:axId val=\"222222222\"/><c:scaling><c:orientation val=\"minMax\"/>{bounds}</c:scaling><c:delete \
         val=\"{hidden}\"/><c:axPos val=\"{values}\"/>{grid}<c:numFmt formatCode=\"{format}\" sourceLinked=\"0\"/>\
         <c:majorTickMark val=\"none\"/><c:minorTickMark val=\"none\"/><c:tickLblPos val=\"nextTo\"/><c:spPr><a:ln>\
         <a:noFill/></a:ln></c:spPr>{words}<c:crossAx val=\"111111111\"/><c:crosses val=\"{crosses}\"/>\
         <c:crossBetween val=\"between\"/>{unit}</c:valAx>",
        bounds = bounds(spec),
        unit = unit(spec),
        format = escape(&axis_format(spec)),
    );
}

/// Bars, areas and scores are read by their length, so their axis starts at zero; scores end at their greatest.
fn bounds(spec: &ChartSpec) -> &'static str {
    let values = || spec.series.iter().flat_map(|row| &row.values).flatten();
    let below = values().any(|value| *value < 0.0);
    let highest = values().copied().fold(0.0, f64::max);
    match (spec.kind, spec.unit) {
        (ChartKind::Radar, Unit::Fraction) if highest <= 1.0 => "<c:max val=\"1\"/><c:min val=\"0\"/>",
        (ChartKind::Radar, Unit::Points) if highest <= 100.0 => "<c:max val=\"100\"/><c:min val=\"0\"/>",
        (ChartKind::Bar | ChartKind::Area | ChartKind::Radar, _) if !below => "<c:min val=\"0\"/>",
        _ => "",
    }
}

/// Labels below lying bars stand side by side and must not crowd: at most about five of them.
fn unit(spec: &ChartSpec) -> String {
    if !spec.horizontal {
        return String::new();
    }
    let rough = highest(spec) / 4.0;
    // Powers by multiplication are the same on every machine.
    let mut power = 1.0;
    while power * 10.0 <= rough {
        power *= 10.0;
    }
    while power > rough && power > 1e-12 {
        power /= 10.0;
    }
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().find(|step| step * power >= rough).unwrap_or(10.0) * power;
    format!("<c:majorUnit val=\"{step}\"/>")
}

/// The greatest distance from zero that bars reach.
fn highest(spec: &ChartSpec) -> f64 {
    if spec.kind == ChartKind::Waterfall {
        let steps = spec.steps().unwrap_or_default();
        return steps.iter().map(|step| step.from.abs().max(step.to.abs())).fold(0.0, f64::max);
    }
    let reached = |category: usize| -> f64 {
        let values =
            spec.series.iter().filter_map(|row| row.values.get(category).copied().flatten().map(f64::abs));
        if spec.stacked { values.sum() } else { values.fold(0.0, f64::max) }
    };
    (0..spec.categories.len()).map(reached).fold(0.0, f64::max)
}

fn text(size: u32, ink: Ink, bold: bool) -> String {
    format!(
        "<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz=\"{size}\" b=\"{}\">{}</a:defRPr></a:pPr>\
         <a:endParaRPr lang=\"en-US\"/></a:p></c:txPr>",
        u8::from(bold),
        ink.fill()
    )
}

/// Axis labels are round numbers, so they need few decimals; millions are said in a word.
fn axis_format(spec: &ChartSpec) -> String {
    match spec.unit {
        Unit::Fraction => "0%".into(),
        Unit::Ratio => "0.0".into(),
        _ => large(spec).unwrap_or_else(|| "#,##0".into()),
    }
}

/// Labels at bars have less room than a table.
fn label_format(spec: &ChartSpec) -> String {
    match spec.unit {
        Unit::Fraction => "0%".into(),
        Unit::Ratio => "0.00".into(),
        Unit::Points => "0.#".into(),
        _ => large(spec).unwrap_or_else(|| "#,##0".into()),
    }
}

/// Thousands and millions as such, for charts that reach them.
fn large(spec: &ChartSpec) -> Option<String> {
    let values = spec.series.iter().flat_map(|row| &row.values).flatten();
    let highest = values.map(|value| value.abs()).fold(0.0, f64::max);
    let million = match spec.locale {
        Locale::En => "M",
        Locale::Nb => " mill.",
        Locale::Uk => " млн",
    };
    if highest >= 2e7 {
        Some(format!("#,##0,,\"{million}\""))
    } else if highest >= 1e6 {
        Some(format!("0.0,,\"{million}\""))
    } else {
        None
    }
}

/// The format of values as they stand in the workbook.
pub(super) fn number_format(unit: Unit) -> String {
    match unit {
        Unit::Count => "#,##0".into(),
        Unit::Hours => "#,##0.0".into(),
        Unit::Points => "0.0".into(),
        Unit::Fraction => "0.0%".into(),
        Unit::Ratio => "0.00\":1\"".into(),
        Unit::Money(currency) => format!("\"{}\" #,##0", currency.code()),
    }
}
