//! The client side of the wire: from the sync server into the vault, and the outbox back. No windows, no storage of
//! its own.
//!
//! What happens when is decided by a state machine without I/O (`machine`); requests and the live stream are in `wire`
//! and `stream`; `syncer` runs both against a vault. The cursor lives in the vault and nowhere else.

mod download;
mod error;
mod guard;
mod machine;
mod network;
mod once;
mod server;
mod session;
mod status;
mod stream;
mod syncer;
mod transport;
mod upload;
mod wire;

pub use error::SyncError;
pub use once::{Caught, catch_up, copy_anew};
pub use server::{ServerUrl, ServerUrlError};
pub use session::{SignedIn, TokenKeeper, sign_in};
pub use status::{Phase, Progress, SyncStatus};
pub use syncer::{Clock, Simulation, Syncer};
pub use transport::{Answer, Body, Transport};
