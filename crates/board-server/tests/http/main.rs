//! The server over a real listener on loopback: what clients and upstream services meet. Not its inner parts.

// The harness is test code too, though no test stands in it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod commands;
mod harness;
mod hostile;
mod identity;
mod ingest;
mod keys;
mod log;
mod openapi;
mod pages;
mod snapshots;
mod standing;
mod tenancy;
