//! One page of the log as NDJSON, compressed where the client allows it; where it would be empty, held back for a
//! client that asked to wait.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use board_domain::{
    Audience, Event, Role,
    wire::{Frame, Position},
};

use super::{App, caller::Member, frames, frames::Reader, log::resume, problem::Failure};
use crate::store::{StoreError, event, membership, tenant, tenant::TenantRow};

/// A page ends once its bodies pass this many bytes.
const PAGE_BYTES: usize = 8 << 20;
/// Smaller pages are not worth compressing.
const WORTH_COMPRESSING: usize = 1_024;

/// What a page is to hold.
#[derive(Clone)]
pub(super) struct Wish {
    /// Position already held.
    pub(super) after: Option<Position>,
    /// Last position wanted.
    pub(super) until: Option<u64>,
    /// The one audience wanted.
    pub(super) audience: Option<Audience>,
    /// Most events.
    pub(super) limit: u32,
    /// How long an empty page may be held back.
    pub(super) wait: Option<Duration>,
    /// Whether the client reads zstd.
    pub(super) zstd: bool,
}

/// A page as read.
struct Page {
    row: TenantRow,
    role: Option<Role>,
    events: Vec<Event>,
    /// Whether events of the one audience follow.
    more: bool,
}

/// Reads a page.
pub(super) async fn read(app: Arc<App>, member: Member, wish: Wish) -> Result<Response, Failure> {
    // Subscribed before the log is read, as the stream does.
    let heads = wish.wait.map(|wait| (wait, app.store.channels().channel(&member.tenant).subscribe()));
    let mut page = fetch(&app, &member, &wish).await?;
    let wanted = wish.until.is_none_or(|until| until > page.row.head);
    if let (Some((wait, mut heads)), true, true) = (heads, page.events.is_empty(), wanted) {
        let known = page.row.head;
        let moved = heads.wait_for(|head| *head > known || app.draining.load(Ordering::Relaxed));
        if tokio::time::timeout(wait, moved).await.is_ok() {
            page = fetch(&app, &member, &wish).await?;
        }
    }
    let reader = Reader::new(member.person, page.role.ok_or_else(Failure::no_tenant)?);
    if wish.audience.as_ref().is_some_and(|audience| !reader.admits(audience)) {
        return Err(Failure::forbidden());
    }
    let start = resume(&page.row, wish.after)?;
    let compresses = wish.zstd;
    // A full page takes milliseconds to write and to compress, which other connections shall not wait for.
    let written = tokio::task::spawn_blocking(move || {
        let lines = write(&reader, start, &wish, page)?;
        let compressed = compresses && lines.len() >= WORTH_COMPRESSING;
        let body = if compressed { zstd::bulk::compress(&lines, 3)? } else { lines };
        Ok::<_, std::io::Error>((body, compressed))
    });
    let (body, compressed) = written.await.map_err(std::io::Error::other).flatten().map_err(|error| {
        tracing::error!(%error, "a page could not be written");
        Failure::internal()
    })?;
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
    if compressed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("zstd"));
    }
    Ok(response)
}

async fn fetch(app: &App, member: &Member, wish: &Wish) -> Result<Page, Failure> {
    let (tenant, person, wish) = (member.tenant.clone(), member.person.clone(), wish.clone());
    let read = app.store.read(move |sql| {
        let row = tenant::get(sql, &tenant)?.ok_or_else(|| StoreError::NoTenant(tenant.clone()))?;
        let Ok(after) = resume(&row, wish.after) else {
            return Ok(Page {
                row,
                role: membership::role(sql, &tenant, &person)?,
                events: Vec::new(),
                more: false,
            });
        };
        let until = wish.until.unwrap_or(u64::MAX);
        let (events, more) = match &wish.audience {
            Some(audience) => {
                let events =
                    event::of_audience(sql, &tenant, audience, (after, until), wish.limit, PAGE_BYTES)?;
                let last = events.last().map_or(until, |event| event.seq);
                let more = !event::of_audience(sql, &tenant, audience, (last, until), 1, 1)?.is_empty();
                (events, more)
            }
            None => {
                // The log has no holes, so a last position is a count.
                let limit = u64::from(wish.limit).min(until.saturating_sub(after));
                let limit = u32::try_from(limit).unwrap_or(wish.limit);
                (event::page(sql, &tenant, after, limit, PAGE_BYTES)?, false)
            }
        };
        // Last, so that nothing is shown to a person whose role changed before it was appended; first of all the row,
        // so that a log trimmed or replaced since is told by the hole.
        let role = membership::role(sql, &tenant, &person)?;
        Ok(Page { row, role, events, more })
    });
    Ok(read.await?)
}

/// The page's lines and its end.
fn write(reader: &Reader, start: u64, wish: &Wish, page: Page) -> Result<Vec<u8>, serde_json::Error> {
    let until = wish.until.unwrap_or(u64::MAX);
    let seq = page.events.last().map_or(start, |event| event.seq);
    // The events may have been read a moment after the row: the head is whichever is further.
    let head = page.row.head.max(seq).min(until);
    let more = if wish.audience.is_some() { page.more } else { seq < head };
    let mut lines = frames::lines(reader, page.events)?;
    frames::line(&mut lines, &Frame::CaughtUp { head, more })?;
    Ok(lines)
}
