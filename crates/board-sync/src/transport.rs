//! The one way out to the network: a request with its body in, an answer whose body arrives in chunks out. Time-outs,
//! bounds and the meaning of an answer are above it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Once;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use launchdarkly_sdk_transport::{Request, Response};
use reqwest::header::ACCEPT;
use reqwest::{Client, redirect};

use crate::{ServerUrl, SyncError};

/// The body of an answer as it arrives, unpacked.
pub type Body = BoxStream<'static, Result<Bytes, SyncError>>;

/// An answer under way: its head once that is here, and its body after it.
pub type Answer = Pin<Box<dyn Future<Output = Result<Response<Body>, SyncError>> + Send>>;

/// Sends requests. It follows no redirect, keeps no cookie and tries nothing twice; dropping an [`Answer`] or a
/// [`Body`] ends its request. A request that accepts an event stream gets a connection of its own.
pub trait Transport: Send + Sync {
    /// Sends one request. [`SyncError::Offline`] and [`SyncError::Tls`] where there is no answer.
    fn send(&self, request: Request<Bytes>) -> Answer;
}

/// The transport of the product.
pub(crate) struct Reqwest {
    /// Asks for zstd and unpacks it.
    plain: Client,
    /// For the stream, which is never compressed and lasts.
    streaming: Client,
}

impl Reqwest {
    pub(crate) fn new(server: &ServerUrl) -> Result<Self, SyncError> {
        install_crypto();
        let build = || {
            let builder = Client::builder()
                .user_agent(concat!("boardroom/", env!("CARGO_PKG_VERSION")))
                .redirect(redirect::Policy::none())
                .connect_timeout(Duration::from_secs(10))
                .https_only(!server.is_loopback());
            if server.is_loopback() { builder.no_proxy() } else { builder }
        };
        let plain = build().build()?;
        let streaming = build().no_zstd().pool_max_idle_per_host(0).build()?;
        Ok(Self { plain, streaming })
    }
}

impl Transport for Reqwest {
    fn send(&self, request: Request<Bytes>) -> Answer {
        let streams = request.headers().get(ACCEPT).is_some_and(|kind| kind == "text/event-stream");
        let client = if streams { self.streaming.clone() } else { self.plain.clone() };
        Box::pin(async move {
            let answer = client.execute(request.try_into()?).await?;
            let mut response = Response::new(());
            *response.status_mut() = answer.status();
            *response.headers_mut() = answer.headers().clone();
            let body: Body = answer.bytes_stream().map(|chunk| chunk.map_err(SyncError::from)).boxed();
            Ok(response.map(|()| body))
        })
    }
}

/// Installs the process's cryptography once; another part of the process may have installed one already.
fn install_crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}
