//! One page of the log as NDJSON, compressed where the client allows it.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use board_domain::wire::{Frame, Position};

use super::{App, caller::Member, frames, log::resume, problem::Failure};
use crate::{
    channel::Encoded,
    store::{StoreError, event, tenant},
};

/// A page ends once its bodies pass this many bytes.
const PAGE_BYTES: usize = 8 << 20;
/// Smaller pages are not worth compressing.
const WORTH_COMPRESSING: usize = 1_024;

/// Reads a page.
pub(super) async fn read(
    app: &App,
    member: Member,
    after: Option<Position>,
    limit: u32,
    zstd: bool,
) -> Result<Response, Failure> {
    let asked = member.tenant.clone();
    let (row, events) = app
        .store
        .read(move |sql| {
            let row = tenant::get(sql, &asked)?.ok_or_else(|| StoreError::NoTenant(asked.clone()))?;
            let Ok(seq) = resume(&row, after) else { return Ok((row, Vec::new())) };
            let events = event::page(sql, &asked, seq, limit, PAGE_BYTES)?;
            let encode = |event| Encoded::new(event).map(Arc::new);
            Ok((row, events.into_iter().map(encode).collect::<Result<Vec<_>, _>>()?))
        })
        .await?;
    let mut seq = resume(&row, after)?;
    let mut body = Vec::new();
    let json = |error| Failure::from(StoreError::Json(error));
    for line in frames::lines(&events, &member.person, member.role).map_err(json)? {
        body.extend_from_slice(&line.json);
        body.push(b'\n');
        seq = line.seq;
    }
    // The page may have been read a moment after the row: the head is whichever is further.
    let head = row.head.max(seq);
    let end = frames::line(seq, &Frame::CaughtUp { head, more: seq < head }).map_err(json)?;
    body.extend_from_slice(&end.json);
    body.push(b'\n');
    let compressed = zstd && body.len() >= WORTH_COMPRESSING;
    if compressed {
        body = zstd::bulk::compress(&body, 3).map_err(|error| {
            tracing::error!(%error, "a page could not be compressed");
            Failure::internal()
        })?;
    }
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
    if compressed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("zstd"));
    }
    Ok(response)
}
