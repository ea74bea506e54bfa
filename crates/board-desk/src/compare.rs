//! Comparing two packs, a pack and a position of the log, or two positions: reads both sides, and shows what `diff` finds.

use std::path::Path;

use board_domain::{FigureKey, FigureValue, Locale, Row, Table};
use board_packs::{Manifest, Measured};

use crate::{
    desk::{Desk, lock},
    diff::{Became, Change, Figures, diff},
    fault::{Code, Fault},
    lens::Lens,
    verify,
    view::{DiffEntry, DiffSide, DiffView},
    words,
};

/// One side of a comparison.
pub(crate) struct Side {
    pub(crate) view: DiffSide,
    pub(crate) figures: Figures,
}

impl Desk {
    /// Compares two states. Each is a pack's file or a position of the open company's log.
    pub fn diff(&self, before: &str, after: &str, keys: &[String]) -> Result<DiffView, Fault> {
        let (from, to) = (self.side(before, keys)?, self.side(after, keys)?);
        if let (Some(a), Some(b)) = (&from.view.tenant, &to.view.tenant)
            && a != b
        {
            return Err(Fault::new(Code::Refused, format!("{a} and {b} are two companies")));
        }
        let changes = diff(&from.figures, &to.figures);
        let locale = self.locale();
        let show = |key: &FigureKey, value: &FigureValue| self.shown(locale, key, value);
        let entries: Vec<DiffEntry> = changes.iter().map(|change| entry(change, &show)).collect();
        Ok(DiffView {
            same: changes.iter().all(|change| change.became == Became::Unchanged),
            from: from.view,
            to: to.view,
            entries,
        })
    }

    /// A side by the name that a person gives it.
    fn side(&self, name: &str, keys: &[String]) -> Result<Side, Fault> {
        if let Ok(seq) = name.parse::<u64>() {
            let reading = self.reading()?;
            let reader = lock(&reading.reader);
            if seq > reading.seq {
                return Err(Fault::new(Code::NotFound, format!("position {seq} of {}", reading.seq)));
            }
            let lens = Lens::new(&reader, &reading.tenant, Some(seq), reading.locale)?;
            return of_position(&lens, seq);
        }
        pack(self, Path::new(name), keys)
    }

    /// A value in words; numbers of a company that is not open here are shown plainly.
    fn shown(&self, locale: Locale, key: &FigureKey, value: &FigureValue) -> String {
        let Some(number) = value.number() else { return words::reason(locale, value).unwrap_or_default() };
        let unit = self.reading().ok().and_then(|reading| {
            let reader = lock(&reading.reader);
            let lens = Lens::new(&reader, &reading.tenant, Some(reading.seq), locale).ok()?;
            lens.definition(&key.metric).map(|_| lens.unit(&key.metric))
        });
        unit.map_or_else(|| locale.number(number, 2), |unit| locale.value(number, unit))
    }
}

/// Every figure as of the lens's position.
pub(crate) fn of_position(lens: &Lens<'_>, seq: u64) -> Result<Side, Fault> {
    let figures = lens
        .all_figures()?
        .into_iter()
        .map(|figure| (figure.key, Measured { value: figure.value, definition: figure.definition }));
    let view = DiffSide {
        name: seq.to_string(),
        tenant: Some(lens.tenant.id.to_string()),
        seq: Some(seq),
        valid: None,
    };
    Ok(Side { view, figures: figures.collect() })
}

/// The figures of a pack. Its content must be as it was signed; whether its signer is known is told.
pub(crate) fn pack(desk: &Desk, path: &Path, keys: &[String]) -> Result<Side, Fault> {
    let found = verify::file(desk, path, keys)?;
    let name = path.display().to_string();
    if !found.unchanged() {
        return Err(Fault::new(Code::PackChanged, format!("{name}: {}", found.changed.join(", "))));
    }
    let valid = found.holds();
    let manifest: Manifest = found.manifest.ok_or_else(|| Fault::new(Code::PackChanged, &name))?;
    let view =
        DiffSide { name, tenant: Some(manifest.tenant.clone()), seq: Some(manifest.seq), valid: Some(valid) };
    let figures = match manifest.proof {
        Some(proof) => proof
            .values
            .into_iter()
            .filter_map(|(key, measured)| Some((FigureKey::parse(&key)?, measured)))
            .collect(),
        // The first format holds figures as shown only; the log knows what they were.
        None => earlier(desk, &manifest)?,
    };
    Ok(Side { view, figures })
}

fn earlier(desk: &Desk, manifest: &Manifest) -> Result<Figures, Fault> {
    let reading = desk.reading()?;
    let reader = lock(&reading.reader);
    let copies = reader.tenants()?;
    let copy = copies.into_iter().find(|copy| copy.id.as_str() == manifest.tenant).ok_or(Code::NotFound)?;
    if copy.epoch.is_none_or(|epoch| epoch.to_string() != manifest.epoch) {
        return Err(Fault::new(Code::NotFound, format!("epoch {} of the log", manifest.epoch)));
    }
    let mut figures = Figures::new();
    for key in manifest.figures.keys().filter_map(|key| FigureKey::parse(key)) {
        let row = reader.row(&copy.id, Table::Figure, &key.to_string(), Some(manifest.seq))?;
        if let Some(Row::Figure(figure)) = row.map(|row| row.row) {
            figures.insert(key, Measured { value: figure.value, definition: figure.definition });
        }
    }
    Ok(figures)
}

fn entry(change: &Change, show: &impl Fn(&FigureKey, &FigureValue) -> String) -> DiffEntry {
    let side = |side: &Option<(FigureKey, Measured)>| {
        side.as_ref()
            .map(|(key, measured)| (key.to_string(), show(key, &measured.value), measured.definition))
    };
    let amount = change.amount().filter(|_| change.became != Became::Unchanged);
    let key = change.key();
    DiffEntry {
        became: match change.became {
            Became::New => "new",
            Became::Gone => "gone",
            Became::Moved => "moved",
            Became::Restated => "restated",
            Became::Unchanged => "unchanged",
        }
        .into(),
        figure: key.map(ToString::to_string).unwrap_or_default(),
        from: side(&change.from),
        to: side(&change.to),
        amount,
        amount_shown: amount.zip(key).map(|(amount, key)| show(key, &FigureValue::Number { value: amount })),
    }
}
