//! What a native chart draws, as the columns of its workbook. Neither the chart's XML nor the workbook's bytes.

use board_charts::{ChartKind, ChartSpec, Series};

use super::phrases::Phrases;

/// What a column is drawn as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Series of the plan, by its place.
    Own(usize),
    /// Lower edge of a band under lines: lifts the next column, and is not seen itself.
    Lift,
    /// From the lower to the upper edge of a band.
    Spread,
    /// An edge of a band over bars or areas, as a line.
    Edge,
    /// Events: the height at which their words stand.
    Events,
    /// Lifts a step of a waterfall; not seen itself.
    Base,
    Up,
    Down,
    Level,
    /// In the workbook only.
    Hidden,
}

/// A column of the workbook.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) values: Vec<Option<f64>>,
    /// Formulas in place of the values, which are then what they come to.
    pub(super) formulas: Vec<String>,
}

impl Column {
    fn new(name: impl Into<String>, role: Role, values: Vec<Option<f64>>) -> Self {
        Self { name: name.into(), role, values, formulas: Vec::new() }
    }
}

/// The columns after the one with the categories.
pub(super) fn columns(spec: &ChartSpec, phrases: &Phrases) -> Vec<Column> {
    if spec.kind == ChartKind::Waterfall {
        let mut columns = waterfall(spec, phrases);
        columns.extend(events(spec, phrases));
        return columns;
    }
    let own =
        |(index, row): (usize, &Series)| Column::new(row.name.as_str(), Role::Own(index), row.values.clone());
    let mut columns: Vec<Column> = spec.series.iter().enumerate().map(own).collect();
    if let Some(band) = spec.drawn_band() {
        let all = |value: f64| vec![Some(value); spec.categories.len()];
        let (low, high) =
            (format!("{} ({})", band.name, phrases.from), format!("{} ({})", band.name, phrases.to));
        if spec.kind == ChartKind::Line && spec.categories.len() > 1 {
            let lift = Column::new(low, Role::Lift, all(band.low));
            let spread = Column::new(band.name.as_str(), Role::Spread, all(band.high - band.low));
            columns.splice(0..0, [lift, spread]);
        } else {
            columns.push(Column::new(low, Role::Edge, all(band.low)));
            columns.push(Column::new(high, Role::Edge, all(band.high)));
        }
    }
    columns.extend(events(spec, phrases));
    columns
}

/// The words of the events at each category.
pub(super) fn event_words(spec: &ChartSpec) -> Vec<Option<String>> {
    let mut words: Vec<Option<String>> = vec![None; spec.categories.len()];
    for event in &spec.annotations {
        // A chart's axis knows whole categories only.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let place = (event.at.round().max(0.0) as usize).min(words.len().saturating_sub(1));
        match words.get_mut(place) {
            Some(Some(others)) => *others = format!("{others} · {}", event.text),
            Some(none) => *none = Some(event.text.clone()),
            None => {}
        }
    }
    words
}

fn events(spec: &ChartSpec, phrases: &Phrases) -> Option<Column> {
    if spec.annotations.is_empty() {
        return None;
    }
    let stack = |category: usize| -> f64 {
        let values = spec.series.iter().filter_map(|row| row.values.get(category).copied().flatten());
        if spec.stacked { values.filter(|value| *value > 0.0).sum() } else { values.fold(0.0, f64::max) }
    };
    let levels = spec.steps().unwrap_or_default();
    let levels =
        levels.iter().filter(|_| spec.kind == ChartKind::Waterfall).map(|step| step.from.max(step.to));
    let drawn =
        (0..spec.categories.len()).map(stack).chain(levels).chain(spec.drawn_band().map(|band| band.high));
    let highest = drawn.fold(0.0, f64::max);
    // Words of neighbours stand at different heights.
    let mut turn = 0;
    let values = event_words(spec)
        .into_iter()
        .map(|words| {
            words.map(|_| {
                turn += 1;
                highest * [1.1, 1.0, 1.05][(turn - 1) % 3]
            })
        })
        .collect();
    Some(Column::new(phrases.events, Role::Events, values))
}

