//! `/v1/tenants/{tenant}/log`: one resource, two representations. Here the position is checked and the representation
//! chosen; pages and the stream have files of their own.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use board_domain::{
    Audience, Role,
    wire::{PAGE_LIMIT, Position},
};
use serde::Deserialize;

use super::{App, caller::Member, page, problem::Failure, schema, stream};
use crate::store::tenant::TenantRow;

/// Longest that an empty page is held back, in seconds.
const WAIT: u64 = 30;

/// Query of the log.
#[derive(Deserialize)]
pub(crate) struct LogQuery {
    after: Option<String>,
    limit: Option<u32>,
    until: Option<u64>,
    audience: Option<String>,
    wait: Option<u64>,
    role: Option<Role>,
}

/// The tenant's log after a position: a live stream, or one page.
#[utoipa::path(get, path = "/v1/tenants/{tenant}/log", tag = "log", security(("bearer" = [])),
    params(
        ("tenant" = String, Path, description = "Tenant id"),
        ("after" = Option<String>, Query, description = "Position `epoch.seq` already held; none for the start"),
        ("limit" = Option<u32>, Query, description = "Most events in a page, 1 to 1000"),
        ("until" = Option<u64>, Query, description = "Last position wanted; the page's end tells whether more follow up to it"),
        ("audience" = Option<String>, Query,
            description = "Only events of this audience, without `hidden` frames; it must admit the caller"),
        ("wait" = Option<u64>, Query,
            description = "Seconds, 1 to 30, that an empty page is held back until the head moves"),
        ("role" = Option<String>, Query,
            description = "The role that the greeting told; where the caller has another one by now, nothing is shown"),
        ("Last-Event-ID" = Option<String>, Header, description = "As `after`, and wins over it; stream only")),
    responses(
        (status = 200, description = "Frames: one `data:` each in the stream, one line each in a page",
            content((schema::Frame = "text/event-stream"), (schema::Frame = "application/x-ndjson"))),
        (status = 403, description = "`auth.forbidden`: the audience does not admit the caller", body = schema::Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "`tenant.not_found`", body = schema::Problem,
            content_type = "application/problem+json"),
        (status = 406, description = "`log.not_acceptable`", body = schema::Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "`log.must_resnapshot`, detail `epoch`, `ahead` or `trimmed`; `log.must_greet`: the caller's role is not `role`",
            body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn log(
    State(app): State<Arc<App>>,
    member: Member,
    Extension(seat): Extension<stream::Seat>,
    query: Result<Query<LogQuery>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let Query(query) = query.map_err(|_| Failure::malformed("a part of the query does not read"))?;
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    if accept.contains("text/event-stream") {
        if query.until.is_some() || query.audience.is_some() || query.wait.is_some() {
            return Err(Failure::malformed("until, audience and wait belong to pages"));
        }
        let resumed = headers.get("last-event-id").map(|value| value.to_str().unwrap_or("-"));
        let after = position(resumed.filter(|id| !id.is_empty()).or(query.after.as_deref()))?;
        stream::open(app, member, after, query.role, &seat).await
    } else if ["", "*/*", "application/*"].contains(&accept) || accept.contains("application/x-ndjson") {
        page::read(app, member, wish(query, accepts_zstd(&headers))?).await
    } else {
        Err(Failure::new(
            StatusCode::NOT_ACCEPTABLE,
            "log.not_acceptable",
            "The log is text/event-stream or application/x-ndjson",
        ))
    }
}

fn wish(query: LogQuery, zstd: bool) -> Result<page::Wish, Failure> {
    let limit = query.limit.unwrap_or(PAGE_LIMIT);
    if !(1..=PAGE_LIMIT).contains(&limit) {
        return Err(Failure::malformed(format!("limit must be 1 to {PAGE_LIMIT}")));
    }
    if query.wait.is_some_and(|wait| !(1..=WAIT).contains(&wait)) {
        return Err(Failure::malformed(format!("wait must be 1 to {WAIT}")));
    }
    let after = position(query.after.as_deref())?;
    if query.until.is_some_and(|until| until < after.map_or(0, |after| after.seq)) {
        return Err(Failure::malformed("until lies before after"));
    }
    let audience = query.audience.map(|audience| {
        Audience::parse(&audience).ok_or_else(|| Failure::malformed("there is no such audience"))
    });
    let wait = query.wait.map(Duration::from_secs);
    let (until, role) = (query.until, query.role);
    Ok(page::Wish { after, until, audience: audience.transpose()?, limit, wait, role, zstd })
}

fn position(text: Option<&str>) -> Result<Option<Position>, Failure> {
    text.map(|text| Position::parse(text).ok_or_else(|| Failure::malformed("a position reads `epoch.seq`")))
        .transpose()
}

/// The sequence number to continue after, or why the client must start over.
pub(super) fn resume(row: &TenantRow, after: Option<Position>) -> Result<u64, Failure> {
    let reason = match after {
        Some(after) if after.epoch != row.epoch => "epoch",
        Some(after) if after.seq > row.head => "ahead",
        // Position 0 starts over, which a trimmed log cannot serve either.
        after if after.map_or(0, |after| after.seq) < row.floor => "trimmed",
        after => return Ok(after.map_or(0, |after| after.seq)),
    };
    Err(Failure::new(StatusCode::CONFLICT, "log.must_resnapshot", "The log cannot be continued from there")
        .detail(reason))
}

/// Refuses a caller whose role is another than the one they work under: what such a reader holds and what it is shown
/// do not fit together.
pub(super) fn stands(expected: Option<Role>, role: Role) -> Result<(), Failure> {
    match expected {
        Some(expected) if expected != role => Err(Failure::must_greet()),
        _ => Ok(()),
    }
}

pub(super) fn accepts_zstd(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        value.split(',').any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            parts.next() == Some("zstd") && parts.next().is_none_or(|q| !matches!(q, "q=0" | "q=0.0"))
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn answer(row: &TenantRow, after: Option<Position>) -> Result<u64, String> {
        resume(row, after).map_err(|failure| {
            let problem = failure.problem();
            assert_eq!((problem.status, problem.code.as_str()), (409, "log.must_resnapshot"));
            problem.detail
        })
    }

    proptest! {
        #[test]
        fn a_position_is_continued_or_refused_for_what_is_wrong_with_it(
            floor in 0..200_u64, kept in 0..200_u64, near in -3..203_i64, far in any::<u64>(), same in any::<bool>(),
        ) {
            let epoch = Uuid::from_u128(1);
            let row = TenantRow { epoch, head: floor + kept, floor, last_at: 0 };
            for seq in [floor.saturating_add_signed(near), row.head.saturating_add_signed(near), far, 0] {
                let asked = Position { epoch: if same { epoch } else { Uuid::from_u128(2) }, seq };
                let expected = if !same {
                    Err("epoch")
                } else if seq > floor + kept {
                    Err("ahead")
                } else if seq < floor {
                    Err("trimmed")
                } else {
                    Ok(seq)
                };
                prop_assert_eq!(answer(&row, Some(asked)), expected.map_err(str::to_owned));
            }
            // Without a position it is the start, which a trimmed log has not.
            let start = if floor == 0 { Ok(0) } else { Err("trimmed".to_owned()) };
            prop_assert_eq!(answer(&row, None), start);
        }
    }
}
