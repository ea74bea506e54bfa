//! `/v1/auth`: sign in, refresh, sign out. Not roles.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Json as Reply,
    extract::{ConnectInfo, State},
    http::StatusCode,
};
use board_domain::wire::{Refresh, SignIn, TokenPair};

use super::{App, body::Json, caller::Caller, problem::Failure, schema};
use crate::{
    identity::{password, session},
    store::account,
};

/// Signs a person in.
#[utoipa::path(post, path = "/v1/auth/sign-in", tag = "identity", request_body = schema::SignIn,
    responses(
        (status = 200, body = schema::TokenPair),
        (status = 401, description = "`auth.refused`: e-mail or password is wrong", body = schema::Problem,
            content_type = "application/problem+json"),
        (status = 429, description = "`auth.too_many`: too many failures; see Retry-After", body = schema::Problem,
            content_type = "application/problem+json")))]
pub(crate) async fn sign_in(
    State(app): State<Arc<App>>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    Json(request): Json<SignIn>,
) -> Result<Reply<TokenPair>, Failure> {
    let email = request.email.trim().to_lowercase();
    if email.len() > 254 || request.device.chars().count() > 120 {
        return Err(Failure::malformed("e-mail or device name is too long"));
    }
    if email.contains('\0') || request.device.contains('\0') {
        return Err(Failure::malformed("e-mail or device name holds a control character"));
    }
    app.brake.attempt(&email, address.ip(), app.clock.now()).map_err(|seconds| {
        Failure::new(StatusCode::TOO_MANY_REQUESTS, "auth.too_many", "Too many failed sign-ins")
            .retry_after(seconds)
    })?;
    let asked = email.clone();
    let account = app.store.read(move |sql| account::by_email(sql, &asked)).await?;
    let stored = account.as_ref().map(|account| account.password_hash.clone());
    let fits = password::fits(request.password, stored).await;
    let Some(account) = account.filter(|_| fits) else {
        tracing::info!("a sign-in was refused");
        return Err(Failure::new(
            StatusCode::UNAUTHORIZED,
            "auth.refused",
            "The e-mail or the password is wrong",
        ));
    };
    app.brake.release(&email, address.ip());
    let now = app.clock.now();
    let start = move |transaction: &mut crate::store::Transaction<'_>| {
        session::start(transaction, &account.person, &request.device, now)
    };
    Ok(Reply(app.store.write(None, start).await.map_err(Failure::from)?))
}

/// Exchanges a refresh token. The same answer is given again for two minutes, until one of its tokens is used: the first
/// may have been lost on its way.
#[utoipa::path(post, path = "/v1/auth/refresh", tag = "identity", request_body = schema::Refresh,
    responses(
        (status = 200, body = schema::TokenPair),
        (status = 401, description = "`auth.refresh_invalid`: unknown, ended, or used before and the answer arrived", body = schema::Problem,
            content_type = "application/problem+json")))]
pub(crate) async fn refresh(
    State(app): State<Arc<App>>,
    Json(request): Json<Refresh>,
) -> Result<Reply<TokenPair>, Failure> {
    let now = app.clock.now();
    let exchange = move |transaction: &mut crate::store::Transaction<'_>| {
        session::refresh(transaction, &request.refresh_token, now)
    };
    let pair = app.store.write(None, exchange).await.map_err(Failure::from)?;
    pair.map(Reply).ok_or_else(|| {
        Failure::new(StatusCode::UNAUTHORIZED, "auth.refresh_invalid", "The session has ended; sign in again")
    })
}

/// Ends the session.
#[utoipa::path(post, path = "/v1/auth/sign-out", tag = "identity", security(("bearer" = [])),
    responses((status = 204), (status = 401, body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn sign_out(State(app): State<Arc<App>>, caller: Caller) -> Result<StatusCode, Failure> {
    let end =
        move |transaction: &mut crate::store::Transaction<'_>| session::end(transaction, &caller.family);
    app.store.write(None, end).await.map_err(Failure::from)?;
    Ok(StatusCode::NO_CONTENT)
}
