//! The thin sync server: one ordered log per tenant, its stream, commands, identity and ingest.
//!
//! Not a client: it folds a log only to decide commands, and knows nothing of screens or packs.

pub mod admin;
mod benchmarks;
mod channel;
mod clock;
mod config;
#[cfg(feature = "failpoints")]
mod failpoints;
pub mod figures;
mod gallery;
mod http;
mod identity;
pub mod ingest;
mod redact;
mod secret;
pub mod seed;
mod serve;
#[cfg(feature = "failpoints")]
pub mod simulation;
mod snapshot;
mod store;
mod trust;

#[cfg(feature = "bench")]
#[doc(hidden)]
pub use http::bench;

pub use clock::Clock;
pub use config::{Config, ConfigError, Flags};
#[cfg(feature = "failpoints")]
pub use failpoints::arm_failpoints;
pub use http::openapi;
pub use identity::password::PasswordError;
pub use secret::Secret;
pub use serve::{ServeError, Server, serve};
pub use store::{
    OpenError, StoreError,
    copy::{Copied, CopyError, Place, Purpose, backup, copy},
};
