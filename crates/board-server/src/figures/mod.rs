//! Figures from intake rows: every metric of the tenant's definitions, for each month, quarter and year, for all
//! programmes together and for each alone.
//!
//! Not the arithmetic of a metric (`board_domain::formula`): here its inputs are counted.

mod inputs;
mod profile;
mod tally;

use std::collections::BTreeSet;

use board_domain::{
    Book, Figure, FigureKey, Grain, MetricDefinition, Period, ProgrammeId, Row, Table, definitions_v1,
};
use jiff::{Timestamp, civil::Date};

use crate::ingest::IntakeRow;
use profile::Profiles;
use tally::Tally;

/// The figures of every period from the one that holds `since` to the newest with data, in the order of the metric
/// definitions, then of periods, then of programmes with all together first.
///
/// Rows of the past change later figures too (people enrolled so far, levels reached so far), which is why nothing
/// after `since` is left out.
pub fn measure(
    definitions: &[MetricDefinition],
    programmes: &[ProgrammeId],
    rows: &[IntakeRow],
    since: Date,
    now: Timestamp,
) -> Vec<Figure> {
    let profiles = Profiles::new(rows);
    let scopes: Vec<Option<&ProgrammeId>> =
        std::iter::once(None).chain(programmes.iter().map(Some)).collect();
    let tallies: Vec<(Period, Option<&ProgrammeId>, Tally<'_>, Tally<'_>)> = periods(rows, since)
        .into_iter()
        .flat_map(|period| {
            scopes.iter().map(move |scope| {
                let earlier = Tally::of(rows, period.previous(), *scope);
                (period, *scope, Tally::of(rows, period, *scope), earlier)
            })
        })
        .collect();
    let mut figures = Vec::with_capacity(definitions.len() * tallies.len());
    for definition in definitions {
        for (period, scope, tally, earlier) in &tallies {
            let Some((inputs, people)) =
                inputs::inputs(definition.id.as_str(), tally, earlier, &profiles, *period)
            else {
                continue;
            };
            let key = FigureKey { metric: definition.id.clone(), period: *period, programme: scope.cloned() };
            figures.push(Figure::measure(key, definition, inputs, people, now));
        }
    }
    figures
}

/// The figures that differ from those the book holds, in value, inputs or definition.
pub(crate) fn changed(book: &Book, rows: &[IntakeRow], since: Date, now: Timestamp) -> Vec<Figure> {
    let definitions: Vec<MetricDefinition> = definitions_v1()
        .iter()
        .filter_map(|known| book.definition(&format!("{}/{}", known.id, known.version)).cloned())
        .collect();
    let programmes: Vec<ProgrammeId> = book
        .table(Table::Programme)
        .filter_map(
            |(_, row)| if let Row::Programme(programme) = row { Some(programme.id.clone()) } else { None },
        )
        .collect();
    let mut figures = measure(&definitions, &programmes, rows, since, now);
    figures.retain(|figure| {
        book.figure(&figure.key.to_string()).is_none_or(|known| {
            known.value != figure.value
                || known.inputs != figure.inputs
                || known.definition != figure.definition
        })
    });
    figures
}

/// Every period from the one that holds `since` to the newest that holds a row: years, quarters, months.
fn periods(rows: &[IntakeRow], since: Date) -> BTreeSet<Period> {
    let Some(newest) = rows.iter().map(IntakeRow::date).max() else { return BTreeSet::new() };
    [Grain::Year, Grain::Quarter, Grain::Month]
        .into_iter()
        .flat_map(|grain| {
            std::iter::successors(Some(Period::holding(since, grain)), |period| Some(period.next()))
                .take_while(move |period| period.first() <= newest)
        })
        .collect()
}

#[cfg(test)]
mod tests;
