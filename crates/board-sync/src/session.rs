//! Signing in, and exchanging refresh tokens. The access token lives in memory only.

use std::time::Duration;

use board_domain::wire::{Refresh, SignIn, TenantEntry, TokenPair};
use zeroize::Zeroizing;

use crate::wire::Wire;
use crate::{ServerUrl, SyncError};

/// Where the refresh token is kept between runs; the host's secret store.
pub trait TokenKeeper: Send + Sync {
    /// The token kept, if any.
    fn load(&self) -> Option<String>;
    /// Keeps a new token in place of the old one, which is good no longer.
    fn store(&self, refresh: &str);
    /// Forgets the token: the server has ended the session.
    fn clear(&self);
}

/// Who signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// The tokens and the person.
    pub tokens: TokenPair,
    /// The tenants the person may enter.
    pub tenants: Vec<TenantEntry>,
}

/// Signs in with a password. `device` is the name in the device list.
pub async fn sign_in(
    server: &ServerUrl,
    email: &str,
    password: &str,
    device: &str,
) -> Result<SignedIn, SyncError> {
    let wire = Wire::new(server)?;
    let request =
        SignIn { email: email.to_owned(), password: password.to_owned(), device: device.to_owned() };
    let tokens: TokenPair = wire.post("/auth/sign-in", None, &request).await?;
    let tenants = wire.get("/tenants", &tokens.access_token).await?;
    Ok(SignedIn { tokens, tenants })
}

/// A token for requests.
#[derive(Clone)]
pub(crate) struct Access {
    pub(crate) token: Zeroizing<String>,
    /// For how long it is good.
    pub(crate) lasts: Duration,
}

/// Exchanges the refresh token. [`SyncError::Unauthorised`] means that the person must sign in again.
pub(crate) async fn refresh(wire: &Wire, keeper: &dyn TokenKeeper) -> Result<Access, SyncError> {
    let _exchange = wire.exchanging.lock().await;
    let Some(refresh_token) = keeper.load() else {
        let message = "there is no session on this device".to_owned();
        return Err(SyncError::Unauthorised { code: "auth.no_session".to_owned(), message });
    };
    let answer = wire.exchange(&Refresh { refresh_token }).await;
    let tokens = answer.inspect_err(|error| {
        if matches!(error, SyncError::Unauthorised { .. }) {
            keeper.clear();
        }
    })?;
    keeper.store(&tokens.refresh_token);
    // Renewed a little early, so that no request is sent with a token that ends on the way.
    let lasts = Duration::from_secs(tokens.expires_in);
    let lasts = lasts.saturating_sub(Duration::from_secs(30).min(lasts / 4));
    Ok(Access { token: Zeroizing::new(tokens.access_token), lasts })
}
