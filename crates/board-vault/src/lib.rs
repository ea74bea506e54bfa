//! The encrypted copy of a person's tenants on a laptop, and the rows folded from their logs. No network, no clock.
//!
//! One encrypted file per person and server. Applying a batch appends the events, folds them and moves the cursor in
//! one transaction. A row refers to the event that made it, and versions are kept, so reading "as of position N" is a
//! condition in a query.

mod apply;
mod audiences;
mod check;
mod content;
mod error;
mod event;
mod folding;
mod greet;
mod key;
mod migrations;
mod open;
mod outbox;
mod past;
mod reader;
mod refold;
mod rescue;
mod snapshot;
mod vault;

pub use apply::Applied;
pub use check::Health;
pub use error::{ApplyError, ChainFault, OpenError, VaultError};
pub use greet::Greeted;
pub use key::VaultKey;
pub use outbox::{Pending, Refused};
pub use past::Past;
pub use reader::{Backfill, Paused, Reader, TenantCopy, Versioned};
pub use rescue::Rescued;
pub use vault::Vault;
