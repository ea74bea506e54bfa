//! Reading request bodies: bounded bytes and JSON, with problem documents for what does not fit.

use axum::{
    extract::{FromRequest, Request},
    http::{StatusCode, header},
};
use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::problem::Failure;

/// A body's bytes.
pub(crate) struct Raw(pub(crate) Bytes);

/// A JSON body.
pub(crate) struct Json<T>(pub(crate) T);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        // A compressed body could unpack to any size; no client needs one.
        let coding = request.headers().get(header::CONTENT_ENCODING);
        if coding.is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
            let title = "A body must not be compressed";
            return Err(Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "request.compressed", title));
        }
        Bytes::from_request(request, state).await.map(Self).map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "request.too_large", "The body is too large")
            } else {
                Failure::malformed("the body did not arrive whole")
            }
        })
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let Raw(bytes) = Raw::from_request(request, state).await?;
        // The parser's own words may quote the body, and bodies carry passwords.
        let place = |error: serde_json::Error| {
            Failure::malformed(format!("line {}, column {}", error.line(), error.column()))
        };
        serde_json::from_slice(&bytes).map(Self).map_err(place)
    }
}
