//! The workbook behind a chart: its data on the first sheet, where they come from on the second. Not the chart.

use board_charts::ChartSpec;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Formula, Workbook, XlsxError};

use super::chart::{number_format, withheld};
use super::phrases::Phrases;
use super::rows::Column;
use crate::words::Words;
use crate::{Block, LineageEntry, PackPlan};

/// Most figures that the second sheet lists.
const MOST: usize = 2000;

/// What every chart's second sheet says of the pack.
pub(super) struct Lineage {
    facts: Vec<(String, String)>,
    header: Vec<&'static str>,
    figures: Vec<Vec<String>>,
    chart: &'static str,
    name: &'static str,
    withheld: &'static str,
}

impl Lineage {
    /// The pack's facts, and every figure of the manifest with its definition, formula, inputs and evidence where the
    /// pack explains it.
    pub(super) fn new(plan: &PackPlan, words: &Words, phrases: &Phrases, facts: &[(String, String)]) -> Self {
        let explained: std::collections::BTreeMap<&str, &LineageEntry> = plan
            .pages
            .iter()
            .flat_map(|page| &page.blocks)
            .filter_map(|block| if let Block::Lineage { figures } = block { Some(figures) } else { None })
            .flatten()
            .map(|entry| (entry.figure.as_str(), entry))
            .collect();
        let figures = plan
            .manifest
            .figures
            .iter()
            .take(MOST)
            .map(|(id, value)| {
                let mut row = vec![id.clone(), value.clone()];
                if let Some(entry) = explained.get(id.as_str()) {
                    let inputs: Vec<String> =
                        entry.inputs.iter().map(|(name, value)| format!("{name}: {value}")).collect();
                    let evidence =
                        entry.evidence.iter().map(u32::to_string).chain(entry.evidence_ids.iter().cloned());
                    row.extend([
                        entry.label.clone(),
                        entry.definition.clone(),
                        entry.formula.clone(),
                        inputs.join("; "),
                        entry.measured.clone(),
                        evidence.collect::<Vec<_>>().join(", "),
                    ]);
                }
                row
            })
            .collect();
        Self {
            facts: facts.to_vec(),
            header: vec![
                words.lineage_id,
                words.value,
                words.measure,
                words.definition,
                words.formula,
                words.inputs,
                words.measured,
                words.evidence,
            ],
            figures,
            chart: phrases.chart,
            name: phrases.lineage,
            withheld: phrases.withheld,
        }
    }
}

/// The embedded workbook: categories down the first column, then the chart's columns.
pub(super) fn write(spec: &ChartSpec, columns: &[Column], lineage: &Lineage) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let properties = DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?);
    workbook.set_properties(&properties);
    let (bold, number) = (Format::new().set_bold(), Format::new().set_num_format(number_format(spec.unit)));
    let sheet = workbook.add_worksheet();
    sheet.set_name("Sheet1")?;
    sheet.set_column_width(0, 24)?;
    for (index, category) in (1_u32..).zip(&spec.categories) {
        sheet.write_string(index, 0, category)?;
    }
    for (place, column) in (1_u16..).zip(columns) {
        sheet.write_string_with_format(0, place, &column.name, &bold)?;
        for (index, value) in column.values.iter().enumerate() {
            let (Some(value), Ok(row)) = (value, u32::try_from(index + 1)) else { continue };
            if let Some(formula) = column.formulas.get(index) {
                let formula = Formula::new(formula).set_result(value.to_string());
                sheet.write_formula_with_format(row, place, formula, &number)?;
            } else {
                sheet.write_number_with_format(row, place, *value, &number)?;
            }
        }
    }
    let sheet = workbook.add_worksheet();
    sheet.set_name(lineage.name)?;
    sheet.set_column_width(0, 34)?;
    sheet.set_column_width(1, 40)?;
    let mut row = 0;
    let title = if spec.subtitle.is_empty() {
        spec.title.clone()
    } else {
        format!("{} – {}", spec.title, spec.subtitle)
    };
    let withheld = withheld(spec).join("; ");
    let own = [(lineage.chart, title.as_str()), (lineage.withheld, withheld.as_str())];
    let facts = lineage.facts.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in own.into_iter().filter(|(_, value)| !value.is_empty()).chain(facts) {
        sheet.write_string_with_format(row, 0, name, &bold)?;
        sheet.write_string(row, 1, value)?;
        row += 1;
    }
    row += 1;
    for (place, name) in (0_u16..).zip(&lineage.header) {
        sheet.write_string_with_format(row, place, *name, &bold)?;
    }
    for cells in &lineage.figures {
        row += 1;
        for (place, words) in (0_u16..).zip(cells) {
            // A cell holds 32,767 characters; a plan's longest text is shorter.
            sheet.write_string(row, place, words.chars().take(32_000).collect::<String>())?;
        }
    }
    workbook.save_to_buffer()
}