/// Whether a step from one level to another, or a level, is of a kind.
type Is = fn(f64, f64, bool) -> bool;

/// Steps as stacked bars: a base that is not seen, and on it what rises, falls or is reached, above and below zero.
/// All but the first two columns are formulas, so that an edited step moves every bar after it.
fn waterfall(spec: &ChartSpec, phrases: &Phrases) -> Vec<Column> {
    let steps = spec.steps().unwrap_or_default();
    let values = spec.series.first().map(|row| row.values.clone()).unwrap_or_default();
    let name = spec.series.first().map_or("", |row| row.name.as_str());
    let name = if name.trim().is_empty() { phrases.step } else { name };
    let each = |value: &dyn Fn(f64, f64, bool) -> f64| -> Vec<Option<f64>> {
        steps.iter().map(|step| Some(value(step.from, step.to, step.total))).collect()
    };
    let formulas = |formula: &dyn Fn(usize) -> String| -> Vec<String> {
        (0..steps.len()).map(|index| formula(index + 2)).collect()
    };
    // B: the plan's values, C: whether a level, D: the level after it.
    let before = |row: usize| if row == 2 { "0".to_owned() } else { format!("IF(C{row}=1,0,D{})", row - 1) };
    let mut columns = vec![
        Column::new(name, Role::Hidden, values),
        Column::new(phrases.is_total, Role::Hidden, each(&|_, _, total| f64::from(u8::from(total)))),
        Column {
            formulas: formulas(&|row| {
                let step = if row == 2 { format!("B{row}") } else { format!("D{}+B{row}", row - 1) };
                format!("=IF(C{row}=1,B{row},{step})")
            }),
            ..Column::new(phrases.level, Role::Hidden, each(&|_, to, _| to))
        },
        Column {
            formulas: formulas(&|row| {
                let from = before(row);
                format!("=MAX(MIN({from},D{row}),0)+MIN(MAX({from},D{row}),0)")
            }),
            ..Column::new(
                phrases.base,
                Role::Base,
                each(&|from, to, _| from.min(to).max(0.0) + from.max(to).min(0.0)),
            )
        },
    ];
    let above = |from: f64, to: f64| from.max(to).max(0.0) - from.min(to).max(0.0);
    let below = |from: f64, to: f64| from.min(to).min(0.0) - from.max(to).min(0.0);
    let sinks = steps.iter().any(|step| below(step.from, step.to) < 0.0);
    let kinds: [(Role, &str, &str, Is); 3] = [
        (Role::Up, phrases.up, "AND(C#<>1,B#>=0)", |from, to, total| !total && to >= from),
        (Role::Down, phrases.down, "AND(C#<>1,B#<0)", |from, to, total| !total && to < from),
        (Role::Level, phrases.total, "C#=1", |_, _, total| total),
    ];
    for (role, name, condition, is) in kinds {
        if !steps.iter().any(|step| is(step.from, step.to, step.total)) {
            continue;
        }
        let condition = |row: usize| condition.replace('#', &row.to_string());
        columns.push(Column {
            formulas: formulas(&|row| {
                let from = before(row);
                format!("=IF({},MAX(MAX({from},D{row}),0)-MAX(MIN({from},D{row}),0),0)", condition(row))
            }),
            ..Column::new(
                name,
                role,
                each(&|from, to, total| if is(from, to, total) { above(from, to) } else { 0.0 }),
            )
        });
        if sinks {
            let name = format!("{name} ({})", phrases.below_zero);
            columns.push(Column {
                formulas: formulas(&|row| {
                    let from = before(row);
                    format!("=IF({},MIN(MIN({from},D{row}),0)-MIN(MAX({from},D{row}),0),0)", condition(row))
                }),
                ..Column::new(
                    name,
                    role,
                    each(&|from, to, total| if is(from, to, total) { below(from, to) } else { 0.0 }),
                )
            });
        }
    }
    columns
}
