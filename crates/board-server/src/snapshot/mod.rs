//! Snapshots: the rows of a log at one position, made by folding it, kept in pages that are named by their content.
//!
//! Not the endpoint that hands them out, and not a second truth: everything here can be made again from the log, unless
//! the log was trimmed below it.

mod build;
mod rows;
mod task;
pub(crate) mod trim;

pub(crate) use build::{build, restore};
pub(crate) use task::{Keeper, keep};

/// A snapshot is due once the newest is this many events behind the head.
pub(crate) const EVERY: u64 = 10_000;

#[cfg(test)]
mod tests;
