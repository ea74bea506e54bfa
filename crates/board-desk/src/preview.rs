//! The pages of a pack as pictures for the screen, before anything is written. They are kept in memory only, and only the
//! newest; locking forgets them.

use board_domain::{Report, ReportStatus, Section};
use board_packs::{Flow, PagePicture};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use crate::{
    desk::{Desk, lock},
    enrol::{device_key, public},
    export::{self, Prepared},
    fault::{Code, Fault},
    outbox::Expected,
    view::ExportRequest,
};

/// Dots per inch: a page of A4 is about 800 pixels wide.
const SCREEN_DPI: u32 = 96;

/// A preview that can be shown.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PreviewView {
    /// Names this preview in the addresses of its pages; a newer preview takes its place.
    pub key: String,
    /// Pages.
    pub pages: u32,
    /// Whether the pages are wide (16:9) rather than A4.
    pub wide: bool,
}

/// Text that is not saved.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct UnsavedText {
    /// Title.
    pub title: String,
    /// Sections.
    pub sections: Vec<Section>,
}

/// The pages of the newest preview.
#[derive(Default)]
pub(crate) struct Preview {
    key: String,
    pages: Vec<Vec<u8>>,
}

impl Desk {
    /// Paints the pages that an export would write; of unsaved text where some is given, then marked as a draft.
    pub fn preview(&self, request: &ExportRequest, text: Option<UnsavedText>) -> Result<PreviewView, Fault> {
        let reading = self.reading()?;
        let at = self.host.now();
        let report = self.expected_report(&request.report)?;
        let report = report.map(|report| match text {
            Some(UnsavedText { title, sections }) => {
                Report { title, sections, status: ReportStatus::Draft, approval: None, ..report }
            }
            None => report,
        });
        let key = device_key(self.host.as_ref(), &reading.secrets)?;
        let since = export::since(self, &reading, request)?;
        let Prepared { plan, .. } = export::prepare(&reading, request, &public(&key), since, report, at)?;
        let mut pages = Vec::new();
        let mut keep = |picture: PagePicture| {
            pages.push(picture.png);
            Flow::Continue
        };
        board_packs::write_pages(&plan, &key, SCREEN_DPI, &mut |_| Flow::Continue, &mut keep)
            .map_err(export::fault)?;
        let key = Uuid::new_v4().simple().to_string();
        let count = u32::try_from(pages.len()).unwrap_or(u32::MAX);
        *lock(&self.preview) = Preview { key: key.clone(), pages };
        Ok(PreviewView { key, pages: count, wide: request.wide })
    }

    /// A page of the newest preview as PNG, by the path `/preview/KEY/NUMBER.png`, counted from 1.
    pub fn page(&self, path: &str) -> Result<Vec<u8>, Fault> {
        let malformed = || Fault::new(Code::Malformed, "page address");
        let (key, number) = path
            .strip_prefix("/preview/")
            .and_then(|rest| rest.strip_suffix(".png"))
            .and_then(|rest| rest.split_once('/'))
            .ok_or_else(malformed)?;
        let number: usize = number.parse().map_err(|_| malformed())?;
        let preview = lock(&self.preview);
        let page = number.checked_sub(1).and_then(|index| preview.pages.get(index));
        let page = page.filter(|_| !key.is_empty() && preview.key == key);
        page.cloned().ok_or_else(|| Fault::new(Code::NotFound, format!("page {number}")))
    }

    /// A report in progress as it will stand once everything is sent; `None` where only its published form is here.
    fn expected_report(&self, id: &str) -> Result<Option<Report>, Fault> {
        let now = self.host.now();
        self.read(None, |lens, reading| {
            let expected = Expected::read(lens.reader, &reading.tenant, &reading.person, reading.seq, now)?;
            Ok(expected.book.report(id).cloned())
        })
    }
}
