//! One page of the log as NDJSON, compressed where the client allows it; where it would be empty, held back for a
//! client that asked to wait.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use axum::{
    http::{HeaderValue, header},
    response::Response,
};
use board_domain::{
    Audience, Event, Role, TenantId,
    wire::{Frame, Position},
};

use super::{
    App,
    caller::Member,
    frames,
    frames::Reader,
    log::{resume, stands},
    problem::Failure,
};
use crate::store::{StoreError, event, membership, sql::Sql, tenant, tenant::TenantRow};

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
    /// The role that the client works under.
    pub(super) role: Option<Role>,
    /// Whether the client reads zstd.
    pub(super) zstd: bool,
}

/// A page as read.
struct Page {
    row: TenantRow,
    empty: bool,
    answer: Result<Body, Denial>,
}

/// The lines, and whether they are compressed.
struct Body {
    bytes: Vec<u8>,
    compressed: bool,
}

/// Why there are no lines.
enum Denial {
    /// No member of the tenant any more.
    Gone,
    /// The role is not the one that the client works under.
    Role,
    /// The audience does not admit the reader.
    Audience,
}

/// Reads a page.
pub(super) async fn read(app: Arc<App>, member: Member, wish: Wish) -> Result<Response, Failure> {
    // Subscribed before the log is read, as the stream does.
    let heads = wish.wait.map(|wait| (wait, app.store.channels().channel(&member.tenant).subscribe()));
    let mut page = fetch(&app, &member, &wish).await?;
    let wanted = wish.until.is_none_or(|until| until > page.row.head);
    if let (Some((wait, mut heads)), true, true) = (heads, page.empty, wanted) {
        let known = page.row.head;
        let moved = heads.wait_for(|head| *head > known || app.draining.load(Ordering::Relaxed));
        if tokio::time::timeout(wait, moved).await.is_ok() {
            page = fetch(&app, &member, &wish).await?;
        }
    }
    let body = page.answer.map_err(|denial| match denial {
        Denial::Gone => Failure::no_tenant(),
        Denial::Role => Failure::must_greet(),
        Denial::Audience => Failure::forbidden(),
    });
    // Whoever may read nothing here learns nothing about the log.
    let body = body?;
    resume(&page.row, wish.after)?;
    let mut response = Response::new(body.bytes.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
    if body.compressed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("zstd"));
    }
    Ok(response)
}

async fn fetch(app: &App, member: &Member, wish: &Wish) -> Result<Page, Failure> {
    let (tenant, person, wish) = (member.tenant.clone(), member.person.clone(), wish.clone());
    // Written where it is read, on a thread that may take its time: a full page takes milliseconds to write and to
    // compress.
    let read = app.store.read(move |sql| {
        let row = tenant::get(sql, &tenant)?.ok_or_else(|| StoreError::NoTenant(tenant.clone()))?;
        let (events, more) = match resume(&row, wish.after) {
            Ok(after) => events(sql, &tenant, &wish, after)?,
            Err(_) => (Vec::new(), false),
        };
        // Last, so that nothing is shown to a person whose role changed before it was appended.
        let Some(role) = membership::role(sql, &tenant, &person)? else {
            return Ok(Page { row, empty: false, answer: Err(Denial::Gone) });
        };
        if stands(wish.role, role).is_err() {
            return Ok(Page { row, empty: false, answer: Err(Denial::Role) });
        }
        let reader = Reader::new(person, role);
        if wish.audience.as_ref().is_some_and(|audience| !reader.admits(audience)) {
            return Ok(Page { row, empty: false, answer: Err(Denial::Audience) });
        }
        let empty = events.is_empty();
        let body = write(&reader, &wish, &row, events, more)?;
        Ok(Page { row, empty, answer: Ok(body) })
    });
    Ok(read.await?)
}

/// The events of a page, and whether more of its one audience follow.
fn events(
    sql: &mut dyn Sql,
    tenant: &TenantId,
    wish: &Wish,
    after: u64,
) -> Result<(Vec<Event>, bool), StoreError> {
    let until = wish.until.unwrap_or(u64::MAX);
    let Some(audience) = &wish.audience else {
        // The log has no holes, so a last position is a count.
        let limit = u64::from(wish.limit).min(until.saturating_sub(after));
        let limit = u32::try_from(limit).unwrap_or(wish.limit);
        return Ok((event::page(sql, tenant, after, limit, PAGE_BYTES)?, false));
    };
    let events = event::of_audience(sql, tenant, audience, (after, until), wish.limit, PAGE_BYTES)?;
    let Some(last) = events.last().map(|event| event.seq) else { return Ok((events, false)) };
    let more = !event::of_audience(sql, tenant, audience, (last, until), 1, 1)?.is_empty();
    Ok((events, more))
}

/// The page's lines and its end.
fn write(
    reader: &Reader,
    wish: &Wish,
    row: &TenantRow,
    events: Vec<Event>,
    more: bool,
) -> Result<Body, StoreError> {
    let start = wish.after.map_or(0, |after| after.seq);
    let seq = events.last().map_or(start, |event| event.seq);
    // The events may have been read a moment after the row: the head is whichever is further.
    let head = row.head.max(seq).min(wish.until.unwrap_or(u64::MAX));
    let more = if wish.audience.is_some() { more } else { seq < head };
    let mut lines = frames::lines(reader, events)?;
    frames::line(&mut lines, &Frame::CaughtUp { head, more })?;
    if wish.zstd && lines.len() >= WORTH_COMPRESSING {
        let packed = zstd::bulk::compress(&lines, 3).map_err(|_| StoreError::Unreadable("page"))?;
        return Ok(Body { bytes: packed, compressed: true });
    }
    Ok(Body { bytes: lines, compressed: false })
}
