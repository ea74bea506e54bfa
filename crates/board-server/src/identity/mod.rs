//! Who is calling: passwords, sessions of rotating tokens, and the brake on guessing. Roles belong to tenants.
//!
//! Tokens are opaque random values looked up by hash, not signed statements: a session that ends has ended for every
//! request after it, there is no signing key to guard or rotate, and the lookup is one primary-key read.

pub(crate) mod brake;
pub(crate) mod password;
pub(crate) mod session;
