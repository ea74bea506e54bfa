//! Before a meeting: is everything here that it needs, with no network? Each line tests the thing itself.
//!
//! Screens are the window's to look at; see the handler of the command. Changes nothing but the kept result.

use std::path::Path;

use board_domain::may_export;
use board_packs::Flow;
use board_vault::Reader;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    dashboards,
    desk::{Desk, Reading, is_stale, lock},
    enrol::{device_key, public},
    export,
    fault::{Code, Fault},
    lens::Lens,
    profile::write_whole,
    ready_words as words,
    view::ExportRequest,
};

/// Setting of the vault that holds the newest result.
const LAST: &str = "ready/last";
/// Size of the charts that are drawn, CSS pixels.
const CHART: board_charts::Size = board_charts::Size { width_pt: 800.0, height_pt: 400.0 };

/// Whether the device is ready for a meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ReadyView {
    /// Nothing fails. Warnings may be there.
    pub ready: bool,
    /// When it was tested, RFC 3339 UTC.
    pub at: String,
    /// When the meeting ends, RFC 3339 UTC.
    pub until: String,
    /// The company.
    pub company: String,
    /// What was tested, in the order of testing.
    pub lines: Vec<ReadyLine>,
}

/// One thing that was tested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ReadyLine {
    /// Stable code, for example `unlock`.
    pub code: String,
    /// What was tested, in words.
    pub label: String,
    /// How it went.
    pub state: ReadyState,
    /// What was found.
    pub found: String,
    /// What to do; empty where it passed.
    pub advice: String,
}

/// How a test went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ReadyState {
    /// As it should be.
    Passed,
    /// The meeting can be held; something should be known.
    Warned,
    /// Something that the meeting needs does not work.
    Failed,
}

use ReadyState::{Failed, Passed, Warned};

