//! Failures as RFC 9457 problem documents with stable codes. Not the causes: those go to the log, not to the caller.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use board_domain::wire::Problem;

use crate::store::StoreError;

/// A failed request.
#[derive(Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: String,
    retry_after: Option<i64>,
}

impl Failure {
    /// A failure with its status, stable code and the title that goes with the code.
    pub(crate) fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self { status, code, title, detail: String::new(), retry_after: None }
    }

    /// What happened this time; never a secret.
    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// When to try again, in seconds.
    pub(crate) fn retry_after(mut self, seconds: i64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The body or the query does not read.
    pub(crate) fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "request.malformed", "The request does not read").detail(detail)
    }

    /// No token, or one that is unknown or has ended.
    pub(crate) fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "auth.token_invalid", "Sign in again")
    }

    /// The caller is known and may not do this.
    pub(crate) fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "auth.forbidden", "Your role does not allow this")
    }

    /// No such tenant, or none that the caller may know of; the two look the same.
    pub(crate) fn no_tenant() -> Self {
        Self::new(StatusCode::NOT_FOUND, "tenant.not_found", "There is no such tenant")
    }

    /// The caller's role is not the one that the greeting told.
    pub(crate) fn must_greet() -> Self {
        Self::new(StatusCode::CONFLICT, "log.must_greet", "Your role has changed; ask for the greeting again")
    }

    /// No such address.
    pub(crate) fn no_route() -> Self {
        Self::new(StatusCode::NOT_FOUND, "request.not_found", "There is nothing at this address")
    }

    /// Our fault.
    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server.failed", "The server failed; try again")
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoTenant(_) => Self::no_tenant(),
            StoreError::Unavailable(_) | StoreError::Lost => {
                tracing::warn!(%error, "a request failed");
                let (status, title) = (StatusCode::SERVICE_UNAVAILABLE, "The server failed; try again");
                Self::new(status, "server.failed", title).retry_after(1)
            }
            StoreError::Closed => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "server.draining", "The server is going down")
                    .retry_after(1)
            }
            error => {
                tracing::error!(%error, "a request failed");
                Self::internal()
            }
        }
    }
}

impl Failure {
    /// The failure as its document.
    pub(super) fn problem(&self) -> Problem {
        Problem {
            kind: format!("https://boardroom.example/problems/{}", self.code),
            title: self.title.to_owned(),
            status: self.status.as_u16(),
            code: self.code.to_owned(),
            detail: self.detail.clone(),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let problem = self.problem();
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response =
            (self.status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