/// The code of a line, how it went and what was found.
type Outcome = (&'static str, ReadyState, String);

impl Desk {
    /// Tests everything for a meeting that ends then; tells each line as it is known. Lines that the caller tested itself
    /// come last.
    pub fn check_ready(
        &self,
        until: Timestamp,
        more: Vec<ReadyLine>,
        tell: &mut dyn FnMut(&ReadyLine),
    ) -> Result<ReadyView, Fault> {
        let reading = self.reading()?;
        let mut lines = Vec::new();
        let mut add = |(code, state, found): Outcome| {
            let (label, advice) = words::ready(reading.locale, code);
            let advice = if state == Passed { String::new() } else { advice.to_owned() };
            let line = ReadyLine { code: code.to_owned(), label: label.to_owned(), state, found, advice };
            tell(&line);
            lines.push(line);
        };
        add(self.unlocks(&reading));
        add(Self::is_sound(&reading));
        add(Self::is_complete(&reading)?);
        add(self.was_heard(&reading)?);
        add(Self::is_sent(&reading)?);
        add(self.draws(&reading));
        add(self.makes_pack(&reading));
        add(self.writes());
        add(self.lasts(&reading, until)?);
        for line in more {
            tell(&line);
            lines.push(line);
        }
        let company = self.read(None, |lens, _| Ok(lens.tenant.name.clone()))?;
        let ready = lines.iter().all(|line| line.state != Failed);
        let view =
            ReadyView { ready, at: self.host.now().to_string(), until: until.to_string(), company, lines };
        if let Ok(vault) = reading.writable() {
            let text = serde_json::to_string(&view).map_err(|error| Fault::new(Code::Malformed, error))?;
            lock(vault).set_setting(&format!("{LAST}/{}", reading.tenant), &text)?;
        }
        Ok(view)
    }

    /// The newest result for the open company.
    pub fn last_ready(&self) -> Result<Option<ReadyView>, Fault> {
        let reading = self.reading()?;
        let text = lock(&reading.reader).setting(&format!("{LAST}/{}", reading.tenant))?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// The key is asked of the keyring and the file opened once more, as the next start will do it.
    fn unlocks(&self, reading: &Reading) -> Outcome {
        let opened = || -> Result<usize, Fault> {
            let profile = lock(&self.state).profile.clone();
            let (path, secrets) = profile.vault(self.host.data_dir()).ok_or(Code::SignedOut)?;
            let key = self.key(&secrets)?.ok_or(Code::KeyLost)?;
            Ok(Reader::open(&path, &key)?.tenants()?.len())
        };
        match opened() {
            Ok(_) => ("unlock", Passed, words::unlocked(reading.locale).to_owned()),
            Err(fault) => ("unlock", Failed, fault.to_string()),
        }
    }

    fn is_sound(reading: &Reading) -> Outcome {
        let Ok(vault) = reading.writable() else {
            return ("vault", Warned, Code::VaultBusy.message(reading.locale).to_owned());
        };
        match lock(vault).check() {
            Ok(health) if health.problems.is_empty() => {
                ("vault", Passed, words::events(reading.locale, health.events))
            }
            Ok(health) => ("vault", Failed, health.problems.into_iter().next().unwrap_or_default()),
            Err(error) => ("vault", Failed, error.to_string()),
        }
    }

    fn is_complete(reading: &Reading) -> Result<Outcome, Fault> {
        let reader = lock(&reading.reader);
        let copy = reader.tenant(&reading.tenant)?;
        let paused = reader.paused(&reading.tenant)?.len();
        let whole = copy.cursor > 0
            && copy.cursor >= copy.head_heard
            && copy.backfills.iter().all(board_vault::Backfill::done);
        let state = match (whole && paused == 0, copy.cursor) {
            (true, _) => Passed,
            (false, 0) => Failed,
            (false, _) => Warned,
        };
        Ok(("complete", state, words::of(reading.locale, copy.cursor, copy.head_heard.max(copy.cursor))))
    }

    fn was_heard(&self, reading: &Reading) -> Result<Outcome, Fault> {
        let now = self.host.now();
        let reader = lock(&reading.reader);
        let contact = reader.tenant(&reading.tenant)?.last_contact;
        let lens = Lens::new(&reader, &reading.tenant, Some(reading.seq), reading.locale)?;
        let shown = contact.map(|at| reading.locale.instant(at, &lens.zone())).unwrap_or_default();
        Ok(("contact", if is_stale(contact, now) { Warned } else { Passed }, shown))
    }

    fn is_sent(reading: &Reading) -> Result<Outcome, Fault> {
        let reader = lock(&reading.reader);
        let (waiting, refused) =
            (reader.pending(&reading.tenant)?.len(), reader.refusals(&reading.tenant)?.len());
        let state = if waiting + refused == 0 { Passed } else { Warned };
        Ok(("unsent", state, words::waiting(reading.locale, waiting, refused)))
    }

    /// Every dashboard is folded and every chart drawn.
    fn draws(&self, reading: &Reading) -> Outcome {
        let draw = || {
            self.read_arranged(None, |lens, _| {
                let scope = dashboards::scope(lens, None, None, self.host.now())?;
                let (mut charts, mut shown) = (0, 0);
                for brief in dashboards::list(lens)? {
                    shown += 1;
                    let view = dashboards::view(lens, &brief.id, &scope, &[], false, reading.seq)?;
                    for tile in view.tiles {
                        let crate::TileView::Chart { id, .. } = tile else { continue };
                        let spec =
                            dashboards::chart(lens, &brief.id, &id, &scope, board_charts::Mode::Light)?;
                        board_charts::svg(&spec, CHART)
                            .map_err(|error| Fault::new(Code::Malformed, error))?;
                        charts += 1;
                    }
                }
                Ok((shown, charts))
            })
        };
        match draw() {
            Ok((0, _)) => ("dashboards", Failed, words::drawn(reading.locale, 0, 0)),
            Ok((shown, charts)) => ("dashboards", Passed, words::drawn(reading.locale, shown, charts)),
            Err(fault) => ("dashboards", Failed, fault.to_string()),
        }
    }

    /// The newest report that this person may export is made and verified in memory; nothing is written or recorded.
    fn makes_pack(&self, reading: &Reading) -> Outcome {
        let locale = reading.locale;
        let made = || -> Result<Option<(String, usize)>, Fault> {
            let report = self.read(None, |lens, reading| {
                let all = lens.reports()?.into_iter().chain(lens.published()?);
                let mine = all.filter(|report| may_export(reading.role, report));
                Ok(mine.max_by_key(|report| (report.status.is_final(), report.period.last())))
            })?;
            let Some(report) = report else { return Ok(None) };
            let request = ExportRequest {
                report: report.id.to_string(),
                pdf: true,
                pptx: false,
                folder: None,
                locale: None,
                png: false,
                wide: false,
                since: None,
            };
            let key = device_key(self.host.as_ref(), &reading.secrets)?;
            let made = export::prepare(reading, &request, &public(&key), None, None, self.host.now())?;
            let pack =
                board_packs::write_pdf(&made.plan, &key, &mut |_| Flow::Continue).map_err(export::fault)?;
            let own = board_packs::TrustedKey { public: public(&key), ..board_packs::TrustedKey::default() };
            let found = board_packs::verify(&pack.bytes, &[own])
                .map_err(|error| Fault::new(Code::PackFailed, error))?;
            if !found.unchanged() {
                return Err(Fault::new(Code::PackFailed, "the pack does not verify"));
            }
            Ok(Some((report.title, pack.pages)))
        };
        match made() {
            Ok(Some((title, pages))) => ("export", Passed, words::pack(locale, &title, pages)),
            Ok(None) => ("export", Warned, words::no_report(locale).to_owned()),
            Err(fault) => ("export", Failed, fault.to_string()),
        }
    }

    fn writes(&self) -> Outcome {
        let folder = self.host.documents_dir();
        let probe = folder.join(format!(".boardroom-probe-{}", std::process::id()));
        let written = write_whole(&probe, &vec![0; 1 << 20]).and_then(|()| gone(&probe));
        match written {
            Ok(()) => ("folder", Passed, folder.display().to_string()),
            Err(fault) => ("folder", Failed, fault.to_string()),
        }
    }

    fn lasts(&self, reading: &Reading, until: Timestamp) -> Result<Outcome, Fault> {
        let end = self.lease_end()?;
        let reader = lock(&reading.reader);
        let lens = Lens::new(&reader, &reading.tenant, Some(reading.seq), reading.locale)?;
        Ok(match end {
            Some(end) => {
                let state = if end > until { Passed } else { Failed };
                ("lease", state, words::until(reading.locale, &reading.locale.instant(end, &lens.zone())))
            }
            None => ("lease", Warned, words::never(reading.locale).to_owned()),
        })
    }
}

fn gone(path: &Path) -> Result<(), Fault> {
    std::fs::remove_file(path).map_err(|error| Fault::new(Code::File, format!("{}: {error}", path.display())))
}

/// A line that the window tested.
pub fn ready_line(locale: board_domain::Locale, code: &str, state: ReadyState, found: String) -> ReadyLine {
    let (label, advice) = words::ready(locale, code);
    let advice = if state == Passed { String::new() } else { advice.to_owned() };
    ReadyLine { code: code.to_owned(), label: label.to_owned(), state, found, advice }
}
